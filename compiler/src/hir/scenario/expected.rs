//! What a test expects of a moment, and what must always hold.

use opportune_plan::{Constant, OfferKind, Span as Length, Type};

use super::values::Values;
use super::{Always, Around, Expected, Mention};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::clauses;
use crate::hir::infer::Infer;
use crate::syntax::Span;
use crate::syntax::ast::{self, AlwaysClause, Expectation, Expects, Literal, Name};

/// The most contacts that a test may speak of.
const MOST: u64 = 1_000_000;

/// What a line expects; `None`: reported.
pub(super) fn expected(
    around: Around<'_>,
    values: Values<'_>,
    written: &Expectation,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Expected> {
    let because = written.because.as_ref().map(|text| text.node.clone());
    let Some(name) = &written.offer else { return Some(Expected::Nothing) };
    let mention = mention(around, name, diagnostics)?;
    let member = match &written.member {
        None => Some(None),
        Some(expr) => member(values, name, mention, expr, diagnostics).map(Some),
    };
    match &written.kind {
        Expects::Nothing => Some(Expected::Nothing),
        Expects::NotMade => {
            let fits = nothing_beside(written, diagnostics);
            fits.then_some(Expected::Not { offer: name.node.clone(), member: member?, because })
        }
        Expects::Made(kind) => {
            let fits = kind_fits(kind.node, kind.span, name, mention, diagnostics);
            let channel = channel(around, written.channel.as_ref(), Some((name, mention)), diagnostics);
            let at = match &written.at {
                None => Some(None),
                Some(at) => send_time(values, at, diagnostics).map(Some),
            };
            let (member, channel, at) = (member?, channel?, at?);
            fits.then_some(Expected::Offer { offer: name.node.clone(), member, channel, at, because })
        }
    }
}

/// The offer of this name.
fn mention<'a>(around: Around<'a>, name: &Name, diagnostics: &mut Vec<Diagnostic>) -> Option<&'a Mention> {
    let found = around.offers.get(&name.node);
    if found.is_none() {
        let message = format!("no offer `{}` is declared", name.node);
        let diagnostic = Diagnostic::error(codes::UNKNOWN_OFFER, message, name.span, "not declared");
        diagnostics.push(match nearest(&name.node, around.offers.keys().map(|known| &**known)) {
            Some(near) => diagnostic.meant(&name.node, name.span, near),
            None => diagnostic.help(format!("declare it: `offer {} {{ … }}`", name.node)),
        });
    }
    found
}

fn kind_fits(kind: OfferKind, span: Span, name: &Name, mention: &Mention, diagnostics: &mut Vec<Diagnostic>) -> bool {
    if kind == mention.kind {
        return true;
    }
    let (written, right) = (word(kind), word(mention.kind));
    let article = if right == "offer" { "an" } else { "a" };
    let message = format!("`{}` is {article} {right}", name.node);
    let diagnostic = Diagnostic::error(codes::NEVER_AS_EXPECTED, message, span, format!("not a {written}"));
    let diagnostic = match kind {
        OfferKind::Offer => Diagnostic {
            labels: vec![crate::diagnostic::Label { span, message: "not an offer".to_owned() }],
            ..diagnostic
        },
        _ => diagnostic,
    };
    diagnostics.push(diagnostic.help(format!("write `expect {right} {}`", name.node)).fix(
        format!("replace `{written}` with `{right}`"),
        span,
        right,
    ));
    false
}

fn word(kind: OfferKind) -> &'static str {
    match kind {
        OfferKind::Offer => "offer",
        OfferKind::Reminder => "reminder",
        OfferKind::Notice => "notice",
    }
}

