//! Reads a channel: who may be reached by it, when, at which cost and with which offers.
//!
//! What must hold: a channel that validates can carry something to somebody, and its consent rule is never guessed:
//! where it is unknown whether a customer agreed, they did not.

mod values;

pub(super) use values::cost;

use std::collections::{BTreeMap, BTreeSet};

use opportune_plan::{Comparison, Constant, Currency, Direction, Hours, Span as Length, TableId, Type, Unit};

use super::caps;
use super::clauses::said_twice;
use super::hours;
use super::infer::{Context, Infer};
use super::schema::CONTEXT;
use super::timing::is_longer;
use super::{Expr, ExprKind, Schema, currency};
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::syntax::Span;
use crate::syntax::ast::{ChannelClause, ChannelClauseKind, ChannelItem, Name};

/// The field of the context that names the channel by which a customer asks.
const ASKED_BY: &str = "channel";

/// A way to reach a customer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Channel {
    /// The name.
    pub name: Box<str>,
    /// What must be definitely true.
    pub needs: Option<Expr>,
    /// Who begins.
    pub direction: Direction,
    /// Whether the customer asks by it now.
    pub asked: Option<Expr>,
    /// Local hours in which nothing is sent.
    pub quiet: Vec<Hours>,
    /// The code of the jurisdiction whose hours hold: a text over the customer.
    pub law: Option<Expr>,
    /// At least so long before it is sent.
    pub lead: Length,
    /// Which offers it carries: over the fields of offers.
    pub carries: Option<Expr>,
    /// What one message costs: an amount over the customer, never missing.
    pub cost: Option<Expr>,
    /// How many messages it carries for all customers together, in each day or week of the project's calendar.
    pub capacity: Option<(u64, Unit)>,
}

/// What offers see of a channel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Traits {
    /// Which offers it carries.
    pub carries: Option<Expr>,
    /// Local hours in which nothing is sent; none where customers who ask are answered at any hour.
    pub quiet: Vec<Hours>,
    /// In which currency it says its cost.
    pub cost: Option<Currency>,
}

impl Channel {
    /// What offers see of it.
    pub fn traits(&self) -> Traits {
        let outbound = self.direction == Direction::Outbound;
        let quiet = if outbound { self.quiet.clone() } else { Vec::new() };
        Traits { carries: self.carries.clone(), quiet, cost: self.cost.as_ref().and_then(|cost| currency(cost.ty)) }
    }
}

/// What a channel is read with, beside the names.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The segments and traits that read a field of consent.
    pub consenting: &'a BTreeSet<Box<str>>,
    /// How far ahead a sending may lie.
    pub horizon: Length,
}

/// A channel, if all of it could be understood, and all that is wrong with it.
pub fn channel(context: Context<'_>, around: Around<'_>, item: &ChannelItem) -> (Option<Channel>, Vec<Diagnostic>) {
    let mut reader = Reader { infer: Infer::new(context), first: BTreeMap::new(), complete: true };
    let direction = reader.direction(item);
    let mut found = Channel {
        name: item.name.node.clone(),
        needs: None,
        direction,
        asked: None,
        quiet: Vec::new(),
        law: None,
        lead: Length::default(),
        carries: None,
        cost: None,
        capacity: None,
    };
    let mut needs = Vec::new();
    for clause in &item.clauses {
        if reader.is_said_once(clause) {
            reader.clause(clause, &mut found, &mut needs);
        }
    }
    found.needs = Expr::all(needs);
    reader.asked(item, &mut found);
    reader.always_quiet(item, &found);
    reader.beyond_horizon(item, &found, around.horizon);
    if reader.complete {
        reader.consent(item, &found, around.consenting);
    }
    let complete = reader.complete;
    let diagnostics = reader.infer.into_diagnostics();
    let is_wrong = diagnostics.iter().any(|found| found.severity == Severity::Error);
    ((complete && !is_wrong).then_some(found), diagnostics)
}

struct Reader<'a> {
    infer: Infer<'a>,
    /// Of clauses that may stand once, where they stand first.
    first: BTreeMap<&'static str, Span>,
    /// Whether all clauses were understood.
    complete: bool,
}

