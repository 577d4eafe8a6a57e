//! What a check may look at, and what it finds.

use super::{IN_BLOCKS, REGISTRY};
use crate::energy::integrate::EnergyQuery;
use crate::energy::tokens::Excluded;
use crate::input::{Code, Diagnostics, Place};
use crate::parallel::interrupted;
use crate::traces::{Channel, Kind, Trace};

/// What a check is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// A meter over a window.
    Meter,
    /// A run of requests.
    Run,
}

/// A check: what it is about, and what it finds.
pub(super) struct Check {
    /// What it is about.
    pub about: About,
    /// What it finds.
    pub find: fn(&Evidence<'_>) -> Vec<Finding>,
}

/// A figure under examination.
pub(super) struct Evidence<'a> {
    /// The power log.
    pub trace: &'a Trace,
    /// The channels whose energies were summed.
    pub members: &'a [&'a Channel],
    /// How the energy was asked for.
    pub query: &'a EnergyQuery,
    /// The window. [ns]
    pub window: (i64, i64),
    /// The requests, where there are some.
    pub run: Option<Run<'a>>,
}

/// The requests of a run.
#[derive(Debug, Clone, Copy)]
pub(in crate::energy) struct Run<'a> {
    /// Start and end of those that generate tokens, or of the window of a count. [ns]
    pub spans: &'a [(i64, i64)],
    /// Whether tokens were a number for the whole window, so that all of its time counts.
    pub counted: bool,
    /// The records that were left out.
    pub excluded: &'a [Excluded],
}

/// What a check has found.
pub(super) struct Finding {
    /// The code.
    pub code: Code,
    /// Where it is first seen.
    pub place: Place,
    /// The channel or device it is about.
    pub channel: Option<String>,
    /// The particulars.
    pub message: String,
}

impl Evidence<'_> {
    /// The samples of a channel inside the window: time, value and line.
    pub fn inside<'c>(&self, channel: &'c Channel) -> impl Iterator<Item = (i64, f64, u32)> + use<'c> {
        rows(channel, self.window)
    }

    /// The mean power of a channel over the window, from its samples inside; `None` where two are not there, or a counter
    /// falls. [W]
    pub fn mean_power(&self, channel: &Channel) -> Option<f64> {
        self.mean_power_in(channel, self.window)
    }

    /// The mean power of a channel over a window. [W]
    pub fn mean_power_in(&self, channel: &Channel, window: (i64, i64)) -> Option<f64> {
        let mut samples = rows(channel, window);
        let (first, mut before) = samples.next().map(|(time, value, _)| (time, (time, value)))?;
        let mut joules = 0.0;
        for (time, value, _) in samples {
            let seconds = time.saturating_sub(before.0) as f64 * 1e-9;
            joules += match channel.kind {
                Kind::EnergyCounter { .. } if value < before.1 => return None,
                Kind::EnergyCounter { .. } => value - before.1,
                Kind::IntervalEnergy => value,
                Kind::IntervalMeanPower => value * seconds,
                Kind::HoldPower => before.1 * seconds,
                _ => 0.5 * (before.1 + value) * seconds,
            };
            before = (time, value);
        }
        let seconds = before.0.saturating_sub(first) as f64 * 1e-9;
        (seconds > 0.0).then(|| joules / seconds)
    }

    /// A finding about a channel, at a line.
    pub fn finding(&self, code: Code, line: Option<u32>, channel: &Channel, message: String) -> Finding {
        let place = line.map_or(Place::File, |line| self.trace.records.place(line));
        Finding { code, place, channel: Some(channel.label()), message }
    }
}

/// The samples of a channel inside a window: time, value and line.
fn rows(channel: &Channel, (start, end): (i64, i64)) -> impl Iterator<Item = (i64, f64, u32)> + use<'_> {
    let (samples, mut first) = (&channel.samples, 0);
    samples.segments().flat_map(move |(times, values)| {
        let (from, to) = (times.partition_point(|time| *time < start), times.partition_point(|time| *time <= end));
        let at = |index: usize| samples.line.get(index).copied().unwrap_or(0);
        let lines = (first + from..first + to.max(from)).map(at);
        first += times.len();
        let inside = times.get(from..to).unwrap_or(&[]).iter().zip(values.get(from..to).unwrap_or(&[]));
        inside.zip(lines).map(|((time, value), line)| (*time, *value, line)).filter(|row| !row.1.is_nan())
    })
}

/// Says what the checks of a meter find.
pub(in crate::energy) fn of_meter(
    trace: &Trace,
    members: &[&Channel],
    query: &EnergyQuery,
    window: (i64, i64),
    reasons: &mut Diagnostics,
) {
    let checks = if query.in_blocks { IN_BLOCKS } else { REGISTRY };
    examine(checks, About::Meter, &Evidence { trace, members, query, window, run: None }, reasons);
}

/// Says what the checks of a run find.
pub(in crate::energy) fn of_run(
    trace: &Trace,
    members: &[&Channel],
    window: (i64, i64),
    run: Run<'_>,
    reasons: &mut Diagnostics,
) {
    let query = EnergyQuery::default();
    examine(REGISTRY, About::Run, &Evidence { trace, members, query: &query, window, run: Some(run) }, reasons);
}

fn examine(checks: &[Check], about: About, evidence: &Evidence<'_>, reasons: &mut Diagnostics) {
    let checks = checks.iter().take_while(|_| !interrupted()).filter(|check| check.about == about);
    for found in checks.flat_map(|check| (check.find)(evidence)) {
        reasons.push(found.code, found.place, found.channel.as_deref(), found.message);
    }
}

/// Whether a check has found something.
pub(in crate::energy) fn in_doubt(reasons: &Diagnostics) -> bool {
    reasons.iter().any(|remark| remark.code.is_doubt())
}
