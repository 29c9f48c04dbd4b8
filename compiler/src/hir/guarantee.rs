//! Guarantees: what holds over every offer whose fields match.

use super::Expr;

/// A guarantee whose clauses are understood. `never A when B` is for each offer the condition `A and B`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Guarantee {
    /// What it promises.
    pub name: Box<str>,
    /// The day by which people look at it again.
    pub review_by: Option<i32>,
    /// Its clauses.
    pub clauses: Vec<Never>,
}

/// A clause of a guarantee.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Never {
    /// Which offers: over the fields of offers.
    pub offers: Expr,
    /// For which customers; over the customer and the fields of offers.
    pub when: Option<Expr>,
}
