//! Addresses: what is read of them, and that nothing shows a password.

use opportune_ledger::{Place, Url};

#[test]
fn a_password_is_never_shown() {
    let secret = "s3cr3t";
    let good = [
        "postgres://me:s3cr3t@db.example/ledger",
        "postgresql://me:s3cr3t@db.example:5433/ledger?schema=grocer&connect_timeout=3",
        "postgres://me@db.example/ledger?password=s3cr3t",
        "postgres://me:s3cr3t%40x@[::1]:5432/ledger",
        "postgres://me:p?s3cr3t=1@db/ledger",
    ];
    for text in good {
        let url: Url = text.parse().unwrap();
        let shown = format!("{url} {url:?} {:?} {}", Place::Postgres(url.clone()), Place::Postgres(url.clone()));
        assert!(!shown.contains(secret), "{shown}");
        assert!(url.has_password());
    }
    let bad = [
        "postgres://me:s3cr3t@@db.example/ledger?x",
        "postgres://me:s3cr3t/ledger",
        "postgres://me:p?s3cr3t@db/ledger",
        "postgres://me:p#s3cr3t@db/ledger?s3cr3t=s3cr3t",
        "postgres://me:s3cr3t@db.example:s3cr3t/ledger",
        "postgres://me:s3cr3t@db.example/ledger?sslmode=prefer",
        "postgres://me:s3cr3t@db.example/ledger?schema=",
        "postgres://me:s3cr3t@db.example/ledger?schema=%zz",
        "postgres://me:s3cr3t@db.example/",
        "mysql://me:s3cr3t@db.example/ledger",
    ];
    for text in bad {
        let error = text.parse::<Place>().unwrap_err();
        let shown = format!("{error} {error:?} {}", error.way_out());
        assert!(!shown.contains(secret), "{text}: {shown}");
    }
}

#[test]
fn an_address_is_shown_as_far_as_it_tells_ledgers_apart() {
    let shown = |text: &str| text.parse::<Url>().unwrap().to_string();
    assert_eq!(shown("postgres://me:x@db.example/ledger"), "postgres://me@db.example/ledger");
    assert_eq!(shown("postgresql://db:6000/l?schema=a%2Fb&sslmode=disable"), "postgres://db:6000/l?schema=a/b");
    assert_eq!(shown("postgres:///l?host=/tmp/sockets"), "postgres:///tmp/sockets/l");
    assert!(!"postgres://me@db/l".parse::<Url>().unwrap().has_password());
}

#[test]
fn what_is_no_address_is_a_file() {
    let path = |text: &str| text.parse::<Place>().unwrap();
    assert_eq!(path("ledger.sqlite"), Place::Sqlite("ledger.sqlite".into()));
    assert_eq!(path("/var/postgres:x"), Place::Sqlite("/var/postgres:x".into()));
}
