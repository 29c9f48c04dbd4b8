//! Which past events a cap counts, and which of their fields tell offer, member, channel and key.
//!
//! What must hold: a field that a cap counts by is in the table, names what it should, and is never missing.

use opportune_plan::{Comparison, Field, FieldId, TableId, Type};

use super::{Counted, History, Key, Of, Place};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, MayMiss, codes};
use crate::hir::infer::Infer;
use crate::hir::missing::may_miss;
use crate::hir::schema::{CONTACT, RESPONSE};
use crate::hir::{By, Expr, ExprKind, Schema};
use crate::syntax::Span;
use crate::syntax::ast::{self, CapClause, Name};

/// The tables that caps look for by their name.
pub(super) const CONTACTS: &str = CONTACT;
pub(super) const REQUESTS: &str = "request";
const RESPONSES: &str = RESPONSE;
const IMPRESSIONS: &str = "impression";
const REDEMPTIONS: &str = "redemption";

/// The fields of theirs.
pub(super) const OFFER: &str = "offer";
const MEMBER: &str = "member";
const CHANNEL: &str = "channel";
const DECIDED_AT: &str = "decided_at";
pub(super) const COST: &str = "cost";
const OUTCOME: &str = "outcome";

/// What a history is counted for, and what one must do who has none.
const FOR_CAPS: &str = "a cap counts past contacts";
pub(super) const AND_NO_RUN: &str = "; without contacts each run would begin anew";
const OR_OVER: &str = ", or say which events count: `… over redemption`";

/// What a cap counts, and whose of a family.
pub(super) struct Past {
    pub(super) history: History,
    /// Only events of one member.
    pub(super) by: Option<By>,
    /// Whether `over` names the events: then they count whatever offer they name.
    pub(super) by_name: bool,
}

impl Past {
    /// The condition on an event that it showed this offer; none where all events count. `None`: it is reported.
    #[allow(clippy::option_option, reason = "nothing to say and nothing said are two things")]
    pub(super) fn shows(&self, infer: &Infer<'_>, offer: &str) -> Option<Option<Expr>> {
        if self.by_name {
            return Some(None);
        }
        let (events, field) = (self.history.events, self.history.offer?);
        let ty = infer.context.schema.plan.field(events, field)?.ty;
        let name = Expr::constant(infer.context.schema.plan.named(ty, offer)?);
        let shown = Expr { kind: ExprKind::Field(events, field), ty, nullable: false };
        let same = ExprKind::Compare(Comparison::Equal, Box::new(shown), Box::new(name));
        Some(Some(Expr::condition(same, false)))
    }
}

/// The past events of a cap.
pub(super) fn past(infer: &mut Infer<'_>, clause: &CapClause, counted: Counted, place: Place<'_>) -> Option<Past> {
    let by_name = clause.over.is_some();
    let (events, own) = match (&clause.over, counted) {
        (Some(over), _) => (infer.event_table(&over.node, over.span)?, None),
        (None, Counted::Sends | Counted::Decisions) => (contacts(infer, place.word, FOR_CAPS, OR_OVER)?, None),
        (None, Counted::Impressions) => reactions(infer, clause, place, IMPRESSIONS, "seen")?,
        (None, Counted::Redemptions) => reactions(infer, clause, place, REDEMPTIONS, "redeemed")?,
    };
    let (written, by) = match &clause.filter {
        None => (None, None),
        Some(written) => counted_events(infer, events, written)?,
    };
    let filter = Expr::all(own.into_iter().chain(written).collect());
    Some(Past { history: History { filter, ..all_of(infer.context.schema, events) }, by, by_name })
}

/// All of a table's events, with the fields that tell offer, member, channel and the time of the decision.
pub(super) fn all_of(schema: &Schema, events: TableId) -> History {
    let fitting = |name: &str, fits: fn(&Field) -> bool| {
        let field = schema.field_named(events, name)?;
        schema.plan.field(events, field).filter(|found| fits(found)).map(|_| field)
    };
    History {
        events,
        filter: None,
        offer: fitting(OFFER, |field| is_name(field.ty)),
        member: fitting(MEMBER, |field| field.ty.element().is_some()),
        channel: fitting(CHANNEL, |field| is_name(field.ty)),
        decided: fitting(DECIDED_AT, |field| field.ty == Type::Instant && !field.nullable),
        value: None,
        cost: fitting(COST, |field| matches!(field.ty, Type::Money(_)))
            .filter(|field| is_always_told(schema, events, *field)),
    }
}

