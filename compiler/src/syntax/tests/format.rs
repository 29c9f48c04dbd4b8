//! The canonical form: the same trees and comments, and the same text when it is formatted again.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::super::format::{Reason, format};
use super::super::scan::{TokenKind, scan};
use super::super::{parse_item, split};

const SAMPLE: &str = include_str!("sample.offer");

/// All policies of the project, examples and what is mutated alike.
fn policies() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<PathBuf> =
        ["policies", "fuzz/project", "tests", "compiler/src"].map(|folder| root.join(folder)).into();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "offer") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The trees of a file without their places.
fn trees(file: &str) -> Vec<String> {
    let shown = |item: super::super::RawItem| {
        let (tree, diagnostics) = parse_item(&item.text);
        assert_eq!(diagnostics, [], "{}", item.text);
        let debug = format!("{tree:?}");
        let mut parts = debug.split("..");
        let first = parts.next().unwrap_or("").trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
        parts.fold(first, |shown, part| shown + ".." + part.trim_matches(|c: char| c.is_ascii_digit()))
    };
    split(file).into_iter().map(shown).collect()
}

/// All that follows a `//` outside of texts, line by line.
fn comments(file: &str) -> Vec<String> {
    let mut comments = Vec::new();
    for line in file.lines() {
        let texts = scan(line).tokens.into_iter().filter(|token| token.kind == TokenKind::Text);
        let after = texts.map(|token| token.end).max().unwrap_or(0);
        let at = line[after..].find("//").map(|at| after + at);
        comments.extend(at.map(|at| line[at..].trim_end().to_owned()));
    }
    comments
}

/// Formats a file without mistakes, with all that must hold.
fn formatted(file: &str) -> String {
    let found = format(file);
    assert_eq!(found.left, [], "left of:\n{file:.1000}\n{:.1000}", super::messages(file));
    assert_eq!(trees(&found.text), trees(file), "{}", found.text);
    assert_eq!(comments(&found.text), comments(file), "{}", found.text);
    let again = format(&found.text);
    assert_eq!(again.text, found.text, "formatted again");
    assert!(found.text.lines().all(|line| line.trim_end() == line && !line.contains(['\t', '\r'])), "{}", found.text);
    assert!(!found.text.contains("\n\n\n") && (found.text.is_empty() || found.text.ends_with('\n')));
    found.text
}

#[test]
fn all_policies_keep_their_trees_and_comments() {
    let policies = policies();
    assert!(policies.len() > 40, "{policies:?}");
    for path in policies {
        let text = std::fs::read_to_string(&path).unwrap();
        formatted(&text);
    }
}

#[test]
fn the_examples_of_the_page_are_in_the_form_that_it_tells() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/formatting.md")).unwrap();
    let blocks: Vec<&str> =
        page.split("\n```").skip(1).step_by(2).filter_map(|block| block.strip_prefix('\n')).collect();
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        assert_eq!(formatted(block).trim_end(), block.trim_end());
    }
}

/// A clause of an offer as it is formatted, without what is around it.
fn clause(written: &str) -> String {
    let text = formatted(&format!("offer x {{\n{written}\n}}\n"));
    text.strip_prefix("offer x {\n").and_then(|text| text.strip_suffix("}\n")).unwrap().to_owned()
}

#[test]
fn line_ends_and_tabs_change_nothing() {
    assert_eq!(formatted(&SAMPLE.replace('\n', "\r\n")), formatted(SAMPLE));
    assert_eq!(format(&format!("\u{FEFF}\n\n{}", SAMPLE.replace("  ", "\t"))), format(SAMPLE));
}

#[test]
fn what_fits_stands_on_one_line() {
    assert_eq!(clause("eligible when( a and\n  not b )or c   =5%"), "  eligible when (a and not b) or c = 5%\n");
    assert_eq!(clause("sells [ \"A\" ,\n \"B\", ]"), "  sells [\"A\", \"B\"]\n");
    assert_eq!(clause("priority - 1*( -x+2 )"), "  priority -1 * (-x + 2)\n");
    assert_eq!(clause("topic \"a\"; tier   2;"), "  topic \"a\"\n  tier 2\n");
    assert_eq!(
        clause("eligible when at > 2026-11-27   18:00\tEurope/London and a - 01 < 3 and t in last 30\tdays"),
        "  eligible when at > 2026-11-27 18:00 Europe/London and a - 01 < 3 and t in last 30 days\n"
    );
    assert_eq!(formatted("channel   mail\nchannel x{inbound}"), "channel mail\n\nchannel x {\n  inbound\n}\n");
    assert_eq!(formatted("portfolio {\n\n}"), "portfolio {}\n");
}

