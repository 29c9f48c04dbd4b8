//! What each function takes, and how it is written.

use opportune_plan::Type;

/// A function of values.
pub(super) struct Function {
    /// Its name.
    pub(super) name: &'static str,
    /// What it takes, in order.
    pub(super) takes: &'static [Takes],
    /// How many of these must be there.
    pub(super) least: usize,
    /// How it is written.
    pub(super) help: &'static str,
}

/// What stands at one place between the brackets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Instant,
    Date,
    DateOrInstant,
    Time,
    TimeOrInstant,
    Int,
    /// An int widens to it.
    Number,
    /// What has an opposite.
    Signed,
    Text,
    Place,
    Set,
    /// What has an order.
    Ordered,
    /// The same as stands first, any number of them.
    Like,
}

const fn function(name: &'static str, takes: &'static [Takes], help: &'static str) -> Function {
    Function { name, takes, least: takes.len(), help }
}

/// The aggregates: what stands between the brackets, and what each is.
pub(super) const AGGREGATES: &[(&str, &str, &str)] = &[
    (
        "exists",
        "events [in WINDOW] [where CONDITION]",
        "whether there is such an event: `exists(purchase in last 30 days)`",
    ),
    (
        "none",
        "events [in WINDOW] [where CONDITION]",
        "whether there is no such event: `none(purchase in last 30 days)`",
    ),
    ("count", "events [in WINDOW] [where CONDITION]", "how many such events there are; 0 of none"),
    (
        "sum",
        "events.field [in WINDOW] [where CONDITION]",
        "the sum of a field; 0 of none: `sum(purchase.spend in last 84 days)`",
    ),
    ("avg", "events.field [in WINDOW] [where CONDITION]", "the mean of a field; missing of none"),
    ("min", "events.field [in WINDOW] [where CONDITION]", "the least value of a field; missing of none"),
    ("max", "events.field [in WINDOW] [where CONDITION]", "the greatest value of a field; missing of none"),
    (
        "first",
        "events [in WINDOW] [where CONDITION]",
        "the earliest such event: `first(purchase).spend`, `first(purchase) in last 60 days`",
    ),
    ("last", "events [in WINDOW] [where CONDITION]", "the latest such event: `last(purchase).at`"),
    ("distinct", "events.field [in WINDOW] [where CONDITION]", "how many different values a field has; 0 of none"),
    (
        "most_frequent",
        "events.field [in WINDOW] [where CONDITION]",
        "the value that a field has most often; missing of none",
    ),
    (
        "frequency_rank",
        "value, events.field [in WINDOW] [where CONDITION]",
        "the place of a value among those of a field, 1 for the most frequent",
    ),
    ("share", "events [in WINDOW] where CONDITION", "which part of the events are such, from 0 to 1; missing of none"),
    (
        "typical_gap",
        "events.field [in WINDOW] [where CONDITION]",
        "the time that usually lies between two such events: `typical_gap(visit.day)`",
    ),
];

/// The functions of values.
pub(super) const FUNCTIONS: &[Function] = &[
    function("date", &[Takes::Instant], "it is the day of a moment: `date(last(purchase).at)`"),
    function("time", &[Takes::Instant], "it is the time of day of a moment: `time(now)`"),
    function("instant", &[Takes::Date, Takes::Time], "it is the moment of a day and a time: `instant(today, 18:00)`"),
    function("year", &[Takes::DateOrInstant], "it is of a date or moment: `year(birth)`"),
    function("month", &[Takes::DateOrInstant], "it is of a date or moment, 1 to 12: `month(today)`"),
    function("day", &[Takes::DateOrInstant], "it is the day of the month of a date or moment: `day(today)`"),
    function("day_of_year", &[Takes::DateOrInstant], "it is of a date or moment, 1 to 366: `day_of_year(today)`"),
    function("week", &[Takes::DateOrInstant], "it is the week by ISO 8601 of a date or moment: `week(today)`"),
    function("weekday", &[Takes::DateOrInstant], "it is of a date or moment: `weekday(now) = saturday`"),
    function("hour", &[Takes::TimeOrInstant], "it is of a time of day or a moment, 0 to 23: `hour(now)`"),
    function("minute", &[Takes::TimeOrInstant], "it is of a time of day or a moment, 0 to 59: `minute(now)`"),
    function("second", &[Takes::TimeOrInstant], "it is of a time of day or a moment, 0 to 59: `second(now)`"),
    function("start_of_week", &[Takes::Date], "it is the Monday of a date's week: `start_of_week(today)`"),
    function("start_of_month", &[Takes::Date], "it is the first day of a date's month: `start_of_month(today)`"),
    function("start_of_quarter", &[Takes::Date], "it is the first day of a date's quarter: `start_of_quarter(today)`"),
    function("start_of_year", &[Takes::Date], "it is the first day of a date's year: `start_of_year(today)`"),
    function(
        "anniversary",
        &[Takes::Date],
        "it is the next yearly return of a date: `anniversary(birth) in next 7 days`",
    ),
    function(
        "months_between",
        &[Takes::Date, Takes::Date],
        "it counts whole months between two dates: `months_between(birth, today)`",
    ),
    function("abs", &[Takes::Signed], "it takes a number, an amount, a length of time or a distance: `abs(x)`"),
    function("floor", &[Takes::Number], "it takes a number: `floor(x)` is the whole number below"),
    function("ceil", &[Takes::Number], "it takes a number: `ceil(x)` is the whole number above"),
    Function {
        name: "round",
        takes: &[Takes::Number, Takes::Int],
        least: 1,
        help: "it takes a number: `round(x)` is the nearest whole number, `round(x, 2)` has two decimals",
    },
    function("sqrt", &[Takes::Number], "it takes a number: `sqrt(x)`"),
    function("exp", &[Takes::Number], "it takes a number: `exp(x)`"),
    function("ln", &[Takes::Number], "it takes a number: `ln(x)` is its natural logarithm"),
    function("power", &[Takes::Number, Takes::Number], "it takes two numbers: `power(x, 2)`"),
    function(
        "least",
        &[Takes::Ordered, Takes::Like],
        "it takes two or more values of one type with an order: `least(a, b)`",
    ),
    function(
        "greatest",
        &[Takes::Ordered, Takes::Like],
        "it takes two or more values of one type with an order: `greatest(a, b)`",
    ),
    function("quotient", &[Takes::Int, Takes::Int], "it divides whole numbers: `quotient(7, 2)` is 3; `7 / 2` is 3.5"),
    function("remainder", &[Takes::Int, Takes::Int], "it is what whole division leaves: `remainder(7, 2)` is 1"),
    function("length", &[Takes::Text], "it counts the characters of a text: `length(name)`; of a set say `size(…)`"),
    function(
        "place",
        &[Takes::Number, Takes::Number],
        "it takes degrees north and degrees east: `place(40.71, -74.0)`",
    ),
    function("distance", &[Takes::Place, Takes::Place], "it takes two places: `distance(home, store.location) < 5 km`"),
    function("size", &[Takes::Set], "it counts the values of a set: `size(tags)`; of a text say `length(…)`"),
];

