//! Random conditions over the small world of lints: few fields and few numbers, so that conditions often say the same
//! twice or contradict each other, and then lints have something to tell.

use super::dice::Dice;

/// Whole numbers that conditions compare with.
pub const INTS: [i64; 4] = [0, 1, 2, 3];
/// Lengths of time back from `now` and `today`.
const BACK: [&str; 8] = ["0 days", "1 day", "3 days", "7 days", "1 week", "30 days", "1 month", "12 months"];
const ORDERS: [&str; 7] = ["<", "<=", ">", ">=", "=", "is not", ">="];

/// Where a condition stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// Anywhere but in families.
    Plain,
    /// In an offer for each town.
    InFamily,
}

/// Writes conditions.
pub struct Writer<'w> {
    pub dice: Dice,
    /// Segments that are there already.
    pub segments: &'w [String],
    /// Traits that are there already: `int`, `number` and `money` in their names.
    pub traits: &'w [String],
    pub stands: Stands,
    /// Which kinds of values this condition is mostly about.
    focus: [usize; 2],
}

/// How many kinds of values there are.
const KINDS: usize = 12;

impl<'w> Writer<'w> {
    pub fn new(mut dice: Dice, segments: &'w [String], traits: &'w [String], stands: Stands) -> Self {
        let focus = [dice.below(KINDS), dice.below(KINDS)];
        Self { dice, segments, traits, stands, focus }
    }

    /// A condition with parts within each other, so deep at most.
    pub fn condition(&mut self, depth: usize) -> String {
        let kinds = if depth == 0 { 4 } else { 12 };
        let part = |writer: &mut Self| writer.condition(depth.saturating_sub(1));
        match self.dice.below(kinds) {
            0..=3 => self.atom(),
            4..=6 => {
                let parts: Vec<String> = (0..2 + self.dice.below(2)).map(|_| part(self)).collect();
                format!("({})", parts.join(" and "))
            }
            7 | 8 => {
                let parts: Vec<String> = (0..2 + self.dice.below(2)).map(|_| part(self)).collect();
                format!("({})", parts.join(" or "))
            }
            9 => format!("not {}", bracketed(&part(self))),
            10 => format!("({} {})", bracketed(&part(self)), self.dice.pick(&["is true", "else false", "else true"])),
            _ => {
                let (when, one, other) = (part(self), part(self), part(self));
                format!("(if {} is true then {one} else {other})", bracketed(&when))
            }
        }
    }

    fn atom(&mut self) -> String {
        let kind = match self.dice.below(4) {
            0 => self.dice.below(KINDS),
            other => self.focus[other % 2],
        };
        if !self.segments.is_empty() && self.dice.one_in(6) {
            return self.segments[self.dice.below(self.segments.len())].clone();
        }
        if self.stands == Stands::InFamily && self.dice.one_in(3) {
            let test = ["customer.town = that_town", "exists(visit where shop.town = that_town else false)"];
            return self.dice.pick(&test).to_owned();
        }
        match kind {
            0..=2 => self.of_ints(),
            3 => self.of_numbers(),
            4 => self.of_money(),
            5 => self.of_dates(),
            6 => self.of_instants(),
            7 => self.of_choices(),
            8 => self.of_texts(),
            9 => self.of_truths(),
            10 => self.of_events(),
            _ => self.of_what_is_known(),
        }
    }

    fn int(&mut self) -> String {
        INTS[self.dice.below(INTS.len())].to_string()
    }

    /// A whole number of the customer.
    pub fn int_term(&mut self, depth: usize) -> String {
        let named: Vec<String> = self.traits.iter().filter(|name| name.contains("int")).cloned().collect();
        if !named.is_empty() && self.dice.one_in(5) {
            return named[self.dice.below(named.len())].clone();
        }
        let kinds = if depth == 0 { 6 } else { 15 };
        match self.dice.below(kinds) {
            0 | 1 => "customer.age".to_owned(),
            2 | 3 => "customer.kids".to_owned(),
            4 => self.aggregate("count", ""),
            5 => self.aggregate("sum", ".items"),
            6 => self.aggregate("max", ".items"),
            7 => format!("({} else {})", self.int_term(depth - 1), self.int()),
            8 => format!("least({}, {})", self.int_term(depth - 1), self.int()),
            9 => format!("greatest({}, {})", self.int_term(depth - 1), self.int()),
            10 => format!("abs({})", self.int_term(depth - 1)),
            11 => format!("({} {} {})", self.int_term(depth - 1), self.dice.pick(&["+", "-", "*"]), self.int()),
            12 => format!("({} - {})", self.int_term(depth - 1), self.int_term(depth - 1)),
            13 => "length(customer.town)".to_owned(),
            _ => {
                let (one, other) = (self.int_term(depth - 1), self.int_term(depth - 1));
                format!("(if customer.vip is true then {one} else {other})")
            }
        }
    }

