//! Reads holdouts and arms: shares of the customers, drawn by a bucket of their own.
//!
//! What must hold: who is in which part depends on the salt, the layer and the customer's key alone. Each draw has a
//! layer of its own, so that two with one salt are independent: `holdout` the portfolio's, `holdout NAME` an offer's,
//! `NAME` its arms.

use std::collections::{BTreeMap, BTreeSet};

use opportune_plan::{Arm, BUCKETS, Comparison, Constant, FieldValue, OfferFieldId, OfferKind, Type};

use super::clauses::{self, said_twice};
use super::infer::{Context, Infer};
use super::schema::OFFER;
use super::written::offer_fields;
use super::{Expr, ExprKind};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{
    self, ChannelClauseKind, FieldSetting, GuaranteeItem, HoldoutClause, ItemKind, Literal, Name, OfferClauseKind,
    OfferItem, PortfolioClauseKind, RankTerm,
};

/// The layer of the portfolio's holdout.
pub(super) const HOLDOUT: &str = "holdout";

/// A part of the customers who are left out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holdout {
    /// How many of [`BUCKETS`].
    pub share: u32,
    /// The customer's bucket.
    pub bucket: Expr,
}

/// The variants of an offer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Experiment {
    /// The customer's bucket.
    pub bucket: Expr,
    /// The arms in their order.
    pub arms: Vec<Arm>,
}

/// The customer's bucket of a layer.
pub(super) fn bucket(salt: &str, layer: &str) -> Expr {
    Expr { kind: ExprKind::Bucket { salt: salt.into(), layer: layer.into() }, ty: Type::Int, nullable: false }
}

/// A holdout, of the portfolio or of an offer by its name. `word` is where its first word stands.
pub(super) fn holdout(
    infer: &mut Infer<'_>,
    word: Span,
    written: &HoldoutClause,
    offer: Option<&str>,
) -> Option<Holdout> {
    let share = share(infer, &written.share);
    let salt = salt(infer, word, written.share.span, written.salt.as_ref());
    let layer = offer.map_or_else(|| HOLDOUT.to_owned(), |offer| format!("{HOLDOUT} {offer}"));
    Some(Holdout { share: share?, bucket: bucket(&salt?, &layer) })
}

/// A text that is not empty.
fn salt(infer: &mut Infer<'_>, word: Span, last: Span, written: Option<&Name>) -> Option<Box<str>> {
    if let Some(salt) = written.filter(|salt| !salt.node.is_empty()) {
        return Some(salt.node.clone());
    }
    let message = "an experiment draws its customers by a salt of its own";
    let span = written.map_or(word, |salt| salt.span);
    let diagnostic = Diagnostic::error(codes::SALT_NEEDED, message, span, "without a salt");
    let diagnostic = diagnostic.help("name the salt: `salted \"2026-q4\"`; another salt draws other customers");
    infer.fail(if written.is_some() {
        diagnostic
    } else {
        let end = Span { start: last.end, end: last.end };
        diagnostic.fix("add a salt", end, " salted \"2026-q4\"")
    })
}

/// A part of the customers, in buckets.
pub(super) fn share(infer: &mut Infer<'_>, written: &ast::Expr) -> Option<u32> {
    let part = match &written.kind {
        ast::ExprKind::Error => return None,
        ast::ExprKind::Literal(Literal::Number(part)) => Some(part.get()),
        ast::ExprKind::Literal(Literal::Int(part)) => Some(*part as f64),
        _ => None,
    };
    let buckets = part.map(|part| part * f64::from(BUCKETS)).filter(|buckets| (0.5..=10_000.5).contains(buckets));
    let whole = buckets.filter(|buckets| (buckets - buckets.round()).abs() < 1e-6).map(f64::round);
    if let Some(whole) = whole {
        return (1..=BUCKETS).find(|share| (f64::from(*share) - whole).abs() < 0.5);
    }
    let message = "a share is a percentage from 0.01% to 100%, in hundredths of a percent";
    let diagnostic = Diagnostic::error(codes::SHARE_OUT_OF_RANGE, message, written.span, "not such a share");
    infer.fail(match &written.kind {
        ast::ExprKind::Literal(Literal::Int(number)) if (2..=100).contains(number) => {
            let end = Span { start: written.span.end, end: written.span.end };
            diagnostic.help(format!("did you mean `{number}%`?")).fix("add `%`", end, "%")
        }
        _ => diagnostic.help("write it out: `5%`"),
    })
}

