//! What a sample of the readings of a window tells before all of them are looked at: their noise, and how long each is
//! held.

use crate::traces::Channel;
use std::borrow::Cow;
use szilard_simd::{Judge, distance};

/// Fewer runs of equal readings than this do not tell how long the sensor holds a reading.
const LEAST_RUNS: usize = 20;

/// The most readings that are looked at, evenly spread: so many tell a standard deviation to 0.3 %.
const MOST: usize = 1 << 16;

/// A second difference beyond this many standard deviations is a change of the power.
const STEADY: f64 = 3.5;

/// What the rounding of three f64 numbers leaves of a straight line, relative to the largest of them.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// The standard deviation of a normal variable over the median of its magnitude.
const OF_MEDIAN: f64 = 1.482_602_218_505_602;

/// Times and values of readings.
type Columns<'a> = (&'a [i64], &'a [f64]);

/// Times and values of readings that are independent.
type Distinct<'c> = (Cow<'c, [i64]>, Cow<'c, [f64]>);

/// What a sample of the readings tells.
#[derive(Debug, Clone, Default)]
pub(in crate::energy) struct Survey {
    /// The window. [ns]
    pub window: (i64, i64),
    /// How many rows of the log a reading is held for.
    pub held: usize,
    /// Time between two new readings. [ns]
    pub update_ns: i64,
    /// Standard deviation of the noise of one reading. [W]
    pub noise_w: f64,
    /// The distance from the line through its neighbours beyond which a reading is a change of the power. [W]
    pub bend_w: f64,
}

impl Survey {
    /// A survey of the readings of a channel inside a window and the one on either side of it.
    pub fn of(channel: &Channel, window: (i64, i64)) -> Self {
        let segments: Vec<Columns<'_>> = inside(channel, window).collect();
        let mut steps: Vec<i64> = places(&segments)
            .filter_map(|((time, _), at)| Some(time.get(at + 1)?.saturating_sub(*time.get(at)?)))
            .filter(|step| *step > 0)
            .collect();
        let interval = lower_median(&mut steps).unwrap_or(0);
        let known = channel.sensor.as_ref().and_then(|sensor| sensor.update_ms).map(|ms| ms * 1e6);
        // from the update period, where it is known
        let held = match known.filter(|_| interval > 0) {
            Some(update) => ((update / interval as f64).round() as usize).max(1),
            None => run_length(&segments),
        };
        let update_ns = (known.unwrap_or(0.0) as i64).max(interval.saturating_mul(held as i64));
        Self { window, held, update_ns, ..Self::default() }.learnt(segments.into_iter(), channel)
    }

    /// With the noise of readings each of which is one of its own.
    ///
    /// It is that of e_i = (P_i - λ P_(i-1) - (1-λ) P_(i+1)) / √(1 + λ² + (1-λ)²), the distance of a reading from the line
    /// through its neighbours, which has the variance of one reading where the power goes straight. Steady is where
    /// |e_i| < 3.5 σ with σ from the median magnitude, and no less than the printed digits and those of f64: steps do not
    /// count.
    pub fn learnt<'a>(self, columns: impl Iterator<Item = Columns<'a>>, channel: &Channel) -> Self {
        let columns: Vec<Columns<'_>> = columns.collect();
        let distances = places(&columns).filter_map(|((time, value), at)| distance(time, value, at));
        let mut distances: Vec<f64> = distances.map(f64::abs).filter(|distance| !distance.is_nan()).collect();
        let middle = distances.len().saturating_sub(1) / 2;
        if distances.is_empty() {
            return Self { noise_w: 0.0, bend_w: 0.0, ..self };
        }
        let median = *distances.select_nth_unstable_by(middle, f64::total_cmp).1;
        let digits = places(&columns)
            .filter_map(|((_, value), at)| value.get(at))
            .fold(0.0, |most, value| value.abs().max(most));
        let bend_w = STEADY * (OF_MEDIAN * median).max(0.5 * channel.resolution).max(ROUNDING * digits);
        let (steady, squares) = distances
            .iter()
            .filter(|distance| **distance <= bend_w)
            .fold((0u64, 0.0), |sum, distance| (sum.0 + 1, sum.1 + distance * distance));
        let noise_w = if steady > 0 { (squares / steady as f64).sqrt() } else { 0.0 };
        Self { noise_w, bend_w, ..self }
    }

    /// How the readings are to be judged while their energies are added, where each is one of its own.
    pub fn judge(&self, limit: i64) -> Option<Judge> {
        let judge = Judge { bend: self.bend_w, limit, window: self.window, longest: f64::INFINITY };
        (self.held <= 1).then_some(judge)
    }
}

