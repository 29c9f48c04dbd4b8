//! Families: one offer for each member, evaluated at what a customer's own events cost.
//!
//! The members are the distinct values of a field of a lookup table ([`Members`]). Most of them a customer's data never
//! touches; members that nothing tells apart are evaluated together ([`Classes`]).

mod classes;
mod members;

pub use classes::Classes;
pub use members::{Member, Members};
