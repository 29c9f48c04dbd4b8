//! Random policies, most of them well typed: whatever the checks let through becomes a plan that verifies.

use std::collections::{BTreeMap, BTreeSet};

use opportune_compiler::diagnostic::Severity;
use opportune_compiler::{Compiled, ProjectFiles, compile};

use super::check::{MANIFEST, SCHEMA};

/// A small generator of numbers: the same seed, the same policies.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Ty {
    Bool,
    Int,
    Number,
    Money,
    Text,
    Age,
    Date,
    Instant,
    Days,
    Hours,
    Months,
    Time,
    Distance,
    Place,
    Tags,
}

const ORDERED: &[Ty] = &[
    Ty::Int,
    Ty::Number,
    Ty::Money,
    Ty::Age,
    Ty::Date,
    Ty::Instant,
    Ty::Days,
    Ty::Hours,
    Ty::Months,
    Ty::Time,
    Ty::Distance,
];

/// The declarations, with fields of every type.
fn schema() -> String {
    SCHEMA
        .replacen(
            "  email_ok: bool?\n",
            "  email_ok: bool?\n  zone: timezone?\n  spot: place?\n  tags: set of text?\n  wakes: time?\n",
            1,
        )
        .replacen("  coupon: text?\n", "  coupon: text?\n  labels: set of text\n  where_at: place\n  clock: time\n", 1)
        + "\ncontext {\n  reason: one_of(question, complaint)\n  spot: place\n  channel: text\n}\n"
}

/// Writes an expression of a type, over the customer or over a purchase.
struct Writer {
    random: Random,
    /// How many traits of each kind may be named.
    traits: usize,
}

impl Writer {
    fn leaf(&mut self, ty: Ty, event: bool) -> String {
        let fields: &[&str] = match (ty, event) {
            (Ty::Bool, false) => &["true", "email_ok", "customer.email_ok", "s0", "false"],
            (Ty::Bool, true) => &["true", "customer.email_ok", "s0", "false"],
            (Ty::Int, false) => &["0", "3", "-2", "persons", "kids", "customer.kids", "offer.tier"],
            (Ty::Int, true) => &["0", "3", "quantity", "customer.kids", "purchase.quantity"],
            (Ty::Number, false) => &["0.5", "0.0", "5%", "loyalty", "2", "kids"],
            (Ty::Number, true) => &["0.5", "customer.loyalty", "quantity"],
            (Ty::Money, false) => &["20 USD", "0 USD", "offer.ceiling", "last(purchase).spend"],
            (Ty::Money, true) => &["20 USD", "spend", "product.price"],
            (Ty::Text, false) => &["\"X\"", "household_id", "last(purchase).product.category", "offer.topic"],
            (Ty::Text, true) => &["\"X\"", "coupon", "product.department", "product.category", "swap.department"],
            (Ty::Age, false) => &["age", "customer.age"],
            (Ty::Age, true) => &["customer.age"],
            (Ty::Date, false) => &["today", "2026-11-01", "birth", "last(contact).sent"],
            (Ty::Date, true) => &["today", "2026-11-01", "customer.birth"],
            (Ty::Instant, false) => &["now", "2026-11-01 08:00", "first(purchase).bought_at"],
            (Ty::Instant, true) => &["now", "bought_at"],
            (Ty::Days, _) => &["3 days", "2 weeks"],
            (Ty::Hours, _) => &["5 hours", "30 minutes"],
            (Ty::Months, _) => &["3 months", "1 year"],
            (Ty::Time, false) => &["21:00", "wakes"],
            (Ty::Time, true) => &["21:00", "clock", "customer.wakes"],
            (Ty::Distance, _) => &["5 km", "500 m"],
            (Ty::Place, false) => &["spot", "context.spot", "place(40.7, -74)", "last(purchase).where_at"],
            (Ty::Place, true) => &["where_at", "customer.spot", "place(0, 0)"],
            (Ty::Tags, false) => &["tags", "offer.sells", "first(purchase).labels"],
            (Ty::Tags, true) => &["labels", "customer.tags"],
        };
        if self.traits > 0 && self.random.below(5) == 0 {
            let name = match ty {
                Ty::Bool => "b",
                Ty::Int => "i",
                Ty::Number => "n",
                Ty::Money => "m",
                _ => return self.random.one_of(fields).to_owned(),
            };
            return format!("{name}{}", self.random.below(self.traits));
        }
        self.random.one_of(fields).to_owned()
    }