    fn of_ints(&mut self) -> String {
        let term = self.int_term(1);
        match self.dice.below(8) {
            0 => format!("{term} between {} and {}", self.int(), self.int()),
            1 => format!("{term} in [{}, {}]", self.int(), self.int()),
            2 => format!("{term} not in [{}, {}]", self.int(), self.int()),
            3 => format!("{} {} {term}", self.int(), self.dice.pick(&ORDERS)),
            4 => format!("{term} {} {}", self.dice.pick(&ORDERS), self.int_term(0)),
            5 => format!("{term} {} {}", self.dice.pick(&ORDERS), self.dice.pick(&["0.5", "1.5", "2.0", "-0.0"])),
            _ => format!("{term} {} {}", self.dice.pick(&ORDERS), self.int()),
        }
    }

    /// A number of the customer.
    pub fn number_term(&mut self) -> String {
        match self.dice.below(8) {
            0..=2 => "customer.weight".to_owned(),
            3 => "customer.weight * 2".to_owned(),
            4 => "customer.age / 2".to_owned(),
            5 => "(customer.weight else 0.5)".to_owned(),
            6 => format!("least(customer.weight, {})", self.int()),
            _ => self.dice.pick(&["floor(customer.weight)", "sqrt(customer.weight)", "customer.age * 0.5"]).to_owned(),
        }
    }

    fn of_numbers(&mut self) -> String {
        let term = self.number_term();
        let against = self.dice.pick(&["0", "0.5", "1", "1.5", "2", "customer.age", "customer.kids"]);
        match self.dice.below(4) {
            0 => format!("{term} between 0.5 and {against}"),
            _ => format!("{term} {} {against}", self.dice.pick(&ORDERS)),
        }
    }

    /// An amount of the customer.
    pub fn money_term(&mut self) -> String {
        match self.dice.below(6) {
            0 | 1 => "customer.income".to_owned(),
            2 => self.aggregate("sum", ".spend"),
            3 => self.aggregate("max", ".spend"),
            4 => "(customer.income else 1 EUR)".to_owned(),
            _ => "customer.income * 2".to_owned(),
        }
    }

    fn of_money(&mut self) -> String {
        let term = self.money_term();
        let against = self.dice.pick(&["0 EUR", "1 EUR", "1.01 EUR", "5 EUR", "customer.income"]);
        format!("{term} {} {against}", self.dice.pick(&ORDERS))
    }

    fn of_dates(&mut self) -> String {
        let term = self.dice.pick(&["customer.birth", "customer.birth", "(customer.birth else today)"]);
        let back = self.dice.pick(&BACK);
        match self.dice.below(7) {
            0 => format!("{term} {} today", self.dice.pick(&ORDERS)),
            1 => format!("{term} {} 2026-11-11", self.dice.pick(&ORDERS)),
            2 => format!("{term} between today - {back} and today"),
            3 => format!("{term} {} today + {back}", self.dice.pick(&ORDERS)),
            4 => format!("today - {back} {} {term}", self.dice.pick(&ORDERS)),
            _ => format!("{term} {} today - {back}", self.dice.pick(&ORDERS)),
        }
    }

    fn of_instants(&mut self) -> String {
        let term = self.dice.pick(&["customer.joined", "customer.joined", "last(visit).visited"]);
        let back = self.dice.pick(&["0 hours", "1 hour", "24 hours", "1 day", "7 days", "1 month"]);
        match self.dice.below(5) {
            0 => format!("{term} {} now", self.dice.pick(&["<", "<=", ">", ">="])),
            1 => format!("{term} {} 2026-11-11 10:30", self.dice.pick(&ORDERS)),
            2 => format!("now - {back} {} {term}", self.dice.pick(&ORDERS)),
            _ => format!("{term} {} now - {back}", self.dice.pick(&ORDERS)),
        }
    }

