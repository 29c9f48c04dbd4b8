//! Reads the clauses of an offer.
//!
//! The order matters: first the offer's fields, their values in its arms, and the member of its family, which every
//! expression may name; then `eligible`; what that has compared is known in the clauses after it.

use std::collections::BTreeMap;

use opportune_plan::{Constant, FieldValue, Float, OfferFieldId, OfferKind, Span as Length, Type};

use super::caps;
use super::clauses::{self, said_twice};
use super::experiment::{self, Arms, Deciding};
use super::family;
use super::infer::{Context, Ends, Infer, OfferFields};
use super::known::known_where;
use super::missing::may_miss;
use super::route::{self, Channels, Route};
use super::schema::OFFER;
use super::template::{Template, template};
use super::{Expr, Offer, Timing, pick, spending, timing};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, FieldSetting, Name, OfferClause, OfferClauseKind, OfferItem, PickClause};

/// What an offer is read with, beside the names.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The channels.
    pub channels: Channels<'a>,
    /// The fields that must be the same in all arms.
    pub deciding: &'a Deciding,
    /// How far ahead a sending may lie.
    pub horizon: Length,
    /// The text of the item.
    pub text: &'a str,
}

/// An offer, if all of it could be understood, and all that is wrong with it.
pub fn offer(context: Context<'_>, around: Around<'_>, item: &OfferItem) -> (Option<Offer>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let values = field_values(context, item, &mut diagnostics);
    let mut infer = Infer::new(context);
    let arms = experiment::arms(&mut infer, item, &values, around.deciding);
    diagnostics.extend(infer.into_diagnostics());
    let varied: &[(OfferFieldId, Expr)] = arms.as_ref().map_or(&[], |arms| &arms.varied);
    let context = Context { offer: OfferFields::Of { values: &values, varied }, ..context };
    let mut infer = Infer::new(context);
    let member = item.each.as_ref().map(|each| family::member(&mut infer, each));
    diagnostics.extend(infer.into_diagnostics());
    // Without its member, nothing can be said of the clauses that speak of it.
    let Some(member) = settled(member) else { return (None, diagnostics) };
    let picks: Vec<Box<str>> = names_of_picks(item).cloned().collect();
    let mut infer = Infer::new(Context { member: member.as_ref(), picks: &picks, ..context });
    let fields = values.iter().cloned().collect::<Option<Vec<FieldValue>>>();
    let clauses = Clauses::read(&mut infer, item);
    let found = clauses.offer(&mut infer, around, item, fields.as_deref());
    diagnostics.extend(infer.into_diagnostics());
    let family = member.map(|member| member.family);
    let found = found.zip(fields).zip(arms);
    let offer = found.map(|((offer, fields), Arms { experiment, varied })| Offer {
        family,
        fields,
        experiment,
        varied,
        ..offer
    });
    let is_wrong = diagnostics.iter().any(|found| found.severity == Severity::Error);
    (offer.filter(|_| !is_wrong), diagnostics)
}

fn names_of_picks(item: &OfferItem) -> impl Iterator<Item = &Box<str>> {
    item.clauses.iter().filter_map(|clause| match &clause.kind {
        OfferClauseKind::Pick(pick) => Some(&pick.name.node),
        _ => None,
    })
}

/// The values of all offer fields; `None` for one that could not be understood.
fn field_values(context: Context<'_>, item: &OfferItem, diagnostics: &mut Vec<Diagnostic>) -> Vec<Option<FieldValue>> {
    let mut written: BTreeMap<&str, (&Name, &FieldSetting)> = BTreeMap::new();
    for clause in &item.clauses {
        let OfferClauseKind::Field(name, setting) = &clause.kind else { continue };
        if let Some((first, _)) = written.get(&*name.node) {
            diagnostics.push(said_twice(name.span, first.span, &format!("`{}`", name.node)));
        } else if context.schema.offer_fields.iter().any(|field| field.name == name.node) {
            written.insert(&name.node, (name, setting));
        } else if !context.schema.is_damaged(OFFER, &name.node) {
            diagnostics.push(unknown_clause(context, name));
        }
    }
    let fields = context.schema.offer_fields.iter();
    fields
        .map(|field| match written.get(&*field.name) {
            Some((_, setting)) => clauses::setting(context.schema, context.zone, field, setting, diagnostics),
            None if field.default.is_some() => field.default.clone(),
            None if field.is_set => Some(FieldValue::Set(Vec::new())),
            None if field.optional => Some(FieldValue::Missing),
            None => {
                diagnostics.push(field_needed(item, &field.name));
                None
            }
        })
        .collect()
}

