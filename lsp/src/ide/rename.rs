//! Renames: every place of every file that speaks of a name, or a clear refusal.
//!
//! What must hold: the policy means the same afterwards, but to a ledger, which knows offers and channels by their names. So
//! what the new name would clash with or hide is refused, a field that took its column from its name says the column from
//! then on, and the manifest's words for a table go along. Where a clause cannot be read, its names are not known: then
//! nothing is renamed.

use opportune_compiler::db::Db;
use opportune_compiler::hir::Schema;
use opportune_compiler::plan::Schema as PlanSchema;
use opportune_compiler::queries::{self, Project, SourceFile};
use opportune_compiler::syntax::{Span, is_word_char};
use opportune_compiler::vocabulary;

use super::definition::places;
use super::mentions::mentions;
use super::symbol::{CONTEXT, Local, Symbol};
use super::{Place, at};

/// A change of a file of the project.
#[derive(Clone, PartialEq, Eq)]
pub struct Edit {
    /// The file.
    pub file: File,
    /// What is replaced; empty where something is put in.
    pub span: Span,
    /// By what.
    pub text: String,
}

/// A file of a project.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// A policy file.
    Policy(SourceFile),
    /// `opportune.toml`
    Manifest,
}

/// What would be renamed at an offset; the reason, where it cannot be.
pub fn prepare(db: &dyn Db, project: Project, file: SourceFile, offset: u32) -> Result<Place, String> {
    let Some(named) = at::named(db, project, file, offset) else {
        return Err("nothing with a name stands here".to_owned());
    };
    let symbol = &named.mention.symbol;
    may_go(db, project, symbol)?;
    let place = named.place(db);
    if place.text(db) != symbol.name() {
        let written = place.text(db);
        return Err(format!(
            "`{written}` is a word of the language here; rename `{}` where it is named",
            symbol.name()
        ));
    }
    Ok(place)
}

/// Whether a symbol has a name that is the policy's to change.
fn may_go(db: &dyn Db, project: Project, symbol: &Symbol) -> Result<(), String> {
    let name = symbol.name();
    match symbol {
        Symbol::Table(_) if name == CONTEXT => return Err(format!("`{name}` is a word of the language")),
        Symbol::Function(_) => return Err(format!("`{name}` is a function of the language")),
        Symbol::Value(..) => return Err(format!("`{name}` is what the data says, and the data is not changed here")),
        Symbol::Guarantee(_) | Symbol::Test(_) => {
            return Err(format!("{} is named by its sentence: edit it where it stands", symbol.kind()));
        }
        _ => {}
    }
    if symbol.declaration(db, project).is_none() {
        return Err(format!("`{name}` is not declared in this project"));
    }
    Ok(())
}

/// All changes that give the name at an offset another one.
pub fn rename(db: &dyn Db, project: Project, file: SourceFile, offset: u32, new: &str) -> Result<Vec<Edit>, String> {
    prepare(db, project, file, offset)?;
    let Some(named) = at::named(db, project, file, offset) else { return Ok(Vec::new()) };
    let symbol = &named.mention.symbol;
    let old = symbol.name();
    if new == old {
        return Ok(Vec::new());
    }
    well_formed(new)?;
    free(db, project, symbol, new)?;
    readable(db, project, old)?;
    let found = places(db, project, symbol).into_iter().map(|(place, _)| place);
    let mut edits: Vec<Edit> = found
        .filter(|place| place.text(db) == old)
        .map(|place| Edit { file: File::Policy(place.file), span: place.span, text: new.to_owned() })
        .collect();
    edits.extend(column(db, project, symbol));
    if matches!(symbol, Symbol::Table(_)) {
        edits.extend(in_manifest(db, project, old, new));
    }
    Ok(edits)
}

/// Refuses what is no name of the language.
fn well_formed(new: &str) -> Result<(), String> {
    let begins = new.starts_with(|c: char| c.is_ascii_lowercase());
    if !begins || !new.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
        return Err(format!(
            "`{new}` is no name: a name begins with a small letter and has small letters, digits and `_`"
        ));
    }
    if vocabulary::RESERVED.contains(&new) {
        return Err(format!("`{new}` is a word of the language"));
    }
    Ok(())
}

