//! The protocol, spoken to a server in the same process.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/client.rs"]
mod client;

use std::fs;

use client::{Client, address, project};
use opportune_lsp::server::Failure;
use serde_json::{Value, json};

const MANIFEST: &str = "name = \"shop\"\nedition = \"2026\"\nzone = \"Europe/London\"\ncurrency = \"GBP\"\n";
const SCHEMA: &str = "customer person {\n  key id: text\n  age: int?   // as they told us\n  mail_ok: bool   consent\n}\n\nevents purchase {\n  at bought: instant\n  spend: money(GBP)\n}\n";
const OFFERS: &str = "channel mail {\n  needs customer.mail_ok\n}\n\n/// Spends much.\nsegment big is sum(purchase.spend in last 30 days) > 100 GBP\n\noffer thanks {\n  eligible when big\n  channel mail\n}\n\nportfolio {\n  rank by score\n}\n";

fn shop() -> (tempfile::TempDir, std::path::PathBuf) {
    project(&[("opportune.toml", MANIFEST), ("schema.offer", SCHEMA), ("offers.offer", OFFERS)])
}

fn none(found: &Value) -> bool {
    found.as_array().is_some_and(Vec::is_empty)
}

fn messages(found: &Value) -> Vec<String> {
    found.as_array().unwrap().iter().map(|found| found["message"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn mistakes_come_and_go_as_one_types() {
    let (_folder, root) = shop();
    let mut client = Client::start(json!({}));
    assert_eq!(client.capabilities["positionEncoding"], "utf-16");
    let path = root.join("offers.offer");
    client.open(&path, OFFERS);
    client.wait(&address(&path), none);
    let wrong = json!([{ "range": { "start": { "line": 8, "character": 16 }, "end": { "line": 8, "character": 19 } }, "text": "bigg" }]);
    client.change(&path, 2, wrong);
    let found = client.wait(&address(&path), |found| !none(found));
    assert_eq!(found[0]["code"], "E0201");
    assert_eq!(
        found[0]["range"],
        json!({ "start": { "line": 8, "character": 16 }, "end": { "line": 8, "character": 20 } })
    );
    assert!(found[0]["message"].as_str().unwrap().ends_with("help: did you mean `big`?"), "{found}");
    let range = found[0]["range"].clone();
    let params = json!({ "textDocument": { "uri": address(&path) }, "range": range, "context": { "diagnostics": [] } });
    let fixes = client.ask("textDocument/codeAction", params).unwrap();
    assert_eq!(fixes[0]["edit"]["changes"][address(&path)][0]["newText"], "big");
    let right = json!([{ "range": { "start": { "line": 8, "character": 19 }, "end": { "line": 8, "character": 20 } }, "text": "" }]);
    client.change(&path, 3, right);
    client.wait(&address(&path), none);
    client.end().unwrap();
}

#[test]
fn a_mistake_shows_in_files_that_are_not_open() {
    let (_folder, root) = shop();
    let mut client = Client::start(json!({}));
    let path = root.join("schema.offer");
    client.open(&path, SCHEMA);
    client.wait(&address(&path), none);
    client.change(&path, 2, json!([{ "text": SCHEMA.replace("spend", "spent") }]));
    let offers = address(&root.join("offers.offer"));
    let found = client.wait(&offers, |found| !none(found));
    assert!(messages(&found)[0].starts_with("`purchase` has no field `spend`"), "{found}");
    // Closed without being saved: what is on disk counts again.
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": address(&path) } }));
    client.wait(&offers, none);
    client.end().unwrap();
}

#[test]
fn files_change_on_disk() {
    let (_folder, root) = shop();
    let mut client =
        Client::start(json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } }));
    let path = root.join("offers.offer");
    client.open(&path, OFFERS);
    client.wait(&address(&path), none);
    let changed = |path: &std::path::Path| json!({ "changes": [{ "uri": address(path), "type": 2 }] });
    let schema = root.join("schema.offer");
    fs::write(&schema, SCHEMA.replace("mail_ok", "post_ok")).unwrap();
    client.tell("workspace/didChangeWatchedFiles", changed(&schema));
    let found = client.wait(&address(&path), |found| !none(found));
    assert!(messages(&found)[0].contains("mail_ok"), "{found}");
    // Without a manifest there is no project: names mean nothing then, and only the text is checked.
    let manifest = root.join("opportune.toml");
    fs::remove_file(&manifest).unwrap();
    client.tell("workspace/didChangeWatchedFiles", changed(&manifest));
    client.wait(&address(&path), none);
    fs::write(&manifest, MANIFEST).unwrap();
    client.tell("workspace/didChangeWatchedFiles", changed(&manifest));
    client.wait(&address(&path), |found| !none(found));
    client.end().unwrap();
}

