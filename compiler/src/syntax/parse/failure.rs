//! Why a clause does not match, from the place where the match stopped: what was expected there, after what, and what
//! stands there instead. The grammar's own names never reach the author.

use pest::error::{Error, ErrorVariant, InputLocation};

use super::{Reader, Rule, amount};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::manifest::is_currency;
use crate::syntax::ast::Span;
use crate::syntax::layout::Part;
use crate::syntax::scan::{Token, TokenKind, strange};

/// A piece of the policy as it may stand in a message: short, and without raw control characters.
pub fn shown(text: &str) -> String {
    const LONGEST: usize = 40;
    if text.chars().count() <= LONGEST {
        return strange::escaped(text);
    }
    let begin: String = text.chars().take(LONGEST - 1).collect();
    format!("{}…", strange::escaped(&begin))
}

/// The place where the match stopped.
struct Stop<'t> {
    before: Option<(Token, &'t str)>,
    found: Option<(Token, &'t str)>,
    /// `,000,000.50` right at the place; else empty.
    thousands: &'t str,
    span: Span,
}

/// Reports why the part does not match the rule.
pub fn report(reader: &mut Reader<'_>, rule: Rule, part: &Part, error: &Error<Rule>) {
    let offset = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let stop = stop(reader, part, reader.base + offset);
    // The scanner has said already that a text is not closed; what follows from it is no news.
    let damaged_text = reader
        .tokens
        .get(part.tokens.clone())
        .unwrap_or_default()
        .iter()
        .any(|token| token.kind == TokenKind::OpenText);
    if damaged_text {
        return;
    }
    let positives = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.as_slice(),
        ErrorVariant::CustomError { .. } => {
            let diagnostic =
                Diagnostic::error(codes::TOO_DEEP, "this clause nests too deeply", stop.span, "too deep here")
                    .help("give parts of it names, with `segment name is …` or `trait name = …`");
            return reader.report(diagnostic);
        }
    };
    let known = no_limit(rule, &stop).or_else(|| known_mistake(&stop, positives));
    let diagnostic = known.unwrap_or_else(|| expected(rule, &stop, positives));
    reader.report(diagnostic);
}

/// The tokens around a place in the item.
fn stop<'t>(reader: &Reader<'t>, part: &Part, at: usize) -> Stop<'t> {
    let tokens = reader.tokens.get(part.tokens.clone()).unwrap_or_default();
    let with_text = |token: &Token| (*token, token.text(reader.text));
    let mut words = tokens.iter().filter(|token| token.kind != TokenKind::Newline);
    let before = words.clone().rfind(|token| token.end <= at).map(with_text);
    let found = words.find(|token| token.end > at).map(with_text);
    let end = tokens.last().map_or(at, |token| token.end);
    let span = found.map_or(Span::new(end, end), |(token, _)| token.span());
    let thousands = found.map_or("", |(token, _)| thousands(reader.text.get(token.start..).unwrap_or("")));
    Stop { before, found, thousands, span }
}

/// The groups of three digits after commas at the beginning, with the decimals after them.
fn thousands(text: &str) -> &str {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut end = 0;
    while let Some(group) = text.get(end..).and_then(|rest| rest.strip_prefix(',')).filter(|group| digits(group) == 3) {
        end = text.len() - group.len() + 3;
    }
    if let Some(decimals) =
        text.get(end..).and_then(|rest| rest.strip_prefix('.')).filter(|rest| end > 0 && digits(rest) > 0)
    {
        end += 1 + digits(decimals);
    }
    text.get(..end).unwrap_or("")
}

