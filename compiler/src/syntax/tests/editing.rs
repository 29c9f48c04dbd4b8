//! A policy as it is while somebody types it: the clause at the cursor may be lost, its neighbours may not.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

use super::super::ast::{Item, ItemKind};
use super::super::{parse_item, split};

const SAMPLE: &str = include_str!("sample.offer");

/// What a file says, clause by clause: each with its item's name, and without places.
fn clauses(file: &str) -> BTreeSet<String> {
    // Most items of a state are the sample's own; each of them is read once.
    static OWN: LazyLock<HashMap<Arc<str>, Vec<String>>> =
        LazyLock::new(|| split(SAMPLE).into_iter().map(|item| (item.text.clone(), clauses_of(&item.text))).collect());
    split(file).iter().flat_map(|item| OWN.get(&item.text).cloned().unwrap_or_else(|| clauses_of(&item.text))).collect()
}

fn clauses_of(item: &str) -> Vec<String> {
    parse_item(item).0.map(|tree| said(&tree, item)).unwrap_or_default()
}

fn said(item: &Item, text: &str) -> Vec<String> {
    let written = |span: super::super::Span| text[span.start as usize..span.end as usize].to_owned();
    match &item.kind {
        ItemKind::Customer(table) | ItemKind::Events(table) | ItemKind::Table(table) => {
            table.fields.iter().map(|field| format!("{}: {}", table.name.node, written(field.span))).collect()
        }
        ItemKind::OfferFields(fields) | ItemKind::Context(fields) => {
            fields.iter().map(|field| format!("fields: {}", written(field.span))).collect()
        }
        ItemKind::Channel(channel) => std::iter::once(format!("channel {}", channel.name.node))
            .chain(channel.clauses.iter().map(|clause| written(clause.span)))
            .collect(),
        ItemKind::Journey(journey) => {
            journey.steps.iter().map(|step| format!("{}: {}", journey.name.node, written(step.span))).collect()
        }
        ItemKind::Guarantee(guarantee) => {
            let clauses = guarantee.clauses.iter();
            clauses.map(|clause| format!("{}: {}", guarantee.name.node, written(clause.span))).collect()
        }
        ItemKind::Segment(definition) | ItemKind::Trait(definition) => {
            vec![format!("{}: {}", definition.name.node, written(definition.value.span))]
        }
        ItemKind::Offer(offer) => {
            offer.clauses.iter().map(|clause| format!("{}: {}", offer.name.node, written(clause.span))).collect()
        }
        ItemKind::Portfolio(clauses) => clauses.iter().map(|clause| written(clause.span)).collect(),
        ItemKind::Persona(persona) => {
            let fields = persona.fields.iter();
            fields.map(|field| format!("{}: {}", persona.name.node, written(field.span))).collect()
        }
        ItemKind::Test(test) => {
            test.clauses.iter().map(|clause| format!("{}: {}", test.name.node, written(clause.span))).collect()
        }
    }
}

/// The words, numbers, texts and signs of the sample.
fn tokens() -> Vec<(usize, usize)> {
    let scanned = super::super::scan::scan(SAMPLE);
    scanned
        .tokens
        .iter()
        .filter(|token| !token.text(SAMPLE).trim().is_empty())
        .map(|token| (token.start, token.end))
        .collect()
}

/// How many of the states lose more than the clause that is worked on, with examples.
fn lossy(states: &[(String, usize)]) -> (usize, Vec<String>) {
    let all = clauses(SAMPLE);
    let mut examples = Vec::new();
    for (state, allowed) in states {
        let now = clauses(state);
        let lost: Vec<&String> = all.difference(&now).collect();
        if lost.len() > *allowed {
            examples.push(format!("lost {lost:?}"));
        }
    }
    (examples.len(), examples)
}

#[test]
fn a_token_taken_away_costs_its_own_clause_only() {
    let states: Vec<(String, usize)> =
        tokens().iter().map(|&(start, end)| (format!("{}{}", &SAMPLE[..start], &SAMPLE[end..]), 1)).collect();
    let (lossy, examples) = lossy(&states);
    println!("{lossy} of {} states lose a neighbour:\n{}", states.len(), examples.join("\n"));
    assert!(lossy * 10 <= states.len(), "{lossy} of {} states lose a neighbour", states.len());
}

#[test]
fn a_clause_half_typed_costs_no_neighbour() {
    // Each line cut at each of its tokens, with all other lines in place.
    let mut states = Vec::new();
    for (start, _) in tokens() {
        let line_end = SAMPLE[start..].find('\n').map_or(SAMPLE.len(), |at| start + at);
        states.push((format!("{}{}", &SAMPLE[..start], &SAMPLE[line_end..]), 1));
    }
    let (lossy, examples) = lossy(&states);
    println!("{lossy} of {} states lose a neighbour:\n{}", states.len(), examples.join("\n"));
    assert!(lossy * 10 <= states.len(), "{lossy} of {} states lose a neighbour", states.len());
}

#[test]
fn what_is_typed_so_far_stands() {
    // Each prefix of the file: all clauses on the lines before the cursor's clause are read.
    let ends: Vec<usize> = tokens().iter().map(|(_, end)| *end).collect();
    let mut complete = BTreeSet::new();
    let mut lossy = 0;
    for &end in &ends {
        let now = clauses(&SAMPLE[..end]);
        let lost = complete.difference(&now).count();
        lossy += usize::from(lost > 0);
        // A clause counts once a line has ended after it.
        if SAMPLE[end..].starts_with('\n') {
            complete.extend(now.into_iter().filter(|clause| clauses_of_all().contains(clause)));
        }
    }
    assert!(lossy * 20 <= ends.len(), "{lossy} of {} states lose what was complete", ends.len());
}

/// The clauses of the whole sample.
fn clauses_of_all() -> &'static BTreeSet<String> {
    static ALL: std::sync::OnceLock<BTreeSet<String>> = std::sync::OnceLock::new();
    ALL.get_or_init(|| clauses(SAMPLE))
}
