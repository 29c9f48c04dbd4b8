//! The running best of customers: a winner a row, challenged by one offer after the other.
#![allow(unsafe_code, reason = "a winner is loaded, compared and stored as one vector")]

/// The best of a row so far.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(16))]
pub struct Winner {
    /// The score; zero where there is none.
    pub score: f64,
    /// The offer; [`Winner::NOBODY`]'s where there is none.
    pub offer: u64,
}

impl Winner {
    /// No offer; every score above zero is better.
    pub const NOBODY: Self = Self { score: 0.0, offer: u64::MAX };
}

/// Lets an offer challenge the winners of some rows: greater scores win. Gives whether a score was as great as the best
/// of another offer, which then stays. No branch asks who wins, which cannot be predicted.
///
/// Rows beyond the winners are passed over; no row comes twice.
pub fn challenge(winners: &mut [Winner], rows: &[u32], scores: &[f64], offer: u64) -> bool {
    #[cfg(target_arch = "x86_64")]
    if super::Kernels::uses_vectors() && std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the feature is there.
        return unsafe { x86_64::challenge(winners, rows, scores, offer) };
    }
    challenge_portable(winners, rows, scores, offer)
}

fn challenge_portable(winners: &mut [Winner], rows: &[u32], scores: &[f64], offer: u64) -> bool {
    let mut tied = false;
    for (row, score) in rows.iter().zip(scores) {
        if let Some(winner) = winners.get_mut(*row as usize) {
            tied |= *score == winner.score;
            *winner = if *score > winner.score { Winner { score: *score, offer } } else { *winner };
        }
    }
    tied
}

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use std::arch::x86_64::{
        _mm_blendv_pd, _mm_cmpeq_sd, _mm_cmpgt_sd, _mm_load_pd, _mm_max_sd, _mm_movedup_pd, _mm_movemask_pd, _mm_or_pd,
        _mm_set_sd, _mm_set1_pd, _mm_setzero_pd, _mm_store_pd, _mm_unpacklo_pd,
    };

    use super::Winner;

    #[target_feature(enable = "avx2")]
    pub(super) fn challenge(winners: &mut [Winner], rows: &[u32], scores: &[f64], offer: u64) -> bool {
        let (offer, mut tied) = (_mm_set1_pd(f64::from_bits(offer)), _mm_setzero_pd());
        for (row, score) in rows.iter().zip(scores) {
            let Some(winner) = winners.get_mut(*row as usize) else { continue };
            let winner: *mut f64 = std::ptr::from_mut(winner).cast();
            // SAFETY: a winner is two aligned words of 64 bits.
            let best = unsafe { _mm_load_pd(winner) };
            let score = _mm_set_sd(*score);
            tied = _mm_or_pd(tied, _mm_cmpeq_sd(score, best));
            let better = _mm_movedup_pd(_mm_cmpgt_sd(score, best));
            // The greater score is that of the winner in both cases. Chosen between it and what was loaded, this would
            // become a masked store, which is many times as slow.
            let best = _mm_blendv_pd(_mm_max_sd(best, score), _mm_unpacklo_pd(score, offer), better);
            // SAFETY: as above.
            unsafe { _mm_store_pd(winner, best) };
        }
        _mm_movemask_pd(tied) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greater_score_wins_and_ties_are_told() {
        let rows: Vec<u32> = (0..100).filter(|row| row % 3 != 0).chain([1_000]).collect();
        let before: Vec<Winner> =
            (0..100).map(|row| if row % 5 == 0 { Winner::NOBODY } else { Winner { score: 2.0, offer: 7 } }).collect();
        for (distance, ties) in [(0.5, true), (0.3, false)] {
            let scores: Vec<f64> = rows.iter().map(|row| 1.0 + distance * f64::from(row % 4)).collect();
            let (mut fast, mut plain) = (before.clone(), before.clone());
            assert_eq!(challenge(&mut fast, &rows, &scores, 9), ties);
            assert_eq!(challenge_portable(&mut plain, &rows, &scores, 9), ties);
            assert_eq!(fast, plain);
            assert_eq!(fast[5], Winner { score: 1.0 + distance, offer: 9 }, "nobody loses to anybody");
            assert_eq!(fast[2], before[2], "an equal or lesser score leaves the winner");
            assert_eq!(fast[3], before[3], "a row that is not named stays");
        }
    }
}