#[test]
fn a_condition_is_broken_at_its_loosest_operator() {
    assert_eq!(
        clause(
            "eligible when aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa and bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb or cccccccccccccccccccccc and ddddddddddddddddd"
        ),
        "  eligible when aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa and bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n    or cccccccccccccccccccccc and ddddddddddddddddd\n"
    );
    assert_eq!(
        clause(
            "eligible when a between 1 and 2 and bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb in last 30 days and ccccccccccc else true"
        ),
        "  eligible when a between 1 and 2\n      and bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb in last 30 days\n      and ccccccccccc\n    else true\n"
    );
}

#[test]
fn one_wide_bracket_is_broken_inside() {
    assert_eq!(
        formatted(
            "trait weekly = sum(purchase.spend in last 84 days where product.department not in [\"FUEL\", \"FLORAL\", \"TOYS\"] and quantity > 0 else false) / 12"
        ),
        "trait weekly = sum(\n  purchase.spend in last 84 days where product.department not in [\"FUEL\", \"FLORAL\", \"TOYS\"] and quantity > 0 else false\n) / 12\n"
    );
    assert_eq!(
        formatted(
            "trait share = count(purchase in last 180 days where department = \"GROCERY AND BAKERY\") / count(purchase in last 180 days where b = 1) else 0"
        ),
        "trait share =\n  count(purchase in last 180 days where department = \"GROCERY AND BAKERY\")\n    / count(purchase in last 180 days where b = 1)\n  else 0\n"
    );
}

#[test]
fn branches_stand_beneath_each_other() {
    assert_eq!(
        clause(
            "priority if aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa then 30 else if bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb then 20 else 10"
        ),
        "  priority if aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa then 30\n    else if bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb then 20\n    else 10\n"
    );
}

#[test]
fn records_stand_on_one_line_or_one_field_to_a_line() {
    let file = "persona  p { email_ok :true, age: \"25-34\", // age\n\n tags: [\"a\",]\n\
                purchase: [{ at: today - 10 days // ten\n product: {category: \"DIAPERS & DISPOSABLES\"}\n spend:20 USD }\n] }";
    assert_eq!(
        formatted(file),
        "persona p {\n  email_ok: true\n  age: \"25-34\"  // age\n\n  tags: [\"a\"]\n  purchase: [\n    {\n      \
         at: today - 10 days,  // ten\n      product: { category: \"DIAPERS & DISPOSABLES\" },\n      spend: 20 USD,\n    \
         },\n  ]\n}\n"
    );
    let file = "test \"a\"{ at 2026-11-20   18:00; given p with{ visits:-3,n:{} }\nexpect offer x\n by mail\nthen after 3 days\n\
                always not b when a\n=b}";
    assert_eq!(
        formatted(file.replace("\n by", " by").as_str()),
        "test \"a\" {\n  at 2026-11-20 18:00\n  given p with { visits: -3, n: {} }\n  expect offer x by mail\n  \
         then after 3 days\n  always not b when a = b\n}\n"
    );
}

#[test]
fn comments_stay_where_they_are() {
    let file = "// of the file\n// still\n\n\n\n/// of x\n// beside\noffer x // head\n{\n\n    // first\n\n\n  tier 2    // two\n\
                // between\n  eligible when a // a\n // before b\n and b // b\n  sells [\"A\" // one\n , // comma\n \"B\" // two\n ]\n  // last\n\n} // end\n// after\nchannel mail // m\n// of the end";
    assert_eq!(
        formatted(file),
        "// of the file\n// still\n\n/// of x\n// beside\noffer x {  // head\n  // first\n\n  tier 2  // two\n  // between\n  \
         eligible when a  // a\n    // before b\n    and b  // b\n  sells [\n    \"A\",  // one\n    // comma\n    \"B\"  // two\n  ]\n  \
         // last\n}  // end\n\n// after\nchannel mail  // m\n// of the end\n"
    );
    assert_eq!(formatted("\n\n// alone\n\n\n\n// two\n\n"), "// alone\n\n// two\n");
    assert_eq!(formatted(""), "");
}

#[test]
fn items_of_one_line_may_stand_together() {
    let file = "segment a is x\nsegment b is y\n\n\nsegment c is z\n// d\nsegment d is z\ntrait e = 1\nchannel mail\noffer f {\n}\n";
    assert_eq!(
        formatted(file),
        "segment a is x\nsegment b is y\n\nsegment c is z\n// d\nsegment d is z\n\ntrait e = 1\n\nchannel mail\n\noffer f {}\n"
    );
}

