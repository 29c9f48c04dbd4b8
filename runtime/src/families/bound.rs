//! Families bound to a snapshot: their members, their lifted offers, and where each field of a pair comes from.

use std::collections::HashMap;
use std::sync::Arc;

use opportune_plan::{
    Cap, Channel, ChannelId, Constant, ExprId, Offer, OfferId, Op, Plan, Portfolio, Quota, Route, SharedLimit, TableId,
    Type, VerifiedPlan, Window, verify,
};

use super::classes::Classes;
use super::lift::{Filled, Group, Lifted, Mistake, Outer, Rank, lift, of_pick};
use super::members::Members;
use super::naming::Naming;
use super::telling::classes;
use crate::bind::{BoundValue, NodeId, Program, bind_alone, bind_values};
use crate::remaining;
use crate::snapshot::{ByCustomer, Column, Snapshot, Table, Values};
use crate::time::Clock;

/// The families of a plan, shared by all threads.
#[derive(Debug)]
pub struct Bound {
    /// What pairs are made from, over customers and events.
    pub outer: Program,
    /// What is computed of it.
    pub roots: Vec<NodeId>,
    /// In the order of their offers; of one offer, in that of its picks.
    pub families: Vec<BoundFamily>,
    /// Where an offer picks: how many offers there are.
    pub picking: Option<usize>,
}

/// A family's offer over pairs, or what an offer picks of a family.
#[derive(Debug)]
pub struct BoundFamily {
    /// The offer.
    pub offer: OfferId,
    /// Which of the offer's picks it is.
    pub pick: Option<usize>,
    /// Its members.
    pub members: Arc<Members>,
    /// The members that conditions over the member alone do not tell apart.
    pub classes: Arc<Classes>,
    /// The lifted offer.
    pub program: Arc<Program>,
    /// Tables as the lifted offer knows them, without rows but for what it looks up.
    pub tables: Snapshot,
    /// By field of a pair.
    pub fields: Vec<Fill>,
    /// Events that are a pair's own.
    pub groups: Vec<BoundGroup>,
    /// The first of their tables.
    pub first_group: usize,
    /// What members are ranked by.
    pub ranks: Vec<BoundRank>,
    /// Values of the customer that name members.
    pub touches: Vec<(NodeId, Naming)>,
    /// Whether each member is evaluated by itself.
    pub each_differs: bool,
    /// The caps of the offer.
    pub caps: Vec<BoundCap>,
}

/// What a field of a pair is filled from.
#[derive(Clone, Copy, Debug)]
pub enum Fill {
    /// Nothing.
    Nothing,
    /// The member: its code or int.
    Member,
    /// A value of the customer.
    Customer(NodeId),
    /// A frequency rank.
    Rank(usize),
}

/// Events of the customer that are a pair's own.
#[derive(Debug)]
pub struct BoundGroup {
    /// The event table.
    pub events: TableId,
    /// The key, and which member each names; none: all events of the customer are each pair's own.
    pub key: Option<(NodeId, Naming)>,
    /// What the fields hold, after the time.
    pub values: Vec<NodeId>,
    /// Which events count for some aggregate.
    pub selections: Vec<BoundSelection>,
}

/// Which events count.
#[derive(Clone, Copy, Debug)]
pub struct BoundSelection {
    /// Those after this moment of the customer.
    pub after: Option<NodeId>,
    /// Those up to this one.
    pub until: Option<NodeId>,
    /// Those of which this holds.
    pub filter: Option<NodeId>,
}

/// What members are ranked by.
#[derive(Debug)]
pub struct BoundRank {
    /// The event table.
    pub events: TableId,
    /// Which events count.
    pub selection: BoundSelection,
    /// What is counted, and the members that it names.
    pub value: (NodeId, Naming),
}

/// A cap of a family.
#[derive(Clone, Copy, Debug)]
pub struct BoundCap {
    /// How many there may be.
    pub limit: u32,
    /// How many there have been.
    pub counted: NodeId,
    /// Whether there have been fewer.
    pub has_room: NodeId,
}

