//! The bound program: a plan whose texts are codes, whose `now` is a number, and whose windows are instants.
//!
//! Nodes are in an order in which operands come before what uses them, each distinct one once. What does not depend on
//! a row of the customer or of an event is not here any more: constants are folded, and what lies behind a link is
//! computed for the whole linked table and kept in [`Program::lookups`].

use std::sync::Arc;

use opportune_plan::{Comparison, FieldId, JourneyPart, Scope, TableId};

use super::call::Call;
use super::find::Find;
use super::journey::Journey;
use crate::draw::Draw;
use crate::families;
use crate::kernels::CodeSet;
use crate::snapshot::{Column, Dictionary};
use crate::time::Clock;
use crate::vectorised::column::{Kind, Scalar, Vectors};

/// Names a node of [`Program::nodes`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The position in [`Program::nodes`].
    pub fn at(self) -> usize {
        self.0 as usize
    }
}

/// A computation over the rows of one table.
#[derive(Clone, Debug)]
pub struct Node {
    /// What is computed.
    pub op: Op,
    /// The kind of the values.
    pub kind: Kind,
    /// The rows it is computed over.
    pub scope: Scope,
    /// Whether any value may be missing, by type and by the snapshot at hand.
    pub missing: bool,
}

/// What a node computes. Missing operands make a missing result unless the variant says otherwise.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    /// The same for all rows.
    Constant(Scalar),
    /// The missing value of a kind.
    Missing(Kind),
    /// A column of the rows in scope.
    Column(TableId, FieldId),
    /// A value of the row that a link leads to, from [`Program::lookups`].
    Gather {
        /// The table that holds the link.
        table: TableId,
        /// The linking field.
        link: FieldId,
        /// The position in [`Program::lookups`].
        lookup: u32,
    },
    /// A value of the customer, seen from an event.
    OfCustomer(TableId, NodeId),
    /// The row of a lookup table that has a key, by an index of [`Program::finds`]; missing where there is none.
    Find(NodeId, u32),
    /// What depends on a code (or on the number of a row) alone, from [`Program::lookups`].
    Entry(NodeId, u32),
    /// A value computed from the events of a selection of [`Program::selections`].
    Aggregate(u32, Reduction),
    /// How far a customer is on a journey of [`Program::journeys`].
    Journey(u32, JourneyPart),
    /// The bucket of a customer's key: one of [`Program::buckets`].
    Bucket(NodeId, u32),
    /// Kleene's negation.
    Not(NodeId),
    /// Kleene's conjunction.
    And(Box<[NodeId]>),
    /// Kleene's disjunction.
    Or(Box<[NodeId]>),
    /// Whether the value is missing.
    IsMissing(NodeId),
    /// Whether the condition is definitely true.
    IsTrue(NodeId),
    /// A test of each value against constants.
    Atom(NodeId, Atom),
    /// A comparison of two values of one kind, not conditions.
    Compare(Comparison, NodeId, NodeId),
    /// Codes put through a table of [`Program::recodes`].
    Recode(NodeId, u32),
    /// The first value, or the second where it is missing.
    Else(NodeId, NodeId),
    /// By a condition; missing where it is unknown.
    If(NodeId, NodeId, NodeId),
    /// A 64-bit integer as a double.
    ToNumber(NodeId),
    /// The opposite of an integer or double.
    Negate(NodeId),
    /// Arithmetic of two values.
    Arithmetic(Calculation, NodeId, NodeId),
    /// A function of values: one of [`Program::calls`].
    Call(u32, Box<[NodeId]>),
}

impl Op {
    /// Calls `visit` with each direct operand, but for those of an aggregate's selection.
    pub fn for_each_operand(&self, mut visit: impl FnMut(NodeId)) {
        match self {
            Self::Constant(_) | Self::Missing(_) | Self::Column(..) | Self::Gather { .. } | Self::Journey(..) => {}
            Self::Aggregate(_, reduction) => {
                reduction.value().into_iter().chain(reduction.ranked()).for_each(visit);
            }
            Self::And(all) | Self::Or(all) | Self::Call(_, all) => all.iter().copied().for_each(visit),
            Self::OfCustomer(_, a)
            | Self::Find(a, _)
            | Self::Entry(a, _)
            | Self::Bucket(a, _)
            | Self::Not(a)
            | Self::IsMissing(a)
            | Self::IsTrue(a)
            | Self::Atom(a, _)
            | Self::Recode(a, _)
            | Self::ToNumber(a)
            | Self::Negate(a) => visit(*a),
            Self::Compare(_, a, b) | Self::Else(a, b) | Self::Arithmetic(_, a, b) => {
                visit(*a);
                visit(*b);
            }
            Self::If(c, a, b) => {
                visit(*c);
                visit(*a);
                visit(*b);
            }
        }
    }
}

