//! Contacts and responses that are in no file: what they fill, what is still to be, whose nobody is, what counts once.

use opportune_plan::{Currency, Type, VerifiedPlan};
use tempfile::TempDir;

use super::{customer, events, field, link, lookup, micros, one_of, optional, plan, through, value, values};
use crate::snapshot::context::{Request, load_added};
use crate::snapshot::read::{Added, AddedCustomer, AddedRow, LoadError, LoadReport, Reach};
use crate::snapshot::{Snapshot, Table};

const NOW: &str = "2026-11-20T12:00:00Z";

fn usd() -> Currency {
    Currency::new("USD").unwrap()
}

fn people() -> opportune_plan::Table {
    customer(&[0], vec![field("id", Type::Int)])
}

/// Contacts with all that a ledger tells.
fn contacts() -> opportune_plan::Table {
    let fields = vec![
        field("sent_at", Type::Instant),
        field("decided_at", Type::Instant),
        field("offer", Type::Text),
        optional("member", Type::Text),
        optional("channel", Type::Text),
        optional("cost", Type::Money(usd())),
        optional("decision", Type::Text),
    ];
    events("contact", 0, fields)
}

fn built_in(table: opportune_plan::Table) -> opportune_plan::Table {
    opportune_plan::Table { source: "".into(), ..table }
}

fn row<'a>(customer: i64, at: &str, offer: &'a str) -> AddedRow<'a> {
    let at = micros(at);
    AddedRow { offer: Some(offer), ..AddedRow::new(AddedCustomer::Int(customer), at) }
}

