//! Makes a customer for whom an invariant does not hold as small as possible: what is not needed for that is left out.

use opportune_plan::{Plan, Step, TableKind};

use super::invariant::Breach;

/// How many smaller customers are tried.
const MOST_TRIES: usize = 600;

/// The smallest customer found for whom it still does not hold.
pub fn smallest(
    plan: &Plan,
    mut steps: Vec<Step>,
    mut breach: Breach,
    still: &dyn Fn(&[Step]) -> Option<Breach>,
) -> (Vec<Step>, Breach) {
    steps.truncate(breach.step + 1);
    let mut tries = 0;
    loop {
        let mut is_smaller = false;
        let mut at = 0;
        // What was left out shifts the rest, so the same place is tried again.
        while let Some(smaller) = without(plan, &steps, at) {
            tries += 1;
            match still(&smaller) {
                Some(found) => (steps, breach, is_smaller) = (smaller, found, true),
                None => at += 1,
            }
            if tries >= MOST_TRIES {
                return (steps, breach);
            }
        }
        if !is_smaller {
            return (steps, breach);
        }
    }
}

/// The customer without the thing of this number: a later moment, a row, a field, a value of a request.
fn without(plan: &Plan, steps: &[Step], at: usize) -> Option<Vec<Step>> {
    let mut left = at;
    let mut smaller = steps.to_vec();
    if left + 1 < steps.len() {
        smaller.remove(left + 1);
        return Some(smaller);
    }
    left -= steps.len().saturating_sub(1);
    for step in &mut smaller {
        let rows = step.given.rows.len();
        if left < rows {
            step.given.rows.remove(left);
            return Some(smaller);
        }
        left -= rows;
        if left < step.context.len() {
            step.context.remove(left);
            return Some(smaller);
        }
        left -= step.context.len();
    }
    fewer_fields(plan, &mut smaller, left).then_some(smaller)
}

/// Makes the field of this number missing, of those that are not and may be.
fn fewer_fields(plan: &Plan, steps: &mut [Step], at: usize) -> bool {
    let mut left = at;
    let nullable = |table, field| plan.schema.field(table, field).is_some_and(|field| field.nullable);
    for step in steps {
        let customer =
            step.given.customer.iter_mut().map(|(field, value)| (opportune_plan::Schema::CUSTOMER, field, value));
        let rows = step.given.rows.iter_mut().flat_map(|row| {
            let table = row.table;
            row.values.iter_mut().map(move |(field, value)| (table, field, value))
        });
        let is_event = |table| plan.schema.table(table).is_some_and(|table| !matches!(table.kind, TableKind::Context));
        for (table, field, value) in customer.chain(rows) {
            if value.is_none() || !nullable(table, *field) || !is_event(table) {
                continue;
            }
            if left == 0 {
                *value = None;
                return true;
            }
            left -= 1;
        }
    }
    false
}
