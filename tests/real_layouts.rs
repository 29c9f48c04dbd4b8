//! The shop's and the telephone company's policies over the public data whose layout their own data has. What the public data
//! does not tell is there as tables without rows; the shop's catalogue is made of what its lines say.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/project.rs"]
mod project;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use project::run;

/// The words by which one knows what is used up.
const USED_UP: [&str; 7] = ["CANDLE", "T-LIGHTS", "NAPKIN", "CAKE CASES", "WRAP", "TISSUES", "SOAP"];

/// The folder of public data of this name, where it lies beside the checkout.
fn public(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none_or(|value| value != "true"), "no real data at {}", folder.display());
    eprintln!("SKIPPED: there is no {}", folder.display());
    None
}

/// A folder with the public file, and these others.
fn beside(file: &Path, others: &[(&str, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(file, folder.path().join(file.file_name().unwrap())).unwrap();
    others.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
    folder
}

/// How many decisions there are of each offer.
fn decisions(project: &str, data: &Path, arguments: &[&str]) -> BTreeMap<String, usize> {
    let folder = format!("policies/{project}");
    let out = data.join("decisions.jsonl");
    let how = ["dry-run", &folder, "--data", data.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let run = run(Path::new(env!("CARGO_MANIFEST_DIR")), &[&how, arguments].concat());
    assert_eq!((run.exit, run.err.as_str()), (0, ""), "{project} on real data");
    let written = fs::read_to_string(out).unwrap();
    let mut counts = BTreeMap::new();
    for line in written.lines() {
        let decision: serde_json::Value = serde_json::from_str(line).unwrap();
        *counts.entry(decision["offer"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

#[test]
fn the_telephone_company_decides_over_the_published_sample() {
    let Some(data) = public("ibm_telco_churn") else { return };
    let none = [
        ("moves.csv", "customerID,told_at,moves_on,stays_in_reach\n".to_owned()),
        ("calls.csv", "customerID,called_at,reason,in_hardship\n".to_owned()),
    ];
    let folder = beside(&data.join("telco_customer_churn.parquet"), &none);
    let made = decisions("telephone", folder.path(), &[]);
    assert!(made.values().sum::<usize>() > 4_000, "{made:?}");
    for offer in ["stay_a_year", "pay_by_itself", "safe_online", "faster_at_home", "three_tips"] {
        assert!(made[offer] > 100, "{offer} in {made:?}");
    }
    assert!(!made.contains_key("take_us_along"), "nobody says that they move");
    let asked = decisions("telephone", folder.path(), &["--context", "channel=phone", "--context", "reason=question"]);
    assert!(asked["landline_bundle"] > 500, "{asked:?}");
}

#[test]
fn the_shop_decides_over_a_real_year() {
    let Some(data) = public("online_retail") else { return };
    let file = data.join("online_retail.parquet");
    let none = [
        ("shoppers.csv", "CustomerID,first_name,birth,zone,email_ok,no_cards\n".to_owned()),
        ("views.csv", "CustomerID,seen_at,stock_code\n".to_owned()),
        ("novelties.csv", "shelf\nCANDLE\nNAPKIN\n".to_owned()),
        ("products.csv", catalogue(&file)),
    ];
    let folder = beside(&file, &none);
    let made = decisions("shop", folder.path(), &[]);
    // Nobody there has agreed to mails, and only so many cards go into parcels in a day.
    for offer in ["running_out", "trade_dozen", "we_miss_you"] {
        assert!(made[offer] > 50, "{offer} in {made:?}");
    }
    let page = ["--context", "channel=page", "--context", "basket=20 GBP"];
    let asked = decisions("shop", folder.path(), &page);
    for (offer, least) in [("the_usual", 500), ("free_delivery", 4_000), ("all_hearts", 50), ("christmas_again", 50)] {
        assert!(asked[offer] > least, "{offer} in {asked:?}");
    }
}

/// One name for each thing: of those under which it was sold, the one that comes first.
fn catalogue(file: &Path) -> String {
    let reader = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(file).unwrap()).unwrap().build().unwrap();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for batch in reader.map(Result::unwrap) {
        let [codes, texts] = ["StockCode", "Description"]
            .map(|name| cast(batch.column_by_name(name).unwrap(), &DataType::Utf8).unwrap());
        let (codes, texts) = (codes.as_string::<i32>(), texts.as_string::<i32>());
        for row in (0..batch.num_rows()).filter(|row| !texts.is_null(*row)) {
            let (code, name) = (codes.value(row), texts.value(row));
            // What the warehouse noted is in small letters.
            if code.starts_with(char::is_numeric) && !name.contains(char::is_lowercase) && !name.is_empty() {
                let known = names.entry(code.to_owned()).or_insert_with(|| name.to_owned());
                if name < known.as_str() {
                    name.clone_into(known);
                }
            }
        }
    }
    let mut text = "stock_code,name,shelf,is_used_up,reduced_since\n".to_owned();
    for (code, name) in names {
        let word = USED_UP.into_iter().find(|word| name.contains(word));
        let quoted = name.replace('"', "\"\"");
        writeln!(text, "{code},\"{quoted}\",{},{},", word.unwrap_or("OTHER"), word.is_some()).unwrap();
    }
    text
}
