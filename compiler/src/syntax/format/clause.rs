//! A clause as a document: where it may be broken, and which of these places go together.
//!
//! A clause that does not fit on a line is broken at its commas, then before `where` and `when`, then at its loosest
//! operators; inside a bracket only where that is not enough, or where only one of the operands holds much.

use super::brackets::{Bracket, Form, Node};
use super::doc::Doc;
use super::levels::{Level, Words};

/// What a row of nodes is like for the row around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Words and small brackets.
    Plain,
    /// One bracket holds nearly all of it: broken inside the bracket, it reads well.
    Bracketed,
    /// It is broken at its own operators.
    Chain,
}

/// Makes the document of one clause.
pub struct Builder<'b, 't> {
    words: Words<'b, 't>,
    /// Whether the clause goes on after a line break between two lexemes outside of brackets.
    goes_on: &'b dyn Fn(usize, usize) -> bool,
}

/// Where a row stands.
#[derive(Clone, Copy)]
struct Place {
    /// How many levels further in its own line breaks go.
    levels: usize,
    in_bracket: bool,
}

impl<'b, 't> Builder<'b, 't> {
    /// A builder for the clause with these lexemes.
    pub fn new(words: Words<'b, 't>, goes_on: &'b dyn Fn(usize, usize) -> bool) -> Self {
        Self { words, goes_on }
    }

