//! The conditions of a project in the order of its files, and what each means in the plan on which tests are played.
//!
//! ```text
//! items ─ what their checks noted ─ parts ─ what is asked, of which offers ─ lowered beside the plan ─ conditions
//! ```

use std::ops::Range;

use opportune_plan::{ChannelId, ExprId, OfferId, OfferKind, Op, Plan};

use super::parts::{self, Part};
use super::{Condition, Meaning, Names, Outcomes, Owner, place};
use crate::db::Db;
use crate::hir::guarantee::{Never, Truth, matching};
use crate::hir::{self, Expr, ExprKind};
use crate::lower::{Beside, Policy};
use crate::queries::{self, Project, SourceItem, noted};
use crate::syntax::Span;
use crate::syntax::ast::ItemKind;

/// The conditions of one item.
pub(super) struct OfItem<'db> {
    item: SourceItem<'db>,
    owner: Owner,
    parts: Vec<Part>,
}

/// All conditions, item by item.
pub(super) fn gather<'db>(db: &'db dyn Db, project: Project, names: &Names<'_>) -> Vec<OfItem<'db>> {
    let items = queries::project_items(db, project).iter();
    let found = items.filter_map(|item| {
        let kind = queries::kind_of(db, *item)?;
        let owner = owner(kind, names)?;
        Some(OfItem { item: *item, owner, parts: parts::parts(kind, noted::noted(db, project, *item)) })
    });
    found.collect()
}

fn owner(kind: &ItemKind, names: &Names<'_>) -> Option<Owner> {
    Some(match kind {
        ItemKind::Offer(item) => Owner::Offer(*names.offers.get(&*item.name.node)?),
        ItemKind::Segment(item) | ItemKind::Trait(item) => Owner::Definition(item.name.node.clone()),
        ItemKind::Journey(item) => Owner::Definition(item.name.node.clone()),
        ItemKind::Channel(item) => Owner::Channel(item.name.node.clone()),
        ItemKind::Guarantee(item) => Owner::Guarantee(item.name.node.clone()),
        ItemKind::Portfolio(_) => Owner::Portfolio,
        _ => return None,
    })
}

/// What is asked beside what the plan decides by.
pub(super) struct Asking<'a> {
    policy: &'a Policy<'a>,
    names: &'a Names<'a>,
    beside: Vec<Beside<'a>>,
}

/// The places of a part among what is asked: its own, and those of what it compares.
pub(super) struct Places {
    own: Range<usize>,
    values: Vec<Range<usize>>,
}

impl<'a> Asking<'a> {
    /// Behind expressions that stand alone.
    pub(super) fn behind(policy: &'a Policy<'a>, names: &'a Names<'a>, alone: impl Iterator<Item = &'a Expr>) -> Self {
        Self { policy, names, beside: alone.map(|expr| Beside { expr, of: None }).collect() }
    }

    /// All that is asked.
    pub(super) fn beside(&self) -> &[Beside<'a>] {
        &self.beside
    }

    fn add(&mut self, expr: &'a Expr, offers: &[OfferId]) -> Range<usize> {
        let start = self.beside.len();
        match subject(expr) {
            Subject::Customer => self.beside.push(Beside { expr, of: None }),
            Subject::Offer => {
                self.beside.extend(offers.iter().map(|offer| Beside { expr, of: Some((*offer, None)) }));
            }
            Subject::Route => {
                for offer in offers {
                    let channels = self.channels_of(*offer);
                    let of = |channel| Beside { expr, of: Some((*offer, Some(channel))) };
                    self.beside.extend(channels.into_iter().map(of));
                }
            }
        }
        start..self.beside.len()
    }

    fn channels_of(&self, offer: OfferId) -> Vec<ChannelId> {
        let routes = self.policy.offers.get(offer.0 as usize).map(|offer| offer.routes.as_slice()).unwrap_or_default();
        routes.iter().filter_map(|route| self.names.channels.get(&*route.channel).copied()).collect()
    }

    /// The offers that a condition looks at, where it looks at offers.
    fn offers(&self, db: &dyn Db, project: Project, of: &OfItem<'_>, part: &Part) -> Vec<OfferId> {
        let clause = clause_about(db, project, of.item, part.span);
        let is_asked = |offer: &hir::Offer| match &of.owner {
            Owner::Guarantee(_) => clause.is_none_or(|clause| matching(&clause.offers, &offer.fields) != Truth::False),
            Owner::Channel(name) => goes_by(db, project, offer, name),
            _ => offer.kind != OfferKind::Notice,
        };
        let all = (0..).map(OfferId).zip(&self.policy.offers);
        all.filter(|(_, offer)| is_asked(offer)).map(|(id, _)| id).collect()
    }
}

/// The clause of a guarantee behind whose `when` a condition stands.
fn clause_about<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>, span: Span) -> Option<&'db Never> {
    let Some(ItemKind::Guarantee(written)) = queries::kind_of(db, item) else { return None };
    let stands_in = |when: &Span| when.start <= span.start && span.end <= when.end;
    let at =
        written.clauses.iter().position(|clause| clause.when.as_ref().is_some_and(|when| stands_in(&when.span)))?;
    queries::checked_guarantee(db, project, item).0.as_ref()?.clauses.get(at)
}

/// Whether an offer names a channel, be it carried by it or not.
fn goes_by(db: &dyn Db, project: Project, offer: &hir::Offer, channel: &str) -> bool {
    let written = queries::mentions(db, project).get(&offer.name).map(|mention| mention.channels.as_slice());
    match written.filter(|written| !written.is_empty()) {
        Some(written) => written.iter().any(|name| **name == *channel),
        None => offer.routes.iter().any(|route| *route.channel == *channel),
    }
}

