//! The tests of a project with what they are played on.

use opportune_compiler::db::Database;
use opportune_compiler::queries::Project;
use opportune_compiler::rehearsal::{self, Rehearsal};

/// Of a project without mistakes.
pub fn of(db: &Database, project: Project) -> Option<Rehearsal> {
    rehearsal::rehearsal(db, project)
}
