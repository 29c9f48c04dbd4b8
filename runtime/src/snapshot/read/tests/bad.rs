//! Bad input: each gives an error that names the file, the column and the first row, and never a panic.

use std::fs;

use arrow::array::{
    Array, BinaryArray, BooleanArray, Date32Array, Float64Array, Int32Array, Int64Array, ListArray, StringArray,
    TimestampMicrosecondArray,
};
use opportune_plan::Currency;

use super::*;

pub(super) fn two(second: Field) -> VerifiedPlan {
    plan(vec![customer(&[0], vec![field("id", Type::Text), second])], &[&["young", "old"]])
}

/// The errors of a file of bytes, each with its help.
pub(super) fn told(plan: &VerifiedPlan, name: &str, bytes: &[u8]) -> String {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    tell(plan, &folder)
}

pub(super) fn tell(plan: &VerifiedPlan, folder: &TempDir) -> String {
    let errors = read(plan, folder.path()).expect_err("an error");
    let each = errors.iter().map(|error| {
        let exit = if error.is_schema_disagreement() { " (schema)" } else { "" };
        format!("{}{exit} {}\n  {}", error.code(), error.message(), error.help())
    });
    let text = each.collect::<Vec<_>>().join("\n");
    text.replace(&*folder.path().to_string_lossy(), "FOLDER")
}

/// The errors of a Parquet file with three ids and another column.
pub(super) fn told_column(second: Field, column: ArrayRef) -> String {
    let folder = TempDir::new().unwrap();
    let name = match &second.source {
        Source::Column(name) => name.to_string(),
        Source::Columns(..) | Source::Linked { .. } => unreachable!(),
    };
    let ids = StringArray::from_iter_values((0..column.len()).map(|row| format!("c{row}")));
    parquet(&folder, "customer.parquet", vec![("id", array(ids)), (&*name, column)]);
    tell(&two(second), &folder)
}

fn usd() -> Type {
    Type::Money(Currency::new("USD").unwrap())
}

