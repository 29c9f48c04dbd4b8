//! Erasing a customer: a tombstone stays, so that counts stay right, and nothing personal.

use crate::Result;
use crate::decide::commits;
use crate::entry::{Key, Position};
use crate::error::Trouble;
use crate::open::{End, Ledger, next_position};
use crate::random;
use crate::rows::customer;
use crate::store::Store;

/// What was erased.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// The customer's decisions and contacts, held out or not.
    pub contacts: u64,
    /// The customer's responses.
    pub responses: u64,
    /// The position since which they are gone; missing where there was nothing.
    pub position: Option<Position>,
    /// Why traces of them may be left on the disk, which nobody finds by asking the ledger; erasing once more, be it
    /// found or not, takes them off.
    pub traces: Option<Trouble>,
}

impl Ledger {
    /// Replaces customers by tombstones, which are random. What was said and shown, its worth and its ids go; offer,
    /// member, channel, times, cost and outcomes stay, so that totals and budgets stay right. Refused while somebody
    /// records, who may have the customers in memory.
    pub fn erase(&mut self, keys: &[Key]) -> Result<Erased> {
        let _alone = self.lock_to_erase()?;
        let erased = self.writing(|store| {
            let position = next_position(store)?;
            let (mut contacts, mut responses) = (0, 0);
            for key in keys {
                let (customer, is) = customer(key)?;
                let names = renamed(store, &customer, is)?;
                let tombstone = random::name()?;
                contacts += self::contacts(store, &names, &tombstone)?;
                responses += self::responses(store, &customer, is, &names, &tombstone)?;
            }
            if contacts + responses == 0 {
                return Ok(End::Dropped(Erased::default()));
            }
            commits(store, position, "erased", 0, 0)?;
            let position = u64::try_from(position).ok().map(Position);
            Ok(End::Kept(Erased { contacts, responses, position, traces: None }))
        })?;
        // Also where nothing was found: what could not be taken off the disk before goes now.
        Ok(Erased { traces: self.store.forget().err(), ..erased })
    }

    /// How often customers were erased after a position: then what is read up to it is not all that was read up to it.
    pub fn erased_since(&mut self, position: Position) -> Result<u64> {
        let after = i64::try_from(position.0).unwrap_or(i64::MAX);
        self.reading(|store| {
            let sql = "SELECT count(*) FROM commits WHERE brought = 'erased' AND position > $1";
            Ok(u64::try_from(store.one(sql, &[after.into()])?).unwrap_or_default())
        })
    }
}

/// The id of a contact, and the random one that it gets.
struct Renamed {
    old: Box<str>,
    new: Box<str>,
}

fn renamed(store: &mut Store, customer: &str, is: i64) -> Result<Vec<Renamed>, Trouble> {
    let mut names = Vec::new();
    let sql = "SELECT id FROM contacts WHERE customer = $1 AND customer_is = $2";
    store.query(sql, &[customer.into(), is.into()], &mut |row| {
        names.push(Renamed { old: row.text(0)?, new: random::name()? });
        Ok(())
    })?;
    Ok(names)
}

/// A place that tells nothing of where the row was.
fn nowhere() -> Result<i64, Trouble> {
    Ok(-1 - i64::try_from(random::bits()? >> 2).unwrap_or_default())
}

fn contacts(store: &mut Store, names: &[Renamed], tombstone: &str) -> Result<u64, Trouble> {
    for Renamed { old, new } in names {
        let sql = "UPDATE contacts SET place = $1, id = $2, customer = $3, customer_is = 0, value = NULL, priority = NULL, \
                   reason = NULL, message = NULL, items = NULL, arm = NULL, propensity = NULL WHERE id = $4";
        store.execute(sql, &[nowhere()?.into(), (&**new).into(), tombstone.into(), (&**old).into()])?;
    }
    Ok(names.len() as u64)
}

/// A response goes with its contact: it keeps the contact's new id.
fn responses(store: &mut Store, customer: &str, is: i64, names: &[Renamed], tombstone: &str) -> Result<u64, Trouble> {
    let mut found = Vec::new();
    let sql = "SELECT id, decision FROM responses WHERE customer = $1 AND customer_is = $2";
    store.query(sql, &[customer.into(), is.into()], &mut |row| {
        found.push((row.text(0)?, row.maybe_text(1)?));
        Ok(())
    })?;
    for (id, decision) in &found {
        let decision = decision.as_ref().and_then(|decision| names.iter().find(|name| name.old == *decision));
        let sql =
            "UPDATE responses SET place = $1, id = $2, decision = $3, customer = $4, customer_is = 0 WHERE id = $5";
        let (decision, name) = (decision.map(|name| &*name.new), random::name()?);
        let values = [nowhere()?.into(), (&*name).into(), decision.into(), tombstone.into(), (&**id).into()];
        store.execute(sql, &values)?;
    }
    Ok(found.len() as u64)
}
