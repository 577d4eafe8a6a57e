//! The kernel: one block of a row. It is read once from memory: the largest number is found first, and the sums are
//! taken when the block is in the nearest cache, while the next one is fetched.

use std::f64::consts::LN_2;
use std::mem::MaybeUninit;

use half::{bf16, f16};

use crate::lanes::{FLOOR_F64, Lanes, Machine};
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

    /// The block itself where nothing is widened.
    fn as_work(block: &[Self]) -> Option<&[Self::Work]>;

    /// The numbers of one vector, widened.
    fn widened<M: Machine>(machine: M, numbers: &[Self]) -> [<Self::Work as Number>::Of<M>; 2];

    /// How many [`Element::widened`] takes.
    fn width<M: Machine>() -> usize;
}

/// A number type that the kernel computes with.
pub(crate) trait Number: Element<Work = Self> {
    /// The lanes of a machine.
    type Of<M: Machine>: Lanes<Number = Self>;

    fn every<M: Machine>(machine: M, number: f64) -> Self::Of<M>;

    /// As many numbers as a vector of f32 holds, in f64.
    fn doubles<M: Machine>(machine: M, numbers: &[Self]) -> [M::Doubles; 2];

    /// Writes the first numbers that are not below `least` side by side and returns how many they are: those whose
    /// rounding counts, hence none of f64.
    fn lead<M: Machine>(machine: M, numbers: &[Self], least: M::Singles, room: &mut [MaybeUninit<f32>]) -> usize;

    /// Sums of w, w x and w x^2 with x measured from the largest number, and how many numbers were found leading.
    fn sums<M: Machine, T: Element<Work = Self>>(
        machine: M,
        part: &Part<'_, Self, T>,
        softmax: &Softmax,
        leading: &mut Space<f32>,
    ) -> ([f64; 3], usize);
}

impl Element for f64 {
    type Work = f64;
    const MASKED: f64 = f64::NEG_INFINITY;

    #[inline(always)]
    fn as_work(block: &[f64]) -> Option<&[f64]> {
        Some(block)
    }

    #[inline(always)]
    fn widened<M: Machine>(machine: M, numbers: &[f64]) -> [M::Doubles; 2] {
        machine.load_f64(numbers)
    }

    fn width<M: Machine>() -> usize {
        M::LANES
    }
}

impl Number for f64 {
    type Of<M: Machine> = M::Doubles;

    #[inline(always)]
    fn every<M: Machine>(machine: M, number: f64) -> M::Doubles {
        machine.double(number)
    }

    #[inline(always)]
    fn doubles<M: Machine>(machine: M, numbers: &[f64]) -> [M::Doubles; 2] {
        machine.load_f64(numbers)
    }

    #[inline(always)]
    fn lead<M: Machine>(_: M, _: &[f64], _: M::Singles, _: &mut [MaybeUninit<f32>]) -> usize {
        0
    }

    #[inline(always)]
    fn sums<M: Machine, T: Element<Work = f64>>(
        machine: M,
        part: &Part<'_, f64, T>,
        softmax: &Softmax,
        leading: &mut Space<f32>,
    ) -> ([f64; 3], usize) {
        sums::exact(machine, part, softmax, leading)
    }
}

/// The three narrow types differ in how they are loaded.
macro_rules! narrow {
    ($type:ty, $load:ident, $as_work:expr) => {
        impl Element for $type {
            type Work = f32;
            const MASKED: $type = <$type>::NEG_INFINITY;

            #[inline(always)]
            fn as_work(block: &[$type]) -> Option<&[f32]> {
                let as_work: fn(&[$type]) -> Option<&[f32]> = $as_work;
                as_work(block)
            }

            #[inline(always)]
            fn widened<M: Machine>(machine: M, numbers: &[$type]) -> [M::Singles; 2] {
                let (low, high) = numbers.split_at(M::LANES.min(numbers.len()));
                [machine.$load(low), machine.$load(high)]
            }

            fn width<M: Machine>() -> usize {
                2 * M::LANES
            }
        }
    };
}

