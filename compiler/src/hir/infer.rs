//! Gives every expression its type and says whether it may be missing.
//!
//! Types flow up; only a text or a bare word asks the other side what it may be. An expression that is not understood
//! is reported once and is `None` from there on up.

mod aggregates;
mod arithmetic;
mod calendar;
mod comparisons;
mod functions;
mod instead;
mod lists;
mod literals;
mod lookups;
mod mismatch;
mod sets;
mod units;
mod windows;

use std::cell::RefCell;
use std::collections::HashSet;

use jiff::tz::TimeZone;
use opportune_plan::{Constant, Currency, Family, FieldValue, OfferFieldId, TableId, Type};

use self::aggregates::Written;
pub use self::functions::signatures;
use super::describe::a_type;
use super::{Expr, ExprKind, Schema, Signature, harmless};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, BinaryWord, IsWord};

/// What expressions may speak of.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The data.
    pub schema: &'a Schema,
    /// Segments, traits and the other names.
    pub names: &'a dyn Names,
    /// The project's zone, in which local times are told.
    pub zone: Option<&'a TimeZone>,
    /// The offer that is spoken of.
    pub offer: OfferFields<'a>,
    /// The family whose member is spoken of.
    pub member: Option<&'a Member>,
    /// The names of what the offer picks, which only its texts tell.
    pub picks: &'a [Box<str>],
    /// Where somebody wants to know: every expression that is understood, with its place.
    pub noted: Option<&'a RefCell<Vec<Noted>>>,
}

impl<'a> Context<'a> {
    /// Without an offer, a family or a row of events in sight.
    pub fn new(schema: &'a Schema, names: &'a dyn Names, zone: Option<&'a TimeZone>) -> Self {
        Self { schema, names, zone, offer: OfferFields::None, member: None, picks: &[], noted: None }
    }
}

/// An expression as it was understood, with its place in the item: any but a number, an amount and the like as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Noted {
    /// Where it is written.
    pub span: Span,
    /// What it means.
    pub expr: Expr,
    /// The event table over whose row it is; none: over the customer.
    pub row: Option<TableId>,
    /// How it is put together.
    pub form: Form,
}

/// How an expression is put together, as it is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// `and`, `or`, `not`, `is true`, `else`
    Connective,
    /// `if … then … else`
    Choice,
    /// What compares values: `=`, `<`, `between`, `in`, `contains`, `is missing`
    Comparison,
    /// Any other.
    Plain,
}

impl Form {
    fn of(written: &ast::ExprKind) -> Self {
        match written {
            ast::ExprKind::Not(_) | ast::ExprKind::Is { test: IsWord::True, .. } => Self::Connective,
            ast::ExprKind::Binary(word, ..) => match word.node {
                BinaryWord::And | BinaryWord::Or | BinaryWord::Else => Self::Connective,
                BinaryWord::Add | BinaryWord::Subtract | BinaryWord::Multiply | BinaryWord::Divide => Self::Plain,
                _ => Self::Comparison,
            },
            ast::ExprKind::If(..) => Self::Choice,
            ast::ExprKind::Is { .. }
            | ast::ExprKind::InList { .. }
            | ast::ExprKind::InSet { .. }
            | ast::ExprKind::InWindow { .. }
            | ast::ExprKind::Between { .. } => Self::Comparison,
            _ => Self::Plain,
        }
    }
}

/// What is known of the fields of the offer that is spoken of.
#[derive(Clone, Copy)]
pub enum OfferFields<'a> {
    /// No offer is spoken of.
    None,
    /// The values of one offer.
    Of {
        /// In the order of the schema.
        values: &'a [Option<FieldValue>],
        /// Those that differ by arm: over the customer.
        varied: &'a [(OfferFieldId, Expr)],
    },
    /// Whichever offer a guarantee looks at.
    Any,
    /// Whichever offer a channel carries; its fields also by their bare names.
    Bare,
}

/// The member of a family, as the clauses of its offer speak of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// Its name there.
    pub variable: Box<str>,
    /// The family.
    pub family: Family,
    /// The type of the members.
    pub ty: Type,
}

/// What is known of the costs of channels or offers, before it is known which is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Costs {
    /// None says its cost.
    None,
    /// Those that say it say it in this currency.
    In(Currency),
    /// They say it in several currencies.
    Differ,
}

