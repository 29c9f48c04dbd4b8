//! A share of the requests, by who answers: `cap 50% of requests per context.rep every 30 days`.

use opportune_plan::{FieldId, TableId};

use super::history::{self, CONTACTS};
use super::{Of, Place, Share, alone};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::infer::Infer;
use crate::hir::{Expr, experiment};
use crate::syntax::Span;
use crate::syntax::ast::{self, CapClause, Name};

/// At most a share of the requests, by who answers.
pub(super) fn share(
    infer: &mut Infer<'_>,
    clause: &CapClause,
    (of, per, every): (&Name, &ast::Expr, &ast::Expr),
    place: Place<'_>,
) -> Option<Share> {
    if let Of::Offer(_) = place.of {
        let message = "a share of requests is one of all offers together";
        let diagnostic = Diagnostic::error(codes::BAD_CAP, message, place.word, "not of one offer");
        return infer.fail(diagnostic.help("write it in the portfolio"));
    }
    alone(infer, clause, false, "a share counts the offers in answer to requests, and nothing else")?;
    let share = experiment::share(infer, &clause.limit);
    let answers = infer.value(per, None);
    let window = infer.length(every);
    let requests = history::requests(infer, of)?;
    let contacts = history::contacts(infer, place.word, "a share counts past contacts", "")?;
    let (share, answers, window) = (share?, answers?, window?);
    let name = key_name(infer, per)?;
    let key = key(infer, history::field, requests, (&name, per.span), &answers)?;
    // A contact that does not tell who made it counts for each, where it can have been an answer.
    let contact_key = self::key(infer, history::declared, contacts, (&name, per.span), &answers)?;
    for events in [requests, contacts] {
        if window.micros != 0 && infer.happens_on_a_date(events) {
            return infer.fail(infer.hours_of_days(events, every.span));
        }
    }
    let contacts = history::all_of(infer.context.schema, contacts);
    Some(Share { share, requests, key, contacts, contact_key, answers, window })
}

/// Who answers is told by a field of the context, and goes by the same name in requests and contacts.
fn key_name(infer: &mut Infer<'_>, per: &ast::Expr) -> Option<Box<str>> {
    if let ast::ExprKind::Field(base, name) = &per.kind
        && matches!(&base.kind, ast::ExprKind::Name(root) if &**root == "context")
    {
        return Some(name.node.clone());
    }
    let message = "who answers is told by a field of the context";
    let diagnostic = Diagnostic::error(codes::BAD_CAP, message, per.span, "not of the context");
    infer.fail(diagnostic.help("write `per context.rep`; `request` and `contact` have a field of the same name"))
}

/// Finds a field by its name.
type Find = fn(&mut Infer<'_>, TableId, &str, Span, (&'static str, &str)) -> Option<FieldId>;

fn key(
    infer: &mut Infer<'_>,
    find: Find,
    events: TableId,
    (name, span): (&str, Span),
    answers: &Expr,
) -> Option<FieldId> {
    let written = infer.a_type(answers.ty);
    let found = find(infer, events, name, span, (codes::CAP_KEY, "text"))?;
    let ty = infer.context.schema.plan.field(events, found)?.ty;
    if ty == answers.ty {
        return Some(found);
    }
    let owner = infer.context.schema.table_name(events);
    let message = format!("`{owner}.{name}` is {}, and `context.{name}` {written}", infer.a_type(ty));
    let diagnostic = Diagnostic::error(codes::CAP_KEY, message, span, "never the same");
    let help = format!("declare `{name}` alike in the context, in `request` and in `{CONTACTS}`");
    infer.fail(diagnostic.help(help))
}
