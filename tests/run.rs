//! `opportune run` and `opportune replay` through the built program, over both databases: what is written, what is kept, how
//! an unfinished run goes on, and what is refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test may fail"
)]

#[path = "support/campaign.rs"]
mod campaign;
#[path = "support/project.rs"]
mod project;

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;
use std::time::Duration;

use campaign::{Campaign, bare, over_both, over_postgres};
use opportune_ledger::Ledger;
use opportune_ledger::entry::{Key, Run, State};

/// The words of a message, however it was broken into lines.
fn words(text: &str) -> String {
    text.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
}

#[test]
fn a_run_writes_what_a_dry_run_shows_and_keeps_it() {
    over_both(700, |campaign| {
        campaign.fine(&["dry-run", "--out", "dry.jsonl"]);
        assert!(campaign.runs().is_empty(), "a dry run leaves nothing in the ledger");
        let told = campaign.fine(&["run", "--out", "run.jsonl"]);
        let lines = told.lines().filter(|line| !line.contains(&*campaign.place().to_string()));
        assert!(lines.into_iter().all(|line| line.chars().count() <= 80), "{told}");
        assert_eq!(bare(&campaign.read("run.jsonl")), bare(&campaign.read("dry.jsonl")));
        let runs = campaign.runs();
        assert_eq!(runs.len(), 1);
        assert!(runs[0].state == State::Done && told.contains(&*runs[0].id), "{told}");
        let contacts = campaign.contacts(&runs[0].id);
        let ids: BTreeSet<&str> = contacts.iter().map(|contact| &*contact.id).collect();
        assert_eq!(ids.len(), contacts.len());
        let text = campaign.read("run.jsonl");
        assert_eq!(text.lines().count(), contacts.len());
        for (line, contact) in text.lines().zip(&contacts) {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(row["decision"], *contact.id);
            assert_eq!(row["run"], *runs[0].id);
            assert!(matches!(contact.customer, Key::Int(id) if row["customer"] == id));
            assert_eq!(row["holdout"], contact.held_out);
        }
    });
}

/// What was sent counts: nobody gets an offer twice, and of what is scarce nothing is left.
#[test]
fn the_next_run_sees_what_was_sent() {
    over_both(300, |campaign| {
        campaign.fine(&["run", "--out", "one.jsonl"]);
        campaign.fine(&["run", "--out", "two.jsonl"]);
        let rows = |name: &str, held_out: bool| -> BTreeSet<(i64, String)> {
            let text = campaign.read(name);
            let rows = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
            let of = rows.filter(|row| row["holdout"] == held_out);
            of.map(|row| (row["customer"].as_i64().unwrap(), row["offer"].as_str().unwrap().to_owned())).collect()
        };
        let (one, two) = (rows("one.jsonl", false), rows("two.jsonl", false));
        assert_eq!(one.iter().filter(|(_, offer)| offer == "scarce").count(), 100);
        assert_eq!(two.iter().filter(|(_, offer)| offer == "scarce").count(), 0);
        assert!(one.is_disjoint(&two), "{:?}", one.intersection(&two).next());
        // Who was held out got nothing, so nothing stands against trying again; the draw is the same.
        assert!(rows("one.jsonl", true).is_subset(&rows("two.jsonl", true)));
        assert!(campaign.open().verify().unwrap().is_empty());
        for name in ["one.jsonl", "two.jsonl"] {
            assert!(campaign.fine(&["replay", name]).contains("byte for byte"));
        }
    });
}