/// The names that are declared beside tables.
pub trait Names {
    /// The segment or trait of this name.
    fn definition(&self, name: &str) -> Declared;
    /// What a channel, offer or other item of this name is called.
    fn other(&self, name: &str) -> Option<&'static str>;
    /// The names of all segments and traits.
    fn definitions(&self) -> Vec<&str>;
    /// Whether this is a journey.
    fn is_journey(&self, name: &str) -> bool;
    /// The names of all journeys.
    fn journeys(&self) -> Vec<&str>;
    /// What may be asked of the offer of this name.
    fn offer(&self, name: &str) -> Option<Ends>;
    /// The names of all offers, to suggest one.
    fn offers(&self) -> Vec<&str>;
}

/// What an offer comes to an end by, as others ask for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ends {
    /// Whether it has a limit over all customers: `cap 20_000 in total`.
    pub in_total: bool,
    /// Its last day: `timing to 2026-12-24`.
    pub last_day: Option<i32>,
}

/// Whether a name is a segment or trait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Declared {
    /// No.
    No,
    /// Yes, but it could not be understood, which is reported there.
    Damaged,
    /// Yes.
    Yes(Signature),
}

/// Types expressions, one clause at a time.
pub struct Infer<'a> {
    pub(super) context: Context<'a>,
    /// The event table whose row is in scope; none: the customer.
    pub(super) row: Option<TableId>,
    /// In the portfolio's objective: what is known of the costs of channels.
    pub(super) objective: Option<Costs>,
    /// In the objective and in levers: what is known of the costs of offers.
    pub(super) offer_costs: Option<Costs>,
    /// What cannot be missing where this is evaluated.
    known: HashSet<Expr>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> Infer<'a> {
    /// Over the customer, with nothing known.
    pub fn new(context: Context<'a>) -> Self {
        Self { context, row: None, objective: None, offer_costs: None, known: HashSet::new(), diagnostics: Vec::new() }
    }

    /// Runs where `score`, `channel.cost`, `offer.cost` and the fields of whichever offer have a meaning.
    pub(super) fn in_objective<T>(
        &mut self,
        (channels, offers): (Costs, Costs),
        run: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let outer = self.context;
        self.context.offer = OfferFields::Any;
        (self.objective, self.offer_costs) = (Some(channels), Some(offers));
        let found = run(self);
        (self.objective, self.offer_costs) = (None, None);
        self.context = outer;
        found
    }

    /// From here on, these are known to be there.
    pub fn assume(&mut self, known: HashSet<Expr>) {
        self.known = known;
    }

    /// What was wrong.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    /// Reports.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub(super) fn fail<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.report(diagnostic);
        None
    }

    /// A condition.
    pub fn condition(&mut self, expr: &ast::Expr) -> Option<Expr> {
        let found = self.value(expr, Some(Type::Bool))?;
        if found.ty == Type::Bool {
            return Some(found);
        }
        let message = format!("a condition is expected, and this is {}", self.a_type(found.ty));
        let diagnostic = Diagnostic::error(codes::NOT_A_CONDITION, message, expr.span, "neither true nor false");
        let help = format!("compare it with something: `{}`", self.as_condition(expr, found.ty));
        self.fail(diagnostic.help(if found.nullable { format!("{help}, `… is known`") } else { help }))
    }

    /// A value of this type; an int widens to a number.
    pub fn of_type(&mut self, expr: &ast::Expr, wanted: Type) -> Option<Expr> {
        let found = self.value(expr, Some(wanted))?;
        let found = if wanted == Type::Number { found.widened() } else { found };
        if found.ty == wanted {
            return Some(found);
        }
        let diagnostic = self.wrong_type(expr, wanted, &found);
        self.fail(diagnostic)
    }

    /// A value of any type. `expected` says what a text or a bare word may be.
    pub fn value(&mut self, expr: &ast::Expr, expected: Option<Type>) -> Option<Expr> {
        let found = self.any_value(expr, expected)?;
        let found = self.not_from_member(found, expr.span)?;
        if let Some(noted) = self.context.noted
            && is_noted(&found)
            && let Ok(mut noted) = noted.try_borrow_mut()
        {
            noted.push(Noted { span: expr.span, expr: found.clone(), row: self.row, form: Form::of(&expr.kind) });
        }
        Some(found)
    }

    fn any_value(&mut self, expr: &ast::Expr, expected: Option<Type>) -> Option<Expr> {
        match &expr.kind {
            ast::ExprKind::Error => None,
            ast::ExprKind::Literal(literal) => self.literal(literal, expr.span, expected),
            ast::ExprKind::Name(name) => self.name(name, expr.span, expected),
            ast::ExprKind::Field(..) => self.path(expr),
            ast::ExprKind::Call(name, arguments) => self.call(name, arguments, expr.span),
            ast::ExprKind::Aggregate { function, ranked, of, window, filter } => {
                let parts =
                    Written { ranked: ranked.as_deref(), of, window: window.as_ref(), filter: filter.as_deref() };
                self.aggregate(expr.span, function.node, parts)
            }
            ast::ExprKind::Not(of) => self.condition(of).map(Expr::negated),
            ast::ExprKind::Negate(of) => self.negate(of),
            ast::ExprKind::Binary(word, a, b) => self.binary(word, a, b, expected),
            ast::ExprKind::Is { of, test, negated } => {
                let found = self.is(of, *test)?;
                Some(if *negated { found.negated() } else { found })
            }
            ast::ExprKind::InList { of, negated, list } => {
                let found = self.in_list(of, list)?;
                Some(if *negated { found.negated() } else { found })
            }
            ast::ExprKind::InSet { of, negated, set } => {
                let found = self.in_set(of, set)?;
                Some(if *negated { found.negated() } else { found })
            }
            ast::ExprKind::List(_) => self.list_alone(expr.span),
            ast::ExprKind::InWindow { of, negated, window } => {
                let found = self.in_window(of, window)?;
                Some(if *negated { found.negated() } else { found })
            }
            ast::ExprKind::Between { of, negated, low, high } => {
                let found = self.between(of, low, high)?;
                Some(if *negated { found.negated() } else { found })
            }
            ast::ExprKind::If(when, a, b) => self.if_then_else(when, a, b, expected),
        }
    }

    fn binary(
        &mut self,
        word: &ast::Spanned<BinaryWord>,
        a: &ast::Expr,
        b: &ast::Expr,
        expected: Option<Type>,
    ) -> Option<Expr> {
        match word.node {
            BinaryWord::Else => self.alternative(a, b, expected),
            BinaryWord::And => self.connective(a, b, BinaryWord::And),
            BinaryWord::Or => self.connective(a, b, BinaryWord::Or),
            BinaryWord::StartsWith | BinaryWord::EndsWith => self.search(word.node, a, b),
            BinaryWord::Contains => self.contains(a, b),
            BinaryWord::Overlaps => self.overlaps(a, b),
            BinaryWord::Add | BinaryWord::Subtract | BinaryWord::Multiply | BinaryWord::Divide => {
                self.arithmetic(word, a, b)
            }
            _ => self.comparison(word, a, b),
        }
    }

    /// `a and b and c` is one conjunction: the chain is walked, not climbed into.
    fn connective(&mut self, a: &ast::Expr, b: &ast::Expr, word: BinaryWord) -> Option<Expr> {
        let mut operands = vec![b];
        let mut rest = a;
        while let ast::ExprKind::Binary(next, a, b) = &rest.kind
            && next.node == word
        {
            operands.push(b);
            rest = a;
        }
        operands.push(rest);
        // All are looked at, so that every mistake is told.
        let found: Vec<Option<Expr>> = operands.iter().rev().map(|operand| self.condition(operand)).collect();
        let all = found.into_iter().collect::<Option<Vec<Expr>>>()?;
        let nullable = all.iter().any(|c| c.nullable);
        let kind = if word == BinaryWord::And { ExprKind::And(all) } else { ExprKind::Or(all) };
        Some(Expr::condition(kind, nullable))
    }

    fn is(&mut self, of: &ast::Expr, test: IsWord) -> Option<Expr> {
        if test == IsWord::True {
            let found = self.condition(of)?;
            return Some(Expr::condition(ExprKind::IsTrue(Box::new(found)), false));
        }
        let found = self.value_or_moment(of)?;
        let missing = Expr::condition(ExprKind::IsMissing(Box::new(found)), false);
        Some(if test == IsWord::Known { missing.negated() } else { missing })
    }

    fn alternative(&mut self, a: &ast::Expr, b: &ast::Expr, expected: Option<Type>) -> Option<Expr> {
        let (first, second) = self.pair(a, b, expected)?;
        let (first, second) = self.alike(a, first, b, second)?;
        Some(first.or_else(second))
    }

    fn if_then_else(&mut self, when: &ast::Expr, a: &ast::Expr, b: &ast::Expr, expected: Option<Type>) -> Option<Expr> {
        let when = self.condition(when);
        let (first, second) = self.pair(a, b, expected)?;
        let (first, second) = self.alike(a, first, b, second)?;
        let when = when?;
        let (ty, nullable) = (first.ty, when.nullable || first.nullable || second.nullable);
        Some(Expr { kind: ExprKind::If(Box::new(when), Box::new(first), Box::new(second)), ty, nullable })
    }

    /// Types two expressions that stand for each other; the one that knows its type tells the other.
    pub(super) fn pair(&mut self, a: &ast::Expr, b: &ast::Expr, expected: Option<Type>) -> Option<(Expr, Expr)> {
        if self.asks(a) && !self.asks(b) {
            let second = self.value(b, expected);
            let first = self.value(a, second.as_ref().map(|e| e.ty).or(expected));
            return first.zip(second);
        }
        let first = self.value(a, expected);
        let second = self.value(b, first.as_ref().map(|e| e.ty).or(expected));
        first.zip(second)
    }

    /// Whether an expression must be told what it may be: a text, a word that is no name, no time at all (`0 hours`).
    pub(super) fn asks(&self, expr: &ast::Expr) -> bool {
        match &expr.kind {
            ast::ExprKind::Literal(ast::Literal::Text(_)) => true,
            ast::ExprKind::Literal(ast::Literal::Span(length)) => *length == opportune_plan::Span::default(),
            ast::ExprKind::Name(name) => !self.is_name(name),
            _ => false,
        }
    }

    /// Brings two alternatives to one type.
    fn alike(&mut self, a: &ast::Expr, first: Expr, b: &ast::Expr, second: Expr) -> Option<(Expr, Expr)> {
        let (first, second) = widen_either(first, second);
        if first.ty == second.ty {
            return Some((first, second));
        }
        let diagnostic = self.branches_differ((a, &first), (b, &second));
        self.fail(diagnostic)
    }

    /// A value that is never missing where it is known to be there.
    pub(super) fn known(&self, expr: Expr) -> Expr {
        if expr.nullable && self.known.contains(&expr) {
            let default = Expr::constant(harmless(expr.ty));
            return expr.or_else(default);
        }
        expr
    }

    /// A value over the customer, seen from the row in scope.
    pub(super) fn of_customer(&self, value: Expr) -> Expr {
        match self.row {
            Some(events) if !value.is_anywhere() => {
                let (ty, nullable) = (value.ty, value.nullable);
                Expr { kind: ExprKind::OfCustomer { events, value: Box::new(value) }, ty, nullable }
            }
            _ => value,
        }
    }

    pub(super) fn a_type(&self, ty: Type) -> String {
        match ty {
            Type::Ordered(week) if self.context.schema.weekday == Some(week) => "a day of the week".to_owned(),
            _ => a_type(&self.context.schema.plan, ty),
        }
    }
}

/// What a number or an amount is that is written out, everybody sees.
fn is_noted(found: &Expr) -> bool {
    constant_of(found).is_none() || matches!(found.ty, Type::Bool | Type::Text)
}

/// An int beside a number becomes one.
pub(super) fn widen_either(a: Expr, b: Expr) -> (Expr, Expr) {
    match (a.ty, b.ty) {
        (Type::Int, Type::Number) => (a.widened(), b),
        (Type::Number, Type::Int) => (a, b.widened()),
        _ => (a, b),
    }
}

/// The value of a constant expression.
pub(super) fn constant_of(expr: &Expr) -> Option<&Constant> {
    if let ExprKind::Constant(constant) = &expr.kind { Some(constant) } else { None }
}
