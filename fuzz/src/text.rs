//! What must hold for reading any text.

use std::collections::BTreeSet;

use opportune_compiler::syntax::{self, Span};

use crate::edit::any_text;
use crate::tree;

/// Reading gives a tree or says why not; it never panics.
pub fn reading_never_fails(bytes: &[u8]) -> bool {
    for item in syntax::split(&any_text(bytes)) {
        let (tree, diagnostics) = syntax::parse_item(&item.text);
        assert!(tree.is_some() || !diagnostics.is_empty(), "nothing is said about {:?}", item.text);
        for diagnostic in diagnostics {
            let shown = [Some(diagnostic.message), diagnostic.help].into_iter().flatten();
            let shown = shown.chain(diagnostic.labels.into_iter().map(|label| label.message));
            shown.for_each(|text| assert!(!text.is_empty() && text.chars().all(|c| !c.is_control()), "{text:?}"));
        }
    }
    true
}

/// Each place of a message lies in the text, and what a fix leaves can be read again.
pub fn messages_point_into_the_text(bytes: &[u8]) -> bool {
    let mut reached = false;
    for item in syntax::split(&any_text(bytes)) {
        for diagnostic in syntax::parse_item(&item.text).1 {
            reached = true;
            assert!(!diagnostic.labels.is_empty(), "{diagnostic:?}");
            for label in &diagnostic.labels {
                words(&item.text, label.span);
            }
            if let Some(fix) = diagnostic.fix {
                words(&item.text, fix.span);
                let (before, after) = (&item.text[..fix.span.start as usize], &item.text[fix.span.end as usize..]);
                let _ = syntax::parse_item(&format!("{before}{}{after}", fix.replacement));
            }
        }
    }
    reached
}

/// The codes of the messages about a text: what tells one case from another.
pub fn codes(bytes: &[u8]) -> BTreeSet<String> {
    let diagnostics = syntax::split(&any_text(bytes)).into_iter().flat_map(|item| syntax::parse_item(&item.text).1);
    diagnostics.map(|diagnostic| diagnostic.code.to_owned()).collect()
}

fn words(text: &str, span: Span) -> &str {
    text.get(span.start as usize..span.end as usize).unwrap_or_else(|| panic!("{span:?} is not in {text:?}"))
}

/// In a text without mistakes every expression stands inside the one around it, and beside its neighbours.
pub fn expressions_stand_inside_each_other(bytes: &[u8]) -> bool {
    let mut reached = false;
    for item in syntax::split(&any_text(bytes)) {
        let (Some(found), diagnostics) = syntax::parse_item(&item.text) else { continue };
        let mut open = tree::roots(&found);
        while let Some(expr) = open.pop() {
            reached = true;
            assert!(!words(&item.text, expr.span).is_empty() || !diagnostics.is_empty(), "an empty {expr:?}");
            let inside = tree::inside(expr);
            if diagnostics.is_empty() {
                let within = |inner: Span| expr.span.start <= inner.start && inner.end <= expr.span.end;
                assert!(inside.iter().all(|inner| within(inner.span)), "{inside:?} is not inside of {expr:?}");
                let mut places: Vec<Span> = inside.iter().map(|inner| inner.span).collect();
                places.sort();
                assert!(places.is_sorted_by(|a, b| a.end <= b.start), "{places:?} overlap in {expr:?}");
            }
            open.extend(inside);
        }
    }
    reached
}

/// Items and what stands between them are the text; only blank lines and remarks stand between.
pub fn joining_what_was_split_gives_the_text(bytes: &[u8]) -> bool {
    let text = any_text(bytes);
    let items = syntax::split(&text);
    let mut joined = String::new();
    for item in &items {
        let gap = &text[joined.len()..item.offset as usize];
        assert!(gap.trim_start_matches('\u{FEFF}').lines().all(is_remark), "{gap:?} belongs to no item");
        joined.push_str(gap);
        joined.push_str(&item.text);
    }
    let rest = &text[joined.len()..];
    assert!(rest.trim_start_matches('\u{FEFF}').split(['\n', '\r']).all(is_remark), "{rest:?} belongs to no item");
    assert!(text.starts_with(&joined), "items are not the text");
    let again: String = items.iter().map(|item| format!("{}\n", item.text)).collect();
    let again: Vec<_> = syntax::split(&again).into_iter().map(|item| item.text).collect();
    let before: Vec<_> = items.iter().map(|item| item.text.clone()).collect();
    assert_eq!(again, before, "items alone are split in another way");
    !items.is_empty()
}

fn is_remark(line: &str) -> bool {
    line.trim().is_empty() || line.trim_start().starts_with("//")
}

/// In a text without mistakes, remarks, blanks at line ends and other line ends change no tree.
pub fn remarks_and_line_ends_change_nothing(bytes: &[u8]) -> bool {
    let text = any_text(bytes);
    let items = syntax::split(&text);
    let clean = items.iter().all(|item| syntax::parse_item(&item.text).1.is_empty());
    if !clean || text.contains('\r') || items.is_empty() {
        return false;
    }
    let before = trees(&text);
    let remarked: String = text.lines().map(|line| format!("{line} \t // remark {{\"\n// another )\n")).collect();
    let documented = text.contains("///");
    for changed in [text.replace('\n', "\r\n"), text.replace('\n', "  \n\n"), remarked] {
        // A remark after `///` would be part of the documentation.
        if !(documented && changed.contains("remark")) {
            assert_eq!(trees(&changed), before);
        }
    }
    true
}

/// Formatted text is formatted; trees without mistakes stay the same, and what has a mistake stays as it is.
pub fn formatting_keeps_every_tree(bytes: &[u8]) -> bool {
    let text = any_text(bytes);
    let formatted = syntax::format(&text);
    assert_eq!(syntax::format(&formatted.text).text, formatted.text, "formatted again");
    let (before, after) = (syntax::split(&text), syntax::split(&formatted.text));
    assert_eq!(before.len(), after.len(), "items are lost or made");
    for (before, after) in before.iter().zip(&after) {
        let clean = syntax::parse_item(&before.text).1.is_empty();
        let left = formatted.left.iter().find(|left| left.offset == before.offset).map(|left| left.reason);
        assert_eq!(left, (!clean).then_some(syntax::Reason::Broken), "{}", before.text);
        if !clean {
            assert_eq!(before.text, after.text);
        }
    }
    assert_eq!(trees(&text), trees(&formatted.text));
    !before.is_empty()
}

/// The trees without places.
fn trees(text: &str) -> Vec<String> {
    let shown = |item: syntax::RawItem| without_places(&format!("{:?}", syntax::parse_item(&item.text).0));
    syntax::split(text).into_iter().map(shown).collect()
}

/// `12..34` becomes `..`.
fn without_places(debug: &str) -> String {
    let mut parts = debug.split("..");
    let mut shown = parts.next().unwrap_or("").trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    for part in parts {
        shown.push_str("..");
        shown.push_str(part.trim_matches(|c: char| c.is_ascii_digit()));
    }
    shown
}
