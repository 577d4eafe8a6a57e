//! Time that two recordings of one log claim.

use super::error::EnergyError;
use super::integrate::{EnergyQuery, EnergyResult, Status, members};
use crate::input::{Code, Place};
use crate::traces::{Channel, Trace};

/// A time-weighted energy, without a value where the clock stepped back inside its window: time that two recordings
/// claim would count twice.
pub(super) fn once(trace: &Trace, found: EnergyResult) -> Result<EnergyResult, EnergyError> {
    let (begin, end) = found.window_ns;
    let doubled = doubled(&members(trace, &EnergyQuery::default())?);
    let Some((from, to)) = doubled.into_iter().find(|(from, to)| *from < end && *to > begin) else {
        return Ok(found);
    };
    let mut reasons = found.reasons;
    let message = format!(
        "two recordings claim {:.3} s of the time of the window; no time-weighted energy is given",
        (to.min(end) - from.max(begin)) as f64 * 1e-9
    );
    reasons.push(Code::ClockStep, Place::File, None, message);
    Ok(EnergyResult {
        energy: None,
        mean_power: None,
        per_device: Vec::new(),
        covered_ns: found.covered_ns.min(end - begin),
        status: Status::Incomplete,
        reasons,
        ..found
    })
}

/// The times that two recordings of a channel both claim because the clock stepped back between them: what ran then has
/// no one place in the log. In order, each with the latest end of it and those before it. [ns]
pub(super) fn doubled(channels: &[&Channel]) -> Vec<(i64, i64)> {
    let mut found = Vec::new();
    for channel in channels {
        let mut latest: Option<i64> = None;
        for (time, _) in channel.samples.segments() {
            let (Some(first), Some(last)) = (time.first(), time.last()) else { continue };
            found.extend(latest.map(|latest| (*first, latest)));
            latest = Some(latest.map_or(*last, |latest| latest.max(*last)));
        }
    }
    found.sort_unstable();
    let mut latest = i64::MIN;
    for (_, end) in &mut found {
        latest = latest.max(*end);
        *end = latest;
    }
    found
}
