//! Functions of values: what each takes, and the call of the plan that it becomes.
//!
//! What must hold: the types and the nullability said here are those of [`opportune_plan::Builtin`].

mod foreign;
mod signatures;

use opportune_plan::{Builtin, Constant, Place, Schema as PlanSchema, TableKind, Type, Unit};

pub use self::signatures::signatures;
use self::signatures::{FUNCTIONS, Function, Takes};
use super::super::{Expr, ExprKind};
use super::calendar::call;
use super::{Infer, constant_of};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, Name};

impl Infer<'_> {
    /// A function of values; a table's row is no value.
    pub(super) fn call(&mut self, name: &Name, arguments: &[ast::Expr], span: Span) -> Option<Expr> {
        if let Some(function) = function_named(&name.node) {
            let arguments = self.arguments(function, arguments, span)?;
            return self.made(function, arguments, span);
        }
        if self.context.schema.table_named(&name.node).is_some() {
            return self.whole_row(name, span);
        }
        let diagnostic = self.no_function(name, span);
        self.fail(diagnostic)
    }

    /// The arguments as the function takes them.
    fn arguments(&mut self, function: &Function, written: &[ast::Expr], span: Span) -> Option<Vec<Expr>> {
        let found = self.typed_arguments(function, written);
        if !function.takes_so_many(written.len()) {
            let diagnostic = self.wrong_count(function, written.len(), span);
            return self.fail(diagnostic);
        }
        let mut found = found.into_iter().collect::<Option<Vec<Expr>>>()?;
        if function.takes_alike() && found.iter().any(|argument| argument.ty == Type::Number) {
            found = found.into_iter().map(Expr::widened).collect();
        }
        let first = found.first().map(|first| first.ty);
        for (at, (argument, written)) in found.iter_mut().zip(written).enumerate() {
            let takes = function.takes_at(at)?;
            if takes == Takes::Number {
                *argument = argument.clone().widened();
            }
            if !takes.fits(argument.ty, first) {
                let diagnostic = self.wrong_argument(function, takes, (written, argument), first);
                return self.fail(diagnostic);
            }
        }
        Some(found)
    }

    /// Each argument; one that asks what it may be is told the type of one that does not.
    fn typed_arguments(&mut self, function: &Function, written: &[ast::Expr]) -> Vec<Option<Expr>> {
        if !function.takes_alike() {
            return written.iter().map(|argument| self.value(argument, None)).collect();
        }
        let telling = written.iter().position(|argument| !self.asks(argument)).unwrap_or(0);
        let first = written.get(telling).map(|argument| self.value(argument, None));
        let ty = first.as_ref().and_then(|first| first.as_ref()).map(|first| first.ty);
        let mut first = first.into_iter();
        let mut argument = |(at, written): (usize, &ast::Expr)| {
            if at == telling { first.next().flatten() } else { self.value(written, ty) }
        };
        written.iter().enumerate().map(&mut argument).collect()
    }

    /// The call with its type; the customer's zone and day are put in where the plan asks for them.
    fn made(&mut self, function: &Function, mut arguments: Vec<Expr>, span: Span) -> Option<Expr> {
        let first = arguments.first()?.ty;
        let of_moment = first == Type::Instant;
        let (builtin, ty) = match function.name {
            "date" => (Builtin::DateOf, Type::Date),
            "time" => (Builtin::TimeOf, Type::Time),
            "instant" => (Builtin::At, Type::Instant),
            "year" => (Builtin::Year, Type::Int),
            "month" => (Builtin::Month, Type::Int),
            "day" => (Builtin::Day, Type::Int),
            "day_of_year" => (Builtin::DayOfYear, Type::Int),
            "week" => (Builtin::Week, Type::Int),
            "weekday" => {
                let domain = self.context.schema.weekday?;
                (Builtin::Weekday(domain), Type::Ordered(domain))
            }
            "hour" => (Builtin::Hour, Type::Int),
            "minute" => (Builtin::Minute, Type::Int),
            "second" => (Builtin::Second, Type::Int),
            "start_of_week" => (Builtin::StartOf(Unit::Week), Type::Date),
            "start_of_month" => (Builtin::StartOf(Unit::Month), Type::Date),
            "start_of_quarter" => (Builtin::StartOf(Unit::Quarter), Type::Date),
            "start_of_year" => (Builtin::StartOf(Unit::Year), Type::Date),
            "anniversary" => {
                arguments.push(self.of_customer(self.today()));
                (Builtin::Anniversary, Type::Date)
            }
            "months_between" => (Builtin::MonthsBetween, Type::Int),
            "abs" => (Builtin::Abs, first),
            "floor" => (Builtin::Floor, Type::Int),
            "ceil" => (Builtin::Ceil, Type::Int),
            "round" => return self.rounded(arguments, span),
            "sqrt" => return Some(nullable(Builtin::Sqrt, Type::Number, arguments)),
            "exp" => (Builtin::Exp, Type::Number),
            "ln" => return Some(nullable(Builtin::Ln, Type::Number, arguments)),
            "power" => return Some(nullable(Builtin::Power, Type::Number, arguments)),
            "least" => (Builtin::Least, first),
            "greatest" => (Builtin::Greatest, first),
            "quotient" => return Some(divided(Builtin::Quotient, arguments)),
            "remainder" => return Some(divided(Builtin::Remainder, arguments)),
            "length" => (Builtin::Length, Type::Int),
            "place" => return self.place(arguments, span),
            "distance" => (Builtin::Distance, Type::Distance),
            "size" => return Some(size(arguments)),
            _ => return None,
        };
        let is_alike = matches!(builtin, Builtin::Least | Builtin::Greatest);
        if (of_moment && !is_alike) || builtin == Builtin::At {
            arguments.push(self.zone_here());
        }
        Some(call(builtin, ty, arguments))
    }

    /// `round(x)` is a whole number, `round(x, 2)` a number with so many decimals.
    fn rounded(&mut self, mut arguments: Vec<Expr>, span: Span) -> Option<Expr> {
        const MOST: i64 = 9;
        if arguments.len() == 1 {
            return Some(call(Builtin::Round, Type::Int, arguments));
        }
        let decimals = arguments.pop()?;
        let written = match constant_of(&decimals) {
            Some(Constant::Int(count @ 0..=MOST)) => u8::try_from(*count).ok(),
            _ => None,
        };
        let Some(decimals) = written else {
            let message = format!("the decimals of `round` are written as a number from 0 to {MOST}");
            let diagnostic = Diagnostic::error(codes::BAD_ARGUMENTS, message, span, "not such a number");
            return self.fail(diagnostic.help("write it out: `round(x, 2)`"));
        };
        Some(call(Builtin::RoundTo(decimals), Type::Number, arguments))
    }

    /// A place; of written degrees at once, so that it is never missing.
    fn place(&mut self, arguments: Vec<Expr>, span: Span) -> Option<Expr> {
        let degrees: Vec<f64> = arguments
            .iter()
            .filter_map(|argument| match constant_of(argument) {
                Some(Constant::Number(degrees)) => Some(degrees.get()),
                _ => None,
            })
            .collect();
        let &[latitude, longitude] = degrees.as_slice() else {
            return Some(nullable(Builtin::PlaceOf, Type::Place, arguments));
        };
        let Some(place) = Place::new(latitude, longitude) else {
            let message = "there is no such place on the earth";
            let diagnostic = Diagnostic::error(codes::BAD_ARGUMENTS, message, span, "beyond a pole, or once around");
            return self.fail(diagnostic.help("degrees north, from -90 to 90, then degrees east, from -180 to 180"));
        };
        Some(Expr::constant(Constant::Place(place)))
    }

    fn wrong_count(&self, function: &Function, found: usize, span: Span) -> Diagnostic {
        let message = format!("`{}` takes {}, and here {}", function.name, function.count(), so_many(found));
        Diagnostic::error(codes::BAD_ARGUMENTS, message, span, so_many(found)).help(function.help)
    }

    fn wrong_argument(
        &self,
        function: &Function,
        takes: Takes,
        (written, argument): (&ast::Expr, &Expr),
        first: Option<Type>,
    ) -> Diagnostic {
        if takes == Takes::Like
            && let Some(first) = first
            && let Some(known) =
                self.unit_or_time((written, &Expr { ty: first, ..argument.clone() }), (written, argument))
        {
            return known;
        }
        let found = self.a_type(argument.ty);
        let message = format!("`{}` takes {} here, and this is {found}", function.name, takes.described());
        let diagnostic = Diagnostic::error(codes::WRONG_TYPE, message, written.span, found);
        match (takes, argument.ty) {
            (Takes::Instant, Type::Date) if function.name == "date" => {
                diagnostic.help("it is a date already: leave `date(…)` out")
            }
            (Takes::TimeOrInstant, Type::Date) => diagnostic.help("a date has no hours; a moment has: `hour(now)`"),
            (Takes::Date, Type::Instant) => {
                diagnostic.help(format!("take the day of the moment: `{}(date(…))`", function.name))
            }
            _ => diagnostic.help(function.help),
        }
    }

    /// A row of a table where a value is expected.
    fn whole_row(&mut self, name: &Name, span: Span) -> Option<Expr> {
        let schema = self.context.schema;
        let table = schema.table_named(&name.node).and_then(|id| schema.plan.table(id));
        let is_lookup = table.is_some_and(|table| matches!(table.kind, TableKind::Lookup { .. }));
        if !is_lookup {
            let diagnostic = self.bad_lookup(name, span);
            return self.fail(diagnostic);
        }
        let message = format!("`{}(…)` is a whole row", name.node);
        let diagnostic = Diagnostic::error(codes::NOT_A_VALUE, message, span, "not a value");
        self.fail(diagnostic.help(format!("name one of its fields: `{}(…).…`", name.node)))
    }

    /// What is called so elsewhere, or nearly so here.
    pub(super) fn no_function(&self, name: &Name, span: Span) -> Diagnostic {
        let message = format!("there is no function `{}`", name.node);
        let diagnostic = Diagnostic::error(codes::UNKNOWN_FUNCTION, message, span, "no function");
        if let Some(help) = foreign::answer(&name.node) {
            return diagnostic.help(help);
        }
        let tables = self.context.schema.plan.tables.iter();
        let lookups = tables.filter(|table| matches!(table.kind, TableKind::Lookup { .. }));
        let mut known: Vec<&str> = names().collect();
        known.extend(lookups.map(|table| &*table.name));
        match nearest(&name.node, known) {
            Some(near) => diagnostic.meant(&name.node, name.span, near),
            None if self.context.schema.field_named(PlanSchema::CUSTOMER, &name.node).is_some() => {
                diagnostic.help(format!("`{0}` is a field: write `{0}` without brackets", name.node))
            }
            None => diagnostic.help(
                "of events there are `exists`, `count`, `sum`, `avg` and others, of values `round`, `least`, `weekday`, `distance` \
                 and others: the page of this code lists all",
            ),
        }
    }
}

