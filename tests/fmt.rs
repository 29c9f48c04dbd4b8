//! `opportune fmt` through the built program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/project.rs"]
mod project;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use opportune_compiler::syntax::format;
use project::{PROGRAM, Project};

const MESSY: &str = "segment   young is age<30  // or so\nchannel  mail\n";
const TIDY: &str = "segment young is age < 30  // or so\n\nchannel mail\n";

fn project() -> Project {
    let project = Project::of(&[("opportune.toml", Project::MANIFEST), ("tidy.offer", TIDY), ("messy.offer", MESSY)]);
    fs::create_dir(project.path("offers")).unwrap();
    project.write("offers/broken.offer", "offer  x {\n  topic   \"x\"\n}\n\noffer y {\n   topic  (\n}\n");
    project
}

fn text(project: &Project, name: &str) -> String {
    fs::read_to_string(project.path(name)).unwrap()
}

#[test]
fn a_project_is_formatted_and_what_is_broken_is_told() {
    let project = project();
    let run = project.opportune(&["fmt"]);
    assert_eq!(run.exit, 0, "{}", run.err);
    assert_eq!(run.out, "formatted messy.offer\nformatted offers/broken.offer\n2 of 3 files formatted\n");
    assert!(run.err.contains("this is left as it is: it has a mistake"), "{}", run.err);
    assert!(run.err.contains("offers/broken.offer:5:1"), "{}", run.err);
    assert_eq!(text(&project, "messy.offer"), TIDY);
    assert_eq!(text(&project, "offers/broken.offer"), "offer x {\n  topic \"x\"\n}\n\noffer y {\n   topic  (\n}\n");
    let again = project.opportune(&["fmt"]);
    assert_eq!((again.exit, again.out.as_str()), (0, "all 3 files were formatted already\n"));
}

#[test]
fn check_names_files_and_changes_nothing() {
    let project = project();
    let run = project.opportune(&["fmt", "--check"]);
    assert_eq!((run.exit, run.out.as_str()), (1, "messy.offer\noffers/broken.offer\n"));
    assert!(run.err.ends_with("2 of 3 files are not formatted; `opportune fmt` does it\n"), "{}", run.err);
    assert_eq!(text(&project, "messy.offer"), MESSY);
    let tidy = project.opportune(&["fmt", "--check", "tidy.offer"]);
    assert_eq!((tidy.exit, tidy.out.as_str(), tidy.err.as_str()), (0, "", ""));
}

#[test]
fn diff_shows_what_would_change() {
    let project = project();
    let run = project.opportune(&["fmt", "--diff", "messy.offer"]);
    assert_eq!(run.exit, 0);
    assert_eq!(
        run.out,
        "--- messy.offer\n+++ messy.offer\n@@ -1,2 +1,3 @@\n-segment   young is age<30  // or so\n-channel  mail\n\
         +segment young is age < 30  // or so\n+\n+channel mail\n"
    );
    assert_eq!(project.opportune(&["fmt", "--diff", "--check", "messy.offer"]).exit, 1);
    assert_eq!(text(&project, "messy.offer"), MESSY);
}

#[test]
fn what_comes_in_goes_out_formatted() {
    let mut child = Command::new(PROGRAM)
        .args(["fmt", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(MESSY.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), output.stderr),
        (Some(0), TIDY.to_owned(), Vec::new())
    );
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_permissions_and_one_that_is_formatted_is_not_written() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let project = project();
    fs::set_permissions(project.path("messy.offer"), fs::Permissions::from_mode(0o640)).unwrap();
    let before = fs::metadata(project.path("tidy.offer")).unwrap().ino();
    assert_eq!(project.opportune(&["fmt"]).exit, 0);
    let mode = fs::metadata(project.path("messy.offer")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(fs::metadata(project.path("tidy.offer")).unwrap().ino(), before);
    let left: Vec<_> = fs::read_dir(project.path(".")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains(".part")), "{left:?}");

    project.write("messy.offer", MESSY);
    fs::set_permissions(project.path("messy.offer"), fs::Permissions::from_mode(0o440)).unwrap();
    let run = project.opportune(&["fmt", "messy.offer"]);
    assert_eq!(run.exit, 2);
    assert!(run.err.contains("`messy.offer` cannot be written: it may only be read"), "{}", run.err);
}

#[test]
fn a_wrong_call_says_what_is_wrong() {
    let project = project();
    project.write("bytes.offer", [0xff, 0xfe]);
    for (path, says) in [("nix", "`nix` cannot be read"), ("bytes.offer", "`bytes.offer` is not UTF-8 text")] {
        let run = project.opportune(&["fmt", path]);
        assert_eq!((run.exit, run.out.as_str()), (2, ""));
        assert!(run.err.contains(says), "{}", run.err);
    }
}

/// Examples are copied. Those of `writing.md` show what is read, however it is laid out.
#[test]
fn examples_of_the_reference_are_in_their_canonical_form() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = fs::read_dir(root.join("docs/language")).unwrap().map(|entry| entry.unwrap().path());
    let pages =
        pages.filter(|page| page.extension().is_some_and(|ending| ending == "md") && !page.ends_with("writing.md"));
    let (mut seen, mut wrong) = (0, Vec::new());
    for page in pages.chain([root.join("README.md")]) {
        let text = fs::read_to_string(&page).unwrap();
        for block in text.split("\n```offer").skip(1) {
            let (words, block) = block.split_once('\n').unwrap();
            let block = format!("{}\n", block.split_once("\n```").unwrap().0);
            let formatted = format(&block);
            // What has a mistake is left as it is.
            if !words.contains("error") && formatted.left.is_empty() {
                seen += 1;
                if formatted.text != block {
                    wrong.push(format!("{}:\n{}", page.display(), formatted.text));
                }
            }
        }
    }
    assert!(seen > 20, "only {seen}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
