//! What names and paths mean where they stand.
//!
//! Over the customer: fields, segments, traits, then linked rows by `name.field`. In a `where`: the event's fields and
//! linked rows first, the customer's only as `customer.field`.

mod offers;

use opportune_plan::{Constant, DomainId, FieldId, JourneyPart, Schema as PlanSchema, TableId, TableKind, Type};

use super::infer::{Declared, Infer};
use super::schema::{CONTEXT, CustomerZone, OFFER};
use super::{Expr, ExprKind, Function, Schema, family, pick};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, AggregateWord, Name};

/// What the time of any events goes by, beside its own name.
const AT: &str = "at";

/// What the objective looks at beside customer and offer.
const SCORE: &str = "score";
const CHANNEL: &str = "channel";
const COST: &str = "cost";

/// What it costs in trust that an offer reads what it reads.
const INFORMATION_COST: &str = "information_cost";

/// A path as its root and the names behind it.
pub(super) fn flatten(expr: &ast::Expr) -> (&ast::Expr, Vec<&Name>) {
    let (mut root, mut names) = (expr, Vec::new());
    while let ast::ExprKind::Field(base, name) = &root.kind {
        names.push(name);
        root = base;
    }
    names.reverse();
    (root, names)
}

impl Infer<'_> {
    /// The table whose row bare names are looked for in.
    fn here(&self) -> TableId {
        self.row.unwrap_or(PlanSchema::CUSTOMER)
    }

    /// Whether a bare word means something by itself.
    pub(super) fn is_name(&self, name: &str) -> bool {
        let schema = self.context.schema;
        matches!(name, "now" | "today")
            || (name == SCORE && self.objective.is_some())
            || self.context.member.is_some_and(|member| *member.variable == *name)
            || schema.field_named(self.here(), name).is_some()
            || schema.is_damaged(self.here(), name)
            || (name == AT && self.row.is_some())
            || self.context.names.definition(name) != Declared::No
            || (self.is_bare() && self.offer_field_named(name).is_some())
    }

    /// A bare word: a name, else a value of the list that is expected.
    pub(super) fn name(&mut self, name: &str, span: Span, expected: Option<Type>) -> Option<Expr> {
        match name {
            "now" => return Some(Expr { kind: ExprKind::Now, ty: Type::Instant, nullable: false }),
            "today" => return Some(self.of_customer(self.today())),
            SCORE if self.objective.is_some() && self.row.is_none() => {
                return Some(Expr { kind: ExprKind::Score, ty: Type::Number, nullable: false });
            }
            _ => {}
        }
        if let Some(member) = self.context.member.filter(|member| *member.variable == *name) {
            if self.row.is_some() {
                return self.fail(family::in_where(&member.variable, span));
            }
            return Some(family::value(member));
        }
        if self.context.picks.iter().any(|pick| **pick == *name) {
            return self.fail(pick::not_a_value(name, span));
        }
        if self.is_bare() {
            if self.context.schema.is_damaged(OFFER, name) {
                return None;
            }
            if let Some(at) = self.offer_field_named(name) {
                return self.offer_field(at);
            }
        }
        let here = self.here();
        if self.context.schema.is_damaged(here, name) {
            return None;
        }
        if let Some(found) = self.field(here, name) {
            return Some(if self.row.is_none() { self.known(found) } else { found });
        }
        if let Some(events) = self.row.filter(|_| name == AT) {
            return self.moment_of(events);
        }
        match self.context.names.definition(name) {
            Declared::Damaged => return None,
            Declared::Yes(signature) => {
                let (ty, nullable) = (signature.ty, signature.nullable);
                let found = Expr { kind: ExprKind::Definition(name.into()), ty, nullable };
                return Some(self.of_customer(self.known(found)));
            }
            Declared::No => {}
        }
        if let Some(ty @ (Type::OneOf(domain) | Type::Ordered(domain))) = expected
            && (self.lists(domain, name) || !self.means_something_else(name))
        {
            return self.variant(name, span, ty, false);
        }
        let diagnostic = self.unknown(name, span, expected);
        self.fail(diagnostic)
    }

    fn field(&self, table: TableId, name: &str) -> Option<Expr> {
        let id = self.context.schema.field_named(table, name)?;
        let field = self.context.schema.plan.field(table, id)?;
        let found = Expr { kind: ExprKind::Field(table, id), ty: field.ty, nullable: field.nullable };
        // A zone whose default was written without `?` is never missing to the author.
        let zone = schema_zone(self.context.schema, table, id);
        Some(match zone.and_then(|zone| zone.default.clone().filter(|_| !zone.optional)) {
            Some(default) => found.or_else(Expr::constant(Constant::Zone(default))),
            None => found,
        })
    }

    fn lists(&self, domain: DomainId, name: &str) -> bool {
        self.context.schema.plan.domain(domain).is_some_and(|domain| domain.variants.iter().any(|v| &**v == name))
    }

    fn means_something_else(&self, name: &str) -> bool {
        let schema = self.context.schema;
        schema.table_named(name).is_some()
            || (self.row.is_some() && schema.field_named(PlanSchema::CUSTOMER, name).is_some())
    }

    /// Why a bare word is not a value.
    fn unknown(&self, name: &str, span: Span, expected: Option<Type>) -> Diagnostic {
        let schema = self.context.schema;
        if self.row.is_some() && schema.field_named(PlanSchema::CUSTOMER, name).is_some() {
            let message = format!("`{name}` is the customer's, and this looks at events");
            let diagnostic = Diagnostic::error(codes::CUSTOMER_IN_WHERE, message, span, "not a field of the event");
            let path = format!("customer.{name}");
            return diagnostic.help(format!("write `{path}`")).fix(format!("write `{path}`"), span, path);
        }
        let not_a_value = |message: String, help: String| {
            Diagnostic::error(codes::NOT_A_VALUE, message, span, "not a value").help(help)
        };
        if schema.link_named(self.here(), name).is_some() || matches!(name, "customer" | "offer") {
            let message = format!("`{name}` is a whole row");
            return not_a_value(message, format!("name one of its fields: `{name}.…`"));
        }
        if let Some(table) = schema.table_named(name) {
            return match schema.plan.table(table).map(|t| &t.kind) {
                Some(TableKind::Events { .. }) => not_a_value(
                    format!("`{name}` are many events"),
                    format!("ask about them: `exists({name})`, `count({name})`, `last({name}).…`"),
                ),
                Some(TableKind::Customer { .. }) => {
                    not_a_value(format!("`{name}` is a whole row"), "name one of its fields: `customer.…`".to_owned())
                }
                Some(TableKind::Context) => not_a_value(
                    format!("`{name}` is all that a request brings"),
                    format!("name one of its fields: `{name}.…`"),
                ),
                _ => not_a_value(
                    format!("`{name}` is a table, and no link leads there from here"),
                    match schema.plan.tables().find(|(id, _)| schema.link_named(*id, name).is_some()) {
                        Some((_, from)) => format!("reach it from `{0}`: `exists({0} where {name}.… = …)`", from.name),
                        None => format!("declare a link on the field that holds its key: `{name}_id: text -> {name}`"),
                    },
                ),
            };
        }
        if self.context.names.is_journey(name) {
            let help = format!("ask for its step, or since when: `{name}.step`, `{name}.since`");
            return not_a_value(format!("`{name}` is a journey"), help);
        }
        if name == CONTEXT {
            let help = "declare what a request may bring: `context { reason: text }`".to_owned();
            return not_a_value("the project declares no context".to_owned(), help);
        }
        if name == SCORE {
            let help = "the objective looks at it; an offer says it: `priority …`".to_owned();
            return not_a_value("`score` is known in the portfolio alone".to_owned(), help);
        }
        if self.context.names.offer(name).is_some() {
            let help = format!("ask what is left of it, or when it ends: `{name}.remaining`, `{name}.ends_at`");
            return not_a_value(format!("`{name}` is an offer"), help);
        }
        if let Some(what) = self.context.names.other(name) {
            return not_a_value(format!("`{name}` is {what}"), "name a field, segment or trait".to_owned());
        }
        let message = format!("nothing here is called `{name}`");
        let diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, message, span, "not declared");
        self.suggest(diagnostic, name, span, expected)
    }

    fn suggest(&self, diagnostic: Diagnostic, name: &str, span: Span, expected: Option<Type>) -> Diagnostic {
        let schema = self.context.schema;
        let of_offers = schema.offer_fields.iter().map(|field| &*field.name).filter(|_| self.is_bare());
        if let Some(near) = nearest(name, of_offers) {
            return diagnostic.meant(name, span, near);
        }
        let definitions = self.context.names.definitions();
        let journeys = self.context.names.journeys();
        let names = schema
            .names_in(self.here())
            .chain(definitions)
            .chain(journeys)
            .chain(self.context.names.offers())
            .chain(["now", "today"]);
        if let Some(near) = nearest(name, names) {
            return diagnostic.meant(name, span, near);
        }
        if let Some(help) = word_of(name, expected) {
            return diagnostic.help(help);
        }
        let holder = schema.plan.tables().find(|(id, _)| schema.field_named(*id, name).is_some());
        match holder {
            Some((_, table)) => diagnostic
                .help(format!("`{}` has a field `{name}`: reach it through an aggregate or a link", table.name)),
            None => diagnostic.help(
                "a name is a field of the customer, a segment or a trait; in a `where`, a field of the event; a text \
                 stands in quotes",
            ),
        }
    }

    /// `customer.age`, `product.department`, `offer.topic`, `first(purchase).spend`.
    pub(super) fn path(&mut self, expr: &ast::Expr) -> Option<Expr> {
        let (root, names) = flatten(expr);
        match &root.kind {
            ast::ExprKind::Error => None,
            ast::ExprKind::Call(name, arguments) => {
                let path: Vec<Name> = names.into_iter().cloned().collect();
                self.lookup(name, arguments, root.span, &path)
            }
            ast::ExprKind::Name(name) => self.path_from(name, root.span, &names),
            ast::ExprKind::Aggregate { function, of, window, filter, .. }
                if matches!(function.node, AggregateWord::First | AggregateWord::Last) =>
            {
                let first = function.node == AggregateWord::First;
                let names: Vec<Name> = names.into_iter().cloned().collect();
                let function = if first { Function::First } else { Function::Last };
                self.record(function, of, window.as_ref(), filter.as_deref(), &names)
            }
            _ => {
                let message = "this has no fields";
                let diagnostic = Diagnostic::error(codes::UNKNOWN_FIELD, message, root.span, "a single value");
                self.fail(diagnostic.help("only rows have fields: the customer, linked rows, `first(…)` and `last(…)`"))
            }
        }
    }

    fn path_from(&mut self, root: &str, span: Span, names: &[&Name]) -> Option<Expr> {
        let schema = self.context.schema;
        let path: Vec<Name> = names.iter().map(|name| (*name).clone()).collect();
        if root == "offer" {
            return self.offer_value(span, &path);
        }
        if let Some(costs) = self.objective.filter(|_| root == CHANNEL && self.row.is_none()) {
            return self.channel_value(span, &path, costs);
        }
        if self.context.names.is_journey(root) {
            return self.journey(root, span, &path);
        }
        let here = self.here();
        if schema.link_named(here, root).is_some() {
            let whole: Vec<Name> = std::iter::once(Name { node: root.into(), span }).chain(path).collect();
            let found = self.walk(here, &whole)?;
            return Some(if self.row.is_none() { self.known(found) } else { found });
        }
        if self.row.is_some() && root == schema.table_name(here) {
            return self.walk(here, &path);
        }
        let is_customer = root == "customer" || schema.table_named(root) == Some(PlanSchema::CUSTOMER);
        if is_customer && !schema.plan.tables.is_empty() {
            let found = self.walk(PlanSchema::CUSTOMER, &path)?;
            return Some(self.of_customer(self.known(found)));
        }
        if let Some(context) = schema.table_named(root).filter(|_| root == CONTEXT) {
            let found = self.walk(context, &path)?;
            return Some(self.of_customer(self.known(found)));
        }
        if is_customer {
            // Without a customer there are no tables; that is reported.
            return None;
        }
        if self.is_name(root) {
            let message = format!("`{root}` is a single value and has no fields");
            let diagnostic = Diagnostic::error(codes::UNKNOWN_FIELD, message, span, "a single value");
            return self
                .fail(diagnostic.help("only rows have fields: the customer, linked rows, `first(…)` and `last(…)`"));
        }
        if self.context.picks.iter().any(|pick| **pick == *root) {
            return self.fail(pick::not_a_value(root, span));
        }
        if let Some(ends) = self.context.names.offer(root) {
            return self.of_offer(root, span, ends, &path);
        }
        let diagnostic = self.unknown(root, span, None);
        self.fail(diagnostic)
    }

    /// A value of a row: a field, perhaps behind links.
    pub(super) fn walk(&mut self, table: TableId, path: &[Name]) -> Option<Expr> {
        let (name, rest) = path.split_first()?;
        let schema = self.context.schema;
        if schema.is_damaged(table, &name.node) {
            return None;
        }
        if rest.is_empty()
            && let Some(found) = self.field(table, &name.node)
        {
            return Some(found);
        }
        if rest.is_empty() && &*name.node == AT && schema.link_named(table, AT).is_none() && schema.is_events(table) {
            return self.moment_of(table);
        }
        let Some(link) = schema.link_named(table, &name.node) else {
            let diagnostic = self.no_field(table, name, rest);
            return self.fail(diagnostic);
        };
        let field = schema.plan.field(table, link)?;
        let to = field.link?;
        if rest.is_empty() {
            let message = format!("`{}` is a whole row", name.node);
            let diagnostic = Diagnostic::error(codes::NOT_A_VALUE, message, name.span, "not a value");
            return self.fail(diagnostic.help(format!("name one of its fields: `{}.…`", name.node)));
        }
        let value = self.walk(to.table, rest)?;
        let nullable = value.nullable || field.nullable || !to.required;
        let ty = value.ty;
        Some(Expr { kind: ExprKind::Follow { table, link, value: Box::new(value) }, ty, nullable })
    }

    fn no_field(&self, table: TableId, name: &Name, rest: &[Name]) -> Diagnostic {
        let schema = self.context.schema;
        let owner = schema.table_name(table);
        if schema.field_named(table, &name.node).is_some() && !rest.is_empty() {
            let message = format!("`{}` is a single value and has no fields", name.node);
            return Diagnostic::error(codes::UNKNOWN_FIELD, message, name.span, "a single value")
                .help("only rows have fields; a linked row goes by its table's name");
        }
        let message = format!("`{owner}` has no field `{}`", name.node);
        let diagnostic = Diagnostic::error(codes::UNKNOWN_FIELD, message, name.span, "no such field");
        match nearest(&name.node, schema.names_in(table)) {
            Some(near) => diagnostic.meant(&name.node, name.span, near),
            None => {
                let fields = format!("the fields of `{owner}` are {}", listed(schema.names_in(table)));
                let other = schema.plan.tables().find(|(id, _)| schema.field_named(*id, &name.node).is_some());
                diagnostic.help(match other {
                    Some((_, other)) => format!("`{}` is a field of `{}`; {fields}", name.node, other.name),
                    None => fields,
                })
            }
        }
    }

    /// `checkin.step`, `checkin.since`
    fn journey(&mut self, journey: &str, span: Span, path: &[Name]) -> Option<Expr> {
        let found = match path {
            [part] if &*part.node == "step" => Some((JourneyPart::Step, Type::Int, false)),
            [part] if &*part.node == "since" => Some((JourneyPart::Since, Type::Instant, true)),
            _ => None,
        };
        let Some((part, ty, nullable)) = found else {
            let last = path.last().map_or(span, |name| name.span);
            let message = format!("the journey `{journey}` is asked for its step, or since when");
            let diagnostic = Diagnostic::error(codes::UNKNOWN_FIELD, message, last, "neither of them");
            return self.fail(diagnostic.help(format!("write `{journey}.step` or `{journey}.since`")));
        };
        let found = Expr { kind: ExprKind::Journey(journey.into(), part), ty, nullable };
        Some(self.of_customer(self.known(found)))
    }
}

/// What to say of a word that is no name of the project's, but means something to its author.
fn word_of(name: &str, expected: Option<Type>) -> Option<String> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    if let Some((month, _)) = (1..).zip(MONTHS).find(|(_, month)| *month == name) {
        return Some(format!("months go by their numbers: `month(…) = {month}`"));
    }
    match expected {
        Some(Type::Bool) if matches!(name, "yes" | "no" | "on" | "off") => {
            Some("a condition is `true` or `false`, and stands by itself: `… and email_ok`, `not email_ok`".to_owned())
        }
        _ if DAYS.contains(&name) => {
            Some(format!("days of the week are compared with `weekday(…)`: `weekday(now) = {name}`"))
        }
        Some(Type::Text) => Some(format!("a text stands in quotes: `\"{name}\"`")),
        _ => None,
    }
}

fn schema_zone(schema: &Schema, table: TableId, field: FieldId) -> Option<&CustomerZone> {
    schema.zone.as_ref().filter(|zone| table == PlanSchema::CUSTOMER && zone.field == field)
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.take(12).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
