//! Behind `allow`: the codes of lints, those that are told of the item first.

use opportune_compiler::db::Db;
use opportune_compiler::lints;
use opportune_compiler::queries::{self, Project, SourceItem};
use opportune_compiler::syntax::{ALLOW, is_word_char};

use super::{Candidate, CandidateKind};
use crate::ide::hover::title;

/// What is typed of the code, where the line is an `allow` up to it.
pub fn code(line: &str) -> Option<&str> {
    let rest = line.strip_prefix(ALLOW)?;
    let typed = rest.trim_start();
    (typed.len() < rest.len() && typed.chars().all(is_word_char)).then_some(typed)
}

/// All lints.
pub fn lints(db: &dyn Db, project: Option<Project>, item: Option<SourceItem<'_>>) -> Vec<Candidate> {
    let told = project.zip(item).map(|(project, item)| told(db, project, item)).unwrap_or_default();
    let (here, others): (Vec<&str>, Vec<&str>) =
        lints::LINTS.iter().map(|(code, _)| *code).partition(|code| told.contains(code));
    let candidate = |code: &str| Candidate::new(code, CandidateKind::Lint).detail(title(code).unwrap_or_default());
    here.into_iter().chain(others).map(candidate).collect()
}

/// The codes of what is told of an item.
fn told<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>) -> Vec<&'db str> {
    let path = item.file(db).path(db);
    let start = item.offset(db);
    let end = start.saturating_add(u32::try_from(item.text(db).len()).unwrap_or(u32::MAX));
    let inside = |label: &opportune_compiler::diagnostic::Label| (start..=end).contains(&label.span.start);
    let all = queries::diagnostics(db, project).iter().filter(|found| found.path == *path);
    let own = all.filter(|found| found.diagnostic.labels.first().is_some_and(inside));
    own.map(|found| found.diagnostic.code).collect()
}
