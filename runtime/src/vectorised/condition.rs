//! Conditions: two bitmaps, where definitely true and where known; and the choices that conditions make.
//!
//! What is definitely true is also known: a word of `true` bits never has one that `known` lacks.

use opportune_plan::Comparison;

use super::column::{Bits, Kind, Lanes, Operand, Vectors, words_for};
use super::evaluation::{Evaluation, both, room, words};
use crate::bind::{Atom, NodeId, Op};
use crate::kernels::pack;

/// One word of a condition: where true, where known.
#[derive(Clone, Copy)]
struct Word {
    yes: u64,
    known: u64,
}

impl Word {
    fn of(operand: Operand<'_>, index: usize) -> Self {
        Self { yes: operand.bits().word(index), known: operand.known.word(index) }
    }

    fn no(self) -> u64 {
        self.known & !self.yes
    }

    fn from(yes: u64, no: u64) -> Self {
        Self { yes, known: yes | no }
    }
}

/// Negation, conjunction, disjunction and the questions that are never unknown.
pub fn logic(of: &Evaluation<'_>, op: &Op, words: usize, out: &mut Vectors) {
    match op {
        Op::Not(a) => {
            let a = of.operand(*a);
            write(out, words, |index, _| Word::of(a, index), |word, _| Word::from(word.no(), word.yes));
        }
        Op::And(all) => fold(of, all, words, out, |a, b| Word::from(a.yes & b.yes, a.no() | b.no())),
        Op::Or(all) => fold(of, all, words, out, |a, b| Word::from(a.yes | b.yes, a.no() & b.no())),
        Op::IsMissing(a) => {
            let a = of.operand(*a);
            write(out, words, |index, _| Word { yes: !a.known.word(index), known: !0 }, |word, _| word);
        }
        Op::IsTrue(a) => {
            let a = of.operand(*a);
            write(out, words, |index, _| Word { yes: a.bits().word(index), known: !0 }, |word, _| word);
        }
        _ => {}
    }
}

/// Writes each word of a condition.
fn write(out: &mut Vectors, words: usize, read: impl Fn(usize, Word) -> Word, finish: impl Fn(Word, usize) -> Word) {
    out.bits.resize(words, 0);
    out.known.resize(words, 0);
    for (index, (yes, known)) in out.bits.iter_mut().zip(&mut out.known).enumerate() {
        let word = finish(read(index, Word { yes: *yes, known: *known }), index);
        (*yes, *known) = (word.yes, word.known);
    }
}

/// One operand after the other into the same words.
fn fold(of: &Evaluation<'_>, all: &[NodeId], words: usize, out: &mut Vectors, join: impl Fn(Word, Word) -> Word) {
    for (position, id) in all.iter().enumerate() {
        let operand = of.operand(*id);
        write(
            out,
            words,
            |index, so_far| {
                let next = Word::of(operand, index);
                if position == 0 { next } else { join(so_far, next) }
            },
            |word, _| word,
        );
    }
}

/// A test of each value.
pub fn atom(of: &Evaluation<'_>, a: NodeId, atom: Atom, len: usize, out: &mut Vectors) {
    let operand = of.operand(a);
    tested(of, operand, atom, room(&mut out.bits, len));
    if of.is_selected() && !operand.known.all() {
        words(operand.known, len, &mut out.known);
    }
}

/// Where a test definitely holds.
pub fn tested(of: &Evaluation<'_>, operand: Operand<'_>, atom: Atom, out: &mut [u64]) {
    raw(of, operand, atom, out);
    match operand.known {
        Bits::Ones => {}
        Bits::Words(known) => out.iter_mut().zip(known).for_each(|(bits, known)| *bits &= known),
        known => out.iter_mut().enumerate().for_each(|(index, bits)| *bits &= known.word(index)),
    }
}

/// A test of each value, whatever the missing ones give.
fn raw(of: &Evaluation<'_>, operand: Operand<'_>, atom: Atom, out: &mut [u64]) {
    let (kernels, program) = (of.kernels, of.program);
    let number = |bits| f64::from_bits(bits);
    match atom {
        Atom::NumberGreater(c) => each(operand.float64s(), out, |v, out| (kernels.number_greater)(v, number(c), out)),
        Atom::NumberAtLeast(c) => each(operand.float64s(), out, |v, out| (kernels.number_at_least)(v, number(c), out)),
        Atom::NumberEqual(c) => each(operand.float64s(), out, |v, out| (kernels.number_equal)(v, number(c), out)),
        Atom::NumberIn(set) => {
            let set = program.number_sets.get(set as usize).map_or(&[][..], |set| set);
            each(operand.float64s(), out, |v, out| {
                pack(v, out, |value| set.binary_search(&(value + 0.0).to_bits()).is_ok());
            });
        }
        Atom::Int64Greater(c) => each(operand.int64s(), out, |v, out| (kernels.int64_greater)(v, c, out)),
        Atom::Int64Equal(c) => each(operand.int64s(), out, |v, out| (kernels.int64_equal)(v, c, out)),
        Atom::Int64In(set) => {
            let set = program.integer_sets.get(set as usize).map_or(&[][..], |set| set);
            each(operand.int64s(), out, |v, out| pack(v, out, |value| set.binary_search(&value).is_ok()));
        }
        Atom::Int32Greater(c) => each(operand.int32s(), out, |v, out| (kernels.int32_greater)(v, c, out)),
        Atom::Int32Equal(c) => each(operand.int32s(), out, |v, out| (kernels.int32_equal)(v, c, out)),
        Atom::Int32In(set) => {
            let set = program.integer_sets.get(set as usize).map_or(&[][..], |set| set);
            each(operand.int32s(), out, |v, out| pack(v, out, |value| set.binary_search(&i64::from(value)).is_ok()));
        }
        Atom::CodeGreater(c) => each(operand.codes(), out, |v, out| (kernels.code_greater)(v, c, out)),
        Atom::CodeEqual(c) => each(operand.codes(), out, |v, out| (kernels.code_equal)(v, c, out)),
        Atom::CodeIn(set) => {
            if let Some(set) = program.code_sets.get(set as usize) {
                each(operand.codes(), out, |v, out| (kernels.code_in)(v, set, out));
            }
        }
    }
}

