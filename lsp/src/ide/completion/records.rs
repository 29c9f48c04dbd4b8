//! What may follow in personas and tests: fields and values of records, and the words of a test's clauses.

use opportune_compiler::plan::{Schema as PlanSchema, TableId};
use opportune_compiler::syntax::ItemWord;

use super::Several;
use super::cursor::{Cursor, Kind, Token};
use super::lists::Lists;
use super::place::Wanted;
use super::scope;

/// What a bracket holds that is open at the cursor.
#[derive(Clone, Copy)]
enum Holds {
    /// The clauses of a test.
    Clauses,
    /// The fields of a row.
    Row(Option<TableId>),
    /// Rows or values of a field.
    List(Option<TableId>),
}

/// What a record wants; `None`: the cursor is in none.
pub fn wanted(cursor: &Cursor<'_>, lists: &Lists<'_>) -> Option<Several> {
    if !matches!(lists.item, ItemWord::Persona | ItemWord::Test) {
        return None;
    }
    let schema = lists.schema()?;
    let mut open: Vec<Holds> = Vec::new();
    let mut begin = 0;
    for (at, token) in cursor.tokens.iter().enumerate() {
        match token.text {
            "{" => open.push(inside(lists, open.last().copied(), cursor.tokens.get(..at)?)),
            "[" => open.push(Holds::List(named(lists, open.last().copied(), cursor.tokens.get(..at)?))),
            "}" | "]" => {
                open.pop();
            }
            "," => {}
            _ if token.kind != Kind::Newline => continue,
            _ => {}
        }
        begin = at + 1;
    }
    let field = cursor.tokens.get(begin..)?;
    match (open.last()?, field) {
        (Holds::Clauses, _) => None,
        (Holds::Row(table), []) if is_customer(*table) => Some(vec![Wanted::Given]),
        (Holds::Row(table), []) => Some(table.map(Wanted::Members).into_iter().collect()),
        (Holds::Row(table), [name, ..]) => {
            let found = table.and_then(|table| Some((table, schema.field_named(table, name.text)?)));
            let ty = found.and_then(|(table, field)| scope::type_of(schema, scope::Reached::Field(table, field)));
            let values = ty.map(|(ty, place)| Wanted::Values(ty, place));
            Some(values.into_iter().chain([Wanted::Words(&["missing", "now", "today"])]).collect())
        }
        (Holds::List(_), _) => Some(Vec::new()),
    }
}

fn is_customer(table: Option<TableId>) -> bool {
    table == Some(PlanSchema::CUSTOMER)
}

/// What a `{` opens, by what stands before it.
fn inside(lists: &Lists<'_>, outer: Option<Holds>, before: &[Token<'_>]) -> Holds {
    let last = before.iter().rev().find(|token| token.kind != Kind::Newline).map_or("", |token| token.text);
    match (outer, lists.item) {
        (None, ItemWord::Persona) => Holds::Row(Some(PlanSchema::CUSTOMER)),
        (None, _) => Holds::Clauses,
        (Some(Holds::Clauses), _) if last == "context" => {
            Holds::Row(lists.schema().and_then(|schema| schema.table_named("context")))
        }
        (Some(Holds::Clauses), _) => Holds::Row(Some(PlanSchema::CUSTOMER)),
        (Some(Holds::List(table)), _) => Holds::Row(table),
        (outer, _) => Holds::Row(named(lists, outer, before)),
    }
}

/// The table of the rows that `name:` gives, the name being the last before a bracket.
fn named(lists: &Lists<'_>, outer: Option<Holds>, before: &[Token<'_>]) -> Option<TableId> {
    let name = before.iter().rev().find(|token| token.kind == Kind::Word)?.text;
    let schema = lists.schema()?;
    let Some(Holds::Row(Some(table))) = outer else { return None };
    let link = schema.link_named(table, name).and_then(|link| schema.plan.field(table, link)?.link);
    link.map(|link| link.table).or_else(|| schema.table_named(name))
}

/// What a clause of a test wants; `None`: an expression.
pub fn test(cursor: &Cursor<'_>, clause: &[Token<'_>]) -> Option<Several> {
    let first = clause.first()?.text;
    let last = cursor.back(0);
    let said = |word: &str| clause.iter().any(|token| token.text == word);
    Some(match (first, last) {
        ("given", "given") => vec![Wanted::Personas],
        ("given", _) => vec![Wanted::Words(&["with"])],
        ("with", "with") => vec![Wanted::Words(&["context"])],
        ("then", "then") => vec![Wanted::Words(&["after", "at"])],
        ("expect", "expect") => vec![Wanted::Words(&["offer", "reminder", "notice", "not", "no offer"])],
        ("expect", "offer" | "reminder" | "notice" | "not") => vec![Wanted::Offers],
        ("expect" | "always", "by") => vec![Wanted::Channels],
        ("expect", _) if cursor.last().is_some_and(|last| last.kind != Kind::Number) => {
            vec![Wanted::Words(&["by", "at", "for", "because"])]
        }
        ("always", "always") => vec![Wanted::Words(&["at most", "no offer when", "not"])],
        ("always", "not") if clause.len() == 2 => vec![Wanted::Offers],
        ("always", _) if said("when") => return None,
        ("always", _) if clause.len() == 4 => vec![Wanted::Words(&["contacts", "contact"]), Wanted::Offers],
        ("always", _) => vec![
            Wanted::Words(&["when", "in any", "by"]),
            Wanted::Words(if cursor.last().is_some_and(|last| last.kind == Kind::Number) { &["days"] } else { &[] }),
        ],
        ("at" | "then", _) => Vec::new(),
        _ => return None,
    })
}
