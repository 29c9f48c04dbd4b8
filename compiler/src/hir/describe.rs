//! How types and values are named to the author.

use opportune_plan::{Element, Schema, Type};

use crate::syntax::ast::BinaryWord;

/// A type with its article, as it stands in a sentence: "a text", "an amount in USD".
pub(super) fn a_type(schema: &Schema, ty: Type) -> String {
    match ty {
        Type::Bool => "a condition".to_owned(),
        Type::Int => "a whole number".to_owned(),
        Type::Number => "a number".to_owned(),
        Type::Money(currency) => format!("an amount in {currency}"),
        Type::Text => "a text".to_owned(),
        Type::OneOf(domain) | Type::Ordered(domain) => {
            let variants = schema.domain(domain).map(|d| d.variants.as_slice()).unwrap_or_default();
            format!("one of {}", values(variants))
        }
        Type::Date => "a date".to_owned(),
        Type::Instant => "a moment".to_owned(),
        Type::Duration => "a length in hours".to_owned(),
        Type::Days => "a number of days".to_owned(),
        Type::Months => "a number of months".to_owned(),
        Type::Time => "a time of day".to_owned(),
        Type::Zone => "a time zone".to_owned(),
        Type::Place => "a place".to_owned(),
        Type::Distance => "a distance".to_owned(),
        Type::Set(Element::Text) => "a set of texts".to_owned(),
        Type::Set(Element::Int) => "a set of whole numbers".to_owned(),
        Type::Set(Element::OneOf(domain) | Element::Ordered(domain)) => {
            let variants = schema.domain(domain).map(|d| d.variants.as_slice()).unwrap_or_default();
            format!("a set of {}", values(variants))
        }
    }
}

/// The first few of a list of values, quoted.
pub(super) fn values(variants: &[Box<str>]) -> String {
    const MOST: usize = 6;
    // One more is shown rather than counted.
    let shown = if variants.len() == MOST + 1 { MOST + 1 } else { MOST };
    let mut text = variants.iter().take(shown).map(|v| format!("`{v}`")).collect::<Vec<_>>().join(", ");
    if variants.len() > shown {
        text.push_str(&format!(" and {} more", variants.len() - shown));
    }
    text
}

/// How an infix operator is written.
pub(super) fn symbol(word: BinaryWord) -> &'static str {
    match word {
        BinaryWord::Else => "else",
        BinaryWord::Or => "or",
        BinaryWord::And => "and",
        BinaryWord::Equal => "=",
        BinaryWord::NotEqual => "is not",
        BinaryWord::Less => "<",
        BinaryWord::LessOrEqual => "<=",
        BinaryWord::Greater => ">",
        BinaryWord::GreaterOrEqual => ">=",
        BinaryWord::StartsWith => "starts with",
        BinaryWord::EndsWith => "ends with",
        BinaryWord::Contains => "contains",
        BinaryWord::Overlaps => "overlaps",
        BinaryWord::Add => "+",
        BinaryWord::Subtract => "-",
        BinaryWord::Multiply => "*",
        BinaryWord::Divide => "/",
    }
}
