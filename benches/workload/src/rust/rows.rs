//! The row peer: one function, one pass over the customers, all offers of a customer after each other.

use super::conditions::Spelling;
use super::scores::Reader;
use super::{Source, slice_type};
use crate::column::{Column, Kind};
use crate::{Atom, Offer, Relation, Test, Workload};

pub(super) fn rows(text: &mut Source, workload: &Workload) {
    text.line("pub fn rows(columns: &Columns<'_>, len: usize, offers: &mut [u16], scores: &mut [f64],");
    text.line(
        "    tallies: &mut [Tally; OFFERS]) {\n    let (offers, scores) = (&mut offers[..len], &mut scores[..len]);",
    );
    for column in &workload.columns {
        // Slices of one length: the compiler sees that no index is out of bounds.
        let words = if slice_type(&column.kind) == "&'a [u64]" { ".div_ceil(64)" } else { "" };
        text.line(&format!("    let {0}_all = &columns.{0}[..len{words}];", column.name));
        if column.nullable() {
            text.line(&format!("    let {0}_known_all = &columns.{0}_known[..len.div_ceil(64)];", column.name));
        }
    }
    text.line("    for row in 0..len {\n        let (mut offer, mut greatest) = (NOBODY, 0.0_f64);");
    for column in &workload.columns {
        let value = match column.kind {
            Kind::Bool(_) => format!("bit({}_all, row)", column.name),
            _ => format!("{}_all[row]", column.name),
        };
        text.line(&format!("        let {} = {value};", column.name));
        if column.nullable() {
            text.line(&format!("        let {0}_known = bit({0}_known_all, row);", column.name));
        }
    }
    workload.offers.iter().enumerate().for_each(|(at, offer)| one(text, workload, at, offer));
    text.line("        offers[row] = offer;\n        scores[row] = greatest;\n    }\n}");
}

fn one(text: &mut Source, workload: &Workload, at: usize, offer: &Offer) {
    let atom = |at: usize, wanted| atom(workload, &workload.atoms[at], wanted);
    let spelling = Spelling { atom: &atom, and: " && ", or: " || " };
    let reader = Reader { value: &|column| column.name.to_owned(), known: &|column| format!("{}_known", column.name) };
    text.line(&format!("        // {}", offer.name));
    text.line(&format!("        if {} {{", spelling.definitely(&offer.eligible, true)));
    text.line(&format!("            tallies[{at}].eligible += 1;"));
    let open = spelling.none(&offer.except).unwrap_or_else(|| "true".to_owned());
    text.line(&format!("            if {open} {{"));
    text.line(&format!("                let score = {};", reader.score(workload, &offer.score)));
    text.line("                if score > 0.0 && score <= GREATEST_SCORE {");
    text.line(&format!("                    if score > greatest {{ (offer, greatest) = ({at}, score); }}"));
    text.line(&format!("                }} else {{ tallies[{at}].withheld += 1; }}"));
    text.line(&format!("            }} else {{ tallies[{at}].excepted += 1; }}"));
    text.line("        }");
}

fn atom(workload: &Workload, atom: &Atom, wanted: bool) -> String {
    let column = &workload.columns[atom.column];
    if atom.test == Test::Missing {
        return format!("{}{}_known", if wanted { "!" } else { "" }, column.name);
    }
    let test = test(column, &atom.test, wanted);
    if column.nullable() { format!("({}_known && {test})", column.name) } else { test }
}

fn test(column: &Column, test: &Test, wanted: bool) -> String {
    let name = column.name;
    let not = if wanted { "" } else { "!" };
    match test {
        Test::Number(relation, constant) => format!("{name} {} {constant:?}", spelled(*relation, wanted)),
        Test::Int(relation, constant) => format!("{name} {} {constant}", spelled(*relation, wanted)),
        Test::In(codes) => match codes.as_slice() {
            [code] => format!("{name} {} {code}", spelled(Relation::Is, wanted)),
            codes => {
                let codes: Vec<String> = codes.iter().map(u32::to_string).collect();
                format!("{not}matches!({name}, {})", codes.join(" | "))
            }
        },
        Test::StartsWith(start) => {
            let (first, last) = Atom::prefix_codes(column, start);
            format!("{not}({first}..={last}).contains(&{name})")
        }
        Test::True => format!("{not}{name}"),
        Test::Missing => String::new(),
    }
}

fn spelled(relation: Relation, wanted: bool) -> &'static str {
    match (relation, wanted) {
        (relation, true) => relation.rust(),
        (Relation::Below, false) => ">=",
        (Relation::AtMost, false) => ">",
        (Relation::Is, false) => "!=",
        (Relation::AtLeast, false) => "<",
        (Relation::Above, false) => "<=",
    }
}
