//! Lifts a family's offer from pairs of a customer and a member to customers of a plan of its own.
//!
//! In that plan a pair is a customer. What the real customer alone decides is a field of it, and so is the member. The
//! events that count for one member are its events, gathered from the real ones by their key. So everything that is known
//! of plain offers holds for pairs: the lifted offer is bound and evaluated as any other.
//!
//! The fields and the events are filled from *outer* expressions: those of the real plan, extended where needed
//! ([`Outer`]).

use std::collections::HashMap;

use opportune_plan::{
    Aggregate, By, Cap, Channel, ChannelId, Constant, ExprId, Exprs, Family, Field, FieldId, Forbidden, Function,
    IllFormed, Node, Offer, OfferId, Op, Pick, Plan, Route, Schema, Scope, Source, Table, TableId, TableKind, Type,
    VerifiedPlan, Window, verify,
};

use super::reach::Reach;

/// The expressions over customers and events that pairs are made from.
pub struct Outer {
    /// The real schema.
    pub schema: Schema,
    /// The real plan's expressions and those that pairs need beside them.
    pub exprs: Exprs,
    /// How much is left of each limit over all customers, when the run begins.
    pub left: Vec<i64>,
}

/// What a field of a pair holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Filled {
    /// Nothing: a customer needs a key, but nothing reads that of a pair.
    Key,
    /// The member.
    Member,
    /// A value of the customer: an outer expression.
    Customer(ExprId),
    /// The place of the member by [`Lifted::ranks`].
    Rank(usize),
}

/// Events of the customer that are a pair's own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// The event table.
    pub events: TableId,
    /// Those whose key is the member; without one, all. An outer expression.
    pub key: Option<ExprId>,
    /// What their fields hold, after the time: outer expressions.
    pub values: Vec<ExprId>,
    /// Some aggregate looks at an event only if one of these selects it.
    pub selections: Vec<(Window, Option<ExprId>)>,
}

/// How often each value occurs among a customer's events, to rank members by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rank {
    /// The event table.
    pub events: TableId,
    /// Which events count by their time.
    pub window: Window,
    /// Which events count: an outer expression.
    pub filter: Option<ExprId>,
    /// The value: an outer expression.
    pub value: ExprId,
}

/// An offer of a family as an offer to pairs.
pub struct Lifted {
    /// The offer.
    pub offer: OfferId,
    /// Its family.
    pub family: Family,
    /// A plan with this offer alone, whose customers are pairs.
    pub plan: VerifiedPlan,
    /// By field of its customer.
    pub fields: Vec<Filled>,
    /// By event table of its own.
    pub groups: Vec<Group>,
    /// The first of these tables.
    pub first_group: TableId,
    /// Frequency ranks.
    pub ranks: Vec<Rank>,
    /// Values and sets of the customer that tell members apart: outer expressions.
    pub touches: Vec<ExprId>,
    /// Conditions over the member alone, in the lifted plan.
    pub of_member: Vec<ExprId>,
    /// Whether any member may differ from any other for a customer, so that each is evaluated by itself.
    pub each_differs: bool,
}

/// Lifts the offer of a family.
///
/// # Errors
/// None for an offer of a verified plan.
pub fn lift(plan: &Plan, outer: &mut Outer, id: OfferId, offer: &Offer, family: Family) -> Result<Lifted, Mistake> {
    let reach = Reach::new(&plan.exprs, &roots(plan, offer));
    let mut lift = Lift::new(outer);
    for (id, node) in plan.exprs.iter().filter(|(id, _)| reach.holds(*id)) {
        let lifted = lift.node(plan, id, node)?;
        lift.ids.insert(id, lifted);
    }
    let lifted = lift.offer(plan, offer)?;
    let of_member = reach.of_member.iter().filter_map(|id| lift.ids.get(id).copied()).collect();
    let Lift { schema, exprs, fields, groups, ranks, first_group, .. } = lift;
    let plan = Plan {
        guarantees: plan.guarantees.clone(),
        channels: lifted.1,
        offers: vec![lifted.0],
        ..Plan::new(plan.name.clone(), plan.zone.clone(), schema, exprs)
    };
    let plan = verify(plan).map_err(|error| Mistake(error.to_string()))?;
    let (touches, each_differs) = (reach.touches, reach.each_differs);
    Ok(Lifted { offer: id, family, plan, fields, groups, first_group, ranks, touches, of_member, each_differs })
}

