//! Expressions: a hash-consed arena of typed nodes.

use std::collections::HashMap;

use crate::aggregate::Aggregate;
use crate::infer::{self, IllFormed};
use crate::schema::{FieldId, Schema, TableId};
use crate::types::{Constant, Span, Type};

/// Names a node of [`Exprs`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ExprId(pub u32);

/// Over what a value is computed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Scope {
    /// The same everywhere: constants, `now`, `today`.
    Anywhere,
    /// One row of a table; [`Schema::CUSTOMER`] is the customer.
    Row(TableId),
}

/// An expression with what is known of it before any data is seen.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Node {
    /// What is computed.
    pub op: Op,
    /// The type of the result.
    pub ty: Type,
    /// Whether the type says that the result may be missing (`T?`), or the condition unknown.
    pub nullable: bool,
    /// Whether the result can be missing at run time: where it is nullable, or where arithmetic can overflow.
    pub partial: bool,
    /// Over what it is computed.
    pub scope: Scope,
}

/// What an expression computes. Missing operands make a missing result unless the variant says otherwise.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    /// A value written in the policy.
    Constant(Constant),
    /// The missing value of a type.
    Missing(Type),
    /// The instant that rules the run.
    Now,
    /// The day of `now` in the project's zone.
    Today,
    /// A field of the row in scope.
    Field(TableId, FieldId),
    /// A value of the row that a link of the row in scope leads to; missing where the link leads nowhere.
    Follow {
        /// The table that holds the link.
        table: TableId,
        /// The linking field.
        link: FieldId,
        /// A value over the linked table's row.
        value: ExprId,
    },
    /// A value of the customer, seen from one of the customer's events.
    OfCustomer {
        /// The event table.
        events: TableId,
        /// A value over the customer.
        value: ExprId,
    },
    /// A value computed from the customer's events.
    Aggregate(Aggregate),

    /// Kleene's negation.
    Not(ExprId),
    /// Kleene's conjunction of at least two.
    And(Box<[ExprId]>),
    /// Kleene's disjunction of at least two.
    Or(Box<[ExprId]>),
    /// Whether the value is missing; never unknown.
    IsMissing(ExprId),
    /// Whether the condition is definitely true; never unknown.
    IsTrue(ExprId),
    /// A comparison of two values of one type.
    Compare(Comparison, ExprId, ExprId),
    /// Whether the value is one of these constants of its type (sorted, at least one).
    In(ExprId, Box<[Constant]>),
    /// Whether a text begins with another.
    StartsWith(ExprId, Box<str>),
    /// Whether a text contains another.
    Contains(ExprId, Box<str>),

    /// The first value, or the second where the first is missing.
    Else(ExprId, ExprId),
    /// The second where the first (a condition) is true, the third where it is false, missing where it is unknown.
    If(ExprId, ExprId, ExprId),
    /// An int as a number: the nearest double, ties to even.
    ToNumber(ExprId),
    /// The opposite of an int, number, money, duration or days.
    Negate(ExprId),
    /// Arithmetic. Which pairs of types go together is written at [`Arithmetic`].
    Arithmetic(Arithmetic, ExprId, ExprId),
    /// A date or instant moved by a span, by the calendar of the project's zone. A day of the month that does not
    /// exist becomes the month's last; a local time that a DST night skips moves on, one that occurs twice is the
    /// first. A date takes a span without microseconds. Out of years 1 to 9999: missing.
    Shift(ExprId, Span),
}

/// An ordering between two values of one type. `>` and `>=` are written by exchanging the operands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Comparison {
    /// Equal.
    Equal,
    /// Before; not for bool, text and `one_of`.
    Less,
    /// Before or equal; not for bool, text and `one_of`.
    LessOrEqual,
}

/// What is done with two values. A result that does not fit (64 bits, a finite double, the years 1 to 9999) is missing.
///
/// | operation | operands | result |
/// |---|---|---|
/// | add, subtract | int, number, money, duration, days with the same | the same |
/// | add, subtract | instant with duration; date or instant with days | the first |
/// | subtract | two dates | days |
/// | subtract | two instants | duration |
/// | multiply | int with int; number with number | the same |
/// | multiply | money with number, or duration with number | the first, the double's product rounded half to even |
/// | multiply | days with int | days |
/// | divide | int by int, number by number, money by money, duration by duration, days by days | number |
/// | divide | money or duration by number | the first, the double's quotient rounded half to even |
///
/// Ints, money, durations and days are converted to the nearest double (ties to even) before a division. Division by
/// anything but a constant that is not zero is nullable. A number that comes out as negative zero is zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

