//! What was granted to the customers of one block, for placing to ask.

use std::collections::HashMap;

use super::intern::BuildQuick;
use super::page::Sheet;

/// Which of the options that take something shared the customers of a block may have.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    /// Ascending.
    customers: Vec<u32>,
    /// Where each customer's kinds end.
    ends: Vec<u32>,
    granted: Vec<u32>,
    kinds: HashMap<(u32, u32, u8), u32, BuildQuick>,
    /// By kind: the offer and its route.
    routes: Vec<(u32, u8)>,
}

impl Grants {
    pub(super) fn of(page: &Sheet, taken: &[bool]) -> Self {
        let mut grants = Self::default();
        for (kind, number) in page.kinds().iter().zip(0..) {
            grants.kinds.insert((kind.offer, kind.member, kind.route), number);
            grants.routes.push((kind.offer, kind.route));
        }
        for ballot in page.ballots() {
            let of_ballot = page.kinds_of().get(ballot.choices.clone()).unwrap_or_default();
            let taken = taken.get(ballot.choices.clone()).unwrap_or_default();
            grants.granted.extend(of_ballot.iter().zip(taken).filter(|(_, taken)| **taken).map(|(kind, _)| *kind));
            grants.customers.push(ballot.voter.customer);
            grants.ends.push(u32::try_from(grants.granted.len()).unwrap_or(u32::MAX));
        }
        grants
    }

    /// Whether a customer may have an offer by a route. Of options that take nothing shared nothing is said.
    pub fn allows(&self, customer: u32, offer: u32, route: u8, member: u32) -> bool {
        let kind = self.kinds.get(&(offer, member, route));
        kind.is_some_and(|kind| self.granted_to(customer).contains(kind))
    }

    /// How many members of a family a customer may have by a route.
    pub fn count(&self, customer: u32, offer: u32, route: u8) -> usize {
        let is_it = |kind: &&u32| self.routes.get(**kind as usize) == Some(&(offer, route));
        self.granted_to(customer).iter().filter(is_it).count()
    }

    /// What a customer was granted, as kinds.
    fn granted_to(&self, customer: u32) -> &[u32] {
        let Ok(at) = self.customers.binary_search(&customer) else { return &[] };
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.granted.get(start as usize..end as usize).unwrap_or_default()
    }
}
