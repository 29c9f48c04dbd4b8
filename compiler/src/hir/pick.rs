//! Reads picks: items of a lookup table, chosen for each customer by a rule, that an offer's texts name.
//!
//! A pick is to its rule what the member is to a family: a name for one item, over which `where` and `by` are computed,
//! and as cheaply.

use std::collections::HashSet;

use opportune_plan::{Family, MOST_PICKS};

use super::clauses::said_twice;
use super::experiment::word;
use super::infer::{Context, Infer};
use super::known::known_where;
use super::{Expr, check, family};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{OfferItem, PickClause};

/// An item that is picked for each customer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pick {
    /// The name in the offer's texts.
    pub name: Box<str>,
    /// Which items there are.
    pub family: Family,
    /// A condition over customer and item that must be definitely true.
    pub eligible: Option<Expr>,
    /// What is greatest: a number, never missing.
    pub by: Expr,
}

/// The picks of an offer, in their order; `eligible` is that of the offer.
pub(super) fn picks(
    infer: &mut Infer<'_>,
    item: &OfferItem,
    written: &[(Span, &PickClause)],
    eligible: Option<&Expr>,
) -> Option<Vec<Pick>> {
    let mut found = Vec::new();
    let mut is_right = true;
    for (at, (place, clause)) in written.iter().enumerate() {
        let name = &clause.name;
        if let Some((_, before)) = written.iter().take(at).find(|(_, before)| before.name.node == name.node) {
            infer.report(said_twice(name.span, before.name.span, &format!("the pick `{}`", name.node)));
        }
        is_right &= may_pick(infer, item, at, *place);
        found.push(pick(infer, clause, eligible));
    }
    is_right.then_some(())?;
    found.into_iter().collect()
}

/// Whether an offer may have one more pick.
fn may_pick(infer: &mut Infer<'_>, item: &OfferItem, picked: usize, place: Span) -> bool {
    let message = if item.each.is_some() {
        "a family is an offer of one item already, and picks none".to_owned()
    } else if picked == MOST_PICKS {
        format!("this {} picks more than {MOST_PICKS} items", word(item.kind))
    } else {
        return true;
    };
    let help = if item.each.is_some() {
        "name the member in its texts, or write an offer that is no family"
    } else {
        "leave this one out, or split the offer"
    };
    infer.report(Diagnostic::error(codes::BAD_PICK, message, place, "one too many").help(help));
    false
}

fn pick(infer: &mut Infer<'_>, clause: &PickClause, eligible: Option<&Expr>) -> Option<Pick> {
    let member = family::picked(infer, clause)?;
    let known = |filter: Option<&Expr>| -> HashSet<Expr> {
        let both = eligible.into_iter().chain(filter);
        both.flat_map(known_where).collect()
    };
    let mut inner = Infer::new(Context { member: Some(&member), ..infer.context });
    inner.assume(known(None));
    let filter = clause.filter.as_ref().map(|filter| inner.condition(filter));
    let complete = !matches!(filter, Some(None));
    let filter = filter.flatten();
    inner.assume(known(filter.as_ref()));
    let by = check::score(&mut inner, &clause.by, "what this pick goes by", complete);
    inner.into_diagnostics().into_iter().for_each(|found| infer.report(found));
    complete.then_some(())?;
    Some(Pick { name: clause.name.node.clone(), family: member.family, eligible: filter, by: by? })
}

/// What to say of a pick where a value is expected.
pub(super) fn not_a_value(name: &str, span: Span) -> Diagnostic {
    let message = format!("`{name}` is picked at the end, and only texts name it");
    Diagnostic::error(codes::PICK_MISUSED, message, span, "a pick").help(format!(
        "write `{{{name}}}` in `because` or `message`; what may be picked is said in `pick {name}: … where …`"
    ))
}

/// The type of what is picked has words of its own.
pub(super) fn format_of(name: &str, span: Span) -> Diagnostic {
    let message = format!("`{name}` is told as it is");
    Diagnostic::error(codes::PICK_MISUSED, message, span, "a format").help(format!("write `{{{name}}}`"))
}
