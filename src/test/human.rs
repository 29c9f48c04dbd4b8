//! The results of tests for people, made for 80 columns.

use std::fmt::Write as _;

use opportune_compiler::mutants::Mutant;
use opportune_compiler::rehearsal::Test;

use super::coverage::{Coverage, Covered, Sort};
use super::invariant::Tried;
use super::judge::Failure;
use super::mutate::{Counts, Mutation};
use super::places::Texts;
use super::{Played, Report};
use crate::escape::escaped;
use crate::render::{self, Problem};

/// How many lines of what is not covered are printed; the rest are counted.
const MOST_LINES: usize = 200;
/// So much of a condition is shown however long the rest of its line is.
const SHORTEST_TEXT: usize = 20;
/// The longest line, without the blanks before it.
const LONGEST_LINE: usize = 78;

/// Prints the tests by file.
pub fn list(texts: &Texts<'_>, tests: &[&Test]) {
    let mut out = String::new();
    for test in tests {
        let _ = writeln!(out, "{}: {}", escaped(&texts.line(&test.place)), escaped(&test.scenario.name));
    }
    print!("{out}");
}

/// Everything, as it is printed.
pub fn text(report: &Report<'_>, knows_colours: bool) -> String {
    let mut out = String::new();
    let mut file = "";
    for played in &report.results {
        if file != &*played.test.place.path {
            file = &played.test.place.path;
            let _ = writeln!(out, "{}", escaped(file));
        }
        let word = if played.failures.is_empty() { "ok    " } else { "failed" };
        let _ = writeln!(out, "  {word}  {}", escaped(&played.test.scenario.name));
        if let Some(tried) = &played.tried {
            let _ = writeln!(out, "          {}", customers(tried));
            if let Some(why) = &tried.unplayed {
                let _ = writeln!(out, "          some could not be played: {}", escaped(why));
            }
        }
    }
    let problems: Vec<Problem> = report.results.iter().flat_map(|played| problems(report.texts, played)).collect();
    if !problems.is_empty() {
        let _ = write!(out, "\n{}", render::text(&problems, knows_colours));
    }
    let failures = report.results.iter().flat_map(|played| &played.failures);
    for example in failures.filter_map(|failure| failure.example.as_ref()) {
        let _ = writeln!(out, "A customer for whom it does not hold, as a test:\n\n{}", escaped(example));
    }
    if let Some(found) = &report.coverage {
        let _ = write!(out, "\n{}", coverage(report.texts, found));
    }
    if let Some(found) = &report.mutation {
        let _ = write!(out, "\n{}", mutation(report.texts, found));
    }
    let _ = writeln!(out, "\n{}", sum(report));
    for missed in &report.missed {
        let _ = writeln!(out, "{}", escaped(missed));
    }
    out
}

fn sum(report: &Report<'_>) -> String {
    match (report.results.len(), report.failed()) {
        (0, _) => "there are no tests".to_owned(),
        (1, 0) => "1 test, passed".to_owned(),
        (1, _) => "1 test, failed".to_owned(),
        (all, 0) => format!("{all} tests, all passed"),
        (all, failed) => format!("{all} tests, {failed} failed"),
    }
}

/// An invariant over customers who get nothing shows nothing.
fn customers(tried: &Tried) -> String {
    match tried.got_something {
        0 => format!("{} customers were drawn and none got anything, so this shows nothing", tried.cases),
        some => format!("{} customers were drawn, and {some} got something", tried.cases),
    }
}

fn problems(texts: &Texts<'_>, played: &Played<'_>) -> Vec<Problem> {
    played.failures.iter().map(|failure| problem(texts, &played.test.scenario.name, failure)).collect()
}

/// A failure at its place, with the conditions that are to blame: beside it, or as lines of other files.
fn problem(texts: &Texts<'_>, test: &str, failure: &Failure) -> Problem {
    let range = |place: &opportune_compiler::Place| place.span.start as usize..place.span.end as usize;
    let mut labels = vec![(range(&failure.place), "expected here".to_owned())];
    let mut elsewhere: Vec<String> = Vec::new();
    for cause in &failure.causes {
        if cause.path == failure.place.path {
            labels.push((range(cause), "this stopped it".to_owned()));
        } else {
            let at = texts.at(cause);
            let line = format!("{}:{}: {}", at.path, at.line, at.text);
            if !elsewhere.contains(&line) {
                elsewhere.push(line);
            }
        }
    }
    Problem {
        code: Some(escaped(&format!("test \"{test}\""))),
        message: failure.message.clone(),
        help: (!elsewhere.is_empty()).then(|| elsewhere.join("\n")),
        source: Some((failure.place.path.to_string(), texts.of(&failure.place.path).into())),
        labels,
        ..Problem::default()
    }
}

