//! What policies mean and what is told about those that mean nothing: small texts, and all that the compiler says.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice, reason = "tests")]

mod meaning {
    mod bounds;
    mod caps;
    mod channels;
    pub mod check;
    mod contexts;
    mod experiments;
    mod families;
    mod guarantees;
    mod journeys;
    mod kinds;
    mod known;
    mod ledger;
    mod names;
    mod offers;
    mod operators;

    mod picks;
    mod plans;
    mod portfolio;
    mod projects;
    mod quotas;
    mod random;
    mod rules;
    mod templates;
    mod tests;
    mod timing;
    mod types;
    mod values;
    mod zoned;
}
