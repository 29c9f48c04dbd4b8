//! Broken projects, broken data and wrong calls through the built program: each ends with the right exit code and a
//! message that an engineer can act on, and none with a panic or half a file.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/project.rs"]
mod project;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use project::Project;

/// Runs `dry-run` over a changed project; the message is a snapshot named after the case.
fn case(name: &str, exit: i32, change: impl FnOnce(&Project)) {
    let project = Project::new();
    change(&project);
    check(name, exit, &project, &["dry-run"]);
}

fn check(name: &str, exit: i32, project: &Project, arguments: &[&str]) {
    let run = project.opportune(arguments);
    assert!(!run.err.contains("panicked"), "{name}: {}", run.err);
    assert!(run.err.len() < 8_000, "{name}: a message of {} bytes", run.err.len());
    let unsafe_characters = |c: char| c.is_control() && c != '\n';
    assert!(!run.err.contains(unsafe_characters) && !run.out.contains(unsafe_characters), "{name}: control characters");
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true, snapshot_path => "bad_input/snapshots" }, {
        insta::assert_snapshot!(name, run.err);
    });
    assert_eq!(run.exit, exit, "{name}: {}", run.err);
}

#[test]
fn the_project_itself_is_fine() {
    let run = Project::new().opportune(&["dry-run"]);
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    assert!(run.out.contains("customers  3"), "{}", run.out);
}

#[test]
fn calls() {
    let project = Project::new();
    check("call_no_such_folder", 2, &project, &["dry-run", "nowhere"]);
    check("call_folder_without_manifest", 2, &project, &["dry-run", "data"]);
    check("call_now_is_no_time", 2, &project, &["dry-run", "--now", "tomorrow"]);
    check("call_now_beyond_9999", 2, &project, &["dry-run", "--now", "-009999-01-02"]);
    check("call_data_folder_missing", 2, &project, &["dry-run", "--data", "nowhere"]);
    check("call_out_of_unknown_kind", 2, &project, &["dry-run", "--out", "out.xlsx"]);
    check("call_out_in_missing_folder", 2, &project, &["dry-run", "--out", "nowhere/out.csv"]);
    fs::create_dir(project.path("out.csv")).unwrap();
    check("call_out_is_a_folder", 2, &project, &["dry-run", "--out", "out.csv"]);
    for wrong in [&["dry-run", "--threads", "0"][..], &["dry-run", "--engine", "magic"], &["run-dry"], &[]] {
        let run = project.opportune(wrong);
        assert_eq!(run.exit, 2, "{wrong:?}: {}", run.err);
        assert!(
            run.err.contains("--help") || run.err.contains("possible values") || run.err.contains("Usage"),
            "{}",
            run.err
        );
    }
}

