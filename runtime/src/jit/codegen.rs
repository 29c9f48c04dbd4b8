//! From an offer to its functions: safe code that builds Cranelift's IR.
//!
//! An offer has two functions, each a loop. That of the masks goes over the block word by word of 64 customers, through
//! the stages: it writes who is left, counts how many passed each stage, and returns how many are left. That of the
//! scores goes over the rows of those who are left, two at a time: it writes their scores, and returns whether all
//! count.

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
use super::scores::{self, LANES, Pair, Recipe};
use crate::bind::{Offer, Program};

/// Builds the functions of offers.
pub struct Builder<'a> {
    program: &'a Program,
    inputs: Inputs,
    isa: OwnedTargetIsa,
    frontend: FunctionBuilderContext,
}

/// Reads of what nothing in the function writes. They are made where they are used, as a part of that instruction.
pub const INPUT: MemFlagsData = MemFlagsData::trusted().with_readonly().with_can_move();
/// Reads and writes of what the function itself writes.
const OUTPUT: MemFlagsData = MemFlagsData::trusted();
/// Writes of vectors to what is aligned for one lane only.
const UNALIGNED: MemFlagsData = MemFlagsData::new().with_notrap();

impl<'a> Builder<'a> {
    /// For a machine.
    pub fn new(program: &'a Program, isa: OwnedTargetIsa) -> Self {
        Self { program, inputs: Inputs::new(program), isa, frontend: FunctionBuilderContext::new() }
    }

    /// What all functions read, by number.
    pub fn finish(self) -> Inputs {
        self.inputs
    }

    /// The function of an offer's masks.
    ///
    /// # Errors
    /// Never for a bound program.
    pub fn masks(&mut self, offer: &Offer) -> Result<Function, JitError> {
        self.function(|emitter| emitter.masks(offer))
    }

    /// The function of an offer's scores; `None` where today is no day of the offer.
    ///
    /// # Errors
    /// When the score lacks an operand, which no bound program does.
    pub fn scores(&mut self, offer: &Offer) -> Result<Option<Function>, JitError> {
        if !offer.timely {
            return Ok(None);
        }
        let recipe = Recipe::new(self.program, &mut self.inputs, offer.priority);
        self.function(|emitter| emitter.scores(offer, &recipe)).map(Some)
    }

