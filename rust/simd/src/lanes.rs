//! What the kernel asks of vector instructions.

use std::f64::consts::LN_2;
use std::mem::MaybeUninit;

use half::{bf16, f16};

/// Numbers that are computed side by side. A value of such a type proves that the machine has the instructions.
pub(crate) trait Lanes: Copy {
    /// The number in one lane.
    type Number: Copy + 'static;
    /// The steps of an octave that [`Lanes::split_exp`] counts in.
    const STEPS: f64;

    /// The number in every lane.
    fn every(self, number: Self::Number) -> Self;
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    fn div(self, other: Self) -> Self;
    /// self * factor + addend.
    fn mul_add(self, factor: Self, addend: Self) -> Self;
    /// self * factor - subtrahend, the product not rounded.
    fn mul_sub(self, factor: Self, subtrahend: Self) -> Self;
    /// The larger one; the other one where one of them is NaN.
    fn max(self, other: Self) -> Self;
    /// The smaller one; the other one where one of them is NaN.
    fn min(self, other: Self) -> Self;
    /// The lanes where left >= right, and 0 in the others.
    fn where_at_least(self, left: Self, right: Self) -> Self;
    /// Whether any lane is >= the one of the bound.
    fn any_at_least(self, bound: Self) -> bool;
    /// 2^e with |x| in [2^e, 2^(e+1)); 0 for what is below normal.
    fn binade(self) -> Self;
    /// b and l with e^(x/T) = b (1 + l), where the slope is steps/(T ln2) and x/T from [`FLOOR_F64`] ([`FLOOR_F32`])
    /// octaves, where b is 0, to 0. For x = 0, b is 1 and l is 0.
    fn split_exp(self, slope: Self) -> (Self, Self);
    /// 2^(y/steps), as [`Lanes::split_exp`] where y is x/T in steps of an octave.
    fn power(self) -> Self;
    /// The sum of the lanes, in an order that does not change.
    fn total(self) -> f64;
    /// The largest lane.
    fn largest(self) -> Self::Number;
    /// Writes the lanes side by side.
    fn store(self, place: &mut [MaybeUninit<Self::Number>]);

    /// e^(x/T), as [`Lanes::split_exp`].
    #[inline(always)]
    fn exp(self, slope: Self) -> Self {
        let (power, less_one) = self.split_exp(slope);
        power.mul_add(less_one, power)
    }
}

/// A set of instructions; a value of it proves that the machine has them.
pub(crate) trait Machine: Copy {
    /// Lanes of f32.
    type Singles: Lanes<Number = f32>;
    /// Half as many lanes of f64.
    type Doubles: Lanes<Number = f64>;
    /// The lanes of `Singles`.
    const LANES: usize;
    /// Whether [`Lanes::mul_add`] rounds once.
    const FUSED: bool = true;

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
    /// The first [`Machine::LANES`] numbers, widened.
    fn load_wide(self, numbers: &[f32]) -> [Self::Doubles; 2];
    /// The lower and the upper half, widened.
    fn widen(self, singles: Self::Singles) -> [Self::Doubles; 2];
    /// Writes those lanes side by side that are >= the bound, and perhaps others behind them; returns how many they
    /// are. The place has room for all lanes.
    fn pack(self, numbers: Self::Singles, bound: Self::Singles, place: &mut [MaybeUninit<f32>]) -> usize;
    /// Asks for the memory at an address that need not exist.
    fn prefetch<T>(self, address: *const T);
}

/// The octaves below which a weight is zero: its exponent would not be that of a normal number.
pub(crate) const FLOOR_F64: f64 = -1023.0;
pub(crate) const FLOOR_F32: f64 = -127.0;

/// 1.5 2^52: added, it rounds to an integer, which then stands in the low bits.
pub(crate) const TO_INTEGER: f64 = 6_755_399_441_055_744.0;
/// 1.5 2^23: the same for f32.
pub(crate) const TO_INTEGER_F32: f32 = 12_582_912.0;

/// What the exponential needs where there is no table.
pub(crate) trait Series: Lanes {
    /// 1.5 2^52 (2^23 for f32).
    const TO_INTEGER: Self::Number;
    /// ln2^k/k!, k from the highest but one to 1.
    const COEFFICIENTS: &[Self::Number];
    /// The coefficient of the highest power.
    const HIGHEST: Self::Number;

    /// 2^n, where n was brought into the low bits by adding [`Series::TO_INTEGER`]; 0 below the normal exponents.
    fn power_of_two(self) -> Self;
}

