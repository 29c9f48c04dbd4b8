//! `opportune explain-code E0101`: the page of a diagnostic, as it reads in a terminal.
//!
//! The pages are those of `docs/diagnostics`; `build.rs` puts them into the program.

mod page;

use std::io::{self, Write};

use opportune_compiler::diagnostic::nearest::nearest;

use crate::Outcome;
use crate::escape::escaped;
use crate::render::{self, Problem};

/// Each code with its page, in the order of the codes.
const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// What the command takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The code of a message, such as `E0101`
    #[arg(required_unless_present = "list")]
    code: Option<String>,
    /// List all codes with their titles
    #[arg(long)]
    list: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Outcome {
    let Some(code) = arguments.code.as_deref().filter(|_| !arguments.list) else {
        let lines = PAGES.iter().map(|(code, page)| format!("{code}  {}\n", title(code, page)));
        return print(&lines.collect::<String>());
    };
    let wanted = code.trim().to_uppercase();
    match page_of(&wanted) {
        Some(page) => print(&page::readable(page)),
        None => {
            let near = nearest(&wanted, PAGES.iter().map(|(known, _)| *known));
            let meant = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
            let problem = format!("there is no code `{}`", escaped(code));
            render::print(&[Problem::new(problem, format!("{meant}`opportune explain-code --list` names all"))]);
            Outcome::CallOrDataIsWrong
        }
    }
}

/// The page of a code, in Markdown.
pub fn page_of(code: &str) -> Option<&'static str> {
    PAGES.iter().find(|(known, _)| *known == code).map(|(_, page)| *page)
}

/// The first line of a page without its code.
fn title<'p>(code: &str, page: &'p str) -> &'p str {
    let line = page.lines().next().unwrap_or("").trim_start_matches("# ");
    line.strip_prefix(code).map_or(line, |rest| rest.trim_start_matches(": "))
}

fn print(text: &str) -> Outcome {
    // Nobody is left to be told that standard output is closed.
    let _ = io::stdout().lock().write_all(text.as_bytes());
    Outcome::Fine
}

#[cfg(test)]
mod tests {
    use super::*;
    use opportune_compiler::diagnostic::codes;

    #[test]
    fn each_code_has_its_page_and_reads_within_eighty_columns() {
        for (code, name) in codes::ALL {
            let page = PAGES.iter().find(|(known, _)| known == code).map(|(_, page)| page);
            assert_eq!(page.map(|page| title(code, page)), Some(*name), "{code}");
        }
        for (code, page) in PAGES {
            let shown = page::readable(page);
            assert!(!shown.contains("```") && !shown.contains("\n#") && !shown.contains("\n\n\n"), "{code}:\n{shown}");
            let prose = shown.lines().filter(|line| !line.starts_with("    ") && !line.starts_with('|'));
            prose.for_each(|line| assert!(line.chars().count() <= 80, "{code}: {line}"));
        }
    }
}
