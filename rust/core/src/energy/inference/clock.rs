//! The offset between the two clocks of a run.

use super::query::InferenceQuery;
use crate::energy::error::EnergyError;
use crate::energy::join::clocks_meet;
use crate::energy::meter::Meter;
use crate::energy::offset::{Offset, estimate};
use crate::energy::tokens::{Request, TokenLog};
use crate::traces::Trace;

/// The offset of the clocks: what was given and, added to it, what the logs say of the rest.
pub(super) fn estimated(
    trace: &Trace,
    log: &TokenLog,
    span: (i64, i64),
    query: &InferenceQuery,
    meters: &[Meter<'_>],
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
