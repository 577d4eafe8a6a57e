//! The sums over a block whose largest numbers are known.

use std::f64::consts::LN_2;

use crate::block::{Element, Number, WIDEST, whole_and_rest};
use crate::lanes::{FLOOR_F32, Lanes, Machine};
use crate::row::{Softmax, Sums, moved};
use crate::space::Space;

/// Weights that are smaller by this factor than the largest one of their block are left out of the rounding: what
/// they would add to its squares is below 2048 e^-14 of the largest one.
const NEGLIGIBLE: f64 = 7.0;
/// The vectors of f32 that are added before they are widened: fifteen roundings.
const TOGETHER: usize = 16;
/// The largest |m|/T at which a step of an octave of f32 numbers near the floor is known to half a step.
const FARTHEST: f64 = 131_072.0;
/// The same where a product is rounded before it is added to: 1e-13 nat.
const FARTHEST_IN_TWO: f64 = 512.0;

/// A block without the largest number of the row.
pub(crate) struct Part<'a, T> {
    pub(crate) numbers: &'a [T],
    /// Where the numbers will be taken from next.
    pub(crate) ahead: *const T,
    /// The largest of the numbers.
    pub(crate) top: f64,
    /// The largest of the row.
    pub(crate) maximum: f64,
}

/// The sums over a part.
#[inline(always)]
pub(crate) fn of<M: Machine, T: Element>(machine: M, part: &Part<'_, T>, softmax: &Softmax) -> Sums {
    let farthest = if M::FUSED { FARTHEST } else { FARTHEST_IN_TWO };
    if softmax.is_extreme() || part.maximum.abs() > farthest * softmax.temperature {
        return plain(part, softmax);
    }
    let (mut numbers, mut leading) = (Space::new(), Space::new());
    let (count, leads) = widened(machine, part, softmax, &mut numbers, &mut leading);
    // SAFETY: as many were written.
    let (numbers, leading) = unsafe { (numbers.written(count), leading.written(leads)) };
    Sums {
        weights: T::Work::sums(machine, numbers, part, softmax),
        rounding: rounding(machine, leading, part, softmax),
    }
}

/// Writes the numbers of a part to `numbers`, widened, and those that lead to `leading`; returns how many they are.
///
/// What is below the floor is raised to it, where its weight is zero, and so is what fills the last vector up.
#[inline(always)]
fn widened<M: Machine, T: Element>(
    machine: M,
    part: &Part<'_, T>,
    softmax: &Softmax,
    numbers: &mut Space<T::Work>,
    leading: &mut Space<f32>,
) -> (usize, usize) {
    let floor = T::Work::every(machine, part.maximum + T::Work::floor(softmax) * LN_2 * softmax.temperature);
    let least = machine.single(least(part.top, softmax));
    let (mut count, mut leads) = (0, 0);
    for vectors in whole_and_rest(T::width::<M>(), part.numbers, &mut [T::MASKED; WIDEST]) {
        for stored in vectors {
            for lanes in T::widened(machine, stored) {
                // NaN is kept: it is the second operand.
                count = numbers.push(count, floor.max(lanes));
                leads += T::Work::lead(machine, lanes, least, leading.behind(leads));
            }
        }
    }
    (count, leads)
}

/// Sums of w, w d and w d^2, all in f64.
///
/// The distances are y = x s - m s in steps of an octave, s the slope and the product rounded with the sum. What the
/// rounding of m s shifts them by is known, and taken back from the sums.
#[inline(always)]
pub(crate) fn exact<M: Machine, T: Element>(
    machine: M,
    numbers: &[T::Work],
    part: &Part<'_, T>,
    softmax: &Softmax,
) -> [f64; 3] {
    let steps = <M::Doubles as Lanes>::STEPS;
    let slope = softmax.slope(steps);
    let base = -(part.maximum * slope);
    let shift = if M::FUSED { part.maximum.mul_add(slope, base) } else { 0.0 };
    let (slope, base) = (machine.double(slope), machine.double(base));
    // Two accumulators for each sum, one for each half: additions that do not wait for each other.
    let mut sums = [[machine.double(0.0); 3]; 2];
    let mut ahead = part.ahead;
    for numbers in numbers.chunks_exact(M::LANES) {
        machine.prefetch(ahead);
        ahead = ahead.wrapping_add(M::LANES);
        for (sums, numbers) in sums.iter_mut().zip(T::Work::doubles(machine, numbers)) {
            let [zeroth, first, second] = *sums;
            let distance = numbers.mul_add(slope, base);
            let weight = distance.power();
            let moment = weight.mul(distance);
            *sums = [zeroth.add(weight), first.add(moment), moment.mul_add(distance, second)];
        }
    }
    let [[a, b, c], [d, e, f]] = sums;
    let [zeroth, first, second] = [a.add(d).total(), b.add(e).total(), c.add(f).total()];
    let unit = LN_2 / steps;
    // The shift is below 1e-8, and its square nothing.
    moved([zeroth, first * unit, second * unit * unit], -shift * unit, 1.0 - shift * unit)
}

