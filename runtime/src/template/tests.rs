//! Values as people read them, and texts with their holes filled.

use std::sync::Arc;

use opportune_plan::{
    Aggregate, Arithmetic, Builtin, Constant, Currency, Domain, DomainId, Element, ExprId, Exprs, Family, Field,
    FieldId, Float, Format, Function, Offer, OfferId, Op, Pick, Place, Plan, Route, Schema, Source, Table, TableId,
    TableKind, Window, verify,
};

use super::*;
use crate::decide::Picks;
use crate::sample;
use crate::snapshot::{self, Bitmap, ByCustomer, Column, Dictionary, Elements, SetDictionary, Values};

const CUSTOMER: TableId = Schema::CUSTOMER;
const PURCHASE: TableId = TableId(1);
pub(crate) const PRODUCT: TableId = TableId(2);

fn field(name: &str, ty: Type, nullable: bool) -> Field {
    Field { name: name.into(), source: Source::Column(name.into()), ty, nullable, link: None }
}

fn schema() -> Schema {
    let customer = vec![
        field("id", Type::Text, false),
        field("age", Type::Int, false),
        field("tags", Type::Set(Element::Text), false),
        field("tier", Type::OneOf(DomainId(0)), false),
    ];
    let kind = TableKind::Customer { key: FieldId(0), introduced_by: vec![CUSTOMER] };
    let customer = Table { name: "customer".into(), source: "customer".into(), kind, fields: customer };
    let kind = TableKind::Events { at: FieldId(0), customer_column: "id".into() };
    let fields = vec![field("at", Type::Instant, false)];
    let purchase = Table { name: "purchase".into(), source: "purchase".into(), kind, fields };
    let fields = vec![field("sku", Type::Int, false), field("category", Type::Text, true)];
    let kind = TableKind::Lookup { key: FieldId(0) };
    let product = Table { name: "product".into(), source: "product".into(), kind, fields };
    let domains = vec![Domain { variants: vec!["gold".into(), "silver".into()] }];
    Schema { tables: vec![customer, purchase, product], domains }
}

pub(crate) fn snapshot() -> Snapshot {
    let texts = |all: &[&str]| Arc::new(Dictionary { values: all.iter().map(|text| (*text).into()).collect() });
    let elements = Elements::Texts(texts(&["art", "music", "wine"]));
    let sets = SetDictionary { sets: vec![Box::from([]), Box::from([0, 1, 2]), Box::from([2])], elements };
    let table = |rows, columns: Vec<Column>, by_customer| {
        let links = vec![None; columns.len()];
        snapshot::Table { rows, columns, links, by_customer, unseen: None }
    };
    let customers = vec![
        Column::full(Values::Codes(vec![0, 1, 2], texts(&["a", "b", "c"]))),
        Column::full(Values::Int64(vec![18, 1_234_567, i64::MAX])),
        Column::full(Values::Sets(vec![1, 0, 2], Arc::new(sets))),
        Column::full(Values::Codes(vec![0, 1, 0], texts(&["gold", "silver"]))),
    ];
    // 2026-11-20 18:05 and 2026-11-21 04:30 in UTC.
    let at = vec![1_795_197_900_000_000, 1_795_235_400_000_000];
    let events = ByCustomer { offsets: vec![0, 1, 2, 2], at: at.clone() };
    let categories = Values::Codes(vec![2, 0, 0, 1], texts(&["=beer", "wine", "zebra"]));
    let validity = Some(Bitmap::from_iter([true, true, false, true]));
    let products = vec![Column::full(Values::Int64(vec![30, 10, 20, 2_000])), Column { values: categories, validity }];
    let customers = table(3, customers, None);
    let purchases = table(2, vec![Column::full(Values::Int64(at))], Some(events));
    Snapshot { tables: vec![customers, purchases, table(4, products, None)] }
}

