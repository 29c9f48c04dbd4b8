//! The workload as Rust source: what an engineer, or a code generator, would hand to rustc in place of a policy.
//!
//! [`source`] gives two peers over the same columns: `rows` decides customer by customer with short-circuit
//! conditions; `blocks` computes each distinct atom once per block as a bitmap with AVX2, combines the bitmaps, and
//! scores the set bits. The kernels that both call are not generated; they are in the benchmark's `compiled` module.

mod blocks;
mod conditions;
mod rows;
mod scores;

use std::fmt::Write;

use crate::column::{Column, Kind};
use crate::{OFFERS, Workload};

/// The source of both peers and of the columns that they read, to be included in a module that has the kernels.
pub fn source(workload: &Workload) -> String {
    let mut text = Source::default();
    text.line(&format!("pub const OFFERS: usize = {OFFERS};"));
    text.line(&format!("pub const ATOMS: usize = {};", workload.atoms.len()));
    columns(&mut text, &workload.columns);
    rows::rows(&mut text, workload);
    blocks::blocks(&mut text, workload);
    text.text
}

/// Rust source that is being written.
#[derive(Default)]
struct Source {
    text: String,
}

impl Source {
    fn line(&mut self, line: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{line}");
    }
}

/// The type of a column's slice.
fn slice_type(kind: &Kind) -> &'static str {
    match kind {
        Kind::Number(..) => "&'a [f64]",
        Kind::Int(..) | Kind::Money(..) => "&'a [i64]",
        Kind::Date(..) => "&'a [i32]",
        Kind::OneOf(_) | Kind::Ordered(_) | Kind::Text(_) => "&'a [u32]",
        Kind::Bool(_) => "&'a [u64]",
    }
}

/// `struct Columns`: a slice a column, and the validity bits of the nullable ones; and how to cut a block from it.
fn columns(text: &mut Source, columns: &[Column]) {
    text.line("#[derive(Clone, Copy)]\npub struct Columns<'a> {");
    for column in columns {
        text.line(&format!("    pub {}: {},", column.name, slice_type(&column.kind)));
        if column.nullable() {
            text.line(&format!("    pub {}_known: &'a [u64],", column.name));
        }
    }
    text.line("}\nimpl<'a> Columns<'a> {\n    pub fn new(table: &'a Table) -> Self {\n        Self {");
    for (at, column) in columns.iter().enumerate() {
        // The table's first column is the key.
        text.line(&format!("            {}: Slice::of(&table.columns[{}]),", column.name, at + 1));
        if column.nullable() {
            text.line(&format!("            {}_known: known(&table.columns[{}]),", column.name, at + 1));
        }
    }
    text.line("        }\n    }\n    pub fn block(&self, first: usize, len: usize) -> Self {\n        Self {");
    for column in columns {
        let cut = if matches!(column.kind, Kind::Bool(_)) { "cut_bits" } else { "cut" };
        text.line(&format!("            {0}: {cut}(self.{0}, first, len),", column.name));
        if column.nullable() {
            text.line(&format!("            {0}_known: cut_bits(self.{0}_known, first, len),", column.name));
        }
    }
    text.line("        }\n    }\n}");
}
