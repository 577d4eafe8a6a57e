//! What haste, noise and heat ask of a switch.

use super::erasure::quantity;
use crate::errors::guard;
use crate::quantity::{Given, PyQuantity};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use szilard::landauer::bounds::{self as core, Reset};
use szilard::landauer::{LandauerError, reliability};

/// What a reset costs without haste and what haste adds at least, in k_B T: of a two-state memory (relaxation_rate,
/// time, error), or of an overdamped bit (diffusivity, half_spacing, time, free_end).
///
/// Parameters
/// ----------
/// time
///     Time that the reset takes. [s]
/// relaxation_rate
///     Rate at which the two-state memory comes to equilibrium. [Hz]
/// error
///     Probability that it is found in the wrong state afterwards. [1]
/// diffusivity
///     Diffusivity of the overdamped bit. [m²/s]
/// half_spacing
///     Half of the distance between its wells. [m]
/// free_end
///     Whether it may end anywhere in its well.
///
/// Raises
/// ------
/// szilard.errors.LandauerError
///     An error outside 0 to 1/2, a time or a rate that is not above zero.
/// TypeError
///     Arguments of both memories, or of neither.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> least, haste = sz.bounds.reset_cost(time="1 us", relaxation_rate="1 GHz", error=1e-6)
/// >>> f"{least:.4f} k_B T and {haste:.5f} k_B T"
/// '0.6931 k_B T and 0.00100 k_B T'
#[pyfunction]
#[pyo3(signature = (*, time, relaxation_rate=None, error=None, diffusivity=None, half_spacing=None, free_end=false))]
pub fn reset_cost(
    time: Given,
    relaxation_rate: Option<Given>,
    error: Option<f64>,
    diffusivity: Option<Given>,
    half_spacing: Option<Given>,
    free_end: bool,
) -> PyResult<(f64, f64)> {
    let reset = match (relaxation_rate, error, diffusivity, half_spacing) {
        (Some(rate), Some(error), None, None) => guard(|| {
            let (relaxation, time) = (rate.0.as_static()?, time.0.as_static()?);
            Ok::<_, LandauerError>(Reset::TwoState { relaxation, time, error })
        })?,
        (None, None, Some(diffusivity), Some(spacing)) => guard(|| {
            let (diffusivity, half_spacing) = (diffusivity.0.as_static()?, spacing.0.as_static()?);
            Ok::<_, LandauerError>(Reset::Overdamped {
                diffusivity,
                half_spacing,
                time: time.0.as_static()?,
                free: free_end,
            })
        })?,
        _ => return Err(PyTypeError::new_err("expected relaxation_rate and error, or diffusivity and half_spacing")),
    };
    guard(|| Ok::<_, LandauerError>((reset.least()?, reset.penalty()?)))
}

/// What a slow reset of a two-state memory loses, (π/2 - 2 asin √ε)²/(μ τ), in k_B T.
///
/// Parameters
/// ----------
/// error
///     Probability of the wrong state afterwards, ε. [1]
/// relaxations
///     Relaxation times that the reset takes, μ τ. [1]
///
/// Raises
/// ------
/// szilard.errors.LandauerError
///     An error outside 0 to 1/2, or no time.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.bounds.slow_penalty(1e-6, 1000):.6f}"
/// '0.002461'
#[pyfunction]
pub fn slow_penalty(error: f64, relaxations: f64) -> PyResult<f64> {
    guard(|| core::slow_penalty(error, relaxations))
}

/// The barrier that a bath crosses with a probability, k_B T ln(1/p): stored, and no Landauer bound. [J]
///
/// Parameters
/// ----------
/// error_probability
///     Probability that the bath crosses it, p. [1]
/// temperature
///     Of the bath. [K]
///
/// Raises
/// ------
/// szilard.errors.LandauerError
///     A probability outside 0 to 1/2, or a temperature that is not above 0 K.
/// szilard.errors.UnitError
///     Something that is no temperature.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.bounds.barrier(1e-9, '300 K').value:.4e} J"
/// '8.5835e-20 J'
#[pyfunction]
pub fn barrier(error_probability: f64, temperature: Given) -> PyResult<PyQuantity> {
    quantity(|| reliability::barrier(error_probability, temperature.0.as_static()?))
}

