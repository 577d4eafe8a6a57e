//! How the harvest of a day is spread over its hours.

use crate::edge::EdgeError;
use crate::edge::error::{at_least, positive};
use crate::quantity::Quantity;
use crate::quantity::units::f64::Time;
use std::f64::consts::PI;

/// A day. [s]
pub(in crate::edge) const DAY: f64 = 86_400.0;

/// The hours of daylight and the noon between them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Daylight {
    length_s: f64,
    noon_s: f64,
}

impl Daylight {
    /// Daylight of a length about a noon, both inside one day.
    ///
    /// # Errors
    /// [`EdgeError::Range`], [`EdgeError::Unit`].
    pub fn new(length: &Quantity, noon: &Quantity) -> Result<Self, EdgeError> {
        let [length, noon]: [Time; 2] = [length.as_static()?, noon.as_static()?];
        let (length_s, noon_s) = (length.value, noon.value);
        positive(length_s, "the length of daylight", "s")?;
        let inside = noon_s - 0.5 * length_s >= 0.0 && noon_s + 0.5 * length_s <= DAY;
        if !inside {
            let (what, expected) = ("the noon", "one with all its daylight between two midnights");
            return Err(EdgeError::Range { what, found: noon_s, unit: "s", expected });
        }
        at_least(0.0, noon_s, "the noon", "s", "a time of day")?;
        Ok(Self { length_s, noon_s })
    }

    /// The share of the harvest of a day up to a time of day, a half sine over the daylight:
    ///
    /// P(t) = (E π/2 D) sin(π (t - sunrise)/D), so (1 - cos(π (t - sunrise)/D))/2 of the day's energy E.
    ///
    /// It depends on no orientation and holds for a clear or evenly clouded sky; a measured series needs no model.
    pub fn share_until(&self, time_of_day_s: f64) -> f64 {
        let since = (time_of_day_s - self.sunrise_s()).clamp(0.0, self.length_s);
        0.5 * (1.0 - (PI * since / self.length_s).cos())
    }

    /// Sunrise. [s]
    pub fn sunrise_s(&self) -> f64 {
        self.noon_s - 0.5 * self.length_s
    }

    /// Sunset. [s]
    pub fn sunset_s(&self) -> f64 {
        self.noon_s + 0.5 * self.length_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn daylight(length: &str, noon: &str) -> Result<Daylight, EdgeError> {
        Daylight::new(&length.parse().unwrap(), &noon.parse().unwrap())
    }

    #[test]
    fn half_of_the_harvest_comes_before_noon_and_none_at_night() {
        let day = daylight("12 h", "12 h").unwrap();
        assert_eq!((day.share_until(0.0), day.share_until(6.0 * 3600.0)), (0.0, 0.0));
        assert!((day.share_until(12.0 * 3600.0) - 0.5).abs() < 1e-15);
        // a third of the daylight: (1 - cos 60°)/2
        assert!((day.share_until(10.0 * 3600.0) - 0.25).abs() < 1e-15);
        assert_eq!(day.share_until(20.0 * 3600.0), 1.0);
    }

    #[test]
    fn daylight_that_is_none_is_refused() {
        assert!(daylight("0 h", "12 h").is_err());
        assert!(daylight("-1 h", "12 h").is_err());
        assert!(daylight("25 h", "12 h").is_err());
        assert!(daylight("12 h", "3 h").is_err());
        assert!(daylight("12 m", "12 h").is_err());
        assert!(daylight("24 h", "12 h").is_ok());
    }
}
