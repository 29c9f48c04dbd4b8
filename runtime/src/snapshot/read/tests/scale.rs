//! Many customers and events, on request: `EVENTS=50000000 CUSTOMERS=1000000 cargo test --release scale -- --ignored`.

use std::io::Write;
use std::time::Instant;

use arrow::array::{Float64Array, Int32Array, StringArray, TimestampMillisecondArray};

use super::*;

fn wanted(name: &str, otherwise: usize) -> usize {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

/// A number that looks random, the same for the same input.
fn mix(value: usize) -> usize {
    let value = (value as u64 ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((value ^ value >> 31).wrapping_mul(0x94d0_49bb_1331_11eb) >> 20) as usize
}

fn write(
    folder: &TempDir,
    name: &str,
    rows: usize,
    batch: impl Fn(std::ops::Range<usize>) -> Vec<(&'static str, ArrayRef)>,
) {
    let of = |range| RecordBatch::try_from_iter(batch(range)).unwrap();
    let file = File::create(folder.path().join(name)).unwrap();
    let mut writer = ::parquet::arrow::ArrowWriter::try_new(file, of(0..0).schema(), None).unwrap();
    for first in (0..rows).step_by(100_000) {
        writer.write(&of(first..rows.min(first + 100_000))).unwrap();
    }
    writer.close().unwrap();
}

#[test]
#[ignore = "takes a while"]
fn many_events_load() {
    let (customers, rows) = (wanted("CUSTOMERS", 20_000), wanted("EVENTS", 1_000_000));
    let folder = TempDir::new().unwrap();
    let key = |number: usize| format!("household-{number:08}");
    write(&folder, "customer.parquet", customers, |range| {
        let keys = StringArray::from_iter_values(range.clone().map(key));
        vec![("id", array(keys)), ("score", array(Float64Array::from_iter_values(range.map(|row| row as f64))))]
    });
    write(&folder, "product.parquet", 50_000, |range| {
        let aisles = StringArray::from_iter_values(range.clone().map(|row| format!("aisle {}", row % 300)));
        vec![
            ("product", array(StringArray::from_iter_values(range.map(|row| format!("p{row}"))))),
            ("aisle", array(aisles)),
        ]
    });
    write(&folder, "purchase.parquet", rows, |range| {
        let at = range.clone().map(|row| 1_750_000_000_000 + mix(row) as i64 % 30_000_000_000);
        let products = range.clone().map(|row| format!("p{}", mix(row + 1) % 50_000));
        vec![
            ("id", array(StringArray::from_iter_values(range.clone().map(|row| key(mix(row + 2) % customers))))),
            ("at", array(TimestampMillisecondArray::from_iter_values(at).with_timezone("UTC"))),
            ("product", array(StringArray::from_iter_values(products))),
            ("quantity", array(Int32Array::from_iter_values(range.clone().map(|row| row as i32 % 9)))),
            ("spend", array(Float64Array::from_iter_values(range.map(|row| mix(row) as f64 % 1e4 / 100.0)))),
        ]
    });
    let household = customer(&[0, 1], vec![field("id", Type::Text), field("score", Type::Number)]);
    let usd = opportune_plan::Currency::new("USD").unwrap();
    let purchase = vec![
        field("at", Type::Instant),
        link("product", 2, false),
        field("quantity", Type::Int),
        field("spend", Type::Money(usd)),
    ];
    let product = vec![field("product", Type::Text), field("aisle", Type::Text)];
    let plan = plan(vec![household, events("purchase", 0, purchase), lookup("product", product)], &[]);
    let begin = Instant::now();
    let (_, report) = read(&plan, folder.path()).unwrap();
    let took = begin.elapsed();
    assert_eq!((report.customers, report.tables[1].kept), (customers, rows));
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM unknown");
    writeln!(std::io::stderr(), "{customers} customers, {rows} events: {took:?}, {peak}").unwrap();
}
