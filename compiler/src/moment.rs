//! Local times as instants, in the compiler: of literals and of the manifest's `now`.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// The instant of a local time: one that a DST night skips moves on to the next that exists, one that occurs twice is the
/// first. `None` where it leaves the years that there are.
pub(crate) fn of_local(zone: &TimeZone, local: DateTime) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_zoned(local);
    let is_skipped = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
    let moment = ambiguous.compatible().ok()?.timestamp();
    if !is_skipped {
        return Some(moment);
    }
    let just_after = moment.checked_add(SignedDuration::from_nanos(1)).ok()?;
    zone.preceding(just_after).next().map(|change| change.timestamp())
}