impl Bound {
    /// Binds the families and picks of a plan; `None` without any.
    ///
    /// # Panics
    /// When an offer cannot be lifted, which is a mistake of this module: better no run than one without an offer.
    #[allow(
        clippy::panic,
        reason = "a verified plan lifts; a mistake here must not pass for an offer that nobody gets"
    )]
    pub fn new(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock) -> Option<Self> {
        if plan.offers.iter().all(|offer| offer.family.is_none() && offer.picks.is_empty()) {
            return None;
        }
        match Self::bind(plan, snapshot, clock) {
            Ok(bound) => Some(bound),
            Err(Mistake(mistake)) => panic!("a family cannot be lifted: {mistake}"),
        }
    }

    fn bind(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock) -> Result<Self, Mistake> {
        let left = remaining::of_all(plan, snapshot, clock);
        let mut outer = Outer { schema: plan.schema.clone(), exprs: plan.exprs.clone(), left };
        let mut lifted = Vec::new();
        for (id, offer) in (0..).map(OfferId).zip(&plan.offers) {
            if let Some(family) = offer.family {
                lifted.push((None, lift(plan, &mut outer, id, offer, family)?));
            }
            for (at, pick) in offer.picks.iter().enumerate() {
                lifted.push((Some(at), lift(plan, &mut outer, id, &of_pick(offer, pick), pick.family)?));
            }
        }
        let caps = |pick: &Option<usize>, lifted: &Lifted| match pick {
            None => plan.offers.get(lifted.offer.0 as usize).map_or(&[][..], |offer| &offer.caps),
            Some(_) => &[],
        };
        let mut wanted: Vec<ExprId> =
            lifted.iter().flat_map(|(pick, lifted)| wanted(caps(pick, lifted), lifted)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let outer = outer_plan(plan, outer)?;
        let (program, values) = bind_alone(&outer, snapshot, clock, &wanted);
        let roots = values.iter().map(|value| value.id).collect();
        let bound = Outside { plan: &outer, of: wanted.into_iter().zip(values).collect() };
        let family = |(pick, lifted): &(Option<usize>, Lifted)| {
            let family = bound.family(caps(pick, lifted), lifted, snapshot, clock)?;
            Ok(BoundFamily { pick: *pick, ..family })
        };
        let families = lifted.iter().map(family).collect::<Result<_, Mistake>>()?;
        let picks = plan.offers.iter().any(|offer| !offer.picks.is_empty());
        Ok(Self { outer: program, roots, families, picking: picks.then_some(plan.offers.len()) })
    }
}

/// A plan of the outer expressions alone, and of what tells how much is left of limits where one asks it.
fn outer_plan(plan: &Plan, mut outer: Outer) -> Result<VerifiedPlan, Mistake> {
    let asks_what_is_left = outer.exprs.iter().any(|(_, node)| matches!(node.op, Op::Remaining(_)));
    let (mut histories, mut shared, mut offers) = (Vec::new(), Vec::new(), Vec::new());
    if asks_what_is_left {
        let one = outer.exprs.add(&outer.schema, Op::Constant(Constant::Int(1)))?;
        let one = outer.exprs.add(&outer.schema, Op::ToNumber(one))?;
        let named =
            |offer: &Offer| Offer { routes: vec![Route::by(ChannelId(0))], ..Offer::new(offer.name.clone(), one) };
        offers = plan.offers.iter().map(named).collect();
        // Others keep their places, and nobody asks for them.
        let total = |limit: &SharedLimit| match limit {
            SharedLimit::Quota(quota) if quota.total_of().is_some() => limit.clone(),
            _ => SharedLimit::Quota(Quota::total(OfferId(0), 0, None)),
        };
        histories.clone_from(&plan.histories);
        shared = plan.portfolio.shared.iter().map(total).collect();
    }
    let outer = Plan {
        journeys: plan.journeys.clone(),
        channels: vec![Channel::new("any")],
        histories,
        offers,
        portfolio: Portfolio { shared, ..Portfolio::default() },
        ..Plan::new(plan.name.clone(), plan.zone.clone(), outer.schema, outer.exprs)
    };
    verify(outer).map_err(|error| Mistake(error.to_string()))
}

/// The outer expressions that a lifted offer reads.
fn wanted(caps: &[Cap], lifted: &Lifted) -> Vec<ExprId> {
    let mut wanted = lifted.touches.clone();
    wanted.extend(lifted.fields.iter().filter_map(|field| match field {
        Filled::Customer(id) => Some(*id),
        Filled::Key | Filled::Member | Filled::Rank(_) => None,
    }));
    let of = |window: &Window, filter: &Option<ExprId>| [window.after, window.until, *filter].into_iter().flatten();
    for group in &lifted.groups {
        wanted.extend(group.key.iter().chain(&group.values));
        wanted.extend(group.selections.iter().flat_map(|(window, filter)| of(window, filter)));
    }
    for rank in &lifted.ranks {
        wanted.push(rank.value);
        wanted.extend(of(&rank.window, &rank.filter));
    }
    wanted.extend(caps.iter().flat_map(|cap| [cap.counted, cap.has_room]));
    wanted
}

/// The outer expressions as they are bound.
struct Outside<'a> {
    plan: &'a VerifiedPlan,
    of: HashMap<ExprId, BoundValue>,
}

