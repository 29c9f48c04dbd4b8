//! Writes added contacts and responses into the columns of their table, behind the rows of the file.
//!
//! A row fills the fields of what it tells: by their names, and the field that says when. Other fields are missing. But
//! where the file has the same row (it names the same decision), the added one takes its other fields from there and its
//! place: it counts once.

use std::collections::HashMap;

use opportune_plan::{Field, FieldId, TableKind, Type};

use super::added::{Added, AddedCustomer, AddedRows, CONTACT, DECISION};
use super::builder::{Builder, Fault, Reading};
use super::columns::{Target, Targets};
use super::error::LoadError;
use super::shown::{listed, shown};
use crate::snapshot::{Bitmap, NO_ROW};
use crate::time::Clock;

/// What was added to a table.
#[derive(Debug, Default)]
pub(super) struct Appended {
    /// How many rows are the file's.
    pub of_file: usize,
    /// Of the file's rows: those that were added too, and so do not count.
    pub replaced: Option<Bitmap>,
    /// Of the added rows: when it was.
    pub at: Vec<i64>,
    /// Of the added rows: the tombstones of erased customers, as numbers.
    pub erased: HashMap<usize, u32>,
}

/// What a field holds of an added row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tells {
    /// When it was sent, or happened.
    At,
    DecidedAt,
    Cost,
    /// A name.
    Text,
    /// Nothing.
    Nothing,
}

