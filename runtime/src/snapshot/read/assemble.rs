//! From tables as they are in their files to a snapshot: links become row numbers, fields that come through a link
//! are filled in, customers are found, events are put in order.

use opportune_plan::{Field, FieldId, Schema, Source, TableId, TableKind, Type};

use super::RawTable;
use super::builder::Tally;
use super::error::{LoadError, Place};
use super::events::{self, Times};
use super::gather::{gather, prune};
use super::keys::{self, Index};
use super::report::{LoadReport, TableReport};
use super::unseen;
use crate::snapshot::{Bitmap, ByCustomer, Column, NO_ROW, Snapshot, Table, Values};
use crate::time::Clock;

type Links = Vec<Option<Vec<u32>>>;

/// Puts the tables together; `errors` are what is wrong already, and a table that could not be read is none.
///
/// # Errors
/// All that is wrong.
pub(super) fn assemble(
    schema: &Schema,
    mut tables: Vec<Option<RawTable<'_>>>,
    clock: &Clock,
    mut errors: Vec<LoadError>,
) -> Result<(Snapshot, LoadReport), Vec<LoadError>> {
    let indexes: Vec<Option<Index>> = tables.iter().map(|table| index(table.as_ref()?, &mut errors)).collect();
    let mut links: Vec<Links> = tables.iter_mut().map(|table| follow(table.as_mut(), &indexes, &mut errors)).collect();
    drop(indexes);
    let fetched: Vec<_> = (0..tables.len()).map(|at| fetch(&tables, &links, at, clock, &mut errors)).collect();
    for (table, fetched) in tables.iter_mut().zip(fetched) {
        if let Some(table) = table {
            fill_in(table, fetched);
        }
    }
    let times: Vec<Option<Times>> = tables.iter().map(|table| times(table.as_ref()?, clock, &mut errors)).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut tables: Vec<RawTable<'_>> = tables.into_iter().flatten().collect();
    let keys = customers(schema, &tables, &times);
    let (index, _) = Index::new(&keys);
    let mut report = LoadReport { customers: count(&keys), ..LoadReport::default() };
    let mut snapshot = Snapshot::default();
    for ((raw, links), times) in tables.drain(..).zip(links.drain(..)).zip(times) {
        let (table, reported) = match (&raw.file.table.kind, times) {
            (TableKind::Customer { key, .. }, _) => customer(raw, *key, &keys, &index, &links, &mut report)?,
            (TableKind::Context, _) => requests(raw, &index, report.customers)?,
            (TableKind::Events { .. }, Some(times)) => place(raw, links, times, &index, report.customers),
            _ => lookup(raw, links),
        };
        snapshot.tables.push(table);
        report.tables.push(reported);
    }
    Ok((snapshot, report))
}

fn count(keys: &Column) -> usize {
    match &keys.values {
        Values::Codes(codes, _) => codes.len(),
        Values::Int64(values) => values.len(),
        _ => 0,
    }
}

fn column<'a>(table: &'a RawTable<'_>, field: FieldId) -> Option<&'a Column> {
    table.columns.get(field.0 as usize)?.as_ref()
}

/// The index over the key of a table that has one.
fn index(table: &RawTable<'_>, errors: &mut Vec<LoadError>) -> Option<Index> {
    let key = table.file.table.key()?;
    let (index, twice) = Index::new(column(table, key)?);
    if let Some(twice) = twice {
        let place = table.file.place(Some(key), "");
        errors.push(LoadError::KeyTwice { place, count: twice.count, first: twice.first, second: twice.second });
    }
    Some(index)
}

