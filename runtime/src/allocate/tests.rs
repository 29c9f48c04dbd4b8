//! What must hold of every allocation: no resource is given away twice, nothing depends on threads or pages, nothing is worth
//! more than the bound; and what small cases give that can be told by hand.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// One of a customer's options in a test.
#[derive(Clone, Debug)]
struct Option {
    phase: u16,
    offer: u32,
    route: u8,
    worth: i64,
    held_out: bool,
    message: u8,
    uses: Vec<(u32, u64)>,
}

impl Option {
    fn choice(&self) -> Choice {
        let Self { phase, offer, route, worth, held_out, message, .. } = *self;
        let channel = u16::from(message);
        Choice { phase, offer, member: Choice::NO_MEMBER, route, channel, worth, held_out, message }
    }
}

/// A customer of a test.
#[derive(Clone, Debug)]
struct Customer {
    lot: u64,
    slots: u16,
    messages: Vec<Vec<(u32, u64)>>,
    options: Vec<Option>,
}

/// A whole case.
#[derive(Clone, Debug)]
struct Case {
    left: Vec<u64>,
    customers: Vec<Customer>,
    rules: Rules,
}

/// Rules for what may stand beside each other: phase 1 is the fallback, phase 2 notices.
#[derive(Clone, Copy, Debug, Default)]
struct Rules {
    /// Offers whose numbers leave the same remainder exclude each other.
    exclusive: Option2,
    /// So many offers by each channel.
    by_channel: Option2,
}

type Option2 = std::option::Option<u32>;

impl Beside for Rules {
    fn fits(&self, chosen: &[Choice], next: &Choice) -> bool {
        if self.takes_no_slot(next.phase) {
            return true;
        }
        let mut others = chosen.iter().filter(|other| !self.takes_no_slot(other.phase));
        let by_channel = others.clone().filter(|other| other.channel == next.channel).count();
        let excludes = |other: &Choice| self.exclusive.is_some_and(|by| other.offer % by == next.offer % by);
        by_channel < self.most_by(next) && !others.any(excludes)
    }

    fn most_by(&self, next: &Choice) -> usize {
        let most = self.by_channel.filter(|_| !self.takes_no_slot(next.phase));
        most.map_or(usize::MAX, |most| most as usize)
    }

    fn takes_no_slot(&self, phase: u16) -> bool {
        phase == 2
    }

    fn is_for_nobody_else(&self, phase: u16) -> bool {
        phase == 1
    }
}

fn key(resource: u32) -> ResourceKey {
    ResourceKey { limit: LimitOf::Shared(resource), key: None, period: None }
}

/// What was granted: customer, offer and route; and the report.
type Granted = (Vec<(u32, u32, u8)>, Report);

impl Case {
    /// Settles the case with pages of so many customers.
    fn settle(&self, by_page: usize, threads: usize, memory: usize) -> Granted {
        let left = |key: &ResourceKey| match key.limit {
            LimitOf::Shared(resource) => self.left[resource as usize],
            LimitOf::Channel(_) => 0,
        };
        let mut allocator = Allocator::new(&self.rules, &left, memory);
        for (number, customers) in self.customers.chunks(by_page).enumerate() {
            let mut page = Page::new();
            for (customer, at) in customers.iter().zip(number * by_page..) {
                customer.write(&mut page, at);
            }
            allocator.push(page).unwrap();
        }
        let allocation = allocator.settle(threads).unwrap();
        let mut granted = Vec::new();
        for (number, customers) in self.customers.chunks(by_page).enumerate() {
            let grants = allocation.grants(number).unwrap();
            for (customer, at) in customers.iter().zip(number * by_page..) {
                for option in &customer.options {
                    if grants.allows(at as u32, option.offer, option.route, Choice::NO_MEMBER) {
                        granted.push((at as u32, option.offer, option.route));
                    }
                }
            }
        }
        (granted, allocation.report().clone())
    }

