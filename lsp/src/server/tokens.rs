//! Tokens of a document as the protocol says them: each by its distance from the one before it, in five numbers.
//!
//! What was told last of each open document is kept, so that an editor that says what it has gets only what changed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use lsp_types::{
    SemanticToken, SemanticTokenModifier, SemanticTokenType, SemanticTokens, SemanticTokensDelta,
    SemanticTokensDeltaParams, SemanticTokensEdit, SemanticTokensFullDeltaResult, SemanticTokensLegend,
    SemanticTokensParams, SemanticTokensRangeParams, SemanticTokensRangeResult, SemanticTokensResult,
};
use opportune_compiler::syntax::Span;

use super::answers::Answer;
use super::encode::Snapshot;
use crate::ide::positions::{Columns, Lines};
use crate::ide::tokens::{self, Token, TokenKind};

/// The types that the numbers stand for. They are those of the protocol, as editors have colours for them.
const TYPES: [SemanticTokenType; 16] = [
    SemanticTokenType::KEYWORD,
    SemanticTokenType::TYPE,
    SemanticTokenType::FUNCTION,
    SemanticTokenType::NUMBER,
    SemanticTokenType::STRING,
    SemanticTokenType::COMMENT,
    SemanticTokenType::OPERATOR,
    SemanticTokenType::STRUCT,
    SemanticTokenType::EVENT,
    SemanticTokenType::PROPERTY,
    SemanticTokenType::ENUM_MEMBER,
    SemanticTokenType::VARIABLE,
    SemanticTokenType::ENUM,
    SemanticTokenType::INTERFACE,
    SemanticTokenType::CLASS,
    SemanticTokenType::PARAMETER,
];

/// The modifiers that the bits stand for. The last three are our own, for colour schemes that tell more apart.
const MODIFIERS: [&str; 7] =
    ["declaration", "documentation", "defaultLibrary", "readonly", "unit", "segment", "persona"];

/// What the numbers of tokens stand for.
pub fn legend() -> SemanticTokensLegend {
    let modifiers = MODIFIERS.iter().map(|modifier| SemanticTokenModifier::new(modifier));
    SemanticTokensLegend { token_types: TYPES.to_vec(), token_modifiers: modifiers.collect() }
}

/// A kind as the protocol's type, and its modifiers.
fn told(kind: TokenKind) -> (SemanticTokenType, &'static [&'static str]) {
    match kind {
        TokenKind::Keyword => (SemanticTokenType::KEYWORD, &[]),
        TokenKind::Type => (SemanticTokenType::TYPE, &["defaultLibrary"]),
        TokenKind::Function => (SemanticTokenType::FUNCTION, &["defaultLibrary"]),
        TokenKind::Unit => (SemanticTokenType::NUMBER, &["unit"]),
        TokenKind::Number => (SemanticTokenType::NUMBER, &[]),
        TokenKind::Text => (SemanticTokenType::STRING, &[]),
        TokenKind::Comment => (SemanticTokenType::COMMENT, &[]),
        TokenKind::Doc => (SemanticTokenType::COMMENT, &["documentation"]),
        TokenKind::Operator => (SemanticTokenType::OPERATOR, &[]),
        TokenKind::Table => (SemanticTokenType::STRUCT, &[]),
        TokenKind::Events => (SemanticTokenType::EVENT, &[]),
        TokenKind::Field => (SemanticTokenType::PROPERTY, &[]),
        TokenKind::Value => (SemanticTokenType::ENUM_MEMBER, &[]),
        TokenKind::Segment => (SemanticTokenType::VARIABLE, &["readonly", "segment"]),
        TokenKind::Trait => (SemanticTokenType::VARIABLE, &["readonly"]),
        TokenKind::Journey => (SemanticTokenType::ENUM, &[]),
        TokenKind::Channel => (SemanticTokenType::INTERFACE, &[]),
        TokenKind::Offer => (SemanticTokenType::CLASS, &[]),
        TokenKind::Persona => (SemanticTokenType::STRUCT, &["persona"]),
        TokenKind::Local => (SemanticTokenType::PARAMETER, &[]),
    }
}

/// The numbers of a kind.
fn numbers(token: &Token) -> (u32, u32) {
    let (kind, modifiers) = told(token.kind);
    let at = TYPES.iter().position(|known| *known == kind).unwrap_or_default();
    let bit = |wanted: &str| MODIFIERS.iter().position(|known| *known == wanted).map_or(0, |at| 1 << at);
    let declaration = if token.declares { bit("declaration") } else { 0 };
    (u32::try_from(at).unwrap_or_default(), modifiers.iter().map(|modifier| bit(modifier)).sum::<u32>() | declaration)
}

