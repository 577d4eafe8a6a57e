//! A sum whose value does not depend on the order of its terms.

use serde::{Deserialize, Serialize};

/// Bits of one limb.
const WIDTH: u32 = 32;
/// Limbs from 2^-1088 (below the last bit of the smallest subnormal, 2^-1074) past 2^1024.
const LIMBS: usize = 68;
/// Weight of bit 0 of limb 0: 2^-LOWEST.
const LOWEST: i32 = 1088;
/// Additions after which carries are passed on; a limb holds 2^31 additions of 32-bit pieces.
const LAZY: u32 = 1 << 30;

/// An exact sum of 64-bit floating-point numbers.
///
/// Every finite term is added exactly into a fixed-point number wide enough for all of them (a Kulisch accumulator),
/// so that the result, rounded once, is the same to the bit for any order, grouping and number of threads.
/// Merging two accumulators is adding their limbs.
///
/// ```
/// use szilard::quantity::ExactSum;
///
/// let mut sum = ExactSum::default();
/// for term in [1e100, 1.0, -1e100] {
///     sum.add(term);
/// }
/// assert_eq!(sum.value(), 1.0);
/// ```
///
/// Reference: U. Kulisch, Computer Arithmetic and Validity, de Gruyter 2013, chapter 8.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExactSum {
    limbs: Vec<i64>,
    pending: u32,
    /// Whether a term was not finite; the sum then has no value.
    poisoned: bool,
}

/// Equality of the sums, however they came about.
impl PartialEq for ExactSum {
    fn eq(&self, other: &Self) -> bool {
        let (mut mine, mut theirs) = (self.clone(), other.clone());
        mine.carry();
        theirs.carry();
        mine.poisoned == theirs.poisoned && mine.limbs == theirs.limbs
    }
}

impl Default for ExactSum {
    fn default() -> Self {
        Self { limbs: vec![0; LIMBS], pending: 0, poisoned: false }
    }
}

impl ExactSum {
    /// Adds a term.
    pub fn add(&mut self, term: f64) {
        if !term.is_finite() {
            self.poisoned = true;
            return;
        }
        let bits = term.to_bits();
        let exponent = ((bits >> 52) & 0x7ff) as i32;
        let fraction = bits & ((1 << 52) - 1);
        // value = significand * 2^(power), power >= -1074
        let (significand, power) =
            if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
        if significand == 0 {
            return;
        }
        self.add_magnitude(significand, power, if term < 0.0 { -1 } else { 1 });
    }

    /// Adds `units` times a power of two, which must lie in -1074..=960.
    pub(crate) fn add_units(&mut self, units: i64, power: i32) {
        self.add_magnitude(units.unsigned_abs(), power, units.signum());
    }

    /// Adds a magnitude times a power of two, with a sign.
    fn add_magnitude(&mut self, magnitude: u64, power: i32, sign: i64) {
        let position = (power + LOWEST) as u32;
        let (limb, shift) = ((position / WIDTH) as usize, position % WIDTH);
        let spread = u128::from(magnitude) << shift;
        for (piece, slot) in self.limbs.iter_mut().skip(limb).take(3).enumerate() {
            let part = (spread >> (WIDTH as usize * piece)) as u64 & u64::from(u32::MAX);
            *slot += sign * part as i64;
        }
        self.pending += 1;
        if self.pending >= LAZY {
            self.carry();
        }
    }

    /// Adds a product without rounding it first.
    pub fn add_product(&mut self, left: f64, right: f64) {
        let high = left * right;
        self.add(high);
        self.add(left.mul_add(right, -high));
    }

    /// Adds everything another sum has added.
    pub fn merge(&mut self, other: &Self) {
        let mut other = other.clone();
        other.carry();
        self.carry();
        for (mine, theirs) in self.limbs.iter_mut().zip(&other.limbs) {
            *mine += theirs;
        }
        self.poisoned |= other.poisoned;
        self.carry();
    }

    /// Passes carries upwards, so that every limb but the last lies in [0, 2^32).
    fn carry(&mut self) {
        let mut carry = 0i64;
        let last = self.limbs.len().saturating_sub(1);
        for (index, limb) in self.limbs.iter_mut().enumerate() {
            *limb += carry;
            if index < last {
                carry = *limb >> WIDTH;
                *limb &= i64::from(u32::MAX);
            }
        }
        self.pending = 0;
    }

