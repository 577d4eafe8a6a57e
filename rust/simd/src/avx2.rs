//! AVX2 with FMA and F16C: 8 lanes of f32, 4 of f64.

use std::arch::x86_64::*;
use std::mem::MaybeUninit;

use half::{bf16, f16};

use crate::lanes::{
    HIGHEST, HIGHEST_F32, Lanes, Machine, POWERS, POWERS_F32, Series, TO_INTEGER, TO_INTEGER_F32, arithmetic, power,
    series,
};

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

/// For each set of lanes their numbers in order, a byte each.
static PACKED: [i64; 256] = {
    let mut packed = [0; 256];
    let mut set = 0;
    while set < 256 {
        let (mut lane, mut shift) = (0, 0);
        while lane < 8 {
            if set >> lane & 1 == 1 {
                #[allow(clippy::indexing_slicing, reason = "set is below the length, and the compiler evaluates it")]
                {
                    packed[set] |= (lane as i64) << shift;
                }
                shift += 8;
            }
            lane += 1;
        }
        set += 1;
    }
    packed
};

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
    fn load_wide(self, numbers: &[f32]) -> [Doubles; 2] {
        assert!(numbers.len() >= 8);
        // SAFETY: self proves the instructions, and 8 numbers are there.
        unsafe {
            let (low, high) = (_mm_loadu_ps(numbers.as_ptr()), _mm_loadu_ps(numbers.as_ptr().add(4)));
            [Doubles(_mm256_cvtps_pd(low)), Doubles(_mm256_cvtps_pd(high))]
        }
    }

    #[inline(always)]
    fn widen(self, singles: Singles) -> [Doubles; 2] {
        let (low, high) = registers!((_mm256_castps256_ps128(singles.0), _mm256_extractf128_ps::<1>(singles.0)));
        [Doubles(registers!(_mm256_cvtps_pd(low))), Doubles(registers!(_mm256_cvtps_pd(high)))]
    }

    #[inline(always)]
    fn pack(self, numbers: Singles, bound: Singles, place: &mut [MaybeUninit<f32>]) -> usize {
        let there = registers!(_mm256_movemask_ps(_mm256_cmp_ps::<_CMP_GE_OQ>(numbers.0, bound.0))) as usize;
        let order = PACKED.get(there & 0xff).copied().unwrap_or_default();
        let order = registers!(_mm256_cvtepu8_epi32(_mm_cvtsi64_si128(order)));
        Singles(registers!(_mm256_permutevar8x32_ps(numbers.0, order))).store(place);
        there.count_ones() as usize
    }

    #[inline(always)]
    fn prefetch<T>(self, address: *const T) {
        // SAFETY: a prefetch of any address, mapped or not, has no effect but on the caches.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) }
    }
}

impl Lanes for Singles {
    arithmetic!(
        f32,
        _mm256_set1_ps,
        _mm256_add_ps,
        _mm256_sub_ps,
        _mm256_mul_ps,
        _mm256_div_ps,
        _mm256_fmadd_ps,
        _mm256_fmsub_ps,
        _mm256_max_ps,
        _mm256_min_ps,
        _mm256_storeu_ps
    );
    const STEPS: f64 = 1.0;

    #[inline(always)]
    fn where_at_least(self, left: Self, right: Self) -> Self {
        Self(registers!(_mm256_and_ps(_mm256_cmp_ps::<_CMP_GE_OQ>(left.0, right.0), self.0)))
    }

    #[inline(always)]
    fn any_at_least(self, bound: Self) -> bool {
        registers!(_mm256_movemask_ps(_mm256_cmp_ps::<_CMP_GE_OQ>(self.0, bound.0))) != 0
    }

    #[inline(always)]
    fn binade(self) -> Self {
        Self(registers!(_mm256_and_ps(self.0, _mm256_set1_ps(f32::INFINITY))))
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
}

impl Series for Singles {
    const TO_INTEGER: f32 = TO_INTEGER_F32;
    const COEFFICIENTS: &[f32] = &POWERS_F32;
    const HIGHEST: f32 = HIGHEST_F32;

    #[inline(always)]
    fn power_of_two(self) -> Self {
        registers!({
            let exponent = _mm256_add_epi32(_mm256_castps_si256(self.0), _mm256_set1_epi32(127));
            Self(_mm256_castsi256_ps(_mm256_slli_epi32::<23>(exponent)))
        })
    }
}

impl Lanes for Doubles {
    arithmetic!(
        f64,
        _mm256_set1_pd,
        _mm256_add_pd,
        _mm256_sub_pd,
        _mm256_mul_pd,
        _mm256_div_pd,
        _mm256_fmadd_pd,
        _mm256_fmsub_pd,
        _mm256_max_pd,
        _mm256_min_pd,
        _mm256_storeu_pd
    );
    const STEPS: f64 = 1.0;

    #[inline(always)]
    fn where_at_least(self, left: Self, right: Self) -> Self {
        Self(registers!(_mm256_and_pd(_mm256_cmp_pd::<_CMP_GE_OQ>(left.0, right.0), self.0)))
    }

    #[inline(always)]
    fn any_at_least(self, bound: Self) -> bool {
        registers!(_mm256_movemask_pd(_mm256_cmp_pd::<_CMP_GE_OQ>(self.0, bound.0))) != 0
    }

    #[inline(always)]
    fn binade(self) -> Self {
        Self(registers!(_mm256_and_pd(self.0, _mm256_set1_pd(f64::INFINITY))))
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
}

impl Series for Doubles {
    const TO_INTEGER: f64 = TO_INTEGER;
    const COEFFICIENTS: &[f64] = &POWERS;
    const HIGHEST: f64 = HIGHEST;

    #[inline(always)]
    fn power_of_two(self) -> Self {
        registers!({
            let exponent = _mm256_add_epi64(_mm256_castpd_si256(self.0), _mm256_set1_epi64x(1023));
            Self(_mm256_castsi256_pd(_mm256_slli_epi64::<52>(exponent)))
        })
    }
}
