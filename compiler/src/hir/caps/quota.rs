//! What holds over all customers together: `cap 20_000 in total each week per customer.store`, `budget 5_000 USD each month`.
//!
//! What must hold: no total is quietly too high. Past contacts tell what it counts, and a budget knows what everything
//! costs that it pays for.

use std::collections::BTreeSet;

use opportune_plan::{Constant, Counted, Currency, TableId, Type, Unit};

use super::history::{self, CONTACTS};
use super::key::field_key;
use super::{Apart, Key, Of, Place, Quota, alone, as_written, channel_named, unit_named};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::clauses;
use crate::hir::infer::{Context, Infer, constant_of};
use crate::hir::resolve::flatten;
use crate::syntax::Span;
use crate::syntax::ast::{self, BudgetClause, CapClause, Name, Total};

/// What takes money out of a budget, and in which currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::hir) struct Spender<'a> {
    /// The channel or the offer.
    pub(in crate::hir) name: &'a str,
    /// Whether it is a channel.
    pub(in crate::hir) is_channel: bool,
    /// The currency of its cost.
    pub(in crate::hir) currency: Currency,
}

/// `cap 20_000 in total`
pub(super) fn cap(
    infer: &mut Infer<'_>,
    channels: &BTreeSet<Box<str>>,
    clause: &CapClause,
    total: &Total,
    place: Place<'_>,
) -> Option<Quota> {
    let most = clauses::whole(infer, &clause.limit, 0, u64::MAX);
    let is_alone = alone(infer, clause, true, "a cap in total counts what is sent, and nothing else");
    let found = quota(infer, channels, (total, clause.on.as_ref()), "cap", place);
    is_alone?;
    Some(Quota { most: most?, ..found? })
}

