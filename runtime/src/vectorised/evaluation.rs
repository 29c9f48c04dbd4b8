//! Computes one node over the rows of its table, from operands that are computed already.

use opportune_plan::{FieldId, Scope, TableId};

use super::column::{Bits, Kind, Operand, Vectors, words_for};
use super::{arithmetic, call, condition, draw, gather};
use crate::bind::{NodeId, Op, Program};
use crate::kernels::Kernels;
use crate::snapshot::{Block, ColumnView, Rows};

/// The rows that nodes are computed over.
#[derive(Clone, Copy)]
pub enum Frames<'a> {
    /// None: what is the same everywhere, once.
    One,
    /// A whole lookup table.
    Lookup(&'a Rows<'a>),
    /// The customers and events of a block; by table, the customer of each event.
    Block(&'a Block<'a>, &'a [Vec<u32>]),
    /// Some customers of a block, so many; their columns are computed too.
    Selected(usize),
}

impl<'a> Frames<'a> {
    /// The rows of a scope; none for what is the same everywhere, and where the rows are a choice of others.
    pub fn rows(self, scope: Scope) -> Option<&'a Rows<'a>> {
        match (self, scope) {
            (Self::Lookup(rows), Scope::Row(_)) => Some(rows),
            (Self::Block(block, _), Scope::Row(table)) => rows_of(block, table),
            _ => None,
        }
    }

    /// A column over a scope; one of a request is over the customers.
    fn column(self, scope: Scope, table: TableId, field: FieldId) -> Option<ColumnView<'a>> {
        match self {
            Self::Block(block, _) if scope != Scope::Row(table) => {
                let column = block.tables.get(table.0 as usize)?.columns.get(field.0 as usize)?;
                Some(column.view(block.first, block.len))
            }
            _ => self.rows(scope)?.columns.get(field.0 as usize).copied(),
        }
    }

    /// How many rows a scope has.
    pub fn len(self, scope: Scope) -> usize {
        match (self, scope) {
            (_, Scope::Anywhere) | (Self::One, _) => 1,
            (Self::Selected(len), _) => len,
            _ => self.rows(scope).map_or(0, |rows| rows.len),
        }
    }
}

fn rows_of<'a>(block: &'a Block<'a>, table: TableId) -> Option<&'a Rows<'a>> {
    if table == opportune_plan::Schema::CUSTOMER {
        Some(&block.customers)
    } else {
        block.events(table).map(|events| &events.rows)
    }
}

/// What a computation reads.
#[derive(Clone, Copy)]
pub struct Evaluation<'a> {
    /// The program.
    pub program: &'a Program,
    /// The inner loops.
    pub kernels: &'a Kernels,
    /// The rows.
    pub frames: Frames<'a>,
    /// The computed columns by node.
    slots: &'a [Vectors],
}

impl<'a> Evaluation<'a> {
    /// Reads columns from `frames` and computed nodes from `slots`.
    pub fn new(program: &'a Program, kernels: &'a Kernels, frames: Frames<'a>, slots: &'a [Vectors]) -> Self {
        Self { program, kernels, frames, slots }
    }