    /// What is used if everybody takes of what was granted as much as the rules allow, the best or the worst first.
    fn used(&self, granted: &[(u32, u32, u8)], best_first: bool) -> BTreeMap<u32, u64> {
        let mut used = BTreeMap::new();
        for (at, customer) in self.customers.iter().enumerate() {
            let is_granted = |option: &&Option| granted.contains(&(at as u32, option.offer, option.route));
            let mut options: Vec<&Option> = customer.options.iter().filter(is_granted).collect();
            options.sort_by_key(|option| (option.phase, if best_first { -option.worth } else { option.worth }));
            let (mut chosen, mut opened) = (Vec::<Choice>::new(), Vec::new());
            for option in options {
                let choice = option.choice();
                let takes_slot = |choice: &Choice| !self.rules.takes_no_slot(choice.phase);
                let slots = chosen.iter().filter(|choice| takes_slot(choice)).count();
                let is_late = self.rules.is_for_nobody_else(choice.phase)
                    && chosen.iter().any(|other| other.phase < choice.phase);
                let is_full = takes_slot(&choice) && slots == usize::from(customer.slots);
                let again = chosen.iter().any(|other| other.offer == choice.offer);
                if is_late || is_full || again || !self.rules.fits(&chosen, &choice) {
                    continue;
                }
                chosen.push(choice);
                if option.held_out {
                    continue;
                }
                let message = (!opened.contains(&option.message)).then(|| &customer.messages[option.message as usize]);
                opened.push(option.message);
                for (resource, amount) in option.uses.iter().chain(message.into_iter().flatten()) {
                    *used.entry(*resource).or_insert(0) += amount;
                }
            }
        }
        used
    }

    /// The greatest worth of all that keeps the rules, found by trying everything. Phases count one after the other, so
    /// only for cases of one phase.
    fn best(&self) -> i64 {
        fn try_all(case: &Case, at: usize, left: &mut Vec<u64>) -> i64 {
            let Some(customer) = case.customers.get(at) else { return 0 };
            if !customer.votes() {
                return try_all(case, at + 1, left);
            }
            let mut best = i64::MIN;
            for set in 0..1_u32 << customer.options.len() {
                let chosen: Vec<&Option> = customer
                    .options
                    .iter()
                    .enumerate()
                    .filter(|(bit, _)| set >> bit & 1 == 1)
                    .map(|(_, o)| o)
                    .collect();
                let Some(uses) = customer.uses_if_allowed(case, &chosen) else { continue };
                if uses.iter().any(|(resource, amount)| left[*resource as usize] < *amount) {
                    continue;
                }
                uses.iter().for_each(|(resource, amount)| left[*resource as usize] -= amount);
                let worth: i64 = chosen.iter().map(|option| option.worth).sum();
                best = best.max(worth + try_all(case, at + 1, left));
                uses.iter().for_each(|(resource, amount)| left[*resource as usize] += amount);
            }
            best
        }
        try_all(self, 0, &mut self.left.clone())
    }
}

impl Customer {
    fn write(&self, page: &mut Page, at: usize) {
        let numbered = |page: &mut Page, uses: &[(u32, u64)]| -> Vec<Use> {
            uses.iter()
                .map(|(resource, amount)| Use { resource: page.resource(&key(*resource)), amount: *amount })
                .collect()
        };
        page.begin(Voter { customer: at as u32, lot: self.lot, slots: self.slots });
        for message in &self.messages {
            let uses = numbered(page, message);
            page.message(&uses);
        }
        for option in &self.options {
            let uses = numbered(page, &option.uses);
            page.choice(option.choice(), &uses);
        }
        page.end();
    }

    /// Whether any option takes anything.
    fn votes(&self) -> bool {
        let uses = |option: &Option| option.uses.len() + self.messages[option.message as usize].len();
        self.options.iter().any(|option| uses(option) > 0)
    }

    /// What a set of options takes, where the rules allow it.
    fn uses_if_allowed(&self, case: &Case, chosen: &[&Option]) -> std::option::Option<BTreeMap<u32, u64>> {
        let offers_differ =
            (1..chosen.len()).all(|at| chosen[..at].iter().all(|other| other.offer != chosen[at].offer));
        let choices: Vec<Choice> = chosen.iter().map(|option| option.choice()).collect();
        let go_together = (0..choices.len()).all(|at| case.rules.fits(&choices[..at], &choices[at]));
        if chosen.len() > usize::from(self.slots) || !offers_differ || !go_together {
            return None;
        }
        let mut uses = BTreeMap::new();
        let mut opened = Vec::new();
        for option in chosen {
            let message = (!opened.contains(&option.message)).then(|| &self.messages[option.message as usize]);
            opened.push(option.message);
            for (resource, amount) in option.uses.iter().chain(message.into_iter().flatten()) {
                *uses.entry(*resource).or_insert(0) += amount;
            }
        }
        Some(uses)
    }
}

