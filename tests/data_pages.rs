//! The pages of `docs/diagnostics` about data and output: the commands of each, run in a copy of `tests/support/shop`,
//! give its message, and those marked `fixed`, run after them, give none.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

#[path = "support/project.rs"]
mod project;

use std::fs;
use std::path::Path;
use std::process::Command;

use project::{Project, Run};

/// Pages whose message no small example gives, and why.
const WITHOUT_EXAMPLE: [(&str, &str); 4] = [
    ("D0118", "the compiler asks for a link that always leads somewhere; only a linked row can lack the value"),
    ("D0120", "it takes four billion rows"),
    ("D0122", "it takes a ledger"),
    ("D0123", "it takes a ledger"),
];

/// The blocks of a page: what stands behind the fence, and the text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let parts: Vec<&str> = page.split("```").collect();
    let block = |part: &&str| part.split_once('\n').map(|(info, text)| (info.to_owned(), text.to_owned()));
    parts.iter().skip(1).step_by(2).filter_map(block).collect()
}

fn block<'a>(blocks: &'a [(String, String)], info: &str) -> Option<&'a str> {
    blocks.iter().find(|(found, _)| found == info).map(|(_, text)| text.as_str())
}

/// The words of a message, however it was broken into lines.
fn words(text: &str) -> String {
    text.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
}

fn run(project: &Project, script: &str) -> Run {
    let program = Path::new(project::PROGRAM).parent().unwrap().to_owned();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    project::finish(Command::new("sh").args(["-ec", script]).current_dir(project.path("")).env("PATH", path))
}

#[test]
fn every_page_about_data_gives_its_message() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics");
    let mut pages: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.retain(|path| path.file_name().unwrap().to_string_lossy().starts_with('D'));
    pages.sort();
    assert!(pages.len() >= 20, "the pages are not where this test looks");
    for path in pages {
        let code = path.file_stem().unwrap().to_string_lossy().into_owned();
        let blocks = blocks(&fs::read_to_string(&path).unwrap());
        let exempt = WITHOUT_EXAMPLE.iter().any(|(exempt, _)| *exempt == code);
        let Some(example) = block(&blocks, "sh") else {
            assert!(exempt, "{code}: no example that can be run");
            continue;
        };
        assert!(!exempt, "{code} has an example after all");
        let project = Project::new();
        project.write("product.parquet", project::products_as_parquet());
        let ended = run(&project, example);
        assert!(ended.err.contains(&code) && ended.exit > 0, "{code}: {} {}", ended.exit, ended.err);
        let message = words(block(&blocks, "text").unwrap());
        assert!(words(&ended.err).contains(&message), "{code} says:\n{}", ended.err);
        let mended = run(&project, block(&blocks, "sh fixed").unwrap_or_else(|| panic!("{code}: not mended")));
        assert_eq!((mended.exit, mended.err.as_str()), (0, ""), "{code}, mended");
    }
}
