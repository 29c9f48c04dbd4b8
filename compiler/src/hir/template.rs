//! Texts with holes: `because` and `message`.
//!
//! What must hold: a text that validates is never empty where a part may be missing, and every format fits its value.

use opportune_plan::{Format, Type};

use super::infer::Infer;
use super::missing::may_miss;
use super::{Expr, pick};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{self, Name, TemplatePart};

/// A text whose holes are understood.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Template {
    /// Texts and holes in their order.
    pub parts: Vec<Part>,
}

/// A part of a text.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Part {
    /// As it is.
    Text(Box<str>),
    /// A value that is never missing.
    Hole {
        /// The value.
        value: Expr,
        /// How it is written.
        format: Format,
        /// The zone in which an instant is told.
        zone: Option<Expr>,
    },
    /// The item of this pick of the offer.
    Picked(u32),
}

/// A text, if all its holes could be understood. Where `eligible` was not, what it makes known is not known either.
pub(super) fn template(infer: &mut Infer<'_>, written: &ast::Template, eligible_is_complete: bool) -> Option<Template> {
    let part = |part: &TemplatePart| match part {
        TemplatePart::Text(text) => Some(Part::Text(text.clone())),
        TemplatePart::Hole { value, format, .. } => match picked(infer, value) {
            Some((at, name)) => of_pick(infer, at, name, format.as_ref()),
            None => hole(infer, value, format.as_ref(), eligible_is_complete),
        },
    };
    // Each hole is looked at, so that every mistake is told.
    let parts: Vec<Option<Part>> = written.parts.iter().map(part).collect();
    Some(Template { parts: parts.into_iter().collect::<Option<_>>()? })
}

/// The pick that a hole is about, by its position.
fn picked<'e>(infer: &Infer<'_>, value: &'e ast::Expr) -> Option<(u32, &'e str)> {
    let ast::ExprKind::Name(name) = &value.kind else { return None };
    let at = infer.context.picks.iter().position(|pick| pick == name)?;
    Some((u32::try_from(at).ok()?, name))
}

fn of_pick(infer: &mut Infer<'_>, at: u32, name: &str, format: Option<&Name>) -> Option<Part> {
    match format {
        None => Some(Part::Picked(at)),
        Some(format) => infer.fail(pick::format_of(name, format.span)),
    }
}

fn hole(infer: &mut Infer<'_>, written: &ast::Expr, format: Option<&Name>, eligible_is_complete: bool) -> Option<Part> {
    let value = infer.value(written, None);
    let format = match format {
        None => Some(Format::Plain),
        Some(name) => known_format(infer, name),
    };
    let (value, format) = (value?, format?);
    let value = if format == Format::Percent { value.widened() } else { value };
    if !fits(format, value.ty) {
        let diagnostic = bad_format(infer, written, format, value.ty);
        return infer.fail(diagnostic);
    }
    if value.nullable {
        if eligible_is_complete {
            infer.report(may_be_missing(written).may_miss(may_miss(infer.context.schema, [&value])));
        }
        return None;
    }
    let zone = (value.ty == Type::Instant).then(|| infer.zone());
    Some(Part::Hole { value, format, zone })
}

fn may_be_missing(written: &ast::Expr) -> Diagnostic {
    let message = "this hole may be missing, and the sentence would have a gap";
    Diagnostic::error(codes::HOLE_MISSING, message, written.span, "may be missing").help(
        "say what stands there then: `{… else …}`; what `eligible` compares, or says `is known` of, is known here",
    )
}

/// The formats, as they are written.
const FORMATS: &[(&str, Format)] = &[
    ("whole", Format::Whole),
    ("percent", Format::Percent),
    ("date", Format::Date),
    ("iso date", Format::Iso),
    ("time", Format::Time),
    ("weekday", Format::Weekday),
    ("month", Format::Month),
    ("day and month", Format::DayAndMonth),
];

/// How many decimals there are at most.
const MOST_DECIMALS: u8 = 6;

fn known_format(infer: &mut Infer<'_>, name: &Name) -> Option<Format> {
    if let Some((_, format)) = FORMATS.iter().find(|(word, _)| **word == *name.node) {
        return Some(*format);
    }
    let decimals = name.node.strip_suffix(" decimals").or_else(|| name.node.strip_suffix(" decimal"));
    if let Some(decimals) = decimals.map(|count| count.parse::<u8>().ok().filter(|count| *count <= MOST_DECIMALS)) {
        return match decimals {
            Some(count) => Some(Format::Decimals(count)),
            None => {
                let message = format!("a value is written with 0 to {MOST_DECIMALS} decimals");
                let diagnostic = Diagnostic::error(codes::UNKNOWN_FORMAT, message, name.span, "not so many");
                infer.fail(diagnostic.help("write, for example, `as 2 decimals`; without any: `as whole`"))
            }
        };
    }
    let message = format!("there is no format `{}`", name.node);
    let diagnostic = Diagnostic::error(codes::UNKNOWN_FORMAT, message, name.span, "no format");
    infer.fail(match nearest(&name.node, FORMATS.iter().map(|(word, _)| *word)) {
        Some(near) => diagnostic.meant(&name.node, name.span, near),
        None => diagnostic.help(
            "the formats are `whole`, `2 decimals`, `percent`, `date`, `iso date`, `time`, `weekday`, `month`, `day and \
             month`; without `as`, a value is written by its type",
        ),
    })
}

/// Which values a format is for.
fn fits(format: Format, ty: Type) -> bool {
    match format {
        Format::Plain => !matches!(ty, Type::Bool | Type::Place | Type::Zone),
        Format::Whole | Format::Decimals(_) => matches!(ty, Type::Int | Type::Number | Type::Money(_)),
        Format::Percent => ty == Type::Number,
        Format::Time => matches!(ty, Type::Instant | Type::Time),
        Format::Date | Format::Iso | Format::Weekday | Format::Month | Format::DayAndMonth => {
            matches!(ty, Type::Date | Type::Instant)
        }
    }
}

fn bad_format(infer: &Infer<'_>, written: &ast::Expr, format: Format, ty: Type) -> Diagnostic {
    let found = infer.a_type(ty);
    let (message, help) = match format {
        Format::Plain if ty == Type::Bool => {
            ("a condition has no words of its own".to_owned(), "say what stands there: `{if … then \"…\" else \"…\"}`")
        }
        Format::Plain => (format!("{found} has no words of its own"), "name a value that a customer can read"),
        Format::Whole | Format::Decimals(_) => {
            (format!("only numbers and amounts have decimals, and this is {found}"), "leave the format out")
        }
        Format::Percent => {
            (format!("only a number is written as percent, and this is {found}"), "leave the format out")
        }
        Format::Time => {
            (format!("only a moment or a time of day has a time, and this is {found}"), "leave the format out")
        }
        _ => (format!("only dates and moments are written so, and this is {found}"), "leave the format out"),
    };
    Diagnostic::error(codes::BAD_FORMAT, message, written.span, found).help(help)
}
