//! Types of the schema and of files in words, and what to do where they do not meet.

use arrow::datatypes::DataType;
use opportune_plan::{Element, Type};

use super::arrays::is_text;
use super::builder::Faults;
use super::files::Format;

/// A declared type as the language writes it, without its values.
pub(super) fn of_type(ty: Type) -> String {
    ty.name(&|_| String::new())
}

/// What a column of a file holds.
pub(super) fn of_found(found: &DataType) -> String {
    use DataType as D;
    let plain = match found {
        D::Dictionary(_, values) => return of_found(values),
        D::List(item) | D::LargeList(item) | D::FixedSizeList(item, _) => {
            return format!("lists of {}", of_found(item.data_type()));
        }
        D::Null => "nothing",
        D::Boolean => "true or false",
        _ if found.is_integer() => "integers",
        _ if found.is_floating() => "floating-point numbers",
        _ if found.is_decimal() => "decimal numbers",
        _ if is_text(found) => "text",
        D::Date32 | D::Date64 => "dates",
        D::Timestamp(_, Some(_)) => "timestamps with a time zone",
        D::Timestamp(_, None) => "timestamps without a time zone",
        D::Time32(_) | D::Time64(_) => "times of day",
        D::Duration(_) | D::Interval(_) => "durations",
        D::Binary | D::LargeBinary | D::BinaryView | D::FixedSizeBinary(_) => "bytes",
        D::ListView(_) | D::LargeListView(_) => "list views",
        D::Struct(_) => "records",
        _ => "nested values",
    };
    plain.to_owned()
}

/// The declared type that a column of a file can be read as.
fn natural(found: &DataType) -> Option<&'static str> {
    use DataType as D;
    match found {
        D::Dictionary(_, values) => natural(values),
        D::List(item) | D::LargeList(item) | D::FixedSizeList(item, _) => match natural(item.data_type()) {
            Some("text") => Some("set of text"),
            Some("int") => Some("set of int"),
            _ => None,
        },
        D::Boolean => Some("bool"),
        _ if found.is_integer() => Some("int"),
        _ if found.is_floating() || found.is_decimal() => Some("number"),
        _ if is_text(found) => Some("text"),
        D::Date32 | D::Date64 => Some("date"),
        D::Timestamp(..) => Some("instant"),
        D::Time32(_) | D::Time64(_) => Some("time"),
        D::Duration(_) => Some("duration"),
        _ => None,
    }
}

/// What to do about a column of another type than the declared one.
pub(super) fn mend(ty: Type, found: &DataType) -> String {
    let found = if let DataType::Dictionary(_, values) = found { values } else { found };
    let Some(natural) = natural(found) else {
        return format!("write the column anew as {}", holders(ty));
    };
    match ty {
        Type::Bool if is_text(found) => {
            "declare it `one_of(\"Yes\", \"No\")` with the column's own values, or write true and false".to_owned()
        }
        Type::Bool => format!("declare it {natural}, or write the column anew as true and false"),
        Type::Int if found.is_floating() => "declare it number, or write the column anew as integers".to_owned(),
        Type::Date if matches!(found, DataType::Timestamp(..)) => {
            "declare it instant, or write the column anew as dates".to_owned()
        }
        Type::Duration | Type::Days | Type::Months | Type::Distance | Type::Place => {
            format!("write the column anew as {}", holders(ty))
        }
        _ => format!("declare it {natural}, or write the column anew as {}", holders(ty)),
    }
}

/// What a column must hold for a declared type.
fn holders(ty: Type) -> &'static str {
    match ty {
        Type::Bool => "true and false",
        Type::Int => "integers",
        Type::Days | Type::Months => "integers, so that the unit is certain",
        Type::Number | Type::Money(_) => "numbers",
        Type::Distance => "numbers of metres",
        Type::Text | Type::OneOf(_) | Type::Ordered(_) => "text",
        Type::Time => "times of day",
        Type::Zone => "text: names of time zones",
        Type::Place => "lists of two numbers, degrees north and degrees east, or as two columns of numbers",
        Type::Set(Element::Int) => "lists of integers",
        Type::Set(_) => "lists of text",
        Type::Date => "dates",
        Type::Instant => "timestamps",
        Type::Duration => "durations, so that the unit is certain",
    }
}

/// How a file of text spells values of a type.
pub(super) fn spelling(ty: Type, format: Format) -> String {
    let json = format == Format::Jsonl;
    let is_text = format == Format::Csv || json;
    let how = match ty {
        Type::Bool if json => "true or false, without quotes",
        Type::Bool => "true or false; for other words declare `one_of` with the column's own values",
        Type::Int | Type::Days | Type::Months if json => "a whole number such as 12, without quotes",
        Type::Int | Type::Days | Type::Months => "a whole number such as 12",
        Type::Number | Type::Money(_) if json => "a number such as 12.5, without quotes",
        Type::Number | Type::Money(_) => "a number such as 12.5, without currency signs or thousands separators",
        Type::Distance if json => "a number of metres such as 1500, without quotes",
        Type::Distance => "a number of metres such as 1500, without a unit",
        Type::Text | Type::OneOf(_) | Type::Ordered(_) => "a text in quotes",
        Type::Time => "a time of day such as 21:00 or 21:00:30",
        Type::Zone => "a time zone's name such as America/New_York, in quotes",
        Type::Place if json => "a point as [40.71, -74.00], degrees north and east, or as the text \"40.71,-74.00\"",
        Type::Place => "a point as degrees north and east with a comma between them: 40.71,-74.00",
        Type::Set(Element::Int) if json => "a list of whole numbers such as [1, 2], or a text with `|` between them",
        Type::Set(_) if json => "a list of texts such as [\"a\", \"b\"], or a text with `|` between them",
        Type::Set(Element::Int) => "whole numbers with `|` between them: 1|2",
        Type::Set(_) => "texts with `|` between them: a|b",
        Type::Date if is_text => "a date such as 2026-11-20",
        Type::Date => "a date, or a timestamp at midnight",
        Type::Instant => "a time such as 2026-11-20T18:00:00Z, or 2026-11-20 18:00 for the project's zone",
        Type::Duration => "a duration such as PT5H30M",
    };
    format!("write {how}")
}

/// What was not a value, where it was not only null: ` (2 missing, 1 not a number)`.
pub(super) fn kinds(ty: Type, faults: Faults) -> String {
    let out_of_range = match ty {
        Type::Place => "beyond the poles or 180 degrees",
        Type::Set(_) => "of more than 65,536 values",
        _ => "out of range",
    };
    let all = [
        (faults.missing.count, "missing"),
        (faults.incomplete.count, "with a missing element"),
        (faults.not_a_zone.count, "not a time zone"),
        (faults.not_a_number.count, "not a number"),
        (faults.out_of_range.count, out_of_range),
    ];
    let some: Vec<String> =
        all.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    format!(": {}", some.join(", "))
}
