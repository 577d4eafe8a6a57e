//! Propagation of distributions by drawing from them (JCGM 101).

use super::error::UnitError;
use super::measured::{Component, Measured};
use super::model::Draws;
use crate::parallel::blocks;
use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng, SeedableRng};
use std::sync::Arc;

/// Trials of one block. A block draws from a stream of its own, so that results do not depend on the threads.
const BLOCK: usize = 4096;

/// The trials that an interval takes where the caller does not say.
pub const DEFAULT_TRIALS: usize = 200_000;

/// The most trials, so that they fit into memory.
const MOST_TRIALS: usize = 100_000_000;

/// The distribution of a figure as its sorted trials.
#[derive(Debug, Clone)]
pub struct Trials {
    sorted: Vec<f64>,
    mean: f64,
    u: f64,
}

/// A coverage interval and how it was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Probability that it covers.
    pub coverage: f64,
    /// Whether it comes from drawn inputs; otherwise from first-order propagation.
    pub by_monte_carlo: bool,
}

impl Trials {
    /// The distribution of drawn values.
    ///
    /// # Errors
    /// [`UnitError::NotFinite`] where the model has no finite value at some drawn inputs, or there are no trials.
    pub fn new(mut values: Vec<f64>) -> Result<Self, UnitError> {
        if values.is_empty() || values.iter().any(|value| !value.is_finite()) {
            return Err(UnitError::NotFinite { what: "the model at some drawn inputs".to_owned() });
        }
        values.sort_unstable_by(f64::total_cmp);
        let count = values.len() as f64;
        let middle = values.get(values.len() / 2).copied().unwrap_or_default();
        let mean = middle + values.iter().map(|value| value - middle).sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Ok(Self { mean, u: (squares / (count - 1.0).max(1.0)).sqrt(), sorted: values })
    }

    /// The mean of the trials.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The standard deviation of the trials.
    pub fn u(&self) -> f64 {
        self.u
    }

    /// The trials in rising order.
    pub fn sorted(&self) -> &[f64] {
        &self.sorted
    }

    /// The interval that leaves equal probability on both sides (JCGM 101, 7.7).
    pub fn symmetric_interval(&self, coverage: f64) -> Result<Interval, UnitError> {
        let inside = self.inside(coverage)?;
        let start = (self.sorted.len() - inside) / 2;
        Ok(self.interval(start, inside, coverage))
    }

    /// The shortest interval (JCGM 101, 5.3.4).
    pub fn shortest_interval(&self, coverage: f64) -> Result<Interval, UnitError> {
        let inside = self.inside(coverage)?;
        let width = |start: &usize| {
            let interval = self.interval(*start, inside, coverage);
            interval.high - interval.low
        };
        let starts = 0..self.sorted.len().saturating_sub(inside).max(1);
        let start = starts.min_by(|a, b| width(a).total_cmp(&width(b))).unwrap_or(0);
        Ok(self.interval(start, inside, coverage))
    }

    fn inside(&self, coverage: f64) -> Result<usize, UnitError> {
        if !(coverage > 0.0 && coverage < 1.0) {
            return Err(UnitError::Coverage { found: coverage });
        }
        Ok(((coverage * self.sorted.len() as f64).round() as usize).clamp(1, self.sorted.len()))
    }

    fn interval(&self, start: usize, inside: usize, coverage: f64) -> Interval {
        let at = |index: usize| self.sorted.get(index.min(self.sorted.len() - 1)).copied().unwrap_or(f64::NAN);
        Interval { low: at(start), high: at(start + inside), coverage, by_monte_carlo: true }
    }
}

impl Measured {
    /// The distribution of the figure: its model evaluated at `trials` drawn inputs.
    ///
    /// The numbers are counted (ChaCha8, one stream a block), so that a seed gives the same trials on any number of
    /// threads.
    ///
    /// # Errors
    /// [`UnitError::ModelLost`] for a non-linear figure whose model was not kept, [`UnitError::NotFinite`] where the
    /// model has no value at some drawn inputs.
    pub fn monte_carlo(&self, trials: usize, seed: u64) -> Result<Trials, UnitError> {
        match joint_draws(&[self], trials, seed)?.pop() {
            Some(values) => Trials::new(values),
            None => Trials::new(Vec::new()),
        }
    }

