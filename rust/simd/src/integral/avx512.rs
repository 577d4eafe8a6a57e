//! Eight lanes of AVX-512.

use std::arch::x86_64::*;

use super::kernel::Wide;
use crate::avx512::Avx512;

#[derive(Clone, Copy)]
pub(crate) struct Floats(__m512d);

#[derive(Clone, Copy)]
pub(crate) struct Integers(__m512i);

/// Runs intrinsics that read and write registers alone.
macro_rules! registers {
    ($intrinsics:expr) => {
        // SAFETY: `Avx512` exists only after its detection has found the instructions, and nothing here reads or writes
        // memory.
        unsafe { $intrinsics }
    };
}

impl Wide for Avx512 {
    type Floats = Floats;
    type Integers = Integers;
    const LANES: usize = 8;

    #[inline(always)]
    fn floats(self, number: f64) -> Floats {
        Floats(registers!(_mm512_set1_pd(number)))
    }

    #[inline(always)]
    fn integers(self, number: i64) -> Integers {
        Integers(registers!(_mm512_set1_epi64(number)))
    }

    #[inline(always)]
    fn load_floats(self, numbers: &[f64]) -> Floats {
        assert!(numbers.len() >= 8);
        // SAFETY: self proves the instructions, and 8 numbers are there.
        Floats(unsafe { _mm512_loadu_pd(numbers.as_ptr()) })
    }

    #[inline(always)]
    fn load_integers(self, numbers: &[i64]) -> Integers {
        assert!(numbers.len() >= 8);
        // SAFETY: self proves the instructions, and 8 numbers are there.
        Integers(unsafe { _mm512_loadu_si512(numbers.as_ptr().cast()) })
    }

    #[inline(always)]
    fn add(self, one: Floats, other: Floats) -> Floats {
        Floats(registers!(_mm512_add_pd(one.0, other.0)))
    }

    #[inline(always)]
    fn sub(self, one: Floats, other: Floats) -> Floats {
        Floats(registers!(_mm512_sub_pd(one.0, other.0)))
    }

    #[inline(always)]
    fn mul_add(self, one: Floats, other: Floats, addend: Floats) -> Floats {
        Floats(registers!(_mm512_fmadd_pd(one.0, other.0, addend.0)))
    }

    #[inline(always)]
    fn mul_sub(self, one: Floats, other: Floats, less: Floats) -> Floats {
        Floats(registers!(_mm512_fmsub_pd(one.0, other.0, less.0)))
    }

    #[inline(always)]
    fn largest(self, so_far: Floats, number: Floats) -> Floats {
        Floats(registers!(_mm512_max_pd(so_far.0, _mm512_abs_pd(number.0))))
    }

    #[inline(always)]
    fn smallest(self, so_far: Floats, number: Floats) -> Floats {
        Floats(registers!({
            let magnitude = _mm512_abs_pd(number.0);
            let other = _mm512_cmp_pd_mask::<_CMP_NEQ_OQ>(magnitude, _mm512_setzero_pd());
            _mm512_mask_min_pd(so_far.0, other, so_far.0, magnitude)
        }))
    }

    #[inline(always)]
    fn mul(self, one: Floats, other: Floats) -> Floats {
        Floats(registers!(_mm512_mul_pd(one.0, other.0)))
    }

    #[inline(always)]
    fn lower(self, one: Floats, other: Floats) -> Floats {
        Floats(registers!(_mm512_min_pd(one.0, other.0)))
    }

    #[inline(always)]
    fn upper(self, one: Floats, other: Floats) -> Floats {
        Floats(registers!(_mm512_max_pd(one.0, other.0)))
    }

    #[inline(always)]
    fn above(self, one: Floats, other: Floats) -> Integers {
        Integers(registers!(_mm512_movm_epi64(_mm512_cmp_pd_mask::<_CMP_GT_OQ>(one.0, other.0))))
    }

    #[inline(always)]
    fn equal(self, one: Floats, other: Floats) -> Integers {
        Integers(registers!(_mm512_movm_epi64(_mm512_cmp_pd_mask::<_CMP_EQ_OQ>(one.0, other.0))))
    }

    #[inline(always)]
    fn plus(self, one: Integers, other: Integers) -> Integers {
        Integers(registers!(_mm512_add_epi64(one.0, other.0)))
    }

    #[inline(always)]
    fn minus(self, one: Integers, other: Integers) -> Integers {
        Integers(registers!(_mm512_sub_epi64(one.0, other.0)))
    }

    #[inline(always)]
    fn or(self, one: Integers, other: Integers) -> Integers {
        Integers(registers!(_mm512_or_si512(one.0, other.0)))
    }

    #[inline(always)]
    fn and(self, one: Integers, other: Integers) -> Integers {
        Integers(registers!(_mm512_and_si512(one.0, other.0)))
    }

    #[inline(always)]
    fn at_most(self, integers: Integers, limit: Integers) -> Integers {
        Integers(registers!(_mm512_maskz_mov_epi64(_mm512_cmple_epi64_mask(integers.0, limit.0), integers.0)))
    }

    #[inline(always)]
    fn convert(self, integers: Integers) -> Floats {
        Floats(registers!(_mm512_cvtepi64_pd(integers.0)))
    }

    #[inline(always)]
    fn bits(self, floats: Floats) -> Integers {
        Integers(registers!(_mm512_castpd_si512(floats.0)))
    }

    #[inline(always)]
    fn lanes(self, integers: Integers) -> [i64; 8] {
        // SAFETY: both types are 64 bytes without a niche.
        unsafe { std::mem::transmute(integers.0) }
    }
}
