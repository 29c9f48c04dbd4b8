//! The order of offers, and how many a customer gets: `rank by`, `slate`, `at most`.

use pest::iterators::Pair;

use super::{Reader, Rule, clause, experiment, foreign};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{AtMostItem, Expr, Name, PortfolioClauseKind, RankTerm, Span};
use crate::syntax::layout::Part;

/// `rank by offer.tier desc, then score, then by lot`
pub fn rank(reader: &mut Reader<'_>, part: &Part) -> Option<Vec<RankTerm>> {
    let mut terms = Vec::new();
    for pair in reader.matched(Rule::rank_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::rank_field => terms.extend(rank_field(reader, pair)),
            Rule::rank_lot => terms.push(RankTerm::Lot(span)),
            Rule::rank_score => {
                let score = pair.into_inner().fold(span, |score, inner| match inner.as_rule() {
                    Rule::kw_score => reader.span(&inner),
                    _ => {
                        let at = reader.span(&inner);
                        reader.report(foreign::superfluous(reader, at).help("the greatest score always comes first"));
                        score
                    }
                });
                terms.push(RankTerm::Score(score));
            }
            Rule::rank_next => {
                if let Some(odd) = pair.into_inner().find(|inner| inner.as_rule() == Rule::odd_rank_next) {
                    reader.report(clause::separator(reader, &odd, ", then"));
                }
            }
            _ => {}
        }
    }
    Some(terms)
}

fn rank_field<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>) -> Option<RankTerm> {
    let mut field = None;
    let mut descending = false;
    for inner in pair.into_inner() {
        match inner.as_rule() {
            Rule::name | Rule::odd_name => field = Some(reader.name(&inner)),
            Rule::kw_desc => descending = true,
            Rule::odd_asc => {
                let span = reader.span(&inner);
                reader.report(foreign::superfluous(reader, span).help("without `desc` the least comes first"));
            }
            _ => {}
        }
    }
    Some(RankTerm::Field { field: field?, descending })
}

/// `slate email 3, at most 1 per offer.topic`, `slate 2`
pub fn slate(reader: &mut Reader<'_>, part: &Part) -> Option<PortfolioClauseKind> {
    let mut channel = None;
    let mut size = None;
    let mut at_most = Vec::new();
    for pair in reader.matched(Rule::slate_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::name | Rule::odd_name => channel = Some(reader.name(&pair)),
            Rule::colon | Rule::odd_most => reader.report(foreign::superfluous(reader, span)),
            Rule::odd_number | Rule::sum => size = Some(reader.how_many(pair)),
            Rule::odd_slate_channel => {
                let size = size.as_ref().map(|size: &Expr| size.span);
                let late = late_channel(reader, pair, size);
                channel = channel.or(late);
            }
            Rule::slate_next => experiment::next(reader, pair, "before `at most`"),
            Rule::at_most => match read_at_most(reader, pair)? {
                AtMost::Per(item) => at_most.push(item),
                AtMost::Of { .. } => reader.report(
                    Diagnostic::error(
                        codes::UNEXPECTED,
                        "a slate is diversified by a field of its offers",
                        span,
                        "names offers",
                    )
                    .help("write it as a clause of its own: it holds for all that a customer gets"),
                ),
            },
            _ => {}
        }
    }
    Some(PortfolioClauseKind::Slate { channel, size: size?, at_most })
}

/// `slate 3 email`
fn late_channel<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>, size: Option<Span>) -> Option<Name> {
    let span = reader.span(&pair);
    let name = pair.into_inner().find(|inner| matches!(inner.as_rule(), Rule::name | Rule::odd_name))?;
    let name = reader.name(&name);
    let all = size.map_or(span, |size| size.to(span));
    let right = format!("{} {}", name.node, size.map_or("1", |size| reader.written(size)));
    reader.report(
        Diagnostic::error(
            codes::WORD_ORDER,
            "the channel of a slate stands before its size",
            all,
            format!("write `{right}`"),
        )
        .fix(format!("write `{right}`"), all, right),
    );
    Some(name)
}

/// What `at most` limits.
enum AtMost {
    Per(AtMostItem),
    Of { most: Expr, offers: Vec<Name> },
}

/// `at most 2 per offer.topic`, `at most 1 of diaper_bundle, formula_club`
pub fn at_most(reader: &mut Reader<'_>, part: &Part) -> Option<PortfolioClauseKind> {
    let pair = reader.matched(Rule::at_most_clause, part)?.into_inner().next()?;
    Some(match read_at_most(reader, pair)? {
        AtMost::Per(item) => PortfolioClauseKind::AtMost(item),
        AtMost::Of { most, offers } => PortfolioClauseKind::AtMostOf { most, offers },
    })
}

fn read_at_most<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>) -> Option<AtMost> {
    let mut most = None;
    let mut field = None;
    let mut offers = Vec::new();
    for part in pair.into_inner() {
        let span = reader.span(&part);
        match part.as_rule() {
            Rule::odd_most => reader.report(foreign::word(reader, span, "at most")),
            Rule::odd_most_after | Rule::odd_offers_word => reader.report(foreign::superfluous(reader, span)),
            Rule::odd_number | Rule::sum => most = Some(reader.how_many(part)),
            Rule::at_most_per => field = at_most_per(reader, part),
            Rule::at_most_of => at_most_of(reader, part, &mut offers),
            _ => {}
        }
    }
    let most = most?;
    match field {
        Some(field) => Some(AtMost::Per(AtMostItem { most, field })),
        None => (!offers.is_empty()).then_some(AtMost::Of { most, offers }),
    }
}

/// `per offer.topic`
fn at_most_per<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>) -> Option<Name> {
    let mut field = None;
    for part in pair.into_inner() {
        let span = reader.span(&part);
        match part.as_rule() {
            Rule::odd_at_most_per => reader.report(foreign::word(reader, span, "per")),
            Rule::name | Rule::odd_name => field = Some(reader.name(&part)),
            Rule::odd_offer_field => {
                let name = part.into_inner().find(|inner| matches!(inner.as_rule(), Rule::name | Rule::odd_name))?;
                let name = reader.name(&name);
                let right = format!("offer.{}", name.node);
                reader.report(
                    Diagnostic::error(
                        codes::FORGOTTEN_WORD,
                        "a field of the offers is named with `offer`",
                        span,
                        format!("write `{right}`"),
                    )
                    .fix(format!("write `{right}`"), span, right),
                );
                field = Some(name);
            }
            _ => {}
        }
    }
    field
}

/// `of diaper_bundle, formula_club`
fn at_most_of<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>, offers: &mut Vec<Name>) {
    for part in pair.into_inner() {
        let span = reader.span(&part);
        match part.as_rule() {
            Rule::odd_at_most_of => reader.report(foreign::word(reader, span, "of")),
            Rule::odd_brackets => {
                let inner = reader.written(Span { start: span.start + 1, end: span.end.saturating_sub(1) }).trim();
                let right = inner.to_owned();
                reader.report(
                    Diagnostic::error(
                        codes::FOREIGN_OPERATOR,
                        "offers are named without brackets",
                        span,
                        "write them without",
                    )
                    .fix("leave the brackets out", span, right),
                );
                at_most_of(reader, part, offers);
            }
            Rule::offer_next => experiment::next(reader, part, "between two offers"),
            Rule::offer_name => {
                for inner in part.into_inner() {
                    let at = reader.span(&inner);
                    match inner.as_rule() {
                        Rule::odd_offer_word => reader.report(foreign::superfluous(reader, at)),
                        Rule::name | Rule::odd_name => offers.push(reader.name(&inner)),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
}