/// What was expected, in the words of an author.
fn phrase(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::expr
        | Rule::branch
        | Rule::sum
        | Rule::paren
        | Rule::if_expr
        | Rule::aggregate
        | Rule::call
        | Rule::quantity
        | Rule::number
        | Rule::truth
        | Rule::odd_null
        | Rule::date_time
        | Rule::clock
        | Rule::odd_clock
        | Rule::odd_typed
        | Rule::odd_case
        | Rule::case_word
        | Rule::odd_extract
        | Rule::odd_cast
        | Rule::in_set
        | Rule::kw_not
        | Rule::minus => "a value",
        Rule::name | Rule::odd_name => "a name",
        Rule::text | Rule::open_text | Rule::odd_text => "a text in quotes",
        Rule::list => "a list in `[ ]`",
        Rule::list_type | Rule::money_type | Rule::set_type | Rule::named_type => "a type",
        Rule::currency_name => "a currency such as `USD`",
        Rule::op_else
        | Rule::kw_and
        | Rule::op_or
        | Rule::op_add
        | Rule::op_subtract
        | Rule::op_multiply
        | Rule::op_divide => "an operator",
        Rule::op_equal
        | Rule::op_is_not
        | Rule::op_less
        | Rule::op_greater
        | Rule::op_starts
        | Rule::op_ends
        | Rule::op_contains
        | Rule::op_overlaps => "an operator",
        Rule::EOI => END,
        Rule::comma => "`,`",
        Rule::close => "`)`",
        Rule::open => "`(`",
        Rule::close_list => "`]`",
        Rule::kw_is => "`is`",
        Rule::kw_when | Rule::when_part => "`when`",
        Rule::then_word => "`then`",
        Rule::last_else | Rule::else_word => "`else`",
        Rule::kw_where | Rule::aggregate_filter | Rule::cap_where | Rule::step_where | Rule::where_part => "`where`",
        Rule::aggregate_window => "`in last …`",
        Rule::window => "a window such as `last 30 days`",
        Rule::kw_next => "`next`",
        Rule::calendar_unit_word | Rule::calendar_unit => "`day`, `week`, `month`, `quarter` or `year`",
        Rule::window_between | Rule::kw_between => "`between`",
        Rule::kw_each => "`each`",
        Rule::each | Rule::kw_for => "`for each`",
        Rule::review => "`review by`",
        Rule::kw_within | Rule::step_within => "`within`",
        Rule::step_next => "`, then`",
        Rule::hole_as | Rule::kw_as => "`as`",
        Rule::format => "a format such as `whole`",
        Rule::second_column => "`and` with a second column",
        Rule::never_when => "`when`",
        Rule::kw_from | Rule::source => "`from`",
        Rule::kw_to => "`to`",
        Rule::timing_part => "days, hours or a moment such as `right away`",
        Rule::timing_next => "`,`",
        Rule::at_day => "`on the day of`",
        Rule::day => "`the day of`",
        Rule::kw_after => "`after`",
        Rule::stretch => "a length of time such as `1 day`",
        Rule::kw_of => "`of`",
        Rule::kw_per => "`per`",
        Rule::cap_limit => "a number such as `3`",
        Rule::cap_scope => "`per customer` or `in total`",
        Rule::cap_per => "`per …`",
        Rule::cap_window => "`every …` or `each …`",
        Rule::kw_every => "`every`",
        Rule::cap_part => "`on …`, `including inbound`, `over …` or `when …`",
        Rule::kw_on => "`on`",
        Rule::kw_inbound => "`inbound`",
        Rule::quiet_when => "`21:00 to 08:00`, `on` with days, or `by law of`",
        Rule::quiet_hours => "a time such as `21:00`",
        Rule::kw_law => "`law of`",
        Rule::on_days => "`on` with days",
        Rule::week_day => "a day such as `sunday`",
        Rule::direction => "`inbound` or `outbound`",
        Rule::salt | Rule::kw_salted => "`salted \"…\"`",
        Rule::arm_share => "an arm and its share, such as `plain 50%`",
        Rule::arm_next | Rule::offer_next | Rule::zone_next => "`,`",
        Rule::pick_from => "a table, or `FIELD of TABLE`",
        Rule::pick_by => "`by`",
        Rule::at_most | Rule::kw_at_most | Rule::slate_next => "`at most`",
        Rule::at_most_per => "`per offer.FIELD`",
        Rule::at_most_of => "`of` with offers",
        Rule::offer_name => "the name of an offer",
        Rule::pause_what => "`ignored`",
        Rule::zone_name => "a zone such as `\"America/New_York\"`",
        Rule::route => "a channel",
        Rule::kw_by => "`by`",
        Rule::kw_lot => "`lot`",
        Rule::rank_field | Rule::rank_lot | Rule::rank_score | Rule::kw_score => RANK_TERMS,
        Rule::link => "`->`",
        Rule::question => "`?`",
        Rule::default => "`=`",
        Rule::class => "a class such as `private`",
        Rule::kw_desc => "`desc`",
        Rule::rank_next => "`, then`",
        Rule::channel_next => "`, else`",
        Rule::record => "a record in `{ }`",
        Rule::record_list => "a list in `[ ]`",
        Rule::record_missing => "a value",
        Rule::record_colon => "`:`",
        Rule::record_field => "a field such as `email_ok: true`",
        Rule::open_brace => "`{`",
        Rule::close_brace => "`}`",
        Rule::given_with | Rule::kw_with => "`with`",
        Rule::kw_context => "`context`",
        Rule::kw_no | Rule::expect_nothing | Rule::always_no => "`no offer`",
        Rule::kw_any => "`any`",
        Rule::expect_made | Rule::expect_kind => "`offer`",
        Rule::expect_not | Rule::always_not => "`not`",
        Rule::expect_part => "`for`, `by`, `at` or `because`",
        Rule::expect_by => "`by`",
        Rule::kw_because => "`because`",
        Rule::always_most => "`at most`",
        Rule::always_in => "`in any …`",
        Rule::then_after => "`after`",
        Rule::then_at => "`at`",
        _ => return None,
    })
}

