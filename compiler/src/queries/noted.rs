//! What an item says, expression by expression, with the places: for lints, and for tests that say which condition stopped
//! an offer and which were never true. The item is read again by the code that checks it, so that nobody else types it.

use std::cell::RefCell;

use super::{
    Context, Db, ItemKind, Project, SourceItem, around_channel, around_offer, around_portfolio, channel, check,
    definition_of, definitions, guarantee, in_context, in_definition, journey, journey_users, kind_of, portfolio,
};
pub(crate) use crate::hir::infer::{Form, Noted};

/// All expressions of an item that were understood, parts before what they are parts of.
pub(crate) fn noted<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>) -> Vec<Noted> {
    let notes = RefCell::new(Vec::new());
    match definition_of(db, item) {
        Some((found, is_segment)) => in_definition(db, project, |context| {
            let _ = definitions::definition(Context { noted: Some(&notes), ..context }, found, is_segment);
        }),
        None => {
            in_context(db, project, |context| read(db, project, item, Context { noted: Some(&notes), ..context }));
        }
    }
    notes.into_inner()
}

/// Reads the item for what is noted on the way.
fn read<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>, context: Context<'_>) {
    match kind_of(db, item) {
        Some(ItemKind::Offer(found)) => {
            let _ = check::offer(context, around_offer(db, project, item), found);
        }
        Some(ItemKind::Channel(found)) => {
            let _ = channel::channel(context, around_channel(db, project), found);
        }
        Some(ItemKind::Guarantee(found)) => {
            let _ = guarantee::guarantee(context, found);
        }
        Some(ItemKind::Journey(found)) => {
            let _ = journey::journey(context, found, journey_users(db, project));
        }
        Some(ItemKind::Portfolio(clauses)) => {
            let _ = portfolio::portfolio(context, around_portfolio(db, project), clauses);
        }
        _ => {}
    }
}
