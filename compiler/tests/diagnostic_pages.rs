//! Runs the pages under `docs/diagnostics`: the example of a page gives its code and no other, the mended one none.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use opportune_compiler::diagnostic::{Located, Severity, codes};
use opportune_compiler::facts::{Facts, FieldFacts, TableFacts};
use opportune_compiler::mend::{mend, with};
use opportune_compiler::{Compiled, ProjectFiles, compile_with};

/// A block of a page: the words behind its three back-ticks, and its text.
struct Block {
    words: Vec<String>,
    text: String,
}

impl Block {
    fn says(&self, word: &str) -> bool {
        self.words.iter().any(|found| found == word)
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/diagnostics")
}

fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for line in page.split_inclusive('\n') {
        match (line.trim_end().strip_prefix("```"), &mut open) {
            (Some(words), None) => {
                open = Some(Block { words: words.split(' ').map(str::to_owned).collect(), text: String::new() });
            }
            (Some(_), Some(_)) => found.extend(open.take()),
            (None, Some(block)) => block.text.push_str(line),
            (None, None) => {}
        }
    }
    found
}

/// The manifest and the declarations that pages may stand on.
fn prelude() -> (String, String) {
    let readme = blocks(&fs::read_to_string(folder().join("README.md")).unwrap());
    let text = |language: &str| readme.iter().find(|block| block.says(language)).unwrap().text.clone();
    (text("toml"), text("offer"))
}

fn files(block: &Block) -> ProjectFiles {
    let (manifest, declarations) = prelude();
    let (manifest, policy) = if block.says("toml") {
        (block.text.clone(), declarations)
    } else if block.says("prelude") {
        (manifest, format!("{declarations}\n{}", repeated(&block.text)))
    } else {
        (manifest, repeated(&block.text))
    };
    let manifest = ("opportune.toml".to_owned(), manifest);
    ProjectFiles { manifest, policies: vec![("page.offer".to_owned(), policy)] }
}

/// The text with each line that ends in `// 1_000 times` as often as it says.
fn repeated(text: &str) -> String {
    let line = |line: &str| {
        let times = line.trim_end().strip_suffix(" times").and_then(|line| line.rsplit_once("// "));
        line.repeat(times.map_or(1, |(_, times)| times.replace('_', "").parse().unwrap()))
    };
    text.split_inclusive('\n').map(line).collect()
}

fn run(block: &Block) -> Compiled {
    let files = files(block);
    let mut compiled = compile_with(&files, |_| Some(facts()));
    // The pages are read on 2026-11-20.
    let warnings = compiled.past_review(20_777);
    compiled.diagnostics.extend(warnings);
    compiled
}

/// The data that pages may speak of: one product, of the category `TEA`.
fn facts() -> Facts {
    let category = FieldFacts { values: Some(vec![("TEA".into(), 1)]), ..FieldFacts::default() };
    let product = TableFacts { rows: 1, fields: BTreeMap::from([("category".into(), category)]) };
    Facts { tables: BTreeMap::from([("product".into(), product)]) }
}

/// The mistakes, and the warnings that the page is about: an example needs not be a whole project.
fn told<'a>(compiled: &'a Compiled, code: &str) -> Vec<&'a Located> {
    let concerns = |found: &&Located| found.diagnostic.severity == Severity::Error || found.diagnostic.code == code;
    compiled.diagnostics.iter().filter(concerns).collect()
}

fn pages() -> BTreeMap<String, String> {
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let pages = files.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with('E'));
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    pages.map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect()
}

/// What is wrong with a page; empty: nothing.
fn check(code: &str, title: &str, page: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if !page.starts_with(&format!("# {code}: {title}\n")) {
        wrong.push(format!("{code}: the first line is not `# {code}: {title}`"));
    }
    if [codes::INTERNAL, codes::CHAIN_TOO_LONG].contains(&code) {
        // A mistake of the compiler has no example; one of what is too long would fill the page.
        return wrong;
    }
    let blocks = blocks(page);
    let runs = |block: &&Block| block.says("offer") || block.says("toml");
    let Some(bad) = blocks.iter().find(|block| runs(block) && !block.says("fixed")) else {
        return vec![format!("{code}: no example")];
    };
    let Some(fixed) = blocks.iter().find(|block| runs(block) && block.says("fixed")) else {
        return vec![format!("{code}: no mended example")];
    };
    let compiled = run(bad);
    let found: BTreeSet<&str> = told(&compiled, code).iter().map(|found| found.diagnostic.code).collect();
    if found != BTreeSet::from([code]) {
        wrong.push(format!("{code}: the example gives {:#?}", compiled.diagnostics));
    }
    for found in &compiled.diagnostics {
        if found.diagnostic.help.is_none() && found.diagnostic.fix.is_none() {
            wrong.push(format!("{code}: neither help nor fix"));
        }
    }
    let compiled = run(fixed);
    if !told(&compiled, code).is_empty() || compiled.plan.is_none() {
        wrong.push(format!("{code}: the mended example gives {:#?}", compiled.diagnostics));
    }
    wrong
}

/// Each fix of each page by itself, and all of them as `--fix` applies them: less is told, and no error is new.
#[test]
fn every_fix_leaves_less_to_tell() {
    let mut fixes = 0;
    for (code, page) in pages() {
        let blocks = blocks(&page);
        for block in blocks.iter().filter(|block| block.says("offer") || block.says("toml")) {
            let before = files(block);
            let told = |files: &ProjectFiles| compile_with(files, |_| Some(facts())).diagnostics;
            let errors = |found: &[Located]| found.iter().filter(|f| f.diagnostic.severity == Severity::Error).count();
            let all = told(&before);
            for found in all.iter().filter(|found| found.diagnostic.fix.is_some()) {
                fixes += 1;
                let left = told(&with(&before, std::slice::from_ref(found)).unwrap());
                // Where the last error goes, the lints of the whole project are told.
                let measure = |told: &[Located]| (errors(told), told.len());
                assert!(measure(&left) < measure(&all), "{code}: {found:#?} leaves {left:#?}");
            }
            let mended = mend(&before, told);
            assert!(errors(&mended.left) <= errors(&all), "{code}");
            assert_eq!(mend(&mended.files, told).applied, [], "{code}: it is not done at once");
        }
    }
    assert!(fixes > 30, "only {fixes} pages have a fix");
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let registry: BTreeSet<String> = codes::ALL.iter().map(|(code, _)| (*code).to_owned()).collect();
    assert_eq!(registry.len(), codes::ALL.len(), "a code stands twice in the registry");
    assert_eq!(pages().into_keys().collect::<BTreeSet<_>>(), registry);
}

#[test]
fn examples_give_their_code_and_mended_ones_none() {
    let pages = pages();
    let known = codes::ALL.iter().filter_map(|(code, title)| Some((code, title, pages.get(*code)?)));
    let wrong: Vec<String> = known.flat_map(|(code, title, page)| check(code, title, page)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
