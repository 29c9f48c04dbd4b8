//! What makes an expression missing, or a condition unknown: the fields that may be missing, and the segments and traits
//! that read such.
//!
//! Read of what is typed already, for diagnostics about missing data alone. What is missing for other reasons, as a
//! division or the last of no events, is not among it.

use super::{Expr, ExprKind, Schema};
use crate::diagnostic::MayMiss;

/// More of them are not told.
const MOST: usize = 4;

/// What may make one of these values missing, in the order in which it is written.
pub(crate) fn may_miss<'a>(schema: &Schema, values: impl IntoIterator<Item = &'a Expr>) -> Vec<MayMiss> {
    let mut found = Vec::new();
    values.into_iter().for_each(|value| collect(schema, value, &mut found));
    found.truncate(MOST);
    found
}

fn collect(schema: &Schema, value: &Expr, found: &mut Vec<MayMiss>) {
    if !value.nullable {
        return;
    }
    let new = match &value.kind {
        ExprKind::Field(..) | ExprKind::Member(..) | ExprKind::Follow { .. } => field(schema, value),
        ExprKind::Definition(name) => Some(MayMiss::Definition(name.clone())),
        kind => {
            kind.for_each_operand(&mut |operand| collect(schema, operand, found));
            None
        }
    };
    if let Some(new) = new.filter(|new| !found.contains(new)) {
        found.push(new);
    }
}

/// A field with the links that lead to it.
fn field(schema: &Schema, value: &Expr) -> Option<MayMiss> {
    let (mut links, mut value) = (Vec::new(), value);
    loop {
        match &value.kind {
            ExprKind::Follow { table, link, value: behind } => {
                links.push((*table, *link));
                value = behind;
            }
            // A customer's zone with a default is that field and the default.
            ExprKind::Else(of, _) => value = of,
            ExprKind::Field(table, field) | ExprKind::Member(table, field) => {
                schema.plan.field(*table, *field)?;
                return Some(MayMiss::Field { links, field: (*table, *field) });
            }
            _ => return None,
        }
    }
}
