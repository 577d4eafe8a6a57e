//! What the meter leaves open for all that it measures: gain, offset and the rate of its clock.

use super::budget::Account;
use crate::quantity::{Component, Distribution};
use crate::traces::Gain;

/// Gain u_g E, offset u_o T and rate of the clock u_c E, each one component of the meter: shared by all its samples, by
/// its other windows and by idle, so that none of them averages away, the gain cancels in a ratio of two runs on one meter,
/// and the offset cancels where idle is subtracted.
pub(super) fn components(account: &Account<'_>) -> Vec<Component> {
    let Some(model) = &account.channel.sensor else { return Vec::new() };
    let gain = model.gain.map(|gain| {
        let shape = match gain {
            Gain::Normal { .. } => Distribution::Normal,
            Gain::Rectangular { .. } => Distribution::Rectangular,
        };
        account.of_meter("gain", shape, gain.standard_uncertainty() * account.energy_j)
    });
    let offset = model.offset_w.map(|watts| {
        let shape = if model.offset_is_limit { Distribution::Rectangular } else { Distribution::Normal };
        account.of_meter("offset", shape, watts * account.seconds)
    });
    let clock = model.clock_rate.map(|rate| account.of_meter("clock", Distribution::Normal, rate * account.energy_j));
    gain.into_iter().chain(offset).chain(clock).collect()
}
