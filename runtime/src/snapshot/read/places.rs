//! Points on the earth as files spell them: degrees north and east, in two columns or in one.

use opportune_plan::Place;

use super::builder::{Fault, Reading};
use super::texts;

/// The point at these degrees north and east. Of two faults the graver counts; half a point is missing.
pub(super) fn place(latitude: Reading<f64>, longitude: Reading<f64>) -> Reading<i64> {
    match (latitude, longitude) {
        (Ok(latitude), Ok(longitude)) => Place::new(latitude, longitude).map(Place::to_bits).ok_or(Fault::OutOfRange),
        (Err(a), Err(b)) => Err(a.max(b)),
        (Err(fault), _) | (_, Err(fault)) => Err(fault),
    }
}

/// A point as text: `40.71,-74.00`.
pub(super) fn of_text(text: &str) -> Reading<i64> {
    let (latitude, longitude) = text.split_once(',').ok_or(Fault::Unreadable)?;
    place(texts::number(latitude.trim()), texts::number(longitude.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_two_numbers_of_degrees() {
        let bits = |latitude, longitude| Place::new(latitude, longitude).unwrap().to_bits();
        assert_eq!(of_text("40.71,-74.00"), Ok(bits(40.71, -74.0)));
        assert_eq!(of_text("-90 , 180"), Ok(bits(-90.0, 180.0)));
        assert_eq!(of_text("90.1,0"), Err(Fault::OutOfRange));
        assert_eq!(of_text("0,-180.5"), Err(Fault::OutOfRange));
        assert_eq!(of_text("nan,0"), Err(Fault::NotANumber));
        for bad in ["40.71", "40.71;-74", "40.71,-74,3", "a,b", ",", "40.71,"] {
            assert_eq!(of_text(bad), Err(Fault::Unreadable), "{bad}");
        }
        assert_eq!(place(Ok(1.0), Err(Fault::Missing)), Err(Fault::Missing));
        assert_eq!(place(Err(Fault::Unreadable), Err(Fault::Missing)), Err(Fault::Unreadable));
    }
}