/// A decision about the first offer, by its first channel.
pub(crate) fn decision(customer: u32) -> Decision {
    Decision {
        customer,
        offer: OfferId(0),
        member: None,
        channel: ChannelId(0),
        slot: 1,
        send_at: 1_500_000,
        score: 0.1,
        value: 2.5,
        picks: Picks::NONE,
        arm: None,
        held_out: false,
        propensity: 1.0,
        cost: None,
    }
}

/// A plan of one offer whose texts are made of expressions.
pub(crate) fn plan(
    family: Option<Family>,
    texts: impl Fn(&mut dyn FnMut(Op) -> ExprId) -> Vec<Template>,
) -> VerifiedPlan {
    plan_with(family, &[], texts)
}

/// As [`plan`], with items to pick, by these fields of products.
pub(crate) fn plan_with(
    family: Option<Family>,
    picks: &[FieldId],
    texts: impl Fn(&mut dyn FnMut(Op) -> ExprId) -> Vec<Template>,
) -> VerifiedPlan {
    let schema = schema();
    let mut exprs = Exprs::default();
    let priority = exprs.add(&schema, Op::Constant(Constant::Number(Float::new(1.0).unwrap()))).unwrap();
    let mut texts = texts(&mut |op| exprs.add(&schema, op).unwrap()).into_iter();
    let because = texts.next();
    let pick = |field: &FieldId| Pick {
        name: format!("item_{}", field.0).into(),
        family: Family { table: PRODUCT, field: *field },
        eligible: None,
        by: priority,
    };
    let picks: Vec<Pick> = picks.iter().map(pick).collect();
    let messages = [None, Some(ChannelId(1))].into_iter().zip(texts).collect();
    let offer = Offer {
        family,
        routes: [ChannelId(0), ChannelId(1)].map(Route::by).into(),
        picks,
        because,
        messages,
        ..sample::offer("wipes", priority)
    };
    let channels = vec![sample::channel("email"), sample::channel("sms")];
    verify(Plan { channels, ..sample::plan(schema, exprs, vec![offer]) }).unwrap()
}

fn render(plan: &VerifiedPlan, customer: u32, member: Option<u32>, channel: u32) -> Rendered {
    let clock = Clock::new(1_795_240_000_000_000, "UTC").unwrap();
    let (offer, channel) = (OfferId(0), ChannelId(channel));
    let snapshot = snapshot();
    let renderer = Renderer::new(plan, &snapshot, &clock);
    renderer.render(&Decision { offer, member, channel, ..decision(customer) })
}

pub(crate) fn hole(value: ExprId, format: Format, zone: Option<ExprId>) -> Part {
    Part::Hole { value, format, zone }
}

/// A constant as it is written.
fn shown(constant: Constant, format: Format) -> String {
    let plan = plan(None, |add| {
        let zone = matches!(constant, Constant::Instant(_))
            .then(|| add(Op::Constant(Constant::Zone("America/New_York".into()))));
        let value = add(Op::Constant(constant.clone()));
        vec![Template { parts: vec![hole(value, format, zone)] }]
    });
    render(&plan, 0, None, 0).reason.unwrap()
}

fn number(value: f64, format: Format) -> String {
    shown(Constant::Number(Float::new(value).unwrap()), format)
}

fn money(currency: &str, micros: i64, format: Format) -> String {
    shown(Constant::Money(Currency::new(currency).unwrap(), micros), format)
}