/// Whether a function of values is called so.
pub(super) fn is_function(name: &str) -> bool {
    function_named(name).is_some()
}

fn function_named(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// All that stand before a bracket.
fn names() -> impl Iterator<Item = &'static str> {
    signatures::AGGREGATES.iter().map(|(name, ..)| *name).chain(FUNCTIONS.iter().map(|function| function.name))
}

fn so_many(count: usize) -> String {
    match count {
        0 => "there are none".to_owned(),
        1 => "is one".to_owned(),
        _ => format!("are {count}"),
    }
}

fn nullable(builtin: Builtin, ty: Type, arguments: Vec<Expr>) -> Expr {
    Expr { nullable: true, ..call(builtin, ty, arguments) }
}

/// Whole division, never missing by itself where the divisor is written and not zero.
fn divided(builtin: Builtin, arguments: Vec<Expr>) -> Expr {
    let by = arguments.last().and_then(constant_of);
    let is_sure = matches!(by, Some(Constant::Int(by)) if *by != 0);
    let found = call(builtin, Type::Int, arguments);
    if is_sure { found } else { Expr { nullable: true, ..found } }
}

/// How many values a set has; of a written one at once.
fn size(arguments: Vec<Expr>) -> Expr {
    if let [Expr { kind: ExprKind::Constant(Constant::Set(_, all)), .. }] = arguments.as_slice() {
        return Expr::constant(Constant::Int(i64::try_from(all.len()).unwrap_or(i64::MAX)));
    }
    call(Builtin::Size, Type::Int, arguments)
}
