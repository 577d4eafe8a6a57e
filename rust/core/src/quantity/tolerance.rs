//! The size of an uncertainty as it is given beside a value: absolute, or as a share of it.

use super::dimension::Dimension;
use super::dynamic::Quantity;
use super::error::UnitError;
use super::unit::Unit;

impl Quantity {
    /// The size of a tolerance in the unit of the value. A size in `%` or `ppm` is a share of the value.
    ///
    /// # Errors
    /// [`UnitError::Dimension`]; [`UnitError::Thermometer`], since a difference is in K; [`UnitError::Ambiguous`] where
    /// the value itself is in such a unit.
    ///
    /// ```
    /// use szilard::quantity::{Quantity, number_and_unit};
    /// let energy: Quantity = "29.52 J".parse().unwrap();
    /// let (size, unit) = number_and_unit("2 %").unwrap();
    /// assert!((energy.tolerance(size, &unit).unwrap() - 0.5904).abs() < 1e-12);
    /// ```
    pub fn tolerance(&self, size: f64, unit: &Unit) -> Result<f64, UnitError> {
        if unit.is_thermometer() {
            return Err(UnitError::Thermometer { symbol: unit.symbol().to_owned() });
        }
        let is_share = |unit: &Unit| unit.dimension() == Dimension::NONE && !unit.is_coherent();
        if !is_share(unit) {
            return unit.convert(self.unit(), size);
        }
        if is_share(self.unit()) {
            return Err(UnitError::Ambiguous {
                text: format!("{size} {unit} of {} {}", self.value(), self.unit()),
                hint: "give a plain number, as 0.02, for a difference of two percentage points".to_owned(),
            });
        }
        Ok(self.value().abs() * unit.to_coherent(size))
    }
}

#[cfg(test)]
mod tests {
    use super::super::number_and_unit;
    use super::*;

    fn tolerance(value: &str, tolerance: &str) -> Result<f64, UnitError> {
        let (size, unit) = number_and_unit(tolerance)?;
        value.parse::<Quantity>().unwrap().tolerance(size, &unit)
    }

    #[test]
    fn shares_are_of_the_value_and_differences_in_its_unit() {
        assert_eq!(tolerance("-50 W", "2 %"), Ok(1.0));
        assert_eq!(tolerance("1 kWh", "36 kJ"), Ok(0.01));
        assert_eq!(tolerance("1.4", "0.02"), Ok(0.02));
        assert_eq!(tolerance("28 degC", "0.5 K"), Ok(0.5));
    }

    #[test]
    fn what_could_mean_two_things_is_refused() {
        assert!(matches!(tolerance("30 %", "2 %"), Err(UnitError::Ambiguous { .. })));
        assert!(matches!(tolerance("28 degC", "0.5 degC"), Err(UnitError::Thermometer { .. })));
        assert!(matches!(tolerance("5 J", "1 W"), Err(UnitError::Dimension { .. })));
        assert!(matches!(tolerance("5 J", "1"), Err(UnitError::Dimension { .. })));
    }
}
