//! Public holidays by rule: fixed days, and days that are told from Easter. They are the days on which a law of
//! `std/quiet_hours.toml` lets nobody be called.

use jiff::civil::{Date, Weekday};

use crate::time::days_of;

/// A calendar of public holidays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holidays {
    /// Of France (metropolitan): Code du travail, art. L3133-1.
    France,
    /// Of all of Australia, with the weekdays that replace those at a weekend.
    Australia,
}

impl Holidays {
    /// The calendar of a country's code.
    pub fn of(country: &str) -> Option<Self> {
        match country {
            "FR" => Some(Self::France),
            "AU" => Some(Self::Australia),
            _ => None,
        }
    }

    /// The holidays of a year, as days since 1970-01-01, ascending.
    pub fn of_year(self, year: i16) -> Vec<i32> {
        let (fixed, from_easter): (&[(i8, i8)], &[i32]) = match self {
            // Jour de l'an, fête du Travail, Victoire 1945, fête nationale, Assomption, Toussaint, Armistice, Noël;
            // lundi de Pâques, Ascension, lundi de Pentecôte.
            Self::France => (&[(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)], &[1, 39, 50]),
            // New Year's Day, Australia Day, Anzac Day, Christmas Day, Boxing Day; Good Friday, Easter Monday.
            Self::Australia => (&[(1, 1), (1, 26), (4, 25), (12, 25), (12, 26)], &[-2, 1]),
        };
        let fixed = fixed.iter().filter_map(|(month, day)| Date::new(year, *month, *day).ok()).filter_map(days_of);
        let easter = easter(year);
        let movable = from_easter.iter().filter_map(|days| easter?.checked_add(*days));
        let mut days: Vec<i32> = fixed.chain(movable).chain(self.replacements(year)).collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// The weekdays that stand in for holidays at a weekend. Anzac Day has none in most states.
    fn replacements(self, year: i16) -> Vec<i32> {
        if self == Self::France {
            return Vec::new();
        }
        let at = |month, day| Date::new(year, month, day).ok();
        let next_monday = |date: Date| match date.weekday() {
            Weekday::Saturday => Some(2),
            Weekday::Sunday => Some(1),
            _ => None,
        };
        // Christmas and Boxing Day are neighbours: each that is at the weekend takes the next free weekday.
        let after_christmas = |christmas: Date| match christmas.weekday() {
            Weekday::Friday => vec![3],
            Weekday::Saturday => vec![2, 3],
            Weekday::Sunday => vec![2],
            _ => Vec::new(),
        };
        let simple = [at(1, 1), at(1, 26)].into_iter().flatten();
        let simple = simple.filter_map(|date| Some(days_of(date)? + next_monday(date)?));
        let christmas = at(12, 25)
            .into_iter()
            .flat_map(|date| after_christmas(date).into_iter().filter_map(move |later| Some(days_of(date)? + later)));
        simple.chain(christmas).collect()
    }
}

/// Easter Sunday by the Gregorian computus (Meeus, Jones and Butcher), as days since 1970-01-01.
fn easter(year: i16) -> Option<i32> {
    let year32 = i32::from(year);
    let (golden, century, of_century) = (year32 % 19, year32 / 100, year32 % 100);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30;
    let to_sunday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * to_sunday) / 451;
    let march = epact + to_sunday - 7 * late + 114;
    let (month, day) = (i8::try_from(march / 31).ok()?, i8::try_from(march % 31 + 1).ok()?);
    Date::new(year, month, day).ok().and_then(days_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::date_of_days;

    fn named(holidays: Holidays, year: i16) -> String {
        let days = holidays.of_year(year).into_iter().map(|day| date_of_days(day).unwrap());
        days.map(|date| date.strftime("%m-%d").to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn easter_is_where_the_church_has_it() {
        let known = [
            (1818, "1818-03-22"),
            (1943, "1943-04-25"),
            (1954, "1954-04-18"),
            (1981, "1981-04-19"),
            (2000, "2000-04-23"),
            (2008, "2008-03-23"),
            (2011, "2011-04-24"),
            (2016, "2016-03-27"),
            (2019, "2019-04-21"),
            (2024, "2024-03-31"),
            (2025, "2025-04-20"),
            (2026, "2026-04-05"),
            (2027, "2027-03-28"),
            (2038, "2038-04-25"),
            (2285, "2285-03-22"),
        ];
        for (year, date) in known {
            assert_eq!(easter(year).and_then(date_of_days), Some(date.parse().unwrap()), "{year}");
        }
    }

    #[test]
    fn holidays_of_france() {
        assert_eq!(named(Holidays::France, 2023), "01-01 04-10 05-01 05-08 05-18 05-29 07-14 08-15 11-01 11-11 12-25");
        assert_eq!(named(Holidays::France, 2024), "01-01 04-01 05-01 05-08 05-09 05-20 07-14 08-15 11-01 11-11 12-25");
        assert_eq!(named(Holidays::France, 2026), "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25");
        // In 2008 Ascension was the 1st of May.
        assert_eq!(named(Holidays::France, 2008), "01-01 03-24 05-01 05-08 05-12 07-14 08-15 11-01 11-11 12-25");
    }

    #[test]
    fn holidays_of_australia() {
        assert_eq!(named(Holidays::Australia, 2023), "01-01 01-02 01-26 04-07 04-10 04-25 12-25 12-26");
        assert_eq!(named(Holidays::Australia, 2020), "01-01 01-26 01-27 04-10 04-13 04-25 12-25 12-26 12-28");
        assert_eq!(named(Holidays::Australia, 2021), "01-01 01-26 04-02 04-05 04-25 12-25 12-26 12-27 12-28");
        assert_eq!(named(Holidays::Australia, 2022), "01-01 01-03 01-26 04-15 04-18 04-25 12-25 12-26 12-27");
        // In 2011 Anzac Day was Easter Monday.
        assert_eq!(named(Holidays::Australia, 2011), "01-01 01-03 01-26 04-22 04-25 12-25 12-26 12-27");
    }

    #[test]
    fn years_that_are_none_have_no_holidays() {
        for year in [i16::MIN, -1, 0, 10_000, i16::MAX] {
            assert_eq!(Holidays::France.of_year(year), [] as [i32; 0], "{year}");
            assert_eq!(Holidays::Australia.of_year(year), [] as [i32; 0], "{year}");
        }
        assert_eq!(Holidays::France.of_year(9999).len(), 11);
        assert_eq!(Holidays::France.of_year(1).len(), 11);
    }
}
