//! What is wrong, file by file, and the changes that mend it.

use std::collections::BTreeMap;
use std::sync::Arc;

use opportune_compiler::db::Db;
use opportune_compiler::diagnostic::{Diagnostic, Fix, Label};
use opportune_compiler::queries::{self, Project, SourceFile, SourceItem};

/// All that is wrong with a project by the path of the file; files without mistakes are there too.
pub fn of_project(db: &dyn Db, project: Project) -> BTreeMap<Arc<str>, Vec<Diagnostic>> {
    let paths = project.files(db).iter().map(|file| file.path(db).clone());
    let mut found: BTreeMap<Arc<str>, Vec<Diagnostic>> =
        paths.chain([project.manifest_path(db).clone()]).map(|path| (path, Vec::new())).collect();
    for located in queries::diagnostics(db, project) {
        found.entry(located.path.clone()).or_default().push(located.diagnostic.clone());
    }
    found
}

/// What is wrong with the text of a file that belongs to no project: names mean nothing there.
pub fn of_text(db: &dyn Db, file: SourceFile) -> Vec<Diagnostic> {
    let items = queries::items(db, file).iter();
    items
        .flat_map(|item| queries::parsed(db, *item).diagnostics.iter().map(|found| moved(db, *item, found.clone())))
        .collect()
}

/// Spans from the start of the item to those from the start of the file.
fn moved(db: &dyn Db, item: SourceItem<'_>, diagnostic: Diagnostic) -> Diagnostic {
    let offset = item.offset(db);
    let labels = diagnostic.labels.into_iter();
    let labels = labels.map(|label| Label { span: label.span.shifted(offset), ..label }).collect();
    let fix = diagnostic.fix.map(|fix| Fix { span: fix.span.shifted(offset), ..fix });
    Diagnostic { labels, fix, ..diagnostic }
}

/// The diagnostics of a file that touch a run of bytes and have a change that mends them.
pub fn fixes(db: &dyn Db, project: Option<Project>, file: SourceFile, from: u32, to: u32) -> Vec<Diagnostic> {
    let all = match project {
        Some(project) => {
            let all = queries::diagnostics(db, project).iter().filter(|found| found.path == *file.path(db));
            all.map(|found| found.diagnostic.clone()).collect()
        }
        None => of_text(db, file),
    };
    let touches = |label: &Label| label.span.start <= to && label.span.end >= from;
    let wanted = |found: &Diagnostic| {
        let at_fix = found.fix.as_ref().is_some_and(|fix| fix.span.start <= to && fix.span.end >= from);
        found.fix.is_some() && (at_fix || found.labels.first().is_some_and(touches))
    };
    all.into_iter().filter(wanted).collect()
}
