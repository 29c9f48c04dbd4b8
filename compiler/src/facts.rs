//! What is known of the data at hand, as plain counts: for lints that need data, for errors that tell how often a value is
//! missing, and for the editor's completion of values.
//!
//! The command line makes them of a snapshot and hands them in; the compiler never reads data. Where there are none, all
//! that needs them is silent. Texts of customers' own fields are not among them where the schema calls a field private or
//! sensitive.

use std::collections::BTreeMap;

/// The data of a project.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Facts {
    /// By the table's name.
    pub tables: BTreeMap<Box<str>, TableFacts>,
}

/// The data of a table.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TableFacts {
    /// How many rows there are.
    pub rows: u64,
    /// By the field's name.
    pub fields: BTreeMap<Box<str>, FieldFacts>,
}

/// The data of a field.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FieldFacts {
    /// In how many rows it is missing.
    pub missing: u64,
    /// Of texts: all distinct values with the number of their rows, sorted by value. `None` where there are too many to list
    /// ([`MOST_VALUES`]), where the field holds no texts, and where they are nobody's business.
    pub values: Option<Vec<(Box<str>, u64)>>,
}

/// A field with more distinct texts than this has no list of them.
pub const MOST_VALUES: usize = 20_000;

impl Facts {
    /// What is known of a field.
    pub fn field(&self, table: &str, field: &str) -> Option<&FieldFacts> {
        self.tables.get(table)?.fields.get(field)
    }

    /// The share of a table's rows in which a field is missing, from 0 to 1; none of an empty or unknown table.
    pub fn share_missing(&self, table: &str, field: &str) -> Option<f64> {
        let rows = self.tables.get(table)?.rows;
        (rows > 0).then(|| self.field(table, field).map(|facts| facts.missing as f64 / rows as f64)).flatten()
    }
}
