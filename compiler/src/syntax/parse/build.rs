//! Trees of bounded depth: whoever walks a tree may recurse.

use super::Reader;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{BinaryWord, Expr, ExprKind, Span, Spanned};

/// How deep a tree may be.
const DEEPEST: u16 = 256;

/// Chains of `and` and `or` above this length become balanced trees.
const LONG_CHAIN: usize = 16;

/// An expression and the depth of its tree.
#[derive(Clone)]
pub struct Built {
    pub expr: Expr,
    pub depth: u16,
}

impl Built {
    /// A leaf.
    pub fn leaf(kind: ExprKind, span: Span) -> Self {
        Self { expr: Expr { kind, span }, depth: 1 }
    }

    /// A damaged part.
    pub fn error(span: Span) -> Self {
        Self::leaf(ExprKind::Error, span)
    }
}

impl Reader<'_> {
    /// A node over parts of which the deepest is `below` deep.
    pub fn node(&mut self, kind: ExprKind, span: Span, below: u16) -> Built {
        if below < DEEPEST {
            return Built { expr: Expr { kind, span }, depth: below + 1 };
        }
        // Freed while it is shallow enough; the clause goes on with a damaged part.
        drop(kind);
        let place = Span::new(span.start as usize, span.start as usize + self.first_char(span));
        let message = format!("this expression nests more than {DEEPEST} levels");
        let reported = self.diagnostics.iter().any(|d| d.code == codes::TOO_DEEP && d.message == message);
        if !reported {
            self.report(
                Diagnostic::error(codes::TOO_DEEP, message, place, "it begins here")
                    .help("give parts of it names, with `segment name is …` or `trait name = …`"),
            );
        }
        Built::error(span)
    }

    fn first_char(&self, span: Span) -> usize {
        self.written(span).chars().next().map_or(0, char::len_utf8)
    }

    /// `left op right`
    pub fn binary(&mut self, op: Spanned<BinaryWord>, left: Built, right: Built) -> Built {
        let span = left.expr.span.to(right.expr.span);
        let below = left.depth.max(right.depth);
        self.node(ExprKind::Binary(op, Box::new(left.expr), Box::new(right.expr)), span, below)
    }

    /// A chain of one of `and`, `or`, which may be grouped at will: short ones to the left as written, long ones in halves.
    pub fn chain(&mut self, op: BinaryWord, first: Built, rest: Vec<(Span, Built)>) -> Built {
        if rest.len() < LONG_CHAIN {
            return rest
                .into_iter()
                .fold(first, |left, (span, right)| self.binary(Spanned { node: op, span }, left, right));
        }
        let mut level: Vec<(Span, Built)> = std::iter::once((Span::default(), first)).chain(rest).collect();
        while level.len() > 1 {
            let mut next = Vec::with_capacity(level.len().div_ceil(2));
            let mut operands = level.into_iter();
            while let Some((before, left)) = operands.next() {
                next.push(match operands.next() {
                    Some((span, right)) => (before, self.binary(Spanned { node: op, span }, left, right)),
                    None => (before, left),
                });
            }
            level = next;
        }
        level.pop().map_or_else(|| Built::error(Span::default()), |(_, built)| built)
    }
}
