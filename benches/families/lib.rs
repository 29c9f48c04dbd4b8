//! A shop with categories, customers who bought some, and offers to each category; made from a seed. No clock, no file.

use std::sync::Arc;

use opportune_compiler::{ProjectFiles, compile};
use opportune_plan::{
    Builtin, Comparison, FieldId, IllFormed, Op, Plan, Schema, TableId, TableKind, VerifiedPlan, verify,
};
use opportune_runtime::snapshot::{ByCustomer, Column, Dictionary, Snapshot, Table, Values};

/// Purchases of a customer, on average.
pub const EVENTS: usize = 40;
/// The last moment that there is data of, which is `now`: 2026-11-20 09:00 UTC.
pub const NOW: i64 = (20_777 * 24 + 9) * HOUR;

const HOUR: i64 = 3_600_000_000;
const MANIFEST: &str = "name = \"shop\"\nedition = \"2026\"\nzone = \"UTC\"\ncurrency = \"USD\"\n";
const SCHEMA: &str = "
customer person {
  key id: int
  patience: int
}

events purchase {
  at bought_at: instant
  product_id: int -> product
  spend: money(USD)
}

table product {
  key product_id: int
  category: text
}

channel mail

portfolio {
  slate mail 3
}
";

/// What a family offers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// What was never bought within a year: nearly every member, all of one score.
    NeverBought,
    /// What is bought often: few members, each with a score of its own.
    Usual,
    /// As [`Family::NeverBought`], but for members whose names are shorter than a customer's patience, which all are: so
    /// that each is evaluated.
    NeverBoughtOneByOne,
}

impl Family {
    fn clauses(self) -> &'static str {
        match self {
            Self::NeverBought | Self::NeverBoughtOneByOne => {
                "  eligible when none(purchase in last 365 days where product.category = c)"
            }
            Self::Usual => {
                "  eligible when count(purchase in last 180 days where product.category = c) >= 2
  priority sum(purchase.spend in last 180 days where product.category = c) / 1 USD"
            }
        }
    }
}

/// The plan of one offer to a family.
///
/// # Errors
/// When the policy does not compile.
pub fn plan(family: Family) -> Result<VerifiedPlan, Box<dyn std::error::Error>> {
    let offer = format!("offer each for each category c of product {{\n{}\n  channel mail\n}}\n", family.clauses());
    let files = ProjectFiles {
        manifest: ("opportune.toml".to_owned(), MANIFEST.to_owned()),
        policies: vec![("offers.offer".to_owned(), offer), ("schema.offer".to_owned(), SCHEMA.to_owned())],
    };
    let compiled = compile(&files);
    let plan = compiled.plan.ok_or_else(|| format!("the policy does not compile: {:#?}", compiled.diagnostics))?;
    if family == Family::NeverBoughtOneByOne { Ok(verify(one_by_one(plan)?)?) } else { Ok(plan) }
}

/// Adds `length(c) < customer.patience`, which the language does not write.
fn one_by_one(plan: VerifiedPlan) -> Result<Plan, IllFormed> {
    let mut plan = plan.into_inner();
    let lookup = plan.schema.tables().find(|(_, table)| matches!(table.kind, TableKind::Lookup { .. }));
    let (product, category) = (lookup.map_or(TableId(2), |(id, _)| id), FieldId(1));
    for offer in &mut plan.offers {
        let mut add = |op: Op| plan.exprs.add(&plan.schema, op);
        let member = add(Op::Member(product, category))?;
        let length = add(Op::Call(Builtin::Length, [member].into()))?;
        let patience = add(Op::Field(Schema::CUSTOMER, FieldId(1)))?;
        let short = add(Op::Compare(Comparison::Less, length, patience))?;
        let both = offer.eligible.map(|eligible| add(Op::And([eligible, short].into()))).transpose()?;
        offer.eligible = both.or(Some(short));
    }
    Ok(plan)
}

/// Customers with purchases of products of so many categories, some of which are bought far more often than others.
pub fn snapshot(members: usize, customers: usize) -> Snapshot {
    let mut draw = Draw(2_026);
    let person = table(vec![
        Column::full(Values::Int64((0..).take(customers).collect())),
        Column::full(Values::Int64(vec![100; customers])),
    ]);
    let values = (0..members).map(|at| format!("CATEGORY {at:05}").into()).collect();
    let product = table(vec![
        Column::full(Values::Int64((0..).take(members).collect())),
        Column::full(Values::Codes((0..).take(members).collect(), Arc::new(Dictionary { values }))),
    ]);
    Snapshot { tables: vec![person, purchases(&mut draw, members, customers), product] }
}

fn purchases(draw: &mut Draw, members: usize, customers: usize) -> Table {
    let (mut offsets, mut at, mut products) = (vec![0], Vec::new(), Vec::new());
    for _ in 0..customers {
        let count = EVENTS / 2 + draw.below(EVENTS + 1);
        let mut times: Vec<i64> = (0..count).map(|_| NOW - draw.below(700 * 24) as i64 * HOUR).collect();
        times.sort_unstable();
        at.extend(times);
        // The product of two draws: the first categories are bought most.
        let of = |draw: &mut Draw| draw.below(members) * draw.below(members) / members.max(1);
        products.extend((0..count).filter_map(|_| u32::try_from(of(draw)).ok()));
        offsets.push(at.len());
    }
    let spend = (0..at.len()).map(|_| draw.below(2_000) as i64 * 10_000).collect();
    let mut table = table(vec![
        Column::full(Values::Int64(at.clone())),
        Column::full(Values::Int64(products.iter().map(|product| i64::from(*product)).collect())),
        Column::full(Values::Int64(spend)),
    ]);
    if let Some(link) = table.links.get_mut(1) {
        *link = Some(products);
    }
    Table { by_customer: Some(ByCustomer { offsets, at }), ..table }
}

fn table(columns: Vec<Column>) -> Table {
    let rows = match columns.first().map(|column| &column.values) {
        Some(Values::Int64(values)) => values.len(),
        _ => 0,
    };
    Table { rows, links: columns.iter().map(|_| None).collect(), columns, by_customer: None, unseen: None }
}

/// A stream of numbers that is the same on every machine.
struct Draw(u64);

impl Draw {
    /// A number below `count`.
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % count.max(1)
    }
}
