//! Limits of the portfolio that can never bind: they read as a protection and are none.

use super::Reader;
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::caps::{self, Cap};
use crate::syntax::Span;

/// A limit on what stands beside each other.
pub(super) struct Limit {
    /// Where it is written.
    pub(super) span: Span,
    /// How many there may be.
    pub(super) most: u32,
    /// Of how many.
    pub(super) of: Of,
}

/// How many there can be at most without the limit.
#[derive(Clone, Copy)]
pub(super) enum Of {
    /// As many as there are slots, in a slate of this size or in all.
    Slots(Option<u32>),
    /// So many offers, each at most once.
    Offers(u32),
}

impl Reader<'_> {
    /// Reports the limits that can never bind, once all is read.
    pub(super) fn idle(&mut self) {
        let in_all = self.found.slots_in_all;
        for Limit { span, most, of } in std::mem::take(&mut self.limits) {
            let (there_are, what) = match of {
                Of::Slots(size) => (size.into_iter().chain(in_all).min(), "slots"),
                Of::Offers(count) => (Some(count), "offers"),
            };
            let Some(there_are) = there_are.filter(|there_are| most >= *there_are) else { continue };
            let one = if there_are == 1 { "is one" } else { "are" };
            let of = if there_are == 1 { what.trim_end_matches('s').to_owned() } else { format!("{there_are} {what}") };
            let message = format!("this limit can never bind: there {one} {of} in all");
            let diagnostic = Diagnostic::warning(codes::NEVER_BINDS, message, span, "never reached");
            self.infer.report(diagnostic.help("leave it out, or lower its number"));
        }
        let totals = self.caps.iter().filter_map(|(span, at)| match self.found.caps.get(*at)? {
            Cap::Quota(quota) => Some((*span, quota)),
            _ => None,
        });
        let same = caps::of_one_kind(&totals.collect::<Vec<_>>());
        let caps = self.caps.iter().filter_map(|(span, at)| match self.found.caps.get(*at)? {
            Cap::PerCustomer(limit) => Some((*span, limit)),
            _ => None,
        });
        let idle = caps::never_binds(&caps.collect::<Vec<_>>());
        self.infer.diagnostics.extend(idle.into_iter().chain(same));
    }
}
