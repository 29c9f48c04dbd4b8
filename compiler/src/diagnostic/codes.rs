//! The registry of diagnostic codes: each with its title, which is also the title of its page under
//! `docs/diagnostics/`. A code is never reused, and never changes its meaning.
//!
//! E01 reading the text, E02 names, E03 types, E04 missing data, E05 offers and portfolio, E06 schema, E07 manifest,
//! E08 channels, timing, experiments, picks, caps and the portfolio, E09 the compiler itself, E10 lints, E11 tests.

/// Declares the codes as constants, and [`ALL`] of them with their titles.
macro_rules! codes {
    ($($name:ident = $code:literal, $title:literal;)*) => {
        $(#[doc = concat!($code, ": ", $title)] pub const $name: &str = $code;)*

        /// Every code with its title, in the order of the codes.
        pub const ALL: &[(&str, &str)] = &[$(($code, $title)),*];
    };
}

codes! {
    // Reading the text.
    UNEXPECTED = "E0101", "text that does not fit here";
    UNCLOSED_TEXT = "E0102", "a text that is not closed";
    UNCLOSED_BRACKET = "E0103", "a bracket without its other half";
    UNCLOSED_BLOCK = "E0104", "a block without its brace";
    NOT_AN_ITEM = "E0105", "text that begins no item";
    NOT_A_CLAUSE = "E0106", "text that begins no clause";
    FOREIGN_OPERATOR = "E0107", "an operator of another language";
    FOREIGN_MISSING = "E0108", "a null of another language";
    FOREIGN_QUOTES = "E0109", "a text in other quotes";
    FOREIGN_COMMENT = "E0110", "a comment of another language";
    MERGE_CONFLICT = "E0111", "a merge that is not finished";
    STRANGE_CHARACTER = "E0112", "a character that cannot be seen";
    BAD_NUMBER = "E0113", "a number that cannot be read";
    BAD_DATE = "E0114", "a date or time that does not exist";
    BAD_UNIT = "E0115", "a unit in another spelling";
    CHAINED_COMPARISON = "E0116", "a chain of comparisons";
    TOO_DEEP = "E0117", "a clause that is too deep or too long";
    BAD_WORD = "E0118", "a word that is no name";
    FORGOTTEN_WORD = "E0119", "a word or sign that is left out";
    NOT_BUILT_YET = "E0120", "a part of the language that is not built yet";
    BAD_ESCAPE = "E0121", "an escape that does not exist";
    FOREIGN_WORD = "E0122", "a word of another language";
    PART_TWICE = "E0123", "a part of a field that is said twice";
    LONE_BRACE = "E0124", "a brace in a text without its other half";
    FOREIGN_HOURS = "E0125", "hours in another spelling";
    FOREIGN_DAY = "E0126", "days of the week in another spelling";
    CAP_WINDOW = "E0127", "a cap that does not say how long it counts";
    CAP_COUNTED = "E0128", "a cap that counts something else";
    CAP_CUSTOMER = "E0129", "a cap that does not say over whom it counts";
    BAD_SHARE = "E0130", "a share that is no percentage";
    REPEATED_PART = "E0131", "a part of a clause that is said twice";
    LOOSE_MOMENT = "E0132", "a time of sending that is not complete";
    ROUTE_ELSE = "E0133", "an `else` that can mean two things";
    WORD_ORDER = "E0134", "parts of a clause in another order";
    LOOSE_PART = "E0135", "a part of a clause on a line of its own";
    TOTAL_WINDOW = "E0136", "a total over a length of time that rolls";
    TOTAL_FORGOTTEN = "E0137", "a cap over many customers without `in total`";

    // Names.
    UNKNOWN_NAME = "E0201", "a name that nothing declares";
    DECLARED_TWICE = "E0202", "two declarations of one name";
    UNKNOWN_FIELD = "E0203", "a field that the table does not have";
    NAME_TAKEN = "E0204", "a name that means something else already";
    CYCLE = "E0205", "segments and traits that need each other";
    NOT_A_VALUE = "E0206", "a name that is not a value here";
    UNKNOWN_TABLE = "E0207", "a table that nothing declares";
    UNKNOWN_CHANNEL = "E0208", "a channel that nothing declares";
    UNKNOWN_FUNCTION = "E0209", "a function that does not exist";
    CUSTOMER_IN_WHERE = "E0210", "a customer's field in a `where` without `customer.`";
    OFFER_OUTSIDE = "E0211", "`offer.` outside an offer";
    CHAIN_TOO_LONG = "E0212", "segments and traits that build on each other too far";
    BAD_ARGUMENTS = "E0213", "a function with other arguments than it takes";
    BAD_LOOKUP = "E0214", "a look-up where there is no key";

    // Types.
    MISMATCH = "E0301", "two values that do not compare";
    UNIT_MISSING = "E0302", "an amount without its unit";
    NOT_A_CONDITION = "E0303", "a value where a condition is expected";
    BAD_OPERANDS = "E0304", "arithmetic on values that do not go together";
    NOT_IN_LIST = "E0305", "a text or word that is not one of the values";
    NO_ORDER = "E0306", "an order where there is none";
    NOT_TEXT = "E0307", "a search in something that is not a text";
    BRANCHES_DIFFER = "E0308", "alternatives of different types";
    DAYS_AND_HOURS = "E0309", "days compared with hours";
    DAY_AND_MOMENT = "E0310", "a date compared with a moment";
    MONTHS_AS_VALUE = "E0311", "months mixed with days or hours";
    BAD_WINDOW = "E0312", "a length of time that does not fit";
    BAD_AGGREGATE = "E0313", "an aggregate of something it does not take";
    RECORD_AS_VALUE = "E0314", "a whole event where a value is expected";
    WRONG_TYPE = "E0315", "a value of another type than is expected";
    CURRENCIES_DIFFER = "E0316", "amounts in different currencies";
    FUTURE_EVENTS = "E0317", "a window into the future of events";
    BAD_SET = "E0318", "a set or list where it cannot stand";

    // Missing data.
    PRIORITY_MISSING = "E0401", "a priority that may be missing";
    WHERE_UNKNOWN = "E0402", "an aggregate whose `where` may be unknown";
    VALUE_MISSING = "E0403", "an aggregate whose value may be missing";
    CAP_UNKNOWN = "E0404", "a cap whose `where` may be unknown";
    HOLE_MISSING = "E0405", "a hole in a text that may be missing";
    STEP_UNKNOWN = "E0406", "a step whose `where` may be unknown";
    WINDOW_MISSING = "E0407", "a window whose end may be missing";

    // Offers and portfolio.
    SAID_TWICE = "E0501", "a clause that is said twice";
    CHANNEL_NEEDED = "E0502", "an offer without a channel";
    FIELD_NEEDED = "E0503", "an offer that leaves a field open";
    BAD_TIMING = "E0504", "a timing that holds on no day";
    BAD_LIMIT = "E0505", "a limit that is not a whole number in range";
    CAP_NEEDS_CONTACTS = "E0507", "a cap without contacts to count";
    PORTFOLIO_TWICE = "E0508", "more than one portfolio";
    BAD_RANK = "E0509", "a rank that orders nothing";
    UNKNOWN_CLAUSE = "E0511", "a clause that no offer has";
    NOT_CONSTANT = "E0512", "an offer's field that depends on the customer";
    UNKNOWN_FORMAT = "E0513", "a format that does not exist";
    BAD_FORMAT = "E0514", "a format that does not fit its value";
    MESSAGE_UNUSED = "E0515", "a message that nobody would read";
    BAD_FAMILY = "E0516", "a family without members";
    MEMBER_MISUSED = "E0517", "a member of a family where it cannot stand";
    BAD_STEP = "E0518", "a step of a journey that does not fit";
    JOURNEY_IN_JOURNEY = "E0519", "a journey that needs a journey";
    NEVER_OF_WHAT = "E0520", "a `never` that does not say which offers";
    BAD_REVIEW = "E0521", "a review without its date";
    REVIEW_PAST = "E0522", "a guarantee past its review date";

    // Schema.
    NO_CUSTOMER = "E0601", "a project without a customer";
    TWO_CUSTOMERS = "E0602", "more than one customer";
    NO_KEY = "E0603", "a table without a key";
    NO_AT = "E0604", "events without a time";
    BAD_KEY = "E0605", "a key or time that does not fit";
    UNKNOWN_TYPE = "E0606", "a type that does not exist";
    FIELD_TWICE = "E0607", "two fields of one name";
    BAD_LINK = "E0608", "a link that leads to no key";
    LINK_TWICE = "E0609", "two links of one name";
    BAD_FROM = "E0610", "a field from nowhere";
    VALUE_TWICE = "E0611", "one value twice in a list of values";
    UNKNOWN_CURRENCY = "E0612", "a currency that does not exist";
    MISPLACED = "E0613", "something that this declaration does not take";
    UNKNOWN_CLASS = "E0614", "a class of data that does not exist";
    LINKED_MAY_BE_MISSING = "E0615", "a field through a link that may be missing";
    TWO_CONTEXTS = "E0616", "more than one context";
    TWO_ZONES = "E0617", "more than one time zone of the customer";

    // Caps and the portfolio.
    CAP_KEY = "E0850", "a cap by what its events do not tell";
    CAP_KEY_MISSING = "E0851", "a cap by a key that may be missing";
    CAP_EVENTS = "E0852", "a rule about events that nothing declares";
    CAP_OUTCOME = "E0853", "an outcome that no response has";
    BAD_CAP = "E0854", "a cap whose parts do not go together";
    NOT_LINEAR = "E0855", "an objective that does not grow with the score";
    OBJECTIVE_MISSING = "E0856", "an objective that may be missing";
    BAD_LEVER = "E0857", "a lever that moves nothing";
    UNKNOWN_OFFER = "E0858", "an offer that nothing declares";
    NO_COST = "E0859", "a cost that no channel says";
    BAD_FALLBACK = "E0860", "a fallback that is no offer";
    NEVER_BINDS = "E0861", "a limit that can never bind";
    CAP_OF_NONE = "E0862", "a cap of none";
    TOTAL_KEY = "E0863", "a total by what cannot be counted by";
    NOTHING_COSTS = "E0864", "a budget in which nothing has a cost";
    BUDGET_CURRENCY = "E0865", "a budget in another currency than its costs";
    NO_OFFER_COST = "E0866", "a cost that no offer says";
    BAD_BUDGET = "E0867", "a budget that is no written amount";

    // Manifest.
    NOT_TOML = "E0701", "a manifest that is not TOML";
    UNKNOWN_KEY = "E0702", "a key that the manifest does not have";
    KEY_NEEDED = "E0703", "a manifest that leaves out what it must say";
    WRONG_KEY_TYPE = "E0704", "a key of the wrong kind";
    UNKNOWN_ZONE = "E0705", "a time zone that does not exist";
    MANIFEST_CURRENCY = "E0706", "a manifest currency that does not exist";
    LEAVES_PROJECT = "E0707", "a path that leaves the project";
    BAD_NOW = "E0708", "a `now` that is no moment";
    UNKNOWN_EDITION = "E0709", "an edition that does not exist";
    MANIFEST_TABLE = "E0710", "a table in the manifest that the policies do not have";
    BAD_LENGTH = "E0711", "a length of time that cannot be read";
    LEDGER_PLACE = "E0712", "a ledger in no place, or in two";
    PASSWORD = "E0713", "a password in the manifest";

    // Channels, timing, experiments and picks.
    NO_CONSENT_RULE = "E0801", "a channel without a consent rule";
    NOBODY_ASKS = "E0802", "an inbound channel by which nobody can ask";
    INBOUND_RULE = "E0803", "a rule that an inbound channel never heeds";
    ALWAYS_QUIET = "E0804", "a channel that is always quiet";
    BAD_HOURS = "E0806", "hours that no day has";
    CARRIES_WHAT = "E0807", "a `carries` that does not say which offers";
    CARRIED_BY_NONE = "E0808", "an offer that none of its channels carries";
    COST_MISSING = "E0809", "a cost that may be missing";
    UNUSED_CHANNEL = "E0810", "a channel that no offer uses";
    NEVER_SENT = "E0812", "hours in which nothing can be sent";
    BAD_DELAY = "E0813", "a delay that is at most shorter than at least";
    BEYOND_HORIZON = "E0814", "a delay beyond the horizon";
    SALT_NEEDED = "E0815", "an experiment without its salt";
    SHARE_OUT_OF_RANGE = "E0816", "a share out of range";
    BAD_ARMS = "E0817", "arms that are not all customers";
    UNKNOWN_ARM = "E0818", "an arm that the offer does not have";
    ARM_DECIDES = "E0819", "a field that must be the same in all arms";
    PICK_MISUSED = "E0820", "a pick where it cannot stand";
    BAD_PICK = "E0821", "a pick that an offer cannot have";
    REMINDER_REASON = "E0822", "a reminder without its reason";
    NOTICE_RANKED = "E0823", "a notice with a priority";
    NOTHING_REMAINS = "E0824", "what is left of an offer without a limit";
    NEVER_ENDS = "E0825", "the end of an offer that does not end";

    // Lints.
    DEAD_OFFER = "E1001", "an offer that nobody can get";
    SHADOWED_OFFER = "E1002", "an offer that always loses";
    ALWAYS_TRUE = "E1003", "a condition that always holds";
    ALWAYS_FALSE = "E1004", "a condition that never holds";
    OWNERS_INCLUDED = "E1005", "an offer to those who have it already";
    UNKNOWN_IN_BATCH = "E1006", "an exception that leaves out everybody";
    NO_PURPOSE = "E1007", "sensitive data without a purpose";
    UNUSED_DEFINITION = "E1009", "a definition that nothing uses";
    TEXT_NOWHERE = "E1010", "a text that occurs nowhere in the data";
    ALLOWS_NOTHING = "E1011", "an `allow` that allows nothing";
    NOT_A_LINT = "E1012", "an `allow` of what is no lint";
    ALLOW_REASON = "E1013", "an `allow` without its reason";

    // The compiler itself.
    INTERNAL = "E0901", "a mistake of the compiler";

    // Tests.
    NOT_GIVEN = "E1101", "a name that a test cannot give";
    GIVEN_NOT_CONSTANT = "E1102", "a value of a test that is not written out";
    GIVEN_SHAPE = "E1103", "a row, a list or a value where another is expected";
    GIVEN_NO_TIME = "E1104", "an event of a test without its time";
    GIVEN_NO_ROW = "E1105", "a link of a test that leads nowhere";
    GIVEN_ROW_TWICE = "E1106", "two rows of a test with one key";
    UNKNOWN_PERSONA = "E1107", "a persona that nothing declares";
    TEST_MOMENT = "E1108", "a moment of a test that is left out or out of order";
    NEVER_AS_EXPECTED = "E1109", "an expectation that can never hold";
    EXPECTS_NOTHING = "E1110", "a test that expects nothing";
    GIVEN_UNSEEN = "E1111", "an event of a test that nothing sees";
    BAD_ALWAYS = "E1112", "a rule of a test over no time";
    GIVEN_MISSING = "E1113", "a field of a test that cannot be missing";
    GIVEN_TOO_MUCH = "E1114", "a test that gives too much";
    UNUSED_PERSONA = "E1115", "a persona that no test gives";
}
