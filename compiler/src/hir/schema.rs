//! The data declarations: customer, events, tables and offer fields become the plan's schema.
//!
//! Two rounds: first every table with its fields and their types, then what needs the other tables (links, fields
//! through links, whose an event is). A damaged field is remembered by name, so that its uses are not reported again.

mod built_in;
mod context;
mod fields;
mod links;
mod tables;
mod types;
mod zone;

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use opportune_plan::{self as plan, DomainId, FieldId, FieldValue, Source, TableId, TableKind, Type};

use crate::diagnostic::{Diagnostic, codes};
use crate::manifest::DataSection;
use crate::syntax::Span;
use crate::syntax::ast::{FieldItem, TableItem};

pub use built_in::BuiltIn;
pub(crate) use built_in::{CONTACT, RESPONSE};
pub(super) use context::CONTEXT;
pub(crate) use fields::CLASSES;
pub(super) use fields::OFFER;
pub(crate) use types::NAMED;
pub(super) use zone::no_zone;

/// What the data looks like, with the names by which expressions reach it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Schema {
    /// The schema as the runtime knows it; without a customer there are no tables.
    pub plan: plan::Schema,
    /// By table: the name of each linked row, and the field that leads to it.
    pub links: Vec<Vec<(Box<str>, FieldId)>>,
    /// The fields that every offer has.
    pub offer_fields: Vec<OfferField>,
    /// The customer's own time zone, if they have one.
    pub zone: Option<CustomerZone>,
    /// The days of the week from Monday on.
    pub weekday: Option<DomainId>,
    /// The fields that tell whether a customer agreed to something.
    pub consent: BTreeSet<(TableId, FieldId)>,
    /// The fields of data that is nobody's business.
    pub privacy: BTreeMap<(TableId, FieldId), Privacy>,
    /// Fields that are declared but could not be understood.
    pub damaged: BTreeSet<(TableId, Box<str>)>,
}

/// How near to a person the values of a field are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Privacy {
    /// `private`
    Private,
    /// `sensitive`
    Sensitive,
}

/// What a field tells of a person: how freely it may be used.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Class {
    /// Nothing is said of it.
    None,
    /// `consent`: whether they agreed to something.
    Consent,
    /// `private`
    Private,
    /// `sensitive`
    Sensitive,
}

impl Class {
    /// The word by which it is written; `none` where nothing is said.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Consent => "consent",
            Self::Private => "private",
            Self::Sensitive => "sensitive",
        }
    }
}

/// The customer's field of type timezone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CustomerZone {
    /// The field.
    pub field: FieldId,
    /// Whether it is declared with `?`.
    pub optional: bool,
    /// Whether it may be missing in the data.
    pub may_miss: bool,
    /// The name of the zone that counts where it is missing; none: the project's.
    pub default: Option<Box<str>>,
}

/// A field that every offer has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OfferField {
    /// The name.
    pub name: Box<str>,
    /// The type of its value, or of each of its values.
    pub ty: Type,
    /// Whether it is a set.
    pub is_set: bool,
    /// Whether an offer may leave it out although there is no default.
    pub optional: bool,
    /// What holds where an offer does not say it.
    pub default: Option<FieldValue>,
}

/// A declaration as the schema reads it; `item` is its position among the declarations handed in.
#[derive(Clone, Copy)]
pub struct Declaration<'a> {
    /// The position among the declarations.
    pub item: usize,
    /// What it declares.
    pub kind: DeclarationKind<'a>,
}

