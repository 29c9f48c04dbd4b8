//! What becomes known at a moment: the layers of a persona and of what is written beside it, as one customer with rows.

use std::collections::{BTreeMap, BTreeSet};

use opportune_plan::{Constant, FieldId, Given, GivenRow, Schema as PlanSchema, TableId, TableKind};

use super::leads::Lead;
use super::rows::{Row, Slot, Spoken};
use super::values::Values;
use super::{Around, Draft};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::Schema;
use crate::hir::clauses::said_twice;
use crate::hir::schema::CONTEXT;
use crate::syntax::Span;
use crate::syntax::ast::{self, PersonaItem, Record, RecordField, RecordValue};

/// The most rows of a test: a persona may be given at each of its moments.
const MOST_ROWS: usize = 100_000;

/// What is given at a moment, one beside the other.
#[derive(Clone, Copy)]
pub(super) struct Layer<'a> {
    pub(super) fields: &'a [RecordField],
    /// Where it is a persona's: its name where it is given. Its mistakes are told where it is declared.
    pub(super) persona: Option<&'a ast::Name>,
}

/// What is known so far, from moment to moment.
pub(super) struct Knowing<'a> {
    /// Where the test is named.
    name: Span,
    pub(super) schema: &'a Schema,
    /// The keys that are written somewhere in the test: none that is invented is one of them.
    pub(super) taken: BTreeSet<(TableId, Constant)>,
    /// The rows of lookup tables so far.
    pub(super) known: BTreeMap<(TableId, Constant), Row>,
    /// The keys of rows that were written without one, by what they hold.
    pub(super) invented: BTreeMap<(TableId, Row), Constant>,
    /// The rows of lookup tables that this moment brings, with the layer that says them.
    pub(super) now: BTreeMap<(TableId, Constant), (usize, Row)>,
    /// The same in the order in which they are written.
    order: Vec<(TableId, Constant)>,
    events: Vec<GivenRow>,
    /// What must be a key at this moment.
    pub(super) links: Vec<Lead>,
    /// When events happened, and where that is written.
    pub(super) moments: Vec<(i64, Span)>,
    /// The layer at hand, and whether its mistakes are told where it is declared.
    pub(super) layer: usize,
    pub(super) mute: bool,
    /// The keys of rows of which nothing is written; `None` while one is made.
    pub(super) plain: BTreeMap<TableId, Option<Constant>>,
    /// By table, the number of the last key that was invented.
    pub(super) last: BTreeMap<TableId, i64>,
    /// How many rows the test has given so far.
    rows: usize,
    /// Whether something was not understood.
    pub(super) broken: bool,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Knowing<'a> {
    /// Nothing known yet, of a test with these moments.
    pub(super) fn new(around: Around<'a>, name: Span, drafts: &[Draft<'_>], personas: &[&PersonaItem]) -> Self {
        let mut knowing = Self {
            name,
            schema: around.context.schema,
            taken: BTreeSet::new(),
            known: BTreeMap::new(),
            invented: BTreeMap::new(),
            now: BTreeMap::new(),
            order: Vec::new(),
            events: Vec::new(),
            links: Vec::new(),
            moments: Vec::new(),
            layer: 0,
            mute: false,
            plain: BTreeMap::new(),
            last: BTreeMap::new(),
            rows: 0,
            broken: false,
            diagnostics: Vec::new(),
        };
        let values = Values::new(around, super::SOME_MOMENT);
        for persona in personas {
            knowing.take_keys(values, &persona.fields);
        }
        for record in drafts.iter().flat_map(|draft| &draft.given).filter_map(|(_, record)| *record) {
            knowing.take_keys(values, &record.fields);
        }
        knowing
    }

    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.broken = true;
        if !self.mute {
            self.diagnostics.push(diagnostic);
        }
    }

    /// A value of a field, or what is wrong with it.
    pub(super) fn worked_out<T>(&mut self, work: impl FnOnce(&mut Vec<Diagnostic>) -> Option<T>) -> Option<T> {
        let mut told = Vec::new();
        let found = work(&mut told);
        told.into_iter().for_each(|diagnostic| self.report(diagnostic));
        self.broken |= found.is_none();
        found
    }

    /// What becomes known at a moment; `None`: something of it is wrong. A later layer is beside those before it, and its
    /// fields of the customer take the place of theirs.
    pub(super) fn learn(&mut self, values: Values<'_>, layers: &[Layer<'_>], is_first: bool) -> Option<Given> {
        let row = self.customer(values, layers, is_first);
        self.dangling(layers);
        let lookups: Vec<GivenRow> = std::mem::take(&mut self.order)
            .into_iter()
            .filter_map(|at| {
                let (_, row) = self.now.remove(&at)?;
                let is_news = self.known.insert(at.clone(), row.clone()).as_ref() != Some(&row);
                is_news.then_some(GivenRow { table: at.0, values: row })
            })
            .collect();
        let events = std::mem::take(&mut self.events);
        let rows = lookups.into_iter().chain(events).collect();
        row.map(|customer| Given { customer, rows }).filter(|_| !self.broken)
    }

    /// Looks at a persona by itself. Rows that its keys lead to may be given where it is given.
    pub(super) fn look_at(&mut self, values: Values<'_>, persona: &PersonaItem) {
        self.customer(values, &[Layer { fields: &persona.fields, persona: None }], true);
    }

    /// The customer's own fields; rows are taken in on the way.
    fn customer(&mut self, values: Values<'_>, layers: &[Layer<'_>], is_first: bool) -> Option<Row> {
        self.broken = false;
        let mut customer = Spoken::default();
        for (at, layer) in layers.iter().enumerate() {
            (self.layer, self.mute) = (at, layer.persona.is_some());
            let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
            for field in layer.fields {
                if let Some(first) = seen.insert(&field.name.node, field.name.span) {
                    self.report(said_twice(field.name.span, first, &format!("`{}`", field.name.node)));
                    continue;
                }
                self.known_of_customer(values, field, &mut customer);
            }
        }
        let row = self.whole(values, PlanSchema::CUSTOMER, customer, is_first);
        self.mute = false;
        row
    }

    /// A field of the customer, events, or rows of a lookup table.
    fn known_of_customer<'r>(&mut self, values: Values<'_>, field: &'r RecordField, customer: &mut Spoken<'r>) {
        let name = &*field.name.node;
        let table = self.schema.table_named(name).filter(|table| *table != PlanSchema::CUSTOMER);
        let slot = self.slot(PlanSchema::CUSTOMER, name);
        let has_rows = matches!(&field.value, RecordValue::List(rows, _)
            if rows.iter().any(|row| matches!(row, RecordValue::Row(_))));
        match (slot, table.and_then(|id| Some((id, &self.schema.plan.table(id)?.kind)))) {
            (Some(slot), None) => self.say(values, PlanSchema::CUSTOMER, slot, field, customer),
            (Some(slot), Some(_)) if !has_rows => self.say(values, PlanSchema::CUSTOMER, slot, field, customer),
            (_, Some((id, TableKind::Events { .. }))) => self.rows(values, id, true, field),
            (_, Some((id, TableKind::Lookup { .. }))) => self.rows(values, id, false, field),
            _ if self.schema.is_damaged(PlanSchema::CUSTOMER, name) => self.broken = true,
            _ => self.report(self.not_given(field)),
        }
    }

    fn not_given(&self, field: &RecordField) -> Diagnostic {
        let name = &field.name;
        let message = format!("`{}` is nothing that a test gives", name.node);
        let diagnostic = Diagnostic::error(codes::NOT_GIVEN, message, name.span, "not in the data");
        if &*name.node == CONTEXT {
            return diagnostic.help("write what a request brings on a line of its own: `with context { … }`");
        }
        if &*name.node == "customer" || self.schema.table_named(&name.node) == Some(PlanSchema::CUSTOMER) {
            return diagnostic.help("the customer's fields stand by themselves: `given { age: …, purchase: [{ … }] }`");
        }
        let tables = self.schema.plan.tables.iter().skip(1).map(|table| &*table.name);
        match nearest(&name.node, self.schema.names_in(PlanSchema::CUSTOMER).chain(tables)) {
            Some(near) => diagnostic.meant(&name.node, name.span, near),
            None => diagnostic
                .help("a test gives fields of the customer, events and rows of tables, by their names in the schema"),
        }
    }

    /// `purchase: [{ … }, { … }]`
    fn rows(&mut self, values: Values<'_>, table: TableId, are_events: bool, field: &RecordField) {
        let name = &field.name.node;
        let RecordValue::List(rows, _) = &field.value else {
            return self.report(rows_wanted(name, are_events, field.value.span()));
        };
        for row in rows {
            if !self.has_room() {
                return;
            }
            match row {
                RecordValue::Row(record) if are_events => self.event(values, table, record),
                RecordValue::Row(record) => {
                    self.linked(values, table, Some(record), Vec::new(), record.span);
                }
                other => self.report(rows_wanted(name, are_events, other.span())),
            }
        }
    }

    /// Whether the test may give one more row.
    fn has_room(&mut self) -> bool {
        self.rows += 1;
        if self.rows == MOST_ROWS + 1 {
            let message = format!("a test gives at most {MOST_ROWS} rows over all its moments");
            let diagnostic = Diagnostic::error(codes::GIVEN_TOO_MUCH, message, self.name, "too many rows");
            self.diagnostics.push(diagnostic.help("give less, or make several tests of it"));
        }
        self.broken |= self.rows > MOST_ROWS;
        self.rows <= MOST_ROWS
    }

    fn event(&mut self, values: Values<'_>, table: TableId, record: &Record) {
        let spoken = self.spoken(values, table, record);
        if let Some(row) = self.whole(values, table, spoken, true) {
            self.events.push(GivenRow { table, values: row });
        }
    }

    /// Takes a row of a lookup table in.
    pub(super) fn put(&mut self, table: TableId, key: Constant, row: Row, span: Span) {
        let (layer, at) = (self.layer, (table, key));
        match self.now.get(&at) {
            Some((before, known)) if *before == layer && *known != row => {
                let message = format!("two rows of `{}` have this key", self.schema.table_name(table));
                let diagnostic = Diagnostic::error(codes::GIVEN_ROW_TWICE, message, span, "the second one");
                self.report(diagnostic.help("give one of them another key, or leave it out"));
            }
            Some(_) => {
                self.now.insert(at, (layer, row));
            }
            None => {
                self.order.push(at.clone());
                self.now.insert(at, (layer, row));
            }
        }
    }

    /// What a request brings; a missing value is as good as none.
    pub(super) fn context(&mut self, values: Values<'_>, records: &[&Record]) -> Option<Vec<(FieldId, Constant)>> {
        self.broken = false;
        let mut found: BTreeMap<FieldId, (Option<Constant>, Span)> = BTreeMap::new();
        for field in records.iter().flat_map(|record| &record.fields) {
            let Some(table) = self.schema.table_named(CONTEXT) else {
                let message = "the project declares no context";
                let diagnostic = Diagnostic::error(codes::NOT_GIVEN, message, field.name.span, "not declared");
                self.report(diagnostic.help("declare what a request may bring: `context { reason: text }`"));
                return None;
            };
            let Some(Slot::Field(id)) = self.slot(table, &field.name.node) else {
                self.no_field(table, &field.name);
                continue;
            };
            if let Some((_, first)) = found.get(&id) {
                self.report(said_twice(field.name.span, *first, &format!("`{}`", field.name.node)));
            } else if let Some(value) = self.value(values, table, id, field) {
                found.insert(id, (value, field.name.span));
            }
        }
        let values = found.into_iter().filter_map(|(id, (value, _))| Some((id, value?))).collect();
        (!self.broken).then_some(values)
    }

    /// Warns of events after the last moment, which nothing looks at.
    pub(super) fn warn_of_unseen(&mut self, last: i64) {
        for (_, span) in self.moments.iter().filter(|(at, _)| *at > last) {
            let message = "this happens after the last moment of the test, so nothing sees it";
            let diagnostic = Diagnostic::warning(codes::GIVEN_UNSEEN, message, *span, "too late");
            self.diagnostics.push(diagnostic.help("write an earlier time, or a later moment: `then after 3 days`"));
        }
    }
}

fn rows_wanted(table: &str, are_events: bool, span: Span) -> Diagnostic {
    let message = format!("`{table}` is given as a list of rows");
    let diagnostic = Diagnostic::error(codes::GIVEN_SHAPE, message, span, "no list of rows");
    let example = if are_events { "at: now - 1 day" } else { "…" };
    diagnostic.help(format!("write each row in braces, the rows in brackets: `{table}: [{{ {example} }}]`"))
}

/// A persona that nobody declares.
pub(super) fn no_persona(around: Around<'_>, name: &ast::Name) -> Diagnostic {
    let message = format!("no persona `{}` is declared", name.node);
    let diagnostic = Diagnostic::error(codes::UNKNOWN_PERSONA, message, name.span, "not declared");
    match nearest(&name.node, around.persona_names.iter().map(|name| &**name)) {
        Some(near) => diagnostic.meant(&name.node, name.span, near),
        None => diagnostic.help(format!("declare it: `persona {} {{ … }}`", name.node)),
    }
}
