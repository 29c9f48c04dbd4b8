//! Atoms: the comparisons of one column with constants that offers are made of.

use crate::column::{Column, Kind, Spread, Value};
use crate::random::Random;
use crate::{ATOMS, TODAY};

/// A test of one column; unknown where its value is missing, but for [`Test::Missing`].
#[derive(Debug, Clone, PartialEq)]
pub struct Atom {
    /// The position of the column.
    pub column: usize,
    /// What is asked of it.
    pub test: Test,
}

/// What an atom asks.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// How a number relates to a constant.
    Number(Relation, f64),
    /// How an int, money in millionths, date in days, or ordered position relates to a constant.
    Int(Relation, i64),
    /// Whether a text or `one_of` value is one of these positions (sorted).
    In(Vec<u32>),
    /// Whether a text begins so; the positions for which it does are consecutive.
    StartsWith(&'static str),
    /// Whether a bool is true.
    True,
    /// Whether the value is missing.
    Missing,
}

/// An order between a value and a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `=`
    Is,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
}

impl Relation {
    /// As Rust writes it.
    pub fn rust(self) -> &'static str {
        match self {
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Is => "==",
            Self::AtLeast => ">=",
            Self::Above => ">",
        }
    }

    /// As the language writes it.
    pub fn word(self) -> &'static str {
        if self == Self::Is { "=" } else { self.rust() }
    }

    fn holds<T: PartialOrd>(self, a: T, b: T) -> bool {
        match self {
            Self::Below => a < b,
            Self::AtMost => a <= b,
            Self::Is => a == b,
            Self::AtLeast => a >= b,
            Self::Above => a > b,
        }
    }
}

impl Atom {
    /// True, false, or unknown for a customer's value of the column.
    pub(crate) fn holds(&self, column: &Column, value: Option<Value>) -> Option<bool> {
        if self.test == Test::Missing {
            return Some(value.is_none());
        }
        Some(match (&self.test, value?) {
            (Test::Number(relation, constant), Value::Number(number)) => relation.holds(number, *constant),
            (Test::Int(relation, constant), value) => relation.holds(whole(value), *constant),
            (Test::In(codes), Value::Code(code)) => codes.contains(&code),
            (Test::StartsWith(text), Value::Code(code)) => column.kind.values()[code as usize].starts_with(text),
            (Test::True, Value::Bool(value)) => value,
            (test, value) => unreachable!("{test:?} of {value:?}"),
        })
    }

    /// The first and last position of a text column's values that begin so.
    pub(crate) fn prefix_codes(column: &Column, text: &str) -> (usize, usize) {
        let fits = |value: &String| value.starts_with(text);
        let first = column.kind.values().iter().position(fits).unwrap_or(0);
        let last = column.kind.values().iter().rposition(fits).unwrap_or(0);
        (first, last)
    }

    /// The condition as the language writes it.
    pub(crate) fn policy(&self, columns: &[Column]) -> String {
        let column = &columns[self.column];
        let (name, values) = (column.name, column.kind.values());
        match &self.test {
            Test::Number(relation, constant) => format!("{name} {} {constant:?}", relation.word()),
            Test::Int(relation, constant) => format!("{name} {} {}", relation.word(), whole_text(column, *constant)),
            Test::In(codes) => {
                let quote = matches!(column.kind, Kind::Text(_));
                let word = |code: &u32| {
                    let value = &values[*code as usize];
                    if quote { format!("\"{value}\"") } else { value.clone() }
                };
                match codes.as_slice() {
                    [one] => format!("{name} = {}", word(one)),
                    many => format!("{name} in [{}]", many.iter().map(word).collect::<Vec<_>>().join(", ")),
                }
            }
            Test::StartsWith(text) => format!("{name} starts with \"{text}\""),
            Test::True => name.to_owned(),
            Test::Missing => format!("{name} is missing"),
        }
    }
}

fn whole(value: Value) -> i64 {
    match value {
        Value::Int(value) => value,
        Value::Date(days) => i64::from(days),
        Value::Code(code) => i64::from(code),
        value => unreachable!("{value:?} is not whole"),
    }
}

/// An int, amount, day or ordered value as the language writes it.
fn whole_text(column: &Column, constant: i64) -> String {
    match &column.kind {
        Kind::Money(..) => format!("{}.{:02} USD", constant / 1_000_000, constant / 10_000 % 100),
        Kind::Date(..) => format!("today - {} days", i64::from(TODAY) - constant),
        Kind::Ordered(values) => values[constant as usize].clone(),
        _ => constant.to_string(),
    }
}

