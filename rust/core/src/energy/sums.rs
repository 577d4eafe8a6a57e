//! Exact sums of energy and time: any order, grouping and number of threads gives the same bits.

use super::interval::{Content, Interval};
use super::meter::{Meter, Run};
use crate::parallel;
use crate::quantity::ExactSum;
use serde::{Deserialize, Serialize};
use szilard_simd::{Integrator, SAMPLES};

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
    /// The sums over a window of a meter.
    pub fn of(meter: &Meter<'_>, (start, end): (i64, i64)) -> Self {
        let mut sums = Self::default();
        for run in &meter.runs {
            let (within, edges) = run.window(start, end);
            edges.into_iter().flatten().for_each(|edge| sums.add(&edge));
            sums.merge(&Self::of_run(&within));
        }
        let judged = meter.judged.iter().filter_map(|interval| interval.clipped(start, end));
        judged.for_each(|interval| sums.add(&interval));
        sums
    }

    /// The sums over a run, on all cores.
    pub fn of_run(run: &Run<'_>) -> Self {
        let parts = parallel::blocks(run.intervals(), PIECE, &|part| {
            let mut sums = Self::default();
            sums.add_run(&run.part(part));
            sums
        });
        let mut sums = Self::default();
        parts.iter().for_each(|part| sums.merge(part));
        sums
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
    /// otherwise one by one, which is the same sum.
    pub fn add_run(&mut self, run: &Run<'_>) {
        let mut integrator = run.is_linear().then(|| Integrator::new(run.max_gap_ns));
        let mut from = 0;
        while from < run.intervals() {
            // the intervals `from` and up to that behind the last sample of the block
            let tail = run.part(from..run.intervals());
            let block = integrator.as_mut().and_then(|integrator| integrator.block(tail.time, tail.value));
            let Some(block) = block else {
                // between two tries, so that a long stretch of what is not exact in blocks is not tried at each sample
                let to = run.intervals().min(from + SAMPLES);
                (from..to).filter_map(|index| run.get(index)).for_each(|interval| self.add(&interval));
                from = to;
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
            from += block.samples + 1;
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
