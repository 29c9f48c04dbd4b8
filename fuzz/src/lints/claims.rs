//! What a lint claims, as something that the reference evaluator can refute.

use opportune_compiler::diagnostic::{Diagnostic, Located};

use super::policy::{PATH, is_whole};

/// What must be so for every customer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Claim {
    /// This condition is never definitely true.
    NeverTrue(Probe),
    /// This offer is never made.
    NeverMade(String),
    /// This offer is never made where nobody asks.
    NeverMadeInBatch(String),
    /// The policy without this clause decides the same.
    Idle(String),
}

/// A condition with where it is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Probe {
    /// The condition.
    pub text: String,
    /// Whether it speaks of the member of a family.
    pub of_member: bool,
    /// Whether it is asked only where nobody asks.
    pub in_batch: bool,
}

/// What a lint of a policy claims; `None` where that is nothing about behaviour.
pub fn claim(policy: &str, told: &Located) -> Option<Claim> {
    let found = &told.diagnostic;
    if &*told.path != PATH {
        return None;
    }
    Some(match found.code {
        "E1001" | "E1002" => Claim::NeverMade(quoted(&found.message)?),
        "E0862" => Claim::NeverMade(owner(policy, found)?),
        "E1006" if found.message.starts_with("in a batch this guarantee") => {
            Claim::NeverTrue(Probe { in_batch: true, ..never(policy, found, 0, |text| format!("not ({text})"))? })
        }
        "E1006" => Claim::NeverMadeInBatch(quoted(&found.message)?),
        "E1003" if found.message.starts_with("this adds nothing") => Claim::NeverTrue(adds_nothing(policy, found)?),
        "E1003" => Claim::NeverTrue(never(policy, found, 0, |text| format!("not (({text}) is true)"))?),
        "E1004" if found.message.starts_with("these two") => {
            let other = words(policy, found, 1)?.to_owned();
            Claim::NeverTrue(never(policy, found, 0, |text| format!("(({text}) is true) and (({other}) is true)"))?)
        }
        "E1004" => Claim::NeverTrue(never(policy, found, 0, |text| format!("({text}) is true"))?),
        "E0861" => Claim::Idle(without(policy, found)?),
        _ => return None,
    })
}

/// The first words in back-ticks.
fn quoted(message: &str) -> Option<String> {
    message.split('`').nth(1).map(str::to_owned)
}

/// The offer that a clause stands in.
fn owner(policy: &str, found: &Diagnostic) -> Option<String> {
    let before = policy.get(..found.labels.first()?.span.start as usize)?;
    let (_, offer) = before.rsplit_once("\noffer ")?;
    offer.split_whitespace().next().map(str::to_owned)
}

/// The words that a label points at.
fn words<'p>(policy: &'p str, found: &Diagnostic, label: usize) -> Option<&'p str> {
    let span = found.labels.get(label)?.span;
    policy.get(span.start as usize..span.end as usize)
}

/// A probe about the words of a label: of the customer, or of any of the events in whose filter it stands.
fn never(policy: &str, found: &Diagnostic, label: usize, probe: impl Fn(&str) -> String) -> Option<Probe> {
    let start = found.labels.get(label)?.span.start as usize;
    let text = probe(words(policy, found, label)?);
    let text = if is_of_event(policy, start) { format!("exists(visit where {text})") } else { text };
    // What `eligible` compares is known in the offer's other clauses, so they are about those who are eligible.
    let text = eligible(policy, start).into_iter().fold(text, |text, also| format!("(({also}) is true) and ({text})"));
    Some(Probe { of_member: text.contains("that_town"), text, in_batch: false })
}

/// The conditions of `eligible` of the offer that a place stands in, but for a place within them.
fn eligible(policy: &str, place: usize) -> Vec<&str> {
    let begin = policy[..place].rfind("\noffer ").map_or(0, |at| at + 1);
    let end = policy[begin..].find("\n}").map_or(policy.len(), |at| begin + at);
    let line = policy[..place].rfind('\n').map_or(0, |at| at + 1);
    let word = "  eligible when ";
    if end < place || policy[line..].starts_with(word) || !policy[begin..].starts_with("offer ") {
        return Vec::new();
    }
    policy[begin..end].lines().filter_map(|line| line.strip_prefix(word)).collect()
}

/// Whether a place lies in the filter of an aggregate.
fn is_of_event(policy: &str, place: usize) -> bool {
    let line = policy.get(..place).and_then(|before| before.rsplit('\n').next()).unwrap_or("");
    line.rfind("(visit").is_some_and(|at| {
        let inside = &line[at + 1..];
        let mut open = 0;
        let stays = inside.chars().all(|c| {
            open += i32::from(c == '(') - i32::from(c == ')');
            open >= 0
        });
        stays && inside.contains(" where ")
    })
}

/// That the condition around the words is true where it is with `true` in their place.
fn adds_nothing(policy: &str, found: &Diagnostic) -> Option<Probe> {
    let span = found.labels.first()?.span;
    let (start, end) = (span.start as usize, span.end as usize);
    let line = policy[..start].rfind('\n').map_or(0, |at| at + 1);
    let begin = line
        + ["  eligible when ", " is "]
            .iter()
            .find_map(|word| policy[line..start].find(word).map(|at| at + word.len()))?;
    let finish = policy[end..].find('\n').map_or(policy.len(), |at| end + at);
    let whole = policy.get(begin..finish)?;
    let with = format!("{}true{}", policy.get(begin..start)?, policy.get(end..finish)?);
    let of_member = whole.contains("that_town");
    is_whole(whole).then(|| Probe {
        text: format!("(({with}) is true) and not (({whole}) is true)"),
        of_member,
        in_batch: false,
    })
}

/// The policy without the clause that a label points at; each is a line.
fn without(policy: &str, found: &Diagnostic) -> Option<String> {
    let place = found.labels.first()?.span.start as usize;
    let start = policy[..place].rfind('\n').map_or(0, |at| at + 1);
    let end = policy[place..].find('\n').map_or(policy.len(), |at| place + at + 1);
    Some(format!("{}{}", &policy[..start], &policy[end..]))
}
