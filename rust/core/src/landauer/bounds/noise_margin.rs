//! The operands of every multiplication as charges above thermal noise.
//!
//! E = 2 x² k_B T (b_w + b_a) N_MAC with Q(x) = p: C V²/2 of a node whose level noise mistakes with probability p.

use super::mac_convention::consumed;
use super::{Bound, BoundInputs, Kind};
use crate::landauer::LandauerError;
use crate::landauer::reliability::noise_margin;
use crate::quantity::Quantity;
use crate::quantity::units::information_per_token::bit_per_token;

/// The rung.
pub(super) static BOUND: Bound = Bound {
    name: "noise-margin",
    kind: Kind::Architecture,
    formula: "2 x^2 kT (b_w + b_a) N_MAC with Q(x) = p",
    assumptions: "every operand bit is a charge on a node, the threshold halfway, noise kT/C, and its energy is lost each time",
    retained: "accumulators",
    not_claimed: "stored energy, dissipated only where it is not recovered; wires and margins against other disturbances ask for more",
    source: "noise of a capacitor, kT/C, and the tail of the normal distribution",
    energy_per_token,
};

fn energy_per_token(inputs: &BoundInputs) -> Result<Quantity, LandauerError> {
    let margin = noise_margin(inputs.error_probability()?)?;
    inputs.thermal(2.0 * margin * margin * consumed(inputs)?.get::<bit_per_token>())
}
