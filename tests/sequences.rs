//! Sequences of runs over one ledger: after each of them no cap of any kind is exceeded, of a customer or of all, as told by
//! the ledger's contacts alone.
//!
//! Projects, the moments of the runs (also earlier ones than before), the order of the data, who is in it, who is erased,
//! threads: all are drawn. The counting here shares nothing with the program's.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/project.rs"]
mod project;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use opportune_ledger::entry::{Key, PastContact, Response};
use opportune_ledger::{Ledger, Place, Reading};
use project::Project;

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
const OFFERS: [&str; 3] = ["shoes", "socks", "hats"];

/// The classic mixing function of 64 bits: all that is drawn comes of it.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }

    fn within(&mut self, from: u64, to: u64) -> u64 {
        from + self.below(to - from + 1)
    }
}

/// What a project limits.
struct Limits {
    /// By offer: so many in so many days, and in total.
    of_offers: Vec<(u64, u64, u64)>,
    messages_a_week: u64,
    a_day: u64,
    /// Of the first offer, by store and week.
    store_a_week: u64,
    emails_a_day: u64,
    /// In millionths, each month.
    budget: i64,
    lead_hours: u64,
}

impl Limits {
    fn new(draw: &mut Draw) -> Self {
        let of_offers = OFFERS.map(|_| (draw.within(1, 2), draw.within(2, 12), draw.within(8, 40)));
        Self {
            of_offers: of_offers.to_vec(),
            messages_a_week: draw.within(1, 3),
            a_day: draw.within(6, 30),
            store_a_week: draw.within(2, 8),
            emails_a_day: draw.within(3, 20),
            budget: draw.within(20, 90) as i64 * 1_000_000,
            lead_hours: draw.within(0, 60),
        }
    }

    fn policy(&self) -> String {
        let offer = |(name, (most, days, total)): (&str, &(u64, u64, u64))| {
            let more = if name == OFFERS[0] {
                format!("  cap {} in total per customer.store each week\n", self.store_a_week)
            } else {
                String::new()
            };
            format!(
                "offer {name} {{\n  channel email, else push\n  priority worth_{name}\n  cost 1 USD\n  \
                 cap {most} per customer every {days} days\n  cap {total} in total\n{more}}}\n\n"
            )
        };
        let offers: String = OFFERS.into_iter().zip(&self.of_offers).map(offer).collect();
        let lead = if self.lead_hours > 0 { format!("  lead {} hours\n", self.lead_hours) } else { String::new() };
        format!(
            "customer person {{\n  key id: int\n  store: text\n  push_ok: bool\n  worth_shoes: int\n  worth_socks: int\n  \
             worth_hats: int\n}}\n\n\
             channel email {{\n{lead}  cost 0.25 USD\n  capacity {} per day\n}}\n\n\
             channel push {{\n  needs customer.push_ok\n}}\n\n{offers}\
             portfolio {{\n  slate email 2\n  slate push 1\n  cap {} per customer every 7 days\n  \
             cap {} in total each day\n  budget {} USD each month\n}}\n",
            self.emails_a_day,
            self.messages_a_week,
            self.a_day,
            self.budget / 1_000_000,
        )
    }
}

/// The customers in some order, some of them left out.
fn customers(draw: &mut Draw) -> String {
    let worths = |id: u64| (id * 7 % 11 + 1, id * 5 % 7 + 1, id % 3 + 4);
    let line = |id: u64| {
        let (a, b, c) = worths(id);
        format!("{id},{},{},{a},{b},{c}\n", store(id as i64), !id.is_multiple_of(4))
    };
    let mut lines: Vec<String> = (1..=60).filter(|_| draw.below(10) > 0).map(line).collect();
    for at in (1..lines.len()).rev() {
        lines.swap(at, draw.below(at as u64 + 1) as usize);
    }
    format!("id,store,push_ok,worth_shoes,worth_socks,worth_hats\n{}", lines.concat())
}

fn store(id: i64) -> String {
    format!("s{}", id % 3)
}

#[derive(Default)]
struct Contacts(Vec<PastContact>);

