//! Works through the tutorial as a new user does: every command of `docs/tutorial.md` is run in order in a fresh folder, every
//! file is written as it is shown, and what the commands print is what the page shows. `OPPORTUNE_WRITE_DOCS=1` shows what
//! they print now.
//!
//! | fence | meaning |
//! |---|---|
//! | ```` ```sh ```` | `$ command`, then what it prints; `exit 1` in the fence's head: the last command ends so; `…` stands for any text of a line, alone in its line for any lines |
//! | ```` ```offer offers/tea.offer ```` | the file is written so |
//! | ```` ```diff offers/tea.offer ```` | the file is changed so |
//! | ```` ```text ```` | only read |

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test may fail"
)]

#[allow(dead_code, reason = "the tutorial looks at fences alone")]
#[path = "book/page.rs"]
mod page;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use page::{Fence, Page};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A user at work: the folder that they are in.
struct User {
    _home: tempfile::TempDir,
    folder: PathBuf,
}

impl User {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let folder = fs::canonicalize(home.path()).unwrap();
        Self { _home: home, folder }
    }

    /// Runs a command; what it prints, both streams in their order, and how it ends.
    fn run(&mut self, command: &str) -> (String, i32) {
        if let Some(to) = command.strip_prefix("cd ") {
            self.folder = fs::canonicalize(self.folder.join(to)).unwrap();
            return (String::new(), 0);
        }
        let program = Path::new(env!("CARGO_BIN_EXE_opportune")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let output = Command::new("sh")
            .args(["-c", &format!("exec 2>&1; {command}")])
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .envs([
                ("PATH", path.as_str()),
                ("OPPORTUNE", root().to_str().unwrap()),
                ("NO_COLOR", "1"),
                ("COLUMNS", "100"),
            ])
            .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null"), ("GIT_PAGER", "cat")])
            .envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@example.com")])
            .envs([("GIT_COMMITTER_NAME", "Ada"), ("GIT_COMMITTER_EMAIL", "ada@example.com")])
            .output()
            .unwrap();
        (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap_or(-1))
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Puts the lines with `+` in the place of those with `-`, where those and the lines without a mark stand.
    fn change(&self, path: &str, diff: &str) -> Result<(), String> {
        let side = |mark: char| -> String {
            let lines = diff.lines().filter(|line| !line.starts_with(mark));
            lines.map(|line| format!("{}\n", line.get(1..).unwrap_or(""))).collect()
        };
        let (before, after) = (side('+'), side('-'));
        let text = fs::read_to_string(self.folder.join(path)).unwrap();
        if text.matches(&before).count() != 1 {
            return Err(format!("{path} does not hold once:\n{before}\nit is:\n{text}"));
        }
        self.write(path, &text.replace(&before, &after));
        Ok(())
    }
}

/// The commands of a fence, each with what it should print.
fn commands(fence: &Fence) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for line in fence.text.lines() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command.to_owned(), String::new())),
            (None, Some((_, output))) => {
                output.push_str(line.trim_end());
                output.push('\n');
            }
            (None, None) => panic!("line {}: a fence of commands begins with `$ `", fence.line),
        }
    }
    commands
}

/// Whether printed lines are as shown.
fn is_as_shown(printed: &[&str], shown: &[&str]) -> bool {
    match (printed, shown) {
        ([], []) => true,
        (_, ["…", rest @ ..]) => (0..=printed.len()).any(|skip| is_as_shown(&printed[skip..], rest)),
        ([line, printed @ ..], [wanted, shown @ ..]) => fits(line, wanted) && is_as_shown(printed, shown),
        _ => false,
    }
}

/// Whether a line is as shown, `…` being any text.
fn fits(line: &str, wanted: &str) -> bool {
    match wanted.split_once('…') {
        None => line == wanted,
        Some((begin, rest)) => {
            let after = line.strip_prefix(begin);
            after.is_some_and(|line| {
                (0..=line.len()).filter(|at| line.is_char_boundary(*at)).any(|at| fits(&line[at..], rest))
            })
        }
    }
}

fn tidy(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// What the page should show of a printed text: not how long it took.
fn lasting(printed: &str) -> String {
    let line = |line: &str| match line.strip_prefix("read the data in ") {
        Some(_) => "read the data in …".to_owned(),
        None => line.to_owned(),
    };
    tidy(printed).lines().map(|text| format!("{}\n", line(text))).collect()
}

#[test]
fn every_step_does_as_it_is_told() {
    let path = root().join("docs/tutorial.md");
    let page = Page::read(&path);
    let mut lines: Vec<String> = page.text.lines().map(|line| format!("{line}\n")).collect();
    let mut user = User::new();
    let (mut count, mut wrong) = (0, Vec::new());
    for fence in &page.fences {
        let kind = fence.info.first().map_or("", String::as_str);
        match kind {
            "sh" => {
                let ends = fence
                    .word(0)
                    .filter(|word| *word == "exit")
                    .and(fence.word(1))
                    .map_or(0, |code| code.parse().unwrap());
                let commands = commands(fence);
                let last = commands.len() - 1;
                let mut shown = String::new();
                for (at, (command, output)) in commands.iter().enumerate() {
                    count += 1;
                    let (printed, exit) = user.run(command);
                    let wanted = if at == last { ends } else { 0 };
                    let printed = tidy(&printed);
                    let cut = |text: &str| -> Vec<String> { text.trim_end().lines().map(str::to_owned).collect() };
                    let (is, should) = (cut(&printed), cut(output));
                    let as_shown = is_as_shown(
                        &is.iter().map(String::as_str).collect::<Vec<_>>(),
                        &should.iter().map(String::as_str).collect::<Vec<_>>(),
                    );
                    if exit != wanted || !as_shown {
                        wrong.push(format!("line {}: `{command}` ends with {exit} and prints\n{printed}", fence.line));
                    }
                    shown.push_str(&format!(
                        "$ {command}\n{}",
                        if as_shown { output.clone() } else { lasting(&printed) }
                    ));
                }
                // The lines of the fence, told by the first of them.
                let rows = fence.text.lines().count();
                lines[fence.line - 1..fence.line - 1 + rows].iter_mut().for_each(String::clear);
                lines[fence.line - 1] = shown;
            }
            "offer" | "toml" => user.write(fence.word(0).unwrap(), &fence.text),
            "diff" => wrong.extend(user.change(fence.word(0).unwrap(), &fence.text).err()),
            _ => {}
        }
    }
    if std::env::var_os("OPPORTUNE_WRITE_DOCS").is_some() {
        fs::write(&path, lines.concat()).unwrap();
    }
    assert!(wrong.is_empty(), "{} of {count} steps are not as they are told:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 15, "only {count} steps");
}

#[test]
fn what_is_shown_may_leave_something_out() {
    assert!(is_as_shown(&["a", "b", "c 12 ms"], &["a", "…", "c … ms"]) && is_as_shown(&["a"], &["a", "…"]));
    assert!(!is_as_shown(&["a", "b"], &["a"]) && !is_as_shown(&["a"], &["a", "b"]) && !fits("c 12 s", "c … ms"));
}
