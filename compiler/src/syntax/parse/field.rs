//! The fields of tables and of offers.

use pest::iterators::Pair;

use super::{Reader, Rule, foreign, unbuilt};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{FieldItem, FieldRole, FieldSetting, LinkItem, Name, Span, Spanned, TypeExpr};
use crate::syntax::layout::Part;

impl<'t> Reader<'t> {
    /// `key household_id: text`; `None`: reported.
    pub fn field(&mut self, part: &Part) -> Option<FieldItem> {
        let pair = self.matched(Rule::field, part)?;
        let mut field = FieldItem {
            span: self.part_span(part),
            role: None,
            name: Name { node: "".into(), span: Span::default() },
            ty: None,
            optional: None,
            link: None,
            from: Vec::new(),
            and: None,
            default: None,
            classes: Vec::new(),
        };
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::role => {
                    let node = if part.as_str() == "key" { FieldRole::Key } else { FieldRole::At };
                    field.role = Some(Spanned { node, span });
                }
                Rule::name | Rule::odd_name => field.name = self.name(&part),
                Rule::no_colon => self.report(foreign::forgotten(span, ":", "between name and type")),
                Rule::question => field.optional = Some(span),
                Rule::link => self.once(&mut field.link, span, |reader| reader.link(part)),
                Rule::default => self.once(&mut field.default, span, |reader| reader.default(part)),
                Rule::source if field.from.is_empty() => (field.from, field.and) = self.source(part),
                Rule::source => self.twice(span),
                Rule::class => field.classes.extend(part.into_inner().next().map(|class| self.name(&class))),
                Rule::money_type | Rule::list_type | Rule::set_type | Rule::named_type => {
                    field.ty = self.type_expr(part).map(|node| Spanned { node, span });
                }
                _ => {}
            }
        }
        Some(field)
    }

    /// Fills a part of the field that may be said once.
    fn once<T>(&mut self, slot: &mut Option<T>, span: Span, read: impl FnOnce(&mut Self) -> Option<T>) {
        if slot.is_some() {
            return self.twice(span);
        }
        *slot = read(self);
    }

    fn twice(&mut self, span: Span) {
        let word = self.written(span).split_whitespace().next().unwrap_or("");
        self.report(
            Diagnostic::error(
                codes::PART_TWICE,
                format!("`{word}` is said twice for one field"),
                span,
                "the second one",
            )
            .help("keep one of the two"),
        );
    }

    fn type_expr(&mut self, pair: Pair<'t, Rule>) -> Option<TypeExpr> {
        let rule = pair.as_rule();
        let span = self.span(&pair);
        let mut inner = pair.into_inner();
        match rule {
            Rule::money_type => {
                let currency = inner.find(|part| part.as_rule() == Rule::currency_name)?;
                let span = self.span(&currency);
                Some(TypeExpr::Money(Name { node: currency.as_str().into(), span }))
            }
            Rule::list_type => self.list_type(inner),
            Rule::set_type => self.set_type(inner, span),
            _ => {
                let word = inner.next()?;
                let span = self.span(&word);
                if let Some(diagnostic) = unbuilt::type_word(word.as_str(), span) {
                    self.report(diagnostic);
                    return None;
                }
                Some(TypeExpr::Named(word.as_str().into()))
            }
        }
    }

    /// `set of text`, and `list of text`, `set(text)`, `array<text>`, which are meant so.
    fn set_type(&mut self, inner: pest::iterators::Pairs<'t, Rule>, all: Span) -> Option<TypeExpr> {
        let mut odd = false;
        let mut element = None;
        for part in inner {
            match part.as_rule() {
                Rule::set_word | Rule::kw_of => {}
                Rule::odd_set_word | Rule::set_open | Rule::set_close => odd = true,
                _ => element = Some(part),
            }
        }
        let element = element?;
        let span = self.span(&element);
        if odd {
            let mended = format!("set of {}", self.written(span));
            let message = format!("`{}` is written `{mended}` here", self.written(all));
            self.report(Diagnostic::error(codes::FOREIGN_WORD, message, all, format!("write `{mended}`")).fix(
                format!("write `{mended}`"),
                all,
                mended,
            ));
        }
        let node = self.type_expr(element)?;
        Some(TypeExpr::SetOf(Box::new(Spanned { node, span })))
    }

    /// `one_of(a, b)`, `ordered("19-24", "25-34")`
    fn list_type(&mut self, inner: pest::iterators::Pairs<'t, Rule>) -> Option<TypeExpr> {
        let mut ordered = false;
        let mut values = Vec::new();
        for part in inner {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::list_word => ordered = part.as_str() == "ordered",
                Rule::no_comma => self.report(foreign::forgotten_comma(span)),
                Rule::name => values.push(Name { node: part.as_str().into(), span }),
                Rule::text | Rule::open_text | Rule::odd_text => values.push(self.text_value(&part)),
                Rule::odd_list_value => {
                    let quoted = super::text::quoted(part.as_str());
                    self.report(
                        Diagnostic::error(
                            codes::BAD_WORD,
                            format!("the value `{}` needs quotes", part.as_str()),
                            span,
                            format!("write `{quoted}`"),
                        )
                        .help("values that are no names, such as numbers and words with capitals, are written as texts")
                        .fix("write it in quotes", span, quoted),
                    );
                    values.push(Name { node: part.as_str().into(), span });
                }
                _ => {}
            }
        }
        Some(if ordered { TypeExpr::Ordered(values) } else { TypeExpr::OneOf(values) })
    }

    /// `-> product?`, `-> product as bought`
    fn link(&mut self, pair: Pair<'t, Rule>) -> Option<LinkItem> {
        let mut names = Vec::new();
        let mut optional = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name | Rule::odd_name => names.push(self.name(&part)),
                Rule::question => optional = Some(self.span(&part)),
                _ => {}
            }
        }
        let mut names = names.into_iter();
        Some(LinkItem { table: names.next()?, optional, alias: names.next() })
    }

    /// `from column`, `from "Column Name"`, `from campaign.start_date`, `from latitude and longitude`
    fn source(&mut self, pair: Pair<'t, Rule>) -> (Vec<Name>, Option<Name>) {
        let mut names = Vec::new();
        let mut second = None;
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::second_column => second = self.second_column(part),
                Rule::odd_columns => return self.columns_in_brackets(part, span),
                _ => names.extend(self.column(&part)),
            }
        }
        (names, second)
    }

    fn second_column(&mut self, pair: Pair<'t, Rule>) -> Option<Name> {
        let mut name = None;
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_column_and => self.report(foreign::word(self, span, "and")),
                Rule::dot => {}
                _ if name.is_some() => self.report(
                    Diagnostic::error(
                        codes::UNEXPECTED,
                        "the second column has a simple name",
                        span,
                        "not expected here",
                    )
                    .help("write two columns of this table: `from latitude and longitude`"),
                ),
                _ => name = self.column(&part),
            }
        }
        name
    }

    /// `from (latitude, longitude)`
    fn columns_in_brackets(&mut self, pair: Pair<'t, Rule>, span: Span) -> (Vec<Name>, Option<Name>) {
        let mut names = pair.into_inner().filter_map(|part| self.column(&part)).collect::<Vec<_>>().into_iter();
        let (first, second) = (names.next(), names.next());
        if let (Some(first), Some(second)) = (&first, &second) {
            let mended = format!("{} and {}", self.written(first.span), self.written(second.span));
            self.report(
                Diagnostic::error(
                    codes::FOREIGN_OPERATOR,
                    "two columns are joined by `and`",
                    span,
                    format!("write `{mended}`"),
                )
                .fix(format!("write `{mended}`"), span, mended),
            );
        }
        (first.into_iter().collect(), second)
    }

    /// A column as it is written; `None`: a sign between columns.
    fn column(&mut self, part: &Pair<'t, Rule>) -> Option<Name> {
        match part.as_rule() {
            // Columns go by the name that the data gives them, capitals included.
            Rule::odd_name => Some(self.odd_column(part)),
            Rule::name => Some(self.name(part)),
            Rule::text | Rule::open_text | Rule::odd_text => Some(self.text_value(part)),
            _ => None,
        }
    }

    /// A column's name without its quotes.
    fn odd_column(&mut self, pair: &Pair<'t, Rule>) -> Name {
        let span = self.span(pair);
        let quoted = super::text::quoted(pair.as_str());
        self.report(
            Diagnostic::error(
                codes::BAD_WORD,
                format!("`{}` is not a name", pair.as_str()),
                span,
                format!("write `{quoted}`"),
            )
            .help("a column whose name has capitals or other signs stands in quotes")
            .fix("write it in quotes", span, quoted),
        );
        Name { node: pair.as_str().into(), span }
    }

    /// `= 1`
    fn default(&mut self, pair: Pair<'t, Rule>) -> Option<FieldSetting> {
        let mut setting = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::odd_default => {
                    let span = self.span(&part);
                    self.report(foreign::operator(self, span, "="));
                }
                Rule::equals => {}
                _ => setting = self.setting(part),
            }
        }
        setting
    }

    /// A value or a list of values.
    pub fn setting(&mut self, pair: Pair<'t, Rule>) -> Option<FieldSetting> {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::list => Some(FieldSetting::Set(self.list(pair).into_iter().map(|item| item.expr).collect(), span)),
            Rule::expr => Some(FieldSetting::One(self.expr(pair))),
            _ => None,
        }
    }
}
