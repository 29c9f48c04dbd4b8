//! Expressions as written.

use super::{Name, Span, Spanned};

/// An expression.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it is written.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ExprKind {
    /// A damaged part, reported already.
    Error,
    /// A value.
    Literal(Literal),
    /// A bare word: a field, segment, trait, table, or a value of the other side's `one_of`.
    Name(Box<str>),
    /// `a.b`
    Field(Box<Expr>, Name),
    /// `name(a, b)`: a look-up `product(key)` or a function that is not an aggregate.
    Call(Name, Vec<Expr>),
    /// `sum(purchase.spend in last 84 days where condition)`
    Aggregate {
        /// `exists`, `count`, `sum` and so on.
        function: Spanned<AggregateWord>,
        /// What is ranked: `c` of `frequency_rank(c, purchase.product.category)`; of other functions none.
        ranked: Option<Box<Expr>>,
        /// The event, perhaps with a path of fields: `purchase`, `purchase.product.category`.
        of: Box<Expr>,
        /// `in last 84 days`
        window: Option<Window>,
        /// `where condition`
        filter: Option<Box<Expr>>,
    },
    /// `not a`
    Not(Box<Expr>),
    /// `-a`
    Negate(Box<Expr>),
    /// `a op b`, `else` included
    Binary(Spanned<BinaryWord>, Box<Expr>, Box<Expr>),
    /// `a is missing`, `a is not known`, `a is true`
    Is {
        /// What is asked about.
        of: Box<Expr>,
        /// What is asked.
        test: IsWord,
        /// `is not`
        negated: bool,
    },
    /// `a in [x, y]`, `a not in [x, y]`
    InList {
        /// What is looked for.
        of: Box<Expr>,
        /// `not in`
        negated: bool,
        /// The values.
        list: Vec<Expr>,
    },
    /// `a in customer.tags`, `a not in customer.tags`
    InSet {
        /// What is looked for.
        of: Box<Expr>,
        /// `not in`
        negated: bool,
        /// The set.
        set: Box<Expr>,
    },
    /// `[a, b]`, after `contains` and `overlaps`
    List(Vec<Expr>),
    /// `a in last 30 days`, `a not in this month`
    InWindow {
        /// What is looked at.
        of: Box<Expr>,
        /// `not in`
        negated: bool,
        /// The window.
        window: Window,
    },
    /// `a between low and high`, both included
    Between {
        /// What is compared.
        of: Box<Expr>,
        /// `not between`
        negated: bool,
        /// The least.
        low: Box<Expr>,
        /// The greatest.
        high: Box<Expr>,
    },
    /// `if condition then a else b`
    If(Box<Expr>, Box<Expr>, Box<Expr>),
}

/// A window of time.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Window {
    /// All of it.
    pub span: Span,
    /// Which.
    pub kind: WindowKind,
}

/// Which window of time.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum WindowKind {
    /// `last 30 days`: a span literal
    Last(Box<Expr>),
    /// `next 30 days`: a span literal
    Next(Box<Expr>),
    /// `this month`, `previous week`, `next year`
    Calendar(CalendarWord, opportune_plan::Unit),
    /// `between a and b`, both included; days or moments
    Between(Box<Expr>, Box<Expr>),
}

/// Which stretch of the calendar, seen from today.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "each is named after its word")]
pub enum CalendarWord {
    Previous,
    This,
    Next,
}

/// The aggregates.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "each is named after its word")]
pub enum AggregateWord {
    Exists,
    None,
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
    Share,
    TypicalGap,
}

/// The infix operators.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "each is named after its word")]
pub enum BinaryWord {
    Else,
    Or,
    And,
    Equal,
    /// `is not`
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    StartsWith,
    EndsWith,
    Contains,
    Overlaps,
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// What `is` may ask.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "each is named after its word")]
pub enum IsWord {
    Missing,
    Known,
    True,
}

/// A value as written. What does not fit its type is reported by the parser and becomes [`ExprKind::Error`].
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Literal {
    /// `true`, `false`
    Bool(bool),
    /// `20_000`
    Int(i64),
    /// `0.5`, `5%` (0.05)
    Number(opportune_plan::Float),
    /// `20 USD`, `0.002 USD`: millionths
    Money(opportune_plan::Currency, i64),
    /// `"text"` with its escapes resolved
    Text(Box<str>),
    /// `2026-11-01`: days since 1970-01-01
    Date(i32),
    /// `21:00`: microseconds since midnight
    Time(i64),
    /// `5 km`, `500 m`, `3 miles`: metres
    Distance(opportune_plan::Float),
    /// `2026-11-27 18:00`, `2026-11-27 18:00:30 Europe/London`: seconds since 1970-01-01 00:00 of the local clock
    DateTime {
        /// The local time.
        local_seconds: i64,
        /// The zone, where it is written.
        zone: Option<Name>,
    },
    /// `30 days`, `5 hours`, `3 months`
    Span(opportune_plan::Span),
}
