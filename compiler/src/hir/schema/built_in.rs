//! The events `contact` and `response` of a project that does not declare them: what the ledger holds.
//!
//! What must hold: they come last of all tables and bring no list of values, so that a policy that looks at neither has
//! the plan that it would have without them once lowering has dropped them. A table without a file has no source.

use opportune_plan::{Currency, Field, FieldId, Source, Table, TableId, TableKind, Type};

use super::{Builder, Schema};

/// The names that they go by.
pub(crate) const CONTACT: &str = "contact";
pub(crate) const RESPONSE: &str = "response";

/// Which of them a project has: those whose name means nothing else in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct BuiltIn {
    /// Past contacts.
    pub contact: bool,
    /// What customers did with them.
    pub response: bool,
    /// The project's currency: what contacts have cost.
    pub currency: Option<Currency>,
}

/// A field: its name, its type and whether it may be missing.
type Entry = (&'static str, Type, bool);

/// Adds those that the project has.
pub(super) fn declare(builder: &mut Builder, wanted: BuiltIn) {
    let cost = wanted.currency.map(|currency| ("cost", Type::Money(currency), true));
    let names = [("offer", Type::Text, false), ("member", Type::Text, true), ("channel", Type::Text, true)];
    let decision = ("decision", Type::Text, true);
    if wanted.contact {
        let times = [("sent_at", Type::Instant, false), ("decided_at", Type::Instant, false)];
        table(builder, CONTACT, times.into_iter().chain(names).chain(cost).chain([decision]));
    }
    if wanted.response {
        let [(offer, ..), ..] = names;
        let of_what = names.map(|(name, ty, nullable)| (name, ty, nullable || name == offer));
        let what = [("happened", Type::Instant, false), ("outcome", Type::Text, false)];
        table(builder, RESPONSE, what.into_iter().chain(of_what).chain([decision]));
    }
}

/// Adds events whose time is their first field.
fn table(builder: &mut Builder, name: &str, fields: impl Iterator<Item = Entry>) {
    let field = |(name, ty, nullable): Entry| Field {
        name: name.into(),
        source: Source::Column(name.into()),
        ty,
        nullable,
        link: None,
    };
    let kind = TableKind::Events { at: FieldId(0), customer_column: "customer".into() };
    let schema = &mut builder.checked.schema;
    schema.links.push(Vec::new());
    schema.plan.tables.push(Table { name: name.into(), source: "".into(), kind, fields: fields.map(field).collect() });
}

impl Schema {
    /// Whether nobody declared the table: its rows are the ledger's alone.
    pub fn is_built_in(&self, table: TableId) -> bool {
        self.plan.table(table).is_some_and(Table::is_built_in)
    }
}
