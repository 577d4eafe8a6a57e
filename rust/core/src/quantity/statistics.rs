//! Mean, scatter and autocorrelation of readings, and what the mean of a steady stretch is worth.

use super::distribution::Distribution;
use super::measured::{Component, Measured};
use super::sum::ExactSum;

/// Mean, standard deviation and autocorrelation of a series of readings at even steps.
///
/// - mean: x̄ = Σ x_i / N, summed exactly and rounded once;
/// - standard deviation: s² = (Σ d_i² - (Σ d_i)²/N) / (N - 1) with d_i = x_i - x̄;
/// - lag-1 autocorrelation: r = Σ d_i d_(i+1) / Σ d_i².
///
/// ```
/// use szilard::quantity::Statistics;
/// // NIST StRD, NumAcc1: mean 10000002, standard deviation 1, autocorrelation -1/2
/// let series = Statistics::of(&[10_000_001.0, 10_000_003.0, 10_000_002.0]);
/// assert_eq!((series.mean, series.deviation, series.lag_one), (10_000_002.0, 1.0, -0.5));
/// ```
///
/// Reference: NIST, Statistical Reference Datasets, univariate summary statistics.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// Number of readings.
    pub count: usize,
    /// Mean; NaN without readings.
    pub mean: f64,
    /// Standard deviation of a reading; 0 for fewer than two.
    pub deviation: f64,
    /// Autocorrelation of neighbours; 0 where nothing scatters.
    pub lag_one: f64,
}

impl Statistics {
    /// The statistics of a series.
    pub fn of(values: &[f64]) -> Self {
        let count = values.len() as f64;
        let mut sum = ExactSum::default();
        values.iter().for_each(|value| sum.add(*value));
        let mean = sum.value() / count;
        let (mut first, mut squares, mut neighbours) = (ExactSum::default(), ExactSum::default(), ExactSum::default());
        let mut before = None;
        for value in values {
            let distance = value - mean;
            first.add(distance);
            squares.add_product(distance, distance);
            if let Some(before) = before {
                neighbours.add_product(before, distance);
            }
            before = Some(distance);
        }
        let variance = (squares.value() - first.value().powi(2) / count) / (count - 1.0).max(1.0);
        let lag_one = if squares.value() > 0.0 { neighbours.value() / squares.value() } else { 0.0 };
        Self { count: values.len(), mean, deviation: variance.max(0.0).sqrt(), lag_one }
    }

    /// How many independent readings the series is worth: N_eff = N (1 - r)/(1 + r), at least 2 and at most N.
    ///
    /// For readings whose neighbours are correlated as those of a first-order process. A negative r, which would make
    /// them worth more than they are, is taken for none.
    pub fn effective_size(&self) -> f64 {
        let correlation = self.lag_one.clamp(0.0, 1.0);
        let count = self.count as f64;
        (count * (1.0 - correlation) / (1.0 + correlation)).max(2.0).min(count)
    }

    /// Standard uncertainty of the mean and its degrees of freedom, if all readings are of one level:
    /// u = s/√N_eff with N_eff - 1 degrees of freedom (JCGM 100, 4.2.3).
    pub fn of_mean(&self) -> (f64, f64) {
        let size = self.effective_size();
        (self.deviation / size.sqrt(), size - 1.0)
    }

    /// The mean of a stretch that is declared steady, with its scatter as a component of type A.
    ///
    /// Only for readings of one level, such as those of an idle device: the mean of a changing load has no such scatter.
    pub fn steady_mean(&self, label: &str) -> Measured {
        let (u, freedom) = self.of_mean();
        if self.count < 2 || u == 0.0 {
            return Measured::exact(self.mean);
        }
        Measured::with_components(self.mean, vec![Component::anonymous(label, Distribution::Normal, u).type_a(freedom)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Matching decimal digits, -log10 of the relative difference.
    fn digits(found: f64, expected: f64) -> f64 {
        -((found - expected).abs() / expected.abs()).max(1e-17).log10()
    }

    /// 1001 readings: one at the middle, then below and above it in turn (NIST StRD, NumAcc2 to NumAcc4).
    fn alternating(middle: f64, below: f64, above: f64) -> Vec<f64> {
        std::iter::once(middle).chain((0..1000).map(|i| if i % 2 == 0 { below } else { above })).collect()
    }

    #[test]
    fn the_numerical_accuracy_sets_of_nist() {
        // certified: mean to 15 digits, deviation 0.1, autocorrelation -0.999; the last two lose digits as they are read
        for (values, mean, least) in [
            (alternating(1.2, 1.1, 1.3), 1.2, 13.0),
            (alternating(1_000_000.2, 1_000_000.1, 1_000_000.3), 1_000_000.2, 9.0),
            (alternating(10_000_000.2, 10_000_000.1, 10_000_000.3), 10_000_000.2, 8.0),
        ] {
            let found = Statistics::of(&values);
            assert!(digits(found.mean, mean) >= 13.0, "{found:?}");
            assert!(digits(found.deviation, 0.1) >= least, "{found:?}");
            assert!(digits(found.lag_one, -0.999) >= least, "{found:?}");
        }
        let first = Statistics::of(&[10_000_001.0, 10_000_003.0, 10_000_002.0]);
        assert_eq!((first.mean, first.deviation, first.lag_one), (10_000_002.0, 1.0, -0.5));
    }

    #[test]
    fn correlated_readings_are_worth_fewer() {
        // a level that is held for ten readings at a time: r = 0.9, and 1000 readings are worth 53
        let mut state = 1u64;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5
        };
        let values: Vec<f64> = (0..1000).flat_map(|_| [next(); 10]).collect();
        let found = Statistics::of(&values);
        assert!((found.lag_one - 0.9).abs() < 0.01, "{found:?}");
        assert!((found.effective_size() / 10_000.0 - 0.1 / 1.9).abs() < 0.01);
        let alternating = Statistics::of(&alternating(0.0, -1.0, 1.0));
        assert_eq!(alternating.effective_size(), 1001.0);
    }

    #[test]
    fn a_level_without_scatter_is_exact_and_one_reading_is_itself() {
        assert_eq!(Statistics::of(&[61.0; 5]).steady_mean("idle").u(), 0.0);
        let one = Statistics::of(&[61.0]);
        assert_eq!((one.mean, one.deviation, one.steady_mean("idle").value()), (61.0, 0.0, 61.0));
        assert!(Statistics::of(&[]).mean.is_nan());
    }
}
