//! Offers that read sensitive data, themselves or through segments, traits and journeys, without saying what for. The purpose is
//! the reason of the `allow`: so every use of such data stands in the source with its purpose.

use opportune_plan::{FieldId, TableId};

use crate::db::Db;
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::schema::{Class, Privacy};
use crate::queries::{self, Project, SourceItem};
use crate::reads::Use;
use crate::syntax::ast::OfferItem;

/// Tells of an offer that reads sensitive data.
pub(super) fn told<'db>(
    db: &'db dyn Db,
    project: Project,
    item: SourceItem<'db>,
    written: &OfferItem,
) -> Option<Diagnostic> {
    let schema = queries::schema(db, project);
    if !schema.privacy.values().any(|privacy| *privacy == Privacy::Sensitive) {
        return None;
    }
    let reads = queries::reads_of(db, project, item);
    let (field, uses) = reads.uses.iter().find(|(field, _)| schema.class(**field) == Class::Sensitive)?;
    let name = &written.name;
    let message =
        format!("`{}` reads {}, which is sensitive, and does not say what for", name.node, field_name(schema, *field)?);
    let label = uses.iter().next().map_or("reads it".to_owned(), how);
    Some(Diagnostic::warning(codes::NO_PURPOSE, message, name.span, label).help(
        "say the purpose on a line before it, `allow E1007 \"…\"`, or do without; `opportune data-use` tells which offer \
         reads what",
    ))
}

fn how(found: &Use) -> String {
    match &found.through {
        Some(name) => format!("in `{}`, through `{name}`", found.clause.word()),
        None => format!("in `{}`", found.clause.word()),
    }
}

fn field_name(schema: &crate::hir::Schema, (table, field): (TableId, FieldId)) -> Option<String> {
    let (of, entry) = (schema.plan.table(table)?, schema.plan.field(table, field)?);
    Some(format!("`{}.{}`", of.name, entry.name))
}
