//! The test of the first offer: somebody who gets it, and somebody who does not.

use std::fmt::Write as _;

use super::draft::{Draft, Field, Table, Ty};
use super::policy::{Channel, DESK, group};
use super::schema::quoted;

/// The tests of the first offer over a draft.
pub fn tests(draft: &Draft, channels: &[Channel]) -> String {
    let customer = draft.customer();
    let mut fields: Vec<String> = channels.iter().map(|channel| channel.agreed.clone()).collect();
    let zone = customer.and_then(|customer| customer.fields.iter().find(|field| field.ty == Ty::Zone));
    fields.extend(zone.map(|zone| format!("{}: {}", zone.name, quoted(&draft.zone.value))));
    let nobody = match fields.as_slice() {
        [] => "{ }".to_owned(),
        fields => format!("{{ {} }}", fields.join(", ")),
    };
    let gets = who_gets_it(draft, customer);
    let name = customer.map_or("customer", |customer| &customer.name);
    let mut text = format!(
        "// What the first offer does, shown by examples: `opportune test` plays them.\n\npersona some_{name} {{\n"
    );
    for field in fields.iter().chain(&gets) {
        let _ = writeln!(text, "  {field}");
    }
    let day = draft.now.as_deref().and_then(|now| now.split(' ').next()).unwrap_or("2026-11-20");
    let (context, channel) = match channels.first() {
        Some(channel) => (String::new(), channel.name.as_str()),
        None => (format!("  with context {{ channel: {DESK} }}\n"), DESK),
    };
    let _ = write!(
        text,
        "}}\n\ntest \"who is meant gets the first offer\" {{\n  at {day} 12:00\n  given some_{name}\n{context}  expect offer first_offer by {channel}\n}}\n"
    );
    if !gets.is_empty() {
        let _ = write!(
            text,
            "\ntest \"who is not meant gets nothing\" {{\n  at {day} 12:00\n  given {nobody}\n{context}  expect no offer\n}}\n"
        );
    }
    text
}

/// What somebody must have done or be to get the offer, as fields of a record.
fn who_gets_it(draft: &Draft, customer: Option<&Table>) -> Vec<String> {
    if let Some(events) = draft.events().first() {
        let at = events.at().map_or("at", |at| &at.name);
        let ago = if events.at().is_some_and(|at| at.ty == Ty::Date) { "today" } else { "now" };
        return vec![format!("{}: [{{ {at}: {ago} - 1 day }}]", events.name)];
    }
    let meant = customer.and_then(group);
    meant.map(|(field, value): (&Field, &str)| format!("{}: {}", field.name, quoted(value))).into_iter().collect()
}
