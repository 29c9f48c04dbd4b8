//! How expressions reach segments, traits and channels through the graph.

use std::collections::{BTreeMap, BTreeSet};

use super::{Project, channel_names, definition_items, ends, journey_names, offer_items, signature};
use crate::db::Db;
use crate::hir::Signature;
use crate::hir::infer::{Declared, Ends, Names};

/// The names that a definition may use: signatures one by one, so that it depends on no others.
pub(super) struct ByItem<'db> {
    pub(super) db: &'db dyn Db,
    pub(super) project: Project,
}

impl Names for ByItem<'_> {
    fn definition(&self, name: &str) -> Declared {
        match definition_items(self.db, self.project).get(name) {
            None => Declared::No,
            Some(item) => declared(signature(self.db, self.project, *item)),
        }
    }

    fn other(&self, name: &str) -> Option<&'static str> {
        channel_names(self.db, self.project).contains(name).then_some("a channel")
    }

    fn definitions(&self) -> Vec<&str> {
        definition_items(self.db, self.project).keys().map(|name| &**name).collect()
    }

    fn is_journey(&self, name: &str) -> bool {
        journey_names(self.db, self.project).contains(name)
    }

    fn journeys(&self) -> Vec<&str> {
        journey_names(self.db, self.project).iter().map(|name| &**name).collect()
    }

    fn offer(&self, name: &str) -> Option<Ends> {
        Offers { db: self.db, project: self.project }.ends(name)
    }

    fn offers(&self) -> Vec<&str> {
        offer_items(self.db, self.project).keys().map(|name| &**name).collect()
    }
}

/// The names that offers, channels and the portfolio may use.
pub(super) struct ByName<'db> {
    pub(super) signatures: &'db BTreeMap<Box<str>, Option<Signature>>,
    pub(super) channels: &'db BTreeSet<Box<str>>,
    pub(super) journeys: &'db BTreeSet<Box<str>>,
    pub(super) offers: Offers<'db>,
}

/// What may be asked of offers: looked up one by one, so that nothing depends on offers that it does not name.
#[derive(Clone, Copy)]
pub(super) struct Offers<'db> {
    pub(super) db: &'db dyn Db,
    pub(super) project: Project,
}

impl Offers<'_> {
    fn ends(self, name: &str) -> Option<Ends> {
        offer_items(self.db, self.project).get(name).map(|item| ends(self.db, *item))
    }
}

impl Names for ByName<'_> {
    fn definition(&self, name: &str) -> Declared {
        self.signatures.get(name).map_or(Declared::No, |signature| declared(*signature))
    }

    fn other(&self, name: &str) -> Option<&'static str> {
        self.channels.contains(name).then_some("a channel")
    }

    fn definitions(&self) -> Vec<&str> {
        self.signatures.keys().map(|name| &**name).collect()
    }

    fn is_journey(&self, name: &str) -> bool {
        self.journeys.contains(name)
    }

    fn journeys(&self) -> Vec<&str> {
        self.journeys.iter().map(|name| &**name).collect()
    }

    fn offer(&self, name: &str) -> Option<Ends> {
        self.offers.ends(name)
    }

    fn offers(&self) -> Vec<&str> {
        offer_items(self.offers.db, self.offers.project).keys().map(|name| &**name).collect()
    }
}

fn declared(signature: Option<Signature>) -> Declared {
    signature.map_or(Declared::Damaged, Declared::Yes)
}
