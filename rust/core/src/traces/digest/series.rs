//! The rows of one series of a stream: each chunk is taken up and can then be forgotten.

use super::super::builder::Slot;
use super::super::channel::{Beyond, Kind, Long, SHORTEST_GAP_NS, Samples, gap_limit_ns};
use super::super::finish::samples;
use super::super::rows::Rows;
use super::{Faults, Values};
use szilard_simd::{Sketch, Spacing, steps};

/// How many first samples are held, by which a sensor is known.
const FIRST: usize = 64;

/// Why a stream gives no answer: to know it, the whole log must be held.
pub(in super::super) type Undecided = &'static str;

/// What takes the samples of a stream.
pub trait Sink {
    /// Takes the next samples of the series number `series`, which follow one another in time; `before` is the one
    /// before the first. Of the intervals between them those up to `sure_ns` are not gaps, and the longer ones come
    /// later, by [`Sink::covered`] or in [`Beyond::gaps`]. [ns]
    fn take(&mut self, series: usize, slot: &Slot, before: Option<(i64, f64)>, samples: &Samples, sure_ns: i64);

    /// Takes an interval that was held back and is no gap.
    fn covered(&mut self, series: usize, long: &Long);
}

/// What is known of a series in the end.
#[derive(Debug)]
pub(in super::super) struct Known {
    pub samples: Samples,
    pub faults: Faults,
    pub values: Values,
    /// Line of the first row that repeats the stamp of the row before.
    pub repeat: Option<u32>,
}

/// Everything there is to say about the rows of a series so far.
#[derive(Debug, Default)]
pub(in super::super) struct Digest {
    faults: Faults,
    values: Values,
    repeat: Option<u32>,
    spacing: Spacing,
    row_before: Option<i64>,
    count: usize,
    ends: Ends,
    sure_ns: i64,
    held: Vec<Long>,
    sketch: Sketch,
}

impl Digest {
    /// Whether any row had a value.
    pub fn has_readings(&self) -> bool {
        self.count > 0
    }

    /// Takes the next rows; `most` is how many long intervals may be held.
    pub fn take(
        &mut self,
        (series, slot): (usize, &Slot),
        rows: Rows,
        texts: &[String],
        most: usize,
        sink: &mut dyn Sink,
    ) -> Result<(), Undecided> {
        let (back, same) = steps(self.row_before, rows.time_ns());
        if back.is_some() {
            return Err("rows are out of time order");
        }
        self.row_before = rows.time_ns().last().copied().or(self.row_before);
        self.repeat = self.repeat.or(same.and_then(|at| rows.line(at)));
        self.faults.take(&rows, texts);
        let kind = slot.kind;
        let of_interval = matches!(kind, Kind::IntervalEnergy | Kind::IntervalMeanPower);
        if of_interval && !rows.is_clean() {
            return Err("readings of intervals are missing");
        }
        let chunk = samples(rows, &[], kind);
        let before = self.ends.last();
        self.values.take(kind, before.map(|(time, _)| time), &chunk);
        self.sketch.take(&chunk.value, &chunk.line);
        let bridged = matches!(kind, Kind::HoldPower | Kind::EnergyCounter { .. });
        self.sure_ns = if bridged { i64::MAX } else { self.sure_ns.max(SHORTEST_GAP_NS) };
        sink.take(series, slot, before, &chunk, self.sure_ns);
        let longest = self.spacing.take_all(before.map(|(time, _)| time), &chunk.time_ns);
        if longest > self.sure_ns {
            let mut last = before;
            for ((time, value), line) in chunk.time_ns.iter().zip(&chunk.value).zip(&chunk.line) {
                let long = last.replace((*time, *value)).map(|from| Long { from, to: (*time, *value), line: *line });
                self.held.extend(long.filter(|long| long.length() > self.sure_ns));
            }
        }
        self.ends.take(self.count, &chunk);
        self.count += chunk.value.len();
        if self.held.len() > most {
            let median = self.spacing.median().map_or(0, |(least, _)| least);
            self.sure_ns = self.sure_ns.max(median.saturating_mul(4));
            self.release(series, self.sure_ns, sink);
            if self.held.len() > most / 2 {
                return Err("the log has too many gaps to list");
            }
        }
        Ok(())
    }

    /// Gives away the held intervals that are no gaps. [`limit` in ns]
    fn release(&mut self, series: usize, limit: i64, sink: &mut dyn Sink) {
        self.held.retain(|long| {
            let gap = long.length() > limit;
            if !gap {
                sink.covered(series, long);
            }
            gap
        });
    }

