//! Offers that say what they sell, in a project that knows what customers buy or hold, and in which nothing looks at who
//! has that already: pitching what the customer holds is the commonest mistake of all.
//!
//! Silent wherever anything looks: a condition of the offer over events that names one of the things sold (mostly as
//! `offer.sells`), a guarantee or a `suppress` of the portfolio that reads `offer.sells`.

use std::collections::BTreeSet;

use opportune_plan::{Constant, FieldValue, OfferFieldId, OfferKind, TableKind};

use super::meaning;
use crate::db::Db;
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{self, Expr, ExprKind};
use crate::queries::{self, Project};
use crate::syntax::ast::{OfferClauseKind, OfferItem};

/// The field of offers that says what they sell.
const SELLS: &str = "sells";

/// Tells of an offer to those who may have it already.
pub(super) fn told(db: &dyn Db, project: Project, offer: &hir::Offer, item: &OfferItem) -> Option<Diagnostic> {
    let schema = queries::schema(db, project);
    let place = schema.offer_fields.iter().position(|field| &*field.name == SELLS)?;
    let field = OfferFieldId(u32::try_from(place).ok()?);
    let sold: BTreeSet<&Constant> = match offer.fields.get(place)? {
        FieldValue::One(one) => BTreeSet::from([one]),
        FieldValue::Set(all) => all.iter().collect(),
        FieldValue::Missing => BTreeSet::new(),
    };
    let of_customers = |kind: &TableKind| matches!(kind, TableKind::Events { .. });
    let has_events = schema.plan.tables.iter().any(|table| of_customers(&table.kind) && !table.is_built_in());
    if sold.is_empty() || !has_events || offer.kind == OfferKind::Notice {
        return None;
    }
    let look = Look { db, project, sold: &sold };
    let own =
        offer.eligible.iter().chain(&offer.except).chain(offer.routes.iter().filter_map(|route| route.when.as_ref()));
    if own.into_iter().any(|condition| look.names_sold(condition, DEEPEST)) || by_others(db, project, field) {
        return None;
    }
    let clause = item
        .clauses
        .iter()
        .find(|clause| matches!(&clause.kind, OfferClauseKind::Field(name, _) if &*name.node == SELLS));
    let span = clause.map_or(item.name.span, |clause| clause.span);
    let message = format!("nothing in `{}` looks at who has already what it sells", item.name.node);
    Some(Diagnostic::warning(codes::OWNERS_INCLUDED, message, span, "pitched to those who have it, too").help(
        "leave them out: `except when exists(purchase in last 90 days where product.category in offer.sells else false)`, \
         or say for all offers in the portfolio `suppress for 90 days after purchase where …`",
    ))
}

/// How far segments are looked through.
const DEEPEST: usize = 256;

struct Look<'a> {
    db: &'a dyn Db,
    project: Project,
    sold: &'a BTreeSet<&'a Constant>,
}

impl Look<'_> {
    /// Whether a condition names something that is sold, itself or through segments. Where that cannot be told it does.
    fn names_sold(&self, expr: &Expr, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return true };
        let named = |constant: &Constant| match constant {
            Constant::Set(_, all) => all.iter().any(|one| self.sold.contains(one)),
            one => self.sold.contains(one),
        };
        let here = match &expr.kind {
            ExprKind::Constant(constant) => named(constant),
            // A family looks at its member, which stands for what is sold.
            ExprKind::Member(..) => true,
            ExprKind::In(_, all) => all.iter().any(named),
            ExprKind::StartsWith(_, text) => self.is_part_of_sold(text, |sold, text| sold.starts_with(text)),
            ExprKind::EndsWith(_, text) => self.is_part_of_sold(text, |sold, text| sold.ends_with(text)),
            ExprKind::Contains(_, text) => self.is_part_of_sold(text, |sold, text| sold.contains(text)),
            ExprKind::Definition(name) => match meaning(self.db, self.project, name) {
                Some((_, value)) => self.names_sold(value, depth),
                None => true,
            },
            _ => false,
        };
        let mut found = here;
        expr.kind.for_each_operand(&mut |operand| found = found || self.names_sold(operand, depth));
        found
    }

    fn is_part_of_sold(&self, text: &str, is: impl Fn(&str, &str) -> bool) -> bool {
        self.sold.iter().any(|sold| matches!(sold, Constant::Text(sold) if is(sold, text)))
    }
}

/// Whether a guarantee or the portfolio looks at what offers sell.
fn by_others(db: &dyn Db, project: Project, sells: OfferFieldId) -> bool {
    let portfolio = &queries::checked_portfolio(db, project).0;
    let suppressions = portfolio.suppressions.iter().flat_map(|found| found.filter.iter().chain([&found.happened]));
    let guarantees = super::guarantees(db, project);
    let promised = guarantees.iter().flat_map(|guarantee| &guarantee.clauses).filter_map(|never| never.when.as_ref());
    suppressions.chain(promised).any(|condition| reads(condition, sells))
}

fn reads(expr: &Expr, field: OfferFieldId) -> bool {
    let mut found = expr.kind == ExprKind::OfferField(field);
    expr.kind.for_each_operand(&mut |operand| found = found || reads(operand, field));
    found
}
