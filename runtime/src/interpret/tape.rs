//! Expressions laid out as a tape: each step after the steps it reads, so that evaluating needs no recursion however
//! deep an expression is.
//!
//! A step is an expression at a place: the row that the tape is about (a customer, or one of its events), or a row
//! that links and look-ups lead to from there. A condition that is read through two links is two steps.

use std::collections::HashMap;

use opportune_plan::{
    Aggregate, Constant, ExprId, FieldId, Function, Journey, JourneyId, JourneyPart, Op, Scope, TableId, VerifiedPlan,
};

/// A position on the tape.
pub type Step = usize;

/// A position in [`Tape::places`].
pub type Place = usize;

/// The place of the row that a tape is about.
pub const HERE: Place = 0;

/// Expressions in the order in which they are evaluated.
#[derive(Debug)]
pub struct Tape<'a> {
    plan: &'a VerifiedPlan,
    pub steps: Vec<TapeStep<'a>>,
    pub places: Vec<TapePlace>,
    found: HashMap<(ExprId, Place), Step>,
    by_way: HashMap<(Place, Way), Place>,
}

/// An expression at a place.
#[derive(Debug)]
pub struct TapeStep<'a> {
    pub expr: ExprId,
    pub op: &'a Op,
    pub place: Place,
    /// The steps of its operands, in the order of [`Op::for_each_operand`]; of an aggregate and a journey, none.
    pub operands: Vec<Step>,
    /// Of a value of another row: the place of that row.
    pub leads_to: Option<Place>,
    /// What is evaluated for each event.
    pub over_events: OverEvents<'a>,
}

/// Values over a customer's events.
#[derive(Debug)]
pub enum OverEvents<'a> {
    None,
    Aggregate(Box<Folded<'a>>),
    Journey(Box<Walked<'a>>),
}

/// A row.
#[derive(Clone, Copy, Debug)]
pub struct TapePlace {
    /// From which place it is reached, and how; none of the row that the tape is about.
    pub way: Option<(Place, Way)>,
    /// How many steps are evaluated before it is known.
    pub after: usize,
}

/// How another row is reached.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Way {
    /// By a linking field of a table.
    Link(TableId, FieldId),
    /// By the key of a lookup table, which is the value of a step.
    Key(TableId, Step),
}

/// An aggregate.
#[derive(Debug)]
pub struct Folded<'a> {
    pub aggregate: &'a Aggregate,
    pub after: Option<Step>,
    pub until: Option<Step>,
    /// Of [`Function::FrequencyRank`]: the value that is ranked.
    pub of: Option<Step>,
    pub events: PerEvent<'a>,
}

/// A part of a journey.
#[derive(Debug)]
pub struct Walked<'a> {
    pub part: JourneyPart,
    pub zone: Step,
    pub steps: Vec<WalkedStep<'a>>,
}

/// A step of a journey.
#[derive(Debug)]
pub struct WalkedStep<'a> {
    pub table: TableId,
    pub within: Option<&'a Constant>,
    pub events: PerEvent<'a>,
}

/// What is evaluated for each event of a table.
#[derive(Debug)]
pub struct PerEvent<'a> {
    pub tape: Tape<'a>,
    pub filter: Option<Step>,
    /// Of an aggregate by member: the key.
    pub key: Option<Step>,
    pub value: Option<Step>,
    /// Steps of the events' tape whose values are steps of the customer's.
    pub of_customer: Vec<(Step, Step)>,
}

impl<'a> Tape<'a> {
    /// An empty tape.
    pub fn new(plan: &'a VerifiedPlan) -> Self {
        let places = vec![TapePlace { way: None, after: 0 }];
        Self { plan, steps: Vec::new(), places, found: HashMap::new(), by_way: HashMap::new() }
    }

    /// The step of an expression at the tape's own row, laid out with all that it needs if it is not there yet.
    pub fn add(&mut self, expr: ExprId) -> Step {
        // Depth first with a stack of its own: an expression comes by again after what it needs.
        let mut stack = vec![(expr, HERE)];
        while let Some(&(expr, place)) = stack.last() {
            let waiting = stack.len();
            if !self.found.contains_key(&(expr, place)) {
                let needs = self.needs(expr, place);
                stack.extend(needs.iter().filter(|need| !self.found.contains_key(need)));
                if stack.len() == waiting {
                    self.lay(expr, place, &needs);
                }
            }
            if stack.len() == waiting {
                stack.pop();
            }
        }
        self.found.get(&(expr, HERE)).copied().unwrap_or_default()
    }

