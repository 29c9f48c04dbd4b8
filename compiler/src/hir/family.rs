//! Families: one offer for each member, `offer x for each category c of product`.
//!
//! What must hold: a family of 10,000 members costs what the customer's own events cost. So a member is only what events
//! are grouped by ([`split`]), what a value of the customer is compared with, and what is told in texts; nothing else is
//! computed from it.

use opportune_plan::{Family, Table, TableId, TableKind, Type};

use super::infer::{Infer, Member};
use super::{By, Expr, ExprKind};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, BinaryWord, EachItem, IsWord, Literal, Name, PickClause};

/// Whose members an offer is for.
pub(super) fn member(infer: &mut Infer<'_>, each: &EachItem) -> Option<Member> {
    let way_out =
        format!("give the member another name, and use that in the offer's clauses: `each {} x of`", each.field.node);
    let table =
        lookup_table(infer, &each.table, "a family is of a field of a lookup table: `for each category c of product`");
    let free = is_free(infer, &each.variable, &way_out);
    let whose = "the members of a family are";
    one_of(infer, table?, &each.field, &each.variable, whose).filter(|_| free)
}

/// What a pick is picked from: the rows of a lookup table by their key, or the values of one of its fields.
pub(super) fn picked(infer: &mut Infer<'_>, pick: &PickClause) -> Option<Member> {
    let way_out = "give what is picked another name, and use that in `where`, `by` and the offer's texts";
    let table =
        lookup_table(infer, &pick.table, "items are picked from a lookup table: `pick a: product where … by …`");
    let free = is_free(infer, &pick.name, way_out);
    let table = table?;
    let key = infer.context.schema.plan.table(table).and_then(Table::key);
    let key = key.and_then(|key| infer.context.schema.plan.field(table, key)).map(|key| key.name.clone());
    // A table without a key is reported where it is declared.
    let key = key.map(|node| Name { node, span: pick.table.span });
    let field = pick.field.as_ref().or(key.as_ref())?;
    one_of(infer, table, field, &pick.name, "items are picked by").filter(|_| free)
}

/// A value of a field of a lookup table, by a name for one of them.
fn one_of(infer: &mut Infer<'_>, table: TableId, field: &Name, variable: &Name, whose: &str) -> Option<Member> {
    let schema = infer.context.schema;
    if schema.is_damaged(table, &field.node) {
        return None;
    }
    let found = schema.field_named(table, &field.node);
    let entry = found.and_then(|id| Some((id, schema.plan.field(table, id)?)));
    match entry {
        Some((field, entry)) if entry.ty.element().is_some() => {
            let family = Family { table, field };
            Some(Member { variable: variable.node.clone(), family, ty: entry.ty })
        }
        Some((_, entry)) => {
            let found = infer.a_type(entry.ty);
            let message = format!("{whose} names or whole numbers, and `{}` is {found}", field.node);
            let diagnostic = Diagnostic::error(codes::BAD_FAMILY, message, field.span, "not a name");
            infer.fail(diagnostic.help("name a field of type text, int, one_of or ordered"))
        }
        None => {
            let diagnostic = no_field(infer, field, table);
            infer.fail(diagnostic)
        }
    }
}

fn no_field(infer: &Infer<'_>, name: &Name, table: TableId) -> Diagnostic {
    let schema = infer.context.schema;
    let table_name = schema.table_name(table);
    let message = format!("`{table_name}` has no field `{}`", name.node);
    let diagnostic = Diagnostic::error(codes::UNKNOWN_FIELD, message, name.span, "no such field");
    let fields = schema.plan.table(table).into_iter().flat_map(|table| &table.fields).map(|field| &*field.name);
    match nearest(&name.node, fields) {
        Some(near) => diagnostic.meant(&name.node, name.span, near),
        None => diagnostic.help(format!("name a field of `{table_name}` whose values are the members")),
    }
}

fn lookup_table(infer: &mut Infer<'_>, name: &Name, help: &str) -> Option<TableId> {
    let schema = infer.context.schema;
    let is_lookup = |table: &Table| matches!(table.kind, TableKind::Lookup { .. });
    match schema.table_named(&name.node).and_then(|id| Some((id, schema.plan.table(id)?))) {
        Some((id, table)) if is_lookup(table) => Some(id),
        Some(_) => {
            let message = format!("`{}` is not a table of things to offer", name.node);
            let diagnostic = Diagnostic::error(codes::BAD_FAMILY, message, name.span, "not declared with `table`");
            infer.fail(diagnostic.help(help))
        }
        None => {
            let message = format!("no table `{}` is declared", name.node);
            let diagnostic = Diagnostic::error(codes::UNKNOWN_TABLE, message, name.span, "not declared");
            let tables = schema.plan.tables.iter().filter(|table| is_lookup(table)).map(|table| &*table.name);
            infer.fail(match nearest(&name.node, tables) {
                Some(near) => diagnostic.meant(&name.node, name.span, near),
                None => diagnostic.help("name a table that is declared with `table`"),
            })
        }
    }
}

