//! What a request brings: aligned with the customers, or the same for all.

use std::fs;

use opportune_plan::{Constant, Element};

use super::bad::tell;
use super::*;
use crate::snapshot::context::{Request, load_with};
use crate::snapshot::read::Reach;

fn project() -> (TempDir, VerifiedPlan) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("customer.csv"), "Customer Id\nc\na\nb\n").unwrap();
    let key = Field { source: Source::Column("Customer Id".into()), ..field("id", Type::Text) };
    let fields = vec![
        optional("reason", one_of(0)),
        optional("companion", Type::Bool),
        optional("tags", Type::Set(Element::Text)),
        optional("note", Type::Text),
    ];
    let context = Table { name: "context".into(), source: "context".into(), kind: TableKind::Context, fields };
    (folder, plan(vec![customer(&[0], vec![key]), context], &[&["purchase", "complaint"]]))
}

fn load(folder: &TempDir, plan: &VerifiedPlan, request: &Request) -> Result<(Snapshot, LoadReport), Vec<LoadError>> {
    load_with(plan, folder.path(), Reach::Anywhere, &clock("2026-11-20T12:00:00Z"), request)
}

fn from_file(name: &str, text: &str) -> Result<(Snapshot, LoadReport), String> {
    let (folder, plan) = project();
    let elsewhere = TempDir::new().unwrap();
    let path = elsewhere.path().join(name);
    fs::write(&path, text).unwrap();
    load(&folder, &plan, &Request::File(path)).map_err(|errors| {
        let told = errors.iter().map(|error| format!("{} {}\n  {}", error.code(), error.message(), error.help()));
        told.collect::<Vec<_>>().join("\n")
    })
}

#[test]
fn without_a_request_everything_is_missing() {
    let (folder, plan) = project();
    for result in [load(&folder, &plan, &Request::None), read(&plan, folder.path())] {
        let (snapshot, report) = result.unwrap();
        assert_eq!(snapshot.tables[1].rows, 3);
        for field in 0..4 {
            assert_eq!(values(&snapshot, 1, field), ["-", "-", "-"]);
        }
        assert_eq!((report.tables.len(), report.tables[1].rows), (2, 0));
        let context = snapshot.block(0, 64).context(TableId(1)).unwrap();
        assert_eq!((context.len, context.columns.len()), (3, 4));
    }
}

#[test]
fn a_file_is_aligned_by_the_customers_key() {
    for (name, text) in [
        ("request.csv", "reason,Customer Id,companion,tags\ncomplaint,b,true,x|y\npurchase,zed,,\n,a,false,\n,,,\n"),
        (
            "request.jsonl",
            "{\"Customer Id\":\"b\",\"reason\":\"complaint\",\"companion\":true,\"tags\":[\"y\",\"x\"]}\n\
             {\"Customer Id\":\"zed\",\"reason\":\"purchase\"}\n{\"Customer Id\":\"a\",\"companion\":false}\n{}\n",
        ),
    ] {
        let (snapshot, report) = from_file(name, text).unwrap();
        assert_eq!(values(&snapshot, 0, 0), ["a", "b", "c"]);
        assert_eq!(values(&snapshot, 1, 0), ["-", "complaint", "-"]);
        assert_eq!(values(&snapshot, 1, 1), ["false", "true", "-"]);
        assert_eq!(values(&snapshot, 1, 2), ["-", "{x y}", "-"]);
        assert_eq!(values(&snapshot, 1, 3), ["-", "-", "-"], "no column brings it");
        let report = &report.tables[1];
        assert_eq!((report.rows, report.kept), (4, 2));
        assert_eq!((report.of_unknown.count, report.of_unknown.first_row), (1, 2));
        assert_eq!((report.of_nobody.count, report.of_nobody.first_row), (1, 4));
        assert_eq!(report.absent, [FieldId(3)]);
    }
}

