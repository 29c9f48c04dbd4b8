//! What `validate` tells of a policy that is right: guarantees, reviews that are past, and the bound on work.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/project.rs"]
mod project;

use std::path::Path;

use project::{Project, run};

const ALCOHOL: &str = "
offer fields {
  topic: text = \"food\"
}

offer wine {
  channel mail
  topic \"alcohol\"
  eligible when age >= 25
}

offer beer {
  channel mail
  topic \"beer\"
}
";

fn guarantee(review: &str, clause: &str) -> String {
    format!("guarantee \"the young\"{review} {{\n  {clause}\n}}\n")
}

#[test]
fn each_guarantee_says_what_it_watches_and_whether_it_is_kept_anyway() {
    for (clause, says) in [
        ("never offer.topic = \"toys\" when age < 21", "watches no offer: none has such fields"),
        ("never offer.topic = \"alcohol\" when age < 21", "watches 1 offer, kept anyway: their own conditions say so"),
        ("never offer.topic in [\"alcohol\", \"beer\"] when age < 21", "watches 2 offers, and forbids where it must"),
    ] {
        let project = Project::new();
        project.append("shop.offer", &format!("{ALCOHOL}\n{}", guarantee("", clause)));
        let run = project.opportune(&["validate"]);
        assert_eq!((run.exit, run.err.as_str()), (0, ""), "{clause}");
        assert!(run.out.ends_with(&format!("guarantees\n  the young\n    {says}\n")), "{}", run.out);
    }
}

#[test]
fn a_guarantee_forbids_unless_it_is_definitely_false() {
    let project = Project::new();
    project
        .append("shop.offer", &format!("{ALCOHOL}\n{}", guarantee("", "never offer.topic = \"beer\" when age < 40")));
    let run = project.opportune(&["dry-run", "--now", "2026-10-02 12:00"]);
    assert_eq!(run.exit, 0, "{}", run.err);
    // ann is 30, bob's age is missing, cy is 77.
    let beer: Vec<&str> = run.out.lines().find(|line| line.starts_with("beer ")).unwrap().split_whitespace().collect();
    let head: Vec<&str> = run.out.lines().find(|line| line.starts_with("offer ")).unwrap().split_whitespace().collect();
    let at = head.iter().position(|column| *column == "forbidden").unwrap_or_else(|| panic!("{}", run.out));
    assert_eq!((beer[1], beer[at]), ("3", "2"), "{}", run.out);
}

#[test]
fn a_review_that_is_past_is_a_warning() {
    let project = Project::new();
    let clause = "never offer.topic = \"alcohol\" when age < 21";
    project.append("shop.offer", &format!("{ALCOHOL}\n{}", guarantee(" review by 2026-09-30", clause)));
    // The project's `now` is before it; a dry run may be later.
    let early = project.opportune(&["dry-run", "--now", "2026-09-30 23:59"]);
    assert_eq!((early.exit, early.err.as_str()), (0, ""));
    let late = project.opportune(&["dry-run", "--now", "2026-10-01 00:00"]);
    assert_eq!(late.exit, 0);
    insta::assert_snapshot!(late.err);
    let manifest =
        |now: &str| project.write("opportune.toml", format!("now = \"{now}\"\n{}", without_now(Project::MANIFEST)));
    manifest("2026-12-01 00:00");
    let run = project.opportune(&["validate"]);
    assert_eq!(run.exit, 0, "a warning is no error");
    assert!(run.err.contains("E0522"), "{}", run.err);
    manifest("2026-09-30 12:00");
    assert_eq!(project.opportune(&["validate"]).err, "");
}

