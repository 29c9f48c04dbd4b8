//! `opportune new`: begins a project, with data of its own to try things on or over files that are there.

mod draft;
mod fields;
mod first_test;
mod folder;
mod guess;
mod links;
mod place;
mod policy;
mod report;
mod sample;
mod schema;
mod shape;
mod trial;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::tz::TimeZone;
use opportune_runtime::snapshot::read::inspect;

use crate::Outcome;
use crate::deciding::refuse;
use crate::render::Problem;
use draft::{Draft, From, Kind};
use folder::{Folder, Source};
use guess::Told;
use place::Place;
use trial::Texts;

/// So many bytes of data are copied into a project, and read to try what was guessed.
const MOST_COPIED: u64 = 256 << 20;

/// What `new` can be told.
#[derive(Args)]
pub struct Arguments {
    /// The folder to make; its last part is the project's name
    name: PathBuf,
    /// Look at the data files of this folder, and guess a schema over them
    #[arg(long, value_name = "FOLDER")]
    from: Option<PathBuf>,
    /// The project's time zone, for example `Europe/Berlin`
    #[arg(long, requires = "from")]
    zone: Option<String>,
    /// The currency of the data's amounts, for example `EUR`
    #[arg(long, requires = "from")]
    currency: Option<String>,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Outcome {
    let done = match &arguments.from {
        None => sample::make(&arguments.name, &project_name(&arguments.name)),
        Some(folder) => from(arguments, folder),
    };
    done.map_or_else(refuse, |()| Outcome::Fine)
}

/// The last part of the path, or of the folder that it stands for.
fn project_name(path: &Path) -> String {
    let last = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = last(path).or_else(|| fs::canonicalize(path).ok().as_deref().and_then(last));
    let plain: String = name.unwrap_or_default().chars().filter(|c| !c.is_control()).take(100).collect();
    if plain.trim().is_empty() { "offers".to_owned() } else { plain }
}

fn from(arguments: &Arguments, folder: &Path) -> Result<(), Problem> {
    let told = told(arguments)?;
    let found = folder::look(folder)?;
    let mut draft = guess::draft(&found, &told);
    let (mut place, data) = place_of(&arguments.name, folder)?;
    let bytes: u64 = found.sources.iter().map(|source| source.bytes).sum();
    let is_copied = data.is_none();
    let fits = bytes <= MOST_COPIED;
    let data = data.unwrap_or_else(|| "data".to_owned());
    prepare_data(&mut place, &mut draft, &found, &data, is_copied && fits, fits)?;
    let read = place.root().join(&data);
    let (texts, customers) =
        trial::settle(&mut draft, &project_name(&arguments.name), &data, fits.then_some(read.as_path()))?;
    write(&mut place, &texts, &data)?;
    place.keep()?;
    let told = report::Told { name: &arguments.name, folder, data: &data, bytes, is_copied, fits, customers };
    print!("{}", report::report(&draft, &texts, &told));
    Ok(())
}

fn told(arguments: &Arguments) -> Result<Told, Problem> {
    if let Some(zone) = &arguments.zone
        && TimeZone::get(zone).is_err()
    {
        return Err(Problem::new(format!("`{zone}` is no time zone"), "name one as `Europe/Berlin` or `UTC`"));
    }
    if let Some(currency) = &arguments.currency
        && !opportune_compiler::manifest::is_currency(currency)
    {
        return Err(Problem::new(format!("`{currency}` is no currency"), "name one by its three letters, as `EUR`"));
    }
    Ok(Told { zone: arguments.zone.clone(), currency: arguments.currency.clone() })
}

/// The place of the project and, where the data lies in it already, the data's folder in it.
fn place_of(target: &Path, folder: &Path) -> Result<(Place, Option<String>), Problem> {
    let real = |path: &Path| fs::canonicalize(path).ok();
    let (Some(root), Some(data)) = (real(target), real(folder)) else { return Ok((Place::fresh(target)?, None)) };
    let Ok(within) = data.strip_prefix(&root) else { return Ok((Place::fresh(target)?, None)) };
    let parts: Option<Vec<&str>> = within.components().map(|part| part.as_os_str().to_str()).collect();
    match parts {
        Some(parts) if !parts.is_empty() => Ok((Place::around_data(target)?, Some(parts.join("/")))),
        _ => Err(Problem::new(
            "a project's data has a folder of its own",
            "move the files into a folder of it, `data`, and name that: `opportune new . --from data`",
        )),
    }
}

/// Copies the files that the project reads, and makes those that are not there.
fn prepare_data(
    place: &mut Place,
    draft: &mut Draft,
    found: &Folder,
    data: &str,
    is_copied: bool,
    fits: bool,
) -> Result<(), Problem> {
    for table in &mut draft.tables {
        let source = found.sources.iter().find(|source| Some(&source.file) == table.source.as_ref());
        match (source, table.fields.first().map(|key| &key.from)) {
            (Some(source), Some(From::Column(key))) if table.kind == Kind::Customer && is_number(source, key) => {
                if !fits {
                    return Err(Problem::new(
                        format!(
                            "nothing in `{}` tells customers apart, and it is too large to number its rows",
                            source.file
                        ),
                        "give the file a column with another key in each row",
                    ));
                }
                table.file = format!("{}_numbered", source.stem);
                let file = format!("{data}/{}.{}", table.file, inspect::numbered_ending(&source.path));
                place.make(&file, |path| inspect::write_numbered(&source.path, path, key))?;
            }
            (Some(source), _) if is_copied => place.copy(&source.path, &format!("{data}/{}", source.file))?,
            (None, Some(From::Column(key))) => {
                table.file = words::unlike(&table.file, |name| found.sources.iter().any(|source| source.stem == name));
                let head = format!("\"{}\"\n", key.replace('"', "\"\""));
                place.write(&format!("{data}/{}.csv", table.file), head.as_bytes())?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether the key is not in the file, but counts its rows.
fn is_number(source: &Source, key: &str) -> bool {
    key == shape::ROW_NUMBER && source.look.columns.iter().all(|column| column.name != key)
}

fn write(place: &mut Place, texts: &Texts, data: &str) -> Result<(), Problem> {
    for (path, text) in texts.files() {
        if path.ends_with(".offer") {
            place.write(path, opportune_compiler::syntax::format(text).text.as_bytes())?;
        } else {
            place.write(path, text.as_bytes())?;
        }
    }
    let ignored = place.root().join(".gitignore");
    if fs::symlink_metadata(ignored).is_err() {
        place.write(".gitignore", gitignore(data).as_bytes())?;
    }
    Ok(())
}

/// Customers' data, what was decided of them and the ledger are nothing for git.
fn gitignore(data: &str) -> String {
    format!("/{data}/\n{OUTPUTS}")
}

/// What runs leave behind.
const OUTPUTS: &str = "/decisions*\n/ledger.sqlite*\n";
