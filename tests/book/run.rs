//! Runs the fences of a page.

use std::collections::BTreeSet;
use std::path::Path;

use opportune_compiler::db::Database;
use opportune_compiler::diagnostic::Severity;
use opportune_compiler::hir::context;
use opportune_compiler::{Compiled, ProjectFiles, compile, queries};
use opportune_plan::{Element, Schema, Type, VerifiedPlan};
use opportune_runtime::run::{Engine, Options, decide_all};
use opportune_runtime::sink::DecisionWriter;
use opportune_runtime::snapshot::Snapshot;
use opportune_runtime::snapshot::context::{Request, load_with};
use opportune_runtime::snapshot::read::Reach;
use opportune_runtime::time::Clock;

use crate::page::{Fence, Page};

const MANIFEST: &str = "name = \"book\"\nedition = \"2026\"\nnow = \"2026-11-20 18:00\"\nzone = \"America/New_York\"\ncurrency = \"USD\"\n\n[data]\nfolder = \"data\"\n";

/// A page about something else may have a channel that asks for no consent, or that no offer uses.
const NOT_WHOLE: &[&str] = &["E0801", "E0810", "E1002", "E1005", "E1009"];

/// A line of a `values` fence.
struct Claim {
    line: usize,
    customer: Option<String>,
    expression: String,
    expected: Expected,
    ty: Option<String>,
}

enum Expected {
    Error(String),
    Missing,
    Value(String),
}

/// How many examples there are, and which are not as they say.
pub fn check(page: &Page) -> (usize, Vec<String>) {
    let parts: Vec<_> = page.of_kind("offer").filter(|fence| fence.word(0).is_none()).collect();
    if parts.is_empty() {
        return (0, Vec::new());
    }
    let project: Vec<(String, String)> =
        parts.iter().map(|fence| (format!("line{:05}.offer", fence.line), fence.text.clone())).collect();
    let compiled = compile(&files(page, &project, None));
    let mut count = 1;
    let told = compiled.diagnostics.iter().filter(|found| !NOT_WHOLE.contains(&found.diagnostic.code));
    let mut wrong: Vec<String> = told.map(shown).collect();
    let Some(plan) = compiled.plan else { return (count, wrong) };
    let (played, failed) = crate::play::tests(&files(page, &project, None));
    count += played;
    wrong.extend(failed);
    for fence in page.of_kind("offer").filter(|fence| fence.word(0).is_some()) {
        count += 1;
        wrong.extend(flawed(page, &project, fence.line, &fence.text, fence.word(0).unwrap(), fence.word(1).unwrap()));
    }
    let claims = claims(page);
    count += claims.len();
    wrong.extend(values(page, &project, &claims));
    for fence in page.of_kind("decisions") {
        count += fence.text.lines().count();
        wrong.extend(decisions(page, &plan, fence));
    }
    (count, wrong)
}

fn shown(found: &opportune_compiler::diagnostic::Located) -> String {
    format!("{}: {} {}", found.path, found.diagnostic.code, found.diagnostic.message)
}

fn files(page: &Page, project: &[(String, String)], more: Option<(String, String)>) -> ProjectFiles {
    let manifest = page.of_kind("toml").next().map_or(MANIFEST, |fence| &fence.text);
    let mut policies: Vec<_> = project.iter().cloned().chain(more).collect();
    policies.sort();
    ProjectFiles { manifest: ("opportune.toml".to_owned(), manifest.to_owned()), policies }
}

/// What a text that should give a code gives instead.
fn flawed(
    page: &Page,
    project: &[(String, String)],
    line: usize,
    text: &str,
    kind: &str,
    code: &str,
) -> Option<String> {
    let compiled = compile(&files(page, project, Some((format!("zzz{line}.offer"), text.to_owned()))));
    let severity = if kind == "error" { Severity::Error } else { Severity::Warning };
    let found: BTreeSet<String> = compiled
        .diagnostics
        .iter()
        .filter(|found| found.diagnostic.severity == severity)
        .filter(|found| code == found.diagnostic.code || !NOT_WHOLE.contains(&found.diagnostic.code))
        .map(|found| found.diagnostic.code.to_string())
        .collect();
    let right = found.iter().eq([code]);
    (!right).then(|| format!("line {line}: {kind} {code} is said, and it gives {found:?} {}", messages(&compiled)))
}

fn messages(compiled: &Compiled) -> String {
    compiled.diagnostics.iter().map(|found| found.diagnostic.message.clone()).collect::<Vec<_>>().join("; ")
}

