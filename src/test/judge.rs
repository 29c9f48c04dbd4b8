//! Whether what was decided is what a test expects.

use opportune_compiler::Place;
use opportune_compiler::rehearsal::Rehearsal;
use opportune_plan::{Constant, Expected, OfferId, Plan};
use opportune_runtime::rehearse::{Made, Scene};

use super::explain::{Explaining, Explanation};

/// An expectation that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Where it is written.
    pub place: Place,
    /// What is the case instead, and why.
    pub message: String,
    /// The conditions that are to blame.
    pub causes: Vec<Place>,
    /// A customer for whom it does not hold, as a test.
    pub example: Option<String>,
}

/// Judges one moment.
pub struct Judge<'a> {
    rehearsal: &'a Rehearsal,
    scene: &'a Scene<'a>,
}

impl<'a> Judge<'a> {
    pub fn new(rehearsal: &'a Rehearsal, scene: &'a Scene<'a>) -> Self {
        Self { rehearsal, scene }
    }

    fn plan(&self) -> &'a Plan {
        &self.rehearsal.plan
    }

    /// Whether an expectation holds; explains only where a reason is expected of what is not made.
    pub fn holds(&self, expected: &Expected) -> bool {
        match expected {
            Expected::Offer { offer, member, .. } => {
                self.of(*offer, member.as_ref()).any(|made| self.lacks(made, expected).is_none())
            }
            Expected::Not { .. } => self.judge(expected).is_none(),
            Expected::Nothing => self.scene.made().next().is_none(),
        }
    }

    /// What is wrong with an expectation; nothing where it holds.
    pub fn judge(&self, expected: &Expected) -> Option<(String, Vec<Place>)> {
        match expected {
            Expected::Offer { offer, member, .. } => {
                let of_offer: Vec<&Made> = self.of(*offer, member.as_ref()).collect();
                if of_offer.iter().any(|made| self.lacks(made, expected).is_none()) {
                    return None;
                }
                match of_offer.first() {
                    Some(made) => Some((self.otherwise(made, expected), Vec::new())),
                    None => {
                        let why = Explaining::new(self.rehearsal, self.scene).offer(*offer, member.as_ref());
                        let name = self.name(*offer, member.as_ref());
                        Some((format!("{name} is not offered: {}", why.words), why.places))
                    }
                }
            }
            Expected::Not { offer, member, because } => {
                if let Some(made) = self.of(*offer, member.as_ref()).next() {
                    return Some((format!("{} all the same", self.told(made)), Vec::new()));
                }
                let because = because.as_ref()?;
                let whole = Explaining::new(self.rehearsal, self.scene).whole(*offer, member.as_ref());
                self.other_reason(*offer, member.as_ref(), because, &whole)
            }
            Expected::Nothing => {
                let all: Vec<String> = self.scene.made().map(|made| self.told(made)).collect();
                (!all.is_empty()).then(|| (format!("{} all the same", all.join(", and ")), Vec::new()))
            }
        }
    }

    fn of(&self, offer: OfferId, member: Option<&Constant>) -> impl Iterator<Item = &'a Made> {
        let is_it = move |made: &&Made| made.offer == offer && member.is_none_or(|of| made.member.as_ref() == Some(of));
        let found: Vec<&Made> = self.scene.made().filter(is_it).collect();
        found.into_iter()
    }

    /// What a decision lacks of what is expected of it.
    fn lacks(&self, made: &Made, expected: &Expected) -> Option<String> {
        let Expected::Offer { channel, at, because, .. } = expected else { return None };
        if let Some(channel) = channel.filter(|channel| *channel != made.channel) {
            let name = self.plan().channels.get(channel.0 as usize).map_or("", |channel| &channel.name);
            return Some(format!("not by `{name}`"));
        }
        if let Some(at) = at.filter(|at| *at != made.send_at) {
            return Some(format!("not at {}", self.scene.writing().moment(at)));
        }
        let because = because.as_deref()?;
        match made.reason.as_deref() {
            Some(reason) if reason.contains(because) => None,
            Some(reason) => Some(format!("but its reason is \"{reason}\"")),
            None => Some("but it has no reason".to_owned()),
        }
    }

    fn otherwise(&self, made: &Made, expected: &Expected) -> String {
        format!("{}, {}", self.told(made), self.lacks(made, expected).unwrap_or_default())
    }

    /// It is not made, but for another reason than is expected.
    fn other_reason(
        &self,
        offer: OfferId,
        member: Option<&Constant>,
        because: &str,
        whole: &Explanation,
    ) -> Option<(String, Vec<Place>)> {
        if whole.words.contains(because) {
            return None;
        }
        let why = Explaining::new(self.rehearsal, self.scene).offer(offer, member);
        let name = self.name(offer, member);
        Some((format!("{name} is not offered, but for another reason: {}", why.words), why.places))
    }

    fn name(&self, offer: OfferId, member: Option<&Constant>) -> String {
        let name = self.plan().offers.get(offer.0 as usize).map_or("", |offer| &offer.name);
        let member =
            member.map_or_else(String::new, |member| format!(" for {}", self.scene.writing().constant(member)));
        format!("`{name}`{member}")
    }

    /// What is made, by which channel and when.
    pub fn told(&self, made: &Made) -> String {
        let channel = self.plan().channels.get(made.channel.0 as usize).map_or("", |channel| &channel.name);
        let at = self.scene.writing().moment(made.send_at);
        format!("{} is offered by `{channel}` at {at}", self.name(made.offer, made.member.as_ref()))
    }
}
