//! The front for one compilation: texts in, plan and diagnostics out. Touches no file, clock or thread.

use std::sync::Arc;

use opportune_plan::{FieldId, GuaranteeId, OfferId, TableId, VerifiedPlan};
use salsa::Setter as _;

use crate::db::{Database, Db};
use crate::diagnostic::{Diagnostic, Located, Severity, codes};
use crate::facts::{self, Facts, Wanted};
use crate::hir::guarantee;
use crate::lints;
use crate::manifest::Manifest;
use crate::queries::{self, Project, SourceFile};
use crate::syntax::Span;

/// The texts of a project; paths are relative to its folder, with `/`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ProjectFiles {
    /// The manifest's path and text.
    pub manifest: (String, String),
    /// The policy files' paths and texts, sorted by path.
    pub policies: Vec<(String, String)>,
}

impl ProjectFiles {
    /// Puts the texts into a database, with nothing known of the data.
    pub fn load(&self, db: &dyn Db) -> Project {
        self.load_with(db, None)
    }

    /// Puts the texts into a database, with what is known of the data.
    pub fn load_with(&self, db: &dyn Db, facts: Option<Arc<Facts>>) -> Project {
        let file = |(path, text): &(String, String)| SourceFile::new(db, path.as_str().into(), text.as_str().into());
        let (path, text) = &self.manifest;
        Project::new(db, path.as_str().into(), text.as_str().into(), self.policies.iter().map(file).collect(), facts)
    }
}

/// What a project came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Compiled {
    /// The manifest, where it says what it must.
    pub manifest: Option<Manifest>,
    /// The plan, where nothing is wrong.
    pub plan: Option<VerifiedPlan>,
    /// All that is wrong: the manifest first, then file by file.
    pub diagnostics: Vec<Located>,
    /// Where the parts of the plan are written.
    pub sources: SourceMap,
}

/// Where the parts of a plan are written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SourceMap {
    tables: Vec<Place>,
    fields: Vec<Vec<Place>>,
    offers: Vec<Place>,
    guarantees: Vec<Place>,
    /// By guarantee, whether it allows to be past its review.
    unreviewed: Vec<bool>,
}

/// A place in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The file, relative to the project's folder.
    pub path: Arc<str>,
    /// Where, in bytes from the start of the file.
    pub span: Span,
}

impl SourceMap {
    /// Where a table is named.
    pub fn table(&self, table: TableId) -> Option<Place> {
        self.tables.get(table.0 as usize).cloned()
    }

    /// Where a field is declared.
    pub fn field(&self, table: TableId, field: FieldId) -> Option<Place> {
        self.fields.get(table.0 as usize)?.get(field.0 as usize).cloned()
    }

    /// Where a guarantee is named.
    pub fn guarantee(&self, guarantee: GuaranteeId) -> Option<Place> {
        self.guarantees.get(guarantee.0 as usize).cloned()
    }

    /// Where an offer is named.
    pub fn offer(&self, offer: OfferId) -> Option<Place> {
        self.offers.get(offer.0 as usize).cloned()
    }
}

impl Compiled {
    /// The plan in which every cap of a customer is counted at the time of sending, for data with contacts that are still
    /// to be sent: conditions at `now` do not see them. It has the same schema and means the same; the policy goes by the
    /// hash of the usual plan. `files` are what was compiled, and are compiled again where a cap is told at `now`.
    pub fn plan_with_caps_at_sending(&self, files: &ProjectFiles) -> Option<VerifiedPlan> {
        let plan = self.plan.as_ref()?;
        let of_offers = plan.offers.iter().any(|offer| !offer.caps.is_empty());
        if plan.portfolio.contact_cap.is_none() && !of_offers {
            return Some(plan.clone());
        }
        let db = Database::default();
        // What was lowered once is lowered again: the checks have passed.
        queries::lowered_at_sending(&db, files.load(&db))?.ok()
    }

