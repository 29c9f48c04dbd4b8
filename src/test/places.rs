//! Places in a project's files as people read them: file, line and column, and the line itself.

use std::collections::HashMap;

use opportune_compiler::{Place, ProjectFiles};

/// The texts of a project's files.
pub struct Texts<'f>(HashMap<&'f str, &'f str>);

/// A place as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At<'f> {
    /// The file.
    pub path: &'f str,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The whole line, without the white space around it.
    pub text: &'f str,
}

impl<'f> Texts<'f> {
    /// Of a project.
    pub fn new(files: &'f ProjectFiles) -> Self {
        Self(crate::validate::texts(files))
    }

    /// The text of a file.
    pub fn of(&self, path: &str) -> &'f str {
        self.0.get(path).copied().unwrap_or_default()
    }

    /// Where a place is.
    pub fn at<'p>(&self, place: &'p Place) -> At<'p>
    where
        'f: 'p,
    {
        let text = self.of(&place.path);
        let start = (place.span.start as usize).min(text.len());
        let before = text.get(..start).unwrap_or_default();
        let begin = before.rfind('\n').map_or(0, |at| at + 1);
        let line = text.get(begin..).unwrap_or_default().lines().next().unwrap_or_default();
        At {
            path: &place.path,
            line: 1 + before.matches('\n').count(),
            column: 1 + before.get(begin..).unwrap_or_default().chars().count(),
            text: line.trim(),
        }
    }

    /// `offers/baby.offer:8`
    pub fn line(&self, place: &Place) -> String {
        let at = self.at(place);
        format!("{}:{}", at.path, at.line)
    }
}
