//! Reads caps: what is counted, over which past events, and by which key.
//!
//! What must hold: no cap is quietly too low. Its events, its channel and its key are declared, and what it counts by is
//! there in every event; where it is not, the cap does not compile and the help says what to declare.

mod binding;
mod history;
mod key;
mod quota;
mod shared;

use std::collections::BTreeSet;

use opportune_plan::{Counts, FieldId, LimitWindow, OfferFieldId, Per, TableId, Type, Unit};

use self::history::Past;
use self::key::{Key, key};
use super::infer::{Context, Infer};
use super::schema::CONTACT;
use super::{Aggregate, Expr, ExprKind, check, clauses};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, CapClause, CapKind, CapWindow, Name, OfferClause};

pub(super) use self::binding::{never_binds, of_none, of_one_kind};
pub(crate) use self::history::contacts_by_channel;
pub(super) use self::history::{capacity_goes_on, contacts_of_pause, outcome, responses_of_pause};
pub(super) use self::quota::{Spender, budget};

/// What a cap says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cap {
    /// Over one customer.
    PerCustomer(Limit),
    /// `cap 20_000 in total`, `budget 5_000 USD each month`
    Quota(Quota),
    /// `cap 50% of requests per context.rep every 30 days`
    Share(Share),
}

/// At most so many for one customer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limit {
    /// As it is written: `3 per customer every 7 days`.
    pub text: Box<str>,
    /// How many.
    pub most: u32,
    /// In which stretch of time.
    pub window: LimitWindow,
    /// What has been.
    pub history: History,
    /// What of the run counts too.
    pub counts: Counts,
    /// What is counted apart.
    pub per: Per,
    /// Only what this channel carries.
    pub channel: Option<Box<str>>,
    /// Whether answers to customers who ask count.
    pub including_inbound: bool,
    /// Holds unless this is definitely false.
    pub when: Option<Expr>,
    /// How many there have been at `now`: an int; of a cap that this alone may tell.
    pub counted: Option<Expr>,
    /// Whether its events are those of one member, so that nothing else can tell it.
    pub by_member: bool,
}

/// A customer's past events that are counted; [`opportune_plan::History`] says what each means.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "each is explained at the history of the plan that it becomes")]
pub struct History {
    pub events: TableId,
    pub filter: Option<Expr>,
    pub offer: Option<FieldId>,
    pub member: Option<FieldId>,
    pub channel: Option<FieldId>,
    pub decided: Option<FieldId>,
    pub value: Option<FieldId>,
    pub cost: Option<FieldId>,
}

/// So much for all customers together; [`opportune_plan::Quota`] says what each means.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "each is explained at the quota of the plan that it becomes")]
pub struct Quota {
    pub text: Box<str>,
    pub most: u64,
    pub counts: opportune_plan::Counted,
    pub each: Option<Unit>,
    pub per: Apart,
    pub channel: Option<Box<str>>,
    pub past: History,
}

/// What a quota counts apart; [`opportune_plan::Apart`] says what each means.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "each is explained at what it becomes in the plan")]
pub enum Apart {
    Together,
    Customer(Expr, Option<FieldId>),
    Field(OfferFieldId),
    Member,
}

impl Quota {
    /// Whether it is what `X.remaining` tells: `cap 20_000 in total`, and no more.
    pub fn is_plain(&self) -> bool {
        let is_plain = self.each.is_none() && self.per == Apart::Together && self.channel.is_none();
        is_plain && self.counts == opportune_plan::Counted::Showings
    }
}

/// At most a share of the requests, by who answers; [`opportune_plan::SharedLimit::Share`] says what each means.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "each is explained at the limit of the plan that it becomes")]
pub struct Share {
    pub share: u32,
    pub requests: TableId,
    pub key: FieldId,
    pub contacts: History,
    pub contact_key: FieldId,
    pub answers: Expr,
    pub window: opportune_plan::Span,
}

/// Whose cap it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Of<'a> {
    /// Of the offer of this name.
    Offer(&'a str),
    /// Of all offers together.
    Portfolio,
}

/// Where a cap is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    /// The word `cap`.
    pub word: Span,
    /// All of the clause.
    pub span: Span,
    /// The text of the item.
    pub text: &'a str,
    /// Whose cap it is.
    pub of: Of<'a>,
}

/// What a cap says, if all of it could be understood.
pub(super) fn cap(
    infer: &mut Infer<'_>,
    channels: &BTreeSet<Box<str>>,
    clause: &CapClause,
    place: Place<'_>,
) -> Option<Cap> {
    match &clause.kind {
        CapKind::PerCustomer { per, window } => {
            per_customer(infer, channels, clause, (per.as_ref(), window), place).map(Cap::PerCustomer)
        }
        CapKind::InTotal(total) => quota::cap(infer, channels, clause, total, place).map(Cap::Quota),
        CapKind::Share { of, per, every } => shared::share(infer, clause, (of, per, every), place).map(Cap::Share),
    }
}

