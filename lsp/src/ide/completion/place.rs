//! What may follow, by the tokens before a cursor: the clause it is in, and what stands last.

use opportune_compiler::plan::{FieldId, TableId, Type};
use opportune_compiler::syntax::ItemWord;
use opportune_compiler::vocabulary;

use super::cursor::{Cursor, Kind, Token};
use super::lists::Lists;
use super::scope::{self, Reached};
use super::{Several, records};

/// What a cursor wants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// Words that begin a clause of the item.
    Clauses,
    /// These words of the language.
    Words(&'static [&'static str]),
    /// The fields and rows behind a row.
    Members(TableId),
    /// The fields of offers.
    OfferFields,
    /// The names that stand for values: of the row, or of the customer.
    Names(Option<TableId>),
    /// Functions and aggregates.
    Functions,
    /// Event tables.
    Events,
    /// Lookup tables.
    Tables,
    /// Channels.
    Channels,
    /// Offers.
    Offers,
    /// Personas.
    Personas,
    /// The tables and fields that a record of a customer may name.
    Given,
    /// Values of a type, and where they are in the data.
    Values(Type, Option<(TableId, FieldId)>),
    /// Units of time, distance and money.
    Units,
    /// Types of fields.
    Types,
    /// Arms of the offer.
    Arms,
}

const WINDOWS: &[&str] = &["last", "next", "this", "previous", "between"];
const AFTER_VALUE: &[&str] = &[
    "and",
    "or",
    "else",
    "is missing",
    "is known",
    "is true",
    "is not",
    "in",
    "not in",
    "between",
    "contains",
    "overlaps",
    "starts with",
    "ends with",
    "then",
    "when",
];
const VALUES: &[&str] = &["now", "today", "true", "false", "not", "if"];
const ROLES: &[&str] = &["key", "at"];
const BESIDE_TYPE: &[&str] = &["from", "private", "sensitive", "consent"];
const CAP_WORDS: &[&str] = &[
    "per customer",
    "in total",
    "every",
    "each",
    "on",
    "including inbound",
    "over",
    "where",
    "when",
    "sends",
    "decisions",
    "impressions",
    "redemptions",
    "per offer",
    "of requests per",
];
const TIMING_WORDS: &[&str] =
    &["from", "to", "on", "between", "right away", "at", "within", "after", "at least", "else"];
const COMPARISONS: &[&str] = &["=", "<", "<=", ">", ">=", "==", "!="];

/// In a text: the values that the other side of a comparison may have.
pub fn in_text(cursor: &Cursor<'_>, lists: &Lists<'_>) -> Several {
    if let Some(wanted) = records::wanted(cursor, lists) {
        return wanted.into_iter().filter(|wanted| matches!(wanted, Wanted::Values(..))).collect();
    }
    values(cursor, lists).into_iter().collect()
}

/// Among words and signs.
pub fn in_code(cursor: &Cursor<'_>, lists: &Lists<'_>) -> Several {
    if cursor.in_hole {
        return expression(cursor, lists, &cursor.tokens);
    }
    if let Some(wanted) = records::wanted(cursor, lists) {
        return wanted;
    }
    let (head, clause) = clause(cursor, lists.item);
    match (head, lists.item) {
        (true, _) => in_head(cursor, lists),
        (_, ItemWord::Customer | ItemWord::Events | ItemWord::Table | ItemWord::Context) => {
            field(clause, cursor, lists)
        }
        (_, ItemWord::Offer) if is_offer_fields(cursor) => field(clause, cursor, lists),
        _ if clause.is_empty() => vec![Wanted::Clauses],
        _ => in_clause(cursor, lists, clause),
    }
}

fn is_offer_fields(cursor: &Cursor<'_>) -> bool {
    cursor.tokens.get(1).is_some_and(|token| token.text == "fields")
}

