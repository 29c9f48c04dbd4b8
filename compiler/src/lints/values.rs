//! Sets of values that a term may have: ranges for what has an order, texts one by one, and whether it may be missing.
//!
//! Every value but a text is a whole number here, in the order of its type: doubles by their bits, amounts by their
//! millionths, `ordered` values by their position. What must hold: the operations are exact, so that an empty set means
//! that no value is left.

use std::collections::BTreeSet;

use opportune_plan::{Constant, Float, Stored};

/// The values of a term that are possible.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Values {
    /// Whether it may be missing.
    pub(super) missing: bool,
    /// The values, where it is not.
    pub(super) known: Known,
}

/// Values that are not missing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Known {
    /// Of what has an order, or is listed: ascending ranges, both ends included, none touching another.
    Ranges(Vec<(i128, i128)>),
    /// Texts: these, or all but these.
    Texts {
        /// Whether the set holds all but these.
        all_but: bool,
        /// These.
        texts: BTreeSet<Box<str>>,
    },
}

/// Below and above all values of any type.
const LEAST: i128 = i128::MIN;
const GREATEST: i128 = i128::MAX;

/// A constant as a whole number in the order of its type; texts, zones, places and sets have none.
pub(super) fn position(constant: &Constant) -> Option<i128> {
    if let Constant::Place(_) = constant {
        return None;
    }
    Some(match constant.stored() {
        Stored::Bool(value) => i128::from(value),
        Stored::Int64(value) => i128::from(value),
        Stored::Int32(value) => i128::from(value),
        Stored::Float64(value) => of_double(value),
        Stored::Code(_, place) => i128::from(place),
        Stored::Text(_) | Stored::Zone(_) | Stored::Set(..) => return None,
    })
}

/// A double by its place among all doubles; both zeros are one.
fn of_double(value: Float) -> i128 {
    let bits = i128::from(value.get().to_bits() & !(1 << 63));
    if value.get().is_sign_negative() { -bits } else { bits }
}

/// The double at a place.
pub(super) fn double_at(place: i128) -> Option<f64> {
    let bits = u64::try_from(place.unsigned_abs()).ok()?;
    let magnitude = f64::from_bits(bits);
    magnitude.is_finite().then_some(if place < 0 { -magnitude } else { magnitude })
}

impl Known {
    /// All values that have an order.
    pub(super) fn any() -> Self {
        Self::Ranges(vec![(LEAST, GREATEST)])
    }

    /// All texts.
    pub(super) fn any_text() -> Self {
        Self::Texts { all_but: true, texts: BTreeSet::new() }
    }

    /// From the first to the last, both included; nothing where they are in the other order.
    pub(super) fn between(first: i128, last: i128) -> Self {
        Self::Ranges(if first <= last { vec![(first, last)] } else { Vec::new() })
    }

    /// From there on.
    pub(super) fn at_least(first: i128) -> Self {
        Self::between(first, GREATEST)
    }

    /// Up to there.
    pub(super) fn at_most(last: i128) -> Self {
        Self::between(LEAST, last)
    }

    /// What is less.
    pub(super) fn below(end: i128) -> Self {
        end.checked_sub(1).map_or(Self::Ranges(Vec::new()), Self::at_most)
    }

    /// What is greater.
    pub(super) fn above(end: i128) -> Self {
        end.checked_add(1).map_or(Self::Ranges(Vec::new()), Self::at_least)
    }

    /// These constants; `None` where they are neither texts nor have an order.
    pub(super) fn of(constants: &[Constant]) -> Option<Self> {
        let text = |constant: &Constant| if let Constant::Text(text) = constant { Some(text.clone()) } else { None };
        if let Some(texts) = constants.iter().map(text).collect() {
            return Some(Self::Texts { all_but: false, texts });
        }
        let mut places: Vec<(i128, i128)> =
            constants.iter().map(|constant| position(constant).map(|at| (at, at))).collect::<Option<_>>()?;
        places.sort_unstable();
        Some(Self::Ranges(joined(places)))
    }

    /// Whether no value is left.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Ranges(ranges) => ranges.is_empty(),
            Self::Texts { all_but, texts } => !all_but && texts.is_empty(),
        }
    }

    /// All other values.
    pub(super) fn others(&self) -> Self {
        match self {
            Self::Texts { all_but, texts } => Self::Texts { all_but: !all_but, texts: texts.clone() },
            Self::Ranges(ranges) => {
                let mut found = Vec::new();
                let mut from = Some(LEAST);
                for (first, last) in ranges {
                    if let (Some(from), Some(end)) = (from, first.checked_sub(1))
                        && from <= end
                    {
                        found.push((from, end));
                    }
                    from = last.checked_add(1);
                }
                found.extend(from.map(|from| (from, GREATEST)));
                Self::Ranges(found)
            }
        }
    }

    /// The values of both. Of two kinds of values, the first alone: less is proven so, and nothing that is wrong.
    pub(super) fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Ranges(a), Self::Ranges(b)) => Self::Ranges(common(a, b)),
            (Self::Texts { all_but: false, texts: a }, Self::Texts { all_but, texts: b })
            | (Self::Texts { all_but, texts: b }, Self::Texts { all_but: false, texts: a }) => {
                let texts = a.iter().filter(|text| b.contains(*text) != *all_but).cloned().collect();
                Self::Texts { all_but: false, texts }
            }
            (Self::Texts { texts: a, .. }, Self::Texts { texts: b, .. }) => {
                Self::Texts { all_but: true, texts: a.union(b).cloned().collect() }
            }
            _ => self.clone(),
        }
    }
}

