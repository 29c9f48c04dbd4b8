//! `persona new_parent { … }` and `test "what it shows" { … }`

use pest::iterators::Pair;

use super::{Reader, Rule, clause, foreign};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{Expr, ItemKind, Name, PersonaItem, Record, TestClause, TestClauseKind, TestItem};
use crate::syntax::layout::{Braces, Finder, Layout, Part};

/// The words that begin the clauses of a test.
pub const WORDS: &[&str] = &["at", "given", "with", "expect", "then", "always"];

/// Words that other languages have for those of a test.
const FOREIGN_WORDS: &[(&str, &[&str])] = &[
    ("expect", &["expects", "expected", "assert", "asserts", "should", "must", "check", "verify", "gets", "get"]),
    ("given", &["when", "customer", "data", "setup", "let"]),
    ("then", &["next", "later", "wait", "afterwards"]),
    ("always", &["invariant", "never", "forall", "every", "ensure"]),
    ("at", &["now", "on", "date", "time"]),
];

fn block(reader: &mut Reader<'_>, what: &str) -> Layout {
    Finder::new(reader.text, reader.tokens, &mut reader.diagnostics).with_records().block(what, Braces::Needed)
}

/// `persona new_parent { email_ok: true … }`
pub fn persona(reader: &mut Reader<'_>) -> Option<ItemKind> {
    let layout = block(reader, "persona");
    let name = super::item::head_name(reader, &layout.head, &[]).ok()?;
    let mut fields = Vec::new();
    for part in &layout.clauses {
        if let Some(pair) = reader.matched(Rule::record_clause, part) {
            fields.extend(reader.record_fields(pair));
        }
    }
    Some(ItemKind::Persona(PersonaItem { name: name?, fields }))
}

/// `test "what it shows" { … }`
pub fn test(reader: &mut Reader<'_>) -> Option<ItemKind> {
    let layout = block(reader, "test");
    let name = head(reader, &layout.head);
    let clauses = layout.clauses.iter().filter_map(|part| read_clause(reader, part)).collect();
    Some(ItemKind::Test(TestItem { name: name?, clauses }))
}

fn head(reader: &mut Reader<'_>, part: &Part) -> Option<Name> {
    let mut name = None;
    for pair in reader.matched(Rule::test_head, part)?.into_inner() {
        match pair.as_rule() {
            Rule::text | Rule::open_text | Rule::odd_text => name = Some(reader.text_value(&pair)),
            Rule::name | Rule::odd_name => name = Some(unquoted(reader, &pair)),
            _ => {}
        }
    }
    name
}

/// `test bundle_by_mail {`
fn unquoted<'t>(reader: &mut Reader<'t>, pair: &Pair<'t, Rule>) -> Name {
    let span = reader.span(pair);
    let word = reader.written(span);
    let quoted = super::text::quoted(&word.replace('_', " "));
    let message = "a test says in a text what it shows";
    reader.report(Diagnostic::error(codes::BAD_WORD, message, span, format!("write `{quoted}`")).fix(
        "write it in quotes",
        span,
        quoted,
    ));
    Name { node: word.into(), span }
}

fn read_clause(reader: &mut Reader<'_>, part: &Part) -> Option<TestClause> {
    let word = clause::first_span(reader, part);
    let first = reader.written(word);
    let kind = match first {
        "at" => TestClauseKind::At(moment(reader, part)?),
        "given" => given(reader, part)?,
        "with" => TestClauseKind::Context(context(reader, Rule::context_clause, part)?),
        "context" => bare_context(reader, part)?,
        "then" => then(reader, part)?,
        "after" => bare_after(reader, part)?,
        "expect" => TestClauseKind::Expect(reader.expectation(part)?),
        "always" => TestClauseKind::Always(reader.always(part)?),
        "because" | "by" | "for" => return loose_part(reader, part, first),
        _ => return other(reader, part, first),
    };
    Some(TestClause { span: reader.part_span(part), word, kind })
}

/// A word of other languages, or one misspelt.
fn other(reader: &mut Reader<'_>, part: &Part, first: &str) -> Option<TestClause> {
    let lower = first.to_lowercase();
    let meant = FOREIGN_WORDS.iter().find(|(_, words)| words.contains(&lower.as_str()));
    let Some((right, _)) = meant.filter(|_| !part.broken) else {
        return clause::no_clause(reader, part, "a test", WORDS);
    };
    let span = clause::first_span(reader, part);
    let message = format!("`{first}` begins no clause of a test");
    let diagnostic = Diagnostic::error(codes::NOT_A_CLAUSE, message, span, "a clause word is expected here");
    reader.report(diagnostic.help(match *right {
        "expect" => "what must come out is written `expect offer NAME`, `expect not NAME` or `expect no offer`",
        "given" => "what is known of the customer is written `given { field: value, … }`",
        "then" => "a later moment is written `then after 3 days` or `then at 2026-11-23 18:00`",
        "always" => {
            "what must hold for every customer is written `always at most 3 contacts in any 7 days` or `always no offer when …`"
        }
        _ => "the moment of a test is written `at 2026-11-20 18:00`",
    }));
    None
}

