//! What the heat of a board is worth, and what can take it.

use crate::errors::guard;
use crate::quantity::{Given, PyQuantity};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use szilard::edge::{self as core, EdgeError, LatentStore, TroughReceiver};

/// The share of heat at one temperature that could be had as work, 1 - T0/T.
///
/// Parameters
/// ----------
/// source
///     Temperature of the heat, T. [K]
/// ambient
///     Temperature of the surroundings, T0. [K]
///
/// Raises
/// ------
/// szilard.errors.EdgeError
///     A source that is not warmer than the ambient.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.edge.exergy_factor('45 degC', '25 degC'):.4f}"
/// '0.0629'
#[pyfunction]
pub fn exergy_factor(source: Given, ambient: Given) -> PyResult<PyQuantity> {
    guard(|| core::exergy_factor(&source.0, &ambient.0)).map(PyQuantity)
}

/// The share of the heat of a stream, cooled from one temperature to another, that could be had as work,
/// 1 - T0 ln(Th/Tc)/(Th - Tc).
///
/// Parameters
/// ----------
/// hot
///     Temperature before, Th. [K]
/// cold
///     Temperature after, Tc. [K]
/// ambient
///     Temperature of the surroundings, T0. [K]
///
/// Raises
/// ------
/// szilard.errors.EdgeError
///     Temperatures that do not fall from hot to cold to ambient.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.edge.stream_exergy_factor('60 degC', '40 degC', '25 degC'):.6f}"
/// '0.077069'
#[pyfunction]
pub fn stream_exergy_factor(hot: Given, cold: Given, ambient: Given) -> PyResult<PyQuantity> {
    guard(|| core::stream_exergy_factor(&hot.0, &cold.0, &ambient.0)).map(PyQuantity)
}

/// The effectiveness of a counterflow heat exchanger, (1 - e^(-N(1-C)))/(1 - C e^(-N(1-C))); a melting side has C = 0.
///
/// Parameters
/// ----------
/// transfer_units
///     Number of transfer units, N. [1]
/// capacity_ratio
///     Smaller over larger heat capacity rate, C. [1]
///
/// Raises
/// ------
/// szilard.errors.EdgeError
///     A number below zero, a ratio outside 0 to 1.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.edge.exchanger_effectiveness('2', '0.5'):.6f}"
/// '0.774600'
#[pyfunction]
pub fn exchanger_effectiveness(transfer_units: Given, capacity_ratio: Given) -> PyResult<PyQuantity> {
    guard(|| core::exchanger_effectiveness(&transfer_units.0, &capacity_ratio.0)).map(PyQuantity)
}

/// A phase-change store: a mass that takes heat as a solid, melts, and takes heat as a liquid.
///
/// Parameters
/// ----------
/// mass
///     Mass. [kg]
/// fusion
///     Heat of fusion. [J/kg]
/// melting
///     Melting temperature. [K]
/// solid
///     Specific heat as a solid. [J/(kg K)]
/// liquid
///     Specific heat as a liquid. [J/(kg K)]
///
/// Raises
/// ------
/// szilard.errors.EdgeError
///     A mass or a heat that is not above zero.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> wax = sz.edge.LatentStore("1 kg", "200 kJ/kg", "45 degC", "2 kJ/(kg*K)", "2.2 kJ/(kg*K)")
/// >>> wax.heat("25 degC", "55 degC").to("kJ")
/// 262 kJ
#[pyclass(name = "LatentStore", module = "szilard.edge", frozen)]
#[derive(Debug)]
pub struct PyLatentStore(LatentStore);

#[pymethods]
impl PyLatentStore {
    #[new]
    fn new(mass: Given, fusion: Given, melting: Given, solid: Given, liquid: Given) -> PyResult<Self> {
        guard(|| LatentStore::new(&mass.0, &fusion.0, &melting.0, &solid.0, &liquid.0)).map(Self)
    }

    /// The heat that the store takes from one temperature to another, m (c_s ΔT_s + L + c_l ΔT_l). [J]
    ///
    /// Parameters
    /// ----------
    /// start
    ///     Temperature before. [K]
    /// end
    ///     Temperature after. [K]
    ///
    /// Raises
    /// ------
    /// szilard.errors.UnitError
    ///     Something that is no temperature.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> wax = sz.edge.LatentStore("1 kg", "200 kJ/kg", "45 degC", "2 kJ/(kg*K)", "2.2 kJ/(kg*K)")
    /// >>> wax.heat("25 degC", "40 degC").to("kJ")
    /// 30 kJ
    fn heat(&self, start: Given, end: Given) -> PyResult<PyQuantity> {
        guard(|| self.0.heat(&start.0, &end.0)).map(PyQuantity)
    }

    fn __repr__(&self) -> String {
        format!("LatentStore({} that melts at {})", self.0.mass(), self.0.melting())
    }
}

/// The heat that a metre of the trough receiver Schott PTR70 of 2008 loses, 0.141 t + 6.48e-9 t⁴ with t in degC, between
/// 100 degC and 506 degC (F. Burkholder, C. Kutscher, NREL/TP-550-45633, 2009, as quoted by documents that cite it). [W/m]
///
/// Parameters
/// ----------
/// absorber
///     Temperature of the absorber, t. [K]
///
/// Raises
/// ------
/// szilard.errors.EdgeError
///     A temperature outside 100 degC to 506 degC.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.edge.receiver_loss('350 degC'):.2f}"
/// '146.59 W/m'
#[pyfunction]
pub fn receiver_loss(absorber: Given) -> PyResult<PyQuantity> {
    guard(|| Ok::<_, EdgeError>(PyQuantity(TroughReceiver::SCHOTT_PTR70_2008.loss(&absorber.0)?.into())))
}

/// What a use at a temperature takes of the heat of a node: delivered [W], share, exergy and exergy_delivered [W]. Heat does
/// not flow to a use that is warmer than the source less the approach of the exchanger; that is refused.
///
/// Parameters
/// ----------
/// heat
///     Heat that the node gives off. [W]
/// source
///     Temperature at which it does. [K]
/// need
///     Heat that the use takes. [W]
/// at
///     Temperature of the use. [K]
/// approach
///     Smallest difference between the two sides of the exchanger. [K]
/// ambient
///     Temperature of the surroundings. [K]
///
/// Raises
/// ------
/// szilard.errors.EdgeError
///     A use that is warmer than the source less the approach, a power below zero.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> found = sz.edge.heat_match("7.2 W", "60 degC", "20 W", "40 degC", approach="5 K", ambient="25 degC")
/// >>> f"{found['exergy_delivered']:.3f}"
/// '0.345 W'
#[pyfunction]
#[pyo3(signature = (heat, source, need, at, *, approach, ambient))]
pub fn heat_match<'py>(
    py: Python<'py>,
    heat: Given,
    source: Given,
    need: Given,
    at: Given,
    approach: Given,
    ambient: Given,
) -> PyResult<Bound<'py, PyDict>> {
    let found = guard(|| core::heat_match(&heat.0, &source.0, &need.0, &at.0, &approach.0, &ambient.0))?;
    let table = PyDict::new(py);
    table.set_item("delivered", PyQuantity(found.delivered))?;
    table.set_item("share", PyQuantity(found.share))?;
    table.set_item("exergy", PyQuantity(found.exergy))?;
    table.set_item("exergy_delivered", PyQuantity(found.exergy_delivered))?;
    Ok(table)
}