const RANK_TERMS: &str = "`offer.FIELD`, `score` or `by lot`";

const END: &str = "the end of the clause";

const OPERATOR: &str = "an operator such as `and`";

/// The general message.
fn expected(rule: Rule, stop: &Stop<'_>, positives: &[Rule]) -> Diagnostic {
    let mut wanted = phrases(positives);
    let misspelt = misspelt(rule, stop, &wanted);
    let operator = wanted.contains(&OPERATOR);
    let end_fits = wanted.contains(&END);
    let label =
        if wanted.is_empty() { "not expected here".to_owned() } else { format!("expected {}", joined(&wanted)) };
    wanted.retain(|phrase| *phrase != END);
    let wanted = joined(&wanted);
    let after = stop.before.map(|(_, text)| format!(" after `{}`", shown(text))).unwrap_or_default();
    match stop.found {
        Some((_, text)) => {
            let message = format!("`{}` does not fit{after}", shown(text));
            let diagnostic = Diagnostic::error(codes::UNEXPECTED, message, stop.span, label);
            if let Some((span, right)) = misspelt {
                return diagnostic.help(format!("did you mean `{right}`?")).fix(
                    format!("write `{right}`"),
                    span,
                    right,
                );
            }
            diagnostic.help(match operator {
                true => "join it with an operator such as `and` or `=`, or begin a new line: a clause ends with its line or with `;`".to_owned(),
                false if wanted.is_empty() => format!("delete `{}`, or move it to a line of its own", shown(text)),
                false if end_fits => format!("write {wanted} here, or end the clause before: with a new line or with `;`"),
                false => format!("write {wanted} here"),
            })
        }
        None => {
            let message = format!("the clause is not finished{after}");
            let help = match stop.before {
                Some((_, text)) => format!("write {wanted}{after}, or delete `{}`", shown(text)),
                None => format!("write {wanted}"),
            };
            Diagnostic::error(codes::UNEXPECTED, message, stop.span, label).help(help)
        }
    }
}

