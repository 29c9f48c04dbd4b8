//! The syntax tree of one item, as written. Damaged parts are [`ExprKind::Error`] or left out, and reported beside it.
//!
//! Spans are in bytes from the start of the item, so that an edit in another item leaves a tree equal.

mod expr;
mod test;

use std::fmt;

pub use expr::{AggregateWord, BinaryWord, CalendarWord, Expr, ExprKind, IsWord, Literal, Window, WindowKind};
pub use test::{
    AlwaysClause, Expectation, Expects, PersonaItem, Record, RecordField, RecordValue, TestClause, TestClauseKind,
    TestItem,
};

/// A run of bytes of an item's text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// From the first byte to the byte after the last.
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end) }
    }

    /// The least span around both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The same run, seen from `offset` bytes earlier.
    #[must_use]
    pub fn shifted(self, offset: u32) -> Self {
        Self { start: self.start.saturating_add(offset), end: self.end.saturating_add(offset) }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// Something with its place.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Spanned<T> {
    /// The thing.
    pub node: T,
    /// Where it is written.
    pub span: Span,
}

/// A word or a text with its place.
pub type Name = Spanned<Box<str>>;

/// An item of a policy file.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Item {
    /// The `///` lines before it, joined by newlines.
    pub doc: Option<Box<str>>,
    /// The `allow` lines before it.
    pub allowed: Vec<AllowItem>,
    /// What it is.
    pub kind: ItemKind,
}

/// `allow E1005 "bread is bought every day"`, on a line of its own before an item.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AllowItem {
    /// All of it.
    pub span: Span,
    /// The code of a lint.
    pub code: Name,
    /// Why: a text, not empty.
    pub reason: Name,
}

/// What an item declares.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ItemKind {
    /// `customer household { … }`
    Customer(TableItem),
    /// `events purchase { … }`
    Events(TableItem),
    /// `table product { … }`
    Table(TableItem),
    /// `context { … }`
    Context(Vec<FieldItem>),
    /// `journey name = visit where …, then scan within 2 days where …`
    Journey(JourneyItem),
    /// `guarantee "…" review by 2027-06-30 { … }`
    Guarantee(GuaranteeItem),
    /// `offer fields { … }`
    OfferFields(Vec<FieldItem>),
    /// `channel email { … }`
    Channel(ChannelItem),
    /// `segment name is condition`
    Segment(DefinitionItem),
    /// `trait name = value`
    Trait(DefinitionItem),
    /// `offer name { … }`, `reminder name { … }`, `notice name { … }`
    Offer(OfferItem),
    /// `portfolio { … }`
    Portfolio(Vec<PortfolioClause>),
    /// `persona name { … }`
    Persona(PersonaItem),
    /// `test "…" { … }`
    Test(TestItem),
}

/// The customer, an event table or a lookup table.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TableItem {
    /// Its name.
    pub name: Name,
    /// Its fields.
    pub fields: Vec<FieldItem>,
}

/// A field of a table or of the offers.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FieldItem {
    /// All of it.
    pub span: Span,
    /// `key` or `at` before the name.
    pub role: Option<Spanned<FieldRole>>,
    /// The name.
    pub name: Name,
    /// The type; `None` where it is missing or damaged.
    pub ty: Option<Spanned<TypeExpr>>,
    /// The `?` after the type.
    pub optional: Option<Span>,
    /// `-> product` or `-> product?`
    pub link: Option<LinkItem>,
    /// `from transaction_timestamp`, `from "Column Name"` (one part) or `from campaign.start_date` (two).
    pub from: Vec<Name>,
    /// The second column of a place: `from latitude and longitude`.
    pub and: Option<Name>,
    /// `= 1` (fields of offers, and the customer's `timezone`).
    pub default: Option<FieldSetting>,
    /// `private`, `sensitive`, `consent`.
    pub classes: Vec<Name>,
}

/// What a field is for its table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FieldRole {
    /// Identifies the row.
    Key,
    /// When the event happened.
    At,
}

/// A link to another table.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct LinkItem {
    /// The table.
    pub table: Name,
    /// The `?` of a link that may lead nowhere.
    pub optional: Option<Span>,
    /// `as name`
    pub alias: Option<Name>,
}

/// A type as written.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TypeExpr {
    /// `text`, `int`, `date`, …; perhaps a word that is no type.
    Named(Box<str>),
    /// `money(USD)`
    Money(Name),
    /// `one_of(a, b)`: words or texts.
    OneOf(Vec<Name>),
    /// `ordered("19-24", "25-34")`
    Ordered(Vec<Name>),
    /// `set of text`
    SetOf(Box<Spanned<TypeExpr>>),
}

