//! The main loop: messages of the client in order, answers of the workers, and diagnostics a little after an edit.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, never, select, unbounded};
use lsp_server::{
    Connection, ErrorCode, Message, Notification, ProtocolError, Request, RequestId, Response, ResponseError,
};
use lsp_types::notification::{
    Cancel, DidChangeTextDocument, DidChangeWatchedFiles, DidCloseTextDocument, DidOpenTextDocument,
    DidSaveTextDocument, Notification as Method, PublishDiagnostics, ShowMessage,
};
use lsp_types::{
    DidChangeWatchedFilesRegistrationOptions, FileSystemWatcher, GlobPattern, InitializeParams, MessageType,
    NumberOrString, Registration, RegistrationParams, ServerInfo, ShowMessageParams,
};
use opportune_compiler::facts::{self, Facts};
use serde_json::Value;

use super::documents::Document;
use super::publish::{self, Published, Pushed};
use super::workers::{Ended, Workers};
use super::workspace::{Unit, Workspace};
use super::{Host, capabilities, frames, requests, uri};

/// How long after an edit diagnostics are computed.
const PAUSE: Duration = Duration::from_millis(60);

/// Of how many messages that cannot be read is told.
const MOST_UNREAD: usize = 20;

/// Why the server ended other than by `shutdown` and `exit`.
#[derive(Debug)]
pub enum Failure {
    /// The client said `exit` without `shutdown`, or went away.
    Left,
    /// The client broke the protocol, or the connection did.
    Broken(String),
}

/// Serves a client over standard input and output until it says `exit`.
pub fn stdio(host: Arc<dyn Host>) -> Result<(), Failure> {
    let broken = |error: &dyn std::fmt::Display| Failure::Broken(error.to_string());
    let (connection, threads) = frames::stdio().map_err(|error| broken(&error))?;
    let outcome = serve(&connection, host);
    // After `exit`, and where nothing more comes, the reader has ended; otherwise it may still wait for input.
    if matches!(outcome, Err(Failure::Broken(_))) {
        return outcome;
    }
    let (read, writer) = threads.read();
    if let Err(reason) = &read {
        let params =
            ShowMessageParams { typ: MessageType::ERROR, message: format!("the language server ends: {reason}") };
        let _ = connection.sender.send(Notification::new(ShowMessage::METHOD.to_owned(), params).into());
    }
    drop(connection);
    let written = writer.written();
    read.map_err(|reason| broken(&reason))?;
    written.map_err(|error| broken(&error))?;
    outcome
}

/// Serves the client at the other end of a connection.
pub fn serve(connection: &Connection, host: Arc<dyn Host>) -> Result<(), Failure> {
    let broken = |error: &dyn std::fmt::Display| Failure::Broken(error.to_string());
    let ended = |error: ProtocolError| match error.channel_is_disconnected() {
        true => Failure::Left,
        false => broken(&error),
    };
    let (id, params) = connection.initialize_start().map_err(ended)?;
    let params: InitializeParams = serde_json::from_value(params).map_err(|error| broken(&error))?;
    let columns = capabilities::columns(&params.capabilities);
    let info = ServerInfo { name: "opportune".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()) };
    let answer = serde_json::json!({ "capabilities": capabilities::server(columns), "serverInfo": info });
    connection.initialize_finish(id, answer).map_err(ended)?;
    let workers = Workers::new(2).map_err(|error| broken(&error))?;
    let (tell, told) = unbounded();
    let mut server = Server {
        connection,
        workspace: Workspace::new(host.clone(), columns),
        host,
        workers,
        tell,
        asked: BTreeMap::new(),
        published: Published::default(),
        due: None,
        edits: 0,
        unread: 0,
    };
    if capabilities::watches_files(&params.capabilities) {
        server.watch_files();
    }
    server.run(&told)
}

/// What workers tell the main loop.
enum Told {
    /// The answer to a request.
    Answer(Response),
    /// The diagnostics of a unit, computed after so many edits.
    Diagnostics(u64, Unit, Ended<Pushed>),
    /// What is known of a project's data.
    Facts(PathBuf, Option<Facts>),
}

struct Server<'c> {
    connection: &'c Connection,
    workspace: Workspace,
    host: Arc<dyn Host>,
    workers: Workers,
    tell: Sender<Told>,
    /// The requests that are being answered, and whether the client has withdrawn them.
    asked: BTreeMap<RequestId, Arc<AtomicBool>>,
    published: Published,
    /// When diagnostics are to be computed.
    due: Option<Instant>,
    /// How many messages have changed texts.
    edits: u64,
    /// How many messages could not be read.
    unread: usize,
}

