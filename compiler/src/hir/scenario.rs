//! Tests: what is given and expected, from records and sentences to plain data.
//!
//! ```text
//! clauses ─ moments ─ what is known at each (rows, values) ─ what is expected ─ a test
//! ```
//!
//! What must hold: values are worked out here, in the zone of the project, so that the runtime has nothing to compute; a
//! record's row is whole, and a link that must resolve does. A test is read whether or not the offers are understood: it
//! sees of them what is written at their heads.

mod expected;
mod given;
mod leads;
mod rows;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use opportune_plan::{Constant, FieldId, Given, OfferKind, Span as Length, Type};

use super::infer::Context;
use super::{Expr, Schema};
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, PersonaItem, Record, TestClause, TestClauseKind, TestItem};
pub use expected::member_type;
use given::{Knowing, Layer};
use values::Values;

/// A test whose clauses are understood; offers and channels by their names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Test {
    /// What it shows.
    pub name: Box<str>,
    /// Its moments.
    pub steps: Vec<Step>,
    /// What must hold for every customer.
    pub always: Vec<Always>,
}

/// A moment of a test.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// In microseconds since 1970-01-01 UTC.
    pub now: i64,
    /// What becomes known.
    pub given: Given,
    /// What a request brings.
    pub context: Vec<(FieldId, Constant)>,
    /// What is expected, in the order in which it is written.
    pub expected: Vec<Expected>,
}

/// What is expected at a moment: [`opportune_plan::Expected`] with names.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "each is explained at the plan's")]
pub enum Expected {
    Offer {
        offer: Box<str>,
        member: Option<Constant>,
        channel: Option<Box<str>>,
        at: Option<i64>,
        because: Option<Box<str>>,
    },
    Not {
        offer: Box<str>,
        member: Option<Constant>,
        because: Option<Box<str>>,
    },
    Nothing,
}

/// What must hold for every customer: [`opportune_plan::Invariant`] with names.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "each is explained at the plan's")]
pub enum Always {
    AtMost { most: u64, offer: Option<Box<str>>, channel: Option<Box<str>>, within: Length },
    Never { offer: Option<Box<str>>, when: Expr },
}

/// What a test sees of an offer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mention {
    /// What kind of offer it is.
    pub kind: OfferKind,
    /// Of a family: the type of its members.
    pub member: Option<Type>,
    /// Whether it is a family, its members understood or not.
    pub is_family: bool,
    /// The channels that it may go by.
    pub channels: Vec<Box<str>>,
}

/// What a test or persona is read with.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// What conditions over the customer may speak of.
    pub context: Context<'a>,
    /// The schema's lists of values, without its tables: values that are written out can name nothing else.
    pub lists: &'a Schema,
    /// The project's zone.
    pub zone: &'a TimeZone,
    /// The personas that the test names.
    pub personas: &'a BTreeMap<Box<str>, &'a PersonaItem>,
    /// The names of all personas.
    pub persona_names: &'a BTreeSet<Box<str>>,
    /// The offers.
    pub offers: &'a BTreeMap<Box<str>, Mention>,
    /// The channels.
    pub channels: &'a BTreeSet<Box<str>>,
}

/// The moment at which a persona is looked at by itself: 2026-01-01.
const SOME_MOMENT: i64 = 1_767_225_600_000_000;

/// All that is wrong with a persona.
pub fn persona(around: Around<'_>, item: &PersonaItem) -> Vec<Diagnostic> {
    let mut knowing = Knowing::new(around, item.name.span, &[], std::slice::from_ref(&item));
    knowing.look_at(Values::new(around, SOME_MOMENT), item);
    knowing.into_diagnostics()
}

