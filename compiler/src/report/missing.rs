//! How often what may be missing is missing in the data at hand.
//!
//! A late step: a diagnostic carries what may be missing, and the data is looked at when all are gathered, so that new data
//! checks no policy again. Where there is no data, nothing is added.

use std::collections::BTreeSet;

use opportune_plan::{FieldId, TableId};

use crate::db::Db;
use crate::diagnostic::{Diagnostic, MayMiss};
use crate::facts::Facts;
use crate::hir::Schema;
use crate::hir::missing::may_miss;
use crate::queries::{self, Project};

/// More fields are not told.
const MOST: usize = 4;
/// Of fewer rows a share in per cent says less than their number.
const ENOUGH: u64 = 100;

/// Adds what the data says of a diagnostic that is about missing data.
pub(super) fn tell(db: &dyn Db, project: Project, diagnostic: &mut Diagnostic) {
    if diagnostic.may_miss.is_empty() {
        return;
    }
    let Some(facts) = project.facts(db) else { return };
    let schema = queries::schema(db, project);
    let fields = fields(db, project, schema, &diagnostic.may_miss);
    diagnostic.data.extend(fields.iter().filter_map(|(links, field)| line(schema, facts, links, *field)).take(MOST));
}

/// A field with the links that lead to it.
type Path = (Vec<(TableId, FieldId)>, (TableId, FieldId));

/// The fields, those that segments and traits read in the place of these.
fn fields(db: &dyn Db, project: Project, schema: &Schema, values: &[MayMiss]) -> Vec<Path> {
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    let mut waiting: Vec<MayMiss> = values.iter().rev().cloned().collect();
    while let Some(value) = waiting.pop() {
        match value {
            MayMiss::Field { links, field } if !found.contains(&(links.clone(), field)) => found.push((links, field)),
            MayMiss::Definition(name) if !seen.contains(&name) => {
                let item = queries::definition_items(db, project).get(&name);
                let value = item.and_then(|item| queries::checked_definition(db, project, *item).0.as_ref());
                waiting.extend(may_miss(schema, value).into_iter().rev());
                seen.insert(name);
            }
            _ => {}
        }
    }
    found
}

fn line(schema: &Schema, facts: &Facts, links: &[(TableId, FieldId)], field: (TableId, FieldId)) -> Option<String> {
    let name = |(table, field): (TableId, FieldId)| Some(&*schema.plan.field(table, field)?.name);
    let (missing, rows) = match links {
        [] => facts.missing(schema.table_name(field.0), name(field)?)?,
        [.., last] => facts.missing_behind(schema.table_name(last.0), name(*last)?, name(field)?)?,
    };
    let path = match links.last() {
        None => format!("{}.{}", schema.table_name(field.0), name(field)?),
        Some(last) => {
            let through = schema.link_name(last.0, last.1)?;
            format!("{}.{through}.{}", schema.table_name(last.0), name(field)?)
        }
    };
    Some(sentence(&path, missing, rows))
}

/// Said with the numbers themselves: a share alone would round few to none.
fn sentence(path: &str, missing: u64, rows: u64) -> String {
    let of = thousands(rows);
    if missing == 0 {
        let row = if rows == 1 { "the only row".to_owned() } else { format!("none of the {of} rows") };
        let not = if rows == 1 { "not missing" } else { "missing" };
        return format!("`{path}` is {not} in {row}, though the schema allows it");
    }
    if missing >= rows {
        let all = if rows == 1 { "the only row".to_owned() } else { format!("all {of} rows") };
        return format!("`{path}` is missing in {all}");
    }
    let share = (missing as f64 / rows as f64 * 100.0).round() as u64;
    let share = if rows >= ENOUGH && (1..100).contains(&share) { format!(" ({share}%)") } else { String::new() };
    format!("`{path}` is missing in {} of {of} rows{share}", thousands(missing))
}

/// `2,500`
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_told_by_their_number_and_never_as_none() {
        let told = |missing, rows| sentence("customer.age", missing, rows);
        assert_eq!(told(925, 2_500), "`customer.age` is missing in 925 of 2,500 rows (37%)");
        assert_eq!(told(3, 2_500), "`customer.age` is missing in 3 of 2,500 rows");
        assert_eq!(told(2_499, 2_500), "`customer.age` is missing in 2,499 of 2,500 rows");
        assert_eq!(told(1, 3), "`customer.age` is missing in 1 of 3 rows");
        assert_eq!(told(1_234_567, 1_234_567), "`customer.age` is missing in all 1,234,567 rows");
        assert_eq!(told(1, 1), "`customer.age` is missing in the only row");
        assert_eq!(told(0, 2_500), "`customer.age` is missing in none of the 2,500 rows, though the schema allows it");
        assert_eq!(told(0, 1), "`customer.age` is not missing in the only row, though the schema allows it");
    }
}
