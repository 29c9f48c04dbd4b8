//! The results of tests as one JSON object; `docs/testing.md` says what each member means.

use serde_json::{Value, json};

use super::coverage::{Coverage, Covered, Sort};
use super::judge::Failure;
use super::{Played, Report};

/// Everything, as one object.
pub fn text(report: &Report<'_>) -> String {
    let results: Vec<Value> = report.results.iter().map(|played| result(report, played)).collect();
    let whole = json!({
        "format": 1,
        "project": report.project,
        "passed": report.results.len() - report.failed(),
        "failed": report.failed(),
        "tests": results,
        "coverage": report.coverage.as_ref().map(|found| coverage(report, found)),
        "missed": report.missed,
    });
    // Numbers and texts always have a writing.
    let mut text = serde_json::to_string_pretty(&whole).unwrap_or_default();
    text.push('\n');
    text
}

fn result(report: &Report<'_>, played: &Played<'_>) -> Value {
    let at = report.texts.at(&played.test.place);
    let failures: Vec<Value> = played.failures.iter().map(|failure| failed(report, failure)).collect();
    json!({
        "name": &*played.test.scenario.name,
        "file": at.path,
        "line": at.line,
        "passed": played.failures.is_empty(),
        "seconds": played.took.as_secs_f64(),
        "failures": failures,
    })
}

fn failed(report: &Report<'_>, failure: &Failure) -> Value {
    let at = report.texts.at(&failure.place);
    let cause = |place| {
        let at = report.texts.at(place);
        json!({ "file": at.path, "line": at.line, "column": at.column, "text": at.text })
    };
    let causes: Vec<Value> = failure.causes.iter().map(cause).collect();
    json!({ "file": at.path, "line": at.line, "column": at.column, "message": failure.message, "causes": causes })
}

fn coverage(report: &Report<'_>, coverage: &Coverage) -> Value {
    let share = |covered: Covered| json!({ "met": covered.met, "all": covered.all, "percent": covered.percentage() });
    let watched = |watched: &super::coverage::Watched| {
        let at = report.texts.at(&watched.place);
        let sort = match watched.sort {
            Sort::Offer => "offer",
            Sort::Condition => "condition",
            Sort::Branch => "branch",
        };
        json!({
            "what": sort,
            "file": at.path,
            "line": at.line,
            "column": at.column,
            "text": &*watched.text,
            "never": watched.lacks(),
        })
    };
    let of_file = |file: &str| {
        let covered = coverage.of(|watched| *watched.place.path == *file);
        json!({ "file": file, "covered": share(covered) })
    };
    json!({
        "covered": share(coverage.whole()),
        "files": coverage.files().into_iter().map(of_file).collect::<Vec<_>>(),
        "outcomes": coverage.watched.iter().map(watched).collect::<Vec<_>>(),
    })
}