    fn of_choices(&mut self) -> String {
        let tariff = self.dice.pick(&["free", "plus", "gold"]);
        let other = self.dice.pick(&["free", "plus", "gold"]);
        let band = self.dice.pick(&["\"19-24\"", "\"25-34\"", "\"65+\""]);
        match self.dice.below(7) {
            0 => format!("customer.home {} {}", self.dice.pick(&["=", "is not"]), self.dice.pick(&["renter", "owner"])),
            1 => "customer.home in [renter, owner]".to_owned(),
            2 => format!("customer.tariff {} {tariff}", self.dice.pick(&["=", "is not"])),
            3 => format!("customer.tariff {} [{tariff}, {other}]", self.dice.pick(&["in", "not in"])),
            4 => format!("context.reason {} complaint", self.dice.pick(&["=", "is not"])),
            _ => format!("customer.band {} {band}", self.dice.pick(&ORDERS)),
        }
    }

    fn of_texts(&mut self) -> String {
        let (one, other) = (self.dice.pick(&["a", "b", "ab"]), self.dice.pick(&["a", "b", "ab"]));
        match self.dice.below(6) {
            0 => format!("customer.town is not \"{one}\""),
            1 => format!("customer.town {} [\"{one}\", \"{other}\"]", self.dice.pick(&["in", "not in"])),
            2 => format!("customer.tags contains \"{one}\""),
            3 => format!("customer.tags overlaps [\"{one}\", \"{other}\"]"),
            4 => format!("last(visit).shop.town = \"{one}\""),
            _ => format!("customer.town = \"{one}\""),
        }
    }

    fn of_truths(&mut self) -> String {
        let term = self.dice.pick(&["customer.vip", "customer.mail_ok", "context.companion", "customer.sms_ok"]);
        match self.dice.below(5) {
            0 => format!("{term} = true"),
            3 => format!("({term} else customer.mail_ok)"),
            1 => format!("({term} else {})", self.dice.pick(&["true", "false"])),
            2 => format!("({term} is true)"),
            _ => term.to_owned(),
        }
    }

    fn of_what_is_known(&mut self) -> String {
        let field = self.dice.pick(&["kids", "weight", "birth", "home", "town", "vip"]);
        format!("customer.{field} is {}", self.dice.pick(&["known", "missing"]))
    }

    fn of_events(&mut self) -> String {
        match self.dice.below(3) {
            0 => self.aggregate("exists", ""),
            1 => self.aggregate("none", ""),
            _ => format!("{} {} {}", self.aggregate("count", ""), self.dice.pick(&ORDERS), self.int()),
        }
    }

    /// An aggregate of visits; where a filter may be unknown it says what then.
    fn aggregate(&mut self, function: &str, field: &str) -> String {
        let window = match self.dice.below(3) {
            0 => String::new(),
            _ => {
                let windows =
                    ["last 1 day", "last 7 days", "last 30 days", "last 1 month", "last 24 hours", "this month"];
                format!(" in {}", self.dice.pick(&windows))
            }
        };
        let filter = match self.dice.below(3) {
            0 => {
                let filter = self.filter();
                let kleene = matches!(function, "exists" | "none") && self.dice.one_in(2);
                let otherwise = if kleene { "" } else { self.dice.pick(&[" is true", " else false", " else true"]) };
                format!(" where ({filter}){otherwise}")
            }
            _ => String::new(),
        };
        format!("{function}(visit{field}{window}{filter})")
    }

    fn filter(&mut self) -> String {
        let mut one = || {
            let order = self.dice.pick(&ORDERS);
            let int = INTS[self.dice.below(INTS.len())];
            match self.dice.below(7) {
                0 | 1 => format!("items {order} {int}"),
                2 => format!("rating {order} {int}"),
                3 => format!("spend {order} {int} EUR"),
                4 => format!("shop.floors {order} {int}"),
                5 => "online".to_owned(),
                _ => format!("items {order} customer.kids"),
            }
        };
        let (first, second) = (one(), one());
        match self.dice.below(4) {
            0 => format!("{first} and {second}"),
            1 => format!("{first} or {second}"),
            _ => first,
        }
    }
}

/// In brackets, where it is not already.
fn bracketed(condition: &str) -> String {
    if condition.starts_with('(') && condition.ends_with(')') { condition.to_owned() } else { format!("({condition})") }
}
