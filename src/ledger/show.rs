//! `opportune ledger show`: what the ledger holds, in counts; or all of one customer, who is asked for by key.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::ControlFlow;

use opportune_ledger::entry::{Contact, Key, PastContact, Response, Run, State};
use opportune_ledger::{Entry, Ledger, LedgerError};
use opportune_runtime::time::Clock;

use crate::crosstab::Crosstab;
use crate::escape::escaped;
use crate::table::grouped;

/// How many runs are listed.
const MOST_RUNS: usize = 10;

/// Writes times as people of the project read them.
pub struct Times<'a>(pub &'a str);

impl Times<'_> {
    fn at(&self, micros: i64) -> String {
        let shown = Clock::new(micros, self.0).map(|clock| clock.shown());
        let shown = shown.unwrap_or_else(|_| "out of range".to_owned());
        shown.strip_suffix(&format!(" {}", self.0)).unwrap_or(&shown).to_owned()
    }
}

/// What is counted of a ledger.
#[derive(Default)]
struct Totals {
    sent: Crosstab,
    responses: Crosstab,
    contacts: u64,
    imported: u64,
    held_out: u64,
    answered: u64,
    /// When the first and the last contact was or will be sent.
    span: Option<(i64, i64)>,
    tombstones: BTreeSet<Box<str>>,
}

impl Totals {
    fn add(&mut self, entry: Entry) {
        match entry {
            Entry::Decided(_, contact) if contact.held_out => {
                self.held_out += 1;
                self.of(&contact.customer);
            }
            Entry::Decided(_, contact) => {
                self.of(&contact.customer);
                self.contact(Some(&contact.offer), Some(&contact.channel), contact.send_at);
            }
            Entry::Imported(_, contact) => {
                self.of(&contact.customer);
                self.imported += 1;
                self.contact(contact.offer.as_deref(), contact.channel.as_deref(), contact.send_at);
            }
            Entry::Response(_, response) => {
                self.of(&response.customer);
                self.answered += 1;
                self.responses.add(response.offer.as_deref(), Some(&response.outcome));
            }
        }
    }

    fn contact(&mut self, offer: Option<&str>, channel: Option<&str>, send_at: i64) {
        self.contacts += 1;
        self.sent.add(offer, channel);
        let (first, last) = self.span.unwrap_or((send_at, send_at));
        self.span = Some((first.min(send_at), last.max(send_at)));
    }

    fn of(&mut self, customer: &Key) {
        if let Key::Erased(tombstone) = customer {
            self.tombstones.insert(tombstone.clone());
        }
    }
}

/// The whole ledger, in counts.
pub fn overview(ledger: &mut Ledger, times: &Times<'_>) -> Result<String, LedgerError> {
    let (position, runs) = (ledger.position()?, ledger.runs()?);
    let mut totals = Totals::default();
    ledger.entries(None, &mut |entry| {
        totals.add(entry);
        ControlFlow::Continue(())
    })?;
    let mut text = String::new();
    line(&mut text, "ledger", &escaped(&ledger.place().to_string()));
    line(&mut text, "position", &grouped(position.0));
    let span =
        totals.span.map_or(String::new(), |(first, last)| format!(", sent {} to {}", times.at(first), times.at(last)));
    line(&mut text, "contacts", &format!("{}{span}", grouped(totals.contacts)));
    for (name, count, what) in [
        ("recorded", totals.imported, "of them made by other means"),
        ("held out", totals.held_out, "decisions that were not sent, besides"),
        ("responses", totals.answered, ""),
        ("erased", totals.tombstones.len() as u64, "who were customers"),
    ] {
        if count > 0 {
            line(&mut text, name, format!("{} {what}", grouped(count)).trim_end());
        }
    }
    tell_runs(&mut text, &runs, times);
    let tables = [
        ("contacts by channel", totals.sent.table("offer")),
        ("responses by outcome", totals.responses.table("offer")),
    ];
    for (head, table) in tables {
        if let Some(table) = table {
            let _ = write!(text, "\n{head}\n{table}");
        }
    }
    Ok(text)
}

fn line(text: &mut String, name: &str, value: &str) {
    let _ = writeln!(text, "{name:<10} {value}");
}

fn tell_runs(text: &mut String, runs: &[Run], times: &Times<'_>) {
    if runs.is_empty() {
        return;
    }
    let _ = writeln!(text, "\nruns");
    let before = runs.len().saturating_sub(MOST_RUNS);
    if before > 0 {
        let _ = writeln!(text, "  … {} before", grouped(before as u64));
    }
    for run in runs.iter().skip(before) {
        let _ = writeln!(text, "  {}  {:<9} as of {}", escaped(&run.id), state(run.state), times.at(run.now));
    }
}

fn state(state: State) -> &'static str {
    match state {
        State::Begun => "begun",
        State::Decided => "decided",
        State::Done => "done",
        State::GivenUp => "given up",
    }
}

