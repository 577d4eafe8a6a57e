//! The noise of readings, and how the power gets from one to the next.

use super::budget::Account;
use crate::quantity::{Component, Distribution, Statistics};
use crate::traces::Kind;

/// - *noise*: σ √(Σ w_i²) with the weights w_i of the trapezoid; σ as the meter's user states it, else from second
///   differences of the readings where the power is steady;
/// - *steps*: √(Σ (ΔP_i Δt_i)²/12) over the intervals in which the power changes by more than noise, since a change may
///   lie anywhere between two readings;
/// - of a window that is declared steady, *scatter* instead of both: s T/√N_eff, type A with N_eff - 1 degrees of freedom.
///
/// Not for means over the whole interval between two rows, whose scatter is that of the load and part of the energy.
pub(super) fn components(account: &Account<'_>) -> Vec<Component> {
    let channel = account.channel;
    if !matches!(channel.kind, Kind::InstantPower | Kind::WindowedMeanPower { .. }) {
        return Vec::new();
    }
    let (stated, readings) = (channel.sensor.as_ref().and_then(|sensor| sensor.noise_w), &account.readings);
    if account.asked.steady {
        let (start, end) = account.asked.window;
        let inside = channel.samples.time_ns.iter().zip(&channel.samples.value);
        let inside = inside.filter(|(time, value)| (start..=end).contains(*time) && !value.is_nan());
        let (u, freedom) = Statistics::of(&inside.map(|(_, value)| *value).collect::<Vec<_>>()).of_mean();
        let scatter = account.of_window("scatter", Distribution::Normal, u * account.seconds);
        return vec![if freedom > 0.0 { scatter.type_a(freedom) } else { scatter }];
    }
    let sigma = stated.unwrap_or(readings.noise_w);
    let noise = account.of_window("noise", Distribution::Normal, sigma * readings.weights_s2.sqrt());
    // a mean over all of the time between two readings knows what lies between them
    let covers =
        matches!(channel.kind, Kind::WindowedMeanPower { window_ns: Some(window) } if window >= readings.update_ns);
    let steps = if covers { 0.0 } else { readings.steps_j2.sqrt() };
    vec![noise, account.of_window("steps", Distribution::Normal, steps)]
}
