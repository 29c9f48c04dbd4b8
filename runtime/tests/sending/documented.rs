//! The page on quiet hours shows the data that is shipped.

use std::path::Path;

use opportune_plan::{Hours, Weekdays};
use opportune_runtime::sending::holidays::Holidays;
use opportune_runtime::sending::law::{Rule, rules};

use crate::oracle::{HOUR, MINUTE};

const HEAD: &str = "| code | where | may be reached | but not | by | valid from | checked | note |\n|---|---|---|---|---|---|---|---|\n";

fn days(days: Weekdays) -> String {
    const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let held: Vec<usize> = (0..7).filter(|day| days.contains(*day as u8)).collect();
    match held.as_slice() {
        [] => panic!("hours on no day"),
        _ if days == Weekdays::ALL => "every day".to_owned(),
        [day] => NAMES[*day].to_owned(),
        [first, .., last] if last - first + 1 == held.len() => format!("{} to {}", NAMES[*first], NAMES[*last]),
        _ => held.iter().map(|day| NAMES[*day]).collect::<Vec<_>>().join(", "),
    }
}

fn hours(hours: &Hours) -> String {
    let time = |micros: i64| format!("{:02}:{:02}", micros / HOUR, micros % HOUR / MINUTE);
    format!("{} {} to {}", days(hours.days), time(hours.from), time(hours.to))
}

fn row(rule: &Rule) -> String {
    let closed = match rule.holidays {
        None => "",
        Some(Holidays::France) => "public holidays of France",
        Some(Holidays::Australia) => "public holidays of Australia",
    };
    let windows = rule.windows.iter().map(hours).collect::<Vec<_>>().join("; ");
    let until = rule.valid_to.map_or_else(String::new, |to| format!(" to {to}"));
    format!(
        "| `{}` | {} | {windows} | {closed} | {}: {} | {}{until} | {} | {} |\n",
        rule.jurisdiction, rule.place, rule.authority, rule.citation, rule.valid_from, rule.checked, rule.note
    )
}

#[test]
fn the_page_shows_the_shipped_hours() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/language/quiet-hours.md");
    let table: String = std::iter::once(HEAD.to_owned()).chain(rules().iter().map(row)).collect();
    let page = std::fs::read_to_string(page).unwrap();
    let shown: String = page.lines().filter(|line| line.starts_with('|')).map(|line| format!("{line}\n")).collect();
    assert!(shown.contains(&table), "docs/language/quiet-hours.md does not show this table:\n\n{table}");
}