impl Values {
    /// Nothing but missing.
    pub(super) fn missing_like(known: &Known) -> Self {
        let known = match known {
            Known::Ranges(_) => Known::Ranges(Vec::new()),
            Known::Texts { .. } => Known::Texts { all_but: false, texts: BTreeSet::new() },
        };
        Self { missing: true, known }
    }

    /// These values, not missing.
    pub(super) fn known(known: Known) -> Self {
        Self { missing: false, known }
    }

    /// Whether it can be neither missing nor anything else.
    pub(super) fn is_empty(&self) -> bool {
        !self.missing && self.known.is_empty()
    }

    /// All others, missing or not.
    pub(super) fn others(&self) -> Self {
        Self { missing: !self.missing, known: self.known.others() }
    }

    /// What is in both.
    pub(super) fn and(&self, other: &Self) -> Self {
        Self { missing: self.missing && other.missing, known: self.known.and(&other.known) }
    }
}

/// Ranges that touch become one.
fn joined(ranges: Vec<(i128, i128)>) -> Vec<(i128, i128)> {
    let mut found: Vec<(i128, i128)> = Vec::with_capacity(ranges.len());
    for (first, last) in ranges {
        match found.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = (*end).max(last),
            _ => found.push((first, last)),
        }
    }
    found
}

/// What lies in a range of each.
fn common(a: &[(i128, i128)], b: &[(i128, i128)]) -> Vec<(i128, i128)> {
    let (mut a, mut b) = (a.iter().copied().peekable(), b.iter().copied().peekable());
    let mut found = Vec::new();
    while let (Some((a_first, a_last)), Some((b_first, b_last))) = (a.peek().copied(), b.peek().copied()) {
        let (first, last) = (a_first.max(b_first), a_last.min(b_last));
        if first <= last {
            found.push((first, last));
        }
        if a_last <= b_last {
            a.next()
        } else {
            b.next()
        };
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    /// A few sets of values from -3 to 3.
    fn sets() -> Vec<Known> {
        let ends = [LEAST, -3, -2, 0, 1, 3, GREATEST];
        let ranges = ends.iter().flat_map(|a| ends.iter().map(move |b| Known::between(*a, *b)));
        let mut found: Vec<Known> = ranges.collect();
        found.push(Known::of(&[Constant::Int(-3), Constant::Int(0), Constant::Int(1)]).unwrap());
        found.extend(found.clone().iter().map(Known::others));
        found
    }

    fn holds(set: &Known, value: i128) -> bool {
        !set.and(&Known::between(value, value)).is_empty()
    }

    #[test]
    fn what_is_in_a_set_is_not_among_the_others() {
        for set in sets() {
            assert_eq!(set.others().others(), set);
            for value in [LEAST, -4, -3, -2, -1, 0, 1, 2, 3, 4, GREATEST] {
                assert_ne!(holds(&set, value), holds(&set.others(), value), "{set:?} {value}");
            }
        }
    }

    #[test]
    fn what_is_in_both_is_in_each() {
        for a in sets() {
            for b in sets() {
                for value in [LEAST, -4, -3, -2, -1, 0, 1, 2, 3, 4, GREATEST] {
                    assert_eq!(holds(&a.and(&b), value), holds(&a, value) && holds(&b, value), "{a:?} {b:?} {value}");
                }
            }
        }
    }

    #[test]
    fn doubles_keep_their_order() {
        let doubles = [-1e300, -2.5, -1.0, -1e-300, 0.0, 1e-300, 0.5, 1.0, 2.5, 1e300];
        let places: Vec<i128> = doubles.iter().map(|value| of_double(Float::new(*value).unwrap())).collect();
        assert!(places.is_sorted_by(|a, b| a < b), "{places:?}");
        assert_eq!(places.iter().map(|place| double_at(*place).unwrap()).collect::<Vec<_>>(), doubles);
    }

    #[test]
    fn texts_are_told_one_by_one() {
        let texts =
            |all: &[&str]| Known::of(&all.iter().map(|text| Constant::Text((*text).into())).collect::<Vec<_>>());
        let (tea, both) = (texts(&["tea"]).unwrap(), texts(&["tea", "milk"]).unwrap());
        assert_eq!(tea.and(&both), tea);
        assert!(tea.and(&both.others()).is_empty());
        assert_eq!(both.and(&tea.others()), texts(&["milk"]).unwrap());
        assert_eq!(both.others().and(&tea.others()), both.others());
        assert!(!both.others().is_empty());
    }
}
