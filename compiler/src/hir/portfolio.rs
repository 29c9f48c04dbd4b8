//! Reads the portfolio: what ranks offers, how many of them there are, how often they come, and who gets none.

mod idle;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use opportune_plan::{AtMost, Currency, OfferFieldId, OfferKind, RankKey, Span as Length};

use super::caps::{self, Cap, History, Of, Place};
use super::channel::Traits;
use super::clauses::{self, said_twice};
use super::experiment::{self, Holdout};
use super::infer::{Context, Costs, Infer};
use super::objective::{self, Objective};
use super::schema::OFFER;
use super::{Expr, Schema, spending};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, AtMostItem, Name, PortfolioClause, PortfolioClauseKind, RankTerm};

/// The rules over all offers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Portfolio {
    /// What an offer is worth.
    pub objective: Option<Objective>,
    /// What multiplies priorities.
    pub levers: Vec<Lever>,
    /// What ranks the offers.
    pub rank: Vec<RankKey>,
    /// How many offers there are on a channel.
    pub slates: Vec<Slate>,
    /// How many over all channels.
    pub slots_in_all: Option<u32>,
    /// At most so many with one value of a field.
    pub at_most: Vec<AtMost>,
    /// At most so many of these offers.
    pub exclusions: Vec<(u32, Vec<Box<str>>)>,
    /// Caps over all offers.
    pub caps: Vec<Cap>,
    /// When contacts stop for a time.
    pub pauses: Vec<Pause>,
    /// What must not have happened for a channel (none: for any) to be used: conditions over the customer.
    pub stops: Vec<(Option<Box<str>>, Expr)>,
    /// What excludes offers for a time.
    pub suppressions: Vec<Suppression>,
    /// Those who get nothing.
    pub holdout: Option<Holdout>,
    /// What those get who would get nothing else.
    pub fallback: Option<Box<str>>,
    /// How far ahead a sending may lie.
    pub horizon: Option<Length>,
    /// Where a customer's zone is not known, it is one of these; sorted.
    pub possible_zones: Vec<Box<str>>,
}

/// How many offers one customer gets on a channel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slate {
    /// The channel.
    pub channel: Box<str>,
    /// How many.
    pub size: u32,
    /// At most so many with one value of a field.
    pub at_most: Vec<AtMost>,
}

/// `lever spring 1.2 where offer.topic = "garden" when …`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lever {
    /// What the priority is multiplied by: a number, positive.
    pub factor: opportune_plan::Float,
    /// Of which offers: over their fields.
    pub offers: Option<Expr>,
    /// For which customers.
    pub when: Option<Expr>,
}

/// `pause 30 days after 3 ignored`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pause {
    /// How long.
    pub length: Length,
    /// After how many in a row.
    pub after: u32,
    /// The contacts.
    pub contacts: History,
    /// The responses.
    pub responses: History,
}

/// `suppress for 180 days after purchase where offer.sells contains product.category`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suppression {
    /// Which events: over their row and the fields of the offer.
    pub filter: Option<Expr>,
    /// Whether there were any, for one offer.
    pub happened: Expr,
}

/// What a portfolio is read with, beside the names.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The text of the item.
    pub text: &'a str,
    /// The channels.
    pub channels: &'a BTreeSet<Box<str>>,
    /// The offers.
    pub offers: &'a BTreeMap<Box<str>, Head>,
    /// What is known of the channels' costs.
    pub costs: Costs,
    /// What is known of each channel; of those that were understood.
    pub traits: &'a BTreeMap<Box<str>, Traits>,
    /// The offers that say what they cost, and in which currency where that was understood; no notices.
    pub offer_costs: &'a [(Box<str>, Option<Currency>)],
}

/// What the portfolio sees of an offer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    /// What kind of offer it is.
    pub kind: OfferKind,
    /// Whether it is one for each member.
    pub is_family: bool,
    /// Whether it says what it costs.
    pub has_cost: bool,
}

/// The rules over all offers, as far as they were understood, and all that is wrong with them.
pub fn portfolio(
    context: Context<'_>,
    around: Around<'_>,
    clauses: &[PortfolioClause],
) -> (Portfolio, Vec<Diagnostic>) {
    let infer = Infer::new(context);
    let found = Portfolio::default();
    let mut reader = Reader { infer, around, found, first: Vec::new(), limits: Vec::new(), caps: Vec::new() };
    clauses.iter().for_each(|clause| reader.clause(clause));
    // A channel's slate lifts the one offer in all, unless that is said too.
    if reader.found.slots_in_all.is_none() && reader.found.slates.is_empty() {
        reader.found.slots_in_all = Some(1);
    }
    reader.idle();
    (reader.found, reader.infer.into_diagnostics())
}

