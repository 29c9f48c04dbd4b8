//! A customer as a test that can be pasted into a policy.

use std::fmt::Write as _;

use opportune_plan::{Constant, FieldId, GivenRow, Invariant, Plan, Schema, Step, TableId};
use opportune_runtime::rehearse::Writing;
use opportune_runtime::time::Zone;

/// The test of a customer; at the moment of this number, what must not be is said.
pub fn test(plan: &Plan, steps: &[Step], last: usize, invariant: Option<&Invariant>) -> String {
    let Some(zone) = Zone::get(&plan.zone) else { return String::new() };
    let text = Text { plan, writing: Writing::new(&plan.schema, &zone) };
    let mut out = String::from("test \"counterexample\" {\n");
    for (at, step) in steps.iter().enumerate() {
        let word = if at == 0 { "at" } else { "then at" };
        let _ = writeln!(out, "  {word} {}", text.writing.moment(step.now));
        out.push_str(&text.given(step));
        if !step.context.is_empty() {
            let all = step.context.iter().map(|(field, value)| text.field(text.context(), *field, Some(value)));
            let all: Vec<String> = all.flatten().collect();
            let _ = writeln!(out, "  with context {{ {} }}", all.join(", "));
        }
        if at == last {
            let _ = writeln!(out, "  {}", text.expectation(invariant));
        }
    }
    out.push_str("}\n");
    out
}

struct Text<'a> {
    plan: &'a Plan,
    writing: Writing<'a>,
}

impl Text<'_> {
    fn given(&self, step: &Step) -> String {
        let mut lines: Vec<String> = Vec::new();
        for (field, value) in &step.given.customer {
            lines.extend(self.field(Schema::CUSTOMER, *field, value.as_ref()).map(|field| format!("    {field}\n")));
        }
        for (id, table) in self.plan.schema.tables() {
            let rows: Vec<&GivenRow> = step.given.rows.iter().filter(|row| row.table == id).collect();
            if !rows.is_empty() {
                let rows: String = rows.iter().map(|row| format!("      {{ {} }},\n", self.row(row))).collect();
                lines.push(format!("    {}: [\n{rows}    ]\n", table.name));
            }
        }
        if lines.is_empty() { String::new() } else { format!("  given {{\n{}  }}\n", lines.concat()) }
    }

    fn row(&self, row: &GivenRow) -> String {
        let all = row.values.iter().filter_map(|(field, value)| self.field(row.table, *field, value.as_ref()));
        all.collect::<Vec<_>>().join(", ")
    }

    /// `age: 17`; nothing where it is missing.
    fn field(&self, table: TableId, field: FieldId, value: Option<&Constant>) -> Option<String> {
        let name = &self.plan.schema.field(table, field)?.name;
        Some(format!("{name}: {}", self.writing.constant(value?)))
    }

    fn context(&self) -> TableId {
        let is_context = |table: &opportune_plan::Table| table.kind == opportune_plan::TableKind::Context;
        self.plan.schema.tables().find(|(_, table)| is_context(table)).map_or(Schema::CUSTOMER, |(id, _)| id)
    }

    fn expectation(&self, invariant: Option<&Invariant>) -> String {
        let offer = match invariant {
            Some(Invariant::Never { offer, .. } | Invariant::AtMost { offer, .. }) => *offer,
            None => None,
        };
        match offer.and_then(|offer| self.plan.offers.get(offer.0 as usize)) {
            Some(offer) => format!("expect not {}", offer.name),
            None => "expect no offer".to_owned(),
        }
    }
}
