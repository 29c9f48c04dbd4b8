//! What decisions need beside masks and scores: facts, filters of histories, buckets.

use std::sync::Arc;

use opportune_plan::{ExprId, History, Schema, Scope, TableKind, Type};

use super::program::{Bucket, Fact, Filtered, NodeId, Op};
use super::{Binder, BoundValue, kind};
use crate::draw::{Draw, Key};
use crate::snapshot::{Column, Dictionary, Values};
use crate::vectorised::column::{Kind, Scalar, kind_of};

impl BoundValue {
    /// A column of a type without rows, with the dictionary of the bound values.
    pub fn like(&self, schema: &Schema, ty: Type) -> Column {
        let mut column = Column::missing(schema, ty, 0);
        match (&mut column.values, ty) {
            (Values::Codes(_, dictionary), Type::Text | Type::Zone) => *dictionary = Arc::clone(&self.texts),
            (Values::Sets(_, dictionary), _) => *dictionary = Arc::clone(&self.sets),
            _ => {}
        }
        column
    }
}

impl Binder<'_> {
    pub(super) fn fact(&mut self, id: ExprId) -> Fact {
        let bound = self.value(id);
        Fact { value: bound.id, like: bound.like(&self.plan.schema, self.ty(id)) }
    }

    pub(super) fn history(&mut self, history: &History) -> Option<Filtered> {
        let filter = history.filter.map(|filter| self.id(filter))?;
        Some(Filtered { events: history.events, filter })
    }

    /// The buckets of the customers by their keys; one for all in a snapshot that has no keys.
    pub(super) fn bucket(&mut self, salt: &str, layer: &str) -> NodeId {
        let mut draw = Draw::new(&[salt, layer]);
        let customers = Schema::CUSTOMER;
        let key = match self.plan.schema.table(customers).map(|table| &table.kind) {
            Some(TableKind::Customer { key, .. }) => Some(*key),
            _ => None,
        };
        let field = key.and_then(|key| self.plan.schema.field(customers, key));
        let column =
            key.and_then(|key| self.snapshot.table(customers).and_then(|table| table.columns.get(key.0 as usize)));
        let (Some(key), Some(field), Some(column)) = (key, field, column) else {
            return self.arena.constant(Scalar::Int64(draw.bucket(Key::Text(""))));
        };
        let (key_kind, scope) = (kind(field.ty), Scope::Row(customers));
        if kind_of(column) != key_kind {
            return self.arena.constant(Scalar::Int64(draw.bucket(Key::Text(""))));
        }
        let keys = match &column.values {
            Values::Codes(_, dictionary) => Arc::clone(dictionary),
            _ => Arc::new(Dictionary::default()),
        };
        let key = self.arena.push(Op::Column(customers, key), key_kind, scope);
        let bucket = self.arena.bucket(Bucket { draw, keys });
        self.arena.push(Op::Bucket(key, bucket), Kind::Int64, scope)
    }
}
