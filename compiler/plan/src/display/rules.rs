//! The rules of sending, limits and experiments as text; all that decides stands there, so that it is in the hash.

use std::fmt::{self, Formatter};

use crate::channel::{Channel, Direction, Hours, Weekdays};
use crate::delivery::{Delivery, Moment, Timing};
use crate::expr::ExprId;
use crate::limit::{Apart, History, Limit, LimitWindow, SharedLimit};
use crate::offer::{Offer, Pick, Plan, Portfolio, Route};
use crate::schema::{FieldId, Schema};
use crate::types::Span;

/// `word %7`, where there is an expression.
fn some(f: &mut Formatter<'_>, word: &str, id: Option<ExprId>) -> fmt::Result {
    id.map_or(Ok(()), |id| write!(f, " {word} %{}", id.0))
}

fn span(span: Span) -> String {
    let Span { months, days, micros } = span;
    format!("{months} months {days} days {micros}u s")
}

fn hours(hours: &Hours) -> String {
    format!("{}u to {}u on {}", hours.from, hours.to, days(hours.days))
}

fn days(days: Weekdays) -> String {
    format!("{:07b}", days.0)
}

pub(super) fn channel(f: &mut Formatter<'_>, channel: &Channel) -> fmt::Result {
    write!(f, "channel {}", channel.name)?;
    match channel.direction {
        Direction::Outbound => {}
        Direction::Inbound => write!(f, " inbound")?,
        Direction::Both => write!(f, " inbound and outbound")?,
    }
    some(f, "needs", channel.needs)?;
    some(f, "asked", channel.asked)?;
    some(f, "law", channel.law)?;
    if channel.lead != Span::default() {
        write!(f, " lead {}", span(channel.lead))?;
    }
    channel.quiet.iter().try_for_each(|quiet| write!(f, " quiet {}", hours(quiet)))?;
    if let Some(capacity) = channel.capacity {
        write!(f, " capacity {} each {:?}", capacity.most, capacity.each)?;
        capacity.past.map_or(Ok(()), |past| write!(f, " of history {}", past.0))?;
    }
    writeln!(f)
}

pub(super) fn delivery(f: &mut Formatter<'_>, delivery: &Delivery) -> fmt::Result {
    if *delivery == Delivery::default() {
        return Ok(());
    }
    write!(f, "delivery within {}", span(delivery.horizon))?;
    some(f, "zone", delivery.zone)?;
    some(f, "known", delivery.zone_known)?;
    delivery.possible_zones.iter().try_for_each(|zone| write!(f, " perhaps {zone:?}"))?;
    writeln!(f)
}

pub(super) fn history(f: &mut Formatter<'_>, schema: &Schema, at: usize, history: &History) -> fmt::Result {
    write!(f, "history {at} of {}", schema.table(history.events).map_or("?", |table| &table.name))?;
    some(f, "where", history.filter)?;
    let mut field = |word: &str, field: Option<FieldId>| {
        let name = field.map(|field| schema.field(history.events, field).map_or("?", |field| &field.name));
        name.map_or(Ok(()), |name| write!(f, " {word} {name}"))
    };
    field("offer", history.offer)?;
    field("member", history.member)?;
    field("channel", history.channel)?;
    field("decided", history.decided)?;
    field("value", history.value)?;
    field("cost", history.cost)?;
    writeln!(f)
}

pub(super) fn limits(f: &mut Formatter<'_>, limits: &[Limit]) -> fmt::Result {
    for limit in limits {
        write!(f, "  limit {:?}: {} of history {} {:?}", limit.text, limit.most, limit.history.0, limit.counts)?;
        match limit.window {
            LimitWindow::Rolling(window) => write!(f, " every {}", span(window))?,
            LimitWindow::Calendar(unit) => write!(f, " each {unit:?}")?,
        }
        write!(f, " per {:?}", limit.per)?;
        limit.channel.map_or(Ok(()), |channel| write!(f, " on channel {}", channel.0))?;
        write!(f, "{}", if limit.including_inbound { " including inbound" } else { "" })?;
        some(f, "when", limit.when)?;
        writeln!(f)?;
    }
    Ok(())
}

pub(super) fn routes(f: &mut Formatter<'_>, channels: &[Channel], routes: &[Route]) -> fmt::Result {
    for route in routes {
        write!(f, "  channel {}", channels.get(route.channel.0 as usize).map_or("?", |channel| &channel.name))?;
        some(f, "when", route.when)?;
        if let Some(value) = route.value {
            write!(f, " value %{} * score + %{}", value.per_score.0, value.fixed.0)?;
        }
        if let Some(cost) = route.cost {
            some(f, "cost of the message", cost.message)?;
            some(f, "cost", cost.offer)?;
        }
        writeln!(f)?;
    }
    Ok(())
}

