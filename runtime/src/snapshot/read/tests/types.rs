//! What each declared type is read from in typed files, and the order of events whatever the order in the file.

use ::parquet::data_type::{ByteArray, ByteArrayType, Int96, Int96Type};
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::parser::parse_message_type;
use arrow::array::{
    Date32Array, Date64Array, Decimal128Array, DictionaryArray, DurationNanosecondArray, DurationSecondArray,
    Float16Array, Float32Array, Int8Array, Int16Array, Int64Array, LargeStringArray, NullArray, StringArray,
    StringViewArray, TimestampMicrosecondArray, TimestampMillisecondArray, TimestampNanosecondArray,
    TimestampSecondArray, UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use arrow::datatypes::{Float16Type, Int8Type, Int32Type};
use opportune_plan::Currency;
use proptest::prelude::*;

use super::*;

/// The two values of a column as a declared type.
fn read_as(ty: Type, column: &ArrayRef) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    let plan = plan(vec![customer(&[0], vec![field("id", Type::Int), optional("x", ty)])], &[&["b", "a"]]);
    parquet(&folder, "customer.parquet", vec![("id", array(Int8Array::from(vec![1, 2]))), ("x", column.clone())]);
    let from_parquet = values(&read(&plan, folder.path()).unwrap().0, 0, 1);
    let folder = TempDir::new().unwrap();
    let columns = [("id", array(Int8Array::from(vec![1, 2]))), ("x", column.clone())];
    formats::write_as(
        "feather",
        &folder,
        &RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true))).unwrap(),
    );
    assert_eq!(values(&read(&plan, folder.path()).unwrap().0, 0, 1), from_parquet);
    from_parquet
}

fn check(ty: Type, columns: Vec<ArrayRef>, expect: [&str; 2]) {
    for column in columns {
        assert_eq!(read_as(ty, &column), expect, "{ty:?} from {}", column.data_type());
    }
}

fn halves(values: [f32; 2]) -> ArrayRef {
    array(Float16Array::from_iter_values(
        values.map(<Float16Type as arrow::datatypes::ArrowPrimitiveType>::Native::from_f32),
    ))
}

#[test]
fn numbers_are_read_from_numbers() {
    let integers = || {
        vec![
            array(Int8Array::from(vec![7, 8])),
            array(Int16Array::from(vec![7, 8])),
            array(Int64Array::from(vec![7, 8])),
            array(UInt8Array::from(vec![7, 8])),
            array(UInt16Array::from(vec![7, 8])),
            array(UInt32Array::from(vec![7, 8])),
            array(UInt64Array::from(vec![7, 8])),
            array(Decimal128Array::from(vec![7, 8]).with_precision_and_scale(20, 0).unwrap()),
        ]
    };
    let usd = Type::Money(Currency::new("USD").unwrap());
    check(Type::Int, integers(), ["7", "8"]);
    check(Type::Number, integers(), ["7.0", "8.0"]);
    check(usd, integers(), ["7000000", "8000000"]);
    check(Type::Days, vec![array(Int64Array::from(vec![7, 8]))], ["7", "8"]);
    let keys: DictionaryArray<Int8Type> =
        DictionaryArray::new(Int8Array::from(vec![1, 0]), array(Int64Array::from(vec![8, 7])));
    check(Type::Int, vec![array(keys)], ["7", "8"]);
    let floats = || {
        let decimals = Decimal128Array::from(vec![-25, 5]).with_precision_and_scale(20, 1).unwrap();
        vec![halves([-2.5, 0.5]), array(Float32Array::from(vec![-2.5, 0.5])), array(decimals)]
    };
    check(Type::Number, floats(), ["-2.5", "0.5"]);
    check(usd, floats(), ["-2500000", "500000"]);
    check(Type::Int, vec![array(NullArray::new(2))], ["-", "-"]);
}

#[test]
fn texts_are_read_from_texts() {
    let texts = || {
        let dictionary: DictionaryArray<Int32Type> = vec!["b", "a"].into_iter().collect();
        let large = array(LargeStringArray::from(vec!["a", "b"]));
        let of_large = DictionaryArray::<Int8Type>::new(Int8Array::from(vec![1, 0]), large);
        vec![
            array(StringArray::from(vec!["b", "a"])),
            array(LargeStringArray::from(vec!["b", "a"])),
            array(StringViewArray::from(vec!["b", "a"])),
            array(dictionary),
            array(of_large),
        ]
    };
    check(Type::Text, texts(), ["b", "a"]);
    check(one_of(0), texts(), ["b", "a"]);
    let with_null = DictionaryArray::<Int8Type>::new(
        Int8Array::from(vec![Some(0), None]),
        array(StringArray::from(vec![None::<&str>, Some("a")])),
    );
    check(Type::Text, vec![array(with_null)], ["-", "-"]);
}

