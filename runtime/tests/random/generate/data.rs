//! Random snapshots as the readers would make them: dictionaries sorted, missing slots zero, links resolved, events
//! of each customer in order and none after `now`. Columns that the plan does not read are left empty.

mod sets;

use std::collections::HashSet;
use std::sync::Arc;

use opportune_plan::{Field, FieldId, Link, Op, Schema, SharedLimit, TableId, TableKind, Type, VerifiedPlan};
use opportune_runtime::snapshot::{Bitmap, ByCustomer, Column, Dictionary, NO_ROW, Snapshot, Table, Values};
use opportune_runtime::time::Clock;

use super::dice::Dice;
use super::pools;
use super::schema::{PRODUCTS, SHOPS, dictionary};

/// Random data with so many customers.
pub fn snapshot(dice: &mut Dice, plan: &VerifiedPlan, clock: &Clock, customers: usize) -> Snapshot {
    let products = dice.roll(6);
    let shops = 1 + dice.roll(5);
    let mut data = Data { dice, schema: &plan.schema, clock, read: read(plan), products, shops };
    let tables = plan.schema.tables().map(|(id, table)| match table.kind {
        TableKind::Customer { .. } => data.table(id, table, customers, None),
        TableKind::Events { .. } => data.events(id, table, customers),
        TableKind::Lookup { .. } if id == PRODUCTS => data.table(id, table, products, None),
        TableKind::Lookup { .. } => data.table(id, table, shops, None),
        TableKind::Context => data.context(id, table, customers),
    });
    Snapshot { tables: tables.collect() }
}

/// The fields that a plan reads.
fn read(plan: &VerifiedPlan) -> HashSet<(TableId, FieldId)> {
    let families = plan.offers.iter().filter_map(|offer| offer.family).map(|family| (family.table, family.field));
    let read = plan.exprs.iter().filter_map(|(_, node)| match node.op {
        Op::Field(table, field) => Some((table, field)),
        Op::Follow { table, link, .. } => Some((table, link)),
        _ => None,
    });
    let picks = plan.offers.iter().flat_map(|offer| &offer.picks).map(|pick| (pick.family.table, pick.family.field));
    read.chain(families).chain(picks).chain(by_rules(plan)).collect()
}

/// The fields of events that the plan's rules read themselves.
fn by_rules(plan: &VerifiedPlan) -> impl Iterator<Item = (TableId, FieldId)> {
    let histories = plan.histories.iter().flat_map(|history| {
        let fields = [history.offer, history.member, history.channel, history.decided, history.value];
        fields.into_iter().flatten().map(|field| (history.events, field))
    });
    let shares = plan.portfolio.shared.iter().filter_map(|shared| match shared {
        SharedLimit::Share { requests, key, contacts, contact_key, .. } => {
            let contacts = plan.histories[contacts.0 as usize].events;
            Some([(*requests, *key), (contacts, *contact_key)])
        }
        SharedLimit::Quota(_) => None,
    });
    histories.chain(shares.flatten())
}

struct Data<'a> {
    dice: &'a mut Dice,
    schema: &'a Schema,
    clock: &'a Clock,
    read: HashSet<(TableId, FieldId)>,
    products: usize,
    shops: usize,
}

