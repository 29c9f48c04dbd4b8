//! Reads FEEL expressions.

/// An expression of FEEL.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    Null,
    Bool(bool),
    /// As it is written.
    Number(String),
    Text(String),
    /// `@"…"`
    At(String),
    Name(String),
    List(Vec<Expr>),
    /// A range, context or function: read, and of no use.
    Foreign(Foreign),
    Negate(Box<Expr>),
    Binary(&'static str, Box<Expr>, Box<Expr>),
    Field(Box<Expr>, String),
    /// A call; with the names of its arguments where they are named.
    Call(String, Vec<(Option<String>, Expr)>),
    InstanceOf(Box<Expr>),
}

/// What Opportune has no values of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Foreign {
    Range,
    Context,
    Function,
}

/// The functions whose names are of several words.
const NAMES: [&str; 12] = [
    "date and time",
    "years and months duration",
    "day of year",
    "day of week",
    "month of year",
    "week of year",
    "met by",
    "overlaps before",
    "overlaps after",
    "finished by",
    "started by",
    "time offset",
];

/// Reads an expression; `None` where it is none.
pub fn parse(text: &str) -> Option<Expr> {
    let mut reader = Reader { text, at: 0 };
    let expr = reader.comparison()?;
    reader.blank();
    (reader.at == text.len()).then_some(expr)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn blank(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, token: &str) -> bool {
        self.blank();
        let found = self.rest().starts_with(token);
        let is_word = token.ends_with(char::is_alphabetic);
        let goes_on = self.rest().get(token.len()..).is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
        let found = found && !(is_word && goes_on);
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn comparison(&mut self) -> Option<Expr> {
        let left = self.sum()?;
        if self.eat("instance of") {
            self.at = self.text.len();
            return Some(Expr::InstanceOf(Box::new(left)));
        }
        let operator = ["<=", ">=", "!=", "=", "<", ">"].into_iter().find(|operator| self.eat(operator));
        let Some(operator) = operator else { return Some(left) };
        Some(Expr::Binary(operator, Box::new(left), Box::new(self.sum()?)))
    }

    fn sum(&mut self) -> Option<Expr> {
        let mut left = self.product()?;
        while let Some(operator) = ["+", "-"].into_iter().find(|operator| self.eat(operator)) {
            left = Expr::Binary(operator, Box::new(left), Box::new(self.product()?));
        }
        Some(left)
    }

    fn product(&mut self) -> Option<Expr> {
        let mut left = self.power()?;
        loop {
            self.blank();
            if self.rest().starts_with("**") {
                return Some(left);
            }
            let Some(operator) = ["*", "/"].into_iter().find(|operator| self.eat(operator)) else { return Some(left) };
            left = Expr::Binary(operator, Box::new(left), Box::new(self.power()?));
        }
    }

    fn power(&mut self) -> Option<Expr> {
        let mut left = self.unary()?;
        while self.eat("**") {
            left = Expr::Binary("**", Box::new(left), Box::new(self.unary()?));
        }
        Some(left)
    }

    fn unary(&mut self) -> Option<Expr> {
        if self.eat("-") { Some(Expr::Negate(Box::new(self.unary()?))) } else { self.access() }
    }

    fn access(&mut self) -> Option<Expr> {
        let mut expr = self.primary()?;
        while self.eat(".") {
            let name = NAMES.into_iter().find(|name| self.eat(name)).map(str::to_owned);
            expr = Expr::Field(Box::new(expr), name.or_else(|| self.word())?);
        }
        Some(expr)
    }

    fn word(&mut self) -> Option<String> {
        self.blank();
        let inside = |char: char| char.is_alphanumeric() || char == '_';
        let end = self.rest().find(|char| !inside(char)).unwrap_or(self.rest().len());
        let word = self.rest().get(..end)?.to_owned();
        self.at += end;
        (!word.is_empty()).then_some(word)
    }

    fn primary(&mut self) -> Option<Expr> {
        self.blank();
        let begin = self.at;
        if self.eat("(") {
            let inner = self.comparison();
            if inner.is_some() && self.eat(")") {
                return inner;
            }
            self.at = begin;
            return self.range();
        }
        if self.eat("[") {
            return self.list(begin);
        }
        if self.eat("]") {
            self.at = begin;
            return self.range();
        }
        if self.eat("{") {
            return self.skip('{', '}').then_some(Expr::Foreign(Foreign::Context));
        }
        if self.eat("@") {
            return self.string().map(Expr::At);
        }
        if let Some(text) = self.string() {
            return Some(Expr::Text(text));
        }
        if self.rest().starts_with(|char: char| char.is_ascii_digit() || char == '.') {
            return self.number();
        }
        self.named()
    }

    fn named(&mut self) -> Option<Expr> {
        if self.eat("function") {
            self.at = self.text.len() - self.text.chars().rev().take_while(|char| *char == ')').count().min(1);
            return Some(Expr::Foreign(Foreign::Function));
        }
        let name = match NAMES.into_iter().find(|name| self.eat(name)) {
            Some(name) => name.to_owned(),
            None => self.word()?,
        };
        match name.as_str() {
            "null" => Some(Expr::Null),
            "true" => Some(Expr::Bool(true)),
            "false" => Some(Expr::Bool(false)),
            _ if self.eat("(") => self.arguments().map(|arguments| Expr::Call(name, arguments)),
            _ => Some(Expr::Name(name)),
        }
    }

    fn arguments(&mut self) -> Option<Vec<(Option<String>, Expr)>> {
        let mut all = Vec::new();
        while !self.eat(")") {
            let begin = self.at;
            let name = self.word().filter(|_| self.eat(":"));
            if name.is_none() {
                self.at = begin;
            }
            all.push((name, self.comparison()?));
            if !self.eat(",") {
                self.eat(")").then_some(())?;
                break;
            }
        }
        Some(all)
    }

    fn list(&mut self, begin: usize) -> Option<Expr> {
        let mut all = Vec::new();
        while !self.eat("]") {
            all.push(self.comparison()?);
            if self.eat("..") {
                self.at = begin;
                return self.range();
            }
            if !self.eat(",") {
                self.eat("]").then_some(())?;
                break;
            }
        }
        Some(Expr::List(all))
    }

    /// `[1..10]`, `(1..10)`, `]1..10[`
    fn range(&mut self) -> Option<Expr> {
        let end = self.rest().get(1..)?.find([']', ')', '['])? + 2;
        let found = self.rest().get(..end)?.contains("..");
        self.at += end;
        found.then_some(Expr::Foreign(Foreign::Range))
    }

    /// Goes to the end of what has been opened.
    fn skip(&mut self, open: char, close: char) -> bool {
        let mut depth = 1;
        for (at, char) in self.rest().char_indices() {
            depth += i32::from(char == open) - i32::from(char == close);
            if depth == 0 {
                self.at += at + 1;
                return true;
            }
        }
        false
    }

    fn string(&mut self) -> Option<String> {
        let inner = self.rest().strip_prefix('"')?;
        let end = inner.find('"')?;
        self.at += end + 2;
        inner.get(..end).map(str::to_owned)
    }

    fn number(&mut self) -> Option<Expr> {
        let rest = self.rest();
        let mut end = rest.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(rest.len());
        // `1..10` is a range.
        if let Some(dots) = rest.get(..end)?.find("..") {
            end = dots;
        }
        self.at += end;
        rest.get(..end).map(|number| Expr::Number(number.to_owned()))
    }
}
