//! Bitmaps: one bit a row, in words of 64, the first row in the lowest bit.

/// A bit for each row. Bits beyond the last row are zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bitmap {
    words: Vec<u64>,
    len: usize,
}

impl Bitmap {
    /// All bits zero.
    pub fn zeros(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)], len }
    }

    /// All bits one.
    pub fn ones(len: usize) -> Self {
        Self::from_words(vec![!0; len.div_ceil(64)], len)
    }

    /// Takes whole words; clears what is beyond `len`.
    pub fn from_words(mut words: Vec<u64>, len: usize) -> Self {
        words.resize(len.div_ceil(64), 0);
        if let (Some(last), used @ 1..) = (words.last_mut(), len % 64) {
            *last &= (1 << used) - 1;
        }
        Self { words, len }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bit of a row; false beyond the last.
    pub fn get(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Sets the bit of a row; nothing beyond the last.
    pub fn set(&mut self, row: usize, value: bool) {
        if row < self.len
            && let Some(word) = self.words.get_mut(row / 64)
        {
            *word = *word & !(1 << (row % 64)) | u64::from(value) << (row % 64);
        }
    }

    /// The words.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// How many bits are one.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The rows whose bit is one, ascending.
    pub fn iter_ones(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                (rest != 0).then(|| {
                    let bit = rest.trailing_zeros() as usize;
                    rest &= rest - 1;
                    index * 64 + bit
                })
            })
        })
    }

    /// A view of the rows `first .. first + len`.
    pub fn view(&self, first: usize, len: usize) -> BitsView<'_> {
        BitsView { words: &self.words, first, len }
    }
}

impl FromIterator<bool> for Bitmap {
    fn from_iter<I: IntoIterator<Item = bool>>(bits: I) -> Self {
        let (mut words, mut len) = (Vec::new(), 0_usize);
        for bit in bits {
            if len.is_multiple_of(64) {
                words.push(0);
            }
            if let Some(last) = words.last_mut() {
                *last |= u64::from(bit) << (len % 64);
            }
            len += 1;
        }
        Self { words, len }
    }
}

/// A run of rows of a bitmap, which may begin within a word.
#[derive(Clone, Copy, Debug)]
pub struct BitsView<'a> {
    words: &'a [u64],
    first: usize,
    len: usize,
}

impl<'a> BitsView<'a> {
    /// The first rows of words.
    pub fn new(words: &'a [u64], len: usize) -> Self {
        Self { words, first: 0, len }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bit of a row of the view; false beyond the last.
    pub fn get(&self, row: usize) -> bool {
        let at = self.first + row;
        row < self.len && self.words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// Some of its rows; those beyond the last are cut off.
    pub fn rows(&self, first: usize, len: usize) -> Self {
        let first = first.min(self.len);
        Self { words: self.words, first: self.first + first, len: len.min(self.len - first) }
    }

    /// The 64 rows from `index * 64` on; bits beyond the last row are zero.
    pub fn word(&self, index: usize) -> u64 {
        let (at, shift) = ((self.first / 64) + index, self.first % 64);
        let low = self.words.get(at).copied().unwrap_or(0) >> shift;
        let high = if shift == 0 { 0 } else { self.words.get(at + 1).copied().unwrap_or(0) << (64 - shift) };
        let used = self.len.saturating_sub(index * 64);
        let mask = if used >= 64 { !0 } else { (1 << used) - 1 };
        (low | high) & mask
    }

    /// The words themselves where the view begins at a whole one; bits beyond the last row may be anything.
    pub fn aligned(&self) -> Option<&'a [u64]> {
        let begin = self.first / 64;
        if self.first.is_multiple_of(64) { self.words.get(begin..begin + self.len.div_ceil(64)) } else { None }
    }

    /// A copy.
    pub fn to_bitmap(&self) -> Bitmap {
        Bitmap::from_words((0..self.len.div_ceil(64)).map(|index| self.word(index)).collect(), self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_within_words_reads_the_same_bits() {
        let bits: Bitmap = (0..300).map(|row| row % 3 == 0 || row % 7 == 0).collect();
        for first in [0, 1, 63, 64, 65, 130] {
            let view = bits.view(first, 300 - first);
            let copy = view.to_bitmap();
            for row in 0..view.len() {
                assert_eq!(view.get(row), bits.get(first + row));
                assert_eq!(copy.get(row), bits.get(first + row));
            }
            assert!(!view.get(view.len()));
        }
    }

    #[test]
    fn ones_end_at_the_last_row() {
        assert_eq!(Bitmap::ones(70).count(), 70);
        assert_eq!(Bitmap::ones(128).count(), 128);
        assert_eq!(Bitmap::ones(70).iter_ones().last(), Some(69));
        let mut bits = Bitmap::zeros(70);
        bits.set(70, true);
        assert_eq!(bits, Bitmap::zeros(70));
    }
}
