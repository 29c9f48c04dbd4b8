//! Scores as machine code over two customers at once.
//!
//! Doubles are a vector of two, integers two registers. Beside a value stands what tells whether it is there: bits that
//! were read or computed, and, for doubles, being finite. NaN and infinity stay so under `+ - *`, so whether a double is
//! finite is asked only where it could get lost again: before a division by it, a choice, and at the end.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{Endianness, InstBuilder, MemFlagsData, Value, types};
use cranelift_frontend::FunctionBuilder;

use super::codegen::INPUT;
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

/// Two customers' values.
#[derive(Clone, Copy)]
enum Values {
    /// Doubles, as one vector.
    Doubles(Value),
    /// Integers, 64 bits each; dates too, with their sign.
    Integers([Value; 2]),
}

/// For two customers: where something holds.
#[derive(Clone, Copy)]
enum Where {
    /// Where the highest bit of a word is set.
    Signs([Value; 2]),
    /// Where the bits of a vector's lane are set, all of them; else none are.
    Lanes(Value),
}

/// A value of two customers.
#[derive(Clone, Copy)]
struct Number {
    values: Values,
    /// Where it is there; `None`: nothing was missing on the way.
    known: Option<Where>,
    /// Whether it is also missing where it is not finite.
    may_overflow: bool,
}

/// Where two customers are, and where their inputs are.
pub struct Pair<'a> {
    /// The program.
    pub program: &'a Program,
    /// The pointers of columns by number.
    pub columns: &'a HashMap<i32, Value>,
    /// The pointers of bitmaps by number.
    pub bitmaps: &'a HashMap<i32, Value>,
    /// Doubles by their bits, each twice in a vector.
    pub constants: &'a HashMap<u64, Value>,
    /// The customers' positions in the block.
    pub rows: [Value; 2],
}

impl Pair<'_> {
    /// The scores as the bits of a vector, zero where one is missing for another reason than that it is not finite;
    /// `None` where the recipe lacks something.
    pub fn score(&self, builder: &mut FunctionBuilder<'_>, recipe: &Recipe, score: NodeId) -> Option<Value> {
        let mut numbers: HashMap<NodeId, Number> = HashMap::new();
        for id in &recipe.nodes {
            let number = self.number(builder, recipe, &numbers, *id)?;
            numbers.insert(*id, number);
        }
        let number = *numbers.get(&score)?;
        let Values::Doubles(score) = number.values else { return None };
        let bits = bits_of(builder, score);
        let Some(known) = number.known else { return Some(bits) };
        let known = lanes(builder, known);
        Some(builder.ins().band(bits, known))
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
            Op::Constant(Scalar::Float64(bits)) => there(Values::Doubles(*self.constants.get(bits)?)),
            Op::Constant(scalar) => there(constant(builder, *scalar)?),
            Op::Missing(kind) => missing(builder, *kind)?,
            _ if recipe.columns.contains_key(&id) => self.read(builder, recipe, node.kind, id)?,
            Op::ToNumber(a) => {
                let a = get(a)?;
                Number { values: Values::Doubles(doubles(builder, a.values)), ..a }
            }
            Op::Negate(a) => negate(builder, get(a)?),
            Op::Arithmetic(calculation, a, b) => calculate(builder, *calculation, get(a)?, get(b)?)?,
            Op::Else(a, b) => otherwise(builder, get(a)?, get(b)?)?,
            Op::If(condition, a, b) => {
                let condition = recipe.conditions.get(condition)?;
                self.choose(builder, *condition, get(a)?, get(b)?)?
            }
            _ => return None,
        };
        // What binding has shown to be there needs no proof at run time.
        Some(if node.missing { number } else { there(number.values) })
    }

    fn read(&self, builder: &mut FunctionBuilder<'_>, recipe: &Recipe, kind: Kind, id: NodeId) -> Option<Number> {
        let base = *self.columns.get(recipe.columns.get(&id)?)?;
        let shift = if kind == Kind::Int32 { 2 } else { 3 };
        let addresses = self.rows.map(|row| {
            let offset = builder.ins().ishl_imm_s(row, shift);
            builder.ins().iadd(base, offset)
        });
        let values = match kind {
            Kind::Float64 => {
                let bits = addresses.map(|address| builder.ins().load(types::I64, INPUT, address, 0));
                let bits = vector(builder, bits);
                Values::Doubles(doubles_of(builder, bits))
            }
            Kind::Int64 => Values::Integers(addresses.map(|address| builder.ins().load(types::I64, INPUT, address, 0))),
            Kind::Int32 => Values::Integers(addresses.map(|address| builder.ins().sload32(INPUT, address, 0))),
            Kind::Bits | Kind::Codes => return None,
        };
        let known = match recipe.known.get(&id) {
            Some(number) => Some(self.bits(builder, *number)?),
            None => None,
        };
        Some(Number { values, known, may_overflow: false })
    }

    /// The customers' bits of a bitmap.
    fn bits(&self, builder: &mut FunctionBuilder<'_>, number: i32) -> Option<Where> {
        let base = *self.bitmaps.get(&number)?;
        Some(Where::Signs(self.rows.map(|row| {
            let word = builder.ins().ushr_imm_u(row, 6);
            let offset = builder.ins().ishl_imm_s(word, 3);
            let address = builder.ins().iadd(base, offset);
            let word = builder.ins().load(types::I64, INPUT, address, 0);
            // Shifts count in the lowest six bits, whose complement is the way from a bit to the highest one.
            let way = builder.ins().bnot(row);
            builder.ins().ishl(word, way)
        })))
    }

    fn choose(
        &self,
        builder: &mut FunctionBuilder<'_>,
        (yes, sure): (i32, Option<i32>),
        a: Number,
        b: Number,
    ) -> Option<Number> {
        let yes = self.bits(builder, yes)?;
        let values = select(builder, yes, a.values, b.values)?;
        let mut known = match (a.known, b.known) {
            (None, None) => None,
            (a, b) => {
                let ones = Where::Signs([builder.ins().iconst(types::I64, -1); 2]);
                let (a, b) = (a.unwrap_or(ones), b.unwrap_or(ones));
                let (when, not_both) = (join(builder, Join::And, yes, a), join(builder, Join::AndNot, b, yes));
                Some(join(builder, Join::Or, when, not_both))
            }
        };
        if let Some(sure) = sure {
            let sure = self.bits(builder, sure)?;
            known = both(builder, known, Some(sure));
        }
        Some(Number { values, known, may_overflow: a.may_overflow || b.may_overflow })
    }
}

