//! Tables of counts for terminals: as narrow as their contents allow, made for 80 columns.

use std::fmt::Write as _;

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
/// The columns of the terminals that tables are made for; a table that needs more stands closer.
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

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines = || std::iter::once(&self.head).chain(&self.rows);
        let width = |column: usize| lines().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max();
        let mut widths: Vec<usize> = (0..self.head.len()).filter_map(width).collect();
        let needed = |gap: usize| widths.iter().sum::<usize>() + gap * widths.len().saturating_sub(1);
        let (gap, over) = if needed(2) <= TERMINAL { ("  ", 0) } else { (" ", needed(1).saturating_sub(TERMINAL)) };
        // Counts are never cut; names are, where it must be.
        if let Some(names) = widths.first_mut() {
            *names = names.saturating_sub(over).max(NARROWEST_NAME.min(*names));
        }
        for line in lines() {
            let mut text = String::new();
            for (at, (cell, width)) in line.iter().zip(&widths).enumerate() {
                let _ = if at == 0 {
                    write!(text, "{:<width$}", cut(cell, *width))
                } else {
                    write!(text, "{gap}{cell:>width$}")
                };
            }
            writeln!(f, "{}", text.trim_end())?;
        }
        Ok(())
    }
}
