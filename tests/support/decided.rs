//! The rows of a decisions file in CSV, for tests that read what the program has written.

#![allow(dead_code, reason = "each test uses its part")]

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A row of the decisions file.
#[derive(Debug)]
pub struct Decided(BTreeMap<String, String>);

impl std::ops::Index<&str> for Decided {
    type Output = String;

    fn index(&self, column: &str) -> &String {
        self.0.get(column).unwrap_or_else(|| panic!("no column {column} in {:?}", self.0))
    }
}

impl Decided {
    /// `offer by channel at 2026-11-18 10:00`, in New York; of a family `offer of member …`.
    pub fn shown(&self) -> String {
        let member = if self["member"].is_empty() { String::new() } else { format!(" of {}", self["member"]) };
        format!("{}{member} by {} at {}", self["offer"], self["channel"], self.sent())
    }

    /// When it is sent, on New York's clock.
    pub fn sent(&self) -> String {
        let zone = TimeZone::get("America/New_York").unwrap();
        let sent: Timestamp = self["send_at"].parse().unwrap();
        sent.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string()
    }
}

/// The rows of a decisions file.
pub fn decided(text: &str) -> Vec<Decided> {
    let mut lines = text.lines().map(cells);
    let head = lines.next().unwrap_or_else(|| panic!("no header"));
    lines.map(|line| Decided(head.iter().cloned().zip(line).collect())).collect()
}

/// The cells of a line of CSV; in quotes a comma is text.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}
