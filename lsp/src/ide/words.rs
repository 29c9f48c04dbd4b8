//! What the language's own words mean, in a line or two: for hover and beside completions.
//!
//! One word may mean several things: an item word, a clause word of an item, a word inside expressions or a type. A test
//! holds that every word of the compiler's lists is explained.

use opportune_compiler::syntax::ItemWord;
use opportune_compiler::vocabulary;

/// A word: how it is written, and what it means.
pub type Entry = (&'static str, &'static str, &'static str);

/// Words that begin an item.
pub const ITEMS: &[Entry] = &[
    ("customer", "customer household { … }", "who the offers are for, one row each; a project has one"),
    ("events", "events purchase { … }", "what happened to customers: one row for each time, with `at`"),
    ("table", "table product { … }", "rows that others link to by their key"),
    ("context", "context { … }", "what a live request may bring; in a batch all of it is missing"),
    ("offer", "offer name { … }", "an offer: who gets it, how much it is worth, by which channel and when"),
    ("reminder", "reminder name { … }", "an offer that reminds of something; it says `because`"),
    ("notice", "notice name { … }", "a message that offers nothing; caps of offers do not count it"),
    ("channel", "channel email { … }", "a way to reach customers: consent, hours, capacity, cost"),
    ("segment", "segment name is CONDITION", "a condition with a name, which offers and other definitions use"),
    ("trait", "trait name = VALUE", "a value with a name, which offers and other definitions use"),
    (
        "journey",
        "journey name = EVENTS [where …], then EVENTS within D [where …]",
        "steps that customers take one after another",
    ),
    (
        "guarantee",
        "guarantee \"sentence\" review by D { never … when … }",
        "what no offer ever does, whoever writes it",
    ),
    ("persona", "persona name { field: value … }", "what several tests know of a customer"),
    ("test", "test \"sentence\" { at … given … expect … }", "what is decided for a customer, at one moment or several"),
    ("allow", "allow CODE \"reason\"", "before an item: keeps silent about one kind of remark there, and says why"),
    (
        "portfolio",
        "portfolio { … }",
        "how offers are chosen among: ranking, slots, caps over all offers; a project has one",
    ),
];

/// Words that begin a clause of an offer.
pub const OFFER: &[Entry] = &[
    ("about", "about \"…\"", "what the offer is, for people"),
    ("eligible", "eligible when CONDITION", "must be definitely true; of several, all"),
    ("except", "except when CONDITION", "must be definitely false; unknown excludes too"),
    ("priority", "priority VALUE", "the score, 1 without it; at or below 0 the offer is withheld"),
    ("channel", "channel mail, else email when CONDITION", "the channels that may carry it, the preferred first"),
    ("timing", "timing from D to D, on weekdays, between 18:00 and 21:00", "when it may be sent"),
    (
        "cap",
        "cap 1 per customer every 90 days",
        "how often a customer gets it, or how many there are in all: `cap 20_000 in total`",
    ),
    ("budget", "budget 5_000 USD each month", "how much it may cost for all customers"),
    ("cost", "cost 2 USD", "what it costs each time it is given, beside the message"),
    ("holdout", "holdout 10% salted \"2026-q4\"", "a share of its customers who do not get it"),
    ("arms", "arms plain 50%, big 50% salted \"2026-q4\"", "variants, each for a share of its customers"),
    ("arm", "arm big value 2 USD", "a field of the offer in one arm"),
    (
        "pick",
        "pick a: product where CONDITION by VALUE desc",
        "an item that is picked for each customer; unfilled, the offer is not made",
    ),
    ("because", "because \"… {value} …\"", "the reason, as the customer may read it; `{…}` holds a value"),
    ("message", "message email \"… {value} …\"", "what the customer is told; a channel may have a text of its own"),
];

/// Words that begin a clause of the portfolio.
pub const PORTFOLIO: &[Entry] = &[
    ("objective", "objective offer.value * score - channel.cost", "what an offer is worth by a channel, in money"),
    ("lever", "lever spring 1.2 where offer.topic = \"garden\"", "multiplies the priority of some offers"),
    ("rank", "rank by offer.tier desc, then score, then by lot", "what comes first among a customer's offers"),
    (
        "slate",
        "slate email 1, at most 1 per offer.topic",
        "how many offers a customer gets by a channel in a run; without a channel, over all",
    ),
    ("at", "at most 1 per offer.topic", "how many alike a customer gets; `at most 1 of a, b` for named offers"),
    ("cap", "cap 3 per customer every 7 days on sms", "how often a customer is contacted, whatever the offer"),
    ("budget", "budget 50_000 USD each month", "how much all offers together may cost"),
    ("pause", "pause 30 days after 3 ignored", "a rest for customers who do not answer"),
    ("stop", "stop email after unsubscribed", "no more by this channel, or by any, after such a response"),
    ("suppress", "suppress for 180 days after purchase where …", "no such offer for a while after an event"),
    ("holdout", "holdout 5% salted \"2026-q4\"", "a share of all customers who get nothing, the fallback included"),
    ("fallback", "fallback newsletter", "the offer for who gets no other"),
    ("horizon", "horizon 14 days", "how far ahead a sending may lie"),
    ("possible", "possible zones \"America/New_York\", …", "where customers may live whose time zone is not known"),
];

/// Words that begin a clause of a channel.
pub const CHANNEL: &[Entry] = &[
    ("inbound", "inbound", "customers come to us by it: what they ask for is answered at once"),
    ("outbound", "outbound", "we reach customers by it; it is so without a word"),
    ("needs", "needs CONDITION", "must be definitely true of a customer: their consent, and that they can be reached"),
    (
        "quiet",
        "quiet 21:00 to 08:00 on weekdays",
        "hours of the customer's clock in which nothing is sent; `quiet by law of …` for the law's",
    ),
    ("lead", "lead 2 hours", "how long a message takes to make"),
    ("carries", "carries complexity <= 2", "which offers it can carry, by their fields"),
    ("cost", "cost 0.002 USD", "what one message costs"),
    ("capacity", "capacity 50_000 per week", "how many messages there can be in a `day` or `week`"),
];

/// Words that begin a clause of a guarantee.
pub const GUARANTEE: &[Entry] = &[(
    "never",
    "never CONDITION when CONDITION",
    "forbids such offers to such customers, unless both are definitely not so",
)];

/// Words that begin a clause of a test.
pub const TEST: &[Entry] = &[
    ("at", "at 2026-11-20 18:00", "the moment that is decided at first"),
    (
        "given",
        "given PERSONA with { field: value }",
        "what is known of the customer; after a `then`, what becomes known",
    ),
    ("with", "with context { reason: complaint }", "what a live request brings"),
    (
        "expect",
        "expect offer NAME by CHANNEL at T because \"…\"",
        "what is decided; `expect not NAME`, `expect no offer`",
    ),
    ("then", "then after 3 days", "the next moment that is decided at; `then at T`"),
    (
        "always",
        "always at most 3 contacts in any 7 days",
        "what must hold for every customer; `always no offer when …`, `always not NAME when …`",
    ),
];

/// Words inside expressions and clauses.
pub const INSIDE: &[Entry] = &[
    ("and", "a and b", "true where both are, false where one is false, else unknown"),
    ("or", "a or b", "true where one is, false where both are false, else unknown"),
    ("not", "not a", "true where `a` is false; unknown stays unknown"),
    ("else", "a else b", "`b` where `a` is missing or unknown"),
    ("if", "if CONDITION then a else b", "one of two values"),
    ("then", "if CONDITION then a else b", "one of two values"),
    ("when", "when CONDITION", "for which customers"),
    ("where", "where CONDITION", "which events: names are the event's first, the customer's are `customer.x`"),
    ("in", "a in [b, c], a in last 30 days", "whether a value is one of several, or a time lies in a window"),
    (
        "is",
        "a is not b, a is missing, a is known, a is true",
        "compares; what asks for `missing`, `known` or `true` is never unknown",
    ),
    ("between", "a between b and c", "both ends included"),
    ("contains", "set contains value, text contains \"…\"", "whether a set has a value, or a text another"),
    ("overlaps", "set overlaps [a, b]", "whether two sets have a value in common"),
    ("starts", "text starts with \"…\"", "whether a text begins so"),
    ("ends", "text ends with \"…\"", "whether a text ends so"),
    ("true", "true", "the condition that always holds"),
    ("false", "false", "the condition that never holds"),
    ("missing", "a is missing", "whether there is no value; never unknown"),
    ("known", "a is known", "whether there is a value; never unknown"),
    ("this", "in this month", "the stretch of the calendar that today is in; a week begins on Monday"),
    ("previous", "in previous month", "the stretch of the calendar before the one that today is in"),
    ("next", "in next 7 days, in next month", "from now on, or the next stretch of the calendar"),
    ("now", "now", "the one moment that rules a run; nothing after it is seen"),
    ("today", "today", "the customer's day at `now`"),
    ("customer", "customer.field", "the customer's own row"),
    ("offer", "offer.field", "a field of the offer that is spoken of"),
    ("context", "context.field", "what a live request brings; in a batch all of it is missing"),
    ("score", "score", "what `priority` comes to; the objective looks at it"),
    ("desc", "desc", "the greatest first"),
    ("by", "by", "what decides"),
    ("per", "per customer", "what is counted apart"),
    ("every", "every 7 days", "in any stretch of this length"),
    ("each", "each week", "in each stretch of the calendar; a week begins on Monday"),
    ("salted", "salted \"2026-q4\"", "draws the customers: another salt draws others"),
];

/// Types, and what stands beside them in the declaration of a field.
pub const FIELDS: &[Entry] = &[
    ("key", "key household_id: text", "identifies the row; a text or a whole number"),
    ("at", "at bought: instant", "when the event happened; a date or an instant"),
    (
        "from",
        "name: text from column_name",
        "the column that the values come from; without it, the one of the field's name",
    ),
    ("as", "-> product as gift", "another name for the linked row"),
    ("bool", "bool", "true or false"),
    ("int", "int", "a whole number of 64 bits"),
    ("number", "number", "a number with decimals"),
    ("text", "text", "a text"),
    ("date", "date", "a day of the calendar"),
    ("time", "time", "a time of day"),
    ("instant", "instant", "a moment"),
    ("duration", "duration", "an exact length of time: hours and less"),
    ("days", "days", "a number of days of the calendar"),
    ("months", "months", "a number of months of the calendar"),
    ("timezone", "timezone", "a time zone such as \"America/New_York\""),
    ("place", "place", "a point on the earth, of two columns: degrees north and degrees east"),
    ("distance", "distance", "a length on the earth"),
    ("money", "money(USD)", "an amount in one currency, to the millionth"),
    ("one_of", "one_of(a, b)", "one value of a list without an order"),
    ("ordered", "ordered(a, b)", "one value of a list with an order: `<` compares by place"),
    ("set", "set of text", "a set of values, each once"),
    ("private", "private", "a fact about a person that few need to see"),
    ("sensitive", "sensitive", "a fact whose use wants a reason"),
    ("consent", "consent", "tells whether the customer agreed to something"),
];

/// Words that stand inside clauses and are explained with the word that begins the clause.
pub const CLAUSE: &[&str] = &[
    "after",
    "any",
    "as",
    "away",
    "by",
    "day",
    "days",
    "decisions",
    "each",
    "even",
    "fields",
    "for",
    "from",
    "ignored",
    "impressions",
    "inbound",
    "including",
    "last",
    "law",
    "least",
    "lot",
    "most",
    "no",
    "notice",
    "of",
    "offer",
    "on",
    "over",
    "owned",
    "quarter",
    "redemptions",
    "reminder",
    "requests",
    "review",
    "right",
    "sends",
    "the",
    "to",
    "total",
    "until",
    "week",
    "with",
    "within",
    "year",
    "month",
    "zones",
    "weekdays",
    "weekends",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "at",
    "is",
    "because",
    "contact",
    "contacts",
    "outbound",
];

/// Whether a word is a type, or begins one.
pub fn is_type(word: &str) -> bool {
    matches!(word, "money" | "one_of" | "ordered" | "set") || vocabulary::types().any(|known| known == word)
}

/// The clause words of an item.
pub fn clauses(item: ItemWord) -> &'static [Entry] {
    match item {
        ItemWord::Offer => OFFER,
        ItemWord::Portfolio => PORTFOLIO,
        ItemWord::Channel => CHANNEL,
        ItemWord::Guarantee => GUARANTEE,
        ItemWord::Test => TEST,
        _ => &[],
    }
}

