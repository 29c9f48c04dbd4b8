//! Aggregates: from a block's events to columns over its customers.
//!
//! Aggregates of the same events share what is selected: a bitmap over the events of the block, and the customers for
//! whom the filter is unknown for some event of the window. Values are then reduced customer by customer, in the order
//! of the events.

use std::ops::Range;

use super::column::{Bits, Kind, Lanes, Operand, Scalar, Vectors, words_for};
use super::evaluation::{Evaluation, room};
use crate::bind::{NodeId, Reduction, Selection};
use crate::kernels::pack;
use crate::snapshot::Events;

/// Which events of a block count.
#[derive(Debug, Default)]
pub struct Selected {
    /// By event. Bits beyond the last event may be anything.
    pub counted: Vec<u64>,
    /// By customer: whether it is unknown for some event whether it counts. Empty: for none.
    pub unsure: Vec<u64>,
    /// By customer: whether an end of the window is missing. Empty: for none.
    pub endless: Vec<u64>,
}

impl Selected {
    /// Selects the events of a block.
    pub fn select(&mut self, of: &Evaluation<'_>, selection: Selection, events: &Events<'_>) {
        self.unsure.clear();
        self.window(of, selection, events);
        let Some(filter) = selection.filter.map(|filter| of.operand(filter)) else { return };
        if !filter.known.all() {
            self.note_unsure(filter, events);
        }
        for (index, word) in self.counted.iter_mut().enumerate() {
            *word &= filter.bits().word(index);
        }
    }

    /// Notes the customers with an event in the window (`counted`, so far) for which the filter is unknown.
    fn note_unsure(&mut self, filter: Operand<'_>, events: &Events<'_>) {
        let len = events.at.len();
        let unknown = |index: usize, word: u64| {
            let in_block = len - index * 64;
            let mask = if in_block >= 64 { !0 } else { (1 << in_block) - 1 };
            word & !filter.known.word(index) & mask
        };
        let (customers, mut next) = (events.offsets.len().saturating_sub(1), 0);
        for (index, word) in self.counted.iter().enumerate() {
            let mut rest = unknown(index, *word);
            while rest != 0 {
                let event = index * 64 + rest.trailing_zeros() as usize;
                rest &= rest - 1;
                self.unsure.resize(words_for(customers), 0);
                while next < customers && events.of(next).end <= event {
                    next += 1;
                }
                if let Some(word) = self.unsure.get_mut(next / 64) {
                    *word |= 1 << (next % 64);
                }
            }
        }
    }

    /// Whether it is unknown for some event of a customer whether it counts.
    fn is_unsure(&self, customer: usize) -> bool {
        Bits::Words(&self.unsure).bit(customer) || self.is_endless(customer)
    }

    /// Whether an end of a customer's window is missing.
    fn is_endless(&self, customer: usize) -> bool {
        Bits::Words(&self.endless).bit(customer)
    }

    /// How many events of a range count.
    fn count(&self, events: Range<usize>) -> u64 {
        parts(events).map(|(index, mask)| u64::from((self.word(index) & mask).count_ones())).sum()
    }

    /// The events of a range that count, ascending.
    pub fn ones(&self, events: Range<usize>) -> impl Iterator<Item = usize> {
        parts(events).flat_map(|(index, mask)| {
            let mut rest = self.word(index) & mask;
            std::iter::from_fn(move || {
                (rest != 0).then(|| {
                    let event = index * 64 + rest.trailing_zeros() as usize;
                    rest &= rest - 1;
                    event
                })
            })
        })
    }

    fn last(&self, events: Range<usize>) -> Option<usize> {
        let words = events.start / 64..words_for(events.end);
        words.rev().find_map(|index| {
            let word = self.word(index) & mask(&events, index);
            (word != 0).then(|| index * 64 + 63 - word.leading_zeros() as usize)
        })
    }

    fn word(&self, index: usize) -> u64 {
        self.counted.get(index).copied().unwrap_or(0)
    }
}

