//! A retailer with 50 offers, four channels and customers of whom each is open to about eight of the offers; made from a
//! seed. No clock, no file.

use std::fmt::Write;

use opportune_compiler::{ProjectFiles, compile};
use opportune_plan::VerifiedPlan;
use opportune_runtime::snapshot::{Bitmap, Column, Snapshot, Table, Values};

/// The offers.
pub const OFFERS: usize = 50;
/// The offers with a limit in total; with the capacities of the four channels, 26 limits over all customers.
pub const LIMITED: usize = 22;
/// The moment of the run: 2026-11-20 14:00 UTC.
pub const NOW: i64 = (20_777 * 24 + 14) * 3_600_000_000;

const MANIFEST: &str = "name = \"shop\"\nedition = \"2026\"\nzone = \"UTC\"\ncurrency = \"USD\"\n";
const SCORES: usize = 8;
/// Name, share of customers in per cent whom it may reach, cost, and messages a day in thousandths of the customers.
const CHANNELS: [(&str, u64, &str, usize); 4] =
    [("email", 80, "0.002", 300), ("push", 50, "0.001", 150), ("sms", 40, "0.05", 60), ("mail", 90, "0.60", 20)];

/// What a plan asks of placing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Portfolio {
    /// The best offer by its first channel, sent at once: no placing at all.
    Masks,
    /// Values by channel, two slots, quiet hours, diversity: everything but limits over all customers.
    Rich,
    /// Values by channel, and one slot.
    Valued,
    /// As [`Portfolio::Valued`], with 26 limits over all customers.
    Limited,
    /// As [`Portfolio::Rich`], with 26 limits over all customers.
    RichLimited,
}

impl Portfolio {
    fn is_rich(self) -> bool {
        matches!(self, Self::Rich | Self::RichLimited)
    }

    fn is_limited(self) -> bool {
        matches!(self, Self::Limited | Self::RichLimited)
    }
}

/// The plan of a portfolio for so many customers.
///
/// # Errors
/// When the policy does not compile.
pub fn plan(portfolio: Portfolio, customers: usize) -> Result<VerifiedPlan, Box<dyn std::error::Error>> {
    let files = ProjectFiles {
        manifest: ("opportune.toml".to_owned(), MANIFEST.to_owned()),
        policies: vec![("policy.offer".to_owned(), policy(portfolio, customers)?)],
    };
    let compiled = compile(&files);
    compiled.plan.ok_or_else(|| format!("the policy does not compile: {:#?}", compiled.diagnostics).into())
}

fn policy(portfolio: Portfolio, customers: usize) -> Result<String, std::fmt::Error> {
    let mut text = String::from("customer person {\n  key id: int\n  age: int\n  spend: int\n");
    for score in 0..SCORES {
        writeln!(text, "  score_{score}: number")?;
    }
    for (channel, ..) in CHANNELS {
        writeln!(text, "  {channel}_ok: bool   consent")?;
    }
    writeln!(text, "}}\n\noffer fields {{\n  topic: text = \"general\"\n  value: money(USD) = 1 USD\n}}\n")?;
    for (channel, _, cost, thousandths) in CHANNELS {
        writeln!(text, "channel {channel} {{\n  needs customer.{channel}_ok\n  cost {cost} USD")?;
        if portfolio.is_rich() && channel != "mail" {
            writeln!(text, "  quiet 21:00 to 8:00")?;
        }
        if portfolio.is_limited() {
            writeln!(text, "  capacity {} per day", (customers * thousandths / 1_000).max(1))?;
        }
        writeln!(text, "}}\n")?;
    }
    let mut draw = Draw(50);
    for offer in 0..OFFERS {
        self::offer(&mut text, &mut draw, portfolio, customers, offer)?;
    }
    let rules = match portfolio {
        Portfolio::Masks => "",
        Portfolio::Valued | Portfolio::Limited => "  objective offer.value * score - channel.cost\n",
        Portfolio::Rich | Portfolio::RichLimited => {
            "  objective offer.value * score - channel.cost
  slate email 2, at most 1 per offer.topic
"
        }
    };
    if !rules.is_empty() {
        writeln!(text, "portfolio {{\n{rules}}}")?;
    }
    Ok(text)
}

fn offer(
    text: &mut String,
    draw: &mut Draw,
    portfolio: Portfolio,
    customers: usize,
    offer: usize,
) -> Result<(), std::fmt::Error> {
    let (age, spend) = (draw.below(60), draw.below(500));
    let (first, second, weight) = (draw.below(SCORES), draw.below(SCORES), 20 + draw.below(60));
    writeln!(text, "offer offer_{offer:02} {{\n  topic \"topic_{}\"", draw.below(6))?;
    writeln!(text, "  value {}.{:02} USD", 1 + draw.below(8), draw.below(100))?;
    writeln!(text, "  eligible when age between {age} and {} and spend >= {spend}", age + 30)?;
    let rest = 100 - weight;
    writeln!(text, "  priority 0.{weight:02} * score_{first} + 0.{rest:02} * score_{second}")?;
    writeln!(text, "  channel email, else push, else sms, else mail")?;
    if portfolio.is_limited() && offer < LIMITED {
        writeln!(text, "  cap {} in total", (customers * (2 + draw.below(18)) / 1_000).max(1))?;
    }
    writeln!(text, "}}\n")
}

/// The customers.
pub fn snapshot(customers: usize) -> Snapshot {
    let mut draw = Draw(2_026);
    let mut columns = vec![Column::full(Values::Int64((0..).take(customers).collect()))];
    for most in [100, 1_000] {
        columns.push(Column::full(Values::Int64((0..customers).map(|_| draw.below(most) as i64).collect())));
    }
    for _ in 0..SCORES {
        // Most scores are low.
        let score = |draw: &mut Draw| (draw.below(100_000) * draw.below(100_000)) as f64 / 1e10;
        columns.push(Column::full(Values::Float64((0..customers).map(|_| score(&mut draw)).collect())));
    }
    for (_, share, ..) in CHANNELS {
        let is_reached = (0..customers).map(|_| (draw.below(100) as u64) < share);
        columns.push(Column::full(Values::Bits(Bitmap::from_iter(is_reached.collect::<Vec<_>>()))));
    }
    let links = columns.iter().map(|_| None).collect();
    Snapshot { tables: vec![Table { rows: customers, columns, links, by_customer: None, unseen: None }] }
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
