//! Energies that reliability asks for. They are **stored**, in a barrier or on a capacitor, and dissipated only where a
//! design does not recover them: none of them is a Landauer bound.
//!
//! References: Zhirnov, Cavin, Hutchby and Bourianoff, Proc. IEEE 91, 1934 (2003); Meindl and Davis, IEEE J.
//! Solid-State Circuits 35, 1515 (2000). Forms as in the project's physics notes, the papers were not read again.

use super::LandauerError;
use super::limit::landauer_limit;
use crate::quantity::constants::{boltzmann, elementary_charge};
use crate::quantity::units::f64::{ElectricPotential, Energy, Frequency, Temperature, Time};
use statrs::distribution::{ContinuousCDF, Normal};
use std::f64::consts::{LN_2, PI};

/// The thermal energy k_B T.
///
/// # Parameters
/// - `temperature`: of the bath. [K]
///
/// # Errors
/// [`LandauerError::Temperature`].
pub fn thermal_energy(temperature: Temperature) -> Result<Energy, LandauerError> {
    landauer_limit(temperature)?;
    Ok(boltzmann() * temperature)
}

/// The thermal voltage k_B T/e.
///
/// # Parameters
/// - `temperature`: of the device. [K]
///
/// # Errors
/// [`LandauerError::Temperature`].
///
/// # Example
/// ```
/// use szilard::landauer::reliability::thermal_voltage;
/// use szilard::quantity::units::{electric_potential::volt, f64::Temperature, temperature::kelvin};
///
/// let voltage = thermal_voltage(Temperature::new::<kelvin>(300.0)).unwrap();
/// assert!((voltage.get::<volt>() - 0.025851999786435532).abs() < 1e-17);
/// ```
pub fn thermal_voltage(temperature: Temperature) -> Result<ElectricPotential, LandauerError> {
    Ok(thermal_energy(temperature)? / elementary_charge())
}

/// The least supply voltage of an ideal CMOS inverter with gain, 2 ln 2 k_B T/e.
///
/// # Parameters
/// - `temperature`: of the device. [K]
///
/// # Errors
/// [`LandauerError::Temperature`].
pub fn least_supply(temperature: Temperature) -> Result<ElectricPotential, LandauerError> {
    Ok(2.0 * LN_2 * thermal_voltage(temperature)?)
}

/// The barrier that a bath crosses with probability p, k_B T ln(1/p).
///
/// # Parameters
/// - `error_probability`: p, above 0 and at most 1/2, where the barrier is the Landauer limit.
/// - `temperature`: of the bath. [K]
///
/// # Errors
/// [`LandauerError::Range`], [`LandauerError::Temperature`].
pub fn barrier(error_probability: f64, temperature: Temperature) -> Result<Energy, LandauerError> {
    checked_probability(error_probability)?;
    Ok(thermal_energy(temperature)? * -error_probability.ln())
}

/// The barrier that holds a state for a time, k_B T ln(f0 t/p), from the rate of escape f0 exp(-E/k_B T).
///
/// # Parameters
/// - `attempts`: f0, how often the bath attempts the barrier. [Hz]
/// - `hold`: t, how long the state is held; f0 t is at least 1. [s]
/// - `error_probability`: p, above 0 and at most 1/2.
/// - `temperature`: of the bath. [K]
///
/// # Errors
/// [`LandauerError::Range`], [`LandauerError::Temperature`].
pub fn retention_barrier(
    attempts: Frequency,
    hold: Time,
    error_probability: f64,
    temperature: Temperature,
) -> Result<Energy, LandauerError> {
    Ok(thermal_energy(temperature)? * retention_multiples(attempts, hold, error_probability)?)
}

/// ln(f0 t/p): the barrier in units of k_B T.
pub(super) fn retention_multiples(
    attempts: Frequency,
    hold: Time,
    error_probability: f64,
) -> Result<f64, LandauerError> {
    checked_probability(error_probability)?;
    let found = (attempts * hold).value;
    if !(found.is_finite() && found >= 1.0 && hold.value > 0.0) {
        let expected = "at least one, and finite".to_owned();
        return Err(LandauerError::Range { what: "the number of attempts in the holding time", found, expected });
    }
    Ok(found.ln() - error_probability.ln())
}

