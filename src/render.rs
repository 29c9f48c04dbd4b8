//! Prints diagnostics for people: the only user of miette's printer.
//!
//! Everything that comes from a file goes through `escape`, and a line of any length is cut to what a person can read.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, Severity, SourceCode};
use opportune_compiler::diagnostic::{self, Located};
use opportune_compiler::manifest::masked;

use crate::escape::{escaped, same_length};

/// How many diagnostics of one severity are shown; the rest are counted.
const MOST_SHOWN: usize = 50;
/// A source line longer than this many bytes is cut around its label.
const LONGEST_LINE: usize = 400;
/// A message or label longer than this many characters is cut.
const LONGEST_MESSAGE: usize = 1_000;
/// A word longer than this is cut too.
const LONGEST_WORD: usize = 120;

/// A problem ready to be printed.
#[derive(Debug, Default)]
pub struct Problem {
    pub code: Option<String>,
    pub is_warning: bool,
    pub message: String,
    pub help: Option<String>,
    /// The file's path and whole text, which problems of one file share, and places in it by bytes.
    pub source: Option<(String, Arc<str>)>,
    pub labels: Vec<(std::ops::Range<usize>, String)>,
}

impl Problem {
    /// A problem without a place.
    pub fn new(message: impl fmt::Display, help: impl fmt::Display) -> Self {
        Self { message: message.to_string(), help: Some(help.to_string()), ..Self::default() }
    }

    /// A diagnostic of the compiler, with the text of its file.
    pub fn located(located: &Located, texts: &HashMap<&str, Arc<str>>) -> Self {
        let found = &located.diagnostic;
        let text = texts.get(&*located.path).cloned().unwrap_or_default();
        let range = |span: opportune_compiler::syntax::Span| span.start as usize..span.end as usize;
        Self {
            code: Some(found.code.to_owned()),
            is_warning: found.severity == diagnostic::Severity::Warning,
            message: found.message.clone(),
            help: help(found),
            source: Some((located.path.to_string(), text)),
            labels: found.labels.iter().map(|label| (range(label.span), label.message.clone())).collect(),
        }
    }
}

