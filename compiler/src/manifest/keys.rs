//! Takes the keys of a table one by one; what is left at the end is unknown.

use std::collections::BTreeSet;

use toml::de::{DeTable, DeValue};

use super::values;
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;

/// The keys of one table of the manifest.
pub(super) struct Keys<'t, 'd> {
    prefix: &'static str,
    table: &'t DeTable<'t>,
    diagnostics: &'d mut Vec<Diagnostic>,
    known: BTreeSet<&'static str>,
}

impl<'t, 'd> Keys<'t, 'd> {
    pub(super) fn new(prefix: &'static str, table: &'t DeTable<'t>, diagnostics: &'d mut Vec<Diagnostic>) -> Self {
        Self { prefix, table, diagnostics, known: BTreeSet::new() }
    }

    fn find(&mut self, key: &'static str) -> Option<(&'t DeValue<'t>, Span)> {
        self.known.insert(key);
        let (_, value) = self.table.iter().find(|(found, _)| found.get_ref() == key)?;
        Some((value.get_ref(), values::span(value.span())))
    }

    /// The value of a key, where it is there and can be read.
    pub(super) fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&DeValue<'_>, Span, &mut Vec<Diagnostic>) -> Option<T>,
    ) -> Option<T> {
        let (value, at) = self.find(key)?;
        read(value, at, self.diagnostics)
    }

    /// The value of a key that must be there.
    pub(super) fn required<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&DeValue<'_>, Span, &mut Vec<Diagnostic>) -> Option<T>,
        help: &str,
    ) -> Option<T> {
        if self.find(key).is_none() {
            let message = format!("the manifest does not say `{}{key}`", self.prefix);
            let diagnostic = Diagnostic::error(codes::KEY_NEEDED, message, Span::new(0, 0), "not in this file");
            self.diagnostics.push(diagnostic.help(format!("write {help}")));
        }
        self.optional(key, read)
    }

    /// A table under a key, with the place for its mistakes.
    pub(super) fn table(&mut self, key: &'static str) -> Option<(&'t DeTable<'t>, &mut Vec<Diagnostic>)> {
        let (value, at) = self.find(key)?;
        if let DeValue::Table(table) = value {
            return Some((table, self.diagnostics));
        }
        self.diagnostics.push(values::wrong_type("a section", value, at));
        None
    }

    /// Reports every key that was not asked for.
    pub(super) fn refuse_others(self) {
        for (key, _) in self.table.iter().filter(|(key, _)| !self.known.contains(key.get_ref().as_ref())) {
            let (name, span) = (key.get_ref(), values::span(key.span()));
            let message = format!("the manifest has no key `{}{name}`", self.prefix);
            let diagnostic = Diagnostic::error(codes::UNKNOWN_KEY, message, span, "not a key");
            let diagnostic = match nearest(name, self.known.iter().copied()) {
                Some(near) => {
                    diagnostic.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), span, near)
                }
                None => {
                    let known: Vec<String> = self.known.iter().map(|key| format!("`{key}`")).collect();
                    diagnostic.help(format!("the keys here are {}", known.join(", ")))
                }
            };
            self.diagnostics.push(diagnostic);
        }
    }
}