#[test]
fn files_that_are_not_there() {
    let plan = two(field("age", Type::Int));
    let none = read(&plan, Path::new("/nowhere/at/all")).unwrap_err();
    insta::assert_snapshot!(none[0].message(), @"the data folder `/nowhere/at/all` cannot be read: it does not exist");
    let folder = TempDir::new().unwrap();
    insta::assert_snapshot!(tell(&plan, &folder), @"
D0102 there is no data file for `customer`: `FOLDER` holds no `customer`
  The folder holds no data file; a file is `customer` with the ending .parquet, .csv, .jsonl, .ndjson, .arrow, .ipc or .feather, another name goes under `[data.files]` of `opportune.toml`
");
    fs::write(folder.path().join("customers.csv"), "id,age\n").unwrap();
    fs::write(folder.path().join("notes\u{1b}[2J.csv"), "").unwrap();
    fs::write(folder.path().join("readme.txt"), "").unwrap();
    insta::assert_snapshot!(tell(&plan, &folder), @r#"
D0102 there is no data file for `customer`: `FOLDER` holds no `customer`
  did you mean `customers`? The folder holds `customers.csv`, `notes\u{1b}[2J.csv`; a file is `customer` with the ending .parquet, .csv, .jsonl, .ndjson, .arrow, .ipc or .feather, another name goes under `[data.files]` of `opportune.toml`
"#);
    fs::write(folder.path().join("customer.csv"), "id,age\na,1\n").unwrap();
    fs::write(folder.path().join("customer.jsonl"), "{\"id\":\"a\",\"age\":1}").unwrap();
    insta::assert_snapshot!(tell(&plan, &folder), @"
D0103 there are several data files for `customer`: `customer.csv`, `customer.jsonl`
  keep one of them, or name it with its ending under `[data.files]` of `opportune.toml`
");
    fs::remove_file(folder.path().join("customer.jsonl")).unwrap();
    assert_eq!(read(&plan, folder.path()).unwrap().0.customers(), 1);
    let file = folder.path().join("customer.csv");
    let not_a_folder = read(&plan, &file).unwrap_err();
    insta::assert_snapshot!(not_a_folder[0].message().replace(&*file.to_string_lossy(), "FILE"), @"the data folder `FILE` cannot be read: it is not a folder");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    insta::assert_snapshot!(tell(&plan, &folder), @"
D0105 `customer.csv` cannot be read: it is a folder
  check that it is a file and that you may read it
");
}

#[test]
fn files_named_with_their_ending_are_taken() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("customer.csv"), "id,age\na,1\n").unwrap();
    fs::write(folder.path().join("customer.jsonl"), "").unwrap();
    let mut table = customer(&[0], vec![field("id", Type::Text), field("age", Type::Int)]);
    table.source = "customer.csv".into();
    assert_eq!(read(&plan(vec![table], &[]), folder.path()).unwrap().0.customers(), 1);
}

#[cfg(unix)]
#[test]
fn files_outside_the_project_are_refused() {
    use crate::snapshot::read::{Reach, load_from};
    let (project, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let data = project.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::write(elsewhere.path().join("x.csv"), "id,age\na,1\n").unwrap();
    std::os::unix::fs::symlink(elsewhere.path().join("x.csv"), data.join("customer.csv")).unwrap();
    let (plan, clock) = (two(field("age", Type::Int)), clock("2026-11-20T12:00:00Z"));
    let errors = load_from(&plan, &data, Reach::Within(project.path()), &clock).unwrap_err();
    let message = errors[0].message().replace(&*project.path().to_string_lossy(), "PROJECT");
    insta::assert_snapshot!(format!("{} {message}", errors[0].code()), @"D0104 the data file of `customer` is outside `PROJECT`");
    assert_eq!(load(&plan, &data, &clock).unwrap().0.customers(), 1);
    let out = project.path().join("out");
    std::os::unix::fs::symlink(elsewhere.path(), &out).unwrap();
    let errors = load_from(&plan, &out, Reach::Within(project.path()), &clock).unwrap_err();
    assert_eq!(errors[0].code(), "D0101");
    std::os::unix::fs::symlink("/nowhere", data.join("shop.csv")).unwrap();
    let mut shop = customer(&[0], vec![field("id", Type::Text)]);
    shop.source = "shop".into();
    let errors = load_from(&super::plan(vec![shop], &[]), &data, Reach::Within(project.path()), &clock).unwrap_err();
    assert_eq!(errors[0].message(), "`shop.csv` cannot be read: it does not exist");
    for source in ["../customer", "/etc/passwd", "..", "a/../../b"] {
        let mut table = customer(&[0], vec![field("id", Type::Text)]);
        table.source = source.into();
        let errors = load(&super::plan(vec![table], &[]), &data, &clock).unwrap_err();
        assert_eq!(errors[0].code(), "D0104", "{source}");
    }
}

#[test]
fn files_that_are_broken() {
    let plan = two(field("age", Type::Int));
    insta::assert_snapshot!(told(&plan, "customer.parquet", b""), @"
D0106 `customer.parquet` is not a readable Parquet file: it is empty
  write the file anew; it may be cut short, or of another format than its ending says
");
    insta::assert_snapshot!(told(&plan, "customer.parquet", b"PAR1 and then something else"), @"
D0106 `customer.parquet` is not a readable Parquet file: Invalid Parquet file. Corrupt footer
  write the file anew; it may be cut short, or of another format than its ending says
");
    insta::assert_snapshot!(told(&plan, "customer.arrow", b"ARROW1\0\0 and then something else"), @"
D0106 `customer.arrow` is not a readable Arrow file: Arrow file does not contain correct footer
  write the file anew; it may be cut short, or of another format than its ending says
");
    insta::assert_snapshot!(told(&plan, "customer.feather", b"FEA1 and then something else"), @"
D0106 `customer.feather` is not a readable Arrow file: it is of the first version of Feather; write it as version 2
  write the file anew; it may be cut short, or of another format than its ending says
");
    insta::assert_snapshot!(told(&plan, "customer.ipc", b"some bytes of a stream"), @"
D0106 `customer.ipc` is not a readable Arrow file: Unexpected end of stream: expected 1701670771 metadata bytes, got 18
  write the file anew; it may be cut short, or of another format than its ending says
");
    insta::assert_snapshot!(told(&plan, "customer.csv", b""), @"
D0106 `customer.csv` is not a readable CSV file: it is empty
  write the file anew; it may be cut short, or of another format than its ending says
");
    insta::assert_snapshot!(told(&plan, "customer.csv", b"\xef\xbb\xbf"), @"
D0106 `customer.csv` is not a readable CSV file: it is empty
  write the file anew; it may be cut short, or of another format than its ending says
");
}

#[test]
fn lines_that_are_broken() {
    let plan = two(field("age", Type::Int));
    let told = |name: &str, bytes: &[u8]| told(&plan, name, bytes).lines().next().unwrap().to_owned();
    insta::assert_snapshot!(told("customer.csv", b"id,age\na,1\nb\n"), @"D0110 line 3 of `customer.csv` has 1 of the 2 fields that the first line names");
    insta::assert_snapshot!(told("customer.csv", b"id,age\n\"a\nx\",1\n\nb,2,3\n"), @"D0110 line 5 of `customer.csv` has more fields than the 2 that the first line names");
    insta::assert_snapshot!(told("customer.csv", b"id,age\na,1\n\xff\xfe,2\n"), @"D0110 line 3 of `customer.csv` is not valid UTF-8");
    insta::assert_snapshot!(told("customer.csv", b"id,\xff\na,1\n"), @"D0110 line 1 of `customer.csv` is not valid UTF-8");
    insta::assert_snapshot!(told("customer.csv", b"id,age\na,\"1\n"), @"D0110 line 2 of `customer.csv` begins a row with a quote that never ends");
    insta::assert_snapshot!(told("customer.jsonl", b"{\"id\":\"a\",\"age\":1}\n\n{\"id\":\n"), @"D0110 line 3 of `customer.jsonl` ends before its JSON object does");
    insta::assert_snapshot!(told("customer.jsonl", b"{\"id\":\"\xff\",\"age\":1}\n"), @"D0110 line 1 of `customer.jsonl` is not valid UTF-8");
    insta::assert_snapshot!(told("customer.jsonl", b"[{\"id\":\"a\",\"age\":1}]"), @"D0110 line 1 of `customer.jsonl` is not a JSON object");
    insta::assert_snapshot!(told("customer.jsonl", b"{\"id\":\"a\",\"age\":1} {}"), @"D0110 line 1 of `customer.jsonl` has more than one JSON value");
    insta::assert_snapshot!(told("customer.jsonl", b"{\"id\":\"a\",\"id\":\"b\",\"age\":1}"), @"D0110 line 1 of `customer.jsonl` has the same key twice");
    insta::assert_snapshot!(told("customer.jsonl", "[".repeat(100_000).as_bytes()), @"D0110 line 1 of `customer.jsonl` is not a JSON object");
    insta::assert_snapshot!(told("customer.jsonl", format!("{{\"id\":{}", "[".repeat(100_000)).as_bytes()), @"D0110 line 1 of `customer.jsonl` ends before its JSON object does");
}

#[test]
fn long_lines_are_read() {
    let plan = two(field("age", Type::Int));
    let long = "x".repeat(1 << 20);
    for (name, text) in [
        ("customer.csv", format!("id,age,note\na,1,{long}\n{long},2,\n")),
        ("customer.jsonl", format!("{{\"id\":\"a\",\"age\":1,\"note\":\"{long}\"}}\n{{\"id\":\"{long}\",\"age\":2}}")),
    ] {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join(name), text).unwrap();
        assert_eq!(read(&plan, folder.path()).unwrap().0.customers(), 2);
    }
    let error = told(&plan, "customer.jsonl", long.as_bytes());
    assert!(error.len() < 500, "{error}");
}

#[test]
fn columns_that_are_not_there() {
    let plan = two(field("age_band", Type::Int));
    insta::assert_snapshot!(told(&plan, "customer.csv", b"id,Age-Band\n"), @r#"
D0107 (schema) `customer.csv` has no column `age_band`, which `customer.age_band` is read from
  did you mean `Age-Band`? Its columns are `id`, `Age-Band`; name one with `from "…"`
"#);
    insta::assert_snapshot!(told(&plan, "customer.csv", b"id,age_band,age_band\n"), @"
D0108 `customer.csv` has 2 columns named `age_band`
  give each column a name of its own
");
    insta::assert_snapshot!(told(&plan, "customer.jsonl", b"{\"id\":\"a\",\"x\\u001b[2J\":1}\n"), @r#"
D0107 (schema) `customer.jsonl` has no column `age_band`, which `customer.age_band` is read from
  its columns are `id`, `x\u{1b}[2J`; name one with `from "…"`
"#);
    let folder = TempDir::new().unwrap();
    parquet(&folder, "customer.parquet", vec![("ID", array(StringArray::from(vec!["a"])))]);
    insta::assert_snapshot!(tell(&plan, &folder), @r#"
D0107 (schema) `customer.parquet` has no column `id`, which `customer.id` is read from
  did you mean `ID`? Its columns are `ID`; name one with `from "…"`
D0107 (schema) `customer.parquet` has no column `age_band`, which `customer.age_band` is read from
  its columns are `ID`; name one with `from "…"`
"#);
}

#[test]
fn columns_of_another_type() {
    let mut lines = Vec::new();
    let texts = || array(StringArray::from(vec!["Yes", "No", "Yes"]));
    let ints = || array(Int64Array::from(vec![1, 2, 3]));
    let floats = || array(Float64Array::from(vec![1.0, 2.0, 3.0]));
    let times = TimestampMicrosecondArray::from(vec![0, 1, 2]);
    let list = ListArray::from_iter_primitive::<arrow::datatypes::Int32Type, _, _>(vec![Some(vec![Some(1)]); 3]);
    for (ty, column) in [
        (Type::Bool, texts()),
        (Type::Int, floats()),
        (Type::Int, texts()),
        (Type::Text, ints()),
        (one_of(0), array(BooleanArray::from(vec![true, false, true]))),
        (usd(), texts()),
        (Type::Date, texts()),
        (Type::Date, array(times.with_timezone("UTC"))),
        (Type::Instant, ints()),
        (Type::Duration, ints()),
        (Type::Days, array(Date32Array::from(vec![1, 2, 3]))),
        (Type::Number, array(list)),
        (Type::Text, array(BinaryArray::from_iter_values([b"a", b"b", b"c"]))),
    ] {
        lines.push(told_column(field("x", ty), column));
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
D0109 (schema) `customer.x` is declared bool, but column `x` of `customer.parquet` holds text
  declare it `one_of("Yes", "No")` with the column's own values, or write true and false
D0109 (schema) `customer.x` is declared int, but column `x` of `customer.parquet` holds floating-point numbers
  declare it number, or write the column anew as integers
D0109 (schema) `customer.x` is declared int, but column `x` of `customer.parquet` holds text
  declare it text, or write the column anew as integers
D0109 (schema) `customer.x` is declared text, but column `x` of `customer.parquet` holds integers
  declare it int, or write the column anew as text
D0109 (schema) `customer.x` is declared one_of, but column `x` of `customer.parquet` holds true or false
  declare it bool, or write the column anew as text
D0109 (schema) `customer.x` is declared money(USD), but column `x` of `customer.parquet` holds text
  declare it text, or write the column anew as numbers
D0109 (schema) `customer.x` is declared date, but column `x` of `customer.parquet` holds text
  declare it text, or write the column anew as dates
D0109 (schema) `customer.x` is declared date, but column `x` of `customer.parquet` holds timestamps with a time zone
  declare it instant, or write the column anew as dates
D0109 (schema) `customer.x` is declared instant, but column `x` of `customer.parquet` holds integers
  declare it int, or write the column anew as timestamps
D0109 (schema) `customer.x` is declared duration, but column `x` of `customer.parquet` holds integers
  write the column anew as durations, so that the unit is certain
D0109 (schema) `customer.x` is declared days, but column `x` of `customer.parquet` holds dates
  write the column anew as integers, so that the unit is certain
D0109 (schema) `customer.x` is declared number, but column `x` of `customer.parquet` holds lists of integers
  declare it set of int, or write the column anew as numbers
D0109 (schema) `customer.x` is declared text, but column `x` of `customer.parquet` holds bytes
  write the column anew as text
"#);
}

#[test]
fn values_that_are_missing() {
    let floats = Float64Array::from(vec![Some(1.0), None, Some(f64::NAN), Some(f64::INFINITY)]);
    insta::assert_snapshot!(told_column(field("x", Type::Number), array(floats.clone())), @"
D0111 `customer.x` is not optional, but column `x` of `customer.parquet` has no value in 3 rows (first in row 2): 1 missing, 1 not a number, 1 out of range
  fill the values in, or declare `customer.x` with `?`: then they are missing
");
    insta::assert_snapshot!(told_column(field("x", usd()), array(Float64Array::from(vec![1e30]))), @"
D0111 `customer.x` is not optional, but column `x` of `customer.parquet` has no value in 1 row (in row 1): 1 out of range
  fill the values in, or declare `customer.x` with `?`: then they are missing
");
    insta::assert_snapshot!(told_column(field("x", Type::Date), array(Date32Array::from(vec![0, i32::MAX]))), @"
D0111 `customer.x` is not optional, but column `x` of `customer.parquet` has no value in 1 row (in row 2): 1 out of range
  fill the values in, or declare `customer.x` with `?`: then they are missing
");
    insta::assert_snapshot!(told(&two(field("x", Type::Int)), "customer.csv", b"id,x\na,\"1\n\"\nb,\n"), @"
D0111 `customer.x` is not optional, but column `x` of `customer.csv` has no value in 1 row (in line 4): 1 missing
  fill the values in, or declare `customer.x` with `?`: then they are missing
");
    let folder = TempDir::new().unwrap();
    let ids = StringArray::from_iter_values((0..floats.len()).map(|row| format!("c{row}")));
    parquet(&folder, "customer.parquet", vec![("id", array(ids)), ("x", array(floats))]);
    let (snapshot, report) = read(&two(optional("x", Type::Number)), folder.path()).unwrap();
    assert_eq!(values(&snapshot, 0, 1), ["1.0", "-", "-", "-"]);
    let x = report.tables[0].fields[1];
    let firsts = [x.missing, x.not_a_number, x.out_of_range].map(|tally| (tally.count, tally.first_row));
    assert_eq!(firsts, [(1, 2), (1, 3), (1, 4)]);
}

#[test]
fn values_of_no_declared_meaning() {
    let ages = StringArray::from(vec!["old", "Young", "secret", "Young"]);
    insta::assert_snapshot!(told_column(optional("age", one_of(0)), array(ages)), @"
D0112 column `age` of `customer.parquet` holds values that `customer.age` does not list, in 3 rows (first in row 2)
  the declared values are `young`, `old` (one is nearly `young`: spaces and capitals count); add what is not there to the declaration, or declare it text
");
    let plan = two(optional("x", Type::Int));
    insta::assert_snapshot!(told(&plan, "customer.csv", b"id,x\na,1\n\"b\nb\",2\nc,secret\n"), @"
D0113 column `x` of `customer.csv` holds what is not int, in 1 row (in line 5)
  write a whole number such as 12
");
    insta::assert_snapshot!(told(&plan, "customer.jsonl", b"{\"id\":\"a\",\"x\":1}\n\n{\"id\":\"b\",\"x\":1.5}\n"), @"
D0113 column `x` of `customer.jsonl` holds what is not int, in 1 row (in line 3)
  write a whole number such as 12, without quotes
");
    insta::assert_snapshot!(told(&two(optional("x", Type::Date)), "customer.csv", b"id,x\na,11/20/2026\n"), @"
D0113 column `x` of `customer.csv` holds what is not date, in 1 row (in line 2)
  write a date such as 2026-11-20
");
    insta::assert_snapshot!(told(&two(optional("x", Type::Bool)), "customer.jsonl", b"{\"id\":5,\"x\":\"true\"}"), @"
D0113 column `id` of `customer.jsonl` holds what is not text, in 1 row (in line 1)
  write a text in quotes
D0113 column `x` of `customer.jsonl` holds what is not bool, in 1 row (in line 1)
  write true or false, without quotes
");
    let times = TimestampMicrosecondArray::from(vec![0, 86_400_000_000, 5]);
    insta::assert_snapshot!(told_column(optional("x", Type::Date), array(times)), @"
D0113 column `x` of `customer.parquet` holds what is not date, in 1 row (in row 3)
  write a date, or a timestamp at midnight
");
}

#[test]
fn keys_that_are_wrong() {
    let plan = two(optional("x", Type::Int));
    insta::assert_snapshot!(told(&plan, "customer.csv", b"id,x\na,1\n,2\nb,3\n,4\n"), @"
D0114 the key `customer.id` is missing in 2 rows (first in line 3) of `customer.csv`
  give every row a key, or leave those rows out
");
    insta::assert_snapshot!(told(&plan, "customer.csv", b"id,x\nb,1\na,2\nb,3\nb,4\n"), @"
D0115 the key `customer.id` must be unique, but row 3 of `customer.csv` has the key of row 1 (rows that repeat one: 2)
  keep one row for each key
");
}

#[test]
fn links_that_lead_nowhere() {
    let folder = TempDir::new().unwrap();
    let household = customer(&[0], vec![field("id", Type::Text)]);
    let purchase = vec![link("product", 2, true), through("day", Type::Date, false, 0, 1)];
    let product = vec![field("product", Type::Text), optional("day", Type::Date)];
    let plan = plan(vec![household, events("purchase", 1, purchase), lookup("product", product)], &[]);
    fs::write(folder.path().join("customer.csv"), "id\na\n").unwrap();
    fs::write(folder.path().join("purchase.csv"), "id,product\na,p\na,q\na,r\n").unwrap();
    fs::write(folder.path().join("product.csv"), "product,day\np,2026-01-01\n").unwrap();
    insta::assert_snapshot!(tell(&plan, &folder), @"
D0116 `purchase.product` links to `product`, which has no such key for 2 rows (first in row 2) of `purchase.csv`
  add the rows to the file of `product`, or declare the link `-> product?`: then those lead nowhere
");
    fs::write(folder.path().join("product.csv"), "product,day\np,9999-12-31\nq,2026-01-01\nr,2026-01-01\n").unwrap();
    insta::assert_snapshot!(tell(&plan, &folder), @"
D0119 `purchase.day` is when an event happened, but is outside the years 1 to 9999 in 1 row (in row 1) of `purchase.csv`
  mend the times; the calendar ends at 9999-12-30 22:00 UTC
");
    fs::write(folder.path().join("product.csv"), "product,day\np,\nq,2026-01-01\nr,2026-01-01\nr,2026-01-01\n")
        .unwrap();
    insta::assert_snapshot!(tell(&plan, &folder), @"
D0115 the key `product.product` must be unique, but row 4 of `product.csv` has the key of row 3 (rows that repeat one: 1)
  keep one row for each key
D0118 `purchase.day` is not optional, but the link that it comes through gives no value in 1 row (in row 1) of `purchase.csv`
  complete the linked rows, or declare `purchase.day` with `?` where it is not the time of an event
");
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let plan = plan(
        vec![
            customer(
                &[0],
                vec![field("id", Type::Text), field("x", Type::Int), field("y", Type::Int), field("z", one_of(0))],
            ),
            lookup("shop", vec![field("id", Type::Text)]),
        ],
        &[&["young", "old"]],
    );
    insta::assert_snapshot!(told(&plan, "customer.csv", b"id,x,y,z\na,b,,mid\n"), @"
D0113 column `x` of `customer.csv` holds what is not int, in 1 row (in line 2)
  write a whole number such as 12
D0111 `customer.y` is not optional, but column `y` of `customer.csv` has no value in 1 row (in line 2): 1 missing
  fill the values in, or declare `customer.y` with `?`: then they are missing
D0112 column `z` of `customer.csv` holds values that `customer.z` does not list, in 1 row (in line 2)
  the declared values are `young`, `old`; add what is not there to the declaration, or declare it text
D0102 there is no data file for `shop`: `FOLDER` holds no `shop`
  The folder holds `customer.csv`; a file is `shop` with the ending .parquet, .csv, .jsonl, .ndjson, .arrow, .ipc or .feather, another name goes under `[data.files]` of `opportune.toml`
");
}

#[test]
fn wide_integers_and_decimals_must_fit() {
    let big = arrow::array::UInt64Array::from(vec![u64::MAX, 3]);
    insta::assert_snapshot!(told_column(field("x", Type::Int), array(big)), @"
D0111 `customer.x` is not optional, but column `x` of `customer.parquet` has no value in 1 row (in row 1): 1 out of range
  fill the values in, or declare `customer.x` with `?`: then they are missing
");
    let folder = TempDir::new().unwrap();
    let decimals = arrow::array::Decimal128Array::from(vec![12_345, -5]).with_precision_and_scale(10, 3).unwrap();
    let columns = vec![("id", array(Int32Array::from(vec![1, 2]))), ("x", array(decimals))];
    parquet(&folder, "customer.parquet", columns);
    let plan = plan(vec![customer(&[0], vec![field("id", Type::Int), field("x", usd())])], &[]);
    assert_eq!(values(&read(&plan, folder.path()).unwrap().0, 0, 1), ["12345000", "-5000"]);
}

#[test]
fn traps_for_the_memory_are_refused() {
    let folder = TempDir::new().unwrap();
    let text = "x".repeat(70 << 20);
    let texts = array(arrow::array::LargeStringArray::from_iter_values([&text; 4]));
    let columns = vec![("id", array(StringArray::from(vec!["a", "b", "c", "d"]))), ("note", texts)];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = ::parquet::file::properties::WriterProperties::builder()
        .set_compression(::parquet::basic::Compression::ZSTD(Default::default()))
        .set_dictionary_enabled(false)
        .build();
    let file = File::create(folder.path().join("customer.parquet")).unwrap();
    let mut writer = ::parquet::arrow::ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let told = tell(&two(optional("note", Type::Text)), &folder);
    assert!(told.contains("D0106") && told.contains("unpack to 280 MB"), "{told}");
    // A column that is not read costs nothing.
    let plan = plan(vec![customer(&[0], vec![field("id", Type::Text)])], &[]);
    assert_eq!(read(&plan, folder.path()).unwrap().0.customers(), 4);
}
