//! The hash of the data: what changes it and what does not.

use std::fs;

use tempfile::TempDir;

use super::super::hash::{DataRead, hash_of};

#[test]
fn names_and_contents_tell_the_data() {
    let of = |files: &[(&str, &str)]| {
        let mut read = DataRead::default();
        files.iter().for_each(|(name, hash)| read.add_file((*name).to_owned(), (*hash).to_owned()));
        read
    };
    let two = of(&[("b.csv", "22"), ("a.csv", "11")]);
    assert_eq!(two.to_string(), "11  a.csv\n22  b.csv\n");
    assert_eq!(two.hash(), blake3::hash(b"11  a.csv\n22  b.csv\n").to_hex().to_string());
    assert_eq!(
        two,
        of(&[("a.csv", "11"), ("b.csv", "22"), ("a.csv", "11")]),
        "a file that two tables share counts once"
    );
    for other in [&[("b.csv", "11"), ("a.csv", "22")][..], &[("a.csv", "11")], &[("a.csv\n22  b.csv", "11")], &[]] {
        assert_ne!(two.hash(), of(other).hash(), "{other:?}");
    }
    let mut asked = two.clone();
    asked.add_value("reason", "\"question\"");
    asked.add_value("channel", "\"branch\"");
    assert!(asked.to_string().ends_with("b.csv\ncontext.channel = \"branch\"\ncontext.reason = \"question\"\n"));
    let mut by_file = two.clone();
    by_file.add_request("CSV", "33");
    assert!(by_file.to_string().ends_with("b.csv\ncontext = CSV 33\n"));
    assert!(asked.hash() != two.hash() && by_file.hash() != two.hash());
}

#[test]
fn a_file_is_hashed_whole_and_then_read_from_its_beginning() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("file");
    for length in [0, 1, 131_071, 131_072, 131_073, 1_000_000] {
        let bytes: Vec<u8> = (0..length).map(|at: u32| (at % 251) as u8).collect();
        fs::write(&path, &bytes).unwrap();
        let mut file = fs::File::open(&path).unwrap();
        assert_eq!(hash_of(&mut file).unwrap(), blake3::hash(&bytes).to_hex().to_string());
        assert_eq!(std::io::Seek::stream_position(&mut file).unwrap(), 0);
    }
}