/// The run that another process has left, as it would be: over the same policy, data and moment.
fn left(campaign: &Campaign, id: &str, change: impl FnOnce(&mut Run)) -> Run {
    let other = campaign.command(&["dry-run", "--out", "left.jsonl"]).output().unwrap();
    assert!(other.status.success());
    let text = campaign.read("left.jsonl");
    let row: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let mut ledger = campaign.open();
    let mut run = Run {
        id: id.into(),
        project: "campaign".into(),
        now: row["now"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_microsecond(),
        begun_at: 1_700_000_000_000_000,
        sees: ledger.position().unwrap(),
        policy_hash: row["policy_hash"].as_str().unwrap().into(),
        data_hash: row["data_hash"].as_str().unwrap().into(),
        out: "left.csv".into(),
        state: State::Begun,
        summary: None,
    };
    change(&mut run);
    ledger.begin(&run).unwrap();
    run
}

#[test]
fn a_run_that_was_begun_goes_on_with_its_own_moment() {
    over_both(200, |campaign| {
        let noon = 1_793_534_400_000_000;
        let run = left(campaign, "20261101-120000-aaaaaa", |run| run.now = noon + 3_600_000_000);
        let told = campaign.fine(&["run", "--now", "2027-01-01 00:00"]);
        assert!(told.contains("taken up again") && told.contains("2026-11-01 13:00 UTC"), "{told}");
        let runs = campaign.runs();
        assert_eq!(runs.iter().map(|run| (&*run.id, run.state)).collect::<Vec<_>>(), [(&*run.id, State::Done)]);
        let text = campaign.read("left.csv");
        assert!(text.lines().count() > 100 && text.lines().skip(1).all(|line| line.contains("2026-11-01T13:00:00Z")));
        assert!(text.contains(",20261101-120000-aaaaaa,"));
        assert!(campaign.fine(&["replay", "left.csv"]).contains("byte for byte"));
    });
}

#[test]
fn a_run_over_something_else_is_not_gone_on_with() {
    over_both(50, |campaign| {
        type Change = fn(&mut Run);
        let changes: [(Change, &str); 3] = [
            (|run| run.policy_hash = "p".into(), "another policy"),
            (|run| run.data_hash = "d".into(), "other data"),
            (|run| (run.policy_hash, run.data_hash) = ("p".into(), "d".into()), "another policy and other data"),
        ];
        for (at, (change, what)) in changes.into_iter().enumerate() {
            let id = format!("20261101-120000-aaaaa{at}");
            left(campaign, &id, change);
            let before = campaign.open().position().unwrap();
            let run = campaign.opportune(&["run"]);
            assert_eq!(run.exit, 3, "{}", run.err);
            assert!(run.err.contains(&id) && run.err.contains("--give-up"), "{}", run.err);
            assert!(words(&run.err).contains(what));
            assert_eq!(campaign.open().position().unwrap(), before);
            let told = campaign.fine(&["run", "--give-up", "--out", "new.jsonl"]);
            assert!(!told.contains(&id) && !told.contains("taken up again"), "{told}");
            assert_eq!(campaign.open().run(&id).unwrap().unwrap().state, State::GivenUp);
        }
    });
}

/// A run whose process ended between the ledger's commit and the file.
fn decided(campaign: &Campaign) -> (Run, String) {
    let mut other = Campaign::new(200);
    other.fine(&["run", "--out", "whole.jsonl"]);
    let run = other.runs().remove(0);
    let contacts = other.contacts(&run.id);
    let mut ledger = campaign.open();
    ledger.begin(&Run { state: State::Begun, summary: None, out: "whole.jsonl".into(), ..run.clone() }).unwrap();
    let mut deciding = ledger.decide(&run.id).unwrap();
    deciding.put(&contacts).unwrap();
    deciding.commit(run.summary.as_deref().unwrap()).unwrap();
    let text = other.read("whole.jsonl");
    other.ledger.clear();
    (run, text)
}

#[test]
fn a_run_that_was_decided_only_writes_its_file() {
    over_both(200, |campaign| {
        let (run, text) = decided(campaign);
        let refused = campaign.opportune(&["run", "--give-up"]);
        assert_eq!(refused.exit, 3, "{}", refused.err);
        assert!(words(&refused.err).contains("its contacts count"), "{}", refused.err);
        // Data and policy may be others by now, even wrong.
        campaign.project.write("data/customer.csv", "id\n");
        campaign.project.append("campaign.offer", "offer broken {");
        let told = campaign.opportune(&["run"]);
        assert_eq!(told.exit, 1, "the policy is wrong all the same: {}", told.err);
        assert!(told.out.contains("finished now") && told.out.contains(&*run.id), "{}", told.out);
        assert!(campaign.read("whole.jsonl") == text, "the file is what the run would have written");
        assert_eq!(campaign.open().run(&run.id).unwrap().unwrap().state, State::Done);
        assert!(campaign.open().verify().unwrap().is_empty());
    });
}

#[test]
fn who_was_erased_is_not_in_the_file() {
    over_both(200, |campaign| {
        let (run, text) = decided(campaign);
        let gone: serde_json::Value = serde_json::from_str(text.lines().nth(3).unwrap()).unwrap();
        campaign.open().erase(&[Key::Int(gone["customer"].as_i64().unwrap())]).unwrap();
        let told = campaign.fine(&["run", "--out", "other.jsonl"]);
        assert!(told.contains("erased since: left out"), "{told}");
        let is_gone =
            |line: &&str| serde_json::from_str::<serde_json::Value>(line).unwrap()["customer"] == gone["customer"];
        let left: Vec<&str> = text.lines().filter(|line| !is_gone(line)).collect();
        assert_eq!(campaign.read("other.jsonl").lines().collect::<Vec<_>>(), left);
        assert_eq!(
            &*campaign.open().run(&run.id).unwrap().unwrap().out,
            "other.jsonl",
            "where it was to be, it is not"
        );
        assert_eq!(campaign.open().run(&run.id).unwrap().unwrap().state, State::Done);
    });
}

#[test]
fn a_second_run_is_refused_while_one_is_at_work() {
    over_both(50, |campaign| {
        let mut ledger = campaign.open();
        let lock = ledger.lock().unwrap();
        let run = left(campaign, "20261101-120000-aaaaaa", |_| {});
        let refused = campaign.opportune(&["run"]);
        assert_eq!(refused.exit, 3, "{}", refused.err);
        let told = words(&refused.err);
        assert!(told.contains("2023-11-14 22:13:20") && told.replace(' ', "").contains(&*run.id), "{told}");
        assert_eq!(refused.out, "");
        campaign.fine(&["dry-run"]);
        drop(lock);
        campaign.fine(&["run"]);
    });
}

/// Reads that are open while a run writes see the ledger as it was.
#[test]
fn a_dry_run_sees_one_state_while_a_run_writes() {
    over_both(100, |campaign| {
        campaign.fine(&["run", "--out", "one.jsonl"]);
        let run = left(campaign, "20261101-120000-aaaaaa", |_| {});
        let mut ledger = campaign.open();
        let mut deciding = ledger.decide(&run.id).unwrap();
        let contacts: Vec<_> = campaign_contacts(&run.id, 40);
        deciding.put(&contacts).unwrap();
        campaign.fine(&["dry-run", "--out", "during.jsonl"]);
        deciding.commit("{}").unwrap();
        let during = campaign.read("during.jsonl");
        assert!(!during.is_empty() && during.lines().all(|line| line.ends_with("\"ledger\":1}")), "{during}");
        campaign.fine(&["dry-run", "--out", "after.jsonl"]);
        assert!(campaign.read("after.jsonl").lines().all(|line| line.ends_with("\"ledger\":2}")));
    });
}

fn campaign_contacts(run: &str, count: u64) -> Vec<opportune_ledger::entry::Contact> {
    let contact = |place: u64| opportune_ledger::entry::Contact {
        id: format!("{run}{place}").into(),
        place,
        customer: Key::Int(place as i64),
        offer: "plain".into(),
        member: None,
        channel: "letter".into(),
        slot: 1,
        send_at: 1_793_534_400_000_000,
        decided_at: 1_793_534_400_000_000,
        value: 1.0,
        priority: 1.0,
        cost: None,
        reason: None,
        message: None,
        items: Vec::new(),
        arm: None,
        propensity: 1.0,
        held_out: false,
    };
    (0..count).map(contact).collect()
}

#[test]
fn a_dry_run_makes_no_ledger() {
    let campaign = Campaign::new(20);
    campaign.fine(&["dry-run"]);
    let names = fs::read_dir(campaign.project.path("")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().contains("ledger")));
    assert!(Ledger::open_to_read(&campaign.place()).unwrap().is_none());
}

