//! What a cap counts apart: offers, members of a family, or the values of a field that every offer says.

use opportune_plan::{OfferFieldId, Per, Type};

use super::Of;
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::clauses;
use crate::hir::infer::Infer;
use crate::hir::schema::OFFER;
use crate::syntax::ast::{self, Name};

/// What is counted apart, before it is known which fields tell it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Key {
    Together,
    Offer,
    Member(Type),
    Field { at: usize, field: OfferFieldId },
}

impl Key {
    pub(super) fn per(self) -> Per {
        match self {
            Self::Together => Per::Together,
            Self::Offer => Per::Offer,
            Self::Member(_) => Per::Member,
            Self::Field { field, .. } => Per::Field(field),
        }
    }
}

pub(super) fn key(infer: &mut Infer<'_>, written: &ast::Expr, of: Of<'_>) -> Option<Key> {
    let in_portfolio = of == Of::Portfolio;
    match &written.kind {
        ast::ExprKind::Error => None,
        ast::ExprKind::Name(name) if &**name == "offer" && in_portfolio => Some(Key::Offer),
        ast::ExprKind::Field(base, name) if in_portfolio && is_offer(base) => field_key(infer, name),
        ast::ExprKind::Name(name) if infer.context.member.is_some_and(|member| member.variable == *name) => {
            infer.context.member.map(|member| Key::Member(member.ty))
        }
        _ => {
            let (message, help) = bad_key(infer, written, of);
            infer.fail(Diagnostic::error(codes::BAD_CAP, message, written.span, "not counted by this").help(help))
        }
    }
}

fn is_offer(expr: &ast::Expr) -> bool {
    matches!(&expr.kind, ast::ExprKind::Name(name) if &**name == "offer")
}

fn bad_key(infer: &Infer<'_>, written: &ast::Expr, of: Of<'_>) -> (&'static str, String) {
    let names_offer = match &written.kind {
        ast::ExprKind::Field(base, _) => is_offer(base),
        _ => is_offer(written),
    };
    match (of, infer.context.member) {
        (Of::Portfolio, _) => (
            "a cap of the portfolio counts apart by offer or by a field of offers",
            "write `per customer per offer` or `per customer per offer.topic`".to_owned(),
        ),
        (Of::Offer(_), _) if names_offer => (
            "a cap of an offer counts this offer alone",
            "leave it out here, or write the cap in the portfolio, where it holds for all offers".to_owned(),
        ),
        (Of::Offer(_), Some(member)) => {
            ("a cap of a family counts apart by the member", format!("write `per customer per {}`", member.variable))
        }
        (Of::Offer(_), None) => (
            "only a family has members to count apart",
            "leave it out, or declare a family: `offer … for each category c of product`".to_owned(),
        ),
    }
}

/// A field that every offer says: a key that may be missing would let offers pass uncounted.
pub(super) fn field_key(infer: &mut Infer<'_>, name: &Name) -> Option<Key> {
    let schema = infer.context.schema;
    let Some(at) = schema.offer_fields.iter().position(|field| field.name == name.node) else {
        if !schema.is_damaged(OFFER, &name.node) {
            let fields = schema.offer_fields.iter().map(|field| &*field.name);
            infer.report(clauses::no_offer_field(name, fields, "declare it in `offer fields`"));
        }
        return None;
    };
    let field = schema.offer_fields.get(at)?;
    if field.optional && field.default.is_none() && !field.is_set {
        let message = format!("an offer may leave `{}` out, and no cap would count it", name.node);
        let diagnostic = Diagnostic::error(codes::CAP_KEY_MISSING, message, name.span, "may be missing");
        return infer.fail(
            diagnostic
                .help(format!("declare it in `offer fields` with a default, or without `?`: `{}: … = …`", name.node)),
        );
    }
    Some(Key::Field { at, field: OfferFieldId(u32::try_from(at).ok()?) })
}
