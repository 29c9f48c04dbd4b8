//! Offsets in bytes to lines and columns and back, in the units that a client counts in.
//!
//! A line ends with `\n`, `\r\n` or `\r`. What is beyond a line's end is its end, and what is inside a character is where
//! the character begins, so that no position of a client leads out of the text.

/// What a column counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Columns {
    /// Bytes.
    Utf8,
    /// Code units of UTF-16: a character beyond the first 65,536 counts twice.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

/// A line and a column, both from 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column in the client's units.
    pub column: u32,
}

/// Where the lines of a text begin.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    /// The lines of a text.
    pub fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(at, byte)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX)));
        Self { starts: starts.collect() }
    }

    /// The line and column of an offset.
    pub fn position(&self, text: &str, offset: u32, columns: Columns) -> Position {
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0) as usize;
        let mut end = (offset as usize).clamp(start, text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = text.get(start..end).unwrap_or("");
        Position { line: u32::try_from(line).unwrap_or(u32::MAX), column: columns.length(before) }
    }

    /// The line that an offset is in, and the offset of its first byte.
    pub fn line(&self, offset: u32) -> (u32, u32) {
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        (u32::try_from(line).unwrap_or(u32::MAX), self.starts.get(line).copied().unwrap_or(0))
    }

    /// The offset of a line and column.
    pub fn offset(&self, text: &str, position: Position, columns: Columns) -> u32 {
        let Some(start) = self.starts.get(position.line as usize) else { return clamped(text.len()) };
        let next = self.starts.get(position.line as usize + 1).map_or(text.len(), |next| *next as usize);
        let line = text.get(*start as usize..next).unwrap_or("").trim_end_matches(['\n', '\r']);
        let mut left = position.column;
        let mut offset = *start as usize;
        for c in line.chars() {
            let width = columns.width(c);
            if width > left {
                break;
            }
            left -= width;
            offset += c.len_utf8();
        }
        clamped(offset)
    }
}

impl Columns {
    fn width(self, c: char) -> u32 {
        let width = match self {
            Self::Utf8 => c.len_utf8(),
            Self::Utf16 => c.len_utf16(),
            Self::Utf32 => 1,
        };
        u32::try_from(width).unwrap_or(1)
    }

    /// How many columns a text of one line takes.
    pub fn length(self, text: &str) -> u32 {
        match self {
            Self::Utf8 => clamped(text.len()),
            Self::Utf16 | Self::Utf32 => text.chars().map(|c| self.width(c)).sum(),
        }
    }
}

fn clamped(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
