//! What an item allows is not told of it; an `allow` that allows nothing is.

use super::{LINTS, about_data, is_lint};
use crate::db::Db;
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::queries::{self, Project, SourceItem};
use crate::syntax::Span;
use crate::syntax::ast::{AllowItem, Name};

/// Takes away what the item allows of what is told of it. Where something is wrong in the project, not all lints are told,
/// so none can be said to be idle.
pub(crate) fn apply<'db>(
    db: &'db dyn Db,
    project: Project,
    item: SourceItem<'db>,
    is_wrong: bool,
    told: &mut Vec<Diagnostic>,
) {
    let allowed = allowed(db, item);
    if allowed.is_empty() {
        return;
    }
    let (known, unknown): (Vec<&AllowItem>, Vec<&AllowItem>) =
        allowed.iter().partition(|allow| is_lint(&allow.code.node));
    let idle: Vec<&AllowItem> = known
        .iter()
        .copied()
        .filter(|allow| !told.iter().any(|found| *found.code == *allow.code.node))
        .filter(|allow| !is_wrong && can_be_told(db, project, &allow.code.node))
        .collect();
    told.retain(|found| !known.iter().any(|allow| *allow.code.node == *found.code));
    let text = item.text(db);
    told.extend(idle.into_iter().map(|allow| allows_nothing(allow, text)));
    told.extend(unknown.into_iter().map(|allow| not_a_lint(&allow.code)));
}

fn not_a_lint(code: &Name) -> Diagnostic {
    let written = &code.node;
    let is_code = codes::ALL.iter().any(|(known, _)| **known == **written);
    let message = if is_code {
        format!("`{written}` is no lint, so it cannot be allowed")
    } else {
        format!("no lint has the code `{written}`")
    };
    let diagnostic = Diagnostic::error(codes::NOT_A_LINT, message, code.span, "no lint");
    match nearest(written, LINTS.iter().map(|(lint, _)| *lint)).filter(|_| !is_code) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help("mend what it tells; only warnings of `docs/lints.md` can be allowed"),
    }
}

/// The `allow` lines of an item.
fn allowed<'db>(db: &'db dyn Db, item: SourceItem<'db>) -> &'db [AllowItem] {
    queries::parsed(db, item).item.as_ref().map_or(&[], |item| &item.allowed)
}

/// Whether an item allows a lint.
pub(crate) fn allows<'db>(db: &'db dyn Db, item: SourceItem<'db>, code: &str) -> bool {
    allowed(db, item).iter().any(|allow| *allow.code.node == *code)
}

/// Why an item allows a lint, where it does.
pub(crate) fn reason<'db>(db: &'db dyn Db, item: SourceItem<'db>, code: &str) -> Option<&'db str> {
    allowed(db, item).iter().find(|allow| *allow.code.node == *code).map(|allow| &*allow.reason.node)
}

/// Whether a lint would have been told by now: not before the data is seen, or the clock.
fn can_be_told(db: &dyn Db, project: Project, code: &str) -> bool {
    code != codes::REVIEW_PAST && (!about_data(code) || project.facts(db).is_some())
}

fn allows_nothing(allow: &AllowItem, text: &str) -> Diagnostic {
    let message = format!("nothing here needs `allow {}`", allow.code.node);
    let end = allow.span.end as usize;
    let line = text.get(end..).and_then(|rest| rest.find('\n')).map_or(end, |newline| end + newline + 1);
    // A comment behind it goes with it only where there is none.
    let is_alone = text.get(end..line).is_some_and(|rest| rest.trim().is_empty());
    let whole = Span {
        end: if is_alone { u32::try_from(line).unwrap_or(allow.span.end) } else { allow.span.end },
        ..allow.span
    };
    Diagnostic::warning(codes::ALLOWS_NOTHING, message, allow.span, "allows nothing")
        .help("remove it, so that it does not hide what comes later")
        .fix(format!("remove `allow {}`", allow.code.node), whole, "")
}