/// The member's name means nothing else, neither of the customer nor in any `where`.
fn is_free(infer: &mut Infer<'_>, name: &Name, way_out: &str) -> bool {
    let schema = infer.context.schema;
    let mut tables = schema.plan.tables().filter(|(id, table)| {
        !matches!(table.kind, TableKind::Lookup { .. }) && { schema.names_in(*id).any(|known| *known == *name.node) }
    });
    let holder = tables.next().map(|(_, table)| format!("`{}` is a field of `{}`", name.node, table.name));
    let other = infer.context.names.other(&name.node).map(|what| format!("`{}` is {what}", name.node));
    let is_word = infer.is_name(&name.node) || schema.table_named(&name.node).is_some();
    let Some(message) = holder.or(other).or(is_word.then(|| format!("`{}` means something else already", name.node)))
    else {
        return true;
    };
    let diagnostic = Diagnostic::error(codes::NAME_TAKEN, message, name.span, "taken");
    infer.report(diagnostic.help(way_out));
    false
}

/// A member as a value over the customer.
pub(super) fn value(member: &Member) -> Expr {
    let Family { table, field } = member.family;
    Expr { kind: ExprKind::Member(table, field), ty: member.ty, nullable: false }
}

/// A member where an event is looked at, in a way that events cannot be grouped by.
pub(super) fn in_where(variable: &str, span: Span) -> Diagnostic {
    let message = format!("in a `where`, `{variable}` can only be compared by `=`, in a part joined by `and`");
    Diagnostic::error(codes::MEMBER_MISUSED, message, span, "cannot stand here").help(format!(
        "write `PATH = {variable}`, `PATH = {variable} else false` or `(PATH = {variable}) is true`, where PATH is a value \
         of the event"
    ))
}

/// A value that is made from a member alone.
pub(super) fn alone(variable: &str, span: Span) -> Diagnostic {
    let message = format!("this is made from `{variable}` alone, so it would be computed anew for each member");
    Diagnostic::error(codes::MEMBER_MISUSED, message, span, format!("a value of `{variable}`")).help(format!(
        "compare `{variable}` with a value of the customer or a constant, count events `where PATH = {variable}`, rank it \
         by `frequency_rank({variable}, …)`, or name it in a text: `{{{variable}}}`"
    ))
}

/// Whether a value needs the member and nothing of the customer.
pub(super) fn is_alone(expr: &Expr) -> bool {
    let mut found = Needs::default();
    needs(expr, &mut found);
    found.member && !found.customer
}

/// Refuses what differs by member where all of a family go together.
pub(super) fn of_whole(infer: &mut Infer<'_>, found: Expr, span: Span) -> Option<Expr> {
    let Some(member) = infer.context.member.filter(|_| speaks_of_member(&found)) else { return Some(found) };
    let message = format!("this is the same for all members, and speaks of `{}`", member.variable);
    let diagnostic =
        Diagnostic::error(codes::MEMBER_MISUSED, message, span, format!("speaks of `{}`", member.variable));
    infer.fail(diagnostic.help(format!("say what depends on `{}` in `eligible when`", member.variable)))
}

fn speaks_of_member(found: &Expr) -> bool {
    let mut speaks = match &found.kind {
        ExprKind::Member(..) => true,
        ExprKind::Aggregate(aggregate) => aggregate.by.is_some(),
        _ => false,
    };
    found.kind.for_each_operand(&mut |operand| speaks |= speaks_of_member(operand));
    speaks
}

#[derive(Default)]
struct Needs {
    member: bool,
    customer: bool,
}

fn needs(expr: &Expr, found: &mut Needs) {
    match &expr.kind {
        ExprKind::Member(..) => found.member = true,
        // The row that is looked up is the key's: of nobody.
        ExprKind::Lookup { key, .. } => needs(key, found),
        ExprKind::Field(..)
        | ExprKind::Follow { .. }
        | ExprKind::OfCustomer { .. }
        | ExprKind::Definition(_)
        | ExprKind::Aggregate(_)
        | ExprKind::Bucket { .. }
        | ExprKind::Journey(..) => found.customer = true,
        kind => kind.for_each_operand(&mut |operand| needs(operand, found)),
    }
}

/// The part of a `where` that takes the events of one member, and the rest of it.
pub(super) struct Split {
    pub(super) by: By,
    pub(super) rest: Option<ast::Expr>,
}

