//! What a token, a call and a year of calls cost in energy, water, carbon and money.

use super::chain::BoundaryChain;
use super::error::ChainError;
use super::footprint::{Footprint, Intensities, footprint};
use crate::quantity::{Boundary, Quantity};

/// How a model is used.
#[derive(Debug, Clone)]
pub struct Usage {
    /// Tokens of a call. [token]
    pub tokens_per_call: Quantity,
    /// Calls of a year, a plain number.
    pub calls_per_year: f64,
}

/// What a token, a call or a year of calls costs.
#[derive(Debug, Clone)]
pub struct Cost {
    /// What it is the cost of: `token`, `call` or `year`.
    pub of: &'static str,
    /// Energy at the site meter: per token for a token, of one call, and per year for a year.
    pub energy: Quantity,
    /// Water, carbon and money.
    pub footprint: Footprint,
}

impl Cost {
    /// Columns in which tokens, calls and years stand beside each other, each in one unit.
    pub const COLUMNS: [&'static str; 5] = ["energy_wh", "water_on_site_l", "water_off_site_l", "carbon_g", "cost"];

    /// The amounts in the units of [`Cost::COLUMNS`]: per token for a token, per year for a year.
    ///
    /// # Errors
    /// Amounts out of range.
    pub fn in_columns(&self) -> Result<[Option<Quantity>; 5], ChainError> {
        let per = match self.of {
            "token" => "/token",
            "year" => "/yr",
            _ => "",
        };
        let found = &self.footprint;
        let amount = |figure: Option<&Quantity>, unit: &str| {
            figure.map(|figure| figure.to(&format!("{unit}{per}"))).transpose().map_err(ChainError::from)
        };
        Ok([
            amount(Some(&self.energy), "Wh")?,
            amount(found.water_on_site.as_ref(), "L")?,
            amount(found.water_off_site.as_ref(), "L")?,
            amount(found.carbon.as_ref(), "g")?,
            amount(found.cost.as_ref(), "1")?,
        ])
    }
}

/// The cost of a token, of a call and of a year of calls.
///
/// E_call = e n, E_year = E_call N/yr, each with its [`footprint`]: water on site on IT energy, before the PUE; carbon
/// and the water of power plants on energy at the grid; money on energy at the site meter. Two ways of answering, local
/// and in the cloud, small model and large, compare at the site meter and nowhere below it.
///
/// - `per_token`: energy per token at its boundary. [J/token]
/// - `usage`: tokens of a call and calls of a year.
///
/// # Errors
/// [`ChainError::Range`] for a usage that is not above 0, [`ChainError::MissingFactor`] on the way to the site meter,
/// and as of [`footprint`].
///
/// ```
/// use szilard::boundaries::{BoundaryChain, Factor, Intensities, Usage, cost_of_thought};
/// use szilard::quantity::{Boundary, Quantity};
///
/// let chain = BoundaryChain::new(vec![Factor::ratio("pue", 1.2).unwrap()]).unwrap();
/// let token = "3.6 J/token".parse::<Quantity>().unwrap().at(Some(Boundary::It));
/// let usage = Usage { tokens_per_call: "500 token".parse().unwrap(), calls_per_year: 1e6 };
/// let price = Intensities { price_per_kwh: Some(0.25), ..Intensities::default() };
/// let [_, call, year] = cost_of_thought(&token, &usage, &chain, &price).unwrap();
/// // 500 x 3.6 J = 0.5 Wh of IT, 0.6 Wh at the meter; a million of them are 600 kWh
/// assert!((call.energy.to("Wh").unwrap().value() - 0.6).abs() < 1e-12);
/// assert!((year.footprint.cost.unwrap().to("1/yr").unwrap().value() - 150.0).abs() < 1e-9);
/// ```
pub fn cost_of_thought(
    per_token: &Quantity,
    usage: &Usage,
    chain: &BoundaryChain,
    intensities: &Intensities,
) -> Result<[Cost; 3], ChainError> {
    let positive = |what: &str, found: f64| {
        let error = || ChainError::Range { name: what.to_owned(), what: "the value", range: "above 0", found };
        if found > 0.0 { Ok(()) } else { Err(error()) }
    };
    let tokens = usage.tokens_per_call.to("token")?;
    positive("tokens per call", tokens.value())?;
    positive("calls per year", usage.calls_per_year)?;
    let per_token = per_token.in_unit(&"J/token".parse()?)?;
    let per_call = per_token.times(&tokens)?.to("Wh")?;
    let per_year = per_call.times(&Quantity::new(usage.calls_per_year, "1/yr".parse()?)?)?.to("kWh/yr")?;
    let cost = |of: &'static str, figure: &Quantity| {
        Ok::<_, ChainError>(Cost {
            of,
            energy: chain.bring(figure, Boundary::Site)?.quantity,
            footprint: footprint(figure, chain, intensities)?,
        })
    };
    Ok([cost("token", &per_token)?, cost("call", &per_call)?, cost("year", &per_year)?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundaries::Factor;

    #[test]
    fn water_is_on_it_energy_and_carbon_on_grid_energy() {
        // 1 kWh of IT a call: PUE 1.25, 20 % of what is generated is lost
        let pue = Factor::ratio("pue", 1.25).unwrap();
        let chain = BoundaryChain::new(vec![pue, Factor::loss_over_input("td-loss", 0.2).unwrap()]).unwrap();
        let site = "4.5 kJ/token".parse::<Quantity>().unwrap().at(Some(Boundary::Site)); // 3.6 kJ of IT
        let usage = Usage { tokens_per_call: "1000 token".parse().unwrap(), calls_per_year: 10.0 };
        let given = Intensities {
            water_on_site: "2 L/kWh".parse().ok(),
            water_off_site: "4 L/kWh".parse().ok(),
            carbon: "0.4 kg/kWh".parse().ok(),
            price_per_kwh: Some(0.5),
        };
        let [_, call, year] = cost_of_thought(&site, &usage, &chain, &given).unwrap();
        let columns = year.in_columns().unwrap().map(|amount| amount.unwrap().value());
        for (found, expected) in columns.iter().zip([12_500.0, 20.0, 62.5, 6250.0, 6.25]) {
            assert!((found - expected).abs() < 1e-9 * expected, "{found} {expected}");
        }
        let value = |figure: Option<Quantity>, unit: &str| figure.unwrap().to(unit).unwrap().value();
        for (found, expected) in [
            (value(call.footprint.water_on_site, "L"), 2.0),
            (value(call.footprint.water_off_site, "L"), 4.0 * 1.25 / 0.8),
            (value(call.footprint.carbon, "kg"), 0.4 * 1.25 / 0.8),
            (call.footprint.cost.unwrap().value(), 0.5 * 1.25),
            (value(year.footprint.carbon, "kg/yr"), 4.0 * 1.25 / 0.8),
            (year.energy.to("kWh/yr").unwrap().value(), 12.5),
        ] {
            assert!((found - expected).abs() < 1e-12 * expected, "{found} {expected}");
        }
    }

    #[test]
    fn a_board_is_not_compared_with_a_site() {
        let board = "0.59 J/token".parse::<Quantity>().unwrap().at(Some(Boundary::Board));
        let usage = |tokens: &str, calls_per_year| Usage { tokens_per_call: tokens.parse().unwrap(), calls_per_year };
        let chain = BoundaryChain::new(vec![Factor::ratio("pue", 1.2).unwrap()]).unwrap();
        let cost = |usage: Usage| cost_of_thought(&board, &usage, &chain, &Intensities::default()).map(|_| ());
        assert!(matches!(cost(usage("50 token", 1.0)), Err(ChainError::MissingFactor { .. })));
        for bad in [usage("0 token", 1.0), usage("50 token", 0.0), usage("50 token", f64::NAN)] {
            assert!(matches!(cost(bad), Err(ChainError::Range { .. })));
        }
    }
}
