//! The report of which part of a policy reads which data of a customer, and what for: what law and a customer may ask.

use opportune_plan::OfferKind;

use crate::db::{Database, Db};
use crate::diagnostic::codes;
use crate::hir::schema::Class;
use crate::lints::allow;
use crate::project::ProjectFiles;
use crate::queries::{self, Kind, Project, SourceItem};
use crate::reads::{self, Reads, Use};
use crate::syntax::ast::ItemKind;

/// An offer, a channel, a guarantee or the portfolio, and what it reads.
#[derive(Clone, PartialEq, Debug)]
pub struct Reader {
    /// `offer`, `reminder`, `notice`, `channel`, `guarantee` or `portfolio`.
    pub kind: &'static str,
    /// Its name; of the portfolio none.
    pub name: Option<Box<str>>,
    /// What it reads sensitive data for: the reason of its `allow E1007`.
    pub purpose: Option<Box<str>>,
    /// What it costs in trust, of offers.
    pub information_cost: Option<f64>,
    /// What it reads of customers: the most delicate first, then in the order of the schema.
    pub fields: Vec<FieldUse>,
}

/// A field that is read, and how.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldUse {
    /// The table.
    pub table: Box<str>,
    /// The field.
    pub field: Box<str>,
    /// How freely it may be used.
    pub class: Class,
    /// In which clauses, and through which segments, traits and journeys.
    pub uses: Vec<Use>,
}

/// All that read something, offers first, each kind by name; of a policy that may have mistakes, as far as it was understood.
pub fn data_use(files: &ProjectFiles) -> Vec<Reader> {
    let db = Database::default();
    let project = files.load(&db);
    of_project(&db, project)
}

/// The same, of a project of a database.
pub fn of_project(db: &dyn Db, project: Project) -> Vec<Reader> {
    let named = [
        queries::offer_items(db, project).values(),
        queries::channel_items(db, project).values(),
        queries::guarantee_items(db, project).values(),
    ];
    let portfolio = queries::portfolio_items(db, project).first();
    named.into_iter().flatten().chain(portfolio).filter_map(|item| reader(db, project, *item)).collect()
}

fn reader<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>) -> Option<Reader> {
    let header = queries::header(db, item).as_ref()?;
    let kind = match (header.kind, queries::kind_of(db, item)) {
        (Kind::Offer, Some(ItemKind::Offer(offer))) => match offer.kind {
            OfferKind::Offer => "offer",
            OfferKind::Reminder => "reminder",
            OfferKind::Notice => "notice",
        },
        (Kind::Channel, _) => "channel",
        (Kind::Guarantee, _) => "guarantee",
        (Kind::Portfolio, _) => "portfolio",
        _ => return None,
    };
    let found = queries::reads_of(db, project, item);
    let weights = queries::checked_manifest(db, project).0.as_ref().map(|manifest| manifest.information);
    let schema = queries::schema(db, project);
    let cost = || reads::information_cost(schema, found, weights.unwrap_or_default());
    let information_cost = (header.kind == Kind::Offer).then(cost);
    let purpose = allow::reason(db, item, codes::NO_PURPOSE).map(Box::from);
    Some(Reader { kind, name: header.name.clone(), purpose, information_cost, fields: fields(db, project, found) })
}

fn fields(db: &dyn Db, project: Project, reads: &Reads) -> Vec<FieldUse> {
    let schema = queries::schema(db, project);
    let of_persons = reads.uses.iter().filter(|(field, _)| reads::is_of_person(schema, **field));
    let mut found: Vec<FieldUse> = of_persons
        .filter_map(|(field, uses)| {
            let table = schema.plan.table(field.0)?.name.clone();
            let name = schema.plan.field(field.0, field.1)?.name.clone();
            Some(FieldUse { table, field: name, class: schema.class(*field), uses: uses.iter().cloned().collect() })
        })
        .collect();
    found.sort_by_key(|field| std::cmp::Reverse(field.class));
    found
}