    fn write(&mut self, ty: Ty, event: bool, depth: usize) -> String {
        if depth == 0 || self.random.below(6) == 0 {
            return self.leaf(ty, event);
        }
        let kind = self.random.below(8);
        let mut part = |ty: Ty| self.write(ty, event, depth - 1);
        match kind {
            0 => format!("({} else {})", part(ty), part(ty)),
            1 => format!("(if {} then {} else {})", part(Ty::Bool), part(ty), part(ty)),
            _ => self.of_type(ty, event, depth - 1),
        }
    }

    fn of_type(&mut self, ty: Ty, event: bool, depth: usize) -> String {
        let kind = self.random.below(10);
        let plus = self.random.one_of(&["+", "-"]);
        let mut part = |ty: Ty| self.write(ty, event, depth);
        match (ty, kind) {
            (Ty::Bool, _) => self.condition(event, depth),
            (Ty::Int, 0) => format!("({} * {})", part(Ty::Int), part(Ty::Int)),
            (Ty::Int, 1 | 2) if !event => {
                self.aggregate(&["count(purchase", "sum(purchase.quantity", "distinct(purchase.product_id"], depth)
            }
            (Ty::Int, 3) => format!("(-{})", part(Ty::Int)),
            (Ty::Int, 4) => format!("hour({})", part(Ty::Instant)),
            (Ty::Int, 5) => format!("months_between({}, {})", part(Ty::Date), part(Ty::Date)),
            (Ty::Int, 6) => format!("size({})", part(Ty::Tags)),
            (Ty::Int, 7) => format!("quotient({}, 7)", part(Ty::Int)),
            (Ty::Int, 8) => format!("round({})", part(Ty::Number)),
            (Ty::Int, _) => format!("({} {plus} {})", part(Ty::Int), part(Ty::Int)),
            (Ty::Number, 0) => format!("({} / {})", part(Ty::Int), part(Ty::Number)),
            (Ty::Number, 1) => format!("({} / {})", part(Ty::Money), part(Ty::Money)),
            (Ty::Number, 2) => format!("({} / 3 days)", part(Ty::Days)),
            (Ty::Number, 4) => format!("greatest({}, {}, {})", part(Ty::Number), part(Ty::Int), part(Ty::Number)),
            (Ty::Number, 5) => format!("ln(abs({}))", part(Ty::Number)),
            (Ty::Number, 6) => format!("({} / 1 km)", part(Ty::Distance)),
            (Ty::Number, 7) if !event => self.aggregate(&["share(purchase"], depth),
            (Ty::Number, 3) if !event => self.aggregate(&["avg(purchase.quantity"], depth),
            (Ty::Number, _) => format!("({} * {})", part(Ty::Number), part(Ty::Number)),
            (Ty::Money, 0) => format!("({} * {})", part(Ty::Number), part(Ty::Money)),
            (Ty::Money, 1) => format!("({} / {})", part(Ty::Money), part(Ty::Int)),
            (Ty::Money, 2 | 3) if !event => {
                self.aggregate(&["sum(purchase.spend", "max(purchase.spend", "avg(purchase.spend"], depth)
            }
            (Ty::Money, _) => format!("({} {plus} {})", part(Ty::Money), part(Ty::Money)),
            (Ty::Date | Ty::Instant, 0) => format!("({} {plus} 2 months)", part(ty)),
            (Ty::Date | Ty::Instant, 1) => format!("({} {plus} {})", part(ty), part(Ty::Days)),
            (Ty::Instant, 2) => format!("({} {plus} {})", part(ty), part(Ty::Hours)),
            (Ty::Instant, 3) => format!("instant({}, {})", part(Ty::Date), part(Ty::Time)),
            (Ty::Date, 2) => format!("date({})", part(Ty::Instant)),
            (Ty::Date, 3) => format!("start_of_month({})", part(Ty::Date)),
            (Ty::Date, 4) => format!("anniversary({})", part(Ty::Date)),
            (Ty::Date | Ty::Instant, 5) => format!("({} {plus} {})", part(ty), part(Ty::Months)),
            (Ty::Time, 0..=3) => format!("time({})", part(Ty::Instant)),
            (Ty::Distance, 0..=3) => format!("distance({}, {})", part(Ty::Place), part(Ty::Place)),
            (Ty::Distance, 4) => format!("({} * {})", part(Ty::Distance), part(Ty::Number)),
            (Ty::Place, 0) => format!("place({}, {})", part(Ty::Number), part(Ty::Int)),
            (Ty::Months, 0) => format!("({} * {})", part(Ty::Months), part(Ty::Int)),
            (Ty::Hours, 2) if !event => self.aggregate(&["typical_gap(purchase.at"], depth),
            (Ty::Text, 0) if !event => self
                .aggregate(&["most_frequent(purchase.product_id", "most_frequent(purchase.product.department"], depth),
            (Ty::Text, 1) => format!("product({}).department", part(Ty::Text)),
            (Ty::Days, 0 | 1) => format!("({} - {})", part(Ty::Date), part(Ty::Date)),
            (Ty::Days, 2) => format!("({} * {})", part(Ty::Int), part(Ty::Days)),
            (Ty::Hours, 0 | 1) => format!("({} - {})", part(Ty::Instant), part(Ty::Instant)),
            _ => self.leaf(ty, event),
        }
    }

