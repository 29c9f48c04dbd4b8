//! What the policy means: names resolved, types known, missing values accounted for. No spans, so that an edit that
//! only moves text leaves it equal.
//!
//! [`schema`] reads the data declarations; [`infer`] gives every expression its type; [`check`] reads the clauses of
//! offers, channels and the portfolio. Each answers with what could be understood and all mistakes.

pub mod caps;
pub mod channel;
pub mod check;
mod clauses;
pub(crate) mod constants;
pub mod context;
pub mod definitions;
mod describe;
pub mod experiment;
mod family;
pub mod guarantee;
mod hours;
pub mod infer;
pub mod journey;
mod known;
pub(crate) mod missing;
pub mod objective;
pub mod pick;
pub mod portfolio;
mod resolve;
pub mod route;
pub mod scenario;
pub mod schema;
mod spending;
pub mod template;
pub mod timing;
mod written;

use opportune_plan as plan;
use opportune_plan::{Builtin, Comparison, Constant, Currency, FieldId, JourneyPart, OfferFieldId, TableId, Type};

pub use caps::Cap;
pub use channel::Channel;
pub use experiment::{Experiment, Holdout};
pub use guarantee::Guarantee;
pub use journey::Journey;
pub use pick::Pick;
pub use portfolio::Portfolio;
pub use route::Route;
pub use schema::Schema;
pub use template::Template;
pub use timing::{Moment, Timing};

/// An expression whose type is known.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Expr {
    /// What is computed.
    pub kind: ExprKind,
    /// The type of the result.
    pub ty: Type,
    /// Whether it may be missing; a condition: unknown.
    pub nullable: bool,
}

/// What an expression computes; [`opportune_plan::Op`] says what each means.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "each is explained at the operation of the plan that it becomes")]
pub enum ExprKind {
    Constant(Constant),
    Missing,
    Now,
    Field(TableId, FieldId),
    /// The member of the family that is spoken of.
    Member(TableId, FieldId),
    /// A field of whichever offer a guarantee looks at.
    OfferField(OfferFieldId),
    /// A journey by its name.
    Journey(Box<str>, JourneyPart),
    /// The customer's bucket of an experiment.
    Bucket {
        salt: Box<str>,
        layer: Box<str>,
    },
    /// What is left in all of the offer of this name.
    Remaining(Box<str>),
    /// The score of the offer that the objective looks at.
    Score,
    /// What a message by the channel costs that the objective looks at.
    ChannelCost,
    /// What the offer costs that the objective or a lever looks at.
    OfferCost,
    /// What it costs in trust that the offer reads what it reads: a number.
    InformationCost,
    Follow {
        table: TableId,
        link: FieldId,
        value: Box<Expr>,
    },
    OfCustomer {
        events: TableId,
        value: Box<Expr>,
    },
    Lookup {
        table: TableId,
        key: Box<Expr>,
        value: Box<Expr>,
    },
    /// A segment or trait by its name.
    Definition(Box<str>),
    Aggregate(Box<Aggregate>),
    Not(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    IsMissing(Box<Expr>),
    IsTrue(Box<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    In(Box<Expr>, Vec<Constant>),
    StartsWith(Box<Expr>, Box<str>),
    EndsWith(Box<Expr>, Box<str>),
    Contains(Box<Expr>, Box<str>),
    Else(Box<Expr>, Box<Expr>),
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    ToNumber(Box<Expr>),
    Negate(Box<Expr>),
    Arithmetic(plan::Arithmetic, Box<Expr>, Box<Expr>),
    Call(Builtin, Vec<Expr>),
}

impl ExprKind {
    /// Calls `visit` with each direct operand.
    pub(crate) fn for_each_operand<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        match self {
            Self::Constant(_)
            | Self::Missing
            | Self::Now
            | Self::Field(..)
            | Self::Member(..)
            | Self::OfferField(_)
            | Self::Journey(..)
            | Self::Bucket { .. }
            | Self::Remaining(_)
            | Self::Score
            | Self::ChannelCost
            | Self::OfferCost
            | Self::InformationCost
            | Self::Definition(_) => {}
            Self::Aggregate(aggregate) => aggregate.operands().for_each(visit),
            Self::And(all) | Self::Or(all) | Self::Call(_, all) => all.iter().for_each(visit),
            Self::Follow { value: of, .. }
            | Self::OfCustomer { value: of, .. }
            | Self::Not(of)
            | Self::IsMissing(of)
            | Self::IsTrue(of)
            | Self::In(of, _)
            | Self::StartsWith(of, _)
            | Self::EndsWith(of, _)
            | Self::Contains(of, _)
            | Self::ToNumber(of)
            | Self::Negate(of) => visit(of),
            Self::Compare(_, a, b)
            | Self::Else(a, b)
            | Self::Arithmetic(_, a, b)
            | Self::Lookup { key: a, value: b, .. } => {
                visit(a);
                visit(b);
            }
            Self::If(when, a, b) => {
                visit(when);
                visit(a);
                visit(b);
            }
        }
    }
}

/// A value computed from a customer's events.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Aggregate {
    /// The event table.
    pub events: TableId,
    /// Which events count by their time.
    pub window: Window,
    /// Which events count by their content.
    pub filter: Option<Expr>,
    /// Which events count for one member of a family, beside the filter.
    pub by: Option<By>,
    /// What is computed.
    pub function: Function,
    /// Of which value of the event; none for `exists` and `count`.
    pub value: Option<Expr>,
    /// Over the customer: the value whose frequency is ranked; none but for `frequency_rank`.
    pub ranked: Option<Expr>,
}

