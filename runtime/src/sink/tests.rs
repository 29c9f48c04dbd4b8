//! Decisions written and read again, and outputs that cannot be written.

use std::borrow::Cow;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::array::AsArray;
use arrow::array::types::{Float64Type, Int32Type, TimestampMicrosecondType};
use opportune_plan::{
    Arm, BUCKETS, Constant, Experiment, Exprs, Family, Field, FieldId, Float, Format, Offer, Op, Part, Schema, Source,
    Table, TableKind, Template, Type, verify,
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;

use super::*;
use crate::decide::Picks;
use crate::sample;
use crate::snapshot::{self, Column, Dictionary, Values};
use crate::template::tests::decision;

fn plan(because: Option<&str>) -> VerifiedPlan {
    let key =
        Field { name: "id".into(), source: Source::Column("id".into()), ty: Type::Text, nullable: false, link: None };
    let kind = TableKind::Customer { key: FieldId(0), introduced_by: vec![Schema::CUSTOMER] };
    let customer = Table { name: "customer".into(), source: "customer".into(), kind, fields: vec![key] };
    let schema = Schema { tables: vec![customer], domains: Vec::new() };
    let mut exprs = Exprs::default();
    let one = Op::Constant(Constant::Number(Float::new(1.0).unwrap()));
    let priority = exprs.add(&schema, one).unwrap();
    let offer = Offer { because: because.map(Template::plain), ..sample::offer("wipes", priority) };
    verify(sample::plan(schema, exprs, vec![offer])).unwrap()
}

fn customers(keys: Values, rows: usize) -> Snapshot {
    let table =
        snapshot::Table { rows, columns: vec![Column::full(keys)], links: vec![None], by_customer: None, unseen: None };
    Snapshot { tables: vec![table] }
}

fn two() -> Snapshot {
    let dictionary = Dictionary { values: vec!["=a,\"b\"".into(), "z".into()] };
    customers(Values::Codes(vec![0, 1], Arc::new(dictionary)), 2)
}

fn write(path: &Path, plan: &VerifiedPlan, snapshot: &Snapshot, slices: &[&[Decision]]) -> Result<(), SinkError> {
    let clock = Clock::new(0, "UTC").unwrap();
    let mut writer = DecisionWriter::create(path, plan, snapshot, &clock, "DATA".into())?;
    slices.iter().try_for_each(|slice| writer.write(slice))?;
    writer.finish()
}

fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn csv_and_json_lines_read_as_text() {
    let (folder, plan) = (TempDir::new().unwrap(), plan(Some("=1+1, \"free\"")));
    let (csv, jsonl) = (folder.path().join("out.csv"), folder.path().join("out.jsonl"));
    write(&csv, &plan, &two(), &[&[decision(0)], &[decision(1)]]).unwrap();
    write(&jsonl, &plan, &two(), &[&[decision(0), decision(1)]]).unwrap();
    let hash = policy_hash(&plan);
    insta::assert_snapshot!(fs::read_to_string(csv).unwrap().replace(&hash, "HASH"), @r#"
customer,offer,member,channel,slot,send_at,value,priority,reason,message,items,arm,propensity,holdout,policy_hash,data_hash,now,cost,run,decision,ledger
"=a,""b""",wipes,,email,1,1970-01-01T00:00:01.5Z,2.5,0.1,"'=1+1, ""free""",,,,1.0,false,HASH,DATA,1970-01-01T00:00:00Z,,,,0
z,wipes,,email,1,1970-01-01T00:00:01.5Z,2.5,0.1,"'=1+1, ""free""",,,,1.0,false,HASH,DATA,1970-01-01T00:00:00Z,,,,0
"#);
    insta::assert_snapshot!(fs::read_to_string(jsonl).unwrap().replace(&hash, "HASH"), @r#"
{"customer":"=a,\"b\"","offer":"wipes","member":null,"channel":"email","slot":1,"send_at":"1970-01-01T00:00:01.5Z","value":2.5,"priority":0.1,"reason":"=1+1, \"free\"","message":null,"items":[],"arm":null,"propensity":1.0,"holdout":false,"policy_hash":"HASH","data_hash":"DATA","now":"1970-01-01T00:00:00Z","cost":null,"run":null,"decision":null,"ledger":0}
{"customer":"z","offer":"wipes","member":null,"channel":"email","slot":1,"send_at":"1970-01-01T00:00:01.5Z","value":2.5,"priority":0.1,"reason":"=1+1, \"free\"","message":null,"items":[],"arm":null,"propensity":1.0,"holdout":false,"policy_hash":"HASH","data_hash":"DATA","now":"1970-01-01T00:00:00Z","cost":null,"run":null,"decision":null,"ledger":0}
"#);
    assert_eq!(names(&folder).len(), 2);
}

#[test]
fn members_and_filled_texts_are_written() {
    use crate::template::tests::{PRODUCT, hole, plan, snapshot};
    let family = Family { table: PRODUCT, field: FieldId(1) };
    let plan = plan(Some(family), |add| {
        let member = add(Op::Member(PRODUCT, FieldId(1)));
        let hole = || hole(member, Format::Plain, None);
        let because = Template { parts: vec![Part::Text("Never ".into()), hole(), Part::Text("!\n\"Try\" it".into())] };
        vec![because, Template { parts: vec![hole()] }]
    });
    let decisions = [0, 1].map(|member| Decision { member: Some(member), ..decision(0) });
    let (folder, snapshot) = (TempDir::new().unwrap(), snapshot());
    let text = |name: &str| {
        let path = folder.path().join(name);
        write(&path, &plan, &snapshot, &[&decisions]).unwrap();
        fs::read_to_string(path).unwrap().replace(&policy_hash(&plan), "HASH")
    };
    insta::assert_snapshot!(text("out.csv"), @r#"
customer,offer,member,channel,slot,send_at,value,priority,reason,message,items,arm,propensity,holdout,policy_hash,data_hash,now,cost,run,decision,ledger
a,wipes,'=beer,email,1,1970-01-01T00:00:01.5Z,2.5,0.1,"Never =beer!
""Try"" it",'=beer,,,1.0,false,HASH,DATA,1970-01-01T00:00:00Z,,,,0
a,wipes,wine,email,1,1970-01-01T00:00:01.5Z,2.5,0.1,"Never wine!
""Try"" it",wine,,,1.0,false,HASH,DATA,1970-01-01T00:00:00Z,,,,0
"#);
    insta::assert_snapshot!(text("out.jsonl"), @r#"
{"customer":"a","offer":"wipes","member":"=beer","channel":"email","slot":1,"send_at":"1970-01-01T00:00:01.5Z","value":2.5,"priority":0.1,"reason":"Never =beer!\n\"Try\" it","message":"=beer","items":[],"arm":null,"propensity":1.0,"holdout":false,"policy_hash":"HASH","data_hash":"DATA","now":"1970-01-01T00:00:00Z","cost":null,"run":null,"decision":null,"ledger":0}
{"customer":"a","offer":"wipes","member":"wine","channel":"email","slot":1,"send_at":"1970-01-01T00:00:01.5Z","value":2.5,"priority":0.1,"reason":"Never wine!\n\"Try\" it","message":"wine","items":[],"arm":null,"propensity":1.0,"holdout":false,"policy_hash":"HASH","data_hash":"DATA","now":"1970-01-01T00:00:00Z","cost":null,"run":null,"decision":null,"ledger":0}
"#);
    let path = folder.path().join("out.parquet");
    write(&path, &plan, &snapshot, &[&decisions]).unwrap();
    let file = fs::File::open(&path).unwrap();
    let batch = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap().next().unwrap().unwrap();
    let found = |column: &str| batch.column_by_name(column).unwrap().as_string::<i32>().value(0).to_owned();
    assert_eq!(["member", "reason", "message"].map(found), ["=beer", "Never =beer!\n\"Try\" it", "=beer"]);
}

#[test]
fn picked_items_are_a_list() {
    use crate::template::tests::{plan_with, snapshot};
    let plan = plan_with(None, &[FieldId(0), FieldId(1)], |_| Vec::new());
    let (folder, snapshot, none) = (TempDir::new().unwrap(), snapshot(), u32::MAX);
    let picks = [[0, 0, none, none], [3, 1, none, none], [none; 4]];
    let decisions = picks.map(|picks| Decision { picks: Picks(picks), ..decision(0) });
    let text = |name: &str| {
        let path = folder.path().join(name);
        write(&path, &plan, &snapshot, &[&decisions]).unwrap();
        fs::read_to_string(path)
    };
    let cell = |line: &str| line.split("0.1,,,").nth(1).unwrap().split(",,").next().unwrap().to_owned();
    assert_eq!(text("out.csv").unwrap().lines().skip(1).map(cell).collect::<Vec<_>>(), ["10|=beer", "2000|wine", ""]);
    let list = |line: &str| line.split_once("\"items\":").unwrap().1.split(",\"arm").next().unwrap().to_owned();
    let jsonl = text("out.jsonl").unwrap();
    assert_eq!(jsonl.lines().map(list).collect::<Vec<_>>(), [r#"["10","=beer"]"#, r#"["2000","wine"]"#, "[]"]);
    // A Parquet file is no text.
    assert!(text("out.parquet").is_err());
    let file = fs::File::open(folder.path().join("out.parquet")).unwrap();
    let batch = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap().next().unwrap().unwrap();
    let items = batch.column_by_name("items").unwrap().as_list::<i32>();
    let items = |row: usize| items.value(row).as_string::<i32>().iter().map(|item| item.unwrap().to_owned()).collect();
    let items: [Vec<String>; 3] = [0, 1, 2].map(items);
    assert_eq!(items, [vec!["10", "=beer"], vec!["2000", "wine"], vec![]]);
}

#[test]
fn a_bar_within_an_item_is_told_from_one_between() {
    let joined = |items: &[&str]| batch::joined(&items.iter().map(|item| (*item).into()).collect::<Vec<_>>());
    assert_eq!(joined(&["a|b", "c\\", "d"]), r"a\|b|c\\|d");
    assert_eq!([joined(&[]), joined(&["a", "b"])], ["", "a|b"]);
}

#[test]
fn arms_and_ghosts_are_written() {
    let folder = TempDir::new().unwrap();
    let arm = |name: &str, share| Arm { name: name.into(), share };
    let mut arms = opportune_plan::Plan::clone(&plan(None));
    let bucket = arms.exprs.add(&arms.schema, Op::Constant(Constant::Int(7))).unwrap();
    let arms_of = vec![arm("plain", 7_500), arm("=big", BUCKETS - 7_500)];
    arms.offers[0].experiment = Some(Experiment { bucket, arms: arms_of });
    let plan = verify(arms).unwrap();
    let decisions = [
        Decision { arm: Some(0), propensity: 0.75, ..decision(0) },
        Decision { arm: Some(1), propensity: 0.25 * 0.1, held_out: true, ..decision(1) },
    ];
    let (csv, parquet) = (folder.path().join("out.csv"), folder.path().join("out.parquet"));
    for path in [&csv, &parquet] {
        write(path, &plan, &two(), &[&decisions]).unwrap();
    }
    let text = fs::read_to_string(csv).unwrap();
    let told: Vec<&str> = text.lines().skip(1).map(|line| line.split_once(",,,,").unwrap().1).collect();
    let hash = policy_hash(&plan);
    let ends =
        ["plain,0.75,false", "'=big,0.025,true"].map(|told| format!("{told},{hash},DATA,1970-01-01T00:00:00Z,,,,0"));
    assert_eq!(told, ends);
    let file = fs::File::open(&parquet).unwrap();
    let batch = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap().next().unwrap().unwrap();
    let column = |name: &str| batch.column_by_name(name).unwrap();
    assert_eq!([0, 1].map(|row| column("arm").as_string::<i32>().value(row)), ["plain", "=big"]);
    assert_eq!([0, 1].map(|row| column("holdout").as_boolean().value(row)), [false, true]);
    assert_eq!([0, 1].map(|row| column("propensity").as_primitive::<Float64Type>().value(row)), [0.75, 0.025]);
}

#[test]
fn parquet_has_types() {
    let (folder, plan) = (TempDir::new().unwrap(), plan(None));
    let path = folder.path().join("out.parquet");
    write(&path, &plan, &customers(Values::Int64(vec![-7, 8]), 2), &[&[decision(1)]]).unwrap();
    let file = fs::File::open(&path).unwrap();
    let batch = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap().next().unwrap().unwrap();
    insta::assert_snapshot!(
        batch.schema().fields().iter().map(|f| format!("{}: {}", f.name(), f.data_type())).collect::<Vec<_>>().join("\n"),
        @r#"
customer: Int64
offer: Utf8
member: Utf8
channel: Utf8
slot: Int32
send_at: Timestamp(µs, "UTC")
value: Float64
priority: Float64
reason: Utf8
message: Utf8
items: List(non-null Utf8, field: 'element')
arm: Utf8
propensity: Float64
holdout: Boolean
policy_hash: Utf8
data_hash: Utf8
now: Timestamp(µs, "UTC")
cost: Float64
run: Utf8
decision: Utf8
ledger: Int64
"#
    );
    let column = |name: &str| batch.column_by_name(name).unwrap();
    assert_eq!(column("customer").as_primitive::<arrow::datatypes::Int64Type>().value(0), 8);
    assert_eq!(column("slot").as_primitive::<Int32Type>().value(0), 1);
    assert_eq!(column("send_at").as_primitive::<TimestampMicrosecondType>().value(0), 1_500_000);
    assert_eq!(["value", "priority"].map(|name| column(name).as_primitive::<Float64Type>().value(0)), [2.5, 0.1]);
    assert!(["reason", "member", "arm"].iter().all(|name| column(name).is_null(0)));
    assert!(column("items").is_valid(0) && column("items").as_list::<i32>().value(0).is_empty());
}

#[test]
fn the_bytes_do_not_depend_on_the_slices() {
    let (folder, plan, snapshot) = (TempDir::new().unwrap(), plan(Some("because")), two());
    let all: Vec<Decision> = (0..20_000).map(|row| decision(row % 2)).collect();
    for ending in ["parquet", "csv", "jsonl"] {
        let (a, b) = (folder.path().join(format!("a.{ending}")), folder.path().join(format!("b.{ending}")));
        write(&a, &plan, &snapshot, &[&all]).unwrap();
        let slices: Vec<&[Decision]> = all.chunks(777).collect();
        write(&b, &plan, &snapshot, &slices).unwrap();
        assert!(fs::read(a).unwrap() == fs::read(b).unwrap(), "{ending}");
    }
}

#[test]
fn nothing_is_left_where_it_fails_or_is_given_up() {
    let (folder, plan, snapshot) = (TempDir::new().unwrap(), plan(None), two());
    let path = folder.path().join("out.parquet");
    fs::write(&path, "before").unwrap();
    let clock = Clock::new(0, "UTC").unwrap();
    let mut writer = DecisionWriter::create(&path, &plan, &snapshot, &clock, String::new()).unwrap();
    writer.write(&[decision(0)]).unwrap();
    drop(writer);
    assert_eq!(names(&folder), ["out.parquet"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "before");
    write(&path, &plan, &snapshot, &[]).unwrap();
    assert!(fs::read(&path).unwrap().starts_with(b"PAR1"));
    let csv = folder.path().join("empty.csv");
    write(&csv, &plan, &snapshot, &[]).unwrap();
    assert_eq!(
        fs::read_to_string(csv).unwrap(),
        "customer,offer,member,channel,slot,send_at,value,priority,reason,message,items,arm,propensity,holdout,policy_hash,data_hash,now,cost,run,decision,ledger\n"
    );
}

/// Rows as they come back from where they were kept.
fn kept(row: Row<'_>) -> Row<'static> {
    let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
    Row {
        customer: match row.customer {
            Key::Int(key) => Key::Int(key),
            Key::Text(key) => Key::Text(own(key)),
        },
        offer: own(row.offer),
        member: row.member.map(own),
        channel: own(row.channel),
        reason: row.reason.map(own),
        message: row.message.map(own),
        items: Cow::Owned(row.items.into_owned()),
        arm: row.arm.map(own),
        decision: row.decision.map(own),
        ..row
    }
}

#[test]
fn rows_that_were_kept_are_the_same_bytes() {
    use crate::template::tests::{PRODUCT, plan_with, snapshot};
    let family = Family { table: PRODUCT, field: FieldId(1) };
    let plans = [
        (plan_with(Some(family), &[], |_| Vec::new()), snapshot()),
        (plan_with(None, &[FieldId(0), FieldId(1)], |_| Vec::new()), snapshot()),
        (plan(Some("=\"because\"")), customers(Values::Int64(vec![-7, 8, 9]), 3)),
    ];
    let folder = TempDir::new().unwrap();
    for (plan, snapshot) in &plans {
        let member = |n: u32| plan.offers[0].family.map(|_| n % 2);
        let picks = |n: u32| Picks([n % 3, u32::MAX - n % 2, u32::MAX, u32::MAX]);
        let decision =
            |n: u32| Decision { member: member(n), picks: picks(n), held_out: n.is_multiple_of(5), ..decision(n % 3) };
        let decisions: Vec<Decision> = (0..9_000).map(decision).collect();
        let clock = Clock::new(7, "UTC").unwrap();
        let rows = || DecidedRows::new(plan, snapshot, &clock, "DATA".into()).of_run("a-run").with_ledger(42);
        for ending in ["parquet", "csv", "jsonl"] {
            let (a, b) = (folder.path().join(format!("a.{ending}")), folder.path().join(format!("b.{ending}")));
            let mut straight = DecisionWriter::of(&a, rows()).unwrap();
            straight.write(&decisions).unwrap();
            straight.finish().unwrap();
            let mut again = RowWriter::create(&b, rows().head().clone()).unwrap();
            for slice in decisions.chunks(777) {
                again.write(rows().rows(slice).into_iter().map(kept)).unwrap();
            }
            again.finish().unwrap();
            assert!(fs::read(a).unwrap() == fs::read(b).unwrap(), "{ending}");
        }
    }
}

#[test]
fn a_run_names_its_decisions() {
    let (folder, plan) = (TempDir::new().unwrap(), plan(None));
    let path = folder.path().join("out.jsonl");
    let (snapshot, clock) = (customers(Values::Int64(vec![-7, 8]), 2), Clock::new(0, "UTC").unwrap());
    let rows = DecidedRows::new(&plan, &snapshot, &clock, "DATA".into()).of_run("20261120-k3x9qa").with_ledger(42);
    let mut writer = DecisionWriter::of(&path, rows).unwrap();
    writer.write(&[decision(0), decision(1)]).unwrap();
    writer.finish().unwrap();
    let text = fs::read_to_string(path).unwrap();
    let ends: Vec<&str> = text.lines().map(|line| line.split_once("\"cost\":").unwrap().1).collect();
    // printf '["20261120-k3x9qa",-7,"wipes",null,"email",1]' | b3sum --length 16
    let names = ["afbc93d9a3f174fe31395e8bbc133e5e", "2ea3b80acf52dffe21bb2625c5be9820"];
    let ends_of = |name: &str| format!(r#"null,"run":"20261120-k3x9qa","decision":"{name}","ledger":42}}"#);
    assert_eq!(ends, names.map(ends_of));
}

#[test]
fn the_name_of_a_decision_tells_all_that_names_it() {
    let snapshot = two();
    let plan = plan(None);
    let clock = Clock::new(0, "UTC").unwrap();
    let rows = DecidedRows::new(&plan, &snapshot, &clock, String::new());
    let row = rows.rows(&[decision(0)]).remove(0);
    let others = [
        Row { customer: Key::Text("z".into()), ..row.clone() },
        Row { customer: Key::Text("7".into()), ..row.clone() },
        Row { customer: Key::Int(7), ..row.clone() },
        Row { offer: "wipes\",null".into(), ..row.clone() },
        Row { member: Some("".into()), ..row.clone() },
        Row { member: Some("null".into()), ..row.clone() },
        Row { channel: "mail".into(), ..row.clone() },
        Row { slot: 2, ..row.clone() },
    ];
    let mut names: Vec<String> = others.iter().chain([&row]).map(|row| decision_id("run", row)).collect();
    names.push(decision_id("another", &row));
    assert!(names.iter().all(|name| name.len() == 32));
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 10);
    // What it says beside does not name it: who decides again gives it the same name.
    let other = Row { value: 7.0, reason: Some("why".into()), held_out: true, send_at: 3, ..row.clone() };
    assert_eq!(decision_id("run", &other), decision_id("run", &row));
}

#[test]
fn files_are_read_again_and_differences_told() {
    use super::read::{Difference, Told, difference, told};
    let (folder, plan, snapshot) = (TempDir::new().unwrap(), plan(Some("=\"a\",\nb")), two());
    let clock = Clock::new(1_500_000, "UTC").unwrap();
    let written = |name: &str, decisions: &[Decision]| {
        let path = folder.path().join(name);
        let rows = DecidedRows::new(&plan, &snapshot, &clock, "DATA".into()).of_run("a-run").with_ledger(42);
        let mut writer = DecisionWriter::of(&path, rows).unwrap();
        writer.write(decisions).unwrap();
        writer.finish().unwrap();
        path
    };
    let all: Vec<Decision> = (0..9_000).map(|row| decision(row % 2)).collect();
    let other = |at: usize, change: fn(&mut Decision)| {
        let mut all = all.clone();
        change(&mut all[at]);
        all
    };
    for ending in ["parquet", "csv", "jsonl"] {
        let one = written(&format!("one.{ending}"), &all);
        let of_run = Told {
            policy_hash: policy_hash(&plan),
            data_hash: "DATA".into(),
            now: 1_500_000,
            run: Some("a-run".into()),
            ledger: 42,
        };
        assert_eq!(told(&one).unwrap(), Some(of_run), "{ending}");
        let is = |decisions: &[Decision], expected: Difference| {
            let two = written(&format!("two.{ending}"), decisions);
            assert_eq!(difference(&one, &two).unwrap(), expected, "{ending}");
            assert_eq!(difference(&two, &one).unwrap(), expected, "{ending}");
        };
        let columns = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        is(&all, Difference::None);
        is(&other(0, |d| d.held_out = true), Difference::Row(1, columns(&["holdout"])));
        is(
            &other(8_999, |d| (d.slot, d.value) = (2, 0.1)),
            Difference::Row(9_000, columns(&["slot", "value", "decision"])),
        );
        is(&other(8_500, |d| d.send_at += 1), Difference::Row(8_501, columns(&["send_at"])));
        is(&all[..8_999], Difference::Length(8_999));
        is(&[], Difference::Length(0));
        assert_eq!(told(&written(&format!("none.{ending}"), &[])).unwrap(), None);
    }
}

#[test]
fn what_is_no_decisions_file_is_refused() {
    let folder = TempDir::new().unwrap();
    let refused = |name: &str, text: &str| {
        let path = folder.path().join(name);
        if !text.is_empty() {
            fs::write(&path, text).unwrap();
        }
        let error = read::told(&path).unwrap_err();
        let message = format!("{} {}", error.code(), error.message());
        message.replace(&*folder.path().to_string_lossy(), "FOLDER")
    };
    insta::assert_snapshot!(refused("gone.csv", ""), @"D0204 the decisions in `FOLDER/gone.csv` cannot be read: there is no such file");
    insta::assert_snapshot!(refused("other.csv", "customer,offer\n1,tea\n"), @"D0205 `FOLDER/other.csv` is no file of decisions: its first row does not tell policy, data, `now` and ledger");
    insta::assert_snapshot!(refused("other.jsonl", "{\"customer\":1}\n"), @"D0205 `FOLDER/other.jsonl` is no file of decisions: its first row does not tell policy, data, `now` and ledger");
    insta::assert_snapshot!(refused("other.txt", "x"), @"D0201 `FOLDER/other.txt` is no name for a file of decisions: its ending says no format");
    assert!(refused("broken.parquet", "PAR1").starts_with("D0204 "));
    assert!(refused("broken.jsonl", "[1]\n").starts_with("D0204 "));
}

#[test]
fn costs_are_whole_units() {
    let (folder, plan, snapshot) = (TempDir::new().unwrap(), plan(None), two());
    let path = folder.path().join("out.csv");
    let rows = DecidedRows::new(&plan, &snapshot, &Clock::new(0, "UTC").unwrap(), String::new());
    let mut writer = RowWriter::create(&path, rows.head().clone()).unwrap();
    let row = kept(rows.rows(&[decision(1)]).remove(0));
    writer.write([Some(1_250_000), Some(0), None].map(|cost| Row { cost, ..row.clone() })).unwrap();
    writer.finish().unwrap();
    let text = fs::read_to_string(path).unwrap();
    let ends: Vec<&str> = text.lines().skip(1).map(|line| line.split_once("00Z,").unwrap().1).collect();
    assert_eq!(ends, ["1.25,,,0", "0.0,,,0", ",,,0"]);
}

fn refused(path: &Path) -> String {
    let all = vec![decision(0); 10_000];
    let error = write(path, &plan(None), &two(), &[&all]).unwrap_err();
    let text = format!("{} {}", error.code(), error.message());
    text.replace(&*path.parent().unwrap().to_string_lossy(), "FOLDER")
}

#[test]
fn outputs_that_cannot_be_written_are_refused() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("folder.csv")).unwrap();
    insta::assert_snapshot!(refused(&folder.path().join("out.txt")), @"D0201 `FOLDER/out.txt` is no name for a file of decisions: its ending says no format");
    insta::assert_snapshot!(refused(&folder.path().join("folder.csv")), @"D0202 decisions cannot be written to `FOLDER/folder.csv`: it is a folder");
    insta::assert_snapshot!(refused(&folder.path().join("none/out.csv")), @"D0203 decisions cannot be written to `FOLDER/out.csv`: its folder does not exist");
    assert_eq!(names(&folder), ["folder.csv"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let folder = TempDir::new().unwrap();
    for ending in ["parquet", "csv", "jsonl"] {
        let path = folder.path().join(format!("full.{ending}"));
        std::os::unix::fs::symlink("/dev/full", &path).unwrap();
        let text = refused(&path);
        assert_eq!(text, format!("D0203 decisions cannot be written to `FOLDER/full.{ending}`: the disk is full"));
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_and_the_file_is_readable_by_others() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let (link, real) = (folder.path().join("link.csv"), folder.path().join("real.csv"));
    fs::write(&real, "before").unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    write(&link, &plan(None), &two(), &[]).unwrap();
    assert!(link.is_symlink());
    assert!(fs::read_to_string(&real).unwrap().starts_with("customer,"));
    let fresh = folder.path().join("fresh.csv");
    fs::write(&fresh, "").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&real), mode(&fresh));
}

#[test]
fn a_table_is_written_in_every_format() {
    let columns = [
        ("key", CellType::Name),
        ("at", CellType::Instant),
        ("text", CellType::Text),
        ("count", CellType::Int),
        ("share", CellType::Number),
        ("made", CellType::Bool),
        ("items", CellType::Texts),
    ];
    let full = || {
        let texts = |texts: &[&str]| Cell::Texts(texts.iter().map(|text| (*text).into()).collect());
        let (key, text) = (Cell::Text("=1".into()), Cell::Text("=1".into()));
        vec![key, Cell::Int(1_500_000), text, Cell::Int(-3), Cell::Number(0.25), Cell::Bool(true), texts(&["a|b", "c"])]
    };
    let folder = TempDir::new().unwrap();
    let written = |name: &str| {
        let path = folder.path().join(name);
        let mut writer = TableWriter::create(&path, &columns).unwrap();
        for row in [full(), vec![Cell::Missing; 7], Vec::new()] {
            writer.write(row).unwrap();
        }
        assert!(!path.exists(), "whole or not at all");
        writer.finish().unwrap();
        fs::read(path).unwrap()
    };
    let text = |name: &str| String::from_utf8(written(name)).unwrap();
    assert_eq!(
        text("t.csv"),
        "key,at,text,count,share,made,items\n=1,1970-01-01T00:00:01.5Z,'=1,-3,0.25,true,a\\|b|c\n,,,,,,\n,,,,,,\n"
    );
    let missing =
        "{\"key\":null,\"at\":null,\"text\":null,\"count\":null,\"share\":null,\"made\":null,\"items\":null}\n";
    let first = "{\"key\":\"=1\",\"at\":\"1970-01-01T00:00:01.5Z\",\"text\":\"=1\",\"count\":-3,\"share\":0.25,\"made\":true,\
                 \"items\":[\"a|b\",\"c\"]}\n";
    assert_eq!(text("t.jsonl"), [first, missing, missing].concat());
    written("t.parquet");
    let file = fs::File::open(folder.path().join("t.parquet")).unwrap();
    let batches: Vec<_> = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap().collect();
    let batch = batches[0].as_ref().unwrap();
    assert_eq!((batches.len(), batch.num_rows(), batch.num_columns()), (1, 3, 7));
    assert_eq!(batch.column(1).as_primitive::<TimestampMicrosecondType>().value(0), 1_500_000);
    assert!((0..7).all(|column| batch.column(column).null_count() == 2));
    let refused = TableWriter::create(&folder.path().join("t.xlsx"), &columns).err().unwrap();
    assert_eq!(refused.code(), "D0201");
    assert_eq!(names(&folder).len(), 3);
}
