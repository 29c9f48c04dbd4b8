//! Text from policies, data and file names made safe for a terminal: nothing in it may move the cursor, change colours
//! or turn the direction of writing.

/// Whether a character is shown as it is. Not: controls, and the invisible ones that reorder or hide text.
pub fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Writes what is not plain as `\u{1b}`.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if is_plain(c) || c == '\n' {
            safe.push(c);
        } else {
            safe.extend(c.escape_unicode());
        }
    }
    safe
}

/// Replaces what is not plain, keeping every byte position: for source text that labels point into.
pub fn same_length(text: &str) -> String {
    let stand_in = |c: char| match c {
        '\n' | '\t' => c,
        // A carriage return at a line's end is white space there.
        '\r' => ' ',
        c if is_plain(c) => c,
        c => match c.len_utf8() {
            1 => '?',
            2 => '\u{bf}',
            _ => '\u{fffd}',
        },
    };
    text.chars().map(stand_in).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_control_comes_through() {
        let hostile = "a\u{1b}[31mred\u{7}\u{9b}2J\u{202e}gnp\u{200b}\r\nü";
        assert_eq!(escaped(hostile), "a\\u{1b}[31mred\\u{7}\\u{9b}2J\\u{202e}gnp\\u{200b}\\u{d}\nü");
        let kept = same_length(hostile);
        assert_eq!(kept.len(), hostile.len());
        assert!(kept.chars().all(|c| is_plain(c) || c == '\n'));
    }
}
