//! The outline of a file, and the items of a project by name.

use opportune_compiler::db::Db;
use opportune_compiler::queries::{self, Kind, Project, SourceFile, SourceItem};
use opportune_compiler::syntax::Span;
use opportune_compiler::syntax::ast::{FieldItem, ItemKind, Name, OfferClauseKind};

use super::Place;
use super::symbol::fields;

/// An entry of an outline.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outline {
    /// What it is called.
    pub name: String,
    /// What it is, in a word: `offer`, `events`, `field`, …
    pub kind: &'static str,
    /// All of it.
    pub whole: Span,
    /// Its name.
    pub name_span: Span,
    /// What is inside.
    pub children: Vec<Self>,
}

/// The outline of a file.
pub fn outline(db: &dyn Db, file: SourceFile) -> Vec<Outline> {
    queries::items(db, file).iter().filter_map(|item| entry(db, *item)).collect()
}

fn entry(db: &dyn Db, item: SourceItem<'_>) -> Option<Outline> {
    let kind = queries::kind_of(db, item)?;
    let (what, name) = queries::kind_and_name(kind);
    let text = queries::own_text(db, item);
    let offset = item.offset(db);
    let head = head(text);
    let children = children(kind).into_iter().map(|child| moved(child, offset)).collect();
    Some(Outline {
        name: name.map_or_else(|| word(what).to_owned(), |name| name.node.to_string()),
        kind: word(what),
        whole: Span::new(0, text.len()).shifted(offset),
        name_span: name.map_or(head, |name| name.span).shifted(offset),
        children,
    })
}

/// The first line that is no comment.
fn head(text: &str) -> Span {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if is_head(line) {
            return Span::new(start, start + line.trim_end().len());
        }
        start += line.len();
    }
    Span::default()
}

/// Whether a line of an item is neither a comment before it nor an `allow`.
pub fn is_head(line: &str) -> bool {
    let line = line.trim_start();
    !(line.is_empty() || line.starts_with("//") || line.starts_with("allow "))
}

fn moved(outline: Outline, offset: u32) -> Outline {
    Outline { whole: outline.whole.shifted(offset), name_span: outline.name_span.shifted(offset), ..outline }
}

fn children(kind: &ItemKind) -> Vec<Outline> {
    match kind {
        ItemKind::Offer(offer) => {
            let picks = offer.clauses.iter().filter_map(|clause| match &clause.kind {
                OfferClauseKind::Pick(pick) => Some(leaf(&pick.name, "pick", clause.span)),
                _ => None,
            });
            picks.collect()
        }
        kind => fields(kind).iter().map(|field: &FieldItem| leaf(&field.name, "field", field.span)).collect(),
    }
}

fn leaf(name: &Name, kind: &'static str, whole: Span) -> Outline {
    Outline {
        name: name.node.to_string(),
        kind,
        whole: whole.to(name.span),
        name_span: name.span,
        children: Vec::new(),
    }
}

/// The item word of a kind.
pub fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Customer => "customer",
        Kind::Events => "events",
        Kind::Table => "table",
        Kind::Context => "context",
        Kind::Journey => "journey",
        Kind::Guarantee => "guarantee",
        Kind::OfferFields => "offer fields",
        Kind::Channel => "channel",
        Kind::Segment => "segment",
        Kind::Trait => "trait",
        Kind::Offer => "offer",
        Kind::Portfolio => "portfolio",
        Kind::Persona => "persona",
        Kind::Test => "test",
    }
}

/// The most items that one question is answered with.
const MOST_FOUND: usize = 200;

/// The items of a project whose name has the letters of `query` in their order.
pub fn in_project(db: &dyn Db, project: Project, query: &str) -> Vec<(String, &'static str, Place)> {
    let query = query.to_lowercase();
    let items = queries::project_items(db, project).iter();
    let entries = items.filter_map(|item| {
        let (kind, name) = queries::kind_and_name(queries::kind_of(db, *item)?);
        let name = name.filter(|name| has_letters(&name.node.to_lowercase(), &query))?;
        Some((name.node.to_string(), word(kind), Place::in_item(db, *item, name.span)))
    });
    entries.take(MOST_FOUND).collect()
}

fn has_letters(name: &str, query: &str) -> bool {
    let mut letters = name.chars();
    query.chars().all(|wanted| letters.any(|letter| letter == wanted))
}