/// What picks for customers, as the offer of a family: eligible members, by their key.
pub fn of_pick(offer: &Offer, pick: &Pick) -> Offer {
    Offer { family: Some(pick.family), eligible: pick.eligible, ..Offer::new(offer.name.clone(), pick.by) }
}

/// Why an offer cannot be lifted: a mistake of this module.
#[derive(Debug)]
pub struct Mistake(pub String);

impl From<IllFormed> for Mistake {
    fn from(error: IllFormed) -> Self {
        Self(error.to_string())
    }
}

/// What an offer is decided by.
fn roots(plan: &Plan, offer: &Offer) -> Vec<ExprId> {
    let needs = offer.channels().filter_map(|id| plan.channels.get(id.0 as usize)?.needs);
    let forbidden = offer.forbidden.iter().map(|forbidden| forbidden.when);
    let caps = offer.caps.iter().map(|cap| cap.has_room);
    let conditions = offer.eligible.iter().chain(&offer.except).copied();
    conditions.chain(forbidden).chain(needs).chain(caps).chain([offer.priority]).collect()
}

struct Lift<'a> {
    outer: &'a mut Outer,
    schema: Schema,
    exprs: Exprs,
    /// From the real plan's expressions to the lifted ones.
    ids: HashMap<ExprId, ExprId>,
    fields: Vec<Filled>,
    groups: Vec<Group>,
    ranks: Vec<Rank>,
    first_group: TableId,
}

impl<'a> Lift<'a> {
    fn new(outer: &'a mut Outer) -> Self {
        let mut schema = outer.schema.clone();
        if let Some(customer) = schema.tables.first_mut() {
            customer.kind = TableKind::Customer { key: FieldId(0), introduced_by: vec![Schema::CUSTOMER] };
            customer.fields = Vec::new();
        }
        let first_group = TableId(u32::try_from(schema.tables.len()).unwrap_or(u32::MAX));
        let (exprs, ids, fields, groups, ranks) = Default::default();
        let mut lift = Self { outer, schema, exprs, ids, fields, groups, ranks, first_group };
        lift.field(Filled::Key, Type::Int, false);
        lift
    }

    fn add(&mut self, op: Op) -> Result<ExprId, IllFormed> {
        self.exprs.add(&self.schema, op)
    }

    fn id(&self, id: ExprId) -> ExprId {
        // Operands come before what uses them.
        self.ids.get(&id).copied().unwrap_or(id)
    }

    /// The field of a pair that holds something.
    fn field(&mut self, filled: Filled, ty: Type, nullable: bool) -> FieldId {
        let at = self.fields.iter().position(|field| *field == filled).unwrap_or_else(|| {
            self.fields.push(filled);
            if let Some(customer) = self.schema.tables.first_mut() {
                customer.fields.push(field(customer.fields.len(), ty, nullable));
            }
            self.fields.len() - 1
        });
        FieldId(u32::try_from(at).unwrap_or(u32::MAX))
    }

    fn read(&mut self, filled: Filled, ty: Type, nullable: bool) -> Result<ExprId, IllFormed> {
        let field = self.field(filled, ty, nullable);
        self.add(Op::Field(Schema::CUSTOMER, field))
    }

    /// A value of the customer, from an outer expression.
    fn of_customer(&mut self, outer: ExprId, nullable: bool) -> Result<ExprId, IllFormed> {
        let ty = self.outer.exprs.node(outer).ty;
        self.read(Filled::Customer(outer), ty, nullable)
    }

