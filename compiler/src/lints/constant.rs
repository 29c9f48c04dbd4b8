//! Conditions that hold always or never, and parts of an `and` that add nothing to the others.
//!
//! Sure, since it is proven for all values that data can have: intervals, lists of values, positions, missing or not, also
//! through segments and traits. A part of a condition is told and not all that it is a part of.

use opportune_plan::{ExprId, Type};

use super::prover::{Holds, Prover};
use super::{About, contains, dropping};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{Expr, ExprKind};
use crate::queries::noted::Noted;
use crate::syntax::Span;

/// A condition of an item, in the arena.
struct Condition<'a> {
    noted: &'a Noted,
    id: ExprId,
}

/// Tells of the conditions of an item. `additive` are the clauses in which only "definitely true" counts.
pub(super) fn told(about: &mut About<'_, '_>, additive: &[Span]) -> Vec<Diagnostic> {
    let notes = about.notes;
    let mut conditions: Vec<Condition<'_>> = Vec::new();
    let mut set_apart: Vec<Span> = Vec::new();
    for noted in notes.iter().filter(|noted| noted.expr.ty == Type::Bool) {
        // A literal is meant so; what no customer has a part in is the author's arithmetic.
        if noted.expr.is_anywhere() {
            continue;
        }
        if let Some(id) = about.conditions.add(&noted.expr) {
            conditions.push(Condition { noted, id });
        }
    }
    let prover = Prover::new(about.conditions.exprs(), about.conditions.schema());
    let mut found = Vec::new();
    for condition in &conditions {
        let span = condition.noted.span;
        if set_apart.iter().any(|told| contains(span, *told)) {
            continue;
        }
        let diagnostic = if prover.nobody([Holds::True(condition.id)]) {
            let told = never(&prover, &conditions, condition);
            // Where it may be unknown, so may the whole; and of two that exclude each other, one is meant otherwise.
            let is_false = told.labels.len() == 1 && prover.nobody([Holds::NotFalse(condition.id)]);
            Some(if is_false { without(told, about.text, span, "or") } else { told })
        } else if prover.nobody([Holds::NotTrue(condition.id)]) {
            Some(without(always(span), about.text, span, "and"))
        } else {
            None
        };
        if let Some(diagnostic) = diagnostic {
            set_apart.push(span);
            // A segment is told where it stands.
            found.extend(Some(diagnostic).filter(|_| !matches!(condition.noted.expr.kind, ExprKind::Definition(_))));
        } else if additive.iter().any(|clause| contains(*clause, span))
            && let Some((part, diagnostic)) = adds_nothing(&prover, &conditions, condition)
        {
            set_apart.push(part);
            // What is not definitely true may become unknown, which in a definition others may see.
            let is_clause = additive.iter().any(|clause| *clause != super::WHOLE && contains(*clause, span));
            found.push(if is_clause { without(diagnostic, about.text, part, "and") } else { diagnostic });
        }
    }
    found
}

/// With the fix that leaves the part out of its `and` or `or`, where its text is such a part.
fn without(told: Diagnostic, text: &str, span: Span, word: &str) -> Diagnostic {
    let words = text.get(span.start as usize..span.end as usize).unwrap_or_default();
    match dropping::part(text, span, word) {
        Some(part) => {
            told.fix(format!("leave out `{}`", words.split_whitespace().collect::<Vec<_>>().join(" ")), part, "")
        }
        None => told,
    }
}

fn always(span: Span) -> Diagnostic {
    Diagnostic::warning(codes::ALWAYS_TRUE, "this condition always holds", span, "true whatever the data says")
        .help("leave it out, or say what is meant")
}

/// A condition that never holds; of an `and`, the two parts that exclude each other where it is them.
fn never(prover: &Prover<'_>, all: &[Condition<'_>], condition: &Condition<'_>) -> Diagnostic {
    let parts = parts(all, condition);
    let mut pairs = parts.iter().enumerate().flat_map(|(at, a)| parts.iter().skip(at + 1).map(move |b| (a, b)));
    if let Some((a, b)) = pairs.find(|(a, b)| prover.nobody([Holds::True(a.id), Holds::True(b.id)])) {
        let message = "these two never hold together";
        return Diagnostic::warning(codes::ALWAYS_FALSE, message, b.noted.span, "not where the other does")
            .label(a.noted.span, "the other")
            .help("mend one of them, or say `or` where either is enough");
    }
    let span = condition.noted.span;
    Diagnostic::warning(codes::ALWAYS_FALSE, "this condition never holds", span, "true for nobody")
        .help("mend it, or leave out what hangs on it")
}

/// A comparison in an `and` that holds wherever the others do.
fn adds_nothing(prover: &Prover<'_>, all: &[Condition<'_>], of: &Condition<'_>) -> Option<(Span, Diagnostic)> {
    let parts = parts(all, of);
    // That something is known is often said for the reader's sake.
    let is_comparison =
        |expr: &Expr| matches!(expr.kind, ExprKind::Compare(..) | ExprKind::In(..) | ExprKind::Aggregate(_));
    let idle = parts.iter().rev().find(|part| {
        let others =
            parts.iter().filter(|other| other.noted.span != part.noted.span).map(|other| Holds::True(other.id));
        is_comparison(&part.noted.expr) && prover.nobody(others.chain([Holds::NotTrue(part.id)]))
    })?;
    let span = idle.noted.span;
    let message = "this adds nothing: it holds wherever what stands beside it does";
    let diagnostic = Diagnostic::warning(codes::ALWAYS_TRUE, message, span, "always true here");
    Some((span, diagnostic.help("leave it out, or mend the one that is meant otherwise")))
}

/// The parts of an `and`, where all of them are there.
fn parts<'a, 'c>(all: &'a [Condition<'c>], of: &Condition<'_>) -> Vec<&'a Condition<'c>> {
    let ExprKind::And(parts) = &of.noted.expr.kind else { return Vec::new() };
    let mut found: Vec<&Condition<'_>> = Vec::with_capacity(parts.len());
    for part in parts {
        let here = |other: &&Condition<'_>| {
            other.noted.expr == *part
                && contains(of.noted.span, other.noted.span)
                && found.iter().all(|taken| taken.noted.span != other.noted.span)
        };
        match all.iter().find(here) {
            Some(part) => found.push(part),
            None => return Vec::new(),
        }
    }
    found
}
