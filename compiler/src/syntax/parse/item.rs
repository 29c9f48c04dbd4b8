//! An item by its first word: the head, then clause by clause.

use super::{Reader, Rule, clause, foreign, guarantee, journey, test, unbuilt};
use opportune_plan::OfferKind;

use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{
    ChannelItem, DefinitionItem, EachItem, FieldItem, ItemKind, Name, OfferItem, Span, TableItem,
};
use crate::syntax::layout::{Braces, Finder, Layout, Part};
use crate::syntax::scan::TokenKind;
use crate::syntax::split::{FOREIGN_ITEM_WORDS, ITEM_WORDS, ItemWord, UNBUILT_ITEM_WORDS, item_word};

/// Reads the item that the tokens hold.
pub fn read(reader: &mut Reader<'_>) -> Option<ItemKind> {
    let at = reader.tokens.iter().position(|token| token.kind != TokenKind::Newline)?;
    reader.tokens = reader.tokens.get(at..)?;
    let first = *reader.tokens.first()?;
    let written = first.text(reader.text);
    let word = match item_word(written) {
        Some(_) => written,
        None => not_an_item(reader, written, first.span())?,
    };
    match item_word(word)? {
        ItemWord::Customer => table(reader, "customer", ItemKind::Customer),
        ItemWord::Events => table(reader, "events", ItemKind::Events),
        ItemWord::Table => table(reader, "table", ItemKind::Table),
        ItemWord::Offer
            if word == "offer" && reader.tokens.get(1).is_some_and(|token| token.text(reader.text) == "fields") =>
        {
            Some(ItemKind::OfferFields(fields(reader, "offer fields", 2)))
        }
        ItemWord::Context => Some(ItemKind::Context(fields(reader, "context", 1))),
        ItemWord::Journey => journey::journey(reader),
        ItemWord::Guarantee => guarantee::guarantee(reader),
        ItemWord::Offer => offer(reader, word),
        ItemWord::Channel => channel(reader),
        ItemWord::Segment => definition(reader, Rule::segment_item, "segment").map(ItemKind::Segment),
        ItemWord::Trait => definition(reader, Rule::trait_item, "trait").map(ItemKind::Trait),
        ItemWord::Portfolio => portfolio(reader),
        ItemWord::Persona => test::persona(reader),
        ItemWord::Test => test::test(reader),
        ItemWord::Unbuilt | ItemWord::Stray => None,
    }
}

