//! Values from elsewhere: the row behind a link, an event's customer, another dictionary.

use opportune_plan::{FieldId, Scope, TableId};

use super::column::{Bits, Lanes, Operand, Read, Scalar, Vectors, words_for};
use super::evaluation::{Evaluation, Frames, room, words};
use crate::bind::NodeId;
use crate::kernels::pack;
use crate::snapshot::NO_ROW;

/// The values of the rows that a link leads to.
pub fn linked(of: &Evaluation<'_>, scope: Scope, link: FieldId, lookup: u32, out: &mut Vectors) {
    let Some(lookup) = of.program.lookups.get(lookup as usize) else { return };
    let rows = of.frames.rows(scope).and_then(|rows| rows.links.get(link.0 as usize).copied().flatten());
    let links = rows.unwrap_or_default();
    let source = Operand::vectors(&lookup.vectors, lookup.missing);
    // `NO_ROW` is beyond every table.
    each(source, links.iter().map(|row| (*row != NO_ROW).then_some(*row as usize)), out);
    let known = room(&mut out.known, links.len());
    if source.known.all() {
        pack(links, known, |row| row != NO_ROW);
    } else {
        pack(links, known, |row| row != NO_ROW && source.known.bit(row as usize));
    }
}

/// The values of the customer of each event.
pub fn of_customer(of: &Evaluation<'_>, events: TableId, value: NodeId, out: &mut Vectors) {
    let Frames::Block(_, owners) = of.frames else { return };
    let owners = owners.get(events.0 as usize).map_or(&[][..], |owners| owners);
    let source = of.operand(value);
    each(source, owners.iter().map(|row| Some(*row as usize)), out);
    let known = room(&mut out.known, owners.len());
    pack(owners, known, |row| source.known.bit(row as usize));
}

/// The numbers of the rows that have a key.
pub fn found(of: &Evaluation<'_>, key: NodeId, find: u32, len: usize, out: &mut Vectors) {
    let Some(find) = of.program.finds.get(find as usize) else { return };
    let keys = of.operand(key);
    out.codes.clear();
    out.codes.extend((0..len).map(|row| {
        let found = match keys.scalar(row) {
            Some(Scalar::Code(code)) => find.of_code(code),
            Some(Scalar::Int64(key)) => find.of_int(key),
            _ => None,
        };
        found.unwrap_or(NO_ROW)
    }));
    let known = room(&mut out.known, len);
    pack(&out.codes, known, |row| row != NO_ROW);
}

/// The values of the entries that codes stand for.
pub fn entries(of: &Evaluation<'_>, a: NodeId, lookup: u32, len: usize, out: &mut Vectors) {
    let Some(lookup) = of.program.lookups.get(lookup as usize) else { return };
    let (codes, source) = (of.operand(a), Operand::vectors(&lookup.vectors, lookup.missing));
    let values = codes.codes();
    each(source, (0..len).map(|row| Some(values.get(row) as usize)), out);
    out.known.clear();
    out.known.extend((0..words_for(len)).map(|index| {
        let (first, known) = (index * 64, codes.known.word(index));
        if source.known.all() {
            return known;
        }
        let bit = |row: usize| u64::from(source.known.bit(values.get(row) as usize));
        known & (first..len.min(first + 64)).rev().fold(0, |word, row| word << 1 | bit(row))
    }));
    // Bits are zero where the value is missing.
    out.bits.iter_mut().zip(&out.known).for_each(|(bits, known)| *bits &= known);
}

/// Codes of one dictionary as codes of another.
pub fn recoded(of: &Evaluation<'_>, a: NodeId, table: u32, len: usize, out: &mut Vectors) {
    let table = of.program.recodes.get(table as usize).map_or(&[][..], |table| table);
    let source = of.operand(a);
    let recode = |code: u32| table.get(code as usize).copied().unwrap_or(0);
    fill(source.codes(), (0..len).map(Some), &mut out.codes);
    out.codes.iter_mut().for_each(|code| *code = recode(*code));
    words(source.known, len, &mut out.known);
}

/// The values at some rows into the buffer of their kind; none where there is no row.
pub fn each(source: Operand<'_>, rows: impl Iterator<Item = Option<usize>>, out: &mut Vectors) {
    match source.values {
        Read::Bits(bits) => bits_at(bits, rows, &mut out.bits),
        Read::Int64(values) => fill(values, rows, &mut out.int64s),
        Read::Float64(values) => fill(values, rows, &mut out.float64s),
        Read::Int32(values) => fill(values, rows, &mut out.int32s),
        Read::Codes(codes) => fill(codes, rows, &mut out.codes),
    }
}

fn fill<T: Copy + Default>(values: Lanes<'_, T>, rows: impl Iterator<Item = Option<usize>>, out: &mut Vec<T>) {
    out.clear();
    match values {
        Lanes::One(value) => out.extend(rows.map(|row| row.map_or_else(T::default, |_| value))),
        Lanes::Many(values) => {
            out.extend(rows.map(|row| row.and_then(|row| values.get(row)).copied().unwrap_or_default()));
        }
    }
}

fn bits_at(bits: Bits<'_>, rows: impl Iterator<Item = Option<usize>>, out: &mut Vec<u64>) {
    out.clear();
    for (index, row) in rows.enumerate() {
        if index % 64 == 0 {
            out.push(0);
        }
        if let (Some(word), Some(row)) = (out.last_mut(), row) {
            *word |= u64::from(bits.bit(row)) << (index % 64);
        }
    }
}
