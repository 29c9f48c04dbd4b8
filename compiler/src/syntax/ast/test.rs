//! Personas and tests as written.

use opportune_plan::OfferKind;

use super::{Expr, Name, Span, Spanned};

/// `persona new_parent { age: "25-34" … }`: what several tests know of a customer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PersonaItem {
    /// Its name.
    pub name: Name,
    /// What is known, in the order in which it is written.
    pub fields: Vec<RecordField>,
}

/// `{ field: value, … }`
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Record {
    /// All of it, with its braces.
    pub span: Span,
    /// Its fields, in the order in which they are written; some may stand twice.
    pub fields: Vec<RecordField>,
}

/// `field: value`
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RecordField {
    /// All of it.
    pub span: Span,
    /// A field, an event table or a lookup table.
    pub name: Name,
    /// Its value.
    pub value: RecordValue,
}

/// The value of a record's field.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum RecordValue {
    /// `missing`
    Missing(Span),
    /// One value.
    One(Expr),
    /// `[a, b]`: the values of a set, or rows.
    List(Vec<Self>, Span),
    /// `{ … }`: a row.
    Row(Record),
}

impl RecordValue {
    /// Where it is written.
    pub fn span(&self) -> Span {
        match self {
            Self::Missing(span) | Self::List(_, span) => *span,
            Self::One(value) => value.span,
            Self::Row(record) => record.span,
        }
    }
}

/// `test "a new parent gets the bundle by mail" { … }`
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TestItem {
    /// What it shows: a text.
    pub name: Name,
    /// Its clauses in the order in which they are written.
    pub clauses: Vec<TestClause>,
}

/// A clause of a test.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TestClause {
    /// All of it.
    pub span: Span,
    /// The word that it begins with.
    pub word: Span,
    /// What it says.
    pub kind: TestClauseKind,
}

/// What a clause of a test says.
#[allow(clippy::large_enum_variant, reason = "an item holds few of them, and each is read once")]
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TestClauseKind {
    /// `at 2026-11-20 18:00`
    At(Expr),
    /// `given new_parent with { weekly_visits: 3 }`, either part alone too
    Given {
        /// The persona.
        persona: Option<Name>,
        /// What is known beside, or instead.
        record: Option<Record>,
    },
    /// `with context { reason: complaint }`
    Context(Record),
    /// `then after 3 days`: a span literal
    ThenAfter(Expr),
    /// `then at 2026-11-23 18:00`
    ThenAt(Expr),
    /// `expect …`
    Expect(Expectation),
    /// `always …`
    Always(AlwaysClause),
}

/// `offer diaper_bundle for "BEER" by mail at 2026-11-20 18:00 because "first diapers"`, `not beer_deal because "…"`, `no offer`
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Expectation {
    /// Whether something is made or not.
    pub kind: Expects,
    /// The offer, reminder or notice; of `no offer` none.
    pub offer: Option<Name>,
    /// `for "BEER"`: the member of a family.
    pub member: Option<Expr>,
    /// `by mail`
    pub channel: Option<Name>,
    /// `at 2026-11-20 18:00`: when it is sent.
    pub at: Option<Expr>,
    /// `because "…"`: a text.
    pub because: Option<Name>,
}

/// Whether something is made or not.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Expects {
    /// `offer`, `reminder` or `notice`
    Made(Spanned<OfferKind>),
    /// `not`
    NotMade,
    /// `no offer`: nothing at all
    Nothing,
}

/// What must hold for every customer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum AlwaysClause {
    /// `at most 3 contacts in any 7 days by sms`, `at most 1 diaper_bundle in any 90 days`
    AtMost {
        /// How many.
        most: Expr,
        /// `contact`, `contacts` or an offer.
        what: Name,
        /// In any stretch of this length: a span literal.
        within: Expr,
        /// `by sms`
        channel: Option<Name>,
    },
    /// `no offer when customer.age < 18`, `not beer_deal when …`
    Never {
        /// One offer; of `no offer` none.
        offer: Option<Name>,
        /// For which customers.
        when: Expr,
    },
}