/// Writes the rows of a table, in which those of its file are already.
///
/// # Errors
/// One for each field that cannot hold what the rows tell, or may not be missing.
pub(super) fn append(
    targets: &mut Targets<'_>,
    added: &Added,
    rows: &AddedRows,
    clock: &Clock,
) -> Result<Appended, Vec<LoadError>> {
    let of_file = targets.rows();
    targets.room(rows.len()).map_err(|error| vec![error])?;
    let faults: Vec<_> = targets.all.iter().map(|target| target.builder.faults).collect();
    let table = targets.file.table;
    let tells: Vec<Tells> = targets.all.iter().map(|target| tells(target, table, added)).collect();
    for (target, tells) in targets.all.iter_mut().zip(&tells) {
        match target.field.and_then(|field| table.fields.get(field.0 as usize)) {
            None => push_owners(&mut target.builder, target.ty, rows),
            Some(field) if *tells != Tells::Nothing => push(&mut target.builder, field, *tells, rows, clock),
            Some(_) => {}
        }
    }
    let (same, replaced) = same_rows(targets, rows, of_file);
    for (target, _) in targets.all.iter_mut().zip(&tells).filter(|(target, _)| target.builder.rows() == of_file) {
        let copy = |row: &u32| match row {
            &NO_ROW => target.builder.push_fault(Fault::Missing),
            row => target.builder.repeat(*row as usize),
        };
        same.iter().for_each(copy);
    }
    let errors = judge(targets, of_file);
    for (target, faults) in targets.all.iter_mut().zip(faults) {
        target.builder.faults = faults;
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let at = (0..rows.len()).map(|row| rows.at(row)).collect();
    Ok(Appended { of_file, replaced, at, erased: rows.erased() })
}

/// What a field of a table holds of an added row.
fn tells(target: &Target<'_>, table: &opportune_plan::Table, added: &Added) -> Tells {
    let TableKind::Events { at, .. } = table.kind else { return Tells::Nothing };
    let Some((id, field)) = target.field.and_then(|id| Some((id, table.fields.get(id.0 as usize)?))) else {
        return Tells::Nothing;
    };
    let is_contact = *table.name == *CONTACT;
    let is_name = matches!(target.ty, Type::Text | Type::OneOf(_) | Type::Ordered(_));
    match &*field.name {
        _ if id == at => Tells::At,
        "decided_at" if is_contact && matches!(target.ty, Type::Instant | Type::Date) => Tells::DecidedAt,
        "cost" if is_contact && is_amount(target.ty, added) => Tells::Cost,
        "offer" | "channel" if is_name => Tells::Text,
        "member" if is_name || target.ty == Type::Int => Tells::Text,
        "outcome" if is_name && !is_contact => Tells::Text,
        DECISION if target.ty == Type::Text => Tells::Text,
        _ => Tells::Nothing,
    }
}

fn is_amount(ty: Type, added: &Added) -> bool {
    matches!(ty, Type::Money(currency) if added.currency().is_none_or(|of| of == currency))
}

/// The customers' keys, as the data writes them: a number that was a text before, or a text that was a number, is the same.
fn push_owners(builder: &mut Builder, ty: Type, rows: &AddedRows) {
    for row in 0..rows.len() {
        match (rows.customer(row), ty) {
            (Some(AddedCustomer::Int(key)), Type::Int) => builder.push(Ok(key)),
            (Some(AddedCustomer::Int(key)), _) => builder.push_text(&key.to_string()),
            (Some(AddedCustomer::Text(key)), Type::Int) => builder.push(whole(key)),
            (Some(AddedCustomer::Text(key)), _) => builder.push_text(key),
            (Some(AddedCustomer::Erased(_)) | None, _) => builder.push_fault(Fault::Missing),
        }
    }
}

/// An int as it is written in decimal, and in no other way.
fn whole(text: &str) -> Reading<i64> {
    let value: i64 = text.parse().map_err(|_| Fault::Missing)?;
    if value.to_string() == text { Ok(value) } else { Err(Fault::Missing) }
}

fn push(builder: &mut Builder, field: &Field, tells: Tells, rows: &AddedRows, clock: &Clock) {
    // A name that is missing where none may be is the empty one, which names nothing.
    let otherwise = (!field.nullable && field.ty == Type::Text && *field.name != *DECISION).then_some("");
    // What tells no cost has cost nothing.
    let free = (!field.nullable).then_some(0);
    for row in 0..rows.len() {
        match tells {
            Tells::At => push_time(builder, field.ty, rows.at(row), clock),
            Tells::DecidedAt => push_time(builder, field.ty, rows.decided_at(row), clock),
            Tells::Cost => builder.push(rows.cost(row).or(free).ok_or(Fault::Missing)),
            Tells::Text => match rows.text(&field.name, row).or(otherwise) {
                Some(text) if field.ty == Type::Int => builder.push(whole(text)),
                Some(text) => builder.push_text(text),
                None => builder.push_fault(Fault::Missing),
            },
            Tells::Nothing => {}
        }
    }
}

/// A moment, or its day in the project's zone.
fn push_time(builder: &mut Builder, ty: Type, at: i64, clock: &Clock) {
    match ty {
        Type::Date => builder.push(clock.date_of(at).ok_or(Fault::OutOfRange)),
        _ => builder.push(Ok(at)),
    }
}

/// By added row: the first row of the file that is the same, or [`NO_ROW`]; and which rows of the file are.
fn same_rows(targets: &Targets<'_>, rows: &AddedRows, of_file: usize) -> (Vec<u32>, Option<Bitmap>) {
    let table = targets.file.table;
    let named =
        |name: &str| targets.all.iter().find(|target| of(target, table).is_some_and(|(_, field)| *field.name == *name));
    let is_contact = *table.name == *CONTACT;
    let TableKind::Events { at, .. } = table.kind else { return (vec![NO_ROW; rows.len()], None) };
    let at = targets.all.iter().find(|target| target.field == Some(at)).filter(|_| !is_contact);
    let (decision, outcome) = (named(DECISION), named("outcome").filter(|_| !is_contact));
    let Some(decision) = decision.filter(|_| of_file > 0) else { return (vec![NO_ROW; rows.len()], None) };
    // A contact is one by its decision; of responses, one decision may have many.
    let key = |row: usize| {
        let part = |target: Option<&Target<'_>>| target.and_then(|target| target.builder.whole(row));
        Some((decision.builder.whole(row)?, part(outcome), part(at)))
    };
    let mut first: HashMap<_, u32> = HashMap::new();
    for added in of_file..of_file + rows.len() {
        key(added).into_iter().for_each(|key| _ = first.insert(key, NO_ROW));
    }
    let mut replaced = Bitmap::zeros(of_file);
    for (row, number) in (0..of_file).zip(0_u32..) {
        if let Some(slot) = key(row).and_then(|key| first.get_mut(&key)) {
            replaced.set(row, true);
            *slot = if *slot == NO_ROW { number } else { *slot };
        }
    }
    let same = |added: usize| key(added).and_then(|key| first.get(&key)).copied().unwrap_or(NO_ROW);
    ((of_file..of_file + rows.len()).map(same).collect(), Some(replaced))
}

/// The field of a target.
fn of<'p>(target: &Target<'_>, table: &'p opportune_plan::Table) -> Option<(FieldId, &'p Field)> {
    let id = target.field?;
    Some((id, table.fields.get(id.0 as usize)?))
}

/// What the added rows lack, and what their fields cannot hold.
fn judge(targets: &Targets<'_>, of_file: usize) -> Vec<LoadError> {
    let table = targets.file.table;
    let mut errors = Vec::new();
    for target in &targets.all {
        let Some((_, field)) = of(target, table) else { continue };
        let lacking = (of_file..target.builder.rows()).filter(|row| !target.builder.is_there(*row)).count() as u64;
        let unlisted = target.builder.faults.unlisted.count;
        if lacking == 0 || field.nullable && unlisted == 0 {
            continue;
        }
        let (place, what) = (targets.place(target), table.name.to_string());
        errors.push(match target.ty {
            Type::OneOf(domain) | Type::Ordered(domain) if unlisted > 0 => {
                let variants = targets.file.schema.domain(domain).map(|domain| &*domain.variants).unwrap_or_default();
                LoadError::UnlistedInLedger {
                    place,
                    what,
                    count: unlisted,
                    listed: listed(variants.iter().map(|variant| &**variant)),
                    nearest: target.builder.nearly().map(shown),
                }
            }
            _ => LoadError::NotInLedger { place, what, count: lacking },
        });
    }
    errors
}