#[test]
fn numbers() {
    use Format::{Decimals, Percent, Plain, Whole};
    assert_eq!(
        [0, -7, 999, 1_000, -1_234_567].map(|value| shown(Constant::Int(value), Plain)),
        ["0", "-7", "999", "1,000", "-1,234,567"]
    );
    assert_eq!(shown(Constant::Int(i64::MIN), Plain), "-9,223,372,036,854,775,808");
    assert_eq!(shown(Constant::Int(1_234), Decimals(2)), "1,234.00");
    assert_eq!(shown(Constant::Int(-3), Percent), "-300%");
    let plain = [0.5, 0.1 + 0.2, 1_234.5, -0.000_000_1, 1e21, 2.0, 1.0 / 3.0].map(|value| number(value, Plain));
    assert_eq!(plain, ["0.5", "0.3", "1,234.5", "0", "1,000,000,000,000,000,000,000", "2", "0.333333"]);
    assert_eq!([0.5, 1.5, 2.5, -0.5, -1.5].map(|value| number(value, Whole)), ["0", "2", "2", "0", "-2"]);
    assert_eq!([0.125, 0.375, 1_000.0].map(|value| number(value, Decimals(2))), ["0.12", "0.38", "1,000.00"]);
    assert_eq!(number(f64::MAX, Decimals(6)).len(), 309 + 102 + 7, "309 digits, 102 commas, six decimals");
    assert_eq!(
        [0.05, 0.07, 0.125, 1.0 / 3.0, -1.5, 20.0].map(|value| number(value, Percent)),
        ["5%", "7%", "12.5%", "33.33%", "-150%", "2,000%"]
    );
}

#[test]
fn amounts() {
    use Format::{Decimals, Plain, Whole};
    assert_eq!(money("USD", 12_500_000, Plain), "12.50 USD");
    assert_eq!(money("USD", -1_234_567_890_000, Plain), "-1,234,567.89 USD");
    assert_eq!(money("USD", -5_000, Plain), "0.00 USD", "half a cent to even");
    assert_eq!(money("USD", 15_000, Plain), "0.02 USD");
    assert_eq!(money("USD", -15_000, Plain), "-0.02 USD");
    assert_eq!(money("JPY", 1_234_500_000, Plain), "1,234 JPY");
    assert_eq!(money("JPY", 1_235_500_000, Plain), "1,236 JPY");
    assert_eq!(money("KWD", 1_234_500, Plain), "1.234 KWD");
    assert_eq!(money("CLF", 1_234_560, Plain), "1.2346 CLF");
    assert_eq!(money("ZZZ", 1_000_000, Plain), "1.00 ZZZ");
    assert_eq!(money("USD", 2_500_000, Whole), "2 USD");
    assert_eq!(money("USD", 2_500_000, Decimals(3)), "2.500 USD");
    assert_eq!(money("USD", i64::MIN, Decimals(6)), "-9,223,372,036,854.775808 USD");
}

#[test]
fn moments() {
    use Format::{Date, DayAndMonth, Iso, Month, Plain, Time, Weekday};
    // 2026-11-20 is day 20,777; 23:05 in New York is the next day in UTC.
    let instant = (20_778 * 24 + 4) * 3_600_000_000 + 5 * 60_000_000;
    let formats = [Plain, Date, Iso, Time, Weekday, Month, DayAndMonth];
    assert_eq!(
        formats.map(|format| shown(Constant::Instant(instant), format)),
        ["20 November 2026, 23:05", "20 November 2026", "2026-11-20", "23:05", "Friday", "November", "20 November"]
    );
    let formats = [Plain, Date, Iso, Weekday, Month, DayAndMonth];
    assert_eq!(
        formats.map(|format| shown(Constant::Date(0), format)),
        ["1 January 1970", "1 January 1970", "1970-01-01", "Thursday", "January", "1 January"]
    );
    assert_eq!(shown(Constant::Date(crate::time::FIRST_DATE), Iso), "0001-01-01");
    assert_eq!(shown(Constant::Time(86_399_999_999), Plain), "23:59");
    assert_eq!(shown(Constant::Time(0), Time), "00:00");
}

