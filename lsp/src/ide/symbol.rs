//! What a name may mean, and where each of these is declared.

use opportune_compiler::db::Db;
use opportune_compiler::hir::Schema;
use opportune_compiler::plan::{Element, Type};
use opportune_compiler::queries::{self, Kind, Project, SourceItem};
use opportune_compiler::syntax::ast::{self, FieldItem, ItemKind};

use super::Place;
use super::mentions::{Role, mentions};

/// The name of the table that a request's fields are in.
pub const CONTEXT: &str = "context";

/// What a name means. Names are those of the policy, so an edit elsewhere leaves a symbol equal.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Symbol {
    /// The customer, events, a lookup table or the context.
    Table(Box<str>),
    /// A field of a table: the table, the field.
    Field(Box<str>, Box<str>),
    /// A linked row that has a name of its own (`-> product as gift`): the table, the name.
    Link(Box<str>, Box<str>),
    /// A field that every offer has.
    OfferField(Box<str>),
    /// A segment or a trait.
    Definition(Box<str>),
    /// A journey.
    Journey(Box<str>),
    /// A channel.
    Channel(Box<str>),
    /// An offer, a reminder or a notice.
    Offer(Box<str>),
    /// A guarantee: its sentence.
    Guarantee(Box<str>),
    /// A persona.
    Persona(Box<str>),
    /// A test: its sentence.
    Test(Box<str>),
    /// What has a name within one item: the item's name, which kind, the name.
    Local(Box<str>, Local, Box<str>),
    /// A value of a list: the field that declares the list, the value.
    Value(Box<Self>, Box<str>),
    /// A function or an aggregate.
    Function(Box<str>),
}

/// What has a name within one item.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Local {
    /// The member of a family.
    Member,
    /// What is picked for each customer.
    Pick,
    /// An arm of an experiment.
    Arm,
    /// A lever of the portfolio.
    Lever,
}

impl Symbol {
    /// The name as it is written.
    pub fn name(&self) -> &str {
        match self {
            Self::Table(name)
            | Self::Field(_, name)
            | Self::Link(_, name)
            | Self::OfferField(name)
            | Self::Definition(name)
            | Self::Journey(name)
            | Self::Channel(name)
            | Self::Offer(name)
            | Self::Guarantee(name)
            | Self::Persona(name)
            | Self::Test(name)
            | Self::Local(_, _, name)
            | Self::Value(_, name)
            | Self::Function(name) => name,
        }
    }

    /// What it is called to the author.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Table(_) => "a table",
            Self::Field(..) => "a field",
            Self::Link(..) => "a linked row",
            Self::OfferField(_) => "a field of offers",
            Self::Definition(_) => "a segment or trait",
            Self::Journey(_) => "a journey",
            Self::Channel(_) => "a channel",
            Self::Offer(_) => "an offer",
            Self::Guarantee(_) => "a guarantee",
            Self::Persona(_) => "a persona",
            Self::Test(_) => "a test",
            Self::Local(_, Local::Member, _) => "a member of a family",
            Self::Local(_, Local::Pick, _) => "a picked item",
            Self::Local(_, Local::Arm, _) => "an arm",
            Self::Local(_, Local::Lever, _) => "a lever",
            Self::Value(..) => "a value of a list",
            Self::Function(_) => "a function",
        }
    }

    /// The items that may declare it.
    fn kinds(&self) -> &'static [Kind] {
        match self {
            Self::Table(_) | Self::Field(..) | Self::Link(..) => {
                &[Kind::Customer, Kind::Events, Kind::Table, Kind::Context]
            }
            Self::OfferField(_) => &[Kind::OfferFields],
            Self::Definition(_) => &[Kind::Segment, Kind::Trait],
            Self::Journey(_) => &[Kind::Journey],
            Self::Channel(_) => &[Kind::Channel],
            Self::Offer(_) => &[Kind::Offer],
            Self::Local(_, Local::Lever, _) => &[Kind::Portfolio],
            Self::Local(..) => &[Kind::Offer],
            Self::Guarantee(_) => &[Kind::Guarantee],
            Self::Persona(_) => &[Kind::Persona],
            Self::Test(_) => &[Kind::Test],
            Self::Value(of, _) => of.kinds(),
            Self::Function(_) => &[],
        }
    }

    /// The item that declares it; of two with one name the first.
    pub fn item<'db>(&self, db: &'db dyn Db, project: Project) -> Option<SourceItem<'db>> {
        let by_kind = queries::items_by_kind(db, project);
        let mut items = self.kinds().iter().filter_map(|kind| by_kind.get(kind)).flatten().copied();
        items.find(|item| self.declared_in(db, project, *item).is_some())
    }

    /// Where its name stands in an item that declares it.
    fn declared_in<'db>(&self, db: &'db dyn Db, project: Project, item: SourceItem<'db>) -> Option<ast::Span> {
        let found = mentions(db, project, item).iter();
        let mut declarations = found.filter(|mention| mention.role == Role::Declaration);
        declarations.find(|mention| mention.symbol == *self).map(|mention| mention.span)
    }

    /// Where it is declared.
    pub fn declaration(&self, db: &dyn Db, project: Project) -> Option<Place> {
        let item = self.item(db, project)?;
        Some(Place::in_item(db, item, self.declared_in(db, project, item)?))
    }

    /// The tree of the field that it is, with the item that declares it.
    pub fn field<'db>(&self, db: &'db dyn Db, project: Project) -> Option<(SourceItem<'db>, &'db FieldItem)> {
        let (Self::Field(_, name) | Self::OfferField(name)) = self else { return None };
        let item = self.item(db, project)?;
        let field = fields(queries::kind_of(db, item)?).iter().find(|field| field.name.node == *name)?;
        Some((item, field))
    }
}

/// The fields that an item declares.
pub fn fields(kind: &ItemKind) -> &[FieldItem] {
    match kind {
        ItemKind::Customer(table) | ItemKind::Events(table) | ItemKind::Table(table) => &table.fields,
        ItemKind::Context(fields) | ItemKind::OfferFields(fields) => fields,
        _ => &[],
    }
}

/// The values that a type lists.
pub fn listed(schema: &Schema, ty: Type) -> Option<&[Box<str>]> {
    match ty {
        Type::OneOf(domain) | Type::Ordered(domain) | Type::Set(Element::OneOf(domain) | Element::Ordered(domain)) => {
            Some(schema.plan.domain(domain)?.variants.as_slice())
        }
        _ => None,
    }
}
