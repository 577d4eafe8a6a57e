//! The sums over a block whose largest numbers are known.

use crate::block::{Element, Number, WIDEST, whole_and_rest};
use crate::lanes::{FLOOR_F32, FLOOR_F64, Lanes, Machine};
use crate::logit::Logit;
use crate::row::{Softmax, Sums, moved};
use crate::space::Space;

/// Weights that are smaller by this factor than the largest one of their block are left out of the rounding: what
/// they would add to its squares is below 2048 e^-14 of the largest one.
const NEGLIGIBLE: f64 = 7.0;
/// The vectors of f32 that are added before they are widened: seven roundings.
const TOGETHER: usize = 8;

/// A block without the largest number of the row.
pub(crate) struct Part<'a, N, T> {
    pub(crate) numbers: &'a [N],
    /// Where the numbers will be taken from next.
    pub(crate) ahead: *const T,
    /// The largest of the numbers.
    pub(crate) top: f64,
    /// The largest of the row.
    pub(crate) maximum: f64,
}

/// The sums over a part.
#[inline(always)]
pub(crate) fn of<M: Machine, T: Element>(machine: M, part: Part<'_, T::Work, T>, softmax: &Softmax) -> Sums {
    if softmax.is_extreme() {
        return plain::<T>(&part, softmax);
    }
    let mut leading = Space::new();
    let (weights, count) = T::Work::sums(machine, &part, softmax, &mut leading);
    // SAFETY: the sums have counted what they have written.
    let leading = unsafe { leading.written(count) };
    Sums { weights: softmax.scaled(weights), rounding: rounding::<M, T>(machine, leading, &part, softmax) }
}

/// Sums of w, w x and w x^2, x measured from the largest number, all in f64; and how many numbers have gone to `leading`.
#[inline(always)]
pub(crate) fn exact<M: Machine, T: Element>(
    machine: M,
    part: &Part<'_, T::Work, T>,
    softmax: &Softmax,
    leading: &mut Space<f32>,
) -> ([f64; 3], usize) {
    let slope = softmax.slope(<M::Doubles as Lanes>::STEPS);
    let floor = machine.double(FLOOR_F64 * <M::Doubles as Lanes>::STEPS / slope);
    let (slope, largest) = (machine.double(slope), machine.double(part.maximum));
    let least = machine.single(least(part.top, softmax));
    // Two accumulators for each sum, one for each half: additions that do not wait for each other.
    let mut sums = [[machine.double(0.0); 3]; 2];
    let (mut count, mut ahead) = (0, part.ahead);
    for vectors in whole_and_rest(M::LANES, part.numbers, &mut [T::Work::MASKED; WIDEST]) {
        for numbers in vectors {
            machine.prefetch(ahead);
            ahead = ahead.wrapping_add(M::LANES);
            for (sums, numbers) in sums.iter_mut().zip(T::Work::doubles(machine, numbers)) {
                let [zeroth, first, second] = *sums;
                // NaN is kept: it is the second operand.
                let distance = floor.max(numbers.sub(largest));
                let weight = distance.exp(slope);
                let moment = weight.mul(distance);
                *sums = [zeroth.add(weight), first.add(moment), moment.mul_add(distance, second)];
            }
            count += T::Work::lead(machine, numbers, least, leading.behind(count));
        }
    }
    let [[a, b, c], [d, e, f]] = sums;
    ([a.add(d).total(), b.add(e).total(), c.add(f).total()], count)
}

