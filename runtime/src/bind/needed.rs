//! Which expressions of a plan are bound, and in which order.

use opportune_plan::{ExprId, Journey, Op, VerifiedPlan};

/// What the offers (but for families), channels, histories and the portfolio name.
pub(super) fn roots(plan: &VerifiedPlan) -> Vec<ExprId> {
    let mut open: Vec<ExprId> = plan.channels.iter().filter_map(|channel| channel.needs).collect();
    open.extend(plan.facts());
    open.extend(plan.histories.iter().filter_map(|history| history.filter));
    for offer in plan.offers.iter().filter(|offer| offer.family.is_none()) {
        open.extend(offer.eligible.iter().chain(&offer.except));
        open.extend(offer.forbidden.iter().map(|forbidden| forbidden.when));
        open.extend(offer.caps.iter().map(|cap| cap.has_room));
        open.push(offer.priority);
    }
    open.extend(plan.portfolio.contact_cap.iter().flat_map(|cap| [cap.counted, cap.has_room]));
    open
}

/// Which expressions these reach.
pub(super) fn needed(plan: &VerifiedPlan, mut open: Vec<ExprId>) -> Vec<bool> {
    let mut needed = vec![false; plan.exprs.len()];
    while let Some(id) = open.pop() {
        if let Some(slot) = needed.get_mut(id.0 as usize).filter(|needed| !**needed) {
            *slot = true;
            for_each_operand(plan, id, |operand| open.push(operand));
        }
    }
    needed
}

/// The operands of an expression, and what the steps of a journey read.
fn for_each_operand(plan: &VerifiedPlan, id: ExprId, mut visit: impl FnMut(ExprId)) {
    let op = &plan.exprs.node(id).op;
    op.for_each_operand(&mut visit);
    if let Op::Journey(journey, _) = op
        && let Some(journey) = plan.journeys.get(journey.0 as usize)
    {
        of_journey(journey).for_each(visit);
    }
}

fn of_journey(journey: &Journey) -> impl Iterator<Item = ExprId> {
    journey.steps.iter().filter_map(|step| step.filter).chain([journey.zone])
}

/// What is needed, operands before what uses them. The arena's own order is one, but for what journeys read.
pub(super) fn in_order(plan: &VerifiedPlan, needed: &[bool]) -> Vec<ExprId> {
    let ids = || plan.exprs.iter().zip(needed).filter(|(_, needed)| **needed).map(|((id, node), _)| (id, node));
    if !ids().any(|(_, node)| matches!(node.op, Op::Journey(..))) {
        return ids().map(|(id, _)| id).collect();
    }
    let (mut order, mut state) = (Vec::new(), vec![State::New; plan.exprs.len()]);
    for (root, _) in ids() {
        let mut stack = vec![root];
        while let Some(id) = stack.last().copied() {
            let Some(state_of) = state.get_mut(id.0 as usize) else { break };
            match *state_of {
                State::New => {
                    *state_of = State::Open;
                    for_each_operand(plan, id, |operand| {
                        stack.extend(matches!(state.get(operand.0 as usize), Some(State::New)).then_some(operand));
                    });
                }
                State::Open => {
                    *state_of = State::Done;
                    order.push(id);
                    stack.pop();
                }
                State::Done => {
                    stack.pop();
                }
            }
        }
    }
    order
}

#[derive(Clone, Copy)]
enum State {
    New,
    Open,
    Done,
}
