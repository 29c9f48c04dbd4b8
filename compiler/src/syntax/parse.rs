//! An item's text to its tree and all that is wrong with it.
//!
//! Each clause is matched on its own by the rule of its first word. One that does not match is explained from the place
//! where the match stopped (`failure`), and only that clause is lost.

mod aggregate;
mod allow;
mod amount;
mod build;
mod cap;
mod cap_window;
mod channel;
mod clause;
mod date;
mod days;
mod distance;
mod each;
mod expectation;
mod experiment;
mod expr;
mod failure;
mod field;
mod foreign;
mod guarantee;
mod hours;
mod item;
mod journey;
mod misplaced;
mod moment;
mod operator;
mod pick;
mod reaction;
mod record;
mod route;
mod slate;
mod sql;
mod tail;
mod template;
mod test;
mod text;
mod timing;
mod total;
mod unbuilt;
mod window;

use pest::Parser as _;
use pest::iterators::Pair;

use crate::diagnostic::Diagnostic;
use crate::syntax::ast::{Item, Name, Span};
use crate::syntax::layout::Part;
use crate::syntax::scan::strange::{escaped, is_strange};
use crate::syntax::scan::{Hole, Scanned, Token, scan};
use crate::syntax::split::is_allow;

#[allow(missing_docs, reason = "generated: each rule is explained in the grammar")]
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "syntax/grammar.pest"]
    #[grammar = "syntax/clauses.pest"]
    #[grammar = "syntax/tests.pest"]
    pub struct Grammar;
}

use grammar::{Grammar, Rule};

pub use clause::{CHANNEL_WORDS, OFFER_WORDS, PORTFOLIO_WORDS};
pub use failure::RESERVED;
pub use guarantee::WORDS as GUARANTEE_WORDS;
pub use test::WORDS as TEST_WORDS;

/// Reads the text of one item. The tree is `None` where not even its head can be understood; then something is reported.
pub fn parse_item(text: &str) -> (Option<Item>, Vec<Diagnostic>) {
    let Scanned { blanked, with_holes, tokens, holes, diagnostics } = scan(text);
    let (blanked, with_holes) = (blanked.as_str(), with_holes.as_str());
    let mut reader = Reader { text, blanked, with_holes, tokens: &tokens, holes: &holes, diagnostics, base: 0 };
    let allowed = allow::read(&mut reader);
    let kind = item::read(&mut reader);
    let mut diagnostics: Vec<Diagnostic> = reader.diagnostics.into_iter().map(presentable).collect();
    diagnostics.sort_by_key(|diagnostic| diagnostic.labels.first().map(|label| label.span));
    diagnostics.dedup();
    (kind.map(|kind| Item { doc: doc(text), allowed, kind }), diagnostics)
}

/// Nothing that is quoted from the policy drives a terminal or fills a screen.
fn presentable(mut diagnostic: Diagnostic) -> Diagnostic {
    const LONGEST: usize = 400;
    let present = |text: &mut String| {
        if text.chars().any(|c| c.is_control() || is_strange(c)) {
            *text = escaped(text);
        }
        if text.len() > LONGEST && text.chars().count() > LONGEST {
            *text = text.chars().take(LONGEST - 1).chain(['…']).collect();
        }
    };
    present(&mut diagnostic.message);
    diagnostic.labels.iter_mut().for_each(|label| present(&mut label.message));
    diagnostic.help.iter_mut().for_each(present);
    diagnostic.fix.iter_mut().for_each(|fix| present(&mut fix.title));
    diagnostic
}

/// The `///` lines before the item word.
fn doc(text: &str) -> Option<Box<str>> {
    let is_before = |line: &&str| line.is_empty() || line.starts_with("//") || is_allow(line);
    let before = text.lines().map(str::trim).take_while(is_before);
    let lines: Vec<&str> =
        before.filter_map(|line| line.strip_prefix("///")).map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    (!lines.is_empty()).then(|| lines.join("\n").into())
}

/// What the reading of an item needs at hand.
struct Reader<'t> {
    /// The item as written.
    text: &'t str,
    /// The same without comments.
    blanked: &'t str,
    /// The same with what stands in the holes of texts.
    with_holes: &'t str,
    tokens: &'t [Token],
    holes: &'t [Hole],
    diagnostics: Vec<Diagnostic>,
    /// Where the clause at hand begins; the grammar counts from there.
    base: usize,
}

impl<'t> Reader<'t> {
    /// Matches a part by a rule. `None`: reported.
    fn matched(&mut self, rule: Rule, part: &Part) -> Option<Pair<'t, Rule>> {
        self.matched_in(self.blanked, rule, part)
    }

    /// The same in another version of the text.
    fn matched_in(&mut self, version: &'t str, rule: Rule, part: &Part) -> Option<Pair<'t, Rule>> {
        if part.broken {
            return None;
        }
        let first = self.tokens.get(part.tokens.start)?;
        let last = self.tokens.get(part.tokens.end.checked_sub(1)?)?;
        self.base = first.start;
        let source = version.get(first.start..last.end).unwrap_or("");
        match Grammar::parse(rule, source) {
            Ok(mut pairs) => pairs.next(),
            Err(error) => {
                failure::report(self, rule, part, &error);
                None
            }
        }
    }

    /// The words and signs of a part.
    fn words(&self, part: &Part) -> impl Iterator<Item = &'t str> {
        let text = self.text;
        self.tokens.get(part.tokens.clone()).unwrap_or_default().iter().map(move |token| token.text(text))
    }

    /// From the first token of a part to its last.
    fn part_span(&self, part: &Part) -> Span {
        let tokens = self.tokens.get(part.tokens.clone()).unwrap_or_default();
        match (tokens.first(), tokens.last()) {
            (Some(first), Some(last)) => first.span().to(last.span()),
            _ => Span::default(),
        }
    }

    /// Where a pair is written, without the white space that the grammar has run over.
    fn span(&self, pair: &Pair<'t, Rule>) -> Span {
        let span = pair.as_span();
        let start = self.base + span.start();
        Span::new(start, start + span.as_str().trim_end().len())
    }

    /// What is written at a span.
    fn written(&self, span: Span) -> &'t str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}
