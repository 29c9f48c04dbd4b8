//! Columns of sets: codes into a dictionary of the distinct ones.

use std::collections::BTreeSet;
use std::sync::Arc;

use opportune_plan::{Constant, Element};
use opportune_runtime::snapshot::{Dictionary, Elements, SetDictionary, Values};

use crate::generate::schema::dictionary;

pub fn values(element: Element, sets: &[Option<Vec<Constant>>]) -> Values {
    let all: BTreeSet<&Constant> = sets.iter().flatten().flatten().collect();
    let all: Vec<&Constant> = all.into_iter().collect();
    let code = |constant: &Constant| match constant {
        Constant::OneOf(_, at) | Constant::Ordered(_, at) => *at,
        constant => all.binary_search(&constant).expect("one of them") as u32,
    };
    let coded = |set: &Vec<Constant>| set.iter().map(code).collect::<Box<[u32]>>();
    let distinct: BTreeSet<Box<[u32]>> = sets.iter().flatten().map(coded).collect();
    let distinct: Vec<Box<[u32]>> = distinct.into_iter().collect();
    let of = |set: &Option<Vec<Constant>>| {
        set.as_ref().map_or(0, |set| distinct.binary_search(&coded(set)).expect("one of them") as u32)
    };
    let codes = sets.iter().map(of).collect();
    let elements = match element {
        Element::Text => Elements::Texts(Arc::new(Dictionary { values: all.iter().filter_map(|c| text(c)).collect() })),
        Element::Int => Elements::Ints(all.iter().filter_map(|c| int(c)).collect()),
        Element::OneOf(domain) | Element::Ordered(domain) => Elements::Declared(dictionary(domain)),
    };
    Values::Sets(codes, Arc::new(SetDictionary { sets: distinct, elements }))
}

fn text(constant: &Constant) -> Option<Box<str>> {
    if let Constant::Text(text) = constant { Some(text.clone()) } else { None }
}

fn int(constant: &Constant) -> Option<i64> {
    if let Constant::Int(int) = constant { Some(*int) } else { None }
}
