//! What names of columns and files say: whom a table is about, what is personal, who agreed, what is money.
//!
//! Lists of words, English ones; a name is cut into words first. What a name says is a guess, and is told as one.

use opportune_runtime::snapshot::read::inspect::normal;

/// Who a customer may be called.
const CUSTOMERS: &str = "\
    customer cust client household member shopper subscriber person people user buyer guest passenger \
    patient consumer prospect lead visitor tourist donor patron rider";
/// Words that may mean a customer beside a key's word.
const PERHAPS_CUSTOMERS: &str = "subject account contact cif profile";
const KEYS: &str = "id key no nr nbr number code ref uuid";

const CONSENTS: &str = "\
    ok optin opted consent consented consents allowed allows permission permitted agreed agrees accepts \
    subscribed gdpr contactable";
/// The opposite of consent.
const REFUSALS: &str = "optout unsubscribed blocked suppressed donotcall dnc";

const PRIVATE: &str = "\
    age gender sex birth birthday birthdate born dob \
    zip zipcode postcode postal firstname lastname surname forename latitude longitude lat lon lng \
    home marital married kids children dependents education occupation income salary wealth credit \
    military bankruptcy ssn iban passport senior partner";
/// Words of what is personal where it is a text: `phone` as yes or no is a service that somebody has.
const PRIVATE_TEXTS: &str = "email mail phone mobile telephone tel address street name ip";
const SENSITIVE: &str = "\
    health medical diagnosis disease illness disability disabled pregnant pregnancy religion religious \
    ethnicity ethnic race politics political sexual orientation union biometric genetic criminal \
    conviction incarceration nationality";

/// Words of amounts that are money whatever the type of the numbers.
const MONEY: &str = "price amount spend spent revenue income salary balance charges cost paid fare turnover wealth";
/// Words of amounts that are money where the numbers have a fraction.
const PERHAPS_MONEY: &str = "sales charge fee fees disc discount payment tax tip total refund budget";
/// Currencies that names tell.
const CURRENCIES: &str = "usd eur gbp chf jpy cad aud sek nok dkk pln inr brl";

/// The words of a name.
pub fn words(name: &str) -> Vec<String> {
    normal(name).split('_').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a word is in a list of words.
fn is_in(list: &str, word: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

fn any(words: &[String], of: &str) -> bool {
    words.iter().any(|word| is_in(of, word))
}

/// How much a column's name says that it holds customers' keys; 0: nothing.
pub fn names_customers(column: &str) -> u32 {
    let words = words(column);
    let key = words.last().is_some_and(|last| is_in(KEYS, last));
    let singular_words: Vec<String> = words.iter().map(|word| singular(word)).collect();
    match (any(&singular_words, CUSTOMERS), any(&words, PERHAPS_CUSTOMERS)) {
        (true, _) if key && words.len() == 2 => 10,
        (true, _) if key => 9,
        (true, _) if words.len() == 1 => 8,
        (_, true) if key => 4,
        _ => 0,
    }
}

/// Whether a file's name says that it is about customers.
pub fn is_about_customers(stem: &str) -> bool {
    let words: Vec<String> = words(stem).iter().map(|word| singular(word)).collect();
    any(&words, CUSTOMERS) || words.iter().any(|word| word.starts_with("demographic"))
}

/// Whether a name says that it holds keys of any kind.
pub fn names_keys(column: &str) -> bool {
    words(column).last().is_some_and(|last| is_in(KEYS, last))
}

/// Whether a name speaks of a customer, whatever it says of them.
pub fn is_of_customers(column: &str) -> bool {
    words(column).first().is_some_and(|first| is_in(CUSTOMERS, &singular(first)))
}

/// Whether a name is that of any key: `id`, `key`.
pub fn is_bare_key(column: &str) -> bool {
    let words = words(column);
    words.len() == 1 && any(&words, KEYS)
}

/// Whether a name speaks of consent.
pub fn says_consent(column: &str) -> bool {
    let words = words(column);
    let pair = |first: &str, second: &str| words.windows(2).any(|pair| pair == [first, second]);
    let refuses = any(&words, REFUSALS) || pair("opt", "out") || words.iter().any(|word| word == "not" || word == "no");
    !refuses && (any(&words, CONSENTS) || pair("opt", "in") || pair("may", "contact"))
}

/// The channel that consent is for, by its name.
pub fn channel_of(consent: &str) -> &'static str {
    let words = words(consent);
    let channels = [
        ("email", "email newsletter"),
        ("sms", "sms text texts mobile"),
        ("phone", "phone call calls telephone"),
        ("push", "push app notification notifications"),
        ("whatsapp", "whatsapp messenger"),
        ("social", "social"),
        ("mail", "mail post letter letters print"),
    ];
    channels.iter().find(|(_, named)| any(&words, named)).map_or("email", |(channel, _)| channel)
}

/// The class of data that a name speaks of.
pub fn class(column: &str, is_text: bool) -> Option<&'static str> {
    let words = words(column);
    match () {
        () if any(&words, SENSITIVE) => Some("sensitive"),
        () if any(&words, PRIVATE) || (is_text && any(&words, PRIVATE_TEXTS)) => Some("private"),
        () => None,
    }
}

