//! Arithmetic on written values, wherever one must be known before any data is seen: `x / (2 * 6)`.
//!
//! What must hold: the result is the one that the runtime would compute. So only what is exact in 64 bits folds, and what
//! is one operation on doubles; money by numbers is left to the runtime.

use opportune_plan::{Arithmetic, Constant, Float};

/// What the operation makes of two values; `None` where it is not folded or does not fit.
pub(crate) fn arithmetic(arithmetic: Arithmetic, a: &Constant, b: &Constant) -> Option<Constant> {
    let is_linear = matches!(arithmetic, Arithmetic::Add | Arithmetic::Subtract);
    if arithmetic == Arithmetic::Divide
        && let (Some(a), Some(b)) = (as_double(a), as_double(b))
    {
        return Float::new(a / b).map(Constant::Number);
    }
    match (a, b) {
        (Constant::Int(a), Constant::Int(b)) => int(arithmetic, *a, *b).map(Constant::Int),
        (Constant::Number(a), Constant::Number(b)) => number(arithmetic, a.get(), b.get()).map(Constant::Number),
        (Constant::Days(a), Constant::Days(b)) if is_linear => int(arithmetic, *a, *b).map(Constant::Days),
        (Constant::Months(a), Constant::Months(b)) if is_linear => int(arithmetic, *a, *b).map(Constant::Months),
        (Constant::Duration(a), Constant::Duration(b)) if is_linear => int(arithmetic, *a, *b).map(Constant::Duration),
        (Constant::Money(x, a), Constant::Money(y, b)) if is_linear && x == y => {
            int(arithmetic, *a, *b).map(|sum| Constant::Money(*x, sum))
        }
        (Constant::Distance(a), Constant::Distance(b)) if is_linear => {
            number(arithmetic, a.get(), b.get()).map(Constant::Distance)
        }
        (Constant::Days(a), Constant::Int(b)) => int(arithmetic, *a, *b).map(Constant::Days),
        (Constant::Months(a), Constant::Int(b)) => int(arithmetic, *a, *b).map(Constant::Months),
        _ => None,
    }
}

/// What is converted to the nearest double before a division by its like.
fn as_double(constant: &Constant) -> Option<f64> {
    match constant {
        Constant::Int(n) | Constant::Duration(n) | Constant::Days(n) | Constant::Months(n) | Constant::Money(_, n) => {
            Some(*n as f64)
        }
        _ => None,
    }
}

fn int(arithmetic: Arithmetic, a: i64, b: i64) -> Option<i64> {
    match arithmetic {
        Arithmetic::Add => a.checked_add(b),
        Arithmetic::Subtract => a.checked_sub(b),
        Arithmetic::Multiply => a.checked_mul(b),
        Arithmetic::Divide => None,
    }
}

/// Infinite and undefined results are no values.
fn number(arithmetic: Arithmetic, a: f64, b: f64) -> Option<Float> {
    Float::new(match arithmetic {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        Arithmetic::Divide => a / b,
    })
}

/// The opposite.
pub(crate) fn negated(constant: &Constant) -> Option<Constant> {
    Some(match constant {
        Constant::Int(n) => Constant::Int(n.checked_neg()?),
        Constant::Number(n) => Constant::Number(Float::new(-n.get())?),
        Constant::Money(currency, n) => Constant::Money(*currency, n.checked_neg()?),
        Constant::Duration(n) => Constant::Duration(n.checked_neg()?),
        Constant::Days(n) => Constant::Days(n.checked_neg()?),
        Constant::Months(n) => Constant::Months(n.checked_neg()?),
        Constant::Distance(n) => Constant::Distance(Float::new(-n.get())?),
        _ => return None,
    })
}
