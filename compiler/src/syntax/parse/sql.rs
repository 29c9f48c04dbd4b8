//! Expressions of SQL and of spreadsheets that are more than one word: `CASE WHEN`, `INTERVAL '1 day'`, `EXTRACT(YEAR FROM
//! x)`, `date_trunc('month', x)`. Each is answered with the right form.

use pest::iterators::Pair;

use super::build::Built;
use super::{Reader, Rule, amount};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{Expr, ExprKind, Name, Span};

impl<'t> Reader<'t> {
    /// `CASE WHEN a THEN b ELSE c END`
    pub fn case(&mut self, pair: Pair<'t, Rule>) -> Built {
        let span = self.span(&pair);
        let known = self.diagnostics.len();
        let mut parts: Vec<Built> = Vec::new();
        for part in pair.into_inner() {
            if matches!(part.as_rule(), Rule::expr | Rule::branch) {
                parts.push(self.built(part));
            }
        }
        let inside_is_clean = self.diagnostics.len() == known;
        let mended = self.case_as_if(&parts);
        let mut diagnostic =
            Diagnostic::error(codes::FOREIGN_WORD, "a choice is written with `if`", span, "of another language")
                .help(format!("write `{}`", super::failure::shown(&mended)));
        if inside_is_clean && parts.len() % 2 == 1 {
            diagnostic = diagnostic.fix("write it with `if`", span, mended);
        }
        self.report(diagnostic);
        Built::error(span)
    }

    fn case_as_if(&self, parts: &[Built]) -> String {
        let (branches, otherwise) = parts.as_chunks::<2>();
        let written = |part: &Built| self.written(part.expr.span);
        let mut mended: String = branches
            .iter()
            .map(|[condition, then]| format!("if {} then {} else ", written(condition), written(then)))
            .collect();
        mended.push_str(otherwise.first().map_or("…", written));
        format!("({mended})")
    }

    /// `INTERVAL '1 day'`, `DATE '2026-01-01'`
    pub fn typed_text(&mut self, pair: &Pair<'t, Rule>) -> Built {
        let span = self.span(pair);
        let written = self.written(span);
        let (word, value) = written.split_once([' ', '\t']).unwrap_or((written, ""));
        let bare: String = value.chars().filter(|c| !matches!(c, '\'' | '"' | '`' | '‘' | '’' | '“' | '”')).collect();
        let mended = if word.eq_ignore_ascii_case("interval") {
            interval(&bare)
        } else {
            let value = bare.trim().replace('T', " ");
            value.starts_with(|c: char| c.is_ascii_digit()).then_some(value)
        };
        let message = format!("`{word}` does not stand before a value");
        let diagnostic = Diagnostic::error(codes::FOREIGN_WORD, message, span, "of another language");
        self.report(match mended {
            Some(mended) => diagnostic.help(format!("write `{mended}`, without quotes")).fix(
                format!("write `{mended}`"),
                span,
                mended.clone(),
            ),
            None => diagnostic
                .help("write dates as `2026-11-01`, times as `21:00` and lengths of time as `30 days`, without quotes"),
        });
        Built::error(span)
    }

    /// `EXTRACT(YEAR FROM x)`
    pub fn extract(&mut self, pair: Pair<'t, Rule>) -> Built {
        let span = self.span(&pair);
        let mut function = "";
        let mut word = span;
        let mut of = Built::error(span);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::extract_word => word = self.span(&part),
                Rule::extract_part => function = part.as_str(),
                Rule::expr => of = self.built(part),
                _ => {}
            }
        }
        let written = self.written(of.expr.span);
        let diagnostic = Diagnostic::error(
            codes::FOREIGN_WORD,
            format!("there is no function `{}`", self.written(word)),
            word,
            "of another language",
        );
        let Some(right) = part_of_date(function) else {
            self.report(
                diagnostic.help("write `year(x)`, `month(x)`, `day(x)`, `weekday(x)`, `hour(x)` or `minute(x)`"),
            );
            return Built::error(span);
        };
        let mended = format!("{right}({written})");
        self.report(diagnostic.help(format!("write `{mended}`")).fix(
            format!("write `{mended}`"),
            span,
            mended.clone(),
        ));
        let name = Name { node: right.into(), span: word };
        self.node(ExprKind::Call(name, vec![of.expr]), span, of.depth)
    }

    /// `CAST(x AS int)`
    pub fn cast(&mut self, pair: Pair<'t, Rule>) -> Built {
        let span = self.span(&pair);
        let mut word = span;
        let mut of = Built::error(span);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::cast_word => word = self.span(&part),
                Rule::expr => of = self.built(part),
                _ => {}
            }
        }
        let written = self.written(of.expr.span).to_owned();
        self.report(
            Diagnostic::error(codes::FOREIGN_WORD, "values are not cast", word, "of another language").help(format!(
                "write `{}`: a whole number stands wherever a number may; `round(x)` and `floor(x)` make whole numbers, `date(x)` the day of a moment",
                super::failure::shown(&written)
            )),
        );
        Built { expr: Expr { span, ..of.expr }, depth: of.depth }
    }
}

