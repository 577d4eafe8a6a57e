//! What the meter leaves open for all that it measures: gain, offset and the rate of its clock.

use super::budget::Account;
use crate::quantity::{Component, Distribution};
use crate::traces::Gain;

/// Gain u_g E, offset u_o T and rate of the clock u_c E, each one component: shared by all samples, by other windows and by
/// idle, so that none of them averages away, the gain cancels in a ratio of two runs on one meter, and the offset cancels
/// where idle is subtracted. Gain and clock are shared by the channels of a meter that its user names, and by those of a
/// device, which one converter reads in turn (as of the INA3221, whose gain error it is) or which show one sensor in
/// several ways; the offset is of each input.
pub(super) fn components(account: &Account<'_>) -> Vec<Component> {
    let Some(model) = &account.channel.sensor else { return Vec::new() };
    let of = &account.identity;
    let gain = model.gain.map(|gain| {
        let shape = match gain {
            Gain::Normal { .. } => Distribution::Normal,
            Gain::Rectangular { .. } => Distribution::Rectangular,
        };
        account.shared(("gain", &of.meter), shape, gain.standard_uncertainty() * account.energy_j)
    });
    let offset = model.offset_w.map(|watts| {
        let shape = if model.offset_is_limit { Distribution::Rectangular } else { Distribution::Normal };
        account.shared(("offset", &of.input), shape, watts * account.seconds)
    });
    let clock = model
        .clock_rate
        .map(|rate| account.shared(("clock", &of.meter), Distribution::Normal, rate * account.energy_j));
    gain.into_iter().chain(offset).chain(clock).collect()
}
