//! Random texts with holes.

use opportune_plan::{Format, Part, Template, Type};

use super::expressions::Writer;
use super::schema::CUSTOMER;

impl Writer<'_> {
    pub fn template(&mut self) -> Template {
        let mut parts = Vec::new();
        for _ in 0..1 + self.dice.roll(3) {
            if !matches!(parts.last(), Some(Part::Text(_))) && self.dice.percent(60) {
                parts.push(Part::Text(self.dice.pick(&["You ", "é {", "\"", "\n"]).into()));
            }
            parts.push(self.hole());
        }
        Template { parts }
    }

    fn hole(&mut self) -> Part {
        let (ty, depth) = (self.any_type(), self.dice.roll(3));
        let member = self.family.filter(|_| self.dice.percent(30));
        let value = match member {
            Some(family) => self.add(opportune_plan::Op::Member(family.table, family.field)),
            None => self.sure(ty, CUSTOMER, depth),
        };
        let ty = self.exprs.node(value).ty;
        let format = match ty {
            Type::Int | Type::Number | Type::Money(_) => {
                let decimals = self.dice.roll(7) as u8;
                self.dice.pick(&[Format::Plain, Format::Whole, Format::Decimals(decimals), Format::Percent])
            }
            Type::Date => self.dice.pick(&OF_DATES),
            Type::Instant => self.dice.pick(&[Format::Time, Format::Plain, Format::Date, Format::Iso, Format::Weekday]),
            Type::Time => self.dice.pick(&[Format::Plain, Format::Time]),
            _ => Format::Plain,
        };
        let zone = (ty == Type::Instant).then(|| self.without_member(|writer| writer.zone(CUSTOMER)));
        Part::Hole { value, format, zone }
    }
}

const OF_DATES: [Format; 6] =
    [Format::Plain, Format::Date, Format::Iso, Format::Weekday, Format::Month, Format::DayAndMonth];
