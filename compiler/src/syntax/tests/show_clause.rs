//! Clauses in one line, for the tests.

use super::super::ast::{
    AtMostItem, BudgetClause, CapClause, CapKind, CapWindow, ChannelClauseKind, Expr, HoldoutClause, HoursClause,
    MomentItem, Name, OfferClauseKind, PickClause, PortfolioClauseKind, RankTerm, RouteItem, TimingPart, Total,
};
use super::show::{expr, setting, template};

fn names(names: &[Name]) -> String {
    names.iter().map(|name| &*name.node).collect::<Vec<_>>().join(", ")
}

/// A word and what follows it, where there is something.
fn with<T>(word: &str, value: Option<&T>, shown: impl Fn(&T) -> String) -> String {
    value.map(|value| format!(" {word} {}", shown(value))).unwrap_or_default()
}

fn named(name: &Name) -> String {
    name.node.to_string()
}

/// A clause of a channel.
pub fn channel_clause(shown: &ChannelClauseKind) -> String {
    match shown {
        ChannelClauseKind::Needs(condition) => format!("needs {}", expr(condition)),
        ChannelClauseKind::Direction(direction) => format!("{direction:?}"),
        ChannelClauseKind::Quiet(HoursClause { hours, days }) => {
            let hours = hours.as_ref().map(|(from, to)| format!(" {} to {}", expr(from), expr(to)));
            let days = if days.is_empty() { String::new() } else { format!(" on {}", names(days)) };
            format!("quiet{}{days}", hours.unwrap_or_default())
        }
        ChannelClauseKind::Law(of) => format!("quiet by law of {}", expr(of)),
        ChannelClauseKind::Lead(length) => format!("lead {}", expr(length)),
        ChannelClauseKind::Carries(condition) => format!("carries {}", expr(condition)),
        ChannelClauseKind::Cost(value) => format!("cost {}", expr(value)),
        ChannelClauseKind::Capacity { most, each } => format!("capacity {} per {}", expr(most), each.node),
    }
}

/// A clause of an offer.
pub fn offer_clause(shown: &OfferClauseKind) -> String {
    match shown {
        OfferClauseKind::About(text) => format!("about {:?}", text.node),
        OfferClauseKind::Because(text) => format!("because {}", template(text)),
        OfferClauseKind::Message { channel, text } => {
            let channel = channel.as_ref().map(|channel| format!("{} ", channel.node)).unwrap_or_default();
            format!("message {channel}{}", template(text))
        }
        OfferClauseKind::Eligible(condition) => format!("eligible {}", expr(condition)),
        OfferClauseKind::Except(condition) => format!("except {}", expr(condition)),
        OfferClauseKind::Priority(value) => format!("priority {}", expr(value)),
        OfferClauseKind::Channel(routes) => {
            let route =
                |route: &RouteItem| format!("{}{}", route.channel.node, with("when", route.when.as_ref(), expr));
            format!("channel {:?}", routes.iter().map(route).collect::<Vec<_>>())
        }
        OfferClauseKind::Timing(parts) => {
            format!("timing {}", parts.iter().map(timing_part).collect::<Vec<_>>().join(", "))
        }
        OfferClauseKind::Cap(clause) => cap(clause),
        OfferClauseKind::Budget(clause) => budget(clause),
        OfferClauseKind::Cost(value) => format!("cost {}", expr(value)),
        OfferClauseKind::Field(name, value) => format!("field {} {}", name.node, setting(value)),
        OfferClauseKind::Holdout(clause) => holdout(clause),
        OfferClauseKind::Arms { arms, salt } => {
            let arm = |(name, share): &(Name, Expr)| format!("{} {}", name.node, expr(share));
            let arms = arms.iter().map(arm).collect::<Vec<_>>().join(", ");
            format!("arms {arms}{}", with("salted", salt.as_ref(), named))
        }
        OfferClauseKind::Arm { arm, field, setting: value } => {
            format!("arm {} field {} {}", arm.node, field.node, setting(value))
        }
        OfferClauseKind::Pick(PickClause { name, field, table, filter, by }) => {
            let field = field.as_ref().map(|field| format!("{} of ", field.node)).unwrap_or_default();
            format!("pick {}: {field}{}{} by {}", name.node, table.node, with("where", filter.as_ref(), expr), expr(by))
        }
    }
}

fn holdout(shown: &HoldoutClause) -> String {
    format!("holdout {}{}", expr(&shown.share), with("salted", shown.salt.as_ref(), named))
}

