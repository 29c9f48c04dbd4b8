//! Each project under `policies/` over its bundled data, in a batch and as customers ask: it validates, it decides something
//! by every offer and channel that can be met there, and the same bytes come out whatever the threads and the engine. (The
//! grocer has its own tests.)

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/project.rs"]
mod project;

use std::fs;
use std::path::Path;

use project::run;

/// A project, and the ways in which it is run: a batch, and as somebody asks.
const PROJECTS: [(&str, &[&[&str]]); 3] = [
    (
        "bank",
        &[
            &[],
            &["--context", "channel=branch", "--context", "rep=ruth"],
            &["--context", "channel=atm", "--context", "rep=machine"],
            &["--context", "channel=phone", "--context", "rep=sam", "--context", "reason=complaint"],
            &["--context", "channel=inbox", "--context", "rep=machine", "--context", "place=48.85,2.35"],
        ],
    ),
    (
        "coffee",
        &[
            &[],
            &["--now", "2026-11-20 23:30"],
            &["--context", "channel=app", "--context", "store=s06", "--context", "spot=40.71,-74.01"],
            &["--context", "channel=kiosk"],
            &["--context", "channel=barista", "--context", "store=s02", "--context", "in_a_hurry=false"],
        ],
    ),
    (
        "fashion",
        &[
            &[],
            &["--now", "2026-11-27 17:30"],
            &["--context", "channel=associate", "--context", "weather=rain", "--context", "companion=partner"],
            &["--context", "channel=web"],
        ],
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn dry_run(project: &str, arguments: &[&str]) -> String {
    let folder = format!("policies/{project}");
    let run = run(root(), &[&["dry-run", &folder], arguments].concat());
    assert_eq!((run.exit, run.err.as_str()), (0, ""), "{project} {arguments:?}");
    run.out
}

#[test]
fn each_validates_without_a_word_of_warning() {
    for (project, _) in PROJECTS {
        let run = run(root(), &["validate", &format!("policies/{project}")]);
        assert_eq!((run.exit, run.err.as_str()), (0, ""), "{project}");
        assert!(run.out.starts_with(&format!("{project} is valid")), "{}", run.out);
    }
}

/// How far each offer came. Times and what was written are left out.
#[test]
fn what_each_decides() {
    for (project, calls) in PROJECTS {
        let mut told = String::new();
        for arguments in calls {
            let report = dry_run(project, arguments);
            let lasting = report.lines().take_while(|line| !line.starts_with("read the data in"));
            told.push_str(&format!("$ opportune dry-run policies/{project} {}\n\n", arguments.join(" ")));
            told.extend(lasting.map(|line| format!("{line}\n")));
        }
        insta::assert_snapshot!(project, told);
    }
}

#[test]
fn the_same_bytes_whatever_the_threads_and_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    for (project, calls) in PROJECTS {
        for arguments in calls {
            let decide = |name: &str, how: &[&str]| {
                let path = folder.path().join(format!("{name}.csv"));
                dry_run(project, &[*arguments, how, &["--out", path.to_str().unwrap()]].concat());
                fs::read_to_string(path).unwrap()
            };
            let one = decide("one", &["--threads", "1"]);
            assert!(one.lines().count() > 20, "{project} {arguments:?}: {} lines", one.lines().count());
            for how in [&["--threads", "2"][..], &["--threads", "7"], &["--engine", "interpreter"]] {
                assert!(one == decide("other", how), "{project} {arguments:?} {how:?} differs");
            }
        }
    }
}
