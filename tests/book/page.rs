//! A page of the reference, cut into its fences.

use std::path::Path;

/// A page.
pub struct Page {
    pub name: String,
    pub text: String,
    pub fences: Vec<Fence>,
}

/// A fence: what stands behind the backticks, the line that its text begins in, and the text.
pub struct Fence {
    pub info: Vec<String>,
    pub line: usize,
    pub text: String,
}

impl Page {
    pub fn read(file: &Path) -> Self {
        Self::of(&file.file_name().unwrap().to_string_lossy(), &std::fs::read_to_string(file).unwrap())
    }

    pub fn of(name: &str, text: &str) -> Self {
        let mut fences: Vec<Fence> = Vec::new();
        let mut open = false;
        for (number, line) in (1..).zip(text.lines()) {
            if let Some(info) = line.strip_prefix("```") {
                open = !open;
                if open {
                    let info = info.split_whitespace().map(str::to_owned).collect();
                    fences.push(Fence { info, line: number + 1, text: String::new() });
                }
            } else if open {
                let fence = fences.last_mut().unwrap();
                fence.text.push_str(line);
                fence.text.push('\n');
            }
        }
        assert!(!open, "{name}: a fence is not closed");
        Self { name: name.to_owned(), text: text.to_owned(), fences }
    }

    /// The fences of a kind.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Fence> {
        self.fences.iter().filter(move |fence| fence.info.first().is_some_and(|word| word == kind))
    }
}

impl Fence {
    /// The word after the kind, from 0.
    pub fn word(&self, at: usize) -> Option<&str> {
        self.info.get(at + 1).map(String::as_str)
    }
}