fn uses() -> impl Strategy<Value = Vec<(u32, u64)>> {
    let one = prop_oneof![(0_u32..4, Just(1)), (4_u32..6, 1_u64..5_000_000)];
    prop::collection::vec(one, 0..3)
}

fn option(phases: u16) -> impl Strategy<Value = Option> {
    let worth = prop_oneof![1_i64..10_000_000, (1_i64..4).prop_map(|units| units * 1_000_000)];
    (0..phases, 0_u32..4, 0_u8..2, worth, prop::bool::weighted(0.1), 0_u8..2, uses()).prop_map(
        |(phase, offer, route, worth, held_out, message, uses)| {
            // An offer is of one phase.
            let phase = if phase == 0 { 0 } else { (offer % 3) as u16 };
            Option { phase, offer, route, worth, held_out, message, uses }
        },
    )
}

fn customer(phases: u16, options: usize) -> impl Strategy<Value = Customer> {
    let options = prop::collection::vec(option(phases), 0..=options);
    (1_u16..4, prop::collection::vec(uses(), 2..=2), options).prop_map(|(slots, messages, mut options)| {
        options.sort_by_key(|option| (option.offer, option.route));
        options.dedup_by_key(|option| (option.offer, option.route));
        Customer { lot: 0, slots, messages, options }
    })
}

fn case(phases: u16, options: usize, customers: usize) -> impl Strategy<Value = Case> {
    let left = (prop::collection::vec(0_u64..12, 4), prop::collection::vec(0_u64..20_000_000, 2));
    let rules = (prop::option::weighted(0.3, 1_u32..4), prop::option::weighted(0.3, 1_u32..3))
        .prop_map(|(exclusive, by_channel)| Rules { exclusive, by_channel });
    (left, prop::collection::vec(customer(phases, options), 0..=customers), rules).prop_map(
        |((units, money), mut customers, rules)| {
            for (customer, at) in customers.iter_mut().zip(0..) {
                customer.lot = intern::mixed(at, 17);
            }
            Case { left: [units, money].concat(), customers, rules }
        },
    )
}

fn without_holdouts(mut case: Case) -> Case {
    case.customers.iter_mut().flat_map(|customer| &mut customer.options).for_each(|option| option.held_out = false);
    case
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn never_one_too_many(case in case(3, 8, 60)) {
        let (granted, report) = case.settle(7, 1, usize::MAX);
        for best_first in [true, false] {
            for (resource, used) in case.used(&granted, best_first) {
                let left = case.left[resource as usize];
                prop_assert!(used <= left, "{resource}: {used} of {left}");
            }
        }
        for scarce in &report.resources {
            prop_assert!(scarce.used <= scarce.left, "{scarce:?}");
        }
        prop_assert!(report.value <= report.bound, "{report:?}");
    }

    #[test]
    fn threads_pages_and_memory_change_nothing(case in case(3, 8, 20)) {
        let once = case.settle(usize::MAX >> 1, 1, usize::MAX);
        for (by_page, threads, memory) in [(1, 1, usize::MAX), (8, 2, 0), (8, 7, 1_000), (30, 3, usize::MAX)] {
            prop_assert_eq!(&once, &case.settle(by_page, threads, memory));
        }
    }

    #[test]
    fn the_order_of_customers_changes_nothing(
        (case, shuffled) in case(3, 8, 30).prop_flat_map(|case| {
            let customers = Just(case.customers.clone()).prop_shuffle();
            (Just(case.clone()), customers.prop_map(move |customers| Case { customers, ..case.clone() }))
        })
    ) {
        let by_lot = |case: &Case| {
            let (granted, report) = case.settle(8, 1, usize::MAX);
            let lot = |at: u32| case.customers[at as usize].lot;
            let granted: BTreeSet<_> = granted.into_iter().map(|(at, offer, route)| (lot(at), offer, route)).collect();
            (granted, report)
        };
        prop_assert_eq!(by_lot(&case), by_lot(&shuffled));
    }

    #[test]
    fn the_best_there_is_lies_between_value_and_bound(case in case(1, 4, 4).prop_map(without_holdouts)) {
        let (_, report) = case.settle(2, 1, usize::MAX);
        let best = i128::from(case.best());
        prop_assert!(report.value <= best && best <= report.bound, "{} <= {best} <= {}", report.value, report.bound);
    }

    #[test]
    fn what_there_is_enough_of_is_for_all(mut case in case(3, 8, 40)) {
        case.left = vec![u64::MAX; 6];
        let (granted, _) = case.settle(7, 1, usize::MAX);
        let voters = case.customers.iter().enumerate().filter(|(_, customer)| customer.votes());
        let all: Vec<_> = voters
            .flat_map(|(at, customer)| customer.options.iter().map(move |option| (at as u32, option.offer, option.route)))
            .collect();
        prop_assert_eq!(granted, all);
    }
}

