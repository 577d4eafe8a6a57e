//! What the heat of a board is worth as work.

use super::EdgeError;
use super::error::{at_least, positive};
use crate::quantity::units::f64::{Ratio, Temperature};
use crate::quantity::units::{ratio::ratio, temperature::kelvin};

/// The share of heat at one temperature that could be had as work, the Carnot factor
///
/// 1 - T0/T,
///
/// for a source that stays at T.
///
/// # Parameters
/// - `source`: T, not below the ambient. [K]
/// - `ambient`: T0. [K]
///
/// # Errors
/// [`EdgeError::Range`].
///
/// # Example
/// ```
/// use szilard::edge::exergy_factor;
/// use szilard::quantity::units::{f64::Temperature, ratio::ratio, temperature::kelvin};
///
/// // a heat sink at 45 degC in a room of 25 degC
/// let factor = exergy_factor(Temperature::new::<kelvin>(318.15), Temperature::new::<kelvin>(298.15)).unwrap();
/// assert!((factor.get::<ratio>() - 0.062_863_429_200_062_86).abs() < 1e-15);
/// ```
pub fn exergy_factor(source: Temperature, ambient: Temperature) -> Result<Ratio, EdgeError> {
    above_ambient(source, ambient)?;
    // one difference, so that a source near the ambient keeps its digits
    Ok((source - ambient) / source)
}

/// The share of the heat of a stream, cooled from one temperature to another, that could be had as work,
///
/// 1 - T0 ln(Th/Tc)/(Th - Tc),
///
/// for a constant heat capacity. Where both temperatures agree it is the factor of [`exergy_factor`].
///
/// # Parameters
/// - `hot`: Th, at which the stream comes. [K]
/// - `cold`: Tc, at which it leaves, not below the ambient. [K]
/// - `ambient`: T0. [K]
///
/// # Errors
/// [`EdgeError::Range`].
///
/// # Example
/// ```
/// use szilard::edge::stream_exergy_factor;
/// use szilard::quantity::units::{f64::Temperature, ratio::ratio, temperature::kelvin};
///
/// // water from 60 degC to 40 degC in a room of 25 degC
/// let [hot, cold, ambient] = [333.15, 313.15, 298.15].map(Temperature::new::<kelvin>);
/// let factor = stream_exergy_factor(hot, cold, ambient).unwrap();
/// assert!((factor.get::<ratio>() - 0.0770687734715698).abs() < 1e-13);
/// ```
pub fn stream_exergy_factor(hot: Temperature, cold: Temperature, ambient: Temperature) -> Result<Ratio, EdgeError> {
    above_ambient(cold, ambient)?;
    at_least(cold.get::<kelvin>(), hot.get::<kelvin>(), "the inlet of a stream", "K", "at least its outlet")?;
    let span = hot - cold;
    if span.get::<kelvin>() == 0.0 {
        return exergy_factor(hot, ambient);
    }
    let logarithm = (span / cold).get::<ratio>().ln_1p();
    Ok(Ratio::new::<ratio>(1.0) - ambient / span * logarithm)
}

fn above_ambient(source: Temperature, ambient: Temperature) -> Result<(), EdgeError> {
    positive(ambient.get::<kelvin>(), "the ambient temperature", "K")?;
    at_least(
        ambient.get::<kelvin>(),
        source.get::<kelvin>(),
        "the temperature of the heat",
        "K",
        "at least the ambient",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kelvins(value: f64) -> Temperature {
        Temperature::new::<kelvin>(value)
    }

    #[test]
    fn heat_at_the_ambient_is_worth_nothing_and_below_it_is_no_heat_source() {
        assert_eq!(exergy_factor(kelvins(298.15), kelvins(298.15)).unwrap().value, 0.0);
        assert!(exergy_factor(kelvins(290.0), kelvins(298.15)).is_err());
        assert!(exergy_factor(kelvins(290.0), kelvins(0.0)).is_err());
        assert!(stream_exergy_factor(kelvins(310.0), kelvins(330.0), kelvins(298.15)).is_err());
        assert!(stream_exergy_factor(kelvins(f64::INFINITY), kelvins(330.0), kelvins(298.15)).is_err());
    }

    #[test]
    fn a_narrow_stream_is_heat_at_one_temperature() {
        let wide = stream_exergy_factor(kelvins(333.15), kelvins(333.15), kelvins(298.15)).unwrap().value;
        let narrow = stream_exergy_factor(kelvins(333.15 + 1e-7), kelvins(333.15), kelvins(298.15)).unwrap().value;
        assert!((wide - 35.0 / 333.15).abs() < 1e-15);
        assert!((wide - narrow).abs() < 1e-9);
    }
}
