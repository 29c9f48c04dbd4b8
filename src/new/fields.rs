//! From a column that was looked at to a field: its type, whether it may be missing, what class of data it is.

use opportune_runtime::snapshot::read::inspect::{ColumnLook, Holds};

use super::draft::{Field, From, Ty};
use super::words::{self, says_consent, says_money};

/// The longest name of a column that a schema is given.
const LONGEST_NAME: usize = 120;
/// So many different texts may be listed.
const MOST_LISTED: usize = 12;
/// So many where the file says their order.
const MOST_ORDERED: usize = 64;
/// Amounts beyond this are no money of this language.
const MOST_MONEY: f64 = 9e12;

/// What is to be known of a column's file.
#[derive(Clone, Copy, Debug)]
pub struct Around {
    pub rows: u64,
    pub is_whole: bool,
    /// Whether it is of the customers or of what they did; what is looked up is nobody's.
    pub is_personal: bool,
    /// Whether every field may be missing: some customers have no row.
    pub all_optional: bool,
    /// Whether it is of the customers themselves.
    pub is_customer: bool,
}

/// A field of a column, or why there is none.
pub fn field(column: &ColumnLook, number: usize, around: Around) -> Result<Field, String> {
    if column.name.is_empty() || column.name.len() > LONGEST_NAME || column.name.chars().any(char::is_control) {
        return Err("its name is none for a schema".to_owned());
    }
    let mut because = Vec::new();
    let ty = ty(column, around, &mut because)?;
    let counts = match &ty {
        Ty::OneOf(_) | Ty::Ordered(_) => column.listed.clone().unwrap_or_default(),
        _ => Vec::new(),
    };
    let optional = optional(column, around, &mut because);
    let class = class(column, &ty, around, &mut because);
    Ok(Field {
        role: None,
        name: words::name(&column.name, &format!("column_{number}"), "value"),
        from: From::Column(column.name.clone()),
        ty,
        optional,
        link: None,
        class,
        because,
        counts,
    })
}

/// Says that a value may be missing where it is, and where not all rows were seen.
fn optional(column: &ColumnLook, around: Around, because: &mut Vec<String>) -> bool {
    if column.missing > 0 {
        because.push(format!("may be missing, because {} of {} rows have none", column.missing, around.rows));
    } else if !around.is_whole {
        because.push(format!("may be missing, because only the first {} rows were looked at", around.rows));
    }
    column.missing > 0 || !around.is_whole || around.all_optional
}

fn class(column: &ColumnLook, ty: &Ty, around: Around, because: &mut Vec<String>) -> Option<&'static str> {
    if !around.is_personal {
        return None;
    }
    let two = matches!(ty, Ty::OneOf(values) if values.len() == 2) || matches!(column.range, Some((0.0, 1.0)));
    let class = match ty {
        Ty::Bool if says_consent(&column.name) => Some("consent"),
        _ if two && says_consent(&column.name) => Some("consent"),
        Ty::Place => Some("private"),
        _ => words::class(&column.name, *ty == Ty::Text),
    };
    let class = class.filter(|class| around.is_customer || *class != "private" || is_contact_data(&column.name));
    if let Some(class) = class {
        because.push(format!("{class}, because of its name"));
    }
    class
}

/// Addresses are a person's wherever they stand; an event's `age` or `name` is mostly its own.
fn is_contact_data(name: &str) -> bool {
    let words = words::words(name);
    ["email", "phone", "mobile", "address", "street", "ip"].iter().any(|word| words.iter().any(|own| own == word))
}

fn ty(column: &ColumnLook, around: Around, because: &mut Vec<String>) -> Result<Ty, String> {
    let fraction = column.holds == Holds::Number;
    let money = |because: &mut Vec<String>| {
        let fits = column.range.is_some_and(|(least, most)| least.abs().max(most.abs()) < MOST_MONEY);
        let money = fits && says_money(&column.name, fraction) && (column.in_cents || fraction);
        if money {
            because.push("money, because of its name".to_owned());
        }
        money
    };
    Ok(match &column.holds {
        Holds::Nothing => return Err("it has no value in any row".to_owned()),
        Holds::Other => return Err("it holds what no type is read from, or values of several kinds".to_owned()),
        Holds::Bool => Ty::Bool,
        Holds::Int if money(because) => Ty::Money,
        Holds::Int => Ty::Int,
        Holds::Number if money(because) => Ty::Money,
        Holds::Number => Ty::Number,
        Holds::Text => text(column, around, because),
        Holds::Date => Ty::Date,
        Holds::Instant(zone) => {
            if zone.is_none() && column.is_typed {
                because.push("local times of the project's zone, because the file names none".to_owned());
            }
            Ty::Instant
        }
        Holds::Time => Ty::Time,
        Holds::Duration => Ty::Duration,
        Holds::Zone if around.is_customer => Ty::Zone,
        Holds::Zone => Ty::Text,
        Holds::Place => Ty::Place,
        Holds::Texts => Ty::Texts,
        Holds::Ints => Ty::Ints,
    })
}

