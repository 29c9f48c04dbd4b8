//! Families among the candidates: some listed, some in crowds, with caps of their own.

use std::sync::Arc;

use opportune_plan::OfferId;

use super::{Candidate, Sample, lot};
use crate::evaluate::{Crowd, FamilyCandidates};
use crate::families::Classes;

/// Members of the family; those of odd position are one class, the others another.
const MEMBERS: u32 = 7;

/// Eight random bits about a customer and something else.
fn bits(seed: u64, row: u32, of: u32) -> u8 {
    let message = [seed.to_le_bytes(), (u64::from(row) << 32 | u64::from(of)).to_le_bytes()].concat();
    blake3::hash(&message).as_bytes()[0]
}

/// Where an offer has these candidates, so has a family, with few scores.
pub fn family(seed: u64, offer: u32, of_offer: &[Candidate], len: usize) -> FamilyCandidates {
    let classes = Arc::new(Classes::new((0..MEMBERS).map(|member| member % 2).collect()));
    let mut family = FamilyCandidates::new(OfferId(offer), Arc::clone(&classes));
    for row in 0..len as u32 {
        let begin = family.known.len();
        family.known.extend((0..MEMBERS).filter(|member| bits(seed, row, *member) < 100));
        family.apart.push(begin..family.known.len());
    }
    for (row, _, _, score) in of_offer {
        let apart = family.apart(*row).to_vec();
        let scores = [*score, 1.0, 2.0];
        for member in &apart {
            if bits(seed, *row, 100 + member) < 200 {
                family.push(*row, *member, scores[usize::from(bits(seed, *row, 200 + member) % 3)]);
            }
        }
        for class in 0..2 {
            let len = classes.members(class).iter().filter(|member| !apart.contains(member)).count() as u32;
            if len > 0 && bits(seed, *row, 300 + class) < 150 {
                let score = scores[usize::from(bits(seed, *row, 400 + class) % 3)];
                family.crowds.push(Crowd { row: *row, class, len, score });
            }
        }
    }
    family.room =
        seed.is_multiple_of(2).then(|| (0..len as u32).map(|row| 1 + u32::from(bits(seed, row, 500) % 3)).collect());
    family
}

/// How many members of a family its caps leave a customer.
pub fn room(sample: &Sample, row: u32, offer: u32) -> usize {
    let family = sample.candidates.families.iter().find(|family| family.offer.0 == offer);
    family.and_then(|family| family.room.as_ref()).map_or(usize::MAX, |room| room[row as usize] as usize)
}

/// Puts members of one family with equal scores in the order of their turns.
pub fn take_turns(ranked: &mut [Candidate]) {
    for equals in ranked.chunk_by_mut(|a, b| (a.1, a.3) == (b.1, b.3)) {
        equals.sort_by_key(|candidate| candidate.2);
        let first = (u128::from(lot(equals[0].0, equals[0].1, 8)) * equals.len() as u128) >> 64;
        equals.rotate_left(first as usize);
    }
}
