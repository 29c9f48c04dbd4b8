//! What must hold for every plan and every snapshot, tested on random ones.

mod coverage;
mod generate;
mod interpreter;
mod run;