/// Which member of a family.
fn member(
    values: Values<'_>,
    name: &Name,
    mention: &Mention,
    expr: &ast::Expr,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Constant> {
    if !mention.is_family {
        let message = format!("`{}` is one offer, not one for each member", name.node);
        let diagnostic = Diagnostic::error(codes::NEVER_AS_EXPECTED, message, expr.span, "for whom?");
        diagnostics.push(diagnostic.help("leave out `for …`"));
        return None;
    }
    values.constant(expr, mention.member?, false, diagnostics)
}

/// What is not made has no channel and no time.
fn nothing_beside(written: &Expectation, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let channel = written.channel.as_ref().map(|name| ("by", name.span));
    let at = written.at.as_ref().map(|at| ("at", at.span));
    let mut fits = true;
    for (word, span) in channel.into_iter().chain(at) {
        fits = false;
        let message = format!("what is not made at all has no `{word}`");
        let diagnostic = Diagnostic::error(codes::NEVER_AS_EXPECTED, message, span, "says nothing here");
        diagnostics
            .push(diagnostic.help(format!("leave out `{word} …`, or say what is made instead: `expect offer …`")));
    }
    fits
}

/// A channel; of an offer, one that it goes by. `Some(None)`: none is named.
#[allow(clippy::option_option, reason = "no channel and one that was not understood are two things")]
fn channel(
    around: Around<'_>,
    name: Option<&Name>,
    of: Option<(&Name, &Mention)>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Option<Box<str>>> {
    let Some(name) = name else { return Some(None) };
    let mut infer = Infer::new(around.context);
    let known = clauses::known_channel(&mut infer, around.channels, name);
    diagnostics.extend(infer.into_diagnostics());
    if !known {
        return None;
    }
    if let Some((offer, mention)) = of
        && !mention.channels.contains(&name.node)
    {
        let message = format!("`{}` never goes by `{}`", offer.node, name.node);
        let diagnostic = Diagnostic::error(codes::NEVER_AS_EXPECTED, message, name.span, "not one of its channels");
        let listed: Vec<String> = mention.channels.iter().map(|channel| format!("`{channel}`")).collect();
        diagnostics.push(diagnostic.help(match listed.is_empty() {
            true => "it has no `channel` line".to_owned(),
            false => format!("its channels are {}", listed.join(", ")),
        }));
        return None;
    }
    Some(Some(name.node.clone()))
}

/// When something is sent: not before the moment of the test.
fn send_time(values: Values<'_>, at: &ast::Expr, diagnostics: &mut Vec<Diagnostic>) -> Option<i64> {
    let moment = values.moment(at, diagnostics)?;
    if moment < values.now() {
        let message = "nothing is sent before the moment at which it is decided";
        let diagnostic = Diagnostic::error(codes::NEVER_AS_EXPECTED, message, at.span, "too early");
        diagnostics.push(diagnostic.help("write the moment of the test or a later one"));
        return None;
    }
    Some(moment)
}

/// What always holds; `None`: reported.
pub(super) fn always(around: Around<'_>, written: &AlwaysClause, diagnostics: &mut Vec<Diagnostic>) -> Option<Always> {
    match written {
        AlwaysClause::AtMost { most, what, within, channel: by } => {
            let most = how_many(around, most, diagnostics);
            let offer = match &*what.node {
                "contact" | "contacts" => Some(None),
                word if !around.offers.contains_key(word) && is_near_contacts(word) => {
                    diagnostics.push(contacts_meant(what));
                    None
                }
                _ => mention(around, what, diagnostics).map(|found| Some((what, found))),
            };
            let within = stretch(within, diagnostics);
            let by = channel(around, by.as_ref(), offer.flatten(), diagnostics);
            let (most, offer, within, channel) = (most?, offer?, within?, by?);
            let offer = offer.map(|(name, _)| name.node.clone());
            Some(Always::AtMost { most, offer, channel, within })
        }
        AlwaysClause::Never { offer, when } => {
            let known = offer.as_ref().is_none_or(|name| mention(around, name, diagnostics).is_some());
            let mut infer = Infer::new(around.context);
            let when = infer.condition(when);
            diagnostics.extend(infer.into_diagnostics());
            let offer = offer.as_ref().map(|name| name.node.clone());
            Some(Always::Never { offer, when: when? }).filter(|_| known)
        }
    }
}

fn is_near_contacts(word: &str) -> bool {
    nearest(word, ["contact", "contacts"]).is_some()
}

/// `at most 3 contcts`
fn contacts_meant(what: &Name) -> Diagnostic {
    let near = nearest(&what.node, ["contact", "contacts"]).unwrap_or("contacts");
    let message = format!("`{}` is neither `contacts` nor an offer", what.node);
    Diagnostic::error(codes::UNKNOWN_OFFER, message, what.span, "not declared").meant(&what.node, what.span, near)
}

fn how_many(around: Around<'_>, most: &ast::Expr, diagnostics: &mut Vec<Diagnostic>) -> Option<u64> {
    let mut infer = Infer::new(around.context);
    let found = clauses::whole(&mut infer, most, 0, MOST);
    diagnostics.extend(infer.into_diagnostics());
    found
}

/// A length of time that is longer than none.
fn stretch(within: &ast::Expr, diagnostics: &mut Vec<Diagnostic>) -> Option<Length> {
    let ast::ExprKind::Literal(Literal::Span(length)) = &within.kind else { return None };
    if *length == Length::default() {
        let message = "in no time at all nothing happens";
        let diagnostic = Diagnostic::error(codes::BAD_ALWAYS, message, within.span, "no length of time");
        diagnostics.push(diagnostic.help("write how long: `in any 7 days`"));
        return None;
    }
    Some(*length)
}

/// The type of the members of a family, as far as its head tells it.
pub fn member_type(schema: &crate::hir::Schema, each: &ast::EachItem) -> Option<Type> {
    let table = schema.table_named(&each.table.node)?;
    Some(schema.plan.field(table, schema.field_named(table, &each.field.node)?)?.ty)
}