/// The caps of an offer, if all of them could be understood.
pub(super) fn of_offer(
    infer: &mut Infer<'_>,
    around: check::Around<'_>,
    name: &str,
    written: &[(&OfferClause, &CapClause)],
) -> Option<Vec<Cap>> {
    let mut found = Vec::new();
    for (clause, cap) in written {
        let place = Place { word: clause.word, span: clause.span, text: around.text, of: Of::Offer(name) };
        found.push(self::cap(infer, around.channels.names, cap, place));
    }
    let limits = written.iter().zip(&found).filter_map(|((clause, _), found)| match found {
        Some(Cap::PerCustomer(limit)) => Some((clause.span, limit)),
        _ => None,
    });
    let limits: Vec<(Span, &Limit)> = limits.collect();
    let totals = written.iter().zip(&found).filter_map(|((clause, _), found)| match found {
        Some(Cap::Quota(quota)) => Some((clause.span, quota)),
        _ => None,
    });
    let same = of_one_kind(&totals.collect::<Vec<_>>());
    let none = limits.iter().filter_map(|(span, limit)| of_none(limit, *span));
    let idle = never_binds(&limits);
    infer.diagnostics.extend(none.chain(idle).chain(same));
    found.into_iter().collect()
}

/// What a cap counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Counted {
    Sends,
    Decisions,
    Impressions,
    Redemptions,
}

const COUNTED: &[(&str, Counted)] = &[
    ("sends", Counted::Sends),
    ("decisions", Counted::Decisions),
    ("impressions", Counted::Impressions),
    ("redemptions", Counted::Redemptions),
];

fn counted(infer: &mut Infer<'_>, written: Option<&Name>) -> Option<Counted> {
    let Some(name) = written else { return Some(Counted::Sends) };
    if let Some((_, found)) = COUNTED.iter().find(|(word, _)| **word == *name.node) {
        return Some(*found);
    }
    unknown_word(infer, name, "a cap does not count", COUNTED.iter().map(|(word, _)| *word))
}

const UNITS: &[(&str, Unit)] = &[
    ("day", Unit::Day),
    ("week", Unit::Week),
    ("month", Unit::Month),
    ("quarter", Unit::Quarter),
    ("year", Unit::Year),
];

/// What the grammar does not let through.
fn unknown_word<'a, T>(
    infer: &mut Infer<'_>,
    name: &Name,
    message: &str,
    words: impl Iterator<Item = &'a str> + Clone,
) -> Option<T> {
    let message = format!("{message} `{}`", name.node);
    let diagnostic = Diagnostic::error(codes::UNEXPECTED, message, name.span, "not known here");
    let known = words.clone().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    infer.fail(match nearest(&name.node, words) {
        Some(near) => diagnostic.meant(&name.node, name.span, near),
        None => diagnostic.help(format!("the words are {known}")),
    })
}

fn per_customer(
    infer: &mut Infer<'_>,
    channels: &BTreeSet<Box<str>>,
    clause: &CapClause,
    (written_per, written_window): (Option<&ast::Expr>, &CapWindow),
    place: Place<'_>,
) -> Option<Limit> {
    // Each part is looked at, so that every mistake is told.
    let most = clauses::limit(infer, &clause.limit, 0);
    let counted = counted(infer, clause.counted.as_ref());
    let per = written_per.map_or(Some(Key::Together), |per| key(infer, per, place.of));
    let channel = channel_named(infer, channels, clause.on.as_ref());
    let when = clause.when.as_ref().map(|when| over_customer(infer, when));
    let past = history::past(infer, clause, counted?, place);
    let window = window(infer, written_window, past.as_ref().map(|past| past.history.events));
    let (most, past, per, window) = (most?, past?, per?, window?);
    let (channel, when) = (channel?, when.map_or(Some(None), |when| when.map(Some))?);
    let history = history::by_key(infer, &past, per, clause, place)?;
    let counts = counts(counted?, per, place.of);
    if counts == Counts::Decisions {
        history::decided(infer, &past, clause, place)?;
    }
    let is_plain = per == Key::Together && channel.is_none() && when.is_none() && counted? == Counted::Sends;
    let counted =
        if is_plain && tells_by_rows(&past, place.of) { at_now(infer, &past, written_window, place.of) } else { None };
    let by_member = past.by.is_some();
    // Contacts that are still to be sent count too, and no expression sees them.
    let is_contact = infer.context.schema.table_name(past.history.events) == CONTACT;
    if by_member && (counted.is_none() || is_contact) {
        return infer.fail(not_by_member(clause, place));
    }
    Some(Limit {
        text: as_written(place),
        most,
        window,
        history,
        counts,
        per: per.per(),
        channel,
        including_inbound: clause.including_inbound.is_some() || place.of != Of::Portfolio,
        when,
        counted,
        by_member,
    })
}

/// The channel that is counted alone; `None`: it is reported.
#[allow(clippy::option_option, reason = "no channel and one that is not declared are two things")]
fn channel_named(infer: &mut Infer<'_>, channels: &BTreeSet<Box<str>>, on: Option<&Name>) -> Option<Option<Box<str>>> {
    on.map_or(Some(None), |name| clauses::known_channel(infer, channels, name).then(|| Some(name.node.clone())))
}

