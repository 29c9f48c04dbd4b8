//! Aggregates over a customer's events.
//!
//! What may be missing must be decided by the author: a `where` or value that may be missing does not compile, but in
//! `exists` and `none`, which are Kleene's.

use opportune_plan::{Arithmetic, TableId, TableKind, Type};

use super::super::missing::may_miss;
use super::super::written::computed_of;
use super::super::{Aggregate, Expr, ExprKind, Function, harmless};
use super::Infer;
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, AggregateWord, Name};

/// The parts of an aggregate as they are written.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    pub(super) ranked: Option<&'a ast::Expr>,
    pub(super) of: &'a ast::Expr,
    pub(super) window: Option<&'a ast::Window>,
    pub(super) filter: Option<&'a ast::Expr>,
}

impl Infer<'_> {
    pub(super) fn aggregate(&mut self, span: Span, word: AggregateWord, written: Written<'_>) -> Option<Expr> {
        if word == AggregateWord::Share {
            return self.share(span, written);
        }
        let Written { ranked, of, window, filter } = written;
        let function = function(word);
        let (events, path, is_computed) = match computed_of(self.context.schema, of) {
            Some(events) => (events, Vec::new(), true),
            None => self.events(of).map(|(events, path)| (events, path, false))?,
        };
        let parts = self.parts(events, function, window, filter);
        let value = if is_computed {
            self.computed(function, events, of)
        } else {
            self.aggregated(span, function, events, &path, of)
        };
        let (parts, value) = parts.zip(value)?;
        let ranked = match ranked {
            None => None,
            Some(ranked) => Some(self.ranked(ranked, value.as_ref()?.ty)?),
        };
        let found = self.typed(Aggregate { function, value, ranked, ..parts }, of)?;
        let found = self.of_customer(self.known(found));
        Some(if word == AggregateWord::None { found.negated() } else { found })
    }

    /// The value whose frequency is ranked: over the customer, of the type of the events' values.
    fn ranked(&mut self, ranked: &ast::Expr, ty: Type) -> Option<Expr> {
        self.over_customer(|infer| infer.of_type(ranked, ty))
    }

    /// `share(purchase in WINDOW where COND)`: how many of the events that lie in the window match.
    fn share(&mut self, span: Span, Written { of, window, filter, .. }: Written<'_>) -> Option<Expr> {
        let (events, path) = self.events(of)?;
        if let Some(field) = path.first() {
            let message = "a share is one of whole events";
            let diagnostic = Diagnostic::error(codes::BAD_AGGREGATE, message, field.span, "a field");
            return self.fail(diagnostic.help("leave out the field, and ask about it in `where`"));
        }
        if filter.is_none() {
            let message = "a share of all events is always all of them";
            let diagnostic = Diagnostic::error(codes::BAD_AGGREGATE, message, span, "without `where`");
            return self.fail(diagnostic.help("say which events are looked for: `share(purchase where …)`"));
        }
        let matching = self.parts(events, Function::Count, window, filter)?;
        let all = Aggregate { window: matching.window.clone(), ..Aggregate::count(events) };
        let count =
            |counted| Box::new(Expr { kind: ExprKind::Aggregate(Box::new(counted)), ty: Type::Int, nullable: false });
        let kind = ExprKind::Arithmetic(Arithmetic::Divide, count(matching), count(all));
        let found = Expr { kind, ty: Type::Number, nullable: true };
        Some(self.of_customer(self.known(found)))
    }

    /// `first(…)` and `last(…)` with a path into the event; without one, when it happened.
    pub(in crate::hir) fn record(
        &mut self,
        function: Function,
        of: &ast::Expr,
        window: Option<&ast::Window>,
        filter: Option<&ast::Expr>,
        path: &[Name],
    ) -> Option<Expr> {
        let (events, inside) = self.events(of)?;
        if let Some(field) = inside.first() {
            let message = "`first` and `last` are of whole events";
            let diagnostic = Diagnostic::error(codes::BAD_AGGREGATE, message, field.span, "a field");
            return self.fail(diagnostic.help(format!("name the field behind the bracket: `first(…).{}`", field.node)));
        }
        let parts = self.parts(events, function, window, filter);
        let value = if path.is_empty() { self.moment_of(events) } else { self.walk(events, path) };
        let (parts, value) = parts.zip(value)?;
        let found = self.typed(Aggregate { function, value: Some(value), ..parts }, of)?;
        Some(self.of_customer(self.known(found)))
    }

    /// When an event happened.
    pub(in crate::hir) fn moment_of(&self, events: TableId) -> Option<Expr> {
        let table = self.context.schema.plan.table(events)?;
        let TableKind::Events { at, .. } = table.kind else { return None };
        let field = table.fields.get(at.0 as usize)?;
        Some(Expr { kind: ExprKind::Field(events, at), ty: field.ty, nullable: field.nullable })
    }

    /// The event table that is aggregated, and the path into it.
    pub(in crate::hir) fn events<'e>(&mut self, of: &'e ast::Expr) -> Option<(TableId, Vec<&'e Name>)> {
        let (root, path) = super::super::resolve::flatten(of);
        let ast::ExprKind::Name(name) = &root.kind else {
            if !matches!(root.kind, ast::ExprKind::Error) {
                let message = "an aggregate looks at a table of events";
                let diagnostic = Diagnostic::error(codes::BAD_AGGREGATE, message, of.span, "not a table of events");
                self.report(diagnostic.help("name the events first: `sum(purchase.spend)`"));
            }
            return None;
        };
        Some((self.event_table(name, root.span)?, path))
    }

    /// The event table of this name.
    pub(in crate::hir) fn event_table(&mut self, name: &str, span: Span) -> Option<TableId> {
        let schema = self.context.schema;
        let is_events = |id: TableId| schema.is_events(id);
        if let Some(table) = schema.table_named(name) {
            if is_events(table) {
                return Some(table);
            }
            let message = format!("`{name}` is not a table of events");
            let diagnostic = Diagnostic::error(codes::BAD_AGGREGATE, message, span, "not events");
            return self.fail(
                diagnostic.help("aggregates look at what happened to the customer: a table declared with `events`"),
            );
        }
        let tables = schema.plan.tables().filter(|(id, _)| is_events(*id)).map(|(_, table)| &*table.name);
        let message = format!("no events `{name}` are declared");
        let diagnostic = Diagnostic::error(codes::UNKNOWN_TABLE, message, span, "not declared");
        let owner = schema.plan.tables().find(|(id, _)| is_events(*id) && schema.field_named(*id, name).is_some());
        let diagnostic = match (nearest(name, tables), owner) {
            (Some(near), _) => diagnostic.meant(name, span, near),
            (None, Some((_, table))) => diagnostic.help(format!("name the events first: `{}.{name}`", table.name)),
            (None, None) => diagnostic.help(format!("declare them: `events {name} {{ at happened: instant }}`")),
        };
        self.fail(diagnostic)
    }

    /// Which events are looked at. For all but `exists` none of them may be unknown.
    fn parts(
        &mut self,
        events: TableId,
        function: Function,
        window: Option<&ast::Window>,
        filter: Option<&ast::Expr>,
    ) -> Option<Aggregate> {
        let found = self.aggregate_window(events, window);
        let Some(written) = filter else { return Some(Aggregate { window: found?, ..Aggregate::count(events) }) };
        let (filter, by) = self.event_filter(events, written)?;
        let parts = Aggregate { window: found?, filter, by, ..Aggregate::count(events) };
        if function != Function::Exists && parts.may_be_unknown() {
            let unknown = parts.filter.iter().chain(parts.by.as_ref().map(|by| &by.key));
            let values = may_miss(self.context.schema, unknown);
            return self.fail(where_unknown(written).may_miss(values));
        }
        Some(parts)
    }

    /// Runs with the row of an event in scope.
    pub(in crate::hir) fn over_events<T>(&mut self, events: TableId, run: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.row.replace(events);
        let found = run(self);
        self.row = outer;
        found
    }

    /// `line.quantity * line.price`: what is computed of each event.
    fn computed(&mut self, function: Function, events: TableId, of: &ast::Expr) -> Option<Option<Expr>> {
        if !matches!(function, Function::Exists | Function::Count | Function::First | Function::Last) {
            return self.over_events(events, |infer| infer.value(of, None)).map(Some);
        }
        let (message, help) = if matches!(function, Function::First | Function::Last) {
            ("`first` and `last` are of whole events", "name the field behind the bracket: `first(…).field`")
        } else {
            ("this counts whole events, not what is computed of them", "say in `where` which events are looked for")
        };
        self.fail(Diagnostic::error(codes::BAD_AGGREGATE, message, of.span, "a value").help(help))
    }

    /// The value that is aggregated; `Some(None)` for those that take none.
    fn aggregated(
        &mut self,
        span: Span,
        function: Function,
        events: TableId,
        path: &[&Name],
        of: &ast::Expr,
    ) -> Option<Option<Expr>> {
        let takes_none = matches!(function, Function::Exists | Function::Count);
        match (function, path.first(), path.last()) {
            (Function::First | Function::Last, Some(_), Some(last)) => {
                let message = "`first` and `last` are of whole events";
                let diagnostic = Diagnostic::error(codes::BAD_AGGREGATE, message, of.span, "a field");
                self.fail(diagnostic.help(format!("name the field behind the bracket: `first(…).{}`", last.node)))
            }
            (Function::First | Function::Last, _, _) => {
                let message = "a whole event is not a value";
                let diagnostic = Diagnostic::error(codes::RECORD_AS_VALUE, message, span, "an event");
                self.fail(
                    diagnostic.help(
                        "name one of its fields, `first(…).field`, or ask when it was: `first(…) in last 30 days`",
                    ),
                )
            }
            (_, None, _) if takes_none => Some(None),
            (_, Some(first), Some(last)) if takes_none => {
                let message = "this counts whole events, not a field of them";
                let path = first.span.to(last.span);
                let diagnostic = Diagnostic::error(codes::BAD_AGGREGATE, message, path, "a field");
                let help = format!(
                    "leave out `.{}`; to count different values say `distinct`, to look for one say `where`",
                    first.node
                );
                self.fail(diagnostic.help(help))
            }
            (_, None, _) | (_, _, None) => {
                let message = "this needs a value of the events";
                let diagnostic = Diagnostic::error(codes::BAD_AGGREGATE, message, of.span, "whole events");
                let name = self.context.schema.table_name(events);
                self.fail(diagnostic.help(format!("name the field: `{name}.…`; to count events say `count({name})`")))
            }
            _ => {
                let path: Vec<Name> = path.iter().map(|name| (*name).clone()).collect();
                self.walk(events, &path).map(Some)
            }
        }
    }

    /// The aggregate with its type.
    fn typed(&mut self, mut aggregate: Aggregate, of: &ast::Expr) -> Option<Expr> {
        let keeps_missing = matches!(aggregate.function, Function::First | Function::Last);
        let kept_out = aggregate.known_of_events();
        if let Some(value) = &mut aggregate.value
            && value.nullable
            && !keeps_missing
        {
            if !kept_out.contains(value) {
                let message = "this value may be missing, and the result would leave it out quietly";
                let diagnostic = Diagnostic::error(codes::VALUE_MISSING, message, of.span, "may be missing");
                let values = may_miss(self.context.schema, [&*value]);
                return self
                    .fail(diagnostic.help("say that such events are left out: `where … is known`").may_miss(values));
            }
            *value = value.clone().or_else(Expr::constant(harmless(value.ty)));
        }
        let of_type = aggregate.value.as_ref().map(|value| value.ty);
        let unknown = aggregate.may_be_unknown();
        let Some((ty, nullable)) = result(aggregate.function, of_type, unknown) else {
            let found = of_type.map_or("nothing".to_owned(), |ty| self.a_type(ty));
            let message = format!("`{}` does not take {found}", name(aggregate.function));
            let diagnostic = Diagnostic::error(codes::BAD_AGGREGATE, message, of.span, found);
            let help = takes(aggregate.function);
            return self.fail(diagnostic.help(help));
        };
        Some(Expr { kind: ExprKind::Aggregate(Box::new(aggregate)), ty, nullable })
    }
}

