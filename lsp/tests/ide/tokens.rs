//! Tokens: what each word of a text is.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use opportune_compiler::ProjectFiles;
use opportune_compiler::db::Database;
use opportune_compiler::queries::{self, Project, SourceFile};
use opportune_compiler::syntax::{Span, TokenKind as Scanned, scan};
use opportune_lsp::ide::mentions::mentions;
use opportune_lsp::ide::tokens::{Token, TokenKind, tokens};
use salsa::Setter as _;

use crate::fixture::Fixture;

const WHOLE: Span = Span { start: 0, end: u32::MAX };

fn shown(text: &str, found: &[Token]) -> String {
    let mut lines: Vec<String> = text.lines().map(|_| String::new()).collect();
    for token in found {
        let (start, end) = (token.span.start as usize, token.span.end as usize);
        let line = &mut lines[text[..start].matches('\n').count()];
        let kind = format!("{:?}", token.kind).to_lowercase();
        let declares = if token.declares { "!" } else { "" };
        line.push_str(&format!("{}‹{kind}{declares}› ", &text[start..end]));
    }
    lines.iter().map(|line| line.trim_end()).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn told(text: &str) -> String {
    let fixture = Fixture::new(&format!("$0{text}"));
    shown(text, &tokens(&fixture.db, Some(fixture.project), fixture.file, WHOLE))
}

#[test]
fn an_offer() {
    let text = r#"// Ours.
/// Tea for those who like it.
allow E1005 "tea is drunk"
offer green_tea for each category c of product {
  about "tea \"x\""
  topic tea
  eligible when big and spent > 20 GBP and home in [town, "by the sea"]   // often
  except when count(purchase in last 30 days where product.category = c) >= 2
  priority (customer.points else 0.5) * 1_000
  channel mail, else shop
  timing from 2026-11-01 to 2026-12-24, on weekdays
  cap 1 per customer every 90 days
  because "Since {habit.step}, {{ü}} {customer.age + 1} and 😀"
}
"#;
    insta::assert_snapshot!(told(text), @r#"
    // Ours.‹comment›
    /// Tea for those who like it.‹doc›
    allow‹keyword› E1005‹value› "tea is drunk"‹text›
    offer‹keyword› green_tea‹offer!› for‹keyword› each‹keyword› category‹field› c‹local!› of‹keyword› product‹table›
    about‹keyword› "tea \"x\""‹text›
    topic‹field› tea‹value›
    eligible‹keyword› when‹keyword› big‹segment› and‹keyword› spent‹trait› >‹operator› 20‹number› GBP‹unit› and‹keyword› home‹field› in‹keyword› town‹value› "by the sea"‹text› // often‹comment›
    except‹keyword› when‹keyword› count‹function› purchase‹events› in‹keyword› last‹keyword› 30‹number› days‹unit› where‹keyword› product‹table› category‹field› =‹operator› c‹local› >=‹operator› 2‹number›
    priority‹keyword› customer‹table› points‹field› else‹keyword› 0.5‹number› *‹operator› 1_000‹number›
    channel‹keyword› mail‹channel› else‹keyword› shop‹channel›
    timing‹keyword› from‹keyword› 2026-11-01‹number› to‹keyword› 2026-12-24‹number› on‹keyword› weekdays‹keyword›
    cap‹keyword› 1‹number› per‹keyword› customer‹keyword› every‹keyword› 90‹number› days‹unit›
    because‹keyword› "Since ‹text› habit‹journey› step‹field› , {{ü}} ‹text› customer‹table› age‹field› +‹operator› 1‹number›  and 😀"‹text›
    "#);
}

#[test]
fn declarations() {
    let text = r#"
segment often is count(purchase in this month) > 1
trait tea_days = 3 days
channel sms {
  inbound
  needs mail_ok
}
portfolio {
  rank by offer.tier desc, then score, then by lot
  cap 3 per customer every 7 days on sms
}
guarantee "no tea" review by 2027-06-30 {
  never offer.topic = tea when customer.age < 3
}
persona ann {
  age: 30, home: town
  purchase: [{ at: today - 10 days, product: { size: small }, spend: 20 GBP }]
}
test "x" {
  at 2026-11-20 18:00
  given ann with { mail_ok: true }
  expect no offer
}
"#;
    insta::assert_snapshot!(told(text), @r#"
    segment‹keyword› often‹segment!› is‹keyword› count‹function› purchase‹events› in‹keyword› this‹keyword› month‹keyword› >‹operator› 1‹number›
    trait‹keyword› tea_days‹trait!› =‹operator› 3‹number› days‹unit›
    channel‹keyword› sms‹channel!›
    inbound‹keyword›
    needs‹keyword› mail_ok‹field›
    portfolio‹keyword›
    rank‹keyword› by‹keyword› offer‹keyword› tier‹field› desc‹keyword› then‹keyword› score‹keyword› then‹keyword› by‹keyword› lot‹keyword›
    cap‹keyword› 3‹number› per‹keyword› customer‹keyword› every‹keyword› 7‹number› days‹unit› on‹keyword› sms‹channel›
    guarantee‹keyword› "no tea"‹text› review‹keyword› by‹keyword› 2027-06-30‹number›
    never‹keyword› offer‹keyword› topic‹field› =‹operator› tea‹value› when‹keyword› customer‹table› age‹field› <‹operator› 3‹number›
    persona‹keyword› ann‹persona!›
    age‹field› 30‹number› home‹field› town‹value›
    purchase‹events› at‹field› today‹keyword› -‹operator› 10‹number› days‹unit› product‹table› size‹field› small‹value› spend‹field› 20‹number› GBP‹unit›
    test‹keyword› "x"‹text›
    at‹keyword› 2026-11-20‹number› 18:00‹number›
    given‹keyword› ann‹persona› with‹keyword› mail_ok‹field› true‹keyword›
    expect‹keyword› no‹keyword› offer‹keyword›
    "#);
}

#[test]
fn a_schema() {
    let text = r#"customer person {
  key person_id: text
  age: int?
  home: one_of(town, country)?   private
  money: money(GBP) = 0 GBP
}
events purchase {
  at bought: instant from bought_at
  product_id: text -> product? as gift
}
table product {
  key product_id: text
  labels: set of text
}
context {
  reason: ordered(low, high)
}
"#;
    insta::assert_snapshot!(told(text), @r"
    customer‹keyword› person‹table!›
    key‹keyword› person_id‹field!› text‹type›
    age‹field!› int‹type› ?‹operator›
    home‹field!› one_of‹type› town‹value!› country‹value!› ?‹operator› private‹keyword›
    money‹field!› money‹type› GBP‹unit› =‹operator› 0‹number› GBP‹unit›
    events‹keyword› purchase‹events!›
    at‹keyword› bought‹field!› instant‹type› from‹keyword›
    product_id‹field!› text‹type› ->‹operator› product‹table› ?‹operator› as‹keyword› gift‹table!›
    table‹keyword› product‹table!›
    key‹keyword› product_id‹field!› text‹type›
    labels‹field!› set‹type› of‹keyword› text‹type›
    context‹keyword›
    reason‹field!› ordered‹type› low‹value!› high‹value!›
    ");
}

/// Without a project names mean nothing, and in a text that is not finished they mean what they can.
#[test]
fn broken_texts() {
    let text = "offer x {\n  eligible when nothing_such and \"open\n  topic /* a\n b */ cake\n  cap 1 per\n";
    insta::assert_snapshot!(told(text), @r#"
    offer‹keyword› x‹offer!›
    eligible‹keyword› when‹keyword› and‹keyword› "open‹text›
    topic‹field› /* a‹comment›
    b */‹comment› cake‹value›
    cap‹keyword› 1‹number› per‹keyword›
    "#);
    let fixture = Fixture::new(&format!("$0{text}"));
    insta::assert_snapshot!(shown(text, &tokens(&fixture.db, None, fixture.file, WHOLE)), @r#"
    offer‹keyword›
    eligible‹keyword› when‹keyword› and‹keyword› "open‹text›
    /* a‹comment›
    b */‹comment›
    cap‹keyword› 1‹number› per‹keyword›
    "#);
}

#[test]
fn a_part_of_a_file() {
    let text = "trait a = 1\ntrait b = 2\ntrait c = 3\n";
    let fixture = Fixture::new(&format!("$0{text}"));
    let found = tokens(&fixture.db, Some(fixture.project), fixture.file, Span { start: 13, end: 15 });
    assert_eq!(shown(text, &found), "trait‹keyword›");
}

fn read(folder: &Path, inside: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(inside).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            read(folder, &path, found);
        } else if path.extension().is_some_and(|ending| ending == "offer") {
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            found.push((name, std::fs::read_to_string(path).unwrap()));
        }
    }
}

fn load(folder: &Path) -> (Database, Project, Vec<SourceFile>) {
    let mut policies = Vec::new();
    read(folder, folder, &mut policies);
    policies.sort();
    let manifest = std::fs::read_to_string(folder.join("opportune.toml")).unwrap();
    let db = Database::default();
    let project = ProjectFiles { manifest: ("opportune.toml".to_owned(), manifest), policies }.load(&db);
    let files = project.files(&db).clone();
    (db, project, files)
}

/// The words of a file that have no kind, with their lines; columns apart.
fn without_kind(db: &Database, project: Project, file: SourceFile) -> Vec<String> {
    let text = file.text(db);
    let found = tokens(db, Some(project), file, WHOLE);
    let is_told = |at: usize| found.binary_search_by_key(&at, |token| token.span.start as usize).is_ok();
    let words = scan(text).tokens.into_iter().filter(|token| token.kind == Scanned::Word && !is_told(token.start));
    let line = |at: usize| text.lines().nth(text[..at].matches('\n').count()).unwrap().trim();
    let words = words.filter(|token| !line(token.start).contains(" from "));
    words.map(|token| format!("{} | {}", token.text(text), line(token.start))).collect()
}

#[test]
fn every_word_of_every_policy_has_a_kind() {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies");
    let mut unknown = BTreeSet::new();
    let folders = std::fs::read_dir(policies).unwrap().flatten().map(|entry| entry.path());
    for folder in folders.filter(|folder| folder.join("opportune.toml").is_file()) {
        let (db, project, files) = load(&folder);
        files.into_iter().for_each(|file| unknown.extend(without_kind(&db, project, file)));
    }
    let all = unknown.into_iter().take(60).collect::<Vec<_>>().join("\n");
    assert!(all.is_empty(), "words without a kind:\n{all}");
}

/// How long the tokens of many offers take: `cargo test -p opportune-lsp --test ide cost -- --ignored --nocapture`.
#[test]
#[ignore = "it measures, and asserts nothing about time"]
fn the_cost_of_many_offers() {
    let offer = |n: usize| {
        format!(
            "offer tea_{n} {{\n  topic tea\n  eligible when big and spent > {n} GBP and home in [town, country]\n  except when count(purchase in last 30 days where product.category = \"x\" else false) >= 2\n  priority (customer.points else 0.5) * 2\n  channel mail, else shop\n  cap 1 per customer every 90 days\n}}\n\n"
        )
    };
    let text: String = (0..10_000).map(offer).collect();
    let mut fixture = Fixture::new(&format!("$0{text}"));
    let measure = |fixture: &Fixture, what: &str| {
        let start = Instant::now();
        let found = tokens(&fixture.db, Some(fixture.project), fixture.file, WHOLE);
        println!("{what}: {} tokens of {} bytes in {:?}", found.len(), text.len(), start.elapsed());
        assert!(found.iter().any(|token| token.kind == TokenKind::Offer));
    };
    let start = Instant::now();
    for item in queries::items(&fixture.db, fixture.file) {
        mentions(&fixture.db, fixture.project, *item);
    }
    println!("names, which other questions ask for too, in {:?}", start.elapsed());
    measure(&fixture, "at first");
    measure(&fixture, "again");
    let edited = text.replacen("spent > 5000 GBP", "spent > 5001 GBP", 1);
    fixture.file.set_text(&mut fixture.db).to(edited.as_str().into());
    measure(&fixture, "after an edit");
}
