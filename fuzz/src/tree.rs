//! Walks over syntax trees: which expression stands inside which.

use opportune_compiler::syntax::ast::{
    Expr, ExprKind, FieldItem, FieldSetting, Item, ItemKind, OfferClause, OfferClauseKind, PortfolioClauseKind,
    Template, TemplatePart, Window, WindowKind,
};

/// The outermost expressions of an item.
pub fn roots(item: &Item) -> Vec<&Expr> {
    match &item.kind {
        ItemKind::Customer(table) | ItemKind::Events(table) | ItemKind::Table(table) => of_fields(&table.fields),
        ItemKind::Context(fields) | ItemKind::OfferFields(fields) => of_fields(fields),
        ItemKind::Channel(channel) => channel.needs.iter().collect(),
        ItemKind::Segment(definition) | ItemKind::Trait(definition) => vec![&definition.value],
        ItemKind::Journey(journey) => {
            journey.steps.iter().flat_map(|step| step.within.iter().chain(&step.filter)).collect()
        }
        ItemKind::Guarantee(guarantee) => {
            let clauses = guarantee.clauses.iter().flat_map(|never| std::iter::once(&never.offers).chain(&never.when));
            guarantee.review_by.iter().chain(clauses).collect()
        }
        ItemKind::Offer(offer) => offer.clauses.iter().flat_map(of_clause).collect(),
        ItemKind::Portfolio(clauses) => clauses
            .iter()
            .flat_map(|clause| match &clause.kind {
                PortfolioClauseKind::RankBy(_) => Vec::new(),
                PortfolioClauseKind::Slate { size, .. } => vec![size],
                PortfolioClauseKind::Cap(cap) => [&cap.limit, &cap.every].into_iter().chain(&cap.filter).collect(),
            })
            .collect(),
    }
}

fn of_fields(fields: &[FieldItem]) -> Vec<&Expr> {
    fields.iter().filter_map(|field| field.default.as_ref()).flat_map(of_setting).collect()
}

fn of_setting(setting: &FieldSetting) -> Vec<&Expr> {
    match setting {
        FieldSetting::One(value) => vec![value],
        FieldSetting::Set(values, _) => values.iter().collect(),
    }
}

fn of_clause(clause: &OfferClause) -> Vec<&Expr> {
    match &clause.kind {
        OfferClauseKind::About(_) | OfferClauseKind::Channel(_) => Vec::new(),
        OfferClauseKind::Eligible(value) | OfferClauseKind::Except(value) | OfferClauseKind::Priority(value) => {
            vec![value]
        }
        OfferClauseKind::Timing { from, to } => from.iter().chain(to).collect(),
        OfferClauseKind::Cap(cap) => [&cap.limit, &cap.every].into_iter().chain(&cap.filter).collect(),
        OfferClauseKind::Because(text) | OfferClauseKind::Message { text, .. } => of_template(text),
        OfferClauseKind::Field(_, setting) => of_setting(setting),
    }
}

fn of_template(text: &Template) -> Vec<&Expr> {
    let holes = text.parts.iter().filter_map(|part| match part {
        TemplatePart::Hole { value, .. } => Some(value),
        TemplatePart::Text(_) => None,
    });
    holes.collect()
}

/// The expressions right inside another.
pub fn inside(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Error | ExprKind::Literal(_) | ExprKind::Name(_) => Vec::new(),
        ExprKind::Field(of, _) | ExprKind::Not(of) | ExprKind::Negate(of) | ExprKind::Is { of, .. } => vec![of],
        ExprKind::Call(_, all) | ExprKind::List(all) => all.iter().collect(),
        ExprKind::Aggregate { ranked, of, window, filter, .. } => {
            let own = ranked.iter().chain(std::iter::once(of)).chain(filter).map(|expr| &**expr);
            own.chain(window.iter().flat_map(of_window)).collect()
        }
        ExprKind::Binary(_, a, b) | ExprKind::InSet { of: a, set: b, .. } => vec![a, b],
        ExprKind::InList { of, list, .. } => std::iter::once(&**of).chain(list).collect(),
        ExprKind::InWindow { of, window, .. } => std::iter::once(&**of).chain(of_window(window)).collect(),
        ExprKind::Between { of: a, low: b, high: c, .. } | ExprKind::If(a, b, c) => vec![a, b, c],
    }
}

fn of_window(window: &Window) -> Vec<&Expr> {
    match &window.kind {
        WindowKind::Last(length) | WindowKind::Next(length) => vec![length],
        WindowKind::Calendar(..) => Vec::new(),
        WindowKind::Between(low, high) => vec![low, high],
    }
}
