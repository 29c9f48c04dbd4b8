//! Finds the data file of each table.

use std::fs;
use std::path::{Component, Path, PathBuf};

use opportune_plan::{FieldId, Schema, Source, Table, TableId, TableKind};

use super::error::{LoadError, Place};
use super::shown::{listed, nearest, shown, shown_path};

/// Where data files may be.
#[derive(Clone, Copy, Debug)]
pub enum Reach<'a> {
    /// Anywhere: the folder was named by who runs the program.
    Anywhere,
    /// Inside this folder, links followed: the data folder was named by the project in it.
    Within(&'a Path),
}

/// A format of data files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Parquet,
    Csv,
    Jsonl,
    Ipc,
}

impl Format {
    pub(super) fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "parquet" => Some(Self::Parquet),
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "arrow" | "ipc" | "feather" => Some(Self::Ipc),
            _ => None,
        }
    }

    /// The name in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Parquet => "Parquet",
            Self::Csv => "CSV",
            Self::Jsonl => "JSON lines",
            Self::Ipc => "Arrow",
        }
    }
}

/// The file of a table.
#[derive(Clone, Debug)]
pub(super) struct TableFile<'p> {
    pub schema: &'p Schema,
    pub id: TableId,
    pub table: &'p Table,
    pub path: PathBuf,
    pub format: Format,
}

impl<'p> TableFile<'p> {
    /// The file of a table that has none.
    pub(super) fn none(schema: &'p Schema, id: TableId, table: &'p Table) -> Self {
        Self { schema, id, table, path: PathBuf::new(), format: Format::Parquet }
    }

    /// The name of the file within the folder of the data, wherever that is.
    pub(super) fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        let within = Path::new(&*self.table.source).with_file_name(name);
        let parts: Vec<_> = within.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        parts.join("/")
    }

    /// The place of the table, of a field of it, or (for a column that no field is read from) of a column.
    pub(super) fn place(&self, field: Option<FieldId>, column: &str) -> Box<Place> {
        let mut place = place(self.id, self.table, field);
        place.file = self.path.file_name().map(|name| shown_path(Path::new(name))).unwrap_or_default();
        if field.is_none() {
            place.column = shown(column);
        }
        place
    }

    /// An error of the whole file.
    pub(super) fn corrupt(&self, reason: impl AsRef<str>) -> LoadError {
        // Without the decoders' own "Parquet error: ", which says nothing more.
        let reason = reason.as_ref();
        let reason = reason.split_once(" error: ").filter(|(who, _)| who.len() < 20).map_or(reason, |(_, what)| what);
        LoadError::Corrupt { place: self.place(None, ""), format: self.format.name(), reason: shown(reason) }
    }

    /// An error of the operating system.
    pub(super) fn unreadable(&self, error: &std::io::Error) -> LoadError {
        LoadError::Unreadable { place: self.place(None, ""), reason: in_words(error) }
    }
}

fn place(id: TableId, table: &Table, field: Option<FieldId>) -> Box<Place> {
    let declared = field.and_then(|field| table.fields.get(field.0 as usize));
    let subject = declared.map_or_else(|| table.name.to_string(), |field| format!("{}.{}", table.name, field.name));
    let column = match declared.map(|field| &field.source) {
        Some(Source::Column(column)) => shown(column),
        Some(Source::Columns(north, east)) => format!("{}` and `{}", shown(north), shown(east)),
        _ => String::new(),
    };
    let of_request = table.kind == TableKind::Context;
    Box::new(Place { table: id, field, subject, file: String::new(), column, of_request })
}

/// The refusals that people meet, in words; others as the operating system says them.
fn in_words(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "it does not exist".to_owned(),
        std::io::ErrorKind::NotADirectory => "it is not a folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "you may not read it".to_owned(),
        _ => error.to_string(),
    }
}

/// Whether a folder can be read, and is within reach.
///
/// # Errors
/// When it is not.
pub(super) fn check_folder(folder: &Path, reach: Reach<'_>) -> Result<(), LoadError> {
    names_in(folder)?;
    match reach {
        Reach::Within(root) if leaves(folder, root) => {
            let reason = format!("it is outside `{}`", shown_path(root));
            Err(LoadError::Folder { folder: shown_path(folder), reason })
        }
        _ => Ok(()),
    }
}