#[test]
fn replay_names_what_differs() {
    over_both(200, |campaign| {
        campaign.fine(&["run", "--out", "run.csv"]);
        campaign.fine(&["run", "--out", "run.parquet", "--now", "2027-03-01 09:00"]);
        for name in ["run.csv", "run.parquet"] {
            assert!(
                campaign.fine(&["replay", name, "--threads", "3", "--engine", "interpreter"]).contains("byte for byte")
            );
        }
        let differs = |file: &str, what: &[&str]| {
            let run = campaign.opportune(&["replay", file]);
            assert_eq!((run.exit, run.out.as_str()), (3, ""), "{}", run.err);
            let words = words(&run.err);
            what.iter().for_each(|what| assert!(words.contains(what), "{what}: {words}"));
        };
        let text = campaign.read("run.csv");
        let at = text.match_indices(",mail,1,").nth(6).unwrap().0;
        let row = text[..at].lines().count() - 1;
        campaign.project.write("changed.csv", format!("{},letter,2,{}", &text[..at], &text[at + 8..]));
        differs("changed.csv", &[&format!("row {row} is the first that differs, in `channel`, `slot`")]);
        campaign.project.write("short.csv", text.rsplit_once("\n").unwrap().0.rsplit_once("\n").unwrap().0);
        differs("short.csv", &["one ends after", "the other goes on"]);
        campaign.project.write("none.csv", format!("{}\n", text.lines().next().unwrap()));
        assert_eq!(campaign.opportune(&["replay", "none.csv"]).exit, 2);
        let policy = campaign.read("campaign.offer");
        let data = campaign.read("data/customer.csv");
        campaign.project.append("campaign.offer", "offer another {\n  channel letter\n}\n");
        differs("run.csv", &["another policy", "`policy_hash`"]);
        campaign.project.write("data/customer.csv", format!("{data}9999,Zoe,1.0,true,true\n"));
        differs("run.csv", &["another policy", "other data", "`data_hash`"]);
        campaign.project.write("campaign.offer", policy);
        differs("run.csv", &["other data", "--data"]);
        campaign.project.write("data/customer.csv", data);
        campaign.fine(&["replay", "run.csv"]);
        let erased = text.lines().nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
        campaign.open().erase(&[Key::Int(erased)]).unwrap();
        // What the first run saw was no contact of anybody.
        campaign.fine(&["replay", "run.csv"]);
        let elsewhere = Campaign::new(200);
        elsewhere.project.write("run.csv", &text);
        let run = elsewhere.opportune(&["replay", "run.csv"]);
        assert_eq!(run.exit, 3);
        assert!(run.err.contains("has no run") && run.err.contains("--ledger"), "{}", run.err);
    });
}

