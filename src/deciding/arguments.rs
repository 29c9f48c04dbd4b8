//! What all commands that decide can be told.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use opportune_runtime::run::{Engine, Options};

use crate::ProjectArgument;

/// What is decided over.
#[derive(Args)]
pub struct Input {
    #[command(flatten)]
    pub project: ProjectArgument,
    /// Read the data from this folder instead of the project's
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// What the request brings: `reason=complaint` for all customers, or a file with a row for each that has one
    ///
    /// KEY is a field of the project's `context`, VALUE is of its type; it may be said for several keys. The file is
    /// CSV, JSON lines, Parquet or Arrow, with the customer's key and columns named after the fields. What is not given
    /// is missing.
    #[arg(long, value_name = "KEY=VALUE or FILE")]
    pub context: Vec<String>,
}

/// From when it is decided, and to where.
#[derive(Args)]
pub struct NowAndOut {
    /// Decide as if it were then: `2026-11-01 18:00` in the project's zone, or with an offset `2026-11-01T18:00:00Z`
    ///
    /// Nothing after it is seen. Without it: the manifest's `now`, else the clock. `run` keeps that of a run which it takes
    /// up again.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub now: Option<String>,
    /// Write the decisions to this file: Parquet, CSV or JSON lines by its ending (.parquet, .csv, .jsonl)
    ///
    /// The file is there whole or not at all: it is written beside and then renamed. Without it, `run` writes
    /// `decisions/RUN.parquet` in the project, by the run's name, and `dry-run` writes none.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// How it is decided; what is decided is the same.
#[derive(Args)]
pub struct Effort {
    /// Use so many threads; the decisions are the same for any number
    ///
    /// Without it: one for each processor.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// How policies are evaluated; the decisions are the same
    #[arg(long, value_enum, default_value_t = EngineName::Jit)]
    engine: EngineName,
}

/// The evaluators that can be asked for.
#[derive(Clone, Copy, ValueEnum)]
enum EngineName {
    /// Machine code made for these policies
    Jit,
    /// The reference evaluator: slow, and the definition of what is right
    Interpreter,
}

impl Effort {
    /// How many threads.
    pub fn threads(&self) -> usize {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or_else(processors, usize::from)
    }

    /// As the runtime takes it.
    pub(super) fn options(&self) -> Options {
        let engine = match self.engine {
            EngineName::Jit => Engine::Jit,
            EngineName::Interpreter => Engine::Interpreter,
        };
        Options { threads: self.threads(), engine, ..Options::default() }
    }
}