/// A channel.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ChannelItem {
    /// Its name.
    pub name: Name,
    /// Its clauses, in the order in which they are written.
    pub clauses: Vec<ChannelClause>,
}

/// A clause of a channel.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ChannelClause {
    /// All of it.
    pub span: Span,
    /// The word or words that it begins with.
    pub word: Span,
    /// What it says.
    pub kind: ChannelClauseKind,
}

/// What a clause of a channel says.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ChannelClauseKind {
    /// `needs condition`
    Needs(Expr),
    /// `outbound`, `inbound`, `inbound and outbound`
    Direction(opportune_plan::Direction),
    /// `quiet 21:00 to 08:00`, `quiet 12:00 to 13:00 on weekdays`, `quiet on sunday`
    Quiet(HoursClause),
    /// `quiet by law of customer.state`, `quiet by law of "US-FL"`
    Law(Expr),
    /// `lead 2 hours`: a span literal
    Lead(Expr),
    /// `carries complexity <= 2`: a condition over the fields of offers
    Carries(Expr),
    /// `cost 0.002 USD`
    Cost(Expr),
    /// `capacity 50_000 per week`
    Capacity {
        /// How many.
        most: Expr,
        /// `day` or `week`.
        each: Name,
    },
}

/// `21:00 to 08:00 on weekdays`, either part alone too.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct HoursClause {
    /// From and to: times of day.
    pub hours: Option<(Expr, Expr)>,
    /// `on weekdays`, `on weekends`, `on friday, saturday`: the words of [`TimingPart::On`].
    pub days: Vec<Name>,
}

/// A segment or trait.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct DefinitionItem {
    /// Its name.
    pub name: Name,
    /// What it stands for.
    pub value: Expr,
}

/// Ordered steps over events.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct JourneyItem {
    /// Its name.
    pub name: Name,
    /// The steps in their order.
    pub steps: Vec<JourneyStep>,
}

/// `then scan within 2 days where product.promoted`
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct JourneyStep {
    /// All of it.
    pub span: Span,
    /// The event table.
    pub events: Name,
    /// How long after the step before: a span literal.
    pub within: Option<Expr>,
    /// Which of its events.
    pub filter: Option<Expr>,
}

/// What holds over every offer whose fields match.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct GuaranteeItem {
    /// What it promises: a text.
    pub name: Name,
    /// The day of `review by`.
    pub review_by: Option<Expr>,
    /// Its clauses.
    pub clauses: Vec<NeverClause>,
}

/// `never offer.topic = "alcohol" when customer.birth > today - 21 years`
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NeverClause {
    /// All of it.
    pub span: Span,
    /// Which offers: a condition over the fields of offers.
    pub offers: Expr,
    /// For which customers; without one, for all.
    pub when: Option<Expr>,
}

/// An offer, a reminder or a notice.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct OfferItem {
    /// Which of the three.
    pub kind: opportune_plan::OfferKind,
    /// Its name.
    pub name: Name,
    /// `for each category c of product`: one offer for each member.
    pub each: Option<EachItem>,
    /// Its clauses in the order in which they are written; some may stand twice.
    pub clauses: Vec<OfferClause>,
}

/// `for each category c of product`
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct EachItem {
    /// All of it.
    pub span: Span,
    /// The field whose values are the members.
    pub field: Name,
    /// The name of one member in the offer's clauses.
    pub variable: Name,
    /// The lookup table that has the field.
    pub table: Name,
}

/// A clause of an offer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct OfferClause {
    /// All of it.
    pub span: Span,
    /// The word or words that it begins with.
    pub word: Span,
    /// What it says.
    pub kind: OfferClauseKind,
}

/// What a clause of an offer says.
#[allow(clippy::large_enum_variant, reason = "an item holds few of them, and each is read once")]
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum OfferClauseKind {
    /// `about "text"`
    About(Name),
    /// `eligible when condition`
    Eligible(Expr),
    /// `except when condition`
    Except(Expr),
    /// `priority value`
    Priority(Expr),
    /// `channel mail, else email when condition, else sms` (`then` for `else` too)
    Channel(Vec<RouteItem>),
    /// `timing from 2026-11-01 to 2026-12-24, on weekdays, between 18:00 and 21:00, 1 day to 5 days after last(visit).at`
    Timing(Vec<TimingPart>),
    /// `holdout 10% salted "2026-q4"`
    Holdout(HoldoutClause),
    /// `arms plain 50%, big 50% salted "2026-q4"`
    Arms {
        /// Each arm and its share.
        arms: Vec<(Name, Expr)>,
        /// `salted "…"`: a text.
        salt: Option<Name>,
    },
    /// `arm big value 2 USD`: a field of the offer in one arm
    Arm {
        /// The arm.
        arm: Name,
        /// The field.
        field: Name,
        /// Its value there.
        setting: FieldSetting,
    },
    /// `pick a: category of product where condition by value desc`, `pick a: product where … by …`
    Pick(PickClause),
    /// `cap 1 per customer every 90 days`
    Cap(CapClause),
    /// `budget 5_000 USD each month`
    Budget(BudgetClause),
    /// `cost 2 USD`
    Cost(Expr),
    /// `because "text with {holes}"`
    Because(Template),
    /// `message "text"`, `message email "text"`
    Message {
        /// The channel that has a text of its own.
        channel: Option<Name>,
        /// The text.
        text: Template,
    },
    /// `topic "baby"`, `sells ["BEERS/ALES"]`: a field of the offer
    Field(Name, FieldSetting),
}

