//! Pairs with their columns, as a block of customers of the lifted offer.

use super::bound::{BoundFamily, Fill};
use super::buffers::Buffer;
use super::pairs::Pairs;
use crate::bind::NodeId;
use crate::snapshot::{Block, ColumnView, Events, Rows, ValuesView};
use crate::vectorised::column::Operand;

/// Some pairs of a family, their columns and those of their events, in the same memory chunk after chunk.
#[derive(Debug)]
pub struct Chunk {
    /// The pairs.
    pub pairs: Pairs,
    fields: Vec<Buffer>,
    /// By group, by field after the time.
    values: Vec<Vec<Buffer>>,
}

impl Chunk {
    /// For the pairs of a family.
    pub fn new(family: &BoundFamily) -> Self {
        let buffers = |count: usize| std::iter::repeat_with(Buffer::default).take(count).collect();
        let values = family.groups.iter().map(|group| buffers(group.values.len())).collect();
        Self { pairs: Pairs::default(), fields: buffers(family.fields.len()), values }
    }

    /// Fills the columns of the pairs at hand.
    pub fn fill<'a>(&mut self, family: &BoundFamily, read: impl Fn(NodeId) -> Operand<'a>) {
        let Self { pairs, fields, values } = self;
        for (buffer, fill) in fields.iter_mut().zip(&family.fields) {
            match fill {
                Fill::Nothing => {}
                Fill::Member => buffer.members(&family.members, &pairs.members),
                Fill::Customer(id) => buffer.gather(read(*id), &pairs.rows),
                Fill::Rank(rank) => buffer.ints(pairs.places.get(*rank).map_or(&[], |places| places)),
            }
        }
        for ((buffers, group), events) in values.iter_mut().zip(&family.groups).zip(&pairs.events) {
            for (buffer, id) in buffers.iter_mut().zip(&group.values) {
                buffer.gather(read(*id), &events.rows);
            }
        }
    }

    /// The pairs as customers.
    pub fn block<'a>(&'a self, family: &'a BoundFamily) -> Block<'a> {
        let like = |table: usize| family.tables.tables.get(table).map_or(&[][..], |table| &table.columns);
        let columns = self.fields.iter().zip(like(0)).map(|(buffer, like)| buffer.view(like));
        let customers = rows(self.pairs.len(), columns.collect());
        let mut events: Vec<Option<Events<'a>>> = std::iter::repeat_with(|| None).take(family.first_group).collect();
        for ((at, own), values) in (family.first_group..).zip(&self.pairs.events).zip(&self.values) {
            let time = ColumnView { values: ValuesView::Int64(&own.at), validity: None };
            let values = values.iter().zip(like(at).iter().skip(1)).map(|(buffer, like)| buffer.view(like));
            let columns = std::iter::once(time).chain(values).collect();
            events.push(Some(Events { rows: rows(own.rows.len(), columns), at: &own.at, offsets: &own.offsets }));
        }
        Block { first: 0, len: self.pairs.len(), customers, events, tables: &family.tables.tables }
    }
}

fn rows(len: usize, columns: Vec<ColumnView<'_>>) -> Rows<'_> {
    let links = columns.iter().map(|_| None).collect();
    Rows { len, columns, links }
}