/// The readings of a channel inside a window and the one on either side of it, a new piece where the clock stepped back.
fn inside(channel: &Channel, window: (i64, i64)) -> impl Iterator<Item = Columns<'_>> {
    channel.samples.segments().filter_map(move |(times, values)| {
        let start = times.partition_point(|time| *time < window.0).saturating_sub(1);
        let end = (times.partition_point(|time| *time <= window.1) + 1).min(times.len());
        Some((times.get(start..end)?, values.get(start..end)?))
    })
}

/// The readings as they are independent: without those that are missing, and of a sensor that holds its readings the
/// first of each run of equal ones, and the last of all; a new piece behind an interval above the limit. [ns]
pub(super) fn distinct<'c>(channel: &'c Channel, survey: &Survey, limit: i64) -> Vec<Distinct<'c>> {
    let mut pieces = Vec::new();
    for (time, value) in inside(channel, survey.window) {
        if survey.held <= 1 && !value.iter().any(|value| value.is_nan()) {
            pieces.push((Cow::Borrowed(time), Cow::Borrowed(value)));
            continue;
        }
        let mut piece: (Vec<i64>, Vec<f64>) = Default::default();
        let mut last: Option<(i64, f64)> = None;
        let mut ended = |piece: &mut (Vec<i64>, Vec<f64>), last: Option<(i64, f64)>| {
            if let Some((time, value)) = last.filter(|last| piece.0.last() != Some(&last.0)) {
                piece.0.push(time);
                piece.1.push(value);
            }
            let (time, value) = std::mem::take(piece);
            pieces.push((Cow::Owned(time), Cow::Owned(value)));
        };
        for (time, value) in time.iter().copied().zip(value.iter().copied()).filter(|(_, value)| !value.is_nan()) {
            if survey.held > 1 && last.is_some_and(|(before, _)| time.saturating_sub(before) > limit) {
                ended(&mut piece, last);
            }
            if survey.held <= 1 || piece.1.last() != Some(&value) {
                piece.0.push(time);
                piece.1.push(value);
            }
            last = Some((time, value));
        }
        ended(&mut piece, last);
    }
    pieces
}

/// At most [`MOST`] places in columns, evenly spread.
fn places<'c, 'a>(columns: &'c [Columns<'a>]) -> impl Iterator<Item = (Columns<'a>, usize)> + use<'c, 'a> {
    let stride = stride(columns);
    let mut skip = 0;
    columns.iter().flat_map(move |columns| {
        let count = columns.0.len();
        let places = (skip..count).step_by(stride);
        // what the last step goes beyond these columns
        skip = if skip < count { (stride - (count - skip) % stride) % stride } else { skip - count };
        places.map(move |at| (*columns, at))
    })
}

fn stride(columns: &[Columns<'_>]) -> usize {
    columns.iter().map(|(time, _)| time.len()).sum::<usize>().div_ceil(MOST).max(1)
}

/// The lower median length of the runs of equal readings, where there are enough of them; in a long log of those that
/// begin first behind each of its places.
fn run_length(segments: &[Columns<'_>]) -> usize {
    let stride = stride(segments);
    // no run is looked at twice, so that this is at most two walks over the log
    let lengths = places(segments).filter_map(|((_, value), at)| {
        let is_equal = |at: usize| at > 0 && value.get(at).is_some() && value.get(at - 1) == value.get(at);
        let first = (at..value.len().min(at + stride)).find(|at| !is_equal(*at))?;
        let length = 1 + (first + 1..).take_while(|at| is_equal(*at)).count();
        value.get(first).is_some_and(|value| !value.is_nan()).then_some(length)
    });
    let mut lengths: Vec<usize> = lengths.collect();
    if lengths.len() < LEAST_RUNS { 1 } else { lower_median(&mut lengths).unwrap_or(1) }
}

fn lower_median<T: Ord + Copy>(values: &mut [T]) -> Option<T> {
    let middle = values.len().checked_sub(1)? / 2;
    Some(*values.select_nth_unstable(middle).1)
}
