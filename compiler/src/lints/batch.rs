//! Exceptions that are never definitely false where nobody asks: in a batch nothing of the context is known, so an
//! exception that reads it without `else` leaves everybody out.
//!
//! Sure, since it is asked whether the exception can be false of any customer with all of the context missing. Silent where
//! the offer is for those who ask: it goes by inbound channels alone, or `eligible` itself needs the context.

use opportune_plan::{Direction, ExprId, Op, TableKind};

use super::prover::{Holds, Prover};
use super::{About, clause_spans};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir;
use crate::syntax::Span;
use crate::syntax::ast::{GuaranteeItem, OfferClauseKind, OfferItem};

/// Tells of the exceptions of an offer.
pub(super) fn of_offer(
    about: &mut About<'_, '_>,
    offer: &hir::Offer,
    item: &OfferItem,
    channels: &[&hir::Channel],
) -> Vec<Diagnostic> {
    if channels.is_empty() || channels.iter().all(|channel| channel.direction == Direction::Inbound) {
        return Vec::new();
    }
    let eligible: Vec<ExprId> = offer.eligible.iter().filter_map(|condition| about.conditions.add(condition)).collect();
    let spans = clause_spans(item, |kind| matches!(kind, OfferClauseKind::Except(_)));
    let excepts: Vec<(Option<ExprId>, Span)> =
        offer.except.iter().map(|condition| about.conditions.add(condition)).zip(spans).collect();
    let prover = Prover::new(about.conditions.exprs(), about.conditions.schema());
    let mut batch = missing_context(about);
    if batch.is_empty() {
        return Vec::new();
    }
    batch.extend(eligible.into_iter().map(Holds::True));
    if prover.nobody(batch.iter().copied()) {
        return Vec::new();
    }
    let everybody = |id: ExprId| prover.nobody(batch.iter().copied().chain([Holds::False(id)]));
    excepts
        .into_iter()
        .filter(|(id, _)| id.is_some_and(everybody))
        .map(|(_, span)| {
            let message =
                format!("in a batch this exception leaves out everybody, so `{}` is never made there", item.name.node);
            told(message, span)
        })
        .collect()
}

/// Tells of the conditions of a guarantee.
pub(super) fn of_guarantee(
    about: &mut About<'_, '_>,
    guarantee: &hir::Guarantee,
    item: &GuaranteeItem,
) -> Vec<Diagnostic> {
    let clauses = guarantee.clauses.iter().zip(&item.clauses);
    let whens: Vec<(ExprId, Span)> = clauses
        .filter_map(|(never, written)| {
            let id = about.conditions.add(never.when.as_ref()?)?;
            Some((id, written.when.as_ref().map_or(written.span, |when| when.span)))
        })
        .collect();
    let prover = Prover::new(about.conditions.exprs(), about.conditions.schema());
    let batch = missing_context(about);
    if batch.is_empty() {
        return Vec::new();
    }
    let everybody = |id: ExprId| prover.nobody(batch.iter().copied().chain([Holds::False(id)]));
    let found = whens.into_iter().filter(|(id, _)| everybody(*id));
    found.map(|(_, span)| told("in a batch this guarantee forbids such offers to everybody".to_owned(), span)).collect()
}

fn told(message: String, span: Span) -> Diagnostic {
    Diagnostic::warning(codes::UNKNOWN_IN_BATCH, message, span, "never definitely false where nobody asks").help(
        "say what holds where nothing of the context is known: `… else false`; or allow it, where the offer is for those \
         who ask",
    )
}

/// All that is read of the context is missing.
fn missing_context(about: &About<'_, '_>) -> Vec<Holds> {
    let schema = about.conditions.schema();
    let context = schema.tables().find(|(_, table)| matches!(table.kind, TableKind::Context)).map(|(id, _)| id);
    let fields = about.conditions.exprs().iter().filter(|(_, node)| match node.op {
        Op::Field(table, _) => Some(table) == context,
        _ => false,
    });
    fields.map(|(id, _)| Holds::Missing(id)).collect()
}
