//! What is printed of a run that was decided before and is finished now: what the ledger has kept of it.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use opportune_runtime::time::Clock;

use super::{counted, wrote};
use crate::escape::escaped;
use crate::run::RunResult;
use crate::table::{Table, grouped};

/// All that is told.
pub struct Finished<'a> {
    pub project: &'a str,
    pub run: &'a str,
    pub clock: &'a Clock,
    pub result: &'a RunResult,
    /// How many decisions the file has.
    pub rows: u64,
    pub out: &'a Path,
}

/// Prints it.
pub fn print(out: &mut impl Write, finished: &Finished<'_>) -> io::Result<()> {
    let Finished { project, run, clock, result, rows, .. } = finished;
    let mut text = String::new();
    let held_out = match result.held_out {
        0 => String::new(),
        count => format!(", {} of them held out: written and not sent", grouped(count)),
    };
    let lines = [
        ("project", escaped(project)),
        ("run", format!("{run}, finished now: it was decided before")),
        ("now", clock.shown()),
        ("customers", grouped(result.customers)),
        ("decisions", format!("{}{held_out}", grouped(result.decisions))),
    ];
    for (name, value) in lines {
        let _ = writeln!(text, "{name:<10} {value}");
    }
    if !result.offers.is_empty() {
        let mut table = Table::new("offer", ["held out", "made"].map(str::to_owned));
        for offer in &result.offers {
            table.row(&offer.name, [offer.held_out, offer.made].into_iter());
        }
        let _ = write!(text, "\n{table}");
    }
    text.push('\n');
    if let Some(erased) = result.decisions.checked_sub(*rows).filter(|erased| *erased > 0) {
        let _ = writeln!(text, "{} of customers who were erased since: left out", counted(erased, "decision"));
    }
    wrote(&mut text, *rows, finished.out);
    out.write_all(text.as_bytes())?;
    out.flush()
}
