//! A place in a text that is read from left to right, blanks aside: what both languages' readers stand on.

/// How far a text is read.
pub(crate) struct Cursor<'a> {
    text: &'a str,
    /// The next byte.
    pub at: usize,
}

impl<'a> Cursor<'a> {
    /// Before the text.
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// What is not read yet.
    pub fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Goes over blanks.
    pub fn blank(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Whether only blanks are left.
    pub fn is_done(&mut self) -> bool {
        self.blank();
        self.rest().is_empty()
    }

    /// Goes to the end.
    pub fn finish(&mut self) {
        self.at = self.text.len();
    }

    /// Reads a token, if it is next; one that ends in a letter is a whole word.
    pub fn eat(&mut self, token: &str) -> bool {
        self.blank();
        let Some(after) = self.rest().strip_prefix(token) else { return false };
        let whole = !token.ends_with(char::is_alphabetic) || !after.starts_with(of_a_word);
        self.at += if whole { token.len() } else { 0 };
        whole
    }

    /// Reads a word of letters, digits and `_`.
    pub fn word(&mut self) -> Option<String> {
        self.blank();
        let end = self.rest().find(|char| !of_a_word(char)).unwrap_or(self.rest().len());
        let word = self.rest().get(..end)?.to_owned();
        self.at += end;
        (!word.is_empty()).then_some(word)
    }
}

fn of_a_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}
