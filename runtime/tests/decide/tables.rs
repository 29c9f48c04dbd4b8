//! The schema of random cases, and their customers and pasts as tables.

use std::sync::Arc;

use opportune_plan::{Currency, Field, FieldId, Schema, Source, Table, TableId, TableKind, Type};
use opportune_runtime::snapshot::{self, Bitmap, ByCustomer, Column, Dictionary, Snapshot, Unseen, Values};

use crate::case::{CHANNELS, Case, Contact, Customer, MEMBERS, NOW, OFFERS, REPS, TOPICS, ZONES};

pub const CONTACTS: TableId = TableId(1);
pub const RESPONSES: TableId = TableId(2);
pub const REQUESTS: TableId = TableId(3);
pub const PRODUCTS: TableId = TableId(4);

pub fn offer_name(at: usize) -> String {
    format!("offer_{at}")
}

pub fn channel_name(at: usize) -> String {
    format!("channel_{at}")
}

pub fn member_name(at: usize) -> String {
    format!("member_{at}")
}

/// A column of a table as values of one customer or event.
type Column1<T> = (String, Type, bool, Box<dyn Fn(&T) -> Cell>);

enum Cell {
    Int(Option<i64>),
    Number(f64),
    Bool(Option<bool>),
    Text(Option<String>),
}

fn column<T>(name: impl Into<String>, ty: Type, nullable: bool, cell: impl Fn(&T) -> Cell + 'static) -> Column1<T> {
    (name.into(), ty, nullable, Box::new(cell))
}

fn named(name: fn(usize) -> String, at: Option<usize>) -> Cell {
    Cell::Text(at.map(name))
}

fn of_list(list: &[&str], at: Option<usize>) -> Cell {
    Cell::Text(at.map(|at| list.get(at).map_or_else(|| "another".to_owned(), |text| (*text).to_owned())))
}

pub fn money() -> Currency {
    Currency::new("USD").unwrap()
}

fn customers() -> Vec<Column1<Customer>> {
    let mut columns = vec![
        column("id", Type::Int, false, |of: &Customer| Cell::Int(Some(of.key))),
        column("zone", Type::Zone, false, |of: &Customer| Cell::Text(Some(ZONES[of.zone].into()))),
        column("known", Type::Bool, false, |of: &Customer| Cell::Bool(Some(of.is_known))),
        column("bucket", Type::Int, false, |of: &Customer| Cell::Int(Some(of.bucket))),
        column("asked", Type::Bool, true, |of: &Customer| Cell::Bool(of.asked)),
        column("when_0", Type::Bool, true, |of: &Customer| Cell::Bool(of.whens[0])),
        column("when_1", Type::Bool, true, |of: &Customer| Cell::Bool(of.whens[1])),
        column("capped", Type::Bool, true, |of: &Customer| Cell::Bool(of.capped)),
        column("other_score", Type::Number, false, |of: &Customer| Cell::Number(of.other_score)),
        column("event", Type::Instant, true, |of: &Customer| Cell::Int(of.event)),
        column("rep", Type::Text, true, |of: &Customer| of_list(&REPS, of.rep)),
    ];
    for at in 0..CHANNELS {
        let amount = Type::Money(money());
        columns
            .push(column(format!("reached_{at}"), Type::Bool, true, move |of: &Customer| Cell::Bool(of.reached[at])));
        columns.push(column(format!("per_score_{at}"), amount, false, move |of: &Customer| {
            Cell::Int(Some(of.per_score[at]))
        }));
        columns.push(column(format!("fixed_{at}"), amount, false, move |of: &Customer| Cell::Int(Some(of.fixed[at]))));
        columns.push(column(format!("message_cost_{at}"), amount, false, move |of: &Customer| {
            Cell::Int(Some(of.message_costs[at]))
        }));
    }
    for at in 0..OFFERS {
        columns
            .push(column(format!("score_{at}"), Type::Number, false, move |of: &Customer| Cell::Number(of.scores[at])));
        columns.push(column(format!("bucket_{at}"), Type::Int, false, move |of: &Customer| {
            Cell::Int(Some(of.buckets[at]))
        }));
        columns.push(column(format!("offer_cost_{at}"), Type::Money(money()), false, move |of: &Customer| {
            Cell::Int(Some(of.offer_costs[at]))
        }));
    }
    columns
}

