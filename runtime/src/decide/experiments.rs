//! Who is held out, who is in which arm, and how likely that was.

use opportune_plan::{BUCKETS, Experiment, Holdout, Plan};

use super::facts::{FactAt, FactIds, Facts};

/// The holdouts and arms of a plan.
#[derive(Debug)]
pub struct Experiments {
    of_all: Option<HeldOut>,
    /// By offer.
    offers: Vec<OfOffer>,
}

#[derive(Debug)]
struct OfOffer {
    holdout: Option<HeldOut>,
    arms: Option<Arms>,
}

/// Those of the first buckets.
#[derive(Debug)]
struct HeldOut {
    share: u32,
    bucket: FactAt,
}

#[derive(Debug)]
struct Arms {
    bucket: FactAt,
    shares: Vec<u32>,
}

/// What became of one decision by lot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    /// Whether it is held back.
    pub held_out: bool,
    /// Its arm.
    pub arm: Option<u8>,
    /// How likely both were together.
    pub propensity: f64,
}

impl Experiments {
    /// Those of a plan.
    pub fn new(plan: &Plan, facts: &FactIds) -> Self {
        let held_out = |holdout: Holdout| HeldOut { share: holdout.share, bucket: facts.at(holdout.bucket) };
        let arms = |experiment: &Experiment| Arms {
            bucket: facts.at(experiment.bucket),
            shares: experiment.arms.iter().map(|arm| arm.share).collect(),
        };
        let offers = plan
            .offers
            .iter()
            .map(|offer| OfOffer { holdout: offer.holdout.map(held_out), arms: offer.experiment.as_ref().map(arms) });
        Self { of_all: plan.portfolio.holdout.map(held_out), offers: offers.collect() }
    }

    /// Whether a customer gets nothing at all.
    pub fn leave_out(&self, facts: Facts<'_>, row: usize) -> bool {
        self.of_all.as_ref().is_some_and(|of_all| of_all.holds(facts, row))
    }

    /// What the lot says of an offer for a customer.
    pub fn draw(&self, offer: u32, facts: Facts<'_>, row: usize) -> Drawn {
        let mut drawn = Drawn { held_out: false, arm: None, propensity: 1.0 };
        let Some(offer) = self.offers.get(offer as usize) else { return drawn };
        if let Some(holdout) = &offer.holdout {
            drawn.held_out = holdout.holds(facts, row);
            drawn.propensity = portion(if drawn.held_out { holdout.share } else { BUCKETS - holdout.share });
        }
        if let Some((arm, share)) = offer.arms.as_ref().and_then(|arms| arms.of(facts, row)) {
            drawn.arm = Some(arm);
            drawn.propensity *= portion(share);
        }
        drawn
    }
}

impl HeldOut {
    /// Without a bucket, which is never missing, nobody would be sent anything by mistake.
    fn holds(&self, facts: Facts<'_>, row: usize) -> bool {
        facts.int(self.bucket, row).is_none_or(|bucket| bucket < i64::from(self.share))
    }
}

impl Arms {
    /// The arm whose buckets, after those of the arms before it, hold the customer's; and its share.
    fn of(&self, facts: Facts<'_>, row: usize) -> Option<(u8, u32)> {
        let mut bucket = facts.int(self.bucket, row)?;
        for (arm, share) in (0..).zip(&self.shares) {
            if bucket < i64::from(*share) {
                return Some((arm, *share));
            }
            bucket -= i64::from(*share);
        }
        None
    }
}

fn portion(share: u32) -> f64 {
    f64::from(share) / f64::from(BUCKETS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Fact;
    use crate::snapshot::{Column, Values};

    fn buckets() -> [Fact; 1] {
        [Fact(Column::full(Values::Int64((0..i64::from(BUCKETS)).collect())))]
    }

    fn held_out(share: u32) -> Vec<bool> {
        let facts = buckets();
        let holdout = HeldOut { share, bucket: 0 };
        (0..BUCKETS as usize).map(|row| holdout.holds(Facts(&facts), row)).collect()
    }

    #[test]
    fn a_holdout_holds_its_share_and_keeps_whom_it_holds_as_it_grows() {
        let mut before = held_out(0);
        for share in [0, 1, 500, 501, 9_999, BUCKETS] {
            let now = held_out(share);
            assert_eq!(now.iter().filter(|held| **held).count(), share as usize);
            assert!(before.iter().zip(&now).all(|(before, now)| !before || *now), "{share}");
            before = now;
        }
    }

    #[test]
    fn arms_share_the_buckets_in_their_order() {
        let facts = buckets();
        let arms = Arms { bucket: 0, shares: vec![2_500, 0, 7_500] };
        let of = |row| arms.of(Facts(&facts), row);
        assert_eq!([of(0), of(2_499)], [Some((0, 2_500)); 2]);
        assert_eq!([of(2_500), of(9_999)], [Some((2, 7_500)); 2]);
    }

    #[test]
    fn a_propensity_is_that_of_both_draws() {
        let offer = OfOffer {
            holdout: Some(HeldOut { share: 1_000, bucket: 0 }),
            arms: Some(Arms { bucket: 0, shares: vec![5_000, 5_000] }),
        };
        let experiments = Experiments { of_all: None, offers: vec![offer] };
        let facts = buckets();
        let draw = |row| experiments.draw(0, Facts(&facts), row);
        assert_eq!(draw(0), Drawn { held_out: true, arm: Some(0), propensity: 0.1 * 0.5 });
        assert_eq!(draw(6_000), Drawn { held_out: false, arm: Some(1), propensity: 0.9 * 0.5 });
    }
}
