//! Clauses that stand in the wrong item, and parts of clauses that stand on a line of their own.

use super::clause::first_span;
use super::{Reader, unbuilt};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::layout::Part;

/// Where a clause belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Home {
    Offer,
    Channel,
    Portfolio,
    Guarantee,
    /// With the clause on the line above.
    LineAbove,
}

impl Home {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "about" | "eligible" | "except" | "priority" | "channel" | "timing" | "because" | "message" | "arms"
            | "arm" | "pick" => Self::Offer,
            "needs" | "quiet" | "carries" | "cost" | "capacity" | "lead" | "inbound" | "outbound" => Self::Channel,
            "objective" | "rank" | "slate" | "pause" | "stop" | "suppress" | "fallback" | "lever" | "horizon"
            | "possible" => Self::Portfolio,
            "never" => Self::Guarantee,
            "every" | "each" | "per" | "on" | "including" | "over" | "salted" | "by" | "after" | "within" | "until"
            | "desc" => Self::LineAbove,
            _ => return None,
        })
    }

    fn item(self) -> &'static str {
        match self {
            Self::Offer | Self::LineAbove => "an offer",
            Self::Channel => "a channel: `channel email { … }`",
            Self::Portfolio => "the portfolio: `portfolio { … }`",
            Self::Guarantee => "a guarantee: `guarantee \"…\" { … }`",
        }
    }
}

/// Reports a word of another item's clause in an offer; whether it is one. Others may be fields of the offers.
pub fn in_offer(reader: &mut Reader<'_>, word: &str, part: &Part) -> bool {
    let words_only = ["quiet", "carries", "pause"].contains(&word) || Home::of(word) == Some(Home::LineAbove);
    if words_only {
        return elsewhere(reader, word, part, Home::Offer);
    }
    let later = unbuilt::OFFER_CLAUSES.contains(&word) && !part.broken;
    if later {
        let span = first_span(reader, part);
        reader.report(unbuilt::here(span, &format!("the clause `{word}`")));
    }
    later
}

/// The same in a channel.
pub fn in_channel(reader: &mut Reader<'_>, word: &str, part: &Part) -> bool {
    elsewhere(reader, word, part, Home::Channel)
}

/// The same in the portfolio.
pub fn in_portfolio(reader: &mut Reader<'_>, word: &str, part: &Part) -> bool {
    elsewhere(reader, word, part, Home::Portfolio)
}

fn elsewhere(reader: &mut Reader<'_>, word: &str, part: &Part, here: Home) -> bool {
    let Some(home) = Home::of(word).filter(|home| *home != here && !part.broken) else { return false };
    let span = first_span(reader, part);
    reader.report(match home {
        Home::LineAbove => {
            let message = format!("`{word}` goes on with a clause, and this line begins a new one");
            Diagnostic::error(codes::LOOSE_PART, message, span, "a clause word is expected here")
                .help("write it on the line of its clause: a clause ends with its line, unless the line ends in a comma or an operator")
        }
        home => Diagnostic::error(codes::NOT_A_CLAUSE, format!("the clause `{word}` does not stand here"), span, "belongs to another item")
            .help(format!("write it in {}", home.item())),
    });
    true
}
