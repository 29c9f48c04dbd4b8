//! Where random answers come from.

/// Answers questions at random.
pub struct Dice {
    words: std::vec::IntoIter<u32>,
    /// Goes on where the words end; without it every further answer is 0.
    state: Option<u64>,
}

impl Dice {
    /// Answers from a list, then always 0.
    pub fn of_words(words: Vec<u32>) -> Self {
        Self { words: words.into_iter(), state: None }
    }

    /// Answers for ever.
    pub fn endless(seed: u64) -> Self {
        Self { words: Vec::new().into_iter(), state: Some(seed) }
    }

    /// A word. Beyond the list: SplitMix64's high half, or 0.
    pub fn word(&mut self) -> u32 {
        if let Some(word) = self.words.next() {
            return word;
        }
        let Some(state) = &mut self.state else { return 0 };
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 32) as u32
    }

    /// One of `0..sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        ((u64::from(self.word()) * sides as u64) >> 32) as usize
    }

    /// True in so many of a hundred cases; 0 is false.
    pub fn percent(&mut self, percent: usize) -> bool {
        self.roll(100) >= 100 - percent
    }

    /// One of these; 0 is the first.
    pub fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())].clone()
    }
}
