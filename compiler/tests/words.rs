//! What is said where units, currencies, times and names do not fit: a table of what people write, and the words that
//! they read then. Each must say what is expected, what is there, and what to write instead.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "tests")]

use std::fmt::Write as _;

use opportune_compiler::diagnostic::{Diagnostic, Severity};
use opportune_compiler::mend::with;
use opportune_compiler::{ProjectFiles, compile};

const MANIFEST: &str = "name = \"words\"\nedition = \"2026\"\nzone = \"Europe/London\"\ncurrency = \"USD\"\n";

const SCHEMA: &str = r#"
customer person {
  key id: text
  birth: date
  joined: date
  seen: instant
  budget: money(USD)
  savings: money(EUR)
  home: place
  share: number
  visits: int
  level: ordered(bronze, silver, gold)
  colour: one_of(red, green, blue)
  town: text
  rises: time
  likes: set of text
  mail_ok: bool   consent
}

events purchase {
  at moment: instant
  shop_id: text -> shop
  spend: money(USD)
  quantity: int
}

events visit {
  at day: date
  minutes: int
}

table shop {
  key shop_id: text
  place: place
  opened: date
}

channel mail {
  needs customer.mail_ok
}

segment regular is count(visit in last 30 days) >= 3

trait weekly_spend = sum(purchase.spend in last 84 days) / 12
"#;

fn files(clause: &str) -> ProjectFiles {
    let policy = format!("{SCHEMA}\noffer tea {{\n  channel mail\n  {clause}\n}}\n");
    ProjectFiles {
        manifest: ("opportune.toml".into(), MANIFEST.into()),
        policies: vec![("words.offer".into(), policy)],
    }
}

/// What is said of a clause of an offer, errors alone; and what it becomes where there is a sure fix.
fn said(clause: &str) -> String {
    let files = files(clause);
    let compiled = compile(&files);
    let text = &files.policies[0].1;
    let mut out = format!("{clause}\n");
    let errors = compiled.diagnostics.iter().filter(|found| found.diagnostic.severity == Severity::Error);
    for found in errors.clone() {
        let Diagnostic { code, message, labels, help, fix, .. } = &found.diagnostic;
        writeln!(out, "  {code} {message}").unwrap();
        for label in labels {
            let place = &text[label.span.start as usize..label.span.end as usize];
            writeln!(out, "    {place}: {}", label.message).unwrap();
        }
        writeln!(out, "    help: {}", help.as_deref().unwrap_or("NONE")).unwrap();
        if fix.is_some() {
            let mended = with(&files, std::slice::from_ref(found)).unwrap();
            let left = compile(&mended).diagnostics;
            let left = left.iter().filter(|found| found.diagnostic.severity == Severity::Error).count();
            let line = mended.policies[0].1.lines().rev().nth(1).unwrap().trim().to_owned();
            writeln!(out, "    fix: {line}{}", if left == 0 { "" } else { " (not all is well then)" }).unwrap();
        }
    }
    if errors.count() == 0 {
        out.push_str("  is fine\n");
    }
    out
}

fn all_said(clauses: &str) -> String {
    let clauses = clauses.lines().map(str::trim).filter(|line| !line.is_empty());
    clauses.map(said).collect::<Vec<_>>().join("\n")
}

#[test]
fn money() {
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(all_said(
        r#"
        eligible when budget > 20
        eligible when 20 < budget
        eligible when budget > 20.5
        eligible when budget > -20
        eligible when budget > visits
        eligible when budget > 20 EUR
        eligible when budget > savings
        eligible when budget + savings > 100 USD
        eligible when budget > 20 USD + 5 EUR
        eligible when budget > "20 USD"
        eligible when budget > $20
        eligible when budget > 20$
        eligible when budget > USD 20
        eligible when budget > 20 dollars
        eligible when budget > 20 usd
        eligible when budget > 20USD
        eligible when budget > 20,000 USD
        eligible when budget between 10 and 20
        eligible when budget between 10 and 20 USD
        eligible when budget in [10, 20]
        eligible when budget = 0
        eligible when sum(purchase.spend) > 100
        eligible when avg(purchase.spend) > 100
        eligible when weekly_spend > 20
        eligible when weekly_spend
        eligible when exists(purchase where spend > 20)
        eligible when budget * 20 USD > 5 USD
        eligible when budget + 5 > 20 USD
        eligible when budget > 10%
        eligible when budget is not 5
        eligible when (budget else 0) > 20 USD
        priority budget
        priority weekly_spend * 2
        priority if regular then 5 USD else 1
        cost 5
        "#
    )) });
}

