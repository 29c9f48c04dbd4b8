//! A family's candidates of one customer: their scores, and which member comes when some are of equal rank.
//!
//! Members of equal rank take turns: of `n` of them, in their order, the customer's lot for the family says which comes
//! first, each as likely as any other, and the rest follow from there, the first after the last. So the one that comes
//! `k`-th is found without drawing a lot for each.

use std::cmp::Ordering;
use std::ops::Range;

use crate::evaluate::{Candidates, Crowd, FamilyCandidates};

/// Goes through the candidates of a family customer by customer, in their order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Walk {
    listed: usize,
    crowds: usize,
}

impl Walk {
    /// The candidates of a customer, who is not before the one that was asked for last.
    pub fn to<'a>(&mut self, family: &'a FamilyCandidates, row: u32) -> OfCustomer<'a> {
        let listed = forward(&mut self.listed, &family.rows, |found| found.cmp(&row));
        let crowds = forward(&mut self.crowds, &family.crowds, |crowd| crowd.row.cmp(&row));
        OfCustomer { family, row, listed, crowds }
    }
}

/// Goes forward to the elements that are equal to what is sought, and says where they are.
fn forward<T>(at: &mut usize, all: &[T], compare: impl Fn(&T) -> Ordering) -> Range<usize> {
    let from = |at: usize| all.get(at..).unwrap_or_default().iter();
    *at += from(*at).take_while(|element| compare(element).is_lt()).count();
    *at..*at + from(*at).take_while(|element| compare(element).is_eq()).count()
}

/// A family's candidates of one customer.
#[derive(Clone, Debug)]
pub struct OfCustomer<'a> {
    family: &'a FamilyCandidates,
    row: u32,
    listed: Range<usize>,
    crowds: Range<usize>,
}

impl<'a> OfCustomer<'a> {
    /// Candidates of equal score: the score, and how many they are; the greatest score first.
    pub fn by_score(&self, out: &mut Vec<(f64, u64)>) {
        out.clear();
        out.extend(self.scores().iter().map(|score| (*score, 1)));
        out.extend(self.crowds().iter().map(|crowd| (crowd.score, u64::from(crowd.len))));
        out.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        out.dedup_by(|next, kept| {
            let equal = next.0 == kept.0;
            kept.1 += if equal { next.1 } else { 0 };
            equal
        });
    }

    /// The candidates of one score.
    pub fn equals(&self, score: f64) -> Equals<'a> {
        let members = self.family.members.get(self.listed.clone()).unwrap_or_default();
        let listed: Vec<u32> =
            members.iter().zip(self.scores()).filter(|(_, of)| **of == score).map(|(member, _)| *member).collect();
        let crowds: Vec<Crowd> = self.crowds().iter().filter(|crowd| crowd.score == score).copied().collect();
        let len = listed.len() as u64 + crowds.iter().map(|crowd| u64::from(crowd.len)).sum::<u64>();
        Equals { family: self.family, apart: self.family.apart(self.row), listed, crowds, len }
    }

    fn scores(&self) -> &'a [f64] {
        self.family.scores.get(self.listed.clone()).unwrap_or_default()
    }

    fn crowds(&self) -> &'a [Crowd] {
        self.family.crowds.get(self.crowds.clone()).unwrap_or_default()
    }
}

/// Members of equal rank for one customer.
#[derive(Debug)]
pub struct Equals<'a> {
    family: &'a FamilyCandidates,
    apart: &'a [u32],
    listed: Vec<u32>,
    crowds: Vec<Crowd>,
    len: u64,
}

impl Equals<'_> {
    /// How many there are.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// The one that comes at a turn, from 0, where `lot` says which comes first.
    pub fn at_turn(&self, turn: u64, lot: u64) -> Option<u32> {
        let first = ((u128::from(lot) * u128::from(self.len)) >> 64) as u64;
        let at = (first + turn).checked_rem(self.len)?;
        match (self.listed.as_slice(), self.crowds.as_slice()) {
            (listed, []) => listed.get(usize::try_from(at).ok()?).copied(),
            ([], [crowd]) => self.of_crowd(crowd, at),
            _ => self.at(at),
        }
    }

    /// The one at a position in a crowd: further on by one for each member before it that the crowd does not hold.
    fn of_crowd(&self, crowd: &Crowd, position: u64) -> Option<u32> {
        let classes = &self.family.classes;
        let apart = self.apart.iter().filter(|member| classes.of(**member) == Some(crowd.class));
        let mut at = position;
        for place in apart.filter_map(|member| classes.place(*member)) {
            if u64::from(place) > at {
                break;
            }
            at += 1;
        }
        classes.members(crowd.class).get(usize::try_from(at).ok()?).copied()
    }

    /// The one at a position in their order: the least member that has more than so many up to itself.
    fn at(&self, position: u64) -> Option<u32> {
        let last = self.crowds.iter().filter_map(|crowd| self.family.classes.members(crowd.class).last());
        let (mut low, mut high) = (0, last.chain(self.listed.last()).copied().max()?);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.up_to(middle) > position { high = middle } else { low = middle + 1 }
        }
        Some(low)
    }

    /// How many there are up to and including a member.
    fn up_to(&self, member: u32) -> u64 {
        let before = |members: &[u32]| members.partition_point(|other| *other <= member) as u64;
        let of_crowd = |crowd: &Crowd| {
            let apart = self.apart.iter().take_while(|other| **other <= member);
            let apart = apart.filter(|other| self.family.classes.of(**other) == Some(crowd.class));
            before(self.family.classes.members(crowd.class)) - apart.count() as u64
        };
        before(&self.listed) + self.crowds.iter().map(of_crowd).sum::<u64>()
    }
}

/// The best score of each customer that has candidates of a family.
pub fn best_of(family: &FamilyCandidates, rows: &mut Vec<u32>, scores: &mut Vec<f64>) {
    rows.clear();
    scores.clear();
    let mut crowds = family.crowds.iter().map(|crowd| (crowd.row, crowd.score)).peekable();
    let mut listed = family.rows.iter().copied().zip(family.scores.iter().copied()).peekable();
    loop {
        let from_crowd = match (listed.peek(), crowds.peek()) {
            (None, None) => return,
            (listed, crowd) => listed.is_none_or(|(row, _)| crowd.is_some_and(|(other, _)| other < row)),
        };
        let Some((row, score)) = (if from_crowd { crowds.next() } else { listed.next() }) else { return };
        match (rows.last(), scores.last_mut()) {
            (Some(last), Some(best)) if *last == row => *best = best.max(score),
            _ => {
                rows.push(row);
                scores.push(score);
            }
        }
    }
}

/// The candidates of a family, by its offer.
pub fn family_of(candidates: &Candidates, offer: u32) -> Option<&FamilyCandidates> {
    let at = candidates.families.binary_search_by_key(&offer, |family| family.offer.0).ok()?;
    candidates.families.get(at)
}
