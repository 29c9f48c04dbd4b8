//! What this run has given the customer at hand.

/// An offer that has its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The offer.
    pub offer: u32,
    /// Of a family: the member.
    pub member: Option<u32>,
    /// The channel.
    pub channel: u32,
    /// When it is sent.
    pub at: i64,
    /// Whether it answers a customer who asks.
    pub is_asked: bool,
    /// Whether it is sent, and not held back by the offer's holdout: only what is sent counts for caps.
    pub is_sent: bool,
}

impl Placed {
    /// Whether both go in one message.
    pub fn is_with(&self, other: &Self) -> bool {
        (self.channel, self.at, self.is_asked) == (other.channel, other.at, other.is_asked)
    }
}
