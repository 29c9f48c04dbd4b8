//! Functions of values: with what the codes of their arguments stand for, computed once where one code decides.

use std::sync::Arc;

use opportune_plan::{Builtin, Constant, ExprId, Type};

use super::program::{NodeId, Op};
use super::{Binder, kind};
use crate::snapshot::{Dictionary, SetDictionary};
use crate::time::{Calendar, Zone};
use crate::value::{Set, Value};
use crate::vectorised::column::Scalar;

/// The zones of a dictionary by code; none where an entry names none.
pub type Calendars = Arc<[Option<Calendar>]>;

/// A function of values over columns.
#[derive(Debug)]
pub struct Call {
    /// The function.
    pub builtin: Builtin,
    /// How its arguments are read.
    pub parameters: Vec<Parameter>,
    /// Whether it can be missing where its arguments are there.
    pub is_partial: bool,
}

/// How an argument is read.
#[derive(Clone, Debug)]
pub enum Parameter {
    /// A value that needs nothing beside itself.
    Plain(Type),
    /// A text by its code.
    Text(Arc<Dictionary>),
    /// A zone by its code.
    Zone(Calendars),
    /// A set by its code.
    Set(Arc<SetDictionary>),
}

impl Parameter {
    /// A scalar as the value that it stands for.
    pub fn value(&self, scalar: Scalar) -> Option<Value<'_>> {
        match (self, scalar) {
            (Self::Plain(_), Scalar::Bool(value)) => Some(Value::Bool(value)),
            (Self::Plain(ty), Scalar::Int64(value)) => Value::of_int(*ty, value),
            (Self::Plain(ty), Scalar::Float64(bits)) => Value::of_f64(*ty, f64::from_bits(bits)),
            (Self::Plain(_), Scalar::Int32(days)) => Some(Value::Date(days)),
            (Self::Plain(_), Scalar::Code(code)) => Some(Value::Choice(code)),
            (Self::Text(dictionary), Scalar::Code(code)) => dictionary.get(code).map(Value::Text),
            (Self::Zone(zones), Scalar::Code(code)) => {
                zones.get(code as usize)?.as_ref().map(|calendar| Value::Zone(calendar.zone()))
            }
            (Self::Set(sets), Scalar::Code(code)) => Some(Value::Set(Set::Codes(sets.get(code), &sets.elements))),
            _ => None,
        }
    }

    /// How many codes there are, of what is told by one.
    fn codes(&self) -> Option<usize> {
        match self {
            Self::Plain(_) => None,
            Self::Text(dictionary) => Some(dictionary.values.len()),
            Self::Zone(zones) => Some(zones.len()),
            Self::Set(sets) => Some(sets.sets.len()),
        }
    }
}

impl Binder<'_> {
    /// A function of values.
    pub(super) fn call(&mut self, builtin: Builtin, arguments: &[ExprId], node: &opportune_plan::Node) -> NodeId {
        if let (Builtin::Has, [set, value]) = (builtin, arguments)
            && let Some(elements) = self.elements(*set)
        {
            return self.is_in(*value, &elements);
        }
        let parameters: Vec<Parameter> = arguments.iter().map(|id| self.parameter(*id)).collect();
        let bound = self.ids(arguments);
        let codes = bound.iter().zip(&parameters).filter_map(|(id, parameter)| Some((*id, parameter.codes()?)));
        let codes: Vec<(NodeId, usize)> = codes.collect();
        let call = self.arena.call(Call { builtin, parameters, is_partial: node.partial });
        self.arena.of_code(Op::Call(call, bound.into()), kind(node.ty), &codes)
    }

    /// How the value of an expression is read.
    pub(super) fn parameter(&mut self, id: ExprId) -> Parameter {
        match self.ty(id) {
            Type::Text => Parameter::Text(self.dictionary(id)),
            Type::Zone => Parameter::Zone(self.zones(id)),
            Type::Set(_) => Parameter::Set(self.sets.of(id)),
            ty => Parameter::Plain(ty),
        }
    }

    /// The zones of an expression, by code.
    pub(super) fn zones(&mut self, id: ExprId) -> Calendars {
        let dictionary = self.dictionary(id);
        let found = self.zones.iter().find(|(of, _)| Arc::ptr_eq(of, &dictionary));
        if let Some((_, zones)) = found {
            return Arc::clone(zones);
        }
        let zones = dictionary.values.iter().map(|name| Zone::get(name).map(Calendar::new));
        let zones: Calendars = zones.collect();
        self.zones.push((dictionary, Arc::clone(&zones)));
        zones
    }

    /// The elements of a set that is written in the policy.
    fn elements(&self, id: ExprId) -> Option<Box<[Constant]>> {
        match &self.plan.exprs.node(id).op {
            opportune_plan::Op::Constant(Constant::Set(_, all)) => Some(all.clone()),
            _ => None,
        }
    }
}
