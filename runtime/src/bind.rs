//! Binds a plan to a snapshot and a clock: the first step of both fast evaluators.
//!
//! Texts become codes of dictionaries, text predicates sets of codes, windows instants, comparisons few kinds of
//! atoms; what needs no customer and no event (constants, `today`, everything over a lookup table) is computed here,
//! once. The [`Program`] that comes out is shared by all threads.

mod aggregate;
mod arena;
mod calculation;
mod call;
mod comparison;
mod entries;
mod fact;
mod find;
mod journey;
mod missing;
mod needed;
mod program;
mod sets;
mod texts;

use opportune_plan as plan;
use opportune_plan::{Constant, Element, ExprId, Scope, Stored, Type, VerifiedPlan};

use crate::remaining::remaining;
use crate::snapshot::{Dictionary, SetDictionary, Snapshot, Values};
use crate::time::Clock;
use crate::vectorised::column::{Kind, Scalar, kind_of};
use crate::{evaluate, families};
use arena::Arena;
pub use call::{Calendars, Call, Parameter};
pub use find::Find;
pub use journey::{Journey, Step};
pub use program::{
    Atom, Bound, Bucket, Calculation, ContactCap, Fact, Filtered, Lookup, Node, NodeId, Offer, Op, Program, Reduction,
    Selection, Sign,
};
use sets::Sets;
use std::sync::Arc;
use texts::Texts;

/// Binds a plan to a snapshot and a clock.
pub fn bind(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock) -> Program {
    let families = families::Bound::new(plan, snapshot, clock).map(Arc::new);
    Program { families, ..bind_values(plan, snapshot, clock, &[]).0 }
}

/// Binds a plan, but for its families, and some of its expressions beside.
pub fn bind_values(
    plan: &VerifiedPlan,
    snapshot: &Snapshot,
    clock: &Clock,
    wanted: &[ExprId],
) -> (Program, Vec<BoundValue>) {
    let roots = needed::roots(plan).into_iter().chain(wanted.iter().copied()).collect();
    let mut binder = Binder::new(plan, snapshot, clock, roots);
    let values = wanted.iter().map(|id| binder.value(*id)).collect();
    (binder.finish(clock), values)
}

/// Binds some expressions of a plan, and nothing beside.
pub fn bind_alone(
    plan: &VerifiedPlan,
    snapshot: &Snapshot,
    clock: &Clock,
    wanted: &[ExprId],
) -> (Program, Vec<BoundValue>) {
    let mut binder = Binder::new(plan, snapshot, clock, wanted.to_vec());
    let values = wanted.iter().map(|id| binder.value(*id)).collect();
    (binder.arena.finish(), values)
}

/// A bound expression, with what its codes stand for.
#[derive(Clone, Debug)]
pub struct BoundValue {
    /// The node.
    pub id: NodeId,
    /// Of a text or timezone: by code; otherwise empty.
    pub texts: Arc<Dictionary>,
    /// Of a set: by code; otherwise empty.
    pub sets: Arc<SetDictionary>,
}

struct Binder<'a> {
    plan: &'a VerifiedPlan,
    snapshot: &'a Snapshot,
    arena: Arena<'a>,
    /// By [`ExprId`].
    ids: Vec<Option<NodeId>>,
    /// By journey: its position in [`Program::journeys`].
    journeys: Vec<Option<u32>>,
    texts: Texts,
    sets: Sets,
    /// The zones of dictionaries, by code.
    zones: Vec<(Arc<Dictionary>, Calendars)>,
}

impl<'a> Binder<'a> {
    /// Binds what some expressions need.
    fn new(plan: &'a VerifiedPlan, snapshot: &'a Snapshot, clock: &'a Clock, roots: Vec<ExprId>) -> Self {
        let needed = needed::needed(plan, roots);
        let mut binder = Self {
            plan,
            snapshot,
            arena: Arena::new(snapshot, clock),
            ids: vec![None; plan.exprs.len()],
            journeys: vec![None; plan.journeys.len()],
            texts: Texts::new(plan, &needed),
            sets: Sets::default(),
            zones: Vec::new(),
        };
        for id in needed::in_order(plan, &needed) {
            let bound = binder.expression(id, plan.exprs.node(id));
            if let Some(slot) = binder.ids.get_mut(id.0 as usize) {
                *slot = Some(bound);
            }
        }
        binder
    }
}

