//! Days and hours of the customer: the zone in which they are told, and the calls of the plan that take it.
//!
//! What must hold: every operand of type zone is [`Infer::zone`] (or the project's, where a date is the time of events),
//! over the customer and never missing.

use opportune_plan::{Arithmetic, Builtin, Constant, Schema as PlanSchema, Type, Unit};

use super::super::{Expr, ExprKind};
use super::Infer;

const ZONELESS: &str = "UTC";

impl Infer<'_> {
    /// The zone of the customer: their field of type timezone, its default, the project's zone.
    pub(in crate::hir) fn zone(&self) -> Expr {
        let Some(zone) = &self.context.schema.zone else { return self.project_zone() };
        let kind = ExprKind::Field(PlanSchema::CUSTOMER, zone.field);
        let field = Expr { kind, ty: Type::Zone, nullable: zone.may_miss };
        if !zone.may_miss {
            return field;
        }
        let default = zone.default.as_ref().map(|name| Expr::constant(Constant::Zone(name.clone())));
        field.or_else(default.unwrap_or_else(|| self.project_zone()))
    }

    /// The zone of the project.
    pub(in crate::hir) fn project_zone(&self) -> Expr {
        let name = self.context.zone.and_then(|zone| zone.iana_name()).unwrap_or(ZONELESS);
        Expr::constant(Constant::Zone(name.into()))
    }

    /// The customer's day at `now`, over the customer.
    pub(in crate::hir) fn today(&self) -> Expr {
        call(Builtin::Today, Type::Date, vec![self.zone()])
    }

    /// The first moment of a day of the customer's.
    pub(in crate::hir) fn first_moment(&self, day: Expr) -> Expr {
        midnight(day, self.zone())
    }

    /// The customer's day of a moment.
    pub(in crate::hir) fn day_of(&self, moment: Expr) -> Expr {
        call(Builtin::DateOf, Type::Date, vec![moment, self.zone()])
    }

    /// The zone, seen from the row in scope.
    pub(super) fn zone_here(&self) -> Expr {
        self.of_customer(self.zone())
    }

    /// A date or moment moved by days or months; `zone` is in scope where it is.
    pub(super) fn moved(at: Expr, by: Expr, zone: Expr) -> Expr {
        let ty = at.ty;
        let operands = if ty == Type::Instant { vec![at, by, zone] } else { vec![at, by] };
        call(Builtin::Shift, ty, operands)
    }
}

/// `now`
pub(super) fn now() -> Expr {
    Expr { kind: ExprKind::Now, ty: Type::Instant, nullable: false }
}

/// A call that is missing only where an argument is.
pub(super) fn call(builtin: Builtin, ty: Type, arguments: Vec<Expr>) -> Expr {
    let nullable = arguments.iter().any(|argument| argument.nullable);
    Expr { kind: ExprKind::Call(builtin, arguments), ty, nullable }
}

/// The first day of the stretch that holds the day.
pub(super) fn start_of(unit: Unit, day: Expr) -> Expr {
    if unit == Unit::Day { day } else { call(Builtin::StartOf(unit), Type::Date, vec![day]) }
}

/// The first moment of a day.
pub(super) fn midnight(day: Expr, zone: Expr) -> Expr {
    call(Builtin::At, Type::Instant, vec![day, Expr::constant(Constant::Time(0)), zone])
}

/// The moment just before.
pub(super) fn just_before(moment: Expr) -> Expr {
    later(moment, -1)
}

/// A moment moved by exact microseconds.
pub(super) fn later(moment: Expr, micros: i64) -> Expr {
    let nullable = moment.nullable;
    let by = Box::new(Expr::constant(Constant::Duration(micros.saturating_abs())));
    let way = if micros < 0 { Arithmetic::Subtract } else { Arithmetic::Add };
    Expr { kind: ExprKind::Arithmetic(way, Box::new(moment), by), ty: Type::Instant, nullable }
}

/// So many days.
pub(super) fn days(count: i64) -> Expr {
    Expr::constant(Constant::Days(count))
}

/// So many whole stretches, as days or months.
pub(super) fn stretches(unit: Unit, count: i64) -> Expr {
    Expr::constant(match unit {
        Unit::Day => Constant::Days(count),
        Unit::Week => Constant::Days(7 * count),
        Unit::Month => Constant::Months(count),
        Unit::Quarter => Constant::Months(3 * count),
        Unit::Year => Constant::Months(12 * count),
    })
}
