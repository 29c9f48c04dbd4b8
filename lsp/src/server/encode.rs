//! Plain data of `ide` to the protocol's types, and positions of the protocol to offsets.

use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Arc;

use lsp_types::{
    DiagnosticRelatedInformation, DiagnosticSeverity, DocumentSymbol, Location, NumberOrString, Range, SymbolKind, Uri,
};
use opportune_compiler::db::{Database, Db};
use opportune_compiler::diagnostic::{Diagnostic, Severity};
use opportune_compiler::queries::{Project, SourceFile};
use opportune_compiler::syntax::Span;

use super::tokens::Told;
use super::{Host, uri};
use crate::ide::Place;
use crate::ide::positions::{Columns, Lines, Position};
use crate::ide::symbols::Outline;

/// A snapshot of the database with what an answer about one document needs.
pub struct Snapshot {
    /// The database as it was when the question came.
    pub db: Database,
    /// Who started the server.
    pub host: Arc<dyn Host>,
    /// What columns count.
    pub columns: Columns,
    /// The document's project.
    pub project: Option<Project>,
    /// The folder of the project.
    pub root: Option<PathBuf>,
    /// The document.
    pub file: SourceFile,
    /// The addresses of open files.
    pub open: Vec<(PathBuf, Uri)>,
    /// The document's own address.
    pub uri: Uri,
    /// The tokens that were told last.
    pub told: Told,
}

impl Snapshot {
    /// The offset of a position in the document.
    pub fn offset(&self, at: lsp_types::Position) -> u32 {
        let text = self.file.text(&self.db);
        Lines::of(text).offset(text, Position { line: at.line, column: at.character }, self.columns)
    }

    /// The range of a span of a file.
    pub fn range(&self, file: SourceFile, span: Span) -> Range {
        range(file.text(&self.db), span, self.columns)
    }

    /// The address of a file of the project, or of the document itself.
    pub fn address(&self, file: SourceFile) -> Option<Uri> {
        if file == self.file {
            return Some(self.uri.clone());
        }
        self.address_of(file.path(&self.db))
    }

    /// The address of a path in the project.
    pub fn address_of(&self, path: &str) -> Option<Uri> {
        let path = self.root.as_ref()?.join(path);
        let open = self.open.iter().find(|(known, _)| *known == path);
        open.map(|(_, uri)| uri.clone()).or_else(|| uri::of_path(&path))
    }

    /// A place as the protocol says it.
    pub fn location(&self, place: Place) -> Option<Location> {
        Some(Location { uri: self.address(place.file)?, range: self.range(place.file, place.span) })
    }
}

/// The range of a span of a text.
pub fn range(text: &str, span: Span, columns: Columns) -> Range {
    ranges(text, &Lines::of(text), span, columns)
}

/// The same where the lines are known.
pub fn ranges(text: &str, lines: &Lines, span: Span, columns: Columns) -> Range {
    let position = |offset: u32| {
        let found = lines.position(text, offset, columns);
        lsp_types::Position { line: found.line, character: found.column }
    };
    Range { start: position(span.start), end: position(span.end) }
}

/// A diagnostic of a text as the protocol says it: the main place with its label, the others beside it.
pub fn diagnostic(text: &str, lines: &Lines, uri: &Uri, found: &Diagnostic, columns: Columns) -> lsp_types::Diagnostic {
    let main = found.labels.first();
    let others = found.labels.iter().skip(1).map(|label| DiagnosticRelatedInformation {
        location: Location { uri: uri.clone(), range: ranges(text, lines, label.span, columns) },
        message: label.message.clone(),
    });
    let others: Vec<DiagnosticRelatedInformation> = others.collect();
    let mut message = found.message.clone();
    if let Some(help) = &found.help {
        message.push_str("\nhelp: ");
        message.push_str(help);
    }
    for line in &found.data {
        message.push_str("\ndata: ");
        message.push_str(line);
    }
    lsp_types::Diagnostic {
        range: main.map_or_else(Range::default, |label| ranges(text, lines, label.span, columns)),
        severity: Some(match found.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        }),
        code: Some(NumberOrString::String(found.code.to_owned())),
        code_description: None,
        source: Some("opportune".to_owned()),
        message,
        related_information: (!others.is_empty()).then_some(others),
        tags: None,
        data: None,
    }
}

/// An entry of an outline as the protocol says it.
#[allow(deprecated, reason = "the protocol's type has a field that is no longer used")]
pub fn symbol(snapshot: &Snapshot, lines: &Lines, outline: Outline) -> DocumentSymbol {
    let text = snapshot.file.text(&snapshot.db as &dyn Db);
    let children: Vec<DocumentSymbol> =
        outline.children.into_iter().map(|child| symbol(snapshot, lines, child)).collect();
    DocumentSymbol {
        name: outline.name,
        detail: Some(outline.kind.to_owned()),
        kind: symbol_kind(outline.kind),
        tags: None,
        deprecated: None,
        range: ranges(text, lines, outline.whole.to(outline.name_span), snapshot.columns),
        selection_range: ranges(text, lines, outline.name_span, snapshot.columns),
        children: (!children.is_empty()).then_some(children),
    }
}

/// The protocol's nearest kind.
pub fn symbol_kind(word: &str) -> SymbolKind {
    match word {
        "customer" | "table" | "context" => SymbolKind::STRUCT,
        "events" => SymbolKind::EVENT,
        "field" => SymbolKind::FIELD,
        "segment" => SymbolKind::BOOLEAN,
        "trait" => SymbolKind::VARIABLE,
        "channel" => SymbolKind::INTERFACE,
        "guarantee" => SymbolKind::CONSTANT,
        "journey" => SymbolKind::ENUM,
        "portfolio" => SymbolKind::NAMESPACE,
        "pick" => SymbolKind::VARIABLE,
        _ => SymbolKind::CLASS,
    }
}

/// An address that is known to be one.
pub fn parsed(address: &str) -> Option<Uri> {
    Uri::from_str(address).ok()
}
