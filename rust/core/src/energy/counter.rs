//! Energy counters: wraps, resets and bad reads told apart by what is plausible.

use super::interval::{Content, Interval, Sample};
use crate::input::{Code, Diagnostics, Place};
use crate::quantity::Boundary;
use crate::traces::{Channel, Kind, Records, plausible_power_w};

/// A step back by less than this is read noise and neither a wrap nor a reset. [J]
const SMALL_STEP: f64 = 1.0;

/// The number of wraps between two reads cannot be known.
#[derive(Debug, Clone, PartialEq)]
pub struct AmbiguousCounter {
    /// Label of the channel.
    pub channel: String,
    /// Place of the read after the interval.
    pub place: Place,
    /// Length of the interval. [s]
    pub seconds: f64,
    /// Time in which the counter can wrap once. [s]
    pub period: f64,
}

/// The intervals of a counter channel, as [`Reads`] makes them.
pub(super) fn intervals(
    channel: &Channel,
    records: &Records,
    range: Option<f64>,
    remarks: &mut Diagnostics,
) -> Result<Vec<Interval>, AmbiguousCounter> {
    let mut reads = Reads::new(range, channel.boundary);
    let mut found = Vec::with_capacity(channel.samples.len());
    let mut index = 0usize;
    for (times, values) in channel.samples.segments() {
        reads.last = None;
        for (offset, sample) in times.iter().copied().zip(values.iter().copied()).enumerate() {
            let line = channel.samples.line.get(index).copied().unwrap_or(0);
            if let Some(interval) = reads.take(sample, line, values.get(offset + 1).copied()) {
                found.push(Interval { index, ..interval });
            }
            index += 1;
        }
    }
    reads.say(channel, records, remarks)?;
    Ok(found)
}

/// The reads of a counter, one after the other.
///
/// A lone zero followed by at least the value before is a bad read; a step back below 1 J is dropped, unless the counter
/// goes on from less than half of its value; a decrease that fits one wrap at a plausible power is a wrap; any other
/// decrease is a reset, and its interval a gap.
#[derive(Debug, Clone, Default)]
pub(super) struct Reads {
    range: Option<f64>,
    /// More than a device at the boundary can draw. [W]
    most: f64,
    last: Option<Sample>,
    implausible: bool,
    /// What there is to say, by line.
    remarks: Diagnostics,
    /// Line behind an interval in which the counter may have wrapped more than once, and its length. [s]
    ambiguous: Option<(u32, f64)>,
}

impl Reads {
    /// The reads of a counter of that range, none so far.
    pub fn new(range: Option<f64>, boundary: Option<Boundary>) -> Self {
        Self { range, most: plausible_power_w(boundary), ..Self::default() }
    }

    /// The interval that ends with a read, where there is one; `next` is the value of the read behind it.
    pub fn take(&mut self, sample: Sample, line: u32, next: Option<f64>) -> Option<Interval> {
        let (time, value) = sample;
        let before = match self.last {
            Some(before) if self.ambiguous.is_none() => before,
            _ => {
                self.last = Some(sample);
                return None;
            }
        };
        let seconds = (time - before.0) as f64 * 1e-9;
        let counter = Kind::EnergyCounter { range: self.range };
        let mut interval = Interval::between(counter, before, sample, i64::MAX, 0);
        if self.range.is_some_and(|range| seconds * self.most >= range) {
            self.ambiguous = Some((line, seconds));
            return None;
        }
        let mut say = |code, message: &str| self.remarks.push(code, Place::Line(u64::from(line)), None, message);
        if value < before.1 {
            if value == 0.0 && next.is_some_and(|next| next >= before.1) {
                say(Code::BadRead, "the counter read zero once; the read is left out");
                return None;
            }
            let recovers = next.is_none_or(|next| next >= before.1);
            if before.1 - value < SMALL_STEP && (recovers || value >= 0.5 * before.1) {
                let step = before.1 - value;
                say(
                    Code::CounterNonmonotonic,
                    &format!("the counter stepped back by {step:.6} J; the read is left out"),
                );
                return None;
            }
            interval.content = match self.range.map(|range| value + range - before.1) {
                Some(energy) if energy >= 0.0 && energy <= self.most * seconds => {
                    say(Code::Wrap, "the counter passed its range once");
                    Content::Energy(energy)
                }
                Some(_) => {
                    say(Code::CounterReset, "the counter started again");
                    Content::Gap(Code::CounterReset)
                }
                None => {
                    say(Code::CounterRange, "the counter fell and its range is not known");
                    Content::Gap(Code::CounterRange)
                }
            };
        }
        if let Content::Energy(energy) = interval.content
            && energy > self.most * seconds
            && seconds > 0.0
            && !std::mem::replace(&mut self.implausible, true)
        {
            say(Code::Implausible, &format!("{:.3e} W on average before this read", energy / seconds));
        }
        self.last = Some(sample);
        Some(interval)
    }

