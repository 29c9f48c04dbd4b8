//! Reading: what happened up to a position, what a run decided, what is kept of one customer. Always from one state of the
//! ledger, page by page, so that neither memory nor a writer is held up.

use std::ops::ControlFlow;

use crate::Result;
use crate::entry::{Contact, Key, PastContact, Position, Response};
use crate::error::Trouble;
use crate::open::{Ledger, position};
use crate::rows::{DECIDED, PAST, RESPONDED, customer, decided, past_contact, response};
use crate::store::{Row, Store, Value};

/// How many rows are asked for at once.
const PAGE: i64 = 4096;

/// What takes the contacts and responses of a ledger.
pub trait Reading {
    /// A contact, made by a run or brought in.
    fn contact(&mut self, contact: PastContact);
    /// A response.
    fn response(&mut self, response: Response);
}

/// One thing that the ledger keeps.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A decision, with the position that it came with. Of who was erased, the bare contact is left.
    Decided(Position, Contact),
    /// A contact that was brought in.
    Imported(Position, PastContact),
    /// A response.
    Response(Position, Response),
}

impl Ledger {
    /// All contacts (what was held out is none) and then all responses up to a position, or all there is; gives the
    /// position that was read. Erased customers are tombstones. The order is the same whenever it is read, but for them.
    pub fn read(&mut self, upto: Option<Position>, sink: &mut dyn Reading) -> Result<Position> {
        self.reading(|store| {
            let there = position(store)?;
            let upto = upto.map_or(there, |upto| upto.min(there));
            let last = i64::try_from(upto.0).unwrap_or(i64::MAX);
            let contacts =
                Page { columns: PAST.into(), table: "contacts", only: " AND held_out = 0 AND position <= $3" };
            contacts.read(store, FIRST, &[last.into()], &mut |row| {
                sink.contact(past_contact(row)?);
                Ok(ControlFlow::Continue(()))
            })?;
            let responses = Page { columns: RESPONDED.into(), table: "responses", only: " AND position <= $3" };
            responses.read(store, FIRST, &[last.into()], &mut |row| {
                sink.response(response(row)?);
                Ok(ControlFlow::Continue(()))
            })?;
            Ok(upto)
        })
    }

    /// The decisions of a run, held out or not, in the order of their places, until `each` breaks off. Who was erased since
    /// is not among them, and the places of those after them move up.
    pub fn contacts_of_run(&mut self, run: &str, each: &mut dyn FnMut(Contact) -> ControlFlow<()>) -> Result<()> {
        self.reading(|store| {
            let mut found = None;
            store.query("SELECT position FROM runs WHERE id = $1", &[run.into()], &mut |row| {
                found = Some(row.maybe_int(0)?);
                Ok(())
            })?;
            let Some(at) = found.ok_or_else(|| Trouble::NoRun(run.into()))? else { return Ok(()) };
            let page = Page {
                columns: format!("{PAST}, {DECIDED}"),
                table: "contacts",
                only: " AND place > 0 AND position <= $3",
            };
            let mut place = 0;
            page.read(store, (at, 0), &[at.into()], &mut |row| {
                place += 1;
                Ok(each(decided(row, place - 1)?))
            })
        })
    }

    /// Everything that is kept, or everything of one customer, until `each` breaks off: contacts first, then responses.
    pub fn entries(&mut self, of: Option<&Key>, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<()> {
        self.reading(|store| {
            let key = of.map(customer).transpose()?;
            let values: Vec<Value<'_>> = key.iter().flat_map(|(key, is)| [(&**key).into(), (*is).into()]).collect();
            let only = if of.is_some() { "customer = $1 AND customer_is = $2" } else { "" };
            let mut went_on = ControlFlow::Continue(());
            let columns = format!("{PAST}, {DECIDED}, {}", if of.is_some() { BEFORE } else { "CAST(NULL AS BIGINT)" });
            let contacts = Page { columns, table: "contacts", only };
            let mut places = Places::default();
            contacts.read_of(store, &values, &mut |row| {
                went_on = each(contact(row, &mut places)?);
                Ok(went_on)
            })?;
            if went_on.is_break() {
                return Ok(());
            }
            let responses = Page { columns: RESPONDED.into(), table: "responses", only };
            responses.read_of(store, &values, &mut |row| Ok(each(Entry::Response(at(row)?, response(row)?))))
        })
    }
}

/// How many decisions of a run come before one.
const BEFORE: &str = "(SELECT count(*) FROM contacts AS before WHERE before.position = contacts.position \
                      AND before.place > 0 AND before.place < contacts.place)";

/// Counts places within a position, where all rows are read.
#[derive(Default)]
struct Places {
    position: Position,
    next: u64,
}

fn contact(row: &Row<'_>, places: &mut Places) -> Result<Entry, Trouble> {
    let at = at(row)?;
    if places.position != at {
        *places = Places { position: at, next: 0 };
    }
    if row.maybe_int(11)?.is_none() {
        return Ok(Entry::Imported(at, past_contact(row)?));
    }
    let before = row.maybe_int(20)?.and_then(|before| u64::try_from(before).ok());
    let contact = decided(row, before.unwrap_or(places.next))?;
    places.next += u64::from(!matches!(contact.customer, Key::Erased(_)));
    Ok(Entry::Decided(at, contact))
}

fn at(row: &Row<'_>) -> Result<Position, Trouble> {
    u64::try_from(row.int(0)?).map(Position).map_err(|_| Trouble::Damaged("a position is negative".into()))
}

/// Before all rows.
const FIRST: (i64, i64) = (i64::MIN, i64::MIN);

/// What is read of a table, in the order of position and place.
struct Page<'a> {
    columns: String,
    table: &'a str,
    only: &'a str,
}

impl Page<'_> {
    /// All rows; or those of one customer, who has few, at once: so that they are found by the customer and not by paging.
    fn read_of(
        &self,
        store: &mut Store,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<ControlFlow<()>, Trouble>,
    ) -> Result<(), Trouble> {
        let Self { columns, table, only } = self;
        if only.is_empty() {
            return self.read(store, FIRST, values, each);
        }
        let mut goes_on = ControlFlow::Continue(());
        let sql = format!("SELECT {columns} FROM {table} WHERE {only} ORDER BY position, place");
        store.query(&sql, values, &mut |row| {
            if goes_on.is_continue() {
                goes_on = each(row)?;
            }
            Ok(())
        })
    }

    /// The rows after one, page by page.
    fn read(
        &self,
        store: &mut Store,
        mut after: (i64, i64),
        values: &[Value<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<ControlFlow<()>, Trouble>,
    ) -> Result<(), Trouble> {
        let Self { columns, table, only } = self;
        store.read_in_order()?;
        let sql = format!(
            "SELECT {columns} FROM {table} WHERE (position, place) > ($1, $2){only} ORDER BY position, place LIMIT {PAGE}"
        );
        loop {
            let (mut rows, mut goes_on) = (0, ControlFlow::Continue(()));
            let values: Vec<Value<'_>> =
                [after.0.into(), after.1.into()].into_iter().chain(values.iter().copied()).collect();
            store.query(&sql, &values, &mut |row| {
                if goes_on.is_continue() {
                    after = (row.int(0)?, row.int(1)?);
                    rows += 1;
                    goes_on = each(row)?;
                }
                Ok(())
            })?;
            if goes_on.is_break() || rows < PAGE {
                return Ok(());
            }
        }
    }
}