fn field_needed(item: &OfferItem, field: &str) -> Diagnostic {
    let message = format!("`{}` does not say its `{field}`", item.name.node);
    Diagnostic::error(codes::FIELD_NEEDED, message, item.name.span, format!("without `{field}`"))
        .help(format!("add a line `{field} …`, or give the field a default in `offer fields`"))
}

fn unknown_clause(context: Context<'_>, name: &Name) -> Diagnostic {
    let message = format!("an offer has no clause or field `{}`", name.node);
    let diagnostic = Diagnostic::error(codes::UNKNOWN_CLAUSE, message, name.span, "not a clause");
    let fields = context.schema.offer_fields.iter().map(|field| &*field.name);
    match nearest(&name.node, clauses::OFFER_WORDS.iter().copied().chain(fields)) {
        Some(near) => diagnostic.meant(&name.node, name.span, near),
        None => diagnostic
            .help(format!("to give every offer such a field, declare it: `offer fields {{ {}: text }}`", name.node)),
    }
}

/// The clauses of an offer by what they are; of what may stand once, the first.
#[derive(Default)]
struct Clauses<'a> {
    about: Option<&'a Name>,
    eligible: Vec<&'a ast::Expr>,
    except: Vec<&'a ast::Expr>,
    priority: Option<(Span, &'a ast::Expr)>,
    routes: Option<&'a [ast::RouteItem]>,
    timing: Option<(Span, &'a [ast::TimingPart])>,
    caps: Vec<(&'a OfferClause, &'a ast::CapClause)>,
    budgets: Vec<(&'a OfferClause, &'a ast::BudgetClause)>,
    cost: Option<&'a ast::Expr>,
    holdout: Option<(Span, &'a ast::HoldoutClause)>,
    picks: Vec<(Span, &'a PickClause)>,
    because: Option<&'a ast::Template>,
    messages: Vec<(Span, Option<&'a Name>, &'a ast::Template)>,
}

impl<'a> Clauses<'a> {
    fn read(infer: &mut Infer<'_>, item: &'a OfferItem) -> Self {
        let mut clauses = Self::default();
        let mut first: BTreeMap<&str, Span> = BTreeMap::new();
        for clause in &item.clauses {
            if let Some(word) = once(&clause.kind)
                && let Some(before) = first.insert(word, clause.word)
            {
                infer.report(said_twice(clause.word, before, &format!("`{word}`")));
                continue;
            }
            clauses.take(clause);
        }
        clauses
    }

    fn take(&mut self, clause: &'a OfferClause) {
        match &clause.kind {
            OfferClauseKind::About(text) => self.about = Some(text),
            OfferClauseKind::Eligible(condition) => self.eligible.push(condition),
            OfferClauseKind::Except(condition) => self.except.push(condition),
            OfferClauseKind::Priority(value) => self.priority = Some((clause.word, value)),
            OfferClauseKind::Channel(routes) => self.routes = Some(routes),
            OfferClauseKind::Timing(parts) => self.timing = Some((clause.span, parts)),
            OfferClauseKind::Cap(cap) => self.caps.push((clause, cap)),
            OfferClauseKind::Budget(budget) => self.budgets.push((clause, budget)),
            OfferClauseKind::Cost(value) => self.cost = Some(value),
            OfferClauseKind::Holdout(holdout) => self.holdout = Some((clause.word, holdout)),
            OfferClauseKind::Pick(pick) => self.picks.push((clause.span, pick)),
            OfferClauseKind::Because(text) => self.because = Some(text),
            OfferClauseKind::Message { channel, text } => self.messages.push((clause.word, channel.as_ref(), text)),
            // Read before, with the offer's fields.
            OfferClauseKind::Arms { .. } | OfferClauseKind::Arm { .. } | OfferClauseKind::Field(..) => {}
        }
    }

    /// Each clause is looked at, so that every mistake is told; then all must have been understood.
    fn offer(
        &self,
        infer: &mut Infer<'_>,
        around: Around<'_>,
        item: &OfferItem,
        fields: Option<&[FieldValue]>,
    ) -> Option<Offer> {
        self.fits_kind(infer, item);
        let eligible: Vec<Option<Expr>> = self.eligible.iter().map(|condition| infer.condition(condition)).collect();
        let complete = eligible.iter().all(Option::is_some);
        let eligible = Expr::all(eligible.into_iter().flatten().collect());
        let picks = pick::picks(infer, item, &self.picks, eligible.as_ref());
        if let Some(eligible) = &eligible {
            infer.assume(known_where(eligible));
        }
        let except: Vec<Option<Expr>> = self.except.iter().map(|condition| infer.condition(condition)).collect();
        let priority = self.priority.map(|(_, value)| score(infer, value, "this priority", complete));
        let timing = self.timing.map(|(span, parts)| timing::timing(infer, span, parts, around.horizon));
        let routes = self.routes(infer, around, item, timing.as_ref().and_then(Option::as_ref), fields);
        let name = &item.name.node;
        let cost = self.cost.map(|value| spending::cost(infer, value, complete));
        let budgets = self.budgets(infer, around, name, routes.as_deref(), cost.as_ref().map(Option::as_ref));
        let caps = caps::of_offer(infer, around, name, &self.caps);
        let holdout = self.holdout.map(|(word, written)| experiment::holdout(infer, word, written, Some(name)));
        let because = self.because.map(|text| template(infer, text, complete));
        let messages = self.messages(infer, routes.as_deref(), around.channels, complete);
        complete.then_some(())?;
        Some(Offer {
            name: name.clone(),
            kind: item.kind,
            about: self.about.map(|text| text.node.clone()),
            family: None,
            fields: Vec::new(),
            varied: Vec::new(),
            eligible,
            except: except.into_iter().collect::<Option<_>>()?,
            cost: settled(cost)?,
            caps: caps?.into_iter().chain(budgets?).collect(),
            routes: routes?,
            timing: settled(timing)?,
            priority: settled(priority)?.unwrap_or_else(one),
            holdout: settled(holdout)?,
            experiment: None,
            picks: picks?,
            because: settled(because)?,
            messages: messages?,
        })
    }

    /// What a reminder must say, and a notice cannot.
    fn fits_kind(&self, infer: &mut Infer<'_>, item: &OfferItem) {
        let name = &item.name;
        if item.kind == OfferKind::Reminder && self.because.is_none() {
            let message = format!("the reminder `{}` does not say what it reminds of", name.node);
            let diagnostic = Diagnostic::error(codes::REMINDER_REASON, message, name.span, "without `because`");
            infer.report(diagnostic.help("add a line `because \"…\"`, as the customer may read it"));
        }
        if let (OfferKind::Notice, Some((word, _))) = (item.kind, self.priority) {
            let message = "a notice competes with nothing, so it has no priority";
            let diagnostic = Diagnostic::error(codes::NOTICE_RANKED, message, word, "of a notice");
            infer.report(diagnostic.help("leave it out; what competes with others is an `offer` or a `reminder`"));
        }
    }

    /// The routes that are left, once those are gone whose channels do not carry the offer.
    fn routes(
        &self,
        infer: &mut Infer<'_>,
        around: Around<'_>,
        item: &OfferItem,
        timing: Option<&Timing>,
        fields: Option<&[FieldValue]>,
    ) -> Option<Vec<Route>> {
        let written = route::routes(infer, item, self.routes, around.channels)?;
        let routes = route::carried(infer, item, written, fields?, around.channels)?;
        if let (Some(timing), Some((span, _))) = (timing, self.timing) {
            route::heard(infer, item, self.routes, &routes, (timing, span), around.channels);
        }
        Some(routes)
    }

    /// The budgets, with what takes money out of them; `cost`: the offer's own, where it says one.
    #[allow(clippy::option_option, reason = "no cost and one that was not understood are two things")]
    fn budgets(
        &self,
        infer: &mut Infer<'_>,
        around: Around<'_>,
        name: &str,
        routes: Option<&[Route]>,
        cost: Option<Option<&Expr>>,
    ) -> Option<Vec<caps::Cap>> {
        let spenders = routes.and_then(|routes| spending::of_offer(name, routes, cost, around.channels.traits));
        let budget = |(clause, written): &(&OfferClause, &ast::BudgetClause)| {
            let of = caps::Of::Offer(name);
            let place = caps::Place { word: clause.word, span: clause.span, text: around.text, of };
            Some((clause.span, caps::budget(infer, around.channels.names, written, spenders.as_deref(), place)?))
        };
        let found: Vec<_> = self.budgets.iter().map(budget).collect();
        let found: Vec<_> = found.into_iter().collect::<Option<_>>()?;
        let told = caps::of_one_kind(&found.iter().map(|(span, quota)| (*span, quota)).collect::<Vec<_>>());
        infer.diagnostics.extend(told);
        Some(found.into_iter().map(|(_, quota)| caps::Cap::Quota(quota)).collect())
    }

    /// The texts by channel, each channel once, and only channels that the offer has.
    fn messages(
        &self,
        infer: &mut Infer<'_>,
        routes: Option<&[Route]>,
        channels: Channels<'_>,
        complete: bool,
    ) -> Option<Vec<(Option<Box<str>>, Template)>> {
        let mut first: BTreeMap<Option<&str>, Span> = BTreeMap::new();
        let mut found = Vec::new();
        for (word, channel, text) in &self.messages {
            let place = channel.map_or(*word, |name| name.span);
            let known = channel.is_none_or(|name| clauses::known_channel(infer, channels.names, name));
            if let Some(before) = first.insert(channel.map(|name| &*name.node), place) {
                let what = channel.map_or("the message".to_owned(), |name| format!("the message for `{}`", name.node));
                infer.report(said_twice(place, before, &what));
            }
            if let (Some(name), Some(routes), true) = (channel, routes, known)
                && !routes.iter().any(|route| route.channel == name.node)
            {
                infer.report(unused_message(name, routes));
            }
            let text = template(infer, text, complete);
            found.push(known.then_some(()).and(text).map(|text| (channel.map(|name| name.node.clone()), text)));
        }
        found.into_iter().collect()
    }
}

fn unused_message(name: &Name, routes: &[Route]) -> Diagnostic {
    let message = format!("this offer never goes by `{}`, so nobody would read this", name.node);
    let names: Vec<String> = routes.iter().map(|route| format!("`{}`", route.channel)).collect();
    Diagnostic::error(codes::MESSAGE_UNUSED, message, name.span, "not a channel of this offer").help(format!(
        "its channels are {}; add `{}` to them, or leave this message out",
        names.join(", "),
        name.node
    ))
}

/// What may be asked of an offer without looking into it, as it is written.
pub fn ends(item: &OfferItem) -> Ends {
    let mut found = Ends::default();
    for clause in &item.clauses {
        match &clause.kind {
            OfferClauseKind::Cap(cap) => found.in_total |= is_total(cap),
            OfferClauseKind::Timing(parts) => {
                found.last_day = found.last_day.or_else(|| parts.iter().find_map(last_day));
            }
            _ => {}
        }
    }
    found
}

/// `cap 20_000 in total`, and no more.
fn is_total(cap: &ast::CapClause) -> bool {
    matches!(&cap.kind, ast::CapKind::InTotal(total) if *total == ast::Total::default()) && cap.on.is_none()
}

fn last_day(part: &ast::TimingPart) -> Option<i32> {
    let ast::TimingPart::Days { to: Some(to), .. } = part else { return None };
    let ast::ExprKind::Literal(ast::Literal::Date(day)) = to.kind else { return None };
    Some(day)
}

/// A clause that is not there is settled; one that is there and was not understood is not.
fn settled<T>(clause: Option<Option<T>>) -> Option<Option<T>> {
    match clause {
        None => Some(None),
        Some(found) => found.map(Some),
    }
}

/// The word of a clause that may stand once; those of fields are looked at with their values.
fn once(kind: &OfferClauseKind) -> Option<&'static str> {
    match kind {
        OfferClauseKind::About(_) => Some("about"),
        OfferClauseKind::Priority(_) => Some("priority"),
        OfferClauseKind::Cost(_) => Some("cost"),
        OfferClauseKind::Channel(_) => Some("channel"),
        OfferClauseKind::Timing(_) => Some("timing"),
        OfferClauseKind::Holdout(_) => Some("holdout"),
        OfferClauseKind::Arms { .. } => Some("arms"),
        OfferClauseKind::Because(_) => Some("because"),
        _ => None,
    }
}

fn one() -> Expr {
    Expr::constant(Float::new(1.0).map_or(Constant::Int(1), Constant::Number))
}

/// A score that is never missing. Where `eligible` was not understood, what it makes known is not known either.
pub(super) fn score(infer: &mut Infer<'_>, value: &ast::Expr, what: &str, eligible_is_complete: bool) -> Option<Expr> {
    let found = infer.of_type(value, Type::Number)?;
    if !found.nullable {
        return Some(found);
    }
    if eligible_is_complete {
        let message = format!("{what} may be missing");
        let diagnostic = Diagnostic::error(codes::PRIORITY_MISSING, message, value.span, "may be missing")
            .may_miss(may_miss(infer.context.schema, [&found]));
        infer.report(diagnostic.help(
            "say what it is then: `(…) else 0`; a condition in `if` becomes definite by `is true`; what `eligible` \
             compares is known here",
        ));
    }
    None
}
