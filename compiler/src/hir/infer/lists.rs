//! `x in [a, b]`.

use opportune_plan::{Constant, Type};

use super::super::{Expr, ExprKind};
use super::{Infer, constant_of, widen_either};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast;

impl Infer<'_> {
    pub(super) fn in_list(&mut self, of: &ast::Expr, list: &[ast::Expr]) -> Option<Expr> {
        if let [only] = list
            && self.is_offer_set(only)
        {
            return self.in_set(of, only);
        }
        let mut value = self.value(of, None)?;
        if matches!(value.ty, Type::Set(_) | Type::Place) {
            let message = format!("`in` looks for one value, and this is {}", self.a_type(value.ty));
            let diagnostic = Diagnostic::error(codes::BAD_SET, message, of.span, "not one value of a list");
            let help = if value.ty == Type::Place {
                "ask how far apart they are: `distance(…, …) < 500 m`"
            } else {
                "ask whether the set has any of them: `… overlaps […]`"
            };
            return self.fail(diagnostic.help(help));
        }
        let mut constants = Vec::new();
        let mut failed = false;
        for entry in list {
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

    /// `offer.field`, where the field is a set.
    fn is_offer_set(&self, expr: &ast::Expr) -> bool {
        let ast::ExprKind::Field(base, name) = &expr.kind else { return false };
        matches!(&base.kind, ast::ExprKind::Name(root) if &**root == "offer")
            && self.context.schema.offer_fields.iter().any(|field| field.name == name.node && field.is_set)
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
}

/// Nothing is in an empty list, not even what is missing.
pub(super) fn within(value: Expr, mut constants: Vec<Constant>) -> Expr {
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
