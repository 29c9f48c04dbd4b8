//! The events of the ledger: which policies have them, and the plan in which caps see what is still to be sent.

use insta::assert_snapshot;
use opportune_compiler::{Compiled, ProjectFiles, compile};
use opportune_plan::VerifiedPlan;

use super::check::{MANIFEST, all, mistakes, project};

const CUSTOMER: &str = "customer person {\n  key id: int\n}\n\nchannel mail\n\n";

fn files(manifest: &str, text: &str) -> ProjectFiles {
    let policies = vec![("test.offer".to_owned(), text.to_owned())];
    ProjectFiles { manifest: ("opportune.toml".to_owned(), manifest.to_owned()), policies }
}

fn fine(manifest: &str, text: &str) -> (Compiled, VerifiedPlan) {
    let text = format!("{CUSTOMER}{text}");
    let compiled = project(manifest, &text);
    assert_eq!(all(&compiled, &text), "  fine\n", "{text}");
    let plan = compiled.plan.clone().unwrap();
    (compiled, plan)
}

/// The names of the tables, with the file of each that has one.
fn tables(text: &str) -> String {
    let (_, plan) = fine(MANIFEST, text);
    let shown = plan.schema.tables.iter().map(|table| match table.is_built_in() {
        true => table.name.to_string(),
        false => format!("{} in {}", table.name, table.source),
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[test]
fn a_policy_has_the_events_that_it_looks_at() {
    let person = "person in person";
    assert_eq!(tables(""), person);
    assert_eq!(tables("offer a {\n  channel mail\n}"), person);
    assert_eq!(
        tables("segment old is exists(contact)\n\noffer a {\n  channel mail\n}"),
        person,
        "nobody asks the segment"
    );
    for of_offer in [
        "eligible when none(contact in last 3 days where offer = \"a\")",
        "cap 1 per customer every 7 days",
        "cap 2 per customer each week on mail",
        "cap 20 in total",
        "priority count(contact) * 1.0",
    ] {
        let text = format!("offer a {{\n  channel mail\n  {of_offer}\n}}");
        assert_eq!(tables(&text), format!("{person}, contact"), "{of_offer}");
    }
    for rule in ["stop after unsubscribed", "cap 2 impressions per customer each week", "pause 9 days after 2 ignored"]
    {
        let text = format!("offer a {{\n  channel mail\n}}\n\nportfolio {{\n  {rule}\n}}");
        assert_eq!(tables(&text), format!("{person}, contact, response"), "{rule}");
    }
    let journey = "journey path = contact, then response within 3 days where outcome = \"clicked\"\n\n\
                   offer a {\n  channel mail\n  eligible when path.step = 2\n}";
    assert_eq!(tables(journey), format!("{person}, contact, response"));
    let channel = "channel sms {\n  capacity 5 per day\n}\n\noffer a {\n  channel sms\n}";
    assert_eq!(tables(channel), format!("{person}, contact"));
}

#[test]
fn what_is_declared_comes_from_the_data() {
    let contact = "events contact {\n  at sent: date\n  offer: text\n}\n\n";
    let cap = "offer a {\n  channel mail\n  cap 1 per customer every 7 days\n}";
    assert_eq!(tables(&format!("{contact}{cap}")), "person in person, contact in contact");
    assert_eq!(tables(&format!("{contact}offer a {{\n  channel mail\n}}")), "person in person, contact in contact");
    let both = format!("{contact}{cap}\n\nportfolio {{\n  stop after unsubscribed\n}}");
    assert_eq!(tables(&both), "person in person, contact in contact, response");
    assert_eq!(
        tables("context {\n  now_asks: bool\n}\n\noffer a {\n  channel mail\n  cap 1 in total\n}"),
        "person in person, context in context, contact"
    );
}

/// What takes the name of the events takes them away, and is itself what it was.
#[test]
fn names_of_ones_own_come_first() {
    let trait_of_that_name = "trait contact = 3\n\noffer a {\n  channel mail\n  priority contact * 1.0\n}";
    assert_eq!(tables(trait_of_that_name), "person in person");
    let offer = "offer response {\n  channel mail\n  cap 9 in total\n}\n\noffer a {\n  channel mail\n  message \"{response.remaining}\"\n}";
    assert_eq!(tables(offer), "person in person, contact");
    let guarantee = "guarantee \"contact\" {\n  never offer.kind = \"a\"\n}\n\noffer fields {\n  kind: text = \"b\"\n}\n\n\
                     offer a {\n  channel mail\n  cap 1 in total\n}";
    assert_eq!(tables(guarantee), "person in person, contact", "a promise is a sentence and no name");
    let text = format!("{CUSTOMER}trait contact = 3\n\noffer a {{\n  channel mail\n  cap 1 in total\n}}");
    assert_eq!(mistakes(&project(MANIFEST, &text)), ["E0507"]);
    let files = format!("{MANIFEST}[data]\nintroduces = [\"contact\"]\n[data.files]\nresponse = \"r\"\n");
    assert_eq!(mistakes(&project(&files, CUSTOMER)), ["E0710", "E0710"], "no data introduces what nobody declares");
}

#[test]
fn the_events_have_these_fields() {
    let text = "offer a {\n  channel mail\n  cap 1 per customer every 7 days\n  \
                eligible when none(response where outcome = \"complained\")\n}";
    let shown = |manifest: &str| {
        let plan = fine(manifest, text).1.to_string();
        let tables = plan.split("events contact").nth(1).unwrap().split("%0").next().unwrap();
        format!("events contact{tables}")
    };
    assert_snapshot!(shown(&format!("{MANIFEST}currency = \"USD\"\n")), @r#"
    events contact from the ledger
      of the customer in "customer"
      at sent_at: instant from "sent_at"
      decided_at: instant from "decided_at"
      offer: text from "offer"
      member: text? from "member"
      channel: text? from "channel"
      cost: money(USD)? from "cost"
      decision: text? from "decision"
    events response from the ledger
      of the customer in "customer"
      at happened: instant from "happened"
      outcome: text from "outcome"
      offer: text? from "offer"
      member: text? from "member"
      channel: text? from "channel"
      decision: text? from "decision"
    "#);
    assert!(!shown(MANIFEST).contains("cost"), "without a currency of the project nothing tells in which");
}

/// The usual plan tells these caps at `now`; what is still to be sent is seen at the time of sending alone.
#[test]
fn every_cap_can_be_counted_at_sending() {
    let caps = |plan: &VerifiedPlan| {
        let shown = plan.to_string();
        shown
            .lines()
            .map(str::trim)
            .filter(|l| l.starts_with("cap") || l.starts_with("limit") || l.starts_with("contact cap"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let contact = "events contact {\n  at sent: date\n  offer: text\n}\n\n";
    let text = format!(
        "{contact}offer a {{\n  channel mail\n  cap 1 per customer every 7 days\n  cap 2 per customer each month\n}}\n\n\
         portfolio {{\n  cap 3 per customer every 30 days\n}}"
    );
    let (compiled, usual) = fine(MANIFEST, &text);
    let sending = compiled.plan_with_caps_at_sending(&files(MANIFEST, &format!("{CUSTOMER}{text}"))).unwrap();
    assert_eq!(usual.schema, sending.schema);
    assert_snapshot!(format!("{}\n---\n{}", caps(&usual), caps(&sending)), @r#"
    cap 1 of %10 where %12
    limit "2 per customer each month": 2 of history 0 Showings each Month per Together including inbound
    cap 3 of %16 where %18
    ---
    limit "1 per customer every 7 days": 1 of history 0 Showings every 0 months 7 days 0u s per Together including inbound
    limit "2 per customer each month": 2 of history 0 Showings each Month per Together including inbound
    limit "3 per customer every 30 days": 3 of history 0 Contacts every 0 months 30 days 0u s per Together
    "#);
    let text = format!("{contact}offer a {{\n  channel mail\n  cap 2 per customer each month\n}}");
    let (compiled, usual) = fine(MANIFEST, &text);
    let sending = compiled.plan_with_caps_at_sending(&ProjectFiles::default());
    assert_eq!(sending.as_ref(), Some(&usual), "nothing is told at now, so nothing is compiled again");
    assert_eq!(compile(&ProjectFiles::default()).plan_with_caps_at_sending(&ProjectFiles::default()), None);
}

/// A cap that takes the events of one member is told at `now`; contacts of one member are counted at sending.
#[test]
fn contacts_of_one_member_are_counted_per_member() {
    let told = |cap: &str| {
        let text = format!(
            "{CUSTOMER}table product {{\n  key id: int\n  category: text\n}}\n\nevents purchase {{\n  at day: date\n  \
             category: text\n}}\n\noffer a for each category c of product {{\n  channel mail\n  {cap}\n}}"
        );
        mistakes(&project(MANIFEST, &text))
    };
    assert_eq!(told("cap 1 per customer every 7 days over purchase where category = c"), [""; 0]);
    assert_eq!(told("cap 1 per customer per c every 7 days"), [""; 0]);
    assert_eq!(told("cap 1 per customer every 7 days over contact where member = c else false"), ["E0854"]);
}

/// The ledger's rows do not tell who answered: where that is declared, it may be missing, and counts for each.
#[test]
fn a_share_counts_contacts_that_do_not_tell_who_made_them() {
    let told = |contact: &str| {
        let text = format!(
            "{CUSTOMER}context {{\n  rep: text\n}}\n\nevents request {{\n  at asked: instant\n  rep: text\n}}\n\n{contact}\n\n\
             offer a {{\n  channel mail\n}}\n\nportfolio {{\n  cap 50% of requests per context.rep every 30 days\n}}"
        );
        mistakes(&project(MANIFEST, &text))
    };
    assert_eq!(told("events contact {\n  at sent: instant\n  offer: text\n  rep: text?\n}"), [""; 0]);
    assert_eq!(told("events contact {\n  at sent: instant\n  offer: text\n  rep: text\n}"), [""; 0]);
    assert_eq!(told("events contact {\n  at sent: instant\n  offer: text\n}"), ["E0850"]);
    assert_eq!(told("events contact {\n  at sent: instant\n  offer: text\n  rep: int?\n}"), ["E0850"]);
    assert_eq!(told(""), ["E0850"]);
}