impl Binder<'_> {
    /// The bound node of an operand; operands come before what uses them.
    fn id(&mut self, id: ExprId) -> NodeId {
        let bound = self.ids.get(id.0 as usize).copied().flatten();
        bound.unwrap_or_else(|| self.arena.missing(Kind::Bits))
    }

    fn ids(&mut self, all: &[ExprId]) -> Vec<NodeId> {
        all.iter().map(|id| self.id(*id)).collect()
    }

    fn ty(&self, id: ExprId) -> Type {
        self.plan.exprs.node(id).ty
    }

    fn value(&mut self, id: ExprId) -> BoundValue {
        BoundValue { id: self.id(id), texts: self.texts.of(id), sets: self.sets.of(id) }
    }

    /// The dictionary of a text; empty for what is none.
    fn dictionary(&self, id: ExprId) -> Arc<Dictionary> {
        self.texts.of(id)
    }

    fn expression(&mut self, id: ExprId, node: &plan::Node) -> NodeId {
        use plan::Op as P;
        match &node.op {
            P::Constant(constant) => {
                let scalar = self.scalar(id, constant);
                self.arena.constant(scalar)
            }
            P::Missing(ty) => self.arena.missing(kind(*ty)),
            P::Now => self.arena.constant(Scalar::Int64(self.arena.clock().now())),
            P::Field(table, field) => self.field(id, *table, *field, node),
            P::Follow { table, link, value } => self.follow(id, *table, *link, *value),
            P::OfCustomer { events, value } => {
                self.same_names(id, *value);
                let value = self.id(*value);
                self.arena.push(Op::OfCustomer(*events, value), kind(node.ty), Scope::Row(*events))
            }
            P::Aggregate(aggregate) => self.aggregate(id, aggregate, node),
            P::Not(a) => {
                let a = self.id(*a);
                self.arena.not(a)
            }
            P::And(all) => {
                let all = self.ids(all);
                self.arena.and(&all)
            }
            P::Or(all) => {
                let all = self.ids(all);
                self.arena.or(&all)
            }
            P::IsMissing(a) => {
                let a = self.id(*a);
                self.arena.is_missing(a)
            }
            P::IsTrue(a) => {
                let a = self.id(*a);
                self.arena.is_true(a)
            }
            P::Compare(comparison, a, b) => self.compare(*comparison, *a, *b),
            P::In(a, constants) => self.is_in(*a, constants),
            P::StartsWith(a, start) => self.text_predicate(*a, |text| text.starts_with(&**start)),
            P::Contains(a, part) => self.text_predicate(*a, |text| text.contains(&**part)),
            P::Else(a, b) => {
                let (a, b) = self.one_dictionary(id, *a, *b);
                self.arena.otherwise(a, b)
            }
            P::If(condition, a, b) => {
                let condition = self.id(*condition);
                let (a, b) = self.one_dictionary(id, *a, *b);
                self.arena.choose(condition, a, b)
            }
            P::ToNumber(a) => {
                let a = self.id(*a);
                self.arena.strict(Op::ToNumber(a), Kind::Float64)
            }
            P::Negate(a) => {
                let a = self.id(*a);
                self.arena.strict(Op::Negate(a), kind(node.ty))
            }
            P::Arithmetic(arithmetic, a, b) => {
                let calculation = calculation::of(*arithmetic, self.ty(*a), self.ty(*b));
                let (a, b) = (self.id(*a), self.id(*b));
                self.arena.strict(Op::Arithmetic(calculation, a, b), kind(node.ty))
            }
            P::EndsWith(a, end) => self.text_predicate(*a, |text| text.ends_with(&**end)),
            P::Call(builtin, arguments) => self.call(*builtin, arguments, node),
            P::Lookup { table, key, value } => self.lookup(id, *table, *key, *value),
            P::Journey(journey, part) => self.journey(*journey, *part, kind(node.ty)),
            P::Member(..) => self.arena.missing(kind(node.ty)),
            P::Bucket { salt, layer } => self.bucket(salt, layer),
            P::Remaining(limit) => {
                let left = remaining(self.plan, self.snapshot, self.arena.clock(), *limit).unwrap_or(0);
                self.arena.constant(Scalar::Int64(i64::try_from(left).unwrap_or(i64::MAX)))
            }
        }
    }

    fn scalar(&mut self, id: ExprId, constant: &Constant) -> Scalar {
        match constant.stored() {
            Stored::Bool(value) => Scalar::Bool(value),
            Stored::Int64(value) => Scalar::Int64(value),
            Stored::Float64(value) => Scalar::Float64(value.get().to_bits()),
            Stored::Int32(value) => Scalar::Int32(value),
            Stored::Zone(name) => Scalar::Code(self.texts.constant(id, &texts::zone_name(name))),
            Stored::Text(text) => Scalar::Code(self.texts.constant(id, text)),
            Stored::Code(_, at) => Scalar::Code(at),
            Stored::Set(element, all) => Scalar::Code(self.constant_set(id, element, all)),
        }
    }

    fn constant_set(&mut self, id: ExprId, element: Element, all: &[Constant]) -> u32 {
        let declared = match element {
            Element::OneOf(domain) | Element::Ordered(domain) => self.plan.schema.domain(domain),
            Element::Text | Element::Int => None,
        };
        self.sets.constant(id, element, all, declared.map_or(&[], |domain| &domain.variants))
    }

    /// An expression takes the dictionary of another, whatever is in it.
    fn same_names(&mut self, id: ExprId, as_of: ExprId) {
        self.texts.same(id, as_of);
        self.sets.same(id, as_of);
    }

    fn field(&mut self, id: ExprId, table: plan::TableId, field: plan::FieldId, node: &plan::Node) -> NodeId {
        if let Some(dictionary) = self.snapshot.dictionary(table, field) {
            self.texts.set(id, Arc::clone(dictionary));
        }
        let of_table = self.snapshot.table(table);
        // A request's fields are the customer's: its table has a row for each.
        let is_long_enough =
            node.scope == Scope::Row(table) || of_table.is_some_and(|table| table.rows == self.snapshot.customers());
        let column = of_table.and_then(|t| t.columns.get(field.0 as usize));
        if let Some(Values::Sets(_, dictionary)) = column.map(|column| &column.values) {
            self.sets.set(id, Arc::clone(dictionary));
        }
        match column.filter(|column| is_long_enough && kind_of(column) == kind(node.ty)) {
            Some(_) => self.arena.push(Op::Column(table, field), kind(node.ty), node.scope),
            // A snapshot without the column, or with another: nothing is known.
            None => self.arena.missing(kind(node.ty)),
        }
    }

    fn follow(&mut self, id: ExprId, table: plan::TableId, link: plan::FieldId, value: ExprId) -> NodeId {
        self.same_names(id, value);
        let target = self.plan.schema.field(table, link).and_then(|field| field.link).map(|link| link.table);
        let value = self.id(value);
        match target {
            Some(target) => self.arena.gather(table, link, target, value),
            None => value,
        }
    }

    fn finish(mut self, clock: &Clock) -> Program {
        let plan = self.plan;
        let channels: Vec<_> = plan.channels.iter().map(|channel| channel.needs.map(|id| self.id(id))).collect();
        let offers = plan.offers.iter().map(|offer| self.offer(offer, &channels, clock)).collect();
        let contact_cap = plan.portfolio.contact_cap.map(|cap| ContactCap {
            limit: cap.limit,
            counted: self.id(cap.counted),
            has_room: self.id(cap.has_room),
        });
        let facts = plan.facts().into_iter().map(|id| self.fact(id)).collect();
        let histories = plan.histories.iter().map(|history| self.history(history)).collect();
        Program { channels, offers, contact_cap, facts, histories, ..self.arena.finish() }
    }

    fn offer(&mut self, offer: &plan::Offer, channels: &[Option<NodeId>], clock: &Clock) -> Offer {
        if offer.family.is_some() {
            return self.for_nobody();
        }
        let of_offer = offer.channels().filter_map(|id| channels.get(id.0 as usize));
        let day = clock.today();
        Offer {
            eligible: offer.eligible.map(|id| self.id(id)),
            except: self.ids(&offer.except),
            forbidden: offer.forbidden.iter().map(|forbidden| self.id(forbidden.when)).collect(),
            reach: of_offer.copied().collect(),
            timely: offer.timing.as_ref().is_none_or(|timing| evaluate::is_timely(timing, day, &self.plan.delivery)),
            room: offer.caps.iter().map(|cap| self.id(cap.has_room)).collect(),
            priority: self.id(offer.priority),
        }
    }
}

impl Binder<'_> {
    /// In the place of a family, which is evaluated by itself ([`crate::families`]).
    fn for_nobody(&mut self) -> Offer {
        Offer {
            eligible: Some(self.arena.constant(Scalar::Bool(false))),
            except: Vec::new(),
            forbidden: Vec::new(),
            reach: None,
            timely: true,
            room: Vec::new(),
            priority: self.arena.constant(Scalar::Float64(0)),
        }
    }
}

/// The physical kind of a type.
fn kind(ty: Type) -> Kind {
    match ty {
        Type::Bool => Kind::Bits,
        Type::Int
        | Type::Money(_)
        | Type::Instant
        | Type::Duration
        | Type::Days
        | Type::Months
        | Type::Time
        | Type::Place => Kind::Int64,
        Type::Number | Type::Distance => Kind::Float64,
        Type::Date => Kind::Int32,
        Type::Text | Type::OneOf(_) | Type::Ordered(_) | Type::Zone | Type::Set(_) => Kind::Codes,
    }
}

#[cfg(test)]
mod tests;
