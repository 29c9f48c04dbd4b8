//! Whether one comparison holds wherever another does.
//!
//! A comparison that is definitely true or false has both its operands, so what follows from it is definite too. Each is
//! read as the orders that it allows between two operands, or between one operand and a constant.

use std::cmp::Ordering;

use opportune_plan::{Comparison, Constant, ExprId, Exprs, Op};

/// Orders that are allowed between a left and a right operand.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Orders {
    less: bool,
    equal: bool,
    greater: bool,
}

impl Orders {
    fn of(comparison: Comparison, holds: bool) -> Self {
        let (less, equal) = match comparison {
            Comparison::Equal => (false, true),
            Comparison::Less => (true, false),
            Comparison::LessOrEqual => (true, true),
        };
        if holds { Self { less, equal, greater: false } } else { Self { less: !less, equal: !equal, greater: true } }
    }

    fn exchanged(self) -> Self {
        Self { less: self.greater, greater: self.less, ..self }
    }

    fn within(self, other: Self) -> bool {
        (!self.less || other.less) && (!self.equal || other.equal) && (!self.greater || other.greater)
    }

    fn allows(self, order: Ordering) -> bool {
        match order {
            Ordering::Less => self.less,
            Ordering::Equal => self.equal,
            Ordering::Greater => self.greater,
        }
    }

    /// Whether a value so placed beside one constant is always so placed beside another.
    fn within_beside(self, own: &Constant, other: Self, beside: &Constant) -> bool {
        match order(own, beside) {
            None => false,
            Some(Ordering::Equal) => self.within(other),
            // Own constant first: what is less or equal to it is less than the other; what is greater is anywhere.
            Some(Ordering::Less) => {
                (!(self.less || self.equal) || other.less)
                    && (!self.greater || (other.less && other.equal && other.greater))
            }
            Some(Ordering::Greater) => {
                (!(self.greater || self.equal) || other.greater)
                    && (!self.less || (other.less && other.equal && other.greater))
            }
        }
    }
}

/// A condition about one operand or two.
enum Test<'a> {
    Pair(ExprId, ExprId, Orders),
    Beside(ExprId, &'a Constant, Orders),
    /// The operand is one of these, or none of them.
    Listed(ExprId, &'a [Constant], bool),
}

fn test(exprs: &Exprs, id: ExprId, holds: bool) -> Option<Test<'_>> {
    match &exprs.get(id)?.op {
        Op::Compare(comparison, a, b) => {
            let orders = Orders::of(*comparison, holds);
            Some(match (constant(exprs, *a), constant(exprs, *b)) {
                (_, Some(constant)) => Test::Beside(*a, constant, orders),
                (Some(constant), None) => Test::Beside(*b, constant, orders.exchanged()),
                (None, None) => Test::Pair(*a, *b, orders),
            })
        }
        Op::In(of, all) => Some(Test::Listed(*of, all, holds)),
        _ => None,
    }
}

fn constant(exprs: &Exprs, id: ExprId) -> Option<&Constant> {
    if let Op::Constant(constant) = &exprs.get(id)?.op { Some(constant) } else { None }
}

fn order(a: &Constant, b: &Constant) -> Option<Ordering> {
    match (a, b) {
        (Constant::Number(a), Constant::Number(b)) | (Constant::Distance(a), Constant::Distance(b)) => {
            a.get().partial_cmp(&b.get())
        }
        _ => (a.ty() == b.ty()).then(|| a.cmp(b)),
    }
}

/// Whether the second condition is what it is said to be wherever the first is.
pub(super) fn implies(exprs: &Exprs, known: (ExprId, bool), asked: (ExprId, bool)) -> bool {
    let tests = test(exprs, known.0, known.1).zip(test(exprs, asked.0, asked.1));
    match tests {
        Some((Test::Pair(a, b, known), Test::Pair(c, d, asked))) => {
            ((a, b) == (c, d) && known.within(asked)) || ((a, b) == (d, c) && known.exchanged().within(asked))
        }
        Some((Test::Beside(a, own, known), Test::Beside(b, other, asked))) if a == b => {
            known.within_beside(own, asked, other)
        }
        Some((Test::Beside(a, own, known), Test::Listed(b, all, is_one))) if a == b => {
            if is_one {
                known == Orders::of(Comparison::Equal, true) && all.contains(own)
            } else {
                all.iter().all(|one| order(one, own).is_some_and(|order| !known.allows(order)))
            }
        }
        Some((Test::Listed(a, all, true), Test::Beside(b, other, asked))) if a == b => {
            all.iter().all(|one| order(one, other).is_some_and(|order| asked.allows(order)))
        }
        Some((Test::Listed(a, all, false), Test::Beside(b, other, asked))) if a == b => {
            asked == Orders::of(Comparison::Equal, false) && all.contains(other)
        }
        Some((Test::Listed(a, known, true), Test::Listed(b, asked, is_one))) if a == b => {
            known.iter().all(|one| asked.contains(one) == is_one)
        }
        Some((Test::Listed(a, known, false), Test::Listed(b, asked, false))) if a == b => {
            asked.iter().all(|one| known.contains(one))
        }
        _ => false,
    }
}
