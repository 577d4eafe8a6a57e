//! What it takes to erase, by itself: entropies, registers, circuits.

use crate::errors::{Raise, guard};
use crate::quantity::{Given, PyQuantity};
use pyo3::prelude::*;
use szilard::landauer::bounds::{self as core, Circuit};
use szilard::landauer::{self, LandauerError, Precision};
use szilard::quantity::Quantity;

/// The value of `work` as a quantity.
pub(super) fn quantity<T: Into<Quantity>>(work: impl FnOnce() -> Result<T, LandauerError>) -> PyResult<PyQuantity> {
    guard(work).map(|found| PyQuantity(found.into()))
}

/// The entropy that an energy, released as heat, delivers to a bath, E/(k_B T ln 2): an identity. [bit]
///
/// Parameters
/// ----------
/// energy
///     What is given off as heat. [J]
/// temperature
///     Of the bath. [K]
///
/// Raises
/// ------
/// szilard.errors.LandauerError
///     A temperature that is not above 0 K.
/// szilard.errors.UnitError
///     Something that is no energy or no temperature.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.bounds.landauer_units('1 J', '300 K').value:.10e}"
/// '3.4831325483e+20'
#[pyfunction]
pub fn landauer_units(energy: Given, temperature: Given) -> PyResult<PyQuantity> {
    quantity(|| landauer::landauer_units(energy.0.as_static()?, temperature.0.as_static()?))
}

/// The least mean work to take a memory from one entropy to another, -k_B T ln 2 (after - before); negative where the
/// entropy rises. [J]
///
/// Parameters
/// ----------
/// before, after
///     Entropy of the memory. [bit]
/// temperature
///     Of the bath. [K]
///
/// Raises
/// ------
/// szilard.errors.UnitError
///     Something that is no information or no temperature.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.bounds.minimum_work('8 bit', '0 bit', '300 K').value:.4e} J"
/// '2.2968e-20 J'
#[pyfunction]
pub fn minimum_work(before: Given, after: Given, temperature: Given) -> PyResult<PyQuantity> {
    quantity(|| landauer::minimum_work(before.0.as_static()?, after.0.as_static()?, temperature.0.as_static()?))
}

/// The entropy of a distribution and the mismatch of a reset that is tuned to another one. [bit], [bit]
///
/// Parameters
/// ----------
/// actual
///     Probabilities of the states that the memory has, one for each state; they sum to 1. [1]
/// prior
///     Probabilities that the reset is tuned to, in the same order. [1]
///
/// Raises
/// ------
/// szilard.errors.LandauerError
///     Lists of different length, a probability outside 0 to 1, a sum that is not 1.
///
/// Examples
/// --------
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
///
/// Parameters
/// ----------
/// states
///     Pairs: the values of all parts, one whole number each, and the probability of that state. [1]
///
/// Raises
/// ------
/// szilard.errors.LandauerError
///     States with different numbers of parts, or probabilities that do not sum to 1.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.bounds.multi_information([([0, 0], 0.5), ([1, 1], 0.5)])  # two bits that are always equal
/// (1 bit, 1 bit)
#[pyfunction]
pub fn multi_information(states: Vec<(Vec<u64>, f64)>) -> PyResult<(PyQuantity, PyQuantity)> {
    let states: Vec<(&[u64], f64)> = states.iter().map(|(values, p)| (values.as_slice(), *p)).collect();
    let (joint, excess) = guard(|| core::multi_information(&states))?;
    Ok((PyQuantity(joint.into()), PyQuantity(excess.into())))
}

/// The information that a blind reset of a token's register erases, log2 V. [bit/token]
///
/// Parameters
/// ----------
/// vocabulary
///     Tokens that the register tells apart. [token]
///
/// Raises
/// ------
/// OverflowError
///     A number below zero or above 128 bits.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.bounds.register_information(65536)
/// 16 bit/token
#[pyfunction]
pub fn register_information(vocabulary: u128) -> PyQuantity {
    PyQuantity(core::register_information(vocabulary).into())
}

/// The bits of a binary register that tells the tokens of a vocabulary apart, ceil(log2 V).
///
/// Parameters
/// ----------
/// vocabulary
///     Tokens that the register tells apart. [token]
///
/// Raises
/// ------
/// OverflowError
///     A number below zero or above 128 bits.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.bounds.register_width(128256)
/// 17
#[pyfunction]
pub fn register_width(vocabulary: u128) -> u32 {
    core::register_width(vocabulary)
}

/// What a circuit that overwrites its inputs erases, H(in) - H(out): of uniform inputs, or of inputs with these
/// probabilities. Circuits are "nand", "full-adder", "add-u8", "mul-u8", "mul-s4", ... [bit]
///
/// Parameters
/// ----------
/// circuit
///     "nand", "full-adder", "add-u8", "mul-u8", "mul-s4", and the like.
/// probabilities
///     Probabilities of all inputs, in the order of the binary numbers that they spell; uniform where left out. [1]
///
/// Raises
/// ------
/// szilard.errors.LandauerError
///     An unknown circuit, a list of another length than there are inputs, probabilities that do not sum to 1.
///
/// Examples
/// --------
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
///
/// Parameters
/// ----------
/// dtype
///     Widths of weight and activation, as "fp8", "bf16" or "int4xfp16".
///
/// Raises
/// ------
/// szilard.errors.LandauerError
///     An unknown format.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.bounds.mac_information("int4xfp16")
/// 20 bit
#[pyfunction]
pub fn mac_information(dtype: &str) -> PyResult<PyQuantity> {
    let precision: Precision = dtype.parse().map_err(Raise::raise)?;
    Ok(PyQuantity(core::mac_information(precision).into()))
}
