//! Comparisons, `in` and text predicates as atoms.
//!
//! Few kinds of atoms are left: `a < 5` is not (`a` at least 5), which is the same where `a` is known.

use std::sync::Arc;

use opportune_plan::{Comparison, Constant, ExprId, Stored, Type};

use super::program::{Atom, NodeId, Op};
use super::texts::{NO_CODE, recode, union, zone_name};
use super::{Binder, kind, sets};
use crate::kernels::CodeSet;
use crate::snapshot::SetDictionary;
use crate::value::Set;
use crate::vectorised::column::{Kind, Scalar};

/// Up to so many constants an `in` is the disjunction of equalities.
const FEW: usize = 4;

impl Binder<'_> {
    pub(super) fn compare(&mut self, comparison: Comparison, a: ExprId, b: ExprId) -> NodeId {
        match self.ty(a) {
            Type::Bool => {
                let (a, b) = (self.id(a), self.id(b));
                self.arena.same_truth(a, b)
            }
            Type::Text | Type::Zone => self.equal_texts(a, b),
            Type::Set(_) => self.equal_sets(a, b),
            _ => {
                let (a, b) = (self.id(a), self.id(b));
                self.compare_values(comparison, a, b)
            }
        }
    }

    fn compare_values(&mut self, comparison: Comparison, a: NodeId, b: NodeId) -> NodeId {
        if let Some(constant) = self.arena.scalar(b)
            && self.arena.scalar(a).is_none()
        {
            let beyond = match comparison {
                Comparison::Equal => return self.arena.atom(a, equal(constant)),
                Comparison::Less => self.at_least(a, constant),
                Comparison::LessOrEqual => self.arena.atom(a, greater(constant)),
            };
            return self.arena.not(beyond);
        }
        if let Some(constant) = self.arena.scalar(a)
            && self.arena.scalar(b).is_none()
        {
            return match comparison {
                Comparison::Equal => self.arena.atom(b, equal(constant)),
                Comparison::Less => self.arena.atom(b, greater(constant)),
                Comparison::LessOrEqual => self.at_least(b, constant),
            };
        }
        self.arena.strict(Op::Compare(comparison, a, b), Kind::Bits)
    }

    /// A value at least a constant.
    fn at_least(&mut self, value: NodeId, constant: Scalar) -> NodeId {
        if is_least(constant) {
            let never = self.arena.atom(value, at_least(constant));
            return self.arena.not(never);
        }
        self.arena.atom(value, at_least(constant))
    }

    fn equal_texts(&mut self, a: ExprId, b: ExprId) -> NodeId {
        let (of_a, of_b) = (self.dictionary(a), self.dictionary(b));
        let (id_a, id_b) = (self.id(a), self.id(b));
        let code = |scalar| if let Scalar::Code(code) = scalar { code } else { NO_CODE };
        match (self.arena.scalar(id_a).map(code), self.arena.scalar(id_b).map(code)) {
            (None, Some(constant)) => {
                let found = of_b.get(constant).and_then(|text| of_a.code(text));
                self.arena.atom(id_a, Atom::CodeEqual(found.unwrap_or(NO_CODE)))
            }
            (Some(constant), None) => {
                let found = of_a.get(constant).and_then(|text| of_b.code(text));
                self.arena.atom(id_b, Atom::CodeEqual(found.unwrap_or(NO_CODE)))
            }
            _ => {
                let both = Arc::new(union(&of_a, &of_b));
                let a = self.recoded(id_a, &of_a, &both);
                let b = self.recoded(id_b, &of_b, &both);
                self.arena.strict(Op::Compare(Comparison::Equal, a, b), Kind::Bits)
            }
        }
    }

    /// Two alternatives with codes of one dictionary, where they are texts.
    pub(super) fn one_dictionary(&mut self, id: ExprId, a: ExprId, b: ExprId) -> (NodeId, NodeId) {
        let (bound_a, bound_b) = (self.id(a), self.id(b));
        match self.ty(a) {
            Type::Text | Type::Zone => {}
            Type::Set(_) => return self.one_dictionary_of_sets(id, a, b),
            _ => return (bound_a, bound_b),
        }
        let (of_a, of_b) = (self.dictionary(a), self.dictionary(b));
        let both = if Arc::ptr_eq(&of_a, &of_b) { Arc::clone(&of_a) } else { Arc::new(union(&of_a, &of_b)) };
        self.texts.set(id, Arc::clone(&both));
        (self.recoded(bound_a, &of_a, &both), self.recoded(bound_b, &of_b, &both))
    }

    /// Two values with codes of one dictionary, which comes with them.
    fn in_both(&mut self, a: ExprId, b: ExprId) -> (NodeId, NodeId, Arc<SetDictionary>) {
        let (bound_a, bound_b) = (self.id(a), self.id(b));
        let (of_a, of_b) = (self.sets.of(a), self.sets.of(b));
        if Arc::ptr_eq(&of_a, &of_b) {
            return (bound_a, bound_b, of_a);
        }
        let both = Arc::new(sets::union(&of_a, &of_b));
        let mut recoded = |id: NodeId, from: &SetDictionary| {
            let table = self.arena.recode(sets::recode(from, &both));
            self.arena.strict(Op::Recode(id, table), Kind::Codes)
        };
        (recoded(bound_a, &of_a), recoded(bound_b, &of_b), both)
    }

    fn one_dictionary_of_sets(&mut self, id: ExprId, a: ExprId, b: ExprId) -> (NodeId, NodeId) {
        let (a, b, both) = self.in_both(a, b);
        self.sets.set(id, both);
        (a, b)
    }

    fn equal_sets(&mut self, a: ExprId, b: ExprId) -> NodeId {
        let (a, b, _) = self.in_both(a, b);
        self.compare_values(Comparison::Equal, a, b)
    }

    /// The codes of a value of an event and of one of the customer that is compared with it, in one dictionary.
    pub(super) fn ranked(&mut self, value: ExprId, of: ExprId) -> (NodeId, NodeId) {
        let (bound, bound_of) = (self.id(value), self.id(of));
        if self.ty(value) != Type::Text {
            return (bound, bound_of);
        }
        let (of_value, of_of) = (self.dictionary(value), self.dictionary(of));
        let both = Arc::new(union(&of_value, &of_of));
        (self.recoded(bound, &of_value, &both), self.recoded(bound_of, &of_of, &both))
    }

    fn recoded(
        &mut self,
        id: NodeId,
        from: &Arc<crate::snapshot::Dictionary>,
        to: &crate::snapshot::Dictionary,
    ) -> NodeId {
        if from.values.len() == to.values.len() {
            return id;
        }
        let table = self.arena.recode(recode(from, to));
        self.arena.strict(Op::Recode(id, table), Kind::Codes)
    }

    /// A predicate of a text: once per entry of its dictionary.
    pub(super) fn text_predicate(&mut self, a: ExprId, test: impl Fn(&str) -> bool) -> NodeId {
        let dictionary = self.dictionary(a);
        let set = CodeSet::new(dictionary.values.len(), |code| dictionary.get(code).is_some_and(&test));
        let a = self.id(a);
        self.arena.in_codes(a, set)
    }

    pub(super) fn is_in(&mut self, a: ExprId, constants: &[Constant]) -> NodeId {
        let ty = self.ty(a);
        let bound = self.id(a);
        match ty {
            Type::Text => {
                let among = |text: &str| constants.iter().any(|c| matches!(c, Constant::Text(t) if **t == *text));
                let dictionary = self.dictionary(a);
                let known: Vec<bool> = dictionary.values.iter().map(|value| among(value)).collect();
                let set = CodeSet::new(known.len(), |code| known.get(code as usize).copied().unwrap_or(false));
                self.arena.in_codes(bound, set)
            }
            Type::OneOf(_) | Type::Ordered(_) => {
                let codes: Vec<u32> = constants.iter().filter_map(position).collect();
                let len = codes.iter().max().map_or(0, |code| *code as usize + 1);
                let set = CodeSet::new(len, |code| codes.contains(&code));
                self.arena.in_codes(bound, set)
            }
            Type::Zone => {
                let names: Vec<Box<str>> = constants.iter().filter_map(zone).collect();
                let dictionary = self.dictionary(a);
                let set = CodeSet::new(dictionary.values.len(), |code| {
                    dictionary.get(code).is_some_and(|name| names.iter().any(|other| **other == *name))
                });
                self.arena.in_codes(bound, set)
            }
            Type::Set(_) => {
                let sets = self.sets.of(a);
                let set = CodeSet::new(sets.sets.len(), |code| {
                    let set = Set::Codes(sets.get(code), &sets.elements);
                    constants.iter().any(|c| matches!(c, Constant::Set(_, all) if Set::Constants(all) == set))
                });
                self.arena.in_codes(bound, set)
            }
            Type::Bool => {
                let has = |value| constants.contains(&Constant::Bool(value));
                let not = self.arena.not(bound);
                match (has(true), has(false)) {
                    (true, true) => self.arena.or(&[bound, not]),
                    (false, true) => not,
                    _ => bound,
                }
            }
            _ => self.in_numbers(bound, ty, constants),
        }
    }

    fn in_numbers(&mut self, a: NodeId, ty: Type, constants: &[Constant]) -> NodeId {
        let scalars: Vec<Scalar> = constants.iter().filter_map(number).collect();
        if (1..=FEW).contains(&scalars.len()) {
            let any: Vec<NodeId> = scalars.iter().map(|scalar| self.arena.atom(a, equal(*scalar))).collect();
            return self.arena.or(&any);
        }
        let integers = scalars.iter().filter_map(|scalar| match scalar {
            Scalar::Int64(value) => Some(*value),
            Scalar::Int32(value) => Some(i64::from(*value)),
            _ => None,
        });
        let atom = match kind(ty) {
            Kind::Int64 => Atom::Int64In(self.arena.integer_set(integers.collect())),
            Kind::Int32 => Atom::Int32In(self.arena.integer_set(integers.collect())),
            _ => {
                let bits =
                    scalars.iter().filter_map(|s| if let Scalar::Float64(bits) = s { Some(*bits) } else { None });
                Atom::NumberIn(self.arena.number_set(bits.collect()))
            }
        };
        self.arena.atom(a, atom)
    }
}