/// The rows that the links of a table lead to.
fn follow(table: Option<&mut RawTable<'_>>, indexes: &[Option<Index>], errors: &mut Vec<LoadError>) -> Links {
    let Some(raw) = table else { return Vec::new() };
    let declared = raw.file.table;
    let mut links = vec![None; declared.fields.len()];
    for (id, field) in declared.fields() {
        let at = id.0 as usize;
        let Some(link) = field.link else { continue };
        let Some(Some(index)) = indexes.get(link.table.0 as usize) else { continue };
        let Some(values) = column(raw, id) else { continue };
        let rows = index.rows_of(values);
        let mut dangling = Tally::default();
        let lost = rows.iter().enumerate().filter(|(row, to)| **to == NO_ROW && values.is_valid(*row));
        lost.for_each(|(row, _)| dangling.note(row));
        if let Some(report) = raw.report.fields.get_mut(at) {
            report.dangling = dangling;
        }
        if link.required && dangling.count > 0 {
            let target = raw.file.schema.table(link.table).map_or_else(String::new, |table| table.name.to_string());
            let mut place = raw.file.place(Some(id), "");
            if dangling.first_row > raw.appended.of_file as u64 {
                place.file = "the ledger".to_owned();
            }
            errors.push(LoadError::Dangling { place, target, rows: dangling.into() });
        }
        if let Some(slot) = links.get_mut(at) {
            *slot = Some(rows);
        }
    }
    links
}

