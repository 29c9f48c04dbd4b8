//! Simple mutations of a policy: what a test suite that watches it closely should notice.
//!
//! A mutant is an edit of the text of one file, made from the places in the syntax tree, so that it compiles as any other
//! edit does: through the same database, which computes again only what hangs on the item. Schema, personas and tests
//! stay as they are. What must hold: the same policy has the same mutants in the same order; none leaves its item.

mod clauses;
mod expressions;
mod numbers;

use std::collections::BTreeSet;

use opportune_plan::Direction;
use salsa::Setter as _;

use crate::db::{Database, Db};
use crate::project::Place;
use crate::queries::{self, Project};
use crate::syntax::Span;
use crate::syntax::ast::{ChannelClauseKind, ItemKind};

/// An edit that changes what a policy means, as far as one can tell by its text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mutant {
    /// What is replaced.
    pub place: Place,
    /// What stands there instead.
    pub replacement: Box<str>,
    /// What the edit does, for people: `` `>` becomes `>=` ``.
    pub what: Box<str>,
    /// The name of the item that it is in; of the portfolio, none.
    pub item: Option<Box<str>>,
}

impl Mutant {
    /// The text of its file with the edit made.
    pub fn applied(&self, text: &str) -> Option<String> {
        let Span { start, end } = self.place.span;
        let (before, after) = (text.get(..start as usize)?, text.get(end as usize..)?);
        Some(format!("{before}{}{after}", self.replacement))
    }
}

/// All mutants of a project, in the order of the files.
pub fn mutants(db: &dyn Db, project: Project) -> Vec<Mutant> {
    let answering = answering(db, project);
    let mut found = Vec::new();
    for item in queries::project_items(db, project).iter().copied() {
        let Some(kind) = queries::kind_of(db, item) else { continue };
        let text = item.text(db);
        let mut edits = Edits { text, answering: &answering, all: Vec::new() };
        edits.item(kind);
        let name = queries::kind_and_name(kind).1.map(|name| name.node.clone());
        let path = item.file(db).path(db).clone();
        found.extend(edits.all.into_iter().map(|edit| Mutant {
            place: Place { path: path.clone(), span: edit.span.shifted(item.offset(db)) },
            replacement: edit.replacement.into(),
            what: edit.what.into(),
            item: name.clone(),
        }));
    }
    found
}

/// The channels by which customers are only answered.
fn answering(db: &dyn Db, project: Project) -> BTreeSet<Box<str>> {
    let kinds = queries::project_items(db, project).iter().filter_map(|item| queries::kind_of(db, *item));
    let channels = kinds.filter_map(|kind| match kind {
        ItemKind::Channel(channel) => Some(channel),
        _ => None,
    });
    let only_answers = |kind: &ChannelClauseKind| matches!(kind, ChannelClauseKind::Direction(Direction::Inbound));
    channels
        .filter(|channel| channel.clauses.iter().any(|clause| only_answers(&clause.kind)))
        .map(|channel| channel.name.node.clone())
        .collect()
}

/// Makes the edit of a mutant, asks, and takes the edit back; nothing where there is no such file.
pub fn with<T>(
    db: &mut Database,
    project: Project,
    mutant: &Mutant,
    ask: impl FnOnce(&Database, Project) -> T,
) -> Option<T> {
    let file = project.files(db).iter().copied().find(|file| file.path(db) == &mutant.place.path)?;
    let text = file.text(db).clone();
    let mutated = mutant.applied(&text)?;
    file.set_text(db).to(mutated.into());
    let answer = ask(db, project);
    file.set_text(db).to(text);
    Some(answer)
}

/// The edits of one item.
struct Edits<'t> {
    text: &'t str,
    /// The channels by which customers are only answered.
    answering: &'t BTreeSet<Box<str>>,
    all: Vec<Edit>,
}

/// An edit, by places in the item.
struct Edit {
    span: Span,
    replacement: String,
    what: String,
}

impl<'t> Edits<'t> {
    fn item(&mut self, kind: &ItemKind) {
        match kind {
            ItemKind::Offer(offer) => self.offer(offer),
            ItemKind::Channel(channel) => self.channel(channel),
            ItemKind::Guarantee(guarantee) => self.guarantee(guarantee),
            ItemKind::Portfolio(clauses) => self.portfolio(clauses),
            ItemKind::Journey(journey) => self.journey(journey),
            ItemKind::Segment(definition) | ItemKind::Trait(definition) => self.expression(&definition.value),
            ItemKind::Customer(_)
            | ItemKind::Events(_)
            | ItemKind::Table(_)
            | ItemKind::Context(_)
            | ItemKind::OfferFields(_)
            | ItemKind::Persona(_)
            | ItemKind::Test(_) => {}
        }
    }

    fn written(&self, span: Span) -> &'t str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    fn replace(&mut self, span: Span, replacement: impl Into<String>) {
        let replacement = replacement.into();
        let what = format!("`{}` becomes `{replacement}`", one_line(self.written(span)));
        self.all.push(Edit { span, replacement, what });
    }

    fn drop(&mut self, span: Span) {
        let what = format!("without `{}`", one_line(self.written(span)));
        self.all.push(Edit { span, replacement: String::new(), what });
    }
}