impl Op {
    /// The operation with other operands.
    pub fn map_operands(self, mut to: impl FnMut(NodeId) -> NodeId) -> Self {
        let mut all = |all: Box<[NodeId]>| all.iter().map(|id| to(*id)).collect();
        match self {
            Self::And(operands) => Self::And(all(operands)),
            Self::Or(operands) => Self::Or(all(operands)),
            Self::Call(call, operands) => Self::Call(call, all(operands)),
            Self::OfCustomer(events, a) => Self::OfCustomer(events, to(a)),
            Self::Find(a, find) => Self::Find(to(a), find),
            Self::Entry(a, lookup) => Self::Entry(to(a), lookup),
            Self::Bucket(key, bucket) => Self::Bucket(to(key), bucket),
            Self::Not(a) => Self::Not(to(a)),
            Self::IsMissing(a) => Self::IsMissing(to(a)),
            Self::IsTrue(a) => Self::IsTrue(to(a)),
            Self::Atom(a, atom) => Self::Atom(to(a), atom),
            Self::Recode(a, table) => Self::Recode(to(a), table),
            Self::ToNumber(a) => Self::ToNumber(to(a)),
            Self::Negate(a) => Self::Negate(to(a)),
            Self::Compare(comparison, a, b) => Self::Compare(comparison, to(a), to(b)),
            Self::Else(a, b) => Self::Else(to(a), to(b)),
            Self::Arithmetic(calculation, a, b) => Self::Arithmetic(calculation, to(a), to(b)),
            Self::If(c, a, b) => Self::If(to(c), to(a), to(b)),
            Self::Constant(_)
            | Self::Missing(_)
            | Self::Column(..)
            | Self::Gather { .. }
            | Self::Aggregate(..)
            | Self::Journey(..) => self,
        }
    }
}

/// A test of a value against constants, in few kinds: the other comparisons are negations of these.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Atom {
    /// Greater than a double, by its bits.
    NumberGreater(u64),
    /// At least a double.
    NumberAtLeast(u64),
    /// Equal to a double.
    NumberEqual(u64),
    /// One of the sorted bit patterns of [`Program::number_sets`].
    NumberIn(u32),
    /// Greater than a 64-bit integer.
    Int64Greater(i64),
    /// Equal to a 64-bit integer.
    Int64Equal(i64),
    /// One of the sorted integers of [`Program::integer_sets`].
    Int64In(u32),
    /// Greater than a 32-bit integer.
    Int32Greater(i32),
    /// Equal to a 32-bit integer.
    Int32Equal(i32),
    /// One of the sorted integers of [`Program::integer_sets`].
    Int32In(u32),
    /// Greater than a code.
    CodeGreater(u32),
    /// Equal to a code.
    CodeEqual(u32),
    /// In a set of [`Program::code_sets`].
    CodeIn(u32),
}

/// What is done with two values, by their kinds. What does not fit is missing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Calculation {
    /// Doubles; not finite is missing.
    Number(Sign),
    /// 64-bit integers.
    Int64(Sign),
    /// The quotient of two 64-bit integers as doubles.
    Ratio,
    /// A 64-bit integer times or through a double, rounded half to even.
    Scale(Sign),
    /// An instant moved by exact microseconds, forward or back.
    InstantByDuration(Sign),
    /// A date moved by days.
    DateByDays(Sign),
    /// The days between two dates.
    DaysBetween,
}

/// The four operations.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Sign {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Through,
}

/// What an aggregate computes of the events that count.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reduction {
    /// Whether there is one.
    Exists,
    /// How many.
    Count,
    /// The sum.
    Sum(NodeId),
    /// The mean of doubles.
    MeanOfNumbers(NodeId),
    /// The mean of ints as a number.
    MeanOfInts(NodeId),
    /// The mean of money or durations as the same, rounded half to even.
    MeanOfWhole(NodeId),
    /// The least.
    Min(NodeId),
    /// The greatest.
    Max(NodeId),
    /// The first.
    First(NodeId),
    /// The last.
    Last(NodeId),
    /// How many different ones.
    Distinct(NodeId),
    /// The one that occurs most often, the least of several.
    MostFrequent(NodeId),
    /// The place of a value of the customer (the second) by how often it occurs among those of the events.
    FrequencyRank(NodeId, NodeId),
    /// The median of the steps from one to the next.
    TypicalGap(NodeId),
}

impl Reduction {
    /// The value that is reduced.
    pub fn value(self) -> Option<NodeId> {
        match self {
            Self::Exists | Self::Count => None,
            Self::Sum(value)
            | Self::MeanOfNumbers(value)
            | Self::MeanOfInts(value)
            | Self::MeanOfWhole(value)
            | Self::Min(value)
            | Self::Max(value)
            | Self::First(value)
            | Self::Last(value)
            | Self::Distinct(value)
            | Self::MostFrequent(value)
            | Self::FrequencyRank(value, _)
            | Self::TypicalGap(value) => Some(value),
        }
    }