/// A run in which nobody gets anything writes a file that tells nothing of itself; the ledger knows whose it is.
#[test]
fn a_file_without_rows_is_replayed_too() {
    over_both(3, |campaign| {
        let everybody = campaign.read("data/customer.csv");
        let nobody = everybody.replace("true", "false");
        campaign.project.write("data/customer.csv", &nobody);
        let same = |arguments: &[&str]| {
            let told = campaign.fine(&[&["replay"], arguments].concat());
            assert!(told.contains("byte for byte: 0 decisions"), "{told}");
        };
        for ending in ["csv", "jsonl", "parquet"] {
            let file = format!("none.{ending}");
            campaign.fine(&["run", "--out", &file, "--now", "2027-01-02 03:04"]);
            same(&[&file]);
        }
        campaign.fine(&["run"]);
        let run = campaign.runs().pop().unwrap();
        same(&[&run.out]);
        // Elsewhere, it is known by its name; without that it must be said.
        let moved = format!("{}.parquet", run.id);
        fs::rename(campaign.project.path(&run.out), campaign.project.path(&moved)).unwrap();
        same(&[&moved]);
        fs::rename(campaign.project.path(&moved), campaign.project.path("other.parquet")).unwrap();
        let refused = |exit: i32, arguments: &[&str], what: &str| {
            let run = campaign.opportune(&[&["replay"], arguments].concat());
            assert_eq!((run.exit, run.out.as_str()), (exit, ""), "{}", run.err);
            assert!(words(&run.err).contains(what), "{what}: {}", run.err);
        };
        refused(2, &["other.parquet"], "name the run with `--run`");
        refused(2, &["other.parquet", "--run", "another"], "has no run another");
        same(&["other.parquet", "--run", &run.id]);
        campaign.project.write("none.csv", "customer,offer\n");
        refused(3, &["none.csv"], "it has not the columns that are written now");
        campaign.project.write("data/customer.csv", &everybody);
        refused(3, &["none.jsonl"], "other data");
        campaign.fine(&["run", "--out", "some.jsonl"]);
        refused(3, &["some.jsonl", "--run", &run.id], "not of the run");
        campaign.project.write("some.jsonl", "");
        refused(3, &["some.jsonl"], "one ends after 0 rows, the other goes on");
    });
}

