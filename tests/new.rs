//! `opportune new`: what it makes validates at once and decides over its data at once, whatever files it looked at.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/project.rs"]
mod project;

use std::fs;
use std::path::Path;

use project::{Run, products_as_parquet, run};

/// A place to make projects in.
struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("files")).unwrap();
        Self { folder }
    }

    fn with(files: &[(&str, &[u8])]) -> Self {
        let bench = Self::new();
        files.iter().for_each(|(name, bytes)| fs::write(bench.folder.path().join("files").join(name), bytes).unwrap());
        bench
    }

    fn opportune(&self, arguments: &[&str]) -> Run {
        run(self.folder.path(), arguments)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.path().join(path)).unwrap()
    }

    /// Makes `made` from files, validates it without a word of warning, decides over it; gives the last report.
    fn make(&self, from: &str) -> String {
        let made = self.opportune(&["new", "made", "--from", from, "--zone", "Europe/Berlin", "--currency", "EUR"]);
        assert_eq!((made.exit, made.err.as_str()), (0, ""), "{}", made.out);
        self.decide("made")
    }

    fn decide(&self, project: &str) -> String {
        let valid = self.opportune(&["validate", project]);
        assert_eq!((valid.exit, valid.err.as_str()), (0, ""), "{}", valid.out);
        let nobody_is_reached = self.read(&format!("{project}/channels.offer")).contains("inbound");
        let asked: &[&str] = if nobody_is_reached { &["--context", "channel=desk"] } else { &[] };
        let formatted = self.opportune(&["fmt", "--check", project]);
        assert_eq!(formatted.exit, 0, "{}{}", formatted.out, formatted.err);
        let tested = self.opportune(&["test", project]);
        assert_eq!((tested.exit, tested.err.as_str()), (0, ""), "{}", tested.out);
        let decided = self.opportune(&[&["dry-run", project], asked].concat());
        assert_eq!((decided.exit, decided.err.as_str()), (0, ""), "{}", decided.out);
        decided.out
    }

    fn refuses(&self, arguments: &[&str], says: &str) {
        let refused = self.opportune(arguments);
        assert!(refused.exit == 2 && refused.err.contains(says), "{}{}", refused.out, refused.err);
    }
}

fn decisions(report: &str) -> usize {
    let line = report.lines().find(|line| line.starts_with("decisions")).unwrap();
    line.split_whitespace().nth(1).unwrap().replace(',', "").parse().unwrap()
}

#[test]
fn without_files_a_shop_is_made() {
    let bench = Bench::new();
    let made = bench.opportune(&["new", "tea"]);
    assert_eq!((made.exit, made.err.as_str()), (0, ""));
    assert!(bench.read("tea/opportune.toml").starts_with("name = \"tea\"\nedition"));
    assert_eq!(decisions(&bench.decide("tea")), 6);
    bench.refuses(&["new", "tea"], "is there already, and nothing is overwritten");
}

#[test]
fn bundled_data_is_understood() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    for entry in fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()) {
        let data = entry.join("data");
        if !data.is_dir() {
            continue;
        }
        let decided = decisions(&Bench::new().make(data.to_str().unwrap()));
        assert!(decided > 20, "{}: {decided}", entry.display());
    }
}

#[test]
fn public_data_is_understood() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folders =
        ["complete_journey", "online_retail", "ibm_telco_churn", "in_vehicle_coupon", "open_bandit", "pega_cdh_sample"];
    for folder in folders.map(|folder| root.join(folder)) {
        if folder.is_dir() {
            let decided = decisions(&Bench::new().make(folder.to_str().unwrap()));
            assert!(decided > 1_000, "{}: {decided}", folder.display());
        } else {
            eprintln!("{} is not there: not tried", folder.display());
        }
    }
}

