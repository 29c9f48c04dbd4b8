//! Hover, definition, references and rename: what the name at the cursor means.

use opportune_compiler::queries;
use opportune_lsp::ide::definition::{definition, references};
use opportune_lsp::ide::hover::hover;
use opportune_lsp::ide::mentions::{Role, mentions};
use opportune_lsp::ide::rename::{File, prepare, rename};

use crate::fixture::Fixture;

fn told_of(fixture: &Fixture) -> String {
    let found = hover(&fixture.db, Some(fixture.project), fixture.file, fixture.offset);
    found.map_or("nothing".to_owned(), |found| {
        format!("[{}] {} | {}", found.place.text(&fixture.db), found.code, found.text.join(" | "))
    })
}

fn told(text: &str) -> String {
    told_of(&Fixture::new(text))
}

fn in_condition(text: &str) -> String {
    told(&format!("offer x {{\n  eligible when {text}\n}}\n"))
}

/// `path:line: text` of a place.
fn shown(fixture: &Fixture, place: opportune_lsp::ide::Place) -> String {
    let text = place.file.text(&fixture.db);
    let before = &text[..place.span.start as usize];
    let line = before.matches('\n').count();
    format!("{}:{}: {}", place.file.path(&fixture.db), line + 1, text.lines().nth(line).unwrap().trim())
}

fn defined(text: &str) -> String {
    let fixture = Fixture::new(text);
    let found = definition(&fixture.db, fixture.project, fixture.file, fixture.offset);
    found.map_or("nowhere".to_owned(), |place| shown(&fixture, place))
}

fn used(text: &str) -> String {
    let fixture = Fixture::new(text);
    let found = references(&fixture.db, fixture.project, fixture.file, fixture.offset, true);
    found.into_iter().map(|place| shown(&fixture, place)).collect::<Vec<_>>().join("\n")
}

/// The lines that a rename changes, as they are afterwards; the reason, where it is refused.
fn renamed(text: &str, new: &str) -> String {
    let fixture = Fixture::new(text);
    let edits = match rename(&fixture.db, fixture.project, fixture.file, fixture.offset, new) {
        Ok(edits) => edits,
        Err(reason) => return format!("refused: {reason}"),
    };
    let db = &fixture.db;
    let mut files: Vec<(String, String)> =
        fixture.project.files(db).iter().map(|file| (file.path(db).to_string(), file.text(db).to_string())).collect();
    files.push(("opportune.toml".to_owned(), fixture.project.manifest_text(db).to_string()));
    let before = files.clone();
    let mut edits: Vec<(String, _, String)> = edits
        .into_iter()
        .map(|edit| match edit.file {
            File::Policy(file) => (file.path(db).to_string(), edit.span, edit.text),
            File::Manifest => ("opportune.toml".to_owned(), edit.span, edit.text),
        })
        .collect();
    edits.sort_by_key(|(_, span, _)| std::cmp::Reverse(*span));
    for (path, span, text) in edits {
        let file = files.iter_mut().find(|(known, _)| *known == path).unwrap();
        file.1.replace_range(span.start as usize..span.end as usize, &text);
    }
    let mut lines = Vec::new();
    for ((path, after), (_, before)) in files.iter().zip(&before) {
        let known: Vec<&str> = before.lines().collect();
        lines.extend(after.lines().filter(|line| !known.contains(line)).map(|line| format!("{path}: {line}")));
    }
    lines.join("\n")
}

#[test]
fn hover_on_fields() {
    insta::assert_snapshot!(in_condition("customer.a$0ge > 3"), @"[age] person.age: int? | may be missing | as they told us");
    insta::assert_snapshot!(in_condition("mail_ok$0"), @"[mail_ok] person.mail_ok: bool consent | never missing | the newsletter box");
    insta::assert_snapshot!(in_condition("exists(purchase where gift.ca$0tegory = \"TEA\")"), @"[category] product.category: text? | may be missing");
    insta::assert_snapshot!(in_condition("last(purchase).a$0t in last 5 days"), @"[at] purchase.bought: instant from bought_at | never missing");
    insta::assert_snapshot!(in_condition("offer.ti$0er = 2"), @"[tier] offer.tier: int = 1 | a field that every offer has");
    insta::assert_snapshot!(in_condition("context.re$0ason = complaint"), @"[reason] context.reason: one_of(question, complaint) | may be missing");
    let known = Fixture::new("offer x {\n  eligible when exists(purchase where product.cate$0gory = \"BREAD\")\n}\n")
        .with_facts();
    insta::assert_snapshot!(told_of(&known), @"[category] product.category: text? | may be missing | missing in 25.0% of the rows of `product`");
    let known = Fixture::new("offer x {\n  eligible when home = to$0wn\n}\n").with_facts();
    insta::assert_snapshot!(told_of(&known), @"[town] town | a value of `person.home`");
}

