//! `--context KEY=VALUE` and `--context FILE`: what a request brings, for a dry run.

use std::path::{Path, PathBuf};

use opportune_compiler::hir::context;
use opportune_plan::{Constant, FieldId, Type, VerifiedPlan};
use opportune_runtime::snapshot::context::Request;

use crate::escape::escaped;
use crate::render::Problem;
use crate::summary::{CHANNEL, inbound};

/// Reads what was said of the context; every mistake is told.
pub fn request(plan: &VerifiedPlan, said: &[String]) -> Result<Request, Vec<Problem>> {
    let values: Vec<Option<(&str, &str)>> = said.iter().map(|said| key_and_value(said)).collect();
    let files: Vec<&String> =
        said.iter().zip(&values).filter(|(_, value)| value.is_none()).map(|(said, _)| said).collect();
    match files.as_slice() {
        [] if values.is_empty() => Ok(Request::None),
        [] => same(plan, values.into_iter().flatten()),
        [name] if said.len() == 1 && is_field(plan, name) && !Path::new(name).exists() => {
            let message = format!("`--context {}` says no value", escaped(name));
            Err(vec![Problem::new(message, format!("write `--context {}=…`", escaped(name)))])
        }
        [file] if said.len() == 1 && context::context_of(plan).is_some() => Ok(Request::File(PathBuf::from(file))),
        [file] if said.len() == 1 => {
            let message = format!("the project declares no context, so nothing in `{}` has a meaning", escaped(file));
            Err(vec![Problem::new(message, "declare what a request may bring: `context { reason: text }`")])
        }
        _ => {
            let help = "give one file, or `--context KEY=VALUE` for each value; to set a value for all customers of a file, \
                        add it to the file as a column";
            Err(vec![Problem::new("the context is given twice over", help)])
        }
    }
}

fn is_field(plan: &VerifiedPlan, name: &str) -> bool {
    let table = context::context_of(plan).and_then(|id| plan.schema.table(id));
    table.is_some_and(|table| table.fields.iter().any(|field| &*field.name == name))
}

/// `reason=complaint`; a path is none, since a key is a name of the language.
fn key_and_value(said: &str) -> Option<(&str, &str)> {
    let (key, value) = said.split_once('=')?;
    let is_name = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ' ') && !key.trim().is_empty();
    is_name.then_some((key.trim(), value.trim()))
}

fn same<'a>(plan: &VerifiedPlan, values: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Request, Vec<Problem>> {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    let mut seen = Vec::new();
    for (key, value) in values {
        match context::read(plan, key, value) {
            Err(refused) => problems.push(Problem::new(refused.message, refused.help)),
            Ok((field, _)) if seen.contains(&field) => {
                let message = format!("`--context {}=…` is said twice", escaped(key));
                problems.push(Problem::new(message, "keep one of them"));
            }
            Ok((field, value)) => {
                problems.extend(value.as_ref().and_then(|value| not_asked_by(plan, field, value)));
                seen.push(field);
                found.extend(value.map(|value| (field, value)));
            }
        }
    }
    if problems.is_empty() { Ok(Request::Same(found)) } else { Err(problems) }
}

/// Where the project has inbound channels, `channel` is one of them.
fn not_asked_by(plan: &VerifiedPlan, field: FieldId, value: &Constant) -> Option<Problem> {
    let table = context::context_of(plan).and_then(|id| plan.schema.table(id))?;
    let declared = table.fields.get(field.0 as usize).filter(|field| &*field.name == CHANNEL)?;
    let named = match (value, declared.ty) {
        (Constant::Text(name), _) => name,
        (Constant::OneOf(_, at), Type::OneOf(domain)) => plan.schema.domain(domain)?.variants.get(*at as usize)?,
        _ => return None,
    };
    let inbound: Vec<String> = inbound(plan).map(|name| format!("`{}`", escaped(name))).collect();
    if inbound.is_empty() || inbound.contains(&format!("`{}`", escaped(named))) {
        return None;
    }
    let known = plan.channels.iter().any(|channel| channel.name == *named);
    let message = match known {
        true => format!("nobody asks by `{}`: it is an outbound channel", escaped(named)),
        false => format!("there is no channel `{}` to ask by", escaped(named)),
    };
    let help = match inbound.as_slice() {
        [one] => format!("customers ask by {one}"),
        [others @ .., last] => format!("customers ask by {} or {last}", others.join(", ")),
        [] => return None,
    };
    Some(Problem::new(message, help))
}