/// Two hundred people, what they bought and were sent, and shops.
fn shop() -> Vec<(&'static str, Vec<u8>)> {
    let mut people = "person_id,Date of Birth,email_ok,SMS allowed,health note,lat,lon,tz,band,VIP\n".to_owned();
    let mut buys = "when,person,shop,price,kind\n".to_owned();
    let mut sent = String::new();
    for n in 0..200 {
        let birth = if n % 7 == 0 { String::new() } else { format!("19{:02}-05-0{}", 50 + n % 40, 1 + n % 9) };
        let band = ["under 18", "18-30", "31-60", "61+"][n % 4];
        people.push_str(&format!(
            "P{n:04},{birth},{},{},,{}.5,7.25,Europe/Paris,{band},{}\n",
            n % 2 == 0,
            n % 3 == 0,
            40 + n % 5,
            n % 11 == 0
        ));
        buys.push_str(&format!(
            "2026-10-{:02} 10:00,P{n:04},{},{}.5{},{}\n",
            1 + n % 28,
            n % 3,
            n % 9,
            n % 10,
            ["a \"b\"", "c\\d", "e"][n % 3]
        ));
        if n % 4 == 0 {
            sent.push_str(&format!(
                "{{\"person_id\": \"P{n:04}\", \"sent\": \"2026-10-05T10:00:00Z\", \"offer\": \"hello\", \"channel\": \"email\", \"tags\": [\"x\"]}}\n"
            ));
        }
    }
    let shops = "shop_id,where,open since\n0,Rome,2001-01-01\n1,Oslo,2002-01-01\n2,Bern,\n".to_owned();
    vec![
        ("people.csv", people.into_bytes()),
        ("purchases.csv", buys.into_bytes()),
        ("contacts.jsonl", sent.into_bytes()),
        ("shops.csv", shops.into_bytes()),
        ("products.parquet", products_as_parquet()),
    ]
}

#[test]
fn what_is_guessed() {
    let files = shop();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    let bench = Bench::with(&files);
    assert!(decisions(&bench.make("files")) > 50);
    let written =
        ["opportune.toml", "schema.offer", "channels.offer", "offers/first.offer", "tests/first.offer", ".gitignore"];
    let mut text = String::new();
    for path in written {
        text.push_str(&format!("=== {path}\n{}", bench.read(&format!("made/{path}"))));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_project_is_made_around_its_data() {
    let bench = Bench::with(&[("clients.csv", b"client_id,name\n1,Ada\n2,Bob\n")]);
    let root = bench.folder.path();
    let here = run(root, &["new", ".", "--from", "files"]);
    assert_eq!((here.exit, here.err.as_str()), (0, ""));
    assert!(bench.read("opportune.toml").contains("folder = \"files\""));
    assert!(bench.read(".gitignore").starts_with("/files/\n"));
    bench.decide(".");
    bench.refuses(&["new", ".", "--from", "files"], "`./opportune.toml` is there already");
    bench.refuses(&["new", "files", "--from", "files"], "a folder of its own");
}

#[test]
fn nothing_is_overwritten() {
    let bench = Bench::with(&[("clients.csv", b"client_id,name\n1,Ada\n")]);
    let path = |name: &str| bench.folder.path().join(name);
    fs::create_dir_all(path("full/deep")).unwrap();
    fs::create_dir(path("empty")).unwrap();
    fs::write(path("file"), "x").unwrap();
    for taken in ["full", "file"] {
        bench.refuses(&["new", taken], "is there already");
        bench.refuses(&["new", taken, "--from", "files"], "is there already");
    }
    assert_eq!(bench.opportune(&["new", "empty", "--from", "files"]).exit, 0);
    // What cannot be finished leaves nothing behind.
    fs::create_dir(path("around")).unwrap();
    fs::create_dir(path("around/data")).unwrap();
    fs::write(path("around/data/clients.csv"), "client_id,name\n1,Ada\n").unwrap();
    fs::write(path("around/channels.offer"), "channel mail\n").unwrap();
    bench.refuses(&["new", "around", "--from", "around/data"], "`around/channels.offer` is there already");
    assert!(!path("around/opportune.toml").exists() && !path("around/schema.offer").exists());
    assert_eq!(bench.read("around/channels.offer"), "channel mail\n");
    let left: Vec<_> = fs::read_dir(bench.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with('.')), "{left:?}");
}

#[test]
fn bad_files_are_left_out_with_a_reason() {
    let parquet = products_as_parquet();
    let bench = Bench::with(&[
        ("clients.csv", b"client_id,name\n1,Ada\n2,Bob\n"),
        ("cut.parquet", &parquet[..parquet.len() / 2]),
        ("empty.csv", b""),
        ("latin.csv", b"client_id,town\n1,K\xf6ln\n"),
        ("list.jsonl", b"[1]\n"),
        ("notes.txt", b"not data"),
    ]);
    let outside = bench.folder.path().join("secret.csv");
    fs::write(&outside, "client_id,day\n1,2026-01-01\n").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&outside, bench.folder.path().join("files/linked.csv")).unwrap();
    bench.make("files");
    let schema = bench.read("made/schema.offer");
    let reasons = [
        "`cut.parquet` is left out, because it is not a readable Parquet file",
        "`empty.csv` is left out, because it is empty",
        "`latin.csv` is left out, because its rows",
        "`list.jsonl` is left out, because line 1 is not a JSON object",
    ];
    reasons.iter().for_each(|reason| assert!(schema.contains(reason), "{reason}\n{schema}"));
    assert!(!schema.contains("notes.txt"));
    #[cfg(unix)]
    assert!(schema.contains("`linked.csv` is left out, because it is a link out of the folder"));
    let copied: Vec<_> = fs::read_dir(bench.folder.path().join("made/data")).unwrap().collect();
    assert_eq!(copied.len(), 1);
    let broken = Bench::with(&[("cut.parquet", &parquet[..100])]);
    broken.refuses(&["new", "made", "--from", "files"], "holds no data file that can be read");
    broken.refuses(&["new", "made", "--from", "nowhere"], "cannot be read");
    broken.refuses(&["new", "made", "--from", "files", "--zone", "Berlin"], "`Berlin` is no time zone");
    broken.refuses(&["new", "made", "--from", "files", "--currency", "Euro"], "`Euro` is no currency");
}