#[test]
fn lengths() {
    let plain = |constant| shown(constant, Format::Plain);
    assert_eq!(
        [1, 3, -1, 0, 1_000].map(|days| plain(Constant::Days(days))),
        ["1 day", "3 days", "-1 day", "0 days", "1,000 days"]
    );
    assert_eq!([1, 14].map(|months| plain(Constant::Months(months))), ["1 month", "14 months"]);
    let minute = 60_000_000_i64;
    let durations = [0, 90 * minute, 48 * 60 * minute, -minute, 1_500_000, 61 * minute + 1_000_000, 1];
    assert_eq!(
        durations.map(|micros| plain(Constant::Duration(micros))),
        [
            "0 seconds",
            "1 hour and 30 minutes",
            "48 hours",
            "-1 minute",
            "1.5 seconds",
            "1 hour, 1 minute and 1 second",
            "0.000001 seconds"
        ]
    );
    assert!(plain(Constant::Duration(i64::MIN)).starts_with("-2,562,047,788 hours and "));
    let metres = |metres| plain(Constant::Distance(Float::new(metres).unwrap()));
    assert_eq!(
        [0.0, 850.4, 999.4, 999.6, 2_400.0, 5_000.0, 1_234_567.0, -2_450.0].map(metres),
        ["0 m", "850 m", "999 m", "1 km", "2.4 km", "5 km", "1,234.6 km", "-2.4 km"]
    );
    assert_eq!(shown(Constant::Distance(Float::new(2_400.0).unwrap()), Format::Decimals(2)), "2.40 km");
}

#[test]
fn other_values() {
    let plain = |constant| shown(constant, Format::Plain);
    assert_eq!(plain(Constant::Bool(true)), "yes");
    assert_eq!(plain(Constant::Text("as {it} is".into())), "as {it} is");
    assert_eq!(plain(Constant::OneOf(DomainId(0), 1)), "silver");
    assert_eq!(plain(Constant::Zone("Europe/London".into())), "Europe/London");
    assert_eq!(plain(Constant::Place(Place::new(40.71, -74.0).unwrap())), "40.71, -74");
    let ints = |all: &[i64]| Constant::Set(Element::Int, all.iter().map(|int| Constant::Int(*int)).collect());
    assert_eq!(
        [&[][..], &[1], &[1, 2], &[1, 2, 3_000]].map(|all| plain(ints(all))),
        ["nothing", "1", "1 and 2", "1, 2 and 3,000"]
    );
}

#[test]
fn a_year_has_no_thousands() {
    let plan = plan(None, |add| {
        let date = add(Op::Constant(Constant::Date(20_777)));
        let year = add(Op::Call(Builtin::Year, [date].into()));
        vec![Template { parts: vec![hole(year, Format::Plain, None)] }]
    });
    assert_eq!(render(&plan, 0, None, 0).reason.unwrap(), "2026");
}

#[test]
fn holes_are_filled_by_the_customers_own_row_and_events() {
    let plan = plan(None, |add| {
        let [age, tags, tier] = [1, 2, 3].map(|at| add(Op::Field(CUSTOMER, FieldId(at))));
        let at = add(Op::Field(PURCHASE, FieldId(0)));
        let function = Function::Last(at);
        let last = Aggregate { events: PURCHASE, window: Window::ALWAYS, filter: None, by: None, function };
        let last = add(Op::Aggregate(last));
        let now = add(Op::Now);
        let last = add(Op::Else(last, now));
        let zone = add(Op::Constant(Constant::Zone("America/New_York".into())));
        let text = |text: &str| Part::Text(text.into());
        let plain = |value| hole(value, Format::Plain, None);
        let because = vec![plain(tier), text(" since "), hole(last, Format::Plain, Some(zone)), text("!")];
        let message = vec![text("You like "), plain(tags)];
        let by_sms = vec![plain(age)];
        [because, message, by_sms].map(|parts| Template { parts }).into()
    });
    let rendered = |customer, channel| render(&plan, customer, None, channel);
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        rendered(0, 0),
        Rendered {
            member: None,
            reason: some("gold since 20 November 2026, 13:05!"),
            message: some("You like art, music and wine"),
            items: Vec::new(),
        }
    );
    assert_eq!(rendered(1, 1).reason, some("silver since 20 November 2026, 23:30!"));
    assert_eq!(rendered(1, 1).message, some("1,234,567"), "the channel's own text");
    assert_eq!(rendered(2, 0).reason, some("gold since 21 November 2026, 00:46!"), "no purchase: now");
    assert_eq!(rendered(2, 0).message, some("You like wine"));
}

