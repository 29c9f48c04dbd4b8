//! What each word, number, text and comment of a file is, for editors that colour by meaning.
//!
//! The compiler's own scanner cuts an item into tokens ([`pieces`]); a word is what [`mentions`] says that it names, else a
//! word of the language, else nothing: a name that means nothing keeps the colour of plain text. What must hold: tokens
//! come in the order of the text, none is over the end of a line, no two overlap, and an edit computes those of the items
//! that it changes alone.

#![allow(missing_docs, reason = "what salsa generates beside the documented functions has none")]

mod pieces;

use opportune_compiler::db::Db;
use opportune_compiler::plan::TableKind;
use opportune_compiler::queries::{self, Project, SourceFile, SourceItem};
use opportune_compiler::syntax::{ALLOW, ItemWord, Span};
use opportune_compiler::{manifest, vocabulary};

use self::pieces::{Piece, PieceKind, pieces};
use super::mentions::{Mention, Role, mentions};
use super::symbol::{CONTEXT, Symbol};
use super::{hover, words};

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs, reason = "each is named after what it is")]
pub enum TokenKind {
    Keyword,
    Type,
    Function,
    Unit,
    Number,
    Text,
    Comment,
    /// A `///` line.
    Doc,
    Operator,
    Table,
    Events,
    Field,
    Value,
    Segment,
    Trait,
    Journey,
    Channel,
    Offer,
    Persona,
    /// What has a name within one item.
    Local,
}

/// A token of a file or an item.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Token {
    /// Where, in bytes from the start of the file or item.
    pub span: Span,
    /// What it is.
    pub kind: TokenKind,
    /// Whether a name is declared there.
    pub declares: bool,
}

/// The tokens of a file that touch a run of its bytes, in the order of the text.
pub fn tokens(db: &dyn Db, project: Option<Project>, file: SourceFile, within: Span) -> Vec<Token> {
    let items = queries::items(db, file);
    let before = items.first().map_or(file.text(db).len(), |item| item.offset(db) as usize);
    let mut found = lexical(file.text(db).get(..before).unwrap_or(""), ItemWord::Stray, &[]);
    for item in items {
        let start = item.offset(db);
        let end = start as usize + item.text(db).len();
        if end < within.start as usize || start > within.end {
            continue;
        }
        let own = match project {
            Some(project) => of_item(db, project, *item),
            None => &lexical(item.text(db), item.word(db), &[]),
        };
        found.extend(own.iter().map(|token| Token { span: token.span.shifted(start), ..*token }));
    }
    found.retain(|token| token.span.end >= within.start && token.span.start <= within.end);
    found
}

/// The tokens of an item; spans are from its start.
#[salsa::tracked]
pub fn of_item<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>) -> Vec<Token> {
    let named = mentions(db, project, item).iter();
    let named: Vec<Named> = named.filter_map(|mention| Named::of(db, project, mention)).collect();
    lexical(item.text(db), item.word(db), &named)
}

/// A name and what it is.
struct Named {
    span: Span,
    kind: TokenKind,
    declares: bool,
}

impl Named {
    fn of(db: &dyn Db, project: Project, mention: &Mention) -> Option<Self> {
        let schema = queries::schema(db, project);
        let kind = match &mention.symbol {
            // The item word is all the name that it has.
            Symbol::Table(name) if **name == *CONTEXT && mention.role == Role::Declaration => return None,
            Symbol::Table(name) => {
                let table = schema.table_named(name).and_then(|table| schema.plan.table(table));
                let is_events = table.is_some_and(|table| matches!(table.kind, TableKind::Events { .. }));
                if is_events { TokenKind::Events } else { TokenKind::Table }
            }
            Symbol::Link(..) => TokenKind::Table,
            Symbol::Field(..) | Symbol::OfferField(_) => TokenKind::Field,
            Symbol::Definition(name) => {
                let item = queries::definition_items(db, project).get(name)?;
                if item.word(db) == ItemWord::Trait { TokenKind::Trait } else { TokenKind::Segment }
            }
            Symbol::Journey(_) => TokenKind::Journey,
            Symbol::Channel(_) => TokenKind::Channel,
            Symbol::Offer(_) => TokenKind::Offer,
            Symbol::Persona(_) => TokenKind::Persona,
            Symbol::Local(..) => TokenKind::Local,
            Symbol::Value(..) => TokenKind::Value,
            Symbol::Function(_) => TokenKind::Function,
            // Sentences in quotes.
            Symbol::Guarantee(_) | Symbol::Test(_) => return None,
        };
        Some(Self { span: mention.span, kind, declares: mention.role == Role::Declaration })
    }
}

