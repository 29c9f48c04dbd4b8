//! What `dry-run` prints: how far each offer came, by which channels, what the data lacked, how long it took.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use opportune_plan::VerifiedPlan;
use opportune_runtime::run::{OfferSummary, Summary};
use opportune_runtime::snapshot::read::LoadReport;
use opportune_runtime::time::Clock;

use crate::escape::escaped;
use crate::table::{Table, grouped};

/// All that the report is made of.
pub struct Facts<'a> {
    pub plan: &'a VerifiedPlan,
    pub clock: &'a Clock,
    pub report: &'a LoadReport,
    pub summary: &'a Summary,
    pub loaded: Duration,
    pub decided: Duration,
    pub out: Option<&'a Path>,
}

/// Prints the report.
pub fn print(out: &mut impl Write, facts: &Facts<'_>) -> io::Result<()> {
    let mut text = String::new();
    head(&mut text, facts);
    text.push_str(&offers(facts).to_string());
    if facts.plan.channels.len() > 1 {
        text.push('\n');
        text.push_str(&channels(facts).to_string());
    }
    data(&mut text, facts);
    foot(&mut text, facts);
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn head(text: &mut String, facts: &Facts<'_>) {
    let mut lines = vec![
        ("project", escaped(&facts.plan.name)),
        ("now", facts.clock.shown()),
        ("customers", grouped(facts.summary.customers)),
        ("offers", offer_count(facts.plan)),
    ];
    if !facts.plan.guarantees.is_empty() {
        lines.push(("guarantees", guarantee_count(facts)));
    }
    lines.push(("decisions", grouped(facts.summary.decisions)));
    for (name, value) in lines {
        let _ = writeln!(text, "{name:<10} {value}");
    }
    text.push('\n');
}

fn offer_count(plan: &VerifiedPlan) -> String {
    let families = plan.offers.iter().filter(|offer| offer.family.is_some()).count();
    let all = grouped(plan.offers.len() as u64);
    match families {
        0 => all,
        _ => format!("{all}, {} of them families, counted by member", grouped(families as u64)),
    }
}

fn guarantee_count(facts: &Facts<'_>) -> String {
    let guarantees = &facts.plan.guarantees;
    let is_past = |review_by: Option<i32>| review_by.is_some_and(|day| day < facts.clock.today());
    let past = guarantees.iter().filter(|guarantee| is_past(guarantee.review_by)).count();
    let all = grouped(guarantees.len() as u64);
    if past == 0 { all } else { format!("{all}, {} past the day of review", grouped(past as u64)) }
}

/// A column of the offers' table: its name, what it counts, and whether it is always there.
type Stage = (&'static str, fn(&OfferSummary) -> u64, bool);

const STAGES: [Stage; 9] = [
    ("eligible", |offer| offer.tally.eligible, true),
    ("excepted", |offer| offer.tally.excepted, true),
    ("forbidden", |offer| offer.tally.forbidden, false),
    ("unreachable", |offer| offer.tally.unreachable, false),
    ("untimely", |offer| offer.tally.untimely, false),
    ("capped", |offer| offer.tally.capped + offer.outcome.capped, true),
    ("withheld", |offer| offer.tally.withheld, false),
    ("outranked", |offer| offer.outcome.outranked, true),
    ("made", |offer| offer.outcome.made, true),
];

fn offers(facts: &Facts<'_>) -> Table {
    let all = &facts.summary.offers;
    let shown = |stage: &&Stage| stage.2 || all.iter().any(|offer| stage.1(offer) > 0);
    let stages: Vec<&Stage> = STAGES.iter().filter(shown).collect();
    let mut table = Table::new("offer", stages.iter().map(|stage| stage.0.to_owned()));
    for (offer, counts) in facts.plan.offers.iter().zip(all) {
        table.row(&offer.name, stages.iter().map(|stage| stage.1(counts)));
    }
    table
}

fn channels(facts: &Facts<'_>) -> Table {
    let names: Vec<String> = facts.plan.channels.iter().map(|channel| escaped(&channel.name)).collect();
    let mut table = Table::new("made by channel", names);
    for (offer, counts) in facts.plan.offers.iter().zip(&facts.summary.offers) {
        if counts.outcome.made > 0 {
            table.row(&offer.name, counts.outcome.by_channel.iter().copied());
        }
    }
    table
}

/// What of the data is not seen, and what in it was missing that a row of it named.
fn data(text: &mut String, facts: &Facts<'_>) {
    let mut lines = Vec::new();
    let mut tell = |table: &str, count: u64, what: &str| {
        if count > 0 {
            lines.push(format!("{table}: {} {what}", grouped(count)));
        }
    };
    for ((_, table), report) in facts.plan.schema.tables().zip(&facts.report.tables) {
        let name = escaped(&table.name);
        tell(&name, report.after_now.count, "events after now are not seen");
        tell(&name, report.of_unknown.count, "rows of customers that no table introduces are left out");
        tell(&name, report.of_nobody.count, "rows without a customer are left out");
        for field in report.absent.iter().filter_map(|id| table.fields.get(id.0 as usize)) {
            let without = facts.report.customers as u64;
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
    let without = facts.report.without_row as u64;
    if let Some((_, table)) = facts.plan.schema.tables().next() {
        tell(&escaped(&table.name), without, "customers have no row of their own");
    }
    if !lines.is_empty() {
        let _ = writeln!(text, "\ndata\n  {}", lines.join("\n  "));
    }
}

fn foot(text: &mut String, facts: &Facts<'_>) {
    let seconds = facts.decided.as_secs_f64();
    let rate = facts.summary.customers as f64 / seconds.max(1e-9);
    let _ = writeln!(
        text,
        "\nread the data in {}, decided in {} ({} customers a second)",
        shown(facts.loaded),
        shown(facts.decided),
        grouped(rate as u64)
    );
    match facts.out {
        Some(path) => {
            let _ = writeln!(
                text,
                "wrote {} decisions to {}",
                grouped(facts.summary.decisions),
                escaped(&path.display().to_string())
            );
        }
        None => text.push_str("nothing was written; `--out decisions.parquet` writes the decisions\n"),
    }
}

fn shown(duration: Duration) -> String {
    if duration.as_secs() >= 1 {
        format!("{:.2} s", duration.as_secs_f64())
    } else {
        format!("{} ms", duration.as_millis())
    }
}
