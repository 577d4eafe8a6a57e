//! Parts whose sum is exact in any order.

/// The grid 2^(e-52) with 2^e above the sum of the magnitudes: any floating-point sum of its multiples, in any order,
/// is exact. [J]
pub(in super::super) fn grid(parts: impl Iterator<Item = f64>) -> f64 {
    let magnitude: f64 = parts.map(f64::abs).sum();
    let exponent = if magnitude > 0.0 { magnitude.log2().floor() as i32 + 2 } else { 0 };
    2f64.powi(exponent - 52)
}

/// The multiple of the grid nearest to an energy. [J]
pub(in super::super) fn on_grid(energy: f64, grid: f64) -> f64 {
    (energy / grid).round_ties_even() * grid
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_on_the_grid_sum_exactly_in_any_order() {
        let parts = [0.1, 0.2, 0.3, 1e-9, 12345.678, -0.7];
        let grid = grid(parts.iter().copied());
        let rounded: Vec<f64> = parts.iter().map(|part| on_grid(*part, grid)).collect();
        let forward: f64 = rounded.iter().sum();
        let backward: f64 = rounded.iter().rev().sum();
        assert_eq!(forward.to_bits(), backward.to_bits());
    }
}
