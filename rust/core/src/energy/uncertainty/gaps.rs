//! Long intervals that were integrated over because the caller said so.

use super::budget::Account;
use crate::quantity::{Component, Distribution};
use crate::traces::SHORTEST_GAP_NS;

/// The limits of what a gap can hold: the power between the readings on either side of it may have been anything from the
/// least to the largest reading of the window, so that the trapezoid of the gap is off by at most
/// max(P_max - P̄, P̄ - P_min) Δt. Gaps are independent of one another.
///
/// A gap is an interval that would not be covered without a `max_gap` of the caller's.
pub(super) fn components(account: &Account<'_>) -> Vec<Component> {
    let samples = &account.channel.samples;
    let is_asked = account.channel.kind.is_power() && !account.asked.in_blocks;
    // the median of all intervals, which is looked for only where it decides
    let Some(longest) = account.asked.max_gap_ns.filter(|longest| is_asked && *longest > SHORTEST_GAP_NS) else {
        return Vec::new();
    };
    let usual = samples.gap_limit_ns();
    if longest <= usual {
        return Vec::new();
    }
    let (start, end) = account.asked.window;
    let (least, largest) = account.readings.range_w;
    let mut squares = 0.0;
    for (times, values) in samples.segments() {
        for (time, power) in times.windows(2).zip(values.windows(2)) {
            let ([from, to], [before, after]) = (time, power) else { continue };
            let length = to.saturating_sub(*from);
            let inside = (*to).min(end).saturating_sub((*from).max(start)) as f64 * 1e-9;
            if length > usual && length <= longest && inside > 0.0 {
                let mean = 0.5 * (before + after);
                squares += ((largest - mean).max(mean - least) * inside).powi(2) / 3.0;
            }
        }
    }
    vec![account.of_window("gap", Distribution::Rectangular, squares.sqrt())]
}
