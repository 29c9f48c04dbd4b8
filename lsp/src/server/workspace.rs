//! The database with all that is loaded: open texts, the projects that they belong to, and texts of no project.
//!
//! What must hold: an input is set only where it differs, so that reading a project again computes nothing anew; what an
//! editor has open hides what is on disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lsp_types::Uri;
use opportune_compiler::ProjectFiles;
use opportune_compiler::db::Database;
use opportune_compiler::facts::Facts;
use opportune_compiler::queries::{Project, SourceFile};
use salsa::Setter as _;

use super::documents::Document;
use super::tokens::Told;
use super::{Host, MANIFEST, uri};
use crate::ide::positions::Columns;

/// How deep below its project's folder a policy may lie: as `opportune validate` reads them.
const DEEPEST_FOLDER: usize = 16;

/// How many texts may be open, as a project may have so many files.
const MOST_DOCUMENTS: usize = 10_000;

/// A project that is loaded.
pub struct Loaded {
    /// Its input in the database.
    pub project: Project,
    /// What was read from disk.
    pub on_disk: ProjectFiles,
    /// The inputs of its files by their paths in the project, those that are gone too.
    files: BTreeMap<String, SourceFile>,
}

/// All that is loaded.
pub struct Workspace {
    /// The database.
    pub db: Database,
    /// What columns count.
    pub columns: Columns,
    /// The open texts by their addresses.
    pub documents: BTreeMap<String, Document>,
    /// The projects by their folders.
    pub projects: BTreeMap<PathBuf, Loaded>,
    /// Open texts of no project.
    loose: BTreeMap<String, SourceFile>,
    /// Inputs of texts that are closed, to be used again: the database forgets none.
    spare: Vec<SourceFile>,
    /// Why a project cannot be read, by its folder.
    pub problems: BTreeMap<PathBuf, String>,
    /// Projects and loose texts whose diagnostics may have changed.
    pub changed: BTreeSet<Unit>,
    /// The tokens that were told last of open texts.
    pub told: Told,
    /// Who started the server.
    pub host: Arc<dyn Host>,
}

/// What diagnostics are computed for at once.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Unit {
    /// The project in this folder.
    Project(PathBuf),
    /// The text of no project at this address.
    Loose(String),
}

/// Where a document is in the database.
#[derive(Clone)]
pub struct Found {
    /// Its project and the project's folder.
    pub project: Option<(Project, PathBuf)>,
    /// Its input.
    pub file: SourceFile,
}

impl Workspace {
    /// Nothing is loaded yet.
    pub fn new(host: Arc<dyn Host>, columns: Columns) -> Self {
        Self {
            db: Database::default(),
            columns,
            documents: BTreeMap::new(),
            projects: BTreeMap::new(),
            loose: BTreeMap::new(),
            spare: Vec::new(),
            problems: BTreeMap::new(),
            changed: BTreeSet::new(),
            told: Told::default(),
            host,
        }
    }

    /// Takes a text that was opened; the folder of its project, where that was loaded only now.
    pub fn open(&mut self, document: Document) -> Option<PathBuf> {
        let (address, root) = (document.uri.as_str().to_owned(), root_of(document.path.as_deref()));
        if self.documents.len() >= MOST_DOCUMENTS && !self.documents.contains_key(&address) {
            return None;
        }
        self.documents.insert(address.clone(), document);
        let is_new = root.clone().filter(|root| !self.projects.contains_key(root));
        match root {
            Some(root) if is_new.is_some() => self.load(&root),
            _ => self.show(&address),
        }
        is_new.filter(|root| self.projects.contains_key(root))
    }

    /// Takes the text of an open document, which has changed.
    pub fn show(&mut self, address: &str) {
        let Some(document) = self.documents.get(address) else { return };
        let root = root_of(document.path.as_deref());
        match (root, document.path.clone()) {
            (Some(root), Some(path)) if self.projects.contains_key(&root) => {
                self.retire(address);
                self.overlay(&root, &path);
            }
            _ => self.show_loose(address),
        }
    }