    /// The clause, of which the first `head` nodes are its words.
    pub fn clause(&self, row: &[Node], head: usize) -> Doc<'t> {
        let place = Place { levels: 1, in_bracket: false };
        let (words, rest) = row.split_at(head.min(row.len()));
        let pieces = self.pieces(rest);
        if let Some(fill) = self.filled(words, &pieces) {
            return fill;
        }
        let Some((first, more)) = pieces.split_first() else { return self.row(words) };
        let levels = if more.is_empty() { 1 } else { 2 };
        let (value, shape) = self.parts(first, Place { levels, ..place });
        let defined = more.is_empty() && self.words.word(words.last()) == "=";
        let mut parts = vec![self.row(words)];
        match (words.last(), rest.first()) {
            // A value of several operands stands better below the `=` than beside it.
            (Some(_), Some(_)) if defined && shape == Shape::Chain => {
                let (value, _) = self.parts(first, Place { levels: 0, ..place });
                parts.push(Doc::indent(1, Doc::concat(vec![Doc::line(), value])));
                return Doc::group(Doc::concat(parts));
            }
            (Some(last), Some(next)) => parts.push(self.blank(last, next)),
            _ => {}
        }
        parts.push(value);
        if !more.is_empty() {
            let more = self.after_commas(rest, more, place);
            parts.push(Doc::indent(1, Doc::concat(more)));
        }
        Doc::group(Doc::concat(parts))
    }

    /// A clause of short pieces: as many to a line as fit.
    fn filled(&self, words: &[Node], pieces: &[&[Node]]) -> Option<Doc<'t>> {
        let short = |piece: &&[Node]| piece.len() <= 3 && piece.iter().all(|node| matches!(node, Node::Leaf(_)));
        let goes_on = |pair: &[&[Node]]| match pair {
            [before, after] => matches!((before.last(), after.first()), (Some(before), Some(after))
                if (self.goes_on)(before.last(), after.first())),
            _ => false,
        };
        if pieces.len() < 2 || !pieces.iter().all(short) || !pieces.windows(2).all(goes_on) {
            return None;
        }
        let fill = Doc::fill(pieces.iter().map(|piece| self.row(piece)).collect());
        let (last, next) = (words.last()?, pieces.first()?.first()?);
        Some(Doc::concat(vec![self.row(words), self.blank(last, next), Doc::indent(1, fill)]))
    }

    /// The pieces of a row after its first comma, each with the place before it.
    fn after_commas(&self, row: &[Node], more: &[&[Node]], place: Place) -> Vec<Doc<'t>> {
        let mut parts = Vec::new();
        let mut end = row.len() - more.iter().map(|piece| piece.len()).sum::<usize>();
        for piece in more {
            let before = end.checked_sub(1).and_then(|last| row.get(last));
            if let (Some(before), Some(next)) = (before, piece.first()) {
                parts.push(self.line(before, next, place));
            }
            parts.push(self.parts(piece, place).0);
            end += piece.len();
        }
        parts
    }

    /// The row cut after its commas.
    fn pieces<'r>(&self, row: &'r [Node]) -> Vec<&'r [Node]> {
        row.split_inclusive(|node| self.words.word(Some(node)) == ",").collect()
    }

    /// A row without commas but the last, cut before `where` and `when`.
    fn parts(&self, row: &[Node], place: Place) -> (Doc<'t>, Shape) {
        let (row, comma) = match row.split_last() {
            Some((last, row)) if self.words.word(Some(last)) == "," => (row, Some(last)),
            _ => (row, None),
        };
        let (doc, shape) = self.conditions(row, place);
        match comma {
            Some(comma) => (Doc::concat(vec![doc, self.leaf(comma.first())]), shape),
            None => (doc, shape),
        }
    }

    fn conditions(&self, row: &[Node], place: Place) -> (Doc<'t>, Shape) {
        let begins = |at: &usize| matches!(self.words.word(row.get(*at)), "where" | "when");
        let cuts: Vec<usize> = (1..row.len()).filter(begins).collect();
        let Some(first_cut) = cuts.first() else { return self.expr(row, Level::Else, place) };
        // In a bracket the parts stand beneath each other.
        let levels = if place.in_bracket { 0 } else { place.levels };
        let first = row.get(..*first_cut).unwrap_or_default();
        let mut more = Vec::new();
        for (nth, &cut) in cuts.iter().enumerate() {
            let end = cuts.get(nth + 1).copied().unwrap_or(row.len());
            let part = row.get(cut..end).unwrap_or_default();
            let (Some(before), Some((word, rest))) = (row.get(cut - 1), part.split_first()) else { continue };
            more.push(self.line(before, word, place));
            more.push(self.row(std::slice::from_ref(word)));
            if let Some(next) = rest.first() {
                more.push(self.blank(word, next));
            }
            more.push(self.expr(rest, Level::Else, Place { levels: 1, ..place }).0);
        }
        let (first, _) = self.expr(first, Level::Else, Place { levels: levels + 1, ..place });
        (Doc::group(Doc::concat(vec![first, Doc::indent(levels, Doc::concat(more))])), Shape::Chain)
    }

    /// A row of operands, whose operators are of this level or tighter.
    fn expr(&self, row: &[Node], loosest: Level, place: Place) -> (Doc<'t>, Shape) {
        if row.len() > 2 {
            let levels = Level::ALL.into_iter().filter(|level| *level >= loosest);
            for level in levels {
                let operators = self.words.operators(row, level);
                if !operators.is_empty() {
                    return self.chain(row, &operators, level, place);
                }
            }
        }
        self.operand(row, place)
    }

    fn chain(&self, row: &[Node], operators: &[usize], level: Level, place: Place) -> (Doc<'t>, Shape) {
        let tighter = Level::ALL.into_iter().find(|other| *other > level);
        let operand = |part: &[Node], levels: usize| match tighter {
            Some(tighter) => self.expr(part, tighter, Place { levels, ..place }),
            None => self.operand(part, place),
        };
        let cut = operators.first().copied().unwrap_or(row.len());
        let (first, shape) = operand(row.get(..cut).unwrap_or_default(), place.levels + 1);
        let mut shapes = vec![shape];
        let mut more = Vec::new();
        for (nth, &at) in operators.iter().enumerate() {
            let end = operators.get(nth + 1).copied().unwrap_or(row.len());
            let Some((operator, part)) = row.get(at..end).and_then(<[Node]>::split_first) else { continue };
            let (value, shape) = operand(part, 1);
            shapes.push(shape);
            let blank = part.first().map_or_else(Doc::space, |next| self.blank(operator, next));
            more.push((at, Doc::concat(vec![self.leaf(operator.first()), blank, value])));
        }
        let breaks_inside = shapes.iter().all(|shape| *shape != Shape::Chain)
            && shapes.iter().filter(|shape| **shape == Shape::Bracketed).count() == 1
            && match level {
                Level::Or | Level::And => false,
                Level::Else => shapes.first() == Some(&Shape::Bracketed),
                _ => true,
            };
        let line = |at: usize| match (row.get(at.saturating_sub(1)), row.get(at)) {
            (Some(before), Some(operator)) if !breaks_inside => self.line(before, operator, place),
            _ => Doc::space(),
        };
        let more = more.into_iter().flat_map(|(at, doc)| [line(at), doc]).collect();
        if breaks_inside {
            return (Doc::concat(vec![first, Doc::concat(more)]), Shape::Bracketed);
        }
        let plain = shapes.iter().all(|shape| *shape == Shape::Plain) && !matches!(level, Level::Or | Level::And);
        let doc = Doc::group(Doc::concat(vec![first, Doc::indent(place.levels, Doc::concat(more))]));
        (doc, if plain { Shape::Plain } else { Shape::Chain })
    }

    /// A row without operators: words in a row, a call, an `if`.
    fn operand(&self, row: &[Node], place: Place) -> (Doc<'t>, Shape) {
        let Some(at) = row.iter().position(|node| self.words.word(Some(node)) == "if") else {
            let wide = row.iter().filter(|node| node.is_wide()).count();
            return (self.row(row), if wide == 0 { Shape::Plain } else { Shape::Bracketed });
        };
        let (before, branches) = row.split_at(at);
        let mut parts = vec![self.row(before)];
        if let (Some(last), Some(next)) = (before.last(), branches.first()) {
            parts.push(self.blank(last, next));
        }
        parts.push(self.branches(branches, place));
        (Doc::concat(parts), Shape::Chain)
    }

    /// `if a then b else if c then d else e`, one branch to a line.
    fn branches(&self, row: &[Node], place: Place) -> Doc<'t> {
        let mut parts = Vec::new();
        let mut end = 0;
        for (nth, (branch, then)) in self.words.branches(row).into_iter().enumerate() {
            let mut doc = Vec::new();
            if let (Some(before), Some(next)) = (row.get(end.max(1) - 1), branch.first())
                && nth > 0
            {
                doc.push(self.line(before, next, place));
            }
            doc.push(self.branch(branch, then, place));
            parts.push(Doc::concat(doc));
            end += branch.len();
        }
        let more = parts.split_off(parts.len().min(1));
        parts.push(Doc::indent(place.levels, Doc::concat(more)));
        Doc::group(Doc::concat(parts))
    }

    fn branch(&self, branch: &[Node], then: Option<usize>, place: Place) -> Doc<'t> {
        let leading = branch.iter().take_while(|node| matches!(self.words.word(Some(node)), "if" | "else")).count();
        let (words, rest) = branch.split_at(leading);
        let inner = Place { levels: 1, ..place };
        let Some(then) = then.and_then(|then| then.checked_sub(leading)) else {
            return self.led(words, rest, inner);
        };
        let (condition, result) = rest.split_at(then.min(rest.len()));
        let mut parts = vec![self.led(words, condition, Place { levels: place.levels + 1, ..place })];
        if let (Some(before), Some((word, value))) = (condition.last(), result.split_first()) {
            let result = self.led(std::slice::from_ref(word), value, inner);
            parts.push(Doc::indent(place.levels + 1, Doc::concat(vec![self.line(before, word, place), result])));
        }
        Doc::group(Doc::concat(parts))
    }

    /// Words and the value after them.
    fn led(&self, words: &[Node], value: &[Node], place: Place) -> Doc<'t> {
        let mut parts = vec![self.row(words)];
        if let (Some(last), Some(next)) = (words.last(), value.first()) {
            parts.push(self.blank(last, next));
        }
        parts.push(self.expr(value, Level::Else, place).0);
        Doc::concat(parts)
    }

    /// Nodes beside each other, broken only inside brackets.
    fn row(&self, row: &[Node]) -> Doc<'t> {
        let mut parts = Vec::with_capacity(row.len() * 2);
        let mut before = None;
        for node in row {
            parts.extend(before.map(|before| self.blank(before, node)));
            parts.push(match node {
                Node::Leaf(at) => self.leaf(*at),
                Node::Bracket(bracket) => self.bracket(bracket),
            });
            before = Some(node);
        }
        Doc::concat(parts)
    }

    fn bracket(&self, bracket: &Bracket) -> Doc<'t> {
        let open = self.leaf(bracket.open);
        let Some(close) = self.words.lexemes.get(bracket.close) else { return open };
        let braces = close.is("}");
        let edge = || if braces { Doc::line() } else { Doc::soft() };
        let mut inner = Vec::new();
        let pieces = self.pieces(&bracket.inner);
        match (bracket.form, pieces.as_slice()) {
            (_, []) => {}
            (_, [only]) if close.is(")") => {
                inner.push(self.parts(only, Place { levels: 0, in_bracket: true }).0);
            }
            (Form::Fill, pieces) => inner.push(Doc::fill(pieces.iter().map(|piece| self.row(piece)).collect())),
            (Form::Lines, pieces) => inner.extend(self.lines(pieces, close.is(")"))),
        }
        let comments = close.before.iter().map(|comment| Doc::own_line(comment.text));
        let empty = inner.is_empty() && close.before.is_empty();
        let inner = Doc::concat(inner.into_iter().chain(comments).collect());
        let last = self.closing(bracket.close);
        if empty {
            return Doc::concat(vec![open, last]);
        }
        Doc::group(Doc::concat(vec![open, Doc::indent(1, Doc::concat(vec![edge(), inner])), edge(), last]))
    }

    /// The values of a bracket, one to a line; the comma after the last stands only there, and never in a call.
    fn lines(&self, pieces: &[&[Node]], call: bool) -> Vec<Doc<'t>> {
        let mut parts = Vec::new();
        for (nth, piece) in pieces.iter().enumerate() {
            if nth > 0 {
                parts.push(Doc::line());
            }
            let is_last = nth + 1 == pieces.len() && !call;
            let (value, comma) = match piece.split_last() {
                Some((last, value)) if is_last && self.words.word(Some(last)) == "," => (value, Some(last)),
                _ => (*piece, None),
            };
            parts.push(self.value(value));
            if let Some(comma) = comma.and_then(|comma| self.words.lexemes.get(comma.first())) {
                parts.push(Doc::if_broken(","));
                parts.extend(comma.after.map(Doc::remark));
            }
        }
        parts
    }

    /// A value of a list, or a field of a record.
    fn value(&self, row: &[Node]) -> Doc<'t> {
        let is_field = self.words.word(row.get(1)) == ":";
        let (name, value) = row.split_at(if is_field { 2 } else { 0 });
        let mut parts = vec![self.row(name)];
        if let (Some(last), Some(next)) = (name.last(), value.first()) {
            parts.push(self.blank(last, next));
        }
        parts.push(self.parts(value, Place { levels: 1, in_bracket: true }).0);
        Doc::concat(parts)
    }

    /// A lexeme with its comments.
    fn leaf(&self, at: usize) -> Doc<'t> {
        let Some(lexeme) = self.words.lexemes.get(at) else { return Doc::concat(Vec::new()) };
        let before = lexeme.before.iter().map(|comment| Doc::own_line(comment.text));
        let text = Doc::text(lexeme.text.clone());
        if lexeme.before.is_empty() && lexeme.after.is_none() {
            return text;
        }
        Doc::concat(before.chain([text]).chain(lexeme.after.map(Doc::remark)).collect())
    }

    /// A closing bracket; the comments before it are printed inside.
    fn closing(&self, at: usize) -> Doc<'t> {
        let Some(lexeme) = self.words.lexemes.get(at) else { return Doc::concat(Vec::new()) };
        Doc::concat([Doc::text(lexeme.text.clone())].into_iter().chain(lexeme.after.map(Doc::remark)).collect())
    }

    fn blank(&self, before: &Node, after: &Node) -> Doc<'t> {
        let spaced = self.words.spacing.between(self.words.lexemes, before.last(), after.first());
        if spaced { Doc::space() } else { Doc::concat(Vec::new()) }
    }

    /// A line break if the clause goes on after it, else a blank.
    fn line(&self, before: &Node, after: &Node, place: Place) -> Doc<'t> {
        if place.in_bracket || (self.goes_on)(before.last(), after.first()) {
            Doc::line()
        } else {
            self.blank(before, after)
        }
    }
}
