//! `for each category c of product`: the head of a family.

use pest::iterators::Pair;

use super::{Reader, Rule, foreign};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{EachItem, Name, Span};

impl<'t> Reader<'t> {
    /// `None`: what one member is called is not said; reported.
    pub fn each(&mut self, pair: Pair<'t, Rule>) -> Option<EachItem> {
        let span = self.span(&pair);
        let mut names = Vec::new();
        let mut nameless = false;
        for part in pair.into_inner() {
            let at = self.span(&part);
            match part.as_rule() {
                Rule::odd_each => self.report(foreign::word(self, at, "each")),
                Rule::odd_each_of => return self.foreign_each(part, span),
                Rule::name | Rule::odd_name => names.push(self.name(&part)),
                Rule::each_variable => names.extend(part.into_inner().next().map(|name| self.name(&name))),
                Rule::no_variable => {
                    nameless = true;
                    self.report(no_variable(names.first(), at));
                }
                _ => {}
            }
        }
        let mut names = names.into_iter();
        let field = names.next().filter(|_| !nameless)?;
        Some(EachItem { span, field, variable: names.next()?, table: names.next()? })
    }

    /// `c in product.category`, `product.category c`
    fn foreign_each(&mut self, pair: Pair<'t, Rule>, span: Span) -> Option<EachItem> {
        let all = self.span(&pair);
        let mut variable_first = false;
        let mut names = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name | Rule::odd_name => names.push(self.name(&part)),
                Rule::kw_in | Rule::kw_of => variable_first = true,
                _ => {}
            }
        }
        if variable_first {
            names.rotate_left(1);
        }
        let mut names = names.into_iter();
        let (table, field, variable) = (names.next()?, names.next()?, names.next()?);
        let mended = format!("{} {} of {}", field.node, variable.node, table.node);
        self.report(
            Diagnostic::error(
                codes::FOREIGN_WORD,
                "the field stands first, then the name of one of its values",
                all,
                format!("write `{mended}`"),
            )
            .fix(format!("write `{mended}`"), all, mended),
        );
        Some(EachItem { span, field, variable, table })
    }
}

/// `for each category of product`
fn no_variable(field: Option<&Name>, at: Span) -> Diagnostic {
    let field = field.map_or("category", |field| &*field.node);
    let letter: String = field.chars().take(1).collect();
    let here = Span { start: at.start, end: at.start };
    let message = format!("what one `{field}` is called in this offer is left out");
    Diagnostic::error(codes::FORGOTTEN_WORD, message, here, "a name is missing here")
        .help(format!("write `for each {field} {letter} of …`, and `{letter}` in the clauses"))
        .fix(format!("add `{letter}`"), here, format!("{letter} "))
}
