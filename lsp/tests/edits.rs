//! After any row of edits the editor is told what a fresh database says, and nothing panics.
//!
//! `OPPORTUNE_CASES` says how many rows of edits are tried, `OPPORTUNE_SEED` where they begin: the same numbers, the same rows.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test may fail"
)]

use std::path::Path;

use opportune_compiler::ProjectFiles;
use opportune_compiler::db::{Database, Db};
use opportune_compiler::queries::{Project, SourceFile};
use opportune_compiler::syntax::Span;
use opportune_lsp::ide::mentions::mentions;
use opportune_lsp::ide::positions::{Columns, Lines, Position};
use opportune_lsp::ide::{completion, definition, diagnostics, folding, formatting, hover, rename, symbols, tokens};
use salsa::Setter as _;

/// What is put in: pieces of policies, and what breaks them.
const PIECES: &[&str] = &[
    "\u{1F600}",
    "e\u{301}",
    "\u{FEFF}",
    "\r\n",
    "\r",
    "\n",
    "\"",
    "{",
    "}",
    "(",
    ")",
    "[",
    "//",
    "///",
    ";",
    ".",
    ",",
    "$",
    "offer x {\n  eligible when customer.\n}\n",
    "segment s is ",
    "trait t = sum(purchase.",
    "\ncustomer two {\n  key id: text\n}\n",
    "  because \"{ {first(purchase where \"\n",
    " and not ",
    " else ",
    "in last 3 days",
    "journey j = purchase, then ",
    "customer.",
    "test \"x\" {\n  given { purchase: [{ at: now, ",
    "persona p {\n",
    "allow E1005 \"x\"\n",
    "\u{0}",
    "5 USD",
    "where ",
    "offer.",
];

/// A number that looks random.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % end.max(1)
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

fn read(folder: &Path, inside: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(inside).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            read(folder, &path, found);
        } else if path.extension().is_some_and(|ending| ending == "offer") {
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            found.push((name, std::fs::read_to_string(path).unwrap()));
        }
    }
}

fn project(folder: &str) -> ProjectFiles {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let mut policies = Vec::new();
    read(&folder, &folder, &mut policies);
    policies.sort();
    let manifest = std::fs::read_to_string(folder.join("opportune.toml")).unwrap();
    ProjectFiles { manifest: ("opportune.toml".to_owned(), manifest), policies }
}

/// A text after one edit: a run between two positions of a client is replaced.
fn edited(text: &str, dice: &mut Dice) -> String {
    let lines = Lines::of(text);
    let count = text.lines().count() + 1;
    let line = dice.below(count);
    let mut position = |line: usize| {
        // Columns beyond the line and inside of pairs of surrogates too.
        let column = dice.below(90);
        let at = Position { line: u32::try_from(line).unwrap(), column: u32::try_from(column).unwrap() };
        lines.offset(text, at, Columns::Utf16) as usize
    };
    let (a, b) = (position(line), position(line));
    let (start, end) = match dice.below(4) {
        0 => (a.min(b), a.max(b)),
        1 => (
            a,
            lines.offset(
                text,
                Position { line: u32::try_from(line + dice.below(4)).unwrap(), column: 0 },
                Columns::Utf16,
            ) as usize,
        ),
        _ => (a, a),
    };
    let (start, end) = (start.min(end), end.max(start));
    let piece = match dice.below(6) {
        0 => String::new(),
        1 => text.lines().nth(dice.below(count)).unwrap_or("").to_owned() + "\n",
        _ => (*dice.pick(PIECES)).to_owned(),
    };
    format!("{}{piece}{}", &text[..start], &text[end..])
}