/// The tokens of the clause at the cursor; whether it is still the item's head.
fn clause<'c, 't>(cursor: &'c Cursor<'t>, item: ItemWord) -> (bool, &'c [Token<'t>]) {
    let tokens = cursor.tokens.as_slice();
    let skip = tokens.iter().take_while(|token| token.kind == Kind::Newline).count();
    let tokens = tokens.get(skip..).unwrap_or_default();
    if matches!(item, ItemWord::Segment | ItemWord::Trait | ItemWord::Journey | ItemWord::Stray | ItemWord::Unbuilt) {
        return (true, tokens);
    }
    let Some(open) = tokens.iter().position(|token| token.text == "{") else { return (true, tokens) };
    let begin = cursor.clause(matches!(item, ItemWord::Test | ItemWord::Persona));
    let begins = |token: &Token<'_>| begin.is_some_and(|begin| token.start >= begin);
    let begin = tokens.iter().position(begins).unwrap_or(tokens.len());
    (false, tokens.get(begin.max(open + 1)..).unwrap_or_default())
}

/// `offer name for each category c of product`, `segment name is …`, `journey name = …`
fn in_head(cursor: &Cursor<'_>, lists: &Lists<'_>) -> Several {
    let tokens = cursor.tokens.as_slice();
    match (lists.item, cursor.back(0)) {
        (ItemWord::Segment | ItemWord::Trait, _) if tokens.len() > 2 => expression(cursor, lists, tokens),
        (ItemWord::Segment, _) if tokens.len() == 2 => vec![Wanted::Words(&["is"])],
        (ItemWord::Journey, "=" | "then") => vec![Wanted::Events],
        (ItemWord::Journey, _) => journey(cursor, lists),
        (ItemWord::Offer, "of") => vec![Wanted::Tables],
        (ItemWord::Offer, "offer") => vec![Wanted::Words(&["fields"])],
        (ItemWord::Offer, "for") => vec![Wanted::Words(&["each"])],
        (ItemWord::Offer, _) if tokens.len() == 2 => vec![Wanted::Words(&["for each"])],
        (ItemWord::Guarantee, _) if cursor.last().is_some_and(|last| last.kind == Kind::Text) => {
            vec![Wanted::Words(&["review by"])]
        }
        _ => Vec::new(),
    }
}

