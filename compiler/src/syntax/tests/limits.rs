//! Texts made to hurt: each is answered in time, with few messages and a shallow tree.

use std::time::{Duration, Instant};

use super::super::ast::{Expr, ExprKind, ItemKind, OfferClauseKind};
use super::super::parse_item;
use crate::diagnostic::Diagnostic;

/// Reads an offer with one condition, on a thread with the small stack of a worker; within a few seconds unoptimised.
fn offer(condition: &str) -> (Option<Expr>, Vec<Diagnostic>) {
    let text = format!("offer x {{\n  eligible when {condition}\n  priority 7\n}}\n");
    let read = move || {
        let before = Instant::now();
        let (item, diagnostics) = parse_item(&text);
        assert!(before.elapsed() < Duration::from_secs(20), "took {:?}", before.elapsed());
        let Some(ItemKind::Offer(offer)) = item.map(|item| item.kind) else { panic!("no offer") };
        let mut clauses = offer.clauses.into_iter();
        let last = clauses.next_back().map(|clause| clause.kind);
        assert!(matches!(last, Some(OfferClauseKind::Priority(_))), "the neighbour is lost: {last:?}");
        let condition = clauses.next().map(|clause| match clause.kind {
            OfferClauseKind::Eligible(condition) => condition,
            other => panic!("{other:?}"),
        });
        (condition, diagnostics)
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(read).unwrap().join().unwrap()
}

fn one_error(condition: &str, code: &str) {
    let (_, diagnostics) = offer(condition);
    let codes: Vec<_> = diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, [code], "{:?}", diagnostics.first());
}

/// Walks without recursion.
fn depth(expr: &Expr) -> usize {
    let mut deepest = 0;
    let mut open = vec![(expr, 1)];
    while let Some((expr, depth)) = open.pop() {
        deepest = deepest.max(depth);
        let mut below = |expr| open.push((expr, depth + 1));
        match &expr.kind {
            ExprKind::Binary(_, a, b) => {
                below(a);
                below(b);
            }
            ExprKind::Not(a) | ExprKind::Negate(a) | ExprKind::Field(a, _) => below(a),
            ExprKind::InList { of, list, .. } => {
                below(of);
                list.iter().for_each(below);
            }
            ExprKind::InSet { of, set, .. } => {
                below(of);
                below(set);
            }
            ExprKind::List(list) => list.iter().for_each(below),
            ExprKind::If(a, b, c) => [a, b, c].into_iter().for_each(|expr| below(expr)),
            _ => {}
        }
    }
    deepest
}

#[test]
fn nesting_has_a_limit() {
    for (open, close) in [
        ("(", ")"),
        ("not (", ")"),
        ("f(", ")"),
        ("count(", ")"),
        ("x in [", "]"),
        ("if ", " then a else b"),
        ("a + (", ")"),
    ] {
        one_error(&format!("{}a{}", open.repeat(10_000), close.repeat(10_000)), "E0117");
    }
    for prefix in ["not ", "- ", "!"] {
        one_error(&format!("{}a", prefix.repeat(10_000)), "E0117");
    }
    let (tree, diagnostics) = offer(&format!("{}a{}", "(".repeat(60), ")".repeat(60)));
    assert_eq!(diagnostics, []);
    assert!(tree.is_some());
}

