//! PostgreSQL that refuses, hangs up or is not there.

use opportune_ledger::entry::{Key, Position, State};
use opportune_ledger::{Ledger, Place, Trouble};

use crate::made::{SERVER, Seen, at, behind, contacts, of_run, over_postgres, past, run, seen, sql};

/// Ends every connection of ours that looks into a schema, as a server that is stopped does.
fn hang_up(schema: &str) {
    let statement = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
         WHERE relation = '{schema}.opportune_ledger'::regclass AND pid <> pg_backend_pid()"
    );
    sql(&std::env::var(SERVER).unwrap(), &statement);
}

fn schema(address: &str) -> &str {
    address.split_once("schema=").unwrap().1
}

#[test]
fn a_server_that_is_gone_in_the_middle_keeps_nothing_by_half() {
    over_postgres(|address| {
        let place: Place = address.parse().unwrap();
        let mut ledger = Ledger::open(&place).unwrap();
        ledger.begin(&run("a")).unwrap();
        let mut deciding = ledger.decide("a").unwrap();
        deciding.put(&contacts("a", 300)).unwrap();
        hang_up(schema(address));
        let later: Vec<_> = contacts("a", 600).split_off(300);
        let error = deciding.put(&later).and_then(|()| deciding.commit("{}")).unwrap_err();
        assert!(matches!(error.trouble(), Trouble::Lost(_)), "{error}");
        assert!(error.way_out().is_some());
        let error = ledger.position().unwrap_err();
        assert!(matches!(error.trouble(), Trouble::Lost(_)), "{error}");

        let mut ledger = Ledger::open(&place).unwrap();
        assert_eq!(ledger.unfinished().unwrap().unwrap().state, State::Begun);
        assert_eq!((ledger.position().unwrap(), seen(&mut ledger, None).contacts.len()), (Position(0), 0));
        let mut deciding = ledger.decide("a").unwrap();
        deciding.put(&contacts("a", 600)).unwrap();
        deciding.commit("{}").unwrap();
        assert_eq!(of_run(&mut ledger, "a"), contacts("a", 600));
    });
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let place: Place = "postgres://me:s3cr3t@127.0.0.1:1/ledger".parse().unwrap();
    for error in [Ledger::open(&place).unwrap_err(), Ledger::open_to_read(&place).unwrap_err()] {
        let shown = format!("{error} {error:?}");
        assert!(matches!(error.trouble(), Trouble::Unreachable(_)), "{shown}");
        assert!(shown.contains("postgres://me@127.0.0.1:1/ledger") && !shown.contains("s3cr3t"), "{shown}");
    }
}

#[test]
fn a_wrong_password_is_told_and_not_shown() {
    over_postgres(|address| {
        let server = std::env::var(SERVER).unwrap();
        let name = format!("wrong_{}", std::process::id());
        sql(
            &server,
            &format!("DROP ROLE IF EXISTS {name}; CREATE ROLE {name} LOGIN PASSWORD 'right' CONNECTION LIMIT 0"),
        );
        // The server may let everybody in from this machine: then the limit of connections refuses.
        let (_, rest) = address.split_once('@').unwrap();
        let place: Place = format!("postgres://{name}:s3cr3t@{rest}").parse().unwrap();
        let error = Ledger::open(&place).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(matches!(error.trouble(), Trouble::Unreachable(_)) && !shown.contains("s3cr3t"), "{shown}");
        sql(&server, &format!("DROP ROLE {name}"));
    });
}

#[test]
fn a_schema_of_something_else_is_refused_and_left_alone() {
    over_postgres(|address| {
        let server = std::env::var(SERVER).unwrap();
        let name = schema(address);
        sql(&server, &format!("CREATE SCHEMA {name}; CREATE TABLE {name}.customers (id int)"));
        let place: Place = address.parse().unwrap();
        let error = Ledger::open(&place).unwrap_err();
        assert_eq!(error.trouble(), &Trouble::NotALedger("its schema holds tables of something else"));
        assert!(Ledger::open_to_read(&place).unwrap().is_none());
        sql(&server, &format!("INSERT INTO {name}.customers VALUES (1)"));
    });
}

/// Two ledgers of one database know nothing of each other, whatever their schemas are called.
#[test]
fn schemas_are_apart() {
    over_postgres(|address| {
        let server = std::env::var(SERVER).unwrap();
        let odd = format!("odd \"{}' ü", schema(address));
        let encoded: String = odd.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let (one, other): (Place, Place) = (address.parse().unwrap(), at(&server, &encoded).parse().unwrap());
        let (mut one, mut other) = (Ledger::open(&one).unwrap(), Ledger::open(&other).unwrap());
        one.import([past("1", Key::Int(1))]).unwrap();
        assert_eq!(other.position().unwrap(), Position(0));
        let _lock = one.lock().unwrap();
        let _other = other.lock().unwrap();
        assert!(Ledger::open(one.place()).unwrap().lock().is_err());
        sql(&server, &format!("DROP SCHEMA \"{}\" CASCADE", odd.replace('"', "\"\"")));
    });
}

