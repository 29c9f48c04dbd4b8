//! Prints a plan as text, for people, snapshots and hashes: the same plan, the same text.

mod rules;

use std::fmt::{self, Display, Formatter, Write};

use crate::aggregate::{Aggregate, Function};
use crate::builtin::Builtin;
use crate::expr::{Comparison, ExprId, Node, Op, Scope};
use crate::infer::symbol;
use crate::journey::Journey;
use crate::offer::{Cap, FieldValue, Offer, OfferKind, Plan, Portfolio};
use crate::schema::{Schema, Source, Table, TableKind};
use crate::template::{Format, Part, Template};
use crate::types::{Constant, Type};

impl Display for Plan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "plan {:?} zone {:?}", self.name, self.zone)?;
        self.schema.tables.iter().try_for_each(|table| show_table(f, &self.schema, table))?;
        for (id, node) in self.exprs.iter() {
            writeln!(f, "%{} = {}", id.0, Shown { schema: &self.schema, node })?;
        }
        self.journeys.iter().try_for_each(|journey| self.show_journey(f, journey))?;
        for guarantee in &self.guarantees {
            write!(f, "guarantee {:?}", guarantee.name)?;
            guarantee.review_by.map_or(Ok(()), |day| write!(f, " review by day {day}"))?;
            writeln!(f, "{}", if guarantee.kept_anyway { " kept anyway" } else { "" })?;
        }
        self.channels.iter().try_for_each(|channel| rules::channel(f, channel))?;
        rules::delivery(f, &self.delivery)?;
        for (at, history) in self.histories.iter().enumerate() {
            rules::history(f, &self.schema, at, history)?;
        }
        self.offers.iter().try_for_each(|offer| self.show_offer(f, offer))?;
        self.show_portfolio(f, &self.portfolio)
    }
}

impl Plan {
    fn show_offer(&self, f: &mut Formatter<'_>, offer: &Offer) -> fmt::Result {
        let kind = match offer.kind {
            OfferKind::Offer => "offer",
            OfferKind::Reminder => "reminder",
            OfferKind::Notice => "notice",
        };
        write!(f, "{kind} {}", offer.name)?;
        if let Some(family) = offer.family {
            let table = self.schema.table(family.table).map_or("?", |table| &table.name);
            let field = self.schema.field(family.table, family.field).map_or("?", |field| &field.name);
            write!(f, " for each {table}.{field}")?;
        }
        writeln!(f)?;
        for (field, value) in self.offer_fields.iter().zip(&offer.fields) {
            match value {
                FieldValue::Missing => {}
                FieldValue::One(one) => writeln!(f, "  {} {}", field.name, show(&self.schema, one))?,
                FieldValue::Set(all) => {
                    let all: Vec<String> = all.iter().map(|c| show(&self.schema, c)).collect();
                    writeln!(f, "  {} [{}]", field.name, all.join(", "))?;
                }
            }
        }
        offer.eligible.map_or(Ok(()), |id| writeln!(f, "  eligible %{}", id.0))?;
        offer.except.iter().try_for_each(|id| writeln!(f, "  except %{}", id.0))?;
        for forbidden in &offer.forbidden {
            let name = self.guarantees.get(forbidden.guarantee.0 as usize).map_or("?", |g| &g.name);
            writeln!(f, "  forbidden %{} by {name:?}", forbidden.when.0)?;
        }
        offer.caps.iter().try_for_each(|cap| show_cap(f, "  cap", *cap))?;
        rules::limits(f, &offer.limits)?;
        rules::routes(f, &self.channels, &offer.routes)?;
        offer.timing.as_ref().map_or(Ok(()), |timing| rules::timing(f, timing))?;
        writeln!(f, "  priority %{}", offer.priority.0)?;
        rules::experiments(f, offer)?;
        offer.picks.iter().try_for_each(|pick| rules::pick(f, &self.schema, pick))?;
        offer.because.as_ref().map_or(Ok(()), |text| writeln!(f, "  because {}", show_template(text)))?;
        for (channel, text) in &offer.messages {
            let channel = channel.and_then(|id| self.channels.get(id.0 as usize));
            let channel = channel.map_or(String::new(), |channel| format!("{} ", channel.name));
            writeln!(f, "  message {channel}{}", show_template(text))?;
        }
        Ok(())
    }

