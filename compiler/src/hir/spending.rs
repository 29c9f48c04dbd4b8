//! What offers cost: their own cost, and who takes money out of a budget.

use std::collections::BTreeMap;

use opportune_plan::Currency;

use super::caps::Spender;
use super::channel::{self, Traits};
use super::infer::{Costs, Infer};
use super::{Expr, ExprKind, Route, currency};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast;

/// `cost 2 USD`: an amount over the customer, whatever the member. Where `eligible` was not understood, what it makes
/// known is not known either.
pub(super) fn cost(infer: &mut Infer<'_>, written: &ast::Expr, eligible_is_complete: bool) -> Option<Expr> {
    let found = channel::cost(infer, written, eligible_is_complete)?;
    if !looks_at_member(&found) {
        return Some(found);
    }
    let message = "what an offer costs is the same for all members of its family";
    let diagnostic = Diagnostic::error(codes::MEMBER_MISUSED, message, written.span, "depends on the member");
    infer.fail(diagnostic.help("say what each costs at most, or write an offer of its own for those that cost more"))
}

fn looks_at_member(expr: &Expr) -> bool {
    let mut found = match &expr.kind {
        ExprKind::Member(..) => true,
        ExprKind::Aggregate(aggregate) => aggregate.by.is_some(),
        _ => false,
    };
    expr.kind.for_each_operand(&mut |operand| found |= looks_at_member(operand));
    found
}

/// What takes money out of an offer's budget; none where something of it was not understood.
#[allow(clippy::option_option, reason = "no cost and one that was not understood are two things")]
pub(super) fn of_offer<'a>(
    name: &'a str,
    routes: &'a [Route],
    cost: Option<Option<&Expr>>,
    channels: &BTreeMap<Box<str>, Traits>,
) -> Option<Vec<Spender<'a>>> {
    let mut found = Vec::new();
    if let Some(cost) = cost {
        found.push(Spender { name, is_channel: false, currency: currency(cost?.ty)? });
    }
    for Route { channel, .. } in routes {
        let cost = channels.get(channel)?.cost;
        found.extend(cost.map(|currency| Spender { name: channel, is_channel: true, currency }));
    }
    Some(found)
}

/// What takes money out of a budget of the portfolio; `offers`: those that say a cost, with its currency where that was
/// understood.
pub(super) fn of_all<'a>(
    offers: &'a [(Box<str>, Option<Currency>)],
    channels: &'a BTreeMap<Box<str>, Traits>,
) -> Option<Vec<Spender<'a>>> {
    let costs = channels.iter().filter_map(|(name, traits)| Some((&**name, traits.cost?)));
    let mut found: Vec<Spender<'a>> =
        costs.map(|(name, currency)| Spender { name, is_channel: true, currency }).collect();
    for (name, currency) in offers {
        found.push(Spender { name, is_channel: false, currency: (*currency)? });
    }
    Some(found)
}

/// What is known of the costs of offers, before it is known which offer is looked at.
pub(super) fn costs(offers: &[(Box<str>, Option<Currency>)]) -> Costs {
    offers.iter().fold(Costs::None, |known, (_, currency)| match (known, currency) {
        (Costs::None, Some(currency)) => Costs::In(*currency),
        (Costs::In(known), Some(currency)) if known == *currency => Costs::In(known),
        _ => Costs::Differ,
    })
}
