//! A channel from the caller's own arrays.

use crate::edge::EdgeError;
use crate::traces::{Channel, Kind, Samples};

/// The channel of samples at rising times.
///
/// # Parameters
/// - `kind`: what a sample means; its unit is that of the values: K, Hz or W.
/// - `time_ns`: on the clock of whatever it is to meet. [ns]
/// - `value`: one for each time; NaN is a missing sample.
///
/// # Errors
/// [`EdgeError::Scenario`] for another number of values than of times, and for times that do not rise.
pub fn signal(kind: Kind, time_ns: Vec<i64>, value: Vec<f64>) -> Result<Channel, EdgeError> {
    let refuse = |found: String, expected| Err(EdgeError::Scenario { what: "a channel", found, expected });
    if time_ns.len() != value.len() {
        return refuse(format!("{} times and {} values", time_ns.len(), value.len()), "as many values as times");
    }
    let rises = |pair: &[i64]| matches!(pair, [early, late] if early < late);
    if let Some(at) = time_ns.windows(2).position(|pair| !rises(pair)) {
        return refuse(format!("a time that does not rise behind sample {}", at + 1), "rising times");
    }
    let samples = Samples { line: vec![0; time_ns.len()], time_ns, value, ..Samples::default() };
    Ok(Channel {
        name: kind.word().to_owned(),
        device: "0".to_owned(),
        kind,
        boundary: None,
        within: None,
        instead: None,
        stamp_resolution_ns: 1,
        resolution: 0.0,
        coarse_time: false,
        sensor: None,
        samples,
    })
}
