//! Disks that become full at any moment of a run, under its ledger and its file: what fails says so, nothing is done by
//! half, and once there is room the same call completes the run.
//!
//! A small file system is mounted where that is allowed, in a name space of its own. That is not everywhere so; what can be
//! done everywhere, and is always done, is to let no file grow beyond a size.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/campaign.rs"]
mod campaign;
#[path = "support/project.rs"]
mod project;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use campaign::{Campaign, bare};
use opportune_ledger::entry::State;
use opportune_ledger::{Ledger, Place};

const CUSTOMERS: u32 = 1_500;

/// How room is made scarce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disk {
    /// All files together have so much room: a file system of its own.
    Mounted,
    /// Each file has.
    Limited,
}

impl Disk {
    /// The shell that a script is run by.
    fn shell(self) -> Command {
        let mut command = Command::new(if self == Self::Mounted { "unshare" } else { "bash" });
        command.args(if self == Self::Mounted { &["-Urm", "bash", "-ec"][..] } else { &["-ec"] });
        command
    }

    /// Runs twice, the second time with room, over the same ledger to the same file; leaves what came of either.
    fn script(self, room: u32) -> String {
        let run = format!("{} run --ledger disk/ledger.sqlite --out disk/run.jsonl", project::PROGRAM);
        let (scarce, enough) = match self {
            Self::Mounted => (
                format!("mount -t tmpfs -o size={room}k none disk; {run}"),
                format!("mount -o remount,size=64m disk; {run}"),
            ),
            Self::Limited => (format!("(trap '' XFSZ; ulimit -f {room}; exec {run})"), run),
        };
        let run = |call: &str, name: &str| {
            format!(
                "{call} >{name}.out 2>{name}.err && echo 0 >{name}.exit || echo $? >{name}.exit; cp -r disk {name}\n"
            )
        };
        format!("mkdir disk\n{}{}", run(&scarce, "first"), run(&enough, "second"))
    }
}

/// Whether this process may mount.
fn may_mount() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let mounted = Disk::Mounted.shell().arg("mount -t tmpfs -o size=64k none .").current_dir(folder.path()).output();
    mounted.is_ok_and(|output| output.status.success())
}

/// How far the last run came.
fn state(folder: &Path) -> Option<State> {
    let mut ledger = Ledger::open_to_read(&Place::Sqlite(folder.join("ledger.sqlite"))).unwrap()?;
    ledger.runs().unwrap().pop().map(|run| run.state)
}

/// A run that has so much room in KiB, and then enough; gives how far it came at first.
fn run(disk: Disk, room: u32, expected: &[String]) -> Option<State> {
    let campaign = Campaign::new(CUSTOMERS);
    let mut shell = disk.shell();
    shell.arg(disk.script(room)).current_dir(campaign.project.path(""));
    let output = project::finish(&mut shell);
    assert_eq!(output.exit, 0, "{}", output.err);
    let at = format!("{disk:?}, {room} KiB");
    let read = |name: &str| campaign.read(name);
    let (exit, err) = (read("first.exit"), read("first.err"));
    let came = state(&campaign.project.path("first"));
    if came == Some(State::Done) {
        assert_eq!((exit.trim(), err.as_str()), ("0", ""), "{at}");
        assert!(bare(&read("first/run.jsonl")) == expected, "{at}");
        return came;
    }
    assert_eq!((exit.trim(), read("first.out").as_str()), ("2", ""), "{at}: {err}");
    assert!(!campaign.project.path("first/run.jsonl").exists(), "{at}");
    let names = fs::read_dir(campaign.project.path("first")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().ends_with(".part")), "{at}");
    assert!(disk == Disk::Limited || err.contains("the disk is full"), "{at}: {err}");
    assert!(err.contains("help:"), "{at}: {err}");
    assert_eq!((read("second.exit").trim(), read("second.err").as_str()), ("0", ""), "{at}");
    let file = read("second/run.jsonl");
    assert!(bare(&file) == expected, "{at}: the file is not what was to be decided");
    let mut ledger = Ledger::open(&Place::Sqlite(campaign.project.path("second/ledger.sqlite"))).unwrap();
    let runs: Vec<State> = ledger.runs().unwrap().iter().map(|run| run.state).collect();
    assert_eq!((runs.as_slice(), ledger.position().unwrap().0), (&[State::Done][..], 1), "{at}: one run, one commit");
    assert_eq!(ledger.verify().unwrap(), [], "{at}");
    came
}

#[test]
fn whatever_room_there_is_nothing_is_lost_or_made_twice() {
    let campaign = Campaign::new(CUSTOMERS);
    campaign.fine(&["dry-run", "--out", "dry.jsonl"]);
    let expected = bare(&campaign.read("dry.jsonl"));
    let mut disks = vec![Disk::Limited];
    if may_mount() {
        disks.push(Disk::Mounted);
    } else {
        eprintln!("no file system can be mounted here: only the size of files was limited");
    }
    for disk in disks {
        let mut met = BTreeSet::new();
        for room in [4, 16, 48, 128, 384, 768, 1_024, 8_192] {
            met.insert(format!("{:?}", run(disk, room, &expected)));
        }
        let all = ["None", "Some(Begun)", "Some(Decided)", "Some(Done)"];
        assert_eq!(met.iter().map(String::as_str).collect::<Vec<_>>(), all, "{disk:?}: it was full at every step");
    }
}
