//! From electricity at the busbar to the fuel behind it: heat rates and mixes.

use super::cooling::number;
use super::error::ChainError;
use crate::quantity::Quantity;

/// The efficiency of generation at a heat rate, η = 1/h: a heat rate in Btu/kWh is a ratio of two energies.
///
/// The values of the EIA by technology are carried as facts of `eia_heat_rates_2022`.
///
/// - `heat_rate`: fuel over electricity, at least 1. [1, as Btu/kWh or kJ/kWh]
///
/// # Errors
/// [`ChainError::Range`], and a quantity that is no ratio of energies.
///
/// ```
/// // coal, United States, 2022: 10 689 Btu/kWh
/// let efficiency = szilard::boundaries::generation_efficiency(&"10689 Btu/kWh".parse().unwrap()).unwrap();
/// assert!((efficiency.to("%").unwrap().value() - 31.92).abs() < 0.005);
/// ```
pub fn generation_efficiency(heat_rate: &Quantity) -> Result<Quantity, ChainError> {
    Ok(Quantity::number(1.0)?.over(&number("heat rate", heat_rate, "at least 1", &|rate| rate >= 1.0)?)?)
}

/// The fuel behind the electricity of a mix over that electricity, Σ s_i h_i with shares s_i of generation.
///
/// What comes back is the ratio of the factor `generation`. A technology without fuel has the ratio 1 by the direct
/// equivalent convention.
///
/// - `parts`: share of generation and heat rate of each technology. [1]
///
/// # Errors
/// [`ChainError::Range`] for a share or heat rate out of range, or shares that do not sum to 1 within 0.5 %.
///
/// ```
/// let part = |share: &str, rate: &str| (share.parse().unwrap(), rate.parse().unwrap());
/// let ratio = szilard::boundaries::generation_mix(&[part("60 %", "7740 Btu/kWh"), part("40 %", "1")]).unwrap();
/// assert!((ratio.value() - (0.6 * 7740.0 / 3412.1416331279 + 0.4)).abs() < 1e-9);
/// ```
pub fn generation_mix(parts: &[(Quantity, Quantity)]) -> Result<Quantity, ChainError> {
    let (mut total, mut ratio) = (Quantity::number(0.0)?, Quantity::number(0.0)?);
    for (share, rate) in parts {
        let share = number("share of generation", share, "between 0 and 1", &|share| (0.0..=1.0).contains(&share))?;
        let rate = number("heat rate", rate, "at least 1", &|rate| rate >= 1.0)?;
        ratio = ratio.plus(&share.times(&rate)?)?;
        total = total.plus(&share)?;
    }
    number("sum of the shares", &total, "1 within 0.5 %", &|sum| (sum - 1.0).abs() <= 0.005)?;
    Ok(ratio.over(&total)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mix_without_all_its_parts_is_refused() {
        let part = |share: &str, rate: &str| (share.parse().unwrap(), rate.parse().unwrap());
        assert!(generation_mix(&[part("60 %", "2")]).is_err());
        assert!(generation_mix(&[part("60 %", "2"), part("60 %", "2")]).is_err());
        assert!(generation_mix(&[]).is_err());
        assert!(generation_efficiency(&"0.9".parse().unwrap()).is_err());
        assert!(generation_efficiency(&"9 Btu".parse().unwrap()).is_err());
        assert_eq!(generation_mix(&[part("50 %", "2"), part("50 %", "3")]).unwrap().value(), 2.5);
    }
}