/// A stretch of the calendar by its name.
fn unit_named(infer: &mut Infer<'_>, name: &Name) -> Option<Unit> {
    match UNITS.iter().find(|(word, _)| **word == *name.node) {
        Some((_, unit)) => Some(*unit),
        None => unknown_word(infer, name, "a cap has no stretch of the calendar", UNITS.iter().map(|(word, _)| *word)),
    }
}

/// A cap over all customers has no parts of one for each; `with_channel`: but the channel.
fn alone(infer: &mut Infer<'_>, clause: &CapClause, with_channel: bool, message: &str) -> Option<()> {
    let on = clause.on.as_ref().filter(|_| !with_channel);
    let names = [clause.counted.as_ref(), on, clause.over.as_ref()];
    let names = names.into_iter().flatten().filter(|name| &*name.node != "sends").map(|name| name.span);
    let others = clause.including_inbound.into_iter();
    let conditions = [&clause.filter, &clause.when].into_iter().flatten().map(|expr| expr.span);
    let Some(span) = names.chain(others).chain(conditions).next() else { return Some(()) };
    let diagnostic = Diagnostic::error(codes::BAD_CAP, message, span, "not of such a cap");
    infer.fail(diagnostic.help("leave this out, or say it in a cap `per customer`"))
}

/// A condition over the customer alone, also in a family.
fn over_customer(infer: &mut Infer<'_>, written: &ast::Expr) -> Option<Expr> {
    let mut alone = Infer::new(Context { member: None, ..infer.context });
    let found = alone.condition(written);
    infer.diagnostics.extend(alone.into_diagnostics());
    found
}

/// What of a run counts towards it. A cap over all offers counts messages, any other what is shown.
fn counts(counted: Counted, per: Key, of: Of<'_>) -> Counts {
    match (counted, of, per) {
        (Counted::Impressions | Counted::Redemptions, ..) => Counts::Nothing,
        (Counted::Decisions, ..) => Counts::Decisions,
        (Counted::Sends, Of::Portfolio, Key::Together) => Counts::Contacts,
        (Counted::Sends, ..) => Counts::Showings,
    }
}

fn window(infer: &mut Infer<'_>, written: &CapWindow, events: Option<TableId>) -> Option<LimitWindow> {
    match written {
        CapWindow::Every(length) => {
            let found = infer.length(length)?;
            if found.micros != 0 && events.is_some_and(|events| infer.happens_on_a_date(events)) {
                return infer.fail(infer.hours_of_days(events?, length.span));
            }
            Some(LimitWindow::Rolling(found))
        }
        CapWindow::Each(name) => unit_named(infer, name).map(LimitWindow::Calendar),
    }
}

/// Whether each row of the history counts as one, as the count of an aggregate has it: rows of one message, which a
/// history with channels tells, are one contact.
fn tells_by_rows(past: &Past, of: Of<'_>) -> bool {
    of != Of::Portfolio || past.history.channel.is_none()
}

/// How many there have been at `now`; none where the window is one of the calendar.
fn at_now(infer: &mut Infer<'_>, past: &Past, window: &CapWindow, of: Of<'_>) -> Option<Expr> {
    let CapWindow::Every(length) = window else { return None };
    let events = past.history.events;
    let kind = ast::WindowKind::Last(Box::new(length.clone()));
    let window = infer.aggregate_window(events, Some(&ast::Window { span: length.span, kind }))?;
    let own = match of {
        Of::Offer(name) => past.shows(infer, name)?,
        Of::Portfolio => None,
    };
    let filter = Expr::all(own.into_iter().chain(past.history.filter.clone()).collect());
    let aggregate = Aggregate { window, filter, by: past.by.clone(), ..Aggregate::count(events) };
    Some(Expr { kind: ExprKind::Aggregate(Box::new(aggregate)), ty: Type::Int, nullable: false })
}

fn not_by_member(clause: &CapClause, place: Place<'_>) -> Diagnostic {
    let span = clause.filter.as_ref().map_or(place.word, |filter| filter.span);
    let message = "this cap takes contacts of one member, or says more than how many events in which time";
    Diagnostic::error(codes::BAD_CAP, message, span, "of one member").help(
        "a cap of this kind is `cap N per customer every SPAN over EVENTS where …`; to count contacts of one member, \
         say `per customer per` and its name",
    )
}

/// The clause without its first word, its comments and its line breaks.
fn as_written(place: Place<'_>) -> Box<str> {
    let text = place.text.get(place.word.end as usize..place.span.end as usize).unwrap_or_default();
    let words = text.lines().flat_map(|line| without_comment(line).split_whitespace());
    words.collect::<Vec<_>>().join(" ").into()
}

fn without_comment(line: &str) -> &str {
    let mut in_text = false;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match c {
            '"' if before != '\\' => in_text = !in_text,
            '/' if before == '/' && !in_text => return line.get(..at - 1).unwrap_or_default(),
            _ => {}
        }
        before = c;
    }
    line
}
