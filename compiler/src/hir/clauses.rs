//! What offers and the portfolio share: settings of fields, limits, caps, texts.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use opportune_plan::{Comparison, Constant, FieldValue, TableId, Type};

use super::infer::{Context, Declared, Ends, Infer, Names, OfferFields, constant_of};
use super::schema::OfferField;
use super::{Aggregate, By, Cap, Expr, ExprKind, Schema};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, CapClause, FieldSetting, Literal, Name};

/// The words that clauses of an offer begin with.
pub(super) const OFFER_WORDS: &[&str] = &[
    "about", "eligible", "except", "priority", "channel", "timing", "cap", "holdout", "arms", "arm", "pick", "because",
    "message",
];

/// The table of contacts, and the field that tells whose contact it was.
const CONTACTS: &str = "contact";
const CONTACT_OFFER: &str = "offer";

/// Where a setting is written.
pub(super) fn setting_span(setting: &FieldSetting) -> Option<Span> {
    match setting {
        FieldSetting::One(expr) => Some(expr.span),
        FieldSetting::Set(_, span) => Some(*span),
    }
}

/// The value of an offer's field: constants of its type.
pub(super) fn setting(
    schema: &Schema,
    zone: Option<&TimeZone>,
    field: &OfferField,
    setting: &FieldSetting,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<FieldValue> {
    let mut infer =
        Infer::new(Context { schema, names: &NoNames, zone, offer: OfferFields::None, member: None, picks: &[] });
    let found = match setting {
        FieldSetting::One(expr) if field.is_set => {
            let message = format!("`{}` is a set of values", field.name);
            let diagnostic = Diagnostic::error(codes::WRONG_TYPE, message, expr.span, "one value");
            infer.fail(diagnostic.help("write the values in brackets: `[…, …]`"))
        }
        FieldSetting::One(expr) => constant(&mut infer, expr, field.ty).map(FieldValue::One),
        FieldSetting::Set(_, span) if !field.is_set => {
            let message = format!("`{}` is a single value", field.name);
            let diagnostic = Diagnostic::error(codes::WRONG_TYPE, message, *span, "a list");
            infer.fail(diagnostic.help("write one value, without brackets"))
        }
        FieldSetting::Set(all, _) => {
            let all: Vec<Option<Constant>> = all.iter().map(|expr| constant(&mut infer, expr, field.ty)).collect();
            let all: Option<BTreeSet<Constant>> = all.into_iter().collect();
            all.map(|all| FieldValue::Set(all.into_iter().collect()))
        }
    };
    diagnostics.extend(infer.into_diagnostics());
    found
}

fn constant(infer: &mut Infer<'_>, expr: &ast::Expr, ty: Type) -> Option<Constant> {
    let found = infer.of_type(expr, ty)?;
    if let Some(constant) = constant_of(&found) {
        return Some(constant.clone());
    }
    let message = "an offer's field is the same for all customers";
    let diagnostic = Diagnostic::error(codes::NOT_CONSTANT, message, expr.span, "not a written value");
    infer.fail(
        diagnostic.help("write the value itself: a number, an amount, a date, a text in quotes or a word of the list"),
    )
}

/// Without segments, traits and channels.
pub(super) struct NoNames;

impl Names for NoNames {
    fn definition(&self, _: &str) -> Declared {
        Declared::No
    }

    fn other(&self, _: &str) -> Option<&'static str> {
        None
    }

    fn definitions(&self) -> Vec<&str> {
        Vec::new()
    }

    fn is_journey(&self, _: &str) -> bool {
        false
    }

    fn journeys(&self) -> Vec<&str> {
        Vec::new()
    }

    fn offer(&self, _: &str) -> Option<Ends> {
        None
    }
}

/// A whole number from `least`.
pub(super) fn limit(infer: &mut Infer<'_>, expr: &ast::Expr, least: u32) -> Option<u32> {
    let found = match &expr.kind {
        ast::ExprKind::Error => return None,
        ast::ExprKind::Literal(Literal::Int(number)) => u32::try_from(*number).ok().filter(|n| *n >= least),
        _ => None,
    };
    if found.is_none() {
        let message = format!("a limit is a whole number from {least} to {}", u32::MAX);
        infer.report(Diagnostic::error(codes::BAD_LIMIT, message, expr.span, "not such a number").help("write it out"));
    }
    found
}