/// Reports a first word that begins no item; the item word that it nearly is.
fn not_an_item(reader: &mut Reader<'_>, written: &str, span: Span) -> Option<&'static str> {
    if UNBUILT_ITEM_WORDS.contains(&written) {
        reader.report(unbuilt::here(span, &format!("`{written}`")));
        return None;
    }
    if let Some((_, help)) = FOREIGN_ITEM_WORDS.iter().find(|(word, _)| *word == written) {
        let message = format!("`{written}` begins no item");
        let diagnostic =
            Diagnostic::error(codes::NOT_AN_ITEM, message, span, "an item word is expected in column 0").help(*help);
        reader.report(diagnostic);
        return None;
    }
    let list = ITEM_WORDS.join("`, `");
    let diagnostic = Diagnostic::error(
        codes::NOT_AN_ITEM,
        format!("`{}` begins no item", super::failure::shown(written)),
        span,
        "an item word is expected in column 0",
    );
    let lower = written.to_lowercase();
    let near =
        ITEM_WORDS.iter().copied().find(|word| *word == lower).or_else(|| nearest(&lower, ITEM_WORDS.iter().copied()));
    match near {
        Some(word) => {
            reader.report(diagnostic.meant(written, span, word));
            Some(word)
        }
        None => {
            reader.report(diagnostic.help(format!("the item words are `{list}`; what belongs to an item is indented")));
            None
        }
    }
}

fn block(reader: &mut Reader<'_>, what: &str, braces: Braces) -> Layout {
    Finder::new(reader.text, reader.tokens, &mut reader.diagnostics).block(what, braces)
}

/// The name in a head of two words; reports what stands beside it. The whole item is not built yet where `later` follows.
pub fn head_name(reader: &mut Reader<'_>, head: &Part, later: &[&str]) -> Result<Option<Name>, ()> {
    let position = reader.words(head).skip(2).position(|word| later.contains(&word));
    if let Some(token) = position.and_then(|at| reader.tokens.get(head.tokens.start + 2 + at)) {
        let span = token.span().to(reader.part_span(head));
        let span = Span { start: token.span().start, ..span };
        let words = reader.written(span).to_owned();
        reader.report(unbuilt::here(span, &format!("`{words}`")));
        return Err(());
    }
    let Some(pair) = reader.matched(Rule::named_head, head) else { return Ok(None) };
    let name = pair.into_inner().find(|part| matches!(part.as_rule(), Rule::name | Rule::odd_name));
    Ok(name.map(|name| reader.name(&name)))
}

fn table(reader: &mut Reader<'_>, what: &str, kind: impl Fn(TableItem) -> ItemKind) -> Option<ItemKind> {
    let layout = block(reader, what, Braces::Needed);
    let name = head_name(reader, &layout.head, &["of"]).ok()?;
    let fields = layout.clauses.iter().filter_map(|part| reader.field(part)).collect();
    Some(kind(TableItem { name: name?, fields }))
}

/// The fields of an item without a name of its own, whose head has so many words.
fn fields(reader: &mut Reader<'_>, what: &str, words: usize) -> Vec<FieldItem> {
    let layout = block(reader, what, Braces::Needed);
    if let Some(extra) = reader.tokens.get(layout.head.tokens.clone()).and_then(|tokens| tokens.get(words)) {
        let span = extra.span();
        reader.report(
            Diagnostic::error(codes::UNEXPECTED, format!("`{what}` has no name"), span, "`{` is expected here")
                .help("leave it out"),
        );
    }
    layout.clauses.iter().filter_map(|part| reader.field(part)).collect()
}

/// `offer x { … }`, `reminder x { … }`, `notice x { … }`
fn offer(reader: &mut Reader<'_>, word: &str) -> Option<ItemKind> {
    let kind = match word {
        "reminder" => OfferKind::Reminder,
        "notice" => OfferKind::Notice,
        _ => OfferKind::Offer,
    };
    let layout = block(reader, word, Braces::Needed);
    let head = offer_head(reader, &layout.head);
    let clauses = layout.clauses.iter().filter_map(|part| clause::offer(reader, part)).collect();
    let (name, each) = head?;
    Some(ItemKind::Offer(OfferItem { kind, name, each, clauses }))
}

/// `offer name`, `offer name for each category c of product`
fn offer_head(reader: &mut Reader<'_>, head: &Part) -> Option<(Name, Option<EachItem>)> {
    let mut name = None;
    let mut each = None;
    for pair in reader.matched(Rule::offer_head, head)?.into_inner() {
        match pair.as_rule() {
            Rule::name | Rule::odd_name => name = Some(reader.name(&pair)),
            Rule::each => each = Some(reader.each(pair)?),
            _ => {}
        }
    }
    Some((name?, each))
}

fn channel(reader: &mut Reader<'_>) -> Option<ItemKind> {
    let layout = block(reader, "channel", Braces::Optional);
    let name = head_name(reader, &layout.head, &[]).ok()?;
    let clauses = layout.clauses.iter().filter_map(|part| clause::channel(reader, part)).collect();
    Some(ItemKind::Channel(ChannelItem { name: name?, clauses }))
}

fn portfolio(reader: &mut Reader<'_>) -> Option<ItemKind> {
    let layout = block(reader, "portfolio", Braces::Needed);
    if let Some(extra) = reader.tokens.get(layout.head.tokens.clone()).and_then(|tokens| tokens.get(1)) {
        let span = extra.span();
        reader.report(
            Diagnostic::error(codes::UNEXPECTED, "the portfolio has no name", span, "`{` is expected here")
                .help("leave it out"),
        );
    }
    Some(ItemKind::Portfolio(layout.clauses.iter().filter_map(|part| clause::portfolio(reader, part)).collect()))
}

/// The one clause of an item without braces; reports what follows it.
pub fn single(reader: &mut Reader<'_>, what: &str) -> Part {
    let (part, more) = Finder::new(reader.text, reader.tokens, &mut reader.diagnostics).single();
    if let Some(span) = more.and_then(|more| reader.tokens.get(more.tokens.start)).map(|token| token.span()) {
        reader.report(
            Diagnostic::error(codes::UNEXPECTED, format!("this line does not go on with the {what} above"), span, "does not belong to it")
                .help("a line goes on where it begins with, or the one before ends in, an operator such as `and`; or put the whole in brackets"),
        );
    }
    part
}

/// `segment name is condition`, `trait name = value`
fn definition(reader: &mut Reader<'_>, rule: Rule, what: &str) -> Option<DefinitionItem> {
    let part = single(reader, what);
    let right = if rule == Rule::segment_item { "is" } else { "=" };
    let mut name = None;
    let mut value = None;
    for pair in reader.matched(rule, &part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::name | Rule::odd_name => name = Some(reader.name(&pair)),
            Rule::odd_definition => reader.report(foreign::operator(reader, span, right)),
            Rule::no_is | Rule::no_equals => {
                reader.report(foreign::forgotten(span, right, &format!("after the {what}'s name")))
            }
            Rule::expr => value = Some(reader.expr(pair)),
            _ => {}
        }
    }
    Some(DefinitionItem { name: name?, value: value? })
}