/// A channel of an offer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RouteItem {
    /// The channel.
    pub channel: Name,
    /// `when condition`
    pub when: Option<Expr>,
}

/// A part of `timing`, between commas. Of [`Self::Moment`]s those after the first are written with `else`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TimingPart {
    /// `from 2026-11-01 to 2026-12-24`, either end alone too
    Days {
        /// The first day.
        from: Option<Expr>,
        /// The last day.
        to: Option<Expr>,
    },
    /// `on weekdays`, `on friday, saturday`: `monday` to `sunday`, `weekdays`, `weekends`; other words are reported and left out
    On(Vec<Name>),
    /// `between 22:00 and 02:00`
    Between(Expr, Expr),
    /// `right away`, `1 day to 5 days after T`, …
    Moment {
        /// All of it.
        span: Span,
        /// Which.
        kind: MomentItem,
    },
}

/// A moment, or a stretch of time, after an event.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum MomentItem {
    /// `right away`
    RightAway,
    /// `1 day to 5 days after T`, `at least 1 day after T` (no `most`), `within 5 days after T` (no `least`)
    After {
        /// Not before: a span literal.
        least: Option<Expr>,
        /// Not later: a span literal.
        most: Option<Expr>,
        /// A date or instant.
        event: Expr,
    },
    /// `7 days after T`: exactly
    Exactly {
        /// A span literal.
        plus: Expr,
        /// A date or instant.
        event: Expr,
    },
    /// `at 18:00 on the day of T`, `at 18:00 7 days after T`
    At {
        /// A time of day.
        time: Expr,
        /// So much later: a span literal.
        plus: Option<Expr>,
        /// A date or instant.
        event: Expr,
    },
}

/// `holdout 5% salted "2026-q4"`
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct HoldoutClause {
    /// The share: a percentage.
    pub share: Expr,
    /// `salted "…"`: a text.
    pub salt: Option<Name>,
}

/// `pick a: category of product where condition by value desc`
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PickClause {
    /// The name of the item.
    pub name: Name,
    /// The field whose values are picked from; without one, the key.
    pub field: Option<Name>,
    /// The lookup table.
    pub table: Name,
    /// Which may be picked; the pick's name stands for one.
    pub filter: Option<Expr>,
    /// What is greatest.
    pub by: Expr,
}

/// A text with holes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Template {
    /// All of it, with its quotes.
    pub span: Span,
    /// Texts and holes in their order; no empty text, no two beside each other.
    pub parts: Vec<TemplatePart>,
}

/// A part of a template.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TemplatePart {
    /// Text with its escapes resolved, `{{` and `}}` included.
    Text(Box<str>),
    /// `{value}` or `{value as format}`
    Hole {
        /// All of it, with its braces.
        span: Span,
        /// The value.
        value: Expr,
        /// One or more words after `as`: `whole`, `percent`, `2 decimals`, `date`, `day and month`, with one blank between.
        format: Option<Name>,
    },
}

/// The value of an offer's field.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum FieldSetting {
    /// One value.
    One(Expr),
    /// `[a, b]`
    Set(Vec<Expr>, Span),
}

/// `cap 3 sends per customer every 7 days on sms`, `cap 20_000 in total`, `cap 50% of requests per context.rep every 30 days`
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CapClause {
    /// How many: an int, of a share a percentage.
    pub limit: Expr,
    /// `decisions`, `sends`, `impressions`, `redemptions`: a word; none: sends.
    pub counted: Option<Name>,
    /// Over whom.
    pub kind: CapKind,
    /// The channel of `on sms`.
    pub on: Option<Name>,
    /// `including inbound`
    pub including_inbound: Option<Span>,
    /// The event table of `over redemption`.
    pub over: Option<Name>,
    /// Which of its events count.
    pub filter: Option<Expr>,
    /// `when condition`
    pub when: Option<Expr>,
}

