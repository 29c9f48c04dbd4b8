//! What a request brings, through the built program: values for all customers, a file with a row for each, and what is
//! told about calls that say it wrongly.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/project.rs"]
mod project;

use std::fs;

use project::Project;

const CONTEXT: &str = "context {
  reason: one_of(purchase, complaint)
  mood: number
  place: text
}

offer sorry {
  channel mail
  eligible when context.reason = complaint and (context.mood else 0) < 0.5
  because \"We are sorry, {context.place else \"wherever you are\"}\"
}

portfolio {
  slate 2
  slate mail 2
}
";

fn shop() -> Project {
    let project = Project::new();
    project.append("shop.offer", CONTEXT);
    project
}

/// Who is told sorry: customer and reason.
fn sorry(project: &Project, arguments: &[&str]) -> Vec<String> {
    let run = project.opportune(&[&["dry-run", "--out", "out.csv"], arguments].concat());
    assert_eq!((run.exit, run.err.as_str()), (0, ""), "{arguments:?}");
    let text = fs::read_to_string(project.path("out.csv")).unwrap();
    let of = text.lines().filter(|line| line.contains(",sorry,"));
    of.map(|line| {
        format!("{} {}", line.split(',').next().unwrap(), if line.contains("at home") { "at home" } else { "" })
    })
    .collect()
}

#[test]
fn values_for_all_customers() {
    let project = shop();
    assert!(sorry(&project, &[]).is_empty(), "a batch has no request");
    let complaint = ["--context", "reason=complaint"];
    assert_eq!(sorry(&project, &complaint), ["ann ", "bob ", "cy "]);
    assert!(sorry(&project, &["--context", "reason=purchase"]).is_empty());
    assert!(sorry(&project, &["--context", "reason=complaint", "--context", "mood=90%"]).is_empty());
    let at_home = ["--context", "reason=complaint", "--context", "place=at home", "--context", "mood=0.25"];
    assert_eq!(sorry(&project, &at_home), ["ann at home", "bob at home", "cy at home"]);
    // Empty: missing.
    assert_eq!(sorry(&project, &["--context", "reason=complaint", "--context", "mood="]).len(), 3);
    assert_eq!(sorry(&project, &[&["--engine", "interpreter"][..], &at_home].concat()).len(), 3);
}

#[test]
fn a_row_for_each_customer_that_has_a_request() {
    let project = shop();
    project.write("calls.csv", "customer_id,reason,mood,place\nann,complaint,0.2,at home\ncy,complaint,0.9,\n");
    assert_eq!(sorry(&project, &["--context", "calls.csv"]), ["ann at home"]);
    project.write("calls.jsonl", "{\"customer_id\": \"bob\", \"reason\": \"complaint\"}\n");
    assert_eq!(sorry(&project, &["--context", "calls.jsonl"]), ["bob "]);
}

#[test]
fn calls_that_say_it_wrongly() {
    let project = shop();
    project.write("calls.csv", "customer_id,reason,mood,place\n");
    let mut told = String::new();
    for arguments in [
        &["--context", "reson=complaint"][..],
        &["--context", "reason=complain"],
        &["--context", "mood=grim", "--context", "reason=shouting", "--context", "colour=red"],
        &["--context", "mood=1", "--context", "mood=2"],
        &["--context", "calls.csv", "--context", "mood=1"],
        &["--context", "calls.csv", "--context", "calls.csv"],
        &["--context", "nowhere.csv"],
        &["--context", "reason"],
        &["--context", "mood=1e999"],
        &["--context", "mood=0.5; offer x"],
        &["--context", "place=\u{1b}[31m", "--context", "mood=\u{1b}[31m"],
    ] {
        let run = project.opportune(&[&["dry-run"], arguments].concat());
        assert_eq!(run.exit, 2, "{arguments:?}: {}", run.err);
        assert!(!run.err.contains(|c: char| c.is_control() && c != '\n'), "{arguments:?}: control characters");
        told.push_str(&format!("{arguments:?}\n{}\n", run.err));
    }
    insta::assert_snapshot!(told);
    let plain = Project::new();
    for value in ["reason=complaint", "calls.csv"] {
        let run = plain.opportune(&["dry-run", "--context", value]);
        assert_eq!(run.exit, 2);
        assert!(run.err.contains("declares no context"), "{}", run.err);
    }
}
