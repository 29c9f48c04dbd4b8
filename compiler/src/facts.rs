//! What is known of the data at hand, as plain counts: for lints that need data, for errors that tell how often a value is
//! missing, and for the editor's completion of values.
//!
//! The command line makes them of a snapshot and hands them in; the compiler never reads data. Where there are none, all
//! that needs them is silent. What must hold: no value of a field that the schema calls private or sensitive is among them,
//! and no customer's key.

use std::collections::{BTreeMap, BTreeSet};

use opportune_plan::{Field, FieldId, Schema, Source, Table, TableId, TableKind, VerifiedPlan};

use crate::db::Db;
use crate::diagnostic::Severity;
use crate::hir;
use crate::lower;
use crate::manifest::Manifest;
use crate::queries::{self, Project};

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
    /// Of a link: how the rows that it leads to are missing.
    pub linked: Option<LinkedFacts>,
    /// Of texts: all distinct values with the number of their rows, sorted by value. `None` where there are too many to list
    /// ([`MOST_VALUES`]), where the field holds no texts, and where they are nobody's business.
    pub values: Option<Vec<(Box<str>, u64)>>,
}

/// What the rows of a table miss of the rows that one of its links leads to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LinkedFacts {
    /// In how many rows the link is missing, or leads nowhere.
    pub nowhere: u64,
    /// By the linked table's field, where it may be missing: in how many rows the link leads nowhere or to a row without it.
    pub missing: BTreeMap<Box<str>, u64>,
}

/// A field with more distinct texts than this has no list of them.
pub const MOST_VALUES: usize = 20_000;

impl Facts {
    /// What is known of a field.
    pub fn field(&self, table: &str, field: &str) -> Option<&FieldFacts> {
        self.tables.get(table)?.fields.get(field)
    }

    /// In how many of a table's rows a field is missing, and how many rows there are; none of an empty or unknown table.
    pub fn missing(&self, table: &str, field: &str) -> Option<(u64, u64)> {
        let rows = self.tables.get(table)?.rows;
        (rows > 0).then(|| Some((self.field(table, field)?.missing, rows))).flatten()
    }

    /// In how many of a table's rows a field behind one of its links is missing, and how many rows there are.
    pub fn missing_behind(&self, table: &str, link: &str, field: &str) -> Option<(u64, u64)> {
        let rows = self.tables.get(table)?.rows;
        let linked = self.field(table, link)?.linked.as_ref()?;
        (rows > 0).then(|| (linked.missing.get(field).copied().unwrap_or(linked.nowhere), rows))
    }

    /// The share of a table's rows in which a field is missing, from 0 to 1; none of an empty or unknown table.
    pub fn share_missing(&self, table: &str, field: &str) -> Option<f64> {
        self.missing(table, field).map(|(missing, rows)| missing as f64 / rows as f64)
    }
}

/// What somebody needs who reads the data to tell facts of it. The policies may be wrong, the schema is right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// The manifest.
    pub manifest: Manifest,
    /// A plan of the schema alone: it loads the data, and decides nothing.
    pub plan: VerifiedPlan,
    /// The fields of which no value is told: private and sensitive ones, and the keys of customers.
    pub withheld: BTreeSet<(TableId, FieldId)>,
}

/// What is needed to read the data of a project; none where its manifest or its schema is wrong.
pub fn wanted(db: &dyn Db, project: Project) -> Option<Wanted> {
    let (manifest, of_manifest) = queries::checked_manifest(db, project);
    let checked = queries::checked_schema(db, project);
    let told = of_manifest.iter().chain(&checked.manifest).chain(checked.diagnostics.iter().map(|(_, found)| found));
    let is_wrong = told.into_iter().any(|found| found.severity == Severity::Error);
    let schema = &checked.schema;
    if is_wrong || schema.plan.tables.is_empty() {
        return None;
    }
    let manifest = manifest.clone()?;
    Some(Wanted { plan: lower::schema_alone(&manifest, &schema.plan).ok()?, manifest, withheld: withheld(schema) })
}

fn withheld(schema: &hir::Schema) -> BTreeSet<(TableId, FieldId)> {
    let key = schema.plan.table(Schema::CUSTOMER).and_then(Table::key).map(|key| (Schema::CUSTOMER, key));
    let mut found: BTreeSet<_> = schema.privacy.keys().copied().chain(key).collect();
    for (id, table) in schema.plan.tables() {
        // A field that holds a customer's key: as the owner of an event, or as a link.
        let owner =
            if let TableKind::Events { customer_column, .. } = &table.kind { Some(customer_column) } else { None };
        let names_one = |field: &Field| {
            matches!((&field.source, owner), (Source::Column(own), Some(owner)) if own == owner)
                || field.link.is_some_and(|link| link.table == Schema::CUSTOMER)
        };
        found.extend(table.fields().filter(|(_, field)| names_one(field)).map(|(field, _)| (id, field)));
    }
    found
}
