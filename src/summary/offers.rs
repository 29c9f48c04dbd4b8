//! How far each offer came and what stopped it, and by which channels it is made.

use std::fmt::Write as _;

use opportune_runtime::run::OfferSummary;

use super::Facts;
use crate::escape::escaped;
use crate::table::Table;

/// A column of the offers' table.
struct Stage {
    name: &'static str,
    count: fn(&OfferSummary) -> u64,
    /// Whether it is there also where it counts nobody.
    always: bool,
    /// What a number in it says, of those who are eligible.
    says: &'static str,
}

/// In the order in which a customer meets them.
const STAGES: [Stage; 13] = [
    stage("eligible", |offer| offer.tally.eligible, "").always(),
    stage("excepted", |offer| offer.tally.excepted, "an exception of the offer holds, or may hold").always(),
    stage("forbidden", |offer| offer.tally.forbidden, "a guarantee forbids it, or may"),
    stage("left out", |offer| offer.outcome.left_out, "the portfolio's holdout: they get no offer at all"),
    stage(
        "unreachable",
        |offer| offer.tally.unreachable + offer.outcome.unreachable,
        "no channel of the offer may reach them",
    ),
    stage(
        "untimely",
        |offer| offer.tally.untimely + offer.outcome.untimely,
        "no time of sending that timing and quiet hours allow",
    ),
    stage("capped", |offer| offer.tally.capped + offer.outcome.capped, "a cap or a pause lets no more reach them")
        .always(),
    stage(
        "withheld",
        |offer| offer.tally.withheld + offer.outcome.withheld,
        "it is worth nothing, or nothing could be picked",
    ),
    stage("excluded", |offer| offer.outcome.excluded, "not beside the better offers that they get"),
    stage("used up", |offer| offer.outcome.used_up, "a limit over all customers is reached"),
    stage("outranked", |offer| offer.outcome.outranked, "better offers have all the places").always(),
    stage("held out", |offer| offer.outcome.held_out, "the offer's own holdout: written and not sent"),
    stage("made", |offer| offer.outcome.made, "decided and sent").always(),
];

const fn stage(name: &'static str, count: fn(&OfferSummary) -> u64, says: &'static str) -> Stage {
    Stage { name, count, always: false, says }
}

impl Stage {
    const fn always(self) -> Self {
        Self { always: true, ..self }
    }
}

/// The tables, and what their columns say.
pub(super) fn tell(text: &mut String, facts: &Facts<'_>) {
    let all = &facts.summary().offers;
    let shown = |stage: &&Stage| stage.always || all.iter().any(|offer| (stage.count)(offer) > 0);
    let stages: Vec<&Stage> = STAGES.iter().filter(shown).collect();
    let mut table = Table::new("offer", stages.iter().map(|stage| stage.name.to_owned()));
    for (offer, counts) in facts.plan.offers.iter().zip(all) {
        table.row(&offer.name, stages.iter().map(|stage| (stage.count)(counts)));
    }
    let _ = write!(text, "{table}\nof the eligible, each counts once\n");
    for stage in stages.iter().filter(|stage| !stage.says.is_empty()) {
        let _ = writeln!(text, "  {:<11}  {}", stage.name, stage.says);
    }
    if facts.plan.channels.len() > 1 {
        let _ = write!(text, "\n{}", channels(facts));
    }
}

fn channels(facts: &Facts<'_>) -> Table {
    let names: Vec<String> = facts.plan.channels.iter().map(|channel| escaped(&channel.name)).collect();
    let mut table = Table::new("made by channel", names);
    for (offer, counts) in facts.plan.offers.iter().zip(&facts.summary().offers) {
        if counts.outcome.made > 0 {
            table.row(&offer.name, counts.outcome.by_channel.iter().copied());
        }
    }
    table
}
