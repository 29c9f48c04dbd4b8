//! What decisions need beside masks and scores: facts of the customers, and the events that histories hold.

use std::collections::BTreeSet;
use std::sync::Arc;

use opportune_plan::{Element, ExprId, FieldId, History, Op, Schema, SharedLimit, TableId, Type, VerifiedPlan};

use super::events::matches;
use super::row::{Row, World, get};
use super::tape::{PerEvent, Step, Tape};
use crate::evaluate::{Fact, Selected};
use crate::snapshot::{Bitmap, Column, Dictionary, Elements, SetDictionary, Unseen, Values};
use crate::value::{Set, Value};

/// The facts and the filtered histories of a plan, as steps of the customers' tape.
pub struct Asked<'a> {
    facts: Vec<(Type, Step)>,
    histories: Vec<Option<HistorySteps<'a>>>,
}

/// A history with a filter.
pub struct HistorySteps<'a> {
    events: TableId,
    filter: PerEvent<'a>,
}

/// What is found for the customers of a block.
#[derive(Default)]
pub struct Answered<'d> {
    facts: Vec<Vec<Option<Value<'d>>>>,
    selected: Vec<Option<Selected>>,
}

impl<'a> Asked<'a> {
    pub fn new(plan: &'a VerifiedPlan, tape: &mut Tape<'a>) -> Self {
        let mut fact = |id: ExprId| (plan.exprs.node(id).ty, tape.add(id));
        let facts = plan.facts().into_iter().map(&mut fact).collect();
        let histories = plan.histories.iter().map(|history| {
            let filter = tape.add_per_event(history.filter?);
            Some(HistorySteps { events: history.events, filter })
        });
        Self { facts, histories: histories.collect() }
    }

    pub fn begin<'d>(&self) -> Answered<'d> {
        let begin = || Selected { begins: vec![0], rows: Vec::new() };
        Answered {
            facts: self.facts.iter().map(|_| Vec::new()).collect(),
            selected: self.histories.iter().map(|history| history.as_ref().map(|_| begin())).collect(),
        }
    }
}

impl<'d> Answered<'d> {
    /// Adds the next customer of the block.
    pub fn customer<'a: 'd>(&mut self, world: &World<'a, 'd>, asked: &Asked<'a>, customer: usize, values: &Row<'d>) {
        for (column, (_, step)) in self.facts.iter_mut().zip(&asked.facts) {
            column.push(get(values, *step));
        }
        for (selected, history) in self.selected.iter_mut().zip(&asked.histories) {
            if let (Some(selected), Some(history)) = (selected, history) {
                let rows = world.passing(history, customer, values);
                selected.rows.extend(rows.into_iter().filter_map(|row| u32::try_from(row).ok()));
                selected.begins.push(u32::try_from(selected.rows.len()).unwrap_or(u32::MAX));
            }
        }
    }

    /// As candidates hold it.
    pub fn finish(self, schema: &Schema, asked: &Asked<'_>) -> (Vec<Fact>, Vec<Option<Selected>>) {
        let facts = self.facts.iter().zip(&asked.facts).map(|(values, (ty, _))| Fact(column(schema, *ty, values)));
        (facts.collect(), self.selected)
    }
}

