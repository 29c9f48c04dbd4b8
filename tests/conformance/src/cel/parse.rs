//! Reads CEL expressions.

use crate::cursor::Cursor;

/// An expression of CEL.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    Bool(bool),
    Null,
    Int(i128),
    Uint(u128),
    Double(f64),
    Text(String),
    Bytes,
    Name(String),
    List(Vec<Expr>),
    Map(Vec<(Expr, Expr)>),
    /// `TestAllTypes{…}`; whether no field is set.
    Message {
        empty: bool,
    },
    Not(Box<Expr>),
    Negate(Box<Expr>),
    Binary(&'static str, Box<Expr>, Box<Expr>),
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    Field(Box<Expr>, String),
    Index(Box<Expr>, Box<Expr>),
    /// A function, or a method of the first argument.
    Call {
        method: bool,
        name: String,
        arguments: Vec<Expr>,
    },
}

/// Reads an expression; `None` where it is none.
pub fn parse(text: &str) -> Option<Expr> {
    let mut reader = Reader(Cursor::new(text));
    let expr = reader.ternary()?;
    reader.0.is_done().then_some(expr)
}

struct Reader<'a>(Cursor<'a>);

/// The infix operators, loosest first; of one level, the longest first.
const LEVELS: [&[&str]; 5] =
    [&["||"], &["&&"], &["==", "!=", "<=", ">=", "<", ">", "in"], &["+", "-"], &["*", "/", "%"]];

impl Reader<'_> {
    fn ternary(&mut self) -> Option<Expr> {
        let condition = self.level(0)?;
        if !self.0.eat("?") {
            return Some(condition);
        }
        let yes = self.level(0)?;
        self.0.eat(":").then_some(())?;
        let no = self.ternary()?;
        Some(Expr::If(Box::new(condition), Box::new(yes), Box::new(no)))
    }

    fn level(&mut self, level: usize) -> Option<Expr> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.level(level + 1)?;
        while let Some(operator) = operators.iter().find(|operator| self.0.eat(operator)) {
            let right = self.level(level + 1)?;
            left = Expr::Binary(operator, Box::new(left), Box::new(right));
        }
        Some(left)
    }

    fn unary(&mut self) -> Option<Expr> {
        if self.0.eat("!") {
            return Some(Expr::Not(Box::new(self.unary()?)));
        }
        if self.0.eat("-") {
            return Some(match self.unary()? {
                Expr::Int(value) => Expr::Int(-value),
                Expr::Double(value) => Expr::Double(-value),
                other => Expr::Negate(Box::new(other)),
            });
        }
        self.member()
    }

    fn member(&mut self) -> Option<Expr> {
        let mut expr = self.primary()?;
        loop {
            if self.0.eat(".") {
                let name = self.0.word()?;
                expr = if self.0.eat("(") {
                    let mut arguments = vec![expr];
                    arguments.extend(self.list(")")?);
                    Expr::Call { method: true, name, arguments }
                } else {
                    Expr::Field(Box::new(expr), name)
                };
            } else if self.0.eat("[") {
                let index = self.ternary()?;
                self.0.eat("]").then_some(())?;
                expr = Expr::Index(Box::new(expr), Box::new(index));
            } else if matches!(expr, Expr::Name(_) | Expr::Field(..)) && self.0.eat("{") {
                expr = Expr::Message { empty: self.braces()?.is_empty() };
            } else {
                return Some(expr);
            }
        }
    }

    fn list(&mut self, end: &str) -> Option<Vec<Expr>> {
        let mut all = Vec::new();
        while !self.0.eat(end) {
            all.push(self.ternary()?);
            if !self.0.eat(",") {
                self.0.eat(end).then_some(())?;
                break;
            }
        }
        Some(all)
    }

    fn braces(&mut self) -> Option<Vec<(Expr, Expr)>> {
        let mut all = Vec::new();
        while !self.0.eat("}") {
            let key = self.ternary()?;
            self.0.eat(":").then_some(())?;
            all.push((key, self.ternary()?));
            self.0.eat(",");
        }
        Some(all)
    }

    fn primary(&mut self) -> Option<Expr> {
        self.0.blank();
        if self.0.eat("(") {
            let inner = self.ternary()?;
            return self.0.eat(")").then_some(inner);
        }
        if self.0.eat("[") {
            return self.list("]").map(Expr::List);
        }
        if self.0.eat("{") {
            return self.braces().map(Expr::Map);
        }
        let rest = self.0.rest();
        if rest.starts_with('.') && rest.chars().nth(1).is_some_and(|char| char.is_ascii_digit()) {
            return self.number();
        }
        self.0.eat(".");
        self.0.blank();
        if let Some(text) = self.string() {
            return Some(text);
        }
        if self.0.rest().starts_with(|char: char| char.is_ascii_digit()) {
            return self.number();
        }
        let name = self.0.word()?;
        Some(match name.as_str() {
            "true" => Expr::Bool(true),
            "false" => Expr::Bool(false),
            "null" => Expr::Null,
            _ if self.0.eat("(") => Expr::Call { method: false, name, arguments: self.list(")")? },
            _ => Expr::Name(name),
        })
    }

    fn number(&mut self) -> Option<Expr> {
        let rest = self.0.rest();
        let hex = rest.strip_prefix("0x");
        let digits = hex.unwrap_or(rest);
        let mut end =
            digits.find(|char: char| !char.is_digit(if hex.is_some() { 16 } else { 10 })).unwrap_or(digits.len());
        let mut double = false;
        if hex.is_none() {
            (end, double) = fraction(digits, end);
        }
        let written = digits.get(..end)?;
        self.0.at += end + if hex.is_some() { 2 } else { 0 };
        if double {
            return written.parse().ok().map(Expr::Double);
        }
        let value = u128::from_str_radix(written, if hex.is_some() { 16 } else { 10 }).ok()?;
        if self.0.rest().starts_with(['u', 'U']) {
            self.0.at += 1;
            return Some(Expr::Uint(value));
        }
        i128::try_from(value).ok().map(Expr::Int)
    }

    fn string(&mut self) -> Option<Expr> {
        let rest = self.0.rest();
        let prefix = rest.find(['"', '\'']).filter(|at| *at <= 2)?;
        let marks = rest.get(..prefix)?.to_ascii_lowercase();
        if !matches!(marks.as_str(), "" | "r" | "b" | "rb" | "br") {
            return None;
        }
        let body = rest.get(prefix..)?;
        let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| body.starts_with(quote))?;
        let (raw, inner) = (marks.contains('r'), body.get(quote.len()..)?);
        let (text, used) = unescape(inner, quote, raw)?;
        self.0.at += prefix + quote.len() + used + quote.len();
        Some(if marks.contains('b') { Expr::Bytes } else { Expr::Text(text) })
    }
}

