//! Random rules over offers, right ones and wrong ones: what the checks let through becomes a plan that verifies, and what
//! they do not is told with a way out.

use opportune_compiler::diagnostic::Severity;

use super::check::{COUNTED, MANIFEST, project};

const SCHEMA: &str = r#"
customer person {
  key id: int
  zone: timezone?
  vip: bool?
  weight: number
  rate: number?
  agreed: bool   consent
}

events contact {
  at sent: instant
  offer: text
  member: text?
  channel: one_of(mail, email, sms)
  topic: text
  rep: text
}

context {
  rep: text
  channel: text
}

offer fields {
  topic: text = "general"
  mood: text?
  value: money(USD) = 1 USD
  margin: money(USD)?
  tier: int = 1
  sells: set of text
}

channel mail {
  needs customer.agreed
  cost 0.55 USD
  capacity 50_000 per week
}

channel email {
  needs customer.agreed
  cost 0.002 USD
  quiet 21:00 to 08:00
}

channel sms {
  needs customer.agreed
}

channel branch {
  inbound
}

notice terms {
  channel mail
}
"#;

/// A small generator of numbers: the same seed, the same rules.
struct Random {
    state: u64,
    /// Whether some of what is written is wrong.
    errs: bool,
}

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.state >> 33).unwrap() % end
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    /// One of those that are right, now and then one of the others.
    fn one_of_both<'a>(&mut self, right: &[&'a str], wrong: &[&'a str]) -> &'a str {
        if self.errs && self.below(6) == 0 { self.one_of(wrong) } else { self.one_of(right) }
    }

    /// A cap of an offer, a family or (`None`) the portfolio.
    fn cap(&mut self, is_family: Option<bool>) -> String {
        let most = self.one_of_both(&["0", "1", "3"], &["50%", "-1"]);
        let what = self.one_of(&["", "", "", " sends", " decisions", " impressions", " redemptions"]);
        let (per, over): (&[&str], &[&str]) = match is_family {
            None => (&["", " per offer", " per offer.topic", " per offer.sells"], &["", "", " over response"]),
            Some(false) => (&[""], &["", " over purchase", " over response where outcome = seen"]),
            Some(true) => (&["", " per c"], &["", "", " over response"]),
        };
        let (wrong_per, wrong_over) =
            ([" per offer.mood", " per offer.topic", " per c"], " over purchase where coupon = \"x\"");
        let per = self.one_of_both(per, &wrong_per);
        let over = if what.is_empty() && per.is_empty() { self.one_of_both(over, &[wrong_over]) } else { "" };
        let windows = ["every 7 days", "every 3 months", "every 1 years", "each week", "each year"];
        let window = self.one_of_both(&windows, &["every 5 hours", "every 7"]);
        let on = if over.is_empty() && !matches!(what, " impressions" | " redemptions") {
            self.one_of_both(&["", "", " on email"], &[" on branch", " on fax"])
        } else {
            ""
        };
        let inbound = self.one_of(&["", "", " including inbound"]);
        let when = self.one_of(&["", "", " when vip", " when none(response in last 180 days)"]);
        match (self.below(12), is_family) {
            (0, Some(_)) => "cap 20_000 in total".to_owned(),
            (0, None) => "cap 50% of requests per context.rep every 30 days".to_owned(),
            (1, Some(true)) => format!("cap {most} per customer every 7 days over purchase where category = c"),
            _ => format!("cap {most}{what} per customer{per} {window}{on}{inbound}{over}{when}"),
        }
    }

    fn rule(&mut self) -> String {
        let right = [
            "objective offer.value * score",
            "objective offer.value * score - channel.cost",
            "objective if vip is true then offer.value * score * weight else 0.10 USD * score",
            "lever spring 1.2 where offer.topic = \"a\" when vip",
            "lever mood 2 where offer.mood = \"happy\"",
            "rank by offer.tier desc, then score",
            "slate 2",
            "slate mail 2, at most 1 per offer.topic",
            "slate email 3",
            "at most 1 per offer.sells",
            "at most 1 of a, b",
            "pause 30 days after 3 ignored",
            "stop after unsubscribed",
            "stop mail after clicked",
            "suppress for 180 days after purchase where offer.sells contains category",
            "suppress for 180 days after purchase where offer.sells contains coupon",
            "holdout 5% salted \"q4\"",
            "fallback a",
            "horizon 14 days",
            "possible zones \"America/New_York\", \"Asia/Kolkata\"",
        ];
        let wrong = [
            "objective offer.margin * score",
            "objective (offer.value * score + channel.cost) / rate",
            "lever wrong 0",
            "rank by offer.sells",
            "at most 1 of a, nobody",
            "stop fax after unsubscribed",
            "suppress for 3 hours after purchase",
            "fallback terms",
            "horizon 3 years",
        ];
        if self.below(3) == 0 { self.cap(None) } else { self.one_of_both(&right, &wrong).to_owned() }
    }

    fn offer(&mut self, name: &str) -> String {
        let is_family = self.below(4) == 0;
        let each = if is_family { " for each category c of product" } else { "" };
        let channel = self.one_of(&["mail", "email", "mail, else email when vip", "branch, else sms"]);
        let field = self.one_of(&["topic \"a\"", "mood \"happy\"", "sells [\"X\"]", "value 3 USD", "priority weight"]);
        let caps: Vec<String> = (0..self.below(3)).map(|_| format!("  {}\n", self.cap(Some(is_family)))).collect();
        format!("offer {name}{each} {{\n  channel {channel}\n  {field}\n{}}}\n", caps.concat())
    }
}

#[test]
fn rules_that_pass_the_checks_become_plans_and_others_are_told() {
    let (mut plans, mut told) = (0, 0);
    for seed in 0..600 {
        let mut random = Random { state: seed, errs: seed % 3 == 0 };
        let rules: Vec<String> = (0..=random.below(4)).map(|_| format!("  {}\n", random.rule())).collect();
        let offers = random.offer("a") + &random.offer("b");
        let text = format!("{SCHEMA}{COUNTED}\n{offers}\nportfolio {{\n{}}}\n", rules.concat());
        let compiled = project(MANIFEST, &text);
        for found in &compiled.diagnostics {
            let found = &found.diagnostic;
            assert_ne!(found.code, "E0901", "{}\n{text}", found.message);
            assert!(found.help.is_some() || found.fix.is_some(), "{} has no way out: {}", found.code, found.message);
        }
        let is_wrong = compiled.diagnostics.iter().any(|found| found.diagnostic.severity == Severity::Error);
        assert_eq!(compiled.plan.is_some(), !is_wrong, "seed {seed}:\n{:#?}\n{text}", compiled.diagnostics);
        if is_wrong { told += 1 } else { plans += 1 }
    }
    assert!(plans > 150 && told > 100, "{plans} plans, {told} told");
}
