//! Records as whole rows: values of the schema's types, linked rows with their keys, and what a record leaves out.
//!
//! What must hold: a row has a value for each field with a column of its own. A row of a lookup table that is written
//! without its key gets one that nothing else has; equal rows are one.

use std::collections::{BTreeMap, BTreeSet};

use opportune_plan::{Constant, Field, FieldId, Schema as PlanSchema, Source, TableId, TableKind, Type};

use super::given::Knowing;
use super::leads::Lead;
use super::values::Values;
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::clauses::said_twice;
use crate::hir::harmless;
use crate::syntax::Span;
use crate::syntax::ast::{Name, Record, RecordField, RecordValue};

/// A row: its fields in their order.
pub(super) type Row = Vec<(FieldId, Option<Constant>)>;

/// What a field of a record names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// A field of the row.
    Field(FieldId),
    /// The row that a field leads to.
    Linked(FieldId),
}

/// What a record says of a row.
#[derive(Default)]
pub(super) struct Spoken<'r> {
    fields: BTreeMap<FieldId, Said<'r>>,
    /// The fields that it names, whether or not their values were understood.
    named: BTreeSet<FieldId>,
    /// By link: fields of the row that it leads to, which the record tells as its own.
    through: BTreeMap<FieldId, Through>,
    /// Where it is written.
    span: Option<Span>,
}

/// Values of fields of a linked row.
type Through = Vec<(FieldId, Option<Constant>, Span)>;

/// What is said of a field.
struct Said<'r> {
    what: What<'r>,
    span: Span,
    layer: usize,
    mute: bool,
}

enum What<'r> {
    /// A value; of a link, the key.
    Value(Option<Constant>),
    /// The linked row.
    Row(&'r Record),
}

