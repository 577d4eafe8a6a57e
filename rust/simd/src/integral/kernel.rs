//! The sums over one block on three grids.

use super::BlockSum;
use crate::ahead::ask_ahead;

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
    fn mul(self, one: Self::Floats, other: Self::Floats) -> Self::Floats;
    /// The lower number.
    fn lower(self, one: Self::Floats, other: Self::Floats) -> Self::Floats;
    /// The upper number.
    fn upper(self, one: Self::Floats, other: Self::Floats) -> Self::Floats;
    /// All bits where one number is above the other, else none.
    fn above(self, one: Self::Floats, other: Self::Floats) -> Self::Integers;
    /// All bits where two numbers are equal, else none.
    fn equal(self, one: Self::Floats, other: Self::Floats) -> Self::Integers;
    fn plus(self, one: Self::Integers, other: Self::Integers) -> Self::Integers;
    fn minus(self, one: Self::Integers, other: Self::Integers) -> Self::Integers;
    fn or(self, one: Self::Integers, other: Self::Integers) -> Self::Integers;
    fn and(self, one: Self::Integers, other: Self::Integers) -> Self::Integers;
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
    /// What the readings say of themselves, where that was asked for.
    pub calm: Calm,
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
///
/// To `WATCH` is to look at the readings too, against a limit of bends; the smallest and the largest are then the bounds
/// with their signs, which are magnitudes where the lower one is above zero.
#[inline(always)]
pub(super) fn sums<W: Wide, const WATCH: bool>(
    wide: W,
    time: &[i64],
    value: &[f64],
    limit: i64,
    smallest: i32,
    bend: f64,
) -> Found {
    let anchors = grids(smallest.clamp(-900, 900)).map(anchor);
    let mut levels = anchors.map(|anchor| wide.floats(anchor));
    let (zero, limit) = (wide.integers(0), wide.integers(limit));
    let (mut kept, mut times, mut lengths) = (zero, zero, zero);
    let (mut least, mut most) = (wide.floats(f64::INFINITY), wide.floats(if WATCH { f64::NEG_INFINITY } else { 0.0 }));
    let (before, at, behind) = (time, time.get(1..).unwrap_or_default(), time.get(2..).unwrap_or_default());
    let rows = before.chunks_exact(W::LANES).zip(at.chunks_exact(W::LANES)).zip(behind.chunks_exact(W::LANES));
    let values = value.get(1..value.len().saturating_sub(1)).unwrap_or_default();
    let (former, latter) = (value.chunks_exact(W::LANES), value.get(2..).unwrap_or_default().chunks_exact(W::LANES));
    let base = values.first().copied().unwrap_or_default();
    let mut watch = Watch::new(wide, base, bend);
    for ((((before, at), behind), value), (former, latter)) in
        rows.zip(values.chunks_exact(W::LANES)).zip(former.zip(latter))
    {
        ask_ahead(at);
        ask_ahead(value);
        let now = wide.load_integers(at);
        let left = wide.minus(now, wide.load_integers(before));
        let right = wide.minus(wide.load_integers(behind), now);
        lengths = wide.or(lengths, wide.or(left, right));
        let kept_right = wide.at_most(right, limit);
        kept = wide.plus(kept, kept_right);
        let around = wide.plus(wide.at_most(left, limit), kept_right);
        times = wide.or(times, around);
        let value = wide.load_floats(value);
        let around = wide.convert(around);
        if WATCH {
            (least, most) = (wide.lower(least, value), wide.upper(most, value));
            let steps = [wide.sub(value, wide.load_floats(former)), wide.sub(wide.load_floats(latter), value)];
            watch.add(wide, value, around, steps, [wide.convert(left), wide.convert(right)]);
        } else {
            (least, most) = (wide.smallest(least, value), wide.largest(most, value));
        }
        let [coarse, middle, fine] = levels;
        let next = wide.mul_add(value, around, coarse);
        let rest = wide.mul_sub(value, around, wide.sub(next, coarse));
        let after = wide.add(middle, rest);
        let rest = wide.sub(rest, wide.sub(after, middle));
        levels = [next, after, wide.add(fine, rest)];
    }
    let lanes = |integers| wide.lanes(integers).into_iter().take(W::LANES);
    let magnitudes = |floats| lanes(wide.bits(floats)).map(i64::cast_unsigned);
    let numbers = |floats| magnitudes(floats).map(f64::from_bits);
    let all = |integers| lanes(integers).fold(0, |one, other| one | other);
    let bounds = (numbers(least).fold(f64::INFINITY, f64::min), numbers(most).fold(f64::NEG_INFINITY, f64::max));
    // what is no number has the largest bits here, or leaves its accumulator beyond the largest magnitude
    let beyond = magnitudes(levels[0]).any(|bits| bits & 0x7ff << 52 == 0x7ff << 52);
    let total = |level: W::Floats, anchor: f64| {
        lanes(wide.bits(level)).fold(0i64, |sum, bits| sum.wrapping_add(bits.wrapping_sub(anchor.to_bits() as i64)))
    };
    let kept = lanes(kept).fold(0, i64::wrapping_add);
    // from the first of these samples to the one behind them; less is kept where an interval is above the limit
    let spanned = time.last().zip(time.get(1)).map_or(0, |(last, first)| last.wrapping_sub(*first));
    let (lengths, sum) = (all(lengths), |floats| numbers(floats).sum());
    Found {
        levels: [total(levels[0], anchors[0]), total(levels[1], anchors[1]), total(levels[2], anchors[2])],
        kept,
        smallest: (bounds.0 < f64::INFINITY).then(|| exponent(bounds.0.to_bits())),
        largest: if beyond { 1024 } else { exponent(bounds.1.to_bits()) },
        bits: if lengths < 0 { 64 } else { 64 - all(times).leading_zeros() as i32 },
        calm: Calm {
            around: sum(watch.around),
            bounds,
            base,
            sum: sum(watch.sum),
            squares: sum(watch.squares),
            repeats: lanes(watch.repeats).fold(0, i64::wrapping_sub).cast_unsigned(),
            is_stuck: all(watch.stuck) != 0,
            // what does not fit its conversion, and a gap, is looked at one by one
            is_bent: all(watch.bent) != 0 || lengths >> 52 != 0 || kept != spanned,
        },
    }
}