impl<'a: 'd, 'd> World<'a, 'd> {
    /// The events of a customer that a history holds, none after `now`: all that its filter does not definitely refuse.
    fn passing(&self, history: &HistorySteps<'a>, customer: usize, values: &Row<'d>) -> Vec<usize> {
        let passes = |row: &usize| {
            let is_past = self.at(history.events, *row).is_some_and(|at| at <= self.clock.now());
            is_past && matches(&history.filter, &self.event(&history.filter, *row, values)) != Some(false)
        };
        self.events_of(history.events, customer).filter(passes).collect()
    }

    /// How much is left of each limit over all customers, when the run begins; where nothing asks, 0.
    pub fn remaining(&self) -> Vec<i64> {
        let is_asked = |limit: u32| self.plan.exprs.iter().any(|(_, node)| node.op == Op::Remaining(limit));
        let limits = (0..).zip(&self.plan.portfolio.shared);
        limits.map(|(limit, shared)| if is_asked(limit) { self.left(shared) } else { 0 }).collect()
    }

    fn left(&self, shared: &SharedLimit) -> i64 {
        let SharedLimit::Quota(quota) = shared else { return 0 };
        let (Some(offer), most, past) = (&quota.total_of(), &quota.most, quota.past) else { return 0 };
        let history = past.and_then(|past| self.plan.histories.get(past.0 as usize));
        let name = self.plan.offers.get(offer.0 as usize).map(|offer| &*offer.name);
        let count = match (history, history.and_then(|history| history.offer)) {
            // One that does not tell its offer may have been of this one.
            (Some(history), Some(field)) => self.count(history, |row| match self.name(history.events, field, row) {
                None | Some("") => true,
                told => told == name,
            }),
            _ => 0,
        };
        i64::try_from(most.saturating_sub(count)).unwrap_or(i64::MAX)
    }

    /// How many contacts of a history count: past, still to be sent, and nobody's.
    fn count(&self, history: &History, counts: impl Fn(usize) -> bool) -> u64 {
        let events = history.events;
        let mut tape = Tape::new(self.plan);
        let filter = history.filter.map(|filter| tape.add_per_event(filter));
        let steps = filter.map(|filter| HistorySteps { events, filter });
        let is_past = |row: &usize| self.at(events, *row).is_some_and(|at| at <= self.clock.now());
        let mut count = 0;
        for customer in 0..self.tables.first().map_or(0, |table| table.rows) {
            let values = steps.as_ref().map(|_| self.customer(&tape, customer, None)).unwrap_or_default();
            let past = match &steps {
                Some(steps) => self.passing(steps, customer, &values),
                None => self.events_of(events, customer).filter(is_past).collect(),
            };
            let scheduled = self.unseen(events).map_or(0..0, |unseen| unseen.scheduled.of(customer));
            let scheduled = scheduled.filter(|row| self.holds(steps.as_ref(), *row, &values));
            count += past.into_iter().chain(scheduled).filter(|row| counts(*row)).count();
        }
        // What is asked of a customer who is not known is not known.
        let reads_customer = steps.as_ref().is_some_and(|steps| !steps.filter.of_customer.is_empty());
        let holds = |row: &usize| reads_customer || self.holds(steps.as_ref(), *row, &Row::default());
        count += self.of_nobody(events).filter(|row| holds(row) && counts(*row)).count();
        count as u64
    }

    /// The contacts of a table that no expression sees.
    fn unseen(&self, table: TableId) -> Option<&'d Unseen> {
        self.tables.get(table.0 as usize)?.unseen.as_ref()
    }

    /// The rows of contacts that are of no customer.
    fn of_nobody(&self, table: TableId) -> std::ops::Range<usize> {
        let first = self.tables.get(table.0 as usize).map_or(0, |table| table.rows);
        self.unseen(table).map_or(0..0, |unseen| {
            let first = first + unseen.scheduled.at.len();
            first..first + unseen.of_nobody.len()
        })
    }

    /// Whether a history holds a contact that no expression sees.
    fn holds(&self, history: Option<&HistorySteps<'a>>, row: usize, values: &Row<'d>) -> bool {
        history.is_none_or(|history| matches(&history.filter, &self.event(&history.filter, row, values)) != Some(false))
    }

    /// The text of a field, or of its value of a list.
    fn name(&self, table: TableId, field: FieldId, row: usize) -> Option<&'d str> {
        let ty = self.plan.schema.field(table, field)?.ty;
        match (self.field(table, field, row)?, ty) {
            (Value::Text(text), _) => Some(text),
            (Value::Choice(at), Type::OneOf(domain) | Type::Ordered(domain)) => {
                self.plan.schema.domain(domain)?.variants.get(at as usize).map(|name| &**name)
            }
            _ => None,
        }
    }
}