/// The tokens of a text; `named` says what its names are, in the order of the text.
fn lexical(text: &str, item: ItemWord, named: &[Named]) -> Vec<Token> {
    let pieces = pieces(text);
    let view = View { text, item, pieces: &pieces };
    let token = |(at, piece): (usize, &Piece)| {
        let plain = |kind| Some(Token { span: piece.span, kind, declares: false });
        match piece.kind {
            PieceKind::Comment if view.word(at).starts_with("///") => plain(TokenKind::Doc),
            PieceKind::Comment => plain(TokenKind::Comment),
            PieceKind::Text => plain(TokenKind::Text),
            PieceKind::Number => plain(TokenKind::Number),
            PieceKind::Sign => OPERATORS.contains(&view.word(at)).then(|| plain(TokenKind::Operator)).flatten(),
            PieceKind::Newline => None,
            PieceKind::Word => {
                let found = named.binary_search_by_key(&piece.span, |named| named.span).ok();
                match found.and_then(|found| named.get(found)) {
                    Some(named) => Some(Token { span: piece.span, kind: named.kind, declares: named.declares }),
                    None => view.word_kind(at).and_then(plain),
                }
            }
        }
    };
    pieces.iter().enumerate().filter_map(token).collect()
}

/// What is behind the name of an offer, a channel or a journey though nothing declares it.
const BUILT_IN: &[&str] = &["cost", "information_cost", "remaining", "ends_at", "step", "since"];

/// Signs that stand between values.
const OPERATORS: &[&str] = &["=", "<", "<=", ">", ">=", "+", "-", "*", "/", "->", "?", "%"];

/// An item in pieces, to look around in.
struct View<'t> {
    text: &'t str,
    item: ItemWord,
    pieces: &'t [Piece],
}

impl View<'_> {
    fn word(&self, at: usize) -> &str {
        let span = self.pieces.get(at).map(|piece| piece.span);
        span.and_then(|span| self.text.get(span.start as usize..span.end as usize)).unwrap_or("")
    }

    fn kind(&self, at: usize) -> Option<PieceKind> {
        self.pieces.get(at).map(|piece| piece.kind)
    }

    fn back(&self, at: usize, count: usize) -> &str {
        at.checked_sub(count).map_or("", |at| self.word(at))
    }

    /// What a word is that names nothing.
    fn word_kind(&self, at: usize) -> Option<TokenKind> {
        let (word, next, before) = (self.word(at), self.word(at + 1), self.back(at, 1));
        let begins_line = at.checked_sub(1).is_none_or(|before| self.kind(before) == Some(PieceKind::Newline));
        let begins_item = begins_line && self.pieces.get(at).is_some_and(|piece| piece.column == 0);
        let follows_number = at.checked_sub(1).and_then(|before| self.kind(before)) == Some(PieceKind::Number);
        if follows_number && hover::unit(word).is_some() || before == "(" && manifest::is_currency(word) {
            return Some(TokenKind::Unit);
        }
        if before == "." {
            return BUILT_IN.contains(&word).then_some(TokenKind::Field);
        }
        // What a customer did is declared by no item, nor is the code of a lint.
        let follows_outcome = before == ":" && self.back(at, 2) == "outcome" || before == ALLOW && !begins_line;
        if follows_outcome || before == "after" && self.item == ItemWord::Portfolio {
            return Some(TokenKind::Value);
        }
        if next == "(" && vocabulary::functions().any(|function| function.name == word) {
            return Some(TokenKind::Function);
        }
        let is_type = matches!(before, ":" | "of") && next != ":" && words::is_type(word);
        if self.declares_fields() && is_type {
            return Some(TokenKind::Type);
        }
        if next == ":" && !begins_item {
            return None;
        }
        let begins_clause = begins_line || matches!(before, "{" | ";");
        let known = words::explained(word, self.item, begins_item, begins_clause).is_some();
        let known = known || !begins_item && words::CLAUSE.contains(&word) || word == "channel" && next == ".";
        known.then_some(TokenKind::Keyword)
    }

    fn declares_fields(&self) -> bool {
        matches!(
            self.item,
            ItemWord::Customer | ItemWord::Events | ItemWord::Table | ItemWord::Context | ItemWord::Offer
        )
    }
}
