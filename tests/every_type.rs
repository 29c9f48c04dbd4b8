//! A project with a field of every type, from the files to the texts that customers read: the same decisions from CSV,
//! JSON lines and Parquet.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/project.rs"]
mod project;

use std::fs;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, FixedSizeListArray, Float64Array, Int64Array, ListArray, ListBuilder, RecordBatch,
    StringArray, StringBuilder, Time64MicrosecondArray,
};
use arrow::datatypes::{Float64Type, Int64Type};
use parquet::arrow::ArrowWriter;
use project::Project;

const MANIFEST: &str = "name = \"every type\"\nedition = \"2026\"\nnow = \"2026-11-20 12:00\"\nzone = \"UTC\"\n\
                        currency = \"USD\"\n\n[data]\nfolder = \"data\"\nintroduces = [\"customer\"]\n";

const POLICY: &str = r#"
customer customer {
  key customer_id: text
  adult: bool?
  wakes: time?
  zone: timezone? = "America/New_York"
  home: place?
  work: place? from north and "East of Greenwich"
  reach: distance?
  notice: months?
  tags: set of text?
  sizes: set of int?
  balance: money(JPY)?
}

events purchase {
  at bought: instant
  product_id: text -> product
}

table product {
  key product_id: text
  category: text?
}

context {
  reason: one_of(question, complaint)
  mood: text
}

channel mail { needs customer.customer_id is not "" }
channel sms { needs customer.customer_id is not "" }

portfolio {
  slate mail 9
  slate sms 9
}

offer a_letter {
  eligible when tags contains "art" and 42 in sizes and distance(home, work) < (reach else 5 km) and wakes < 09:00
  except when (context.reason = complaint) is true
  channel mail
  because "You like {tags}, wake at {wakes} and live {distance(home, work)} away"
  message "Sizes {sizes}, today {today as weekday}"
}

offer try_it for each category c of product {
  eligible when none(purchase where product.category = c else false)
  channel mail
  priority 0.5
  because "You never tried {c}"
}

offer a_word {
  eligible when balance > 0 JPY and exists(purchase)
  channel sms
  because "Your {balance} since {last(purchase).bought else now}"
  message "For all"
  message sms "{balance as 2 decimals} in {month(now)} {now as day and month}, {{ and }}"
}
"#;

const PURCHASES: &str = "customer_id,bought,product_id\nann,2026-11-01 23:30,tea\nbob,2026-11-19T04:30:00Z,tea\n";

/// Writes the customers in a format.
fn customers(project: &Project, format: &str) {
    match format {
        "csv" => project.write(
            "data/customer.csv",
            "customer_id,adult,wakes,zone,home,north,East of Greenwich,reach,notice,tags,sizes,balance\n\
             ann,true,07:30,Asia/Kathmandu,\"40.7,-74.0\",40.71,-74.0,,3,wine|art,1|42,1234500\n\
             bob,,,,,,,100.5,,|,,5.5\n\
             cal,false,07:30,,\"0,0\",50,0,1000,1,art,42,\n",
        ),
        "jsonl" => project.write(
            "data/customer.jsonl",
            r#"
{"customer_id":"cal","adult":false,"wakes":"07:30:00","home":[0,0],"north":50,"East of Greenwich":0,"reach":1000,"notice":1,"tags":["art","art"],"sizes":"42"}
{"customer_id":"bob","reach":100.5,"tags":[],"balance":5.5,"north":null}
{"customer_id":"ann","adult":true,"wakes":"07:30","zone":"asia/kathmandu","home":{"latitude":40.7,"longitude":-74.0},"north":40.71,"East of Greenwich":-74,"notice":3,"tags":["art","wine"],"sizes":[42,1],"balance":1234500}
"#,
        ),
        _ => project.write("data/customer.parquet", customers_as_parquet()),
    }
}