/// Values of a type as a column.
fn column(schema: &Schema, ty: Type, all: &[Option<Value<'_>>]) -> Column {
    let mut column = Column::missing(schema, ty, 0);
    let ints = || all.iter().map(|value| value.and_then(whole).unwrap_or(0));
    column.values = match column.values {
        Values::Bits(_) => Values::Bits(all.iter().map(|value| *value == Some(Value::Bool(true))).collect()),
        Values::Int64(_) => Values::Int64(ints().collect()),
        Values::Float64(_) => {
            Values::Float64(all.iter().map(|value| value.and_then(Value::to_f64).unwrap_or(0.0)).collect())
        }
        Values::Int32(_) => Values::Int32(ints().map(|days| i32::try_from(days).unwrap_or(0)).collect()),
        Values::Codes(_, declared) => codes(ty, all, declared),
        Values::Sets(_, sets) => self::sets(ty, all, sets.elements.clone()),
    };
    column.validity = all.contains(&None).then(|| all.iter().map(Option::is_some).collect::<Bitmap>());
    column
}

/// What is held as a whole number.
fn whole(value: Value<'_>) -> Option<i64> {
    match value {
        Value::Date(days) => Some(days.into()),
        Value::Place(place) => Some(place.to_bits()),
        value => value.to_int(),
    }
}

fn text(value: Value<'_>) -> Option<&str> {
    match value {
        Value::Zone(zone) => Some(zone.name()),
        value => value.to_text(),
    }
}

fn codes(ty: Type, all: &[Option<Value<'_>>], declared: Arc<Dictionary>) -> Values {
    if matches!(ty, Type::OneOf(_) | Type::Ordered(_)) {
        let code = |value: &Option<Value<'_>>| if let Some(Value::Choice(code)) = value { *code } else { 0 };
        return Values::Codes(all.iter().map(code).collect(), declared);
    }
    let texts = || all.iter().map(|value| value.and_then(text));
    let distinct: BTreeSet<&str> = texts().flatten().collect();
    let dictionary = Dictionary { values: distinct.into_iter().map(Into::into).collect() };
    let code = |value: Option<&str>| value.and_then(|text| dictionary.code(text)).unwrap_or(0);
    Values::Codes(texts().map(code).collect(), Arc::new(dictionary))
}

fn sets(ty: Type, all: &[Option<Value<'_>>], declared: Elements) -> Values {
    let sets = || all.iter().map(|value| if let Some(Value::Set(set)) = value { Some(*set) } else { None });
    let of_all = || sets().flatten().flat_map(Set::iter);
    let elements = match ty {
        Type::Set(Element::Int) => {
            Elements::Ints(of_all().filter_map(Value::to_int).collect::<BTreeSet<_>>().into_iter().collect())
        }
        Type::Set(Element::Text) => {
            let distinct: BTreeSet<&str> = of_all().filter_map(Value::to_text).collect();
            let values = distinct.into_iter().map(Into::into).collect();
            Elements::Texts(Arc::new(Dictionary { values }))
        }
        _ => declared,
    };
    let code = |value: Value<'_>| match (&elements, value) {
        (Elements::Ints(all), Value::Int(int)) => all.binary_search(&int).ok().and_then(|at| u32::try_from(at).ok()),
        (Elements::Texts(all), Value::Text(text)) => all.code(text),
        (Elements::Declared(_), Value::Choice(code)) => Some(code),
        _ => None,
    };
    let coded: Vec<Option<Box<[u32]>>> = sets().map(|set| Some(set?.iter().filter_map(code).collect())).collect();
    let distinct: Vec<Box<[u32]>> = coded.iter().flatten().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    let position =
        |set: &Option<Box<[u32]>>| set.as_ref().and_then(|set| distinct.binary_search(set).ok()).unwrap_or(0);
    let codes = coded.iter().map(|set| u32::try_from(position(set)).unwrap_or(0)).collect();
    Values::Sets(codes, Arc::new(SetDictionary { sets: distinct, elements }))
}
