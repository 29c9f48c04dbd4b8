//! What is computed again after an edit, and what is not.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use opportune_compiler::db::Database;
use opportune_compiler::facts::{Facts, FieldFacts, TableFacts};
use opportune_compiler::project::compiled;
use opportune_compiler::queries::Project;
use opportune_compiler::{ProjectFiles, compile};
use salsa::Setter as _;

const SCHEMA: &str = r"
customer household {
  key household_id: text
  persons: int?
  mail_ok: bool? consent
}

channel mail {
  needs customer.mail_ok
}
";

const WORDS: &str = r"
segment big is persons > 4

trait size = persons else 1
";

const WIDER: &str = r#"
events visit {
  at day: date
  minutes: int
}

table product {
  key product_id: text
}

context {
  reason: text
}

offer fields {
  tier: int = 1
  worth: int = 1
}

journey coming = visit, then visit within 3 days

guarantee "quiet" review by 2999-01-01 {
  never offer.tier = 3 when big
}

offer third for each product_id p of product {
  channel mail
  tier 3
  eligible when coming.step = 2 and p is not "x"
  except when context.reason = "complaint" else false
  because "Now {p}"
}
"#;

/// Offers that say all that they may of channels, timing, experiments and each other.
const SENDING: &str = r#"
events contact {
  at sent: instant
  offer: text
}

channel sms {
  needs customer.mail_ok
  quiet 21:00 to 08:00
  carries tier <= 2
}

offer fourth {
  channel sms when big, else mail
  timing to 2999-12-24, between 18:00 and 21:00, 1 day to 5 days after last(visit)
  holdout 10% salted "x"
  arms plain 50%, better 50% salted "x"
  arm better worth 2
  cap 100 in total
  pick item: product where item is not "y" by persons else 1
  message "{item}: {fourth.remaining} left"
}

notice fifth {
  channel mail
  message "{fourth.remaining} left until {fourth.ends_at}"
}

portfolio {
  horizon 9 days
}
"#;

const OFFERS: &str = r"
// One.
offer first {
  channel mail
  eligible when big
  priority 1
}

// Two.
offer second {
  channel mail
  eligible when big
  priority size
}
";

/// A project in a database that notes which queries run.
struct Watched {
    db: Database,
    project: Project,
    ran: Arc<Mutex<Vec<String>>>,
}

impl Watched {
    fn new() -> Self {
        Self::with(&[])
    }

    /// The same project with more files.
    fn with(more: &[(&str, &str)]) -> Self {
        let ran: Arc<Mutex<Vec<String>>> = Arc::default();
        let note = Arc::clone(&ran);
        let db = Database::watched(move |event| {
            if let salsa::EventKind::WillExecute { database_key } = event.kind {
                let key = format!("{database_key:?}");
                note.lock().unwrap().push(key.split('(').next().unwrap_or_default().to_owned());
            }
        });
        let text = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        let files = ProjectFiles {
            manifest: text("opportune.toml", "name = \"a\"\nedition = \"2026\"\nzone = \"UTC\"\n"),
            policies: vec![
                text("a.offer", SCHEMA),
                text("b.offer", WORDS),
                text("c.offer", OFFERS),
                text("d.offer", WIDER),
                text("e.offer", SENDING),
            ]
            .into_iter()
            .chain(more.iter().map(|(path, policy)| text(path, policy)))
            .collect(),
        };
        let project = files.load(&db);
        let watched = Self { db, project, ran };
        let compiled = compiled(&watched.db, project);
        assert_eq!(compiled.diagnostics, []);
        assert!(compiled.plan.is_some());
        watched.ran.lock().unwrap().clear();
        watched
    }

    /// The texts as they are now.
    fn texts(&self) -> ProjectFiles {
        let file = |file: &opportune_compiler::queries::SourceFile| {
            (file.path(&self.db).to_string(), file.text(&self.db).to_string())
        };
        let manifest = self.project.manifest_path(&self.db).to_string();
        ProjectFiles {
            manifest: (manifest, self.project.manifest_text(&self.db).to_string()),
            policies: self.project.files(&self.db).iter().map(file).collect(),
        }
    }

    /// Edits a file; gives the names of the queries that the next compilation runs, sorted.
    fn edit(&mut self, file: usize, from: &str, to: &str) -> Vec<String> {
        let file = self.project.files(&self.db)[file];
        let text = file.text(&self.db);
        assert!(text.contains(from), "nothing to edit");
        let text = text.replacen(from, to, 1);
        file.set_text(&mut self.db).to(text.into());
        let compiled = compiled(&self.db, self.project);
        assert_eq!(compiled.diagnostics, []);
        let mut ran = std::mem::take(&mut *self.ran.lock().unwrap());
        ran.sort();
        ran
    }
}