/// A line for each file, then what is not covered.
fn coverage(texts: &Texts<'_>, coverage: &Coverage) -> String {
    let mut out = format!("{:<40} {:>11} {:>11} {:>9}\n", "outcomes covered", "offers", "conditions", "branches");
    let mut line = |name: &str, file: Option<&str>| {
        let of = |sort: Option<Sort>| {
            coverage.of(|w| file.is_none_or(|file| *w.place.path == *file) && sort.is_none_or(|sort| w.sort == sort))
        };
        let [offers, conditions, branches] =
            [Sort::Offer, Sort::Condition, Sort::Branch].map(|sort| shown(of(Some(sort))));
        let whole = format!("{}%", of(None).percentage().floor());
        let name = shortened(&escaped(name), 40);
        let _ = writeln!(out, "{name:<40} {offers:>11} {conditions:>11} {branches:>9} {whole:>5}");
    };
    coverage.files().into_iter().for_each(|file| line(file, Some(file)));
    line("all", None);
    let lacking: Vec<_> = coverage.watched.iter().filter(|watched| !watched.lacks().is_empty()).collect();
    if !lacking.is_empty() {
        out.push_str("\nnever\n");
    }
    for watched in lacking.iter().take(MOST_LINES) {
        let lacks = watched.lacks().join(", ");
        let place = texts.line(&watched.place);
        let room = LONGEST_LINE.saturating_sub(place.chars().count() + lacks.len() + 6);
        let text = shortened(&watched.text, room.max(SHORTEST_TEXT));
        let _ = writeln!(out, "  {}: `{}`: {lacks}", escaped(&place), escaped(&text));
    }
    if lacking.len() > MOST_LINES {
        let _ = writeln!(out, "  … and {} more", lacking.len() - MOST_LINES);
    }
    out
}

/// A line for each file, then the changes that no test noticed.
fn mutation(texts: &Texts<'_>, mutation: &Mutation) -> String {
    let mut out = format!("{:<40} {:>8} {:>9} {:>9} {:>5}\n", "changes", "noticed", "unnoticed", "not valid", "same");
    let mut line = |name: &str, file: Option<&str>| {
        let of = mutation.counts(|mutant| file.is_none_or(|file| *mutant.place.path == *file));
        let name = shortened(&escaped(name), 40);
        let share = format!("{}%", of.percentage().floor());
        let Counts { killed, survived, not_valid, same } = of;
        let _ = writeln!(out, "{name:<40} {killed:>8} {survived:>9} {not_valid:>9} {same:>5} {share:>4}");
    };
    mutation.files().into_iter().for_each(|file| line(file, Some(file)));
    line("all", None);
    if mutation.left_out > 0 {
        let _ = writeln!(out, "{} more were not tried", mutation.left_out);
    }
    let survivors: Vec<&Mutant> = mutation.survivors().collect();
    if !survivors.is_empty() {
        out.push_str("\nunnoticed\n");
    }
    for mutant in survivors.iter().take(MOST_LINES) {
        let line = format!("{}: {}", texts.line(&mutant.place), mutant.what);
        let _ = writeln!(out, "  {}", escaped(&shortened(&line, LONGEST_LINE)));
        let after = mutated_line(texts, mutant);
        if !after.is_empty() {
            let _ = writeln!(out, "    {}", escaped(&shortened(&after, LONGEST_LINE - 2)));
        }
    }
    if survivors.len() > MOST_LINES {
        let _ = writeln!(out, "  … and {} more", survivors.len() - MOST_LINES);
    }
    out
}

/// The line of a change as it is after it.
pub fn mutated_line(texts: &Texts<'_>, mutant: &Mutant) -> String {
    let text = mutant.applied(texts.of(&mutant.place.path)).unwrap_or_default();
    let start = (mutant.place.span.start as usize).min(text.len());
    let begin = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    text.get(begin..).unwrap_or_default().lines().next().unwrap_or_default().trim().to_owned()
}

fn shown(covered: Covered) -> String {
    if covered.all == 0 { "·".to_owned() } else { format!("{}/{}", covered.met, covered.all) }
}

/// The beginning of a text that is too long, and a sign that it goes on.
pub fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}
