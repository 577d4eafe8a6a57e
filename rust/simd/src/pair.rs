//! The divergence of two distributions over the same tokens, block by block.

use std::f64::consts::{LN_2, LOG2_E};

use crate::block::{Number, WIDEST, whole_and_rest};
use crate::lanes::{FLOOR_F64, Lanes, Machine};

/// A softmax distribution of which the sums are known: ln p = (x - m)/T - ln Z.
#[derive(Debug, Clone, Copy)]
pub struct LogSoftmax {
    /// m, the largest logit.
    pub maximum: f64,
    /// 1/T.
    pub inverse_temperature: f64,
    /// ln Z. [nat]
    pub ln_z: f64,
}

/// 1/(2k+1), k from 15 to 1: the series of atanh; with an argument of at most 1/3 its rest is below 2e-17.
const ODD: [f64; 15] = {
    let mut odd = [0.0; 15];
    let mut k = 1;
    while k <= 15 {
        #[allow(clippy::indexing_slicing, reason = "k is from 1 to 15, and the compiler evaluates it")]
        {
            odd[15 - k] = 1.0 / (2 * k + 1) as f64;
        }
        k += 1;
    }
    odd
};

/// Sums of p ln(p/q) - p + q and of the terms of the Jensen-Shannon divergence over a part of two rows. [nat]
///
/// With A the larger one of p and q, t <= 0 the logarithm of the smaller over the larger one, E = e^t - 1 and
/// L = ln(1 + E/2): the first is A (E - t) where p is the larger one and A ((1 + E) t - E) where q is, and the second
/// A ((1 + E)(t - L) - L)/2. Nothing is negative, and the relative error is about 4e-16/|t|.
#[inline(always)]
pub(crate) fn divergences<M: Machine>(machine: M, p: &[f64], q: &[f64], of: [LogSoftmax; 2]) -> [f64; 2] {
    let [of_p, of_q] = of.map(|of| [of.maximum, of.inverse_temperature, of.ln_z]);
    let [p_max, p_inverse, p_ln_z] = each(machine, of_p);
    let [q_max, q_inverse, q_ln_z] = each(machine, of_q);
    let slope = machine.double(<M::Doubles as Lanes>::STEPS * LOG2_E);
    let floor = machine.double(FLOOR_F64 * LN_2);
    let [one, two, half, least] = each(machine, [1.0, 2.0, 0.5, f64::MIN_POSITIVE]);
    let (mut leibler, mut shannon) = (machine.double(0.0), machine.double(0.0));
    let (mut p_filled, mut q_filled) = ([f64::NEG_INFINITY; WIDEST], [f64::NEG_INFINITY; WIDEST]);
    let parts = whole_and_rest(M::LANES, p, &mut p_filled).into_iter().zip(whole_and_rest(M::LANES, q, &mut q_filled));
    for (p, q) in parts {
        for (p, q) in p.zip(q) {
            for (p, q) in f64::doubles(machine, p).into_iter().zip(f64::doubles(machine, q)) {
                let ln_p = p.sub(p_max).mul_sub(p_inverse, p_ln_z);
                let ln_q = q.sub(q_max).mul_sub(q_inverse, q_ln_z);
                let ln_larger = floor.max(ln_p.max(ln_q));
                let larger = ln_larger.exp(slope);
                // -inf where one of the two is masked; neither counts where the larger one is zero.
                let ratio = ln_p.min(ln_q).sub(ln_larger).where_at_least(larger, least);
                let reached = floor.max(ratio);
                let (power, less_one) = reached.split_exp(slope);
                let less = power.mul_add(less_one, power.sub(one));
                let quotient = less.add(one);
                let above = less.sub(ratio).where_at_least(ln_p, ln_q);
                let below = quotient.mul_sub(reached, less).where_at_least(ln_q, ln_p);
                leibler = larger.mul_add(above.add(below), leibler);
                let h = less.mul(half);
                let s = h.div(h.add(two));
                let square = s.mul(s);
                let mut series = machine.double(1.0 / 33.0);
                for coefficient in ODD {
                    series = series.mul_add(square, machine.double(coefficient));
                }
                let twice = s.mul(two);
                let middle = twice.mul(square).mul_add(series, twice);
                let both = quotient.mul_sub(reached.sub(middle), middle);
                shannon = larger.mul(half).mul_add(both, shannon);
            }
        }
    }
    [leibler.total(), shannon.total()]
}

#[inline(always)]
fn each<M: Machine, const N: usize>(machine: M, numbers: [f64; N]) -> [M::Doubles; N] {
    let mut lanes = [machine.double(0.0); N];
    for (lanes, number) in lanes.iter_mut().zip(numbers) {
        *lanes = machine.double(number);
    }
    lanes
}

#[cfg(test)]
#[path = "pair_tests.rs"]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests;
