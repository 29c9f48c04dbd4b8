//! The JIT: two functions of machine code an offer, over blocks of customers.
//!
//! The vectorised evaluator computes atoms as bitmaps, once for all offers, and the columns that machine code does not
//! compute itself (aggregates, values behind links, calendar arithmetic). On these, an offer's functions fuse the masks
//! of all stages and the score. [`codegen`] builds it and [`compile`] compiles it, both without any `unsafe`; [`code`]
//! owns and calls it.

mod abi;
mod code;
mod codegen;
mod compile;
mod inputs;
mod masks;
mod scores;

use std::sync::Arc;

use crate::bind::{NodeId, Op, Program};
use crate::evaluate::{Candidates, Evaluator, Tally};
use crate::families::Families;
use crate::kernels::Kernels;
use crate::snapshot::Block;
use crate::vectorised::blocks::Columns;
use crate::vectorised::column::{Bits, Lanes, Operand, Read, words_for};
use crate::vectorised::{of_decision, outcome, schedule};
use abi::Passed;
use code::{Code, ColumnInput, Output, Tables};
use codegen::Builder;
use compile::{Backend, Functions};
use inputs::{Bitmap, Inputs};

/// Why there is no machine code. The vectorised evaluator gives the same answer without.
#[derive(Debug, thiserror::Error)]
pub enum JitError {
    /// Cranelift has no backend for this machine.
    #[error("no machine code for this machine: {0}")]
    Machine(String),
    /// Cranelift refused a function.
    #[error("no machine code: {0}")]
    Codegen(String),
    /// Memory for the code could not be had or protected.
    #[error("machine code could not be loaded: {0}")]
    Load(#[from] Box<cranelift_module::ModuleError>),
    /// A function would refer to something outside of it.
    #[error("machine code would need a symbol from outside")]
    Relocations,
    /// The compiler broke one of its own promises.
    #[error("the compiler of machine code broke off")]
    Broken,
    /// A score that cannot be built from what was found for it.
    #[error("a score lacks an operand")]
    Recipe,
}

impl From<cranelift_module::ModuleError> for JitError {
    fn from(error: cranelift_module::ModuleError) -> Self {
        Self::Load(Box::new(error))
    }
}

/// How hard the compiler tries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effort {
    /// The fastest code.
    Best,
    /// Code soon.
    Quick,
}

impl Effort {
    /// For so many offers: above thousands, compiling well would take longer than it saves.
    pub fn for_offers(offers: usize) -> Self {
        if offers > 2_000 { Self::Quick } else { Self::Best }
    }
}

/// How many offers' functions wait for the compiler at once: they are many times as large as their code.
const AT_ONCE: usize = 512;

/// The machine code of a bound program, shared by all threads.
#[derive(Debug)]
pub struct Compiled {
    program: Arc<Program>,
    code: Code,
    inputs: Inputs,
}

impl Compiled {
    /// Compiles a bound program.
    ///
    /// # Errors
    /// When there is no machine code to be had: the vectorised evaluator then gives the same answer.
    pub fn new(program: Arc<Program>, effort: Effort) -> Result<Self, JitError> {
        let backend = Backend::new(effort)?;
        let mut builder = Builder::new(&program, backend.isa().clone());
        let mut functions = Vec::with_capacity(program.offers.len());
        for offers in program.offers.chunks(AT_ONCE) {
            let build = |offer| Ok(Functions { masks: builder.masks(offer)?, scores: builder.scores(offer)? });
            let built = offers.iter().map(build).collect::<Result<Vec<_>, JitError>>()?;
            functions.extend(backend.compile(built)?);
        }
        let inputs = builder.finish();
        let code = Code::load(backend.isa().clone(), &functions, &inputs)?;
        Ok(Self { program, code, inputs })
    }
}

/// Evaluates blocks by machine code.
#[derive(Debug)]
pub struct Jit {
    compiled: Arc<Compiled>,
    kernels: &'static Kernels,
    columns: Columns,
    bitmaps: Bitmaps,
    /// Kept between the two functions of an offer.
    masks: Vec<u64>,
    families: Option<Families>,
}

/// The bitmaps that are not words in memory already.
#[derive(Debug, Default)]
struct Bitmaps {
    /// A bit for each customer of the block.
    live: Vec<u64>,
    /// Copies of views and constants, in the order of their inputs.
    copies: Vec<Vec<u64>>,
}

impl Jit {
    /// Runs compiled code; one for each thread.
    pub fn new(compiled: Arc<Compiled>) -> Self {
        let program = &compiled.program;
        let decision = of_decision(program).chain(program.channels.iter().copied().flatten());
        let roots: Vec<NodeId> = compiled.inputs.roots().into_iter().chain(decision).collect();
        let columns = Columns::new(program, schedule::schedule(program, roots));
        let families = program.families.clone().map(Families::new);
        let (kernels, bitmaps) = (Kernels::best(), Bitmaps::default());
        Self { compiled, kernels, columns, bitmaps, masks: Vec::new(), families }
    }
}