/// Runs a kernel over the values; once where they are all the same.
fn each<T: Copy>(values: Lanes<'_, T>, out: &mut [u64], kernel: impl Fn(&[T], &mut [u64])) {
    match values {
        Lanes::Many(values) => kernel(values, out),
        Lanes::One(value) => {
            let mut one = [0];
            kernel(&[value], &mut one);
            let [one] = one;
            out.fill(if one & 1 == 1 { !0 } else { 0 });
        }
    }
}

/// A comparison of two values.
pub fn compare(of: &Evaluation<'_>, comparison: Comparison, a: NodeId, b: NodeId, len: usize, out: &mut Vectors) {
    let (left, right) = (of.operand(a), of.operand(b));
    let bits = room(&mut out.bits, len);
    match of.kind(a) {
        Kind::Int64 => compare_lanes(comparison, left.int64s(), right.int64s(), len, bits),
        Kind::Float64 => compare_lanes(comparison, left.float64s(), right.float64s(), len, bits),
        Kind::Int32 => compare_lanes(comparison, left.int32s(), right.int32s(), len, bits),
        Kind::Codes => compare_lanes(comparison, left.codes(), right.codes(), len, bits),
        Kind::Bits => bits.fill(0),
    }
    both(left.known, right.known, len, &mut out.known);
    out.bits.iter_mut().zip(&out.known).for_each(|(bits, known)| *bits &= known);
}

fn compare_lanes<T: Copy + Default + PartialOrd>(
    comparison: Comparison,
    a: Lanes<'_, T>,
    b: Lanes<'_, T>,
    len: usize,
    out: &mut [u64],
) {
    match comparison {
        Comparison::Equal => compare_by(a, b, len, out, |a, b| a == b),
        Comparison::Less => compare_by(a, b, len, out, |a, b| a < b),
        Comparison::LessOrEqual => compare_by(a, b, len, out, |a, b| a <= b),
    }
}

fn compare_by<T: Copy + Default>(
    a: Lanes<'_, T>,
    b: Lanes<'_, T>,
    len: usize,
    out: &mut [u64],
    test: impl Fn(T, T) -> bool,
) {
    for (index, word) in out.iter_mut().enumerate() {
        let begin = index * 64;
        *word =
            (begin..len.min(begin + 64)).rev().fold(0, |word, row| word << 1 | u64::from(test(a.get(row), b.get(row))));
    }
}

/// The first where it is there, else the second.
pub fn otherwise(of: &Evaluation<'_>, a: NodeId, b: NodeId, len: usize, out: &mut Vectors) {
    let (first, second) = (of.operand(a), of.operand(b));
    if of.kind(a) == Kind::Bits {
        let word = |index| {
            let (a, b) = (Word::of(first, index), Word::of(second, index));
            Word { yes: a.yes | !a.known & b.yes, known: a.known | b.known }
        };
        return write(out, words_for(len), |index, _| word(index), |word, _| word);
    }
    select(first.known, first, second, len, out);
    out.known.clear();
    out.known.extend((0..words_for(len)).map(|index| first.known.word(index) | second.known.word(index)));
}

/// By a condition; missing where it is unknown.
pub fn choose(of: &Evaluation<'_>, condition: NodeId, a: NodeId, b: NodeId, len: usize, out: &mut Vectors) {
    let (when, first, second) = (of.operand(condition), of.operand(a), of.operand(b));
    let known = |index| {
        let when = Word::of(when, index);
        when.yes & first.known.word(index) | when.no() & second.known.word(index)
    };
    if of.kind(a) == Kind::Bits {
        let word = |index| {
            let when = Word::of(when, index);
            let yes = when.yes & first.bits().word(index) | when.no() & second.bits().word(index);
            Word { yes, known: known(index) }
        };
        return write(out, words_for(len), |index, _| word(index), |word, _| word);
    }
    select(when.bits(), first, second, len, out);
    out.known.clear();
    out.known.extend((0..words_for(len)).map(known));
}

/// The first's value where a bit is set, else the second's.
fn select(bits: Bits<'_>, a: Operand<'_>, b: Operand<'_>, len: usize, out: &mut Vectors) {
    match out.kind {
        Kind::Int64 => select_lanes(bits, a.int64s(), b.int64s(), len, &mut out.int64s),
        Kind::Float64 => select_lanes(bits, a.float64s(), b.float64s(), len, &mut out.float64s),
        Kind::Int32 => select_lanes(bits, a.int32s(), b.int32s(), len, &mut out.int32s),
        Kind::Codes => select_lanes(bits, a.codes(), b.codes(), len, &mut out.codes),
        Kind::Bits => {}
    }
}

fn select_lanes<T: Copy + Default>(bits: Bits<'_>, a: Lanes<'_, T>, b: Lanes<'_, T>, len: usize, out: &mut Vec<T>) {
    out.clear();
    for index in 0..words_for(len) {
        let (word, begin) = (bits.word(index), index * 64);
        out.extend((begin..len.min(begin + 64)).map(|row| {
            let (a, b) = (a.get(row), b.get(row));
            if word >> (row % 64) & 1 == 1 { a } else { b }
        }));
    }
}