/// The barrier that holds a state for a time, k_B T ln(f0 t/p): stored, and no Landauer bound. [J]
///
/// Parameters
/// ----------
/// attempt_rate
///     How often the bath tries, f0. [Hz]
/// hold_time
///     How long the state is to hold. [s]
/// error_probability
///     Probability that it does not. [1]
/// temperature
///     Of the bath. [K]
///
/// Raises
/// ------
/// szilard.errors.LandauerError
///     A probability outside 0 to 1/2, a temperature that is not above 0 K, less than one attempt in the time.
/// szilard.errors.UnitError
///     Something of another dimension.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.bounds.retention_barrier('1 GHz', '10 yr', 0.01, '300 K').value:.4e} J"
/// '1.8596e-19 J'
#[pyfunction]
pub fn retention_barrier(
    attempt_rate: Given,
    hold_time: Given,
    error_probability: f64,
    temperature: Given,
) -> PyResult<PyQuantity> {
    quantity(|| {
        let (attempts, hold) = (attempt_rate.0.as_static()?, hold_time.0.as_static()?);
        reliability::retention_barrier(attempts, hold, error_probability, temperature.0.as_static()?)
    })
}

/// The distance of a threshold in standard deviations of Gaussian noise that is passed with a probability, Q(x) = p.
///
/// Parameters
/// ----------
/// error_probability
///     Probability that the noise passes the threshold, p. [1]
///
/// Raises
/// ------
/// szilard.errors.LandauerError
///     A probability outside 0 to 1/2.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.bounds.noise_margin(1e-9):.4f}"
/// '5.9978'
#[pyfunction]
pub fn noise_margin(error_probability: f64) -> PyResult<f64> {
    guard(|| reliability::noise_margin(error_probability))
}

/// The energy C V²/2 = 2 x² k_B T of a node whose level noise mistakes with a probability. [J]
///
/// Parameters
/// ----------
/// error_probability
///     Probability that noise mistakes the level. [1]
/// temperature
///     Of the bath. [K]
///
/// Raises
/// ------
/// szilard.errors.LandauerError
///     A probability outside 0 to 1/2, or a temperature that is not above 0 K.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.bounds.charge_energy(1e-9, '300 K').value:.4e} J"
/// '2.9800e-19 J'
#[pyfunction]
pub fn charge_energy(error_probability: f64, temperature: Given) -> PyResult<PyQuantity> {
    quantity(|| reliability::charge_energy(error_probability, temperature.0.as_static()?))
}

/// The thermal voltage k_B T/e. [V]
///
/// Parameters
/// ----------
/// temperature
///     Of the junction. [K]
///
/// Raises
/// ------
/// szilard.errors.LandauerError
///     A temperature that is not above 0 K.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.bounds.thermal_voltage('300 K').to('mV'):.4f}"
/// '25.8520 mV'
#[pyfunction]
pub fn thermal_voltage(temperature: Given) -> PyResult<PyQuantity> {
    quantity(|| reliability::thermal_voltage(temperature.0.as_static()?))
}

/// The least supply voltage of an ideal CMOS inverter with gain, 2 ln 2 k_B T/e. [V]
///
/// Parameters
/// ----------
/// temperature
///     Of the circuit. [K]
///
/// Raises
/// ------
/// szilard.errors.LandauerError
///     A temperature that is not above 0 K.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.bounds.least_supply('300 K').to('mV'):.4f}"
/// '35.8385 mV'
#[pyfunction]
pub fn least_supply(temperature: Given) -> PyResult<PyQuantity> {
    quantity(|| reliability::least_supply(temperature.0.as_static()?))
}