impl Server<'_> {
    fn run(&mut self, told: &Receiver<Told>) -> Result<(), Failure> {
        loop {
            let pause = self.due.map_or_else(never, crossbeam_channel::at);
            select! {
                recv(self.connection.receiver) -> message => match message {
                    Ok(Message::Request(request)) => {
                        let ends = self.connection.handle_shutdown(&request);
                        if ends.map_err(|error| Failure::Broken(error.to_string()))? {
                            return Ok(());
                        }
                        self.guarded(|server| server.request(&request));
                    }
                    Ok(Message::Notification(notification)) if notification.method == "exit" => return Err(Failure::Left),
                    Ok(Message::Notification(notification)) => self.guarded(|server| server.notification(notification)),
                    Ok(Message::Response(_)) => {}
                    Err(_) => return Err(Failure::Left),
                },
                recv(told) -> told => {
                    if let Ok(told) = told {
                        self.guarded(|server| server.told(told));
                    }
                }
                recv(pause) -> _ => self.guarded(Self::diagnose),
            }
        }
    }

    /// A panic in a message is told on standard error and ends that message alone.
    fn guarded(&mut self, run: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| run(self))).is_err() {
            eprintln!("opportune lsp: a message was not handled, by a mistake of ours");
        }
    }

    fn send(&self, message: impl Into<Message>) {
        // Where the client is gone the next receive says so.
        let _ = self.connection.sender.send(message.into());
    }

    fn request(&mut self, request: &Request) {
        let work = match requests::work(&self.workspace, request) {
            Ok(work) => work,
            Err(answer) => return self.send(answer),
        };
        let withdrawn = Arc::new(AtomicBool::new(false));
        self.asked.insert(request.id.clone(), withdrawn.clone());
        let (id, tell) = (request.id.clone(), self.tell.clone());
        let ask = move || if withdrawn.load(Ordering::Relaxed) { Err(canceled()) } else { work() };
        self.workers.run(ask, move |ended| {
            let answer = match ended {
                Ended::Well(Ok(answer)) => Response::new_ok(id, answer),
                Ended::Well(Err(error)) => Response { id, response_result: Err(error) },
                Ended::Cancelled => {
                    Response::new_err(id, ErrorCode::ContentModified as i32, "the text has changed".to_owned())
                }
                Ended::Panicked => {
                    let message = "the answer failed, by a mistake of ours".to_owned();
                    Response::new_err(id, ErrorCode::InternalError as i32, message)
                }
            };
            let _ = tell.send(Told::Answer(answer));
        });
    }

    fn notification(&mut self, notification: Notification) {
        match notification.method.as_str() {
            DidOpenTextDocument::METHOD => self.on::<DidOpenTextDocument>(notification, |server, params| {
                let document = params.text_document;
                let document = Document::new(document.uri, document.text, document.version);
                if let Some(root) = server.workspace.open(document) {
                    server.ask_for_facts(root);
                }
                server.edited();
            }),
            DidChangeTextDocument::METHOD => self.on::<DidChangeTextDocument>(notification, |server, params| {
                let address = params.text_document.uri.as_str().to_owned();
                let columns = server.workspace.columns;
                if let Some(document) = server.workspace.documents.get_mut(&address) {
                    document.change(params.content_changes, params.text_document.version, columns);
                    server.workspace.show(&address);
                    server.edited();
                }
            }),
            DidCloseTextDocument::METHOD => self.on::<DidCloseTextDocument>(notification, |server, params| {
                server.workspace.close(params.text_document.uri.as_str());
                server.edited();
            }),
            DidSaveTextDocument::METHOD => self.on::<DidSaveTextDocument>(notification, |server, params| {
                let root = server.workspace.found(params.text_document.uri.as_str()).and_then(|found| found.project);
                // The data could not be looked at as long as the schema was wrong.
                if let Some((project, root)) = root
                    && project.facts(&server.workspace.db).is_none()
                {
                    server.ask_for_facts(root);
                }
            }),
            DidChangeWatchedFiles::METHOD => self.on::<DidChangeWatchedFiles>(notification, |server, params| {
                for path in params.changes.iter().filter_map(|change| uri::to_path(&change.uri)) {
                    server.workspace.changed_on_disk(&path);
                }
                server.edited();
            }),
            Cancel::METHOD => self.on::<Cancel>(notification, |server, params| {
                let id = match params.id {
                    NumberOrString::Number(id) => RequestId::from(id),
                    NumberOrString::String(id) => RequestId::from(id),
                };
                if let Some(withdrawn) = server.asked.get(&id) {
                    withdrawn.store(true, Ordering::Relaxed);
                }
            }),
            _ => {}
        }
    }

    fn on<M: Method>(&mut self, notification: Notification, run: impl FnOnce(&mut Self, M::Params)) {
        match serde_json::from_value(notification.params) {
            Ok(params) => run(self, params),
            Err(_) => {
                self.unread += 1;
                if self.unread <= MOST_UNREAD {
                    eprintln!("opportune lsp: the parameters of `{}` cannot be read", M::METHOD);
                }
            }
        }
    }

    /// Texts have changed: diagnostics are due after a pause.
    fn edited(&mut self) {
        self.edits += 1;
        self.due = Some(Instant::now() + PAUSE);
    }

    /// Has the diagnostics of all that has changed computed.
    fn diagnose(&mut self) {
        self.due = None;
        for unit in std::mem::take(&mut self.workspace.changed) {
            let task = publish::task(&self.workspace, &unit);
            let (db, columns) = (self.workspace.db.clone(), self.workspace.columns);
            let (tell, edits) = (self.tell.clone(), self.edits);
            self.workers.run(
                move || publish::compute(&db, task, columns),
                move |ended| {
                    let _ = tell.send(Told::Diagnostics(edits, unit, ended));
                },
            );
        }
    }

    fn told(&mut self, told: Told) {
        match told {
            Told::Answer(answer) => {
                self.asked.remove(&answer.id);
                self.send(answer);
            }
            Told::Diagnostics(edits, unit, ended) => self.diagnosed(edits, unit, ended),
            Told::Facts(root, facts) => {
                self.workspace.know(&root, facts);
                self.edited();
            }
        }
    }

    fn diagnosed(&mut self, edits: u64, unit: Unit, ended: Ended<Pushed>) {
        match ended {
            Ended::Well(pushed) if edits == self.edits => {
                let workspace = &self.workspace;
                let taken = |address: &str| workspace.found(address).is_some_and(|found| found.project.is_some());
                let is_loose = matches!(unit, Unit::Loose(_));
                let sent = self.published.update(unit, pushed, |address| is_loose && taken(address));
                for params in sent {
                    self.send(Notification::new(PublishDiagnostics::METHOD.to_owned(), params));
                }
            }
            // Computed for texts that are no longer so.
            Ended::Well(_) | Ended::Cancelled => {
                self.workspace.changed.insert(unit);
                self.due = self.due.or_else(|| Some(Instant::now() + PAUSE));
            }
            Ended::Panicked => eprintln!("opportune lsp: diagnostics failed, by a mistake of ours"),
        }
    }

    /// Has the project's data looked at, beside everything else.
    fn ask_for_facts(&self, root: PathBuf) {
        let db = &self.workspace.db;
        let wanted = self.workspace.projects.get(&root).and_then(|loaded| facts::wanted(db, loaded.project));
        let Some(wanted) = wanted else { return };
        let (host, tell) = (self.host.clone(), self.tell.clone());
        let look = move || {
            let facts = catch_unwind(AssertUnwindSafe(|| host.facts(&root, &wanted))).ok().flatten();
            let _ = tell.send(Told::Facts(root, facts));
        };
        // Without the thread there are no facts, and nothing else is missing.
        let _ = std::thread::Builder::new().name("opportune-facts".to_owned()).spawn(look);
    }

    /// Asks the client to tell when files change on disk.
    fn watch_files(&self) {
        let watcher = |glob: &str| FileSystemWatcher { glob_pattern: GlobPattern::String(glob.to_owned()), kind: None };
        let watchers = vec![watcher("**/*.offer"), watcher("**/opportune.toml")];
        let options =
            serde_json::to_value(DidChangeWatchedFilesRegistrationOptions { watchers }).unwrap_or(Value::Null);
        let registration = Registration {
            id: "opportune-files".to_owned(),
            method: DidChangeWatchedFiles::METHOD.to_owned(),
            register_options: Some(options),
        };
        let params = RegistrationParams { registrations: vec![registration] };
        self.send(Request::new(RequestId::from(1), "client/registerCapability".to_owned(), params));
    }
}

fn canceled() -> ResponseError {
    ResponseError { code: ErrorCode::RequestCanceled as i32, message: "withdrawn".to_owned(), data: None }
}