    /// A condition over each event of a customer, whose own row this tape is about; what it reads of the customer is laid
    /// out here.
    pub fn add_per_event(&mut self, filter: ExprId) -> PerEvent<'a> {
        for value in of_customer(self.plan, [filter].into_iter()) {
            self.add(value);
        }
        self.per_event(Some(filter), None, None)
    }

    /// What must be laid out before an expression.
    fn needs(&mut self, expr: ExprId, place: Place) -> Vec<(ExprId, Place)> {
        let plan = self.plan;
        match &plan.exprs.node(expr).op {
            Op::Follow { table, link, value } => vec![(*value, self.reached(place, Way::Link(*table, *link)))],
            // Where the key leads is a place only when the key is laid out.
            Op::Lookup { table, key, value } => match self.found.get(&(*key, place)).copied() {
                None => vec![(*key, place)],
                Some(step) => vec![(*key, place), (*value, self.reached(place, Way::Key(*table, step)))],
            },
            // What it reads of the customer is on the customer's tape.
            Op::OfCustomer { .. } => Vec::new(),
            Op::Aggregate(aggregate) => {
                let read = of_customer(plan, aggregate.of_events());
                read.into_iter().chain(aggregate.of_customer()).map(|value| (value, HERE)).collect()
            }
            Op::Journey(journey, _) => {
                let Some(journey) = self.journey(*journey) else { return Vec::new() };
                let read = of_customer(plan, journey.steps.iter().filter_map(|step| step.filter));
                read.into_iter().chain([journey.zone]).map(|value| (value, HERE)).collect()
            }
            op => {
                let mut needs = Vec::new();
                op.for_each_operand(|operand| needs.push((operand, place)));
                needs
            }
        }
    }

    fn journey(&self, journey: JourneyId) -> Option<&'a Journey> {
        self.plan.journeys.get(journey.0 as usize)
    }

    fn reached(&mut self, from: Place, way: Way) -> Place {
        let next = self.places.len();
        let place = *self.by_way.entry((from, way)).or_insert(next);
        if place == next {
            self.places.push(TapePlace { way: Some((from, way)), after: self.steps.len() });
        }
        place
    }

    fn lay(&mut self, expr: ExprId, place: Place, needs: &[(ExprId, Place)]) {
        let op = &self.plan.exprs.node(expr).op;
        let leads_to = match op {
            Op::Follow { .. } | Op::Lookup { .. } => needs.last().map(|(_, place)| *place),
            _ => None,
        };
        let over_events = match op {
            Op::Aggregate(aggregate) => OverEvents::Aggregate(Box::new(self.folded(aggregate))),
            Op::Journey(journey, part) => self
                .journey(*journey)
                .map_or(OverEvents::None, |journey| OverEvents::Journey(Box::new(self.walked(journey, *part)))),
            _ => OverEvents::None,
        };
        let operands = match over_events {
            OverEvents::None => needs.iter().filter_map(|need| self.found.get(need).copied()).collect(),
            _ => Vec::new(),
        };
        self.found.insert((expr, place), self.steps.len());
        self.steps.push(TapeStep { expr, op, place, operands, leads_to, over_events });
    }

    /// The step of an expression that is laid out at this tape's own row.
    fn at_here(&self, expr: ExprId) -> Option<Step> {
        self.found.get(&(expr, HERE)).copied()
    }

    fn folded(&self, aggregate: &'a Aggregate) -> Folded<'a> {
        let step = |expr: Option<ExprId>| expr.and_then(|expr| self.at_here(expr));
        let of = if let Function::FrequencyRank { of, .. } = aggregate.function { Some(of) } else { None };
        let key = aggregate.by.map(|by| by.key);
        let events = self.per_event(aggregate.filter, key, aggregate.function.value());
        let window = aggregate.window;
        Folded { aggregate, after: step(window.after), until: step(window.until), of: step(of), events }
    }

    fn walked(&self, journey: &'a Journey, part: JourneyPart) -> Walked<'a> {
        let steps = journey.steps.iter().map(|step| WalkedStep {
            table: step.events,
            within: step.within.as_ref(),
            events: self.per_event(step.filter, None, None),
        });
        Walked { part, zone: self.at_here(journey.zone).unwrap_or_default(), steps: steps.collect() }
    }

    fn per_event(&self, filter: Option<ExprId>, key: Option<ExprId>, value: Option<ExprId>) -> PerEvent<'a> {
        let mut tape = Tape::new(self.plan);
        let [filter, key, value] = [filter, key, value].map(|expr| expr.map(|expr| tape.add(expr)));
        let read = |(at, step): (Step, &TapeStep<'_>)| match step.op {
            Op::OfCustomer { value, .. } => Some((at, self.at_here(*value)?)),
            _ => None,
        };
        let of_customer = tape.steps.iter().enumerate().filter_map(read).collect();
        PerEvent { tape, filter, key, value, of_customer }
    }
}

/// What expressions over events read of the customer.
fn of_customer(plan: &VerifiedPlan, expressions: impl Iterator<Item = ExprId>) -> Vec<ExprId> {
    let exprs = &plan.exprs;
    let mut stack: Vec<ExprId> = expressions.collect();
    let (mut seen, mut found) = (vec![false; exprs.len()], Vec::new());
    while let Some(expr) = stack.pop() {
        let Some(seen) = seen.get_mut(expr.0 as usize).filter(|seen| !**seen) else { continue };
        *seen = true;
        match &exprs.node(expr).op {
            Op::OfCustomer { value, .. } => found.push(*value),
            op if exprs.node(expr).scope != Scope::Anywhere => op.for_each_operand(|operand| stack.push(operand)),
            _ => {}
        }
    }
    found
}
