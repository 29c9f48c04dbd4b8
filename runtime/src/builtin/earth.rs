//! Lengths on the earth.

use opportune_plan::{Float, Place};

/// The mean radius of the earth in metres (R₁ of WGS 84).
const RADIUS: f64 = 6_371_008.8;
/// Radians in a degree.
const RADIANS: f64 = std::f64::consts::PI / 180.0;

/// Metres along the great circle, by the haversine formula: `2 R asin √(sin²(Δφ/2) + cos φ₁ cos φ₂ sin²(Δλ/2))`.
pub fn distance(a: Place, b: Place) -> Option<Float> {
    let half_sine_squared = |from: f64, to: f64| {
        let sine = libm::sin((to - from) * RADIANS / 2.0);
        sine * sine
    };
    let cosine = |place: Place| libm::cos(place.latitude() * RADIANS);
    let north = half_sine_squared(a.latitude(), b.latitude());
    let east = half_sine_squared(a.longitude(), b.longitude());
    let haversine = north + cosine(a) * cosine(b) * east;
    // At antipodes rounding could carry it past 1, where there is no arc sine.
    Float::new(2.0 * RADIUS * libm::asin(haversine.min(1.0).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metres(a: (f64, f64), b: (f64, f64)) -> f64 {
        let place = |(north, east)| Place::new(north, east).unwrap();
        distance(place(a), place(b)).unwrap().get()
    }

    #[track_caller]
    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-3, "{found} for {expected}");
    }

    #[test]
    fn parts_of_a_great_circle() {
        // A quarter and a half of 2 π R, and a degree of it.
        close(metres((0.0, 0.0), (0.0, 90.0)), 10_007_557.221);
        close(metres((0.0, 0.0), (90.0, 0.0)), 10_007_557.221);
        close(metres((0.0, 0.0), (0.0, 180.0)), 20_015_114.442);
        close(metres((90.0, 0.0), (-90.0, 0.0)), 20_015_114.442);
        close(metres((0.0, 0.0), (1.0, 0.0)), 111_195.080);
        // On the parallel of 60 degrees a degree is about half as long.
        close(metres((60.0, 0.0), (60.0, 1.0)), 55_597.011);
    }

    #[test]
    fn between_known_cities() {
        // New York to London and Sydney to Santiago, to a kilometre of what atlases give for the sphere.
        assert!((metres((40.7128, -74.006), (51.5074, -0.1278)) / 1e3 - 5_570.0).abs() < 1.0);
        assert!((metres((-33.8688, 151.2093), (-33.4489, -70.6693)) / 1e3 - 11_340.0).abs() < 10.0);
    }

    #[test]
    fn nothing_lies_between_a_place_and_itself() {
        for place in [(0.0, 0.0), (90.0, 17.0), (-33.8688, 151.2093)] {
            assert_eq!(metres(place, place).to_bits(), 0.0_f64.to_bits());
        }
        close(metres((10.0, 180.0), (10.0, -180.0)), 0.0);
        close(metres((90.0, 0.0), (90.0, 90.0)), 0.0);
    }

    #[test]
    fn the_way_there_is_as_long_as_the_way_back() {
        let places = [(12.3, -45.6), (-78.9, 179.999_999_9), (0.0, -180.0), (89.999, 1.0)];
        for a in places {
            for b in places {
                assert_eq!(metres(a, b).to_bits(), metres(b, a).to_bits());
                assert!(metres(a, b) <= 20_015_115.0);
            }
        }
    }

    #[test]
    fn a_centimetre_is_seen() {
        close(metres((40.0, -74.0), (40.000_000_1, -74.0)) * 1_000.0, 11.12);
    }
}