fn without_now(manifest: &str) -> String {
    manifest.lines().filter(|line| !line.starts_with("now")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_bound_on_work_of_the_grocer() {
    let run = run(Path::new(env!("CARGO_MANIFEST_DIR")), &["validate", "policies/grocer", "--cost"]);
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    assert!(run.out.lines().all(|line| line.chars().count() <= 80), "wider than 80 columns:\n{}", run.out);
    insta::assert_snapshot!(run.out);
}

#[test]
fn the_bound_grows_with_what_the_policy_says_and_with_nothing_else() {
    let cost = |policy: &str| {
        let project = Project::new();
        project.append("shop.offer", policy);
        project.opportune(&["validate", "--cost"]).out
    };
    let aggregates = |out: &str| -> Vec<String> {
        let line = out.lines().find(|line| line.starts_with("purchase")).unwrap_or_else(|| panic!("{out}"));
        line.split_whitespace().map(str::to_owned).collect()
    };
    let one = cost("");
    assert_eq!(aggregates(&one)[1], "1", "{one}");
    // The same question, asked again, costs nothing; another one does.
    let again = "offer again {\n  channel mail\n  eligible when count(purchase where product.kind = drink) >= 1\n}";
    assert_eq!(aggregates(&cost(again)), aggregates(&one));
    let other = "offer other {\n  channel mail\n  eligible when sum(purchase.spend) > 5 USD\n}";
    assert_eq!(aggregates(&cost(other))[1], "2");
    let family = "offer each for each product_id p of product {\n  channel mail\n  eligible when exists(purchase where product_id = p)\n}";
    let out = cost(family);
    assert_eq!(&aggregates(&out)[1..3], ["2", "1"], "{out}");
    assert!(out.contains("for each member"), "{out}");
    let journey = "journey j = purchase, then purchase within 3 days\n\noffer late {\n  channel mail\n  eligible when j.step = 2\n}";
    assert_eq!(aggregates(&cost(journey))[3], "2");
}

fn text_of(project: &Project) -> String {
    std::fs::read_to_string(project.path("shop.offer")).unwrap()
}

const SLIPS: &str = "
allow E1002 \"outlived\"
offer slips {
  chanel mail
  eligible when age == 30 && age > 3
}
";

#[test]
fn sure_fixes_are_written_and_told() {
    let project = Project::new();
    let before = text_of(&project);
    project.append("shop.offer", SLIPS);
    let run = project.opportune(&["validate", "--fix"]);
    assert_eq!((run.exit, run.err.as_str()), (0, ""), "{}", run.out);
    assert!(run.out.starts_with("shop.offer: ") && run.out.contains("5 fixes"), "{}", run.out);
    let after = text_of(&project);
    let mended = "offer slips {\n  channel mail\n  eligible when age = 30\n}\n";
    assert_eq!(after.trim_end(), format!("{}\n\n\n{mended}", before.trim_end()).trim_end());
    let again = project.opportune(&["validate", "--fix"]);
    assert!(again.out.starts_with("shop is valid"), "{}", again.out);
    assert_eq!(text_of(&project), after);
}

#[test]
fn a_text_becomes_the_one_that_the_data_has() {
    let project = Project::new();
    let offer = |product: &str| {
        let condition = format!("exists(purchase where product.product_id = \"{product}\")");
        format!("\noffer tea {{\n  channel mail\n  eligible when {condition}\n}}\n")
    };
    project.append("shop.offer", &offer("tee"));
    let run = project.opportune(&["validate", "--fix"]);
    assert_eq!((run.exit, run.err.as_str()), (0, ""), "{}", run.out);
    assert!(text_of(&project).ends_with(&offer("tea")), "{}", text_of(&project));
}

#[test]
fn what_cannot_be_mended_is_left_as_it_is() {
    let project = Project::new();
    project.append("shop.offer", "\noffer lost {\n  channel mail\n  eligible when nobody\n}\n");
    let before = text_of(&project);
    let run = project.opportune(&["validate", "--fix"]);
    assert_eq!(run.exit, 1);
    assert_eq!(text_of(&project), before);
}

#[test]
fn diagnostics_are_lines_of_json() {
    let project = Project::new();
    project.append("shop.offer", "\noffer slips {\n  channel mail\n  eligible when age == 30\n}\n");
    let run = project.opportune(&["validate", "--format", "json"]);
    assert_eq!((run.exit, run.err.as_str()), (1, ""));
    let lines: Vec<serde_json::Value> = run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1, "{}", run.out);
    assert_eq!(lines[0]["code"], "E0107");
    assert_eq!(lines[0]["severity"], "error");
    assert_eq!(lines[0]["path"], "shop.offer");
    assert_eq!(lines[0]["fix"]["replacement"], "=");
    let line = text_of(&project).lines().position(|line| line.contains("==")).unwrap() + 1;
    assert_eq!(lines[0]["span"]["start"]["line"], line);
    assert_eq!(lines[0]["span"]["start"]["column"], 21);
}

#[test]
fn warnings_can_be_denied() {
    let project = Project::new();
    assert_eq!(project.opportune(&["validate", "--deny-warnings"]).exit, 0);
    project.append("shop.offer", "\nsegment idle is age > 3\n");
    assert_eq!(project.opportune(&["validate"]).exit, 0);
    let denied = project.opportune(&["validate", "--deny-warnings"]);
    assert_eq!(denied.exit, 1);
    assert!(denied.err.contains("E1009"), "{}", denied.err);
}

/// 300 customers, 111 of whom have no age; all have a town. Purchases of products, some without a colour.
fn with_gaps() -> Project {
    let project = Project::new();
    project.write(
        "shop.offer",
        r#"customer customer {
  key customer_id: text
  age: int?
  town: text?
  member: bool   consent
}

events purchase {
  at bought: date from "at"
  product_id: text? -> product?
}

table product {
  key product_id: text
  colour: text?
  weight: number
}

channel mail { needs customer.member }

trait worth = age * 2

offer one {
  channel mail
  priority worth
}

offer two {
  channel mail
  eligible when count(purchase where product.colour = "red" and customer.town = "Ulm") > 1
}

offer three {
  channel mail
  because "You are {age}"
}

trait heavy = count(purchase where product.weight > 1)
"#,
    );
    let age = |n: usize| if n < 111 { String::new() } else { (20 + n % 50).to_string() };
    let rows: String = (0..300).map(|n| format!("c{n},{},Ulm,true\n", age(n))).collect();
    project.write("data/customer.csv", format!("customer_id,age,town,member\n{rows}"));
    project.write("data/product.csv", "product_id,colour,weight\ntea,red,1\npie,,2\n");
    // One of a product that is not in the catalogue, one without, two of a product without a colour, one of tea.
    let bought = "customer_id,at,product_id\nc1,2026-10-01,tea\nc1,2026-10-02,pie\nc2,2026-10-02,pie\nc3,2026-10-02,\nc4,2026-10-02,gone\n";
    project.write("data/purchase.csv", bought);
    project
}

