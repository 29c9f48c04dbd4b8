//! Binds a plan to a snapshot and a clock: the first step of both fast evaluators.
//!
//! Texts become codes of dictionaries, text predicates sets of codes, windows instants, comparisons few kinds of
//! atoms; what needs no customer and no event (constants, `today`, everything over a lookup table) is computed here,
//! once. The [`Program`] that comes out is shared by all threads.

mod arena;
mod calculation;
mod comparison;
mod program;
mod texts;

use opportune_plan as plan;
use opportune_plan::{Builtin, Constant, ExprId, Function, Scope, Span, Type, VerifiedPlan, Window};

use crate::snapshot::{Dictionary, Snapshot};
use crate::time::Clock;
use crate::vectorised::column::{Kind, Scalar, kind_of};
use arena::Arena;
pub use program::{
    Atom, Calculation, ContactCap, Lookup, Node, NodeId, Offer, Op, Program, Reduction, Selection, Sign,
};
use std::sync::Arc;
use texts::Texts;

/// Binds a plan to a snapshot and a clock.
pub fn bind(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock) -> Program {
    let needed = needed(plan);
    let texts = Texts::new(plan, &needed);
    let mut binder =
        Binder { plan, snapshot, arena: Arena::new(snapshot, clock), ids: vec![None; plan.exprs.len()], texts };
    for (id, node) in plan.exprs.iter() {
        if needed.get(id.0 as usize).copied().unwrap_or(false) {
            let bound = binder.expression(id, node);
            if let Some(slot) = binder.ids.get_mut(id.0 as usize) {
                *slot = Some(bound);
            }
        }
    }
    binder.finish(clock)
}

/// Which expressions the offers, channels and the portfolio reach.
fn needed(plan: &VerifiedPlan) -> Vec<bool> {
    let mut needed = vec![false; plan.exprs.len()];
    let mut want = |id: ExprId| {
        if let Some(slot) = needed.get_mut(id.0 as usize) {
            *slot = true;
        }
    };
    plan.channels.iter().filter_map(|channel| channel.needs).for_each(&mut want);
    for offer in &plan.offers {
        offer.eligible.iter().chain(&offer.except).copied().for_each(&mut want);
        offer.caps.iter().for_each(|cap| want(cap.has_room));
        want(offer.priority);
    }
    if let Some(cap) = plan.portfolio.contact_cap {
        want(cap.counted);
        want(cap.has_room);
    }
    for at in (0..needed.len()).rev() {
        let id = u32::try_from(at).map(ExprId).ok().and_then(|id| plan.exprs.get(id));
        if let (Some(true), Some(node)) = (needed.get(at).copied(), id) {
            node.op.for_each_operand(|operand| {
                if let Some(slot) = needed.get_mut(operand.0 as usize) {
                    *slot = true;
                }
            });
        }
    }
    needed
}

