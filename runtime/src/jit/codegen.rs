//! From an offer to its function: safe code that builds Cranelift's IR and compiles it to bytes.
//!
//! A function goes over the block twice. First word by word of 64 customers through the masks of the stages: what is
//! left of each word is kept, and how many passed each stage is counted. Then over the words in which anybody is left,
//! customer by customer: the score is computed, and where it counts, the row and the score are appended.

use std::collections::HashMap;

use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    AbiParam, Block, BlockArg, Function, InstBuilder, MemFlagsData, UserFuncName, Value, types,
};
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

use super::abi::{self, Offset};
use super::inputs::{Bitmap, Inputs};
use super::masks::{self, Masks, Question, Words};
use super::scores::{Customer, Recipe};
use super::{Effort, JitError};
use crate::bind::{Offer, Program};

/// Compiles offers, one function each.
pub struct Compiler<'a> {
    program: &'a Program,
    inputs: Inputs,
    isa: OwnedTargetIsa,
    /// For functions of more than [`MOST_INSTRUCTIONS`].
    quick: OwnedTargetIsa,
    context: Context,
    frontend: FunctionBuilderContext,
}

/// The largest function that is compiled as well as possible: beyond it, the time for allocating registers grows with
/// the square of the size, to minutes for an offer of ten thousand conditions.
const MOST_INSTRUCTIONS: usize = 10_000;

/// Reads that nothing in the function writes.
const INPUT: MemFlagsData = MemFlagsData::trusted().with_readonly();
/// Reads and writes of what the function itself writes.
const OUTPUT: MemFlagsData = MemFlagsData::trusted();

impl<'a> Compiler<'a> {
    /// For the machine at hand.
    ///
    /// # Errors
    /// When Cranelift does not know the machine.
    pub fn new(program: &'a Program, effort: Effort) -> Result<Self, JitError> {
        let (isa, quick) = (super::code::isa(effort)?, super::code::isa(Effort::Quick)?);
        let (context, frontend) = (Context::new(), FunctionBuilderContext::new());
        Ok(Self { program, inputs: Inputs::new(program), isa, quick, context, frontend })
    }

    /// What all functions read, by number, and the machine they are for.
    pub fn finish(self) -> (Inputs, OwnedTargetIsa) {
        (self.inputs, self.isa)
    }

    /// The machine code of an offer.
    ///
    /// # Errors
    /// When Cranelift refuses, or the code would need anything from outside.
    pub fn compile(&mut self, offer: &Offer) -> Result<Vec<u8>, JitError> {
        self.context.clear();
        self.context.func = self.build(offer)?;
        let is_large = self.context.func.dfg.num_insts() > MOST_INSTRUCTIONS;
        let isa = if is_large { &self.quick } else { &self.isa };
        let compiled = self
            .context
            .compile(&**isa, &mut ControlPlane::default())
            .map_err(|error| JitError::Codegen(error.inner.to_string()))?;
        // Nothing to resolve: what machine code calls or reads comes with its frame.
        if !compiled.buffer.relocs().is_empty() {
            return Err(JitError::Relocations);
        }
        Ok(compiled.code_buffer().to_vec())
    }

    fn build(&mut self, offer: &Offer) -> Result<Function, JitError> {
        let mut function = Function::with_name_signature(
            UserFuncName::user(0, 0),
            cranelift_codegen::ir::Signature::new(self.isa.default_call_conv()),
        );
        function.signature.params.push(AbiParam::new(self.isa.pointer_type()));
        function.signature.returns.push(AbiParam::new(types::I64));
        let recipe = Recipe::new(self.program, &mut self.inputs, offer.priority);
        let mut builder = FunctionBuilder::new(&mut function, &mut self.frontend);
        let entry = builder.create_block();
        builder.append_block_params_for_function_params(entry);
        builder.switch_to_block(entry);
        let frame = builder.block_params(entry).first().copied().ok_or(JitError::Recipe)?;
        let mut emitter = Emitter { program: self.program, inputs: &mut self.inputs, builder, frame };
        emitter.masks(offer);
        let written = match offer.timely {
            true => emitter.scores(offer, &recipe).ok_or(JitError::Recipe)?,
            false => emitter.builder.ins().iconst(types::I64, 0),
        };
        emitter.builder.ins().return_(&[written]);
        emitter.builder.seal_all_blocks();
        emitter.builder.finalize(self.isa.frontend_config());
        Ok(function)
    }
}

struct Emitter<'a> {
    program: &'a Program,
    inputs: &'a mut Inputs,
    builder: FunctionBuilder<'a>,
    frame: Value,
}

/// Loads words by pointers that were loaded before the loop, each once.
struct Loads<'a> {
    pointers: &'a HashMap<i32, Value>,
    loaded: HashMap<i32, Value>,
    offset: Value,
}

