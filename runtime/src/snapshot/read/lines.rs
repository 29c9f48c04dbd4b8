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

/// The lines in which the records of a file begin; blank lines are none.
struct Records<I> {
    bytes: I,
    quotes: bool,
    line: u64,
}

impl<I: Iterator<Item = u8>> Records<I> {
    fn new(bytes: I, quotes: bool) -> Self {
        Self { bytes, quotes, line: 1 }
    }
}

impl<I: Iterator<Item = u8>> Iterator for Records<I> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let (mut begin, mut quoted) = (None, false);
        for byte in self.bytes.by_ref() {
            match byte {
                b'\n' => {
                    self.line += 1;
                    if !quoted && begin.is_some() {
                        return begin;
                    }
                }
                b'\r' => {}
                b' ' | b'\t' if !self.quotes => {}
                _ => {
                    begin = begin.or(Some(self.line));
                    quoted ^= self.quotes && byte == b'"';
                }
            }
        }
        begin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_line_ends_and_blank_lines_do_not_shift_rows() {
        let text = "a,b\r\n1,\"x\ny\"\n\n2,z\n3,w";
        assert_eq!(Records::new(text.bytes(), true).collect::<Vec<_>>(), [1, 2, 5, 6]);
        let text = "{}\n\n  \n{}\n";
        assert_eq!(Records::new(text.bytes(), false).collect::<Vec<_>>(), [1, 4]);
    }
}
