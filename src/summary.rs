//! What `dry-run` prints: how far each offer came, by which channels and on which days, what the data lacked, how long it
//! took. Plain text of at most 80 columns, without colours: the same on a terminal, light or dark, and in a pipe.

mod data;
mod days;
pub mod finished;
pub mod limits;
mod offers;

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

pub use data::{CHANNEL, inbound};
pub use days::Days;
use opportune_plan::VerifiedPlan;
use opportune_runtime::run::Summary;
use opportune_runtime::time::Clock;

use crate::deciding::{Decided, Loaded};
use crate::escape::escaped;
use crate::table::grouped;

/// All that the report is made of.
pub struct Facts<'a> {
    pub plan: &'a VerifiedPlan,
    pub clock: &'a Clock,
    pub loaded: &'a Loaded,
    pub decided: &'a Decided,
    pub out: Option<&'a Path>,
    pub origin: Origin<'a>,
}

/// What the decisions are made for.
pub enum Origin<'a> {
    /// To be looked at.
    DryRun {
        /// Where the ledger is that was read, and up to which position; none: there is none yet.
        ledger: Option<(String, u64)>,
    },
    /// To be sent.
    Run {
        /// The run's name.
        id: &'a str,
        /// Whether it was begun before.
        resumed: bool,
        /// Where the ledger is, and up to which position it was read.
        ledger: (String, u64),
    },
}

impl Facts<'_> {
    fn summary(&self) -> &Summary {
        &self.decided.summary
    }
}

/// Prints the report.
pub fn print(out: &mut impl Write, facts: &Facts<'_>) -> io::Result<()> {
    let mut text = String::new();
    head(&mut text, facts);
    offers::tell(&mut text, facts);
    if let Some(days) = facts.decided.days.table(facts.plan, facts.clock) {
        let _ = write!(text, "\n{days}");
    }
    limits::tell(&mut text, facts);
    data::tell(&mut text, facts);
    foot(&mut text, facts);
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn head(text: &mut String, facts: &Facts<'_>) {
    let mut lines = vec![
        ("project", escaped(&facts.plan.name)),
        ("now", facts.clock.shown()),
        ("customers", grouped(facts.summary().customers)),
    ];
    let ledger = match &facts.origin {
        Origin::DryRun { ledger } => ledger.as_ref(),
        Origin::Run { id, resumed, ledger } => {
            let again = if *resumed { ", taken up again: it was begun before" } else { "" };
            lines.insert(1, ("run", format!("{id}{again}")));
            Some(ledger)
        }
    };
    if let Some((place, position)) = ledger {
        lines.push(("ledger", format!("{}, up to position {}", escaped(place), grouped(*position))));
    }
    let portfolio = &facts.plan.portfolio;
    if portfolio.holdout.is_some() {
        let count = counted(facts.summary().customers_left_out, "customer");
        lines.push(("left out", format!("{count}, by the portfolio's holdout: no offer at all")));
    }
    lines.push(("offers", offer_count(facts.plan)));
    if !facts.plan.guarantees.is_empty() {
        lines.push(("guarantees", guarantee_count(facts)));
    }
    lines.push(("decisions", decision_count(facts)));
    if let Some((name, made)) = fallback(facts) {
        let count = counted(made, "customer");
        lines.push(("fallback", format!("{name}, for {count} who would get nothing else")));
    }
    for (name, value) in lines {
        let _ = writeln!(text, "{name:<10} {value}");
    }
    text.push('\n');
}

/// `1 customer`, `1,234 customers`.
pub fn counted(count: u64, one: &str) -> String {
    format!("{} {one}{}", grouped(count), if count == 1 { "" } else { "s" })
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

fn decision_count(facts: &Facts<'_>) -> String {
    let held_out: u64 = facts.summary().offers.iter().map(|offer| offer.outcome.held_out).sum();
    let all = grouped(facts.summary().decisions);
    match held_out {
        0 => all,
        _ => format!("{all}, {} of them held out: written and not sent", grouped(held_out)),
    }
}

/// The portfolio's fallback, and how many get it.
fn fallback(facts: &Facts<'_>) -> Option<(String, u64)> {
    let at = facts.plan.portfolio.fallback?.0 as usize;
    let (offer, counts) = (facts.plan.offers.get(at)?, facts.summary().offers.get(at)?);
    Some((escaped(&offer.name), counts.outcome.made))
}

fn foot(text: &mut String, facts: &Facts<'_>) {
    let seconds = facts.decided.took.as_secs_f64();
    let rate = facts.summary().customers as f64 / seconds.max(1e-9);
    let _ = writeln!(
        text,
        "\nread the data in {}, decided in {} ({} customers a second)",
        shown(facts.loaded.took),
        shown(facts.decided.took),
        grouped(rate as u64)
    );
    match facts.out {
        Some(path) => wrote(text, facts.summary().decisions, path),
        None => text.push_str("nothing was written; `--out decisions.parquet` writes the decisions\n"),
    }
}

fn wrote(text: &mut String, decisions: u64, path: &Path) {
    let _ = writeln!(text, "wrote {} to {}", counted(decisions, "decision"), escaped(&path.display().to_string()));
}

fn shown(duration: Duration) -> String {
    if duration.as_secs() >= 1 {
        format!("{:.2} s", duration.as_secs_f64())
    } else {
        format!("{} ms", duration.as_millis())
    }
}
