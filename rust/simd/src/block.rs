//! The kernel: one block of a row. It is read once from memory: the largest number is found first, and the sums are
//! taken when the block is in the nearest cache, while the next one is fetched.

use std::f64::consts::LN_2;
use std::mem::MaybeUninit;

use half::{bf16, f16};

use crate::lanes::{FLOOR_F32, FLOOR_F64, Lanes, Machine};
use crate::logit::Logit;
use crate::row::{BLOCK, RowSums, Softmax};
use crate::space::Space;
use crate::sums::{self, Part};

/// The d below which a weight is zero.
const LOWEST: f64 = FLOOR_F64 * LN_2;
/// The most numbers that are taken at a time.
pub(crate) const WIDEST: usize = 128;

/// A number type that the kernel reads.
pub(crate) trait Element: Logit {
    /// The type that it is computed in: f32, which the narrower ones are widened to first, or f64.
    type Work: Number;
    /// What fills a vector up; it has no weight.
    const MASKED: Self;

    /// The numbers of one vector, widened.
    fn widened<M: Machine>(machine: M, numbers: &[Self]) -> [<Self::Work as Number>::Of<M>; 2];

    /// How many [`Element::widened`] takes.
    fn width<M: Machine>() -> usize;

    /// The largest of the numbers that are not NaN. Where one is NaN it may be that.
    fn largest<M: Machine>(machine: M, block: &[Self]) -> f64;
}

/// A number type that the kernel computes with.
pub(crate) trait Number: Element<Work = Self> {
    /// The lanes of a machine.
    type Of<M: Machine>: Lanes<Number = Self>;

    /// The octaves below which a weight is zero.
    fn floor(softmax: &Softmax) -> f64;

    fn every<M: Machine>(machine: M, number: f64) -> Self::Of<M>;

    /// As many numbers as a vector of f32 holds, in f64.
    fn doubles<M: Machine>(machine: M, numbers: &[Self]) -> [M::Doubles; 2];

    /// Writes the first numbers that are not below `least` side by side and returns how many they are: those whose
    /// rounding counts, hence none of f64.
    fn lead<M: Machine>(machine: M, numbers: Self::Of<M>, least: M::Singles, room: &mut [MaybeUninit<f32>]) -> usize;

    /// Sums of w, w d and w d^2 over numbers that are not below the floor of their part.
    fn sums<M: Machine, T: Element<Work = Self>>(
        machine: M,
        numbers: &[Self],
        part: &Part<'_, T>,
        softmax: &Softmax,
    ) -> [f64; 3];
}

impl Element for f64 {
    type Work = f64;
    const MASKED: f64 = f64::NEG_INFINITY;

    #[inline(always)]
    fn widened<M: Machine>(machine: M, numbers: &[f64]) -> [M::Doubles; 2] {
        machine.load_f64(numbers)
    }

    fn width<M: Machine>() -> usize {
        M::LANES
    }

    #[inline(always)]
    fn largest<M: Machine>(machine: M, block: &[f64]) -> f64 {
        largest_lane(machine, block)
    }
}

impl Number for f64 {
    type Of<M: Machine> = M::Doubles;

    fn floor(_: &Softmax) -> f64 {
        FLOOR_F64
    }

    #[inline(always)]
    fn every<M: Machine>(machine: M, number: f64) -> M::Doubles {
        machine.double(number)
    }

    #[inline(always)]
    fn doubles<M: Machine>(machine: M, numbers: &[f64]) -> [M::Doubles; 2] {
        machine.load_f64(numbers)
    }

    #[inline(always)]
    fn lead<M: Machine>(_: M, _: M::Doubles, _: M::Singles, _: &mut [MaybeUninit<f32>]) -> usize {
        0
    }

    #[inline(always)]
    fn sums<M: Machine, T: Element<Work = f64>>(
        machine: M,
        numbers: &[f64],
        part: &Part<'_, T>,
        softmax: &Softmax,
    ) -> [f64; 3] {
        sums::exact(machine, numbers, part, softmax)
    }
}

/// The three narrow types differ in how they are loaded and compared.
macro_rules! narrow {
    ($type:ty, $load:ident, $largest:ident) => {
        impl Element for $type {
            type Work = f32;
            const MASKED: $type = <$type>::NEG_INFINITY;

            #[inline(always)]
            fn widened<M: Machine>(machine: M, numbers: &[$type]) -> [M::Singles; 2] {
                let (low, high) = numbers.split_at(M::LANES.min(numbers.len()));
                [machine.$load(low), machine.$load(high)]
            }

            fn width<M: Machine>() -> usize {
                2 * M::LANES
            }

            #[inline(always)]
            fn largest<M: Machine>(machine: M, block: &[$type]) -> f64 {
                $largest(machine, block)
            }
        }
    };
}

narrow!(f32, load_f32, largest_lane);
narrow!(f16, load_f16, largest_f16);
narrow!(bf16, load_bf16, largest_bf16);

impl Number for f32 {
    type Of<M: Machine> = M::Singles;

    fn floor(softmax: &Softmax) -> f64 {
        if softmax.exact { FLOOR_F64 } else { FLOOR_F32 }
    }

    #[inline(always)]
    fn every<M: Machine>(machine: M, number: f64) -> M::Singles {
        machine.single(number as f32)
    }

    #[inline(always)]
    fn doubles<M: Machine>(machine: M, numbers: &[f32]) -> [M::Doubles; 2] {
        machine.load_wide(numbers)
    }