impl Data<'_> {
    /// Rows of a table; the first column is given, or else holds keys.
    fn table(&mut self, id: TableId, table: &opportune_plan::Table, rows: usize, first: Option<Column>) -> Table {
        let mut columns = vec![first.unwrap_or_else(|| keys(&table.fields[0], rows))];
        let mut links = vec![None];
        for (at, field) in table.fields().skip(1) {
            let is_read = self.read.contains(&(id, at));
            let validity = (is_read && field.nullable).then(|| self.validity(rows)).flatten();
            let (column, link) = match field.link {
                Some(_) if !is_read => (unread(), Some(Vec::new())),
                Some(link) => {
                    let (column, rows) = self.link(link, validity, rows);
                    (column, Some(rows))
                }
                None if !is_read => (unread(), None),
                None => (self.column(field, validity, rows), None),
            };
            columns.push(column);
            links.push(link);
        }
        Table { rows, columns, links, by_customer: None, unseen: None }
    }

    /// What each customer's request brings; all of it is missing where there is none.
    fn context(&mut self, id: TableId, table: &opportune_plan::Table, rows: usize) -> Table {
        let none = self.dice.percent(20);
        let columns = table.fields().map(|(at, field)| {
            if !self.read.contains(&(id, at)) {
                return unread();
            }
            if none {
                return Column::missing(self.schema, field.ty, rows);
            }
            let validity = self.validity(rows);
            self.column(field, validity, rows)
        });
        let columns: Vec<Column> = columns.collect();
        Table { rows, links: columns.iter().map(|_| None).collect(), columns, by_customer: None, unseen: None }
    }

    fn events(&mut self, id: TableId, table: &opportune_plan::Table, customers: usize) -> Table {
        let (mut offsets, mut at, mut dates) = (vec![0], Vec::new(), Vec::new());
        let most = self.dice.pick(&[0, 1, 2, 4, 8]);
        for _ in 0..customers {
            let count = if self.dice.percent(40) { 0 } else { self.dice.roll(most + 1) };
            let mut moments: Vec<(i64, i32)> = (0..count).map(|_| self.moment(table.fields[0].ty)).collect();
            moments.retain(|(at, _)| *at <= self.clock.now());
            moments.sort_unstable();
            at.extend(moments.iter().map(|(at, _)| at));
            dates.extend(moments.iter().map(|(_, date)| date));
            offsets.push(at.len());
        }
        let first = match table.fields[0].ty {
            Type::Date => Values::Int32(dates),
            _ => Values::Int64(at.clone()),
        };
        let rows = at.len();
        let table = self.table(id, table, rows, Some(Column::full(first)));
        Table { by_customer: Some(ByCustomer { offsets, at }), ..table }
    }

    /// When an event happened; a date counts as its first moment.
    fn moment(&mut self, ty: Type) -> (i64, i32) {
        let date = pools::date(self.dice, self.clock);
        match self.clock.start_of(date) {
            Some(at) if ty == Type::Date => (at, date),
            _ if ty == Type::Date => (self.clock.start_of(self.clock.today()).unwrap_or(i64::MAX), self.clock.today()),
            _ => (pools::instant(self.dice, self.clock), 0),
        }
    }

    fn validity(&mut self, rows: usize) -> Option<Bitmap> {
        let present = self.dice.pick(&[50, 90, 5, 100, 0]);
        let validity: Bitmap = (0..rows).map(|_| self.dice.percent(present)).collect();
        // All there: the readers leave the bitmap out, but it may also stay.
        (present < 100 || self.dice.percent(50)).then_some(validity)
    }

    fn column(&mut self, field: &Field, validity: Option<Bitmap>, rows: usize) -> Column {
        let there: Vec<bool> = (0..rows).map(|row| validity.as_ref().is_none_or(|v| v.get(row))).collect();
        let (dice, clock) = (&mut *self.dice, self.clock);
        let values = match field.ty {
            Type::Bool => Values::Bits(there.iter().map(|there| dice.percent(50) && *there).collect()),
            Type::Int | Type::Money(_) => Values::Int64(fill(&there, || pools::int(dice))),
            Type::Days => Values::Int64(fill(&there, || pools::days(dice))),
            Type::Months => Values::Int64(fill(&there, || pools::months(dice))),
            Type::Time => Values::Int64(fill(&there, || pools::time(dice))),
            Type::Place => Values::Int64(fill(&there, || pools::place(dice).to_bits())),
            Type::Distance => Values::Float64(fill(&there, || pools::distance(dice))),
            Type::Duration => Values::Int64(fill(&there, || pools::duration(dice))),
            Type::Instant => Values::Int64(fill(&there, || pools::instant(dice, clock))),
            Type::Number => Values::Float64(fill(&there, || pools::number(dice))),
            Type::Date => Values::Int32(fill(&there, || pools::date(dice, clock))),
            Type::Text => {
                let texts = there.iter().map(|there| there.then(|| pools::text(dice))).collect();
                let unused = (0..dice.roll(3)).map(|_| pools::text(dice)).collect();
                codes(texts, unused)
            }
            Type::Zone => {
                codes(there.iter().map(|there| there.then(|| pools::zone(dice).into())).collect(), Vec::new())
            }
            Type::Set(element) => {
                let schema = self.schema;
                let sets = there.iter().map(|there| there.then(|| pools::elements(dice, schema, clock, element)));
                sets::values(element, &sets.collect::<Vec<_>>())
            }
            Type::OneOf(domain) | Type::Ordered(domain) => {
                let dictionary = dictionary(domain);
                Values::Codes(fill(&there, || dice.roll(dictionary.values.len()) as u32), dictionary)
            }
        };
        Column { values, validity }
    }

    /// A linking column with the rows that it leads to.
    fn link(&mut self, link: Link, validity: Option<Bitmap>, rows: usize) -> (Column, Vec<u32>) {
        let targets = if link.table == SHOPS { self.shops } else { self.products };
        let mut to = Vec::with_capacity(rows);
        for row in 0..rows {
            let dangles = !link.required && (targets == 0 || self.dice.percent(30));
            let is_missing = validity.as_ref().is_some_and(|validity| !validity.get(row));
            to.push(if is_missing || dangles { NO_ROW } else { self.dice.roll(targets) as u32 });
        }
        let is_there = |row: usize| validity.as_ref().is_none_or(|validity| validity.get(row));
        let values = if link.table == SHOPS {
            let key = |(row, to): (usize, &u32)| if is_there(row) { shop_key(*to) } else { 0 };
            Values::Int64(to.iter().enumerate().map(key).collect())
        } else {
            codes(to.iter().enumerate().map(|(row, to)| is_there(row).then(|| product_key(*to))).collect(), Vec::new())
        };
        (Column { values, validity }, to)
    }
}