impl Knowing<'_> {
    /// What a name stands for in a record of a table.
    pub(super) fn slot(&self, table: TableId, name: &str) -> Option<Slot> {
        if let Some(field) = self.schema.field_named(table, name) {
            return Some(Slot::Field(field));
        }
        if let Some(link) = self.schema.link_named(table, name) {
            return Some(Slot::Linked(link));
        }
        match self.schema.plan.table(table)?.kind {
            TableKind::Events { at, .. } if name == "at" => Some(Slot::Field(at)),
            _ => None,
        }
    }

    /// A record of a table, field by field.
    pub(super) fn spoken<'r>(&mut self, values: Values<'_>, table: TableId, record: &'r Record) -> Spoken<'r> {
        let mut spoken = Spoken { span: Some(record.span), ..Spoken::default() };
        for field in &record.fields {
            match self.slot(table, &field.name.node) {
                Some(slot) => self.say(values, table, slot, field, &mut spoken),
                None => self.no_field(table, &field.name),
            }
        }
        spoken
    }

    pub(super) fn no_field(&mut self, table: TableId, name: &Name) {
        if self.schema.is_damaged(table, &name.node) {
            self.broken = true;
            return;
        }
        let message = format!("`{}` has no field `{}`", self.schema.table_name(table), name.node);
        let diagnostic = Diagnostic::error(codes::UNKNOWN_FIELD, message, name.span, "no such field");
        let names: Vec<&str> = self.schema.names_in(table).collect();
        self.report(match nearest(&name.node, names.iter().copied()) {
            Some(near) => diagnostic.meant(&name.node, name.span, near),
            None => {
                let listed: Vec<String> = names.iter().take(12).map(|name| format!("`{name}`")).collect();
                diagnostic.help(format!("its fields are {}", listed.join(", ")))
            }
        });
    }

    /// One field of a record.
    pub(super) fn say<'r>(
        &mut self,
        values: Values<'_>,
        table: TableId,
        slot: Slot,
        field: &'r RecordField,
        spoken: &mut Spoken<'r>,
    ) {
        let (Slot::Field(id) | Slot::Linked(id)) = slot;
        let name = &field.name;
        let entry = self.schema.plan.field(table, id);
        spoken.named.insert(id);
        if let Some(Source::Linked { link, field: to }) = entry.map(|entry| &entry.source) {
            if let Some(value) = self.value(values, table, id, field) {
                spoken.through.entry(*link).or_default().push((*to, value, name.span));
            }
            return;
        }
        let what = match (&field.value, slot) {
            (RecordValue::Row(record), Slot::Linked(_)) => Some(What::Row(record)),
            (RecordValue::Row(record), Slot::Field(_)) if entry.is_some_and(|entry| entry.link.is_some()) => {
                self.report(self.key_not_row(table, id, record.span));
                None
            }
            _ => self.value(values, table, id, field).map(What::Value),
        };
        let Some(what) = what else { return };
        if let Some(first) = spoken.fields.get(&id).filter(|first| first.layer == self.layer) {
            let first = first.span;
            return self.report(said_twice(name.span, first, &format!("`{}`", name.node)));
        }
        if let (What::Value(Some(key)), Some(link)) = (&what, entry.and_then(|entry| entry.link))
            && link.required
        {
            self.links.push(Lead { table: link.table, key: key.clone(), place: field.value.span(), layer: self.layer });
        }
        spoken.fields.insert(id, Said { what, span: name.span, layer: self.layer, mute: self.mute });
    }

    fn key_not_row(&self, table: TableId, field: FieldId, span: Span) -> Diagnostic {
        let links = self.schema.links.get(table.0 as usize).into_iter().flatten();
        let name = links.clone().find(|(_, link)| *link == field).map_or("…", |(name, _)| name);
        Diagnostic::error(codes::GIVEN_SHAPE, "this field holds the key of a row", span, "a row")
            .help(format!("the row itself goes by its own name: `{name}: {{ … }}`"))
    }

    /// The value of a field; `None`: reported.
    #[allow(clippy::option_option, reason = "a missing value and none that was understood are two things")]
    pub(super) fn value(
        &mut self,
        values: Values<'_>,
        table: TableId,
        id: FieldId,
        field: &RecordField,
    ) -> Option<Option<Constant>> {
        let entry = self.schema.plan.field(table, id)?;
        match (&field.value, entry.ty) {
            (RecordValue::Missing(_), _) if entry.nullable => Some(None),
            (RecordValue::Missing(span), _) => {
                self.report(never_missing(&entry.name, *span));
                None
            }
            (RecordValue::List(all, _), Type::Set(element)) => {
                self.worked_out(|told| values.set(all, element, told)).map(Some)
            }
            (RecordValue::One(expr), Type::Set(_)) => {
                let message = format!("`{}` is a set of values", entry.name);
                let diagnostic = Diagnostic::error(codes::GIVEN_SHAPE, message, expr.span, "one value");
                self.report(diagnostic.help("write the values in brackets: `[…, …]`"));
                None
            }
            (RecordValue::One(expr), ty) => {
                let bare = self.takes_names(table);
                self.worked_out(|told| values.constant(expr, ty, bare, told)).map(Some)
            }
            (RecordValue::List(_, span), _) => {
                let message = format!("`{}` is a single value", entry.name);
                let diagnostic = Diagnostic::error(codes::GIVEN_SHAPE, message, *span, "a list");
                self.report(diagnostic.help("write one value, without brackets"));
                None
            }
            (RecordValue::Row(record), _) => {
                let message = format!("`{}` is a single value", entry.name);
                let diagnostic = Diagnostic::error(codes::GIVEN_SHAPE, message, record.span, "a row");
                self.report(diagnostic.help("write one value, without braces"));
                None
            }
        }
    }

    /// Whether texts of the table are names of the policy, which stand without quotes too: those of the ledger.
    fn takes_names(&self, table: TableId) -> bool {
        self.schema.is_built_in(table)
    }

    /// The whole row. Without `all`, only what is said.
    pub(super) fn whole(
        &mut self,
        values: Values<'_>,
        table: TableId,
        mut spoken: Spoken<'_>,
        all: bool,
    ) -> Option<Row> {
        let plan = self.schema.plan.table(table)?;
        let at = match plan.kind {
            TableKind::Events { at, .. } => self.moment_of(values, table, at, &spoken)?,
            _ => None,
        };
        let (key, here) = (plan.key().filter(|_| table != PlanSchema::CUSTOMER), spoken.span);
        let mut row = Row::new();
        for (id, field) in plan.fields() {
            if matches!(field.source, Source::Linked { .. }) {
                continue;
            }
            let said = spoken.fields.remove(&id);
            let through = spoken.through.remove(&id).unwrap_or_default();
            let own = (self.layer, self.mute);
            if let Some(said) = &said {
                (self.layer, self.mute) = (said.layer, said.mute);
            }
            let value = match said {
                Some(Said { what: What::Value(value), .. }) => {
                    self.refuse_through(&through);
                    Some(value)
                }
                Some(Said { what: What::Row(record), .. }) => field
                    .link
                    .and_then(|link| self.linked(values, link.table, Some(record), through, record.span).map(Some)),
                None if !all && through.is_empty() => {
                    (self.layer, self.mute) = own;
                    continue;
                }
                None if key == Some(id) => continue,
                None => self.left_out(values, (table, id), field, through, (at.as_ref(), here)),
            };
            (self.layer, self.mute) = own;
            row.push((id, value?));
        }
        Some(row)
    }

    /// When an event happens: its own time, where it has one.
    #[allow(clippy::option_option, reason = "a time that is another row's and none that was understood are two things")]
    fn moment_of(
        &mut self,
        values: Values<'_>,
        table: TableId,
        at: FieldId,
        spoken: &Spoken<'_>,
    ) -> Option<Option<Constant>> {
        let field = self.schema.plan.field(table, at)?;
        if let Source::Linked { link, field: to } = field.source {
            let told = spoken.through.get(&link).and_then(|through| through.iter().find(|(field, ..)| *field == to));
            if told.is_none() && !spoken.named.contains(&link) && !spoken.named.contains(&at) {
                self.report(self.no_time(table, spoken));
                return None;
            }
            return Some(told.and_then(|(_, value, _)| value.clone()));
        }
        let Some(said) = spoken.fields.get(&at) else {
            // A time that was not understood is reported already.
            if !spoken.named.contains(&at) {
                self.report(self.no_time(table, spoken));
            }
            return None;
        };
        let What::Value(Some(value)) = &said.what else { return None };
        let moment = match value {
            Constant::Instant(moment) => Some(*moment),
            Constant::Date(_) => values.first_moment(value),
            _ => None,
        };
        if let Some(moment) = moment.filter(|_| !self.mute) {
            self.moments.push((moment, said.span));
        }
        Some(Some(value.clone()))
    }

    fn no_time(&self, table: TableId, spoken: &Spoken<'_>) -> Diagnostic {
        let message = format!("this {} does not say when it happened", self.schema.table_name(table));
        let span = spoken.span.unwrap_or_default();
        Diagnostic::error(codes::GIVEN_NO_TIME, message, span, "without `at`")
            .help("write its time: `at: now - 1 day`, `at: 2026-11-10 18:00`")
    }

    /// The value of a field that a record leaves out: the schema's, else missing where it may be, else a plain one.
    #[allow(clippy::option_option, reason = "a missing value and none that was understood are two things")]
    fn left_out(
        &mut self,
        values: Values<'_>,
        (table, id): (TableId, FieldId),
        field: &Field,
        through: Through,
        (at, here): (Option<&Constant>, Option<Span>),
    ) -> Option<Option<Constant>> {
        if let Some(link) = field.link.filter(|link| !through.is_empty() || (link.required && !field.nullable)) {
            let span = here.or(through.first().map(|(.., span)| *span)).unwrap_or_default();
            return self.linked(values, link.table, None, through, span).map(Some);
        }
        let schema = self.schema;
        let zone = schema.zone.as_ref().filter(|zone| table == PlanSchema::CUSTOMER && zone.field == id);
        if let Some(default) = zone.and_then(|zone| zone.default.clone()) {
            return Some(Some(Constant::Zone(default)));
        }
        if field.nullable {
            return Some(None);
        }
        let plan = schema.plan.table(table)?;
        let is_customer = match (&plan.kind, &field.source) {
            (TableKind::Events { customer_column, .. }, Source::Column(column)) => customer_column == column,
            (TableKind::Customer { key, .. }, _) => *key == id,
            _ => false,
        };
        if is_customer {
            return Some(Some(self.customer_key(field.ty)));
        }
        Some(Some(match (field.ty, at) {
            (Type::Instant | Type::Date, Some(at)) => values.as_type(at.clone(), field.ty)?,
            (Type::Zone, _) => values.project_zone(),
            (ty, _) => harmless(ty),
        }))
    }

    /// The row of a lookup table; its key.
    pub(super) fn linked(
        &mut self,
        values: Values<'_>,
        table: TableId,
        record: Option<&Record>,
        through: Through,
        span: Span,
    ) -> Option<Constant> {
        if record.is_none() && through.is_empty() {
            return self.plain_row(values, table, span);
        }
        self.written(values, table, record, through, span)
    }

    /// The row of which nothing is written: one for each table.
    fn plain_row(&mut self, values: Values<'_>, table: TableId, span: Span) -> Option<Constant> {
        match self.plain.get(&table) {
            Some(Some(key)) => return Some(key.clone()),
            Some(None) => {
                self.report(self.leads_back(table, span));
                return None;
            }
            None => {}
        }
        self.plain.insert(table, None);
        let key = self.written(values, table, None, Vec::new(), span);
        self.plain.insert(table, key.clone());
        key
    }

    /// A row of which something is written, or all left out.
    fn written(
        &mut self,
        values: Values<'_>,
        table: TableId,
        record: Option<&Record>,
        through: Through,
        span: Span,
    ) -> Option<Constant> {
        let key_field = self.schema.plan.table(table)?.key()?;
        let mut spoken = record.map(|record| self.spoken(values, table, record)).unwrap_or_default();
        spoken.span = Some(span);
        for (field, value, span) in through {
            if let Some(first) = spoken.fields.get(&field) {
                let first = first.span;
                self.report(said_twice(span, first, "this field"));
            } else {
                let what = What::Value(value);
                spoken.fields.insert(field, Said { what, span, layer: self.layer, mute: self.mute });
            }
        }
        let mut row = self.whole(values, table, spoken, true)?;
        let said = row.iter().find(|(field, _)| *field == key_field).and_then(|(_, key)| key.clone());
        let key = match said {
            Some(key) => key,
            None => {
                let key = self.invented_key(table, key_field, &row)?;
                let place = row.iter().position(|(field, _)| *field > key_field).unwrap_or(row.len());
                row.insert(place, (key_field, Some(key.clone())));
                key
            }
        };
        self.put(table, key.clone(), row, span);
        Some(key)
    }

    fn leads_back(&self, table: TableId, span: Span) -> Diagnostic {
        let name = self.schema.table_name(table);
        let message = format!("this leads to rows of `{name}` that lead to each other");
        Diagnostic::error(codes::GIVEN_NO_ROW, message, span, "a row that is left out")
            .help(format!("give a row of `{name}` with its key, and write the key where the link is"))
    }

    /// The key of a row that is written without one.
    fn invented_key(&mut self, table: TableId, field: FieldId, row: &Row) -> Option<Constant> {
        if let Some(key) = self.invented.get(&(table, row.clone())) {
            return Some(key.clone());
        }
        let ty = self.schema.plan.field(table, field)?.ty;
        let name = self.schema.table_name(table);
        let candidate = |number: i64| match ty {
            Type::Int => Constant::Int(number),
            _ => Constant::Text(format!("{name} {number}").into()),
        };
        let last = self.last.get(&table).copied().unwrap_or(0);
        let free = (last.saturating_add(1)..).find(|number| !self.taken.contains(&(table, candidate(*number))))?;
        self.last.insert(table, free);
        let key = candidate(free);
        self.invented.insert((table, row.clone()), key.clone());
        Some(key)
    }

    /// Fields of a row that is named by its key belong to that row.
    fn refuse_through(&mut self, through: &Through) {
        for (_, _, span) in through {
            let message = "this belongs to the row that the key leads to";
            let diagnostic = Diagnostic::error(codes::GIVEN_SHAPE, message, *span, "of another row");
            self.report(diagnostic.help("give it there, or write the row in place of its key: `{ … }`"));
        }
    }

    /// Notes the keys that fields name, wherever they stand.
    pub(super) fn take_keys(&mut self, values: Values<'_>, fields: &[RecordField]) {
        for field in fields {
            let table = self.schema.table_named(&field.name.node);
            match (&field.value, table) {
                (RecordValue::List(rows, _), Some(table)) => {
                    for row in rows {
                        if let RecordValue::Row(record) = row {
                            self.take_keys_of(values, table, record);
                        }
                    }
                }
                _ => self.take_key(values, PlanSchema::CUSTOMER, field),
            }
        }
    }

    fn take_keys_of(&mut self, values: Values<'_>, table: TableId, record: &Record) {
        record.fields.iter().for_each(|field| self.take_key(values, table, field));
    }

    fn take_key(&mut self, values: Values<'_>, table: TableId, field: &RecordField) {
        let Some(Slot::Field(id) | Slot::Linked(id)) = self.slot(table, &field.name.node) else { return };
        let Some(entry) = self.schema.plan.field(table, id) else { return };
        let is_key = self.schema.plan.table(table).and_then(opportune_plan::Table::key) == Some(id);
        let target = entry.link.map(|link| link.table).or(is_key.then_some(table));
        match (&field.value, target) {
            (RecordValue::Row(record), Some(target)) => self.take_keys_of(values, target, record),
            (RecordValue::One(expr), Some(target)) => {
                if let Some(key) = values.constant(expr, entry.ty, false, &mut Vec::new()) {
                    self.taken.insert((target, key));
                }
            }
            _ => {}
        }
    }

    /// The key of a customer who is written without one.
    fn customer_key(&self, ty: Type) -> Constant {
        if ty == Type::Int { Constant::Int(1) } else { Constant::Text("customer".into()) }
    }
}

fn never_missing(field: &str, span: Span) -> Diagnostic {
    let message = format!("`{field}` is never missing");
    Diagnostic::error(codes::GIVEN_MISSING, message, span, "cannot be missing")
        .help("write a value, or leave the field out; where the data may lack it, the schema says so with `?`")
}