/// The way out, and what the data says of it.
fn help(found: &diagnostic::Diagnostic) -> Option<String> {
    let data = found.data.iter().map(|line| format!("data: {line}"));
    let lines: Vec<String> = found.help.iter().cloned().chain(data).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Prints problems to standard error, in their order, and how many there were if there were several.
pub fn print(problems: &[Problem]) {
    let out = text(problems, io::stderr().is_terminal());
    // Nobody is left to be told that standard error is closed.
    let _ = io::stderr().lock().write_all(out.as_bytes());
}

/// Problems as they are printed, in colours where what shows them knows colours and the user wants them.
pub fn text(problems: &[Problem], knows_colours: bool) -> String {
    let handler = handler(knows_colours);
    let mut out = String::new();
    for problem in problems.iter().take(MOST_SHOWN) {
        let shown = Shown::new(problem);
        // Writing into a string fails only where the report itself does; its plain message is then the next best.
        if handler.render_report(&mut out, &shown).is_err() {
            out.push_str(&shown.message);
        }
        out.push('\n');
    }
    if problems.len() > MOST_SHOWN {
        out.push_str(&format!("… and {} more.\n", problems.len() - MOST_SHOWN));
    }
    out
}

fn handler(knows_colours: bool) -> GraphicalReportHandler {
    let colours = knows_colours && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let theme = if colours { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(80_usize);
    GraphicalReportHandler::new_themed(theme).with_width(width.clamp(40, 120)).with_context_lines(1).with_links(false)
}

/// A problem as miette takes it.
#[derive(Debug)]
struct Shown {
    code: Option<String>,
    severity: Severity,
    message: String,
    help: Option<String>,
    source: Option<NamedSource<String>>,
    labels: Vec<LabeledSpan>,
}

impl Shown {
    fn new(problem: &Problem) -> Self {
        let (mut source, mut labels) = (None, Vec::new());
        if let Some((path, text)) = &problem.source {
            // What a manifest should not hold is not shown either.
            let shown = if path.ends_with(".toml") { Cow::Owned(masked(text)) } else { Cow::Borrowed(&**text) };
            let cut = Cut::new(&shown, &problem.labels);
            source = Some(NamedSource::new(escaped(path), same_length(&cut.text)));
            for ((_, message), (start, length)) in problem.labels.iter().zip(&cut.labels) {
                labels.push(LabeledSpan::new(Some(sentence(message)), *start, *length));
            }
        }
        Self {
            code: problem.code.clone(),
            severity: if problem.is_warning { Severity::Warning } else { Severity::Error },
            message: sentence(&problem.message),
            help: problem.help.as_deref().map(sentence),
            source,
            labels,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// What a person can read of a message that may quote a text of any length.
fn sentence(text: &str) -> String {
    let mut out = String::new();
    let mut word = 0;
    for c in text.chars().take(LONGEST_MESSAGE) {
        word = if c.is_whitespace() { 0 } else { word + 1 };
        match word {
            0..LONGEST_WORD => out.push(c),
            LONGEST_WORD => out.push('…'),
            _ => {}
        }
    }
    escaped(&out)
}

/// A source text whose overlong lines are cut around the labels, with the labels moved along.
struct Cut {
    text: String,
    /// Start and length, in the order of the labels given.
    labels: Vec<(usize, usize)>,
}

impl Cut {
    fn new(text: &str, labels: &[(std::ops::Range<usize>, String)]) -> Self {
        let mut cut = Self { text: String::with_capacity(text.len().min(1 << 20)), labels: vec![(0, 0); labels.len()] };
        // What is missing at the end of the file is missing after its last word.
        let end = text.trim_end().len();
        let start_of = |range: &std::ops::Range<usize>| range.start.min(end);
        let mut begin = 0;
        for line in text.split_inclusive('\n') {
            let inside = |at: usize| (begin..begin + line.len()).contains(&at) || at == text.len();
            let focus = labels.iter().map(|(range, _)| start_of(range)).find(|start| inside(*start)).unwrap_or(begin);
            let kept = kept(line, focus.saturating_sub(begin));
            for ((range, _), moved) in labels.iter().zip(&mut cut.labels) {
                if inside(start_of(range)) {
                    let clamp = |at: usize| at.saturating_sub(begin).clamp(kept.start, kept.end) - kept.start;
                    let (start, end) = (clamp(start_of(range)), clamp(range.end));
                    *moved = (cut.text.len() + start, end.saturating_sub(start));
                }
            }
            cut.text.push_str(line.get(kept.clone()).unwrap_or_default());
            if kept.end < line.len() {
                cut.text.push_str(" …\n");
            }
            begin += line.len();
        }
        if !cut.text.ends_with('\n') {
            cut.text.push('\n');
        }
        cut
    }
}

/// The bytes of a line that are shown: all, or a window around the focus.
fn kept(line: &str, focus: usize) -> std::ops::Range<usize> {
    if line.len() <= LONGEST_LINE {
        return 0..line.len();
    }
    let boundary = |mut at: usize| {
        while !line.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = boundary(focus.saturating_sub(30).min(line.len()));
    start..boundary((start + 100).min(line.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(problem: &Problem) -> String {
        let mut out = String::new();
        let theme = GraphicalTheme::unicode_nocolor();
        let handler = GraphicalReportHandler::new_themed(theme).with_width(80).with_context_lines(1);
        handler.render_report(&mut out, &Shown::new(problem)).unwrap();
        out
    }

    fn problem(text: &str, range: std::ops::Range<usize>) -> Problem {
        Problem {
            code: Some("E0101".into()),
            message: "something is wrong".into(),
            help: Some("do it so".into()),
            source: Some(("a.offer".into(), text.into())),
            labels: vec![(range, "here".into())],
            ..Problem::default()
        }
    }

    #[test]
    fn problems_of_a_file_share_its_text() {
        let text: Arc<str> = "offer x\n".into();
        let texts = HashMap::from([("a.offer", Arc::clone(&text))]);
        let span = opportune_compiler::syntax::Span { start: 0, end: 5 };
        let diagnostic = diagnostic::Diagnostic::error("E0101", "something is wrong", span, "here");
        let located = Located { path: "a.offer".into(), diagnostic };
        let problem = Problem::located(&located, &texts);
        assert!(problem.source.is_some_and(|(_, own)| Arc::ptr_eq(&own, &text)));
    }

    #[test]
    fn a_long_line_is_cut_around_its_label() {
        let text = format!("first\n{}WRONG{}\nlast\n", "ä".repeat(300_000), "b".repeat(300_000));
        let at = text.find("WRONG").unwrap();
        let out = rendered(&problem(&text, at..at + 5));
        assert!(out.len() < 2_000, "{} bytes", out.len());
        assert!(out.contains("WRONG") && out.contains("2 │"), "{out}");
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let out = rendered(&problem("offer \u{1b}[31mx\u{9b}\u{202e} {\n}\n", 6..9));
        assert!(!out.contains('\u{1b}') && !out.contains('\u{9b}') && !out.contains('\u{202e}'), "{out}");
    }

    #[test]
    fn a_label_at_the_end_of_the_text_is_shown() {
        for text in ["offer x {", "offer x {\n", "offer x {\n\n", ""] {
            let out = rendered(&problem(text, text.len()..text.len()));
            assert!(out.contains("here"), "{text:?}: {out}");
        }
    }
}
