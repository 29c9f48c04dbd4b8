//! The clauses of offers, channels and the portfolio, by their first word.

use pest::iterators::Pair;

use super::{
    Reader, Rule, cap, channel, experiment, foreign, misplaced, pick, reaction, route, slate, template, timing, total,
};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{
    ChannelClause, ChannelClauseKind, Expr, ExprKind, Literal, Name, OfferClause, OfferClauseKind, PortfolioClause,
    PortfolioClauseKind, Span,
};
use crate::syntax::layout::Part;

/// The words that begin the clauses of an offer.
pub const OFFER_WORDS: &[&str] = &[
    "about", "eligible", "except", "priority", "channel", "timing", "cap", "budget", "cost", "because", "message",
    "holdout", "arms", "arm", "pick",
];
/// Those of the portfolio.
pub const PORTFOLIO_WORDS: &[&str] = &[
    "objective",
    "lever",
    "rank",
    "slate",
    "at",
    "cap",
    "budget",
    "pause",
    "stop",
    "suppress",
    "holdout",
    "fallback",
    "horizon",
    "possible",
];
/// Those of a channel.
pub const CHANNEL_WORDS: &[&str] = &["inbound", "outbound", "needs", "quiet", "lead", "carries", "cost", "capacity"];

/// A clause of an offer; `None`: reported.
pub fn offer(reader: &mut Reader<'_>, part: &Part) -> Option<OfferClause> {
    let word = first_span(reader, part);
    let first = reader.written(word);
    let kind = match first {
        "about" => OfferClauseKind::About(text(reader, part)?),
        "because" => template::because(reader, part)?,
        "message" => template::message(reader, part)?,
        "eligible" | "except" => return condition(reader, part, first == "eligible"),
        "priority" => OfferClauseKind::Priority(only_expr(reader, part)?),
        // A damaged one is still there: that the offer says no channel would be a second message for one mistake.
        "channel" => OfferClauseKind::Channel(route::routes(reader, part).unwrap_or_default()),
        "timing" => timing::timing(reader, part)?,
        "cap" => OfferClauseKind::Cap(cap::cap(reader, part)?),
        "budget" => OfferClauseKind::Budget(total::budget(reader, part)?),
        "cost" => OfferClauseKind::Cost(only_expr(reader, part)?),
        "holdout" => OfferClauseKind::Holdout(experiment::holdout(reader, part)?),
        "arms" => experiment::arms(reader, part)?,
        "arm" => experiment::arm(reader, part)?,
        "pick" => OfferClauseKind::Pick(pick::pick(reader, part)?),
        _ if misplaced::in_offer(reader, first, part) => return None,
        _ => return other_of_offer(reader, part),
    };
    Some(OfferClause { span: reader.part_span(part), word, kind })
}

/// A clause of a channel.
pub fn channel(reader: &mut Reader<'_>, part: &Part) -> Option<ChannelClause> {
    let word = first_span(reader, part);
    let first = reader.written(word);
    let kind = match first {
        "needs" => ChannelClauseKind::Needs(only_expr(reader, part)?),
        "inbound" | "outbound" => channel::direction(reader, part)?,
        "both" => channel::both(reader, word),
        "quiet" => channel::quiet(reader, part)?,
        "lead" => ChannelClauseKind::Lead(channel::length(reader, part, "a lead is a length of time", "lead")?),
        "carries" => ChannelClauseKind::Carries(only_expr(reader, part)?),
        "cost" => ChannelClauseKind::Cost(only_expr(reader, part)?),
        "capacity" => channel::capacity(reader, part)?,
        _ if misplaced::in_channel(reader, first, part) => return None,
        _ => return no_clause(reader, part, "a channel", CHANNEL_WORDS),
    };
    Some(ChannelClause { span: reader.part_span(part), word, kind })
}

