//! AVX-512: 16 lanes of f32, 8 of f64, and a table of parts of an octave in registers for the exponential.

use std::arch::x86_64::*;
use std::f64::consts::LN_2;
use std::mem::MaybeUninit;

use half::{bf16, f16};

use crate::lanes::{Lanes, Machine, TO_INTEGER, TO_INTEGER_F32, arithmetic};

/// Proof that the machine has AVX-512F, AVX-512DQ and what all machines with these have.
#[derive(Clone, Copy)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// The proof, where the instructions are there.
    pub(crate) fn detect() -> Option<Self> {
        let there = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq");
        there.then_some(Self(()))
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Singles(__m512);

#[derive(Clone, Copy)]
pub(crate) struct Doubles(__m512d);

/// Runs intrinsics that read and write registers alone.
macro_rules! registers {
    ($intrinsics:expr) => {
        // SAFETY: a value of a type of this module exists only after `Avx512::detect` has found the instructions, and
        // nothing here reads or writes memory.
        unsafe { $intrinsics }
    };
}

/// 2^(j/16), j = 0 to 15, correctly rounded.
const SIXTEENTHS: [f64; 16] = [
    1.0,
    1.044_273_782_427_413_8,
    1.090_507_732_665_257_7,
    1.138_788_634_756_691_6,
    1.189_207_115_002_721,
    1.241_857_812_073_484,
    1.296_839_554_651_009_6,
    1.354_255_546_936_892_7,
    std::f64::consts::SQRT_2,
    1.476_826_145_939_499_3,
    1.542_210_825_407_940_7,
    1.610_490_331_949_254_3,
    1.681_792_830_507_429,
    1.756_252_160_373_299_5,
    1.834_008_086_409_342_4,
    1.915_206_561_397_147_2,
];

/// The table, less j in the highest bits of the fraction: adding n = 16 k + j there gives the bits of 2^(k + j/16).
const TABLE: [f64; 16] = {
    let mut table = SIXTEENTHS;
    let mut j = 0;
    while j < 16 {
        #[allow(clippy::indexing_slicing, reason = "j is below the length, and the compiler evaluates it")]
        {
            table[j] = f64::from_bits(SIXTEENTHS[j].to_bits().wrapping_sub((j as u64) << 48));
        }
        j += 1;
    }
    table
};

/// The same for 2^(j/32), j = 0 to 31.
const TABLE_F32: [f32; 32] = {
    const STEP: f64 = 1.021_897_148_654_116_7;
    let mut table = [0.0; 32];
    let mut j = 0;
    while j < 32 {
        #[allow(clippy::indexing_slicing, reason = "j/2 is below the length, and the compiler evaluates it")]
        {
            let power = SIXTEENTHS[j / 2] * if j % 2 == 1 { STEP } else { 1.0 };
            table[j] = f32::from_bits((power as f32).to_bits().wrapping_sub((j as u32) << 18));
        }
        j += 1;
    }
    table
};

/// The coefficients of 2^(r/16), |r| <= 1/2, from r^5 to r: c^k/k! with c = ln2/16, the term with r^6 spread over r^4
/// and r^2. The rest is below (c/2)^6/5760 = 2e-14.
const POWERS: [f64; 5] = {
    const C: f64 = LN_2 / 16.0;
    const SQUARE: f64 = C * C;
    const HALF: f64 = SQUARE / 4.0;
    [
        SQUARE * SQUARE * C / 120.0,
        SQUARE * SQUARE * (1.0 / 24.0 + HALF / 720.0),
        SQUARE * C / 6.0,
        SQUARE * (0.5 - HALF * HALF / 5760.0),
        C,
    ]
};

/// Those of 2^(r/32) from r^2 to r, the term with r^3 spread: with c = ln2/32 the rest is below (c/2)^3/24 = 5e-8.
const POWERS_F32: [f32; 2] = {
    const C: f64 = LN_2 / 32.0;
    [(C * C / 2.0) as f32, (C * (1.0 + C * C / 32.0)) as f32]
};

/// The distance from the nearest integer, without a flag.
const NEAREST: i32 = 0x08;

/// b and l with 2^((n + r)/16) = b (1 + l); n stands in the low bits of a number.
///
/// # Safety
///
/// The machine must have the instructions.
#[inline(always)]
unsafe fn split_f64(shifted: __m512d, r: __m512d) -> (Doubles, Doubles) {
    registers!({
        let [c5, c4, c3, c2, c1] = POWERS;
        let q = _mm512_fmadd_pd(r, _mm512_set1_pd(c5), _mm512_set1_pd(c4));
        let q = _mm512_fmadd_pd(r, q, _mm512_set1_pd(c3));
        let q = _mm512_fmadd_pd(r, q, _mm512_set1_pd(c2));
        let less_one = _mm512_mul_pd(r, _mm512_fmadd_pd(r, q, _mm512_set1_pd(c1)));
        let n = _mm512_castpd_si512(shifted);
        let (low, high) = (_mm512_loadu_pd(TABLE.as_ptr()), _mm512_loadu_pd(TABLE.as_ptr().add(8)));
        let power = _mm512_castpd_si512(_mm512_permutex2var_pd(low, n, high));
        let power = _mm512_castsi512_pd(_mm512_add_epi64(power, _mm512_slli_epi64::<48>(n)));
        (Doubles(power), Doubles(less_one))
    })
}

/// The same of 2^((n + r)/32).
///
/// # Safety
///
/// As [`split_f64`].
#[inline(always)]
unsafe fn split_f32(shifted: __m512, r: __m512) -> (Singles, Singles) {
    registers!({
        let [c2, c1] = POWERS_F32;
        let less_one = _mm512_mul_ps(r, _mm512_fmadd_ps(r, _mm512_set1_ps(c2), _mm512_set1_ps(c1)));
        let n = _mm512_castps_si512(shifted);
        let (low, high) = (_mm512_loadu_ps(TABLE_F32.as_ptr()), _mm512_loadu_ps(TABLE_F32.as_ptr().add(16)));
        let power = _mm512_castps_si512(_mm512_permutex2var_ps(low, n, high));
        let power = _mm512_castsi512_ps(_mm512_add_epi32(power, _mm512_slli_epi32::<18>(n)));
        (Singles(power), Singles(less_one))
    })
}

impl Machine for Avx512 {
    type Singles = Singles;
    type Doubles = Doubles;
    const LANES: usize = 16;

    #[inline(always)]
    fn single(self, number: f32) -> Singles {
        Singles(registers!(_mm512_set1_ps(number)))
    }

    #[inline(always)]
    fn double(self, number: f64) -> Doubles {
        Doubles(registers!(_mm512_set1_pd(number)))
    }

    #[inline(always)]
    fn load_f32(self, numbers: &[f32]) -> Singles {
        assert!(numbers.len() >= 16);
        // SAFETY: self proves the instructions, and 16 numbers are there.
        Singles(unsafe { _mm512_loadu_ps(numbers.as_ptr()) })
    }

    #[inline(always)]
    fn load_f16(self, numbers: &[f16]) -> Singles {
        assert!(numbers.len() >= 16);
        // SAFETY: self proves the instructions, and 16 numbers are there.
        Singles(unsafe { _mm512_cvtph_ps(_mm256_loadu_si256(numbers.as_ptr().cast())) })
    }

    #[inline(always)]
    fn load_bf16(self, numbers: &[bf16]) -> Singles {
        assert!(numbers.len() >= 16);
        // SAFETY: self proves the instructions, and 16 numbers are there.
        let bits = unsafe { _mm256_loadu_si256(numbers.as_ptr().cast()) };
        Singles(registers!(_mm512_castsi512_ps(_mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(bits)))))
    }

    #[inline(always)]
    fn load_f64(self, numbers: &[f64]) -> [Doubles; 2] {
        assert!(numbers.len() >= 16);
        // SAFETY: self proves the instructions, and 16 numbers are there.
        unsafe { [Doubles(_mm512_loadu_pd(numbers.as_ptr())), Doubles(_mm512_loadu_pd(numbers.as_ptr().add(8)))] }
    }

    #[inline(always)]
    fn load_wide(self, numbers: &[f32]) -> [Doubles; 2] {
        assert!(numbers.len() >= 16);
        // SAFETY: self proves the instructions, and 16 numbers are there.
        unsafe {
            let (low, high) = (_mm256_loadu_ps(numbers.as_ptr()), _mm256_loadu_ps(numbers.as_ptr().add(8)));
            [Doubles(_mm512_cvtps_pd(low)), Doubles(_mm512_cvtps_pd(high))]
        }
    }

    #[inline(always)]
    fn widen(self, singles: Singles) -> [Doubles; 2] {
        let (low, high) = registers!((_mm512_castps512_ps256(singles.0), _mm512_extractf32x8_ps::<1>(singles.0)));
        [Doubles(registers!(_mm512_cvtps_pd(low))), Doubles(registers!(_mm512_cvtps_pd(high)))]
    }

    #[inline(always)]
    fn pack(self, numbers: Singles, bound: Singles, place: &mut [MaybeUninit<f32>]) -> usize {
        let there = registers!(_mm512_cmp_ps_mask::<_CMP_GE_OQ>(numbers.0, bound.0));
        Singles(registers!(_mm512_maskz_compress_ps(there, numbers.0))).store(place);
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
        _mm512_set1_ps,
        _mm512_add_ps,
        _mm512_sub_ps,
        _mm512_mul_ps,
        _mm512_div_ps,
        _mm512_fmadd_ps,
        _mm512_fmsub_ps,
        _mm512_max_ps,
        _mm512_min_ps,
        _mm512_storeu_ps
    );
    const STEPS: f64 = 32.0;

    #[inline(always)]
    fn where_at_least(self, left: Self, right: Self) -> Self {
        Self(registers!(_mm512_maskz_mov_ps(_mm512_cmp_ps_mask::<_CMP_GE_OQ>(left.0, right.0), self.0)))
    }

    #[inline(always)]
    fn any_at_least(self, bound: Self) -> bool {
        registers!(_mm512_cmp_ps_mask::<_CMP_GE_OQ>(self.0, bound.0)) != 0
    }

    #[inline(always)]
    fn binade(self) -> Self {
        Self(registers!(_mm512_and_ps(self.0, _mm512_set1_ps(f32::INFINITY))))
    }

    #[inline(always)]
    fn split_exp(self, slope: Self) -> (Self, Self) {
        registers!({
            let shifted = _mm512_fmadd_ps(self.0, slope.0, _mm512_set1_ps(TO_INTEGER_F32));
            let n = _mm512_sub_ps(shifted, _mm512_set1_ps(TO_INTEGER_F32));
            split_f32(shifted, _mm512_fmsub_ps(self.0, slope.0, n))
        })
    }

    #[inline(always)]
    fn power(self) -> Self {
        let (power, less_one) = registers!({
            let shifted = _mm512_add_ps(self.0, _mm512_set1_ps(TO_INTEGER_F32));
            split_f32(shifted, _mm512_reduce_ps::<NEAREST>(self.0))
        });
        power.mul_add(less_one, power)
    }

    #[inline(always)]
    fn total(self) -> f64 {
        let [low, high] = Avx512(()).widen(self);
        low.add(high).total()
    }

    #[inline(always)]
    fn largest(self) -> f32 {
        registers!(_mm512_reduce_max_ps(self.0))
    }
}

