//! Messages that no editor should send, and very many that one may: the server answers, goes on, and knows the text.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/client.rs"]
mod client;

use std::time::Instant;

use client::{Client, address, project};
use opportune_lsp::server::Failure;
use serde_json::{Value, json};

const MANIFEST: &str = "name = \"shop\"\nedition = \"2026\"\nzone = \"Europe/London\"\ncurrency = \"GBP\"\n";
const SCHEMA: &str = "customer person {\n  key id: text\n  age: int?\n  mail_ok: bool   consent\n}\n";
const OFFERS: &str = "channel mail {\n  needs customer.mail_ok\n}\n\nsegment grown is customer.age > 20\n\noffer thanks {\n  eligible when grown\n  channel mail\n}\n";

/// All that is asked about a document.
const QUESTIONS: &[&str] = &[
    "textDocument/hover",
    "textDocument/completion",
    "textDocument/definition",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/prepareRename",
    "textDocument/rename",
    "textDocument/documentSymbol",
    "textDocument/foldingRange",
    "textDocument/codeAction",
    "textDocument/formatting",
    "textDocument/semanticTokens/full",
    "textDocument/semanticTokens/full/delta",
    "textDocument/semanticTokens/range",
    "workspace/symbol",
    "textDocument/nothingSuch",
    "initialize",
    "",
];

/// All that is told about one.
const TOLD: &[&str] = &[
    "textDocument/didOpen",
    "textDocument/didChange",
    "textDocument/didClose",
    "textDocument/didSave",
    "workspace/didChangeWatchedFiles",
    "$/cancelRequest",
    "initialized",
    "$/setTrace",
    "nothing/such",
];

fn none(found: &Value) -> bool {
    found.as_array().is_some_and(Vec::is_empty)
}

fn files() -> [(&'static str, &'static str); 3] {
    [("opportune.toml", MANIFEST), ("schema.offer", SCHEMA), ("offers.offer", OFFERS)]
}

fn addresses(known: &str) -> Vec<Value> {
    let far = "file:///".to_owned() + &"a/".repeat(5_000) + "x.offer";
    let all = [known, "untitled:Untitled-1", "http://example.com/a.offer", "file:///", "file:///no/such/x.offer", &far];
    let more = ["file:///%zz.offer", "file:///%00.offer", "file:///a/../../../x.offer", "file://host/x.offer", "", "x"];
    all.iter().chain(&more).map(|uri| json!(uri)).chain([json!(5), json!(null)]).collect()
}

/// Parameters of a question or a word about an address, right and wrong.
fn params(uri: &Value) -> Vec<Value> {
    let end = u64::from(u32::MAX);
    let at = |line: u64, character: u64| json!({ "line": line, "character": character });
    let document = json!({ "uri": uri, "version": -5, "languageId": "x", "text": "offer x {\n" });
    let mut all =
        vec![json!(null), json!([]), json!({}), json!("x"), json!({ "textDocument": 5 }), json!({ "id": {} })];
    for (start, end) in [
        (at(0, 0), at(end, end)),
        (at(end, 0), at(0, end)),
        (at(7, 9), at(4, 2)),
        (at(1 << 40, 0), at(0, 0)),
        (json!({ "line": -1, "character": 0.5 }), at(0, 0)),
    ] {
        let range = json!({ "start": start, "end": end });
        all.push(json!({
            "textDocument": document, "position": start, "range": range, "newName": "offer {",
            "context": { "diagnostics": [], "includeDeclaration": true }, "previousResultId": "x", "query": "\u{0}",
            "options": { "tabSize": 0, "insertSpaces": false }, "id": 99_999,
            "changes": [{ "uri": uri, "type": 3 }], "contentChanges": [{ "range": range, "text": "" }],
        }));
    }
    all
}

#[test]
fn what_no_editor_should_send() {
    let (_folder, root) = project(&files());
    let path = root.join("offers.offer");
    let mut client = Client::start(json!({}));
    client.open(&path, OFFERS);
    client.wait(&address(&path), none);
    for uri in addresses(&address(&path)) {
        for params in params(&uri) {
            for question in QUESTIONS {
                // An answer or an error, but one comes.
                let _ = client.ask(question, params.clone());
            }
            for word in TOLD {
                client.tell(word, params.clone());
            }
        }
    }
    // It goes on: what is opened again is known as it is.
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": address(&path) } }));
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": address(&path) } }));
    client.open(&path, &OFFERS.replace("grown\n", "grwn\n"));
    let found = client.wait(&address(&path), |found| !none(found));
    assert_eq!(found[0]["code"], "E0201", "{found}");
    client.open(&path, OFFERS);
    client.wait(&address(&path), none);
    let hover = client.at("textDocument/hover", &path, 7, 17, json!({})).unwrap();
    assert!(hover["contents"]["value"].as_str().unwrap().contains("segment grown: bool"), "{hover}");
    client.end().unwrap();
}

