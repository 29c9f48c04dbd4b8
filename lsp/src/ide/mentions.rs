//! Each place of an item that names something, with what it means: what hover, definition, references, rename and
//! highlight all go by.
//!
//! The tree is walked with the scopes that the checker has (`compiler/src/hir/resolve.rs` says which name wins where). A
//! clause that cannot be read is no part of the tree and has no mentions. What must hold: one list for each item, computed
//! again only when the item or a name that it may use changes.

#![allow(missing_docs, reason = "what salsa generates beside the documented function has none")]

mod clauses;
mod expressions;
mod offers;
mod tables;
mod tests;

use opportune_compiler::db::Db;
use opportune_compiler::hir::Schema;
use opportune_compiler::plan::TableId;
use opportune_compiler::queries::{self, Project, SourceItem};
use opportune_compiler::syntax::Span;
use opportune_compiler::syntax::ast::{ItemKind, Name};

use super::symbol::{CONTEXT, Local, Symbol};

/// A place that names something.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Mention {
    /// Where, in bytes from the start of the item.
    pub span: Span,
    /// What it means.
    pub symbol: Symbol,
    /// Whether it is declared there.
    pub role: Role,
}

/// What a place does with a name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    /// Declares it.
    Declaration,
    /// Speaks of it.
    Use,
}

/// All mentions of an item, in the order of the text.
#[salsa::tracked]
pub fn mentions<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>) -> Vec<Mention> {
    let Some(kind) = queries::kind_of(db, item) else { return Vec::new() };
    let schema = queries::schema(db, project);
    let owner = queries::kind_and_name(kind).1.map_or("", |name| &name.node).into();
    let mut collector = Collector { db, project, schema, owner, locals: Vec::new(), found: Vec::new() };
    if matches!(kind, ItemKind::Context(_)) {
        // It has no name but its word.
        let comments = item.text(db).split_inclusive('\n').take_while(|line| !super::symbols::is_head(line));
        let start: usize = comments.map(str::len).sum();
        collector.add(Span::new(start, start + CONTEXT.len()), Symbol::Table(CONTEXT.into()), Role::Declaration);
    }
    collector.item(kind);
    let mut found = collector.found;
    found.sort_by_key(|mention| mention.span);
    found
}

/// What names stand for where an expression is.
#[derive(Clone, Copy, Default)]
pub(super) struct Scope {
    /// The event table whose row is looked at; none: the customer.
    pub(super) row: Option<TableId>,
    /// Whether fields of offers go by their bare names.
    pub(super) bare: bool,
    /// Whether `score` and `channel.cost` mean something.
    pub(super) objective: bool,
}

struct Collector<'db> {
    db: &'db dyn Db,
    project: Project,
    schema: &'db Schema,
    /// The item's name: whose the local names are.
    owner: Box<str>,
    /// The names that the item gives to members and picks.
    locals: Vec<(Box<str>, Local)>,
    found: Vec<Mention>,
}

impl Collector<'_> {
    fn item(&mut self, kind: &ItemKind) {
        match kind {
            ItemKind::Customer(table) | ItemKind::Events(table) | ItemKind::Table(table) => self.table(table),
            ItemKind::Context(fields) => self.fields(CONTEXT, fields),
            ItemKind::OfferFields(fields) => self.offer_fields(fields),
            ItemKind::Journey(journey) => self.journey(journey),
            ItemKind::Guarantee(guarantee) => self.guarantee(guarantee),
            ItemKind::Channel(channel) => self.channel_item(channel),
            ItemKind::Segment(definition) | ItemKind::Trait(definition) => {
                self.declare(&definition.name, Symbol::Definition(definition.name.node.clone()));
                self.expr(&definition.value, Scope::default());
            }
            ItemKind::Offer(offer) => self.offer_item(offer),
            ItemKind::Portfolio(clauses) => self.portfolio(clauses),
            ItemKind::Persona(persona) => self.persona(persona),
            ItemKind::Test(test) => self.test(test),
        }
    }

    fn add(&mut self, span: Span, symbol: Symbol, role: Role) {
        self.found.push(Mention { span, symbol, role });
    }

    fn declare(&mut self, name: &Name, symbol: Symbol) {
        self.add(name.span, symbol, Role::Declaration);
    }

    fn mention(&mut self, name: &Name, symbol: Symbol) {
        self.add(name.span, symbol, Role::Use);
    }

    fn channel(&mut self, name: &Name) {
        self.mention(name, Symbol::Channel(name.node.clone()));
    }

    fn offer(&mut self, name: &Name) {
        self.mention(name, Symbol::Offer(name.node.clone()));
    }

    fn table_use(&mut self, name: &Name) -> Option<TableId> {
        self.mention(name, Symbol::Table(name.node.clone()));
        self.schema.table_named(&name.node)
    }

    fn offer_field(&mut self, name: &Name) -> Option<Symbol> {
        let known = self.schema.offer_fields.iter().any(|field| field.name == name.node);
        let symbol = known.then(|| Symbol::OfferField(name.node.clone()))?;
        self.mention(name, symbol.clone());
        Some(symbol)
    }

    fn local(&self, name: &str, kind: Local) -> Symbol {
        Symbol::Local(self.owner.clone(), kind, name.into())
    }
}
