//! The kernel: one block of a row. It is read once from memory: the largest number is found first, and the sums are
//! taken when the block is in the nearest cache, while the next one is fetched.

use half::{bf16, f16};

use crate::lanes::{Lanes, Machine};
use crate::logit::Logit;
use crate::row::{BLOCK, RowSums, Softmax, Sums};

/// The most numbers that are taken at a time.
const WIDEST: usize = 64;
/// Beyond this distance a weight counts as zero: its exponential would not be a normal number.
const REACH: f64 = 700.0;
const REACH_F32: f64 = 86.0;

/// A number type that the kernel computes with.
pub(crate) trait Element: Logit {
    /// What fills a vector up; it has no weight.
    const MASKED: Self;

    /// Two vectors of as many numbers together as a vector of f32 holds.
    fn doubles<M: Machine>(machine: M, numbers: &[Self]) -> [M::Doubles; 2];

    /// The largest number, or none if one is NaN or +inf.
    fn largest<M: Machine>(machine: M, block: &[Self]) -> Option<f64>;

    /// The place of the first number that is not smaller than `bound`.
    fn place<M: Machine>(machine: M, block: &[Self], bound: f64) -> usize;

    /// The sums over a part of a block, as fast as was asked for.
    fn sums<M: Machine>(machine: M, part: &[Self], maximum: f64, softmax: &Softmax) -> Sums;
}

/// A number type that f32 holds exactly.
pub(crate) trait Narrow: Element {
    /// A vector of f32.
    fn singles<M: Machine>(machine: M, numbers: &[Self]) -> M::Singles;
}

impl Element for f64 {
    const MASKED: Self = f64::NEG_INFINITY;

    #[inline(always)]
    fn doubles<M: Machine>(machine: M, numbers: &[Self]) -> [M::Doubles; 2] {
        machine.load_f64(numbers)
    }

    #[inline(always)]
    fn largest<M: Machine>(machine: M, block: &[Self]) -> Option<f64> {
        let (lowest, highest) = (machine.double(f64::NEG_INFINITY), machine.double(f64::MAX));
        largest(M::LANES, block, lowest, highest, |numbers| machine.load_f64(numbers)).map(Lanes::largest)
    }

    #[inline(always)]
    fn place<M: Machine>(machine: M, block: &[Self], bound: f64) -> usize {
        place(M::LANES, block, bound, machine.double(bound), |numbers| machine.load_f64(numbers))
    }

    #[inline(always)]
    fn sums<M: Machine>(machine: M, part: &[Self], maximum: f64, softmax: &Softmax) -> Sums {
        exact::<M, Self>(machine, part, maximum, softmax)
    }
}

/// The three narrow types differ in how they are loaded.
macro_rules! narrow {
    ($type:ty, $load:ident) => {
        impl Element for $type {
            const MASKED: Self = <$type>::NEG_INFINITY;

            #[inline(always)]
            fn doubles<M: Machine>(machine: M, numbers: &[Self]) -> [M::Doubles; 2] {
                machine.widen(Self::singles(machine, numbers))
            }

            #[inline(always)]
            fn largest<M: Machine>(machine: M, block: &[Self]) -> Option<f64> {
                let (lowest, highest) = (machine.single(f32::NEG_INFINITY), machine.single(f32::MAX));
                let found = largest(M::LANES, block, lowest, highest, |numbers| [machine.$load(numbers)]);
                found.map(|lanes| f64::from(lanes.largest()))
            }

            #[inline(always)]
            fn place<M: Machine>(machine: M, block: &[Self], bound: f64) -> usize {
                place(M::LANES, block, bound, machine.single(bound as f32), |numbers| [machine.$load(numbers)])
            }

            #[inline(always)]
            fn sums<M: Machine>(machine: M, part: &[Self], maximum: f64, softmax: &Softmax) -> Sums {
                if softmax.exact {
                    exact::<M, Self>(machine, part, maximum, softmax)
                } else {
                    fast::<M, Self>(machine, part, maximum, softmax)
                }
            }
        }

        impl Narrow for $type {
            #[inline(always)]
            fn singles<M: Machine>(machine: M, numbers: &[Self]) -> M::Singles {
                machine.$load(numbers)
            }
        }
    };
}

narrow!(f32, load_f32);
narrow!(f16, load_f16);
narrow!(bf16, load_bf16);

