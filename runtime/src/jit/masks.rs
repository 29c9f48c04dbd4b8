//! Conditions as machine code over words of 64 customers.
//!
//! Only "definitely true" and "definitely false" are ever asked for, and only where they are needed: negations turn
//! the question round instead of computing, so a literal that may be unknown costs one AND, and only where its being
//! false is asked.

use std::collections::{BTreeSet, HashMap};

use cranelift_codegen::ir::{InstBuilder, Value, types};
use cranelift_frontend::FunctionBuilder;

use super::inputs::{Bitmap, Inputs};
use crate::bind::{NodeId, Op, Program};
use crate::vectorised::column::Scalar;

/// A condition, and whether it is asked to be definitely true or definitely false.
pub type Question = (NodeId, bool);

/// Where words come from.
pub trait Words {
    /// The word of a bitmap at hand.
    fn word(&mut self, builder: &mut FunctionBuilder<'_>, number: i32) -> Value;
}

/// What some questions come down to: all that must be answered on the way, those about operands first.
pub fn expand(program: &Program, inputs: &Inputs, roots: impl IntoIterator<Item = Question>) -> BTreeSet<Question> {
    let mut asked = BTreeSet::new();
    let mut open: Vec<Question> = roots.into_iter().collect();
    while let Some((id, yes)) = open.pop() {
        if !asked.insert((id, yes)) || !inputs.is_composite(program, id) {
            continue;
        }
        match &program.node(id).op {
            Op::Not(a) => open.push((*a, !yes)),
            Op::And(all) | Op::Or(all) => open.extend(all.iter().map(|a| (*a, yes))),
            Op::IsTrue(a) => open.push((*a, true)),
            Op::IsMissing(a) if inputs.is_composite(program, *a) => open.extend([(*a, true), (*a, false)]),
            Op::Else(a, b) => open.extend([(*a, true), (*a, false), (*b, yes)]),
            Op::If(c, a, b) => open.extend([(*c, true), (*c, false), (*a, yes), (*b, yes)]),
            _ => {}
        }
    }
    asked
}

/// The bitmaps that answer questions that were expanded.
pub fn bitmaps(program: &Program, inputs: &mut Inputs, asked: &BTreeSet<Question>) -> BTreeSet<i32> {
    let mut numbers = BTreeSet::new();
    for (id, yes) in asked {
        let node = program.node(*id);
        match &node.op {
            Op::Constant(_) | Op::Missing(_) => {}
            Op::IsMissing(a) if inputs.is_composite(program, *id) => {
                if !inputs.is_composite(program, *a) {
                    numbers.insert(inputs.known(program, *a));
                }
            }
            _ if inputs.is_composite(program, *id) => {}
            _ => {
                numbers.insert(inputs.bitmaps.number(Bitmap::Yes(*id)));
                if !yes && node.missing {
                    numbers.insert(inputs.known(program, *id));
                }
            }
        }
    }
    numbers
}

/// Answers questions for one word.
pub struct Masks<'a, W> {
    /// The program.
    pub program: &'a Program,
    /// The numbers of bitmaps.
    pub inputs: &'a mut Inputs,
    /// Where words come from.
    pub words: W,
    /// What is answered already.
    pub answers: HashMap<Question, Value>,
}

impl<W: Words> Masks<'_, W> {
    /// Answers expanded questions, those about operands first.
    pub fn answer(&mut self, builder: &mut FunctionBuilder<'_>, asked: &BTreeSet<Question>) {
        for question in asked {
            if !self.answers.contains_key(question) {
                let answer = self.one(builder, *question);
                self.answers.insert(*question, answer);
            }
        }
    }

    /// The answer to a question, which was expanded and answered.
    pub fn get(&mut self, builder: &mut FunctionBuilder<'_>, question: Question) -> Value {
        match self.answers.get(&question) {
            Some(answer) => *answer,
            None => builder.ins().iconst(types::I64, 0),
        }
    }

    fn one(&mut self, builder: &mut FunctionBuilder<'_>, (id, yes): Question) -> Value {
        let program = self.program;
        if !self.inputs.is_composite(program, id) {
            return self.literal(builder, id, yes);
        }
        match &program.node(id).op {
            Op::Not(a) => self.get(builder, (*a, !yes)),
            Op::And(all) => self.junction(builder, all, yes, yes),
            Op::Or(all) => self.junction(builder, all, yes, !yes),
            Op::IsTrue(a) => {
                let answer = self.get(builder, (*a, true));
                if yes { answer } else { builder.ins().bnot(answer) }
            }
            Op::IsMissing(a) => {
                let known = self.known(builder, *a);
                if yes { builder.ins().bnot(known) } else { known }
            }
            Op::Else(a, b) => {
                let (this, other) = (self.get(builder, (*a, yes)), self.get(builder, (*a, !yes)));
                let second = self.get(builder, (*b, yes));
                let open = builder.ins().band_not(second, other);
                builder.ins().bor(this, open)
            }
            Op::If(c, a, b) => {
                let (when, unless) = (self.get(builder, (*c, true)), self.get(builder, (*c, false)));
                let (a, b) = (self.get(builder, (*a, yes)), self.get(builder, (*b, yes)));
                let (a, b) = (builder.ins().band(when, a), builder.ins().band(unless, b));
                builder.ins().bor(a, b)
            }
            _ => self.literal(builder, id, yes),
        }
    }

    fn junction(&mut self, builder: &mut FunctionBuilder<'_>, all: &[NodeId], yes: bool, every: bool) -> Value {
        let mut so_far = None;
        for id in all {
            let next = self.get(builder, (*id, yes));
            so_far = Some(match so_far {
                None => next,
                Some(before) if every => builder.ins().band(before, next),
                Some(before) => builder.ins().bor(before, next),
            });
        }
        so_far.unwrap_or_else(|| builder.ins().iconst(types::I64, if every { -1 } else { 0 }))
    }

    /// Where a condition or value is known.
    pub fn known(&mut self, builder: &mut FunctionBuilder<'_>, id: NodeId) -> Value {
        if self.inputs.is_composite(self.program, id) {
            let (yes, no) = (self.get(builder, (id, true)), self.get(builder, (id, false)));
            return builder.ins().bor(yes, no);
        }
        let number = self.inputs.known(self.program, id);
        self.words.word(builder, number)
    }

    fn literal(&mut self, builder: &mut FunctionBuilder<'_>, id: NodeId, yes: bool) -> Value {
        let node = self.program.node(id);
        match node.op {
            Op::Constant(Scalar::Bool(value)) => {
                return builder.ins().iconst(types::I64, if value == yes { -1 } else { 0 });
            }
            Op::Constant(_) | Op::Missing(_) => return builder.ins().iconst(types::I64, 0),
            _ => {}
        }
        let number = self.inputs.bitmaps.number(Bitmap::Yes(id));
        let truth = self.words.word(builder, number);
        if yes {
            return truth;
        }
        if node.missing {
            let number = self.inputs.known(self.program, id);
            let known = self.words.word(builder, number);
            return builder.ins().band_not(known, truth);
        }
        builder.ins().bnot(truth)
    }
}
