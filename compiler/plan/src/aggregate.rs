//! Aggregates over a customer's events.

use crate::expr::ExprId;
use crate::schema::{FieldId, TableId};

/// A value computed from the events of one customer, up to `now`, ordered by time.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Aggregate {
    /// The event table.
    pub events: TableId,
    /// Which events count by their time.
    pub window: Window,
    /// Which events count by their content: a condition over one event's row.
    pub filter: Option<ExprId>,
    /// Which events count for one member of a family, beside the filter.
    pub by: Option<By>,
    /// What is computed from those that count.
    pub function: Function,
}

/// Which events count by their time: those after `after`, up to and including `until`. Both are instants over the
/// customer, never nullable. Where one is missing at run time, the aggregate is missing. Events after `now` are never seen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Window {
    /// The last moment before the window; none: from ever.
    pub after: Option<ExprId>,
    /// The last moment in it; none: up to `now`.
    pub until: Option<ExprId>,
}

impl Window {
    /// All events up to `now`.
    pub const ALWAYS: Self = Self { after: None, until: None };

    /// All events after a moment, up to `now`.
    pub fn after(moment: ExprId) -> Self {
        Self { after: Some(moment), until: None }
    }
}

/// Only events whose key is the member of the family: `where product.category = c`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct By {
    /// The lookup table of the family.
    pub table: TableId,
    /// The field whose values are its members.
    pub field: FieldId,
    /// The key, over the event's row; of the family's type.
    pub key: ExprId,
    /// Whether an event without a key counts for no member (`… else false`); otherwise it is unknown whether it counts.
    pub missing_is_false: bool,
}

/// What an aggregate computes. The expressions are over one event's row.
///
/// Where the filter is unknown for any event in the window, every function but [`Function::Exists`] is missing; where
/// a value is missing, so is every function of it but `First` and `Last` (the type checker lets neither happen but by
/// overflow). Over no event, `Count`, `Sum` and `Distinct` are 0 and the others but `Exists` missing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Function {
    /// Kleene's "there is one": true if the filter is true for some event, else unknown if unknown for some.
    Exists,
    /// How many.
    Count,
    /// The sum: of int, money, durations, days and months exact (missing if it does not fit 64 bits), of numbers and
    /// distances from zero on in the order of the events.
    Sum(ExprId),
    /// The mean: of numbers and distances their sum by how many; of ints the nearest double of their exact sum, by how
    /// many; of money and durations as the same, the exact quotient rounded half to even.
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
    /// The value that occurs most often; of several, the least (texts by their bytes, `one_of` by its list).
    MostFrequent(ExprId),
    /// The place of a value by how often it occurs, 1 for the most frequent: one more than the number of values that
    /// occur more often, or as often and are less. Missing where it never occurs or where `of` is missing.
    FrequencyRank {
        /// The value of an event.
        value: ExprId,
        /// The value that is ranked: of the same type, over the customer or the member.
        of: ExprId,
    },
    /// The median of the lengths of time between one event and the next: of instants a duration, of dates days. Of an
    /// even number the mean of the two in the middle, rounded half to even. Missing of fewer than two events.
    TypicalGap(ExprId),
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
            | Self::Distinct(value)
            | Self::MostFrequent(value)
            | Self::FrequencyRank { value, .. }
            | Self::TypicalGap(value) => Some(value),
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
            | Self::Distinct(value)
            | Self::MostFrequent(value)
            | Self::FrequencyRank { value, .. }
            | Self::TypicalGap(value) => Some(value),
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
            Self::MostFrequent(_) => "most_frequent",
            Self::FrequencyRank { .. } => "frequency_rank",
            Self::TypicalGap(_) => "typical_gap",
        }
    }
}

impl Aggregate {
    /// The expressions over one event's row.
    pub fn of_events(&self) -> impl Iterator<Item = ExprId> {
        self.filter.into_iter().chain(self.by.map(|by| by.key)).chain(self.function.value())
    }

    /// The expressions over the customer (one of them perhaps over the member).
    pub fn of_customer(&self) -> impl Iterator<Item = ExprId> {
        let ranked = if let Function::FrequencyRank { of, .. } = self.function { Some(of) } else { None };
        self.window.after.into_iter().chain(self.window.until).chain(ranked)
    }

    /// All expressions, to put others in their places.
    pub fn operands_mut(&mut self) -> impl Iterator<Item = &mut ExprId> {
        let (value, ranked) = match &mut self.function {
            Function::FrequencyRank { value, of } => (Some(value), Some(of)),
            function => (function.value_mut(), None),
        };
        let Window { after, until } = &mut self.window;
        let by = self.by.as_mut().map(|by| &mut by.key);
        self.filter.iter_mut().chain(by).chain(value).chain(after.iter_mut()).chain(until.iter_mut()).chain(ranked)
    }
}
