//! Water, carbon and cost of an energy, each counted on the energy its intensity is related to.

use super::chain::BoundaryChain;
use super::error::ChainError;
use crate::quantity::{Boundary, Dimension, Quantity, Unit};

/// What a kilowatt hour costs. An intensity that carries a boundary is related to the energy there, otherwise to the one
/// its definition names.
#[derive(Debug, Clone, Default)]
pub struct Intensities {
    /// Water used at the site per IT energy (WUE). [m³/J]
    pub water_on_site: Option<Quantity>,
    /// Water used by the power plants per energy generated. [m³/J]
    pub water_off_site: Option<Quantity>,
    /// Carbon dioxide equivalent per energy generated. [kg/J]
    pub carbon: Option<Quantity>,
    /// Price of a kilowatt hour at the site meter, a plain number in its currency.
    pub price_per_kwh: Option<f64>,
}

/// What an energy costs: amounts for an energy, amounts per token, per second or per year for a figure per token, a power
/// or an energy per year. They are no energies and carry no boundary.
#[derive(Debug, Clone)]
pub struct Footprint {
    /// Water used at the site.
    pub water_on_site: Option<Quantity>,
    /// Water used by the power plants.
    pub water_off_site: Option<Quantity>,
    /// Carbon dioxide equivalent.
    pub carbon: Option<Quantity>,
    /// Cost in the currency of the price.
    pub cost: Option<Quantity>,
}

/// The footprint of a figure.
///
/// W = WUE E_it, W_off = w E_grid, m = c E_grid, cost = p E_site, each energy brought to its boundary by the chain, so that
/// PUE is in none of them twice and water on IT energy does not hold it at all.
///
/// # Errors
/// Those of [`BoundaryChain::bring`], and intensities of a dimension that is not water or mass per energy.
///
/// ```
/// use szilard::boundaries::{BoundaryChain, Factor, Intensities, footprint};
/// use szilard::quantity::{Boundary, Quantity};
///
/// let chain = BoundaryChain::new(vec![Factor::ratio("pue", 1.12).unwrap()]).unwrap();
/// let site = "0.0412 Wh".parse::<Quantity>().unwrap().at(Some(Boundary::Site));
/// let water = Intensities { water_on_site: "0.1 L/kWh".parse().ok(), ..Intensities::default() };
/// let used = footprint(&site, &chain, &water).unwrap().water_on_site.unwrap();
/// assert!((used.to("mL").unwrap().value() - 0.00368).abs() < 1e-5);
/// ```
pub fn footprint(figure: &Quantity, chain: &BoundaryChain, intensities: &Intensities) -> Result<Footprint, ChainError> {
    let amount = |intensity: &Option<Quantity>, boundary: Boundary, unit: &str| {
        let Some(intensity) = intensity else { return Ok(None) };
        let coherent = intensity.to(&format!("{unit}/J"))?;
        let energy = chain.bring(figure, intensity.boundary().unwrap_or(boundary))?.quantity;
        let amount = energy.times(&coherent.at(None).on(None))?.at(None);
        Ok::<_, ChainError>(Some(match time_of_rate(figure.unit()) {
            Some(time) => amount.to(&format!("{unit}/{time}"))?,
            None => amount,
        }))
    };
    let price = match intensities.price_per_kwh {
        Some(price) => Some(Quantity::number(price)?.over(&Quantity::new(1.0, "kWh".parse::<Unit>()?)?)?),
        None => None,
    };
    Ok(Footprint {
        water_on_site: amount(&intensities.water_on_site, Boundary::It, "m^3")?,
        water_off_site: amount(&intensities.water_off_site, Boundary::Grid, "m^3")?,
        carbon: amount(&intensities.carbon, Boundary::Grid, "kg")?,
        cost: amount(&price, Boundary::Site, "1")?,
    })
}

/// The time of a unit of energy per time as it is written: `yr` of `TWh/yr`; none of a watt.
fn time_of_rate(unit: &Unit) -> Option<&str> {
    let (_, time) = unit.symbol().rsplit_once('/')?;
    let is_time = |unit: Unit| unit.dimension() == Dimension([0, 0, 1, 0, 0, 0, 0]);
    time.parse().is_ok_and(is_time).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundaries::Factor;

    fn at(text: &str, boundary: Boundary) -> Quantity {
        text.parse::<Quantity>().unwrap().at(Some(boundary))
    }

    fn pue(value: f64) -> BoundaryChain {
        BoundaryChain::new(vec![Factor::ratio("pue", value).unwrap()]).unwrap()
    }

    #[test]
    fn money_and_carbon_per_energy() {
        // 2 kWh at the site meter: 0.60 at 0.30 per kWh; 0.5 kg per kWh delivered is 1 kg
        let site = at("2 kWh", Boundary::Site);
        let carbon = at("0.5 kg/kWh", Boundary::Site);
        let given = Intensities { carbon: Some(carbon), price_per_kwh: Some(0.3), ..Intensities::default() };
        let found = footprint(&site, &pue(1.2), &given).unwrap();
        assert!((found.cost.unwrap().value() - 0.6).abs() < 1e-15);
        assert!((found.carbon.unwrap().to("kg").unwrap().value() - 1.0).abs() < 1e-15);
        assert!(found.water_on_site.is_none());
    }

    #[test]
    fn a_rate_per_year_costs_per_year() {
        // 1 TWh/yr at 0.36 L/kWh: 0.36e6 m³/yr; a power costs per second
        let given = Intensities { water_on_site: "0.36 L/kWh".parse().ok(), ..Intensities::default() };
        let water = |text| footprint(&at(text, Boundary::It), &pue(1.2), &given).unwrap().water_on_site.unwrap();
        let yearly = water("1 TWh/yr");
        assert_eq!(yearly.unit().symbol(), "m^3/yr");
        assert!((yearly.value() - 0.36e6).abs() < 1e-6);
        assert_eq!(water("1 MW").dimension(), yearly.dimension());
    }

    #[test]
    fn carbon_on_grid_energy_needs_the_way_there() {
        let given = Intensities { carbon: "0.37 kg/kWh".parse().ok(), ..Intensities::default() };
        let missing = footprint(&at("1 kWh", Boundary::Site), &pue(1.2), &given);
        assert!(matches!(missing, Err(ChainError::MissingFactor { .. })));
    }

    #[test]
    fn an_intensity_is_an_amount_per_energy() {
        let given = Intensities { water_on_site: "0.37 kg/kWh".parse().ok(), ..Intensities::default() };
        assert!(matches!(footprint(&at("1 kWh", Boundary::It), &pue(1.2), &given), Err(ChainError::Quantity(_))));
    }
}
