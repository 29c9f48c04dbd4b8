//! Runs verified plans over customer snapshots.
//!
//! [`snapshot`] reads files into columns and event lists and hands them out in blocks of customers; the evaluators
//! ([`evaluate`]) turn a block into scored candidates, `decide` turns candidates into decisions, `allocate` settles
//! caps over all customers and `sink` writes what was decided; [`run`] is the whole line. Nothing here holds the whole
//! snapshot as rows.

pub mod allocate;
pub mod bind;
pub mod builtin;
pub mod decide;
pub mod draw;
pub mod evaluate;
pub mod families;
pub mod interpret;
pub mod jit;
pub mod kernels;
pub mod rehearse;
pub mod remaining;
pub mod run;
#[cfg(test)]
mod sample;
pub mod sending;
pub mod sink;
pub mod snapshot;
pub mod template;
pub mod time;
pub mod value;
pub mod vectorised;
