//! Arrow arrays into growing columns: which types of a file may hold which types of the schema, and how.
//!
//! [`accepts`] is asked once per column, before any row is read; [`append`] then takes each batch.

mod nested;

pub(super) use nested::append_places;

use arrow::array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType, DurationSecondType, Float16Type,
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, Time32MillisecondType, Time32SecondType,
    Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimeUnit};
use opportune_plan::Type;

use super::builder::{Builder, Fault, Physical, Reading};
use super::{scalars, texts};
use crate::time::Clock;

/// Whether a column of a file may hold values of a type of the schema.
pub(super) fn accepts(ty: Type, found: &DataType) -> bool {
    use DataType as D;
    match found {
        D::Null => return true,
        D::Dictionary(_, values) => return accepts(ty, values),
        _ => {}
    }
    match ty {
        Type::Bool => matches!(found, D::Boolean),
        Type::Int => found.is_integer() || is_whole_decimal(found),
        Type::Days | Type::Months => found.is_integer(),
        Type::Number | Type::Money(_) | Type::Distance => {
            found.is_integer() || found.is_floating() || found.is_decimal()
        }
        Type::Text | Type::OneOf(_) | Type::Ordered(_) | Type::Zone => is_text(found),
        Type::Time => is_text(found) || matches!(found, D::Time32(_) | D::Time64(_)),
        Type::Place => is_text(found) || nested::is_place(found),
        Type::Set(element) => is_text(found) || nested::is_set(element, found),
        Type::Date => matches!(found, D::Date32 | D::Date64 | D::Timestamp(_, None)),
        Type::Instant => matches!(found, D::Date32 | D::Date64 | D::Timestamp(..)),
        Type::Duration => matches!(found, D::Duration(_)),
    }
}