fn journey(cursor: &Cursor<'_>, lists: &Lists<'_>) -> Several {
    let mut tokens = cursor.tokens.iter().enumerate().rev();
    let Some((begin, _)) = tokens.find(|(_, token)| matches!(token.text, "where" | "then" | "=")) else {
        return Vec::new();
    };
    let Some((step, rest)) = cursor.tokens.get(begin..).and_then(<[Token<'_>]>::split_first) else { return Vec::new() };
    if step.text == "where" {
        let events = cursor
            .tokens
            .get(..begin)
            .and_then(|before| before.iter().rev().find_map(|token| lists.schema()?.table_named(token.text)));
        return value(cursor, lists, rest, events);
    }
    vec![Wanted::Words(&["then", "within", "where"])]
}

/// The declaration of a field.
fn field(clause: &[Token<'_>], cursor: &Cursor<'_>, lists: &Lists<'_>) -> Several {
    let last = cursor.back(0);
    match last {
        _ if clause.is_empty() => vec![Wanted::Words(ROLES)],
        ":" | "of" => vec![Wanted::Types],
        "->" => vec![Wanted::Tables],
        "=" => values_of_default(clause, lists).into_iter().collect(),
        "set" => vec![Wanted::Words(&["of"])],
        _ if clause.iter().any(|token| token.text == ":") && !matches!(last, "from" | "as" | "(" | ",") => {
            vec![
                Wanted::Words(BESIDE_TYPE),
                Wanted::Words(if clause.iter().any(|token| token.text == "->") { &["as"] } else { &[] }),
            ]
        }
        _ => Vec::new(),
    }
}

fn values_of_default(clause: &[Token<'_>], lists: &Lists<'_>) -> Option<Wanted> {
    let schema = lists.schema()?;
    let name = clause.first()?.text;
    let field = schema.offer_fields.iter().find(|field| *field.name == *name)?;
    Some(Wanted::Values(field.ty, None))
}

/// Within a clause: what its word asks for, else an expression.
fn in_clause(cursor: &Cursor<'_>, lists: &Lists<'_>, clause: &[Token<'_>]) -> Several {
    let first = clause.first().map_or("", |token| token.text);
    let last = cursor.back(0);
    let said = |word: &str| clause.iter().any(|token| token.text == word);
    match (lists.item, first) {
        _ if last == "." => expression(cursor, lists, clause),
        (ItemWord::Offer, "channel") if matches!(last, "channel" | "else" | "then") => vec![Wanted::Channels],
        (ItemWord::Offer, "channel") if last == "," => vec![Wanted::Words(&["else"]), Wanted::Channels],
        (ItemWord::Offer, "channel") if !said("when") => vec![Wanted::Words(&["else", "when"])],
        (ItemWord::Offer, "message") if last == "message" => vec![Wanted::Channels],
        (ItemWord::Offer, "eligible" | "except") if clause.len() == 1 => vec![Wanted::Words(&["when"])],
        (ItemWord::Offer, "arm") if clause.len() == 1 => vec![Wanted::Arms],
        (ItemWord::Offer, "arm") if clause.len() == 2 => vec![Wanted::OfferFields],
        (ItemWord::Offer, "pick") if last == "of" => vec![Wanted::Tables],
        (ItemWord::Offer | ItemWord::Portfolio, "cap" | "budget") => cap(cursor, lists, clause),
        (ItemWord::Offer, "timing") if last == "on" => vec![Wanted::Words(vocabulary::DAYS)],
        (ItemWord::Offer, "timing") if matches!(last, "timing" | ",") => vec![Wanted::Words(TIMING_WORDS)],
        (ItemWord::Channel, "quiet") if last == "on" => vec![Wanted::Words(vocabulary::DAYS)],
        (ItemWord::Channel, "quiet") if clause.len() == 1 => vec![Wanted::Words(&["on", "by law of"])],
        (ItemWord::Channel, "capacity") if last == "per" => vec![Wanted::Words(&["day", "week"])],
        (ItemWord::Portfolio, "slate" | "stop") if clause.len() == 1 => vec![Wanted::Channels],
        (ItemWord::Portfolio, "stop") => vec![Wanted::Words(&["after"])],
        (ItemWord::Portfolio, "fallback") if clause.len() == 1 => vec![Wanted::Offers],
        (ItemWord::Portfolio, "at") if matches!(last, "of" | ",") => vec![Wanted::Offers],
        (ItemWord::Portfolio, "suppress") if last == "after" => vec![Wanted::Events],
        (ItemWord::Portfolio, "suppress") if said("where") => in_where(cursor, lists, clause),
        (ItemWord::Portfolio, "rank") if matches!(last, "by" | "," | "then") => {
            vec![Wanted::Words(&["score", "by lot", "offer"]), Wanted::Words(&["then"])]
        }
        (ItemWord::Test, _) => records::test(cursor, clause).unwrap_or_else(|| expression(cursor, lists, clause)),
        (ItemWord::Offer, _) if clause.len() == 1 && is_offer_field(lists, first) => setting(lists, first),
        (ItemWord::Offer, _) if is_offer_field(lists, first) && matches!(last, "[" | ",") => setting(lists, first),
        _ => expression(cursor, lists, clause),
    }
}

fn is_offer_field(lists: &Lists<'_>, name: &str) -> bool {
    lists.schema().is_some_and(|schema| schema.offer_fields.iter().any(|field| *field.name == *name))
}

/// The value of a field of the offer.
fn setting(lists: &Lists<'_>, name: &str) -> Several {
    let field = lists.schema().and_then(|schema| schema.offer_fields.iter().find(|field| *field.name == *name));
    field.map(|field| Wanted::Values(field.ty, None)).into_iter().collect()
}

fn cap(cursor: &Cursor<'_>, lists: &Lists<'_>, clause: &[Token<'_>]) -> Several {
    match cursor.back(0) {
        "on" => vec![Wanted::Channels],
        "over" => vec![Wanted::Events],
        "each" => vec![Wanted::Words(vocabulary::CALENDAR_UNITS)],
        "per" => vec![Wanted::Words(&["customer", "offer", "context"])],
        _ if clause.iter().any(|token| token.text == "where") => in_where(cursor, lists, clause),
        _ if clause.iter().any(|token| token.text == "when") => expression(cursor, lists, clause),
        _ if number_before(cursor) && clause.len() > 2 => vec![Wanted::Units],
        _ => vec![Wanted::Words(CAP_WORDS)],
    }
}

/// A `where` of a clause, over the events that the clause names.
fn in_where(cursor: &Cursor<'_>, lists: &Lists<'_>, clause: &[Token<'_>]) -> Several {
    let before = clause.iter().take_while(|token| token.text != "where");
    let named = before.filter_map(|token| lists.schema()?.table_named(token.text)).last();
    let events = named.or_else(|| lists.schema()?.table_named("contact"));
    value(cursor, lists, clause, events)
}

fn number_before(cursor: &Cursor<'_>) -> bool {
    cursor.last().is_some_and(|last| last.kind == Kind::Number)
}

/// In an expression over the customer, or over the events of an aggregate that is open.
fn expression(cursor: &Cursor<'_>, lists: &Lists<'_>, tokens: &[Token<'_>]) -> Several {
    let row = lists.schema().and_then(|schema| scope::row(schema, tokens));
    value(cursor, lists, tokens, row)
}

fn value(cursor: &Cursor<'_>, lists: &Lists<'_>, tokens: &[Token<'_>], row: Option<TableId>) -> Several {
    let Some(last) = tokens.iter().rev().find(|token| token.kind != Kind::Newline) else { return operand(row) };
    let calls = scope::open_calls(tokens);
    let call = calls.last().filter(|call| scope::is_aggregate(call.word));
    match (last.kind, last.text) {
        (_, ".") => members(lists, tokens, row),
        (Kind::Sign, "(") if call.is_some_and(|call| call.word != "frequency_rank") => {
            let both = call.is_some_and(|call| matches!(call.word, "min" | "max"));
            if both { [vec![Wanted::Events], operand(row)].concat() } else { vec![Wanted::Events] }
        }
        (Kind::Word, "in") => [vec![Wanted::Words(WINDOWS)], operand(row)].concat(),
        (Kind::Word, "this" | "previous") => vec![Wanted::Words(vocabulary::CALENDAR_UNITS)],
        (Kind::Word, "next") => vec![Wanted::Words(vocabulary::CALENDAR_UNITS)],
        (Kind::Word, "is") => {
            [vec![Wanted::Words(&["missing", "known", "true", "not"])], compared(cursor, lists)].concat()
        }
        (Kind::Word, "starts" | "ends") => vec![Wanted::Words(&["with"])],
        (Kind::Number, _) if cursor.touches => Vec::new(),
        (Kind::Number, _) if matches!(cursor.back(1), "last" | "next" | "every") => vec![Wanted::Units],
        (Kind::Number, _) => vec![Wanted::Units, Wanted::Words(AFTER_VALUE)],
        _ if asks_for_value(last) => [compared(cursor, lists), operand(row)].concat(),
        _ if cursor.touches => Vec::new(),
        _ if call.is_some_and(|call| !call.has_where) => {
            let has_window = call.is_some_and(|call| call.has_window);
            vec![Wanted::Words(if has_window { &["where"] } else { &["where", "in last", "in"] })]
        }
        _ => vec![Wanted::Words(AFTER_VALUE)],
    }
}

fn operand(row: Option<TableId>) -> Several {
    vec![Wanted::Names(row), Wanted::Functions, Wanted::Words(VALUES)]
}

/// Whether a value must follow such a token.
fn asks_for_value(last: &Token<'_>) -> bool {
    match last.kind {
        Kind::Sign => !matches!(last.text, ")" | "]" | "}" | "%" | "?"),
        Kind::Word => {
            let asks = [
                "and",
                "or",
                "not",
                "else",
                "when",
                "where",
                "if",
                "then",
                "between",
                "contains",
                "overlaps",
                "with",
                "by",
                "priority",
                "needs",
                "cost",
                "objective",
                "carries",
                "never",
                "to",
                "after",
                "of",
            ];
            asks.contains(&last.text)
        }
        Kind::Number | Kind::Text | Kind::Newline => false,
    }
}

fn members(lists: &Lists<'_>, tokens: &[Token<'_>], row: Option<TableId>) -> Several {
    let trimmed = tokens.len().checked_sub(1).and_then(|end| tokens.get(..end)).unwrap_or_default();
    let Some(schema) = lists.schema() else { return Vec::new() };
    match scope::path(schema, trimmed, row, false) {
        Some((Reached::Row(table), _)) => vec![Wanted::Members(table)],
        Some((Reached::Offer, _)) => vec![Wanted::OfferFields],
        Some((Reached::Name(name), _)) => lists.parts(name),
        _ => Vec::new(),
    }
}

/// The values of what is compared at the cursor.
fn compared(cursor: &Cursor<'_>, lists: &Lists<'_>) -> Several {
    values(cursor, lists).into_iter().collect()
}

/// The values that the left side of a comparison, or of a list behind `in`, may have.
fn values(cursor: &Cursor<'_>, lists: &Lists<'_>) -> Option<Wanted> {
    let schema = lists.schema()?;
    let tokens = cursor.tokens.as_slice();
    let mut end = tokens.len();
    // Out of a list: `x in ["a", "b"`.
    let open = tokens.iter().rposition(|token| matches!(token.text, "[" | "]"));
    if let Some(open) = open.filter(|open| tokens.get(*open).is_some_and(|token| token.text == "[")) {
        end = open;
    }
    let is_operator = |token: &Token<'_>| {
        COMPARISONS.contains(&token.text)
            || matches!(
                token.text,
                "is" | "not" | "in" | "contains" | "overlaps" | "with" | "starts" | "ends" | "between"
            )
    };
    let before = tokens.get(..end)?;
    let left = before.len() - before.iter().rev().take_while(|token| is_operator(token)).count();
    if left == before.len() {
        return own_setting(schema, before);
    }
    let left = before.get(..left)?;
    let bare = lists.item == ItemWord::Channel && left.iter().any(|token| token.text == "carries");
    let (reached, _) = scope::path(schema, left, row_of(lists, left), bare)?;
    let (ty, place) = scope::type_of(schema, reached)?;
    Some(Wanted::Values(ty, place))
}

/// The row that bare names are of, where a clause names its events outside of an aggregate.
fn row_of(lists: &Lists<'_>, tokens: &[Token<'_>]) -> Option<TableId> {
    let schema = lists.schema()?;
    let row = scope::row(schema, tokens);
    row.or_else(|| {
        let at = tokens.iter().rposition(|token| token.text == "where")?;
        let named = tokens.get(..at)?.iter().rev().find_map(|token| schema.table_named(token.text));
        named.filter(|table| schema.is_events(*table))
    })
}

/// `topic "…"`, `sells ["…"`: a field of the offer.
fn own_setting(schema: &opportune_compiler::hir::Schema, before: &[Token<'_>]) -> Option<Wanted> {
    let name = before.last()?.text;
    let field = schema.offer_fields.iter().find(|field| *field.name == *name)?;
    Some(Wanted::Values(field.ty, None))
}
