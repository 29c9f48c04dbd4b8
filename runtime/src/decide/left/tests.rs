//! What is left, by key and period, beside contacts that were, that are scheduled, and that are of nobody known.

use std::path::Path;

use opportune_plan::{
    Apart, Capacity, Comparison, Constant, Counted, Currency, Exprs, Field, FieldId, FieldValue, Float, History,
    HistoryId, Offer, OfferField, OfferFieldId, OfferId, OfferKind, Op, Plan, Portfolio, Quota, Schema, SharedLimit,
    Source, Table, TableId, TableKind, Type, Unit, VerifiedPlan, verify,
};

use super::*;
use crate::sample;
use crate::snapshot::context::{Request, load_added};
use crate::snapshot::read::{Added, AddedCustomer, AddedRow, Reach};

const CUSTOMERS: &str = "id,store,vip\n1,north,true\n2,south,false\n3,,true\n";
/// A Friday.
const NOW: &str = "2026-11-20T12:00:00Z";

fn usd() -> Currency {
    Currency::new("USD").unwrap()
}

fn field(name: &str, ty: Type, nullable: bool) -> Field {
    Field { name: name.into(), source: Source::Column(name.into()), ty, nullable, link: None }
}

fn schema() -> Schema {
    let customer = Table {
        name: "customer".into(),
        source: "customer".into(),
        kind: TableKind::Customer { key: FieldId(0), introduced_by: vec![Schema::CUSTOMER] },
        fields: vec![field("id", Type::Int, false), field("store", Type::Text, true), field("vip", Type::Bool, true)],
    };
    let contact = Table {
        name: "contact".into(),
        source: "".into(),
        kind: TableKind::Events { at: FieldId(0), customer_column: "customer".into() },
        fields: vec![
            field("sent_at", Type::Instant, false),
            field("decided_at", Type::Instant, false),
            field("offer", Type::Text, false),
            field("member", Type::Text, true),
            field("channel", Type::Text, true),
            field("cost", Type::Money(usd()), true),
        ],
    };
    Schema { tables: vec![customer, contact], domains: Vec::new() }
}

fn history() -> History {
    let at = |field| Some(FieldId(field));
    let (decided, offer, member, channel, cost) = (at(1), at(2), at(3), at(4), at(5));
    History { decided, offer, member, channel, cost, ..History::of(TableId(1)) }
}

fn contact(table: u32, at: u32) -> Op {
    Op::Field(TableId(table), FieldId(at))
}

/// A plan of three offers (the last is a notice) on two channels, with these quotas over all contacts.
fn plan(
    quotas: Vec<Quota>,
    filter: impl FnOnce(&Schema, &mut Exprs) -> Option<opportune_plan::ExprId>,
) -> VerifiedPlan {
    let schema = schema();
    let mut exprs = Exprs::default();
    let one = exprs.add(&schema, Op::Constant(Constant::Number(Float::new(1.0).unwrap()))).unwrap();
    let store = exprs.add(&schema, contact(0, 1)).unwrap();
    let filter = filter(&schema, &mut exprs);
    let topics = [&["warm", "wool"][..], &["warm"], &[]];
    let offers = ["shoes", "socks", "welcome"].into_iter().zip(topics).map(|(name, topics)| Offer {
        kind: if name == "welcome" { OfferKind::Notice } else { OfferKind::Offer },
        fields: vec![FieldValue::Set(topics.iter().map(|topic| Constant::Text((*topic).into())).collect())],
        ..sample::offer(name, one)
    });
    let offers = offers.collect();
    let shared = quotas.into_iter().map(|quota| {
        let per = match quota.per {
            Apart::Customer(_, field) => Apart::Customer(store, field),
            other => other,
        };
        SharedLimit::Quota(Quota { per, past: Some(HistoryId(0)), ..quota })
    });
    let capacity = Capacity { most: 10, each: Unit::Day, past: Some(HistoryId(0)) };
    let email = opportune_plan::Channel { capacity: Some(capacity), ..sample::channel("email") };
    verify(Plan {
        offer_fields: vec![OfferField { name: "topic".into(), ty: Type::Text, is_set: true }],
        channels: vec![email, sample::channel("mail")],
        histories: vec![History { filter, ..history() }],
        portfolio: Portfolio { shared: shared.collect(), ..Portfolio::default() },
        ..sample::plan(schema, exprs, offers)
    })
    .unwrap()
}

