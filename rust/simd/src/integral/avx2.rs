//! Four lanes of AVX2.

use std::arch::x86_64::*;

use super::kernel::Wide;
use crate::avx2::Avx2;

#[derive(Clone, Copy)]
pub(crate) struct Floats(__m256d);

#[derive(Clone, Copy)]
pub(crate) struct Integers(__m256i);

/// Runs intrinsics that read and write registers alone.
macro_rules! registers {
    ($intrinsics:expr) => {
        // SAFETY: `Avx2` exists only after its detection has found the instructions, and nothing here reads or writes
        // memory.
        unsafe { $intrinsics }
    };
}

/// 2^52: an integer below it in the bits of its fraction makes 2^52 plus the integer.
const UNITS: f64 = 4_503_599_627_370_496.0;

impl Wide for Avx2 {
    type Floats = Floats;
    type Integers = Integers;
    const LANES: usize = 4;

    #[inline(always)]
    fn floats(self, number: f64) -> Floats {
        Floats(registers!(_mm256_set1_pd(number)))
    }

    #[inline(always)]
    fn integers(self, number: i64) -> Integers {
        Integers(registers!(_mm256_set1_epi64x(number)))
    }

    #[inline(always)]
    fn load_floats(self, numbers: &[f64]) -> Floats {
        assert!(numbers.len() >= 4);
        // SAFETY: self proves the instructions, and 4 numbers are there.
        Floats(unsafe { _mm256_loadu_pd(numbers.as_ptr()) })
    }

    #[inline(always)]
    fn load_integers(self, numbers: &[i64]) -> Integers {
        assert!(numbers.len() >= 4);
        // SAFETY: self proves the instructions, and 4 numbers are there.
        Integers(unsafe { _mm256_loadu_si256(numbers.as_ptr().cast()) })
    }

    #[inline(always)]
    fn add(self, one: Floats, other: Floats) -> Floats {
        Floats(registers!(_mm256_add_pd(one.0, other.0)))
    }

    #[inline(always)]
    fn sub(self, one: Floats, other: Floats) -> Floats {
        Floats(registers!(_mm256_sub_pd(one.0, other.0)))
    }

    #[inline(always)]
    fn mul_add(self, one: Floats, other: Floats, addend: Floats) -> Floats {
        Floats(registers!(_mm256_fmadd_pd(one.0, other.0, addend.0)))
    }

    #[inline(always)]
    fn mul_sub(self, one: Floats, other: Floats, less: Floats) -> Floats {
        Floats(registers!(_mm256_fmsub_pd(one.0, other.0, less.0)))
    }

    #[inline(always)]
    fn largest(self, so_far: Floats, number: Floats) -> Floats {
        Floats(registers!(_mm256_max_pd(so_far.0, _mm256_andnot_pd(_mm256_set1_pd(-0.0), number.0))))
    }

    #[inline(always)]
    fn smallest(self, so_far: Floats, number: Floats) -> Floats {
        Floats(registers!({
            let magnitude = _mm256_andnot_pd(_mm256_set1_pd(-0.0), number.0);
            let zero = _mm256_cmp_pd::<_CMP_EQ_OQ>(magnitude, _mm256_setzero_pd());
            // with every bit of the exponent set a zero is no number, and the minimum is then its second operand
            _mm256_min_pd(_mm256_or_pd(magnitude, zero), so_far.0)
        }))
    }

    #[inline(always)]
    fn mul(self, one: Floats, other: Floats) -> Floats {
        Floats(registers!(_mm256_mul_pd(one.0, other.0)))
    }

    #[inline(always)]
    fn lower(self, one: Floats, other: Floats) -> Floats {
        Floats(registers!(_mm256_min_pd(one.0, other.0)))
    }

    #[inline(always)]
    fn upper(self, one: Floats, other: Floats) -> Floats {
        Floats(registers!(_mm256_max_pd(one.0, other.0)))
    }

    #[inline(always)]
    fn above(self, one: Floats, other: Floats) -> Integers {
        Integers(registers!(_mm256_castpd_si256(_mm256_cmp_pd::<_CMP_GT_OQ>(one.0, other.0))))
    }

    #[inline(always)]
    fn equal(self, one: Floats, other: Floats) -> Integers {
        Integers(registers!(_mm256_castpd_si256(_mm256_cmp_pd::<_CMP_EQ_OQ>(one.0, other.0))))
    }

    #[inline(always)]
    fn plus(self, one: Integers, other: Integers) -> Integers {
        Integers(registers!(_mm256_add_epi64(one.0, other.0)))
    }

    #[inline(always)]
    fn minus(self, one: Integers, other: Integers) -> Integers {
        Integers(registers!(_mm256_sub_epi64(one.0, other.0)))
    }

    #[inline(always)]
    fn or(self, one: Integers, other: Integers) -> Integers {
        Integers(registers!(_mm256_or_si256(one.0, other.0)))
    }

    #[inline(always)]
    fn and(self, one: Integers, other: Integers) -> Integers {
        Integers(registers!(_mm256_and_si256(one.0, other.0)))
    }

    #[inline(always)]
    fn at_most(self, integers: Integers, limit: Integers) -> Integers {
        Integers(registers!(_mm256_andnot_si256(_mm256_cmpgt_epi64(integers.0, limit.0), integers.0)))
    }

    #[inline(always)]
    fn convert(self, integers: Integers) -> Floats {
        Floats(registers!({
            let units = _mm256_set1_pd(UNITS);
            _mm256_sub_pd(_mm256_or_pd(_mm256_castsi256_pd(integers.0), units), units)
        }))
    }

    #[inline(always)]
    fn bits(self, floats: Floats) -> Integers {
        Integers(registers!(_mm256_castpd_si256(floats.0)))
    }

    #[inline(always)]
    fn lanes(self, integers: Integers) -> [i64; 8] {
        // SAFETY: both types are 32 bytes without a niche.
        let [a, b, c, d]: [i64; 4] = unsafe { std::mem::transmute(integers.0) };
        [a, b, c, d, 0, 0, 0, 0]
    }
}
