//! Functions of instants in a zone, by the zone's table of offsets instead of its rules.

use opportune_plan::{Builtin, Type};

use super::column::{Operand, Scalar};
use crate::bind::{Call, Parameter};
use crate::builtin::calendar;
use crate::time::Calendar;

/// A function of an instant in a zone, the last argument.
pub struct InZone<'a> {
    builtin: Builtin,
    zones: &'a [Option<Calendar>],
    /// Of a shift: whether it is by months.
    by_months: bool,
}

/// The function as one of an instant in a zone, if it is.
pub fn in_zone(call: &Call) -> Option<InZone<'_>> {
    use Builtin as B;
    let builtin = call.builtin;
    match (builtin, call.parameters.as_slice()) {
        (B::Shift, [Parameter::Plain(Type::Instant), Parameter::Plain(by), Parameter::Zone(zones)]) => {
            Some(InZone { builtin, zones, by_months: *by == Type::Months })
        }
        (B::At, [_, _, Parameter::Zone(zones)]) | (_, [Parameter::Plain(Type::Instant), Parameter::Zone(zones)]) => {
            Some(InZone { builtin, zones, by_months: false })
        }
        _ => None,
    }
}

impl InZone<'_> {
    /// The result for a row whose arguments are there.
    pub fn at(&self, operands: &[Operand<'_>], row: usize) -> Option<Scalar> {
        match operands {
            [instant, by, zone] if self.builtin == Builtin::Shift => {
                let by = by.int64s().get(row);
                let span = if self.by_months { calendar::months(by)? } else { calendar::days(by)? };
                self.zone(*zone, row)?.shift(instant.int64s().get(row), span).map(Scalar::Int64)
            }
            [date, time, zone] => {
                let (date, time) = (date.int32s().get(row), time.int64s().get(row));
                self.zone(*zone, row)?.instant_of(date, time).map(Scalar::Int64)
            }
            [instant, zone] => {
                let (date, time) = self.zone(*zone, row)?.local(instant.int64s().get(row))?;
                self.part(date, time)
            }
            _ => None,
        }
    }

    fn zone(&self, zone: Operand<'_>, row: usize) -> Option<&Calendar> {
        self.zones.get(zone.codes().get(row) as usize)?.as_ref()
    }

    fn part(&self, date: i32, time: i64) -> Option<Scalar> {
        use Builtin as B;
        match self.builtin {
            B::DateOf => Some(Scalar::Int32(date)),
            B::TimeOf => Some(Scalar::Int64(time)),
            B::Weekday(_) => Some(Scalar::Code(calendar::weekday(date))),
            B::Hour | B::Minute | B::Second => Some(Scalar::Int64(calendar::part_of_time(self.builtin, time))),
            _ => calendar::part_of_date(self.builtin, date).map(Scalar::Int64),
        }
    }
}