/// Ones and zeros in the lanes of a vector: which scores count.
pub fn counts(builder: &mut FunctionBuilder<'_>, bits: Value) -> Value {
    let score = doubles_of(builder, bits);
    // Both are false for NaN, and what is infinite is too great.
    let (zero, greatest) = (twice(builder, 0.0), twice(builder, GREATEST_SCORE));
    let above_zero = builder.ins().fcmp(FloatCC::GreaterThan, score, zero);
    let not_too_great = builder.ins().fcmp(FloatCC::LessThanOrEqual, score, greatest);
    builder.ins().band(above_zero, not_too_great)
}

fn there(values: Values) -> Number {
    Number { values, known: None, may_overflow: false }
}

/// A double twice.
fn twice(builder: &mut FunctionBuilder<'_>, value: f64) -> Value {
    let value = builder.ins().f64const(value);
    builder.ins().splat(types::F64X2, value)
}

fn constant(builder: &mut FunctionBuilder<'_>, scalar: Scalar) -> Option<Values> {
    let value = match scalar {
        Scalar::Float64(bits) => return Some(Values::Doubles(twice(builder, f64::from_bits(bits)))),
        Scalar::Int64(value) => value,
        Scalar::Int32(value) => i64::from(value),
        Scalar::Bool(_) | Scalar::Code(_) => return None,
    };
    Some(Values::Integers([builder.ins().iconst(types::I64, value); 2]))
}

fn missing(builder: &mut FunctionBuilder<'_>, kind: Kind) -> Option<Number> {
    let zero = match kind {
        Kind::Float64 => Scalar::Float64(0),
        Kind::Int64 | Kind::Int32 => Scalar::Int64(0),
        Kind::Bits | Kind::Codes => return None,
    };
    let nowhere = Where::Signs([builder.ins().iconst(types::I64, 0); 2]);
    Some(Number { values: constant(builder, zero)?, known: Some(nowhere), may_overflow: false })
}

