//! One diagnostic value for every front: the terminal and the editor render it, nothing else prints.
//!
//! A diagnostic is plain data. Its code is never reused and has a page under `docs/diagnostics/`.

pub mod codes;
pub mod nearest;

use std::sync::Arc;

use opportune_plan::{FieldId, TableId};

use crate::syntax::Span;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// The policy does not validate.
    Error,
    /// The policy validates, but probably does not say what its author means.
    Warning,
}

/// A place in an item's text. Relative to the item, so that an edit elsewhere in the file changes nothing here.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Label {
    /// Where, in bytes from the start of the item.
    pub span: Span,
    /// What is to be seen there.
    pub message: String,
}

/// A change of the text that mends the problem for sure.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Fix {
    /// What it does, as an offer: "replace `==` with `=`".
    pub title: String,
    /// What is replaced, in bytes from the start of the item.
    pub span: Span,
    /// By what.
    pub replacement: String,
}

/// What may be missing, where a diagnostic is about that. How often it is missing is no matter of the policy: it is looked
/// up in the data when diagnostics are gathered.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum MayMiss {
    /// A field, perhaps behind links.
    Field {
        /// The links on the way to it, each with its table.
        links: Vec<(TableId, FieldId)>,
        /// The field.
        field: (TableId, FieldId),
    },
    /// A segment or trait, which may be missing where what it reads is.
    Definition(Box<str>),
}

/// Something to tell the author, within one item.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Diagnostic {
    /// The code, for example `E0101`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one lower-case sentence without a full stop.
    pub message: String,
    /// Where, the main place first.
    pub labels: Vec<Label>,
    /// The way out.
    pub help: Option<String>,
    /// The mending change, where one is sure.
    pub fix: Option<Fix>,
    /// What may be missing, where it is about that.
    pub may_miss: Vec<MayMiss>,
    /// What the data at hand says of it; nothing where there is no data.
    pub data: Vec<String>,
}

impl Diagnostic {
    /// An error with its main place.
    pub fn error(code: &'static str, message: impl Into<String>, span: Span, label: impl Into<String>) -> Self {
        let labels = vec![Label { span, message: label.into() }];
        let (severity, message) = (Severity::Error, message.into());
        Self { code, severity, message, labels, help: None, fix: None, may_miss: Vec::new(), data: Vec::new() }
    }

    /// A warning with its main place.
    pub fn warning(code: &'static str, message: impl Into<String>, span: Span, label: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message, span, label) }
    }

    /// Moves the main place.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        if let Some(label) = self.labels.first_mut() {
            label.span = span;
        }
        self
    }

    /// Adds the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a change that is sure to mend it.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { title: title.into(), span, replacement: replacement.into() });
        self
    }

    /// Asks whether another word was meant, and offers to put it in the place of what is written.
    #[must_use]
    pub fn meant(self, written: &str, span: Span, near: &str) -> Self {
        self.help(format!("did you mean `{near}`?")).fix(format!("replace `{written}` with `{near}`"), span, near)
    }

    /// Says what may be missing.
    #[must_use]
    pub fn may_miss(mut self, values: Vec<MayMiss>) -> Self {
        self.may_miss = values;
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }
}

/// A diagnostic with its place in a file, as the renderers take it: spans are in bytes from the start of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Located {
    /// The file, relative to the project's folder, with `/`.
    pub path: Arc<str>,
    /// The diagnostic, its spans moved to the file.
    pub diagnostic: Diagnostic,
}