#[test]
fn files_that_are_no_requests_are_refused() {
    let refused = |name, text| from_file(name, text).unwrap_err();
    insta::assert_snapshot!(refused("request.csv", "Customer Id,reason\na,purchase\nb,purchase\na,complaint\n"), @"
D0115 the key `customer.id` must be unique, but row 3 of `request.csv` has the key of row 1 (rows that repeat one: 1)
  keep one row for each key
");
    insta::assert_snapshot!(refused("request.csv", "id,reason\na,purchase\n"), @r#"
D0107 `request.csv` has no column `Customer Id`, which `the customer of context` is read from
  its columns are `id`, `reason`; name one with `from "…"`
"#);
    insta::assert_snapshot!(refused("request.csv", "Customer Id,Reason\na,purchase\n"), @r#"
D0107 `request.csv` has no column `reason`, which `context.reason` is read from
  did you mean `Reason`? Its columns are `Customer Id`, `Reason`; name one with `from "…"`
D0107 `request.csv` has no column `companion`, which `context.companion` is read from
  its columns are `Customer Id`, `Reason`; name one with `from "…"`
D0107 `request.csv` has no column `tags`, which `context.tags` is read from
  its columns are `Customer Id`, `Reason`; name one with `from "…"`
D0107 `request.csv` has no column `note`, which `context.note` is read from
  its columns are `Customer Id`, `Reason`; name one with `from "…"`
"#);
    insta::assert_snapshot!(refused("request.jsonl", "{\"Customer Id\":\"a\",\"Reason\":\"purchase\"}\n"), @r#"
D0107 `request.jsonl` has no column `reason`, which `context.reason` is read from
  did you mean `Reason`? Its columns are `Customer Id`, `Reason`; name one with `from "…"`
D0107 `request.jsonl` has no column `companion`, which `context.companion` is read from
  its columns are `Customer Id`, `Reason`; name one with `from "…"`
D0107 `request.jsonl` has no column `tags`, which `context.tags` is read from
  its columns are `Customer Id`, `Reason`; name one with `from "…"`
D0107 `request.jsonl` has no column `note`, which `context.note` is read from
  its columns are `Customer Id`, `Reason`; name one with `from "…"`
"#);
    insta::assert_snapshot!(refused("request.csv", "Customer Id,reason,companion\na,Purchase,yes\n"), @"
D0112 column `reason` of `request.csv` holds values that `context.reason` does not list, in 1 row (in line 2)
  the declared values are `purchase`, `complaint` (one is nearly `purchase`: spaces and capitals count); add what is not there to the declaration, or declare it text
D0113 column `companion` of `request.csv` holds what is not bool, in 1 row (in line 2)
  write true or false; for other words declare `one_of` with the column's own values
");
    insta::assert_snapshot!(refused("request.txt", "Customer Id,reason\n"), @"
D0121 `request.txt` has no ending that says its format
  give it the ending .parquet, .csv, .jsonl, .ndjson, .arrow, .ipc or .feather
");
    let (folder, plan) = project();
    let nowhere = load(&folder, &plan, &Request::File("/nowhere/request.csv".into())).unwrap_err();
    insta::assert_snapshot!(nowhere[0].message(), @"`request.csv` cannot be read: it does not exist");
    // A file of the context's name in the data folder is no request.
    fs::write(folder.path().join("context.csv"), "Customer Id,companion\na,true\n").unwrap();
    assert_eq!(values(&read(&plan, folder.path()).unwrap().0, 1, 1), ["-", "-", "-"]);
    fs::remove_file(folder.path().join("customer.csv")).unwrap();
    assert!(tell(&plan, &folder).starts_with("D0102 there is no data file for `customer`"));
}

#[test]
fn one_request_is_the_same_for_all() {
    let (folder, plan) = project();
    let tags = Constant::Set(Element::Text, ["x", "y"].map(|text| Constant::Text(text.into())).into());
    let request = Request::Same(vec![
        (FieldId(0), Constant::OneOf(DomainId(0), 1)),
        (FieldId(1), Constant::Bool(true)),
        (FieldId(2), tags),
    ]);
    let (snapshot, _) = load(&folder, &plan, &request).unwrap();
    assert_eq!(values(&snapshot, 1, 0), ["complaint"; 3]);
    assert_eq!(values(&snapshot, 1, 1), ["true"; 3]);
    assert_eq!(values(&snapshot, 1, 2), ["{x y}"; 3]);
    assert_eq!(values(&snapshot, 1, 3), ["-"; 3]);
    // A value of another type is none.
    let (snapshot, _) = load(&folder, &plan, &Request::Same(vec![(FieldId(1), Constant::Int(1))])).unwrap();
    assert_eq!(values(&snapshot, 1, 1), ["-"; 3]);
}

#[test]
fn what_a_request_brings_is_part_of_the_data() {
    let (folder, plan) = project();
    let hash = |request: &Request| load(&folder, &plan, request).unwrap().1.read.hash();
    let of_value = |value| Request::Same(vec![(FieldId(0), Constant::OneOf(opportune_plan::DomainId(0), value))]);
    let file = |text: &str| {
        let elsewhere = TempDir::new().unwrap();
        let path = elsewhere.path().join("request.csv");
        fs::write(&path, text).unwrap();
        hash(&Request::File(path))
    };
    let (none, purchase, complaint) = (hash(&Request::None), hash(&of_value(0)), hash(&of_value(1)));
    let (a, b) = (file("Customer Id,reason\na,purchase\n"), file("Customer Id,reason\nb,purchase\n"));
    let all = std::collections::BTreeSet::from([&none, &purchase, &complaint, &a, &b]);
    assert_eq!(all.len(), 5);
    assert_eq!(none, hash(&Request::Same(Vec::new())));
    assert_eq!(a, file("Customer Id,reason\na,purchase\n"), "wherever the file is");
    // Another folder with the same files is the same data; another name of a file, or a byte in it, is not.
    let text = fs::read(folder.path().join("customer.csv")).unwrap();
    let copy = |name: &str, text: &[u8]| {
        let copy = TempDir::new().unwrap();
        fs::write(copy.path().join(name), text).unwrap();
        load(&copy, &plan, &Request::None).unwrap().1.read.hash()
    };
    assert_eq!(copy("customer.csv", &text), none);
    assert_ne!(copy("customer.CSV", &text), none);
    assert_ne!(copy("customer.csv", b"Customer Id\nc\na\nd\n"), none);
    fs::write(folder.path().join("nobody_reads_this.csv"), "x").unwrap();
    assert_eq!(hash(&Request::None), none);
}