/// What a word means, where it stands in such an item: as the first word of a clause or inside one.
pub fn explained(word: &str, item: ItemWord, begins_item: bool, begins_clause: bool) -> Option<&'static Entry> {
    let find = |list: &'static [Entry]| list.iter().find(|(known, ..)| *known == word);
    let declares = matches!(item, ItemWord::Customer | ItemWord::Events | ItemWord::Table | ItemWord::Context);
    if begins_item {
        return find(ITEMS);
    }
    let clause = begins_clause.then(|| find(clauses(item))).flatten();
    clause.or_else(|| find(FIELDS).filter(|_| declares)).or_else(|| find(INSIDE))
}

#[cfg(test)]
mod tests {
    use opportune_compiler::syntax::ALLOW;

    use super::*;

    #[test]
    fn every_word_is_explained() {
        let all = |list: &[Entry], words: &[&str]| {
            let unknown: Vec<&str> =
                words.iter().copied().filter(|word| !list.iter().any(|(known, ..)| known == word)).collect();
            assert!(unknown.is_empty(), "not explained: {unknown:?}");
        };
        all(ITEMS, vocabulary::ITEM_WORDS);
        all(OFFER, vocabulary::OFFER_WORDS);
        all(PORTFOLIO, vocabulary::PORTFOLIO_WORDS);
        all(CHANNEL, vocabulary::CHANNEL_WORDS);
        all(GUARANTEE, vocabulary::GUARANTEE_WORDS);
        all(TEST, vocabulary::TEST_WORDS);
        all(INSIDE, vocabulary::RESERVED);
        all(INSIDE, vocabulary::BUILT_IN);
        all(FIELDS, &vocabulary::types().collect::<Vec<_>>());
        all(FIELDS, vocabulary::classes());
    }