#[test]
fn the_manifest_is_checked_too() {
    let (_folder, root) = shop();
    let mut client = Client::start(json!({}));
    let manifest = root.join("opportune.toml");
    client.open(&manifest, &MANIFEST.replace("London", "Londres"));
    let found = client.wait(&address(&manifest), |found| !none(found));
    assert_eq!(found[0]["range"]["start"]["line"], 2, "{found}");
    client.end().unwrap();
}

#[test]
fn a_text_of_no_project_is_read() {
    let (_folder, root) = project(&[("alone.offer", "")]);
    let mut client = Client::start(json!({}));
    let path = root.join("alone.offer");
    client.open(&path, "offer x {\n  eligable when nothing_known\n}\n");
    let found = client.wait(&address(&path), |found| !none(found));
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    assert!(messages(&found)[0].contains("eligable"), "{found}");
    client.end().unwrap();
}

#[test]
fn names_are_told_found_and_renamed_over_files() {
    let (_folder, root) = shop();
    let mut client = Client::start(json!({ "general": { "positionEncodings": ["utf-8", "utf-16"] } }));
    assert_eq!(client.capabilities["positionEncoding"], "utf-8");
    let (offers, schema) = (root.join("offers.offer"), root.join("schema.offer"));
    client.open(&offers, OFFERS);
    let hover = client.at("textDocument/hover", &offers, 5, 28, json!({})).unwrap();
    assert_eq!(hover["contents"]["value"], "```offer\npurchase.spend: money(GBP)\n```\n\nnever missing");
    let hover = client.at("textDocument/hover", &offers, 8, 17, json!({})).unwrap();
    assert_eq!(hover["contents"]["value"], "```offer\nsegment big: bool\n```\n\nalways known\n\nSpends much.");
    let place = client.at("textDocument/definition", &offers, 5, 28, json!({})).unwrap();
    assert_eq!((&place["uri"], &place["range"]["start"]["line"]), (&json!(address(&schema)), &json!(8)));
    let renamed = client.at("textDocument/rename", &offers, 5, 28, json!({ "newName": "amount" })).unwrap();
    let in_schema = renamed["changes"][address(&schema)].as_array().unwrap();
    assert_eq!(
        in_schema.iter().map(|edit| edit["newText"].as_str().unwrap()).collect::<Vec<_>>(),
        ["amount", " from spend"]
    );
    assert_eq!(renamed["changes"][address(&offers)].as_array().unwrap().len(), 1);
    let refused = client.at("textDocument/rename", &offers, 5, 28, json!({ "newName": "bought" })).unwrap_err();
    assert_eq!(refused, "-32803: `bought` is a field or a linked row of `purchase` already");
    client.end().unwrap();
}

#[test]
fn outlines_folds_and_symbols() {
    let (_folder, root) = shop();
    let mut client = Client::start(json!({}));
    let path = root.join("schema.offer");
    client.open(&path, SCHEMA);
    let document = json!({ "textDocument": { "uri": address(&path) } });
    let outline = client.ask("textDocument/documentSymbol", document.clone()).unwrap();
    let names: Vec<&str> = outline.as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["person", "purchase"]);
    let folds = client.ask("textDocument/foldingRange", document).unwrap();
    assert_eq!(folds.as_array().unwrap().len(), 2, "{folds}");
    let found = client.ask("workspace/symbol", json!({ "query": "thk" })).unwrap();
    assert_eq!(found[0]["name"], "thanks");
    client.end().unwrap();
}

