//! From values of a customer or an event to the members that they name.

use std::sync::Arc;

use opportune_plan::Type;

use super::members::Members;
use crate::bind::BoundValue;
use crate::snapshot::{Dictionary, Elements};
use crate::vectorised::column::{Operand, Read};

/// Which members the values of a column name.
#[derive(Debug)]
pub enum Naming {
    /// By code: the member of that text, or value of a list.
    Codes(Vec<Option<u32>>),
    /// Ints, looked up among the members.
    Ints(Arc<Members>),
    /// By code: the members in that set.
    Sets(Vec<Box<[u32]>>),
}

impl Naming {
    /// How the values of an expression of this type name members.
    pub fn new(members: &Arc<Members>, ty: Type, value: &BoundValue) -> Self {
        match ty {
            Type::Int => Self::Ints(Arc::clone(members)),
            Type::Set(_) => {
                let of_element = of_elements(members, &value.sets.elements);
                let named = |code: &u32| of_element.get(*code as usize).copied().flatten();
                Self::Sets(value.sets.sets.iter().map(|set| set.iter().filter_map(named).collect()).collect())
            }
            Type::Text => Self::Codes(of_texts(members, &value.texts)),
            // Values of a list have one code everywhere.
            _ => Self::Codes(of_list(members)),
        }
    }

    /// The member that the value of a row names, if it is one value.
    pub fn one(&self, values: Operand<'_>, row: usize) -> Option<u32> {
        if !values.known.bit(row) {
            return None;
        }
        match (self, values.values) {
            (Self::Codes(members), Read::Codes(codes)) => members.get(codes.get(row) as usize).copied().flatten(),
            (Self::Ints(members), Read::Int64(values)) => members.of_int(values.get(row)),
            _ => None,
        }
    }

    /// Adds the members that the value of a row names.
    pub fn all(&self, values: Operand<'_>, row: usize, out: &mut Vec<u32>) {
        match (self, values.values) {
            (Self::Sets(sets), Read::Codes(codes)) => {
                let code = values.known.bit(row).then(|| codes.get(row) as usize);
                out.extend(code.and_then(|code| sets.get(code)).into_iter().flatten());
            }
            _ => out.extend(self.one(values, row)),
        }
    }
}

fn of_texts(members: &Members, texts: &Dictionary) -> Vec<Option<u32>> {
    let Some(own) = members.dictionary() else { return Vec::new() };
    texts.values.iter().map(|text| members.of_code(own.code(text)?)).collect()
}

fn of_list(members: &Members) -> Vec<Option<u32>> {
    let codes = members.dictionary().map_or(0, |list| list.values.len());
    (0..).take(codes).map(|code| members.of_code(code)).collect()
}

fn of_elements(members: &Members, elements: &Elements) -> Vec<Option<u32>> {
    match elements {
        Elements::Texts(texts) => of_texts(members, texts),
        Elements::Ints(values) => values.iter().map(|value| members.of_int(*value)).collect(),
        Elements::Declared(_) => of_list(members),
    }
}
