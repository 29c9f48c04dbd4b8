//! Which fields the parts of a policy read: in which clauses, and through which segments, traits and journeys.
//!
//! What must hold: nothing that is looked at is left out, so offers are taken apart clause by clause, and an aggregate reads
//! when its events happened even where it says no more of them. Definitions are looked into once, in the order in which each
//! comes after those it needs, so that no chain of them is deep.

use std::collections::{BTreeMap, BTreeSet};

use opportune_plan::{FieldId, TableId, TableKind};

use crate::hir::schema::Class;
use crate::hir::{
    Cap, Channel, Expr, ExprKind, Guarantee, Journey, Moment, Offer, Portfolio, Schema, Template, Timing, caps,
    template,
};
use crate::manifest::Weights;

/// A field of a table.
pub type Field = (TableId, FieldId);

/// A clause that reads fields.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs, reason = "each is named after its word")]
pub enum Clause {
    Eligible,
    Except,
    Priority,
    Cost,
    Channel,
    Timing,
    Cap,
    Pick,
    Because,
    Message,
    Needs,
    QuietByLaw,
    Never,
    Objective,
    Lever,
    Suppress,
    Stop,
}

impl Clause {
    /// The word by which it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Eligible => "eligible",
            Self::Except => "except",
            Self::Priority => "priority",
            Self::Cost => "cost",
            Self::Channel => "channel",
            Self::Timing => "timing",
            Self::Cap => "cap",
            Self::Pick => "pick",
            Self::Because => "because",
            Self::Message => "message",
            Self::Needs => "needs",
            Self::QuietByLaw => "quiet by law",
            Self::Never => "never",
            Self::Objective => "objective",
            Self::Lever => "lever",
            Self::Suppress => "suppress",
            Self::Stop => "stop",
        }
    }
}

/// How a field is read.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Use {
    /// In which clause.
    pub clause: Clause,
    /// The segment, trait or journey that the clause names and that reads it; none where the clause reads it itself.
    pub through: Option<Box<str>>,
}

/// What a part of the policy reads, and how.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Reads {
    /// By field.
    pub uses: BTreeMap<Field, BTreeSet<Use>>,
}

impl Reads {
    fn read(&mut self, known: &Known, schema: &Schema, clause: Clause, expr: &Expr) {
        known.fields(schema, expr, &mut |field, through| {
            let found = Use { clause, through: through.map(Into::into) };
            self.uses.entry(field).or_default().insert(found);
        });
    }

    fn caps(&mut self, known: &Known, schema: &Schema, caps: &[Cap]) {
        for cap in caps {
            of_cap(cap).into_iter().for_each(|expr| self.read(known, schema, Clause::Cap, expr));
            for at in counted_by(cap).into_iter().filter_map(|events| moment_of(schema, events)) {
                self.uses.entry(at).or_default().insert(Use { clause: Clause::Cap, through: None });
            }
        }
    }
}

/// What segments, traits and journeys read, by themselves or by others that they need.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Known {
    definitions: BTreeMap<Box<str>, BTreeSet<Field>>,
    journeys: BTreeMap<Box<str>, BTreeSet<Field>>,
}

impl Known {
    /// Of definitions, each after those that it needs, and of journeys.
    pub fn of<'a>(
        schema: &Schema,
        definitions: impl Iterator<Item = (&'a str, &'a Expr)> + Clone,
        journeys: impl Iterator<Item = &'a Journey>,
    ) -> Self {
        let mut known = Self::default();
        // What a journey needs does not look at journeys; what looks at them is read once they are known.
        known.learn(schema, definitions.clone());
        for journey in journeys {
            let mut found = BTreeSet::new();
            for step in &journey.steps {
                found.extend(moment_of(schema, step.events));
                step.filter.iter().for_each(|filter| known.add(schema, filter, &mut found));
            }
            known.journeys.insert(journey.name.clone(), found);
        }
        known.learn(schema, definitions);
        known
    }

    fn learn<'a>(&mut self, schema: &Schema, definitions: impl Iterator<Item = (&'a str, &'a Expr)>) {
        for (name, value) in definitions {
            let mut found = BTreeSet::new();
            self.add(schema, value, &mut found);
            self.definitions.insert(name.into(), found);
        }
    }

    fn add(&self, schema: &Schema, expr: &Expr, found: &mut BTreeSet<Field>) {
        self.fields(schema, expr, &mut |field, _| {
            found.insert(field);
        });
    }

    /// What a segment or trait reads, by itself or by others that it needs.
    pub fn definition(&self, name: &str) -> Option<&BTreeSet<Field>> {
        self.definitions.get(name)
    }

    /// Calls `visit` with each field that an expression reads, and the definition or journey through which.
    fn fields(&self, schema: &Schema, expr: &Expr, visit: &mut dyn FnMut(Field, Option<&str>)) {
        let named = match &expr.kind {
            ExprKind::Field(table, field) => return visit((*table, *field), None),
            ExprKind::Definition(name) => Some((name, self.definitions.get(name))),
            ExprKind::Journey(name, _) => Some((name, self.journeys.get(name))),
            ExprKind::Follow { table, link, .. } => {
                visit((*table, *link), None);
                None
            }
            ExprKind::Aggregate(aggregate) => {
                moment_of(schema, aggregate.events).into_iter().for_each(|at| visit(at, None));
                None
            }
            _ => None,
        };
        if let Some((name, fields)) = named {
            fields.into_iter().flatten().for_each(|field| visit(*field, Some(name)));
            return;
        }
        expr.kind.for_each_operand(&mut |operand| self.fields(schema, operand, visit));
    }
}

/// When a table's events happened.
fn moment_of(schema: &Schema, events: TableId) -> Option<Field> {
    match schema.plan.table(events)?.kind {
        TableKind::Events { at, .. } => Some((events, at)),
        _ => None,
    }
}