    fn node(&mut self, plan: &Plan, id: ExprId, node: &Node) -> Result<ExprId, IllFormed> {
        match (&node.op, node.scope) {
            (_, Scope::Row(Schema::CUSTOMER)) => self.of_customer(id, node.nullable),
            (Op::Remaining(limit), _) => {
                let left = self.outer.left.get(*limit as usize).copied().unwrap_or(0);
                self.add(Op::Constant(Constant::Int(left)))
            }
            (Op::Member(..), _) => self.read(Filled::Member, node.ty, false),
            (Op::Aggregate(aggregate), _) => self.aggregate(plan, aggregate, node),
            (op, _) => {
                let mut op = op.clone();
                op.for_each_operand_mut(|operand| *operand = self.id(*operand));
                self.add(op)
            }
        }
    }

    /// An aggregate over what is the pair's own.
    fn aggregate(&mut self, plan: &Plan, aggregate: &Aggregate, node: &Node) -> Result<ExprId, IllFormed> {
        let is_member = |id: ExprId| matches!(plan.exprs.node(id).op, Op::Member(..));
        match (aggregate.function, aggregate.by) {
            (Function::FrequencyRank { value, of }, None) if is_member(of) => {
                let (events, window, filter) = (aggregate.events, aggregate.window, aggregate.filter);
                let rank = self.rank(Rank { events, window, filter, value });
                self.read(Filled::Rank(rank), node.ty, node.nullable)
            }
            (_, by) => {
                let own = self.own(plan, aggregate)?;
                match by.filter(|by| plan.exprs.node(by.key).partial && !by.missing_is_false) {
                    Some(by) => self.unless_keyless(aggregate, by, own),
                    None => Ok(own),
                }
            }
        }
    }

    fn rank(&mut self, rank: Rank) -> usize {
        self.ranks.iter().position(|other| *other == rank).unwrap_or_else(|| {
            self.ranks.push(rank);
            self.ranks.len() - 1
        })
    }

    /// The aggregate over the events of the pair, which are those with its key.
    fn own(&mut self, plan: &Plan, aggregate: &Aggregate) -> Result<ExprId, IllFormed> {
        let group = self.group(aggregate);
        let mut own = aggregate.clone();
        own.events = TableId(self.first_group.0 + u32::try_from(group).unwrap_or(u32::MAX));
        own.by = None;
        own.filter = aggregate.filter.map(|filter| self.event_value(plan, group, filter)).transpose()?;
        if let (Some(value), Some(slot)) = (aggregate.function.value(), own.function.value_mut()) {
            *slot = self.event_value(plan, group, value)?;
        }
        if let Function::FrequencyRank { of, .. } = &mut own.function {
            *of = self.id(*of);
        }
        own.window = Window {
            after: aggregate.window.after.map(|id| self.id(id)),
            until: aggregate.window.until.map(|id| self.id(id)),
        };
        self.add(Op::Aggregate(own))
    }

    fn group(&mut self, aggregate: &Aggregate) -> usize {
        let (events, key) = (aggregate.events, aggregate.by.map(|by| by.key));
        let at = self.groups.iter().position(|group| (group.events, group.key) == (events, key));
        let at = at.unwrap_or_else(|| {
            self.groups.push(Group { events, key, values: Vec::new(), selections: Vec::new() });
            let kind = TableKind::Events { at: FieldId(0), customer_column: "".into() };
            let name = format!("group {}", self.groups.len()).into();
            let fields = vec![field(0, Type::Instant, false)];
            self.schema.tables.push(Table { name, source: "".into(), kind, fields });
            self.groups.len() - 1
        });
        if let Some(group) = self.groups.get_mut(at)
            && !group.selections.contains(&(aggregate.window, aggregate.filter))
        {
            group.selections.push((aggregate.window, aggregate.filter));
        }
        at
    }