    /// The interval that covers the figure with a probability of `coverage`.
    ///
    /// First order with Student's t and the effective degrees of freedom of Welch and Satterthwaite (JCGM 100, G.4)
    /// where that holds; Monte Carlo where a non-linear step had an input with |x|/u below 5, or where a component that
    /// is not normal holds more than half the variance.
    ///
    /// # Errors
    /// [`UnitError::Coverage`], and those of [`Measured::monte_carlo`].
    pub fn interval(&self, coverage: f64) -> Result<Interval, UnitError> {
        if !(coverage > 0.0 && coverage < 1.0) {
            return Err(UnitError::Coverage { found: coverage });
        }
        if self.is_strongly_nonlinear() || self.is_dominated_by_a_shape() {
            return self.monte_carlo(DEFAULT_TRIALS, 0)?.symmetric_interval(coverage);
        }
        let half = self.coverage_factor(coverage) * self.u();
        Ok(Interval { low: self.value() - half, high: self.value() + half, coverage, by_monte_carlo: false })
    }

    fn coverage_factor(&self, coverage: f64) -> f64 {
        use statrs::distribution::{ContinuousCDF, Normal, StudentsT};
        let tail = 0.5 + 0.5 * coverage;
        let effective = self.effective_degrees_of_freedom();
        match StudentsT::new(0.0, 1.0, effective) {
            Ok(shape) if effective.is_finite() => shape.inverse_cdf(tail),
            _ => Normal::standard().inverse_cdf(tail),
        }
    }
}

/// Joint draws of several figures: for each its values in all trials, one id drawn once for all of them.
///
/// # Errors
/// [`UnitError::ModelLost`] for a non-linear figure whose model was not kept, [`UnitError::Trials`] for none or too many.
pub fn joint_draws(figures: &[&Measured], trials: usize, seed: u64) -> Result<Vec<Vec<f64>>, UnitError> {
    if !(1..=MOST_TRIALS).contains(&trials) {
        return Err(UnitError::Trials { found: trials, most: MOST_TRIALS });
    }
    if figures.iter().any(|figure| !figure.model().is_whole()) {
        return Err(UnitError::ModelLost);
    }
    let mut components: Vec<&Component> = Vec::new();
    for component in figures.iter().flat_map(|figure| figure.model().inputs()) {
        if !components.iter().any(|seen| seen.id == component.id) {
            components.push(component);
        }
    }
    let drawn = blocks(trials, BLOCK, &|range| {
        let draws = draw_block(&components, range.len(), seed, (range.start / BLOCK) as u64);
        let values = |figure: &&Measured| figure.model().evaluate(&draws, range.len()).to_vec();
        figures.iter().map(values).collect::<Vec<_>>()
    });
    let mut joint = vec![Vec::with_capacity(trials); figures.len()];
    for block in drawn {
        for (all, values) in joint.iter_mut().zip(block) {
            all.extend(values);
        }
    }
    Ok(joint)
}