#[test]
fn moments_are_read_from_moments() {
    let day = 86_400_i64;
    let dates = vec![
        array(Date32Array::from(vec![1, -1])),
        array(Date64Array::from(vec![day * 1_000, -day * 1_000])),
        array(TimestampSecondArray::from(vec![day, -day])),
        array(TimestampNanosecondArray::from(vec![day * 1_000_000_000, -day * 1_000_000_000])),
    ];
    check(Type::Date, dates, ["1", "-1"]);
    let instants = vec![
        array(TimestampSecondArray::from(vec![3, -1]).with_timezone("America/New_York")),
        array(TimestampMillisecondArray::from(vec![3_000, -1_000]).with_timezone("+05:30")),
        array(TimestampMicrosecondArray::from(vec![3_000_000, -1_000_000]).with_timezone("UTC")),
        array(TimestampNanosecondArray::from(vec![3_000_000_999, -1_000_000_000]).with_timezone("UTC")),
    ];
    check(Type::Instant, instants, ["3000000", "-1000000"]);
    // Local times of New York, five hours behind, and four in summer.
    let (winter, summer) = (5 * 3_600, 180 * day + 4 * 3_600);
    let [winter, summer] = [winter, summer].map(|seconds| (seconds * 1_000_000).to_string());
    let local = vec![
        array(TimestampMillisecondArray::from(vec![0, 180 * day * 1_000])),
        array(Date32Array::from(vec![0, 180])),
        array(Date64Array::from(vec![0, 180 * day * 1_000])),
    ];
    check(Type::Instant, local, [&winter, &summer]);
    let durations = vec![
        array(DurationSecondArray::from(vec![3, -1])),
        array(DurationNanosecondArray::from(vec![3_000_000_000, -1_000_000_000])),
    ];
    check(Type::Duration, durations, ["3000000", "-1000000"]);
}

#[test]
fn old_timestamps_of_parquet_do_not_overflow() {
    let folder = TempDir::new().unwrap();
    let schema = parse_message_type("message m { required binary id (UTF8); required int96 at; }").unwrap();
    let file = File::create(folder.path().join("customer.parquet")).unwrap();
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut ids = group.next_column().unwrap().unwrap();
    ids.typed::<ByteArrayType>().write_batch(&[ByteArray::from("a"), ByteArray::from("b")], None, None).unwrap();
    ids.close().unwrap();
    // Julian days: 1970-01-01 is 2,440,588. The year 3000 is beyond what nanoseconds hold.
    let at = |julian: u32, seconds: u64| {
        let nanos = seconds * 1_000_000_000;
        let mut value = Int96::new();
        value.set_data(nanos as u32, (nanos >> 32) as u32, julian);
        value
    };
    let mut times = group.next_column().unwrap().unwrap();
    times.typed::<Int96Type>().write_batch(&[at(2_440_588, 3), at(2_816_788, 0)], None, None).unwrap();
    times.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    let plan = plan(vec![customer(&[0], vec![field("id", Type::Text), field("at", Type::Instant)])], &[]);
    let (snapshot, _) = read(&plan, folder.path()).unwrap();
    let new_year = micros("3000-01-01T05:00:00Z");
    assert_eq!(values(&snapshot, 0, 1), [(5 * 3_600 + 3) * 1_000_000, new_year].map(|at: i64| at.to_string()));
}

/// A visit: customer, day, count, note.
type Visit = (u8, i32, Option<i64>, Option<&'static str>);

fn visits(rows: &[Visit]) -> String {
    let folder = TempDir::new().unwrap();
    let note = optional("note", Type::Text);
    let fields = vec![field("day", Type::Date), optional("count", Type::Int), note];
    let plan = plan(vec![customer(&[1], vec![field("id", Type::Text)]), events("visit", 0, fields)], &[]);
    parquet(&folder, "customer.parquet", vec![("id", array(StringArray::from(vec!["1", "200"])))]);
    let columns = vec![
        ("id", array(StringArray::from_iter_values(rows.iter().map(|row| row.0.to_string())))),
        ("day", array(Date32Array::from_iter_values(rows.iter().map(|row| row.1)))),
        ("count", array(Int64Array::from_iter(rows.iter().map(|row| row.2)))),
        ("note", array(StringArray::from_iter(rows.iter().map(|row| row.3)))),
    ];
    parquet(&folder, "visit.parquet", columns);
    let (snapshot, report) = read(&plan, folder.path()).unwrap();
    let visits = &snapshot.tables[1];
    let by_customer = visits.by_customer.as_ref().unwrap();
    let keys = values(&snapshot, 0, 0);
    for (customer, key) in keys.iter().enumerate() {
        let found = by_customer.offsets[customer]..by_customer.offsets[customer + 1];
        let mut expect: Vec<_> = rows.iter().filter(|row| row.1 <= 20_777 && row.0.to_string() == *key).collect();
        expect.sort_by_key(|row| (row.1, row.2, row.3));
        let show = |value: Option<String>| value.unwrap_or("-".to_owned());
        let text = |row: usize, field: usize| value(&visits.columns[field], row);
        let found: Vec<_> = found.map(|row| [text(row, 0), text(row, 1), text(row, 2)]).collect();
        let shown =
            |row: &&Visit| [row.1.to_string(), show(row.2.map(|v| v.to_string())), show(row.3.map(str::to_owned))];
        assert_eq!(found, expect.iter().map(shown).collect::<Vec<_>>());
    }
    assert_eq!(report.tables[1].after_now.count, rows.iter().filter(|row| row.1 > 20_777).count() as u64);
    assert_eq!(report.customers, keys.len());
    format!("{snapshot:?}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_in_the_file_does_not_matter(
        rows in proptest::collection::vec((
            0..4_u8,
            // Today, in the test's clock, is day 20,777.
            20_775..20_780,
            proptest::option::of(-1..2_i64),
            proptest::option::of(proptest::sample::select(vec!["a", "b", "B", ""])),
        ), 0..40).prop_shuffle(),
        seed in any::<u64>(),
    ) {
        let mut shuffled = rows.clone();
        shuffled.sort_by_key(|row| (seed.wrapping_mul(u64::from(row.0) * 31 + row.1 as u64 + 7)) % 97);
        prop_assert_eq!(visits(&rows), visits(&shuffled));
    }
}
