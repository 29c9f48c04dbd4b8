//! A small good project in a temporary folder, for tests that break it, and the built program run over it.

#![allow(dead_code, reason = "each test uses its part")]

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use arrow::array::{RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;

/// A project in a folder of its own, removed with it.
pub struct Project {
    folder: tempfile::TempDir,
}

/// How a run of the program ended.
pub struct Run {
    pub exit: i32,
    pub out: String,
    pub err: String,
}

/// The files of the good project.
const FILES: [(&str, &str); 5] = [
    ("opportune.toml", Project::MANIFEST),
    ("shop.offer", include_str!("shop/shop.offer")),
    ("data/customer.csv", include_str!("shop/data/customer.csv")),
    ("data/purchase.csv", include_str!("shop/data/purchase.csv")),
    ("data/product.csv", include_str!("shop/data/product.csv")),
];

impl Project {
    /// The manifest.
    pub const MANIFEST: &str = include_str!("shop/opportune.toml");

    /// Writes the good project.
    pub fn new() -> Self {
        Self::of(&FILES)
    }

    /// Writes a project of these files.
    pub fn of(files: &[(&str, &str)]) -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(project.path("data")).unwrap();
        files.iter().for_each(|(name, text)| project.write(name, text));
        project
    }

    /// A path in the project.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file in the project.
    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        fs::write(self.path(name), contents).unwrap();
    }

    /// Adds to the end of a file.
    pub fn append(&self, name: &str, text: &str) {
        let before = fs::read_to_string(self.path(name)).unwrap();
        self.write(name, format!("{before}\n{text}"));
    }

    /// Runs the program in the project's folder.
    pub fn opportune(&self, arguments: &[&str]) -> Run {
        let run = run(self.folder.path(), arguments);
        // The folder's name differs from run to run.
        let real = fs::canonicalize(self.folder.path()).unwrap();
        let shown = |text: String| text.replace(&*real.to_string_lossy(), "PROJECT");
        Run { exit: run.exit, out: shown(run.out), err: shown(run.err) }
    }
}

/// The built program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_opportune");

/// Runs the program in a folder, with nothing of this process's terminal.
pub fn run(folder: &Path, arguments: &[&str]) -> Run {
    finish(Command::new(PROGRAM).args(arguments).current_dir(folder))
}

/// Runs a command to its end.
pub fn finish(command: &mut Command) -> Run {
    let output = command.stdin(Stdio::null()).env("COLUMNS", "80").env("NO_COLOR", "1").output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { exit: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// The products as a Parquet file.
pub fn products_as_parquet() -> Vec<u8> {
    let fields = ["product_id", "kind"].map(|name| Field::new(name, DataType::Utf8, false));
    let schema = Arc::new(Schema::new(fields.to_vec()));
    let ids: Vec<String> = (0..500).map(|n| format!("product {n}")).chain(["tea".into(), "pie".into()]).collect();
    let kinds: Vec<&str> = ids.iter().map(|id| if id == "tea" { "drink" } else { "food" }).collect();
    let columns: Vec<arrow::array::ArrayRef> =
        vec![Arc::new(StringArray::from(ids)), Arc::new(StringArray::from(kinds))];
    let batch = RecordBatch::try_new(schema.clone(), columns).unwrap();
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes.into_inner()
}