    fn condition(&mut self, event: bool, depth: usize) -> String {
        let ordered = ORDERED[self.random.below(ORDERED.len())];
        let kind = self.random.below(18);
        let window =
            self.random.one_of(&["this week", "previous quarter", "next 5 days", "next year", "last 3 months"]);
        let order = self.random.one_of(&["<", "<=", ">", ">=", "=", "is not"]);
        let test = self.random.one_of(&["is missing", "is known", "is not known"]);
        let mut part = |ty: Ty| self.write(ty, event, depth);
        match kind {
            0 => format!("({} and {})", part(Ty::Bool), part(Ty::Bool)),
            1 => format!("({} or {})", part(Ty::Bool), part(Ty::Bool)),
            2 => format!("(not {})", part(Ty::Bool)),
            3 => format!("({} {test})", part(ordered)),
            4 => format!("({} is true)", part(Ty::Bool)),
            5 => format!("({} in [\"19-24\", \"65+\"])", part(Ty::Age)),
            6 => format!("({} between {} and {})", part(ordered), part(ordered), part(ordered)),
            7 => format!("({} in {window})", part(Ty::Date)),
            12 => format!("({} in {window})", part(Ty::Instant)),
            13 => format!("({} between {} and {})", part(Ty::Instant), part(Ty::Date), part(Ty::Date)),
            14 => format!("({} in {})", part(Ty::Text), part(Ty::Tags)),
            15 => format!("({} overlaps {})", part(Ty::Tags), part(Ty::Tags)),
            16 => format!("(weekday({}) in [saturday, sunday])", part(Ty::Date)),
            17 => format!("({} contains \"X\" or {} ends with \"X\")", part(Ty::Tags), part(Ty::Text)),
            8 => format!("({} contains \"X\")", part(Ty::Text)),
            9 if !event => self.aggregate(&["exists(purchase", "none(purchase"], depth),
            10 => format!("({} in offer.sells)", part(Ty::Text)),
            _ => format!("({} {order} {})", part(ordered), part(ordered)),
        }
    }

