//! One item: its comments, its head, its clauses, and their comments.

use super::brackets::tree;
use super::clause::Builder;
use super::doc::INDENT;
use super::levels::Words;
use super::lexeme::{Lexeme, lexemes};
use super::remarks::{Comment, Remarked, remarks};
use super::same::same;
use super::spacing::Spacing;
use super::{Reason, Written};
use crate::syntax::layout::{Braces, Finder};
use crate::syntax::parse_item;
use crate::syntax::scan::{Token, TokenKind, scan};
use crate::syntax::split::{ALLOW, ItemWord, RawItem};

/// Writes an item anew, unless it has a mistake.
pub fn item(raw: &RawItem) -> Result<Written<'_>, Reason> {
    let (tree, diagnostics) = parse_item(&raw.text);
    let tree = tree.filter(|_| diagnostics.is_empty()).ok_or(Reason::Broken)?;
    let written = write(raw).ok_or(Reason::Unsure)?;
    let comments: String = written.end.iter().map(|comment| format!("\n{}", comment.text)).collect();
    let whole = format!("{}{comments}", written.text);
    if same(&raw.text, &tree, &whole) { Ok(written) } else { Err(Reason::Unsure) }
}

/// Writes an item without mistakes anew.
fn write(raw: &RawItem) -> Option<Written<'_>> {
    let scanned = scan(&raw.text);
    let tokens = scanned.tokens.as_slice();
    let mut remarks = remarks(&raw.text, tokens);
    let end = std::mem::take(&mut remarks.end);
    let records = matches!(raw.word, ItemWord::Persona | ItemWord::Test);
    let mut writer = Writer { text: &raw.text, tokens, remarks, records, out: String::new() };
    let first = writer.beginning()?;
    let begin = writer.out.len();
    match raw.word {
        ItemWord::Segment | ItemWord::Trait | ItemWord::Journey => writer.single(first)?,
        word => writer.block(first, word)?,
    }
    let word = tokens.get(first)?.text(&raw.text);
    let is_line = !writer.out.get(begin..)?.contains('\n');
    Some(Written { text: writer.out.into(), end, line: is_line.then_some(word) })
}

struct Writer<'t, 'a> {
    text: &'t str,
    tokens: &'a [Token],
    remarks: Remarked<'t>,
    /// Whether its clauses hold records in braces.
    records: bool,
    out: String,
}

/// A clause as it will be written.
struct Clause<'t> {
    before: Vec<Comment<'t>>,
    apart: bool,
    text: String,
    after: Option<&'t str>,
}

