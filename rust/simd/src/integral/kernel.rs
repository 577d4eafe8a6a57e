//! The sums over one block on three grids.

use super::BlockSum;

/// What the kernel asks of vector instructions.
pub(super) trait Wide: Copy {
    /// Numbers side by side.
    type Floats: Copy;
    /// As many integers.
    type Integers: Copy;
    /// How many.
    const LANES: usize;

    fn floats(self, number: f64) -> Self::Floats;
    fn integers(self, number: i64) -> Self::Integers;
    /// The first numbers.
    fn load_floats(self, numbers: &[f64]) -> Self::Floats;
    /// The first integers.
    fn load_integers(self, numbers: &[i64]) -> Self::Integers;
    fn add(self, one: Self::Floats, other: Self::Floats) -> Self::Floats;
    fn sub(self, one: Self::Floats, other: Self::Floats) -> Self::Floats;
    /// one * other + addend, rounded once.
    fn mul_add(self, one: Self::Floats, other: Self::Floats, addend: Self::Floats) -> Self::Floats;
    /// one * other - less, rounded once.
    fn mul_sub(self, one: Self::Floats, other: Self::Floats, less: Self::Floats) -> Self::Floats;
    /// The larger magnitude.
    fn largest(self, so_far: Self::Floats, number: Self::Floats) -> Self::Floats;
    /// The smaller magnitude, zeros left out.
    fn smallest(self, so_far: Self::Floats, number: Self::Floats) -> Self::Floats;
    fn plus(self, one: Self::Integers, other: Self::Integers) -> Self::Integers;
    fn minus(self, one: Self::Integers, other: Self::Integers) -> Self::Integers;
    fn or(self, one: Self::Integers, other: Self::Integers) -> Self::Integers;
    /// The integers of at most a limit, 0 for the others; what is negative may be either.
    fn at_most(self, integers: Self::Integers, limit: Self::Integers) -> Self::Integers;
    /// The same numbers, which must lie in 0..2^52.
    fn convert(self, integers: Self::Integers) -> Self::Floats;
    /// The bits of the numbers.
    fn bits(self, floats: Self::Floats) -> Self::Integers;
    /// The lanes, in the first places of an array.
    fn lanes(self, integers: Self::Integers) -> [i64; 8];
}

/// Bits that a product may have above the coarsest grid, so that 1024 of them stay inside its binade.
const ROOM: i32 = 40;

/// Sums over a block, and what tells whether they are exact.
pub(super) struct Found {
    levels: [i64; 3],
    kept: i64,
    /// Binary exponent of the smallest value that is not zero; `None` where all are zero.
    pub smallest: Option<i32>,
    /// Binary exponent of the largest value.
    largest: i32,
    /// Bits of the longest time around a sample; 64 where time steps back.
    bits: i32,
}

impl Found {
    /// Whether the sums on the grids of a smallest value are exact.
    pub fn is_exact(&self, smallest: i32) -> bool {
        // the time stays below 2^52 for its conversion, the accumulators far from overflow and underflow
        self.bits <= ROOM && self.largest < 900 && smallest > -900 && self.largest - smallest + self.bits <= ROOM
    }

    pub fn block(&self, samples: usize, smallest: i32) -> BlockSum {
        BlockSum { samples, units: self.levels, powers: grids(smallest), kept: self.kept }
    }
}

/// The powers of two of the grids: the rest of the first fills 52 bits, which the other two share.
fn grids(smallest: i32) -> [i32; 3] {
    [smallest + 1, smallest - 26, smallest - 52]
}

/// 1.5 2^(52 + power): numbers are rounded to multiples of 2^power when they are added to it.
fn anchor(power: i32) -> f64 {
    f64::from_bits((((power + 52 + 1023) as u64) << 52) | 1 << 51)
}

/// The binary exponent of a magnitude; -1023 for what is below normal, 1024 for what is no number.
fn exponent(magnitude: u64) -> i32 {
    (magnitude >> 52 & 0x7ff) as i32 - 1023
}

/// Sums over all samples but the first and the last, whose number is a multiple of the lanes.
#[inline(always)]
pub(super) fn sums<W: Wide>(wide: W, time: &[i64], value: &[f64], limit: i64, smallest: i32) -> Found {
    let anchors = grids(smallest.clamp(-900, 900)).map(anchor);
    let mut levels = anchors.map(|anchor| wide.floats(anchor));
    let (zero, limit) = (wide.integers(0), wide.integers(limit));
    let (mut kept, mut times, mut lengths) = (zero, zero, zero);
    let (mut least, mut most) = (wide.floats(f64::INFINITY), wide.floats(0.0));
    let (before, at, behind) = (time, time.get(1..).unwrap_or_default(), time.get(2..).unwrap_or_default());
    let rows = before.chunks_exact(W::LANES).zip(at.chunks_exact(W::LANES)).zip(behind.chunks_exact(W::LANES));
    let values = value.get(1..value.len().saturating_sub(1)).unwrap_or_default().chunks_exact(W::LANES);
    for (((before, at), behind), value) in rows.zip(values) {
        let now = wide.load_integers(at);
        let left = wide.minus(now, wide.load_integers(before));
        let right = wide.minus(wide.load_integers(behind), now);
        lengths = wide.or(lengths, wide.or(left, right));
        let right = wide.at_most(right, limit);
        kept = wide.plus(kept, right);
        let around = wide.plus(wide.at_most(left, limit), right);
        times = wide.or(times, around);
        let value = wide.load_floats(value);
        least = wide.smallest(least, value);
        most = wide.largest(most, value);
        let around = wide.convert(around);
        let [coarse, middle, fine] = levels;
        let next = wide.mul_add(value, around, coarse);
        let rest = wide.mul_sub(value, around, wide.sub(next, coarse));
        let after = wide.add(middle, rest);
        let rest = wide.sub(rest, wide.sub(after, middle));
        levels = [next, after, wide.add(fine, rest)];
    }
    let lanes = |integers| wide.lanes(integers).into_iter().take(W::LANES);
    let magnitudes = |floats| lanes(wide.bits(floats)).map(i64::cast_unsigned);
    let all = |integers| lanes(integers).fold(0, |one, other| one | other);
    let least = magnitudes(least).min().unwrap_or(0);
    // what is no number has the largest bits here, or leaves its accumulator beyond the largest magnitude
    let beyond = magnitudes(levels[0]).any(|bits| bits & 0x7ff << 52 == 0x7ff << 52);
    let total = |level: W::Floats, anchor: f64| {
        lanes(wide.bits(level)).fold(0i64, |sum, bits| sum.wrapping_add(bits.wrapping_sub(anchor.to_bits() as i64)))
    };
    Found {
        levels: [total(levels[0], anchors[0]), total(levels[1], anchors[1]), total(levels[2], anchors[2])],
        kept: lanes(kept).fold(0, i64::wrapping_add),
        smallest: (least < f64::INFINITY.to_bits()).then(|| exponent(least)),
        largest: if beyond { 1024 } else { exponent(magnitudes(most).max().unwrap_or(0)) },
        bits: if all(lengths) < 0 { 64 } else { 64 - all(times).leading_zeros() as i32 },
    }
}
