//! The same table in every format is the same snapshot.

use std::fs;

use arrow::array::{
    BooleanArray, Date32Array, DurationMicrosecondArray, Float64Array, Int64Array, StringArray,
    TimestampMicrosecondArray,
};
use arrow::ipc::writer::{FileWriter, StreamWriter};
use opportune_plan::Currency;
use proptest::prelude::*;

use super::*;

/// A row but for its key: a value of each type.
#[derive(Clone, Debug)]
struct Row {
    bool: Option<bool>,
    int: Option<i64>,
    number: Option<f64>,
    money: Option<i64>,
    text: Option<String>,
    size: Option<usize>,
    date: Option<i32>,
    instant: Option<i64>,
    duration: Option<i64>,
    days: Option<i64>,
}

const SIZES: [&str; 3] = ["S", "M, or so", "\"L\""];

fn row() -> impl Strategy<Value = Row> {
    let finite = prop_oneof![-1e9..1e9, any::<f64>().prop_filter("finite", |value| value.is_finite())];
    let text = prop_oneof!["[a-c ]{1,3}", "\\PC{1,8}", "[a,\"\n\r=]{1,6}"];
    let first = (
        proptest::option::of(any::<bool>()),
        proptest::option::of(any::<i64>()),
        proptest::option::of(finite),
        proptest::option::of(-2_000_000_000_000_000_i64..2_000_000_000_000_000),
        proptest::option::of(text),
        proptest::option::of(0..SIZES.len()),
    );
    let moments = (
        proptest::option::of(-719_162..2_932_896_i32),
        proptest::option::of(-62_135_596_800_000_000_i64..253_370_764_800_000_000),
        proptest::option::of(0..1_000_000_000_000_i64),
        proptest::option::of(any::<i64>()),
    );
    (first, moments).prop_map(|((bool, int, number, money, text, size), (date, instant, duration, days))| Row {
        bool,
        int,
        number,
        money,
        text,
        size,
        date,
        instant,
        duration,
        days,
    })
}

fn all_types() -> VerifiedPlan {
    let usd = Currency::new("USD").unwrap();
    let fields = vec![
        field("id", Type::Int),
        optional("bool", Type::Bool),
        optional("int", Type::Int),
        optional("number", Type::Number),
        optional("money", Type::Money(usd)),
        optional("text", Type::Text),
        optional("size", Type::Ordered(DomainId(0))),
        optional("date", Type::Date),
        optional("instant", Type::Instant),
        optional("duration", Type::Duration),
        optional("days", Type::Days),
    ];
    plan(vec![customer(&[0], fields)], &[&SIZES])
}

fn batch(rows: &[Row]) -> RecordBatch {
    let money = rows.iter().map(|row| row.money.map(|micros| micros as f64 / 1e6));
    let sizes = rows.iter().map(|row| row.size.map(|at| SIZES[at]));
    let instants = TimestampMicrosecondArray::from_iter(rows.iter().map(|row| row.instant));
    let columns = [
        ("unused", array(Int64Array::from_iter_values(rows.iter().map(|_| 1)))),
        // Backwards, so that customers change places.
        ("id", array(Int64Array::from_iter_values((0..rows.len() as i64).rev()))),
        ("bool", array(BooleanArray::from_iter(rows.iter().map(|row| row.bool)))),
        ("int", array(Int64Array::from_iter(rows.iter().map(|row| row.int)))),
        ("number", array(Float64Array::from_iter(rows.iter().map(|row| row.number)))),
        ("money", array(Float64Array::from_iter(money))),
        ("text", array(StringArray::from_iter(rows.iter().map(|row| row.text.as_deref())))),
        ("size", array(StringArray::from_iter(sizes))),
        ("date", array(Date32Array::from_iter(rows.iter().map(|row| row.date)))),
        ("instant", array(instants.with_timezone("+00:00"))),
        ("duration", array(DurationMicrosecondArray::from_iter(rows.iter().map(|row| row.duration)))),
        ("days", array(Int64Array::from_iter(rows.iter().map(|row| row.days)))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true))).unwrap()
}

