//! What was granted to the customers of one block, for placing to ask.

use std::collections::HashMap;

use super::Use;
use super::intern::BuildQuick;
use super::market::Bits;
use super::prices::Resource;
use super::sheet::Sheet;

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
    /// What was taken, and what takes only what there is enough of.
    pub(super) fn of(page: &Sheet, taken: &Bits, resources: &[Resource]) -> Self {
        let of_kinds = page.kinds.iter().map(|kind| (kind.offer, kind.route)).collect();
        let mut grants = Self { routes: of_kinds, ..Self::default() };
        let routes: Vec<u32> = page
            .kinds
            .iter()
            .zip(0..)
            .map(|(kind, number)| *grants.kinds.entry((kind.offer, kind.member, kind.route)).or_insert(number))
            .collect();
        let is_ample = |used: &Use| resources.get(used.resource as usize).is_some_and(|resource| resource.ample);
        let ample: Vec<bool> =
            (0..page.bundles()).map(|bundle| page.bundle(bundle as u32).iter().all(is_ample)).collect();
        let ample = |bundle: u32| ample.get(bundle as usize).copied().unwrap_or(false);
        for ballot in page.ballots() {
            let messages = page.messages_of(&ballot);
            for (line, at) in page.lines(ballot.choices.clone()).zip(ballot.choices.clone()) {
                let message = messages.get(usize::from(line.message())).copied().unwrap_or(0);
                if taken.get(at) || ample(line.bundle) && ample(message) {
                    grants.granted.extend(routes.get(line.kind as usize));
                }
            }
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
