//! Random policies: whatever the checks let through becomes a plan that verifies, and nothing ends the process.

use proptest::prelude::*;
use proptest::sample::select;

use super::check::with_schema;

/// Leaves of all types, over the customer and over a purchase.
const LEAVES: &[&str] = &[
    "1",
    "0",
    "-3",
    "2.5",
    "0.0",
    "20 USD",
    "0 USD",
    "5 EUR",
    "\"X\"",
    "\"25-34\"",
    "true",
    "false",
    "2026-11-01",
    "2026-11-01 08:00",
    "3 days",
    "5 hours",
    "2 months",
    "now",
    "today",
    "persons",
    "kids",
    "age",
    "home",
    "birth",
    "loyalty",
    "email_ok",
    "customer.kids",
    "customer.age",
    "owner",
    "household_id",
    "quantity",
    "spend",
    "coupon",
    "product.department",
    "product.category",
    "product.price",
    "swap.category",
    "purchase.spend",
    "offer.tier",
    "offer.budget",
    "offer.sells",
    "t0",
    "t1",
    "s0",
    "sent",
    "campaign.starts",
    "nothing",
    "purchase",
];

const INFIX: &[&str] =
    &["+", "-", "*", "/", "=", "is not", "<", "<=", ">", ">=", "and", "or", "else", "contains", "starts with"];

const EVENTS: &[&str] = &[
    "purchase",
    "contact",
    "purchase.spend",
    "purchase.quantity",
    "purchase.product.price",
    "purchase.coupon",
    "contact.sent",
    "purchase.bought_at",
    "purchase.product.category",
    "product",
];

const FUNCTIONS: &[&str] = &["exists", "none", "count", "sum", "avg", "min", "max", "first", "last", "distinct"];

fn expression() -> impl Strategy<Value = String> {
    let leaf = select(LEAVES).prop_map(str::to_owned);
    leaf.prop_recursive(4, 24, 3, |inner| {
        let one = || inner.clone();
        let window = select(&["", " in last 3 days", " in last 2 months", " in last 5 hours"][..]);
        let field = select(&["", ".spend", ".coupon", ".product.category", ".sent", ".bought_at"][..]);
        prop_oneof![
            6 => (one(), select(INFIX), one()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            1 => one().prop_map(|a| format!("(not {a})")),
            1 => one().prop_map(|a| format!("(-{a})")),
            1 => (one(), select(&["missing", "known", "true", "not known"][..])).prop_map(|(a, t)| format!("({a} is {t})")),
            1 => (one(), one(), one()).prop_map(|(a, b, c)| format!("({a} in [{b}, {c}])")),
            1 => (one(), one(), one()).prop_map(|(a, b, c)| format!("({a} between {b} and {c})")),
            1 => (one(), one(), one()).prop_map(|(a, b, c)| format!("(if {a} then {b} else {c})")),
            1 => one().prop_map(|a| format!("({a} in last 30 days)")),
            1 => one().prop_map(|a| format!("({a} in offer.sells)")),
            3 => (select(FUNCTIONS), select(EVENTS), window, proptest::option::of(one()), field)
                .prop_map(|(f, of, window, filter, field)| {
                    let filter = filter.map_or(String::new(), |filter| format!(" where {filter} else false"));
                    format!("{f}({of}{window}{filter}){field}")
                }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_checked_is_verified(
        traits in proptest::collection::vec(expression(), 2..12),
        conditions in proptest::collection::vec(expression(), 6),
        priority in expression(),
    ) {
        let mut fine = String::new();
        let base = "trait t0 = kids\n\ntrait t1 = sum(purchase.spend)\n\nsegment s0 is kids > 2\n\n";
        // What is not understood alone is left out, so that what is meets in one policy.
        let mut keep = |item: String, with: &str| {
            if with_schema(&format!("{base}{fine}{item}{with}")).plan.is_some() {
                fine.push_str(&item);
            }
        };
        for (n, value) in traits.iter().enumerate() {
            keep(format!("trait x{n} = {value}\n\n"), "");
        }
        for (n, condition) in conditions.iter().enumerate() {
            let word = if n % 2 == 0 { "eligible" } else { "except" };
            keep(format!("offer o{n} {{\n  channel mail\n  {word} when {condition}\n}}\n\n"), "");
            keep(format!("offer p{n} {{\n  channel mail\n  eligible when {condition}\n  priority {priority}\n}}\n\n"), "");
        }
        let compiled = with_schema(&format!("{base}{fine}"));
        let codes: Vec<&str> = compiled.diagnostics.iter().map(|found| found.diagnostic.code).collect();
        prop_assert!(compiled.plan.is_some(), "{codes:?}\n{fine}");
        for text in traits.iter().chain([&priority]) {
            let compiled = with_schema(&format!("{base}trait y = {text}"));
            let internal = compiled.diagnostics.iter().any(|found| found.diagnostic.code == "E0901");
            prop_assert!(!internal, "{text}: {:?}", compiled.diagnostics);
        }
    }
}