/// Writes a batch, cut in two, as a format.
pub(super) fn write_as(format: &str, folder: &TempDir, batch: &RecordBatch) {
    let half = batch.num_rows() / 2;
    let halves = [batch.slice(0, half), batch.slice(half, batch.num_rows() - half)];
    let ending = if format == "stream" { "arrow" } else { format };
    let file = File::create(folder.path().join(format!("customer.{ending}"))).unwrap();
    match format {
        "parquet" => {
            let mut writer = ::parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
            halves.iter().for_each(|half| writer.write(half).unwrap());
            writer.close().unwrap();
        }
        "feather" => {
            let mut writer = FileWriter::try_new(file, &batch.schema()).unwrap();
            halves.iter().for_each(|half| writer.write(half).unwrap());
            writer.finish().unwrap();
        }
        "stream" => {
            let mut writer = StreamWriter::try_new(file, &batch.schema()).unwrap();
            halves.iter().for_each(|half| writer.write(half).unwrap());
            writer.finish().unwrap();
        }
        "csv" => {
            let mut writer = arrow::csv::Writer::new(file);
            halves.iter().for_each(|half| writer.write(half).unwrap());
        }
        _ => {
            let builder = arrow::json::WriterBuilder::new().with_explicit_nulls(true);
            let mut writer = builder.build::<_, arrow::json::writer::LineDelimited>(file);
            halves.iter().for_each(|half| writer.write(half).unwrap());
            writer.finish().unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_format_gives_the_same_snapshot(rows in proptest::collection::vec(row(), 0..40)) {
        let (plan, batch) = (all_types(), batch(&rows));
        let snapshots = ["parquet", "feather", "stream", "csv", "jsonl"].map(|format| {
            let folder = TempDir::new().unwrap();
            write_as(format, &folder, &batch);
            let (snapshot, report) = read(&plan, folder.path()).unwrap();
            (format, format!("{snapshot:?} {:?}", report.tables[0].fields))
        });
        for (format, snapshot) in &snapshots {
            prop_assert_eq!(snapshot, &snapshots[0].1, "{}", format);
        }
        let (snapshot, _) = {
            let folder = TempDir::new().unwrap();
            write_as("csv", &folder, &batch);
            read(&plan, folder.path()).unwrap()
        };
        let show = |value: Option<String>| value.unwrap_or("-".to_owned());
        let backwards = rows.iter().rev();
        prop_assert_eq!(values(&snapshot, 0, 4), backwards.clone().map(|row| show(row.money.map(|v| v.to_string()))).collect::<Vec<_>>());
        prop_assert_eq!(values(&snapshot, 0, 5), backwards.clone().map(|row| show(row.text.clone())).collect::<Vec<_>>());
        prop_assert_eq!(values(&snapshot, 0, 8), backwards.map(|row| show(row.instant.map(|v| v.to_string()))).collect::<Vec<_>>());
    }
}

#[test]
fn heads_and_marks_of_text_files_are_understood() {
    let plan = plan(vec![customer(&[0], vec![field("id", Type::Text), optional("age", Type::Int)])], &[]);
    for (name, text) in [
        ("customer.csv", "\u{feff}age,id\r\n 7 ,a\r\n\r\n,b"),
        ("customer.csv", "id,age\na,7\n\"b\",\"\"\n"),
        ("customer.jsonl", "\u{feff}{\"id\":\"a\",\"age\":7,\"more\":[{\"x\":1}]}\n\n  \r\n{\"id\":\"b\"}"),
        ("customer.ndjson", "{\"age\":null,\"id\":\"b\"}\n{\"age\":7,\"id\":\"\\u0061\"}\n"),
    ] {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join(name), text).unwrap();
        let (snapshot, report) = read(&plan, folder.path()).unwrap();
        assert_eq!(values(&snapshot, 0, 0), ["a", "b"], "{text}");
        assert_eq!(values(&snapshot, 0, 1), ["7", "-"], "{text}");
        assert_eq!(report.tables[0].fields[1].missing.count, 1);
    }
}

#[test]
fn tables_without_rows_are_fine() {
    let plan = all_types();
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("customer.csv"), "id,bool,int,number,money,text,size,date,instant,duration,days\n")
        .unwrap();
    assert_eq!(read(&plan, folder.path()).unwrap().0.customers(), 0);
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("customer.jsonl"), "").unwrap();
    assert_eq!(read(&plan, folder.path()).unwrap().0.customers(), 0);
}
