//! Compiles a text and shows what came out of it.

use opportune_compiler::diagnostic::{Located, Severity};
use opportune_compiler::{Compiled, ProjectFiles, compile};
use opportune_plan::Plan;

/// The manifest of all tests but those of manifests.
pub const MANIFEST: &str = "name = \"test\"\nedition = \"2026\"\nzone = \"America/New_York\"\n";

/// Declarations that most tests stand on.
pub const SCHEMA: &str = r#"
customer household {
  key household_id: text
  age: ordered("19-24", "25-34", "65+")?
  home: one_of(renter, owner)?
  persons: int
  kids: int?
  birth: date?
  loyalty: number?
  email_ok: bool?
}

events purchase {
  at bought_at: instant
  product_id: text -> product
  swap_id: text? -> product? as swap
  quantity: int
  spend: money(USD)
  coupon: text?
}

events contact {
  at sent: date from campaign.starts
  campaign_id: text -> campaign
  offer: text
}

table product {
  key product_id: text
  department: text
  category: text?
  price: money(USD)?
}

table campaign {
  key campaign_id: text
  starts: date
}

offer fields {
  topic: text = "general"
  tier: int = 1
  ceiling: money(USD)?
  sells: set of text
}

channel email {
  needs customer.email_ok
}

channel mail
"#;

/// Declarations of what rules over offers count, beside `contact`.
pub const COUNTED: &str = r#"
events response {
  at happened: instant
  offer: text
  outcome: one_of(seen, clicked, redeemed, unsubscribed)
}

events request {
  at asked: instant
  rep: text
}

events purchase {
  at bought: date
  category: text
  coupon: text?
}

table product {
  key category: text
}
"#;

/// Compiles a manifest and one policy file.
pub fn project(manifest: &str, policy: &str) -> Compiled {
    let policies = vec![("test.offer".to_owned(), policy.to_owned())];
    compile(&ProjectFiles { manifest: ("opportune.toml".to_owned(), manifest.to_owned()), policies })
}

/// Compiles a text behind the schema.
pub fn with_schema(text: &str) -> Compiled {
    project(MANIFEST, &format!("{SCHEMA}\n{text}"))
}

/// What is told about a text behind the schema.
pub fn told(text: &str) -> String {
    told_alone(&format!("{SCHEMA}\n{text}"))
}

/// What is told about a text that stands alone.
pub fn told_alone(text: &str) -> String {
    all(&project(MANIFEST, text), text)
}

/// The plan of a text that stands alone and has no mistakes.
pub fn planned(text: &str) -> Plan {
    let compiled = project(MANIFEST, text);
    assert_eq!(all(&compiled, text), "  fine\n");
    Plan::clone(&compiled.plan.unwrap())
}

/// What is told about each of several texts behind the schema.
pub fn told_each(texts: &[&str]) -> String {
    texts.iter().map(|text| format!("{text}\n{}", told(text))).collect::<Vec<_>>().join("\n")
}

/// All mistakes that are told, with the words that they point at. What is only warned of is told by [`warned`].
pub fn all(compiled: &Compiled, text: &str) -> String {
    let mistakes: Vec<&Located> = of(compiled, Severity::Error).collect();
    if mistakes.is_empty() {
        assert!(compiled.plan.is_some(), "no plan and not a word");
        return "  fine\n".to_owned();
    }
    assert!(compiled.plan.is_none(), "a plan although something is wrong");
    mistakes.into_iter().map(|found| one(found, text)).collect()
}

/// The codes of the mistakes.
pub fn mistakes(compiled: &Compiled) -> Vec<&'static str> {
    of(compiled, Severity::Error).map(|found| found.diagnostic.code).collect()
}

fn of(compiled: &Compiled, severity: Severity) -> impl Iterator<Item = &Located> {
    compiled.diagnostics.iter().filter(move |found| found.diagnostic.severity == severity)
}

/// What is warned of in a text without mistakes.
pub fn warned(text: &str) -> String {
    let compiled = project(MANIFEST, text);
    assert_eq!(all(&compiled, text), "  fine\n");
    of(&compiled, Severity::Warning).map(|found| one(found, text)).collect()
}

/// What is warned of limits in a text without mistakes.
pub fn warned_of_limits(text: &str) -> String {
    let warned = warned(text);
    let groups = warned.split("  E").filter(|group| group.starts_with("086"));
    groups.map(|group| format!("  E{group}")).collect()
}

fn one(found: &Located, text: &str) -> String {
    let diagnostic = &found.diagnostic;
    let span = diagnostic.labels[0].span;
    let words = &text[span.start as usize..span.end as usize];
    let mut shown = format!("  {} at `{words}`: {}\n", diagnostic.code, diagnostic.message);
    if let Some(help) = &diagnostic.help {
        shown.push_str(&format!("    help: {help}\n"));
    }
    if let Some(fix) = &diagnostic.fix {
        shown.push_str(&format!("    fix: {}\n", fix.title));
    }
    shown
}

/// Compiles a text, takes each fix that is offered, and compiles again; gives what is told then.
pub fn told_after_fixes(text: &str) -> String {
    let compiled = with_schema(text);
    let mut mended = format!("{SCHEMA}\n{text}");
    let fixes: Vec<_> = compiled.diagnostics.iter().filter_map(|found| found.diagnostic.fix.as_ref()).collect();
    assert!(!fixes.is_empty(), "no fix is offered");
    for fix in fixes.iter().rev() {
        mended.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.replacement);
    }
    told_alone(&mended)
}

/// The expressions and the rest of the plan, without the schema.
pub fn plan(text: &str) -> String {
    let shown = planned(&format!("{SCHEMA}\n{text}")).to_string();
    shown.split_inclusive('\n').skip_while(|line| !line.starts_with('%')).collect()
}
