//! The zones of a run's customers, each with what it does between `now` and the furthest time of sending.

use std::cell::OnceCell;
use std::collections::HashMap;

use crate::time::{Calendar, Zone};

/// From when on which offset from UTC holds.
pub(super) type Offsets = Vec<(i64, i64)>;

/// Zones by number, each seen once.
#[derive(Debug)]
pub(super) struct Zones {
    /// The stretch of time in which something is sent: from, and to, excluded.
    stretch: (i64, i64),
    numbers: HashMap<Zone, u32>,
    known: Vec<ZoneInRun>,
    /// Where an unknown zone may be; empty: anywhere.
    possible: Vec<Zone>,
    /// What the clocks of all possible zones do, each once.
    unknown: OnceCell<Vec<Offsets>>,
}

/// A zone, and its offsets during a run's stretch of time.
#[derive(Debug)]
pub(super) struct ZoneInRun {
    pub(super) calendar: Calendar,
    pub(super) offsets: Offsets,
}

impl Zones {
    /// No zones yet. A possible zone whose name is none makes any zone possible.
    pub(super) fn new<'a>(stretch: (i64, i64), possible: impl IntoIterator<Item = &'a str>) -> Self {
        let possible = possible.into_iter().map(Zone::get).collect::<Option<Vec<_>>>().unwrap_or_default();
        Self { stretch, numbers: HashMap::new(), known: Vec::new(), possible, unknown: OnceCell::new() }
    }

    /// The number of a zone.
    pub(super) fn number(&mut self, zone: &Zone) -> u32 {
        if let Some(number) = self.numbers.get(zone) {
            return *number;
        }
        let number = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        let offsets = zone.offsets(self.stretch.0, self.stretch.1);
        self.known.push(ZoneInRun { calendar: Calendar::new(zone.clone()), offsets });
        self.numbers.insert(zone.clone(), number);
        number
    }

    pub(super) fn get(&self, number: u32) -> Option<&ZoneInRun> {
        self.known.get(number as usize)
    }

    /// What the clocks of the zones do in which a customer without a known one may be; zones whose clocks agree during
    /// the stretch are one.
    pub(super) fn unknown(&self) -> &[Offsets] {
        self.unknown.get_or_init(|| {
            let offsets = |zone: &Zone| zone.offsets(self.stretch.0, self.stretch.1);
            let mut all: Vec<Offsets> = if self.possible.is_empty() {
                Zone::all().map(|zone| offsets(&zone)).collect()
            } else {
                self.possible.iter().map(offsets).collect()
            };
            all.sort_unstable();
            all.dedup();
            all
        })
    }
}