/// Whether a path, links followed, leads out of a folder. One that leads nowhere does not.
fn leaves(path: &Path, root: &Path) -> bool {
    match (path.canonicalize(), root.canonicalize()) {
        (Ok(path), Ok(root)) => !path.starts_with(root),
        _ => false,
    }
}

/// The names of what is in a folder, sorted.
///
/// # Errors
/// When it is not a folder that can be read.
pub(super) fn names_in(folder: &Path) -> Result<Vec<String>, LoadError> {
    let unreadable = |error: std::io::Error| LoadError::Folder { folder: shown_path(folder), reason: in_words(&error) };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        names.extend(entry.map_err(unreadable)?.file_name().into_string());
    }
    names.sort_unstable();
    Ok(names)
}

/// The file of a table: its declared name with one of the endings, or as it is where it has one.
///
/// # Errors
/// When there is none, when there are several, or when it is out of reach.
pub(super) fn find<'p>(
    schema: &'p Schema,
    id: TableId,
    table: &'p Table,
    folder: &Path,
    reach: Reach<'_>,
) -> Result<TableFile<'p>, LoadError> {
    let stem = Path::new(&*table.source);
    let outside = |root: &Path| LoadError::Outside { place: place(id, table, None), root: shown_path(root) };
    if !stem.components().all(|part| matches!(part, Component::Normal(_))) || table.source.contains('\0') {
        return Err(outside(folder));
    }
    let parent = match stem.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => folder.join(parent),
        _ => folder.to_owned(),
    };
    let name = stem.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let names = names_in(&parent)?;
    let found = matching(name, &names);
    let [one] = found.as_slice() else {
        return Err(not_one(place(id, table, None), &parent, name, &names, &found));
    };
    let path = parent.join(one);
    if let Reach::Within(root) = reach
        && leaves(&path, root)
    {
        return Err(outside(root));
    }
    let format = Format::of(&path).unwrap_or(Format::Parquet);
    Ok(TableFile { schema, id, table, path, format })
}

/// The file of a request, named by who runs the program.
///
/// # Errors
/// When its ending says no format.
pub(super) fn named<'p>(
    schema: &'p Schema,
    id: TableId,
    table: &'p Table,
    path: &Path,
) -> Result<TableFile<'p>, LoadError> {
    let file = TableFile { path: path.to_owned(), ..TableFile::none(schema, id, table) };
    match Format::of(path) {
        Some(format) => Ok(TableFile { format, ..file }),
        None => Err(LoadError::NoFormat { place: file.place(None, "") }),
    }
}

/// The names that a table's name may stand for: itself where it has an ending and is there, else with each ending.
fn matching<'a>(name: &str, names: &'a [String]) -> Vec<&'a str> {
    let data = |candidate: &&String| Format::of(Path::new(candidate.as_str())).is_some();
    if let Some(exact) = names.iter().filter(data).find(|candidate| *candidate == name) {
        return vec![exact];
    }
    let stem_is_name = |candidate: &&String| Path::new(candidate.as_str()).file_stem().is_some_and(|stem| stem == name);
    names.iter().filter(data).filter(stem_is_name).map(String::as_str).collect()
}

fn not_one(place: Box<Place>, folder: &Path, name: &str, names: &[String], found: &[&str]) -> LoadError {
    if !found.is_empty() {
        return LoadError::SeveralFiles { place, files: listed(found.iter().copied()) };
    }
    let data = names.iter().filter(|name| Format::of(Path::new(name.as_str())).is_some());
    let present: Vec<&str> = data.map(String::as_str).collect();
    let stems = present.iter().filter_map(|name| Path::new(name).file_stem().and_then(|stem| stem.to_str()));
    LoadError::NoFile {
        place,
        folder: shown_path(folder),
        stem: shown(name),
        nearest: nearest(name, stems).map(shown),
        present: listed(present),
    }
}
