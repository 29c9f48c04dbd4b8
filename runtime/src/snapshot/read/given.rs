//! A snapshot of one customer whose rows are said, not read from files: what tests of policies are played on.
//!
//! The values go into the same columns as those of files and are put together by the same code, so that links, the order
//! of events and contacts that are still to be sent are what they are in a run. What must hold: every row is of its
//! table's types; a value that is not is as good as missing.

use opportune_plan::{Constant, FieldId, GivenRow, Schema, Stored, Table, TableId, TableKind, Type, VerifiedPlan};

use super::builder::{Builder, Fault, Reading};
use super::columns::Targets;
use super::error::LoadError;
use super::files::TableFile;
use super::{Added, RawTable, assemble, with_added};
use crate::snapshot::Snapshot;
use crate::time::Clock;

/// Makes snapshots of one customer by the schema of a plan.
#[derive(Debug)]
pub struct OneCustomer {
    /// The plan's, but for who introduces customers: the one is there without any event.
    schema: Schema,
}

/// What is known of the customer at one moment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'k> {
    /// The fields of the customer; those left out are missing.
    pub customer: &'k [(FieldId, Option<Constant>)],
    /// Rows of events and lookup tables; no key of a lookup table twice.
    pub rows: &'k [GivenRow],
    /// What a request brings; nothing where there is none.
    pub context: &'k [(FieldId, Constant)],
}

/// A row that is said: a field with its value, where there is one.
type Said<'k> = Vec<(FieldId, Option<&'k Constant>)>;

impl OneCustomer {
    /// By the schema of a plan.
    pub fn new(plan: &VerifiedPlan) -> Self {
        let mut schema = plan.schema.clone();
        if let Some(Table { kind: TableKind::Customer { introduced_by, .. }, .. }) = schema.tables.first_mut() {
            *introduced_by = vec![Schema::CUSTOMER];
        }
        Self { schema }
    }

    /// The key of the customer; one is made up where none is said.
    pub fn key(&self, known: &Known<'_>) -> Constant {
        let key = self.schema.table(Schema::CUSTOMER).and_then(Table::key);
        let said = known.customer.iter().find(|(field, _)| Some(*field) == key).and_then(|(_, value)| value.clone());
        let ty = key.and_then(|key| self.schema.field(Schema::CUSTOMER, key)).map(|key| key.ty);
        match said {
            Some(said) if Some(said.ty()) == ty => said,
            _ if ty == Some(Type::Int) => Constant::Int(1),
            _ => Constant::Text("customer".into()),
        }
    }

    /// The snapshot of what is known, with the contacts that were made.
    ///
    /// # Errors
    /// All that is wrong with the rows: what may not be missing and is, links that must resolve and do not.
    pub fn snapshot(&self, known: &Known<'_>, added: &Added, clock: &Clock) -> Result<Snapshot, Vec<LoadError>> {
        let key = self.key(known);
        let (mut tables, mut errors) = (Vec::new(), Vec::new());
        for (id, table) in self.schema.tables() {
            let rows = self.rows(id, table, known, &key);
            match self.table(TableFile::none(&self.schema, id, table), &rows, &key, (added, clock)) {
                Ok(table) => tables.push(Some(table)),
                Err(found) => {
                    errors.extend(found);
                    tables.push(None);
                }
            }
        }
        assemble::assemble(&self.schema, tables, clock, errors).map(|(snapshot, _)| snapshot)
    }

    fn rows<'k>(&self, id: TableId, table: &Table, known: &Known<'k>, key: &'k Constant) -> Vec<Said<'k>> {
        match table.kind {
            TableKind::Customer { key: field, .. } => {
                let others = known.customer.iter().filter(|(of, _)| *of != field);
                let others = others.map(|(field, value)| (*field, value.as_ref()));
                vec![others.chain([(field, Some(key))]).collect()]
            }
            TableKind::Context if known.context.is_empty() => Vec::new(),
            TableKind::Context => vec![known.context.iter().map(|(field, value)| (*field, Some(value))).collect()],
            TableKind::Events { .. } | TableKind::Lookup { .. } => {
                let of_table = known.rows.iter().filter(|row| row.table == id);
                let said =
                    |row: &'k GivenRow| row.values.iter().map(|(field, value)| (*field, value.as_ref())).collect();
                of_table.map(said).collect()
            }
        }
    }

    fn table<'p>(
        &self,
        file: TableFile<'p>,
        rows: &[Said<'_>],
        key: &Constant,
        (added, clock): (&Added, &Clock),
    ) -> Result<RawTable<'p>, Vec<LoadError>> {
        if file.table.kind == TableKind::Context && rows.is_empty() {
            return Ok(RawTable::empty(file));
        }
        let mut targets = Targets::new(file);
        for row in rows {
            for target in &mut targets.all {
                let value = match target.field {
                    Some(field) => row.iter().find(|(of, _)| *of == field).and_then(|(_, value)| *value),
                    None => Some(key),
                };
                push(&mut target.builder, target.ty, value);
            }
        }
        let errors = targets.judge();
        if errors.is_empty() { with_added(targets, String::new(), added, clock) } else { Err(errors) }
    }
}

/// Appends a value to a column of a type.
fn push(builder: &mut Builder, ty: Type, value: Option<&Constant>) {
    let Some(value) = value.filter(|value| value.ty() == ty) else { return builder.push_fault(Fault::Missing) };
    match value.stored() {
        Stored::Bool(value) => builder.push(Ok(value)),
        Stored::Int64(value) => builder.push(Ok(value)),
        Stored::Float64(value) => builder.push(Ok(value.get())),
        Stored::Int32(value) => builder.push(Ok(value)),
        Stored::Text(text) | Stored::Zone(text) => builder.push_text(text),
        Stored::Code(_, at) => builder.push(Ok(at)),
        Stored::Set(_, elements) => {
            let set = set(builder, elements);
            builder.push(set);
        }
    }
}

fn set(builder: &mut Builder, elements: &[Constant]) -> Reading<u32> {
    let sets = builder.sets().ok_or(Fault::Unreadable)?;
    let mut code = |element: &Constant| match element {
        Constant::Text(text) => sets.text(text),
        Constant::Int(value) => sets.int(*value),
        Constant::OneOf(_, at) | Constant::Ordered(_, at) => Ok(*at),
        _ => Err(Fault::Unreadable),
    };
    let codes: Vec<Reading<u32>> = elements.iter().map(&mut code).collect();
    sets.set(codes)
}
