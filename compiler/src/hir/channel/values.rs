//! The values of a channel's clauses.

use opportune_plan::{Builtin, Constant, Span as Length, Type, Unit};

use super::super::clauses;
use super::super::guarantee::over_offers;
use super::super::infer::{Context, Infer, OfferFields, constant_of};
use super::super::missing::may_miss;
use super::super::{Expr, ExprKind};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{self, Name};

/// A text, perhaps missing.
pub(super) fn law(infer: &mut Infer<'_>, written: &ast::Expr) -> Option<Expr> {
    let found = infer.value(written, Some(Type::Text))?;
    if found.ty == Type::Text {
        return Some(found);
    }
    let message = format!("a jurisdiction is named by a text, and this is {}", infer.a_type(found.ty));
    let diagnostic = Diagnostic::error(codes::WRONG_TYPE, message, written.span, "no text");
    infer.fail(diagnostic.help("write its code, `\"US-FL\"`, or name a field of type text that holds it"))
}

/// Days of the calendar, or exact hours.
pub(super) fn lead(infer: &mut Infer<'_>, written: &ast::Expr) -> Option<Length> {
    let found = infer.length(written)?;
    if found.months == 0 {
        return Some(found);
    }
    let message = "a lead time is given in days or hours";
    let diagnostic = Diagnostic::error(codes::BAD_WINDOW, message, written.span, "months");
    infer.fail(diagnostic.help("write, for example, `lead 30 days`"))
}

/// A condition over the fields of offers, by their bare names too, that is told before any customer is seen.
pub(super) fn carries(infer: &mut Infer<'_>, written: &ast::Expr) -> Option<Expr> {
    let outer = infer.context;
    infer.context = Context { offer: OfferFields::Bare, ..outer };
    let found = infer.condition(written);
    infer.context = outer;
    let found = found?;
    if over_offers(&found).is_ok() && is_told_early(&found) {
        return Some(found);
    }
    let message = "what a channel carries is told by the fields of offers and written values alone";
    let diagnostic = Diagnostic::error(codes::CARRIES_WHAT, message, written.span, "not of offers alone");
    infer.fail(diagnostic.help(
        "compare fields of offers: `carries complexity <= 2`, `carries topic in [\"garden\", \"home\"]`; what depends on \
         the customer belongs in `needs`",
    ))
}

/// Whether [`super::super::guarantee::matching`] tells it without computing.
fn is_told_early(found: &Expr) -> bool {
    let mut told = !matches!(
        found.kind,
        ExprKind::Arithmetic(..) | ExprKind::Negate(_) | ExprKind::If(..) | ExprKind::Lookup { .. }
    );
    if let ExprKind::Call(builtin, _) = found.kind {
        told = matches!(builtin, Builtin::Has | Builtin::Overlaps);
    }
    found.kind.for_each_operand(&mut |operand| told &= is_told_early(operand));
    told
}

/// An amount that is never missing. Where not all is known that would make it so, that it may be is not told.
pub(in crate::hir) fn cost(infer: &mut Infer<'_>, written: &ast::Expr, all_is_known: bool) -> Option<Expr> {
    let found = infer.value(written, None)?;
    if !matches!(found.ty, Type::Money(_)) {
        let message = format!("a cost is an amount of money, and this is {}", infer.a_type(found.ty));
        let diagnostic = Diagnostic::error(codes::WRONG_TYPE, message, written.span, "no amount");
        return infer.fail(diagnostic.help("write the amount with its currency: `cost 0.002 USD`"));
    }
    if found.nullable && !all_is_known {
        return None;
    }
    if found.nullable {
        let message = "this cost may be missing";
        let diagnostic = Diagnostic::error(codes::COST_MISSING, message, written.span, "may be missing");
        let diagnostic = diagnostic.may_miss(may_miss(infer.context.schema, [&found]));
        return infer.fail(diagnostic.help("say what it costs then: `cost (… else 0.55 USD)`"));
    }
    if matches!(constant_of(&found), Some(Constant::Money(_, micros)) if *micros < 0) {
        let diagnostic = Diagnostic::error(codes::BAD_LIMIT, "a cost is not below zero", written.span, "below zero");
        return infer.fail(diagnostic.help("what it brings in belongs in the value of offers"));
    }
    Some(found)
}

pub(super) fn capacity(infer: &mut Infer<'_>, most: &ast::Expr, each: &Name) -> Option<(u64, Unit)> {
    let most = clauses::limit(infer, most, 1);
    let unit = match &*each.node {
        "day" => Some(Unit::Day),
        "week" => Some(Unit::Week),
        // Reported by the parser.
        _ => None,
    };
    Some((u64::from(most?), unit?))
}
