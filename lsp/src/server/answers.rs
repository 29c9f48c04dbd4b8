//! The answers to questions: each decodes a position, asks `ide` and encodes what it says.

use std::collections::HashMap;

use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, CodeActionResponse, CompletionItem,
    CompletionItemKind, CompletionItemLabelDetails, CompletionList, CompletionParams, CompletionResponse,
    CompletionTextEdit, DocumentFormattingParams, DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams,
    DocumentSymbolParams, DocumentSymbolResponse, Documentation, FoldingRange, FoldingRangeKind, FoldingRangeParams,
    GotoDefinitionParams, GotoDefinitionResponse, HoverContents, HoverParams, Location, MarkupContent, MarkupKind,
    PrepareRenameResponse, ReferenceParams, RenameParams, TextDocumentPositionParams, TextEdit, Uri, WorkspaceEdit,
};

use super::encode::{self, Snapshot};
use crate::ide::completion::{self, Candidate, CandidateKind};
use crate::ide::mentions::Role;
use crate::ide::positions::Lines;
use crate::ide::rename::{self, File};
use crate::ide::{definition, diagnostics, folding, formatting, hover, symbols};

/// An answer, or why there is none, to be shown.
pub type Answer<T> = Result<T, String>;

pub(super) fn hover(at: &Snapshot, params: HoverParams) -> Answer<Option<lsp_types::Hover>> {
    let offset = at.offset(params.text_document_position_params.position);
    let found = hover::hover(&at.db, at.project, at.file, offset);
    Ok(found.map(|found| {
        let page = found.page.as_deref().and_then(|code| paragraph(at, code));
        let value = std::iter::once(format!("```offer\n{}\n```", found.code)).chain(found.text).chain(page);
        let value = value.collect::<Vec<_>>().join("\n\n");
        let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value });
        lsp_types::Hover { contents, range: Some(at.range(found.place.file, found.place.span)) }
    }))
}

/// The first paragraph of the page of a code.
fn paragraph(at: &Snapshot, code: &str) -> Option<String> {
    at.host.page(code).and_then(hover::first_paragraph)
}

pub(super) fn definition(at: &Snapshot, params: GotoDefinitionParams) -> Answer<Option<GotoDefinitionResponse>> {
    let offset = at.offset(params.text_document_position_params.position);
    let found = at.project.and_then(|project| definition::definition(&at.db, project, at.file, offset));
    Ok(found.and_then(|place| at.location(place)).map(GotoDefinitionResponse::Scalar))
}

pub(super) fn references(at: &Snapshot, params: ReferenceParams) -> Answer<Vec<Location>> {
    let offset = at.offset(params.text_document_position.position);
    let Some(project) = at.project else { return Ok(Vec::new()) };
    let with_declaration = params.context.include_declaration;
    let found = definition::references(&at.db, project, at.file, offset, with_declaration);
    Ok(found.into_iter().filter_map(|place| at.location(place)).collect())
}

pub(super) fn highlights(at: &Snapshot, params: DocumentHighlightParams) -> Answer<Vec<DocumentHighlight>> {
    let offset = at.offset(params.text_document_position_params.position);
    let Some(project) = at.project else { return Ok(Vec::new()) };
    let found = definition::highlights(&at.db, project, at.file, offset).into_iter();
    let highlight = |(place, role): (crate::ide::Place, Role)| DocumentHighlight {
        range: at.range(place.file, place.span),
        kind: Some(match role {
            Role::Declaration => DocumentHighlightKind::WRITE,
            Role::Use => DocumentHighlightKind::READ,
        }),
    };
    Ok(found.map(highlight).collect())
}

pub(super) fn prepare_rename(
    at: &Snapshot,
    params: TextDocumentPositionParams,
) -> Answer<Option<PrepareRenameResponse>> {
    let project = at.project.ok_or_else(no_project)?;
    let place = rename::prepare(&at.db, project, at.file, at.offset(params.position))?;
    let placeholder = place.text(&at.db).to_owned();
    Ok(Some(PrepareRenameResponse::RangeWithPlaceholder { range: at.range(place.file, place.span), placeholder }))
}

pub(super) fn rename(at: &Snapshot, params: RenameParams) -> Answer<Option<WorkspaceEdit>> {
    let project = at.project.ok_or_else(no_project)?;
    let offset = at.offset(params.text_document_position.position);
    let edits = rename::rename(&at.db, project, at.file, offset, &params.new_name)?;
    #[allow(clippy::mutable_key_type, reason = "the protocol's type; addresses are not changed")]
    let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    for edit in edits {
        let (uri, range) = match edit.file {
            File::Policy(file) => (at.address(file), at.range(file, edit.span)),
            File::Manifest => {
                let path = project.manifest_path(&at.db);
                (at.address_of(path), encode::range(project.manifest_text(&at.db), edit.span, at.columns))
            }
        };
        let uri = uri.ok_or_else(|| "a file of the project has a path that is no text".to_owned())?;
        changes.entry(uri).or_default().push(TextEdit { range, new_text: edit.text });
    }
    Ok(Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }))
}

fn no_project() -> String {
    "this file is in no project: no folder above it has an `opportune.toml`".to_owned()
}

