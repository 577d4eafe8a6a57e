//! What is computed of a token only on request: Renyi entropies, the rank of the target, the mass of the likeliest.

use std::ops::Range;

use ndarray::ArrayView2;
use szilard_simd::Logit;

use super::row::{ROWS, Row};
use super::sum::sum;
use super::{EntropyOptions, InformationError, TokenInformation};
use crate::input::Refusal;
use crate::parallel::blocks;

/// Below this distance from order 1 the defining quotient would lose digits.
const NEAR_ONE: f64 = 0.25;

/// What was asked for, of all tokens.
#[derive(Debug, Default)]
pub(super) struct Requested {
    /// By order, then by token. [nat]
    pub(super) renyi: Vec<Vec<f64>>,
    pub(super) rank: Option<Vec<u64>>,
    pub(super) top_k_mass: Option<Vec<f64>>,
}

impl Requested {
    /// Puts the figures behind those of the rows before.
    pub(super) fn append_to(self, all: &mut TokenInformation) {
        all.renyi.iter_mut().zip(self.renyi).for_each(|(all, more)| all.extend(more));
        all.rank.iter_mut().for_each(|all| all.extend(self.rank.iter().flatten()));
        all.top_k_mass.iter_mut().for_each(|all| all.extend(self.top_k_mass.iter().flatten()));
    }
}

/// The figures that the options ask for; a row is widened for them once more.
///
/// # Errors
///
/// [`InformationError::Order`], and what [`Row::fill`] refuses.
pub(super) fn requested<T: Logit>(
    logits: ArrayView2<'_, T>,
    targets: Option<&[usize]>,
    options: &EntropyOptions<'_>,
    first_row: usize,
) -> Result<Requested, InformationError> {
    if let Some(order) = options.renyi_orders.iter().find(|order| order.is_nan() || **order < 0.0) {
        return Err(InformationError::Order { found: *order });
    }
    let ranked = targets.filter(|_| options.rank);
    if options.renyi_orders.is_empty() && ranked.is_none() && options.top_k.is_none() {
        return Ok(Requested::default());
    }
    let of_row = |buffer: &mut Row, index: usize| -> Result<_, Refusal> {
        buffer.fill(logits.row(index), options.sampling_temperature, first_row + index)?;
        let renyi: Vec<f64> = options.renyi_orders.iter().map(|order| renyi(buffer, *order)).collect();
        let rank = ranked.and_then(|targets| targets.get(index)).map(|target| rank(buffer, *target));
        Ok((renyi, rank, options.top_k.map(|count| mass(buffer, count))))
    };
    let of_block = |range: Range<usize>| {
        let mut buffer = Row::default();
        range.map(|index| of_row(&mut buffer, index)).collect::<Result<Vec<_>, _>>()
    };
    let found = blocks(logits.nrows(), ROWS, &of_block).into_iter().collect::<Result<Vec<_>, _>>()?;
    let rows: Vec<_> = found.into_iter().flatten().collect();
    let of_order = |place: usize| rows.iter().filter_map(|(renyi, _, _)| renyi.get(place).copied()).collect();
    Ok(Requested {
        renyi: (0..options.renyi_orders.len()).map(of_order).collect(),
        rank: ranked.map(|_| rows.iter().filter_map(|(_, rank, _)| *rank).collect()),
        top_k_mass: options.top_k.map(|_| rows.iter().filter_map(|(_, _, mass)| *mass).collect()),
    })
}

/// The Renyi entropy H_a = ln(sum p^a)/(1 - a): ln of the support for a = 0, H for a = 1, -ln max p for infinity. [nat]
///
/// Near a = 1, with t = a - 1: H_a = -ln(1 + sum p (e^{t ln p} - 1))/t, in which nothing cancels.
/// Reference: A. Renyi, Proc. 4th Berkeley Symp. 1 (1961) 547.
fn renyi(row: &Row, order: f64) -> f64 {
    let ln_z = row.ln_z();
    let support = || row.distance.iter().filter(|d| **d > f64::NEG_INFINITY);
    let t = order - 1.0;
    match () {
        () if order == 0.0 => (support().count() as f64).ln(),
        () if order == 1.0 => row.entropy(),
        () if order == f64::INFINITY => ln_z,
        () if t.abs() < NEAR_ONE => {
            let change = sum(support().map(|d| (d - ln_z).exp() * (t * (d - ln_z)).exp_m1()));
            -change.ln_1p() / t
        }
        () => {
            let others = row.distance.iter().enumerate().filter(|(place, _)| *place != row.largest);
            let excess = sum(others.map(|(_, d)| (order * d).exp()));
            (order * ln_z - excess.ln_1p()) / t
        }
    }
}

