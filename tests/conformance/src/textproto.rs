//! Protocol buffers in their text form, as far as the suites use it.

/// A message: its fields in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message(pub Vec<(String, Value)>);

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A word or number as it is written.
    Word(String),
    /// A string, its escapes resolved to bytes.
    Bytes(Vec<u8>),
    /// A message.
    Message(Message),
}

impl Message {
    /// All values of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Value> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value)
    }

    /// The message in a field.
    pub fn message<'a>(&'a self, name: &'a str) -> Option<&'a Message> {
        self.all(name).find_map(|value| if let Value::Message(message) = value { Some(message) } else { None })
    }

    /// All messages in a field.
    pub fn messages<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Message> {
        self.all(name).filter_map(|value| if let Value::Message(message) = value { Some(message) } else { None })
    }

    /// The string in a field, if it is UTF-8.
    pub fn text<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name)
            .find_map(|value| if let Value::Bytes(bytes) = value { std::str::from_utf8(bytes).ok() } else { None })
    }

    /// The word or number in a field.
    pub fn word<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).find_map(|value| if let Value::Word(word) = value { Some(word.as_str()) } else { None })
    }
}

/// Reads a file.
///
/// # Errors
/// Where the text is not understood, with the place in bytes.
pub fn parse(text: &str) -> Result<Message, String> {
    let mut reader = Reader { bytes: text.as_bytes(), at: 0 };
    let message = reader.message(None)?;
    Ok(message)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            if byte == b'#' {
                while self.bytes.get(self.at).is_some_and(|byte| *byte != b'\n') {
                    self.at += 1;
                }
            } else if byte.is_ascii_whitespace() || matches!(byte, b',' | b';') {
                self.at += 1;
            } else {
                return Some(byte);
            }
        }
    }

    fn fail<T>(&self, what: &str) -> Result<T, String> {
        Err(format!("byte {}: {what}", self.at))
    }

    fn message(&mut self, end: Option<u8>) -> Result<Message, String> {
        let mut fields = Vec::new();
        loop {
            match self.peek() {
                found if found == end => {
                    self.at += usize::from(end.is_some());
                    return Ok(Message(fields));
                }
                None => return self.fail("a message without end"),
                Some(b'[') => {
                    let name = self.bracketed();
                    fields.push((name, self.value()?));
                }
                Some(_) => {
                    let name = self.word();
                    if name.is_empty() {
                        return self.fail("no field");
                    }
                    if self.peek() == Some(b':') {
                        self.at += 1;
                    }
                    fields.push((name, self.value()?));
                }
            }
        }
    }

    /// `[type.googleapis.com/name]`
    fn bracketed(&mut self) -> String {
        let begin = self.at;
        while self.bytes.get(self.at).is_some_and(|byte| *byte != b']') {
            self.at += 1;
        }
        self.at += 1;
        if self.peek() == Some(b':') {
            self.at += 1;
        }
        String::from_utf8_lossy(self.bytes.get(begin..self.at).unwrap_or_default()).into_owned()
    }

    fn word(&mut self) -> String {
        let begin = self.at;
        let inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'+');
        while self.bytes.get(self.at).is_some_and(inside) {
            self.at += 1;
        }
        String::from_utf8_lossy(self.bytes.get(begin..self.at).unwrap_or_default()).into_owned()
    }

    fn value(&mut self) -> Result<Value, String> {
        match self.peek() {
            Some(b'{') => {
                self.at += 1;
                self.message(Some(b'}')).map(Value::Message)
            }
            Some(b'[') => {
                self.at += 1;
                let mut list = Vec::new();
                while self.peek() != Some(b']') {
                    list.push((String::new(), self.value()?));
                }
                self.at += 1;
                Ok(Value::Message(Message(list)))
            }
            Some(b'"' | b'\'') => {
                let mut bytes = Vec::new();
                while let Some(quote @ (b'"' | b'\'')) = self.peek() {
                    self.string(quote, &mut bytes)?;
                }
                Ok(Value::Bytes(bytes))
            }
            _ => {
                let word = self.word();
                if word.is_empty() { self.fail("no value") } else { Ok(Value::Word(word)) }
            }
        }
    }

    fn string(&mut self, quote: u8, into: &mut Vec<u8>) -> Result<(), String> {
        self.at += 1;
        loop {
            let Some(byte) = self.bytes.get(self.at).copied() else { return self.fail("a string without end") };
            self.at += 1;
            match byte {
                byte if byte == quote => return Ok(()),
                b'\\' => self.escape(into)?,
                byte => into.push(byte),
            }
        }
    }

    fn escape(&mut self, into: &mut Vec<u8>) -> Result<(), String> {
        let Some(byte) = self.bytes.get(self.at).copied() else { return self.fail("an escape without end") };
        self.at += 1;
        let code = match byte {
            b'n' => 10,
            b't' => 9,
            b'r' => 13,
            b'a' => 7,
            b'b' => 8,
            b'f' => 12,
            b'v' => 11,
            b'x' => self.digits(2, 16)?,
            b'u' => self.digits(4, 16)?,
            b'U' => self.digits(8, 16)?,
            b'0'..=b'7' => {
                self.at -= 1;
                self.digits(3, 8)?
            }
            other => u32::from(other),
        };
        if matches!(byte, b'u' | b'U') {
            let Some(char) = char::from_u32(code) else { return self.fail("no character") };
            into.extend(char.to_string().bytes());
        } else {
            into.push(u8::try_from(code).or_else(|_| self.fail("no byte"))?);
        }
        Ok(())
    }

    fn digits(&mut self, most: usize, radix: u32) -> Result<u32, String> {
        let begin = self.at;
        while self.at < begin + most && self.bytes.get(self.at).is_some_and(|byte| char::from(*byte).is_digit(radix)) {
            self.at += 1;
        }
        let digits = String::from_utf8_lossy(self.bytes.get(begin..self.at).unwrap_or_default()).into_owned();
        u32::from_str_radix(&digits, radix).or_else(|_| self.fail("no digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_messages_and_escapes() {
        let message = parse("name: \"a\\x41\\u00e9\" 'b' # end\nsection { test { n: -1.5 } } list: [1, 2]").unwrap();
        assert_eq!(message.text("name"), Some("aAéb"));
        let test = message.message("section").unwrap().message("test").unwrap();
        assert_eq!(test.word("n"), Some("-1.5"));
        assert_eq!(message.message("list").unwrap().0.len(), 2);
        assert!(parse("a { b: 1").is_err());
    }
}