/// Over whom a cap counts, and how long.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum CapKind {
    /// `per customer [per offer | per offer.topic | per c] every 7 days | each week`
    PerCustomer {
        /// `per offer`: the path `offer`; `per offer.topic`: `offer.topic`; `per c`: `c`.
        per: Option<Expr>,
        /// How long.
        window: CapWindow,
    },
    /// `in total each week per customer.store`
    InTotal(Total),
    /// `of requests per context.rep every 30 days`
    Share {
        /// The event table of what is shared: `requests` or `request` is written, the table is `request`.
        of: Name,
        /// Who answers: a value.
        per: Expr,
        /// A span literal.
        every: Expr,
    },
}

/// Over which part of the calendar and of the customers a total counts.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Total {
    /// `each week`: `day`, `week`, `month`, `quarter`, `year`; none: for good.
    pub each: Option<Name>,
    /// `per customer.store`, `per context.rep`, `per offer.topic`, `per c`; none: together.
    pub per: Option<Expr>,
}

/// `budget 5_000 USD each month per customer.store on sms`
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BudgetClause {
    /// How much: an amount.
    pub amount: Expr,
    /// In which stretch of time, and what is counted apart.
    pub total: Total,
    /// The channel of `on sms`.
    pub on: Option<Name>,
}

/// The stretch of time of a cap.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum CapWindow {
    /// `every 7 days`: a span literal
    Every(Expr),
    /// `each week`: `day`, `week`, `month`, `quarter`, `year`
    Each(Name),
}

/// A clause of the portfolio.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PortfolioClause {
    /// All of it.
    pub span: Span,
    /// The word or words that it begins with.
    pub word: Span,
    /// What it says.
    pub kind: PortfolioClauseKind,
}

/// What a clause of the portfolio says.
#[allow(clippy::large_enum_variant, reason = "an item holds few of them, and each is read once")]
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum PortfolioClauseKind {
    /// `rank by offer.tier desc, then score, then by lot`
    RankBy(Vec<RankTerm>),
    /// `slate email 3, at most 1 per offer.topic`; without a channel (`slate 2`): over all channels
    Slate {
        /// The channel.
        channel: Option<Name>,
        /// How many.
        size: Expr,
        /// `at most 1 per offer.topic`
        at_most: Vec<AtMostItem>,
    },
    /// `cap 3 per customer every 7 days`
    Cap(CapClause),
    /// `budget 5_000 USD each month`
    Budget(BudgetClause),
    /// `objective offer.value * score - channel.cost`
    Objective(Expr),
    /// `at most 1 per offer.topic`
    AtMost(AtMostItem),
    /// `at most 1 of offer_a, offer_b`
    AtMostOf {
        /// How many.
        most: Expr,
        /// The offers.
        offers: Vec<Name>,
    },
    /// `pause 30 days after 3 ignored`
    Pause {
        /// How long: a span literal.
        length: Expr,
        /// How many in a row.
        after: Expr,
    },
    /// `stop after unsubscribed`, `stop email after unsubscribed`
    Stop {
        /// The channel; none: all.
        channel: Option<Name>,
        /// The outcome of a response.
        outcome: Name,
    },
    /// `suppress for 180 days after purchase where offer.sells contains product.category`
    Suppress {
        /// How long: a span literal.
        length: Expr,
        /// The event table.
        events: Name,
        /// Which of its events, seen with the offer.
        filter: Option<Expr>,
    },
    /// `holdout 5% salted "2026-q4"`
    Holdout(HoldoutClause),
    /// `fallback newsletter`
    Fallback(Name),
    /// `lever spring 1.2 where offer.topic = "garden"`
    Lever {
        /// Its name.
        name: Name,
        /// By how much the priority is multiplied.
        factor: Expr,
        /// Of which offers: a condition over their fields.
        filter: Option<Expr>,
        /// For which customers; for others the factor is 1.
        when: Option<Expr>,
    },
    /// `horizon 14 days`: a span literal
    Horizon(Expr),
    /// `possible zones "America/New_York", "America/Chicago"`: texts
    PossibleZones(Vec<Name>),
}

/// `at most 1 per offer.topic`
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AtMostItem {
    /// How many.
    pub most: Expr,
    /// The field of offers.
    pub field: Name,
}

/// A term of `rank by`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum RankTerm {
    /// `offer.field`, greatest first with `desc`
    Field {
        /// The field's name.
        field: Name,
        /// `desc`
        descending: bool,
    },
    /// `score`
    Score(Span),
    /// `by lot`
    Lot(Span),
}
