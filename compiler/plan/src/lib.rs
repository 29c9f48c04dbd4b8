//! The verified plan: the contract between the compiler and the runtime.
//!
//! A [`Plan`] is everything the runtime needs and nothing else: no source text, no names to resolve, no types to
//! infer. The compiler builds one and hands it through [`verify`]; the runtime accepts only the [`VerifiedPlan`]
//! that comes out. Expressions live once each in a hash-consed arena ([`Exprs`]), so a predicate that two offers
//! share is one node. [`std::fmt::Display`] prints a plan as text.
//!
//! What must hold: no heavy dependency, no thread, no file, no clock.

mod aggregate;
mod builtin;
mod channel;
mod delivery;
mod display;
mod experiment;
mod expr;
mod infer;
mod journey;
mod limit;
mod offer;
mod scenario;
mod schema;
mod template;
mod types;
mod verify;

pub use aggregate::{Aggregate, By, Function, Window};
pub use builtin::{Builtin, Unit};
pub use channel::{Capacity, Channel, ChannelId, Direction, Hours, Weekdays};
pub use delivery::{Delivery, Moment, Timing};
pub use display::constant_text;
pub use experiment::{Arm, BUCKETS, Experiment, Holdout};
pub use expr::{Arithmetic, Comparison, ExprId, Exprs, Node, Op, Scope};
pub use infer::IllFormed;
pub use journey::{Journey, JourneyId, JourneyPart, JourneyStep};
pub use limit::{Apart, Counted, Counts, History, HistoryId, Limit, LimitWindow, Pause, Per, Quota, SharedLimit};
pub use offer::{
    AtMost, Cap, Exclusion, Family, FieldValue, Forbidden, Guarantee, GuaranteeId, MOST_PICKS, Offer, OfferField,
    OfferFieldId, OfferId, OfferKind, Pick, Plan, Portfolio, RankKey, Route, RouteCost, RouteValue, Slate,
};
pub use scenario::{Expected, Given, GivenRow, Invariant, Scenario, Step};
pub use schema::{Field, FieldId, Link, Schema, Source, Table, TableId, TableKind};
pub use template::{Format, Part, Template};
pub use types::{Constant, Currency, Domain, DomainId, Element, Float, Place, Span, Stored, Type};
pub use verify::{VerifiedPlan, VerifyError, verify};

#[cfg(test)]
mod tests;