pub(super) fn timing(f: &mut Formatter<'_>, timing: &Timing) -> fmt::Result {
    let day = |day: Option<i32>| day.map_or("ever".to_owned(), |day| format!("day {day}"));
    write!(f, "  timing {} to {}", day(timing.from), day(timing.to))?;
    if timing.days != Weekdays::ALL {
        write!(f, " on {}", days(timing.days))?;
    }
    timing.hours.iter().try_for_each(|of| write!(f, " within {}", hours(of)))?;
    for moment in &timing.moments {
        match moment {
            Moment::RightAway => write!(f, ", right away")?,
            Moment::After { event, least, most } => {
                let most = most.map_or("ever".to_owned(), span);
                write!(f, ", {} to {most} after %{}", span(*least), event.0)?;
            }
            Moment::At { day, plus, time } => write!(f, ", at {time}u on %{} plus {}", day.0, span(*plus))?,
            Moment::Exactly { event, plus } => write!(f, ", {} after %{}", span(*plus), event.0)?,
        }
    }
    writeln!(f)
}

pub(super) fn experiments(f: &mut Formatter<'_>, offer: &Offer) -> fmt::Result {
    if let Some(holdout) = offer.holdout {
        writeln!(f, "  holdout {} of %{}", holdout.share, holdout.bucket.0)?;
    }
    let Some(experiment) = &offer.experiment else { return Ok(()) };
    write!(f, "  arms by %{}:", experiment.bucket.0)?;
    experiment.arms.iter().try_for_each(|arm| write!(f, " {} {}", arm.name, arm.share))?;
    writeln!(f)
}

pub(super) fn pick(f: &mut Formatter<'_>, schema: &Schema, pick: &Pick) -> fmt::Result {
    let table = schema.table(pick.family.table).map_or("?", |table| &table.name);
    let field = schema.field(pick.family.table, pick.family.field).map_or("?", |field| &field.name);
    write!(f, "  pick {}: {table}.{field}", pick.name)?;
    some(f, "where", pick.eligible)?;
    writeln!(f, " by %{}", pick.by.0)
}

pub(super) fn portfolio(f: &mut Formatter<'_>, plan: &Plan, portfolio: &Portfolio) -> fmt::Result {
    let name = |id: crate::offer::OfferId| plan.offers.get(id.0 as usize).map_or("?", |offer| &offer.name);
    limits(f, &portfolio.limits)?;
    for most in &portfolio.at_most {
        writeln!(f, "  at most {} per field {}", most.most, most.field.0)?;
    }
    for exclusion in &portfolio.exclusions {
        let names: Vec<&str> = exclusion.offers.iter().map(|id| name(*id)).collect();
        writeln!(f, "  at most {} of {}", exclusion.most, names.join(", "))?;
    }
    for pause in &portfolio.pauses {
        write!(f, "  pause {} after {} ignored for {}", span(pause.length), pause.after, span(pause.patience))?;
        writeln!(f, " by histories {} and {}", pause.contacts.0, pause.responses.0)?;
    }
    if let Some(holdout) = portfolio.holdout {
        writeln!(f, "  holdout {} of %{}", holdout.share, holdout.bucket.0)?;
    }
    portfolio.fallback.map_or(Ok(()), |id| writeln!(f, "  fallback {}", name(id)))?;
    for shared in &portfolio.shared {
        match shared {
            SharedLimit::Quota(quota) => {
                write!(f, "  quota {:?}: {} {:?}", quota.text, quota.most, quota.counts)?;
                quota.offer.map_or(Ok(()), |offer| write!(f, " of {}", name(offer)))?;
                quota.each.map_or(Ok(()), |unit| write!(f, " each {unit:?}"))?;
                match quota.per {
                    Apart::Together => {}
                    Apart::Customer(key, field) => {
                        write!(f, " per %{}", key.0)?;
                        field.map_or(Ok(()), |field| write!(f, " by field {}", field.0))?;
                    }
                    Apart::Field(field) => write!(f, " per offer field {}", field.0)?,
                    Apart::Member => write!(f, " per member")?,
                }
                quota.channel.map_or(Ok(()), |channel| write!(f, " on channel {}", channel.0))?;
                quota.past.map_or(Ok(()), |past| write!(f, " with history {}", past.0))?;
            }
            SharedLimit::Share { share, requests, key, contacts, contact_key, answers, window } => {
                write!(f, "  share {share} of table {} by field {}", requests.0, key.0)?;
                write!(f, " of history {} by field {}", contacts.0, contact_key.0)?;
                write!(f, " for %{} every {}", answers.0, span(*window))?;
            }
        }
        writeln!(f)?;
    }
    Ok(())
}
