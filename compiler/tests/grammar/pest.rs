//! Reads the notation of pest, as far as the grammar uses it.

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    pub name: String,
    /// The heading that it stands under.
    pub section: String,
    /// Whether white space may stand between its parts.
    pub loose: bool,
    pub expr: Expr,
}

/// What a rule matches.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    Text(String),
    Name(String),
    Sequence(Vec<Expr>),
    Choice(Vec<Expr>),
    Optional(Box<Expr>),
    Any(Box<Expr>),
    Some(Box<Expr>),
    Times(Box<Expr>, String),
    /// Looks ahead; matches nothing itself.
    Ahead,
}

/// The rules of a file.
pub fn rules(text: &str, heading: &str) -> Vec<Rule> {
    let mut rules = Vec::new();
    for (section, text) in sections(text, heading) {
        add(&mut rules, &section, &text);
    }
    rules
}

/// The parts of a file under their headings: comments of a line or two that stand alone, up to a colon.
fn sections(text: &str, heading: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut parts = vec![(heading.to_owned(), String::new())];
    let empty = |at: Option<usize>| at.is_none_or(|at| lines.get(at).is_none_or(|line| line.trim().is_empty()));
    for (at, line) in lines.iter().enumerate() {
        match line.strip_prefix("// ") {
            Some(heading) if at > 0 && empty(at.checked_sub(1)) && (empty(Some(at + 1)) || empty(Some(at + 2))) => {
                let heading = heading.split(':').next().unwrap_or(heading);
                parts.push((heading.to_owned(), String::new()));
            }
            _ => {
                let (_, part) = parts.last_mut().unwrap();
                part.push_str(line);
                part.push('\n');
            }
        }
    }
    parts
}

fn add(rules: &mut Vec<Rule>, section: &str, text: &str) {
    let mut reader = Reader { tokens: tokens(text), at: 0 };
    while reader.at < reader.tokens.len() {
        let name = reader.next();
        reader.take("=");
        let mut marks = String::new();
        while ["_", "@", "$", "!"].contains(&reader.peek()) {
            marks.push_str(&reader.next());
        }
        reader.take("{");
        let expr = reader.choice();
        reader.take("}");
        let loose = !marks.contains('@') && !marks.contains('$');
        rules.push(Rule { name, section: section.to_owned(), loose, expr });
    }
}

/// Names, texts with their quotes, and signs.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for line in text.lines() {
        let mut rest = line.trim_start();
        while !rest.is_empty() && !rest.starts_with("//") {
            let length = match rest.chars().next().unwrap() {
                '"' => text_end(rest),
                c if c.is_alphanumeric() || (c == '_' && rest[1..].starts_with(|c: char| c.is_alphanumeric())) => {
                    rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
                }
                c => c.len_utf8(),
            };
            tokens.push(rest[..length].to_owned());
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

fn text_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    panic!("a text without an end: {text}")
}

struct Reader {
    tokens: Vec<String>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> &str {
        self.tokens.get(self.at).map_or("", String::as_str)
    }

    fn next(&mut self) -> String {
        self.at += 1;
        self.tokens[self.at - 1].clone()
    }

    fn take(&mut self, token: &str) {
        let found = self.next();
        assert_eq!(found, token, "after {:?}", &self.tokens[self.at.saturating_sub(6)..self.at]);
    }

    fn choice(&mut self) -> Expr {
        let mut all = vec![self.sequence()];
        while self.peek() == "|" {
            self.next();
            all.push(self.sequence());
        }
        if all.len() == 1 { all.remove(0) } else { Expr::Choice(all) }
    }

    fn sequence(&mut self) -> Expr {
        let mut all = vec![self.repeated()];
        while self.peek() == "~" {
            self.next();
            all.push(self.repeated());
        }
        if all.len() == 1 { all.remove(0) } else { Expr::Sequence(all) }
    }

    fn repeated(&mut self) -> Expr {
        if ["!", "&"].contains(&self.peek()) {
            self.next();
            self.repeated();
            return Expr::Ahead;
        }
        let mut expr = match self.next().as_str() {
            "(" => {
                let inner = self.choice();
                self.take(")");
                inner
            }
            "^" => Expr::Text(unquoted(&self.next())),
            text if text.starts_with('"') => Expr::Text(unquoted(text)),
            name => Expr::Name(name.to_owned()),
        };
        loop {
            expr = match self.peek() {
                "?" => Expr::Optional(Box::new(expr)),
                "*" => Expr::Any(Box::new(expr)),
                "+" => Expr::Some(Box::new(expr)),
                "{" => {
                    self.next();
                    let mut times = String::new();
                    while self.peek() != "}" {
                        times.push_str(&self.next());
                    }
                    Expr::Times(Box::new(expr), times)
                }
                _ => return expr,
            };
            self.at += 1;
        }
    }
}

fn unquoted(text: &str) -> String {
    text[1..text.len() - 1].replace("\\\"", "\"").replace("\\\\", "\\")
}
