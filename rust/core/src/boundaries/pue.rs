//! Categories of PUE, by the place where the energy of the IT equipment is metered.

use super::cooling::number;
use super::error::ChainError;
use crate::quantity::Quantity;

/// Where the denominator of a PUE is metered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PueCategory {
    /// At the output of the uninterruptible supply: basic, PUE1.
    UpsOutput,
    /// At the output of the power distribution units: intermediate, PUE2.
    PduOutput,
    /// At the input of the IT equipment: advanced, PUE3. It is the one that the boundary `it` means.
    ItInput,
}

/// The PUE over energy at the IT input, from one of another category, PUE3 = PUE_c/η.
///
/// A meter ahead of the equipment counts the losses behind it as IT energy, so that the same site has PUE1 <= PUE2 <=
/// PUE3. Two published values compare only within a category.
///
/// - `pue`: site energy over energy at the meter, at least 1. [1]
/// - `category`: where that energy is metered.
/// - `efficiency`: energy at the IT input over energy at the meter, above 0 and at most 1; 1 for PUE3. [1]
///
/// # Errors
/// [`ChainError::Range`], and numbers that have a unit.
///
/// ```
/// use szilard::boundaries::{PueCategory, pue_at_it_input};
///
/// let number = |text: &str| text.parse().unwrap();
/// let pue = pue_at_it_input(&number("1.36"), PueCategory::UpsOutput, &number("0.97")).unwrap();
/// assert!((pue.value() - 1.36 / 0.97).abs() < 1e-15); // 1.402: of the energy behind the UPS 3 % never arrive
/// ```
///
/// # References
/// The Green Grid, White Paper 49, *PUE: a comprehensive examination of the metric*, 2012; the three places as told by
/// 42u.com, *The PUE metric*: UPS outlet, PDU outlet, input of the IT equipment.
pub fn pue_at_it_input(pue: &Quantity, category: PueCategory, efficiency: &Quantity) -> Result<Quantity, ChainError> {
    let pue = number("pue", pue, "at least 1", &|pue| pue >= 1.0)?;
    let efficiency = match category {
        PueCategory::ItInput => number("efficiency behind the meter", efficiency, "1 at the IT input", &|η| η == 1.0)?,
        _ => number("efficiency behind the meter", efficiency, "above 0 and at most 1", &|η| η > 0.0 && η <= 1.0)?,
    };
    Ok(pue.over(&efficiency)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_behind_the_meter_is_no_it_energy() {
        // 100 kW at the IT input, 98 % of the PDU output; 150 kW at the site: PUE2 = 1.47, PUE3 = 1.5
        let number = |value: f64| Quantity::number(value).unwrap();
        let found = pue_at_it_input(&number(150.0 * 0.98 / 100.0), PueCategory::PduOutput, &number(0.98)).unwrap();
        assert!((found.value() - 1.5).abs() < 1e-15);
        assert!(pue_at_it_input(&number(1.4), PueCategory::ItInput, &number(0.98)).is_err());
        assert!(pue_at_it_input(&number(1.4), PueCategory::UpsOutput, &number(1.02)).is_err());
        assert!(pue_at_it_input(&number(0.9), PueCategory::UpsOutput, &number(0.9)).is_err());
    }
}
