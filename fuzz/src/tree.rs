//! Walks over syntax trees: which expression stands inside which.

use opportune_compiler::syntax::ast::{
    AlwaysClause, BudgetClause, CapClause, CapKind, CapWindow, ChannelClause, ChannelClauseKind, Expr, ExprKind,
    FieldItem, FieldSetting, Item, ItemKind, MomentItem, OfferClause, OfferClauseKind, PortfolioClause,
    PortfolioClauseKind, Record, RecordValue, Template, TemplatePart, TestClause, TestClauseKind, TimingPart, Window,
    WindowKind,
};

/// The outermost expressions of an item.
pub fn roots(item: &Item) -> Vec<&Expr> {
    match &item.kind {
        ItemKind::Customer(table) | ItemKind::Events(table) | ItemKind::Table(table) => of_fields(&table.fields),
        ItemKind::Context(fields) | ItemKind::OfferFields(fields) => of_fields(fields),
        ItemKind::Channel(channel) => channel.clauses.iter().flat_map(of_channel_clause).collect(),
        ItemKind::Segment(definition) | ItemKind::Trait(definition) => vec![&definition.value],
        ItemKind::Journey(journey) => {
            journey.steps.iter().flat_map(|step| step.within.iter().chain(&step.filter)).collect()
        }
        ItemKind::Guarantee(guarantee) => {
            let clauses = guarantee.clauses.iter().flat_map(|never| std::iter::once(&never.offers).chain(&never.when));
            guarantee.review_by.iter().chain(clauses).collect()
        }
        ItemKind::Offer(offer) => offer.clauses.iter().flat_map(of_clause).collect(),
        ItemKind::Portfolio(clauses) => clauses.iter().flat_map(of_portfolio_clause).collect(),
        ItemKind::Persona(persona) => persona.fields.iter().flat_map(|field| of_value(&field.value)).collect(),
        ItemKind::Test(test) => test.clauses.iter().flat_map(of_test_clause).collect(),
    }
}

fn of_record(record: &Record) -> impl Iterator<Item = &Expr> {
    record.fields.iter().flat_map(|field| of_value(&field.value))
}

fn of_value(value: &RecordValue) -> Vec<&Expr> {
    match value {
        RecordValue::Missing(_) => Vec::new(),
        RecordValue::One(value) => vec![value],
        RecordValue::List(values, _) => values.iter().flat_map(of_value).collect(),
        RecordValue::Row(record) => of_record(record).collect(),
    }
}

