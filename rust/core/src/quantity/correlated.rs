//! Inputs whose errors are correlated, and means of quantities that were observed together.

use super::distribution::Distribution;
use super::error::UnitError;
use super::measured::{Component, Measured, fresh_id};
use super::statistics::Statistics;
use std::sync::Arc;

/// A pivot of the factorisation below this share of its variance is rounding, and the input follows from those before.
const SINGULAR: f64 = 1e-12;

/// Inputs with the covariance matrix V, by the factor L of V = L Lᵀ: x_i = v_i + Σ_k L_ik z_k.
///
/// Every z_k is a source of its own that the inputs share, so that propagation keeps the correlation without a matrix
/// (JCGM 100, 5.2; JCGM 102). `degrees_of_freedom` are those of the matrix, where it was estimated; `label` names the
/// sources.
///
/// # Errors
/// [`UnitError::Covariance`] where V is not square, not symmetric or has a negative variance in some direction.
///
/// ```
/// use szilard::quantity::correlated;
/// // two inputs of u = 0.005 with a correlation of 0.9: u² of their difference is 2 u² (1 - 0.9)
/// let (variance, shared) = (25e-6, 0.9 * 25e-6);
/// let pair = correlated(&[0.05, 0.0], &[vec![variance, shared], vec![shared, variance]], "x", None).unwrap();
/// assert!((pair[0].minus(&pair[1]).u() - (2.0 * variance * 0.1f64).sqrt()).abs() < 1e-15);
/// ```
pub fn correlated(
    values: &[f64],
    covariance: &[Vec<f64>],
    label: &str,
    degrees_of_freedom: Option<f64>,
) -> Result<Vec<Measured>, UnitError> {
    let factor = factor(covariance, values.len())?;
    let group = fresh_id();
    let ids: Vec<Arc<str>> = (0..values.len()).map(|source| format!("{group}#{source}").into()).collect();
    let component = |(id, contribution): (&Arc<str>, &f64)| {
        let component = Component::new(id, label, Distribution::Normal, *contribution);
        match degrees_of_freedom {
            Some(freedom) => component.type_a(freedom),
            None => component,
        }
    };
    let input = |(value, row): (&f64, &Vec<f64>)| {
        let components = ids.iter().zip(row).filter(|(_, contribution)| **contribution != 0.0).map(component);
        Measured::with_components(*value, components.collect())
    };
    Ok(values.iter().zip(&factor).map(input).collect())
}

/// The means of quantities that were observed together, n sets of them, with the covariance of the means
/// s(x̄_i, x̄_j) = Σ_k (x_ik - x̄_i)(x_jk - x̄_j) / (n (n - 1)) (JCGM 100, 5.2.3 and H.2).
///
/// # Errors
/// [`UnitError::Covariance`] for fewer than two sets, or sets of different size.
pub fn means_of_sets(sets: &[Vec<f64>], label: &str) -> Result<Vec<Measured>, UnitError> {
    let wanted = sets.first().map_or(0, Vec::len);
    let refused = |reason: &str| Err(UnitError::Covariance { reason: reason.to_owned() });
    if sets.len() < 2 {
        return refused("two sets of observations are the least");
    }
    if sets.iter().any(|set| set.len() != wanted) {
        return refused("every set must observe every quantity");
    }
    let observed = |quantity: usize| sets.iter().filter_map(move |set| set.get(quantity).copied());
    let means: Vec<f64> =
        (0..wanted).map(|quantity| Statistics::of(&observed(quantity).collect::<Vec<_>>()).mean).collect();
    let count = sets.len() as f64;
    let covariance = |i: usize, j: usize| -> f64 {
        let mean = |at: usize| means.get(at).copied().unwrap_or(f64::NAN);
        let products = observed(i).zip(observed(j)).map(|(x, y)| (x - mean(i)) * (y - mean(j)));
        products.sum::<f64>() / (count * (count - 1.0))
    };
    let matrix: Vec<Vec<f64>> = (0..wanted).map(|i| (0..wanted).map(|j| covariance(i, j)).collect()).collect();
    correlated(&means, &matrix, label, Some(count - 1.0))
}

/// The lower factor L of a matrix V = L Lᵀ, which may be singular.
fn factor(matrix: &[Vec<f64>], size: usize) -> Result<Vec<Vec<f64>>, UnitError> {
    let refused = |reason: &str| Err(UnitError::Covariance { reason: reason.to_owned() });
    if matrix.len() != size || matrix.iter().any(|row| row.len() != size) {
        return refused("it has a row and a column for each input");
    }
    let at = |rows: &[Vec<f64>], i: usize, j: usize| rows.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0.0);
    let scale = |i: usize, j: usize| (at(matrix, i, i) * at(matrix, j, j)).abs().sqrt();
    let mut lower = vec![vec![0.0; size]; size];
    for i in 0..size {
        for j in 0..=i {
            let (here, mirrored) = (at(matrix, i, j), at(matrix, j, i));
            if !here.is_finite() || (here - mirrored).abs() > 1e-9 * scale(i, j) {
                return refused("it is symmetric and finite");
            }
            let known: f64 = (0..j).map(|k| at(&lower, i, k) * at(&lower, j, k)).sum();
            let left = here - known;
            let pivot = at(&lower, j, j);
            let entry = if i == j {
                if left < -1e-9 * here.abs() || here < 0.0 {
                    return refused("no combination of the inputs has a negative variance");
                }
                if left <= SINGULAR * here { 0.0 } else { left.sqrt() }
            } else if pivot > 0.0 {
                left / pivot
            } else if left.abs() > 1e-6 * scale(i, j) {
                return refused("no combination of the inputs has a negative variance");
            } else {
                0.0
            };
            if let Some(place) = lower.get_mut(i).and_then(|row| row.get_mut(j)) {
                *place = entry;
            }
        }
    }
    Ok(lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_correlation_is_one_source() {
        // u = 1 and 2, r = 1: the sum has 3, the difference 1
        let pair = correlated(&[0.0, 0.0], &[vec![1.0, 2.0], vec![2.0, 4.0]], "x", None).unwrap();
        assert!((pair[0].plus(&pair[1]).u() - 3.0).abs() < 1e-12);
        assert!((pair[1].minus(&pair[0]).u() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_covariance_is_refused() {
        for matrix in [
            vec![vec![1.0, 2.0], vec![2.0, 1.0]],
            vec![vec![1.0, 0.5], vec![0.4, 1.0]],
            vec![vec![-1.0, 0.0], vec![0.0, 1.0]],
            vec![vec![0.0, 0.5], vec![0.5, 1.0]],
            vec![vec![1.0, f64::NAN], vec![f64::NAN, 1.0]],
            vec![vec![1.0]],
        ] {
            assert!(matches!(correlated(&[0.0, 0.0], &matrix, "x", None), Err(UnitError::Covariance { .. })));
        }
        assert!(means_of_sets(&[vec![1.0]], "x").is_err());
        assert!(means_of_sets(&[vec![1.0], vec![1.0, 2.0]], "x").is_err());
    }

    #[test]
    fn one_sample_has_its_degrees_of_freedom_once() {
        // three means of five sets: any combination of them has 4 degrees of freedom
        let sets = [[1.0, 2.0, 0.3], [1.1, 2.3, 0.1], [0.9, 1.9, 0.4], [1.2, 2.2, 0.2], [1.0, 2.1, 0.6]];
        let means = means_of_sets(&sets.map(Vec::from), "sets").unwrap();
        let sum = means[0].plus(&means[1]).plus(&means[2]);
        assert!((sum.effective_degrees_of_freedom() - 4.0).abs() < 1e-9);
    }
}
