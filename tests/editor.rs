//! Editors: Neovim's own client drives the language server, and VS Code's engine colours policies.
//!
//! `tests/editor.sh` says where Neovim and Node are; without them these tests say that they were skipped, but in CI.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use opportune_compiler::vocabulary;
use serde_json::{Value, json};

/// How long a whole session may take.
const PATIENCE: Duration = Duration::from_secs(240);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program that an environment variable names; `None`: the test is skipped, and says so.
fn program(variable: &str, fallback: &str, what: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let found = named.or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).map(|folder| folder.join(fallback)).find(|program| program.is_file())
    });
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "in CI nothing may be skipped: {what}");
        eprintln!("SKIPPED: {what}");
    }
    found
}

/// Runs to the end, or kills it and fails.
fn finished(mut command: Command) -> std::process::Output {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let until = Instant::now() + PATIENCE;
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > until {
            child.kill().unwrap();
            panic!("it does not end");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    child.wait_with_output().unwrap()
}

/// Copies the texts of a project, without its data.
fn copy_texts(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() && name != "data" {
            copy_texts(&path, &to.join(&name));
        } else if path.extension().is_some_and(|ending| ending == "offer" || ending == "toml") {
            fs::copy(&path, to.join(&name)).unwrap();
        }
    }
}

/// The blocks of Lua that the page about editors tells to write into `init.lua`: from Neovim 0.11 on, and before that.
fn snippets() -> Vec<String> {
    let page = fs::read_to_string(root().join("docs/editors.md")).unwrap();
    page.split("```lua\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn neovim_edits_a_policy() {
    let what = "the language server is not tried with Neovim, which is not installed";
    let Some(nvim) = program("OPPORTUNE_TEST_NVIM", "nvim", what) else { return };
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().canonicalize().unwrap().join("grocer");
    copy_texts(&root().join("policies/grocer"), &project);
    let told = folder.path().join("told.json");
    let mut command = Command::new(nvim);
    command.args(["--headless", "--clean", "-n"]);
    command.arg("-c").arg(format!("luafile {}", root().join("tests/editor/session.lua").display()));
    command.env("PROJECT", &project).env("RESULT", &told);
    let snippets = snippets();
    assert_eq!(snippets.len(), 2, "one for each of both kinds of Neovim");
    for (name, snippet) in ["SNIPPET_NEW", "SNIPPET_OLD"].into_iter().zip(snippets) {
        let path = folder.path().join(format!("{name}.lua"));
        fs::write(&path, snippet).unwrap();
        command.env(name, path);
    }
    let program = Path::new(env!("CARGO_BIN_EXE_opportune")).parent().unwrap().to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env("PATH", std::env::join_paths(std::iter::once(program).chain(std::env::split_paths(&path))).unwrap());
    for place in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "HOME"] {
        command.env(place, folder.path());
    }
    let output = finished(command);
    let text = fs::read_to_string(&told).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let told: Value = serde_json::from_str(&text).unwrap();
    let steps: Vec<&Value> = told["steps"].as_array().unwrap().iter().collect();
    assert!(steps.iter().all(|step| step["fine"] == json!(true)), "{steps:#?}");
    assert_eq!(steps.len(), 10, "{steps:#?}");
    assert_eq!(told["action"], "replace `actve` with `active`");
    for kind in ["keyword", "class", "variable", "interface", "property", "string", "number", "comment"] {
        assert!(told["tokens"][kind].as_i64() >= Some(1), "{kind}: {}", told["tokens"]);
    }
    assert_eq!(told["servers"], 1);
    assert_eq!(told["mistake"], json!(["nothing here is called `actve`\nhelp: did you mean `active`?"]));
    assert!(told["hover"].as_str().unwrap().contains("segment active: bool"), "{}", told["hover"]);
    let completed: Vec<&str> =
        told["completed"].as_array().unwrap().iter().map(|label| label.as_str().unwrap()).collect();
    assert!(["age", "income", "persons"].iter().all(|field| completed.contains(field)), "{completed:?}");
    assert_eq!(told["defined"], "segments.offer");
    for file in ["segments.offer", "shelves.offer", "fresh.offer", "service.offer"] {
        assert!(told["renamed"][file]["new"].as_i64() >= Some(1), "{file}: {}", told["renamed"]);
    }
    assert_eq!(told["formatted"], json!(["  eligible when still_comes"]));
    // What was renamed and saved is still a good policy.
    let validated = Command::new(env!("CARGO_BIN_EXE_opportune")).arg("validate").arg(&project).output().unwrap();
    assert!(validated.status.success(), "{}", String::from_utf8_lossy(&validated.stderr));
}

/// What the server says and how it ends.
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