    fn aggregate(&mut self, heads: &[&str], depth: usize) -> String {
        let head = self.random.one_of(heads);
        let window = self.random.one_of(&[
            "",
            " in last 30 days",
            " in last 3 months",
            " in last 5 hours",
            " in this month",
            " in previous week",
            " between 2026-01-01 and today",
        ]);
        let filter = match self.random.below(4) {
            0 => String::new(),
            1 => format!(" where {}", self.write(Ty::Bool, true, depth)),
            _ => format!(" where {} else false", self.write(Ty::Bool, true, depth)),
        };
        format!("{head}{window}{filter})")
    }

    /// Definitions and offers, each a file of its own.
    fn items(&mut self) -> Vec<String> {
        let mut items = vec!["segment s0 is kids > 2".to_owned()];
        for n in 0..4 {
            for (name, ty) in [("i", Ty::Int), ("n", Ty::Number), ("m", Ty::Money)] {
                items.push(format!("trait {name}{n} = {}", self.write(ty, false, 3)));
            }
            items.push(format!("segment b{n} is {}", self.write(Ty::Bool, false, 3)));
            self.traits = n + 1;
        }
        for n in 0..8 {
            let (eligible, except) = (self.write(Ty::Bool, false, 3), self.write(Ty::Bool, false, 3));
            let (priority, filter) = (self.write(Ty::Number, false, 2), self.write(Ty::Bool, true, 2));
            let cap = format!("cap 1 per customer every 3 days over purchase where {filter}");
            items
                .push(format!("offer e{n} {{\n  channel mail\n  eligible when {eligible}\n  except when {except}\n}}"));
            items.push(format!("offer p{n} {{\n  channel mail\n  eligible when {eligible}\n  priority {priority}\n}}"));
            items.push(format!("offer c{n} {{\n  channel mail\n  sells [\"X\"]\n  {cap}\n}}"));
            items.push(self.channel(n));
            items.push(self.sent(n));
            items.push(self.tried(n));
            items.push(self.picking(n));
        }
        items
    }

    /// A channel, of which most offers of [`Self::sent`] may go.
    fn channel(&mut self, n: usize) -> String {
        let direction = self.random.one_of(&["outbound", "inbound", "inbound and outbound"]);
        let needs = self.write(Ty::Bool, false, 2);
        let mut clauses = format!("  {direction}\n  needs {needs}\n");
        if direction != "inbound" {
            let quiet = self.random.one_of(&["21:00 to 08:00", "12:00 to 13:00 on weekdays", "on sunday"]);
            let lead = self.random.one_of(&["2 hours", "3 days", "90 minutes"]);
            clauses.push_str(&format!("  quiet {quiet}\n  lead {lead}\n"));
            if self.random.below(2) == 0 {
                clauses.push_str(&format!("  quiet by law of {}\n", self.write(Ty::Text, false, 2)));
            }
        }
        let carries =
            self.random.one_of(&["tier <= 2", "offer.topic is not \"x\" or tier = 1", "sells contains \"X\""]);
        if self.random.below(3) == 0 {
            clauses.push_str(&format!("  carries {carries}\n"));
        }
        if self.random.below(2) == 0 {
            clauses.push_str(&format!("  cost greatest({}, 0 USD) else 1 USD\n", self.write(Ty::Money, false, 1)));
        }
        format!("channel x{n} {{\n{clauses}}}")
    }

    /// An offer with routes and moments.
    fn sent(&mut self, n: usize) -> String {
        let (when, instant, date) =
            (self.write(Ty::Bool, false, 2), self.write(Ty::Instant, false, 2), self.write(Ty::Date, false, 2));
        let part = self.random.one_of(&[
            "",
            "from 2026-11-01, ",
            "on weekdays, ",
            "between 17:00 and 21:00, ",
            "to 2027-01-01, ",
        ]);
        let first = match self.random.below(4) {
            0 => format!("within 5 days after {date}"),
            1 => format!("at 18:00 on the day of {instant}"),
            2 => format!("2 hours after {instant}"),
            _ => "right away".to_owned(),
        };
        let second = match self.random.below(3) {
            0 => format!(", else 1 day to 2 weeks after {instant}"),
            1 => format!(", else at 17:30 1 month after {date}"),
            _ => String::new(),
        };
        format!("offer t{n} {{\n  channel x{n} when {when}, else mail\n  timing {part}{first}{second}\n}}")
    }

