//! The workload in the language.

use std::fmt::Write;

use crate::Workload;
use crate::atom::Atom;
use crate::column::{Column, Kind};
use crate::offer::{Condition, Operand, Term};

/// The manifest of the project.
pub const MANIFEST: &str = "name = \"workload\"\nedition = \"2026\"\nnow = \"2026-11-20 09:00\"\nzone = \"UTC\"\n\
     currency = \"USD\"\n\n[data]\nfolder = \"data\"\n";

/// The policy: one file.
pub fn policy(workload: &Workload) -> String {
    let mut text = String::from("customer person {\n  key id: int\n");
    for column in &workload.columns {
        let optional = if column.nullable() { "?" } else { "" };
        line(&mut text, &format!("  {}: {}{optional}", column.name, type_name(column)));
    }
    text.push_str("}\n\nchannel email\n");
    for offer in &workload.offers {
        line(&mut text, &format!("\noffer {} {{", offer.name));
        let parts = match &offer.eligible {
            Condition::And(parts) => parts.as_slice(),
            other => std::slice::from_ref(other),
        };
        for part in parts {
            line(&mut text, &format!("  eligible when {}", condition(workload, part, false)));
        }
        for except in &offer.except {
            line(&mut text, &format!("  except when {}", condition(workload, except, false)));
        }
        let score: Vec<String> = offer.score.iter().map(|part| term(workload, part)).collect();
        line(&mut text, &format!("  priority {}\n}}", score.join(" + ")));
    }
    text
}

fn line(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

fn type_name(column: &Column) -> String {
    match &column.kind {
        Kind::Number(..) => "number".to_owned(),
        Kind::Int(..) => "int".to_owned(),
        Kind::Money(..) => "money(USD)".to_owned(),
        Kind::Date(..) => "date".to_owned(),
        Kind::OneOf(values) => format!("one_of({})", values.join(", ")),
        Kind::Ordered(values) => format!("ordered({})", values.join(", ")),
        Kind::Text(_) => "text".to_owned(),
        Kind::Bool(_) => "bool".to_owned(),
    }
}

fn condition(workload: &Workload, condition: &Condition, inside: bool) -> String {
    let join = |parts: &[Condition], word: &str| {
        let parts: Vec<String> = parts.iter().map(|part| self::condition(workload, part, true)).collect();
        let joined = parts.join(word);
        if inside { format!("({joined})") } else { joined }
    };
    match condition {
        Condition::Atom(at) => Atom::policy(&workload.atoms[*at], &workload.columns),
        Condition::Not(inner) => format!("not ({})", self::condition(workload, inner, false)),
        Condition::And(parts) => join(parts, " and "),
        Condition::Or(parts) => join(parts, " or "),
    }
}

fn term(workload: &Workload, term: &Term) -> String {
    let column = |at: usize| &workload.columns[at];
    let operand = match term.operand {
        Operand::Number(at) | Operand::Whole(at) => column(at).name.to_owned(),
        Operand::Else(at, other) => format!("({} else {other:?})", column(at).name),
        Operand::Scaled(at, by) => format!("({} / {by:?})", column(at).name),
        Operand::Share(at, by) => match column(at).kind {
            Kind::Money(dollars, _) => format!("({} / {dollars} USD)", column(at).name),
            _ => format!("({} / {by})", column(at).name),
        },
    };
    format!("{:?} * {operand}", term.weight)
}
