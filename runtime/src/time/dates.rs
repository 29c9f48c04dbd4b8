//! Days as numbers: what a day since 1970-01-01 is in the calendar, and back. Years 1 to 9999.

use jiff::civil::Date;
use opportune_plan::Span;

/// 0001-01-01, the first date there is.
pub const FIRST_DATE: i32 = -719_162;
/// 9999-12-31, the last.
pub const LAST_DATE: i32 = 2_932_896;

const EPOCH: Date = Date::constant(1970, 1, 1);

/// Days since 1970-01-01 of a date in the years 1 to 9999.
pub fn days_of(date: Date) -> Option<i32> {
    (date.year() >= 1).then_some(())?;
    EPOCH.until(date).ok().map(|span| span.get_days())
}

/// The date of so many days since 1970-01-01, in the years 1 to 9999.
pub fn date_of_days(days: i32) -> Option<Date> {
    (FIRST_DATE..=LAST_DATE).contains(&days).then_some(())?;
    EPOCH.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// A day, if it is in the years 1 to 9999.
pub fn day(days: i64) -> Option<i32> {
    i32::try_from(days).ok().filter(|days| (FIRST_DATE..=LAST_DATE).contains(days))
}

/// A date moved by months, then days; a day of the month that does not exist becomes the month's last.
pub fn shift_date(date: i32, span: Span) -> Option<i32> {
    days_of(shift(date_of_days(date)?, span)?)
}

pub(super) fn shift(date: Date, span: Span) -> Option<Date> {
    let months = jiff::Span::new().try_months(span.months).ok()?;
    let days = jiff::Span::new().try_days(span.days).ok()?;
    date.checked_add(months).ok()?.checked_add(days).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_end_at_the_last_day() {
        let date = days_of(Date::constant(2026, 1, 31)).unwrap();
        let moved = shift_date(date, Span { months: 1, ..Span::default() }).unwrap();
        assert_eq!(date_of_days(moved).unwrap(), Date::constant(2026, 2, 28));
        assert_eq!(shift_date(date, Span { months: 12 * 9000, ..Span::default() }), None);
    }

    #[test]
    fn dates_end_where_the_years_do() {
        for (date, outside) in [(FIRST_DATE, FIRST_DATE - 1), (LAST_DATE, LAST_DATE + 1)] {
            assert_eq!(date_of_days(date).and_then(days_of), Some(date));
            assert_eq!(date_of_days(outside), None);
            assert_eq!(day(i64::from(outside)), None);
        }
        assert_eq!(day(i64::MIN), None);
    }
}
