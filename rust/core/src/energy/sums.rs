//! Exact sums of energy and time: any order, grouping and number of threads gives the same bits.

use super::interval::{Content, Interval};
use super::meter::{Meter, Run};
use crate::parallel;
use crate::quantity::ExactSum;
use serde::{Deserialize, Serialize};
use szilard_simd::{Integrator, Judge, SAMPLES, Scatter};

/// Sums of powers times nanoseconds are kept doubled, so that no term of a trapezoid is halved before it is added.
const PER_JOULE: f64 = 2e9;
/// Intervals that a thread takes at a time.
const PIECE: usize = 1 << 18;

/// Energy and time of one stream, as far as it was seen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Total {
    /// Energy of the covered time. [J]
    pub energy_j: f64,
    /// Covered time. [ns]
    pub covered_ns: i64,
    /// Time between first and last sample that is not covered. [ns]
    pub gap_ns: i64,
    /// Number of stretches of rows that do not touch; one where the stream is whole.
    pub pieces: usize,
}

/// The readings of a run and the one on either side of it, looked at while their energies are added.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watch<'a> {
    /// How they are judged.
    pub judge: Judge,
    /// Times [ns], as many as values.
    pub time: &'a [i64],
    /// Powers. [W]
    pub value: &'a [f64],
    /// Index of the first sample of the run among them.
    pub at: usize,
    /// Index of the first of them in the channel.
    pub first: usize,
}

impl<'a> Watch<'a> {
    /// The samples of a run around those of it that lie inside a window.
    fn new(run: &Run<'a>, within: &Run<'_>, judge: Judge) -> Self {
        let inside = within.first - run.first;
        let first = inside.saturating_sub(1);
        let samples = first..(inside + within.intervals() + 2).min(run.time.len());
        let (time, value) = (run.time.get(samples.clone()), run.value.get(samples));
        let (time, value) = (time.unwrap_or_default(), value.unwrap_or_default());
        Self { judge, time, value, at: inside - first, first: run.first + first }
    }
}

/// Exact sums over intervals.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Sums {
    energy: ExactSum,
    covered_ns: i64,
    gap_ns: i64,
    /// Whether time steps back somewhere.
    #[serde(default)]
    is_backward: bool,
}

impl Sums {
    /// The sums over a window of a meter, and what the readings inside it and the one on either side say of themselves,
    /// where that is asked for.
    pub fn of(meter: &Meter<'_>, (start, end): (i64, i64), judge: Option<Judge>) -> (Self, Scatter) {
        let (mut sums, mut found) = (Self::default(), Scatter::default());
        for run in &meter.runs {
            let (within, edges) = run.window(start, end);
            edges.into_iter().flatten().for_each(|edge| sums.add(&edge));
            let watch = judge.map(|judge| Watch::new(run, &within, judge));
            let (of_run, mut scatter) = Self::of_run(&within, watch.as_ref());
            sums.merge(&of_run);
            // counted from the first sample of the channel
            scatter.repeats.longest.1 += watch.map_or(0, |watch| watch.first);
            found.close();
            found.append(&scatter);
        }
        let judged = meter.judged.iter().filter_map(|interval| interval.clipped(start, end));
        judged.for_each(|interval| sums.add(&interval));
        (sums, found)
    }

    /// The sums over a run, on all cores.
    pub fn of_run(run: &Run<'_>, watch: Option<&Watch<'_>>) -> (Self, Scatter) {
        let parts = parallel::blocks(run.intervals(), PIECE, &|part| {
            let (mut sums, mut scatter) = (Self::default(), Scatter::default());
            sums.add_run(&run.part(part.clone()), watch.map(|watch| (watch, part.start, &mut scatter)));
            (sums, scatter)
        });
        let (mut sums, mut found) = (Self::default(), Scatter::default());
        if let Some(watch) = watch {
            found.take(watch.time, watch.value, 0..watch.at + 1, &watch.judge);
        }
        for (part, scatter) in &parts {
            sums.merge(part);
            found.append(scatter);
        }
        if let Some(watch) = watch {
            found.take(watch.time, watch.value, watch.at + run.intervals() + 1..watch.time.len(), &watch.judge);
        }
        (sums, found)
    }

