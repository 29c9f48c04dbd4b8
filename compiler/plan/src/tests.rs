//! Verify refuses each kind of ill-formed plan, and a plan prints as text.

mod rules;

use super::*;

const CUSTOMER: TableId = Schema::CUSTOMER;
const VISIT: TableId = TableId(1);
const STORE: TableId = TableId(2);

fn field(name: &str, ty: Type, nullable: bool) -> Field {
    Field { name: name.into(), source: Source::Column(name.into()), ty, nullable, link: None }
}

fn schema() -> Schema {
    let customer = Table {
        name: "person".into(),
        source: "people".into(),
        kind: TableKind::Customer { key: FieldId(0), introduced_by: vec![CUSTOMER] },
        fields: vec![
            field("id", Type::Text, false),
            field("age", Type::Ordered(DomainId(0)), true),
            field("score", Type::Number, true),
        ],
    };
    let mut store_link = field("store_id", Type::Int, false);
    store_link.link = Some(Link { table: STORE, required: true });
    let visit = Table {
        name: "visit".into(),
        source: "visit".into(),
        kind: TableKind::Events { at: FieldId(0), customer_column: "id".into() },
        fields: vec![
            field("at", Type::Instant, false),
            store_link,
            field("spend", Type::Money(usd()), false),
            field("note", Type::Text, true),
            Field {
                source: Source::Linked { link: FieldId(1), field: FieldId(1) },
                ..field("city", Type::Text, false)
            },
        ],
    };
    let store = Table {
        name: "store".into(),
        source: "stores".into(),
        kind: TableKind::Lookup { key: FieldId(0) },
        fields: vec![field("id", Type::Int, false), field("city", Type::Text, false)],
    };
    let variants = ["young", "old"].map(Box::from).to_vec();
    Schema { tables: vec![customer, visit, store], domains: vec![Domain { variants }] }
}

fn usd() -> Currency {
    Currency::new("USD").unwrap()
}

fn number(value: f64) -> Constant {
    Constant::Number(Float::new(value).unwrap())
}

/// A plan with one of everything.
fn plan() -> Plan {
    let schema = schema();
    let mut exprs = Exprs::default();
    let mut add = |op| exprs.add(&schema, op).unwrap();
    let age = add(Op::Field(CUSTOMER, FieldId(1)));
    let old = add(Op::Constant(Constant::Ordered(DomainId(0), 1)));
    let is_old = add(Op::Compare(Comparison::Equal, age, old));
    let city = add(Op::Field(STORE, FieldId(1)));
    let city = add(Op::Follow { table: VISIT, link: FieldId(1), value: city });
    let in_rome = add(Op::In(city, Box::new([Constant::Text("Ostia".into()), Constant::Text("Rome".into())])));
    let zone = add(Op::Constant(Constant::Zone("Europe/Rome".into())));
    let now = add(Op::Now);
    let month = add(Op::Constant(Constant::Days(-30)));
    let start = add(Op::Call(Builtin::Shift, Box::new([now, month, zone])));
    let ever = add(Op::Constant(Constant::Instant(i64::MIN)));
    let window = Window::after(add(Op::Else(start, ever)));
    let visits = Aggregate { events: VISIT, window, filter: Some(in_rome), by: None, function: Function::Count };
    let visits = add(Op::Aggregate(visits));
    let two = add(Op::Constant(Constant::Int(2)));
    let has_room = add(Op::Compare(Comparison::Less, visits, two));
    let eligible = add(Op::And(Box::new([is_old, has_room])));
    let missing_note = add(Op::IsMissing(age));
    let priority = add(Op::ToNumber(visits));
    let cap = Cap { limit: 2, counted: visits, has_room };
    let offer = Offer {
        about: Some("A coffee".into()),
        fields: vec![FieldValue::One(Constant::Int(3)), FieldValue::Set(vec![Constant::Text("a".into())])],
        eligible: Some(eligible),
        except: vec![missing_note],
        forbidden: vec![Forbidden { guarantee: GuaranteeId(0), when: is_old }],
        caps: vec![cap],
        routes: vec![Route::by(ChannelId(1)), Route::by(ChannelId(0))],
        timing: Some(Timing::between(Some(20_000), None)),
        because: Some(Template {
            parts: vec![
                Part::Text("You came ".into()),
                Part::Hole { value: visits, format: Format::Whole, zone: None },
                Part::Text(" times".into()),
            ],
        }),
        messages: vec![(Some(ChannelId(0)), Template::plain("Come"))],
        ..Offer::new("coffee", priority)
    };
    let channel = |name: &str, needs| Channel { needs, ..Channel::new(name) };
    Plan {
        name: "test".into(),
        zone: "Europe/Rome".into(),
        exprs,
        journeys: vec![Journey {
            name: "return".into(),
            steps: vec![
                JourneyStep { events: VISIT, filter: None, within: None },
                JourneyStep { events: VISIT, filter: Some(in_rome), within: Some(Constant::Days(2)) },
            ],
            zone,
        }],
        guarantees: vec![Guarantee { name: "not too old".into(), review_by: Some(21_000), kept_anyway: false }],
        offer_fields: vec![
            OfferField { name: "tier".into(), ty: Type::Int, is_set: false },
            OfferField { name: "sells".into(), ty: Type::Text, is_set: true },
        ],
        channels: vec![channel("email", Some(is_old)), channel("mail", None)],
        delivery: Delivery::default(),
        histories: Vec::new(),
        offers: vec![offer],
        portfolio: Portfolio {
            slates: vec![Slate { channel: ChannelId(0), size: 2, at_most: Vec::new() }],
            rank: vec![RankKey { field: OfferFieldId(0), descending: true }],
            contact_cap: Some(cap),
            ..Portfolio::default()
        },
        schema,
    }
}

