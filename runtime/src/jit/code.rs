//! Owns machine code and calls it: the only place that trusts it.
//!
//! What machine code does in memory follows from how [`super::codegen`] builds it: it reads bitmaps and columns by
//! numbers that it was compiled with, each from its first word or value to the block's last, and writes masks, never more
//! than the block has words, and a score for each row. [`Tables`] checks the lengths once a block. Memory is
//! executable only after it stopped being writable, and is given back when the code is dropped.
#![allow(unsafe_code, reason = "this file calls machine code")]

use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::{self, Configurable};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{FuncId, Linkage, Module};

use super::abi::{Frame, Passed};
use super::compile::Bytes;
use super::inputs::Inputs;
use super::{Effort, JitError};
use crate::evaluate::GREATEST_SCORE;
use crate::kernels::append_rows;

/// The machine at hand.
pub(super) fn isa(effort: Effort) -> Result<OwnedTargetIsa, JitError> {
    let mut flags = settings::builder();
    let (optimise, allocator) = match effort {
        Effort::Best => ("speed", "backtracking"),
        Effort::Quick => ("none", "single_pass"),
    };
    let verify = if cfg!(debug_assertions) { "true" } else { "false" };
    for (name, value) in [
        ("opt_level", optimise),
        ("regalloc_algorithm", allocator),
        ("enable_verifier", verify),
        ("is_pic", "false"),
        ("use_colocated_libcalls", "false"),
        ("enable_probestack", "false"),
        ("unwind_info", "false"),
    ] {
        flags.set(name, value).map_err(|error| JitError::Codegen(error.to_string()))?;
    }
    let machine = cranelift_native::builder().map_err(|reason| JitError::Machine(reason.to_owned()))?;
    machine.finish(settings::Flags::new(flags)).map_err(|error| JitError::Codegen(error.to_string()))
}

/// A function of an offer.
type Entry = unsafe extern "C" fn(*mut Frame) -> u64;

/// The functions of an offer.
#[derive(Clone, Copy)]
struct Functions {
    masks: Entry,
    /// Where today is a day of the offer.
    scores: Option<Entry>,
}

/// Loaded machine code.
pub struct Code {
    /// `None` only while it is dropped.
    module: Option<JITModule>,
    offers: Vec<Functions>,
    bitmaps: usize,
    columns: usize,
    /// Doubles by number.
    constants: Vec<u64>,
}

// SAFETY: once loaded, the module is only kept to give its memory back; the code itself changes nothing but what its
// frame points to.
unsafe impl Sync for Code {}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Code").field("offers", &self.offers.len()).finish_non_exhaustive()
    }
}

impl Code {
    /// Loads functions that [`super::codegen`] compiled for these inputs.
    pub(super) fn load(isa: OwnedTargetIsa, offers: &[Bytes], inputs: &Inputs) -> Result<Self, JitError> {
        // No name is ever looked up: the functions have no relocations.
        let mut module = JITModule::new(JITBuilder::with_isa(isa, Box::new(|_| String::new())));
        let mut signature = module.make_signature();
        signature.params.push(cranelift_codegen::ir::AbiParam::new(module.isa().pointer_type()));
        signature.returns.push(cranelift_codegen::ir::AbiParam::new(cranelift_codegen::ir::types::I64));
        let mut ids = Vec::with_capacity(offers.len());
        let mut loaded = || -> Result<(), JitError> {
            let mut define = |name: String, bytes: &[u8]| -> Result<FuncId, JitError> {
                let id = module.declare_function(&name, Linkage::Local, &signature)?;
                module.define_function_bytes(id, 16, bytes, &[])?;
                Ok(id)
            };
            for (index, offer) in offers.iter().enumerate() {
                let masks = define(format!("masks{index}"), &offer.masks)?;
                let scores = offer.scores.as_ref().map(|bytes| define(format!("scores{index}"), bytes)).transpose()?;
                ids.push((masks, scores));
            }
            Ok(module.finalize_definitions()?)
        };
        let outcome = loaded();
        let mut code = Self {
            module: None,
            offers: Vec::with_capacity(offers.len()),
            bitmaps: inputs.bitmaps.all.len(),
            columns: inputs.columns.all.len(),
            constants: inputs.constants.all.clone(),
        };
        if outcome.is_ok() {
            let entry = |id| {
                let address = module.get_finalized_function(id);
                // SAFETY: the address is that of a function compiled with this very signature.
                unsafe { std::mem::transmute::<*const u8, Entry>(address) }
            };
            let functions =
                |(masks, scores): (_, Option<_>)| Functions { masks: entry(masks), scores: scores.map(entry) };
            code.offers.extend(ids.into_iter().map(functions));
        }
        code.module = Some(module);
        outcome.map(|()| code)
    }

