//! Files with bytes changed, cut out or cut off: an error or a snapshot, never a panic.

use std::fs;

use arrow::array::{Date32Array, DictionaryArray, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::Int8Type;

use super::formats::write_as;
use super::*;

/// A small generator of numbers, always the same.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

fn damage(bytes: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut damaged = bytes.to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(damaged.len());
        match numbers.below(8) {
            0 => damaged.truncate(at),
            1 => drop(damaged.splice(at..(at + numbers.below(20)).min(bytes.len()).max(at).min(damaged.len()), [])),
            2 => damaged.splice(at..at, [0xff; 8]).for_each(drop),
            _ => {
                if let Some(byte) = damaged.get_mut(at) {
                    *byte ^= 1 << numbers.below(8);
                }
            }
        }
    }
    damaged
}

#[test]
fn damaged_files_do_not_panic() {
    let fields = vec![
        field("id", Type::Text),
        optional("kind", Type::Text),
        optional("size", one_of(0)),
        optional("count", Type::Int),
        optional("score", Type::Number),
        optional("day", Type::Date),
        optional("at", Type::Instant),
    ];
    let plan = plan(vec![customer(&[0], fields)], &[&["S", "M"]]);
    let kinds: DictionaryArray<Int8Type> = (0..50).map(|row| (row % 7 != 0).then_some(["a", "b"][row % 2])).collect();
    let columns = [
        ("id", array(StringArray::from_iter_values((0..50).map(|row| format!("customer {row}"))))),
        ("kind", array(kinds)),
        ("size", array(StringArray::from_iter((0..50).map(|row| (row % 3 != 0).then_some("S"))))),
        ("count", array(Int64Array::from_iter((0..50).map(|row| (row % 5 != 0).then_some(row))))),
        ("score", array(Float64Array::from_iter_values((0..50).map(f64::from)))),
        ("day", array(Date32Array::from_iter_values(0..50))),
        ("at", array(TimestampMicrosecondArray::from_iter_values(0..50).with_timezone("+00:00"))),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true))).unwrap();
    for format in ["parquet", "feather", "stream", "csv", "jsonl"] {
        damage_often(&plan, format, &batch);
    }
}

#[test]
fn damaged_lists_do_not_panic() {
    let (plan, rows) = (nested::all_types(), nested::fifty_rows());
    for (format, has_lists) in
        [("parquet", true), ("feather", true), ("stream", true), ("jsonl", true), ("csv", false), ("parquet", false)]
    {
        damage_often(&plan, format, &nested::batch(&rows, has_lists));
    }
}

/// Reads a file of fifty rows whole, then damaged in many ways, most of which must be noticed.
fn damage_often(plan: &VerifiedPlan, format: &str, batch: &RecordBatch) {
    let cases = std::env::var("DAMAGED_CASES").map_or(150, |cases| cases.parse().unwrap());
    let folder = TempDir::new().unwrap();
    write_as(format, &folder, batch);
    let path = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let whole = fs::read(&path).unwrap();
    assert_eq!(read(plan, folder.path()).unwrap().0.customers(), 50);
    let (mut numbers, mut refused) = (Numbers(format.len() as u64), 0);
    for _ in 0..cases {
        fs::write(&path, damage(&whole, &mut numbers)).unwrap();
        if let Err(errors) = read(plan, folder.path()) {
            refused += 1;
            assert!(errors.iter().all(|error| !error.message().contains(char::is_control)));
        }
    }
    assert!(refused > cases / 5, "damage is noticed: {refused} of {cases}, {format}");
}
