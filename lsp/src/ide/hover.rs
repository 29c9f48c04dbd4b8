//! What is told of the name or word at an offset: how it is declared, whether it may be missing, and its documentation.

use opportune_compiler::db::Db;
use opportune_compiler::diagnostic::codes;
use opportune_compiler::facts::Facts;
use opportune_compiler::plan::Type;
use opportune_compiler::queries::{self, Project, SourceFile, SourceItem};
use opportune_compiler::syntax::ALLOW;
use opportune_compiler::syntax::ast::{FieldItem, ItemKind, OfferClauseKind};
use opportune_compiler::vocabulary;

use super::symbol::{Local, Symbol, listed};
use super::{Place, at, symbols, words};

/// What is told of a place.
#[derive(Clone, PartialEq, Eq)]
pub struct Hover {
    /// The name or word that is spoken of.
    pub place: Place,
    /// How it is written or declared, in the language.
    pub code: String,
    /// Paragraphs about it, in Markdown.
    pub text: Vec<String>,
    /// The code whose page tells more.
    pub page: Option<String>,
}

/// What is told of the name or word at an offset.
pub fn hover(db: &dyn Db, project: Option<Project>, file: SourceFile, offset: u32) -> Option<Hover> {
    if let Some(found) = of_code(db, file, offset) {
        return Some(found);
    }
    let of_name = project.and_then(|project| {
        let named = at::named(db, project, file, offset)?;
        let (code, text) = told(db, project, &named.mention.symbol)?;
        Some(Hover { place: named.place(db), code, text, page: None })
    });
    of_name.or_else(|| of_word(db, file, offset))
}

/// What is told of the code behind `allow`.
fn of_code(db: &dyn Db, file: SourceFile, offset: u32) -> Option<Hover> {
    let place = at::word(db, file, offset)?;
    let before = file.text(db).get(..place.span.start as usize)?;
    let line = before.rsplit(['\n', '\r']).next()?.trim_start_matches('\u{FEFF}');
    if line.trim_end() != ALLOW || line.len() == ALLOW.len() {
        return None;
    }
    let code = place.text(db);
    let text = vec![title(code)?.to_owned()];
    Some(Hover { place, code: format!("{ALLOW} {code}"), text, page: Some(code.to_owned()) })
}

/// The title of a code.
pub fn title(code: &str) -> Option<&'static str> {
    codes::ALL.iter().find(|(known, _)| *known == code).map(|(_, title)| *title)
}

/// The first paragraph of a code's page, behind its title.
pub fn first_paragraph(page: &str) -> Option<String> {
    let lines = page.lines().skip_while(|line| line.starts_with('#') || line.trim().is_empty());
    let lines: Vec<&str> = lines.take_while(|line| !line.trim().is_empty()).collect();
    (!lines.is_empty()).then(|| lines.join(" "))
}

/// What is told of a word of the language, or of a unit.
fn of_word(db: &dyn Db, file: SourceFile, offset: u32) -> Option<Hover> {
    let place = at::word(db, file, offset)?;
    let item = at::item(db, file, offset)?;
    let word = place.text(db);
    let line_start = file.text(db).get(..place.span.start as usize)?.ends_with(['\n', '\r']) || place.span.start == 0;
    if in_comment_or_text(db, place) {
        return None;
    }
    let found = words::explained(word, item.word(db), line_start, at::begins_clause(db, place));
    if let Some((_, code, text)) = found {
        return Some(Hover { place, code: (*code).to_owned(), text: vec![(*text).to_owned()], page: None });
    }
    if calls(db, place)
        && let Some(function) = vocabulary::functions().find(|function| function.name == word)
    {
        return Some(Hover { place, code: function.signature, text: vec![function.help.to_owned()], page: None });
    }
    let text = unit(word)?;
    Some(Hover { place, code: word.to_owned(), text: vec![text.to_owned()], page: None })
}

/// Whether a bracket follows.
fn calls(db: &dyn Db, place: Place) -> bool {
    place.file.text(db).get(place.span.end as usize..).is_some_and(|rest| rest.starts_with('('))
}

/// What a unit is.
pub(super) fn unit(word: &str) -> Option<&'static str> {
    Some(match word.trim_end_matches('s') {
        "second" | "minute" | "hour" => "an exact length of time",
        "day" => "days of the customer's calendar: the same local time so many days on",
        "week" => "weeks of the customer's calendar: seven days each",
        "month" | "year" => "months and years of the calendar: the same day of the month, or its last",
        "km" | "m" | "mile" => "a distance on the earth",
        _ if word.len() == 3 && word.chars().all(|c| c.is_ascii_uppercase()) => {
            opportune_compiler::manifest::is_currency(word)
                .then_some("an amount in this currency; currencies do not mix")?
        }
        _ => return None,
    })
}