fn contacts() -> Vec<Column1<Contact>> {
    vec![
        column("at", Type::Instant, false, |of: &Contact| Cell::Int(Some(of.at))),
        column("decided", Type::Instant, false, |of: &Contact| Cell::Int(Some(of.decided))),
        column("offer", Type::Text, true, |of: &Contact| named(offer_name, of.offer)),
        column("channel", Type::Text, true, |of: &Contact| named(channel_name, of.channel)),
        column("member", Type::Text, true, |of: &Contact| named(member_name, of.member)),
        column("topic", Type::Text, true, |of: &Contact| of_list(&TOPICS, of.topic)),
        column("rep", Type::Text, true, |of: &Contact| of_list(&REPS, of.rep)),
        column("counts", Type::Bool, false, |of: &Contact| Cell::Bool(Some(of.counts))),
    ]
}

fn responses() -> Vec<Column1<(i64, Option<usize>)>> {
    vec![
        column("at", Type::Instant, false, |of: &(i64, Option<usize>)| Cell::Int(Some(of.0))),
        column("offer", Type::Text, true, |of: &(i64, Option<usize>)| named(offer_name, of.1)),
    ]
}

fn requests() -> Vec<Column1<(i64, usize)>> {
    vec![
        column("at", Type::Instant, false, |of: &(i64, usize)| Cell::Int(Some(of.0))),
        column("rep", Type::Text, true, |of: &(i64, usize)| of_list(&REPS, Some(of.1))),
    ]
}

fn products() -> Vec<Column1<usize>> {
    vec![
        column("id", Type::Int, false, |of: &usize| Cell::Int(Some(*of as i64))),
        column("kind", Type::Text, false, |of: &usize| Cell::Text(Some(member_name(*of)))),
    ]
}

pub fn schema() -> Schema {
    fn table<T>(name: &str, kind: TableKind, columns: &[Column1<T>]) -> Table {
        let fields = columns.iter().map(|(name, ty, nullable, _)| Field {
            name: (**name).into(),
            source: Source::Column((**name).into()),
            ty: *ty,
            nullable: *nullable,
            link: None,
        });
        Table { name: name.into(), source: name.into(), kind, fields: fields.collect() }
    }
    let customer = TableKind::Customer { key: FieldId(0), introduced_by: vec![Schema::CUSTOMER] };
    let events = || TableKind::Events { at: FieldId(0), customer_column: "customer".into() };
    let tables = vec![
        table("customer", customer, &customers()),
        table("contact", events(), &contacts()),
        table("response", events(), &responses()),
        table("request", events(), &requests()),
        table("product", TableKind::Lookup { key: FieldId(0) }, &products()),
    ];
    Schema { tables, domains: Vec::new() }
}

/// Past contacts, behind them those that are still to be sent, then those of nobody.
fn contacts_of(case: &Case) -> snapshot::Table {
    let (mut rows, mut seen, mut scheduled) = (Vec::new(), vec![0], Vec::new());
    for customer in &case.customers {
        rows.extend(customer.contacts.iter().filter(|contact| contact.at <= NOW));
        seen.push(rows.len());
    }
    let past = rows.len();
    for customer in &case.customers {
        scheduled.push(rows.len());
        rows.extend(customer.contacts.iter().filter(|contact| contact.at > NOW));
    }
    scheduled.push(rows.len());
    let known = rows.len();
    rows.extend(&case.of_nobody);
    let columns = fill(&contacts(), &rows);
    let Values::Int64(at) = columns[0].values.clone() else { panic!("an instant") };
    let unseen = Unseen {
        scheduled: ByCustomer { offsets: scheduled, at: at[past..known].to_vec() },
        of_nobody: at[known..].to_vec(),
        owners: (0..(rows.len() - known) as u32).collect(),
    };
    snapshot::Table {
        rows: past,
        links: vec![None; columns.len()],
        columns,
        by_customer: Some(ByCustomer { offsets: seen, at: at[..past].to_vec() }),
        unseen: (rows.len() > past).then_some(unseen),
    }
}

