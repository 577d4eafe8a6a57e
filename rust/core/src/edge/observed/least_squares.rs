//! Linear least squares with few columns, and what serial correlation leaves of the observations.

/// Coefficients of a linear fit with their covariance.
#[derive(Debug, Clone)]
pub(in crate::edge) struct Fit<const N: usize> {
    pub coefficients: [f64; N],
    /// Covariance for the given number of effective observations.
    pub covariance: [[f64; N]; N],
    /// Sum of squared residuals.
    pub squares: f64,
    /// Observations less coefficients, less what serial correlation takes.
    pub freedom: f64,
}

/// The least-squares fit y ≈ Σ c_j x_j, its covariance s² (XᵀX)⁻¹; `None` where the columns do not tell the coefficients
/// apart, or where no observation is left over.
///
/// Where the residuals are correlated from one row to the next, by ρ > 0, n rows say as much as n (1 - ρ)/(1 + ρ)
/// independent ones, and the covariance grows by that.
pub(in crate::edge) fn fit<const N: usize>(rows: &[([f64; N], f64)]) -> Option<Fit<N>> {
    let count = rows.len() as f64;
    // columns of very different size are brought to one
    let mut scale = [0.0f64; N];
    for (row, _) in rows {
        for (size, value) in scale.iter_mut().zip(row) {
            *size = size.max(value.abs());
        }
    }
    if scale.iter().any(|size| !(size.is_finite() && *size > 0.0)) {
        return None;
    }
    let (mut normal, mut right) = ([[0.0; N]; N], [0.0; N]);
    for (row, y) in rows {
        let row = scaled(row, &scale);
        for ((line, target), left) in normal.iter_mut().zip(&mut right).zip(row) {
            for (sum, value) in line.iter_mut().zip(row) {
                *sum += left * value;
            }
            *target += left * y;
        }
    }
    let inverse = inverted(normal)?;
    let product = |line: &[f64; N]| line.iter().zip(&right).map(|(a, b)| a * b).sum::<f64>();
    let reduced: [f64; N] = inverse.each_ref().map(product);
    let residual =
        |(row, y): &([f64; N], f64)| y - scaled(row, &scale).iter().zip(&reduced).map(|(x, c)| x * c).sum::<f64>();
    let residuals: Vec<f64> = rows.iter().map(residual).collect();
    let squares: f64 = residuals.iter().map(|residual| residual * residual).sum();
    let lagged: f64 = residuals.iter().zip(residuals.iter().skip(1)).map(|(a, b)| a * b).sum();
    let correlation = if squares > 0.0 { (lagged / squares).clamp(0.0, 0.99) } else { 0.0 };
    let worth = (1.0 - correlation) / (1.0 + correlation);
    let freedom = count * worth - N as f64;
    if freedom <= 0.0 {
        return None;
    }
    let variance = squares / (count - N as f64) / worth;
    let mut covariance = [[0.0; N]; N];
    for (((line, from), left), _) in covariance.iter_mut().zip(&inverse).zip(&scale).zip(&reduced) {
        for ((entry, value), right) in line.iter_mut().zip(from).zip(&scale) {
            *entry = variance * value / (left * right);
        }
    }
    let mut coefficients = reduced;
    coefficients.iter_mut().zip(&scale).for_each(|(coefficient, size)| *coefficient /= size);
    Some(Fit { coefficients, covariance, squares, freedom })
}

fn scaled<const N: usize>(row: &[f64; N], scale: &[f64; N]) -> [f64; N] {
    let mut row = *row;
    row.iter_mut().zip(scale).for_each(|(value, size)| *value /= size);
    row
}

/// The inverse by Gauss and Jordan with pivots; `None` for a matrix that is singular to rounding.
fn inverted<const N: usize>(mut matrix: [[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let mut inverse = [[0.0; N]; N];
    for (place, line) in inverse.iter_mut().enumerate() {
        *line.get_mut(place)? = 1.0;
    }
    let largest = matrix.iter().flatten().fold(0.0f64, |most, value| most.max(value.abs()));
    for column in 0..N {
        let size = |line: &[f64; N]| line.get(column).map_or(0.0, |value| value.abs());
        let below = matrix.iter().enumerate().skip(column);
        let (pivot, _) = below.max_by(|(_, a), (_, b)| size(a).total_cmp(&size(b)))?;
        matrix.swap(column, pivot);
        inverse.swap(column, pivot);
        let (head, tail) = (*matrix.get(column)?, *inverse.get(column)?);
        let diagonal = *head.get(column)?;
        if diagonal.abs() <= 1e-13 * largest {
            return None;
        }
        for (place, (line, beside)) in matrix.iter_mut().zip(&mut inverse).enumerate() {
            let value = *line.get(column)?;
            let factor = if place == column { 1.0 - 1.0 / diagonal } else { value / diagonal };
            line.iter_mut().zip(&head).for_each(|(entry, top)| *entry -= factor * top);
            beside.iter_mut().zip(&tail).for_each(|(entry, top)| *entry -= factor * top);
        }
    }
    Some(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_with_the_textbook_uncertainty() {
        // y = 1 + 2 x with residuals +e -e -e +e, which are orthogonal to 1 and x
        let rows: Vec<([f64; 2], f64)> = [(0.0, 0.1), (1.0, -0.1), (2.0, -0.1), (3.0, 0.1)]
            .into_iter()
            .map(|(x, e)| ([1.0, x], 1.0 + 2.0 * x + e))
            .collect();
        let found = fit(&rows).unwrap();
        assert!((found.coefficients[0] - 1.0).abs() < 1e-12 && (found.coefficients[1] - 2.0).abs() < 1e-12);
        // s² = 4 · 0.01/(4 - 2), Σ(x - x̄)² = 5; the lag-1 correlation is (-1 + 1 - 1)/4 < 0 and is not used
        assert!((found.covariance[1][1] - 0.02 / 5.0).abs() < 1e-12);
        assert_eq!(found.freedom, 2.0);
    }

    #[test]
    fn columns_that_are_the_same_are_not_told_apart() {
        let rows: Vec<([f64; 2], f64)> = (0..9).map(|i| ([1.0, 7.0], f64::from(i))).collect();
        assert!(fit(&rows).is_none());
        let rows = [([1.0, 0.0], 1.0), ([1.0, 1.0], 2.0)];
        assert!(fit(&rows).is_none(), "no observation is left over");
    }
}
