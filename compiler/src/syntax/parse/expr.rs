//! Operands and operators in a row, as the grammar finds them, to trees: by precedence climbing.

use std::iter::Peekable;

use pest::iterators::{Pair, Pairs};

use super::build::Built;
use super::{Reader, Rule, foreign, sql, unbuilt};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{BinaryWord, Expr, ExprKind, Literal, Name, Span, Spanned};

/// How tightly operators bind, from the loosest.
mod strength {
    pub const ELSE: u8 = 1;
    pub const OR: u8 = 2;
    pub const AND: u8 = 3;
    pub const NOT: u8 = 4;
    pub const COMPARISON: u8 = 5;
    pub const SUM: u8 = 6;
    pub const PRODUCT: u8 = 7;
    pub const NEGATION: u8 = 8;
}

/// How tightly the operator or tail binds; `None` for an operand.
fn binds(rule: Rule) -> Option<u8> {
    Some(match rule {
        Rule::op_else => strength::ELSE,
        Rule::op_or | Rule::odd_or => strength::OR,
        Rule::kw_and | Rule::odd_and => strength::AND,
        Rule::op_add | Rule::op_subtract => strength::SUM,
        Rule::op_multiply | Rule::op_divide | Rule::odd_strange => strength::PRODUCT,
        Rule::op_equal
        | Rule::op_is_not
        | Rule::op_less
        | Rule::op_less_or_equal
        | Rule::op_greater
        | Rule::op_greater_or_equal
        | Rule::op_starts
        | Rule::op_ends
        | Rule::op_contains
        | Rule::op_overlaps
        | Rule::odd_equal
        | Rule::odd_not_equal
        | Rule::odd_less_or_equal
        | Rule::odd_greater_or_equal
        | Rule::odd_is
        | Rule::odd_starts
        | Rule::odd_ends
        | Rule::odd_contains
        | Rule::odd_overlaps
        | Rule::odd_like
        | Rule::tail_is
        | Rule::tail_null
        | Rule::tail_in
        | Rule::tail_between => strength::COMPARISON,
        _ => return None,
    })
}

type Row<'t> = Peekable<Pairs<'t, Rule>>;

impl<'t> Reader<'t> {
    /// An `expr`, `branch` or `sum`.
    pub fn expr(&mut self, pair: Pair<'t, Rule>) -> Expr {
        self.built(pair).expr
    }

    /// The same with the depth of its tree.
    pub fn built(&mut self, pair: Pair<'t, Rule>) -> Built {
        self.climb(&mut pair.into_inner().peekable(), 0)
    }

    /// An operand and the operators after it that bind at least so tightly.
    fn climb(&mut self, row: &mut Row<'t>, least: u8) -> Built {
        let mut left = self.operand(row);
        // The right side of the comparison that `left` is, were it to be compared once more.
        let mut compared: Option<(Spanned<BinaryWord>, Built)> = None;
        while let Some(binding) = row.peek().and_then(|next| binds(next.as_rule())).filter(|binding| *binding >= least)
        {
            let Some(pair) = row.next() else { break };
            match pair.as_rule() {
                Rule::tail_is | Rule::tail_null | Rule::tail_in | Rule::tail_between => left = self.tail(left, pair),
                Rule::odd_strange => left = self.strange(left, &pair, row),
                Rule::odd_like => left = self.like(left, &pair, row),
                _ => {
                    let op = self.operator(&pair);
                    let right = self.climb(row, binding + 1);
                    left = match op.node {
                        BinaryWord::And | BinaryWord::Or => self.collect(op, left, right, row, binding),
                        _ if binding == strength::COMPARISON => self.compare(op, left, right, &mut compared),
                        _ => self.binary(op, left, right),
                    };
                }
            }
        }
        left
    }

    /// The right side of an operator that binds like a comparison.
    pub fn climb_over_comparison(&mut self, row: &mut Row<'t>) -> Built {
        self.climb(row, strength::COMPARISON + 1)
    }

    /// All operands of a chain of one of `and`, `or`.
    fn collect(
        &mut self,
        op: Spanned<BinaryWord>,
        first: Built,
        second: Built,
        row: &mut Row<'t>,
        binding: u8,
    ) -> Built {
        let mut rest = vec![(op.span, second)];
        while row.peek().and_then(|next| binds(next.as_rule())) == Some(binding) {
            let Some(pair) = row.next() else { break };
            let next = self.operator(&pair);
            let operand = self.climb(row, binding + 1);
            rest.push((next.span, operand));
        }
        self.chain(op.node, first, rest)
    }

