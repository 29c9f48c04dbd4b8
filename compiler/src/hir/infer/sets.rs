//! Sets: `tags contains "x"`, `"x" in tags`, `tags overlaps ["a", "b"]`; those of offers are known values.

use opportune_plan::{Builtin, Constant, Element, Type};

use super::super::{Expr, ExprKind};
use super::calendar::call;
use super::lists::within;
use super::{Infer, constant_of, widen_either};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, BinaryWord};

impl Infer<'_> {
    /// `tags contains "x"`, or a text that contains another.
    pub(super) fn contains(&mut self, a: &ast::Expr, b: &ast::Expr) -> Option<Expr> {
        let found = self.value(a, None)?;
        let Type::Set(element) = found.ty else {
            let wanted = self.value(b, None)?;
            return self.search_text(BinaryWord::Contains, (a, found), (b, wanted));
        };
        if let ast::ExprKind::List(_) = b.kind {
            let message = "`contains` looks for one value, and this is a list";
            let diagnostic = Diagnostic::error(codes::BAD_SET, message, b.span, "several values");
            let help = "for any of them say `… overlaps […]`; for each of them `… contains … and … contains …`";
            return self.fail(diagnostic.help(help));
        }
        let value = self.value(b, Some(element.ty()))?;
        self.has((a, found), (b, value))
    }

    /// `"x" in tags`
    pub(super) fn in_set(&mut self, of: &ast::Expr, set: &ast::Expr) -> Option<Expr> {
        let found = self.value(set, None);
        let element = found.as_ref().and_then(|found| element(found.ty));
        let value = self.value(of, element.map(Element::ty));
        let (found, value) = (found?, value?);
        if element.is_none() {
            let message = format!("`in` looks into a list or a set, and this is {}", self.a_type(found.ty));
            let diagnostic = Diagnostic::error(codes::BAD_SET, message, set.span, "one value");
            return self.fail(diagnostic.help("list the values, `… in [a, b]`, or compare with `=`"));
        }
        self.has((set, found), (of, value))
    }

    /// Whether the set has the value.
    fn has(&mut self, (a, set): (&ast::Expr, Expr), (b, value): (&ast::Expr, Expr)) -> Option<Expr> {
        let as_one = element(set.ty).map(|element| Expr { ty: element.ty(), ..set.clone() })?;
        if as_one.ty != value.ty {
            let diagnostic = self.mismatch((b, &value), (a, &as_one));
            return self.fail(diagnostic);
        }
        if let Some(Constant::Set(_, all)) = constant_of(&set) {
            return Some(within(value, all.to_vec()));
        }
        Some(call(Builtin::Has, Type::Bool, vec![set, value]))
    }

    /// `tags overlaps ["a", "b"]`, `tags overlaps other.tags`
    pub(super) fn overlaps(&mut self, a: &ast::Expr, b: &ast::Expr) -> Option<Expr> {
        let (first, second) = match (&a.kind, &b.kind) {
            (ast::ExprKind::List(_), ast::ExprKind::List(_)) => {
                let span = a.span.to(b.span);
                let diagnostic = Diagnostic::error(codes::BAD_SET, "both sides are lists", span, "always the same");
                return self.fail(diagnostic.help("name a set on one side: `tags overlaps [\"a\", \"b\"]`"));
            }
            (ast::ExprKind::List(all), _) => {
                let second = self.set(b)?;
                (self.listed(all, second.ty, b, a.span)?, second)
            }
            (_, ast::ExprKind::List(all)) => {
                let first = self.set(a)?;
                let second = self.listed(all, first.ty, a, b.span)?;
                (first, second)
            }
            _ => {
                let first = self.set(a);
                let second = self.set(b);
                first.zip(second)?
            }
        };
        if first.ty != second.ty {
            let diagnostic = self.mismatch((a, &first), (b, &second));
            return self.fail(diagnostic);
        }
        let is_empty = |set: &Expr| matches!(constant_of(set), Some(Constant::Set(_, all)) if all.is_empty());
        if is_empty(&first) || is_empty(&second) {
            return Some(Expr::constant(Constant::Bool(false)));
        }
        Some(call(Builtin::Overlaps, Type::Bool, vec![first, second]))
    }

    /// A set.
    fn set(&mut self, expr: &ast::Expr) -> Option<Expr> {
        let found = self.value(expr, None)?;
        if element(found.ty).is_some() {
            return Some(found);
        }
        let message = format!("`overlaps` looks at two sets, and this is {}", self.a_type(found.ty));
        let diagnostic = Diagnostic::error(codes::BAD_SET, message, expr.span, "one value");
        self.fail(diagnostic.help("for one value say `… in …`; declare a set as `tags: set of text`"))
    }

    /// A written list as a set of this type.
    fn listed(&mut self, all: &[ast::Expr], ty: Type, set: &ast::Expr, span: Span) -> Option<Expr> {
        let element = element(ty)?;
        let as_one = Expr { kind: ExprKind::Missing, ty: element.ty(), nullable: true };
        let found: Vec<Option<Constant>> = all.iter().map(|entry| self.entry(entry, set, &as_one)).collect();
        let mut found = found.into_iter().collect::<Option<Vec<Constant>>>()?;
        if found.is_empty() {
            let diagnostic = Diagnostic::error(codes::BAD_SET, "this list is empty", span, "never overlaps");
            return self.fail(diagnostic.help("write at least one value"));
        }
        found.sort();
        found.dedup();
        Some(Expr::constant(Constant::Set(element, found.into())))
    }

    fn entry(&mut self, entry: &ast::Expr, set: &ast::Expr, as_one: &Expr) -> Option<Constant> {
        let found = self.value(entry, Some(as_one.ty))?;
        let (_, found) = widen_either(as_one.clone(), found);
        if found.ty != as_one.ty {
            let diagnostic = self.mismatch((set, as_one), (entry, &found)).at(entry.span);
            return self.fail(diagnostic);
        }
        let constant = constant_of(&found).cloned();
        if constant.is_none() {
            let message = "a list holds values as they are written";
            let diagnostic = Diagnostic::error(codes::MISMATCH, message, entry.span, "not a written value");
            self.report(diagnostic.help("ask for it by itself: `… contains …`"));
        }
        constant
    }

    /// `[a, b]` where no list can stand.
    pub(super) fn list_alone(&mut self, span: Span) -> Option<Expr> {
        let message = "a list is no value by itself";
        let diagnostic = Diagnostic::error(codes::BAD_SET, message, span, "a list");
        self.fail(diagnostic.help("lists stand after `in` and `overlaps`: `… in [a, b]`"))
    }
}

fn element(ty: Type) -> Option<Element> {
    if let Type::Set(element) = ty { Some(element) } else { None }
}