/// Takes `PATH = c`, `PATH = c else false` or `(PATH = c) is true` out of a `where`, where it is a part joined by `and`.
/// `Ok(None)`: the `where` does not speak of the member. `Err`: it does, wrongly, and that is reported.
pub(super) fn split(infer: &mut Infer<'_>, events: TableId, filter: &ast::Expr) -> Result<Option<Split>, ()> {
    let Some(member) = infer.context.member.cloned() else { return Ok(None) };
    // `A and B else false` is true where both are, as `(A else false) and (B else false)` is.
    let (inner, is_closed) = closed(filter);
    let parts = conjuncts(inner);
    let mut found = parts.iter().enumerate().filter_map(|(at, part)| Some((at, key(part, &member.variable)?)));
    let Some((at, (key, part_is_closed))) = found.next() else { return Ok(None) };
    if let Some((_, (second, _))) = found.next() {
        let message = format!("this `where` takes the events of `{}` twice", member.variable);
        let diagnostic = Diagnostic::error(codes::MEMBER_MISUSED, message, second.span, "the second time");
        infer.report(
            diagnostic.help("keep one of them; events that have two such fields are told apart by two aggregates"),
        );
        return Err(());
    }
    if infer.row.is_some() {
        let message = "an aggregate inside a `where` is the same for all members";
        let diagnostic = Diagnostic::error(codes::MEMBER_MISUSED, message, key.span, "inside another `where`");
        infer.report(diagnostic.help(format!("take the aggregate with `{}` out of the `where`", member.variable)));
        return Err(());
    }
    let rest: Vec<&ast::Expr> =
        parts.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, part)| *part).collect();
    let rest = joined(&rest).map(|rest| if is_closed { otherwise_false(rest) } else { rest });
    let span = key.span;
    let key = infer.over_events(events, |infer| infer.of_type(key, member.ty)).ok_or(())?;
    if key.is_anywhere() {
        infer.report(in_where(&member.variable, span));
        return Err(());
    }
    let by = By { family: member.family, key, missing_is_false: is_closed || part_is_closed };
    Ok(Some(Split { by, rest }))
}

/// `… else false` without its `else`.
fn closed(expr: &ast::Expr) -> (&ast::Expr, bool) {
    match &expr.kind {
        ast::ExprKind::Binary(word, inner, otherwise)
            if word.node == BinaryWord::Else
                && matches!(otherwise.kind, ast::ExprKind::Literal(Literal::Bool(false))) =>
        {
            (inner, true)
        }
        _ => (expr, false),
    }
}

fn conjuncts(expr: &ast::Expr) -> Vec<&ast::Expr> {
    let (mut parts, mut rest) = (Vec::new(), expr);
    while let ast::ExprKind::Binary(word, a, b) = &rest.kind
        && word.node == BinaryWord::And
    {
        parts.push(&**b);
        rest = a;
    }
    parts.push(rest);
    parts.reverse();
    parts
}

/// The other side of `= c`, and whether an event without it counts for no member.
fn key<'e>(part: &'e ast::Expr, variable: &str) -> Option<(&'e ast::Expr, bool)> {
    let (inner, is_closed) = closed(part);
    let (inner, is_closed) = match &inner.kind {
        ast::ExprKind::Is { of, test: IsWord::True, negated: false } => (&**of, true),
        _ => (inner, is_closed),
    };
    let ast::ExprKind::Binary(word, a, b) = &inner.kind else { return None };
    let is_member = |expr: &ast::Expr| matches!(&expr.kind, ast::ExprKind::Name(name) if **name == *variable);
    match (word.node == BinaryWord::Equal, is_member(a), is_member(b)) {
        (true, false, true) => Some((a, is_closed)),
        (true, true, false) => Some((b, is_closed)),
        _ => None,
    }
}

fn joined(parts: &[&ast::Expr]) -> Option<ast::Expr> {
    let (first, others) = parts.split_first()?;
    Some(others.iter().fold((*first).clone(), |a, b| binary(BinaryWord::And, a, (*b).clone())))
}

fn otherwise_false(expr: ast::Expr) -> ast::Expr {
    let span = expr.span;
    let no = ast::Expr { kind: ast::ExprKind::Literal(Literal::Bool(false)), span };
    binary(BinaryWord::Else, expr, no)
}

fn binary(word: BinaryWord, a: ast::Expr, b: ast::Expr) -> ast::Expr {
    let span = a.span.to(b.span);
    ast::Expr { kind: ast::ExprKind::Binary(ast::Spanned { node: word, span }, Box::new(a), Box::new(b)), span }
}

impl Infer<'_> {
    /// Which events count by their content: the condition on an event, and the member that it counts for.
    pub(super) fn event_filter(&mut self, events: TableId, written: &ast::Expr) -> Option<(Option<Expr>, Option<By>)> {
        let Some(Split { by, rest }) = split(self, events, written).ok()? else {
            let found = self.over_events(events, |infer| infer.condition(written))?;
            return Some((Some(found), None));
        };
        let rest = match rest {
            None => None,
            Some(rest) => Some(self.over_events(events, |infer| infer.condition(&rest))?),
        };
        Some((rest, Some(by)))
    }

    /// Refuses a value that is made from a member alone; conditions and the member itself are none.
    pub(super) fn not_from_member(&mut self, found: Expr, span: Span) -> Option<Expr> {
        let Some(member) = self.context.member else { return Some(found) };
        if found.ty == Type::Bool || matches!(found.kind, ExprKind::Member(..)) || !is_alone(&found) {
            return Some(found);
        }
        self.fail(alone(&member.variable, span))
    }
}
