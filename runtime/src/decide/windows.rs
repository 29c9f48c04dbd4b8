//! Windows of limits: which moments are in one stretch of time with another, on a customer's calendar.

use opportune_plan::{LimitWindow, Span, Unit};

use crate::time::{Calendar, date_of_days};

const DAY: i64 = 86_400_000_000;

/// Whether there is room for one more at `at` beside what is at `times`, in every window that holds it.
pub fn has_room(window: LimitWindow, most: u32, times: &[i64], at: i64, calendar: &Calendar) -> bool {
    // However they lie, so few cannot be too many.
    if times.len() < most as usize {
        return true;
    }
    match window {
        LimitWindow::Rolling(span) => {
            // A window ends with one of what it holds, and begins just after that moved back.
            let ends = times.iter().copied().filter(|time| *time > at).chain([at]);
            ends.into_iter().all(|end| {
                let begin = calendar.shift(end, back(span)).unwrap_or(i64::MIN);
                let held = times.iter().filter(|time| (**time > begin && **time <= end) || **time == end);
                (at <= begin && at != end) || held.count() < most as usize
            })
        }
        LimitWindow::Calendar(unit) => {
            let Some(period) = period(unit, at, calendar) else { return false };
            let near = times.iter().filter(|time| time.abs_diff(at) < longest(window).unsigned_abs());
            near.filter(|time| self::period(unit, **time, calendar) == Some(period)).count() < most as usize
        }
    }
}

/// A length of time that no window of this kind exceeds, in microseconds.
pub fn longest(window: LimitWindow) -> i64 {
    match window {
        LimitWindow::Rolling(span) => longest_span(span),
        LimitWindow::Calendar(Unit::Day) => 3 * DAY,
        LimitWindow::Calendar(Unit::Week) => 9 * DAY,
        LimitWindow::Calendar(Unit::Month) => 33 * DAY,
        LimitWindow::Calendar(Unit::Quarter) => 94 * DAY,
        LimitWindow::Calendar(Unit::Year) => 368 * DAY,
    }
}

/// A length of time that a span never exceeds, in microseconds; days are longer where a zone's clock was turned.
pub fn longest_span(span: Span) -> i64 {
    let days = i64::from(span.months).saturating_mul(31).saturating_add(span.days.into()).saturating_add(2);
    days.saturating_mul(DAY).saturating_add(span.micros)
}

/// A span turned round.
pub fn back(span: Span) -> Span {
    Span {
        months: span.months.saturating_neg(),
        days: span.days.saturating_neg(),
        micros: span.micros.saturating_neg(),
    }
}

/// Which day, week (from Monday), month, quarter or year a moment is in, counted on.
pub fn period(unit: Unit, at: i64, calendar: &Calendar) -> Option<i64> {
    let (day, _) = calendar.local(at)?;
    if unit == Unit::Day {
        return Some(day.into());
    }
    if unit == Unit::Week {
        // 1970-01-01 was a Thursday.
        return Some((i64::from(day) + 3).div_euclid(7));
    }
    let date = date_of_days(day)?;
    let month = i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
    Some(match unit {
        Unit::Quarter => month.div_euclid(3),
        Unit::Year => month.div_euclid(12),
        _ => month,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Zone;

    fn calendar(zone: &str) -> Calendar {
        Calendar::new(Zone::get(zone).unwrap())
    }

    fn instant(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
    }

    #[test]
    fn a_window_of_days_ends_with_each_of_what_it_holds() {
        let utc = calendar("UTC");
        let week = LimitWindow::Rolling(Span::days(7));
        let days = |days: &[i64]| days.iter().map(|day| day * DAY).collect::<Vec<_>>();
        assert!(has_room(week, 1, &days(&[3]), 10 * DAY, &utc), "seven days later is another window");
        assert!(!has_room(week, 1, &days(&[3]), 10 * DAY - 1, &utc));
        assert!(!has_room(week, 1, &days(&[16]), 10 * DAY, &utc), "what is later counts too");
        assert!(has_room(week, 1, &days(&[17]), 10 * DAY, &utc));
        assert!(has_room(week, 2, &days(&[5, 15]), 10 * DAY, &utc), "no week holds all three");
        assert!(!has_room(week, 2, &days(&[9, 15]), 10 * DAY, &utc));
        assert!(!has_room(week, 1, &days(&[10]), 10 * DAY, &utc), "one moment is one window");
    }

    #[test]
    fn weeks_begin_on_monday_on_the_customers_calendar() {
        let monday = instant("2026-11-23T04:30:00Z");
        let week = |zone| period(Unit::Week, monday, &calendar(zone)).unwrap();
        assert_eq!(week("UTC"), week("America/New_York") + 1, "it is still Sunday there");
        assert_eq!(
            period(Unit::Week, monday, &calendar("UTC")),
            period(Unit::Week, monday + 6 * DAY, &calendar("UTC"))
        );
    }

    #[test]
    fn months_quarters_and_years_are_those_of_the_calendar() {
        let utc = calendar("UTC");
        let of = |unit, text| period(unit, instant(text), &utc).unwrap();
        assert_eq!(of(Unit::Month, "2026-12-31T23:59:59Z") + 1, of(Unit::Month, "2027-01-01T00:00:00Z"));
        assert_eq!(of(Unit::Quarter, "2026-10-01T00:00:00Z"), of(Unit::Quarter, "2026-12-31T00:00:00Z"));
        assert_ne!(of(Unit::Quarter, "2026-09-30T00:00:00Z"), of(Unit::Quarter, "2026-10-01T00:00:00Z"));
        assert_eq!(of(Unit::Year, "2026-01-01T00:00:00Z"), of(Unit::Year, "2026-12-31T00:00:00Z"));
        assert_eq!(of(Unit::Day, "1969-12-31T23:00:00Z"), -1);
    }

    #[test]
    fn a_month_back_ends_where_the_month_does() {
        let utc = calendar("UTC");
        let month = LimitWindow::Rolling(Span { months: 1, ..Span::default() });
        let end = instant("2026-03-31T12:00:00Z");
        assert!(has_room(month, 1, &[instant("2026-02-28T12:00:00Z")], end, &utc));
        assert!(!has_room(month, 1, &[instant("2026-02-28T12:00:01Z")], end, &utc));
    }
}