/// 1 + the number of tokens that are likelier.
fn rank(row: &Row, target: usize) -> u64 {
    let of_target = row.distance.get(target).copied().unwrap_or(f64::NEG_INFINITY);
    1 + row.distance.iter().filter(|d| **d > of_target).count() as u64
}

/// The joint probability of the `count` likeliest tokens. [1]
fn mass(row: &Row, count: usize) -> f64 {
    let mut weights = row.weight.clone();
    if count < weights.len() {
        weights.select_nth_unstable_by(count, |one, other| other.total_cmp(one));
        weights.truncate(count);
    }
    (sum(weights) / (1.0 + row.excess)).min(1.0)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::information::token_entropy;

    fn of(p: [f64; 4], renyi_orders: &[f64]) -> Vec<f64> {
        let logits = array![p.map(f64::ln)];
        let options = EntropyOptions { renyi_orders, ..EntropyOptions::default() };
        token_entropy(logits.view(), &options).unwrap().renyi.into_iter().map(|tokens| tokens[0]).collect()
    }

    #[test]
    fn the_orders_are_those_of_known_names() {
        let p: [f64; 4] = [0.5, 0.25, 0.25, 0.0];
        // Hartley, Shannon, collision (sum p^2 = 3/8), min-entropy.
        let expected = [3.0_f64.ln(), 1.5 * 2.0_f64.ln(), (8.0_f64 / 3.0).ln(), 2.0_f64.ln()];
        for (found, expected) in of(p, &[0.0, 1.0, 2.0, f64::INFINITY]).into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-14, "{found} {expected}");
        }
        // Not increasing in the order, and without a step at 1 and where the formula changes.
        let orders =
            [0.0, 0.5, 0.74999999, 0.75000001, 0.999999, 1.0, 1.000001, 1.24999999, 1.25000001, 3.0, 1e3, 1e300];
        let found = of([0.7, 0.2, 0.06, 0.04], &orders);
        assert!(found.windows(2).all(|pair| pair[0] >= pair[1] - 1e-15), "{found:?}");
        assert!((found[2] - found[3]).abs() < 1e-7 && (found[7] - found[8]).abs() < 1e-7);
        // H_a ~ H - (a - 1)/2 Var(ln p) near 1, so that H_{1-e} - H_{1+e} = e Var(ln p).
        let p: [f64; 4] = [0.7, 0.2, 0.06, 0.04];
        let moment = |power: i32| p.iter().map(|p| p * p.ln().powi(power)).sum::<f64>();
        let slope = (found[4] - found[6]) / 1e-6;
        assert!((slope - (moment(2) - moment(1).powi(2))).abs() < 1e-6, "{slope}");
        // An almost certain token: sum p^2 = 1 - 2e, H_2 = 2e, with e = 1e-20.
        let sure = of([1.0, 1e-20, 0.0, 0.0], &[2.0, 1.1]);
        assert!(
            (sure[0] / 2e-20 - 1.0).abs() < 1e-12 && (sure[1] / (1e-20 * 1.1 / 0.1) - 1.0).abs() < 0.02,
            "{sure:?}"
        );
        let wrong = EntropyOptions { renyi_orders: &[-1.0], ..EntropyOptions::default() };
        assert!(matches!(token_entropy(array![[1.0, 2.0]].view(), &wrong), Err(InformationError::Order { .. })));
    }

    #[test]
    fn ranks_count_what_is_likelier_and_masses_add_up() {
        let logits = array![[0.5_f64, 0.25, 0.125, 0.125].map(f64::ln), [0.25_f64; 4].map(f64::ln)];
        let options = |top_k| EntropyOptions { targets: Some(&[3, 2]), rank: true, top_k, ..EntropyOptions::default() };
        let found = token_entropy(logits.view(), &options(Some(2))).unwrap();
        // Two tokens are likelier than one of the two last ones; ties share the first rank.
        assert_eq!(found.rank.unwrap(), [3, 1]);
        let mass = found.top_k_mass.unwrap();
        assert!((mass[0] - 0.75).abs() < 1e-15 && (mass[1] - 0.5).abs() < 1e-15);
        assert_eq!(token_entropy(logits.view(), &options(Some(9))).unwrap().top_k_mass.unwrap(), [1.0, 1.0]);
        assert_eq!(token_entropy(logits.view(), &options(Some(0))).unwrap().top_k_mass.unwrap(), [0.0, 0.0]);
    }
}
