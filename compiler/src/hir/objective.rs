//! The objective: what an offer is worth by a channel, in money, as `per_score * score + fixed`.
//!
//! What must hold: it is linear in `score`, so that it is told once for an offer and a channel, whatever the member, and
//! neither part is ever missing.

use opportune_plan::{Arithmetic, Constant, Currency, Float, Type};

use super::infer::{Costs, Infer, constant_of};
use super::missing::may_miss;
use super::{Expr, ExprKind, constants, harmless};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast;

/// What an offer is worth by a channel: over the customer, the fields of offers and the cost of the channel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Objective {
    /// The currency.
    pub currency: Currency,
    /// What the score is multiplied by: an amount.
    pub per_score: Expr,
    /// What is added: an amount.
    pub fixed: Expr,
}

/// The objective as written, if it could be understood; `costs` are those of channels and of offers.
pub(super) fn objective(infer: &mut Infer<'_>, written: &ast::Expr, costs: (Costs, Costs)) -> Option<Objective> {
    let found = infer.in_objective(costs, |infer| infer.value(written, None))?;
    let Type::Money(currency) = found.ty else {
        let message = format!("the objective is an amount of money, and this is {}", infer.a_type(found.ty));
        let diagnostic = Diagnostic::error(codes::WRONG_TYPE, message, written.span, "no amount");
        return infer.fail(diagnostic.help("say what the score is worth: `offer.value * score`, `0.10 USD * score`"));
    };
    let Some(Linear { per_score: Some(per_score), fixed }) = linear(&found) else {
        let (message, help) = if has_score(&found) {
            ("the objective does not have the form `A * score + B`", "let the score be multiplied and added to, once")
        } else {
            (
                "the objective does not look at the score, so priorities would decide nothing",
                "multiply by it: `offer.value * score`",
            )
        };
        let diagnostic = Diagnostic::error(codes::NOT_LINEAR, message, written.span, "not linear in `score`");
        return infer.fail(diagnostic.help(help));
    };
    let fixed = fixed.unwrap_or_else(|| Expr::constant(harmless(found.ty)));
    if per_score.nullable || fixed.nullable {
        let message = "this objective may be missing, and the offer would be withheld without a word";
        let diagnostic = Diagnostic::error(codes::OBJECTIVE_MISSING, message, written.span, "may be missing");
        let diagnostic = diagnostic.may_miss(may_miss(infer.context.schema, [&per_score, &fixed]));
        return infer.fail(diagnostic.help(
            "say what it is then, `(offer.value else 0 USD) * score`, or give the field a default in `offer fields`; \
             divide by written numbers only",
        ));
    }
    Some(Objective { currency, per_score, fixed })
}

/// `per_score * score + fixed`; what is none is zero.
struct Linear {
    per_score: Option<Expr>,
    fixed: Option<Expr>,
}

fn has_score(expr: &Expr) -> bool {
    let mut found = expr.kind == ExprKind::Score;
    expr.kind.for_each_operand(&mut |operand| found |= has_score(operand));
    found
}

/// The two parts of an expression, where it is linear.
fn linear(expr: &Expr) -> Option<Linear> {
    if !has_score(expr) {
        return Some(Linear { per_score: None, fixed: Some(expr.clone()) });
    }
    match &expr.kind {
        ExprKind::Score => Some(Linear { per_score: Some(one()), fixed: None }),
        ExprKind::Negate(of) => {
            let of = linear(of)?;
            Some(Linear { per_score: of.per_score.map(negated), fixed: of.fixed.map(negated) })
        }
        ExprKind::Arithmetic(arithmetic @ (Arithmetic::Add | Arithmetic::Subtract), a, b) => {
            let (a, b) = (linear(a)?, linear(b)?);
            let sum = |a, b| sum(*arithmetic, a, b, expr.ty);
            Some(Linear { per_score: sum(a.per_score, b.per_score), fixed: sum(a.fixed, b.fixed) })
        }
        ExprKind::Arithmetic(arithmetic @ (Arithmetic::Multiply | Arithmetic::Divide), a, b) if !has_score(b) => {
            let a = linear(a)?;
            let scaled = |part: Expr| calculated(*arithmetic, part, (**b).clone(), expr.ty);
            Some(Linear { per_score: a.per_score.map(scaled), fixed: a.fixed.map(scaled) })
        }
        ExprKind::Arithmetic(Arithmetic::Multiply, a, b) if !has_score(a) => {
            let b = linear(b)?;
            let scaled = |part: Expr| calculated(Arithmetic::Multiply, (**a).clone(), part, expr.ty);
            Some(Linear { per_score: b.per_score.map(scaled), fixed: b.fixed.map(scaled) })
        }
        ExprKind::If(when, a, b) if !has_score(when) => {
            let (a, b) = (linear(a)?, linear(b)?);
            let choice = |a, b| chosen(when, a, b, expr.ty);
            Some(Linear { per_score: choice(a.per_score, b.per_score), fixed: choice(a.fixed, b.fixed) })
        }
        _ => None,
    }
}

fn one() -> Expr {
    Expr::constant(Float::new(1.0).map_or(Constant::Int(1), Constant::Number))
}

fn negated(of: Expr) -> Expr {
    if let Some(constant) = constant_of(&of).and_then(constants::negated) {
        return Expr::constant(constant);
    }
    let (ty, nullable) = (of.ty, of.nullable);
    Expr { kind: ExprKind::Negate(Box::new(of)), ty, nullable }
}

fn sum(arithmetic: Arithmetic, a: Option<Expr>, b: Option<Expr>, ty: Type) -> Option<Expr> {
    match (a, b) {
        (Some(a), Some(b)) => Some(calculated(arithmetic, a, b, ty)),
        (None, Some(b)) if arithmetic == Arithmetic::Subtract => Some(negated(b)),
        (a, b) => a.or(b),
    }
}

fn chosen(when: &Expr, a: Option<Expr>, b: Option<Expr>, ty: Type) -> Option<Expr> {
    if a.is_none() && b.is_none() {
        return None;
    }
    let zero = || Expr::constant(harmless(ty));
    let (a, b) = (a.unwrap_or_else(zero), b.unwrap_or_else(zero));
    let nullable = when.nullable || a.nullable || b.nullable;
    Some(Expr { kind: ExprKind::If(Box::new(when.clone()), Box::new(a), Box::new(b)), ty, nullable })
}

fn calculated(arithmetic: Arithmetic, a: Expr, b: Expr, ty: Type) -> Expr {
    if let (Some(a), Some(b)) = (constant_of(&a), constant_of(&b))
        && let Some(known) = constants::arithmetic(arithmetic, a, b)
    {
        return Expr::constant(known);
    }
    match arithmetic {
        Arithmetic::Multiply if is_one(&b) => return a,
        // An amount stands before the number that it is multiplied by.
        Arithmetic::Multiply if is_one(&a) && b.ty == ty => return b,
        _ => {}
    }
    let by_zero = arithmetic == Arithmetic::Divide && !is_nonzero(&b);
    let nullable = a.nullable || b.nullable || by_zero;
    Expr { kind: ExprKind::Arithmetic(arithmetic, Box::new(a), Box::new(b)), ty, nullable }
}

fn is_one(expr: &Expr) -> bool {
    matches!(constant_of(expr), Some(Constant::Number(number)) if number.get() == 1.0)
}

fn is_nonzero(expr: &Expr) -> bool {
    matches!(constant_of(expr), Some(Constant::Number(number)) if number.get() != 0.0)
}
