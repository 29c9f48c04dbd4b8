//! What a policy's tests need: the plan as it is written, the tests as data, and the conditions with their places, so that
//! whoever plays the tests can say which condition stopped an offer and which were never true, false or unknown.

mod conditions;
mod parts;

use std::collections::BTreeMap;

use opportune_plan::{ChannelId, Expected, ExprId, Invariant, OfferId, Scenario, Step, VerifiedPlan};

use crate::db::{Database, Db};
use crate::hir::scenario::{self, Always};
use crate::lower::{self, Policy};
use crate::project::{Compiled, Place, ProjectFiles, compiled};
use crate::queries::{self, Project, SourceItem};
use crate::syntax::Span;
use crate::syntax::ast::ItemKind;
use conditions::{Answers, Asking};

/// The tests of a project with what they are played on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rehearsal {
    /// Decides as the plan of the project does, with every part of the conditions still in its arena: no pass has been over
    /// it, and what tests alone speak of is in it too. Its caps of a customer are counted at the time of sending, since at
    /// a later step contacts may be still to be sent. Its hash is its own.
    pub plan: VerifiedPlan,
    /// The tests, in the order of the files.
    pub tests: Vec<Test>,
    /// The conditions, in the order of the files; a part stands after what it is a part of.
    pub conditions: Vec<Condition>,
}

/// A test with its places.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Test {
    /// What it says.
    pub scenario: Scenario,
    /// Where its name is written.
    pub place: Place,
    /// By step: where each expectation is written.
    pub expected: Vec<Vec<Place>>,
    /// Where each of [`Scenario::always`] is written.
    pub always: Vec<Place>,
}

/// A condition, or a part of one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Condition {
    /// Whose.
    pub owner: Owner,
    /// What it decides.
    pub role: Role,
    /// Where it is written.
    pub place: Place,
    /// As it is written, on one line.
    pub text: Box<str>,
    /// What it means. Of a family's offer it may speak of the member, behind `where` of the event.
    pub meaning: Meaning,
    /// What it can come to; nothing of what is always the same.
    pub outcomes: Outcomes,
    /// The condition that it is a part of (of its `and`, `or` or `not`), by its place in [`Rehearsal::conditions`].
    pub part_of: Option<usize>,
    /// The values that it compares: as they are written, and what they mean. Of constants, none.
    pub values: Vec<(Box<str>, Meaning)>,
    /// The segment or trait that it names whole, by its name: its conditions explain it.
    pub names: Option<Box<str>>,
}

/// What a condition or value means, in the arena of [`Rehearsal::plan`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// The same, whichever offer is looked at.
    Alone(ExprId),
    /// It speaks of the offer that is looked at: of each that it is asked of, with its fields and costs in it; more than once
    /// where it also speaks of the channel.
    OfOffers(Vec<(OfferId, ExprId)>),
}

impl Meaning {
    /// What it means where this offer is looked at.
    pub fn of(&self, offer: OfferId) -> Option<ExprId> {
        match self {
            Self::Alone(expr) => Some(*expr),
            Self::OfOffers(all) => all.iter().find(|(of, _)| *of == offer).map(|(_, expr)| *expr),
        }
    }

    /// All that it means, with the offers that are looked at.
    pub fn all(&self) -> impl Iterator<Item = (Option<OfferId>, ExprId)> {
        let (alone, of_offers) = match self {
            Self::Alone(expr) => (Some((None, *expr)), &[][..]),
            Self::OfOffers(all) => (None, all.as_slice()),
        };
        alone.into_iter().chain(of_offers.iter().map(|(offer, expr)| (Some(*offer), *expr)))
    }
}

/// What a condition can come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Outcomes {
    /// True.
    pub yes: bool,
    /// False.
    pub no: bool,
    /// Unknown.
    pub unknown: bool,
}

/// Whose a condition is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Owner {
    /// An offer, reminder or notice.
    Offer(OfferId),
    /// A segment or trait.
    Definition(Box<str>),
    /// A channel.
    Channel(Box<str>),
    /// A guarantee.
    Guarantee(Box<str>),
    /// The rules over all offers.
    Portfolio,
}

/// What a condition decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// `eligible when`
    Eligible,
    /// `except when`
    Except,
    /// `never … when`: what follows `when`
    Never,
    /// Which offers: `never …`, `carries …`, `where …` of a lever
    Offers,
    /// About one event: `where …` of an aggregate, a journey, a suppression
    Where,
    /// `needs` of a channel
    Needs,
    /// What a segment stands for.
    Segment,
    /// The condition of an `if`.
    Branch,
    /// Any other: `when` of a route, a cap or a lever.
    Other,
}

/// Compiles a project once, with what its tests need; without that where something is wrong.
pub fn rehearse(files: &ProjectFiles) -> (Compiled, Option<Rehearsal>) {
    let db = Database::default();
    let project = files.load(&db);
    let compiled = compiled(&db, project);
    let rehearsal = compiled.plan.is_some().then(|| rehearsal(&db, project)).flatten();
    (compiled, rehearsal)
}