pub(super) fn is_text(found: &DataType) -> bool {
    matches!(found, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

fn is_whole_decimal(found: &DataType) -> bool {
    use DataType as D;
    matches!(found, D::Decimal32(_, 0) | D::Decimal64(_, 0) | D::Decimal128(_, 0) | D::Decimal256(_, 0))
}

/// Appends a batch's array of a type that [`accepts`] let in.
pub(super) fn append(builder: &mut Builder, ty: Type, array: &dyn Array, clock: &Clock) {
    let before = builder.rows();
    match array.data_type() {
        DataType::Dictionary(_, values) if is_text(values) && !is_worded(ty) => dictionary_texts(builder, array),
        DataType::Dictionary(_, values) => {
            if let Ok(plain) = cast(array, values) {
                append(builder, ty, &plain, clock);
            }
        }
        found if is_text(found) && is_worded(ty) => words(builder, ty, array, clock),
        _ => plain(builder, ty, array, clock),
    }
    // A type that is not let in, or a dictionary with a broken key: never rows out of step.
    for _ in builder.rows()..before + array.len() {
        builder.push_fault(if array.data_type().is_null() { Fault::Missing } else { Fault::Unreadable });
    }
}

/// Whether a text spells a value of the type, as in a file of text.
fn is_worded(ty: Type) -> bool {
    matches!(ty, Type::Time | Type::Place | Type::Set(_))
}

/// Texts that spell values; an empty one is missing, as in a file of text.
fn words(builder: &mut Builder, ty: Type, array: &dyn Array, clock: &Clock) {
    for row in 0..array.len() {
        texts::append(builder, ty, text_at(array, row), clock);
    }
}

fn plain(builder: &mut Builder, ty: Type, array: &dyn Array, clock: &Clock) {
    match ty {
        Type::Bool => bools(builder, array),
        Type::Int => integers(builder, array, scalars::int),
        Type::Days | Type::Months => integers(builder, array, scalars::int),
        Type::Number | Type::Distance => numbers(builder, array),
        Type::Place => nested::places(builder, array),
        Type::Set(_) => nested::sets(builder, array),
        Type::Time => times(builder, array),
        Type::Money(_) => {
            integers(builder, array, scalars::money_of_int);
            floats(builder, array, scalars::money_of_float);
            decimals(builder, array, scalars::money_of_decimal);
        }
        Type::Text | Type::OneOf(_) | Type::Ordered(_) | Type::Zone => plain_texts(builder, array),
        Type::Date => dates(builder, array),
        Type::Instant => instants(builder, array, clock),
        Type::Duration => durations(builder, array),
    }
    if ty == Type::Int {
        decimals(builder, array, |value, _| scalars::int(value));
    }
}

/// What takes values one by one.
trait Taker<T> {
    fn take(&mut self, reading: Reading<T>);
}

impl<T: Physical> Taker<T> for Builder {
    fn take(&mut self, reading: Reading<T>) {
        self.push(reading);
    }
}

impl<T> Taker<T> for Vec<Reading<T>> {
    fn take(&mut self, reading: Reading<T>) {
        self.push(reading);
    }
}

fn each<A: ArrowPrimitiveType, T>(
    taker: &mut impl Taker<T>,
    array: &dyn Array,
    read: impl Fn(A::Native) -> Reading<T>,
) {
    for value in array.as_primitive::<A>() {
        taker.take(value.map_or(Err(Fault::Missing), &read));
    }
}

fn numbers(taker: &mut impl Taker<f64>, array: &dyn Array) {
    integers(taker, array, |value| Ok(value as f64));
    floats(taker, array, scalars::number);
    decimals(taker, array, scalars::number_of_decimal);
}

fn bools(builder: &mut Builder, array: &dyn Array) {
    for value in array.as_boolean_opt().into_iter().flatten() {
        builder.push(value.ok_or(Fault::Missing));
    }
}

fn integers<T>(taker: &mut impl Taker<T>, array: &dyn Array, read: impl Fn(i128) -> Reading<T>) {
    match array.data_type() {
        DataType::Int8 => each::<Int8Type, _>(taker, array, |value| read(value.into())),
        DataType::Int16 => each::<Int16Type, _>(taker, array, |value| read(value.into())),
        DataType::Int32 => each::<Int32Type, _>(taker, array, |value| read(value.into())),
        DataType::Int64 => each::<Int64Type, _>(taker, array, |value| read(value.into())),
        DataType::UInt8 => each::<UInt8Type, _>(taker, array, |value| read(value.into())),
        DataType::UInt16 => each::<UInt16Type, _>(taker, array, |value| read(value.into())),
        DataType::UInt32 => each::<UInt32Type, _>(taker, array, |value| read(value.into())),
        DataType::UInt64 => each::<UInt64Type, _>(taker, array, |value| read(value.into())),
        _ => {}
    }
}

fn floats<T>(taker: &mut impl Taker<T>, array: &dyn Array, read: impl Fn(f64) -> Reading<T>) {
    match array.data_type() {
        DataType::Float16 => each::<Float16Type, _>(taker, array, |value| read(value.into())),
        DataType::Float32 => each::<Float32Type, _>(taker, array, |value| read(value.into())),
        DataType::Float64 => each::<Float64Type, _>(taker, array, read),
        _ => {}
    }
}

fn decimals<T>(taker: &mut impl Taker<T>, array: &dyn Array, read: impl Fn(i128, i32) -> Reading<T>) {
    match array.data_type() {
        DataType::Decimal32(_, scale) => {
            each::<Decimal32Type, _>(taker, array, |value| read(value.into(), (*scale).into()));
        }
        DataType::Decimal64(_, scale) => {
            each::<Decimal64Type, _>(taker, array, |value| read(value.into(), (*scale).into()));
        }
        DataType::Decimal128(_, scale) => {
            each::<Decimal128Type, _>(taker, array, |value| read(value, (*scale).into()));
        }
        DataType::Decimal256(_, scale) => each::<Decimal256Type, _>(taker, array, |value| {
            value.to_i128().map_or(Err(Fault::OutOfRange), |value| read(value, (*scale).into()))
        }),
        _ => {}
    }
}

fn plain_texts(builder: &mut Builder, array: &dyn Array) {
    fn each<'a>(builder: &mut Builder, texts: impl Iterator<Item = Option<&'a str>>) {
        for text in texts {
            let code = text.map_or(Err(Fault::Missing), |text| builder.code(text));
            builder.push(code);
        }
    }
    match array.data_type() {
        DataType::Utf8 => each(builder, array.as_string::<i32>().iter()),
        DataType::LargeUtf8 => each(builder, array.as_string::<i64>().iter()),
        DataType::Utf8View => each(builder, array.as_string_view().iter()),
        _ => {}
    }
}

/// The text at each position of an array of texts.
fn text_at(array: &dyn Array, at: usize) -> Option<&str> {
    if at >= array.len() || array.is_null(at) {
        return None;
    }
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().value(at)),
        DataType::LargeUtf8 => Some(array.as_string::<i64>().value(at)),
        DataType::Utf8View => Some(array.as_string_view().value(at)),
        _ => None,
    }
}