/// The distance of a threshold from a level, in standard deviations of Gaussian noise, that is passed with
/// probability p: x of Q(x) = p.
///
/// # Parameters
/// - `error_probability`: p, above 0 and at most 1/2.
///
/// # Errors
/// [`LandauerError::Range`].
pub fn noise_margin(error_probability: f64) -> Result<f64, LandauerError> {
    checked_probability(error_probability)?;
    let mut margin = -Normal::standard().inverse_cdf(error_probability);
    // the inverse is good to about 1e-12; Newton's method on ln Q, whose slope is -1/R, takes it to the last digits
    for _ in 0..2 {
        let mills = mills_ratio(margin);
        let log_tail = mills.ln() - 0.5 * (margin * margin + (2.0 * PI).ln());
        margin += mills * (log_tail - error_probability.ln());
    }
    Ok(margin)
}

/// The ratio R = Q(x)/φ(x) of the Gaussian tail to the density, for x >= 0: Laplace's continued fraction
/// 1/(x + 1/(x + 2/(x + ...))) far out, the power series of Q near the middle.
fn mills_ratio(x: f64) -> f64 {
    if x >= 2.0 {
        return 1.0 / (1..=200).rev().fold(x, |rest, step| x + f64::from(step) / rest);
    }
    let (mut term, mut sum) = (x, 0.0);
    for step in 1..=60 {
        sum += term;
        term *= x * x / f64::from(2 * step + 1);
    }
    (PI / 2.0).sqrt() * (0.5 * x * x).exp() - sum
}

/// The energy C V²/2 on a node whose level thermal noise k_B T/C mistakes with probability p for the other one, the
/// threshold halfway: 2 x² k_B T with x of [`noise_margin`].
///
/// # Parameters
/// - `error_probability`: p, above 0 and at most 1/2.
/// - `temperature`: of the device. [K]
///
/// # Errors
/// [`LandauerError::Range`], [`LandauerError::Temperature`].
pub fn charge_energy(error_probability: f64, temperature: Temperature) -> Result<Energy, LandauerError> {
    Ok(2.0 * noise_margin(error_probability)?.powi(2) * thermal_energy(temperature)?)
}

/// Whether a probability of error is above 0 and at most 1/2: beyond that the other answer would be the better one.
pub(super) fn checked_probability(found: f64) -> Result<(), LandauerError> {
    if found > 0.0 && found <= 0.5 {
        return Ok(());
    }
    Err(LandauerError::Range { what: "the error probability", found, expected: "above 0 and at most 1/2".to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::units::temperature::kelvin;

    #[test]
    fn both_forms_of_the_tail_agree_where_they_meet() {
        // Q(2)/φ(2) = 0.022750131948179207/0.053990966513188063
        for x in [2.0, 2.0 - 1e-12] {
            assert!((mills_ratio(x) / 0.421_369_229_288_054_5 - 1.0).abs() < 1e-11);
        }
        // Q(5.997807015007687) = 1e-9, and the smallest of all numbers has a margin, too
        assert!((38.0..39.0).contains(&noise_margin(5e-324).unwrap()));
        assert!((noise_margin(1e-9).unwrap() - 5.997_807_015_007_687).abs() < 1e-14);
    }

    #[test]
    fn no_reliability_costs_the_landauer_limit_and_perfect_reliability_is_not_to_be_had() {
        let room = Temperature::new::<kelvin>(300.0);
        let ratio = barrier(0.5, room).unwrap().value / landauer_limit(room).unwrap().value;
        assert!((ratio - 1.0).abs() < 1e-15);
        assert!(noise_margin(0.5).unwrap().abs() < 1e-15);
        for probability in [0.0, -1e-9, 0.6, f64::NAN] {
            assert!(matches!(barrier(probability, room), Err(LandauerError::Range { .. })));
        }
    }
}
