//! AVX2 with FMA and F16C: 8 lanes of f32, 4 of f64.

use std::arch::x86_64::*;

use half::{bf16, f16};

use crate::lanes::{Lanes, Machine, Series, series, series_f32};

/// Proof that the machine has AVX2, FMA and F16C.
#[derive(Clone, Copy)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// The proof, where the instructions are there.
    pub(crate) fn detect() -> Option<Self> {
        let there =
            is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") && is_x86_feature_detected!("f16c");
        there.then_some(Self(()))
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Singles(__m256);

#[derive(Clone, Copy)]
pub(crate) struct Doubles(__m256d);

/// Runs intrinsics that read and write registers alone.
macro_rules! registers {
    ($intrinsics:expr) => {
        // SAFETY: a value of a type of this module exists only after `Avx2::detect` has found the instructions, and
        // nothing here reads or writes memory.
        unsafe { $intrinsics }
    };
}

impl Machine for Avx2 {
    type Singles = Singles;
    type Doubles = Doubles;
    const LANES: usize = 8;

    #[inline(always)]
    fn single(self, number: f32) -> Singles {
        Singles(registers!(_mm256_set1_ps(number)))
    }

    #[inline(always)]
    fn double(self, number: f64) -> Doubles {
        Doubles(registers!(_mm256_set1_pd(number)))
    }

    #[inline(always)]
    fn load_f32(self, numbers: &[f32]) -> Singles {
        assert!(numbers.len() >= 8);
        // SAFETY: self proves the instructions, and 8 numbers are there.
        Singles(unsafe { _mm256_loadu_ps(numbers.as_ptr()) })
    }

    #[inline(always)]
    fn load_f16(self, numbers: &[f16]) -> Singles {
        assert!(numbers.len() >= 8);
        // SAFETY: self proves the instructions, and 8 numbers are there.
        Singles(unsafe { _mm256_cvtph_ps(_mm_loadu_si128(numbers.as_ptr().cast())) })
    }

    #[inline(always)]
    fn load_bf16(self, numbers: &[bf16]) -> Singles {
        assert!(numbers.len() >= 8);
        // SAFETY: self proves the instructions, and 8 numbers are there.
        let bits = unsafe { _mm_loadu_si128(numbers.as_ptr().cast()) };
        Singles(registers!(_mm256_castsi256_ps(_mm256_slli_epi32::<16>(_mm256_cvtepu16_epi32(bits)))))
    }

    #[inline(always)]
    fn load_f64(self, numbers: &[f64]) -> [Doubles; 2] {
        assert!(numbers.len() >= 8);
        // SAFETY: self proves the instructions, and 8 numbers are there.
        unsafe { [Doubles(_mm256_loadu_pd(numbers.as_ptr())), Doubles(_mm256_loadu_pd(numbers.as_ptr().add(4)))] }
    }

    #[inline(always)]
    fn widen(self, singles: Singles) -> [Doubles; 2] {
        let (low, high) = registers!((_mm256_castps256_ps128(singles.0), _mm256_extractf128_ps::<1>(singles.0)));
        [Doubles(registers!(_mm256_cvtps_pd(low))), Doubles(registers!(_mm256_cvtps_pd(high)))]
    }

    #[inline(always)]
    fn prefetch<T>(self, address: *const T) {
        // SAFETY: a prefetch of any address, mapped or not, has no effect but on the caches.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) }
    }
}

impl Lanes for Singles {
    type Number = f32;
    type Mask = __m256;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(registers!(_mm256_add_ps(self.0, other.0)))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(registers!(_mm256_sub_ps(self.0, other.0)))
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(registers!(_mm256_mul_ps(self.0, other.0)))
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        Self(registers!(_mm256_fmadd_ps(self.0, factor.0, addend.0)))
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(registers!(_mm256_max_ps(self.0, other.0)))
    }

    #[inline(always)]
    fn at_least(self, other: Self) -> __m256 {
        registers!(_mm256_cmp_ps::<_CMP_GE_OQ>(self.0, other.0))
    }

    #[inline(always)]
    fn keep(self, mask: __m256) -> Self {
        Self(registers!(_mm256_and_ps(self.0, mask)))
    }

    #[inline(always)]
    fn binade(self, mask: __m256) -> Self {
        Self(registers!(_mm256_and_ps(_mm256_and_ps(self.0, mask), _mm256_set1_ps(f32::INFINITY))))
    }

    #[inline(always)]
    fn exp(self, mask: __m256) -> Self {
        series_f32(self, mask)
    }

    #[inline(always)]
    fn total(self) -> f64 {
        let [low, high] = Avx2(()).widen(self);
        low.add(high).total()
    }

    #[inline(always)]
    fn largest(self) -> f32 {
        registers!({
            let four = _mm_max_ps(_mm256_castps256_ps128(self.0), _mm256_extractf128_ps::<1>(self.0));
            let two = _mm_max_ps(four, _mm_movehl_ps(four, four));
            _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)))
        })
    }

    #[inline(always)]
    fn both(one: __m256, other: __m256) -> __m256 {
        registers!(_mm256_and_ps(one, other))
    }

    #[inline(always)]
    fn any(mask: __m256) -> bool {
        registers!(_mm256_movemask_ps(mask)) != 0
    }

    #[inline(always)]
    fn all(mask: __m256) -> bool {
        registers!(_mm256_movemask_ps(mask)) == 0xff
    }
}

