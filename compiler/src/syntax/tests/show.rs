//! Trees in one line, for the tests.

use super::super::ast::{
    EachItem, Expr, ExprKind, FieldItem, FieldSetting, ItemKind, JourneyStep, NeverClause, OfferItem, Template,
    TemplatePart, TypeExpr, Window, WindowKind,
};
use super::show_clause::{channel_clause, offer_clause, portfolio_clause};
use super::show_test::{record_field, test_clause};

/// An expression with all its brackets.
pub fn expr(shown: &Expr) -> String {
    let not = |negated: &bool| if *negated { "not-" } else { "" };
    match &shown.kind {
        ExprKind::Error => "ERROR".to_owned(),
        ExprKind::Literal(literal) => format!("{literal:?}"),
        ExprKind::Name(name) => name.to_string(),
        ExprKind::Field(of, field) => format!("{}.{}", expr(of), field.node),
        ExprKind::Call(name, arguments) => format!("{}({})", name.node, list(arguments)),
        ExprKind::Aggregate { function, ranked, of, window, filter } => {
            let ranked = ranked.as_ref().map(|ranked| format!("{}, ", expr(ranked))).unwrap_or_default();
            let window = window.as_ref().map(|shown| format!(" {}", self::window(shown))).unwrap_or_default();
            let filter = filter.as_ref().map(|filter| format!(" where {}", expr(filter))).unwrap_or_default();
            format!("{:?}<{ranked}{}{window}{filter}>", function.node, expr(of))
        }
        ExprKind::Not(of) => format!("(not {})", expr(of)),
        ExprKind::Negate(of) => format!("(- {})", expr(of)),
        ExprKind::Binary(op, left, right) => format!("({} {:?} {})", expr(left), op.node, expr(right)),
        ExprKind::Is { of, test, negated } => format!("({} {}is {test:?})", expr(of), not(negated)),
        ExprKind::InList { of, negated, list: values } => {
            format!("({} {}in [{}])", expr(of), not(negated), list(values))
        }
        ExprKind::InWindow { of, negated, window } => {
            format!("({} {}{})", expr(of), not(negated), self::window(window))
        }
        ExprKind::InSet { of, negated, set } => format!("({} {}in {})", expr(of), not(negated), expr(set)),
        ExprKind::List(values) => format!("[{}]", list(values)),
        ExprKind::Between { of, negated, low, high } => {
            format!("({} {}between {} {})", expr(of), not(negated), expr(low), expr(high))
        }
        ExprKind::If(condition, then, otherwise) => {
            format!("(if {} then {} else {})", expr(condition), expr(then), expr(otherwise))
        }
    }
}

fn window(shown: &Window) -> String {
    match &shown.kind {
        WindowKind::Last(length) => format!("in-last {}", expr(length)),
        WindowKind::Next(length) => format!("in-next {}", expr(length)),
        WindowKind::Calendar(word, unit) => format!("in-{word:?}-{unit:?}"),
        WindowKind::Between(low, high) => format!("in-between {} {}", expr(low), expr(high)),
    }
}

/// A text with its holes.
pub fn template(shown: &Template) -> String {
    let part = |part: &TemplatePart| match part {
        TemplatePart::Text(text) => format!("{text:?}"),
        TemplatePart::Hole { value, format, .. } => {
            let format = format.as_ref().map(|format| format!(" as {}", format.node)).unwrap_or_default();
            format!("{{{}{format}}}", expr(value))
        }
    };
    shown.parts.iter().map(part).collect::<Vec<_>>().join(" ")
}

fn list(values: &[Expr]) -> String {
    values.iter().map(expr).collect::<Vec<_>>().join(", ")
}

pub fn setting(shown: &FieldSetting) -> String {
    match shown {
        FieldSetting::One(value) => expr(value),
        FieldSetting::Set(values, _) => format!("[{}]", list(values)),
    }
}

fn ty(shown: &TypeExpr) -> String {
    let values = |values: &[super::super::ast::Name]| {
        values.iter().map(|value| value.node.to_string()).collect::<Vec<_>>().join("|")
    };
    match shown {
        TypeExpr::Named(name) => name.to_string(),
        TypeExpr::Money(currency) => format!("money<{}>", currency.node),
        TypeExpr::OneOf(of) => format!("one_of<{}>", values(of)),
        TypeExpr::Ordered(of) => format!("ordered<{}>", values(of)),
        TypeExpr::SetOf(of) => format!("set<{}>", ty(&of.node)),
    }
}

