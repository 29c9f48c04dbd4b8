//! What `record` tells when it is done: how many rows were new, what they say, and what of them the policy does not have.
//! Counts and names of offers, outcomes and channels; nothing of a customer.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use opportune_ledger::{Place, Recorded};
use opportune_plan::VerifiedPlan;

use super::columns::{Kind, listed};
use super::rows::Rows;
use super::told::Context;
use crate::crosstab::{Crosstab, NONE};
use crate::escape::escaped;
use crate::table::grouped;

/// How many names a line lists.
const MOST_LISTED: usize = 5;

/// The whole report.
pub fn text(plan: &VerifiedPlan, context: &Context<'_>, rows: &Rows<'_>, recorded: &Recorded, place: &Place) -> String {
    let counts = counts(context.kind, rows);
    let mut text = String::new();
    let all = recorded.new + recorded.known;
    let _ = writeln!(text, "{:<10} {}", "file", context.file_name());
    let _ = writeln!(text, "{:<10} {}", "ledger", escaped(&place.to_string()));
    let _ = writeln!(text, "{:<10} {}", format!("{}s", context.kind.event()), grouped(all));
    let _ = writeln!(text, "{:<10} {}", "new", grouped(recorded.new));
    if recorded.known > 0 {
        let _ = writeln!(text, "{:<10} {}, recorded before and left as they were", "known", grouped(recorded.known));
    }
    if let Some(table) = counts.table("offer") {
        let _ = write!(text, "\n{table}");
    }
    let lines = [not_of(plan, context.kind, &counts), notes(rows)].concat();
    if !lines.is_empty() {
        let _ = writeln!(text, "\n{}", lines.join("\n"));
    }
    text
}

/// Offers down, outcomes or channels across.
fn counts(kind: Kind, rows: &Rows<'_>) -> Crosstab {
    let mut counts = Crosstab::default();
    match kind {
        Kind::Responses => rows.responses().for_each(|row| counts.add(row.offer.as_deref(), Some(&row.outcome))),
        Kind::Contacts => rows.contacts().for_each(|row| counts.add(row.offer.as_deref(), row.channel.as_deref())),
    }
    counts
}

fn notes(rows: &Rows<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut note = |count: u64, one: &str, many: &str| match count {
        0 => {}
        1 => lines.push(format!("1 row {one}")),
        _ => lines.push(format!("{} rows {many}", grouped(count))),
    };
    note(
        rows.held_out(),
        "is held out, so it is no contact, and was left out",
        "are held out, so they are no contacts, and were left out",
    );
    note(rows.of_erased(), "is of an erased customer and was left out", "are of erased customers and were left out");
    let unknown = rows.of_unknown_decisions();
    note(unknown, "names a decision that this ledger does not have", "name decisions that this ledger does not have");
    lines
}

/// What the policy does not have: caps of an offer or on a channel do not count those rows.
fn not_of(plan: &VerifiedPlan, kind: Kind, counts: &Crosstab) -> Vec<String> {
    let offers: BTreeSet<&str> = plan.offers.iter().map(|offer| &*offer.name).collect();
    let channels: BTreeSet<&str> = plan.channels.iter().map(|channel| &*channel.name).collect();
    // Who answers may do so by other ways than the policy's channels: those are not counted here.
    let of_channels = (kind == Kind::Contacts).then(|| unknown("a channel", "channels", counts.across(), &channels));
    unknown("an offer", "offers", counts.down(), &offers).into_iter().chain(of_channels.flatten()).collect()
}

fn unknown(one: &str, many: &str, counts: BTreeMap<&str, u64>, known: &BTreeSet<&str>) -> Option<String> {
    let unknown: Vec<(&str, u64)> =
        counts.into_iter().filter(|(name, _)| *name != NONE && !known.contains(name)).collect();
    let rows: u64 = unknown.iter().map(|(_, count)| count).sum();
    let names = listed(unknown.iter().take(MOST_LISTED).map(|(name, _)| *name));
    let more = unknown.len().saturating_sub(MOST_LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let rows = if rows == 1 { "1 row names".to_owned() } else { format!("{} rows name", grouped(rows)) };
    let which = if unknown.len() == 1 { one } else { many };
    (!unknown.is_empty()).then(|| format!("{rows} {which} that the policy does not have: {names}{more}"))
}