/// Whether a name speaks of money; `fraction`: the numbers are not all whole.
pub fn says_money(column: &str, fraction: bool) -> bool {
    let words = words(column);
    let counts = any(&words, "count rank score rate ratio pct percent days band kind type");
    !counts && (any(&words, MONEY) || any(&words, CURRENCIES) || (fraction && any(&words, PERHAPS_MONEY)))
}

/// The currency that a name tells.
pub fn currency_of(column: &str) -> Option<String> {
    let words = words(column);
    words.iter().find(|word| is_in(CURRENCIES, word)).map(|word| word.to_uppercase())
}

/// How well a name suits the moment of an event; none: it is of something else.
pub fn suits_moment(column: &str) -> Option<u32> {
    let words = words(column);
    let others = "end ends expiry expires until birth birthday due updated modified valid born dob deadline decided";
    if any(&words, others) {
        return None;
    }
    let named = "at timestamp datetime time when date day on occurred happened";
    Some(if any(&words, named) { 2 } else { 1 })
}

/// One of what a word names several of.
pub fn singular(word: &str) -> String {
    let stem = |cut: usize, end: &str| {
        let kept = word.len().saturating_sub(cut);
        format!("{}{end}", word.get(..kept).unwrap_or(word))
    };
    match word {
        _ if word.len() < 4 || !word.is_ascii() => word.to_owned(),
        _ if word.ends_with("ies") => stem(3, "y"),
        _ if ["sses", "xes", "ches", "shes", "zes"].iter().any(|end| word.ends_with(end)) => stem(2, ""),
        _ if ["ss", "us", "is", "ics"].iter().any(|end| word.ends_with(end)) => word.to_owned(),
        _ if word.ends_with('s') => stem(1, ""),
        _ => word.to_owned(),
    }
}

/// Words that cannot be names, and those that have a meaning of their own.
const TAKEN: &str = "\
    and or else then when where in is between contains overlaps not if true false missing known this \
    previous next key at customer context now today score";

/// A name as the language writes names, made of one of a file; `otherwise` where nothing of it is left, `after` where it
/// is taken by the language.
pub fn name(of_file: &str, otherwise: &str, after: &str) -> String {
    let mut name: String = normal(of_file).chars().take(60).collect();
    if name.is_empty() {
        name = otherwise.to_owned();
    }
    if name.starts_with(|c: char| !c.is_ascii_lowercase()) {
        name.insert_str(0, "n_");
    }
    if is_in(TAKEN, &name) {
        name = format!("{name}_{after}");
    }
    name
}

/// A name that none of some has.
pub fn unlike<'a>(name: &str, mut taken: impl FnMut(&str) -> bool + 'a) -> String {
    let mut candidate = name.to_owned();
    let mut number = 2_u32;
    while taken(&candidate) {
        candidate = format!("{name}_{number}");
        number += 1;
    }
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_they_hold() {
        assert_eq!(names_customers("household_id"), 10);
        assert_eq!(names_customers("CustomerID"), 10);
        assert_eq!(names_customers("Customer_Age"), 0);
        assert_eq!(names_customers("pySubjectID"), 4);
        assert_eq!(names_customers("product_id"), 0);
        assert!(says_consent("email_ok") && says_consent("opt_in") && says_consent("smsAllowed"));
        assert!(!says_consent("opt_out") && !says_consent("email") && !says_consent("do_not_contact_ok"));
        assert_eq!(channel_of("sms_allowed"), "sms");
        assert_eq!(
            (class("date_of_birth", false), class("health_note", true), class("tier", true)),
            (Some("private"), Some("sensitive"), None)
        );
        assert!(says_money("UnitPrice", false) && says_money("sales_value", true) && !says_money("sales_count", true));
        assert_eq!(currency_of("price_eur").as_deref(), Some("EUR"));
    }

    #[test]
    fn names_are_made_fit_for_the_language() {
        assert_eq!(name("InvoiceNo", "column_1", "value"), "invoice_no");
        assert_eq!(name("2020 sales", "column_1", "value"), "n_2020_sales");
        assert_eq!(name("Ж", "column_1", "value"), "column_1");
        assert_eq!(name("where", "column_1", "value"), "where_value");
        let plurals = ["campaigns", "companies", "boxes", "address", "status", "bus"];
        let ones: Vec<String> = plurals.iter().map(|word| singular(word)).collect();
        assert_eq!(ones, ["campaign", "company", "box", "address", "status", "bus"]);
        assert_eq!(unlike("a", |name| name != "a_3"), "a_3");
    }
}
