//! A schema with families of texts, ints and values of a list, and random data for it.

use std::sync::Arc;

use opportune_plan::{
    Currency, Domain, DomainId, Element, Field, FieldId, Link, Schema, Source, Table, TableId, TableKind, Type,
};
use opportune_runtime::snapshot::{
    self, Bitmap, ByCustomer, Column, Dictionary, Elements, NO_ROW, SetDictionary, Snapshot, Values,
};
use opportune_runtime::time::Clock;

use crate::dice::Dice;

pub const CUSTOMER: TableId = Schema::CUSTOMER;
pub const PURCHASES: TableId = TableId(1);
pub const PRODUCTS: TableId = TableId(2);

/// Fields of the customer.
pub const FAVOURITE: FieldId = FieldId(1);
pub const LEVEL: FieldId = FieldId(2);
pub const INTERESTS: FieldId = FieldId(3);
pub const KIND: FieldId = FieldId(4);
pub const EMAIL_OK: FieldId = FieldId(5);
pub const AISLES: FieldId = FieldId(6);

/// Fields of a purchase.
pub const AT: FieldId = FieldId(0);
pub const PRODUCT: FieldId = FieldId(1);
pub const LABEL: FieldId = FieldId(2);
pub const SPEND: FieldId = FieldId(3);
pub const SHELF: FieldId = FieldId(4);
pub const GIFT: FieldId = FieldId(5);
pub const SORT: FieldId = FieldId(6);

/// Fields of a product.
pub const CATEGORY: FieldId = FieldId(1);
pub const AISLE: FieldId = FieldId(2);
pub const OF_KIND: FieldId = FieldId(3);

/// An hour in microseconds.
pub const HOUR: i64 = 3_600_000_000;

/// The list of values that `kind` is of: as many as there may be members.
pub const KINDS: DomainId = DomainId(0);

pub fn money() -> Type {
    Type::Money(Currency::new("USD").unwrap())
}

/// Three weeks after the first event that there may be.
pub fn clock() -> Clock {
    Clock::new(21 * 24 * HOUR, "UTC").unwrap()
}

pub fn schema(members: usize) -> Schema {
    let customer = TableKind::Customer { key: FieldId(0), introduced_by: vec![CUSTOMER] };
    let purchase = TableKind::Events { at: AT, customer_column: "customer".into() };
    let product = TableKind::Lookup { key: FieldId(0) };
    let link = Link { table: PRODUCTS, required: true };
    let tables = vec![
        table(
            "customer",
            customer,
            vec![
                field("id", Type::Int, false),
                field("favourite", Type::Text, true),
                field("level", Type::Int, true),
                field("interests", Type::Set(Element::Text), true),
                field("kind", Type::OneOf(KINDS), true),
                field("email_ok", Type::Bool, true),
                field("aisles", Type::Set(Element::Int), false),
            ],
        ),
        table(
            "purchase",
            purchase,
            vec![
                field("at", Type::Instant, false),
                Field { link: Some(link), ..field("product", Type::Int, false) },
                field("label", Type::Text, true),
                field("spend", money(), false),
                field("shelf", Type::Int, false),
                field("gift", Type::Bool, true),
                field("sort", Type::OneOf(KINDS), true),
            ],
        ),
        table(
            "product",
            product,
            vec![
                field("id", Type::Int, false),
                field("category", Type::Text, true),
                field("aisle", Type::Int, true),
                field("kind", Type::OneOf(KINDS), true),
            ],
        ),
    ];
    let variants = (0..members.max(3) + 2).map(|at| format!("kind {at}").into()).collect();
    Schema { tables, domains: vec![Domain { variants }] }
}

fn field(name: &str, ty: Type, nullable: bool) -> Field {
    Field { name: name.into(), source: Source::Column(name.into()), ty, nullable, link: None }
}

fn table(name: &str, kind: TableKind, fields: Vec<Field>) -> Table {
    Table { name: name.into(), source: name.into(), kind, fields }
}

