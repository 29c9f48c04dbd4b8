//! Families: one offer for each member, evaluated at what a customer's own events cost.
//!
//! The members are the distinct values of a field of a lookup table ([`Members`]). Most of them a customer's data never
//! names, and those that it does not name are alike, as far as the conditions over the member alone go ([`Classes`]). So
//! for each customer there is a pair with every member that it names, and one with a member of each class for all others
//! of the class ([`pairs`]). The offer is lifted from customers to pairs once ([`lift`]), and the pairs of a block are
//! evaluated as customers of the lifted offer ([`evaluate`]).
//!
//! What an offer picks for a customer is chosen among the members of a family too: a pick is lifted and evaluated as an
//! offer to each of them, and told apart from offers ([`crate::evaluate::Candidates::picks`]).

mod bound;
mod buffers;
mod chunk;
mod classes;
mod evaluate;
mod keyed;
mod lift;
mod members;
mod naming;
mod pairs;
mod reach;
mod telling;

pub use bound::Bound;
pub use classes::Classes;
pub use evaluate::Families;
pub use members::{Member, Members};
