//! The rules of the portfolio beside rank, slates and caps: exclusions, levers, pauses, stops, suppression, fallback.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use opportune_plan::{Constant, OfferKind, Type};

use super::{Lever, Pause, Reader, Suppression, idle};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::clauses::{self, said_twice};
use crate::hir::guarantee::over_offers;
use crate::hir::infer::{Context, Infer, OfferFields, constant_of};
use crate::hir::schema::no_zone;
use crate::hir::{Aggregate, Expr, ExprKind, Function, caps, spending};
use crate::syntax::Span;
use crate::syntax::ast::{self, Name};

/// A horizon is at most so long.
const MOST_DAYS: i64 = 366;

impl Reader<'_> {
    /// `at most 1 of diaper_bundle, formula_club`
    pub(super) fn at_most_of(&mut self, word: Span, most: &ast::Expr, names: &[Name]) {
        let found = clauses::limit(&mut self.infer, most, 1);
        let mut first: BTreeMap<&str, Span> = BTreeMap::new();
        let mut complete = true;
        for name in names {
            complete &= self.known_offer(name);
            if let Some(before) = first.insert(&name.node, name.span) {
                self.infer.report(said_twice(name.span, before, &format!("the offer `{}`", name.node)));
                complete = false;
            }
        }
        let (Some(found), true) = (found, complete) else { return };
        let has_family = names.iter().any(|name| self.around.offers.get(&name.node).is_some_and(|head| head.is_family));
        let offers: Vec<Box<str>> = first.keys().map(|name| (*name).into()).collect();
        if !has_family {
            let count = u32::try_from(offers.len()).unwrap_or(u32::MAX);
            let span = names.last().map_or(word, |last| most.span.to(last.span));
            self.limits.push(idle::Limit { span, most: found, of: idle::Of::Offers(count) });
        }
        self.found.exclusions.push((found, offers));
    }

    /// Whether the offer is declared; else it is reported.
    fn known_offer(&mut self, name: &Name) -> bool {
        if self.around.offers.contains_key(&name.node) {
            return true;
        }
        let message = format!("no offer `{}` is declared", name.node);
        let diagnostic = Diagnostic::error(codes::UNKNOWN_OFFER, message, name.span, "not declared");
        self.infer.report(match nearest(&name.node, self.around.offers.keys().map(|known| &**known)) {
            Some(near) => diagnostic.meant(&name.node, name.span, near),
            None => diagnostic.help(format!("declare it: `offer {} {{ … }}`", name.node)),
        });
        false
    }

    /// `pause 30 days after 3 ignored`
    pub(super) fn pause(&mut self, word: Span, length: &ast::Expr, after: &ast::Expr) {
        let length = self.infer.length(length);
        let after = clauses::limit(&mut self.infer, after, 1);
        let contacts = caps::contacts_of_pause(&mut self.infer, word);
        let responses = caps::responses_of_pause(&mut self.infer, word);
        if let (Some(length), Some(after), Some(contacts), Some(responses)) = (length, after, contacts, responses) {
            self.found.pauses.push(Pause { length, after, contacts, responses });
        }
    }

    /// `stop after unsubscribed`, `stop email after unsubscribed`
    pub(super) fn stop(&mut self, channel: Option<&Name>, outcome: &Name) {
        let known = channel.is_none_or(|name| clauses::known_channel(&mut self.infer, self.around.channels, name));
        let Some((events, filter)) = caps::outcome(&mut self.infer, outcome) else { return };
        let aggregate = Aggregate { function: Function::Exists, filter: Some(filter), ..Aggregate::count(events) };
        let happened = Expr::condition(ExprKind::Aggregate(Box::new(aggregate)), false);
        if known {
            self.found.stops.push((channel.map(|name| name.node.clone()), happened.negated()));
        }
    }

    /// `suppress for 180 days after purchase where offer.sells contains product.category`
    pub(super) fn suppress(&mut self, length: &ast::Expr, events: &Name, filter: Option<&ast::Expr>) {
        let mut infer = Infer::new(Context { offer: OfferFields::Any, ..self.infer.context });
        let found = suppression(&mut infer, length, events, filter);
        self.infer.diagnostics.extend(infer.into_diagnostics());
        self.found.suppressions.extend(found);
    }

    /// `fallback newsletter`
    pub(super) fn fallback(&mut self, name: &Name) {
        if !self.known_offer(name) {
            return;
        }
        if self.around.offers.get(&name.node).is_some_and(|head| head.kind == OfferKind::Notice) {
            let message = format!("`{}` is a notice, and goes out beside everything else", name.node);
            let diagnostic = Diagnostic::error(codes::BAD_FALLBACK, message, name.span, "no offer");
            self.infer.report(diagnostic.help("name an offer, or declare this one with `offer`"));
            return;
        }
        self.found.fallback = Some(name.node.clone());
    }

    /// `lever spring 1.2 where offer.topic = "garden" when weekly_spend > 20 USD`
    pub(super) fn lever(&mut self, factor: &ast::Expr, filter: Option<&ast::Expr>, when: Option<&ast::Expr>) {
        let factor = self.factor(factor);
        let offers = filter.map(|filter| self.offers(filter));
        let when = when.map(|when| self.infer.condition(when));
        let offers = offers.map_or(Some(None), |found| found.map(Some));
        let when = when.map_or(Some(None), |found| found.map(Some));
        if let (Some(factor), Some(offers), Some(when)) = (factor, offers, when) {
            self.found.levers.push(Lever { factor, offers, when });
        }
    }

    fn factor(&mut self, written: &ast::Expr) -> Option<opportune_plan::Float> {
        let found = self.infer.of_type(written, Type::Number)?;
        match constant_of(&found) {
            Some(Constant::Number(factor)) if factor.get() > 0.0 => Some(*factor),
            _ => {
                let message = "a lever multiplies priorities by a written number above zero";
                let diagnostic = Diagnostic::error(codes::BAD_LEVER, message, written.span, "not such a number");
                self.infer.fail(diagnostic.help(
                    "write, for example, `1.2`; what depends on the customer stands behind `when`, and an offer that \
                     nobody is to get is taken out",
                ))
            }
        }
    }

    /// A condition over the fields of offers.
    fn offers(&mut self, written: &ast::Expr) -> Option<Expr> {
        let mut infer = Infer::new(Context { offer: OfferFields::Any, ..self.infer.context });
        infer.offer_costs = Some(spending::costs(self.around.offer_costs));
        let found = infer.condition(written);
        self.infer.diagnostics.extend(infer.into_diagnostics());
        let found = found?;
        if over_offers(&found).is_err() {
            let message = "a lever says behind `where` which offers it moves, by their fields";
            let diagnostic = Diagnostic::error(codes::BAD_LEVER, message, written.span, "not of the offer alone");
            return self
                .infer
                .fail(diagnostic.help("write `where offer.… = …`, and for which customers behind `when`"));
        }
        Some(found)
    }

    /// `horizon 14 days`
    pub(super) fn horizon(&mut self, written: &ast::Expr) {
        let Some(length) = self.infer.length(written) else { return };
        let days = i64::from(length.months) * 31 + i64::from(length.days) + length.micros / 86_400_000_000;
        if days > MOST_DAYS && length.months != 12 {
            let message = "a horizon is at most a year";
            let diagnostic = Diagnostic::error(codes::BAD_WINDOW, message, written.span, "too far ahead");
            self.infer.report(diagnostic.help("what is sent later is decided later, when more is known: `14 days`"));
            return;
        }
        self.found.horizon = Some(length);
    }

    /// `possible zones "America/New_York", "America/Chicago"`
    pub(super) fn possible_zones(&mut self, names: &[Name]) {
        let mut first: BTreeMap<&str, Span> = BTreeMap::new();
        for name in names {
            let is_zone = TimeZone::get(&name.node).is_ok_and(|zone| zone.iana_name().is_some());
            if !is_zone {
                self.infer.report(no_zone(&name.node, name.span));
            } else if let Some(before) = first.insert(&name.node, name.span) {
                self.infer.report(said_twice(name.span, before, &format!("the zone `{}`", name.node)));
            }
        }
        self.found.possible_zones = first.keys().map(|name| (*name).into()).collect();
    }
}

fn suppression(
    infer: &mut Infer<'_>,
    length: &ast::Expr,
    events: &Name,
    filter: Option<&ast::Expr>,
) -> Option<Suppression> {
    let table = infer.event_table(&events.node, events.span)?;
    let kind = ast::WindowKind::Last(Box::new(length.clone()));
    let window = infer.aggregate_window(table, Some(&ast::Window { span: length.span, kind }));
    let filter = filter.map(|filter| infer.over_events(table, |infer| infer.condition(filter)));
    let filter = filter.map_or(Some(None), |found| found.map(Some))?;
    let nullable = filter.as_ref().is_some_and(|filter| filter.nullable);
    let aggregate =
        Aggregate { function: Function::Exists, window: window?, filter: filter.clone(), ..Aggregate::count(table) };
    let happened = Expr::condition(ExprKind::Aggregate(Box::new(aggregate)), nullable);
    Some(Suppression { filter, happened })
}
