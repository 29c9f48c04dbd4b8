//! Builds the nodes of a [`Program`]: each distinct one once, simplified, folded where it needs no row of the run.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use opportune_plan::{ExprId, FieldId, Schema, Scope, TableId};

use super::call::Call;
use super::entries::Entries;
use super::find::Find;
use super::journey::Journey;
use super::program::{Atom, Bucket, Lookup, Node, NodeId, Op, Program, Selection};
use crate::kernels::{CodeSet, Kernels};
use crate::snapshot::{Rows, Snapshot};
use crate::time::Clock;
use crate::vectorised::column::{Bits, Kind, Operand, Scalar, Vectors, words_for};
use crate::vectorised::evaluation::{Evaluation, Frames};

pub(super) struct Arena<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) program: Program,
    index: HashMap<Op, NodeId>,
    selections: Positions<Selection>,
    recodes: Positions<Box<[u32]>>,
    code_sets: Positions<CodeSet>,
    integer_sets: Positions<Box<[i64]>>,
    number_sets: Positions<Box<[u64]>>,
    /// By node over a lookup table: its values for the whole table.
    tables: Vec<Vectors>,
    /// By node: its position in [`Program::lookups`], once something has gathered it.
    gathered: HashMap<NodeId, u32>,
    /// By key and table: the position in [`Program::finds`].
    found: HashMap<(ExprId, TableId), u32>,
    pub(super) entries: Entries,
}

