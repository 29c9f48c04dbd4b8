//! The limits over all customers: what was given of each, what one more would be worth, and how far from the best it can
//! be at most. What is counted apart (by store, by day) is told together: nothing of a customer is printed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use opportune_plan::{Counted, Plan, SharedLimit};
use opportune_runtime::allocate::{LimitOf, Report, Scarce};
use serde::{Deserialize, Serialize};

use super::Facts;
use crate::escape::escaped;
use crate::table::grouped;

/// How wide the words are.
const WIDTH: usize = 78;
const MILLION: i128 = 1_000_000;

/// What became of a limit: of all that it counts apart together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitResult {
    /// As the policy has it.
    pub limit: String,
    /// The currency where it counts money: then amounts are in millionths of it.
    pub currency: Option<String>,
    /// How many things it counted apart that somebody could get something of.
    pub apart: u64,
    /// What was left before, of all of them.
    pub left: u64,
    /// What was given.
    pub given: u64,
    /// How many of them had not enough for all who would have had some.
    pub scarce: u64,
    /// What one more would be worth, where it is worth most: in millionths.
    pub worth_of_one_more: i64,
}

/// The limits that somebody could get something of, in their order.
pub fn results(plan: &Plan, report: &Report) -> Vec<LimitResult> {
    let mut by_limit: BTreeMap<LimitOf, Vec<&Scarce>> = BTreeMap::new();
    for resource in &report.resources {
        by_limit.entry(resource.key.limit).or_default().push(resource);
    }
    by_limit.into_iter().map(|(limit, resources)| result(plan, limit, &resources)).collect()
}

fn result(plan: &Plan, limit: LimitOf, resources: &[&Scarce]) -> LimitResult {
    let (name, currency) = named(plan, limit);
    let unit = if currency.is_some() { 1_000_000 } else { 1 };
    let sum = |of: fn(&Scarce) -> u64| resources.iter().fold(0_u64, |sum, resource| sum.saturating_add(of(resource)));
    let dearest = resources.iter().map(|resource| resource.price_of(unit)).max().unwrap_or(0);
    LimitResult {
        limit: name,
        currency,
        apart: resources.len() as u64,
        left: sum(|resource| resource.left),
        given: sum(|resource| resource.used),
        scarce: resources.iter().filter(|resource| resource.price > 0).count() as u64,
        worth_of_one_more: i64::try_from(dearest).unwrap_or(i64::MAX),
    }
}

/// A limit as the policy has it, and its currency where it counts money.
fn named(plan: &Plan, limit: LimitOf) -> (String, Option<String>) {
    match limit {
        LimitOf::Channel(at) => {
            let channel = plan.channels.get(at as usize).map_or("?", |channel| &channel.name);
            (format!("capacity of {channel}"), None)
        }
        LimitOf::Shared(at) => match plan.portfolio.shared.get(at as usize) {
            Some(SharedLimit::Quota(quota)) => {
                let offer = quota.offer.and_then(|offer| plan.offers.get(offer.0 as usize));
                let of = offer.map_or_else(String::new, |offer| format!(" of {}", offer.name));
                let currency = match quota.counts {
                    Counted::Showings => None,
                    Counted::Cost(currency) => Some(currency.to_string()),
                };
                (format!("{}{of}", quota.text), currency)
            }
            Some(SharedLimit::Share { share, .. }) => (format!("cap {}% of requests", f64::from(*share) / 100.0), None),
            None => ("a limit".to_owned(), None),
        },
    }
}

/// The section, where there are limits over all customers.
pub(super) fn tell(text: &mut String, facts: &Facts<'_>) {
    let Some(report) = &facts.summary().shared else { return };
    let worth = facts.plan.portfolio.objective.map(|currency| currency.to_string());
    let worth = worth.as_deref().unwrap_or("of priority");
    let _ = writeln!(text, "\nlimits over all customers");
    for result in results(facts.plan, report) {
        wrap(text, 2, 4, &of_limit(&result, worth));
    }
    wrap(text, 2, 2, &certificate(report, worth));
}

/// `cap 20_000 in total of coupon: 20,000 of 20,000 given; one more would be worth 1.40 USD`.
fn of_limit(result: &LimitResult, worth: &str) -> String {
    let amount = |of: u64| match &result.currency {
        Some(currency) => money(i128::from(of), currency),
        None => grouped(of),
    };
    let apart = match result.apart {
        0 | 1 => String::new(),
        apart => format!(", {} counted apart", grouped(apart)),
    };
    let given = format!("{} of {} given", amount(result.given), amount(result.left));
    let what = result.currency.as_ref().map_or("one more".to_owned(), |currency| format!("one {currency} more"));
    let price = money(i128::from(result.worth_of_one_more), worth);
    let scarce = match (result.scarce, result.apart) {
        (0, _) if result.given < result.left => "enough for all".to_owned(),
        (0, _) => "just enough".to_owned(),
        (_, 1) => format!("{what} would be worth {price}"),
        (scarce, _) => format!("{} of them scarce, where {what} would be worth up to {price}", grouped(scarce)),
    };
    escaped(&format!("{}{apart}: {given}; {scarce}", result.limit))
}