/// Where a decimal number ends, and whether it is a double.
fn fraction(digits: &str, whole: usize) -> (usize, bool) {
    let (mut end, mut double) = (whole, false);
    let digits_from = |at: usize| digits.get(at..).unwrap_or_default().chars().take_while(char::is_ascii_digit).count();
    let rest = |at: usize| digits.get(at..).unwrap_or_default();
    if rest(end).starts_with('.') && digits_from(end + 1) > 0 {
        end += 1 + digits_from(end + 1);
        double = true;
    }
    if rest(end).starts_with(['e', 'E']) {
        let sign = usize::from(rest(end + 1).starts_with(['+', '-']));
        if digits_from(end + 1 + sign) > 0 {
            end += 1 + sign + digits_from(end + 1 + sign);
            double = true;
        }
    }
    (end, double)
}

/// The text up to a quote, and how many bytes it took.
fn unescape(text: &str, quote: &str, raw: bool) -> Option<(String, usize)> {
    let (mut at, mut found) = (0, String::new());
    loop {
        let rest = text.get(at..)?;
        if rest.starts_with(quote) {
            return Some((found, at));
        }
        let next = rest.chars().next()?;
        at += next.len_utf8();
        if next != '\\' || raw {
            found.push(next);
            continue;
        }
        let code = text.get(at..)?.chars().next()?;
        at += code.len_utf8();
        let (digits, radix) = match code {
            'x' | 'X' => (2, 16),
            'u' => (4, 16),
            'U' => (8, 16),
            '0'..='3' => {
                at -= 1;
                (3, 8)
            }
            _ => (0, 0),
        };
        if digits > 0 {
            let value = u32::from_str_radix(text.get(at..at + digits)?, radix).ok()?;
            found.push(char::from_u32(value)?);
            at += digits;
        } else {
            found.push(match code {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'a' => '\u{7}',
                'b' => '\u{8}',
                'f' => '\u{c}',
                'v' => '\u{b}',
                other => other,
            });
        }
    }
}
