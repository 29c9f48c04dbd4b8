//! What is there to be copied into repositories of policies: the workflow and the hooks, run in a fresh one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A git repository, with a project of `opportune new` in a folder of it.
struct Repository {
    folder: TempDir,
    project: String,
}

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// The PATH with the built program on it.
fn path() -> OsString {
    let program = Path::new(env!("CARGO_BIN_EXE_opportune")).parent().unwrap().to_owned();
    let others = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(program).chain(std::env::split_paths(&others))).unwrap()
}

impl Repository {
    /// With the project at `project`, all of it committed; `None` where there is no git, which is told.
    fn new(project: &str) -> Option<Self> {
        if Command::new("git").arg("--version").output().is_err() {
            assert!(std::env::var_os("CI").is_none(), "in CI nothing may be skipped: no git");
            eprintln!("SKIPPED: the hooks are not tried, as there is no git");
            return None;
        }
        let repository = Self { folder: tempfile::tempdir().unwrap(), project: project.to_owned() };
        repository.fine("git", &["init", "--quiet", "."]);
        repository.fine("opportune", &["new", project]);
        repository.fine("git", &["add", "."]);
        repository.fine("git", &["commit", "--quiet", "-m", "Begin"]);
        Some(repository)
    }

    fn path(&self, inside: &str) -> PathBuf {
        self.folder.path().join(&self.project).join(inside)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).env("PATH", path()).env("HOME", self.folder.path());
        for (name, value) in [("GIT_AUTHOR_NAME", "A"), ("GIT_AUTHOR_EMAIL", "a@example.com")] {
            command.env(name, value).env(name.replace("AUTHOR", "COMMITTER"), value);
        }
        // Where the tests run in a hook themselves, git would otherwise mean that repository.
        for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX"] {
            command.env_remove(name);
        }
        command.env("GIT_CONFIG_NOSYSTEM", "1");
        command
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        self.command(program).args(arguments).output().unwrap()
    }

    fn fine(&self, program: &str, arguments: &[&str]) {
        let output = self.run(program, arguments);
        assert!(output.status.success(), "{program} {arguments:?}:\n{}", words(&output));
    }

    fn change(&self, inside: &str, old: &str, new: &str) {
        let path = self.path(inside);
        let before = fs::read_to_string(&path).unwrap();
        assert!(before.contains(old), "no `{old}` in {inside}:\n{before}");
        fs::write(&path, before.replacen(old, new, 1)).unwrap();
    }

    /// Whether all that has changed can be committed, and what is said.
    fn commits(&self) -> (bool, String) {
        self.fine("git", &["add", "--all"]);
        let output = self.run("git", &["commit", "--quiet", "-m", "Change"]);
        (output.status.success(), words(&output))
    }

    /// Takes back what was not committed.
    fn restore(&self) {
        self.fine("git", &["reset", "--hard", "--quiet"]);
    }
}

/// The values of a key, wherever it stands in plain YAML.
fn values<'t>(yaml: &'t str, key: &str) -> Vec<&'t str> {
    let lines = yaml.lines().map(|line| line.trim_start().trim_start_matches("- "));
    lines.filter_map(|line| line.strip_prefix(key)?.strip_prefix(": ")).collect()
}

/// Each `run:` of the workflow as GitHub runs it, but the one that builds the program.
#[test]
fn the_workflow_runs() {
    let workflow = text("docs/how-to/ci/github-actions.yml");
    let runs = values(&workflow, "run");
    let (builds, runs): (Vec<&str>, Vec<&str>) = runs.into_iter().partition(|run| run.starts_with("cargo install "));
    assert_eq!((builds.len(), runs.len()), (1, 3), "{runs:?}");
    let Some(repository) = Repository::new("shop") else { return };
    let run = |line: &str| {
        let mut command = repository.command("bash");
        command.args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", line]);
        let project = values(&workflow, "PROJECT");
        assert_eq!(project, ["."], "the project of the example");
        command.current_dir(repository.path(".")).env("PROJECT", project[0]).env("CI", "true");
        command.output().unwrap()
    };
    for line in &runs {
        let output = run(line);
        assert!(output.status.success(), "{line}:\n{}", words(&output));
    }
    // What the last step hands on is there.
    let results = values(&workflow, "path");
    assert!(results.contains(&"tests.xml"), "{results:?}");
    assert!(fs::read_to_string(repository.path("tests.xml")).unwrap().starts_with("<?xml"));
    for (inside, old, new) in [
        ("offers/tea.offer", "eligible when ", "eligible when nothing_such and "),
        ("offers/tea.offer", "  eligible when ", "     eligible   when "),
        ("tests/tea.offer", "expect no offer", "expect offer come_back"),
    ] {
        repository.change(inside, old, new);
        let failing = runs.iter().filter(|line| !run(line).status.success()).count();
        assert!(failing > 0, "`{new}` in {inside} fails nothing");
        repository.restore();
    }
}

