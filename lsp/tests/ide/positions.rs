//! Lines and columns in the units of clients.

use opportune_lsp::ide::positions::{Columns, Lines, Position};

const TEXT: &str = "a\u{1F600}b\r\n\u{E4}c\rd\n\nlast \u{1F468}\u{200D}\u{1F469}";

#[test]
fn each_place_comes_back() {
    let lines = Lines::of(TEXT);
    for columns in [Columns::Utf8, Columns::Utf16, Columns::Utf32] {
        for (offset, _) in TEXT.char_indices().chain([(TEXT.len(), ' ')]) {
            let position = lines.position(TEXT, u32::try_from(offset).unwrap(), columns);
            let back = lines.offset(TEXT, position, columns) as usize;
            // The `\n` of `\r\n` is no place of its own.
            let inside = TEXT[..offset].ends_with('\r') && TEXT[offset..].starts_with('\n');
            assert!(back == offset || inside && back == offset - 1, "{columns:?} {offset}: {position:?} is {back}");
        }
    }
}

#[test]
fn columns_count_what_the_client_counts() {
    let lines = Lines::of(TEXT);
    let after_b = u32::try_from(TEXT.find('b').unwrap() + 1).unwrap();
    let column = |columns| lines.position(TEXT, after_b, columns).column;
    assert_eq!((column(Columns::Utf8), column(Columns::Utf16), column(Columns::Utf32)), (6, 4, 3));
    let d = u32::try_from(TEXT.find('d').unwrap()).unwrap();
    assert_eq!(lines.position(TEXT, d, Columns::Utf16), Position { line: 2, column: 0 });
}

#[test]
fn no_position_leads_out_of_the_text() {
    let lines = Lines::of(TEXT);
    let at = |line, column| lines.offset(TEXT, Position { line, column }, Columns::Utf16) as usize;
    assert_eq!(at(99, 0), TEXT.len());
    assert_eq!(at(0, 99), TEXT.find("\r\n").unwrap(), "the end of the line");
    // Inside a pair of surrogates: where the character begins.
    assert_eq!(at(0, 2), 1);
    assert_eq!(lines.position(TEXT, 3, Columns::Utf16), Position { line: 0, column: 1 });
    assert_eq!(lines.position(TEXT, 9_999, Columns::Utf16).line, 4);
    assert_eq!(Lines::of("").offset("", Position { line: 0, column: 5 }, Columns::Utf8), 0);
}
