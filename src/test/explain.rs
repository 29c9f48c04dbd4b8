//! Why an offer is not made, in the policy's own words and with the customer's own values.
//!
//! The runtime says at which stage an offer stopped; here the condition is found that stopped it there, down to the part
//! that is to blame, through the segments that it names. The same moment always gives the same words.

use opportune_compiler::Place;
use opportune_compiler::rehearsal::{Condition, Meaning, Owner, Rehearsal, Role};
use opportune_plan::{ChannelId, Constant, Direction, ExprId, Offer, OfferId, Plan, Route};
use opportune_runtime::rehearse::{Later, Scene, Seen, Stop, Stopped};

/// How many parts of one condition are told.
const MOST_PARTS: usize = 4;
/// How many segments within segments are followed.
const DEEPEST: usize = 32;
/// How many members of a family are told apart.
const MOST_MEMBERS: usize = 3;

/// Why an offer is not made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// In words, of all members where the offer is a family.
    pub words: String,
    /// The conditions that are to blame.
    pub places: Vec<Place>,
}

impl Explanation {
    fn plain(words: impl Into<String>) -> Self {
        Self { words: words.into(), places: Vec::new() }
    }

    /// The first of them in full, and how many more there are.
    fn of_members(all: Vec<(String, Self)>, writes_all: bool) -> Self {
        let shown = if writes_all { all.len() } else { MOST_MEMBERS };
        let more = all.len().saturating_sub(shown);
        let places = all.iter().take(shown).flat_map(|(_, why)| why.places.clone()).collect();
        let words: Vec<String> = all.into_iter().take(shown).map(|(of, why)| format!("{of}: {}", why.words)).collect();
        let more = if more > 0 { format!("; and so for {more} more") } else { String::new() };
        Self { words: format!("{}{more}", words.join("; ")), places }
    }
}

/// Of what it is asked why it is not made.
#[derive(Clone, Copy)]
struct Subject<'a> {
    offer: OfferId,
    /// Of a family: the member.
    member: Option<&'a Constant>,
}

/// Explains one moment of a test.
pub struct Explaining<'a> {
    rehearsal: &'a Rehearsal,
    scene: &'a Scene<'a>,
}

impl<'a> Explaining<'a> {
    pub fn new(rehearsal: &'a Rehearsal, scene: &'a Scene<'a>) -> Self {
        Self { rehearsal, scene }
    }