impl<'t> Writer<'t, '_> {
    /// The comments before the item, and the lines that say what is allowed in it; where the item's word stands.
    fn beginning(&mut self) -> Option<usize> {
        let mut first = self.skip_newlines(0)?;
        loop {
            let place = self.remarks.at.get_mut(first)?;
            let (before, apart) = (std::mem::take(&mut place.before), place.apart);
            self.comments(&before, 0, self.out.is_empty());
            if apart && before.last().is_some_and(|last| !last.text.starts_with("///")) {
                self.out.push('\n');
            }
            if self.tokens.get(first)?.text(self.text) != ALLOW {
                return Some(first);
            }
            let line = self.tokens.get(first..)?.iter().take_while(|token| token.kind != TokenKind::Newline);
            let words: Vec<&str> = line.map(|token| token.text(self.text)).collect();
            let end = first + words.len();
            self.out.push_str(&words.join(" "));
            self.remark(self.remarks.at.get(end - 1)?.after);
            self.out.push('\n');
            first = self.skip_newlines(end)?;
        }
    }

    fn skip_newlines(&self, from: usize) -> Option<usize> {
        let rest = self.tokens.get(from..)?;
        rest.iter().position(|token| token.kind != TokenKind::Newline).map(|at| from + at)
    }

    /// `segment name is …`
    fn single(&mut self, first: usize) -> Option<()> {
        let mut diagnostics = Vec::new();
        let (part, more) = Finder::new(self.text, self.tokens.get(first..)?, &mut diagnostics).single();
        if more.is_some() || !diagnostics.is_empty() {
            return None;
        }
        let clause = self.clause(first + part.tokens.start..first + part.tokens.end, 0, 3)?;
        self.out.push_str(&clause.text);
        self.remark(clause.after);
        Some(())
    }

    /// `offer name { … }`
    fn block(&mut self, first: usize, word: ItemWord) -> Option<()> {
        let mut diagnostics = Vec::new();
        let finder = Finder::new(self.text, self.tokens.get(first..)?, &mut diagnostics);
        let layout = if self.records { finder.with_records() } else { finder }.block("", Braces::Optional);
        if !diagnostics.is_empty() {
            return None;
        }
        let shifted = |range: &std::ops::Range<usize>| first + range.start..first + range.end;
        let head = shifted(&layout.head.tokens);
        let words = head.len();
        let open = (head.end..self.tokens.len()).find(|at| self.is_sign(*at, "{"));
        let head = self.clause(head, 0, words)?;
        self.out.push_str(&head.text);
        let Some(open) = open else {
            self.remark(head.after);
            return Some(());
        };
        let close = (open..self.tokens.len()).rfind(|at| self.is_sign(*at, "}"))?;
        let opened = self.remarks.at.get(open)?.after;
        let dangling = std::mem::take(&mut self.remarks.at.get_mut(close)?.before);
        if layout.clauses.is_empty() && opened.is_none() && dangling.is_empty() {
            self.out.push_str(" {}");
        } else {
            self.out.push_str(" {");
            self.remark(opened);
            self.out.push('\n');
            let clauses = layout.clauses.iter().map(|part| shifted(&part.tokens));
            let clauses: Vec<_> = match word {
                ItemWord::Persona => clauses.flat_map(|clause| self.fields(clause)).collect(),
                _ => clauses.collect(),
            };
            for (nth, clause) in clauses.into_iter().enumerate() {
                self.body_clause(clause, nth == 0)?;
            }
            self.comments(&dangling, INDENT, layout.clauses.is_empty());
            self.out.push('}');
        }
        self.remark(self.remarks.at.get(close)?.after);
        Some(())
    }

    /// The fields that stand on one line of a persona, without the commas between them.
    fn fields(&mut self, clause: std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
        let (mut fields, mut begin, mut depth) = (Vec::new(), clause.start, 0_usize);
        for at in clause.clone() {
            match self.tokens.get(at).map_or("", |token| token.text(self.text)) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                "," if depth == 0 => {
                    let comment = self.remarks.at.get_mut(at).and_then(|comma| comma.after.take());
                    if let (Some(_), Some(last)) = (comment, self.remarks.at.get_mut(at.saturating_sub(1))) {
                        last.after = comment;
                    }
                    fields.push(begin..at);
                    begin = at + 1;
                }
                _ => {}
            }
        }
        fields.push(begin..clause.end);
        let filled = |field: &std::ops::Range<usize>| {
            let tokens = self.tokens.get(field.clone()).unwrap_or_default();
            tokens.iter().any(|token| token.kind != TokenKind::Newline)
        };
        fields.retain(filled);
        fields
    }

    /// A clause between the braces, with its comments.
    fn body_clause(&mut self, tokens: std::ops::Range<usize>, first: bool) -> Option<()> {
        let clause = self.clause(tokens, INDENT, 1)?;
        self.comments(&clause.before, INDENT, first);
        if clause.apart && !(first && clause.before.is_empty()) {
            self.out.push('\n');
        }
        self.out.extend(std::iter::repeat_n(' ', INDENT));
        self.out.push_str(&clause.text);
        self.remark(clause.after);
        self.out.push('\n');
        Some(())
    }

    fn is_sign(&self, at: usize, sign: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Sign && token.text(self.text) == sign)
    }

    fn remark(&mut self, comment: Option<&str>) {
        if let Some(comment) = comment {
            self.out.push_str("  ");
            self.out.push_str(comment);
        }
    }

    /// Comments on lines of their own; no blank line stands before the `first` of a block.
    fn comments(&mut self, comments: &[Comment<'_>], indent: usize, first: bool) {
        for (nth, comment) in comments.iter().enumerate() {
            if comment.apart && !(first && nth == 0) {
                self.out.push('\n');
            }
            self.out.extend(std::iter::repeat_n(' ', indent));
            self.out.push_str(comment.text);
            self.out.push('\n');
        }
    }

    /// Writes the clause that the tokens hold.
    fn clause(&mut self, range: std::ops::Range<usize>, base: usize, head: usize) -> Option<Clause<'t>> {
        let mut tokens = Vec::with_capacity(range.len());
        let mut remarks = Vec::with_capacity(range.len());
        let mut lines = Vec::with_capacity(range.len());
        let mut broken = false;
        for at in range {
            let token = *self.tokens.get(at)?;
            if token.kind == TokenKind::Newline {
                broken = true;
                continue;
            }
            tokens.push(token);
            remarks.push(std::mem::take(self.remarks.at.get_mut(at)?));
            lines.push(std::mem::take(&mut broken));
        }
        let apart = remarks.first()?.apart;
        let mut lexemes = lexemes(self.text, &tokens, &lines, remarks);
        let before = std::mem::take(&mut lexemes.first_mut()?.before);
        let after = lexemes.last_mut()?.after.take();
        let head = if head == 1 { clause_words(&lexemes) } else { head };
        let tree = tree(&mut lexemes)?;
        let spacing = Spacing::new(&lexemes, head);
        let mut diagnostics = Vec::new();
        let finder = Finder::new(self.text, &tokens, &mut diagnostics);
        let finder = if self.records { finder.with_records() } else { finder };
        let goes_on = |before: usize, after: usize| match (lexemes.get(before), lexemes.get(after)) {
            (Some(before), Some(after)) => finder.goes_on_between(before.tokens.1, after.tokens.0),
            _ => false,
        };
        let words = Words { lexemes: &lexemes, spacing: &spacing };
        let text = Builder::new(words, &goes_on).clause(&tree, head).print(base);
        Some(Clause { before, apart, text, after })
    }
}

/// How many words of a clause stand before what it says.
fn clause_words(lexemes: &[Lexeme<'_>]) -> usize {
    let is = |at: usize, word: &str| lexemes.get(at).is_some_and(|lexeme| lexeme.is(word));
    match lexemes.first().map_or("", |first| first.text.as_ref()) {
        "arm" => 3,
        "lever" => 2,
        "key" | "at" if is(2, ":") => 3,
        _ if is(1, "when") || is(1, ":") => 2,
        _ => 1,
    }
}
