//! The page of the grammar.

use std::fmt::Write as _;

use super::clean::{TERMINALS, names};
use super::pest::{Expr, Rule};
use super::print;

const BEFORE: &str = "\
# The grammar

Made of the parser's own grammar, and kept as it is by a test. What is only there to answer other spellings well (`==`, `AND`,
`cap max 3`) is left out: [writing.md](writing.md) tells how such things are met.

`a b` is one after the other, `a | b` one of them; `?` may be left out, `*` stands any number of times, `+` at least once.
Between words there may be white space and comments. A text is split first: an item begins in column 0 with its word, a clause
ends where its line does unless it goes on (rule 2 of [writing.md](writing.md)); the fields of tables and records and the
clauses of items are one to a line, or end with `;` (in records with a comma). A row of operands and operators is read by what
binds tighter, again as [writing.md](writing.md) says.
";

/// The page.
pub fn page(rules: &[Rule]) -> String {
    let mut page = BEFORE.to_owned();
    let mut section = "";
    for rule in rules {
        if rule.section != section {
            if !section.is_empty() {
                page.push_str("```\n");
            }
            section = &rule.section;
            let _ = write!(page, "\n## {section}\n\n```text\n");
        }
        let _ = writeln!(page, "{}", print::rule(&rule.name, &rule.expr));
    }
    page.push_str("```\n\n## Words\n\n| | |\n|---|---|\n");
    for (name, meaning) in TERMINALS {
        let _ = writeln!(page, "| {name} | {} |", meaning.replace('|', "\\|"));
    }
    page
}

/// All names that the rules use and that are not told in words.
pub fn named(rules: &[Rule]) -> Vec<String> {
    let mut found = Vec::new();
    rules.iter().for_each(|rule| names(&rule.expr, &mut found));
    found.retain(|name| TERMINALS.iter().all(|(terminal, _)| terminal != name));
    found
}

#[test]
fn a_rule_is_printed_with_its_brackets() {
    let name = |name: &str| Expr::Name(name.to_owned());
    let choice = Expr::Choice(vec![name("a"), Expr::Sequence(vec![name("b"), name("c")])]);
    let expr = Expr::Sequence(vec![choice, Expr::Any(Box::new(name("d")))]);
    assert_eq!(print::rule("r", &expr), "r = (a | b c) d*");
}
