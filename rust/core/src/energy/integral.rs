//! The sums of one channel inside a window.

use super::error::EnergyError;
use super::integrate::EnergyQuery;
use super::interval::{Content, Interval};
use super::meter::Meter;
use super::sums::Total;
use super::uncertainty::{Readings, Survey};
use crate::input::Diagnostics;
use crate::traces::{Channel, Trace};

/// The sums over the intervals of a channel inside a window, and what its readings say of themselves.
pub(super) fn integral(
    trace: &Trace,
    channel: &Channel,
    window: (i64, i64),
    query: &EnergyQuery,
    reasons: &mut Diagnostics,
) -> Result<(Total, Readings), EnergyError> {
    let is_watched = channel.kind.is_power() && !query.in_blocks;
    let survey = is_watched.then(|| Survey::of(channel, window));
    let (meter, sums, found) = Meter::read(trace, channel, (window, query.max_gap_ns), survey.as_ref(), reasons)?;
    let total = sums.total(1);
    if !total.energy_j.is_finite() {
        let place = trace.records.place(channel.samples.line.get(overflow(&meter, window)).copied().unwrap_or(0));
        return Err(EnergyError::Range { source_name: trace.source.clone(), place, channel: channel.label() });
    }
    let limit = meter.runs.first().map_or(i64::MAX, |run| run.max_gap_ns);
    let readings = match (survey, found) {
        (Some(survey), Some(found)) => Readings::of(&survey, &found),
        (Some(survey), None) => Readings::walked(channel, &survey, limit),
        (None, _) => Readings::default(),
    };
    Ok((total, readings))
}

/// The sample at the end of the first interval whose energy is no finite number.
fn overflow(meter: &Meter<'_>, window: (i64, i64)) -> usize {
    let beyond = |interval: &Interval| match interval.content {
        Content::Ramp(from, to) => !((from.abs() + to.abs()) * interval.length() as f64).is_finite(),
        Content::Energy(energy) => !(energy * 2e9).is_finite(),
        Content::Gap(_) => false,
    };
    let mut inside = meter.iter().filter_map(|interval| interval.clipped(window.0, window.1));
    inside.find(beyond).map_or(0, |interval| interval.index)
}
