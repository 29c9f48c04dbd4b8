//! Where a name is declared, and where it is spoken of.

use opportune_compiler::db::Db;
use opportune_compiler::queries::{self, Project, SourceFile};

use super::mentions::{Role, mentions};
use super::symbol::Symbol;
use super::{Place, at};

/// Where the name at an offset is declared.
pub fn definition(db: &dyn Db, project: Project, file: SourceFile, offset: u32) -> Option<Place> {
    at::named(db, project, file, offset)?.mention.symbol.declaration(db, project)
}

/// All places that speak of the name at an offset; with `declarations` also where it is declared.
pub fn references(db: &dyn Db, project: Project, file: SourceFile, offset: u32, declarations: bool) -> Vec<Place> {
    let Some(named) = at::named(db, project, file, offset) else { return Vec::new() };
    let found = places(db, project, &named.mention.symbol).into_iter();
    found.filter(|(_, role)| declarations || *role == Role::Use).map(|(place, _)| place).collect()
}

/// The places of one file that speak of the name at an offset.
pub fn highlights(db: &dyn Db, project: Project, file: SourceFile, offset: u32) -> Vec<(Place, Role)> {
    let Some(named) = at::named(db, project, file, offset) else { return Vec::new() };
    let symbol = &named.mention.symbol;
    let items = queries::items(db, file).iter();
    let found = items.flat_map(|item| mentions(db, project, *item).iter().map(move |mention| (*item, mention)));
    found
        .filter(|(_, mention)| mention.symbol == *symbol)
        .map(|(item, mention)| (Place::in_item(db, item, mention.span), mention.role))
        .collect()
}

/// All places of a project that speak of a symbol, in the order of the files.
pub fn places(db: &dyn Db, project: Project, symbol: &Symbol) -> Vec<(Place, Role)> {
    let items = queries::project_items(db, project).iter();
    let found = items.flat_map(|item| mentions(db, project, *item).iter().map(move |mention| (*item, mention)));
    found
        .filter(|(_, mention)| mention.symbol == *symbol)
        .map(|(item, mention)| (Place::in_item(db, item, mention.span), mention.role))
        .collect()
}