    /// The value of the customer that is ranked.
    pub fn ranked(self) -> Option<NodeId> {
        if let Self::FrequencyRank(_, of) = self { Some(of) } else { None }
    }
}

/// An end of a window.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Bound {
    /// None: from ever, or up to `now`.
    Open,
    /// The same moment for all customers.
    At(i64),
    /// A moment of the customer's own.
    Of(NodeId),
}

impl Bound {
    /// The node that tells the moment.
    pub fn node(self) -> Option<NodeId> {
        if let Self::Of(id) = self { Some(id) } else { None }
    }
}

/// Which events count for some aggregates.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Selection {
    /// The event table.
    pub events: TableId,
    /// Only what happened after this moment. Where it is missing, so is every aggregate.
    pub after: Bound,
    /// Only what happened up to this moment. Where it is missing, so is every aggregate.
    pub until: Bound,
    /// Only where this condition over the event holds.
    pub filter: Option<NodeId>,
}

impl Selection {
    /// What a selection reads: of the events, then of the customer.
    pub fn operands(self) -> impl Iterator<Item = NodeId> {
        self.filter.into_iter().chain(self.after.node()).chain(self.until.node())
    }
}

/// A column over a whole lookup table, or over all entries of a dictionary.
#[derive(Debug)]
pub struct Lookup {
    /// The values.
    pub vectors: Vectors,
    /// Whether any is missing.
    pub missing: bool,
}

/// An offer's stages.
#[derive(Debug)]
pub struct Offer {
    /// Must be definitely true.
    pub eligible: Option<NodeId>,
    /// Each must be definitely false.
    pub except: Vec<NodeId>,
    /// What guarantees forbid: each must be definitely false.
    pub forbidden: Vec<NodeId>,
    /// One of these must be definitely true; `None`: a channel of the offer reaches everybody.
    pub reach: Option<Vec<NodeId>>,
    /// Whether today is a day of the offer.
    pub timely: bool,
    /// Each must be definitely true.
    pub room: Vec<NodeId>,
    /// The score.
    pub priority: NodeId,
}

/// The portfolio's cap on contacts.
#[derive(Clone, Copy, Debug)]
pub struct ContactCap {
    /// How many there may be.
    pub limit: u32,
    /// How many there have been.
    pub counted: NodeId,
    /// Whether there have been fewer than the limit.
    pub has_room: NodeId,
}

/// What buckets are drawn by.
#[derive(Debug)]
pub struct Bucket {
    /// Salt and layer.
    pub draw: Draw,
    /// What the codes of keys stand for; of ints, nothing.
    pub keys: Arc<Dictionary>,
}

/// What the decision needs to know of each customer.
#[derive(Debug)]
pub struct Fact {
    /// Its values.
    pub value: NodeId,
    /// A column of its type and with its dictionary, without rows.
    pub like: Column,
}

/// A history with a filter.
#[derive(Clone, Copy, Debug)]
pub struct Filtered {
    /// The event table.
    pub events: TableId,
    /// Which of its events.
    pub filter: NodeId,
}

/// A plan, bound to a snapshot and a clock.
#[derive(Debug)]
pub struct Program {
    /// The computations.
    pub nodes: Vec<Node>,
    /// Columns over whole lookup tables and dictionaries.
    pub lookups: Vec<Lookup>,
    /// From the codes of one dictionary to those of another.
    pub recodes: Vec<Box<[u32]>>,
    /// Sets of codes.
    pub code_sets: Vec<CodeSet>,
    /// Sorted sets of integers.
    pub integer_sets: Vec<Box<[i64]>>,
    /// Sorted sets of the bit patterns of doubles.
    pub number_sets: Vec<Box<[u64]>>,
    /// Which events count.
    pub selections: Vec<Selection>,
    /// From keys to the rows of lookup tables.
    pub finds: Vec<Find>,
    /// Functions of values.
    pub calls: Vec<Call>,
    /// Journeys.
    pub journeys: Vec<Journey>,
    /// What buckets are drawn by.
    pub buckets: Vec<Bucket>,
    /// By channel: what it needs.
    pub channels: Vec<Option<NodeId>>,
    /// The offers in their order.
    pub offers: Vec<Offer>,
    /// What decisions need to know of each customer, in the order of [`opportune_plan::Plan::facts`].
    pub facts: Vec<Fact>,
    /// By history of the plan; `None` for those without a filter.
    pub histories: Vec<Option<Filtered>>,
    /// The families among them, which are evaluated by themselves.
    pub families: Option<Arc<families::Bound>>,
    /// The cap on contacts.
    pub contact_cap: Option<ContactCap>,
    /// The instant that rules, and the zone.
    pub clock: Clock,
}

impl Program {
    /// The node of an id.
    #[allow(clippy::indexing_slicing, reason = "ids come from binding alone")]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.at()]
    }
}