/// Refuses a name that means something already where the symbol's name counts.
fn free(db: &dyn Db, project: Project, symbol: &Symbol, new: &str) -> Result<(), String> {
    let schema = queries::schema(db, project);
    let taken = |what: String| Err(format!("`{new}` is {what} already"));
    match symbol {
        Symbol::Field(table, _) | Symbol::Link(table, _) => {
            let Some(id) = schema.table_named(table) else { return Ok(()) };
            if schema.names_in(id).any(|name| name == new) || schema.is_damaged(id, new) {
                return taken(format!("a field or a linked row of `{table}`"));
            }
            if new == "at" {
                return Err("`at` is the time of the event, whatever its field is called".to_owned());
            }
            if queries::definition_items(db, project).contains_key(new) {
                return taken("a segment or trait".to_owned());
            }
            no_value(schema, new)?;
            hidden(db, project, symbol, new)
        }
        Symbol::OfferField(_) => {
            if vocabulary::OFFER_WORDS.contains(&new) {
                return taken("a clause of offers".to_owned());
            }
            let known = schema.offer_fields.iter().any(|field| *field.name == *new);
            if known { taken("a field of offers".to_owned()) } else { Ok(()) }
        }
        Symbol::Persona(_) => {
            let known = Symbol::Persona(new.into()).declaration(db, project).is_some();
            if known { taken("a persona".to_owned()) } else { Ok(()) }
        }
        Symbol::Local(owner, kind, _) => local_is_free(db, project, owner, *kind, new),
        _ => item_is_free(db, project, symbol, new),
    }
}

/// One name, one item; and no item takes the name of a field of the customer, or a word with a meaning of its own.
fn item_is_free(db: &dyn Db, project: Project, symbol: &Symbol, new: &str) -> Result<(), String> {
    if vocabulary::BUILT_IN.contains(&new) && !(new == "customer" && is_customer(db, project, symbol)) {
        return Err(format!("`{new}` has a meaning of its own in the language"));
    }
    let kinds = [
        Symbol::Table(new.into()),
        Symbol::Definition(new.into()),
        Symbol::Journey(new.into()),
        Symbol::Channel(new.into()),
        Symbol::Offer(new.into()),
    ];
    if let Some(other) = kinds.iter().find(|kind| kind.declaration(db, project).is_some()) {
        return Err(format!("`{new}` is {} already", other.kind()));
    }
    let schema = queries::schema(db, project);
    if schema.table_named(new).is_some() {
        return Err(format!("`{new}` is a table already"));
    }
    if schema.plan.tables().any(|(id, _)| schema.names_in(id).any(|name| name == new)) {
        return Err(format!("`{new}` is a field or a linked row already, which would hide it"));
    }
    if matches!(symbol, Symbol::Definition(_)) {
        no_value(schema, new)?;
    }
    hidden(db, project, symbol, new)
}

/// Refuses a name that some list has as a value: a bare word is a name first.
fn no_value(schema: &Schema, new: &str) -> Result<(), String> {
    let is_value = schema.plan.domains.iter().any(|domain| domain.variants.iter().any(|value| **value == *new));
    if is_value { Err(format!("`{new}` is a value of a list already, which it would hide")) } else { Ok(()) }
}

fn is_customer(db: &dyn Db, project: Project, symbol: &Symbol) -> bool {
    queries::schema(db, project).plan.table(PlanSchema::CUSTOMER).is_some_and(|table| *table.name == *symbol.name())
}

/// Refuses a name that a member or a pick has in an item that speaks of the symbol: there it would mean that.
fn hidden(db: &dyn Db, project: Project, symbol: &Symbol, new: &str) -> Result<(), String> {
    for item in queries::project_items(db, project) {
        let found = mentions(db, project, *item);
        let hides =
            |symbol: &Symbol| matches!(symbol, Symbol::Local(_, Local::Member | Local::Pick, name) if **name == *new);
        if found.iter().any(|mention| mention.symbol == *symbol) && found.iter().any(|mention| hides(&mention.symbol)) {
            return Err(format!("`{new}` is a member or a picked item in an offer that speaks of `{}`", symbol.name()));
        }
    }
    Ok(())
}

