//! The conditions of an item and their parts, from what was noted while it was checked.
//!
//! A note that lies within another is a part of it: of its `and`, `or`, `not`, as a value that it compares, or as the
//! condition of an `if` in it. What must hold: a part stands after what it is a part of.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use opportune_plan::{Constant, TableId, Type};

use super::Role;
use crate::hir::{Expr, ExprKind};
use crate::queries::noted::{Form, Noted};
use crate::syntax::Span;
use crate::syntax::ast::{ChannelClauseKind, ItemKind, OfferClauseKind, PortfolioClauseKind};

/// A condition or a part of one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Part {
    /// What it decides.
    pub(super) role: Role,
    /// Where it is written.
    pub(super) span: Span,
    /// What it means.
    pub(super) expr: Expr,
    /// What it is a part of, by its place in the list.
    pub(super) part_of: Option<usize>,
    /// What it compares, without constants.
    pub(super) values: Vec<(Span, Expr)>,
    /// The segment or trait that it names whole.
    pub(super) names: Option<Box<str>>,
}

/// The conditions of an item in the order of its text.
pub(super) fn parts(item: &ItemKind, notes: Vec<Noted>) -> Vec<Part> {
    let mut taking = Taking { wholes: wholes(item), open: Vec::new(), parts: Vec::new() };
    outermost_first(notes).for_each(|noted| taking.take(noted));
    taking.parts
}

/// In the order of the text, each before what lies in it. What was read twice is noted twice: the last time counts.
fn outermost_first(notes: Vec<Noted>) -> impl Iterator<Item = Noted> {
    let place = |noted: &Noted| (noted.span.start, Reverse(noted.span.end));
    let by_place: BTreeMap<_, Noted> = notes.into_iter().map(|noted| (place(&noted), noted)).collect();
    by_place.into_values()
}

/// What whole conditions of an item decide, by where they are written; any other is [`Role::Other`].
fn wholes(item: &ItemKind) -> Vec<(Span, Role)> {
    match item {
        ItemKind::Segment(item) | ItemKind::Trait(item) => vec![(item.value.span, Role::Segment)],
        ItemKind::Offer(item) => {
            let clauses = item.clauses.iter().filter_map(|clause| match &clause.kind {
                OfferClauseKind::Eligible(condition) => Some((condition.span, Role::Eligible)),
                OfferClauseKind::Except(condition) => Some((condition.span, Role::Except)),
                _ => None,
            });
            clauses.collect()
        }
        ItemKind::Channel(item) => {
            let clauses = item.clauses.iter().filter_map(|clause| match &clause.kind {
                ChannelClauseKind::Needs(condition) => Some((condition.span, Role::Needs)),
                ChannelClauseKind::Carries(condition) => Some((condition.span, Role::Offers)),
                _ => None,
            });
            clauses.collect()
        }
        ItemKind::Guarantee(item) => {
            let when =
                item.clauses.iter().filter_map(|clause| clause.when.as_ref()).map(|when| (when.span, Role::Never));
            when.chain(item.clauses.iter().map(|clause| (clause.offers.span, Role::Offers))).collect()
        }
        ItemKind::Portfolio(clauses) => {
            let clauses = clauses.iter().filter_map(|clause| match &clause.kind {
                PortfolioClauseKind::Lever { filter: Some(filter), .. } => Some((filter.span, Role::Offers)),
                _ => None,
            });
            clauses.collect()
        }
        _ => Vec::new(),
    }
}

/// Takes notes one by one.
struct Taking {
    wholes: Vec<(Span, Role)>,
    /// The notes in which the next may lie, each in the one before.
    open: Vec<Open>,
    parts: Vec<Part>,
}

