//! What may stand at a cursor.
//!
//! The text around a cursor is mostly not yet right, so nothing here asks for a tree of the clause at hand: [`cursor`]
//! cuts what stands before it into tokens, [`place`] says from them what may follow, [`scope`] what names mean there, and
//! [`lists`] which there are. What must hold: it works in any broken text, and what is offered fits where it is offered.

mod allowed;
mod cursor;
mod lists;
mod place;
mod records;
mod scope;

use opportune_compiler::db::Db;
use opportune_compiler::queries::{Project, SourceFile};
use opportune_compiler::syntax::Span;

use self::cursor::{Cursor, State};
use self::lists::Lists;
use self::place::Wanted;
use super::at;

/// Something that may stand at the cursor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// What is shown.
    pub label: String,
    /// What is put in, where it is not what is shown.
    pub insert: Option<String>,
    /// What it is.
    pub kind: CandidateKind,
    /// How it is declared or written, in a few words.
    pub detail: Option<String>,
    /// What it means.
    pub doc: Option<String>,
}

/// What a candidate is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(missing_docs, reason = "each is named after what it is")]
pub enum CandidateKind {
    Value,
    Field,
    Row,
    Local,
    Definition,
    Journey,
    Events,
    Table,
    Channel,
    Offer,
    Persona,
    Function,
    Unit,
    Type,
    Word,
    Item,
    Lint,
}

/// What may stand at a cursor, and what of the text it takes the place of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Completion {
    /// The run of bytes that is replaced: what is typed of it so far.
    pub replaced: Span,
    /// The candidates, the likeliest first.
    pub candidates: Vec<Candidate>,
    /// Whether there are more than these.
    pub is_cut: bool,
}

/// The most candidates that are told at once.
const MOST: usize = 400;

/// What may stand at an offset of a file.
pub fn complete(db: &dyn Db, project: Option<Project>, file: SourceFile, offset: u32) -> Completion {
    let found = at(db, project, file, offset);
    found.unwrap_or(Completion { replaced: Span { start: offset, end: offset }, candidates: Vec::new(), is_cut: false })
}

fn at(db: &dyn Db, project: Option<Project>, file: SourceFile, offset: u32) -> Option<Completion> {
    let text = file.text(db).get(..offset as usize)?;
    let line = text.rsplit(['\n', '\r']).next().unwrap_or("").trim_start_matches('\u{FEFF}');
    if line.chars().all(opportune_compiler::syntax::is_word_char) {
        return Some(finish(lists::items(), line, offset));
    }
    if let Some(typed) = allowed::code(line) {
        return Some(finish(allowed::lints(), typed, offset));
    }
    let item = at::item(db, file, offset)?;
    let start = item.offset(db) as usize;
    let cursor = Cursor::new(text.get(start..)?);
    let lists = Lists { db, project, item: item.word(db) };
    let typed = cursor.typed().to_owned();
    let wanted = match cursor.state {
        State::Comment => return None,
        State::Text => place::in_text(&cursor, &lists),
        State::Code => place::in_code(&cursor, &lists),
    };
    let is_text = cursor.state == State::Text;
    Some(finish(wanted.into_iter().flat_map(|wanted| lists.of(&wanted, &cursor, is_text)).collect(), &typed, offset))
}

/// Leaves out what does not go on with what is typed, and what stands twice.
fn finish(all: Vec<Candidate>, typed: &str, offset: u32) -> Completion {
    let wanted = typed.to_lowercase();
    let mut seen = std::collections::BTreeSet::new();
    let goes_on = |candidate: &Candidate| {
        let label = candidate.label.trim_start_matches('"').to_lowercase();
        label.contains(&wanted) || wanted.is_empty()
    };
    let mut candidates: Vec<Candidate> =
        all.into_iter().filter(goes_on).filter(|found| seen.insert(found.label.clone())).collect();
    candidates.sort_by_key(|found| !found.label.trim_start_matches('"').to_lowercase().starts_with(&wanted));
    let is_cut = candidates.len() > MOST;
    candidates.truncate(MOST);
    let length = u32::try_from(typed.len()).unwrap_or(0);
    Completion { replaced: Span { start: offset.saturating_sub(length), end: offset }, candidates, is_cut }
}

impl Candidate {
    fn new(label: impl Into<String>, kind: CandidateKind) -> Self {
        Self { label: label.into(), insert: None, kind, detail: None, doc: None }
    }

    fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    fn doc(mut self, doc: Option<String>) -> Self {
        self.doc = doc;
        self
    }
}

/// What several places want at once.
type Several = Vec<Wanted>;