/// How good it is, for certain.
fn certificate(report: &Report, worth: &str) -> String {
    let (value, gap) = (money(report.value, worth), report.gap());
    let customers = super::counted(report.customers, "customer");
    let is = if report.customers == 1 { "is" } else { "are" };
    let what = format!("{customers} {is} in question for them, and get what is worth {value} in all.");
    if gap == 0 {
        return format!("{what} Nothing better is possible within these limits, to a millionth.");
    }
    let percent = format!("{}.{:04}", gap / 10_000, gap % 10_000);
    let percent = percent.trim_end_matches('0').trim_end_matches('.');
    format!(
        "{what} Within these limits nothing can be worth more than {}: {percent} per cent is missed at most.",
        money(report.bound, worth)
    )
}

/// Millionths as people read amounts: `1,234.50 USD`; what is smaller than a hundredth with all its digits.
fn money(millionths: i128, unit: &str) -> String {
    let whole = u64::try_from(millionths.max(0) / MILLION).unwrap_or(u64::MAX);
    let rest = millionths.max(0) % MILLION;
    if whole == 0 && rest > 0 && rest < 100_000 {
        let digits = format!("{rest:06}");
        return format!("0.{} {unit}", digits.trim_end_matches('0'));
    }
    format!("{}.{:02} {unit}", grouped(whole), rest / 10_000)
}

/// Words in lines that fit: the first line so far in, the others so far.
fn wrap(text: &mut String, first: usize, others: usize, words: &str) {
    let mut line = " ".repeat(first);
    let mut is_empty = true;
    for word in words.split(' ') {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(text, "{line}");
            (line, is_empty) = (" ".repeat(others), true);
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    let _ = writeln!(text, "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(apart: u64, scarce: u64, currency: Option<&str>) -> LimitResult {
        LimitResult {
            limit: "cap 20_000 in total of coupon".into(),
            currency: currency.map(str::to_owned),
            apart,
            left: 20_000_000_000,
            given: 19_999_500_000,
            scarce,
            worth_of_one_more: 1_400_000,
        }
    }

    #[test]
    fn limits_are_told_in_words() {
        let told =
            [limit(1, 1, None), limit(1, 0, None), limit(7, 2, Some("USD"))].map(|limit| of_limit(&limit, "EUR"));
        assert_eq!(
            told,
            [
                "cap 20_000 in total of coupon: 19,999,500,000 of 20,000,000,000 given; one more would be worth 1.40 EUR",
                "cap 20_000 in total of coupon: 19,999,500,000 of 20,000,000,000 given; enough for all",
                "cap 20_000 in total of coupon, 7 counted apart: 19,999.50 USD of 20,000.00 USD given; 2 of them scarce, \
                 where one USD more would be worth up to 1.40 EUR",
            ]
        );
    }

    #[test]
    fn the_certificate_is_told_in_words() {
        let report = |value, bound| Report { resources: Vec::new(), customers: 1_234, value, bound };
        assert_eq!(
            certificate(&report(1_000_000_000_000, 1_000_300_000_000), "USD"),
            "1,234 customers are in question for them, and get what is worth 1,000,000.00 USD in all. Within these limits \
             nothing can be worth more than 1,000,300.00 USD: 0.0299 per cent is missed at most."
        );
        assert!(
            certificate(&report(5, 5), "USD")
                .ends_with("Nothing better is possible within these limits, to a millionth.")
        );
        assert!(certificate(&report(0, 100), "USD").ends_with("100 per cent is missed at most."));
    }

    #[test]
    fn amounts_are_read_easily() {
        let told = [0, 5, 12_000, 250_000, 1_999_999, 1_234_567_890_000].map(|amount| money(amount, "USD"));
        assert_eq!(told, ["0.00 USD", "0.000005 USD", "0.012 USD", "0.25 USD", "1.99 USD", "1,234,567.89 USD"]);
    }

    #[test]
    fn words_fit_into_lines() {
        let mut text = String::new();
        wrap(&mut text, 2, 4, &"seven letters ".repeat(40));
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH) && text.lines().count() > 6);
        assert!(text.lines().skip(1).all(|line| line.starts_with("    ")));
    }
}
