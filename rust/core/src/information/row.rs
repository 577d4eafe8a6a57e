//! One row of logits: the softmax distribution, measured from its largest element.

use ndarray::{ArrayView1, ArrayView2};

use szilard_simd::Logit;

use super::reduce::{no_logit, only_masked};
use super::sum::sum;
use crate::input::Refusal;

/// Rows that one thread takes at a time.
pub(super) const ROWS: usize = 8;

/// The distribution p_i = e^{d_i} / Z of one row, with d_i = (x_i - m) / T and m the largest logit.
///
/// The largest element itself has d = 0 and weight 1; it is left out of the sums, so that a distribution in which it
/// is almost certain keeps its full relative accuracy: Z = 1 + Z', and Z' may be 1e-20.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// d_i; -inf where the token is masked.
    pub(super) distance: Vec<f64>,
    /// e^{d_i}.
    pub(super) weight: Vec<f64>,
    /// The index of one largest element.
    pub(super) largest: usize,
    /// m. [unit of the logits]
    pub(super) maximum: f64,
    /// Z' = Z - 1.
    pub(super) excess: f64,
    /// Mean of d: S / Z, not positive.
    pub(super) mean: f64,
}

impl Row {
    /// Fills the row from the logits, which are widened exactly. A temperature of 0 is the limit T -> 0.
    ///
    /// # Errors
    ///
    /// `E_NONFINITE` at the column of a NaN or +inf, or at the row if all is -inf.
    pub(super) fn fill<T: Logit>(
        &mut self,
        logits: ArrayView1<'_, T>,
        temperature: f64,
        row: usize,
    ) -> Result<(), Refusal> {
        self.distance.clear();
        self.distance.extend(logits.iter().map(|logit| logit.widen()));
        (self.largest, self.maximum) = (0, f64::NEG_INFINITY);
        for (column, logit) in self.distance.iter().copied().enumerate() {
            if logit.is_nan() || logit == f64::INFINITY {
                return Err(no_logit(row, column, logit));
            }
            if logit > self.maximum {
                (self.largest, self.maximum) = (column, logit);
            }
        }
        if self.maximum == f64::NEG_INFINITY {
            return Err(only_masked(row));
        }
        let maximum = self.maximum;
        self.distance.iter_mut().for_each(|x| *x = if *x == maximum { 0.0 } else { (*x - maximum) / temperature });
        self.weight.clear();
        self.weight.extend(self.distance.iter().map(|d| d.exp()));
        self.excess = sum(self.others().map(|(_, weight)| weight));
        self.mean = sum(self.others().map(|(d, weight)| d * weight)) / (1.0 + self.excess);
        Ok(())
    }

    /// (d, e^d) of every element with weight, the largest one left out: -inf times 0 is never formed.
    fn others(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let largest = self.largest;
        self.distance
            .iter()
            .zip(&self.weight)
            .enumerate()
            .filter(move |(index, (_, weight))| *index != largest && **weight > 0.0)
            .map(|(_, (d, weight))| (*d, *weight))
    }

    /// ln Z, which is also the min-entropy. [nat]
    pub(super) fn ln_z(&self) -> f64 {
        self.excess.ln_1p()
    }

    /// H = ln(1 + Z') - S/Z: a sum of two terms that are not negative. [nat]
    pub(super) fn entropy(&self) -> f64 {
        self.ln_z() - self.mean
    }
}

/// Whether the rows hold probabilities: all in [0, 1], each with a sum of one within the rounding of their type, and
/// not only zeros and ones, which are as good as logits.
pub(super) fn looks_like_probabilities<T: Logit>(rows: ArrayView2<'_, T>) -> bool {
    let sums_to_one = |row: ArrayView1<'_, T>| {
        let (mut total, mut slack) = (0.0, 1e-6);
        for element in row.iter() {
            let value = element.widen();
            if !(0.0..=1.0).contains(&value) {
                return false;
            }
            total += value;
            slack += element.half_spacing();
        }
        (total - 1.0).abs() <= slack
    };
    rows.rows().into_iter().all(sums_to_one) && rows.iter().any(|element| !matches!(element.widen(), 0.0 | 1.0))
}