/// Whether a place is no code: behind `//` or between quotes on its line. Holes of texts count as text here.
fn in_comment_or_text(db: &dyn Db, place: Place) -> bool {
    let before = place.file.text(db).get(..place.span.start as usize).unwrap_or("");
    let line = before.rsplit(['\n', '\r']).next().unwrap_or("");
    let mut in_text = false;
    let mut escaped = false;
    let mut slashes = 0;
    for c in line.chars() {
        slashes = if c == '/' && !in_text { slashes + 1 } else { 0 };
        if slashes == 2 {
            return true;
        }
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            _ => {}
        }
    }
    in_text
}

/// How a symbol is declared, and what is told of it.
pub fn told(db: &dyn Db, project: Project, symbol: &Symbol) -> Option<(String, Vec<String>)> {
    let facts = project.facts(db).as_deref();
    match symbol {
        Symbol::Field(table, field) => Some(of_field(db, project, symbol, table, field)),
        Symbol::OfferField(name) => {
            let (item, field) = symbol.field(db, project)?;
            let mut text = vec!["a field that every offer has".to_owned()];
            text.extend(field_doc(db, item, field));
            Some((format!("offer.{}", written(db, item, field).unwrap_or_else(|| name.to_string())), text))
        }
        Symbol::Definition(name) => of_definition(db, project, symbol, name),
        Symbol::Value(of, value) => {
            let mut text = vec![format!("a value of `{}`", path(of))];
            text.extend(facts.and_then(|facts| rows_with(facts, of, value)));
            Some((value.to_string(), text))
        }
        Symbol::Function(name) => {
            let function = vocabulary::functions().find(|function| *function.name == **name)?;
            Some((function.signature, vec![function.help.to_owned()]))
        }
        Symbol::Local(_, kind, name) => Some(of_local(*kind, name)),
        Symbol::Link(table, name) => {
            let text = format!("the row that `{table}` links to");
            Some((format!("{table}.{name}"), vec![text]))
        }
        Symbol::Table(name) => of_table(db, project, symbol, name),
        Symbol::Journey(_)
        | Symbol::Channel(_)
        | Symbol::Offer(_)
        | Symbol::Guarantee(_)
        | Symbol::Persona(_)
        | Symbol::Test(_) => of_item(db, symbol.item(db, project)?),
    }
}

/// A field by its owner.
fn path(symbol: &Symbol) -> String {
    match symbol {
        Symbol::Field(table, field) => format!("{table}.{field}"),
        Symbol::OfferField(field) => format!("offer.{field}"),
        other => other.name().to_owned(),
    }
}

fn of_field(db: &dyn Db, project: Project, symbol: &Symbol, table: &str, field: &str) -> (String, Vec<String>) {
    let schema = queries::schema(db, project);
    let id = schema.table_named(table);
    let known = id.and_then(|id| schema.plan.field(id, schema.field_named(id, field)?));
    let declared = symbol.field(db, project);
    let facts = project.facts(db).as_deref();
    let of_source = declared.and_then(|(item, found)| written(db, item, found));
    let of_type = || known.map(|known| format!("{field}: {}", type_name(db, project, known.ty)));
    let code = of_source.or_else(of_type).unwrap_or_else(|| field.to_owned());
    let mut text = Vec::new();
    if let Some(known) = known {
        text.push(if known.nullable { "may be missing" } else { "never missing" }.to_owned());
    }
    if let Some(share) = facts.and_then(|facts| facts.share_missing(table, field)).filter(|share| *share > 0.0) {
        text.push(format!("missing in {:.1}% of the rows of `{table}`", share * 100.0));
    }
    text.extend(declared.and_then(|(item, found)| field_doc(db, item, found)));
    (format!("{table}.{code}"), text)
}

