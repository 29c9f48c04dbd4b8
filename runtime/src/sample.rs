//! The least of an offer and of a plan, for the unit tests: each puts in only what it is about.

use opportune_plan::{Channel, ChannelId, ExprId, Exprs, Offer, Plan, Route, Schema};

/// An offer to everybody on the first channel.
pub(crate) fn offer(name: &str, priority: ExprId) -> Offer {
    Offer { routes: vec![Route::by(ChannelId(0))], ..Offer::new(name, priority) }
}

/// A plan with one channel, by e-mail.
pub(crate) fn plan(schema: Schema, exprs: Exprs, offers: Vec<Offer>) -> Plan {
    Plan { channels: vec![channel("email")], offers, ..Plan::new("test", "UTC", schema, exprs) }
}

/// A channel that reaches everybody.
pub(crate) fn channel(name: &str) -> Channel {
    Channel::new(name)
}
