//! Holdouts and arms.

use insta::assert_snapshot;
use opportune_plan::Op;

use super::check::{plan, told, with_schema};

fn offer(clauses: &str) -> String {
    format!("{clauses}\n{}", told(&format!("offer a {{\n  channel mail\n  {clauses}\n}}")))
}

#[test]
fn holdouts() {
    let clauses = [
        "holdout 10% salted \"2026-q4\"",
        "holdout 0.01% salted \"x\"",
        "holdout 100% salted \"x\"",
        "holdout 0% salted \"x\"",
        "holdout 0.005% salted \"x\"",
        "holdout 101% salted \"x\"",
        "holdout 10 salted \"x\"",
        "holdout persons salted \"x\"",
        "holdout 10%",
        "holdout 10% salted \"\"",
        "holdout 10% salted \"x\"\n  holdout 20% salted \"y\"",
    ];
    assert_snapshot!(clauses.map(offer).join("\n"), @r#"
    holdout 10% salted "2026-q4"
      fine

    holdout 0.01% salted "x"
      fine

    holdout 100% salted "x"
      fine

    holdout 0% salted "x"
      E0816 at `0%`: a share is a percentage from 0.01% to 100%, in hundredths of a percent
        help: write it out: `5%`

    holdout 0.005% salted "x"
      E0816 at `0.005%`: a share is a percentage from 0.01% to 100%, in hundredths of a percent
        help: write it out: `5%`

    holdout 101% salted "x"
      E0816 at `101%`: a share is a percentage from 0.01% to 100%, in hundredths of a percent
        help: write it out: `5%`

    holdout 10 salted "x"
      E0130 at `10`: a share is written in percent
        fix: write `10%`

    holdout persons salted "x"
      E0130 at `persons`: a share is written in percent
        help: write a share of all, such as `10%`

    holdout 10%
      E0815 at `holdout`: an experiment draws its customers by a salt of its own
        help: name the salt: `salted "2026-q4"`; another salt draws other customers
        fix: add a salt

    holdout 10% salted ""
      E0815 at `""`: an experiment draws its customers by a salt of its own
        help: name the salt: `salted "2026-q4"`; another salt draws other customers

    holdout 10% salted "x"
      holdout 20% salted "y"
      E0501 at `holdout`: `holdout` is said twice
        help: keep one of them
    "#);
}

#[test]
fn arms() {
    let clauses = [
        "arms plain 50%, big 50% salted \"x\"",
        "arms a 33.33%, b 33.33%, c 33.34% salted \"x\"",
        "arms plain 50%, big 40% salted \"x\"",
        "arms plain 50%, big 60.5% salted \"x\"",
        "arms plain 100% salted \"x\"",
        "arms plain 50%, plain 50% salted \"x\"",
        "arms plain 50%, big 50%",
        "arms plain 50%, big 50% salted \"x\"\n  arm big tier 2",
        "arms plain 50%, big 50% salted \"x\"\n  arm bigg tier 2",
        "arms plain 50%, big 50% salted \"x\"\n  arm big teir 2",
        "arms plain 50%, big 50% salted \"x\"\n  arm big tier 1.5",
        "arms plain 50%, big 50% salted \"x\"\n  arm big tier persons",
        "arms plain 50%, big 50% salted \"x\"\n  arm big tier 2\n  arm big tier 3",
        "arms plain 50%, big 50% salted \"x\"\n  arm big sells [\"x\"]",
        "arm big tier 2",
        "arms plain 50%, big 50% salted \"x\"\n  arms a 50%, b 50% salted \"y\"",
    ];
    assert_snapshot!(clauses.map(offer).join("\n"), @r#"
    arms plain 50%, big 50% salted "x"
      fine

    arms a 33.33%, b 33.33%, c 33.34% salted "x"
      fine

    arms plain 50%, big 40% salted "x"
      E0817 at `plain 50%, big 40%`: the arms are 90% of the customers together
        help: let the shares be 100% together: `arms plain 50%, big 50% salted "…"`

    arms plain 50%, big 60.5% salted "x"
      E0817 at `plain 50%, big 60.5%`: the arms are 110.5% of the customers together
        help: let the shares be 100% together: `arms plain 50%, big 50% salted "…"`

    arms plain 100% salted "x"
      E0817 at `plain 100%`: an experiment has at least two arms
        help: let the shares be 100% together: `arms plain 50%, big 50% salted "…"`

    arms plain 50%, plain 50% salted "x"
      E0501 at `plain`: the arm `plain` is said twice
        help: keep one of them

    arms plain 50%, big 50%
      E0815 at `arms`: an experiment draws its customers by a salt of its own
        help: name the salt: `salted "2026-q4"`; another salt draws other customers
        fix: add a salt

    arms plain 50%, big 50% salted "x"
      arm big tier 2
      fine

    arms plain 50%, big 50% salted "x"
      arm bigg tier 2
      E0818 at `bigg`: this offer has no arm `bigg`
        help: did you mean `big`?
        fix: replace `bigg` with `big`

    arms plain 50%, big 50% salted "x"
      arm big teir 2
      E0203 at `teir`: offers have no field `teir`
        help: did you mean `tier`?
        fix: replace `teir` with `tier`

    arms plain 50%, big 50% salted "x"
      arm big tier 1.5
      E0315 at `1.5`: a whole number is expected, and this is a number
        help: make it whole: `round(…)`, `floor(…)` or `ceil(…)`

    arms plain 50%, big 50% salted "x"
      arm big tier persons
      E0512 at `persons`: an offer's field is the same for all customers
        help: write the value itself: a number, an amount, a date, a text in quotes or a word of the list

    arms plain 50%, big 50% salted "x"
      arm big tier 2
      arm big tier 3
      E0501 at `tier`: `tier` of `big` is said twice
        help: keep one of them

    arms plain 50%, big 50% salted "x"
      arm big sells ["x"]
      E0819 at `sells`: `sells` is a set, which is the same in all arms
        help: write two offers, or let the arms differ in a single value

    arm big tier 2
      E0818 at `big`: this offer has no arm `big`
        help: name it with its share: `arms plain 50%, big 50% salted "…"`

    arms plain 50%, big 50% salted "x"
      arms a 50%, b 50% salted "y"
      E0501 at `arms`: `arms` is said twice
        help: keep one of them
    "#);
}

/// What competes, is excluded or is carried by a field is told before any customer is seen, so the field is one for all.
#[test]
fn a_field_that_decides_is_the_same_in_all_arms() {
    let offer = "offer a {\n  channel mail\n  arms plain 50%, big 50% salted \"x\"\n  arm big tier 2\n}";
    let others = [
        "portfolio { rank by offer.tier desc }",
        "portfolio { slate mail 2, at most 1 per offer.tier }",
        "portfolio { at most 1 per offer.tier }",
        "portfolio { cap 1 per customer per offer.tier each week }",
        "portfolio { lever spring 1.2 where offer.tier = 2 }",
        "portfolio { suppress for 180 days after purchase where offer.tier = quantity }",
        "guarantee \"g\" review by 2999-01-01 {\n  never offer.tier = 2 when persons > 2\n}",
        "guarantee \"g\" review by 2999-01-01 {\n  never offer.topic = \"x\" when persons > offer.tier\n}",
        "context { channel: text }\n\nchannel sms {\n  inbound\n  carries tier <= 2\n}",
        "portfolio { objective 1 USD * offer.tier * score }",
    ];
    let case = |other: &&str| {
        // Only what is said of the offer is of interest.
        let told = told(&format!("{offer}\n\n{other}"));
        format!("{other}\n{told}")
    };
    assert_snapshot!(others.iter().map(case).collect::<Vec<_>>().join("\n"), @r#"
    portfolio { rank by offer.tier desc }
      E0819 at `tier`: `tier` must be the same in all arms: the portfolio ranks by it
        help: an arm changes what an offer is worth or says, not which rules it is under

    portfolio { slate mail 2, at most 1 per offer.tier }
      E0819 at `tier`: `tier` must be the same in all arms: a slate is diverse by it
        help: an arm changes what an offer is worth or says, not which rules it is under

    portfolio { at most 1 per offer.tier }
      E0819 at `tier`: `tier` must be the same in all arms: the portfolio is diverse by it
        help: an arm changes what an offer is worth or says, not which rules it is under

    portfolio { cap 1 per customer per offer.tier each week }
      E0819 at `tier`: `tier` must be the same in all arms: a cap counts by it
        help: an arm changes what an offer is worth or says, not which rules it is under

    portfolio { lever spring 1.2 where offer.tier = 2 }
      E0819 at `tier`: `tier` must be the same in all arms: a lever chooses offers by it
        help: an arm changes what an offer is worth or says, not which rules it is under

    portfolio { suppress for 180 days after purchase where offer.tier = quantity }
      E0819 at `tier`: `tier` must be the same in all arms: offers are suppressed by it
        help: an arm changes what an offer is worth or says, not which rules it is under

    guarantee "g" review by 2999-01-01 {
      never offer.tier = 2 when persons > 2
    }
      E0819 at `tier`: `tier` must be the same in all arms: a guarantee excludes offers by it
        help: an arm changes what an offer is worth or says, not which rules it is under

    guarantee "g" review by 2999-01-01 {
      never offer.topic = "x" when persons > offer.tier
    }
      fine

    context { channel: text }

    channel sms {
      inbound
      carries tier <= 2
    }
      E0819 at `tier`: `tier` must be the same in all arms: a channel carries offers by it
        help: an arm changes what an offer is worth or says, not which rules it is under

    portfolio { objective 1 USD * offer.tier * score }
      fine
    "#);
}

#[test]
fn arms_in_the_plan() {
    let text = r#"
offer a {
  channel mail
  holdout 10% salted "q4"
  arms plain 20%, big 30%, huge 50% salted "q4"
  arm big ceiling 2 USD
  arm huge ceiling 3 USD
  arm plain tier 7
  eligible when persons > offer.tier
  priority (offer.ceiling else 0 USD) / 1 USD
}
"#;
    assert_snapshot!(plan(text), @r#"
    %0 = household.email_ok : bool?
    %1 = bucket salted "q4" of "a" : int
    %2 = 2000 : int
    %3 = %1 < %2 : bool
    %4 = 7 : int
    %5 = 5000 : int
    %6 = %1 < %5 : bool
    %7 = 1 : int
    %8 = if %6 then %7 else %7 : int
    %9 = if %3 then %4 else %8 : int
    %10 = household.persons : int
    %11 = %9 < %10 : bool
    %12 = missing : money(USD)?
    %13 = 2000000u USD : money(USD)
    %14 = 3000000u USD : money(USD)
    %15 = if %6 then %13 else %14 : money(USD)
    %16 = if %3 then %12 else %15 : money(USD)?
    %17 = 0u USD : money(USD)
    %18 = %16 else %17 : money(USD)
    %19 = 1000000u USD : money(USD)
    %20 = %18 / %19 : number
    %21 = bucket salted "q4" of "holdout a" : int
    channel email needs %0
    channel mail
    offer a
      topic "general"
      tier 1
      sells []
      eligible %11
      channel mail
      priority %20
      holdout 1000 of %21
      arms by %1: plain 2000 big 3000 huge 5000
    portfolio
      slots 1
    "#);
}

/// Each draw has a layer of its own, so that an offer's holdout says nothing of its arms though they share a salt.
#[test]
fn layers() {
    let text = "offer a {\n  channel mail\n  holdout 10% salted \"x\"\n  arms p 50%, q 50% salted \"x\"\n}\n\n\
                offer b {\n  channel mail\n  holdout 10% salted \"x\"\n}\n\nportfolio { holdout 5% salted \"x\" }";
    let compiled = with_schema(text);
    let plan = compiled.plan.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics));
    let layer = |id| match &plan.exprs.get(id).unwrap().op {
        Op::Bucket { salt, layer } => format!("{salt}/{layer}"),
        other => panic!("{other:?}"),
    };
    let [a, b] = [0, 1].map(|at| plan.offers[at].holdout.unwrap().bucket);
    let arms = plan.offers[0].experiment.as_ref().unwrap().bucket;
    let all = plan.portfolio.holdout.unwrap().bucket;
    assert_eq!([a, b, arms, all].map(layer), ["x/holdout a", "x/holdout b", "x/a", "x/holdout"]);
}
