//! Distances: `5 km`, `500 m`, `3 miles`.

use opportune_plan::Float;

use super::Reader;
use super::amount::unit_report;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{Literal, Span};

/// A unit of length.
#[derive(Clone, Copy)]
pub enum Unit {
    /// One of the language: its word for many, for one, and what it is in metres.
    Own(&'static str, &'static str, Metres),
    /// One of other places: metres.
    Foreign(f64),
}

/// How a unit becomes metres.
#[derive(Clone, Copy)]
pub enum Metres {
    /// As many as a power of ten says, so that `2.3 km` is exactly the number 2300.
    Power(i32),
    /// As many as this.
    Times(f64),
}

/// Metres in a mile of 1959.
const MILE: f64 = 1_609.344;

/// The unit that a word means.
pub fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "km" | "KM" | "Km" | "kms" | "kilometers" | "kilometer" | "kilometres" | "kilometre" => {
            Unit::Own("km", "km", Metres::Power(3))
        }
        "m" | "metres" | "metre" | "meters" | "meter" | "mtr" => Unit::Own("m", "m", Metres::Power(0)),
        "miles" | "mile" | "mi" | "Miles" => Unit::Own("miles", "mile", Metres::Times(MILE)),
        "feet" | "foot" | "ft" => Unit::Foreign(0.3048),
        "yards" | "yard" | "yd" => Unit::Foreign(0.9144),
        "cm" => Unit::Foreign(0.01),
        "mm" => Unit::Foreign(0.001),
        _ => return None,
    })
}

impl Reader<'_> {
    /// A number with a unit of length.
    pub fn distance(
        &mut self,
        digits: &str,
        at: Span,
        written: &str,
        unit_span: Span,
        all: Span,
        unit: Unit,
    ) -> Option<Literal> {
        let (word, singular, metres) = match unit {
            Unit::Own(word, singular, metres) => (word, singular, metres),
            Unit::Foreign(metres) => return self.foreign_distance(digits, at, written, all, metres),
        };
        let one = digits == "1";
        let touching = self.touching(unit_span);
        if touching || written != word && !(one && written == singular) {
            self.report(unit_report(written, unit_span, touching, if one { singular } else { word }));
        }
        let value = match metres {
            Metres::Times(factor) => self.number(digits, at)? * factor,
            Metres::Power(power) => format!("{}e{power}", digits.replace('_', "")).parse().ok()?,
        };
        let value = Float::new(value);
        if value.is_none() {
            self.too_big(at, "no two places are so far apart");
        }
        value.map(Literal::Distance)
    }

    /// `500 ft`
    fn foreign_distance(&mut self, digits: &str, at: Span, written: &str, all: Span, metres: f64) -> Option<Literal> {
        let value = self.number(digits, at)? * metres;
        let mended = format!("{} m", (value * 1_000.0).round() / 1_000.0);
        let message = format!("there is no unit `{written}`");
        let diagnostic = Diagnostic::error(codes::BAD_UNIT, message, all, format!("write `{mended}`"));
        self.report(diagnostic.help("distances are written in `m`, `km` or `miles`").fix(
            format!("write `{mended}`"),
            all,
            mended,
        ));
        Float::new(value).map(Literal::Distance)
    }
}
