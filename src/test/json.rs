//! The results of tests as one JSON object; `docs/testing.md` says what each member means.

use serde_json::{Value, json};

use super::coverage::{Coverage, Covered, Sort};
use super::human::mutated_line;
use super::judge::Failure;
use super::mutate::{Counts, Mutation};
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
        "mutation": report.mutation.as_ref().map(|found| mutation(report, found)),
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
        "customers": played.tried.as_ref().map(|tried| json!({
            "drawn": tried.cases,
            "got_something": tried.got_something,
            "unplayed": tried.unplayed,
        })),
    })
}

fn failed(report: &Report<'_>, failure: &Failure) -> Value {
    let at = report.texts.at(&failure.place);
    let cause = |place| {
        let at = report.texts.at(place);
        json!({ "file": at.path, "line": at.line, "column": at.column, "text": at.text })
    };
    let causes: Vec<Value> = failure.causes.iter().map(cause).collect();
    json!({ "file": at.path, "line": at.line, "column": at.column, "message": failure.message, "causes": causes, "example": failure.example })
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

fn mutation(report: &Report<'_>, mutation: &Mutation) -> Value {
    let told = |Counts { killed, survived, not_valid, same }: Counts| json!({ "killed": killed, "survived": survived, "not_valid": not_valid, "same": same });
    let survivor = |mutant: &opportune_compiler::mutants::Mutant| {
        let at = report.texts.at(&mutant.place);
        json!({
            "file": at.path,
            "line": at.line,
            "column": at.column,
            "change": &*mutant.what,
            "text": mutated_line(report.texts, mutant),
        })
    };
    let of_file = |file: &str| {
        let counts = mutation.counts(|mutant| *mutant.place.path == *file);
        json!({ "file": file, "counts": told(counts) })
    };
    let whole = mutation.counts(|_| true);
    json!({
        "counts": told(whole),
        "percent": whole.percentage(),
        "left_out": mutation.left_out,
        "files": mutation.files().into_iter().map(of_file).collect::<Vec<_>>(),
        "survivors": mutation.survivors().map(survivor).collect::<Vec<_>>(),
    })
}