    #[inline(always)]
    fn lead<M: Machine>(machine: M, numbers: M::Singles, least: M::Singles, room: &mut [MaybeUninit<f32>]) -> usize {
        machine.pack(numbers, least, room)
    }

    #[inline(always)]
    fn sums<M: Machine, T: Element<Work = f32>>(
        machine: M,
        numbers: &[f32],
        part: &Part<'_, T>,
        softmax: &Softmax,
    ) -> [f64; 3] {
        if softmax.exact {
            sums::exact(machine, numbers, part, softmax)
        } else {
            sums::fast(machine, numbers, part, softmax)
        }
    }
}

/// Takes one block, of at most [`BLOCK`] numbers, into the sums of its row. See [`Logit::absorb`].
#[inline(always)]
pub(crate) fn absorb<M: Machine, T: Element>(
    machine: M,
    block: &[T],
    sums: &mut RowSums,
    softmax: &Softmax,
) -> Result<(), usize> {
    let (mut others, mut top) = (block, T::largest(machine, block));
    if top == f64::INFINITY || top.is_nan() {
        return Err(first_wrong(block));
    }
    let mut risen = sums.clone();
    let mut own = Space::new();
    if top > sums.maximum {
        let place = place(machine, block, top);
        risen.rise(top, sums.columns + place, T::half_spacing_at(sums.maximum), softmax);
        let copy = own.copy(block);
        copy.get_mut(place).into_iter().for_each(|number| *number = T::MASKED);
        others = copy;
        top = T::largest(machine, others);
    }
    if top == f64::NEG_INFINITY || softmax.distance(top, risen.maximum) < LOWEST {
        // Nothing has weight; but what is no number must be found.
        if others.iter().any(|number| number.widen().is_nan()) {
            return Err(first_wrong(block));
        }
    } else {
        let part = Part { numbers: others, ahead: block.as_ptr().wrapping_add(BLOCK), top, maximum: risen.maximum };
        let more = sums::of(machine, &part, softmax);
        if more.weights[0].is_nan() {
            return Err(first_wrong(block));
        }
        risen.add(more);
    }
    risen.columns += block.len();
    *sums = risen;
    Ok(())
}

/// The place of the first number that is NaN or +inf.
#[cold]
fn first_wrong<T: Logit>(block: &[T]) -> usize {
    let wrong = |number: &T| number.widen().is_nan() || number.widen() == f64::INFINITY;
    block.iter().position(wrong).unwrap_or_default()
}

/// The numbers in two parts, of which the first is whole vectors of `width` and the second one that is filled up.
///
/// Loops go over both, with their body written once and no closure: what the compiler keeps apart has no vectors.
#[inline(always)]
pub(crate) fn whole_and_rest<'a, T: Element>(
    width: usize,
    numbers: &'a [T],
    filled: &'a mut [T; WIDEST],
) -> [std::slice::ChunksExact<'a, T>; 2] {
    let (whole, rest) = numbers.split_at(numbers.len() - numbers.len() % width);
    filled.iter_mut().zip(rest).for_each(|(place, number)| *place = *number);
    let rest = if rest.is_empty() { &[] } else { filled.get(..width).unwrap_or_default() };
    [whole.chunks_exact(width), rest.chunks_exact(width)]
}

/// The largest of the numbers that are not NaN.
#[inline(always)]
fn largest_lane<M: Machine, N: Number>(machine: M, block: &[N]) -> f64 {
    let lowest = N::every(machine, f64::NEG_INFINITY);
    let (mut low_found, mut high_found) = (lowest, lowest);
    for vectors in whole_and_rest(N::width::<M>(), block, &mut [N::MASKED; WIDEST]) {
        for numbers in vectors {
            let [low, high] = N::widened(machine, numbers);
            // A maximum is the second operand where the first one is NaN.
            (low_found, high_found) = (low.max(low_found), high.max(high_found));
        }
    }
    low_found.max(high_found).largest().widen()
}

#[inline(always)]
fn largest_f16<M: Machine>(_: M, block: &[f16]) -> f64 {
    f16::from_bits(largest_bits(block.iter().map(|number| number.to_bits()))).widen()
}

#[inline(always)]
fn largest_bf16<M: Machine>(_: M, block: &[bf16]) -> f64 {
    bf16::from_bits(largest_bits(block.iter().map(|number| number.to_bits()))).widen()
}

/// The bits of the largest number. As integers those of positive numbers are in order, NaN behind infinity, and those
/// of negative ones are below and in the opposite order.
#[inline(always)]
fn largest_bits(numbers: impl Iterator<Item = u16>) -> u16 {
    let (mut most, mut least) = (i16::MIN, i16::MAX);
    for bits in numbers {
        (most, least) = (most.max(bits as i16), least.min(bits as i16));
    }
    (if most < 0 { least } else { most }) as u16
}

/// The place of the first number that is not smaller than `bound`.
#[inline(always)]
fn place<M: Machine, T: Element>(machine: M, numbers: &[T], bound: f64) -> usize {
    let (width, bounds, mut start) = (T::width::<M>(), T::Work::every(machine, bound), 0);
    for numbers in numbers.chunks_exact(width) {
        let [low, high] = T::widened(machine, numbers);
        if low.max(high).any_at_least(bounds) {
            break;
        }
        start += width;
    }
    let rest = numbers.get(start..).unwrap_or_default();
    start + rest.iter().position(|number| number.widen() >= bound).unwrap_or_default()
}
