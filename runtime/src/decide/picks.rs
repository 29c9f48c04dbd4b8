//! The items that are picked for a decision: of each pick's members the one with the greatest key that is no pick yet.

use opportune_plan::Pick;

use super::Picks;
use super::family::{OfCustomer, Walk};
use crate::evaluate::Candidates;

/// Goes through the members that may be picked, customer by customer.
#[derive(Debug, Default)]
pub struct Picking {
    /// By offer, by pick.
    walks: Vec<Vec<Walk>>,
    scores: Vec<(f64, u64)>,
}

impl Picking {
    /// Goes to another block.
    pub fn begin(&mut self, candidates: &Candidates) {
        self.walks.clear();
        self.walks.extend(candidates.picks.iter().map(|picks| vec![Walk::default(); picks.len()]));
    }

    /// The items of an offer for a customer who is not before the one that was asked for last; `None` where one cannot be
    /// picked.
    pub fn pick(&mut self, candidates: &Candidates, offer: u32, wanted: &[Pick], row: usize) -> Option<Picks> {
        let mut picks = Picks::NONE;
        if wanted.is_empty() {
            return Some(picks);
        }
        let (of_offer, walks) = (candidates.picks.get(offer as usize)?, self.walks.get_mut(offer as usize)?);
        for (at, pick) in wanted.iter().enumerate() {
            let of_customer = walks.get_mut(at)?.to(of_offer.get(at)?, u32::try_from(row).ok()?);
            let before = wanted.iter().zip(&picks.0).take(at);
            // Items of other members are others, whatever their positions.
            let taken = before.filter(|(other, _)| other.family == pick.family).map(|(_, item)| *item);
            let item = best(&of_customer, &mut self.scores, taken)?;
            *picks.0.get_mut(at)? = item;
        }
        Some(picks)
    }
}

/// The least member of the greatest score that is not taken.
fn best(
    of_customer: &OfCustomer<'_>,
    scores: &mut Vec<(f64, u64)>,
    taken: impl Iterator<Item = u32> + Clone,
) -> Option<u32> {
    of_customer.by_score(scores);
    scores.iter().find_map(|(score, count)| {
        let equals = of_customer.equals(*score);
        let in_order = (0..*count).filter_map(|turn| equals.at_turn(turn, 0));
        in_order.into_iter().find(|member| !taken.clone().any(|item| item == *member))
    })
}
