//! A page of Markdown as plain text for a terminal: headings without marks, examples indented, prose in lines of 80.

/// The widest line of prose.
const WIDTH: usize = 80;

/// The page as it is printed.
pub fn readable(page: &str) -> String {
    let mut printer = Printer::default();
    page.lines().for_each(|line| printer.line(line));
    printer.paragraph();
    printer.text.trim_end().to_owned() + "\n"
}

#[derive(Default)]
struct Printer {
    text: String,
    /// The words of the paragraph or point that is read.
    words: String,
    in_example: bool,
}

impl Printer {
    fn line(&mut self, line: &str) {
        if line.trim_start().starts_with("```") {
            self.paragraph();
            self.in_example = !self.in_example;
            return self.blank();
        }
        if self.in_example {
            let example = if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") };
            return self.text.push_str(&example);
        }
        let heading = line.trim_start_matches('#');
        if line.trim().is_empty() {
            self.paragraph();
            self.blank();
        } else if heading.len() < line.len() && heading.starts_with(' ') {
            self.paragraph();
            self.words = plain(heading.trim());
            self.paragraph();
        } else if line.starts_with('|') {
            self.paragraph();
            self.text.push_str(&format!("{line}\n"));
        } else {
            if line.starts_with("- ") || line.starts_with("* ") {
                self.paragraph();
            }
            self.words.push_str(line.trim());
            self.words.push(' ');
        }
    }

    /// One blank line, however many there were.
    fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Prints what has been read, broken between words.
    fn paragraph(&mut self) {
        let words = plain(&std::mem::take(&mut self.words));
        let indent = if words.starts_with("- ") || words.starts_with("* ") { "  " } else { "" };
        let mut width = 0;
        for word in words.split_whitespace() {
            let length = word.chars().count();
            if width > 0 && width + 1 + length > WIDTH {
                self.text.push('\n');
                self.text.push_str(indent);
                width = indent.len();
            } else if width > 0 {
                self.text.push(' ');
                width += 1;
            }
            self.text.push_str(word);
            width += length;
        }
        if width > 0 {
            self.text.push('\n');
        }
    }
}

/// Links as their words, strong words as words.
fn plain(words: &str) -> String {
    let mut shown = String::with_capacity(words.len());
    let mut rest = words;
    while let Some((before, link)) = rest.split_once('[') {
        shown.push_str(before);
        match link.split_once("](").and_then(|(text, after)| Some((text, after.split_once(')')?.1))) {
            Some((text, after)) if !text.contains(['[', ']', '`']) => {
                shown.push_str(text);
                rest = after;
            }
            _ => {
                shown.push('[');
                rest = link;
            }
        }
    }
    shown.push_str(rest);
    shown.replace("**", "")
}