/// What the readings of a block say of themselves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calm {
    /// Sum of the squares of the times around the samples.
    pub around: f64,
    /// Least and largest value.
    pub bounds: (f64, f64),
    /// A number that the values are near to.
    pub base: f64,
    /// Sum of the distances from it.
    pub sum: f64,
    /// Sum of their squares.
    pub squares: f64,
    /// Values that are equal to the one before.
    pub repeats: u64,
    /// Whether so many are equal in a row that a stretch of twenty may be among them.
    pub is_stuck: bool,
    /// Whether a value may be farther from the line through its neighbours than the limit, or an interval is above its own.
    pub is_bent: bool,
}

/// The sums that a [`Calm`] is made of.
struct Watch<W: Wide> {
    base: W::Floats,
    /// Twice the square of the limit.
    limit: W::Floats,
    zero: W::Floats,
    around: W::Floats,
    sum: W::Floats,
    squares: W::Floats,
    repeats: W::Integers,
    equal: W::Integers,
    stuck: W::Integers,
    bent: W::Integers,
}

impl<W: Wide> Watch<W> {
    #[inline(always)]
    fn new(wide: W, base: f64, bend: f64) -> Self {
        let (zero, none) = (wide.floats(0.0), wide.integers(0));
        Self {
            base: wide.floats(base),
            limit: wide.floats(2.0 * bend * bend),
            zero,
            around: zero,
            sum: zero,
            squares: zero,
            repeats: none,
            equal: none,
            stuck: none,
            bent: none,
        }
    }

    /// A reading p with p - p_before and p_behind - p, the time around it and the times a and b to either side.
    ///
    /// Its distance from the line through its neighbours is D/(a + b) with D = b (p - p_before) - a (p_behind - p), in
    /// units of one reading's noise D/√(2 ((a + b)² - a b)).
    #[inline(always)]
    fn add(&mut self, wide: W, value: W::Floats, around: W::Floats, steps: [W::Floats; 2], times: [W::Floats; 2]) {
        let ([rise, next], [left, right]) = (steps, times);
        self.around = wide.mul_add(around, around, self.around);
        let distance = wide.sub(value, self.base);
        self.sum = wide.add(self.sum, distance);
        self.squares = wide.mul_add(distance, distance, self.squares);
        let equal = wide.equal(rise, self.zero);
        self.repeats = wide.plus(self.repeats, equal);
        self.stuck = wide.or(self.stuck, wide.and(equal, self.equal));
        self.equal = equal;
        let (span, bend) = (wide.add(left, right), wide.mul_sub(right, rise, wide.mul(left, next)));
        let scale = wide.mul_sub(span, span, wide.mul(left, right));
        let bent = wide.above(wide.mul(bend, bend), wide.mul(self.limit, scale));
        self.bent = wide.or(self.bent, bent);
    }
}
