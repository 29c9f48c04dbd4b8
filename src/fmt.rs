//! `opportune fmt`: writes policy files in their one canonical form, or tells which are not.
//!
//! A file is replaced whole or not at all, and only where it changes. What is broken is left as it is and told.

mod file;

use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use opportune_compiler::syntax::{Formatted, Left, Reason, format};
use similar::TextDiff;

use crate::escape::{escaped, same_length};
use crate::render::{self, Problem};
use crate::{Outcome, project};
use file::FileError;

/// What the command takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Projects, other folders of policies, and files; `-`: what comes in is formatted and goes out
    #[arg(default_value = ".", value_name = "PROJECT|FILE")]
    paths: Vec<PathBuf>,
    /// Change nothing, and name the files that are not formatted
    #[arg(long)]
    check: bool,
    /// Change nothing, and show what would change
    #[arg(long)]
    diff: bool,
}

/// A comparison that takes longer is told in larger pieces.
const LONGEST_COMPARISON: Duration = Duration::from_secs(2);

/// A file before and after.
struct Case {
    /// Its name as people write it.
    name: String,
    path: Option<PathBuf>,
    before: String,
    after: Formatted,
}

impl Case {
    fn new(name: String, path: Option<PathBuf>, before: String) -> Self {
        let after = format(&before);
        Self { name, path, before, after }
    }

    fn changes(&self) -> bool {
        self.before != self.after.text
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Outcome {
    let cases = match arguments.paths.as_slice() {
        [only] if only == Path::new("-") => return from_input(arguments),
        paths => match read(paths) {
            Ok(cases) => cases,
            Err(problem) => {
                render::print(&[problem]);
                return Outcome::CallOrDataIsWrong;
            }
        },
    };
    render::print(&cases.iter().flat_map(left).collect::<Vec<_>>());
    let changed: Vec<&Case> = cases.iter().filter(|case| case.changes()).collect();
    if arguments.check || arguments.diff {
        return tell(arguments, &changed, cases.len());
    }
    for case in &changed {
        let written = case.path.as_deref().map_or(Ok(()), |path| file::replace(path, &case.after.text));
        if let Err(error) = written {
            render::print(&[Problem::new(&error, error.help())]);
            return Outcome::CallOrDataIsWrong;
        }
        show(&format!("formatted {}\n", escaped(&case.name)));
    }
    show(&format!("{}\n", summary(cases.len(), changed.len())));
    Outcome::Fine
}

fn summary(all: usize, changed: usize) -> String {
    match (all, changed) {
        (0, _) => "there is no `*.offer` file".to_owned(),
        (1, 0) => "the file was formatted already".to_owned(),
        (all, 0) => format!("all {all} files were formatted already"),
        (all, changed) => format!("{changed} of {all} {} formatted", if all == 1 { "file" } else { "files" }),
    }
}

/// Tells what would change, and changes nothing.
fn tell(arguments: &Arguments, changed: &[&Case], all: usize) -> Outcome {
    for case in changed {
        show(&if arguments.diff { diff(case) } else { format!("{}\n", escaped(&case.name)) });
    }
    if changed.is_empty() || !arguments.check {
        return Outcome::Fine;
    }
    let (files, are) = if all == 1 { ("file", "is") } else { ("files", "are") };
    eprintln!("{} of {all} {files} {are} not formatted; `opportune fmt` does it", changed.len());
    Outcome::NotFormatted
}

/// Reads what comes in and writes it formatted.
fn from_input(arguments: &Arguments) -> Outcome {
    let mut text = String::new();
    let read = io::stdin().lock().take(project::LARGEST_FILE + 1).read_to_string(&mut text);
    if let Err(reason) = read.and_then(|length| match length as u64 {
        0..=project::LARGEST_FILE => Ok(()),
        _ => Err(io::Error::other("it is too long")),
    }) {
        let problem = format!("what comes in cannot be read: {reason}");
        render::print(&[Problem::new(problem, "give it a policy as UTF-8 text of at most 16 MiB")]);
        return Outcome::CallOrDataIsWrong;
    }
    let case = Case::new("standard input".to_owned(), None, text);
    render::print(&left(&case));
    if arguments.diff && case.changes() {
        show(&diff(&case));
    } else if !arguments.check && !arguments.diff {
        // It may be a file or the next program: not made safe for a terminal. Nobody is left to be told that it is closed.
        let _ = io::stdout().lock().write_all(case.after.text.as_bytes());
    }
    if arguments.check && case.changes() { Outcome::NotFormatted } else { Outcome::Fine }
}

/// All files of what is named, each once.
fn read(paths: &[PathBuf]) -> Result<Vec<Case>, Problem> {
    let mut cases: Vec<Case> = Vec::new();
    for named in paths {
        if named.is_dir() {
            let policies = project::policies(named).map_err(|error| Problem::new(&error, error.help()))?;
            for (path, text) in policies {
                let path = project::within(named, &path);
                cases.push(Case::new(path.display().to_string(), Some(path), text));
            }
        } else {
            let told = |error: FileError| Problem::new(&error, error.help());
            let text = file::read(named).map_err(told)?;
            cases.push(Case::new(named.display().to_string(), Some(named.clone()), text));
        }
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases.dedup_by(|a, b| a.path == b.path);
    Ok(cases)
}

/// What a file says of the items that are left as they are.
fn left(case: &Case) -> Vec<Problem> {
    let problem = |left: &Left| {
        let (message, help) = match left.reason {
            Reason::Broken => (
                "this is left as it is: it has a mistake",
                "`opportune validate` tells the mistake; mend it, and format again",
            ),
            Reason::Unsure => (
                "this is left as it is: its new form would not be read as the same",
                "that is a mistake of the formatter; please report it with the text",
            ),
        };
        let label = (first_line(&case.before, left.offset as usize), "not formatted".to_owned());
        Problem {
            is_warning: true,
            source: Some((case.name.clone(), case.before.as_str().into())),
            labels: vec![label],
            ..Problem::new(message, help)
        }
    };
    case.after.left.iter().map(problem).collect()
}

/// The line on which the item that begins there says what it is.
fn first_line(text: &str, offset: usize) -> std::ops::Range<usize> {
    let mut begin = offset;
    for line in text.get(offset..).unwrap_or("").split_inclusive('\n') {
        let words = line.trim();
        if !words.is_empty() && !words.starts_with("//") {
            return begin..begin + line.trim_end().len();
        }
        begin += line.len();
    }
    offset..offset
}

/// What changes, as `patch` takes it.
fn diff(case: &Case) -> String {
    let lines = TextDiff::configure().timeout(LONGEST_COMPARISON).diff_lines(&case.before, &case.after.text);
    lines.unified_diff().context_radius(3).header(&case.name, &case.name).to_string()
}

/// Prints text from files: safe for a terminal, and as it is for a file or the next program.
fn show(text: &str) {
    let mut out = io::stdout().lock();
    let shown = if out.is_terminal() { same_length(text) } else { text.to_owned() };
    // Nobody is left to be told that standard output is closed.
    let _ = out.write_all(shown.as_bytes());
}