    /// The sum, rounded once to the nearest (ties to even); NaN if a term was not finite.
    pub fn value(&self) -> f64 {
        if self.poisoned {
            return f64::NAN;
        }
        let mut exact = self.clone();
        exact.carry();
        let negative = exact.limbs.last().is_some_and(|top| *top < 0);
        if negative {
            for limb in &mut exact.limbs {
                *limb = -*limb;
            }
            exact.carry();
        }
        let Some(top) = exact.limbs.iter().rposition(|limb| *limb != 0) else { return 0.0 };
        let limb = |index: usize| exact.limbs.get(index).map_or(0, |limb| *limb as u128);
        // The 128 bits from the highest non-zero limb down, and whether anything follows them.
        let low = top.saturating_sub(3);
        let head = (low..=top).fold(0u128, |head, index| head | limb(index) << (WIDTH as usize * (index - low)));
        let sticky = exact.limbs.iter().take(low).any(|limb| *limb != 0);
        let magnitude = round_to_f64(head, sticky, low as i32 * WIDTH as i32 - LOWEST);
        if negative { -magnitude } else { magnitude }
    }
}

/// `head * 2^power`, rounded to nearest even; `sticky` says that something smaller follows.
fn round_to_f64(head: u128, sticky: bool, power: i32) -> f64 {
    let length = 128 - head.leading_zeros() as i32;
    // The last bit kept: 53 significant bits, or fewer where the result is subnormal.
    let drop = (length - 53).max(-1074 - power).max(0);
    let (kept, rest) = if drop >= 128 { (0, head) } else { (head >> drop, head & ((1u128 << drop) - 1)) };
    let half = if drop == 0 { 0 } else { 1u128 << (drop - 1).min(127) };
    let up = drop > 0 && (rest > half || (rest == half && (sticky || kept & 1 == 1)));
    let rounded = kept + u128::from(up);
    scale_by_two(rounded as f64, power + drop)
}

/// `value * 2^power` in two exact steps, so that no power of two overflows on the way.
fn scale_by_two(value: f64, power: i32) -> f64 {
    let half = power / 2;
    value * 2f64.powi(half) * 2f64.powi(power - half)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(terms: &[f64]) -> f64 {
        let mut sum = ExactSum::default();
        for term in terms {
            sum.add(*term);
        }
        sum.value()
    }

    #[test]
    fn single_terms_come_back() {
        for term in [0.0, 1.0, -1.0, 0.1, f64::MAX, f64::MIN_POSITIVE, 5e-324, -3.5e-310, 1e300, -2.5e-8] {
            assert_eq!(sum(&[term]), term);
        }
    }

    #[test]
    fn cancellation_is_exact() {
        assert_eq!(sum(&[1e308, 1e-300, -1e308]), 1e-300);
        // the three decimals as binary numbers do not cancel
        assert_eq!(sum(&[0.1, 0.2, -0.3]), 2.7755575615628914e-17);
    }

    #[test]
    fn ties_round_to_even() {
        let ulp = f64::EPSILON;
        assert_eq!(sum(&[1.0, ulp / 2.0]), 1.0);
        assert_eq!(sum(&[1.0, ulp / 2.0, 1e-300]), 1.0 + ulp);
        assert_eq!(sum(&[1.0 + ulp, ulp / 2.0]), 1.0 + 2.0 * ulp);
    }

    #[test]
    fn order_grouping_and_merging_do_not_matter() {
        // pseudo-random terms over 40 decades, both signs
        let mut state = 1u64;
        let terms: Vec<f64> = (0..4000)
            .map(|_| {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                let mantissa = (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5;
                mantissa * 10f64.powi((state % 41) as i32 - 20)
            })
            .collect();
        let forward = sum(&terms);
        let backward = sum(&terms.iter().rev().copied().collect::<Vec<_>>());
        let mut parts = [ExactSum::default(), ExactSum::default(), ExactSum::default()];
        for (index, term) in terms.iter().enumerate() {
            parts[index % 3].add(*term);
        }
        let mut merged = parts[2].clone();
        merged.merge(&parts[0]);
        merged.merge(&parts[1]);
        assert_eq!(forward.to_bits(), backward.to_bits());
        assert_eq!(forward.to_bits(), merged.value().to_bits());
    }

    #[test]
    fn a_non_finite_term_leaves_no_value() {
        assert!(sum(&[1.0, f64::INFINITY]).is_nan());
    }

    #[test]
    fn products_are_not_rounded_before_they_are_added() {
        let mut sum = ExactSum::default();
        sum.add_product(0.1, 1e9);
        sum.add(-1e8);
        // 0.1 is 1e-1 + 5.55e-18: the excess times 1e9 remains
        assert_eq!(sum.value(), 5.551115123125783e-9);
    }
}
