//! Lists and structs of Arrow: sets and points.

use std::ops::Range;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use opportune_plan::Element;

use super::{decimals, integers, is_text, is_whole_decimal, numbers, text_at};
use crate::snapshot::read::builder::{Builder, Fault, Reading};
use crate::snapshot::read::sets::SetStore;
use crate::snapshot::read::{places, scalars};

/// What lists of a type hold, if it is one of lists.
fn item(found: &DataType) -> Option<&DataType> {
    match found {
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => Some(item.data_type()),
        _ => None,
    }
}

fn is_numeric(found: &DataType) -> bool {
    match found {
        DataType::Dictionary(_, values) => is_numeric(values),
        _ => found.is_integer() || found.is_floating() || found.is_decimal(),
    }
}

/// Whether a type holds points: lists of two numbers, or structs of a latitude and a longitude.
pub(super) fn is_place(found: &DataType) -> bool {
    if let DataType::Struct(fields) = found {
        let has = |name: &str| fields.iter().any(|field| field.name() == name && is_numeric(field.data_type()));
        return has("latitude") && has("longitude");
    }
    match found {
        DataType::FixedSizeList(_, size) if *size != 2 => false,
        _ => item(found).is_some_and(|item| is_numeric(item) || item.is_null()),
    }
}

/// Whether a type holds sets of an element.
pub(super) fn is_set(element: Element, found: &DataType) -> bool {
    fn holds(element: Element, item: &DataType) -> bool {
        match item {
            DataType::Null => true,
            DataType::Dictionary(_, values) => holds(element, values),
            _ if element == Element::Int => item.is_integer() || is_whole_decimal(item),
            _ => is_text(item),
        }
    }
    item(found).is_some_and(|item| holds(element, item))
}

/// All items of an array of lists in one piece, and by row which of them are the row's; none for a missing row.
fn lists(array: &dyn Array) -> Option<(ArrayRef, Vec<Option<Range<usize>>>)> {
    fn cut<O: Copy>(
        items: &ArrayRef,
        offsets: &[O],
        at: impl Fn(O) -> usize,
        is_there: impl Fn(usize) -> bool,
    ) -> (ArrayRef, Vec<Option<Range<usize>>>) {
        let first = offsets.first().map_or(0, |first| at(*first));
        let last = offsets.last().map_or(0, |last| at(*last));
        let pairs = offsets.iter().zip(offsets.iter().skip(1)).enumerate();
        let range =
            |(row, (begin, end)): (usize, (&O, &O))| is_there(row).then(|| at(*begin) - first..at(*end) - first);
        (items.slice(first, last - first), pairs.map(range).collect())
    }
    let is_there = |row| array.is_valid(row);
    match array.data_type() {
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            Some(cut(list.values(), list.value_offsets(), |at| usize::try_from(at).unwrap_or(0), is_there))
        }
        DataType::LargeList(_) => {
            let list = array.as_list::<i64>();
            Some(cut(list.values(), list.value_offsets(), |at| usize::try_from(at).unwrap_or(0), is_there))
        }
        DataType::FixedSizeList(_, size) => {
            let (list, size) = (array.as_fixed_size_list(), usize::try_from(*size).unwrap_or(0));
            let range = |row: usize| is_there(row).then(|| row * size..(row + 1) * size);
            Some((list.values().clone(), (0..array.len()).map(range).collect()))
        }
        _ => None,
    }
}

/// Appends lists as sets.
pub(super) fn sets(builder: &mut Builder, array: &dyn Array) {
    let Some((items, ranges)) = lists(array) else { return };
    let Some(sets) = builder.sets() else { return };
    let codes = elements(sets, &items);
    for range in ranges {
        let set = match (range, builder.sets()) {
            (Some(range), Some(sets)) => sets.set(codes.get(range).unwrap_or_default().iter().copied()),
            _ => Err(Fault::Missing),
        };
        builder.push(set);
    }
}

/// The numbers of items as elements of sets.
fn elements(sets: &mut SetStore, items: &ArrayRef) -> Vec<Reading<u32>> {
    let mut codes = match items.data_type() {
        DataType::Dictionary(_, values) if is_text(values) => dictionary_elements(sets, items),
        DataType::Dictionary(_, values) => match cast(items, values) {
            Ok(plain) => return elements(sets, &plain),
            Err(_) => Vec::new(),
        },
        found if is_text(found) => {
            (0..items.len()).map(|at| text_at(items, at).map_or(Err(Fault::Missing), |text| sets.text(text))).collect()
        }
        _ => {
            let mut ints: Vec<Reading<i64>> = Vec::new();
            integers(&mut ints, items, scalars::int);
            decimals(&mut ints, items, |value, _| scalars::int(value));
            ints.into_iter().map(|int| int.and_then(|int| sets.int(int))).collect()
        }
    };
    codes.resize(items.len(), Err(if items.data_type().is_null() { Fault::Missing } else { Fault::Unreadable }));
    codes
}

/// Looks each text up once, and only those that occur.
fn dictionary_elements(sets: &mut SetStore, items: &ArrayRef) -> Vec<Reading<u32>> {
    let Some(dictionary) = items.as_any_dictionary_opt() else { return Vec::new() };
    let (keys, values) = (dictionary.keys(), dictionary.values());
    if values.is_empty() {
        return vec![Err(Fault::Missing); items.len()];
    }
    let mut known = vec![None; values.len()];
    let positions = dictionary.normalized_keys().into_iter().enumerate();
    positions
        .map(|(row, position)| match known.get_mut(position) {
            Some(slot) if !keys.is_null(row) => *slot
                .get_or_insert_with(|| text_at(values, position).map_or(Err(Fault::Missing), |text| sets.text(text))),
            _ => Err(Fault::Missing),
        })
        .collect()
}

/// Appends lists of two numbers, or structs of two, as points.
pub(super) fn places(builder: &mut Builder, array: &dyn Array) {
    if let Some(record) = array.as_struct_opt() {
        let (Some(latitude), Some(longitude)) = (record.column_by_name("latitude"), record.column_by_name("longitude"))
        else {
            return;
        };
        let pairs = degrees(latitude).into_iter().zip(degrees(longitude)).enumerate();
        for (row, (latitude, longitude)) in pairs {
            let there = array.is_valid(row);
            builder.push(if there { places::place(latitude, longitude) } else { Err(Fault::Missing) });
        }
        return;
    }
    let Some((items, ranges)) = lists(array) else { return };
    let items = degrees(&items);
    for range in ranges {
        builder.push(match range.map(|range| items.get(range).unwrap_or_default()) {
            None => Err(Fault::Missing),
            Some([latitude, longitude]) => places::place(*latitude, *longitude),
            Some(_) => Err(Fault::Unreadable),
        });
    }
}

/// Appends two columns of numbers as points.
pub(in crate::snapshot::read) fn append_places(builder: &mut Builder, latitude: &ArrayRef, longitude: &ArrayRef) {
    for (latitude, longitude) in degrees(latitude).into_iter().zip(degrees(longitude)) {
        builder.push(places::place(latitude, longitude));
    }
}

fn degrees(array: &ArrayRef) -> Vec<Reading<f64>> {
    let mut degrees = Vec::with_capacity(array.len());
    match array.data_type() {
        DataType::Dictionary(_, values) => {
            if let Ok(plain) = cast(array, values) {
                numbers(&mut degrees, &plain);
            }
        }
        _ => numbers(&mut degrees, array),
    }
    degrees.resize(array.len(), Err(if array.data_type().is_null() { Fault::Missing } else { Fault::Unreadable }));
    degrees
}