#[test]
fn strange_names_and_values_do_no_harm() {
    let head = "user_id,where,in,\"a\"\"b\",\"two\nlines\",\u{1b}[31mred,same,same,,Ж,key,at,customer,today,offer,é/è";
    let mut rows = format!("{head}\n");
    for n in 0..40 {
        rows.push_str(&format!(
            "{n},x,\"}} offer evil {{\",\"q\"\"\\\",1,2,3,4,5,6,7,8,9,10,\"// {n}\",\"tab\there\"\n"
        ));
    }
    let bench = Bench::with(&[("the \"users\" ; } 2020.csv", rows.as_bytes())]);
    bench.make("files");
    let schema = bench.read("made/schema.offer");
    assert!(!schema.contains('\u{1b}') && schema.matches("several columns have its name").count() == 2, "{schema}");
}

#[test]
fn rows_without_a_key_are_numbered() {
    let bench = Bench::with(&[("answers.csv", b"mood,town\ngood,Rome\nbad,Oslo\n\ngood,Rome\n")]);
    let report = bench.make("files");
    assert!(report.contains("customers  3"), "{report}");
    assert_eq!(
        bench.read("made/data/answers_numbered.csv"),
        "row_number,mood,town\n1,good,Rome\n2,bad,Oslo\n\n3,good,Rome\n"
    );
}

#[test]
fn thousands_of_files_are_bounded() {
    let bench = Bench::new();
    for n in 0..3_000 {
        let path = bench.folder.path().join(format!("files/part{n:05}.csv"));
        fs::write(path, format!("id,x\n{n},1\n")).unwrap();
    }
    bench.make("files");
    let schema = bench.read("made/schema.offer");
    assert!(schema.contains("`part02999.csv` is left out, because it is behind the first 100 files"));
}
