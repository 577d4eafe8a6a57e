//! Where a board throttled, and the tokens that it cost.

use super::request::Request;
use crate::edge::EdgeError;
use crate::quantity::{Component, Distribution, Measured, Quantity};
use crate::traces::{Channel, Kind};

/// What shows that a board throttles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cause {
    /// A clock at or below so many Hz while calls are answered.
    Clock(f64),
    /// A temperature at or above so many K.
    Temperature(f64),
    /// A power at or above so many W, the cap of the board.
    PowerCap(f64),
}

impl Cause {
    /// The word for tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Clock(_) => "clock",
            Self::Temperature(_) => "temperature",
            Self::PowerCap(_) => "power-cap",
        }
    }

    fn fits(self, kind: Kind) -> bool {
        match self {
            Self::Clock(_) => kind == Kind::Frequency,
            Self::Temperature(_) => kind == Kind::Temperature,
            Self::PowerCap(_) => kind.is_power(),
        }
    }

    fn holds(self, value: f64) -> bool {
        match self {
            Self::Clock(limit) => value <= limit,
            Self::Temperature(limit) | Self::PowerCap(limit) => value >= limit,
        }
    }
}

/// A time at which a board throttled.
#[derive(Debug, Clone)]
pub struct Throttling {
    /// What showed it.
    pub cause: Cause,
    /// Time of the first sample that shows it. [ns]
    pub start_ns: i64,
    /// Time of the first sample that does not show it any more; of the last sample of the recording where none does. [ns]
    pub end_ns: i64,
    /// Time of calls inside it, added up over the calls. [s]
    pub call_s: f64,
    /// Tokens that the calls would have made beyond those they made, at the rate outside of all such times; `None` where
    /// no call lies outside to compare with, or none inside. [token]
    pub tokens: Option<Quantity>,
}

/// The times at which a board throttled by one sign, with the tokens that each cost.
///
/// A time runs from the first sample that shows the sign to the first that does not, and does not reach over a gap of
/// the recording. A low clock alone is also that of an idle board: clocks count only while a call is answered. What it
/// cost: (rate of calls outside · time of calls inside) - tokens made inside, the tokens of a call spread evenly over it;
/// the uncertainty is the scatter of the rates outside. A rate that differs for another reason is counted, too.
///
/// # Parameters
/// - `channel`: a channel of clock [Hz], temperature [K] or power [W].
/// - `cause`: the sign and its limit.
/// - `requests`: calls on the clock of the recording; without them no cost is known and clocks are refused.
///
/// # Errors
/// [`EdgeError::Scenario`] for a channel of another kind, a limit that is no number, and a clock without calls.
pub fn throttling(channel: &Channel, cause: Cause, requests: &[Request]) -> Result<Vec<Throttling>, EdgeError> {
    let refuse = |found: String, expected| Err(EdgeError::Scenario { what: "throttling", found, expected });
    let (Cause::Clock(limit) | Cause::Temperature(limit) | Cause::PowerCap(limit)) = cause;
    if !cause.fits(channel.kind) {
        return refuse(format!("a channel of {} for {}", channel.kind.word(), cause.word()), "a channel of that kind");
    }
    if !(limit.is_finite() && limit > 0.0) {
        return refuse(format!("a limit of {limit}"), "a finite limit above 0");
    }
    if matches!(cause, Cause::Clock(_)) && requests.is_empty() {
        return refuse("a clock and no calls".to_owned(), "calls, as the clock of an idle board is low, too");
    }
    let mut times: Vec<(i64, i64)> = spells(channel, cause);
    if matches!(cause, Cause::Clock(_)) {
        times.retain(|(start, end)| requests.iter().any(|request| request.seconds_within(*start, *end) > 0.0));
    }
    let whole: Vec<&Request> = requests.iter().filter(|request| request.is_whole()).collect();
    let reference = outside(&whole, &times);
    let price = |(start_ns, end_ns): (i64, i64)| {
        let inside = |request: &&Request| request.seconds_within(start_ns, end_ns);
        let call_s: f64 = whole.iter().map(inside).sum::<f64>() + 0.0;
        let made: f64 = whole.iter().map(|call| call.output_tokens * inside(call) / call.seconds()).sum();
        let tokens = reference.filter(|_| call_s > 0.0).map(|(rate, u)| {
            let scatter = Component::new("rate outside", "rate outside", Distribution::Normal, u * call_s);
            let measured = Measured::with_components(rate * call_s - made, vec![scatter]);
            Ok::<_, EdgeError>(Quantity::from_measured(measured, "token".parse()?)?)
        });
        Ok(Throttling { cause, start_ns, end_ns, call_s, tokens: tokens.transpose()? })
    };
    times.into_iter().map(price).collect()
}

/// The times at which the samples show the sign.
fn spells(channel: &Channel, cause: Cause) -> Vec<(i64, i64)> {
    let limit = channel.samples.gap_limit_ns();
    let mut found = Vec::new();
    for (times, values) in channel.samples.segments() {
        let mut since: Option<(i64, i64)> = None;
        for (time, value) in times.iter().zip(values) {
            if let Some((start, last)) = since
                && (time.saturating_sub(last) > limit || !cause.holds(*value))
            {
                let end = if time.saturating_sub(last) > limit { last } else { *time };
                found.push((start, end));
                since = None;
            }
            if cause.holds(*value) {
                since = Some((since.map_or(*time, |(start, _)| start), *time));
            }
        }
        found.extend(since);
    }
    found.retain(|(start, end)| end > start);
    found
}

/// Tokens per second of the calls that touch none of the times, and the standard uncertainty of their mean.
fn outside(requests: &[&Request], times: &[(i64, i64)]) -> Option<(f64, f64)> {
    let free = |request: &&&Request| {
        // the times rise and do not overlap: only the last that starts before the end of the call can touch it
        let before = times.partition_point(|(start, _)| *start < request.end_ns);
        before.checked_sub(1).and_then(|at| times.get(at)).is_none_or(|(_, end)| *end <= request.start_ns)
    };
    let calls: Vec<(f64, f64)> =
        requests.iter().filter(free).map(|call| (call.output_tokens, call.seconds())).collect();
    let (tokens, seconds) =
        calls.iter().fold((0.0, 0.0), |(tokens, seconds), call| (tokens + call.0, seconds + call.1));
    let rate = (seconds > 0.0).then(|| tokens / seconds)?;
    let count = calls.len() as f64;
    // the ratio of two sums (Cochran, Sampling Techniques, 3rd ed., 2.11)
    let squares: f64 = calls.iter().map(|(made, time)| (made - rate * time).powi(2)).sum();
    (count > 1.0).then(|| (rate, (squares * count / (count - 1.0)).sqrt() / seconds))
}