impl Outside<'_> {
    fn id(&self, id: ExprId) -> Result<NodeId, Mistake> {
        self.value(id).map(|value| value.id)
    }

    fn value(&self, id: ExprId) -> Result<&BoundValue, Mistake> {
        self.of.get(&id).ok_or_else(|| Mistake(format!("%{} is not bound", id.0)))
    }

    /// A column without rows of an expression's type, with its dictionary.
    fn column(&self, id: ExprId) -> Result<Column, Mistake> {
        Ok(self.value(id)?.like(&self.plan.schema, self.plan.exprs.node(id).ty))
    }

    fn naming(&self, members: &Arc<Members>, id: ExprId) -> Result<(NodeId, Naming), Mistake> {
        let value = self.value(id)?;
        Ok((value.id, Naming::new(members, self.plan.exprs.node(id).ty, value)))
    }

    fn family(
        &self,
        caps: &[Cap],
        lifted: &Lifted,
        snapshot: &Snapshot,
        clock: &Clock,
    ) -> Result<BoundFamily, Mistake> {
        let members = Arc::new(Members::new(snapshot, lifted.family));
        let tables = self.tables(lifted, &members, snapshot)?;
        let (program, of_member) = bind_values(&lifted.plan, &tables, clock, &lifted.of_member);
        let of_member: Vec<NodeId> = of_member.iter().map(|value| value.id).collect();
        let fill = |field: &Filled| match field {
            Filled::Key => Ok(Fill::Nothing),
            Filled::Member => Ok(Fill::Member),
            Filled::Customer(id) => self.id(*id).map(Fill::Customer),
            Filled::Rank(rank) => Ok(Fill::Rank(*rank)),
        };
        let fields = lifted.fields.iter().map(fill).collect::<Result<Vec<_>, _>>()?;
        let cap = |cap: &Cap| {
            let (counted, has_room) = (self.id(cap.counted)?, self.id(cap.has_room)?);
            Ok(BoundCap { limit: cap.limit, counted, has_room })
        };
        let classes = Arc::new(classes(&program, &tables, &members, &fields, &of_member));
        Ok(BoundFamily {
            offer: lifted.offer,
            pick: None,
            classes,
            program: Arc::new(program),
            tables,
            fields,
            groups: lifted.groups.iter().map(|group| self.group(&members, group)).collect::<Result<_, _>>()?,
            first_group: lifted.first_group.0 as usize,
            ranks: lifted.ranks.iter().map(|rank| self.rank(&members, rank)).collect::<Result<_, _>>()?,
            touches: lifted.touches.iter().map(|id| self.naming(&members, *id)).collect::<Result<_, _>>()?,
            each_differs: lifted.each_differs,
            caps: caps.iter().map(cap).collect::<Result<_, Mistake>>()?,
            members,
        })
    }

    fn group(&self, members: &Arc<Members>, group: &Group) -> Result<BoundGroup, Mistake> {
        Ok(BoundGroup {
            events: group.events,
            key: group.key.map(|key| self.naming(members, key)).transpose()?,
            values: group.values.iter().map(|id| self.id(*id)).collect::<Result<_, _>>()?,
            selections: group
                .selections
                .iter()
                .map(|(window, filter)| self.selection(*window, *filter))
                .collect::<Result<_, _>>()?,
        })
    }

    fn rank(&self, members: &Arc<Members>, rank: &Rank) -> Result<BoundRank, Mistake> {
        let selection = self.selection(rank.window, rank.filter)?;
        Ok(BoundRank { events: rank.events, selection, value: self.naming(members, rank.value)? })
    }

    fn selection(&self, window: Window, filter: Option<ExprId>) -> Result<BoundSelection, Mistake> {
        let id = |id: Option<ExprId>| id.map(|id| self.id(id)).transpose();
        Ok(BoundSelection { after: id(window.after)?, until: id(window.until)?, filter: id(filter)? })
    }

    /// Tables without rows, which tell binding the dictionaries of each field, and that any value may be missing.
    fn tables(&self, lifted: &Lifted, members: &Members, snapshot: &Snapshot) -> Result<Snapshot, Mistake> {
        let mut customer = Vec::new();
        for field in &lifted.fields {
            customer.push(match field {
                Filled::Key => Column::full(Values::Int64(Vec::new())),
                Filled::Rank(_) => Column::missing(&self.plan.schema, Type::Int, 0),
                Filled::Customer(id) => self.column(*id)?,
                Filled::Member => Column::full(match members.dictionary() {
                    Some(dictionary) => Values::Codes(Vec::new(), Arc::clone(dictionary)),
                    None => Values::Int64(Vec::new()),
                }),
            });
        }
        let looks_up = lifted.plan.exprs.iter().any(|(_, node)| matches!(node.op, Op::Lookup { .. }));
        let real = snapshot.tables.iter().skip(1);
        let real = real.map(|table| if looks_up { copy(table) } else { Table::default() });
        let mut tables: Vec<Table> = [table(customer, None)].into_iter().chain(real).collect();
        tables.resize_with(lifted.first_group.0 as usize, Table::default);
        for group in &lifted.groups {
            let mut columns = vec![Column::full(Values::Int64(Vec::new()))];
            for id in &group.values {
                columns.push(self.column(*id)?);
            }
            tables.push(table(columns, Some(ByCustomer::default())));
        }
        Ok(Snapshot { tables })
    }
}

fn table(columns: Vec<Column>, by_customer: Option<ByCustomer>) -> Table {
    let links = columns.iter().map(|_| None).collect();
    Table { rows: 0, columns, links, by_customer, unseen: None }
}

/// A lookup table, for what a lifted offer finds by its member; of event tables it reads nothing.
fn copy(table: &Table) -> Table {
    match table.by_customer {
        Some(_) => Table::default(),
        None => Table {
            rows: table.rows,
            columns: table.columns.clone(),
            links: table.links.clone(),
            by_customer: None,
            unseen: None,
        },
    }
}
