//! The law's hours: `std/quiet_hours.toml`, which comes with the program, read once.
//!
//! Whatever is not sure is strict: a jurisdiction that is missing or not in the data counts as all of them together, and
//! a window that cannot be read is no window.

use std::sync::LazyLock;

use jiff::civil::{Date, Time};
use opportune_plan::{Hours, Weekdays};
use serde::Deserialize;

use super::holidays::Holidays;
use super::steps::Steps;
use super::week::Week;
use crate::time::{date_of_days, days_of};

const DATA: &str = include_str!("../../std/quiet_hours.toml");

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| read(DATA).unwrap_or_default());

/// The hours of one jurisdiction, as valid from one day on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// Its code: a country's of ISO 3166-1, or a part's of ISO 3166-2.
    pub jurisdiction: Box<str>,
    /// Its name.
    pub place: Box<str>,
    /// When a consumer may be reached, by their local clock; outside, never.
    pub windows: Vec<Hours>,
    /// On which days never.
    pub holidays: Option<Holidays>,
    /// Who made the rule.
    pub authority: Box<str>,
    /// Where it is written.
    pub citation: Box<str>,
    /// Since when.
    pub valid_from: Date,
    /// Until when, that day included; none: it still is.
    pub valid_to: Option<Date>,
    /// When the row was last compared with its source.
    pub checked: Date,
    /// What else is to know.
    pub note: Box<str>,
}

/// Why the data cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LawError {
    /// It is not as the other rows are.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// A word has no meaning.
    #[error("`{0}` of `{1}` is neither days, a time, a date nor holidays")]
    Word(Box<str>, Box<str>),
}

/// The rules that come with the program, in the order of their codes, each code's first version first.
pub fn rules() -> &'static [Rule] {
    &RULES
}

/// A law that may hold for a customer: [`Law::EVERY`], or that of a code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) struct Law(u32);

impl Law {
    /// All at once.
    pub(super) const EVERY: Self = Self(u32::MAX);

    /// The law of a jurisdiction; of one that is missing or not in the data, all.
    pub(super) fn of(code: Option<&str>) -> Self {
        let at = code.and_then(|code| RULES.iter().position(|rule| *rule.jurisdiction == *code));
        at.and_then(|at| u32::try_from(at).ok()).map_or(Self::EVERY, Self)
    }

    /// When it lets a consumer be reached, by the days of their clock; holidays are told from one day to another.
    pub(super) fn steps(self, from: i32, to: i32) -> Steps {
        let code = RULES.get(self.0 as usize).map(|rule| &*rule.jurisdiction);
        hours(&RULES, code, from, to)
    }
}

/// The hours that a jurisdiction's rules and those of what it is a part of leave; without a code, all rules.
fn hours(rules: &[Rule], code: Option<&str>, from: i32, to: i32) -> Steps {
    let country = code.and_then(|code| code.split('-').next());
    let holds = |rule: &&[Rule]| {
        let jurisdiction = rule.first().map(|rule| &*rule.jurisdiction);
        code.is_none() || jurisdiction == code || jurisdiction == country
    };
    let mut found = rules.chunk_by(|a, b| a.jurisdiction == b.jurisdiction).filter(holds).peekable();
    if found.peek().is_none() {
        return Steps::always(Week::never());
    }
    found.fold(Steps::always(Week::always()), |all, versions| all.and(&jurisdiction(versions, from, to)))
}

/// The versions of one jurisdiction's rule, one after the other.
fn jurisdiction(versions: &[Rule], from: i32, to: i32) -> Steps {
    let begins =
        |at: usize, rule: &Rule| if at == 0 { Some(i64::MIN) } else { days_of(rule.valid_from).map(i64::from) };
    let ends = |at: usize| versions.get(at + 1).and_then(|next| days_of(next.valid_from)).map_or(i64::MAX, i64::from);
    let steps = versions.iter().enumerate().filter_map(|(at, rule)| {
        let (begins, ends) = (begins(at, rule)?, ends(at));
        let closed = rule.holidays.map_or_else(Vec::new, |holidays| between(holidays, from, to));
        let closed = closed.into_iter().map(i64::from).filter(move |day| (begins..ends).contains(day));
        let open = Week::within(&rule.windows);
        let reopened = open.clone();
        let closed = closed.flat_map(move |day| [(day, Week::never()), (day + 1, reopened.clone())]);
        Some(std::iter::once((begins, open)).chain(closed.filter(move |(day, _)| *day < ends)))
    });
    Steps::of(steps.flatten())
}

/// The holidays from one day to another.
fn between(holidays: Holidays, from: i32, to: i32) -> Vec<i32> {
    let year = |day: i32| date_of_days(day).map(Date::year);
    let years = year(from).unwrap_or(1)..=year(to).unwrap_or(9999);
    years.flat_map(|year| holidays.of_year(year)).filter(|day| (from..=to).contains(day)).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    jurisdiction: Box<str>,
    place: Box<str>,
    windows: Vec<Window>,
    holidays: Option<Box<str>>,
    authority: Box<str>,
    citation: Box<str>,
    valid_from: Box<str>,
    valid_to: Option<Box<str>>,
    checked: Box<str>,
    note: Box<str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Window {
    days: Box<str>,
    from: Box<str>,
    to: Box<str>,
}

fn read(text: &str) -> Result<Vec<Rule>, LawError> {
    let mut rules = toml::from_str::<File>(text)?.rule.into_iter().map(rule).collect::<Result<Vec<_>, _>>()?;
    rules.sort_by(|a, b| (&a.jurisdiction, a.valid_from).cmp(&(&b.jurisdiction, b.valid_from)));
    Ok(rules)
}

fn rule(row: Row) -> Result<Rule, LawError> {
    let wrong = |word: &str| LawError::Word(word.into(), row.jurisdiction.clone());
    let date = |text: &str| text.parse::<Date>().map_err(|_| wrong(text));
    let time = |text: &str| text.parse::<Time>().ok().map(micros).ok_or_else(|| wrong(text));
    let window = |window: &Window| -> Result<Hours, LawError> {
        let days = days(&window.days).ok_or_else(|| wrong(&window.days))?;
        Ok(Hours { from: time(&window.from)?, to: time(&window.to)?, days })
    };
    Ok(Rule {
        windows: row.windows.iter().map(window).collect::<Result<_, _>>()?,
        holidays: row.holidays.as_deref().map(|of| Holidays::of(of).ok_or_else(|| wrong(of))).transpose()?,
        valid_from: date(&row.valid_from)?,
        valid_to: row.valid_to.as_deref().map(date).transpose()?,
        checked: date(&row.checked)?,
        jurisdiction: row.jurisdiction,
        place: row.place,
        authority: row.authority,
        citation: row.citation,
        note: row.note,
    })
}

/// `monday to friday`, `saturday, sunday`.
fn days(text: &str) -> Option<Weekdays> {
    const NAMES: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let day = |name: &str| NAMES.iter().position(|known| *known == name.trim());
    let part = |part: &str| {
        let (first, last) = part.split_once(" to ").unwrap_or((part, part));
        let (first, last) = (day(first)?, day(last)?);
        (first <= last).then(|| (first..=last).fold(0, |days, day| days | 1 << day))
    };
    text.split(',').map(part).try_fold(0, |days, part| Some(days | part?)).map(Weekdays)
}

fn micros(time: Time) -> i64 {
    (i64::from(time.hour()) * 60 + i64::from(time.minute())) * 60_000_000
}

#[cfg(test)]
mod tests;