/// Whether no event leaves the field out without saying so: of built-in events one without an offer or a channel counts
/// for each, and one without a cost has cost nothing.
fn is_always_told(schema: &Schema, events: TableId, field: FieldId) -> bool {
    schema.is_built_in(events) || schema.plan.field(events, field).is_some_and(|field| !field.nullable)
}

fn is_name(ty: Type) -> bool {
    matches!(ty, Type::Text | Type::OneOf(_) | Type::Ordered(_))
}

/// Which events a cap counts: none of them may be unknown.
fn counted_events(infer: &mut Infer<'_>, events: TableId, written: &ast::Expr) -> Option<(Option<Expr>, Option<By>)> {
    let (filter, by) = infer.event_filter(events, written)?;
    let key_unknown = by.as_ref().is_some_and(|by| by.key.nullable && !by.missing_is_false);
    if key_unknown || filter.as_ref().is_some_and(|filter| filter.nullable) {
        let message = "this `where` may be unknown, and the cap would count too low without a word";
        let diagnostic = Diagnostic::error(codes::CAP_UNKNOWN, message, written.span, "unknown where data is missing");
        let unknown = filter.iter().chain(by.as_ref().map(|by| &by.key));
        return infer.fail(
            diagnostic
                .may_miss(may_miss(infer.context.schema, unknown))
                .help("say what counts then: `else true` at its end counts such events, `else false` leaves them out"),
        );
    }
    Some((filter, by))
}

fn events_named(infer: &Infer<'_>, name: &str) -> Option<TableId> {
    let schema = infer.context.schema;
    schema.table_named(name).filter(|id| schema.is_events(*id))
}

/// The table of contacts; `what` is said of, `or` is another way out.
pub(super) fn contacts(infer: &mut Infer<'_>, span: Span, what: &str, or: &str) -> Option<TableId> {
    if let Some(found) = events_named(infer, CONTACTS) {
        return Some(found);
    }
    let message = format!("{what}, and `{CONTACTS}` is something else in this project");
    let diagnostic = Diagnostic::error(codes::CAP_NEEDS_CONTACTS, message, span, "nothing to count");
    infer.fail(diagnostic.help(format!(
        "past contacts are the events `{CONTACTS}`, the ledger's where nothing is declared by that name: give the other \
         thing another name{or}"
    )))
}

/// What customers did: a table of its own, else responses with this outcome.
fn reactions(
    infer: &mut Infer<'_>,
    clause: &CapClause,
    place: Place<'_>,
    table: &str,
    outcome_word: &str,
) -> Option<(TableId, Option<Expr>)> {
    if let Some(found) = events_named(infer, table) {
        return Some((found, None));
    }
    let span = clause.counted.as_ref().map_or(place.word, |name| name.span);
    if let Some(responses) = events_named(infer, RESPONSES) {
        return outcome_of(infer, responses, outcome_word, span).map(|found| (responses, Some(found)));
    }
    let message = format!(
        "a cap on {table}s counts the events `{table}` or `{RESPONSES}`; the first are not declared, and the second is \
         something else in this project"
    );
    let diagnostic = Diagnostic::error(codes::CAP_EVENTS, message, span, "nothing to count");
    infer.fail(diagnostic.help(format!(
        "declare them, `events {table} {{ at happened: instant  offer: text }}`, or say which events count: `… over …`"
    )))
}

/// The table of responses; `what` needs it.
fn responses(infer: &mut Infer<'_>, span: Span, what: &str) -> Option<TableId> {
    if let Some(found) = events_named(infer, RESPONSES) {
        return Some(found);
    }
    let message = format!("{what} looks at responses, and `{RESPONSES}` is something else in this project");
    let diagnostic = Diagnostic::error(codes::CAP_EVENTS, message, span, "nothing to look at");
    infer.fail(diagnostic.help(format!(
        "responses are the events `{RESPONSES}`, the ledger's where nothing is declared by that name: give the other thing \
         another name"
    )))
}

/// A condition on a response: that it had this outcome. `stop after unsubscribed`
pub(in crate::hir) fn outcome(infer: &mut Infer<'_>, name: &Name) -> Option<(TableId, Expr)> {
    let table = responses(infer, name.span, "`stop`")?;
    outcome_of(infer, table, &name.node, name.span).map(|condition| (table, condition))
}

