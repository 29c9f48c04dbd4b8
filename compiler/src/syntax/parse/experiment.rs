//! Holdouts and arms: `holdout 10% salted "2026-q4"`, `arms plain 50%, big 50% salted "2026-q4"`, `arm big value 2 USD`.

use opportune_plan::Float;
use pest::iterators::Pair;

use super::{Reader, Rule, clause, foreign};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{BinaryWord, Expr, ExprKind, HoldoutClause, Literal, Name, OfferClauseKind, Span};
use crate::syntax::layout::Part;

/// `holdout 10% salted "2026-q4"`
pub fn holdout(reader: &mut Reader<'_>, part: &Part) -> Option<HoldoutClause> {
    let mut share = None;
    let mut salt = None;
    for pair in reader.matched(Rule::holdout_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::colon | Rule::odd_of_word => reader.report(foreign::superfluous(reader, span)),
            Rule::sum => {
                let value = reader.expr(pair);
                share = Some(percentage(reader, value));
            }
            Rule::salt => salt = self::salt(reader, pair),
            _ => {}
        }
    }
    Some(HoldoutClause { share: share?, salt })
}

/// `salted "…"`
fn salt<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>) -> Option<Name> {
    let mut text = None;
    for part in pair.into_inner() {
        let span = reader.span(&part);
        match part.as_rule() {
            Rule::odd_comma => reader.report(foreign::superfluous(reader, span)),
            Rule::odd_salted => reader.report(foreign::word(reader, span, "salted")),
            Rule::text | Rule::open_text | Rule::odd_text => text = Some(reader.text_value(&part)),
            _ => {}
        }
    }
    text
}

/// A share in percent; another number is reported.
pub fn percentage(reader: &mut Reader<'_>, value: Expr) -> Expr {
    let written = reader.written(value.span);
    let fraction = match &value.kind {
        ExprKind::Literal(Literal::Number(_)) if written.ends_with('%') => return value,
        ExprKind::Error => return value,
        ExprKind::Literal(Literal::Int(count @ 1..=100)) => Some(*count as f64 / 100.0),
        ExprKind::Literal(Literal::Number(share)) => Some(share.get()).filter(|share| (0.0..=1.0).contains(share)),
        _ => None,
    };
    let diagnostic = Diagnostic::error(codes::BAD_SHARE, "a share is written in percent", value.span, "no percentage");
    let Some((fraction, right)) = fraction.and_then(|share| Some((Float::new(share)?, in_percent(share)))) else {
        reader.report(diagnostic.help("write a share of all, such as `10%`"));
        return Expr { kind: ExprKind::Error, span: value.span };
    };
    reader.report(diagnostic.fix(format!("write `{right}`"), value.span, right));
    Expr { kind: ExprKind::Literal(Literal::Number(fraction)), span: value.span }
}

/// `0.125` as `12.5%`
fn in_percent(share: f64) -> String {
    format!("{}%", (share * 100.0 * 1e9).round() / 1e9)
}

/// An arm as read.
struct ArmRead {
    span: Span,
    name: Option<Name>,
    share: Option<Expr>,
    /// `50% plain`
    swapped: bool,
}

/// `arms plain 50%, big 50% salted "2026-q4"`
pub fn arms(reader: &mut Reader<'_>, part: &Part) -> Option<OfferClauseKind> {
    let mut read = Vec::new();
    let mut salt = None;
    let known = reader.diagnostics.len();
    for pair in reader.matched(Rule::arms_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::colon => reader.report(foreign::superfluous(reader, span)),
            Rule::arm_share => read.push(arm_share(reader, pair)),
            Rule::arm_next => next(reader, pair, "between two arms"),
            Rule::salt => salt = self::salt(reader, pair),
            _ => {}
        }
    }
    if let Some(diagnostic) = shares_apart(&read) {
        reader.diagnostics.truncate(known);
        reader.report(diagnostic);
        return None;
    }
    let arms: Vec<_> = read.into_iter().filter_map(|arm| whole_arm(reader, arm)).collect();
    (!arms.is_empty()).then_some(OfferClauseKind::Arms { arms, salt })
}

/// A comma, or what stands in its place.
pub fn next<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>, place: &str) {
    let span = reader.span(&pair);
    match pair.into_inner().next() {
        Some(odd) if matches!(odd.as_rule(), Rule::odd_arm_next | Rule::odd_slate_next) => {
            reader.report(clause::separator(reader, &odd, ","))
        }
        Some(none) if none.as_rule() == Rule::no_comma => {
            let before = reader.text.get(..span.start as usize).unwrap_or("").trim_end().len();
            let here = Span::new(before, before);
            reader.report(
                Diagnostic::error(
                    codes::FORGOTTEN_WORD,
                    format!("`,` is left out {place}"),
                    here,
                    "`,` is missing here",
                )
                .fix("add `,`", here, ","),
            );
        }
        _ => {}
    }
}