pub(super) fn outline(at: &Snapshot, _: DocumentSymbolParams) -> Answer<DocumentSymbolResponse> {
    let lines = Lines::of(at.file.text(&at.db));
    let entries = symbols::outline(&at.db, at.file).into_iter().map(|entry| encode::symbol(at, &lines, entry));
    Ok(DocumentSymbolResponse::Nested(entries.collect()))
}

pub(super) fn folds(at: &Snapshot, _: FoldingRangeParams) -> Answer<Vec<FoldingRange>> {
    let text = at.file.text(&at.db);
    let lines = Lines::of(text);
    let fold = |fold: folding::Fold| {
        let range = encode::ranges(text, &lines, fold.span, at.columns);
        FoldingRange {
            start_line: range.start.line,
            start_character: None,
            end_line: range.end.line,
            end_character: None,
            kind: Some(if fold.is_comment { FoldingRangeKind::Comment } else { FoldingRangeKind::Region }),
            collapsed_text: None,
        }
    };
    Ok(folding::folds(&at.db, at.file).into_iter().map(fold).collect())
}

pub(super) fn actions(at: &Snapshot, params: CodeActionParams) -> Answer<CodeActionResponse> {
    let (from, to) = (at.offset(params.range.start), at.offset(params.range.end));
    let text = at.file.text(&at.db);
    let lines = Lines::of(text);
    let found = diagnostics::fixes(&at.db, at.project, at.file, from, to).into_iter();
    let action = |found: opportune_compiler::diagnostic::Diagnostic| {
        let fix = found.fix.as_ref()?;
        let range = encode::ranges(text, &lines, fix.span, at.columns);
        let edit = TextEdit { range, new_text: fix.replacement.clone() };
        #[allow(clippy::mutable_key_type, reason = "the protocol's type; addresses are not changed")]
        let changes = HashMap::from([(at.uri.clone(), vec![edit])]);
        Some(CodeActionOrCommand::CodeAction(CodeAction {
            title: fix.title.clone(),
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: Some(vec![encode::diagnostic(text, &lines, &at.uri, &found, at.columns)]),
            edit: Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }),
            is_preferred: Some(true),
            ..CodeAction::default()
        }))
    };
    Ok(found.filter_map(action).collect())
}

pub(super) fn completion(at: &Snapshot, params: CompletionParams) -> Answer<Option<CompletionResponse>> {
    let offset = at.offset(params.text_document_position.position);
    let found = completion::complete(&at.db, at.project, at.file, offset);
    let range = at.range(at.file, found.replaced);
    let with_page = |mut candidate: Candidate| {
        if candidate.kind == CandidateKind::Lint {
            candidate.doc = paragraph(at, &candidate.label);
        }
        candidate
    };
    let items = found.candidates.into_iter().map(with_page).enumerate();
    let items = items.map(|(place, candidate)| candidate_item(range, place, candidate));
    Ok(Some(CompletionResponse::List(CompletionList { is_incomplete: found.is_cut, items: items.collect() })))
}

fn candidate_item(range: lsp_types::Range, place: usize, candidate: Candidate) -> CompletionItem {
    let new_text = candidate.insert.unwrap_or_else(|| candidate.label.clone());
    CompletionItem {
        kind: Some(candidate_kind(candidate.kind)),
        // A code says little by itself: its title is to be seen before it is chosen.
        label_details: (candidate.kind == CandidateKind::Lint)
            .then(|| CompletionItemLabelDetails { detail: None, description: candidate.detail.clone() }),
        detail: candidate.detail,
        documentation: candidate
            .doc
            .map(|value| Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value })),
        sort_text: Some(format!("{place:04}")),
        filter_text: Some(candidate.label.clone()),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text })),
        label: candidate.label,
        ..CompletionItem::default()
    }
}

fn candidate_kind(kind: CandidateKind) -> CompletionItemKind {
    match kind {
        CandidateKind::Value | CandidateKind::Lint => CompletionItemKind::ENUM_MEMBER,
        CandidateKind::Field => CompletionItemKind::FIELD,
        CandidateKind::Row | CandidateKind::Table | CandidateKind::Persona => CompletionItemKind::STRUCT,
        CandidateKind::Local => CompletionItemKind::VARIABLE,
        CandidateKind::Definition | CandidateKind::Journey => CompletionItemKind::CONSTANT,
        CandidateKind::Events => CompletionItemKind::EVENT,
        CandidateKind::Channel => CompletionItemKind::INTERFACE,
        CandidateKind::Offer => CompletionItemKind::CLASS,
        CandidateKind::Function => CompletionItemKind::FUNCTION,
        CandidateKind::Unit => CompletionItemKind::UNIT,
        CandidateKind::Type => CompletionItemKind::TYPE_PARAMETER,
        CandidateKind::Word | CandidateKind::Item => CompletionItemKind::KEYWORD,
    }
}

pub(super) fn formatting(at: &Snapshot, _: DocumentFormattingParams) -> Answer<Vec<TextEdit>> {
    let found = formatting::formatting(&at.db, at.file);
    Ok(found.into_iter().map(|(span, new_text)| TextEdit { range: at.range(at.file, span), new_text }).collect())
}
