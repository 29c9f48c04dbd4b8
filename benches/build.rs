//! Writes the compiled peers' source, made from the same offers as the policy, to where `engines/compiled.rs` includes it.

use std::{env, fs, io, path::Path};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    let source = opportune_workload::rust::source(&opportune_workload::Workload::new());
    fs::write(Path::new(&folder).join("peers.rs"), source)
}
