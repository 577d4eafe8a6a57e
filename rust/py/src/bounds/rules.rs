//! Bounds on speed and on a channel, and rules for the operations of a token.

use super::erasure::quantity;
use crate::quantity::{Given, PyQuantity};
use pyo3::prelude::*;
use szilard::landauer::bounds::{self as core};
use szilard::landauer::rules;

/// The least mean energy of a system that passes to an orthogonal state in a time, h/(4 t). [J]
///
/// Parameters
/// ----------
/// time
///     Time of the passage. [s]
///
/// Raises
/// ------
/// szilard.errors.LandauerError
///     A time that is not above zero.
/// szilard.errors.UnitError
///     Something that is no time.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.bounds.speed_energy('1 ns').value:.4e} J"
/// '1.6565e-25 J'
#[pyfunction]
pub fn speed_energy(time: Given) -> PyResult<PyQuantity> {
    quantity(|| core::speed_energy(time.0.as_static()?))
}

/// The shortest time in which a system of a mean energy passes to an orthogonal state, h/(4 E). [s]
///
/// Parameters
/// ----------
/// energy
///     Mean energy above the ground state. [J]
///
/// Raises
/// ------
/// szilard.errors.LandauerError
///     An energy that is not above zero.
/// szilard.errors.UnitError
///     Something that is no energy.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.bounds.speed_time('1 J').value:.4e} s"
/// '1.6565e-34 s'
#[pyfunction]
pub fn speed_time(energy: Given) -> PyResult<PyQuantity> {
    quantity(|| core::speed_time(energy.0.as_static()?))
}

/// Bremermann's rate for a mass, c²/h. [bit/(s kg)]
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.bounds.bremermann_rate():.4e}"
/// '1.3564e+50'
#[pyfunction]
pub fn bremermann_rate() -> f64 {
    core::bremermann_rate()
}

/// The least ratio of the energy received for a bit to the density of white noise, Eb/N0 = ln 2, and the same in dB.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> ratio, decibels = sz.bounds.least_energy_over_noise()
/// >>> f"{ratio:.4f}, {decibels:.3f} dB"
/// '0.6931, -1.592 dB'
#[pyfunction]
pub fn least_energy_over_noise() -> (f64, f64) {
    (core::least_energy_over_noise(), core::least_energy_over_noise_in_decibels())
}

/// The operations of a forward pass for each token after Kaplan et al., 2 N + 2 L n d_attn, kept for comparison.
///
/// Parameters
/// ----------
/// non_embedding_parameters
///     Parameters without the embedding tables, N. [1]
/// layers
///     Layers, L. [1]
/// context
///     Positions attended to, n. [token]
/// attention_width
///     Width of the attention output, d_attn. [1]
///
/// Raises
/// ------
/// OverflowError
///     A number below zero or too large for a model.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.bounds.kaplan_2020(85_000_000, 12, 1024, 768)
/// 188874368
#[pyfunction]
pub fn kaplan_2020(non_embedding_parameters: u64, layers: u16, context: u32, attention_width: u32) -> u128 {
    rules::kaplan_2020(non_embedding_parameters, layers, context, attention_width)
}

/// The operations of a forward pass for each token after the PaLM report, 2 N + 4 L H Q T, kept for comparison.
///
/// Parameters
/// ----------
/// parameters
///     All parameters, N. [1]
/// layers
///     Layers, L. [1]
/// heads
///     Heads of a layer, H. [1]
/// head_width
///     Width of a head, Q. [1]
/// context
///     Positions attended to, T. [token]
///
/// Raises
/// ------
/// OverflowError
///     A number below zero or too large for a model.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.bounds.palm_2022(540_000_000_000, 118, 48, 256, 2048)
/// 1091878268928
#[pyfunction]
pub fn palm_2022(parameters: u64, layers: u16, heads: u16, head_width: u16, context: u32) -> u128 {
    rules::palm_2022(parameters, layers, heads, head_width, context)
}
