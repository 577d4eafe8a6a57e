//! Distributions of the components of an uncertainty.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};
use std::f64::consts::PI;

/// The shape of a component's distribution.
///
/// All shapes are symmetric about zero. But for Student's t, whose scale is the stated standard uncertainty, a draw has
/// unit standard deviation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Distribution {
    /// Gaussian.
    Normal,
    /// Student's t with so many degrees of freedom: the mean of few observations.
    StudentT(f64),
    /// Uniform between two limits: a data-sheet tolerance, a resolution.
    Rectangular,
    /// The sum of two equal rectangular ones: a difference of two stamps.
    Triangular,
    /// The projection of a rotating vector: a temperature cycling between two limits.
    Arcsine,
    /// Rectangular with limits known only to a part of the half-width: JCGM 101, 6.4.3.
    CurvilinearTrapezoid(f64),
}

impl Distribution {
    /// The word for tables.
    pub fn word(self) -> String {
        match self {
            Self::Normal => "normal".to_owned(),
            Self::StudentT(freedom) => format!("t({freedom})"),
            Self::Rectangular => "rectangular".to_owned(),
            Self::Triangular => "triangular".to_owned(),
            Self::Arcsine => "arcsine".to_owned(),
            Self::CurvilinearTrapezoid(part) => format!("curvilinear-trapezoid({part})"),
        }
    }

    /// Standard deviation of a distribution of this shape with half-width 1; `None` where the shape has no limits.
    pub fn standard_of_half_width(self) -> Option<f64> {
        match self {
            Self::Normal | Self::StudentT(_) => None,
            Self::Rectangular => Some(1.0 / 3f64.sqrt()),
            Self::Triangular => Some(1.0 / 6f64.sqrt()),
            Self::Arcsine => Some(1.0 / 2f64.sqrt()),
            Self::CurvilinearTrapezoid(part) => Some((1.0 / 3.0 + part * part / 9.0).sqrt()),
        }
    }

    /// Whether a Gaussian of the same standard deviation has the same coverage.
    pub fn is_normal(self) -> bool {
        matches!(self, Self::Normal | Self::StudentT(_))
    }

    /// A draw from two numbers uniform in (0, 1).
    pub fn draw(self, first: f64, second: f64) -> f64 {
        match self {
            Self::Normal => Normal::standard().inverse_cdf(first),
            Self::StudentT(freedom) => {
                StudentsT::new(0.0, 1.0, freedom).map_or(f64::NAN, |shape| shape.inverse_cdf(first))
            }
            Self::Rectangular => 3f64.sqrt() * (2.0 * first - 1.0),
            Self::Triangular => 6f64.sqrt() * (first + second - 1.0),
            Self::Arcsine => 2f64.sqrt() * (PI * (first - 0.5)).sin(),
            Self::CurvilinearTrapezoid(part) => {
                // the lower limit is uniform in -1 ± part, the upper one mirrors it, the value is uniform between them
                let limit = 1.0 + part * (2.0 * second - 1.0);
                limit * (2.0 * first - 1.0) / (1.0 / 3.0 + part * part / 9.0).sqrt()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_have_unit_standard_deviation() {
        let shapes = [
            Distribution::Normal,
            Distribution::Rectangular,
            Distribution::Triangular,
            Distribution::Arcsine,
            Distribution::CurvilinearTrapezoid(0.3),
        ];
        for shape in shapes {
            // midpoint rule over the unit square
            let steps = 400;
            let at = |index: i32| (f64::from(index) + 0.5) / f64::from(steps);
            let squares: f64 = (0..steps).flat_map(|i| (0..steps).map(move |j| shape.draw(at(i), at(j)).powi(2))).sum();
            let variance = squares / f64::from(steps * steps);
            assert!((variance - 1.0).abs() < 5e-3, "{shape:?}: {variance}");
        }
    }

    #[test]
    fn a_tolerance_of_two_percent_is_one_over_root_three_of_it() {
        let u = 29.52 * 0.02 * Distribution::Rectangular.standard_of_half_width().unwrap();
        assert!((u - 0.340_867_5).abs() < 1e-6); // ±2 % of 29.52 J: u = 0.34 J
    }
}