/// How the server ends on such messages, with `more` behind them, and whether all that it writes is the protocol.
fn ended(messages: &[Value], more: &str) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_opportune"));
    let mut server = command
        .args(["lsp", "--stdio"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut text: String = messages
        .iter()
        .map(|message| {
            let mut message = message.clone();
            message["jsonrpc"] = json!("2.0");
            format!("Content-Length: {}\r\n\r\n{message}", message.to_string().len())
        })
        .collect();
    text.push_str(more);
    // Where the server ends first, the rest cannot be written.
    let _ = server.stdin.take().unwrap().write_all(text.as_bytes());
    let output = server.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(out.is_empty() || out.starts_with("Content-Length: "), "{out}");
    Ended { code: output.status.code(), out, err }
}

#[test]
fn the_server_ends_as_the_protocol_says() {
    let start = json!({ "id": 1, "method": "initialize", "params": { "capabilities": {} } });
    let started = json!({ "method": "initialized", "params": {} });
    let (shutdown, exit) = (json!({ "id": 2, "method": "shutdown" }), json!({ "method": "exit" }));
    let all = [start.clone(), started.clone(), shutdown, exit.clone()];
    assert_eq!(ended(&all, "").code, Some(0));
    assert_eq!(ended(&[start.clone(), started.clone(), exit], "").code, Some(1), "without `shutdown`");
    assert_eq!(ended(&[start.clone(), started.clone()], "").code, Some(1), "the editor is gone");
    assert_eq!(ended(&[], "").code, Some(1));
    let endless = "x".repeat(1 << 20);
    for (wrong, reason) in [
        ("Content-Length: 5\r\n\r\n{{{{{", "a message is no JSON of the protocol"),
        ("Content-Length: 99999999999\r\n\r\n{}", "a message of 99999999999 bytes is too large: 48 MiB are taken"),
        (&endless, "the header of a message is too long: 32 lines of 1024 bytes are taken"),
        ("Content-Length: 9\r\n\r\n{}", "the input ends within a message"),
    ] {
        let found = ended(&[start.clone(), started.clone()], wrong);
        assert_eq!(found.code, Some(2), "{reason}: {}", found.err);
        assert_eq!(found.err, format!("opportune lsp: {reason}\n"));
        let shown = format!("the language server ends: {reason}");
        assert!(found.out.contains("window/showMessage") && found.out.contains(&shown), "{}", found.out);
    }
}

#[test]
fn vs_code_colours_policies() {
    let what = "the colours of VS Code are not tried: `tests/editor.sh` fetches what they need";
    let Some(modules) = std::env::var_os("OPPORTUNE_TEST_MODULES") else {
        program("OPPORTUNE_TEST_MODULES", "no such program", what);
        return;
    };
    let Some(node) = program("OPPORTUNE_TEST_NODE", "node", what) else { return };
    let mut command = Command::new(node);
    command.arg(root().join("editors/vscode/test/colours.js")).env("OPPORTUNE_TEST_MODULES", modules);
    command.args(policies(&root().join("policies")));
    let output = finished(command);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn policies(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(policies(&path));
        } else if path.extension().is_some_and(|ending| ending == "offer") {
            found.push(path);
        }
    }
    found
}

/// The words of the colours are those of the compiler.
#[test]
fn the_grammar_of_colours_has_every_word() {
    let read = |path: &str| -> Value { serde_json::from_str(&fs::read_to_string(root().join(path)).unwrap()).unwrap() };
    let grammar = read("editors/vscode/syntaxes/opportune.tmLanguage.json");
    read("editors/vscode/language-configuration.json");
    read("editors/vscode/package.json");
    let words_of = |part: &Value| -> BTreeSet<String> {
        let text = part.to_string();
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map(str::to_owned).collect()
    };
    let all = |part: &str, words: Vec<&str>| {
        let known = words_of(&grammar["repository"][part]);
        // `\b` before a word leaves a `b` on it where nothing is between.
        let has = |word: &&str| known.contains(*word) || known.contains(&format!("b{word}"));
        let missing: Vec<&str> = words.into_iter().filter(|word| !has(word)).collect();
        assert!(missing.is_empty(), "`{part}` does not colour {missing:?}");
    };
    all("item", vocabulary::ITEM_WORDS.to_vec());
    let lists = [
        vocabulary::OFFER_WORDS,
        vocabulary::PORTFOLIO_WORDS,
        vocabulary::CHANNEL_WORDS,
        vocabulary::GUARANTEE_WORDS,
        vocabulary::TEST_WORDS,
    ];
    all("clause", lists.concat());
    all("words", [vocabulary::RESERVED, vocabulary::BUILT_IN, vocabulary::classes()].concat());
    all("field", vocabulary::types().collect());
    all("value", vocabulary::DISTANCE_UNITS.to_vec());
}