    fn show_journey(&self, f: &mut Formatter<'_>, journey: &Journey) -> fmt::Result {
        writeln!(f, "journey {} zone %{}", journey.name, journey.zone.0)?;
        for step in &journey.steps {
            write!(f, "  {}", self.schema.table(step.events).map_or("?", |table| &table.name))?;
            step.within.as_ref().map_or(Ok(()), |within| write!(f, " within {}", show(&self.schema, within)))?;
            step.filter.map_or(Ok(()), |id| write!(f, " where %{}", id.0))?;
            writeln!(f)?;
        }
        Ok(())
    }

    fn show_portfolio(&self, f: &mut Formatter<'_>, portfolio: &Portfolio) -> fmt::Result {
        writeln!(f, "portfolio")?;
        portfolio.slots_in_all.map_or(Ok(()), |n| writeln!(f, "  slots {n}"))?;
        portfolio.objective.map_or(Ok(()), |currency| writeln!(f, "  objective in {currency}"))?;
        for slate in &portfolio.slates {
            let name = self.channels.get(slate.channel.0 as usize).map_or("?", |c| &c.name);
            write!(f, "  slate {name} {}", slate.size)?;
            slate.at_most.iter().try_for_each(|most| write!(f, " at most {} per field {}", most.most, most.field.0))?;
            writeln!(f)?;
        }
        for key in &portfolio.rank {
            let name = self.offer_fields.get(key.field.0 as usize).map_or("?", |c| &c.name);
            writeln!(f, "  rank {name}{}", if key.descending { " desc" } else { "" })?;
        }
        portfolio.contact_cap.map_or(Ok(()), |cap| show_cap(f, "  cap", cap))?;
        rules::portfolio(f, self, portfolio)
    }
}

fn show_cap(f: &mut Formatter<'_>, word: &str, cap: Cap) -> fmt::Result {
    writeln!(f, "{word} {} of %{} where %{}", cap.limit, cap.counted.0, cap.has_room.0)
}

fn show_table(f: &mut Formatter<'_>, schema: &Schema, table: &Table) -> fmt::Result {
    let kind = match &table.kind {
        TableKind::Customer { .. } => "customer",
        TableKind::Events { .. } => "events",
        TableKind::Lookup { .. } => "table",
        TableKind::Context => "context",
    };
    match table.is_built_in() {
        true => writeln!(f, "{kind} {} from the ledger", table.name)?,
        false => writeln!(f, "{kind} {} from {:?}", table.name, table.source)?,
    }
    if let TableKind::Customer { introduced_by, .. } = &table.kind {
        let names = introduced_by.iter().filter_map(|id| schema.table(*id)).map(|t| &*t.name);
        writeln!(f, "  introduced by {}", names.collect::<Vec<_>>().join(", "))?;
    }
    if let TableKind::Events { customer_column, .. } = &table.kind {
        writeln!(f, "  of the customer in {customer_column:?}")?;
    }
    for (id, field) in table.fields() {
        let key = if table.key() == Some(id) { "key " } else { "" };
        let at = if matches!(table.kind, TableKind::Events { at, .. } if at == id) { "at " } else { "" };
        let optional = if field.nullable { "?" } else { "" };
        write!(f, "  {key}{at}{}: {}{optional}", field.name, type_name(schema, field.ty))?;
        if let Some(link) = field.link {
            let target = schema.table(link.table).map_or("?", |t| &t.name);
            write!(f, " -> {target}{}", if link.required { "" } else { "?" })?;
        }
        match &field.source {
            Source::Column(column) => writeln!(f, " from {column:?}")?,
            Source::Columns(north, east) => writeln!(f, " from {north:?} and {east:?}")?,
            Source::Linked { link, field } => writeln!(f, " through field {} from field {}", link.0, field.0)?,
        }
    }
    Ok(())
}

