//! Slots, and what excludes offers beside each other: slates, one value of a field, mutual exclusion.
//!
//! What an offer's holdout holds back takes its slot and excludes others as if it were sent.

use indexmap::IndexSet;
use opportune_plan::{AtMost, Constant, FieldValue, OfferFieldId, Plan, Portfolio};

use super::options::Stop;
use super::placed::Placed;

/// How many offers a customer gets, and which beside each other.
#[derive(Debug)]
pub struct Slates {
    in_all: usize,
    /// By channel.
    by_channel: Vec<Slate>,
    at_most: Vec<Diverse>,
    exclusions: Vec<opportune_plan::Exclusion>,
}

#[derive(Debug, Default)]
struct Slate {
    size: usize,
    at_most: Vec<Diverse>,
}

/// So many offers of each value of a field.
#[derive(Debug)]
struct Diverse {
    most: usize,
    /// By offer: its values of the field, numbered.
    values: Vec<Vec<usize>>,
}

/// The values of offers' fields that something is told apart by.
#[derive(Debug)]
pub struct FieldValues {
    /// By offer, by field.
    offers: Vec<Vec<Vec<Constant>>>,
}

/// What has a slot, or may get one.
pub trait InSlot {
    /// The offer.
    fn offer(&self) -> u32;
    /// The channel.
    fn channel(&self) -> u32;
}

impl InSlot for Placed {
    fn offer(&self) -> u32 {
        self.offer
    }

    fn channel(&self) -> u32 {
        self.channel
    }
}

/// How many offers one customer gets in all. A slate of a channel lifts the default of one.
pub fn slots_in_all(portfolio: &Portfolio) -> u32 {
    let default = if portfolio.slates.is_empty() { 1 } else { u32::MAX };
    portfolio.slots_in_all.unwrap_or(default)
}

impl Slates {
    /// Those of a plan.
    pub fn new(plan: &Plan) -> Self {
        let (portfolio, values) = (&plan.portfolio, FieldValues::new(plan));
        let diverse = |all: &[AtMost]| all.iter().map(|most| Diverse::new(*most, &values)).collect();
        let mut by_channel = Vec::new();
        by_channel.resize_with(plan.channels.len(), || Slate { size: 1, ..Slate::default() });
        for slate in &portfolio.slates {
            if let Some(of_channel) = by_channel.get_mut(slate.channel.0 as usize) {
                *of_channel = Slate { size: slate.size as usize, at_most: diverse(&slate.at_most) };
            }
        }
        Self {
            in_all: slots_in_all(portfolio) as usize,
            by_channel,
            at_most: diverse(&portfolio.at_most),
            exclusions: portfolio.exclusions.clone(),
        }
    }

    /// How many offers a customer can get by a channel.
    pub fn most_by(&self, channel: u32) -> usize {
        self.by_channel.get(channel as usize).map_or(0, |slate| slate.size)
    }

    /// How many offers a customer can get at most, on all channels.
    pub fn most(&self) -> usize {
        let on_channels = self.by_channel.iter().fold(0_usize, |sum, slate| sum.saturating_add(slate.size));
        self.in_all.min(on_channels)
    }

    /// Whether so many offers are all that a customer gets.
    pub fn are_full<T>(&self, placed: &[T]) -> bool {
        placed.len() >= self.in_all
    }

    /// The slot of one more offer on a channel, from 1.
    pub fn slot<T: InSlot>(&self, placed: &[T], offer: u32, channel: u32) -> Result<u32, Stop> {
        let slate = self.by_channel.get(channel as usize).ok_or(Stop::Unreachable)?;
        let on_channel = || placed.iter().filter(move |placed| placed.channel() == channel);
        let used = on_channel().count();
        if self.are_full(placed) || used >= slate.size {
            return Err(Stop::Outranked);
        }
        let allowed = self.exclusions.iter().all(|exclusion| has_room(exclusion, placed, offer))
            && self.at_most.iter().all(|diverse| diverse.has_room(offer, placed.iter()))
            && slate.at_most.iter().all(|diverse| diverse.has_room(offer, on_channel()));
        if allowed { Ok(u32::try_from(used + 1).unwrap_or(u32::MAX)) } else { Err(Stop::Excluded) }
    }
}

impl Diverse {
    fn new(most: AtMost, values: &FieldValues) -> Self {
        let mut known: IndexSet<&Constant> = IndexSet::new();
        let of_field =
            values.offers.iter().map(|fields| fields.get(most.field.0 as usize).map_or(&[][..], Vec::as_slice));
        let values = of_field.map(|values| values.iter().map(|value| known.insert_full(value).0).collect()).collect();
        Self { most: most.most as usize, values }
    }

    fn of(&self, offer: u32) -> &[usize] {
        self.values.get(offer as usize).map_or(&[], Vec::as_slice)
    }

    fn has_room<'p, T: InSlot + 'p>(&self, offer: u32, beside: impl Iterator<Item = &'p T> + Clone) -> bool {
        self.of(offer)
            .iter()
            .all(|value| beside.clone().filter(|placed| self.of(placed.offer()).contains(value)).count() < self.most)
    }
}

fn has_room<T: InSlot>(exclusion: &opportune_plan::Exclusion, placed: &[T], offer: u32) -> bool {
    let is_one = |offer: u32| exclusion.offers.binary_search(&opportune_plan::OfferId(offer)).is_ok();
    !is_one(offer) || placed.iter().filter(|placed| is_one(placed.offer())).count() < exclusion.most as usize
}

impl FieldValues {
    /// Those of a plan's offers.
    pub fn new(plan: &Plan) -> Self {
        let values = |value: &FieldValue| match value {
            FieldValue::Missing => Vec::new(),
            FieldValue::One(constant) => vec![constant.clone()],
            FieldValue::Set(constants) => constants.clone(),
        };
        Self { offers: plan.offers.iter().map(|offer| offer.fields.iter().map(values).collect()).collect() }
    }

    /// The values of an offer's field: none where it is missing, several of a set.
    pub fn of(&self, offer: u32, field: OfferFieldId) -> &[Constant] {
        self.offers.get(offer as usize).and_then(|fields| fields.get(field.0 as usize)).map_or(&[], Vec::as_slice)
    }
}
