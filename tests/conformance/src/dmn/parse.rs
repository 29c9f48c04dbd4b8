//! Reads FEEL expressions.

use crate::cursor::Cursor;

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
    let mut reader = Reader(Cursor::new(text));
    let expr = reader.comparison()?;
    reader.0.is_done().then_some(expr)
}

struct Reader<'a>(Cursor<'a>);

impl Reader<'_> {
    fn comparison(&mut self) -> Option<Expr> {
        let left = self.sum()?;
        if self.0.eat("instance of") {
            self.0.finish();
            return Some(Expr::InstanceOf(Box::new(left)));
        }
        let operator = ["<=", ">=", "!=", "=", "<", ">"].into_iter().find(|operator| self.0.eat(operator));
        let Some(operator) = operator else { return Some(left) };
        Some(Expr::Binary(operator, Box::new(left), Box::new(self.sum()?)))
    }

    fn sum(&mut self) -> Option<Expr> {
        let mut left = self.product()?;
        while let Some(operator) = ["+", "-"].into_iter().find(|operator| self.0.eat(operator)) {
            left = Expr::Binary(operator, Box::new(left), Box::new(self.product()?));
        }
        Some(left)
    }

    fn product(&mut self) -> Option<Expr> {
        let mut left = self.power()?;
        loop {
            self.0.blank();
            if self.0.rest().starts_with("**") {
                return Some(left);
            }
            let Some(operator) = ["*", "/"].into_iter().find(|operator| self.0.eat(operator)) else {
                return Some(left);
            };
            left = Expr::Binary(operator, Box::new(left), Box::new(self.power()?));
        }
    }

    fn power(&mut self) -> Option<Expr> {
        let mut left = self.unary()?;
        while self.0.eat("**") {
            left = Expr::Binary("**", Box::new(left), Box::new(self.unary()?));
        }
        Some(left)
    }

    fn unary(&mut self) -> Option<Expr> {
        if self.0.eat("-") { Some(Expr::Negate(Box::new(self.unary()?))) } else { self.access() }
    }

    fn access(&mut self) -> Option<Expr> {
        let mut expr = self.primary()?;
        while self.0.eat(".") {
            let name = NAMES.into_iter().find(|name| self.0.eat(name)).map(str::to_owned);
            expr = Expr::Field(Box::new(expr), name.or_else(|| self.0.word())?);
        }
        Some(expr)
    }

    fn primary(&mut self) -> Option<Expr> {
        self.0.blank();
        let begin = self.0.at;
        if self.0.eat("(") {
            let inner = self.comparison();
            if inner.is_some() && self.0.eat(")") {
                return inner;
            }
            self.0.at = begin;
            return self.range();
        }
        if self.0.eat("[") {
            return self.list(begin);
        }
        if self.0.eat("]") {
            self.0.at = begin;
            return self.range();
        }
        if self.0.eat("{") {
            return self.skip('{', '}').then_some(Expr::Foreign(Foreign::Context));
        }
        if self.0.eat("@") {
            return self.string().map(Expr::At);
        }
        if let Some(text) = self.string() {
            return Some(Expr::Text(text));
        }
        if self.0.rest().starts_with(|char: char| char.is_ascii_digit() || char == '.') {
            return self.number();
        }
        self.named()
    }

    fn named(&mut self) -> Option<Expr> {
        if self.0.eat("function") {
            let rest = self.0.rest();
            self.0.at += rest.strip_suffix(')').unwrap_or(rest).len();
            return Some(Expr::Foreign(Foreign::Function));
        }
        let name = match NAMES.into_iter().find(|name| self.0.eat(name)) {
            Some(name) => name.to_owned(),
            None => self.0.word()?,
        };
        match name.as_str() {
            "null" => Some(Expr::Null),
            "true" => Some(Expr::Bool(true)),
            "false" => Some(Expr::Bool(false)),
            _ if self.0.eat("(") => self.arguments().map(|arguments| Expr::Call(name, arguments)),
            _ => Some(Expr::Name(name)),
        }
    }

    fn arguments(&mut self) -> Option<Vec<(Option<String>, Expr)>> {
        let mut all = Vec::new();
        while !self.0.eat(")") {
            let begin = self.0.at;
            let name = self.0.word().filter(|_| self.0.eat(":"));
            if name.is_none() {
                self.0.at = begin;
            }
            all.push((name, self.comparison()?));
            if !self.0.eat(",") {
                self.0.eat(")").then_some(())?;
                break;
            }
        }
        Some(all)
    }

    fn list(&mut self, begin: usize) -> Option<Expr> {
        let mut all = Vec::new();
        while !self.0.eat("]") {
            all.push(self.comparison()?);
            if self.0.eat("..") {
                self.0.at = begin;
                return self.range();
            }
            if !self.0.eat(",") {
                self.0.eat("]").then_some(())?;
                break;
            }
        }
        Some(Expr::List(all))
    }

    /// `[1..10]`, `(1..10)`, `]1..10[`
    fn range(&mut self) -> Option<Expr> {
        let end = self.0.rest().get(1..)?.find([']', ')', '['])? + 2;
        let found = self.0.rest().get(..end)?.contains("..");
        self.0.at += end;
        found.then_some(Expr::Foreign(Foreign::Range))
    }

    /// Goes to the end of what has been opened.
    fn skip(&mut self, open: char, close: char) -> bool {
        let mut depth = 1;
        for (at, char) in self.0.rest().char_indices() {
            depth += i32::from(char == open) - i32::from(char == close);
            if depth == 0 {
                self.0.at += at + 1;
                return true;
            }
        }
        false
    }

    fn string(&mut self) -> Option<String> {
        let inner = self.0.rest().strip_prefix('"')?;
        let end = inner.find('"')?;
        self.0.at += end + 2;
        inner.get(..end).map(str::to_owned)
    }

    fn number(&mut self) -> Option<Expr> {
        let rest = self.0.rest();
        let mut end = rest.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(rest.len());
        // `1..10` is a range.
        if let Some(dots) = rest.get(..end)?.find("..") {
            end = dots;
        }
        self.0.at += end;
        rest.get(..end).map(|number| Expr::Number(number.to_owned()))
    }
}
