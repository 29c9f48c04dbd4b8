//! What a policy's tests need: the plan as it is written, the tests as data, and the conditions with their places, so that
//! whoever plays the tests can say which condition stopped an offer and which were never true, false or unknown.

use opportune_plan::{ExprId, OfferId, Scenario, VerifiedPlan};

use crate::project::Place;

/// The tests of a project with what they are played on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rehearsal {
    /// Decides as the plan of the project does, with every part of the conditions still in its arena: no pass has been over
    /// it, and what tests alone speak of is in it too. Its caps of a customer are counted at the time of sending, since at
    /// a later step contacts may be still to be sent. Its hash is its own.
    pub plan: VerifiedPlan,
    /// The tests, in the order of the files.
    pub tests: Vec<Test>,
    /// The conditions, in the order of the files; a part stands after what it is a part of.
    pub conditions: Vec<Condition>,
}

/// A test with its places.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Test {
    /// What it says.
    pub scenario: Scenario,
    /// Where its name is written.
    pub place: Place,
    /// By step: where each expectation is written.
    pub expected: Vec<Vec<Place>>,
    /// Where each of [`Scenario::always`] is written.
    pub always: Vec<Place>,
}

/// A condition, or a part of one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Condition {
    /// Whose.
    pub owner: Owner,
    /// What it decides.
    pub role: Role,
    /// Where it is written.
    pub place: Place,
    /// As it is written, on one line.
    pub text: Box<str>,
    /// In the arena of [`Rehearsal::plan`]. Of a family's offer it may speak of the member.
    pub expr: ExprId,
    /// The condition that it is a part of (of its `and`, `or` or `not`), by its place in [`Rehearsal::conditions`].
    pub part_of: Option<usize>,
    /// The values that it compares: as they are written, and in the arena. Of constants, none.
    pub values: Vec<(Box<str>, ExprId)>,
    /// The segment or trait that it names whole, by its name: its conditions explain it.
    pub names: Option<Box<str>>,
}

/// Whose a condition is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Owner {
    /// An offer, reminder or notice.
    Offer(OfferId),
    /// A segment or trait.
    Definition(Box<str>),
    /// A channel.
    Channel(Box<str>),
    /// A guarantee.
    Guarantee(Box<str>),
    /// The rules over all offers.
    Portfolio,
}

/// What a condition decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// `eligible when`
    Eligible,
    /// `except when`
    Except,
    /// `never … when`: what follows `when`
    Never,
    /// `needs` of a channel
    Needs,
    /// What a segment stands for.
    Segment,
    /// The condition of an `if`.
    Branch,
    /// Any other: `when` of a route, a cap or a lever.
    Other,
}