fn field(shown: &FieldItem) -> String {
    let mut line = shown.role.as_ref().map(|role| format!("{:?} ", role.node)).unwrap_or_default();
    line +=
        &format!("{}: {}", shown.name.node, shown.ty.as_ref().map_or("NO TYPE".to_owned(), |shown| ty(&shown.node)));
    line += if shown.optional.is_some() { "?" } else { "" };
    if let Some(link) = &shown.link {
        let alias = link.alias.as_ref().map(|alias| format!(" as {}", alias.node)).unwrap_or_default();
        line += &format!(" -> {}{}{alias}", link.table.node, if link.optional.is_some() { "?" } else { "" });
    }
    if !shown.from.is_empty() {
        line += &format!(" from {:?}", shown.from.iter().map(|part| &*part.node).collect::<Vec<_>>());
    }
    line += &shown.and.as_ref().map(|second| format!(" and {:?}", second.node)).unwrap_or_default();
    line += &shown.default.as_ref().map(|default| format!(" = {}", setting(default))).unwrap_or_default();
    line + &shown.classes.iter().map(|class| format!(" #{}", class.node)).collect::<String>()
}

/// An item, a line for each clause.
pub fn item(shown: &ItemKind) -> String {
    let lines: Vec<String> = match shown {
        ItemKind::Customer(table) | ItemKind::Events(table) | ItemKind::Table(table) => {
            std::iter::once(table.name.node.to_string()).chain(table.fields.iter().map(field)).collect()
        }
        ItemKind::OfferFields(fields) => fields.iter().map(field).collect(),
        ItemKind::Channel(channel) => std::iter::once(channel.name.node.to_string())
            .chain(channel.clauses.iter().map(|clause| channel_clause(&clause.kind)))
            .collect(),
        ItemKind::Segment(definition) | ItemKind::Trait(definition) => {
            vec![format!("{} := {}", definition.name.node, expr(&definition.value))]
        }
        ItemKind::Context(fields) => fields.iter().map(field).collect(),
        ItemKind::Journey(journey) => {
            std::iter::once(journey.name.node.to_string()).chain(journey.steps.iter().map(step)).collect()
        }
        ItemKind::Guarantee(guarantee) => {
            let review =
                guarantee.review_by.as_ref().map(|day| format!(" review by {}", expr(day))).unwrap_or_default();
            let never = |clause: &NeverClause| {
                let when = clause.when.as_ref().map(|when| format!(" when {}", expr(when))).unwrap_or_default();
                format!("never {}{when}", expr(&clause.offers))
            };
            std::iter::once(format!("{:?}{review}", guarantee.name.node))
                .chain(guarantee.clauses.iter().map(never))
                .collect()
        }
        ItemKind::Offer(offer) => std::iter::once(offer_head(offer))
            .chain(offer.clauses.iter().map(|clause| offer_clause(&clause.kind)))
            .collect(),
        ItemKind::Portfolio(clauses) => clauses.iter().map(|clause| portfolio_clause(&clause.kind)).collect(),
        ItemKind::Persona(persona) => {
            std::iter::once(persona.name.node.to_string()).chain(persona.fields.iter().map(record_field)).collect()
        }
        ItemKind::Test(test) => std::iter::once(format!("{:?}", test.name.node))
            .chain(test.clauses.iter().map(|clause| test_clause(&clause.kind)))
            .collect(),
    };
    lines.join("\n")
}

fn offer_head(offer: &OfferItem) -> String {
    let each = |each: &EachItem| format!(" each {} of {} as {}", each.field.node, each.table.node, each.variable.node);
    let kind = match offer.kind {
        opportune_plan::OfferKind::Offer => String::new(),
        other => format!("{other:?} "),
    };
    format!("{kind}{}{}", offer.name.node, offer.each.as_ref().map(each).unwrap_or_default())
}

fn step(shown: &JourneyStep) -> String {
    let within = shown.within.as_ref().map(|within| format!(" within {}", expr(within))).unwrap_or_default();
    let filter = shown.filter.as_ref().map(|filter| format!(" where {}", expr(filter))).unwrap_or_default();
    format!("{}{within}{filter}", shown.events.node)
}
