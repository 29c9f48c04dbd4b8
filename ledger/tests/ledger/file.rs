//! What may be wrong with a file of SQLite, and what reading leaves of it.

use std::fs;
use std::path::Path;

use opportune_ledger::entry::Key;
use opportune_ledger::{Ledger, LedgerError, Place, Trouble};
use tempfile::TempDir;

use crate::made::{Seen, behind, decided, over_both, past, seen};

fn in_folder(test: impl Fn(&Path, &Place)) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("ledger.sqlite");
    test(&path, &Place::Sqlite(path.clone()));
}

/// What both ways of opening say.
fn both(place: &Place) -> [Trouble; 2] {
    let read = Ledger::open_to_read(place).map(|found| assert!(found.is_none(), "it was opened"));
    [Ledger::open(place).unwrap_err().trouble().clone(), read.unwrap_err().trouble().clone()]
}

#[test]
fn a_file_of_something_else_is_refused_and_left_alone() {
    in_folder(|path, place| {
        rusqlite::Connection::open(path).unwrap().execute_batch("CREATE TABLE contacts (name)").unwrap();
        let before = fs::read(path).unwrap();
        let wanted = Trouble::NotALedger("it is a SQLite database of something else");
        assert_eq!(both(place), [wanted.clone(), wanted]);
        assert_eq!(fs::read(path).unwrap(), before);
    });
    in_folder(|path, place| {
        fs::write(path, "id,customer\n".repeat(1000)).unwrap();
        let wanted = Trouble::NotALedger("it is no SQLite database");
        assert_eq!(both(place), [wanted.clone(), wanted]);
        assert_eq!(fs::read_to_string(path).unwrap(), "id,customer\n".repeat(1000));
    });
    in_folder(|path, place| {
        fs::create_dir(path).unwrap();
        let wanted = Trouble::NotALedger("it is a folder");
        assert_eq!(both(place), [wanted.clone(), wanted]);
    });
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let folder = TempDir::new().unwrap();
    let place = Place::Sqlite(folder.path().join("none").join("ledger.sqlite"));
    let error = Ledger::open(&place).unwrap_err();
    assert!(matches!(error.trouble(), Trouble::Unreachable(_)), "{error}");
    assert!(Ledger::open_to_read(&place).unwrap().is_none());
}

#[test]
fn an_empty_file_becomes_a_ledger() {
    in_folder(|path, place| {
        fs::write(path, "").unwrap();
        assert!(Ledger::open_to_read(place).unwrap().is_none());
        assert!(fs::read(path).unwrap().is_empty(), "reading makes nothing");
        Ledger::open(place).unwrap();
        assert!(Ledger::open_to_read(place).unwrap().is_some());
    });
}

#[test]
fn tables_of_another_version_are_told() {
    over_both(|place| {
        assert!(Ledger::open_to_read(place).unwrap().is_none(), "there is none yet");
        Ledger::open(place).unwrap();
        behind(place, "UPDATE opportune_ledger SET version = 99");
        let wanted = Trouble::Newer { found: 99, known: 1 };
        assert_eq!(both(place), [wanted.clone(), wanted]);
        behind(place, "UPDATE opportune_ledger SET version = 0");
        let error = Ledger::open_to_read(place).unwrap_err();
        assert_eq!(error.trouble(), &Trouble::Older);
    });
}

/// Every part of a file is overwritten in turn. Either it is told, or nothing was lost: the part was free.
#[test]
fn a_damaged_file_is_told() {
    in_folder(|path, place| {
        let mut ledger = Ledger::open(place).unwrap();
        decided(&mut ledger, "a", 2000);
        ledger.import((0..500).map(|n| past(&n.to_string(), Key::Int(n)))).unwrap();
        let whole = seen(&mut ledger, None);
        drop(ledger);
        let sound = fs::read(path).unwrap();
        assert_eq!(read(place).as_ref(), Some(&whole), "the sound file");
        let mut told = 0;
        for at in (0..sound.len()).step_by(sound.len() / 40) {
            let mut bytes = sound.clone();
            bytes[at..].iter_mut().take(3000).for_each(|byte| *byte ^= 0x5a);
            fs::write(path, &bytes).unwrap();
            let found = read(place);
            assert!(found.is_none() || found.as_ref() == Some(&whole), "damaged at {at}");
            told += usize::from(found.is_none());
        }
        assert!(told >= 35, "{told} of 41 damages were told");
        fs::write(path, &sound[..sound.len() / 2]).unwrap();
        assert_eq!(read(place), None, "half of a file");
    });
}

/// All that a ledger holds, if nothing is found wrong with it.
fn read(place: &Place) -> Option<Seen> {
    let read = || {
        let mut ledger = Ledger::open_to_read(place)?.expect("it is there");
        let mut seen = Seen::default();
        ledger.read(None, &mut seen)?;
        Ok::<_, LedgerError>(ledger.verify()?.is_empty().then_some(seen))
    };
    read().unwrap_or(None)
}