    /// The first and last samples with what is known of all, and the intervals that may be gaps.
    pub fn finish(mut self, series: usize, sink: &mut dyn Sink) -> Result<Known, Undecided> {
        let median_ns = self.spacing.median();
        let (low, high) = median_ns.unwrap_or_default();
        let (limit, at_most) = (gap_limit_ns(low), gap_limit_ns(high));
        let bridged = self.sure_ns == i64::MAX;
        if !bridged && (self.sure_ns > limit || self.held.iter().any(|l| (limit + 1..=at_most).contains(&l.length()))) {
            return Err("which intervals are gaps hangs on the exact median of all intervals");
        }
        self.release(series, limit, sink);
        let beyond = Beyond { count: self.count, median_ns, gaps: self.held, sketch: self.sketch };
        let samples = Samples { beyond: Some(beyond), ..self.ends.samples() };
        Ok(Known { samples, faults: self.faults, values: self.values, repeat: self.repeat })
    }
}

/// The first samples, the first behind them whose value differs from all before it, and the last two, each with its
/// number.
#[derive(Debug, Default)]
struct Ends {
    first: Samples,
    differing: Option<(usize, (i64, f64, u32))>,
    last: Vec<(usize, (i64, f64, u32))>,
}

impl Ends {
    fn take(&mut self, count: usize, chunk: &Samples) {
        let sample = |at: usize| Some((*chunk.time_ns.get(at)?, *chunk.value.get(at)?, *chunk.line.get(at)?));
        let length = chunk.value.len();
        let room = FIRST.saturating_sub(count).min(length);
        (0..room).filter_map(sample).for_each(|sample| push(&mut self.first, sample));
        let steady = self.first.value.iter().all(|value| Some(value) == self.first.value.first());
        if self.differing.is_none() && steady {
            let at = (room..length).find(|at| chunk.value.get(*at) != self.first.value.first());
            self.differing = at.and_then(|at| Some((count + at, sample(at)?)));
        }
        let new = (length.saturating_sub(2).max(room)..length).filter_map(|at| Some((count + at, sample(at)?)));
        self.last.extend(new);
        self.last.drain(..self.last.len().saturating_sub(2));
    }

    fn last(&self) -> Option<(i64, f64)> {
        let held = self.last.last().map(|(_, (time, value, _))| (*time, *value));
        held.or_else(|| self.first.time_ns.last().copied().zip(self.first.value.last().copied()))
    }

    /// All of them in their order.
    fn samples(&self) -> Samples {
        let mut samples = self.first.clone();
        let from = self.last.first().map_or(usize::MAX, |(at, _)| *at);
        let differing = self.differing.iter().filter(|(at, _)| *at < from);
        differing.chain(&self.last).for_each(|(_, sample)| push(&mut samples, *sample));
        samples
    }
}

fn push(samples: &mut Samples, (time, value, line): (i64, f64, u32)) {
    samples.time_ns.push(time);
    samples.value.push(value);
    samples.line.push(line);
}

#[cfg(test)]
mod tests {
    use super::super::super::builder::Negative;
    use super::super::super::rows::Row;
    use super::*;

    struct Nothing;

    impl Sink for Nothing {
        fn take(&mut self, _: usize, _: &Slot, _: Option<(i64, f64)>, _: &Samples, _: i64) {}
        fn covered(&mut self, _: usize, _: &Long) {}
    }

    #[test]
    fn the_ends_tell_what_all_samples_tell() {
        let row = |at: usize| Row {
            time_ns: at as i64 * 1_000_000_000,
            line: at as u32 + 2,
            leap: false,
            value: Ok(f64::from(at >= 500)),
        };
        let rows: Vec<Row> = (0..1000).map(row).collect();
        let slot = Slot {
            name: "power".to_owned(),
            kind: Kind::InstantPower,
            boundary: None,
            within: None,
            instead: None,
            negative: Negative::Kept,
        };
        for size in [1, 3, 63, 64, 65, 999, 1000] {
            let mut digest = Digest::default();
            for chunk in rows.chunks(size) {
                digest.take((0, &slot), chunk.iter().copied().collect(), &[], 10, &mut Nothing).unwrap();
            }
            let samples = digest.finish(0, &mut Nothing).ok().unwrap().samples;
            let mut expected: Vec<u32> = (2..66).collect();
            expected.extend([502, 1000, 1001]);
            assert_eq!((samples.line.clone(), samples.len()), (expected, 1000), "{size}");
            assert_eq!(samples.median_interval_ns(), Some(1_000_000_000));
        }
    }
}
