//! What a share of cooling says about PUE, and the other way round.

use super::error::ChainError;
use crate::quantity::{Dimension, Quantity, Unit};

/// The lower bound of PUE that a cooling share implies.
///
/// PUE >= 1/(1 - s), with equality where cooling is the only overhead: E_site = E_IT + E_cooling + E_other,
/// s = E_cooling/E_site, E_other >= 0.
///
/// - `share`: cooling over site energy, 0 <= s < 1. [1]
///
/// # Errors
/// [`ChainError::Range`], and a share that has a unit.
///
/// ```
/// let share = "30 %".parse().unwrap();
/// let bound = szilard::boundaries::pue_from_cooling_share(&share).unwrap();
/// assert!((bound.value() - 1.4286).abs() < 5e-5);
/// ```
pub fn pue_from_cooling_share(share: &Quantity) -> Result<Quantity, ChainError> {
    let share = number("cooling share", share, "at least 0 and below 1", &|share| (0.0..1.0).contains(&share))?;
    let one = Quantity::number(1.0)?;
    Ok(one.over(&one.minus(&share)?)?)
}

/// The cooling share of site energy that a PUE implies.
///
/// s = (PUE - 1 - o)/PUE = 1 - (1 + o)/PUE. With o = 0 it is the share of all overhead, an upper bound of cooling.
///
/// - `pue`: site over IT energy, at least 1. [1]
/// - `other_overhead`: overhead other than cooling (UPS, distribution, lighting) over IT energy, 0 <= o <= PUE - 1. [1]
///
/// # Errors
/// [`ChainError::Range`], and numbers that have a unit.
///
/// ```
/// use szilard::quantity::Quantity;
/// let (pue, other) = (Quantity::number(1.4).unwrap(), Quantity::number(0.0).unwrap());
/// let share = szilard::boundaries::cooling_share(&pue, &other).unwrap();
/// assert!((share.value() - 0.2857).abs() < 5e-5); // all overhead together: 28.6 %
/// ```
pub fn cooling_share(pue: &Quantity, other_overhead: &Quantity) -> Result<Quantity, ChainError> {
    let pue = number("pue", pue, "at least 1", &|pue| pue >= 1.0)?;
    let allowed = |other: f64| other >= 0.0 && other <= pue.value() - 1.0;
    let other = number("other overhead", other_overhead, "at least 0 and at most PUE - 1", &allowed)?;
    let one = Quantity::number(1.0)?;
    Ok(one.minus(&one.plus(&other)?.over(&pue)?)?)
}

/// A pure number in a range.
pub(super) fn number(
    name: &str,
    quantity: &Quantity,
    range: &'static str,
    allowed: &dyn Fn(f64) -> bool,
) -> Result<Quantity, ChainError> {
    let number = quantity.at(None).on(None).in_unit(&Unit::coherent(Dimension::NONE))?;
    if allowed(number.value()) {
        Ok(number)
    } else {
        Err(ChainError::Range { name: name.to_owned(), what: "the value", range, found: number.value() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: f64) -> Quantity {
        Quantity::number(value).unwrap()
    }

    #[test]
    fn cooling_alone_is_its_own_pue() {
        // without any other overhead the two formulas are inverse
        for share in [0.0, 0.07, 0.3, 0.4] {
            let pue = pue_from_cooling_share(&of(share)).unwrap();
            assert!((cooling_share(&pue, &of(0.0)).unwrap().value() - share).abs() < 1e-15);
        }
        assert!((pue_from_cooling_share(&of(0.4)).unwrap().value() - 5.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn other_overhead_is_not_cooling() {
        // PUE 1.4, 0.1 of it is no cooling: 0.3/1.4
        assert!((cooling_share(&of(1.4), &of(0.1)).unwrap().value() - 0.3 / 1.4).abs() < 1e-15);
        assert!(cooling_share(&of(1.4), &of(0.5)).is_err());
        assert!(cooling_share(&of(0.9), &of(0.0)).is_err());
        assert!(pue_from_cooling_share(&of(1.0)).is_err());
    }
}
