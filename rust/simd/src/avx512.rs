//! AVX-512: 16 lanes of f32, 8 of f64, and a sixteenth-octave table in registers for the exponential.

use std::arch::x86_64::*;
use std::f64::consts::LN_2;

use half::{bf16, f16};

use crate::lanes::{Lanes, Machine, TO_INTEGER, TO_INTEGER_F32};

/// Proof that the machine has AVX-512F and AVX-512DQ.
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

/// Half the width of the reduced argument: x = n ln2/16 + r, |r| <= h.
const H: f64 = LN_2 / 32.0;
/// ln2/16 in two parts, of which the first times an integer of 11 bits is exact in f32.
const STEP_HIGH: f32 = 0.043_334_96;
const STEP_LOW: f32 = (LN_2 / 16.0 - 0.043_334_960_937_5) as f32;

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

const TABLE_F32: [f32; 16] = {
    let mut table = [0.0; 16];
    let mut j = 0;
    while j < 16 {
        #[allow(clippy::indexing_slicing, reason = "j is below the length, and the compiler evaluates it")]
        {
            table[j] = f32::from_bits((SIXTEENTHS[j] as f32).to_bits().wrapping_sub((j as u32) << 19));
        }
        j += 1;
    }
    table
};

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
    fn widen(self, singles: Singles) -> [Doubles; 2] {
        let (low, high) = registers!((_mm512_castps512_ps256(singles.0), _mm512_extractf32x8_ps::<1>(singles.0)));
        [Doubles(registers!(_mm512_cvtps_pd(low))), Doubles(registers!(_mm512_cvtps_pd(high)))]
    }

    #[inline(always)]
    fn prefetch<T>(self, address: *const T) {
        // SAFETY: a prefetch of any address, mapped or not, has no effect but on the caches.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) }
    }
}

impl Lanes for Singles {
    type Number = f32;
    type Mask = __mmask16;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(registers!(_mm512_add_ps(self.0, other.0)))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(registers!(_mm512_sub_ps(self.0, other.0)))
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(registers!(_mm512_mul_ps(self.0, other.0)))
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        Self(registers!(_mm512_fmadd_ps(self.0, factor.0, addend.0)))
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(registers!(_mm512_max_ps(self.0, other.0)))
    }

    #[inline(always)]
    fn at_least(self, other: Self) -> __mmask16 {
        registers!(_mm512_cmp_ps_mask::<_CMP_GE_OQ>(self.0, other.0))
    }

    #[inline(always)]
    fn keep(self, mask: __mmask16) -> Self {
        Self(registers!(_mm512_maskz_mov_ps(mask, self.0)))
    }

    #[inline(always)]
    fn binade(self, mask: __mmask16) -> Self {
        Self(registers!(_mm512_maskz_and_ps(mask, self.0, _mm512_set1_ps(f32::INFINITY))))
    }

    /// 2^(n/16) e^r with n the nearest integer of 16 x/ln2; e^r by its series up to r^3, the term r^4/24 spread
    /// (r^2 ~ h^2/2): relative error below h^4/48 = 5e-9 and the roundings.
    #[inline(always)]
    fn exp(self, mask: __mmask16) -> Self {
        registers!({
            let shifted = _mm512_fmadd_ps(self.0, _mm512_set1_ps((16.0 / LN_2) as f32), _mm512_set1_ps(TO_INTEGER_F32));
            let n = _mm512_sub_ps(shifted, _mm512_set1_ps(TO_INTEGER_F32));
            let r = _mm512_fnmadd_ps(n, _mm512_set1_ps(STEP_HIGH), self.0);
            let r = _mm512_fnmadd_ps(n, _mm512_set1_ps(STEP_LOW), r);
            let half = _mm512_set1_ps((0.5 + H * H / 48.0) as f32);
            let q = _mm512_fmadd_ps(r, _mm512_set1_ps((1.0 / 6.0) as f32), half);
            let less_one = _mm512_fmadd_ps(_mm512_mul_ps(r, r), q, r);
            let n = _mm512_castps_si512(shifted);
            let power = _mm512_permutexvar_ps(n, _mm512_loadu_ps(TABLE_F32.as_ptr()));
            let power = _mm512_add_epi32(_mm512_castps_si512(power), _mm512_slli_epi32::<19>(n));
            let power = _mm512_castsi512_ps(power);
            Self(_mm512_maskz_fmadd_ps(mask, power, less_one, power))
        })
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

    #[inline(always)]
    fn both(one: __mmask16, other: __mmask16) -> __mmask16 {
        one & other
    }

    #[inline(always)]
    fn any(mask: __mmask16) -> bool {
        mask != 0
    }

    #[inline(always)]
    fn all(mask: __mmask16) -> bool {
        mask == __mmask16::MAX
    }
}