    /// A value of an event, as a field of the pair's own events.
    fn event_value(&mut self, plan: &Plan, group: usize, id: ExprId) -> Result<ExprId, IllFormed> {
        let at = self.first_group.0 as usize + group;
        let (Some(values), Some(table)) = (self.groups.get_mut(group), self.schema.tables.get_mut(at)) else {
            return Err(IllFormed::UnknownField);
        };
        let values = &mut values.values;
        let place = values.iter().position(|value| *value == id).unwrap_or_else(|| {
            let node = plan.exprs.node(id);
            table.fields.push(field(table.fields.len(), node.ty, node.nullable));
            values.push(id);
            values.len() - 1
        });
        let table = TableId(u32::try_from(at).unwrap_or(u32::MAX));
        self.add(Op::Field(table, FieldId(u32::try_from(place + 1).unwrap_or(u32::MAX))))
    }

    /// Where an event that would count has no key, it is unknown whether it counts for any member.
    fn unless_keyless(&mut self, aggregate: &Aggregate, by: By, own: ExprId) -> Result<ExprId, IllFormed> {
        let Outer { schema, exprs, .. } = &mut *self.outer;
        // By the types of the policy there may be a key always; where it is missing all the same (arithmetic that does not
        // fit), so is the aggregate, whose type does not say so either.
        let nullable = exprs.node(by.key).nullable;
        let mut add = |op: Op| exprs.add(schema, op);
        let keyless = add(Op::IsMissing(by.key))?;
        let filter = match aggregate.filter {
            Some(filter) => add(Op::And([filter, keyless].into()))?,
            None => keyless,
        };
        let keyless = Aggregate { filter: Some(filter), by: None, function: Function::Exists, ..aggregate.clone() };
        let keyless = add(Op::Aggregate(keyless))?;
        let unknown = add(Op::Missing(Type::Bool))?;
        if aggregate.function == Function::Exists {
            let unknown = add(Op::And([keyless, unknown].into()))?;
            let unknown = self.of_customer(unknown, nullable)?;
            return self.add(Op::Or([own, unknown].into()));
        }
        let none = add(Op::Not(keyless))?;
        let none = add(Op::Or([none, unknown].into()))?;
        let none = self.of_customer(none, false)?;
        self.add(Op::If(none, own, own))
    }

    /// The offer, and the channels of the plan.
    fn offer(&mut self, plan: &Plan, offer: &Offer) -> Result<(Offer, Vec<Channel>), IllFormed> {
        let zero = self.add(Op::Constant(Constant::Int(0)))?;
        let own = |id: ChannelId| offer.channels().any(|channel| channel == id);
        let channels = (0..).map(ChannelId).zip(&plan.channels);
        let channels = channels.map(|(id, channel)| {
            let needs = channel.needs.filter(|_| own(id)).map(|needs| self.id(needs));
            Channel { needs, ..Channel::new(channel.name.clone()) }
        });
        let channels = channels.collect();
        let cap = |cap: &Cap| Cap { has_room: self.id(cap.has_room), counted: zero, ..*cap };
        let forbidden = |forbidden: &Forbidden| Forbidden { when: self.id(forbidden.when), ..*forbidden };
        // What decides of the customer alone, and after the score, is not the pair's. A pick goes by any channel.
        let routes = offer.channels().map(Route::by);
        let lifted = Offer {
            kind: offer.kind,
            eligible: offer.eligible.map(|id| self.id(id)),
            except: offer.except.iter().map(|id| self.id(*id)).collect(),
            forbidden: offer.forbidden.iter().map(forbidden).collect(),
            caps: offer.caps.iter().map(cap).collect(),
            routes: if offer.routes.is_empty() { vec![Route::by(ChannelId(0))] } else { routes.collect() },
            timing: offer.timing.clone().filter(|of| of.is_days_only() && plan.delivery.zone.is_none()),
            ..Offer::new(offer.name.clone(), self.id(offer.priority))
        };
        Ok((lifted, channels))
    }
}

fn field(at: usize, ty: Type, nullable: bool) -> Field {
    let name: Box<str> = format!("field_{at}").into();
    Field { source: Source::Column(name.clone()), name, ty, nullable, link: None }
}
