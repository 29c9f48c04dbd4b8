//! Which columns a file of responses or past contacts has, of which types, and how they may be called otherwise.
//!
//! What the project declares of the built-in events holds here too: a field that is `one_of` there takes only its values,
//! and one without `?` must be there. So a file that is recorded never stops a later run.

use opportune_plan::{Currency, Field, Schema, Source, Table, TableKind, Type, VerifiedPlan};

use crate::escape::escaped;
use crate::render::Problem;

/// What the rows of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What customers did.
    Responses,
    /// What was sent by other means.
    Contacts,
}

/// A field of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    Customer,
    At,
    DecidedAt,
    Outcome,
    Offer,
    Member,
    Channel,
    Cost,
    Holdout,
    Decision,
    Id,
    Erased,
}

impl Kind {
    /// How the policy calls such an event.
    pub fn event(self) -> &'static str {
        match self {
            Self::Responses => "response",
            Self::Contacts => "contact",
        }
    }

    /// The fields of a row, in the order in which people read of them; whether each must be there.
    pub fn fields(self) -> &'static [(Name, bool)] {
        use Name::{At, Channel, Cost, Customer, DecidedAt, Decision, Erased, Holdout, Id, Member, Offer, Outcome};
        match self {
            // The customer may be that of the decision, or erased.
            Self::Responses => &[
                (Customer, false),
                (At, true),
                (Outcome, true),
                (Offer, false),
                (Member, false),
                (Channel, false),
                (Decision, false),
                (Id, false),
                (Erased, false),
            ],
            // The built-in events always have an offer: what a cap of an offer counts must be certain.
            Self::Contacts => &[
                (Customer, false),
                (At, true),
                (DecidedAt, false),
                (Offer, true),
                (Member, false),
                (Channel, false),
                (Cost, false),
                (Holdout, false),
                (Decision, false),
                (Id, false),
                (Erased, false),
            ],
        }
    }

    /// The name of a field, which is that of its column unless it is said otherwise: as in a file of decisions.
    pub fn word(self, name: Name) -> &'static str {
        match name {
            Name::Customer => "customer",
            Name::At if self == Self::Contacts => "send_at",
            Name::At => "at",
            Name::DecidedAt => "decided_at",
            Name::Outcome => "outcome",
            Name::Offer => "offer",
            Name::Member => "member",
            Name::Channel => "channel",
            Name::Cost => "cost",
            Name::Holdout => "holdout",
            Name::Decision => "decision",
            Name::Id => "id",
            Name::Erased => "erased",
        }
    }

    fn words(self) -> Vec<&'static str> {
        self.fields().iter().map(|(name, _)| self.word(*name)).collect()
    }
}

/// How a field is read: from which column, or one value for all rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub name: Name,
    pub column: String,
    /// The value of every row; then the file may not have the column.
    pub value: Option<String>,
}

/// Reads `--column FIELD=COLUMN` and `--value FIELD=VALUE`; every mistake is told.
pub fn readings(kind: Kind, columns: &[String], values: &[String]) -> Result<Vec<Reading>, Vec<Problem>> {
    let own = |(name, _): &(Name, bool)| Reading { name: *name, column: kind.word(*name).to_owned(), value: None };
    let mut readings: Vec<Reading> = kind.fields().iter().map(own).collect();
    let mut problems = Vec::new();
    let mut said: Vec<&str> = Vec::new();
    let all = columns.iter().map(|text| ("--column", text)).chain(values.iter().map(|text| ("--value", text)));
    for (option, text) in all {
        let Some((field, told)) = text.split_once('=').filter(|(_, told)| !told.is_empty()) else {
            let message = format!("`{option} {}` does not say a field, `=` and something behind it", escaped(text));
            problems.push(Problem::new(message, format!("write it like `{option} {}=…`", kind.word(Name::At))));
            continue;
        };
        let found = readings.iter_mut().find(|reading| kind.word(reading.name) == field);
        match found {
            None => problems.push(no_field(kind, option, field)),
            Some(_) if said.contains(&field) => {
                let message = format!("`{}` is said twice", escaped(field));
                problems.push(Problem::new(message, "keep one of `--column` and `--value` for each field"));
            }
            Some(reading) if option == "--column" => reading.column = told.to_owned(),
            Some(reading) if is_text(reading.name) => reading.value = Some(told.to_owned()),
            Some(_) => {
                let message = format!("`{field}` is not the same in all rows");
                problems.push(Problem::new(message, format!("name its column: `--column {field}=…`")));
            }
        }
        said.push(field);
    }
    if problems.is_empty() { Ok(readings) } else { Err(problems) }
}

