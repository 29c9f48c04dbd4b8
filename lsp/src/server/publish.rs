//! Diagnostics, pushed a little after the last edit.
//!
//! They are computed on a worker with a snapshot; what an edit cancels is computed again after that edit. A file of a
//! project that is not open has its diagnostics pushed too, as long as there are any.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use lsp_types::{DiagnosticSeverity, PublishDiagnosticsParams, Range, Uri};
use opportune_compiler::db::Database;
use opportune_compiler::diagnostic::Diagnostic;
use opportune_compiler::queries::{Project, SourceFile};

use super::encode;
use super::workspace::{Unit, Workspace};
use super::{LARGEST_TEXT, MANIFEST};
use crate::ide::diagnostics;
use crate::ide::positions::{Columns, Lines};

/// What a worker is to look at.
pub enum Task {
    /// A project, with the addresses and versions of its open files and all that are not open.
    Project {
        /// The input.
        project: Project,
        /// By path: the address, the version where it is open, whether it is too large.
        files: BTreeMap<String, (Uri, Option<i32>, bool)>,
    },
    /// A text of no project, and why its project could not be read.
    Loose {
        /// The input.
        file: SourceFile,
        /// The address.
        uri: Uri,
        /// The version.
        version: Option<i32>,
        /// Why it is alone, or too large.
        problem: Option<String>,
    },
    /// Nothing is left of it.
    Gone,
}

/// The diagnostics of a unit, file by file.
pub type Pushed = Vec<PublishDiagnosticsParams>;

/// Says what a worker is to look at for a unit.
pub fn task(workspace: &Workspace, unit: &Unit) -> Task {
    match unit {
        Unit::Project(root) => of_project(workspace, root),
        Unit::Loose(address) => of_loose(workspace, address),
    }
}

fn of_project(workspace: &Workspace, root: &Path) -> Task {
    let Some(loaded) = workspace.projects.get(root) else { return Task::Gone };
    let paths = loaded.project.files(&workspace.db).iter().map(|file| file.path(&workspace.db).to_string());
    let entry = |path: String| {
        let at = root.join(&path);
        // A file of a project in a project is told with the inner one.
        if super::workspace::root_of(Some(&at)).as_deref() != Some(root) {
            return None;
        }
        let open = workspace.documents.values().find(|document| document.path.as_deref() == Some(&at));
        let too_large = open.is_some_and(|open| !open.is_followed);
        Some((path.clone(), (workspace.address(root, &path)?, open.map(|open| open.version), too_large)))
    };
    let files = paths.chain([MANIFEST.to_owned()]).filter_map(entry).collect();
    Task::Project { project: loaded.project, files }
}

fn of_loose(workspace: &Workspace, address: &str) -> Task {
    let (Some(found), Some(document)) = (workspace.found(address), workspace.documents.get(address)) else {
        return Task::Gone;
    };
    if found.project.is_some() {
        return Task::Gone;
    }
    let root = super::workspace::root_of(document.path.as_deref());
    let problem = root
        .and_then(|root| workspace.problems.get(&root))
        .map(|reason| format!("the project cannot be read: {reason}"));
    let problem = problem.or_else(|| (!document.is_followed).then(too_large));
    Task::Loose { file: found.file, uri: document.uri.clone(), version: Some(document.version), problem }
}

fn too_large() -> String {
    let most = LARGEST_TEXT >> 20;
    format!(
        "this text is larger than {most} MiB, or much of it changed at once: it is not looked at until it is opened again"
    )
}

/// Computes what is to be pushed.
pub fn compute(db: &Database, task: Task, columns: Columns) -> Pushed {
    match task {
        Task::Gone => Vec::new(),
        Task::Loose { file, uri, version, problem } => {
            let found = diagnostics::of_text(db, file);
            let mut all = encoded(file.text(db), &uri, &found, columns);
            all.extend(problem.map(note));
            vec![PublishDiagnosticsParams { uri, diagnostics: all, version }]
        }
        Task::Project { project, files } => {
            let found = diagnostics::of_project(db, project);
            let texts: BTreeMap<Arc<str>, &Arc<str>> =
                project.files(db).iter().map(|file| (file.path(db).clone(), file.text(db))).collect();
            let of_file = |(path, (uri, version, is_large)): (String, (Uri, Option<i32>, bool))| {
                let text = texts.get(path.as_str()).copied().unwrap_or_else(|| project.manifest_text(db));
                let mut all =
                    found.get(path.as_str()).map_or_else(Vec::new, |found| encoded(text, &uri, found, columns));
                all.extend(is_large.then(too_large).map(note));
                PublishDiagnosticsParams { uri, diagnostics: all, version }
            };
            files.into_iter().map(of_file).collect()
        }
    }
}

fn encoded(text: &str, uri: &Uri, found: &[Diagnostic], columns: Columns) -> Vec<lsp_types::Diagnostic> {
    let lines = Lines::of(text);
    found.iter().map(|found| encode::diagnostic(text, &lines, uri, found, columns)).collect()
}

/// A word about a whole text.
fn note(message: String) -> lsp_types::Diagnostic {
    lsp_types::Diagnostic {
        range: Range::default(),
        severity: Some(DiagnosticSeverity::ERROR),
        source: Some("opportune".to_owned()),
        message,
        ..lsp_types::Diagnostic::default()
    }
}

/// What has been pushed, so that it is taken back when it is gone.
#[derive(Default)]
pub struct Published {
    by_unit: BTreeMap<Unit, BTreeSet<String>>,
}

impl Published {
    /// What to send so that the client shows these diagnostics for the unit, and no others. Files that are neither open
    /// nor wrong, now or before, are not spoken of.
    pub fn update(&mut self, unit: Unit, pushed: Pushed, taken: impl Fn(&str) -> bool) -> Pushed {
        let before = self.by_unit.remove(&unit).unwrap_or_default();
        let mut now = BTreeSet::new();
        let mut sent = Vec::new();
        for params in pushed {
            let address = params.uri.as_str().to_owned();
            let worth = params.version.is_some() || !params.diagnostics.is_empty() || before.contains(&address);
            if !params.diagnostics.is_empty() {
                now.insert(address.clone());
            }
            if worth {
                sent.push(params);
            }
        }
        let told: BTreeSet<&str> = sent.iter().map(|params| params.uri.as_str()).collect();
        let gone = before.iter().filter(|address| !told.contains(address.as_str()) && !taken(address));
        let gone: Vec<Uri> = gone.filter_map(|address| encode::parsed(address)).collect();
        sent.extend(gone.into_iter().map(|uri| PublishDiagnosticsParams {
            uri,
            diagnostics: Vec::new(),
            version: None,
        }));
        if !now.is_empty() {
            self.by_unit.insert(unit, now);
        }
        sent
    }
}