/// What the tests of a project need; `None` where something is wrong with it.
pub fn rehearsal(db: &dyn Db, project: Project) -> Option<Rehearsal> {
    let policy = queries::policy(db, project)?;
    let items = queries::test_items(db, project);
    let tests: Vec<(SourceItem<'_>, &scenario::Test)> = items
        .iter()
        .map(|item| Some((*item, queries::checked_test(db, project, *item).0.as_ref()?)))
        .collect::<Option<_>>()?;
    let names = Names::of(&policy);
    let of_items = conditions::gather(db, project, &names);
    let of_tests = tests.iter().flat_map(|(_, test)| &test.always).filter_map(condition_of);
    let mut asking = Asking::behind(&policy, &names, of_tests);
    let asked: Vec<_> = of_items.iter().map(|of_item| of_item.ask(db, project, &mut asking)).collect();
    let (plan, places) = lower::rehearsed(&policy, asking.beside()).ok()?;
    let answers = Answers { asking, plan: &plan, places };
    let mut of_tests = (0..).map(|at| answers.alone(at));
    let tests = tests.iter().map(|(item, test)| names.test(db, *item, test, &mut of_tests)).collect::<Option<_>>()?;
    let mut conditions = Vec::new();
    for (of_item, places) in of_items.iter().zip(&asked) {
        of_item.placed(db, places, &answers, &mut conditions);
    }
    Some(Rehearsal { plan, tests, conditions })
}

fn condition_of(always: &Always) -> Option<&crate::hir::Expr> {
    if let Always::Never { when, .. } = always { Some(when) } else { None }
}

/// Offers and channels by their names.
struct Names<'a> {
    offers: BTreeMap<&'a str, OfferId>,
    channels: BTreeMap<&'a str, ChannelId>,
}

impl<'a> Names<'a> {
    fn of(policy: &Policy<'a>) -> Self {
        let offers = policy.offers.iter().zip((0..).map(OfferId)).map(|(offer, id)| (&*offer.name, id)).collect();
        let channels = policy.channels.iter().zip((0..).map(ChannelId)).map(|(found, id)| (&*found.name, id)).collect();
        Self { offers, channels }
    }

    fn test(
        &self,
        db: &dyn Db,
        item: SourceItem<'_>,
        test: &scenario::Test,
        conditions: &mut impl Iterator<Item = Option<ExprId>>,
    ) -> Option<Test> {
        let Some(ItemKind::Test(written)) = queries::kind_of(db, item) else { return None };
        let (expected, always) = scenario::places(written);
        let places = |spans: Vec<Span>| spans.into_iter().map(|span| place(db, item, span)).collect::<Vec<_>>();
        Some(Test {
            scenario: Scenario {
                name: test.name.clone(),
                steps: test.steps.iter().map(|step| self.step(step)).collect::<Option<_>>()?,
                always: test.always.iter().map(|always| self.always(always, conditions)).collect::<Option<_>>()?,
            },
            place: place(db, item, written.name.span),
            expected: expected.into_iter().map(places).collect(),
            always: places(always),
        })
    }

    fn step(&self, step: &scenario::Step) -> Option<Step> {
        let expected = step.expected.iter().map(|expected| self.expected(expected)).collect::<Option<_>>()?;
        Some(Step { now: step.now, given: step.given.clone(), context: step.context.clone(), expected })
    }

    fn expected(&self, expected: &scenario::Expected) -> Option<Expected> {
        Some(match expected {
            scenario::Expected::Offer { offer, member, channel, at, because } => Expected::Offer {
                offer: *self.offers.get(&**offer)?,
                member: member.clone(),
                channel: self.channel(channel.as_deref())?,
                at: *at,
                because: because.clone(),
            },
            scenario::Expected::Not { offer, member, because } => {
                Expected::Not { offer: *self.offers.get(&**offer)?, member: member.clone(), because: because.clone() }
            }
            scenario::Expected::Nothing => Expected::Nothing,
        })
    }

    fn always(&self, always: &Always, conditions: &mut impl Iterator<Item = Option<ExprId>>) -> Option<Invariant> {
        Some(match always {
            Always::AtMost { most, offer, channel, within } => Invariant::AtMost {
                most: *most,
                offer: self.offer(offer.as_deref())?,
                channel: self.channel(channel.as_deref())?,
                within: *within,
            },
            Always::Never { offer, .. } => {
                Invariant::Never { offer: self.offer(offer.as_deref())?, when: conditions.next()?? }
            }
        })
    }

    #[allow(clippy::option_option, reason = "no offer and one that is not there are two things")]
    fn offer(&self, name: Option<&str>) -> Option<Option<OfferId>> {
        name.map(|name| self.offers.get(name).copied()).map_or(Some(None), |found| found.map(Some))
    }

    #[allow(clippy::option_option, reason = "no channel and one that is not there are two things")]
    fn channel(&self, name: Option<&str>) -> Option<Option<ChannelId>> {
        name.map(|name| self.channels.get(name).copied()).map_or(Some(None), |found| found.map(Some))
    }
}

fn place(db: &dyn Db, item: SourceItem<'_>, span: Span) -> Place {
    Place { path: item.file(db).path(db).clone(), span: span.shifted(item.offset(db)) }
}
