//! What the interpreter finds by name: rows of lookup tables by their keys, and zones.

use std::cmp::Ordering;
use std::collections::HashMap;

use opportune_plan::{Constant, Family, Op, Schema, TableId, TableKind, Type, VerifiedPlan};

use super::row::World;
use crate::snapshot::{Table, Values};
use crate::time::Zones;
use crate::value::Value;

/// By lookup table: the row of each key. Of several rows with one key, the first.
#[derive(Debug, Default)]
pub struct Keys<'d>(HashMap<TableId, HashMap<Value<'d>, usize>>);

impl<'d> Keys<'d> {
    /// Those of the tables that the plan looks up.
    pub fn new(plan: &VerifiedPlan, tables: &'d [Table], zones: &'d Zones) -> Self {
        let mut keys = Self::default();
        for (_, node) in plan.exprs.iter() {
            if let Op::Lookup { table, .. } = node.op {
                keys.0.entry(table).or_insert_with(|| rows_by_key(&plan.schema, table, tables, zones));
            }
        }
        keys
    }

    /// The row of a key.
    pub fn row(&self, table: TableId, key: Value<'d>) -> Option<usize> {
        self.0.get(&table)?.get(&key).copied()
    }
}

fn rows_by_key<'d>(
    schema: &Schema,
    table: TableId,
    tables: &'d [Table],
    zones: &'d Zones,
) -> HashMap<Value<'d>, usize> {
    let mut found = HashMap::new();
    let declared = schema.table(table);
    let key = declared
        .and_then(|declared| declared.key())
        .filter(|_| declared.is_some_and(|declared| matches!(declared.kind, TableKind::Lookup { .. })));
    let rows = tables.get(table.0 as usize);
    let column = key.and_then(|key| rows?.columns.get(key.0 as usize));
    let ty = key.and_then(|key| schema.field(table, key)).map(|field| field.ty);
    if let (Some(rows), Some(column), Some(ty)) = (rows, column, ty) {
        for row in 0..rows.rows {
            if let Some(value) = Value::read(ty, column, row, zones) {
                found.entry(value).or_insert(row);
            }
        }
    }
    found
}

/// Resolves the zones that are written in the plan.
pub fn learn_from_plan(zones: &mut Zones, plan: &VerifiedPlan) {
    for (_, node) in plan.exprs.iter() {
        match &node.op {
            Op::Constant(Constant::Zone(name)) => zones.learn(name),
            Op::In(_, all) => {
                let names = all.iter().filter_map(|of| if let Constant::Zone(name) = of { Some(name) } else { None });
                names.for_each(|name| zones.learn(name));
            }
            _ => {}
        }
    }
}

/// Resolves the zones that are in the data.
pub fn learn_from_data(zones: &mut Zones, schema: &Schema, tables: &[Table]) {
    for (declared, table) in schema.tables.iter().zip(tables) {
        for (field, column) in declared.fields.iter().zip(&table.columns) {
            if let (Type::Zone, Values::Codes(_, dictionary)) = (field.ty, &column.values) {
                dictionary.values.iter().for_each(|name| zones.learn(name));
            }
        }
    }
}

impl<'a: 'd, 'd> World<'a, 'd> {
    /// The members of a family: the distinct values that are there, ascending.
    pub fn members(&self, family: Family) -> Vec<Value<'d>> {
        let ty = self.plan.schema.field(family.table, family.field).map(|field| field.ty);
        let rows = self.tables.get(family.table.0 as usize);
        let column = rows.and_then(|rows| rows.columns.get(family.field.0 as usize));
        let (Some(ty), Some(rows), Some(column)) = (ty, rows, column) else { return Vec::new() };
        let mut members: Vec<_> = (0..rows.rows).filter_map(|row| Value::read(ty, column, row, self.zones)).collect();
        members.sort_by(|a, b| a.compare(*b).unwrap_or(Ordering::Equal));
        members.dedup();
        members
    }
}