#[test]
fn hover_on_items() {
    insta::assert_snapshot!(in_condition("b$0ig"), @"[big] segment big: bool | always known | Spends much.");
    insta::assert_snapshot!(in_condition("spe$0nt > 3 GBP"), @"[spent] trait spent: money(GBP) | never missing");
    insta::assert_snapshot!(in_condition("ha$0bit.step = 2"), @"[habit] journey habit = purchase, then purchase within 30 days |");
    insta::assert_snapshot!(in_condition("exists(pur$0chase)"), @"[purchase] events purchase | A line of a receipt.");
    insta::assert_snapshot!(in_condition("exists(con$0tact)"), @"[contact] events contact | events of the ledger, there without being declared: what customers were sent, and what they did with it");
    insta::assert_snapshot!(in_condition("exists(purchase where g$0ift.size = small)"), @"[gift] purchase.gift | the row that `purchase` links to");
    insta::assert_snapshot!(told("offer x {\n  channel ma$0il\n}"), @"[mail] channel mail |");
    insta::assert_snapshot!(told("/// For all.\noffer te$0a {\n  about \"A cup of tea\"\n}"), @"[tea] offer tea | A cup of tea | For all.");
}

#[test]
fn hover_on_words_of_the_language() {
    insta::assert_snapshot!(told("of$0fer x {\n}"), @"[offer] offer name { … } | an offer: who gets it, how much it is worth, by which channel and when");
    insta::assert_snapshot!(told("offer x {\n  elig$0ible when big\n}"), @"[eligible] eligible when CONDITION | must be definitely true; of several, all");
    insta::assert_snapshot!(told("offer x {\n  co$0st 2 GBP\n}"), @"[cost] cost 2 USD | what it costs each time it is given, beside the message");
    insta::assert_snapshot!(told("channel x {\n  co$0st 2 GBP\n}"), @"[cost] cost 0.002 USD | what one message costs");
    insta::assert_snapshot!(in_condition("big el$0se false"), @"[else] a else b | `b` where `a` is missing or unknown");
    insta::assert_snapshot!(in_condition("rou$0nd(points) > 3"), @"[round] round(a number[, a whole number]) | it takes a number: `round(x)` is the nearest whole number, `round(x, 2)` has two decimals");
    insta::assert_snapshot!(in_condition("s$0um(purchase.spend) > 3 GBP"), @"[sum] sum(events.field [in WINDOW] [where CONDITION]) | the sum of a field; 0 of none: `sum(purchase.spend in last 84 days)`");
    insta::assert_snapshot!(in_condition("last(purchase) in last 3 da$0ys"), @"[days] days | days of the customer's calendar: the same local time so many days on");
    insta::assert_snapshot!(in_condition("spent > 3 G$0BP"), @"[GBP] GBP | an amount in this currency; currencies do not mix");
    insta::assert_snapshot!(told("events x {\n  at day: dat$0e\n}"), @"[date] date | a day of the calendar");
    insta::assert_snapshot!(told("offer x {\n  about \"an el$0se in a text\"\n}"), @"nothing");
    insta::assert_snapshot!(told("offer x { // an el$0se in a remark\n}"), @"nothing");
}

