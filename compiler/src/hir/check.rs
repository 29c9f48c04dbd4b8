//! Reads the clauses of an offer.
//!
//! The order matters: first the offer's fields and the member of its family, which every expression may name; then
//! `eligible`; what that has compared is known in the clauses after it.

use std::collections::{BTreeMap, BTreeSet};

use opportune_plan::{Constant, FieldValue, Float, Timing, Type};

use super::clauses::{self, said_twice};
use super::family;
use super::infer::{Context, Infer, OfferFields, constant_of};
use super::known::known_where;
use super::schema::OFFER;
use super::template::{Template, template};
use super::{Channel, Expr, Offer};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, ChannelItem, FieldSetting, Name, OfferClause, OfferClauseKind, OfferItem};

/// An offer, if all of it could be understood, and all that is wrong with it.
pub fn offer(
    context: Context<'_>,
    item: &OfferItem,
    channels: &BTreeSet<Box<str>>,
) -> (Option<Offer>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let values = field_values(context, item, &mut diagnostics);
    let context = Context { offer: OfferFields::Of(&values), ..context };
    let mut infer = Infer::new(context);
    let member = item.each.as_ref().map(|each| family::member(&mut infer, each));
    diagnostics.extend(infer.into_diagnostics());
    // Without its member, nothing can be said of the clauses that speak of it.
    let Some(member) = settled(member) else { return (None, diagnostics) };
    let mut infer = Infer::new(Context { member: member.as_ref(), ..context });
    let clauses = Clauses::read(&mut infer, item);
    let found = clauses.offer(&mut infer, item, channels);
    diagnostics.extend(infer.into_diagnostics());
    let family = member.map(|member| member.family);
    let fields = values.into_iter().collect::<Option<Vec<FieldValue>>>();
    let offer = found.zip(fields).map(|(offer, fields)| Offer { family, fields, ..offer });
    (offer.filter(|_| diagnostics.is_empty()), diagnostics)
}

/// A channel, if all of it could be understood, and all that is wrong with it.
pub fn channel(context: Context<'_>, item: &ChannelItem) -> (Option<Channel>, Vec<Diagnostic>) {
    let mut infer = Infer::new(context);
    let needs = item.clauses.iter().filter_map(|clause| match &clause.kind {
        ast::ChannelClauseKind::Needs(needs) => Some(needs),
        _ => None,
    });
    let needs: Vec<Option<Expr>> = needs.map(|needs| infer.condition(needs)).collect();
    let needs = needs.into_iter().collect::<Option<Vec<Expr>>>();
    let channel = needs.map(|needs| Channel { name: item.name.node.clone(), needs: Expr::all(needs) });
    (channel, infer.into_diagnostics())
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
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
            format!("replace `{}` with `{near}`", name.node),
            name.span,
            near,
        ),
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
    priority: Option<&'a ast::Expr>,
    channels: Option<&'a [ast::RouteItem]>,
    timing: Option<(Span, &'a [ast::TimingPart])>,
    caps: Vec<(Span, &'a ast::CapClause)>,
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
            OfferClauseKind::Priority(value) => self.priority = Some(value),
            OfferClauseKind::Channel(routes) => self.channels = Some(routes),
            OfferClauseKind::Timing(parts) => self.timing = Some((clause.span, parts)),
            OfferClauseKind::Cap(cap) => self.caps.push((clause.word, cap)),
            OfferClauseKind::Because(text) => self.because = Some(text),
            OfferClauseKind::Message { channel, text } => self.messages.push((clause.word, channel.as_ref(), text)),
            OfferClauseKind::Holdout(_)
            | OfferClauseKind::Arms { .. }
            | OfferClauseKind::Arm { .. }
            | OfferClauseKind::Pick(_)
            | OfferClauseKind::Field(..) => {}
        }
    }

    /// Each clause is looked at, so that every mistake is told; then all must have been understood.
    fn offer(&self, infer: &mut Infer<'_>, item: &OfferItem, declared: &BTreeSet<Box<str>>) -> Option<Offer> {
        let eligible: Vec<Option<Expr>> = self.eligible.iter().map(|condition| infer.condition(condition)).collect();
        let complete = eligible.iter().all(Option::is_some);
        let eligible = Expr::all(eligible.into_iter().flatten().collect());
        if let Some(eligible) = &eligible {
            infer.assume(known_where(eligible));
        }
        let except: Vec<Option<Expr>> = self.except.iter().map(|condition| infer.condition(condition)).collect();
        let priority = self.priority.map(|value| priority(infer, value, complete));
        let channels = self.channels(infer, item, declared);
        let timing = self.timing.map(|(span, parts)| timing(infer, span, parts));
        let name = &item.name.node;
        let caps: Vec<Option<super::Cap>> =
            self.caps.iter().map(|(word, clause)| clauses::cap(infer, clause, *word, Some(name))).collect();
        let because = self.because.map(|text| template(infer, text, complete));
        let messages = self.messages(infer, channels.as_deref(), declared, complete);
        complete.then_some(())?;
        Some(Offer {
            name: name.clone(),
            about: self.about.map(|text| text.node.clone()),
            family: None,
            fields: Vec::new(),
            eligible,
            except: except.into_iter().collect::<Option<_>>()?,
            caps: caps.into_iter().collect::<Option<_>>()?,
            channels: channels?,
            timing: settled(timing)?,
            priority: settled(priority)?.unwrap_or_else(one),
            because: settled(because)?,
            messages: messages?,
        })
    }

    /// The texts by channel, each channel once, and only channels that the offer has.
    fn messages(
        &self,
        infer: &mut Infer<'_>,
        channels: Option<&[Box<str>]>,
        declared: &BTreeSet<Box<str>>,
        complete: bool,
    ) -> Option<Vec<(Option<Box<str>>, Template)>> {
        let mut first: BTreeMap<Option<&str>, Span> = BTreeMap::new();
        let mut found = Vec::new();
        for (word, channel, text) in &self.messages {
            let place = channel.map_or(*word, |name| name.span);
            let known = channel.is_none_or(|name| clauses::known_channel(infer, declared, name));
            if let Some(before) = first.insert(channel.map(|name| &*name.node), place) {
                let what = channel.map_or("the message".to_owned(), |name| format!("the message for `{}`", name.node));
                infer.report(said_twice(place, before, &what));
            }
            if let (Some(name), Some(channels), true) = (channel, channels, known)
                && !channels.contains(&name.node)
            {
                infer.report(unused_message(name, channels));
            }
            let text = template(infer, text, complete);
            found.push(known.then_some(()).and(text).map(|text| (channel.map(|name| name.node.clone()), text)));
        }
        found.into_iter().collect()
    }

    fn channels(
        &self,
        infer: &mut Infer<'_>,
        item: &OfferItem,
        declared: &BTreeSet<Box<str>>,
    ) -> Option<Vec<Box<str>>> {
        let Some(routes) = self.channels else {
            let mut all = declared.iter();
            if let (Some(only), None) = (all.next(), all.next()) {
                return Some(vec![only.clone()]);
            }
            infer.report(channel_needed(item, declared));
            return None;
        };
        let mut found: Vec<&Name> = Vec::new();
        let mut complete = true;
        for name in routes.iter().map(|route| &route.channel) {
            if let Some(first) = found.iter().find(|known| known.node == name.node) {
                infer.report(said_twice(name.span, first.span, &format!("the channel `{}`", name.node)));
            }
            complete &= clauses::known_channel(infer, declared, name);
            found.push(name);
        }
        (complete && !found.is_empty()).then(|| found.into_iter().map(|name| name.node.clone()).collect())
    }
}

