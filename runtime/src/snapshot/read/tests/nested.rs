//! Times, zones, points, distances, months and sets: the same from every format, and what is none of them.

use std::fs;

use arrow::array::{
    Array, FixedSizeListArray, Float32Array, Float64Array, Int16Array, Int32Array, Int64Array, LargeListArray,
    ListArray, ListBuilder, StringArray, StringBuilder, StringDictionaryBuilder, StructArray, Time32SecondArray,
    Time64MicrosecondArray, Time64NanosecondArray,
};
use arrow::datatypes::{DataType, Field as FileField, Float64Type, Int8Type, Int32Type, Int64Type};
use opportune_plan::{Element, Place};
use proptest::prelude::*;

use super::bad::{tell, told, told_column, two};
use super::formats::write_as;
use super::*;

const SIZES: [&str; 3] = ["S", "M, or so", "\"L\""];
const ZONES: [&str; 3] = ["America/New_York", "UTC", "Asia/Kathmandu"];
const TAGS: [&str; 5] = ["art", "wine, red", "\"q\"", "naïve", " a "];

/// A row but for its key.
#[derive(Clone, Debug)]
pub(super) struct Row {
    time: Option<i64>,
    zone: Option<usize>,
    place: Option<(i32, i32)>,
    halves: (Option<i32>, Option<i32>),
    distance: Option<f64>,
    months: Option<i64>,
    tags: Option<Vec<usize>>,
    numbers: Option<Vec<i64>>,
    sizes: Option<Vec<usize>>,
}

fn row() -> impl Strategy<Value = Row> {
    use proptest::collection::vec;
    use proptest::option::of;
    let degrees = || (-900_000_000..=900_000_000_i32, -1_800_000_000..=1_800_000_000_i32);
    let first = (of(0..86_400_000_000_i64), of(0..ZONES.len()), of(degrees()), of(0.0..1e7_f64), of(-500..500_i64));
    let halves = (of(degrees().prop_map(|(north, _)| north)), of(degrees().prop_map(|(_, east)| east)));
    let sets = (of(vec(0..TAGS.len(), 0..4)), of(vec(-3..3_i64, 0..4)), of(vec(0..SIZES.len(), 0..4)));
    (first, halves, sets).prop_map(|((time, zone, place, distance, months), halves, (tags, numbers, sizes))| Row {
        time,
        zone,
        place,
        halves,
        distance,
        months,
        tags,
        numbers,
        sizes,
    })
}

fn set(element: Element) -> Type {
    Type::Set(element)
}

fn two_columns(name: &str) -> Field {
    Field { source: Source::Columns("north".into(), "east".into()), ..optional(name, Type::Place) }
}

pub(super) fn all_types() -> VerifiedPlan {
    let fields = vec![
        field("id", Type::Int),
        optional("time", Type::Time),
        optional("zone", Type::Zone),
        optional("place", Type::Place),
        two_columns("home"),
        optional("distance", Type::Distance),
        optional("months", Type::Months),
        optional("tags", set(Element::Text)),
        optional("numbers", set(Element::Int)),
        optional("sizes", set(Element::Ordered(DomainId(0)))),
    ];
    plan(vec![customer(&[0], fields)], &[&SIZES])
}

fn degrees(tenth_millionths: i32) -> f64 {
    f64::from(tenth_millionths) / 1e7
}

/// Sets as texts with bars; the empty one is a bar alone.
fn barred<T: ToString>(set: &[T]) -> String {
    let texts: Vec<String> = set.iter().map(T::to_string).collect();
    if texts.is_empty() { "|".to_owned() } else { texts.join("|") }
}

fn lists(sets: impl Iterator<Item = Option<Vec<&'static str>>>) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    sets.for_each(|set| match set {
        Some(set) => builder.append_value(set.into_iter().map(Some)),
        None => builder.append_null(),
    });
    array(builder.finish())
}