    fn plan(&self) -> &'a Plan {
        &self.rehearsal.plan
    }

    /// Why an offer, or a member of it, is not made.
    pub fn offer(&self, offer: OfferId, member: Option<&Constant>) -> Explanation {
        self.told(offer, member, false)
    }

    /// The same of every member of a family, however many there are.
    pub fn whole(&self, offer: OfferId, member: Option<&Constant>) -> Explanation {
        self.told(offer, member, true)
    }

    fn told(&self, offer: OfferId, member: Option<&Constant>, writes_all: bool) -> Explanation {
        let stops = self.scene.stops(offer);
        let is_asked = |stopped: &&Stopped| member.is_none() || stopped.member.as_ref() == member;
        let mut why: Vec<(&Stopped, Explanation)> = Vec::new();
        for stopped in stops.iter().filter(is_asked).filter(|stopped| stopped.stop != Stop::Made) {
            why.push((stopped, self.stopped(offer, stopped)));
        }
        match (why.len(), member) {
            (0, _) => Explanation::plain(self.no_member(offer, member)),
            (1, _) | (_, Some(_)) => why.pop().map(|(_, why)| why).unwrap_or_default(),
            _ => {
                let written = |stopped: &Stopped| {
                    stopped.member.as_ref().map_or_else(String::new, |m| self.scene.writing().constant(m))
                };
                let all = why.into_iter().map(|(stopped, why)| (format!("for {}", written(stopped)), why));
                Explanation::of_members(all.collect(), writes_all)
            }
        }
    }

    fn no_member(&self, offer: OfferId, member: Option<&Constant>) -> String {
        let family = self.plan().offers.get(offer.0 as usize).and_then(|offer| offer.family);
        let table = family.and_then(|family| self.plan().schema.table(family.table));
        let table = table.map_or("", |table| &table.name);
        match member {
            Some(member) => format!("no row of `{table}` has {}", self.scene.writing().constant(member)),
            None => format!("it has no members, since no row of `{table}` is given"),
        }
    }

    fn stopped(&self, id: OfferId, stopped: &Stopped) -> Explanation {
        let Some(offer) = self.plan().offers.get(id.0 as usize) else { return Explanation::default() };
        let member = stopped.member.as_ref();
        let of = Subject { offer: id, member };
        match &stopped.stop {
            Stop::Made => Explanation::default(),
            Stop::NotEligible => self.because("not eligible", &Owner::Offer(id), Role::Eligible, offer.eligible, of),
            Stop::Excepted(at) => {
                let except = offer.except.get(*at).copied();
                self.because("excepted", &Owner::Offer(id), Role::Except, except, of)
            }
            Stop::Forbidden(guarantee) => {
                let name = self.plan().guarantees.get(guarantee.0 as usize).map_or("", |guarantee| &guarantee.name);
                let forbidden = offer.forbidden.iter().find(|forbidden| forbidden.guarantee == *guarantee);
                let words = format!("forbidden by the guarantee \"{name}\"");
                let owner = Owner::Guarantee(name.into());
                let when = forbidden.map(|forbidden| forbidden.when);
                let why = self.because(&words, &owner, Role::Never, when, of);
                // Without `when`, it is the offer itself that is not to be.
                if why.places.is_empty() { self.because(&words, &owner, Role::Offers, None, of) } else { why }
            }
            Stop::NoChannel => self.no_channel(id, offer),
            Stop::IsOver => Explanation::plain("its timing is over"),
            Stop::CapAtNow => Explanation::plain("a cap of the offer is reached"),
            Stop::Worthless => Explanation::plain(match self.scene.see(offer.priority, member) {
                Seen::Value(value) => format!("worth nothing: its priority is {value}"),
                _ => "worth nothing: its priority is missing".to_owned(),
            }),
            Stop::Later(kinds) => {
                let all: Vec<Explanation> = kinds.iter().map(|kind| self.later(id, offer, *kind)).collect();
                let words: Vec<String> = all.iter().map(|why| why.words.clone()).collect();
                let words = if all.is_empty() { "it is not among the best".to_owned() } else { words.join(", or ") };
                Explanation { words, places: all.into_iter().flat_map(|why| why.places).collect() }
            }
        }
    }

    /// What stopped it, and the conditions of an owner and role that are to blame.
    fn because(&self, words: &str, owner: &Owner, role: Role, expr: Option<ExprId>, of: Subject<'_>) -> Explanation {
        let wanted = role == Role::Eligible || role == Role::Needs;
        let is_it = |condition: &Condition| expr.is_some() && condition.meaning.of(of.offer) == expr;
        let is_root = |condition: &Condition| {
            let is_asked = condition.owner == *owner && condition.role == role && condition.part_of.is_none();
            is_asked && condition.meaning.of(of.offer).is_some()
        };
        let all = self.rehearsal.conditions.iter().enumerate().filter(|(_, condition)| is_root(condition));
        let all: Vec<(usize, &Condition)> =
            all.filter(|(at, condition)| is_it(condition) || self.truth(*at, of) != Some(wanted)).collect();
        let only = all.iter().find(|(_, condition)| is_it(condition));
        let roots = only.map_or_else(|| all.iter().map(|(at, _)| *at).collect(), |(at, _)| vec![*at]);
        let mut blamed = Blamed::default();
        for root in roots {
            self.blame(root, of, DEEPEST, &mut blamed);
        }
        if blamed.words.is_empty() {
            return Explanation::plain(match expr.map(|expr| self.scene.see(expr, of.member).truth()) {
                Some(None) => format!("{words}: what decides it is unknown"),
                _ => format!("{words}, by a rule that the policy does not write as a condition"),
            });
        }
        Explanation { words: format!("{words}, because {}", blamed.words.join(", and ")), places: blamed.places }
    }

    fn condition(&self, at: usize) -> Option<&'a Condition> {
        self.rehearsal.conditions.get(at)
    }

    fn truth(&self, at: usize, of: Subject<'_>) -> Option<bool> {
        self.see(&self.condition(at)?.meaning, of).truth()
    }

    fn see(&self, meaning: &Meaning, of: Subject<'_>) -> Seen {
        meaning.of(of.offer).map_or(Seen::Missing, |expr| self.scene.see(expr, of.member))
    }

    /// Goes down to the parts that made a condition what it is.
    fn blame(&self, at: usize, of: Subject<'_>, depth: usize, blamed: &mut Blamed) {
        let Some(condition) = self.condition(at).filter(|_| blamed.words.len() < MOST_PARTS && depth > 0) else {
            return;
        };
        let truth = self.truth(at, of);
        // The condition of an `if` decides which part counts, and what that is is told of the part.
        let is_part = |part: &usize| {
            self.condition(*part).is_some_and(|part| part.part_of == Some(at) && part.role == condition.role)
        };
        let parts: Vec<usize> = (0..self.rehearsal.conditions.len()).filter(is_part).collect();
        let alike: Vec<usize> = match parts.as_slice() {
            [one] => vec![*one],
            parts => parts.iter().copied().filter(|part| self.truth(*part, of) == truth).collect(),
        };
        if !alike.is_empty() {
            return alike.into_iter().for_each(|part| self.blame(part, of, depth - 1, blamed));
        }
        let mut words = format!("`{}` is {}", condition.text, word(truth));
        let values: Vec<String> =
            condition.values.iter().map(|(text, meaning)| self.value(text, meaning, of)).collect();
        if !values.is_empty() {
            words.push_str(&format!(": {}", values.join(", ")));
        }
        if let Some(inner) = condition.names.as_deref().and_then(|name| self.inside(name, of, depth)) {
            words.push_str(&format!(", since {}", inner.words.join(", and ")));
            blamed.places.extend(inner.places);
        } else {
            blamed.places.push(condition.place.clone());
        }
        blamed.words.push(words);
    }

    /// What made a segment what it is.
    fn inside(&self, name: &str, of: Subject<'_>, depth: usize) -> Option<Blamed> {
        let is_root = |condition: &Condition| {
            let is_its = matches!(&condition.owner, Owner::Definition(of) if **of == *name);
            is_its && condition.role == Role::Segment && condition.part_of.is_none()
        };
        let root = self.rehearsal.conditions.iter().position(is_root)?;
        let mut blamed = Blamed::default();
        self.blame(root, of, depth - 1, &mut blamed);
        Some(blamed).filter(|blamed| !blamed.words.is_empty())
    }

    fn value(&self, text: &str, meaning: &Meaning, of: Subject<'_>) -> String {
        match self.see(meaning, of) {
            Seen::Missing => format!("`{text}` is missing"),
            Seen::Condition(truth) => format!("`{text}` is {truth}"),
            Seen::Value(value) => format!("`{text}` is {value}"),
        }
    }

    fn channel(&self, id: ChannelId) -> &'a str {
        self.plan().channels.get(id.0 as usize).map_or("", |channel| &channel.name)
    }

    fn no_channel(&self, id: OfferId, offer: &Offer) -> Explanation {
        let mut whole = Explanation::default();
        let mut all = Vec::new();
        for channel in offer.channels() {
            let why = self.no_consent(id, channel);
            whole.places.extend(why.places);
            all.push(why.words);
        }
        whole.words = all.join("; ");
        whole
    }

    /// Why what a channel needs does not hold.
    fn no_consent(&self, offer: OfferId, id: ChannelId) -> Explanation {
        let name = self.channel(id);
        let needs = self.plan().channels.get(id.0 as usize).and_then(|channel| channel.needs);
        let owner = Owner::Channel(name.into());
        self.because(&format!("no consent for `{name}`"), &owner, Role::Needs, needs, Subject { offer, member: None })
    }

    fn later(&self, id: OfferId, offer: &Offer, kind: Later) -> Explanation {
        Explanation::plain(match kind {
            Later::LeftOut => "the customer is held out from all offers".to_owned(),
            Later::HeldOut => "held out by the offer's own holdout".to_owned(),
            Later::Unreachable => return self.unreachable(id, offer),
            Later::Untimely => {
                let names: Vec<String> = offer.channels().map(|id| format!("`{}`", self.channel(id))).collect();
                format!("no time of sending by {}", names.join(" or "))
            }
            Later::Capped => {
                let caps: Vec<String> = self.scene.caps(id).iter().map(|cap| format!("`{cap}`")).collect();
                format!("cap reached: {}", caps.join(" or "))
            }
            Later::Excluded => format!("excluded beside {}", self.others(id)),
            Later::Withheld => "worth nothing by the channels that are left, or an item could not be picked".to_owned(),
            Later::UsedUp => "a limit over all customers is used up".to_owned(),
            Later::Outranked => format!("outranked by {}", self.others(id)),
        })
    }

    /// The offers that are made in its place.
    fn others(&self, id: OfferId) -> String {
        let mut names: Vec<String> = Vec::new();
        for made in self.scene.decided().iter().filter(|made| made.offer != id) {
            let name = self.plan().offers.get(made.offer.0 as usize).map_or("", |offer| &offer.name);
            let name = format!("`{name}`");
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if names.is_empty() { "others of its family".to_owned() } else { names.join(" and ") }
    }

    /// What stands in the way of each of its routes: consent, the route's own condition, or that nobody asks.
    fn unreachable(&self, id: OfferId, offer: &Offer) -> Explanation {
        let all: Vec<Explanation> = offer.routes.iter().map(|route| self.not_by(id, route)).collect();
        let words: Vec<String> = all.iter().map(|why| why.words.clone()).collect();
        Explanation { words: words.join("; "), places: all.into_iter().flat_map(|why| why.places).collect() }
    }

    fn not_by(&self, id: OfferId, route: &Route) -> Explanation {
        let name = self.channel(route.channel);
        let fails = |condition: &ExprId| self.scene.see(*condition, None).truth() != Some(true);
        let channel = self.plan().channels.get(route.channel.0 as usize);
        if channel.and_then(|channel| channel.needs).as_ref().is_some_and(fails) {
            return self.no_consent(id, route.channel);
        }
        if let Some(when) = route.when.filter(fails) {
            return self.because(
                &format!("not by `{name}`"),
                &Owner::Offer(id),
                Role::Other,
                Some(when),
                Subject { offer: id, member: None },
            );
        }
        let is_inbound = channel.is_some_and(|channel| channel.direction == Direction::Inbound);
        Explanation::plain(if is_inbound {
            format!("nobody asks by `{name}`")
        } else {
            format!("`{name}` does not reach the customer now")
        })
    }
}

/// What is to blame so far.
#[derive(Default)]
struct Blamed {
    words: Vec<String>,
    places: Vec<Place>,
}

fn word(truth: Option<bool>) -> &'static str {
    match truth {
        Some(true) => "true",
        Some(false) => "false",
        None => "unknown",
    }
}