/// The queries that check and lower, without those of lints.
fn without_lints(mut ran: Vec<String>) -> Vec<String> {
    ran.retain(|query| !["lints_of", "shadow_of", "rival", "rivals", "uses", "words"].contains(&&**query));
    ran
}

fn times(ran: &[String], query: &str) -> usize {
    ran.iter().filter(|ran| *ran == query).count()
}

#[test]
fn an_edit_in_one_offer_lints_that_offer_again() {
    let mut project = Watched::new();
    for (from, to) in [("priority 1", "priority 2 + 1"), ("eligible when big", "eligible when big and persons < 9")] {
        let ran = project.edit(2, from, to);
        assert_eq!((times(&ran, "lints_of"), times(&ran, "rival"), times(&ran, "words")), (1, 1, 1), "{from}: {ran:?}");
    }
    let ran = project.edit(2, "// One.", "// Number one.");
    assert_eq!(times(&ran, "lints_of"), 0, "{ran:?}");
}

/// A segment is seen through: who names it is linted again, and nobody else.
#[test]
fn an_edit_in_a_segment_lints_what_names_it() {
    let mut project = Watched::new();
    let ran = project.edit(1, "persons > 4", "persons > 5");
    // The segment itself, the guarantee and three offers, and those that the guarantee may forbid.
    let all = times(&ran, "lints_of");
    assert!((5..=8).contains(&all), "{ran:?}");
    let ran = project.edit(1, "persons else 1", "persons else 2");
    assert_eq!(times(&ran, "lints_of"), 2, "the trait and the offer whose priority it is: {ran:?}");
}

#[test]
fn an_edit_in_one_offer_checks_that_offer_again() {
    let mut project = Watched::new();
    let ran = project.edit(2, "priority 1", "priority 2 + 1");
    assert_eq!(
        without_lints(ran),
        ["checked_offer", "diagnostics", "header", "items", "lowered", "offer_head", "own_text", "parsed"]
    );
}

/// Of what an offer costs, the portfolio sees in which currency it is.
#[test]
fn what_an_offer_costs_checks_the_portfolio_where_its_currency_changes() {
    let mut project = Watched::new();
    let portfolios = |ran: &[String]| ran.iter().filter(|query| *query == "checked_portfolio").count();
    assert_eq!(portfolios(&project.edit(2, "priority 1", "cost 1 USD\n  priority 1")), 1, "it has a cost now");
    assert_eq!(portfolios(&project.edit(2, "cost 1 USD", "cost 2 USD")), 0);
    assert_eq!(portfolios(&project.edit(2, "cost 2 USD", "cost 2 EUR")), 1);
}

/// The names of a project's items decide which built-in events it has.
#[test]
fn an_item_named_as_built_in_events_takes_their_place() {
    let mut project = Watched::new();
    let ran = project.edit(2, "offer second", "offer response");
    assert!(ran.iter().any(|query| query == "checked_schema"), "{ran:?}");
    let ran = project.edit(2, "offer response", "offer second");
    assert!(ran.iter().any(|query| query == "checked_schema"), "{ran:?}");
    let ran = project.edit(2, "offer second", "offer third_one");
    assert!(!ran.iter().any(|query| query == "checked_schema"), "{ran:?}");
}

/// Of another offer one sees only whether it has a limit over all customers, and when it ends.
#[test]
fn an_edit_in_an_offer_that_others_ask_about_checks_that_offer_again() {
    let mut project = Watched::new();
    let edits = [
        ("18:00 and 21:00", "17:00 and 21:00"),
        ("1 day to 5 days", "2 days to 5 days"),
        ("holdout 10%", "holdout 20%"),
        ("better worth 2", "better worth 3"),
        ("cap 100 in total", "cap 200 in total"),
        ("item is not \"y\"", "item is not \"z\""),
        ("when big", "when not big"),
    ];
    for (from, to) in edits {
        let ran = project.edit(4, from, to);
        let checked: Vec<&String> = ran.iter().filter(|query| query.starts_with("checked")).collect();
        assert_eq!(checked, ["checked_offer"], "{from}: {ran:?}");
    }
}

#[test]
fn what_is_asked_of_an_offer_checks_who_asks() {
    let mut project = Watched::new();
    let ran = project.edit(4, "timing to 2999-12-24", "timing to 2999-12-25");
    assert_eq!(ran.iter().filter(|query| *query == "checked_offer").count(), 2, "the offer and the notice: {ran:?}");
}

#[test]
fn a_channel_that_keeps_what_offers_see_checks_no_offer_again() {
    let mut project = Watched::new();
    let ran = project.edit(4, "needs customer.mail_ok", "needs customer.mail_ok and big");
    assert!(ran.contains(&"checked_channel".to_owned()), "{ran:?}");
    assert!(!ran.iter().any(|query| query == "checked_offer"), "{ran:?}");
    let ran = project.edit(4, "carries tier <= 2", "carries tier <= 1");
    assert_eq!(ran.iter().filter(|query| *query == "checked_offer").count(), 5, "{ran:?}");
}