/// Reads an offer with one text, on a thread with the small stack of a worker.
fn because(text: &str) -> Vec<Diagnostic> {
    let text = format!("offer x {{\n  because \"{text}\"\n  priority 7\n}}\n");
    let read = move || {
        let before = Instant::now();
        let (item, diagnostics) = parse_item(&text);
        assert!(before.elapsed() < Duration::from_secs(20), "took {:?}", before.elapsed());
        assert!(item.is_some_and(|item| matches!(item.kind, ItemKind::Offer(offer) if !offer.clauses.is_empty())));
        diagnostics
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(read).unwrap().join().unwrap()
}

#[test]
fn holes_have_the_limits_of_clauses() {
    let codes = |text: &str| because(text).iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>();
    for (open, close) in [("(", ")"), ("not (", ")"), ("x in [", "]"), ("a contains [", "]")] {
        assert_eq!(codes(&format!("{{{}a{}}}", open.repeat(10_000), close.repeat(10_000))), ["E0117"], "{open}");
    }
    assert_eq!(codes(&"{".repeat(100_001)), ["E0124"]);
    assert_eq!(codes(&"{".repeat(100_000)), Vec::<&str>::new());
    assert_eq!(codes(&format!("{{a {}{}}}", "{ ".repeat(50_000), "} ".repeat(50_000))), ["E0117"]);
    assert_eq!(codes(&"}x".repeat(1_000)).len(), 1_000);
    assert_eq!(codes(&"{a} and ".repeat(5_000)), Vec::<&str>::new());
    assert_eq!(codes(&"{message \"{because \"".repeat(10_000)).len(), 1);
}

#[test]
fn unclosed_nesting_is_one_error() {
    one_error(&"(".repeat(10_000), "E0117");
    one_error(&"(".repeat(50), "E0103");
    one_error(&format!("a{}", ")".repeat(10_000)), "E0103");
}

#[test]
fn broken_nesting_is_answered_in_time() {
    for open in [
        "(",
        "not (",
        "count(x where ",
        "if (",
        "x in [",
        "f(",
        "sum(a.b in last 3 days where x + (",
        "(a else ",
        "if a then b else (",
        "x not in [",
    ] {
        let close = if open.contains('[') { "]" } else { ")" };
        for depth in [20, 40] {
            let brackets = depth * open.matches(['(', '[']).count();
            let (_, diagnostics) = offer(&format!("{} @ {}", open.repeat(depth), close.repeat(brackets)));
            assert_eq!(diagnostics.len(), 1, "{open}: {diagnostics:?}");
        }
    }
    let (_, diagnostics) = offer(&format!("{} if a then", "if a then b else ".repeat(60)));
    assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
}

#[test]
fn long_chains_make_shallow_trees() {
    for join in [" and ", " or "] {
        let chain = vec!["a"; 10_000].join(join);
        let (tree, diagnostics) = offer(&chain);
        assert_eq!(diagnostics, []);
        assert!(depth(&tree.unwrap()) < 20);
    }
    let both = vec!["a and b or not c"; 3_000].join(" and ");
    assert!(depth(&offer(&both).0.unwrap()) < 30);
    for join in [" + ", " else ", " * ", " - "] {
        one_error(&vec!["a"; 10_000].join(join), "E0117");
        let (tree, diagnostics) = offer(&vec!["a"; 200].join(join));
        assert_eq!(diagnostics, []);
        assert_eq!(depth(&tree.unwrap()), 200);
    }
    one_error(&format!("a{}", ".a".repeat(10_000)), "E0117");
    one_error(&format!("{} x", "if a then b else ".repeat(10_000)), "E0117");
    assert_eq!(offer(&format!("{} x", "if a then b else ".repeat(200))).1, []);
}

#[test]
fn a_megabyte_on_a_line_is_read() {
    let list = format!("x in [{}]", vec!["\"a text of thirty one characters\""; 30_000].join(", "));
    assert_eq!(offer(&list).1, []);
    let (_, diagnostics) = offer(&format!("x = {}", "9".repeat(1 << 20)));
    assert_eq!(diagnostics.iter().map(|d| d.code).collect::<Vec<_>>(), ["E0113"]);
    assert!(diagnostics.iter().all(|d| d.message.len() < 200));
    let (_, diagnostics) = offer(&"x ".repeat(1 << 19));
    assert_eq!(diagnostics.len(), 1);
    let (_, diagnostics) = offer(&"a".repeat(1 << 20));
    assert_eq!(diagnostics, []);
    let (_, diagnostics) = offer(&"@".repeat(1 << 20));
    assert_eq!(diagnostics.len(), 1);
    assert!(diagnostics[0].message.len() < 200);
    let (_, diagnostics) = offer(&format!("x = \"{}", "a".repeat(1 << 20)));
    assert_eq!(diagnostics.iter().map(|d| d.code).collect::<Vec<_>>(), ["E0102"]);
    one_error(&"x ".repeat(3 << 20), "E0117");
}

#[test]
fn a_megabyte_of_bytes_is_answered() {
    let noise: String =
        (0..1_000_000_u32).filter_map(|at| char::from_u32(at.wrapping_mul(2_654_435_761) % 0x250)).collect();
    let before = Instant::now();
    for item in super::split(&noise) {
        let (_, diagnostics) = parse_item(&item.text);
        assert!(diagnostics.iter().all(|d| d.message.chars().all(|c| !c.is_control())), "raw control characters");
    }
    assert!(before.elapsed() < Duration::from_secs(30), "took {:?}", before.elapsed());
}

/// Reads an item, on a thread with the small stack of a worker, within a few seconds unoptimised; the codes of its messages.
fn codes_of(text: String) -> Vec<&'static str> {
    let read = move || {
        let before = Instant::now();
        let (_, diagnostics) = parse_item(&text);
        assert!(before.elapsed() < Duration::from_secs(20), "took {:?}", before.elapsed());
        assert!(diagnostics.iter().all(|diagnostic| diagnostic.message.len() < 2_000));
        let mut codes: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        codes.dedup();
        codes
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(read).unwrap().join().unwrap()
}

#[test]
fn ten_thousand_clauses_are_read() {
    let none: [&str; 0] = [];
    for (item, clause) in [
        ("offer x", "timing on weekdays, at 18:00 on the day of t, else right away"),
        ("offer x", "cap 2 per customer per offer.topic every 7 days on sms"),
        ("channel x", "quiet 21:00 to 08:00 on weekdays"),
        ("portfolio", "at most 1 of a, b, c"),
    ] {
        let clauses = format!("  {clause}\n").repeat(10_000);
        assert_eq!(codes_of(format!("{item} {{\n{clauses}}}\n")), none, "{clause}");
    }
    let foreign = "  quiet from 9pm until 8am on mon-fri\n".repeat(2_000);
    assert_eq!(codes_of(format!("channel x {{\n{foreign}}}\n")).len(), 4_000);
}

#[test]
fn a_megabyte_of_one_clause_is_read() {
    let none: [&str; 0] = [];
    let line =
        |size: usize, begin: &str, part: &str, end: &str| format!("{begin}{}{end}", part.repeat(size / part.len()));
    let offer = |clause: String| codes_of(format!("offer x {{\n  {clause}\n}}\n"));
    let portfolio = |clause: String| codes_of(format!("portfolio {{\n  {clause}\n}}\n"));
    assert_eq!(offer(line(1 << 20, "timing on monday", ", friday", "")), none);
    assert_eq!(offer(line(1 << 20, "cap ", "9", " per customer each week")), ["E0113"]);
    assert_eq!(offer(line(1 << 20, "cap 3 per customer each week", " @", "")), ["E0101"]);
    assert_eq!(portfolio(line(1 << 20, "possible zones \"a\"", ", \"b\"", "")), none);
    assert_eq!(portfolio(line(1 << 20, "pause 30 days after 3 ", "ignored ", "")), ["E0122"]);
    // Of what is slower to read, unoptimised, less: the time grows with the length and no faster.
    const LESS: usize = 1 << 16;
    assert_eq!(offer(line(LESS, "channel a", ", else bb when c", "")), none);
    assert_eq!(offer(line(LESS, "timing right away", ", else 7 days after t", "")), none);
    assert_eq!(offer(line(LESS, "timing on monday", " and fri", "")).len(), 2 * (LESS / " and fri".len()));
    assert_eq!(offer(line(LESS, "arms a 50%", ", b 50%", " salted \"x\"")), none);
    assert_eq!(offer(line(LESS, "arms a", "/a", " 50/50")), ["E0130"]);
    assert_eq!(offer(line(LESS, "cap 3 per customer", " per a", " each week")), ["E0101"]);
    assert_eq!(offer(line(LESS, "cap 3 per customer each week", " when a", "")), ["E0131"]);
    assert_eq!(portfolio(line(LESS, "at most 1 of a", ", b", "")), none);
    assert_eq!(portfolio(line(LESS, "slate a 3", ", at most 1 per offer.b", "")), none);
    assert_eq!(portfolio(line(LESS, "lever a 1", " where b", "")), ["E0131"]);
    assert_eq!(portfolio(line(LESS, "objective a", " + b", "")), ["E0117"]);
}
