//! The schema of all random plans: a customer, two event tables, two lookup tables that link to each other, and in
//! each a field of every type, once that may be missing and once that may not (of lookup tables one or the other); and
//! the context of a request.

use std::sync::{Arc, LazyLock};

use opportune_plan::{
    Currency, Domain, DomainId, Element, Field, FieldId, Link, Schema, Source, Table, TableId, TableKind, Type,
};
use opportune_runtime::snapshot::Dictionary;

use super::dice::Dice;

pub const CUSTOMER: TableId = TableId(0);
/// Their time is an instant.
pub const PURCHASES: TableId = TableId(1);
/// Their time is a date.
pub const VISITS: TableId = TableId(2);
/// With a key of text; may be empty, so that no link to it is required.
pub const PRODUCTS: TableId = TableId(3);
/// With a key of int; has a row at least.
pub const SHOPS: TableId = TableId(4);

/// What a request brings, in half of the cases.
pub const CONTEXT: TableId = TableId(5);

/// The list of the days of the week.
pub const WEEK: DomainId = DomainId(4);

/// The types that fields have.
pub fn types() -> &'static [Type] {
    static TYPES: LazyLock<Vec<Type>> = LazyLock::new(all_types);
    &TYPES
}

fn all_types() -> Vec<Type> {
    let currency = |code| Type::Money(Currency::new(code).expect("three letters"));
    vec![
        Type::Int,
        Type::Bool,
        Type::Number,
        currency("USD"),
        Type::Text,
        Type::OneOf(DomainId(0)),
        Type::Ordered(DomainId(2)),
        Type::Date,
        Type::Instant,
        Type::Duration,
        Type::Days,
        currency("EUR"),
        Type::OneOf(DomainId(1)),
        Type::Ordered(DomainId(3)),
        Type::Time,
        Type::Months,
        Type::Zone,
        Type::Place,
        Type::Distance,
        Type::Set(Element::Text),
        Type::Set(Element::Int),
        Type::Set(Element::OneOf(DomainId(0))),
        Type::Set(Element::Ordered(DomainId(2))),
        Type::Ordered(WEEK),
    ]
}

fn domains() -> Vec<Domain> {
    let named = |names: &[&str]| Domain { variants: names.iter().map(|name| (*name).into()).collect() };
    let many = Domain { variants: (0..70).map(|at| format!("v{at}").into()).collect() };
    let week = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    vec![named(&["b", "a", "c"]), named(&["only"]), named(&["19-24", "25-34", "35-44", "65+"]), many, named(&week)]
}

/// With a key of text, with one of int; each without and with a context.
static SCHEMAS: LazyLock<[[Schema; 2]; 2]> =
    LazyLock::new(|| [Type::Int, Type::Text].map(|key| [false, true].map(|with_context| one(key, with_context))));

/// The values of a list, as columns have them.
pub fn dictionary(domain: DomainId) -> Arc<Dictionary> {
    static DICTIONARIES: LazyLock<Vec<Arc<Dictionary>>> = LazyLock::new(|| {
        domains().into_iter().map(|domain| Arc::new(Dictionary { values: domain.variants })).collect()
    });
    Arc::clone(&DICTIONARIES[domain.0 as usize])
}

pub fn schema(dice: &mut Dice) -> &'static Schema {
    let (key, with_context) = (dice.percent(50), dice.percent(50));
    &SCHEMAS[usize::from(key)][usize::from(with_context)]
}

fn one(key: Type, with_context: bool) -> Schema {
    let customer = TableKind::Customer { key: FieldId(0), introduced_by: vec![CUSTOMER] };
    let events = || TableKind::Events { at: FieldId(0), customer_column: "customer".into() };
    let lookup = || TableKind::Lookup { key: FieldId(0) };
    let mut tables = vec![
        table("customer", customer, key),
        table("purchase", events(), Type::Instant),
        table("visit", events(), Type::Date),
        table("product", lookup(), Type::Text),
        table("shop", lookup(), Type::Int),
    ];
    if with_context {
        let fields = types().iter().enumerate();
        let fields = fields.map(|(at, ty)| field(format!("maybe_{at}"), *ty, true, None)).collect();
        let (name, source) = ("context".into(), "context".into());
        tables.push(Table { name, source, kind: TableKind::Context, fields });
    }
    Schema { tables, domains: domains() }
}

fn table(name: &str, kind: TableKind, first: Type) -> Table {
    let mut fields = vec![field("first".to_owned(), first, false, None)];
    // Of each type of a lookup table one field, so that a case is made quickly.
    let (products, shops) = (name == "product", name == "shop");
    for (at, ty) in types().iter().enumerate() {
        if !(products && at % 2 == 1 || shops && at % 2 == 0) {
            fields.push(field(format!("sure_{at}"), *ty, false, None));
        }
        if !(products && at % 2 == 0 || shops && at % 2 == 1) {
            fields.push(field(format!("maybe_{at}"), *ty, true, None));
        }
    }
    for (name, ty, nullable, table, required) in [
        ("product", Type::Text, false, PRODUCTS, false),
        ("other_product", Type::Text, true, PRODUCTS, false),
        ("shop", Type::Int, false, SHOPS, true),
        ("other_shop", Type::Int, true, SHOPS, true),
        ("lost_shop", Type::Int, false, SHOPS, false),
    ] {
        fields.push(field(name.to_owned(), ty, nullable, Some(Link { table, required })));
    }
    Table { name: name.into(), source: name.into(), kind, fields }
}

fn field(name: String, ty: Type, nullable: bool, link: Option<Link>) -> Field {
    Field { source: Source::Column(name.as_str().into()), name: name.into(), ty, nullable, link }
}
