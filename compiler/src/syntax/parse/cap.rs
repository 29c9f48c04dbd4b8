//! Caps: `cap 2 impressions per customer per offer.topic every 7 days on sms including inbound when condition`,
//! `cap 20_000 in total each week`, `cap 50% of requests per context.rep every 30 days`.

use pest::iterators::Pair;

use super::cap_window::Stretch;
use super::timing::said_twice;
use super::{Reader, Rule, experiment, foreign, route, total};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{BinaryWord, CapClause, CapKind, CapWindow, Expr, ExprKind, Literal, Name, Span, Total};
use crate::syntax::layout::Part;

/// The clause; `None`: reported.
pub fn cap(reader: &mut Reader<'_>, part: &Part) -> Option<CapClause> {
    let mut limit = None;
    let mut counted = None;
    let mut scope = None;
    let mut parts = CapParts::default();
    for pair in reader.matched(Rule::cap_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::colon => reader.report(foreign::superfluous(reader, span)),
            Rule::odd_most | Rule::odd_most_after => {
                reader.report(foreign::superfluous(reader, span).help("a cap is the most there may be"));
            }
            Rule::cap_limit => limit = pair.into_inner().next().map(|count| reader.how_many(count)),
            Rule::cap_counted => counted = reader.cap_counted(span),
            Rule::cap_scope => scope = Some((pair, span)),
            Rule::cap_part => reader.cap_part(pair, span, &mut parts),
            _ => {}
        }
    }
    let (limit, slash) = by_slash(limit?);
    let (scope, span) = scope?;
    let kind = reader.cap_scope(scope, span, slash)?;
    let limit = if matches!(kind, CapKind::Share { .. }) { experiment::percentage(reader, limit) } else { limit };
    let CapParts { on, including_inbound, over, filter, when } = parts;
    Some(CapClause { limit, counted, kind, on, including_inbound, over, filter, when })
}

/// `3/week` is one expression.
pub fn by_slash(limit: Expr) -> (Expr, Option<(Span, Expr)>) {
    match limit.kind {
        ExprKind::Binary(op, count, stretch)
            if op.node == BinaryWord::Divide
                && matches!(stretch.kind, ExprKind::Name(_) | ExprKind::Literal(Literal::Span(_))) =>
        {
            (*count, Some((op.span, *stretch)))
        }
        kind => (Expr { kind, ..limit }, None),
    }
}

/// What may follow whom and how long a cap counts.
#[derive(Default)]
struct CapParts {
    on: Option<Name>,
    including_inbound: Option<Span>,
    over: Option<Name>,
    filter: Option<Expr>,
    when: Option<Expr>,
}

/// Words for those whom a cap protects, in other policies.
const PEOPLE: &[&str] = &[
    "customers",
    "user",
    "client",
    "person",
    "people",
    "member",
    "household",
    "shopper",
    "recipient",
    "subscriber",
    "buyer",
    "guest",
    "account",
    "consumer",
    "profile",
    "head",
];

impl<'t> Reader<'t> {
    /// A number of things; `three` is reported.
    pub fn how_many(&mut self, pair: Pair<'t, Rule>) -> Expr {
        if pair.as_rule() != Rule::odd_number {
            return self.expr(pair);
        }
        const WORDS: [&str; 11] = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
        let span = self.span(&pair);
        let count = match pair.as_str() {
            "once" => 1,
            "twice" => 2,
            word => WORDS.iter().position(|known| *known == word).unwrap_or(1),
        };
        let message = format!("`{}` is written in digits", pair.as_str());
        self.report(Diagnostic::error(codes::BAD_NUMBER, message, span, format!("write `{count}`")).fix(
            format!("write `{count}`"),
            span,
            count.to_string(),
        ));
        Expr { kind: ExprKind::Literal(Literal::Int(i64::try_from(count).unwrap_or(1))), span }
    }