#[test]
fn definitions_over_files() {
    insta::assert_snapshot!(defined("offer x {\n  eligible when b$0ig\n}"), @"schema.offer:43: segment big is sum(purchase.spend in last 30 days) > 100 GBP");
    insta::assert_snapshot!(defined("offer x {\n  eligible when exists(purchase where product.si$0ze = small)\n}"), @"schema.offer:22: size: ordered(small, large)");
    insta::assert_snapshot!(defined("offer x {\n  eligible when exists(purchase where g$0ift.size = small)\n}"), @"schema.offer:15: gift_id: text -> product? as gift");
    insta::assert_snapshot!(defined("offer x {\n  eligible when home = to$0wn\n}"), @r#"schema.offer:5: home: one_of(town, country, "by the sea")?   private"#);
    insta::assert_snapshot!(defined("offer x {\n  to$0pic tea\n}"), @"schema.offer:30: topic: one_of(tea, cake)");
    insta::assert_snapshot!(defined("offer x {\n  topic te$0a\n}"), @"schema.offer:30: topic: one_of(tea, cake)");
    insta::assert_snapshot!(defined("offer x {\n  because \"{sp$0ent}\"\n}"), @"schema.offer:44: trait spent = sum(purchase.spend) / 2");
    insta::assert_snapshot!(defined("offer x {\n  pick g: product where size = large by 1 desc\n  because \"{g$0}\"\n}"), @"main.offer:2: pick g: product where size = large by 1 desc");
    insta::assert_snapshot!(defined("portfolio {\n  fallback te$0a\n}\n=== a.offer\noffer tea {\n}\n"), @"a.offer:1: offer tea {");
    insta::assert_snapshot!(defined("persona pia {\n  age: 3\n}\ntest \"x\" {\n  given p$0ia\n}"), @"main.offer:1: persona pia {");
    insta::assert_snapshot!(defined("persona pia {\n  ho$0me: town\n}"), @r#"schema.offer:5: home: one_of(town, country, "by the sea")?   private"#);
    insta::assert_snapshot!(defined("persona pia {\n  purchase: [{ at: now, product: { si$0ze: small } }]\n}"), @"schema.offer:22: size: ordered(small, large)");
    insta::assert_snapshot!(defined("offer x {\n  eligible when sum(purchase.sp$0end * 2) > 5 GBP\n}"), @"schema.offer:16: spend: money(GBP)");
    insta::assert_snapshot!(defined("offer x {\n  eligible when exists(con$0tact)\n}"), @"nowhere");
}

#[test]
fn references_of_all_kinds() {
    insta::assert_snapshot!(used("offer x {\n  eligible when sp$0ent > 3 GBP\n  because \"{spent}\"\n  channel mail\n}\n"), @r#"
    main.offer:2: eligible when spent > 3 GBP
    main.offer:3: because "{spent}"
    schema.offer:44: trait spent = sum(purchase.spend) / 2
    "#);
    insta::assert_snapshot!(used("offer x {\n  channel ma$0il\n  message mail \"x\"\n  cap 3 per customer every 7 days on mail\n}\nportfolio {\n  slate mail 2\n  stop mail after declined\n}\ntest \"x\" {\n  at 2026-01-01 12:00\n  given { age: 3 }\n  expect offer x by mail\n}\n"), @r#"
    main.offer:2: channel mail
    main.offer:3: message mail "x"
    main.offer:4: cap 3 per customer every 7 days on mail
    main.offer:7: slate mail 2
    main.offer:8: stop mail after declined
    main.offer:13: expect offer x by mail
    schema.offer:34: channel mail {
    "#);
    insta::assert_snapshot!(used("offer x for each category c of prod$0uct {\n  eligible when exists(purchase where product.category = c)\n}\n"), @r"
    main.offer:1: offer x for each category c of product {
    main.offer:2: eligible when exists(purchase where product.category = c)
    schema.offer:14: product_id: text -> product?
    schema.offer:15: gift_id: text -> product? as gift
    schema.offer:19: table product {
    ");
    insta::assert_snapshot!(used("channel post {\n  carries ti$0er <= 2\n}\nguarantee \"x\" {\n  never offer.tier = 3\n}\nportfolio {\n  rank by offer.tier desc, then score\n  at most 1 per offer.tier\n}\n"), @r"
    main.offer:2: carries tier <= 2
    main.offer:5: never offer.tier = 3
    main.offer:8: rank by offer.tier desc, then score
    main.offer:9: at most 1 per offer.tier
    schema.offer:31: tier: int = 1
    ");
}

#[test]
fn a_segment_is_renamed_everywhere() {
    insta::assert_snapshot!(renamed("offer x {\n  eligible when bi$0g and exists(purchase where spend > 3 GBP and big)\n  because \"{if big then 1 else 0}\"\n}\n", "great"), @r#"
    main.offer:   eligible when great and exists(purchase where spend > 3 GBP and great)
    main.offer:   because "{if great then 1 else 0}"
    schema.offer: segment great is sum(purchase.spend in last 30 days) > 100 GBP
    "#);
}

#[test]
fn a_field_keeps_its_column() {
    insta::assert_snapshot!(renamed("offer x {\n  eligible when customer.a$0ge > 3 and age < 9\n}\npersona p {\n  age: 3\n}\n", "years"), @r"
    main.offer:   eligible when customer.years > 3 and years < 9
    main.offer:   years: 3
    schema.offer:   years: int? from age                                // as they told us
    ");
    insta::assert_snapshot!(renamed("offer x {\n  eligible when last(purchase).bo$0ught in last 3 days and last(purchase).at in last 3 days\n}\n", "paid"), @r"
    main.offer:   eligible when last(purchase).paid in last 3 days and last(purchase).at in last 3 days
    schema.offer:   at paid: instant from bought_at
    ");
    insta::assert_snapshot!(renamed("offer x {\n  eligible when exists(purchase where gift$0.size = large)\n}\n", "present"), @r"
    main.offer:   eligible when exists(purchase where present.size = large)
    schema.offer:   gift_id: text -> product? as present
    ");
    insta::assert_snapshot!(renamed("offer x {\n  eligible when exists(purchase where product_id$0 = \"x\")\n}\n", "product_number"), @r#"
    main.offer:   eligible when exists(purchase where product_number = "x")
    schema.offer:   product_number: text -> product? from product_id
    "#);
}

#[test]
fn a_table_takes_the_manifest_along() {
    insta::assert_snapshot!(renamed("offer x {\n  eligible when exists(pur$0chase where purchase.spend > 3 GBP)\n}\n", "line"), @r#"
    main.offer:   eligible when exists(line where line.spend > 3 GBP)
    schema.offer: events line {
    schema.offer: segment big is sum(line.spend in last 30 days) > 100 GBP
    schema.offer: trait spent = sum(line.spend) / 2
    schema.offer: journey habit = line, then line within 30 days
    opportune.toml: introduces = ["person", "line"]
    opportune.toml: [data.files]
    opportune.toml: line = "purchase"
    "#);
    insta::assert_snapshot!(renamed("offer x {\n  eligible when exists(purchase where pro$0duct.size = large)\n}\n", "ware"), @r#"
    main.offer:   eligible when exists(purchase where ware.size = large)
    schema.offer:   product_id: text -> ware?
    schema.offer:   gift_id: text -> ware? as gift
    schema.offer: table ware {
    opportune.toml: [data.files]
    opportune.toml: ware = "product"
    "#);
}

#[test]
fn names_within_an_offer_are_renamed_there() {
    insta::assert_snapshot!(renamed("offer x for each category c$0 of product {\n  eligible when exists(purchase where product.category = c)\n  because \"{c}\"\n}\noffer y for each category c of product {\n  because \"{c}\"\n}\n", "shelf"), @r#"
    main.offer: offer x for each category shelf of product {
    main.offer:   eligible when exists(purchase where product.category = shelf)
    main.offer:   because "{shelf}"
    "#);
    insta::assert_snapshot!(renamed("offer x {\n  arms plain 50%, lo$0ud 50% salted \"a\"\n  arm loud tier 2\n}\n", "big"), @r#"
    main.offer:   arms plain 50%, big 50% salted "a"
    main.offer:   arm big tier 2
    "#);
}

#[test]
fn renames_that_are_refused() {
    let big = |new: &str| renamed("offer x {\n  eligible when bi$0g\n}\n", new);
    insta::assert_snapshot!(big("spent"), @"refused: `spent` is a segment or trait already");
    insta::assert_snapshot!(big("mail"), @"refused: `mail` is a channel already");
    insta::assert_snapshot!(big("age"), @"refused: `age` is a field or a linked row already, which would hide it");
    insta::assert_snapshot!(big("town"), @"refused: `town` is a value of a list already, which it would hide");
    insta::assert_snapshot!(big("else"), @"refused: `else` is a word of the language");
    insta::assert_snapshot!(big("today"), @"refused: `today` has a meaning of its own in the language");
    insta::assert_snapshot!(big("Big"), @"refused: `Big` is no name: a name begins with a small letter and has small letters, digits and `_`");
    insta::assert_snapshot!(big("a b"), @"refused: `a b` is no name: a name begins with a small letter and has small letters, digits and `_`");
    insta::assert_snapshot!(big(""), @"refused: `` is no name: a name begins with a small letter and has small letters, digits and `_`");
    insta::assert_snapshot!(renamed("offer x {\n  eligible when customer.a$0ge > 3\n}\n", "big"), @"refused: `big` is a segment or trait already");
    insta::assert_snapshot!(renamed("offer x {\n  eligible when home = to$0wn\n}\n", "city"), @"refused: `town` is what the data says, and the data is not changed here");
    insta::assert_snapshot!(renamed("offer x {\n  eligible when ro$0und(points) > 3\n}\n", "circle"), @"refused: `round` is a function of the language");
    insta::assert_snapshot!(renamed("offer x {\n  eligible when cus$0tomer.age > 3\n}\n", "client"), @"refused: `customer` is a word of the language here; rename `person` where it is named");
    insta::assert_snapshot!(renamed("offer x {\n  eligible when exists(con$0tact)\n}\n", "message"), @"refused: `contact` is not declared in this project");
    insta::assert_snapshot!(renamed("guarantee \"a sen$0tence\" {\n  never offer.tier = 3\n}\n", "x"), @"refused: a guarantee is named by its sentence: edit it where it stands");
    insta::assert_snapshot!(renamed("offer x {\n  elig$0ible when big\n}\n", "x"), @"refused: nothing with a name stands here");
    insta::assert_snapshot!(renamed("offer x for each category c of product {\n  eligible when bi$0g and c is known\n}\n", "c"), @"refused: `c` is a member or a picked item in an offer that speaks of `big`");
    insta::assert_snapshot!(renamed("offer x {\n  eligible when bi$0g\n}\noffer y {\n  eligible when big and and\n}\n", "great"), @"refused: main.offer has a mistake in the item at line 4, which may speak of `big`: mend it first");
}

#[test]
fn what_may_be_renamed_is_told_before() {
    let at = |text: &str| {
        let fixture = Fixture::new(text);
        prepare(&fixture.db, fixture.project, fixture.file, fixture.offset)
            .map(|place| place.text(&fixture.db).to_owned())
    };
    assert_eq!(at("offer x {\n  eligible when bi$0g\n}\n"), Ok("big".to_owned()));
    assert_eq!(at("offer x {\n  eligible when $0big\n}\n"), Ok("big".to_owned()));
    assert_eq!(at("offer x {\n  eligible when big$0\n}\n"), Ok("big".to_owned()));
    assert!(at("offer x {\n  eligible when big $0\n}\n").is_err());
}

/// Every name of the project's own policies means something: a word that is no mention is one of the language.
#[test]
fn mentions_cover_the_policies() {
    for policy in ["grocer", "bank", "coffee", "fashion"] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies").join(policy);
        let mut policies = Vec::new();
        let mut folders = vec![folder.clone()];
        while let Some(inner) = folders.pop() {
            for entry in std::fs::read_dir(&inner).unwrap().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "offer") {
                    let name = path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
                    policies.push((name, std::fs::read_to_string(path).unwrap()));
                }
            }
        }
        policies.sort();
        let manifest = std::fs::read_to_string(folder.join("opportune.toml")).unwrap();
        let files = opportune_compiler::ProjectFiles { manifest: ("opportune.toml".to_owned(), manifest), policies };
        let db = opportune_compiler::db::Database::default();
        let project = files.load(&db);
        let mut declared = 0;
        for item in queries::project_items(&db, project) {
            for mention in mentions(&db, project, *item) {
                let place = opportune_lsp::ide::Place::in_item(&db, *item, mention.span);
                declared += usize::from(mention.role == Role::Declaration);
                let builtin = place.text(&db) != mention.symbol.name();
                let is_declared = mention.symbol.declaration(&db, project).is_some();
                let free = matches!(mention.symbol, opportune_lsp::ide::symbol::Symbol::Function(_));
                assert!(
                    is_declared
                        || free
                        || builtin
                        || ["contact", "response"].contains(&mention.symbol.name())
                        || matches!(&mention.symbol, opportune_lsp::ide::symbol::Symbol::Field(table, _) if ["contact", "response"].contains(&&**table)),
                    "{policy}: {:?} is not declared",
                    mention.symbol
                );
            }
        }
        assert!(declared > 50, "{policy} declares {declared} names");
    }
}

#[test]
fn hover_over_an_allowed_code() {
    insta::assert_snapshot!(told("allow E10$005 \"tea\"\noffer x {\n}\n"), @"[E1005] allow E1005 | an offer to those who have it already");
    insta::assert_snapshot!(told("allow E9999$0 \"tea\"\noffer x {\n}\n"), @"nothing");
    insta::assert_snapshot!(defined("allow E10$005 \"tea\"\noffer x {\n}\n"), @"nowhere");
}