/// The name of a type as the language writes it.
pub(crate) fn type_name(schema: &Schema, ty: Type) -> String {
    ty.name(&|domain| {
        let variants = schema.domain(domain).map(|d| d.variants.iter().map(|v| format!("{v:?}")).collect::<Vec<_>>());
        format!("({})", variants.unwrap_or_default().join(", "))
    })
}

/// A constant as a plan's text has it: the same constant, the same text, on one line.
pub fn constant_text(schema: &Schema, constant: &Constant) -> String {
    show(schema, constant)
}

fn show(schema: &Schema, constant: &Constant) -> String {
    match constant {
        Constant::Bool(value) => value.to_string(),
        Constant::Int(value) => value.to_string(),
        Constant::Number(value) => format!("{:?}", value.get()),
        Constant::Money(currency, micros) => format!("{micros}u {currency}"),
        Constant::Text(text) => format!("{text:?}"),
        Constant::OneOf(domain, at) | Constant::Ordered(domain, at) => {
            let variant = schema.domain(*domain).and_then(|d| d.variants.get(*at as usize));
            variant.map_or_else(|| "?".to_owned(), |v| format!("'{}'", v.escape_debug()))
        }
        Constant::Date(days) => format!("day {days}"),
        Constant::Instant(micros) => format!("instant {micros}u"),
        Constant::Duration(micros) => format!("{micros}u s"),
        Constant::Days(days) => format!("{days} days"),
        Constant::Months(months) => format!("{months} months"),
        Constant::Time(micros) => format!("time {micros}u"),
        Constant::Zone(name) => format!("zone {name:?}"),
        Constant::Place(place) => format!("place {:?} {:?}", place.latitude(), place.longitude()),
        Constant::Distance(metres) => format!("{:?} m", metres.get()),
        Constant::Set(_, all) => {
            let all: Vec<String> = all.iter().map(|constant| show(schema, constant)).collect();
            format!("[{}]", all.join(", "))
        }
    }
}

/// A template as it is written, its holes as `{%7}`.
fn show_template(template: &Template) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) => text.escape_debug().to_string(),
        Part::Picked(pick) => format!("{{pick {pick}}}"),
        Part::Hole { value, format: Format::Plain, .. } => format!("{{%{}}}", value.0),
        Part::Hole { value, format, .. } => format!("{{%{} as {format:?}}}", value.0),
    };
    format!("\"{}\"", template.parts.iter().map(part).collect::<String>())
}

struct Shown<'a> {
    schema: &'a Schema,
    node: &'a Node,
}

impl Shown<'_> {
    fn field(&self, table: crate::schema::TableId, field: crate::schema::FieldId) -> String {
        let name = self.schema.field(table, field).map_or("?", |f| &f.name);
        format!("{}.{name}", self.schema.table(table).map_or("?", |t| &t.name))
    }

    fn aggregate(&self, f: &mut Formatter<'_>, aggregate: &Aggregate) -> fmt::Result {
        let events = self.schema.table(aggregate.events).map_or("?", |t| &t.name);
        write!(f, "{}({events}", aggregate.function.name())?;
        aggregate.function.value().map_or(Ok(()), |id| write!(f, " %{}", id.0))?;
        if let Function::FrequencyRank { of, .. } = aggregate.function {
            write!(f, " of %{}", of.0)?;
        }
        aggregate.window.after.map_or(Ok(()), |id| write!(f, " after %{}", id.0))?;
        aggregate.window.until.map_or(Ok(()), |id| write!(f, " until %{}", id.0))?;
        aggregate.filter.map_or(Ok(()), |id| write!(f, " where %{}", id.0))?;
        if let Some(by) = aggregate.by {
            let missing = if by.missing_is_false { " else false" } else { "" };
            write!(f, " by %{} = {}{missing}", by.key.0, self.field(by.table, by.field))?;
        }
        f.write_char(')')
    }
}

