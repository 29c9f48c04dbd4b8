//! Weeks that change with the calendar: from a day on, by the local clock, or from an instant on, by UTC.
//!
//! A rule is written by the local clock. Where a zone's offset does not change, the local clock is UTC moved by it; so a
//! local rule is cut at the zone's transitions, and each piece turned to UTC. In UTC, rules of several zones meet. Whatever
//! a DST night does to local times is told by the pieces alone: a time that is skipped is in none, one that occurs twice
//! is in two.

use super::week::{DAY, Week};

/// From when on which week holds: days since 1970-01-01, or instants; ascending. The first holds before its time as well,
/// the last for ever.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Steps(Vec<(i64, Week)>);

impl Steps {
    /// This week, always.
    pub(super) fn always(week: Week) -> Self {
        Self(vec![(i64::MIN, week)])
    }

    /// Weeks that begin at ascending times, where neighbours may be equal.
    pub(super) fn of(weeks: impl IntoIterator<Item = (i64, Week)>) -> Self {
        let mut steps: Vec<(i64, Week)> = Vec::new();
        for (from, week) in weeks {
            match steps.last_mut() {
                Some(last) if last.1 == week => {}
                Some(last) if last.0 == from => last.1 = week,
                _ => steps.push((from, week)),
            }
        }
        Self(steps)
    }

    /// This week from one time, included, to another, excluded.
    pub(super) fn between(week: Week, from: Option<i64>, to: Option<i64>) -> Self {
        let before = from.map(|_| (i64::MIN, Week::never()));
        let after = to.map(|to| (to, Week::never()));
        Self::of(before.into_iter().chain([(from.unwrap_or(i64::MIN), week)]).chain(after))
    }

    pub(super) fn is_always_open(&self) -> bool {
        self.0.iter().all(|(_, week)| week.is_always())
    }

    /// Open where both are.
    pub(super) fn and(&self, other: &Self) -> Self {
        let mut times: Vec<i64> = self.0.iter().chain(&other.0).map(|(from, _)| *from).collect();
        times.sort_unstable();
        times.dedup();
        let both = |time| Some((time, self.at(time)?.and(other.at(time)?)));
        Self::of(times.into_iter().filter_map(both))
    }

    /// From days of a local clock to instants. `offsets`: from when on which offset from UTC holds, ascending.
    pub(super) fn told_by(&self, offsets: &[(i64, i64)]) -> Self {
        let ends = offsets.iter().skip(1).map(|(from, _)| *from).chain([i64::MAX]);
        Self::of(offsets.iter().zip(ends).flat_map(|((from, offset), until)| self.piece(*from, until, *offset)))
    }

    /// The steps from one instant to another, between which the local clock is `offset` ahead of UTC.
    fn piece(&self, from: i64, until: i64, offset: i64) -> impl Iterator<Item = (i64, Week)> {
        let first = from.saturating_add(offset).div_euclid(DAY);
        let at = self.position(first);
        self.0.iter().enumerate().skip(at).map_while(move |(index, (day, week))| {
            let begins = if index == at { from } else { day.checked_mul(DAY)?.checked_sub(offset)? };
            (begins < until).then(|| (begins, week.later(-offset)))
        })
    }

    /// The earliest open instant of a stretch of time, both ends included.
    ///
    /// Bounded by the number of steps: within one, the answer is known at once.
    pub(super) fn earliest(&self, from: i64, to: i64) -> Option<i64> {
        let mut steps = self.0.iter().skip(self.position(from)).peekable();
        while let Some((begins, week)) = steps.next() {
            let start = from.max(*begins);
            let until = steps.peek().map_or(i64::MAX, |(next, _)| *next);
            if start > to {
                return None;
            }
            let found = week.wait(start).map(|wait| start.saturating_add(wait)).filter(|found| *found < until);
            if found.is_some() {
                return found.filter(|found| *found <= to);
            }
        }
        None
    }

    fn at(&self, time: i64) -> Option<&Week> {
        self.0.get(self.position(time)).map(|(_, week)| week)
    }

    fn position(&self, time: i64) -> usize {
        self.0.partition_point(|(from, _)| *from <= time).saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use opportune_plan::{Hours, Weekdays};

    use super::*;

    const HOUR: i64 = DAY / 24;

    fn hours(from: i64, to: i64) -> Week {
        Week::within(&[Hours { from: from * HOUR, to: to * HOUR, days: Weekdays::ALL }])
    }

    #[test]
    fn a_local_day_is_cut_where_the_offset_changes() {
        // Two hours ahead; from day 10, 01:00 UTC on, one hour ahead.
        let offsets = [(0, 2 * HOUR), (10 * DAY + HOUR, HOUR)];
        let steps = Steps::always(hours(2, 3)).told_by(&offsets);
        // 02:00 occurs twice: from 00:00 to 01:00 UTC, and from 01:00 to 02:00.
        assert_eq!(steps.earliest(10 * DAY, i64::MAX), Some(10 * DAY));
        assert_eq!(steps.earliest(10 * DAY + HOUR, i64::MAX), Some(10 * DAY + HOUR));
        assert_eq!(steps.earliest(10 * DAY + 2 * HOUR, i64::MAX), Some(11 * DAY + HOUR));
    }

    #[test]
    fn days_that_are_closed_are_closed_by_the_local_clock() {
        let steps = Steps::of([(0, hours(8, 10)), (10, Week::never()), (11, hours(8, 10))]).told_by(&[(0, -5 * HOUR)]);
        assert_eq!(steps.earliest(9 * DAY + 16 * HOUR, i64::MAX), Some(11 * DAY + 13 * HOUR));
        assert_eq!(steps.earliest(9 * DAY + 16 * HOUR, 11 * DAY + 13 * HOUR - 1), None);
    }

    #[test]
    fn what_never_opens_is_one_step() {
        let offsets: Vec<(i64, i64)> = (0..1_000).map(|at| (at * 180 * DAY, at % 2 * HOUR)).collect();
        let never = Steps::always(hours(8, 9)).and(&Steps::always(hours(9, 10)));
        assert_eq!(never.told_by(&offsets).0.len(), 1);
        assert_eq!(
            Steps::between(Week::always(), Some(3), Some(5)).told_by(&[(0, 0)]).earliest(0, 9 * DAY),
            Some(3 * DAY)
        );
    }
}