/// A cap of an offer (by its name) or of the portfolio.
pub(super) fn cap(infer: &mut Infer<'_>, clause: &CapClause, word: Span, offer: Option<&str>) -> Option<Cap> {
    let limit = limit(infer, &clause.limit, 0);
    let (events, own) = match &clause.over {
        Some(over) => (infer.event_table(&over.node, over.span)?, None),
        None => contacts(infer, word, offer)?,
    };
    let ast::CapKind::PerCustomer { per: None, window: ast::CapWindow::Every(every) } = &clause.kind else {
        return None;
    };
    let kind = ast::WindowKind::Last(Box::new(every.clone()));
    let window = infer.aggregate_window(events, Some(&ast::Window { span: every.span, kind }));
    let (filter, by) = match &clause.filter {
        None => (own, None),
        Some(written) => counted_events(infer, events, written)?,
    };
    let aggregate = Aggregate { window: window?, filter, by, ..Aggregate::count(events) };
    let counted = Expr { kind: ExprKind::Aggregate(Box::new(aggregate)), ty: Type::Int, nullable: false };
    Some(Cap { limit: limit?, counted })
}

/// Which events a cap counts: none of them may be unknown.
fn counted_events(infer: &mut Infer<'_>, events: TableId, written: &ast::Expr) -> Option<(Option<Expr>, Option<By>)> {
    let (filter, by) = infer.event_filter(events, written)?;
    let key_unknown = by.as_ref().is_some_and(|by| by.key.nullable && !by.missing_is_false);
    if key_unknown || filter.as_ref().is_some_and(|filter| filter.nullable) {
        return infer.fail(cap_unknown(written));
    }
    Some((filter, by))
}

fn cap_unknown(filter: &ast::Expr) -> Diagnostic {
    let message = "this `where` may be unknown, and the cap would count too low without a word";
    Diagnostic::error(codes::CAP_UNKNOWN, message, filter.span, "unknown where data is missing")
        .help("say what counts then: `else true` at its end counts such events, `else false` leaves them out")
}

/// The table `contact`; for an offer only those contacts that showed it.
fn contacts(infer: &mut Infer<'_>, word: Span, offer: Option<&str>) -> Option<(TableId, Option<Expr>)> {
    let schema = infer.context.schema;
    let needs = |message: &str, help: &str| {
        Diagnostic::error(codes::CAP_NEEDS_CONTACTS, message, word, "nothing to count").help(help)
    };
    let Some(table) = schema.table_named(CONTACTS).filter(|id| schema.is_events(*id)) else {
        let help = "declare what was sent, `events contact { at sent: date  offer: text }`, or say which events \
                    count: `… over redemption`";
        return infer.fail(needs("a cap counts past contacts, and no events `contact` are declared", help));
    };
    let Some(offer) = offer else { return Some((table, None)) };
    if schema.is_damaged(table, CONTACT_OFFER) {
        return None;
    }
    let field = schema.field_named(table, CONTACT_OFFER);
    let entry = field.and_then(|field| schema.plan.field(table, field));
    let (Some(field), true) = (field, entry.is_some_and(|f| f.ty == Type::Text && !f.nullable)) else {
        let help = "give `contact` a field `offer: text` that names the offer, or say which events count: \
                    `… over contact where campaign.kind = \"TypeA\"`";
        return infer.fail(needs("the contacts do not say which offer they showed", help));
    };
    let shown = Expr { kind: ExprKind::Field(table, field), ty: Type::Text, nullable: false };
    let name = Expr::constant(Constant::Text(offer.into()));
    let same = ExprKind::Compare(Comparison::Equal, Box::new(shown), Box::new(name));
    Some((table, Some(Expr::condition(same, false))))
}

/// The channel is declared.
pub(super) fn known_channel(infer: &mut Infer<'_>, channels: &BTreeSet<Box<str>>, name: &Name) -> bool {
    if channels.contains(&name.node) {
        return true;
    }
    let message = format!("no channel `{}` is declared", name.node);
    let diagnostic = Diagnostic::error(codes::UNKNOWN_CHANNEL, message, name.span, "not declared");
    infer.report(match nearest(&name.node, channels.iter().map(|c| &**c)) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
            format!("replace `{}` with `{near}`", name.node),
            name.span,
            near,
        ),
        None => diagnostic.help(format!("declare it: `channel {}`", name.node)),
    });
    false
}

/// A clause that may stand once.
pub(super) fn said_twice(word: Span, first: Span, what: &str) -> Diagnostic {
    let message = format!("{what} is said twice");
    Diagnostic::error(codes::SAID_TWICE, message, word, "the second time")
        .label(first, "the first time")
        .help("keep one of them")
}