/// The portfolio where none is written.
pub fn default() -> Portfolio {
    Portfolio { slots_in_all: Some(1), ..Portfolio::default() }
}

struct Reader<'a> {
    infer: Infer<'a>,
    around: Around<'a>,
    found: Portfolio,
    /// What was said, and where first.
    first: Vec<(String, Span)>,
    /// Where limits of diversity stand: how many there may be, and of what.
    limits: Vec<idle::Limit>,
    /// Where caps stand, by their place in what was found.
    caps: Vec<(Span, usize)>,
}

impl Reader<'_> {
    fn clause(&mut self, clause: &PortfolioClause) {
        let word = clause.word;
        match &clause.kind {
            PortfolioClauseKind::RankBy(terms) => {
                if self.once("`rank by`", word) {
                    self.rank(terms);
                }
            }
            PortfolioClauseKind::Slate { channel, size, at_most } => self.slate(word, channel.as_ref(), size, at_most),
            PortfolioClauseKind::Cap(written) => self.cap(clause, written),
            PortfolioClauseKind::Budget(written) => self.budget(clause, written),
            PortfolioClauseKind::Objective(written) => {
                if self.once("`objective`", word) {
                    let costs = (self.around.costs, spending::costs(self.around.offer_costs));
                    self.found.objective = objective::objective(&mut self.infer, written, costs);
                }
            }
            PortfolioClauseKind::AtMost(written) => {
                if self.once(&format!("`at most … per offer.{}`", written.field.node), written.field.span)
                    && let Some(found) = self.at_most(written, None)
                {
                    self.found.at_most.push(found);
                }
            }
            PortfolioClauseKind::AtMostOf { most, offers } => self.at_most_of(word, most, offers),
            PortfolioClauseKind::Pause { length, after } => self.pause(word, length, after),
            PortfolioClauseKind::Stop { channel, outcome } => self.stop(channel.as_ref(), outcome),
            PortfolioClauseKind::Suppress { length, events, filter } => {
                self.suppress(length, events, filter.as_ref());
            }
            PortfolioClauseKind::Holdout(written) => {
                if self.once("`holdout`", word) {
                    self.found.holdout = experiment::holdout(&mut self.infer, word, written, None);
                }
            }
            PortfolioClauseKind::Fallback(name) => {
                if self.once("`fallback`", word) {
                    self.fallback(name);
                }
            }
            PortfolioClauseKind::Lever { name, factor, filter, when } => {
                if self.once(&format!("the lever `{}`", name.node), name.span) {
                    self.lever(factor, filter.as_ref(), when.as_ref());
                }
            }
            PortfolioClauseKind::Horizon(length) => {
                if self.once("`horizon`", word) {
                    self.horizon(length);
                }
            }
            PortfolioClauseKind::PossibleZones(names) => {
                if self.once("`possible zones`", word) {
                    self.possible_zones(names);
                }
            }
        }
    }

    /// Whether this is the first time; else it is reported.
    fn once(&mut self, what: &str, span: Span) -> bool {
        if let Some((_, first)) = self.first.iter().find(|(known, _)| known == what) {
            let diagnostic = said_twice(span, *first, what);
            self.infer.report(diagnostic);
            return false;
        }
        self.first.push((what.to_owned(), span));
        true
    }

    fn cap(&mut self, clause: &PortfolioClause, written: &ast::CapClause) {
        let place = Place { word: clause.word, span: clause.span, text: self.around.text, of: Of::Portfolio };
        let Some(found) = caps::cap(&mut self.infer, self.around.channels, written, place) else { return };
        if let Cap::PerCustomer(limit) = &found {
            let idle = caps::of_none(limit, clause.span);
            self.infer.diagnostics.extend(idle);
        }
        self.caps.push((clause.span, self.found.caps.len()));
        self.found.caps.push(found);
    }

    /// `budget 5_000 USD each month`
    fn budget(&mut self, clause: &PortfolioClause, written: &ast::BudgetClause) {
        let place = Place { word: clause.word, span: clause.span, text: self.around.text, of: Of::Portfolio };
        let Around { channels, traits, offer_costs, .. } = self.around;
        // Without a channel that was not understood it cannot be told what costs something.
        let spenders = if traits.len() == channels.len() { spending::of_all(offer_costs, traits) } else { None };
        let Some(found) = caps::budget(&mut self.infer, channels, written, spenders.as_deref(), place) else { return };
        self.caps.push((clause.span, self.found.caps.len()));
        self.found.caps.push(Cap::Quota(found));
    }

    fn slate(&mut self, word: Span, channel: Option<&Name>, size: &ast::Expr, at_most: &[AtMostItem]) {
        let what = channel.map_or("the slate over all channels".to_owned(), |c| format!("the slate of `{}`", c.node));
        if !self.once(&what, channel.map_or(word, |c| c.span)) {
            return;
        }
        let size = clauses::limit(&mut self.infer, size, 1);
        let known = channel.is_none_or(|c| clauses::known_channel(&mut self.infer, self.around.channels, c));
        let mut diversity: Vec<AtMost> = Vec::new();
        for written in at_most {
            let found = self.at_most(written, channel.and(size));
            match found {
                Some(found) if diversity.iter().any(|known| known.field == found.field) => {
                    let what = format!("`at most … per offer.{}`", written.field.node);
                    self.infer.report(said_twice(written.field.span, word, &what));
                }
                found => diversity.extend(found),
            }
        }
        match (channel, size) {
            (Some(channel), Some(size)) if known => {
                self.found.slates.push(Slate { channel: channel.node.clone(), size, at_most: diversity });
            }
            (None, Some(size)) => {
                self.found.slots_in_all = Some(size);
                self.found.at_most.extend(diversity);
            }
            _ => {}
        }
    }

    /// `at most 1 per offer.topic`; `size` is how many the slate holds that it stands in.
    fn at_most(&mut self, written: &AtMostItem, size: Option<u32>) -> Option<AtMost> {
        let most = clauses::limit(&mut self.infer, &written.most, 1);
        let found = AtMost { field: self.field(&written.field)?.0, most: most? };
        let span = written.most.span.to(written.field.span);
        self.limits.push(idle::Limit { span, most: found.most, of: idle::Of::Slots(size) });
        Some(found)
    }

    /// A field of offers, and whether it is a set.
    fn field(&mut self, name: &Name) -> Option<(OfferFieldId, bool)> {
        let schema: &Schema = self.infer.context.schema;
        let Some(at) = schema.offer_fields.iter().position(|field| field.name == name.node) else {
            if !schema.is_damaged(OFFER, &name.node) {
                let fields = schema.offer_fields.iter().map(|field| &*field.name);
                self.infer.report(clauses::no_offer_field(name, fields, "declare it in `offer fields`"));
            }
            return None;
        };
        let is_set = schema.offer_fields.get(at)?.is_set;
        Some((OfferFieldId(u32::try_from(at).ok()?), is_set))
    }

    fn rank(&mut self, terms: &[RankTerm]) {
        // How far the order has come: fields, then `score`, then `by lot`.
        let mut stage = 0;
        for term in terms {
            let (next, span) = match term {
                RankTerm::Field { field, .. } => (0, field.span),
                RankTerm::Score(span) => (1, *span),
                RankTerm::Lot(span) => (2, *span),
            };
            if next < stage || (next == stage && next > 0) {
                let message = "nothing is left to be ordered here";
                let diagnostic = Diagnostic::error(codes::BAD_RANK, message, span, "comes too late");
                self.infer.report(diagnostic.help("the order is: fields of offers, then `score`, then `by lot`"));
            }
            stage = stage.max(next);
            if let RankTerm::Field { field, descending } = term {
                self.rank_field(field, *descending);
            }
        }
    }

    fn rank_field(&mut self, name: &Name, descending: bool) {
        let Some((field, is_set)) = self.field(name) else { return };
        let problem = if is_set {
            Some(("a set has no order", "a set", "rank by a field with a single value"))
        } else if self.found.rank.iter().any(|key| key.field == field) {
            Some(("offers are ordered by this field already", "the second time", "leave it out"))
        } else {
            None
        };
        match problem {
            Some((message, label, help)) => {
                self.infer.report(Diagnostic::error(codes::BAD_RANK, message, name.span, label).help(help));
            }
            None => self.found.rank.push(RankKey { field, descending }),
        }
    }
}