/// The word of the language that the word at the place, or the one before it, nearly is.
fn misspelt(rule: Rule, stop: &Stop<'_>, wanted: &[&'static str]) -> Option<(Span, &'static str)> {
    const OPERATORS: &[&str] =
        &["and", "else", "between", "contains", "overlaps", "starts with", "ends with", "where", "then", "not in"];
    let operators = if wanted.contains(&OPERATOR) { OPERATORS } else { &[] };
    let candidates = wanted
        .iter()
        .map(|phrase| phrase.trim_matches('`'))
        .filter(|word| word.bytes().all(|b| b.is_ascii_lowercase()))
        .chain(operators.iter().copied())
        .chain(clause_words(rule).iter().copied());
    let near = |place: Option<(Token, &str)>| {
        let (token, text) = place
            .filter(|(token, text)| token.kind == TokenKind::Word && text.len() >= 3 && !RESERVED.contains(text))?;
        nearest(&text.to_lowercase(), candidates.clone()).map(|right| (token.span(), right))
    };
    near(stop.found).or_else(|| near(stop.before))
}

/// The words inside a clause, where its rule alone cannot tell which of them was meant.
fn clause_words(rule: Rule) -> &'static [&'static str] {
    match rule {
        Rule::cap_clause => &[
            "per",
            "customer",
            "every",
            "each",
            "over",
            "including",
            "inbound",
            "total",
            "when",
            "where",
            "day",
            "week",
            "month",
            "quarter",
            "year",
        ],
        Rule::timing_clause => &["from", "between", "after", "within", "right away", "at least", "else"],
        Rule::quiet_clause => &["by law of", "on"],
        Rule::capacity_clause => &["per"],
        Rule::holdout_clause | Rule::arms_clause => &["salted"],
        Rule::pick_clause => &["where", "by", "desc"],
        Rule::pause_clause | Rule::stop_clause => &["after"],
        Rule::suppress_clause => &["after", "where"],
        Rule::lever_clause => &["where", "when"],
        Rule::slate_clause | Rule::at_most_clause => &["at most", "per", "offer"],
        Rule::given_clause => &["with"],
        Rule::context_clause => &["context"],
        Rule::expect_clause => &["offer", "reminder", "notice", "not", "because"],
        Rule::always_clause => &["at most", "in any", "when", "offer"],
        Rule::then_clause => &["after", "at"],
        _ => &[],
    }
}

/// What was expected, each once, and what ends the clause last.
fn phrases(positives: &[Rule]) -> Vec<&'static str> {
    let mut wanted: Vec<&'static str> = Vec::new();
    for phrase in positives.iter().filter_map(|rule| phrase(*rule)) {
        if !wanted.contains(&phrase) {
            wanted.push(phrase);
        }
    }
    // Where a value is wanted, names and the like are among the values.
    if wanted.contains(&"a value") {
        wanted.retain(|phrase| !matches!(*phrase, "a name" | "a text in quotes" | "`(`"));
    }
    // Where only arithmetic could go on, a part of the clause is what was meant.
    if !positives.iter().any(|rule| matches!(rule, Rule::kw_and | Rule::op_or)) && wanted.len() > 1 {
        let arithmetic = wanted.contains(&"an operator");
        wanted.retain(|phrase| !(arithmetic && matches!(*phrase, "an operator" | "`(`")));
    }
    if wanted.contains(&"an operator") {
        wanted.retain(|phrase| matches!(*phrase, "`,`" | "`)`" | "`]`" | "`then`" | "`else`" | "`by`"));
        wanted.insert(0, OPERATOR);
        if wanted.len() == 1 {
            wanted.push(END);
        }
    }
    if wanted.contains(&RANK_TERMS) {
        wanted.retain(|phrase| *phrase != "`by`");
    }
    wanted.sort_by_key(|phrase| *phrase == END);
    wanted
}

