//! The workload's customers, as the readers would have loaded them.

use std::sync::Arc;

use opportune_runtime::snapshot::{Bitmap, Column, Dictionary, Snapshot, Table, Values};
use opportune_workload::{Column as Described, Kind, Value, Workload};

/// A snapshot of so many customers; the key, their number, comes first.
pub fn snapshot(workload: &Workload, customers: usize) -> Snapshot {
    let key = Column::full(Values::Int64((0_i64..).take(customers).collect()));
    let columns = workload.columns.iter().map(|column| self::column(column, customers));
    let columns: Vec<Column> = std::iter::once(key).chain(columns).collect();
    let links = columns.iter().map(|_| None).collect();
    Snapshot { tables: vec![Table { rows: customers, columns, links, by_customer: None, unseen: None }] }
}

fn column(described: &Described, customers: usize) -> Column {
    let values: Vec<Option<Value>> = (0..customers).map(|customer| described.value(customer)).collect();
    let validity = described.nullable().then(|| values.iter().map(Option::is_some).collect::<Bitmap>());
    let values = match &described.kind {
        Kind::Number(..) => {
            Values::Float64(each(&values, |value| if let Value::Number(n) = value { Some(n) } else { None }))
        }
        Kind::Int(..) | Kind::Money(..) => {
            Values::Int64(each(&values, |value| if let Value::Int(n) = value { Some(n) } else { None }))
        }
        Kind::Date(..) => Values::Int32(each(&values, |value| if let Value::Date(n) = value { Some(n) } else { None })),
        Kind::Bool(_) => Values::Bits(values.iter().map(|value| *value == Some(Value::Bool(true))).collect()),
        Kind::OneOf(names) | Kind::Ordered(names) | Kind::Text(names) => {
            let codes = each(&values, |value| if let Value::Code(code) = value { Some(code) } else { None });
            let values = names.iter().map(|name| name.as_str().into()).collect();
            Values::Codes(codes, Arc::new(Dictionary { values }))
        }
    };
    Column { values, validity }
}

/// The values of one kind; zero where one is missing.
fn each<T: Default>(values: &[Option<Value>], take: impl Fn(Value) -> Option<T>) -> Vec<T> {
    values.iter().map(|value| value.and_then(&take).unwrap_or_default()).collect()
}
