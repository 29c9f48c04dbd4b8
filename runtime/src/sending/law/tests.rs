//! The shipped data is as it must be, and says what it says.

use std::collections::BTreeSet;

use super::*;

const HOUR: i64 = 3_600_000_000;

/// Whether a law lets a consumer be reached on a local day at an hour.
fn allows(law: Law, date: &str, hour: f64) -> bool {
    let day = days_of(date.parse().unwrap()).unwrap();
    let steps = law.steps(day - 3, day + 3).told_by(&[(i64::MIN / 2, 0)]);
    let at = i64::from(day) * 24 * HOUR + (hour * HOUR as f64) as i64;
    steps.earliest(at, at).is_some()
}

fn law(code: &str) -> Law {
    let law = Law::of(Some(code));
    assert_ne!(law, Law::EVERY, "{code}");
    law
}

#[test]
fn the_shipped_data_is_well_formed() {
    let rules = read(DATA).unwrap();
    assert_eq!(rules, rules_in_the_program());
    let codes: BTreeSet<&str> = rules.iter().map(|rule| &*rule.jurisdiction).collect();
    assert_eq!(codes.iter().copied().collect::<Vec<_>>().join(" "), "AU CA FR US US-CT US-FL US-MD US-MS US-OK US-TX");
    for rule in &rules {
        let code = &rule.jurisdiction;
        let good = |part: &str| part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_uppercase());
        assert!(code.split('-').all(good), "{code}");
        assert!(codes.contains(code.split('-').next().unwrap()), "{code} is a part of nothing");
        assert!(!rule.windows.is_empty(), "{code} is never open");
        assert!(rule.windows.iter().all(|hours| hours.days.0 != 0 && hours.from < hours.to), "{code}");
        assert!(rule.valid_from < rule.checked, "{code} was checked before it was valid");
        assert!(rule.valid_to.is_none_or(|to| rule.valid_from <= to), "{code}");
        for text in [&rule.place, &rule.authority, &rule.citation, &rule.note] {
            assert!(!text.trim().is_empty() && text.trim() == &**text, "{code}: `{text}`");
        }
    }
    for versions in rules.windows(2).filter(|two| two[0].jurisdiction == two[1].jurisdiction) {
        let ends = versions[0].valid_to.and_then(|date| date.tomorrow().ok());
        assert_eq!(ends, Some(versions[1].valid_from), "versions of {} leave a gap or meet", versions[0].jurisdiction);
    }
}

fn rules_in_the_program() -> &'static [Rule] {
    super::rules()
}

#[test]
fn what_cannot_be_read_is_told() {
    let message = |from: &str, to: &str| read(&DATA.replacen(from, to, 1)).unwrap_err().to_string();
    assert_eq!(
        message("monday to friday", "monday to fryday"),
        "`monday to fryday` of `AU` is neither days, a time, a date nor holidays"
    );
    assert!(message("friday\"", "monday to sunday to friday\"").starts_with('`'));
    assert!(message("monday to friday", "friday to monday").starts_with('`'));
    assert!(message("09:00", "25:00").starts_with("`25:00`"));
    assert!(message("2007-05-31", "2007-02-30").starts_with("`2007-02-30`"));
    assert!(message("holidays = \"AU\"", "holidays = \"ZZ\"").starts_with("`ZZ`"));
    assert!(message("authority", "autority").contains("unknown field `autority`"));
}

#[test]
fn a_state_means_its_own_and_the_federal_hours() {
    // A Monday.
    for (code, first, last) in [
        ("US", 8.0, 21.0),
        ("US-FL", 8.0, 20.0),
        ("US-CT", 9.0, 20.0),
        ("US-OK", 8.0, 20.0),
        ("US-MD", 8.0, 20.0),
        ("US-MS", 8.0, 20.0),
        ("US-TX", 9.0, 21.0),
        ("CA", 9.0, 21.5),
        ("AU", 9.0, 20.0),
        ("FR", 10.0, 20.0),
    ] {
        let allowed = |hour| allows(law(code), "2026-11-23", hour);
        assert!(allowed(first) && allowed(last - 0.01), "{code}");
        assert!(!allowed(first - 0.01) && !allowed(last), "{code}");
    }
    assert!(allows(law("US-TX"), "2026-11-22", 12.0) && !allows(law("US-TX"), "2026-11-22", 11.9));
    assert!(!allows(law("US-MS"), "2026-11-22", 12.0));
}

