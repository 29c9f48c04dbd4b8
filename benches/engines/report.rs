//! Prints what was measured.

use opportune_runtime::snapshot::{Column, Snapshot, Values};

use crate::answer::NOBODY;
use crate::contest::{Contest, Lane};

/// The engine that the others are compared with.
const STANDARD: &str = "JIT";

/// Prints a row an entrant: nanoseconds a customer, ratio to the JIT, time of preparation.
pub fn print(contest: &Contest<'_>, snapshot: &Snapshot) {
    let (customers, answer) = (snapshot.customers(), contest.answer());
    let open: u64 = answer.tallies.iter().map(|tally| tally.eligible - tally.excepted).sum();
    let reached = answer.offers.iter().filter(|offer| **offer != NOBODY).count();
    println!(
        "{customers} customers, {} offers, {:.1} open to each, {:.1} % reached, {} bytes of columns each; one thread",
        answer.tallies.len(),
        open as f64 / customers as f64,
        100.0 * reached as f64 / customers as f64,
        bytes(snapshot) / customers.max(1),
    );
    println!("All answers are the same: offers, bits of scores, tallies.\n");
    println!("| engine | ns per customer | median | to JIT | preparation | with it |");
    println!("|---|--:|--:|--:|--:|--:|");
    let standard = contest.lanes.iter().find(|lane| lane.entrant.name() == STANDARD);
    let standard = standard.map(|lane| lane.per_customer(customers).0);
    contest.lanes.iter().for_each(|lane| row(lane, customers, standard));
}

fn row(lane: &Lane<'_>, customers: usize, standard: Option<f64>) {
    let (least, median) = lane.per_customer(customers);
    let ratio = standard.map_or("–".to_owned(), |standard| format!("{:.2}", least / standard));
    let millis = lane.entrant.preparation().map(|time| time.as_secs_f64() * 1e3);
    let preparation = millis.map_or("–".to_owned(), |millis| format!("{millis:.1} ms"));
    // Spread over all customers of the run, whatever part of them this engine was measured on.
    let with_it = least + millis.unwrap_or(0.0) * 1e6 / customers.max(1) as f64;
    println!("| {} | {least:.1} | {median:.1} | {ratio} | {preparation} | {with_it:.1} |", lane.entrant.name());
}

fn bytes(snapshot: &Snapshot) -> usize {
    let of = |column: &Column| {
        let bits = |words: &[u64]| size_of_val(words);
        let values = match &column.values {
            Values::Bits(values) => bits(values.words()),
            Values::Int64(values) => size_of_val(values.as_slice()),
            Values::Float64(values) => size_of_val(values.as_slice()),
            Values::Int32(values) => size_of_val(values.as_slice()),
            Values::Codes(values, _) | Values::Sets(values, _) => size_of_val(values.as_slice()),
        };
        values + column.validity.as_ref().map_or(0, |validity| bits(validity.words()))
    };
    // The key is read by nobody.
    snapshot.tables.iter().flat_map(|table| table.columns.iter().skip(1)).map(of).sum()
}
