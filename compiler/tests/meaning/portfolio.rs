//! The portfolio's rules: objective, levers, diversity, suppression, stops, pauses, fallback.

use insta::assert_snapshot;
use opportune_plan::{Op, Plan, Span};

use super::check::{MANIFEST, all, planned, project, told_alone, warned_of_limits};

const SCHEMA: &str = r#"
customer person {
  key id: int
  vip: bool
  weight: number
  rate: number?
}

events contact {
  at sent: instant
  offer: text
}

events response {
  at happened: instant
  outcome: one_of(seen, unsubscribed)
}

events purchase {
  at bought: date
  category: text
}

offer fields {
  topic: text = "general"
  value: money(USD) = 1 USD
  margin: money(USD)?
  sells: set of text
}

channel mail {
  cost 0.55 USD
}

channel email {
  cost 0.002 USD
}

channel desk {
  inbound
}

context {
  channel: text
}

offer garden {
  topic "garden"
  value 3 USD
  sells ["SEEDS"]
  channel mail, else email
  priority weight
}

offer letter {
  channel email
}

notice closing {
  channel mail
}
"#;

fn with_portfolio(clauses: &str) -> String {
    format!("{SCHEMA}\nportfolio {{\n  {clauses}\n}}")
}

fn plan(clauses: &str) -> Plan {
    planned(&with_portfolio(clauses))
}

fn told(clauses: &str) -> String {
    format!("{clauses}\n{}", told_alone(&with_portfolio(clauses)))
}

fn offer<'a>(plan: &'a Plan, name: &str) -> &'a opportune_plan::Offer {
    plan.offers.iter().find(|offer| &*offer.name == name).unwrap()
}

fn shown(plan: &Plan, id: opportune_plan::ExprId) -> String {
    let of = |id| shown(plan, id);
    match &plan.exprs.get(id).unwrap().op {
        Op::Constant(constant) => opportune_plan::constant_text(&plan.schema, constant),
        Op::Field(table, field) => plan.schema.field(*table, *field).unwrap().name.to_string(),
        Op::Arithmetic(arithmetic, a, b) => format!("({} {arithmetic:?} {})", of(*a), of(*b)),
        Op::If(when, a, b) => format!("(if {} then {} else {})", of(*when), of(*a), of(*b)),
        Op::And(all) => all.iter().map(|part| of(*part)).collect::<Vec<_>>().join(" and "),
        Op::Negate(a) => format!("-{}", of(*a)),
        Op::IsTrue(a) => of(*a),
        other => format!("{other:?}"),
    }
}

