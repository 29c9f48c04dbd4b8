//! What a request brings: the same for all customers, or a file with a row for each that has one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use opportune_plan::{Constant, Element, FieldId, Schema, Stored, TableKind, VerifiedPlan, constant_text};

use super::column::{Elements, SetDictionary};
use super::read::{self, Added, LoadError, LoadReport, Reach};
use super::{Bitmap, Column, Dictionary, Snapshot, Values};
use crate::time::Clock;

/// The values of the context's fields; what is not given is missing.
#[derive(Clone, Debug, Default)]
pub enum Request {
    /// None: a batch.
    #[default]
    None,
    /// These, for every customer; each of its field's type, no field twice.
    Same(Vec<(FieldId, Constant)>),
    /// A file (CSV, JSON lines, Parquet, Arrow) with the customer's key and columns of the context's fields; customers
    /// that are not in it have no request.
    File(PathBuf),
}

/// Reads the tables of a plan as [`read::load_from`] does, with what a request brings as the context's table.
///
/// # Errors
/// All that is wrong with the files, the request's included.
pub fn load_with(
    plan: &VerifiedPlan,
    folder: &Path,
    reach: Reach<'_>,
    clock: &Clock,
    request: &Request,
) -> Result<(Snapshot, LoadReport), Vec<LoadError>> {
    load_added(plan, folder, reach, clock, (request, &Added::default()))
}

/// Reads the tables of a plan as [`load_with`] does, with contacts and responses that are in no file.
///
/// # Errors
/// All that is wrong with the files, the request's included, and what the schema cannot hold of the added rows.
pub fn load_added(
    plan: &VerifiedPlan,
    folder: &Path,
    reach: Reach<'_>,
    clock: &Clock,
    (request, added): (&Request, &Added),
) -> Result<(Snapshot, LoadReport), Vec<LoadError>> {
    let file = if let Request::File(path) = request { Some(path.as_path()) } else { None };
    let (mut snapshot, mut report) = read::load_with(plan, folder, reach, clock, (file, added))?;
    let context = plan.schema.tables().find(|(_, table)| table.kind == TableKind::Context);
    if let (Request::Same(values), Some((id, declared))) = (request, context) {
        for (field, value) in values {
            let of = declared.fields.get(field.0 as usize);
            let ty = of.map(|field| field.ty);
            let table = snapshot.tables.get_mut(id.0 as usize);
            let rows = table.as_ref().map_or(0, |table| table.rows);
            let slot = table.and_then(|table| table.columns.get_mut(field.0 as usize));
            if let (Some(slot), true) = (slot, ty == Some(value.ty())) {
                *slot = constant(&plan.schema, value, rows);
                report.read.add_value(of.map_or("", |field| &field.name), &constant_text(&plan.schema, value));
            }
        }
    }
    Ok((snapshot, report))
}

/// A column of one value.
fn constant(schema: &Schema, value: &Constant, rows: usize) -> Column {
    let text = |text: &str| Values::Codes(vec![0; rows], Arc::new(Dictionary { values: vec![text.into()] }));
    let column = |values| Column::full(values);
    match value.stored() {
        Stored::Bool(true) => column(Values::Bits(Bitmap::ones(rows))),
        Stored::Bool(false) => column(Values::Bits(Bitmap::zeros(rows))),
        Stored::Int64(value) => column(Values::Int64(vec![value; rows])),
        Stored::Float64(value) => column(Values::Float64(vec![value.get(); rows])),
        Stored::Int32(value) => column(Values::Int32(vec![value; rows])),
        Stored::Text(value) | Stored::Zone(value) => column(text(value)),
        Stored::Code(_, at) => {
            // The dictionary of the declared values, with this one everywhere.
            let mut column = Column::full(Column::missing(schema, value.ty(), rows).values);
            if let Values::Codes(codes, _) = &mut column.values {
                codes.fill(at);
            }
            column
        }
        Stored::Set(element, values) => column(set(schema, element, values, rows)),
    }
}

/// One set in every row; its elements are sorted.
fn set(schema: &Schema, element: Element, values: &[Constant], rows: usize) -> Values {
    let all = (0_u32..).take(values.len());
    let mut dictionary = match Column::missing(schema, opportune_plan::Type::Set(element), 0).values {
        Values::Sets(_, dictionary) => SetDictionary::clone(&dictionary),
        _ => SetDictionary::default(),
    };
    let codes: Vec<u32> = match &mut dictionary.elements {
        Elements::Texts(texts) => {
            let text = |value: &Constant| if let Constant::Text(text) = value { Some(text.clone()) } else { None };
            *texts = Arc::new(Dictionary { values: values.iter().filter_map(text).collect() });
            all.collect()
        }
        Elements::Ints(ints) => {
            ints.extend(
                values.iter().filter_map(|value| if let Constant::Int(int) = value { Some(*int) } else { None }),
            );
            all.collect()
        }
        Elements::Declared(_) => values.iter().filter_map(position).collect(),
    };
    dictionary.sets = vec![codes.into()];
    Values::Sets(vec![0; rows], Arc::new(dictionary))
}

fn position(value: &Constant) -> Option<u32> {
    match value {
        Constant::OneOf(_, at) | Constant::Ordered(_, at) => Some(*at),
        _ => None,
    }
}
