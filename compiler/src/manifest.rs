//! The manifest, `opportune.toml`: what the project is called, when and where it runs, and where its data is.
//!
//! Every mistake points at its place in the file, and all are told at once. Nothing here touches a file system: paths
//! are only checked to stay inside the project.

mod currencies;
mod information;
mod keys;
mod ledger;
mod values;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use opportune_plan::{Currency, Span as Length};
use toml::de::DeTable;

pub use currencies::is_currency;
pub use information::Weights;
pub use ledger::{LedgerPlace, masked};

use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::Name;
use keys::Keys;

/// A contact is ignored when no response came for so long, where the manifest does not say it.
const IGNORED_AFTER: Length = Length { months: 0, days: 14, micros: 0 };

/// What the manifest says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Manifest {
    /// The project's name.
    pub name: Box<str>,
    /// The edition of the language.
    pub edition: Box<str>,
    /// The instant that rules a run, in microseconds since 1970-01-01 UTC, where the manifest fixes one.
    pub now: Option<i64>,
    /// The IANA time zone of days, hours and data without a zone.
    pub zone: Box<str>,
    /// The project's currency.
    pub currency: Option<Currency>,
    /// `[contacts] ignored_after`: a contact without a response for so long is ignored.
    pub ignored_after: Length,
    /// `[information]`: what it costs in trust to look at a field.
    pub information: Weights,
    /// Where the data is.
    pub data: DataSection,
    /// Where the ledger is.
    pub ledger: LedgerPlace,
}

/// `[data]`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DataSection {
    /// The folder, relative to the project.
    pub folder: Box<str>,
    /// The tables whose customer keys introduce customers; none: the customer's own.
    pub introduces: Vec<Name>,
    /// The file of a table where it is not named after it.
    pub files: BTreeMap<Box<str>, File>,
}

/// The file of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// Where the table is named.
    pub key: Span,
    /// The file, relative to the data folder, with its ending or without.
    pub node: Box<str>,
}

impl Default for DataSection {
    fn default() -> Self {
        Self { folder: "data".into(), introduces: Vec::new(), files: BTreeMap::new() }
    }
}

impl Manifest {
    /// The project's time zone.
    pub fn time_zone(&self) -> Option<TimeZone> {
        TimeZone::get(&self.zone).ok()
    }
}

/// Reads a manifest: what could be understood, and all mistakes. Without `name` or `zone` there is none.
pub fn read(text: &str) -> (Option<Manifest>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let (document, errors) = DeTable::parse_recoverable(text);
    diagnostics.extend(errors.iter().map(|error| not_toml(text, error)));
    if !diagnostics.is_empty() {
        // What a damaged file leaves out, it may only seem to leave out.
        return (None, diagnostics);
    }
    let mut keys = Keys::new("", document.get_ref(), &mut diagnostics);
    let name = keys.required("name", values::text, "the project's name: `name = \"grocer\"`");
    let edition = keys.required("edition", values::edition, "the edition of the language: `edition = \"2026\"`");
    let zone = keys.required("zone", values::zone, "the project's time zone: `zone = \"America/New_York\"`");
    let currency = keys.optional("currency", values::currency);
    let time_zone = zone.as_ref().and_then(|zone| TimeZone::get(zone).ok());
    let now = keys.optional("now", |value, at, found| values::now(value, at, time_zone.as_ref(), found));
    let ignored_after = keys.table("contacts").and_then(|(table, found)| contacts_section(table, found));
    let ignored_after = ignored_after.unwrap_or(IGNORED_AFTER);
    let information = keys.table("information").map(|(table, found)| information::section(table, found));
    let data = keys.table("data").map(|(table, found)| data_section(table, found)).unwrap_or_default();
    let ledger = keys.table("ledger").map(|(table, found)| ledger::section(table, found)).unwrap_or_default();
    keys.refuse_others();
    let manifest = name.zip(edition).zip(zone);
    let manifest = manifest.map(|((name, edition), zone)| Manifest {
        name,
        edition,
        now,
        zone,
        currency,
        ignored_after,
        information: information.unwrap_or_default(),
        data,
        ledger,
    });
    (manifest, diagnostics)
}

/// How long a response may take.
fn contacts_section(table: &DeTable<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Length> {
    let mut keys = Keys::new("contacts.", table, diagnostics);
    let ignored_after = keys.optional("ignored_after", values::length);
    keys.refuse_others();
    ignored_after
}

fn data_section(table: &DeTable<'_>, diagnostics: &mut Vec<Diagnostic>) -> DataSection {
    let mut keys = Keys::new("data.", table, diagnostics);
    let folder = keys.optional("folder", values::path).unwrap_or_else(|| "data".into());
    let introduces = keys.optional("introduces", values::names).unwrap_or_default();
    let mut files = BTreeMap::new();
    if let Some((table, found)) = keys.table("files") {
        for (key, value) in table {
            let at = values::span(key.span());
            if let Some(file) = values::file(value.get_ref(), values::span(value.span()), found) {
                files.insert(key.get_ref().as_ref().into(), File { key: at, node: file });
            }
        }
    }
    keys.refuse_others();
    DataSection { folder, introduces, files }
}

fn not_toml(text: &str, error: &toml::de::Error) -> Diagnostic {
    let span = error.span().map_or(Span::new(0, text.len().min(1)), values::span);
    let message = format!("this is not TOML: {}", error.message().replace('\n', ", "));
    Diagnostic::error(codes::NOT_TOML, message, span, "here")
        .help("a line is `key = \"text\"`, a section begins with `[data]`")
}
