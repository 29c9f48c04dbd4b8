//! Random policies over a small fixed schema, as texts: segments and traits in chains, offers and families, guarantees,
//! priorities, caps, timing, and what the portfolio decides.

use std::fmt::Write as _;

use opportune_compiler::ProjectFiles;

use super::condition::{Stands, Writer};
use super::dice::Dice;
use crate::bytes::Bytes;

const MANIFEST: &str = "name = \"lints\"\nedition = \"2026\"\nzone = \"Europe/Berlin\"\ncurrency = \"EUR\"\n";

const SCHEMA: &str = r#"customer person {
  key id: text
  age: int
  kids: int?
  weight: number?
  birth: date?
  joined: instant?
  home: one_of(renter, owner)?
  tariff: one_of(free, plus, gold)
  band: ordered("19-24", "25-34", "65+")?
  town: text?
  tags: set of text
  income: money(EUR)?
  vip: bool?
  zone: timezone = "Europe/Berlin"
  mail_ok: bool   consent
  sms_ok: bool?   consent
}

events visit {
  at visited: instant
  shop_id: text -> shop
  items: int
  rating: int?
  online: bool?
  spend: money(EUR)
}

table shop {
  key shop_id: text
  town: text?
  floors: int
}

context {
  reason: one_of(complaint, question)
  companion: bool
}

offer fields {
  topic: text = "any"
  tier: int = 1
}

channel mail {
  needs mail_ok
}
"#;

/// The name of the file that lints are asked about.
pub const PATH: &str = "policy.offer";

/// The project with this policy, and with more files beside it.
pub fn files(policy: &str, beside: Option<&str>) -> ProjectFiles {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let mut policies = vec![file(PATH, policy), file("schema.offer", SCHEMA)];
    policies.extend(beside.map(|text| file("probes.offer", text)));
    ProjectFiles { manifest: file("opportune.toml", MANIFEST), policies }
}

/// A policy; fewer bytes make fewer items and clauses.
pub fn policy(bytes: &[u8]) -> String {
    let mut made = Made { bytes: Bytes(bytes), text: String::new(), segments: Vec::new(), traits: Vec::new() };
    let (offers, definitions, rules) = (1 + made.bytes.below(3), made.bytes.below(4), made.bytes.below(8));
    made.sms();
    (0..definitions).for_each(|at| made.definition(at));
    (0..offers).for_each(|at| made.offer(at));
    if rules % 2 == 1 {
        made.guarantee();
    }
    if rules >= 5 {
        made.portfolio();
    }
    made.text
}

struct Made<'b> {
    bytes: Bytes<'b>,
    text: String,
    segments: Vec<String>,
    traits: Vec<String>,
}