/// A text, or one of a few.
fn text(column: &ColumnLook, around: Around, because: &mut Vec<String>) -> Ty {
    let can_be_listed = |value: &String| !value.is_empty() && !value.chars().any(char::is_control);
    if let Some(levels) = &column.ordered
        && (2..=MOST_ORDERED).contains(&levels.len())
        && levels.iter().all(can_be_listed)
    {
        because.push("ordered, because the file says so".to_owned());
        return Ty::Ordered(levels.clone());
    }
    let Some(listed) = &column.listed else { return Ty::Text };
    let values: Vec<String> = listed.iter().map(|(value, _)| value.clone()).collect();
    let few = (2..=MOST_LISTED).contains(&values.len()) && around.rows >= 4 * values.len() as u64;
    if !few || !values.iter().all(can_be_listed) || words::names_keys(&column.name) {
        return Ty::Text;
    }
    if let Some(bands) = bands(&values) {
        because.push("ordered, because its values begin with numbers".to_owned());
        return Ty::Ordered(bands);
    }
    because.push("one of these, because the file has no others".to_owned());
    Ty::OneOf(values)
}

/// Values such as `under 21`, `21-30`, `31+` in their order; none where they are no bands of numbers.
fn bands(values: &[String]) -> Option<Vec<String>> {
    let mut keyed = Vec::new();
    for value in values {
        let digits = value.find(|c: char| c.is_ascii_digit())?;
        let before: String = value.chars().take(digits).filter(|c| c.is_alphabetic() || *c == '<').collect();
        let number: String = value.chars().skip(digits).take_while(char::is_ascii_digit).take(9).collect();
        let below = ["under", "below", "less", "lessthan", "upto", "<"].contains(&before.to_lowercase().as_str());
        let above = ["over", "above", "more", "morethan"].contains(&before.to_lowercase().as_str());
        if !(before.is_empty() || below || above) {
            return None;
        }
        keyed.push((number.parse::<u64>().ok()?, !below, value.clone()));
    }
    keyed.sort();
    let distinct = keyed.windows(2).all(|pair| matches!(pair, [a, b] if (a.0, a.1) != (b.0, b.1)));
    let is_band = values.iter().any(|value| !value.chars().all(|c| c.is_ascii_digit()));
    (values.len() >= 3 && distinct && is_band).then(|| keyed.into_iter().map(|(_, _, value)| value).collect())
}

/// Two columns of degrees as one place; the positions of both.
pub fn places(columns: &[ColumnLook]) -> Vec<(usize, usize, String)> {
    let half = |column: &ColumnLook, names: &[&str], most: f64| {
        let words = words::words(&column.name);
        let (last, rest) = words.split_last()?;
        let within = column.range.is_some_and(|(least, greatest)| least >= -most && greatest <= most);
        (matches!(column.holds, Holds::Number | Holds::Int) && within && names.contains(&last.as_str()))
            .then(|| rest.join("_"))
    };
    let mut found = Vec::new();
    for (north, latitude) in columns.iter().enumerate() {
        let Some(of) = half(latitude, &["lat", "latitude"], 90.0) else { continue };
        let east = columns.iter().position(|column| {
            half(column, &["lon", "lng", "long", "longitude"], 180.0).is_some_and(|other| other == of)
        });
        if let Some(east) = east {
            found.push((north, east, of));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_put_in_order() {
        let texts = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        let ages = bands(&texts(&["21", "26", "50plus", "below21", "31"]));
        assert_eq!(ages, Some(texts(&["below21", "21", "26", "31", "50plus"])));
        let incomes = bands(&texts(&["100-124K", "Under 15K", "15-24K"]));
        assert_eq!(incomes, Some(texts(&["Under 15K", "15-24K", "100-124K"])));
        assert_eq!(bands(&texts(&["1", "2", "3"])), None);
        assert_eq!(bands(&texts(&["a1", "b2", "c3"])), None);
        assert_eq!(bands(&texts(&["10-20", "10-30", "40"])), None);
    }
}