/// The type of the result, and whether it may be missing.
fn result(function: Function, of: Option<Type>, unknown: bool) -> Option<(Type, bool)> {
    use Type::{Date, Days, Distance, Duration, Instant, Int, Money, Months, Number};
    match (function, of) {
        (Function::Exists, _) => Some((Type::Bool, unknown)),
        (Function::Distinct, Some(Type::Set(_) | Type::Place)) => None,
        (Function::Count | Function::Distinct, _) => Some((Int, false)),
        (Function::Sum, Some(ty @ (Int | Number | Money(_) | Duration | Days | Months | Distance))) => {
            Some((ty, false))
        }
        (Function::Avg, Some(Int | Number)) => Some((Number, true)),
        (Function::Avg, Some(ty @ (Money(_) | Duration | Distance))) => Some((ty, true)),
        (Function::Min | Function::Max, Some(ty)) if ty.is_ordered() => Some((ty, true)),
        (Function::First | Function::Last, Some(ty)) => Some((ty, true)),
        (Function::MostFrequent, Some(ty)) if ty.element().is_some() => Some((ty, true)),
        (Function::FrequencyRank, Some(ty)) if ty.element().is_some() => Some((Int, true)),
        (Function::TypicalGap, Some(Instant)) => Some((Duration, true)),
        (Function::TypicalGap, Some(Date)) => Some((Days, true)),
        _ => None,
    }
}