#[test]
fn what_may_be_missing_says_how_often_it_is() {
    let project = with_gaps();
    let run = project.opportune(&["validate"]);
    assert_eq!(run.exit, 1);
    insta::assert_snapshot!(run.err);
    // Who decides tells the same.
    assert_eq!(project.opportune(&["dry-run"]).err, run.err);
    let lines = project.opportune(&["validate", "--format", "json"]).out;
    let lines: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let data: Vec<&serde_json::Value> = lines.iter().map(|line| &line["data"]).collect();
    let age = "`customer.age` is missing in 111 of 300 rows (37%)";
    let colour = "`purchase.product.colour` is missing in 4 of 5 rows";
    let town = "`customer.town` is missing in none of the 300 rows, though the schema allows it";
    let weight = "`purchase.product.weight` is missing in 2 of 5 rows";
    let expected = [&[age][..], &[colour, town], &[age], &[weight]];
    assert_eq!(data, expected.map(|lines| serde_json::json!(lines)).iter().collect::<Vec<_>>(), "{lines:?}");
}

#[test]
fn where_there_is_no_data_nothing_is_said_of_it() {
    let project = with_gaps();
    for name in ["customer", "purchase", "product"] {
        std::fs::remove_file(project.path(&format!("data/{name}.csv"))).unwrap();
    }
    let run = project.opportune(&["validate", "--format", "json"]);
    assert_eq!((run.exit, run.out.lines().count()), (1, 4), "{}", run.out);
    assert!(run.out.lines().all(|line| line.contains("\"data\":[]")), "{}", run.out);
}
