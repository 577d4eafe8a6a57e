//! Steps and whole-hour shifts of the clocks of a run.

use super::finding::Finding;
use super::samples::Sample;
use crate::input::Code;

const HOUR: i64 = 3600 * 1_000_000_000;
/// Most hours that zones and their summer times lie apart.
const HOURS: i64 = 26;
/// How far a jump may lie from whole hours and still be one. [ns]
const NEAR: i64 = 2_000_000_000;

/// The smallest number of whole hours by which a window must be shifted to lie inside a span.
pub(super) fn whole_hours(window: (i64, i64), span: (i64, i64)) -> Option<i64> {
    let fits = |hours: i64| {
        let shift = hours * HOUR;
        let later = |time: i64| time.saturating_add(shift);
        span.0 <= later(window.0).saturating_add(NEAR) && later(window.1) <= span.1.saturating_add(NEAR)
    };
    (1..=HOURS).flat_map(|hours| [-hours, hours]).find(|hours| fits(*hours))
}

/// Steps back and jumps by whole hours between two samples of a log.
pub(super) fn steps(samples: &[Sample], path: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for pair in samples.windows(2) {
        let [before, after] = pair else { continue };
        let step = after.time.saturating_sub(before.time);
        let seconds = step as f64 * 1e-9;
        let hours = (step as f64 / HOUR as f64).round() as i64;
        let message = if hours != 0 && (step - hours.saturating_mul(HOUR)).abs() <= NEAR {
            format!("the clock of the meter jumps by {hours:+} h between two samples ({seconds:.3} s)")
        } else if step < 0 {
            format!("the clock of the meter steps back by {:.3} s", -seconds)
        } else {
            continue;
        };
        let reference = "no rule: samples are taken by their stamps, in any order";
        found.push(Finding::new(Code::ClockStep, path, Some(after.line), message, reference));
    }
    found
}
