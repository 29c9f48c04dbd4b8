//! The conditions of a policy and their parts, each with its place: what tests ask of.
//!
//! Meaning has no places, so the syntax tree is walked, and each part is typed again where its whole was. What does not stand
//! by itself has no part of its own and is passed over without a word: the checks have said all that is wrong. What must
//! hold: a part stands after what it is a part of.

use opportune_plan::Type;

use super::check::{self, Scope};
use super::experiment::Deciding;
use super::infer::{Context, Infer, OfferFields, constant_of};
use super::known::known_where;
use super::{Expr, ExprKind};
use crate::rehearsal::Role;
use crate::syntax::Span;
use crate::syntax::ast::{
    self, BinaryWord, ChannelClauseKind, ChannelItem, DefinitionItem, GuaranteeItem, IsWord, OfferClauseKind,
    OfferItem, PortfolioClause, PortfolioClauseKind, TemplatePart,
};

/// A condition or a part of one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// What it decides.
    pub role: Role,
    /// Where it is written.
    pub span: Span,
    /// What it means.
    pub expr: Expr,
    /// What it is a part of, by its place in the list.
    pub part_of: Option<usize>,
    /// What it compares, without constants.
    pub values: Vec<(Span, Expr)>,
    /// The segment or trait that it names whole.
    pub names: Option<Box<str>>,
}

/// Those of an offer.
pub fn of_offer(context: Context<'_>, deciding: &Deciding, item: &OfferItem) -> Vec<Part> {
    check::in_scope_of(context, deciding, item, |scope: Scope<'_>| {
        let mut found = Gatherer::new(Infer::new(scope.context));
        let mut eligible = Vec::new();
        for clause in &item.clauses {
            if let OfferClauseKind::Eligible(condition) = &clause.kind {
                eligible.extend(found.whole(condition, Role::Eligible));
            }
        }
        if let Some(eligible) = Expr::all(eligible) {
            found.infer.assume(known_where(&eligible));
        }
        item.clauses.iter().for_each(|clause| found.clause(&clause.kind));
        found.parts
    })
    .unwrap_or_default()
}

/// Those of a segment or trait.
pub fn of_definition(context: Context<'_>, item: &DefinitionItem) -> Vec<Part> {
    let mut found = Gatherer::new(Infer::new(context));
    let is_condition =
        found.quietly(|infer| infer.value(&item.value, None)).is_some_and(|value| value.ty == Type::Bool);
    if is_condition {
        found.whole(&item.value, Role::Segment);
    } else {
        found.branches(&item.value, None);
    }
    found.parts
}

/// Those of a channel.
pub fn of_channel(context: Context<'_>, item: &ChannelItem) -> Vec<Part> {
    let mut found = Gatherer::new(Infer::new(context));
    for clause in &item.clauses {
        match &clause.kind {
            ChannelClauseKind::Needs(condition) => {
                found.whole(condition, Role::Needs);
            }
            ChannelClauseKind::Cost(value) => found.branches(value, None),
            _ => {}
        }
    }
    found.parts
}

/// Those of a guarantee: for whom it forbids.
pub fn of_guarantee(context: Context<'_>, item: &GuaranteeItem) -> Vec<Part> {
    let mut found = Gatherer::new(Infer::new(Context { offer: OfferFields::Any, ..context }));
    for when in item.clauses.iter().filter_map(|clause| clause.when.as_ref()) {
        found.whole(when, Role::Never);
    }
    found.parts
}

/// Those of the portfolio.
pub fn of_portfolio(context: Context<'_>, clauses: &[PortfolioClause]) -> Vec<Part> {
    let mut found = Gatherer::new(Infer::new(context));
    for clause in clauses {
        let when = match &clause.kind {
            PortfolioClauseKind::Cap(cap) => cap.when.as_ref(),
            PortfolioClauseKind::Lever { when, .. } => when.as_ref(),
            _ => None,
        };
        if let Some(when) = when {
            found.whole(when, Role::Other);
        }
    }
    found.parts
}

/// Collects parts.
struct Gatherer<'a> {
    infer: Infer<'a>,
    parts: Vec<Part>,
}

impl<'a> Gatherer<'a> {
    fn new(infer: Infer<'a>) -> Self {
        Self { infer, parts: Vec::new() }
    }

