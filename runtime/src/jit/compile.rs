//! From Cranelift's functions to bytes of machine code, some functions at once on each processor.
//!
//! Functions do not know of each other, so the bytes do not depend on how they are shared out.

use std::num::NonZero;
use std::thread;

use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::Function;
use cranelift_codegen::isa::OwnedTargetIsa;

use super::{Effort, JitError};

/// The largest function that is compiled as well as possible: beyond it, the time for allocating registers grows with
/// the square of the size, to minutes for an offer of ten thousand conditions.
const MOST_INSTRUCTIONS: usize = 10_000;

/// Below this many offers, another thread costs more than it saves.
const WORTH_A_THREAD: usize = 8;

/// The functions of an offer.
pub struct Functions<T> {
    /// Of its masks.
    pub masks: T,
    /// Of its scores, where today is a day of the offer.
    pub scores: Option<T>,
}

/// The functions of an offer as machine code.
pub type Bytes = Functions<Vec<u8>>;

/// Compiles for the machine at hand.
pub struct Backend {
    isa: OwnedTargetIsa,
    /// For functions of more than [`MOST_INSTRUCTIONS`].
    quick: OwnedTargetIsa,
}

impl Backend {
    /// For the machine at hand.
    ///
    /// # Errors
    /// When Cranelift does not know the machine.
    pub fn new(effort: Effort) -> Result<Self, JitError> {
        Ok(Self { isa: super::code::isa(effort)?, quick: super::code::isa(Effort::Quick)? })
    }

    /// The machine.
    pub fn isa(&self) -> &OwnedTargetIsa {
        &self.isa
    }

    /// The bytes of each offer's functions, in their order.
    ///
    /// # Errors
    /// When Cranelift refuses one, or one would need anything from outside.
    pub fn compile(&self, offers: Vec<Functions<Function>>) -> Result<Vec<Bytes>, JitError> {
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let share = offers.len().div_ceil(threads).max(WORTH_A_THREAD);
        let mut rest = offers.into_iter();
        let mut shares = Vec::new();
        while !rest.as_slice().is_empty() {
            shares.push(rest.by_ref().take(share).collect::<Vec<_>>());
        }
        let own = shares.pop();
        let bytes = thread::scope(|scope| {
            let others: Vec<_> = shares.into_iter().map(|share| scope.spawn(|| self.one_by_one(share))).collect();
            let own = own.map(|share| self.one_by_one(share));
            let others = others.into_iter().map(|other| other.join().unwrap_or(Err(JitError::Broken)));
            others.chain(own).collect::<Result<Vec<_>, _>>()
        })?;
        Ok(bytes.into_iter().flatten().collect())
    }

    fn one_by_one(&self, offers: Vec<Functions<Function>>) -> Result<Vec<Bytes>, JitError> {
        let mut context = Context::new();
        let mut compile = |offer: Functions<Function>| {
            let masks = self.one(&mut context, offer.masks)?;
            let scores = offer.scores.map(|scores| self.one(&mut context, scores)).transpose()?;
            Ok(Functions { masks, scores })
        };
        offers.into_iter().map(&mut compile).collect()
    }

    fn one(&self, context: &mut Context, function: Function) -> Result<Vec<u8>, JitError> {
        context.clear();
        context.func = function;
        let is_large = context.func.dfg.num_insts() > MOST_INSTRUCTIONS;
        let isa = if is_large { &self.quick } else { &self.isa };
        let compiled = context
            .compile(&**isa, &mut ControlPlane::default())
            .map_err(|error| JitError::Codegen(error.inner.to_string()))?;
        // Nothing to resolve: what machine code calls or reads comes with its frame.
        if !compiled.buffer.relocs().is_empty() {
            return Err(JitError::Relocations);
        }
        Ok(compiled.code_buffer().to_vec())
    }
}
