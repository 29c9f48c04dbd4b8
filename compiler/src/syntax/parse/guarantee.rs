//! `guarantee "no alcohol to minors" review by 2027-06-30 { never … when … }`

use pest::iterators::Pair;

use super::{Reader, Rule, clause, foreign};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{Expr, GuaranteeItem, ItemKind, Name, NeverClause, Span};
use crate::syntax::layout::{Braces, Finder, Part};

/// The only clause of a guarantee.
pub const WORDS: &[&str] = &["never"];

/// Reads the item that the tokens hold.
pub fn guarantee(reader: &mut Reader<'_>) -> Option<ItemKind> {
    let layout = Finder::new(reader.text, reader.tokens, &mut reader.diagnostics).block("guarantee", Braces::Needed);
    let head = head(reader, &layout.head);
    let clauses = layout.clauses.iter().filter_map(|part| never(reader, part)).collect();
    let (name, review_by) = head?;
    Some(ItemKind::Guarantee(GuaranteeItem { name, review_by, clauses }))
}

/// The text, and the day of `review by`.
fn head(reader: &mut Reader<'_>, part: &Part) -> Option<(Name, Option<Expr>)> {
    let mut name = None;
    let mut review_by = None;
    for pair in reader.matched(Rule::guarantee_head, part)?.into_inner() {
        match pair.as_rule() {
            Rule::text | Rule::open_text | Rule::odd_text => name = Some(reader.text_value(&pair)),
            Rule::name | Rule::odd_name => name = Some(unquoted(reader, &pair)),
            Rule::review => review_by = review(reader, pair),
            _ => {}
        }
    }
    Some((name?, review_by))
}

/// `guarantee no_alcohol {`
fn unquoted<'t>(reader: &mut Reader<'t>, pair: &Pair<'t, Rule>) -> Name {
    let span = reader.span(pair);
    let word = reader.written(span);
    let quoted = super::text::quoted(&word.replace('_', " "));
    let message = "a guarantee says in a text what it promises";
    reader.report(Diagnostic::error(codes::BAD_WORD, message, span, format!("write `{quoted}`")).fix(
        "write it in quotes",
        span,
        quoted,
    ));
    Name { node: word.into(), span }
}

fn review<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>) -> Option<Expr> {
    let mut day = None;
    for part in pair.into_inner() {
        let span = reader.span(&part);
        match part.as_rule() {
            Rule::odd_by => reader.report(foreign::word(reader, span, "by")),
            Rule::no_by => reader.report(foreign::forgotten(span, "by", "after `review`")),
            Rule::sum => day = Some(reader.expr(part)),
            _ => {}
        }
    }
    day
}

/// `never offer.topic = "alcohol" when customer.birth > today - 21 years`
fn never(reader: &mut Reader<'_>, part: &Part) -> Option<NeverClause> {
    let word = clause::first_span(reader, part);
    let written = reader.written(word);
    match written {
        "never" => {}
        "forbid" | "forbids" | "forbidden" | "exclude" | "except" | "deny" | "block" | "no" | "not" => {
            reader.report(
                Diagnostic::error(
                    codes::NOT_A_CLAUSE,
                    format!("`{written}` begins no clause of a guarantee"),
                    word,
                    "a clause word is expected here",
                )
                .help("did you mean `never`?")
                .fix(format!("replace `{written}` with `never`"), word, "never"),
            );
        }
        _ => return clause::no_clause(reader, part, "a guarantee", WORDS),
    }
    let mut offers = None;
    let mut when = None;
    for pair in reader.matched(Rule::never_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::colon => reader.report(foreign::superfluous(reader, span)),
            Rule::expr => offers = Some(reader.expr(pair)),
            // A damaged condition must not leave the clause without one: it would forbid for all customers.
            Rule::never_when => when = Some(condition(reader, pair, span)?),
            _ => {}
        }
    }
    Some(NeverClause { span: reader.part_span(part), offers: offers?, when })
}

/// `when condition`; `None`: reported.
fn condition<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>, all: Span) -> Option<Expr> {
    let mut value = None;
    let mut inverse = false;
    for part in pair.into_inner() {
        let span = reader.span(&part);
        match part.as_rule() {
            Rule::odd_never_when if reader.written(span) == "unless" => {
                inverse = true;
                reader.report(
                    Diagnostic::error(codes::FOREIGN_WORD, "`unless` is written with `when not`", span, "not a word of the language")
                        .help("write `when not (…)`: the offer is forbidden unless the condition is definitely false, so think of missing data too"),
                );
            }
            Rule::odd_never_when => reader.report(foreign::word(reader, span, "when")),
            Rule::expr => value = Some(reader.expr(part)),
            _ => {}
        }
    }
    let value = value?;
    Some(if inverse { Expr { kind: crate::syntax::ast::ExprKind::Error, span: all } } else { value })
}
