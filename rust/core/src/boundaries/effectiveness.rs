//! Ratios of the energies of a data centre: DCiE, ITUE, TUE, CUE, ERE and ERF.

use super::cooling::number;
use super::error::ChainError;
use crate::quantity::{Boundary, Quantity};

/// PUE, ITUE and TUE of one site from three energies.
#[derive(Debug, Clone)]
pub struct Effectiveness {
    /// Site energy over IT energy. [1]
    pub pue: Quantity,
    /// IT energy over the energy of the computing parts. [1]
    pub itue: Quantity,
    /// Site energy over the energy of the computing parts, ITUE × PUE. [1]
    pub tue: Quantity,
}

/// PUE, ITUE and TUE from the energies at the site meter, at the input of the IT equipment and at the computing parts.
///
/// PUE = E_site/E_it, ITUE = E_it/E_chip, TUE = ITUE × PUE = E_site/E_chip. The IT energy stands in both ratios, so
/// that fans and supplies of the servers are in ITUE alone: with an ITUE whose numerator was metered elsewhere than the
/// denominator of the PUE they would be in both, or in none.
///
/// - `site`, `it`, `compute`: energies or powers at the boundaries site, it and chip.
///
/// # Errors
/// [`ChainError::Unset`] and [`ChainError::Direction`] for another boundary, [`ChainError::Range`] for a ratio below 1.
///
/// ```
/// use szilard::boundaries::effectiveness;
/// use szilard::quantity::{Boundary, Quantity};
///
/// let at = |text: &str, boundary| text.parse::<Quantity>().unwrap().at(Some(boundary));
/// let (site, it) = (at("140 kW", Boundary::Site), at("100 kW", Boundary::It));
/// let found = effectiveness(&site, &it, &at("80 kW", Boundary::Chip)).unwrap();
/// assert_eq!((found.pue.value(), found.itue.value(), found.tue.value()), (1.4, 1.25, 1.75));
/// ```
///
/// # References
/// Patterson et al., TUE, a new energy-efficiency metric applied at ORNL's Jaguar, ISC 2013.
pub fn effectiveness(site: &Quantity, it: &Quantity, compute: &Quantity) -> Result<Effectiveness, ChainError> {
    let site = counted_at(site, Boundary::Site)?;
    let it = counted_at(it, Boundary::It)?;
    let compute = counted_at(compute, Boundary::Chip)?;
    let ratio = |name: &str, above: &Quantity, below: &Quantity| {
        number(name, &above.over(below)?, "at least 1", &|ratio| ratio >= 1.0)
    };
    let (pue, itue) = (ratio("pue", &site, &it)?, ratio("itue", &it, &compute)?);
    Ok(Effectiveness { tue: ratio("tue", &site, &compute)?, pue, itue })
}

/// The data-centre infrastructure efficiency, DCiE = 1/PUE.
///
/// - `pue`: site over IT energy, at least 1. [1]
///
/// # Errors
/// [`ChainError::Range`], and a number that has a unit.
///
/// ```
/// let dcie = szilard::boundaries::dcie(&"1.6".parse().unwrap()).unwrap();
/// assert_eq!(dcie.value(), 0.625);
/// ```
pub fn dcie(pue: &Quantity) -> Result<Quantity, ChainError> {
    Ok(Quantity::number(1.0)?.over(&number("pue", pue, "at least 1", &|pue| pue >= 1.0)?)?)
}

/// The PUE from its parts, PUE = 1 + CLF + PLF + other, all of them over IT energy; a lower bound where one is left out.
///
/// - `cooling`: cooling load factor. [1]
/// - `power`: power load factor: supplies, transformers, distribution of the building. [1]
/// - `other`: lighting and the rest. [1]
///
/// # Errors
/// [`ChainError::Range`] for a negative part, and numbers that have a unit.
///
/// ```
/// let part = |text: &str| text.parse().unwrap();
/// let pue = szilard::boundaries::pue_from_loads(&part("0.30"), &part("0.08"), &part("0.02")).unwrap();
/// assert!((pue.value() - 1.40).abs() < 1e-15);
/// ```
pub fn pue_from_loads(cooling: &Quantity, power: &Quantity, other: &Quantity) -> Result<Quantity, ChainError> {
    let parts = [("cooling load factor", cooling), ("power load factor", power), ("other load factor", other)];
    parts.into_iter().try_fold(Quantity::number(1.0)?, |total, (name, part)| {
        Ok(total.plus(&number(name, part, "at least 0", &|part| part >= 0.0)?)?)
    })
}

