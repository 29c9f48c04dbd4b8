//! Whatever the text: no panic, and every span inside the text.

use proptest::prelude::*;

use super::super::{parse_item, split};

/// Policies with about everything that the language has.
const SAMPLE: &str = include_str!("sample.offer");

fn holds(file: &str) {
    let mut end = 0;
    for item in split(file) {
        let start = item.offset as usize;
        assert!(start >= end, "items overlap");
        assert_eq!(file.get(start..start + item.text.len()), Some(&*item.text), "an item is not the file's text");
        end = start + item.text.len();
        let (tree, diagnostics) = parse_item(&item.text);
        assert!(
            tree.is_some() || !diagnostics.is_empty() || item.text.trim_start().is_empty(),
            "nothing at all: {:?}",
            item.text
        );
        for diagnostic in &diagnostics {
            let fix = diagnostic.fix.as_ref().map(|fix| fix.span);
            for span in diagnostic.labels.iter().map(|label| label.span).chain(fix) {
                let words = item.text.get(span.start as usize..span.end as usize);
                assert!(words.is_some(), "{span:?} is outside of {:?}: {diagnostic:?}", item.text);
            }
            assert!(!diagnostic.labels.is_empty() && !diagnostic.message.is_empty());
            let texts =
                [Some(&diagnostic.message), diagnostic.help.as_ref(), diagnostic.fix.as_ref().map(|fix| &fix.title)];
            let texts = texts.into_iter().flatten().chain(diagnostic.labels.iter().map(|label| &label.message));
            texts
                .for_each(|text| assert!(text.chars().all(|c| !c.is_control()) && text.len() < 2_000, "raw: {text:?}"));
            assert!(
                !diagnostic.message.contains("odd_") && !diagnostic.message.contains("kw_"),
                "{}",
                diagnostic.message
            );
        }
    }
}

/// Words and signs of the language in any order, so that more than noise is met.
fn salad() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "offer",
        "x",
        "{",
        "}",
        "\n",
        "\n  ",
        "eligible",
        "when",
        "except",
        "priority",
        "cap",
        "1",
        "per",
        "customer",
        "every",
        "30",
        "days",
        "and",
        "or",
        "not",
        "(",
        ")",
        "[",
        "]",
        ",",
        "\"a\"",
        "\"",
        "'",
        "=",
        "==",
        "is",
        "missing",
        "null",
        "in",
        "last",
        "between",
        "if",
        "then",
        "else",
        "count",
        "exists",
        "where",
        ".",
        ":",
        ";",
        "-",
        "+",
        "*",
        "/",
        "//",
        "/*",
        "#",
        "--",
        "\nsegment",
        "\ntrait",
        "\ntable",
        "key",
        "at",
        "text",
        "?",
        "->",
        "from",
        "money(USD)",
        "because",
        "message",
        "\"a {b} c\"",
        "\"{first(x where y = \"}\").z as date}\"",
        "\"{\"",
        "\"}\"",
        "{{",
        "for each c d of e",
        "\njourney",
        "\nguarantee",
        "\ncontext",
        "never",
        "review by",
        "within",
        "this month",
        "next 2 weeks",
        "overlaps",
        "ends with",
        "contains",
        "frequency_rank(",
        "21:00",
        "5 km",
        "CASE WHEN",
        "INTERVAL '1 day'",
        "2026-11-01",
        "\nreminder",
        "\nnotice",
        "\nchannel",
        "\nportfolio {",
        "quiet",
        "on weekdays",
        "mon-fri",
        "by law of",
        "capacity 3 per week",
        "inbound and outbound",
        "timing",
        "between 18:00 and 21:00",
        "right away",
        "1 day to 5 days after",
        "at 18:00 on the day of",
        "at least",
        "at most 1 per offer.topic",
        "at most 1 of a",
        "each week",
        "per week",
        "in total",
        "50% of requests",
        "including inbound",
        "on sms",
        "over response",
        "holdout 5% salted",
        "arms a 50%",
        "50/50",
        "pick a: b of c",
        "by x desc",
        "slate a 3",
        "pause 30 days after 3 ignored",
        "stop after",
        "suppress for",
        "lever a 1.2",
        "possible zones",
        "horizon",
        "objective",
        "\npersona",
        "\ntest \"a\" {",
        "\n  expect",
        "expect not",
        "expect no offer",
        "given {",
        "a: {",
        "a: [{",
        "a: missing",
        "with",
        "with context {",
        "then after",
        "then at",
        "always at most 3 contacts in any",
        "always no offer when",
        "20 USD",
        "5%",
        "$",
        "é",
        "“",
        "\r\n",
        "\t",
        "\u{0}",
        "\u{200B}",
        "\n<<<<<<< a\n",
        "\n=======\n",
        "\n>>>>>>> b\n",
    ]);
    prop::collection::vec(words, 0..60).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in any::<String>()) {
        holds(&text);
        holds(&format!("offer x {{\n  eligible when {text}\n}}"));
    }

    #[test]
    fn any_words(text in salad()) {
        holds(&text);
        holds(&format!("offer x {{ {text}"));
        holds(&format!("segment s is {text}"));
        holds(&format!("channel x {{\n  quiet {text}\n}}"));
        holds(&format!("offer x {{\n  timing {text}\n  cap {text}\n}}"));
        holds(&format!("portfolio {{\n  {text}\n}}"));
        holds(&format!("persona x {{\n  {text}\n}}"));
        holds(&format!("test \"x\" {{\n  given {{ {text} }}\n  {text}\n}}"));
    }

    #[test]
    fn damaged_policies(at in 0..SAMPLE.len(), length in 0..30_usize, put in salad()) {
        let cut = |at: usize| (at..=SAMPLE.len()).find(|at| SAMPLE.is_char_boundary(*at)).unwrap();
        let (start, end) = (cut(at), cut((at + length).min(SAMPLE.len())));
        holds(&format!("{}{}", &SAMPLE[..start], &SAMPLE[end..]));
        holds(&format!("{}{put}{}", &SAMPLE[..start], &SAMPLE[end..]));
        holds(&SAMPLE.replacen('\n', "\r\n", 1_000)[..start]);
    }
}

#[test]
fn the_sample_is_read_without_a_word() {
    assert_eq!(super::messages(SAMPLE), "");
    holds(SAMPLE);
    assert_eq!(super::messages(&SAMPLE.replace('\n', "\r\n")), "");
    assert_eq!(super::messages(&format!("\u{FEFF}{}", SAMPLE.replace("  ", "\t"))), "");
}
