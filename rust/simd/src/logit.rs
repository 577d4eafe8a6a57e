//! Exact widening of real number types to `f64`, and the rounding that their storage brought.

use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};

use crate::dispatch;
use crate::row::{RowSums, Softmax};

/// A real number type in which logits are stored.
pub trait Logit: Copy + Send + Sync + 'static {
    /// The name of the type, as NumPy and PyTorch print it.
    const NAME: &'static str;
    /// The bits of the significand, the hidden one included.
    const PRECISION: i32;
    /// The exponent of the smallest normal number.
    const MIN_EXPONENT: i32;

    /// The same number as `f64`: exact for all four types.
    fn widen(self) -> f64;

    /// Writes the same numbers as `f64` in the place of as many others.
    fn widen_all(numbers: &[Self], widened: &mut [f64]);

    /// Half the spacing of this type at the number: the largest error of rounding to nearest. [unit of the number]
    ///
    /// delta = 2^(e - precision) for |x| in [2^e, 2^(e+1)), with e not below the smallest normal exponent. It is 0 for
    /// `f64`, in which nothing is known to have been rounded, and for numbers that are not finite.
    ///
    /// # Examples
    ///
    /// A bfloat16 logit between 16 and 32 is known to 0.0625:
    ///
    /// ```
    /// use half::bf16;
    /// use szilard_simd::Logit;
    /// assert_eq!(bf16::from_f32(20.0).half_spacing(), 0.0625);
    /// assert_eq!(20.0_f64.half_spacing(), 0.0);
    /// ```
    fn half_spacing(self) -> f64 {
        Self::half_spacing_at(self.widen())
    }

    /// The same of a number that was widened.
    fn half_spacing_at(value: f64) -> f64 {
        if Self::PRECISION >= f64::MANTISSA_DIGITS as i32 || !value.is_finite() {
            return 0.0;
        }
        // All numbers of the narrower types are normal in f64, so the biased exponent field is the exponent; zero has 0.
        let exponent = ((value.to_bits() >> 52) & 0x7ff) as i32 - 1023;
        (2.0_f64).powi(exponent.max(Self::MIN_EXPONENT) - Self::PRECISION)
    }

    /// Replaces the numbers by those that the bytes hold; what is left over of the bytes is ignored.
    fn from_bytes(bytes: &[u8], big_endian: bool, numbers: &mut Vec<Self>);

    /// Takes the next numbers of a row, at most [`crate::BLOCK`] of them, into its sums.
    ///
    /// # Errors
    ///
    /// The place in the block of the first number that is NaN or +inf; the sums are then unchanged.
    fn absorb(block: &[Self], sums: &mut RowSums, softmax: &Softmax) -> Result<(), usize>;
}

/// The four types differ in what IEEE 754 says of them (bfloat16: the upper half of a binary32) and how they widen.
macro_rules! logit {
    ($type:ty, $name:literal, $precision:literal, $min_exponent:literal, $widen:expr, $widen_all:expr) => {
        impl Logit for $type {
            const NAME: &'static str = $name;
            const PRECISION: i32 = $precision;
            const MIN_EXPONENT: i32 = $min_exponent;

            fn widen(self) -> f64 {
                $widen(self)
            }

            fn widen_all(numbers: &[Self], widened: &mut [f64]) {
                $widen_all(numbers, widened)
            }

            fn from_bytes(bytes: &[u8], big_endian: bool, numbers: &mut Vec<Self>) {
                numbers_of(bytes, if big_endian { Self::from_be_bytes } else { Self::from_le_bytes }, numbers);
            }

            fn absorb(block: &[Self], sums: &mut RowSums, softmax: &Softmax) -> Result<(), usize> {
                dispatch::absorb(block, sums, softmax)
            }
        }
    };
}

logit!(f64, "float64", 53, -1022, f64::from, copy);
logit!(f32, "float32", 24, -126, f64::from, copy);
logit!(f16, "float16", 11, -14, Self::to_f64, HalfFloatSliceExt::convert_to_f64_slice);
logit!(bf16, "bfloat16", 8, -126, Self::to_f64, HalfFloatSliceExt::convert_to_f64_slice);

fn copy<T: Copy + Into<f64>>(numbers: &[T], widened: &mut [f64]) {
    widened.iter_mut().zip(numbers).for_each(|(widened, number)| *widened = (*number).into());
}

fn numbers_of<T, const N: usize>(bytes: &[u8], from: fn([u8; N]) -> T, numbers: &mut Vec<T>) {
    numbers.clear();
    numbers.extend(bytes.as_chunks::<N>().0.iter().map(|chunk| from(*chunk)));
}

/// The elements of a slice as `f64`, in their order: exact for all four types.
pub fn widen_slice<T: Logit>(values: &[T]) -> Vec<f64> {
    let mut widened = vec![0.0; values.len()];
    T::widen_all(values, &mut widened);
    widened
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bfloat16_and_float16_widens_as_the_bits_say() {
        for bits in 0..=u16::MAX {
            // bfloat16 is the upper half of a float32.
            let expected = f64::from(f32::from_bits(u32::from(bits) << 16));
            let widened = bf16::from_bits(bits).widen();
            assert!(widened == expected || (widened.is_nan() && expected.is_nan()), "{bits:04x}");

            // float16: sign, 5 bits of exponent (bias 15), 10 bits of fraction.
            let (sign, exponent, fraction) = (bits >> 15, i32::from((bits >> 10) & 31), f64::from(bits & 1023));
            let magnitude = match exponent {
                31 if fraction == 0.0 => f64::INFINITY,
                31 => f64::NAN,
                0 => fraction * 2.0_f64.powi(-24),
                _ => (1024.0 + fraction) * 2.0_f64.powi(exponent - 25),
            };
            let expected = if sign == 1 { -magnitude } else { magnitude };
            let widened = f16::from_bits(bits).widen();
            assert!(widened == expected || (widened.is_nan() && expected.is_nan()), "{bits:04x}");
        }
    }

    #[test]
    fn half_spacing_is_half_the_distance_to_the_next_number() {
        for x in [0.0_f32, 1e-45, 1.0, 1.5, 16.0, 31.9, 1e30, f32::MIN_POSITIVE] {
            let next = f32::from_bits(x.to_bits() + 1);
            assert_eq!(x.half_spacing(), (f64::from(next) - f64::from(x)) / 2.0, "{x}");
            assert_eq!((-x).half_spacing(), x.half_spacing());
        }
        assert_eq!(f16::from_f32(1.0).half_spacing(), 2.0_f64.powi(-11));
        assert_eq!(f32::NEG_INFINITY.half_spacing(), 0.0);
    }

    #[test]
    fn a_slice_keeps_its_order() {
        assert_eq!(widen_slice(&[1.5_f32, -0.0, f32::NEG_INFINITY]), [1.5, 0.0, f64::NEG_INFINITY]);
    }
}