/// A clause of the portfolio.
pub fn portfolio(reader: &mut Reader<'_>, part: &Part) -> Option<PortfolioClause> {
    let word = first_span(reader, part);
    let first = reader.written(word);
    let kind = match first {
        "rank" => PortfolioClauseKind::RankBy(slate::rank(reader, part)?),
        "slate" => slate::slate(reader, part)?,
        "at" | "max" | "maximum" | "only" => slate::at_most(reader, part)?,
        "cap" => PortfolioClauseKind::Cap(cap::cap(reader, part)?),
        "budget" => PortfolioClauseKind::Budget(total::budget(reader, part)?),
        "objective" => PortfolioClauseKind::Objective(only_expr(reader, part)?),
        "pause" => reaction::pause(reader, part)?,
        "stop" => reaction::stop(reader, part)?,
        "suppress" => reaction::suppress(reader, part)?,
        "holdout" => PortfolioClauseKind::Holdout(experiment::holdout(reader, part)?),
        "fallback" => reaction::fallback(reader, part)?,
        "lever" => reaction::lever(reader, part)?,
        "horizon" => {
            PortfolioClauseKind::Horizon(channel::length(reader, part, "a horizon is a length of time", "horizon")?)
        }
        "possible" => reaction::zones(reader, part)?,
        _ if misplaced::in_portfolio(reader, first, part) => return None,
        _ => return no_clause(reader, part, "the portfolio", PORTFOLIO_WORDS),
    };
    Some(PortfolioClause { span: reader.part_span(part), word, kind })
}

/// The first token of a clause.
pub fn first_span(reader: &Reader<'_>, part: &Part) -> Span {
    reader.tokens.get(part.tokens.start).map_or(Span::default(), |token| token.span())
}

/// Reports a clause that begins with no clause word.
pub fn no_clause<T>(reader: &mut Reader<'_>, part: &Part, of: &str, words: &[&'static str]) -> Option<T> {
    if part.broken {
        return None;
    }
    let span = first_span(reader, part);
    let written = reader.written(span);
    let message = format!("`{}` begins no clause of {of}", super::failure::shown(written));
    let diagnostic = Diagnostic::error(codes::NOT_A_CLAUSE, message, span, "a clause word is expected here");
    let lower = written.to_lowercase();
    let near = words.iter().copied().find(|word| *word == lower).or_else(|| nearest(&lower, words.iter().copied()));
    reader.report(match near {
        Some(near) => diagnostic.meant(written, span, near),
        None => diagnostic
            .help(format!("the clauses of {of} begin with `{}`", words.join("`, `").replace("`at`", "`at most`"))),
    });
    None
}

/// A field of the offer, or a clause word in another spelling.
fn other_of_offer(reader: &mut Reader<'_>, part: &Part) -> Option<OfferClause> {
    let word = first_span(reader, part);
    let mut words = reader.words(part);
    let (first, second) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    drop(words);
    let lower = first.to_lowercase();
    if matches!(second, "when" | "if" | "WHEN" | "IF") {
        return misspelt_condition(reader, part, &lower);
    }
    let begins_name = first.starts_with(|c: char| c.is_alphabetic() || c == '_');
    if !begins_name
        || matches!(lower.as_str(), "if" | "when" | "where" | "and" | "or" | "not" | "in" | "is" | "then" | "else")
    {
        return no_clause(reader, part, "an offer", OFFER_WORDS);
    }
    if lower != first && OFFER_WORDS.contains(&lower.as_str()) {
        return no_clause(reader, part, "an offer", OFFER_WORDS);
    }
    let known = reader.diagnostics.len();
    let Some(pair) = reader.matched(Rule::field_clause, part) else {
        // A misspelt clause word explains more than the place where a field's value stops making sense.
        if nearest(&lower, OFFER_WORDS.iter().copied()).is_some() {
            reader.diagnostics.truncate(known);
            return no_clause(reader, part, "an offer", OFFER_WORDS);
        }
        return None;
    };
    let mut name = None;
    let mut value = None;
    for inner in pair.into_inner() {
        match inner.as_rule() {
            Rule::name | Rule::odd_name => name = Some(reader.name(&inner)),
            Rule::odd_assign => {
                let span = reader.span(&inner);
                reader.report(foreign::superfluous(reader, span));
            }
            Rule::EOI => {}
            _ => value = reader.setting(inner),
        }
    }
    Some(OfferClause { span: reader.part_span(part), word, kind: OfferClauseKind::Field(name?, value?) })
}