fn of_test_clause(clause: &TestClause) -> Vec<&Expr> {
    match &clause.kind {
        TestClauseKind::At(value) | TestClauseKind::ThenAfter(value) | TestClauseKind::ThenAt(value) => vec![value],
        TestClauseKind::Given { record, .. } => record.iter().flat_map(of_record).collect(),
        TestClauseKind::Context(record) => of_record(record).collect(),
        TestClauseKind::Expect(expectation) => expectation.member.iter().chain(&expectation.at).collect(),
        TestClauseKind::Always(AlwaysClause::AtMost { most, within, .. }) => vec![most, within],
        TestClauseKind::Always(AlwaysClause::Never { when, .. }) => vec![when],
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

fn of_channel_clause(clause: &ChannelClause) -> Vec<&Expr> {
    match &clause.kind {
        ChannelClauseKind::Direction(_) => Vec::new(),
        ChannelClauseKind::Quiet(quiet) => quiet.hours.iter().flat_map(|(from, to)| [from, to]).collect(),
        ChannelClauseKind::Needs(value)
        | ChannelClauseKind::Law(value)
        | ChannelClauseKind::Lead(value)
        | ChannelClauseKind::Carries(value)
        | ChannelClauseKind::Cost(value)
        | ChannelClauseKind::Capacity { most: value, .. } => vec![value],
    }
}

fn of_clause(clause: &OfferClause) -> Vec<&Expr> {
    match &clause.kind {
        OfferClauseKind::About(_) => Vec::new(),
        OfferClauseKind::Channel(routes) => routes.iter().filter_map(|route| route.when.as_ref()).collect(),
        OfferClauseKind::Eligible(value) | OfferClauseKind::Except(value) | OfferClauseKind::Priority(value) => {
            vec![value]
        }
        OfferClauseKind::Timing(parts) => parts.iter().flat_map(of_timing).collect(),
        OfferClauseKind::Cap(cap) => of_cap(cap),
        OfferClauseKind::Budget(budget) => of_budget(budget),
        OfferClauseKind::Cost(value) => vec![value],
        OfferClauseKind::Holdout(holdout) => vec![&holdout.share],
        OfferClauseKind::Arms { arms, .. } => arms.iter().map(|(_, share)| share).collect(),
        OfferClauseKind::Pick(pick) => pick.filter.iter().chain([&pick.by]).collect(),
        OfferClauseKind::Because(text) | OfferClauseKind::Message { text, .. } => of_template(text),
        OfferClauseKind::Field(_, setting) | OfferClauseKind::Arm { setting, .. } => of_setting(setting),
    }
}

fn of_timing(part: &TimingPart) -> Vec<&Expr> {
    match part {
        TimingPart::Days { from, to } => from.iter().chain(to).collect(),
        TimingPart::On(_) => Vec::new(),
        TimingPart::Between(from, to) => vec![from, to],
        TimingPart::Moment { kind, .. } => match kind {
            MomentItem::RightAway => Vec::new(),
            MomentItem::After { least, most, event } => least.iter().chain(most).chain([event]).collect(),
            MomentItem::Exactly { plus, event } => vec![plus, event],
            MomentItem::At { time, plus, event } => [time].into_iter().chain(plus).chain([event]).collect(),
        },
    }
}

fn of_cap(cap: &CapClause) -> Vec<&Expr> {
    let kind: Vec<&Expr> = match &cap.kind {
        CapKind::PerCustomer { per, window: CapWindow::Every(every) } => per.iter().chain([every]).collect(),
        CapKind::PerCustomer { per, window: CapWindow::Each(_) } => per.iter().collect(),
        CapKind::InTotal(total) => total.per.iter().collect(),
        CapKind::Share { per, every, .. } => vec![per, every],
    };
    [&cap.limit].into_iter().chain(kind).chain(&cap.filter).chain(&cap.when).collect()
}

fn of_budget(budget: &BudgetClause) -> Vec<&Expr> {
    [&budget.amount].into_iter().chain(&budget.total.per).collect()
}

fn of_portfolio_clause(clause: &PortfolioClause) -> Vec<&Expr> {
    match &clause.kind {
        PortfolioClauseKind::RankBy(_)
        | PortfolioClauseKind::Stop { .. }
        | PortfolioClauseKind::Fallback(_)
        | PortfolioClauseKind::PossibleZones(_) => Vec::new(),
        PortfolioClauseKind::Slate { size, at_most, .. } => {
            [size].into_iter().chain(at_most.iter().map(|item| &item.most)).collect()
        }
        PortfolioClauseKind::Cap(cap) => of_cap(cap),
        PortfolioClauseKind::Budget(budget) => of_budget(budget),
        PortfolioClauseKind::Objective(value) | PortfolioClauseKind::Horizon(value) => vec![value],
        PortfolioClauseKind::AtMost(item) => vec![&item.most],
        PortfolioClauseKind::AtMostOf { most, .. } => vec![most],
        PortfolioClauseKind::Pause { length, after } => vec![length, after],
        PortfolioClauseKind::Suppress { length, filter, .. } => [length].into_iter().chain(filter).collect(),
        PortfolioClauseKind::Holdout(holdout) => vec![&holdout.share],
        PortfolioClauseKind::Lever { factor, filter, when, .. } => {
            [factor].into_iter().chain(filter).chain(when).collect()
        }
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
