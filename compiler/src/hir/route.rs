//! Reads by which channels an offer goes: those that it names, without those that do not carry it.

use std::collections::{BTreeMap, BTreeSet};

use opportune_plan::FieldValue;

use super::channel::Traits;
use super::clauses::{self, said_twice};
use super::guarantee::{Truth, matching};
use super::hours;
use super::infer::Infer;
use super::{Expr, Timing, family};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{OfferItem, RouteItem};

/// A channel of an offer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Route {
    /// The channel's name.
    pub channel: Box<str>,
    /// A condition over the customer that must be definitely true.
    pub when: Option<Expr>,
}

/// The channels of a project, as offers see them.
#[derive(Clone, Copy)]
pub struct Channels<'a> {
    /// Their names.
    pub names: &'a BTreeSet<Box<str>>,
    /// What is known of those that could be understood.
    pub traits: &'a BTreeMap<Box<str>, Traits>,
}

/// The routes of an offer, the preferred first, as they are written.
pub(super) fn routes(
    infer: &mut Infer<'_>,
    item: &OfferItem,
    written: Option<&[RouteItem]>,
    channels: Channels<'_>,
) -> Option<Vec<Route>> {
    let Some(written) = written else {
        let mut all = channels.names.iter();
        if let (Some(only), None) = (all.next(), all.next()) {
            return Some(vec![Route { channel: only.clone(), when: None }]);
        }
        infer.report(channel_needed(item, channels.names));
        return None;
    };
    let mut found = Vec::new();
    for (at, route) in written.iter().enumerate() {
        let name = &route.channel;
        if let Some(first) = written.iter().take(at).find(|known| known.channel.node == name.node) {
            infer.report(said_twice(name.span, first.channel.span, &format!("the channel `{}`", name.node)));
        }
        let is_known = clauses::known_channel(infer, channels.names, name);
        let when = match &route.when {
            None => Some(None),
            Some(when) => infer.condition(when).and_then(|found| family::of_whole(infer, found, when.span)).map(Some),
        };
        found.push(is_known.then_some(()).and(when).map(|when| Route { channel: name.node.clone(), when }));
    }
    found.into_iter().collect::<Option<Vec<Route>>>().filter(|routes| !routes.is_empty())
}

/// Those routes whose channels carry an offer with these fields; none left is a mistake.
pub(super) fn carried(
    infer: &mut Infer<'_>,
    item: &OfferItem,
    routes: Vec<Route>,
    fields: &[FieldValue],
    channels: Channels<'_>,
) -> Option<Vec<Route>> {
    let names: Vec<String> = routes.iter().map(|route| format!("`{}`", route.channel)).collect();
    let carries = |route: &Route| {
        let carries = channels.traits.get(&route.channel).and_then(|traits| traits.carries.as_ref());
        carries.is_none_or(|condition| matching(condition, fields) == Truth::True)
    };
    let left: Vec<Route> = routes.into_iter().filter(carries).collect();
    if !left.is_empty() {
        return Some(left);
    }
    let message = format!("no channel of `{}` carries it", item.name.node);
    let diagnostic = Diagnostic::error(codes::CARRIED_BY_NONE, message, item.name.span, "by which channel?");
    infer.fail(diagnostic.help(format!(
        "{} will not, by what they say they carry; change the offer's fields, or add a channel",
        names.join(", ")
    )))
}

/// Refuses routes by which the timing never lets the offer go, since their channel is quiet then.
pub(super) fn heard(
    infer: &mut Infer<'_>,
    item: &OfferItem,
    written: Option<&[RouteItem]>,
    routes: &[Route],
    (timing, span): (&Timing, Span),
    channels: Channels<'_>,
) {
    let quiet = |route: &Route| channels.traits.get(&route.channel).filter(|traits| !traits.quiet.is_empty());
    if timing.is_any_hour() || !routes.iter().any(|route| quiet(route).is_some()) {
        return;
    }
    let week = timing.week();
    for route in routes {
        let Some(traits) = quiet(route) else { continue };
        let quiet = hours::week_of(&traits.quiet);
        if week.iter().zip(&quiet).any(|(holds, quiet)| *holds && !quiet) {
            continue;
        }
        let name = written.into_iter().flatten().find(|known| known.channel.node == route.channel);
        let place = name.map_or(item.name.span, |known| known.channel.span);
        let message = format!("`{}` is quiet whenever this timing holds", route.channel);
        infer.report(
            Diagnostic::error(codes::NEVER_SENT, message, place, "never goes by it")
                .label(span, "the timing")
                .help("choose other hours, or another channel"),
        );
    }
}

fn channel_needed(item: &OfferItem, declared: &BTreeSet<Box<str>>) -> Diagnostic {
    let message = format!("`{}` does not say its channel", item.name.node);
    let diagnostic = Diagnostic::error(codes::CHANNEL_NEEDED, message, item.name.span, "by which channel?");
    if declared.is_empty() {
        return diagnostic.help("declare a channel: `channel email`; an offer may leave out the only one");
    }
    let names: Vec<&str> = declared.iter().map(|name| &**name).collect();
    diagnostic.help(format!("add a line `channel {}`, the preferred first", names.join(", else ")))
}