impl Aggregate {
    /// All of an event table's events, counted.
    pub fn count(events: TableId) -> Self {
        let window = Window::default();
        Self { events, window, filter: None, by: None, function: Function::Count, value: None, ranked: None }
    }

    /// Whether it can be unknown of an event whether it counts.
    pub fn may_be_unknown(&self) -> bool {
        let of_key = self.by.as_ref().is_some_and(|by| by.key.nullable && !by.missing_is_false);
        of_key || self.filter.as_ref().is_some_and(|filter| filter.nullable)
    }

    fn operands(&self) -> impl Iterator<Item = &Expr> {
        let key = self.by.as_ref().map(|by| &by.key);
        let of_events = self.filter.iter().chain(key).chain(&self.value);
        of_events.chain(&self.window.after).chain(&self.window.until).chain(&self.ranked)
    }
}

/// Which events count by their time; [`opportune_plan::Window`] says what it means.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Window {
    /// The last moment before the window, over the customer.
    pub after: Option<Expr>,
    /// The last moment in it, over the customer.
    pub until: Option<Expr>,
}

/// Only events whose key is the member of the family.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct By {
    /// The family.
    pub family: plan::Family,
    /// The key: over the event's row, of the family's type.
    pub key: Expr,
    /// Whether an event without a key counts for no member; otherwise it is unknown whether it counts.
    pub missing_is_false: bool,
}

/// What an aggregate computes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "each is explained at `opportune_plan::Function`")]
pub enum Function {
    Exists,
    Count,
    Sum,
    Avg,
    Min,
    Max,
    First,
    Last,
    Distinct,
    MostFrequent,
    FrequencyRank,
    TypicalGap,
}

impl Expr {
    /// A constant.
    pub fn constant(constant: Constant) -> Self {
        let ty = constant.ty();
        Self { kind: ExprKind::Constant(constant), ty, nullable: false }
    }

    /// A condition.
    pub fn condition(kind: ExprKind, nullable: bool) -> Self {
        Self { kind, ty: Type::Bool, nullable }
    }

    /// `not self`
    #[must_use]
    pub fn negated(self) -> Self {
        let nullable = self.nullable;
        Self::condition(ExprKind::Not(Box::new(self)), nullable)
    }

    /// `self else value`
    #[must_use]
    pub fn or_else(self, value: Self) -> Self {
        let (ty, nullable) = (self.ty, self.nullable && value.nullable);
        Self { kind: ExprKind::Else(Box::new(self), Box::new(value)), ty, nullable }
    }

    /// An int as a number; a literal at once, so that a division by it is one by a literal.
    #[must_use]
    pub fn widened(self) -> Self {
        let nullable = self.nullable;
        if self.ty != Type::Int {
            return self;
        }
        if let ExprKind::Constant(Constant::Int(value)) = self.kind
            && let Some(number) = plan::Float::new(value as f64)
        {
            return Self::constant(Constant::Number(number));
        }
        Self { kind: ExprKind::ToNumber(Box::new(self)), ty: Type::Number, nullable }
    }

