//! Mutations of clauses: one dropped, a limit or a length changed, two channels exchanged.
//!
//! What is shared by all customers (totals, budgets, capacities, shares) stays: a test has one customer.

use super::Edits;
use crate::syntax::Span;
use crate::syntax::ast::{
    AtMostItem, CapClause, CapKind, CapWindow, ChannelClauseKind, ChannelItem, Expr, ExprKind, GuaranteeItem,
    JourneyItem, Literal, MomentItem, OfferClause, OfferClauseKind, OfferItem, PortfolioClause, PortfolioClauseKind,
    RankTerm, RouteItem, TimingPart,
};

impl Edits<'_> {
    pub(super) fn offer(&mut self, offer: &OfferItem) {
        for clause in &offer.clauses {
            match &clause.kind {
                OfferClauseKind::Eligible(condition) => self.condition(condition),
                OfferClauseKind::Except(condition) => {
                    self.drop(clause.span);
                    self.condition(condition);
                }
                OfferClauseKind::Priority(value) => self.branches(value),
                OfferClauseKind::Channel(routes) => self.routes(routes),
                OfferClauseKind::Timing(parts) => self.timing(clause, parts),
                OfferClauseKind::Pick(pick) => pick.filter.iter().for_each(|filter| self.condition(filter)),
                OfferClauseKind::Cap(cap) => self.cap(clause.span, cap),
                OfferClauseKind::About(_)
                | OfferClauseKind::Holdout(_)
                | OfferClauseKind::Arms { .. }
                | OfferClauseKind::Arm { .. }
                | OfferClauseKind::Budget(_)
                | OfferClauseKind::Cost(_)
                | OfferClauseKind::Because(_)
                | OfferClauseKind::Message { .. }
                | OfferClauseKind::Field(..) => {}
            }
        }
    }

    pub(super) fn channel(&mut self, channel: &ChannelItem) {
        for clause in &channel.clauses {
            match &clause.kind {
                ChannelClauseKind::Needs(condition) => {
                    self.drop(clause.span);
                    self.condition(condition);
                }
                ChannelClauseKind::Quiet(_) | ChannelClauseKind::Law(_) => self.drop(clause.span),
                ChannelClauseKind::Lead(length) => {
                    self.drop(clause.span);
                    self.larger(length);
                }
                ChannelClauseKind::Carries(condition) => {
                    self.drop(clause.span);
                    self.expression(condition);
                }
                ChannelClauseKind::Direction(_) | ChannelClauseKind::Cost(_) | ChannelClauseKind::Capacity { .. } => {}
            }
        }
    }

    pub(super) fn guarantee(&mut self, guarantee: &GuaranteeItem) {
        for clause in &guarantee.clauses {
            self.drop(clause.span);
            self.expression(&clause.offers);
            clause.when.iter().for_each(|when| self.condition(when));
        }
    }

    pub(super) fn journey(&mut self, journey: &JourneyItem) {
        for step in &journey.steps {
            self.length(step.within.as_ref());
            step.filter.iter().for_each(|filter| self.condition(filter));
        }
    }

    pub(super) fn portfolio(&mut self, clauses: &[PortfolioClause]) {
        let in_all = slate_in_all(clauses);
        for clause in clauses {
            match &clause.kind {
                PortfolioClauseKind::Cap(cap) => self.cap(clause.span, cap),
                PortfolioClauseKind::AtMost(AtMostItem { most, .. }) | PortfolioClauseKind::AtMostOf { most, .. } => {
                    self.drop(clause.span);
                    self.limit(most);
                }
                PortfolioClauseKind::Stop { .. } | PortfolioClauseKind::Fallback(_) => self.drop(clause.span),
                PortfolioClauseKind::Slate { channel, size, at_most } => {
                    self.slate(channel.is_some().then_some(in_all).flatten(), size);
                    at_most.iter().for_each(|at_most| self.limit(&at_most.most));
                }
                PortfolioClauseKind::Pause { length, after } => {
                    self.drop(clause.span);
                    self.larger(length);
                    self.limit(after);
                }
                PortfolioClauseKind::Suppress { length, filter, .. } => {
                    self.drop(clause.span);
                    self.larger(length);
                    filter.iter().for_each(|filter| self.condition(filter));
                }
                PortfolioClauseKind::Lever { when, .. } => when.iter().for_each(|when| self.condition(when)),
                PortfolioClauseKind::RankBy(terms) => self.rank(terms),
                PortfolioClauseKind::Budget(_)
                | PortfolioClauseKind::Objective(_)
                | PortfolioClauseKind::Holdout(_)
                | PortfolioClauseKind::Horizon(_)
                | PortfolioClauseKind::PossibleZones(_) => {}
            }
        }
    }

    /// Each field by which offers are ranked dropped, with the words up to what comes next, and turned round.
    fn rank(&mut self, terms: &[RankTerm]) {
        for (at, term) in terms.iter().enumerate() {
            let RankTerm::Field { field, descending } = term else { continue };
            if let (Some(start), Some(next)) = (self.begin(term), terms.get(at + 1).and_then(|next| self.begin(next))) {
                let term = self.trimmed(start, next);
                self.drop(term);
                let behind = self.written(Span { start: field.span.end, end: next });
                match behind.find("desc") {
                    Some(at) if *descending => {
                        let start = field.span.end as usize + at;
                        self.drop(Span::new(start, start + "desc".len()));
                    }
                    _ => self.replace(field.span, format!("{} desc", field.node)),
                }
            }
        }
    }

    /// Where a term of `rank by` begins.
    fn begin(&self, term: &RankTerm) -> Option<u32> {
        match term {
            RankTerm::Score(span) | RankTerm::Lot(span) => Some(span.start),
            RankTerm::Field { field, .. } => {
                let before = self.written(Span { start: 0, end: field.span.start });
                before.rfind("offer").and_then(|at| u32::try_from(at).ok())
            }
        }
    }

    /// A slate made larger and smaller; not larger where it may fill the one over all channels already.
    fn slate(&mut self, in_all: Option<&Expr>, size: &Expr) {
        let number = |size: &Expr| match size.kind {
            ExprKind::Literal(Literal::Int(number)) => Some(number),
            _ => None,
        };
        match (in_all.and_then(number), number(size)) {
            (Some(most), Some(of_channel)) if of_channel >= most => self.smaller(size),
            _ => self.limit(size),
        }
    }

    /// A cap of single customers dropped, and its limit and its window changed.
    fn cap(&mut self, clause: Span, cap: &CapClause) {
        let CapKind::PerCustomer { window, .. } = &cap.kind else { return };
        self.drop(clause);
        self.limit(&cap.limit);
        if let CapWindow::Every(length) = window {
            self.larger(length);
        }
        cap.filter.iter().chain(&cap.when).for_each(|condition| self.condition(condition));
    }

    /// Channels beside each other exchanged, their conditions left where they are. Two by which customers are only answered
    /// are left alone: who asks does so by one of them, and nobody else is reached by either.
    fn routes(&mut self, routes: &[RouteItem]) {
        for pair in routes.windows(2) {
            let [first, second] = pair else { continue };
            let answers = |route: &RouteItem| route.when.is_none() && self.answering.contains(&route.channel.node);
            if answers(first) && answers(second) {
                continue;
            }
            let (a, b) = (first.channel.span, second.channel.span);
            let between = self.written(Span { start: a.end, end: b.start });
            let exchanged = format!("{}{between}{}", self.written(b), self.written(a));
            self.replace(a.to(b), exchanged);
        }
        routes.iter().filter_map(|route| route.when.as_ref()).for_each(|when| self.condition(when));
    }

    /// Each part dropped, the whole where there is one; lengths of moments changed.
    fn timing(&mut self, clause: &OfferClause, parts: &[TimingPart]) {
        let commas = self.commas(clause.word.end, clause.span.end);
        if commas.is_empty() {
            self.drop(clause.span);
        } else {
            let ends = commas.iter().map(|comma| comma + 1).chain([clause.span.end]);
            for (at, end) in ends.enumerate() {
                // The first goes with the comma behind it, the others with the comma before them.
                match at.checked_sub(1).and_then(|before| commas.get(before)) {
                    None => self.drop(self.trimmed(clause.word.end, end)),
                    Some(comma) => {
                        let end = if end == clause.span.end { end } else { end - 1 };
                        self.drop(self.trimmed(*comma, end));
                    }
                }
            }
        }
        for part in parts {
            if let TimingPart::Moment { kind, .. } = part {
                self.moment(kind);
            }
        }
    }

    fn moment(&mut self, kind: &MomentItem) {
        match kind {
            MomentItem::RightAway => {}
            MomentItem::After { least, most, .. } => {
                self.length(least.as_ref());
                self.length(most.as_ref());
            }
            MomentItem::Exactly { plus, .. } => self.larger(plus),
            MomentItem::At { plus, .. } => self.length(plus.as_ref()),
        }
    }

    /// The commas between the parts of a clause, not those in brackets, texts or lists of days.
    fn commas(&self, start: u32, end: u32) -> Vec<u32> {
        const DAYS: [&str; 9] =
            ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "weekdays", "weekends"];
        let text = self.written(Span { start, end });
        let (mut depth, mut in_text, mut found) = (0_i32, false, Vec::new());
        for (at, c) in text.char_indices() {
            match c {
                '"' => in_text = !in_text,
                '(' | '[' | '{' if !in_text => depth += 1,
                ')' | ']' | '}' if !in_text => depth -= 1,
                ',' if !in_text && depth == 0 => {
                    let next = text.get(at + 1..).unwrap_or_default().trim_start();
                    let is_day = DAYS.iter().any(|day| next.starts_with(day));
                    // `…, else 7 days after T` goes on with the moment before it.
                    if !is_day && !next.starts_with("else") {
                        found.extend(u32::try_from(at).ok().map(|at| start + at));
                    }
                }
                _ => {}
            }
        }
        found
    }
}

/// How many offers there may be over all channels.
fn slate_in_all(clauses: &[PortfolioClause]) -> Option<&Expr> {
    clauses.iter().find_map(|clause| match &clause.kind {
        PortfolioClauseKind::Slate { channel: None, size, .. } => Some(size),
        _ => None,
    })
}
