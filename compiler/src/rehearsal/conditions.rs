//! The conditions of a project in the order of its files, before their expressions have a place in a plan.

use opportune_plan::OfferId;

use super::{Owner, place};
use crate::db::Db;
use crate::hir::conditions::{self, Part};
use crate::project::Place;
use crate::queries::{self, Project, SourceItem, deciding, in_context};
use crate::syntax::Span;
use crate::syntax::ast::ItemKind;

/// The conditions of one item.
pub(super) struct OfItem<'db> {
    item: SourceItem<'db>,
    owner: Owner,
    parts: Vec<Part>,
}

/// All conditions, item by item.
pub(super) fn gather<'db>(
    db: &'db dyn Db,
    project: Project,
    offer: &dyn Fn(&str) -> Option<OfferId>,
) -> Vec<OfItem<'db>> {
    let items = queries::project_items(db, project).iter();
    let found = items.filter_map(|item| {
        let (owner, parts) = of_item(db, project, queries::kind_of(db, *item)?, offer)?;
        Some(OfItem { item: *item, owner, parts })
    });
    found.collect()
}

fn of_item(
    db: &dyn Db,
    project: Project,
    kind: &ItemKind,
    offer: &dyn Fn(&str) -> Option<OfferId>,
) -> Option<(Owner, Vec<Part>)> {
    in_context(db, project, |context| match kind {
        ItemKind::Offer(item) => {
            let parts = conditions::of_offer(context, deciding(db, project), item);
            Some((Owner::Offer(offer(&item.name.node)?), parts))
        }
        ItemKind::Segment(item) | ItemKind::Trait(item) => {
            Some((Owner::Definition(item.name.node.clone()), conditions::of_definition(context, item)))
        }
        ItemKind::Channel(item) => {
            Some((Owner::Channel(item.name.node.clone()), conditions::of_channel(context, item)))
        }
        ItemKind::Guarantee(item) => {
            Some((Owner::Guarantee(item.name.node.clone()), conditions::of_guarantee(context, item)))
        }
        ItemKind::Portfolio(clauses) => Some((Owner::Portfolio, conditions::of_portfolio(context, clauses))),
        _ => None,
    })
}

impl OfItem<'_> {
    /// The expressions in the order in which [`Self::placed`] takes their places.
    pub(super) fn exprs(&self) -> impl Iterator<Item = &crate::hir::Expr> {
        self.parts.iter().flat_map(|part| std::iter::once(&part.expr).chain(part.values.iter().map(|(_, value)| value)))
    }

    /// The conditions with the places of their expressions, put behind those that are there. A part that has none is left
    /// out, and its parts become parts of what it is a part of; a whole that has none goes with all its parts.
    pub(super) fn placed(
        &self,
        db: &dyn Db,
        places: &mut impl Iterator<Item = Option<opportune_plan::ExprId>>,
        found: &mut Vec<super::Condition>,
    ) {
        let text = self.item.text(db);
        let written = |span: Span| one_line(text.get(span.start as usize..span.end as usize).unwrap_or(""));
        // By part, its place among all conditions: its own, or that of what it is a part of; none: it is gone.
        let mut standing: Vec<Option<usize>> = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let expr = places.next().flatten();
            let values: Vec<_> = part.values.iter().map(|(span, _)| (*span, places.next().flatten())).collect();
            let part_of = part.part_of.and_then(|at| standing.get(at).copied().flatten());
            let Some(expr) = expr.filter(|_| part.part_of.is_none() || part_of.is_some()) else {
                standing.push(part_of);
                continue;
            };
            standing.push(Some(found.len()));
            found.push(super::Condition {
                owner: self.owner.clone(),
                role: part.role,
                place: self.place(db, part.span),
                text: written(part.span),
                expr,
                part_of,
                values: values.into_iter().filter_map(|(span, value)| Some((written(span), value?))).collect(),
                names: part.names.clone(),
            });
        }
    }

    fn place(&self, db: &dyn Db, span: Span) -> Place {
        place(db, self.item, span)
    }
}

/// A text without comments and with one blank where it had several or a line ended; what stands in quotes stays.
fn one_line(text: &str) -> Box<str> {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '"' => quoted(rest),
            '/' if rest.starts_with("//") => {
                rest = rest.get(rest.find(['\n', '\r']).unwrap_or(rest.len())..).unwrap_or("");
                continue;
            }
            c if c.is_whitespace() => {
                if !shown.ends_with(' ') {
                    shown.push(' ');
                }
                rest = rest.trim_start();
                continue;
            }
            c => c.len_utf8(),
        };
        let (taken, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        shown.push_str(taken);
        rest = after;
    }
    shown.trim().into()
}

/// The length of a text in quotes at the beginning; it ends with its line.
fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            '\n' | '\r' => return at,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn texts_keep_their_blanks() {
        assert_eq!(&*one_line("a  and // why\n  b = \"c  // d\"\n"), "a and b = \"c  // d\"");
        assert_eq!(&*one_line("x = \"a\\\"  b\"  or\ty"), "x = \"a\\\"  b\" or y");
    }
}