fn draw_block(components: &[&Component], size: usize, seed: u64, block: u64) -> Draws {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(block);
    let mut uniform = || ((generator.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
    components
        .iter()
        .map(|component| {
            let shape = component.drawn_shape();
            let draws = (0..size).map(|_| shape.draw(uniform(), uniform())).collect();
            (Arc::clone(&component.id), draws)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::distribution::Distribution;
    use super::*;
    use crate::parallel::on_threads;

    fn input(label: &str, value: f64, shape: Distribution, u: f64) -> Measured {
        Measured::with_components(value, vec![Component::anonymous(label, shape, u)])
    }

    #[test]
    fn four_rectangular_inputs_of_jcgm_101_9_2_3() {
        let sum =
            (0..4).fold(Measured::exact(0.0), |sum, _| sum.plus(&input("x", 0.0, Distribution::Rectangular, 1.0)));
        let trials = sum.monte_carlo(1_000_000, 1).unwrap();
        assert!((trials.u() - 2.0).abs() < 0.01);
        let interval = trials.shortest_interval(0.95).unwrap();
        assert!((interval.high - interval.low - 2.0 * 3.88).abs() < 0.02 * 7.76);
    }

    #[test]
    fn comparison_loss_of_jcgm_101_9_4_where_first_order_fails() {
        // Y = X1² + X2² at X1 = X2 = 0 with u = 0.005: first order says 0 ± 0, the truth is 50e-6 with u 50e-6
        let square = || {
            let x = input("x", 0.0, Distribution::Normal, 0.005);
            x.times(&x)
        };
        let loss = square().plus(&square());
        assert_eq!(loss.u(), 0.0);
        let trials = loss.monte_carlo(1_000_000, 0).unwrap();
        assert!((trials.mean() - 50e-6).abs() < 0.5e-6);
        assert!((trials.u() - 50e-6).abs() < 0.5e-6);
        let interval = trials.shortest_interval(0.95).unwrap();
        assert!(interval.low < 0.2e-6 && (interval.high - 150e-6).abs() < 2e-6);
    }

    #[test]
    fn a_dominant_rectangle_is_not_covered_twice_its_u() {
        // 15 kJ with ±5 % gain, 60 J offset, 12.25 J noise: 727 J and not 875 J
        let energy = Measured::with_components(
            15_000.0,
            vec![
                Component::new("gain", "gain", Distribution::Rectangular, 750.0 / 3f64.sqrt()),
                Component::new("offset", "offset", Distribution::Normal, 60.0),
                Component::new("noise", "noise", Distribution::Normal, 12.24744871391589),
            ],
        );
        let interval = energy.interval(0.95).unwrap();
        assert!(interval.by_monte_carlo);
        let half = 0.5 * (interval.high - interval.low);
        assert!((half - 727.2).abs() < 0.005 * 727.2, "{half}");
    }

    #[test]
    fn a_normal_budget_uses_first_order() {
        let interval = input("x", 10.0, Distribution::Normal, 1.0).interval(0.95).unwrap();
        assert!(!interval.by_monte_carlo);
        assert!((interval.high - 11.959963984540054).abs() < 1e-9);
    }

    #[test]
    fn few_observations_widen_the_interval() {
        // t quantile for 95 % and 4 degrees of freedom: 2.7764
        let scatter = Component::anonymous("scatter", Distribution::Normal, 1.0).type_a(4.0);
        let interval = Measured::with_components(0.0, vec![scatter]).interval(0.95).unwrap();
        assert!((interval.high - 2.776445105197793).abs() < 1e-6);
    }

    #[test]
    fn a_seed_gives_the_same_trials_on_one_thread_and_on_many() {
        let figure = input("x", 1.0, Distribution::Normal, 0.1).over(&input("y", 2.0, Distribution::Rectangular, 0.2));
        let many = figure.monte_carlo(20_000, 7).unwrap();
        let alone = on_threads(1, || figure.monte_carlo(20_000, 7).unwrap());
        assert_eq!(many.sorted(), alone.sorted());
    }

    #[test]
    fn a_long_sum_stays_exact_and_a_long_product_says_that_its_model_is_lost() {
        let term = input("x", 1.0, Distribution::Normal, 0.1);
        let sum = (0..10_000).fold(Measured::exact(0.0), |sum, _| sum.plus(&term));
        assert!((sum.monte_carlo(10_000, 0).unwrap().u() - 1000.0).abs() < 30.0);
        let product = (0..1_000).fold(Measured::exact(1.0), |product, _| product.times(&term));
        assert_eq!(product.monte_carlo(10, 0).unwrap_err(), UnitError::ModelLost);
    }
}
