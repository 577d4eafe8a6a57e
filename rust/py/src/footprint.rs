//! What an energy costs in water, carbon and money, and what a token, a call and a year of calls cost.

use crate::boundaries::PyBoundaryChain;
use crate::errors::guard;
use crate::quantity::{Given, PyQuantity};
use crate::table::{Column, frame};
use pyo3::prelude::*;
use szilard::boundaries::{self as core, Cost, Footprint, Intensities, Usage};
use szilard::quantity::Quantity;

/// Water, carbon and money that an energy costs; amounts per token or per second for a figure per token or a power.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> chain = sz.BoundaryChain([sz.Factor("pue", 1.25)])
/// >>> cost = sz.footprint(sz.Quantity("2 kWh", boundary="site"), chain=chain, price_per_kwh=0.3, wue="0.36 L/kWh")
/// >>> cost.cost, cost.water_on_site.to("L"), cost.carbon, cost.water_off_site
/// (0.6, 0.576 L, None, None)
#[pyclass(name = "Footprint", module = "szilard", frozen)]
#[derive(Debug)]
pub struct PyFootprint(Footprint);

#[pymethods]
impl PyFootprint {
    /// The water used at the site, or None.
    #[getter]
    fn water_on_site(&self) -> Option<PyQuantity> {
        self.0.water_on_site.clone().map(PyQuantity)
    }

    /// The water used by the power plants, or None.
    #[getter]
    fn water_off_site(&self) -> Option<PyQuantity> {
        self.0.water_off_site.clone().map(PyQuantity)
    }

    /// The carbon dioxide equivalent, or None.
    #[getter]
    fn carbon(&self) -> Option<PyQuantity> {
        self.0.carbon.clone().map(PyQuantity)
    }

    /// The cost in the currency of the price, or None.
    #[getter]
    fn cost(&self) -> Option<PyQuantity> {
        self.0.cost.clone().map(PyQuantity)
    }

    fn __repr__(&self) -> String {
        let part = |name: &str, figure: &Option<Quantity>| figure.as_ref().map(|figure| format!("{name} {figure}"));
        let parts = [
            part("water on site", &self.0.water_on_site),
            part("water off site", &self.0.water_off_site),
            part("carbon", &self.0.carbon),
            part("cost", &self.0.cost),
        ];
        format!("Footprint({})", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

fn intensities(
    price_per_kwh: Option<f64>,
    carbon: Option<Given>,
    wue: Option<Given>,
    water_off_site: Option<Given>,
) -> Intensities {
    let quantity = |given: Option<Given>| given.map(|given| given.0);
    Intensities {
        water_on_site: quantity(wue),
        water_off_site: quantity(water_off_site),
        carbon: quantity(carbon),
        price_per_kwh,
    }
}

/// What a figure costs, each energy brought to the boundary that its intensity is related to.
///
/// Parameters
/// ----------
/// figure
///     An energy, a power, or an energy per token, at its boundary. [J, W or J/token]
/// chain
///     The factors between the boundaries.
/// price_per_kwh
///     Price of a kilowatt hour at the site meter, a plain number in its currency. [1/kWh]
/// carbon
///     Carbon dioxide equivalent per energy at the grid, as "0.37 kg/kWh". [kg/J]
/// wue
///     Water used at the site per IT energy, as "0.36 L/kWh". [m³/J]
/// water_off_site
///     Water used by the power plants per energy at the grid. [m³/J]
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     A figure without a boundary, or a step without a factor.
/// szilard.errors.UnitError
///     An intensity of another dimension.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> chain = sz.BoundaryChain([sz.Factor("pue", 1.2)])
/// >>> sz.footprint(sz.Quantity("2 kWh", boundary="site"), chain=chain, price_per_kwh=0.3).cost
/// 0.6
#[pyfunction]
#[pyo3(signature = (figure, *, chain, price_per_kwh=None, carbon=None, wue=None, water_off_site=None))]
pub fn footprint(
    figure: Given,
    chain: &Bound<'_, PyBoundaryChain>,
    price_per_kwh: Option<f64>,
    carbon: Option<Given>,
    wue: Option<Given>,
    water_off_site: Option<Given>,
) -> PyResult<PyFootprint> {
    let intensities = intensities(price_per_kwh, carbon, wue, water_off_site);
    guard(|| core::footprint(&figure.0, &chain.get().0, &intensities)).map(PyFootprint)
}

/// The table of what a token, a call and a year of calls cost at the site meter and beyond: way, of, energy_wh, u_wh,
/// water_on_site_l, water_off_site_l, carbon_g, cost. Null where its intensity was not given.
///
/// Water on site is on IT energy, before the PUE; carbon and the water of power plants on energy at the grid; money on
/// energy at the site meter.
///
/// Parameters
/// ----------
/// per_token
///     Energy per token at its boundary. [J/token]
/// tokens_per_call
///     Tokens of a call. [token]
/// calls_per_year
///     Calls of a year. [1]
/// chain
///     The factors between the boundaries.
/// price_per_kwh, carbon, wue, water_off_site
///     As for `footprint`. [1/kWh], [kg/J], [m³/J], [m³/J]
/// way
///     Name of this way of answering, to tell the rows of several ways apart: "local", "cloud".
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     A figure without a boundary, or a step without a factor.
/// szilard.errors.UnitError
///     A figure that is no energy per token, an intensity of another dimension.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> chain = sz.BoundaryChain([sz.Factor("pue", 1.2)])
/// >>> token = sz.Quantity("3.6 J/token", boundary="it")
/// >>> cost = sz.boundaries.cost_of_thought(token, tokens_per_call=500, calls_per_year=1e6, chain=chain)
/// >>> round(cost["energy_wh"][1], 9)
/// 0.6
#[pyfunction]
#[pyo3(signature = (per_token, *, tokens_per_call, calls_per_year, chain, price_per_kwh=None, carbon=None, wue=None,
    water_off_site=None, way=""))]
#[expect(clippy::too_many_arguments, reason = "each is a keyword in Python")]
pub fn cost_of_thought(
    py: Python<'_>,
    per_token: Given,
    tokens_per_call: f64,
    calls_per_year: f64,
    chain: &Bound<'_, PyBoundaryChain>,
    price_per_kwh: Option<f64>,
    carbon: Option<Given>,
    wue: Option<Given>,
    water_off_site: Option<Given>,
    way: &str,
) -> PyResult<Py<PyAny>> {
    let intensities = intensities(price_per_kwh, carbon, wue, water_off_site);
    let costs = guard(|| {
        let usage = Usage { tokens_per_call: Quantity::new(tokens_per_call, "token".parse()?)?, calls_per_year };
        core::cost_of_thought(&per_token.0, &usage, &chain.get().0, &intensities)
    })?;
    let amounts = guard(|| costs.iter().map(Cost::in_columns).collect::<Result<Vec<_>, _>>())?;
    let mut columns = vec![
        ("way", Column::Text(vec![way.to_owned(); costs.len()])),
        ("of", Column::Text(costs.iter().map(|cost| cost.of.to_owned()).collect())),
    ];
    for (place, name) in Cost::COLUMNS.into_iter().enumerate() {
        let amount = |of: fn(&Quantity) -> f64| {
            let column = amounts.iter().map(|row| row.get(place).and_then(Option::as_ref).map(of));
            Column::MaybeFloat(column.collect())
        };
        columns.push((name, amount(Quantity::value)));
        if place == 0 {
            columns.push(("u_wh", amount(Quantity::u)));
        }
    }
    frame(py, columns)
}