/// What a file brings along is not run, and does not hide what is in it.
#[test]
fn triggers_and_views_of_a_file_are_not_run() {
    in_folder(|_, place| {
        Ledger::open(place).unwrap();
        behind(place, "CREATE TRIGGER t AFTER INSERT ON contacts BEGIN DELETE FROM contacts; END");
        let mut ledger = Ledger::open(place).unwrap();
        ledger.import([past("1", Key::Int(1))]).unwrap();
        assert_eq!(seen(&mut ledger, None).contacts.len(), 1);
    });
    in_folder(|_, place| {
        Ledger::open(place).unwrap();
        behind(place, "DROP TABLE responses; CREATE VIEW responses AS SELECT * FROM contacts");
        let error = Ledger::open(place).unwrap().read(None, &mut Seen::default()).unwrap_err();
        assert!(matches!(error.trouble(), Trouble::Failed(_) | Trouble::Damaged(_)), "{error}");
    });
}

#[test]
fn reading_leaves_the_folder_as_it_was() {
    in_folder(|path, place| {
        let mut ledger = Ledger::open(place).unwrap();
        decided(&mut ledger, "a", 50);
        drop(ledger);
        let names = || {
            let mut names: Vec<_> =
                fs::read_dir(path.parent().unwrap()).unwrap().map(|file| file.unwrap().path()).collect();
            names.sort();
            names.into_iter().map(|path| (fs::read(&path).unwrap(), path)).collect::<Vec<_>>()
        };
        let before = names();
        let mut reader = Ledger::open_to_read(place).unwrap().unwrap();
        assert!(seen(&mut reader, None).contacts.len() > 40);
        assert!(reader.record([]).is_err() || names() == before, "who reads cannot write");
        drop(reader);
        assert!(names() == before);
    });
}

#[test]
fn who_reads_cannot_write() {
    over_both(|place| {
        Ledger::open(place).unwrap();
        let mut reader = Ledger::open_to_read(place).unwrap().unwrap();
        let error = reader.import([past("1", Key::Int(1))]).unwrap_err();
        assert_eq!(error.trouble(), &Trouble::ReadOnly, "{error}");
        assert_eq!(reader.erase(&[Key::Int(1)]).unwrap_err().trouble(), &Trouble::ReadOnly);
    });
}

/// After a crash the log holds what was committed: who reads sees it, and leaves it where it is.
#[test]
fn a_log_that_was_left_behind_is_read_and_left() {
    in_folder(|path, place| {
        let mut ledger = Ledger::open(place).unwrap();
        decided(&mut ledger, "a", 50);
        let folder = TempDir::new().unwrap();
        let copy = folder.path().join("ledger %?#.sqlite");
        let log = |path: &Path| format!("{}-wal", path.display());
        fs::copy(path, &copy).unwrap();
        fs::copy(log(path), log(&copy)).unwrap();
        let kept = || (fs::read(&copy).unwrap(), fs::read(log(&copy)).unwrap());
        let before = kept();
        assert!(!before.1.is_empty());
        let mut reader = Ledger::open_to_read(&Place::Sqlite(copy.clone())).unwrap().unwrap();
        assert_eq!(seen(&mut reader, None).contacts.len(), 42);
        drop(reader);
        assert!(kept() == before);
        assert_eq!(seen(&mut Ledger::open(&Place::Sqlite(copy.clone())).unwrap(), None).contacts.len(), 42);
    });
}

/// Where nobody may write, what is there can be read; for whom everything may be written, there is nothing to be seen.
#[test]
#[cfg(unix)]
fn a_folder_that_may_not_be_written_can_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    in_folder(|path, place| {
        let mut ledger = Ledger::open(place).unwrap();
        decided(&mut ledger, "a", 50);
        drop(ledger);
        let folder = path.parent().unwrap();
        let allow = |mode, of: &Path| fs::set_permissions(of, fs::Permissions::from_mode(mode)).unwrap();
        allow(0o444, path);
        allow(0o555, folder);
        let is_root = fs::write(folder.join("x"), "").is_ok();
        let before = fs::read_dir(folder).unwrap().count();
        let mut reader = Ledger::open_to_read(place).unwrap().unwrap();
        assert_eq!(seen(&mut reader, None).contacts.len(), 42);
        drop(reader);
        assert_eq!(fs::read_dir(folder).unwrap().count(), before);
        if !is_root {
            let error = Ledger::open(place).unwrap_err();
            assert_eq!(error.trouble(), &Trouble::ReadOnly, "{error}");
            let other = Place::Sqlite(folder.join("other.sqlite"));
            assert!(matches!(Ledger::open(&other).unwrap_err().trouble(), Trouble::Unreachable(_)));
        }
        allow(0o755, folder);
    });
}