pub fn of(case: &Case) -> Snapshot {
    fn events<T>(case: &Case, columns: &[Column1<T>], of: fn(&Customer) -> &Vec<T>) -> snapshot::Table {
        let (mut rows, mut offsets) = (Vec::new(), vec![0]);
        for customer in &case.customers {
            rows.extend(of(customer));
            offsets.push(rows.len());
        }
        let filled = fill(columns, &rows);
        let Values::Int64(at) = filled[0].values.clone() else { panic!("an instant") };
        let links = vec![None; filled.len()];
        snapshot::Table {
            rows: rows.len(),
            columns: filled,
            links,
            by_customer: Some(ByCustomer { offsets, at }),
            unseen: None,
        }
    }
    fn table<T>(columns: &[Column1<T>], rows: &[&T]) -> snapshot::Table {
        let filled = fill(columns, rows);
        snapshot::Table {
            rows: rows.len(),
            links: vec![None; filled.len()],
            columns: filled,
            by_customer: None,
            unseen: None,
        }
    }
    let members: Vec<usize> = (0..MEMBERS).collect();
    let tables = vec![
        table(&customers(), &case.customers.iter().collect::<Vec<_>>()),
        contacts_of(case),
        events(case, &responses(), |of| &of.responses),
        events(case, &requests(), |of| &of.requests),
        table(&products(), &members.iter().collect::<Vec<_>>()),
    ];
    Snapshot { tables }
}

fn fill<T>(columns: &[Column1<T>], rows: &[&T]) -> Vec<Column> {
    let filled = columns.iter().map(|(_, ty, nullable, cell)| {
        if rows.is_empty() {
            return Column { validity: None, ..Column::missing(&Schema::default(), *ty, 0) };
        }
        let cells: Vec<Cell> = rows.iter().map(|row| cell(row)).collect();
        let validity = cells.iter().map(Cell::is_there).collect::<Bitmap>();
        Column { values: values(&cells), validity: nullable.then_some(validity) }
    });
    filled.collect()
}

impl Cell {
    fn is_there(&self) -> bool {
        !matches!(self, Self::Int(None) | Self::Bool(None) | Self::Text(None))
    }
}

fn values(cells: &[Cell]) -> Values {
    match cells.first() {
        Some(Cell::Number(_)) => Values::Float64(
            cells.iter().map(|cell| if let Cell::Number(value) = cell { *value } else { 0.0 }).collect(),
        ),
        Some(Cell::Bool(_)) => {
            Values::Bits(cells.iter().map(|cell| matches!(cell, Cell::Bool(Some(true)))).collect::<Bitmap>())
        }
        Some(Cell::Text(_)) => {
            let text = |cell: &Cell| if let Cell::Text(Some(text)) = cell { text.clone().into() } else { "".into() };
            let mut dictionary: Vec<Box<str>> = cells.iter().filter(|cell| cell.is_there()).map(text).collect();
            dictionary.sort();
            dictionary.dedup();
            let code = |cell: &Cell| dictionary.binary_search(&text(cell)).unwrap_or(0) as u32;
            let codes = cells.iter().map(code).collect();
            Values::Codes(codes, Arc::new(Dictionary { values: dictionary }))
        }
        Some(Cell::Int(_)) | None => {
            Values::Int64(cells.iter().map(|cell| if let Cell::Int(Some(value)) = cell { *value } else { 0 }).collect())
        }
    }
}
