//! Offers with their routes, timing, experiments, picks and texts.

use opportune_plan::{Experiment, Holdout, IllFormed, Moment, Offer, Part, Pick, Route, Template, Timing};

use super::super::build::Builder;
use super::Channels;
use crate::hir::{self, template};

impl Builder<'_> {
    /// An offer without what guarantees forbid.
    pub(in crate::lower) fn offer(&mut self, offer: &hir::Offer, channels: &Channels<'_>) -> Result<Offer, IllFormed> {
        let message = |(channel, text): &(Option<Box<str>>, hir::Template)| {
            let channel = channel.as_ref().and_then(|name| channels.get(&**name).copied());
            Ok((channel, self.template(text)?))
        };
        let messages = offer.messages.iter().map(message).collect::<Result<_, _>>()?;
        let eligible = self.some(offer.eligible.as_ref())?;
        let except = offer.except.iter().map(|condition| self.expr(condition)).collect::<Result<_, _>>()?;
        let priority = self.expr(&offer.priority)?;
        Ok(Offer {
            kind: offer.kind,
            about: offer.about.clone(),
            family: offer.family,
            fields: offer.fields.clone(),
            eligible,
            except,
            routes: offer.routes.iter().map(|route| self.route(route, channels)).collect::<Result<_, _>>()?,
            timing: offer.timing.as_ref().map(|timing| self.timing(timing)).transpose()?,
            holdout: offer.holdout.as_ref().map(|holdout| self.holdout(holdout)).transpose()?,
            experiment: offer.experiment.as_ref().map(|experiment| self.experiment(experiment)).transpose()?,
            picks: offer.picks.iter().map(|pick| self.pick(pick)).collect::<Result<_, _>>()?,
            because: offer.because.as_ref().map(|text| self.template(text)).transpose()?,
            messages,
            ..Offer::new(offer.name.clone(), priority)
        })
    }

    fn route(&mut self, route: &hir::Route, channels: &Channels<'_>) -> Result<Route, IllFormed> {
        let channel = channels.get(&*route.channel).copied().ok_or(IllFormed::UnknownField)?;
        Ok(Route { when: self.some(route.when.as_ref())?, ..Route::by(channel) })
    }

    fn timing(&mut self, timing: &hir::Timing) -> Result<Timing, IllFormed> {
        let moments = timing.moments.iter().map(|moment| self.moment(moment)).collect::<Result<_, _>>()?;
        let hir::Timing { from, to, days, ref hours, moments: _ } = *timing;
        Ok(Timing { from, to, days, hours: hours.clone(), moments })
    }

    fn moment(&mut self, moment: &hir::Moment) -> Result<Moment, IllFormed> {
        Ok(match moment {
            hir::Moment::RightAway => Moment::RightAway,
            hir::Moment::After { event, least, most } => {
                Moment::After { event: self.expr(event)?, least: *least, most: *most }
            }
            hir::Moment::At { day, plus, time } => Moment::At { day: self.expr(day)?, plus: *plus, time: *time },
            hir::Moment::Exactly { event, plus } => Moment::Exactly { event: self.expr(event)?, plus: *plus },
        })
    }

    pub(in crate::lower) fn holdout(&mut self, holdout: &hir::Holdout) -> Result<Holdout, IllFormed> {
        Ok(Holdout { share: holdout.share, bucket: self.expr(&holdout.bucket)? })
    }

    fn experiment(&mut self, experiment: &hir::Experiment) -> Result<Experiment, IllFormed> {
        Ok(Experiment { bucket: self.expr(&experiment.bucket)?, arms: experiment.arms.clone() })
    }

    fn pick(&mut self, pick: &hir::Pick) -> Result<Pick, IllFormed> {
        let eligible = self.some(pick.eligible.as_ref())?;
        Ok(Pick { name: pick.name.clone(), family: pick.family, eligible, by: self.expr(&pick.by)? })
    }

    fn template(&mut self, text: &hir::Template) -> Result<Template, IllFormed> {
        let part = |part: &template::Part| match part {
            template::Part::Text(text) => Ok(Part::Text(text.clone())),
            template::Part::Picked(pick) => Ok(Part::Picked(*pick)),
            template::Part::Hole { value, format, zone } => {
                let zone = self.some(zone.as_ref())?;
                Ok(Part::Hole { value: self.expr(value)?, format: *format, zone })
            }
        };
        Ok(Template { parts: text.parts.iter().map(part).collect::<Result<_, _>>()? })
    }
}
