//! When a condition is definitely true, and when definitely false, as plain two-valued formulas over what its terms may
//! be.
//!
//! A term is what conditions compare: a field, an aggregate, anything that is no `and`, `or`, `else`. Terms are taken as
//! independent of each other. What must hold: whatever a customer's data is, a formula is true of the values of its terms
//! where the condition is what the formula says. So where no values make a formula true, no customer does.

use std::collections::HashMap;
use std::rc::Rc;

use opportune_plan::{Arithmetic, Builtin, Comparison, Constant, ExprId, Exprs, Node, Op, Schema, Type};

use super::terms::{Term, universe};
use super::values::{Known, Values, double_at, position};

/// A two-valued statement about terms.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Formula {
    /// Always.
    Yes,
    /// Never.
    No,
    /// Nothing is known of it, nor of its opposite.
    Maybe,
    /// The term is one of these.
    Is(Term, Values),
    /// All of them.
    All(Vec<Rc<Self>>),
    /// At least one of them.
    Any(Vec<Rc<Self>>),
    /// The opposite.
    Not(Rc<Self>),
}

/// Whole numbers up to this are doubles without loss.
const EXACT: i128 = 1 << 53;
/// How deep a condition is looked into; of what lies deeper nothing is known.
const DEEPEST: usize = 200;

/// Formulas of the conditions of an arena.
pub(super) struct Formulas<'a> {
    exprs: &'a Exprs,
    schema: &'a Schema,
    /// What was found already, by condition and by what it is to be.
    found: HashMap<(ExprId, bool), Rc<Formula>>,
    depth: usize,
}

impl<'a> Formulas<'a> {
    /// None yet.
    pub(super) fn new(exprs: &'a Exprs, schema: &'a Schema) -> Self {
        Self { exprs, schema, found: HashMap::new(), depth: 0 }
    }

    /// When a condition is definitely what `holds` says.
    pub(super) fn definitely(&mut self, id: ExprId, holds: bool) -> Rc<Formula> {
        if let Some(found) = self.found.get(&(id, holds)) {
            return Rc::clone(found);
        }
        if self.depth >= DEEPEST {
            return Rc::new(Formula::Maybe);
        }
        self.depth += 1;
        let found = Rc::new(self.of_condition(id, holds));
        self.depth -= 1;
        self.found.insert((id, holds), Rc::clone(&found));
        found
    }

