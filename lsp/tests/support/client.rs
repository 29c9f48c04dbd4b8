//! A client of the server in the same process: sends, waits with a bound on time, keeps what is pushed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use lsp_server::{Connection, Message, Notification, Request, RequestId, Response};
use opportune_compiler::ProjectFiles;
use opportune_lsp::server::{Failure, Host, serve};
use serde_json::{Value, json};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Client {
    connection: Option<Connection>,
    server: Option<JoinHandle<Result<(), Failure>>>,
    next: i32,
    /// Answers that came before they were waited for.
    answers: BTreeMap<RequestId, Result<Value, String>>,
    /// The last diagnostics that were pushed, by address.
    pub diagnostics: BTreeMap<String, Value>,
    /// What the server can do.
    pub capabilities: Value,
}

/// Reads projects from a folder of the test, as the command line does from disk.
pub struct Folder;

impl Host for Folder {
    fn read(&self, root: &Path) -> Result<ProjectFiles, String> {
        let manifest = std::fs::read_to_string(root.join("opportune.toml")).map_err(|error| error.to_string())?;
        let mut policies = Vec::new();
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "offer") {
                    let relative = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                    policies.push((relative, std::fs::read_to_string(path).map_err(|error| error.to_string())?));
                }
            }
        }
        policies.sort();
        Ok(ProjectFiles { manifest: ("opportune.toml".to_owned(), manifest), policies })
    }

    fn page(&self, code: &str) -> Option<&'static str> {
        (code == "E1005").then_some("# E1005: a title\n\nThe first lines\nof the page.\n\nMore.\n")
    }
}

pub fn address(path: &Path) -> String {
    format!("file://{}", path.display())
}

impl Client {
    /// Starts a server and greets it.
    pub fn start(capabilities: Value) -> Self {
        let (own, other) = Connection::memory();
        let server = std::thread::spawn(move || serve(&other, Arc::new(Folder)));
        let mut client = Self {
            connection: Some(own),
            server: Some(server),
            next: 0,
            answers: BTreeMap::new(),
            diagnostics: BTreeMap::new(),
            capabilities: Value::Null,
        };
        let greeting =
            client.ask("initialize", json!({ "processId": null, "rootUri": null, "capabilities": capabilities }));
        client.capabilities = greeting.unwrap()["capabilities"].clone();
        client.tell("initialized", json!({}));
        client
    }

    pub fn tell(&self, method: &str, params: Value) {
        let message = Notification { method: method.to_owned(), params };
        self.connection.as_ref().unwrap().sender.send(Message::Notification(message)).unwrap();
    }

    /// Sends a request, and does not wait.
    pub fn send(&mut self, method: &str, params: Value) -> RequestId {
        self.next += 1;
        let id = RequestId::from(self.next);
        let request = Request { id: id.clone(), method: method.to_owned(), params };
        self.connection.as_ref().unwrap().sender.send(Message::Request(request)).unwrap();
        id
    }

    /// The answer to a request; the message of an error.
    pub fn answer(&mut self, id: &RequestId) -> Result<Value, String> {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) = self.answers.remove(id) {
                return answer;
            }
            let message = self.receive(until);
            self.keep(message);
        }
    }

    pub fn ask(&mut self, method: &str, params: Value) -> Result<Value, String> {
        let id = self.send(method, params);
        self.answer(&id)
    }

    /// Waits until the diagnostics of an address are as they should be.
    pub fn wait(&mut self, address: &str, right: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = self.diagnostics.get(address).filter(|found| right(found)) {
                return found.clone();
            }
            let message = self.receive(until);
            self.keep(message);
        }
    }

    fn receive(&self, until: Instant) -> Message {
        let left = until.saturating_duration_since(Instant::now());
        self.connection.as_ref().unwrap().receiver.recv_timeout(left).expect("the server says nothing")
    }

    fn keep(&mut self, message: Message) {
        match message {
            Message::Notification(message) if message.method == "textDocument/publishDiagnostics" => {
                let address = message.params["uri"].as_str().unwrap().to_owned();
                self.diagnostics.insert(address, message.params["diagnostics"].clone());
            }
            Message::Response(Response { id, response_result }) => {
                let answer = response_result.map_err(|error| format!("{}: {}", error.code, error.message));
                self.answers.insert(id, answer);
            }
            _ => {}
        }
    }

    pub fn open(&self, path: &Path, text: &str) {
        let document = json!({ "uri": address(path), "languageId": "opportune", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    pub fn change(&self, path: &Path, version: i32, changes: Value) {
        let document = json!({ "uri": address(path), "version": version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// A request about a place.
    pub fn at(&mut self, method: &str, path: &Path, line: u32, character: u32, more: Value) -> Result<Value, String> {
        let mut params =
            json!({ "textDocument": { "uri": address(path) }, "position": { "line": line, "character": character } });
        for (key, value) in more.as_object().into_iter().flatten() {
            params[key] = value.clone();
        }
        self.ask(method, params)
    }

    /// Ends the server as the protocol says.
    pub fn end(mut self) -> Result<(), Failure> {
        self.ask("shutdown", Value::Null).unwrap();
        self.tell("exit", Value::Null);
        self.server.take().unwrap().join().expect("the server panicked")
    }

    /// Goes away without a word.
    pub fn leave(mut self) -> Result<(), Failure> {
        self.connection = None;
        self.server.take().unwrap().join().expect("the server panicked")
    }
}

/// A project in a folder of its own.
pub fn project(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    for (path, text) in files {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    (folder, root)
}
