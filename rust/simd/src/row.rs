//! The running sums of one row of logits: they take block after block and hold what the largest logit so far makes of it.

use std::f64::consts::LOG2_E;

use crate::dispatch::InstructionSet;
use crate::pair::LogSoftmax;

/// The numbers that are taken into the sums at once: two blocks of the widest type fit into the nearest cache, the one
/// in work and the one that is being fetched.
pub const BLOCK: usize = 2048;

/// How logits become weights e^d, with d = (x - m)/T and m the largest logit.
#[derive(Debug, Clone, Copy)]
pub struct Softmax {
    pub(crate) temperature: f64,
    /// 1/T; 0 for T = 0, where only the largest logits have weight.
    pub(crate) inverse_temperature: f64,
    pub(crate) exact: bool,
    pub(crate) instructions: InstructionSet,
}

impl Softmax {
    /// Weights at a temperature that is finite and not negative; 0 is the limit T -> 0.
    ///
    /// `exact` computes in f64; otherwise f32, f16 and bf16 are computed in f32 and summed in f64, which leaves about
    /// 1e-6 nat in an entropy.
    pub fn new(temperature: f64, exact: bool) -> Self {
        let inverse = temperature.recip();
        Self {
            temperature,
            inverse_temperature: if inverse.is_finite() { inverse } else { 0.0 },
            exact,
            instructions: InstructionSet::best(),
        }
    }

    /// The same with other instructions than the best there are.
    pub fn with_instructions(self, instructions: InstructionSet) -> Self {
        Self { instructions, ..self }
    }

    /// T.
    pub fn temperature(&self) -> f64 {
        self.temperature
    }

    /// ln p = d - ln Z of the distribution that has these sums. Where T is extreme, the logits must be replaced by d, as
    /// [`Softmax::distances`] does.
    pub fn log_softmax(&self, sums: &RowSums) -> LogSoftmax {
        let ln_z = sums.excess.ln_1p();
        if self.is_extreme() {
            return LogSoftmax { maximum: 0.0, inverse_temperature: 1.0, ln_z };
        }
        LogSoftmax { maximum: sums.maximum, inverse_temperature: self.inverse_temperature, ln_z }
    }

    /// Replaces logits by d, where T is extreme: for [`Softmax::log_softmax`].
    pub fn distances(&self, logits: &mut [f64], sums: &RowSums) {
        if self.is_extreme() {
            logits.iter_mut().for_each(|logit| *logit = self.distance(*logit, sums.maximum));
        }
    }

    /// d of a logit; -inf where its weight is zero.
    pub(crate) fn distance(&self, logit: f64, largest: f64) -> f64 {
        match () {
            () if logit == largest => 0.0,
            () if self.inverse_temperature == 0.0 => f64::NEG_INFINITY,
            () => (logit - largest) * self.inverse_temperature,
        }
    }

    /// Whether a number of the kernel could overflow on the way.
    pub(crate) fn is_extreme(&self) -> bool {
        !(1e-6..=1e6).contains(&self.temperature)
    }

    /// What turns differences of logits into steps of an octave.
    pub(crate) fn slope(&self, steps: f64) -> f64 {
        steps * LOG2_E * self.inverse_temperature
    }

    /// Sums with powers of T d as sums with powers of d.
    pub(crate) fn scaled(&self, [zeroth, first, second]: [f64; 3]) -> [f64; 3] {
        let inverse = self.inverse_temperature;
        [zeroth, first * inverse, second * inverse * inverse]
    }
}

/// The sums of a row over all its logits but one largest, so that a weight of 1e-20 beside it keeps its digits.
///
/// Weights are w = e^d with d = (x - m)/T; a logit of -inf has none. The full sums are 1 + `excess`, `first`, `second`.
#[derive(Debug, Clone, PartialEq)]
pub struct RowSums {
    /// m, the largest logit; -inf while there was none.
    pub maximum: f64,
    /// The place of one largest logit.
    pub largest: usize,
    /// Sum of w.
    pub excess: f64,
    /// Sum of w d.
    pub first: f64,
    /// Sum of w d^2.
    pub second: f64,
    /// Sums of (w delta)^2, (w delta)^2 d and (w delta)^2 d^2 with delta half the spacing of the type at the logit; 0
    /// for f64. In f32, and without the weights below e^-7 of the largest one of their block: within 2e-3.
    pub rounding: [f64; 3],
    /// The logits taken so far.
    pub columns: usize,
}

impl Default for RowSums {
    fn default() -> Self {
        Self {
            maximum: f64::NEG_INFINITY,
            largest: 0,
            excess: 0.0,
            first: 0.0,
            second: 0.0,
            rounding: [0.0; 3],
            columns: 0,
        }
    }
}

impl RowSums {
    /// Moves the sums to a larger maximum, at `largest`; the one before it becomes a logit among the others.
    ///
    /// The sums for the rounding have e^2D in the place of e^D. `half_spacing` is that of the old maximum.
    pub(crate) fn rise(&mut self, maximum: f64, largest: usize, half_spacing: f64, softmax: &Softmax) {
        let distance = softmax.distance(self.maximum, maximum);
        let sums = [1.0 + self.excess, self.first, self.second];
        [self.excess, self.first, self.second] = moved(sums, distance, distance.exp());
        let [zeroth, first, second] = self.rounding;
        self.rounding = moved([zeroth + half_spacing * half_spacing, first, second], distance, (2.0 * distance).exp());
        (self.maximum, self.largest) = (maximum, largest);
    }

    /// Adds the sums over further logits.
    pub(crate) fn add(&mut self, sums: Sums) {
        self.excess += sums.weights[0];
        self.first += sums.weights[1];
        self.second += sums.weights[2];
        self.rounding.iter_mut().zip(sums.rounding).for_each(|(sum, more)| *sum += more);
    }
}

/// Sums with powers of d as they are seen from another number, at the distance D, where they have the factor `weight`:
/// Z <- e^D Z, S <- e^D (S + D Z), Q <- e^D (Q + 2 D S + D^2 Z).
pub(crate) fn moved([zeroth, first, second]: [f64; 3], distance: f64, weight: f64) -> [f64; 3] {
    if weight == 0.0 {
        return [0.0; 3];
    }
    let moment = second + distance * (2.0 * first + distance * zeroth);
    [weight * zeroth, weight * (first + distance * zeroth), weight * moment]
}

/// Sums over a part of a block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sums {
    /// Of w, w d and w d^2.
    pub(crate) weights: [f64; 3],
    /// As [`RowSums::rounding`].
    pub(crate) rounding: [f64; 3],
}

#[cfg(test)]
#[path = "row_tests.rs"]
#[allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may panic")]
mod tests;