    /// Warns of each guarantee whose day of review is before `today` (days since 1970-01-01). The compiler has no clock:
    /// whoever has one asks.
    pub fn past_review(&self, today: i32) -> Vec<Located> {
        let guarantees = self.plan.iter().flat_map(|plan| (0..).map(GuaranteeId).zip(&plan.guarantees));
        let past = guarantees.filter_map(|(id, guarantee)| Some((id, guarantee, guarantee.review_by?)));
        past.filter(|(_, _, review_by)| *review_by < today)
            .filter_map(|(id, guarantee, review_by)| {
                let place = self.sources.guarantee(id)?;
                if self.sources.unreviewed.get(id.0 as usize) == Some(&true) {
                    return None;
                }
                let diagnostic = guarantee::past_review(&guarantee.name, place.span, review_by, today);
                Some(Located { path: place.path, diagnostic })
            })
            .collect()
    }
}

/// Compiles a project once.
pub fn compile(files: &ProjectFiles) -> Compiled {
    let db = Database::default();
    compiled(&db, files.load(&db))
}

/// Compiles a project once, with what is known of its data: some diagnostics need it, and others say more by it. `look`
/// reads the data, which takes nothing but a schema that is right; where it finds none, all is as [`compile`] does it.
pub fn compile_with(files: &ProjectFiles, look: impl FnOnce(&Wanted) -> Option<Facts>) -> Compiled {
    let mut db = Database::default();
    let project = files.load(&db);
    if let Some(facts) = facts::wanted(&db, project).as_ref().and_then(look) {
        project.set_facts(&mut db).to(Some(Arc::new(facts)));
    }
    compiled(&db, project)
}

/// What a project of a database comes to.
pub fn compiled(db: &dyn Db, project: Project) -> Compiled {
    let mut diagnostics = queries::diagnostics(db, project).clone();
    let plan = match queries::lowered(db, project) {
        None => None,
        Some(Ok(plan)) => Some(plan.clone()),
        Some(Err(reason)) => {
            diagnostics.push(internal(project.manifest_path(db), reason));
            None
        }
    };
    let fails = diagnostics.iter().any(|found| found.diagnostic.severity == Severity::Error);
    Compiled {
        manifest: queries::checked_manifest(db, project).0.clone(),
        plan: plan.filter(|_| !fails),
        diagnostics,
        sources: sources(db, project),
    }
}

/// A policy without mistakes that did not become a plan is a mistake of the compiler.
fn internal(path: &Arc<str>, reason: &str) -> Located {
    let message = format!("the compiler made a plan that does not hold together: {reason}");
    let diagnostic = Diagnostic::error(codes::INTERNAL, message, Span::default(), "in this project")
        .help("this is a mistake of the compiler, not of the policy; please report it with the policy");
    Located { path: path.clone(), diagnostic }
}

fn sources(db: &dyn Db, project: Project) -> SourceMap {
    let schema = queries::checked_schema(db, project);
    let items = queries::schema_items(db, project);
    let place = |at: usize, span: Span| {
        let item = items.get(at)?;
        Some(Place { path: item.file(db).path(db).clone(), span: span.shifted(item.offset(db)) })
    };
    let tables = schema.table_places.iter().filter_map(|(at, span)| place(*at, *span)).collect();
    let by_table = schema.table_places.iter().zip(&schema.field_places);
    let fields = by_table.map(|((at, _), spans)| spans.iter().filter_map(|span| place(*at, *span)).collect()).collect();
    let named = |item: &queries::SourceItem<'_>| {
        let name = queries::kind_of(db, *item).and_then(|kind| queries::kind_and_name(kind).1)?;
        Some(Place { path: item.file(db).path(db).clone(), span: name.span.shifted(item.offset(db)) })
    };
    let offers = queries::offer_items(db, project).values().filter_map(named).collect();
    let guarantees = queries::guarantee_items(db, project).values().filter_map(named).collect();
    let items = queries::guarantee_items(db, project).values();
    let unreviewed = items.map(|item| lints::allow::allows(db, *item, codes::REVIEW_PAST)).collect();
    SourceMap { tables, fields, offers, guarantees, unreviewed }
}
