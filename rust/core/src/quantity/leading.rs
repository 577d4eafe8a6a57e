//! What a ratio in an expression is related to and what it gives, so that a power usage effectiveness is in a figure once.

use super::boundary::Boundary;
use super::dimension::Dimension;
use super::dynamic::Quantity;
use super::error::{BoundaryError, QuantityError};

/// What a factor without a boundary does to a figure that has one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Lead {
    /// Nothing: it is a plain number, or a figure.
    Plain,
    /// Related to the energy at the first boundary, it gives energy at the second: a PUE from it to site, a PUE less one
    /// the overhead, counted at the site, from it.
    From(Boundary, Boundary),
    /// It leads nowhere: a PUE times another one, or its root.
    Nowhere,
}

/// A part of an expression: its value, and what it does as a factor.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub quantity: Quantity,
    pub lead: Lead,
}

impl Lead {
    /// That of a power usage effectiveness.
    pub(super) const EFFECTIVENESS: Self = Self::From(Boundary::It, Boundary::Site);

    fn inverse(self) -> Self {
        match self {
            Self::From(per, gives) => Self::From(gives, per),
            other => other,
        }
    }

    /// That of a product of two factors.
    fn product(self, other: Self) -> Self {
        match (self, other) {
            (Self::Plain, lead) | (lead, Self::Plain) => lead,
            (Self::From(a, b), Self::From(c, d)) if a == d && b == c && a != b => Self::Plain,
            (Self::From(a, b), Self::From(c, d)) if a == d => Self::From(c, b),
            (Self::From(a, b), Self::From(c, d)) if b == c => Self::From(a, d),
            _ => Self::Nowhere,
        }
    }

    /// That of a sum or a difference of two ratios: both are related to one energy, and a plain number is a multiple of it.
    fn sum(self, other: Self) -> Self {
        match (self, other) {
            (Self::Plain, Self::Plain) => Self::Plain,
            (Self::Plain, Self::From(per, gives)) | (Self::From(per, gives), Self::Plain) => {
                Self::From(per, per.max(gives))
            }
            (Self::From(a, b), Self::From(c, d)) if a == c => Self::From(a, b.max(d)),
            _ => Self::Nowhere,
        }
    }

    /// That of a power with this exponent.
    fn power(self, exponent: f64) -> Self {
        match self {
            Self::Plain => Self::Plain,
            _ if exponent == 0.0 => Self::Plain,
            lead if exponent == 1.0 => lead,
            lead if exponent == -1.0 => lead.inverse(),
            _ => Self::Nowhere,
        }
    }
}

impl Part {
    /// A part that is no ratio between boundaries.
    pub(super) fn plain(quantity: Quantity) -> Self {
        Self { quantity, lead: Lead::Plain }
    }

    pub(super) fn plus(&self, other: &Self) -> Result<Self, QuantityError> {
        Ok(Self { quantity: self.quantity.plus(&other.quantity)?, lead: self.lead.sum(other.lead) })
    }

    pub(super) fn minus(&self, other: &Self) -> Result<Self, QuantityError> {
        Ok(Self { quantity: self.quantity.minus(&other.quantity)?, lead: self.lead.sum(other.lead) })
    }

    pub(super) fn times(&self, other: &Self) -> Result<Self, QuantityError> {
        let left = moved(&self.quantity, other.lead, "multiply")?;
        let right = moved(&other.quantity, self.lead, "multiply")?;
        self.joined(other, left.times(&right)?, self.lead.product(other.lead), "multiply")
    }

    pub(super) fn over(&self, other: &Self) -> Result<Self, QuantityError> {
        let left = moved(&self.quantity, other.lead.inverse(), "divide")?;
        let right = moved(&other.quantity, self.lead.inverse(), "divide")?;
        self.joined(other, left.over(&right)?, self.lead.product(other.lead.inverse()), "divide")
    }

    pub(super) fn power(&self, exponent: &Self) -> Result<Self, QuantityError> {
        let lead = if exponent.lead == Lead::Plain { self.lead } else { Lead::Nowhere };
        let lead = lead.power(exponent.quantity.coherent_value());
        Ok(Self { quantity: self.quantity.power(&exponent.quantity)?, lead })
    }

