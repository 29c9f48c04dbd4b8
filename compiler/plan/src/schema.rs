//! What the data looks like: the customer, event tables, lookup tables and their fields.

use crate::types::{Constant, Domain, DomainId, Type};

/// Names a table of [`Schema::tables`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct TableId(pub u32);

/// Names a field of a table's [`Table::fields`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FieldId(pub u32);

/// All tables that the policy speaks of. The customer is always table 0.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Schema {
    /// The tables; [`Schema::CUSTOMER`] first.
    pub tables: Vec<Table>,
    /// The value lists of `one_of` and `ordered` types; equal lists are one domain.
    pub domains: Vec<Domain>,
}

impl Schema {
    /// The customer's table.
    pub const CUSTOMER: TableId = TableId(0);

    /// The table of this id, if there is one.
    pub fn table(&self, id: TableId) -> Option<&Table> {
        self.tables.get(id.0 as usize)
    }

    /// The field of this table, if there is one.
    pub fn field(&self, table: TableId, field: FieldId) -> Option<&Field> {
        self.table(table)?.fields.get(field.0 as usize)
    }

    /// The value list of this id, if there is one.
    pub fn domain(&self, id: DomainId) -> Option<&Domain> {
        self.domains.get(id.0 as usize)
    }

    /// A name as a value of this type; none where the type holds no names, or does not list it.
    pub fn named(&self, ty: Type, name: &str) -> Option<Constant> {
        let at = |domain| {
            let variants = &self.domain(domain)?.variants;
            variants.iter().position(|variant| **variant == *name).and_then(|at| u32::try_from(at).ok())
        };
        match ty {
            Type::Text => Some(Constant::Text(name.into())),
            Type::OneOf(domain) => at(domain).map(|at| Constant::OneOf(domain, at)),
            Type::Ordered(domain) => at(domain).map(|at| Constant::Ordered(domain, at)),
            _ => None,
        }
    }

    /// All tables with their ids.
    pub fn tables(&self) -> impl Iterator<Item = (TableId, &Table)> {
        (0..).map(TableId).zip(&self.tables)
    }
}

/// A table of the snapshot.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Table {
    /// The name in the policy, for example `purchase`.
    pub name: Box<str>,
    /// The data file's name, relative to the data folder, with its ending or without: `transactions_sample`. Empty: there
    /// is no file, and the rows are the ledger's alone.
    pub source: Box<str>,
    /// What the rows are.
    pub kind: TableKind,
    /// The fields, in the order in which they were declared.
    pub fields: Vec<Field>,
}

impl Table {
    /// Whether the policy does not declare it: built-in events, whose rows are the ledger's alone.
    pub fn is_built_in(&self) -> bool {
        self.source.is_empty()
    }

    /// All fields with their ids.
    pub fn fields(&self) -> impl Iterator<Item = (FieldId, &Field)> {
        (0..).map(FieldId).zip(&self.fields)
    }

    /// The field whose values identify a row: of the customer and of lookup tables.
    pub fn key(&self) -> Option<FieldId> {
        match self.kind {
            TableKind::Customer { key, .. } | TableKind::Lookup { key } => Some(key),
            TableKind::Events { .. } | TableKind::Context => None,
        }
    }
}

/// What the rows of a table are.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TableKind {
    /// One row a customer. A customer may also be known only from other tables; then every field but the key is
    /// missing.
    Customer {
        /// Identifies the customer; text or int, never missing.
        key: FieldId,
        /// The tables whose customer keys introduce customers: table 0, event tables, or both.
        introduced_by: Vec<TableId>,
    },
    /// One row for each thing that happened to a customer.
    Events {
        /// When it happened: a field of type date or instant, never missing. A date counts as its first moment in
        /// the project's zone.
        at: FieldId,
        /// The column that holds the customer's key.
        customer_column: Box<str>,
    },
    /// One row for each key; other tables link to it.
    Lookup {
        /// Identifies the row; text or int, never missing.
        key: FieldId,
    },
    /// What a live request may bring; one row a customer, every field may be missing. At most one table is this.
    Context,
}

/// A field of a table.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Field {
    /// The name in the policy.
    pub name: Box<str>,
    /// Where its values come from.
    pub source: Source,
    /// The type of its values.
    pub ty: Type,
    /// Whether a value may be missing (`?`).
    pub nullable: bool,
    /// The lookup table whose key this field holds.
    pub link: Option<Link>,
}

/// Where the values of a field come from.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Source {
    /// A column of the table's own file.
    Column(Box<str>),
    /// Two columns of the table's own file, of a place: degrees north, degrees east.
    Columns(Box<str>, Box<str>),
    /// A field of the row that a link of the same table leads to, as in `at sent: date from campaign.start_date`.
    Linked {
        /// The linking field of this table.
        link: FieldId,
        /// The field of the linked table.
        field: FieldId,
    },
}

/// A reference from a field to the key of a lookup table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Link {
    /// The table that it leads to.
    pub table: TableId,
    /// Whether every value must be found there; a link written `-> product?` may dangle.
    pub required: bool,
}
