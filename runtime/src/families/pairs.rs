//! The pairs of some customers of a block: every member that the customer's data names, and one more of each class for
//! all others of it.

use std::ops::Range;

use super::bound::{BoundFamily, BoundGroup};
use super::keyed::{Keyed, Ranked};
use crate::bind::NodeId;
use crate::snapshot::Block;
use crate::vectorised::column::Operand;

/// Pairs, in the order of their customers.
#[derive(Debug, Default)]
pub struct Pairs {
    /// By pair: the customer's position in the block.
    pub rows: Vec<u32>,
    /// By pair: the member.
    pub members: Vec<u32>,
    /// By pair: for how many members of its class it stands.
    pub weights: Vec<u64>,
    /// By pair: whether it stands for a class. These come after the others of their customer, in the order of classes.
    pub is_crowd: Vec<bool>,
    /// By customer that was added: its members that stand for themselves, in `members`.
    pub apart: Vec<Range<usize>>,
    /// By group: the events of the pairs.
    pub events: Vec<OwnEvents>,
    /// By rank: the place of each pair's member; 0 for none.
    pub places: Vec<Vec<i64>>,
}

/// The events of pairs, in the order of the pairs.
#[derive(Debug, Default)]
pub struct OwnEvents {
    /// Their positions among the block's events.
    pub rows: Vec<u32>,
    /// When each happened.
    pub at: Vec<i64>,
    /// Where each pair's begin; one more at the end.
    pub offsets: Vec<usize>,
}

/// What a block tells of the members of a family.
#[derive(Debug, Default)]
pub struct Told {
    keyed: Vec<Keyed>,
    ranked: Vec<Ranked>,
    /// The members that the customer at work names.
    named: Vec<u32>,
    /// By class: how many of them it holds.
    of_class: Vec<u32>,
}

impl Told {
    /// Sorts the events of a block by member.
    pub fn fill<'a>(&mut self, family: &BoundFamily, block: &'a Block<'a>, read: impl Fn(NodeId) -> Operand<'a>) {
        self.keyed.resize_with(family.groups.len(), Keyed::default);
        for (keyed, group) in self.keyed.iter_mut().zip(&family.groups) {
            keyed.fill(group, block, &read);
        }
        self.ranked.resize_with(family.ranks.len(), Ranked::default);
        for (ranked, rank) in self.ranked.iter_mut().zip(&family.ranks) {
            ranked.fill(rank, block, &read);
        }
    }

    /// The members that a customer's data names, ascending.
    fn name<'a>(&mut self, family: &BoundFamily, customer: usize, read: impl Fn(NodeId) -> Operand<'a>) {
        let named = &mut self.named;
        named.clear();
        if family.each_differs {
            named.extend((0..).take(family.members.len()));
            return;
        }
        for keyed in &self.keyed {
            named.extend(keyed.of(customer).iter().map(|(member, _)| *member));
        }
        for ranked in &self.ranked {
            named.extend(ranked.of(customer).iter().map(|(member, _)| *member));
        }
        for (value, naming) in &family.touches {
            naming.all(read(*value), customer, named);
        }
        named.sort_unstable();
        named.dedup();
        self.of_class.clear();
        self.of_class.resize(family.classes.len(), 0);
        for class in named.iter().filter_map(|member| family.classes.of(*member)) {
            if let Some(count) = self.of_class.get_mut(class as usize) {
                *count += 1;
            }
        }
    }
}

impl Pairs {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Forgets all.
    pub fn clear(&mut self, family: &BoundFamily) {
        self.rows.clear();
        self.members.clear();
        self.weights.clear();
        self.is_crowd.clear();
        self.apart.clear();
        self.events.resize_with(family.groups.len(), OwnEvents::default);
        for events in &mut self.events {
            events.rows.clear();
            events.at.clear();
            events.offsets.clear();
            events.offsets.push(0);
        }
        self.places.resize_with(family.ranks.len(), Vec::new);
        self.places.iter_mut().for_each(Vec::clear);
    }

    /// Adds the pairs of a customer.
    pub fn add<'a>(
        &mut self,
        family: &BoundFamily,
        told: &mut Told,
        block: &Block<'_>,
        customer: usize,
        read: impl Fn(NodeId) -> Operand<'a>,
    ) {
        told.name(family, customer, read);
        let begin = self.len();
        for member in &told.named {
            self.push(customer, *member, 1, false);
        }
        self.apart.push(begin..self.len());
        if !family.each_differs {
            for (class, named) in (0..).zip(&told.of_class) {
                let members = family.classes.members(class);
                let others = members.len().saturating_sub(*named as usize);
                let other = members.iter().find(|member| told.named.binary_search(member).is_err());
                if let Some(other) = other {
                    self.push(customer, *other, others as u64, true);
                }
            }
        }
        for ((events, keyed), group) in self.events.iter_mut().zip(&told.keyed).zip(&family.groups) {
            let pairs = self.members.get(begin..).unwrap_or_default();
            events.add(group, keyed, block, customer, pairs, told.named.len());
        }
        for (places, ranked) in self.places.iter_mut().zip(&told.ranked) {
            let mut ranked = ranked.of(customer).iter().peekable();
            for member in &told.named {
                let place = ranked.next_if(|(ranked, _)| ranked == member);
                places.push(place.map_or(0, |(_, place)| *place));
            }
            places.resize(self.rows.len(), 0);
        }
    }

    fn push(&mut self, customer: usize, member: u32, weight: u64, is_crowd: bool) {
        self.rows.push(u32::try_from(customer).unwrap_or(u32::MAX));
        self.members.push(member);
        self.weights.push(weight);
        self.is_crowd.push(is_crowd);
    }
}

impl OwnEvents {
    /// Adds those of a customer's pairs, of which the first `named` stand for themselves.
    fn add(
        &mut self,
        group: &BoundGroup,
        keyed: &Keyed,
        block: &Block<'_>,
        customer: usize,
        pairs: &[u32],
        named: usize,
    ) {
        let Some(events) = block.events(group.events) else {
            self.offsets.resize(self.offsets.len() + pairs.len(), self.rows.len());
            return;
        };
        let mut keyed = keyed.of(customer).iter().peekable();
        for (at, member) in pairs.iter().enumerate() {
            if group.key.is_none() {
                self.rows.extend(events.of(customer).filter_map(|event| u32::try_from(event).ok()));
            } else if at < named {
                self.rows.extend(std::iter::from_fn(|| keyed.next_if(|(of, _)| of == member)).map(|(_, event)| *event));
            }
            self.offsets.push(self.rows.len());
        }
        let new = self.rows.get(self.at.len()..).unwrap_or_default();
        self.at.extend(new.iter().map(|event| events.at.get(*event as usize).copied().unwrap_or(0)));
    }
}
