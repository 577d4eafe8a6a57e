//! Plain Rust in small arrays, which the compiler turns into the vector instructions that every machine of the target
//! has: NEON on aarch64, SSE2 on x86-64.

use std::mem::MaybeUninit;

use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};

use crate::lanes::{
    HIGHEST, HIGHEST_F32, Lanes, Machine, POWERS, POWERS_F32, Series, TO_INTEGER, TO_INTEGER_F32, power, series,
};

/// No instructions but those that every machine has.
#[derive(Clone, Copy)]
pub(crate) struct Portable;

#[derive(Clone, Copy)]
pub(crate) struct Singles([f32; 8]);

#[derive(Clone, Copy)]
pub(crate) struct Doubles([f64; 4]);

/// The results of one operation on the lanes of two operands.
#[inline(always)]
pub(crate) fn zip<A: Copy, B, C: Copy + Default, const N: usize>(
    one: [A; N],
    other: [B; N],
    of: impl Fn(A, B) -> C,
) -> [C; N] {
    let mut results = [C::default(); N];
    results.iter_mut().zip(one).zip(other).for_each(|((result, one), other)| *result = of(one, other));
    results
}

impl Machine for Portable {
    type Singles = Singles;
    type Doubles = Doubles;
    const LANES: usize = 8;
    const FUSED: bool = cfg!(target_arch = "aarch64");

    #[inline(always)]
    fn single(self, number: f32) -> Singles {
        Singles([number; 8])
    }

    #[inline(always)]
    fn double(self, number: f64) -> Doubles {
        Doubles([number; 4])
    }

    #[inline(always)]
    fn load_f32(self, numbers: &[f32]) -> Singles {
        Singles(numbers.first_chunk().copied().unwrap_or_default())
    }

    #[inline(always)]
    fn load_f16(self, numbers: &[f16]) -> Singles {
        let mut widened = [0.0; 8];
        numbers.first_chunk::<8>().copied().unwrap_or_default().convert_to_f32_slice(&mut widened);
        Singles(widened)
    }

    #[inline(always)]
    fn load_bf16(self, numbers: &[bf16]) -> Singles {
        let numbers = numbers.first_chunk::<8>().copied().unwrap_or_default();
        Singles(numbers.map(|number| f32::from_bits(u32::from(number.to_bits()) << 16)))
    }

    #[inline(always)]
    fn load_f64(self, numbers: &[f64]) -> [Doubles; 2] {
        let [a, b, c, d, e, f, g, h] = numbers.first_chunk().copied().unwrap_or_default();
        [Doubles([a, b, c, d]), Doubles([e, f, g, h])]
    }

    #[inline(always)]
    fn load_wide(self, numbers: &[f32]) -> [Doubles; 2] {
        self.widen(self.load_f32(numbers))
    }

    #[inline(always)]
    fn widen(self, singles: Singles) -> [Doubles; 2] {
        let [a, b, c, d, e, f, g, h] = singles.0.map(f64::from);
        [Doubles([a, b, c, d]), Doubles([e, f, g, h])]
    }

    #[inline(always)]
    fn pack(self, numbers: Singles, Singles(bound): Singles, place: &mut [MaybeUninit<f32>]) -> usize {
        let mut count = 0;
        for (number, bound) in numbers.0.into_iter().zip(bound) {
            place.get_mut(count).into_iter().for_each(|place| *place = MaybeUninit::new(number));
            count += usize::from(number >= bound);
        }
        count
    }

    #[inline(always)]
    fn prefetch<T>(self, _address: *const T) {}
}

