//! The lexemes of a clause as a tree of its brackets, with the comma after a list's last value as its form wants it.

use crate::syntax::scan::TokenKind;

use super::lexeme::Lexeme;

/// A lexeme by its position, or a bracket and all in it.
#[derive(Debug)]
pub enum Node {
    /// A lexeme outside of inner brackets.
    Leaf(usize),
    /// `( … )`, `[ … ]` or `{ … }`
    Bracket(Bracket),
}

/// A bracket and all in it.
#[derive(Debug)]
pub struct Bracket {
    /// The opening one.
    pub open: usize,
    /// What stands between.
    pub inner: Vec<Node>,
    /// The closing one.
    pub close: usize,
    /// About how many characters stand between.
    pub width: usize,
    /// How it is broken.
    pub form: Form,
}

/// How a bracket is broken where it does not fit on a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// As many values to a line as fit.
    Fill,
    /// One to a line.
    Lines,
}

/// Brackets wider than this are worth breaking inside.
const NARROW: usize = 24;

impl Node {
    /// Its first lexeme.
    pub fn first(&self) -> usize {
        match self {
            Self::Leaf(at) => *at,
            Self::Bracket(bracket) => bracket.open,
        }
    }

    /// Its last lexeme.
    pub fn last(&self) -> usize {
        match self {
            Self::Leaf(at) => *at,
            Self::Bracket(bracket) => bracket.close,
        }
    }

    /// Whether it is a bracket that is worth breaking.
    pub fn is_wide(&self) -> bool {
        matches!(self, Self::Bracket(bracket) if bracket.width > NARROW)
    }
}

/// The tree of a clause; `None` where brackets do not match.
pub fn tree(lexemes: &mut Vec<Lexeme<'_>>) -> Option<Vec<Node>> {
    let mut outer: Vec<(usize, Vec<Node>, usize)> = Vec::new();
    let mut nodes = Vec::new();
    let mut width = 0;
    for at in 0..lexemes.len() {
        let lexeme = lexemes.get(at)?;
        width += lexeme.text.len() + 1;
        if lexeme.kind != TokenKind::Sign {
            nodes.push(Node::Leaf(at));
            continue;
        }
        match lexeme.text.as_ref() {
            "(" | "[" | "{" => outer.push((at, std::mem::take(&mut nodes), width)),
            close @ (")" | "]" | "}") => {
                let close = close.to_owned();
                let (open, before, began) = outer.pop()?;
                let mut inner = std::mem::replace(&mut nodes, before);
                let opened = lexemes.get(open)?.text.clone();
                if !matches!((&*opened, &*close), ("(", ")") | ("[", "]") | ("{", "}")) {
                    return None;
                }
                if opened == "{" {
                    inner = separated(lexemes, inner);
                }
                let form = form(lexemes, &inner, &opened);
                last_comma(lexemes, &mut inner, form, &opened);
                nodes.push(Node::Bracket(Bracket { open, inner, close: at, width: width - began, form }));
            }
            _ => nodes.push(Node::Leaf(at)),
        }
    }
    outer.is_empty().then_some(nodes)
}

/// Lists of short plain values fill lines.
fn form(lexemes: &[Lexeme<'_>], inner: &[Node], open: &str) -> Form {
    let is_comma = |node: &Node| matches!(node, Node::Leaf(at) if lexemes.get(*at).is_some_and(|leaf| leaf.is(",")));
    let plain =
        inner.split(is_comma).all(|value| value.len() <= 2 && value.iter().all(|node| matches!(node, Node::Leaf(_))));
    if open != "{" && plain { Form::Fill } else { Form::Lines }
}

/// A record's fields with a comma where only a line break was between two.
fn separated(lexemes: &mut Vec<Lexeme<'_>>, inner: Vec<Node>) -> Vec<Node> {
    let mut fields = Vec::with_capacity(inner.len());
    let mut nodes = inner.into_iter().peekable();
    while let Some(node) = nodes.next() {
        let is = |node: Option<&Node>, sign: &str| match node {
            Some(Node::Leaf(at)) => lexemes.get(*at).is_some_and(|lexeme| lexeme.is(sign)),
            _ => false,
        };
        if is(nodes.peek(), ":") && !fields.is_empty() && !is(fields.last(), ",") {
            let comma = fields.last().and_then(|last: &Node| comma_after(lexemes, last.last()));
            fields.extend(comma);
        }
        fields.push(node);
    }
    fields
}

/// A comma that is not written, after a lexeme whose comment it takes.
fn comma_after(lexemes: &mut Vec<Lexeme<'_>>, last: usize) -> Option<Node> {
    let before = lexemes.get_mut(last)?;
    let after = before.after.take();
    let comma = Lexeme { text: ",".into(), kind: TokenKind::Sign, tokens: before.tokens, before: Vec::new(), after };
    lexemes.push(comma);
    Some(Node::Leaf(lexemes.len() - 1))
}

/// Puts a comma after the last value of a list that is one to a line, and takes it away elsewhere. It is printed only where
/// the list is broken.
fn last_comma(lexemes: &mut Vec<Lexeme<'_>>, inner: &mut Vec<Node>, form: Form, open: &str) {
    let Some(last) = inner.last().map(Node::last) else { return };
    let is_comma = lexemes.get(last).is_some_and(|lexeme| lexeme.is(","));
    let wanted = form == Form::Lines && open != "(";
    if is_comma == wanted {
        return;
    }
    if is_comma {
        let comment = lexemes.get_mut(last).and_then(|comma| comma.after.take());
        inner.pop();
        let before = inner.last().and_then(|node| lexemes.get_mut(node.last()));
        if let Some(before) = before.filter(|before| before.after.is_none()) {
            before.after = comment;
        }
        return;
    }
    let comma = comma_after(lexemes, last);
    inner.extend(comma);
}
