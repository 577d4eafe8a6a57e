//! A solar array as a daily energy.

use crate::edge::EdgeError;
use crate::edge::error::{at_least, positive};
use crate::quantity::Quantity;
use crate::quantity::units::f64::{Power, Ratio, Time};

/// A solar array: its rated power and what remains of it in the field.
#[derive(Debug, Clone)]
pub struct SolarArray {
    rated: Quantity,
    performance: Quantity,
}

impl SolarArray {
    /// An array.
    ///
    /// # Parameters
    /// - `rated`: power under standard test conditions, 1000 W/m². [W]
    /// - `performance`: share that remains after heat, dust, wiring and charge control, above 0 and at most 1.
    ///
    /// # Errors
    /// [`EdgeError::Range`], [`EdgeError::Unit`].
    pub fn new(rated: &Quantity, performance: &Quantity) -> Result<Self, EdgeError> {
        let (power, share): (Power, Ratio) = (rated.as_static()?, performance.as_static()?);
        positive(power.value, "the rated power of an array", "W")?;
        let found = share.value;
        if !(found > 0.0 && found <= 1.0) {
            let (what, expected) = ("the performance ratio of an array", "above 0 and at most 1");
            return Err(EdgeError::Range { what, found, unit: "", expected });
        }
        Ok(Self { rated: rated.clone(), performance: performance.clone() })
    }

    /// The rated power.
    pub fn rated(&self) -> &Quantity {
        &self.rated
    }

    /// The share that remains after heat, dust, wiring and charge control.
    pub fn performance(&self) -> &Quantity {
        &self.performance
    }

    /// The energy that the array gives,
    ///
    /// E = P_rated · performance · peak sun hours,
    ///
    /// with the peak sun hours as the irradiation of its plane over 1000 W/m²; where the plane looks is in that figure.
    ///
    /// # Parameters
    /// - `peak_sun`: not below 0. [s]
    ///
    /// # Errors
    /// [`EdgeError::Range`], [`EdgeError::Unit`].
    ///
    /// # Example
    /// ```
    /// use szilard::edge::SolarArray;
    ///
    /// // 100 W, 80 %, 5 h: 400 Wh
    /// let array = SolarArray::new(&"100 W".parse().unwrap(), &"80 %".parse().unwrap()).unwrap();
    /// let energy = array.energy(&"5 h".parse().unwrap()).unwrap();
    /// assert!((energy.to("Wh").unwrap().value() - 400.0).abs() < 1e-12);
    /// ```
    pub fn energy(&self, peak_sun: &Quantity) -> Result<Quantity, EdgeError> {
        let time: Time = peak_sun.as_static()?;
        at_least(0.0, time.value, "the peak sun time", "s", "a finite value not below 0")?;
        Ok(self.rated.times(&self.performance)?.times(peak_sun)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_does_not_give_more_than_its_rating() {
        let quantity = |text: &str| text.parse::<Quantity>().unwrap();
        for performance in ["0", "1.1", "-0.5"] {
            assert!(SolarArray::new(&quantity("100 W"), &quantity(performance)).is_err());
        }
        let array = SolarArray::new(&quantity("100 W"), &quantity("0.8")).unwrap();
        assert_eq!(array.energy(&quantity("0 s")).unwrap().value(), 0.0);
        assert!(array.energy(&quantity("-1 s")).is_err());
        assert!(SolarArray::new(&quantity("100 Wh"), &quantity("0.8")).is_err());
    }
}
