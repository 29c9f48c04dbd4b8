//! The layout that machine code and Rust share, defined once.
//!
//! The functions of an offer have one parameter, a pointer to a [`Frame`].

use std::mem::offset_of;

/// How many customers passed which stage of an offer.
#[repr(C)]
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    /// Definitely eligible.
    pub eligible: u64,
    /// Of those, every exception is definitely false.
    pub unexcepted: u64,
    /// Of those, no guarantee forbids it.
    pub allowed: u64,
    /// Of those, a channel of the offer reaches them.
    pub reached: u64,
    /// Of those, no cap is reached; 0 where today is no day of the offer.
    pub roomy: u64,
}

/// What the functions of an offer read and write.
#[repr(C)]
#[derive(Debug)]
pub struct Frame {
    /// How many bytes of a bitmap hold the block's customers: eight times the words; at least 8.
    pub bytes: u64,
    /// By number of the input: its bitmap, of at least `bytes`.
    pub bitmaps: *const *const u64,
    /// By number of the input: its column, of at least as many values as the block has customers.
    pub columns: *const *const u8,
    /// By number: doubles that are the same for all customers.
    pub constants: *const u64,
    /// Where the masks of those who are left go: `bytes` of them.
    pub masks: *mut u64,
    /// The rows of those who are left, and any one of them again if they are an odd number.
    pub rows: *const u32,
    /// Where their scores go.
    pub scores: *mut f64,
    /// How many rows there are: an even number, above zero.
    pub count: u64,
    /// What passed.
    pub passed: Passed,
}

/// A field of [`Frame`] by its offset.
#[derive(Clone, Copy)]
pub struct Offset(pub i32);

macro_rules! offsets {
    ($($name:ident: $($field:ident).+;)*) => {
        $(
            #[doc = concat!("Of `", stringify!($($field).+), "`.")]
            #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "a frame is small")]
            pub const $name: Offset = Offset(offset_of!(Frame, $($field).+) as i32);
        )*
    };
}

offsets! {
    BYTES: bytes;
    BITMAPS: bitmaps;
    COLUMNS: columns;
    CONSTANTS: constants;
    MASKS: masks;
    ROWS: rows;
    SCORES: scores;
    COUNT: count;
    ELIGIBLE: passed.eligible;
    UNEXCEPTED: passed.unexcepted;
    ALLOWED: passed.allowed;
    REACHED: passed.reached;
    ROOMY: passed.roomy;
}
