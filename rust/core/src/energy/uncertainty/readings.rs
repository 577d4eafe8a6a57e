//! What the readings of a window say about their own noise, and where the power changes between two of them.

use super::survey::{Survey, distinct};
use crate::parallel;
use crate::traces::{Channel, Kind};
use szilard_simd::{Judge, Repeats, Scatter};

/// Readings that a thread takes at a time.
const PIECE: usize = 1 << 18;

/// Readings of a window, as the budget needs them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::energy) struct Readings {
    /// Standard deviation of the noise of one reading, from second differences where the power is steady. [W]
    pub noise_w: f64,
    /// Standard deviation of the readings about the mean of their steady stretch, between two changes of the power. [W]
    pub spread_w: f64,
    /// Σ w_i² over the independent readings, w_i the covered time that a reading stands for. [s²]
    pub weights_s2: f64,
    /// Σ (ΔP_i Δt_i)²/12 over the covered intervals in which the power changes by more than its noise. [J²]
    pub steps_j2: f64,
    /// Least and largest reading. [W]
    pub range_w: (f64, f64),
    /// Time between two new readings: the interval of the log, or longer where readings repeat. [ns]
    pub update_ns: i64,
    /// The readings that repeat; `None` where that was not looked at.
    pub repeats: Option<Repeats>,
}

impl Readings {
    /// What was found while the energies of the readings were added, every reading being one of its own.
    pub fn of(survey: &Survey, found: &Scatter) -> Self {
        Self {
            noise_w: survey.noise_w,
            spread_w: found.deviation(),
            weights_s2: found.weights * 1e-18,
            steps_j2: found.steps * 1e-18,
            range_w: found.bounds,
            update_ns: survey.update_ns,
            repeats: Some(found.repeats),
        }
    }

    /// The readings of a channel inside a window and the one on either side of it, in a walk of their own.
    ///
    /// A missing reading is left out, and readings that a sensor holds until its next update are one, which changed at
    /// most an update ago. Nothing is said across an interval above `max_gap_ns`.
    pub fn walked(channel: &Channel, survey: &Survey, max_gap_ns: i64) -> Self {
        let limit = if channel.kind == Kind::HoldPower { i64::MAX } else { max_gap_ns };
        let columns = distinct(channel, survey, limit);
        let survey = survey.clone().learnt(columns.iter().map(|(time, value)| (&time[..], &value[..])), channel);
        let judge = Judge {
            bend: survey.bend_w,
            // a reading that is held may be held for longer than a gap
            limit: if survey.held > 1 { i64::MAX } else { limit },
            window: survey.window,
            longest: if survey.held > 1 { survey.update_ns as f64 } else { f64::INFINITY },
        };
        let mut found = Scatter::default();
        for (time, value) in &columns {
            let parts = parallel::blocks(time.len(), PIECE, &|part| {
                let mut scatter = Scatter::default();
                scatter.take(time, value, part, &judge);
                scatter
            });
            found.close();
            parts.iter().for_each(|part| found.append(part));
        }
        Self { repeats: None, ..Self::of(&survey, &found) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::energy::meter::Meter;
    use crate::input::Diagnostics;
    use crate::traces::{Clock, PowerSeries, ReadOptions, Trace, trace_from_arrays};

    const S: i64 = 1_000_000_000;

    /// Readings every 0.1 s with noise, steps, gaps of 5 s, and stretches of equal readings.
    fn log(count: i64, state: &mut u64) -> Trace {
        let mut random = || {
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *state >> 33
        };
        let (mut now, mut level, mut last) = (0, 200.0, 0.0);
        let (time, power): (Vec<i64>, Vec<f64>) = (0..count)
            .map(|_| {
                now += if random() % 2000 == 0 { 5 * S } else { S / 10 + (random() % 1000) as i64 };
                if random() % 300 == 0 {
                    level = (random() % 600) as f64;
                }
                last = if random() % 50 == 0 { last } else { level + (random() % 4000) as f64 * 1e-3 };
                (now, last)
            })
            .unzip();
        let series = PowerSeries { device: "0", time_ns: &time, power_w: &power };
        trace_from_arrays(&[series], Clock::Relative, &ReadOptions::default()).unwrap()
    }

    #[test]
    fn readings_say_the_same_beside_the_sum_and_in_a_walk_of_their_own() {
        let mut state = 7;
        for case in 0..30 {
            let trace = log(500 + 700 * case, &mut state);
            let channel = &trace.channels[0];
            let (first, last) = trace.span_ns().unwrap();
            for window in [(first, last), (first - S, last + S), (first + (last - first) / 3 + 7, last - 13 * S / 10)] {
                let survey = Survey::of(channel, window);
                let reasons = &mut Diagnostics::default();
                let read = Meter::read(&trace, channel, (window, None), Some(&survey), reasons).unwrap();
                let beside = Readings::of(&survey, &read.2.unwrap());
                let alone = Readings::walked(channel, &survey, 2 * S);
                let close = |one: f64, other: f64| (one - other).abs() <= 1e-11 * other.abs();
                assert!(close(beside.weights_s2, alone.weights_s2), "case {case}: {beside:?} {alone:?}");
                assert!(close(beside.steps_j2, alone.steps_j2), "case {case}: {beside:?} {alone:?}");
                assert!(close(beside.spread_w, alone.spread_w), "case {case}: {beside:?} {alone:?}");
                assert_eq!((beside.noise_w, beside.range_w), (alone.noise_w, alone.range_w), "case {case}");
            }
        }
    }

    #[test]
    fn a_long_log_tells_its_noise_from_a_sample_of_its_readings() {
        // uniform over 4 W: 4/√12 W, and the sample of 65 536 tells it to 0.3 %
        let mut state = 11;
        let trace = log(400_000, &mut state);
        let survey = Survey::of(&trace.channels[0], trace.span_ns().unwrap());
        assert_eq!(survey.held, 1);
        assert!((survey.noise_w / (4.0 / 12f64.sqrt()) - 1.0).abs() < 0.02, "{survey:?}");
    }

    #[test]
    fn a_sensor_that_holds_its_readings_is_known_in_a_long_log() {
        // each reading for ten rows
        let time: Vec<i64> = (0..300_000).map(|row| row * S / 100).collect();
        let power: Vec<f64> = (0..300_000).map(|row| 300.0 + ((row / 10) as f64 * 12.9898).sin()).collect();
        let series = PowerSeries { device: "0", time_ns: &time, power_w: &power };
        let trace = trace_from_arrays(&[series], Clock::Relative, &ReadOptions::default()).unwrap();
        let survey = Survey::of(&trace.channels[0], trace.span_ns().unwrap());
        assert_eq!((survey.held, survey.update_ns), (10, S / 10));
        let readings = Readings::walked(&trace.channels[0], &survey, 2 * S);
        // 30 000 readings of 0.1 s, the last of them to the end
        assert!((readings.weights_s2 / 300.0 - 1.0).abs() < 1e-3, "{readings:?}");
    }
}
