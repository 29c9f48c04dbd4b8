//! Dates and moments: only those that the calendar has.

use jiff::civil;
use pest::iterators::Pair;

use super::build::Built;
use super::{Reader, Rule};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{ExprKind, Literal, Name, Span};

/// Microseconds in a second.
const MILLION: i64 = 1_000_000;

impl<'t> Reader<'t> {
    /// `2026-11-01`, `2026-11-27 18:00`, `2026-11-27 18:00 Europe/London`
    pub fn moment(&mut self, pair: Pair<'t, Rule>) -> Built {
        let span = self.span(&pair);
        let mut day = None;
        let mut clock = None;
        let mut zone = None;
        let mut clock_written = false;
        for part in pair.into_inner() {
            let at = self.span(&part);
            match part.as_rule() {
                Rule::date => day = self.date(part.as_str(), at),
                Rule::odd_date => day = self.odd_date(part.as_str(), at),
                Rule::odd_t => self.report(
                    Diagnostic::error(codes::BAD_DATE, "a space stands between date and time", at, "write a space")
                        .fix("replace `T` with a space", at, " "),
                ),
                Rule::clock => {
                    clock_written = true;
                    clock = self.clock(part.as_str(), at);
                }
                Rule::zone => zone = Some(Name { node: part.as_str().into(), span: at }),
                Rule::odd_zone => self.odd_zone(part.as_str(), at),
                _ => {}
            }
        }
        let Some(day) = day else { return Built::error(span) };
        let epoch = civil::date(1970, 1, 1);
        let Ok(days) = epoch.until(day).map(|span| span.get_days()) else { return Built::error(span) };
        let literal = match (clock_written, clock) {
            (false, _) => Literal::Date(days),
            (true, Some(seconds)) => Literal::DateTime { local_seconds: i64::from(days) * 86_400 + seconds, zone },
            (true, None) => return Built::error(span),
        };
        Built::leaf(ExprKind::Literal(literal), span)
    }

    /// `21:00`, `21:00:30`
    pub fn time_of_day(&mut self, pair: &Pair<'t, Rule>) -> Built {
        let span = self.span(pair);
        match self.clock(pair.as_str(), span) {
            Some(seconds) => Built::leaf(ExprKind::Literal(Literal::Time(seconds * MILLION)), span),
            None => Built::error(span),
        }
    }

    /// `9pm`, `9:30 am`, `21h30`
    pub fn odd_time_of_day(&mut self, pair: &Pair<'t, Rule>) -> Built {
        let span = self.span(pair);
        let written = self.written(span);
        let lower = written.to_lowercase();
        let mut numbers = lower.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse::<i64>().ok());
        let (hour, minute) = (numbers.next().unwrap_or(24), numbers.next().unwrap_or(0));
        let hour = match lower.find(['a', 'p']).and_then(|at| lower.get(at..at + 1)) {
            Some(_) if !(1..=12).contains(&hour) => 24,
            Some("a") => hour % 12,
            Some(_) => hour % 12 + 12,
            None => hour,
        };
        let message = format!("`{written}` is not written as a time of day");
        let diagnostic = Diagnostic::error(codes::BAD_DATE, message, span, "hours go from 0 to 23: `21:00`");
        if hour > 23 || minute > 59 {
            self.report(diagnostic.help("times go from `00:00` to `23:59`"));
            return Built::error(span);
        }
        let mended = format!("{hour:02}:{minute:02}");
        self.report(diagnostic.fix(format!("write `{mended}`"), span, mended));
        Built::leaf(ExprKind::Literal(Literal::Time((hour * 3_600 + minute * 60) * MILLION)), span)
    }

    fn date(&mut self, written: &str, span: Span) -> Option<civil::Date> {
        let mut numbers = written.split('-').map(|part| part.parse::<i16>().ok());
        let (year, month, day) = (numbers.next()??, numbers.next()??, numbers.next()??);
        let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        if let Ok(date) = civil::Date::new(year, month, day) {
            return Some(date);
        }
        let help = match civil::Date::new(year, month, 1) {
            Ok(first) => format!("{} {year} has {} days", first.strftime("%B"), first.days_in_month()),
            Err(_) => "a date is year, month and day: `2026-11-01`".to_owned(),
        };
        self.report(
            Diagnostic::error(codes::BAD_DATE, format!("there is no day `{written}`"), span, "not in the calendar")
                .help(help),
        );
        None
    }

    /// Dates in the order and with the signs of other places.
    fn odd_date(&mut self, written: &str, span: Span) -> Option<civil::Date> {
        let parts: Vec<i16> = written.split(['/', '.', '-']).filter_map(|part| part.parse().ok()).collect();
        let &[a, b, c] = parts.as_slice() else { return None };
        let date = |year: i16, month: i16, day: i16| {
            civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
        };
        let readings: Vec<civil::Date> = if a > 31 { vec![date(a, b, c)] } else { vec![date(c, a, b), date(c, b, a)] }
            .into_iter()
            .flatten()
            .collect();
        let diagnostic = Diagnostic::error(
            codes::BAD_DATE,
            format!("`{written}` is not written as a date"),
            span,
            "year first: `2026-11-01`",
        );
        let (diagnostic, found) = match readings.as_slice() {
            [] => (diagnostic.help("write year, month and day: `2026-11-01`; this one is in no calendar"), None),
            [one] => (diagnostic.fix(format!("write `{one}`"), span, one.to_string()), Some(*one)),
            [one, two, ..] if one == two => {
                (diagnostic.fix(format!("write `{one}`"), span, one.to_string()), Some(*one))
            }
            [one, two, ..] => (diagnostic.help(format!("write `{one}` or `{two}`, whichever is meant")), None),
        };
        self.report(diagnostic);
        found
    }

    fn clock(&mut self, written: &str, span: Span) -> Option<i64> {
        let parts: Vec<i64> = written.split(':').filter_map(|part| part.parse().ok()).collect();
        let (hour, minute, second) = (parts.first()?, parts.get(1)?, parts.get(2).copied().unwrap_or(0));
        if *hour > 23 || *minute > 59 || second > 59 {
            self.report(
                Diagnostic::error(codes::BAD_DATE, format!("there is no time `{written}`"), span, "not on the clock")
                    .help("times go from `00:00` to `23:59`; midnight at the end of a day is `00:00` of the next"),
            );
            return None;
        }
        Some(hour * 3_600 + minute * 60 + second)
    }

    fn odd_zone(&mut self, written: &str, span: Span) {
        let diagnostic = Diagnostic::error(
            codes::BAD_DATE,
            "a time zone goes by its place here",
            span,
            "write its name, such as `Europe/London`",
        );
        self.report(match written {
            "Z" => diagnostic.fix("write ` UTC`", span, " UTC"),
            _ => diagnostic
                .help("write `UTC` or a place, such as `America/New_York`; without one the project's zone holds"),
        });
    }
}