/// Where `arms` stands, each arm with its share, and the salt.
type Shares<'a> = (Span, &'a [(Name, ast::Expr)], Option<&'a Name>);

/// What of an offer's clauses is about its arms.
#[derive(Default)]
pub(super) struct Written<'a> {
    /// The shares and the salt.
    pub(super) arms: Option<Shares<'a>>,
    /// Fields of single arms.
    pub(super) fields: Vec<(&'a Name, &'a Name, &'a FieldSetting)>,
}

impl<'a> Written<'a> {
    /// The clauses about arms; a second `arms` is reported elsewhere.
    pub(super) fn read(item: &'a OfferItem) -> Self {
        let mut found = Self::default();
        for clause in &item.clauses {
            match &clause.kind {
                OfferClauseKind::Arms { arms, salt } if found.arms.is_none() => {
                    found.arms = Some((clause.word, arms, salt.as_ref()));
                }
                OfferClauseKind::Arm { arm, field, setting } => found.fields.push((arm, field, setting)),
                _ => {}
            }
        }
        found
    }
}

/// The arms of an offer, and its fields that are not the same in all of them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Arms {
    pub(super) experiment: Option<Experiment>,
    pub(super) varied: Vec<(OfferFieldId, Expr)>,
}

/// Reads the arms. `values` are the fields of the offer without its arms; `deciding` names fields that must be the same in
/// all arms, and why.
pub(super) fn arms(
    infer: &mut Infer<'_>,
    item: &OfferItem,
    values: &[Option<FieldValue>],
    deciding: &Deciding,
) -> Option<Arms> {
    let written = Written::read(item);
    let experiment = written.arms.map(|shares| experiment(infer, item, shares));
    let mut settings: BTreeMap<usize, BTreeMap<usize, FieldValue>> = BTreeMap::new();
    let mut first: BTreeMap<(&str, &str), Span> = BTreeMap::new();
    let mut complete = true;
    let names: Vec<&Name> = written.arms.iter().flat_map(|(_, arms, _)| arms.iter().map(|(name, _)| name)).collect();
    for (arm, field, setting) in written.fields {
        if let Some(before) = first.insert((&arm.node, &field.node), field.span) {
            infer.report(said_twice(field.span, before, &format!("`{}` of `{}`", field.node, arm.node)));
            continue;
        }
        match arm_field(infer, &names, deciding, (arm, field, setting)) {
            Some((arm, field, value)) => {
                settings.entry(field).or_default().insert(arm, value);
            }
            None => complete = false,
        }
    }
    let experiment = experiment.map_or(Some(None), |found| found.map(Some))?;
    complete.then_some(())?;
    let varied = experiment.iter().flat_map(|experiment| {
        settings.iter().filter_map(|(field, arms)| varied(infer.context, experiment, *field, values, arms))
    });
    let varied = varied.collect();
    Some(Arms { experiment, varied })
}

