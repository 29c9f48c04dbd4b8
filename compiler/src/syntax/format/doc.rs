//! What is to be printed, with the places where a line may be broken, and how it is broken: a line is as long as fits, and
//! of nested groups the outer is broken first.
//!
//! After Wadler's "A prettier printer" (2003) and Prettier, which took it up. Each group is measured up to the end of one
//! line, so the work is linear in the text.

use std::borrow::Cow;

/// The longest line that is not broken where it may be.
pub const WIDTH: usize = 120;

/// How far what belongs to a line is indented beneath it.
pub const INDENT: usize = 2;

/// Something to print.
#[derive(Debug)]
pub struct Doc<'t> {
    kind: Kind<'t>,
    /// Whether a comment inside leaves no choice: the groups around it are broken.
    forced: bool,
    /// Whether it ends with a comment: what follows begins a line.
    ends: bool,
}

#[derive(Debug)]
enum Kind<'t> {
    Text(Cow<'t, str>),
    Space,
    Line,
    Soft,
    IfBroken(&'static str),
    Remark(&'t str),
    OwnLine(&'t str),
    Concat(Vec<Doc<'t>>),
    Group(Box<Doc<'t>>),
    Indent(usize, Box<Doc<'t>>),
    Fill(Vec<Doc<'t>>),
}

impl<'t> Doc<'t> {
    fn new(kind: Kind<'t>) -> Self {
        Self { kind, forced: false, ends: false }
    }

    /// Several, one after the other, in one.
    fn of(parts: Vec<Self>, kind: impl Fn(Vec<Self>) -> Kind<'t>) -> Self {
        let solid = |part: &&Self| !matches!(&part.kind, Kind::Concat(parts) if parts.is_empty());
        let ends = parts.iter().rev().find(solid).is_some_and(|last| last.ends);
        let ended = parts.iter().filter(solid).filter(|part| part.ends).count();
        let forced = parts.iter().any(|part| part.forced) || ended > usize::from(ends);
        Self { kind: kind(parts), forced, ends }
    }

    /// One around another.
    fn around(inner: Self, kind: impl Fn(Box<Self>) -> Kind<'t>) -> Self {
        let (forced, ends) = (inner.forced, inner.ends);
        Self { kind: kind(Box::new(inner)), forced, ends }
    }

    /// Words that stay together.
    pub fn text(text: impl Into<Cow<'t, str>>) -> Self {
        Self::new(Kind::Text(text.into()))
    }

    /// A blank between two texts; never a line break.
    pub fn space() -> Self {
        Self::new(Kind::Space)
    }

    /// A line break where its group is broken, else a blank.
    pub fn line() -> Self {
        Self::new(Kind::Line)
    }

    /// A line break where its group is broken, else nothing.
    pub fn soft() -> Self {
        Self::new(Kind::Soft)
    }

    /// A text that stands there only where its group is broken.
    pub fn if_broken(text: &'static str) -> Self {
        Self::new(Kind::IfBroken(text))
    }

    /// A comment at a line's end; what follows begins a line.
    pub fn remark(comment: &'t str) -> Self {
        Self { ends: true, ..Self::new(Kind::Remark(comment)) }
    }

    /// A comment on a line of its own.
    pub fn own_line(comment: &'t str) -> Self {
        Self { forced: true, ends: true, ..Self::new(Kind::OwnLine(comment)) }
    }

    /// One after the other.
    pub fn concat(parts: Vec<Self>) -> Self {
        Self::of(parts, Kind::Concat)
    }

    /// All of it on one line, or all its own line breaks.
    pub fn group(inner: Self) -> Self {
        Self::around(inner, Kind::Group)
    }

    /// Line breaks inside go so many levels further in.
    pub fn indent(levels: usize, inner: Self) -> Self {
        Self::around(inner, |inner| Kind::Indent(levels * INDENT, inner))
    }

    /// As many to a line as fit.
    pub fn fill(parts: Vec<Self>) -> Self {
        Self::of(parts, Kind::Fill)
    }

    /// The text; it begins in column `base`, and what a comment pushes to the next line is indented beneath it.
    pub fn print(&self, base: usize) -> String {
        let mut printer = Printer { base, column: base, ..Printer::default() };
        printer.run(self);
        printer.out
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Flat,
    Broken,
}

/// What is left to print: the next is last.
#[derive(Clone, Copy)]
struct Left<'d, 't> {
    indent: usize,
    mode: Mode,
    doc: &'d Doc<'t>,
    /// In a fill, a separator stands before it: a line break unless it fits.
    filling: bool,
}

#[derive(Default)]
struct Printer {
    out: String,
    base: usize,
    column: usize,
    /// A comment ended the line.
    ended: bool,
    /// A blank is due before the next text.
    blank: bool,
    /// Nothing but indentation stands on the line.
    fresh: bool,
}

impl Printer {
    fn run<'t>(&mut self, doc: &Doc<'t>) {
        self.fresh = true;
        let mut left = vec![Left { indent: self.base, mode: Mode::Broken, doc, filling: false }];
        while let Some(next) = left.pop() {
            self.step(next, &mut left);
        }
    }

    fn step<'d, 't>(&mut self, next: Left<'d, 't>, left: &mut Vec<Left<'d, 't>>) {
        let Left { indent, mode, doc, filling } = next;
        if filling {
            self.separate(next);
        }
        match &doc.kind {
            Kind::Text(text) => self.text(text, indent),
            Kind::Space => self.blank = true,
            Kind::Line if mode == Mode::Flat => self.blank = true,
            Kind::Soft if mode == Mode::Flat => {}
            Kind::Line | Kind::Soft => self.newline(indent),
            Kind::IfBroken(text) if mode == Mode::Broken => self.text(text, indent),
            Kind::IfBroken(_) => {}
            Kind::Remark(comment) => self.remark(comment, indent),
            Kind::OwnLine(comment) => self.own_line(comment, indent),
            Kind::Concat(parts) => {
                left.extend(parts.iter().rev().map(|doc| Left { indent, mode, doc, filling: false }));
            }
            Kind::Fill(parts) => {
                let parts = parts.iter().enumerate().rev();
                left.extend(parts.map(|(at, doc)| Left { indent, mode, doc, filling: at > 0 }));
            }
            Kind::Indent(by, inner) => left.push(Left { indent: indent + by, mode, doc: inner, filling: false }),
            Kind::Group(inner) => {
                let flat = mode == Mode::Flat || (!inner.forced && self.fits(inner, left));
                let mode = if flat { Mode::Flat } else { Mode::Broken };
                left.push(Left { indent, mode, doc: inner, filling: false });
            }
        }
    }

    /// The blank or line break before a part of a fill.
    fn separate(&mut self, next: Left<'_, '_>) {
        self.blank = true;
        if next.mode == Mode::Flat {
            return;
        }
        if self.ended || next.doc.forced || !self.fits(next.doc, &[]) {
            self.newline(next.indent);
        }
    }

    fn newline(&mut self, indent: usize) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', indent));
        self.column = indent;
        (self.ended, self.blank, self.fresh) = (false, false, true);
    }

    fn text(&mut self, text: &str, indent: usize) {
        if self.ended {
            self.newline(indent.max(self.base + INDENT));
        }
        if self.blank && !self.fresh {
            self.out.push(' ');
            self.column += 1;
        }
        self.out.push_str(text);
        self.column += text.chars().count();
        (self.blank, self.fresh) = (false, false);
    }

    fn remark(&mut self, comment: &str, indent: usize) {
        if self.ended || self.fresh {
            return self.own_line(comment, indent);
        }
        self.out.push_str("  ");
        self.out.push_str(comment);
        self.ended = true;
    }

    fn own_line(&mut self, comment: &str, indent: usize) {
        if !self.fresh || self.ended {
            self.newline(indent.max(self.base + INDENT));
        }
        self.out.push_str(comment);
        (self.ended, self.fresh) = (true, false);
    }

    /// Whether a group fits on the line, with what follows up to the next place where the line may be broken.
    fn fits(&self, doc: &Doc<'_>, after: &[Left<'_, '_>]) -> bool {
        let Some(mut room) = WIDTH.checked_sub(self.column + usize::from(self.blank && !self.fresh)) else {
            return false;
        };
        let mut after = after.iter().rev();
        let mut open = vec![(Mode::Flat, std::slice::from_ref(doc).iter())];
        loop {
            let Some((mode, parts)) = open.last_mut() else {
                let Some(next) = after.next() else { return true };
                if next.filling && next.mode == Mode::Broken {
                    return true;
                }
                open.push((next.mode, std::slice::from_ref(next.doc).iter()));
                continue;
            };
            let (mode, Some(doc)) = (*mode, parts.next()) else {
                open.pop();
                continue;
            };
            let width = match &doc.kind {
                Kind::Text(text) => text.chars().take(WIDTH + 1).count(),
                Kind::Line | Kind::Soft if mode == Mode::Broken => return true,
                Kind::Remark(_) | Kind::OwnLine(_) => return true,
                Kind::Space | Kind::Line => 1,
                Kind::IfBroken(text) if mode == Mode::Broken => text.len(),
                Kind::Soft | Kind::IfBroken(_) => 0,
                Kind::Group(inner) | Kind::Indent(_, inner) => {
                    open.push((mode, std::slice::from_ref(inner.as_ref()).iter()));
                    0
                }
                Kind::Concat(parts) => {
                    open.push((mode, parts.iter()));
                    0
                }
                Kind::Fill(parts) => {
                    open.push((mode, parts.iter()));
                    parts.len().saturating_sub(1)
                }
            };
            match room.checked_sub(width) {
                Some(left) => room = left,
                None => return false,
            }
        }
    }
}