#[test]
fn a_portfolio_that_keeps_its_horizon_checks_no_offer_again() {
    let mut project = Watched::new();
    let ran = project.edit(4, "horizon 9 days", "horizon 9 days\n  slate mail 2");
    assert!(ran.contains(&"checked_portfolio".to_owned()), "{ran:?}");
    assert!(!ran.iter().any(|query| query == "checked_offer"), "{ran:?}");
}

const TESTS: &str = r#"
persona large {
  persons: 5
  mail_ok: true
}

persona small {
  persons: 1
}

test "a large household gets the first" {
  at 2026-11-20 18:00
  given large
  expect offer first by mail
}

test "nobody gets too much" {
  at 2026-11-20 18:00
  given small
  expect not first
  always at most 3 contacts in any 7 days
}
"#;

#[test]
fn an_edit_in_a_test_checks_that_test_alone() {
    let mut project = Watched::with(&[("f.offer", TESTS)]);
    let mut checked = |from: &str, to: &str| {
        let ran = project.edit(5, from, to).into_iter();
        ran.filter(|query| query.starts_with("checked") || query == "lowered").collect::<Vec<_>>()
    };
    assert_eq!(checked("at 2026-11-20 18:00", "at 2026-11-21 18:00"), ["checked_test"]);
    assert_eq!(checked("persons: 5", "persons: 6"), ["checked_persona", "checked_test"]);
}

#[test]
fn an_edit_in_an_offer_leaves_the_tests() {
    let mut project = Watched::with(&[("f.offer", TESTS)]);
    let ran = project.edit(2, "priority 1", "priority 2 + 1");
    let checked: Vec<&String> = ran.iter().filter(|query| query.starts_with("checked")).collect();
    assert_eq!(checked, ["checked_offer"], "{ran:?}");
}

#[test]
fn a_comment_before_an_item_checks_nothing_again() {
    let mut project = Watched::new();
    let ran = project.edit(2, "// One.", "// One, and a longer comment that moves all that follows.");
    assert_eq!(ran, ["items"]);
}

#[test]
fn a_comment_behind_an_item_parses_that_item_and_checks_nothing_again() {
    let mut project = Watched::new();
    let ran = project.edit(2, "// Two.", "// Two, and a longer comment that moves the offer after it.");
    assert!(!ran.iter().any(|query| query.starts_with("checked") || query == "lowered"), "{ran:?}");
}

#[test]
fn a_trait_that_keeps_its_type_checks_no_offer_again() {
    let mut project = Watched::new();
    let ran = project.edit(1, "persons else 1", "persons else 2");
    assert!(ran.contains(&"checked_definition".to_owned()) && ran.contains(&"lowered".to_owned()), "{ran:?}");
    assert!(!ran.iter().any(|query| query == "checked_offer" || query == "signatures"), "{ran:?}");
}

#[test]
fn a_journey_that_keeps_its_name_checks_no_offer_again() {
    let mut project = Watched::new();
    let ran = project.edit(3, "within 3 days", "within 4 days");
    assert_eq!(without_lints(ran), ["checked_journey", "diagnostics", "header", "items", "lowered", "parsed"]);
}

#[test]
fn a_journey_of_another_name_checks_what_speaks_of_it() {
    let mut project = Watched::new();
    // Comments that name them keep them from being told as unused.
    project.edit(3, "journey coming", "// staying stays\njourney staying = visit\n\n// staying stays\njourney coming");
    let before = project.edit(3, "journey staying = visit", "journey stays = visit");
    assert!(before.contains(&"checked_offer".to_owned()), "the names of journeys are what offers see: {before:?}");
}

#[test]
fn a_guarantee_checks_no_offer_again() {
    let mut project = Watched::new();
    let ran = project.edit(3, "offer.tier = 3 when", "offer.tier >= 3 when");
    assert_eq!(
        without_lints(ran),
        ["checked_guarantee", "deciding_in", "diagnostics", "header", "items", "lowered", "parsed"]
    );
}

#[test]
fn an_edit_in_a_family_checks_that_family_again() {
    let mut project = Watched::new();
    let ran = project.edit(3, "Now {p}", "Now and here {p}");
    assert_eq!(
        without_lints(ran),
        ["checked_offer", "diagnostics", "header", "items", "lowered", "offer_head", "own_text", "parsed"]
    );
}

#[test]
fn a_field_of_the_context_checks_what_reads_the_schema() {
    let mut project = Watched::new();
    let ran = project.edit(3, "reason: text", "reason: text\n  mood: number");
    let offers = ran.iter().filter(|query| *query == "checked_offer").count();
    assert_eq!(offers, 5, "{ran:?}");
}