/// One run.
pub fn run(ledger: &mut Ledger, run: &Run, times: &Times<'_>) -> Result<String, LedgerError> {
    let mut text = String::new();
    line(&mut text, "run", &escaped(&run.id));
    line(&mut text, "state", meaning(run.state));
    line(&mut text, "project", &escaped(&run.project));
    line(&mut text, "as of", &times.at(run.now));
    line(&mut text, "begun", &times.at(run.begun_at));
    line(&mut text, "saw", &format!("the ledger up to position {}", grouped(run.sees.0)));
    line(&mut text, "file", &escaped(&run.out));
    line(&mut text, "policy", &escaped(&run.policy_hash));
    line(&mut text, "data", &escaped(&run.data_hash));
    let (mut sent, mut held_out) = (Crosstab::default(), 0_u64);
    ledger.contacts_of_run(&run.id, &mut |contact| {
        match contact.held_out {
            true => held_out += 1,
            false => sent.add(Some(&contact.offer), Some(&contact.channel)),
        }
        ControlFlow::Continue(())
    })?;
    line(&mut text, "contacts", &grouped(sent.down().values().sum()));
    if held_out > 0 {
        line(&mut text, "held out", &grouped(held_out));
    }
    if let Some(table) = sent.table("offer") {
        let _ = write!(text, "\n{table}");
    }
    Ok(text)
}

fn meaning(state: State) -> &'static str {
    match state {
        State::Begun => "begun: nothing of it counts; `opportune run` goes on with it",
        State::Decided => "decided: it counts, and `opportune run` writes its file",
        State::Done => "done",
        State::GivenUp => "given up: nothing of it counts",
    }
}

/// All that is kept of one customer; none where it is nothing.
pub fn customer(ledger: &mut Ledger, keys: &[Key], times: &Times<'_>) -> Result<Option<String>, LedgerError> {
    let (mut contacts, mut responses) = (Vec::new(), Vec::new());
    for key in keys {
        ledger.entries(Some(key), &mut |entry| {
            match entry {
                Entry::Decided(_, contact) => contacts.push((contact.send_at, decided(&contact, times))),
                Entry::Imported(_, contact) => contacts.push((contact.send_at, imported(&contact, times))),
                Entry::Response(_, response) => responses.push((response.at, responded(&response, times))),
            }
            ControlFlow::Continue(())
        })?;
    }
    let mut text = String::new();
    for (head, mut lines) in [("contacts", contacts), ("responses", responses)] {
        if !lines.is_empty() {
            // As they happened; those of one moment as they were recorded.
            lines.sort_by_key(|(at, _)| *at);
            let lines: Vec<String> = lines.into_iter().map(|(_, line)| line).collect();
            let _ = writeln!(text, "{}{head}\n{}", if text.is_empty() { "" } else { "\n" }, lines.join("\n"));
        }
    }
    Ok((!text.is_empty()).then_some(text))
}

/// An offer, its member and its channel.
fn what(offer: Option<&str>, member: Option<&str>, channel: Option<&str>) -> String {
    let offer = offer.map_or("something".to_owned(), escaped);
    let member = member.map_or(String::new(), |member| format!(" ({})", escaped(member)));
    let channel = channel.map_or(String::new(), |channel| format!(" by {}", escaped(channel)));
    format!("{offer}{member}{channel}")
}

fn decided(contact: &Contact, times: &Times<'_>) -> String {
    let what = what(Some(&contact.offer), contact.member.as_deref(), Some(&contact.channel));
    let held_out = if contact.held_out { ", held out: not sent" } else { "" };
    let mut text = format!("  {}  {what}{held_out}", times.at(contact.send_at));
    let mut more = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = write!(text, "\n    {name:<9} {value}");
        }
    };
    more("decision", Some(format!("{}, as of {}", escaped(&contact.id), times.at(contact.decided_at))));
    more("value", Some(format!("{}, priority {}, slot {}", contact.value, contact.priority, contact.slot)));
    more("cost", contact.cost.map(amount));
    more("arm", contact.arm.as_deref().map(escaped));
    more(
        "items",
        (!contact.items.is_empty())
            .then(|| contact.items.iter().map(|item| escaped(item)).collect::<Vec<_>>().join(", ")),
    );
    more("reason", contact.reason.as_deref().map(escaped));
    more("message", contact.message.as_deref().map(escaped));
    text
}

fn imported(contact: &PastContact, times: &Times<'_>) -> String {
    let what = what(contact.offer.as_deref(), contact.member.as_deref(), contact.channel.as_deref());
    let cost = contact.cost.map_or(String::new(), |cost| format!("\n    {:<9} {}", "cost", amount(cost)));
    format!("  {}  {what}, recorded{cost}", times.at(contact.send_at))
}

fn responded(response: &Response, times: &Times<'_>) -> String {
    let to = response.offer.is_some() || response.channel.is_some();
    let what = what(response.offer.as_deref(), response.member.as_deref(), response.channel.as_deref());
    let to = if to { format!(": {what}") } else { String::new() };
    let decision =
        response.decision.as_deref().map_or(String::new(), |id| format!("\n    {:<9} {}", "decision", escaped(id)));
    format!("  {}  {}{to}{decision}", times.at(response.at), escaped(&response.outcome))
}

/// Millionths as a number.
pub fn amount(millionths: i64) -> String {
    let (sign, all) = (if millionths < 0 { "-" } else { "" }, millionths.unsigned_abs());
    let fraction = format!("{:06}", all % 1_000_000);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", all / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_numbers() {
        for (millionths, text) in
            [(0, "0"), (550_000, "0.55"), (-1_000_001, "-1.000001"), (i64::MIN, "-9223372036854.775808")]
        {
            assert_eq!(amount(millionths), text);
        }
    }
}
