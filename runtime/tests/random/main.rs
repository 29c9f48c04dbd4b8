//! What must hold for every plan and every snapshot, tested on random ones.

mod coverage;
mod differential;
mod extremes;
mod generate;
mod interpreter;
mod run;
