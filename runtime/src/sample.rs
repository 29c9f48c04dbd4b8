//! The least of an offer and of a plan, for the unit tests: each puts in only what it is about.

use opportune_plan::{Channel, ChannelId, ExprId, Exprs, Offer, Plan, Portfolio, Schema};

/// An offer to everybody on the first channel.
pub(crate) fn offer(name: &str, priority: ExprId) -> Offer {
    Offer {
        name: name.into(),
        about: None,
        family: None,
        fields: Vec::new(),
        eligible: None,
        except: Vec::new(),
        forbidden: Vec::new(),
        caps: Vec::new(),
        channels: vec![ChannelId(0)],
        timing: None,
        priority,
        because: None,
        messages: Vec::new(),
    }
}

/// A plan with one channel, by e-mail.
pub(crate) fn plan(schema: Schema, exprs: Exprs, offers: Vec<Offer>) -> Plan {
    Plan {
        name: "test".into(),
        zone: "UTC".into(),
        schema,
        exprs,
        journeys: Vec::new(),
        guarantees: Vec::new(),
        offer_fields: Vec::new(),
        channels: vec![channel("email")],
        offers,
        portfolio: Portfolio::default(),
    }
}

/// A channel that reaches everybody.
pub(crate) fn channel(name: &str) -> Channel {
    Channel { name: name.into(), needs: None }
}