    fn show_loose(&mut self, address: &str) {
        let Some(document) = self.documents.get(address) else { return };
        let text = document.text.clone();
        if is_manifest(document.path.as_deref()) {
            return;
        }
        match self.loose.get(address).copied() {
            Some(file) => set_text(&mut self.db, file, text),
            None => {
                let file = match self.spare.pop() {
                    Some(file) => {
                        file.set_path(&mut self.db).to(address.into());
                        set_text(&mut self.db, file, text);
                        file
                    }
                    None => SourceFile::new(&self.db, address.into(), text),
                };
                self.loose.insert(address.to_owned(), file);
            }
        }
        self.changed.insert(Unit::Loose(address.to_owned()));
    }

    /// A text is none of those of no project any more.
    fn retire(&mut self, address: &str) {
        if let Some(file) = self.loose.remove(address) {
            set_text(&mut self.db, file, "".into());
            self.spare.push(file);
        }
    }

    /// Forgets an open text: what is on disk counts again.
    pub fn close(&mut self, address: &str) {
        let Some(document) = self.documents.remove(address) else { return };
        self.retire(address);
        self.told.forget(address);
        self.changed.insert(Unit::Loose(address.to_owned()));
        if let Some(root) = root_of(document.path.as_deref()) {
            self.load(&root);
        }
    }

    /// Reads a project from disk, the first time or again.
    pub fn load(&mut self, root: &Path) {
        match self.host.read(root) {
            Ok(files) => {
                self.problems.remove(root);
                self.take(root, files);
            }
            Err(reason) => {
                self.problems.insert(root.to_owned(), reason);
                self.projects.remove(root);
            }
        }
        let open: Vec<String> = self
            .documents
            .iter()
            .filter(|(_, open)| root_of(open.path.as_deref()).as_deref() == Some(root))
            .map(|(address, _)| address.clone())
            .collect();
        open.iter().for_each(|address| self.show(address));
        self.changed.insert(Unit::Project(root.to_owned()));
    }

    /// Takes what was read of a project.
    fn take(&mut self, root: &Path, files: ProjectFiles) {
        let known = self.projects.remove(root);
        let loaded = match known {
            None => {
                let project = files.load(&self.db);
                let inputs =
                    project.files(&self.db).iter().map(|file| (file.path(&self.db).to_string(), *file)).collect();
                Loaded { project, on_disk: files, files: inputs }
            }
            Some(loaded) => Loaded { on_disk: files, ..loaded },
        };
        self.projects.insert(root.to_owned(), loaded);
        self.refresh(root);
    }

    /// Sets the inputs of a project to what is on disk, and to what is open before that.
    fn refresh(&mut self, root: &Path) {
        let Some(loaded) = self.projects.get(root) else { return };
        let mut texts: BTreeMap<String, Arc<str>> =
            loaded.on_disk.policies.iter().map(|(path, text)| (path.clone(), text.as_str().into())).collect();
        let mut manifest: Arc<str> = loaded.on_disk.manifest.1.as_str().into();
        for document in self.documents.values() {
            match within(root, document.path.as_deref()) {
                Some(path) if path == MANIFEST => manifest = document.text.clone(),
                Some(path) if is_policy(&path) => {
                    texts.insert(path, document.text.clone());
                }
                _ => {}
            }
        }
        let Some(loaded) = self.projects.get_mut(root) else { return };
        let db = &mut self.db;
        let mut files = Vec::with_capacity(texts.len());
        for (path, text) in texts {
            match loaded.files.get(&path).copied() {
                Some(file) => {
                    set_text(db, file, text);
                    files.push(file);
                }
                None => {
                    let file = SourceFile::new(db, path.as_str().into(), text);
                    loaded.files.insert(path, file);
                    files.push(file);
                }
            }
        }
        if *loaded.project.manifest_text(db) != manifest {
            loaded.project.set_manifest_text(db).to(manifest);
        }
        if *loaded.project.files(db) != files {
            loaded.project.set_files(db).to(files);
        }
    }

