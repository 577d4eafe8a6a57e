//! Trapezoids between many cuts of one series, in one walk.

use crate::ahead::ask_ahead;
use crate::dispatch::{InstructionSet, Set};

/// The trapezoid between two cuts.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Trapezoid {
    /// Σ (p_i + p_{i+1}) (t_{i+1} - t_i): twice the integral.
    pub doubled: f64,
    /// Time of the intervals that are not longer than the limit.
    pub kept: i64,
}

/// The trapezoids between neighbouring cuts, which must rise, as the times must; with linear interpolation at the cuts.
///
/// A term has two roundings; the rounding of their sum is carried along, so that one below 1e-15 of Σ |p| Δt remains.
/// All instructions give the same bits.
pub fn trapezoids(time: &[i64], value: &[f64], limit: i64, cuts: &[i64], each: &mut dyn FnMut(Trapezoid)) {
    match InstructionSet::best().0 {
        // SAFETY: the value in the variant exists only after its detection has found the instructions.
        #[cfg(target_arch = "x86_64")]
        Set::Avx512(_) => unsafe { with_avx512(time, value, limit, cuts, each) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Set::Avx2(_) => unsafe { with_avx2(time, value, limit, cuts, each) },
        Set::Portable => walk(time, value, limit, cuts, each),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq")]
fn with_avx512(time: &[i64], value: &[f64], limit: i64, cuts: &[i64], each: &mut dyn FnMut(Trapezoid)) {
    walk(time, value, limit, cuts, each);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn with_avx2(time: &[i64], value: &[f64], limit: i64, cuts: &[i64], each: &mut dyn FnMut(Trapezoid)) {
    walk(time, value, limit, cuts, each);
}

#[inline(always)]
fn walk(time: &[i64], value: &[f64], limit: i64, cuts: &[i64], each: &mut dyn FnMut(Trapezoid)) {
    let Some(first) = cuts.first() else { return };
    let mut next = time.partition_point(|time| time <= first).saturating_sub(1);
    for (from, to) in cuts.iter().copied().zip(cuts.iter().copied().skip(1)) {
        let mut sum = Compensated::default();
        while let Some(edge) = Interval::get(time, value, next).filter(|edge| edge.start < to) {
            sum.add(edge.clipped(from, to), limit, edge.length());
            if edge.end > to {
                break;
            }
            next += 1;
            // the intervals that lie inside, which are all but two of a long piece, eight at a time
            let mut lanes = Lanes::default();
            while let (Some(times), Some(values)) = (eight(time, next), eight(value, next)) {
                if times.last().is_none_or(|last| *last > to) {
                    break;
                }
                ask_ahead(times);
                ask_ahead(values);
                lanes.add(times, values, limit);
                next += LANES;
            }
            sum.merge(&lanes);
            while let Some(inside) = Interval::get(time, value, next).filter(|inside| inside.end <= to) {
                sum.add(inside, limit, inside.length());
                next += 1;
            }
        }
        each(Trapezoid { doubled: sum.high + sum.low, kept: sum.kept });
    }
}

/// Intervals that are added side by side.
const LANES: usize = 8;

/// The samples at the ends of eight intervals.
#[inline(always)]
fn eight<T>(samples: &[T], from: usize) -> Option<&[T; LANES + 1]> {
    samples.get(from..)?.first_chunk()
}

/// Compensated sums side by side.
#[derive(Default)]
struct Lanes {
    high: [f64; LANES],
    low: [f64; LANES],
    kept: [i64; LANES],
}

impl Lanes {
    #[inline(always)]
    #[allow(clippy::indexing_slicing, reason = "a lane is below the number of lanes")]
    fn add(&mut self, time: &[i64; LANES + 1], value: &[f64; LANES + 1], limit: i64) {
        let (mut kept, mut next) = ([0; LANES], [0.0; LANES]);
        for lane in 0..LANES {
            let length = time[lane + 1].wrapping_sub(time[lane]);
            kept[lane] = if length <= limit { length } else { 0 };
        }
        for lane in 0..LANES {
            let term = (value[lane] + value[lane + 1]) * kept[lane] as f64;
            next[lane] = self.high[lane] + term;
            let rounded = next[lane] - self.high[lane];
            self.low[lane] += (self.high[lane] - (next[lane] - rounded)) + (term - rounded);
            self.kept[lane] = self.kept[lane].wrapping_add(kept[lane]);
        }
        self.high = next;
    }
}

/// Two neighbouring samples.
#[derive(Clone, Copy)]
struct Interval {
    start: i64,
    end: i64,
    left: f64,
    right: f64,
}

impl Interval {
    fn get(time: &[i64], value: &[f64], index: usize) -> Option<Self> {
        let (start, end) = (*time.get(index)?, *time.get(index + 1)?);
        Some(Self { start, end, left: *value.get(index)?, right: *value.get(index + 1)? })
    }

    fn length(&self) -> i64 {
        self.end.saturating_sub(self.start)
    }

    /// What lies between two cuts.
    fn clipped(&self, from: i64, to: i64) -> Self {
        let (start, end) = (self.start.max(from), self.end.min(to));
        let power = |time: i64| match time {
            time if time == self.start => self.left,
            time if time == self.end => self.right,
            time => self.left + (self.right - self.left) * ((time - self.start) as f64 / self.length() as f64),
        };
        Self { start, end: end.max(start), left: power(start), right: power(end) }
    }
}

/// A sum and what its roundings have lost.
#[derive(Clone, Copy, Default)]
struct Compensated {
    high: f64,
    low: f64,
    kept: i64,
}

impl Compensated {
    /// Adds a trapezoid of an interval of at most the limit.
    #[inline(always)]
    fn add(&mut self, part: Interval, limit: i64, length: i64) {
        let kept = if length <= limit { part.end.wrapping_sub(part.start) } else { 0 };
        self.add_term((part.left + part.right) * kept as f64);
        self.kept = self.kept.wrapping_add(kept);
    }

    #[inline(always)]
    fn add_term(&mut self, term: f64) {
        let next = self.high + term;
        let rounded = next - self.high;
        self.low += (self.high - (next - rounded)) + (term - rounded);
        self.high = next;
    }

    fn merge(&mut self, lanes: &Lanes) {
        lanes.high.iter().for_each(|high| self.add_term(*high));
        lanes.low.iter().for_each(|low| self.low += low);
        lanes.kept.iter().for_each(|kept| self.kept = self.kept.wrapping_add(*kept));
    }
}