fn position(constant: &Constant) -> Option<u32> {
    match constant {
        Constant::OneOf(_, at) | Constant::Ordered(_, at) => Some(*at),
        _ => None,
    }
}

fn zone(constant: &Constant) -> Option<Box<str>> {
    if let Constant::Zone(name) = constant { Some(zone_name(name)) } else { None }
}

fn number(constant: &Constant) -> Option<Scalar> {
    match constant.stored() {
        Stored::Int64(value) => Some(Scalar::Int64(value)),
        Stored::Float64(value) => Some(Scalar::Float64(value.get().to_bits())),
        Stored::Int32(value) => Some(Scalar::Int32(value)),
        _ => None,
    }
}

fn equal(constant: Scalar) -> Atom {
    match constant {
        Scalar::Int64(value) => Atom::Int64Equal(value),
        Scalar::Float64(bits) => Atom::NumberEqual(bits),
        Scalar::Int32(value) => Atom::Int32Equal(value),
        Scalar::Code(code) => Atom::CodeEqual(code),
        Scalar::Bool(_) => Atom::CodeEqual(NO_CODE),
    }
}

fn greater(constant: Scalar) -> Atom {
    match constant {
        Scalar::Int64(value) => Atom::Int64Greater(value),
        Scalar::Float64(bits) => Atom::NumberGreater(bits),
        Scalar::Int32(value) => Atom::Int32Greater(value),
        Scalar::Code(code) => Atom::CodeGreater(code),
        Scalar::Bool(_) => Atom::CodeEqual(NO_CODE),
    }
}

/// At least a constant: of integers, greater than the one before. Nothing is before the least: see [`is_least`].
fn at_least(constant: Scalar) -> Atom {
    match constant {
        Scalar::Int64(value) => value.checked_sub(1).map_or(Atom::Int64Greater(i64::MAX), Atom::Int64Greater),
        Scalar::Float64(bits) => Atom::NumberAtLeast(bits),
        Scalar::Int32(value) => value.checked_sub(1).map_or(Atom::Int32Greater(i32::MAX), Atom::Int32Greater),
        Scalar::Code(code) => code.checked_sub(1).map_or(Atom::CodeGreater(u32::MAX), Atom::CodeGreater),
        Scalar::Bool(_) => Atom::CodeEqual(NO_CODE),
    }
}

/// Whether every value is at least this one, so that [`at_least`] gives an atom that never holds: its negation.
fn is_least(constant: Scalar) -> bool {
    matches!(constant, Scalar::Int64(i64::MIN) | Scalar::Int32(i32::MIN) | Scalar::Code(0))
}
