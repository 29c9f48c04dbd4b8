//! What offers and the portfolio share: settings of fields, limits, names of channels and fields.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use opportune_plan::{Constant, FieldValue, Type};

use super::Schema;
use super::infer::{Context, Declared, Ends, Infer, Names, constant_of};
use super::schema::OfferField;
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, FieldSetting, Literal, Name};

/// The words that clauses of an offer begin with.
pub(super) const OFFER_WORDS: &[&str] = &[
    "about", "eligible", "except", "priority", "channel", "timing", "cap", "budget", "cost", "holdout", "arms", "arm",
    "pick", "because", "message",
];

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
    let mut infer = Infer::new(Context::new(schema, &NoNames, zone));
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

    fn offers(&self) -> Vec<&str> {
        Vec::new()
    }
}

/// A whole number from `least`.
pub(super) fn limit(infer: &mut Infer<'_>, expr: &ast::Expr, least: u32) -> Option<u32> {
    let found = whole(infer, expr, u64::from(least), u64::from(u32::MAX))?;
    u32::try_from(found).ok()
}

/// A whole number from `least` to `most`.
pub(super) fn whole(infer: &mut Infer<'_>, expr: &ast::Expr, least: u64, most: u64) -> Option<u64> {
    let most = most.min(i64::MAX.unsigned_abs());
    let found = match &expr.kind {
        ast::ExprKind::Error => return None,
        ast::ExprKind::Literal(Literal::Int(number)) => u64::try_from(*number).ok(),
        _ => None,
    };
    let found = found.filter(|number| (least..=most).contains(number));
    if found.is_none() {
        let message = format!("a limit is a whole number from {least} to {most}");
        let help = match &expr.kind {
            ast::ExprKind::Literal(Literal::Money(..)) => {
                "a limit counts how often; what may be spent is a budget: `budget 5_000 USD each month`"
            }
            _ => "write the number itself: `3`",
        };
        infer.report(Diagnostic::error(codes::BAD_LIMIT, message, expr.span, "not such a number").help(help));
    }
    found
}

/// A field that offers do not have; `otherwise` is the way out where none is near.
pub(super) fn no_offer_field<'a>(
    name: &Name,
    fields: impl Iterator<Item = &'a str>,
    otherwise: &'static str,
) -> Diagnostic {
    let message = format!("offers have no field `{}`", name.node);
    let diagnostic = Diagnostic::error(codes::UNKNOWN_FIELD, message, name.span, "no such field");
    match nearest(&name.node, fields) {
        Some(near) => diagnostic.meant(&name.node, name.span, near),
        None => diagnostic.help(otherwise),
    }
}

/// The channel is declared.
pub(super) fn known_channel(infer: &mut Infer<'_>, channels: &BTreeSet<Box<str>>, name: &Name) -> bool {
    if channels.contains(&name.node) {
        return true;
    }
    let message = format!("no channel `{}` is declared", name.node);
    let diagnostic = Diagnostic::error(codes::UNKNOWN_CHANNEL, message, name.span, "not declared");
    infer.report(match nearest(&name.node, channels.iter().map(|c| &**c)) {
        Some(near) => diagnostic.meant(&name.node, name.span, near),
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
