//! What the declarations of data mention: fields, links, columns that come through a link, values of lists.

use opportune_compiler::syntax::ast::{FieldItem, FieldSetting, Name, TableItem, TypeExpr};

use super::super::symbol::Symbol;
use super::{Collector, Scope};

impl Collector<'_> {
    pub(super) fn table(&mut self, table: &TableItem) {
        self.declare(&table.name, Symbol::Table(table.name.node.clone()));
        self.fields(&table.name.node, &table.fields);
    }

    pub(super) fn fields(&mut self, table: &str, fields: &[FieldItem]) {
        for field in fields {
            let symbol = Symbol::Field(table.into(), field.name.node.clone());
            self.field(field, symbol);
            if let Some(link) = &field.link {
                self.table_use(&link.table);
                if let Some(alias) = &link.alias {
                    self.declare(alias, Symbol::Link(table.into(), alias.node.clone()));
                }
            }
            if let [through, name] = field.from.as_slice() {
                self.through(table, through, name);
            }
        }
    }

    pub(super) fn offer_fields(&mut self, fields: &[FieldItem]) {
        for field in fields {
            self.field(field, Symbol::OfferField(field.name.node.clone()));
        }
    }

    fn field(&mut self, field: &FieldItem, symbol: Symbol) {
        self.declare(&field.name, symbol.clone());
        if let Some(ty) = &field.ty {
            self.values(&ty.node, &symbol);
        }
        if let Some(default) = &field.default {
            self.setting(default, &symbol, Scope::default());
        }
    }

    /// The values that a type lists.
    fn values(&mut self, ty: &TypeExpr, of: &Symbol) {
        match ty {
            TypeExpr::OneOf(values) | TypeExpr::Ordered(values) => {
                for value in values {
                    self.declare(value, Symbol::Value(Box::new(of.clone()), value.node.clone()));
                }
            }
            TypeExpr::SetOf(inner) => self.values(&inner.node, of),
            TypeExpr::Named(_) | TypeExpr::Money(_) => {}
        }
    }

    /// `from campaign.start_date`
    fn through(&mut self, table: &str, through: &Name, name: &Name) {
        let Some(id) = self.schema.table_named(table) else { return };
        let Some((symbol, to)) = self.link(id, &through.node) else { return };
        self.mention(through, symbol);
        if self.schema.field_named(to, &name.node).is_some() {
            let owner = self.schema.table_name(to).into();
            self.mention(name, Symbol::Field(owner, name.node.clone()));
        }
    }

    /// The value of a field of offers.
    pub(super) fn setting(&mut self, setting: &FieldSetting, of: &Symbol, scope: Scope) {
        let values = match setting {
            FieldSetting::One(value) => std::slice::from_ref(value),
            FieldSetting::Set(values, _) => values.as_slice(),
        };
        for value in values {
            self.beside(value, Some(of), scope);
        }
    }
}
