//! What of the data is not seen, what in it was missing that a row of it named, and what it names that the policy does
//! not have. Counts alone: nothing of a customer is printed.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use opportune_compiler::hir::context::context_of;
use opportune_plan::{Direction, FieldId, Plan, TableId};
use opportune_runtime::snapshot::{Column, Snapshot, Values};

use super::{Facts, counted};
use crate::escape::escaped;
use crate::table::grouped;

/// The field of the context that says by which channel a customer asks.
pub const CHANNEL: &str = "channel";

/// The lines, where there is one.
pub(super) fn tell(text: &mut String, facts: &Facts<'_>) {
    let lines =
        [loaded(facts), past(facts.plan, &facts.loaded.snapshot), asked(facts.plan, &facts.loaded.snapshot)].concat();
    if !lines.is_empty() {
        let _ = writeln!(text, "\ndata\n  {}", lines.join("\n  "));
    }
}

/// What loading left out.
fn loaded(facts: &Facts<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut tell = |table: &str, count: u64, what: &str| {
        if count > 0 {
            lines.push(format!("{table}: {} {what}", grouped(count)));
        }
    };
    for ((_, table), report) in facts.plan.schema.tables().zip(&facts.loaded.report.tables) {
        let name = escaped(&table.name);
        tell(&name, report.added as u64, "rows come from the ledger");
        tell(&name, report.replaced as u64, "rows are in the ledger too, and count once");
        tell(&name, report.scheduled as u64, "events are still to be sent: only caps count them");
        tell(&name, report.after_now.count, "events after now are not seen");
        tell(&name, report.of_unknown.count, "rows of customers that no table introduces are left out");
        tell(&name, report.of_nobody.count, "rows without a customer are left out");
        for field in report.absent.iter().filter_map(|id| table.fields.get(id.0 as usize)) {
            let without = facts.loaded.report.customers as u64;
            tell(&format!("{name}.{}", escaped(&field.name)), without, "customers lack it, for no column brings it");
        }
        for ((_, field), report) in table.fields().zip(&report.fields) {
            let name = format!("{name}.{}", escaped(&field.name));
            tell(&name, report.dangling.count, "links lead nowhere");
            tell(&name, report.not_a_number.count, "values are not a number and count as missing");
            tell(&name, report.not_a_zone.count, "values are no time zone and count as missing");
            tell(&name, report.incomplete.count, "sets have a missing value and count as missing");
            tell(&name, report.out_of_range.count, "values are out of range and count as missing");
        }
    }
    let without = facts.loaded.report.without_row as u64;
    if let Some((_, table)) = facts.plan.schema.tables().next() {
        tell(&escaped(&table.name), without, "customers have no row of their own");
    }
    lines
}

/// Past events that caps count, and that name offers or channels which the policy does not have: a cap of an offer does
/// not see them, one over all offers does.
fn past(plan: &Plan, snapshot: &Snapshot) -> Vec<String> {
    let offers: BTreeSet<&str> = plan.offers.iter().map(|offer| &*offer.name).collect();
    let channels: BTreeSet<&str> = plan.channels.iter().map(|channel| &*channel.name).collect();
    let named = |of: fn(&opportune_plan::History) -> Option<FieldId>| -> BTreeSet<(TableId, FieldId)> {
        plan.histories.iter().filter_map(|history| Some((history.events, of(history)?))).collect()
    };
    let mut lines = Vec::new();
    for (fields, known, what) in
        [(named(|history| history.offer), &offers, "offer"), (named(|history| history.channel), &channels, "channel")]
    {
        for (table, field) in fields {
            let (rows, names) = unknown(snapshot, table, field, known);
            if rows > 0 {
                let (rows, names) = (counted(rows, "row"), counted(names, what));
                let place = place(plan, table, field);
                lines.push(format!("{place}: {rows} of {names} that the policy does not have"));
            }
        }
    }
    lines
}

/// Requests by a channel that takes none.
fn asked(plan: &Plan, snapshot: &Snapshot) -> Vec<String> {
    let inbound: BTreeSet<&str> = inbound(plan).collect();
    let field = context_of(plan).and_then(|id| {
        let table = plan.schema.table(id)?;
        Some((id, table.fields().find(|(_, field)| &*field.name == CHANNEL)?.0))
    });
    let (Some((table, field)), false) = (field, inbound.is_empty()) else { return Vec::new() };
    match unknown(snapshot, table, field, &inbound) {
        (0, _) => Vec::new(),
        (rows, _) => {
            let rows = counted(rows, "request");
            vec![format!("{}: {rows} by what is no inbound channel", place(plan, table, field))]
        }
    }
}

/// The channels that customers ask by.
pub fn inbound(plan: &Plan) -> impl Iterator<Item = &str> {
    plan.channels.iter().filter(|channel| channel.direction != Direction::Outbound).map(|channel| &*channel.name)
}

fn place(plan: &Plan, table: TableId, field: FieldId) -> String {
    let declared = plan.schema.table(table);
    let of = declared.and_then(|table| table.fields.get(field.0 as usize));
    let name = |name: Option<&str>| escaped(name.unwrap_or("?"));
    format!("{}.{}", name(declared.map(|table| &*table.name)), name(of.map(|field| &*field.name)))
}

/// How many rows have a text that is not among those known, and how many such texts there are.
fn unknown(snapshot: &Snapshot, table: TableId, field: FieldId, known: &BTreeSet<&str>) -> (u64, u64) {
    let column = snapshot.table(table).and_then(|table| table.columns.get(field.0 as usize));
    let Some(column @ Column { values: Values::Codes(codes, dictionary), .. }) = column else { return (0, 0) };
    let mut counts = vec![0_u64; dictionary.values.len()];
    for (_, code) in codes.iter().enumerate().filter(|(row, _)| column.is_valid(*row)) {
        if let Some(count) = counts.get_mut(*code as usize) {
            *count += 1;
        }
    }
    let counts = counts.iter().zip(&dictionary.values).filter(|(count, text)| **count > 0 && !known.contains(&***text));
    counts.fold((0, 0), |(rows, names), (count, _)| (rows + count, names + 1))
}