/// Tokens by their distances. Goes through the text once, however long its lines are.
fn encoded(text: &str, tokens: &[Token], columns: Columns) -> Vec<SemanticToken> {
    let lines = Lines::of(text);
    let length = |start: u32, end: u32| columns.length(text.get(start as usize..end as usize).unwrap_or(""));
    let (mut line, mut before) = (0, 0);
    let mut found = Vec::with_capacity(tokens.len());
    for token in tokens {
        let Span { start, end } = token.span;
        let (own_line, line_start) = lines.line(start);
        let (token_type, token_modifiers_bitset) = numbers(token);
        found.push(SemanticToken {
            delta_line: own_line - line,
            delta_start: length(if own_line == line { before } else { line_start }, start),
            length: length(start, end),
            token_type,
            token_modifiers_bitset,
        });
        (line, before) = (own_line, start);
    }
    found
}

/// What was told last of each open document: its number, and the tokens.
#[derive(Clone, Default)]
pub struct Told(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    last: u64,
    by_address: BTreeMap<String, Numbered>,
}

/// The tokens of a document at some moment, with the number that the client knows them by.
type Numbered = (u64, Arc<Vec<SemanticToken>>);

impl Told {
    /// Keeps what is told now; its number, and what was told before.
    fn keep(&self, address: &str, tokens: Arc<Vec<SemanticToken>>) -> (u64, Option<Numbered>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.last += 1;
        let number = known.last;
        let before = known.by_address.insert(address.to_owned(), (number, tokens));
        (number, before)
    }

    /// Forgets a document that is closed.
    pub fn forget(&self, address: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).by_address.remove(address);
    }
}

fn of(at: &Snapshot, within: Span) -> Vec<SemanticToken> {
    let text = at.file.text(&at.db);
    encoded(text, &tokens::tokens(&at.db, at.project, at.file, within), at.columns)
}

const WHOLE: Span = Span { start: 0, end: u32::MAX };

pub(super) fn full(at: &Snapshot, _: SemanticTokensParams) -> Answer<Option<SemanticTokensResult>> {
    let data = of(at, WHOLE);
    let (number, _) = at.told.keep(at.uri.as_str(), Arc::new(data.clone()));
    Ok(Some(SemanticTokens { result_id: Some(number.to_string()), data }.into()))
}

pub(super) fn range(at: &Snapshot, params: SemanticTokensRangeParams) -> Answer<Option<SemanticTokensRangeResult>> {
    let (start, end) = (at.offset(params.range.start), at.offset(params.range.end));
    Ok(Some(SemanticTokens { result_id: None, data: of(at, Span { start, end }) }.into()))
}

pub(super) fn delta(at: &Snapshot, params: SemanticTokensDeltaParams) -> Answer<Option<SemanticTokensFullDeltaResult>> {
    let data = Arc::new(of(at, WHOLE));
    let (number, before) = at.told.keep(at.uri.as_str(), data.clone());
    let result_id = Some(number.to_string());
    Ok(Some(match before.filter(|(number, _)| number.to_string() == params.previous_result_id) {
        Some((_, before)) => {
            SemanticTokensDelta { result_id, edits: change(&before, &data).into_iter().collect() }.into()
        }
        None => SemanticTokens { result_id, data: data.to_vec() }.into(),
    }))
}

/// The one run of tokens that differs; the protocol counts numbers, five to a token.
fn change(before: &[SemanticToken], now: &[SemanticToken]) -> Option<SemanticTokensEdit> {
    let same =
        |pairs: &mut dyn Iterator<Item = (&SemanticToken, &SemanticToken)>| pairs.take_while(|(a, b)| a == b).count();
    let first = same(&mut before.iter().zip(now));
    let (old, new) = (before.get(first..)?, now.get(first..)?);
    let last = same(&mut old.iter().rev().zip(new.iter().rev()));
    let (old, new) = (old.get(..old.len() - last)?, new.get(..new.len() - last)?);
    let counted = |tokens: usize| u32::try_from(tokens * 5).unwrap_or(u32::MAX);
    (!old.is_empty() || !new.is_empty()).then(|| SemanticTokensEdit {
        start: counted(first),
        delete_count: counted(old.len()),
        data: Some(new.to_vec()),
    })
}