    /// An offer with a holdout and arms, whose fields the other clauses read.
    fn tried(&mut self, n: usize) -> String {
        let shares = self.random.one_of(&["a 50%, b 50%", "a 10%, b 20%, c 70%", "a 33.33%, b 66.67%"]);
        let setting = self.random.one_of(&["tier 2", "ceiling 2 USD", "topic \"b\""]);
        let (eligible, priority) = (self.write(Ty::Bool, false, 2), self.write(Ty::Number, false, 1));
        let filter = self.write(Ty::Bool, true, 1);
        format!(
            "offer a{n} {{\n  channel mail\n  holdout 5% salted \"s\"\n  arms {shares} salted \"s\"\n  arm b {setting}\n  \
             eligible when {eligible} and offer.tier > 0 or count(purchase where quantity > offer.tier and {filter} else false) > 1\n  \
             priority (({priority}) else 0) * offer.tier\n  message \"{{offer.topic}}\"\n}}"
        )
    }

    /// An offer with items.
    fn picking(&mut self, n: usize) -> String {
        let (filter, by) = (self.write(Ty::Bool, false, 2), self.write(Ty::Number, false, 1));
        let of = self.random.one_of(&["product", "department of product", "category of product"]);
        let key = if of == "product" { "product_id" } else { "(product.category else \"\")" };
        format!(
            "offer k{n} {{\n  channel mail\n  pick one: {of} where {filter} by (({by}) else 0) + count(purchase where {key} = one)\n  \
             pick other: {of} where none(purchase in last 30 days where {key} = other) by 1\n  message \"{{one}} and {{other}}\"\n}}"
        )
    }
}

fn compile_items(items: &[String]) -> Compiled {
    let mut policies = vec![("schema".to_owned(), schema())];
    policies.extend(items.iter().enumerate().map(|(n, item)| (format!("{n}"), item.clone())));
    compile(&ProjectFiles { manifest: ("opportune.toml".to_owned(), MANIFEST.to_owned()), policies })
}

/// Leaves out what the checks refuse, until the rest is a policy.
fn what_is_fine(mut items: Vec<String>) -> (Vec<String>, Compiled) {
    loop {
        let compiled = compile_items(&items);
        for found in &compiled.diagnostics {
            assert_ne!(found.diagnostic.code, "E0901", "{}\n{}", found.diagnostic.message, items.join("\n"));
        }
        let mistakes = compiled.diagnostics.iter().filter(|found| found.diagnostic.severity == Severity::Error);
        let refused: BTreeSet<usize> = mistakes.map(|found| found.path.parse().unwrap()).collect();
        if refused.is_empty() {
            return (items, compiled);
        }
        let mut at = 0;
        items.retain(|_| {
            at += 1;
            !refused.contains(&(at - 1))
        });
    }
}

#[test]
fn what_is_checked_is_verified() {
    let (mut written, mut fine) = (0, 0);
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..40 {
        let mut writer = Writer { random: Random(seed), traits: 0 };
        let items = writer.items();
        written += items.len();
        let (items, compiled) = what_is_fine(items);
        fine += items.len();
        for item in &items {
            let kind = item.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
            *kinds.entry(kind.trim_end_matches(char::is_numeric).to_owned()).or_default() += 1;
        }
        assert!(compiled.plan.is_some(), "{}", items.join("\n"));
    }
    // The test says something only while the checks let most of it through.
    assert!(fine * 2 > written, "{fine} of {written}");
    for kind in ["channel x", "offer t", "offer a", "offer k", "offer c", "offer e", "offer p"] {
        assert!(kinds.get(kind).copied().unwrap_or(0) > 30, "{kinds:?}");
    }
}
