//! The documentation holds together: every link leads somewhere, every page is in the summary of the site, and what is there to
//! be copied names commands that there are.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files of a kind below a folder, relative to the project.
fn files(folder: &str, ending: &str) -> Vec<String> {
    let (mut found, mut folders) = (Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == ending) {
                found.push(path.strip_prefix(root()).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The text outside fences and back-ticks.
fn prose(text: &str) -> String {
    let (mut out, mut fenced) = (String::new(), false);
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            out.extend(line.split('`').step_by(2));
            out.push('\n');
        }
    }
    out
}

/// Where the links of a page lead.
fn links(text: &str) -> Vec<String> {
    let prose = prose(text);
    let targets = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.map(str::to_owned).collect()
}

/// The anchors of a page, as sites make them of headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut fenced = false;
    let headings = text.lines().filter(|line| {
        fenced ^= line.trim_start().starts_with("```");
        !fenced && line.starts_with('#')
    });
    let kept = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ');
    let slug = |line: &str| {
        line.trim_start_matches('#').trim().to_lowercase().chars().filter(|c| kept(*c)).collect::<String>()
    };
    headings.map(|line| slug(line).replace(' ', "-")).collect()
}

/// A path without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut parts: Vec<Component<'_>> = Vec::new();
    for part in path.components() {
        if part == Component::ParentDir {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.iter().collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut pages = files("docs", "md");
    pages.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(str::to_owned));
    pages.extend(files("policies", "md"));
    let mut broken = Vec::new();
    for page in &pages {
        for link in links(&read(page)) {
            if link.starts_with("https://") || link.starts_with("http://") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let folder = Path::new(page).parent().unwrap();
            let target = if path.is_empty() { PathBuf::from(page) } else { plain(&folder.join(path)) };
            let there = root().join(&target).exists() && !path.starts_with('/');
            let text = || read(&target.to_string_lossy());
            if !there || (!anchor.is_empty() && !anchors(&text()).contains(anchor)) {
                broken.push(format!("{page}: {link}"));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n  {}", broken.join("\n  "));
    assert!(pages.len() > 200, "only {} pages", pages.len());
}

/// Diagnostics and decisions are added when the site is built.
#[test]
fn every_page_is_in_the_summary() {
    let summary: BTreeSet<String> = links(&read("docs/SUMMARY.md")).into_iter().collect();
    let pages = files("docs", "md").into_iter().map(|page| page.strip_prefix("docs/").unwrap().to_owned());
    let added =
        |page: &String| page == "SUMMARY.md" || page.starts_with("diagnostics/") || page.starts_with("decisions/");
    let lost: Vec<String> = pages.filter(|page| !added(page) && !summary.contains(page)).collect();
    assert!(lost.is_empty(), "pages that docs/SUMMARY.md does not name: {lost:?}");
}

/// What `opportune … --help` says.
fn help(command: &[&str]) -> Option<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_opportune")).args(command).arg("--help").output().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

/// The calls of the program in a text: behind `opportune`, a command and its options.
fn calls(text: &str) -> Vec<Vec<String>> {
    let commands = text.lines().flat_map(|line| line.split("&&").flat_map(|part| part.split(';')));
    let words = commands.map(|part| part.split(" #").next().unwrap_or("").split_whitespace().map(str::to_owned));
    let calls = words.filter_map(|words| {
        let words: Vec<String> = words.skip_while(|word| word != "opportune").skip(1).collect();
        words.first().is_some_and(|first| first.chars().all(|c| c.is_ascii_lowercase() || c == '-')).then_some(words)
    });
    calls.collect()
}

/// What is wrong with a call, as far as the help tells.
fn wrong(call: &[String]) -> Option<String> {
    let command = call[0].as_str();
    if command.starts_with("--") {
        return None;
    }
    let below = call.get(1).filter(|_| command == "ledger").map(String::as_str);
    let path: Vec<&str> = std::iter::once(command).chain(below).collect();
    let Some(help) = help(&path) else { return Some(format!("`opportune {}` is no command", path.join(" "))) };
    let options = call.iter().filter(|word| word.starts_with("--") && word.len() > 2);
    let names = options.map(|option| option.split('=').next().unwrap_or(option).trim_end_matches(['`', ']', ')']));
    let unknown: Vec<&str> = names.filter(|option| !help.contains(option)).collect();
    (!unknown.is_empty()).then(|| format!("`opportune {}` has no {unknown:?}", path.join(" ")))
}

#[test]
fn what_is_there_to_be_copied_names_commands_that_there_are() {
    let mut texts: Vec<(String, String)> = Vec::new();
    for path in ["docs/how-to/ci/github-actions.yml", "docs/how-to/ci/pre-commit-config.yaml", ".pre-commit-hooks.yaml"]
    {
        let text = read(path);
        assert_eq!(not_yaml(&text), None, "{path}");
        texts.push((path.to_owned(), text));
    }
    texts.push(("docs/how-to/ci/pre-commit.sh".to_owned(), read("docs/how-to/ci/pre-commit.sh")));
    for page in files("docs/how-to", "md") {
        let text = read(&page);
        let fences = text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap_or(""));
        texts.push((page, fences.collect::<Vec<_>>().join("\n")));
    }
    let mut count = 0;
    let mut mistakes = Vec::new();
    for (path, text) in &texts {
        for call in calls(text) {
            count += 1;
            mistakes.extend(wrong(&call).map(|mistake| format!("{path}: {mistake}")));
        }
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
    assert!(count > 20, "only {count} calls");
}

/// The first line that is not of the plain YAML that these files keep to: keys and lists, indented by two.
fn not_yaml(text: &str) -> Option<String> {
    let mut depth = 0;
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')) {
        let indent = line.len() - line.trim_start().len();
        let item = line.trim_start().strip_prefix("- ").unwrap_or(line.trim_start());
        let key = item.split_once(':').filter(|(key, rest)| {
            key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
                && (rest.is_empty() || rest.starts_with(' '))
        });
        let tidy = indent % 2 == 0 && indent <= depth + 2 && !line.contains('\t') && key.is_some();
        if !tidy {
            return Some(line.to_owned());
        }
        depth = if line.trim_start().starts_with("- ") { indent + 2 } else { indent };
    }
    None
}

/// The hook is a shell script that a shell can read.
#[test]
fn the_hook_is_a_script() {
    let checked = Command::new("sh").arg("-n").arg(root().join("docs/how-to/ci/pre-commit.sh")).status().unwrap();
    assert!(checked.success());
}

#[test]
fn mistakes_are_found() {
    assert_eq!(links("[a](b.md) `[c](d.md)`\n```\n[e](f.md)\n```\n"), ["b.md"]);
    assert_eq!(anchors("# A b: `c`\n```\n# no\n```\n## D\n"), BTreeSet::from(["a-b-c".to_owned(), "d".to_owned()]));
    assert!(not_yaml("on:\n  push:\n    - a: b\n").is_none() && not_yaml("on:\n     push:\n").is_some());
    let call = |text: &str| calls(text).remove(0);
    assert_eq!(wrong(&call("opportune validate . # x --none")), None);
    assert!(wrong(&call("opportune validat .")).is_some() && wrong(&call("opportune validate --none")).is_some());
}
