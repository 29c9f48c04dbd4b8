//! Texts with holes: `because "You saved {saved} in {month(now) as month}"`.

use crate::expr::ExprId;

/// A text whose holes are filled for one customer (and member). Where a hole is missing at run time (arithmetic that does
/// not fit), so is the whole text.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Template {
    /// Texts and holes in their order; no two texts beside each other, no empty one.
    pub parts: Vec<Part>,
}

/// A part of a template.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Part {
    /// As it is.
    Text(Box<str>),
    /// A value over the customer (and member), not nullable.
    Hole {
        /// The value.
        value: ExprId,
        /// How it is written.
        format: Format,
        /// The zone in which an instant is told; of other types none.
        zone: Option<ExprId>,
    },
    /// The item of this pick ([`crate::Offer::picks`]).
    Picked(u32),
}

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Format {
    /// By its type: `1,234`, `0.5`, `12.50 USD` (the currency's own decimals), `20 November 2026`,
    /// `20 November 2026, 18:00`, `18:00`, `3 days`, `2.4 km`, a text as it is, the values of a set with commas and `and`.
    Plain,
    /// A number or amount without decimals, rounded half to even.
    Whole,
    /// A number or amount with so many decimals (0 to 6), rounded half to even.
    Decimals(u8),
    /// A number as percent: 0.05 is `5%`.
    Percent,
    /// Of a date or instant: `20 November 2026`.
    Date,
    /// Of a date or instant: `2026-11-20`.
    Iso,
    /// Of an instant or time of day: `18:00`.
    Time,
    /// Of a date or instant: `Friday`.
    Weekday,
    /// Of a date or instant: `November`.
    Month,
    /// Of a date or instant: `20 November`.
    DayAndMonth,
}

impl Template {
    /// A text without holes.
    pub fn plain(text: impl Into<Box<str>>) -> Self {
        let text = text.into();
        Self { parts: if text.is_empty() { Vec::new() } else { vec![Part::Text(text)] } }
    }

    /// The text, if it has no holes.
    pub fn as_plain(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The expressions in its holes.
    pub fn expressions(&self) -> impl Iterator<Item = ExprId> {
        self.parts
            .iter()
            .flat_map(|part| match part {
                Part::Text(_) | Part::Picked(_) => [None, None],
                Part::Hole { value, zone, .. } => [Some(*value), *zone],
            })
            .flatten()
    }

    /// The expressions in its holes, to put others in their places.
    pub fn expressions_mut(&mut self) -> impl Iterator<Item = &mut ExprId> {
        self.parts
            .iter_mut()
            .flat_map(|part| match part {
                Part::Text(_) | Part::Picked(_) => [None, None],
                Part::Hole { value, zone, .. } => [Some(value), zone.as_mut()],
            })
            .flatten()
    }
}
