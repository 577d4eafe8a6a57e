//! Figures of different boundaries brought to one, and whether they agree there.

use super::chain::{BoundaryChain, Lifted};
use super::error::ChainError;
use crate::quantity::{Boundary, Quantity};

/// Figures at one boundary.
#[derive(Debug, Clone)]
pub struct Reconciled {
    /// The boundary.
    pub boundary: Boundary,
    /// The figures as given.
    pub given: Vec<Quantity>,
    /// The figures at the boundary, and what was applied to each.
    pub lifted: Vec<Lifted>,
}

/// How two figures at one boundary differ.
#[derive(Debug, Clone)]
pub struct Agreement {
    /// First minus second, with its uncertainty: what both share cancels.
    pub difference: Quantity,
    /// |difference| / u(difference); `None` where the difference is exact and not zero.
    pub in_u: Option<f64>,
}

/// The figures at a common boundary.
///
/// # Errors
/// Those of [`BoundaryChain::bring`].
///
/// ```
/// use szilard::boundaries::{BoundaryChain, Factor, reconcile};
/// use szilard::quantity::{Boundary, Quantity};
///
/// let figure = |text: &str, boundary| text.parse::<Quantity>().unwrap().at(Some(boundary));
/// let consumption = figure("415 TWh/yr", Boundary::Site).with_half_width(0.5, "rounding").unwrap();
/// let generation = figure("460 TWh/yr", Boundary::Grid).with_half_width(5.0, "rounding").unwrap();
/// let chain = BoundaryChain::new(vec![Factor::loss_over_input("td-loss", 0.05).unwrap()]).unwrap();
/// let both = reconcile(&[consumption, generation], Boundary::Site, &chain).unwrap();
/// // 5 % of loss explain 437 of the 460 TWh generated: 22 TWh/yr are left, eight times their uncertainty
/// let left = both.agreement(0, 1).unwrap().unwrap();
/// assert!((left.difference.to("TWh/yr").unwrap().value() + 22.0).abs() < 0.1 && left.in_u.unwrap() > 7.0);
/// ```
pub fn reconcile(figures: &[Quantity], to: Boundary, chain: &BoundaryChain) -> Result<Reconciled, ChainError> {
    let lifted = figures.iter().map(|figure| chain.bring(figure, to)).collect::<Result<_, _>>()?;
    Ok(Reconciled { boundary: to, given: figures.to_vec(), lifted })
}

impl Reconciled {
    /// How two of the figures agree, `None` where there is no such figure.
    ///
    /// # Errors
    /// Figures of different dimension or basis.
    pub fn agreement(&self, first: usize, second: usize) -> Option<Result<Agreement, ChainError>> {
        let (first, second) = (self.lifted.get(first)?, self.lifted.get(second)?);
        Some(compared(&first.quantity, &second.quantity))
    }
}

fn compared(first: &Quantity, second: &Quantity) -> Result<Agreement, ChainError> {
    let difference = first.minus(second)?;
    let in_u = match (difference.value().abs(), difference.u()) {
        (0.0, _) => Some(0.0),
        (_, 0.0) => None,
        (distance, u) => Some(distance / u),
    };
    Ok(Agreement { difference, in_u })
}

/// What two figures of one thing at two boundaries imply for the way between them.
#[derive(Debug, Clone)]
pub struct Gap {
    /// Energy above over energy below.
    pub ratio: Quantity,
    /// Loss over the energy above: 1 - below/above.
    pub loss_over_input: Quantity,
    /// Loss over the energy below: above/below - 1.
    pub loss_over_output: Quantity,
}

/// The factor that two figures of one thing imply: 415 TWh consumed of 460 TWh generated is a loss of 9.8 % of
/// generation and of 10.8 % of consumption.
///
/// # Errors
/// [`ChainError::Unset`] without a boundary, [`ChainError::Direction`] unless the second figure is further out, and
/// figures of different dimension.
pub fn gap(inner: &Quantity, outer: &Quantity) -> Result<Gap, ChainError> {
    let boundary =
        |figure: &Quantity| figure.boundary().ok_or_else(|| ChainError::Unset { figure: figure.to_string() });
    let (from, to) = (boundary(inner)?, boundary(outer)?);
    if to <= from {
        return Err(ChainError::Direction {
            direction: "relate",
            from,
            to,
            instead: "the figure further out is given second",
        });
    }
    let one = Quantity::number(1.0)?;
    // both in the unit of the inner figure, so that another dimension is refused
    let (inner, outer) = (inner.at(None), outer.at(None).in_unit(inner.unit())?);
    let ratio = outer.over(&inner)?;
    Ok(Gap { loss_over_input: one.minus(&inner.over(&outer)?)?, loss_over_output: ratio.minus(&one)?, ratio })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundaries::{Factor, Given};

    fn at(text: &str, boundary: Boundary) -> Quantity {
        text.parse::<Quantity>().unwrap().at(Some(boundary))
    }

    #[test]
    fn consumption_and_generation_agree_with_the_loss_they_imply() {
        // IEA 2024: 415 TWh at the site meter, 460 TWh at the busbar
        let (site, grid) = (at("415 TWh/yr", Boundary::Site), at("460 TWh/yr", Boundary::Grid));
        let implied = gap(&site, &grid).unwrap();
        assert!((implied.loss_over_input.value() - 0.097_826).abs() < 1e-6);
        assert!((implied.loss_over_output.value() - 0.108_434).abs() < 1e-6);
        let factor = Factor::new("td-loss", None, Given::LossOverInput, &implied.loss_over_input).unwrap();
        let chain = BoundaryChain::new(vec![factor]).unwrap();
        let both = reconcile(&[site, grid], Boundary::Grid, &chain).unwrap();
        let left = both.agreement(0, 1).unwrap().unwrap();
        assert!(left.difference.to("TWh/yr").unwrap().value().abs() < 1e-9);
        assert!(both.lifted[1].applied.is_empty());
        assert!(both.agreement(0, 2).is_none());
    }

    #[test]
    fn an_exact_difference_is_no_number_of_u() {
        let chain = BoundaryChain::new(Vec::new()).unwrap();
        let figures = [at("1 J", Boundary::It), at("2 J", Boundary::It)];
        let both = reconcile(&figures, Boundary::It, &chain).unwrap();
        assert_eq!(both.agreement(0, 1).unwrap().unwrap().in_u, None);
        assert_eq!(both.agreement(0, 0).unwrap().unwrap().in_u, Some(0.0));
    }

    #[test]
    fn a_gap_needs_two_boundaries() {
        let it = at("1 J", Boundary::It);
        assert!(gap(&it, &it).is_err());
        assert!(gap(&it, &"2 J".parse().unwrap()).is_err());
        assert!(gap(&it, &at("2 W", Boundary::Site)).is_err());
    }
}
