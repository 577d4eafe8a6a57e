//! The budget of an energy: what the meter, its resolution and its stamps leave open.

use super::sums::Total;
use crate::quantity::{Component, Distribution, Measured};
use crate::traces::{Channel, Gain, Kind, Trace, sensor_of};

/// An energy with its budget.
///
/// - *gain*: u_g E, one component per sensor instance, shared by all its samples, so that it does not average away
///   and cancels in a ratio of two runs on one meter;
/// - *offset*: u_o T, where the sensor model states one;
/// - *resolution*: LSB/√12 · T, as the rounding of a steady load is a fixed offset; LSB/√6 for a counter, which is read
///   at both ends;
/// - *stamps*: P Δ/√3 at each end of the window, because a stamp of resolution Δ may have been cut, rounded or late.
///
/// Reference: JCGM 100:2008, 4.3.7 and 5.1.
pub(super) fn of_energy(trace: &Trace, channel: &Channel, value: f64, total: &Total, window: (i64, i64)) -> Measured {
    let label = channel.label();
    let sensor = format!("{}/{}", instance(channel), channel.name);
    let seconds = total.covered_ns as f64 * 1e-9;
    let mut components = Vec::new();
    let mut add = |kind: &str, shape: Distribution, contribution: f64, note: &str| {
        if contribution != 0.0 && contribution.is_finite() {
            components.push(Component::new(
                &format!("{kind}:{sensor}"),
                &format!("{kind} of {label}{note}"),
                shape,
                contribution,
            ));
        }
    };
    if let Some(model) = sensor_of(trace.format) {
        let note = format!(" ({})", model.label);
        if let Some(gain) = model.gain {
            let shape = match gain {
                Gain::Normal { .. } => Distribution::Normal,
                Gain::Rectangular { .. } => Distribution::Rectangular,
            };
            add("gain", shape, gain.standard_uncertainty() * value, &note);
        }
        add("offset", Distribution::Normal, model.offset_w.unwrap_or(0.0) * seconds, &note);
    }
    if channel.kind.is_power() {
        add("resolution", Distribution::Rectangular, channel.resolution / 12f64.sqrt() * seconds, "");
        let stamp = channel.stamp_resolution_ns as f64 * 1e-9 / 3f64.sqrt();
        let (first, last) = power_at_ends(channel, window);
        add(&format!("stamp {}", window.0), Distribution::Rectangular, first * stamp, "");
        add(&format!("stamp {}", window.1), Distribution::Rectangular, last * stamp, "");
    } else if matches!(channel.kind, Kind::EnergyCounter { .. }) {
        add("resolution", Distribution::Triangular, channel.resolution / 6f64.sqrt(), "");
    }
    Measured::with_components(value, components)
}

/// What the budget of an energy leaves out, where nothing is known about the gain of its meter.
pub(super) fn unknown_gain(trace: &Trace) -> Option<&'static str> {
    match sensor_of(trace.format) {
        Some(model) if model.gain.is_some() => None,
        Some(model) => Some(&model.leaves_out),
        None => Some("the gain and offset of the meter, which the format does not tell"),
    }
}

/// The identity of the sensor behind a channel: the uuid of its board, or else its name in this one recording, since
/// device 0 of one machine is not device 0 of another. Gains of different recordings then do not cancel, which leaves
/// the uncertainty of their ratio too large and never too small.
fn instance(channel: &Channel) -> String {
    let device = &channel.device;
    let is_uuid = device.len() >= 16 && device.contains('-') && device.chars().any(|c| c.is_ascii_digit());
    if is_uuid {
        return device.clone();
    }
    let samples = channel.samples.time_ns.iter().zip(&channel.samples.value).take(64);
    let words = samples.flat_map(|(time, value)| [time.cast_unsigned(), value.to_bits()]);
    // FNV-1a, so that one recording has one identity wherever and whenever it is read
    let hash = words.chain([channel.samples.len() as u64]).fold(0xcbf2_9ce4_8422_2325_u64, |hash, word| {
        word.to_le_bytes().iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
    });
    format!("{device}@{hash:016x}")
}

/// Power of the samples nearest to the ends of a window. [W]
fn power_at_ends(channel: &Channel, window: (i64, i64)) -> (f64, f64) {
    let times = &channel.samples.time_ns;
    let at = |index: usize| channel.samples.value.get(index.min(times.len().saturating_sub(1))).copied().unwrap_or(0.0);
    let start = times.partition_point(|time| *time < window.0);
    let end = times.partition_point(|time| *time <= window.1).saturating_sub(1);
    (at(start).abs(), at(end).abs())
}
