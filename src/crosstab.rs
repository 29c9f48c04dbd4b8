//! Counts of rows by offer and by one thing more, as a table for terminals: the commonest names, the rest as one.

use std::collections::BTreeMap;

use crate::escape::escaped;
use crate::table::Table;

/// How many rows and columns a table has at most; what is beyond is one.
const MOST_NAMES: usize = 20;
const OTHERS: &str = "(others)";
/// What stands where a row says nothing.
pub const NONE: &str = "(none)";

/// How many rows there are of each pair of names.
#[derive(Default)]
pub struct Crosstab(BTreeMap<(Box<str>, Box<str>), u64>);

impl Crosstab {
    /// Counts a row.
    pub fn add(&mut self, down: Option<&str>, across: Option<&str>) {
        let name = |name: Option<&str>| name.unwrap_or(NONE).into();
        *self.0.entry((name(down), name(across))).or_default() += 1;
    }

    /// How many rows there are of each name that stands at the left.
    pub fn down(&self) -> BTreeMap<&str, u64> {
        let mut sums = BTreeMap::new();
        self.0.iter().for_each(|((down, _), count)| *sums.entry(&**down).or_default() += count);
        sums
    }

    /// How many rows there are of each name that stands at the top.
    pub fn across(&self) -> BTreeMap<&str, u64> {
        let mut sums = BTreeMap::new();
        self.0.iter().for_each(|((_, across), count)| *sums.entry(&**across).or_default() += count);
        sums
    }

    /// The table; none of no rows.
    pub fn table(&self, corner: &str) -> Option<Table> {
        let (rows, columns) = (commonest(self.down()), commonest(self.across()));
        let place = |names: &[&str], name: &str| {
            names.iter().position(|known| *known == name).unwrap_or(names.len().saturating_sub(1))
        };
        let mut cells = vec![vec![0; columns.len()]; rows.len()];
        for ((down, across), count) in &self.0 {
            let cell = cells.get_mut(place(&rows, down)).and_then(|row| row.get_mut(place(&columns, across)));
            cell.into_iter().for_each(|cell| *cell += count);
        }
        let mut table = Table::new(corner, columns.iter().map(|name| escaped(name)));
        rows.iter().zip(cells).for_each(|(name, counts)| table.row(name, counts.into_iter()));
        (!rows.is_empty()).then_some(table)
    }
}

/// The commonest names, of equally common ones the first by their text; where there are too many, the last stands for the
/// rest.
fn commonest(counts: BTreeMap<&str, u64>) -> Vec<&str> {
    let mut names: Vec<(&str, u64)> = counts.into_iter().collect();
    names.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let more = names.len() > MOST_NAMES;
    let kept = if more { MOST_NAMES - 1 } else { names.len() };
    names.into_iter().map(|(name, _)| name).take(kept).chain(more.then_some(OTHERS)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commonest_come_first_and_the_rest_are_one() {
        let mut counts = Crosstab::default();
        for (offer, times) in [("rare", 1), ("common", 3)] {
            (0..times).for_each(|_| counts.add(Some(offer), Some("clicked")));
        }
        counts.add(None, Some("seen"));
        assert_eq!(
            counts.table("offer").unwrap().to_string(),
            "offer   clicked  seen\ncommon        3     ·\n(none)        ·     1\nrare          1     ·\n"
        );
        (0..1_000).for_each(|n| counts.add(Some(&format!("offer {n}")), Some(&format!("\u{1b}[2J{n}"))));
        let text = counts.table("offer").unwrap().to_string();
        assert!(text.contains("(others)") && !text.contains('\u{1b}'), "{text}");
        // As wide as it is, it is told in parts: each has the row, the last has the column.
        assert_eq!(text.matches("(others)").count(), text.split("\n\n").count() + 1, "{text}");
        assert!(Crosstab::default().table("offer").is_none());
    }
}
