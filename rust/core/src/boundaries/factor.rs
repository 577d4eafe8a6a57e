//! A named factor between two rungs.

use super::error::ChainError;
use super::step::{KNOWN_FACTORS, KnownFactor, Step};
use crate::quantity::{Boundary, Dimension, Quantity, Unit};
use std::str::FromStr;

/// How the number of a factor is meant. A "loss of 5 %" is one of two numbers, so it has to be said of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// Energy above over energy below, r >= 1.
    Ratio,
    /// Energy below over energy above, 0 < η <= 1; r = 1/η.
    Efficiency,
    /// Loss over energy above, 0 <= l < 1; r = 1/(1 - l).
    LossOverInput,
    /// Loss over energy below, l >= 0; r = 1 + l. The share of a part of PUE, as CLF = cooling over IT, is one.
    LossOverOutput,
}

impl FromStr for Given {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.replace('_', "-").as_str() {
            "ratio" => Ok(Self::Ratio),
            "efficiency" => Ok(Self::Efficiency),
            "loss-over-input" => Ok(Self::LossOverInput),
            "loss-over-output" => Ok(Self::LossOverOutput),
            _ => Err(format!("{text:?}: expected ratio, efficiency, loss-over-input or loss-over-output")),
        }
    }
}

/// A named ratio between the energies at two neighbouring rungs, or a part of it.
///
/// ```
/// use szilard::boundaries::Factor;
///
/// assert_eq!(Factor::efficiency("psu", 0.8).unwrap().quantity().value(), 1.25);
/// assert!(Factor::ratio("pue", 0.9).is_err()); // a site does not use less than its IT
/// ```
#[derive(Debug, Clone)]
pub struct Factor {
    name: String,
    step: Step,
    ratio: Quantity,
    given: Given,
    denominator: String,
    citation: Option<String>,
    years: Option<(i32, i32)>,
    vintage: Option<String>,
    reservation: Option<String>,
    known: Option<&'static KnownFactor>,
}

impl Factor {
    /// A factor from an uncertain number.
    ///
    /// `name` is read without regard to case and to `_` for `-`. `step` may be left out for a known name and is needed
    /// for any other one. The uncertainty of `number` keeps its identity, so that one factor used twice is correlated
    /// with itself.
    ///
    /// # Errors
    /// An unknown name without a step, a known one with another step, a number that has a unit or is out of range.
    pub fn new(name: &str, step: Option<Step>, given: Given, number: &Quantity) -> Result<Self, ChainError> {
        let (name, step, known) = identify(name, step)?;
        let number = number.at(None).on(None).by([]).in_unit(&Unit::coherent(Dimension::NONE))?;
        let one = Quantity::number(1.0)?;
        let value = number.value();
        let (what, range, allowed) = match given {
            Given::Ratio => ("the ratio", "at least 1", value >= 1.0),
            Given::Efficiency => ("the efficiency", "above 0 and at most 1", value > 0.0 && value <= 1.0),
            Given::LossOverInput => ("the loss over input", "at least 0 and below 1", (0.0..1.0).contains(&value)),
            Given::LossOverOutput => ("the loss over output", "at least 0", value >= 0.0),
        };
        if !allowed {
            return Err(ChainError::Range { name, what, range, found: value });
        }
        let ratio = match given {
            Given::Ratio => number,
            Given::Efficiency => one.over(&number)?,
            Given::LossOverInput => one.over(&one.minus(&number)?)?,
            Given::LossOverOutput => one.plus(&number)?,
        };
        let denominator =
            known.map_or_else(|| format!("energy at {}", step.from()), |known| known.denominator.to_owned());
        Ok(Self {
            name,
            step,
            ratio,
            given,
            denominator,
            citation: None,
            years: None,
            vintage: None,
            reservation: None,
            known,
        })
    }

    /// A known factor from the exact ratio of the energy above to the energy below.
    ///
    /// # Errors
    /// As of [`Factor::new`].
    pub fn ratio(name: &str, ratio: f64) -> Result<Self, ChainError> {
        Self::new(name, None, Given::Ratio, &Quantity::number(ratio)?)
    }

    /// A known factor from an exact efficiency, r = 1/η.
    ///
    /// # Errors
    /// As of [`Factor::new`].
    pub fn efficiency(name: &str, efficiency: f64) -> Result<Self, ChainError> {
        Self::new(name, None, Given::Efficiency, &Quantity::number(efficiency)?)
    }