/// The rows; where a format has no lists, points and sets as texts.
pub(super) fn batch(rows: &[Row], has_lists: bool) -> RecordBatch {
    let texts = |set: &Option<Vec<usize>>, of: &[&'static str]| -> Option<Vec<&'static str>> {
        set.as_ref().map(|set| set.iter().map(|at| of[*at]).collect())
    };
    let tags = || rows.iter().map(|row| texts(&row.tags, &TAGS));
    let sizes = || rows.iter().map(|row| texts(&row.sizes, &SIZES));
    let as_text = |all: Vec<Option<String>>| array(StringArray::from(all));
    let (places, tags, numbers, sizes) = if has_lists {
        let pair = |(north, east): (i32, i32)| vec![Some(degrees(north)), Some(degrees(east))];
        let places = rows.iter().map(|row| row.place.map(pair));
        let numbers =
            rows.iter().map(|row| row.numbers.as_ref().map(|set| set.iter().copied().map(Some).collect::<Vec<_>>()));
        (
            array(FixedSizeListArray::from_iter_primitive::<Float64Type, _, _>(places, 2)),
            lists(tags()),
            array(ListArray::from_iter_primitive::<Int64Type, _, _>(numbers)),
            lists(sizes()),
        )
    } else {
        let pair = |(north, east): (i32, i32)| format!("{},{}", degrees(north), degrees(east));
        (
            as_text(rows.iter().map(|row| row.place.map(pair)).collect()),
            as_text(tags().map(|set| set.map(|set| barred(&set))).collect()),
            as_text(rows.iter().map(|row| row.numbers.as_ref().map(|set| barred(set))).collect()),
            as_text(sizes().map(|set| set.map(|set| barred(&set))).collect()),
        )
    };
    let columns = [
        ("id", array(Int64Array::from_iter_values((0..rows.len() as i64).rev()))),
        ("time", array(Time64MicrosecondArray::from_iter(rows.iter().map(|row| row.time)))),
        ("zone", array(StringArray::from_iter(rows.iter().map(|row| row.zone.map(|at| ZONES[at]))))),
        ("place", places),
        ("north", array(Float64Array::from_iter(rows.iter().map(|row| row.halves.0.map(degrees))))),
        ("east", array(Float64Array::from_iter(rows.iter().map(|row| row.halves.1.map(degrees))))),
        ("distance", array(Float64Array::from_iter(rows.iter().map(|row| row.distance)))),
        ("months", array(Int64Array::from_iter(rows.iter().map(|row| row.months)))),
        ("tags", tags),
        ("numbers", numbers),
        ("sizes", sizes),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true))).unwrap()
}

/// Rows with and without each value.
pub(super) fn fifty_rows() -> Vec<Row> {
    let row = |at: usize| {
        let (small, there) = (i32::try_from(at).unwrap(), |every: usize| !at.is_multiple_of(every));
        Row {
            time: there(2).then_some(i64::from(small) * 1_000_000_007),
            zone: there(3).then_some(at % ZONES.len()),
            place: there(4).then_some((small * 10_000_019, -small * 30_000_019)),
            halves: (there(5).then_some(small), there(7).then_some(-small)),
            distance: there(2).then_some(f64::from(small) * 1.5),
            months: there(6).then_some(i64::from(small)),
            tags: there(3).then(|| (0..at % TAGS.len()).collect()),
            numbers: there(2).then(|| (0..i64::from(small % 5)).collect()),
            sizes: there(5).then(|| (0..at % SIZES.len()).collect()),
        }
    };
    (0..50).map(row).collect()
}

