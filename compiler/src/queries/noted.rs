//! What an item says, condition by condition and text by text, with the places: for lints and others that point at a
//! part of a clause. The item is read again by the code that checks it.

use std::cell::RefCell;

use super::{
    ByItem, ByName, Channels, Context, Db, ItemKind, Kind, Offers, Project, SourceItem, channel, channel_names,
    channel_traits, check, consenting, context, costs, deciding, definition_of, definitions, first_text, guarantee,
    header, horizon, journey, journey_names, journey_users, kind_of, offer_costs, offer_heads, own_text, portfolio,
    schema, signatures, time_zone,
};
pub(crate) use crate::hir::infer::Noted;

/// All conditions and texts of an item that were understood, parts before what they are parts of.
pub(crate) fn noted<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>) -> Vec<Noted> {
    let notes = RefCell::new(Vec::new());
    let zone = time_zone(db, project);
    if header(db, item).as_ref().is_some_and(|header| matches!(header.kind, Kind::Segment | Kind::Trait)) {
        if let Some((found, is_segment)) = definition_of(db, item) {
            let names = ByItem { db, project };
            let context = context(schema(db, project), &names, zone.as_ref());
            let _ = definitions::definition(Context { noted: Some(&notes), ..context }, found, is_segment);
        }
        return notes.into_inner();
    }
    let names = ByName {
        signatures: signatures(db, project),
        channels: channel_names(db, project),
        journeys: journey_names(db, project),
        offers: Offers { db, project },
    };
    let context = context(schema(db, project), &names, zone.as_ref());
    read(db, project, item, Context { noted: Some(&notes), ..context });
    notes.into_inner()
}

/// Reads the item for what is noted on the way.
fn read<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>, context: Context<'_>) {
    match kind_of(db, item) {
        Some(ItemKind::Offer(found)) => {
            let channels = Channels { names: channel_names(db, project), traits: channel_traits(db, project) };
            let around = check::Around {
                channels,
                deciding: deciding(db, project),
                horizon: horizon(db, project),
                text: own_text(db, item),
            };
            let _ = check::offer(context, around, found);
        }
        Some(ItemKind::Channel(found)) => {
            let around = channel::Around { consenting: consenting(db, project), horizon: horizon(db, project) };
            let _ = channel::channel(context, around, found);
        }
        Some(ItemKind::Guarantee(found)) => {
            let _ = guarantee::guarantee(context, found);
        }
        Some(ItemKind::Journey(found)) => {
            let _ = journey::journey(context, found, journey_users(db, project));
        }
        Some(ItemKind::Portfolio(clauses)) => {
            let around = portfolio::Around {
                text: first_text(db, project),
                channels: channel_names(db, project),
                offers: offer_heads(db, project),
                costs: costs(db, project),
                traits: channel_traits(db, project),
                offer_costs: offer_costs(db, project),
            };
            let _ = portfolio::portfolio(context, around, clauses);
        }
        _ => {}
    }
}
