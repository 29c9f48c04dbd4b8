//! Measures what placing costs a customer, without and with limits over all customers.
//!
//! `cargo bench -p opportune-bench-placement [-- --customers 1000000 --threads 2 --rounds 3]`. Each figure is the least of
//! all rounds of a whole run, evaluation included: by the clock, and as the time of all threads on their processors. That
//! no limit is exceeded is counted from the decisions before anything is printed. With `--all` also what takes minutes:
//! several slots a customer with diversity and limits over all customers.

#![allow(clippy::panic, reason = "a benchmark may stop")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use opportune_bench_placement::{LIMITED, NOW, Portfolio, plan, snapshot};
use opportune_plan::{SharedLimit, VerifiedPlan};
use opportune_runtime::decide::Decision;
use opportune_runtime::run::{Options, Summary, decide_all};
use opportune_runtime::snapshot::Snapshot;
use opportune_runtime::time::Clock;
use rustix::time::{ClockId, clock_gettime};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.replace('_', "").parse::<usize>().ok()
    };
    let short = !arguments.iter().any(|argument| argument == "--bench" || argument == "--customers");
    let customers = number("--customers").unwrap_or(if short { 8_192 } else { 1_000_000 });
    let rounds = number("--rounds").unwrap_or(if short { 1 } else { 3 });
    let threads = number("--threads").unwrap_or(2);
    let clock = Clock::new(NOW, "UTC")?;
    let options = Options { threads, ..Options::default() };
    let snapshot = snapshot(customers);
    println!("{customers} customers, {threads} threads; {} limits over all customers", LIMITED + 4);
    println!(
        "| portfolio | decisions | seconds | seconds of processors | ns per customer and processor | certificate |"
    );
    println!("|---|--:|--:|--:|--:|--:|");
    let all = [Portfolio::Masks, Portfolio::Valued, Portfolio::Rich, Portfolio::Limited, Portfolio::RichLimited];
    let is_all = arguments.iter().any(|argument| argument == "--all");
    for portfolio in all.into_iter().filter(|portfolio| is_all || *portfolio != Portfolio::RichLimited) {
        let plan = plan(portfolio, customers)?;
        let runs = (0..rounds).map(|_| run(&plan, &snapshot, &clock, &options));
        let best = runs.min_by_key(|run| run.processors).unwrap_or_else(|| panic!("no rounds"));
        best.check(&plan);
        let (seconds, processors) = (best.taken.as_secs_f64(), best.processors.as_secs_f64());
        let each = best.processors.as_nanos() / customers as u128;
        let gap = best.summary.shared.as_ref().map_or("–".to_owned(), |report| format!("{} ppm", report.gap()));
        let decisions = best.summary.decisions;
        println!("| {portfolio:?} | {decisions} | {seconds:.2} | {processors:.2} | {each} | {gap} |");
    }
    Ok(())
}

/// A run, and how long it took.
struct Run {
    taken: Duration,
    processors: Duration,
    summary: Summary,
    /// By offer, and by channel: how many.
    made: [BTreeMap<u32, u64>; 2],
}

fn run(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock, options: &Options) -> Run {
    let (started, before) = (Instant::now(), processors());
    let mut made = [BTreeMap::new(), BTreeMap::new()];
    let summary = decide_all(plan, snapshot, clock, options, &mut |decisions| {
        decisions.iter().for_each(|decision| count(&mut made, decision));
        Ok(())
    });
    let summary = summary.unwrap_or_else(|error| panic!("{error}"));
    Run { taken: started.elapsed(), processors: processors() - before, summary, made }
}

/// Counts an offer, and a message: offers of one customer by one channel go at one time, one after the other.
fn count([offers, channels]: &mut [BTreeMap<u32, u64>; 2], decision: &Decision) {
    *offers.entry(decision.offer.0).or_default() += 1;
    *channels.entry(decision.channel.0).or_default() += u64::from(decision.slot == 1);
}

impl Run {
    /// Stops if more was made than a limit allows.
    fn check(&self, plan: &VerifiedPlan) {
        let [offers, channels] = &self.made;
        for limit in &plan.portfolio.shared {
            let SharedLimit::Quota(quota) = limit else { continue };
            let made = quota.offer.and_then(|offer| offers.get(&offer.0)).copied().unwrap_or(0);
            assert!(made <= quota.most, "{made} of {}", quota.text);
        }
        for (at, channel) in (0..).zip(&plan.channels) {
            let most = channel.capacity.map_or(u64::MAX, |capacity| capacity.most);
            let made = channels.get(&at).copied().unwrap_or(0);
            assert!(made <= most, "{made} messages by {}, which carries {most}", channel.name);
        }
    }
}

fn processors() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}