/// The same in f32, the first two sums across vectors in f64: relative error of a weight about 2e-7, of a distance 6e-8.
#[inline(always)]
pub(crate) fn fast<M: Machine, T: Element<Work = f32>>(
    machine: M,
    numbers: &[f32],
    part: &Part<'_, T>,
    softmax: &Softmax,
) -> [f64; 3] {
    let exact = softmax.slope(<M::Singles as Lanes>::STEPS);
    let slope = exact as f32;
    let (slopes, largest) = (machine.single(slope), machine.single(part.maximum as f32));
    let (zero, none) = (machine.double(0.0), machine.single(0.0));
    let ([mut z_low, mut z_high], [mut s_low, mut s_high], mut second) = ([zero; 2], [zero; 2], none);
    let mut ahead = part.ahead;
    for numbers in numbers.chunks(TOGETHER * M::LANES) {
        let (mut weights, mut moments) = (none, none);
        for numbers in numbers.chunks_exact(M::LANES) {
            machine.prefetch(ahead);
            ahead = ahead.wrapping_add(M::LANES);
            let distance = machine.load_f32(numbers).sub(largest);
            let weight = distance.exp(slopes);
            let moment = weight.mul(distance);
            (weights, moments) = (weights.add(weight), moments.add(moment));
            second = moment.mul_add(distance, second);
        }
        let [low, high] = machine.widen(weights);
        (z_low, z_high) = (z_low.add(low), z_high.add(high));
        let [low, high] = machine.widen(moments);
        (s_low, s_high) = (s_low.add(low), s_high.add(high));
    }
    let [zeroth, first, second] = [z_low.add(z_high).total(), s_low.add(s_high).total(), second.total()];
    // The slope was rounded to f32, by a factor of 1 + e: to first order the weights are e^d (1 + e d).
    let rounded = (f64::from(slope) / exact - 1.0) * softmax.inverse_temperature;
    softmax.scaled([zeroth - rounded * first, first - rounded * second, second])
}

/// The least number that leads a block whose largest one is `top`; never a mask.
fn least(top: f64, softmax: &Softmax) -> f32 {
    ((top - NEGLIGIBLE * softmax.temperature) as f32).max(f32::MIN)
}

/// Sums of (w delta)^2 d^n, delta half the spacing of the type that the numbers are stored in, over the leading ones.
///
/// They are taken in f32, from the largest number of the part, so that nothing is too small, and in steps as those of
/// [`exact`].
#[inline(always)]
fn rounding<M: Machine, T: Element>(machine: M, leading: &[f32], part: &Part<'_, T>, softmax: &Softmax) -> [f64; 3] {
    if leading.is_empty() {
        return [0.0; 3];
    }
    let steps = <M::Singles as Lanes>::STEPS;
    let (slope, top) = (softmax.slope(steps) as f32, part.top as f32);
    let base = -(top * slope);
    let shift = f64::from(top) * f64::from(slope) + f64::from(base);
    let floor = (part.top + FLOOR_F32 * LN_2 * softmax.temperature) as f32;
    let (slope, base) = (machine.single(slope), machine.single(base));
    // In this unit no binade is above 2, so that squares do not overflow.
    let unit = (part.top.abs() + 2.0 * NEGLIGIBLE * softmax.temperature).clamp(1e-30, 1e30);
    let (inverse, smallest) = (machine.single(unit.recip() as f32), machine.single((2.0_f32).powi(T::MIN_EXPONENT)));
    let mut sums = [machine.single(0.0); 3];
    for vectors in whole_and_rest(M::LANES, leading, &mut [floor; WIDEST]) {
        for numbers in vectors {
            let [zeroth, first, second] = sums;
            let logits = machine.load_f32(numbers);
            let distance = logits.mul_add(slope, base);
            let spread = distance.power().mul(inverse).mul(logits.binade().max(smallest));
            let moment = spread.mul(distance);
            sums = [spread.mul_add(spread, zeroth), spread.mul_add(moment, first), moment.mul_add(moment, second)];
        }
    }
    // The half spacing is 2^-precision of the binade.
    let spacing = unit * (2.0_f64).powi(-T::PRECISION);
    let ([zeroth, first, second], square, step) = (sums, spacing * spacing, LN_2 / steps);
    let sums = [zeroth.total() * square, first.total() * square * step, second.total() * square * step * step];
    let distance = softmax.distance(part.top, part.maximum) - shift * step;
    moved(sums, distance, (2.0 * distance).exp())
}

/// The sums where a number of f64 could overflow on the way, or T = 0: one by one.
#[cold]
fn plain<T: Element>(part: &Part<'_, T>, softmax: &Softmax) -> Sums {
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
