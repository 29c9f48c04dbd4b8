//! temporary
#![allow(clippy::indexing_slicing, clippy::panic, reason = "a benchmark may stop")]
mod compiled;
use std::time::Instant;
use opportune_runtime::evaluate::Tally;
use compiled::*;
fn main() {
    let n: usize = std::env::var("CUSTOMERS").ok().and_then(|v| v.parse().ok()).unwrap_or(1_000_000) / 64 * 64;
    let w = opportune_workload::Workload::new();
    let t = Instant::now();
    let s = opportune_bench::data::snapshot(&w, n);
    println!("data {:?}", t.elapsed());
    let columns = Columns::new(&s.tables[0]);
    for _ in 0..std::env::var("ROUNDS").map_or(3, |r| r.parse().unwrap()) {
    let mut got = [[Tally::default(); OFFERS]; 2];
    let mut all = [(vec![0u16; n], vec![0f64; n]), (vec![0u16; n], vec![0f64; n])];
    let t = Instant::now();
    let mut best = Best::new(BLOCK);
    for first in (0..n).step_by(BLOCK) {
        let len = BLOCK.min(n - first);
        if std::env::var("NOROWS").is_err() { rows(&columns.block(first, len), len, &mut best, &mut got[0]); }
        all[0].0[first..first + len].copy_from_slice(&best.offers[..len]);
        all[0].1[first..first + len].copy_from_slice(&best.scores[..len]);
    }
    let rows_time = t.elapsed();
    let t = Instant::now();
    let mut work = Work::new();
    for first in (0..n).step_by(BLOCK) {
        let len = BLOCK.min(n - first);
        #[allow(unsafe_code, reason = "x")]
        unsafe { blocks(&columns.block(first, len), len, &mut work, &mut got[1]) };
        for (at, w) in work.best.of(len).iter().enumerate() { all[1].0[first + at] = w.offer as u16; all[1].1[first + at] = w.score; }
    }
    let blocks_time = t.elapsed();
    println!("rows {:.1} ns blocks {:.1} ns", rows_time.as_nanos() as f64 / n as f64, blocks_time.as_nanos() as f64 / n as f64);
    let e: u64 = got[0].iter().map(|t| t.eligible - t.excepted).sum();
    let wh: u64 = got[0].iter().map(|t| t.withheld).sum();
    println!("{} open, {} withheld, same {} {}", e as f64 / n as f64, wh, got[0] == got[1], all[0] == all[1]);
    }
}
