//! What a test expects: `expect …` and `always …`.

use opportune_plan::OfferKind;
use pest::iterators::Pair;

use super::{Reader, Rule, clause, foreign};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{AlwaysClause, Expectation, Expects, Expr, Name, Span, Spanned};
use crate::syntax::layout::Part;

impl<'t> Reader<'t> {
    /// `expect offer x by mail`, `expect not x`, `expect no offer`
    pub fn expectation(&mut self, part: &Part) -> Option<Expectation> {
        let mut expectation = None;
        for pair in self.matched(Rule::expect_clause, part)?.into_inner() {
            let span = self.span(&pair);
            match pair.as_rule() {
                Rule::odd_expect_word => self.report(foreign::superfluous(self, span)),
                Rule::expect_nothing => expectation = Some(self.nothing(pair)),
                Rule::expect_not | Rule::expect_made | Rule::expect_bare => expectation = self.expected(pair),
                _ => {}
            }
        }
        expectation
    }

    /// `no offer`, and what is meant so.
    fn nothing(&mut self, pair: Pair<'t, Rule>) -> Expectation {
        let span = self.span(&pair);
        if pair.into_inner().any(|part| matches!(part.as_rule(), Rule::odd_nothing | Rule::odd_nothing_of)) {
            self.report(foreign::word(self, span, "no offer"));
        }
        empty(Expects::Nothing)
    }

    /// `offer x …`, `not x …`, `x …`
    fn expected(&mut self, pair: Pair<'t, Rule>) -> Option<Expectation> {
        let mut found = empty(Expects::NotMade);
        let rule = pair.as_rule();
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_expect_not => self.report(foreign::word(self, span, "not")),
                Rule::odd_kind => self.report(foreign::superfluous(self, span)),
                Rule::expect_kind => found.kind = Expects::Made(kind(self.written(span), span)),
                Rule::name | Rule::odd_name => {
                    if rule == Rule::expect_bare {
                        self.report(foreign::forgotten(span, "offer", "after `expect`"));
                        found.kind = Expects::Made(kind("offer", span));
                    }
                    found.offer = Some(self.name(&part));
                }
                Rule::expect_part => self.expected_part(part, &mut found),
                _ => {}
            }
        }
        found.offer.is_some().then_some(found)
    }

    /// `for "BEER"`, `by mail`, `at 2026-11-20 18:00`, `because "…"`
    fn expected_part(&mut self, pair: Pair<'t, Rule>, found: &mut Expectation) {
        let all = self.span(&pair);
        let Some(pair) = pair.into_inner().next() else { return };
        let twice = match pair.as_rule() {
            Rule::expect_for => found.member.is_some(),
            Rule::expect_by => found.channel.is_some(),
            Rule::expect_at => found.at.is_some(),
            _ => found.because.is_some(),
        };
        if twice {
            let message = "an `expect` line says each thing once";
            let diagnostic = Diagnostic::error(codes::UNEXPECTED, message, all, "the second time");
            return self.report(diagnostic.help("write two `expect` lines, or leave one out"));
        }
        match pair.as_rule() {
            Rule::expect_for => found.member = self.value_after(pair, "for"),
            Rule::expect_by => found.channel = self.name_after(pair, "by"),
            Rule::expect_at => found.at = self.value_after(pair, "at"),
            _ => found.because = self.text_after(pair),
        }
    }

    fn value_after(&mut self, pair: Pair<'t, Rule>, word: &str) -> Option<Expr> {
        let mut value = None;
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_expect_for => self.report(foreign::word(self, span, word)),
                Rule::sum => value = Some(self.expr(part)),
                _ => {}
            }
        }
        value
    }

    fn name_after(&mut self, pair: Pair<'t, Rule>, word: &str) -> Option<Name> {
        let mut name = None;
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_expect_by => self.report(foreign::word(self, span, word)),
                Rule::name | Rule::odd_name => name = Some(self.name(&part)),
                _ => {}
            }
        }
        name
    }

    fn text_after(&mut self, pair: Pair<'t, Rule>) -> Option<Name> {
        let mut text = None;
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_expect_because => self.report(foreign::word(self, span, "because")),
                Rule::text | Rule::open_text | Rule::odd_text => text = Some(self.text_value(&part)),
                _ => {}
            }
        }
        text
    }

    /// `always at most 3 contacts in any 7 days`, `always no offer when …`, `always not x when …`
    pub fn always(&mut self, part: &Part) -> Option<AlwaysClause> {
        let mut found = None;
        for pair in self.matched(Rule::always_clause, part)?.into_inner() {
            let span = self.span(&pair);
            match pair.as_rule() {
                Rule::colon => self.report(foreign::superfluous(self, span)),
                Rule::always_most => found = self.always_most(pair),
                Rule::always_no | Rule::always_not => found = self.always_never(pair),
                _ => {}
            }
        }
        found
    }

    fn always_most(&mut self, pair: Pair<'t, Rule>) -> Option<AlwaysClause> {
        let (mut most, mut what, mut within, mut channel) = (None, None, None, None);
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_most => self.report(foreign::word(self, span, "at most")),
                Rule::odd_number | Rule::sum => most = Some(self.how_many(part)),
                Rule::odd_kind => self.report(foreign::superfluous(self, span)),
                Rule::name | Rule::odd_name => what = Some(self.name(&part)),
                Rule::always_in => within = self.always_in(part),
                Rule::expect_by => channel = self.name_after(part, "by"),
                _ => {}
            }
        }
        Some(AlwaysClause::AtMost { most: most?, what: what?, within: within?, channel })
    }

    /// `in any 7 days`
    fn always_in(&mut self, pair: Pair<'t, Rule>) -> Option<Expr> {
        let mut length = None;
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_always_in => self.report(foreign::word(self, span, "in any")),
                Rule::sum => {
                    let value = self.expr(part);
                    let message = "a limit of a test holds in any stretch of a length of time";
                    length = Some(clause::span_literal(self, value, message, "in any"));
                }
                _ => {}
            }
        }
        length
    }

    fn always_never(&mut self, pair: Pair<'t, Rule>) -> Option<AlwaysClause> {
        let (mut offer, mut when) = (None, None);
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_expect_not => self.report(foreign::word(self, span, "not")),
                Rule::odd_kind => self.report(foreign::superfluous(self, span)),
                Rule::name | Rule::odd_name => offer = Some(self.name(&part)),
                Rule::when_part => when = self.always_when(part),
                _ => {}
            }
        }
        Some(AlwaysClause::Never { offer, when: when? })
    }

    fn always_when(&mut self, pair: Pair<'t, Rule>) -> Option<Expr> {
        let mut condition = None;
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_when_part if self.written(span) == "unless" => {
                    let message = "`unless` is written with `when not`";
                    let diagnostic =
                        Diagnostic::error(codes::FOREIGN_WORD, message, span, "not a word of the language");
                    self.report(diagnostic.help("write `when not (…)`, or say the opposite: `when …`"));
                    return None;
                }
                Rule::odd_when_part => self.report(foreign::word(self, span, "when")),
                Rule::expr => condition = Some(self.expr(part)),
                _ => {}
            }
        }
        condition
    }
}

fn empty(kind: Expects) -> Expectation {
    Expectation { kind, offer: None, member: None, channel: None, at: None, because: None }
}

fn kind(word: &str, span: Span) -> Spanned<OfferKind> {
    let node = match word {
        "reminder" => OfferKind::Reminder,
        "notice" => OfferKind::Notice,
        _ => OfferKind::Offer,
    };
    Spanned { node, span }
}