#[test]
fn what_is_no_question_is_answered_with_an_error() {
    let mut client = Client::start(json!({}));
    assert!(client.ask("textDocument/nonsense", json!({})).unwrap_err().starts_with("-32601"));
    assert!(client.ask("textDocument/hover", json!({ "textDocument": 3 })).unwrap_err().starts_with("-32602"));
    client.tell("textDocument/didOpen", json!({ "textDocument": 3 }));
    let nowhere = std::path::Path::new("/nowhere.offer");
    assert_eq!(client.at("textDocument/hover", nowhere, 0, 0, json!({})).unwrap(), Value::Null);
    assert!(matches!(client.leave(), Err(Failure::Left)));
}

#[test]
fn edits_and_questions_at_once() {
    let (_folder, root) = shop();
    let mut client = Client::start(json!({}));
    let path = root.join("offers.offer");
    client.open(&path, OFFERS);
    let mut asked = Vec::new();
    for version in 2..60 {
        let text = if version % 2 == 0 { OFFERS.replace("big", "hug") } else { OFFERS.to_owned() };
        client.change(&path, version, json!([{ "text": text }]));
        let params = json!({ "textDocument": { "uri": address(&path) }, "position": { "line": 8, "character": 17 } });
        asked.push(client.send("textDocument/hover", params));
    }
    for id in asked {
        if let Err(reason) = client.answer(&id) {
            assert_eq!(reason, "-32801: the text has changed");
        }
    }
    client.wait(&address(&path), none);
    client.end().unwrap();
}

#[test]
fn a_text_that_is_too_large_is_not_looked_at() {
    let (_folder, root) = shop();
    let mut client = Client::start(json!({}));
    let path = root.join("offers.offer");
    client.open(&path, OFFERS);
    client.wait(&address(&path), none);
    let start = json!({ "line": 0, "character": 0 });
    let large = json!([{ "range": { "start": start, "end": start }, "text": "// tea\n".repeat(3 << 20) }]);
    client.change(&path, 2, large);
    let found = client.wait(&address(&path), |found| !none(found));
    assert!(messages(&found)[0].starts_with("this text is larger than 16 MiB"), "{found}");
    // What is left of it is not known, as the rest is not kept; with all of it, it is.
    client.change(&path, 3, json!([{ "range": { "start": start, "end": { "line": 9, "character": 0 } }, "text": "" }]));
    client.change(&path, 4, json!([{ "text": OFFERS }]));
    client.wait(&address(&path), none);
    // Each of so many changes goes through all of the text.
    let one = json!({ "range": { "start": start, "end": start }, "text": "\n" });
    client.change(&path, 5, json!(vec![json!({ "text": "// tea\n".repeat(2 << 20) }); 1]));
    client.change(&path, 6, json!(vec![one; 400]));
    let found = client.wait(&address(&path), |found| !none(found));
    assert!(messages(&found)[0].contains("much of it changed at once"), "{found}");
    client.end().unwrap();
}

#[test]
fn pages_of_lints_are_told() {
    let (_folder, root) = shop();
    let mut client = Client::start(json!({}));
    let path = root.join("offers.offer");
    client.open(&path, &format!("allow E1005 \"tea\"\n{OFFERS}"));
    let found = client.at("textDocument/hover", &path, 0, 8, json!({})).unwrap();
    let text = found["contents"]["value"].as_str().unwrap();
    assert!(text.contains("```offer\nallow E1005\n```\n\nan offer to those who have it already\n\n"), "{text}");
    assert!(text.ends_with("The first lines of the page."), "{text}");
    let found = client.at("textDocument/completion", &path, 0, 8, json!({})).unwrap();
    let item = found["items"].as_array().unwrap().iter().find(|item| item["label"] == "E1005").unwrap();
    assert_eq!(item["detail"], "an offer to those who have it already");
    assert_eq!(item["labelDetails"]["description"], item["detail"]);
    assert_eq!(item["documentation"]["value"], "The first lines of the page.");
    client.end().unwrap();
}

