//! A page as it waits to be settled: numbers only, in columns, so that it is scanned and spilled fast.

use std::ops::Range;

use super::intern::mixed;
use super::{Choice, Use, Voter};

/// What all choices of a kind share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Kind {
    pub phase: u16,
    pub channel: u16,
    pub offer: u32,
    pub member: u32,
    pub route: u8,
}

impl Kind {
    /// What chance makes of it, the same on every page.
    pub fn chance(&self) -> u64 {
        mixed((u64::from(self.offer) << 32) | u64::from(self.member), u64::from(self.route))
    }
}

/// A choice's message is in the lower bits of its flags.
pub const HELD_OUT: u16 = 1 << 8;

/// Ballots of one block, resources as the allocator numbers them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    pub voters: Vec<Voter>,
    /// By voter: where their choices and messages end.
    pub ends: Vec<(u32, u32)>,
    /// What each message takes, as a bundle.
    pub messages: Vec<u32>,
    pub worths: Vec<i64>,
    pub bundle_of: Vec<u32>,
    pub kind_of: Vec<u32>,
    pub flags: Vec<u16>,
    /// Where the uses of each bundle end; the first bundle is nothing.
    pub bundle_ends: Vec<u32>,
    pub uses: Vec<Use>,
    pub kinds: Vec<Kind>,
}

/// One customer's part of a page.
#[derive(Clone, Debug)]
pub struct Ballot {
    pub voter: Voter,
    pub choices: Range<usize>,
    pub messages: Range<usize>,
}

/// One choice of a page.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub worth: i64,
    pub bundle: u32,
    pub kind: u32,
    pub flags: u16,
}

impl Line {
    pub fn message(&self) -> u8 {
        self.flags as u8
    }

    pub fn held_out(&self) -> bool {
        self.flags & HELD_OUT != 0
    }
}

impl Sheet {
    /// How many choices.
    pub fn choices(&self) -> usize {
        self.worths.len()
    }

    pub fn ballots(&self) -> impl Iterator<Item = Ballot> {
        (0..self.voters.len()).filter_map(|at| self.ballot(at))
    }

    pub fn ballot(&self, at: usize) -> Option<Ballot> {
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or((0, 0));
        let end = self.ends.get(at)?;
        Some(Ballot {
            voter: *self.voters.get(at)?,
            choices: start.0 as usize..end.0 as usize,
            messages: start.1 as usize..end.1 as usize,
        })
    }

    /// The phases of its choices, ascending.
    pub fn phases(&self) -> Vec<u16> {
        let mut phases: Vec<u16> = self.kinds.iter().map(|kind| kind.phase).collect();
        phases.sort_unstable();
        phases.dedup();
        phases
    }

    /// The part of a ballot's choices that is of a phase, and all before it.
    pub fn of_phase(&self, choices: &Range<usize>, phase: u16) -> (Range<usize>, Range<usize>) {
        let of = self.kind_of.get(choices.clone()).unwrap_or_default();
        let phase_of = |kind: &u32| self.kinds.get(*kind as usize).map_or(0, |kind| kind.phase);
        let from = choices.start + of.partition_point(|kind| phase_of(kind) < phase);
        let to = choices.start + of.partition_point(|kind| phase_of(kind) <= phase);
        (from..to, choices.start..from)
    }

    pub fn lines(&self, choices: Range<usize>) -> impl Iterator<Item = Line> {
        let worths = self.worths.get(choices.clone()).unwrap_or_default();
        let bundles = self.bundle_of.get(choices.clone()).unwrap_or_default();
        let kinds = self.kind_of.get(choices.clone()).unwrap_or_default();
        let flags = self.flags.get(choices).unwrap_or_default();
        worths.iter().zip(bundles).zip(kinds).zip(flags).map(|(((worth, bundle), kind), flags)| Line {
            worth: *worth,
            bundle: *bundle,
            kind: *kind,
            flags: *flags,
        })
    }

    pub fn choice(&self, line: &Line) -> Choice {
        let kind = self.kinds.get(line.kind as usize).copied().unwrap_or_default();
        Choice {
            phase: kind.phase,
            offer: kind.offer,
            member: kind.member,
            route: kind.route,
            channel: kind.channel,
            worth: line.worth,
            held_out: line.held_out(),
            message: line.message(),
        }
    }

    /// How many bundles.
    pub fn bundles(&self) -> usize {
        self.bundle_ends.len()
    }

    pub fn bundle(&self, bundle: u32) -> &[Use] {
        let end = |at: Option<usize>| at.and_then(|at| self.bundle_ends.get(at)).map_or(0, |end| *end as usize);
        let bundle = bundle as usize;
        self.uses.get(end(bundle.checked_sub(1))..end(Some(bundle))).unwrap_or_default()
    }

    /// The bundles of a ballot's messages.
    pub fn messages_of(&self, ballot: &Ballot) -> &[u32] {
        self.messages.get(ballot.messages.clone()).unwrap_or_default()
    }
}