    /// What is counted; `None`: sends, or reported.
    fn cap_counted(&mut self, span: Span) -> Option<Name> {
        let written = self.written(span);
        let right = counted_word(&written.to_lowercase());
        if right == Some(written) {
            return Some(Name { node: written.into(), span });
        }
        let shown = super::failure::shown(written);
        let diagnostic =
            Diagnostic::error(codes::CAP_COUNTED, format!("a cap does not count `{shown}`"), span, "what is counted?");
        let diagnostic = match right {
            Some("") => diagnostic
                .help("a cap counts what is sent, and says nothing about it; on one channel it is `… on email`")
                .fix(format!("delete `{shown}`"), span, ""),
            Some(right) => {
                diagnostic.help(format!("did you mean `{right}`?")).fix(format!("write `{right}`"), span, right)
            }
            None => diagnostic.help("write nothing for what is sent, or `impressions`, `redemptions` or `decisions`"),
        };
        self.report(diagnostic);
        right.filter(|right| !right.is_empty()).map(|right| Name { node: right.into(), span })
    }

    fn cap_scope(&mut self, pair: Pair<'t, Rule>, all: Span, slash: Option<(Span, Expr)>) -> Option<CapKind> {
        let mut whom = Vec::new();
        let mut window = None;
        let mut order = (u32::MAX, u32::MAX);
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::cap_total => {
                    let mut total = self.cap_total(part);
                    if let Some((sign, stretch)) = slash {
                        self.total_slashed(sign, &stretch, &mut total);
                    }
                    return Some(CapKind::InTotal(total));
                }
                Rule::cap_share => return self.cap_share(part),
                Rule::cap_per => {
                    order.0 = span.start;
                    whom.extend(self.cap_per(part));
                }
                Rule::cap_window => {
                    order.1 = span.start;
                    window = Some(self.cap_window(part));
                }
                _ => {}
            }
        }
        if let Some((sign, length)) = slash {
            let stretch = self.slashed(sign, &length, window.is_some());
            window = window.or(Some(stretch));
        }
        let at = Span { start: all.start, end: all.start };
        if let Some(kind) = self.many(&whom, window.as_ref(), at) {
            return Some(kind);
        }
        let per = self.whom(whom, at);
        let window = match window {
            Some(window) => window,
            None => {
                let end = self.text.get(..all.end as usize).unwrap_or("").trim_end().len();
                self.no_window(Span::new(end, end))
            }
        };
        if order.1 < order.0 && order.0 != u32::MAX {
            self.report(window_first(self, all));
        }
        Some(CapKind::PerCustomer { per, window })
    }

    /// A cap by a value of customers that forgets `in total`.
    fn many(&mut self, whom: &[Expr], window: Option<&CapWindow>, at: Span) -> Option<CapKind> {
        if whom.iter().any(|value| name_of(value).is_some_and(|word| word == "customer" || means_customer(word))) {
            return None;
        }
        let per = whom.iter().find(|value| total::is_of_many(value))?;
        self.total_forgotten(per, at);
        let each = match window {
            Some(CapWindow::Each(name)) => Some(name.clone()),
            Some(CapWindow::Every(length)) => {
                self.rolls(length.span);
                None
            }
            None => None,
        };
        Some(CapKind::InTotal(Total { each, per: Some(per.clone()) }))
    }

    /// `of requests per context.rep every 30 days`
    fn cap_share(&mut self, pair: Pair<'t, Rule>) -> Option<CapKind> {
        let (mut of, mut per, mut window) = (None, None, None);
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_article => self.report(foreign::superfluous(self, span)),
                Rule::odd_share_per => self.report(foreign::word(self, span, "per")),
                Rule::name | Rule::odd_name => of = Some(self.name(&part)),
                Rule::sum => per = Some(self.expr(part)),
                Rule::cap_window => window = Some((self.cap_window(part), span)),
                _ => {}
            }
        }
        let every = match window? {
            (CapWindow::Every(length), _) => length,
            (CapWindow::Each(_), span) => {
                self.report(
                    Diagnostic::error(
                        codes::CAP_WINDOW,
                        "a share is counted over a rolling length of time",
                        span,
                        "a stretch of the calendar",
                    )
                    .help(
                        "write `every 30 days`: at its beginning a week or month would have nothing to take a share of",
                    ),
                );
                Expr { kind: ExprKind::Error, span }
            }
        };
        Some(CapKind::Share { of: of?, per: per?, every })
    }

    /// `per offer.topic`
    pub fn cap_per(&mut self, pair: Pair<'t, Rule>) -> Option<Expr> {
        let mut value = None;
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_cap_per => self.report(foreign::word(self, span, "per")),
                Rule::sum => value = Some(self.expr(part)),
                _ => {}
            }
        }
        value
    }

    /// What the cap is divided by besides the customer; reports a customer who is left out or called otherwise.
    fn whom(&mut self, whom: Vec<Expr>, at: Span) -> Option<Expr> {
        let position = |wanted: &dyn Fn(&str) -> bool| whom.iter().position(|value| name_of(value).is_some_and(wanted));
        let customer = position(&|word| word == "customer").or_else(|| position(&means_customer));
        if let Some(span) = customer.and_then(|at| whom.get(at)).map(|value| value.span)
            && self.written(span) != "customer"
        {
            let diagnostic = foreign::word(self, span, "customer");
            self.report(Diagnostic { code: codes::CAP_CUSTOMER, ..diagnostic });
        }
        let first = whom.first().map(|first| first.span);
        match customer {
            Some(0) => {}
            Some(position) => {
                let span = whom.get(position).map_or(at, |value| value.span);
                self.report(
                    Diagnostic::error(codes::WORD_ORDER, "`per customer` stands first", span, "too late here")
                        .help("write `per customer per offer.topic`"),
                );
            }
            None => {
                let message = "a cap says over whom it counts";
                self.report(
                    Diagnostic::error(
                        codes::CAP_CUSTOMER,
                        message,
                        first.unwrap_or(at),
                        "`per customer` is missing before this",
                    )
                    .help("write `per customer`; over all customers together it is `in total`")
                    .fix(
                        "add `per customer`",
                        at,
                        if at_word(self.text, at) { "per customer " } else { " per customer" },
                    ),
                );
            }
        }
        let mut rest = whom.into_iter().enumerate().filter(|(at, _)| Some(*at) != customer).map(|(_, value)| value);
        let per = rest.next();
        if let Some(more) = rest.next() {
            self.report(
                Diagnostic::error(
                    codes::UNEXPECTED,
                    "a cap counts per customer and one thing more",
                    more.span,
                    "one too many",
                )
                .help("write a second cap"),
            );
        }
        per
    }

    /// A part after whom and how long; one that is there already is reported.
    fn cap_part(&mut self, pair: Pair<'t, Rule>, all: Span, parts: &mut CapParts) {
        let Some(part) = pair.into_inner().next() else { return };
        let twice = match part.as_rule() {
            Rule::cap_on => {
                let channel = self.cap_on(part);
                parts.on.is_some().then_some("on which channel").or_else(|| {
                    parts.on = channel;
                    None
                })
            }
            Rule::cap_inbound => {
                let inbound = self.cap_inbound(part, all);
                let twice = parts.including_inbound.is_some();
                parts.including_inbound = parts.including_inbound.or(inbound);
                twice.then_some("`including inbound`")
            }
            Rule::cap_over => {
                let (over, filter) = self.cap_over(part);
                parts.over.is_some().then_some("over which events").or_else(|| {
                    (parts.over, parts.filter) = (over, filter);
                    None
                })
            }
            _ => {
                let when = route::condition(self, part);
                parts.when.is_some().then_some("when").or_else(|| {
                    parts.when = Some(when);
                    None
                })
            }
        };
        if let Some(what) = twice {
            self.report(said_twice(&format!("`cap` says twice {what}"), all));
        }
    }

    /// `on sms`
    pub fn cap_on(&mut self, pair: Pair<'t, Rule>) -> Option<Name> {
        let mut channel = None;
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_cap_on => self.report(foreign::word(self, span, "on")),
                Rule::odd_article => self.report(foreign::superfluous(self, span)),
                Rule::name | Rule::odd_name => channel = Some(self.name(&part)),
                _ => {}
            }
        }
        channel
    }

    /// `including inbound`; `None`: it says the contrary.
    fn cap_inbound(&mut self, pair: Pair<'t, Rule>, all: Span) -> Option<Span> {
        let odd = pair.into_inner().find(|inner| inner.as_rule() == Rule::odd_including);
        let Some(span) = odd.map(|odd| self.span(&odd)) else { return Some(all) };
        if matches!(self.written(span), "excluding" | "without") {
            self.report(
                foreign::superfluous(self, all)
                    .help("a cap counts outbound contacts only, unless it says `including inbound`"),
            );
            return None;
        }
        self.report(foreign::word(self, span, "including"));
        Some(all)
    }

    /// `over response where outcome = seen`
    fn cap_over(&mut self, pair: Pair<'t, Rule>) -> (Option<Name>, Option<Expr>) {
        let (mut over, mut filter) = (None, None);
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_article => self.report(foreign::superfluous(self, span)),
                Rule::name | Rule::odd_name => over = Some(self.name(&part)),
                Rule::cap_where => {
                    for inner in part.into_inner() {
                        let at = self.span(&inner);
                        match inner.as_rule() {
                            Rule::odd_cap_where => self.report(foreign::word(self, at, "where")),
                            Rule::expr => filter = Some(self.expr(inner)),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        (over, filter)
    }
}

/// Whether the word is `customer` in other words.
fn means_customer(word: &str) -> bool {
    let lower = word.to_lowercase();
    PEOPLE.contains(&&*lower) || nearest(&lower, ["customer"]).is_some()
}

fn name_of(value: &Expr) -> Option<&str> {
    match &value.kind {
        ExprKind::Name(name) => Some(name),
        _ => None,
    }
}

/// Whether a word begins right at the place.
fn at_word(text: &str, at: Span) -> bool {
    text.get(at.start as usize..).and_then(|rest| rest.chars().next()).is_some_and(|c| !c.is_whitespace())
}

/// What a word counts: one of the language's, `""` for what needs no word.
fn counted_word(word: &str) -> Option<&'static str> {
    const WORDS: [&str; 4] = ["decisions", "sends", "impressions", "redemptions"];
    let meant = match word {
        "contact" | "contacts" | "message" | "messages" | "email" | "emails" | "mail" | "mails" | "sms" | "text"
        | "texts" | "push" | "pushes" | "notification" | "notifications" | "touch" | "touches" | "touchpoints"
        | "communication" | "communications" | "offer" | "offers" | "send" | "sent" => "",
        "view" | "views" | "display" | "displays" | "open" | "opens" | "seen" | "showings" => "impressions",
        "purchase" | "purchases" | "use" | "uses" | "claim" | "claims" | "coupon" | "coupons" | "units" | "unit"
        | "redeemed" => "redemptions",
        "choice" | "choices" | "selections" | "picks" => "decisions",
        _ => return WORDS.iter().copied().find(|known| *known == word).or_else(|| nearest(word, WORDS)),
    };
    Some(meant)
}

/// `every 7 days per customer`
fn window_first(reader: &Reader<'_>, all: Span) -> Diagnostic {
    let written = reader.written(all);
    let split = written.find(" per ").or_else(|| written.find("\tper "));
    let diagnostic = Diagnostic::error(
        codes::WORD_ORDER,
        "over whom a cap counts stands before how long",
        all,
        "`per customer` stands first",
    );
    match split.map(|at| written.split_at(at)) {
        Some((window, whom)) => {
            let right = format!("{} {window}", whom.trim());
            diagnostic.fix(format!("write `{right}`"), all, right)
        }
        None => diagnostic.help("write `per customer every 7 days`"),
    }
}

impl Stretch {
    /// The stretch that an expression names: `week` of `3/week`.
    pub fn named(value: &Expr) -> Option<Self> {
        name_of(value).and_then(Self::of)
    }
}