    fn node(&self, id: ExprId) -> Option<&'a Node> {
        self.exprs.get(id)
    }

    fn of_condition(&mut self, id: ExprId, holds: bool) -> Formula {
        let Some(node) = self.node(id) else { return Formula::Maybe };
        match &node.op {
            Op::Constant(Constant::Bool(value)) => decided(*value == holds),
            Op::Missing(_) => Formula::No,
            Op::Not(of) => (*self.definitely(*of, !holds)).clone(),
            Op::And(all) => self.connective(all, holds, holds),
            Op::Or(all) => self.connective(all, holds, !holds),
            Op::IsMissing(of) => signed(self.missing(*of), holds),
            Op::IsTrue(of) => signed((*self.definitely(*of, true)).clone(), holds),
            Op::Compare(comparison, a, b) => self.compare(*comparison, *a, *b, holds),
            Op::In(of, constants) => match Known::of(constants) {
                Some(set) => self.within(*of, &if holds { set } else { set.others() }),
                None => self.opaque(id, node, holds),
            },
            Op::Else(a, b) => {
                let first = self.definitely(*a, holds);
                let second = self.definitely(*b, holds);
                either(vec![first, both(vec![Rc::new(self.missing(*a)), second])])
            }
            Op::If(when, a, b) => {
                let (is, is_not) = (self.definitely(*when, true), self.definitely(*when, false));
                let (a, b) = (self.definitely(*a, holds), self.definitely(*b, holds));
                either(vec![both(vec![is, a]), both(vec![is_not, b])])
            }
            _ => self.opaque(id, node, holds),
        }
    }

    /// `and` that is true or `or` that is false takes all, the others take one.
    fn connective(&mut self, all: &[ExprId], holds: bool, takes_all: bool) -> Formula {
        let parts = all.iter().map(|part| self.definitely(*part, holds)).collect();
        if takes_all { Formula::All(parts) } else { Formula::Any(parts) }
    }

    /// A condition that is a term of its own.
    fn opaque(&self, id: ExprId, node: &Node, holds: bool) -> Formula {
        let place = i128::from(holds);
        is_among(id, universe(node, self.schema), &Known::between(place, place))
    }

    /// When a value is missing; a condition: unknown.
    pub(super) fn missing(&mut self, id: ExprId) -> Formula {
        let Some(node) = self.node(id) else { return Formula::Maybe };
        if !node.partial {
            return Formula::No;
        }
        if self.depth >= DEEPEST {
            return Formula::Maybe;
        }
        self.depth += 1;
        let found = match &node.op {
            Op::Missing(_) => Formula::Yes,
            Op::ToNumber(of) => self.missing(*of),
            Op::Else(a, b) => both_of(self.missing(*a), self.missing(*b)),
            Op::If(when, a, b) => {
                let (is, is_not) = (self.definitely(*when, true), self.definitely(*when, false));
                either(vec![
                    both(vec![is, Rc::new(self.missing(*a))]),
                    both(vec![is_not, Rc::new(self.missing(*b))]),
                    Rc::new(self.missing(*when)),
                ])
            }
            _ if node.ty == Type::Bool => {
                let (is, is_not) = (self.definitely(id, true), self.definitely(id, false));
                both_of(Formula::Not(is), Formula::Not(is_not))
            }
            _ => {
                let all = universe(node, self.schema);
                Formula::Is(Term::Value(id), Values::missing_like(&all.known))
            }
        };
        self.depth -= 1;
        found
    }

    /// When a value is there and one of these.
    fn within(&mut self, id: ExprId, set: &Known) -> Formula {
        let Some(node) = self.node(id) else { return Formula::Maybe };
        if self.depth >= DEEPEST {
            return Formula::Maybe;
        }
        self.depth += 1;
        let found = match &node.op {
            Op::Constant(constant) => match Known::of(std::slice::from_ref(constant)) {
                Some(one) => decided(!one.and(set).is_empty()),
                None => Formula::Maybe,
            },
            Op::Missing(_) => Formula::No,
            // Nothing is left of a value less itself.
            Op::Arithmetic(Arithmetic::Subtract, a, b) if a == b => {
                both_of(Formula::Not(Rc::new(self.missing(id))), decided(!set.and(&Known::between(0, 0)).is_empty()))
            }
            Op::Else(a, b) => {
                let second = both_of(self.missing(*a), self.within(*b, set));
                either(vec![Rc::new(self.within(*a, set)), Rc::new(second)])
            }
            Op::If(when, a, b) => {
                let (is, is_not) = (self.definitely(*when, true), self.definitely(*when, false));
                either(vec![
                    both(vec![is, Rc::new(self.within(*a, set))]),
                    both(vec![is_not, Rc::new(self.within(*b, set))]),
                ])
            }
            Op::ToNumber(of) => match whole(set) {
                Some(ints) => self.within(*of, &ints),
                None => is_among(id, universe(node, self.schema), set),
            },
            _ if node.ty == Type::Bool => {
                let truth = |value: i128| !Known::between(value, value).and(set).is_empty();
                let one = |this: &mut Self, value| this.definitely(id, value);
                match (truth(0), truth(1)) {
                    (true, true) => both_of(Formula::Not(Rc::new(self.missing(id))), Formula::Yes),
                    (true, false) => (*one(self, false)).clone(),
                    (false, true) => (*one(self, true)).clone(),
                    (false, false) => Formula::No,
                }
            }
            _ => is_among(id, universe(node, self.schema), set),
        };
        self.depth -= 1;
        found
    }

    fn compare(&mut self, comparison: Comparison, a: ExprId, b: ExprId, holds: bool) -> Formula {
        let (Some(first), Some(second)) = (self.node(a), self.node(b)) else { return Formula::Maybe };
        if a == b {
            return if holds == (comparison != Comparison::Less) {
                Formula::Not(Rc::new(self.missing(a)))
            } else {
                Formula::No
            };
        }
        if let Op::Constant(constant) = &second.op {
            return match beside(comparison, constant, false) {
                Some(set) => self.within(a, &if holds { set } else { set.others() }),
                None => Formula::Maybe,
            };
        }
        if let Op::Constant(constant) = &first.op {
            return match beside(comparison, constant, true) {
                Some(set) => self.within(b, &if holds { set } else { set.others() }),
                None => Formula::Maybe,
            };
        }
        if let Some(found) = self.by_cases(comparison, (a, first), (b, second), holds) {
            return found;
        }
        if let Some(found) = anchored(self.exprs, comparison, a, b) {
            let (term, set) = found;
            return Formula::Is(term, Values::known(if holds { set } else { set.others() }));
        }
        self.pair(comparison, (a, first), (b, second), holds)
    }

    /// A comparison with `x else y` or `if w then x else y` is one of two.
    fn by_cases(
        &mut self,
        comparison: Comparison,
        (a, first): (ExprId, &Node),
        (b, second): (ExprId, &Node),
        holds: bool,
    ) -> Option<Formula> {
        // Each case is looked at for both sides: that deep no more.
        if self.depth + 8 >= DEEPEST {
            return None;
        }
        // A moment that counts from `now` is one value, though it has an `else` for where the calendar ends.
        let is_plain = |id: ExprId| anchor(self.exprs, id).is_none();
        let cases = match (&first.op, &second.op) {
            (Op::Else(x, y), _) if is_plain(a) => (Case::Missing(*x), (*x, b), (*y, b)),
            (_, Op::Else(x, y)) if is_plain(b) => (Case::Missing(*x), (a, *x), (a, *y)),
            (Op::If(when, x, y), _) => (Case::If(*when), (*x, b), (*y, b)),
            (_, Op::If(when, x, y)) => (Case::If(*when), (a, *x), (a, *y)),
            _ => return None,
        };
        self.depth += 8;
        let (case, one, other) = cases;
        let one = Rc::new(self.compare(comparison, one.0, one.1, holds));
        let other = Rc::new(self.compare(comparison, other.0, other.1, holds));
        let found = match case {
            Case::Missing(x) => either(vec![one, both(vec![Rc::new(self.missing(x)), other])]),
            Case::If(when) => {
                let (is, is_not) = (self.definitely(when, true), self.definitely(when, false));
                either(vec![both(vec![is, one]), both(vec![is_not, other])])
            }
        };
        self.depth -= 8;
        Some(found)
    }

    /// Two values that both depend on the customer: which of them is greater is a term of its own.
    fn pair(
        &self,
        comparison: Comparison,
        (a, first): (ExprId, &Node),
        (b, second): (ExprId, &Node),
        holds: bool,
    ) -> Formula {
        let zero = match comparison {
            Comparison::Equal => Known::between(0, 0),
            Comparison::Less => Known::between(-1, -1),
            Comparison::LessOrEqual => Known::between(-1, 0),
        };
        let set = if holds { zero } else { zero.others() };
        let (term, set) = if a < b { (Term::Order(a, b), set) } else { (Term::Order(b, a), turned(&set)) };
        let all = Values { missing: first.partial || second.partial, known: Known::between(-1, 1) };
        Formula::Is(term, Values::known(set).and(&Values { missing: false, ..all }))
    }
}

