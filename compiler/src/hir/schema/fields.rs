//! Fields of tables and of offers, but for what needs other tables.

use jiff::tz::TimeZone;
use opportune_plan::{Field, FieldId, Schema, Source, TableId, Type};

use super::{Builder, Declaration, DeclarationKind, OfferField, Privacy, types};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::clauses;
use crate::syntax::ast::FieldItem;

/// The class of what tells whether a customer agreed to something.
const CONSENT: &str = "consent";

/// The classes of what is near to a person.
const PRIVATE: &str = "private";
const SENSITIVE: &str = "sensitive";

/// What a field may be called beside its type.
pub const CLASSES: &[&str] = &[PRIVATE, SENSITIVE, CONSENT];

/// Adds a field to a table.
pub(super) fn table_field(builder: &mut Builder, id: TableId, item: usize, field: &FieldItem) {
    let name = field.name.node.clone();
    check_classes(builder, item, field);
    if builder.checked.schema.field_named(id, &name).is_some() || builder.checked.schema.is_damaged(id, &name) {
        builder.report(item, twice(field));
        return;
    }
    let Some(ty) = field.ty.as_ref().and_then(|ty| types::resolve(builder, item, ty)) else {
        builder.checked.schema.damaged.insert((id, name));
        return;
    };
    let is_zone = id == Schema::CUSTOMER && ty == Type::Zone;
    if let Some(default) = field.default.as_ref().filter(|_| !is_zone) {
        let span = clauses::setting_span(default).unwrap_or(field.span);
        let help = "in data, write `?` and say `field else value` where it is used";
        builder.misplaced(item, span, "only offer fields and the customer's time zone have a default", help);
    }
    let source = source(builder, item, field, ty);
    let new = Field { name, source, ty, nullable: field.optional.is_some(), link: None };
    let at = id.0 as usize;
    let schema = &mut builder.checked.schema;
    if let Some(table) = schema.plan.tables.get_mut(at) {
        let place = FieldId(u32::try_from(table.fields.len()).unwrap_or(u32::MAX));
        table.fields.push(new);
        if field.classes.iter().any(|class| &*class.node == CONSENT) {
            schema.consent.insert((id, place));
        }
        if let Some(privacy) = field.classes.iter().filter_map(|class| privacy(&class.node)).max() {
            schema.privacy.insert((id, place), privacy);
        }
    }
    if let Some(places) = builder.checked.field_places.get_mut(at) {
        places.push(field.span);
    }
}

fn privacy(class: &str) -> Option<Privacy> {
    match class {
        PRIVATE => Some(Privacy::Private),
        SENSITIVE => Some(Privacy::Sensitive),
        _ => None,
    }
}

/// The column of the table's own file, or two of them for a place. What comes through a link is found later.
fn source(builder: &mut Builder, item: usize, field: &FieldItem, ty: Type) -> Source {
    let own = match field.from.as_slice() {
        [column] => column.node.clone(),
        _ => field.name.node.clone(),
    };
    let Some(second) = &field.and else { return Source::Column(own) };
    match field.from.as_slice() {
        [first] if ty == Type::Place => return Source::Columns(first.node.clone(), second.node.clone()),
        [_] => {
            let help = "a place has two, `home: place from latitude and longitude`; other values have one column each";
            builder.misplaced(item, second.span, "two columns of what is no place", help);
        }
        _ => {
            let help = "name both columns of this table, or the one field of the linked row";
            builder.misplaced(item, second.span, "a second column beside a field of a linked row", help);
        }
    }
    Source::Column(own)
}

fn twice(field: &FieldItem) -> Diagnostic {
    let message = format!("the field `{}` is declared twice", field.name.node);
    Diagnostic::error(codes::FIELD_TWICE, message, field.name.span, "the second time")
        .help("rename or remove one; a column may go by any name: `other_name: text from this_column`")
}

fn check_classes(builder: &mut Builder, item: usize, field: &FieldItem) {
    for class in field.classes.iter().filter(|class| !CLASSES.contains(&&*class.node)) {
        let message = format!("`{}` is not a class of data", class.node);
        let diagnostic = Diagnostic::error(codes::UNKNOWN_CLASS, message, class.span, "no class");
        let diagnostic = match nearest(&class.node, CLASSES.iter().copied()) {
            Some(near) => diagnostic.meant(&class.node, class.span, near),
            None => diagnostic.help("the classes are `private`, `sensitive` and `consent`"),
        };
        builder.report(item, diagnostic);
    }
}

/// Reads `offer fields`.
pub(super) fn offer_fields(builder: &mut Builder, declarations: &[Declaration<'_>], zone: Option<&TimeZone>) {
    for declaration in declarations {
        if let DeclarationKind::OfferFields(fields) = declaration.kind {
            for field in fields {
                offer_field(builder, declaration.item, field, zone);
            }
        }
    }
}

fn offer_field(builder: &mut Builder, item: usize, field: &FieldItem, zone: Option<&TimeZone>) {
    let name = field.name.node.clone();
    let not_here = "offers take a name, a type and perhaps a default: `tier: int = 1`";
    if let Some(role) = &field.role {
        builder.misplaced(item, role.span, "offer fields have no `key` or `at`", not_here);
    }
    if let Some(link) = &field.link {
        builder.misplaced(item, link.table.span, "offer fields have no link", not_here);
    }
    if let Some(from) = field.from.first() {
        builder.misplaced(item, from.span, "offer fields come from no column", not_here);
    }
    check_classes(builder, item, field);
    if builder.checked.schema.offer_fields.iter().any(|known| known.name == name) {
        builder.report(item, twice(field));
        return;
    }
    if clauses::OFFER_WORDS.contains(&&*name) {
        let message = format!("`{name}` is a clause of every offer");
        let diagnostic = Diagnostic::error(codes::NAME_TAKEN, message, field.name.span, "means something else already");
        builder.report(item, diagnostic.help("give the field another name"));
        return;
    }
    let Some(ty) = field.ty.as_ref().and_then(|ty| types::resolve(builder, item, ty)) else {
        builder.checked.schema.damaged.insert((OFFER, name));
        return;
    };
    let (ty, is_set) = if let Type::Set(element) = ty { (element.ty(), true) } else { (ty, false) };
    let mut known = OfferField { name, ty, is_set, optional: field.optional.is_some(), default: None };
    if let Some(default) = &field.default {
        let mut found = Vec::new();
        known.default = clauses::setting(&builder.checked.schema, zone, &known, default, &mut found);
        found.into_iter().for_each(|diagnostic| builder.report(item, diagnostic));
        // What is wrong with the default is said once, not again for each offer that relies on it.
        known.optional |= known.default.is_none();
    }
    builder.checked.schema.offer_fields.push(known);
}

/// Stands for the offers among the tables whose damaged fields are remembered.
pub(crate) const OFFER: TableId = TableId(u32::MAX);