/// Whether a field may have one value for all rows.
fn is_text(name: Name) -> bool {
    matches!(name, Name::Outcome | Name::Offer | Name::Member | Name::Channel)
}

fn no_field(kind: Kind, option: &str, field: &str) -> Problem {
    let message = format!("a {} has no field `{}`, which `{option}` names", kind.event(), escaped(field));
    Problem::new(message, format!("its fields are {}", listed(kind.words())))
}

/// Names in back-ticks.
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{}`", escaped(name))).collect::<Vec<_>>().join(", ")
}

/// The schema of a file: one table, its fields in the order of the readings.
pub fn schema(kind: Kind, readings: &[Reading], plan: &VerifiedPlan, currency: Option<Currency>) -> Schema {
    let declared = declared(kind, plan);
    let field = |reading: &Reading| {
        let of = declared.and_then(|table| declared_field(table, reading.name));
        let required = kind.fields().iter().any(|(name, required)| *name == reading.name && *required);
        let required = required || of.is_some_and(|field| !field.nullable && reading.name != Name::DecidedAt);
        Field {
            name: kind.word(reading.name).into(),
            source: Source::Column(reading.column.as_str().into()),
            ty: ty(reading.name, of, plan, currency),
            nullable: !required || reading.value.is_some(),
            link: None,
        }
    };
    let table = Table {
        name: kind.event().into(),
        source: "".into(),
        kind: TableKind::Context,
        fields: readings.iter().map(field).collect(),
    };
    Schema { tables: vec![table], domains: plan.schema.domains.clone() }
}

/// The events that the policy declares.
fn declared(kind: Kind, plan: &VerifiedPlan) -> Option<&Table> {
    let mut tables = plan.schema.tables.iter();
    tables.find(|table| *table.name == *kind.event() && matches!(table.kind, TableKind::Events { .. }))
}

/// The declared field that a row of the ledger fills by its name.
fn declared_field(table: &Table, name: Name) -> Option<&Field> {
    let by_name = |word: &str| table.fields.iter().find(|field| *field.name == *word);
    match name {
        Name::Outcome => by_name("outcome"),
        Name::Offer => by_name("offer"),
        Name::Member => by_name("member"),
        Name::Channel => by_name("channel"),
        Name::Cost => by_name("cost"),
        Name::DecidedAt => by_name("decided_at"),
        Name::Customer | Name::At | Name::Holdout | Name::Decision | Name::Id | Name::Erased => None,
    }
}

fn ty(name: Name, declared: Option<&Field>, plan: &VerifiedPlan, currency: Option<Currency>) -> Type {
    let listed = declared.map(|field| field.ty).filter(|ty| matches!(ty, Type::OneOf(_) | Type::Ordered(_)));
    match name {
        Name::Customer => {
            let customer = plan.schema.table(Schema::CUSTOMER);
            let key = customer.and_then(|customer| customer.fields.get(customer.key()?.0 as usize));
            key.map_or(Type::Text, |key| key.ty)
        }
        Name::At | Name::DecidedAt => Type::Instant,
        // Without a currency, an amount is a number that is refused where there is one.
        Name::Cost => currency.map_or(Type::Number, Type::Money),
        Name::Holdout => Type::Bool,
        Name::Decision | Name::Id | Name::Erased => Type::Text,
        Name::Outcome | Name::Offer | Name::Member | Name::Channel => listed.unwrap_or(Type::Text),
    }
}
