//! From the parser's rules to those that people read: without what is only matched to be answered well, without what only
//! looks ahead, with the words that the parser finds before it asks the grammar.

use super::pest::{Expr, Rule, rules};

/// How items are built of what the files tell: the parser splits a text into items and clauses before it asks the grammar.
const STRUCTURE: &str = r#"
// Policies

policy     = { item* }
item       = { table_item | context_item | offer_fields | offer_item | channel_item | segment_item | trait_item | journey_item | guarantee_item | portfolio_item | persona_item | test_item }
table_item = { ("customer" | "events" | "table") ~ a_name ~ "{" ~ field* ~ "}" }
context_item = { "context" ~ "{" ~ field* ~ "}" }
offer_fields = { "offer" ~ "fields" ~ "{" ~ field* ~ "}" }
offer_item = { offer_head ~ "{" ~ offer_clause* ~ "}" }
channel_item = { "channel" ~ a_name ~ ("{" ~ clause_of_channel* ~ "}")? }
guarantee_item = { guarantee_head ~ "{" ~ (text_clause | never_clause)* ~ "}" }
portfolio_item = { "portfolio" ~ "{" ~ portfolio_clause* ~ "}" }
persona_item = { "persona" ~ a_name ~ "{" ~ record_field* ~ "}" }
test_item  = { test_head ~ "{" ~ test_clause* ~ "}" }
offer_clause = { text_clause | message_clause | condition_clause | value_clause | field_clause | channel_clause | timing_clause | cap_clause | budget_clause | holdout_clause | arms_clause | arm_clause | pick_clause }
clause_of_channel = { direction_clause | value_clause | quiet_clause | length_clause | capacity_clause }
portfolio_clause = { value_clause | rank_clause | slate_clause | at_most_clause | cap_clause | budget_clause | pause_clause | stop_clause | suppress_clause | holdout_clause | fallback_clause | lever_clause | length_clause | zones_clause }
test_clause = { at_clause | given_clause | context_clause | then_clause | expect_clause | always_clause }
"#;

/// Rules that the page says otherwise.
const INSTEAD: &str = r#"
segment_item  = { "segment" ~ a_name ~ "is" ~ expr }
trait_item    = { "trait" ~ a_name ~ "=" ~ expr }
text_clause   = { ("about" | "because") ~ a_text }
condition_clause = { ("eligible" | "except") ~ "when" ~ expr }
value_clause  = { ("priority" | "cost" | "objective" | "needs" | "carries") ~ expr }
length_clause = { ("lead" | "horizon") ~ sum }
pause_what    = { "ignored" }
calendar_unit = { "day" | "week" | "month" | "quarter" | "year" }
is_test       = { "missing" | "known" | "true" | "false" }
aggregate_word = { "exists" | "none" | "count" | "sum" | "avg" | "min" | "max" | "first" | "last" | "distinct" | "most_frequent" | "share" | "typical_gap" }
at_most_clause = { at_most }
arm_share     = { a_name ~ sum }
quiet_hours   = { sum ~ "to" ~ sum }
at_day        = { "on" ~ "the" ~ "day" ~ "of" ~ sum }
window        = { ("last" | "next") ~ quantity | calendar }
zones_clause  = { "possible" ~ "zones" ~ a_text ~ (comma ~ a_text)* }
"#;

/// What ends the page's grammar: told in words.
pub const TERMINALS: &[(&str, &str)] = &[
    ("name", "`[a-z][a-z0-9_]*`, and no reserved word"),
    ("text", "`\"…\"` on one line, with `\\\"`, `\\\\`, `\\n`, `\\t`; in `because` and `message`, `{…}` is a hole"),
    ("number", "`20_000`, `0.5`, `1e6`"),
    ("unit", "`seconds` to `years`, `m`, `km`, `miles` and the like, or a currency such as `USD`"),
    ("currency_name", "three letters: `USD`"),
    ("date", "`2026-11-01`"),
    ("clock", "`21:00`, `21:00:30`"),
    ("zone", "an IANA zone: `Europe/London`, or `UTC`"),
    ("format", "how a hole is written: `as day and month`"),
];

/// Rules that only answer what other languages say, or what is written in another order.
const NEVER: &[&str] = &[
    "tail_null",
    "set_open",
    "set_close",
    "step_late",
    "stretch_bare",
    "day_of",
    "between_after",
    "expect_bare",
    "foreign_word",
    "open_text",
    "odd_number",
    "day_range",
];

