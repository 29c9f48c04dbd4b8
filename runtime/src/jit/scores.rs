//! Scores as machine code over one customer.
//!
//! A value is a register and what tells whether it is there: a bit that was read or computed, and, for doubles, being
//! finite. NaN and infinity stay so under `+ - *`, so whether a double is finite is asked only where it could get lost
//! again: before a division by it, a choice, and at the end. Floats are chosen as integers: a choice of floats would be
//! a branch.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};
use cranelift_frontend::FunctionBuilder;

use super::inputs::{Bitmap, Inputs};
use crate::bind::{Calculation, NodeId, Op, Program, Sign};
use crate::evaluate::GREATEST_SCORE;
use crate::vectorised::column::{Kind, Scalar};

/// What a score is made of.
#[derive(Debug, Default)]
pub struct Recipe {
    /// The nodes that machine code computes or reads, operands first.
    pub nodes: BTreeSet<NodeId>,
    /// By condition that chooses: the numbers of the bitmaps where it is definitely true, and, if it may be unknown,
    /// where it is known.
    pub conditions: BTreeMap<NodeId, (i32, Option<i32>)>,
    /// By node that is read: the number of its column.
    pub columns: BTreeMap<NodeId, i32>,
    /// By node that is read and may be missing: the number of the bitmap that tells.
    pub known: BTreeMap<NodeId, i32>,
    /// By the bits of a double: the number of the constant.
    pub constants: BTreeMap<u64, i32>,
}

impl Recipe {
    /// Finds what a score needs.
    pub fn new(program: &Program, inputs: &mut Inputs, score: NodeId) -> Self {
        let mut recipe = Self::default();
        let mut open = vec![score];
        while let Some(id) = open.pop() {
            if !recipe.nodes.insert(id) {
                continue;
            }
            let node = program.node(id);
            match &node.op {
                Op::Constant(Scalar::Float64(bits)) => {
                    recipe.constants.insert(*bits, inputs.constants.number(*bits));
                }
                Op::Constant(_) | Op::Missing(_) => {}
                Op::If(condition, a, b) if is_computed(program, id) => {
                    let yes = inputs.bitmaps.number(Bitmap::Yes(*condition));
                    let may_be_unknown = program.node(*condition).missing;
                    let known = may_be_unknown.then(|| inputs.known(program, *condition));
                    recipe.conditions.insert(*condition, (yes, known));
                    open.extend([*a, *b]);
                }
                op if is_computed(program, id) => op.for_each_operand(|operand| open.push(operand)),
                _ => {
                    recipe.columns.insert(id, inputs.columns.number(id));
                    if node.missing {
                        recipe.known.insert(id, inputs.known(program, id));
                    }
                }
            }
        }
        recipe
    }

    /// The numbers of all bitmaps of which a customer's bit is read.
    pub fn bitmaps(&self) -> BTreeSet<i32> {
        let of_conditions = self.conditions.values().flat_map(|(yes, known)| std::iter::once(*yes).chain(*known));
        self.known.values().copied().chain(of_conditions).collect()
    }
}

/// Whether machine code computes a value from others; what it does not, it reads from a column.
fn is_computed(program: &Program, id: NodeId) -> bool {
    let node = program.node(id);
    let computes = |calculation: &Calculation| {
        matches!(
            calculation,
            Calculation::Number(_) | Calculation::Ratio | Calculation::Int64(_) | Calculation::DaysBetween
        )
    };
    match &node.op {
        Op::ToNumber(_) | Op::Negate(_) => true,
        Op::Arithmetic(calculation, ..) => computes(calculation),
        Op::Else(..) | Op::If(..) => matches!(node.kind, Kind::Float64 | Kind::Int64 | Kind::Int32),
        _ => false,
    }
}

/// A value of one customer.
#[derive(Clone, Copy)]
struct Number {
    value: Value,
    /// 1 where it is there, 0 where it is missing; `None`: nothing was missing on the way.
    known: Option<Value>,
    /// Whether it is also missing where it is not finite.
    may_overflow: bool,
}

/// Where one customer is: what was loaded for the word, and which bit it is.
pub struct Customer<'a> {
    /// The program.
    pub program: &'a Program,
    /// The pointers of columns by number.
    pub columns: &'a HashMap<i32, Value>,
    /// The customer's words of bitmaps by number.
    pub words: &'a HashMap<i32, Value>,
    /// Doubles by their bits.
    pub constants: &'a HashMap<u64, Value>,
    /// The customer's position in the word.
    pub bit: Value,
    /// The customer's position in the block.
    pub row: Value,
}