narrow!(f32, load_f32, |block| Some(block));
narrow!(f16, load_f16, |_| None);
narrow!(bf16, load_bf16, |_| None);

impl Number for f32 {
    type Of<M: Machine> = M::Singles;

    #[inline(always)]
    fn every<M: Machine>(machine: M, number: f64) -> M::Singles {
        machine.single(number as f32)
    }

    #[inline(always)]
    fn doubles<M: Machine>(machine: M, numbers: &[f32]) -> [M::Doubles; 2] {
        machine.load_wide(numbers)
    }

    #[inline(always)]
    fn lead<M: Machine>(machine: M, numbers: &[f32], least: M::Singles, room: &mut [MaybeUninit<f32>]) -> usize {
        machine.pack(machine.load_f32(numbers), least, room)
    }

    #[inline(always)]
    fn sums<M: Machine, T: Element<Work = f32>>(
        machine: M,
        part: &Part<'_, f32, T>,
        softmax: &Softmax,
        leading: &mut Space<f32>,
    ) -> ([f64; 3], usize) {
        if softmax.exact {
            sums::exact(machine, part, softmax, leading)
        } else {
            sums::fast(machine, part, softmax, leading)
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
    let mut space = Space::new();
    let (mut numbers, mut top) = match T::as_work(block) {
        Some(numbers) => (numbers, largest(machine, numbers, None).0),
        None => {
            let (top, count) = largest(machine, block, Some(&mut space));
            // SAFETY: as many numbers were written.
            (&*unsafe { space.written(count) }, top)
        }
    };
    let mut risen = sums.clone();
    if top == f64::INFINITY {
        return Err(first_wrong(block));
    }
    let mut own = Space::new();
    if top > sums.maximum {
        let place = place(machine, numbers, top);
        risen.rise(top, sums.columns + place, T::half_spacing_at(sums.maximum), softmax);
        let others = own.copy(numbers);
        others.get_mut(place).into_iter().for_each(|number| *number = T::Work::MASKED);
        numbers = others;
        top = largest(machine, numbers, None).0;
    }
    if top == f64::NEG_INFINITY || softmax.distance(top, risen.maximum) < LOWEST {
        // Nothing has weight; but what is no number must be found.
        if numbers.iter().any(|number| number.widen().is_nan()) {
            return Err(first_wrong(block));
        }
    } else {
        let part = Part { numbers, ahead: block.as_ptr().wrapping_add(BLOCK), top, maximum: risen.maximum };
        let more = sums::of::<M, T>(machine, part, softmax);
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

/// The largest of the numbers that are not NaN. If there is room for the widened numbers, they are written there.
#[inline(always)]
fn largest<M: Machine, T: Element>(machine: M, block: &[T], mut room: Option<&mut Space<T::Work>>) -> (f64, usize) {
    let lowest = T::Work::every(machine, f64::NEG_INFINITY);
    let (mut low_found, mut high_found, mut count) = (lowest, lowest, 0);
    for vectors in whole_and_rest(T::width::<M>(), block, &mut [T::MASKED; WIDEST]) {
        for numbers in vectors {
            let [low, high] = T::widened(machine, numbers);
            if let Some(room) = room.as_mut() {
                count = room.push(count, low);
                count = room.push(count, high);
            }
            // A maximum is the second operand where the first one is NaN.
            (low_found, high_found) = (low.max(low_found), high.max(high_found));
        }
    }
    (low_found.max(high_found).largest().widen(), count)
}

/// The place of the first number that is not smaller than `bound`.
#[inline(always)]
fn place<M: Machine, N: Number>(machine: M, numbers: &[N], bound: f64) -> usize {
    let (width, bounds, mut start) = (N::width::<M>(), N::every(machine, bound), 0);
    for numbers in numbers.chunks_exact(width) {
        let [low, high] = N::widened(machine, numbers);
        if low.max(high).any_at_least(bounds) {
            break;
        }
        start += width;
    }
    let rest = numbers.get(start..).unwrap_or_default();
    start + rest.iter().position(|number| number.widen() >= bound).unwrap_or_default()
}
