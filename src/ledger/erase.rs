//! `opportune ledger erase`: nothing personal of a customer is left in the ledger, and it is told where else there is.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::Path;

use opportune_ledger::entry::{Key, State};
use opportune_ledger::{Entry, Ledger, LedgerError};

use crate::escape::escaped;
use crate::table::grouped;

/// Erases a customer; gives what to tell of it, or nothing where nothing was kept. No run may be at work, nor a file be
/// recorded: what they still have in memory would be written.
pub fn erase(ledger: &mut Ledger, keys: &[Key], root: &Path) -> Result<Option<String>, LedgerError> {
    let _no_run = ledger.lock()?;
    let files = files(ledger, keys, root)?;
    let (mut contacts, mut responses) = (0, 0);
    for key in keys {
        let erased = ledger.erase(key)?;
        contacts += erased.contacts;
        responses += erased.responses;
    }
    if contacts + responses == 0 {
        return Ok(None);
    }
    let mut text = String::new();
    let counted = |count: u64, one: &str| format!("{} {one}{}", grouped(count), if count == 1 { "" } else { "s" });
    let (contacts, responses) = (counted(contacts, "contact"), counted(responses, "response"));
    let _ = writeln!(text, "erased {contacts} and {responses}; a tombstone counts in their place");
    if !files.is_empty() {
        let _ = writeln!(text, "\nfiles of decisions that were written before, and still name the customer:");
        for file in files {
            let _ = writeln!(text, "  {}", escaped(&file));
        }
    }
    let _ = writeln!(text, "\nTake the customer out of the data, too: the next run would decide about them.");
    Ok(Some(text))
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
