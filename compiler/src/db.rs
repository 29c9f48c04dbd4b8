//! The database of the incremental graph: what the command line and the editor share.

/// A database that holds a project; [`crate::queries`] are asked of it.
#[salsa::db]
pub trait Db: salsa::Database {}

/// The one database.
#[salsa::db]
#[derive(Clone, Default)]
pub struct Database {
    storage: salsa::Storage<Self>,
}

impl Database {
    /// A database that tells what it does; for tests of what is not computed again.
    pub fn watched(watcher: impl Fn(salsa::Event) + Send + Sync + 'static) -> Self {
        Self { storage: salsa::Storage::new(Some(Box::new(watcher))) }
    }
}

#[salsa::db]
impl salsa::Database for Database {}

#[salsa::db]
impl Db for Database {}
