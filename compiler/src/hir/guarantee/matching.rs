//! Which offers a clause of a guarantee is about: its condition over the fields of one offer, by Kleene's rules.

use std::borrow::Cow;
use std::cmp::Ordering;

use opportune_plan::{Builtin, Comparison, Constant, FieldValue, Float, Type};

use super::super::{Expr, ExprKind};

/// What is known of a condition before any customer is seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Truth {
    /// Definitely true.
    True,
    /// Definitely false.
    False,
    /// Unknown: something that it looks at is missing.
    Unknown,
    /// It takes more than its constants to tell; the plan tells.
    Later,
}

/// Whether an offer with these field values is one of those that the condition is about.
pub fn matching(condition: &Expr, fields: &[FieldValue]) -> Truth {
    match &condition.kind {
        ExprKind::Constant(Constant::Bool(true)) => Truth::True,
        ExprKind::Constant(Constant::Bool(false)) => Truth::False,
        ExprKind::Missing => Truth::Unknown,
        ExprKind::Not(of) => not(matching(of, fields)),
        ExprKind::And(all) => connective(all, fields, Truth::False),
        ExprKind::Or(all) => connective(all, fields, Truth::True),
        ExprKind::IsTrue(of) => match matching(of, fields) {
            Truth::Unknown => Truth::False,
            found => found,
        },
        ExprKind::IsMissing(of) => match value(of, fields) {
            Value::Missing => Truth::True,
            Value::Known(_) => Truth::False,
            Value::Later => Truth::Later,
        },
        ExprKind::Else(a, b) => match matching(a, fields) {
            Truth::Unknown => matching(b, fields),
            found => found,
        },
        _ => test(condition, fields),
    }
}

fn not(of: Truth) -> Truth {
    match of {
        Truth::True => Truth::False,
        Truth::False => Truth::True,
        other => other,
    }
}

/// `and` is decided by one false part, `or` by one true one.
fn connective(all: &[Expr], fields: &[FieldValue], deciding: Truth) -> Truth {
    let mut found = not(deciding);
    for part in all {
        match matching(part, fields) {
            part if part == deciding => return deciding,
            Truth::Later => found = Truth::Later,
            Truth::Unknown if found != Truth::Later => found = Truth::Unknown,
            _ => {}
        }
    }
    found
}

/// A comparison, a search in a text or a set, or a field that is itself a condition.
fn test(condition: &Expr, fields: &[FieldValue]) -> Truth {
    let decide = |holds: bool| if holds { Truth::True } else { Truth::False };
    let of_text = |of: &Expr, holds: &dyn Fn(&str) -> bool| match value(of, fields) {
        Value::Known(found) => match &*found {
            Constant::Text(text) => decide(holds(text)),
            _ => Truth::Later,
        },
        Value::Missing => Truth::Unknown,
        Value::Later => Truth::Later,
    };
    match &condition.kind {
        ExprKind::Compare(comparison, a, b) => match (value(a, fields), value(b, fields)) {
            (Value::Missing, Value::Missing | Value::Known(_)) | (Value::Known(_), Value::Missing) => Truth::Unknown,
            (Value::Known(a), Value::Known(b)) => compare(*comparison, &a, &b).map_or(Truth::Later, decide),
            _ => Truth::Later,
        },
        ExprKind::In(of, all) => match value(of, fields) {
            Value::Known(found) => decide(all.contains(&found)),
            Value::Missing => Truth::Unknown,
            Value::Later => Truth::Later,
        },
        ExprKind::StartsWith(of, text) => of_text(of, &|found| found.starts_with(&**text)),
        ExprKind::EndsWith(of, text) => of_text(of, &|found| found.ends_with(&**text)),
        ExprKind::Contains(of, text) => of_text(of, &|found| found.contains(&**text)),
        ExprKind::Call(builtin @ (Builtin::Has | Builtin::Overlaps), arguments) => match arguments.as_slice() {
            [a, b] => in_sets(*builtin, &value(a, fields), &value(b, fields)),
            _ => Truth::Later,
        },
        _ => match value(condition, fields) {
            Value::Known(found) => match *found {
                Constant::Bool(holds) => decide(holds),
                _ => Truth::Later,
            },
            Value::Missing => Truth::Unknown,
            Value::Later => Truth::Later,
        },
    }
}

fn compare(comparison: Comparison, a: &Constant, b: &Constant) -> Option<bool> {
    let order = match (a, b) {
        (Constant::Number(a), Constant::Number(b)) | (Constant::Distance(a), Constant::Distance(b)) => {
            a.get().partial_cmp(&b.get())?
        }
        _ => a.cmp(b),
    };
    Some(match comparison {
        Comparison::Equal => order == Ordering::Equal,
        Comparison::Less => order == Ordering::Less,
        Comparison::LessOrEqual => order != Ordering::Greater,
    })
}

fn in_sets(builtin: Builtin, a: &Value<'_>, b: &Value<'_>) -> Truth {
    // Nothing is in an empty set, not even what is missing.
    let is_empty = |value: &Value<'_>| matches!(value, Value::Known(set) if matches!(&**set, Constant::Set(_, all) if all.is_empty()));
    if is_empty(a) || is_empty(b) {
        return Truth::False;
    }
    let (a, b) = match (a, b) {
        (Value::Known(a), Value::Known(b)) => (&**a, &**b),
        (Value::Later, _) | (_, Value::Later) => return Truth::Later,
        _ => return Truth::Unknown,
    };
    let holds = match (builtin, a, b) {
        (Builtin::Has, Constant::Set(_, all), one) => all.contains(one),
        (_, Constant::Set(_, a), Constant::Set(_, b)) => a.iter().any(|one| b.contains(one)),
        _ => return Truth::Later,
    };
    if holds { Truth::True } else { Truth::False }
}

enum Value<'a> {
    Known(Cow<'a, Constant>),
    Missing,
    Later,
}

fn value<'a>(expr: &'a Expr, fields: &'a [FieldValue]) -> Value<'a> {
    match &expr.kind {
        ExprKind::Constant(constant) => Value::Known(Cow::Borrowed(constant)),
        ExprKind::Missing => Value::Missing,
        ExprKind::OfferField(field) => match (fields.get(field.0 as usize), expr.ty) {
            (Some(FieldValue::One(constant)), _) => Value::Known(Cow::Borrowed(constant)),
            (Some(FieldValue::Set(all)), Type::Set(element)) => {
                Value::Known(Cow::Owned(Constant::Set(element, all.clone().into())))
            }
            (Some(FieldValue::Missing), _) => Value::Missing,
            _ => Value::Later,
        },
        ExprKind::Else(a, b) => match value(a, fields) {
            Value::Missing => value(b, fields),
            found => found,
        },
        ExprKind::ToNumber(of) => match value(of, fields) {
            Value::Known(found) => widened(&found),
            found => found,
        },
        _ => Value::Later,
    }
}

fn widened(constant: &Constant) -> Value<'static> {
    match constant {
        Constant::Int(int) => {
            Float::new(*int as f64).map_or(Value::Later, |number| Value::Known(Cow::Owned(Constant::Number(number))))
        }
        _ => Value::Later,
    }
}