impl Words for Loads<'_> {
    fn word(&mut self, builder: &mut FunctionBuilder<'_>, number: i32) -> Value {
        if let Some(word) = self.loaded.get(&number) {
            return *word;
        }
        let word = match self.pointers.get(&number) {
            Some(pointer) => {
                let address = builder.ins().iadd(*pointer, self.offset);
                builder.ins().load(types::I64, INPUT, address, 0)
            }
            None => builder.ins().iconst(types::I64, 0),
        };
        self.loaded.insert(number, word);
        word
    }
}

/// A stage of an offer that narrows: what is asked, how the answers join, and where what passes is counted.
struct Stage {
    questions: Vec<Question>,
    every: bool,
    passed: Offset,
}

fn stages(offer: &Offer) -> Vec<Stage> {
    let eligible = offer.eligible.iter().map(|id| (*id, true)).collect();
    let except = offer.except.iter().map(|id| (*id, false)).collect();
    let mut stages = vec![
        Stage { questions: eligible, every: true, passed: abi::ELIGIBLE },
        Stage { questions: except, every: true, passed: abi::UNEXCEPTED },
    ];
    let reach: Option<Vec<Question>> = offer.reach.as_ref().map(|any| any.iter().map(|id| (*id, true)).collect());
    stages.push(Stage { every: reach.is_none(), questions: reach.unwrap_or_default(), passed: abi::REACHED });
    if offer.timely {
        let room = offer.room.iter().map(|id| (*id, true)).collect();
        stages.push(Stage { questions: room, every: true, passed: abi::ROOMY });
    }
    stages
}

