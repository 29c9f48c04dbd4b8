//! The command line: one file per command, `render` for what people read of diagnostics, nothing else prints them.

mod context;
mod cost;
mod crosstab;
mod data_use;
mod deciding;
mod dry_run;
mod escape;
mod explain_code;
mod facts;
mod fix;
mod fmt;
mod history;
mod ledger;
mod ledger_place;
mod lsp;
mod new;
mod project;
mod record;
mod render;
mod replay;
mod run;
mod summary;
mod table;
mod test;
mod validate;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Offer policies as readable text: which customer gets which offer, when, and through which channel.
///
/// A project is a folder with an `opportune.toml`, `*.offer` files and the data they decide over.
#[derive(Parser)]
#[command(name = "opportune", version, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  fine
  1  the policy or its schema is wrong
  2  the call or the data is wrong";

#[derive(Subcommand)]
enum Command {
    /// Begin a project, over data of its own or over files that are there
    ///
    /// Without `--from`, a small shop with invented customers, to try things on. With it, the Parquet, CSV, JSON lines and
    /// Arrow files of a folder are looked at: who the customers are, what happened to them, what is looked up. The schema
    /// validates at once, and every guess in it is a comment with its reason. Nothing is overwritten.
    #[command(after_help = NEW_HELP)]
    New(new::Arguments),
    /// Check that a project's policies are well-formed and well-typed
    ///
    /// Reads `opportune.toml` and every `*.offer` file of the project, and tells all mistakes at once, each with its
    /// place and the way out. A policy that validates cannot fail while it runs. Where the data is at hand and small (8 MiB)
    /// it is read, to tell texts that occur nowhere in it; whether it is as the schema says is told by `--data` and by
    /// `dry-run`.
    #[command(after_help = EXIT_CODES)]
    Validate(validate::Arguments),
    /// Tell which data of a customer each offer reads, of which class, and what for
    ///
    /// For each offer, channel, guarantee and the portfolio: the fields of customers, events and requests that it reads, in
    /// which clauses, and through which segments, traits and journeys; the sensitive ones first. The data is not read.
    #[command(after_help = EXIT_CODES)]
    DataUse {
        #[command(flatten)]
        project: ProjectArgument,
        /// Print JSON, one line for each offer, channel and guarantee, and for the portfolio
        #[arg(long)]
        json: bool,
    },
    /// Play the project's tests
    ///
    /// Each test puts one customer in front of the whole policy, at one moment or at several, and says what is expected.
    /// What does not hold is told with its place, the condition that is to blame and its values. No data is read, and
    /// nobody is contacted.
    #[command(after_help = TEST_HELP)]
    Test(test::Arguments),
    /// Decide for every customer, and contact no one
    ///
    /// Validates the project, reads its data, decides which customer gets which offer on which channel, and prints how
    /// far each offer came. The same policy, data and `now` give the same decisions, on any number of threads.
    #[command(after_help = DRY_RUN_HELP)]
    DryRun(dry_run::Arguments),
    /// Decide for every customer, and keep in the ledger who is contacted
    ///
    /// Decides as `dry-run` does, with what the ledger says was sent before, and keeps the decisions in the ledger, all
    /// of them or none. The file of decisions is then made of the ledger. Whatever stops it: run it again, and it goes on
    /// with the run that is unfinished. No contact is lost and none is made twice.
    #[command(after_help = RUN_HELP)]
    Run(run::Arguments),
    /// Decide again what a file of decisions says, and tell whether it comes out the same
    ///
    /// The file tells its `now`, how much of the ledger was seen, and the hashes of its policy and data. From the same
    /// policy, data and ledger the same bytes come; otherwise it is told what differs.
    #[command(after_help = REPLAY_HELP)]
    Replay(replay::Arguments),
    /// Record what customers did, or contacts that were made by other means
    ///
    /// Every row of the file goes into the project's ledger, once however often the file is recorded, and all of them or
    /// none. Its columns are `customer` or `decision`, `at` and `outcome`, and where they are told `offer`, `member`,
    /// `channel` and `id`; with `--contacts` they are `customer`, `send_at` and `offer`, and where they are told
    /// `decided_at`, `member`, `channel`, `cost`, `decision` and `id`.
    #[command(after_help = RECORD_HELP)]
    Record(record::Arguments),
    /// Show, take out, check or erase what the ledger keeps
    #[command(subcommand, after_help = LEDGER_HELP)]
    Ledger(ledger::Command),
    /// Explain a message by its code: what is wrong, with an example, and how to mend it
    #[command(after_help = EXPLAIN_CODE_HELP)]
    ExplainCode(explain_code::Arguments),
    /// Write policies in their one canonical form
    ///
    /// Formats every `*.offer` file of a project, or the files that are named. Blanks and line breaks change, nothing else:
    /// no comment is lost, and a plan stays the same. An item with a mistake is left as it is. A file is replaced whole, and
    /// only where it changes.
    #[command(after_help = FMT_HELP)]
    Fmt(fmt::Arguments),
    /// Serve an editor: mistakes as one types, completion, definitions, renames
    ///
    /// Speaks the Language Server Protocol over standard input and output until the editor says that it is done. Editors
    /// start it by themselves: docs/editors.md says how. It reads projects as `validate` does, and changes no file.
    #[command(after_help = LSP_HELP)]
    Lsp(lsp::Arguments),
}