    /// A known factor from an exact loss over what goes in, r = 1/(1 - l).
    ///
    /// # Errors
    /// As of [`Factor::new`].
    pub fn loss_over_input(name: &str, loss: f64) -> Result<Self, ChainError> {
        Self::new(name, None, Given::LossOverInput, &Quantity::number(loss)?)
    }

    /// A known factor from an exact loss over what comes out, r = 1 + l.
    ///
    /// # Errors
    /// As of [`Factor::new`].
    pub fn loss_over_output(name: &str, loss: f64) -> Result<Self, ChainError> {
        Self::new(name, None, Given::LossOverOutput, &Quantity::number(loss)?)
    }

    /// The same factor, related to a denominator in words: `net generation`, `disposition less direct use`.
    pub fn with_denominator(mut self, denominator: &str) -> Self {
        denominator.clone_into(&mut self.denominator);
        self
    }

    /// The same factor with its citation.
    pub fn with_citation(mut self, citation: &str) -> Self {
        self.citation = Some(citation.to_owned());
        self
    }

    /// The same factor for the years it was observed in, first and last.
    pub fn with_years(mut self, first: i32, last: i32) -> Self {
        self.years = Some((first, last));
        self
    }

    /// The same factor with the vintage of its source, as `2024-12`: a later vintage may say otherwise of the same year.
    pub fn with_vintage(mut self, vintage: &str) -> Self {
        self.vintage = Some(vintage.to_owned());
        self
    }

    /// The same factor with what is to be said of its number, as that a later vintage has another one.
    pub fn with_reservation(mut self, reservation: &str) -> Self {
        self.reservation = Some(reservation.to_owned());
        self
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The step.
    pub fn step(&self) -> Step {
        self.step
    }

    /// The rung it leads to: that of its step, or further out for a factor that spans several.
    pub fn to(&self) -> Boundary {
        self.known.map_or(self.step.to(), |known| known.to)
    }

    /// Whether it spans several steps and holds every factor in between.
    pub fn spans(&self) -> bool {
        self.known.is_some_and(KnownFactor::spans)
    }

    /// Energy above over energy below.
    pub fn quantity(&self) -> &Quantity {
        &self.ratio
    }

    /// How the number was given.
    pub fn given(&self) -> Given {
        self.given
    }

    /// The energy below, to which the ratio is related.
    pub fn denominator(&self) -> &str {
        &self.denominator
    }

    /// Where the number comes from.
    pub fn citation(&self) -> Option<&str> {
        self.citation.as_deref()
    }

    /// The years that the number was observed in, first and last.
    pub fn years(&self) -> Option<(i32, i32)> {
        self.years
    }

    /// The vintage of the source.
    pub fn vintage(&self) -> Option<&str> {
        self.vintage.as_deref()
    }

    /// What is to be said of the number.
    pub fn reservation(&self) -> Option<&str> {
        self.reservation.as_deref()
    }

    /// Whether the factor is an average over all load and no measure of what one more joule causes.
    pub fn is_average(&self) -> bool {
        self.known.is_some_and(|known| known.average)
    }

    /// Whether the factor already holds another one.
    pub fn holds(&self, other: &Self) -> bool {
        self.known.is_some_and(|known| known.holds(&other.name, other.step, other.to()))
    }

    /// Whether the factor already holds a known one.
    pub(super) fn holds_known(&self, other: &KnownFactor) -> bool {
        self.known.is_some_and(|known| known.holds(other.name, other.step, other.to))
    }
}

/// What is known of a factor by its name.
///
/// # Errors
/// [`ChainError::UnknownFactor`] and [`ChainError::AmbiguousFactor`].
pub(super) fn known_factor(name: &str) -> Result<&'static KnownFactor, ChainError> {
    let (name, _, known) = identify(name, None)?;
    known.ok_or_else(|| unknown(&name))
}

fn unknown(name: &str) -> ChainError {
    let known = KNOWN_FACTORS.iter().map(|known| known.name).collect::<Vec<_>>().join(", ");
    ChainError::UnknownFactor { name: name.to_owned(), known }
}