impl Op {
    /// Calls `visit` with each direct operand, those of an aggregate and of a linked row included.
    pub fn for_each_operand(&self, mut visit: impl FnMut(ExprId)) {
        match self {
            Self::Constant(_) | Self::Missing(_) | Self::Now | Self::Today | Self::Field(..) => {}
            Self::Follow { value, .. } | Self::OfCustomer { value, .. } => visit(*value),
            Self::Aggregate(aggregate) => {
                aggregate.filter.into_iter().chain(aggregate.function.value()).for_each(visit);
            }
            Self::Not(a)
            | Self::IsMissing(a)
            | Self::IsTrue(a)
            | Self::In(a, _)
            | Self::StartsWith(a, _)
            | Self::Contains(a, _)
            | Self::ToNumber(a)
            | Self::Negate(a)
            | Self::Shift(a, _) => visit(*a),
            Self::And(all) | Self::Or(all) => all.iter().copied().for_each(visit),
            Self::Compare(_, a, b) | Self::Else(a, b) | Self::Arithmetic(_, a, b) => {
                visit(*a);
                visit(*b);
            }
            Self::If(a, b, c) => {
                visit(*a);
                visit(*b);
                visit(*c);
            }
        }
    }
}

impl Op {
    /// Calls `visit` with each direct operand, as [`Op::for_each_operand`] does, to put another in its place.
    pub fn for_each_operand_mut(&mut self, mut visit: impl FnMut(&mut ExprId)) {
        match self {
            Self::Constant(_) | Self::Missing(_) | Self::Now | Self::Today | Self::Field(..) => {}
            Self::Follow { value, .. } | Self::OfCustomer { value, .. } => visit(value),
            Self::Aggregate(aggregate) => {
                aggregate.filter.iter_mut().chain(aggregate.function.value_mut()).for_each(visit);
            }
            Self::Not(a)
            | Self::IsMissing(a)
            | Self::IsTrue(a)
            | Self::In(a, _)
            | Self::StartsWith(a, _)
            | Self::Contains(a, _)
            | Self::ToNumber(a)
            | Self::Negate(a)
            | Self::Shift(a, _) => visit(a),
            Self::And(all) | Self::Or(all) => all.iter_mut().for_each(visit),
            Self::Compare(_, a, b) | Self::Else(a, b) | Self::Arithmetic(_, a, b) => {
                visit(a);
                visit(b);
            }
            Self::If(a, b, c) => {
                visit(a);
                visit(b);
                visit(c);
            }
        }
    }
}

/// The arena of expressions: each distinct one once, operands before what uses them.
#[derive(Clone, Debug, Default)]
pub struct Exprs {
    nodes: Vec<Node>,
    index: HashMap<Op, ExprId>,
}

impl PartialEq for Exprs {
    fn eq(&self, other: &Self) -> bool {
        self.nodes == other.nodes
    }
}

impl Eq for Exprs {}

impl Exprs {
    /// Adds an expression, or finds the one that is there already.
    ///
    /// # Errors
    /// When the operands are unknown, or do not go together in type or scope.
    pub fn add(&mut self, schema: &Schema, op: Op) -> Result<ExprId, IllFormed> {
        if let Some(id) = self.index.get(&op) {
            return Ok(*id);
        }
        let node = infer::infer(schema, self, op)?;
        let id = ExprId(u32::try_from(self.nodes.len()).map_err(|_| IllFormed::TooMany)?);
        self.index.insert(node.op.clone(), id);
        self.nodes.push(node);
        Ok(id)
    }

    /// The node of this id, if there is one.
    pub fn get(&self, id: ExprId) -> Option<&Node> {
        self.nodes.get(id.0 as usize)
    }

    /// The node of this id in a verified plan.
    ///
    /// # Panics
    /// For an id of another arena: ids come only from [`Exprs::add`], and a verified plan holds no other.
    #[allow(clippy::indexing_slicing, reason = "a verified plan holds only ids of its own arena")]
    pub fn node(&self, id: ExprId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// All nodes with their ids, operands before what uses them.
    pub fn iter(&self) -> impl Iterator<Item = (ExprId, &Node)> {
        (0..).map(ExprId).zip(&self.nodes)
    }
}
