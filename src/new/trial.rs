//! Tries what was guessed: the project is compiled and its data is read as a run reads it. What does not hold is loosened,
//! a field at a time, until all of it holds.

use std::path::Path;

use opportune_compiler::diagnostic::{Located, Severity};
use opportune_compiler::{Compiled, ProjectFiles, compile};
use opportune_runtime::snapshot::read::{LoadError, Reach, load_from};
use opportune_runtime::time::Clock;

use super::draft::{Draft, From, Kind, Ty};
use super::policy::{self, Policy};
use super::schema::{self, Written};
use crate::project::MANIFEST;
use crate::render::Problem;

/// So often is a guess loosened; each time at least one field is.
const MOST_TRIALS: usize = 60;

/// The texts of a project.
#[derive(Debug)]
pub struct Texts {
    pub manifest: String,
    pub schema: Written,
    pub policy: Policy,
}

impl Texts {
    /// The texts of a draft.
    pub fn of(draft: &Draft, name: &str, folder: &str) -> Self {
        Self {
            manifest: schema::manifest(draft, name, folder),
            schema: schema::schema(draft),
            policy: policy::first(draft),
        }
    }

    /// By path, the manifest first.
    pub fn files(&self) -> [(&'static str, &str); 5] {
        [
            (MANIFEST, &self.manifest),
            ("schema.offer", &self.schema.text),
            ("channels.offer", &self.policy.channels),
            ("offers/first.offer", &self.policy.offer),
            ("tests/first.offer", &self.policy.tests),
        ]
    }

    fn compiled(&self) -> Compiled {
        let [manifest, policies @ ..] = self.files().map(|(path, text)| (path.to_owned(), text.to_owned()));
        let mut policies = policies.to_vec();
        policies.sort();
        compile(&ProjectFiles { manifest, policies })
    }
}

/// Loosens a draft until the project is right, and reads the data of `folder` with it where that is given. Gives the texts
/// and how many customers there are.
pub fn settle(
    draft: &mut Draft,
    name: &str,
    data: &str,
    folder: Option<&Path>,
) -> Result<(Texts, Option<usize>), Problem> {
    for _ in 0..MOST_TRIALS {
        let texts = Texts::of(draft, name, data);
        let compiled = texts.compiled();
        let (Some(plan), Some(manifest)) = (&compiled.plan, &compiled.manifest) else {
            if mend(draft, &texts, &compiled.diagnostics) {
                continue;
            }
            return Err(unmendable(&compiled.diagnostics));
        };
        let Some(folder) = folder else { return Ok((texts, None)) };
        let clock = manifest
            .now
            .map_or_else(|| Clock::of_the_machine(&manifest.zone), |now| Clock::new(now, &manifest.zone))
            .map_err(|error| Problem::new(error, "name a zone that there is with `--zone`"))?;
        match load_from(plan, folder, Reach::Anywhere, &clock) {
            Ok((snapshot, _)) => return Ok((texts, Some(snapshot.customers()))),
            Err(errors) => {
                let loosened = errors.iter().filter(|error| loosen(draft, error)).count();
                if loosened == 0 {
                    return Err(unreadable(&errors));
                }
            }
        }
    }
    Err(Problem::new(
        "the files hold too much that cannot be guessed",
        "write the schema by hand: docs/language/data.md",
    ))
}

fn unmendable(diagnostics: &[Located]) -> Problem {
    let first = diagnostics.iter().find(|found| found.diagnostic.severity == Severity::Error);
    let first = first.map_or_else(String::new, |found| format!("{}: {}", found.path, found.diagnostic.message));
    Problem::new(
        format!("what was guessed does not compile: {first}"),
        "name the zone and the currency with `--zone` and `--currency`, or write the schema by hand: docs/language/data.md",
    )
}

fn unreadable(errors: &[LoadError]) -> Problem {
    let (message, help) = errors.first().map_or_else(Default::default, |error| (error.message(), error.help()));
    Problem::new(format!("the files cannot be read as was guessed: {message}"), help)
}

/// Leaves out the fields on the lines of errors; says whether there was one.
fn mend(draft: &mut Draft, texts: &Texts, diagnostics: &[Located]) -> bool {
    let mut mended = false;
    for found in diagnostics.iter().filter(|found| found.diagnostic.severity == Severity::Error) {
        if &*found.path != "schema.offer" {
            continue;
        }
        let span = found.diagnostic.labels.first().map_or(0, |label| label.span.start as usize);
        let line = 1 + texts.schema.text.bytes().take(span).filter(|byte| *byte == b'\n').count();
        let Some((_, table, field)) = texts.schema.fields.iter().find(|(number, ..)| *number == line) else { continue };
        mended |= without(draft, table, field, "the language has no such field");
    }
    mended
}

/// Takes a field out, and its table where it cannot be without; says whether there was one.
fn without(draft: &mut Draft, table: &str, field: &str, reason: &str) -> bool {
    let Some(found) = draft.tables.iter_mut().find(|found| found.name == table) else { return false };
    let Some(at) = found.fields.iter().position(|other| other.name == field) else { return false };
    let needed = found.fields.get(at).is_some_and(|field| field.role.is_some());
    if needed && found.kind == Kind::Customer {
        return false;
    }
    if needed {
        draft.leave_out(table, reason);
        return true;
    }
    let removed = found.fields.remove(at);
    let column = match removed.from {
        From::Column(column) | From::Pair(column, _) | From::Linked(column, _) => column,
    };
    found.without.push((column, reason.to_owned()));
    true
}

/// Loosens what an error is about; says whether anything was.
fn loosen(draft: &mut Draft, error: &LoadError) -> bool {
    let Some(place) = error.place() else { return false };
    let (table, field) = place.subject.split_once('.').unwrap_or((&place.subject, ""));
    let found = draft.tables.iter_mut().find(|found| found.name == table);
    let customers = found.as_ref().is_some_and(|found| found.kind == Kind::Customer);
    let known = found.and_then(|found| found.field_mut(field));
    match (error, known) {
        (LoadError::NoValue { .. } | LoadError::NoRow { .. } | LoadError::NoLinkedValue { .. }, Some(field))
            if !field.optional && field.role.is_none() =>
        {
            field.optional = true;
            true
        }
        (LoadError::Dangling { .. }, Some(field)) if field.link.as_ref().is_some_and(|link| !link.optional) => {
            if let Some(link) = &mut field.link {
                link.optional = true;
            }
            true
        }
        (LoadError::Unlisted { .. }, Some(field)) if matches!(field.ty, Ty::OneOf(_) | Ty::Ordered(_)) => {
            field.ty = Ty::Text;
            field.because.retain(|reason| !reason.starts_with("one of") && !reason.starts_with("ordered"));
            true
        }
        (_, Some(field)) => {
            let name = field.name.clone();
            without(draft, table, &name, &error.message())
        }
        (_, None) if customers => false,
        (_, None) => {
            let had = draft.tables.len();
            draft.leave_out(table, &error.message());
            draft.tables.len() < had
        }
    }
}
