//! The dictionaries of sets: of columns, of the policy's own constants, and of what may be one or the other.

use std::collections::HashMap;
use std::sync::Arc;

use opportune_plan::{Constant, Element, ExprId};

use super::texts::NO_CODE;
use crate::snapshot::{Dictionary, Elements, SetDictionary};
use crate::value::{Set, Value};

/// By expression: the dictionary of its sets.
#[derive(Default)]
pub(super) struct Sets {
    of: HashMap<ExprId, Arc<SetDictionary>>,
}

impl Sets {
    pub(super) fn of(&self, id: ExprId) -> Arc<SetDictionary> {
        self.of.get(&id).cloned().unwrap_or_default()
    }

    pub(super) fn set(&mut self, id: ExprId, dictionary: Arc<SetDictionary>) {
        self.of.insert(id, dictionary);
    }

    /// An expression takes the dictionary of another.
    pub(super) fn same(&mut self, id: ExprId, as_of: ExprId) {
        if let Some(dictionary) = self.of.get(&as_of).cloned() {
            self.set(id, dictionary);
        }
    }

    /// The code of a constant, in a dictionary of its own.
    pub(super) fn constant(&mut self, id: ExprId, element: Element, all: &[Constant], declared: &[Box<str>]) -> u32 {
        let texts = || all.iter().filter_map(|c| if let Constant::Text(text) = c { Some(text.clone()) } else { None });
        let ints = || all.iter().filter_map(|c| if let Constant::Int(value) = c { Some(*value) } else { None });
        let elements = match element {
            Element::Text => Elements::Texts(Arc::new(Dictionary { values: texts().collect() })),
            Element::Int => Elements::Ints(ints().collect()),
            Element::OneOf(_) | Element::Ordered(_) => {
                Elements::Declared(Arc::new(Dictionary { values: declared.to_vec() }))
            }
        };
        let set: Box<[u32]> = (0..).zip(all).map(|(at, constant)| position(constant).unwrap_or(at)).collect();
        self.set(id, Arc::new(SetDictionary { sets: vec![set], elements }));
        0
    }
}

fn position(constant: &Constant) -> Option<u32> {
    match constant {
        Constant::OneOf(_, at) | Constant::Ordered(_, at) => Some(*at),
        _ => None,
    }
}

/// All sets of both dictionaries, each once.
pub(super) fn union(a: &SetDictionary, b: &SetDictionary) -> SetDictionary {
    let elements = both_elements(&a.elements, &b.elements);
    let mut sets: Vec<Box<[u32]>> = recoded(a, &elements).chain(recoded(b, &elements)).collect();
    sets.sort_unstable();
    sets.dedup();
    SetDictionary { sets, elements }
}

/// The codes of one dictionary in another that holds all its sets.
pub(super) fn recode(from: &SetDictionary, to: &SetDictionary) -> Box<[u32]> {
    let code = |set: Box<[u32]>| to.sets.binary_search(&set).ok().and_then(|at| u32::try_from(at).ok());
    recoded(from, &to.elements).map(|set| code(set).unwrap_or(NO_CODE)).collect()
}

/// The sets of a dictionary with the codes of other elements, which are in the same order.
fn recoded<'a>(sets: &'a SetDictionary, elements: &'a Elements) -> impl Iterator<Item = Box<[u32]>> + 'a {
    let code = move |value: Value<'_>| match (value, elements) {
        (Value::Text(text), Elements::Texts(dictionary)) => dictionary.code(text).unwrap_or(NO_CODE),
        (Value::Int(value), Elements::Ints(all)) => {
            all.binary_search(&value).ok().and_then(|at| u32::try_from(at).ok()).unwrap_or(NO_CODE)
        }
        (Value::Choice(code), _) => code,
        _ => NO_CODE,
    };
    sets.sets.iter().map(move |set| Set::Codes(set, &sets.elements).iter().map(code).collect())
}

fn both_elements(a: &Elements, b: &Elements) -> Elements {
    match (a, b) {
        (Elements::Texts(a), Elements::Texts(b)) => Elements::Texts(Arc::new(super::texts::union(a, b))),
        (Elements::Ints(a), Elements::Ints(b)) => {
            let mut all: Vec<i64> = a.iter().chain(b).copied().collect();
            all.sort_unstable();
            all.dedup();
            Elements::Ints(all)
        }
        // An empty dictionary of another kind stands for no sets at all.
        (a, b) if a.is_empty() => b.clone(),
        (a, _) => a.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[&str], sets: &[&[u32]]) -> SetDictionary {
        let values = values.iter().map(|value| (*value).into()).collect();
        let elements = Elements::Texts(Arc::new(Dictionary { values }));
        SetDictionary { sets: sets.iter().map(|set| (*set).into()).collect(), elements }
    }

    #[test]
    fn equal_sets_of_two_dictionaries_have_one_code() {
        let (a, b) = (texts(&["a", "c"], &[&[], &[0], &[0, 1]]), texts(&["b", "c"], &[&[0, 1], &[]]));
        let both = union(&a, &b);
        assert_eq!(both.sets.len(), 4);
        let (of_a, of_b) = (recode(&a, &both), recode(&b, &both));
        assert_eq!(of_a[0], of_b[1], "the empty set");
        assert!(!of_a.contains(&NO_CODE) && !of_b.contains(&NO_CODE));
        assert!(!of_a.contains(&of_b[0]));
        let shown = |code: u32| Set::Codes(both.get(code), &both.elements).iter().collect::<Vec<_>>();
        assert_eq!(shown(of_a[2]), [Value::Text("a"), Value::Text("c")]);
        assert_eq!(shown(of_b[0]), [Value::Text("b"), Value::Text("c")]);
    }

    #[test]
    fn a_dictionary_without_sets_takes_the_elements_of_the_other() {
        let ints = SetDictionary { sets: vec![[0, 1].into()], elements: Elements::Ints(vec![-1, 7]) };
        let none = texts(&[], &[]);
        assert_eq!(union(&none, &ints), ints);
        assert_eq!(union(&ints, &none), ints);
    }
}