impl Lanes for Doubles {
    type Number = f64;
    type Mask = __mmask8;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(registers!(_mm512_add_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(registers!(_mm512_sub_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(registers!(_mm512_mul_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        Self(registers!(_mm512_fmadd_pd(self.0, factor.0, addend.0)))
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(registers!(_mm512_max_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn at_least(self, other: Self) -> __mmask8 {
        registers!(_mm512_cmp_pd_mask::<_CMP_GE_OQ>(self.0, other.0))
    }

    #[inline(always)]
    fn keep(self, mask: __mmask8) -> Self {
        Self(registers!(_mm512_maskz_mov_pd(mask, self.0)))
    }

    #[inline(always)]
    fn binade(self, mask: __mmask8) -> Self {
        Self(registers!(_mm512_maskz_and_pd(mask, self.0, _mm512_set1_pd(f64::INFINITY))))
    }

    /// 2^(n/16) e^r with n the nearest integer of 16 x/ln2; e^r by its series up to r^5, the term r^6/720 spread
    /// (r^4 ~ h^2 r^2 - h^4/8): relative error below h^6/5760 = 2e-14 and the roundings.
    #[inline(always)]
    fn exp(self, mask: __mmask8) -> Self {
        registers!({
            let shifted = _mm512_fmadd_pd(self.0, _mm512_set1_pd(16.0 / LN_2), _mm512_set1_pd(TO_INTEGER));
            let n = _mm512_sub_pd(shifted, _mm512_set1_pd(TO_INTEGER));
            let r = _mm512_fnmadd_pd(n, _mm512_set1_pd(LN_2 / 16.0), self.0);
            let q = _mm512_fmadd_pd(r, _mm512_set1_pd(1.0 / 120.0), _mm512_set1_pd(1.0 / 24.0 + H * H / 720.0));
            let q = _mm512_fmadd_pd(r, q, _mm512_set1_pd(1.0 / 6.0));
            let q = _mm512_fmadd_pd(r, q, _mm512_set1_pd(0.5 - H * H * H * H / 5760.0));
            let less_one = _mm512_fmadd_pd(_mm512_mul_pd(r, r), q, r);
            let n = _mm512_castpd_si512(shifted);
            let (low, high) = (_mm512_loadu_pd(TABLE.as_ptr()), _mm512_loadu_pd(TABLE.as_ptr().add(8)));
            let power = _mm512_permutex2var_pd(low, n, high);
            let power = _mm512_add_epi64(_mm512_castpd_si512(power), _mm512_slli_epi64::<48>(n));
            let power = _mm512_castsi512_pd(power);
            Self(_mm512_maskz_fmadd_pd(mask, power, less_one, power))
        })
    }

    #[inline(always)]
    fn total(self) -> f64 {
        registers!(_mm512_reduce_add_pd(self.0))
    }

    #[inline(always)]
    fn largest(self) -> f64 {
        registers!(_mm512_reduce_max_pd(self.0))
    }

    #[inline(always)]
    fn both(one: __mmask8, other: __mmask8) -> __mmask8 {
        one & other
    }

    #[inline(always)]
    fn any(mask: __mmask8) -> bool {
        mask != 0
    }

    #[inline(always)]
    fn all(mask: __mmask8) -> bool {
        mask == __mmask8::MAX
    }
}