/// The name of a member of a family of texts.
pub fn category(at: usize) -> String {
    format!("{}{at:04}", ["a", "b", "c"][at % 3])
}

/// The int of a member of a family of ints.
pub fn aisle(at: usize) -> i64 {
    at as i64 * 3 - 50
}

pub fn snapshot(dice: &mut Dice, members: usize, customers: usize) -> Snapshot {
    Snapshot {
        tables: vec![of_customers(dice, members, customers), purchases(dice, members, customers), products(members)],
    }
}

fn rows(rows: usize, columns: Vec<Column>) -> snapshot::Table {
    let links = columns.iter().map(|_| None).collect();
    snapshot::Table { rows, columns, links, by_customer: None, unseen: None }
}

/// Each member once, in no order, then a product of which nothing is known.
fn products(members: usize) -> snapshot::Table {
    let mixed: Vec<usize> = (0..members).map(|at| (at * 7 + 3) % members).collect();
    let mixed = if mixed.iter().collect::<std::collections::BTreeSet<_>>().len() == members {
        mixed
    } else {
        (0..members).rev().collect()
    };
    let known = || Some((0..=members).map(|at| at < members).collect::<Bitmap>());
    let list = Arc::new(Dictionary { values: (0..members.max(3) + 2).map(|at| format!("kind {at}").into()).collect() });
    let texts: Vec<Option<String>> = mixed.iter().map(|at| Some(category(*at))).chain([None]).collect();
    let ints = mixed.iter().map(|at| aisle(*at)).chain([0]).collect();
    let kinds = mixed.iter().map(|at| *at as u32).chain([0]).collect();
    rows(
        members + 1,
        vec![
            Column::full(Values::Int64((0..=members as i64).collect())),
            text_column(&texts),
            Column { values: Values::Int64(ints), validity: known() },
            Column { values: Values::Codes(kinds, list), validity: known() },
        ],
    )
}

/// Texts with a dictionary of their own, so that equal texts of two columns have different codes.
fn text_column(texts: &[Option<String>]) -> Column {
    let mut values: Vec<Box<str>> = texts.iter().flatten().map(|text| text.as_str().into()).collect();
    values.sort();
    values.dedup();
    let dictionary = Dictionary { values };
    let codes = texts.iter().map(|text| text.as_ref().and_then(|text| dictionary.code(text)).unwrap_or(0)).collect();
    let validity = Some(texts.iter().map(Option::is_some).collect());
    Column { values: Values::Codes(codes, Arc::new(dictionary)), validity }
}

/// Mostly a member, at times something that is none, at times nothing.
fn some_category(dice: &mut Dice, members: usize) -> Option<String> {
    match dice.roll(10) {
        0 => None,
        1 => Some(format!("x{}", dice.roll(3))),
        _ => Some(category(near(dice, members))),
    }
}

/// A member; the first are more frequent, so that customers have several events of one.
fn near(dice: &mut Dice, members: usize) -> usize {
    if dice.percent(60) { dice.roll(members.min(4)) } else { dice.roll(members) }
}

fn maybe<T: Default>(dice: &mut Dice, rows: usize, mut value: impl FnMut(&mut Dice) -> T) -> (Vec<T>, Option<Bitmap>) {
    let known: Vec<bool> = (0..rows).map(|_| !dice.percent(15)).collect();
    let values = known.iter().map(|known| if *known { value(dice) } else { T::default() }).collect();
    (values, Some(known.into_iter().collect()))
}

fn bits(dice: &mut Dice, rows: usize) -> Column {
    let (values, validity) = maybe(dice, rows, |dice| dice.percent(70));
    Column { values: Values::Bits(values.into_iter().collect()), validity }
}

