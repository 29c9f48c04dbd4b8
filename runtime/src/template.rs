//! Fills the holes of templates for one customer, and of a family for one member: the reasons and messages of
//! decisions; and writes the items that were picked.
//!
//! The holes are evaluated as the reference evaluator does ([`crate::interpret`]); how a value is written is said at
//! [`opportune_plan::Format`] (`write`, `currency`). Only decisions that are written are rendered: a run without an
//! output never comes here.

mod currency;
#[cfg(test)]
pub(crate) mod tests;
mod write;

use std::sync::LazyLock;

use opportune_plan::{ChannelId, Family, Offer, Part, Template, Type, VerifiedPlan};

use crate::decide::Decision;
use crate::families::{Member, Members};
use crate::interpret::row::{Row, World, get};
use crate::interpret::tape::{Step, Tape};
use crate::interpret::world::{Keys, learn_from_data, learn_from_plan};
use crate::remaining;
use crate::snapshot::Snapshot;
use crate::time::{Clock, Zones};
use crate::value::Value;
pub(crate) use currency::decimals;
use write::Hole;

/// Keys of lookup tables are texts or ints, so no zone is needed to read them.
static NO_ZONES: LazyLock<Zones> = LazyLock::new(Zones::default);

/// The fewest decisions that are worth a thread.
const LEAST_SHARE: usize = 256;

/// Renders the texts of a plan's offers.
pub struct Renderer<'a> {
    plan: &'a VerifiedPlan,
    snapshot: &'a Snapshot,
    clock: Clock,
    zones: Zones,
    keys: Keys<'a>,
    /// How much is left of each limit over all customers, when the run begins.
    remaining: Vec<i64>,
    offers: Vec<Texts<'a>>,
    /// The members of each family, by the offers.
    families: Vec<(Family, Members)>,
}

/// What one decision says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Of a family: the member, as the policy and the data write it.
    pub member: Option<String>,
    /// The reason, as the customer may read it; none where the offer has none, or where a hole is missing.
    pub reason: Option<String>,
    /// What the customer is told on the decision's channel; none in the same cases.
    pub message: Option<String>,
    /// The items picked, in the order of the offer's picks, as the data writes them.
    pub items: Vec<String>,
}

/// The texts of an offer, over one tape.
struct Texts<'a> {
    tape: Tape<'a>,
    because: Option<Text<'a>>,
    /// By channel; none: of the channels without a text of their own.
    messages: Vec<(Option<ChannelId>, Text<'a>)>,
    /// Of a family: where its members are.
    family: Option<Of>,
    /// By pick: where the items are.
    picks: Vec<Option<Of>>,
}

/// The type of the members of a family, and its position in [`Renderer::families`].
type Of = (Type, usize);

/// A template with the steps of its holes.
struct Text<'a>(Vec<Piece<'a>>);

enum Piece<'a> {
    Text(&'a str),
    Hole {
        value: Step,
        zone: Option<Step>,
        hole: Hole,
    },
    /// The item of this pick.
    Picked(usize),
}

impl<'a> Renderer<'a> {
    /// Lays out the holes of a plan's templates.
    pub fn new(plan: &'a VerifiedPlan, snapshot: &'a Snapshot, clock: &Clock) -> Self {
        let mut families: Vec<(Family, Members)> = Vec::new();
        let offers: Vec<Texts<'a>> =
            plan.offers.iter().map(|offer| texts(plan, snapshot, offer, &mut families)).collect();
        let (mut zones, mut keys) = (Zones::default(), Keys::default());
        if offers.iter().any(|texts| !texts.tape.steps.is_empty()) {
            learn_from_plan(&mut zones, plan);
            learn_from_data(&mut zones, &plan.schema, &snapshot.tables);
            keys = Keys::new(plan, &snapshot.tables, &NO_ZONES);
        }
        let clock = clock.clone();
        let remaining = remaining::of_all(plan, snapshot, &clock);
        Self { plan, snapshot, clock, zones, keys, remaining, offers, families }
    }

    /// What some decisions say, in their order; with holes to fill, by several threads.
    pub fn render_all(&self, decisions: &[Decision], threads: usize) -> Vec<Rendered> {
        let has_holes = self.offers.iter().any(|texts| !texts.tape.steps.is_empty() || !texts.picks.is_empty());
        let share = decisions.len().div_ceil(threads.max(1)).max(LEAST_SHARE);
        if !has_holes || share >= decisions.len() {
            return decisions.iter().map(|decision| self.render(decision)).collect();
        }
        let mut rendered = vec![Rendered::default(); decisions.len()];
        std::thread::scope(|scope| {
            for (decisions, slots) in decisions.chunks(share).zip(rendered.chunks_mut(share)) {
                let fill = move || {
                    for (decision, slot) in decisions.iter().zip(slots) {
                        *slot = self.render(decision);
                    }
                };
                scope.spawn(fill);
            }
        });
        rendered
    }