/// What a declaration of the schema is.
#[derive(Clone, Copy)]
pub enum DeclarationKind<'a> {
    /// `customer`
    Customer(&'a TableItem),
    /// `events`
    Events(&'a TableItem),
    /// `table`
    Lookup(&'a TableItem),
    /// `context`
    Context(&'a [FieldItem]),
    /// `offer fields`
    OfferFields(&'a [FieldItem]),
}

/// The schema with all that is wrong with it, and where its parts are written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Checked {
    /// The schema, as far as it could be understood.
    pub schema: Schema,
    /// What is wrong, by the position of the declaration.
    pub diagnostics: Vec<(usize, Diagnostic)>,
    /// What is wrong with the manifest's words about the data.
    pub manifest: Vec<Diagnostic>,
    /// By table: its declaration and where its name is.
    pub table_places: Vec<(usize, Span)>,
    /// By table and field: where the field is in the table's declaration.
    pub field_places: Vec<Vec<Span>>,
}

/// Reads the declarations, in the order of the files.
pub fn check(
    declarations: &[Declaration<'_>],
    data: &DataSection,
    zone: Option<&TimeZone>,
    built_in: BuiltIn,
) -> Checked {
    let mut builder = Builder::default();
    let tables = tables::order(&mut builder, declarations);
    for (declaration, table) in &tables {
        tables::declare(&mut builder, *declaration, table, data);
    }
    for (id, (declaration, table)) in (0..).map(TableId).zip(&tables) {
        links::resolve(&mut builder, id, declaration.item, table);
    }
    tables::owners(&mut builder, &tables);
    if !tables.is_empty() {
        context::declare(&mut builder, declarations, data);
    }
    zone::customer(&mut builder, &tables);
    builder.checked.schema.weekday = Some(types::week(&mut builder));
    fields::offer_fields(&mut builder, declarations, zone);
    if !tables.is_empty() {
        tables::introductions(&mut builder, data);
        built_in::declare(&mut builder, built_in);
    }
    builder.checked
}

/// The schema while it is built.
#[derive(Default)]
struct Builder {
    checked: Checked,
    /// The keys that were found.
    keys: BTreeMap<TableId, FieldId>,
}

impl Builder {
    fn report(&mut self, item: usize, diagnostic: Diagnostic) {
        self.checked.diagnostics.push((item, diagnostic));
    }

    fn misplaced(&mut self, item: usize, span: Span, what: &str, help: &str) {
        self.report(item, Diagnostic::error(codes::MISPLACED, what, span, "not here").help(help));
    }

    fn table_named(&self, name: &str) -> Option<TableId> {
        self.checked.schema.table_named(name)
    }

    fn key_type(&self, table: TableId) -> Option<Type> {
        Some(self.checked.schema.plan.field(table, *self.keys.get(&table)?)?.ty)
    }
}

impl Schema {
    /// The table of this name.
    pub fn table_named(&self, name: &str) -> Option<TableId> {
        self.plan.tables().find(|(_, table)| &*table.name == name).map(|(id, _)| id)
    }

    /// The field of this name.
    pub fn field_named(&self, table: TableId, name: &str) -> Option<FieldId> {
        let at = self.plan.table(table)?.fields.iter().position(|field| *field.name == *name)?;
        u32::try_from(at).ok().map(FieldId)
    }

    /// The field whose values come from this column of the table's own file.
    pub fn field_of_column(&self, table: TableId, column: &str) -> Option<FieldId> {
        let from_column = |field: &plan::Field| matches!(&field.source, Source::Column(own) if &**own == column);
        self.plan.table(table)?.fields().find(|(_, field)| from_column(field)).map(|(id, _)| id)
    }

    /// The linking field of this table whose linked row goes by this name.
    pub fn link_named(&self, table: TableId, name: &str) -> Option<FieldId> {
        let links = self.links.get(table.0 as usize)?;
        links.iter().find(|(link, _)| &**link == name).map(|(_, field)| *field)
    }

    /// The name that the linked row of a linking field goes by.
    pub fn link_name(&self, table: TableId, field: FieldId) -> Option<&str> {
        let links = self.links.get(table.0 as usize)?;
        links.iter().find(|(_, found)| *found == field).map(|(link, _)| &**link)
    }

    /// How freely a field may be used.
    pub fn class(&self, field: (TableId, FieldId)) -> Class {
        match self.privacy.get(&field) {
            Some(Privacy::Sensitive) => Class::Sensitive,
            Some(Privacy::Private) => Class::Private,
            None if self.consent.contains(&field) => Class::Consent,
            None => Class::None,
        }
    }

    /// Whether the table holds events.
    pub fn is_events(&self, table: TableId) -> bool {
        self.plan.table(table).is_some_and(|table| matches!(table.kind, TableKind::Events { .. }))
    }

    /// Whether the table declares this field, but in a way that could not be understood.
    pub fn is_damaged(&self, table: TableId, name: &str) -> bool {
        self.damaged.contains(&(table, name.into()))
    }

    /// The names that may follow a table's row: fields and linked rows.
    pub fn names_in(&self, table: TableId) -> impl Iterator<Item = &str> {
        let fields = self.plan.table(table).into_iter().flat_map(|t| t.fields.iter().map(|f| &*f.name));
        let links = self.links.get(table.0 as usize).into_iter().flatten().map(|(name, _)| &**name);
        fields.chain(links)
    }

    /// The table's name.
    pub fn table_name(&self, table: TableId) -> &str {
        self.plan.table(table).map_or("?", |t| &t.name)
    }
}