/// Names of rules that are others, on the page.
const ALIASES: &[(&str, &str)] = &[("a_name", "name"), ("a_text", "text")];

/// The rules that people read, in the order of the files, the structure first.
pub fn cleaned(grammar: &[Rule]) -> Vec<Rule> {
    let instead = rules(INSTEAD, "");
    let mut all = rules(STRUCTURE, "Policies");
    for rule in grammar {
        let other = instead.iter().find(|other| other.name == rule.name);
        all.push(Rule { section: rule.section.clone(), ..other.unwrap_or(rule).clone() });
    }
    all.retain(|rule| !is_never(&rule.name) && TERMINALS.iter().all(|(name, _)| *name != rule.name));
    // What is made of nothing but such rules is never written either.
    let mut dead: Vec<String> = Vec::new();
    loop {
        let dies = |rule: &&Rule| !dead.contains(&rule.name) && clean(&rule.expr, &rule.name, &dead).is_none();
        let dying: Vec<String> = all.iter().filter(dies).map(|rule| rule.name.clone()).collect();
        if dying.is_empty() {
            break;
        }
        dead.extend(dying);
    }
    let mut kept: Vec<Rule> = Vec::new();
    for rule in all {
        let expr = clean(&rule.expr, &rule.name, &dead).map(|expr| if rule.loose { expr } else { joined(expr) });
        kept.extend(expr.filter(|expr| *expr != Expr::Sequence(Vec::new())).map(|expr| Rule { expr, ..rule }));
    }
    while inline(&mut kept) {}
    let reached = reached(&kept);
    kept.retain(|rule| reached.contains(&rule.name));
    kept
}

fn is_never(name: &str) -> bool {
    name.starts_with("odd_") || name.starts_with("no_") || NEVER.contains(&name)
}

/// An expression without what is never written; none: all of it is never.
fn clean(expr: &Expr, within: &str, dead: &[String]) -> Option<Expr> {
    Some(match expr {
        Expr::Text(text) if text.is_empty() => Expr::Sequence(Vec::new()),
        Expr::Text(_) => expr.clone(),
        Expr::Ahead => Expr::Sequence(Vec::new()),
        Expr::Name(name) => return named(name, within, dead),
        Expr::Sequence(parts) => {
            let parts: Option<Vec<Expr>> = parts.iter().map(|part| clean(part, within, dead)).collect();
            sequence(parts?)
        }
        Expr::Choice(parts) => {
            let mut kept: Vec<Expr> = Vec::new();
            for part in parts.iter().filter_map(|part| clean(part, within, dead)).filter(|part| !is_shouted(part)) {
                if !kept.contains(&part) {
                    kept.push(part);
                }
            }
            match kept.len() {
                0 => return None,
                1 => kept.remove(0),
                _ => Expr::Choice(kept),
            }
        }
        // `about: "…"` is understood, and written without the colon.
        Expr::Optional(inner) if **inner == Expr::Name("colon".to_owned()) => Expr::Sequence(Vec::new()),
        Expr::Optional(inner) => repeated(clean(inner, within, dead), Expr::Optional),
        Expr::Any(inner) => repeated(clean(inner, within, dead), Expr::Any),
        Expr::Some(inner) => Expr::Some(Box::new(clean(inner, within, dead)?)),
        Expr::Times(inner, times) => Expr::Times(Box::new(clean(inner, within, dead)?), times.clone()),
    })
}

fn named(name: &str, within: &str, dead: &[String]) -> Option<Expr> {
    match name {
        "SOI" | "EOI" | "unit_end" => Some(Expr::Sequence(Vec::new())),
        "clause_word" | "item_word" => Some(word_of(within)),
        _ if is_never(name) || dead.iter().any(|dead| dead == name) => None,
        _ => {
            let alias = ALIASES.iter().find(|(from, _)| *from == name).map_or(name, |(_, to)| *to);
            Some(Expr::Name(alias.to_owned()))
        }
    }
}

/// The word that begins an item or a clause.
fn word_of(rule: &str) -> Expr {
    let text = |word: &str| Expr::Text(word.to_owned());
    match rule {
        "offer_head" => Expr::Choice(["offer", "reminder", "notice"].map(text).to_vec()),
        "context_clause" => text("with"),
        "zones_clause" => text("possible"),
        _ => text(rule.rsplit_once('_').map_or(rule, |(word, _)| word)),
    }
}