fn join(ids: &[ExprId], word: &str) -> String {
    ids.iter().map(|id| format!("%{}", id.0)).collect::<Vec<_>>().join(&format!(" {word} "))
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.node.op {
            Op::Constant(constant) => f.write_str(&show(self.schema, constant)),
            Op::Missing(_) => f.write_str("missing"),
            Op::Now => f.write_str("now"),
            Op::Bucket { salt, layer } => write!(f, "bucket salted {salt:?} of {layer:?}"),
            Op::Remaining(limit) => write!(f, "remaining of shared limit {limit}"),
            Op::Field(table, field) => f.write_str(&self.field(*table, *field)),
            Op::Follow { table, link, value } => write!(f, "%{} through {}", value.0, self.field(*table, *link)),
            Op::Member(table, field) => write!(f, "each {}", self.field(*table, *field)),
            Op::Lookup { table, key, value } => {
                let name = self.schema.table(*table).map_or("?", |t| &t.name);
                write!(f, "%{} of {name}(%{})", value.0, key.0)
            }
            Op::Journey(journey, part) => write!(f, "{part:?} of journey {}", journey.0),
            Op::OfCustomer { value, .. } => write!(f, "%{} of the customer", value.0),
            Op::Aggregate(aggregate) => self.aggregate(f, aggregate),
            Op::Not(a) => write!(f, "not %{}", a.0),
            Op::And(all) => f.write_str(&join(all, "and")),
            Op::Or(all) => f.write_str(&join(all, "or")),
            Op::IsMissing(a) => write!(f, "%{} is missing", a.0),
            Op::IsTrue(a) => write!(f, "%{} is true", a.0),
            Op::Compare(comparison, a, b) => {
                let symbol = match comparison {
                    Comparison::Equal => "=",
                    Comparison::Less => "<",
                    Comparison::LessOrEqual => "<=",
                };
                write!(f, "%{} {symbol} %{}", a.0, b.0)
            }
            Op::In(a, all) => {
                let all: Vec<String> = all.iter().map(|c| show(self.schema, c)).collect();
                write!(f, "%{} in [{}]", a.0, all.join(", "))
            }
            Op::StartsWith(a, text) => write!(f, "%{} starts with {text:?}", a.0),
            Op::EndsWith(a, text) => write!(f, "%{} ends with {text:?}", a.0),
            Op::Contains(a, text) => write!(f, "%{} contains {text:?}", a.0),
            Op::Else(a, b) => write!(f, "%{} else %{}", a.0, b.0),
            Op::If(c, a, b) => write!(f, "if %{} then %{} else %{}", c.0, a.0, b.0),
            Op::ToNumber(a) => write!(f, "number %{}", a.0),
            Op::Negate(a) => write!(f, "-%{}", a.0),
            Op::Arithmetic(arithmetic, a, b) => write!(f, "%{} {} %{}", a.0, symbol(*arithmetic), b.0),
            Op::Call(builtin, all) => {
                let all: Vec<String> = all.iter().map(|id| format!("%{}", id.0)).collect();
                let decimals = if let Builtin::RoundTo(n) = builtin { format!("_to_{n}") } else { String::new() };
                write!(f, "{}{decimals}({})", builtin.name(), all.join(", "))
            }
        }?;
        let optional = if self.node.nullable { "?" } else { "" };
        write!(f, " : {}{optional}", type_name(self.schema, self.node.ty))?;
        match self.node.scope {
            Scope::Anywhere | Scope::Row(Schema::CUSTOMER) => Ok(()),
            Scope::Row(table) => write!(f, " over {}", self.schema.table(table).map_or("?", |t| &t.name)),
            Scope::Member(table, field) => write!(f, " over each {}", self.field(table, field)),
            Scope::Pair(table, field) => write!(f, " over customer and each {}", self.field(table, field)),
        }
    }
}