/// Takes one block into the sums of its row. See [`Logit::absorb`].
#[inline(always)]
pub(crate) fn absorb<M: Machine, T: Element>(
    machine: M,
    block: &[T],
    sums: &mut RowSums,
    softmax: &Softmax,
) -> Result<(), usize> {
    let Some(largest) = T::largest(machine, block) else {
        let wrong = |number: &T| number.widen().is_nan() || number.widen() == f64::INFINITY;
        return Err(block.iter().position(wrong).unwrap_or_default());
    };
    let parts = if largest > sums.maximum {
        let place = T::place(machine, block, largest).min(block.len());
        sums.rise(largest, sums.columns + place, T::half_spacing_at(sums.maximum), softmax);
        let (before, rest) = block.split_at(place);
        [before, rest.get(1..).unwrap_or_default()]
    } else {
        let has_weight = largest >= lowest(sums.maximum, softmax, REACH);
        [if has_weight { block } else { &[] }, &[]]
    };
    for part in parts {
        sums.add(T::sums(machine, part, sums.maximum, softmax));
    }
    sums.columns += block.len();
    Ok(())
}

/// The numbers of `width` at a time, the last ones filled up.
#[inline(always)]
fn each<T: Element>(width: usize, numbers: &[T], mut take: impl FnMut(&[T])) {
    let (whole, rest) = numbers.split_at(numbers.len() - numbers.len() % width);
    let mut filled = [T::MASKED; WIDEST];
    filled.iter_mut().zip(rest).for_each(|(place, number)| *place = *number);
    let rest = if rest.is_empty() { &[] } else { filled.get(..width).unwrap_or_default() };
    // One loop over both, so that its code is made once.
    for part in [whole, rest] {
        part.chunks_exact(width).for_each(&mut take);
    }
}

/// The largest numbers by lane, or none if one is NaN or above the highest.
#[inline(always)]
fn largest<T: Element, L: Lanes, const N: usize>(
    width: usize,
    block: &[T],
    lowest: L,
    highest: L,
    load: impl Fn(&[T]) -> [L; N],
) -> Option<L> {
    let (mut found, mut sound) = (lowest, highest.at_least(lowest));
    each(width, block, |numbers| {
        for lanes in load(numbers) {
            found = found.max(lanes);
            sound = L::both(sound, highest.at_least(lanes));
        }
    });
    L::all(sound).then_some(found)
}

#[inline(always)]
fn place<T: Element, L: Lanes, const N: usize>(
    width: usize,
    block: &[T],
    largest: f64,
    bound: L,
    load: impl Fn(&[T]) -> [L; N],
) -> usize {
    let is_there = |numbers: &[T]| load(numbers).into_iter().any(|lanes| L::any(lanes.at_least(bound)));
    let start = block.chunks_exact(width).position(is_there).unwrap_or(block.len() / width) * width;
    let rest = block.get(start..).unwrap_or_default();
    start + rest.iter().position(|number| number.widen() >= largest).unwrap_or_default()
}

/// The smallest logit with a weight: the limit is rounded up, so that every distance lies within the reach.
fn lowest(maximum: f64, softmax: &Softmax, reach: f64) -> f64 {
    if softmax.inverse_temperature == 0.0 {
        return maximum;
    }
    // Neither a masked logit nor one whose distance would overflow.
    let limit = (maximum - reach * softmax.temperature).next_up();
    limit.max(f64::MIN).max((maximum - f64::MAX).next_up()).min(maximum)
}

/// What all lanes are computed with: the smallest logit that counts, the largest one, 1/T, and what binades are
/// measured in (f32) or at least are (f64).
#[derive(Clone, Copy)]
struct Reference<L> {
    lowest: L,
    largest: L,
    slope: L,
    is_tempered: bool,
    binade: L,
}

impl<L: Lanes> Reference<L> {
    /// d and w.
    #[inline(always)]
    fn weigh(&self, logits: L) -> (L, L, L::Mask) {
        let mask = logits.at_least(self.lowest);
        let distance = logits.sub(self.largest).keep(mask);
        let distance = if self.is_tempered { distance.mul(self.slope) } else { distance };
        (distance, distance.exp(mask), mask)
    }
}

/// Sums of w delta, squared, times powers of d.
#[inline(always)]
fn add_spread<L: Lanes>([zeroth, first, second]: [L; 3], spread: L, distance: L) -> [L; 3] {
    let moment = spread.mul(distance);
    [spread.mul_add(spread, zeroth), spread.mul_add(moment, first), moment.mul_add(moment, second)]
}

/// All in f64.
#[inline(always)]
fn exact<M: Machine, T: Element>(machine: M, part: &[T], maximum: f64, softmax: &Softmax) -> Sums {
    let zero = machine.double(0.0);
    let reference = Reference {
        lowest: machine.double(lowest(maximum, softmax, REACH)),
        largest: machine.double(maximum),
        slope: machine.double(softmax.inverse_temperature),
        is_tempered: softmax.inverse_temperature != 1.0,
        binade: machine.double((2.0_f64).powi(T::MIN_EXPONENT)),
    };
    // Two accumulators for each sum, one for each half: fewer roundings, and additions that do not wait for each other.
    let (mut low_sums, mut high_sums) = ([[zero; 3]; 2], [[zero; 3]; 2]);
    each(M::LANES, part, |numbers| {
        machine.prefetch(numbers.as_ptr().wrapping_add(BLOCK));
        let [low, high] = T::doubles(machine, numbers);
        low_sums = add_exact::<T, _>(low_sums, low, &reference);
        high_sums = add_exact::<T, _>(high_sums, high, &reference);
    });
    let [low_weights, low_rounding] = low_sums;
    let [high_weights, high_rounding] = high_sums;
    // The half spacing is 2^-precision of the binade.
    let spacing = (2.0_f64).powi(-2 * T::PRECISION);
    Sums { weights: totals(low_weights, high_weights, 1.0), rounding: totals(low_rounding, high_rounding, spacing) }
}