fn experiment(infer: &mut Infer<'_>, item: &OfferItem, shares: Shares<'_>) -> Option<Experiment> {
    let (word, written, given) = shares;
    let mut arms = Vec::new();
    for (at, (name, part)) in written.iter().enumerate() {
        if let Some((before, _)) = written.iter().take(at).find(|(before, _)| before.node == name.node) {
            infer.report(said_twice(name.span, before.span, &format!("the arm `{}`", name.node)));
        }
        arms.push(share(infer, part).map(|share| Arm { name: name.node.clone(), share }));
    }
    let span = written.last().map_or(word, |(_, part)| part.span);
    let salt = salt(infer, word, span, given);
    let arms: Vec<Arm> = arms.into_iter().collect::<Option<_>>()?;
    let sum: u64 = arms.iter().map(|arm| u64::from(arm.share)).sum();
    if arms.len() < 2 || sum != u64::from(BUCKETS) {
        let hundredths = format!("{}.{:02}", sum / 100, sum % 100);
        let told = hundredths.trim_end_matches('0').trim_end_matches('.');
        let message = match arms.len() {
            0 | 1 => "an experiment has at least two arms".to_owned(),
            _ => format!("the arms are {told}% of the customers together"),
        };
        let all = written.first().map_or(word, |(name, _)| name.span.to(span));
        let diagnostic = Diagnostic::error(codes::BAD_ARMS, message, all, "not all customers, each once");
        return infer.fail(diagnostic.help("let the shares be 100% together: `arms plain 50%, big 50% salted \"…\"`"));
    }
    Some(Experiment { bucket: bucket(&salt?, &item.name.node), arms })
}

/// A field in one arm: which arm, which field, which value.
fn arm_field(
    infer: &mut Infer<'_>,
    arms: &[&Name],
    deciding: &Deciding,
    (arm, field, setting): (&Name, &Name, &FieldSetting),
) -> Option<(usize, usize, FieldValue)> {
    let schema = infer.context.schema;
    let at = arms.iter().position(|known| known.node == arm.node);
    if at.is_none() {
        infer.report(unknown_arm(arm, arms));
    }
    let Some(index) = schema.offer_fields.iter().position(|known| known.name == field.node) else {
        if !schema.is_damaged(OFFER, &field.node) {
            let known = schema.offer_fields.iter().map(|known| &*known.name);
            infer.report(clauses::no_offer_field(field, known, "an arm changes a field of `offer fields`"));
        }
        return None;
    };
    if let Some(why) = deciding.get(&field.node) {
        let message = format!("`{}` must be the same in all arms: {why}", field.node);
        let diagnostic = Diagnostic::error(codes::ARM_DECIDES, message, field.span, "differs by arm");
        return infer
            .fail(diagnostic.help("an arm changes what an offer is worth or says, not which rules it is under"));
    }
    let known = schema.offer_fields.get(index)?;
    if known.is_set {
        let message = format!("`{}` is a set, which is the same in all arms", field.node);
        let diagnostic = Diagnostic::error(codes::ARM_DECIDES, message, field.span, "a set");
        return infer.fail(diagnostic.help("write two offers, or let the arms differ in a single value"));
    }
    let mut diagnostics = Vec::new();
    let value = clauses::setting(schema, infer.context.zone, known, setting, &mut diagnostics);
    diagnostics.into_iter().for_each(|found| infer.report(found));
    Some((at?, index, value?))
}

/// The value of a field: `if bucket < n then a else …`, arm by arm.
fn varied(
    context: Context<'_>,
    experiment: &Experiment,
    field: usize,
    values: &[Option<FieldValue>],
    arms: &BTreeMap<usize, FieldValue>,
) -> Option<(OfferFieldId, Expr)> {
    let ty = context.schema.offer_fields.get(field)?.ty;
    let base = values.get(field)?.as_ref()?;
    let value = |arm: usize| match arms.get(&arm).unwrap_or(base) {
        FieldValue::One(constant) => Expr::constant(constant.clone()),
        _ => Expr { kind: ExprKind::Missing, ty, nullable: true },
    };
    let mut found = value(experiment.arms.len().checked_sub(1)?);
    let mut end = BUCKETS;
    for (at, arm) in experiment.arms.iter().enumerate().skip(1).rev() {
        end = end.saturating_sub(arm.share);
        let below = Expr::constant(Constant::Int(i64::from(end)));
        let is_before = ExprKind::Compare(Comparison::Less, Box::new(experiment.bucket.clone()), Box::new(below));
        let before = value(at.checked_sub(1)?);
        let nullable = before.nullable || found.nullable;
        let when = Expr::condition(is_before, false);
        found = Expr { kind: ExprKind::If(Box::new(when), Box::new(before), Box::new(found)), ty, nullable };
    }
    Some((OfferFieldId(u32::try_from(field).ok()?), found))
}