impl Reading for Contacts {
    fn contact(&mut self, contact: PastContact) {
        self.0.push(contact);
    }

    fn response(&mut self, _: Response) {}
}

fn contacts(project: &Project) -> Vec<PastContact> {
    let mut found = Contacts::default();
    ledger(project).read(None, &mut found).unwrap();
    found.0
}

fn ledger(project: &Project) -> Ledger {
    Ledger::open(&Place::Sqlite(project.path("ledger.sqlite"))).unwrap()
}

fn week(at: i64) -> i64 {
    // 1970-01-01 was a Thursday.
    (at.div_euclid(DAY) + 3).div_euclid(7)
}

fn month(at: i64) -> String {
    jiff::Timestamp::from_microsecond(at).unwrap().to_string().chars().take(7).collect()
}

/// The most that any stretch of so many days holds.
fn most_within(times: &[i64], days: u64) -> u64 {
    let length = days as i64 * DAY;
    let ends = times.iter().map(|end| times.iter().filter(|at| **at <= *end && **at > end - length).count() as u64);
    ends.max().unwrap_or(0)
}

/// Each limit, how much of it there is, and the most that is used of it.
fn used(limits: &Limits, contacts: &[PastContact]) -> Vec<(String, u64, u64)> {
    let offer = |contact: &PastContact| contact.offer.clone().unwrap().to_string();
    let mut found = Vec::new();
    let mut of_offers: BTreeMap<(Key, String), Vec<i64>> = BTreeMap::new();
    let mut messages: BTreeMap<Key, BTreeSet<(i64, Box<str>)>> = BTreeMap::new();
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    let mut add = |name: String, amount: u64| *sums.entry(name).or_default() += amount;
    for contact in contacts {
        let (at, name, channel) = (contact.send_at, offer(contact), contact.channel.clone().unwrap());
        let is_new = messages.entry(contact.customer.clone()).or_default().insert((at, channel.clone()));
        of_offers.entry((contact.customer.clone(), name.clone())).or_default().push(at);
        add(format!("day {}", at.div_euclid(DAY)), 1);
        add(format!("month {}", month(at)), contact.cost.unwrap() as u64);
        add(format!("total {name}"), 1);
        if let (Key::Int(id), true) = (&contact.customer, name == OFFERS[0]) {
            add(format!("store {} {}", store(*id), week(at)), 1);
        }
        if is_new && *channel == *"email" {
            add(format!("emails {}", at.div_euclid(DAY)), 1);
        }
    }
    for (name, (most, days, total)) in OFFERS.into_iter().zip(&limits.of_offers) {
        let all = of_offers.iter().filter(|((_, of), _)| of == name);
        let held = all.map(|(_, times)| most_within(times, *days)).max().unwrap_or(0);
        found.push((format!("{name} of a customer"), *most, held));
        found.push((format!("{name} in total"), *total, sums.get(&format!("total {name}")).copied().unwrap_or(0)));
    }
    let times = messages.values().map(|all| all.iter().map(|(at, _)| *at).collect::<Vec<i64>>());
    let held = times.map(|times| most_within(&times, 7)).max().unwrap_or(0);
    found.push(("messages of a customer".to_owned(), limits.messages_a_week, held));
    let greatest = |of: &str| sums.iter().filter(|(name, _)| name.starts_with(of)).map(|(_, n)| *n).max().unwrap_or(0);
    found.push(("a day".to_owned(), limits.a_day, greatest("day ")));
    found.push(("a store's week".to_owned(), limits.store_a_week, greatest("store ")));
    found.push(("emails a day".to_owned(), limits.emails_a_day, greatest("emails ")));
    found.push(("budget".to_owned(), limits.budget as u64, greatest("month ")));
    found
}

/// What a file of decisions tells, but for the run and the names of its decisions.
fn decided(project: &Project, file: &str) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(project.path(file)).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let row =
        |line: Vec<String>| head.iter().cloned().zip(line).filter(|(name, _)| name != "run" && name != "decision");
    lines.map(|line| row(line).collect()).collect()
}

