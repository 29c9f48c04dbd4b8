//! The file of decisions is as `docs/language/decisions-file.md` says: the columns, their types in each format, which may
//! be missing; and the summary has no column that the page does not explain.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/project.rs"]
mod project;

use std::fs;
use std::path::Path;

use arrow::datatypes::{DataType, Field, TimeUnit};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use project::Project;

/// A row of the page's table.
struct Column {
    name: String,
    ty: String,
    may_be_missing: bool,
}

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/language/decisions-file.md")).unwrap()
}

/// The rows of the table whose head begins so, cell by cell.
fn table(head: &str) -> Vec<Vec<String>> {
    let page = page();
    let lines = page.lines().skip_while(|line| !line.starts_with(head)).skip(2);
    let rows = lines.take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()).collect()
}

fn columns() -> Vec<Column> {
    let named = |cell: &str| cell.trim_matches('`').to_owned();
    let rows = table("| column | type |");
    assert_eq!(rows.len(), 21);
    let column = |row: Vec<String>| {
        assert_eq!(row.len(), 4, "{row:?}");
        assert!(["yes", "no"].contains(&&*row[2]), "{row:?}");
        Column { name: named(&row[0]), ty: row[1].clone(), may_be_missing: row[2] == "yes" }
    };
    rows.into_iter().map(column).collect()
}

/// A type of the page as Arrow has it.
fn of_parquet(column: &Column, key: &DataType) -> DataType {
    match (&*column.name, &*column.ty) {
        ("customer", "text or int") => key.clone(),
        ("slot", "int") => DataType::Int32,
        ("ledger", "int") => DataType::Int64,
        (_, "text") => DataType::Utf8,
        (_, "number") => DataType::Float64,
        (_, "bool") => DataType::Boolean,
        (_, "instant") => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        (_, "list of texts") => DataType::new_list(DataType::Utf8, false),
        (name, ty) => panic!("`{name}`: what is {ty}?"),
    }
}

/// The type without the names of what is inside.
fn bare(ty: &DataType) -> DataType {
    match ty {
        DataType::List(item) => DataType::new_list(item.data_type().clone(), item.is_nullable()),
        ty => ty.clone(),
    }
}

fn decided(key: &str) -> Project {
    let project = Project::new();
    let policy = fs::read_to_string(project.path("shop.offer")).unwrap();
    project.write("shop.offer", policy.replace("key customer_id: text", &format!("key customer_id: {key}")));
    if key == "int" {
        project.write("data/customer.csv", "customer_id,age,member\n1,30,true\n2,,true\n");
        project.write("data/purchase.csv", "customer_id,at,product_id,spend\n1,2026-10-01,tea,3.50\n");
    }
    for name in ["out.parquet", "out.csv", "out.jsonl"] {
        let run = project.opportune(&["dry-run", "--out", name]);
        assert_eq!((run.exit, run.err.as_str()), (0, ""));
    }
    project
}

#[test]
fn every_column_is_as_the_page_says() {
    let columns = columns();
    for (key, ty) in [("text", DataType::Utf8), ("int", DataType::Int64)] {
        let project = decided(key);
        let file = fs::File::open(project.path("out.parquet")).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        let real = reader.schema().fields().iter();
        let real: Vec<Field> =
            real.map(|field| field.as_ref().clone().with_data_type(bare(field.data_type()))).collect();
        let said = |column: &Column| Field::new(&column.name, of_parquet(column, &ty), column.may_be_missing);
        let said: Vec<Field> = columns.iter().map(said).collect();
        assert_eq!(real, said);
        let csv = fs::read_to_string(project.path("out.csv")).unwrap();
        let names: Vec<&str> = columns.iter().map(|column| &*column.name).collect();
        assert_eq!(csv.lines().next().unwrap(), names.join(","));
    }
}