#[test]
fn a_missing_hole_makes_the_whole_text_missing() {
    let plan = plan(None, |add| {
        let age = add(Op::Field(CUSTOMER, FieldId(1)));
        let one = add(Op::Constant(Constant::Int(1)));
        let next = add(Op::Arithmetic(Arithmetic::Add, age, one));
        let because = Template { parts: vec![Part::Text("Soon ".into()), hole(next, Format::Plain, None)] };
        vec![because, Template::plain("Hello")]
    });
    assert_eq!(render(&plan, 0, None, 0).reason.as_deref(), Some("Soon 19"));
    assert_eq!(render(&plan, 2, None, 0), Rendered { message: Some("Hello".into()), ..Rendered::default() });
}

#[test]
fn members_are_said_by_their_value() {
    for (at, expect) in [(0, ["10", "20", "30", "2000"]), (1, ["=beer", "wine", "zebra", "-"])] {
        let family = Family { table: PRODUCT, field: FieldId(at) };
        let plan = plan(Some(family), |add| {
            let member = add(Op::Member(PRODUCT, FieldId(at)));
            vec![Template { parts: vec![Part::Text("Never tried: ".into()), hole(member, Format::Plain, None)] }]
        });
        for (member, expect) in (0..).zip(expect) {
            let found = render(&plan, 0, Some(member), 0);
            if expect == "-" {
                assert_eq!(found, Rendered::default(), "no such member");
            } else {
                assert_eq!(found.member.as_deref(), Some(expect));
                assert!(found.reason.unwrap().replace(',', "").ends_with(&format!(": {expect}")));
            }
        }
    }
}

#[test]
fn an_offer_that_says_nothing_says_nothing() {
    let plan = plan(None, |_| Vec::new());
    assert_eq!(render(&plan, 0, None, 0), Rendered::default());
}

#[test]
fn the_texts_do_not_depend_on_the_threads() {
    let plan = plan(None, |add| {
        let age = add(Op::Field(CUSTOMER, FieldId(1)));
        vec![Template { parts: vec![hole(age, Format::Plain, None)] }]
    });
    let (clock, snapshot) = (Clock::new(1_795_240_000_000_000, "UTC").unwrap(), snapshot());
    let renderer = Renderer::new(&plan, &snapshot, &clock);
    let decisions: Vec<Decision> = (0..3_001).map(|at: u32| decision(at * at % 3)).collect();
    let one = renderer.render_all(&decisions, 1);
    assert_eq!(one.len(), decisions.len());
    assert_eq!(one[4].reason.as_deref(), Some("1,234,567"));
    for threads in [0, 2, 3, 64] {
        assert!(renderer.render_all(&decisions, threads) == one, "{threads} threads");
    }
}

#[test]
fn picked_items_are_said_and_listed() {
    let both = || Template {
        parts: vec![Part::Text("Take ".into()), Part::Picked(1), Part::Text(" and ".into()), Part::Picked(0)],
    };
    let plan = plan_with(None, &[FieldId(0), FieldId(1)], |_| vec![both(), Template::plain("Hello")]);
    let (clock, snapshot) = (Clock::new(0, "UTC").unwrap(), snapshot());
    let renderer = Renderer::new(&plan, &snapshot, &clock);
    let none = u32::MAX;
    let found = |picks| renderer.render(&Decision { picks: Picks(picks), ..decision(0) });
    let all = found([3, 0, none, none]);
    assert_eq!(all.reason.as_deref(), Some("Take =beer and 2000"), "an item is what the data has, without thousands");
    assert_eq!(all.items, ["2000", "=beer"], "in the order in which the offer picks them");
    // What the placement promises never to make; still no text with a hole in it.
    for (picks, items) in
        [([3, none, none, none], vec!["2000"]), ([none; 4], Vec::new()), ([9, 0, 0, 0], vec!["=beer"])]
    {
        let found = found(picks);
        assert_eq!((found.reason, found.message.as_deref()), (None, Some("Hello")));
        assert_eq!(found.items, items);
    }
}
