//! Tests of the readers over small files, and over the grocer's real data where it is beside the checkout.

mod added;
mod bad;
mod corrupt;
mod files;
mod formats;
mod hash;
mod journey;
mod nested;
mod records;
mod requests;
mod scale;
mod types;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use opportune_plan::{
    Domain, DomainId, Exprs, Field, FieldId, Link, Plan, Schema, Source, Table, TableId, TableKind, Type, VerifiedPlan,
    verify,
};
use tempfile::TempDir;

use super::{LoadError, LoadReport, load};
use crate::sample;
use crate::snapshot::{Column, Elements, Snapshot, Values};
use crate::time::Clock;

pub(super) const CUSTOMER: TableId = Schema::CUSTOMER;

/// A field read from the column of its name.
pub(super) fn field(name: &str, ty: Type) -> Field {
    Field { name: name.into(), source: Source::Column(name.into()), ty, nullable: false, link: None }
}

pub(super) fn optional(name: &str, ty: Type) -> Field {
    Field { nullable: true, ..field(name, ty) }
}

pub(super) fn link(name: &str, table: u32, required: bool) -> Field {
    Field { link: Some(Link { table: TableId(table), required }), ..field(name, Type::Text) }
}

pub(super) fn through(name: &str, ty: Type, nullable: bool, link: u32, of: u32) -> Field {
    Field { source: Source::Linked { link: FieldId(link), field: FieldId(of) }, nullable, ..field(name, ty) }
}

pub(super) fn customer(introduced_by: &[u32], fields: Vec<Field>) -> Table {
    let introduced_by = introduced_by.iter().copied().map(TableId).collect();
    Table {
        name: "customer".into(),
        source: "customer".into(),
        kind: TableKind::Customer { key: FieldId(0), introduced_by },
        fields,
    }
}

pub(super) fn events(name: &str, at: u32, fields: Vec<Field>) -> Table {
    let kind = TableKind::Events { at: FieldId(at), customer_column: "id".into() };
    Table { name: name.into(), source: name.into(), kind, fields }
}

pub(super) fn lookup(name: &str, fields: Vec<Field>) -> Table {
    Table { name: name.into(), source: name.into(), kind: TableKind::Lookup { key: FieldId(0) }, fields }
}

pub(super) fn plan(tables: Vec<Table>, domains: &[&[&str]]) -> VerifiedPlan {
    let domain = |values: &&[&str]| Domain { variants: values.iter().map(|value| (*value).into()).collect() };
    let schema = Schema { tables, domains: domains.iter().map(domain).collect() };
    let nothing = sample::plan(schema, Exprs::default(), Vec::new());
    verify(Plan { zone: "America/New_York".into(), ..nothing }).unwrap()
}

pub(super) fn clock(now: &str) -> Clock {
    Clock::new(now.parse::<jiff::Timestamp>().unwrap().as_microsecond(), "America/New_York").unwrap()
}

pub(super) fn micros(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
}

/// Writes a Parquet file of some columns.
pub(super) fn parquet(folder: &TempDir, name: &str, columns: Vec<(&str, ArrayRef)>) {
    let columns = columns.into_iter().map(|(name, array)| (name, array, true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let file = File::create(folder.path().join(name)).unwrap();
    let mut writer = ::parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

pub(super) fn array<A: arrow::array::Array + 'static>(array: A) -> ArrayRef {
    Arc::new(array)
}

pub(super) fn read(plan: &VerifiedPlan, folder: &Path) -> Result<(Snapshot, LoadReport), Vec<LoadError>> {
    load(plan, folder, &clock("2026-11-20T12:00:00Z"))
}

/// The only error, as `code message`.
pub(super) fn error(plan: &VerifiedPlan, folder: &TempDir) -> String {
    let errors = read(plan, folder.path()).expect_err("an error");
    assert_eq!(errors.len(), 1, "{errors:?}");
    format!("{} {}", errors[0].code(), errors[0].message())
}

/// The values of a column as texts; `-` where missing.
pub(super) fn values(snapshot: &Snapshot, table: u32, field: u32) -> Vec<String> {
    let table = &snapshot.tables[table as usize];
    let column = &table.columns[field as usize];
    (0..table.rows).map(|row| value(column, row)).collect()
}

pub(super) fn value(column: &Column, row: usize) -> String {
    if !column.is_valid(row) {
        return "-".to_owned();
    }
    match &column.values {
        Values::Bits(bits) => bits.get(row).to_string(),
        Values::Int64(values) => values[row].to_string(),
        Values::Float64(values) => format!("{:?}", values[row]),
        Values::Int32(values) => values[row].to_string(),
        Values::Codes(codes, dictionary) => dictionary.get(codes[row]).unwrap().to_owned(),
        Values::Sets(codes, dictionary) => {
            let element = |code: &u32| match &dictionary.elements {
                Elements::Texts(texts) | Elements::Declared(texts) => texts.get(*code).unwrap().to_owned(),
                Elements::Ints(ints) => ints[*code as usize].to_string(),
            };
            let elements: Vec<String> = dictionary.sets[codes[row] as usize].iter().map(element).collect();
            format!("{{{}}}", elements.join(" "))
        }
    }
}

pub(super) fn one_of(domain: u32) -> Type {
    Type::OneOf(DomainId(domain))
}

#[test]
fn every_code_has_a_page() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/diagnostics"));
    let sources = [include_str!("error.rs"), include_str!("../../sink/error.rs")].concat();
    let in_quotes = sources.split('"').filter(|text| text.len() == 5 && text.starts_with("D0"));
    let codes: std::collections::BTreeSet<&str> = in_quotes.collect();
    assert_eq!(codes.len(), 28);
    for code in &codes {
        let page = std::fs::read_to_string(folder.join(format!("{code}.md"))).unwrap();
        assert!(page.starts_with(&format!("# {code}: ")), "{code}");
    }
    let pages = std::fs::read_dir(folder).unwrap().map(|page| page.unwrap().file_name().into_string().unwrap());
    let pages: Vec<String> = pages.filter(|name| name.starts_with("D0")).collect();
    assert_eq!(pages.len(), codes.len(), "{pages:?}");
}
