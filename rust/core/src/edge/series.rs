//! A measured or modelled series over time, straight between its samples.

use super::EdgeError;
use crate::traces::{Channel, Clock, Trace};

/// The most samples of a series.
const MOST_SAMPLES: usize = 50_000_000;

/// A day. [ns]
const DAY_NS: i64 = 86_400_000_000_000;

/// A series over time, straight between its samples, with its integral.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Time since midnight of the first simulated day, rising. [s]
    time_s: Vec<f64>,
    value: Vec<f64>,
    /// Integral from the first sample to each.
    integral: Vec<f64>,
}

impl Series {
    /// The series of samples at rising times.
    ///
    /// # Parameters
    /// - `time_s`: times from the midnight at which a simulation starts. [s]
    /// - `value`: one for each time, in the coherent unit (W, K).
    ///
    /// # Errors
    /// [`EdgeError::Scenario`] for fewer than two samples, for times that do not rise, and for a value that is missing:
    /// a gap is to be filled by whoever knows with what.
    ///
    /// # Example
    /// ```
    /// use szilard::edge::Series;
    ///
    /// // a panel that rises to 100 W in an hour
    /// let series = Series::new(vec![0.0, 3600.0], vec![0.0, 100.0]).unwrap();
    /// assert_eq!(series.integral(0.0, 1800.0), Some(25.0 * 1800.0));
    /// ```
    pub fn new(time_s: Vec<f64>, value: Vec<f64>) -> Result<Self, EdgeError> {
        let refuse = |found: String, expected| EdgeError::Scenario { what: "a series", found, expected };
        if time_s.len() != value.len() {
            let found = format!("{} times and {} values", time_s.len(), value.len());
            return Err(refuse(found, "as many values as times"));
        }
        if !(2..=MOST_SAMPLES).contains(&time_s.len()) {
            return Err(refuse(format!("{} samples", time_s.len()), "2 to 50 000 000"));
        }
        let rises = |pair: &[f64]| matches!(pair, [early, late] if early < late);
        if let Some(at) = time_s.windows(2).position(|pair| !rises(pair)) {
            return Err(refuse(format!("a time that does not rise behind sample {}", at + 1), "rising times"));
        }
        if let Some(at) = time_s.iter().zip(&value).position(|(time, value)| !(time.is_finite() && value.is_finite())) {
            return Err(refuse(format!("no number in sample {}", at + 1), "a finite number for each time"));
        }
        let mut integral = Vec::with_capacity(value.len());
        let mut sum = 0.0;
        integral.push(sum);
        for (times, values) in time_s.windows(2).zip(value.windows(2)) {
            if let ([t0, t1], [v0, v1]) = (times, values) {
                sum += 0.5 * (v0 + v1) * (t1 - t0);
                integral.push(sum);
            }
        }
        Ok(Self { time_s, value, integral })
    }

    /// The series of a channel of a recording, its time counted from `zero_ns`.
    ///
    /// # Errors
    /// [`EdgeError::Scenario`] where the channel has a gap, a missing sample or a clock that stepped back, and as
    /// [`Series::new`].
    pub fn of_channel(channel: &Channel, zero_ns: i64) -> Result<Self, EdgeError> {
        let samples = &channel.samples;
        let limit = samples.gap_limit_ns();
        let gap = |pair: &[i64]| matches!(pair, [early, late] if late.saturating_sub(*early) > limit);
        if let Some(at) = samples.time_ns.windows(2).position(gap) {
            let found = format!("a gap behind sample {} of {}", at + 1, channel.label());
            return Err(EdgeError::Scenario { what: "a series", found, expected: "a recording without gaps" });
        }
        let seconds = samples.time_ns.iter().map(|time| time.saturating_sub(zero_ns) as f64 / 1e9).collect();
        Self::new(seconds, samples.value.clone())
    }

    /// The power of a recording with one channel of power, its time counted from `zero_ns`.
    ///
    /// # Errors
    /// [`EdgeError::Scenario`] where it has none or several, and as [`Series::of_channel`].
    pub fn of_power(trace: &Trace, zero_ns: i64) -> Result<Self, EdgeError> {
        let mut channels = trace.channels.iter().filter(|channel| channel.kind.is_power());
        match (channels.next(), channels.next()) {
            (Some(channel), None) => Self::of_channel(channel, zero_ns),
            (first, _) => {
                let found = format!(
                    "{} channel of power in {}",
                    if first.is_some() { "more than one" } else { "no" },
                    trace.source
                );
                Err(EdgeError::Scenario { what: "a series of power", found, expected: "a recording with one channel" })
            }
        }
    }

    /// The midnight from which the times of a recording are counted: that before its first sample, on its own clock; the
    /// zero of a relative clock. [ns]
    pub fn midnight_ns(trace: &Trace) -> i64 {
        let first = trace.span_ns().map_or(0, |(first, _)| first);
        if trace.clock == Clock::Relative { 0 } else { first.div_euclid(DAY_NS) * DAY_NS }
    }

    /// First and last time. [s]
    pub fn span(&self) -> (f64, f64) {
        let ends = self.time_s.first().zip(self.time_s.last());
        ends.map_or((0.0, 0.0), |(first, last)| (*first, *last))
    }

    /// The smallest value.
    pub fn least(&self) -> f64 {
        self.value.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// The integral over an interval; `None` where it is not inside the series.
    pub fn integral(&self, from_s: f64, to_s: f64) -> Option<f64> {
        Some(self.up_to(to_s)? - self.up_to(from_s)?)
    }

    /// The integral from the first sample.
    fn up_to(&self, at_s: f64) -> Option<f64> {
        let after = self.time_s.partition_point(|time| *time <= at_s);
        let before = after.checked_sub(1)?;
        let [t0, v0, sum] = [&self.time_s, &self.value, &self.integral].map(|column| column.get(before).copied());
        let (t0, v0, sum) = (t0?, v0?, sum?);
        if at_s == t0 {
            return Some(sum);
        }
        let (t1, v1) = (self.time_s.get(after)?, self.value.get(after)?);
        let share = (at_s - t0) / (t1 - t0);
        Some(sum + (v0 + 0.5 * share * (v1 - v0)) * (at_s - t0))
    }

    /// The values of the samples.
    pub fn value(&self) -> &[f64] {
        &self.value
    }

    /// The times of the samples. [s]
    pub fn time_s(&self) -> &[f64] {
        &self.time_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrals_add_up_and_end_where_the_series_ends() {
        let series = Series::new(vec![0.0, 10.0, 30.0], vec![0.0, 5.0, 5.0]).unwrap();
        assert_eq!(series.integral(0.0, 30.0), Some(125.0));
        assert_eq!(series.integral(5.0, 20.0), Some(18.75 + 50.0));
        assert_eq!((series.integral(-1.0, 5.0), series.integral(5.0, 30.1)), (None, None));
    }

    #[test]
    fn what_is_no_series_is_refused() {
        assert!(Series::new(vec![0.0], vec![1.0]).is_err());
        assert!(Series::new(vec![0.0, 0.0], vec![1.0, 1.0]).is_err());
        assert!(Series::new(vec![0.0, f64::NAN], vec![1.0, 1.0]).is_err());
        assert!(Series::new(vec![0.0, 1.0], vec![1.0, f64::NAN]).is_err());
        assert!(Series::new(vec![0.0, 1.0], vec![1.0]).is_err());
    }
}