/// A column that nobody reads.
fn unread() -> Column {
    Column::full(Values::Int64(Vec::new()))
}

fn fill<T: Default>(there: &[bool], mut value: impl FnMut() -> T) -> Vec<T> {
    there.iter().map(|there| if *there { value() } else { T::default() }).collect()
}

/// Texts as codes of their sorted dictionary, in which some values may be unused.
fn codes(texts: Vec<Option<Box<str>>>, unused: Vec<Box<str>>) -> Values {
    let mut values: Vec<Box<str>> = texts.iter().flatten().cloned().chain(unused).collect();
    values.sort();
    values.dedup();
    let dictionary = Dictionary { values };
    let code = |text: &Option<Box<str>>| text.as_ref().and_then(|text| dictionary.code(text)).unwrap_or(0);
    let codes = texts.iter().map(code).collect();
    Values::Codes(codes, Arc::new(dictionary))
}

fn shop_key(row: u32) -> i64 {
    if row == NO_ROW { -7 } else { i64::from(row) * 10 }
}

fn product_key(row: u32) -> Box<str> {
    if row == NO_ROW { "lost".into() } else { format!("p{row}").into() }
}

/// Keys in their order, for the customers and the tables that others link to.
fn keys(field: &Field, rows: usize) -> Column {
    Column::full(match field.ty {
        Type::Int => Values::Int64((0..rows as u32).map(shop_key).collect()),
        _ => {
            let width = if rows > 10 { 5 } else { 1 };
            codes((0..rows).map(|row| Some(format!("p{row:0width$}").into())).collect(), Vec::new())
        }
    })
}