/// The fields of a table that come through a link.
fn fetch(
    tables: &[Option<RawTable<'_>>],
    links: &[Links],
    at: usize,
    clock: &Clock,
    errors: &mut Vec<LoadError>,
) -> Vec<(FieldId, Column)> {
    let (Some(Some(raw)), Some(links)) = (tables.get(at), links.get(at)) else { return Vec::new() };
    let mut fetched = Vec::new();
    for (id, field) in raw.file.table.fields() {
        let Source::Linked { link, field: of } = field.source else { continue };
        let target = raw.file.table.fields.get(link.0 as usize).and_then(|link| link.link).map(|link| link.table);
        let target = target.and_then(|TableId(at)| tables.get(at as usize)).and_then(Option::as_ref);
        let rows = links.get(link.0 as usize).and_then(Option::as_ref);
        let (Some(target), Some(rows)) = (target, rows) else { continue };
        let Some(values) = column(target, of).map(|column| gather(column, rows)) else { continue };
        // What is added tells its own time.
        let is_time = matches!(raw.file.table.kind, TableKind::Events { at, .. } if at == id);
        let missing = missing(&values, if is_time { raw.appended.of_file } else { rows.len() });
        // A required link that dangles is told already.
        let told = raw.file.table.fields.get(link.0 as usize).and_then(|field| field.link).is_some_and(|l| l.required)
            && raw.report.fields.get(link.0 as usize).is_some_and(|report| report.dangling.count > 0);
        if !field.nullable && missing.count > 0 && !told {
            let place = raw.file.place(Some(id), "");
            errors.push(LoadError::NoLinkedValue { place, rows: missing.into() });
        }
        fetched.push((id, if is_time { unseen::with_times(values, field.ty, &raw.appended, clock) } else { values }));
    }
    fetched
}

fn missing(column: &Column, rows: usize) -> Tally {
    let mut missing = Tally::default();
    if column.validity.is_some() {
        (0..rows).filter(|row| !column.is_valid(*row)).for_each(|row| missing.note(row));
    }
    missing
}

fn fill_in(table: &mut RawTable<'_>, fetched: Vec<(FieldId, Column)>) {
    for (id, column) in fetched {
        let at = id.0 as usize;
        if let Some(report) = table.report.fields.get_mut(at) {
            report.missing = missing(&column, table.appended.of_file);
        }
        if let Some(slot) = table.columns.get_mut(at) {
            *slot = Some(column);
        }
    }
}

/// When the events of a table happened.
fn times(table: &RawTable<'_>, clock: &Clock, errors: &mut Vec<LoadError>) -> Option<Times> {
    let TableKind::Events { at, .. } = table.file.table.kind else { return None };
    let mut times = Times::new(column(table, at)?, clock, table.appended.of_file);
    unseen::tell_apart(table, clock, &mut times);
    if times.outside.count > 0 {
        errors.push(LoadError::NoTime { place: table.file.place(Some(at), ""), rows: times.outside.into() });
    }
    Some(times)
}

/// The keys of all customers. Events after `now` introduce nobody: they are not seen.
fn customers(schema: &Schema, tables: &[RawTable<'_>], times: &[Option<Times>]) -> Column {
    let customer = schema.table(Schema::CUSTOMER);
    let Some(TableKind::Customer { key, introduced_by }) = customer.map(|table| &table.kind) else {
        return Column::full(Values::Int64(Vec::new()));
    };
    let introducing = introduced_by.iter().filter_map(|id| {
        let raw = tables.get(id.0 as usize)?;
        match times.get(id.0 as usize)? {
            Some(times) => Some((raw.owner.as_ref()?, Some(times.introducing.as_ref().unwrap_or(&times.seen)))),
            None => Some((column(raw, *key)?, None)),
        }
    });
    let of_text = schema.field(Schema::CUSTOMER, *key).is_some_and(|key| key.ty == Type::Text);
    keys::union(introducing, of_text)
}

/// The customers in the order of their keys; whoever has no row has only the key.
fn customer(
    mut raw: RawTable<'_>,
    key: FieldId,
    keys: &Column,
    index: &Index,
    links: &Links,
    report: &mut LoadReport,
) -> Result<(Table, TableReport), Vec<LoadError>> {
    let mut row_of = vec![NO_ROW; report.customers];
    let customer_of = column(&raw, key).map(|keys| index.rows_of(keys)).unwrap_or_default();
    for (row, customer) in (0_u32..).zip(&customer_of) {
        match row_of.get_mut(*customer as usize) {
            Some(slot) => *slot = row,
            None => raw.report.of_unknown.note(row as usize),
        }
    }
    report.without_row = row_of.iter().filter(|row| **row == NO_ROW).count();
    let errors = without_row(&raw, key, report);
    if !errors.is_empty() {
        return Err(errors);
    }
    raw.report.kept = report.customers - report.without_row;
    let mut columns = arrange(raw.columns, &raw.file.table.fields, &row_of);
    if let Some(slot) = columns.get_mut(key.0 as usize) {
        *slot = keys.clone();
    }
    let links = links.iter().map(|link| link.as_ref().map(|link| rearrange(link, &row_of))).collect();
    Ok((Table { rows: report.customers, columns, links, by_customer: None, unseen: None }, raw.report))
}

/// Fields that must be optional because some customer has no row.
fn without_row(raw: &RawTable<'_>, key: FieldId, report: &LoadReport) -> Vec<LoadError> {
    if report.without_row == 0 {
        return Vec::new();
    }
    let (count, of) = (report.without_row as u64, report.customers as u64);
    let firm = raw.file.table.fields().filter(|(id, field)| *id != key && !field.nullable);
    firm.map(|(id, _)| LoadError::NoRow { place: raw.file.place(Some(id), ""), count, of }).collect()
}

/// The requests in the order of their customers; who has none has only missing values.
fn requests(mut raw: RawTable<'_>, index: &Index, customers: usize) -> Result<(Table, TableReport), Vec<LoadError>> {
    let mut row_of = vec![NO_ROW; customers];
    if let Some(owner) = raw.owner.take() {
        if let (_, Some(twice)) = Index::new(&owner) {
            let place = of_owner(&raw);
            return Err(vec![LoadError::KeyTwice {
                place,
                count: twice.count,
                first: twice.first,
                second: twice.second,
            }]);
        }
        for (row, customer) in index.rows_of(&owner).into_iter().enumerate() {
            match row_of.get_mut(customer as usize) {
                Some(slot) => *slot = u32::try_from(row).unwrap_or(NO_ROW),
                None if owner.is_valid(row) => raw.report.of_unknown.note(row),
                None => raw.report.of_nobody.note(row),
            }
        }
    }
    raw.report.kept = row_of.iter().filter(|row| **row != NO_ROW).count();
    let (schema, fields) = (raw.file.schema, &raw.file.table.fields);
    let absent = |column: Option<Column>, field: &Field| column.unwrap_or_else(|| Column::missing(schema, field.ty, 0));
    let columns = raw.columns.into_iter().zip(fields).map(|(column, field)| Some(absent(column, field))).collect();
    let columns = arrange(columns, fields, &row_of);
    let links = vec![None; columns.len()];
    Ok((Table { rows: customers, columns, links, by_customer: None, unseen: None }, raw.report))
}

/// The place of the customers' keys of requests.
fn of_owner(raw: &RawTable<'_>) -> Box<Place> {
    let customer = raw.file.schema.table(Schema::CUSTOMER);
    let key = customer.and_then(|customer| Some((customer, customer.fields.get(customer.key()?.0 as usize)?)));
    let mut place = raw.file.place(None, "");
    if let Some((customer, key)) = key {
        place.subject = format!("{}.{}", customer.name, key.name);
    }
    place
}

/// Each column's rows in another order; one column after the other, so that only one is there twice.
fn arrange(columns: Vec<Option<Column>>, fields: &[Field], rows: &[u32]) -> Vec<Column> {
    let moved = |(column, field): (Option<Column>, &Field)| {
        let mut moved = column.map_or_else(|| Column::full(Values::Int64(Vec::new())), |column| gather(&column, rows));
        prune(&mut moved, matches!(field.ty, Type::OneOf(_) | Type::Ordered(_)));
        moved
    };
    columns.into_iter().zip(fields).map(moved).collect()
}

fn rearrange(link: &[u32], rows: &[u32]) -> Vec<u32> {
    rows.iter().map(|row| link.get(*row as usize).copied().unwrap_or(NO_ROW)).collect()
}

/// The events of the customers, in order; behind them what only limits see.
fn place(mut raw: RawTable<'_>, links: Links, times: Times, index: &Index, customers: usize) -> (Table, TableReport) {
    let owner = raw.owner.take();
    let customer_of = owner.as_ref().map(|owner| index.rows_of(owner)).unwrap_or_default();
    let of_file = customer_of.iter().take(raw.appended.of_file).enumerate();
    for (row, _) in of_file.filter(|(row, to)| **to == NO_ROW && times.seen.get(*row)) {
        let known = owner.as_ref().is_some_and(|owner| owner.is_valid(row));
        let tally = if known { &mut raw.report.of_unknown } else { &mut raw.report.of_nobody };
        tally.note(row);
    }
    raw.report.after_now = times.after_now;
    let fields: Vec<&Column> = raw.columns.iter().flatten().collect();
    let mut order = events::order(&customer_of, &times.seen, &times.at, &fields, customers);
    let seen = order.rows.len();
    let unseen = unseen::append(&mut order.rows, &raw, owner.as_ref(), &customer_of, (&times, customers));
    drop((customer_of, owner));
    raw.report.kept = order.rows.iter().take(seen).filter(|row| (**row as usize) < raw.appended.of_file).count();
    raw.report.added = raw.rows - raw.appended.of_file;
    raw.report.replaced = raw.appended.replaced.as_ref().map_or(0, Bitmap::count);
    if let Some(unseen) = &unseen {
        (raw.report.scheduled, raw.report.of_nobody_counted) = (unseen.scheduled.at.len(), unseen.of_nobody.len());
    }
    let at = order.rows.iter().take(seen).map(|row| times.at.get(*row as usize).copied().unwrap_or(0)).collect();
    drop(times);
    let columns = arrange(raw.columns, &raw.file.table.fields, &order.rows);
    let links = links.into_iter().map(|link| link.map(|link| rearrange(&link, &order.rows))).collect();
    let by_customer = Some(ByCustomer { offsets: order.offsets, at });
    (Table { rows: seen, columns, links, by_customer, unseen }, raw.report)
}

/// A lookup table stays as it is in its file.
fn lookup(mut raw: RawTable<'_>, links: Links) -> (Table, TableReport) {
    raw.report.kept = raw.rows;
    let columns = raw.columns.into_iter().flatten().collect();
    (Table { rows: raw.rows, columns, links, by_customer: None, unseen: None }, raw.report)
}
