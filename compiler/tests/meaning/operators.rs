//! Every operator between every two types: what comes out, or which error. The answer is the page
//! `docs/language/operators.md`, so that nothing about it is accidental.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use opportune_compiler::db::Database;
use opportune_compiler::diagnostic::Severity;
use opportune_compiler::queries::{diagnostics, signatures};
use opportune_compiler::{ProjectFiles, compile};
use opportune_plan::{Element, Type};

use super::check::MANIFEST;

/// A type as the page names it, and how its field is declared.
const TYPES: &[(&str, &str)] = &[
    ("bool", "bool"),
    ("int", "int"),
    ("number", "number"),
    ("money(USD)", "money(USD)"),
    ("money(EUR)", "money(EUR)"),
    ("text", "text"),
    ("one_of", "one_of(red, green)"),
    ("ordered", "ordered(low, high)"),
    ("date", "date"),
    ("time", "time"),
    ("instant", "instant"),
    ("duration", "duration"),
    ("days", "days"),
    ("months", "months"),
    ("timezone", "timezone"),
    ("place", "place"),
    ("distance", "distance"),
    ("set of text", "set of text"),
    ("set of int", "set of int"),
];

/// An operator: its title, and how it is written between two names.
const OPERATORS: &[(&str, &str)] = &[
    ("`a = b`, `a is not b`", "A = B"),
    ("`a < b`, `a <= b`, `a > b`, `a >= b`", "A < B"),
    ("`a between b and b`", "A between B and B"),
    ("`a + b`", "A + B"),
    ("`a - b`", "A - B"),
    ("`a * b`", "A * B"),
    ("`a / b`", "A / B"),
    ("`a else b`, where `a` may be missing", "if yes then A else B"),
    ("`a contains b`", "A contains B"),
    ("`a overlaps b`", "A overlaps B"),
    ("`a in b`", "A in B"),
    ("`least(a, b)`, `greatest(a, b)`", "least(A, B)"),
    ("`distance(a, b)`", "distance(A, B)"),
    ("`months_between(a, b)`", "months_between(A, B)"),
    ("`quotient(a, b)`, `remainder(a, b)`", "quotient(A, B)"),
    ("`power(a, b)`", "power(A, B)"),
];

/// What takes one value.
const FUNCTIONS: &[(&str, &str)] = &[
    ("`-a`", "-A"),
    ("`not a`", "not A"),
    ("`a is missing`", "A is missing"),
    ("`a is true`", "A is true"),
    ("`a in last 3 days`", "A in last 3 days"),
    ("`a in this month`", "A in this month"),
    ("`a starts with \"x\"`", "A starts with \"x\""),
    ("`a ends with \"x\"`", "A ends with \"x\""),
    ("`a contains \"x\"`", "A contains \"x\""),
    ("`date(a)`", "date(A)"),
    ("`time(a)`", "time(A)"),
    ("`instant(a, 18:00)`", "instant(A, 18:00)"),
    ("`year(a)`, `month(a)`, `day(a)`, `day_of_year(a)`, `week(a)`", "year(A)"),
    ("`weekday(a)`", "weekday(A)"),
    ("`hour(a)`, `minute(a)`, `second(a)`", "hour(A)"),
    ("`start_of_week(a)` and the like", "start_of_week(A)"),
    ("`anniversary(a)`", "anniversary(A)"),
    ("`abs(a)`", "abs(A)"),
    ("`floor(a)`, `ceil(a)`, `round(a)`", "floor(A)"),
    ("`round(a, 2)`", "round(A, 2)"),
    ("`exp(a)`", "exp(A)"),
    ("`sqrt(a)`, `ln(a)`", "sqrt(A)"),
    ("`length(a)`", "length(A)"),
    ("`size(a)`", "size(A)"),
    ("`place(a, 0)`", "place(A, 0)"),
    ("`sum(events.a)`", "sum(seen.A)"),
    ("`avg(events.a)`", "avg(seen.A)"),
    ("`min(events.a)`, `max(events.a)`", "min(seen.A)"),
    ("`first(events).a`, `last(events).a`", "first(seen).A"),
    ("`distinct(events.a)`", "distinct(seen.A)"),
    ("`most_frequent(events.a)`", "most_frequent(seen.A)"),
    ("`frequency_rank(a, events.a)`", "frequency_rank(A, seen.A)"),
    ("`typical_gap(events.a)`", "typical_gap(seen.A)"),
];

fn field(at: usize) -> String {
    format!("f{at}")
}

fn schema() -> String {
    let fields: String = TYPES.iter().enumerate().map(|(at, (_, ty))| format!("  {}: {ty}\n", field(at))).collect();
    format!(
        "customer person {{\n  key id: text\n  yes: bool\n{fields}}}\n\nevents seen {{\n  at when_seen: instant\n{fields}}}\n"
    )
}

fn name_of(ty: Type) -> String {
    match ty {
        Type::Bool => "bool".into(),
        Type::Int => "int".into(),
        Type::Number => "number".into(),
        Type::Money(currency) => format!("money({currency})"),
        Type::Text => "text".into(),
        Type::OneOf(_) => "one_of".into(),
        Type::Ordered(_) => "ordered".into(),
        Type::Date => "date".into(),
        Type::Time => "time".into(),
        Type::Instant => "instant".into(),
        Type::Duration => "duration".into(),
        Type::Days => "days".into(),
        Type::Months => "months".into(),
        Type::Zone => "timezone".into(),
        Type::Place => "place".into(),
        Type::Distance => "distance".into(),
        Type::Set(Element::Text) => "set of text".into(),
        Type::Set(Element::Int) => "set of int".into(),
        Type::Set(_) => "set".into(),
    }
}