const EXPLAIN_CODE_HELP: &str = "\
Examples:
  opportune explain-code E0301
  opportune explain-code --list

Exit codes:
  0  fine
  2  there is no such code";

const FMT_HELP: &str = "\
Examples:
  opportune fmt policies/grocer
  opportune fmt --check policies
  opportune fmt --diff policies/grocer/offers/baby.offer
  opportune fmt - < draft.offer

Exit codes:
  0  fine, also where an item with a mistake was left as it is
  1  with `--check`: a file is not formatted
  2  the call is wrong, or a file cannot be read or written";

const LSP_HELP: &str = "\
Exit codes:
  0  the editor ended it
  1  the editor went away without a word
  2  what came in is not the protocol";

const NEW_HELP: &str = "\
Examples:
  opportune new shop
  opportune new shop --from exports/today
  opportune new shop --from exports/today --zone Europe/Berlin --currency EUR
  opportune new . --from data

Exit codes:
  0  fine
  2  the call or the files are wrong, or something is there already";

const RECORD_HELP: &str = "\
Examples:
  opportune record responses.csv policies/grocer
  opportune record clicks.csv --column customer=household_id --column at=clicked_at --value outcome=clicked
  opportune record calls.parquet --contacts --value channel=rep

Exit codes:
  0  fine
  1  the policy or its schema is wrong
  2  the call, the file or the ledger is wrong";

const LEDGER_HELP: &str = "\
Exit codes:
  0  fine
  1  the manifest is wrong
  2  the call or the ledger is wrong
  3  not now: a run is at work or a file is being recorded, and nobody can be erased";

const TEST_HELP: &str = "\
Examples:
  opportune test policies/grocer
  opportune test policies/grocer --filter parents --coverage
  opportune test policies/grocer --min-coverage 90 --format junit --out results.xml
  opportune test policies/grocer --min-mutation-score 90

Exit codes:
  0  fine
  1  the policy or its schema is wrong, a test fails, or less is covered or noticed than is asked for
  2  the call is wrong";

const DRY_RUN_HELP: &str = "\
Examples:
  opportune dry-run policies/grocer
  opportune dry-run policies/grocer --now '2017-12-01 18:00' --out decisions.parquet
  opportune dry-run policies/grocer --data ../exports/today
  opportune dry-run policies/grocer --context reason=complaint --context companion=true

Exit codes:
  0  fine
  1  the policy or its schema is wrong, or the schema disagrees with the files
  2  the call or the data is wrong";

const RUN_HELP: &str = "\
Examples:
  opportune run policies/grocer
  opportune run policies/grocer --out /srv/campaigns/today.parquet
  OPPORTUNE_LEDGER=postgres://opportune@db.example.com/offers opportune run policies/grocer

Exit codes:
  0  fine
  1  the policy or its schema is wrong, or the schema disagrees with the files
  2  the call, the data, the ledger or the disk is wrong; run it again when that is mended
  3  not now: another run is at work, or an unfinished one was begun over another policy or other data";

const REPLAY_HELP: &str = "\
Examples:
  opportune replay decisions/20261120-230000-k3x9qa.parquet
  opportune replay /srv/campaigns/today.csv policies/grocer --data /archive/2026-11-20

Exit codes:
  0  the same, byte for byte
  1  the policy or its schema is wrong, or the schema disagrees with the files
  2  the call or the data is wrong
  3  not the same: policy, data, ledger or decisions differ";

#[derive(Args)]
struct ProjectArgument {
    /// The project's folder: the one that holds `opportune.toml`
    #[arg(default_value = ".")]
    project: PathBuf,
}

/// How a command ended, as the exit code says it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Fine,
    PolicyIsWrong,
    CallOrDataIsWrong,
    /// Another run stands in the way.
    NotNow,
    /// What is decided again is not what was decided.
    Differs,
    /// A policy is not in its canonical form.
    NotFormatted,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Validate(arguments) => validate::run(&arguments),
        Command::DataUse { project, json } => data_use::run(&project.project, json),
        Command::New(arguments) => new::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::DryRun(arguments) => dry_run::run(&arguments),
        Command::Run(arguments) => run::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Record(arguments) => record::run(&arguments),
        Command::Ledger(command) => ledger::run(&command),
        Command::ExplainCode(arguments) => explain_code::run(&arguments),
        Command::Fmt(arguments) => fmt::run(&arguments),
        Command::Lsp(_) => lsp::run(),
    };
    match outcome {
        Outcome::Fine => ExitCode::SUCCESS,
        Outcome::PolicyIsWrong | Outcome::NotFormatted => ExitCode::from(1),
        Outcome::CallOrDataIsWrong => ExitCode::from(2),
        Outcome::NotNow | Outcome::Differs => ExitCode::from(3),
    }
}