fn outcome_of(infer: &mut Infer<'_>, responses: TableId, outcome: &str, span: Span) -> Option<Expr> {
    let field = name_field(infer, responses, OUTCOME, span, codes::CAP_OUTCOME)?;
    let ty = infer.context.schema.plan.field(responses, field)?.ty;
    let Some(value) = infer.context.schema.plan.named(ty, outcome) else {
        let diagnostic = no_outcome(infer, ty, outcome, span);
        return infer.fail(diagnostic);
    };
    let found = Expr { kind: ExprKind::Field(responses, field), ty, nullable: false };
    let same = ExprKind::Compare(Comparison::Equal, Box::new(found), Box::new(Expr::constant(value)));
    Some(Expr::condition(same, false))
}

fn no_outcome(infer: &Infer<'_>, ty: Type, outcome: &str, span: Span) -> Diagnostic {
    let message = format!("no response has the outcome `{outcome}`: `response.outcome` is {}", infer.a_type(ty));
    let diagnostic = Diagnostic::error(codes::CAP_OUTCOME, message, span, "never an outcome");
    let domain = if let Type::OneOf(domain) | Type::Ordered(domain) = ty { Some(domain) } else { None };
    let variants = domain.and_then(|domain| infer.context.schema.plan.domain(domain)).map(|domain| &domain.variants);
    match nearest(outcome, variants.into_iter().flatten().map(|variant| &**variant)) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("add `{outcome}` to the values of `response.outcome`, or name one of them")),
    }
}

/// A field that holds names and is never missing; else it is reported, with this code where it is not there.
fn name_field(infer: &mut Infer<'_>, table: TableId, name: &str, span: Span, code: &'static str) -> Option<FieldId> {
    let found = field(infer, table, name, span, (code, "text"))?;
    let entry = infer.context.schema.plan.field(table, found)?;
    if is_name(entry.ty) {
        return Some(found);
    }
    let diagnostic =
        wrong_field(infer, table, name, entry.ty, (span, code), "a name: declare it as text or `one_of(…)`");
    infer.fail(diagnostic)
}

