//! From offer policy text to a verified plan.

pub mod diagnostic;
pub mod syntax;