/// `budget 5_000 USD`; `spenders`: what takes money out of it, where all of that is understood.
pub(in crate::hir) fn budget(
    infer: &mut Infer<'_>,
    channels: &BTreeSet<Box<str>>,
    clause: &BudgetClause,
    spenders: Option<&[Spender<'_>]>,
    place: Place<'_>,
) -> Option<Quota> {
    let amount = amount(infer, &clause.amount);
    let found = quota(infer, channels, (&clause.total, clause.on.as_ref()), "budget", place);
    let (currency, most) = amount?;
    spent(infer, clause, currency, spenders)?;
    told_by_past(infer, found.as_ref()?.past.events, currency, place.word)?;
    Some(Quota { most, counts: Counted::Cost(currency), ..found? })
}

/// A written amount that is not below zero, in millionths.
fn amount(infer: &mut Infer<'_>, written: &ast::Expr) -> Option<(Currency, u64)> {
    if matches!(written.kind, ast::ExprKind::Error) {
        return None;
    }
    let found = infer.value(written, None)?;
    if let Some(Constant::Money(currency, micros)) = constant_of(&found)
        && let Ok(most) = u64::try_from(*micros)
    {
        return Some((*currency, most));
    }
    let message = "a budget is a written amount of money, and not below zero";
    let diagnostic = Diagnostic::error(codes::BAD_BUDGET, message, written.span, "not such an amount");
    infer.fail(diagnostic.help("write it out with its currency: `budget 5_000 USD each month`"))
}

/// That something of what the budget pays for has a cost, and all of it in its currency.
fn spent(
    infer: &mut Infer<'_>,
    clause: &BudgetClause,
    currency: Currency,
    spenders: Option<&[Spender<'_>]>,
) -> Option<()> {
    let is_counted =
        |spender: &&Spender<'_>| !spender.is_channel || clause.on.as_ref().is_none_or(|on| *on.node == *spender.name);
    let counted: Vec<&Spender<'_>> = spenders?.iter().filter(is_counted).collect();
    let span = clause.amount.span;
    if counted.is_empty() {
        let message = "nothing that this budget pays for says its cost, so it would never be used up";
        let diagnostic = Diagnostic::error(codes::NOTHING_COSTS, message, span, "nothing is spent");
        return infer.fail(diagnostic.help(
            "say what a message costs in its channel, `cost 0.002 USD`, or what an offer costs when it is given, in the \
             offer: `cost 2 USD`",
        ));
    }
    let Some(other) = counted.iter().find(|spender| spender.currency != currency) else { return Some(()) };
    let Spender { name, currency: theirs, .. } = other;
    let message = format!("this budget is in {currency}, and would not count what `{name}` costs, in {theirs}");
    let diagnostic = Diagnostic::error(codes::BUDGET_CURRENCY, message, span, "in another currency");
    infer.fail(diagnostic.help(format!("say both in one currency: the budget in {theirs}, or the cost in {currency}")))
}

/// That past contacts tell what they have cost, in this currency.
fn told_by_past(infer: &mut Infer<'_>, events: TableId, currency: Currency, span: Span) -> Option<()> {
    let schema = infer.context.schema;
    let wanted = format!("money({currency})");
    if !schema.is_built_in(events) {
        let field = history::field(infer, events, history::COST, span, (codes::CAP_KEY, &wanted))?;
        let ty = schema.plan.field(events, field)?.ty;
        if ty == Type::Money(currency) {
            return Some(());
        }
        let wanted = format!("what the past has cost in the budget's currency: `{wanted}`");
        let diagnostic = history::wrong_field(infer, events, history::COST, ty, (span, codes::CAP_KEY), &wanted);
        return infer.fail(diagnostic);
    }
    let told = schema.field_named(events, history::COST).and_then(|field| schema.plan.field(events, field));
    let (message, help) = match told.map(|field| field.ty) {
        Some(Type::Money(told)) if told == currency => return Some(()),
        Some(Type::Money(told)) => (
            format!("the ledger tells what contacts have cost in the project's currency, {told}"),
            format!("say the budget in {told}, or declare `currency = \"{currency}\"` in the manifest"),
        ),
        _ => (
            "the ledger tells what contacts have cost in the project's currency, and there is none".to_owned(),
            format!("say it in the manifest: `currency = \"{currency}\"`"),
        ),
    };
    infer.fail(Diagnostic::error(codes::BUDGET_CURRENCY, message, span, "in which currency?").help(help))
}

/// All of a total but how much it is.
fn quota(
    infer: &mut Infer<'_>,
    channels: &BTreeSet<Box<str>>,
    (total, on): (&Total, Option<&Name>),
    word: &str,
    place: Place<'_>,
) -> Option<Quota> {
    // Each part is looked at, so that every mistake is told.
    let what = "what holds over all customers goes on from past contacts";
    let events = history::contacts(infer, place.word, what, history::AND_NO_RUN);
    let channel = channel_named(infer, channels, on);
    let each: Option<Option<Unit>> = total.each.as_ref().map(|name| unit_named(infer, name));
    let per = total.per.as_ref().map(|per| apart(infer, per, events, place));
    let (events, channel) = (events?, channel?);
    let each = each.map_or(Some(None), |found| found.map(Some))?;
    let per = per.map_or(Some(Apart::Together), |found| found)?;
    tells(infer, events, &per, on, place)?;
    let past = history::all_of(infer.context.schema, events);
    let text = format!("{word} {}", as_written(place)).into();
    Some(Quota { text, most: 0, counts: Counted::Showings, each, per, channel, past })
}

/// That past contacts tell the offer, the member and the channel that are counted.
fn tells(infer: &mut Infer<'_>, events: TableId, per: &Apart, on: Option<&Name>, place: Place<'_>) -> Option<()> {
    if let Some(on) = on {
        history::channel_told(infer, events, on)?;
    }
    if place.of != Of::Portfolio || matches!(per, Apart::Field(_)) {
        history::offer_named(infer, events, place.word, place.of)?;
    }
    match (per, infer.context.member) {
        (Apart::Member, Some(member)) => history::member(infer, events, member.ty, place.word),
        _ => Some(()),
    }
}

/// What is counted apart.
fn apart(infer: &mut Infer<'_>, written: &ast::Expr, events: Option<TableId>, place: Place<'_>) -> Option<Apart> {
    if matches!(written.kind, ast::ExprKind::Error) {
        return None;
    }
    let (root, path) = flatten(written);
    let ast::ExprKind::Name(root) = &root.kind else { return bad_key(infer, written, place) };
    match (&**root, path.as_slice()) {
        ("customer" | "context", [_, ..]) => by_customer(infer, written, (root, &path), events?),
        ("offer", [name]) if place.of == Of::Portfolio => match field_key(infer, name)? {
            Key::Field { field, .. } => Some(Apart::Field(field)),
            _ => None,
        },
        (name, []) if infer.context.member.is_some_and(|member| *member.variable == *name) => Some(Apart::Member),
        _ => bad_key(infer, written, place),
    }
}

/// By a value of the customer or of the request.
fn by_customer(
    infer: &mut Infer<'_>,
    written: &ast::Expr,
    (root, path): (&str, &[&Name]),
    events: TableId,
) -> Option<Apart> {
    let mut alone = Infer::new(Context { member: None, ..infer.context });
    let found = alone.value(written, None);
    infer.diagnostics.extend(alone.into_diagnostics());
    let found = found?;
    if !matches!(found.ty, Type::Text | Type::Int | Type::OneOf(_) | Type::Ordered(_)) {
        let message = format!("a total counts by names and whole numbers, and this is {}", infer.a_type(found.ty));
        let diagnostic = Diagnostic::error(codes::TOTAL_KEY, message, written.span, "not counted by this");
        return infer.fail(diagnostic.help("name a field of type text, int, one_of or ordered"));
    }
    let schema = infer.context.schema;
    let [name] = path else { return Some(Apart::Customer(found, None)) };
    let own = schema.field_named(events, &name.node);
    let Some(own) = own.filter(|field| schema.plan.field(events, *field).is_some()) else {
        if root == "customer" || schema.is_damaged(events, &name.node) {
            return Some(Apart::Customer(found, None));
        }
        let message = format!("nothing tells by which `{}` past contacts were made", name.node);
        let diagnostic = Diagnostic::error(codes::CAP_KEY, message, written.span, "nothing tells it");
        let example =
            format!("events {CONTACTS} {{ at sent: instant  offer: text  channel: text  {}: …? }}", name.node);
        return infer.fail(diagnostic.help(format!("declare contacts that tell it: `{example}`")));
    };
    let ty = schema.plan.field(events, own)?.ty;
    if ty == found.ty {
        return Some(Apart::Customer(found, Some(own)));
    }
    let wanted = format!("what `{root}.{}` is: {}", name.node, infer.a_type(found.ty));
    let diagnostic = history::wrong_field(infer, events, &name.node, ty, (written.span, codes::CAP_KEY), &wanted);
    infer.fail(diagnostic)
}

fn bad_key(infer: &mut Infer<'_>, written: &ast::Expr, place: Place<'_>) -> Option<Apart> {
    let (root, path) = flatten(written);
    let root = if let ast::ExprKind::Name(name) = &root.kind { &**name } else { "" };
    let schema = infer.context.schema;
    let is_field = path.is_empty() && schema.field_named(opportune_plan::Schema::CUSTOMER, root).is_some();
    let (message, help) = match (root, path.as_slice(), place.of) {
        ("customer", [], _) => (
            "this counts all customers together and each by itself at once",
            "leave `per customer` out, or leave `in total` out: `cap 3 per customer every 7 days`".to_owned(),
        ),
        ("offer", [], Of::Portfolio) => (
            "a total of the portfolio counts all offers together",
            "write `cap … in total` in each offer, or `per offer.topic` for a field of them".to_owned(),
        ),
        ("offer", _, Of::Offer(_)) => (
            "a total of an offer counts this offer alone",
            "leave it out here, or write it in the portfolio, where it holds for all offers".to_owned(),
        ),
        _ if is_field => {
            ("a total counts apart by a field of the customer, with its owner", format!("write `per customer.{root}`"))
        }
        (_, _, Of::Portfolio) => (
            "a total of the portfolio counts apart by a field of customers, requests or offers",
            "write `per customer.store`, `per context.rep` or `per offer.topic`".to_owned(),
        ),
        (_, _, Of::Offer(_)) => (
            "a total of an offer counts apart by a field of customers or requests, or by the member of a family",
            "write `per customer.store`, `per context.rep` or, in a family, `per` and the member's name".to_owned(),
        ),
    };
    let diagnostic = Diagnostic::error(codes::BAD_CAP, message, written.span, "not counted by this").help(help);
    infer.fail(match is_field {
        true => diagnostic.fix(format!("write `customer.{root}`"), written.span, format!("customer.{root}")),
        false => diagnostic,
    })
}