struct Binder<'a> {
    plan: &'a VerifiedPlan,
    snapshot: &'a Snapshot,
    arena: Arena<'a>,
    /// By [`ExprId`].
    ids: Vec<Option<NodeId>>,
    texts: Texts,
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
                self.texts.same(id, *value);
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
            P::Call(builtin, arguments) => self.call(*builtin, arguments, node.ty),
            P::Lookup { .. } | P::Journey(..) | P::Member(..) => self.arena.missing(kind(node.ty)),
        }
    }

    fn scalar(&mut self, id: ExprId, constant: &Constant) -> Scalar {
        match constant {
            Constant::Bool(value) => Scalar::Bool(*value),
            Constant::Int(value)
            | Constant::Money(_, value)
            | Constant::Instant(value)
            | Constant::Duration(value)
            | Constant::Days(value)
            | Constant::Months(value)
            | Constant::Time(value) => Scalar::Int64(*value),
            Constant::Number(value) | Constant::Distance(value) => Scalar::Float64(value.get().to_bits()),
            Constant::Place(place) => Scalar::Int64(place.to_bits()),
            Constant::Zone(_) | Constant::Set(..) => Scalar::Code(texts::NO_CODE),
            Constant::Text(text) => Scalar::Code(self.texts.constant(id, text)),
            Constant::OneOf(_, at) | Constant::Ordered(_, at) => Scalar::Code(*at),
            Constant::Date(days) => Scalar::Int32(*days),
        }
    }

    fn field(&mut self, id: ExprId, table: plan::TableId, field: plan::FieldId, node: &plan::Node) -> NodeId {
        if let Some(dictionary) = self.snapshot.dictionary(table, field) {
            self.texts.set(id, Arc::clone(dictionary));
        }
        let column = self.snapshot.table(table).and_then(|t| t.columns.get(field.0 as usize));
        match column.filter(|column| kind_of(column) == kind(node.ty)) {
            Some(_) => self.arena.push(Op::Column(table, field), kind(node.ty), Scope::Row(table)),
            // A snapshot without the column, or with another: nothing is known.
            None => self.arena.missing(kind(node.ty)),
        }
    }

    fn follow(&mut self, id: ExprId, table: plan::TableId, link: plan::FieldId, value: ExprId) -> NodeId {
        self.texts.same(id, value);
        let target = self.plan.schema.field(table, link).and_then(|field| field.link).map(|link| link.table);
        let value = self.id(value);
        match target {
            Some(target) => self.arena.gather(table, link, target, value),
            None => value,
        }
    }

    fn aggregate(&mut self, id: ExprId, aggregate: &plan::Aggregate, node: &plan::Node) -> NodeId {
        if let Some(value) = aggregate.function.value() {
            self.texts.same(id, value);
        }
        let filter = aggregate.filter.map(|filter| self.id(filter));
        let Some(after) = self.start_of(aggregate.window) else { return self.arena.missing(kind(node.ty)) };
        let selection = self.arena.selection(Selection { events: aggregate.events, after, filter });
        let mut of = |value: ExprId| self.id(value);
        let reduction = match aggregate.function {
            Function::Exists => Reduction::Exists,
            Function::Count => Reduction::Count,
            Function::Sum(value) => Reduction::Sum(of(value)),
            Function::Avg(value) => {
                let bound = of(value);
                match self.ty(value) {
                    Type::Number => Reduction::MeanOfNumbers(bound),
                    Type::Int => Reduction::MeanOfInts(bound),
                    _ => Reduction::MeanOfMoney(bound),
                }
            }
            Function::Min(value) => Reduction::Min(of(value)),
            Function::Max(value) => Reduction::Max(of(value)),
            Function::First(value) => Reduction::First(of(value)),
            Function::Last(value) => Reduction::Last(of(value)),
            Function::Distinct(value) => Reduction::Distinct(of(value)),
            Function::MostFrequent(_) | Function::FrequencyRank { .. } | Function::TypicalGap(_) => {
                return self.arena.missing(kind(node.ty));
            }
        };
        self.arena.push(Op::Aggregate(selection, reduction), kind(node.ty), Scope::Row(plan::Schema::CUSTOMER))
    }

    /// The constant moment after which a window begins; `None` for windows of other shapes.
    fn start_of(&mut self, window: Window) -> Option<Option<i64>> {
        match window {
            Window { after: None, until: None } => Some(None),
            Window { after: Some(after), until: None } => {
                let after = self.id(after);
                match self.arena.scalar(after) {
                    Some(Scalar::Int64(after)) => Some(Some(after)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn call(&mut self, builtin: Builtin, arguments: &[ExprId], ty: Type) -> NodeId {
        let ids = self.ids(arguments);
        match (builtin, ids.as_slice(), arguments) {
            (Builtin::Today, ..) => self.arena.constant(Scalar::Int32(self.arena.clock().today())),
            (Builtin::Shift, [a, by, ..], [_, span, ..]) => match self.arena.scalar(*by) {
                Some(Scalar::Int64(by)) => {
                    let by = i32::try_from(by).unwrap_or(i32::MAX);
                    let months = self.ty(*span) == Type::Months;
                    let span = if months { Span { months: by, ..Span::default() } } else { Span::days(by) };
                    self.arena.strict(Op::Shift(*a, span), kind(ty))
                }
                _ => self.arena.missing(kind(ty)),
            },
            _ => self.arena.missing(kind(ty)),
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
        Program { channels, offers, contact_cap, ..self.arena.finish() }
    }

    fn offer(&mut self, offer: &plan::Offer, channels: &[Option<NodeId>], clock: &Clock) -> Offer {
        let of_offer = offer.channels.iter().filter_map(|id| channels.get(id.0 as usize));
        let day = clock.today();
        Offer {
            eligible: offer.eligible.map(|id| self.id(id)),
            except: self.ids(&offer.except),
            reach: of_offer.copied().collect(),
            timely: offer.timing.is_none_or(|timing| {
                timing.from.is_none_or(|from| from <= day) && timing.to.is_none_or(|to| day <= to)
            }),
            room: offer.caps.iter().map(|cap| self.id(cap.has_room)).collect(),
            priority: self.id(offer.priority),
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