enum Case {
    Missing(ExprId),
    If(ExprId),
}

/// -1 for 1 and the other way round.
fn turned(set: &Known) -> Known {
    let has = |value: i128| !Known::between(value, value).and(set).is_empty();
    let mut ranges = Vec::new();
    for value in [-1, 0, 1] {
        if has(-value) {
            ranges.push((value, value));
        }
    }
    Known::Ranges(ranges)
}

fn decided(holds: bool) -> Formula {
    if holds { Formula::Yes } else { Formula::No }
}

fn signed(formula: Formula, holds: bool) -> Formula {
    if holds { formula } else { Formula::Not(Rc::new(formula)) }
}

fn either(all: Vec<Rc<Formula>>) -> Formula {
    Formula::Any(all)
}

fn both(all: Vec<Rc<Formula>>) -> Rc<Formula> {
    Rc::new(Formula::All(all))
}

fn both_of(a: Formula, b: Formula) -> Formula {
    Formula::All(vec![Rc::new(a), Rc::new(b)])
}

/// The term is there and one of these, as far as it can be one of these at all.
fn is_among(id: ExprId, all: Values, set: &Known) -> Formula {
    let left = all.known.and(set);
    if left.is_empty() {
        return Formula::No;
    }
    if !all.missing && all.known.and(&set.others()).is_empty() {
        return Formula::Yes;
    }
    Formula::Is(Term::Value(id), Values::known(left))
}

/// What stands in such an order to a constant: before it (`x < 5`), or behind it (`5 < x`).
fn beside(comparison: Comparison, constant: &Constant, behind: bool) -> Option<Known> {
    let Some(at) = position(constant) else {
        return (comparison == Comparison::Equal).then(|| Known::of(std::slice::from_ref(constant))).flatten();
    };
    Some(match (comparison, behind) {
        (Comparison::Equal, _) => Known::between(at, at),
        (Comparison::Less, false) => Known::below(at),
        (Comparison::LessOrEqual, false) => Known::at_most(at),
        (Comparison::Less, true) => Known::above(at),
        (Comparison::LessOrEqual, true) => Known::at_least(at),
    })
}