fn unknown_arm(arm: &Name, arms: &[&Name]) -> Diagnostic {
    let message = format!("this offer has no arm `{}`", arm.node);
    let diagnostic = Diagnostic::error(codes::UNKNOWN_ARM, message, arm.span, "no such arm");
    match nearest(&arm.node, arms.iter().map(|name| &*name.node)) {
        Some(near) => diagnostic.meant(&arm.node, arm.span, near),
        None => diagnostic.help(format!("name it with its share: `arms plain 50%, {} 50% salted \"…\"`", arm.node)),
    }
}

/// Fields of offers that must be the same in all arms, and why.
pub type Deciding = BTreeMap<Box<str>, &'static str>;

/// The fields that an item reads to decide what competes, what is excluded and what is carried.
pub fn deciding(item: &ItemKind) -> Deciding {
    let mut found = Deciding::new();
    let mut add = |fields: BTreeSet<Box<str>>, why| {
        for field in fields {
            found.entry(field).or_insert(why);
        }
    };
    let of = |expr: &ast::Expr, bare| {
        let mut fields = BTreeSet::new();
        offer_fields(expr, bare, &mut fields);
        fields
    };
    match item {
        ItemKind::Channel(channel) => {
            for clause in &channel.clauses {
                if let ChannelClauseKind::Carries(condition) = &clause.kind {
                    add(of(condition, true), "a channel carries offers by it");
                }
            }
        }
        ItemKind::Guarantee(GuaranteeItem { clauses, .. }) => {
            clauses.iter().for_each(|clause| add(of(&clause.offers, false), "a guarantee excludes offers by it"));
        }
        ItemKind::Portfolio(clauses) => {
            clauses.iter().for_each(|clause| of_portfolio(&clause.kind, &mut add));
        }
        _ => {}
    }
    found
}

fn of_portfolio(clause: &PortfolioClauseKind, add: &mut impl FnMut(BTreeSet<Box<str>>, &'static str)) {
    let named = |name: &Name| BTreeSet::from([name.node.clone()]);
    let of = |expr: &ast::Expr| {
        let mut fields = BTreeSet::new();
        offer_fields(expr, false, &mut fields);
        fields
    };
    match clause {
        PortfolioClauseKind::RankBy(terms) => {
            for term in terms {
                if let RankTerm::Field { field, .. } = term {
                    add(named(field), "the portfolio ranks by it");
                }
            }
        }
        PortfolioClauseKind::Slate { at_most, .. } => {
            at_most.iter().for_each(|most| add(named(&most.field), "a slate is diverse by it"));
        }
        PortfolioClauseKind::AtMost(most) => add(named(&most.field), "the portfolio is diverse by it"),
        PortfolioClauseKind::Cap(cap) => {
            if let ast::CapKind::PerCustomer { per: Some(per), .. } = &cap.kind {
                add(of(per), "a cap counts by it");
            }
            if let ast::CapKind::InTotal(ast::Total { per: Some(per), .. }) = &cap.kind {
                add(of(per), "a cap counts by it");
            }
        }
        PortfolioClauseKind::Budget(budget) => {
            budget.total.per.iter().for_each(|per| add(of(per), "a budget counts by it"));
        }
        PortfolioClauseKind::Suppress { filter, .. } => {
            filter.iter().for_each(|filter| add(of(filter), "offers are suppressed by it"));
        }
        PortfolioClauseKind::Lever { filter, .. } => {
            filter.iter().for_each(|filter| add(of(filter), "a lever chooses offers by it"));
        }
        _ => {}
    }
}

/// What a kind of offer is called.
pub(super) fn word(kind: OfferKind) -> &'static str {
    match kind {
        OfferKind::Offer => "offer",
        OfferKind::Reminder => "reminder",
        OfferKind::Notice => "notice",
    }
}
