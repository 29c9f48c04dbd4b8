//! Other people's conformance suites, put into Opportune's own expressions: CEL's simple tests and the DMN
//! Technology Compatibility Kit. Neither suite is part of this project; both are read from where they lie.
//!
//! A translator reads a case and answers with a condition that holds exactly where the case's expectation does
//! ([`Claim`]), or with why there is none. It knows the other language's types, and nothing of Opportune's compiler:
//! whether the condition compiles and holds is found by the test beside it.

pub mod cel;
mod cursor;
pub mod dmn;
mod spelling;
pub mod textproto;

/// A case of another suite.
#[derive(Clone, Debug)]
pub struct Case {
    /// Where it is: file, section and name, unique in its suite.
    pub id: String,
    /// The expression as it is written there, on one line.
    pub source: String,
    /// What it says in Opportune's words.
    pub claim: Result<Claim, &'static str>,
}

/// A condition that a case claims.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    /// An expression of type bool.
    pub condition: String,
    /// What the other language expects.
    pub expects: Expects,
    /// The zone in which local times are told; `UTC` where the case names none.
    pub zone: String,
    /// Why the condition may fail to hold, where that is on purpose.
    pub unless: Option<&'static str>,
}

/// What a case expects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expects {
    /// A value: the condition compares with it.
    Value,
    /// The other language's null: the condition asks whether ours is missing.
    Null,
    /// An error when evaluated: the condition asks whether ours is missing.
    Error,
}

/// Why a case says nothing about Opportune.
pub mod reasons {
    /// No byte strings.
    pub const BYTES: &str = "not applicable: there are no byte strings";
    /// No maps, messages and other structures.
    pub const STRUCTURES: &str = "not applicable: there are no maps and messages; data has named, typed fields";
    /// No lists.
    pub const LISTS: &str = "not applicable: lists are no values, but for sets of constants after `in`";
    /// No types at run time.
    pub const TYPES: &str = "not applicable: types are checked before anything runs and are no values";
    /// No conversion to and from text.
    pub const CONVERSIONS: &str = "not applicable: texts are not converted; data is typed when it is loaded";
    /// No regular expressions.
    pub const PATTERNS: &str = "not applicable: there are no regular expressions";
    /// Texts are not joined.
    pub const JOINING: &str = "not applicable: texts are not joined in expressions; templates join them";
    /// Times of less than a microsecond.
    pub const NANOSECONDS: &str = "not applicable: times are told to the microsecond";
    /// Years outside 1 to 9999.
    pub const YEARS: &str = "not applicable: years are 1 to 9999";
    /// A value that does not fit 64 bits.
    pub const BEYOND: &str = "not applicable: a literal beyond 64-bit integers or finite doubles";
    /// No unbound names and functions.
    pub const UNBOUND: &str = "not applicable: what is not declared does not compile";
    /// Offsets that are no zones.
    pub const OFFSETS: &str = "not applicable: zones are IANA's, and a time of day has none";
    /// No functions as values, named arguments and the like.
    pub const FUNCTIONS: &str = "not applicable: functions are no values and take no named arguments";
    /// No intervals as values.
    pub const INTERVALS: &str = "not applicable: intervals are no values";
    /// What the translator does not read.
    pub const UNREAD: &str = "not applicable: a form of the other language that has no counterpart";
}
