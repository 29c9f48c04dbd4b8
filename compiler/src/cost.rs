//! The bound on the work for one customer, read off the plan: `validate --cost`.
//!
//! Every expression of a plan is computed at most once for each row of its scope, and no expression loops; so what a
//! customer can cost is the number of expressions over the customer, plus, for each event of a table, those over its
//! events, plus, for each member of a family or pick, those over the member. Lookup tables are worked through once a run.
//!
//! Deciding comes on top: the events of each history are gathered once, and each offer is tried at most once by each of
//! its channels; each try asks the caps that are about it, each of which looks at the gathered events once.

use opportune_plan::{
    Aggregate, ExprId, Family, JourneyStep, Op, Plan, Portfolio, Schema, Scope, TableId, TableKind, Type,
};

use crate::lower::roots;

/// What is done at most for one customer.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Cost {
    /// By event table that the policy looks at, in the order of the schema.
    pub events: Vec<EventCost>,
    /// Conditions that are told once: comparisons and searches.
    pub atoms: usize,
    /// Values and combinations of conditions that are computed once.
    pub values: usize,
    /// Offers that are no families.
    pub offers: usize,
    /// The families, and the tables that items are picked from.
    pub families: Vec<FamilyCost>,
    /// Values that deciding reads beside conditions and scores.
    pub facts: usize,
    /// Offers by channels: each is tried at most once, of a family for each member.
    pub tries: usize,
    /// How many caps, pauses and limits over all customers one try asks at most.
    pub limits: usize,
    /// By lookup table that the policy looks at: operations for each of its rows, once a run.
    pub lookups: Vec<(TableId, usize)>,
}

/// What is done at most for each event of a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EventCost {
    /// The event table.
    pub table: TableId,
    /// Aggregates over it.
    pub aggregates: usize,
    /// Of those, how many group by the members of a family.
    pub by_member: usize,
    /// Steps of journeys over it.
    pub steps: usize,
    /// Histories of it that caps and pauses look back at.
    pub histories: usize,
    /// Operations on each event for filters and values.
    pub operations: usize,
}

impl EventCost {
    /// All that is done for one event: each operation, each aggregate, each step and each history once.
    pub fn for_each(&self) -> usize {
        self.operations + self.aggregates + self.steps + self.histories
    }
}

/// What is done at most for each member of a family.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FamilyCost {
    /// The offer's name.
    pub offer: Box<str>,
    /// The table and field of the members.
    pub of: String,
    /// Operations for each member.
    pub for_each: usize,
}

/// The bound for a plan.
pub fn cost(plan: &Plan) -> Cost {
    let mut cost = Cost {
        events: events(plan),
        offers: plan.offers.iter().filter(|offer| offer.family.is_none()).count(),
        families: families(plan),
        facts: plan.facts().len(),
        tries: plan.offers.iter().map(|offer| offer.routes.len()).sum(),
        limits: limits(plan),
        ..Cost::default()
    };
    for (_, node) in plan.exprs.iter() {
        if node.scope == Scope::Row(Schema::CUSTOMER) {
            let count = if is_atom(&node.op, node.ty) { &mut cost.atoms } else { &mut cost.values };
            *count += 1;
        }
    }
    for (id, table) in plan.schema.tables() {
        let operations = over(plan, Scope::Row(id));
        if operations > 0 && matches!(table.kind, TableKind::Lookup { .. }) {
            cost.lookups.push((id, operations));
        }
    }
    cost
}

/// How many limits one try asks at most.
fn limits(plan: &Plan) -> usize {
    let Portfolio { limits, pauses, shared, .. } = &plan.portfolio;
    let of_offers = plan.offers.iter().map(|offer| offer.limits.len()).max().unwrap_or(0);
    let of_all = limits.len() + pauses.len() + shared.len();
    of_offers + of_all + plan.channels.iter().filter(|channel| channel.capacity.is_some()).count()
}

