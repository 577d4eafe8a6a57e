//! Factors between boundaries from published facts, and whether a fact gives the factor it is asked for.

use super::error::PublishedError;
use super::publication::Fact;
use super::registry::Registry;
use super::reproduce::ROUNDING;
use crate::boundaries::{Factor, Given, KNOWN_FACTORS, KnownFactor, Step, Years};
use crate::quantity::Quantity;

impl Registry {
    /// The factor that a fact gives, with its citation, years, vintage, denominator, and the rounding of what is printed as
    /// its uncertainty.
    ///
    /// # Errors
    /// [`PublishedError::Unknown`] for a fact that is not there, [`PublishedError::NoValue`] for a bound or a range,
    /// [`PublishedError::Unfit`] for a fact of another quantity, and as of [`Factor::new`].
    ///
    /// ```
    /// use szilard::boundaries::Given;
    ///
    /// let registry = szilard::published::Registry::embedded().unwrap();
    /// let pue = registry.factor("F058", "pue", None, Given::Ratio).unwrap(); // United States, 2024: 1.45
    /// assert_eq!((pue.quantity().value(), pue.years(), pue.vintage()), (1.45, Some((2024, 2024)), Some("2026-06")));
    /// assert!((pue.quantity().u() - 0.005 / 3f64.sqrt()).abs() < 1e-15);
    /// assert!(registry.factor("F058", "td-loss", None, Given::Ratio).is_err()); // a PUE is no loss of the grid
    /// ```
    pub fn factor(&self, id: &str, name: &str, step: Option<Step>, given: Given) -> Result<Factor, PublishedError> {
        let (publication, fact) = self.found(id)?;
        let unfit = |reason: String| PublishedError::Unfit {
            id: id.to_owned(),
            quantity: fact.quantity.clone(),
            factor: name.to_owned(),
            reason,
        };
        let number = fact.single_value()?;
        // which factor is meant, and that the fact gives it, is settled before its number is read
        let meant = Factor::new(name, step, Given::Ratio, &Quantity::number(1.0)?)?;
        fits_name(fact, meant.name()).and_then(|()| fits_meaning(fact, given)).map_err(unfit)?;
        let factor = Factor::new(name, step, given, &number)?;
        let factor = factor
            .with_citation(&publication.citation.to_string())
            .with_years(fact.from, fact.to)
            .with_vintage(&publication.citation.vintage);
        let factor = match &fact.denominator {
            Some(denominator) => factor.with_denominator(denominator),
            None => factor,
        };
        Ok(match self.superseded_by(&publication.citation.key) {
            Some(later) => factor.with_reservation(&format!("its source is superseded by {}", later.citation.key)),
            None => factor,
        })
    }

    /// The years that a figure is about, from the facts that its rounding comes from; `None` where it comes from none.
    pub fn years_of(&self, figure: &Quantity) -> Option<Years> {
        let components = figure.measured().components().iter();
        let ids = components.filter_map(|component| component.id.strip_prefix(ROUNDING));
        let facts = ids.filter_map(|id| self.fact(id.split('.').next().unwrap_or(id)).ok());
        facts
            .map(|fact| Years(fact.from, fact.to))
            .reduce(|left, right| Years(left.0.min(right.0), left.1.max(right.1)))
    }
}

/// The known factors that a quantity is a figure of, by the longest word in it.
fn meant(quantity: &str) -> Vec<&'static KnownFactor> {
    let longest = KNOWN_FACTORS.iter().map(|known| known.named_in(quantity)).max().unwrap_or(0);
    KNOWN_FACTORS.iter().filter(|known| longest > 0 && known.named_in(quantity) == longest).collect()
}

/// Why a fact does not give the factor of this name.
fn fits_name(fact: &Fact, name: &str) -> Result<(), String> {
    let meant = meant(&fact.quantity);
    let known = KNOWN_FACTORS.iter().find(|known| known.name == name);
    if meant.iter().any(|known| known.name == name) || (known.is_none() && meant.is_empty()) {
        return Ok(());
    }
    let names = meant.iter().map(|known| known.name).collect::<Vec<_>>().join(" or ");
    Err(match known.filter(|_| names.is_empty()) {
        Some(known) => format!("nothing in it speaks of {}", known.words.join(" or ")),
        None => format!("it is one of {names}"),
    })
}

/// Why a number cannot be meant so.
fn fits_meaning(fact: &Fact, given: Given) -> Result<(), String> {
    let quantity = fact.quantity.to_lowercase();
    let holds = |words: &[&str]| words.iter().any(|word| quantity.contains(word));
    let is_loss = matches!(given, Given::LossOverInput | Given::LossOverOutput);
    let (fits, wanted) = if holds(&["effectiveness", "heat rate", "primary energy factor"]) {
        (given == Given::Ratio, "ratio")
    } else if holds(&["load factor"]) {
        (given == Given::LossOverOutput, "loss-over-output")
    } else if holds(&["loss"]) {
        (is_loss, "loss-over-input or loss-over-output")
    } else if holds(&["efficiency"]) {
        (given == Given::Efficiency, "efficiency")
    } else if holds(&["share"]) {
        let of_site = fact.denominator.as_deref().is_some_and(|of| of.to_lowercase().contains("site"));
        if of_site {
            return Err(
                "it is a share of site energy and no load over IT energy: overhead(cooling_share=...) converts".into(),
            );
        }
        (is_loss, "loss-over-output or loss-over-input")
    } else {
        (true, "")
    };
    if fits { Ok(()) } else { Err(format!("its number is meant as {wanted}")) }
}
