//! Puts events in order: by customer, then time, then the declared fields, then row; what is after `now` is left out.

use std::collections::HashMap;

use super::builder::Tally;
use super::gather::compare;
use crate::snapshot::{Bitmap, Column, NO_ROW, Values};
use crate::time::Clock;

/// When the events of a table happened.
#[derive(Debug)]
pub(super) struct Times {
    /// Microseconds since 1970-01-01 UTC, by row of the file.
    pub at: Vec<i64>,
    /// Which rows are not after `now`.
    pub seen: Bitmap,
    /// Which rows introduce customers, where those are not all that are seen.
    pub introducing: Option<Bitmap>,
    /// Which rows are still to be, and count all the same.
    pub scheduled: Option<Bitmap>,
    /// The rows after `now`.
    pub after_now: Tally,
    /// The rows whose day begins outside the calendar.
    pub outside: Tally,
}

impl Times {
    /// The times in a column of dates or instants, of which so many rows are the file's.
    pub(super) fn new(column: &Column, clock: &Clock, of_file: usize) -> Self {
        let mut outside = Tally::default();
        let at = match &column.values {
            Values::Int64(at) => at.clone(),
            Values::Int32(days) => starts(days, clock, &mut outside),
            _ => Vec::new(),
        };
        let seen: Bitmap = at.iter().map(|at| *at <= clock.now()).collect();
        let mut after_now = Tally::default();
        if seen.count() < at.len() {
            let of_file = at.iter().take(of_file).enumerate();
            of_file.filter(|(_, at)| **at > clock.now()).for_each(|(row, _)| after_now.note(row));
        }
        Self { at, seen, introducing: None, scheduled: None, after_now, outside }
    }
}

/// The first moment of each day; days repeat, so each is computed once.
fn starts(days: &[i32], clock: &Clock, outside: &mut Tally) -> Vec<i64> {
    let mut known: HashMap<i32, Option<i64>> = HashMap::new();
    let mut start = |(row, day): (usize, &i32)| {
        let start = *known.entry(*day).or_insert_with(|| clock.start_of(*day));
        if start.is_none() {
            outside.note(row);
        }
        start.unwrap_or(0)
    };
    days.iter().enumerate().map(&mut start).collect()
}

/// The rows of an event table in their order, and where each customer's begin.
#[derive(Debug)]
pub(super) struct Order {
    /// The rows of the file.
    pub rows: Vec<u32>,
    /// One more than there are customers.
    pub offsets: Vec<usize>,
}

/// Orders the rows whose customer is not [`NO_ROW`] and which are among these.
pub(super) fn order(customer_of: &[u32], of: &Bitmap, at: &[i64], fields: &[&Column], customers: usize) -> Order {
    let mut order = by_customer(customer_of, of, customers);
    for (begin, end) in order.offsets.iter().zip(order.offsets.iter().skip(1)) {
        if let Some(rows) = order.rows.get_mut(*begin..*end) {
            by_time(rows, at, fields);
        }
    }
    order
}

/// A counting sort, which leaves each customer's rows in the order of the file.
fn by_customer(customer_of: &[u32], seen: &Bitmap, customers: usize) -> Order {
    let mut offsets = vec![0_usize; customers + 1];
    let kept = || {
        let rows = customer_of.iter().zip(0_u32..);
        rows.filter(|(customer, row)| **customer != NO_ROW && seen.get(*row as usize))
    };
    for (customer, _) in kept() {
        if let Some(slot) = offsets.get_mut(*customer as usize + 1) {
            *slot += 1;
        }
    }
    let mut sum = 0;
    for slot in &mut offsets {
        sum += *slot;
        *slot = sum;
    }
    let (mut next, mut rows) = (offsets.clone(), vec![0; sum]);
    for (customer, row) in kept() {
        if let Some(place) = next.get_mut(*customer as usize) {
            if let Some(slot) = rows.get_mut(*place) {
                *slot = row;
            }
            *place += 1;
        }
    }
    Order { rows, offsets }
}

fn by_time(rows: &mut [u32], at: &[i64], fields: &[&Column]) {
    rows.sort_unstable_by(|a, b| {
        let (x, y) = (*a as usize, *b as usize);
        let by_fields = || fields.iter().map(|field| compare(field, x, y)).find(|order| order.is_ne());
        at.get(x).cmp(&at.get(y)).then_with(|| by_fields().unwrap_or_else(|| a.cmp(b)))
    });
}
