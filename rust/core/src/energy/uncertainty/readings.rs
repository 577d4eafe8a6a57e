//! What the readings of a window say about their own noise, and where the power changes between two of them.

use crate::traces::Channel;

/// Readings of a window, as the budget needs them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Readings {
    /// Standard deviation of the noise of one reading, from second differences where the power is steady. [W]
    pub noise_w: f64,
    /// Standard deviation of the readings about the mean of their steady stretch, between two changes of the power. [W]
    pub spread_w: f64,
    /// Σ w_i² over the independent readings, w_i the time a reading stands for. [s²]
    pub weights_s2: f64,
    /// Σ (ΔP_i Δt_i)²/12 over the intervals in which the power changes by more than its noise. [J²]
    pub steps_j2: f64,
    /// Least and largest reading. [W]
    pub range_w: (f64, f64),
    /// Time between two new readings: the interval of the log, or longer where readings repeat. [ns]
    pub update_ns: i64,
}

/// Fewer runs of equal readings than this do not tell how long the sensor holds a reading.
const LEAST_RUNS: usize = 20;

/// The most second differences whose median is looked for.
const MOST: usize = 1 << 16;

/// A second difference beyond this many standard deviations is a change of the power.
const STEADY: f64 = 3.5;

/// The standard deviation of a normal variable over the median of its magnitude.
const OF_MEDIAN: f64 = 1.482_602_218_505_602;

impl Readings {
    /// The readings of a channel inside a window and the one on either side of it.
    ///
    /// The noise is that of e_i = (P_i - λ P_(i-1) - (1-λ) P_(i+1)) / √(1 + λ² + (1-λ)²), the distance of a reading from
    /// the line through its neighbours, which has the variance of one reading where the power goes straight. Steady is
    /// where |e_i| < 3.5 σ with σ from the median magnitude, and no less than the printed digits: steps do not count.
    /// Readings that a sensor holds until its next update are one reading.
    pub fn of(channel: &Channel, window: (i64, i64)) -> Self {
        let mut found = Self { range_w: (f64::INFINITY, f64::NEG_INFINITY), ..Self::default() };
        let segments: Vec<Vec<(i64, f64)>> = channel
            .samples
            .segments()
            .map(|(times, values)| {
                let start = times.partition_point(|time| *time < window.0).saturating_sub(1);
                let end = (times.partition_point(|time| *time <= window.1) + 1).min(times.len());
                let (times, values) = (times.get(start..end).unwrap_or(&[]), values.get(start..end).unwrap_or(&[]));
                times.iter().copied().zip(values.iter().copied()).filter(|(_, value)| !value.is_nan()).collect()
            })
            .collect();
        for (_, value) in segments.iter().flatten() {
            found.range_w = (found.range_w.0.min(*value), found.range_w.1.max(*value));
        }
        let held = held(&segments, channel);
        let log_ns = channel.samples.median_interval_ns().unwrap_or(0);
        let known_ns = channel.sensor.as_ref().and_then(|sensor| sensor.update_ms).map_or(0, |ms| (ms * 1e6) as i64);
        found.update_ns = known_ns.max(log_ns.saturating_mul(held as i64));
        let segments: Vec<Vec<(i64, f64)>> =
            if held > 1 { segments.iter().map(|all| runs(all)).collect() } else { segments };
        let limit = found.learn_noise(&segments, channel.resolution);
        let longest = if held > 1 { found.update_ns as f64 * 1e-9 } else { f64::INFINITY };
        let mut spread = Spread::default();
        for segment in &segments {
            found.weigh(segment, window, (limit, longest), &mut spread);
            spread.close();
        }
        found.spread_w = spread.deviation();
        found
    }

    /// Finds the noise; the limit beyond which a distance from the line is a change of the power. [W]
    fn learn_noise(&mut self, segments: &[Vec<(i64, f64)>], step: f64) -> f64 {
        let count: usize = segments.iter().map(|segment| segment.len().saturating_sub(2)).sum();
        let stride = count.div_ceil(MOST).max(1);
        let all = || segments.iter().flat_map(|segment| segment.windows(3)).filter_map(distance);
        let mut sample: Vec<f64> = all().step_by(stride).map(f64::abs).collect();
        let middle = sample.len().saturating_sub(1) / 2;
        if sample.is_empty() {
            return 0.0;
        }
        let median = *sample.select_nth_unstable_by(middle, f64::total_cmp).1;
        let limit = STEADY * (OF_MEDIAN * median).max(0.5 * step);
        let (steady, squares) = all()
            .filter(|distance| distance.abs() <= limit)
            .fold((0u64, 0.0), |sum, distance| (sum.0 + 1, sum.1 + distance * distance));
        self.noise_w = if steady > 0 { (squares / steady as f64).sqrt() } else { 0.0 };
        limit
    }

