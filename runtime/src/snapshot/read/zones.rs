//! The names of time zones of a column: each looked up once.

use std::collections::HashMap;

use super::builder::{Fault, Reading};
use super::interner::Interner;
use crate::time::Zone;

/// A name by which the calendar says that it does not know the zone.
const UNKNOWN: &str = "Etc/Unknown";

/// How many different texts are remembered: more than there are zones in any writing that people use.
const MOST_KNOWN: usize = 4_096;

/// The zones so far.
#[derive(Debug, Default)]
pub(super) struct ZoneNames {
    names: Interner,
    known: HashMap<Box<str>, Reading<u32>>,
}

impl ZoneNames {
    /// The code of a zone's name. Capitals do not count: the name is kept as the database writes it.
    pub(super) fn code(&mut self, text: &str) -> Reading<u32> {
        if let Some(known) = self.known.get(text) {
            return *known;
        }
        let zone = Zone::get(text).filter(|_| !text.eq_ignore_ascii_case(UNKNOWN));
        let code = zone.map_or(Err(Fault::NotAZone), |zone| Ok(self.names.code(zone.name())));
        if self.known.len() < MOST_KNOWN {
            self.known.insert(text.into(), code);
        }
        code
    }

    /// The names, numbered in the order in which they came.
    pub(super) fn into_names(self) -> Interner {
        self.names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_database() {
        let mut zones = ZoneNames::default();
        assert_eq!(zones.code("America/New_York"), Ok(0));
        assert_eq!(zones.code("america/new_york"), Ok(0));
        assert_eq!(zones.code("UTC"), Ok(1));
        for bad in ["", "Mars/Base", "EST5EDT4", "+02:00", "Etc/Unknown", "../etc/passwd", "America/New_York "] {
            assert_eq!(zones.code(bad), Err(Fault::NotAZone), "{bad}");
        }
        assert_eq!(&*zones.into_names().finish().0.values[0], "America/New_York");
    }
}