fn unused_message(name: &Name, channels: &[Box<str>]) -> Diagnostic {
    let message = format!("this offer never goes by `{}`, so nobody would read this", name.node);
    let names: Vec<String> = channels.iter().map(|channel| format!("`{channel}`")).collect();
    Diagnostic::error(codes::MESSAGE_UNUSED, message, name.span, "not a channel of this offer").help(format!(
        "its channels are {}; add `{}` to them, or leave this message out",
        names.join(", "),
        name.node
    ))
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
        OfferClauseKind::Channel(_) => Some("channel"),
        OfferClauseKind::Timing(_) => Some("timing"),
        OfferClauseKind::Because(_) => Some("because"),
        _ => None,
    }
}

fn one() -> Expr {
    Expr::constant(Float::new(1.0).map_or(Constant::Int(1), Constant::Number))
}

/// A score that is never missing. Where `eligible` was not understood, what it makes known is not known either.
fn priority(infer: &mut Infer<'_>, value: &ast::Expr, eligible_is_complete: bool) -> Option<Expr> {
    let found = infer.of_type(value, Type::Number)?;
    if !found.nullable {
        return Some(found);
    }
    if eligible_is_complete {
        let message = "this priority may be missing";
        let diagnostic = Diagnostic::error(codes::PRIORITY_MISSING, message, value.span, "may be missing");
        infer.report(diagnostic.help(
            "say what it is then: `(…) else 0`; a condition in `if` becomes definite by `is true`; what `eligible` \
             compares is known here",
        ));
    }
    None
}

fn timing(infer: &mut Infer<'_>, span: Span, parts: &[ast::TimingPart]) -> Option<Timing> {
    let days = parts.iter().find_map(|part| match part {
        ast::TimingPart::Days { from, to } => Some((from.as_ref(), to.as_ref())),
        _ => None,
    });
    let (from, to) = days.unwrap_or_default();
    let first = from.map(|expr| day(infer, expr));
    let last = to.map(|expr| day(infer, expr));
    let (first, last) = (settled(first)?, settled(last)?);
    if let (Some(first), Some(last)) = (first, last)
        && first > last
    {
        let message = "this timing ends before it begins";
        let diagnostic = Diagnostic::error(codes::BAD_TIMING, message, span, "holds on no day");
        return infer.fail(diagnostic.help("exchange the two dates, or mend the year"));
    }
    Some(Timing::between(first, last))
}

fn day(infer: &mut Infer<'_>, expr: &ast::Expr) -> Option<i32> {
    let found = infer.of_type(expr, Type::Date)?;
    if let Some(Constant::Date(day)) = constant_of(&found) {
        return Some(*day);
    }
    let message = "a timing is written with dates";
    let diagnostic = Diagnostic::error(codes::NOT_CONSTANT, message, expr.span, "not a written date");
    infer.fail(diagnostic.help("write the date: `2026-11-01`; what depends on the customer belongs in `eligible when`"))
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