    /// Adds the weights of the readings inside the window and the steps between them; a held reading changed at most an
    /// update, the `longest` time, ago.
    fn weigh(&mut self, segment: &[(i64, f64)], window: (i64, i64), (limit, longest): (f64, f64), spread: &mut Spread) {
        let seconds = |from: i64, to: i64| to.min(window.1).saturating_sub(from.max(window.0)).max(0) as f64 * 1e-9;
        let mut weight = 0.0;
        spread.add(segment.first().map_or(0.0, |(_, power)| *power));
        for (index, pair) in segment.windows(2).enumerate() {
            let [(start, from), (end, to)] = *pair else { continue };
            let half = 0.5 * seconds(start, end);
            self.weights_s2 += (weight + half).powi(2);
            weight = half;
            let at = |first: Option<usize>| {
                let triple = first.and_then(|first| segment.get(first..first + 3));
                triple.and_then(distance).map_or(0.0, f64::abs)
            };
            let bend = at(index.checked_sub(1)).max(at(Some(index)));
            let change = (to - from).abs();
            if change > 0.0 && (bend > limit || segment.len() == 2) {
                self.steps_j2 += (change * seconds(start, end).min(longest)).powi(2) / 12.0;
                spread.close();
            }
            spread.add(to);
        }
        self.weights_s2 += weight.powi(2);
    }
}

/// The scatter of readings about the means of the stretches that they come in.
#[derive(Default)]
struct Spread {
    count: f64,
    mean: f64,
    squares: f64,
    freedom: f64,
    total: f64,
}

impl Spread {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let distance = value - self.mean;
        self.mean += distance / self.count;
        self.squares += distance * (value - self.mean);
    }

    /// Ends a stretch.
    fn close(&mut self) {
        self.freedom += (self.count - 1.0).max(0.0);
        self.total += self.squares;
        (self.count, self.mean, self.squares) = (0.0, 0.0, 0.0);
    }

    fn deviation(&self) -> f64 {
        if self.freedom > 0.0 { (self.total / self.freedom).sqrt() } else { 0.0 }
    }
}

/// The distance of a reading from the line through its neighbours, in units of one reading's noise.
fn distance(triple: &[(i64, f64)]) -> Option<f64> {
    let [(before, first), (time, power), (after, last)] = *triple else { return None };
    let span = after.saturating_sub(before) as f64;
    if span <= 0.0 {
        return None;
    }
    let toward = after.saturating_sub(time) as f64 / span;
    let scale = (1.0 + toward * toward + (1.0 - toward).powi(2)).sqrt();
    Some((power - toward * first - (1.0 - toward) * last) / scale)
}

/// How many rows of the log a reading is held for: from the update period, where it is known, else the lower median
/// length of the runs of equal readings, where there are enough of them.
fn held(segments: &[Vec<(i64, f64)>], channel: &Channel) -> usize {
    let interval = channel.samples.median_interval_ns().unwrap_or(0);
    let update = channel.sensor.as_ref().and_then(|sensor| sensor.update_ms);
    if let Some(update) = update.filter(|_| interval > 0) {
        return ((update * 1e6 / interval as f64).round() as usize).max(1);
    }
    let mut lengths: Vec<usize> = Vec::new();
    for segment in segments {
        let mut last = None;
        for (_, value) in segment {
            match lengths.last_mut() {
                Some(length) if last == Some(*value) => *length += 1,
                _ => lengths.push(1),
            }
            last = Some(*value);
        }
    }
    if lengths.len() < LEAST_RUNS {
        return 1;
    }
    let middle = (lengths.len() - 1) / 2;
    *lengths.select_nth_unstable(middle).1
}

/// The first reading of each run of equal ones, and the last reading of all.
fn runs(readings: &[(i64, f64)]) -> Vec<(i64, f64)> {
    let mut kept: Vec<(i64, f64)> = Vec::new();
    for reading in readings {
        if kept.last().is_none_or(|(_, value)| *value != reading.1) {
            kept.push(*reading);
        }
    }
    kept.extend(readings.last().filter(|last| kept.last().is_some_and(|(time, _)| *time < last.0)));
    kept
}