#[test]
fn values_of_json_lines_are_as_the_page_says() {
    let columns = columns();
    for key in ["text", "int"] {
        let text = fs::read_to_string(decided(key).path("out.jsonl")).unwrap();
        let row: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(row.len(), columns.len());
        // The map has its names sorted; their order is that of the text.
        let at = |column: &Column| text.find(&format!("\"{}\":", column.name)).unwrap();
        assert!(columns.iter().map(at).is_sorted());
        for column in &columns {
            let value = &row[&column.name];
            let right = match &*column.ty {
                "text or int" => {
                    if key == "int" {
                        value.is_i64()
                    } else {
                        value.is_string()
                    }
                }
                "text" => value.is_string(),
                "int" => value.is_i64(),
                "number" => value.is_f64(),
                "bool" => value.is_boolean(),
                "instant" => value.as_str().is_some_and(|text| text.ends_with('Z')),
                "list of texts" => value.is_array(),
                _ => false,
            };
            assert!(right || column.may_be_missing && value.is_null(), "{}: {value}", column.name);
        }
    }
}

#[test]
fn every_column_of_the_summary_is_explained() {
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/summary/offers.rs")).unwrap();
    let stages = source.split("stage(").skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
    let stages: Vec<String> = stages.map(|rest| format!("`{}`", rest.split('"').next().unwrap())).collect();
    let explained: Vec<String> = table("| column | who |").into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(stages, explained);
    assert_eq!(stages.len(), 13);
}

/// The hash of the data in each row of a run, which is one.
fn data_hash(project: &Project, arguments: &[&str]) -> String {
    let run = project.opportune(&[&["dry-run", "--out", "hash.jsonl"], arguments].concat());
    assert_eq!((run.exit, run.err.as_str()), (0, ""), "{arguments:?}");
    let text = fs::read_to_string(project.path("hash.jsonl")).unwrap();
    let hash = |line: &str| line.split_once("\"data_hash\":\"").unwrap().1.split('"').next().unwrap().to_owned();
    let hashes: std::collections::BTreeSet<String> = text.lines().map(hash).collect();
    assert_eq!(hashes.len(), 1, "{text}");
    hashes.into_iter().next().unwrap()
}

#[test]
fn the_hash_tells_the_data_wherever_it_lies() {
    let project = Project::new();
    project.append("shop.offer", "context {\n  reason: text\n}\n");
    let hash = data_hash(&project, &[]);
    assert!(hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
    let elsewhere = tempfile::tempdir().unwrap();
    for name in ["customer.csv", "purchase.csv", "product.csv"] {
        fs::copy(project.path("data").join(name), elsewhere.path().join(name)).unwrap();
    }
    let there = elsewhere.path().to_str().unwrap();
    assert_eq!(data_hash(&project, &["--data", there]), hash, "another folder");
    assert_eq!(data_hash(&project, &["--threads", "3", "--engine", "interpreter", "--now", "2026-11-02 12:00"]), hash);
    fs::write(elsewhere.path().join("notes.csv"), "what no table is read from\n").unwrap();
    assert_eq!(data_hash(&project, &["--data", there]), hash);
    // What a request brings is data; a space that changes no decision is another file.
    let complaint = data_hash(&project, &["--context", "reason=complaint"]);
    assert_ne!(complaint, hash);
    assert_ne!(data_hash(&project, &["--context", "reason=question"]), complaint);
    project.write("calls.csv", "customer_id,reason\nann,complaint\n");
    let calls = data_hash(&project, &["--context", "calls.csv"]);
    assert!(calls != complaint && calls != hash);
    fs::write(elsewhere.path().join("product.csv"), "product_id,kind\ntea,drink\npie,food\n\n").unwrap();
    assert_ne!(data_hash(&project, &["--data", there]), hash);
}

#[test]
fn without_a_file_there_is_no_hash_and_nothing_is_written() {
    let project = Project::new();
    project.write("out.csv", "before\n");
    fs::remove_file(project.path("data/product.csv")).unwrap();
    let run = project.opportune(&["dry-run", "--out", "out.csv"]);
    assert!(run.exit > 0 && run.err.contains("product"), "{}", run.err);
    assert_eq!(run.out, "");
    assert_eq!(fs::read_to_string(project.path("out.csv")).unwrap(), "before\n");
    fs::create_dir(project.path("data/product.csv")).unwrap();
    let run = project.opportune(&["dry-run", "--out", "out.csv"]);
    assert!(run.exit > 0 && run.err.contains("it is a folder"), "{}", run.err);
    assert_eq!(fs::read_to_string(project.path("out.csv")).unwrap(), "before\n");
}