/// A user who may read and not write is told so, and can read.
#[test]
fn a_user_who_may_only_read_can_read() {
    over_postgres(|address| {
        let server = std::env::var(SERVER).unwrap();
        let place: Place = address.parse().unwrap();
        Ledger::open(&place).unwrap().import([past("1", Key::Int(1))]).unwrap();
        let (role, name) = (format!("reader_{}", std::process::id()), schema(address));
        sql(&server, &format!("DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN PASSWORD 'read'"));
        sql(
            &server,
            &format!("GRANT USAGE ON SCHEMA {name} TO {role}; GRANT SELECT ON ALL TABLES IN SCHEMA {name} TO {role}"),
        );
        let (_, rest) = address.split_once('@').unwrap();
        let theirs: Place = format!("postgres://{role}:read@{rest}").parse().unwrap();
        let mut reader = Ledger::open_to_read(&theirs).unwrap().unwrap();
        assert_eq!(seen(&mut reader, None).contacts.len(), 1);
        let error = Ledger::open(&theirs).unwrap().import([past("2", Key::Int(1))]).unwrap_err();
        assert_eq!(error.trouble(), &Trouble::Failed("permission denied for table opportune_ledger".into()));
        sql(&server, &format!("DROP OWNED BY {role}; DROP ROLE {role}"));
    });
}

/// A column of another kind, and one that is gone: told, not mistaken.
#[test]
fn tables_that_were_changed_are_told() {
    for change in ["ALTER TABLE contacts ALTER cost TYPE text", "ALTER TABLE contacts DROP COLUMN offer"] {
        over_postgres(|address| {
            let place: Place = address.parse().unwrap();
            Ledger::open(&place).unwrap().import([past("1", Key::Int(1))]).unwrap();
            behind(&place, change);
            let error = Ledger::open(&place).unwrap().read(None, &mut Seen::default()).unwrap_err();
            assert!(matches!(error.trouble(), Trouble::Damaged(_) | Trouble::Failed(_)), "{error}");
        });
    }
}

/// Where the server shows a certificate, whether it is checked against what is trusted, the server's name included.
#[test]
fn who_answers_is_checked() {
    let Ok(certificate) = std::env::var("OPPORTUNE_TEST_POSTGRES_CA") else {
        assert!(std::env::var_os("CI").is_none(), "the server has to show a certificate");
        return;
    };
    over_postgres(|address| {
        let encrypted = |options: &str| format!("{address}&sslmode=require{options}").parse::<Place>().unwrap();
        let trusted = format!("&sslrootcert={certificate}");
        let mut ledger = Ledger::open(&encrypted(&trusted)).unwrap();
        ledger.import([past("1", Key::Int(1))]).unwrap();
        let _lock = ledger.lock().unwrap();
        let of_ours = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND application_name = 'opportune'";
        let mut client = postgres::Client::connect(&std::env::var(SERVER).unwrap(), postgres::NoTls).unwrap();
        assert!(
            client.query_one(of_ours, &[]).unwrap().get::<_, i64>(0) >= 2,
            "the lock is taken over an encrypted connection too"
        );

        let refused = |place: &Place, why: &str| {
            let error = Ledger::open(place).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        };
        refused(&encrypted(""), "certificate");
        refused(&encrypted("&sslrootcert=/none"), "the certificates of `sslrootcert`, /none");
        let elsewhere = address.replace("@localhost", "@127.0.0.1");
        let elsewhere: Place = format!("{elsewhere}&sslmode=require{trusted}").parse().unwrap();
        refused(&elsewhere, "certificate");
    });
}

/// A server that does not know its new rows yet would look through all of them for each page that is read.
#[test]
fn many_rows_that_are_new_are_read_page_by_page() {
    over_postgres(|address| {
        let place: Place = address.parse().unwrap();
        let mut ledger = Ledger::open(&place).unwrap();
        behind(&place, "ALTER TABLE contacts SET (autovacuum_enabled = false)");
        ledger.import((0..20_000).map(|n| past(&n.to_string(), Key::Int(n)))).unwrap();
        assert_eq!(seen(&mut ledger, None).contacts.len(), 20_000);
        drop(ledger);
        let mut client = postgres::Client::connect(&std::env::var(SERVER).unwrap(), postgres::NoTls).unwrap();
        let entries = format!(
            "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelid = '{}.contacts_pkey'::regclass",
            schema(address)
        );
        // The server counts what a connection has read at the latest when it ends.
        let read = loop {
            let read: i64 = client.query_one(&entries, &[]).unwrap().get(0);
            if read >= 20_000 {
                break read;
            }
            std::thread::yield_now();
        };
        assert!(read < 30_000, "{read} entries of the index for 20,000 rows");
    });
}