fn added(plan: &VerifiedPlan, rows: &[AddedRow<'_>]) -> Added {
    let mut added = Added::new(plan, Some(usd()));
    rows.iter().for_each(|row| added.add_contact(row));
    added
}

fn try_load(plan: &VerifiedPlan, folder: &TempDir, added: &Added) -> Result<(Snapshot, LoadReport), Vec<LoadError>> {
    load_added(plan, folder.path(), Reach::Anywhere, &super::clock(NOW), (&Request::None, added))
}

fn write(folder: &TempDir, name: &str, text: &str) {
    std::fs::write(folder.path().join(name), text).unwrap();
}

/// All rows of a column, those that no expression sees included.
fn whole(table: &Table, field: usize) -> Vec<String> {
    let column = &table.columns[field];
    (0..column.len()).map(|row| value(column, row)).collect()
}

fn refusals(found: Result<(Snapshot, LoadReport), Vec<LoadError>>) -> String {
    let errors = found.expect_err("an error");
    errors.iter().map(|error| format!("{} {}: {}\n", error.code(), error.message(), error.help())).collect()
}

#[test]
fn a_table_without_a_file_holds_what_is_added() {
    let folder = TempDir::new().unwrap();
    write(&folder, "customer.csv", "id\n1\n2\n");
    let plan = plan(vec![people(), built_in(contacts())], &[]);
    let paid = AddedRow {
        member: Some("tea"),
        channel: Some("email"),
        cost: Some(250_000),
        decided_at: micros("2026-11-18T08:00:00Z"),
        ..row(2, "2026-11-18T09:00:00Z", "b")
    };
    let rows = [paid, row(2, "2026-11-17T09:00:00Z", "a"), row(1, "2026-11-17T10:00:00Z", "a")];
    let (snapshot, report) = try_load(&plan, &folder, &added(&plan, &rows)).unwrap();
    let table = &snapshot.tables[1];
    assert_eq!(table.by_customer.as_ref().unwrap().offsets, [0, 1, 3]);
    assert_eq!(values(&snapshot, 1, 2), ["a", "a", "b"]);
    assert_eq!(values(&snapshot, 1, 3), ["-", "-", "tea"]);
    assert_eq!(values(&snapshot, 1, 4), ["-", "-", "email"]);
    assert_eq!(values(&snapshot, 1, 5), ["-", "-", "250000"]);
    assert!(table.unseen.is_none());
    assert_eq!(values(&snapshot, 1, 1)[2], micros("2026-11-18T08:00:00Z").to_string());
    assert_eq!((report.tables[1].rows, report.tables[1].kept, report.tables[1].added), (0, 0, 3));
    // Without any, there are just no rows.
    let (snapshot, report) = try_load(&plan, &folder, &Added::default()).unwrap();
    assert_eq!((snapshot.tables[1].rows, report.tables[1].added), (0, 0));
    assert_eq!(snapshot.tables[1].by_customer.as_ref().unwrap().offsets, [0, 0, 0]);
    assert!(!report.read.to_string().contains("contact"), "a ledger is no file: its position tells what was read");
}

#[test]
fn rows_of_a_file_and_added_ones_are_in_one_order() {
    let folder = TempDir::new().unwrap();
    write(&folder, "customer.csv", "id\n1\n2\n");
    write(
        &folder,
        "contact.csv",
        "id,sent_at,decided_at,offer,member,channel,cost,decision\n\
         2,2026-11-18T09:00:00Z,2026-11-18T09:00:00Z,old,,,,\n\
         1,2026-11-02T09:00:00Z,2026-11-02T09:00:00Z,older,,,,\n",
    );
    let plan = plan(vec![people(), contacts()], &[]);
    let rows = [row(2, "2026-11-17T09:00:00Z", "new"), row(2, "2026-11-19T09:00:00Z", "newer")];
    let (snapshot, report) = try_load(&plan, &folder, &added(&plan, &rows)).unwrap();
    assert_eq!(values(&snapshot, 1, 2), ["older", "new", "old", "newer"]);
    assert_eq!(snapshot.tables[1].by_customer.as_ref().unwrap().offsets, [0, 1, 4]);
    assert_eq!((report.tables[1].rows, report.tables[1].kept, report.tables[1].added), (2, 2, 2));
}

/// What is decided and not sent yet is behind what expressions see; behind it what is nobody's.
#[test]
fn what_is_scheduled_and_what_is_nobodys_is_unseen() {
    let folder = TempDir::new().unwrap();
    write(&folder, "customer.csv", "id\n1\n2\n");
    write(
        &folder,
        "contact.csv",
        "id,sent_at,decided_at,offer,member,channel,cost,decision\n\
         1,2026-11-21T09:00:00Z,2026-11-20T09:00:00Z,planned,,,,\n\
         1,2026-11-21T09:00:00Z,2026-11-20T13:00:00Z,unknown at now,,,,\n\
         7,2026-11-01T09:00:00Z,2026-11-01T09:00:00Z,of another,,,,\n\
         1,2026-11-01T09:00:00Z,2026-11-01T09:00:00Z,past,,,,\n",
    );
    let plan = plan(vec![people(), contacts()], &[]);
    let erased = AddedRow { customer: AddedCustomer::Erased("x1"), ..row(0, "2026-11-03T09:00:00Z", "erased") };
    let rows = [
        row(2, "2026-11-22T09:00:00Z", "later"),
        row(2, "2026-11-21T09:00:00Z", "soon"),
        erased,
        AddedRow { at: micros("2026-11-23T09:00:00Z"), ..erased },
        row(7, "2026-11-02T09:00:00Z", "of another too"),
        // Decided after `now`: it is in the ledger all the same, and limits that were told without it could be exceeded.
        AddedRow { decided_at: micros("2026-11-24T09:00:00Z"), ..row(1, "2026-11-24T09:00:00Z", "ahead") },
    ];
    let (snapshot, report) = try_load(&plan, &folder, &added(&plan, &rows)).unwrap();
    let table = &snapshot.tables[1];
    assert_eq!(values(&snapshot, 1, 2), ["past"], "expressions see the past alone");
    let all = ["past", "planned", "ahead", "soon", "later", "of another", "erased", "erased", "of another too"];
    assert_eq!(whole(table, 2), all);
    let unseen = table.unseen.as_ref().unwrap();
    assert_eq!(unseen.scheduled.offsets, [1, 3, 5]);
    let at = ["2026-11-21T09:00:00Z", "2026-11-24T09:00:00Z", "2026-11-21T09:00:00Z", "2026-11-22T09:00:00Z"];
    assert_eq!(unseen.scheduled.at, at.map(micros));
    assert_eq!(unseen.owners, [0, 1, 1, 0], "whose it was tells messages apart, in the file and beside it");
    assert_eq!(unseen.of_nobody.len(), 4);
    let report = &report.tables[1];
    assert_eq!((report.scheduled, report.of_nobody_counted, report.after_now.count), (4, 4, 1));
    assert!(snapshot.has_scheduled());
}

#[test]
fn added_rows_introduce_nobody() {
    let folder = TempDir::new().unwrap();
    write(&folder, "customer.csv", "id\n1\n");
    write(&folder, "contact.csv", "id,sent_at,offer\n2,2026-11-01T09:00:00Z,a\n");
    let people = customer(&[0, 1], vec![field("id", Type::Int)]);
    let contacts = events("contact", 0, vec![field("sent_at", Type::Instant), field("offer", Type::Text)]);
    let plan = plan(vec![people, contacts], &[]);
    let rows = [row(3, "2026-11-02T09:00:00Z", "b"), row(2, "2026-11-02T09:00:00Z", "c")];
    let (snapshot, _) = try_load(&plan, &folder, &added(&plan, &rows)).unwrap();
    assert_eq!(values(&snapshot, 0, 0), ["1", "2"]);
    assert_eq!(whole(&snapshot.tables[1], 1), ["a", "c", "b"]);
}

/// A row of the file that names a decision of the ledger is that contact; what only the file tells is kept.
#[test]
fn the_same_contact_counts_once() {
    let folder = TempDir::new().unwrap();
    write(&folder, "customer.csv", "id\n1\n2\n");
    write(
        &folder,
        "contact.csv",
        "id,sent_at,offer,decision,batch\n\
         1,2026-11-18T09:10:00Z,a,d1,77\n\
         1,2026-11-18T09:10:00Z,a,d1,78\n\
         1,2026-11-18T09:10:00Z,a,d9,79\n\
         1,2026-11-18T09:10:00Z,a,,80\n",
    );
    let fields = vec![
        field("sent_at", Type::Instant),
        field("offer", Type::Text),
        optional("decision", Type::Text),
        field("batch", Type::Int),
    ];
    let plan = plan(vec![people(), events("contact", 0, fields)], &[]);
    let same = AddedRow { decision: Some("d1"), ..row(1, "2026-11-18T09:00:00Z", "a") };
    let (snapshot, report) = try_load(&plan, &folder, &added(&plan, &[same])).unwrap();
    assert_eq!(values(&snapshot, 1, 3), ["77", "80", "79"]);
    assert_eq!(values(&snapshot, 1, 0)[0], micros("2026-11-18T09:00:00Z").to_string(), "the ledger tells when");
    assert_eq!((report.tables[1].replaced, report.tables[1].kept), (2, 2));
    // Of one that only the ledger has, nothing tells the batch.
    let other = AddedRow { decision: Some("d2"), ..same };
    insta::assert_snapshot!(refusals(try_load(&plan, &folder, &added(&plan, &[same, other]))), @"D0122 `contact.batch` is not optional, but the ledger has no value for 1 contact: declare `contact.batch` with `?`: then it is missing where the ledger does not tell it");
}

#[test]
fn responses_to_one_decision_are_told_apart() {
    let folder = TempDir::new().unwrap();
    write(&folder, "customer.csv", "id\n1\n");
    write(
        &folder,
        "response.csv",
        "id,happened,outcome,decision\n1,2026-11-18T09:00:00Z,seen,d1\n1,2026-11-18T10:00:00Z,clicked,d1\n",
    );
    let fields = vec![field("happened", Type::Instant), field("outcome", Type::Text), optional("decision", Type::Text)];
    let plan = plan(vec![people(), events("response", 0, fields)], &[]);
    let response = |at, outcome| AddedRow { outcome: Some(outcome), decision: Some("d1"), ..row(1, at, "a") };
    let mut added = Added::new(&plan, None);
    added.add_response(&response("2026-11-18T10:00:00Z", "clicked"));
    added.add_response(&response("2026-11-18T11:00:00Z", "clicked"));
    added.add_response(&response("2026-11-21T11:00:00Z", "clicked"));
    let (snapshot, report) = try_load(&plan, &folder, &added).unwrap();
    assert_eq!(values(&snapshot, 1, 1), ["seen", "clicked", "clicked"]);
    assert_eq!(report.tables[1].replaced, 1);
    assert!(snapshot.tables[1].unseen.is_none(), "no response is scheduled");
}

/// Days, listed names, members that are ints, times that come through a link.
#[test]
fn fields_take_what_is_added_by_their_type() {
    let folder = TempDir::new().unwrap();
    write(&folder, "customer.csv", "id\n1\n");
    write(&folder, "campaign.csv", "id,starts\nspring,2026-03-01\n");
    write(&folder, "contact.csv", "id,campaign,offer,member,decided_at\n1,spring,a,,2026-02-01\n");
    let campaign = lookup("campaign", vec![field("id", Type::Text), field("starts", Type::Date)]);
    let fields = vec![
        through("sent", Type::Date, false, 1, 1),
        opportune_plan::Field { nullable: true, ..link("campaign", 2, false) },
        field("offer", one_of(0)),
        optional("member", Type::Int),
        field("decided_at", Type::Date),
    ];
    let tables = vec![people(), events("contact", 0, fields), campaign];
    let plan = plan(tables, &[&["a", "b"]]);
    let late = AddedRow { member: Some("42"), ..row(1, "2026-11-20T03:00:00Z", "b") };
    let (snapshot, _) = try_load(&plan, &folder, &added(&plan, &[late])).unwrap();
    let day = |text: &str| {
        let date: jiff::civil::Date = text.parse().unwrap();
        (date - jiff::civil::date(1970, 1, 1)).get_days().to_string()
    };
    // Three in the morning of the 20th is the evening of the 19th in New York.
    assert_eq!(values(&snapshot, 1, 0), [day("2026-03-01"), day("2026-11-19")]);
    assert_eq!(values(&snapshot, 1, 4), [day("2026-02-01"), day("2026-11-19")]);
    assert_eq!(values(&snapshot, 1, 2), ["a", "b"]);
    assert_eq!(values(&snapshot, 1, 3), ["-", "42"]);
    let unlisted = row(1, "2026-11-18T03:00:00Z", "c");
    insta::assert_snapshot!(refusals(try_load(&plan, &folder, &added(&plan, &[unlisted, late]))), @"D0123 `contact.offer` does not list what the ledger has for 1 contact: the declared values are `a`, `b` (one is nearly `a`: spaces and capitals count); add what is not there to the declaration, or declare it text");
}

#[test]
fn a_link_that_must_lead_somewhere_leads_there() {
    let folder = TempDir::new().unwrap();
    write(&folder, "customer.csv", "id\n1\n");
    write(&folder, "product.csv", "id\ntea\n");
    write(&folder, "contact.csv", "id,sent_at,member\n1,2026-11-01T09:00:00Z,tea\n");
    let product = lookup("product", vec![field("id", Type::Text)]);
    let tables = |required| {
        let member = opportune_plan::Field { nullable: true, ..link("member", 2, required) };
        vec![people(), events("contact", 0, vec![field("sent_at", Type::Instant), member]), product.clone()]
    };
    let gone = AddedRow { member: Some("coffee"), ..row(1, "2026-11-18T03:00:00Z", "b") };
    let required = plan(tables(true), &[]);
    insta::assert_snapshot!(refusals(try_load(&required, &folder, &added(&required, &[gone]))), @"D0116 `contact.member` links to `product`, which has no such key for 1 row (in row 2) of `the ledger`: add the rows to the file of `product`, or declare the link `-> product?`: then those lead nowhere");
    let free = plan(tables(false), &[]);
    let (snapshot, _) = try_load(&free, &folder, &added(&free, &[gone])).unwrap();
    assert_eq!(snapshot.tables[1].links[1], Some(vec![0, crate::snapshot::NO_ROW]));
}

/// Keys that were numbers and are texts now are the same people.
#[test]
fn keys_are_found_however_they_are_written() {
    let folder = TempDir::new().unwrap();
    write(&folder, "customer.csv", "id\n7\n08\n");
    let contacts =
        || built_in(events("contact", 0, vec![field("sent_at", Type::Instant), optional("offer", Type::Text)]));
    let text = |key| AddedRow { customer: AddedCustomer::Text(key), ..row(0, "2026-11-18T03:00:00Z", key) };
    let rows = [row(7, "2026-11-18T03:00:00Z", "int"), text("08"), text("7"), text("8"), text("x")];
    let of_text = plan(vec![customer(&[0], vec![field("id", Type::Text)]), contacts()], &[]);
    let (snapshot, _) = try_load(&of_text, &folder, &added(&of_text, &rows)).unwrap();
    assert_eq!(values(&snapshot, 1, 1), ["08", "7", "int"]);
    assert_eq!(snapshot.tables[1].unseen.as_ref().unwrap().of_nobody.len(), 2);
    let of_int = plan(vec![people(), contacts()], &[]);
    let (snapshot, _) = try_load(&of_int, &folder, &added(&of_int, &rows)).unwrap();
    assert_eq!(values(&snapshot, 1, 1), ["7", "int", "8"], "08 is not how 8 is written");
    assert_eq!(snapshot.tables[1].unseen.as_ref().unwrap().of_nobody.len(), 2);
}

/// An amount in another currency says nothing; an offer that is not told is the empty name, which no offer has.
#[test]
fn what_cannot_be_told_is_missing() {
    let folder = TempDir::new().unwrap();
    write(&folder, "customer.csv", "id\n1\n");
    let plan = plan(vec![people(), built_in(contacts())], &[]);
    let mut added = Added::new(&plan, Some(Currency::new("EUR").unwrap()));
    let untold = AddedRow { cost: Some(1), ..AddedRow::new(AddedCustomer::Int(1), micros("2026-11-18T03:00:00Z")) };
    added.add_contact(&untold);
    let (snapshot, _) = try_load(&plan, &folder, &added).unwrap();
    assert_eq!((values(&snapshot, 1, 2), values(&snapshot, 1, 5)), (vec![String::new()], vec!["-".to_owned()]));
    // Where a cost is always told, what tells none has cost nothing.
    let mut contacts = contacts();
    contacts.fields.iter_mut().for_each(|field| field.nullable &= *field.name != *"cost");
    let plan = self::plan(vec![people(), built_in(contacts)], &[]);
    let (snapshot, _) = try_load(&plan, &folder, &self::added(&plan, &[AddedRow { cost: None, ..untold }])).unwrap();
    assert_eq!(values(&snapshot, 1, 5), ["0"]);
}

/// Where nothing has a use for decisions, they are not kept.
#[test]
fn decisions_are_kept_where_they_matter() {
    let folder = TempDir::new().unwrap();
    write(&folder, "customer.csv", "id\n1\n");
    let plan = plan(vec![people(), built_in(contacts())], &[]);
    let told = AddedRow { decision: Some("d1"), ..row(1, "2026-11-18T03:00:00Z", "a") };
    let (snapshot, _) = try_load(&plan, &folder, &added(&plan, &[told])).unwrap();
    assert_eq!(values(&snapshot, 1, 6), ["-"]);
}