fn timing_part(shown: &TimingPart) -> String {
    match shown {
        TimingPart::Days { from, to } => {
            format!("days{}{}", with("from", from.as_ref(), expr), with("to", to.as_ref(), expr))
        }
        TimingPart::On(days) => format!("on [{}]", names(days)),
        TimingPart::Between(from, to) => format!("between {} and {}", expr(from), expr(to)),
        TimingPart::Moment { kind, .. } => match kind {
            MomentItem::RightAway => "right away".to_owned(),
            MomentItem::After { least, most, event } => format!(
                "after {}{}{}",
                expr(event),
                with("least", least.as_ref(), expr),
                with("most", most.as_ref(), expr)
            ),
            MomentItem::Exactly { plus, event } => format!("exactly {} after {}", expr(plus), expr(event)),
            MomentItem::At { time, plus, event } => {
                format!("at {} on the day of {}{}", expr(time), expr(event), with("plus", plus.as_ref(), expr))
            }
        },
    }
}

fn cap(shown: &CapClause) -> String {
    let CapClause { limit, counted, kind, on, including_inbound, over, filter, when } = shown;
    let counted = counted.as_ref().map(|counted| format!(" {}", counted.node)).unwrap_or_default();
    let kind = match kind {
        CapKind::PerCustomer { per, window } => {
            let window = match window {
                CapWindow::Every(length) => format!("every {}", expr(length)),
                CapWindow::Each(unit) => format!("each {}", unit.node),
            };
            format!("per customer{} {window}", with("per", per.as_ref(), expr))
        }
        CapKind::InTotal(shown) => format!("in total{}", total(shown)),
        CapKind::Share { of, per, every } => format!("of {} per {} every {}", of.node, expr(per), expr(every)),
    };
    let on = with("on", on.as_ref(), named);
    let inbound = if including_inbound.is_some() { " including inbound" } else { "" };
    let over = with("over", over.as_ref(), named) + &with("where", filter.as_ref(), expr);
    format!("cap {}{counted} {kind}{on}{inbound}{over}{}", expr(limit), with("when", when.as_ref(), expr))
}

fn total(shown: &Total) -> String {
    with("each", shown.each.as_ref(), named) + &with("per", shown.per.as_ref(), expr)
}

fn budget(shown: &BudgetClause) -> String {
    let on = with("on", shown.on.as_ref(), named);
    format!("budget {}{}{on}", expr(&shown.amount), total(&shown.total))
}

fn at_most(shown: &AtMostItem) -> String {
    format!("at most {} per {}", expr(&shown.most), shown.field.node)
}

/// A clause of the portfolio.
pub fn portfolio_clause(shown: &PortfolioClauseKind) -> String {
    match shown {
        PortfolioClauseKind::RankBy(terms) => {
            let term = |term: &RankTerm| match term {
                RankTerm::Field { field, descending } => {
                    format!("{}{}", field.node, if *descending { " desc" } else { "" })
                }
                RankTerm::Score(_) => "score".to_owned(),
                RankTerm::Lot(_) => "lot".to_owned(),
            };
            format!("rank {}", terms.iter().map(term).collect::<Vec<_>>().join(", "))
        }
        PortfolioClauseKind::Slate { channel, size, at_most: items } => {
            let items: String = items.iter().map(|item| format!(", {}", at_most(item))).collect();
            format!("slate {:?} {}{items}", channel.as_ref().map(|name| &*name.node), expr(size))
        }
        PortfolioClauseKind::Cap(clause) => cap(clause),
        PortfolioClauseKind::Budget(clause) => budget(clause),
        PortfolioClauseKind::Objective(value) => format!("objective {}", expr(value)),
        PortfolioClauseKind::AtMost(item) => at_most(item),
        PortfolioClauseKind::AtMostOf { most, offers } => format!("at most {} of [{}]", expr(most), names(offers)),
        PortfolioClauseKind::Pause { length, after } => format!("pause {} after {}", expr(length), expr(after)),
        PortfolioClauseKind::Stop { channel, outcome } => {
            format!("stop {:?} after {}", channel.as_ref().map(|name| &*name.node), outcome.node)
        }
        PortfolioClauseKind::Suppress { length, events, filter } => {
            format!("suppress {} after {}{}", expr(length), events.node, with("where", filter.as_ref(), expr))
        }
        PortfolioClauseKind::Holdout(clause) => holdout(clause),
        PortfolioClauseKind::Fallback(offer) => format!("fallback {}", offer.node),
        PortfolioClauseKind::Lever { name, factor, filter, when } => format!(
            "lever {} {}{}{}",
            name.node,
            expr(factor),
            with("where", filter.as_ref(), expr),
            with("when", when.as_ref(), expr)
        ),
        PortfolioClauseKind::Horizon(length) => format!("horizon {}", expr(length)),
        PortfolioClauseKind::PossibleZones(zones) => format!("possible zones {}", names(zones)),
    }
}