#[test]
fn an_edit_that_only_moves_the_schema_checks_no_offer_again() {
    let mut project = Watched::new();
    let ran = project.edit(0, "  key household_id: text", "  key    household_id: text");
    assert!(ran.contains(&"checked_schema".to_owned()), "{ran:?}");
    assert!(!ran.iter().any(|query| query == "checked_offer" || query == "lowered"), "{ran:?}");
}

#[test]
fn after_any_edit_the_answer_is_that_of_a_fresh_compilation() {
    let mut project = Watched::new();
    let edits = [
        (2, "priority 1", "priority 1 +"),
        (2, "priority 1 +", "priority kids"),
        (0, "persons: int?", "persons: int?\n  kids: int"),
        (1, "trait size", "trait sizes"),
        (2, "priority size", "priority sizes"),
        (1, "segment big is persons > 4", "segment big is sizes > 4"),
        (1, "persons else 1", "if big then 1 else 2"),
        (1, "if big then 1 else 2", "\"x\""),
        (1, "\"x\"", "kids"),
        (2, "offer second", "offer first"),
        (2, "offer first", "offer third"),
        (0, "channel mail", "channel email"),
        (0, "customer household", "table household"),
        (0, "table household", "customer household"),
        (2, "offer third {\n  channel mail\n  eligible when big\n  priority kids\n}\n", ""),
        (3, "within 3 days", "within 3 hours"),
        (3, "within 3 hours", "within 5 days"),
        (3, "never offer.tier = 3", "never offer.teir = 3"),
        (3, "never offer.teir = 3", "never offer.tier <= 3"),
        (3, "journey coming", "journey going"),
        (3, "coming.step", "going.step"),
        (3, "p is not \"x\"", "q is not \"x\""),
        (3, "q is not \"x\"", "p starts with \"x\""),
        (3, "reason: text", "reason: one_of(complaint)"),
        (3, "\"complaint\"", "complaint"),
        (3, "Now {p}", "Now {p as percent}"),
        (3, "{p as percent}", "{p}"),
        (2, "// Two.", "offer sixth"),
        (2, "offer sixth", "/// Documented."),
        (4, "carries tier <= 2", "carries tier < 1"),
        (4, "carries tier < 1", "carries tir < 1"),
        (4, "carries tir < 1", "inbound"),
        (4, "inbound", "lead 10 days"),
        (4, "horizon 9 days", "horizon 11 days"),
        (4, "arm better worth", "arm better tier"),
        (4, "horizon 11 days", "rank by offer.tier"),
        (4, "cap 100 in total", ""),
        (4, "timing to 2999-12-24", "timing from 2999-12-24"),
        (4, "notice fifth", "reminder fifth"),
        (4, "salted \"x\"", ""),
        (4, "pick item", "pick big"),
        (3, "reason: one_of(complaint)", "reason: one_of(complaint)\n  channel: text"),
        (4, "when big", "when bigger"),
    ];
    for (file, from, to) in edits {
        let input = project.project.files(&project.db)[file];
        let text = input.text(&project.db);
        assert!(text.contains(from), "nothing to edit: {from}");
        let text = text.replacen(from, to, 1);
        input.set_text(&mut project.db).to(text.into());
        let now = compiled(&project.db, project.project);
        assert_eq!(now, compile(&project.texts()), "after {from:?} became {to:?}");
    }
}

#[test]
fn new_data_checks_no_policy_again() {
    let mut watched = Watched::new();
    let file = watched.project.files(&watched.db)[2];
    let text = file.text(&watched.db).replace("priority 1", "priority persons");
    file.set_text(&mut watched.db).to(text.into());
    let mut told = |missing: Option<u64>| {
        let facts = missing.map(|missing| {
            let persons = FieldFacts { missing, ..FieldFacts::default() };
            let table = TableFacts { rows: 2_500, fields: BTreeMap::from([("persons".into(), persons)]) };
            Arc::new(Facts { tables: BTreeMap::from([("household".into(), table)]) })
        });
        watched.project.set_facts(&mut watched.db).to(facts);
        watched.ran.lock().unwrap().clear();
        let found = compiled(&watched.db, watched.project).diagnostics;
        let data = found.iter().find(|found| found.diagnostic.code == "E0401").unwrap().diagnostic.data.clone();
        (data, watched.ran.lock().unwrap().clone())
    };
    assert_eq!(told(None).0, Vec::<String>::new());
    let (data, ran) = told(Some(3));
    assert_eq!(data, ["`household.persons` is missing in 3 of 2,500 rows"]);
    assert!(ran.iter().all(|query| !query.starts_with("checked") && query != "parsed"), "{ran:?}");
    assert!(ran.iter().any(|query| query == "diagnostics"), "{ran:?}");
    assert!(told(Some(0)).0[0].contains("in none of the 2,500 rows"));
}