/// What each expression is: its type with `?` where it may be missing, or the code of its error. Those without an error
/// also become plans.
fn answers(expressions: &[String]) -> Vec<String> {
    let (declarations, first) = (schema(), schema().lines().count());
    let text = with_traits(&declarations, expressions.iter().map(String::as_str));
    let db = Database::default();
    let project = files(text.clone()).load(&db);
    let starts: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let mut codes: BTreeMap<usize, &str> = BTreeMap::new();
    for found in diagnostics(&db, project).iter().filter(|found| found.diagnostic.severity == Severity::Error) {
        let at = found.diagnostic.labels[0].span.start as usize;
        let line = starts.partition_point(|start| *start <= at) - 1;
        assert!(line >= first, "the declarations are wrong: {found:?}");
        assert!(found.diagnostic.help.is_some(), "no way out: {found:?}");
        codes.entry(line - first).or_insert(found.diagnostic.code);
    }
    let good = expressions.iter().enumerate().filter(|(at, _)| !codes.contains_key(at)).map(|(_, good)| good.as_str());
    let compiled = compile(&files(with_traits(&declarations, good)));
    assert!(compiled.plan.is_some(), "what validates became no plan: {:?}", compiled.diagnostics);
    let types = signatures(&db, project);
    let answer = |at: usize| match (codes.get(&at), types.get(&*format!("t{at}")).copied().flatten()) {
        (None, Some(found)) => format!("{}{}", name_of(found.ty), if found.nullable { "?" } else { "" }),
        (Some(code), _) => (*code).to_owned(),
        (None, None) => panic!("neither a type nor an error: {}", expressions[at]),
    };
    (0..expressions.len()).map(answer).collect()
}

fn with_traits<'a>(declarations: &str, expressions: impl Iterator<Item = &'a str>) -> String {
    let mut text = declarations.to_owned();
    expressions.enumerate().for_each(|(at, expression)| writeln!(text, "trait t{at} = {expression}").unwrap());
    text
}

fn files(text: String) -> ProjectFiles {
    let manifest = ("opportune.toml".to_owned(), MANIFEST.to_owned());
    ProjectFiles { manifest, policies: vec![("all.offer".to_owned(), text)] }
}

/// The answer that most have; it is told once.
fn usual(answers: &[String]) -> &str {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    answers.iter().for_each(|answer| *counts.entry(answer).or_default() += 1);
    counts.into_iter().max_by_key(|(_, count)| *count).map_or("", |(answer, _)| answer)
}

/// Each answer with the types that have it, in the order of the types; the usual one is left out.
fn grouped(answers: &[String], usual: &str) -> Vec<(String, String)> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for ((name, _), answer) in TYPES.iter().zip(answers).filter(|(_, answer)| *answer != usual) {
        match groups.iter_mut().find(|(known, _)| known == answer) {
            Some((_, names)) => names.push(name),
            None => groups.push((answer, vec![name])),
        }
    }
    groups.into_iter().map(|(answer, names)| (names.join(", "), answer.to_owned())).collect()
}

fn operators() -> String {
    let count = TYPES.len();
    let expressions = OPERATORS.iter().flat_map(|(_, pattern)| {
        (0..count * count).map(|at| pattern.replace('A', &field(at / count)).replace('B', &field(at % count)))
    });
    let found = answers(&expressions.collect::<Vec<_>>());
    let mut page = String::new();
    for ((title, _), found) in OPERATORS.iter().zip(found.chunks(count * count)) {
        let usual = usual(found);
        write!(page, "\n## {title}\n\nAll but these: {usual}.\n\n| a | b | |\n|---|---|---|\n").unwrap();
        for ((name, _), row) in TYPES.iter().zip(found.chunks(count)) {
            grouped(row, usual).iter().for_each(|(b, is)| writeln!(page, "| {name} | {b} | {is} |").unwrap());
        }
    }
    page
}

fn functions() -> String {
    let count = TYPES.len();
    let expressions = FUNCTIONS.iter().flat_map(|(_, pattern)| (0..count).map(|at| pattern.replace('A', &field(at))));
    let found = answers(&expressions.collect::<Vec<_>>());
    let mut page = "\n## What takes one value\n\n| | all but | these | |\n|---|---|---|---|\n".to_owned();
    for ((title, _), found) in FUNCTIONS.iter().zip(found.chunks(count)) {
        let usual = usual(found);
        let groups = grouped(found, usual);
        if groups.is_empty() {
            writeln!(page, "| {title} | {usual} | | |").unwrap();
        }
        groups.iter().for_each(|(of, is)| writeln!(page, "| {title} | {usual} | {of} | {is} |").unwrap());
    }
    page
}

const INTRODUCTION: &str = "# Every operator between every two types

What comes out, or the code of the error that tells what to write instead (its page is in `docs/diagnostics/`). `?`: may
be missing although neither side is. An operand that may be missing makes a result that may be, too. Whole numbers widen
to numbers. The tables are written by a test (`compiler/tests/meaning/operators.rs`), which fails where they are not so.
";

#[test]
fn the_page_of_operators_is_so() {
    let page = format!("{INTRODUCTION}{}{}", operators(), functions());
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/language/operators.md");
    if std::env::var_os("WRITE_PAGES").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let wrong: Vec<_> = page.lines().zip(written.lines()).filter(|(is, said)| is != said).take(5).collect();
    assert!(written == page, "run with WRITE_PAGES=1 and read the difference; first: {wrong:#?}");
}
