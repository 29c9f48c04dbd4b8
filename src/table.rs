//! Tables of counts for terminals: as narrow as their contents allow, made for 80 columns.

use std::fmt::Write as _;
use std::ops::Range;

use crate::escape::escaped;

/// `1234567` as `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A table of counts with named rows, as narrow as its contents allow, names cut at 28 characters.
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

const WIDEST_NAME: usize = 28;
const NARROWEST_NAME: usize = 12;
/// The columns of the terminals that tables are made for; a table that needs more stands closer, then is cut into several.
const TERMINAL: usize = 80;

impl Table {
    /// A table with the names of its columns; of the first, the names of its rows.
    pub fn new(corner: &str, columns: impl IntoIterator<Item = String>) -> Self {
        Self { head: std::iter::once(corner.to_owned()).chain(columns).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, name: &str, counts: impl Iterator<Item = u64>) {
        let name = cut(&escaped(name), WIDEST_NAME);
        let count = |count| if count == 0 { "·".to_owned() } else { grouped(count) };
        self.rows.push(std::iter::once(name).chain(counts.map(count)).collect());
    }
}

/// The beginning of a name that is too long, and a sign that it goes on.
fn cut(name: &str, width: usize) -> String {
    if name.chars().count() <= width {
        return name.to_owned();
    }
    name.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

impl Table {
    fn lines(&self) -> impl Iterator<Item = &Vec<String>> {
        std::iter::once(&self.head).chain(&self.rows)
    }

    /// The columns of counts, cut into as few tables as the terminal needs, each with the names.
    fn cut_to_fit(&self, widths: &[usize]) -> Vec<Range<usize>> {
        let names = widths.first().map_or(0, |names| NARROWEST_NAME.min(*names));
        let (mut parts, mut begin, mut used) = (Vec::new(), 1, names);
        for (at, width) in widths.iter().enumerate().skip(1) {
            if used + 1 + width > TERMINAL && at > begin {
                parts.push(begin..at);
                (begin, used) = (at, names);
            }
            used += 1 + width;
        }
        parts.push(begin..widths.len());
        parts
    }

    fn write_part(&self, f: &mut std::fmt::Formatter<'_>, widths: &[usize], part: Range<usize>) -> std::fmt::Result {
        let names = widths.first().copied().unwrap_or(0);
        let counts = widths.get(part.clone()).unwrap_or_default();
        let needed = |gap: usize| names + counts.iter().map(|width| width + gap).sum::<usize>();
        let (gap, over) = if needed(2) <= TERMINAL { ("  ", 0) } else { (" ", needed(1).saturating_sub(TERMINAL)) };
        // Counts are never cut; names are, where it must be.
        let names = names.saturating_sub(over).max(NARROWEST_NAME.min(names));
        for line in self.lines() {
            let mut text = format!("{:<names$}", cut(line.first().map_or("", String::as_str), names));
            for (cell, width) in line.get(part.clone()).unwrap_or_default().iter().zip(counts) {
                let _ = write!(text, "{gap}{cell:>width$}");
            }
            writeln!(f, "{}", text.trim_end())?;
        }
        Ok(())
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let widest =
            |column: usize| self.lines().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max();
        let widths: Vec<usize> = (0..self.head.len()).filter_map(widest).collect();
        for (at, part) in self.cut_to_fit(&widths).into_iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            self.write_part(f, &widths, part)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(columns: usize, width: usize) -> String {
        let mut table = Table::new("offer", (0..columns).map(|at| format!("{at:x<width$}")));
        table.row("a_name_of_an_offer_that_is_far_too_long_for_any_table", (0..columns as u64).map(|at| at * 1_000));
        table.to_string()
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_and_no_count_is_cut() {
        for columns in 1..40 {
            for width in [1, 5, 9, 20] {
                let text = table(columns, width);
                assert!(text.lines().all(|line| line.chars().count() <= TERMINAL), "{columns} of {width}:\n{text}");
                for count in 1..columns as u64 {
                    assert!(text.contains(&format!(" {}", grouped(count * 1_000))), "{count} of {columns}:\n{text}");
                }
            }
        }
    }

    #[test]
    fn a_table_that_fits_is_one() {
        assert_eq!(table(5, 9).lines().count(), 2);
        assert_eq!(table(6, 9).lines().count(), 2, "names are cut first");
        assert_eq!(table(7, 9).lines().count(), 5, "a line, a name, nothing, a line, a name");
    }
}