    /// A function that returns what `emit` gives.
    fn function(&mut self, emit: impl FnOnce(&mut Emitter<'_>) -> Option<Value>) -> Result<Function, JitError> {
        let mut function = Function::with_name_signature(
            UserFuncName::user(0, 0),
            cranelift_codegen::ir::Signature::new(self.isa.default_call_conv()),
        );
        function.signature.params.push(AbiParam::new(self.isa.pointer_type()));
        function.signature.returns.push(AbiParam::new(types::I64));
        let mut builder = FunctionBuilder::new(&mut function, &mut self.frontend);
        let entry = builder.create_block();
        builder.append_block_params_for_function_params(entry);
        builder.switch_to_block(entry);
        let frame = builder.block_params(entry).first().copied().ok_or(JitError::Recipe)?;
        let mut emitter = Emitter { program: self.program, inputs: &mut self.inputs, builder, frame };
        let returned = emit(&mut emitter).ok_or(JitError::Recipe)?;
        emitter.builder.ins().return_(&[returned]);
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

    /// The doubles of a score, each twice. They are read from memory, before the loop: written into the code, each
    /// would be two instructions for every two customers.
    fn constants(&mut self, recipe: &Recipe) -> HashMap<u64, Value> {
        let table = self.field(abi::CONSTANTS, INPUT);
        let mut load = |number: i32| {
            let once = self.builder.ins().load(types::F64, INPUT, table, number.saturating_mul(8));
            self.builder.ins().splat(types::F64X2, once)
        };
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

    /// Word by word through the masks of all stages. Gives how many customers are left.
    fn masks(&mut self, offer: &Offer) -> Option<Value> {
        let stages = stages(offer);
        let roots = stages.iter().flat_map(|stage| stage.questions.iter().copied());
        let asked = masks::expand(self.program, self.inputs, roots);
        let mut numbers = masks::bitmaps(self.program, self.inputs, &asked);
        let live = self.inputs.bitmaps.number(Bitmap::Live);
        numbers.insert(live);
        let pointers = self.pointers(abi::BITMAPS, numbers);
        let (bytes, masks_of) = (self.field(abi::BYTES, INPUT), self.field(abi::MASKS, INPUT));
        // A stage that asks nothing passes everybody: it has no count of its own.
        let counts: Vec<usize> = stages
            .iter()
            .scan(0, |counts, stage| {
                *counts += usize::from(*counts == 0 || !stage.passes_all());
                Some(*counts - 1)
            })
            .collect();
        let distinct = counts.last().map_or(0, |last| last + 1);
        let (body, after) = (self.block(1 + distinct), self.block(distinct));
        let zero = self.builder.ins().iconst(types::I64, 0);
        self.jump(body, std::iter::repeat_n(zero, 1 + distinct));

        self.builder.switch_to_block(body);
        let params: Vec<Value> = self.builder.block_params(body).to_vec();
        let [offset, before @ ..] = params.as_slice() else { return None };
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
        let to = self.builder.ins().iadd(masks_of, *offset);
        self.builder.ins().store(OUTPUT, mask, to, 0);
        let next = self.builder.ins().iadd_imm_s(*offset, 8);
        let more = self.builder.ins().icmp(IntCC::UnsignedLessThan, next, bytes);
        let again: Vec<BlockArg> = std::iter::once(&next).chain(&passed).map(|value| BlockArg::Value(*value)).collect();
        let passed: Vec<BlockArg> = passed.iter().map(|value| BlockArg::Value(*value)).collect();
        self.builder.ins().brif(more, body, &again, after, &passed);

        self.builder.switch_to_block(after);
        let passed: Vec<Value> = self.builder.block_params(after).to_vec();
        for (stage, count) in stages.iter().zip(&counts) {
            self.builder.ins().store(OUTPUT, *passed.get(*count)?, self.frame, stage.passed.0);
        }
        passed.last().copied()
    }

    /// Two rows at a time. Gives all bits set where all scores count.
    fn scores(&mut self, offer: &Offer, recipe: &Recipe) -> Option<Value> {
        let bitmaps = self.pointers(abi::BITMAPS, recipe.bitmaps());
        let columns = self.pointers(abi::COLUMNS, recipe.columns.values().copied());
        let constants = self.constants(recipe);
        let (rows, scores) = (self.field(abi::ROWS, INPUT), self.field(abi::SCORES, INPUT));
        let count = self.field(abi::COUNT, INPUT);
        let (body, done) = (self.block(1), self.builder.create_block());
        let all_so_far = self.builder.append_block_param(body, types::I64X2);
        let all = self.builder.append_block_param(done, types::I64X2);
        let (zero, ones) = (self.builder.ins().iconst(types::I64, 0), self.builder.ins().iconst(types::I64, -1));
        let ones = self.builder.ins().splat(types::I64X2, ones);
        self.jump(body, [zero, ones]);

        self.builder.switch_to_block(body);
        let at = *self.builder.block_params(body).first()?;
        let (from, to) = (self.element(rows, at, 2), self.element(scores, at, 3));
        let both = self.builder.ins().load(types::I64, INPUT, from, 0);
        let first = self.builder.ins().ireduce(types::I32, both);
        let rows = [self.builder.ins().uextend(types::I64, first), self.builder.ins().ushr_imm_u(both, 32)];
        let program = self.program;
        let pair = Pair { program, columns: &columns, bitmaps: &bitmaps, constants: &constants, rows };
        let score = pair.score(&mut self.builder, recipe, offer.priority)?;
        // Stored as doubles and loaded as integers, so that it stays one load: were the score itself used more than once,
        // Cranelift would not make loads a part of the instructions that it is computed by.
        let score = self.builder.ins().bitcast(types::F64X2, LANES, score);
        self.builder.ins().store(UNALIGNED, score, to, 0);
        let score = self.builder.ins().load(types::I64X2, UNALIGNED, to, 0);
        let counts = scores::counts(&mut self.builder, score);
        let all_so_far = self.builder.ins().band(all_so_far, counts);
        let next = self.builder.ins().iadd_imm_s(at, 2);
        let more = self.builder.ins().icmp(IntCC::UnsignedLessThan, next, count);
        let again = [next, all_so_far].map(BlockArg::Value);
        self.builder.ins().brif(more, body, &again, done, &[BlockArg::Value(all_so_far)]);

        self.builder.switch_to_block(done);
        let (first, second) = (self.builder.ins().extractlane(all, 0), self.builder.ins().extractlane(all, 1));
        Some(self.builder.ins().band(first, second))
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
