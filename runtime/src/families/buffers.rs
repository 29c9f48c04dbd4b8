//! Columns of pairs and of their events, filled from columns of customers and events.

use super::members::{Member, Members};
use crate::kernels::pack;
use crate::snapshot::{BitsView, Column, ColumnView, Values, ValuesView};
use crate::vectorised::column::{Operand, Vectors};
use crate::vectorised::evaluation::room;
use crate::vectorised::gather;

/// A column that is filled chunk after chunk, in the same memory.
#[derive(Debug, Default)]
pub struct Buffer {
    vectors: Vectors,
    len: usize,
}

impl Buffer {
    /// The values of some rows.
    pub fn gather(&mut self, source: Operand<'_>, rows: &[u32]) {
        gather::each(source, rows.iter().map(|row| Some(*row as usize)), &mut self.vectors);
        pack(rows, room(&mut self.vectors.known, rows.len()), |row| source.known.bit(row as usize));
        self.len = rows.len();
    }

    /// Members, as their field has them.
    pub fn members(&mut self, members: &Members, all: &[u32]) {
        let Vectors { int64s, codes, known, .. } = &mut self.vectors;
        int64s.clear();
        codes.clear();
        for member in all {
            match members.get(*member) {
                Some(Member::Int(value)) => int64s.push(value),
                Some(Member::Code(code, _)) => codes.push(code),
                None => {}
            }
        }
        room(known, all.len()).fill(!0);
        self.len = all.len();
    }

    /// Ints; 0 is missing.
    pub fn ints(&mut self, values: &[i64]) {
        self.vectors.int64s.clear();
        self.vectors.int64s.extend_from_slice(values);
        pack(values, room(&mut self.vectors.known, values.len()), |value| value != 0);
        self.len = values.len();
    }

    /// As a column of the kind and with the dictionary of another.
    pub fn view<'a>(&'a self, like: &'a Column) -> ColumnView<'a> {
        let Self { vectors, len } = self;
        let values = match &like.values {
            Values::Bits(_) => ValuesView::Bits(BitsView::new(&vectors.bits, *len)),
            Values::Int64(_) => ValuesView::Int64(&vectors.int64s),
            Values::Float64(_) => ValuesView::Float64(&vectors.float64s),
            Values::Int32(_) => ValuesView::Int32(&vectors.int32s),
            Values::Codes(_, dictionary) => ValuesView::Codes(&vectors.codes, dictionary),
            Values::Sets(_, dictionary) => ValuesView::Sets(&vectors.codes, dictionary),
        };
        let validity = like.validity.as_ref().map(|_| BitsView::new(&vectors.known, *len));
        ColumnView { values, validity }
    }
}
