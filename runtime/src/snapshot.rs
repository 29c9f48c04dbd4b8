//! A snapshot of the data: typed columns, links between tables, event lists by customer, handed out in blocks.
//!
//! Customers are in the order of their keys; a customer's events are in the order of their time, then of the declared
//! fields, then of their row; events after `now` are not there at all.

mod bitmap;
mod block;
mod column;
pub mod context;
pub mod read;

use std::sync::Arc;

pub use bitmap::{Bitmap, BitsView};
pub use block::{Block, Events, Rows};
pub use column::{Column, ColumnView, Dictionary, Elements, SetDictionary, Told, Values, ValuesView};
use opportune_plan::{FieldId, TableId};

/// The row number that says that a link leads nowhere.
pub const NO_ROW: u32 = u32::MAX;

/// All the data of a run.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The tables of the schema by [`TableId`], the customer first. The context's table has a row for each customer, in
    /// their order.
    pub tables: Vec<Table>,
}

/// The rows of one table.
#[derive(Debug, Default)]
pub struct Table {
    /// How many rows.
    pub rows: usize,
    /// The columns by [`FieldId`], each of `rows` values.
    pub columns: Vec<Column>,
    /// By [`FieldId`], for a linking field: the row of the linked table for each row of this one, or [`NO_ROW`].
    pub links: Vec<Option<Vec<u32>>>,
    /// For an event table: whose the rows are, and when they happened.
    pub by_customer: Option<ByCustomer>,
    /// For an event table: what no expression sees, and limits count.
    pub unseen: Option<Unseen>,
}

/// Rows of contacts behind the `rows` that expressions see, in the same columns with the same dictionaries. Limits and
/// quotas count them, nothing else does.
#[derive(Debug, Default)]
pub struct Unseen {
    /// Contacts that were decided and are still to be sent: after `now`. Offsets count from the first row of the columns,
    /// so that the first is the table's `rows`.
    pub scheduled: ByCustomer,
    /// Behind those: contacts of customers who are not in the data any more (or were erased), past and scheduled; when each
    /// was sent. They count for what is limited over all customers.
    pub of_nobody: Vec<i64>,
    /// By row of [`Self::of_nobody`]: whose it is, as a number, so that one customer's messages are told from another's.
    pub owners: Vec<u32>,
}

/// The events of each customer: rows `offsets[c]..offsets[c + 1]` are customer `c`'s, in order.
#[derive(Debug, Default)]
pub struct ByCustomer {
    /// One more entry than there are customers.
    pub offsets: Vec<usize>,
    /// When each row happened, in microseconds since 1970-01-01 UTC; ascending within a customer.
    pub at: Vec<i64>,
}

impl ByCustomer {
    /// The rows of a customer.
    pub fn of(&self, customer: usize) -> std::ops::Range<usize> {
        match (self.offsets.get(customer), self.offsets.get(customer + 1)) {
            (Some(begin), Some(end)) => *begin..*end,
            _ => 0..0,
        }
    }
}

impl Snapshot {
    /// How many customers there are.
    pub fn customers(&self) -> usize {
        self.tables.first().map_or(0, |table| table.rows)
    }

    /// Whether there are contacts that were decided and are still to be sent.
    pub fn has_scheduled(&self) -> bool {
        self.tables.iter().filter_map(|table| table.unseen.as_ref()).any(|unseen| !unseen.scheduled.at.is_empty())
    }

    /// The table of this id.
    pub fn table(&self, id: TableId) -> Option<&Table> {
        self.tables.get(id.0 as usize)
    }

    /// How many blocks of `size` customers there are.
    pub fn blocks(&self, size: usize) -> usize {
        self.customers().div_ceil(size.max(1))
    }

    /// The `index`-th block of `size` customers; `size` is a multiple of 64, so that bitmaps begin at whole words.
    pub fn block(&self, index: usize, size: usize) -> Block<'_> {
        Block::new(self, index * size, size.min(self.customers().saturating_sub(index * size)))
    }

    /// The dictionary of a text, `one_of`, `ordered` or timezone column.
    pub fn dictionary(&self, table: TableId, field: FieldId) -> Option<&Arc<Dictionary>> {
        match &self.table(table)?.columns.get(field.0 as usize)?.values {
            Values::Codes(_, dictionary) => Some(dictionary),
            _ => None,
        }
    }
}