    /// A comparison; a second one in a row is reported and read as `and`.
    fn compare(
        &mut self,
        op: Spanned<BinaryWord>,
        left: Built,
        right: Built,
        compared: &mut Option<(Spanned<BinaryWord>, Built)>,
    ) -> Built {
        let middle = compared.replace((op.clone(), right.clone()));
        let Some((first_op, middle)) = middle else { return self.binary(op, left, right) };
        let span = left.expr.span.to(right.expr.span);
        self.report(foreign::chained(self, &first_op, &op, &left.expr, &middle.expr, &right.expr));
        let second = self.binary(op.clone(), middle, right);
        let and = Spanned { node: BinaryWord::And, span: op.span };
        let mut both = self.binary(and, left, second);
        both.expr.span = span;
        both
    }

    /// Prefixes, a primary and its `.field`s.
    fn operand(&mut self, row: &mut Row<'t>) -> Built {
        let Some(pair) = row.next() else { return Built::error(Span::default()) };
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::kw_not | Rule::odd_not => {
                if pair.as_rule() == Rule::odd_not {
                    self.report(foreign::operator(self, span, "not"));
                }
                let of = self.climb(row, strength::NOT);
                let all = span.to(of.expr.span);
                self.node(ExprKind::Not(Box::new(of.expr)), all, of.depth)
            }
            Rule::minus => {
                let of = self.climb(row, strength::NEGATION);
                let all = span.to(of.expr.span);
                self.node(ExprKind::Negate(Box::new(of.expr)), all, of.depth)
            }
            _ => {
                let mut built = self.primary(pair);
                while let Some(access) = row.next_if(|next| next.as_rule() == Rule::access) {
                    let Some(name) = access.into_inner().find(|part| part.as_rule() != Rule::dot) else { continue };
                    let name = self.name(&name);
                    let all = built.expr.span.to(name.span);
                    built = self.node(ExprKind::Field(Box::new(built.expr), name), all, built.depth);
                }
                built
            }
        }
    }

    fn primary(&mut self, pair: Pair<'t, Rule>) -> Built {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::paren => {
                let inner = pair.into_inner().find(|part| part.as_rule() == Rule::expr);
                let mut built = inner.map_or_else(|| Built::error(span), |inner| self.built(inner));
                built.expr.span = span;
                built
            }
            Rule::if_expr => self.if_expr(pair),
            Rule::aggregate => self.aggregate(pair),
            Rule::call => self.call(pair),
            Rule::truth => {
                let word = pair.as_str();
                let lower = word.to_lowercase();
                if lower != word {
                    self.report(foreign::word(self, span, &lower));
                }
                Built::leaf(ExprKind::Literal(Literal::Bool(lower == "true")), span)
            }
            Rule::odd_null => {
                self.report(foreign::null_value(self, span));
                Built::error(span)
            }
            Rule::date_time => self.moment(pair),
            Rule::clock => self.time_of_day(&pair),
            Rule::odd_clock => self.odd_time_of_day(&pair),
            Rule::list => self.list_operand(pair),
            Rule::odd_case => self.case(pair),
            Rule::odd_typed => self.typed_text(&pair),
            Rule::odd_extract => self.extract(pair),
            Rule::odd_cast => self.cast(pair),
            Rule::text | Rule::open_text | Rule::odd_text => {
                let closed = pair.as_rule() != Rule::open_text;
                let text = self.text_value(&pair);
                if closed { Built::leaf(ExprKind::Literal(Literal::Text(text.node)), span) } else { Built::error(span) }
            }
            _ => self.amount(pair),
        }
    }

    /// `[a, b]` after `contains` or `overlaps`
    fn list_operand(&mut self, pair: Pair<'t, Rule>) -> Built {
        let span = self.span(&pair);
        let list = self.list(pair);
        let below = list.iter().map(|item| item.depth).fold(0, u16::max);
        self.node(ExprKind::List(list.into_iter().map(|item| item.expr).collect()), span, below)
    }

    fn if_expr(&mut self, pair: Pair<'t, Rule>) -> Built {
        let span = self.span(&pair);
        let mut parts: Vec<Built> = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::expr | Rule::branch => parts.push(self.built(part)),
                Rule::no_else => self.report(foreign::forgotten_else(Span { start: span.end, end: span.end }, span)),
                Rule::if_word | Rule::then_word => self.lower_case(&part),
                Rule::last_else => self.lower_case(&part),
                Rule::else_if => self.else_if(part),
                _ => {}
            }
        }
        let mut otherwise = if parts.len() % 2 == 1 { parts.pop() } else { None }
            .unwrap_or_else(|| Built::error(Span { start: span.end, end: span.end }));
        while let (Some(then), Some(condition)) = (parts.pop(), parts.pop()) {
            let start = condition.expr.span.start;
            let all = if parts.is_empty() { span } else { Span { start, end: span.end } };
            let below = otherwise.depth.max(then.depth).max(condition.depth);
            let kind = ExprKind::If(Box::new(condition.expr), Box::new(then.expr), Box::new(otherwise.expr));
            otherwise = self.node(kind, all, below);
        }
        otherwise
    }

    fn else_if(&mut self, pair: Pair<'t, Rule>) {
        for word in pair.into_inner() {
            if word.as_rule() == Rule::odd_else_if {
                let span = self.span(&word);
                self.report(foreign::word(self, span, "else if"));
            } else {
                self.lower_case(&word);
            }
        }
    }

    /// Reports a keyword in capitals.
    pub fn lower_case(&mut self, pair: &Pair<'t, Rule>) {
        let span = self.span(pair);
        let lower = self.written(span).to_lowercase();
        if lower != self.written(span) {
            self.report(foreign::word(self, span, &lower));
        }
    }

    pub fn call(&mut self, pair: Pair<'t, Rule>) -> Built {
        let span = self.span(&pair);
        let mut parts = pair.into_inner();
        let Some(callee) = parts.next() else { return Built::error(span) };
        let Some(arguments) = parts.next() else { return self.bare_word(&callee) };
        let word = callee.as_str();
        let inner = arguments.into_inner().filter(|part| part.as_rule() == Rule::expr);
        let known = self.diagnostics.len();
        let mut built = Vec::new();
        let mut below = 0;
        for argument in inner {
            let argument = self.built(argument);
            below = below.max(argument.depth);
            built.push(argument.expr);
        }
        let callee_span = self.span(&callee);
        if let Some(diagnostic) =
            unbuilt::function(word, callee_span).or_else(|| sql::function(self, word, callee_span, span, &built))
        {
            self.forget_replaced_quotes(known, &diagnostic);
            self.report(diagnostic);
            return Built::error(span);
        }
        let name = self.name(&callee);
        self.node(ExprKind::Call(name, built), span, below)
    }

    /// A text in other quotes of which the fix leaves nothing needs no message of its own.
    fn forget_replaced_quotes(&mut self, known: usize, diagnostic: &Diagnostic) {
        let Some(fix) = &diagnostic.fix else { return };
        let text = self.text;
        let mut at = 0;
        self.diagnostics.retain(|inner| {
            at += 1;
            let quoted =
                inner.labels.first().and_then(|label| text.get(label.span.start as usize..label.span.end as usize));
            at <= known
                || inner.code != codes::FOREIGN_QUOTES
                || quoted.is_none_or(|quoted| fix.replacement.contains(quoted))
        });
    }

    /// A name, or a word that is none: with capitals it is rather a value without its quotes.
    fn bare_word(&mut self, pair: &Pair<'t, Rule>) -> Built {
        let span = self.span(pair);
        if pair.as_rule() == Rule::name {
            return Built::leaf(ExprKind::Name(pair.as_str().into()), span);
        }
        self.report(foreign::capital_value(pair.as_str(), span));
        Built::error(span)
    }

    /// A name where one is declared or looked up; capitals are reported and read as small letters.
    pub fn name(&mut self, pair: &Pair<'t, Rule>) -> Name {
        let span = self.span(pair);
        let word = self.written(span);
        if pair.as_rule() == Rule::name {
            return Name { node: word.into(), span };
        }
        let (diagnostic, right) = foreign::not_a_name(word, span);
        self.report(diagnostic);
        Name { node: right.into(), span }
    }
}
