//! `opportune validate`: checks a project's policies and tells what is wrong with them.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use opportune_compiler::{Compiled, Manifest, ProjectFiles};
use opportune_plan::{GuaranteeId, Offer, Plan};
use opportune_runtime::time::Clock;

use crate::deciding::Project;
use crate::escape::escaped;
use crate::facts::{self, Reading};
use crate::render::{self, Problem};
use crate::{Outcome, ProjectArgument, cost, project};

/// What the command takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    project: ProjectArgument,
    /// Print the bound on the work for one customer: by event, by member of a family, and once
    #[arg(long)]
    cost: bool,
    /// Read the data however large it is, and tell what is wrong with it
    #[arg(long)]
    data: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Outcome {
    let root = &arguments.project.project;
    let reading = if arguments.data { Reading::Always } else { Reading::WhereCheap };
    let (files, compiled) = match checked_with(root, reading) {
        Ok(checked) => checked,
        Err(outcome) => return outcome,
    };
    let Some(plan) = &compiled.plan else { return Outcome::PolicyIsWrong };
    println!(
        "{} is valid: {}, {} and {} in {}",
        plan.name,
        count(plan.offers.len(), "offer"),
        count(plan.channels.len(), "channel"),
        count(plan.schema.tables.len(), "table"),
        count(files.policies.len(), "file"),
    );
    print!("{}", guarantees(plan));
    if arguments.cost {
        print!("{}", cost::report(plan));
    }
    warn_of_reviews(&files, &compiled, None);
    if arguments.data {
        let checked = Project::of_compiled(root, files, compiled).and_then(|project| project.check_data());
        return checked.err().unwrap_or(Outcome::Fine);
    }
    Outcome::Fine
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

/// Warns of guarantees past their review, by the manifest's `now` or the machine's.
pub fn warn_of_reviews(files: &ProjectFiles, compiled: &Compiled, clock: Option<&Clock>) {
    let of_manifest = || {
        let manifest = compiled.manifest.as_ref()?;
        let clock =
            manifest.now.map_or_else(|| Clock::of_the_machine(&manifest.zone), |now| Clock::new(now, &manifest.zone));
        clock.ok()
    };
    let Some(today) = clock.map(Clock::today).or_else(|| of_manifest().map(|clock| clock.today())) else { return };
    let texts = texts(files);
    let past: Vec<Problem> = compiled.past_review(today).iter().map(|found| Problem::located(found, &texts)).collect();
    render::print(&past);
}

fn count(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

/// Reads and compiles a project and prints what there is to tell; with a plan unless the policy is wrong. The data is left
/// to who decides over it.
pub fn checked(root: &Path) -> Result<(ProjectFiles, Compiled), Outcome> {
    checked_with(root, Reading::Never)
}

fn checked_with(root: &Path, reading: Reading) -> Result<(ProjectFiles, Compiled), Outcome> {
    let files = project::read(root).map_err(|error| {
        render::print(&[Problem::new(&error, error.help())]);
        Outcome::CallOrDataIsWrong
    })?;
    let compiled = opportune_compiler::compile_with(&files, |wanted| facts::of_project(root, wanted, reading));
    let texts = texts(&files);
    let problems: Vec<Problem> = compiled.diagnostics.iter().map(|found| Problem::located(found, &texts)).collect();
    render::print(&problems);
    if compiled.plan.is_none() { Err(Outcome::PolicyIsWrong) } else { Ok((files, compiled)) }
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
