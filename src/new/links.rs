//! Finds links: columns that are named as a table's key and whose values are in it; and events that something they link
//! to says the time of.

use opportune_runtime::snapshot::read::inspect::ColumnLook;

use super::draft::{Draft, Field, From, Kind, Link, Role, Table, Ty};
use super::folder::Source;
use super::shape::names_key_of;
use super::words;

/// So much of a column's values must be in a table.
const LEAST_SHARE: f64 = 0.5;

/// Finds the links of all tables, then when events happened that do not say it themselves.
pub fn find(draft: &mut Draft, sources: &[Source]) {
    for at in 0..draft.tables.len() {
        let Some(table) = draft.tables.get(at) else { continue };
        let found: Vec<(usize, Link, Vec<String>)> = (0..table.fields.len())
            .filter_map(|field| link(draft, sources, at, field).map(|(link, because)| (field, link, because)))
            .collect();
        let mut linked: Vec<String> = Vec::new();
        let Some(table) = draft.tables.get_mut(at) else { continue };
        for (field, link, _) in &found {
            free_name(table, *field, &link.table);
        }
        let names: Vec<String> = table.fields.iter().map(|field| field.name.clone()).collect();
        for (field, mut link, because) in found {
            let alias =
                words::unlike(&link.table, |name| names.iter().any(|n| n == name) || linked.iter().any(|l| l == name));
            linked.push(alias.clone());
            link.alias = (alias != link.table).then_some(alias);
            if let Some(field) = table.fields.get_mut(field) {
                field.because.retain(|reason| !reason.starts_with("one of"));
                field.because.extend(because);
                field.link = Some(link);
            }
        }
    }
    let timeless = draft.tables.iter().filter(|table| table.kind == Kind::Events && table.at().is_none());
    let timeless: Vec<String> = timeless.map(|table| table.name.clone()).collect();
    for table in timeless {
        if !take_time(draft, &table) {
            draft.leave_out(&table, "no column says when it happened");
        }
    }
}

/// Lets a linked row go by its table's name: a field of that name gets another.
fn free_name(table: &mut Table, field: usize, target: &str) {
    let taken: Vec<String> = table.fields.iter().map(|field| field.name.clone()).collect();
    if let Some(field) = table.fields.get_mut(field).filter(|field| field.name == target) {
        field.name = words::unlike(&format!("{target}_id"), |name| taken.iter().any(|other| other == name));
    }
}

fn look<'s>(sources: &'s [Source], table: &Table, field: &Field) -> Option<&'s ColumnLook> {
    let From::Column(column) = &field.from else { return None };
    let source = sources.iter().find(|source| Some(&source.file) == table.source.as_ref())?;
    source.look.columns.iter().find(|look| look.name == *column)
}

/// The table that a field links to, and why.
fn link(draft: &Draft, sources: &[Source], at: usize, field: usize) -> Option<(Link, Vec<String>)> {
    let table = draft.tables.get(at)?;
    let field = table.fields.get(field)?;
    if field.role.is_some() || field.link.is_some() || !matches!(field.ty, Ty::Text | Ty::Int) {
        return None;
    }
    let own = look(sources, table, field)?;
    let mut best: Option<(f64, usize, &Table)> = None;
    for (other, target) in draft.tables.iter().enumerate() {
        if other == at || target.kind != Kind::Lookup || leads_to(draft, target, &table.name) {
            continue;
        }
        let Some(key) = target.key().filter(|key| key.ty == field.ty) else { continue };
        let Some(looked) = look(sources, target, key) else { continue };
        let stem =
            sources.iter().find(|source| Some(&source.file) == target.source.as_ref()).map_or("", |s| s.stem.as_str());
        let share = own.keys.share_in(&looked.keys).unwrap_or(LEAST_SHARE);
        if !names_key_of(&own.name, stem, &looked.name) || share < LEAST_SHARE {
            continue;
        }
        let alike = target.name.chars().zip(table.name.chars()).take_while(|(a, b)| a == b).count();
        if best.is_none_or(|(most, common, _)| share > most || (share >= most && alike > common)) {
            best = Some((share, alike, target));
        }
    }
    let (share, _, target) = best?;
    let key = target.key()?;
    let required = share >= 1.0 && own.keys.is_followed() && !field.optional;
    let named = match &key.from {
        From::Column(column) => column.clone(),
        _ => key.name.clone(),
    };
    let because = if share >= 1.0 {
        format!("links, because all its values are `{named}` of {}", target.file)
    } else {
        format!("links, because {:.0}% of its values are `{named}` of {}", (share * 100.0).floor(), target.file)
    };
    // Whether the value itself may be missing is another question than whether it is found.
    Some((Link { table: target.name.clone(), optional: !required, alias: None }, vec![because]))
}

/// Whether a table links to another, however far.
fn leads_to(draft: &Draft, from: &Table, to: &str) -> bool {
    let (mut seen, mut open) = (Vec::new(), vec![from]);
    while let Some(table) = open.pop() {
        if table.name == to {
            return true;
        }
        if seen.contains(&table.name.as_str()) {
            continue;
        }
        seen.push(table.name.as_str());
        let links = table.fields.iter().filter_map(|field| field.link.as_ref());
        open.extend(links.filter_map(|link| draft.tables.iter().find(|other| other.name == link.table)));
    }
    false
}

/// Lets an event happen when something that it surely links to says; the first such day or moment.
fn take_time(draft: &mut Draft, name: &str) -> bool {
    let Some(table) = draft.tables.iter().find(|table| table.name == name) else { return false };
    let linked = table.fields.iter().filter(|field| !field.optional);
    let links = linked.filter_map(|field| field.link.as_ref()).filter(|link| !link.optional);
    let times = links.filter_map(|link| {
        let target = draft.tables.iter().find(|table| table.name == link.table)?;
        let is_time = |field: &&Field| {
            matches!(field.ty, Ty::Date | Ty::Instant) && !field.optional && words::suits_moment(&field.name).is_some()
        };
        let field = target.fields.iter().find(is_time)?;
        let From::Column(column) = &field.from else { return None };
        Some((link.alias.clone().unwrap_or(link.table.clone()), field.name.clone(), column.clone(), field.ty.clone()))
    });
    let Some((link, field, column, ty)) = times.into_iter().next() else { return false };
    let Some(table) = draft.tables.iter_mut().find(|table| table.name == name) else { return false };
    table.because = format!("{}, and what it links to says when", table.because);
    let taken = |name: &str| table.fields.iter().any(|other| other.name == name);
    let own = words::unlike(&field, taken);
    let because = vec![format!("when it happened, because `{column}` is the first day that `{link}` tells")];
    let at = Field {
        role: Some(Role::At),
        name: own,
        from: From::Linked(link, field),
        ty,
        optional: false,
        link: None,
        class: None,
        because,
        counts: Vec::new(),
    };
    table.fields.insert(0, at);
    true
}
