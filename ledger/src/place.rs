//! Where a ledger is: a file, or the address of a PostgreSQL database.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::store::postgres::Address;

/// Where a ledger is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// A PostgreSQL database.
    Postgres(Url),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            Self::Postgres(url) => write!(f, "{url}"),
        }
    }
}

impl FromStr for Place {
    type Err = NoAddress;

    /// An address of PostgreSQL, or the path of a file.
    fn from_str(text: &str) -> Result<Self, NoAddress> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return text.parse().map(Self::Postgres);
        }
        match text.split_once("://") {
            Some(_) => Err(NoAddress("it is of another kind of database")),
            None => Ok(Self::Sqlite(text.into())),
        }
    }
}

/// The address of a PostgreSQL database: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, and after a `?`, joined by `&`:
///
/// - `schema`: the schema that holds the tables; `opportune` unless it is told. Each ledger has one of its own.
/// - `sslmode`: `require` (encrypted, and the server's certificate is checked: the default but on this machine) or `disable`.
/// - `sslrootcert`: a file of certificates that are trusted, instead of the system's.
/// - what PostgreSQL's own programs know, such as `connect_timeout`, `host` (a folder, for a socket) and `port`.
///
/// Without a password, `PGPASSWORD` of the environment is taken. Nothing shows a password.
#[derive(Clone)]
pub struct Url {
    pub(crate) address: Box<Address>,
    /// As it was written, to be compared and never shown.
    given: Box<str>,
    shown: Box<str>,
}

impl PartialEq for Url {
    fn eq(&self, other: &Self) -> bool {
        self.given == other.given
    }
}

impl Eq for Url {}

impl Url {
    /// Whether a password is written in it.
    pub fn has_password(&self) -> bool {
        self.address.config.get_password().is_some()
    }
}

impl FromStr for Url {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        let address = Box::new(Address::parse(text).map_err(NoAddress)?);
        let shown = address.shown().into();
        Ok(Self { address, given: text.into(), shown })
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({})", self.shown)
    }
}

/// Why a text is no address. The text is not told: a password may be anywhere in what cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAddress(&'static str);

impl std::error::Error for NoAddress {}

impl fmt::Display for NoAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the address of the ledger cannot be used: {}", self.0)
    }
}

impl NoAddress {
    /// What helps.
    pub fn way_out(&self) -> &'static str {
        "write `postgres://USER@HOST/DATABASE`, or the path of a file; in a name or a password, write `@` as `%40`, `:` as \
         `%3A`, `/` as `%2F`, `?` as `%3F`, `#` as `%23` and `%` as `%25`"
    }
}