/// What an offer's own clauses read.
pub fn of_offer(schema: &Schema, known: &Known, offer: &Offer) -> Reads {
    let Offer {
        name: _,
        kind: _,
        about: _,
        family: _,
        fields: _,
        varied: _,
        eligible,
        except,
        cost,
        caps,
        routes,
        timing,
        priority,
        holdout: _,
        experiment: _,
        picks,
        because,
        messages,
    } = offer;
    let mut reads = Reads::default();
    let mut read = |clause, expr: &Expr| reads.read(known, schema, clause, expr);
    eligible.iter().for_each(|expr| read(Clause::Eligible, expr));
    except.iter().for_each(|expr| read(Clause::Except, expr));
    cost.iter().for_each(|expr| read(Clause::Cost, expr));
    routes.iter().filter_map(|route| route.when.as_ref()).for_each(|expr| read(Clause::Channel, expr));
    timing.iter().flat_map(of_timing).for_each(|expr| read(Clause::Timing, expr));
    read(Clause::Priority, priority);
    for pick in picks {
        pick.eligible.iter().chain([&pick.by]).for_each(|expr| read(Clause::Pick, expr));
    }
    because.iter().flat_map(of_template).for_each(|expr| read(Clause::Because, expr));
    messages.iter().flat_map(|(_, text)| of_template(text)).for_each(|expr| read(Clause::Message, expr));
    reads.caps(known, schema, caps);
    reads
}

/// What a channel reads of whoever may be reached by it.
pub fn of_channel(schema: &Schema, known: &Known, channel: &Channel) -> Reads {
    let mut reads = Reads::default();
    let parts = [
        (Clause::Needs, channel.needs.as_ref()),
        (Clause::QuietByLaw, channel.law.as_ref()),
        (Clause::Cost, channel.cost.as_ref()),
    ];
    for (clause, expr) in parts {
        expr.into_iter().for_each(|expr| reads.read(known, schema, clause, expr));
    }
    reads
}

/// What a guarantee reads.
pub fn of_guarantee(schema: &Schema, known: &Known, guarantee: &Guarantee) -> Reads {
    let mut reads = Reads::default();
    let parts = guarantee.clauses.iter().filter_map(|never| never.when.as_ref());
    parts.for_each(|expr| reads.read(known, schema, Clause::Never, expr));
    reads
}

/// What the rules over all offers read.
pub fn of_portfolio(schema: &Schema, known: &Known, portfolio: &Portfolio) -> Reads {
    let mut reads = Reads::default();
    let mut read = |clause, expr: &Expr| reads.read(known, schema, clause, expr);
    let objective = portfolio.objective.iter().flat_map(|found| [&found.per_score, &found.fixed]);
    objective.for_each(|expr| read(Clause::Objective, expr));
    portfolio.levers.iter().filter_map(|lever| lever.when.as_ref()).for_each(|expr| read(Clause::Lever, expr));
    portfolio.stops.iter().for_each(|(_, expr)| read(Clause::Stop, expr));
    portfolio.suppressions.iter().for_each(|found| read(Clause::Suppress, &found.happened));
    reads.caps(known, schema, &portfolio.caps);
    reads
}

fn of_cap(cap: &Cap) -> Vec<&Expr> {
    match cap {
        Cap::PerCustomer(limit) => {
            [&limit.history.filter, &limit.when, &limit.counted].into_iter().filter_map(Option::as_ref).collect()
        }
        Cap::Quota(quota) => {
            let key = if let caps::Apart::Customer(key, _) = &quota.per { Some(key) } else { None };
            key.into_iter().chain(&quota.past.filter).collect()
        }
        Cap::Share(share) => share.contacts.filter.iter().chain([&share.answers]).collect(),
    }
}

/// The events that a cap counts.
fn counted_by(cap: &Cap) -> Vec<TableId> {
    match cap {
        Cap::PerCustomer(limit) => vec![limit.history.events],
        Cap::Quota(quota) => vec![quota.past.events],
        Cap::Share(share) => vec![share.requests, share.contacts.events],
    }
}

fn of_timing(timing: &Timing) -> impl Iterator<Item = &Expr> {
    timing.moments.iter().filter_map(|moment| match moment {
        Moment::RightAway => None,
        Moment::After { event: of, .. } | Moment::At { day: of, .. } | Moment::Exactly { event: of, .. } => Some(of),
    })
}

fn of_template(text: &Template) -> impl Iterator<Item = &Expr> {
    text.parts.iter().filter_map(|part| match part {
        template::Part::Hole { value, .. } => Some(value),
        template::Part::Text(_) | template::Part::Picked(_) => None,
    })
}

/// Whether a field tells something of a person: those of customers, events and requests do, and those of a catalogue or
/// another table that others look up only where they have a class.
pub fn is_of_person(schema: &Schema, field: Field) -> bool {
    let is_looked_up = schema.plan.table(field.0).is_none_or(|table| matches!(table.kind, TableKind::Lookup { .. }));
    !is_looked_up || schema.class(field) != Class::None
}

/// What an offer costs in trust: the weights of all fields of persons that its own clauses read, each once.
pub fn information_cost(schema: &Schema, reads: &Reads, weights: Weights) -> f64 {
    let weight = |field: &Field| match schema.class(*field) {
        Class::None => weights.none,
        // It is there to be asked.
        Class::Consent => 0.0,
        Class::Private => weights.private,
        Class::Sensitive => weights.sensitive,
    };
    reads.uses.keys().filter(|field| is_of_person(schema, **field)).map(weight).fold(0.0, |sum, weight| sum + weight)
}

#[cfg(test)]
mod tests;
