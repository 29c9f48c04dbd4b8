//! Checking a ledger: whether everything that was committed is there, once, and says what it has to say.

use std::fmt;

use crate::Result;
use crate::entry::{Key, decision_id};
use crate::error::Trouble;
use crate::open::Ledger;
use crate::read::Entry;
use crate::store::Store;

/// Something that is wrong with a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding(pub Box<str>);

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Ledger {
    /// What is wrong with the ledger; nothing, if all is well.
    pub fn verify(&mut self) -> Result<Vec<Finding>> {
        let mut found = self.reading(|store| {
            let mut found: Vec<Finding> = store.integrity()?.into_iter().map(|line| Finding(line.into())).collect();
            for (sql, says) in COUNTS {
                count(store, sql, says, &mut found)?;
            }
            Ok(found)
        })?;
        found.extend(self.forged()?);
        Ok(found)
    }

    /// Decisions that do not say what their ids say.
    fn forged(&mut self) -> Result<Option<Finding>> {
        let runs = self.reading(|store| {
            let mut runs = std::collections::BTreeMap::new();
            store.query("SELECT position, id FROM runs WHERE position IS NOT NULL", &[], &mut |row| {
                runs.insert(u64::try_from(row.int(0)?).unwrap_or_default(), row.text(1)?);
                Ok(())
            })?;
            Ok(runs)
        })?;
        let mut forged = 0_u64;
        self.entries(None, &mut |entry| {
            if let Entry::Decided(position, contact) = entry
                && !matches!(contact.customer, Key::Erased(_))
                && let Some(run) = runs.get(&position.0)
            {
                let (member, slot) = (contact.member.as_deref(), contact.slot);
                let id = decision_id(run, &contact.customer, &contact.offer, member, &contact.channel, slot);
                forged += u64::from(id != contact.id);
            }
            std::ops::ControlFlow::Continue(())
        })?;
        Ok((forged > 0).then(|| Finding(format!("{forged} decisions are not what their ids say").into())))
    }
}

/// What has to be zero, and what it says if it is not.
const COUNTS: [(&str, &str); 7] = [
    (
        "SELECT count(*) FROM commits, opportune_ledger AS ledger WHERE commits.position > ledger.position",
        "commits lie beyond the position of the ledger",
    ),
    ("SELECT ledger.position - (SELECT count(*) FROM commits) FROM opportune_ledger AS ledger", "commits are missing"),
    (
        "SELECT count(*) FROM commits WHERE contacts <> (SELECT count(*) FROM contacts WHERE contacts.position = commits.position)",
        "commits do not have the contacts that came with them",
    ),
    (
        "SELECT count(*) FROM commits WHERE responses <> (SELECT count(*) FROM responses WHERE responses.position = commits.position)",
        "commits do not have the responses that came with them",
    ),
    (
        "SELECT count(*) FROM contacts WHERE NOT EXISTS (SELECT 1 FROM commits WHERE commits.position = contacts.position)",
        "contacts belong to no commit",
    ),
    (
        "SELECT count(*) FROM responses WHERE NOT EXISTS (SELECT 1 FROM commits WHERE commits.position = responses.position)",
        "responses belong to no commit",
    ),
    (
        "SELECT count(*) FROM runs WHERE (state IN ('decided', 'done')) <> (position IS NOT NULL)",
        "runs are decided and not committed, or the other way round",
    ),
];

fn count(store: &mut Store, sql: &str, says: &str, found: &mut Vec<Finding>) -> Result<(), Trouble> {
    let wrong = store.one(sql, &[])?;
    if wrong != 0 {
        found.push(Finding(format!("{wrong} {says}").into()));
    }
    Ok(())
}
