//! The two clocks of a run: the offset between them, and the time that a clock claims twice.

use super::query::InferenceQuery;
use crate::energy::error::EnergyError;
use crate::energy::interval::Interval;
use crate::energy::join::clocks_meet;
use crate::energy::offset::{Offset, estimate};
use crate::energy::tokens::{Request, TokenLog};
use crate::traces::{Channel, Trace};

/// The offset of the clocks: what was given and, added to it, what the logs say of the rest.
pub(super) fn estimated(
    trace: &Trace,
    log: &TokenLog,
    span: (i64, i64),
    query: &InferenceQuery,
    meters: &[Vec<Interval>],
    sampling_ns: i64,
) -> Result<Offset, EnergyError> {
    let given = query.clock_offset_ns.unwrap_or(0);
    // a local clock needs its zone all the same: whole hours are said and not estimated
    clocks_meet(trace, log, Some(given))?;
    let on_clock = |request: &Request| request.clone().counting(&log.leaps, &trace.leaps).later_by(given);
    let requests = log.requests.iter().map(on_clock).collect();
    let offset = estimate(meters, span, &TokenLog { requests, ..log.clone() }, sampling_ns)?;
    Ok(Offset { ns: offset.ns.saturating_add(given), ..offset })
}

/// The times that two recordings of a channel both claim because the clock stepped back between them: what ran then has
/// no one place in the log. In order, each with the latest end of it and those before it. [ns]
pub(in crate::energy) fn doubled(channels: &[&Channel]) -> Vec<(i64, i64)> {
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