/// `1 day`, `30 DAYS` as a length of time of the language.
fn interval(text: &str) -> Option<String> {
    let mut words = text.split_whitespace();
    let (number, unit) = (words.next()?, words.next()?);
    let count: i64 = number.parse().ok()?;
    let (many, one) = amount::unit_word(&unit.to_lowercase())?;
    words.next().is_none().then(|| format!("{count} {}", if count == 1 { one } else { many }))
}

/// The function that gives this part of a day or moment.
fn part_of_date(part: &str) -> Option<&'static str> {
    Some(match part.to_ascii_lowercase().as_str() {
        "year" | "yyyy" => "year",
        "month" | "mon" => "month",
        "day" | "dd" => "day",
        "doy" | "dayofyear" | "day_of_year" => "day_of_year",
        "week" | "isoweek" => "week",
        "dow" | "isodow" | "weekday" | "dayofweek" | "day_of_week" => "weekday",
        "hour" => "hour",
        "minute" => "minute",
        "second" => "second",
        _ => return None,
    })
}

/// Functions of other languages.
pub fn function(reader: &Reader<'_>, word: &str, at: Span, all: Span, arguments: &[Expr]) -> Option<Diagnostic> {
    let written: Vec<&str> = arguments.iter().map(|argument| reader.written(argument.span)).collect();
    let lower = word.to_ascii_lowercase();
    let diagnostic =
        Diagnostic::error(codes::FOREIGN_WORD, format!("there is no function `{word}`"), at, "of another language");
    if let Some(mended) = mended(&lower, word, &written) {
        return Some(diagnostic.help(format!("write `{mended}`")).fix(format!("write `{mended}`"), all, mended));
    }
    advice(&lower).map(|help| diagnostic.help(help))
}

