//! A token log brought onto the clock of a power log.

use super::error::EnergyError;
use super::tokens::{Excluded, Request, TokenLog};
use crate::input::{Code, Diagnostics, Place};
use crate::traces::{Clock, Trace};

/// The records of a token log that lie inside a power log, on its clock.
#[derive(Debug, Clone, Default)]
pub(super) struct Joined {
    pub requests: Vec<Request>,
    pub excluded: Vec<Excluded>,
    pub diagnostics: Diagnostics,
    /// Records in the log.
    pub total: usize,
    /// Line of the first record.
    pub first_line: u64,
}

impl Joined {
    /// One record over the whole window.
    pub fn of_count(count: u64, window: (i64, i64)) -> Self {
        let request = Request {
            request: "whole window".to_owned(),
            start_ns: window.0,
            end_ns: Some(window.1),
            output_tokens: Some(count),
            ..Request::default()
        };
        Self { requests: vec![request], total: 1, first_line: 2, ..Self::default() }
    }

    /// The records that generate tokens.
    pub fn inference(&self) -> impl Iterator<Item = &Request> {
        self.requests.iter().filter(|request| !request.is_overhead)
    }

    /// From the first start to the last end of the records that generate tokens. [ns]
    pub fn hull(&self) -> Option<(i64, i64)> {
        let start = self.inference().map(|request| request.start_ns).min()?;
        Some((start, self.inference().filter_map(|request| request.end_ns).max()?))
    }
}

/// The records of `log` inside `span`, the time of the power log, and inside the window if there is one.
pub(super) fn join(
    trace: &Trace,
    log: &TokenLog,
    span: (i64, i64),
    window: Option<(i64, i64)>,
    offset_ns: Option<i64>,
) -> Result<Joined, EnergyError> {
    clocks_meet(trace, log, offset_ns)?;
    let offset = offset_ns.unwrap_or(0);
    let shifted = |time: i64| time.saturating_add(offset);
    let mut joined = Joined {
        excluded: log.excluded.clone(),
        diagnostics: log.diagnostics.clone(),
        total: log.requests.len() + log.excluded.len(),
        first_line: log.requests.first().map_or(1, |request| u64::from(request.line)),
        ..Joined::default()
    };
    let within = window.map_or(span, |window| (window.0.max(span.0), window.1.min(span.1)));
    let mut overlapping = false;
    for request in &log.requests {
        let request = Request {
            start_ns: shifted(request.start_ns),
            first_token_ns: request.first_token_ns.map(shifted),
            end_ns: request.end_ns.map(shifted),
            ..request.clone()
        };
        overlapping |= request.start_ns < within.1 && request.end_ns.unwrap_or(request.start_ns) > within.0;
        match reason_to_leave_out(&request, within) {
            Some((code, message)) => {
                joined.excluded.push(Excluded { request: request.request, line: request.line, code, message });
            }
            None => {
                if request.is_overhead {
                    let place = Place::Line(u64::from(request.line));
                    let message = "generates no tokens; it is not counted as inference";
                    joined.diagnostics.push(Code::NotInference, place, Some(&request.request), message);
                }
                joined.requests.push(request);
            }
        }
    }
    if !overlapping {
        let seconds = |span: Option<(i64, i64)>| match span {
            Some((start, end)) => format!("from {:.3} s to {:.3} s", start as f64 * 1e-9, end as f64 * 1e-9),
            None => "over no time".to_owned(),
        };
        let tokens = log.span_ns().map(|(start, end)| (shifted(start), shifted(end)));
        return Err(EnergyError::NoOverlap { tokens: seconds(tokens), trace: seconds(Some(within)) });
    }
    joined.excluded.sort_by_key(|excluded| excluded.line);
    for excluded in &joined.excluded {
        let place = Place::Line(u64::from(excluded.line));
        joined.diagnostics.push(excluded.code, place, Some(&excluded.request), excluded.message.clone());
    }
    Ok(joined)
}

fn reason_to_leave_out(request: &Request, span: (i64, i64)) -> Option<(Code, String)> {
    let seconds = |ns: i64| ns as f64 * 1e-9;
    let Some(end) = request.end_ns else {
        return Some((Code::NaSample, "the log does not say when it ended".to_owned()));
    };
    if request.output_tokens.is_none() {
        return Some((Code::MissingTokens, "the log does not say how many tokens were generated".to_owned()));
    }
    let before = span.0.saturating_sub(request.start_ns);
    let after = end.saturating_sub(span.1);
    match (before > 0, after > 0) {
        (true, true) => Some("starts before and ends behind the power log".to_owned()),
        (true, false) => Some(format!("starts {:.2} s before the power log", seconds(before))),
        (false, true) => Some(format!("ends {:.2} s behind the last power sample", seconds(after))),
        (false, false) => None,
    }
    .map(|message| (Code::OutsideTrace, message))
}

/// An error unless both logs count time from the same start, or the caller said how they differ.
fn clocks_meet(trace: &Trace, log: &TokenLog, offset_ns: Option<i64>) -> Result<(), EnergyError> {
    let remedy = match (trace.clock, log.clock) {
        (left, right) if left == right && left != Clock::Relative => return Ok(()),
        (Clock::Local, Clock::Utc) | (Clock::Utc, Clock::Local) => "say the zone of the local clock with tz",
        _ if offset_ns.is_some() => return Ok(()),
        _ => "say what to add to the token log with clock_offset",
    };
    Err(EnergyError::ClocksDiffer {
        trace: trace.source.clone(),
        trace_clock: trace.clock.word(),
        tokens: log.source.clone(),
        token_clock: log.clock.word(),
        remedy,
    })
}