/// Looks each text up once per dictionary, and only those that occur.
fn dictionary_texts(builder: &mut Builder, array: &dyn Array) {
    let Some(dictionary) = array.as_any_dictionary_opt() else { return };
    let (keys, values) = (dictionary.keys(), dictionary.values());
    let data = values.to_data();
    let before = builder.known.take().filter(|(before, _)| before.ptr_eq(&data));
    let mut known = before.map_or_else(|| vec![None; values.len()], |(_, known)| known);
    let positions = if values.is_empty() { vec![0; array.len()] } else { dictionary.normalized_keys() };
    for (row, position) in positions.into_iter().enumerate() {
        let code = match known.get_mut(position) {
            Some(slot) if !keys.is_null(row) => *slot.get_or_insert_with(|| {
                text_at(values, position).map_or(Err(Fault::Missing), |text| builder.code(text))
            }),
            _ => Err(Fault::Missing),
        };
        builder.push(code);
    }
    builder.known = Some((data, known));
}

/// Microseconds in a unit, or the fraction of one.
fn micros(value: i64, unit: TimeUnit) -> i128 {
    match unit {
        TimeUnit::Second => i128::from(value) * 1_000_000,
        TimeUnit::Millisecond => i128::from(value) * 1_000,
        TimeUnit::Microsecond => value.into(),
        TimeUnit::Nanosecond => value.div_euclid(1_000).into(),
    }
}

fn timestamps<T: Physical>(
    builder: &mut Builder,
    array: &dyn Array,
    unit: TimeUnit,
    read: impl Fn(i128) -> Reading<T>,
) {
    let read = |value| read(micros(value, unit));
    match unit {
        TimeUnit::Second => each::<TimestampSecondType, T>(builder, array, read),
        TimeUnit::Millisecond => each::<TimestampMillisecondType, T>(builder, array, read),
        TimeUnit::Microsecond => each::<TimestampMicrosecondType, T>(builder, array, read),
        TimeUnit::Nanosecond => each::<TimestampNanosecondType, T>(builder, array, read),
    }
}

fn dates(builder: &mut Builder, array: &dyn Array) {
    let midnight = |value| scalars::date_of_midnight(value);
    match array.data_type() {
        DataType::Date32 => each::<Date32Type, i32>(builder, array, |value| scalars::date(value.into())),
        DataType::Date64 => {
            each::<Date64Type, i32>(builder, array, |value| midnight(micros(value, TimeUnit::Millisecond)));
        }
        // Nanoseconds are cut off, so a nanosecond past midnight counts as midnight.
        DataType::Timestamp(unit, None) => timestamps(builder, array, *unit, midnight),
        _ => {}
    }
}

fn instants(builder: &mut Builder, array: &dyn Array, clock: &Clock) {
    let local = |value| scalars::instant_of_local(value, clock);
    match array.data_type() {
        DataType::Timestamp(unit, Some(_)) => timestamps(builder, array, *unit, scalars::instant),
        DataType::Timestamp(unit, None) => timestamps(builder, array, *unit, local),
        DataType::Date32 => {
            each::<Date32Type, i64>(builder, array, |value| scalars::instant_of_date(value.into(), clock));
        }
        DataType::Date64 => {
            each::<Date64Type, i64>(builder, array, |value| local(micros(value, TimeUnit::Millisecond)));
        }
        _ => {}
    }
}

fn times(builder: &mut Builder, array: &dyn Array) {
    let (DataType::Time32(unit) | DataType::Time64(unit)) = array.data_type() else { return };
    let read = |value| scalars::time(micros(value, *unit));
    match unit {
        TimeUnit::Second => each::<Time32SecondType, i64>(builder, array, |value| read(value.into())),
        TimeUnit::Millisecond => each::<Time32MillisecondType, i64>(builder, array, |value| read(value.into())),
        TimeUnit::Microsecond => each::<Time64MicrosecondType, i64>(builder, array, read),
        TimeUnit::Nanosecond => each::<Time64NanosecondType, i64>(builder, array, read),
    }
}

fn durations(builder: &mut Builder, array: &dyn Array) {
    let DataType::Duration(unit) = array.data_type() else { return };
    let read = |value| scalars::int(micros(value, *unit));
    match unit {
        TimeUnit::Second => each::<DurationSecondType, i64>(builder, array, read),
        TimeUnit::Millisecond => each::<DurationMillisecondType, i64>(builder, array, read),
        TimeUnit::Microsecond => each::<DurationMicrosecondType, i64>(builder, array, read),
        TimeUnit::Nanosecond => each::<DurationNanosecondType, i64>(builder, array, read),
    }
}