/// The whole numbers whose doubles are in a set; `None` where some of them are no doubles.
fn whole(set: &Known) -> Option<Known> {
    let Known::Ranges(ranges) = set else { return None };
    let end = |place: i128, up: bool| {
        if place == i128::MIN || place == i128::MAX {
            return Some(place);
        }
        let value = double_at(place)?;
        let value = if up { value.ceil() } else { value.floor() };
        let int = value as i128;
        (int.abs() <= EXACT).then_some(int)
    };
    let ends = ranges.iter().map(|(first, last)| Some((end(*first, true)?, end(*last, false)?)));
    let mut found: Vec<(i128, i128)> = ends.collect::<Option<_>>()?;
    found.retain(|(first, last)| first <= last);
    let mut joined: Vec<(i128, i128)> = Vec::new();
    for (first, last) in found {
        match joined.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = (*end).max(last),
            _ => joined.push((first, last)),
        }
    }
    Some(Known::Ranges(joined))
}

/// A moment so much later than `now` or `today`: which of the two, in which kind of length, how much.
fn anchor(exprs: &Exprs, id: ExprId) -> Option<(ExprId, Kind, i128)> {
    let op = |id: ExprId| exprs.get(id).map(|node| &node.op);
    let length = |id: &ExprId| match op(*id)? {
        Op::Constant(Constant::Days(days)) => Some((Kind::Days, i128::from(*days))),
        Op::Constant(Constant::Months(months)) => Some((Kind::Months, i128::from(*months))),
        Op::Constant(Constant::Duration(micros)) => Some((Kind::Micros, i128::from(*micros))),
        _ => None,
    };
    let is_present = |id: ExprId| match op(id) {
        Some(Op::Now | Op::Call(Builtin::Today, _)) => Some(id),
        // Seen from an event it is the same moment.
        Some(Op::OfCustomer { value, .. }) if matches!(op(*value), Some(Op::Now | Op::Call(Builtin::Today, _))) => {
            Some(*value)
        }
        _ => None,
    };
    let (base, (kind, by)) = match op(id)? {
        Op::Call(Builtin::Shift, arguments) => (*arguments.first()?, length(arguments.get(1)?)?),
        Op::Arithmetic(Arithmetic::Add, a, b) => (*a, length(b)?),
        Op::Arithmetic(Arithmetic::Subtract, a, b) => {
            let (kind, by) = length(b)?;
            (*a, (kind, -by))
        }
        // Before all time, where the calendar ends.
        Op::Else(moment, first) if matches!(op(*first), Some(Op::Constant(_))) => return anchor(exprs, *moment),
        _ => return None,
    };
    (by.abs() <= kind.most()).then_some((is_present(base)?, kind, by))
}

/// A kind of length. Lengths of one kind keep their order whatever they are counted from; those of two need not.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) enum Kind {
    /// Exact lengths.
    Micros,
    /// Calendar days.
    Days,
    /// Calendar months.
    Months,
}

impl Kind {
    /// A thousand years: as far from `now` as that, no calendar ends.
    fn most(self) -> i128 {
        match self {
            Self::Micros => 365_000 * 86_400 * 1_000_000,
            Self::Days => 365_000,
            Self::Months => 12_000,
        }
    }
}

/// A comparison with a moment that counts from `now` or `today`, as one of how much later the other value is. The same
/// length of time lies on the edge: a value at the very moment is at its place, one between two moments between two places.
/// So places are doubled, with room between them.
fn anchored(exprs: &Exprs, comparison: Comparison, a: ExprId, b: ExprId) -> Option<(Term, Known)> {
    let (value, (base, kind, by), behind) = match (anchor(exprs, a), anchor(exprs, b)) {
        (None, Some(anchor)) => (a, anchor, false),
        (Some(anchor), None) => (b, anchor, true),
        _ => return None,
    };
    let at = by * 2;
    let set = match (comparison, behind) {
        (Comparison::Equal, _) => Known::between(at, at),
        (Comparison::Less, false) => Known::below(at),
        (Comparison::LessOrEqual, false) => Known::at_most(at),
        (Comparison::Less, true) => Known::above(at),
        (Comparison::LessOrEqual, true) => Known::at_least(at),
    };
    Some((Term::Since(value, base, kind), set))
}