    /// What is explained is a word of the language: one of the compiler's lists, or one that its grammar names. Functions
    /// are not explained here, but by the compiler's own signatures.
    #[test]
    fn nothing_else_is_explained() {
        let grammar = [
            include_str!("../../../compiler/src/syntax/grammar.pest"),
            include_str!("../../../compiler/src/syntax/clauses.pest"),
            include_str!("../../../compiler/src/syntax/tests.pest"),
        ];
        // Words that a mistake is made with stand in rules that begin so.
        let right = grammar.iter().flat_map(|text| text.lines()).filter(|line| !line.starts_with("odd_"));
        let quoted: Vec<&str> = right.flat_map(|line| line.split('"').skip(1).step_by(2)).collect();
        let strange = |list: &[&'static str], known: &[&str]| -> Vec<&str> {
            list.iter().copied().filter(|word| !known.contains(word) && !quoted.contains(word)).collect()
        };
        let words = |list: &[Entry]| list.iter().map(|(word, ..)| *word).collect::<Vec<_>>();
        let lists: [(&[Entry], &[&str]); 6] = [
            (ITEMS, vocabulary::ITEM_WORDS),
            (OFFER, vocabulary::OFFER_WORDS),
            (PORTFOLIO, vocabulary::PORTFOLIO_WORDS),
            (CHANNEL, vocabulary::CHANNEL_WORDS),
            (GUARANTEE, vocabulary::GUARANTEE_WORDS),
            (TEST, vocabulary::TEST_WORDS),
        ];
        for (list, known) in lists {
            let own: Vec<&str> =
                words(list).into_iter().filter(|word| !known.contains(word) && *word != ALLOW).collect();
            assert!(own.is_empty(), "explained, but no such word: {own:?}");
        }
        let types: Vec<&str> = vocabulary::types().chain(vocabulary::classes().iter().copied()).collect();
        assert_eq!(strange(&words(FIELDS), &types), [""; 0]);
        assert_eq!(strange(&words(INSIDE), &[vocabulary::RESERVED, vocabulary::BUILT_IN].concat()), [""; 0]);
        let counted = ["sends", "decisions", "impressions", "redemptions", "requests", "ignored"];
        let others = ["even", "owned", "fields", "contact", "contacts"];
        let built = [vocabulary::DAYS, vocabulary::CALENDAR_UNITS, &counted, &others].concat();
        assert_eq!(strange(CLAUSE, &built), [""; 0]);
    }
}
