//! What limits over all customers count apart: keys as texts, an int in decimal.

use std::collections::HashMap;
use std::sync::Arc;

use opportune_plan::{Constant, ExprId, Schema, Type, constant_text};

use super::Source;
use crate::bind::bind_alone;
use crate::kernels::Kernels;
use crate::snapshot::Told;
use crate::vectorised::blocks::Columns;
use crate::vectorised::column::Read;
use crate::vectorised::schedule::schedule;

/// How many customers are evaluated at once.
const BLOCK: usize = 4_096;

/// The value of an offer's field as the key of a resource.
pub fn key_of(schema: &Schema, value: &Constant) -> Arc<str> {
    match value {
        Constant::Text(text) | Constant::Zone(text) => (**text).into(),
        Constant::OneOf(domain, at) | Constant::Ordered(domain, at) => {
            let variant = schema.domain(*domain).and_then(|domain| domain.variants.get(*at as usize));
            variant.map_or_else(|| constant_text(schema, value).into(), |variant| (**variant).into())
        }
        _ => constant_text(schema, value).into(),
    }
}

/// Keys by number.
#[derive(Debug, Default)]
pub struct Keys {
    texts: HashMap<Box<str>, u32>,
    ints: HashMap<i64, u32>,
}

impl Keys {
    /// The number of a text, the old one if it came before.
    pub fn text(&mut self, text: &str) -> u32 {
        if let Some(known) = self.texts.get(text) {
            return *known;
        }
        let next = self.next();
        self.texts.insert(text.into(), next);
        next
    }

    /// The number of an int.
    pub fn int(&mut self, int: i64) -> u32 {
        let next = self.next();
        *self.ints.entry(int).or_insert(next)
    }

    fn next(&self) -> u32 {
        u32::try_from(self.texts.len() + self.ints.len()).unwrap_or(u32::MAX)
    }

    /// The number of what a row tells.
    pub fn told(&mut self, told: Option<Told<'_>>) -> Option<u32> {
        match told? {
            Told::Text(text) => Some(self.text(text)),
            Told::Int(int) => Some(self.int(int)),
            Told::Bool(_) | Told::Number(_) | Told::Set(_) => None,
        }
    }

    /// The number of a resource's key, where a contact has had it.
    pub fn find(&self, key: &str) -> Option<u32> {
        let int = || self.ints.get(&key.parse().ok()?).copied();
        self.texts.get(key).copied().or_else(int)
    }
}

/// By customer: the value of an expression, as a number among the keys; none where it is missing.
pub fn of_customers(source: Source<'_, '_>, expr: ExprId, keys: &mut Keys) -> Vec<Option<u32>> {
    let Source { plan, snapshot, clock, .. } = source;
    let (program, bound) = bind_alone(plan, snapshot, clock, &[expr]);
    let Some(value) = bound.first() else { return Vec::new() };
    let declared = plan.exprs.get(expr).and_then(|node| match node.ty {
        Type::OneOf(domain) | Type::Ordered(domain) => plan.schema.domain(domain),
        _ => None,
    });
    let texts = declared.map_or(&*value.texts.values, |domain| &*domain.variants);
    let codes: Vec<u32> = texts.iter().map(|text| keys.text(text)).collect();
    let (mut columns, kernels) = (Columns::new(&program, schedule(&program, [value.id])), Kernels::best());
    let mut all = Vec::with_capacity(snapshot.customers());
    for index in 0..snapshot.blocks(BLOCK) {
        let block = snapshot.block(index, BLOCK);
        columns.compute(&program, kernels, &block);
        let operand = columns.operand(&program, kernels, &block, value.id);
        all.extend((0..block.len).map(|row| match operand.values {
            _ if !operand.known.bit(row) => None,
            Read::Codes(of) => codes.get(of.get(row) as usize).copied(),
            Read::Int64(ints) => Some(keys.int(ints.get(row))),
            Read::Bits(_) | Read::Float64(_) | Read::Int32(_) => None,
        }));
    }
    all
}
