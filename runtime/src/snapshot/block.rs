//! A block: some consecutive customers with their columns and events, the unit of work of every evaluator.

use super::column::ColumnView;
use super::{Snapshot, Table};
use opportune_plan::TableId;

/// Some consecutive customers.
#[derive(Debug)]
pub struct Block<'a> {
    /// The first customer's row in the snapshot; a multiple of 64.
    pub first: usize,
    /// How many customers.
    pub len: usize,
    /// The customers' columns.
    pub customers: Rows<'a>,
    /// By [`TableId`]: the events of these customers, for event tables.
    pub events: Vec<Option<Events<'a>>>,
    /// By [`TableId`]: all tables whole; lookup tables are read from here.
    pub tables: &'a [Table],
}

/// Some consecutive rows of a table.
#[derive(Debug)]
pub struct Rows<'a> {
    /// How many.
    pub len: usize,
    /// The columns by field.
    pub columns: Vec<ColumnView<'a>>,
    /// By field, for a linking one: the row of the linked table, or [`super::NO_ROW`].
    pub links: Vec<Option<&'a [u32]>>,
}

/// The events of a block's customers: customer `c` of the block has the rows
/// `offsets[c] - offsets[0] .. offsets[c + 1] - offsets[0]`.
#[derive(Debug)]
pub struct Events<'a> {
    /// The events' columns.
    pub rows: Rows<'a>,
    /// When each happened, ascending within a customer.
    pub at: &'a [i64],
    /// One more entry than the block has customers; positions in the whole table.
    pub offsets: &'a [usize],
}

impl<'a> Rows<'a> {
    /// The rows `first .. first + len` of a table.
    pub fn new(table: &'a Table, first: usize, len: usize) -> Self {
        let cut = |link: &'a Vec<u32>| link.get(first..first + len).unwrap_or_default();
        Self {
            len,
            columns: table.columns.iter().map(|column| column.view(first, len)).collect(),
            links: table.links.iter().map(|link| link.as_ref().map(cut)).collect(),
        }
    }
}

impl Events<'_> {
    /// The rows of a customer of the block.
    pub fn of(&self, customer: usize) -> std::ops::Range<usize> {
        let base = self.offsets.first().copied().unwrap_or(0);
        match (self.offsets.get(customer), self.offsets.get(customer + 1)) {
            (Some(begin), Some(end)) => begin - base..end - base,
            _ => 0..0,
        }
    }
}

impl<'a> Block<'a> {
    /// The customers `first .. first + len` of a snapshot.
    pub(super) fn new(snapshot: &'a Snapshot, first: usize, len: usize) -> Self {
        let events = |table: &'a Table| {
            let by_customer = table.by_customer.as_ref()?;
            let offsets = by_customer.offsets.get(first..=first + len)?;
            let (begin, end) = (*offsets.first()?, *offsets.last()?);
            let at = by_customer.at.get(begin..end)?;
            Some(Events { rows: Rows::new(table, begin, end - begin), at, offsets })
        };
        let customers = snapshot.tables.first().map(|table| Rows::new(table, first, len));
        Self {
            first,
            len,
            customers: customers.unwrap_or(Rows { len, columns: Vec::new(), links: Vec::new() }),
            events: snapshot.tables.iter().map(events).collect(),
            tables: &snapshot.tables,
        }
    }

    /// The same customers, with other events of one table: the rows from the first of `offsets` on, at these times.
    #[must_use]
    pub fn with_events(mut self, table: TableId, offsets: &'a [usize], at: &'a [i64]) -> Self {
        let rows = |of: &'a Table| {
            let begin = *offsets.first()?;
            Some(Events { rows: Rows::new(of, begin, at.len()), at, offsets })
        };
        if let Some(slot) = self.events.get_mut(table.0 as usize) {
            *slot = self.tables.get(table.0 as usize).and_then(rows);
        }
        self
    }

    /// These customers' rows of the context's table, which has a row for each customer.
    pub fn context(&self, table: TableId) -> Option<Rows<'a>> {
        self.tables.get(table.0 as usize).map(|table| Rows::new(table, self.first, self.len))
    }

    /// The events of these customers in a table.
    pub fn events(&self, table: TableId) -> Option<&Events<'a>> {
        self.events.get(table.0 as usize)?.as_ref()
    }
}
