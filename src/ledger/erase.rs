//! `opportune ledger erase`: nothing personal of a customer is left in the ledger, and it is told where else there is.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::Path;

use opportune_ledger::entry::{Key, State};
use opportune_ledger::{Entry, Erased, Ledger, LedgerError, Place, Trouble};

use crate::Outcome;
use crate::escape::escaped;
use crate::ledger_place::outcome;
use crate::render::Problem;
use crate::table::grouped;

/// What came of erasing a customer.
pub struct Told {
    /// What there is to tell; nothing where nothing was kept.
    pub text: Option<String>,
    /// Why it has to be done once more.
    pub unfinished: Option<(Problem, Outcome)>,
}

/// Erases a customer. No run may be at work, nor a file be recorded: what they still have in memory would be written.
pub fn erase(ledger: &mut Ledger, keys: &[Key], root: &Path) -> Result<Told, LedgerError> {
    let _no_run = ledger.lock()?;
    let files = files(ledger, keys, root)?;
    let erased = ledger.erase(keys)?;
    let unfinished = erased.traces.as_ref().map(|trouble| (traces(ledger.place(), trouble), outcome(trouble)));
    Ok(Told { text: erased.position.map(|_| text(&erased, &files)), unfinished })
}

fn text(erased: &Erased, files: &[String]) -> String {
    let mut text = String::new();
    let counted = |count: u64, one: &str| format!("{} {one}{}", grouped(count), if count == 1 { "" } else { "s" });
    let (contacts, responses) = (counted(erased.contacts, "contact"), counted(erased.responses, "response"));
    let _ = writeln!(text, "erased {contacts} and {responses}; a tombstone counts in their place");
    if !files.is_empty() {
        let _ = writeln!(text, "\nfiles of decisions that were written before, and still name the customer:");
        for file in files {
            let _ = writeln!(text, "  {}", escaped(file));
        }
    }
    let _ = writeln!(text, "\nTake the customer out of the data, too: the next run would decide about them.");
    text
}

/// The ledger does not know the customer any more, but the disk may.
fn traces(place: &Place, trouble: &Trouble) -> Problem {
    let message = format!("traces of the customer may be left on the disk: the ledger `{place}` {trouble}");
    let help = "when that is over, run `opportune ledger erase` for them once more: it takes the traces off. Whoever asks \
                the ledger does not find them any more";
    Problem::new(message, help)
}

/// The files of runs that decided about a customer, as far as they are still there.
fn files(ledger: &mut Ledger, keys: &[Key], root: &Path) -> Result<Vec<String>, LedgerError> {
    let mut moments = BTreeSet::new();
    for key in keys {
        ledger.entries(Some(key), &mut |entry| {
            if let Entry::Decided(_, contact) = entry {
                moments.insert(contact.decided_at);
            }
            ControlFlow::Continue(())
        })?;
    }
    let runs = ledger.runs()?.into_iter().filter(|run| run.state == State::Done && moments.contains(&run.now));
    Ok(runs.map(|run| String::from(run.out)).filter(|out| root.join(out).exists()).collect())
}
