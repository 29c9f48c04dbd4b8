//! What depends on one code alone is computed for each entry of its dictionary, once.
//!
//! A dictionary is a table of its own here, whose rows are its entries: functions of a code are computed over that table
//! as expressions over a lookup table are, and the rows of the run then look their value up by their code. What is
//! computed from such values and constants alone goes the same way (`start_of_month(today)` in the customer's zone is
//! computed once a zone).

use std::collections::HashMap;

use opportune_plan::{FieldId, Scope, TableId};

use super::arena::Arena;
use super::program::{Atom, NodeId, Op};
use super::texts::NO_CODE;
use crate::kernels::CodeSet;
use crate::snapshot::{ColumnView, Dictionary, Rows, ValuesView};
use crate::vectorised::column::{Kind, Operand};

/// The tables of the first dictionaries that something is computed over are numbered down from here.
const LAST_TABLE: u32 = u32::MAX - 1;

/// Dictionaries as tables, and which nodes look a value up in one.
#[derive(Default)]
pub(super) struct Entries {
    /// By node of codes: its table.
    tables: HashMap<NodeId, u32>,
    /// By table: the codes.
    codes: Vec<Vec<u32>>,
    none: std::sync::Arc<Dictionary>,
    /// By node that looks up: the node of codes, and the node over the dictionary.
    found: HashMap<NodeId, (NodeId, NodeId)>,
}

impl Entries {
    fn number(table: TableId) -> Option<usize> {
        LAST_TABLE.checked_sub(table.0).map(|number| number as usize)
    }

    /// Whether a table is a dictionary.
    pub(super) fn is_one(&self, table: TableId) -> bool {
        Self::number(table).is_some_and(|number| number < self.codes.len())
    }

    /// The rows of a dictionary.
    pub(super) fn rows(&self, table: TableId) -> Option<Rows<'_>> {
        let codes = self.codes.get(Self::number(table)?)?;
        let column = ColumnView { values: ValuesView::Codes(codes, &self.none), validity: None };
        Some(Rows { len: codes.len(), columns: vec![column], links: Vec::new() })
    }

    /// The table of a node of codes.
    fn table(&mut self, source: NodeId, len: usize) -> TableId {
        let next = u32::try_from(self.codes.len()).unwrap_or(u32::MAX);
        let number = *self.tables.entry(source).or_insert(next);
        if number == next {
            self.codes.push((0..).take(len).collect());
        }
        TableId(LAST_TABLE.saturating_sub(number))
    }
}

impl Arena<'_> {
    /// An operation that misses a value where an operand does, over nodes of codes (each with the length of its
    /// dictionary): computed by entry where one of them decides.
    pub(super) fn of_code(&mut self, op: Op, kind: Kind, codes: &[(NodeId, usize)]) -> NodeId {
        match self.source(&op, codes) {
            Some(source) => self.by_entry(op, kind, source, codes),
            None => self.plain(op, kind),
        }
    }

    /// The one node of codes that an operation depends on, if that is all.
    fn source(&self, op: &Op, codes: &[(NodeId, usize)]) -> Option<NodeId> {
        let (mut source, mut only) = (None, true);
        op.for_each_operand(|operand| {
            if self.node(operand).scope == Scope::Anywhere {
                return;
            }
            let is_code = codes.iter().any(|(id, _)| *id == operand);
            let found = if is_code { Some(operand) } else { self.entries.found.get(&operand).map(|(of, _)| *of) };
            only &= found.is_some() && source.is_none_or(|source| Some(source) == found);
            source = source.or(found);
        });
        source.filter(|_| only)
    }

    fn by_entry(&mut self, op: Op, kind: Kind, source: NodeId, codes: &[(NodeId, usize)]) -> NodeId {
        let len = codes.iter().find(|(id, _)| *id == source).map(|(_, len)| *len);
        let table = self.entries.table(source, len.unwrap_or_default());
        let code = self.push(Op::Column(table, FieldId(0)), Kind::Codes, Scope::Row(table));
        let inner = op.map_operands(|operand| match self.entries.found.get(&operand) {
            _ if operand == source => code,
            Some((_, inner)) => *inner,
            None => operand,
        });
        let inner = self.plain(inner, kind);
        if self.node(inner).scope == Scope::Anywhere {
            return self.strict_constant(inner, source);
        }
        if kind == Kind::Bits && !self.node(inner).missing {
            let bits = Operand::vectors(self.tabulated(inner), false).bits();
            let len = self.entries.rows(table).map_or(0, |rows| rows.len);
            return self.in_codes(source, CodeSet::new(len, |code| bits.bit(code as usize)));
        }
        let lookup = self.kept(table, inner);
        let id = self.plain(Op::Entry(source, lookup), kind);
        self.entries.found.insert(id, (source, inner));
        id
    }

    /// A constant, where another value is there.
    fn strict_constant(&mut self, constant: NodeId, source: NodeId) -> NodeId {
        if !self.node(source).missing {
            return constant;
        }
        let kind = self.node(constant).kind;
        let is_missing = self.is_missing(source);
        let missing = self.missing(kind);
        self.choose(is_missing, missing, constant)
    }

    /// Whether a code is in a set.
    pub(super) fn in_codes(&mut self, a: NodeId, set: CodeSet) -> NodeId {
        let atom = match (set.count(), set.first()) {
            (1, Some(code)) => Atom::CodeEqual(code),
            (_, None) => Atom::CodeEqual(NO_CODE),
            _ => Atom::CodeIn(self.code_set(set)),
        };
        self.atom(a, atom)
    }
}
