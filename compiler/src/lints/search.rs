//! Whether formulas can be true together: what all of them say of each term is cut down, and cases are told apart where a
//! formula has several.
//!
//! What must hold: [`impossible`] says yes only where no values of the terms make all formulas true. The work is bounded;
//! what takes more is taken as possible, so that nothing is told that is not sure.

use std::collections::BTreeMap;
use std::rc::Rc;

use opportune_plan::{Exprs, Schema};

use super::formula::Formula;
use super::nested::{self, Nesting};
use super::terms::{Term, universe};
use super::values::{Known, Values};

/// How many cases are told apart within each other at most.
const DEEPEST: usize = 64;

/// A formula that is to be true, or false.
pub(super) type Demand = (Rc<Formula>, bool);

/// Whether no values make all of these so; `steps` says how many may be taken, and then how many are left.
pub(super) fn impossible(exprs: &Exprs, schema: &Schema, demands: Vec<Demand>, steps: &mut usize) -> bool {
    let mut search = Search { exprs, schema, steps: *steps };
    let found = search.fails(BTreeMap::new(), demands, DEEPEST);
    *steps = search.steps;
    found
}

type State = BTreeMap<Term, Values>;

struct Search<'a> {
    exprs: &'a Exprs,
    schema: &'a Schema,
    steps: usize,
}

impl Search<'_> {
    /// Whether the demands cannot be met from a state.
    fn fails(&mut self, mut state: State, mut demands: Vec<Demand>, depth: usize) -> bool {
        let mut choices: Vec<Vec<Demand>> = Vec::new();
        loop {
            while let Some((formula, holds)) = demands.pop() {
                if self.steps == 0 {
                    return false;
                }
                self.steps -= 1;
                match split(&formula, holds) {
                    Split::Met => {}
                    Split::Never => return true,
                    Split::Is(term, values) => {
                        if !self.narrow(&mut state, term, &values) {
                            return true;
                        }
                    }
                    Split::All(all) => demands.extend(all),
                    Split::Any(any) => choices.push(any),
                }
            }
            // A choice with one case left is none.
            let mut settled = false;
            let mut open = Vec::with_capacity(choices.len());
            for mut choice in std::mem::take(&mut choices) {
                choice.retain(|demand| self.may_hold(&state, demand));
                match choice.len() {
                    0 => return true,
                    1 => {
                        settled = true;
                        demands.extend(choice);
                    }
                    _ => open.push(choice),
                }
            }
            choices = open;
            if !settled {
                break;
            }
        }
        if self.nesting_fails(&state) {
            return true;
        }
        let smallest = (0..choices.len()).min_by_key(|at| choices.get(*at).map_or(usize::MAX, Vec::len));
        let Some(smallest) = smallest else { return false };
        let Some(depth) = depth.checked_sub(1) else { return false };
        let choice = choices.swap_remove(smallest);
        choice.into_iter().all(|case| {
            let rest = choices.iter().map(|any| (Rc::new(Formula::Any(any.iter().map(demanded).collect())), true));
            let demands = rest.chain([case]).collect();
            self.fails(state.clone(), demands, depth)
        })
    }

    /// Whether a demand on one term can be met in a state; of others it is not looked at.
    fn may_hold(&self, state: &State, (formula, holds): &Demand) -> bool {
        match split(formula, *holds) {
            Split::Never => false,
            Split::Is(term, values) => {
                let now = state.get(&term).cloned().unwrap_or_else(|| self.start(term));
                !now.and(&values).is_empty()
            }
            _ => true,
        }
    }

    /// Cuts down what a term may be; whether anything is left.
    fn narrow(&self, state: &mut State, term: Term, values: &Values) -> bool {
        let now = state.entry(term).or_insert_with(|| self.start(term));
        *now = now.and(values);
        let (is_there, is_possible) = (!now.missing, !now.is_empty());
        // What is compared is there where the comparison is known.
        let compared = match term {
            Term::Since(value, ..) => [Some(value), None],
            Term::Order(a, b) => [Some(a), Some(b)],
            Term::Value(_) => [None, None],
        };
        is_possible
            && compared.into_iter().flatten().filter(|_| is_there).all(|id| {
                let of_value = self.start(Term::Value(id));
                self.narrow(state, Term::Value(id), &Values { missing: false, ..of_value })
            })
    }

    fn start(&self, term: Term) -> Values {
        let node = |id| self.exprs.get(id);
        match term {
            Term::Value(id) => node(id).map(|node| universe(node, self.schema)),
            Term::Order(a, b) => node(a)
                .zip(node(b))
                .map(|(a, b)| Values { missing: a.partial || b.partial, known: Known::between(-1, 1) }),
            Term::Since(..) => None,
        }
        .unwrap_or(Values { missing: true, known: Known::any() })
    }

    /// Whether counts contradict each other: of the events of a week there are never more than of the month around it.
    fn nesting_fails(&mut self, state: &State) -> bool {
        let counts: Vec<_> = state
            .iter()
            .filter_map(|(term, values)| {
                let Term::Value(id) = term else { return None };
                Some((nested::count(self.exprs, *id)?, nested::bounds(values)?))
            })
            .collect();
        counts.iter().any(|(inner, (least, _))| {
            counts
                .iter()
                .any(|(outer, (_, most))| least > most && nested::nesting(self.exprs, inner, outer) == Nesting::Within)
        })
    }
}

/// What is left of a demand once its outermost part is looked at.
enum Split {
    Met,
    Never,
    Is(Term, Values),
    All(Vec<Demand>),
    Any(Vec<Demand>),
}

fn split(formula: &Formula, holds: bool) -> Split {
    let all = |parts: &[Rc<Formula>]| parts.iter().map(|part| (Rc::clone(part), holds)).collect();
    match (formula, holds) {
        (Formula::Yes, true) | (Formula::No, false) | (Formula::Maybe, _) => Split::Met,
        (Formula::Yes, false) | (Formula::No, true) => Split::Never,
        (Formula::Is(term, values), true) => Split::Is(*term, values.clone()),
        (Formula::Is(term, values), false) => Split::Is(*term, values.others()),
        (Formula::All(parts), true) | (Formula::Any(parts), false) => Split::All(all(parts)),
        (Formula::All(parts), false) | (Formula::Any(parts), true) => Split::Any(all(parts)),
        (Formula::Not(of), holds) => split_not(of, !holds),
    }
}

/// `not not x` is `x`, however many there are.
fn split_not(of: &Rc<Formula>, holds: bool) -> Split {
    let (mut of, mut holds) = (Rc::clone(of), holds);
    loop {
        let inner = match &*of {
            Formula::Not(inner) => Rc::clone(inner),
            other => return split(other, holds),
        };
        of = inner;
        holds = !holds;
    }
}

/// A demand as a formula.
fn demanded((formula, holds): &Demand) -> Rc<Formula> {
    if *holds { Rc::clone(formula) } else { Rc::new(Formula::Not(Rc::clone(formula))) }
}
