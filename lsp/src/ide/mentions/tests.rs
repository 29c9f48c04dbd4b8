//! What personas and tests mention: fields and rows of records, offers and channels that are expected.

use opportune_compiler::plan::{Schema as PlanSchema, TableId};
use opportune_compiler::syntax::ast::{
    AlwaysClause, Expectation, Name, PersonaItem, RecordField, RecordValue, TestClauseKind, TestItem,
};

use super::super::symbol::{CONTEXT, Symbol};
use super::{Collector, Scope};

/// What an `always at most` counts beside offers.
const CONTACTS: [&str; 2] = ["contact", "contacts"];

impl Collector<'_> {
    pub(super) fn persona(&mut self, persona: &PersonaItem) {
        self.declare(&persona.name, Symbol::Persona(persona.name.node.clone()));
        self.record(Some(PlanSchema::CUSTOMER), &persona.fields);
    }

    pub(super) fn test(&mut self, test: &TestItem) {
        self.declare(&test.name, Symbol::Test(test.name.node.clone()));
        for clause in &test.clauses {
            match &clause.kind {
                TestClauseKind::At(at) | TestClauseKind::ThenAfter(at) | TestClauseKind::ThenAt(at) => {
                    self.expr(at, Scope::default());
                }
                TestClauseKind::Given { persona, record } => {
                    if let Some(persona) = persona {
                        self.mention(persona, Symbol::Persona(persona.node.clone()));
                    }
                    record.iter().for_each(|record| self.record(Some(PlanSchema::CUSTOMER), &record.fields));
                }
                TestClauseKind::Context(record) => self.record(self.schema.table_named(CONTEXT), &record.fields),
                TestClauseKind::Expect(expected) => self.expected(expected),
                TestClauseKind::Always(always) => self.always(always),
            }
        }
    }

    fn expected(&mut self, expected: &Expectation) {
        expected.offer.iter().for_each(|offer| self.offer(offer));
        expected.channel.iter().for_each(|channel| self.channel(channel));
        self.maybe(expected.member.as_ref());
        self.maybe(expected.at.as_ref());
    }

    fn always(&mut self, always: &AlwaysClause) {
        match always {
            AlwaysClause::AtMost { what, channel, .. } => {
                if !CONTACTS.contains(&&*what.node) {
                    self.offer(what);
                }
                channel.iter().for_each(|channel| self.channel(channel));
            }
            AlwaysClause::Never { offer, when } => {
                offer.iter().for_each(|offer| self.offer(offer));
                self.expr(when, Scope::default());
            }
        }
    }

    /// The fields of a row; of the customer also the tables that are given beside.
    fn record(&mut self, table: Option<TableId>, fields: &[RecordField]) {
        let Some(table) = table else { return };
        for field in fields {
            self.record_field(table, &field.name, &field.value);
        }
    }

    fn record_field(&mut self, table: TableId, name: &Name, value: &RecordValue) {
        let owner = self.schema.table_name(table);
        if let Some((symbol, to)) = self.link(table, &name.node) {
            self.mention(name, symbol);
            return self.record_value(Some(to), None, value);
        }
        if self.schema.field_named(table, &name.node).is_some() {
            let symbol = Symbol::Field(owner.into(), name.node.clone());
            self.mention(name, symbol.clone());
            return self.record_value(None, Some(&symbol), value);
        }
        if table != PlanSchema::CUSTOMER {
            // `at` of events whose time has another name.
            let time = self.time_of(table).filter(|_| &*name.node == "at");
            if let Some(field) = time.and_then(|at| self.schema.plan.field(table, at)) {
                self.mention(name, Symbol::Field(owner.into(), field.name.clone()));
            }
            return self.record_value(None, None, value);
        }
        let rows = self.schema.table_named(&name.node);
        if rows.is_some() {
            self.mention(name, Symbol::Table(name.node.clone()));
        }
        self.record_value(rows, None, value);
    }

    fn record_value(&mut self, rows: Option<TableId>, of: Option<&Symbol>, value: &RecordValue) {
        match value {
            RecordValue::Missing(_) => {}
            RecordValue::One(value) => self.beside(value, of, Scope::default()),
            RecordValue::List(values, _) => values.iter().for_each(|value| self.record_value(rows, of, value)),
            RecordValue::Row(record) => self.record(rows, &record.fields),
        }
    }
}
