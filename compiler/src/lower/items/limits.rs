//! Caps: those that are told at `now` and those that are counted at the time of sending; the histories of both.
//!
//! What must hold: both forms mean the same wherever the first is chosen. It is chosen where an offer is sent at `now` or
//! not at all, since the evaluators then tell it beside all other conditions.

use opportune_plan::{
    Cap, Channel, Comparison, Constant, Direction, History, HistoryId, IllFormed, Limit, Offer, OfferKind, Op, Pause,
    Portfolio, SharedLimit, Span, Timing,
};

use super::super::Counted;
use super::super::build::Builder;
use super::Channels;
use crate::hir::{self, Expr, caps};

/// What the choice of a form looks at beside the cap itself.
#[derive(Clone, Copy)]
pub(in crate::lower) struct Sending<'a> {
    /// When caps are counted where there is a choice.
    pub(in crate::lower) caps: Counted,
    /// The channels.
    pub(in crate::lower) channels: &'a [Channel],
    /// How many offers one customer gets in all.
    pub(in crate::lower) slots_in_all: Option<u32>,
    /// Whether there are notices, which stand outside the portfolio's caps.
    pub(in crate::lower) has_notices: bool,
}

impl Sending<'_> {
    /// Whether an offer is sent at `now` or not at all, and the customer never asks for it.
    fn is_at_once(self, offer: &Offer) -> bool {
        if self.caps == Counted::AtSending {
            return false;
        }
        let nobody_asks = self.channels.iter().all(|channel| channel.direction == Direction::Outbound);
        let mut routes = offer.channels().map(|id| self.channels.get(id.0 as usize));
        let has_time = offer.timing.as_ref().is_some_and(|timing| !Timing::is_days_only(timing));
        nobody_asks && !has_time && routes.all(|channel| channel.is_some_and(goes_at_once))
    }

    /// Whether one customer gets it at most once in one run.
    fn is_once(self, offer: &Offer) -> bool {
        let is_alone = self.slots_in_all == Some(1) && offer.kind != OfferKind::Notice;
        offer.family.is_none() || is_alone
    }
}

fn goes_at_once(channel: &Channel) -> bool {
    channel.quiet.is_empty() && channel.law.is_none() && channel.lead == Span::default() && channel.asked.is_none()
}

impl Builder<'_> {
    /// Gives an offer its caps, each in the form that is exact.
    pub(in crate::lower) fn caps_of_offer(
        &mut self,
        offer: &hir::Offer,
        lowered: &mut Offer,
        sending: Sending<'_>,
        channels: &Channels<'_>,
    ) -> Result<(), IllFormed> {
        let at_now = sending.is_at_once(lowered) && sending.is_once(lowered);
        for cap in &offer.caps {
            let hir::Cap::PerCustomer(cap) = cap else { continue };
            match &cap.counted {
                Some(counted) if at_now || cap.by_member => lowered.caps.push(self.cap(cap.most, counted)?),
                _ => lowered.limits.push(self.limit(cap, channels)?),
            }
        }
        Ok(())
    }

    /// Gives the portfolio its caps; of those that can be told at `now` the first is.
    pub(in crate::lower) fn caps_of_portfolio(
        &mut self,
        portfolio: &hir::Portfolio,
        lowered: &mut Portfolio,
        offers: &[Offer],
        sending: Sending<'_>,
        channels: &Channels<'_>,
    ) -> Result<(), IllFormed> {
        let at_now = !sending.has_notices && offers.iter().all(|offer| sending.is_at_once(offer));
        for cap in &portfolio.caps {
            match cap {
                hir::Cap::PerCustomer(cap) => match &cap.counted {
                    Some(counted) if at_now && lowered.contact_cap.is_none() => {
                        lowered.contact_cap = Some(self.cap(cap.most, counted)?);
                    }
                    _ => lowered.limits.push(self.limit(cap, channels)?),
                },
                hir::Cap::Share(share) => {
                    let share = self.share(share)?;
                    lowered.shared.push(share);
                }
                hir::Cap::Quota(_) => {}
            }
        }
        Ok(())
    }

    fn cap(&mut self, most: u32, counted: &Expr) -> Result<Cap, IllFormed> {
        let counted = self.expr(counted)?;
        let limit = self.add(Op::Constant(Constant::Int(i64::from(most))))?;
        let has_room = self.add(Op::Compare(Comparison::Less, counted, limit))?;
        Ok(Cap { limit: most, counted, has_room })
    }

    fn limit(&mut self, cap: &caps::Limit, channels: &Channels<'_>) -> Result<Limit, IllFormed> {
        let channel = cap.channel.as_ref().map(|name| channels.get(&**name).copied().ok_or(IllFormed::UnknownField));
        Ok(Limit {
            text: cap.text.clone(),
            most: cap.most,
            window: cap.window,
            history: self.history(&cap.history)?,
            counts: cap.counts,
            per: cap.per,
            channel: channel.transpose()?,
            including_inbound: cap.including_inbound,
            when: self.some(cap.when.as_ref())?,
        })
    }

    fn share(&mut self, share: &caps::Share) -> Result<SharedLimit, IllFormed> {
        Ok(SharedLimit::Share {
            share: share.share,
            requests: share.requests,
            key: share.key,
            contacts: self.history(&share.contacts)?,
            contact_key: share.contact_key,
            answers: self.expr(&share.answers)?,
            window: share.window,
        })
    }

    /// `pause 30 days after 3 ignored`
    pub(in crate::lower) fn pause(
        &mut self,
        pause: &hir::portfolio::Pause,
        patience: Span,
    ) -> Result<Pause, IllFormed> {
        Ok(Pause {
            length: pause.length,
            after: pause.after,
            patience,
            contacts: self.history(&pause.contacts)?,
            responses: self.history(&pause.responses)?,
        })
    }

    /// A history, collected once however many rules look at it.
    pub(in crate::lower) fn history(&mut self, history: &caps::History) -> Result<HistoryId, IllFormed> {
        let found = History {
            events: history.events,
            filter: self.some(history.filter.as_ref())?,
            offer: history.offer,
            member: history.member,
            channel: history.channel,
            decided: history.decided,
            value: history.value,
            cost: history.cost,
        };
        let at = self.histories.iter().position(|known| *known == found).unwrap_or_else(|| {
            self.histories.push(found);
            self.histories.len() - 1
        });
        Ok(HistoryId(u32::try_from(at).unwrap_or(u32::MAX)))
    }
}
