//! What the rungs are made of: each function has the equation and the source of its namesake in the core.

use crate::errors::{Raise, guard};
use crate::quantity::{Given, PyQuantity};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use szilard::landauer::bounds::{self as core, Circuit, Reset};
use szilard::landauer::{self, LandauerError, Precision, reliability, rules};
use szilard::quantity::Quantity;

/// The value of `work` as a quantity.
fn quantity<T: Into<Quantity>>(work: impl FnOnce() -> Result<T, LandauerError>) -> PyResult<PyQuantity> {
    guard(work).map(|found| PyQuantity(found.into()))
}

/// The entropy that an energy, released as heat, delivers to a bath, E/(k_B T ln 2): an identity. [bit]
///
/// >>> import szilard as sz
/// >>> f"{sz.bounds.landauer_units('1 J', '300 K').value:.10e}"
/// '3.4831325483e+20'
#[pyfunction]
pub fn landauer_units(energy: Given, temperature: Given) -> PyResult<PyQuantity> {
    quantity(|| landauer::landauer_units(energy.0.as_static()?, temperature.0.as_static()?))
}

/// The least mean work to take a memory from one entropy to another, -k_B T ln 2 (after - before); negative where the
/// entropy rises. [J]
#[pyfunction]
pub fn minimum_work(before: Given, after: Given, temperature: Given) -> PyResult<PyQuantity> {
    quantity(|| landauer::minimum_work(before.0.as_static()?, after.0.as_static()?, temperature.0.as_static()?))
}

/// The entropy of a distribution and the mismatch of a reset that is tuned to another one. [bit], [bit]
///
/// >>> import szilard as sz
/// >>> sz.bounds.reset_information([0.5, 0.25, 0.125, 0.125], [0.25] * 4)
/// (1.75 bit, 0.25 bit)
#[pyfunction]
pub fn reset_information(actual: Vec<f64>, prior: Vec<f64>) -> PyResult<(PyQuantity, PyQuantity)> {
    let (entropy, mismatch) = guard(|| core::reset_information(&actual, &prior))?;
    Ok((PyQuantity(entropy.into()), PyQuantity(mismatch.into())))
}

/// The joint entropy of the parts of a state, and what resetting them one by one pays beyond it: pairs of the values of
/// all parts and their probability. [bit], [bit]
#[pyfunction]
pub fn multi_information(states: Vec<(Vec<u64>, f64)>) -> PyResult<(PyQuantity, PyQuantity)> {
    let states: Vec<(&[u64], f64)> = states.iter().map(|(values, p)| (values.as_slice(), *p)).collect();
    let (joint, excess) = guard(|| core::multi_information(&states))?;
    Ok((PyQuantity(joint.into()), PyQuantity(excess.into())))
}

/// The information that a blind reset of a token's register erases, log2 V. [bit/token]
#[pyfunction]
pub fn register_information(vocabulary: u128) -> PyQuantity {
    PyQuantity(core::register_information(vocabulary).into())
}

/// The bits of a binary register that tells the tokens of a vocabulary apart, ceil(log2 V).
#[pyfunction]
pub fn register_width(vocabulary: u128) -> u32 {
    core::register_width(vocabulary)
}

/// What a circuit that overwrites its inputs erases, H(in) - H(out): of uniform inputs, or of inputs with these
/// probabilities. Circuits are "nand", "full-adder", "add-u8", "mul-u8", "mul-s4", ... [bit]
///
/// >>> import szilard as sz
/// >>> f"{sz.bounds.circuit_erasure('mul-u8').value:.6f}"
/// '2.294521'
#[pyfunction]
#[pyo3(signature = (circuit, probabilities=None))]
pub fn circuit_erasure(circuit: &str, probabilities: Option<Vec<f64>>) -> PyResult<PyQuantity> {
    let circuit: Circuit = circuit.parse().map_err(Raise::raise)?;
    quantity(|| match probabilities {
        Some(probabilities) => circuit.erased_of(&probabilities),
        None => Ok(circuit.erased()),
    })
}