/// All that an editor may ask about a project and a place, in words.
fn told(db: &Database, project: Project, file: SourceFile, offset: u32) -> String {
    let db: &dyn Db = db;
    let mut all = format!("{:?}", diagnostics::of_project(db, project));
    all.push_str(&format!("{:?}{:?}", symbols::outline(db, file), folding::folds(db, file)));
    for item in opportune_compiler::queries::items(db, file) {
        all.push_str(&format!("{:?}", mentions(db, project, *item)));
    }
    all.push_str(&format!("{:?}", completion::complete(db, Some(project), file, offset)));
    all.push_str(&format!("{:?}", hover::hover(db, Some(project), file, offset).map(|found| (found.code, found.text))));
    let found = tokens::tokens(db, Some(project), file, Span { start: 0, end: u32::MAX });
    let text = file.text(db);
    assert!(found.is_sorted_by(|a, b| a.span.end <= b.span.start), "tokens in order: {found:?}");
    let is_whole = |token: &tokens::Token| {
        let piece = &text[token.span.start as usize..token.span.end as usize];
        !piece.is_empty() && !piece.contains(['\n', '\r'])
    };
    assert!(found.iter().all(is_whole), "tokens within lines: {found:?}");
    all.push_str(&format!("{found:?}"));
    let places = definition::references(db, project, file, offset, true);
    all.push_str(&format!(
        "{:?}",
        places.iter().map(|place| (place.file.path(db).clone(), place.span)).collect::<Vec<_>>()
    ));
    let renamed = rename::rename(db, project, file, offset, "another_name");
    all.push_str(&format!(
        "{:?}",
        renamed.map(|edits| edits.into_iter().map(|edit| (edit.span, edit.text)).collect::<Vec<_>>())
    ));
    all
}

#[test]
fn edits_are_told_as_from_scratch() {
    let folders = ["fuzz/project", "policies/coffee", "policies/grocer", "policies/bank", "policies/fashion"];
    let seed = setting("OPPORTUNE_SEED", 1);
    for case in 0..setting("OPPORTUNE_CASES", 5) {
        let mut dice = Dice((seed + case).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut files = project(folders[usize::try_from(case).unwrap() % folders.len()]);
        let mut db = Database::default();
        let incremental = files.load(&db);
        for edit in 0..5 {
            let which = dice.below(files.policies.len());
            let after = edited(&files.policies[which].1, &mut dice);
            files.policies[which].1 = after.clone();
            let file = incremental.files(&db)[which];
            file.set_text(&mut db).to(after.as_str().into());
            let mut offset = dice.below(after.len() + 1);
            while !after.is_char_boundary(offset) {
                offset -= 1;
            }
            let offset = u32::try_from(offset).unwrap();
            let fresh = Database::default();
            let scratch = files.load(&fresh);
            let (found, expected) =
                (told(&db, incremental, file, offset), told(&fresh, scratch, scratch.files(&fresh)[which], offset));
            assert!(
                found == expected,
                "seed {seed}, case {case}, edit {edit} in {}:\n{after}",
                files.policies[which].0
            );
        }
    }
}

/// Every place of every policy has an answer, and formatting what is formatted changes nothing.
#[test]
fn every_place_can_be_asked_about() {
    let files = project("fuzz/project");
    let db = Database::default();
    let project = files.load(&db);
    for file in project.files(&db).clone() {
        let text = file.text(&db).clone();
        for (offset, _) in text.char_indices().step_by(3) {
            let offset = u32::try_from(offset).unwrap();
            let _ = completion::complete(&db, Some(project), file, offset);
            let _ = hover::hover(&db, Some(project), file, offset);
            let _ = rename::prepare(&db, project, file, offset);
            let _ = definition::definition(&db, project, file, offset);
        }
    }
}

/// Text that ends anywhere: what an author has typed so far.
#[test]
fn completion_works_while_an_item_is_typed() {
    let mut files = project("fuzz/project");
    let text = files.policies[0].1.clone();
    let mut db = Database::default();
    files.policies[0].1.clear();
    let project = files.load(&db);
    let file = project.files(&db)[0];
    for (end, _) in text.char_indices().step_by(29) {
        file.set_text(&mut db).to(text[..end].into());
        let found = completion::complete(&db, Some(project), file, u32::try_from(end).unwrap());
        assert!(found.replaced.end as usize == end);
    }
}

#[test]
fn formatting_leaves_what_is_right() {
    let mut files = project("fuzz/project");
    let tea = "// A remark.\noffer   tea {\n  priority   1\n}\n\n\n\noffer cake {\n  priority 2\n}\n";
    files.policies.push(("tea.offer".to_owned(), tea.to_owned()));
    let db = Database::default();
    let project = files.load(&db);
    let file = project.files(&db).iter().copied().find(|file| &**file.path(&db) == "tea.offer").unwrap();
    let mut text = tea.to_owned();
    for (span, new) in formatting::formatting(&db, file).into_iter().rev() {
        assert!(span.end - span.start < 30, "only what differs is replaced: {span:?}");
        text.replace_range(span.start as usize..span.end as usize, &new);
    }
    assert_eq!(text, "// A remark.\noffer tea {\n  priority 1\n}\n\noffer cake {\n  priority 2\n}\n");
}
