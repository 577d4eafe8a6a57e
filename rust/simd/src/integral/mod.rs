//! Exact sums of values times the time around them, in blocks.
//!
//! The trapezoid Σ (p_i + p_{i+1}) (t_{i+1} - t_i) is Σ p_i (t_{i+1} - t_{i-1}) but for its ends, so that one product a
//! sample is enough. Each product is rounded to a coarse grid inside an accumulator that holds a large number, what is
//! left of it to a finer grid, and the rest to the finest, on which it is exact: nothing is lost, and three integers are
//! the sum of a block. Where the values of a block are too far apart for that, there is no result, and the caller adds
//! the products one by one.
//!
//! Reference: J. Demmel, H. D. Nguyen, Parallel reproducible summation, IEEE Trans. Comput. 64 (2015) 2060.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod kernel;
mod pieces;
mod portable;

pub use kernel::Calm;
pub use pieces::{Trapezoid, trapezoids};

use crate::dispatch::{InstructionSet, Set};

/// Samples in a block at most.
pub const SAMPLES: usize = 4096;

/// The exact sum over a block: Σ p_i w_i = Σ_k units_k 2^powers_k.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockSum {
    /// Samples that are in it.
    pub samples: usize,
    /// Multiples of the powers of two.
    pub units: [i64; 3],
    /// The powers of two.
    pub powers: [i32; 3],
    /// Sum of the intervals behind these samples that are not longer than the limit.
    pub kept: i64,
}

/// Exact sums over blocks of one series.
#[derive(Debug, Clone, Copy)]
pub struct Integrator {
    instructions: InstructionSet,
    /// Intervals above it count as none.
    limit: i64,
    /// Binary exponent of the smallest value that is expected.
    smallest: i32,
    /// How far a reading may be from the line through its neighbours, where the readings are looked at.
    bend: Option<f64>,
}

impl Integrator {
    /// For intervals of at most `limit`.
    pub fn new(limit: i64) -> Self {
        Self { instructions: InstructionSet::best(), limit, smallest: 0, bend: None }
    }

    /// With other instructions than the best.
    pub fn with_instructions(self, instructions: InstructionSet) -> Self {
        Self { instructions, ..self }
    }

    /// Looking at the readings too: one farther than this from the line through its neighbours, in units of one reading's
    /// noise, is a bend.
    pub fn watching(self, bend: f64) -> Self {
        Self { bend: Some(bend), ..self }
    }

    /// The sum over the samples from the second on, at most [`SAMPLES`] of them and never the last one, each times the
    /// lengths of the intervals before and behind it; `None` where there are too few or it is not exact.
    pub fn block(&mut self, time: &[i64], value: &[f64]) -> Option<BlockSum> {
        self.watched(time, value).map(|(sum, _)| sum)
    }

    /// As [`Integrator::block`], with what the readings say of themselves where they are looked at.
    pub fn watched(&mut self, time: &[i64], value: &[f64]) -> Option<(BlockSum, Option<Calm>)> {
        let samples = time.len().min(value.len()).checked_sub(2)?.min(SAMPLES);
        if self.limit < 0 {
            return None;
        }
        match self.instructions.0 {
            // SAFETY: the value in the variant exists only after its detection has found the instructions.
            #[cfg(target_arch = "x86_64")]
            Set::Avx512(machine) => unsafe { self.with_avx512(machine, time, value, samples) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Set::Avx2(machine) => unsafe { self.with_avx2(machine, time, value, samples) },
            // A fused product that is no instruction is slower than the exact sum.
            Set::Portable if cfg!(target_arch = "aarch64") => {
                self.exact(crate::portable::Portable, time, value, samples)
            }
            Set::Portable => None,
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512dq,avx2,fma")]
    fn with_avx512(
        &mut self,
        machine: crate::avx512::Avx512,
        time: &[i64],
        value: &[f64],
        samples: usize,
    ) -> Option<(BlockSum, Option<Calm>)> {
        self.exact(machine, time, value, samples)
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    fn with_avx2(
        &mut self,
        machine: crate::avx2::Avx2,
        time: &[i64],
        value: &[f64],
        samples: usize,
    ) -> Option<(BlockSum, Option<Calm>)> {
        self.exact(machine, time, value, samples)
    }

    /// The sum on the grids of the expected smallest value, or of the one that was found.
    #[inline(always)]
    fn exact<W: kernel::Wide>(
        &mut self,
        wide: W,
        time: &[i64],
        value: &[f64],
        samples: usize,
    ) -> Option<(BlockSum, Option<Calm>)> {
        let samples = samples / W::LANES * W::LANES;
        let (time, value) = (time.get(..samples + 2)?, value.get(..samples + 2)?);
        if samples == 0 {
            return None;
        }
        let plain = |smallest: i32| kernel::sums::<W, false>(wide, time, value, self.limit, smallest, 0.0);
        let (found, calm) = match self.bend {
            None => (plain(self.smallest), None),
            Some(bend) => {
                let found = kernel::sums::<W, true>(wide, time, value, self.limit, self.smallest, bend);
                let calm = Some(found.calm);
                // bounds with their signs are no magnitudes where the lower one is not above zero
                if found.calm.bounds.0 > 0.0 { (found, calm) } else { (plain(self.smallest), calm) }
            }
        };
        let smallest = found.smallest.unwrap_or(self.smallest);
        if self.smallest <= smallest && found.is_exact(self.smallest) {
            return Some((found.block(samples, self.smallest), calm));
        }
        if !found.is_exact(smallest) {
            return None;
        }
        let block = plain(smallest).block(samples, smallest);
        self.smallest = smallest;
        Some((block, calm))
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may panic")]
mod tests;
