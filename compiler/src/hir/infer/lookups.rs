//! Look-ups: `product("123").department` is a field of the row that has this key, missing where there is none.

use opportune_plan::{Schema as PlanSchema, TableKind};

use super::super::{Expr, ExprKind};
use super::Infer;
use super::functions::is_function;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, Name};

impl Infer<'_> {
    /// A field of the row of a lookup table that has this key.
    pub(in crate::hir) fn lookup(
        &mut self,
        table: &Name,
        arguments: &[ast::Expr],
        span: Span,
        path: &[Name],
    ) -> Option<Expr> {
        let schema = self.context.schema;
        let Some(id) = schema.table_named(&table.node) else {
            return self.no_table(table, span);
        };
        let key = match schema.plan.table(id)?.kind {
            TableKind::Lookup { key } => schema.plan.field(id, key),
            _ => {
                let diagnostic = self.bad_lookup(table, span);
                return self.fail(diagnostic);
            }
        };
        let value = self.walk(id, path);
        let [argument] = arguments else {
            let message = format!("`{}` is looked up by one key, and here are {}", table.node, arguments.len());
            let diagnostic = Diagnostic::error(codes::BAD_ARGUMENTS, message, span, "not one key");
            return self.fail(diagnostic.help(format!("write its key: `{}(…).…`", table.node)));
        };
        let key = self.of_type(argument, key?.ty);
        let (key, value) = (Box::new(key?), Box::new(value?));
        let ty = value.ty;
        let found = Expr { kind: ExprKind::Lookup { table: id, key, value }, ty, nullable: true };
        Some(if self.row.is_none() { self.known(found) } else { found })
    }

    fn no_table(&mut self, name: &Name, span: Span) -> Option<Expr> {
        if is_function(&name.node) {
            let message = format!("`{}(…)` is a single value and has no fields", name.node);
            let diagnostic = Diagnostic::error(codes::UNKNOWN_FIELD, message, span, "a single value");
            return self
                .fail(diagnostic.help("only rows have fields: the customer, linked rows, `first(…)` and `last(…)`"));
        }
        let diagnostic = self.no_function(name, span);
        self.fail(diagnostic)
    }

    /// Why the rows of a table have no key to be looked up by.
    pub(super) fn bad_lookup(&self, table: &Name, span: Span) -> Diagnostic {
        let schema = self.context.schema;
        let name = &table.node;
        let id = schema.table_named(name);
        if id == Some(PlanSchema::CUSTOMER) {
            let message = "a policy looks at one customer, and never at another";
            return Diagnostic::error(codes::BAD_LOOKUP, message, span, "another customer")
                .help("name a field of the customer at hand: `customer.…`");
        }
        if id.is_some_and(|id| schema.is_events(id)) {
            let message = format!("`{name}` are events, which have no key");
            return Diagnostic::error(codes::BAD_LOOKUP, message, span, "not a table to look up in")
                .help(format!("find the one that is meant: `last({name} where …).…`"));
        }
        let message = format!("`{name}` has no key");
        Diagnostic::error(codes::BAD_LOOKUP, message, span, "not a table to look up in")
            .help(format!("name its fields: `{name}.…`"))
    }
}