pub(super) fn wrong_field(
    infer: &Infer<'_>,
    table: TableId,
    name: &str,
    ty: Type,
    (span, code): (Span, &'static str),
    wanted: &str,
) -> Diagnostic {
    let owner = infer.context.schema.table_name(table);
    let message = format!("`{owner}.{name}` is {}", infer.a_type(ty));
    Diagnostic::error(code, message, span, "cannot be counted by it")
        .help(format!("`{owner}.{name}` is to be {wanted}"))
}

/// A field that is there and never missing; `written` is how it would be declared.
pub(super) fn field(
    infer: &mut Infer<'_>,
    table: TableId,
    name: &str,
    span: Span,
    (code, written): (&'static str, &str),
) -> Option<FieldId> {
    let found = declared(infer, table, name, span, (code, written))?;
    let schema = infer.context.schema;
    let owner = schema.table_name(table);
    if !is_always_told(schema, table, found) {
        let message = format!("`{owner}.{name}` may be missing, and such events would not be counted");
        let values = vec![MayMiss::Field { links: Vec::new(), field: (table, found) }];
        let diagnostic = Diagnostic::error(codes::CAP_KEY_MISSING, message, span, "may be missing").may_miss(values);
        return infer.fail(diagnostic.help(format!(
            "declare `{owner}.{name}` without `?`, so that data without it is refused; where it has no value, let the \
             data say so by a word of its own"
        )));
    }
    Some(found)
}

/// A field that is there; `written` is how it would be declared.
pub(super) fn declared(
    infer: &mut Infer<'_>,
    table: TableId,
    name: &str,
    span: Span,
    (code, written): (&'static str, &str),
) -> Option<FieldId> {
    let schema = infer.context.schema;
    if schema.is_damaged(table, name) {
        return None;
    }
    let owner = schema.table_name(table);
    let Some(found) = schema.field_named(table, name) else {
        let message = format!("this counts by `{name}`, and `{owner}` has no field `{name}`");
        let diagnostic = Diagnostic::error(code, message, span, "nothing tells it");
        let field = format!("{name}: {written}");
        return infer.fail(diagnostic.help(match schema.is_built_in(table) {
            true => format!("declare the events with it: `events {owner} {{ at happened: instant  …  {field} }}`"),
            false => format!("give `{owner}` the field: `{field}`"),
        }));
    };
    Some(found)
}

/// The history of a cap with what it counts by, each part of which is there in every event.
pub(super) fn by_key(
    infer: &mut Infer<'_>,
    past: &Past,
    key: Key,
    clause: &CapClause,
    place: Place<'_>,
) -> Option<History> {
    let events = past.history.events;
    let span = clause.over.as_ref().map_or(place.word, |over| over.span);
    if let Some(on) = &clause.on {
        channel_told(infer, events, on)?;
    }
    let mut history = past.history.clone();
    match (key, place.of) {
        (Key::Together, Of::Portfolio) => {}
        (Key::Together, Of::Offer(_)) if past.by_name => (history.offer, history.member) = (None, None),
        (Key::Field { at, .. }, _) => {
            history.value = value(infer, events, at, span)?;
            if history.value.is_none() {
                offer_named(infer, events, span, place.of)?;
            }
        }
        (Key::Together | Key::Offer, _) => offer_named(infer, events, span, place.of)?,
        (Key::Member(ty), _) => {
            offer_named(infer, events, span, place.of)?;
            member(infer, events, ty, span)?;
        }
    }
    Some(history)
}

/// That the events tell by which channel they went, and can tell this one.
pub(super) fn channel_told(infer: &mut Infer<'_>, events: TableId, on: &Name) -> Option<()> {
    let field = name_field(infer, events, CHANNEL, on.span, codes::CAP_KEY)?;
    lists(infer, events, field, (&on.node, on.span))
}

/// Of a field that names something: that it can name this.
fn lists(infer: &mut Infer<'_>, events: TableId, field: FieldId, (name, span): (&str, Span)) -> Option<()> {
    let entry = infer.context.schema.plan.field(events, field)?;
    if infer.context.schema.plan.named(entry.ty, name).is_some() {
        return Some(());
    }
    let (owner, known) = (infer.context.schema.table_name(events), infer.a_type(entry.ty));
    let message = format!("`{owner}.{}` never says `{name}`: it is {known}", entry.name);
    let diagnostic = Diagnostic::error(codes::CAP_KEY, message, span, "never counted");
    infer
        .fail(diagnostic.help(format!("add `{name}` to the values of `{owner}.{}`, or declare it as text", entry.name)))
}

/// That the events tell the offer, of an offer's own cap also this one.
pub(super) fn offer_named(infer: &mut Infer<'_>, events: TableId, span: Span, of: Of<'_>) -> Option<()> {
    let schema = infer.context.schema;
    let is_contact = schema.table_name(events) == CONTACTS;
    if is_contact && schema.field_named(events, OFFER).is_none() && !schema.is_damaged(events, OFFER) {
        let message = "the contacts do not say which offer they showed";
        let diagnostic = Diagnostic::error(codes::CAP_NEEDS_CONTACTS, message, span, "nothing to count");
        return infer.fail(diagnostic.help(
            "give `contact` a field `offer: text` that names the offer, or say which events count: `… over contact where \
             campaign.kind = \"TypeA\"`",
        ));
    }
    let field = name_field(infer, events, OFFER, span, codes::CAP_KEY)?;
    match of {
        Of::Offer(name) => lists(infer, events, field, (name, span)),
        Of::Portfolio => Some(()),
    }
}

/// That the events tell the member. One that a contact does not tell is of an offer that is no family, or counts for all.
pub(super) fn member(infer: &mut Infer<'_>, events: TableId, ty: Type, span: Span) -> Option<()> {
    let schema = infer.context.schema;
    if schema.is_damaged(events, MEMBER) {
        return None;
    }
    let owner = schema.table_name(events);
    let found = schema.field_named(events, MEMBER).and_then(|field| schema.plan.field(events, field));
    match found {
        Some(field) if field.ty == ty => Some(()),
        Some(field) => {
            let wanted = format!("what a member is: {}", infer.a_type(ty));
            let diagnostic = wrong_field(infer, events, MEMBER, field.ty, (span, codes::CAP_KEY), &wanted);
            infer.fail(diagnostic)
        }
        None => {
            let message = format!("this counts by the member, and `{owner}` has no field `{MEMBER}`");
            let diagnostic = Diagnostic::error(codes::CAP_KEY, message, span, "nothing tells it");
            infer.fail(diagnostic.help(format!(
                "give `{owner}` a field `{MEMBER}` of the member's type, with `?`: other offers have none"
            )))
        }
    }
}

/// The field of the events that holds the offers' field of this position, where they have it themselves.
#[allow(clippy::option_option, reason = "no such field and a field that cannot be used are two things")]
fn value(infer: &mut Infer<'_>, events: TableId, at: usize, span: Span) -> Option<Option<FieldId>> {
    let schema = infer.context.schema;
    let of_offers = schema.offer_fields.get(at)?;
    let name = &of_offers.name;
    if of_offers.is_set || schema.field_named(events, name).is_none() {
        return Some(None);
    }
    let found = field(infer, events, name, span, (codes::CAP_KEY, "text"))?;
    let entry = schema.plan.field(events, found)?;
    if entry.ty == of_offers.ty {
        return Some(Some(found));
    }
    let wanted = format!("what `offer.{name}` is: {}", infer.a_type(of_offers.ty));
    let diagnostic = wrong_field(infer, events, name, entry.ty, (span, codes::CAP_KEY), &wanted);
    infer.fail(diagnostic)
}

/// That the events tell when they were decided.
pub(super) fn decided(infer: &mut Infer<'_>, past: &Past, clause: &CapClause, place: Place<'_>) -> Option<()> {
    if past.history.decided.is_some() {
        return Some(());
    }
    let span = clause.counted.as_ref().map_or(place.word, |name| name.span);
    let events = past.history.events;
    let found = field(infer, events, DECIDED_AT, span, (codes::CAP_KEY, "instant"))?;
    let ty = infer.context.schema.plan.field(events, found)?.ty;
    let diagnostic = wrong_field(infer, events, DECIDED_AT, ty, (span, codes::CAP_KEY), "an instant");
    infer.fail(diagnostic)
}

/// The contacts that `pause` looks at.
pub(in crate::hir) fn contacts_of_pause(infer: &mut Infer<'_>, word: Span) -> Option<History> {
    let what = "`pause` looks at past contacts";
    contacts(infer, word, what, "").map(|events| all_of(infer.context.schema, events))
}

/// The responses that `pause` looks at.
pub(in crate::hir) fn responses_of_pause(infer: &mut Infer<'_>, word: Span) -> Option<History> {
    responses(infer, word, "`pause`").map(|events| all_of(infer.context.schema, events))
}

/// The past contacts, where they have a channel; one that does not tell it may have gone by each.
pub(crate) fn contacts_by_channel(schema: &Schema) -> Option<History> {
    let events = schema.table_named(CONTACTS).filter(|id| schema.is_events(*id))?;
    Some(all_of(schema, events)).filter(|found| found.channel.is_some())
}

/// A capacity goes on from what was sent before, so that has to tell by which channel.
pub(in crate::hir) fn capacity_goes_on(infer: &mut Infer<'_>, word: Span) -> Option<()> {
    let schema = infer.context.schema;
    let Some(events) = events_named(infer, CONTACTS) else {
        return contacts(infer, word, "a capacity goes on from past contacts", AND_NO_RUN).map(|_| ());
    };
    if schema.field_named(events, CHANNEL).is_some() || schema.is_damaged(events, CHANNEL) {
        return Some(());
    }
    field(infer, events, CHANNEL, word, (codes::CAP_KEY, "text")).map(|_| ())
}

/// The table of requests.
pub(super) fn requests(infer: &mut Infer<'_>, name: &Name) -> Option<TableId> {
    let table = name.node.strip_suffix('s').unwrap_or(&name.node);
    if table != REQUESTS {
        let message = format!("a share is one of requests, not of `{}`", name.node);
        let diagnostic = Diagnostic::error(codes::BAD_CAP, message, name.span, "no requests");
        return infer.fail(diagnostic.help("write `cap 50% of requests per context.rep every 30 days`"));
    }
    if let Some(found) = events_named(infer, table) {
        return Some(found);
    }
    let message = "a share counts the events `request`, and none are declared";
    let diagnostic = Diagnostic::error(codes::CAP_EVENTS, message, name.span, "nothing to count");
    infer.fail(diagnostic.help("declare what customers asked: `events request { at asked: instant  rep: text }`"))
}
