//! The plan's rules of sending as weeks and steps, by the local clock of whoever is concerned.

use opportune_plan::{Channel, Direction, Hours, Moment, Plan, Span, Timing, Weekdays};

use super::steps::Steps;
use super::week::Week;

/// Of each offer and channel, what rules its time.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) offers: Vec<OfOffer>,
    pub(super) channels: Vec<OfChannel>,
    /// When something may be sent at all, each once: by days of the local clock.
    pub(super) timings: Vec<Steps>,
}

/// An offer's rules.
#[derive(Debug)]
pub(super) struct OfOffer {
    /// Its hours and days, in [`Rules::timings`].
    pub(super) timing: usize,
    /// The first that is possible rules; none: as soon as may be.
    pub(super) moments: Vec<Moment>,
}

/// A channel's rules.
#[derive(Debug)]
pub(super) struct OfChannel {
    /// When it is not quiet.
    pub(super) loud: Week,
    /// Whether a jurisdiction's law holds.
    pub(super) law: bool,
    /// At least so long from the decision to the sending.
    pub(super) lead: Span,
    /// Whether customers may ask by it.
    pub(super) may_be_asked: bool,
    /// Whether only they begin.
    pub(super) needs_asking: bool,
}

impl Rules {
    pub(super) fn new(plan: &Plan) -> Self {
        let mut timings = Vec::new();
        let offers = plan.offers.iter().map(|offer| {
            let steps = offer.timing.as_ref().map_or_else(|| Steps::always(Week::always()), local);
            let timing = timings.iter().position(|known| *known == steps).unwrap_or_else(|| {
                timings.push(steps);
                timings.len() - 1
            });
            OfOffer { timing, moments: offer.timing.as_ref().map_or_else(Vec::new, |timing| timing.moments.clone()) }
        });
        let offers = offers.collect();
        Self { offers, channels: plan.channels.iter().map(of_channel).collect(), timings }
    }
}

fn of_channel(channel: &Channel) -> OfChannel {
    OfChannel {
        loud: Week::within(&channel.quiet).not(),
        law: channel.law.is_some(),
        lead: channel.lead,
        may_be_asked: channel.direction != Direction::Outbound,
        needs_asking: channel.direction == Direction::Inbound,
    }
}

/// The days and hours of a timing. Where there are hours, its days are those on which they begin; without, those of the
/// sending itself, as `from` and `to` always are.
fn local(timing: &Timing) -> Steps {
    let week = if timing.hours.is_empty() {
        Week::on(timing.days)
    } else {
        let begun = |hours: &Hours| Hours { days: Weekdays(hours.days.0 & timing.days.0), ..*hours };
        Week::within(&timing.hours.iter().map(begun).collect::<Vec<_>>())
    };
    Steps::between(week, timing.from.map(i64::from), timing.to.map(|to| i64::from(to) + 1))
}