#[test]
fn what_is_allowed_stands_before_its_item() {
    let file =
        "// c\n\n/// d\n\nallow   E1005 \"bread  is bought\" // why\n\n// e\nallow E1001 \"b\"\n\nsegment  a is b";
    let tidy = "// c\n\n/// d\nallow E1005 \"bread  is bought\"  // why\n\n// e\nallow E1001 \"b\"\nsegment a is b\n";
    assert_eq!(formatted(file), tidy);
}

#[test]
fn a_broken_item_is_left_as_it_is() {
    let broken = "offer  broken {\n eligible  when (a\n      topic   \"x\"\n}";
    let file = format!("segment   a is b\n{broken}\n  // c\n\n\nsegment  c is d");
    let found = format(&file);
    assert_eq!(found.text, format!("segment a is b\n\n{broken}\n  // c\n\nsegment c is d\n"));
    assert_eq!(found.left.iter().map(|left| (left.offset, left.reason)).collect::<Vec<_>>(), [(17, Reason::Broken)]);
    assert_eq!(format(&found.text).text, found.text);
}

#[test]
fn what_stands_too_deep_is_left_as_it_is() {
    for (open, close) in [("(", ")"), ("[", "]"), ("if a then ", " else b"), ("not ", ""), ("{", "}")] {
        let file = format!("segment  x is {}a{}", open.repeat(20_000), close.repeat(20_000));
        let found = format(&file);
        assert_eq!((found.text, found.left.len()), (file + "\n", 1));
    }
    let long = format!("segment x is a{}", " and b".repeat(3_000));
    assert_eq!(formatted(&long).lines().count(), 3_001);
    let branches = format!("trait x = {}1", "if a then 2 else ".repeat(50));
    assert_eq!(formatted(&branches).lines().count(), 52);
}

/// Puts blanks, line breaks and comments where they change nothing, as `choices` say.
fn shaken(item: &str, choices: &[u8], with_comments: bool) -> String {
    let mut text = String::new();
    let mut choices = choices.iter().copied().cycle();
    let (mut depth, mut end, mut before) = (0_usize, 0, "");
    for (nth, token) in scan(item).tokens.iter().enumerate() {
        let word = token.text(item);
        let gap = &item[end..token.start];
        let unit = before.starts_with(|c: char| c.is_ascii_digit()) || ["starts", "ends"].contains(&before);
        let joins = !unit && (depth > 0 || ["and", "or", "else", "where", "="].contains(&word));
        let glued = gap.is_empty() && !["(", "[", ","].contains(&before) && ![")", "]", ","].contains(&word);
        text.push_str(gap);
        match choices.next().unwrap_or(0) % 8 {
            _ if nth == 0 => {}
            0 if !glued && !before.contains('\n') => text.push_str("  \t"),
            1 if joins && !glued && !gap.contains("//") => text.push_str("\n      "),
            2 if with_comments && joins && !glued && !gap.contains("//") => text.push_str(" // c {\" )\n\n      "),
            3 if with_comments && joins && !glued && !gap.contains("//") => text.push_str("\n // ]d\n  // e\n      "),
            4 if with_comments && word.contains('\n') && !gap.contains("//") => text.push_str("  // f"),
            _ => {}
        }
        text.push_str(word);
        match word {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        (end, before) = (token.end, word);
    }
    text + &item[end..]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn blanks_and_comments_change_no_tree(choices in prop::collection::vec(any::<u8>(), 50..400)) {
        for item in split(SAMPLE) {
            let blank = shaken(&item.text, &choices, false);
            prop_assert_eq!(formatted(&blank), formatted(&item.text), "{}", blank);
            formatted(&shaken(&item.text, &choices, true));
        }
    }

    #[test]
    fn damaged_policies_are_left(at in 0..SAMPLE.len(), length in 0..30_usize) {
        let cut = |at: usize| (at..=SAMPLE.len()).find(|at| SAMPLE.is_char_boundary(*at)).unwrap();
        let damaged = format!("{}{}", &SAMPLE[..cut(at)], &SAMPLE[cut((at + length).min(SAMPLE.len()))..]);
        let found = format(&damaged);
        prop_assert_eq!(&format(&found.text).text, &found.text);
        for left in found.left {
            let raw = split(&damaged).into_iter().find(|item| item.offset == left.offset).unwrap();
            prop_assert!(found.text.contains(&*raw.text), "{}", raw.text);
        }
    }
}