fn claims(page: &Page) -> Vec<Claim> {
    let mut claims = Vec::new();
    for fence in page.of_kind("values") {
        let customer = (fence.word(0) == Some("for")).then(|| fence.word(1).unwrap().to_owned());
        for (line, text) in (fence.line..).zip(fence.text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
            let (expression, result) = text.rsplit_once("// ").unwrap_or_else(|| panic!("{}: line {line}", page.name));
            let (value, ty) = match result.rsplit_once(" : ") {
                Some((value, ty)) => (value.trim(), Some(ty.trim().to_owned())),
                None => (result.trim(), None),
            };
            let expected = match value {
                "missing" | "unknown" => Expected::Missing,
                _ => value
                    .strip_prefix("error ")
                    .map_or(Expected::Value(value.to_owned()), |c| Expected::Error(c.to_owned())),
            };
            claims.push(Claim {
                line,
                customer: customer.clone(),
                expression: expression.trim().to_owned(),
                expected,
                ty,
            });
        }
    }
    claims
}

fn values(page: &Page, project: &[(String, String)], claims: &[Claim]) -> Vec<String> {
    let mut wrong = Vec::new();
    if claims.is_empty() {
        return wrong;
    }
    let channel = channel(project);
    let mut conditions = format!("portfolio {{\n  slate {channel} 5000\n}}\n");
    for (at, claim) in claims.iter().enumerate() {
        let (line, expression) = (claim.line, &claim.expression);
        let value = match &claim.expected {
            Expected::Error(code) => {
                let text = format!("trait under_test = {expression}\n");
                wrong.extend(flawed(page, project, line, &text, "error", code));
                continue;
            }
            Expected::Missing => format!("({expression}) is missing"),
            Expected::Value(value) if value == "true" => expression.clone(),
            Expected::Value(value) if value == "false" => format!("not ({expression})"),
            Expected::Value(value) => format!("({expression}) = ({value})"),
        };
        conditions.push_str(&format!("\noffer claim_{at} {{\n  eligible when {value}\n  channel {channel}\n}}\n"));
        if let Some(ty) = &claim.ty {
            let found = type_of(page, project, expression);
            if found != *ty {
                wrong.push(format!("line {line}: `{expression}` is of type {ty}, it says, and it is {found}"));
            }
        }
    }
    let compiled = compile(&files(page, project, Some(("zzz.offer".to_owned(), conditions.clone()))));
    let Some(plan) = &compiled.plan else {
        let at = |found: &opportune_compiler::diagnostic::Located| {
            let before = conditions.get(..found.diagnostic.labels[0].span.start as usize).unwrap_or_default();
            let claim =
                before.rsplit("offer claim_").next().and_then(|rest| rest.split(' ').next()?.parse::<usize>().ok());
            let claim = claim.and_then(|at| claims.get(at)).map_or(0, |claim| claim.line);
            format!("line {claim}: {} {}", found.diagnostic.code, found.diagnostic.message)
        };
        wrong.extend(compiled.diagnostics.iter().map(at));
        return wrong;
    };
    let (snapshot, clock) = data(page, plan, &Request::None);
    for engine in [Engine::Interpreter, Engine::Jit] {
        let held = held(plan, &snapshot, &clock, engine);
        for (at, claim) in claims.iter().enumerate().filter(|(_, claim)| !matches!(claim.expected, Expected::Error(_)))
        {
            let customer = claim.customer.as_ref().map_or(0, |key| row(&snapshot, key));
            if !held.contains(&(customer, format!("claim_{at}"))) {
                let Claim { line, expression, .. } = claim;
                wrong.push(format!("line {line}: `{expression}` has another value by {engine:?}"));
            }
        }
    }
    wrong
}

/// The name of a channel that needs nothing.
fn channel(project: &[(String, String)]) -> &str {
    let heads = project.iter().flat_map(|(_, text)| text.lines()).filter(|line| !line.ends_with('{'));
    heads
        .filter_map(|line| line.strip_prefix("channel "))
        .next()
        .expect("a page with values has a channel that needs nothing")
}

/// Which customer each claim's offer was made to.
fn held(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock, engine: Engine) -> BTreeSet<(u32, String)> {
    let mut held = BTreeSet::new();
    let mut sink = |decisions: &[opportune_runtime::decide::Decision]| {
        for decision in decisions {
            held.insert((decision.customer, plan.offers[decision.offer.0 as usize].name.to_string()));
        }
        Ok(())
    };
    decide_all(plan, snapshot, clock, &Options { engine, ..Options::default() }, &mut sink).unwrap();
    held
}

/// The row of the customer of a key.
fn row(snapshot: &Snapshot, key: &str) -> u32 {
    use opportune_runtime::snapshot::Values;
    let column = &snapshot.tables[0].columns[0];
    let is_key = |row: &usize| match &column.values {
        Values::Int64(values) => values[*row].to_string() == key,
        Values::Codes(codes, texts) => texts.get(codes[*row]) == Some(key),
        _ => false,
    };
    u32::try_from((0..snapshot.tables[0].rows).find(is_key).unwrap_or_else(|| panic!("no customer {key}"))).unwrap()
}