/// Versions that go back are taken in the order in which they come: the order of messages counts.
#[test]
fn very_many_edits() {
    let (_folder, root) = project(&files());
    let path = root.join("offers.offer");
    let mut client = Client::start(json!({}));
    client.open(&path, OFFERS);
    client.wait(&address(&path), none);
    let start = Instant::now();
    let mut asked = Vec::new();
    for edit in 0..1_000 {
        let column = 22 + edit % 7;
        let at = json!({ "line": 7, "character": column });
        client.change(&path, 1_000 - edit, json!([{ "range": { "start": at, "end": at }, "text": "é" }]));
        let position = json!({ "textDocument": { "uri": address(&path) }, "position": at });
        let id = client.send("textDocument/completion", position);
        if edit % 3 == 0 {
            client.tell("$/cancelRequest", json!({ "id": edit }));
        }
        asked.push(id);
    }
    for id in asked {
        // The text has changed, or it is answered.
        if let Err(reason) = client.answer(&id) {
            assert!(reason.starts_with("-32801") || reason.starts_with("-32800"), "{reason}");
        }
    }
    let range = json!({ "start": { "line": 7, "character": 21 }, "end": { "line": 7, "character": 1_021 } });
    client.change(&path, 1, json!([{ "range": range, "text": "" }]));
    client.wait(&address(&path), none);
    let tokens = client.ask("textDocument/semanticTokens/full", json!({ "textDocument": { "uri": address(&path) } }));
    assert!(tokens.unwrap()["data"].as_array().unwrap().len() > 50);
    println!("1,000 edits and questions in {:?}", start.elapsed());
    client.end().unwrap();
}

/// Several projects at once: each has its own names.
#[test]
fn several_projects() {
    let mut all: Vec<(String, String)> = Vec::new();
    for folder in ["one", "two", "three"] {
        let own = |text: &str| if folder == "two" { text.replace("age", "years") } else { text.to_owned() };
        all.extend(files().map(|(path, text)| (format!("{folder}/{path}"), own(text))));
    }
    let files: Vec<(&str, &str)> = all.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let (_folder, root) = project(&files);
    let mut client = Client::start(json!({}));
    let path = |folder: &str| root.join(folder).join("offers.offer");
    for folder in ["one", "two", "three"] {
        let text = std::fs::read_to_string(path(folder)).unwrap();
        client.open(&path(folder), &text);
        client.wait(&address(&path(folder)), none);
    }
    let column = json!({ "start": { "line": 4, "character": 26 }, "end": { "line": 4, "character": 29 } });
    client.change(&path("one"), 2, json!([{ "range": column, "text": "years" }]));
    client.wait(&address(&path("one")), |found| !none(found));
    let renamed = client.at("textDocument/rename", &path("three"), 4, 10, json!({ "newName": "adult" })).unwrap();
    let changes = renamed["changes"].as_object().unwrap();
    assert_eq!(changes.keys().collect::<Vec<_>>(), [&address(&path("three"))]);
    let hover = client.at("textDocument/hover", &path("two"), 4, 28, json!({})).unwrap();
    assert!(hover["contents"]["value"].as_str().unwrap().contains("years"), "{hover}");
    assert!(matches!(client.leave(), Err(Failure::Left)), "the editor is gone");
}

/// What the process holds, in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// What is held after many edits: `cargo test -p opportune-lsp --test hostile held -- --ignored --nocapture`.
#[test]
#[ignore = "it measures"]
fn what_is_held_after_many_edits() {
    let (_folder, root) = project(&files());
    let path = root.join("offers.offer");
    let mut client = Client::start(json!({}));
    let large: String = (0..200)
        .map(|n| format!("offer thanks_{n} {{\n  eligible when grown\n  priority {n}\n  channel mail\n}}\n\n"))
        .collect();
    let text = format!("{OFFERS}\n{large}");
    client.open(&path, &text);
    // Lints are told of them.
    client.wait(&address(&path), |_| true);
    let loose = root.parent().unwrap().join("loose.offer");
    for edit in 0..=5_000_u32 {
        let name = json!({ "start": { "line": 6, "character": 6 }, "end": { "line": 6, "character": 12 } });
        client.change(&path, 2, json!([{ "range": name, "text": format!("t{edit:05}") }]));
        client.at("textDocument/hover", &path, 7, 17, json!({})).unwrap();
        if edit % 100 == 0 {
            client.open(&loose, &large);
            client.tell("textDocument/didClose", json!({ "textDocument": { "uri": address(&loose) } }));
            let asked =
                client.ask("textDocument/semanticTokens/full", json!({ "textDocument": { "uri": address(&path) } }));
            asked.unwrap();
        }
        if edit % 1_000 == 0 {
            println!("after {edit} edits: {} MiB", resident() >> 10);
        }
    }
    client.end().unwrap();
}
