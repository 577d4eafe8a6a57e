//! What the heat of a board is worth as work.

use crate::edge::EdgeError;
use crate::edge::error::{at_least, positive};
use crate::quantity::units::f64::Temperature;
use crate::quantity::{Function, Quantity};

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
/// [`EdgeError::Range`], [`EdgeError::Unit`].
///
/// # Example
/// ```
/// use szilard::edge::exergy_factor;
///
/// // a heat sink at 45 degC in a room of 25 degC
/// let factor = exergy_factor(&"45 degC".parse().unwrap(), &"25 degC".parse().unwrap()).unwrap();
/// assert!((factor.value() - 0.062_863_429_200_062_86).abs() < 1e-15);
/// ```
pub fn exergy_factor(source: &Quantity, ambient: &Quantity) -> Result<Quantity, EdgeError> {
    let [source, ambient] = [source, ambient].map(bare);
    above_ambient(&source, &ambient)?;
    // one difference, so that a source near the ambient keeps its digits
    Ok(source.minus(&ambient)?.over(&source)?)
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
/// [`EdgeError::Range`], [`EdgeError::Unit`].
///
/// # Example
/// ```
/// use szilard::edge::stream_exergy_factor;
///
/// // water from 60 degC to 40 degC in a room of 25 degC
/// let [hot, cold, ambient] = ["60 degC", "40 degC", "25 degC"].map(|text| text.parse().unwrap());
/// let factor = stream_exergy_factor(&hot, &cold, &ambient).unwrap();
/// assert!((factor.value() - 0.0770687734715698).abs() < 1e-13);
/// ```
pub fn stream_exergy_factor(hot: &Quantity, cold: &Quantity, ambient: &Quantity) -> Result<Quantity, EdgeError> {
    let [hot, cold, ambient] = [hot, cold, ambient].map(bare);
    above_ambient(&cold, &ambient)?;
    at_least(kelvins(&cold)?, kelvins(&hot)?, "the inlet of a stream", "K", "at least its outlet")?;
    let span = hot.minus(&cold)?;
    if span.coherent_value() == 0.0 {
        return exergy_factor(&hot, &ambient);
    }
    let logarithm = span.over(&cold)?.map(Function::LnOnePlus)?;
    Ok(Quantity::number(1.0)?.minus(&ambient.over(&span)?.times(&logarithm)?)?)
}

/// The temperature without the boundary at which it was read: a worth of heat is counted at none.
pub(super) fn bare(temperature: &Quantity) -> Quantity {
    temperature.at(None).on(None)
}

/// A temperature. [K]
pub(super) fn kelvins(quantity: &Quantity) -> Result<f64, EdgeError> {
    let temperature: Temperature = quantity.as_static()?;
    Ok(temperature.value)
}

pub(super) fn above_ambient(source: &Quantity, ambient: &Quantity) -> Result<(), EdgeError> {
    let ambient = kelvins(ambient)?;
    positive(ambient, "the ambient temperature", "K")?;
    at_least(ambient, kelvins(source)?, "the temperature of the heat", "K", "at least the ambient")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    #[test]
    fn heat_at_the_ambient_is_worth_nothing_and_below_it_is_no_heat_source() {
        let room = quantity("298.15 K");
        assert_eq!(exergy_factor(&room, &room).unwrap().value(), 0.0);
        assert!(exergy_factor(&quantity("290 K"), &room).is_err());
        assert!(exergy_factor(&quantity("290 K"), &quantity("0 K")).is_err());
        assert!(exergy_factor(&quantity("290 J"), &room).is_err());
        assert!(stream_exergy_factor(&quantity("310 K"), &quantity("330 K"), &room).is_err());
    }

    #[test]
    fn a_narrow_stream_is_heat_at_one_temperature() {
        let (cold, room) = (quantity("333.15 K"), quantity("298.15 K"));
        let wide = stream_exergy_factor(&cold, &cold, &room).unwrap().value();
        let narrow = stream_exergy_factor(&quantity("333.1500001 K"), &cold, &room).unwrap().value();
        assert!((wide - 35.0 / 333.15).abs() < 1e-15);
        assert!((wide - narrow).abs() < 1e-9);
    }

    #[test]
    fn the_uncertainty_of_the_temperatures_goes_along() {
        // d(1 - T0/T) = T0/T² dT: 298.15/318.15² · 0.5 K
        let source = quantity("318.15 K").with_u(0.5, "probe", crate::quantity::Distribution::Normal).unwrap();
        let factor = exergy_factor(&source, &quantity("298.15 K")).unwrap();
        assert!((factor.u() - 298.15 / 318.15f64.powi(2) * 0.5).abs() < 1e-12);
    }
}