impl Emitter<'_> {
    fn field(&mut self, offset: Offset, flags: MemFlagsData) -> Value {
        self.builder.ins().load(types::I64, flags, self.frame, offset.0)
    }

    fn pointers(&mut self, table: Offset, numbers: impl IntoIterator<Item = i32>) -> HashMap<i32, Value> {
        let table = self.field(table, INPUT);
        let load = |number: i32| (number, self.builder.ins().load(types::I64, INPUT, table, number.saturating_mul(8)));
        numbers.into_iter().map(load).collect()
    }

    /// A loop over the words of the block: blocks for its body, with the offset of the word and `carried` further
    /// values, and for what follows, with the further values.
    fn words(&mut self, carried: usize) -> (Block, Block) {
        let (body, after) = (self.builder.create_block(), self.builder.create_block());
        self.builder.append_block_param(body, types::I64);
        for block in [body, after] {
            for _ in 0..carried {
                self.builder.append_block_param(block, types::I64);
            }
        }
        (body, after)
    }

    /// Goes on with the next word, or with what follows.
    fn next(&mut self, offset: Value, bytes: Value, carried: &[Value], (body, after): (Block, Block)) {
        let next = self.builder.ins().iadd_imm_s(offset, 8);
        let more = self.builder.ins().icmp(IntCC::UnsignedLessThan, next, bytes);
        let carried: Vec<BlockArg> = carried.iter().map(|value| BlockArg::Value(*value)).collect();
        let again: Vec<BlockArg> = std::iter::once(BlockArg::Value(next)).chain(carried.iter().copied()).collect();
        self.builder.ins().brif(more, body, &again, after, &carried);
    }

    /// The first loop: through the masks of all stages.
    fn masks(&mut self, offer: &Offer) {
        let stages = stages(offer);
        let roots = stages.iter().flat_map(|stage| stage.questions.iter().copied());
        let asked = masks::expand(self.program, self.inputs, roots);
        let mut numbers = masks::bitmaps(self.program, self.inputs, &asked);
        let live = self.inputs.bitmaps.number(Bitmap::Live);
        numbers.insert(live);
        let pointers = self.pointers(abi::BITMAPS, numbers);
        let (bytes, kept) = (self.field(abi::BYTES, INPUT), self.field(abi::MASKS, INPUT));
        let (body, after) = self.words(stages.len());
        let zero = self.builder.ins().iconst(types::I64, 0);
        let begin = vec![BlockArg::Value(zero); stages.len() + 1];
        self.builder.ins().jump(body, &begin);

        self.builder.switch_to_block(body);
        let params: Vec<Value> = self.builder.block_params(body).to_vec();
        let (offset, counts) = params.split_first().map_or((zero, &[][..]), |(offset, counts)| (*offset, counts));
        let words = Loads { pointers: &pointers, loaded: HashMap::new(), offset };
        let mut masks = Masks { program: self.program, inputs: &mut *self.inputs, words, answers: HashMap::new() };
        let mut mask = masks.words.word(&mut self.builder, live);
        masks.answer(&mut self.builder, &asked);
        let mut passed = Vec::new();
        let mut last = None;
        for (stage, count) in stages.iter().zip(counts) {
            let answers: Vec<Value> = stage.questions.iter().map(|q| masks.get(&mut self.builder, *q)).collect();
            let before = mask;
            mask = narrow(&mut self.builder, mask, &answers, stage.every);
            let ones = match last {
                Some(ones) if mask == before => ones,
                _ => self.builder.ins().popcnt(mask),
            };
            last = Some(ones);
            passed.push(self.builder.ins().iadd(*count, ones));
        }
        let address = self.builder.ins().iadd(kept, offset);
        self.builder.ins().store(OUTPUT, mask, address, 0);
        self.next(offset, bytes, &passed, (body, after));

        self.builder.switch_to_block(after);
        let counts: Vec<Value> = self.builder.block_params(after).to_vec();
        for (stage, count) in stages.iter().zip(counts) {
            self.builder.ins().store(OUTPUT, count, self.frame, stage.passed.0);
        }
    }

    /// The second loop: scores and candidates. Gives how many were written.
    fn scores(&mut self, offer: &Offer, recipe: &Recipe) -> Option<Value> {
        let asked = masks::expand(self.program, self.inputs, recipe.questions.iter().copied());
        let mut numbers = masks::bitmaps(self.program, self.inputs, &asked);
        numbers.extend(recipe.known.values().copied());
        let pointers = self.pointers(abi::BITMAPS, numbers);
        let columns = self.pointers(abi::COLUMNS, recipe.columns.values().copied());
        let (bytes, kept) = (self.field(abi::BYTES, INPUT), self.field(abi::MASKS, INPUT));
        let (rows, scores) = (self.field(abi::ROWS, INPUT), self.field(abi::SCORES, INPUT));
        let (body, after) = self.words(1);
        let (word, customer, next) =
            (self.builder.create_block(), self.builder.create_block(), self.builder.create_block());
        for _ in 0..2 {
            self.builder.append_block_param(customer, types::I64);
        }
        self.builder.append_block_param(next, types::I64);
        let zero = self.builder.ins().iconst(types::I64, 0);
        self.builder.ins().jump(body, &[BlockArg::Value(zero), BlockArg::Value(zero)]);

        self.builder.switch_to_block(body);
        let &[offset, written] = self.builder.block_params(body) else { return None };
        let address = self.builder.ins().iadd(kept, offset);
        let mask = self.builder.ins().load(types::I64, OUTPUT, address, 0);
        self.builder.ins().brif(mask, word, &[], next, &[BlockArg::Value(written)]);

        self.builder.switch_to_block(word);
        let first = self.builder.ins().ishl_imm_s(offset, 3);
        let words = Loads { pointers: &pointers, loaded: HashMap::new(), offset };
        let mut masks = Masks { program: self.program, inputs: &mut *self.inputs, words, answers: HashMap::new() };
        masks.answer(&mut self.builder, &asked);
        for number in recipe.known.values() {
            masks.words.word(&mut self.builder, *number);
        }
        let (answers, words) = (masks.answers, masks.words.loaded);
        self.builder.ins().jump(customer, &[BlockArg::Value(mask), BlockArg::Value(written)]);

        self.builder.switch_to_block(customer);
        let &[mask_left, count] = self.builder.block_params(customer) else { return None };
        let bit = self.builder.ins().ctz(mask_left);
        let row = self.builder.ins().iadd(first, bit);
        let at = Customer { program: self.program, columns: &columns, words: &words, answers: &answers, bit, row };
        let (score, counts) = at.score(&mut self.builder, recipe, offer.priority)?;
        let (to_row, to_score) = (self.element(rows, count, 2), self.element(scores, count, 3));
        let short = self.builder.ins().ireduce(types::I32, row);
        self.builder.ins().store(OUTPUT, short, to_row, 0);
        self.builder.ins().store(OUTPUT, score, to_score, 0);
        let count = self.builder.ins().iadd(count, counts);
        let before = self.builder.ins().iadd_imm_s(mask_left, -1);
        let rest = self.builder.ins().band(mask_left, before);
        let again = [BlockArg::Value(rest), BlockArg::Value(count)];
        self.builder.ins().brif(rest, customer, &again, next, &[BlockArg::Value(count)]);

        self.builder.switch_to_block(next);
        let &[written] = self.builder.block_params(next) else { return None };
        self.next(offset, bytes, &[written], (body, after));
        self.builder.switch_to_block(after);
        self.builder.block_params(after).first().copied()
    }

    fn element(&mut self, base: Value, index: Value, shift: i64) -> Value {
        let offset = self.builder.ins().ishl_imm_s(index, shift);
        self.builder.ins().iadd(base, offset)
    }
}

/// A mask narrowed by every or by any of some words.
fn narrow(builder: &mut FunctionBuilder<'_>, mask: Value, words: &[Value], every: bool) -> Value {
    if every {
        return words.iter().fold(mask, |mask, word| builder.ins().band(mask, *word));
    }
    let mut any = None;
    for word in words {
        any = Some(any.map_or(*word, |any| builder.ins().bor(any, *word)));
    }
    match any {
        Some(any) => builder.ins().band(mask, any),
        None => builder.ins().iconst(types::I64, 0),
    }
}
