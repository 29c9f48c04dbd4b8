//! What expressions mention: names by the scope they stand in, paths behind rows, values beside what they are compared
//! with.
//!
//! A chain of operators is walked, not climbed into, as it may be very long.

use opportune_compiler::plan::{FieldId, Schema as PlanSchema, TableId, TableKind};
use opportune_compiler::queries;
use opportune_compiler::syntax::Span;
use opportune_compiler::syntax::ast::{AggregateWord, BinaryWord, Expr, ExprKind, Literal, Name, Window, WindowKind};

use super::super::symbol::{CONTEXT, Local, Symbol, listed};
use super::{Collector, Role, Scope};

impl Collector<'_> {
    /// Collects an expression; what its value is, where that is a field.
    pub(super) fn expr(&mut self, expr: &Expr, scope: Scope) -> Option<Symbol> {
        match &expr.kind {
            ExprKind::Error | ExprKind::Literal(_) => None,
            ExprKind::Name(name) => self.name(name, expr.span, scope),
            ExprKind::Field(..) => self.path(expr, scope),
            ExprKind::Call(name, arguments) => {
                self.call(name, scope, arguments);
                None
            }
            ExprKind::Aggregate { function, ranked, of, window, filter } => {
                let row = self.aggregate(of, window.as_ref(), filter.as_deref(), scope);
                if let Some(ranked) = ranked {
                    self.beside(ranked, row.as_ref(), scope);
                }
                let keeps =
                    matches!(function.node, AggregateWord::Min | AggregateWord::Max | AggregateWord::MostFrequent);
                row.filter(|_| keeps)
            }
            ExprKind::Not(of) | ExprKind::Negate(of) => {
                self.expr(of, scope);
                None
            }
            ExprKind::Binary(word, a, b) => self.binary(expr, word.node, a, b, scope),
            ExprKind::Is { of, .. } => {
                self.expr(of, scope);
                None
            }
            ExprKind::InList { of, list, .. } => {
                let of = self.expr(of, scope);
                list.iter().for_each(|value| self.beside(value, of.as_ref(), scope));
                None
            }
            ExprKind::InSet { of, set, .. } => {
                let set = self.expr(set, scope);
                self.beside(of, set.as_ref(), scope);
                None
            }
            ExprKind::List(list) => {
                list.iter().for_each(|value| self.beside(value, None, scope));
                None
            }
            ExprKind::InWindow { of, window, .. } => {
                self.expr(of, scope);
                self.window(window, scope);
                None
            }
            ExprKind::Between { of, low, high, .. } => {
                let of = self.expr(of, scope);
                self.beside(low, of.as_ref(), scope);
                self.beside(high, of.as_ref(), scope);
                None
            }
            ExprKind::If(when, a, b) => {
                self.expr(when, scope);
                let found = self.expr(a, scope);
                self.beside(b, found.as_ref(), scope);
                found
            }
        }
    }

    fn binary(&mut self, whole: &Expr, word: BinaryWord, a: &Expr, b: &Expr, scope: Scope) -> Option<Symbol> {
        if compares(word) {
            let before = self.found.len();
            let left = self.expr(a, scope);
            if left.is_none() && self.found.len() == before {
                let right = self.expr(b, scope);
                self.beside(a, right.as_ref(), scope);
            } else {
                self.beside(b, left.as_ref(), scope);
            }
            return None;
        }
        let (mut rights, mut rest) = (Vec::new(), whole);
        while let ExprKind::Binary(word, a, b) = &rest.kind
            && !compares(word.node)
        {
            rights.push((word.node, b));
            rest = a;
        }
        let first = self.expr(rest, scope);
        for (word, right) in rights.into_iter().rev() {
            self.beside(right, first.as_ref().filter(|_| word == BinaryWord::Else), scope);
        }
        first.filter(|_| word == BinaryWord::Else)
    }

    /// An expression that stands beside a field: a word that means nothing by itself, or a text, is one of its values.
    pub(super) fn beside(&mut self, expr: &Expr, other: Option<&Symbol>, scope: Scope) {
        if let ExprKind::List(list) = &expr.kind {
            list.iter().for_each(|value| self.beside(value, other, scope));
            return;
        }
        let before = self.found.len();
        self.expr(expr, scope);
        let value = match &expr.kind {
            ExprKind::Name(name) => name,
            ExprKind::Literal(Literal::Text(text)) => text,
            _ => return,
        };
        if let Some(of) = other.filter(|_| self.found.len() == before)
            && self.lists(of, value)
        {
            self.add(expr.span, Symbol::Value(Box::new(of.clone()), value.clone()), Role::Use);
        }
    }

    /// Whether a field's type lists this value.
    fn lists(&self, of: &Symbol, value: &str) -> bool {
        let schema = self.schema;
        let ty = match of {
            Symbol::Field(table, field) => {
                let table = schema.table_named(table);
                let found = table.and_then(|table| schema.plan.field(table, schema.field_named(table, field)?));
                found.map(|field| field.ty)
            }
            Symbol::OfferField(field) => schema.offer_fields.iter().find(|known| known.name == *field).map(|f| f.ty),
            _ => None,
        };
        ty.and_then(|ty| listed(schema, ty)).is_some_and(|all| all.iter().any(|known| **known == *value))
    }

    /// A bare word.
    fn name(&mut self, name: &str, span: Span, scope: Scope) -> Option<Symbol> {
        let symbol = self.meaning(name, scope)?;
        self.add(span, symbol.clone(), Role::Use);
        Some(symbol)
    }

    /// What a bare word means: the checker's order.
    fn meaning(&self, name: &str, scope: Scope) -> Option<Symbol> {
        if matches!(name, "now" | "today") || (name == "score" && scope.objective && scope.row.is_none()) {
            return None;
        }
        if let Some((_, kind)) = self.locals.iter().find(|(local, _)| **local == *name) {
            return Some(self.local(name, *kind));
        }
        if scope.bare && self.schema.offer_fields.iter().any(|field| *field.name == *name) {
            return Some(Symbol::OfferField(name.into()));
        }
        let here = scope.row.unwrap_or(PlanSchema::CUSTOMER);
        if self.schema.field_named(here, name).is_some() || self.schema.is_damaged(here, name) {
            return Some(Symbol::Field(self.schema.table_name(here).into(), name.into()));
        }
        if let Some(at) = scope.row.filter(|_| name == "at").and_then(|events| self.time_of(events)) {
            let field = self.schema.plan.field(here, at)?;
            return Some(Symbol::Field(self.schema.table_name(here).into(), field.name.clone()));
        }
        let is_defined = queries::definition_items(self.db, self.project).contains_key(name);
        is_defined.then(|| Symbol::Definition(name.into()))
    }

    /// `a.b.c`
    fn path(&mut self, expr: &Expr, scope: Scope) -> Option<Symbol> {
        let (mut root, mut names) = (expr, Vec::new());
        while let ExprKind::Field(base, name) = &root.kind {
            names.push(name);
            root = base;
        }
        names.reverse();
        match &root.kind {
            ExprKind::Name(name) => self.path_from(name, root.span, &names, scope),
            ExprKind::Call(table, arguments) => {
                let id = self.call(table, scope, arguments);
                id.and_then(|id| self.walk(id, &names))
            }
            ExprKind::Aggregate { of, window, filter, .. } => {
                self.aggregate(of, window.as_ref(), filter.as_deref(), scope);
                let events = self.events(of)?;
                self.walk(events, &names)
            }
            _ => {
                self.expr(root, scope);
                None
            }
        }
    }

    fn path_from(&mut self, root: &str, span: Span, names: &[&Name], scope: Scope) -> Option<Symbol> {
        if root == "offer" {
            let name = names.first()?;
            return self.offer_field(name);
        }
        if queries::journey_names(self.db, self.project).contains(root) {
            self.add(span, Symbol::Journey(root.into()), Role::Use);
            return None;
        }
        let here = scope.row.unwrap_or(PlanSchema::CUSTOMER);
        if let Some((symbol, to)) = self.link(here, root) {
            self.add(span, symbol, Role::Use);
            return self.walk(to, names);
        }
        let table = match root {
            _ if scope.row.is_some() && root == self.schema.table_name(here) => Some(here),
            "customer" => self.schema.plan.table(PlanSchema::CUSTOMER).map(|_| PlanSchema::CUSTOMER),
            CONTEXT => self.schema.table_named(CONTEXT),
            _ => self.schema.table_named(root).filter(|id| *id == PlanSchema::CUSTOMER),
        };
        if let Some(table) = table {
            self.add(span, Symbol::Table(self.schema.table_name(table).into()), Role::Use);
            return self.walk(table, names);
        }
        if queries::offer_items(self.db, self.project).contains_key(root) {
            self.add(span, Symbol::Offer(root.into()), Role::Use);
        }
        None
    }

    /// The names behind a row; what the last of them is.
    fn walk(&mut self, table: TableId, names: &[&Name]) -> Option<Symbol> {
        let (mut table, mut rest) = (table, names);
        while let Some((name, behind)) = rest.split_first() {
            if behind.is_empty()
                && let Some(symbol) = self.field_of(table, &name.node)
            {
                self.mention(name, symbol.clone());
                return Some(symbol);
            }
            let (symbol, to) = self.link(table, &name.node)?;
            self.mention(name, symbol);
            (table, rest) = (to, behind);
        }
        None
    }

    fn field_of(&self, table: TableId, name: &str) -> Option<Symbol> {
        let owner = || self.schema.table_name(table).into();
        if self.schema.field_named(table, name).is_some() || self.schema.is_damaged(table, name) {
            return Some(Symbol::Field(owner(), name.into()));
        }
        let at = Some(table).filter(|_| name == "at").and_then(|table| self.time_of(table))?;
        Some(Symbol::Field(owner(), self.schema.plan.field(table, at)?.name.clone()))
    }

    /// The field that tells when events happened.
    pub(super) fn time_of(&self, table: TableId) -> Option<FieldId> {
        match self.schema.plan.table(table)?.kind {
            TableKind::Events { at, .. } => Some(at),
            _ => None,
        }
    }

    /// The linked row of this name: what the name means, and the table that the row is of.
    pub(super) fn link(&self, from: TableId, name: &str) -> Option<(Symbol, TableId)> {
        let field = self.schema.link_named(from, name)?;
        let to = self.schema.plan.field(from, field)?.link?.table;
        let owner = self.schema.table_name(from);
        let symbol = if self.schema.table_name(to) == name {
            Symbol::Table(name.into())
        } else {
            Symbol::Link(owner.into(), name.into())
        };
        Some((symbol, to))
    }

    /// `product(key)` or a function; the table that is looked up in.
    fn call(&mut self, name: &Name, scope: Scope, arguments: &[Expr]) -> Option<TableId> {
        let table = self.schema.table_named(&name.node);
        let symbol = match table {
            Some(_) => Symbol::Table(name.node.clone()),
            None => Symbol::Function(name.node.clone()),
        };
        self.mention(name, symbol);
        arguments.iter().for_each(|argument| {
            self.expr(argument, scope);
        });
        table
    }

    /// An aggregate; the field that it is of.
    fn aggregate(&mut self, of: &Expr, window: Option<&Window>, filter: Option<&Expr>, scope: Scope) -> Option<Symbol> {
        let (mut root, mut names) = (of, Vec::new());
        while let ExprKind::Field(base, name) = &root.kind {
            names.push(name);
            root = base;
        }
        names.reverse();
        if let Some(window) = window {
            self.window(window, scope);
        }
        let ExprKind::Name(name) = &root.kind else {
            // `sum(line.quantity * line.price)`: what is computed of each event.
            let row = self.first_events(of);
            self.expr(of, Scope { row: row.or(scope.row), ..scope });
            if let Some(filter) = filter {
                self.expr(filter, Scope { row: row.or(scope.row), ..scope });
            }
            return None;
        };
        self.add(root.span, Symbol::Table(name.clone()), Role::Use);
        let events = self.schema.table_named(name);
        if let Some(filter) = filter {
            self.expr(filter, Scope { row: events.or(scope.row), ..scope });
        }
        self.walk(events?, &names)
    }

    /// The first events that a computed value names.
    fn first_events(&self, of: &Expr) -> Option<TableId> {
        let mut open = vec![of];
        while let Some(expr) = open.pop() {
            match &expr.kind {
                ExprKind::Name(name) => {
                    let named = self.schema.table_named(name).filter(|table| self.schema.is_events(*table));
                    if named.is_some() {
                        return named;
                    }
                }
                ExprKind::Field(of, _) | ExprKind::Negate(of) | ExprKind::Not(of) => open.push(of),
                ExprKind::Binary(_, a, b) => open.extend([&**b, &**a]),
                ExprKind::If(when, a, b) => open.extend([&**b, &**a, &**when]),
                ExprKind::Call(_, arguments) => open.extend(arguments.iter().rev()),
                _ => {}
            }
        }
        None
    }

    /// The events that an aggregate is over.
    fn events(&self, of: &Expr) -> Option<TableId> {
        let mut root = of;
        while let ExprKind::Field(base, _) = &root.kind {
            root = base;
        }
        let ExprKind::Name(name) = &root.kind else { return None };
        self.schema.table_named(name)
    }

    pub(super) fn window(&mut self, window: &Window, scope: Scope) {
        match &window.kind {
            WindowKind::Last(length) | WindowKind::Next(length) => {
                self.expr(length, scope);
            }
            WindowKind::Between(from, to) => {
                self.expr(from, scope);
                self.expr(to, scope);
            }
            WindowKind::Calendar(..) => {}
        }
    }

    /// A condition on the row of an event.
    pub(super) fn of_events(&mut self, events: Option<TableId>, filter: Option<&Expr>) {
        if let Some(filter) = filter {
            self.expr(filter, Scope { row: events, ..Scope::default() });
        }
    }

    /// The names of members and picks count from here on.
    pub(super) fn declare_local(&mut self, name: &Name, kind: Local) {
        let symbol = self.local(&name.node, kind);
        self.declare(name, symbol);
        self.locals.push((name.node.clone(), kind));
    }
}

/// Whether the sides of an operator are values of one kind.
fn compares(word: BinaryWord) -> bool {
    matches!(
        word,
        BinaryWord::Equal
            | BinaryWord::NotEqual
            | BinaryWord::Less
            | BinaryWord::LessOrEqual
            | BinaryWord::Greater
            | BinaryWord::GreaterOrEqual
            | BinaryWord::Contains
            | BinaryWord::Overlaps
            | BinaryWord::StartsWith
            | BinaryWord::EndsWith
    )
}
