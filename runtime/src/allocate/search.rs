//! The best choices of one customer by messages that are paid, where not all go beside each other: branch and bound.

use std::collections::HashSet;

use super::Choice;
use super::intern::BuildQuick;
use super::respond::{FEW_SLOTS, Situation, Want, again, goes};

/// Tries choices, the greatest gains first; kept, so that nothing is allocated for each.
///
/// What may stand beside each other may also without some of it, and whatever the order, so that each set of choices is met in
/// the order of its gains. A branch is left where all that could still come on top of it is not enough.
#[derive(Debug, Default)]
pub struct Search {
    /// The best of all runs since the beginning, and what it gains.
    pub best: Vec<usize>,
    pub gain: i64,
    /// Nothing gains more: the same, unless something was not tried.
    pub most: i64,
    /// Something did not go beside what was chosen.
    pub refused: bool,
    open: Vec<(usize, Want)>,
    trial: Vec<usize>,
    /// What the customer has, and the trial.
    beside: Vec<Choice>,
    /// How many more choices may be tried.
    left: usize,
    counted: Counted,
}

/// Buffers for what could come at most.
#[derive(Debug, Default)]
struct Counted {
    offers: Vec<(u32, u32)>,
    channels: Vec<(u16, usize)>,
}

impl Search {
    /// Forgets the runs before: nothing is the best so far.
    pub fn begin(&mut self, before: &[Choice]) {
        self.best.clear();
        (self.gain, self.most, self.refused) = (0, 0, false);
        self.beside.clear();
        self.beside.extend(before);
    }

    /// Tries choices in the order of their gains, when so much is paid for their messages.
    pub fn run(
        &mut self,
        open: impl Iterator<Item = (usize, Want)>,
        fees: i64,
        situation: &Situation<'_>,
        tried: usize,
    ) {
        self.open.clear();
        self.open.extend(open);
        self.trial.clear();
        self.left = tried;
        if situation.slots > FEW_SLOTS {
            self.take_in_order(-fees, situation);
        } else {
            self.go_on(0, -fees, situation);
        }
    }

    /// With many slots: one after the other whatever fits, and nothing else is tried.
    fn take_in_order(&mut self, gain: i64, situation: &Situation<'_>) {
        let before = self.beside.len();
        let (mut with_rules, mut refused) = (gain, false);
        for (position, want) in self.open.iter().copied() {
            if self.trial.len() == situation.slots {
                break;
            }
            if again(&self.beside, &want.choice) {
                continue;
            }
            if goes(situation, &self.beside, &want.choice) {
                with_rules = with_rules.saturating_add(want.gain);
                self.trial.push(position);
                self.beside.push(want.choice);
            } else {
                refused = true;
            }
        }
        self.beside.truncate(before);
        self.refused |= refused;
        if with_rules > self.gain {
            self.gain = with_rules;
            self.best.clone_from(&self.trial);
        }
        self.most = self.most.max(self.gain);
        if refused {
            self.most = self.most.max(gain.saturating_add(self.each_once(situation.slots)));
        }
    }

    /// What the choices could add at most if all went together, each offer once.
    fn each_once(&self, slots: usize) -> i64 {
        let mut offers: HashSet<(u32, u32), BuildQuick> = HashSet::default();
        let firsts = self.open.iter().filter(|(_, want)| offers.insert((want.choice.offer, want.choice.member)));
        firsts.take(slots).map(|(_, want)| want.gain).fold(0, i64::saturating_add)
    }

    fn go_on(&mut self, from: usize, gain: i64, situation: &Situation<'_>) {
        if gain > self.gain {
            self.gain = gain;
            self.most = self.most.max(gain);
            self.best.clone_from(&self.trial);
        }
        let slots = situation.slots - self.trial.len();
        if slots == 0 {
            return;
        }
        let each = i64::try_from(slots).unwrap_or(i64::MAX);
        let mut is_new = true;
        for at in from..self.open.len() {
            let Some((position, want)) = self.open.get(at).copied() else { return };
            if gain.saturating_add(want.gain.saturating_mul(each)) <= self.gain {
                return;
            }
            // Asked again only when something better may have been found since.
            if std::mem::take(&mut is_new) || self.left == 0 {
                let most = gain.saturating_add(self.could_come(at, slots, situation));
                if most <= self.gain {
                    return;
                }
                if self.left == 0 {
                    self.most = self.most.max(most);
                    return;
                }
            }
            if again(&self.beside, &want.choice) {
                continue;
            }
            if !goes(situation, &self.beside, &want.choice) {
                self.refused = true;
                continue;
            }
            (self.left, is_new) = (self.left - 1, true);
            self.trial.push(position);
            self.beside.push(want.choice);
            self.go_on(at + 1, gain.saturating_add(want.gain), situation);
            self.trial.pop();
            self.beside.pop();
        }
    }

