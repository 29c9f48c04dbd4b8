//! The first policy over a guessed schema: channels that ask for consent, and one offer to begin with.
//!
//! Who has agreed to nothing is sent nothing: where no column speaks of consent there is one channel, by which customers
//! come themselves.

use std::fmt::Write as _;

use super::draft::{Draft, Field, Table, Ty};
use super::schema::quoted;
use super::{first_test, words};

/// By which channel customers come themselves.
pub const DESK: &str = "desk";

/// The first policy.
#[derive(Clone, Debug)]
pub struct Policy {
    pub channels: String,
    pub offer: String,
    pub tests: String,
    /// What a dry-run must be told to see an offer: nobody is reached, all come.
    pub asks: Option<&'static str>,
}

/// A channel with the condition that lets it be used.
pub struct Channel {
    pub name: String,
    needs: String,
    /// The field of consent, and with the value by which somebody has agreed.
    field: String,
    pub agreed: String,
}

/// Writes the first policy.
pub fn first(draft: &Draft) -> Policy {
    let channels = channels(draft);
    let asks = channels.is_empty().then_some("channel=desk");
    let tests = first_test::tests(draft, &channels);
    Policy { channels: channels_text(&channels), offer: offer(draft, &channels), tests, asks }
}

fn channels(draft: &Draft) -> Vec<Channel> {
    let Some(customer) = draft.customer() else { return Vec::new() };
    let mut found: Vec<Channel> = Vec::new();
    for field in customer.fields.iter().filter(|field| field.class == Some("consent")) {
        let Some((needs, agreed)) = agreed(field) else { continue };
        let name = words::channel_of(&field.name).to_owned();
        if found.iter().all(|channel| channel.name != name) {
            found.push(Channel { name, needs, field: field.name.clone(), agreed });
        }
    }
    found
}

/// The condition that says that somebody has agreed, and such a somebody.
fn agreed(field: &Field) -> Option<(String, String)> {
    let name = &field.name;
    match &field.ty {
        Ty::Bool => Some((format!("customer.{name}"), format!("{name}: true"))),
        Ty::Int => Some((format!("customer.{name} = 1"), format!("{name}: 1"))),
        Ty::OneOf(values) => {
            let yes = values
                .iter()
                .find(|value| ["yes", "y", "true", "1", "j", "ja", "oui"].contains(&value.to_lowercase().as_str()))?;
            Some((format!("customer.{name} = {}", quoted(yes)), format!("{name}: {}", quoted(yes))))
        }
        _ => None,
    }
}

fn channels_text(channels: &[Channel]) -> String {
    let mut text =
        "// How customers are reached. A channel is used only where what it needs is definitely true.\n".to_owned();
    if channels.is_empty() {
        text.push_str(
            "\n// guess: no column says who agreed to be reached, so nobody is: customers come themselves. Where somebody has agreed,\n\
             // say it in the data, mark the field `consent`, and add a channel that needs it:\n\
             //   channel email { needs customer.email_ok }\n\
             channel desk {\n  inbound\n}\n\n\
             /// What somebody tells who asks.\n\
             context {\n  channel: one_of(desk)\n}\n",
        );
    }
    for channel in channels {
        let quiet = if channel.name == "mail" { "" } else { "  quiet 21:00 to 08:00\n" };
        let _ = write!(
            text,
            "\n// guess: by {0}, because `{1}` says who agreed to it\nchannel {0} {{\n  needs {2}\n{quiet}}}\n",
            channel.name, channel.field, channel.needs
        );
    }
    text
}

fn offer(draft: &Draft, channels: &[Channel]) -> String {
    let names: Vec<&str> = channels.iter().map(|channel| channel.name.as_str()).collect();
    let route = if names.is_empty() { DESK.to_owned() } else { names.join(", else ") };
    let body = draft.events().first().map_or_else(|| by_field(draft.customer()), |events| by_events(events));
    let Body { about, eligible, because, comment } = body;
    let mut text = format!(
        "// A first offer, to be replaced by yours. {comment}\n\noffer first_offer {{\n  about {}\n",
        quoted(&about)
    );
    if let Some(eligible) = eligible {
        let _ = writeln!(text, "  eligible when {eligible}");
    }
    let _ = writeln!(text, "  channel {route}");
    if !channels.is_empty() {
        text.push_str("  cap 1 per customer every 30 days\n");
    }
    let _ = writeln!(text, "  because {}\n}}", quoted(&because));
    text
}

struct Body {
    about: String,
    eligible: Option<String>,
    because: String,
    comment: String,
}

/// Who did something lately.
fn by_events(events: &Table) -> Body {
    let name = &events.name;
    let at = events.at().map_or("at", |at| &at.name);
    Body {
        about: "Something for who was here lately".to_owned(),
        eligible: Some(format!("exists({name} in last 90 days)")),
        because: format!("You were last here on {{last({name}).{at} else now as day and month}}"),
        comment: format!("It goes to every customer with a `{name}` in the last 90 days."),
    }
}

/// Whose field has the value that most have: the first such field that is nobody's secret.
fn by_field(customer: Option<&Table>) -> Body {
    match customer.and_then(group) {
        Some((field, value)) => Body {
            about: "Something for the largest group".to_owned(),
            eligible: Some(format!("{} = {}", field.name, quoted(value))),
            because: format!("It fits your {}", field.name.replace('_', " ")),
            comment: format!("It goes to the largest group by `{}`.", field.name),
        },
        None => Body {
            about: "Something for everybody".to_owned(),
            eligible: None,
            because: "It is for all our customers".to_owned(),
            comment: "It goes to every customer.".to_owned(),
        },
    }
}

/// The largest group by the first field that is nobody's secret.
pub fn group(customer: &Table) -> Option<(&Field, &str)> {
    let open = |field: &&Field| field.class.is_none() && matches!(field.ty, Ty::OneOf(_) | Ty::Ordered(_));
    let field = customer.fields.iter().find(open)?;
    let (value, _) = field.counts.iter().max_by_key(|(_, count)| *count)?;
    Some((field, value))
}
