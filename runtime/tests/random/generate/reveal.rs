//! Scores that show the last bit of a value: what a comparison with a constant would hide is seen in a priority.

use opportune_plan::{Arithmetic, Builtin, Comparison, Constant, ExprId, JourneyPart, Op, Type};

use super::expressions::Writer;
use super::float;
use super::schema::{CUSTOMER, WEEK};

/// The types that most functions give.
const CALLED: [Type; 8] =
    [Type::Int, Type::Number, Type::Date, Type::Instant, Type::Time, Type::Ordered(WEEK), Type::Place, Type::Distance];

/// The types that most aggregates give, of the more functions the oftener.
const AGGREGATED: [Type; 9] = [
    Type::Int,
    Type::Number,
    Type::Duration,
    Type::Days,
    Type::Distance,
    Type::Bool,
    Type::Text,
    Type::Months,
    Type::Int,
];

impl Writer<'_> {
    /// A priority that tells an operation's result, of any type, exactly where it is in range.
    pub fn revealed(&mut self) -> ExprId {
        let depth = self.dice.pick(&[0, 0, 1, 2]);
        let (value, ty) = match self.dice.roll(10) {
            0..=3 => {
                let ty = if self.dice.percent(70) { self.dice.pick(&AGGREGATED) } else { self.any_type() };
                (self.of_events(ty, depth), ty)
            }
            4..=6 => {
                let ty = self.dice.pick(&CALLED);
                (self.call(ty, CUSTOMER, depth), ty)
            }
            7 if self.journeys > 0 => {
                let (part, ty) = self.dice.pick(&[(JourneyPart::Step, Type::Int), (JourneyPart::Since, Type::Instant)]);
                (self.journey(part), ty)
            }
            _ => {
                let ty = self.any_type();
                (self.operation(ty, CUSTOMER, depth), ty)
            }
        };
        let number = self.as_number(value, ty);
        // Whole steps of two change no bit of it, unless it is very small.
        let scale = self.dice.pick(&[1.0, 2.0_f64.powi(-20), 2.0_f64.powi(-40), 2.0_f64.powi(40)]);
        let scaled = self.arithmetic(Arithmetic::Multiply, number, Constant::Number(float(scale)));
        let positive = self.absolute(scaled);
        let default = self.add(Op::Constant(Constant::Number(float(7.0))));
        self.add(Op::Else(positive, default))
    }

    fn as_number(&mut self, value: ExprId, ty: Type) -> ExprId {
        use Arithmetic::{Divide, Subtract};
        match ty {
            Type::Number => value,
            Type::Int => self.add(Op::ToNumber(value)),
            Type::Money(currency) => self.arithmetic(Divide, value, Constant::Money(currency, 1)),
            Type::Duration => self.arithmetic(Divide, value, Constant::Duration(1)),
            Type::Days => self.arithmetic(Divide, value, Constant::Days(1)),
            Type::Date => {
                let days = self.arithmetic(Subtract, value, Constant::Date(0));
                self.as_number(days, Type::Days)
            }
            Type::Instant => {
                let duration = self.arithmetic(Subtract, value, Constant::Instant(0));
                self.as_number(duration, Type::Duration)
            }
            Type::Months => self.arithmetic(Divide, value, Constant::Months(1)),
            Type::Distance => self.arithmetic(Divide, value, Constant::Distance(float(1.0))),
            Type::Place => {
                let constant = self.literal(ty);
                let distance = self.call_of(Builtin::Distance, vec![value, constant]);
                self.as_number(distance, Type::Distance)
            }
            Type::Time => {
                let (day, zone) = (Constant::Date(0), Constant::Zone("UTC".into()));
                let [day, zone] = [day, zone].map(|constant| self.add(Op::Constant(constant)));
                let instant = self.call_of(Builtin::At, vec![day, value, zone]);
                self.as_number(instant, Type::Instant)
            }
            Type::Set(_) if self.dice.percent(50) => {
                let size = self.call_of(Builtin::Size, vec![value]);
                self.add(Op::ToNumber(size))
            }
            Type::Bool => self.choice(value),
            Type::Text | Type::OneOf(_) | Type::Ordered(_) | Type::Zone | Type::Set(_) => {
                let constant = self.constant(ty);
                let constant = self.add(Op::Constant(constant));
                let is_equal = self.add(Op::Compare(Comparison::Equal, value, constant));
                self.choice(is_equal)
            }
        }
    }

    fn choice(&mut self, condition: ExprId) -> ExprId {
        let [one, two] = [1.0, 2.0].map(|value| self.add(Op::Constant(Constant::Number(float(value)))));
        self.add(Op::If(condition, one, two))
    }

    fn absolute(&mut self, number: ExprId) -> ExprId {
        let zero = self.add(Op::Constant(Constant::Number(float(0.0))));
        let is_negative = self.add(Op::Compare(Comparison::Less, number, zero));
        let negated = self.add(Op::Negate(number));
        self.add(Op::If(is_negative, negated, number))
    }

    fn arithmetic(&mut self, operation: Arithmetic, a: ExprId, b: Constant) -> ExprId {
        let b = self.add(Op::Constant(b));
        self.add(Op::Arithmetic(operation, a, b))
    }
}
