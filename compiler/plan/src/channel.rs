//! Channels: ways to reach a customer, and when each may be used.

use crate::builtin::Unit;
use crate::expr::ExprId;
use crate::limit::HistoryId;
use crate::types::Span;

/// Names a channel of [`crate::Plan::channels`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ChannelId(pub u32);

/// A way to reach a customer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Channel {
    /// The name.
    pub name: Box<str>,
    /// A condition over the customer that must be definitely true.
    pub needs: Option<ExprId>,
    /// Who begins.
    pub direction: Direction,
    /// Where a customer may ask by it: whether this one asks by it now, a condition over the customer. Definitely true:
    /// answered at `now`, exempt from quiet hours, law and lead time. Otherwise an inbound channel is impossible.
    pub asked: Option<ExprId>,
    /// Local hours in which nothing is sent.
    pub quiet: Vec<Hours>,
    /// Whose legal hours hold: a text over the customer, the code of a jurisdiction (`US`, `US-FL`, `FR`); what is
    /// missing or not known counts as all jurisdictions at once.
    pub law: Option<ExprId>,
    /// At least so long from the decision to the sending; days are the customer's calendar days.
    pub lead: Span,
    /// How many messages it carries for all customers together.
    pub capacity: Option<Capacity>,
}

impl Channel {
    /// An outbound channel without any rule.
    pub fn new(name: impl Into<Box<str>>) -> Self {
        Self {
            name: name.into(),
            needs: None,
            direction: Direction::Outbound,
            asked: None,
            quiet: Vec::new(),
            law: None,
            lead: Span::default(),
            capacity: None,
        }
    }
}

/// Who begins on a channel.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub enum Direction {
    /// We do: email, mail, push.
    #[default]
    Outbound,
    /// The customer does: a branch, a kiosk, a call that comes in.
    Inbound,
    /// Either: we call, or are called.
    Both,
}

/// So many messages a day or week of the project's calendar, by their times of sending. Offers by one channel to one
/// customer at one time are one message, as rows of the past with one channel and one time are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Capacity {
    /// How many.
    pub most: u64,
    /// Of which stretch: a day or a week.
    pub each: Unit,
    /// The past contacts, which have used some of it; none: nothing has been sent before.
    pub past: Option<HistoryId>,
}

/// Hours of the day on days of the week, told on the customer's clock: from `from`, included, to `to`, excluded. Where `to`
/// is not after `from` they reach into the next day; equal, they are a whole day. They belong to the day on which they begin.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Hours {
    /// Microseconds since midnight, less than 24 hours.
    pub from: i64,
    /// Microseconds since midnight, less than 24 hours.
    pub to: i64,
    /// The days on which they begin.
    pub days: Weekdays,
}

/// Days of the week: bit 0 is Monday, bit 6 Sunday.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Weekdays(pub u8);

impl Weekdays {
    /// Every day.
    pub const ALL: Self = Self(0b111_1111);
    /// Monday to Friday.
    pub const WEEKDAYS: Self = Self(0b001_1111);
    /// Saturday and Sunday.
    pub const WEEKEND: Self = Self(0b110_0000);

    /// Whether it holds this day, 0 for Monday to 6 for Sunday.
    pub fn contains(self, day: u8) -> bool {
        day < 7 && self.0 >> day & 1 == 1
    }
}
