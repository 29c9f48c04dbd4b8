//! What machine code reads: bitmaps and columns over the customers of a block, numbered as offers come to need them.

use std::collections::HashMap;
use std::hash::Hash;

use crate::bind::{NodeId, Op, Program};
use crate::vectorised::column::Kind;

/// A bitmap that machine code reads.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Bitmap {
    /// The customers of the block.
    Live,
    /// Where a condition is definitely true.
    Yes(NodeId),
    /// Where a value is there, or a condition known.
    Known(NodeId),
}

/// Distinct inputs in the order of their numbers.
#[derive(Debug)]
pub struct Numbered<T> {
    /// By number.
    pub all: Vec<T>,
    numbers: HashMap<T, i32>,
}

impl<T: Copy + Eq + Hash> Numbered<T> {
    fn new() -> Self {
        Self { all: Vec::new(), numbers: HashMap::new() }
    }

    /// The number of an input, which is new at its first use.
    pub fn number(&mut self, input: T) -> i32 {
        let all = &mut self.all;
        *self.numbers.entry(input).or_insert_with(|| {
            all.push(input);
            i32::try_from(all.len() - 1).unwrap_or(i32::MAX)
        })
    }
}

/// The inputs of all offers.
#[derive(Debug)]
pub struct Inputs {
    /// The bitmaps.
    pub bitmaps: Numbered<Bitmap>,
    /// The columns.
    pub columns: Numbered<NodeId>,
    /// The bits of doubles.
    pub constants: Numbered<u64>,
    /// By node: whether a condition is read as a bitmap although machine code could compute it.
    shared: Vec<bool>,
}

/// A condition of more nodes than this that is used more than once is computed once, for all offers.
const LARGE: u32 = 8;

impl Inputs {
    /// None yet.
    pub fn new(program: &Program) -> Self {
        let mut inputs = Self {
            bitmaps: Numbered::new(),
            columns: Numbered::new(),
            constants: Numbered::new(),
            shared: shared(program),
        };
        inputs.bitmaps.number(Bitmap::Live);
        inputs
    }

    /// The number of the bitmap of what is known of a node. A test knows what the value that it tests knows.
    pub fn known(&mut self, program: &Program, id: NodeId) -> i32 {
        match program.node(id).op {
            Op::Atom(value, _) => self.bitmaps.number(Bitmap::Known(value)),
            _ => self.bitmaps.number(Bitmap::Known(id)),
        }
    }

    /// Whether machine code computes this condition from others, word by word.
    pub fn is_composite(&self, program: &Program, id: NodeId) -> bool {
        let node = program.node(id);
        let composite = match node.op {
            Op::Not(_) | Op::And(_) | Op::Or(_) | Op::IsMissing(_) | Op::IsTrue(_) => true,
            Op::Else(..) | Op::If(..) => node.kind == Kind::Bits,
            _ => false,
        };
        composite && !self.shared.get(id.at()).copied().unwrap_or(false)
    }

    /// The nodes that the vectorised evaluator computes for the machine code.
    pub fn roots(&self) -> Vec<NodeId> {
        let of_bitmaps = self.bitmaps.all.iter().filter_map(|bitmap| match bitmap {
            Bitmap::Live => None,
            Bitmap::Yes(id) | Bitmap::Known(id) => Some(*id),
        });
        of_bitmaps.chain(self.columns.all.iter().copied()).collect()
    }
}

/// By node: whether it is large and used more than once.
fn shared(program: &Program) -> Vec<bool> {
    let mut uses = vec![0_u32; program.nodes.len()];
    let mut sizes = vec![1_u32; program.nodes.len()];
    let mut note = |id: NodeId| {
        if let Some(uses) = uses.get_mut(id.at()) {
            *uses += 1;
        }
    };
    for (at, node) in program.nodes.iter().enumerate() {
        let mut size = 1_u32;
        node.op.for_each_operand(|operand| {
            note(operand);
            size = size.saturating_add(sizes.get(operand.at()).copied().unwrap_or(1));
        });
        if let Some(slot) = sizes.get_mut(at) {
            *slot = size;
        }
    }
    for offer in &program.offers {
        offer
            .eligible
            .iter()
            .chain(&offer.except)
            .chain(&offer.forbidden)
            .chain(offer.reach.iter().flatten())
            .for_each(|id| note(*id));
        offer.room.iter().for_each(|id| note(*id));
    }
    uses.iter().zip(&sizes).map(|(uses, size)| *uses > 1 && *size > LARGE).collect()
}
