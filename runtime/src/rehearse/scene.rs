//! One moment of a test: what was known and what was decided, open to questions.

use opportune_plan::{ChannelId, Constant, Direction, ExprId, Family, OfferId, Span, Type, VerifiedPlan};

use super::RehearseError;
use super::written::Writing;
use crate::decide::Decision;
use crate::families::{Member, Members};
use crate::interpret::row::{World, get};
use crate::interpret::tape::Tape;
use crate::interpret::world::{Keys, learn_from_data, learn_from_plan};
use crate::remaining;
use crate::run::{Engine, Options, Summary, decide_all};
use crate::snapshot::Snapshot;
use crate::template::Renderer;
use crate::time::{Clock, Zones};
use crate::value::Value;

/// A moment that was played.
pub struct Scene<'p> {
    pub(super) plan: &'p VerifiedPlan,
    snapshot: Snapshot,
    clock: Clock,
    zones: Zones,
    remaining: Vec<i64>,
    decisions: Vec<Decision>,
    made: Vec<Made>,
    pub(super) summary: Summary,
}

/// A decision, as a test speaks of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// The offer, reminder or notice.
    pub offer: OfferId,
    /// Of a family: the member.
    pub member: Option<Constant>,
    /// The channel.
    pub channel: ChannelId,
    /// The place on the channel, from 1; 0 for a notice.
    pub slot: u32,
    /// When it is sent, in microseconds since 1970-01-01 UTC.
    pub send_at: i64,
    /// What ranked it.
    pub value: f64,
    /// The reason, as the customer may read it.
    pub reason: Option<String>,
    /// Whether it is held out, so that nothing is sent.
    pub is_held_out: bool,
    /// Whether it answers a customer who asks.
    pub is_answer: bool,
}

/// What an expression came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A missing value, or an unknown condition.
    Missing,
    /// A condition that is known.
    Condition(bool),
    /// A value, as a policy writes it.
    Value(String),
}

impl Seen {
    /// As a condition: true, false, or unknown.
    pub fn truth(&self) -> Option<bool> {
        if let Self::Condition(truth) = self { Some(*truth) } else { None }
    }
}

/// How a moment is decided: nothing here changes what is decided.
pub(super) const ALONE: Options = Options { threads: 1, engine: Engine::Interpreter, block_size: 64 };

/// Decides for the customer of a snapshot.
pub(super) fn decide(
    plan: &VerifiedPlan,
    snapshot: &Snapshot,
    clock: &Clock,
) -> Result<(Vec<Decision>, Summary), RehearseError> {
    let mut decisions = Vec::new();
    let mut sink = |made: &[Decision]| {
        decisions.extend_from_slice(made);
        Ok(())
    };
    let summary = decide_all(plan, snapshot, clock, &ALONE, &mut sink).map_err(RehearseError::Run)?;
    Ok((decisions, summary))
}

impl<'p> Scene<'p> {
    pub(super) fn play(plan: &'p VerifiedPlan, snapshot: Snapshot, clock: Clock) -> Result<Self, RehearseError> {
        let (decisions, summary) = decide(plan, &snapshot, &clock)?;
        let mut zones = Zones::default();
        learn_from_plan(&mut zones, plan);
        learn_from_data(&mut zones, &plan.schema, &snapshot.tables);
        let remaining = remaining::of_all(plan, &snapshot, &clock);
        let mut scene = Self { plan, snapshot, clock, zones, remaining, decisions, made: Vec::new(), summary };
        let renderer = Renderer::new(plan, &scene.snapshot, &scene.clock);
        let made = scene.decisions.iter().map(|decision| scene.told(decision, renderer.render(decision).reason));
        scene.made = made.collect();
        Ok(scene)
    }

    fn told(&self, decision: &Decision, reason: Option<String>) -> Made {
        let family = self.plan.offers.get(decision.offer.0 as usize).and_then(|offer| offer.family);
        let channel = self.plan.channels.get(decision.channel.0 as usize);
        let asked = channel.filter(|channel| channel.direction != Direction::Outbound).and_then(|c| c.asked);
        Made {
            offer: decision.offer,
            member: family
                .and_then(|family| self.member(family, &Members::new(&self.snapshot, family), decision.member?)),
            channel: decision.channel,
            slot: decision.slot,
            send_at: decision.send_at,
            value: decision.value,
            reason,
            is_held_out: decision.held_out,
            is_answer: asked.is_some_and(|asked| self.see(asked, None).truth() == Some(true)),
        }
    }

    /// All that was decided, in rank order; what is held out too.
    pub fn decided(&self) -> &[Made] {
        &self.made
    }

    /// What is sent or shown.
    pub fn made(&self) -> impl Iterator<Item = &Made> {
        self.made.iter().filter(|made| !made.is_held_out)
    }

    pub(super) fn decisions(&self) -> &[Decision] {
        &self.decisions
    }

    pub(super) fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The moment.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The members of a family, in their order.
    pub fn members(&self, family: Family) -> Vec<Constant> {
        let members = Members::new(&self.snapshot, family);
        let all = 0..u32::try_from(members.len()).unwrap_or(u32::MAX);
        all.filter_map(|at| self.member(family, &members, at)).collect()
    }

    fn member(&self, family: Family, members: &Members, at: u32) -> Option<Constant> {
        let ty = self.plan.schema.field(family.table, family.field)?.ty;
        match (members.get(at)?, ty) {
            (Member::Int(value), _) => Some(Constant::Int(value)),
            (Member::Code(code, _), Type::OneOf(domain)) => Some(Constant::OneOf(domain, code)),
            (Member::Code(code, _), Type::Ordered(domain)) => Some(Constant::Ordered(domain, code)),
            (Member::Code(_, text), _) => Some(Constant::Text(text.into())),
        }
    }

    /// What an expression over the customer came to; of a family's, for a member.
    pub fn see(&self, expr: ExprId, member: Option<&Constant>) -> Seen {
        if self.plan.exprs.get(expr).is_none() {
            return Seen::Missing;
        }
        let mut tape = Tape::new(self.plan);
        let step = tape.add(expr);
        let ty = self.plan.exprs.node(expr).ty;
        self.in_world(|world| {
            let values = world.customer(&tape, 0, member.and_then(Value::plain));
            match get(&values, step) {
                None => Seen::Missing,
                Some(Value::Bool(truth)) => Seen::Condition(truth),
                Some(value) => Seen::Value(self.writing().value(ty, value)),
            }
        })
    }

    /// A moment moved by the customer's calendar; by the project's where the customer's is not told.
    pub fn shifted(&self, instant: i64, span: Span) -> Option<i64> {
        let Some(zone) = self.plan.delivery.zone else { return self.clock.shift_instant(instant, span) };
        let mut tape = Tape::new(self.plan);
        let step = tape.add(zone);
        self.in_world(|world| match get(&world.customer(&tape, 0, None), step).and_then(Value::to_zone) {
            Some(zone) => zone.shift(instant, span),
            None => self.clock.shift_instant(instant, span),
        })
    }

    /// Writes values as a policy does.
    pub fn writing(&self) -> Writing<'_> {
        Writing::new(&self.plan.schema, self.clock.zone())
    }

    /// Asks something of what is known.
    pub(super) fn in_world<T>(&self, ask: impl FnOnce(&World<'_, '_>) -> T) -> T {
        let keys = Keys::new(self.plan, &self.snapshot.tables, &self.zones);
        ask(&World {
            plan: self.plan,
            clock: &self.clock,
            tables: &self.snapshot.tables,
            zones: &self.zones,
            keys: &keys,
            remaining: &self.remaining,
        })
    }
}