fn micros(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
}

/// `customer day offer channel cost`; customer 9 is not known, `x` is erased, `-` is not told.
fn rows(plan: &VerifiedPlan, lines: &[&'static str]) -> Added {
    let mut added = Added::new(plan, Some(usd()));
    let told = |text: &'static str| (text != "-").then_some(text);
    for line in lines {
        let [customer, at, offer, channel, cost] = line.split_whitespace().collect::<Vec<_>>()[..] else { panic!() };
        let whose = match customer.parse() {
            Ok(number) => AddedCustomer::Int(number),
            Err(_) => AddedCustomer::Erased(customer),
        };
        let (offer, member) = offer.split_once('/').map_or((offer, None), |(offer, member)| (offer, Some(member)));
        added.add_contact(&AddedRow {
            offer: told(offer),
            member,
            channel: told(channel),
            cost: cost.parse::<i64>().ok().map(|dollars| dollars * 1_000_000),
            ..AddedRow::new(whose, micros(&format!("2026-{at}:00:00Z")))
        });
    }
    added
}

fn load(plan: &VerifiedPlan, folder: &Path, lines: &[&'static str]) -> (Snapshot, Clock) {
    std::fs::write(folder.join("customer.csv"), CUSTOMERS).unwrap();
    let clock = Clock::new(micros(NOW), "UTC").unwrap();
    let (snapshot, _) =
        load_added(plan, folder, Reach::Anywhere, &clock, (&Request::None, &rows(plan, lines))).unwrap();
    (snapshot, clock)
}

/// What is left of each of some keys and periods.
fn left(plan: &VerifiedPlan, lines: &[&'static str], asked: &[(u32, Option<&str>, Option<i64>)]) -> Vec<u64> {
    let folder = tempfile::tempdir().unwrap();
    let (snapshot, clock) = load(plan, folder.path(), lines);
    let left = Left::new(plan, &snapshot, &clock);
    let resource = |(limit, key, period): &(u32, Option<&str>, Option<i64>)| ResourceKey {
        limit: LimitOf::Shared(*limit),
        key: key.map(Into::into),
        period: *period,
    };
    asked.iter().map(|asked| left.left(&resource(asked))).collect()
}

fn quota(offer: Option<u32>, each: Option<Unit>, per: Apart) -> Quota {
    Quota { offer: offer.map(OfferId), each, per, ..Quota::total(OfferId(0), 10, None) }
}

fn of_day(text: &str) -> i64 {
    micros(&format!("{text}T00:00:00Z")) / 86_400_000_000
}

const CONTACTS: [&str; 9] = [
    "1 11-19T09 shoes email 1",
    "1 11-21T09 shoes email 2",
    "1 11-21T09 socks email -",
    "2 11-21T10 socks mail 1",
    "3 11-21T09 shoes - 1",
    "9 11-21T09 shoes email 4",
    "x 11-22T09 - email 1",
    "2 11-21T09 gone email 1",
    "2 11-19T09 welcome email 9",
];

#[test]
fn totals_count_what_was_what_is_scheduled_and_what_is_nobodys() {
    let of = |offer| quota(offer, None, Apart::Together);
    let on_mail = Quota { channel: Some(opportune_plan::ChannelId(1)), ..of(None) };
    let plan = plan(vec![of(Some(0)), of(Some(1)), of(None), on_mail], |_, _| None);
    let asked = [(0, None, None), (1, None, None), (2, None, None), (3, None, None)];
    // Of shoes four and one that does not tell; of all but notices eight; by mail one and one that does not tell.
    assert_eq!(left(&plan, &CONTACTS, &asked), [5, 7, 2, 8]);
    assert_eq!(left(&plan, &[], &asked), [10; 4]);
    assert_eq!(left(&plan, &CONTACTS, &[(9, None, None)]), [0], "there is no such limit");
    let many = ["9 11-21T09 shoes email 4"; 12];
    assert_eq!(left(&plan, &many, &[(0, None, None)]), [0], "no less than nothing");
}

#[test]
fn days_and_budgets_are_told_apart() {
    let each_day = quota(None, Some(Unit::Day), Apart::Together);
    let budget =
        Quota { most: 10_000_000, counts: Counted::Cost(usd()), ..quota(None, Some(Unit::Month), Apart::Together) };
    let plan = plan(vec![each_day, budget], |_, _| None);
    let day = |text| (0, None, Some(of_day(text)));
    let month = |month: i64| (1, None, Some(2026 * 12 + month - 1));
    let asked = [day("2026-11-20"), day("2026-11-21"), day("2026-11-22"), month(11), month(12)];
    // The notice costs nothing that counts.
    assert_eq!(left(&plan, &CONTACTS, &asked), [10, 4, 9, 0, 10_000_000]);
    assert_eq!(left(&plan, &CONTACTS[1..3], &[month(11)]), [8_000_000], "what has no cost has cost nothing");
}

#[test]
fn keys_that_are_not_known_count_for_every_key() {
    let by_store = quota(Some(0), None, Apart::Customer(opportune_plan::ExprId(0), None));
    let plan = plan(vec![by_store], |_, _| None);
    let store = |key| (0, Some(key), None);
    // Two of the north; of everybody: one whose store is missing, one who is not known, one who is erased.
    assert_eq!(left(&plan, &CONTACTS, &[store("north"), store("south"), store("new")]), [5, 7, 7]);
}

#[test]
fn a_contact_counts_for_each_value_of_its_offer() {
    let by_topic = quota(None, None, Apart::Field(OfferFieldId(0)));
    let plan = plan(vec![by_topic], |_, _| None);
    let topic = |key| (0, Some(key), None);
    // Shoes are warm and of wool, socks are warm; of everything: an offer that is gone, one that is not told.
    assert_eq!(left(&plan, &CONTACTS, &[topic("warm"), topic("wool"), topic("cold")]), [2, 4, 8]);
}

#[test]
fn messages_of_a_channel_are_one_by_customer_and_time() {
    let plan = plan(Vec::new(), |_, _| None);
    let folder = tempfile::tempdir().unwrap();
    let lines = [&CONTACTS[..], &["x 11-22T09 shoes email 1", "y 11-22T09 shoes email 1"]].concat();
    let (snapshot, clock) = load(&plan, folder.path(), &lines);
    let left = Left::new(&plan, &snapshot, &clock);
    let day = |limit, text| left.left(&ResourceKey { limit, key: None, period: Some(of_day(text)) });
    let email = LimitOf::Channel(0);
    // On the 21st customers 1, 2 and 9, and 3 who may have had it by email; on the 22nd x in one message, and y.
    assert_eq!(["2026-11-20", "2026-11-21", "2026-11-22"].map(|text| day(email, text)), [10, 6, 8]);
    assert_eq!(day(LimitOf::Channel(1), "2026-11-21"), 0, "a channel without a capacity is no resource");
}

/// What a filter says of contacts that are still to be sent; of nobody's, what it asks of the customer is not known.
#[test]
fn filters_hold_for_what_is_unseen() {
    let total = || vec![quota(Some(0), None, Apart::Together)];
    let of_shoes = |schema: &Schema, exprs: &mut Exprs| {
        let offer = exprs.add(schema, contact(1, 2)).unwrap();
        let shoes = exprs.add(schema, Op::Constant(Constant::Text("shoes".into()))).unwrap();
        Some(exprs.add(schema, Op::Compare(Comparison::Equal, offer, shoes)).unwrap())
    };
    assert_eq!(
        left(&plan(total(), of_shoes), &CONTACTS, &[(0, None, None)]),
        [6],
        "the one that is not told is no shoe"
    );
    let of_others = |schema: &Schema, exprs: &mut Exprs| {
        let vip = exprs.add(schema, contact(0, 2)).unwrap();
        let vip = exprs.add(schema, Op::OfCustomer { events: TableId(1), value: vip }).unwrap();
        let vip = exprs.add(schema, Op::IsTrue(vip)).unwrap();
        Some(exprs.add(schema, Op::Not(vip)).unwrap())
    };
    // Of those who are no vip: none of 1 and 3; 9 and x may be.
    assert_eq!(left(&plan(total(), of_others), &CONTACTS, &[(0, None, None)]), [8]);
}