fn plain(offer: u32, worth: i64, resource: u32) -> Option {
    Option {
        phase: 0,
        offer,
        route: 0,
        worth: worth * 1_000_000,
        held_out: false,
        message: 0,
        uses: vec![(resource, 1)],
    }
}

fn of(customers: &[&[Option]], left: &[u64]) -> Case {
    let customer = |(options, at): (&&[Option], u64)| Customer {
        lot: intern::mixed(at, 17),
        slots: 1,
        messages: vec![vec![]],
        options: options.to_vec(),
    };
    let customers = customers.iter().zip(0..).map(customer).collect();
    Case { left: left.to_vec(), customers, rules: Rules::default() }
}

#[test]
fn what_is_scarce_goes_where_it_makes_the_most_difference() {
    // One unit of 0. The first would like it for 10 and has 9 beside it; the second has nothing else.
    let case = of(&[&[plain(0, 10, 0), plain(1, 9, 1)], &[plain(0, 5, 0)]], &[1, 9]);
    let (granted, report) = case.settle(10, 1, usize::MAX);
    assert_eq!(granted, [(0, 1, 0), (1, 0, 0)]);
    assert_eq!(report.value, 14_000_000);
    assert_eq!(report.gap(), 0, "{report:?}");
}

#[test]
fn what_is_held_out_takes_a_slot_and_nothing_else() {
    let mut case = of(&[&[plain(0, 10, 0), plain(1, 9, 1)], &[plain(0, 5, 0)]], &[1, 9]);
    case.customers[0].options[0].held_out = true;
    let (granted, report) = case.settle(10, 1, usize::MAX);
    assert_eq!(
        granted,
        [(0, 0, 0), (0, 1, 0), (1, 0, 0)],
        "all that 1 could be asked for is there, and is left to placing"
    );
    assert_eq!(report.value, 5_000_000);
}

#[test]
fn a_message_is_paid_once_for_all_that_it_carries() {
    let mut case = of(&[&[plain(0, 3, 0), plain(1, 2, 0)], &[plain(0, 4, 0)]], &[9, 1]);
    for customer in &mut case.customers {
        customer.slots = 2;
        customer.messages = vec![vec![(1, 1)]];
    }
    let (granted, report) = case.settle(10, 1, usize::MAX);
    assert_eq!(granted, [(0, 0, 0), (0, 1, 0)], "two offers in one message are worth more than one");
    assert_eq!((report.value, report.gap()), (5_000_000, 0));
}

#[test]
fn the_fallback_is_for_those_who_get_nothing_else_and_notices_need_no_slot() {
    let mut case =
        of(&[&[plain(0, 3, 0), plain(1, 2, 1), plain(2, 1, 2)], &[plain(0, 4, 0), plain(1, 2, 1)]], &[1, 1, 1]);
    for option in case.customers.iter_mut().flat_map(|customer| &mut customer.options) {
        option.phase = option.offer as u16;
    }
    // Enough is there of nothing: 0 and 1 would both be wanted twice.
    let (granted, _) = case.settle(10, 1, usize::MAX);
    assert_eq!(granted, [(0, 1, 0), (0, 2, 0), (1, 0, 0)]);
}

#[test]
fn the_price_is_what_one_more_would_be_worth() {
    let wants: Vec<Vec<Option>> = (1..=10).map(|worth| vec![plain(0, worth, 0)]).collect();
    let wants: Vec<&[Option]> = wants.iter().map(Vec::as_slice).collect();
    let (_, report) = of(&wants, &[4]).settle(3, 1, usize::MAX);
    let price = report.resources[0].price_of(1);
    assert!((6_000_000..7_000_100).contains(&price), "the next is worth 6, the last that is served 7: {price}");
    assert_eq!(report.value, 34_000_000);
    assert!(report.gap() < 30, "{report:?}");
}

#[test]
fn nothing_is_granted_to_whom_nobody_asked_for() {
    let (_, report) = of(&[], &[]).settle(1, 1, 0);
    assert_eq!((report.customers, report.value, report.gap()), (0, 0, 0));
    let nothing = Grants::default();
    assert!(!nothing.allows(0, 0, 0, Choice::NO_MEMBER));
}
