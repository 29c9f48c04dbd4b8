//! Texts with holes: `because` and `message`.
//!
//! What must hold: a text that validates is never empty where a part may be missing, and every format fits its value.

use opportune_plan::Format;

use super::Expr;

/// A text whose holes are understood.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Template {
    /// Texts and holes in their order.
    pub parts: Vec<Part>,
}

/// A part of a text.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Part {
    /// As it is.
    Text(Box<str>),
    /// A value that is never missing.
    Hole {
        /// The value.
        value: Expr,
        /// How it is written.
        format: Format,
        /// The zone in which an instant is told.
        zone: Option<Expr>,
    },
}
