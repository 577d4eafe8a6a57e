//! A solar array as a daily energy.

use super::EdgeError;
use super::error::{at_least, positive};
use crate::quantity::units::f64::{Energy, Power, Ratio, Time};
use crate::quantity::units::{power::watt, ratio::ratio, time::second};

/// A solar array: its rated power and what remains of it in the field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SolarArray {
    rated: Power,
    performance: Ratio,
}

impl SolarArray {
    /// An array.
    ///
    /// # Parameters
    /// - `rated`: power under standard test conditions, 1000 W/m². [W]
    /// - `performance`: share that remains after heat, dust, wiring and charge control, above 0 and at most 1.
    ///
    /// # Errors
    /// [`EdgeError::Range`].
    pub fn new(rated: Power, performance: Ratio) -> Result<Self, EdgeError> {
        positive(rated.get::<watt>(), "the rated power of an array", "W")?;
        let found = performance.get::<ratio>();
        if !(found > 0.0 && found <= 1.0) {
            let (what, expected) = ("the performance ratio of an array", "above 0 and at most 1");
            return Err(EdgeError::Range { what, found, unit: "", expected });
        }
        Ok(Self { rated, performance })
    }

    /// The energy that the array gives,
    ///
    /// E = P_rated · performance · peak sun hours,
    ///
    /// with the peak sun hours as the irradiation over 1000 W/m².
    ///
    /// # Parameters
    /// - `peak_sun`: not below 0. [s]
    ///
    /// # Errors
    /// [`EdgeError::Range`].
    ///
    /// # Example
    /// ```
    /// use szilard::edge::SolarArray;
    /// use szilard::quantity::units::{energy::joule, f64::*, power::watt, ratio::ratio, time::second};
    ///
    /// // 100 W, 80 %, 5 h: 400 Wh
    /// let array = SolarArray::new(Power::new::<watt>(100.0), Ratio::new::<ratio>(0.8)).unwrap();
    /// let energy = array.energy(Time::new::<second>(5.0 * 3600.0)).unwrap();
    /// assert_eq!(energy.get::<joule>(), 400.0 * 3600.0);
    /// ```
    pub fn energy(&self, peak_sun: Time) -> Result<Energy, EdgeError> {
        at_least(0.0, peak_sun.get::<second>(), "the peak sun time", "s", "a finite value not below 0")?;
        Ok(self.rated * self.performance * peak_sun)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_does_not_give_more_than_its_rating() {
        let rated = Power::new::<watt>(100.0);
        for performance in [0.0, 1.1, -0.5, f64::NAN] {
            assert!(SolarArray::new(rated, Ratio::new::<ratio>(performance)).is_err());
        }
        let night = SolarArray::new(rated, Ratio::new::<ratio>(0.8)).unwrap().energy(Time::new::<second>(0.0)).unwrap();
        assert_eq!(night.value, 0.0);
    }
}
