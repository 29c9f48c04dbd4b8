//! What channels, guarantees, journeys and the portfolio mention.

use opportune_compiler::syntax::ast::{
    AtMostItem, BudgetClause, CapClause, CapKind, CapWindow, ChannelClauseKind, ChannelItem, Expr, GuaranteeItem,
    JourneyItem, Name, PortfolioClause, PortfolioClauseKind, RankTerm, Total,
};

use super::super::symbol::{Local, Symbol};
use super::{Collector, Scope};

/// The events that a cap counts where it names none.
const CONTACT: &str = "contact";
/// The events and the field that `stop after` names a value of.
const RESPONSE: (&str, &str) = ("response", "outcome");

impl Collector<'_> {
    pub(super) fn journey(&mut self, journey: &JourneyItem) {
        self.declare(&journey.name, Symbol::Journey(journey.name.node.clone()));
        for step in &journey.steps {
            let events = self.table_use(&step.events);
            self.maybe(step.within.as_ref());
            self.of_events(events, step.filter.as_ref());
        }
    }

    pub(super) fn guarantee(&mut self, guarantee: &GuaranteeItem) {
        self.declare(&guarantee.name, Symbol::Guarantee(guarantee.name.node.clone()));
        for clause in &guarantee.clauses {
            self.expr(&clause.offers, Scope::default());
            self.maybe(clause.when.as_ref());
        }
    }

    pub(super) fn channel_item(&mut self, channel: &ChannelItem) {
        self.declare(&channel.name, Symbol::Channel(channel.name.node.clone()));
        for clause in &channel.clauses {
            let value = match &clause.kind {
                ChannelClauseKind::Needs(value)
                | ChannelClauseKind::Law(value)
                | ChannelClauseKind::Lead(value)
                | ChannelClauseKind::Carries(value)
                | ChannelClauseKind::Cost(value) => value,
                ChannelClauseKind::Direction(_) | ChannelClauseKind::Quiet(_) | ChannelClauseKind::Capacity { .. } => {
                    continue;
                }
            };
            let bare = matches!(clause.kind, ChannelClauseKind::Carries(_));
            self.expr(value, Scope { bare, ..Scope::default() });
        }
    }

    pub(super) fn portfolio(&mut self, clauses: &[PortfolioClause]) {
        for clause in clauses {
            self.portfolio_clause(&clause.kind);
        }
    }

    fn portfolio_clause(&mut self, kind: &PortfolioClauseKind) {
        match kind {
            PortfolioClauseKind::RankBy(terms) => terms.iter().for_each(|term| {
                if let RankTerm::Field { field, .. } = term {
                    self.offer_field(field);
                }
            }),
            PortfolioClauseKind::Slate { channel, at_most, .. } => {
                channel.iter().for_each(|channel| self.channel(channel));
                at_most.iter().for_each(|at_most| self.at_most(at_most));
            }
            PortfolioClauseKind::Cap(cap) => self.cap(cap),
            PortfolioClauseKind::Budget(budget) => self.budget(budget),
            PortfolioClauseKind::Objective(value) => {
                self.expr(value, Scope { objective: true, ..Scope::default() });
            }
            PortfolioClauseKind::AtMost(at_most) => self.at_most(at_most),
            PortfolioClauseKind::AtMostOf { offers, .. } => offers.iter().for_each(|offer| self.offer(offer)),
            PortfolioClauseKind::Stop { channel, outcome } => {
                channel.iter().for_each(|channel| self.channel(channel));
                self.outcome(outcome);
            }
            PortfolioClauseKind::Suppress { events, filter, .. } => {
                let events = self.table_use(events);
                self.of_events(events, filter.as_ref());
            }
            PortfolioClauseKind::Fallback(offer) => self.offer(offer),
            PortfolioClauseKind::Lever { name, factor, filter, when } => {
                let symbol = self.local(&name.node, Local::Lever);
                self.declare(name, symbol);
                self.expr(factor, Scope::default());
                self.maybe(filter.as_ref());
                self.maybe(when.as_ref());
            }
            PortfolioClauseKind::Pause { .. }
            | PortfolioClauseKind::Holdout(_)
            | PortfolioClauseKind::Horizon(_)
            | PortfolioClauseKind::PossibleZones(_) => {}
        }
    }

    /// A value of the outcomes that the project lists.
    fn outcome(&mut self, outcome: &Name) {
        let (table, field) = RESPONSE;
        let of = Symbol::Field(table.into(), field.into());
        if of.field(self.db, self.project).is_some() {
            self.mention(outcome, Symbol::Value(Box::new(of), outcome.node.clone()));
        }
    }

    fn at_most(&mut self, at_most: &AtMostItem) {
        self.offer_field(&at_most.field);
    }

    pub(super) fn maybe(&mut self, expr: Option<&Expr>) {
        if let Some(expr) = expr {
            self.expr(expr, Scope::default());
        }
    }

    pub(super) fn cap(&mut self, cap: &CapClause) {
        match &cap.kind {
            CapKind::PerCustomer { per, window } => {
                self.maybe(per.as_ref());
                if let CapWindow::Every(length) = window {
                    self.expr(length, Scope::default());
                }
            }
            CapKind::InTotal(total) => self.total(total),
            CapKind::Share { of: _, per, .. } => {
                self.expr(per, Scope::default());
            }
        }
        cap.on.iter().for_each(|channel| self.channel(channel));
        let over = cap.over.as_ref().map(|over| self.table_use(over));
        let events = over.unwrap_or_else(|| self.schema.table_named(CONTACT));
        self.of_events(events, cap.filter.as_ref());
        self.maybe(cap.when.as_ref());
    }

    pub(super) fn budget(&mut self, budget: &BudgetClause) {
        self.expr(&budget.amount, Scope::default());
        self.total(&budget.total);
        budget.on.iter().for_each(|channel| self.channel(channel));
    }

    fn total(&mut self, total: &Total) {
        self.maybe(total.per.as_ref());
    }
}
