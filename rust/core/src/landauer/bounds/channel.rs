//! The reception of the token over a noisy channel.
//!
//! E = N0 ln 2 H with N0 = k_B T: the least energy received over white noise of infinite bandwidth, Eb/N0 >= ln 2.

use super::{Bound, BoundInputs, Kind};
use crate::landauer::LandauerError;
use crate::quantity::Quantity;
use std::f64::consts::LN_2;

/// The rung.
pub(super) static BOUND: Bound = Bound {
    name: "channel",
    kind: Kind::Universal,
    formula: "N0 ln2 H(token | context), N0 = kT",
    assumptions: "white Gaussian noise of temperature T, unlimited bandwidth and delay; both ends hold model and context",
    retained: "model and context, at both ends",
    not_claimed: "received energy, and no dissipation: it may be passed on; nothing of computing the token",
    source: "Shannon capacity of a Gaussian channel; Landauer 1996 on its meaning [as noted, not read again]",
    energy_per_token,
};

fn energy_per_token(inputs: &BoundInputs) -> Result<Quantity, LandauerError> {
    Ok(inputs.entropy()?.times(inputs.limit())?)
}

/// The least ratio of the energy received for a bit to the density of white noise, Eb/N0 = ln 2.
pub fn least_energy_over_noise() -> f64 {
    LN_2
}

/// The same in decibels, 10 log10(ln 2) = -1.59 dB.
pub fn least_energy_over_noise_in_decibels() -> f64 {
    10.0 * LN_2.log10()
}
