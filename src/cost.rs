//! `validate --cost`: the bound on the work for one customer, as a table for 80 columns.

use std::fmt::Write as _;

use opportune_compiler::cost::{Cost, cost};
use opportune_plan::VerifiedPlan;

use crate::escape::escaped;
use crate::table::{Table, grouped};

/// The report.
pub fn report(plan: &VerifiedPlan) -> String {
    let cost = cost(plan);
    let mut text = String::from("\nAt most, for one customer:\n\n");
    if !cost.events.is_empty() {
        text.push_str(&events(plan, &cost).to_string());
        text.push('\n');
    }
    if !cost.families.is_empty() {
        text.push_str(&families(&cost).to_string());
        text.push('\n');
    }
    let lines = [
        ("atoms", cost.atoms, "comparisons and searches, each told once for all offers"),
        ("values", cost.values, "other values and combinations, each computed once"),
        ("offers", cost.offers, "ranked against each other, beside the members of families"),
    ];
    for (name, count, what) in lines {
        let _ = writeln!(text, "{name:<8} {:>7}  {what}", grouped(count as u64));
    }
    let of_deciding = [
        ("facts", cost.facts, "values that deciding reads beside conditions and scores"),
        (
            "history",
            cost.events.iter().map(|events| events.histories).sum(),
            "kinds of past events, each gathered once",
        ),
        ("limits", cost.limits, "asked each time an offer is tried by a channel"),
    ];
    for (name, count, what) in of_deciding.into_iter().filter(|(_, count, _)| *count > 0) {
        let _ = writeln!(text, "{name:<8} {:>7}  {what}", grouped(count as u64));
    }
    text.push('\n');
    text.push_str(&wrapped(&in_all(plan, &cost)));
    if !cost.lookups.is_empty() {
        text.push_str(&wrapped(&lookups(plan, &cost)));
    }
    text
}

fn events(plan: &VerifiedPlan, cost: &Cost) -> Table {
    let columns = ["aggregates", "by member", "steps", "operations", "for each event"];
    let mut table = Table::new("events", columns.map(str::to_owned));
    for events in &cost.events {
        let counts = [events.aggregates, events.by_member, events.steps, events.operations, events.for_each()];
        table.row(name(plan, events.table), counts.into_iter().map(|count| count as u64));
    }
    table
}

fn families(cost: &Cost) -> Table {
    let mut table = Table::new("family", ["for each member".to_owned()]);
    for family in &cost.families {
        table.row(&family.offer, std::iter::once(family.for_each as u64));
    }
    table
}

fn name(plan: &VerifiedPlan, table: opportune_plan::TableId) -> &str {
    plan.schema.table(table).map_or("?", |table| &table.name)
}

fn in_all(plan: &VerifiedPlan, cost: &Cost) -> String {
    let once = cost.atoms + cost.values + cost.offers;
    let mut parts = vec![format!("{} operations", grouped(once as u64))];
    for events in &cost.events {
        parts.push(format!("{} for each {}", grouped(events.for_each() as u64), escaped(name(plan, events.table))));
    }
    for family in &cost.families {
        // A member is ranked once beside what is computed for it.
        let each = family.for_each + 1;
        let (of, offer) = (escaped(&family.of), escaped(&family.offer));
        parts.push(format!("{} for each {of} of {offer}", grouped(each as u64)));
    }
    if cost.limits > 0 {
        parts.push(format!("{} limits for each of {} tries", grouped(cost.limits as u64), grouped(cost.tries as u64)));
    }
    format!("In all {}. It does not grow with anything else.", listed(&parts))
}

fn lookups(plan: &VerifiedPlan, cost: &Cost) -> String {
    let each = cost
        .lookups
        .iter()
        .map(|(table, operations)| format!("{} for each {}", grouped(*operations as u64), escaped(name(plan, *table))));
    format!("Once a run, whatever the number of customers: {}.", listed(&each.collect::<Vec<_>>()))
}

/// `a, b and c`
fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}

/// Lines of at most 80 columns.
fn wrapped(text: &str) -> String {
    let (mut lines, mut line) = (String::new(), String::new());
    for word in text.split(' ') {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > 80 {
            lines.push_str(&line);
            lines.push('\n');
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines + &line + "\n"
}
