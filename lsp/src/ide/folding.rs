//! What can be folded away: items, and runs of comment lines between them.

use opportune_compiler::db::Db;
use opportune_compiler::queries::{self, SourceFile};
use opportune_compiler::syntax::Span;

/// A run of lines that folds; spans begin and end in its first and last line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fold {
    /// Where.
    pub span: Span,
    /// Whether it is a comment.
    pub is_comment: bool,
}

/// The folds of a file, in the order of the text.
pub fn folds(db: &dyn Db, file: SourceFile) -> Vec<Fold> {
    let mut found = Vec::new();
    for item in queries::items(db, file) {
        let text = queries::own_text(db, *item);
        let comments = text.split_inclusive('\n').take_while(|line| line.starts_with("//"));
        let start: usize = comments.map(str::len).sum();
        if start > 0 && text.get(..start).is_some_and(|comment| comment.lines().count() > 1) {
            let span = Span::new(0, start - 1).shifted(item.offset(db));
            found.push(Fold { span, is_comment: true });
        }
        if text.get(start..).is_some_and(|rest| rest.trim_end().contains('\n')) {
            let span = Span::new(start, text.len()).shifted(item.offset(db));
            found.push(Fold { span, is_comment: false });
        }
    }
    found
}
