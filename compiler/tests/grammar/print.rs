//! An expression as people write grammars: `|` between choices, `?`, `*`, `+` behind what may be left out or repeated.

use super::pest::Expr;

/// The widest line.
const WIDTH: usize = 110;

/// A rule on one line or, where that is too long, a choice a line.
pub fn rule(name: &str, expr: &Expr) -> String {
    let line = format!("{name} = {}", text(expr, 0));
    if line.chars().count() <= WIDTH {
        return line;
    }
    let indent = " ".repeat(4);
    let parts: Vec<String> = match expr {
        Expr::Choice(parts) => parts.iter().map(|part| text(part, 1)).collect(),
        _ => return format!("{name} =\n{}", wrapped(&text(expr, 0), &indent)),
    };
    let mut out = format!("{name} =");
    for (at, part) in parts.iter().enumerate() {
        let bar = if at == 0 { "  " } else { "| " };
        let short = parts.iter().all(|part| part.len() < 24);
        if short {
            out.push_str(if at == 0 { "\n    " } else { " | " });
            let width = out.lines().last().unwrap_or("").chars().count();
            if at > 0 && width + part.chars().count() > WIDTH {
                out.truncate(out.len() - 3);
                out.push_str("\n    | ");
            }
            out.push_str(part);
        } else {
            out.push_str(&format!("\n{indent}{bar}{part}"));
        }
    }
    out
}

fn wrapped(text: &str, indent: &str) -> String {
    let (mut out, mut width) = (String::new(), 0);
    for word in text.split(' ') {
        if width > 0 && width + word.chars().count() > WIDTH {
            out.push('\n');
            width = 0;
        }
        out.push_str(if width == 0 { indent } else { " " });
        out.push_str(word);
        width += word.chars().count() + 1;
    }
    out
}

/// `outer`: 0 nothing around, 1 within a choice, 2 within a sequence, 3 before a mark.
fn text(expr: &Expr, outer: u8) -> String {
    match expr {
        Expr::Text(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        Expr::Name(name) => name.clone(),
        Expr::Ahead => String::new(),
        Expr::Choice(parts) => {
            let all: Vec<String> = parts.iter().map(|part| text(part, 1)).collect();
            bracketed(all.join(" | "), outer > 0)
        }
        Expr::Sequence(parts) => {
            let all: Vec<String> = parts.iter().map(|part| text(part, 2)).collect();
            bracketed(all.join(" "), outer > 2)
        }
        Expr::Optional(inner) => format!("{}?", text(inner, 3)),
        Expr::Any(inner) => format!("{}*", text(inner, 3)),
        Expr::Some(inner) => format!("{}+", text(inner, 3)),
        Expr::Times(inner, times) => format!("{}{{{times}}}", text(inner, 3)),
    }
}

fn bracketed(text: String, needed: bool) -> String {
    if needed { format!("({text})") } else { text }
}
