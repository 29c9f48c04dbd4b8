//! Which data a run has seen: one hash over the files that were read and what a request brought.
//!
//! A file is hashed through the handle that it is then read by, so that one which is replaced meanwhile cannot be read
//! under the hash of another. Names are as the schema gives them, never where they lie on this machine.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek};

/// How much of a file is hashed at a time: enough for the widest kernels of BLAKE3, and within the cache.
const PIECE: usize = 128 * 1024;

/// What was read, by name.
///
/// As text it is a line for each file in the order of their names (by their bytes), `HASH  NAME` with the BLAKE3 hash of
/// the contents in hex, as `b3sum` prints them; then lines for what a request brought: `context.FIELD = VALUE` for each
/// value that holds for all customers, in the order of the fields' names, or `context = FORMAT HASH` for a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataRead {
    files: BTreeMap<String, String>,
    request: Vec<String>,
}

impl DataRead {
    /// Notes a file; one that several tables are read from is noted once.
    pub(super) fn add_file(&mut self, name: String, hash: String) {
        self.files.insert(name, hash);
    }

    /// Notes the file of a request, which may be anywhere and have any name.
    pub(super) fn add_request(&mut self, format: &str, hash: &str) {
        self.request.push(format!("context = {format} {hash}"));
    }

    /// Notes a value that holds for all customers.
    pub(in crate::snapshot) fn add_value(&mut self, field: &str, value: &str) {
        self.request.push(format!("context.{field} = {value}"));
        self.request.sort_unstable();
    }

    /// The BLAKE3 hash of the text, in hex: the same names, contents and values, the same hash.
    pub fn hash(&self) -> String {
        blake3::hash(self.to_string().as_bytes()).to_hex().to_string()
    }
}

impl std::fmt::Display for DataRead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (name, hash) in &self.files {
            // As `b3sum` does it, so that no name can pass for two lines.
            let escaped = name.contains(['\\', '\n', '\r']);
            let name = name.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
            writeln!(f, "{}{hash}  {name}", if escaped { "\\" } else { "" })?;
        }
        self.request.iter().try_for_each(|value| writeln!(f, "{value}"))
    }
}

/// The BLAKE3 hash of a file's contents, in hex; the file is then at its beginning.
///
/// # Errors
/// When it cannot be read.
pub(super) fn hash_of(file: &mut File) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    let mut piece = vec![0; PIECE];
    loop {
        let read = match file.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(piece.get(..read).unwrap_or_default());
    }
    file.rewind()?;
    Ok(hasher.finalize().to_hex().to_string())
}