    /// What the choices from one on could add at most: each offer once, or as many by each channel as can be, whichever is
    /// less.
    fn could_come(&mut self, from: usize, slots: usize, situation: &Situation<'_>) -> i64 {
        let rest = self.open.get(from..).unwrap_or_default();
        let Counted { offers, channels } = &mut self.counted;
        offers.clear();
        let (mut each_once, mut taken) = (0_i64, 0);
        for (_, want) in rest {
            let offer = (want.choice.offer, want.choice.member);
            if taken == slots {
                break;
            }
            if !offers.contains(&offer) {
                offers.push(offer);
                each_once = each_once.saturating_add(want.gain);
                taken += 1;
            }
        }
        channels.clear();
        let (mut by_channel, mut taken) = (0_i64, 0);
        for (_, want) in rest {
            if taken == slots {
                break;
            }
            let channel = want.choice.channel;
            let at = channels.iter().position(|(other, _)| *other == channel).unwrap_or_else(|| {
                let used = self.beside.iter().filter(|other| other.channel == channel).count();
                channels.push((channel, situation.rules.most_by(&want.choice).saturating_sub(used)));
                channels.len() - 1
            });
            if let Some((_, left)) = channels.get_mut(at).filter(|(_, left)| *left > 0) {
                *left -= 1;
                by_channel = by_channel.saturating_add(want.gain);
                taken += 1;
            }
        }
        each_once.min(by_channel)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::respond::{Responder, Rules};
    use super::super::{Beside, Choice};
    use super::*;

    /// One offer of each remainder, and so many by a channel.
    #[derive(Clone, Copy, Debug)]
    struct Few {
        by: u32,
        most: usize,
    }

    impl Beside for Few {
        fn fits(&self, chosen: &[Choice], next: &Choice) -> bool {
            chosen.iter().all(|other| other.offer % self.by != next.offer % self.by)
                && chosen.iter().filter(|other| other.channel == next.channel).count() < self.most
        }

        fn most_by(&self, _: &Choice) -> usize {
            self.most
        }
    }

    fn want() -> impl Strategy<Value = Want> {
        (-3_i64..40, 0_u32..8, 0_u8..3).prop_map(|(gain, offer, message)| {
            let (phase, member, route, channel) = (0, Choice::NO_MEMBER, message, u16::from(message));
            Want { gain, choice: Choice { phase, offer, member, route, channel, worth: 1, held_out: false, message } }
        })
    }

    /// The most that any set of choices gains that keeps the rules.
    fn best(wants: &[Want], fees: &[i64], slots: usize, rules: Few) -> i64 {
        let sets = (0..1_usize << wants.len()).filter_map(|set| {
            let mut chosen: Vec<Choice> = Vec::new();
            let mut gain = 0;
            for want in wants.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1).map(|(_, want)| want) {
                if again(&chosen, &want.choice) || !rules.fits(&chosen, &want.choice) {
                    return None;
                }
                let is_open = chosen.iter().any(|other| other.message == want.choice.message);
                gain += want.gain - if is_open { 0 } else { fees[usize::from(want.choice.message)] };
                chosen.push(want.choice);
            }
            (chosen.len() <= slots).then_some(gain)
        });
        sets.max().unwrap_or(0)
    }

    proptest! {
        #[test]
        fn the_best_of_all_sets_is_found_where_slots_are_few(
            wants in prop::collection::vec(want(), 0..9),
            fees in prop::collection::vec(prop_oneof![Just(0_i64), 1_i64..30], 3),
            slots in 2_usize..5,
            by in 3_u32..9,
            most in 1_usize..4,
            many in any::<bool>(),
        ) {
            let rules = Few { by, most };
            let slots = if many { slots + FEW_SLOTS } else { slots };
            let situation = Situation { fees: &fees, slots, before: &[], rules: Rules::All(&rules) };
            let best = best(&wants, &fees, slots, rules);
            let mut responder = Responder::default();
            if many {
                // Not the best of all then, but never beyond the bound.
                prop_assert!(responder.respond(&wants, &situation) <= best);
                prop_assert!(responder.bound(&wants, &situation) >= best);
                return Ok(());
            }
            prop_assert_eq!(responder.respond(&wants, &situation), best);
            prop_assert_eq!(responder.bound(&wants, &situation), best);
        }
    }
}
