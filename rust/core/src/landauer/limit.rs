//! The Landauer limit and what follows from it without any model of a computer.

use super::LandauerError;
use crate::quantity::constants::boltzmann;
use crate::quantity::units::f64::{Energy, EnergyPerBit, Information, Temperature};
use crate::quantity::units::{information::bit, temperature::kelvin};
use crate::quantity::{Quantity, UnitError};
use std::f64::consts::LN_2;

/// The least mean heat released to a bath when one bit is erased,
///
/// E = k_B T ln 2,
///
/// for a memory whose states are degenerate, reset slowly in contact with a single bath, with nothing retained that
/// would tell its state.
///
/// # Parameters
/// - `temperature`: of the coldest freely available bath, which is the ambient and not the die. [K]
///
/// # Errors
/// [`LandauerError::Temperature`] unless the temperature is finite and above 0 K.
///
/// # Example
/// ```
/// use szilard::landauer::landauer_limit;
/// use szilard::quantity::units::{energy_per_bit::joule_per_bit, f64::Temperature, temperature::kelvin};
///
/// let limit = landauer_limit(Temperature::new::<kelvin>(300.0)).unwrap();
/// assert_eq!(limit.get::<joule_per_bit>(), 2.870978885078724e-21);
/// ```
///
/// # References
/// Landauer, IBM J. Res. Dev. 5, 183 (1961); approached in the experiment of Bérut et al., arXiv:1503.06537.
pub fn landauer_limit(temperature: Temperature) -> Result<EnergyPerBit, LandauerError> {
    let found = temperature.get::<kelvin>();
    if !(found.is_finite() && found > 0.0) {
        return Err(LandauerError::Temperature { found });
    }
    Ok(boltzmann() * temperature * LN_2 / Information::new::<bit>(1.0))
}

/// The Landauer limit at a temperature with an uncertainty, u(E)/E = u(T)/T. The boundary of a temperature, which
/// says where it was read, does not pass to the limit.
///
/// # Errors
/// [`UnitError::Dimension`] unless it is a temperature, and those of [`landauer_limit`].
///
/// # Example
/// ```
/// use szilard::landauer::landauer_limit_of;
///
/// let limit = landauer_limit_of(&"25 degC".parse().unwrap()).unwrap();
/// assert_eq!(limit.to_string(), "2.853274515287405e-21 J/bit");
/// ```
pub fn landauer_limit_of(temperature: &Quantity) -> Result<Quantity, LandauerError> {
    let kelvins: Temperature = temperature.as_static()?;
    landauer_limit(kelvins)?;
    let heat = temperature.at(None).on(None).times(&Quantity::from(boltzmann()))?;
    Ok(heat.times(&Quantity::from(LN_2 / Information::new::<bit>(1.0)))?)
}

/// The entropy that an energy, released as heat, delivers to a bath,
///
/// S = E/(k_B T ln 2),
///
/// in bits. An identity of the second law for heat already measured: no bound, and no statement about computing.
///
/// # Parameters
/// - `energy`: released as heat to the bath. [J]
/// - `temperature`: of the bath. [K]
///
/// # Errors
/// [`LandauerError::Temperature`]; [`UnitError::NotFinite`] where the energy is not finite.
///
/// # Example
/// ```
/// use szilard::landauer::landauer_units;
/// use szilard::quantity::units::{energy::joule, f64::*, information::bit, temperature::kelvin};
///
/// let entropy = landauer_units(Energy::new::<joule>(1.0), Temperature::new::<kelvin>(300.0)).unwrap();
/// assert!((entropy.get::<bit>() / 3.483132548265256e20 - 1.0).abs() < 1e-15);
/// ```
pub fn landauer_units(energy: Energy, temperature: Temperature) -> Result<Information, LandauerError> {
    let entropy = energy / landauer_limit(temperature)?;
    finite(entropy.is_finite(), "the exported entropy")?;
    Ok(entropy)
}

/// The least mean work to take a memory from one entropy to another,
///
/// W = -k_B T ln 2 (H_after - H_before),
///
/// for degenerate states and one bath. It is negative where the entropy rises: filling a blank register by drawing
/// from bath noise may absorb heat, and the price falls due at the reset, so that a closed cycle costs 0 J.
///
/// # Parameters
/// - `before`, `after`: entropy of the memory given everything that is retained. [bit]
/// - `temperature`: of the bath. [K]
///
/// # Errors
/// [`LandauerError::Temperature`]; [`LandauerError::Range`] for an entropy that is negative or not finite.
///
/// # Example
/// ```
/// use szilard::landauer::minimum_work;
/// use szilard::quantity::units::{energy::joule, f64::*, information::bit, temperature::kelvin};
///
/// let (blank, drawn) = (Information::new::<bit>(0.0), Information::new::<bit>(1.75));
/// let work = minimum_work(blank, drawn, Temperature::new::<kelvin>(300.0)).unwrap();
/// assert!((work.get::<joule>() / -5.024213048887767e-21 - 1.0).abs() < 1e-15);
/// ```
pub fn minimum_work(
    before: Information,
    after: Information,
    temperature: Temperature,
) -> Result<Energy, LandauerError> {
    for entropy in [before, after] {
        let found = entropy.get::<bit>();
        if !(found.is_finite() && found >= 0.0) {
            let expected = "a finite number of bits, not below zero".to_owned();
            return Err(LandauerError::Range { what: "the entropy of a memory", found, expected });
        }
    }
    Ok(landauer_limit(temperature)? * (before - after))
}

fn finite(is_finite: bool, what: &str) -> Result<(), UnitError> {
    if is_finite { Ok(()) } else { Err(UnitError::NotFinite { what: what.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Distribution;
    use crate::quantity::units::energy::joule;

    #[test]
    fn there_is_no_bath_at_or_below_absolute_zero() {
        for found in [0.0, -0.0, -1.0, f64::INFINITY, f64::NAN] {
            let error = landauer_limit(Temperature::new::<kelvin>(found)).unwrap_err();
            assert!(matches!(error, LandauerError::Temperature { .. }), "{error}");
        }
        assert!(landauer_limit_of(&"300 J".parse().unwrap()).is_err());
        assert!(landauer_limit_of(&"-1 K".parse().unwrap()).is_err());
    }

    #[test]
    fn the_limit_of_an_uncertain_temperature_is_the_same_number_with_its_relative_uncertainty() {
        // 300 K +- 1 K: u(E)/E = 1/300
        let temperature = "300 K".parse::<Quantity>().unwrap().with_u(1.0, "ambient", Distribution::Normal).unwrap();
        let limit = landauer_limit_of(&temperature).unwrap();
        assert_eq!(limit.value(), 2.870_978_885_078_724e-21);
        assert!((limit.u() / limit.value() - 1.0 / 300.0).abs() < 1e-15);
    }

    #[test]
    fn energies_that_are_no_numbers_export_no_entropy() {
        let room = Temperature::new::<kelvin>(300.0);
        assert!(landauer_units(Energy::new::<joule>(f64::NAN), room).is_err());
        assert!(minimum_work(Information::new::<bit>(-1.0), Information::new::<bit>(0.0), room).is_err());
    }
}
