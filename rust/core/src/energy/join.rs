//! A token log brought onto the clock of a power log.

use super::error::EnergyError;
use super::tokens::{Count, Excluded, Request, TokenLog};
use crate::input::{Code, Diagnostics, Place};
use crate::traces::{Clock, Trace};

/// How much of a token log lies inside a power log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overlap {
    /// Every record that has plausible times.
    #[default]
    Whole,
    /// Some records; those outside are left out by name.
    Partial,
}

impl Overlap {
    /// The word for tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Partial => "partial",
        }
    }
}

/// The records of a token log that lie inside a power log, on its clock.
#[derive(Debug, Clone, Default)]
pub(super) struct Joined {
    pub requests: Vec<Request>,
    pub excluded: Vec<Excluded>,
    pub diagnostics: Diagnostics,
    /// How much of the log lies inside.
    pub overlap: Overlap,
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
            start_ns: Some(window.0),
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
        let start = self.inference().filter_map(|request| request.start_ns).min()?;
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
    answerable(log)?;
    clocks_meet(trace, log, offset_ns)?;
    let offset = offset_ns.unwrap_or(0);
    let on_clock = |request: Request| request.counting(&log.leaps, &trace.leaps).later_by(offset);
    let occupied = |(start, end): (i64, i64)| {
        let request = Request { start_ns: Some(start), end_ns: Some(end), ..Request::default() };
        on_clock(request).interval_ns()
    };
    let moved = |one: &Excluded| Excluded { interval_ns: one.interval_ns.and_then(occupied), ..one.clone() };
    let mut joined = Joined {
        excluded: log.excluded.iter().map(moved).collect(),
        diagnostics: log.diagnostics.clone(),
        total: log.requests.len() + log.excluded.len(),
        first_line: log.requests.first().map_or(1, |request| u64::from(request.line)),
        ..Joined::default()
    };
    let within = window.map_or(span, |window| (window.0.max(span.0), window.1.min(span.1)));
    let shifted = log.requests.iter().map(|request| on_clock(counted(log, request)));
    let requests: Vec<Request> = shifted.collect();
    joined.overlap = overlap(&requests, within)?;
    for request in requests {
        match reason_to_leave_out(&request, log.count, within) {
            Some((code, message)) => joined.excluded.push(Excluded::of(request, code, message)),
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
    joined.excluded.sort_by_key(|excluded| excluded.line);
    for excluded in &mut joined.excluded {
        if excluded.interval_ns.is_none() {
            excluded.message.push_str("; it may have run in what is idle here");
        }
        let place = Place::Line(u64::from(excluded.line));
        joined.diagnostics.push(excluded.code, place, Some(&excluded.request), excluded.message.clone());
    }
    Ok(joined)
}

/// The record with the count of generated tokens that was chosen.
fn counted(log: &TokenLog, request: &Request) -> Request {
    Request { output_tokens: log.generated(request), ..request.clone() }
}

/// An error unless some record has every field that an energy per token needs, and one count of its tokens.
fn answerable(log: &TokenLog) -> Result<(), EnergyError> {
    let missing = |field: &'static str, remedy: String| {
        Err(EnergyError::MissingField { source_name: log.source.clone(), format: log.format, field, remedy })
    };
    let any = |has: fn(&Request) -> bool| log.requests.iter().any(has);
    if log.requests.is_empty() {
        return Ok(());
    }
    if let Some((server, retokenised)) = log.counts_differ().filter(|_| log.count.is_none()) {
        return Err(EnergyError::CountAmbiguous { source_name: log.source.clone(), server, retokenised });
    }
    let count = log.count.unwrap_or(Count::Server);
    if log.requests.iter().all(|request| log.generated(request).is_none()) {
        let remedy = if !any(|request| !request.rates.is_empty()) {
            let other = Count::ALL.iter().find(|other| {
                **other != count && log.requests.iter().any(|request| TokenLog::by(request, **other).is_some())
            });
            match other {
                Some(other) => format!("it has {}, which count={} takes", other.field(), other.word()),
                None if any(|request| request.total_tokens.is_some()) => {
                    "it has totals that include the prompt, and no prompt tokens to subtract".to_owned()
                }
                None => "it states no number of generated tokens".to_owned(),
            }
        } else {
            "it states mean rates, and a rate is no count".to_owned()
        };
        return missing(count.field(), remedy);
    }
    if !any(|request| request.start_ns.is_some()) {
        let has =
            if any(|request| request.duration_ns.is_some()) { "it states durations" } else { "it states no times" };
        return missing("start", format!("{has}; give the tokens of a window with count and window"));
    }
    if !any(|request| request.end_ns.is_some()) {
        return missing("end", "it states when requests arrived and not when they ended".to_owned());
    }
    Ok(())
}

/// How much of the records lies inside; an error where nothing does.
fn overlap(requests: &[Request], within: (i64, i64)) -> Result<Overlap, EnergyError> {
    let spans = || {
        let span = |request: &Request| Some((request.start_ns?, request.end_ns.or(request.start_ns)?));
        requests.iter().filter_map(span)
    };
    if spans().any(|(start, end)| start < within.1 && end > within.0) {
        let whole = spans().all(|(start, end)| within.0 <= start && end <= within.1);
        return Ok(if whole { Overlap::Whole } else { Overlap::Partial });
    }
    let seconds = |span: Option<(i64, i64)>| match span {
        Some((start, end)) => format!("from {:.3} s to {:.3} s", start as f64 * 1e-9, end as f64 * 1e-9),
        None => "over no time".to_owned(),
    };
    let first = spans().map(|(start, _)| start).min();
    let tokens = seconds(first.zip(spans().map(|(_, end)| end).max()));
    Err(EnergyError::NoOverlap { tokens, trace: seconds(Some(within)) })
}

fn reason_to_leave_out(request: &Request, count: Option<Count>, span: (i64, i64)) -> Option<(Code, String)> {
    let seconds = |ns: i64| ns as f64 * 1e-9;
    let Some((start, end)) = request.interval_ns() else {
        let what = if request.start_ns.is_some() { "ended" } else { "started" };
        return Some((Code::NaSample, format!("the log does not say when it {what}")));
    };
    if request.output_tokens.is_none() {
        let field = count.unwrap_or(Count::Server).field();
        return Some((Code::MissingTokens, format!("the log does not say how many tokens were generated ({field})")));
    }
    let before = span.0.saturating_sub(start);
    let after = end.saturating_sub(span.1);
    match (before > 0, after > 0) {
        (true, true) => Some("starts before and ends behind the power log".to_owned()),
        (true, false) => Some(format!("starts {:.2} s before the power log", seconds(before))),
        (false, true) => Some(format!("ends {:.2} s behind the last power sample", seconds(after))),
        (false, false) => None,
    }
    .map(|message| (Code::OutsideTrace, message))
}

/// Nothing where both logs count time from the same start, or the caller said how they differ.
///
/// # Errors
/// [`EnergyError::ClocksDiffer`] with what to say.
pub fn clocks_meet(trace: &Trace, log: &TokenLog, offset_ns: Option<i64>) -> Result<(), EnergyError> {
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