/// What to say to who aggregates something else.
fn takes(function: Function) -> &'static str {
    match function {
        Function::Min | Function::Max => "`min` and `max` need values with an order",
        Function::MostFrequent | Function::FrequencyRank => {
            "how often a value occurs is told of texts, whole numbers and values of a list"
        }
        Function::TypicalGap => "a gap lies between times: `typical_gap(purchase.at)`",
        Function::Distinct => "different values are counted of single values: texts, numbers, dates and so on",
        Function::Avg => "`avg` takes numbers, amounts, hours and distances; of days take `sum(…)` by `count(…)`",
        _ => "`sum` takes numbers, amounts, lengths of time and distances; to count different values say `distinct`",
    }
}

fn where_unknown(filter: &ast::Expr) -> Diagnostic {
    let message = "this `where` may be unknown, and the result would leave such events out without a word";
    Diagnostic::error(codes::WHERE_UNKNOWN, message, filter.span, "unknown where data is missing")
        .help("say what counts then: `else false` at its end leaves such events out, `else true` takes them in")
}

fn function(word: AggregateWord) -> Function {
    match word {
        AggregateWord::Exists | AggregateWord::None => Function::Exists,
        AggregateWord::Count | AggregateWord::Share => Function::Count,
        AggregateWord::Sum => Function::Sum,
        AggregateWord::Avg => Function::Avg,
        AggregateWord::Min => Function::Min,
        AggregateWord::Max => Function::Max,
        AggregateWord::First => Function::First,
        AggregateWord::Last => Function::Last,
        AggregateWord::Distinct => Function::Distinct,
        AggregateWord::MostFrequent => Function::MostFrequent,
        AggregateWord::FrequencyRank => Function::FrequencyRank,
        AggregateWord::TypicalGap => Function::TypicalGap,
    }
}

fn name(function: Function) -> &'static str {
    match function {
        Function::Exists => "exists",
        Function::Count => "count",
        Function::Sum => "sum",
        Function::Avg => "avg",
        Function::Min => "min",
        Function::Max => "max",
        Function::First => "first",
        Function::Last => "last",
        Function::Distinct => "distinct",
        Function::MostFrequent => "most_frequent",
        Function::FrequencyRank => "frequency_rank",
        Function::TypicalGap => "typical_gap",
    }
}