/// The right form of a call.
fn mended(lower: &str, word: &str, arguments: &[&str]) -> Option<String> {
    let argument = |at: usize| arguments.get(at).copied().unwrap_or("x");
    let (first, second, third) = (argument(0), argument(1), argument(2));
    let all = arguments.join(", ");
    let bare = |text: &str| text.trim_matches(['"', '\'', '‘', '’', '“', '”']).to_owned();
    let quoted = first.starts_with(['"', '\'', '“', '‘']);
    Some(match lower {
        "coalesce" | "ifnull" | "nvl" | "default_if_none" | "if_null" => format!("({})", arguments.join(" else ")),
        "isnull" | "is_null" | "isnan" | "isna" | "is_missing" => format!("{first} is missing"),
        "notnull" | "is_not_null" | "isnotnull" | "is_known" => format!("{first} is known"),
        "not" => format!("not ({first})"),
        "starts_with" | "startswith" | "left" => format!("{first} starts with {second}"),
        "ends_with" | "endswith" | "right" => format!("{first} ends with {second}"),
        "contains" | "has" | "includes" | "array_contains" | "list_contains" | "instr" => {
            format!("{first} contains {second}")
        }
        "overlaps" | "array_overlap" | "arrays_overlap" | "list_has_any" | "intersects" => {
            format!("{first} overlaps {second}")
        }
        "date" | "time" if quoted => bare(first),
        "to_date" | "datetime" | "timestamp" | "to_timestamp" if quoted => bare(first),
        "to_date" | "date" if word != "date" => format!("date({first})"),
        "now" | "today" | "current_date" | "getdate" | "sysdate" | "curdate" | "current_timestamp" => {
            if matches!(lower, "now" | "current_timestamp") { "now" } else { "today" }.to_owned()
        }
        "iff" | "iif" | "if" => format!("if {first} then {second} else {third}"),
        "date_trunc" | "datetrunc" | "trunc_date" => return truncated(&bare(first), second),
        "dateadd" | "date_add" | "timestampadd" => return shifted(arguments, "+"),
        "date_sub" | "datesub" | "subdate" => return shifted(arguments, "-"),
        "adddate" => return shifted(arguments, "+"),
        "add_months" => format!("{first} + {second} months"),
        "datediff" | "date_diff" if arguments.len() == 2 => format!("{first} - {second}"),
        "datediff" | "date_diff" | "timestampdiff" if bare(first).to_lowercase().starts_with("month") => {
            format!("months_between({second}, {third})")
        }
        "datediff" | "date_diff" | "timestampdiff" => format!("{third} - {second}"),
        "dayofweek" | "day_of_week" | "dow" | "dayname" => format!("weekday({first})"),
        "dayofyear" | "doy" => format!("day_of_year({first})"),
        "weekofyear" | "isoweek" | "weeknum" => format!("week({first})"),
        "mod" | "modulo" => format!("remainder({all})"),
        "div" => format!("quotient({all})"),
        "pow" => format!("power({all})"),
        "ceiling" => format!("ceil({all})"),
        "int" | "trunc" | "truncate" => format!("floor({first})"),
        "len" | "strlen" | "char_length" | "character_length" => format!("length({first})"),
        "cardinality" | "array_length" | "array_size" | "list_length" => format!("size({first})"),
        "haversine" | "geo_distance" | "st_distance" | "geodistance" => format!("distance({all})"),
        "point" | "st_point" | "st_makepoint" | "geopoint" => format!("place({all})"),
        _ => return None,
    })
}

/// `date_trunc('month', x)`
fn truncated(unit: &str, value: &str) -> Option<String> {
    let unit = unit.to_lowercase();
    match unit.as_str() {
        "day" => Some(format!("date({value})")),
        "week" | "month" | "quarter" | "year" => Some(format!("start_of_{unit}({value})")),
        _ => None,
    }
}

/// `dateadd(day, 30, x)`, `date_add(x, 30 days)`
fn shifted(arguments: &[&str], sign: &str) -> Option<String> {
    match arguments {
        [value, length] => Some(format!("{value} {sign} {length}")),
        [unit, count, value] => {
            let (many, one) = amount::unit_word(&unit.trim_matches(['"', '\'']).to_lowercase())?;
            let (sign, count) = match count.strip_prefix('-') {
                Some(count) => ("-", count.trim()),
                None => (sign, *count),
            };
            Some(format!("{value} {sign} {count} {}", if count == "1" { one } else { many }))
        }
        _ => None,
    }
}

/// What to do where there is no one right form.
fn advice(lower: &str) -> Option<&'static str> {
    Some(match lower {
        "date_trunc" | "datetrunc" => {
            "write `date(x)`, `start_of_week(x)`, `start_of_month(x)`, `start_of_quarter(x)` or `start_of_year(x)`"
        }
        "dateadd" | "date_add" | "date_sub" | "timestampadd" => "write `x + 30 days`, `x - 3 months`, `x + 2 hours`",
        "date_part" | "datepart" => "write `year(x)`, `month(x)`, `day(x)`, `weekday(x)`, `hour(x)` or `minute(x)`",
        "concat" | "concat_ws" | "format" | "printf" => {
            "texts are put together in a `message` or `because`: `\"… {first_value} … {second_value} …\"`"
        }
        "log" | "log10" | "log2" => "write `ln(x)`; with another base, `ln(x) / ln(10)`",
        "upper" | "lower" | "trim" | "ltrim" | "rtrim" | "substring" | "substr" | "replace" => {
            "texts are compared as they are; change them where the data is made"
        }
        "regexp" | "regexp_like" | "matches" | "rlike" => {
            "patterns cannot be asked for: write `starts with \"…\"`, `ends with \"…\"` or `contains \"…\"`"
        }
        "row_number" | "rank" | "dense_rank" => {
            "how often a value occurs beside others is asked with `frequency_rank(value, purchase.field)`"
        }
        _ => return None,
    })
}