/// A test, if all of it could be understood, and all that is wrong with it.
pub fn test(around: Around<'_>, item: &TestItem) -> (Option<Test>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let drafts = drafts(item, &mut diagnostics);
    let personas: Vec<&PersonaItem> = around.personas.values().copied().collect();
    let mut knowing = Knowing::new(around, item.name.span, &drafts, &personas);
    let mut steps = Vec::new();
    let mut before = None;
    for draft in &drafts {
        let now = moment(around, item, draft, before, &mut diagnostics);
        // What follows is looked at all the same, so that every mistake is told.
        before = now.or(before);
        let values = Values::new(around, now.or(before).unwrap_or(SOME_MOMENT));
        steps.push(step(around, values, draft, steps.is_empty(), &mut knowing, &mut diagnostics));
    }
    if let Some(last) = before {
        knowing.warn_of_unseen(last);
    }
    diagnostics.extend(knowing.into_diagnostics());
    let always: Vec<Option<Always>> = clauses(item)
        .filter_map(|(_, kind)| if let TestClauseKind::Always(always) = kind { Some(always) } else { None })
        .map(|written| expected::always(around, written, &mut diagnostics))
        .collect();
    if expects_nothing(item) {
        diagnostics.push(nothing_expected(item));
    }
    let is_wrong = diagnostics.iter().any(|found| found.severity == Severity::Error);
    let steps = steps.into_iter().collect::<Option<Vec<Step>>>();
    let found = steps.zip(always.into_iter().collect::<Option<_>>());
    let test = found.map(|(steps, always)| Test { name: item.name.node.clone(), steps, always });
    (test.filter(|_| !is_wrong), diagnostics)
}

/// By step of a test where each expectation is written; then where each `always` is.
pub fn places(item: &TestItem) -> (Vec<Vec<Span>>, Vec<Span>) {
    let drafts = drafts(item, &mut Vec::new());
    let expected = |draft: &Draft<'_>| draft.expected.iter().map(|clause| clause.span).collect();
    let always = item.clauses.iter().filter(|clause| matches!(clause.kind, TestClauseKind::Always(_)));
    (drafts.iter().map(expected).collect(), always.map(|clause| clause.span).collect())
}

/// The personas that a test names.
pub fn personas_of(item: &TestItem) -> impl Iterator<Item = &ast::Name> {
    item.clauses.iter().filter_map(|clause| match &clause.kind {
        TestClauseKind::Given { persona, .. } => persona.as_ref(),
        _ => None,
    })
}

fn clauses(item: &TestItem) -> impl Iterator<Item = (Span, &TestClauseKind)> {
    item.clauses.iter().map(|clause| (clause.span, &clause.kind))
}

/// A moment as it is written.
#[derive(Default)]
struct Draft<'a> {
    when: Option<When<'a>>,
    given: Vec<(Option<&'a ast::Name>, Option<&'a Record>)>,
    context: Vec<&'a Record>,
    expected: Vec<&'a TestClause>,
}

/// When a moment is.
#[derive(Clone, Copy)]
enum When<'a> {
    /// `at`, `then at`
    At(&'a ast::Expr),
    /// `then after`
    After(&'a ast::Expr),
}

impl Draft<'_> {
    fn is_empty(&self) -> bool {
        self.when.is_none() && self.given.is_empty() && self.context.is_empty() && self.expected.is_empty()
    }
}

/// The moments of a test; of one that only says what always holds, none.
fn drafts<'a>(item: &'a TestItem, diagnostics: &mut Vec<Diagnostic>) -> Vec<Draft<'a>> {
    let mut drafts = vec![Draft::default()];
    for clause in &item.clauses {
        let next = match &clause.kind {
            TestClauseKind::ThenAt(at) => Some(When::At(at)),
            TestClauseKind::ThenAfter(length) => Some(When::After(length)),
            _ => None,
        };
        if next.is_some() {
            drafts.push(Draft { when: next, ..Draft::default() });
            continue;
        }
        let Some(draft) = drafts.last_mut() else { continue };
        match &clause.kind {
            TestClauseKind::At(at) if draft.when.is_none() => draft.when = Some(When::At(at)),
            TestClauseKind::At(_) => diagnostics.push(second_at(clause)),
            TestClauseKind::Given { persona, record } => draft.given.push((persona.as_ref(), record.as_ref())),
            TestClauseKind::Context(record) => draft.context.push(record),
            TestClauseKind::Expect(_) => draft.expected.push(clause),
            _ => {}
        }
    }
    if let [only] = drafts.as_slice()
        && only.is_empty()
    {
        drafts.clear();
    }
    drafts
}

