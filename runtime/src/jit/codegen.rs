//! From an offer to its function: safe code that builds Cranelift's IR.
//!
//! A function has two loops. The first goes over the block word by word of 64 customers, through the masks of the
//! stages: words in which anybody is left are kept, and how many passed each stage is counted. The second goes over
//! those who are left: the score is computed, and where it counts, the row and the score are appended.

use std::collections::HashMap;

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    AbiParam, Block, BlockArg, Function, InstBuilder, MemFlagsData, UserFuncName, Value, types,
};
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

use super::JitError;
use super::abi::{self, Offset};
use super::inputs::{Bitmap, Inputs};
use super::masks::{self, Masks, Question, Words};
use super::scores::{Customer, Recipe};
use crate::bind::{Offer, Program};

/// Builds the functions of offers.
pub struct Builder<'a> {
    program: &'a Program,
    inputs: Inputs,
    isa: OwnedTargetIsa,
    frontend: FunctionBuilderContext,
}

/// Reads that nothing in the function writes.
const INPUT: MemFlagsData = MemFlagsData::trusted().with_readonly();
/// Reads and writes of what the function itself writes.
const OUTPUT: MemFlagsData = MemFlagsData::trusted();

impl<'a> Builder<'a> {
    /// For a machine.
    pub fn new(program: &'a Program, isa: OwnedTargetIsa) -> Self {
        Self { program, inputs: Inputs::new(program), isa, frontend: FunctionBuilderContext::new() }
    }

    /// What all functions read, by number.
    pub fn finish(self) -> Inputs {
        self.inputs
    }