/// All functions, as the author sees them: the name, what stands between the brackets, what it is.
pub fn signatures() -> impl Iterator<Item = (&'static str, String, &'static str)> {
    let aggregates = AGGREGATES.iter().map(|(name, takes, help)| (*name, format!("{name}({takes})"), *help));
    FUNCTIONS.iter().map(|function| (function.name, function.signature(), function.help)).chain(aggregates)
}

impl Function {
    /// `round(a number, a whole number)`; what may be left out in square brackets.
    fn signature(&self) -> String {
        let mut takes = String::new();
        for (at, what) in self.takes.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            let (open, close) = if at < self.least { ("", "") } else { ("[", "]") };
            takes.push_str(&format!("{open}{comma}{}{close}", what.described()));
        }
        let more = if self.takes_alike() { ", …" } else { "" };
        format!("{}({takes}{more})", self.name)
    }

    /// What stands at this place.
    pub(super) fn takes_at(&self, at: usize) -> Option<Takes> {
        self.takes.get(at).or(self.takes.last()).copied()
    }

    /// Whether all its arguments are of one type, that of the first.
    pub(super) fn takes_alike(&self) -> bool {
        self.takes.last() == Some(&Takes::Like)
    }

    pub(super) fn takes_so_many(&self, count: usize) -> bool {
        count >= self.least && (count <= self.takes.len() || self.takes_alike())
    }

    /// How many arguments it takes, in words.
    pub(super) fn count(&self) -> String {
        let most = self.takes.len();
        match (self.least, most) {
            (least, _) if self.takes_alike() => format!("{least} values or more"),
            (1, 1) => "one value".to_owned(),
            (least, most) if least == most => format!("{most} values"),
            (least, most) => format!("{least} to {most} values"),
        }
    }
}

impl Takes {
    /// Whether a value of this type may stand there, beside a first one.
    pub(super) fn fits(self, ty: Type, first: Option<Type>) -> bool {
        match self {
            Self::Instant => ty == Type::Instant,
            Self::Date => ty == Type::Date,
            Self::DateOrInstant => matches!(ty, Type::Date | Type::Instant),
            Self::Time => ty == Type::Time,
            Self::TimeOrInstant => matches!(ty, Type::Time | Type::Instant),
            Self::Int => ty == Type::Int,
            Self::Number => ty == Type::Number,
            Self::Signed => matches!(
                ty,
                Type::Int | Type::Number | Type::Money(_) | Type::Duration | Type::Days | Type::Months | Type::Distance
            ),
            Self::Text => ty == Type::Text,
            Self::Place => ty == Type::Place,
            Self::Set => matches!(ty, Type::Set(_)),
            Self::Ordered => ty.is_ordered(),
            Self::Like => first == Some(ty),
        }
    }

    /// In words, as in "takes a date here".
    pub(super) fn described(self) -> &'static str {
        match self {
            Self::Instant => "a moment",
            Self::Date => "a date",
            Self::DateOrInstant => "a date or a moment",
            Self::Time => "a time of day",
            Self::TimeOrInstant => "a time of day or a moment",
            Self::Int => "a whole number",
            Self::Number => "a number",
            Self::Signed => "a number, an amount or a length",
            Self::Text => "a text",
            Self::Place => "a place",
            Self::Set => "a set",
            Self::Ordered => "a value with an order",
            Self::Like => "a value of the same type as the first",
        }
    }
}
