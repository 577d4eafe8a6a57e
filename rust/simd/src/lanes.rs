//! What the kernel asks of vector instructions.

use half::{bf16, f16};

/// Numbers that are computed side by side. A value of such a type proves that the machine has the instructions.
pub(crate) trait Lanes: Copy {
    /// The number in one lane.
    type Number: Copy;
    /// Which lanes are meant.
    type Mask: Copy;

    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    /// self * factor + addend.
    fn mul_add(self, factor: Self, addend: Self) -> Self;
    fn max(self, other: Self) -> Self;
    /// Where self >= other; not where one of them is NaN.
    fn at_least(self, other: Self) -> Self::Mask;
    /// The lanes of the mask, and 0 in the others.
    fn keep(self, mask: Self::Mask) -> Self;
    /// 2^e of the lanes of the mask, with |x| in [2^e, 2^(e+1)); 0 in the others and for what is below normal.
    fn binade(self, mask: Self::Mask) -> Self;
    /// e^x in the lanes of the mask, which must hold -700 <= x <= 0 (-86 for f32), and 0 in the others.
    fn exp(self, mask: Self::Mask) -> Self;
    /// The sum of the lanes, in an order that does not change.
    fn total(self) -> f64;
    /// The largest lane.
    fn largest(self) -> Self::Number;
    fn both(one: Self::Mask, other: Self::Mask) -> Self::Mask;
    fn any(mask: Self::Mask) -> bool;
    fn all(mask: Self::Mask) -> bool;
}

/// A set of instructions; a value of it proves that the machine has them.
pub(crate) trait Machine: Copy {
    /// Lanes of f32.
    type Singles: Lanes<Number = f32>;
    /// Half as many lanes of f64.
    type Doubles: Lanes<Number = f64>;
    /// The lanes of `Singles`.
    const LANES: usize;

    fn single(self, number: f32) -> Self::Singles;
    fn double(self, number: f64) -> Self::Doubles;
    /// The first [`Machine::LANES`] numbers.
    fn load_f32(self, numbers: &[f32]) -> Self::Singles;
    /// The first [`Machine::LANES`] numbers, widened.
    fn load_f16(self, numbers: &[f16]) -> Self::Singles;
    /// The first [`Machine::LANES`] numbers, widened.
    fn load_bf16(self, numbers: &[bf16]) -> Self::Singles;
    /// The first [`Machine::LANES`] numbers.
    fn load_f64(self, numbers: &[f64]) -> [Self::Doubles; 2];
    /// The lower and the upper half, widened.
    fn widen(self, singles: Self::Singles) -> [Self::Doubles; 2];
    /// Asks for the memory at an address that need not exist.
    fn prefetch<T>(self, address: *const T);
}

/// What the series for the exponential needs besides.
pub(crate) trait Series: Lanes {
    /// The number in every lane.
    fn every(self, number: Self::Number) -> Self;
    /// 2^n, where the nearest integer of a number was brought into the low bits by adding 1.5 2^52 (2^23 for f32).
    fn power_of_two(self) -> Self;
}

/// 1.5 2^52: added, it rounds to an integer, which then stands in the low bits.
pub(crate) const TO_INTEGER: f64 = 6_755_399_441_055_744.0;
/// 1.5 2^23: the same for f32.
pub(crate) const TO_INTEGER_F32: f32 = 12_582_912.0;

/// e^x as 2^n e^r with n the nearest integer of x/ln2 and the series of e^r up to r^12, |r| <= ln2/2: the rest is
/// below 2e-16.
#[inline(always)]
pub(crate) fn series<L: Series<Number = f64>>(x: L, mask: L::Mask) -> L {
    use std::f64::consts::{LN_2, LOG2_E};
    /// ln2 in two parts, of which the first times an integer of 11 bits is exact; f64 has ln2 2.3190468138462996e-17
    /// too low.
    const HIGH: f64 = f64::from_bits(LN_2.to_bits() & !0x3f_ffff);
    const LOW: f64 = (LN_2 - HIGH) + 2.319_046_813_846_299_6e-17;
    /// 1/k!, k = 11 to 2.
    const FACTORIALS: [f64; 10] = [
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        1.0 / 2.0,
    ];
    let shifted = x.mul_add(x.every(LOG2_E), x.every(TO_INTEGER));
    let n = shifted.sub(x.every(TO_INTEGER));
    let r = n.mul_add(x.every(-LOW), n.mul_add(x.every(-HIGH), x));
    let mut q = x.every(1.0 / 479_001_600.0);
    for factorial in FACTORIALS {
        q = q.mul_add(r, x.every(factorial));
    }
    let less_one = r.mul(r).mul_add(q, r);
    let power = shifted.power_of_two();
    power.mul_add(less_one, power).keep(mask)
}

/// The same for f32, up to r^7: the rest is below 6e-9.
#[inline(always)]
pub(crate) fn series_f32<L: Series<Number = f32>>(x: L, mask: L::Mask) -> L {
    use std::f32::consts::LOG2_E;
    /// ln2 in two parts, of which the first times an integer of 8 bits is exact.
    const HIGH: f32 = 355.0 / 512.0;
    const LOW: f32 = (std::f64::consts::LN_2 - 355.0 / 512.0) as f32;
    const FACTORIALS: [f32; 5] = [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 1.0 / 2.0];
    let shifted = x.mul_add(x.every(LOG2_E), x.every(TO_INTEGER_F32));
    let n = shifted.sub(x.every(TO_INTEGER_F32));
    let r = n.mul_add(x.every(-LOW), n.mul_add(x.every(-HIGH), x));
    let mut q = x.every(1.0 / 5040.0);
    for factorial in FACTORIALS {
        q = q.mul_add(r, x.every(factorial));
    }
    let less_one = r.mul(r).mul_add(q, r);
    let power = shifted.power_of_two();
    power.mul_add(less_one, power).keep(mask)
}