    /// Adds an interval.
    pub fn add(&mut self, interval: &Interval) {
        let length = interval.length();
        self.is_backward |= length < 0;
        match interval.content {
            Content::Ramp(from, to) => {
                self.energy.add_product(from, length as f64);
                self.energy.add_product(to, length as f64);
                self.covered_ns = self.covered_ns.saturating_add(length);
            }
            Content::Energy(energy) => {
                self.energy.add_product(energy, PER_JOULE);
                self.covered_ns = self.covered_ns.saturating_add(length);
            }
            Content::Gap(_) => self.gap_ns = self.gap_ns.saturating_add(length),
        }
    }

    /// Adds the intervals of a run: in exact blocks where powers are joined linearly and time does not step back, and
    /// otherwise one by one, which is the same sum. The reading at the end of each interval is watched, where it is the
    /// run's interval of this number that is the first here.
    pub fn add_run(&mut self, run: &Run<'_>, watch: Option<(&Watch<'_>, usize, &mut Scatter)>) {
        let (mut watch, mut from) = (watch, 0);
        let mut integrator = run.is_linear().then(|| Integrator::new(run.max_gap_ns));
        if let Some((watch, ..)) = &watch {
            integrator = integrator.map(|integrator| integrator.watching(watch.judge.bend));
        }
        while from < run.intervals() {
            // the intervals `from` and up to that behind the last sample of the block
            let tail = run.part(from..run.intervals());
            let block = integrator.as_mut().and_then(|integrator| integrator.watched(tail.time, tail.value));
            let samples = block.as_ref().map_or(0, |(block, _)| block.samples);
            // without a block, on to the next try, so that a long stretch of what is not exact in blocks is not tried at
            // each sample
            let next = if block.is_some() { from + samples + 1 } else { run.intervals().min(from + SAMPLES) };
            if let Some((watch, first, scatter)) = &mut watch {
                // behind the sample at the start of the interval
                let sample = |interval: usize| watch.at + *first + interval + 1;
                if let Some(calm) = block.as_ref().and_then(|(_, calm)| calm.as_ref()) {
                    let inside = sample(from)..sample(from + samples);
                    scatter.take_block(watch.time, watch.value, inside, calm, &watch.judge);
                }
                scatter.take(watch.time, watch.value, sample(from + samples)..sample(next), &watch.judge);
            }
            let Some((block, _)) = block else {
                (from..next).filter_map(|index| run.get(index)).for_each(|interval| self.add(&interval));
                from = next;
                continue;
            };
            for (units, power) in block.units.into_iter().zip(block.powers) {
                self.energy.add_units(units, power);
            }
            // the first sample has its interval alone, and so has the one behind the block
            let ends = [tail.get(0).map(|first| (first, true)), tail.get(block.samples).map(|last| (last, false))];
            let mut spanned = block.kept;
            for (interval, is_first) in ends.into_iter().flatten() {
                if let Content::Ramp(left, right) = interval.content {
                    let length = interval.length();
                    self.energy.add_product(if is_first { left } else { right }, length as f64);
                    spanned = spanned.saturating_add(if is_first { length } else { 0 });
                }
            }
            from = next;
            let of_block = |samples: &[i64]| Some(samples.get(block.samples + 1)?.saturating_sub(*samples.first()?));
            let length = of_block(tail.time).unwrap_or(spanned);
            self.covered_ns = self.covered_ns.saturating_add(spanned);
            self.gap_ns = self.gap_ns.saturating_add(length - spanned);
        }
    }

    /// Adds everything that other sums have added.
    pub fn merge(&mut self, other: &Self) {
        self.energy.merge(&other.energy);
        self.covered_ns = self.covered_ns.saturating_add(other.covered_ns);
        self.gap_ns = self.gap_ns.saturating_add(other.gap_ns);
        self.is_backward |= other.is_backward;
    }

    /// Time that is not covered. [ns]
    pub fn gap_ns(&self) -> i64 {
        self.gap_ns
    }

    /// Whether time steps back somewhere.
    pub fn is_backward(&self) -> bool {
        self.is_backward
    }

    /// The sums, rounded once.
    pub fn total(&self, pieces: usize) -> Total {
        Total { energy_j: self.energy.value() / PER_JOULE, covered_ns: self.covered_ns, gap_ns: self.gap_ns, pieces }
    }
}