    /// Whether it is the same for every customer and event.
    pub fn is_anywhere(&self) -> bool {
        match &self.kind {
            ExprKind::Field(..)
            | ExprKind::Member(..)
            | ExprKind::Journey(..)
            | ExprKind::Bucket { .. }
            | ExprKind::Score
            | ExprKind::ChannelCost
            | ExprKind::OfferCost
            | ExprKind::Follow { .. }
            | ExprKind::OfCustomer { .. }
            | ExprKind::Definition(_)
            | ExprKind::Aggregate(_) => false,
            ExprKind::Lookup { key, .. } => key.is_anywhere(),
            kind => {
                let mut anywhere = true;
                kind.for_each_operand(&mut |operand| anywhere &= operand.is_anywhere());
                anywhere
            }
        }
    }

    /// How many operations lie on the longest way down, those of definitions included.
    pub fn depth(&self, of_definition: &dyn Fn(&str) -> usize) -> usize {
        if let ExprKind::Definition(name) = &self.kind {
            return of_definition(name);
        }
        let mut deepest = 0;
        self.kind.for_each_operand(&mut |operand| deepest = deepest.max(operand.depth(of_definition)));
        deepest + 1
    }

    /// The conjunction of all; `None` of none.
    pub fn all(mut conditions: Vec<Self>) -> Option<Self> {
        if conditions.len() < 2 {
            return conditions.pop();
        }
        let nullable = conditions.iter().any(|c| c.nullable);
        Some(Self::condition(ExprKind::And(conditions), nullable))
    }
}

/// What is known of a segment or trait without looking into it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Signature {
    /// The type of its value.
    pub ty: Type,
    /// Whether the value may be missing.
    pub nullable: bool,
}

/// An offer whose clauses hold together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    /// The name.
    pub name: Box<str>,
    /// What kind of offer it is.
    pub kind: plan::OfferKind,
    /// What it is, for people.
    pub about: Option<Box<str>>,
    /// Where it is one offer for each member: of which field.
    pub family: Option<plan::Family>,
    /// The values of the schema's offer fields, in their order.
    pub fields: Vec<plan::FieldValue>,
    /// The fields that are not the same in all arms: their values over the customer.
    pub varied: Vec<(OfferFieldId, Expr)>,
    /// All of them must be definitely true.
    pub eligible: Option<Expr>,
    /// Each must be definitely false.
    pub except: Vec<Expr>,
    /// What it costs when it is given, beside the message: an amount over the customer, never missing.
    pub cost: Option<Expr>,
    /// Limits on how often customers get it, and on what that may cost.
    pub caps: Vec<Cap>,
    /// The channels that may carry it, the preferred first.
    pub routes: Vec<Route>,
    /// When it may be sent.
    pub timing: Option<Timing>,
    /// The score.
    pub priority: Expr,
    /// Those of its customers who do not get it.
    pub holdout: Option<Holdout>,
    /// Its variants.
    pub experiment: Option<Experiment>,
    /// The items that are picked for each customer.
    pub picks: Vec<Pick>,
    /// The reason.
    pub because: Option<Template>,
    /// What the customer is told, by channel; `None` for those without a text of their own.
    pub messages: Vec<(Option<Box<str>>, Template)>,
}

/// The default of a value that is never read, because the value is known to be there.
pub(crate) fn harmless(ty: Type) -> Constant {
    match ty {
        Type::Bool => Constant::Bool(false),
        Type::Int => Constant::Int(0),
        Type::Number => plan::Float::new(0.0).map_or(Constant::Int(0), Constant::Number),
        Type::Money(currency) => Constant::Money(currency, 0),
        Type::Text => Constant::Text("".into()),
        Type::OneOf(domain) => Constant::OneOf(domain, 0),
        Type::Ordered(domain) => Constant::Ordered(domain, 0),
        Type::Date => Constant::Date(0),
        Type::Instant => Constant::Instant(0),
        Type::Duration => Constant::Duration(0),
        Type::Days => Constant::Days(0),
        Type::Months => Constant::Months(0),
        Type::Time => Constant::Time(0),
        Type::Zone => Constant::Zone("UTC".into()),
        Type::Place => plan::Place::new(0.0, 0.0).map_or(Constant::Int(0), Constant::Place),
        Type::Distance => plan::Float::new(0.0).map_or(Constant::Int(0), Constant::Distance),
        Type::Set(element) => Constant::Set(element, Box::default()),
    }
}

/// The currency of a type, if it is money.
pub(crate) fn currency(ty: Type) -> Option<Currency> {
    if let Type::Money(currency) = ty { Some(currency) } else { None }
}