/// The canonical name, its step, and what is known about it.
fn identify(name: &str, step: Option<Step>) -> Result<(String, Step, Option<&'static KnownFactor>), ChainError> {
    let plain = name.trim().to_ascii_lowercase().replace(['_', ' '], "-");
    let canonical = match (plain.as_str(), step) {
        // categories of PUE by the place where IT energy is metered
        ("pue3" | "pue-3", _) => "pue",
        ("pue1" | "pue-1" | "pue2" | "pue-2", _) => {
            return Err(ChainError::OtherDenominator { name: plain, metered: "ahead of the IT equipment" });
        }
        ("distribution", Some(Step::ItToSite)) => "power-distribution",
        ("distribution", Some(Step::SiteToGrid)) => "grid-distribution",
        ("distribution", None) => {
            let (first, second) = ("power-distribution", "grid-distribution");
            return Err(ChainError::AmbiguousFactor { name: plain, first, second });
        }
        (other, _) => other,
    };
    let known = KNOWN_FACTORS.iter().find(|known| known.name == canonical);
    match (known, step) {
        (Some(known), Some(given)) if known.step != given => {
            Err(ChainError::WrongStep { name: canonical.to_owned(), own: known.step, given })
        }
        (Some(known), _) => Ok((canonical.to_owned(), known.step, Some(known))),
        (None, Some(step)) if !canonical.is_empty() => Ok((canonical.to_owned(), step, None)),
        (None, _) => Err(unknown(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Distribution;

    #[test]
    fn a_loss_of_five_percent_is_two_numbers() {
        // of 100 generated, 95 arrive: 100/95; of 100 delivered, 5 more were generated: 105/100
        let input = Factor::loss_over_input("td-loss", 0.05).unwrap();
        let output = Factor::loss_over_output("td-loss", 0.05).unwrap();
        assert_eq!((input.quantity().value(), output.quantity().value()), (1.0 / 0.95, 1.05));
    }

    #[test]
    fn names_are_read_once_and_for_all() {
        assert_eq!(Factor::ratio(" PUE ", 1.2).unwrap().name(), "pue");
        assert_eq!(Factor::efficiency("TD_loss", 0.95).unwrap().name(), "td-loss");
        assert!(matches!(Factor::ratio("magic", 1.2), Err(ChainError::UnknownFactor { .. })));
        let number = Quantity::number(1.02).unwrap();
        let busbar = Factor::new("busbar", Some(Step::SiteToGrid), Given::Ratio, &number).unwrap();
        assert_eq!((busbar.name(), busbar.denominator()), ("busbar", "energy at site"));
        let misplaced = Factor::new("pue", Some(Step::SiteToGrid), Given::Ratio, &number);
        assert!(matches!(misplaced, Err(ChainError::WrongStep { .. })));
        assert_eq!(Factor::ratio("PUE3", 1.2).unwrap().name(), "pue");
        let category = Factor::ratio("pue1", 1.2).unwrap_err().to_string();
        assert!(category.contains("pue_at_it_input"), "{category}");
        let error = Factor::ratio("distribution", 1.02).unwrap_err().to_string();
        assert!(error.contains("power-distribution or grid-distribution"), "{error}");
    }

    #[test]
    fn a_factor_knows_its_years_and_vintage() {
        let pue = Factor::ratio("pue", 1.4).unwrap();
        assert_eq!((pue.years(), pue.vintage()), (None, None));
        let pue = pue.with_years(2023, 2023).with_vintage("2024-12");
        assert_eq!((pue.years(), pue.vintage()), (Some((2023, 2023)), Some("2024-12")));
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        for (given, bad) in [
            (Given::Ratio, 0.5),
            (Given::Efficiency, 0.0),
            (Given::Efficiency, 1.01),
            (Given::LossOverInput, 1.0),
            (Given::LossOverInput, -0.1),
            (Given::LossOverOutput, -0.1),
        ] {
            let factor = Factor::new("pue", None, given, &Quantity::number(bad).unwrap());
            assert!(matches!(factor, Err(ChainError::Range { .. })), "{given:?} {bad}");
        }
        assert!(Factor::ratio("pue", f64::NAN).is_err());
        assert!(Factor::new("pue", None, Given::Ratio, &"1.2 J".parse().unwrap()).is_err());
        assert_eq!(Factor::new("pue", None, Given::Ratio, &"120 %".parse().unwrap()).unwrap().quantity().value(), 1.2);
    }

    #[test]
    fn the_uncertainty_of_an_efficiency_goes_into_the_ratio() {
        // r = 1/η, u(r) = u(η)/η²
        let efficiency = Quantity::number(0.8).unwrap().with_u(0.01, "psu", Distribution::Normal).unwrap();
        let factor = Factor::new("psu", None, Given::Efficiency, &efficiency).unwrap();
        assert!((factor.quantity().u() - 0.01 / 0.64).abs() < 1e-15);
    }
}