/// A set of positions as [`value`] shows it.
fn shown(set: &[usize], of: &[&str]) -> String {
    let mut all: Vec<&str> = of.iter().enumerate().filter(|(at, _)| set.contains(at)).map(|(_, text)| *text).collect();
    if of.len() == TAGS.len() {
        all.sort_unstable();
    }
    format!("{{{}}}", all.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_format_gives_the_same_snapshot(rows in proptest::collection::vec(row(), 0..30)) {
        let plan = all_types();
        let formats = [("parquet", true), ("feather", true), ("stream", true), ("jsonl", true)];
        let texts = [("csv", false), ("parquet", false), ("feather", false), ("jsonl", false)];
        let mut first = None;
        for (format, has_lists) in formats.into_iter().chain(texts) {
            let folder = TempDir::new().unwrap();
            write_as(format, &folder, &batch(&rows, has_lists));
            let (snapshot, report) = read(&plan, folder.path()).unwrap();
            let text = format!("{snapshot:?} {:?}", report.tables[0].fields);
            prop_assert_eq!(first.get_or_insert_with(|| text.clone()), &text, "{} {}", format, has_lists);
        }
        let folder = TempDir::new().unwrap();
        write_as("csv", &folder, &batch(&rows, false));
        let (snapshot, _) = read(&plan, folder.path()).unwrap();
        let point = |north, east| Place::new(degrees(north), degrees(east)).unwrap().to_bits().to_string();
        for (at, row) in rows.iter().rev().enumerate() {
            let show = |value: Option<String>| value.unwrap_or("-".to_owned());
            let found = |field| values(&snapshot, 0, field)[at].clone();
            prop_assert_eq!(found(1), show(row.time.map(|micros| micros.to_string())));
            prop_assert_eq!(found(2), show(row.zone.map(|zone| ZONES[zone].to_owned())));
            prop_assert_eq!(found(3), show(row.place.map(|(north, east)| point(north, east))));
            prop_assert_eq!(found(4), show(row.halves.0.zip(row.halves.1).map(|(north, east)| point(north, east))));
            prop_assert_eq!(found(5), show(row.distance.map(|metres| format!("{metres:?}"))));
            prop_assert_eq!(found(6), show(row.months.map(|months| months.to_string())));
            prop_assert_eq!(found(7), show(row.tags.as_ref().map(|set| shown(set, &TAGS))));
            prop_assert_eq!(found(9), show(row.sizes.as_ref().map(|set| shown(set, &SIZES))));
        }
    }
}

/// The values of an optional column of a Parquet and of a Feather file.
fn read_as(ty: Type, column: ArrayRef) -> Vec<String> {
    let ids = array(Int64Array::from_iter_values(0..column.len() as i64));
    let plan = plan(vec![customer(&[0], vec![field("id", Type::Int), optional("x", ty)])], &[&SIZES]);
    let columns = [("id", ids, true), ("x", column, true)];
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let all = ["parquet", "feather"].map(|format| {
        let folder = TempDir::new().unwrap();
        write_as(format, &folder, &batch);
        values(&read(&plan, folder.path()).unwrap().0, 0, 1)
    });
    assert_eq!(all[0], all[1]);
    all[0].clone()
}

#[test]
fn times_are_read_from_times() {
    let hour = 3_600_000_000_i64;
    let expect = [(21 * hour).to_string(), "-".to_owned(), "-".to_owned()];
    assert_eq!(read_as(Type::Time, array(Time32SecondArray::from(vec![Some(21 * 3_600), None, Some(86_400)]))), expect);
    let nanos = Time64NanosecondArray::from(vec![Some(21 * hour * 1_000 + 999), None, Some(-1)]);
    assert_eq!(read_as(Type::Time, array(nanos)), expect);
    assert_eq!(read_as(Type::Time, array(StringArray::from(vec![Some("21:00"), None, Some("")]))), expect);
}

#[test]
fn sets_are_read_from_lists_of_every_kind() {
    let text = set(Element::Text);
    let mut coded = ListBuilder::new(StringDictionaryBuilder::<Int8Type>::new());
    for row in [Some(vec!["b", "a", "b"]), None, Some(Vec::new())] {
        match row {
            Some(row) => coded.append_value(row.into_iter().map(Some)),
            None => coded.append_null(),
        }
    }
    assert_eq!(read_as(text, array(coded.finish())), ["{a b}", "-", "{}"]);
    let fixed = FixedSizeListArray::from_iter_primitive::<Int32Type, _, _>(
        [Some(vec![Some(2), Some(1)]), None, Some(vec![Some(7), None])],
        2,
    );
    assert_eq!(read_as(set(Element::Int), array(fixed)), ["{1 2}", "-", "-"]);
    let large = LargeListArray::from_iter_primitive::<Int64Type, _, _>([Some(vec![Some(i64::MAX)]), Some(vec![])]);
    assert_eq!(read_as(set(Element::Int), array(large)), [format!("{{{}}}", i64::MAX).as_str(), "{}"]);
    // A part of a longer array begins within its items.
    let whole = ListArray::from_iter_primitive::<Int64Type, _, _>((0..9).map(|at| Some(vec![Some(at), Some(at + 1)])));
    assert_eq!(read_as(set(Element::Int), array(whole.slice(7, 2))), ["{7 8}", "{8 9}"]);
    let declared = StringArray::from(vec!["\"L\"|S", "S||S", "|"]);
    assert_eq!(read_as(set(Element::Ordered(DomainId(0))), array(declared)), ["{S \"L\"}", "{S}", "{}"]);
}

#[test]
fn points_are_read_from_lists_and_structs() {
    let here = Place::new(40.71, -74.0).unwrap().to_bits().to_string();
    let pairs = [Some(vec![Some(40.71), Some(-74.0)]), None, Some(vec![Some(40.71), None])];
    let list = ListArray::from_iter_primitive::<Float64Type, _, _>(pairs);
    assert_eq!(read_as(Type::Place, array(list)), [here.as_str(), "-", "-"]);
    let column = |name: &str, values: Vec<Option<f64>>| {
        (Arc::new(FileField::new(name, DataType::Float64, true)), array(Float64Array::from(values)))
    };
    let (east, north) = (vec![Some(-74.0), Some(0.0), None], vec![Some(40.71), Some(90.5), Some(1.0)]);
    let record = StructArray::from(vec![column("longitude", east), column("latitude", north)]);
    assert_eq!(read_as(Type::Place, array(record)), [here.as_str(), "-", "-"]);
    assert_eq!(
        read_as(Type::Place, array(StringArray::from(vec![" 40.71, -74 ", "nan,1", ""]))),
        [here.as_str(), "-", "-"]
    );
    assert_eq!(read_as(Type::Distance, array(Float32Array::from(vec![1.5, f32::NAN]))), ["1.5", "-"]);
    assert_eq!(read_as(Type::Distance, array(Int16Array::from(vec![1_500]))), ["1500.0"]);
    assert_eq!(read_as(Type::Months, array(Int16Array::from(vec![-3]))), ["-3"]);
}

#[test]
fn json_spells_points_and_sets_in_its_own_way() {
    let folder = TempDir::new().unwrap();
    let lines = [
        r#"{"id":1,"place":{"longitude":-74,"latitude":40.5,"altitude":{"metres":1}},"tags":["b","a"],"east":2,"north":1}"#,
        r#"{"id":2,"place":[40.5,-74.0],"tags":"a|b","north":null,"east":2}"#,
        r#"{"id":3,"place":"40.5,-74","tags":[],"east":2}"#,
        r#"{"id":4,"place":{"latitude":40.5},"tags":null}"#,
    ];
    fs::write(folder.path().join("customer.jsonl"), lines.join("\n")).unwrap();
    let fields = vec![
        field("id", Type::Int),
        optional("place", Type::Place),
        two_columns("home"),
        optional("tags", set(Element::Text)),
    ];
    let (snapshot, report) = read(&plan(vec![customer(&[0], fields)], &[]), folder.path()).unwrap();
    let here = Place::new(40.5, -74.0).unwrap().to_bits().to_string();
    assert_eq!(values(&snapshot, 0, 1), [&here, &here, &here, "-"]);
    let home = Place::new(1.0, 2.0).unwrap().to_bits().to_string();
    assert_eq!(values(&snapshot, 0, 2), [&home, "-", "-", "-"]);
    assert_eq!(values(&snapshot, 0, 3), ["{a b}", "{a b}", "{}", "-"]);
    assert_eq!(report.tables[0].fields[2].missing.count, 3);
}

#[test]
fn columns_of_another_type_are_refused() {
    let nested = {
        let mut builder = ListBuilder::new(ListBuilder::new(StringBuilder::new()));
        builder.append_value([Some([Some("a")])]);
        builder.finish()
    };
    let three = FixedSizeListArray::from_iter_primitive::<Float64Type, _, _>([Some(vec![Some(1.0); 3])], 3);
    let floats = || array(Float64Array::from(vec![1.0]));
    let told = [
        told_column(optional("x", set(Element::Text)), array(nested)),
        told_column(
            optional("x", set(Element::Int)),
            array(ListArray::from_iter_primitive::<Float64Type, _, _>([Some(vec![Some(1.0)])])),
        ),
        told_column(optional("x", Type::Place), array(three)),
        told_column(optional("x", Type::Zone), array(Int32Array::from(vec![1]))),
        told_column(optional("x", Type::Time), floats()),
        told_column(optional("x", Type::Months), floats()),
        told_column(optional("x", Type::Number), array(Time32SecondArray::from(vec![1]))),
        told_column(optional("x", Type::Text), lists([Some(vec!["a"])].into_iter())),
    ];
    insta::assert_snapshot!(told.join("\n"), @"
D0109 (schema) `customer.x` is declared set of text, but column `x` of `customer.parquet` holds lists of lists of text
  write the column anew as lists of text
D0109 (schema) `customer.x` is declared set of int, but column `x` of `customer.parquet` holds lists of floating-point numbers
  write the column anew as lists of integers
D0109 (schema) `customer.x` is declared place, but column `x` of `customer.parquet` holds lists of floating-point numbers
  write the column anew as lists of two numbers, degrees north and degrees east, or as two columns of numbers
D0109 (schema) `customer.x` is declared timezone, but column `x` of `customer.parquet` holds integers
  declare it int, or write the column anew as text: names of time zones
D0109 (schema) `customer.x` is declared time, but column `x` of `customer.parquet` holds floating-point numbers
  declare it number, or write the column anew as times of day
D0109 (schema) `customer.x` is declared months, but column `x` of `customer.parquet` holds floating-point numbers
  write the column anew as integers, so that the unit is certain
D0109 (schema) `customer.x` is declared number, but column `x` of `customer.parquet` holds times of day
  declare it time, or write the column anew as numbers
D0109 (schema) `customer.x` is declared text, but column `x` of `customer.parquet` holds lists of text
  declare it set of text, or write the column anew as text
");
    let folder = TempDir::new().unwrap();
    let columns = vec![
        ("id", array(StringArray::from(vec!["a"]))),
        ("north", floats()),
        ("east", array(StringArray::from(vec!["1"]))),
    ];
    parquet(&folder, "customer.parquet", columns);
    insta::assert_snapshot!(tell(&two(two_columns("home")), &folder), @"
D0109 (schema) `customer.home` is declared place, but column `east` of `customer.parquet` holds text
  write the column anew as numbers of degrees
");
    insta::assert_snapshot!(self::told(&two(two_columns("home")), "customer.csv", b"id,North,east\n"), @r#"
D0107 (schema) `customer.csv` has no column `north`, which `customer.home` is read from
  did you mean `North`? Its columns are `id`, `North`, `east`; name one with `from "…"`
"#);
}

#[test]
fn values_that_are_none_are_refused_without_showing_them() {
    let csv = |second: Field, rows: &str| {
        let bytes = format!("id,x\n{rows}");
        told(&two(second), "customer.csv", bytes.as_bytes())
    };
    let told = [
        csv(field("x", Type::Time), "a,21:00\nb,25:00\nc,9pm\n"),
        csv(field("x", Type::Zone), "a,UTC\nb,Mars/Base\nc,\n"),
        csv(field("x", Type::Place), "a,\"1,2\"\nb,\"90.5,0\"\nc,\"0,-181\"\nd,\"nan,0\"\n"),
        csv(optional("x", Type::Place), "a,40.71\n"),
        csv(optional("x", Type::Distance), "a,5 km\n"),
        csv(optional("x", Type::Months), "a,1.5\n"),
        csv(optional("x", set(Element::Int)), "a,1|secret\n"),
        csv(optional("x", set(Element::OneOf(DomainId(0)))), "a,young|old\nb,young|Old\n"),
    ];
    insta::assert_snapshot!(told.join("\n"), @"
D0113 column `x` of `customer.csv` holds what is not time, in 2 rows (first in line 3)
  write a time of day such as 21:00 or 21:00:30
D0111 `customer.x` is not optional, but column `x` of `customer.csv` has no value in 2 rows (first in line 3): 1 missing, 1 not a time zone
  fill the values in, or declare `customer.x` with `?`: then they are missing
D0111 `customer.x` is not optional, but column `x` of `customer.csv` has no value in 3 rows (first in line 3): 1 not a number, 2 beyond the poles or 180 degrees
  fill the values in, or declare `customer.x` with `?`: then they are missing
D0113 column `x` of `customer.csv` holds what is not place, in 1 row (in line 2)
  write a point as degrees north and east with a comma between them: 40.71,-74.00
D0113 column `x` of `customer.csv` holds what is not distance, in 1 row (in line 2)
  write a number of metres such as 1500, without a unit
D0113 column `x` of `customer.csv` holds what is not months, in 1 row (in line 2)
  write a whole number such as 12
D0113 column `x` of `customer.csv` holds what is not set of int, in 1 row (in line 2)
  write whole numbers with `|` between them: 1|2
D0112 column `x` of `customer.csv` holds values that `customer.x` does not list, in 1 row (in line 3)
  the declared values are `young`, `old` (one is nearly `old`: spaces and capitals count); add what is not there to the declaration, or declare it set of text
");
    let json = |second: Field, value: &str| {
        let bytes = format!("{{\"id\":\"a\",\"x\":{value}}}");
        self::told(&two(second), "customer.jsonl", bytes.as_bytes())
    };
    let told = [
        json(field("x", set(Element::Text)), "[\"a\",null]"),
        json(optional("x", set(Element::Text)), "[\"a\",[\"b\"]]"),
        json(optional("x", set(Element::Text)), "{\"a\":1}"),
        json(optional("x", set(Element::Int)), "[1,2.5]"),
        json(optional("x", Type::Place), "[1,2,3]"),
        json(optional("x", Type::Place), "[[1],2]"),
        json(optional("x", Type::Place), "5"),
        json(optional("x", Type::Time), "1200"),
        json(optional("x", Type::Zone), "5"),
        json(optional("x", Type::Distance), "\"5 km\""),
    ];
    insta::assert_snapshot!(told.join("\n"), @r#"
D0111 `customer.x` is not optional, but column `x` of `customer.jsonl` has no value in 1 row (in line 1): 1 with a missing element
  fill the values in, or declare `customer.x` with `?`: then they are missing
D0113 column `x` of `customer.jsonl` holds what is not set of text, in 1 row (in line 1)
  write a list of texts such as ["a", "b"], or a text with `|` between them
D0113 column `x` of `customer.jsonl` holds what is not set of text, in 1 row (in line 1)
  write a list of texts such as ["a", "b"], or a text with `|` between them
D0113 column `x` of `customer.jsonl` holds what is not set of int, in 1 row (in line 1)
  write a list of whole numbers such as [1, 2], or a text with `|` between them
D0113 column `x` of `customer.jsonl` holds what is not place, in 1 row (in line 1)
  write a point as [40.71, -74.00], degrees north and east, or as the text "40.71,-74.00"
D0113 column `x` of `customer.jsonl` holds what is not place, in 1 row (in line 1)
  write a point as [40.71, -74.00], degrees north and east, or as the text "40.71,-74.00"
D0113 column `x` of `customer.jsonl` holds what is not place, in 1 row (in line 1)
  write a point as [40.71, -74.00], degrees north and east, or as the text "40.71,-74.00"
D0113 column `x` of `customer.jsonl` holds what is not time, in 1 row (in line 1)
  write a time of day such as 21:00 or 21:00:30
D0113 column `x` of `customer.jsonl` holds what is not timezone, in 1 row (in line 1)
  write a time zone's name such as America/New_York, in quotes
D0113 column `x` of `customer.jsonl` holds what is not distance, in 1 row (in line 1)
  write a number of metres such as 1500, without quotes
"#);
    let line = b"{\"id\":\"a\",\"north\":1,\"north\":1,\"east\":2}";
    insta::assert_snapshot!(self::told(&two(two_columns("home")), "customer.jsonl", line), @"
D0110 line 1 of `customer.jsonl` has the same key twice
  mend the line, or write the file anew
");
}

#[test]
fn what_counts_as_missing_is_counted() {
    let folder = TempDir::new().unwrap();
    let fields = vec![
        field("id", Type::Text),
        optional("zone", Type::Zone),
        optional("place", Type::Place),
        optional("tags", set(Element::Text)),
    ];
    let lines = [
        r#"{"id":"a","zone":"Europe/London","place":[1,2],"tags":["a"]}"#,
        r#"{"id":"b","zone":"London","place":[91,2],"tags":["a",null]}"#,
        r#"{"id":"c","zone":"","place":[1,null],"tags":[null,null]}"#,
    ];
    fs::write(folder.path().join("customer.jsonl"), lines.join("\n")).unwrap();
    let (snapshot, report) = read(&plan(vec![customer(&[0], fields)], &[]), folder.path()).unwrap();
    assert_eq!(values(&snapshot, 0, 1), ["Europe/London", "-", "-"]);
    assert_eq!(values(&snapshot, 0, 3), ["{a}", "-", "-"]);
    let fields = &report.tables[0].fields;
    let counts = |tally: crate::snapshot::read::Tally| (tally.count, tally.first_row);
    assert_eq!(counts(fields[1].not_a_zone), (2, 2));
    assert_eq!((counts(fields[2].out_of_range), counts(fields[2].missing)), ((1, 2), (1, 3)));
    assert_eq!(counts(fields[3].incomplete), (2, 2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever stands in a cell, it is read or refused, and no message shows it.
    #[test]
    fn any_text_is_read_or_refused_without_showing_it(
        ty in 0_usize..16,
        text in prop_oneof!["\\PC{0,12}", "[-+0-9.,:|eT Z]{0,12}", "(nan|inf|\\[|\\]|[0-9,|:]){0,9}"],
    ) {
        let usd = opportune_plan::Currency::new("USD").unwrap();
        let types = [
            Type::Bool, Type::Int, Type::Number, Type::Money(usd), Type::Text, one_of(0), Type::Date, Type::Instant,
            Type::Duration, Type::Days, Type::Months, Type::Time, Type::Zone, Type::Place, Type::Distance,
            set(Element::Int),
        ];
        let plan = plan(vec![customer(&[0], vec![field("id", Type::Text), field("x", types[ty])])], &[&["young"]]);
        let marked = format!("{text}ZQX");
        for cell in [&text, &marked] {
            let quoted = cell.replace('"', "\"\"");
            let json = serde_json::Value::from(cell.as_str());
            for (name, line) in [
                ("customer.csv", format!("id,x\na,\"{quoted}\"\n")),
                ("customer.jsonl", format!("{{\"id\":\"a\",\"x\":{json}}}\n")),
                ("customer.ndjson", format!("{{\"id\":\"a\",\"x\":[{json}]}}\n")),
            ] {
                let folder = TempDir::new().unwrap();
                fs::write(folder.path().join(name), line).unwrap();
                if let Err(errors) = read(&plan, folder.path()) {
                    let told = errors.iter().map(|error| error.message() + &error.help()).collect::<String>();
                    prop_assert!(!told.contains("ZQX"), "{}", told);
                }
            }
        }
    }
}

#[test]
fn large_sets_have_a_bound() {
    let plan = plan(vec![customer(&[0], vec![field("id", Type::Text), optional("x", set(Element::Int))])], &[]);
    for (count, expect) in [(65_536, (0, 65_536)), (65_537, (1, 0)), (1_000_000, (1, 0))] {
        let numbers: Vec<String> = (0..count).map(|number: u32| number.to_string()).collect();
        let csv = format!("id,x\na,{}\n", numbers.join("|"));
        let jsonl = format!("{{\"id\":\"a\",\"x\":[{}]}}\n", numbers.join(","));
        for (name, text) in [("customer.csv", csv), ("customer.jsonl", jsonl)] {
            let folder = TempDir::new().unwrap();
            fs::write(folder.path().join(name), text).unwrap();
            let (snapshot, report) = read(&plan, folder.path()).unwrap();
            let Values::Sets(_, sets) = &snapshot.tables[0].columns[1].values else { panic!("sets") };
            let size = sets.sets.first().map_or(0, |set| set.len());
            assert_eq!((report.tables[0].fields[1].out_of_range.count, size), expect, "{name} {count}");
        }
    }
    // A cell of a megabyte is one text.
    let folder = TempDir::new().unwrap();
    let text = set(Element::Text);
    let plan = super::plan(vec![customer(&[0], vec![field("id", Type::Text), optional("x", text)])], &[]);
    fs::write(folder.path().join("customer.csv"), format!("id,x\na,{}|b\n", "x".repeat(1 << 20))).unwrap();
    let (snapshot, _) = read(&plan, folder.path()).unwrap();
    assert_eq!(values(&snapshot, 0, 1)[0].len(), (1 << 20) + 4);
}

#[test]
fn declared_values_keep_their_codes_whatever_occurs() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("customer.csv"), "id,size,sizes,tags\na,\"\"\"L\"\"\",\"\"\"L\"\"\",b\nx,S,S,a|z\n")
        .unwrap();
    fs::write(folder.path().join("visit.csv"), "id,at\na,2026-01-01\n").unwrap();
    let fields = vec![
        field("id", Type::Text),
        field("size", Type::Ordered(DomainId(0))),
        field("sizes", set(Element::Ordered(DomainId(0)))),
        field("tags", set(Element::Text)),
    ];
    let visit = events("visit", 0, vec![field("at", Type::Date)]);
    let (snapshot, report) = read(&plan(vec![customer(&[1], fields), visit], &[&SIZES]), folder.path()).unwrap();
    assert_eq!((report.customers, report.tables[0].of_unknown.count), (1, 1));
    let columns = &snapshot.tables[0].columns;
    let Values::Codes(codes, dictionary) = &columns[1].values else { panic!("codes") };
    assert_eq!((codes.as_slice(), dictionary.values.len()), (&[2][..], 3), "positions in the list of the schema");
    let Values::Sets(codes, sets) = &columns[2].values else { panic!("sets") };
    assert_eq!((codes.as_slice(), sets.sets.as_slice()), (&[0][..], &[Box::from([2_u32])][..] as &[Box<[u32]>]));
    let Values::Sets(_, tags) = &columns[3].values else { panic!("sets") };
    let Elements::Texts(texts) = &tags.elements else { panic!("texts") };
    assert_eq!(texts.values, ["b".into()] as [Box<str>; 1], "who is left out leaves no trace");
}