/// A field's declaration as it is written, on one line.
fn written(db: &dyn Db, item: SourceItem<'_>, field: &FieldItem) -> Option<String> {
    let text = item.text(db).get(field.name.span.start as usize..field.span.end.max(field.name.span.end) as usize)?;
    let line = text.lines().next()?;
    let code = line.split("//").next().unwrap_or(line);
    Some(code.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The comment on the field's own line, else those on the lines right above it.
fn field_doc(db: &dyn Db, item: SourceItem<'_>, field: &FieldItem) -> Option<String> {
    let text = item.text(db);
    let behind = text.get(field.span.end as usize..)?.lines().next().unwrap_or("");
    if let Some((between, comment)) = behind.split_once("//")
        && between.trim().is_empty()
    {
        return Some(comment.trim_matches('/').trim().to_owned());
    }
    let above = text.get(..field.span.start as usize)?;
    let (above, _) = above.rsplit_once('\n')?;
    let mut lines: Vec<&str> = above
        .lines()
        .rev()
        .map_while(|line| line.trim().strip_prefix("//"))
        .map(|line| line.trim_start_matches('/').trim())
        .collect();
    lines.reverse();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn of_definition(db: &dyn Db, project: Project, symbol: &Symbol, name: &str) -> Option<(String, Vec<String>)> {
    let item = symbol.item(db, project)?;
    let is_segment = matches!(queries::kind_of(db, item), Some(ItemKind::Segment(_)));
    let mut text = Vec::new();
    let code = match queries::signature(db, project, item) {
        Some(found) if is_segment => {
            text.push(if found.nullable { "may be unknown" } else { "always known" }.to_owned());
            format!("segment {name}: bool")
        }
        Some(found) => {
            text.push(if found.nullable { "may be missing" } else { "never missing" }.to_owned());
            let mark = if found.nullable { "?" } else { "" };
            format!("trait {name}: {}{mark}", type_name(db, project, found.ty))
        }
        None => format!("{} {name}", if is_segment { "segment" } else { "trait" }),
    };
    text.extend(doc(db, item));
    Some((code, text))
}

/// A type as the language writes it, of a long list of values the first few.
pub fn type_name(db: &dyn Db, project: Project, ty: Type) -> String {
    const SHOWN: usize = 8;
    let schema = queries::schema(db, project);
    ty.name(&|domain| {
        let all = listed(schema, Type::OneOf(domain)).unwrap_or_default();
        let mut shown: Vec<String> = all.iter().take(SHOWN).map(|value| value_as_written(value)).collect();
        if all.len() > SHOWN {
            shown.push("…".to_owned());
        }
        format!("({})", shown.join(", "))
    })
}

/// A value of a list as the policy writes it: a plain word, else a text in quotes.
pub fn value_as_written(value: &str) -> String {
    let plain = value.starts_with(|c: char| c.is_ascii_lowercase())
        && value.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !vocabulary::RESERVED.contains(&value);
    if plain { value.to_owned() } else { quoted(value) }
}

/// A text in quotes.
pub fn quoted(value: &str) -> String {
    format!("\"{}\"", escaped(value))
}

/// A text as it stands between quotes.
pub fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"")
}

fn of_local(kind: Local, name: &str) -> (String, Vec<String>) {
    let text = match kind {
        Local::Member => "one member of the family: the offer is made for each",
        Local::Pick => "the item that is picked for the customer; the offer's texts name it",
        Local::Arm => "an arm of the experiment",
        Local::Lever => "a lever: multiplies the priority of some offers",
    };
    (name.to_owned(), vec![text.to_owned()])
}

fn of_table(db: &dyn Db, project: Project, symbol: &Symbol, name: &str) -> Option<(String, Vec<String>)> {
    let facts = project.facts(db).as_deref();
    let rows = facts.and_then(|facts| facts.tables.get(name)).map(|table| format!("{} rows", table.rows));
    if let Some(item) = symbol.item(db, project) {
        let (code, mut text) = of_item(db, item)?;
        text.extend(rows);
        return Some((code, text));
    }
    let schema = queries::schema(db, project);
    let table = schema.table_named(name)?;
    schema.is_built_in(table).then(|| {
        let what =
            "events of the ledger, there without being declared: what customers were sent, and what they did with it";
        (format!("events {name}"), vec![what.to_owned()])
    })
}

/// The first line of an item, and its documentation.
fn of_item(db: &dyn Db, item: SourceItem<'_>) -> Option<(String, Vec<String>)> {
    let head = item.text(db).lines().find(|line| symbols::is_head(line))?;
    let code = head.split('{').next().unwrap_or(head).trim_end().to_owned();
    let mut text: Vec<String> = Vec::new();
    if let Some(ItemKind::Offer(offer)) = queries::kind_of(db, item) {
        text.extend(offer.clauses.iter().find_map(|clause| match &clause.kind {
            OfferClauseKind::About(about) => Some(about.node.to_string()),
            _ => None,
        }));
    }
    text.extend(doc(db, item));
    Some((code, text))
}

fn doc(db: &dyn Db, item: SourceItem<'_>) -> Option<String> {
    queries::parsed(db, item).item.as_ref()?.doc.as_ref().map(ToString::to_string)
}

/// In how many rows a field has a value, as far as the data says it.
fn rows_with(facts: &Facts, of: &Symbol, value: &str) -> Option<String> {
    let Symbol::Field(table, field) = of else { return None };
    let values = facts.field(table, field)?.values.as_ref()?;
    let at = values.binary_search_by(|(known, _)| (**known).cmp(value)).ok()?;
    Some(format!("in {} rows", values.get(at)?.1))
}
