//! Messages on a pair of streams: headers, an empty line, as many bytes of JSON as the headers say.
//!
//! The crate that has the protocol's types reads them too, but makes room for whatever length a header names and takes a
//! header line of any length. Here both are bounded, room is made for what has arrived only, and what is wrong is said
//! without the text of anybody's policy.

use std::io::{self, BufRead, BufReader, Read as _};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};
use lsp_server::{Connection, Message};

use super::LARGEST_TEXT;

/// The largest message: a text of the largest size takes twice its size where each of its bytes is escaped.
pub const LARGEST_MESSAGE: usize = 3 * LARGEST_TEXT;

/// The longest line of a header, in bytes, and how many lines there may be.
const LONGEST_HEADER: u64 = 1024;
const MOST_HEADERS: usize = 32;

/// Why no message can be read; nothing that follows can be either.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// A header that is no header.
    #[error(
        "the header of a message cannot be read: a line of it is not `Name: value`, ended by a carriage return and a line feed"
    )]
    Header,
    /// A header that does not end.
    #[error("the header of a message is too long: {MOST_HEADERS} lines of {LONGEST_HEADER} bytes are taken")]
    EndlessHeader,
    /// No length, or none that is a number.
    #[error("the header of a message has no `Content-Length` that is a number")]
    NoLength,
    /// A length beyond the bound.
    #[error("a message of {length} bytes is too large: {most} MiB are taken", most = LARGEST_MESSAGE >> 20)]
    TooLarge {
        /// How long it says that it is, in bytes.
        length: u64,
    },
    /// The stream ends within a message.
    #[error("the input ends within a message")]
    CutOff,
    /// The content is none of the protocol's messages.
    #[error("a message is no JSON of the protocol")]
    NoMessage,
    /// The stream fails.
    #[error("the input cannot be read: {0}")]
    Input(#[from] io::Error),
}

/// The next message; `None` where the stream ends between two.
pub fn read(input: &mut dyn BufRead) -> Result<Option<Message>, Unreadable> {
    let Some(length) = length(input)? else { return Ok(None) };
    let bound = u64::try_from(LARGEST_MESSAGE).unwrap_or(u64::MAX);
    if length > bound {
        return Err(Unreadable::TooLarge { length });
    }
    let mut content = Vec::new();
    let read = io::Read::take(&mut *input, length).read_to_end(&mut content)?;
    if u64::try_from(read).ok() != Some(length) {
        return Err(Unreadable::CutOff);
    }
    // What serde says of it may hold the text.
    serde_json::from_slice(&content).map(Some).map_err(|_| Unreadable::NoMessage)
}

/// Reads the headers of a message: how long its content is.
fn length(input: &mut dyn BufRead) -> Result<Option<u64>, Unreadable> {
    let mut length = None;
    for at in 0..MOST_HEADERS {
        let mut line = Vec::new();
        input.take(LONGEST_HEADER).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return if at == 0 { Ok(None) } else { Err(Unreadable::CutOff) };
        }
        let Some(line) = line.strip_suffix(b"\r\n") else {
            let is_long = u64::try_from(line.len()).is_ok_and(|length| length >= LONGEST_HEADER);
            return Err(if is_long { Unreadable::EndlessHeader } else { Unreadable::Header });
        };
        if line.is_empty() {
            return length.ok_or(Unreadable::NoLength).map(Some);
        }
        let line = std::str::from_utf8(line).map_err(|_| Unreadable::Header)?;
        let (name, value) = line.split_once(':').ok_or(Unreadable::Header)?;
        if name.eq_ignore_ascii_case("Content-Length") {
            length = Some(value.trim().parse().map_err(|_| Unreadable::NoLength)?);
        }
    }
    Err(Unreadable::EndlessHeader)
}

/// The threads behind a connection over standard input and output.
pub struct Threads {
    reader: JoinHandle<Result<(), Unreadable>>,
    writer: JoinHandle<io::Result<()>>,
}

impl Threads {
    /// Why the reader has ended; it must have.
    pub fn read(self) -> (Result<(), Unreadable>, Writer) {
        let broken = || Err(Unreadable::Input(io::Error::other("the thread that reads has panicked")));
        (self.reader.join().unwrap_or_else(|_| broken()), Writer(self.writer))
    }
}

/// The thread that writes: it ends when nothing can be sent any more.
pub struct Writer(JoinHandle<io::Result<()>>);

