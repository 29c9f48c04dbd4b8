//! `opportune validate`: checks a project's policies and tells what is wrong with them.

use std::collections::HashMap;
use std::path::Path;

use opportune_compiler::{Compiled, ProjectFiles};

use crate::render::{self, Problem};
use crate::{Outcome, project};

/// Runs the command.
pub fn run(root: &Path) -> Outcome {
    let (files, compiled) = match checked(root) {
        Ok(checked) => checked,
        Err(outcome) => return outcome,
    };
    let Some(plan) = &compiled.plan else { return Outcome::PolicyIsWrong };
    let count = |n: usize, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
    println!(
        "{} is valid: {}, {} and {} in {}",
        plan.name,
        count(plan.offers.len(), "offer"),
        count(plan.channels.len(), "channel"),
        count(plan.schema.tables.len(), "table"),
        count(files.policies.len(), "file"),
    );
    Outcome::Fine
}

/// Reads and compiles a project and prints what there is to tell; with a plan unless the policy is wrong.
pub fn checked(root: &Path) -> Result<(ProjectFiles, Compiled), Outcome> {
    let files = project::read(root).map_err(|error| {
        render::print(&[Problem::new(&error, error.help())]);
        Outcome::CallOrDataIsWrong
    })?;
    let compiled = opportune_compiler::compile(&files);
    let texts = texts(&files);
    let problems: Vec<Problem> = compiled.diagnostics.iter().map(|found| Problem::located(found, &texts)).collect();
    render::print(&problems);
    if compiled.plan.is_none() { Err(Outcome::PolicyIsWrong) } else { Ok((files, compiled)) }
}

/// The text of each file of a project by its path.
pub fn texts(files: &ProjectFiles) -> HashMap<&str, &str> {
    let all = std::iter::once(&files.manifest).chain(&files.policies);
    all.map(|(path, text)| (path.as_str(), text.as_str())).collect()
}
