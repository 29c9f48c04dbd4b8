//! Files of records: columns by name, those that may be missing not needed, the same refusals as for the data.

use std::fs;

use arrow::array::{Int64Array, StringArray, TimestampMicrosecondArray};
use opportune_plan::Domain;

use super::*;
use crate::snapshot::Told;
use crate::snapshot::read::{Records, records};

fn schema() -> Schema {
    let fields = vec![
        optional("customer", Type::Int),
        Field { source: Source::Column("happened at".into()), ..field("at", Type::Instant) },
        field("outcome", one_of(0)),
        optional("offer", Type::Text),
    ];
    let table = Table { name: "response".into(), source: "".into(), kind: TableKind::Context, fields };
    Schema { tables: vec![table], domains: vec![Domain { variants: vec!["clicked".into(), "redeemed".into()] }] }
}

fn of(name: &str, contents: impl AsRef<[u8]>) -> Result<Records, Vec<LoadError>> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, contents).unwrap();
    records(&schema(), &path, &clock("2026-11-20T12:00:00Z"))
}

fn row(records: &Records, row: usize) -> Vec<String> {
    let tell = |column: &Option<Column>| match column.as_ref().map(|column| column.tells(row)) {
        None => "no column".to_owned(),
        Some(None) => "-".to_owned(),
        Some(Some(Told::Text(text))) => text.to_owned(),
        Some(Some(Told::Int(int))) => int.to_string(),
        Some(Some(other)) => format!("{other:?}"),
    };
    records.columns.iter().map(tell).collect()
}

#[test]
fn every_format_gives_the_same_records() {
    let folder = TempDir::new().unwrap();
    let at = micros("2026-11-02T09:00:00Z");
    parquet(
        &folder,
        "r.parquet",
        vec![
            ("note", array(StringArray::from(vec!["x", "y"]))),
            ("outcome", array(StringArray::from(vec!["redeemed", "clicked"]))),
            ("happened at", array(TimestampMicrosecondArray::from(vec![at, at + 1]).with_timezone("UTC"))),
            ("customer", array(Int64Array::from(vec![Some(7), None]))),
        ],
    );
    let parquet = records(&schema(), &folder.path().join("r.parquet"), &clock("2026-11-20T12:00:00Z")).unwrap();
    let csv = "outcome,customer,happened at,note\nredeemed,7,2026-11-02T04:00:00-05:00,x\n\
               clicked,,2026-11-02T09:00:00.000001Z,y\n";
    // Without an offset, a time is of the clock's zone.
    let jsonl = "{\"happened at\":\"2026-11-02 04:00\",\"customer\":7,\"outcome\":\"redeemed\"}\n\n\
                 {\"outcome\":\"clicked\",\"happened at\":\"2026-11-02T09:00:00.000001Z\",\"customer\":null}\n";
    for records in [parquet, of("r.csv", csv).unwrap(), of("r.jsonl", jsonl).unwrap()] {
        assert_eq!(records.rows, 2);
        assert_eq!(row(&records, 0), ["7", &at.to_string(), "redeemed", "no column"]);
        assert_eq!(row(&records, 1), ["-", &(at + 1).to_string(), "clicked", "no column"]);
        assert_eq!((records.report.fields.len(), records.report.fields[0].missing.count), (4, 1));
        assert_eq!(records.report.absent, [FieldId(3)]);
    }
}

#[test]
fn a_file_without_rows_has_none() {
    for (name, text) in [("r.csv", "outcome,happened at\n"), ("r.jsonl", ""), ("r.jsonl", "\n")] {
        assert_eq!(of(name, text).unwrap().rows, 0, "{name}");
    }
}

#[test]
fn what_is_no_such_file_is_refused() {
    let refused = |name, text: &str| {
        let errors = of(name, text).expect_err("an error");
        errors.iter().map(|error| format!("{} {}\n", error.code(), error.message())).collect::<String>()
    };
    insta::assert_snapshot!(refused("r.csv", "customer,outcome\n1,clicked\n"), @"D0107 `r.csv` has no column `happened at`, which `response.at` is read from");
    insta::assert_snapshot!(refused("r.csv", "note\nx\n"), @"
D0107 `r.csv` has no column `happened at`, which `response.at` is read from
D0107 `r.csv` has no column `outcome`, which `response.outcome` is read from
");
    insta::assert_snapshot!(refused("r.jsonl", "{\"note\":1}\n"), @"
D0107 `r.jsonl` has no column `happened at`, which `response.at` is read from
D0107 `r.jsonl` has no column `outcome`, which `response.outcome` is read from
");
    insta::assert_snapshot!(refused("r.csv", "happened at,outcome\n2026-11-02,clicked\n,clickt\nsoon,clicked\n"), @"
D0113 column `happened at` of `r.csv` holds what is not instant, in 1 row (in line 4)
D0111 `response.at` is not optional, but column `happened at` of `r.csv` has no value in 1 row (in line 3): 1 missing
D0112 column `outcome` of `r.csv` holds values that `response.outcome` does not list, in 1 row (in line 3)
");
    insta::assert_snapshot!(refused("r.xlsx", "PK"), @"D0121 `r.xlsx` has no ending that says its format");
    insta::assert_snapshot!(refused("r.parquet", "happened at,outcome\n"), @"D0106 `r.parquet` is not a readable Parquet file: Invalid Parquet file. Corrupt footer");
}
