//! `opportune validate`: checks a project's policies and tells what is wrong with them.

mod lines;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::sync::Arc;

use opportune_compiler::diagnostic::Located;
use opportune_compiler::mend::mend;
use opportune_compiler::{Compiled, Manifest, ProjectFiles, compile_with};
use opportune_plan::{GuaranteeId, Offer, Plan};
use opportune_runtime::time::Clock;

use crate::deciding::Project;
use crate::escape::escaped;
use crate::facts::{Looking, Reading};
use crate::project::ProjectError;
use crate::render::{self, Problem};
use crate::{Outcome, ProjectArgument, cost, fix, project};

/// What the command takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    project: ProjectArgument,
    /// Write the fixes that are sure into the files: those after which there is less to tell and no new mistake
    #[arg(long)]
    fix: bool,
    /// How what is wrong is told
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Take warnings for mistakes: exit with 1 where there is one
    #[arg(long)]
    deny_warnings: bool,
    /// Print the bound on the work for one customer: by event, by member of a family, and once
    #[arg(long)]
    cost: bool,
    /// Read the data however large it is, and tell what is wrong with it
    #[arg(long)]
    data: bool,
}

/// How what is wrong is told.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// A line of JSON for each, on standard output, and nothing else there
    Json,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Outcome {
    let root = &arguments.project.project;
    let reading = if arguments.data { Reading::Always } else { Reading::WhereCheap };
    let mut looking = Looking::new(root, reading);
    let read = project::read(root).map_err(|error| refused(&error));
    let files =
        match read.and_then(|files| if arguments.fix { fixed(arguments, files, &mut looking) } else { Ok(files) }) {
            Ok(files) => files,
            Err(outcome) => return outcome,
        };
    let compiled = compile_with(&files, |wanted| looking.facts(wanted));
    let told = told(&compiled);
    tell(arguments.format, &files, &told);
    let Some(plan) = &compiled.plan else { return Outcome::PolicyIsWrong };
    if arguments.format == Format::Text {
        print!("{}", valid(plan, &files));
        if arguments.cost {
            print!("{}", cost::report(plan));
        }
    }
    if arguments.deny_warnings && !told.is_empty() {
        return Outcome::PolicyIsWrong;
    }
    if arguments.data {
        let checked = Project::of_compiled(root, files, compiled).and_then(|project| project.check_data());
        return checked.err().unwrap_or(Outcome::Fine);
    }
    Outcome::Fine
}

/// Applies fixes to the files and writes those that have changed; tells what it did.
fn fixed(arguments: &Arguments, files: ProjectFiles, looking: &mut Looking<'_>) -> Result<ProjectFiles, Outcome> {
    let mended = mend(&files, |files| told(&compile_with(files, |wanted| looking.facts(wanted))));
    if let Err(problem) = fix::write(&arguments.project.project, &files, &mended.files) {
        render::print(&[problem]);
        return Err(Outcome::CallOrDataIsWrong);
    }
    if arguments.format == Format::Text {
        mended.applied.iter().for_each(|applied| println!("{}", fix::told(applied)));
        if !mended.applied.is_empty() {
            println!("{}\n", count(mended.applied.len(), "fix").replace("fixs", "fixes"));
        }
    }
    Ok(mended.files)
}

/// All there is to tell of a project, reviews that are past by the manifest's `now` or the machine's included.
fn told(compiled: &Compiled) -> Vec<Located> {
    let past = today(compiled).map(|today| compiled.past_review(today)).unwrap_or_default();
    compiled.diagnostics.iter().cloned().chain(past).collect()
}

fn tell(format: Format, files: &ProjectFiles, told: &[Located]) {
    match format {
        Format::Text => {
            let texts = shared(files);
            let problems: Vec<Problem> = told.iter().map(|found| Problem::located(found, &texts)).collect();
            render::print(&problems);
            if let Some(line) = more(told, io::stderr().is_terminal()) {
                eprintln!("{line}");
            }
        }
        Format::Json => {
            let texts = texts(files).into_iter().map(|(path, text)| (path, lines::Text::new(text))).collect();
            told.iter().for_each(|found| println!("{}", lines::line(found, &texts)));
        }
    }
}

/// How to learn more, once for all that is told. For people alone: who reads a file or a pipe has the codes.
fn more(told: &[Located], is_terminal: bool) -> Option<String> {
    let first = told.first().filter(|_| is_terminal)?.diagnostic.code;
    Some(match told.iter().all(|found| found.diagnostic.code == first) {
        true => format!("`opportune explain-code {first}` tells more"),
        false => format!("`opportune explain-code {first}` tells more, and so for each code"),
    })
}

