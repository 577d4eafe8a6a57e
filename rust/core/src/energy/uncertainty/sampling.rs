//! A sensor that looks only part of the time.

use super::budget::Account;
use crate::quantity::{Component, Distribution};

/// What a load that keeps time with the sensor's updates can hide: (1 - d) √2 s T as limits of a rectangular
/// distribution, with the duty d and the standard deviation s of the readings about the mean of their steady stretch, beyond
/// the noise of the meter.
///
/// √2 s is the amplitude of a sine of that standard deviation. Over windows that cover d of the time, the mean of a load
/// of nearly the period of the updates can be off by that amplitude in the part that is not seen, and no number of readings
/// removes it. A load of exactly that period shows no alternation at all and is not bounded by this; starting the
/// recordings of a run at random delays reveals it (arXiv:2312.02741). What varies at random between the windows is in the
/// noise.
pub(super) fn components(account: &Account<'_>) -> Vec<Component> {
    let Some(model) = &account.channel.sensor else { return Vec::new() };
    let (Some(duty), true) = (model.duty.filter(|duty| *duty < 1.0), account.channel.kind.is_power()) else {
        return Vec::new();
    };
    let beyond = account.readings.spread_w.powi(2) - model.noise_w.unwrap_or(0.0).powi(2);
    let limit = (1.0 - duty) * (2.0 * beyond.max(0.0)).sqrt() * account.seconds;
    vec![account.of_window("aliasing", Distribution::Rectangular, limit / 3f64.sqrt())]
}