/// What an expression speaks of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    /// The customer alone.
    Customer,
    /// The offer that is looked at, too.
    Offer,
    /// The offer and the channel by which it goes.
    Route,
}

fn subject(expr: &Expr) -> Subject {
    let mut found = match expr.kind {
        ExprKind::OfferField(_) | ExprKind::OfferCost | ExprKind::InformationCost => Subject::Offer,
        ExprKind::ChannelCost => Subject::Route,
        _ => Subject::Customer,
    };
    expr.kind.for_each_operand(&mut |operand| found = found.max(subject(operand)));
    found
}

impl OfItem<'_> {
    /// Asks what the conditions mean; by part its places among what is asked.
    pub(super) fn ask<'a>(&'a self, db: &dyn Db, project: Project, asking: &mut Asking<'a>) -> Vec<Places> {
        let places = self.parts.iter().map(|part| {
            let offers = asking.offers(db, project, self, part);
            let own = asking.add(&part.expr, &offers);
            Places { own, values: part.values.iter().map(|(_, value)| asking.add(value, &offers)).collect() }
        });
        places.collect()
    }

    /// The conditions with what they mean, put behind those that are there. A part that means nothing by itself is left out,
    /// and its parts become parts of what it is a part of; a whole that means nothing goes with all its parts.
    pub(super) fn placed(&self, db: &dyn Db, places: &[Places], answers: &Answers<'_>, found: &mut Vec<Condition>) {
        let text = self.item.text(db);
        let written = |span: Span| one_line(text.get(span.start as usize..span.end as usize).unwrap_or(""));
        // By part, its place among all conditions: its own, or that of what it is a part of; none: it is gone.
        let mut standing: Vec<Option<usize>> = Vec::with_capacity(self.parts.len());
        for (part, places) in self.parts.iter().zip(places) {
            let part_of = part.part_of.and_then(|at| standing.get(at).copied().flatten());
            let meaning = answers.meaning(&places.own).filter(|_| part.part_of.is_none() || part_of.is_some());
            let Some(meaning) = meaning else {
                standing.push(part_of);
                continue;
            };
            let values = part.values.iter().zip(&places.values);
            standing.push(Some(found.len()));
            found.push(Condition {
                owner: self.owner.clone(),
                role: part.role,
                place: place(db, self.item, part.span),
                text: written(part.span),
                outcomes: answers.outcomes(&part.expr, &meaning),
                meaning,
                part_of,
                values: values.filter_map(|((span, _), at)| Some((written(*span), answers.meaning(at)?))).collect(),
                names: part.names.clone(),
            });
        }
    }
}

/// What is asked, and its places in the plan.
pub(super) struct Answers<'a> {
    pub(super) asking: Asking<'a>,
    pub(super) plan: &'a Plan,
    /// By what is asked: its place, where it means something by itself.
    pub(super) places: Vec<Option<ExprId>>,
}

impl Answers<'_> {
    /// Where what is asked alone has its place.
    pub(super) fn alone(&self, at: usize) -> Option<ExprId> {
        self.places.get(at).copied().flatten()
    }

    fn meaning(&self, asked: &Range<usize>) -> Option<Meaning> {
        let places = asked.clone().filter_map(|at| Some((self.asking.beside.get(at)?.of, self.alone(at)?)));
        let all: Vec<_> = places.collect();
        match all.as_slice() {
            [] => None,
            [(None, expr)] => Some(Meaning::Alone(*expr)),
            _ => Some(Meaning::OfOffers(all.into_iter().filter_map(|(of, expr)| Some((of?.0, expr))).collect())),
        }
    }

    /// What a condition can come to.
    fn outcomes(&self, expr: &Expr, meaning: &Meaning) -> Outcomes {
        let mut found = Outcomes::default();
        for (offer, id) in meaning.all() {
            let Some(node) = self.plan.exprs.get(id) else { continue };
            let offer = offer.and_then(|offer| self.asking.policy.offers.get(offer.0 as usize));
            // What differs by arm is told by the plan alone.
            let offer = offer.filter(|offer| offer.varied.is_empty());
            match offer.map_or(Truth::Later, |offer| matching(expr, &offer.fields)) {
                Truth::True => found.yes = true,
                Truth::False => found.no = true,
                Truth::Unknown => found.unknown = true,
                Truth::Later if matches!(node.op, Op::Constant(_)) => {}
                Truth::Later => {
                    (found.yes, found.no) = (true, true);
                    found.unknown |= node.nullable;
                }
            }
        }
        found
    }
}

/// A text without comments and with one blank where it had several or a line ended; what stands in quotes stays.
fn one_line(text: &str) -> Box<str> {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '"' => quoted(rest),
            '/' if rest.starts_with("//") => {
                rest = rest.get(rest.find(['\n', '\r']).unwrap_or(rest.len())..).unwrap_or("");
                continue;
            }
            c if c.is_whitespace() => {
                if !shown.ends_with(' ') {
                    shown.push(' ');
                }
                rest = rest.trim_start();
                continue;
            }
            c => c.len_utf8(),
        };
        let (taken, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        shown.push_str(taken);
        rest = after;
    }
    shown.trim().into()
}

/// The length of a text in quotes at the beginning; it ends with its line.
fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            '\n' | '\r' => return at,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn texts_keep_their_blanks() {
        assert_eq!(&*one_line("a  and // why\n  b = \"c  // d\"\n"), "a and b = \"c  // d\"");
        assert_eq!(&*one_line("x = \"a\\\"  b\"  or\ty"), "x = \"a\\\"  b\" or y");
    }
}