    /// A product or quotient: a figure with a boundary has taken the ratio in, one without keeps it for the next.
    fn joined(
        &self,
        other: &Self,
        quantity: Quantity,
        lead: Lead,
        operation: &'static str,
    ) -> Result<Self, QuantityError> {
        if self.quantity.boundary().or(other.quantity.boundary()).is_some() {
            return Ok(Self::plain(quantity));
        }
        if lead == Lead::Nowhere && quantity.dimension() != Dimension::NONE {
            return Err(BoundaryError::EffectivenessTwice { operation }.into());
        }
        Ok(Self { quantity, lead })
    }
}

/// A figure behind a ratio: counted at the boundary that the ratio gives. An amount per energy goes the other way, and a
/// figure without a boundary stays without.
fn moved(figure: &Quantity, lead: Lead, operation: &'static str) -> Result<Quantity, QuantityError> {
    let Some(boundary) = figure.boundary() else { return Ok(figure.clone()) };
    let [_, _, time, ..] = figure.dimension().0;
    let lead = if time > 0 { lead.inverse() } else { lead };
    match lead {
        Lead::Plain => Ok(figure.clone()),
        Lead::From(per, gives) if per == boundary => Ok(figure.at(Some(gives))),
        _ => Err(BoundaryError::Effectiveness { operation, figure: boundary }.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::evaluate_moving;
    use super::*;

    fn value(text: &str) -> Result<Option<Boundary>, QuantityError> {
        let figure = |text: &str, boundary| text.parse::<Quantity>().ok().map(|figure| figure.at(boundary));
        let given = |name: &str| match name {
            "It" => figure("100 TWh/yr", Some(Boundary::It)),
            "Site" => figure("140 TWh/yr", Some(Boundary::Site)),
            "Bare" => figure("100 TWh/yr", None),
            "Carbon" => figure("400 g/kWh", Some(Boundary::Site)),
            "PUE" | "Other" => figure("1.4", None),
            _ => None,
        };
        let found = evaluate_moving(text, &given, &|name| matches!(name, "PUE" | "Other"))?;
        Ok(found.boundary())
    }

    #[test]
    fn the_tree_tells_where_a_pue_leads() {
        let (it, site) = (Some(Boundary::It), Some(Boundary::Site));
        for (text, expected) in [
            ("It * PUE", site),
            ("(PUE) * It", site),
            ("1 * (PUE) * It", site),
            ("2 * PUE / 2 * It", site),
            ("It / (1 / PUE)", site),
            ("It * PUE^1", site),
            ("It * (PUE^-1)^-1", site),
            ("Site / PUE", it),
            ("Site * (1 / PUE)", it),
            ("Site * PUE^-1", it),
            ("It * (PUE + Other) / 2", site),
            ("It * (PUE - 1)", site),       // the overhead, counted at the site
            ("Site * (1 - 1 / PUE)", site), // the same
            ("Site * (Other / PUE)", site), // another PUE in the place of the first
            ("It * PUE / Other", it),
            ("Carbon * PUE", it), // per site energy times PUE is per IT energy
            ("Bare * PUE", None),
            ("Site / (It * PUE)", None),
        ] {
            assert_eq!(value(text).map_err(|error| format!("{text}: {error}")), Ok(expected), "{text}");
        }
    }

    #[test]
    fn no_way_of_writing_applies_it_twice_or_at_the_wrong_place() {
        for text in [
            "Site * PUE",
            "(PUE) * Site",
            "1 * (PUE) * Site",
            "Site * PUE^1",
            "Site / (1 / PUE)",
            "Site * (2 * PUE)",
            "Site * -PUE",
            "It / PUE",
            "It * PUE * Other",
            "It * (PUE * Other)",
            "It * PUE^2",
            "It * sqrt(PUE)",
            "Site * (PUE - 1)", // 176 TWh x 0.2: the overhead is related to IT energy
            "It * (1 - 1 / PUE)",
            "Bare * PUE * Other",
            "Bare * PUE^2",
            "It * exp(ln(PUE))",
        ] {
            assert!(matches!(value(text), Err(QuantityError::Boundary(_))), "{text}: {:?}", value(text));
        }
    }
}
