//! One token: what the sums over its logits mean.

use szilard_simd::{Logit, RowSums};

/// One token: the distribution p_i = e^{d_i}/(1 + Z') whose sums these are.
pub(super) struct Token {
    pub(super) sums: RowSums,
    pub(super) temperature: f64,
}

impl Token {
    fn z(&self) -> f64 {
        1.0 + self.sums.excess
    }

    /// ln Z, which is also the min-entropy. [nat]
    pub(super) fn ln_z(&self) -> f64 {
        self.sums.excess.ln_1p()
    }

    /// Mean of d, not positive.
    fn mean(&self) -> f64 {
        self.sums.first / self.z()
    }

    pub(super) fn entropy(&self) -> f64 {
        self.ln_z() - self.mean()
    }

    /// Var(ln p) = Q/Z - (S/Z)^2, Q = sum d^2 e^d. [nat^2]
    pub(super) fn varentropy(&self) -> f64 {
        (self.sums.second / self.z() - self.mean() * self.mean()).max(0.0)
    }

    pub(super) fn log_sum_exp(&self) -> f64 {
        self.sums.maximum / self.temperature + self.ln_z()
    }

    /// -ln p of a token with this logit; infinite for a masked one. [nat]
    pub(super) fn surprisal(&self, logit: f64) -> f64 {
        self.ln_z() - self.distance(logit)
    }

    fn distance(&self, logit: f64) -> f64 {
        if logit == self.sums.maximum { 0.0 } else { (logit - self.sums.maximum) / self.temperature }
    }

    /// The standard uncertainty of H that the rounding of the stored logits leaves, to first order. [nat]
    ///
    /// dH/dx_i = -p_i (ln p_i + H)/T, where ln p_i + H = d_i - S/Z, and roundings are rectangular over +-delta_i and
    /// independent: u^2 = sum (p_i (d_i - S/Z) delta_i/T)^2/3.
    pub(super) fn entropy_rounding<T: Logit>(&self) -> f64 {
        let (mean, [zeroth, first, second]) = (self.mean(), self.sums.rounding);
        let largest = T::half_spacing_at(self.sums.maximum);
        let squares = second - 2.0 * mean * first + mean * mean * (zeroth + largest * largest);
        self.rounding::<T>(squares.max(0.0) / (self.z() * self.z()))
    }

    /// The standard uncertainty of -ln p_j that the rounding leaves: its slope in x_i is (p_i - [i = j])/T. [nat]
    pub(super) fn surprisal_rounding<T: Logit>(&self, logit: f64, is_largest: bool) -> f64 {
        let (z, [zeroth, _, _]) = (self.z(), self.sums.rounding);
        let largest = T::half_spacing_at(self.sums.maximum);
        if is_largest {
            // 1 - p_j = Z'/Z keeps the digits of an almost certain token.
            let rest = self.sums.excess * largest;
            return self.rounding::<T>((zeroth + rest * rest) / (z * z));
        }
        let half_spacing = T::half_spacing_at(logit);
        let p = self.distance(logit).exp() / z;
        let others = (zeroth + largest * largest) / (z * z);
        self.rounding::<T>(others + half_spacing * half_spacing * (1.0 - 2.0 * p))
    }

    /// The root of a third of the squares, over T. At T = 0 it is not defined (a tie may be an accident of rounding),
    /// unless nothing was rounded.
    fn rounding<T: Logit>(&self, squares: f64) -> f64 {
        match () {
            () if T::PRECISION >= f64::MANTISSA_DIGITS as i32 => 0.0,
            () if self.temperature == 0.0 => f64::NAN,
            () => (squares.max(0.0) / 3.0).sqrt() / self.temperature,
        }
    }
}
