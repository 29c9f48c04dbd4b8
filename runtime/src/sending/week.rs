//! The hours of a week at which something is open, as stretches from Monday 00:00 on: a week has no calendar, only a
//! clock. What follows it through the calendar is [`super::steps`].

use opportune_plan::{Hours, Weekdays};

pub(super) const DAY: i64 = 86_400_000_000;
/// How long a week is, and where its stretches end at the latest.
const WEEK: i64 = 7 * DAY;
/// 1970-01-01 was a Thursday.
const EPOCH: i64 = 3 * DAY;

/// When a week is open: from, included, to, excluded; ascending, apart from each other, within the week.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Week {
    open: Vec<(i64, i64)>,
}

impl Week {
    /// Never open.
    pub(super) fn never() -> Self {
        Self::default()
    }

    /// Always open.
    pub(super) fn always() -> Self {
        Self { open: vec![(0, WEEK)] }
    }

    /// Open within any of these hours.
    pub(super) fn within<'a>(hours: impl IntoIterator<Item = &'a Hours>) -> Self {
        let each = hours.into_iter().flat_map(|hours| {
            let length = if hours.from < hours.to { hours.to - hours.from } else { DAY - hours.from + hours.to };
            starts(hours.days).map(move |day| (day + hours.from, day + hours.from + length))
        });
        Self::of(each.collect())
    }

    /// Open on these days.
    pub(super) fn on(days: Weekdays) -> Self {
        Self::of(starts(days).map(|day| (day, day + DAY)).collect())
    }

    /// Open where this one is not.
    pub(super) fn not(&self) -> Self {
        let starts = std::iter::once(0).chain(self.open.iter().map(|(_, to)| *to));
        let ends = self.open.iter().map(|(from, _)| *from).chain([WEEK]);
        Self { open: starts.zip(ends).filter(|(from, to)| from < to).collect() }
    }

    /// Open where both are.
    pub(super) fn and(&self, other: &Self) -> Self {
        let (mut mine, mut theirs) = (self.open.iter().peekable(), other.open.iter().peekable());
        let mut open = Vec::new();
        while let (Some(&&(a, b)), Some(&&(c, d))) = (mine.peek(), theirs.peek()) {
            let (from, to) = (a.max(c), b.min(d));
            if from < to {
                open.push((from, to));
            }
            if b < d {
                mine.next()
            } else {
                theirs.next()
            };
        }
        Self { open }
    }

    /// The same so much later.
    pub(super) fn later(&self, by: i64) -> Self {
        if self.is_always() || self.open.is_empty() {
            return self.clone();
        }
        Self::of(self.open.iter().map(|(from, to)| (from + by, to + by)).collect())
    }

    /// How long after an instant of a clock (microseconds since 1970-01-01 00:00 on it) it is open; 0: it is.
    pub(super) fn wait(&self, instant: i64) -> Option<i64> {
        let at = instant.saturating_add(EPOCH).rem_euclid(WEEK);
        let next = self.open.partition_point(|(_, to)| *to <= at);
        match self.open.get(next) {
            Some((from, _)) => Some((from - at).max(0)),
            None => self.open.first().map(|(from, _)| from + WEEK - at),
        }
    }

    pub(super) fn is_always(&self) -> bool {
        self.open == [(0, WEEK)]
    }

    /// Of stretches that begin anywhere and are at most a week long.
    fn of(stretches: Vec<(i64, i64)>) -> Self {
        let within = stretches.into_iter().flat_map(|(from, to)| {
            let (start, end) = (from.rem_euclid(WEEK), from.rem_euclid(WEEK) + (to - from));
            [(start, end.min(WEEK)), (0, end - WEEK)]
        });
        let mut sorted: Vec<(i64, i64)> = within.filter(|(from, to)| from < to).collect();
        sorted.sort_unstable();
        let mut open: Vec<(i64, i64)> = Vec::new();
        for (from, to) in sorted {
            match open.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => open.push((from, to)),
            }
        }
        Self { open }
    }
}

/// Where these days of the week begin.
fn starts(days: Weekdays) -> impl Iterator<Item = i64> {
    (0..7u8).filter(move |day| days.contains(*day)).map(|day| i64::from(day) * DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = DAY / 24;

    fn hours(from: i64, to: i64, days: u8) -> Week {
        Week::within(&[Hours { from: from * HOUR, to: to * HOUR, days: Weekdays(days) }])
    }

    #[test]
    fn hours_across_midnight_belong_to_the_day_on_which_they_begin() {
        assert_eq!(hours(22, 2, 0b000_0001).open, [(22 * HOUR, 26 * HOUR)]);
        assert_eq!(hours(22, 2, 0b100_0000).open, [(0, 2 * HOUR), (166 * HOUR, WEEK)]);
        assert_eq!(hours(9, 9, 0b000_0010).open, [(33 * HOUR, 57 * HOUR)]);
        assert_eq!(hours(0, 0, 0b111_1111), Week::always());
        assert_eq!(hours(0, 0, 0b110_0000), Week::on(Weekdays::WEEKEND));
    }

    #[test]
    fn a_week_that_is_turned_twice_is_itself() {
        for week in [hours(22, 2, 0b101_0001), hours(8, 21, 0b001_1111), Week::always(), Week::never()] {
            assert_eq!(week.not().not(), week);
            assert_eq!(week.and(&week.not()), Week::never());
            for by in [-26 * HOUR, -1, 0, 1, 5 * HOUR, WEEK, 3 * WEEK + 7] {
                assert_eq!(week.later(by).later(-by), week, "{by}");
            }
        }
    }

    #[test]
    fn waiting_goes_round_the_week() {
        let week = hours(8, 10, 0b000_0001);
        // 1970-01-05 was a Monday.
        let monday = 4 * DAY;
        assert_eq!(week.wait(monday), Some(8 * HOUR));
        assert_eq!(week.wait(monday + 8 * HOUR), Some(0));
        assert_eq!(week.wait(monday + 10 * HOUR - 1), Some(0));
        assert_eq!(week.wait(monday + 10 * HOUR), Some(WEEK - 2 * HOUR));
        assert_eq!(Week::never().wait(monday), None);
    }
}