impl Reader<'_> {
    fn direction(&mut self, item: &ChannelItem) -> Direction {
        let mut written = item.clauses.iter().filter_map(|clause| match clause.kind {
            ChannelClauseKind::Direction(direction) => Some(direction),
            _ => None,
        });
        written.next().unwrap_or_default()
    }

    fn is_said_once(&mut self, clause: &ChannelClause) -> bool {
        let Some(word) = once(&clause.kind) else {
            self.first.entry(repeated(&clause.kind)).or_insert(clause.word);
            return true;
        };
        let Some(before) = self.first.insert(word, clause.word) else { return true };
        let what = if word == DIRECTION { "who begins".to_owned() } else { format!("`{word}`") };
        self.infer.report(said_twice(clause.word, before, &what));
        false
    }

    /// What was understood; what was not leaves the channel incomplete.
    fn take<T>(&mut self, found: Option<T>) -> Option<T> {
        self.complete &= found.is_some();
        found
    }

    fn clause(&mut self, clause: &ChannelClause, found: &mut Channel, needs: &mut Vec<Expr>) {
        if found.direction == Direction::Inbound && is_of_sending(&clause.kind) {
            self.infer.report(only_answers(clause.word));
        }
        match &clause.kind {
            ChannelClauseKind::Needs(condition) => {
                let condition = self.infer.condition(condition);
                needs.extend(self.take(condition));
            }
            ChannelClauseKind::Direction(_) => {}
            ChannelClauseKind::Quiet(written) => {
                let hours = hours::quiet(&mut self.infer, written);
                found.quiet.extend(self.take(hours));
            }
            ChannelClauseKind::Law(code) => {
                let law = values::law(&mut self.infer, code);
                found.law = self.take(law);
            }
            ChannelClauseKind::Lead(length) => {
                let lead = values::lead(&mut self.infer, length);
                found.lead = self.take(lead).unwrap_or_default();
            }
            ChannelClauseKind::Carries(condition) => {
                let carries = values::carries(&mut self.infer, condition);
                found.carries = self.take(carries);
            }
            ChannelClauseKind::Cost(amount) => {
                let cost = values::cost(&mut self.infer, amount, true);
                found.cost = self.take(cost);
            }
            ChannelClauseKind::Capacity { most, each } => {
                let goes_on = caps::capacity_goes_on(&mut self.infer, clause.word);
                let capacity = values::capacity(&mut self.infer, most, each).filter(|_| goes_on.is_some());
                found.capacity = self.take(capacity);
            }
        }
    }

    /// By which words of a request one sees that a customer asks by this channel.
    fn asked(&mut self, item: &ChannelItem, found: &mut Channel) {
        if found.direction == Direction::Outbound {
            return;
        }
        let schema = self.infer.context.schema;
        let table = schema.table_named(CONTEXT);
        if table.is_some_and(|table| schema.is_damaged(table, ASKED_BY)) {
            self.complete = false;
            return;
        }
        let asked = match asking_field(schema, table) {
            Some(asking) => names_channel(&mut self.infer, asking, &item.name),
            None => {
                let diagnostic = nobody_asks(self.first.get(DIRECTION).copied().unwrap_or(item.name.span));
                self.infer.fail(diagnostic)
            }
        };
        found.asked = self.take(asked);
    }

    fn always_quiet(&mut self, item: &ChannelItem, found: &Channel) {
        if hours::week_of(&found.quiet).iter().any(|minute| !minute) {
            return;
        }
        let message = format!("`{}` is quiet at every hour of every day", item.name.node);
        let span = self.first.get(QUIET).copied().unwrap_or(item.name.span);
        let diagnostic = Diagnostic::error(codes::ALWAYS_QUIET, message, span, "nothing is ever sent");
        self.infer.report(diagnostic.help("leave some hours of some day in which it may speak"));
    }

    fn beyond_horizon(&mut self, item: &ChannelItem, found: &Channel, horizon: Length) {
        let written = item.clauses.iter().find_map(|clause| match &clause.kind {
            ChannelClauseKind::Lead(length) => Some(length.span),
            _ => None,
        });
        if let Some(span) = written.filter(|_| is_longer(found.lead, horizon)) {
            let message = "this lead time is longer than decisions look ahead, so nothing would ever be sent";
            let diagnostic = Diagnostic::error(codes::BEYOND_HORIZON, message, span, "beyond the horizon");
            self.infer.report(diagnostic.help("look further ahead in the portfolio: `horizon 30 days`"));
        }
    }

    /// Whoever is reached unasked should have agreed.
    fn consent(&mut self, item: &ChannelItem, found: &Channel, consenting: &BTreeSet<Box<str>>) {
        if found.direction == Direction::Inbound {
            return;
        }
        let schema = self.infer.context.schema;
        let warning = |message: String, span| Diagnostic::warning(codes::NO_CONSENT_RULE, message, span, "who agreed?");
        let field = schema.consent.first().map(|(table, field)| (*table, *field));
        let name = field.and_then(|(table, field)| Some(&*schema.plan.field(table, field)?.name));
        let example = name.unwrap_or("email_ok");
        let Some(needs) = &found.needs else {
            let message = format!("`{}` reaches customers without asking whether they agreed", item.name.node);
            let help = format!("say what it needs: `needs customer.{example}`; what is missing counts as no");
            return self.infer.report(warning(message, item.name.span).help(help));
        };
        if !schema.consent.is_empty() && !reads_consent(needs, schema, consenting) {
            let message = format!("what `{}` needs reads no field of consent", item.name.node);
            let help = format!("name the field that tells whether they agreed: `needs customer.{example}`");
            let span = self.first.get(NEEDS).copied().unwrap_or(item.name.span);
            self.infer.report(warning(message, span).help(help));
        }
    }
}