/// Reads the page's data, and what a request brings.
fn data(page: &Page, plan: &VerifiedPlan, request: &Request) -> (Snapshot, Clock) {
    let folder = tempfile::tempdir().unwrap();
    for fence in page.of_kind("csv") {
        std::fs::write(folder.path().join(format!("{}.csv", fence.word(0).unwrap())), &fence.text).unwrap();
    }
    for table in plan.schema.tables.iter().skip(1).filter(|table| !table.is_built_in()) {
        let file = folder.path().join(format!("{}.csv", table.source));
        let header: Vec<&str> = table.fields.iter().map(|field| &*field.name).collect();
        if !file.exists() && !matches!(table.kind, opportune_plan::TableKind::Context) {
            panic!("{}: no data of {} ({})", page.name, table.name, header.join(","));
        }
    }
    let manifest = page.of_kind("toml").next().map_or(MANIFEST, |fence| &fence.text);
    let manifest: toml::Table = manifest.parse().unwrap();
    let now = manifest.get("now").and_then(toml::Value::as_str).unwrap_or("2026-11-20 18:00");
    let clock = Clock::parse(now, &plan.zone).unwrap();
    let snapshot = match load_with(plan, folder.path(), Reach::Anywhere, &clock, request) {
        Ok((snapshot, _)) => snapshot,
        Err(errors) => panic!("{}: {errors:?}", page.name),
    };
    (snapshot, clock)
}

/// `decisions` of a batch, `decisions channel=branch` of a request.
fn decisions(page: &Page, plan: &VerifiedPlan, fence: &Fence) -> Vec<String> {
    let brought = fence.info.iter().skip(1).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or_else(|| panic!("{}: `{pair}` says no value", page.name));
        let (field, value) = context::read(plan, key, value).unwrap_or_else(|refused| panic!("{refused:?}"));
        (field, value.unwrap())
    });
    let brought: Vec<_> = brought.collect();
    let request = if brought.is_empty() { Request::None } else { Request::Same(brought) };
    let (snapshot, clock) = data(page, plan, &request);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("decisions.jsonl");
    let mut writer = DecisionWriter::create(&file, plan, &snapshot, &clock, String::new()).unwrap();
    let mut sink =
        |decisions: &[opportune_runtime::decide::Decision]| writer.write(decisions).map_err(std::io::Error::other);
    decide_all(plan, &snapshot, &clock, &Options::default(), &mut sink).unwrap();
    writer.finish().unwrap();
    compare(&file, fence.line, &fence.text)
}

fn compare(file: &Path, line: usize, text: &str) -> Vec<String> {
    let read = |text: &str| -> Vec<serde_json::Map<String, serde_json::Value>> {
        text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))).collect()
    };
    let (found, expected) = (read(&std::fs::read_to_string(file).unwrap()), read(text));
    let mut wrong = Vec::new();
    if found.len() != expected.len() {
        wrong.push(format!("line {line}: {} decisions are shown, and there are {}", expected.len(), found.len()));
    }
    for (at, (found, expected)) in (line..).zip(found.iter().zip(&expected)) {
        for (field, value) in expected {
            if found.get(field) != Some(value) {
                wrong.push(format!("line {at}: `{field}` is {:?}", found.get(field)));
            }
        }
    }
    wrong
}

/// The type of an expression as the language writes it.
fn type_of(page: &Page, project: &[(String, String)], expression: &str) -> String {
    let text = format!("trait under_test = {expression}\n");
    let db = Database::default();
    let project = files(page, project, Some(("zzz.offer".to_owned(), text))).load(&db);
    let signature = queries::signatures(&db, project).get("under_test").copied().flatten();
    let schema = queries::schema(&db, project);
    signature.map_or_else(
        || "nothing".to_owned(),
        |signature| format!("{}{}", type_name(&schema.plan, signature.ty), if signature.nullable { "?" } else { "" }),
    )
}

fn type_name(schema: &Schema, ty: Type) -> String {
    let values = |id| schema.domain(id).map(|domain| domain.variants.join(", ")).unwrap_or_default();
    match ty {
        Type::Money(currency) => format!("money({currency})"),
        Type::OneOf(domain) => format!("one_of({})", values(domain)),
        Type::Ordered(domain) => format!("ordered({})", values(domain)),
        Type::Zone => "timezone".to_owned(),
        Type::Set(Element::Text) => "set of text".to_owned(),
        Type::Set(element) => format!("set of {}", type_name(schema, element.ty())),
        simple => format!("{simple:?}").to_lowercase(),
    }
}