/// The operations on the lanes, which are the same for both numbers.
macro_rules! lanes {
    ($type:ident, $number:ty, $fraction_bits:literal, $bias:literal, $to_integer:ident, $powers:ident, $highest:ident) => {
        impl Lanes for $type {
            type Number = $number;
            const STEPS: f64 = 1.0;

            #[inline(always)]
            fn every(self, number: $number) -> Self {
                Self([number; <$type>::COUNT])
            }

            #[inline(always)]
            fn add(self, other: Self) -> Self {
                Self(zip(self.0, other.0, |one, other| one + other))
            }

            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                Self(zip(self.0, other.0, |one, other| one - other))
            }

            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                Self(zip(self.0, other.0, |one, other| one * other))
            }

            #[inline(always)]
            fn div(self, other: Self) -> Self {
                Self(zip(self.0, other.0, |one, other| one / other))
            }

            #[inline(always)]
            fn mul_add(self, factor: Self, addend: Self) -> Self {
                // Where the fused operation is no instruction, it would be a slow function.
                if cfg!(target_arch = "aarch64") {
                    let factors = zip(self.0, factor.0, |one, factor| (one, factor));
                    Self(zip(factors, addend.0, |(one, factor), addend| one.mul_add(factor, addend)))
                } else {
                    self.mul(factor).add(addend)
                }
            }

            #[inline(always)]
            fn mul_sub(self, factor: Self, subtrahend: Self) -> Self {
                if cfg!(target_arch = "aarch64") {
                    return self.mul_add(factor, Self(subtrahend.0.map(|number| -number)));
                }
                // In f64, where the product of two f32 is exact.
                let products = zip(self.0, factor.0, |one, factor| f64::from(one) * f64::from(factor));
                Self(zip(products, subtrahend.0, |product, number| (product - f64::from(number)) as $number))
            }

            #[inline(always)]
            fn max(self, other: Self) -> Self {
                Self(zip(self.0, other.0, |one, other| if one > other { one } else { other }))
            }

            #[inline(always)]
            fn min(self, other: Self) -> Self {
                Self(zip(self.0, other.0, |one, other| if one < other { one } else { other }))
            }

            #[inline(always)]
            fn where_at_least(self, left: Self, right: Self) -> Self {
                let there = zip(left.0, right.0, |left, right| left >= right);
                Self(zip(self.0, there, |one, there| if there { one } else { 0.0 }))
            }

            #[inline(always)]
            fn any_at_least(self, bound: Self) -> bool {
                zip(self.0, bound.0, |one, bound| one >= bound).into_iter().fold(false, |one, other| one | other)
            }

            #[inline(always)]
            fn binade(self) -> Self {
                let infinity = <$number>::INFINITY.to_bits();
                Self(self.0.map(|one| <$number>::from_bits(one.to_bits() & infinity)))
            }

            #[inline(always)]
            fn split_exp(self, slope: Self) -> (Self, Self) {
                series(self, slope)
            }

            #[inline(always)]
            fn power(self) -> Self {
                power(self)
            }

            #[inline(always)]
            fn total(self) -> f64 {
                let mut sums = self.0.map(f64::from);
                let mut half = Self::COUNT / 2;
                while half > 0 {
                    let (low, high) = sums.split_at_mut(half);
                    low.iter_mut().zip(high).for_each(|(low, high)| *low += *high);
                    half /= 2;
                }
                sums.first().copied().unwrap_or_default()
            }

            #[inline(always)]
            fn largest(self) -> $number {
                self.0.into_iter().fold(<$number>::NEG_INFINITY, |one, other| if one > other { one } else { other })
            }

            #[inline(always)]
            fn store(self, place: &mut [MaybeUninit<$number>]) {
                place.iter_mut().zip(self.0).for_each(|(place, number)| *place = MaybeUninit::new(number));
            }
        }

        impl Series for $type {
            const TO_INTEGER: $number = $to_integer;
            const COEFFICIENTS: &[$number] = &$powers;
            const HIGHEST: $number = $highest;

            #[inline(always)]
            fn power_of_two(self) -> Self {
                Self(self.0.map(|shifted| {
                    <$number>::from_bits(shifted.to_bits().wrapping_add($bias).wrapping_shl($fraction_bits))
                }))
            }
        }
    };
}

impl Singles {
    const COUNT: usize = 8;
}

impl Doubles {
    const COUNT: usize = 4;
}

lanes!(Singles, f32, 23, 127, TO_INTEGER_F32, POWERS_F32, HIGHEST_F32);
lanes!(Doubles, f64, 52, 1023, TO_INTEGER, POWERS, HIGHEST);