#[test]
fn weekends_and_holidays_are_closed_where_the_law_says_so() {
    assert!(!allows(law("FR"), "2026-11-23", 13.5) && allows(law("FR"), "2026-11-23", 14.0));
    for (code, date) in [("FR", "2026-11-21"), ("FR", "2026-11-22"), ("AU", "2026-11-22")] {
        assert!(!allows(law(code), date, 12.0), "{code} {date}");
    }
    assert!(allows(law("AU"), "2026-11-21", 16.9) && !allows(law("AU"), "2026-11-21", 17.0));
    assert!(allows(law("CA"), "2026-11-21", 10.0) && !allows(law("CA"), "2026-11-21", 18.0));
    // Armistice, and Easter Monday; the days before and after are open.
    for (code, date, beside) in [
        ("FR", "2026-11-11", "2026-11-12"),
        ("FR", "2027-03-29", "2027-03-30"),
        ("AU", "2027-03-29", "2027-03-30"),
        ("AU", "2027-12-27", "2027-12-29"),
        ("AU", "2027-12-28", "2027-12-24"),
    ] {
        assert!(!allows(law(code), date, 12.0) && allows(law(code), beside, 12.0), "{code} {date}");
        assert!(allows(law("US"), date, 12.0));
    }
}

#[test]
fn nobody_knows_where_means_everywhere() {
    for code in [None, Some(""), Some("US-CA"), Some("us-fl"), Some("US-"), Some("DE"), Some("US-FL ")] {
        assert_eq!(Law::of(code), Law::EVERY, "{code:?}");
    }
    let allowed = |date, hour| allows(Law::EVERY, date, hour);
    assert!(allowed("2026-11-23", 10.0) && allowed("2026-11-23", 12.9) && allowed("2026-11-23", 14.0));
    assert!(!allowed("2026-11-23", 9.9) && !allowed("2026-11-23", 13.0) && !allowed("2026-11-23", 20.0));
    assert!(!allowed("2026-11-21", 12.0) && !allowed("2026-11-22", 12.0));
    // Anzac Day and Armistice: closed for all.
    assert!(!allowed("2028-04-25", 12.0) && !allowed("2026-11-11", 12.0) && allowed("2026-11-12", 12.0));
}

/// A row that allows these hours of every day but the holidays of France.
fn row(code: &str, from: &str, to: &str, valid: &str) -> String {
    format!(
        "[[rule]]\njurisdiction = \"{code}\"\nplace = \"p\"\nauthority = \"a\"\ncitation = \"c\"\nnote = \"n\"\n\
         checked = \"2026-01-01\"\nholidays = \"FR\"\nvalid_from = \"{valid}\"\n\
         windows = [{{ days = \"monday to sunday\", from = \"{from}\", to = \"{to}\" }}]\n"
    )
}

#[test]
fn a_part_may_close_but_not_open_what_the_whole_leaves() {
    let of = |code, from, to| row(code, from, to, "2020-01-01");
    let rules =
        read(&(of("XX", "08:00", "20:00") + &of("XX-A", "06:00", "18:00") + &of("YY", "10:00", "11:00"))).unwrap();
    let allowed = |code, hour: i64| {
        let steps = super::hours(&rules, code, 0, 100).told_by(&[(0, 0)]);
        steps.earliest(20 * 24 * HOUR + hour * HOUR, 20 * 24 * HOUR + hour * HOUR).is_some()
    };
    let open = |code| (0..24).filter(|hour| allowed(code, *hour)).collect::<Vec<_>>();
    assert_eq!(open(Some("XX")), (8..20).collect::<Vec<_>>());
    assert_eq!(open(Some("XX-A")), (8..18).collect::<Vec<_>>());
    assert_eq!(open(None), [10]);
    assert_eq!(open(Some("ZZ")), [] as [i64; 0], "a code without rules");
    let none = super::hours(&[], None, 0, 100).told_by(&[(0, 0)]);
    assert_eq!(none.earliest(0, i64::MAX), None, "no data at all");
}

#[test]
fn of_several_versions_the_one_of_the_day_holds() {
    let (old, new) = (row("FR", "08:00", "20:00", "2020-01-01"), row("FR", "12:00", "13:00", "2026-11-12"));
    let rules = read(&(new + &old)).unwrap();
    let day = |date: &str| i64::from(days_of(date.parse().unwrap()).unwrap());
    let steps = jurisdiction(&rules, 0, 50_000).told_by(&[(i64::MIN / 2, 0)]);
    let allowed = |date, hour| steps.earliest(day(date) * 24 * HOUR + hour * HOUR, day(date) * 24 * HOUR + hour * HOUR);
    assert!(allowed("2019-06-01", 9).is_some(), "before the first, the first");
    assert!(allowed("2026-11-10", 9).is_some());
    assert!(allowed("2026-11-11", 12).is_none(), "a holiday of the old version");
    assert!(allowed("2026-11-12", 9).is_none() && allowed("2026-11-12", 12).is_some());
    assert!(allowed("2026-12-25", 12).is_none() && allowed("2026-12-26", 12).is_some());
}