/// What a project that is right has.
fn valid(plan: &Plan, files: &ProjectFiles) -> String {
    let counted = [
        count(plan.offers.len(), "offer"),
        count(plan.channels.len(), "channel"),
        count(plan.schema.tables.len(), "table"),
        count(files.policies.len(), "file"),
    ];
    let [offers, channels, tables, files] = counted;
    format!("{} is valid: {offers}, {channels} and {tables} in {files}\n{}", plan.name, guarantees(plan))
}

/// The day of the manifest's `now`, else of the machine's.
fn today(compiled: &Compiled) -> Option<i32> {
    let manifest = compiled.manifest.as_ref()?;
    let clock =
        manifest.now.map_or_else(|| Clock::of_the_machine(&manifest.zone), |now| Clock::new(now, &manifest.zone));
    clock.ok().map(|clock| clock.today())
}

/// For each guarantee, how many offers it watches and whether it is kept anyway.
fn guarantees(plan: &Plan) -> String {
    let mut text = String::new();
    for (id, guarantee) in (0..).map(GuaranteeId).zip(&plan.guarantees) {
        let watched = |offer: &&Offer| offer.forbidden.iter().any(|forbidden| forbidden.guarantee == id);
        let watched = plan.offers.iter().filter(watched).count();
        let kept = match (watched, guarantee.kept_anyway) {
            (0, _) => "watches no offer: none has such fields".to_owned(),
            (_, true) => format!("watches {}, kept anyway: their own conditions say so", count(watched, "offer")),
            (_, false) => format!("watches {}, and forbids where it must", count(watched, "offer")),
        };
        let _ = writeln!(text, "  {}\n    {kept}", escaped(&guarantee.name));
    }
    if !text.is_empty() {
        text.insert_str(0, "guarantees\n");
    }
    text
}

/// Warns of guarantees past their review.
pub fn warn_of_reviews(files: &ProjectFiles, compiled: &Compiled, clock: &Clock) {
    let texts = shared(files);
    let past = compiled.past_review(clock.today());
    let past: Vec<Problem> = past.iter().map(|found| Problem::located(found, &texts)).collect();
    render::print(&past);
}

fn count(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

/// Reads and compiles a project and prints what there is to tell; with a plan unless the policy is wrong. The data is left
/// to who decides over it.
pub fn checked(root: &Path) -> Result<(ProjectFiles, Compiled), Outcome> {
    let files = project::read(root).map_err(|error| refused(&error))?;
    let mut compiled = opportune_compiler::compile(&files);
    if compiled.plan.is_none() {
        // What is wrong is told as `validate` tells it.
        let mut looking = Looking::new(root, Reading::WhereCheap);
        compiled = compile_with(&files, |wanted| looking.facts(wanted));
    }
    tell(Format::Text, &files, &compiled.diagnostics);
    if compiled.plan.is_none() { Err(Outcome::PolicyIsWrong) } else { Ok((files, compiled)) }
}

/// A project that cannot be read.
fn refused(error: &ProjectError) -> Outcome {
    render::print(&[Problem::new(error, error.help())]);
    Outcome::CallOrDataIsWrong
}

/// What a project's manifest says, whatever its policies are like; prints nothing.
pub fn manifest(root: &Path) -> Option<Manifest> {
    opportune_compiler::compile(&project::read(root).ok()?).manifest
}

/// The text of each file of a project by its path.
pub fn texts(files: &ProjectFiles) -> HashMap<&str, &str> {
    let all = std::iter::once(&files.manifest).chain(&files.policies);
    all.map(|(path, text)| (path.as_str(), text.as_str())).collect()
}

/// The same for problems to share: a file may have as many mistakes as lines.
pub fn shared(files: &ProjectFiles) -> HashMap<&str, Arc<str>> {
    texts(files).into_iter().map(|(path, text)| (path, text.into())).collect()
}

#[cfg(test)]
mod tests {
    use opportune_compiler::diagnostic::Diagnostic;

    use super::*;

    #[test]
    fn how_to_learn_more_is_said_once_and_to_people() {
        let found = |code| Located {
            path: "a.offer".into(),
            diagnostic: Diagnostic::error(code, "wrong", Default::default(), "here"),
        };
        let (one, two) = ([found("E0301"), found("E0301")], [found("E0301"), found("E0302")]);
        assert_eq!(more(&one, true).as_deref(), Some("`opportune explain-code E0301` tells more"));
        assert_eq!(
            more(&two, true).as_deref(),
            Some("`opportune explain-code E0301` tells more, and so for each code")
        );
        assert_eq!((more(&[], true), more(&one, false)), (None, None));
    }
}