fn joined(wanted: &[&str]) -> String {
    match wanted {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// Mistakes that are known by the words around the place.
fn known_mistake(stop: &Stop<'_>, positives: &[Rule]) -> Option<Diagnostic> {
    bare_type(stop, positives)
        .or_else(|| after_number(stop))
        .or_else(|| currency_first(stop))
        .or_else(|| one_value(stop, positives))
        .or_else(|| loose_else(stop, positives))
        .or_else(|| reserved_name(stop, positives))
        .or_else(|| foreign_sign(stop))
}

/// `cap per customer each week`
fn no_limit(rule: Rule, stop: &Stop<'_>) -> Option<Diagnostic> {
    let (found, text) = stop.found.filter(|_| rule == Rule::cap_clause)?;
    stop.before.filter(|(_, before)| *before == "cap")?;
    let message = format!("`{}` does not fit after `cap`", shown(text));
    let diagnostic = Diagnostic::error(codes::UNEXPECTED, message, found.span(), "a number is expected here");
    Some(diagnostic.help("write how many there may be: `cap 1 per customer every 30 days`"))
}

/// `money` without its currency, `one_of` without its values.
fn bare_type(stop: &Stop<'_>, positives: &[Rule]) -> Option<Diagnostic> {
    let (token, word) = stop.before.filter(|_| positives.contains(&Rule::open))?;
    let help = match word {
        "money" => "write its currency: `money(USD)`",
        "one_of" | "ordered" => "write its values: `one_of(small, large)`, `ordered(\"19-24\", \"25-34\")`",
        _ => return None,
    };
    let message = format!("the type `{word}` needs brackets");
    Some(Diagnostic::error(codes::UNEXPECTED, message, token.span(), "of what?").help(help))
}

/// `x in "a"`
fn one_value(stop: &Stop<'_>, positives: &[Rule]) -> Option<Diagnostic> {
    let (found, text) = stop.found.filter(|(token, _)| matches!(token.kind, TokenKind::Text | TokenKind::Number))?;
    let after_in = stop.before.is_some_and(|(_, text)| text.eq_ignore_ascii_case("in"));
    let in_aggregate = !positives.iter().any(|rule| matches!(rule, Rule::in_set | Rule::list));
    if !after_in || in_aggregate {
        return None;
    }
    let message = "after `in` stands a list, a set or a window";
    let text = shown(text);
    Some(Diagnostic::error(codes::UNEXPECTED, message, found.span(), "one value").help(format!(
        "write `= {text}` for one value, `in [{text}, …]` for one of several, `in last 30 days` for a time"
    )))
}

/// `between birth else today and now`
fn loose_else(stop: &Stop<'_>, positives: &[Rule]) -> Option<Diagnostic> {
    let (found, _) = stop.found.filter(|(_, text)| *text == "else")?;
    let sum_ends_here = positives.contains(&Rule::op_add) && !positives.contains(&Rule::op_else);
    sum_ends_here.then(|| {
        Diagnostic::error(
            codes::UNEXPECTED,
            "`else` needs brackets here",
            found.span(),
            "binds less than what is around it",
        )
        .help("write `(x else y)`: `between (birth else 2000-01-01) and today`")
    })
}

/// `1,000`, `30 dayz`
fn after_number(stop: &Stop<'_>) -> Option<Diagnostic> {
    let (number, digits) = stop.before.filter(|(token, _)| token.kind == TokenKind::Number)?;
    let (found, text) = stop.found?;
    if number.end == found.start && !stop.thousands.is_empty() {
        let mended = format!("{digits}{}", stop.thousands.replace(',', "_"));
        let span = number.span().to(Span::new(found.start, found.start + stop.thousands.len()));
        let message = "thousands are not set apart by commas";
        let diagnostic = Diagnostic::error(codes::BAD_NUMBER, message, span, format!("write `{mended}`"));
        return Some(diagnostic.fix(format!("write `{mended}`"), span, mended));
    }
    if matches!(&*text.to_lowercase(), "percent" | "pct") {
        let span = number.span().to(found.span());
        let message = format!("the unit `{text}` is written `%`");
        let diagnostic = Diagnostic::error(codes::BAD_UNIT, message, span, format!("write `{digits}%`"));
        return Some(diagnostic.fix(format!("write `{digits}%`"), span, format!("{digits}%")));
    }
    if let Some(place) = zone_of(text) {
        let message = format!("`{text}` is no name of a time zone");
        let diagnostic = Diagnostic::error(codes::UNKNOWN_ZONE, message, found.span(), "which place's clock?");
        return Some(
            diagnostic.help(format!("name the place, `{place}`; without one, a time is in the project's zone")),
        );
    }
    let units = ["seconds", "minutes", "hours", "days", "weeks", "months", "years", "km", "miles"];
    let lower = text.to_lowercase();
    let near = nearest(&lower, units).or_else(|| amount::unit_word(&lower).map(|(many, _)| many));
    let near = near.filter(|_| found.kind == TokenKind::Word)?;
    let message = format!("there is no unit `{}`", shown(text));
    let diagnostic =
        Diagnostic::error(codes::BAD_UNIT, message, found.span(), format!("did you mean `{digits} {near}`?"));
    Some(diagnostic.fix(format!("replace it with `{near}`"), found.span(), near))
}

/// `USD 20`
fn currency_first(stop: &Stop<'_>) -> Option<Diagnostic> {
    let (number, digits) = stop.found.filter(|(token, _)| token.kind == TokenKind::Number)?;
    let (word, currency) = stop.before.filter(|(_, word)| is_currency(word))?;
    let span = word.span().to(number.span());
    let mended = format!("{digits} {currency}");
    let message = "the currency's three letters stand after the amount";
    let diagnostic = Diagnostic::error(codes::BAD_UNIT, message, span, format!("write `{mended}`"));
    Some(diagnostic.fix(format!("write `{mended}`"), span, mended))
}

/// A place whose clock goes by these letters.
fn zone_of(letters: &str) -> Option<&'static str> {
    Some(match letters {
        "EST" | "EDT" | "ET" => "America/New_York",
        "CST" | "CDT" | "CT" => "America/Chicago",
        "MST" | "MDT" | "MT" => "America/Denver",
        "PST" | "PDT" | "PT" => "America/Los_Angeles",
        "GMT" | "BST" => "Europe/London",
        "CET" | "CEST" | "MEZ" | "MESZ" => "Europe/Berlin",
        "JST" => "Asia/Tokyo",
        _ => return None,
    })
}

/// A word of the language where a name is wanted; a clause too may begin with a name of the author's.
fn reserved_name(stop: &Stop<'_>, positives: &[Rule]) -> Option<Diagnostic> {
    let (found, text) = stop.found.filter(|(_, text)| RESERVED.contains(text))?;
    let names_only = !positives.is_empty() && positives.iter().all(|rule| matches!(rule, Rule::name | Rule::odd_name));
    if stop.before.is_some() && !names_only {
        return None;
    }
    let message = format!("`{text}` is a word of the language and no name");
    Some(
        Diagnostic::error(codes::BAD_WORD, message, found.span(), "a name is expected here")
            .help("choose another name; a column of this name is read with `from`"),
    )
}

/// Signs that say something in other languages.
fn foreign_sign(stop: &Stop<'_>) -> Option<Diagnostic> {
    let (found, text) = stop.found?;
    match text {
        "?" => Some(
            Diagnostic::error(codes::FOREIGN_OPERATOR, "`?` does not fit here", found.span(), "not an operator")
                .help("a choice is written `if condition then a else b`; a value in place of a missing one `x else 0`"),
        ),
        "[" => Some(
            Diagnostic::error(codes::UNEXPECTED, "a list does not fit here", found.span(), "found `[`")
                .help("whether a value is one of several is asked with `x in [a, b]`"),
        ),
        _ => None,
    }
}

/// The words that are no names.
pub const RESERVED: &[&str] = &[
    "and", "or", "else", "then", "when", "where", "in", "is", "between", "contains", "overlaps", "not", "if", "true",
    "false", "missing", "known", "this", "previous", "next",
];