    /// Says what was found about the reads of a channel.
    pub fn say(&self, channel: &Channel, records: &Records, remarks: &mut Diagnostics) -> Result<(), AmbiguousCounter> {
        let label = channel.label();
        let place = |line| records.place(u32::try_from(line).unwrap_or(u32::MAX));
        for remark in self.remarks.iter() {
            let at = remark.place.line().map_or(Place::File, place);
            remarks.push(remark.code, at, Some(&label), remark.message.clone());
        }
        for (code, _, count) in self.remarks.left_out() {
            remarks.count_more(code, Some(&label), count);
        }
        match (self.ambiguous, self.range) {
            (Some((line, seconds)), Some(range)) => {
                Err(AmbiguousCounter { channel: label, place: records.place(line), seconds, period: range / self.most })
            }
            _ => Ok(()),
        }
    }
}

/// The range of a counter channel, `None` for other kinds.
pub(super) fn range(kind: Kind) -> Option<Option<f64>> {
    match kind {
        Kind::EnergyCounter { range } => Some(range),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traces::Samples;

    const RANGE: f64 = 262_143.328_850;

    fn energy(values: &[f64], range: Option<f64>) -> (f64, Vec<Code>) {
        let channel = Channel {
            name: "energy".into(),
            device: "package-0".into(),
            kind: Kind::EnergyCounter { range },
            boundary: Some(Boundary::Chip),
            within: None,
            instead: None,
            stamp_resolution_ns: 1,
            sensor: None,
            resolution: 1e-6,
            coarse_time: false,
            samples: Samples {
                time_ns: (0..values.len() as i64).map(|i| i * 1_000_000_000).collect(),
                value: values.to_vec(),
                line: (0..values.len() as u32).map(|i| i + 2).collect(),
                ..Samples::default()
            },
        };
        let mut remarks = Diagnostics::default();
        let intervals = intervals(&channel, &Records::default(), range, &mut remarks).unwrap();
        let sum = intervals.iter().map(|i| if let Content::Energy(e) = i.content { e } else { 0.0 }).sum();
        (sum, remarks.iter().map(|remark| remark.code).collect())
    }

    #[test]
    fn one_wrap_at_a_plausible_power_is_a_wrap() {
        // 10 J to the end of the range, 10 J after it, 20 J more
        let (sum, codes) = energy(&[262_133.328_850, 10.0, 30.0], Some(RANGE));
        assert!((sum - 40.0).abs() < 1e-6);
        assert_eq!(codes, [Code::Wrap]);
    }

    #[test]
    fn a_reset_is_no_wrap() {
        // as a wrap it would be 162 kJ in one second
        let (sum, codes) = energy(&[100_000.0, 100_010.0, 3.0, 13.0], Some(RANGE));
        assert!((sum - 20.0).abs() < 1e-9);
        assert_eq!(codes, [Code::CounterReset]);
    }

    #[test]
    fn bad_reads_and_small_steps_back_are_left_out() {
        assert_eq!(energy(&[100.0, 110.0, 0.0, 130.0], Some(RANGE)), (30.0, vec![Code::BadRead]));
        let (sum, codes) = energy(&[1000.0, 1050.0, 1049.9999, 1150.0], Some(RANGE));
        assert_eq!((sum, codes), (150.0, vec![Code::CounterNonmonotonic]));
    }

    #[test]
    fn a_small_counter_that_starts_again_is_no_noise() {
        // 0.8 J, then from zero again 1.3 J: the rows after the reset are not dropped until 0.9 J is reached once more
        let (sum, codes) = energy(&[0.1, 0.5, 0.9, 0.0, 0.1, 0.5, 0.9, 1.3], None);
        assert!((sum - 2.1).abs() < 1e-12);
        assert_eq!(codes, [Code::CounterRange]);
    }

    #[test]
    fn a_jump_no_device_can_draw_is_said() {
        let (sum, codes) = energy(&[0.0, 100_000.0, 100_050.0], None);
        assert_eq!((sum, codes), (100_050.0, vec![Code::Implausible]));
    }

    #[test]
    fn a_decrease_of_unknown_range_is_a_gap() {
        assert_eq!(energy(&[100.0, 130.0, 10.0, 30.0], None), (50.0, vec![Code::CounterRange]));
    }
}