impl Evaluator for Jit {
    fn evaluate_each(&mut self, block: &Block<'_>, candidates: &mut Candidates, each: &mut dyn FnMut(&mut Candidates)) {
        let compiled = Arc::clone(&self.compiled);
        let program = &*compiled.program;
        self.columns.compute(program, self.kernels, block);
        let (columns, kernels) = (&self.columns, self.kernels);
        let read = |id: NodeId| columns.operand(program, kernels, block, id);
        outcome::begin(program, block, read, candidates);
        let bits = |bitmap| match bitmap {
            Bitmap::Live => None,
            // Most bitmaps are of tests, which are words of their slots.
            Bitmap::Yes(id) if matches!(program.node(id).op, Op::Atom(..)) => columns.bits(id),
            Bitmap::Yes(id) => Some(read(id).bits()),
            Bitmap::Known(id) => Some(read(id).known),
        };
        self.bitmaps.fill(&compiled.inputs, block.len, bits);
        let mut tables = Tables::new(block.len);
        self.bitmaps.add_to(&mut tables, &compiled.inputs, block.len, bits);
        add_columns(&mut tables, &compiled.inputs, read);
        for (at, offer) in program.offers.iter().enumerate() {
            let begin = candidates.rows.len();
            let (rows, scores) = (&mut candidates.rows, &mut candidates.scores);
            let passed = compiled.code.run(at, &tables, Output { masks: &mut self.masks, rows, scores });
            let written = candidates.rows.len() - begin;
            candidates.offers.push(begin..begin + written);
            candidates.tallies.push(tally(passed, offer.timely, written as u64));
            each(candidates);
        }
        if let Some(families) = &mut self.families {
            families.evaluate(block, candidates);
        }
    }
}

impl Bitmaps {
    fn fill<'a>(&mut self, inputs: &Inputs, customers: usize, read: impl Fn(Bitmap) -> Option<Bits<'a>>) {
        self.live.clear();
        self.live.resize(words_for(customers), !0);
        if let (Some(last), used @ 1..) = (self.live.last_mut(), customers % 64) {
            *last = (1 << used) - 1;
        }
        self.copies.clear();
        for bits in inputs.bitmaps.all.iter().filter_map(|bitmap| read(*bitmap)) {
            if words_of(bits, customers).is_none() {
                self.copies.push((0..words_for(customers)).map(|index| bits.word(index)).collect());
            }
        }
    }

    /// The bitmaps of a block, by their numbers.
    fn add_to<'a>(
        &'a self,
        tables: &mut Tables<'a>,
        inputs: &Inputs,
        customers: usize,
        read: impl Fn(Bitmap) -> Option<Bits<'a>>,
    ) {
        let mut copies = self.copies.iter();
        for bitmap in &inputs.bitmaps.all {
            let words = match read(*bitmap) {
                None => Some(&*self.live),
                Some(bits) => words_of(bits, customers).or_else(|| copies.next().map(|copy| &**copy)),
            };
            tables.add_bitmap(words.unwrap_or_default());
        }
    }
}

/// The columns of a block, by their numbers.
fn add_columns<'a>(tables: &mut Tables<'a>, inputs: &Inputs, read: impl Fn(NodeId) -> Operand<'a>) {
    for id in &inputs.columns.all {
        let column = match read(*id).values {
            Read::Int64(Lanes::Many(values)) => ColumnInput::Int64(values),
            Read::Float64(Lanes::Many(values)) => ColumnInput::Float64(values),
            Read::Int32(Lanes::Many(values)) => ColumnInput::Int32(values),
            // Constants and texts are never read as columns.
            _ => ColumnInput::Int64(&[]),
        };
        tables.add_column(column);
    }
}

/// Bits that are words in memory already.
fn words_of(bits: Bits<'_>, customers: usize) -> Option<&[u64]> {
    match bits {
        Bits::Words(words) if words.len() >= words_for(customers) => Some(words),
        _ => None,
    }
}

/// Where customers stopped, from how many passed.
fn tally(passed: Passed, timely: bool, written: u64) -> Tally {
    let Passed { eligible, unexcepted, allowed, reached, roomy } = passed;
    let in_time = if timely { reached } else { 0 };
    Tally {
        eligible,
        excepted: eligible - unexcepted,
        forbidden: unexcepted - allowed,
        unreachable: allowed - reached,
        untimely: reached - in_time,
        capped: in_time - roomy,
        withheld: roomy - written,
    }
}
