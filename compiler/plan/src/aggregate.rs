//! Aggregates over a customer's events.

use crate::expr::ExprId;
use crate::schema::TableId;
use crate::types::Span;

/// A value computed from the events of one customer, up to `now`, ordered by time.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Aggregate {
    /// The event table.
    pub events: TableId,
    /// Which events count by their time.
    pub window: Window,
    /// Which events count by their content: a condition over one event's row.
    pub filter: Option<ExprId>,
    /// What is computed from those that count.
    pub function: Function,
}

/// Which events count by their time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Window {
    /// All up to `now`.
    Always,
    /// After the same local time a span before `now`, up to and including `now`.
    Last(Span),
}

/// What an aggregate computes. The expressions are over one event's row.
///
/// Where the filter is unknown for any event in the window, every function but [`Function::Exists`] is missing; where
/// a value is missing, so are `Sum`, `Avg`, `Min`, `Max` and `Distinct` (the type checker lets neither happen but by
/// overflow). Over no event, `Count`, `Sum` and `Distinct` are 0 and the others but `Exists` missing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Function {
    /// Kleene's "there is one": true if the filter is true for some event, else unknown if unknown for some.
    Exists,
    /// How many.
    Count,
    /// The sum: of int, money, durations and days exact (missing if it does not fit 64 bits), of numbers from zero on
    /// in the order of the events.
    Sum(ExprId),
    /// The mean: of numbers their sum by how many; of ints the nearest double of their exact sum, by how many; of
    /// money as money, the exact quotient rounded half to even.
    Avg(ExprId),
    /// The least value.
    Min(ExprId),
    /// The greatest value.
    Max(ExprId),
    /// The value at the first event.
    First(ExprId),
    /// The value at the last event.
    Last(ExprId),
    /// How many different values.
    Distinct(ExprId),
}

impl Function {
    /// The expression that is aggregated, if there is one.
    pub fn value(self) -> Option<ExprId> {
        match self {
            Self::Exists | Self::Count => None,
            Self::Sum(value)
            | Self::Avg(value)
            | Self::Min(value)
            | Self::Max(value)
            | Self::First(value)
            | Self::Last(value)
            | Self::Distinct(value) => Some(value),
        }
    }

    /// The expression that is aggregated, to put another in its place.
    pub fn value_mut(&mut self) -> Option<&mut ExprId> {
        match self {
            Self::Exists | Self::Count => None,
            Self::Sum(value)
            | Self::Avg(value)
            | Self::Min(value)
            | Self::Max(value)
            | Self::First(value)
            | Self::Last(value)
            | Self::Distinct(value) => Some(value),
        }
    }

    /// The name in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exists => "exists",
            Self::Count => "count",
            Self::Sum(_) => "sum",
            Self::Avg(_) => "avg",
            Self::Min(_) => "min",
            Self::Max(_) => "max",
            Self::First(_) => "first",
            Self::Last(_) => "last",
            Self::Distinct(_) => "distinct",
        }
    }
}