    /// The function of an offer.
    ///
    /// # Errors
    /// When the score lacks an operand, which no bound program does.
    pub fn build(&mut self, offer: &Offer) -> Result<Function, JitError> {
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
        let left = emitter.masks(offer).ok_or(JitError::Recipe)?;
        let written = match offer.timely {
            true => emitter.scores(offer, &recipe, left).ok_or(JitError::Recipe)?,
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

impl Stage {
    fn passes_all(&self) -> bool {
        self.every && self.questions.is_empty()
    }
}

fn stages(offer: &Offer) -> Vec<Stage> {
    let eligible = offer.eligible.iter().map(|id| (*id, true)).collect();
    let forbidden = offer.forbidden.iter().map(|id| (*id, false)).collect();
    let except = offer.except.iter().map(|id| (*id, false)).collect();
    let mut stages = vec![
        Stage { questions: eligible, every: true, passed: abi::ELIGIBLE },
        Stage { questions: except, every: true, passed: abi::UNEXCEPTED },
        Stage { questions: forbidden, every: true, passed: abi::ALLOWED },
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

    /// The doubles of a score. They are read from memory, before the loop: written into the code, each would be two
    /// instructions for every customer.
    fn constants(&mut self, recipe: &Recipe) -> HashMap<u64, Value> {
        let table = self.field(abi::CONSTANTS, INPUT);
        let mut load = |number: i32| self.builder.ins().load(types::F64, INPUT, table, number.saturating_mul(8));
        recipe.constants.iter().map(|(bits, number)| (*bits, load(*number))).collect()
    }

    /// A block with so many parameters.
    fn block(&mut self, parameters: usize) -> Block {
        let block = self.builder.create_block();
        for _ in 0..parameters {
            self.builder.append_block_param(block, types::I64);
        }
        block
    }

    /// The first loop, word by word through the masks of all stages. Gives how many customers are left.
    fn masks(&mut self, offer: &Offer) -> Option<Value> {
        let stages = stages(offer);
        let roots = stages.iter().flat_map(|stage| stage.questions.iter().copied());
        let asked = masks::expand(self.program, self.inputs, roots);
        let mut numbers = masks::bitmaps(self.program, self.inputs, &asked);
        let live = self.inputs.bitmaps.number(Bitmap::Live);
        numbers.insert(live);
        let pointers = self.pointers(abi::BITMAPS, numbers);
        let (bytes, kept) = (self.field(abi::BYTES, INPUT), self.field(abi::MASKS, INPUT));
        // A stage that asks nothing passes everybody: it has no count of its own.
        let counts: Vec<usize> = stages
            .iter()
            .scan(0, |counts, stage| {
                *counts += usize::from(*counts == 0 || !stage.passes_all());
                Some(*counts - 1)
            })
            .collect();
        let distinct = counts.last().map_or(0, |last| last + 1);
        let (body, after) = (self.block(2 + distinct), self.block(distinct));
        let zero = self.builder.ins().iconst(types::I64, 0);
        let begin = [zero, kept].into_iter().chain(std::iter::repeat_n(zero, distinct));
        self.jump(body, begin);

        self.builder.switch_to_block(body);
        let params: Vec<Value> = self.builder.block_params(body).to_vec();
        let [offset, kept, before @ ..] = params.as_slice() else { return None };
        let words = Loads { pointers: &pointers, loaded: HashMap::new(), offset: *offset };
        let mut masks = Masks { program: self.program, inputs: &mut *self.inputs, words, answers: HashMap::new() };
        let mut mask = masks.words.word(&mut self.builder, live);
        masks.answer(&mut self.builder, &asked);
        let mut passed: Vec<Value> = Vec::with_capacity(distinct);
        for (stage, count) in stages.iter().zip(&counts) {
            let answers: Vec<Value> = stage.questions.iter().map(|q| masks.get(&mut self.builder, *q)).collect();
            mask = narrow(&mut self.builder, mask, &answers, stage.every);
            if passed.len() == *count {
                let ones = self.builder.ins().popcnt(mask);
                passed.push(self.builder.ins().iadd(*before.get(*count)?, ones));
            }
        }
        let kept = self.keep(mask, *offset, *kept);
        let next = self.builder.ins().iadd_imm_s(*offset, 8);
        let more = self.builder.ins().icmp(IntCC::UnsignedLessThan, next, bytes);
        let again: Vec<BlockArg> = [next, kept].iter().chain(&passed).map(|value| BlockArg::Value(*value)).collect();
        let passed: Vec<BlockArg> = passed.iter().map(|value| BlockArg::Value(*value)).collect();
        self.builder.ins().brif(more, body, &again, after, &passed);

        self.builder.switch_to_block(after);
        let passed: Vec<Value> = self.builder.block_params(after).to_vec();
        for (stage, count) in stages.iter().zip(&counts) {
            self.builder.ins().store(OUTPUT, *passed.get(*count)?, self.frame, stage.passed.0);
        }
        passed.last().copied()
    }

    /// Keeps a mask for the second loop, unless it is empty: then the next one overwrites it.
    fn keep(&mut self, mask: Value, offset: Value, kept: Value) -> Value {
        self.builder.ins().store(OUTPUT, mask, kept, 0);
        self.builder.ins().store(OUTPUT, offset, kept, 8);
        let filled = self.builder.ins().icmp_imm_s(IntCC::NotEqual, mask, 0);
        self.after_pair(kept, filled)
    }

    /// The pair after the one at hand, if `step` is true.
    fn after_pair(&mut self, pair: Value, step: Value) -> Value {
        let step = self.builder.ins().uextend(types::I64, step);
        let bytes = self.builder.ins().ishl_imm_s(step, 4);
        self.builder.ins().iadd(pair, bytes)
    }

    /// The second loop, over all customers who are left: scores and candidates. Gives how many were written.
    ///
    /// One loop, not one a word: where a word ends cannot be predicted, so the next word is chosen, not branched to.
    fn scores(&mut self, offer: &Offer, recipe: &Recipe, left: Value) -> Option<Value> {
        let pointers = self.pointers(abi::BITMAPS, recipe.bitmaps());
        let columns = self.pointers(abi::COLUMNS, recipe.columns.values().copied());
        let constants = self.constants(recipe);
        let kept = self.field(abi::MASKS, INPUT);
        let (rows, scores) = (self.field(abi::ROWS, INPUT), self.field(abi::SCORES, INPUT));
        let (begin, body, done) = (self.block(0), self.block(5), self.block(1));
        let zero = self.builder.ins().iconst(types::I64, 0);
        self.builder.ins().brif(left, begin, &[], done, &[BlockArg::Value(zero)]);

        self.builder.switch_to_block(begin);
        let (mask, offset) = self.pair(kept);
        let next = self.builder.ins().iadd_imm_s(kept, 16);
        self.jump(body, [mask, offset, next, left, zero]);

        self.builder.switch_to_block(body);
        let &[mask, offset, next, left, written] = self.builder.block_params(body) else { return None };
        let (next_mask, next_offset) = self.pair(next);
        let mut loads = Loads { pointers: &pointers, loaded: HashMap::new(), offset };
        for number in recipe.bitmaps() {
            loads.word(&mut self.builder, number);
        }
        let bit = self.builder.ins().ctz(mask);
        let first = self.builder.ins().ishl_imm_s(offset, 3);
        let row = self.builder.ins().iadd(first, bit);
        let (program, words) = (self.program, &loads.loaded);
        let customer = Customer { program, columns: &columns, words, constants: &constants, bit, row };
        let (score, counts) = customer.score(&mut self.builder, recipe, offer.priority)?;
        let (to_row, to_score) = (self.element(rows, written, 2), self.element(scores, written, 3));
        let short = self.builder.ins().ireduce(types::I32, row);
        self.builder.ins().store(OUTPUT, short, to_row, 0);
        self.builder.ins().store(OUTPUT, score, to_score, 0);
        let written = self.builder.ins().iadd(written, counts);

        let before = self.builder.ins().iadd_imm_s(mask, -1);
        let rest = self.builder.ins().band(mask, before);
        let ends = self.builder.ins().icmp_imm_s(IntCC::Equal, rest, 0);
        let mask = self.builder.ins().select(ends, next_mask, rest);
        let offset = self.builder.ins().select(ends, next_offset, offset);
        let next = self.after_pair(next, ends);
        let left = self.builder.ins().iadd_imm_s(left, -1);
        let again = [mask, offset, next, left, written].map(BlockArg::Value);
        self.builder.ins().brif(left, body, &again, done, &[BlockArg::Value(written)]);

        self.builder.switch_to_block(done);
        self.builder.block_params(done).first().copied()
    }

    /// A mask that was kept, and its offset.
    fn pair(&mut self, at: Value) -> (Value, Value) {
        let mask = self.builder.ins().load(types::I64, OUTPUT, at, 0);
        (mask, self.builder.ins().load(types::I64, OUTPUT, at, 8))
    }

    fn jump(&mut self, block: Block, values: impl IntoIterator<Item = Value>) {
        let values: Vec<BlockArg> = values.into_iter().map(BlockArg::Value).collect();
        self.builder.ins().jump(block, &values);
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