    /// What a decision says.
    pub fn render(&self, decision: &Decision) -> Rendered {
        let Some(texts) = self.offers.get(decision.offer.0 as usize) else { return Rendered::default() };
        let member = decision.member.and_then(|member| self.member(texts.family, member));
        let world = World {
            plan: self.plan,
            clock: &self.clock,
            tables: &self.snapshot.tables,
            zones: &self.zones,
            keys: &self.keys,
            remaining: &self.remaining,
        };
        let values = world.customer(&texts.tape, decision.customer as usize, member);
        let of_channel = |channel| texts.messages.iter().find(|(of, _)| *of == channel);
        let message = of_channel(Some(decision.channel)).or_else(|| of_channel(None));
        let picked = texts.picks.iter().enumerate();
        let picked: Vec<Option<String>> =
            picked.map(|(at, of)| decision.picks.get(at).and_then(|item| self.written(*of, item))).collect();
        Rendered {
            member: decision.member.and_then(|member| self.written(texts.family, member)),
            reason: texts.because.as_ref().and_then(|text| self.fill(text, &values, &picked)),
            message: message.and_then(|(_, text)| self.fill(text, &values, &picked)),
            items: picked.into_iter().flatten().collect(),
        }
    }

    fn written(&self, of: Option<Of>, member: u32) -> Option<String> {
        let (ty, _) = of?;
        self.member(of, member).map(|member| write::member(&self.plan.schema, ty, member))
    }

    fn member(&self, of: Option<Of>, member: u32) -> Option<Value<'_>> {
        let (ty, family) = of?;
        let (_, members) = self.families.get(family)?;
        Some(match (members.get(member)?, ty) {
            (Member::Int(value), _) => Value::Int(value),
            (Member::Code(_, text), Type::Text) => Value::Text(text),
            (Member::Code(code, _), _) => Value::Choice(code),
        })
    }

    /// The text; none where a hole or an item is missing.
    fn fill(&self, text: &Text<'_>, values: &Row<'_>, picked: &[Option<String>]) -> Option<String> {
        let mut filled = String::new();
        for piece in &text.0 {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Picked(pick) => filled.push_str(picked.get(*pick)?.as_deref()?),
                Piece::Hole { value, zone, hole } => {
                    let zone = zone.and_then(|zone| get(values, zone)).and_then(Value::to_zone);
                    hole.write(&mut filled, &self.plan.schema, get(values, *value)?, zone)?;
                }
            }
        }
        Some(filled)
    }
}

fn texts<'a>(
    plan: &'a VerifiedPlan,
    snapshot: &Snapshot,
    offer: &'a Offer,
    families: &mut Vec<(Family, Members)>,
) -> Texts<'a> {
    let mut tape = Tape::new(plan);
    let because = offer.because.as_ref().map(|template| text(plan, &mut tape, template));
    let messages = offer.messages.iter().map(|(channel, template)| (*channel, text(plan, &mut tape, template)));
    let messages = messages.collect();
    let family = offer.family.and_then(|family| of(plan, snapshot, family, families));
    let picks = offer.picks.iter().map(|pick| of(plan, snapshot, pick.family, families)).collect();
    Texts { tape, because, messages, family, picks }
}

/// Where the members of a family are, which are listed once.
fn of(plan: &VerifiedPlan, snapshot: &Snapshot, family: Family, families: &mut Vec<(Family, Members)>) -> Option<Of> {
    let known = families.iter().position(|(known, _)| *known == family);
    let at = known.unwrap_or_else(|| {
        families.push((family, Members::new(snapshot, family)));
        families.len() - 1
    });
    Some((plan.schema.field(family.table, family.field)?.ty, at))
}

fn text<'a>(plan: &'a VerifiedPlan, tape: &mut Tape<'a>, template: &'a Template) -> Text<'a> {
    let piece = |part: &'a Part| match part {
        Part::Text(text) => Piece::Text(text),
        Part::Picked(pick) => Piece::Picked(*pick as usize),
        Part::Hole { value, format, zone } => {
            let hole = Hole::new(plan.exprs.node(*value), *format);
            Piece::Hole { value: tape.add(*value), zone: zone.map(|zone| tape.add(zone)), hole }
        }
    };
    Text(template.parts.iter().map(piece).collect())
}