    /// A node's values, which are computed already unless they are a constant or a column.
    pub fn operand(&self, id: NodeId) -> Operand<'a> {
        let node = self.program.node(id);
        match node.op {
            Op::Constant(scalar) => Operand::constant(scalar),
            Op::Missing(kind) => Operand::missing(kind),
            Op::Column(table, field) if !matches!(self.frames, Frames::Selected(..)) => {
                let column = self.frames.column(node.scope, table, field);
                column.map_or_else(|| Operand::missing(node.kind), Operand::column)
            }
            // A test knows what the value that it tests knows; its own buffer holds no copy of that.
            Op::Atom(value, _) if !matches!(self.frames, Frames::Selected(..)) => {
                let tested = self.operand(value).known;
                match self.slots.get(id.at()) {
                    Some(vectors) => Operand { known: tested, ..Operand::vectors(vectors, false) },
                    None => Operand::missing(node.kind),
                }
            }
            _ => match self.slots.get(id.at()) {
                Some(vectors) => Operand::vectors(vectors, node.missing),
                None => Operand::missing(node.kind),
            },
        }
    }

    /// How many rows a node has.
    pub fn len(&self, id: NodeId) -> usize {
        self.frames.len(self.program.node(id).scope)
    }

    /// Computes a node, but for aggregates and journeys, into `out`, whose buffers are reused.
    pub fn compute(&self, id: NodeId, out: &mut Vectors) {
        let node = self.program.node(id);
        let len = self.len(id);
        out.kind = node.kind;
        match &node.op {
            Op::Constant(_) | Op::Missing(_) | Op::Column(..) | Op::Aggregate(..) | Op::Journey(..) => {}
            Op::Gather { link, lookup, .. } => gather::linked(self, node.scope, *link, *lookup, out),
            Op::OfCustomer(events, value) => gather::of_customer(self, *events, *value, out),
            Op::Find(key, find) => gather::found(self, *key, *find, len, out),
            Op::Entry(a, lookup) => gather::entries(self, *a, *lookup, len, out),
            Op::Call(at, arguments) => {
                if let Some(found) = self.program.calls.get(*at as usize) {
                    call::call(self, found, arguments, len, out);
                }
            }
            Op::Bucket(key, at) => {
                if let Some(bucket) = self.program.buckets.get(*at as usize) {
                    draw::buckets(self, *key, bucket, len, out);
                }
            }
            Op::Recode(a, table) => gather::recoded(self, *a, *table, len, out),
            Op::Not(_) | Op::And(_) | Op::Or(_) | Op::IsMissing(_) | Op::IsTrue(_) => {
                condition::logic(self, &node.op, words_for(len), out);
            }
            Op::Atom(a, atom) => condition::atom(self, *a, *atom, len, out),
            Op::Compare(comparison, a, b) => condition::compare(self, *comparison, *a, *b, len, out),
            Op::Else(a, b) => condition::otherwise(self, *a, *b, len, out),
            Op::If(c, a, b) => condition::choose(self, *c, *a, *b, len, out),
            Op::ToNumber(a) => arithmetic::to_number(self, *a, len, out),
            Op::Negate(a) => arithmetic::negate(self, *a, len, out),
            Op::Arithmetic(calculation, a, b) => arithmetic::calculate(self, *calculation, *a, *b, len, out),
        }
    }

    /// Copies a node's values, whatever it is, so that each of `len` rows has its own.
    pub fn copy(&self, id: NodeId, len: usize, out: &mut Vectors) {
        out.kind = self.program.node(id).kind;
        let operand = self.operand(id);
        gather::each(operand, (0..len).map(Some), out);
        words(operand.known, len, &mut out.known);
    }

    /// Copies a node's values at some rows.
    pub fn pick(&self, id: NodeId, rows: &[u32], out: &mut Vectors) {
        let node = self.program.node(id);
        out.kind = node.kind;
        let operand = self.operand(id);
        gather::each(operand, rows.iter().map(|row| Some(*row as usize)), out);
        if node.missing {
            crate::kernels::pack(rows, room(&mut out.known, rows.len()), |row| operand.known.bit(row as usize));
        }
    }

    /// Whether the rows are a choice of others.
    pub fn is_selected(&self) -> bool {
        matches!(self.frames, Frames::Selected(_))
    }

    /// The kind of a node's values.
    pub fn kind(&self, id: NodeId) -> Kind {
        self.program.node(id).kind
    }
}

/// The words for so many rows of a bitmap that will be written whole.
pub fn room(words: &mut Vec<u64>, rows: usize) -> &mut [u64] {
    words.resize(words_for(rows), 0);
    words
}

/// Copies bits.
pub fn words(bits: Bits<'_>, rows: usize, out: &mut Vec<u64>) {
    out.clear();
    out.extend((0..words_for(rows)).map(|index| bits.word(index)));
}

/// Both sets of bits.
pub fn both(a: Bits<'_>, b: Bits<'_>, rows: usize, out: &mut Vec<u64>) {
    out.clear();
    out.extend((0..words_for(rows)).map(|index| a.word(index) & b.word(index)));
}