    /// Runs an offer's functions: appends its candidates and gives what passed which stage.
    pub fn run(&self, offer: usize, tables: &Tables<'_>, output: Output<'_>) -> Passed {
        let Some(Functions { masks, scores }) = self.offers.get(offer).copied() else { return Passed::default() };
        let customers = tables.customers;
        let enough = tables.bitmaps.len() >= self.bitmaps && tables.columns.len() >= self.columns;
        debug_assert!(enough, "an input of the block is shorter than the block");
        if customers == 0 || !enough {
            return Passed::default();
        }
        output.masks.resize(tables.words, 0);
        let mut frame = Frame {
            bytes: (tables.words * 8) as u64,
            bitmaps: tables.bitmaps.as_ptr(),
            columns: tables.columns.as_ptr(),
            constants: self.constants.as_ptr(),
            masks: output.masks.as_mut_ptr(),
            rows: std::ptr::null(),
            scores: std::ptr::null_mut(),
            count: 0,
            passed: Passed::default(),
        };
        // SAFETY: the code is loaded as long as `self` lives. It reads bitmaps by numbers below those that `self` was
        // loaded with, over the block's words, which `Tables` checked, and writes as many masks, for which there is room.
        let left = unsafe { masks(&raw mut frame) };
        let (Some(scores), 1..) = (scores, left) else { return frame.passed };

        let (begin, scored) = (output.rows.len(), output.scores.len());
        append_rows(output.masks, output.rows);
        let count = output.rows.len() - begin;
        if let (Some(last), 1) = (output.rows.last().copied(), count % 2) {
            output.rows.push(last);
        }
        let pairs = output.rows.len() - begin;
        output.scores.reserve(pairs);
        frame.rows = output.rows.as_ptr().wrapping_add(begin);
        frame.scores = output.scores.spare_capacity_mut().as_mut_ptr().cast();
        frame.count = pairs as u64;
        // SAFETY: as above; rows come from masks, of which each is within that of the block's customers, so that columns,
        // which `Tables` checked, have a value for each, and bitmaps a bit. There are `count` rows, an even number above
        // zero, and room for as many scores.
        let all = unsafe { scores(&raw mut frame) };
        output.rows.truncate(begin + count);
        // SAFETY: so many scores were written, or one more, and there is room for them.
        unsafe { output.scores.set_len(scored + count) };
        if all != u64::MAX {
            drop_withheld(output.rows, begin, output.scores, scored);
        }
        frame.passed
    }
}

/// Drops the candidates that were appended with a score that does not count.
fn drop_withheld(rows: &mut Vec<u32>, begin: usize, scores: &mut Vec<f64>, scored: usize) {
    let (new, new_scores) = (rows.get_mut(begin..).unwrap_or_default(), scores.get_mut(scored..).unwrap_or_default());
    let mut kept = 0;
    for at in 0..new.len().min(new_scores.len()) {
        if let (Some(row), Some(score)) = (new.get(at).copied(), new_scores.get(at).copied()) {
            // No branch: who is dropped cannot be predicted, and `kept` is never beyond `at`.
            if let (Some(to), Some(to_score)) = (new.get_mut(kept), new_scores.get_mut(kept)) {
                (*to, *to_score) = (row, score);
            }
            kept += usize::from(score > 0.0 && score <= GREATEST_SCORE);
        }
    }
    rows.truncate(begin + kept);
    scores.truncate(scored + kept);
}

impl Drop for Code {
    fn drop(&mut self) {
        self.offers.clear();
        if let Some(module) = self.module.take() {
            // SAFETY: only `run` calls the code, it borrows `self`, and no address leaves this file.
            unsafe { module.free_memory() };
        }
    }
}

/// What functions write to.
pub struct Output<'a> {
    /// Kept between the two functions of an offer.
    pub masks: &'a mut Vec<u64>,
    /// Appended to.
    pub rows: &'a mut Vec<u32>,
    /// Appended to.
    pub scores: &'a mut Vec<f64>,
}

/// A column that machine code reads.
#[derive(Clone, Copy, Debug)]
pub enum ColumnInput<'a> {
    /// 64-bit integers.
    Int64(&'a [i64]),
    /// Doubles.
    Float64(&'a [f64]),
    /// 32-bit integers.
    Int32(&'a [i32]),
}

/// The inputs of a block: by number, pointers to what is as long as the block.
#[derive(Debug)]
pub struct Tables<'a> {
    customers: usize,
    words: usize,
    bitmaps: Vec<*const u64>,
    columns: Vec<*const u8>,
    borrowed: std::marker::PhantomData<&'a ()>,
}

impl<'a> Tables<'a> {
    /// For a block of so many customers.
    pub fn new(customers: usize) -> Self {
        let words = customers.div_ceil(64);
        Self { customers, words, bitmaps: Vec::new(), columns: Vec::new(), borrowed: std::marker::PhantomData }
    }

    /// Adds the next bitmap; gives whether it is long enough, and adds nothing more if not.
    pub fn add_bitmap(&mut self, words: &'a [u64]) -> bool {
        let enough = words.len() >= self.words;
        if enough {
            self.bitmaps.push(words.as_ptr());
        }
        enough
    }

    /// Adds the next column; gives whether it is long enough.
    pub fn add_column(&mut self, column: ColumnInput<'a>) -> bool {
        let (len, pointer) = match column {
            ColumnInput::Int64(values) => (values.len(), values.as_ptr().cast()),
            ColumnInput::Float64(values) => (values.len(), values.as_ptr().cast()),
            ColumnInput::Int32(values) => (values.len(), values.as_ptr().cast()),
        };
        if len >= self.customers {
            self.columns.push(pointer);
        }
        len >= self.customers
    }
}