impl Customer<'_> {
    /// The score, and 1 where it counts, else 0; `None` where the recipe lacks something.
    pub fn score(&self, builder: &mut FunctionBuilder<'_>, recipe: &Recipe, score: NodeId) -> Option<(Value, Value)> {
        let mut numbers: HashMap<NodeId, Number> = HashMap::new();
        for id in &recipe.nodes {
            let number = self.number(builder, recipe, &numbers, *id)?;
            numbers.insert(*id, number);
        }
        let number = *numbers.get(&score)?;
        // As integers the bits of positive doubles are in the order of the numbers, those of the infinite and NaN beyond
        // all others, and those with a sign beyond these: one comparison tells what is above zero and not too great.
        let bits = builder.ins().bitcast(types::I64, MemFlagsData::new(), number.value);
        let above_zero = builder.ins().iadd_imm_s(bits, -1);
        let greatest = builder.ins().iconst(types::I64, GREATEST_SCORE.to_bits().cast_signed());
        let counts = builder.ins().icmp(IntCC::UnsignedLessThan, above_zero, greatest);
        let counts = builder.ins().uextend(types::I64, counts);
        Some((number.value, number.known.map_or(counts, |known| builder.ins().band(counts, known))))
    }

    fn number(
        &self,
        builder: &mut FunctionBuilder<'_>,
        recipe: &Recipe,
        numbers: &HashMap<NodeId, Number>,
        id: NodeId,
    ) -> Option<Number> {
        let node = self.program.node(id);
        let get = |id: &NodeId| numbers.get(id).copied();
        let number = match &node.op {
            Op::Constant(Scalar::Float64(bits)) => there(*self.constants.get(bits)?),
            Op::Constant(scalar) => there(constant(builder, *scalar)?),
            Op::Missing(kind) => {
                let value = zero(builder, *kind)?;
                Number { value, known: Some(builder.ins().iconst(types::I64, 0)), may_overflow: false }
            }
            _ if recipe.columns.contains_key(&id) => self.read(builder, recipe, node.kind, id)?,
            Op::ToNumber(a) => {
                let a = get(a)?;
                Number { value: builder.ins().fcvt_from_sint(types::F64, a.value), ..a }
            }
            Op::Negate(a) => negate(builder, node.kind, get(a)?),
            Op::Arithmetic(calculation, a, b) => calculate(builder, *calculation, get(a)?, get(b)?)?,
            Op::Else(a, b) => self.otherwise(builder, node.kind, get(a)?, get(b)?),
            Op::If(condition, a, b) => {
                let condition = recipe.conditions.get(condition)?;
                self.choose(builder, node.kind, *condition, get(a)?, get(b)?)?
            }
            _ => return None,
        };
        // What binding has shown to be there needs no proof at run time.
        Some(if node.missing { number } else { there(number.value) })
    }

    fn read(&self, builder: &mut FunctionBuilder<'_>, recipe: &Recipe, kind: Kind, id: NodeId) -> Option<Number> {
        let base = *self.columns.get(recipe.columns.get(&id)?)?;
        let (ty, shift) = match kind {
            Kind::Float64 => (types::F64, 3),
            Kind::Int64 => (types::I64, 3),
            Kind::Int32 | Kind::Codes => (types::I32, 2),
            Kind::Bits => return None,
        };
        let offset = builder.ins().ishl_imm_s(self.row, shift);
        let address = builder.ins().iadd(base, offset);
        let value = builder.ins().load(ty, MemFlagsData::trusted().with_readonly(), address, 0);
        let word = recipe.known.get(&id).and_then(|number| self.words.get(number));
        Some(Number { value, known: word.map(|word| self.bit(builder, *word)), may_overflow: false })
    }

    /// The customer's bit of a word, as 0 or 1.
    fn bit(&self, builder: &mut FunctionBuilder<'_>, word: Value) -> Value {
        let shifted = builder.ins().ushr(word, self.bit);
        builder.ins().band_imm_s(shifted, 1)
    }

    fn otherwise(&self, builder: &mut FunctionBuilder<'_>, kind: Kind, a: Number, b: Number) -> Number {
        let Some(there) = known(builder, a) else { return a };
        let value = select(builder, kind, there, a.value, b.value);
        let known = b.known.map(|known| builder.ins().bor(there, known));
        Number { value, known, may_overflow: b.may_overflow }
    }

    fn choose(
        &self,
        builder: &mut FunctionBuilder<'_>,
        kind: Kind,
        (yes, sure): (i32, Option<i32>),
        a: Number,
        b: Number,
    ) -> Option<Number> {
        let yes = self.bit(builder, *self.words.get(&yes)?);
        let value = select(builder, kind, yes, a.value, b.value);
        let mut known = match (a.known, b.known) {
            (None, None) => None,
            (a, b) => {
                let a = a.unwrap_or_else(|| builder.ins().iconst(types::I64, 1));
                let b = b.unwrap_or_else(|| builder.ins().iconst(types::I64, 1));
                Some(builder.ins().select(yes, a, b))
            }
        };
        if let Some(sure) = sure {
            let sure = self.bit(builder, *self.words.get(&sure)?);
            known = both(builder, known, Some(sure));
        }
        Some(Number { value, known, may_overflow: a.may_overflow || b.may_overflow })
    }
}

fn there(value: Value) -> Number {
    Number { value, known: None, may_overflow: false }
}

