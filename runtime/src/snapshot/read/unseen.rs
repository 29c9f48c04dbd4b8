//! Contacts that no expression sees and limits count: those that are still to be sent, and those of customers who are not
//! in the data.

use std::collections::HashMap;

use opportune_plan::{TableKind, Type};

use super::RawTable;
use super::added::CONTACT;
use super::append::Appended;
use super::events::{self, Times};
use crate::snapshot::{Bitmap, ByCustomer, Column, NO_ROW, Told, Unseen, Values};
use crate::time::Clock;

/// When a contact of a file was decided.
const DECIDED_AT: &str = "decided_at";

/// A column of times that come through a link, in which added rows have their own.
pub(super) fn with_times(column: Column, ty: Type, appended: &Appended, clock: &Clock) -> Column {
    let Column { mut values, validity } = column;
    let mut validity = validity;
    for (row, at) in (appended.of_file..).zip(&appended.at) {
        let is_there = match (&mut values, ty) {
            (Values::Int64(times), Type::Instant) => times.get_mut(row).map(|slot| *slot = *at).is_some(),
            (Values::Int32(days), Type::Date) => {
                let day = clock.date_of(*at);
                day.and_then(|day| days.get_mut(row).map(|slot| *slot = day)).is_some()
            }
            _ => false,
        };
        if let Some(validity) = &mut validity {
            validity.set(row, is_there);
        }
    }
    Column { values, validity }
}

/// Tells of contacts which are still to be sent, and of all events which rows do not count by themselves: rows of the file
/// that were added too, and added ones where it is asked who there is.
pub(super) fn tell_apart(table: &RawTable<'_>, clock: &Clock, times: &mut Times) {
    let Appended { of_file, replaced, .. } = &table.appended;
    let added = *of_file..table.rows;
    if !added.is_empty() {
        let mut introducing = times.seen.clone();
        added.clone().for_each(|row| introducing.set(row, false));
        times.introducing = Some(introducing);
    }
    if *table.file.table.name == *CONTACT {
        let decided = decided(table);
        let known = |row: usize| match decided {
            _ if row >= *of_file => true,
            Some((column, moments)) => column.is_valid(row) && moments.get(row).is_some_and(|at| *at <= clock.now()),
            None => false,
        };
        let scheduled: Bitmap = (0..table.rows).map(|row| !times.seen.get(row) && known(row)).collect();
        times.after_now.count -= (0..*of_file).filter(|row| scheduled.get(*row)).count() as u64;
        times.scheduled = Some(scheduled);
    }
    for row in replaced.iter().flat_map(Bitmap::iter_ones) {
        times.seen.set(row, false);
        times.scheduled.iter_mut().for_each(|scheduled| scheduled.set(row, false));
    }
}

/// When the contacts of a file were decided.
fn decided<'t>(table: &'t RawTable<'_>) -> Option<(&'t Column, &'t [i64])> {
    let (id, _) =
        table.file.table.fields().find(|(_, field)| *field.name == *DECIDED_AT && field.ty == Type::Instant)?;
    let column = table.columns.get(id.0 as usize)?.as_ref()?;
    match &column.values {
        Values::Int64(moments) => Some((column, moments)),
        _ => None,
    }
}

/// Appends the rows that no expression sees to those that are seen, and says what they are; none where there are none.
pub(super) fn append(
    rows: &mut Vec<u32>,
    raw: &RawTable<'_>,
    owner: Option<&Column>,
    customer_of: &[u32],
    (times, customers): (&Times, usize),
) -> Option<Unseen> {
    let is_contact = matches!(raw.file.table.kind, TableKind::Events { .. }) && *raw.file.table.name == *CONTACT;
    let scheduled = times.scheduled.as_ref().filter(|_| is_contact)?;
    let fields: Vec<&Column> = raw.columns.iter().flatten().collect();
    let order = events::order(customer_of, scheduled, &times.at, &fields, customers);
    let seen = rows.len();
    let at = |row: &u32| times.at.get(*row as usize).copied().unwrap_or(0);
    let is_nobodys = |row: &u32| {
        let at = *row as usize;
        customer_of.get(at) == Some(&NO_ROW) && (times.seen.get(at) || scheduled.get(at))
    };
    let nobodys: Vec<u32> = (0_u32..).take(customer_of.len()).filter(is_nobodys).collect();
    if order.rows.is_empty() && nobodys.is_empty() {
        return None;
    }
    let by_customer = ByCustomer {
        at: order.rows.iter().map(at).collect(),
        offsets: order.offsets.iter().map(|offset| seen + offset).collect(),
    };
    let unseen = Unseen {
        scheduled: by_customer,
        of_nobody: nobodys.iter().map(at).collect(),
        owners: owners(raw, owner, &nobodys),
    };
    rows.extend(order.rows.into_iter().chain(nobodys));
    Some(unseen)
}

/// Whose a row is that no customer in the data has.
#[derive(PartialEq, Eq, Hash)]
enum Nobody<'o> {
    Text(&'o str),
    Int(i64),
    Erased(u32),
    /// Nothing tells.
    Row(u32),
}

/// By row: whose it is, as a number.
fn owners(raw: &RawTable<'_>, owner: Option<&Column>, rows: &[u32]) -> Vec<u32> {
    let mut known: HashMap<Nobody<'_>, u32> = HashMap::new();
    let number = |row: &u32| {
        let erased = (*row as usize).checked_sub(raw.appended.of_file);
        let erased = erased.and_then(|added| raw.appended.erased.get(&added));
        let whose = match (erased, owner.and_then(|owner| owner.tells(*row as usize))) {
            (Some(tombstone), _) => Nobody::Erased(*tombstone),
            (None, Some(Told::Text(text))) => Nobody::Text(text),
            (None, Some(Told::Int(int))) => Nobody::Int(int),
            _ => Nobody::Row(*row),
        };
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
        *known.entry(whose).or_insert(next)
    };
    rows.iter().map(number).collect()
}
