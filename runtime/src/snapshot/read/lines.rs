//! The line of a row in a file of lines, found by reading the file once more: only errors need it.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::files::Format;

/// The line, from 1, in which a row begins, from 1; none where the file cannot be read again.
pub(super) fn of_row(path: &Path, format: Format, row: u64) -> Option<u64> {
    let bytes = BufReader::with_capacity(1 << 16, File::open(path).ok()?).bytes().map_while(Result::ok);
    match format {
        Format::Csv => Records::new(bytes, true).nth(usize::try_from(row).ok()?),
        Format::Jsonl => Records::new(bytes, false).nth(usize::try_from(row.checked_sub(1)?).ok()?),
        Format::Parquet | Format::Ipc => None,
    }
}

/// Whether a byte of a CSV file is inside quotes. A quote opens only where a field begins; elsewhere it is a character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Quoting {
    #[default]
    FieldBegins,
    Plain,
    Quoted,
    /// After a quote inside quotes, which ends them unless another follows.
    MayEnd,
}

impl Quoting {
    /// Takes the next byte.
    pub(super) fn step(&mut self, byte: u8) {
        *self = match (*self, byte) {
            (Self::FieldBegins | Self::MayEnd, b'"') => Self::Quoted,
            (Self::Quoted, b'"') => Self::MayEnd,
            (Self::Quoted, _) => Self::Quoted,
            (_, b',' | b'\n' | b'\r') => Self::FieldBegins,
            _ => Self::Plain,
        };
    }

    /// Whether a quote is open.
    pub(super) fn is_open(self) -> bool {
        self == Self::Quoted
    }
}

/// The lines in which the records of a file begin; blank lines are none.
struct Records<I> {
    bytes: I,
    csv: bool,
    line: u64,
}

impl<I: Iterator<Item = u8>> Records<I> {
    fn new(bytes: I, csv: bool) -> Self {
        Self { bytes, csv, line: 1 }
    }
}

impl<I: Iterator<Item = u8>> Iterator for Records<I> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let (mut begin, mut quoting) = (None, Quoting::default());
        for byte in self.bytes.by_ref() {
            quoting.step(byte);
            match byte {
                b'\n' => {
                    self.line += 1;
                    if begin.is_some() && !(self.csv && quoting.is_open()) {
                        return begin;
                    }
                }
                b'\r' => {}
                b' ' | b'\t' if !self.csv => {}
                _ => begin = begin.or(Some(self.line)),
            }
        }
        begin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_within_a_field_is_a_character() {
        let open = |text: &str| {
            let mut quoting = Quoting::default();
            text.bytes().for_each(|byte| quoting.step(byte));
            quoting.is_open()
        };
        assert!(open("a,\"b"));
        assert!(open("\"a\"\""));
        assert!(!open("5\" pipe,2"));
        assert!(!open("\"a\"\"b\",\"\""));
    }

    #[test]
    fn quoted_line_ends_and_blank_lines_do_not_shift_rows() {
        let text = "a,b\r\n1,\"x\ny\"\n\n2,z\n3,w";
        assert_eq!(Records::new(text.bytes(), true).collect::<Vec<_>>(), [1, 2, 5, 6]);
        let text = "{}\n\n  \n{}\n";
        assert_eq!(Records::new(text.bytes(), false).collect::<Vec<_>>(), [1, 4]);
    }
}
