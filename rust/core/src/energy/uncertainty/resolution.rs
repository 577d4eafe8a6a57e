//! The last digit of a reading.

use super::budget::Account;
use crate::quantity::{Component, Distribution};
use crate::traces::Kind;

/// Noise above this share of a step spreads the readings over the steps, and the rounding averages away with it.
const DITHER: f64 = 0.5;

/// Rounding of a power, step/√12 · T: a fixed offset, since a steady load is rounded the same way each time; unless its
/// own noise exceeds half a step, for then the rounding is in the scatter of the readings. Of a counter, which is read at
/// both ends, step/√6; and P t_u/√6 for a value that is up to an update t_u old at either end.
///
/// A power beside noise of σ is rounded with a mean error below step/π · exp(-2π² (σ/step)²), 0.0023 of a step for σ of
/// half a step (Widrow and Kollár, Quantization Noise, 2008).
pub(super) fn components(account: &Account<'_>) -> Vec<Component> {
    let channel = account.channel;
    let step = channel.resolution;
    if matches!(channel.kind, Kind::EnergyCounter { .. }) {
        let rounding = account.of_window("resolution", Distribution::Triangular, step / 6f64.sqrt());
        let age = channel.sensor.as_ref().and_then(|sensor| sensor.update_ms).map(|update| {
            let power = if account.seconds > 0.0 { account.energy_j / account.seconds } else { 0.0 };
            account.of_window("update", Distribution::Triangular, power * update * 1e-3 / 6f64.sqrt())
        });
        return std::iter::once(rounding).chain(age).collect();
    }
    if !channel.kind.is_power() || account.readings.noise_w > DITHER * step {
        return Vec::new();
    }
    vec![account.of_window("resolution", Distribution::Rectangular, step / 12f64.sqrt() * account.seconds)]
}