fn loose_part(reader: &mut Reader<'_>, part: &Part, word: &str) -> Option<TestClause> {
    if !part.broken {
        let span = clause::first_span(reader, part);
        let message = format!("`{word}` goes on with a clause, and this line begins a new one");
        reader.report(
            Diagnostic::error(codes::LOOSE_PART, message, span, "a clause word is expected here")
                .help("write it on the line of its `expect`"),
        );
    }
    None
}

/// `at 2026-11-20 18:00`
fn moment(reader: &mut Reader<'_>, part: &Part) -> Option<Expr> {
    let mut value = None;
    for pair in reader.matched(Rule::at_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::colon | Rule::odd_at => reader.report(foreign::superfluous(reader, span)),
            Rule::sum => value = Some(reader.expr(pair)),
            _ => {}
        }
    }
    value
}

/// `given new_parent with { … }`
fn given(reader: &mut Reader<'_>, part: &Part) -> Option<TestClauseKind> {
    let (mut persona, mut record) = (None, None);
    for pair in reader.matched(Rule::given_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::colon | Rule::odd_assign | Rule::odd_persona => reader.report(foreign::superfluous(reader, span)),
            Rule::name | Rule::odd_name => persona = Some(reader.name(&pair)),
            Rule::record => record = Some(reader.record(pair)),
            Rule::given_with => record = given_with(reader, pair),
            _ => {}
        }
    }
    Some(TestClauseKind::Given { persona, record })
}

fn given_with<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>) -> Option<Record> {
    let mut record = None;
    for part in pair.into_inner() {
        let span = reader.span(&part);
        match part.as_rule() {
            Rule::odd_with => reader.report(foreign::word(reader, span, "with")),
            Rule::no_with => reader.report(foreign::forgotten(span, "with", "after the persona")),
            Rule::record => record = Some(reader.record(part)),
            _ => {}
        }
    }
    record
}

/// `with context { … }`
fn context(reader: &mut Reader<'_>, rule: Rule, part: &Part) -> Option<Record> {
    let mut record = None;
    for pair in reader.matched(rule, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::colon | Rule::odd_assign => reader.report(foreign::superfluous(reader, span)),
            Rule::record => record = Some(reader.record(pair)),
            _ => {}
        }
    }
    record
}

/// `context { … }`
fn bare_context(reader: &mut Reader<'_>, part: &Part) -> Option<TestClauseKind> {
    let record = context(reader, Rule::odd_context_clause, part)?;
    reader.report(foreign::forgotten(clause::first_span(reader, part), "with", "before `context`"));
    Some(TestClauseKind::Context(record))
}

/// `then after 3 days`, `then at 2026-11-23 18:00`
fn then(reader: &mut Reader<'_>, part: &Part) -> Option<TestClauseKind> {
    let mut is_moment = false;
    let mut value = None;
    for pair in reader.matched(Rule::then_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::then_after | Rule::then_at => {
                is_moment = pair.as_rule() == Rule::then_at;
                value = then_value(reader, pair);
            }
            Rule::no_after => reader.report(foreign::forgotten(span, "after", "after `then`")),
            Rule::sum => value = Some(reader.expr(pair)),
            _ => {}
        }
    }
    let value = value?;
    Some(match is_moment {
        true => TestClauseKind::ThenAt(value),
        false => TestClauseKind::ThenAfter(later(reader, value)),
    })
}

fn then_value<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>) -> Option<Expr> {
    let mut value = None;
    for part in pair.into_inner() {
        let span = reader.span(&part);
        match part.as_rule() {
            Rule::odd_after_word => reader.report(foreign::word(reader, span, "after")),
            Rule::odd_then_at => reader.report(foreign::word(reader, span, "at")),
            Rule::sum => value = Some(reader.expr(part)),
            _ => {}
        }
    }
    value
}

/// `after 3 days`
fn bare_after(reader: &mut Reader<'_>, part: &Part) -> Option<TestClauseKind> {
    let pair = reader.matched(Rule::odd_then_clause, part)?;
    reader.report(foreign::forgotten(clause::first_span(reader, part), "then", "before `after`"));
    let value = pair.into_inner().find(|inner| inner.as_rule() == Rule::sum).map(|inner| reader.expr(inner))?;
    Some(TestClauseKind::ThenAfter(later(reader, value)))
}

fn later(reader: &mut Reader<'_>, value: Expr) -> Expr {
    clause::span_literal(reader, value, "the next step comes after a length of time", "then after")
}