/// A text on one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]
mod tests {
    use super::*;
    use crate::ProjectFiles;

    const MANIFEST: &str = "name = \"p\"\nedition = \"2026\"\nzone = \"UTC\"\ncurrency = \"USD\"\n";
    const SCHEMA: &str = r#"
customer person {
  key id: int
  email_ok: bool   consent
  age: int?
}

events purchase {
  at day: date
  spend: money(USD)
}

"#;

    fn project(policy: &str) -> (Database, Project) {
        let db = Database::default();
        let policies = vec![("p.offer".to_owned(), format!("{SCHEMA}{policy}"))];
        let files = ProjectFiles { manifest: ("opportune.toml".to_owned(), MANIFEST.to_owned()), policies };
        let project = files.load(&db);
        (db, project)
    }

    fn told(policy: &str) -> Vec<String> {
        let (db, project) = project(policy);
        mutants(&db, project).into_iter().map(|mutant| mutant.what.into()).collect()
    }

    #[test]
    fn comparisons_conditions_and_windows() {
        let policy = "segment s is age > 18 and not exists(purchase in last 30 days where spend = 20 USD)\n";
        assert_eq!(
            told(policy),
            [
                "without `age > 18 and`",
                "without `and not exists(purchase in last 30 days where spend = 20 USD)`",
                "`and` becomes `or`",
                "`>` becomes `>=`",
                "`>` becomes `<`",
                "`18` becomes `36`",
                "`exists` becomes `none`",
                "`30 days` becomes `60 days`",
                "`30 days` becomes `15 days`",
                "`=` becomes `is not`",
                "`20 USD` becomes `40 USD`",
            ]
        );
    }

    #[test]
    fn clauses_routes_and_timing() {
        let policy = "channel email {\n  needs customer.email_ok\n  quiet 21:00 to 08:00\n}\n\n\
                      channel mail\n\n\
                      offer hello {\n  except when age < 3\n  channel mail, else email\n  \
                      timing on weekdays, between 10:00 and 12:00\n  cap 4 per customer every 7 days\n}\n";
        assert_eq!(
            told(policy),
            [
                "without `needs customer.email_ok`",
                "`customer.email_ok` becomes `not (customer.email_ok)`",
                "without `quiet 21:00 to 08:00`",
                "without `except when age < 3`",
                "`<` becomes `<=`",
                "`<` becomes `>`",
                "`3` becomes `6`",
                "`mail, else email` becomes `email, else mail`",
                "without `on weekdays,`",
                "without `, between 10:00 and 12:00`",
                "without `cap 4 per customer every 7 days`",
                "`4` becomes `8`",
                "`4` becomes `2`",
                "`7 days` becomes `14 days`",
                "`7 days` becomes `3 days`",
            ]
        );
    }

    #[test]
    fn channels_that_only_answer_are_not_exchanged() {
        let channels = "channel till {\n  inbound\n}\n\nchannel kiosk {\n  inbound\n}\n\nchannel mail\n\n";
        let by = |routes: &str| told(&format!("{channels}offer hello {{\n  channel {routes}\n}}\n"));
        assert_eq!(by("till, else kiosk, else mail"), ["`kiosk, else mail` becomes `mail, else kiosk`"]);
        let with_a_condition = by("till when age > 3, else kiosk");
        assert!(with_a_condition.first().unwrap().contains("becomes `kiosk when age > 3, else till`"));
    }

    #[test]
    fn what_offers_are_ranked_by() {
        let ranks = "offer fields {\n  tier: int = 1\n  age: int = 1\n}\n\nchannel mail\n\n\
                     portfolio {\n  rank by offer.tier desc, then offer.age, then score, then by lot\n}\n";
        assert_eq!(
            told(ranks),
            [
                "without `offer.tier desc, then`",
                "without `desc`",
                "without `offer.age, then`",
                "`age` becomes `age desc`",
            ]
        );
    }

    #[test]
    fn slates_and_pauses() {
        let slates = "channel mail\n\nportfolio {\n  slate mail 2\n  slate 2\n  pause 14 days after 3 ignored\n}\n";
        assert_eq!(
            told(slates),
            [
                // No more than two in all: four by mail would be no other policy.
                "`2` becomes `1`",
                "`2` becomes `4`",
                "`2` becomes `1`",
                "without `pause 14 days after 3 ignored`",
                "`14 days` becomes `28 days`",
                "`14 days` becomes `7 days`",
                "`3` becomes `6`",
                "`3` becomes `1`",
            ]
        );
    }

    #[test]
    fn an_edit_is_made_and_taken_back() {
        let (mut db, project) = project("channel mail\n\noffer hello {\n  eligible when age > 18\n}\n");
        let before = queries::lowered(&db, project).clone().unwrap().unwrap();
        let all = mutants(&db, project);
        let (mut other, mut same) = (0, 0);
        for mutant in &all {
            let plan = with(&mut db, project, mutant, |db, project| queries::lowered(db, project).clone()).unwrap();
            if plan.unwrap().unwrap() == before { same += 1 } else { other += 1 }
        }
        assert_eq!((other, same), (all.len(), 0));
        assert!(queries::lowered(&db, project).clone().unwrap().unwrap() == before);
    }
}
