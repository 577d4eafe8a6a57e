//! The values of a channel that call for a remark: negative, zero, or more than a device can draw.

use super::super::builder::Negative;
use super::super::channel::{Channel, Kind, Samples};
use super::super::place::Records;
use super::super::plausible::plausible_power_w;
use crate::input::{Code, Diagnostics};
use crate::quantity::Boundary;
use szilard_simd::bounds;

/// Boundaries of different plausible powers, the lowest first.
const BOUNDARIES: [Option<Boundary>; 3] = [Some(Boundary::Chip), Some(Boundary::Board), Some(Boundary::Node)];

/// How many samples are of some kind, and the line of the first.
#[derive(Debug, Default)]
struct Tally {
    first: u32,
    count: u64,
}

impl Tally {
    fn add(&mut self, line: u32) {
        if self.count == 0 {
            self.first = line;
        }
        self.count += 1;
    }
}

/// What is remarkable in the values of a channel.
#[derive(Debug, Default)]
pub(in super::super) struct Values {
    count: u64,
    negative: Tally,
    zero: Tally,
    /// Line of the first power above what is plausible at each boundary.
    above: [Option<u32>; 3],
    /// Line and mean power of the first interval whose energy is.
    too_much: [Option<(u32, f64)>; 3],
}

impl Values {
    /// Takes the next samples of a channel; the one before them was at `before`. [ns]
    pub fn take(&mut self, kind: Kind, before: Option<i64>, samples: &Samples) {
        self.count += samples.value.len() as u64;
        let (least, most) = bounds(&samples.value);
        let plain = least > 0.0 && most <= plausible_power_w(Some(Boundary::Chip));
        for (value, line) in samples.value.iter().zip(&samples.line).filter(|_| !plain) {
            if *value <= 0.0 {
                let tally = if *value < 0.0 { &mut self.negative } else { &mut self.zero };
                tally.add(*line);
            }
            if value.abs() > plausible_power_w(Some(Boundary::Chip)) {
                note(&mut self.above, value.abs(), *line);
            }
        }
        if kind == Kind::IntervalEnergy {
            let starts = before.into_iter().chain(samples.time_ns.iter().copied());
            let skipped = usize::from(before.is_none());
            let ends = samples.time_ns.iter().zip(samples.value.iter().zip(&samples.line)).skip(skipped);
            for (start, (end, (energy, line))) in starts.zip(ends) {
                let watts = energy / (end.saturating_sub(start) as f64 * 1e-9);
                if watts.is_finite() {
                    note(&mut self.too_much, watts.abs(), (*line, watts));
                }
            }
        }
    }

    /// Says what is remarkable.
    pub fn say(&self, channel: &Channel, negative: Negative, places: &Records, diagnostics: &mut Diagnostics) {
        let label = channel.label();
        let mut say = |code, line, message: String| {
            diagnostics.push(code, places.place(line), Some(&label), message);
        };
        if let Some((line, watts)) = at(&self.too_much, channel.boundary) {
            let message = format!("{watts:.1e} W on average in the interval before; the values are kept");
            say(Code::Implausible, line, message);
        }
        if !channel.kind.is_power() {
            return;
        }
        if let Some(line) = at(&self.above, channel.boundary) {
            let most = plausible_power_w(channel.boundary);
            say(Code::Implausible, line, format!("more than {most} W; the values are kept"));
        }
        let mut tell = |code, tally: &Tally, what: &str| {
            if tally.count > 0 {
                say(code, tally.first, format!("{} {what}; the values are kept", tally.count));
            }
        };
        match negative {
            Negative::Kept => tell(Code::NegativePower, &self.negative, "negative readings"),
            Negative::Undeclared => {
                let what = "negative readings of an undeclared sign convention (sign= declares it)";
                tell(Code::SignConvention, &self.negative, what);
            }
            Negative::Dropped | Negative::Turned => {}
        }
        // the lower median is zero where its rank is that of a zero
        let middle = self.count.saturating_sub(1) / 2;
        if !(self.negative.count..self.negative.count + self.zero.count).contains(&middle) {
            tell(Code::ZeroSamples, &self.zero, "readings of zero on a channel whose median is not zero");
        }
    }
}

/// Keeps the first `what` whose power is not plausible at each boundary.
fn note<T: Copy>(first: &mut [Option<T>; 3], watts: f64, what: T) {
    for (first, boundary) in first.iter_mut().zip(BOUNDARIES) {
        if watts > plausible_power_w(boundary) {
            first.get_or_insert(what);
        }
    }
}

/// What was kept for a boundary; nothing where any power is plausible.
fn at<T: Copy>(first: &[Option<T>; 3], boundary: Option<Boundary>) -> Option<T> {
    let most = plausible_power_w(boundary);
    let same = |(known, _): &(Option<Boundary>, &Option<T>)| plausible_power_w(*known) == most;
    BOUNDARIES.into_iter().zip(first).find(same).and_then(|(_, first)| *first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_of_samples_are_as_good_as_all_of_them() {
        let all = Samples {
            time_ns: (0..9).map(|second| second * 1_000_000_000).collect(),
            value: vec![0.0, -1.0, 1500.0, 0.0, 3000.0, -2.0, 5.0, 30_000.0, 1.0],
            line: (2..11).collect(),
            ..Samples::default()
        };
        for kind in [Kind::InstantPower, Kind::IntervalEnergy] {
            let mut whole = Values::default();
            whole.take(kind, None, &all);
            assert_eq!(at(&whole.above, Some(Boundary::Board)), Some(6));
            for size in 1..9 {
                let (mut parts, mut before) = (Values::default(), None);
                for at in (0..9).step_by(size) {
                    let range = at..(at + size).min(9);
                    let chunk = Samples {
                        time_ns: all.time_ns[range.clone()].to_vec(),
                        value: all.value[range.clone()].to_vec(),
                        line: all.line[range].to_vec(),
                        ..Samples::default()
                    };
                    parts.take(kind, before, &chunk);
                    before = chunk.time_ns.last().copied();
                }
                assert_eq!(format!("{parts:?}"), format!("{whole:?}"));
            }
        }
    }
}