#[test]
fn mistakes() {
    let clauses = [
        "objective score",
        "objective offer.value",
        "objective offer.value * score * score",
        "objective offer.value * max(score, 1)",
        "objective offer.margin * score",
        "objective offer.value * score / rate",
        "objective offer.value * score - channel.capacity",
        "objective offer.value * score\n  objective offer.value * score",
        "lever spring 0 where offer.topic = \"garden\"",
        "lever spring weight",
        "lever spring 1.2 where vip",
        "lever spring 1.2\n  lever spring 1.3",
        "slate email 3, at most 1 per offer.topik",
        "slate email 3, at most 1 per offer.topic, at most 2 per offer.topic",
        "at most 0 per offer.topic",
        "at most 2 per offer.topic\n  at most 1 per offer.topic",
        "at most 1 of garden, lettre",
        "at most 1 of garden, garden",
        "suppress for 30 days after purchases",
        "suppress for 30 days after purchase where offer.sells contains categry",
        "suppress for 30 hours after purchase",
        "fallback letters",
        "fallback closing",
        "fallback letter\n  fallback garden",
        "horizon 2 years",
        "horizon 14",
        "possible zones \"America/New_York\", \"America/New_Yrok\"",
        "possible zones \"UTC\", \"UTC\"",
        "holdout 5%",
        "holdout 5% salted \"a\"\n  holdout 6% salted \"b\"",
    ];
    assert_snapshot!(clauses.map(told).join("\n"), @r#"
    objective score
      E0315 at `score`: the objective is an amount of money, and this is a number
        help: say what the score is worth: `offer.value * score`, `0.10 USD * score`

    objective offer.value
      E0855 at `offer.value`: the objective does not look at the score, so priorities would decide nothing
        help: multiply by it: `offer.value * score`

    objective offer.value * score * score
      E0855 at `offer.value * score * score`: the objective does not have the form `A * score + B`
        help: let the score be multiplied and added to, once

    objective offer.value * max(score, 1)
      E0122 at `max`: of several values, `max` is written `greatest`
        help: `max(…)` looks at events: `max(purchase.spend in last 30 days)`
        fix: replace `max` with `greatest`

    objective offer.margin * score
      E0856 at `offer.margin * score`: this objective may be missing, and the offer would be withheld without a word
        help: say what it is then, `(offer.value else 0 USD) * score`, or give the field a default in `offer fields`; divide by written numbers only

    objective offer.value * score / rate
      E0856 at `offer.value * score / rate`: this objective may be missing, and the offer would be withheld without a word
        help: say what it is then, `(offer.value else 0 USD) * score`, or give the field a default in `offer fields`; divide by written numbers only

    objective offer.value * score - channel.capacity
      E0203 at `capacity`: the objective looks at the cost of a channel, and at nothing else of it
        help: write `channel.cost`

    objective offer.value * score
      objective offer.value * score
      E0501 at `objective`: `objective` is said twice
        help: keep one of them

    lever spring 0 where offer.topic = "garden"
      E0857 at `0`: a lever multiplies priorities by a written number above zero
        help: write, for example, `1.2`; what depends on the customer stands behind `when`, and an offer that nobody is to get is taken out

    lever spring weight
      E0857 at `weight`: a lever multiplies priorities by a written number above zero
        help: write, for example, `1.2`; what depends on the customer stands behind `when`, and an offer that nobody is to get is taken out

    lever spring 1.2 where vip
      E0857 at `vip`: a lever says behind `where` which offers it moves, by their fields
        help: write `where offer.… = …`, and for which customers behind `when`

    lever spring 1.2
      lever spring 1.3
      E0501 at `spring`: the lever `spring` is said twice
        help: keep one of them

    slate email 3, at most 1 per offer.topik
      E0203 at `topik`: offers have no field `topik`
        help: did you mean `topic`?
        fix: replace `topik` with `topic`

    slate email 3, at most 1 per offer.topic, at most 2 per offer.topic
      E0501 at `topic`: `at most … per offer.topic` is said twice
        help: keep one of them

    at most 0 per offer.topic
      E0505 at `0`: a limit is a whole number from 1 to 4294967295
        help: write the number itself: `3`

    at most 2 per offer.topic
      at most 1 per offer.topic
      E0501 at `topic`: `at most … per offer.topic` is said twice
        help: keep one of them

    at most 1 of garden, lettre
      E0858 at `lettre`: no offer `lettre` is declared
        help: did you mean `letter`?
        fix: replace `lettre` with `letter`

    at most 1 of garden, garden
      E0501 at `garden`: the offer `garden` is said twice
        help: keep one of them

    suppress for 30 days after purchases
      E0207 at `purchases`: no events `purchases` are declared
        help: did you mean `purchase`?
        fix: replace `purchases` with `purchase`

    suppress for 30 days after purchase where offer.sells contains categry
      E0201 at `categry`: nothing here is called `categry`
        help: did you mean `category`?
        fix: replace `categry` with `category`

    suppress for 30 hours after purchase
      E0312 at `30 hours`: `purchase` happens on a date, which has no hours
        help: give the window in days, weeks, months or years

    fallback letters
      E0858 at `letters`: no offer `letters` is declared
        help: did you mean `letter`?
        fix: replace `letters` with `letter`

    fallback closing
      E0860 at `closing`: `closing` is a notice, and goes out beside everything else
        help: name an offer, or declare this one with `offer`

    fallback letter
      fallback garden
      E0501 at `fallback`: `fallback` is said twice
        help: keep one of them

    horizon 2 years
      E0312 at `2 years`: a horizon is at most a year
        help: what is sent later is decided later, when more is known: `14 days`

    horizon 14
      E0115 at `14`: a horizon is a length of time
        help: add a unit: `horizon 14 days`

    possible zones "America/New_York", "America/New_Yrok"
      E0705 at `"America/New_Yrok"`: `America/New_Yrok` is not a time zone
        help: did you mean `America/New_York`?

    possible zones "UTC", "UTC"
      E0501 at `"UTC"`: the zone `UTC` is said twice
        help: keep one of them

    holdout 5%
      E0815 at `holdout`: an experiment draws its customers by a salt of its own
        help: name the salt: `salted "2026-q4"`; another salt draws other customers
        fix: add a salt

    holdout 5% salted "a"
      holdout 6% salted "b"
      E0501 at `holdout`: `holdout` is said twice
        help: keep one of them
    "#);
}

/// What an offer is worth by each of its routes.
fn worth(plan: &Plan, name: &str) -> Vec<String> {
    let routes = offer(plan, name).routes.iter().map(|route| route.value.unwrap());
    routes.map(|value| format!("{} * score + {}", shown(plan, value.per_score), shown(plan, value.fixed))).collect()
}

#[test]
fn an_objective_that_is_the_same_for_all_channels_leaves_the_priority_alone() {
    let objectives = [
        "offer.value * score",
        "score * 2 * offer.value",
        "offer.value * score - 0.10 USD",
        "0.10 USD + (offer.value * score + 1 USD) / 4",
        "-(0.10 USD - offer.value * score)",
        "if vip then offer.value * score else 0.20 USD",
        "offer.value * score * weight",
        "(offer.margin else 0.5 USD) * score",
    ];
    let one = |objective: &str| {
        let plan = plan(&format!("objective {objective}"));
        assert_eq!(plan.portfolio.objective.unwrap().to_string(), "USD");
        let priorities = ["garden", "letter"].map(|name| shown(&plan, offer(&plan, name).priority));
        assert_eq!(priorities, ["weight", "1.0"]);
        let (garden, letter) = (worth(&plan, "garden"), worth(&plan, "letter"));
        assert!(garden.iter().all(|value| *value == garden[0]), "{garden:?}");
        format!("{objective}\n  garden {}\n  letter {}", garden[0], letter[0])
    };
    assert_snapshot!(objectives.map(one).join("\n"), @r"
    offer.value * score
      garden 3000000u USD * score + 0u USD
      letter 1000000u USD * score + 0u USD
    score * 2 * offer.value
      garden (3000000u USD Multiply 2.0) * score + 0u USD
      letter (1000000u USD Multiply 2.0) * score + 0u USD
    offer.value * score - 0.10 USD
      garden 3000000u USD * score + -100000u USD
      letter 1000000u USD * score + -100000u USD
    0.10 USD + (offer.value * score + 1 USD) / 4
      garden (3000000u USD Divide 4.0) * score + (100000u USD Add (1000000u USD Divide 4.0))
      letter (1000000u USD Divide 4.0) * score + (100000u USD Add (1000000u USD Divide 4.0))
    -(0.10 USD - offer.value * score)
      garden 3000000u USD * score + -100000u USD
      letter 1000000u USD * score + -100000u USD
    if vip then offer.value * score else 0.20 USD
      garden (if vip then 3000000u USD else 0u USD) * score + (if vip then 0u USD else 200000u USD)
      letter (if vip then 1000000u USD else 0u USD) * score + (if vip then 0u USD else 200000u USD)
    offer.value * score * weight
      garden (3000000u USD Multiply weight) * score + 0u USD
      letter (1000000u USD Multiply weight) * score + 0u USD
    (offer.margin else 0.5 USD) * score
      garden 500000u USD * score + 0u USD
      letter 500000u USD * score + 0u USD
    ");
}

#[test]
fn an_objective_by_channel_is_on_the_routes() {
    let plan = plan("objective offer.value * score - channel.cost");
    let garden = worth(&plan, "garden");
    assert_eq!(garden, ["3000000u USD * score + -550000u USD", "3000000u USD * score + -2000u USD"]);
    assert_eq!(shown(&plan, offer(&plan, "garden").priority), "weight");
    assert_eq!(shown(&plan, offer(&plan, "closing").priority), "1.0", "a notice is not weighed");
}

#[test]
fn levers_multiply_the_priorities_that_they_are_about() {
    let plan = plan("lever spring 1.2 where offer.topic = \"garden\" when vip\n  lever all 2");
    assert_snapshot!(
        ["garden", "letter", "closing"].map(|name| shown(&plan, offer(&plan, name).priority)).join("\n"), @r"
    ((weight Multiply (if vip then 1.2 else 1.0)) Multiply 2.0)
    2.0
    1.0
    "
    );
}

#[test]
fn suppression_excepts_the_offers_that_it_can_concern() {
    let plan = plan("suppress for 180 days after purchase where offer.sells contains category");
    assert_eq!(["garden", "letter", "closing"].map(|name| offer(&plan, name).except.len()), [1, 0, 0]);
    let plan = self::plan("suppress for 180 days after purchase");
    assert_eq!(["garden", "letter", "closing"].map(|name| offer(&plan, name).except.len()), [1, 1, 0]);
}

#[test]
fn a_stop_is_a_need_of_the_channels_by_which_we_begin() {
    let needs = |clauses: &str| {
        let plan = plan(clauses);
        let named = plan.channels.iter().filter(|channel| channel.needs.is_some());
        named.map(|channel| channel.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(needs("stop after unsubscribed"), ["email", "mail"]);
    assert_eq!(needs("stop mail after unsubscribed"), ["mail"]);
    assert_eq!(needs("slate 1"), [""; 0]);
}

#[test]
fn the_rest_of_the_rules() {
    let manifest = format!("{MANIFEST}\n[contacts]\nignored_after = \"2 weeks\"\n");
    let clauses = "slate email 3, at most 1 per offer.topic\n  slate 4, at most 3 per offer.value\n  at most 2 per offer.topic\n  \
                   at most 1 of letter, garden\n  pause 30 days after 3 ignored\n  holdout 5% salted \"q4\"\n  \
                   fallback letter\n  horizon 3 days\n  possible zones \"UTC\", \"America/New_York\"";
    let text = with_portfolio(clauses);
    let compiled = project(&manifest, &text);
    assert_eq!(all(&compiled, &text), "  fine\n");
    let plan = compiled.plan.unwrap();
    assert_eq!(plan.portfolio.pauses[0].patience, Span::days(14));
    let shown = plan.to_string();
    let kept: Vec<&str> = shown.lines().skip_while(|line| *line != "portfolio").collect();
    assert_snapshot!(kept.join("\n"), @r"
    portfolio
      slots 4
      slate email 3 at most 1 per field 0
      at most 3 per field 1
      at most 2 per field 0
      at most 1 of garden, letter
      pause 0 months 30 days 0u s after 3 ignored for 0 months 14 days 0u s by histories 0 and 1
      holdout 500 of %5
      fallback letter
    ");
    assert_eq!(plan.delivery.horizon, Span::days(3));
    assert_eq!(*plan.delivery.possible_zones, ["America/New_York".into(), "UTC".into()]);
}

#[test]
fn limits_that_never_bind_are_warned_of() {
    let one = |clauses: &str| format!("{clauses}\n{}", warned_of_limits(&with_portfolio(clauses)));
    let clauses = [
        "at most 1 per offer.topic",
        "slate 3\n  at most 3 per offer.topic",
        "slate email 3, at most 3 per offer.topic",
        "slate email 3, at most 2 per offer.topic\n  slate 2",
        "slate 3\n  at most 2 of garden, letter",
        // These say something.
        "slate 3\n  at most 2 per offer.topic",
        "slate email 3, at most 2 per offer.topic",
        "at most 1 of garden, letter",
    ];
    assert_snapshot!(clauses.map(one).join("\n"), @r"
    at most 1 per offer.topic
      E0861 at `1 per offer.topic`: this limit can never bind: there is one slot in all
        help: leave it out, or lower its number
        fix: remove `at most 1 per offer.topic`

    slate 3
      at most 3 per offer.topic
      E0861 at `3 per offer.topic`: this limit can never bind: there are 3 slots in all
        help: leave it out, or lower its number
        fix: remove `at most 3 per offer.topic`

    slate email 3, at most 3 per offer.topic
      E0861 at `3 per offer.topic`: this limit can never bind: there are 3 slots in all
        help: leave it out, or lower its number

    slate email 3, at most 2 per offer.topic
      slate 2
      E0861 at `2 per offer.topic`: this limit can never bind: there are 2 slots in all
        help: leave it out, or lower its number

    slate 3
      at most 2 of garden, letter
      E0861 at `2 of garden, letter`: this limit can never bind: there are 2 offers in all
        help: leave it out, or lower its number
        fix: remove `at most 2 of garden, letter`

    slate 3
      at most 2 per offer.topic

    slate email 3, at most 2 per offer.topic

    at most 1 of garden, letter
    ");
}

#[test]
fn ignored_after_is_a_length_of_time() {
    let one = |value: &str| {
        let manifest = format!("{MANIFEST}\n[contacts]\nignored_after = {value}\n");
        let told = project(&manifest, SCHEMA).diagnostics;
        let told = told.into_iter().filter(|found| found.diagnostic.code.starts_with("E07"));
        let told: Vec<String> =
            told.map(|found| format!("{} {}", found.diagnostic.code, found.diagnostic.message)).collect();
        format!("{value}: {}", told.join(", "))
    };
    let values = ["\"14 days\"", "\"36 hours\"", "14", "\"14\"", "\"0 days\"", "\"two weeks\"", "\"1 day\\n}\""];
    assert_snapshot!(values.map(one).join("\n"), @r#"
    "14 days": 
    "36 hours": 
    14: E0704 a text is expected here, not an integer
    "14": E0711 `14` is not a length of time
    "0 days": E0711 `0 days` is not a length of time
    "two weeks": E0711 `two weeks` is not a length of time
    "1 day\n}": E0711 `1 day\n}` is not a length of time
    "#);
}
