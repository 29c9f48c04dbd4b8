//! `x in [a, b]`, and `x in offer.sells`.

use opportune_plan::{Constant, FieldValue, Type};

use super::super::{Expr, ExprKind};
use super::{Infer, constant_of, widen_either};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast;

impl Infer<'_> {
    pub(super) fn in_list(&mut self, of: &ast::Expr, list: &[ast::Expr]) -> Option<Expr> {
        let mut value = self.value(of, None)?;
        let mut constants = Vec::new();
        let mut failed = false;
        for entry in list {
            if let Some(field) = offer_field(entry)
                && let Some(set) = self.offer_set(field)
            {
                failed |= !self.take_set(&value, (of, entry), set, &mut constants);
                continue;
            }
            match self.list_value(of, &value, entry) {
                Some((widened, constant)) => {
                    value = widened;
                    constants.push(constant);
                }
                None => failed = true,
            }
        }
        (!failed).then(|| within(value, constants))
    }

    /// One value of the list, as a constant of the type that is looked for.
    fn list_value(&mut self, of: &ast::Expr, value: &Expr, entry: &ast::Expr) -> Option<(Expr, Constant)> {
        let found = self.value(entry, Some(value.ty))?;
        let (value, found) = widen_either(value.clone(), found);
        if value.ty != found.ty {
            let diagnostic = self.mismatch((of, &value), (entry, &found)).at(entry.span);
            return self.fail(diagnostic);
        }
        if let Some(constant) = constant_of(&found) {
            return Some((value, constant.clone()));
        }
        let message = "a list holds values as they are written";
        let diagnostic = Diagnostic::error(codes::MISMATCH, message, entry.span, "not a written value");
        self.fail(diagnostic.help("compare with it instead: `… = … or … = …`"))
    }

    fn take_set(
        &mut self,
        value: &Expr,
        (of, entry): (&ast::Expr, &ast::Expr),
        (ty, set): (Type, Vec<Constant>),
        constants: &mut Vec<Constant>,
    ) -> bool {
        if ty != value.ty {
            let as_one = Expr::constant(super::harmless(ty));
            let diagnostic = self.mismatch((of, value), (entry, &as_one));
            self.report(diagnostic);
            return false;
        }
        constants.extend(set);
        true
    }

    /// The values of the offer's field, where it is a set.
    fn offer_set(&self, field: &str) -> Option<(Type, Vec<Constant>)> {
        let at = self.context.schema.offer_fields.iter().position(|known| &*known.name == field && known.is_set)?;
        let ty = self.context.schema.offer_fields.get(at)?.ty;
        match self.context.offer?.get(at)? {
            Some(FieldValue::Set(all)) => Some((ty, all.clone())),
            _ => Some((ty, Vec::new())),
        }
    }
}

fn offer_field(expr: &ast::Expr) -> Option<&str> {
    if let ast::ExprKind::Field(base, name) = &expr.kind
        && matches!(&base.kind, ast::ExprKind::Name(root) if &**root == "offer")
    {
        return Some(&name.node);
    }
    None
}

/// Nothing is in an empty list, not even what is missing.
fn within(value: Expr, mut constants: Vec<Constant>) -> Expr {
    constants.sort();
    constants.dedup();
    if constants.is_empty() {
        return Expr::constant(Constant::Bool(false));
    }
    // A list may have widened the value after ints were taken from it.
    if value.ty == Type::Number {
        constants = constants.into_iter().map(as_number).collect();
        constants.sort();
        constants.dedup();
    }
    let nullable = value.nullable;
    Expr::condition(ExprKind::In(Box::new(value), constants), nullable)
}

fn as_number(constant: Constant) -> Constant {
    match Expr::constant(constant.clone()).widened().kind {
        ExprKind::Constant(number) => number,
        _ => constant,
    }
}