fn kinds(dice: &mut Dice, members: usize, rows: usize) -> Column {
    let list = Arc::new(Dictionary { values: (0..members.max(3) + 2).map(|at| format!("kind {at}").into()).collect() });
    let (codes, validity) = maybe(dice, rows, |dice| near(dice, members + 2) as u32);
    Column { values: Values::Codes(codes, list), validity }
}

fn of_customers(dice: &mut Dice, members: usize, customers: usize) -> snapshot::Table {
    let favourites: Vec<_> = (0..customers).map(|_| some_category(dice, members)).collect();
    let (levels, level_known) = maybe(dice, customers, |dice| dice.roll(20) as i64 * 5 - 40);
    rows(
        customers,
        vec![
            Column::full(Values::Int64((0..customers as i64).collect())),
            text_column(&favourites),
            Column { values: Values::Int64(levels), validity: level_known },
            interests(dice, members, customers),
            kinds(dice, members, customers),
            bits(dice, customers),
            aisles(dice, members, customers),
        ],
    )
}

fn some_sets(dice: &mut Dice, count: usize, elements: usize) -> Vec<Box<[u32]>> {
    let mut sets: Vec<Box<[u32]>> = vec![Box::new([])];
    for _ in 0..count {
        let mut set: Vec<u32> = (0..dice.roll(4)).map(|_| dice.roll(elements) as u32).collect();
        set.sort_unstable();
        set.dedup();
        sets.push(set.into());
    }
    sets.sort();
    sets.dedup();
    sets
}

fn interests(dice: &mut Dice, members: usize, customers: usize) -> Column {
    let mut values: Vec<Box<str>> = (0..members.min(40)).map(|at| category(at).into()).collect();
    values.push("nothing that is sold".into());
    values.sort();
    let sets = some_sets(dice, 12, values.len());
    let (codes, validity) = maybe(dice, customers, |dice| dice.roll(sets.len()) as u32);
    let elements = Elements::Texts(Arc::new(Dictionary { values }));
    Column { values: Values::Sets(codes, Arc::new(SetDictionary { sets, elements })), validity }
}

fn aisles(dice: &mut Dice, members: usize, customers: usize) -> Column {
    let values: Vec<i64> = (0..members.min(40)).map(aisle).chain([1_000_000]).collect();
    let sets = some_sets(dice, 12, values.len());
    let codes = (0..customers).map(|_| dice.roll(sets.len()) as u32).collect();
    Column::full(Values::Sets(codes, Arc::new(SetDictionary { sets, elements: Elements::Ints(values) })))
}

fn purchases(dice: &mut Dice, members: usize, customers: usize) -> snapshot::Table {
    let (mut offsets, mut at) = (vec![0], Vec::new());
    for _ in 0..customers {
        let mut times: Vec<i64> = (0..dice.roll(14)).map(|_| dice.roll(21 * 24) as i64 * HOUR).collect();
        times.sort_unstable();
        at.extend(times);
        offsets.push(at.len());
    }
    let len = at.len();
    let links: Vec<u32> =
        (0..len).map(|_| if dice.percent(10) { members } else { near(dice, members) } as u32).collect();
    let labels: Vec<_> = (0..len).map(|_| some_category(dice, members)).collect();
    let spend = (0..len).map(|_| dice.roll(9) as i64 * 1_000_000).collect();
    let shelves = (0..len).map(|_| aisle(near(dice, members + 2))).collect();
    let columns = vec![
        Column::full(Values::Int64(at.clone())),
        Column::full(Values::Int64(links.iter().map(|row| i64::from(*row)).collect())),
        text_column(&labels),
        Column::full(Values::Int64(spend)),
        Column::full(Values::Int64(shelves)),
        bits(dice, len),
        kinds(dice, members, len),
    ];
    assert!(!links.contains(&NO_ROW));
    let by_customer = Some(ByCustomer { offsets, at });
    let mut table = snapshot::Table { by_customer, ..rows(len, columns) };
    table.links[PRODUCT.0 as usize] = Some(links);
    table
}
