//! The pages of the E01 codes: the first example makes the page's error, the mended one none.

use std::path::Path;

use super::messages;
use crate::diagnostic::codes;

/// The text between a fence of these words, perhaps with `prelude` among them, and the next.
fn fence(page: &str, fixed: bool) -> Option<&str> {
    let words = match fixed {
        false => ["offer", "offer prelude"],
        true => ["offer fixed", "offer fixed prelude"],
    };
    let (_, after) = words.iter().find_map(|words| page.split_once(&format!("\n```{words}\n")))?;
    Some(after.split_once("\n```").map_or(after, |(text, _)| text))
}

#[test]
fn each_page_shows_its_error_and_the_way_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/diagnostics");
    let mut seen = 0;
    for (code, title) in codes::ALL.iter().filter(|(code, _)| code.starts_with("E01")) {
        let page =
            std::fs::read_to_string(folder.join(format!("{code}.md"))).unwrap_or_else(|_| panic!("{code} has no page"));
        assert!(page.starts_with(&format!("# {code}: {title}\n")), "{code} has another title than its page");
        let wrong = messages(fence(&page, false).unwrap());
        assert!(wrong.starts_with(code), "{code}: {wrong}");
        assert!(
            wrong.lines().filter(|line| line.starts_with('E')).all(|line| line.starts_with(code)),
            "{code}: {wrong}"
        );
        assert_eq!(messages(fence(&page, true).unwrap()), "", "{code}");
        seen += 1;
    }
    assert!(seen > 20);
}
