//! What offers mention.
//!
//! Members and picks are declared before anything else of the offer is read: a clause may use them above the line that
//! picks.

use opportune_compiler::syntax::ast::{
    MomentItem, Name, OfferClauseKind, OfferItem, PickClause, Template, TemplatePart, TimingPart,
};

use super::super::symbol::{Local, Symbol};
use super::{Collector, Scope};

impl Collector<'_> {
    pub(super) fn offer_item(&mut self, offer: &OfferItem) {
        self.declare(&offer.name, Symbol::Offer(offer.name.node.clone()));
        if let Some(each) = &offer.each {
            self.member_of(Some(&each.field), &each.table);
            self.declare_local(&each.variable, Local::Member);
        }
        for clause in &offer.clauses {
            if let OfferClauseKind::Pick(pick) = &clause.kind {
                self.declare_local(&pick.name, Local::Pick);
            }
        }
        for clause in &offer.clauses {
            self.offer_clause(&clause.kind);
        }
    }

    /// A field of a lookup table whose values are members.
    fn member_of(&mut self, field: Option<&Name>, table: &Name) {
        self.table_use(table);
        if let Some(field) = field {
            self.mention(field, Symbol::Field(table.node.clone(), field.node.clone()));
        }
    }

    fn offer_clause(&mut self, kind: &OfferClauseKind) {
        match kind {
            OfferClauseKind::About(_) | OfferClauseKind::Holdout(_) => {}
            OfferClauseKind::Eligible(value)
            | OfferClauseKind::Except(value)
            | OfferClauseKind::Priority(value)
            | OfferClauseKind::Cost(value) => {
                self.expr(value, Scope::default());
            }
            OfferClauseKind::Channel(routes) => routes.iter().for_each(|route| {
                self.channel(&route.channel);
                self.maybe(route.when.as_ref());
            }),
            OfferClauseKind::Timing(parts) => parts.iter().for_each(|part| self.timing(part)),
            OfferClauseKind::Arms { arms, .. } => arms.iter().for_each(|(arm, _)| {
                let symbol = self.local(&arm.node, Local::Arm);
                self.declare(arm, symbol);
            }),
            OfferClauseKind::Arm { arm, field, setting } => {
                let symbol = self.local(&arm.node, Local::Arm);
                self.mention(arm, symbol);
                self.set(field, setting);
            }
            OfferClauseKind::Pick(pick) => self.pick(pick),
            OfferClauseKind::Cap(cap) => self.cap(cap),
            OfferClauseKind::Budget(budget) => self.budget(budget),
            OfferClauseKind::Because(text) => self.template(text),
            OfferClauseKind::Message { channel, text } => {
                channel.iter().for_each(|channel| self.channel(channel));
                self.template(text);
            }
            OfferClauseKind::Field(field, setting) => self.set(field, setting),
        }
    }

    fn set(&mut self, field: &Name, setting: &opportune_compiler::syntax::ast::FieldSetting) {
        if let Some(symbol) = self.offer_field(field) {
            self.setting(setting, &symbol, Scope::default());
        }
    }

    fn pick(&mut self, pick: &PickClause) {
        self.member_of(pick.field.as_ref(), &pick.table);
        self.maybe(pick.filter.as_ref());
        self.expr(&pick.by, Scope::default());
    }

    fn timing(&mut self, part: &TimingPart) {
        match part {
            TimingPart::Days { from, to } => {
                self.maybe(from.as_ref());
                self.maybe(to.as_ref());
            }
            TimingPart::On(_) => {}
            TimingPart::Between(from, to) => {
                self.expr(from, Scope::default());
                self.expr(to, Scope::default());
            }
            TimingPart::Moment { kind, .. } => self.moment(kind),
        }
    }

    fn moment(&mut self, moment: &MomentItem) {
        match moment {
            MomentItem::RightAway => {}
            MomentItem::After { least, most, event } => {
                self.maybe(least.as_ref());
                self.maybe(most.as_ref());
                self.expr(event, Scope::default());
            }
            MomentItem::Exactly { plus, event } => {
                self.expr(plus, Scope::default());
                self.expr(event, Scope::default());
            }
            MomentItem::At { time, plus, event } => {
                self.expr(time, Scope::default());
                self.maybe(plus.as_ref());
                self.expr(event, Scope::default());
            }
        }
    }

    fn template(&mut self, text: &Template) {
        for part in &text.parts {
            if let TemplatePart::Hole { value, .. } = part {
                self.expr(value, Scope::default());
            }
        }
    }
}