fn second_at(clause: &TestClause) -> Diagnostic {
    Diagnostic::error(codes::TEST_MOMENT, "this moment has its time already", clause.word, "the second time")
        .help("a later moment begins with `then`: `then at 2026-11-23 18:00`, `then after 3 days`")
        .fix("write `then at`", clause.word, "then at")
}

/// When a moment of a test is; `None`: reported.
fn moment(
    around: Around<'_>,
    item: &TestItem,
    draft: &Draft<'_>,
    before: Option<i64>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<i64> {
    let values = Values::new(around, before.unwrap_or(SOME_MOMENT));
    let (now, span) = match draft.when {
        None => {
            let name = &item.name;
            let message = "this test does not say when it is";
            let diagnostic = Diagnostic::error(codes::TEST_MOMENT, message, name.span, "without `at`");
            diagnostics.push(diagnostic.help("write its moment on its first line: `at 2026-11-20 18:00`"));
            return None;
        }
        Some(When::At(at)) => {
            if before.is_none()
                && let Some(span) = values::relative(at)
            {
                let message = "the first moment of a test is written out";
                let diagnostic = Diagnostic::error(codes::TEST_MOMENT, message, span, "not known yet");
                diagnostics.push(diagnostic.help("write it with its time: `at 2026-11-20 18:00`"));
                return None;
            }
            (values.moment(at, diagnostics)?, at.span)
        }
        Some(When::After(length)) => (values.after(before?, length, diagnostics)?, length.span),
    };
    if before.is_some_and(|before| now <= before) {
        let message = "this moment is not after the one before";
        let diagnostic = Diagnostic::error(codes::TEST_MOMENT, message, span, "not later");
        diagnostics.push(diagnostic.help("the moments of a test follow each other in time"));
        return None;
    }
    Some(now)
}

fn step(
    around: Around<'_>,
    values: Values<'_>,
    draft: &Draft<'_>,
    is_first: bool,
    knowing: &mut Knowing<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Step> {
    let mut layers: Vec<Layer<'_>> = Vec::new();
    let mut complete = true;
    for (persona, record) in &draft.given {
        if let Some(name) = persona {
            match around.personas.get(&name.node) {
                Some(item) => layers.push(Layer { fields: &item.fields, persona: Some(name) }),
                None => {
                    complete = false;
                    diagnostics.push(given::no_persona(around, name));
                }
            }
        }
        layers.extend(record.map(|record| Layer { fields: &record.fields, persona: None }));
    }
    let given = knowing.learn(values, &layers, is_first);
    let context = knowing.context(values, &draft.context);
    let expected: Vec<Option<Expected>> = draft
        .expected
        .iter()
        .filter_map(|clause| if let TestClauseKind::Expect(written) = &clause.kind { Some(written) } else { None })
        .map(|written| expected::expected(around, values, written, diagnostics))
        .collect();
    let expected = expected.into_iter().collect::<Option<Vec<_>>>()?;
    Some(Step { now: values.now(), given: given?, context: context?, expected }).filter(|_| complete)
}

fn expects_nothing(item: &TestItem) -> bool {
    !clauses(item).any(|(_, kind)| matches!(kind, TestClauseKind::Expect(_) | TestClauseKind::Always(_)))
}

fn nothing_expected(item: &TestItem) -> Diagnostic {
    let message = "this test expects nothing, so it never fails";
    Diagnostic::warning(codes::EXPECTS_NOTHING, message, item.name.span, "without `expect`")
        .help("say what comes out: `expect offer NAME`, `expect not NAME` or `expect no offer`")
}