impl Writer {
    /// Waits until all is written.
    pub fn written(self) -> io::Result<()> {
        self.0.join().unwrap_or_else(|_| Err(io::Error::other("the thread that writes has panicked")))
    }
}

/// A connection over standard input and output.
pub fn stdio() -> io::Result<(Connection, Threads)> {
    let (sender, to_write) = bounded::<Message>(0);
    let (tell, receiver) = bounded::<Message>(0);
    let writer = thread::Builder::new().name("opportune-writer".to_owned()).spawn(move || write(&to_write))?;
    let reader = thread::Builder::new()
        .name("opportune-reader".to_owned())
        .spawn(move || read_all(&mut BufReader::new(io::stdin().lock()), &tell))?;
    Ok((Connection { sender, receiver }, Threads { reader, writer }))
}

/// Hands on messages up to `exit`, or as long as somebody takes them.
fn read_all(input: &mut dyn BufRead, tell: &Sender<Message>) -> Result<(), Unreadable> {
    while let Some(message) = read(input)? {
        let is_exit = matches!(&message, Message::Notification(said) if said.method == "exit");
        if tell.send(message).is_err() || is_exit {
            break;
        }
    }
    Ok(())
}

fn write(messages: &Receiver<Message>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    messages.iter().try_for_each(|message| message.write(&mut out))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

    use super::*;

    fn failure(text: &[u8]) -> String {
        read(&mut io::Cursor::new(text)).unwrap_err().to_string()
    }

    #[test]
    fn messages_follow_each_other() {
        let one = "{\"method\":\"a\"}";
        let text = format!(
            "Content-Length: {0}\r\n\r\n{one}Content-Type: x; charset=utf-8\r\ncontent-length:{0}\r\n\r\n{one}",
            one.len()
        );
        let mut input = io::Cursor::new(text);
        for _ in 0..2 {
            assert!(matches!(read(&mut input), Ok(Some(Message::Notification(said))) if said.method == "a"));
        }
        assert!(matches!(read(&mut input), Ok(None)));
    }

    #[test]
    fn what_is_no_message_is_said() {
        let bound = "a message of 99999999999 bytes is too large: 48 MiB are taken";
        assert_eq!(failure(b"Content-Length: 99999999999\r\n\r\n{}"), bound);
        for length in ["-1", "", "1e3", "99999999999999999999999999", "0x10", "5 5"] {
            let text = format!("Content-Length: {length}\r\n\r\n{{}}");
            assert_eq!(failure(text.as_bytes()), "the header of a message has no `Content-Length` that is a number");
        }
        assert!(failure(b"\r\n").contains("no `Content-Length`"));
        assert!(failure(b"Content-Length: 5\n\n12345").contains("cannot be read"));
        assert!(failure(b"\xff: \xfe\r\n\r\n").contains("cannot be read"));
        assert_eq!(failure(b"Content-Length: 5\r\n\r\n{}"), "the input ends within a message");
        assert_eq!(failure(b"Content-Length: 5\r\n"), "the input ends within a message");
        assert_eq!(failure(b"Content-Length: 5\r\n\r\n{{{{{"), "a message is no JSON of the protocol");
        assert!(failure(b"Content-Length: 2\r\n\r\n\xff\xff").contains("no JSON"));
    }

    /// A header without an end is refused after a bounded number of bytes, whatever goes on arriving.
    #[test]
    fn headers_end() {
        struct Endless(&'static [u8], u64);
        impl io::Read for Endless {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                self.1 += u64::try_from(into.len()).unwrap();
                assert!(self.1 < 1 << 20, "it goes on reading");
                into.iter_mut().zip(self.0.iter().cycle()).for_each(|(to, from)| *to = *from);
                Ok(into.len())
            }
        }
        for text in [&b"x"[..], b"a: b\r\n"] {
            let mut input = BufReader::with_capacity(600, Endless(text, 0));
            assert!(matches!(read(&mut input), Err(Unreadable::EndlessHeader)));
        }
    }

    #[test]
    fn deeply_nested_content_is_refused() {
        let text = format!("{{\"method\":\"a\",\"params\":{}", "[".repeat(1_000_000));
        let text = format!("Content-Length: {}\r\n\r\n{text}", text.len());
        assert!(failure(text.as_bytes()).contains("no JSON"));
    }
}
