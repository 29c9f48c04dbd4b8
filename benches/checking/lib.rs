//! A large project, made from a seed: 2,000 offers in 200 files, on 150 segments and traits, with families, journeys,
//! guarantees and texts with holes. No clock, no file.

use std::fmt::Write as _;

use opportune_compiler::ProjectFiles;

/// How many files have offers.
pub const FILES: usize = 200;
/// How many offers each of them has.
pub const OFFERS_A_FILE: usize = 10;
const SEGMENTS: usize = 100;
const TRAITS: usize = 50;
const GUARANTEES: usize = 10;
const TOPICS: [&str; 8] = ["alcohol", "baby", "drinks", "fresh", "garden", "loyalty", "pets", "travel"];

const MANIFEST: &str = "name = \"large\"\nedition = \"2026\"\nzone = \"America/New_York\"\ncurrency = \"USD\"\n";

const SCHEMA: &str = r#"// What is known.
customer person {
  key id: text
  age: int?
  birth: date?
  income: ordered("low", "middle", "high")?
  home: one_of(renter, owner)?
  loyalty: number?
  zone: timezone? = "America/New_York"
  email_ok: bool consent
}

events purchase {
  at bought_at: instant
  product_id: text -> product
  basket_id: text
  quantity: int
  spend: money(USD)
}

events visit {
  at visited_at: instant
  minutes: int
}

events contact {
  at sent: date
  offer: text
}

table product {
  key product_id: text
  department: text
  category: text?
}

context {
  reason: one_of(purchase, complaint, question)
}

offer fields {
  topic: text
  tier: int = 1
  value: money(USD) = 1 USD
  sells: set of text
}

channel email {
  needs customer.email_ok
}

channel mail

channel till

portfolio {
  rank by offer.tier desc, then score, then by lot
  slate email 1
  slate mail 2
  cap 3 per customer every 7 days over contact
}

journey trial = visit where minutes > 5, then purchase within 7 days, then purchase within 30 days
"#;

/// A stream of numbers that is the same on every machine.
struct Draw(u64);

impl Draw {
    /// A number below `count`.
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % count.max(1)
    }
}

/// The project; always the same one.
pub fn project() -> ProjectFiles {
    let mut draw = Draw(2_026);
    let mut policies = vec![
        ("guarantees.offer".to_owned(), guarantees(&mut draw)),
        ("schema.offer".to_owned(), SCHEMA.to_owned()),
        ("words.offer".to_owned(), words(&mut draw)),
    ];
    for file in 0..FILES {
        let mut text = format!("// Offers of shelf {file}.\n");
        for at in 0..OFFERS_A_FILE {
            offer(&mut text, &mut draw, file, at);
        }
        policies.push((format!("offers/shelf_{file:03}.offer"), text));
    }
    policies.sort();
    ProjectFiles { manifest: ("opportune.toml".to_owned(), MANIFEST.to_owned()), policies }
}

fn words(draw: &mut Draw) -> String {
    let mut text = String::new();
    for at in 0..SEGMENTS {
        let days = 30 * (1 + draw.below(12));
        let (shelf, least) = (draw.below(400), 1 + draw.below(6));
        let _ = match at % 3 {
            0 => writeln!(
                text,
                "segment s{at} is count(purchase in last {days} days where product.category = \"SHELF {shelf}\" else false) >= {least}\n"
            ),
            1 => writeln!(
                text,
                "segment s{at} is customer.age >= {} and exists(visit in last {days} days where minutes > {least})\n",
                18 + least
            ),
            _ => writeln!(text, "segment s{at} is s{} or first(purchase) in last {days} days\n", at - 1),
        };
    }
    for at in 0..TRAITS {
        let days = 28 * (1 + draw.below(12));
        let shelf = draw.below(400);
        let _ = writeln!(
            text,
            "trait t{at} = sum(purchase.spend in last {days} days where product.department is not \"DEPARTMENT {shelf}\") / 12\n"
        );
    }
    text
}

fn guarantees(draw: &mut Draw) -> String {
    let mut text = String::new();
    for at in 0..GUARANTEES {
        let topic = TOPICS.get(draw.below(TOPICS.len())).copied().unwrap_or_default();
        let _ = writeln!(
            text,
            "guarantee \"number {at}\" review by 2999-01-01 {{\n  never offer.topic = \"{topic}\" and offer.value > {at} USD when s{}\n}}\n",
            draw.below(SEGMENTS)
        );
    }
    text
}

fn offer(text: &mut String, draw: &mut Draw, file: usize, at: usize) {
    let each = if at == 0 { " for each category c of product" } else { "" };
    let topic = TOPICS.get(draw.below(TOPICS.len())).copied().unwrap_or_default();
    let mut line = |words: String| {
        let _ = writeln!(text, "{words}");
    };
    line(format!("\n/// Number {at} of shelf {file}.\noffer shelf_{file}_{at}{each} {{"));
    line(format!(
        "  about \"What shelf {file} has for you\"\n  topic \"{topic}\"\n  tier {}\n  value {} USD",
        1 + draw.below(3),
        1 + draw.below(9)
    ));
    line(format!("  sells [\"SHELF {}\", \"SHELF {}\"]", file, 200 + draw.below(200)));
    line(format!(
        "  eligible when s{} and (t{} > {} USD or loyalty > 0.{})",
        draw.below(SEGMENTS),
        draw.below(TRAITS),
        1 + draw.below(40),
        1 + draw.below(9)
    ));
    let days = 10 * (1 + draw.below(9));
    if at == 0 {
        line(format!("  eligible when none(purchase in last {days} days where product.category = c else false)"));
        line(format!(
            "  priority 0.{} + t{} / 100 USD\n  because \"You never tried {{c}}\"",
            1 + draw.below(9),
            draw.below(TRAITS)
        ));
    } else {
        line(format!(
            "  except when exists(purchase in last {days} days where product.category in offer.sells and spend > {} USD else false)",
            draw.below(20)
        ));
        line(format!(
            "  except when context.reason = complaint else false\n  priority (0.{} * (loyalty else 0.1) + t{} / 100 USD) * (if trial.step = 3 then 2 else 1)",
            1 + draw.below(9),
            draw.below(TRAITS)
        ));
        line(format!(
            "  because \"You spent {{t{} as whole}} a week, and came last on {{last(visit).visited_at else now as weekday}}\"",
            draw.below(TRAITS)
        ));
        line(format!("  message email \"Shelf {file}, {{count(purchase in last {days} days)}} times\""));
    }
    line("  channel email, else mail, else till\n  cap 1 per customer every 30 days\n}".to_owned());
}