/// The same in f32, the first two sums across vectors in f64: relative error of a weight about 2e-7, of a distance 6e-8.
#[inline(always)]
pub(crate) fn fast<M: Machine, T: Element<Work = f32>>(
    machine: M,
    part: &Part<'_, f32, T>,
    softmax: &Softmax,
    leading: &mut Space<f32>,
) -> ([f64; 3], usize) {
    let exact = softmax.slope(<M::Singles as Lanes>::STEPS);
    let slope = exact as f32;
    let floor = machine.single((FLOOR_F32 * <M::Singles as Lanes>::STEPS / exact) as f32);
    let (slopes, largest) = (machine.single(slope), machine.single(part.maximum as f32));
    let least = machine.single(least(part.top, softmax));
    let (zero, none) = (machine.double(0.0), machine.single(0.0));
    let ([mut z_low, mut z_high], [mut s_low, mut s_high], mut second) = ([zero; 2], [zero; 2], none);
    let (mut count, mut ahead) = (0, part.ahead);
    for vectors in whole_and_rest(TOGETHER * M::LANES, part.numbers, &mut [f32::MASKED; WIDEST]) {
        for numbers in vectors {
            let (mut weights, mut moments) = (none, none);
            for numbers in numbers.chunks_exact(M::LANES) {
                machine.prefetch(ahead);
                ahead = ahead.wrapping_add(M::LANES);
                let logits = machine.load_f32(numbers);
                let distance = floor.max(logits.sub(largest));
                let weight = distance.exp(slopes);
                let moment = weight.mul(distance);
                (weights, moments) = (weights.add(weight), moments.add(moment));
                second = moment.mul_add(distance, second);
                count += machine.pack(logits, least, leading.behind(count));
            }
            let [low, high] = machine.widen(weights);
            (z_low, z_high) = (z_low.add(low), z_high.add(high));
            let [low, high] = machine.widen(moments);
            (s_low, s_high) = (s_low.add(low), s_high.add(high));
        }
    }
    let [zeroth, first, second] = [z_low.add(z_high).total(), s_low.add(s_high).total(), second.total()];
    // The slope was rounded to f32, by a factor of 1 + e: to first order the weights are e^d (1 + e d).
    let rounded = (f64::from(slope) / exact - 1.0) * softmax.inverse_temperature;
    ([zeroth - rounded * first, first - rounded * second, second], count)
}

/// The least number that leads a block whose largest one is `top`; never a mask.
fn least(top: f64, softmax: &Softmax) -> f32 {
    ((top - NEGLIGIBLE * softmax.temperature) as f32).max(f32::MIN)
}

/// Sums of (w delta)^2 d^n, delta half the spacing of the type that the numbers are stored in, over the leading ones.
///
/// They are taken in f32, from the largest number of the part, so that nothing is too small.
#[inline(always)]
fn rounding<M: Machine, T: Element>(
    machine: M,
    leading: &[f32],
    part: &Part<'_, T::Work, T>,
    softmax: &Softmax,
) -> [f64; 3] {
    if leading.is_empty() {
        return [0.0; 3];
    }
    let slope = softmax.slope(<M::Singles as Lanes>::STEPS);
    let floor = machine.single((FLOOR_F32 * <M::Singles as Lanes>::STEPS / slope) as f32);
    let (slope, top) = (machine.single(slope as f32), machine.single(part.top as f32));
    // In this unit no binade is above 2, so that squares do not overflow.
    let unit = (part.top.abs() + 2.0 * NEGLIGIBLE * softmax.temperature).clamp(1e-30, 1e30);
    let (inverse, smallest) = (machine.single(unit.recip() as f32), machine.single((2.0_f32).powi(T::MIN_EXPONENT)));
    let mut sums = [machine.single(0.0); 3];
    for vectors in whole_and_rest(M::LANES, leading, &mut [f32::MASKED; WIDEST]) {
        for numbers in vectors {
            let [zeroth, first, second] = sums;
            // What fills the last vector up is made finite; it has no weight.
            let logits = machine.load_f32(numbers).max(machine.single(f32::MIN));
            let distance = floor.max(logits.sub(top));
            let spread = distance.exp(slope).mul(inverse).mul(logits.binade().max(smallest));
            let moment = spread.mul(distance);
            sums = [spread.mul_add(spread, zeroth), spread.mul_add(moment, first), moment.mul_add(moment, second)];
        }
    }
    // The half spacing is 2^-precision of the binade.
    let spacing = unit * (2.0_f64).powi(-T::PRECISION);
    let ([zeroth, first, second], square) = (sums, spacing * spacing);
    let sums = softmax.scaled([zeroth.total() * square, first.total() * square, second.total() * square]);
    let distance = softmax.distance(part.top, part.maximum);
    moved(sums, distance, (2.0 * distance).exp())
}

/// The sums where a number of f64 could overflow on the way, or T = 0: one by one.
#[cold]
fn plain<T: Element>(part: &Part<'_, T::Work, T>, softmax: &Softmax) -> Sums {
    let mut sums = Sums { weights: [0.0; 3], rounding: [0.0; 3] };
    for number in part.numbers.iter().map(|number| number.widen()) {
        let distance = softmax.distance(number, part.maximum);
        let weight = distance.exp();
        if weight == 0.0 {
            continue;
        }
        let spread = (weight * T::half_spacing_at(number)).powi(2);
        for (power, (sum, spreads)) in sums.weights.iter_mut().zip(&mut sums.rounding).enumerate() {
            *sum += weight * distance.powi(power as i32);
            *spreads += spread * distance.powi(power as i32);
        }
    }
    sums
}
