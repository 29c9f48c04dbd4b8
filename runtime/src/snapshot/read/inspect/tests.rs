//! What is found in small files of every format, and what hostile ones come to.

use std::fs;

use super::*;

fn looked(name: &str, contents: impl AsRef<[u8]>) -> Result<FileLook, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, contents).unwrap();
    look(&path)
}

fn holds(look: &FileLook) -> Vec<(&str, &Holds, u64)> {
    look.columns.iter().map(|column| (column.name.as_str(), &column.holds, column.missing)).collect()
}

#[test]
fn csv_is_told_by_its_spelling() {
    let text = "id,zip,ok,price,day,at,zone,town\n1,01234,true,2.50,2026-01-02,2026-01-02T10:00:00Z,Europe/Berlin,Rome\n2,99999,false,3,2026-01-03,2026-01-03 11:00,America/New_York,\n";
    let look = looked("a.csv", text).unwrap();
    use Holds as H;
    let found = holds(&look);
    let expected = [
        ("id", &H::Int, 0),
        ("zip", &H::Text, 0),
        ("ok", &H::Bool, 0),
        ("price", &H::Number, 0),
        ("day", &H::Date, 0),
        ("at", &H::Instant(None), 0),
        ("zone", &H::Zone, 0),
        ("town", &H::Text, 1),
    ];
    assert_eq!(found, expected);
    assert!(look.is_whole && look.columns[0].keys.is_unique());
}

#[test]
fn json_lines_are_told_by_their_values() {
    let text = "{\"b\": 1, \"a\": \"x\", \"tags\": [\"s\"], \"n\": 1}\n\n{\"a\": \"2026-01-02\", \"b\": null, \"n\": 1.5, \"late\": {\"k\": 1}}\n";
    let look = looked("a.jsonl", text).unwrap();
    use Holds as H;
    let expected =
        [("b", &H::Int, 1), ("a", &H::Text, 0), ("tags", &H::Texts, 1), ("n", &H::Number, 0), ("late", &H::Other, 1)];
    assert_eq!(holds(&look), expected);
}

#[test]
fn hostile_files_are_refused_in_words() {
    for (name, bytes, says) in [
        ("a.parquet", &b"PAR1 and then nothing"[..], "not a readable Parquet file"),
        ("a.arrow", b"ARROW1\0\0garbage", "not a readable Arrow file"),
        ("a.csv", b"a,b\n1,2,3\n", "do not have the fields"),
        ("a.csv", b"a,b\n1,\xff\n", "rows"),
        ("a.jsonl", b"[1, 2]\n", "line 1 is not a JSON object"),
        ("a.jsonl", b"{\"a\": \"\xff\"}\n", "line 1 is not a JSON object"),
        ("a.csv", b"", "it is empty"),
    ] {
        let error = looked(name, bytes).unwrap_err();
        assert!(error.contains(says), "{name}: {error}");
    }
    let deep = format!("{{\"a\": {}1{}}}\n", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(holds(&looked("a.jsonl", deep).unwrap()), [("a", &Holds::Other, 0)]);
    let wide: Vec<String> = (0..100_000).map(|at| format!("c{at}")).collect();
    let look = looked("a.csv", wide.join(",")).unwrap();
    assert_eq!((look.columns.len(), look.more_columns), (MOST_COLUMNS, 100_000 - MOST_COLUMNS));
    let open = format!("a,b\n1,\"{}", "x".repeat(3 << 20));
    assert!(looked("a.csv", open).unwrap_err().contains("a quote may be open"));
}

#[test]
fn names_are_cut_into_words() {
    for (name, normal_name) in [
        ("InvoiceNo", "invoice_no"),
        ("customerID", "customer_id"),
        ("StreamingTV", "streaming_tv"),
        ("user-item_affinity_0", "user_item_affinity_0"),
        ("HTTPStatus", "http_status"),
        ("  Ünder 15K ", "nder_15k"),
    ] {
        assert_eq!(normal(name), normal_name);
    }
}

#[test]
fn rows_are_numbered_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let numbered = |name: &str, text: &str| {
        let (from, to) = (folder.path().join(name), folder.path().join(format!("to_{name}")));
        fs::write(&from, text).unwrap();
        write_numbered(&from, &to, "row").unwrap();
        fs::read_to_string(to).unwrap()
    };
    assert_eq!(numbered("a.csv", "a,b\r\n1,\"x\ny\"\r\n\r\n2,z"), "row,a,b\r\n1,1,\"x\ny\"\r\n\r\n2,2,z");
    assert_eq!(numbered("a.jsonl", "{\"a\": 1}\n\n{ }\n"), "{\"row\": 1, \"a\": 1}\n{\"row\": 2 }\n");
}
