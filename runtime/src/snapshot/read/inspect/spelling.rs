//! What texts spell: every value of a column takes away what it is not.

use super::super::texts;
use crate::time::{Clock, Zone};

/// What all texts of a column could be. In a text file numbers and truth values are texts as well.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spelling {
    pub bool: bool,
    pub int: bool,
    pub number: bool,
    pub date: bool,
    pub instant: bool,
    pub time: bool,
    pub zone: bool,
    pub place: bool,
}

impl Spelling {
    pub(super) const ANY: Self =
        Self { bool: true, int: true, number: true, date: true, instant: true, time: true, zone: true, place: true };

    /// Takes a text; gives the moment that it spells, in microseconds, or the number.
    pub(super) fn see(&mut self, text: &str, clock: &Clock) -> Spelled {
        let mut spelled = Spelled::default();
        let text = text.trim();
        self.bool &= text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false");
        // `007` is a name of something: as a number it would lose its zeros.
        let padded = text.len() > 1 && text.starts_with('0') && !text.starts_with("0.");
        self.int = self.int && !padded && texts::int(text).is_ok();
        if self.number {
            spelled.number = texts::number(text).ok().filter(|_| !padded);
            self.number = spelled.number.is_some() || text.eq_ignore_ascii_case("nan");
        }
        self.date = self.date && texts::date(text).is_ok();
        if self.instant {
            spelled.moment = texts::instant(text, clock).ok();
            self.instant = spelled.moment.is_some();
        }
        self.time = self.time && texts::time(text).is_ok();
        self.zone = self.zone && text.contains('/') && Zone::get(text).is_some();
        self.place = self.place && super::super::places::of_text(text).is_ok();
        spelled
    }
}

/// What one text spells.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spelled {
    pub number: Option<f64>,
    pub moment: Option<i64>,
}
