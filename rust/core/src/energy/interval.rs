//! What two neighbouring samples say about the time between them.

use crate::input::Code;
use crate::traces::Kind;

/// One sample: time [ns] and value in the unit of its kind.
pub(super) type Sample = (i64, f64);

/// What is known about an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Content {
    /// Power goes linearly from one value to another. [W]
    Ramp(f64, f64),
    /// Energy of the whole interval, at constant power inside it. [J]
    Energy(f64),
    /// Nothing is known, and why.
    Gap(Code),
}

/// The time between two neighbouring samples and what is known about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Interval {
    /// Start. [ns]
    pub start: i64,
    /// End. [ns]
    pub end: i64,
    /// What is known.
    pub content: Content,
    /// Index of the sample at the end.
    pub index: usize,
}

impl Interval {
    /// The interval between two samples of a kind. A longer one than `max_gap` is uncovered, but for a counter, which
    /// knows the energy across it, and for a held value, which is logged only when it changes.
    pub fn between(kind: Kind, from: Sample, to: Sample, max_gap_ns: i64, index: usize) -> Self {
        let length = to.0.saturating_sub(from.0);
        let content = match kind {
            Kind::EnergyCounter { .. } => Content::Energy(to.1 - from.1),
            Kind::HoldPower => Content::Ramp(from.1, from.1),
            Kind::IntervalEnergy | Kind::IntervalMeanPower if to.1.is_nan() => Content::Gap(Code::NaSample),
            _ if length > max_gap_ns => Content::Gap(Code::Gap),
            Kind::IntervalEnergy => Content::Energy(to.1),
            Kind::IntervalMeanPower => Content::Ramp(to.1, to.1),
            _ => Content::Ramp(from.1, to.1),
        };
        Self { start: from.0, end: to.0, content, index }
    }

    /// Length. [ns]
    pub fn length(&self) -> i64 {
        self.end.saturating_sub(self.start)
    }

    /// The part of the interval inside a window, linearly interpolated; `None` outside.
    pub fn clipped(&self, start: i64, end: i64) -> Option<Self> {
        let (from, to) = (self.start.max(start), self.end.min(end));
        if from > to || (from == to && self.length() > 0) {
            return None;
        }
        if (from, to) == (self.start, self.end) {
            return Some(*self);
        }
        let at = |time: i64| (time - self.start) as f64 / self.length() as f64;
        let content = match self.content {
            Content::Ramp(p0, p1) => {
                let power = |time| match time {
                    time if time == self.start => p0,
                    time if time == self.end => p1,
                    time => p0 + (p1 - p0) * at(time),
                };
                Content::Ramp(power(from), power(to))
            }
            Content::Energy(energy) => Content::Energy(energy * ((to - from) as f64 / self.length() as f64)),
            gap @ Content::Gap(_) => gap,
        };
        Some(Self { start: from, end: to, content, index: self.index })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    #[test]
    fn a_ramp_is_cut_at_interpolated_powers() {
        let ramp = Interval::between(Kind::InstantPower, (0, 100.0), (10 * SECOND, 200.0), i64::MAX, 1);
        let part = ramp.clipped(2 * SECOND, 5 * SECOND).unwrap();
        assert_eq!(part.content, Content::Ramp(120.0, 150.0));
        assert!(ramp.clipped(11 * SECOND, 12 * SECOND).is_none());
    }

    #[test]
    fn a_counter_knows_the_energy_across_a_gap() {
        let counter = Kind::EnergyCounter { range: None };
        let across = Interval::between(counter, (0, 5.0), (3600 * SECOND, 25.0), SECOND, 1);
        assert_eq!(across.content, Content::Energy(20.0));
        assert_eq!(across.clipped(0, 900 * SECOND).unwrap().content, Content::Energy(5.0));
        let gauge = Interval::between(Kind::InstantPower, (0, 5.0), (3600 * SECOND, 25.0), SECOND, 1);
        assert_eq!(gauge.content, Content::Gap(Code::Gap));
    }
}