fn arm_share<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>) -> ArmRead {
    let mut arm = ArmRead { span: reader.span(&pair), name: None, share: None, swapped: false };
    for part in pair.into_inner() {
        let span = reader.span(&part);
        match part.as_rule() {
            Rule::name | Rule::odd_name => {
                arm.swapped = arm.share.is_some();
                arm.name = Some(reader.name(&part));
            }
            Rule::odd_assign => reader.report(foreign::superfluous(reader, span)),
            Rule::sum => arm.share = Some(reader.expr(part)),
            _ => {}
        }
    }
    arm
}

/// `plain, big 50/50`, `plain, big`: names without a share of their own.
fn shares_apart(read: &[ArmRead]) -> Option<Diagnostic> {
    let (first, last) = (read.first()?, read.last()?);
    let divided = last.share.as_ref().and_then(divided);
    let all = first.span.to(last.span);
    let names: Vec<&str> = read.iter().filter_map(|arm| arm.name.as_ref()).map(|name| &*name.node).collect();
    let shares = match &divided {
        Some(shares) => shares.clone(),
        None if read.iter().all(|arm| arm.share.is_none()) => even(names.len()),
        None => return None,
    };
    let diagnostic =
        Diagnostic::error(codes::BAD_SHARE, "each arm has its own share", all, "which arm has which share?");
    if names.len() != shares.len() {
        return Some(diagnostic.help("name each arm and its share: `arms plain 50%, big 50%`"));
    }
    let each: Vec<String> = names.iter().zip(&shares).map(|(name, share)| format!("{name} {share}%")).collect();
    let right = each.join(", ");
    Some(diagnostic.help(format!("write `{right}`")).fix(format!("write `{right}`"), all, right))
}

/// Whole percentages that are as equal as can be.
fn even(arms: usize) -> Vec<i64> {
    let arms = i64::try_from(arms).unwrap_or(i64::MAX).max(1);
    (0..arms.min(100)).map(|arm| 100 / arms + i64::from(arm < 100 % arms)).collect()
}

/// The whole numbers of `50/50` or `50/25/25`.
fn divided(value: &Expr) -> Option<Vec<i64>> {
    let ExprKind::Binary(op, left, right) = &value.kind else { return None };
    let ExprKind::Literal(Literal::Int(last)) = &right.kind else { return None };
    if op.node != BinaryWord::Divide {
        return None;
    }
    let mut shares = match &left.kind {
        ExprKind::Literal(Literal::Int(first)) => vec![*first],
        _ => divided(left)?,
    };
    shares.push(*last);
    Some(shares)
}

/// A name and a share; what is left out is reported.
fn whole_arm(reader: &mut Reader<'_>, arm: ArmRead) -> Option<(Name, Expr)> {
    let Some(name) = arm.name else {
        reader.report(
            Diagnostic::error(codes::FORGOTTEN_WORD, "this arm has no name", arm.span, "a name is missing here")
                .help("name each arm and its share: `arms plain 50%, big 50%`"),
        );
        return None;
    };
    let Some(share) = arm.share else {
        let message = format!("the share of the arm `{}` is left out", name.node);
        let diagnostic = Diagnostic::error(codes::BAD_SHARE, message, arm.span, "how many customers are in it?");
        reader.report(diagnostic.help(format!("write its share in percent: `{} 25%`", name.node)));
        return None;
    };
    let known = reader.diagnostics.len();
    let share = percentage(reader, share);
    if arm.swapped && reader.diagnostics.len() == known {
        let right = format!("{} {}", name.node, reader.written(share.span));
        reader.report(
            Diagnostic::error(
                codes::WORD_ORDER,
                "the name of an arm stands before its share",
                arm.span,
                format!("write `{right}`"),
            )
            .fix(format!("write `{right}`"), arm.span, right),
        );
    }
    Some((name, share))
}

/// `arm big value 2 USD`
pub fn arm(reader: &mut Reader<'_>, part: &Part) -> Option<OfferClauseKind> {
    let mut names = Vec::new();
    let mut setting = None;
    for pair in reader.matched(Rule::arm_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::name | Rule::odd_name => names.push(reader.name(&pair)),
            Rule::colon | Rule::odd_assign => reader.report(foreign::superfluous(reader, span)),
            Rule::list | Rule::expr => setting = reader.setting(pair),
            _ => {}
        }
    }
    let mut names = names.into_iter();
    Some(OfferClauseKind::Arm { arm: names.next()?, field: names.next()?, setting: setting? })
}
