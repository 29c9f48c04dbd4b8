//! Days of the week: `on weekdays`, `on friday, saturday`, and how others write them.

use pest::iterators::Pair;

use super::{Reader, Rule, clause, foreign};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{Name, Span};

/// The words for days, Monday first.
pub const WEEK: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The words for several days.
const GROUPS: [&str; 2] = ["weekdays", "weekends"];

impl<'t> Reader<'t> {
    /// `on friday, saturday`: words of [`WEEK`] and [`GROUPS`] only; others are reported.
    pub fn days(&mut self, pair: Pair<'t, Rule>) -> Vec<Name> {
        let mut days = Vec::new();
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_on => self.report(foreign::word(self, span, "on")),
                Rule::no_on => self.report(foreign::forgotten(span, "on", "before the days")),
                Rule::day_next => {
                    if let Some(odd) = part.into_inner().find(|inner| inner.as_rule() == Rule::odd_day_next) {
                        self.report(clause::separator(self, &odd, ","));
                    }
                }
                Rule::week_day => self.week_day(part, span, &mut days),
                _ => {}
            }
        }
        days
    }

    fn week_day(&mut self, pair: Pair<'t, Rule>, all: Span, days: &mut Vec<Name>) {
        let mut named = Vec::new();
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_article => self.report(foreign::superfluous(self, span)),
                Rule::name | Rule::odd_name => named.push(span),
                _ => {}
            }
        }
        match named.as_slice() {
            [first, last] => self.day_range(first.to(*last), *first, *last, days),
            _ => {
                let span = named.first().copied().unwrap_or(all);
                days.extend(self.day_word(span).map(|day| Name { node: day.into(), span }));
            }
        }
    }

    /// One word for a day; `None`: reported.
    fn day_word(&mut self, span: Span) -> Option<&'static str> {
        let written = self.written(span);
        if let Some(day) = WEEK.iter().chain(&GROUPS).find(|day| **day == written) {
            return Some(*day);
        }
        let message = format!("`{}` is no day of the week", super::failure::shown(written));
        let diagnostic = Diagnostic::error(codes::FOREIGN_DAY, message, span, "a day is expected here");
        let day = meant(written);
        self.report(match day {
            Some(day) => diagnostic.help(format!("did you mean `{day}`?")).fix(format!("write `{day}`"), span, day),
            None => diagnostic.help(format!("the days are `{}` and `{}`", WEEK.join("`, `"), GROUPS.join("`, `"))),
        });
        day
    }

    /// `mon-fri`
    fn day_range(&mut self, all: Span, first: Span, last: Span, days: &mut Vec<Name>) {
        let position = |span: Span| {
            let day = meant(self.written(span))?;
            WEEK.iter().position(|known| *known == day)
        };
        let (Some(from), Some(to)) = (position(first), position(last)) else {
            days.extend(
                [first, last]
                    .into_iter()
                    .filter_map(|span| self.day_word(span).map(|day| Name { node: day.into(), span })),
            );
            return;
        };
        let named: Vec<&str> = match (from, to) {
            (0, 4) => vec!["weekdays"],
            (5, 6) => vec!["weekends"],
            _ => (0..=(to + 7 - from) % 7).filter_map(|step| WEEK.get((from + step) % 7).copied()).collect(),
        };
        let right = named.join(", ");
        self.report(
            Diagnostic::error(codes::FOREIGN_DAY, "days are named one by one", all, format!("write `{right}`")).fix(
                format!("write `{right}`"),
                all,
                right,
            ),
        );
        days.extend(named.into_iter().map(|day| Name { node: day.into(), span: all }));
    }
}

/// The day that a word in another spelling means: `Mon`, `fridays`, `weekend`, `wensday`.
fn meant(written: &str) -> Option<&'static str> {
    let lower = written.to_lowercase();
    let one = lower.strip_suffix('s').unwrap_or(&lower);
    let known = |word: &str| WEEK.iter().chain(&GROUPS).copied().find(|day| *day == word);
    known(&lower)
        .or_else(|| known(one))
        .or_else(|| known(&format!("{one}s")))
        .or_else(|| WEEK.iter().copied().find(|day| one.len() >= 3 && day.starts_with(one)))
        .or_else(|| nearest(&lower, WEEK.into_iter().chain(GROUPS)))
}