/// What verify says of the plan after a change.
fn refused(change: impl FnOnce(&mut Plan)) -> String {
    let mut plan = plan();
    change(&mut plan);
    verify(plan).expect_err("verify should refuse this").to_string()
}

#[test]
fn a_well_formed_plan_is_accepted_and_prints() {
    let plan = verify(plan()).unwrap();
    insta::assert_snapshot!(plan.to_string(), @r#"
    plan "test" zone "Europe/Rome"
    customer person from "people"
      introduced by person
      key id: text from "id"
      age: ordered("young", "old")? from "age"
      score: number? from "score"
    events visit from "visit"
      of the customer in "id"
      at at: instant from "at"
      store_id: int -> store from "store_id"
      spend: money(USD) from "spend"
      note: text? from "note"
      city: text through field 1 from field 1
    table store from "stores"
      key id: int from "id"
      city: text from "city"
    %0 = person.age : ordered("young", "old")?
    %1 = 'old' : ordered("young", "old")
    %2 = %0 = %1 : bool?
    %3 = store.city : text over store
    %4 = %3 through visit.store_id : text over visit
    %5 = %4 in ["Ostia", "Rome"] : bool over visit
    %6 = zone "Europe/Rome" : timezone
    %7 = now : instant
    %8 = -30 days : days
    %9 = moved(%7, %8, %6) : instant
    %10 = instant -9223372036854775808u : instant
    %11 = %9 else %10 : instant
    %12 = count(visit after %11 where %5) : int
    %13 = 2 : int
    %14 = %12 < %13 : bool
    %15 = %2 and %14 : bool?
    %16 = %0 is missing : bool
    %17 = number %12 : number
    journey return zone %6
      visit
      visit within 2 days where %5
    guarantee "not too old" review by day 21000
    channel email needs %2
    channel mail
    offer coffee
      tier 3
      sells ["a"]
      eligible %15
      except %16
      forbidden %2 by "not too old"
      cap 2 of %12 where %14
      channel mail
      channel email
      timing day 20000 to ever
      priority %17
      because "You came {%12 as Whole} times"
      message email "Come"
    portfolio
      slate email 2
      rank tier desc
      cap 2 of %12 where %14
    "#);
}

#[test]
fn the_schema_must_hold_together() {
    let refusals = [
        refused(|plan| plan.schema.tables.clear()),
        refused(|plan| plan.schema.tables.swap(0, 1)),
        refused(|plan| plan.schema.tables[0].fields[0].nullable = true),
        refused(|plan| plan.schema.tables[2].kind = TableKind::Lookup { key: FieldId(9) }),
        refused(|plan| plan.schema.tables[1].fields[0].ty = Type::Text),
        refused(|plan| plan.schema.tables[1].fields[1].link = Some(Link { table: VISIT, required: true })),
        refused(|plan| plan.schema.tables[1].fields[1].ty = Type::Text),
        refused(|plan| plan.schema.tables[1].fields[4].source = Source::Linked { link: FieldId(0), field: FieldId(1) }),
        refused(|plan| plan.schema.tables[1].fields[4].source = Source::Linked { link: FieldId(1), field: FieldId(0) }),
        refused(|plan| plan.schema.domains.clear()),
        refused(|plan| introduce(plan, Vec::new())),
        refused(|plan| introduce(plan, vec![STORE])),
    ];
    insta::assert_snapshot!(refusals.join("\n"), @r"
    schema: no customer
    table `visit`: table 0, and no other, is the customer
    table `person`: its key is not a text or int that is always there
    table `visit`, field `store_id`: it links to no table with a key of its type
    table `visit`: its time is not a date or instant that is always there
    table `visit`, field `store_id`: it links to no table with a key of its type
    table `visit`, field `store_id`: it links to no table with a key of its type
    table `visit`, field `city`: it comes from no field of its type
    table `visit`, field `city`: it comes from no field of its type
    table `person`, field `age`: no values to be one of
    table `person`: no table introduces customers
    table `person`: a table that cannot introduce customers
    ");
}

fn introduce(plan: &mut Plan, tables: Vec<TableId>) {
    plan.schema.tables[0].kind = TableKind::Customer { key: FieldId(0), introduced_by: tables };
}

#[test]
fn offers_and_portfolio_must_hold_together() {
    let refusals = [
        refused(|plan| plan.offers[0].priority = plan.offers[0].except[0]),
        refused(|plan| plan.offers[0].eligible = Some(plan.offers[0].priority)),
        refused(|plan| plan.offers[0].eligible = Some(ExprId(99))),
        refused(|plan| plan.offers[0].eligible = Some(ExprId(5))),
        refused(|plan| {
            plan.offers[0].priority = plan.exprs.add(&plan.schema, Op::Field(CUSTOMER, FieldId(2))).unwrap();
        }),
        refused(|plan| plan.offers[0].caps[0].counted = plan.offers[0].priority),
        refused(|plan| plan.offers[0].routes.clear()),
        refused(|plan| plan.offers[0].routes.push(Route::by(ChannelId(7)))),
        refused(|plan| plan.offers[0].routes.push(Route::by(ChannelId(0)))),
        refused(|plan| plan.offers[0].fields.clear()),
        refused(|plan| plan.offers[0].fields[0] = FieldValue::One(Constant::Text("x".into()))),
        refused(|plan| plan.offers[0].fields.swap(0, 1)),
        refused(|plan| plan.channels[0].needs = Some(plan.offers[0].priority)),
        refused(|plan| plan.channels.swap(0, 1)),
        refused(|plan| plan.offers.push(plan.offers[0].clone())),
        refused(|plan| plan.portfolio.slates[0].size = 0),
        refused(|plan| plan.portfolio.slates.push(plan.portfolio.slates[0].clone())),
        refused(|plan| plan.portfolio.slates[0].channel = ChannelId(7)),
        refused(|plan| plan.portfolio.rank[0].field = OfferFieldId(1)),
        refused(|plan| plan.portfolio.contact_cap = Some(Cap { counted: ExprId(0), ..plan.offers[0].caps[0] })),
    ];
    insta::assert_snapshot!(refusals.join("\n"), @r"
    offer `coffee`: priority: of the wrong type
    offer `coffee`: condition: of the wrong type
    offer `coffee`: condition: no expression %99
    offer `coffee`: condition: operands over different rows: Row(TableId(1)) and Row(TableId(0))
    offer `coffee`: priority: it may be missing
    offer `coffee`: cap: of the wrong type
    offer `coffee`: channels: none
    offer `coffee`: channels: one that is not declared
    offer `coffee`: channels: one of them twice
    offer `coffee`: fields: not one value a field
    offer `coffee`: tier: a value of another type
    offer `coffee`: tier: a value of another type
    channel `email`: of the wrong type
    channels: not in the order of their names
    offers: not in the order of their names
    portfolio: slate: of no channel or of no size
    portfolio: slate: two of one channel
    portfolio: slate: of no channel or of no size
    portfolio: rank: by no field, or by a set
    portfolio: cap: of the wrong type
    ");
}

/// Whether the customer of a visit has come to the first step of a journey.
fn far_on_a_journey(plan: &mut Plan) -> ExprId {
    let Plan { schema, exprs, .. } = plan;
    let step = exprs.add(schema, Op::Journey(JourneyId(0), JourneyPart::Step)).unwrap();
    let one = exprs.add(schema, Op::Constant(Constant::Int(1))).unwrap();
    let value = exprs.add(schema, Op::Compare(Comparison::Equal, step, one)).unwrap();
    exprs.add(schema, Op::OfCustomer { events: VISIT, value }).unwrap()
}

#[test]
fn journeys_guarantees_families_and_texts_must_hold_together() {
    let hole = |value, zone| Template { parts: vec![Part::Hole { value, format: Format::Plain, zone }] };
    let by_city = Family { table: STORE, field: FieldId(1) };
    let refusals = [
        refused(|plan| plan.journeys[0].steps.clear()),
        refused(|plan| plan.journeys[0].steps[0].events = STORE),
        refused(|plan| plan.journeys[0].steps[0].within = Some(Constant::Days(1))),
        refused(|plan| plan.journeys[0].steps[1].within = Some(Constant::Days(0))),
        refused(|plan| plan.journeys[0].steps[1].within = Some(Constant::Int(1))),
        refused(|plan| plan.journeys[0].steps[1].filter = Some(ExprId(2))),
        refused(|plan| plan.journeys[0].steps[0].filter = Some(far_on_a_journey(plan))),
        refused(|plan| plan.journeys[0].zone = ExprId(0)),
        refused(|plan| plan.journeys.push(plan.journeys[0].clone())),
        refused(|plan| plan.guarantees.push(plan.guarantees[0].clone())),
        refused(|plan| plan.offers[0].forbidden[0].guarantee = GuaranteeId(1)),
        refused(|plan| plan.offers[0].forbidden[0].when = plan.offers[0].priority),
        refused(|plan| plan.offers[0].family = Some(Family { table: VISIT, field: FieldId(3) })),
        refused(|plan| plan.offers[0].family = Some(Family { table: STORE, field: FieldId(7) })),
        refused(|plan| plan.offers[0].eligible = Some(member_is_rome(plan))),
        refused(|plan| {
            plan.offers[0].family = Some(Family { table: STORE, field: FieldId(0) });
            plan.offers[0].eligible = Some(member_is_rome(plan));
        }),
        refused(|plan| plan.offers[0].because = Some(hole(ExprId(0), None))),
        refused(|plan| plan.offers[0].because = Some(hole(ExprId(3), None))),
        refused(|plan| plan.offers[0].because = Some(hole(ExprId(7), None))),
        refused(|plan| plan.offers[0].because = Some(hole(plan.offers[0].priority, Some(plan.journeys[0].zone)))),
        refused(|plan| plan.offers[0].messages[0].0 = Some(ChannelId(9))),
        refused(|plan| plan.offers[0].messages.push((Some(ChannelId(0)), Template::plain("Go")))),
        refused(|plan| {
            let fields = vec![field("reason", Type::Text, false)];
            let kind = TableKind::Context;
            plan.schema.tables.push(Table { name: "context".into(), source: "context".into(), kind, fields });
        }),
        refused(|plan| {
            plan.schema.tables[0].fields[0].source = Source::Columns("north".into(), "east".into());
        }),
    ];
    let mut of_a_family = plan();
    of_a_family.offers[0].family = Some(by_city);
    of_a_family.offers[0].eligible = Some(member_is_rome(&mut of_a_family));
    assert!(verify(of_a_family).is_ok());
    insta::assert_snapshot!(refusals.join("\n"), @"
    journey `return`: no steps
    journey `return`: a step over no events
    journey `return`: a limit that is no length of time, or one of the first step
    journey `return`: a limit that is no length of time, or one of the first step
    journey `return`: a limit that is no length of time, or one of the first step
    journey `return`: a step's condition may be unknown
    journey `return`: a step that needs a journey
    journey `return`: of the wrong type
    journeys: not in the order of their names
    guarantees: not in the order of their names
    offer `coffee`: guarantee: one that is not declared
    offer `coffee`: guarantee: of the wrong type
    offer `coffee`: family: a family of no field of a lookup table
    offer `coffee`: family: a family of no field of a lookup table
    offer `coffee`: condition: operands over different rows: Member(TableId(2), FieldId(1)) and Row(TableId(0))
    offer `coffee`: condition: over the members of another family
    offer `coffee`: because: a hole may be missing
    offer `coffee`: because: operands over different rows: Row(TableId(2)) and Row(TableId(0))
    offer `coffee`: because: a zone for what is no instant, or none for one
    offer `coffee`: because: a zone for what is no instant, or none for one
    offer `coffee`: message: of a channel that is not declared
    offer `coffee`: message: two of one channel
    table `context`: a field of a request that may not be missing
    table `person`, field `id`: two columns of what is no place
    ");
}

fn member_is_rome(plan: &mut Plan) -> ExprId {
    let member = plan.exprs.add(&plan.schema, Op::Member(STORE, FieldId(1))).unwrap();
    plan.exprs.add(&plan.schema, Op::In(member, Box::new([Constant::Text("Rome".into())]))).unwrap()
}

/// What functions take and give, by type: refused where it says so.
#[test]
fn functions_take_what_they_say() {
    let usd = || Constant::Money(usd(), 1);
    let text = || Constant::Text("x".into());
    let day = || Constant::Date(0);
    let moment = || Constant::Instant(0);
    let zone = || Constant::Zone("UTC".into());
    let tags = || Constant::Set(Element::Text, Box::new([text()]));
    let place = || Constant::Place(Place::new(1.0, 2.0).unwrap());
    let metres = || Constant::Distance(Float::new(1.0).unwrap());
    let calls: Vec<(Builtin, Vec<Constant>)> = vec![
        (Builtin::Today, vec![zone()]),
        (Builtin::Today, vec![]),
        (Builtin::Shift, vec![day(), Constant::Months(1)]),
        (Builtin::Shift, vec![day(), Constant::Months(1), zone()]),
        (Builtin::Shift, vec![moment(), Constant::Days(1), zone()]),
        (Builtin::Shift, vec![moment(), Constant::Days(1)]),
        (Builtin::Shift, vec![moment(), Constant::Duration(1), zone()]),
        (Builtin::DateOf, vec![moment(), zone()]),
        (Builtin::DateOf, vec![day(), zone()]),
        (Builtin::TimeOf, vec![moment(), zone()]),
        (Builtin::At, vec![day(), Constant::Time(0), zone()]),
        (Builtin::Year, vec![day()]),
        (Builtin::Year, vec![moment(), zone()]),
        (Builtin::Year, vec![moment()]),
        (Builtin::Weekday(DomainId(0)), vec![day()]),
        (Builtin::Hour, vec![Constant::Time(0)]),
        (Builtin::Hour, vec![day()]),
        (Builtin::StartOf(Unit::Month), vec![day()]),
        (Builtin::Anniversary, vec![day(), day()]),
        (Builtin::MonthsBetween, vec![day(), day()]),
        (Builtin::Abs, vec![usd()]),
        (Builtin::Abs, vec![metres()]),
        (Builtin::Abs, vec![text()]),
        (Builtin::Floor, vec![number(1.5)]),
        (Builtin::Floor, vec![Constant::Int(1)]),
        (Builtin::RoundTo(9), vec![number(1.5)]),
        (Builtin::RoundTo(10), vec![number(1.5)]),
        (Builtin::Sqrt, vec![number(2.0)]),
        (Builtin::Least, vec![usd(), usd()]),
        (Builtin::Least, vec![usd()]),
        (Builtin::Least, vec![text(), text()]),
        (Builtin::Quotient, vec![Constant::Int(7), Constant::Int(2)]),
        (Builtin::Quotient, vec![Constant::Int(7), Constant::Int(0)]),
        (Builtin::Length, vec![text()]),
        (Builtin::PlaceOf, vec![number(1.0), number(2.0)]),
        (Builtin::Distance, vec![place(), place()]),
        (Builtin::Has, vec![tags(), text()]),
        (Builtin::Has, vec![tags(), Constant::Int(1)]),
        (Builtin::Overlaps, vec![tags(), tags()]),
        (Builtin::Size, vec![tags()]),
    ];
    let shown: Vec<String> = calls.into_iter().map(|(builtin, arguments)| given(builtin, arguments)).collect();
    insta::assert_snapshot!(shown.join("\n"), @"
    today(Zone) → Date
    today() → `today` does not take []
    moved(Date, Months) → Date, may not fit
    moved(Date, Months, Zone) → `moved` does not take [Date, Months, Zone]
    moved(Instant, Days, Zone) → Instant, may not fit
    moved(Instant, Days) → `moved` does not take [Instant, Days]
    moved(Instant, Duration, Zone) → `moved` does not take [Instant, Duration, Zone]
    date(Instant, Zone) → Date, may not fit
    date(Date, Zone) → `date` does not take [Date, Zone]
    time(Instant, Zone) → Time, may not fit
    instant(Date, Time, Zone) → Instant, may not fit
    year(Date) → Int
    year(Instant, Zone) → Int, may not fit
    year(Instant) → `year` does not take [Instant]
    weekday(Date) → `weekday` does not take [Date]
    hour(Time) → Int
    hour(Date) → `hour` does not take [Date]
    start_of_month(Date) → Date, may not fit
    anniversary(Date, Date) → Date, may not fit
    months_between(Date, Date) → Int
    abs(Money(USD)) → Money(USD), may not fit
    abs(Distance) → Distance
    abs(Text) → `abs` does not take [Text]
    floor(Number) → Int, may not fit
    floor(Int) → `floor` does not take [Int]
    round(Number) → Number, may not fit
    round(Number) → `round` does not take [Number]
    sqrt(Number) → Number, nullable
    least(Money(USD), Money(USD)) → Money(USD)
    least(Money(USD)) → `least` does not take [Money(USD)]
    least(Text, Text) → `least` does not take [Text, Text]
    quotient(Int, Int) → Int, may not fit
    quotient(Int, Int) → Int, nullable
    length(Text) → Int
    place(Number, Number) → Place, nullable
    distance(Place, Place) → Distance
    contains(Set(Text), Text) → Bool
    contains(Set(Text), Int) → `contains` does not take [Set(Text), Int]
    overlaps(Set(Text), Set(Text)) → Bool
    size(Set(Text)) → Int
    ");
}

fn given(builtin: Builtin, arguments: Vec<Constant>) -> String {
    let schema = schema();
    let mut exprs = Exprs::default();
    let types: Vec<String> = arguments.iter().map(|constant| format!("{:?}", constant.ty())).collect();
    let ids = arguments.into_iter().map(|constant| exprs.add(&schema, Op::Constant(constant)).unwrap()).collect();
    let found = exprs.add(&schema, Op::Call(builtin, ids));
    let found = match found.map(|id| exprs.node(id).clone()) {
        Ok(Node { ty, nullable: true, .. }) => format!("{ty:?}, nullable"),
        Ok(Node { ty, partial: true, .. }) => format!("{ty:?}, may not fit"),
        Ok(Node { ty, .. }) => format!("{ty:?}"),
        Err(reason) => reason.to_string(),
    };
    format!("{}({}) → {found}", builtin.name(), types.join(", "))
}

#[test]
fn expressions_must_be_of_the_schema_they_were_made_for() {
    let refusals = [
        refused(|plan| plan.schema.tables[0].fields[1].nullable = false),
        refused(|plan| plan.schema.tables[2].fields[1].ty = Type::Date),
        refused(|plan| plan.schema.domains[0].variants.truncate(1)),
    ];
    insta::assert_snapshot!(refusals.join("\n"), @r"
    %0: its type is not the one it says
    table `visit`, field `city`: it comes from no field of its type
    %1: a value that is not in its list
    ");
}

/// What the arena says to an operation on the fields of the schema.
fn ill_formed(make: impl FnOnce(&mut dyn FnMut(Op) -> ExprId) -> Op) -> String {
    let schema = schema();
    let mut exprs = Exprs::default();
    let op = make(&mut |op| exprs.add(&schema, op).unwrap());
    exprs.add(&schema, op).expect_err("this is ill-formed").to_string()
}

#[test]
fn the_arena_refuses_ill_formed_expressions() {
    let text = || Op::Constant(Constant::Text("x".into()));
    let aggregate = |filter, function| {
        Op::Aggregate(Aggregate { events: VISIT, window: Window::ALWAYS, filter, by: None, function })
    };
    let refusals = [
        ill_formed(|_| Op::Not(ExprId(4))),
        ill_formed(|_| Op::Field(CUSTOMER, FieldId(9))),
        ill_formed(|_| Op::Constant(Constant::OneOf(DomainId(0), 2))),
        ill_formed(|add| Op::Not(add(text()))),
        ill_formed(|add| Op::And(Box::new([add(Op::Constant(Constant::Bool(true)))]))),
        ill_formed(|add| Op::Compare(Comparison::Equal, add(text()), add(Op::Now))),
        ill_formed(|add| Op::Compare(Comparison::Less, add(text()), add(text()))),
        ill_formed(|add| Op::In(add(text()), Box::new([]))),
        ill_formed(|add| Op::In(add(text()), Box::new([Constant::Int(1)]))),
        ill_formed(|add| Op::In(add(text()), Box::new([Constant::Text("b".into()), Constant::Text("a".into())]))),
        ill_formed(|add| Op::StartsWith(add(Op::Now), "x".into())),
        ill_formed(|add| Op::Else(add(text()), add(Op::Now))),
        ill_formed(|add| Op::ToNumber(add(text()))),
        ill_formed(|add| Op::Negate(add(text()))),
        ill_formed(|add| Op::Arithmetic(Arithmetic::Add, add(text()), add(text()))),
        ill_formed(|add| {
            let (now, hour) = (add(Op::Now), add(Op::Constant(Constant::Duration(3_600_000_000))));
            Op::Call(Builtin::Shift, Box::new([now, hour]))
        }),
        ill_formed(|add| {
            let (person, visit) = (add(Op::Field(CUSTOMER, FieldId(0))), add(Op::Field(VISIT, FieldId(3))));
            Op::Compare(Comparison::Equal, person, visit)
        }),
        ill_formed(|add| Op::Follow { table: VISIT, link: FieldId(0), value: add(text()) }),
        ill_formed(|add| Op::OfCustomer { events: STORE, value: add(text()) }),
        ill_formed(|add| aggregate(None, Function::Sum(add(Op::Field(VISIT, FieldId(3)))))),
        ill_formed(|add| aggregate(None, Function::Sum(add(Op::Field(CUSTOMER, FieldId(0)))))),
        ill_formed(|add| aggregate(None, Function::Sum(add(Op::Field(VISIT, FieldId(0)))))),
        ill_formed(|add| {
            let note = add(Op::Field(VISIT, FieldId(3)));
            let filter = add(Op::Contains(note, "x".into()));
            aggregate(Some(filter), Function::Count)
        }),
    ];
    insta::assert_snapshot!(refusals.join("\n"), @r"
    no expression %4
    a table or field that is not in the schema
    a value that is not in its list
    `not` does not take Text
    `and` with too few operands
    `compare` does not take Text with Instant
    `<` does not take Text
    `in` with too few operands
    `in` does not take Text with Int
    constants that are not sorted, each once
    `starts with` does not take Instant
    `else` does not take Text with Instant
    `number` does not take Text
    `-` does not take Text
    `+` does not take Text with Text
    `moved` does not take [Instant, Duration]
    operands over different rows: Row(TableId(0)) and Row(TableId(1))
    a table or field that is not in the schema
    a table or field that is not in the schema
    the value of an aggregate may be missing
    operands over different rows: Row(TableId(0)) and Row(TableId(1))
    `sum` does not take Instant
    the `where` of an aggregate may be missing
    ");
}

#[test]
fn equal_expressions_are_one() {
    let schema = schema();
    let mut exprs = Exprs::default();
    let first = exprs.add(&schema, Op::Constant(number(-0.0))).unwrap();
    let second = exprs.add(&schema, Op::Constant(number(0.0))).unwrap();
    assert_eq!((first, exprs.len()), (second, 1));
}