/// The carbon usage effectiveness, CUE = CEF × PUE: carbon dioxide equivalent per IT energy. [kg/J]
///
/// - `intensity`: carbon emission factor of the site's energy. [kg/J]
/// - `pue`: site over IT energy, at least 1. [1]
///
/// # Errors
/// [`ChainError::Range`], and an intensity that is no mass per energy.
///
/// ```
/// let cue = szilard::boundaries::cue(&"400 g/kWh".parse().unwrap(), &"1.25".parse().unwrap()).unwrap();
/// assert!((cue.to("g/kWh").unwrap().value() - 500.0).abs() < 1e-10);
/// ```
pub fn cue(intensity: &Quantity, pue: &Quantity) -> Result<Quantity, ChainError> {
    let pue = number("pue", pue, "at least 1", &|pue| pue >= 1.0)?;
    Ok(intensity.at(None).to("kg/J")?.times(&pue)?.at(Some(Boundary::It)))
}

/// The energy reuse effectiveness, ERE = (E_site - E_reused)/E_it; below 1 where more than the overhead is reused. [1]
///
/// - `site`, `it`: energies at the site meter and at the IT equipment.
/// - `reused`: energy that leaves the site for another use; it is counted at the site.
///
/// # Errors
/// [`ChainError::Unset`] and [`ChainError::Direction`] for another boundary, [`ChainError::Range`] for more reused
/// energy than came in.
///
/// ```
/// use szilard::quantity::{Boundary, Quantity};
///
/// let at = |text: &str, boundary| text.parse::<Quantity>().unwrap().at(Some(boundary));
/// let [site, reused] = [at("130 MWh", Boundary::Site), at("40 MWh", Boundary::Site)];
/// let ere = szilard::boundaries::ere(&site, &reused, &at("100 MWh", Boundary::It)).unwrap();
/// assert!((ere.value() - 0.9).abs() < 1e-15);
/// ```
pub fn ere(site: &Quantity, reused: &Quantity, it: &Quantity) -> Result<Quantity, ChainError> {
    let kept = Quantity::number(1.0)?.minus(&erf(site, reused)?)?;
    let pue = counted_at(site, Boundary::Site)?.over(&counted_at(it, Boundary::It)?)?;
    Ok(kept.times(&number("pue", &pue, "at least 1", &|pue| pue >= 1.0)?)?)
}

/// The energy reuse factor, ERF = E_reused/E_site, 0 to 1. [1]
///
/// # Errors
/// As of [`ere`].
pub fn erf(site: &Quantity, reused: &Quantity) -> Result<Quantity, ChainError> {
    let (site, reused) = (counted_at(site, Boundary::Site)?, counted_at(reused, Boundary::Site)?);
    number("energy reuse factor", &reused.over(&site)?, "at least 0 and at most 1", &|share| {
        (0.0..=1.0).contains(&share)
    })
}

/// The figure without its boundary, which must be the one that is meant.
fn counted_at(figure: &Quantity, meant: Boundary) -> Result<Quantity, ChainError> {
    match figure.boundary() {
        Some(boundary) if boundary == meant => Ok(figure.at(None)),
        Some(from) => {
            let instead = "bring it there with a BoundaryChain";
            Err(ChainError::Direction { direction: "relate", from, to: meant, instead })
        }
        None => Err(ChainError::Unset { figure: figure.to_string() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, boundary: Boundary) -> Quantity {
        text.parse::<Quantity>().unwrap().at(Some(boundary))
    }

    #[test]
    fn an_energy_metered_elsewhere_makes_no_tue() {
        // an ITUE whose numerator is the node input and a PUE over IT energy do not share their middle
        let (site, node) = (at("140 kW", Boundary::Site), at("100 kW", Boundary::Node));
        assert!(matches!(effectiveness(&site, &node, &at("80 kW", Boundary::Chip)), Err(ChainError::Direction { .. })));
        let bare = "100 kW".parse().unwrap();
        assert!(matches!(effectiveness(&site, &bare, &at("80 kW", Boundary::Chip)), Err(ChainError::Unset { .. })));
    }

    #[test]
    fn nothing_is_reused_twice_over() {
        let site = at("100 MWh", Boundary::Site);
        assert!(matches!(erf(&site, &at("101 MWh", Boundary::Site)), Err(ChainError::Range { .. })));
        assert_eq!(erf(&site, &at("25 MWh", Boundary::Site)).unwrap().value(), 0.25);
    }
}
