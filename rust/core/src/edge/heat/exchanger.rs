//! How much of the possible heat a heat exchanger moves.

use crate::edge::EdgeError;
use crate::edge::error::at_least;
use crate::quantity::units::f64::Ratio;
use crate::quantity::{Function, Quantity};

/// The effectiveness of a counterflow heat exchanger: the heat it moves over the most that it could,
///
/// ε = (1 - e^(-N(1-C)))/(1 - C e^(-N(1-C))),
///
/// N/(1 + N) for equal capacity rates, C = 1, and 1 - e^(-N) where one side stays at its temperature, C = 0: a melting
/// or condensing side, whatever the flow arrangement. Valid for constant properties and no loss to the outside.
///
/// # Parameters
/// - `transfer_units`: N = UA over the smaller capacity rate, not below 0.
/// - `capacity_ratio`: C, the smaller capacity rate over the larger, 0 to 1.
///
/// # Errors
/// [`EdgeError::Range`], [`EdgeError::Unit`].
///
/// # Example
/// ```
/// use szilard::edge::exchanger_effectiveness;
/// use szilard::quantity::Quantity;
///
/// let [units, half, melting] = [2.0, 0.5, 0.0].map(|value| Quantity::number(value).unwrap());
/// assert!((exchanger_effectiveness(&units, &half).unwrap().value() - 0.774600326439435921).abs() < 1e-15);
/// assert!((exchanger_effectiveness(&units, &melting).unwrap().value() - 0.864664716763387308).abs() < 1e-15);
/// ```
///
/// # References
/// W. M. Kays, A. L. London, Compact Heat Exchangers, 3rd ed., McGraw-Hill 1984, chapter 2.
pub fn exchanger_effectiveness(transfer_units: &Quantity, capacity_ratio: &Quantity) -> Result<Quantity, EdgeError> {
    let units: Ratio = transfer_units.as_static()?;
    let ratio: Ratio = capacity_ratio.as_static()?;
    at_least(0.0, units.value, "the number of transfer units", "", "a finite value not below 0")?;
    if !(0.0..=1.0).contains(&ratio.value) {
        let (what, expected) = ("the ratio of the capacity rates", "0 to 1: the smaller rate over the larger");
        return Err(EdgeError::Range { what, found: ratio.value, unit: "", expected });
    }
    // with x = N(1 - C) and f = (1 - e^-x)/x it is N f/(1 + C N f), which has no singular point: f -> 1 for x -> 0
    let one = Quantity::number(1.0)?;
    let exponent = transfer_units.times(&one.minus(capacity_ratio)?)?;
    let reduced = match exponent.coherent_value() {
        0.0 => transfer_units.clone(),
        _ => {
            let part = exponent.negated().map(Function::ExpMinusOne)?.negated();
            transfer_units.times(&part.over(&exponent)?)?
        }
    };
    Ok(reduced.over(&one.plus(&capacity_ratio.times(&reduced)?)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effectiveness(units: f64, ratio: f64) -> Result<f64, EdgeError> {
        let [units, ratio] = [units, ratio].map(|value| Quantity::number(value).unwrap());
        exchanger_effectiveness(&units, &ratio).map(|found| found.value())
    }

    #[test]
    fn near_equal_rates_meet_the_limit() {
        assert_eq!(effectiveness(2.0, 1.0).unwrap(), 2.0 / 3.0);
        assert!((effectiveness(2.0, 1.0 - 1e-12).unwrap() - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(effectiveness(0.0, 0.3).unwrap(), 0.0);
        // an infinite surface moves all that is possible
        assert!((effectiveness(1e6, 0.9).unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_exchanger_is_refused() {
        assert!(effectiveness(-1.0, 0.5).is_err());
        assert!(effectiveness(1.0, 1.5).is_err());
        assert!(effectiveness(1.0, -0.1).is_err());
    }
}