fn customers_as_parquet() -> Vec<u8> {
    let texts = |all: [Option<&str>; 3]| -> ArrayRef { Arc::new(StringArray::from(all.to_vec())) };
    let doubles = |all: [Option<f64>; 3]| -> ArrayRef { Arc::new(Float64Array::from(all.to_vec())) };
    let homes = [Some(vec![Some(40.7), Some(-74.0)]), None, Some(vec![Some(0.0), Some(0.0)])];
    let mut tags = ListBuilder::new(StringBuilder::new());
    for row in [&["wine", "art"][..], &[], &["art"]] {
        tags.append_value(row.iter().map(Some));
    }
    let sizes = [Some(vec![Some(42), Some(1)]), None, Some(vec![Some(42)])];
    let wakes = Some((7 * 60 + 30) * 60_000_000);
    let columns: [(&str, ArrayRef); 12] = [
        ("customer_id", texts([Some("ann"), Some("bob"), Some("cal")])),
        ("adult", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))),
        ("wakes", Arc::new(Time64MicrosecondArray::from(vec![wakes, None, wakes]))),
        ("zone", texts([Some("Asia/Kathmandu"), None, None])),
        ("home", Arc::new(FixedSizeListArray::from_iter_primitive::<Float64Type, _, _>(homes, 2))),
        ("north", doubles([Some(40.71), None, Some(50.0)])),
        ("East of Greenwich", doubles([Some(-74.0), None, Some(0.0)])),
        ("reach", doubles([None, Some(100.5), Some(1_000.0)])),
        ("notice", Arc::new(Int64Array::from(vec![Some(3), None, Some(1)]))),
        ("tags", Arc::new(tags.finish())),
        ("sizes", Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(sizes))),
        ("balance", doubles([Some(1_234_500.0), Some(5.5), None])),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true))).unwrap();
    let mut file = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    file
}

fn project(format: &str) -> Project {
    let project = Project::new();
    fs::remove_file(project.path("data/customer.csv")).unwrap();
    project.write("opportune.toml", MANIFEST);
    project.write("shop.offer", POLICY);
    project.write("data/purchase.csv", PURCHASES);
    project.write("data/product.csv", "product_id,category\ntea,DRINKS\nham,=MEAT\neel,\n");
    customers(&project, format);
    project
}

/// What the decisions of a run say.
fn decisions(project: &Project, arguments: &[&str]) -> String {
    let run = project.opportune(&[&["dry-run", "--out", "out.jsonl"], arguments].concat());
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    let text = fs::read_to_string(project.path("out.jsonl")).unwrap();
    let shown = |line: &str| {
        let mut row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
        let told = ["customer", "offer", "member", "channel", "reason", "message"];
        row.retain(|name, _| told.contains(&name.as_str()));
        serde_json::to_string(&row).unwrap()
    };
    text.lines().map(shown).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_format_leads_to_the_same_decisions() {
    let all = ["csv", "jsonl", "parquet"].map(|format| decisions(&project(format), &[]));
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
    insta::assert_snapshot!(all[0], @r#"
{"channel":"sms","customer":"ann","member":null,"message":"1,234,500.00 JPY in 11 20 November, { and }","offer":"a_word","reason":"Your 1,234,500 JPY since 2 November 2026, 05:15"}
{"channel":"mail","customer":"ann","member":null,"message":"Sizes 1 and 42, today Friday","offer":"a_letter","reason":"You like art and wine, wake at 07:30 and live 1.1 km away"}
{"channel":"mail","customer":"ann","member":"=MEAT","message":null,"offer":"try_it","reason":"You never tried =MEAT"}
{"channel":"sms","customer":"bob","member":null,"message":"5.50 JPY in 11 20 November, { and }","offer":"a_word","reason":"Your 6 JPY since 18 November 2026, 23:30"}
{"channel":"mail","customer":"bob","member":"=MEAT","message":null,"offer":"try_it","reason":"You never tried =MEAT"}
{"channel":"mail","customer":"cal","member":"DRINKS","message":null,"offer":"try_it","reason":"You never tried DRINKS"}
{"channel":"mail","customer":"cal","member":"=MEAT","message":null,"offer":"try_it","reason":"You never tried =MEAT"}
"#);
}

#[test]
fn a_request_changes_what_is_offered() {
    let project = project("csv");
    let ann = |decisions: &str| decisions.lines().filter(|line| line.contains("a_letter")).count();
    assert_eq!(ann(&decisions(&project, &[])), 1);
    assert_eq!(ann(&decisions(&project, &["--context", "reason=complaint"])), 0);
    assert_eq!(ann(&decisions(&project, &["--context", "reason=question"])), 1);
    project.write("request.csv", "customer_id,reason\nann,complaint\n");
    assert_eq!(ann(&decisions(&project, &["--context", "request.csv"])), 0);
    project.write("request.csv", "customer_id,reason\nbob,complaint\nzed,complaint\n,complaint\n");
    assert_eq!(ann(&decisions(&project, &["--context", "request.csv"])), 1);
    let told = project.opportune(&["dry-run", "--context", "request.csv"]).out;
    assert!(told.contains("context: 1 rows of customers that no table introduces are left out"), "{told}");
    assert!(told.contains("context: 1 rows without a customer are left out"), "{told}");
    project.write("request.csv", "customer_id,mood\nann,calm\n");
    let told = project.opportune(&["dry-run", "--context", "request.csv"]).out;
    assert!(told.contains("context.reason: 3 customers lack it, for no column brings it"), "{told}");
}
