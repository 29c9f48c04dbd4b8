//! How often values occur, and how far apart they are: over the values of one customer's events.

use std::ops::Range;

use super::aggregate::Reducer;
use super::column::{Kind, Lanes, Operand, Scalar, Vectors};
use crate::bind::NodeId;

impl Reducer<'_> {
    pub(super) fn most_frequent(&self, value: NodeId, out: &mut Vectors) {
        let (operand, mut found) = (self.of.operand(value), Vec::new());
        match self.of.kind(value) {
            Kind::Int64 => self.each(&mut out.int64s, &mut out.known, |events| {
                self.gather(operand, operand.int64s(), events, &mut found)?;
                most_frequent(&mut found)
            }),
            _ => {
                let mut found = Vec::new();
                self.each(&mut out.codes, &mut out.known, |events| {
                    self.gather(operand, operand.codes(), events, &mut found)?;
                    most_frequent(&mut found)
                });
            }
        }
    }

    pub(super) fn frequency_rank(&self, value: NodeId, of: NodeId, out: &mut Vectors) {
        let (operand, ranked) = (self.of.operand(value), self.of.operand(of));
        // Codes are in the order of what they stand for, so that as integers they are ranked alike.
        let mut found: Vec<i64> = Vec::new();
        let as_int = |scalar| match scalar {
            Scalar::Int64(value) => Some(value),
            Scalar::Code(code) => Some(i64::from(code)),
            _ => None,
        };
        self.each_with(&mut out.int64s, &mut out.known, |customer, events| {
            let of = ranked.scalar(customer).and_then(as_int)?;
            found.clear();
            for event in self.selected.ones(events) {
                found.push(operand.scalar(event).and_then(as_int)?);
            }
            rank(&mut found, of)
        });
    }

    pub(super) fn typical_gap(&self, value: NodeId, out: &mut Vectors) {
        let operand = self.of.operand(value);
        let mut found: Vec<i64> = Vec::new();
        self.each(&mut out.int64s, &mut out.known, |events| {
            found.clear();
            for event in self.selected.ones(events) {
                found.push(match operand.scalar(event)? {
                    Scalar::Int64(instant) => instant,
                    Scalar::Int32(date) => i64::from(date),
                    _ => return None,
                });
            }
            typical_gap(&mut found)
        });
    }

    /// The values of the events that count; `None` where one is missing.
    fn gather<T: Copy + Default>(
        &self,
        operand: Operand<'_>,
        values: Lanes<'_, T>,
        events: Range<usize>,
        found: &mut Vec<T>,
    ) -> Option<()> {
        found.clear();
        for event in self.selected.ones(events) {
            operand.known.bit(event).then(|| found.push(values.get(event)))?;
        }
        Some(())
    }
}

/// The value that occurs most often; of several, the least. Sorts the values.
fn most_frequent<T: Copy + Ord>(values: &mut [T]) -> Option<T> {
    let (mut best, mut most) = (None, 0);
    for (value, count) in counts(values) {
        if count > most {
            (best, most) = (Some(value), count);
        }
    }
    best
}

/// One more than how many values occur more often than this one, or as often and are less. Sorts the values.
fn rank<T: Copy + Ord>(values: &mut [T], of: T) -> Option<i64> {
    let own = counts(values).find(|(value, _)| *value == of).map(|(_, count)| count)?;
    let comes_before = |(value, count): &(T, usize)| *count > own || *count == own && *value < of;
    i64::try_from(1 + counts(values).filter(comes_before).count()).ok()
}

/// Each value with how often it occurs, ascending.
fn counts<T: Copy + Ord>(values: &mut [T]) -> impl Iterator<Item = (T, usize)> {
    values.sort_unstable();
    values.chunk_by(|a, b| a == b).filter_map(|run| Some((*run.first()?, run.len())))
}

/// The median of the steps from one value to the next; of two in the middle their mean, rounded half to even. Takes the
/// values' places for the steps.
fn typical_gap(values: &mut [i64]) -> Option<i64> {
    let steps = values.len().checked_sub(1).filter(|steps| *steps > 0)?;
    for at in 0..steps {
        if let Some([one, next]) = values.get_mut(at..at + 2).and_then(|pair| <&mut [i64; 2]>::try_from(pair).ok()) {
            // Between instants and dates in the years 1 to 9999.
            *one = next.saturating_sub(*one);
        }
    }
    let gaps = values.get_mut(..steps)?;
    gaps.sort_unstable();
    let (lower, upper) = (*gaps.get((steps - 1) / 2)?, *gaps.get(steps / 2)?);
    let (sum, half) = (i128::from(lower) + i128::from(upper), 2);
    let floor = sum.div_euclid(half);
    let up = sum.rem_euclid(half) == 1 && floor % 2 != 0;
    i64::try_from(floor + i128::from(up)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_to_the_least() {
        assert_eq!(most_frequent::<i64>(&mut []), None);
        assert_eq!(most_frequent(&mut [2, 1]), Some(1));
        assert_eq!(most_frequent(&mut [2, 1, 2]), Some(2));
        assert_eq!(most_frequent(&mut [7, -1, 3, 3, -1]), Some(-1));
    }

    #[test]
    fn ranks_count_what_comes_before() {
        let ranks = [1, 2, 3, 4, 5].map(|of| rank(&mut [3, 1, 2, 3, 2, 4], of));
        assert_eq!(ranks, [Some(3), Some(1), Some(2), Some(4), None]);
    }

    #[test]
    fn the_median_of_gaps() {
        assert_eq!(typical_gap(&mut []), None);
        assert_eq!(typical_gap(&mut [7]), None);
        assert_eq!(typical_gap(&mut [7, 7]), Some(0));
        assert_eq!(typical_gap(&mut [0, 10, 11, 14]), Some(3), "of 10, 1 and 3");
        assert_eq!(typical_gap(&mut [0, 1, 3]), Some(2), "1.5 to even");
        assert_eq!(typical_gap(&mut [0, 2, 5]), Some(2), "2.5 to even");
        assert_eq!(typical_gap(&mut [10, 7, 0]), Some(-5), "backwards");
        assert_eq!(typical_gap(&mut [0, -3, -4]), Some(-2), "-2 is even");
    }
}
