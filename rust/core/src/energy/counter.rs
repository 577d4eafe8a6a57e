//! Energy counters: wraps, resets and bad reads told apart by what is plausible.

use super::interval::{Content, Interval};
use crate::input::{Code, Diagnostics, Place};
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

/// The intervals of a counter channel.
///
/// A lone zero followed by at least the value before is a bad read; a step back below 1 J is dropped, unless the counter
/// goes on from less than half of its value; a decrease that fits one wrap at a plausible power is a wrap; any other
/// decrease is a reset, and its interval a gap.
pub(super) fn intervals(
    channel: &Channel,
    records: &Records,
    range: Option<f64>,
    remarks: &mut Diagnostics,
) -> Result<Vec<Interval>, AmbiguousCounter> {
    let label = channel.label();
    let most = plausible_power_w(channel.boundary);
    let mut found = Vec::with_capacity(channel.samples.len());
    let (mut index, mut implausible) = (0usize, false);
    for (times, values) in channel.samples.segments() {
        let mut last: Option<(i64, f64)> = None;
        for (offset, (time, value)) in times.iter().copied().zip(values.iter().copied()).enumerate() {
            let line = channel.samples.line.get(index).copied().unwrap_or(0);
            let place = records.place(line);
            index += 1;
            let Some(before) = last else {
                last = Some((time, value));
                continue;
            };
            let seconds = (time - before.0) as f64 * 1e-9;
            let mut interval = Interval::between(channel.kind, before, (time, value), i64::MAX, index - 1);
            if let Some(range) = range
                && seconds * most >= range
            {
                return Err(AmbiguousCounter { channel: label, place, seconds, period: range / most });
            }
            if value < before.1 {
                let next = values.get(offset + 1).copied();
                if value == 0.0 && next.is_some_and(|next| next >= before.1) {
                    remarks.push(
                        Code::BadRead,
                        place,
                        Some(&label),
                        "the counter read zero once; the read is left out",
                    );
                    continue;
                }
                let recovers = next.is_none_or(|next| next >= before.1);
                if before.1 - value < SMALL_STEP && (recovers || value >= 0.5 * before.1) {
                    let step = before.1 - value;
                    let message = format!("the counter stepped back by {step:.6} J; the read is left out");
                    remarks.push(Code::CounterNonmonotonic, place, Some(&label), message);
                    continue;
                }
                interval.content = match range.map(|range| value + range - before.1) {
                    Some(energy) if energy >= 0.0 && energy <= most * seconds => {
                        remarks.push(Code::Wrap, place.clone(), Some(&label), "the counter passed its range once");
                        Content::Energy(energy)
                    }
                    Some(_) => {
                        remarks.push(Code::CounterReset, place.clone(), Some(&label), "the counter started again");
                        Content::Gap(Code::CounterReset)
                    }
                    None => {
                        let message = "the counter fell and its range is not known";
                        remarks.push(Code::CounterRange, place.clone(), Some(&label), message);
                        Content::Gap(Code::CounterRange)
                    }
                };
            }
            if let Content::Energy(energy) = interval.content
                && energy > most * seconds
                && seconds > 0.0
                && !std::mem::replace(&mut implausible, true)
            {
                let message = format!("{:.3e} W on average before this read", energy / seconds);
                remarks.push(Code::Implausible, place, Some(&label), message);
            }
            found.push(interval);
            last = Some((time, value));
        }
    }
    Ok(found)
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
    use crate::quantity::Boundary;
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
                breaks: vec![],
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