/// [`Lanes::split_exp`] with n the nearest integer of x/(T ln2) and the series of 2^r, |r| <= 1/2.
#[inline(always)]
pub(crate) fn series<L: Series>(x: L, slope: L) -> (L, L) {
    let shifted = x.mul_add(slope, x.every(L::TO_INTEGER));
    let r = x.mul_sub(slope, shifted.sub(x.every(L::TO_INTEGER)));
    (shifted.power_of_two(), less_one(r))
}

/// [`Lanes::power`] in the same way; the steps are octaves.
#[inline(always)]
pub(crate) fn power<L: Series>(octaves: L) -> L {
    let shifted = octaves.add(octaves.every(L::TO_INTEGER));
    let r = octaves.sub(shifted.sub(octaves.every(L::TO_INTEGER)));
    let power = shifted.power_of_two();
    power.mul_add(less_one(r), power)
}

/// 2^r - 1.
#[inline(always)]
fn less_one<L: Series>(r: L) -> L {
    let mut sum = r.every(L::HIGHEST);
    for coefficient in L::COEFFICIENTS {
        sum = sum.mul_add(r, r.every(*coefficient));
    }
    sum.mul(r)
}

/// The coefficients of 2^r, ln2^k/k! for k from 11 to 1, and for k = 12: the rest is below 2e-16.
pub(crate) const POWERS: [f64; 11] = {
    let mut powers = [0.0; 11];
    let (mut term, mut k) = (1.0, 1);
    while k <= 11 {
        term *= LN_2 / k as f64;
        #[allow(clippy::indexing_slicing, reason = "k is from 1 to 11, and the compiler evaluates it")]
        {
            powers[11 - k] = term;
        }
        k += 1;
    }
    powers
};
pub(crate) const HIGHEST: f64 = POWERS[0] * LN_2 / 12.0;

/// The same up to k = 6, the term with r^7 spread over the odd powers (Chebyshev): the rest is below 2e-9.
pub(crate) const POWERS_F32: [f32; 5] = {
    let [.., _, c7, _, c5, c4, c3, c2, c1] = POWERS;
    let (c5, c3, c1) = (c5 + c7 * 7.0 / 16.0, c3 - c7 * 7.0 / 128.0, c1 + c7 * 7.0 / 4096.0);
    [c5 as f32, c4 as f32, c3 as f32, c2 as f32, c1 as f32]
};
pub(crate) const HIGHEST_F32: f32 = {
    let [.., c6, _, _, _, _, _] = POWERS;
    c6 as f32
};

/// Lanes in one register: what is one instruction for each operation.
#[cfg(target_arch = "x86_64")]
macro_rules! arithmetic {
    ($number:ty, $set:ident, $add:ident, $sub:ident, $mul:ident, $div:ident, $mul_add:ident, $mul_sub:ident, $max:ident,
     $min:ident, $store:ident) => {
        type Number = $number;

        #[inline(always)]
        fn every(self, number: $number) -> Self {
            Self(registers!($set(number)))
        }

        #[inline(always)]
        fn add(self, other: Self) -> Self {
            Self(registers!($add(self.0, other.0)))
        }

        #[inline(always)]
        fn sub(self, other: Self) -> Self {
            Self(registers!($sub(self.0, other.0)))
        }

        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            Self(registers!($mul(self.0, other.0)))
        }

        #[inline(always)]
        fn div(self, other: Self) -> Self {
            Self(registers!($div(self.0, other.0)))
        }

        #[inline(always)]
        fn mul_add(self, factor: Self, addend: Self) -> Self {
            Self(registers!($mul_add(self.0, factor.0, addend.0)))
        }

        #[inline(always)]
        fn mul_sub(self, factor: Self, subtrahend: Self) -> Self {
            Self(registers!($mul_sub(self.0, factor.0, subtrahend.0)))
        }

        #[inline(always)]
        fn max(self, other: Self) -> Self {
            Self(registers!($max(self.0, other.0)))
        }

        #[inline(always)]
        fn min(self, other: Self) -> Self {
            Self(registers!($min(self.0, other.0)))
        }

        #[inline(always)]
        fn store(self, place: &mut [MaybeUninit<$number>]) {
            assert!(size_of_val(place) >= size_of::<Self>());
            // SAFETY: self proves the instructions, and there is room for all lanes.
            unsafe { $store(place.as_mut_ptr().cast(), self.0) }
        }
    };
}
#[cfg(target_arch = "x86_64")]
pub(crate) use arithmetic;
