//! `[ledger]`: where the ledger is.
//!
//! What must hold: no password is kept, and none is shown: neither by a message nor by the line of the manifest that a
//! message points at, for which there is [`masked`].

use toml::de::{DeTable, DeValue};

use super::keys::Keys;
use super::values;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;

/// Where a project's ledger is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LedgerPlace {
    /// `file = "ledger.sqlite"`: an SQLite file, relative to the project.
    File(Box<str>),
    /// `url = "postgres://ledger.example.com/offers"`: a PostgreSQL database; without a password.
    Url(Box<str>),
    /// `url_from = "LEDGER_URL"`: the variable of the environment that holds the address.
    UrlFrom(Box<str>),
}

impl Default for LedgerPlace {
    fn default() -> Self {
        Self::File("ledger.sqlite".into())
    }
}

/// What the section says; a file of its own where it says nothing.
pub(super) fn section(table: &DeTable<'_>, diagnostics: &mut Vec<Diagnostic>) -> LedgerPlace {
    let mut keys = Keys::new("ledger.", table, diagnostics);
    let file = keys.optional("file", file).map(LedgerPlace::File);
    let url = keys.optional("url", url).map(LedgerPlace::Url);
    let url_from = keys.optional("url_from", variable).map(LedgerPlace::UrlFrom);
    keys.refuse_others();
    let said: Vec<Span> = ["file", "url", "url_from"].into_iter().filter_map(|key| key_span(table, key)).collect();
    if let [first, second, ..] = said.as_slice() {
        let message = "a project has one ledger, and this names two places";
        let diagnostic = Diagnostic::error(codes::LEDGER_PLACE, message, *second, "the second one");
        diagnostics.push(diagnostic.label(*first, "the first one").help("keep one of `file`, `url` and `url_from`"));
    }
    file.or(url).or(url_from).unwrap_or_default()
}

fn key_span(table: &DeTable<'_>, key: &str) -> Option<Span> {
    table.iter().find(|(found, _)| found.get_ref() == key).map(|(found, _)| values::span(found.span()))
}

fn refused(at: Span, message: &str, label: &str, help: &str) -> Diagnostic {
    Diagnostic::error(codes::LEDGER_PLACE, message, at, label).help(help)
}

fn file(value: &DeValue<'_>, at: Span, found: &mut Vec<Diagnostic>) -> Option<Box<str>> {
    let text = values::text(value, at, found)?;
    if text.contains("://") {
        let help =
            "write `url = …` for a database, or `url_from = \"LEDGER_URL\"` and put the address into the environment";
        found.push(refused(at, "this is an address and no file", "no file", help));
        return None;
    }
    if text.is_empty() || text.ends_with(['/', '\\']) {
        found.push(refused(at, "this names no file", "no file", "name it: `file = \"ledger.sqlite\"`"));
        return None;
    }
    values::path_or(
        &text,
        at,
        "name a file inside it; for one elsewhere, say `--ledger FILE` on the command line",
        found,
    )
}

fn url(value: &DeValue<'_>, at: Span, found: &mut Vec<Diagnostic>) -> Option<Box<str>> {
    let text = values::text(value, at, found)?;
    if secrets(&text).next().is_some() {
        let message = "a manifest holds no password: it is copied and kept with the policies";
        let diagnostic = Diagnostic::error(codes::PASSWORD, message, at, "with a password");
        found.push(diagnostic.help(
            "put the address into the environment and name the variable, `url_from = \"LEDGER_URL\"`; or leave the \
             password out and give it by `PGPASSWORD` or a password file",
        ));
        return None;
    }
    let is_known = ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
    if !is_known || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        let help = "write `url = \"postgres://ledger.example.com/offers\"`; an SQLite file goes by `file = …`";
        found.push(refused(at, "this is not the address of a PostgreSQL database", "no such address", help));
        return None;
    }
    Some(text)
}

fn variable(value: &DeValue<'_>, at: Span, found: &mut Vec<Diagnostic>) -> Option<Box<str>> {
    let text = values::text(value, at, found)?;
    let is_word = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_word || text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit()) {
        let help =
            "write the name of a variable of the environment, `url_from = \"LEDGER_URL\"`; its value is the address";
        found.push(refused(at, "this is not the name of a variable", "no such name", help));
        return None;
    }
    Some(text)
}

/// The text of a manifest with each password in it hidden behind stars, byte by byte, so that places stay.
pub fn masked(text: &str) -> String {
    let mut hidden = text.as_bytes().to_vec();
    for secret in secrets(text) {
        hidden.get_mut(secret).into_iter().flatten().for_each(|byte| *byte = b'*');
    }
    String::from_utf8(hidden).unwrap_or_default()
}

/// Where passwords stand: in addresses, `://user:secret@`, and behind words such as `password=`.
fn secrets(text: &str) -> impl Iterator<Item = std::ops::Range<usize>> {
    let of_addresses = text.match_indices("://").filter_map(|(at, sign)| {
        let start = at + sign.len();
        let rest = text.get(start..)?;
        let address = rest.split(['"', '\'', '\n', ' ', '\t']).next()?;
        let (user, _) = address.rsplit_once('@')?;
        let colon = user.find(':')?;
        Some(start + colon + 1..start + user.len())
    });
    // A letter that has another length in small letters is none of these words.
    let small = text.to_ascii_lowercase();
    let named = ["password", "passwd", "pass", "pwd", "secret"].into_iter().flat_map(move |word| {
        let found: Vec<_> = small.match_indices(word).filter_map(|(at, _)| assigned(&small, at + word.len())).collect();
        found
    });
    of_addresses.chain(named)
}

/// The value that is set behind a word: `password=secret`, `password = "secret"`.
fn assigned(text: &str, after: usize) -> Option<std::ops::Range<usize>> {
    let rest = text.get(after..)?;
    let rest = rest.trim_start_matches(['"', '\'', ' ', '\t']).strip_prefix('=')?;
    let rest = rest.trim_start_matches([' ', '\t']);
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let rest = quote.and_then(|quote| rest.strip_prefix(quote)).unwrap_or(rest);
    let start = text.len() - rest.len();
    let end = match quote {
        Some(quote) => rest.find([quote, '\n']),
        None => rest.find(['"', '\'', '&', ' ', '\t', '\n']),
    };
    Some(start..start + end.unwrap_or(rest.len()))
}