#[test]
fn the_hook_refuses_what_is_wrong() {
    // A folder with a blank in its name, so that what is not quoted is seen.
    let Some(repository) = Repository::new("our shop") else { return };
    let hook = repository.folder.path().join(".git/hooks/pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/how-to/ci/pre-commit.sh"), &hook).unwrap();
    for (inside, old, new, reason) in [
        ("offers/tea.offer", "  eligible when ", "     eligible   when ", "offers/tea.offer"),
        (
            "offers/tea.offer",
            "eligible when ",
            "eligible when nothing_such and ",
            "nothing here is called `nothing_such`",
        ),
        ("tests/tea.offer", "expect no offer", "expect offer come_back", "tests/tea.offer"),
        ("opportune.toml", "zone", "zoone", "zoone"),
    ] {
        repository.change(inside, old, new);
        let (done, said) = repository.commits();
        assert!(!done && said.contains(reason), "`{new}` in {inside}:\n{said}");
        repository.restore();
    }
    // What is committed counts, not what is in the folder.
    repository.change("offers/tea.offer", "  eligible when ", "     eligible   when ");
    repository.fine("git", &["add", "--all"]);
    repository.change("offers/tea.offer", "     eligible   when ", "  eligible when ");
    assert!(!repository.run("git", &["commit", "-m", "Change"]).status.success());
    repository.fine("git", &["add", "--all"]);
    repository.change("offers/tea.offer", "  eligible when ", "     eligible   when ");
    fs::write(repository.folder.path().join("other.txt"), "x").unwrap();
    repository.fine("git", &["add", "other.txt"]);
    repository.fine("git", &["commit", "--quiet", "-m", "What is no policy"]);
    repository.restore();
    // A file that goes can leave others without what it declares.
    fs::remove_file(repository.path("channels.offer")).unwrap();
    let (done, said) = repository.commits();
    assert!(!done && said.contains("channel"), "{said}");
    repository.restore();
    repository.change("offers/tea.offer", "offer ", "/// Tea.\noffer ");
    let (done, said) = repository.commits();
    assert!(done, "{said}");
}

/// The entries for the tool `pre-commit`, which runs them in the repository's folder.
#[test]
fn the_entries_of_pre_commit_run() {
    let Some(repository) = Repository::new("shop") else { return };
    for (file, suffix) in [("docs/how-to/ci/pre-commit-config.yaml", ""), (".pre-commit-hooks.yaml", " shop")] {
        let hooks = text(file);
        let entries = values(&hooks, "entry");
        assert_eq!(entries.len(), 3, "{file}");
        let folder = if suffix.is_empty() { repository.path(".") } else { repository.folder.path().to_owned() };
        let run = |entry: &str| {
            let mut command = repository.command("sh");
            command.current_dir(&folder).args(["-c", &format!("{entry}{suffix}")]).output().unwrap()
        };
        for entry in &entries {
            let output = run(entry);
            assert!(output.status.success(), "{file}: {entry}:\n{}", words(&output));
        }
        repository.change("offers/tea.offer", "  eligible when ", "     eligible   when ");
        assert_eq!(entries.iter().filter(|entry| !run(entry).status.success()).count(), 1, "{file}");
        repository.restore();
    }
}
