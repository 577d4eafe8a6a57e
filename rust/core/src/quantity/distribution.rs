//! Distributions of the components of an uncertainty.

use super::error::UnitError;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};
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
            // Bailey, Math. Comp. 62 (1994) 779: a point of the unit disc by its squared radius and its angle
            Self::StudentT(freedom) => {
                (freedom * (first.powf(-2.0 / freedom) - 1.0)).sqrt() * (2.0 * PI * second).cos()
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

impl std::str::FromStr for Distribution {
    type Err = UnitError;

    /// The distribution of a word as [`Distribution::word`] writes it.
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let (name, argument) = match text.split_once('(') {
            Some((name, rest)) => (name, rest.strip_suffix(')').and_then(|number| number.trim().parse::<f64>().ok())),
            None => (text, None),
        };
        match (name.trim(), argument) {
            ("normal", None) if !text.contains('(') => Ok(Self::Normal),
            ("rectangular", None) if !text.contains('(') => Ok(Self::Rectangular),
            ("triangular", None) if !text.contains('(') => Ok(Self::Triangular),
            ("arcsine", None) if !text.contains('(') => Ok(Self::Arcsine),
            ("t", Some(freedom)) if freedom > 0.0 => Ok(Self::StudentT(freedom)),
            ("curvilinear-trapezoid", Some(part)) if (0.0..=1.0).contains(&part) => {
                Ok(Self::CurvilinearTrapezoid(part))
            }
            _ => Err(UnitError::Distribution { found: text.to_owned() }),
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
    fn students_t_has_the_quantiles_of_its_table() {
        // half of the draws of t(2) lie inside ± 0.8165, 95 % inside ± 4.3027
        let steps = 1000;
        let at = |index: i32| (f64::from(index) + 0.5) / f64::from(steps);
        let draws =
            (0..steps).flat_map(|i| (0..steps).map(move |j| Distribution::StudentT(2.0).draw(at(i), at(j)).abs()));
        let draws: Vec<f64> = draws.collect();
        let inside = |limit: f64| draws.iter().filter(|draw| **draw < limit).count() as f64 / draws.len() as f64;
        assert!((inside(0.816_497) - 0.5).abs() < 2e-3 && (inside(4.302_653) - 0.95).abs() < 2e-3);
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        let shapes = [
            Distribution::Normal,
            Distribution::StudentT(4.5),
            Distribution::Rectangular,
            Distribution::Triangular,
            Distribution::Arcsine,
            Distribution::CurvilinearTrapezoid(0.5),
        ];
        for shape in shapes {
            assert_eq!(shape.word().parse(), Ok(shape));
        }
        for word in ["gauss", "t", "t(0)", "t(x)", "normal(2)", "curvilinear-trapezoid(2)", ""] {
            assert!(word.parse::<Distribution>().is_err(), "{word}");
        }
    }

    #[test]
    fn a_tolerance_of_two_percent_is_one_over_root_three_of_it() {
        let u = 29.52 * 0.02 * Distribution::Rectangular.standard_of_half_width().unwrap();
        assert!((u - 0.340_867_5).abs() < 1e-6); // ±2 % of 29.52 J: u = 0.34 J
    }
}
