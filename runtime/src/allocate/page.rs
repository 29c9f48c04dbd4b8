//! The ballots of one block, as workers write them and as they wait to be settled.
//!
//! Most customers of a block can get the same things for the same price, so what a choice takes (a *bundle*) and what it
//! is (a *kind*) are kept once a page and numbered: then a price is looked up once a bundle, and a choice is a few words.

use indexmap::{IndexMap, IndexSet};

use super::intern::BuildQuick;
use super::sheet::{HELD_OUT, Kind, Sheet};
use super::{Choice, ResourceKey, Use, Voter};

/// Ballots of one block, for [`super::Allocator::push`].
#[derive(Debug)]
pub struct Page {
    resources: IndexSet<ResourceKey, BuildQuick>,
    bundles: IndexSet<Box<[Use]>, BuildQuick>,
    kinds: IndexSet<Kind, BuildQuick>,
    sheet: Sheet,
    /// The customer whose ballot is open, and the choices so far.
    open: Option<Voter>,
    choices: Vec<Row>,
}

/// One choice of the open ballot.
#[derive(Clone, Copy, Debug)]
struct Row {
    phase: u16,
    worth: i64,
    bundle: u32,
    kind: u32,
    flags: u16,
}

impl Default for Page {
    fn default() -> Self {
        Self::new()
    }
}

impl Page {
    /// Choices of more messages than this are not taken, so that they are granted to nobody.
    const MOST_MESSAGES: usize = 255;

    /// No ballots.
    pub fn new() -> Self {
        let mut bundles = IndexSet::default();
        bundles.insert(Box::default());
        Self {
            resources: IndexSet::default(),
            bundles,
            kinds: IndexSet::default(),
            sheet: Sheet::default(),
            open: None,
            choices: Vec::new(),
        }
    }

    /// The number that a resource has on this page.
    pub fn resource(&mut self, key: &ResourceKey) -> u32 {
        let index = match self.resources.get_index_of(key) {
            Some(index) => index,
            None => self.resources.insert_full(key.clone()).0,
        };
        number(index)
    }

    /// Opens a customer's ballot.
    pub fn begin(&mut self, voter: Voter) {
        self.drop_open();
        self.open = Some(voter);
    }

    /// A message that the customer may get, and what it takes however many offers it carries; the number for
    /// [`Choice::message`].
    pub fn message(&mut self, uses: &[Use]) -> u8 {
        let before = self.sheet.ends.last().map_or(0, |end| end.1) as usize;
        let message = self.sheet.messages.len() - before;
        if message < Self::MOST_MESSAGES {
            let bundle = self.bundle(uses);
            self.sheet.messages.push(bundle);
        }
        u8::try_from(message).unwrap_or(u8::MAX)
    }

    /// One way to make an offer to the customer, and what it takes beside its message.
    pub fn choice(&mut self, choice: Choice, uses: &[Use]) {
        if usize::from(choice.message) >= Self::MOST_MESSAGES || choice.worth <= 0 {
            return;
        }
        let Choice { phase, offer, member, route, channel, .. } = choice;
        let kind = number(self.kinds.insert_full(Kind { phase, channel, offer, member, route }).0);
        let flags = u16::from(choice.message) | if choice.held_out { HELD_OUT } else { 0 };
        let bundle = self.bundle(uses);
        self.choices.push(Row { phase, worth: choice.worth, bundle, kind, flags });
    }

    /// Closes the ballot. Nothing is kept of a customer of whom no choice takes anything.
    pub fn end(&mut self) {
        let Some(voter) = self.open else { return };
        let takes = |row: &Row| row.bundle != 0 || self.message_of(row.flags) != 0;
        if !self.choices.iter().any(takes) {
            self.drop_open();
            return;
        }
        if !self.choices.is_sorted_by_key(|row| row.phase) {
            self.choices.sort_by_key(|row| row.phase);
        }
        self.open = None;
        let sheet = &mut self.sheet;
        for row in self.choices.drain(..) {
            sheet.worths.push(row.worth);
            sheet.bundle_of.push(row.bundle);
            sheet.kind_of.push(row.kind);
            sheet.flags.push(row.flags);
        }
        sheet.voters.push(voter);
        sheet.ends.push((number(sheet.worths.len()), number(sheet.messages.len())));
    }

    fn drop_open(&mut self) {
        self.open = None;
        self.choices.clear();
        let kept = self.sheet.ends.last().map_or(0, |end| end.1);
        self.sheet.messages.truncate(kept as usize);
    }

    /// What the message of a choice of the open ballot takes.
    fn message_of(&self, flags: u16) -> u32 {
        let before = self.sheet.ends.last().map_or(0, |end| end.1) as usize;
        self.sheet.messages.get(before + usize::from(flags as u8)).copied().unwrap_or(0)
    }

    fn bundle(&mut self, uses: &[Use]) -> u32 {
        let index = match self.bundles.get_index_of(uses) {
            Some(index) => index,
            None => self.bundles.insert_full(uses.into()).0,
        };
        number(index)
    }

    /// The page as it waits, with the allocator's numbers of its resources.
    pub(super) fn finish(mut self, mut number_of: impl FnMut(ResourceKey) -> u32) -> Sheet {
        self.drop_open();
        let numbers: Vec<u32> = self.resources.into_iter().map(&mut number_of).collect();
        let mut sheet = self.sheet;
        let mut summed: IndexMap<u32, u64, BuildQuick> = IndexMap::default();
        for bundle in self.bundles {
            for used in bundle.iter().filter(|used| used.amount > 0) {
                // A number that the page has not given names nothing, of which nothing is left.
                let resource = numbers.get(used.resource as usize).copied().unwrap_or(u32::MAX);
                let sum = summed.entry(resource).or_insert(0);
                *sum = sum.saturating_add(used.amount);
            }
            sheet.uses.extend(summed.drain(..).map(|(resource, amount)| Use { resource, amount }));
            sheet.bundle_ends.push(number(sheet.uses.len()));
        }
        sheet.kinds = self.kinds.into_iter().collect();
        sheet
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