#[test]
fn times() {
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(all_said(
        r#"
        eligible when birth > 35 years
        eligible when birth > 35
        eligible when birth < 1990
        eligible when birth > "2000-01-01"
        eligible when birth > 2000-1-1
        eligible when birth > 01/02/2000
        eligible when birth > 2000-01-01 18:00
        eligible when birth > now
        eligible when birth = seen
        eligible when seen > "2026-01-01"
        eligible when seen > 2026-01-01
        eligible when seen > today
        eligible when seen > today - 5 days
        eligible when seen > now - 5
        eligible when birth > today - 5
        eligible when birth < today + 5
        eligible when today - birth > 35 years
        eligible when today - birth > 35
        eligible when today - joined > 30 hours
        eligible when now - seen > 30 days
        eligible when now - seen > 30
        eligible when now - seen > 5 hours
        eligible when seen > 2026-01-01 18:00
        eligible when seen > 2026-01-01T18:00
        eligible when seen > 2026-01-01 18:00 EST
        eligible when seen > 2026-01-01 18:00 Europe/Londn
        eligible when seen > 2026-01-01 6pm
        eligible when seen >= 18:00
        eligible when rises > 6
        eligible when rises > "06:00"
        eligible when rises < 6:00
        eligible when rises < 6am
        eligible when rises < seen
        eligible when weekday(now) = "Monday"
        eligible when weekday(now) = Monday
        eligible when weekday(now) = mon
        eligible when weekday(now) = 1
        eligible when weekday(now) in [saturday, sunday]
        eligible when weekday(now) is not sundy
        eligible when hour(now) = 18:00
        eligible when month(now) = december
        eligible when month(birth) = 12
        eligible when 3 months > 90 days
        eligible when 2 days > 48 hours
        eligible when age(birth) > 35
        eligible when months_between(birth, today) > 35 years
        eligible when exists(visit in last 5)
        eligible when exists(visit in last month)
        eligible when exists(visit in last 5 hours)
        eligible when exists(purchase in last 5 d)
        eligible when exists(purchase where moment > 2026-01-01)
        eligible when exists(visit where day > now)
        eligible when exists(visit between 2026-01-01 and now)
        eligible when visit.minutes > 5 minutes
        eligible when sum(visit.minutes) > 5 hours
        timing from 2026-11-01 18:00 to 2026-12-24
        "#
    )) });
}

#[test]
fn numbers_lengths_and_words() {
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(all_said(
        r#"
        eligible when share > 20%
        eligible when share > 0.2
        eligible when share > 20 percent
        eligible when share > "20%"
        eligible when visits > 20%
        eligible when visits > "5"
        eligible when visits = true
        eligible when visits
        eligible when not visits
        eligible when visits > 5 and budget
        eligible when distance(home, place(51.5, -0.1)) < 5
        eligible when distance(home, place(51.5, -0.1)) < 300 m
        eligible when distance(home, place(51.5, -0.1)) < 300 km
        eligible when distance(home, place(51.5, -0.1)) < 5 miles
        eligible when distance(home, place(51.5, -0.1)) < 5 days
        eligible when distance(home, town) < 5 km
        eligible when home = "London"
        eligible when town = London
        eligible when town = 5
        eligible when town > "A"
        eligible when town = red
        eligible when colour = "red"
        eligible when colour = gren
        eligible when colour = Red
        eligible when colour = "Red"
        eligible when colour = purple
        eligible when colour = 1
        eligible when colour in [red, grene]
        eligible when colour > red
        eligible when colour = level
        eligible when level > 2
        eligible when level > "goldd"
        eligible when level >= Silver
        eligible when level = town
        eligible when likes = "tea"
        eligible when likes contains 5
        eligible when "tea" = likes
        eligible when mail_ok = "yes"
        eligible when mail_ok = 1
        eligible when mail_ok = yes
        eligible when regular = 1
        eligible when regular > 3
        eligible when visits + town > 5
        eligible when town + "x" = "y"
        eligible when visits * "2" > 5
        eligible when visits / share
        eligible when share = missing
        eligible when count(purchase.spend) > 5
        eligible when sum(purchase) > 5
        eligible when sum(purchase.shop_id) > 5
        eligible when purchase > 5
        eligible when person > 5
        priority regular
        priority "high"
        priority level
        cap 5 USD per customer every 7 days
        "#
    )) });
}
