//! The dictionaries of texts and of the names of zones: of columns, of the policy's own constants, and of what may be one or the other.

use std::sync::Arc;

use opportune_plan::{Constant, ExprId, Op, VerifiedPlan};

use crate::snapshot::Dictionary;
use crate::time::Zone;

/// By expression: the dictionary of its codes.
pub(super) struct Texts {
    of: Vec<Option<Arc<Dictionary>>>,
    constants: Arc<Dictionary>,
    none: Arc<Dictionary>,
}

impl Texts {
    /// Gathers the constants that are values of expressions that are needed.
    pub(super) fn new(plan: &VerifiedPlan, needed: &[bool]) -> Self {
        let mut values: Vec<Box<str>> = Vec::new();
        for ((_, node), needed) in plan.exprs.iter().zip(needed) {
            match &node.op {
                Op::Constant(Constant::Text(text)) if *needed => values.push(text.clone()),
                Op::Constant(Constant::Zone(name)) if *needed => values.push(zone_name(name)),
                _ => {}
            }
        }
        values.sort_unstable();
        values.dedup();
        Self {
            of: vec![None; plan.exprs.len()],
            constants: Arc::new(Dictionary { values }),
            none: Arc::new(Dictionary::default()),
        }
    }

    pub(super) fn of(&self, id: ExprId) -> Arc<Dictionary> {
        Arc::clone(self.of.get(id.0 as usize).and_then(Option::as_ref).unwrap_or(&self.none))
    }

    pub(super) fn set(&mut self, id: ExprId, dictionary: Arc<Dictionary>) {
        if let Some(slot) = self.of.get_mut(id.0 as usize) {
            *slot = Some(dictionary);
        }
    }

    /// An expression takes the dictionary of another.
    pub(super) fn same(&mut self, id: ExprId, as_of: ExprId) {
        let dictionary = self.of.get(as_of.0 as usize).cloned().flatten();
        if let Some(slot) = self.of.get_mut(id.0 as usize) {
            *slot = dictionary;
        }
    }

    /// The code of a constant.
    pub(super) fn constant(&mut self, id: ExprId, text: &str) -> u32 {
        let constants = Arc::clone(&self.constants);
        let code = constants.code(text).unwrap_or(NO_CODE);
        self.set(id, constants);
        code
    }
}

/// A zone's name as the database writes it, which is how columns hold it.
pub(super) fn zone_name(name: &str) -> Box<str> {
    Zone::get(name).map_or_else(|| name.into(), |zone| zone.name().into())
}

/// A code that no dictionary has.
pub(super) const NO_CODE: u32 = u32::MAX;

/// The values of both dictionaries, ascending.
pub(super) fn union(a: &Dictionary, b: &Dictionary) -> Dictionary {
    let mut values: Vec<Box<str>> = a.values.iter().chain(&b.values).cloned().collect();
    values.sort();
    values.dedup();
    Dictionary { values }
}

/// The codes of one dictionary in another that holds all its values.
pub(super) fn recode(from: &Dictionary, to: &Dictionary) -> Box<[u32]> {
    from.values.iter().map(|value| to.code(value).unwrap_or(NO_CODE)).collect()
}