#[test]
fn what_cannot_be_written_is_refused_before_anything_is_decided() {
    over_both(20, |campaign| {
        for (out, code) in [("decisions.xlsx", "D0201"), ("data", "D0201"), ("gone/out.csv", "D0203")] {
            let run = campaign.opportune(&["run", "--out", out]);
            assert_eq!(run.exit, 2, "{}", run.err);
            assert!(run.err.contains(code) && run.out.is_empty(), "{}", run.err);
            assert!(campaign.runs().is_empty());
        }
        fs::write(campaign.project.path("decisions"), "a file, not a folder").unwrap();
        let run = campaign.opportune(&["run"]);
        assert_eq!(run.exit, 2, "{}", run.err);
        assert!(campaign.runs().is_empty());
        fs::remove_file(campaign.project.path("decisions")).unwrap();
        campaign.fine(&["run"]);
        let runs = campaign.runs();
        assert!(campaign.project.path(&runs[0].out).is_file() && runs[0].out.ends_with(".parquet"));
    });
}

/// The decisions are in the ledger by then, and a place that has room takes the file.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_loses_nothing() {
    over_both(200, |campaign| {
        campaign.fine(&["dry-run", "--out", "dry.jsonl"]);
        std::os::unix::fs::symlink("/dev/full", campaign.project.path("full.jsonl")).unwrap();
        let run = campaign.opportune(&["run", "--out", "full.jsonl"]);
        assert_eq!((run.exit, run.out.as_str()), (2, ""), "{}", run.err);
        let words = words(&run.err);
        assert!(words.contains("the disk is full") && words.contains("All is decided and in the ledger"), "{words}");
        assert_eq!(campaign.runs()[0].state, State::Decided);
        assert_eq!(campaign.opportune(&["run"]).exit, 2, "it is still full");
        campaign.fine(&["run", "--out", "room.jsonl"]);
        assert_eq!(bare(&campaign.read("room.jsonl")), bare(&campaign.read("dry.jsonl")));
        assert_eq!(campaign.runs().iter().map(|run| run.state).collect::<Vec<_>>(), [State::Done]);
    });
}