fn constant(builder: &mut FunctionBuilder<'_>, scalar: Scalar) -> Option<Value> {
    Some(match scalar {
        Scalar::Float64(bits) => builder.ins().f64const(f64::from_bits(bits)),
        Scalar::Int64(value) => builder.ins().iconst(types::I64, value),
        Scalar::Int32(value) => builder.ins().iconst(types::I32, i64::from(value.cast_unsigned())),
        Scalar::Bool(_) | Scalar::Code(_) => return None,
    })
}

fn zero(builder: &mut FunctionBuilder<'_>, kind: Kind) -> Option<Value> {
    constant(
        builder,
        match kind {
            Kind::Float64 => Scalar::Float64(0),
            Kind::Int64 => Scalar::Int64(0),
            Kind::Int32 => Scalar::Int32(0),
            Kind::Bits | Kind::Codes => return None,
        },
    )
}

/// 1 where a value is there, finiteness included; `None` where it always is.
fn known(builder: &mut FunctionBuilder<'_>, number: Number) -> Option<Value> {
    if !number.may_overflow {
        return number.known;
    }
    let magnitude = builder.ins().fabs(number.value);
    let infinity = builder.ins().f64const(f64::INFINITY);
    let finite = builder.ins().fcmp(FloatCC::LessThan, magnitude, infinity);
    let finite = builder.ins().uextend(types::I64, finite);
    both(builder, number.known, Some(finite))
}

fn both(builder: &mut FunctionBuilder<'_>, a: Option<Value>, b: Option<Value>) -> Option<Value> {
    match (a, b) {
        (Some(a), Some(b)) => Some(builder.ins().band(a, b)),
        (a, b) => a.or(b),
    }
}

fn select(builder: &mut FunctionBuilder<'_>, kind: Kind, condition: Value, a: Value, b: Value) -> Value {
    if kind != Kind::Float64 {
        return builder.ins().select(condition, a, b);
    }
    let a = builder.ins().bitcast(types::I64, MemFlagsData::new(), a);
    let b = builder.ins().bitcast(types::I64, MemFlagsData::new(), b);
    let chosen = builder.ins().select(condition, a, b);
    builder.ins().bitcast(types::F64, MemFlagsData::new(), chosen)
}

fn negate(builder: &mut FunctionBuilder<'_>, kind: Kind, a: Number) -> Number {
    if kind == Kind::Float64 {
        return Number { value: builder.ins().fneg(a.value), ..a };
    }
    let fits = builder.ins().icmp_imm_s(IntCC::NotEqual, a.value, i64::MIN);
    let fits = builder.ins().uextend(types::I64, fits);
    Number { value: builder.ins().ineg(a.value), known: both(builder, a.known, Some(fits)), may_overflow: false }
}

fn calculate(builder: &mut FunctionBuilder<'_>, calculation: Calculation, a: Number, b: Number) -> Option<Number> {
    let mut known = both(builder, a.known, b.known);
    let value = match calculation {
        Calculation::Number(Sign::Plus) => builder.ins().fadd(a.value, b.value),
        Calculation::Number(Sign::Minus) => builder.ins().fsub(a.value, b.value),
        Calculation::Number(Sign::Times) => builder.ins().fmul(a.value, b.value),
        Calculation::Number(Sign::Through) => {
            // Through infinity would be zero, which is not missing.
            let by = self::known(builder, b);
            known = both(builder, a.known, by);
            builder.ins().fdiv(a.value, b.value)
        }
        Calculation::Ratio => {
            let a = builder.ins().fcvt_from_sint(types::F64, a.value);
            let b = builder.ins().fcvt_from_sint(types::F64, b.value);
            builder.ins().fdiv(a, b)
        }
        Calculation::Int64(sign) => return Some(integers(builder, sign, a.value, b.value, known)),
        Calculation::DaysBetween => {
            let a = builder.ins().sextend(types::I64, a.value);
            let b = builder.ins().sextend(types::I64, b.value);
            return Some(Number { value: builder.ins().isub(a, b), known, may_overflow: false });
        }
        _ => return None,
    };
    Some(Number { value, known, may_overflow: true })
}

/// Integers that do not fit 64 bits are missing.
fn integers(builder: &mut FunctionBuilder<'_>, sign: Sign, a: Value, b: Value, known: Option<Value>) -> Number {
    let (value, fits) = match sign {
        Sign::Plus | Sign::Minus => {
            let value = if sign == Sign::Plus { builder.ins().iadd(a, b) } else { builder.ins().isub(a, b) };
            // The sign is wrong where it differs from the first operand's, and from that of the second as it was used.
            let from_a = builder.ins().bxor(a, value);
            let other = if sign == Sign::Plus { builder.ins().bxor(b, value) } else { builder.ins().bxor(a, b) };
            let wrong = builder.ins().band(from_a, other);
            (value, builder.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, wrong, 0))
        }
        Sign::Times | Sign::Through => {
            let (low, high) = (builder.ins().imul(a, b), builder.ins().smulhi(a, b));
            let extension = builder.ins().sshr_imm_s(low, 63);
            (low, builder.ins().icmp(IntCC::Equal, high, extension))
        }
    };
    let fits = builder.ins().uextend(types::I64, fits);
    Number { value, known: both(builder, known, Some(fits)), may_overflow: false }
}
