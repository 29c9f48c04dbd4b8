//! Which question is answered by what, and on which snapshot.

use lsp_server::{ErrorCode, Request, Response, ResponseError};
use lsp_types::request::{
    CodeActionRequest, Completion, DocumentHighlightRequest, DocumentSymbolRequest, FoldingRangeRequest, Formatting,
    GotoDefinition, HoverRequest, PrepareRenameRequest, References, Rename, Request as Method,
    SemanticTokensFullDeltaRequest, SemanticTokensFullRequest, SemanticTokensRangeRequest, WorkspaceSymbolRequest,
};
use lsp_types::{Location, SymbolInformation, WorkspaceSymbolParams, WorkspaceSymbolResponse};
use serde_json::Value;

use super::answers::{self, Answer};
use super::encode::{self, Snapshot};
use super::tokens;
use super::workspace::Workspace;
use crate::ide::symbols;

/// What a worker does to answer; `Err` is an answer that is known already.
pub type Work = Box<dyn FnOnce() -> Result<Value, ResponseError> + Send>;

/// Finds what answers a request.
pub fn work(workspace: &Workspace, request: &Request) -> Result<Work, Response> {
    match request.method.as_str() {
        HoverRequest::METHOD => on::<HoverRequest>(workspace, request, answers::hover),
        Completion::METHOD => on::<Completion>(workspace, request, answers::completion),
        GotoDefinition::METHOD => on::<GotoDefinition>(workspace, request, answers::definition),
        References::METHOD => {
            on::<References>(workspace, request, |at, params| answers::references(at, params).map(Some))
        }
        DocumentHighlightRequest::METHOD => {
            on::<DocumentHighlightRequest>(workspace, request, |at, params| answers::highlights(at, params).map(Some))
        }
        PrepareRenameRequest::METHOD => on::<PrepareRenameRequest>(workspace, request, answers::prepare_rename),
        Rename::METHOD => on::<Rename>(workspace, request, answers::rename),
        DocumentSymbolRequest::METHOD => {
            on::<DocumentSymbolRequest>(workspace, request, |at, params| answers::outline(at, params).map(Some))
        }
        FoldingRangeRequest::METHOD => {
            on::<FoldingRangeRequest>(workspace, request, |at, params| answers::folds(at, params).map(Some))
        }
        CodeActionRequest::METHOD => {
            on::<CodeActionRequest>(workspace, request, |at, params| answers::actions(at, params).map(Some))
        }
        Formatting::METHOD => {
            on::<Formatting>(workspace, request, |at, params| answers::formatting(at, params).map(Some))
        }
        SemanticTokensFullRequest::METHOD => on::<SemanticTokensFullRequest>(workspace, request, tokens::full),
        SemanticTokensFullDeltaRequest::METHOD => {
            on::<SemanticTokensFullDeltaRequest>(workspace, request, tokens::delta)
        }
        SemanticTokensRangeRequest::METHOD => on::<SemanticTokensRangeRequest>(workspace, request, tokens::range),
        WorkspaceSymbolRequest::METHOD => Ok(everywhere(workspace, &decoded::<WorkspaceSymbolRequest>(request)?)),
        other => {
            let message = format!("`{other}` is nothing that this server answers");
            Err(Response::new_err(request.id.clone(), ErrorCode::MethodNotFound as i32, message))
        }
    }
}

fn decoded<M: Method>(request: &Request) -> Result<M::Params, Response> {
    serde_json::from_value(request.params.clone()).map_err(|error| {
        let message = format!("the parameters of `{}` cannot be read: {error}", M::METHOD);
        Response::new_err(request.id.clone(), ErrorCode::InvalidParams as i32, message)
    })
}

/// A question about a document.
fn on<M: Method + 'static>(
    workspace: &Workspace,
    request: &Request,
    ask: fn(&Snapshot, M::Params) -> Answer<M::Result>,
) -> Result<Work, Response>
where
    M::Params: Send,
{
    let params = decoded::<M>(request)?;
    let Some(snapshot) = address(&request.params).and_then(|address| snapshot(workspace, &address)) else {
        return Err(Response::new_ok(request.id.clone(), Value::Null));
    };
    Ok(Box::new(move || encoded(ask(&snapshot, params))))
}

/// The document that a request is about.
fn address(params: &Value) -> Option<String> {
    params.get("textDocument")?.get("uri")?.as_str().map(str::to_owned)
}

fn encoded<T: serde::Serialize>(answer: Answer<T>) -> Result<Value, ResponseError> {
    match answer {
        Ok(answer) => value(&answer),
        Err(message) => Err(ResponseError { code: ErrorCode::RequestFailed as i32, message, data: None }),
    }
}

fn value<T: serde::Serialize>(answer: &T) -> Result<Value, ResponseError> {
    serde_json::to_value(answer).map_err(|error| ResponseError {
        code: ErrorCode::InternalError as i32,
        message: format!("the answer cannot be written: {error}"),
        data: None,
    })
}

/// The database as it is now, with what an answer about a document needs.
fn snapshot(workspace: &Workspace, address: &str) -> Option<Snapshot> {
    let found = workspace.found(address)?;
    let open = workspace.documents.values().filter_map(|open| Some((open.path.clone()?, open.uri.clone())));
    let (project, root) = found.project.map_or((None, None), |(project, root)| (Some(project), Some(root)));
    Some(Snapshot {
        db: workspace.db.clone(),
        host: workspace.host.clone(),
        columns: workspace.columns,
        project,
        root,
        file: found.file,
        open: open.collect(),
        uri: workspace.documents.get(address)?.uri.clone(),
        told: workspace.told.clone(),
    })
}

/// The items of all projects by name.
fn everywhere(workspace: &Workspace, params: &WorkspaceSymbolParams) -> Work {
    let (db, columns, query) = (workspace.db.clone(), workspace.columns, params.query.clone());
    let projects: Vec<_> = workspace.projects.iter().map(|(root, loaded)| (root.clone(), loaded.project)).collect();
    Box::new(move || {
        let mut found = Vec::new();
        for (root, project) in projects {
            for (name, kind, place) in symbols::in_project(&db, project, &query) {
                let Some(uri) = super::uri::of_path(&root.join(&**place.file.path(&db))) else { continue };
                let range = encode::range(place.file.text(&db), place.span, columns);
                found.push(symbol(name, kind, Location { uri, range }));
            }
        }
        value(&WorkspaceSymbolResponse::Flat(found))
    })
}

#[allow(deprecated, reason = "the protocol's type has a field that is no longer used")]
fn symbol(name: String, kind: &str, location: Location) -> SymbolInformation {
    let kind = encode::symbol_kind(kind);
    SymbolInformation { name, kind, tags: None, deprecated: None, location, container_name: None }
}