/// `NOT` beside `not`: understood, and answered.
fn is_shouted(expr: &Expr) -> bool {
    matches!(expr, Expr::Text(text) if text.len() > 1 && text.contains(|c: char| c.is_uppercase()))
}

fn sequence(parts: Vec<Expr>) -> Expr {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Expr::Sequence(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    if flat.len() == 1 { flat.remove(0) } else { Expr::Sequence(flat) }
}

fn repeated(inner: Option<Expr>, kind: impl Fn(Box<Expr>) -> Expr) -> Expr {
    match inner {
        None => Expr::Sequence(Vec::new()),
        Some(Expr::Sequence(parts)) if parts.is_empty() => Expr::Sequence(Vec::new()),
        Some(inner) => kind(Box::new(inner)),
    }
}

/// In a rule without white space between its parts, words with a blank between them are one text, and blanks go without
/// saying.
fn joined(expr: Expr) -> Expr {
    let is_blank = |expr: &Expr| match expr {
        Expr::Some(inner) | Expr::Any(inner) => **inner == Expr::Name("blank".to_owned()),
        _ => false,
    };
    match expr {
        Expr::Choice(parts) => Expr::Choice(parts.into_iter().map(joined).collect()),
        Expr::Optional(inner) => Expr::Optional(Box::new(joined(*inner))),
        Expr::Any(inner) => Expr::Any(Box::new(joined(*inner))),
        Expr::Sequence(parts) => {
            let mut kept: Vec<Expr> = Vec::new();
            let mut blank = false;
            for part in parts {
                match (kept.last_mut(), part) {
                    (_, part) if is_blank(&part) => blank = true,
                    (Some(Expr::Text(before)), Expr::Text(text)) if blank => {
                        *before = format!("{before} {text}");
                        blank = false;
                    }
                    (_, part) => {
                        kept.push(joined(part));
                        blank = false;
                    }
                }
            }
            sequence(kept)
        }
        other => other,
    }
}

/// Puts one short rule in the place of its name; says whether there was one.
fn inline(rules: &mut Vec<Rule>) -> bool {
    let is_short = |expr: &Expr| matches!(expr, Expr::Text(_) | Expr::Name(_));
    let Some(at) = rules.iter().position(|rule| is_short(&rule.expr) && rule.name != "policy") else { return false };
    let rule = rules.remove(at);
    rules.iter_mut().for_each(|other| other.expr = replaced(&other.expr, &rule.name, &rule.expr));
    true
}

fn replaced(expr: &Expr, name: &str, by: &Expr) -> Expr {
    let inner = |inner: &Expr| Box::new(replaced(inner, name, by));
    match expr {
        Expr::Name(own) if own == name => by.clone(),
        Expr::Sequence(parts) => Expr::Sequence(parts.iter().map(|part| replaced(part, name, by)).collect()),
        Expr::Choice(parts) => {
            let mut kept = Vec::new();
            for part in parts.iter().map(|part| replaced(part, name, by)) {
                if !kept.contains(&part) {
                    kept.push(part);
                }
            }
            if kept.len() == 1 { kept.remove(0) } else { Expr::Choice(kept) }
        }
        Expr::Optional(part) => Expr::Optional(inner(part)),
        Expr::Any(part) => Expr::Any(inner(part)),
        Expr::Some(part) => Expr::Some(inner(part)),
        Expr::Times(part, times) => Expr::Times(inner(part), times.clone()),
        Expr::Text(_) | Expr::Name(_) | Expr::Ahead => expr.clone(),
    }
}

/// The names that an expression uses.
pub fn names(expr: &Expr, found: &mut Vec<String>) {
    match expr {
        Expr::Name(name) => found.push(name.clone()),
        Expr::Sequence(parts) | Expr::Choice(parts) => parts.iter().for_each(|part| names(part, found)),
        Expr::Optional(part) | Expr::Any(part) | Expr::Some(part) | Expr::Times(part, _) => names(part, found),
        Expr::Text(_) | Expr::Ahead => {}
    }
}

/// The rules that a policy is made of.
fn reached(rules: &[Rule]) -> Vec<String> {
    let (mut reached, mut open) = (Vec::new(), vec!["policy".to_owned(), "hole".to_owned()]);
    while let Some(name) = open.pop() {
        if let Some(rule) = rules.iter().find(|rule| rule.name == name).filter(|_| !reached.contains(&name)) {
            names(&rule.expr, &mut open);
            reached.push(name);
        }
    }
    reached
}