#[inline(always)]
fn totals<L: Lanes>([a, b, c]: [L; 3], [d, e, f]: [L; 3], unit: f64) -> [f64; 3] {
    [a.add(d).total() * unit, b.add(e).total() * unit, c.add(f).total() * unit]
}

#[inline(always)]
fn add_exact<T: Logit, L: Lanes>(sums: [[L; 3]; 2], logits: L, reference: &Reference<L>) -> [[L; 3]; 2] {
    let [[zeroth, first, second], rounding] = sums;
    let (distance, weight, mask) = reference.weigh(logits);
    let moment = weight.mul(distance);
    let weights = [zeroth.add(weight), first.add(moment), moment.mul_add(distance, second)];
    if T::PRECISION == f64::MANTISSA_DIGITS as i32 {
        return [weights, rounding];
    }
    [weights, add_spread(rounding, logits.binade(mask).max(reference.binade).mul(weight), distance)]
}

/// In f32, the first two sums in f64: relative error of a weight about 1e-7, of a distance 6e-8.
#[inline(always)]
fn fast<M: Machine, T: Narrow>(machine: M, part: &[T], maximum: f64, softmax: &Softmax) -> Sums {
    let lowest = lowest(maximum, softmax, REACH_F32);
    // Rounded up as well; the largest logit is a number of f32.
    let bound = if f64::from(lowest as f32) < lowest { (lowest as f32).next_up() } else { lowest as f32 };
    let slope = softmax.inverse_temperature as f32;
    // In this unit no binade that has a weight is above 2, so that squares do not overflow.
    let unit = (maximum.abs() + 2.0 * REACH_F32 * softmax.temperature).clamp(1e-30, 1e30);
    let reference = Reference {
        lowest: machine.single(bound),
        largest: machine.single(maximum as f32),
        slope: machine.single(if slope.is_finite() { slope } else { 0.0 }),
        is_tempered: slope != 1.0,
        binade: machine.single(unit.recip() as f32),
    };
    let (zero, zero_singles) = (machine.double(0.0), machine.single(0.0));
    let ([mut z_low, mut z_high], [mut s_low, mut s_high]) = ([zero; 2], [zero; 2]);
    let mut others = [zero_singles; 4];
    // Four weights are added in f32 before they are widened: two additions, hence two roundings.
    each(4 * M::LANES, part, |numbers| {
        let (front, back) = numbers.split_at(2 * M::LANES);
        let ((a, b), (c, d)) = (front.split_at(M::LANES), back.split_at(M::LANES));
        let (w_a, s_a, sums) = add_fast(machine, others, a, &reference);
        let (w_b, s_b, sums) = add_fast(machine, sums, b, &reference);
        let (w_c, s_c, sums) = add_fast(machine, sums, c, &reference);
        let (w_d, s_d, sums) = add_fast(machine, sums, d, &reference);
        others = sums;
        let [low, high] = machine.widen(w_a.add(w_b).add(w_c.add(w_d)));
        (z_low, z_high) = (z_low.add(low), z_high.add(high));
        let [low, high] = machine.widen(s_a.add(s_b).add(s_c.add(s_d)));
        (s_low, s_high) = (s_low.add(low), s_high.add(high));
    });
    let [second, rounding @ ..] = others;
    let spacing = unit * (2.0_f64).powi(-T::PRECISION);
    Sums {
        weights: [z_low.add(z_high).total(), s_low.add(s_high).total(), second.total()],
        rounding: totals(rounding, [zero_singles; 3], spacing * spacing),
    }
}

/// The weights and moments of one vector, and the sums that stay in f32.
#[inline(always)]
fn add_fast<M: Machine, T: Narrow>(
    machine: M,
    [second, rounding @ ..]: [M::Singles; 4],
    numbers: &[T],
    reference: &Reference<M::Singles>,
) -> (M::Singles, M::Singles, [M::Singles; 4]) {
    machine.prefetch(numbers.as_ptr().wrapping_add(BLOCK));
    let logits = T::singles(machine, numbers);
    let (distance, weight, mask) = reference.weigh(logits);
    let moment = weight.mul(distance);
    let spread = logits.binade(mask).mul(reference.binade).mul(weight);
    let [u, v, w] = add_spread(rounding, spread, distance);
    (weight, moment, [moment.mul_add(distance, second), u, v, w])
}
