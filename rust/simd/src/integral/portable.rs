//! Plain Rust in small arrays, for machines of which every one has fused products.

use super::kernel::Wide;
use crate::portable::{Portable, zip};

impl Wide for Portable {
    type Floats = [f64; 4];
    type Integers = [i64; 4];
    const LANES: usize = 4;

    #[inline(always)]
    fn floats(self, number: f64) -> [f64; 4] {
        [number; 4]
    }

    #[inline(always)]
    fn integers(self, number: i64) -> [i64; 4] {
        [number; 4]
    }

    #[inline(always)]
    fn load_floats(self, numbers: &[f64]) -> [f64; 4] {
        numbers.first_chunk().copied().unwrap_or_default()
    }

    #[inline(always)]
    fn load_integers(self, numbers: &[i64]) -> [i64; 4] {
        numbers.first_chunk().copied().unwrap_or_default()
    }

    #[inline(always)]
    fn add(self, one: [f64; 4], other: [f64; 4]) -> [f64; 4] {
        zip(one, other, |one, other| one + other)
    }

    #[inline(always)]
    fn sub(self, one: [f64; 4], other: [f64; 4]) -> [f64; 4] {
        zip(one, other, |one, other| one - other)
    }

    #[inline(always)]
    fn mul_add(self, one: [f64; 4], other: [f64; 4], addend: [f64; 4]) -> [f64; 4] {
        zip(zip(one, other, |one, other| (one, other)), addend, |(one, other), addend| one.mul_add(other, addend))
    }

    #[inline(always)]
    fn mul_sub(self, one: [f64; 4], other: [f64; 4], less: [f64; 4]) -> [f64; 4] {
        self.mul_add(one, other, less.map(|less| -less))
    }

    #[inline(always)]
    fn largest(self, so_far: [f64; 4], number: [f64; 4]) -> [f64; 4] {
        zip(so_far, number, |so_far, number| if number.abs() > so_far { number.abs() } else { so_far })
    }

    #[inline(always)]
    fn smallest(self, so_far: [f64; 4], number: [f64; 4]) -> [f64; 4] {
        let less = |so_far: f64, number: f64| number != 0.0 && number.abs() < so_far;
        zip(so_far, number, |so_far, number| if less(so_far, number) { number.abs() } else { so_far })
    }

    #[inline(always)]
    fn mul(self, one: [f64; 4], other: [f64; 4]) -> [f64; 4] {
        zip(one, other, |one, other| one * other)
    }

    #[inline(always)]
    fn lower(self, one: [f64; 4], other: [f64; 4]) -> [f64; 4] {
        zip(one, other, |one, other| if one < other { one } else { other })
    }

    #[inline(always)]
    fn upper(self, one: [f64; 4], other: [f64; 4]) -> [f64; 4] {
        zip(one, other, |one, other| if one > other { one } else { other })
    }

    #[inline(always)]
    fn above(self, one: [f64; 4], other: [f64; 4]) -> [i64; 4] {
        zip(one, other, |one, other| -i64::from(one > other))
    }

    #[inline(always)]
    fn equal(self, one: [f64; 4], other: [f64; 4]) -> [i64; 4] {
        zip(one, other, |one, other| -i64::from(one == other))
    }

    #[inline(always)]
    fn plus(self, one: [i64; 4], other: [i64; 4]) -> [i64; 4] {
        zip(one, other, i64::wrapping_add)
    }

    #[inline(always)]
    fn minus(self, one: [i64; 4], other: [i64; 4]) -> [i64; 4] {
        zip(one, other, i64::wrapping_sub)
    }

    #[inline(always)]
    fn or(self, one: [i64; 4], other: [i64; 4]) -> [i64; 4] {
        zip(one, other, |one, other| one | other)
    }

    #[inline(always)]
    fn and(self, one: [i64; 4], other: [i64; 4]) -> [i64; 4] {
        zip(one, other, |one, other| one & other)
    }

    #[inline(always)]
    fn at_most(self, integers: [i64; 4], limit: [i64; 4]) -> [i64; 4] {
        zip(integers, limit, |integer, limit| if integer <= limit { integer } else { 0 })
    }

    #[inline(always)]
    fn convert(self, integers: [i64; 4]) -> [f64; 4] {
        integers.map(|integer| integer as f64)
    }

    #[inline(always)]
    fn bits(self, floats: [f64; 4]) -> [i64; 4] {
        floats.map(|float| float.to_bits().cast_signed())
    }

    #[inline(always)]
    fn lanes(self, [a, b, c, d]: [i64; 4]) -> [i64; 8] {
        [a, b, c, d, 0, 0, 0, 0]
    }
}