/// Two words as a vector.
fn vector(builder: &mut FunctionBuilder<'_>, [first, second]: [Value; 2]) -> Value {
    let vector = builder.ins().scalar_to_vector(types::I64X2, first);
    builder.ins().insertlane(vector, second, 1)
}

fn bits_of(builder: &mut FunctionBuilder<'_>, doubles: Value) -> Value {
    builder.ins().bitcast(types::I64X2, LANES, doubles)
}

fn doubles_of(builder: &mut FunctionBuilder<'_>, bits: Value) -> Value {
    builder.ins().bitcast(types::F64X2, LANES, bits)
}

/// How vectors are taken for others.
pub const LANES: MemFlagsData = MemFlagsData::new().with_endianness(Endianness::Little);

/// Values as doubles.
fn doubles(builder: &mut FunctionBuilder<'_>, values: Values) -> Value {
    match values {
        Values::Doubles(values) => values,
        Values::Integers(values) => {
            let [first, second] = values.map(|value| builder.ins().fcvt_from_sint(types::F64, value));
            let vector = builder.ins().splat(types::F64X2, first);
            builder.ins().insertlane(vector, second, 1)
        }
    }
}

/// As ones and zeros in the lanes of a vector.
fn lanes(builder: &mut FunctionBuilder<'_>, place: Where) -> Value {
    match place {
        Where::Lanes(lanes) => lanes,
        Where::Signs(words) => {
            let words = vector(builder, words);
            let zero = builder.ins().iconst(types::I64, 0);
            let zero = builder.ins().splat(types::I64X2, zero);
            builder.ins().icmp(IntCC::SignedLessThan, words, zero)
        }
    }
}

/// How two sets of customers become one.
#[derive(Clone, Copy)]
enum Join {
    And,
    AndNot,
    Or,
}

fn join(builder: &mut FunctionBuilder<'_>, how: Join, a: Where, b: Where) -> Where {
    let mut words = |a, b| match how {
        Join::And => builder.ins().band(a, b),
        Join::AndNot => builder.ins().band_not(a, b),
        Join::Or => builder.ins().bor(a, b),
    };
    if let (Where::Signs([a, c]), Where::Signs([b, d])) = (a, b) {
        return Where::Signs([words(a, b), words(c, d)]);
    }
    let (a, b) = (lanes(builder, a), lanes(builder, b));
    let mut words = |a, b| match how {
        Join::And => builder.ins().band(a, b),
        Join::AndNot => builder.ins().band_not(a, b),
        Join::Or => builder.ins().bor(a, b),
    };
    Where::Lanes(words(a, b))
}

/// Where a value is there, finiteness included; `None` where it always is.
fn known(builder: &mut FunctionBuilder<'_>, number: Number) -> Option<Where> {
    let Values::Doubles(values) = number.values else { return number.known };
    if !number.may_overflow {
        return number.known;
    }
    let magnitude = builder.ins().fabs(values);
    let infinity = twice(builder, f64::INFINITY);
    let finite = Where::Lanes(builder.ins().fcmp(FloatCC::LessThan, magnitude, infinity));
    both(builder, number.known, Some(finite))
}

fn both(builder: &mut FunctionBuilder<'_>, a: Option<Where>, b: Option<Where>) -> Option<Where> {
    match (a, b) {
        (Some(a), Some(b)) => Some(join(builder, Join::And, a, b)),
        (a, b) => a.or(b),
    }
}

/// The first where a condition holds, else the second; `None` where they are not of one kind.
fn select(builder: &mut FunctionBuilder<'_>, condition: Where, a: Values, b: Values) -> Option<Values> {
    match (condition, a, b) {
        (condition, Values::Doubles(a), Values::Doubles(b)) => {
            let condition = lanes(builder, condition);
            let (a, b) = (bits_of(builder, a), bits_of(builder, b));
            let chosen = builder.ins().bitselect(condition, a, b);
            Some(Values::Doubles(doubles_of(builder, chosen)))
        }
        (Where::Signs([first, second]), Values::Integers([a, c]), Values::Integers([b, d])) => {
            let mut select = |sign, a, b| {
                let condition = builder.ins().icmp_imm_s(IntCC::SignedLessThan, sign, 0);
                builder.ins().select(condition, a, b)
            };
            Some(Values::Integers([select(first, a, b), select(second, c, d)]))
        }
        _ => None,
    }
}

