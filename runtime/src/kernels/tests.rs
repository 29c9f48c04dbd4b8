//! Every version of a kernel gives the bits of a plain loop, on random values with extremes and at every length.

use super::*;

/// A small generator of random numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn pick<T: Copy>(&mut self, extremes: &[T], other: impl FnOnce(u64) -> T) -> T {
        let (choice, value) = (self.next(), self.next());
        if choice.is_multiple_of(3) { extremes[(choice / 3) as usize % extremes.len()] } else { other(value) }
    }
}

const NUMBERS: [f64; 12] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    f64::MAX,
    f64::MIN,
    f64::MIN_POSITIVE,
    5e-324,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    1e9,
];
const INT64S: [i64; 7] = [0, 1, -1, i64::MAX, i64::MIN, i64::MAX - 1, i64::MIN + 1];
const INT32S: [i32; 6] = [0, 1, -1, i32::MAX, i32::MIN, i32::MAX - 1];
const CODES: [u32; 7] = [0, 1, 31, 32, 100, u32::MAX, 1 << 31];
const LENGTHS: [usize; 10] = [0, 1, 3, 31, 63, 64, 65, 100, 128, 1_000];

fn all() -> Vec<&'static Kernels> {
    vec![Kernels::portable(), Kernels::best()]
}

fn check<T: Copy>(values: &[T], run: impl Fn(&[T], &mut [u64]), test: impl Fn(T) -> bool, what: &str) {
    let mut out = vec![!0; values.len().div_ceil(64)];
    run(values, &mut out);
    for (row, value) in values.iter().enumerate() {
        assert_eq!(out[row / 64] >> (row % 64) & 1 == 1, test(*value), "{what}, row {row} of {}", values.len());
    }
}

#[test]
fn numbers_agree() {
    let mut random = Random(1);
    for kernels in all() {
        for len in LENGTHS {
            let values: Vec<f64> = (0..len).map(|_| random.pick(&NUMBERS, |v| (v % 7) as f64 - 3.0)).collect();
            let name = kernels.name;
            check(&values, |v, out| (kernels.number_finite)(v, out), f64::is_finite, name);
            for c in NUMBERS.into_iter().filter(|c| c.is_finite()).chain([2.0, -3.0]) {
                check(&values, |v, out| (kernels.number_greater)(v, c, out), |v| v > c, name);
                check(&values, |v, out| (kernels.number_at_least)(v, c, out), |v| v >= c, name);
                check(&values, |v, out| (kernels.number_equal)(v, c, out), |v| v == c, name);
            }
        }
    }
}

#[test]
fn integers_agree() {
    let mut random = Random(2);
    for kernels in all() {
        for len in LENGTHS {
            let longs: Vec<i64> = (0..len).map(|_| random.pick(&INT64S, |v| (v % 7) as i64 - 3)).collect();
            let shorts: Vec<i32> = (0..len).map(|_| random.pick(&INT32S, |v| (v % 7) as i32 - 3)).collect();
            for c in INT64S.into_iter().chain([2, -3]) {
                check(&longs, |v, out| (kernels.int64_greater)(v, c, out), |v| v > c, kernels.name);
                check(&longs, |v, out| (kernels.int64_equal)(v, c, out), |v| v == c, kernels.name);
            }
            for c in INT32S.into_iter().chain([2, -3]) {
                check(&shorts, |v, out| (kernels.int32_greater)(v, c, out), |v| v > c, kernels.name);
                check(&shorts, |v, out| (kernels.int32_equal)(v, c, out), |v| v == c, kernels.name);
            }
        }
    }
}

#[test]
fn codes_agree() {
    let mut random = Random(3);
    let sets = [
        CodeSet::new(0, |_| true),
        CodeSet::new(1, |_| true),
        CodeSet::new(33, |code| code == 32),
        CodeSet::new(200, |code| code % 3 == 1),
        CodeSet::new(257, |code| code % 5 < 2),
        CodeSet::new(3_000, |code| code % 7 != 1),
    ];
    for kernels in all() {
        for len in LENGTHS {
            let codes: Vec<u32> = (0..len).map(|_| random.pick(&CODES, |v| (v % (1 << (v >> 60))) as u32)).collect();
            for c in CODES {
                check(&codes, |v, out| (kernels.code_greater)(v, c, out), |v| v > c, kernels.name);
                check(&codes, |v, out| (kernels.code_equal)(v, c, out), |v| v == c, kernels.name);
            }
            for set in &sets {
                check(&codes, |v, out| (kernels.code_in)(v, set, out), |v| set.contains(v), kernels.name);
            }
        }
    }
}

#[test]
fn a_set_holds_what_its_test_held_for() {
    let set = CodeSet::new(100, |code| code % 10 == 7);
    assert_eq!(set.count(), 10);
    assert!(set.contains(97) && !set.contains(98) && !set.contains(107));
}