/// The ledger's own disk is full: no file may grow beyond what there is.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_under_the_ledger_keeps_nothing_by_half() {
    let campaign = Campaign::new(3_000);
    campaign.fine(&["dry-run", "--out", "dry.jsonl"]);
    drop(campaign.open());
    let limited = format!("trap '' XFSZ; ulimit -f 300; exec {} run --out run.jsonl", project::PROGRAM);
    let mut command = std::process::Command::new("bash");
    command.args(["-c", &limited]).current_dir(campaign.project.path("")).env("OPPORTUNE_LEDGER", &campaign.ledger);
    let run = project::finish(&mut command);
    assert_eq!((run.exit, run.out.as_str()), (2, ""), "{}", run.err);
    assert!(run.err.contains("the ledger"), "{}", run.err);
    assert_eq!(campaign.runs().iter().map(|run| run.state).collect::<Vec<_>>(), [State::Begun]);
    assert!(!campaign.project.path("run.jsonl").exists());
    let told = campaign.fine(&["run"]);
    assert!(told.contains("taken up again"), "{told}");
    assert_eq!(bare(&campaign.read("run.jsonl")), bare(&campaign.read("dry.jsonl")));
}

/// A folder in which this user may not write; the superuser may everywhere, so the program runs as another.
#[cfg(target_os = "linux")]
#[test]
fn a_read_only_folder_is_told() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let campaign = Campaign::new(20);
    let folder = campaign.project.path("");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    let mut command = campaign.command(&["run"]);
    if fs::write(folder.join("probe"), "").is_ok() {
        fs::remove_file(folder.join("probe")).unwrap();
        command.uid(65_534).gid(65_534);
    }
    let run = project::finish(&mut command);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!((run.exit, run.out.as_str()), (2, ""), "{}", run.err);
    assert!(run.err.contains("ledger"), "{}", run.err);
    assert!(!folder.join("ledger.sqlite").exists() && !folder.join("decisions").exists());
}

/// The server hangs up while the run puts its decisions into the ledger.
#[test]
fn a_server_that_is_gone_in_the_middle_loses_nothing() {
    over_postgres(200, |campaign| {
        campaign.fine(&["dry-run", "--out", "dry.jsonl"]);
        drop(campaign.open());
        let server = std::env::var(campaign::SERVER).unwrap();
        let schema = campaign.ledger.split_once("schema=").unwrap().1;
        let mut client = postgres::Client::connect(&server, postgres::NoTls).unwrap();
        client.batch_execute(&format!("BEGIN; LOCK TABLE {schema}.contacts IN SHARE MODE")).unwrap();
        let mut command = campaign.command(&["run", "--out", "run.jsonl"]);
        let running = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // The run waits for the table, and is hung up on while it does.
        let waiting = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND relation = '{schema}.contacts'::regclass"
        );
        while client.query(&waiting, &[]).unwrap().is_empty() {
            std::thread::sleep(Duration::from_millis(20));
        }
        let output = running.wait_with_output().unwrap();
        let told = words(&String::from_utf8(output.stderr).unwrap());
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]), "{told}");
        assert!(told.contains("was lost while it was in use"), "{told}");
        client.batch_execute("ROLLBACK").unwrap();
        assert_eq!(campaign.runs().iter().map(|run| run.state).collect::<Vec<_>>(), [State::Begun]);
        assert!(!campaign.project.path("run.jsonl").exists());
        let told = campaign.fine(&["run"]);
        assert!(told.contains("taken up again"), "{told}");
        assert_eq!(bare(&campaign.read("run.jsonl")), bare(&campaign.read("dry.jsonl")));
        assert!(campaign.open().verify().unwrap().is_empty());
    });
}

#[test]
fn no_password_is_ever_shown() {
    let campaign = Campaign::new(20);
    for address in ["postgres://me:s3cr3t@127.0.0.1:1/offers", "postgres://me:s3cr3t@@/x", "mysql://me:s3cr3t@h/x"] {
        for command in [&["run"][..], &["dry-run"]] {
            for arguments in [&[][..], &["--ledger", address]] {
                let run =
                    project::finish(campaign.command(&[command, arguments].concat()).env("OPPORTUNE_LEDGER", address));
                assert_eq!(run.exit, 2, "{}", run.err);
                assert!(!format!("{}{}", run.out, run.err).contains("s3cr3t"), "{}", run.err);
            }
        }
    }
}