fn is_atom(op: &Op, ty: Type) -> bool {
    let is_condition = matches!(
        op,
        Op::Compare(..) | Op::In(..) | Op::StartsWith(..) | Op::EndsWith(..) | Op::Contains(..) | Op::IsMissing(_)
    );
    is_condition || (ty == Type::Bool && matches!(op, Op::Call(..)))
}

/// How many operations there are over rows of this scope; to read a field or a constant is none.
fn over(plan: &Plan, scope: Scope) -> usize {
    let counts = |op: &Op| !matches!(op, Op::Field(..) | Op::Constant(_) | Op::Missing(_) | Op::Member(..));
    plan.exprs.iter().filter(|(_, node)| node.scope == scope && counts(&node.op)).count()
}

fn events(plan: &Plan) -> Vec<EventCost> {
    let steps: Vec<&JourneyStep> = plan.journeys.iter().flat_map(|journey| &journey.steps).collect();
    let tables = plan.schema.tables().filter(|(_, table)| matches!(table.kind, TableKind::Events { .. }));
    let aggregates: Vec<&Aggregate> = plan.exprs.iter().filter_map(|(_, node)| aggregate(&node.op)).collect();
    let cost = |table: TableId| {
        let aggregates = || aggregates.iter().filter(|aggregate| aggregate.events == table);
        EventCost {
            table,
            aggregates: aggregates().count(),
            by_member: aggregates().filter(|aggregate| aggregate.by.is_some()).count(),
            steps: steps.iter().filter(|step| step.events == table).count(),
            histories: plan.histories.iter().filter(|history| history.events == table).count(),
            operations: over(plan, Scope::Row(table)),
        }
    };
    tables.map(|(id, _)| cost(id)).filter(|cost| cost.for_each() > 0).collect()
}

fn aggregate(op: &Op) -> Option<&Aggregate> {
    if let Op::Aggregate(aggregate) = op { Some(aggregate) } else { None }
}

fn families(plan: &Plan) -> Vec<FamilyCost> {
    let mut found = Vec::new();
    for offer in &plan.offers {
        if let Some(family) = offer.family {
            let mut roots = Vec::new();
            roots::of_offer(&mut offer.clone(), &mut |root| roots.push(*root));
            found.push(of_members(plan, offer.name.clone(), family, roots));
        }
        for pick in &offer.picks {
            let roots = pick.eligible.iter().copied().chain([pick.by]).collect();
            let name = format!("{}, pick {}", offer.name, pick.name);
            found.push(of_members(plan, name.into(), pick.family, roots));
        }
    }
    found
}

/// What is done for each member of a family of the offer of this name.
fn of_members(plan: &Plan, offer: Box<str>, family: Family, roots: Vec<ExprId>) -> FamilyCost {
    let table = plan.schema.table(family.table).map_or("?", |table| &table.name);
    let field = plan.schema.field(family.table, family.field).map_or("?", |field| &field.name);
    let mut seen = vec![false; plan.exprs.len()];
    FamilyCost { offer, of: format!("{table}.{field}"), for_each: for_each(plan, roots, &mut seen) }
}

/// How many operations below these are over the members.
fn for_each(plan: &Plan, mut roots: Vec<ExprId>, seen: &mut [bool]) -> usize {
    let mut count = 0;
    while let Some(id) = roots.pop() {
        let (Some(node), Some(seen)) = (plan.exprs.get(id), seen.get_mut(id.0 as usize)) else { continue };
        if std::mem::replace(seen, true) || !matches!(node.scope, Scope::Member(..) | Scope::Pair(..)) {
            continue;
        }
        count += usize::from(!matches!(node.op, Op::Member(..)));
        // The parts of an aggregate are over its events or the customer.
        if !matches!(node.op, Op::Aggregate(_)) {
            node.op.for_each_operand(|operand| roots.push(operand));
        }
    }
    count
}