impl Made<'_> {
    fn dice(&mut self) -> Dice {
        let seed = u64::from(self.bytes.byte()) << 8 | u64::from(self.bytes.byte());
        Dice::new(seed)
    }

    fn condition(&mut self, stands: Stands) -> String {
        let dice = self.dice();
        let mut writer = Writer::new(dice, &self.segments, &self.traits, stands);
        let depth = 1 + writer.dice.below(2);
        let condition = writer.condition(depth);
        // The brackets around the whole are the author's habit, not the language's.
        let inner = condition.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        inner.filter(|inner| is_whole(inner)).map_or(condition.clone(), str::to_owned)
    }

    fn sms(&mut self) {
        let needs = if self.bytes.below(4) == 1 { self.condition(Stands::Plain) } else { String::new() };
        self.text.push_str("channel sms {\n  needs sms_ok\n");
        if !needs.is_empty() {
            let _ = writeln!(self.text, "  needs {needs}");
        }
        self.text.push_str("}\n\n");
    }

    fn definition(&mut self, at: usize) {
        if self.bytes.below(3) > 0 {
            let condition = self.condition(Stands::Plain);
            let name = format!("segment_{at}");
            let _ = writeln!(self.text, "segment {name} is {condition}\n");
            self.segments.push(name);
            return;
        }
        let dice = self.dice();
        let mut writer = Writer::new(dice, &self.segments, &self.traits, Stands::Plain);
        let (kind, value) = match writer.dice.below(3) {
            0 => ("number", writer.number_term()),
            1 => ("money", writer.money_term()),
            _ => ("int", writer.int_term(2)),
        };
        let name = format!("{kind}_{at}");
        let _ = writeln!(self.text, "trait {name} = {value}\n");
        self.traits.push(name);
    }

    fn offer(&mut self, at: usize) {
        let stands = if self.bytes.below(8) == 1 { Stands::InFamily } else { Stands::Plain };
        let family = if stands == Stands::InFamily { " for each town that_town of shop" } else { "" };
        let _ = writeln!(self.text, "offer offer_{at}{family} {{");
        for word in ["eligible", "eligible", "except"] {
            if self.bytes.below(5) > 1 {
                let condition = self.condition(stands);
                let _ = writeln!(self.text, "  {word} when {condition}");
            }
        }
        let mut dice = self.dice();
        let channels = ["mail", "mail", "mail", "sms", "mail, else sms", "sms, else mail"];
        let _ = writeln!(self.text, "  channel {}", dice.pick(&channels));
        let priorities =
            ["0", "1", "2", "3", "-1", "0.5", "count(visit)", "count(visit) + 1", "least(count(visit), 2) + 1"];
        if !dice.one_in(3) {
            let _ = writeln!(self.text, "  priority {}", dice.pick(&priorities));
        }
        for (many, clause) in [
            (4, ["topic \"x\"", "topic \"y\""]),
            (6, ["tier 2", "tier 0"]),
            (8, ["cap 1 per customer every 7 days", "cap 2 per customer each week"]),
            (8, ["cap 2 per customer every 1 day", "cap 1 per customer every 24 hours"]),
            (12, ["timing from 2026-11-01 to 2026-11-12", "timing on weekdays"]),
        ] {
            if dice.one_in(many) {
                let _ = writeln!(self.text, "  {}", dice.pick(&clause));
            }
        }
        self.text.push_str("}\n\n");
    }

    fn guarantee(&mut self) {
        let mut dice = self.dice();
        let which = dice.pick(&["offer.topic = \"x\"", "offer.topic is not \"x\"", "offer.tier >= 1"]);
        let condition = self.condition(Stands::Plain);
        let _ = writeln!(self.text, "guarantee \"g\" review by 2030-01-01 {{\n  never {which} when {condition}\n}}\n");
    }

    fn portfolio(&mut self) {
        let mut dice = self.dice();
        self.text.push_str("portfolio {\n");
        for (many, clause) in [
            (3, ["rank by offer.tier desc, then score", "rank by score, then by lot"]),
            (4, ["slate mail 2", "slate mail 1"]),
            (3, ["cap 3 per customer every 7 days", "cap 1 per customer every 7 days"]),
            (3, ["cap 2 per customer each week", "cap 2 per customer every 30 days"]),
            (5, ["cap 1 per customer every 1 day on sms", "cap 4 per customer every 3 days on mail"]),
            (6, ["cap 1 per customer per offer.topic every 7 days", "cap 9 per customer per offer every 7 days"]),
            (8, ["at most 1 per offer.topic", "at most 3 per offer.topic"]),
            (8, ["holdout 10% salted \"s\"", "holdout 50% salted \"t\""]),
        ] {
            if dice.one_in(many) {
                let _ = writeln!(self.text, "  {}", dice.pick(&clause));
            }
        }
        self.text.push_str("}\n");
    }
}

/// Whether brackets that open within a text close within it.
pub fn is_whole(text: &str) -> bool {
    let mut open = 0_i32;
    text.chars().all(|c| {
        open += i32::from(c == '(') - i32::from(c == ')');
        open >= 0
    }) && open == 0
}
