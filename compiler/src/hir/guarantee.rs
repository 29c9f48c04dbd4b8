//! Guarantees: what holds over every offer whose fields match.
//!
//! `never A when B` is read once, not once for each offer: a field of the offer stands for its value in whichever offer
//! is looked at ([`super::ExprKind::OfferField`]). [`matching`] says which offers a clause is about.

mod matching;

use super::infer::{Context, Infer, OfferFields, constant_of};
use super::{Expr, ExprKind};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, GuaranteeItem, NeverClause};

pub use matching::{Truth, matching};

/// A guarantee whose clauses are understood. `never A when B` is for each offer the condition `A and B`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Guarantee {
    /// What it promises.
    pub name: Box<str>,
    /// The day by which people look at it again.
    pub review_by: Option<i32>,
    /// Its clauses.
    pub clauses: Vec<Never>,
}

/// A clause of a guarantee.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Never {
    /// Which offers: over the fields of offers.
    pub offers: Expr,
    /// For which customers; over the customer and the fields of offers.
    pub when: Option<Expr>,
}

/// A guarantee, if all of it could be understood, and all that is wrong with it.
pub fn guarantee(context: Context<'_>, item: &GuaranteeItem) -> (Option<Guarantee>, Vec<Diagnostic>) {
    let mut infer = Infer::new(Context { offer: OfferFields::Any, ..context });
    let review_by = item.review_by.as_ref().map(|day| review(&mut infer, day));
    let clauses: Vec<Option<Never>> = item.clauses.iter().map(|clause| never(&mut infer, clause)).collect();
    let diagnostics = infer.into_diagnostics();
    let name = item.name.node.clone();
    let guarantee = clauses.into_iter().collect::<Option<Vec<Never>>>().map(|clauses| Guarantee {
        name,
        review_by: review_by.flatten(),
        clauses,
    });
    (guarantee.filter(|_| diagnostics.is_empty()), diagnostics)
}

fn review(infer: &mut Infer<'_>, written: &ast::Expr) -> Option<i32> {
    if matches!(written.kind, ast::ExprKind::Error) {
        return None;
    }
    let found = infer.of_type(written, opportune_plan::Type::Date)?;
    if let Some(opportune_plan::Constant::Date(day)) = constant_of(&found) {
        return Some(*day);
    }
    let message = "the day of a review is written with a date";
    let diagnostic = Diagnostic::error(codes::BAD_REVIEW, message, written.span, "not a written date");
    infer.fail(diagnostic.help("write the date: `review by 2027-06-30`"))
}

fn never(infer: &mut Infer<'_>, clause: &NeverClause) -> Option<Never> {
    let offers = infer.condition(&clause.offers);
    let when = clause.when.as_ref().map(|when| infer.condition(when));
    if let Some(found) = &offers
        && let Err(reason) = over_offers(found)
    {
        infer.report(not_over_offers(clause, reason));
        return None;
    }
    let when = when.map_or(Some(None), |found| found.map(Some))?;
    Some(Never { offers: offers?, when })
}

/// What a condition over offers looks at besides.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Besides {
    Customer,
    NoOffer,
}

pub(super) fn over_offers(found: &Expr) -> Result<(), Besides> {
    let mut looks_at_offers = false;
    let mut others = vec![found];
    while let Some(expr) = others.pop() {
        match &expr.kind {
            ExprKind::OfferField(_) | ExprKind::OfferCost | ExprKind::InformationCost => looks_at_offers = true,
            ExprKind::Field(..)
            | ExprKind::Journey(..)
            | ExprKind::Aggregate(_)
            | ExprKind::Definition(_)
            | ExprKind::Follow { .. }
            | ExprKind::OfCustomer { .. }
            | ExprKind::Bucket { .. }
            | ExprKind::Remaining(_)
            | ExprKind::Now => return Err(Besides::Customer),
            kind => kind.for_each_operand(&mut |operand| others.push(operand)),
        }
    }
    if looks_at_offers { Ok(()) } else { Err(Besides::NoOffer) }
}

fn not_over_offers(clause: &NeverClause, reason: Besides) -> Diagnostic {
    let span = clause.offers.span;
    let error = |message, label| Diagnostic::error(codes::NEVER_OF_WHAT, message, span, label);
    match (reason, &clause.when) {
        (Besides::Customer, None) => {
            error("`never` says which offers, and this looks at the customer", "not of the offer")
                .help("say of which offers first, then for whom: `never offer.topic = \"alcohol\" when …`")
        }
        (Besides::Customer, Some(_)) => {
            error("`never` says which offers, and this looks at the customer", "not of the offer")
                .help("move what looks at the customer behind `when`: `never offer.… = … when … and …`")
        }
        (Besides::NoOffer, _) => error("`never` says which offers, and this says nothing of them", "of no offer")
            .help("name a field of the offers: `never offer.topic = \"alcohol\" when …`"),
    }
}

/// What to say of a guarantee that people were to look at again before today.
pub(crate) fn past_review(name: &str, span: Span, review_by: i32, today: i32) -> Diagnostic {
    let days = i64::from(today) - i64::from(review_by);
    let due = if days == 1 { "yesterday".to_owned() } else { format!("{days} days ago") };
    let message = format!("the guarantee \"{name}\" was due for review {due}");
    Diagnostic::warning(codes::REVIEW_PAST, message, span, "still holds, unreviewed")
        .help("look whether it still says what is wanted, then move `review by` to the day of the next look")
}
