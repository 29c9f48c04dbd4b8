//! Reads the portfolio: slates, rank, contact cap.

use std::collections::BTreeSet;

use opportune_plan::{OfferFieldId, RankKey};

use super::clauses::{self, said_twice};
use super::infer::{Context, Infer};
use super::schema::OFFER;
use super::{Cap, Portfolio};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, Name, PortfolioClause, PortfolioClauseKind, RankTerm};

/// The rules over all offers, as far as they were understood, and all that is wrong with them.
pub fn portfolio(
    context: Context<'_>,
    clauses: &[PortfolioClause],
    channels: &BTreeSet<Box<str>>,
) -> (Portfolio, Vec<Diagnostic>) {
    let mut reader = Reader { infer: Infer::new(context), channels, found: Portfolio::default(), first: Vec::new() };
    clauses.iter().for_each(|clause| reader.clause(clause));
    let mut found = reader.found;
    // A channel's slate lifts the one offer in all, unless that is said too.
    if found.slots_in_all.is_none() && found.slates.is_empty() {
        found.slots_in_all = Some(1);
    }
    (found, reader.infer.into_diagnostics())
}

/// The portfolio where none is written.
pub fn default() -> Portfolio {
    Portfolio { slots_in_all: Some(1), ..Portfolio::default() }
}

struct Reader<'a> {
    infer: Infer<'a>,
    channels: &'a BTreeSet<Box<str>>,
    found: Portfolio,
    /// What was said, and where first.
    first: Vec<(String, Span)>,
}

impl Reader<'_> {
    fn clause(&mut self, clause: &PortfolioClause) {
        match &clause.kind {
            PortfolioClauseKind::RankBy(terms) => {
                if self.once("`rank by`", clause.word) {
                    self.rank(terms);
                }
            }
            PortfolioClauseKind::Slate { channel, size, at_most: _ } => self.slate(clause.word, channel.as_ref(), size),
            PortfolioClauseKind::Cap(cap) => {
                if self.once("`cap`", clause.word) {
                    self.found.contact_cap = self.cap(clause.word, cap);
                }
            }
            PortfolioClauseKind::Objective(_)
            | PortfolioClauseKind::AtMost(_)
            | PortfolioClauseKind::AtMostOf { .. }
            | PortfolioClauseKind::Pause { .. }
            | PortfolioClauseKind::Stop { .. }
            | PortfolioClauseKind::Suppress { .. }
            | PortfolioClauseKind::Holdout(_)
            | PortfolioClauseKind::Fallback(_)
            | PortfolioClauseKind::Lever { .. }
            | PortfolioClauseKind::Horizon(_)
            | PortfolioClauseKind::PossibleZones(_) => {}
        }
    }

    fn cap(&mut self, word: Span, clause: &ast::CapClause) -> Option<Cap> {
        clauses::cap(&mut self.infer, clause, word, None)
    }

    /// Whether this is the first time; else it is reported.
    fn once(&mut self, what: &str, span: Span) -> bool {
        if let Some((_, first)) = self.first.iter().find(|(known, _)| known == what) {
            let diagnostic = said_twice(span, *first, what);
            self.infer.report(diagnostic);
            return false;
        }
        self.first.push((what.to_owned(), span));
        true
    }

    fn slate(&mut self, word: Span, channel: Option<&Name>, size: &ast::Expr) {
        let what = channel.map_or("the slate over all channels".to_owned(), |c| format!("the slate of `{}`", c.node));
        if !self.once(&what, channel.map_or(word, |c| c.span)) {
            return;
        }
        let size = clauses::limit(&mut self.infer, size, 1);
        let known = channel.is_none_or(|channel| clauses::known_channel(&mut self.infer, self.channels, channel));
        match (channel, size) {
            (Some(channel), Some(size)) if known => self.found.slates.push((channel.node.clone(), size)),
            (None, Some(size)) => self.found.slots_in_all = Some(size),
            _ => {}
        }
    }

    fn rank(&mut self, terms: &[RankTerm]) {
        // How far the order has come: fields, then `score`, then `by lot`.
        let mut stage = 0;
        for term in terms {
            let (next, span) = match term {
                RankTerm::Field { field, .. } => (0, field.span),
                RankTerm::Score(span) => (1, *span),
                RankTerm::Lot(span) => (2, *span),
            };
            if next < stage || (next == stage && next > 0) {
                let message = "nothing is left to be ordered here";
                let diagnostic = Diagnostic::error(codes::BAD_RANK, message, span, "comes too late");
                self.infer.report(diagnostic.help("the order is: fields of offers, then `score`, then `by lot`"));
            }
            stage = stage.max(next);
            if let RankTerm::Field { field, descending } = term {
                self.rank_field(field, *descending);
            }
        }
    }

    fn rank_field(&mut self, name: &Name, descending: bool) {
        let schema = self.infer.context.schema;
        let Some(at) = schema.offer_fields.iter().position(|field| field.name == name.node) else {
            if !schema.is_damaged(OFFER, &name.node) {
                self.infer.report(no_field(name, schema.offer_fields.iter().map(|field| &*field.name)));
            }
            return;
        };
        let is_set = schema.offer_fields.get(at).is_some_and(|field| field.is_set);
        let field = OfferFieldId(u32::try_from(at).unwrap_or(u32::MAX));
        let problem = if is_set {
            Some(("a set has no order", "a set", "rank by a field with a single value"))
        } else if self.found.rank.iter().any(|key| key.field == field) {
            Some(("offers are ordered by this field already", "the second time", "leave it out"))
        } else {
            None
        };
        match problem {
            Some((message, label, help)) => {
                self.infer.report(Diagnostic::error(codes::BAD_RANK, message, name.span, label).help(help));
            }
            None => self.found.rank.push(RankKey { field, descending }),
        }
    }
}

fn no_field<'a>(name: &Name, fields: impl Iterator<Item = &'a str>) -> Diagnostic {
    let message = format!("offers have no field `{}`", name.node);
    let diagnostic = Diagnostic::error(codes::UNKNOWN_FIELD, message, name.span, "no such field");
    match nearest(&name.node, fields) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
            format!("replace `{}` with `{near}`", name.node),
            name.span,
            near,
        ),
        None => diagnostic.help("declare it in `offer fields`"),
    }
}