impl<'a> Arena<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, clock: &Clock) -> Self {
        let program = Program {
            nodes: Vec::new(),
            lookups: Vec::new(),
            recodes: Vec::new(),
            code_sets: Vec::new(),
            integer_sets: Vec::new(),
            number_sets: Vec::new(),
            selections: Vec::new(),
            finds: Vec::new(),
            calls: Vec::new(),
            journeys: Vec::new(),
            buckets: Vec::new(),
            channels: Vec::new(),
            offers: Vec::new(),
            facts: Vec::new(),
            histories: Vec::new(),
            families: None,
            contact_cap: None,
            clock: clock.clone(),
        };
        Self {
            snapshot,
            program,
            index: HashMap::new(),
            selections: Positions::default(),
            recodes: Positions::default(),
            code_sets: Positions::default(),
            integer_sets: Positions::default(),
            number_sets: Positions::default(),
            tables: Vec::new(),
            gathered: HashMap::new(),
            found: HashMap::new(),
            entries: Entries::default(),
        }
    }

    pub(super) fn finish(self) -> Program {
        self.program
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.program.clock
    }

    /// The value of a constant node.
    pub(super) fn scalar(&self, id: NodeId) -> Option<Scalar> {
        if let Op::Constant(scalar) = self.program.node(id).op { Some(scalar) } else { None }
    }

    fn is_missing_constant(&self, id: NodeId) -> bool {
        matches!(self.program.node(id).op, Op::Missing(_))
    }

    fn truth(&self, id: NodeId) -> Option<bool> {
        if let Some(Scalar::Bool(value)) = self.scalar(id) { Some(value) } else { None }
    }

    pub(super) fn constant(&mut self, scalar: Scalar) -> NodeId {
        let kind = match scalar {
            Scalar::Bool(_) => Kind::Bits,
            Scalar::Int64(_) => Kind::Int64,
            Scalar::Float64(_) => Kind::Float64,
            Scalar::Int32(_) => Kind::Int32,
            Scalar::Code(_) => Kind::Codes,
        };
        self.push(Op::Constant(scalar), kind, Scope::Anywhere)
    }

    pub(super) fn missing(&mut self, kind: Kind) -> NodeId {
        self.push(Op::Missing(kind), kind, Scope::Anywhere)
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        self.program.node(id)
    }

    /// An operation that misses a value where an operand does. Of values that are looked up by one code, it is too.
    pub(super) fn strict(&mut self, op: Op, kind: Kind) -> NodeId {
        self.of_code(op, kind, &[])
    }

    /// An operation that misses a value where an operand does, computed row by row.
    pub(super) fn plain(&mut self, op: Op, kind: Kind) -> NodeId {
        let mut missing = false;
        op.for_each_operand(|operand| missing |= self.is_missing_constant(operand));
        if missing {
            return self.missing(kind);
        }
        let scope = self.scope_of(&op);
        self.push(op, kind, scope)
    }

    pub(super) fn atom(&mut self, value: NodeId, atom: Atom) -> NodeId {
        self.strict(Op::Atom(value, atom), Kind::Bits)
    }

    pub(super) fn not(&mut self, a: NodeId) -> NodeId {
        if let Op::Not(inner) = self.program.node(a).op { inner } else { self.strict(Op::Not(a), Kind::Bits) }
    }

    pub(super) fn and(&mut self, all: &[NodeId]) -> NodeId {
        self.junction(all, false)
    }

    pub(super) fn or(&mut self, all: &[NodeId]) -> NodeId {
        self.junction(all, true)
    }

    /// A disjunction (which a true operand decides) or a conjunction (which a false one decides).
    fn junction(&mut self, all: &[NodeId], decides: bool) -> NodeId {
        if all.iter().any(|id| self.truth(*id) == Some(decides)) {
            return self.constant(Scalar::Bool(decides));
        }
        let mut seen = HashSet::new();
        let rest: Vec<NodeId> =
            all.iter().copied().filter(|id| self.truth(*id).is_none() && seen.insert(*id)).collect();
        match rest.as_slice() {
            [] => self.constant(Scalar::Bool(!decides)),
            [one] => *one,
            _ => {
                let all = rest.into_boxed_slice();
                let op = if decides { Op::Or(all) } else { Op::And(all) };
                let scope = self.scope_of(&op);
                self.push(op, Kind::Bits, scope)
            }
        }
    }

    pub(super) fn is_missing(&mut self, a: NodeId) -> NodeId {
        let node = self.program.node(a);
        if !node.missing {
            return self.constant(Scalar::Bool(false));
        }
        let scope = node.scope;
        self.push(Op::IsMissing(a), Kind::Bits, scope)
    }

    pub(super) fn is_true(&mut self, a: NodeId) -> NodeId {
        let node = self.program.node(a);
        if !node.missing {
            return a;
        }
        let scope = node.scope;
        self.push(Op::IsTrue(a), Kind::Bits, scope)
    }

    /// Whether two conditions are known and alike.
    pub(super) fn same_truth(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let (not_a, not_b) = (self.not(a), self.not(b));
        let (both, neither) = (self.and(&[a, b]), self.and(&[not_a, not_b]));
        self.or(&[both, neither])
    }

    pub(super) fn otherwise(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let node = self.program.node(a);
        if !node.missing || self.is_missing_constant(b) {
            return a;
        }
        if self.is_missing_constant(a) {
            return b;
        }
        let (kind, op) = (node.kind, Op::Else(a, b));
        let scope = self.scope_of(&op);
        self.push(op, kind, scope)
    }

    pub(super) fn choose(&mut self, condition: NodeId, a: NodeId, b: NodeId) -> NodeId {
        let kind = self.program.node(a).kind;
        match self.truth(condition) {
            Some(true) => a,
            Some(false) => b,
            None if self.is_missing_constant(condition) => self.missing(kind),
            None => {
                let op = Op::If(condition, a, b);
                let scope = self.scope_of(&op);
                self.push(op, kind, scope)
            }
        }
    }

    /// A value of the row that a link leads to.
    pub(super) fn gather(&mut self, table: TableId, link: FieldId, target: TableId, value: NodeId) -> NodeId {
        let kind = self.program.node(value).kind;
        if self.is_missing_constant(value) {
            return self.missing(kind);
        }
        let lookup = self.kept(target, value);
        self.push(Op::Gather { table, link, lookup }, kind, Scope::Row(table))
    }

    /// The position in [`Program::lookups`] of a value over a whole lookup table or dictionary.
    pub(super) fn kept(&mut self, target: TableId, value: NodeId) -> u32 {
        match self.gathered.get(&value) {
            Some(lookup) if self.program.node(value).scope != Scope::Anywhere => *lookup,
            _ => self.keep(target, value),
        }
    }

    /// The values of a node that was computed when it was bound.
    pub(super) fn tabulated(&self, id: NodeId) -> &Vectors {
        static NONE: std::sync::LazyLock<Vectors> = std::sync::LazyLock::new(Vectors::default);
        self.tables.get(id.at()).unwrap_or(&NONE)
    }

    /// Keeps a value over a whole lookup table.
    fn keep(&mut self, target: TableId, value: NodeId) -> u32 {
        let rows = self.rows(target);
        let missing = self.program.node(value).missing;
        let vectors = rows.map(|rows| {
            let evaluation = self.evaluation(Frames::Lookup(&rows));
            let mut vectors = Vectors::default();
            evaluation.copy(value, rows.len, &mut vectors);
            vectors
        });
        let lookup = u32::try_from(self.program.lookups.len()).unwrap_or(u32::MAX);
        self.program.lookups.push(Lookup { vectors: vectors.unwrap_or_default(), missing });
        self.gathered.insert(value, lookup);
        lookup
    }

    pub(super) fn selection(&mut self, selection: Selection) -> u32 {
        self.selections.find_or_push(&mut self.program.selections, selection)
    }

    pub(super) fn call(&mut self, call: Call) -> u32 {
        self.program.calls.push(call);
        u32::try_from(self.program.calls.len() - 1).unwrap_or(u32::MAX)
    }

    pub(super) fn journey(&mut self, journey: Journey) -> u32 {
        self.program.journeys.push(journey);
        u32::try_from(self.program.journeys.len() - 1).unwrap_or(u32::MAX)
    }

    pub(super) fn bucket(&mut self, bucket: Bucket) -> u32 {
        self.program.buckets.push(bucket);
        u32::try_from(self.program.buckets.len() - 1).unwrap_or(u32::MAX)
    }

    /// The index of a lookup table by a key, which is made at its first use.
    pub(super) fn find(&mut self, of: (ExprId, TableId), find: impl FnOnce() -> Find) -> u32 {
        let finds = &mut self.program.finds;
        *self.found.entry(of).or_insert_with(|| {
            finds.push(find());
            u32::try_from(finds.len() - 1).unwrap_or(u32::MAX)
        })
    }

    pub(super) fn recode(&mut self, table: Box<[u32]>) -> u32 {
        self.recodes.find_or_push(&mut self.program.recodes, table)
    }

    pub(super) fn code_set(&mut self, set: CodeSet) -> u32 {
        self.code_sets.find_or_push(&mut self.program.code_sets, set)
    }

    pub(super) fn integer_set(&mut self, mut values: Vec<i64>) -> u32 {
        values.sort_unstable();
        self.integer_sets.find_or_push(&mut self.program.integer_sets, values.into_boxed_slice())
    }

    pub(super) fn number_set(&mut self, mut values: Vec<u64>) -> u32 {
        values.sort_unstable();
        self.number_sets.find_or_push(&mut self.program.number_sets, values.into_boxed_slice())
    }

    /// Adds a node, or finds it. A node over no row or a lookup table's rows is computed at once.
    pub(super) fn push(&mut self, op: Op, kind: Kind, scope: Scope) -> NodeId {
        if let Some(id) = self.index.get(&op) {
            return *id;
        }
        let missing = self.may_miss(&op);
        let id = NodeId(u32::try_from(self.program.nodes.len()).unwrap_or(u32::MAX));
        self.program.nodes.push(Node { op: op.clone(), kind, scope, missing });
        self.tables.push(Vectors::default());
        let id = match scope {
            Scope::Anywhere => self.fold(id),
            Scope::Member(..) | Scope::Pair(..) => id,
            Scope::Row(table) => {
                self.tabulate(id, table);
                id
            }
        };
        self.index.insert(op, id);
        id
    }

    /// The constant that a node over no row comes to.
    fn fold(&mut self, id: NodeId) -> NodeId {
        let node = self.program.node(id);
        if matches!(node.op, Op::Constant(_) | Op::Missing(_)) {
            return id;
        }
        let (kind, missing) = (node.kind, node.missing);
        let mut out = Vectors::default();
        self.evaluation(Frames::One).compute(id, &mut out);
        match Operand::vectors(&out, missing).scalar(0) {
            Some(scalar) => self.constant(scalar),
            None => self.missing(kind),
        }
    }

    /// Computes a node over the rows of a lookup table.
    fn tabulate(&mut self, id: NodeId, table: TableId) {
        let is_lookup =
            table != Schema::CUSTOMER && self.snapshot.table(table).is_some_and(|table| table.by_customer.is_none());
        if !(is_lookup || self.entries.is_one(table)) || matches!(self.program.node(id).op, Op::Column(..)) {
            return;
        }
        if let Some(rows) = self.rows(table) {
            let mut out = Vectors::default();
            self.evaluation(Frames::Lookup(&rows)).compute(id, &mut out);
            let is_all_there = all(&out.known, rows.len);
            if let Some(node) = self.program.nodes.get_mut(id.at()) {
                // What is computed for good is known for good.
                node.missing &= !is_all_there;
            }
            if let Some(slot) = self.tables.get_mut(id.at()) {
                *slot = out;
            }
        }
    }

    fn rows(&self, table: TableId) -> Option<Rows<'_>> {
        let of_snapshot = || self.snapshot.table(table).map(|table| Rows::new(table, 0, table.rows));
        self.entries.rows(table).or_else(of_snapshot)
    }

    fn evaluation<'b>(&'b self, frames: Frames<'b>) -> Evaluation<'b> {
        Evaluation::new(&self.program, Kernels::best(), frames, &self.tables)
    }

    fn scope_of(&self, op: &Op) -> Scope {
        let mut scope = Scope::Anywhere;
        op.for_each_operand(|operand| {
            if scope == Scope::Anywhere {
                scope = self.program.node(operand).scope;
            }
        });
        scope
    }
}

/// Whether so many bits are all set.
fn all(words: &[u64], len: usize) -> bool {
    words_for(len) <= words.len() && (0..len).all(|row| Bits::Words(words).bit(row))
}

/// The positions of distinct things in a list of them.
struct Positions<T>(HashMap<T, u32>);

impl<T: Clone + Eq + Hash> Positions<T> {
    fn find_or_push(&mut self, all: &mut Vec<T>, value: T) -> u32 {
        *self.0.entry(value).or_insert_with_key(|value| {
            all.push(value.clone());
            u32::try_from(all.len() - 1).unwrap_or(u32::MAX)
        })
    }
}

impl<T> Default for Positions<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}
