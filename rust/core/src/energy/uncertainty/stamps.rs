//! The stamps at the ends of a window.

use super::budget::Account;
use crate::quantity::{Component, Distribution};
use crate::traces::{Channel, Kind};

/// P Δ/√3 at each end of the window, because a stamp of resolution Δ may have been cut, rounded or late; one stamp for all
/// channels of a log, so that it cancels between two of equal power. The mean power of
/// a window that is declared steady does not depend on where it ends.
pub(super) fn components(account: &Account<'_>) -> Vec<Component> {
    let channel = account.channel;
    let intervals = channel.kind == Kind::IntervalEnergy;
    if !(channel.kind.is_power() || intervals) || account.asked.steady {
        return Vec::new();
    }
    let interval_ns = channel.samples.median_interval_ns().filter(|_| intervals);
    let seconds = interval_ns.map_or(1.0, |interval| interval as f64 * 1e-9);
    let stamp = channel.stamp_resolution_ns as f64 * 1e-9 / 3f64.sqrt();
    let (start, end) = account.asked.window;
    let (first, last) = power_at_ends(channel, account.asked.window);
    let at = |time: i64, power: f64| {
        let (id, label) =
            (format!("stamp {time}:{}", account.identity.log), format!("stamp {time} of {}", channel.label()));
        Component::new(&id, &label, Distribution::Rectangular, power.abs() * stamp / seconds)
    };
    vec![at(start, first), at(end, last)]
}

/// Power of the samples nearest to the ends of a window. [W]
pub(super) fn power_at_ends(channel: &Channel, window: (i64, i64)) -> (f64, f64) {
    let times = &channel.samples.time_ns;
    let at = |index: usize| channel.samples.value.get(index.min(times.len().saturating_sub(1))).copied().unwrap_or(0.0);
    let start = times.partition_point(|time| *time < window.0);
    let end = times.partition_point(|time| *time <= window.1).saturating_sub(1);
    (at(start), at(end))
}
