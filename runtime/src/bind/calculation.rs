//! Arithmetic by the kinds of its operands.

use opportune_plan::{Arithmetic, Type};

use super::program::{Calculation, Sign};

/// What is done with two values of these types; a verified plan has only the pairs of [`Arithmetic`]'s table.
pub(super) fn of(arithmetic: Arithmetic, a: Type, b: Type) -> Calculation {
    let sign = match arithmetic {
        Arithmetic::Add => Sign::Plus,
        Arithmetic::Subtract => Sign::Minus,
        Arithmetic::Multiply => Sign::Times,
        Arithmetic::Divide => Sign::Through,
    };
    match (sign, a, b) {
        (_, Type::Number | Type::Distance, _) => Calculation::Number(sign),
        (_, Type::Instant, Type::Duration) => Calculation::InstantByDuration(sign),
        (_, Type::Date, Type::Days) => Calculation::DateByDays(sign),
        (_, Type::Date, _) => Calculation::DaysBetween,
        (_, _, Type::Number) => Calculation::Scale(sign),
        (Sign::Through, ..) => Calculation::Ratio,
        _ => Calculation::Int64(sign),
    }
}