/// The words of a range of bits, each with the bits that belong to it.
pub(super) fn parts(bits: Range<usize>) -> impl Iterator<Item = (usize, u64)> {
    let words = if bits.is_empty() { 0..0 } else { bits.start / 64..words_for(bits.end) };
    words.map(move |index| (index, mask(&bits, index)))
}

fn mask(bits: &Range<usize>, index: usize) -> u64 {
    let begin = bits.start.saturating_sub(index * 64);
    let end = bits.end.saturating_sub(index * 64);
    let below = |bit: usize| if bit >= 64 { !0 } else { (1 << bit) - 1 };
    below(end) & !below(begin)
}

/// Reduces the events that count, customer by customer.
pub struct Reducer<'a> {
    /// What is read.
    pub of: &'a Evaluation<'a>,
    /// Which events count.
    pub selected: &'a Selected,
    /// The events.
    pub events: &'a Events<'a>,
    /// How many customers.
    pub customers: usize,
}

impl Reducer<'_> {
    /// Computes an aggregate for every customer.
    pub fn reduce(&self, reduction: Reduction, out: &mut Vectors) {
        match reduction {
            Reduction::Exists => self.exists(out),
            Reduction::Count => self.count(out),
            Reduction::Sum(value) => self.sum(value, out),
            Reduction::MeanOfNumbers(value) => self.mean_of_numbers(value, out),
            Reduction::MeanOfInts(value) => {
                let numbers = |sum: i128, count: u64| Some(sum as f64 / count as f64).filter(|mean| mean.is_finite());
                self.integers(value, &mut out.float64s, &mut out.known, |sum, count| {
                    if count == 0 { None } else { numbers(sum, count) }
                });
            }
            Reduction::MeanOfWhole(value) => {
                self.integers(value, &mut out.int64s, &mut out.known, mean_of_whole);
            }
            Reduction::Min(value) => self.extreme(value, out, Which::Least),
            Reduction::Max(value) => self.extreme(value, out, Which::Greatest),
            Reduction::First(value) => self.pick(value, out, |events| self.selected.ones(events).next()),
            Reduction::Last(value) => self.pick(value, out, |events| self.selected.last(events)),
            Reduction::Distinct(value) => self.distinct(value, out),
            Reduction::MostFrequent(value) => self.most_frequent(value, out),
            Reduction::FrequencyRank(value, of) => self.frequency_rank(value, of, out),
            Reduction::TypicalGap(value) => self.typical_gap(value, out),
        }
    }

    fn exists(&self, out: &mut Vectors) {
        out.bits.clear();
        out.bits.resize(words_for(self.customers), 0);
        out.known.clear();
        out.known.resize(words_for(self.customers), !0);
        for customer in 0..self.customers {
            let exists = self.selected.ones(self.events.of(customer)).next().is_some();
            set(&mut out.bits, customer, exists);
            if self.selected.is_endless(customer) || !exists && self.selected.is_unsure(customer) {
                clear(&mut out.known, customer);
                set(&mut out.bits, customer, false);
            }
        }
    }

    fn count(&self, out: &mut Vectors) {
        self.each(&mut out.int64s, &mut out.known, |events| i64::try_from(self.selected.count(events)).ok());
    }

    /// One value a customer; missing where `value` gives none or where it is unknown which events count.
    pub(super) fn each<T: Default>(
        &self,
        out: &mut Vec<T>,
        known: &mut Vec<u64>,
        mut value: impl FnMut(Range<usize>) -> Option<T>,
    ) {
        self.each_with(out, known, |_, events| value(events));
    }

    /// As [`Reducer::each`], with the customer.
    pub(super) fn each_with<T: Default>(
        &self,
        out: &mut Vec<T>,
        known: &mut Vec<u64>,
        mut value: impl FnMut(usize, Range<usize>) -> Option<T>,
    ) {
        out.clear();
        known.clear();
        known.resize(words_for(self.customers), !0);
        for customer in 0..self.customers {
            let found =
                if self.selected.is_unsure(customer) { None } else { value(customer, self.events.of(customer)) };
            if found.is_none() {
                clear(known, customer);
            }
            out.push(found.unwrap_or_default());
        }
    }

    fn sum(&self, value: NodeId, out: &mut Vectors) {
        if self.of.kind(value) == Kind::Float64 {
            let operand = self.of.operand(value);
            self.each(&mut out.float64s, &mut out.known, |events| {
                self.sum_of_numbers(operand, events).map(|(sum, _)| sum)
            });
        } else {
            self.integers(value, &mut out.int64s, &mut out.known, |sum, _| i64::try_from(sum).ok());
        }
    }

    fn mean_of_numbers(&self, value: NodeId, out: &mut Vectors) {
        let operand = self.of.operand(value);
        self.each(&mut out.float64s, &mut out.known, |events| {
            let (sum, count) = self.sum_of_numbers(operand, events)?;
            (count != 0).then(|| sum / count as f64 + 0.0)
        });
    }

    /// The sum in the order of the events, and how many; infinite and NaN stay so whatever is added.
    fn sum_of_numbers(&self, operand: Operand<'_>, events: Range<usize>) -> Option<(f64, u64)> {
        let (values, mut sum, mut count) = (operand.float64s(), 0.0, 0);
        for event in self.selected.ones(events) {
            if !operand.known.bit(event) {
                return None;
            }
            sum += values.get(event);
            count += 1;
        }
        sum.is_finite().then_some((sum, count))
    }

    /// Exact sums of integers, finished with the count.
    fn integers<T: Default>(
        &self,
        value: NodeId,
        out: &mut Vec<T>,
        known: &mut Vec<u64>,
        finish: impl Fn(i128, u64) -> Option<T>,
    ) {
        let operand = self.of.operand(value);
        let values = operand.int64s();
        self.each(out, known, |events| {
            let (mut sum, mut count) = (0_i128, 0);
            for event in self.selected.ones(events) {
                if !operand.known.bit(event) {
                    return None;
                }
                sum += i128::from(values.get(event));
                count += 1;
            }
            finish(sum, count)
        });
    }

    fn extreme(&self, value: NodeId, out: &mut Vectors, which: Which) {
        let (operand, known) = (self.of.operand(value), &mut out.known);
        match self.of.kind(value) {
            Kind::Int64 => self.extreme_of(operand.known, operand.int64s(), which, &mut out.int64s, known),
            Kind::Float64 => self.extreme_of(operand.known, operand.float64s(), which, &mut out.float64s, known),
            Kind::Int32 => self.extreme_of(operand.known, operand.int32s(), which, &mut out.int32s, known),
            Kind::Codes => self.extreme_of(operand.known, operand.codes(), which, &mut out.codes, known),
            Kind::Bits => {}
        }
    }

    fn extreme_of<T: Copy + Default + PartialOrd>(
        &self,
        there: Bits<'_>,
        values: Lanes<'_, T>,
        which: Which,
        out: &mut Vec<T>,
        known: &mut Vec<u64>,
    ) {
        self.each(out, known, |events| {
            let mut found: Option<T> = None;
            for event in self.selected.ones(events) {
                if !there.bit(event) {
                    return None;
                }
                let next = values.get(event);
                let better = found.is_none_or(|found| match which {
                    Which::Least => next < found,
                    Which::Greatest => next > found,
                });
                if better {
                    found = Some(next);
                }
            }
            found
        });
    }

    fn pick(&self, value: NodeId, out: &mut Vectors, which: impl Fn(Range<usize>) -> Option<usize>) {
        let operand = self.of.operand(value);
        let at = |events: Range<usize>| which(events).filter(|event| operand.known.bit(*event));
        match self.of.kind(value) {
            Kind::Int64 => self.each(&mut out.int64s, &mut out.known, |e| at(e).map(|e| operand.int64s().get(e))),
            Kind::Float64 => self.each(&mut out.float64s, &mut out.known, |e| at(e).map(|e| operand.float64s().get(e))),
            Kind::Int32 => self.each(&mut out.int32s, &mut out.known, |e| at(e).map(|e| operand.int32s().get(e))),
            Kind::Codes => self.each(&mut out.codes, &mut out.known, |e| at(e).map(|e| operand.codes().get(e))),
            Kind::Bits => {
                // The buffer of codes is free here: it carries the bit of each customer to the words.
                let mut picked = std::mem::take(&mut out.codes);
                self.each(&mut picked, &mut out.known, |e| at(e).map(|e| u32::from(operand.bits().bit(e))));
                pack(&picked, room(&mut out.bits, self.customers), |bit| bit == 1);
                out.codes = picked;
            }
        }
    }

    fn distinct(&self, value: NodeId, out: &mut Vectors) {
        let operand = self.of.operand(value);
        let mut seen: Vec<u64> = Vec::new();
        self.each(&mut out.int64s, &mut out.known, |events| {
            seen.clear();
            for event in self.selected.ones(events) {
                seen.push(key(operand.scalar(event)?));
            }
            seen.sort_unstable();
            seen.dedup();
            i64::try_from(seen.len()).ok()
        });
    }
}

