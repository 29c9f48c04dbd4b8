//! Behind `allow`: the codes of lints.

use opportune_compiler::lints;
use opportune_compiler::syntax::{ALLOW, is_word_char};

use super::{Candidate, CandidateKind};
use crate::ide::hover::title;

/// What is typed of the code, where the line is an `allow` up to it.
pub fn code(line: &str) -> Option<&str> {
    let rest = line.strip_prefix(ALLOW)?;
    let typed = rest.trim_start();
    (typed.len() < rest.len() && typed.chars().all(is_word_char)).then_some(typed)
}

/// All lints. Which of them the item needs is not known yet: nothing is told of an item as long as its `allow` has no reason.
pub fn lints() -> Vec<Candidate> {
    let candidate = |code: &str| Candidate::new(code, CandidateKind::Lint).detail(title(code).unwrap_or_default());
    lints::LINTS.iter().map(|(code, _)| candidate(code)).collect()
}