/// A note in which others lie.
struct Open {
    span: Span,
    row: Option<TableId>,
    form: Form,
    /// Whether its value is a condition, and of a connective which.
    ty: Type,
    connective: Option<Connective>,
    /// What its parts decide; none where it is no condition that is asked.
    role: Option<Role>,
    /// The part that it is, or the nearest that it lies in.
    part: Option<usize>,
    /// Whether it is a part itself.
    is_part: bool,
    /// Whether something was found in it already.
    is_begun: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Connective {
    And,
    Or,
}

impl Taking {
    fn take(&mut self, noted: Noted) {
        while self.open.last().is_some_and(|outer| !lies_in(noted.span, outer.span)) {
            self.open.pop();
        }
        let role = self.role(&noted);
        let connective = connective(&noted);
        // `a and (b and c)` has three parts.
        let goes_on = connective.is_some() && self.open.last().is_some_and(|outer| outer.connective == connective);
        let outer = self.open.last_mut().filter(|outer| outer.row == noted.row);
        let around = outer.as_ref().and_then(|outer| outer.part);
        let is_part = role.is_some() && !goes_on;
        if let Some(outer) = outer
            && role.is_none()
            && outer.form == Form::Comparison
            && outer.is_part
            && !is_written(&noted.expr)
            && let Some(part) = outer.part.and_then(|part| self.parts.get_mut(part))
        {
            part.values.push((noted.span, noted.expr.clone()));
        }
        if let Some(outer) = self.open.last_mut() {
            outer.is_begun = true;
        }
        self.open.push(Open {
            span: noted.span,
            row: noted.row,
            form: noted.form,
            ty: noted.expr.ty,
            connective: connective.filter(|_| role.is_some()),
            role,
            part: if is_part { Some(self.parts.len()) } else { around },
            is_part,
            is_begun: false,
        });
        if let Some(role) = role.filter(|_| is_part) {
            let names = named(&noted);
            let Noted { span, expr, .. } = noted;
            self.parts.push(Part { role, span, expr, part_of: around, values: Vec::new(), names });
        }
    }

    /// What a note decides; none where it is no condition that is asked.
    fn role(&self, noted: &Noted) -> Option<Role> {
        // What is written as `true` is no question.
        if noted.expr.ty != Type::Bool || matches!(noted.expr.kind, ExprKind::Constant(_)) {
            return None;
        }
        let Some(outer) = self.open.last().filter(|outer| outer.row == noted.row) else {
            return Some(if noted.row.is_some() { Role::Where } else { self.of_whole(noted.span) });
        };
        match outer.form {
            _ if outer.ty != Type::Bool => Some(Role::Branch),
            Form::Choice if !outer.is_begun => Some(Role::Branch),
            Form::Choice | Form::Connective => outer.role,
            Form::Comparison | Form::Plain => None,
        }
    }

    fn of_whole(&self, span: Span) -> Role {
        let is_it = |(whole, _): &&(Span, Role)| lies_in(span, *whole);
        self.wholes.iter().find(is_it).map_or(Role::Other, |(_, role)| *role)
    }
}

fn connective(noted: &Noted) -> Option<Connective> {
    match noted.expr.kind {
        _ if noted.form != Form::Connective => None,
        ExprKind::And(_) => Some(Connective::And),
        ExprKind::Or(_) => Some(Connective::Or),
        _ => None,
    }
}

fn lies_in(inner: Span, outer: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// Whether the value is one that is written: nobody asks what it is.
fn is_written(value: &Expr) -> bool {
    matches!(value.kind, ExprKind::Constant(_) | ExprKind::Now)
}

/// The segment or trait that a condition names, behind what is put around it where it is known to be there.
fn named(noted: &Noted) -> Option<Box<str>> {
    let kind = match &noted.expr.kind {
        ExprKind::Else(of, instead) if matches!(instead.kind, ExprKind::Constant(Constant::Bool(_))) => &of.kind,
        kind => kind,
    };
    match (noted.form, kind) {
        (Form::Plain, ExprKind::Definition(name)) => Some(name.clone()),
        _ => None,
    }
}
