//! The customer's columns: names, kinds, and the value of any customer.

use crate::TODAY;
use crate::random;

/// A column of the customer table.
#[derive(Debug, Clone)]
pub struct Column {
    /// The name in the policy.
    pub name: &'static str,
    /// What its values are and how they are spread.
    pub kind: Kind,
    /// The share of customers without a value; zero: the column is not nullable.
    pub missing: f64,
    seed: u64,
}

/// What a column's values are. Spreads are uniform, or squared (most near the lower end).
#[derive(Debug, Clone)]
pub enum Kind {
    /// A double from zero to this.
    Number(f64, Spread),
    /// An int from the first to the second, both included.
    Int(i64, i64, Spread),
    /// Whole cents up to so many dollars, in millionths.
    Money(i64, Spread),
    /// A day, up to so many before [`TODAY`].
    Date(i32, Spread),
    /// One of these, without an order.
    OneOf(Vec<String>),
    /// One of these, in their order.
    Ordered(Vec<String>),
    /// A text of these, sorted.
    Text(Vec<String>),
    /// True for this share.
    Bool(f64),
}

/// How values are spread between their bounds.
#[derive(Debug, Clone, Copy)]
pub enum Spread {
    /// All equally likely.
    Even,
    /// Many small ones, few great ones.
    Low,
}

/// A value of one customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// An int, or money in millionths.
    Int(i64),
    /// A date in days since 1970-01-01.
    Date(i32),
    /// The position of a text, `one_of` or `ordered` value in its list.
    Code(u32),
    /// A bool.
    Bool(bool),
}

impl Spread {
    /// The place between the bounds below which this share of the values lies.
    pub(crate) fn quantile(self, share: f64) -> f64 {
        match self {
            Self::Even => share,
            Self::Low => share * share,
        }
    }
}

impl Column {
    /// Whether values may be missing.
    pub fn nullable(&self) -> bool {
        self.missing > 0.0
    }

    /// The value of a customer.
    pub fn value(&self, customer: usize) -> Option<Value> {
        let share = random::unit(random::at(self.seed, 2 * customer as u64));
        let there = random::unit(random::at(self.seed, 2 * customer as u64 + 1)) >= self.missing;
        there.then(|| self.kind.at(share))
    }
}

impl Kind {
    /// The value below which this share of the values lies.
    pub(crate) fn at(&self, share: f64) -> Value {
        let code = |values: &[String]| Value::Code((share * values.len() as f64) as u32);
        match self {
            Self::Number(high, spread) => Value::Number(spread.quantile(share) * high),
            Self::Int(low, high, spread) => {
                Value::Int(low + (spread.quantile(share) * (high - low + 1) as f64).floor() as i64)
            }
            Self::Money(dollars, spread) => {
                Value::Int((spread.quantile(share) * *dollars as f64 * 100.0).floor() as i64 * 10_000)
            }
            Self::Date(days, spread) => Value::Date(TODAY - (spread.quantile(share) * f64::from(*days)).floor() as i32),
            Self::OneOf(values) | Self::Ordered(values) | Self::Text(values) => code(values),
            Self::Bool(probability) => Value::Bool(share < *probability),
        }
    }

    /// The declared or occurring values of a text, `one_of` or `ordered` column.
    pub fn values(&self) -> &[String] {
        match self {
            Self::OneOf(values) | Self::Ordered(values) | Self::Text(values) => values,
            _ => &[],
        }
    }
}

/// The 30 columns.
pub fn columns() -> Vec<Column> {
    use Spread::{Even, Low};
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let all = [
        ("loyalty", Kind::Number(1.0, Even), 0.0),
        ("propensity", Kind::Number(1.0, Even), 0.2),
        ("churn_risk", Kind::Number(1.0, Low), 0.0),
        ("discount_affinity", Kind::Number(1.0, Even), 0.1),
        ("basket_value", Kind::Number(400.0, Low), 0.0),
        ("web_score", Kind::Number(100.0, Even), 0.0),
        ("engagement", Kind::Number(1.0, Low), 0.3),
        ("distance", Kind::Number(60.0, Low), 0.0),
        ("visits", Kind::Int(0, 60, Low), 0.0),
        ("items", Kind::Int(0, 500, Low), 0.0),
        ("age", Kind::Int(18, 95, Even), 0.0),
        ("household_size", Kind::Int(1, 6, Even), 0.15),
        ("emails_opened", Kind::Int(0, 40, Even), 0.0),
        ("returns", Kind::Int(0, 14, Even), 0.0),
        ("spend_30d", Kind::Money(900, Low), 0.0),
        ("spend_90d", Kind::Money(2_500, Low), 0.0),
        ("spend_365d", Kind::Money(9_000, Low), 0.0),
        ("credit_limit", Kind::Money(20_000, Even), 0.25),
        ("member_since", Kind::Date(5_000, Even), 0.0),
        ("last_purchase", Kind::Date(400, Low), 0.0),
        ("last_visit", Kind::Date(200, Low), 0.1),
        ("birth", Kind::Date(28_000, Even), 0.35),
        ("region", Kind::OneOf(words("north north_east east south_east south south_west west north_west")), 0.0),
        ("tier", Kind::Ordered(words("none bronze silver gold platinum")), 0.0),
        ("lifestage", Kind::OneOf(words("student single couple young_family family empty_nest retired")), 0.2),
        ("city", Kind::Text(places(120)), 0.0),
        ("store_format", Kind::OneOf(words("express market hyper online")), 0.0),
        ("top_category", Kind::Text(places(60)), 0.1),
        ("app_user", Kind::Bool(0.6), 0.0),
        ("has_children", Kind::Bool(0.4), 0.3),
    ];
    (1..).zip(all).map(|(seed, (name, kind, missing))| Column { name, kind, missing, seed }).collect()
}

/// Sorted texts that share their beginnings: `bara`, `bare`, …
fn places(count: usize) -> Vec<String> {
    let first = ["ba", "do", "ka", "lu", "mo", "ne", "pi", "ru", "sa", "to"];
    let last = ["ra", "re", "ldo", "ma", "nd", "nia", "rst", "sk", "ston", "ta", "ven", "zin"];
    let each = count.div_ceil(first.len());
    let mut all: Vec<String> =
        first.iter().flat_map(|a| last.iter().take(each).map(move |b| format!("{a}{b}"))).take(count).collect();
    all.sort();
    all
}
