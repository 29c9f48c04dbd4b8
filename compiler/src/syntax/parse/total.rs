//! What holds over all customers: `in total each week per customer.store`, `budget 5_000 USD each month on sms`.

use pest::iterators::Pair;

use super::timing::said_twice;
use super::{Reader, Rule, foreign};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{BudgetClause, CapWindow, Expr, ExprKind, Name, Span, Total};
use crate::syntax::layout::Part;

/// `budget 5_000 USD each month per customer.store on sms`; `None`: reported.
pub fn budget(reader: &mut Reader<'_>, part: &Part) -> Option<BudgetClause> {
    let mut amount = None;
    let mut total = Total::default();
    let mut on = None;
    for pair in reader.matched(Rule::budget_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::colon => reader.report(foreign::superfluous(reader, span)),
            Rule::odd_most | Rule::odd_most_after => {
                reader.report(foreign::superfluous(reader, span).help("a budget is the most there may be"));
            }
            Rule::budget_total => {
                reader.report(foreign::superfluous(reader, span).help("a budget is for all customers together"));
            }
            Rule::sum => amount = Some(reader.expr(pair)),
            Rule::cap_window | Rule::cap_per => reader.total_part(pair, span, &mut total),
            Rule::cap_on => on = reader.cap_on(pair),
            _ => {}
        }
    }
    let (amount, slash) = super::cap::by_slash(amount?);
    if let Some((sign, stretch)) = slash {
        reader.total_slashed(sign, &stretch, &mut total);
    }
    Some(BudgetClause { amount, total, on })
}

impl<'t> Reader<'t> {
    /// `in total` and what follows it.
    pub fn cap_total(&mut self, pair: Pair<'t, Rule>) -> Total {
        let mut total = Total::default();
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_total => self.report(foreign::word(self, span, "in total")),
                Rule::cap_window | Rule::cap_per => self.total_part(part, span, &mut total),
                _ => {}
            }
        }
        total
    }

    /// `each week` or `per customer.store`; one that is there already is reported.
    fn total_part(&mut self, pair: Pair<'t, Rule>, span: Span, total: &mut Total) {
        if pair.as_rule() == Rule::cap_per {
            let per = self.cap_per(pair);
            if total.per.is_some() {
                self.report(said_twice("this says twice what is counted apart", span));
            }
            total.per = total.per.take().or(per);
            return;
        }
        let each = self.total_each(pair, span);
        if total.each.is_some() {
            self.report(said_twice("this says twice how long it counts", span));
        }
        total.each = total.each.take().or(each);
    }

    /// A stretch of the calendar; a length that rolls is reported.
    fn total_each(&mut self, pair: Pair<'t, Rule>, span: Span) -> Option<Name> {
        if pair.clone().into_inner().any(|inner| inner.as_rule() == Rule::window_each) {
            return self.calendar_stretch(pair, span);
        }
        if let CapWindow::Every(length) = self.cap_window(pair) {
            self.rolls(length.span.to(span));
        }
        None
    }

    /// A total that counts over a length of time that rolls.
    pub fn rolls(&mut self, span: Span) {
        let message = "what holds over all customers counts in stretches of the calendar";
        let diagnostic = Diagnostic::error(codes::TOTAL_WINDOW, message, span, "a length that rolls");
        self.report(diagnostic.help(
            "write `each day`, `each week`, `each month`, `each quarter` or `each year`, by the project's calendar; \
             without any of them it holds for good",
        ));
    }

    /// `20_000/week in total`
    pub fn total_slashed(&mut self, sign: Span, stretch: &Expr, total: &mut Total) {
        let said = total.each.is_some();
        let found = self.slashed_each(sign, stretch, said);
        total.each = total.each.take().or(found);
    }

    /// A cap over many customers that does not say `in total`: by a value of theirs and not `per customer`.
    pub fn total_forgotten(&mut self, per: &Expr, at: Span) {
        let written = super::failure::shown(self.written(per.span)).to_string();
        let message = format!("`per {written}` counts many customers together");
        let diagnostic = Diagnostic::error(codes::TOTAL_FORGOTTEN, message, at.to(per.span), "without `in total`");
        self.report(
            diagnostic.help("write `in total` before it; how often it comes to one customer is `per customer`").fix(
                "add `in total`",
                at,
                "in total ",
            ),
        );
    }
}

/// Whether it is a value of customers or requests, by which a cap can tell many of them apart.
pub fn is_of_many(per: &Expr) -> bool {
    let mut root = per;
    while let ExprKind::Field(base, _) = &root.kind {
        root = base;
    }
    let is_path = matches!(per.kind, ExprKind::Field(..));
    is_path && matches!(&root.kind, ExprKind::Name(name) if matches!(&**name, "customer" | "context"))
}