/// A name within one item is free where nothing that the item speaks of has it.
fn local_is_free(db: &dyn Db, project: Project, owner: &str, kind: Local, new: &str) -> Result<(), String> {
    if matches!(kind, Local::Member | Local::Pick) {
        if vocabulary::BUILT_IN.contains(&new) {
            return Err(format!("`{new}` has a meaning of its own in the language"));
        }
        let customer = Symbol::Definition(new.into()).declaration(db, project).is_some();
        let schema = queries::schema(db, project);
        let tables =
            schema.plan.tables().any(|(id, table)| *table.name == *new || schema.names_in(id).any(|name| name == new));
        if customer || tables {
            return Err(format!("`{new}` means something else already"));
        }
        no_value(schema, new)?;
    }
    for item in queries::project_items(db, project) {
        let taken = mentions(db, project, *item).iter().any(|mention| {
            matches!(&mention.symbol, Symbol::Local(of, other, name)
                if **of == *owner && **name == *new
                    && (*other == kind || (matches!(kind, Local::Member | Local::Pick) && matches!(other, Local::Member | Local::Pick))))
        });
        if taken {
            return Err(format!("`{new}` is taken in this item"));
        }
    }
    Ok(())
}

/// Refuses while a text that cannot be read holds the name.
fn readable(db: &dyn Db, project: Project, old: &str) -> Result<(), String> {
    for item in queries::project_items(db, project) {
        if !queries::parsed(db, *item).diagnostics.is_empty() && has_word(item.text(db), old) {
            let file = item.file(db);
            let line = file.text(db).bytes().take(item.offset(db) as usize).filter(|byte| *byte == b'\n').count() + 1;
            return Err(format!(
                "{} has a mistake in the item at line {line}, which may speak of `{old}`: mend it first",
                file.path(db)
            ));
        }
    }
    Ok(())
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !is_word_char(c)).any(|found| found == word)
}

/// A field without `from` takes its column from its name: the old name becomes its column.
fn column(db: &dyn Db, project: Project, symbol: &Symbol) -> Option<Edit> {
    let Symbol::Field(table, old) = symbol else { return None };
    let (item, field) = symbol.field(db, project)?;
    if !field.from.is_empty() || **table == *CONTEXT {
        return None;
    }
    let link = field.link.as_ref().map(|link| {
        let end = link.alias.as_ref().map_or(link.table.span.end, |alias| alias.span.end);
        end.max(link.optional.map_or(0, |mark| mark.end))
    });
    let end = link.or(field.optional.map(|mark| mark.end)).or(field.ty.as_ref().map(|ty| ty.span.end))?;
    let span = Place::in_item(db, item, Span { start: end, end }).span;
    Some(Edit { file: File::Policy(item.file(db)), span, text: format!(" from {old}") })
}

/// The manifest's words for a table: `introduces`, and its file. A table whose file is named after it says so then.
fn in_manifest(db: &dyn Db, project: Project, old: &str, new: &str) -> Vec<Edit> {
    let data = queries::data(db, project);
    let edit = |span: Span, text: String| Edit { file: File::Manifest, span, text };
    let introduces = data.introduces.iter().filter(|name| *name.node == *old);
    let text = project.manifest_text(db);
    let mut edits: Vec<Edit> = introduces.map(|name| edit(unquoted(text, name.span), new.to_owned())).collect();
    match data.files.get(old) {
        Some(file) => edits.push(edit(unquoted(text, file.key), new.to_owned())),
        None => edits.push(edit_of_files(text, old, new)),
    }
    edits
}

/// Puts a line for the table's file into `[data.files]`.
fn edit_of_files(manifest: &str, old: &str, new: &str) -> Edit {
    let line = format!("{new} = \"{old}\"\n");
    let mut at = 0;
    for part in manifest.split_inclusive('\n') {
        at += part.len();
        if part.trim_end().split('#').next().unwrap_or("").trim() == "[data.files]" {
            let text = if part.ends_with('\n') { line } else { format!("\n{line}") };
            return Edit { file: File::Manifest, span: Span::new(at, at), text };
        }
    }
    let gap = if manifest.ends_with('\n') || manifest.is_empty() { "\n" } else { "\n\n" };
    Edit { file: File::Manifest, span: Span::new(at, at), text: format!("{gap}[data.files]\n{line}") }
}

/// A span without the quotes around it.
fn unquoted(text: &str, span: Span) -> Span {
    let written = text.get(span.start as usize..span.end as usize).unwrap_or("");
    let quoted = written.len() > 1 && written.starts_with(['"', '\'']) && written.ends_with(['"', '\'']);
    if quoted { Span { start: span.start + 1, end: span.end - 1 } } else { span }
}