/// The operands of one multiplication, b_w + b_a. [bit]
#[pyfunction]
pub fn mac_information(dtype: &str) -> PyResult<PyQuantity> {
    let precision: Precision = dtype.parse().map_err(Raise::raise)?;
    Ok(PyQuantity(core::mac_information(precision).into()))
}

/// What a reset costs without haste and what haste adds at least, in k_B T: of a two-state memory (relaxation_rate,
/// time, error), or of an overdamped bit (diffusivity, half_spacing, time, free_end).
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
#[pyfunction]
pub fn slow_penalty(error: f64, relaxations: f64) -> PyResult<f64> {
    guard(|| core::slow_penalty(error, relaxations))
}

/// The barrier that a bath crosses with a probability, k_B T ln(1/p): stored, and no Landauer bound. [J]
#[pyfunction]
pub fn barrier(error_probability: f64, temperature: Given) -> PyResult<PyQuantity> {
    quantity(|| reliability::barrier(error_probability, temperature.0.as_static()?))
}

/// The barrier that holds a state for a time, k_B T ln(f0 t/p): stored, and no Landauer bound. [J]
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
#[pyfunction]
pub fn noise_margin(error_probability: f64) -> PyResult<f64> {
    guard(|| reliability::noise_margin(error_probability))
}

/// The energy C V²/2 = 2 x² k_B T of a node whose level noise mistakes with a probability. [J]
#[pyfunction]
pub fn charge_energy(error_probability: f64, temperature: Given) -> PyResult<PyQuantity> {
    quantity(|| reliability::charge_energy(error_probability, temperature.0.as_static()?))
}

/// The thermal voltage k_B T/e. [V]
#[pyfunction]
pub fn thermal_voltage(temperature: Given) -> PyResult<PyQuantity> {
    quantity(|| reliability::thermal_voltage(temperature.0.as_static()?))
}

/// The least supply voltage of an ideal CMOS inverter with gain, 2 ln 2 k_B T/e. [V]
#[pyfunction]
pub fn least_supply(temperature: Given) -> PyResult<PyQuantity> {
    quantity(|| reliability::least_supply(temperature.0.as_static()?))
}

/// The least mean energy of a system that passes to an orthogonal state in a time, h/(4 t). [J]
#[pyfunction]
pub fn speed_energy(time: Given) -> PyResult<PyQuantity> {
    quantity(|| core::speed_energy(time.0.as_static()?))
}

/// The shortest time in which a system of a mean energy passes to an orthogonal state, h/(4 E). [s]
#[pyfunction]
pub fn speed_time(energy: Given) -> PyResult<PyQuantity> {
    quantity(|| core::speed_time(energy.0.as_static()?))
}

/// Bremermann's rate for a mass, c²/h. [bit/(s kg)]
#[pyfunction]
pub fn bremermann_rate() -> f64 {
    core::bremermann_rate()
}

/// The least ratio of the energy received for a bit to the density of white noise, Eb/N0 = ln 2, and the same in dB.
#[pyfunction]
pub fn least_energy_over_noise() -> (f64, f64) {
    (core::least_energy_over_noise(), core::least_energy_over_noise_in_decibels())
}

/// The operations of a forward pass for each token after Kaplan et al., 2 N + 2 L n d_attn, kept for comparison.
#[pyfunction]
pub fn kaplan_2020(non_embedding_parameters: u64, layers: u16, context: u32, attention_width: u32) -> u128 {
    rules::kaplan_2020(non_embedding_parameters, layers, context, attention_width)
}

/// The operations of a forward pass for each token after the PaLM report, 2 N + 4 L H Q T, kept for comparison.
#[pyfunction]
pub fn palm_2022(parameters: u64, layers: u16, heads: u16, head_width: u16, context: u32) -> u128 {
    rules::palm_2022(parameters, layers, heads, head_width, context)
}
