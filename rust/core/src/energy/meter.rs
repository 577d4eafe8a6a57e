//! The intervals of a channel: from its samples as they stand, or judged one by one.

use super::counter;
use super::error::EnergyError;
use super::interval::Interval;
use super::sums::Sums;
use super::uncertainty::Survey;
use crate::input::Diagnostics;
use crate::traces::{Channel, Kind, SHORTEST_GAP_NS, Trace};
use std::ops::Range;
use szilard_simd::Scatter;

/// Consecutive samples in time order. Between two of them lies an interval.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run<'a> {
    pub kind: Kind,
    /// Longest interval that is integrated over. [ns]
    pub max_gap_ns: i64,
    /// Index of the first sample in its channel.
    pub first: usize,
    /// Times [ns], as many as values.
    pub time: &'a [i64],
    pub value: &'a [f64],
}

impl<'a> Run<'a> {
    /// Number of intervals.
    pub fn intervals(&self) -> usize {
        self.time.len().min(self.value.len()).saturating_sub(1)
    }

    /// Whether power goes linearly from sample to sample.
    pub fn is_linear(&self) -> bool {
        matches!(self.kind, Kind::InstantPower | Kind::WindowedMeanPower { .. })
    }

    /// An interval.
    pub fn get(&self, index: usize) -> Option<Interval> {
        let at = |index: usize| Some((*self.time.get(index)?, *self.value.get(index)?));
        let end = self.first + index + 1;
        Some(Interval::between(self.kind, at(index)?, at(index + 1)?, self.max_gap_ns, end))
    }

    /// All intervals.
    pub fn iter(&self) -> impl Iterator<Item = Interval> + use<'_, 'a> {
        (0..self.intervals()).filter_map(|index| self.get(index))
    }

    /// Some of the intervals.
    pub fn part(&self, intervals: Range<usize>) -> Self {
        let samples = intervals.start..(intervals.end + 1).min(self.intervals() + 1);
        let first = self.first + intervals.start;
        let time = self.time.get(samples.clone()).unwrap_or_default();
        Self { first, time, value: self.value.get(samples).unwrap_or_default(), ..*self }
    }

    /// The intervals that lie in a window, and what it cuts off those at its edges.
    pub fn window(&self, start: i64, end: i64) -> (Self, [Option<Interval>; 2]) {
        let last = self.intervals();
        // samples at one time belong to the window at both of its ends
        let from = self.time.partition_point(|time| *time < start).min(last);
        let to = self.time.partition_point(|time| *time <= end).saturating_sub(1).min(last);
        let edge = |index: Option<usize>| self.get(index?)?.clipped(start, end);
        let (left, right) = (edge(from.checked_sub(1)), edge(Some(to)));
        match from <= to {
            true => (self.part(from..to), [left, right]),
            // the window lies inside one interval
            false => (self.part(to..to), [left, None]),
        }
    }
}

/// What a channel says about the time between its samples.
#[derive(Debug, Clone, Default)]
pub(super) struct Meter<'a> {
    /// Samples whose intervals follow from the two at their ends; a new run where the clock stepped back.
    pub runs: Vec<Run<'a>>,
    /// Intervals of a counter, each judged with what is around it.
    pub judged: Vec<Interval>,
    /// The channel whose median interval decides about intervals above [`SHORTEST_GAP_NS`], where that was left open.
    pub open: Option<&'a Channel>,
}

impl<'a> Meter<'a> {
    /// The meter of a channel, and its sums over a window; without `max_gap_ns` an interval may be as long as
    /// [`crate::traces::Samples::gap_limit_ns`]. What its readings say of themselves comes with them where a survey of
    /// them is given that lets each be judged alone.
    pub fn read(
        trace: &Trace,
        channel: &'a Channel,
        (window, max_gap_ns): ((i64, i64), Option<i64>),
        survey: Option<&Survey>,
        reasons: &mut Diagnostics,
    ) -> Result<(Self, Sums, Option<Scatter>), EnergyError> {
        if let Some(range) = counter::range(channel.kind) {
            let judged = counter::intervals(channel, &trace.records, range, reasons)
                .map_err(|counter| EnergyError::CounterAmbiguous { source_name: trace.source.clone(), counter })?;
            let meter = Self { judged, ..Self::default() };
            let (sums, _) = Sums::of(&meter, window, None);
            return Ok((meter, sums, None));
        }
        let survey = survey.filter(|_| matches!(channel.kind, Kind::InstantPower | Kind::WindowedMeanPower { .. }));
        let with_limit = |max_gap_ns: i64| {
            let meter = Self::of_samples(channel, max_gap_ns);
            let judge = survey.and_then(|survey| survey.judge(max_gap_ns));
            let (sums, found) = Sums::of(&meter, window, judge);
            (meter, sums, judge.map(|_| found))
        };
        let found = with_limit(max_gap_ns.unwrap_or(SHORTEST_GAP_NS));
        // the median interval decides only about intervals above the least limit
        if max_gap_ns.is_some() || found.1.gap_ns() == 0 {
            return Ok(found);
        }
        Ok(match channel.samples.gap_limit_ns() {
            SHORTEST_GAP_NS => found,
            limit => with_limit(limit),
        })
    }

    /// The meters of channels over the whole of a log, of which nothing is read yet: intervals above [`SHORTEST_GAP_NS`]
    /// are left open where no limit is given.
    pub fn all(
        trace: &Trace,
        channels: &[&'a Channel],
        span: (i64, i64),
        max_gap_ns: Option<i64>,
    ) -> Result<Vec<Self>, EnergyError> {
        let of = |channel: &&'a Channel| {
            if counter::range(channel.kind).is_some() {
                return Ok(Self::read(trace, channel, (span, None), None, &mut Diagnostics::default())?.0);
            }
            let open = max_gap_ns.is_none().then_some(*channel);
            Ok(Self { open, ..Self::of_samples(channel, max_gap_ns.unwrap_or(SHORTEST_GAP_NS)) })
        };
        channels.iter().map(of).collect()
    }

    /// The same with nothing left open.
    pub fn settled(&self) -> Self {
        self.open.map_or_else(|| self.clone(), |channel| Self::of_samples(channel, channel.samples.gap_limit_ns()))
    }

    /// The samples of a channel as they stand.
    fn of_samples(channel: &'a Channel, max_gap_ns: i64) -> Self {
        Self { runs: runs(channel, max_gap_ns), ..Self::default() }
    }

    /// All intervals.
    pub fn iter(&self) -> impl Iterator<Item = Interval> + use<'_, 'a> {
        self.runs.iter().flat_map(Run::iter).chain(self.judged.iter().copied())
    }
}

/// The samples of a channel, a new run where the clock stepped back.
fn runs(channel: &Channel, max_gap_ns: i64) -> Vec<Run<'_>> {
    let mut first = 0;
    let run = |(time, value): (_, _)| {
        let run = Run { kind: channel.kind, max_gap_ns, first, time, value };
        first += run.time.len();
        run
    };
    channel.samples.segments().map(run).collect()
}