impl Series for Singles {
    #[inline(always)]
    fn every(self, number: f32) -> Self {
        Self(registers!(_mm256_set1_ps(number)))
    }

    #[inline(always)]
    fn power_of_two(self) -> Self {
        registers!({
            let exponent = _mm256_add_epi32(_mm256_castps_si256(self.0), _mm256_set1_epi32(127));
            Self(_mm256_castsi256_ps(_mm256_slli_epi32::<23>(exponent)))
        })
    }
}

impl Lanes for Doubles {
    type Number = f64;
    type Mask = __m256d;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(registers!(_mm256_add_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(registers!(_mm256_sub_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(registers!(_mm256_mul_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        Self(registers!(_mm256_fmadd_pd(self.0, factor.0, addend.0)))
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(registers!(_mm256_max_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn at_least(self, other: Self) -> __m256d {
        registers!(_mm256_cmp_pd::<_CMP_GE_OQ>(self.0, other.0))
    }

    #[inline(always)]
    fn keep(self, mask: __m256d) -> Self {
        Self(registers!(_mm256_and_pd(self.0, mask)))
    }

    #[inline(always)]
    fn binade(self, mask: __m256d) -> Self {
        Self(registers!(_mm256_and_pd(_mm256_and_pd(self.0, mask), _mm256_set1_pd(f64::INFINITY))))
    }

    #[inline(always)]
    fn exp(self, mask: __m256d) -> Self {
        series(self, mask)
    }

    #[inline(always)]
    fn total(self) -> f64 {
        registers!({
            let two = _mm_add_pd(_mm256_castpd256_pd128(self.0), _mm256_extractf128_pd::<1>(self.0));
            _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)))
        })
    }

    #[inline(always)]
    fn largest(self) -> f64 {
        registers!({
            let two = _mm_max_pd(_mm256_castpd256_pd128(self.0), _mm256_extractf128_pd::<1>(self.0));
            _mm_cvtsd_f64(_mm_max_sd(two, _mm_unpackhi_pd(two, two)))
        })
    }

    #[inline(always)]
    fn both(one: __m256d, other: __m256d) -> __m256d {
        registers!(_mm256_and_pd(one, other))
    }

    #[inline(always)]
    fn any(mask: __m256d) -> bool {
        registers!(_mm256_movemask_pd(mask)) != 0
    }

    #[inline(always)]
    fn all(mask: __m256d) -> bool {
        registers!(_mm256_movemask_pd(mask)) == 0xf
    }
}

impl Series for Doubles {
    #[inline(always)]
    fn every(self, number: f64) -> Self {
        Self(registers!(_mm256_set1_pd(number)))
    }

    #[inline(always)]
    fn power_of_two(self) -> Self {
        registers!({
            let exponent = _mm256_add_epi64(_mm256_castpd_si256(self.0), _mm256_set1_epi64x(1023));
            Self(_mm256_castsi256_pd(_mm256_slli_epi64::<52>(exponent)))
        })
    }
}