    /// Puts the text of an open file over that of each project that has the file.
    fn overlay(&mut self, root: &Path, path: &Path) {
        let roots: Vec<PathBuf> = self.projects.keys().filter(|other| path.starts_with(other)).cloned().collect();
        let text =
            self.documents.values().find(|open| open.path.as_deref() == Some(path)).map(|open| open.text.clone());
        for known in roots {
            let Some(relative) = within(&known, Some(path)) else { continue };
            let file = self.projects.get(&known).and_then(|loaded| loaded.files.get(&relative).copied());
            match (file, &text) {
                (Some(file), Some(text)) if self.is_part(&known, file) => set_text(&mut self.db, file, text.clone()),
                _ if known == *root => self.refresh(&known),
                _ => continue,
            }
            self.changed.insert(Unit::Project(known));
        }
    }

    fn is_part(&self, root: &Path, file: SourceFile) -> bool {
        self.projects.get(root).is_some_and(|loaded| loaded.project.files(&self.db).contains(&file))
    }

    /// Where an open document is in the database.
    pub fn found(&self, address: &str) -> Option<Found> {
        if let Some(file) = self.loose.get(address) {
            return Some(Found { project: None, file: *file });
        }
        let document = self.documents.get(address)?;
        let root = root_of(document.path.as_deref())?;
        let loaded = self.projects.get(&root)?;
        let file = *loaded.files.get(&within(&root, document.path.as_deref())?)?;
        Some(Found { project: Some((loaded.project, root)), file })
    }

    /// The address of a file of a project: the client's own where it is open.
    pub fn address(&self, root: &Path, path: &str) -> Option<Uri> {
        let path = root.join(path);
        let open = self.documents.values().find(|document| document.path.as_deref() == Some(&path));
        open.map(|document| document.uri.clone()).or_else(|| uri::of_path(&path))
    }

    /// Takes what is known of a project's data.
    pub fn know(&mut self, root: &Path, facts: Option<Facts>) {
        let Some(loaded) = self.projects.get(root) else { return };
        let facts = facts.map(Arc::new);
        if *loaded.project.facts(&self.db) != facts {
            loaded.project.set_facts(&mut self.db).to(facts);
            self.changed.insert(Unit::Project(root.to_owned()));
        }
    }

    /// Reads again what a change on disk may concern.
    pub fn changed_on_disk(&mut self, path: &Path) {
        if path.file_name().is_some_and(|name| name == MANIFEST) {
            let folder = path.parent().unwrap_or(path).to_owned();
            if !path.is_file() && self.projects.remove(&folder).is_some() {
                self.changed.insert(Unit::Project(folder.clone()));
            }
            // Which project a text belongs to may be another now.
            let roots: BTreeSet<PathBuf> =
                self.documents.values().filter_map(|open| root_of(open.path.as_deref())).collect();
            roots.iter().for_each(|root| self.load(root));
            let all: Vec<String> = self.documents.keys().cloned().collect();
            all.iter().for_each(|address| self.show(address));
            return;
        }
        let roots: Vec<PathBuf> = self.projects.keys().filter(|root| path.starts_with(root)).cloned().collect();
        roots.iter().for_each(|root| self.load(root));
    }
}

fn set_text(db: &mut Database, file: SourceFile, text: Arc<str>) {
    if *file.text(db) != text {
        file.set_text(db).to(text);
    }
}

/// The folder of the project that a file is in: the nearest upward that holds a manifest.
pub fn root_of(path: Option<&Path>) -> Option<PathBuf> {
    let folders = path?.ancestors().skip(1);
    folders.take(64).find(|folder| folder.join(MANIFEST).is_file()).map(Path::to_owned)
}

fn is_manifest(path: Option<&Path>) -> bool {
    path.and_then(Path::file_name).is_some_and(|name| name == MANIFEST)
}

/// The path of a file in a project, with `/`.
fn within(root: &Path, path: Option<&Path>) -> Option<String> {
    let path = path?.strip_prefix(root).ok()?;
    let parts: Option<Vec<&str>> = path.components().map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}

/// Whether a project reads such a file: no hidden one, none that is too deep.
fn is_policy(path: &str) -> bool {
    let hidden = path.split('/').any(|part| part.starts_with('.'));
    path.ends_with(".offer") && !hidden && path.split('/').count() <= DEEPEST_FOLDER + 1
}
