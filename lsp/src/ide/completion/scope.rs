//! What names mean before a cursor: whose row is looked at, and what a path leads to.

use opportune_compiler::hir::Schema;
use opportune_compiler::plan::{FieldId, Schema as PlanSchema, TableId, TableKind, Type};
use opportune_compiler::vocabulary;

use super::cursor::{Kind, Token};

/// What a path before a cursor leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reached<'t> {
    /// A row of a table.
    Row(TableId),
    /// The offer that is spoken of.
    Offer,
    /// A field of a table.
    Field(TableId, FieldId),
    /// A field of offers, by its position.
    OfferField(usize),
    /// A name that is no row: a definition, a journey, an offer, …
    Name(&'t str),
}

/// An aggregate whose bracket is open at the cursor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Open<'t> {
    /// The aggregate or function.
    pub word: &'t str,
    /// Where its bracket is.
    pub at: usize,
    /// Whether `where` stands in it.
    pub has_where: bool,
    /// Whether `in` stands in it, before any `where`.
    pub has_window: bool,
}

/// The calls whose brackets are open, the innermost last.
pub fn open_calls<'t>(tokens: &[Token<'t>]) -> Vec<Open<'t>> {
    let mut open: Vec<Option<Open<'t>>> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match (token.kind, token.text) {
            (Kind::Sign, "(") => {
                let before = at.checked_sub(1).and_then(|before| tokens.get(before));
                let word = before.filter(|before| before.kind == Kind::Word);
                open.push(word.map(|word| Open { word: word.text, at, has_where: false, has_window: false }));
            }
            (Kind::Sign, ")") => {
                open.pop();
            }
            (Kind::Word, "where") => set(&mut open, |call| call.has_where = true),
            (Kind::Word, "in") => set(&mut open, |call| call.has_window |= !call.has_where),
            _ => {}
        }
    }
    open.into_iter().flatten().collect()
}

fn set<'t>(open: &mut [Option<Open<'t>>], change: impl Fn(&mut Open<'t>)) {
    if let Some(call) = open.iter_mut().rev().flatten().find(|call| is_aggregate(call.word)) {
        change(call);
    }
}

/// Whether a call looks at events.
pub fn is_aggregate(word: &str) -> bool {
    const OTHERS: [&str; 2] = ["min", "max"];
    OTHERS.contains(&word)
        || vocabulary::functions().any(|function| function.name == word && function.signature.contains("events"))
}

/// The event table whose row bare names are of, at the end of the tokens.
pub fn row(schema: &Schema, tokens: &[Token<'_>]) -> Option<TableId> {
    let calls = open_calls(tokens);
    let call = calls.iter().rev().find(|call| is_aggregate(call.word) && call.has_where)?;
    events(schema, tokens, call)
}

/// The events that an open aggregate is over.
pub fn events(schema: &Schema, tokens: &[Token<'_>], call: &Open<'_>) -> Option<TableId> {
    let inside = tokens.get(call.at + 1..)?;
    let mut words = inside.iter().filter(|token| token.kind == Kind::Word);
    words.find_map(|word| schema.table_named(word.text).filter(|table| schema.is_events(*table)))
}

/// What the path at the end of the tokens leads to, and how many tokens it has.
pub fn path<'t>(
    schema: &Schema,
    tokens: &[Token<'t>],
    row: Option<TableId>,
    bare: bool,
) -> Option<(Reached<'t>, usize)> {
    let (mut names, mut end) = (Vec::new(), tokens.len());
    loop {
        let last = tokens.get(end.checked_sub(1)?)?;
        if last.kind == Kind::Sign && last.text == ")" {
            let (table, begin) = called(schema, tokens, end)?;
            return Some((walk(schema, Reached::Row(table), &names)?, tokens.len() - begin));
        }
        if last.kind != Kind::Word {
            return None;
        }
        end -= 1;
        let dotted = end.checked_sub(1).and_then(|dot| tokens.get(dot)).is_some_and(|dot| dot.text == ".");
        if !dotted {
            let root = root(schema, last.text, row, bare)?;
            return Some((walk(schema, root, &names)?, tokens.len() - end));
        }
        names.insert(0, last.text);
        end -= 1;
    }
}

/// `first(…)`, `last(…)` or a look-up whose closing bracket is before `end`: the table of its row, and where it begins.
fn called(schema: &Schema, tokens: &[Token<'_>], end: usize) -> Option<(TableId, usize)> {
    let (mut depth, mut open) = (0_usize, end);
    loop {
        open = open.checked_sub(1)?;
        match tokens.get(open)?.text {
            ")" => depth += 1,
            "(" if depth == 1 => break,
            "(" => depth -= 1,
            _ => {}
        }
    }
    let begin = open.checked_sub(1)?;
    let word = tokens.get(begin).filter(|word| word.kind == Kind::Word)?.text;
    let table = if matches!(word, "first" | "last") {
        let call = Open { word, at: open, has_where: false, has_window: false };
        events(schema, tokens.get(..end)?, &call)?
    } else {
        schema.table_named(word)?
    };
    Some((table, begin))
}

fn root<'t>(schema: &Schema, name: &'t str, row: Option<TableId>, bare: bool) -> Option<Reached<'t>> {
    let here = row.unwrap_or(PlanSchema::CUSTOMER);
    if name == "offer" {
        return Some(Reached::Offer);
    }
    let of_offers = schema.offer_fields.iter().position(|field| *field.name == *name).filter(|_| bare);
    if let Some(at) = of_offers {
        return Some(Reached::OfferField(at));
    }
    if let Some(found) = step(schema, here, name) {
        return Some(found);
    }
    if name == "customer" && schema.plan.table(PlanSchema::CUSTOMER).is_some() {
        return Some(Reached::Row(PlanSchema::CUSTOMER));
    }
    Some(schema.table_named(name).map_or(Reached::Name(name), Reached::Row))
}

/// A field or a linked row of a table.
fn step<'t>(schema: &Schema, table: TableId, name: &str) -> Option<Reached<'t>> {
    if let Some(field) = schema.field_named(table, name) {
        return Some(Reached::Field(table, field));
    }
    if let Some(link) = schema.link_named(table, name) {
        return Some(Reached::Row(schema.plan.field(table, link)?.link?.table));
    }
    match schema.plan.table(table)?.kind {
        TableKind::Events { at, .. } if name == "at" => Some(Reached::Field(table, at)),
        _ => None,
    }
}

fn walk<'t>(schema: &Schema, from: Reached<'t>, names: &[&'t str]) -> Option<Reached<'t>> {
    names.iter().try_fold(from, |reached, name| match reached {
        Reached::Row(table) => step(schema, table, name),
        Reached::Offer => schema.offer_fields.iter().position(|field| *field.name == **name).map(Reached::OfferField),
        Reached::Field(..) | Reached::OfferField(_) | Reached::Name(_) => None,
    })
}

/// The type of what a path leads to, and the table and field that hold its values.
pub fn type_of(schema: &Schema, reached: Reached<'_>) -> Option<(Type, Option<(TableId, FieldId)>)> {
    match reached {
        Reached::Field(table, field) => Some((schema.plan.field(table, field)?.ty, Some((table, field)))),
        Reached::OfferField(at) => Some((schema.offer_fields.get(at)?.ty, None)),
        Reached::Row(_) | Reached::Offer | Reached::Name(_) => None,
    }
}
