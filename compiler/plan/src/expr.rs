//! Expressions: a hash-consed arena of typed nodes.

use std::collections::HashMap;

use crate::aggregate::Aggregate;
use crate::builtin::Builtin;
use crate::infer::{self, IllFormed};
use crate::journey::{JourneyId, JourneyPart};
use crate::schema::{FieldId, Schema, TableId};
use crate::types::{Constant, Type};

/// Names a node of [`Exprs`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ExprId(pub u32);

/// Over what a value is computed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Scope {
    /// The same everywhere: constants, `now`, `today`.
    Anywhere,
    /// One row of a table; [`Schema::CUSTOMER`] is the customer, with the context of the request.
    Row(TableId),
    /// One member of a family: a value of a field of a lookup table.
    Member(TableId, FieldId),
    /// One customer and one member of a family.
    Pair(TableId, FieldId),
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
    /// The customer's bucket, from 0 to one less than [`crate::BUCKETS`]: the first 64 bits, little-endian, of BLAKE3 over
    /// salt, 0x1F, layer, 0x1F and the customer's key as text (an int in decimal), as a fraction of 2^64 of the buckets,
    /// rounded down. By which everybody can compute them again:
    ///
    /// | salt | layer | key | first 8 bytes of the hash | bucket |
    /// |---|---|---|---|---|
    /// | `2026-q4` | `holdout` | 1 | `e778ef1e2a2e7e99` | 5995 |
    /// | `2026-q4` | `holdout` | -42 | `3c08d0f4907d4d2c` | 1730 |
    /// | `2026-q4` | `holdout` | `é` | `528579f1f6fe20bc` | 7348 |
    /// | `2026-q4` | `holdout` | `ada@example.com` | `5d86f777aec157f2` | 9466 |
    /// | `2026-q4` | `spring_sale` | 1 | `87851d1ae04914c2` | 7581 |
    /// | | `holdout` | 1 | `e7f6faae76eae4c0` | 7534 |
    Bucket {
        /// The experiment's own salt.
        salt: Box<str>,
        /// What is drawn: `holdout` the portfolio's holdout, `holdout NAME` that of an offer, `NAME` its arms.
        layer: Box<str>,
    },
    /// How much is left, when the run begins, of a limit over all customers on an offer
    /// ([`crate::Quota::total_of`] in `portfolio.shared`): `most` less the events of its history that name the offer,
    /// of all customers, those that are scheduled included; never below zero.
    Remaining(u32),
    /// A field of the row in scope; one of the context is over the customer.
    Field(TableId, FieldId),
    /// The member of a family: a value of this field of a lookup table.
    Member(TableId, FieldId),
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
    /// A value of the row of a lookup table that has this key; missing where there is none.
    Lookup {
        /// The lookup table.
        table: TableId,
        /// The key: of the type of the table's key.
        key: ExprId,
        /// A value over the table's row.
        value: ExprId,
    },
    /// A value computed from the customer's events.
    Aggregate(Aggregate),
    /// How far the customer is on a journey.
    Journey(JourneyId, JourneyPart),

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
    /// Whether a text ends with another.
    EndsWith(ExprId, Box<str>),
    /// Whether a text contains another.
    Contains(ExprId, Box<str>),

    /// The first value, or the second where the first is missing.
    Else(ExprId, ExprId),
    /// The second where the first (a condition) is true, the third where it is false, missing where it is unknown.
    If(ExprId, ExprId, ExprId),
    /// An int as a number: the nearest double, ties to even.
    ToNumber(ExprId),
    /// The opposite of an int, number, money, duration, days, months or distance.
    Negate(ExprId),
    /// Arithmetic. Which pairs of types go together is written at [`Arithmetic`].
    Arithmetic(Arithmetic, ExprId, ExprId),
    /// A function of values; which types it takes and what it gives is written at [`Builtin`].
    Call(Builtin, Box<[ExprId]>),
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
/// | add, subtract | int, number, money, duration, days, months, distance with the same | the same |
/// | add, subtract | instant with duration; date with days | the first |
/// | subtract | two dates | days |
/// | subtract | two instants | duration |
/// | multiply | int with int; number with number | the same |
/// | multiply | money with number, or duration with number | the first, the double's product rounded half to even |
/// | multiply | distance with number | distance |
/// | multiply | days or months with int | the first |
/// | divide | int, number, money, duration, days, months, distance by the same | number |
/// | divide | money or duration by number | the first, the double's quotient rounded half to even |
/// | divide | distance by number | distance |
///
/// Ints, money, durations, days and months are converted to the nearest double (ties to even) before a division. Division by
/// anything but a constant that is not zero is nullable. A number or distance that comes out as negative
/// zero is zero.
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
            Self::Constant(_)
            | Self::Missing(_)
            | Self::Now
            | Self::Bucket { .. }
            | Self::Remaining(_)
            | Self::Field(..)
            | Self::Member(..)
            | Self::Journey(..) => {}
            Self::Follow { value, .. } | Self::OfCustomer { value, .. } => visit(*value),
            Self::Lookup { key, value, .. } => {
                visit(*key);
                visit(*value);
            }
            Self::Aggregate(aggregate) => aggregate.of_events().chain(aggregate.of_customer()).for_each(visit),
            Self::Not(a)
            | Self::IsMissing(a)
            | Self::IsTrue(a)
            | Self::In(a, _)
            | Self::StartsWith(a, _)
            | Self::EndsWith(a, _)
            | Self::Contains(a, _)
            | Self::ToNumber(a)
            | Self::Negate(a) => visit(*a),
            Self::And(all) | Self::Or(all) | Self::Call(_, all) => all.iter().copied().for_each(visit),
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
            Self::Constant(_)
            | Self::Missing(_)
            | Self::Now
            | Self::Bucket { .. }
            | Self::Remaining(_)
            | Self::Field(..)
            | Self::Member(..)
            | Self::Journey(..) => {}
            Self::Follow { value, .. } | Self::OfCustomer { value, .. } => visit(value),
            Self::Lookup { key, value, .. } => {
                visit(key);
                visit(value);
            }
            Self::Aggregate(aggregate) => aggregate.operands_mut().for_each(visit),
            Self::Not(a)
            | Self::IsMissing(a)
            | Self::IsTrue(a)
            | Self::In(a, _)
            | Self::StartsWith(a, _)
            | Self::EndsWith(a, _)
            | Self::Contains(a, _)
            | Self::ToNumber(a)
            | Self::Negate(a) => visit(a),
            Self::And(all) | Self::Or(all) | Self::Call(_, all) => all.iter_mut().for_each(visit),
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