/// Which of the values `Min` and `Max` want.
#[derive(Clone, Copy)]
enum Which {
    Least,
    Greatest,
}

/// Equal for equal values of one kind.
fn key(scalar: Scalar) -> u64 {
    match scalar {
        Scalar::Bool(value) => u64::from(value),
        Scalar::Int64(value) => value.cast_unsigned(),
        Scalar::Float64(bits) => bits,
        Scalar::Int32(value) => u64::from(value.cast_unsigned()),
        Scalar::Code(code) => u64::from(code),
    }
}

/// The exact quotient, rounded half to even. It lies between the least and the greatest amount, so it fits.
fn mean_of_whole(sum: i128, count: u64) -> Option<i64> {
    if count == 0 {
        return None;
    }
    let by = i128::from(count);
    let (floor, rest) = (sum.div_euclid(by), sum.rem_euclid(by));
    let up = match (rest * 2).cmp(&by) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => floor % 2 != 0,
        std::cmp::Ordering::Greater => true,
    };
    i64::try_from(floor + i128::from(up)).ok()
}

fn set(words: &mut [u64], row: usize, value: bool) {
    if let Some(word) = words.get_mut(row / 64) {
        *word = *word & !(1 << (row % 64)) | u64::from(value) << (row % 64);
    }
}

fn clear(words: &mut [u64], row: usize) {
    if let Some(word) = words.get_mut(row / 64) {
        *word &= !(1 << (row % 64));
    }
}

#[cfg(test)]
mod tests {
    use super::{mask, mean_of_whole};

    #[test]
    fn means_round_half_to_even() {
        assert_eq!(mean_of_whole(5, 2), Some(2));
        assert_eq!(mean_of_whole(7, 2), Some(4));
        assert_eq!(mean_of_whole(-5, 2), Some(-2));
        assert_eq!(mean_of_whole(-7, 2), Some(-4));
        assert_eq!(mean_of_whole(-8, 3), Some(-3));
        assert_eq!(mean_of_whole(i128::from(i64::MIN) * 3, 3), Some(i64::MIN));
        assert_eq!(mean_of_whole(0, 0), None);
    }

    #[test]
    fn masks_cut_a_range_out_of_words() {
        assert_eq!(mask(&(3..5), 0), 0b11000);
        assert_eq!(mask(&(3..70), 0), !0b111);
        assert_eq!(mask(&(3..70), 1), 0b111111);
        assert_eq!(mask(&(64..128), 1), !0);
        assert_eq!(mask(&(64..128), 0), 0);
    }
}