const DIRECTION: &str = "direction";
const QUIET: &str = "quiet";
const NEEDS: &str = "needs";

/// The word of a clause that may stand once.
fn once(kind: &ChannelClauseKind) -> Option<&'static str> {
    match kind {
        ChannelClauseKind::Needs(_) | ChannelClauseKind::Quiet(_) => None,
        ChannelClauseKind::Direction(_) => Some(DIRECTION),
        ChannelClauseKind::Law(_) => Some("quiet by law"),
        ChannelClauseKind::Lead(_) => Some("lead"),
        ChannelClauseKind::Carries(_) => Some("carries"),
        ChannelClauseKind::Cost(_) => Some("cost"),
        ChannelClauseKind::Capacity { .. } => Some("capacity"),
    }
}

/// The word of a clause that may stand more than once.
fn repeated(kind: &ChannelClauseKind) -> &'static str {
    if matches!(kind, ChannelClauseKind::Needs(_)) { NEEDS } else { QUIET }
}

/// Whether a clause says when something is sent to customers who did not ask.
fn is_of_sending(kind: &ChannelClauseKind) -> bool {
    matches!(kind, ChannelClauseKind::Quiet(_) | ChannelClauseKind::Law(_) | ChannelClauseKind::Lead(_))
}

fn only_answers(word: Span) -> Diagnostic {
    let message = "an inbound channel answers whenever it is asked, so this would never be heeded";
    Diagnostic::error(codes::INBOUND_RULE, message, word, "of a channel that only answers")
        .help("leave it out; where the channel also calls, write `inbound and outbound`")
}

/// The field of the context that names the channel, and its type.
fn asking_field(schema: &Schema, context: Option<TableId>) -> Option<Expr> {
    let context = context?;
    let field = schema.field_named(context, ASKED_BY)?;
    let entry = schema.plan.field(context, field)?;
    let is_name = matches!(entry.ty, Type::Text | Type::OneOf(_) | Type::Ordered(_));
    is_name.then_some(Expr { kind: ExprKind::Field(context, field), ty: entry.ty, nullable: entry.nullable })
}

fn names_channel(infer: &mut Infer<'_>, asking: Expr, name: &Name) -> Option<Expr> {
    let named = match asking.ty {
        Type::Text => Expr::constant(Constant::Text(name.node.clone())),
        ty => infer.variant(&name.node, name.span, ty, false)?,
    };
    let nullable = asking.nullable;
    let same = ExprKind::Compare(Comparison::Equal, Box::new(asking), Box::new(named));
    Some(Expr::condition(same, nullable))
}

fn nobody_asks(span: Span) -> Diagnostic {
    let message = "a customer asks by this channel, and no request says by which channel it came";
    Diagnostic::error(codes::NOBODY_ASKS, message, span, "nobody can ask")
        .help("declare the field that names it: `context { channel: text }`")
}

/// Whether a condition reads a field of consent, itself or through segments and traits.
pub fn reads_consent(condition: &Expr, schema: &Schema, consenting: &BTreeSet<Box<str>>) -> bool {
    match &condition.kind {
        ExprKind::Field(table, field) => schema.consent.contains(&(*table, *field)),
        ExprKind::Definition(name) => consenting.contains(name),
        kind => {
            let link = match kind {
                ExprKind::Follow { table, link, .. } => schema.consent.contains(&(*table, *link)),
                _ => false,
            };
            let mut found = link;
            kind.for_each_operand(&mut |operand| found |= reads_consent(operand, schema, consenting));
            found
        }
    }
}