fn otherwise(builder: &mut FunctionBuilder<'_>, a: Number, b: Number) -> Option<Number> {
    let Some(there) = known(builder, a) else { return Some(a) };
    let values = select(builder, there, a.values, b.values)?;
    let known = b.known.map(|known| join(builder, Join::Or, there, known));
    Some(Number { values, known, may_overflow: b.may_overflow })
}

fn negate(builder: &mut FunctionBuilder<'_>, a: Number) -> Number {
    match a.values {
        Values::Doubles(values) => Number { values: Values::Doubles(builder.ins().fneg(values)), ..a },
        Values::Integers(values) => {
            let fits = values.map(|value| {
                let fits = builder.ins().icmp_imm_s(IntCC::NotEqual, value, i64::MIN);
                sign(builder, fits)
            });
            let known = both(builder, a.known, Some(Where::Signs(fits)));
            Number { values: Values::Integers(values.map(|value| builder.ins().ineg(value))), known, ..a }
        }
    }
}

/// A condition as the highest bit of a word.
fn sign(builder: &mut FunctionBuilder<'_>, condition: Value) -> Value {
    let bit = builder.ins().uextend(types::I64, condition);
    builder.ins().ishl_imm_s(bit, 63)
}

fn calculate(builder: &mut FunctionBuilder<'_>, calculation: Calculation, a: Number, b: Number) -> Option<Number> {
    let mut known = both(builder, a.known, b.known);
    let values = match (calculation, a.values, b.values) {
        (Calculation::Number(sign), Values::Doubles(left), Values::Doubles(right)) => match sign {
            Sign::Plus => builder.ins().fadd(left, right),
            Sign::Minus => builder.ins().fsub(left, right),
            Sign::Times => builder.ins().fmul(left, right),
            Sign::Through => {
                // Through infinity would be zero, which is not missing.
                let by = self::known(builder, b);
                known = both(builder, a.known, by);
                builder.ins().fdiv(left, right)
            }
        },
        (Calculation::Ratio, a, b) => {
            let (a, b) = (doubles(builder, a), doubles(builder, b));
            builder.ins().fdiv(a, b)
        }
        (Calculation::Int64(sign), Values::Integers([a, c]), Values::Integers([b, d])) => {
            let ((first, fits), (second, also)) = (integer(builder, sign, a, b), integer(builder, sign, c, d));
            let known = both(builder, known, Some(Where::Signs([fits, also])));
            return Some(Number { values: Values::Integers([first, second]), known, may_overflow: false });
        }
        (Calculation::DaysBetween, Values::Integers([a, c]), Values::Integers([b, d])) => {
            let days = [builder.ins().isub(a, b), builder.ins().isub(c, d)];
            return Some(Number { values: Values::Integers(days), known, may_overflow: false });
        }
        _ => return None,
    };
    Some(Number { values: Values::Doubles(values), known, may_overflow: true })
}

/// An integer, and in the highest bit of a word whether it fits 64 bits; one that does not is missing.
fn integer(builder: &mut FunctionBuilder<'_>, sign: Sign, a: Value, b: Value) -> (Value, Value) {
    match sign {
        Sign::Plus | Sign::Minus => {
            let value = if sign == Sign::Plus { builder.ins().iadd(a, b) } else { builder.ins().isub(a, b) };
            // The sign is wrong where it differs from the first operand's, and from that of the second as it was used.
            let from_a = builder.ins().bxor(a, value);
            let other = if sign == Sign::Plus { builder.ins().bxor(b, value) } else { builder.ins().bxor(a, b) };
            let wrong = builder.ins().band(from_a, other);
            (value, builder.ins().bnot(wrong))
        }
        Sign::Times | Sign::Through => {
            let (low, high) = (builder.ins().imul(a, b), builder.ins().smulhi(a, b));
            let extension = builder.ins().sshr_imm_s(low, 63);
            let fits = builder.ins().icmp(IntCC::Equal, high, extension);
            (low, self::sign(builder, fits))
        }
    }
}