#[test]
fn an_output_that_cannot_be_written_leaves_nothing() {
    let project = Project::new();
    let run = project.opportune(&["dry-run", "--out", "/dev/full"]);
    assert_eq!(run.exit, 2, "{}", run.err);
    let locked = project.path("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).unwrap();
    let run = project.opportune(&["dry-run", "--out", "locked/out.csv"]);
    // Who may do everything may also write there; then the file is whole.
    let written = fs::read_dir(&locked).unwrap().count();
    assert_eq!((run.exit, written), if run.exit == 0 { (0, 1) } else { (2, 0) }, "{}", run.err);
}

#[test]
fn a_failed_run_keeps_the_old_output() {
    let project = Project::new();
    fs::write(project.path("out.csv"), "kept").unwrap();
    project.write("data/purchase.csv", "customer_id,at,product_id,spend\nann,2026-13-01,tea,3\n");
    let run = project.opportune(&["dry-run", "--out", "out.csv"]);
    assert_eq!(run.exit, 2, "{}", run.err);
    assert_eq!(fs::read_to_string(project.path("out.csv")).unwrap(), "kept");
    let left: Vec<_> = fs::read_dir(project.path("")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 4, "{left:?}");
}

#[test]
fn manifests() {
    let manifest = |name: &str, exit, text: &str| case(name, exit, |project| project.write("opportune.toml", text));
    manifest("manifest_empty", 1, "");
    manifest("manifest_not_toml", 1, "name = \"shop\nzone");
    manifest("manifest_unknown_key", 1, &Project::MANIFEST.replace("zone =", "timezone ="));
    manifest("manifest_unknown_zone", 1, &Project::MANIFEST.replace("UTC", "Mars/Base"));
    manifest("manifest_now_is_no_time", 1, &Project::MANIFEST.replace("2026-11-01 12:00", "yesterday"));
    manifest("manifest_folder_leaves", 1, &Project::MANIFEST.replace("\"data\"", "\"../data\""));
    manifest("manifest_folder_absolute", 1, &Project::MANIFEST.replace("\"data\"", "\"/etc\""));
    case("manifest_invalid_utf8", 2, |project| project.write("opportune.toml", b"name = \"\xff\"\n"));
}

#[test]
fn policies() {
    let policy = |name: &str, exit, text: &str| case(name, exit, |project| project.append("shop.offer", text));
    policy("policy_unknown_field", 1, "offer a { eligible when spnd > 3 }\n");
    policy("policy_missing_brace", 1, "offer a {\n  priority 1\noffer b {\n  priority 2\n}\n");
    policy("policy_control_characters", 1, "offer a {\n  about \"\u{1b}[31mred\u{7}\"\n  eligible when \u{1b}[2J\n}\n");
    policy("policy_merge_markers", 1, "<<<<<<< HEAD\noffer a { }\n=======\noffer b { }\n>>>>>>> other\n");
    policy(
        "policy_nested_10000",
        1,
        &format!("offer a {{\n  eligible when {}true{}\n}}\n", "(".repeat(10_000), ")".repeat(10_000)),
    );
    policy("policy_not_10000", 1, &format!("offer a {{\n  eligible when {}true\n}}\n", "not ".repeat(10_000)));
    policy("policy_line_of_1_mb", 1, &format!("offer a {{\n  eligible when x{}\n}}\n", "y".repeat(1 << 20)));
    policy(
        "policy_ten_mistakes",
        1,
        &(0..10).map(|n| format!("offer o{n} {{\n  priority = {n}\n}}\n")).collect::<String>(),
    );
    case("policy_invalid_utf8", 2, |project| project.write("more.offer", b"offer a {\n  about \"\xc3\x28\"\n}\n"));
    case("policy_link_leaves", 2, |project| symlink("/etc/hostname", project.path("more.offer")).unwrap());
    case("policy_none", 1, |project| fs::remove_file(project.path("shop.offer")).unwrap());
}

#[test]
fn ten_thousand_offers() {
    let project = Project::new();
    let offer =
        |n: usize| format!("offer o{n} {{\n  eligible when age > {}\n  priority {n}\n  channel mail\n}}\n", n % 90);
    project.append("shop.offer", &(0..10_000).map(offer).collect::<String>());
    let run = project.opportune(&["dry-run"]);
    assert_eq!(run.exit, 0, "{}", run.err);
    assert!(run.out.contains("offers     10,001"), "{}", run.out);
}

#[test]
fn files() {
    case("data_folder_missing", 2, |project| fs::remove_dir_all(project.path("data")).unwrap());
    case("data_folder_empty", 2, |project| {
        fs::remove_dir_all(project.path("data")).unwrap();
        fs::create_dir(project.path("data")).unwrap();
    });
    case("data_file_missing", 2, |project| fs::remove_file(project.path("data/product.csv")).unwrap());
    case("data_file_twice", 2, |project| project.write("data/product.jsonl", "{}\n"));
    case("data_file_is_a_folder", 2, |project| {
        fs::remove_file(project.path("data/product.csv")).unwrap();
        fs::create_dir(project.path("data/product.csv")).unwrap();
    });
    case("data_link_leaves", 2, |project| {
        fs::remove_file(project.path("data/product.csv")).unwrap();
        symlink("/etc/hostname", project.path("data/product.csv")).unwrap();
    });
    let parquet = |name: &str, bytes: &[u8]| {
        case(name, 2, |project| {
            fs::remove_file(project.path("data/product.csv")).unwrap();
            project.write("data/product.parquet", bytes);
        });
    };
    let good = project::products_as_parquet();
    parquet("parquet_truncated", &good[..good.len() / 2]);
    parquet("parquet_without_footer", &good[..good.len() - 5]);
    parquet(
        "parquet_random_bytes",
        &(0..4096_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect::<Vec<_>>(),
    );
    parquet("parquet_of_zero_bytes", b"");
    let mut flipped = good.clone();
    flipped.iter_mut().skip(4).take(40).for_each(|byte| *byte ^= 0x5a);
    parquet("parquet_pages_damaged", &flipped);
}

#[test]
fn columns() {
    let customers = |name: &str, exit, text: &str| case(name, exit, |project| project.write("data/customer.csv", text));
    customers("column_missing", 1, "customer_id,years,member\nann,30,true\n");
    customers("column_twice", 2, "customer_id,age,age,member\nann,30,31,true\n");
    customers("column_of_another_type", 2, "customer_id,age,member\nann,thirty,true\n");
    customers("key_twice", 2, "customer_id,age,member\nann,30,true\nann,31,true\n");
    customers("key_missing", 2, "customer_id,age,member\n,30,true\nbob,31,true\n");
    customers("null_without_question_mark", 2, "customer_id,age,member\nann,30,\nbob,31,true\n");
    customers("row_too_short", 2, "customer_id,age,member\nann,30\n");
    customers("control_characters_in_values", 2, "customer_id,age,member\nann,\u{1b}[31m,true\n");
    customers("control_characters_in_head", 1, "customer_id,\u{1b}]0;owned\u{7},member\nann,30,true\n");
    case("data_invalid_utf8", 2, |project| {
        project.write("data/customer.csv", b"customer_id,age,member\n\xff\xfe,30,true\n")
    });
    let purchases = |name: &str, exit, text: &str| case(name, exit, |project| project.write("data/purchase.csv", text));
    purchases("date_out_of_range", 2, "customer_id,at,product_id,spend\nann,2026-13-40,tea,3\n");
    purchases("year_10000", 2, "customer_id,at,product_id,spend\nann,10000-01-01,tea,3\n");
    purchases("nan_without_question_mark", 2, "customer_id,at,product_id,spend\nann,2026-01-01,tea,NaN\n");
    purchases("infinity_without_question_mark", 2, "customer_id,at,product_id,spend\nann,2026-01-01,tea,inf\n");
    purchases("money_too_large", 2, "customer_id,at,product_id,spend\nann,2026-01-01,tea,1e300\n");
    purchases("link_dangles", 2, "customer_id,at,product_id,spend\nann,2026-01-01,coffee,3\n");
    case("one_of_unknown_value", 2, |project| project.write("data/product.csv", "product_id,kind\ntea,frozen\n"));
    case("schema_of_another_type", 1, |project| {
        fs::remove_file(project.path("data/product.csv")).unwrap();
        project.write("data/product.parquet", project::products_as_parquet());
        let policy = fs::read_to_string(project.path("shop.offer")).unwrap();
        project.write("shop.offer", policy.replace("kind: one_of(drink, food)", "kind: date"));
    });
}

#[test]
fn places_zones_times_and_sets() {
    let with = |name: &str, exit, field: &str, customers: &str| {
        case(name, exit, |project| {
            let policy = fs::read_to_string(project.path("shop.offer")).unwrap();
            project.write("shop.offer", policy.replace("age: int?", field));
            project.write("data/customer.csv", format!("customer_id,x,y,member\n{customers}"));
        });
    };
    with("latitude_beyond_the_pole", 2, "home: place from x and y", "ann,90.5,0,true\n");
    with("place_without_its_second_column", 1, "home: place from x and longitude", "ann,1,2,true\n");
    with("place_that_is_no_number", 2, "home: place? from x and y", "ann,north,2,true\n");
    with("zone_unknown", 2, "x: timezone", "ann,UTC,,true\nbob,Mars/Base,,true\n");
    with("time_25_00", 2, "x: time", "ann,25:00,,true\n");
    with("set_of_int_with_a_word", 2, "x: set of int", "ann,1|two,,true\n");
    with("set_with_an_unknown_value", 2, "x: set of one_of(art, wine)", "ann,art|Wine,,true\n");
    with("distance_with_a_unit", 2, "x: distance?", "ann,5 km,,true\n");
    let long: Vec<String> = (0..70_000).map(|n| n.to_string()).collect();
    with("set_too_large", 2, "x: set of int", &format!("ann,{},,true\n", long.join("|")));
}

#[test]
fn requests() {
    let request = |name: &str, exit, file: &str, text: &str| {
        let project = Project::new();
        project.append("shop.offer", "context {\n  reason: one_of(question, complaint)\n  companion: bool\n}\n");
        project.write(file, text);
        check(name, exit, &project, &["dry-run", "--context", file]);
    };
    request("request_for_one_customer_twice", 2, "r.csv", "customer_id,reason\nann,question\nann,complaint\n");
    request("request_without_the_key", 2, "r.csv", "customer,reason\nann,question\n");
    request("request_without_any_field", 2, "r.jsonl", "{\"customer_id\":\"ann\",\"Reason\":\"question\"}\n");
    request("request_of_another_meaning", 2, "r.csv", "customer_id,reason,companion\nann,chat,yes\n");
    request("request_of_no_format", 2, "r.txt", "customer_id,reason\n");
    let project = Project::new();
    project.append("shop.offer", "context {\n  reason: one_of(question, complaint)\n}\n");
    check("request_that_is_not_there", 2, &project, &["dry-run", "--context", "nowhere.csv"]);
}

#[test]
fn what_is_unusual_but_fine() {
    let fine = |change: &dyn Fn(&Project), expected: &[&str]| {
        let project = Project::new();
        change(&project);
        let run = project.opportune(&["dry-run"]);
        assert_eq!(run.exit, 0, "{}", run.err);
        for part in expected {
            assert!(run.out.contains(part), "no {part:?} in {}", run.out);
        }
    };
    let customers = "data/customer.csv";
    fine(
        &|project| project.write(customers, "customer_id,age,member\n"),
        &["customers  0", "purchase: 2 rows of customers that no table introduces are left out"],
    );
    fine(&|project| project.write("data/purchase.csv", "customer_id,at,product_id,spend\n"), &["customers  3"]);
    fine(
        &|project| project.write("data/purchase.csv", "customer_id,at,product_id,spend\nann,9999-12-30,tea,3\n"),
        &["purchase: 1 events after now are not seen"],
    );
    fine(
        &|project| project.write(customers, "customer_id,age,member\nann,99999999999999999999,true\n"),
        &["customer.age: 1 values are out of range and count as missing"],
    );
    let long = format!("customer_id,age,member\n{},30,true\n", "x".repeat(1 << 20));
    fine(&|project| project.write(customers, &long), &["customers  1"]);
}
