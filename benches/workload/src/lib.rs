//! The benchmark's workload, made from a seed: 30 columns, 300 distinct atoms, 100 offers.
//!
//! One description, four faces: values for any customer ([`Column::value`]), the policy in the language ([`policy()`]),
//! and Rust source for the two compiled peers ([`rust`]). The build script of `opportune-bench` and the benchmark
//! itself both read it, so nobody can measure an engine on other offers than its peers. No dependency, no clock.

#![allow(clippy::indexing_slicing, reason = "positions within one workload; a generator may stop")]

mod atom;
mod column;
mod offer;
mod policy;
mod random;
pub mod rust;
mod sample;

pub use atom::{Atom, Relation, Test};
pub use column::{Column, Kind, Value, columns};
pub use offer::{Condition, Offer, Operand, Term};
pub use policy::{MANIFEST, policy};

/// How many offers the workload has.
pub const OFFERS: usize = 100;
/// How many distinct atoms they use, each at least once.
pub const ATOMS: usize = 300;
/// The day of `now`: 2026-11-20, in days since 1970-01-01.
pub const TODAY: i32 = 20_777;
/// How many offers a customer may get, on average.
pub const ELIGIBLE: f64 = 9.6;

/// The whole workload.
#[derive(Debug)]
pub struct Workload {
    /// The customer's columns, without the key.
    pub columns: Vec<Column>,
    /// The distinct atoms; offers name them by position.
    pub atoms: Vec<Atom>,
    /// The offers, in the order of their names.
    pub offers: Vec<Offer>,
}

impl Workload {
    /// Makes the workload; always the same one.
    pub fn new() -> Self {
        let columns = columns();
        let atoms = atom::atoms(&columns);
        let offers = offer::offers(&columns, &atoms);
        Self { columns, atoms, offers }
    }
}

impl Default for Workload {
    fn default() -> Self {
        Self::new()
    }
}
