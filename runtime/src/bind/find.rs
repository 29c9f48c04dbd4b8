//! From keys to the rows of a lookup table: `product("123").department`.

use std::collections::HashMap;

use opportune_plan::{ExprId, Table, TableId};

use super::Binder;
use super::program::{NodeId, Op};
use crate::snapshot::{Column, Dictionary, NO_ROW, Values};
use crate::vectorised::column::Kind;

/// Which row of a lookup table has which key.
#[derive(Debug)]
pub enum Find {
    /// By int.
    Ints(HashMap<i64, u32>),
    /// By the code of the key's own dictionary; [`NO_ROW`] where no row has it.
    Codes(Box<[u32]>),
}

impl Find {
    /// The index of a key column for keys of a dictionary.
    fn new(column: &Column, keys: &Dictionary) -> Self {
        match &column.values {
            Values::Codes(codes, dictionary) => {
                let mut row_of = vec![NO_ROW; dictionary.values.len()];
                // Of rows with one key, the first.
                for (row, code) in (0..).zip(codes) {
                    if let Some(slot) = row_of.get_mut(*code as usize).filter(|row| **row == NO_ROW) {
                        *slot = row;
                    }
                }
                let row = |text: &str| dictionary.code(text).and_then(|code| row_of.get(code as usize).copied());
                Self::Codes(keys.values.iter().map(|text| row(text).unwrap_or(NO_ROW)).collect())
            }
            Values::Int64(values) => {
                let mut rows = HashMap::with_capacity(values.len());
                for (row, value) in (0..).zip(values) {
                    rows.entry(*value).or_insert(row);
                }
                Self::Ints(rows)
            }
            _ => Self::Codes(Box::default()),
        }
    }

    /// The row of a code.
    pub fn of_code(&self, code: u32) -> Option<u32> {
        match self {
            Self::Codes(rows) => rows.get(code as usize).copied().filter(|row| *row != NO_ROW),
            Self::Ints(_) => None,
        }
    }

    /// The row of an int.
    pub fn of_int(&self, key: i64) -> Option<u32> {
        match self {
            Self::Ints(rows) => rows.get(&key).copied(),
            Self::Codes(_) => None,
        }
    }
}

impl Binder<'_> {
    /// A value of the row that has a key.
    pub(super) fn lookup(&mut self, id: ExprId, table: TableId, key: ExprId, value: ExprId) -> NodeId {
        self.same_names(id, value);
        let kind = super::kind(self.ty(id));
        let keys = self.plan.schema.table(table).and_then(Table::key);
        let column = keys.and_then(|keys| self.snapshot.table(table)?.columns.get(keys.0 as usize));
        let (Some(column), bound) = (column, self.id(key)) else { return self.arena.missing(kind) };
        let dictionary = self.dictionary(key);
        let find = self.arena.find((key, table), || Find::new(column, &dictionary));
        let row = self.arena.strict(Op::Find(bound, find), Kind::Codes);
        let value = self.id(value);
        let lookup = self.arena.kept(table, value);
        self.arena.strict(Op::Entry(row, lookup), kind)
    }
}