struct Sequence {
    project: Project,
    limits: Limits,
    draw: Draw,
    now: i64,
    contacts: usize,
}

impl Sequence {
    fn new(seed: u64) -> Self {
        let mut draw = Draw(seed);
        let limits = Limits::new(&mut draw);
        let manifest = "name = \"shop\"\nedition = \"2026\"\nzone = \"UTC\"\ncurrency = \"USD\"\n";
        let files = [("opportune.toml", manifest), ("shop.offer", &limits.policy())];
        let project = Project::of(&files);
        let now = "2026-11-16T10:00:00Z".parse::<jiff::Timestamp>().unwrap().as_microsecond();
        Self { project, limits, draw, now, contacts: 0 }
    }

    /// Contacts that were made elsewhere, few enough for every limit.
    fn bring_in(&self) {
        let file = "customer,send_at,offer,channel,cost,id\n1,2026-11-15T09:00:00Z,shoes,email,1.25,m1\n\
                    999,2026-11-17T09:00:00Z,hats,push,1.00,m2\n";
        self.project.write("sent.csv", file);
        let run = self.project.opportune(&["record", "sent.csv", "--contacts"]);
        assert_eq!(run.exit, 0, "{}", run.err);
    }

    fn step(&mut self, seed: u64) {
        self.project.write("data/person.csv", customers(&mut self.draw));
        let hours = [1, 5, 20, 30, 55, -15][self.draw.below(6) as usize];
        self.now += hours * HOUR;
        let now = jiff::Timestamp::from_microsecond(self.now).unwrap().to_string();
        let threads = |at: u64| ["1", "2", "7"][at as usize % 3];
        let first = self.draw.below(3);
        let call = |command, file, at| [command, "--now", &now, "--out", file, "--threads", threads(at)];
        let tried = self.project.opportune(&call("dry-run", "tried.csv", first));
        assert_eq!(tried.exit, 0, "seed {seed}: {}", tried.err);
        let run = self.project.opportune(&call("run", "decided.csv", first + 1));
        assert_eq!(run.exit, 0, "seed {seed}: {}", run.err);
        let decided = [decided(&self.project, "tried.csv"), decided(&self.project, "decided.csv")];
        assert_eq!(decided[0], decided[1], "seed {seed}: what is tried is what is run, on any threads");
        let all = contacts(&self.project);
        assert_eq!(all.len(), self.contacts + decided[1].len(), "seed {seed}: each decision is one contact");
        self.contacts = all.len();
        for (name, most, used) in used(&self.limits, &all) {
            assert!(used <= most, "seed {seed}: {used} of {most}, {name}\n{}", self.limits.policy());
        }
        if self.draw.below(2) == 0 {
            let gone = Key::Int(self.draw.within(1, 60) as i64);
            ledger(&self.project).erase(&[gone]).unwrap();
            assert_eq!(contacts(&self.project).len(), self.contacts, "erasing takes no contact away");
        }
    }
}

#[test]
fn no_cap_is_exceeded_by_any_sequence_of_runs() {
    let mut reached: BTreeMap<String, bool> = BTreeMap::new();
    let mut scheduled = 0;
    for seed in 0..8 {
        let mut sequence = Sequence::new(seed);
        sequence.bring_in();
        sequence.contacts = 2;
        for _ in 0..5 {
            sequence.step(seed);
            scheduled += contacts(&sequence.project).iter().filter(|contact| contact.send_at > sequence.now).count();
        }
        for (name, most, used) in used(&sequence.limits, &contacts(&sequence.project)) {
            // A budget is hardly ever spent to the last cent.
            let is_full = if name == "budget" { most - used < 1_250_000 } else { used == most };
            *reached.entry(name).or_default() |= is_full;
        }
    }
    let never: Vec<&String> = reached.iter().filter(|(_, reached)| !**reached).map(|(name, _)| name).collect();
    assert!(never.is_empty(), "no sequence shows that these hold: {never:?}");
    assert!(scheduled > 50, "too few contacts wait for their time: {scheduled}");
}
