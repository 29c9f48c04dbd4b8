//! Which operators of a row bind loosest: there the row is broken first.
//!
//! Not a second grammar: the text has been read without a mistake before, and an operator that were missed here would only
//! be broken later than another.

use super::brackets::Node;
use super::lexeme::Lexeme;
use super::spacing::Spacing;

/// Operators that bind alike, the loosest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// `else`
    Else,
    /// `or`
    Or,
    /// `and`
    And,
    /// `=`, `in`, `between` and the like
    Comparison,
    /// `+` and `-`
    Sum,
    /// `*` and `/`
    Product,
}

impl Level {
    /// All, the loosest first.
    pub const ALL: [Self; 6] = [Self::Else, Self::Or, Self::And, Self::Comparison, Self::Sum, Self::Product];
}

/// A clause's lexemes, to be asked for words and signs.
#[derive(Clone, Copy)]
pub struct Words<'b, 't> {
    /// All of them.
    pub lexemes: &'b [Lexeme<'t>],
    /// What is known of their neighbours.
    pub spacing: &'b Spacing,
}

impl Words<'_, '_> {
    /// The word or sign that a node is; empty where it is none.
    pub fn word(&self, node: Option<&Node>) -> &str {
        match node {
            Some(Node::Leaf(at)) => {
                self.lexemes.get(*at).filter(|leaf| leaf.is(&leaf.text)).map_or("", |leaf| leaf.text.as_ref())
            }
            _ => "",
        }
    }

    /// Where the row's operators of a level stand; none stands first.
    pub fn operators(&self, row: &[Node], level: Level) -> Vec<usize> {
        if level == Level::Else {
            return self.alternatives(row);
        }
        let mut found = Vec::new();
        // The `and`s that belong to a `between`.
        let mut bounds = 0_usize;
        let mut negated = false;
        for (at, node) in row.iter().enumerate() {
            let word = self.word(Some(node));
            match word {
                // All that follows belongs to its branches.
                "if" => break,
                "between" => bounds += 1,
                "and" if bounds > 0 => {
                    bounds -= 1;
                    continue;
                }
                _ => {}
            }
            let is_operator = match level {
                Level::Else => false,
                Level::Or => word == "or",
                Level::And => word == "and",
                Level::Comparison => !negated && self.compares(word, self.word(row.get(at + 1))),
                Level::Sum => matches!(word, "+" | "-") && !self.spacing.is_unary(node.first()),
                Level::Product => matches!(word, "*" | "/"),
            };
            negated = word == "not";
            if is_operator && at > 0 {
                found.push(at);
            }
        }
        found
    }

    fn compares(&self, word: &str, next: &str) -> bool {
        match word {
            "=" | "<" | ">" | "<=" | ">=" | "is" | "in" | "between" | "contains" | "overlaps" => true,
            "not" => matches!(next, "in" | "between" | "contains" | "overlaps"),
            "starts" | "ends" => next == "with",
            _ => false,
        }
    }

    /// The `else`s that are operators, not the second branch of an `if`.
    fn alternatives(&self, row: &[Node]) -> Vec<usize> {
        let mut found = Vec::new();
        let mut open = 0_usize;
        for (at, node) in row.iter().enumerate() {
            match self.word(Some(node)) {
                "if" => open += 1,
                "else" if open > 0 => open -= 1,
                "else" if at > 0 => found.push(at),
                _ => {}
            }
        }
        found
    }

    /// Cuts a row that begins with `if` into `if … then …`, `else if … then …` and `else …`; each tells where its `then`
    /// stands.
    pub fn branches<'r>(&self, row: &'r [Node]) -> Vec<(&'r [Node], Option<usize>)> {
        let mut branches = Vec::new();
        let mut begin = 0;
        let mut then = None;
        // The `if`s inside a condition that wait for their `then`, and those that wait for their `else`.
        let (mut conditions, mut waiting) = (0_usize, 0_usize);
        for (at, node) in row.iter().enumerate() {
            match self.word(Some(node)) {
                "if" => {
                    conditions += 1;
                    waiting += 1;
                }
                "then" => {
                    conditions = conditions.saturating_sub(1);
                    if waiting == 1 && conditions == 0 && then.is_none() {
                        then = Some(at - begin);
                    }
                }
                "else" => {
                    waiting = waiting.saturating_sub(1);
                    if waiting == 0 {
                        branches.push((row.get(begin..at).unwrap_or_default(), then.take()));
                        begin = at;
                    }
                }
                _ => {}
            }
        }
        branches.push((row.get(begin..).unwrap_or_default(), then));
        branches
    }
}