/// `eligable when …`, `exclude when …`
fn misspelt_condition(reader: &mut Reader<'_>, part: &Part, lower: &str) -> Option<OfferClause> {
    let right = match lower {
        "exclude" | "excluded" | "unless" | "not" | "suppress" | "skip" | "never" | "forbidden" => "except",
        "include" | "included" | "only" | "require" | "requires" | "target" | "offer" | "show" | "give" => "eligible",
        _ => match nearest(lower, ["eligible", "except"]) {
            Some(near) => near,
            None => return no_clause(reader, part, "an offer", OFFER_WORDS),
        },
    };
    let span = first_span(reader, part);
    let written = reader.written(span);
    reader.report(
        Diagnostic::error(
            codes::NOT_A_CLAUSE,
            format!("`{written}` begins no clause of an offer"),
            span,
            "a clause word is expected here",
        )
        .help(format!("did you mean `{right} when`?"))
        .fix(format!("replace `{written}` with `{right}`"), span, right),
    );
    condition(reader, part, right == "eligible")
}

/// `eligible when condition`, `except when condition`
fn condition(reader: &mut Reader<'_>, part: &Part, eligible: bool) -> Option<OfferClause> {
    let mut word = first_span(reader, part);
    let mut value = None;
    for pair in reader.matched(Rule::condition_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::kw_when => word = word.to(span),
            Rule::odd_when => reader.report(foreign::word(reader, span, "when")),
            Rule::no_when => {
                let clause = if eligible { "after `eligible`" } else { "after `except`" };
                reader.report(foreign::forgotten(span, "when", clause));
            }
            Rule::expr => value = Some(reader.expr(pair)),
            _ => {}
        }
    }
    let kind = if eligible { OfferClauseKind::Eligible(value?) } else { OfferClauseKind::Except(value?) };
    Some(OfferClause { span: reader.part_span(part), word, kind })
}

/// `about "text"`
fn text(reader: &mut Reader<'_>, part: &Part) -> Option<Name> {
    let pair = reader.matched(Rule::text_clause, part)?;
    let text =
        pair.into_inner().find(|inner| matches!(inner.as_rule(), Rule::text | Rule::open_text | Rule::odd_text))?;
    Some(reader.text_value(&text))
}

/// A clause of one expression: a condition or a value.
fn only_expr(reader: &mut Reader<'_>, part: &Part) -> Option<Expr> {
    let mut value = None;
    for pair in reader.matched(Rule::value_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::colon | Rule::equals => reader.report(foreign::superfluous(reader, span)),
            Rule::expr => value = Some(reader.expr(pair)),
            _ => {}
        }
    }
    value
}

/// `or` where `, else` is written; the comma touches the word before.
pub fn separator<'t>(reader: &Reader<'t>, odd: &Pair<'t, Rule>, right: &str) -> Diagnostic {
    let span = reader.span(odd);
    let before = reader.text.get(..span.start as usize).unwrap_or("").trim_end().len();
    let mut diagnostic = foreign::word(reader, span, right);
    if let Some(fix) = diagnostic.fix.as_mut() {
        fix.span = Span::new(before, span.end as usize);
        fix.replacement = right.to_owned();
    }
    diagnostic
}

/// A length of time after a word, such as `every 90 days`.
pub fn span_literal(reader: &mut Reader<'_>, length: Expr, message: &str, word: &str) -> Expr {
    if matches!(length.kind, ExprKind::Literal(Literal::Span(_)) | ExprKind::Error) {
        return length;
    }
    let written = reader.written(length.span);
    let help = match length.kind {
        ExprKind::Literal(Literal::Int(_)) => format!("add a unit: `{word} {written} days`"),
        _ => format!("write a length of time, such as `{word} 90 days`"),
    };
    reader.report(Diagnostic::error(codes::BAD_UNIT, message, length.span, "how long is this?").help(help));
    Expr { kind: ExprKind::Error, span: length.span }
}