/// The tokens of the protocol, as text, type and modifiers.
fn decoded(text: &str, data: &Value, legend: &Value) -> Vec<String> {
    let lines: Vec<Vec<u16>> = text.split('\n').map(|line| line.encode_utf16().collect()).collect();
    let numbers: Vec<usize> =
        data.as_array().unwrap().iter().map(|number| usize::try_from(number.as_u64().unwrap()).unwrap()).collect();
    let (mut line, mut column) = (0, 0);
    let mut found = Vec::new();
    for token in numbers.chunks_exact(5) {
        column = if token[0] > 0 { token[1] } else { column + token[1] };
        line += token[0];
        let text = String::from_utf16(&lines[line][column..column + token[2]]).unwrap();
        let kind = legend["tokenTypes"][token[3]].as_str().unwrap();
        let modifiers: Vec<&str> = (0..10)
            .filter(|bit| token[4] >> bit & 1 == 1)
            .map(|bit| legend["tokenModifiers"][bit].as_str().unwrap())
            .collect();
        found.push(format!("{text} {kind} {}", modifiers.join(" ")).trim_end().to_owned());
    }
    found
}

#[test]
fn tokens_are_told_and_what_changes_of_them() {
    let (_folder, root) = shop();
    let mut client = Client::start(json!({}));
    let legend = client.capabilities["semanticTokensProvider"]["legend"].clone();
    let path = root.join("offers.offer");
    let because = "channel mail\n  because \"\u{1F600}ü {customer.age} \u{1F600}\" // é\n}";
    let text = OFFERS.replace("channel mail\n}", because);
    client.open(&path, &text);
    let document = json!({ "uri": address(&path) });
    let all = json!({ "textDocument": document });
    let first = client.ask("textDocument/semanticTokens/full", all.clone()).unwrap();
    let found = decoded(&text, &first["data"], &legend);
    for token in [
        "channel keyword",
        "mail interface declaration",
        "mail_ok property",
        "/// Spends much. comment documentation",
        "segment keyword",
        "big variable declaration readonly segment",
        "sum function defaultLibrary",
        "purchase event",
        "30 number",
        "days number unit",
        "GBP number unit",
        "thanks class declaration",
        "big variable readonly segment",
        "\"\u{1F600}ü  string",
        "age property",
        " \u{1F600}\" string",
        "// é comment",
        "score keyword",
    ] {
        assert!(found.iter().any(|found| found == token), "no `{token}`: {found:#?}");
    }
    // The change of one line is told as one run of numbers.
    let range = json!({ "start": { "line": 8, "character": 16 }, "end": { "line": 8, "character": 19 } });
    client.change(&path, 2, json!([{ "range": range, "text": "not big" }]));
    let before = json!({ "textDocument": document, "previousResultId": first["resultId"] });
    let delta = client.ask("textDocument/semanticTokens/full/delta", before.clone()).unwrap();
    let edits = delta["edits"].as_array().unwrap();
    assert_eq!(edits.len(), 1, "{delta}");
    let mut numbers = first["data"].as_array().unwrap().clone();
    let at = |key: &str| usize::try_from(edits[0][key].as_u64().unwrap()).unwrap();
    numbers.splice(at("start")..at("start") + at("deleteCount"), edits[0]["data"].as_array().unwrap().clone());
    assert_eq!(Value::from(numbers), client.ask("textDocument/semanticTokens/full", all).unwrap()["data"]);
    assert!(edits[0]["data"].as_array().unwrap().len() <= 10, "{delta}");
    // Of what is no longer known all is told.
    assert!(client.ask("textDocument/semanticTokens/full/delta", before).unwrap()["data"].is_array());
    let range = json!({ "start": { "line": 5, "character": 0 }, "end": { "line": 5, "character": 3 } });
    let part = json!({ "textDocument": document, "range": range });
    let part = client.ask("textDocument/semanticTokens/range", part).unwrap();
    assert_eq!(part["data"].as_array().unwrap().len(), 5, "{part}");
    client.end().unwrap();
}
