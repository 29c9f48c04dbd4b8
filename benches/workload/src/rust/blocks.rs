//! The block peer: atoms as bitmaps with AVX2, masks, then scores of the set bits; once per block for all customers.
//!
//! It takes whole words of 64 customers only, so nothing is spent on the end of a block.

use super::Source;
use super::conditions::Spelling;
use super::scores::Reader;
use crate::column::{Column, Kind};
use crate::{Atom, Offer, Relation, Test, Workload};

const FEATURES: &str = "#[target_feature(enable = \"avx2,popcnt,bmi1,bmi2,lzcnt\")]";

pub(super) fn blocks(text: &mut Source, workload: &Workload) {
    for (at, column) in workload.columns.iter().enumerate() {
        if !matches!(column.kind, Kind::Bool(_)) {
            atoms_of(text, workload, at, column);
        }
    }
    workload.offers.iter().enumerate().for_each(|(at, offer)| one(text, workload, at, offer));
    text.line(FEATURES);
    text.line("pub fn blocks(columns: &Columns<'_>, len: usize, work: &mut Work, tallies: &mut [Tally; OFFERS]) {");
    text.line("    work.best.clear(len);");
    for column in &workload.columns {
        if !matches!(column.kind, Kind::Bool(_)) {
            text.line(&format!("    atoms_{}(columns, len, &mut work.bits);", column.name));
        }
    }
    for at in 0..workload.offers.len() {
        text.line(&format!("    offer_{at}(columns, len, work, &mut tallies[{at}]);"));
    }
    text.line("}");
}

/// All atoms of one column, 64 customers at a time, so that the values are read once from afar.
fn atoms_of(text: &mut Source, workload: &Workload, at: usize, column: &Column) {
    text.line(FEATURES);
    text.line("#[inline(never)]");
    text.line(&format!("fn atoms_{}(columns: &Columns<'_>, len: usize, bits: &mut [Words; ATOMS]) {{", column.name));
    text.line("    for word in 0..len / 64 {");
    text.line(&format!("        let values = chunk(columns.{}, word);", column.name));
    if column.nullable() {
        text.line(&format!("        let known = columns.{}_known[word];", column.name));
    }
    for (place, atom) in workload.atoms.iter().enumerate().filter(|(_, atom)| atom.column == at) {
        let known = if column.nullable() { " & known" } else { "" };
        if let Some(test) = test(column, &atom.test) {
            text.line(&format!("        bits[{place}][word] = {test}{known};"));
        }
    }
    text.line("    }\n}");
}

fn test(column: &Column, test: &Test) -> Option<String> {
    Some(match test {
        Test::Number(relation, constant) => format!("numbers::<{}>(values, {constant:?})", ordered(*relation)),
        Test::Int(relation, constant) => {
            // Of whole numbers, `< c` is the opposite of `>= c`, and `> c` is `>= c + 1`.
            let kernel = if matches!(column.kind, Kind::Int(..) | Kind::Money(..)) { "wide" } else { "narrow" };
            match relation {
                Relation::Below => format!("!{kernel}_above(values, {constant} - 1)"),
                Relation::AtMost => format!("!{kernel}_above(values, {constant})"),
                Relation::AtLeast => format!("{kernel}_above(values, {constant} - 1)"),
                Relation::Above => format!("{kernel}_above(values, {constant})"),
                Relation::Is => format!("{kernel}_is(values, {constant})"),
            }
        }
        Test::In(codes) if codes.len() > 6 => format!("narrow_in(values, &{})", table(codes)),
        Test::In(codes) => {
            let each: Vec<String> = codes.iter().map(|code| format!("narrow_is(values, {code})")).collect();
            if let [one] = each.as_slice() { one.clone() } else { format!("narrow_any(values, {codes:?})") }
        }
        Test::StartsWith(start) => {
            let (first, last) = Atom::prefix_codes(column, start);
            format!("narrow_between(values, {first}, {last})")
        }
        Test::True | Test::Missing => return None,
    })
}

/// A bit for each code below 256, set for these.
fn table(codes: &[u32]) -> String {
    let word =
        |at: u32| codes.iter().filter(|code| **code / 32 == at).fold(0_u32, |word, code| word | 1 << (code % 32));
    let words: Vec<String> = (0..8).map(|at| format!("{:#x}", word(at))).collect();
    format!("[{}]", words.join(", "))
}

fn ordered(relation: Relation) -> &'static str {
    match relation {
        Relation::Below => "{ _CMP_LT_OQ }",
        Relation::AtMost => "{ _CMP_LE_OQ }",
        Relation::Is => "{ _CMP_EQ_OQ }",
        Relation::AtLeast => "{ _CMP_GE_OQ }",
        Relation::Above => "{ _CMP_GT_OQ }",
    }
}

fn one(text: &mut Source, workload: &Workload, at: usize, offer: &Offer) {
    let atom = |at: usize, wanted| atom(workload, at, wanted);
    let spelling = Spelling { atom: &atom, and: " & ", or: " | " };
    let reader = Reader {
        value: &|column| format!("at(columns.{}, row)", column.name),
        known: &|column| format!("bit(columns.{}_known, row)", column.name),
    };
    text.line(FEATURES);
    text.line("#[inline(never)]");
    text.line(&format!("fn offer_{at}(columns: &Columns<'_>, len: usize, work: &mut Work, tally: &mut Tally) {{"));
    text.line("    let Work { bits, open, best, .. } = work;\n    let (mut eligible, mut excepted) = (0, 0);");
    text.line("    for word in 0..len / 64 {");
    text.line(&format!("        let found = {};", spelling.definitely(&offer.eligible, true)));
    text.line("        eligible += u64::from(found.count_ones());");
    match spelling.none(&offer.except) {
        Some(none) => {
            text.line(&format!("        open[word] = found & {none};"));
            text.line("        excepted += u64::from((found & !open[word]).count_ones());");
        }
        None => text.line("        open[word] = found;"),
    }
    text.line("    }\n    tally.eligible += eligible;\n    tally.excepted += excepted;");
    let score = reader.score(workload, &offer.score);
    text.line(&format!("    tally.withheld += best.offer(open, len, {at}, |row| {score});"));
    text.line("}");
}

fn atom(workload: &Workload, at: usize, wanted: bool) -> String {
    let atom = &workload.atoms[at];
    let column = &workload.columns[atom.column];
    let known = format!("columns.{}_known[word]", column.name);
    match (&atom.test, wanted) {
        (Test::Missing, true) => format!("!{known}"),
        (Test::Missing, false) => known,
        (Test::True, true) if column.nullable() => format!("(columns.{}[word] & {known})", column.name),
        (Test::True, false) if column.nullable() => format!("(!columns.{}[word] & {known})", column.name),
        (Test::True, true) => format!("columns.{}[word]", column.name),
        (Test::True, false) => format!("!columns.{}[word]", column.name),
        (_, true) => format!("bits[{at}][word]"),
        (_, false) if column.nullable() => format!("({known} & !bits[{at}][word])"),
        (_, false) => format!("!bits[{at}][word]"),
    }
}