/// The 300 distinct atoms.
pub(crate) fn atoms(columns: &[Column]) -> Vec<Atom> {
    let mut random = Random::new(300);
    let mut all = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let tests = match &column.kind {
            Kind::Number(high, spread) => numbers(&mut random, *high, *spread, 13),
            Kind::Int(1, ..) => (2..=6).map(|size| Test::Int(Relation::AtLeast, size)).collect(),
            Kind::Int(18, ..) => wholes(&mut random, &column.kind, 15),
            Kind::Int(..) => wholes(&mut random, &column.kind, 10),
            Kind::Money(..) => wholes(&mut random, &column.kind, 12),
            Kind::Date(..) => wholes(&mut random, &column.kind, 11),
            Kind::Ordered(_) => [1, 2, 3, 4]
                .map(|code| Test::Int(Relation::AtLeast, code))
                .into_iter()
                .chain([Test::Int(Relation::Is, 2)])
                .collect(),
            Kind::OneOf(values) => one_of(&mut random, values.len()),
            Kind::Text(values) => texts(&mut random, values.len()),
            Kind::Bool(_) => vec![Test::True],
        };
        all.extend(tests.into_iter().map(|test| Atom { column: at, test }));
        if matches!(column.name, "propensity" | "birth") {
            all.push(Atom { column: at, test: Test::Missing });
        }
    }
    assert_eq!(all.len(), ATOMS, "distinct atoms");
    all
}

fn order(random: &mut Random) -> Relation {
    *random.pick(&[Relation::Below, Relation::AtMost, Relation::AtLeast, Relation::Above])
}

/// So many thresholds, spread over the values, no two alike.
fn numbers(random: &mut Random, high: f64, spread: Spread, count: usize) -> Vec<Test> {
    let digits = if high > 1.0 { 10.0 } else { 1000.0 };
    let share = |step: usize| (step as f64 + 0.5) / count as f64;
    let constant = |step| (spread.quantile(share(step)) * high * digits).round() / digits;
    (0..count).map(|step| Test::Number(order(random), constant(step))).collect()
}

fn wholes(random: &mut Random, kind: &Kind, count: usize) -> Vec<Test> {
    // At least 1: nothing that holds for every customer, or for none.
    let constant = |step: usize| whole(kind.at((step as f64 + 0.5) / count as f64)).max(1);
    // Of whole numbers `< 5` and `<= 4` are one atom; strict ones alone keep them distinct.
    let strict = |random: &mut Random| if random.chance(0.5) { Relation::Below } else { Relation::AtLeast };
    let mut all: Vec<Test> = Vec::new();
    for step in 0..count {
        let mut constant = constant(step);
        while all.iter().any(|test| matches!(test, Test::Int(_, other) if *other == constant)) {
            constant += 1;
        }
        all.push(Test::Int(strict(random), constant));
    }
    all
}

/// Equalities with all values but one, and lists: 10, 8 and 3 atoms for 8, 7 and 4 values.
fn one_of(random: &mut Random, values: usize) -> Vec<Test> {
    let lists = match values {
        8 => 3,
        7 => 2,
        _ => 0,
    };
    let mut all: Vec<Test> = (1_u32..).take(values - 1).map(|code| Test::In(vec![code])).collect();
    while all.len() < values - 1 + lists {
        let test = list(random, values, 3);
        if !all.contains(&test) {
            all.push(test);
        }
    }
    all
}

fn texts(random: &mut Random, values: usize) -> Vec<Test> {
    let (lists, starts): (&[usize], &[&str]) =
        if values > 100 { (&[1, 4, 8, 12, 20], &["ba", "ka", "s"]) } else { (&[3, 6, 10, 15], &["do", "t"]) };
    let lists = lists.iter().map(|count| list(random, values, *count));
    lists.chain(starts.iter().map(|text| Test::StartsWith(text))).collect()
}

fn list(random: &mut Random, values: usize, count: usize) -> Test {
    let mut codes: Vec<u32> = (0..values as u32).collect();
    random.shuffle(&mut codes);
    codes.truncate(count);
    codes.sort_unstable();
    Test::In(codes)
}