    /// What is wrong is told elsewhere.
    fn quietly<T>(&mut self, run: impl FnOnce(&mut Infer<'a>) -> T) -> T {
        let found = run(&mut self.infer);
        self.infer.diagnostics.clear();
        found
    }

    fn clause(&mut self, clause: &OfferClauseKind) {
        match clause {
            OfferClauseKind::Except(condition) => {
                self.whole(condition, Role::Except);
            }
            OfferClauseKind::Channel(routes) => {
                for when in routes.iter().filter_map(|route| route.when.as_ref()) {
                    self.whole(when, Role::Other);
                }
            }
            OfferClauseKind::Cap(cap) => {
                if let Some(when) = &cap.when {
                    self.whole(when, Role::Other);
                }
            }
            OfferClauseKind::Priority(value) | OfferClauseKind::Cost(value) => self.branches(value, None),
            OfferClauseKind::Because(text) | OfferClauseKind::Message { text, .. } => {
                for part in &text.parts {
                    if let TemplatePart::Hole { value, .. } = part {
                        self.branches(value, None);
                    }
                }
            }
            _ => {}
        }
    }

    /// A whole condition with all its parts.
    fn whole(&mut self, written: &ast::Expr, role: Role) -> Option<Expr> {
        let at = self.parts.len();
        self.condition(written, role, None);
        self.parts.get(at).filter(|part| part.part_of.is_none()).map(|part| part.expr.clone())
    }

    /// A condition as a part, then its own parts.
    fn condition(&mut self, written: &ast::Expr, role: Role, part_of: Option<usize>) {
        let Some(expr) = self.quietly(|infer| infer.condition(written)) else {
            return self.parts_of(written, role, part_of);
        };
        // What is written as `true` is no question.
        if constant_of(&expr).is_some() {
            return;
        }
        let names = match (&written.kind, bare(&expr)) {
            (ast::ExprKind::Name(_), ExprKind::Definition(name)) => Some(name.clone()),
            _ => None,
        };
        let values = self.compared(written);
        let at = self.parts.len();
        self.parts.push(Part { role, span: written.span, expr, part_of, values, names });
        self.parts_of(written, role, Some(at));
    }

    fn parts_of(&mut self, written: &ast::Expr, role: Role, of: Option<usize>) {
        match &written.kind {
            ast::ExprKind::Not(inner) | ast::ExprKind::Is { of: inner, test: IsWord::True, .. } => {
                self.condition(inner, role, of);
            }
            ast::ExprKind::Binary(word, ..) if matches!(word.node, BinaryWord::And | BinaryWord::Or) => {
                for operand in operands(written, word.node) {
                    self.condition(operand, role, of);
                }
            }
            ast::ExprKind::Binary(word, a, b) if word.node == BinaryWord::Else => {
                self.condition(a, role, of);
                self.condition(b, role, of);
            }
            ast::ExprKind::If(when, a, b) => {
                self.condition(when, Role::Branch, of);
                self.condition(a, role, of);
                self.condition(b, role, of);
            }
            _ => comparison(written).into_iter().for_each(|value| self.branches(value, of)),
        }
    }

    /// The conditions of the `if`s in a value; those inside an aggregate are asked of events.
    fn branches(&mut self, value: &ast::Expr, of: Option<usize>) {
        match &value.kind {
            ast::ExprKind::If(when, a, b) => {
                self.condition(when, Role::Branch, of);
                self.branches(a, of);
                self.branches(b, of);
            }
            ast::ExprKind::Negate(inner) | ast::ExprKind::Not(inner) => self.branches(inner, of),
            ast::ExprKind::Binary(_, a, b) => {
                self.branches(a, of);
                self.branches(b, of);
            }
            ast::ExprKind::Call(_, arguments) => arguments.iter().for_each(|argument| self.branches(argument, of)),
            _ => {}
        }
    }

    /// What a comparison compares, without constants.
    fn compared(&mut self, written: &ast::Expr) -> Vec<(Span, Expr)> {
        let mut found = Vec::new();
        for operand in comparison(written) {
            let value = self.quietly(|infer| infer.value(operand, None));
            found.extend(value.filter(|value| !is_constant(value)).map(|value| (operand.span, value)));
        }
        found
    }
}

/// The operands of a chain of one operator.
fn operands(written: &ast::Expr, word: BinaryWord) -> Vec<&ast::Expr> {
    let (mut found, mut open) = (Vec::new(), vec![written]);
    while let Some(next) = open.pop() {
        match &next.kind {
            ast::ExprKind::Binary(found, a, b) if found.node == word => open.extend([&**b, &**a]),
            _ => found.push(next),
        }
    }
    found
}

/// The values that a comparison looks at.
fn comparison(written: &ast::Expr) -> Vec<&ast::Expr> {
    match &written.kind {
        ast::ExprKind::Binary(word, a, b) => match word.node {
            BinaryWord::And | BinaryWord::Or | BinaryWord::Else => Vec::new(),
            _ => vec![a, b],
        },
        ast::ExprKind::Is { of, test: IsWord::Missing | IsWord::Known, .. }
        | ast::ExprKind::InList { of, .. }
        | ast::ExprKind::InWindow { of, .. } => vec![of],
        ast::ExprKind::InSet { of, set, .. } => vec![of, set],
        ast::ExprKind::Between { of, low, high, .. } => vec![of, low, high],
        _ => Vec::new(),
    }
}

/// Whether the value is one that is written: nobody asks what it is.
fn is_constant(value: &Expr) -> bool {
    matches!(value.kind, ExprKind::Constant(_) | ExprKind::Now)
}

/// A definition behind what is put around it where it is known to be there.
fn bare(expr: &Expr) -> &ExprKind {
    match &expr.kind {
        ExprKind::Else(of, _) => &of.kind,
        kind => kind,
    }
}