impl Lanes for Doubles {
    arithmetic!(
        f64,
        _mm512_set1_pd,
        _mm512_add_pd,
        _mm512_sub_pd,
        _mm512_mul_pd,
        _mm512_div_pd,
        _mm512_fmadd_pd,
        _mm512_fmsub_pd,
        _mm512_max_pd,
        _mm512_min_pd,
        _mm512_storeu_pd
    );
    const STEPS: f64 = 16.0;

    #[inline(always)]
    fn where_at_least(self, left: Self, right: Self) -> Self {
        Self(registers!(_mm512_maskz_mov_pd(_mm512_cmp_pd_mask::<_CMP_GE_OQ>(left.0, right.0), self.0)))
    }

    #[inline(always)]
    fn any_at_least(self, bound: Self) -> bool {
        registers!(_mm512_cmp_pd_mask::<_CMP_GE_OQ>(self.0, bound.0)) != 0
    }

    #[inline(always)]
    fn binade(self) -> Self {
        Self(registers!(_mm512_and_pd(self.0, _mm512_set1_pd(f64::INFINITY))))
    }

    #[inline(always)]
    fn split_exp(self, slope: Self) -> (Self, Self) {
        registers!({
            let shifted = _mm512_fmadd_pd(self.0, slope.0, _mm512_set1_pd(TO_INTEGER));
            let n = _mm512_sub_pd(shifted, _mm512_set1_pd(TO_INTEGER));
            split_f64(shifted, _mm512_fmsub_pd(self.0, slope.0, n))
        })
    }

    #[inline(always)]
    fn power(self) -> Self {
        let (power, less_one) = registers!({
            let shifted = _mm512_add_pd(self.0, _mm512_set1_pd(TO_INTEGER));
            split_f64(shifted, _mm512_reduce_pd::<NEAREST>(self.0))
        });
        power.mul_add(less_one, power)
    }

    #[inline(always)]
    fn total(self) -> f64 {
        registers!(_mm512_reduce_add_pd(self.0))
    }

    #[inline(always)]
    fn largest(self) -> f64 {
        registers!(_mm512_reduce_max_pd(self.0))
    }
}
