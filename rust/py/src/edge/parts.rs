//! What a rig is made of: array, battery, node, heat sink.

use crate::errors::guard;
use crate::quantity::{Given, PyQuantity};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use szilard::edge::{self as core, Battery, EdgeError, Leakage, Node, SolarArray, ThermalNode, Throttle};

/// A solar array: its rated power and the share that remains of it in the field.
///
/// Parameters
/// ----------
/// rated
///     Power under standard test conditions, 1000 W/m². [W]
/// performance
///     Share that remains after heat, dust, wiring and charge control. [1]
///
/// Raises
/// ------
/// szilard.errors.EdgeError
///     A power below zero, a share outside 0 to 1.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> array = sz.edge.SolarArray("100 W", "80 %")
/// >>> array.rated, array.energy("5 h").to("Wh").value
/// (100 W, 400.0)
#[pyclass(name = "SolarArray", module = "szilard.edge", frozen)]
#[derive(Debug, Clone)]
pub struct PySolarArray(pub SolarArray);

#[pymethods]
impl PySolarArray {
    #[new]
    fn new(rated: Given, performance: Given) -> PyResult<Self> {
        guard(|| SolarArray::new(&rated.0, &performance.0)).map(Self)
    }

    /// The rated power. [W]
    #[getter]
    fn rated(&self) -> PyQuantity {
        PyQuantity(self.0.rated().clone())
    }

    /// The energy that the array gives in so many hours of full sun (irradiation over 1000 W/m²). [J]
    ///
    /// Parameters
    /// ----------
    /// peak_sun
    ///     Hours of full sun: irradiation over 1000 W/m². [s]
    ///
    /// Raises
    /// ------
    /// szilard.errors.EdgeError
    ///     A time below zero.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sz.edge.SolarArray("100 W", "80 %").energy("4.5 h").to("Wh")
    /// 360 Wh
    fn energy(&self, peak_sun: Given) -> PyResult<PyQuantity> {
        guard(|| self.0.energy(&peak_sun.0)).map(PyQuantity)
    }

    fn __repr__(&self) -> String {
        format!("SolarArray({} rated, {} of it left)", self.0.rated(), self.0.performance())
    }
}

/// A battery that does not age: full at the start, without loss and without a cut-off until it is told otherwise.
///
/// Parameters
/// ----------
/// capacity
///     Energy [Wh], or a charge [Ah] together with `voltage`.
/// voltage
///     Nominal voltage; a charge alone is no energy. [V]
/// efficiency
///     Share of a charge that comes back; the loss is booked while it charges. [1]
/// cut_off
///     Share of the full energy at which the load is cut off. [1]
/// start
///     Share of the full energy at the start of a simulation. [1]
///
/// Raises
/// ------
/// szilard.errors.EdgeError
///     A charge without a voltage, a share outside 0 to 1, a start below the cut-off.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.edge.Battery("20 Ah", "12.8 V").energy.to("Wh")
/// 256 Wh
#[pyclass(name = "Battery", module = "szilard.edge", frozen)]
#[derive(Debug, Clone)]
pub struct PyBattery(pub Battery);

#[pymethods]
impl PyBattery {
    #[new]
    #[pyo3(signature = (capacity, voltage=None, *, efficiency=None, cut_off=None, start=None))]
    fn new(
        capacity: Given,
        voltage: Option<Given>,
        efficiency: Option<Given>,
        cut_off: Option<Given>,
        start: Option<Given>,
    ) -> PyResult<Self> {
        guard(|| {
            let battery = Battery::new(&capacity.0, voltage.as_ref().map(|given| &given.0))?;
            let battery = efficiency.iter().try_fold(battery, |battery, given| battery.with_efficiency(&given.0))?;
            let low = cut_off.map_or_else(|| battery.cut_off().clone(), |given| given.0);
            let first = start.map_or_else(|| battery.start().clone(), |given| given.0);
            battery.between(&low, &first)
        })
        .map(Self)
    }

    /// The energy of the full battery.
    #[getter]
    fn energy(&self) -> PyQuantity {
        PyQuantity(self.0.energy().clone())
    }

    /// The share of the full battery that so many calls take.
    ///
    /// Parameters
    /// ----------
    /// energy_per_call
    ///     Energy of a call. [J]
    /// calls
    ///     Calls. [1]
    ///
    /// Raises
    /// ------
    /// szilard.errors.UnitError
    ///     Something that is no energy.
    /// OverflowError
    ///     A number of calls below zero.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> f"{sz.edge.Battery('256 Wh').share('29.52 J', 1000):.4f}"
    /// '0.0320'
    fn share(&self, energy_per_call: Given, calls: u64) -> PyResult<PyQuantity> {
        guard(|| self.0.share(&energy_per_call.0, calls)).map(PyQuantity)
    }

    fn __repr__(&self) -> String {
        let Self(battery) = self;
        let (energy, low, first) = (battery.energy(), battery.cut_off(), battery.start());
        format!("Battery({energy}, efficiency {}, cut-off at {low}, start at {first})", battery.efficiency())
    }
}

/// A node: what it draws and how long a call takes it.
///
/// Parameters
/// ----------
/// idle
///     Power with the model loaded and nothing to do. [W]
/// active
///     Power while it answers. [W]
/// call_time
///     Time that it takes for a call, one at a time. [s]
/// tokens_per_call
///     Output tokens of a call. [token]
///
/// Raises
/// ------
/// szilard.errors.EdgeError
///     A power, time or number of tokens that is not above zero, an idle power above the active one.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> node = sz.edge.Node("3.8 W", "7.2 W", "4.1 s", "50 token")
/// >>> node.energy_per_call, node.above_idle_per_call.to("J")
/// (29.52 J, 13.94 J)
#[pyclass(name = "Node", module = "szilard.edge", frozen)]
#[derive(Debug, Clone)]
pub struct PyNode(pub Node);

#[pymethods]
impl PyNode {
    #[new]
    fn new(idle: Given, active: Given, call_time: Given, tokens_per_call: Given) -> PyResult<Self> {
        guard(|| Node::new(&idle.0, &active.0, &call_time.0, &tokens_per_call.0)).map(Self)
    }

    /// Energy of a call with the idle draw in it. [J]
    #[getter]
    fn energy_per_call(&self) -> PyResult<PyQuantity> {
        guard(|| self.0.energy_per_call()).map(PyQuantity)
    }

    /// Energy that a call adds to a node that is on anyway. [J]
    #[getter]
    fn above_idle_per_call(&self) -> PyResult<PyQuantity> {
        guard(|| self.0.above_idle_per_call()).map(PyQuantity)
    }

    /// What a day's harvest carries, with a battery large enough and without loss: idle [Wh], surplus [Wh] (negative where
    /// idling alone takes more), calls_by_energy, calls_by_time, and calls, the smaller of the two. None is no call.
    ///
    /// Parameters
    /// ----------
    /// harvest
    ///     Energy of a day. [J]
    ///
    /// Raises
    /// ------
    /// szilard.errors.UnitError
    ///     Something that is no energy.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> cloudy = sz.edge.Node("3.8 W", "7.2 W", "4.1 s", "50 token").budget("80 Wh")
    /// >>> f"{cloudy['idle']:.4}, {cloudy['surplus']:.4}", cloudy["calls"]
    /// ('91.2 Wh, -11.2 Wh', None)
    fn budget<'py>(&self, py: Python<'py>, harvest: Given) -> PyResult<Bound<'py, PyDict>> {
        let found = guard(|| {
            let budget = core::budget(&self.0, &harvest.0)?;
            Ok::<_, EdgeError>((budget.idle.to("Wh")?, budget.surplus.to("Wh")?, budget))
        })?;
        let (idle, surplus, budget) = found;
        let table = PyDict::new(py);
        table.set_item("idle", PyQuantity(idle))?;
        table.set_item("surplus", PyQuantity(surplus))?;
        table.set_item("calls_by_energy", budget.calls_by_energy.map(PyQuantity))?;
        table.set_item("calls_by_time", PyQuantity(budget.calls_by_time))?;
        table.set_item("calls", budget.calls.map(PyQuantity))?;
        Ok(table)
    }

    fn __repr__(&self) -> String {
        let Node { idle, active, call_time, tokens_per_call } = &self.0;
        format!("Node({idle} idle, {active} for {call_time} a call of {tokens_per_call})")
    }
}

/// A board that heats up as C dT/dt = P - (T - Ta)/R and throttles at a threshold.
///
/// Parameters
/// ----------
/// resistance
///     From the junction to the ambient, R. [K/W]
/// capacity
///     Heat capacity, C. [J/K]
/// ambient
///     Temperature of the air, Ta. [K]
/// threshold
///     Temperature at which it throttles. [K]
/// leakage
///     Growth of the power with temperature. [W/K]
/// reference
///     Temperature at which the powers were measured. [K]
///
/// Raises
/// ------
/// szilard.errors.EdgeError
///     A resistance or capacity that is not above zero, a threshold below the air.
/// ValueError
///     Leakage without reference, or reference without leakage.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> board = sz.edge.ThermalNode("6 K/W", "80 J/K", "25 degC", "85 degC")
/// >>> board.max_power
/// 10 W
#[pyclass(name = "ThermalNode", module = "szilard.edge", frozen)]
#[derive(Debug, Clone)]
pub struct PyThermalNode(pub ThermalNode);

#[pymethods]
impl PyThermalNode {
    #[new]
    #[pyo3(signature = (resistance, capacity, ambient, threshold, *, leakage=None, reference=None))]
    fn new(
        resistance: Given,
        capacity: Given,
        ambient: Given,
        threshold: Given,
        leakage: Option<Given>,
        reference: Option<Given>,
    ) -> PyResult<Self> {
        let node = guard(|| ThermalNode::new(&resistance.0, &capacity.0, &ambient.0, &threshold.0))?;
        match (leakage, reference) {
            (None, None) => Ok(Self(node)),
            (Some(slope), Some(reference)) => guard(|| node.leaking(&slope.0, &reference.0)).map(Self),
            _ => Err(PyValueError::new_err("leakage and reference go together")),
        }
    }

    /// The power that the board carries for ever without throttling, (Tth - Ta)/R. [W]
    #[getter]
    fn max_power(&self) -> PyResult<PyQuantity> {
        guard(|| self.0.max_power()).map(PyQuantity)
    }

    /// The time until the board throttles under a constant power, from ambient temperature [s]; None for never.
    ///
    /// Parameters
    /// ----------
    /// power
    ///     Constant power. [W]
    ///
    /// Raises
    /// ------
    /// szilard.errors.EdgeError
    ///     A power below zero.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> board = sz.edge.ThermalNode("6 K/W", "80 J/K", "25 degC", "85 degC")
    /// >>> f"{board.time_to_throttle('15 W'):.1f}", board.time_to_throttle("7.2 W")
    /// ('527.3 s', None)
    fn time_to_throttle(&self, power: Given) -> PyResult<Option<PyQuantity>> {
        guard(|| {
            Ok::<_, EdgeError>(match self.0.time_to_throttle(&power.0)? {
                Throttle::Never => None,
                Throttle::After(time) => Some(PyQuantity(time)),
            })
        })
    }

    /// The steady temperature under a power that grows with temperature, P + slope (T - reference). [K]
    ///
    /// Parameters
    /// ----------
    /// power
    ///     Power at the reference temperature, P. [W]
    /// slope
    ///     Growth of the power with temperature. [W/K]
    /// reference
    ///     Temperature at which the power was measured. [K]
    ///
    /// Raises
    /// ------
    /// szilard.errors.EdgeError
    ///     A power that grows faster with temperature than the heat sink takes it away: no steady state.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> board = sz.edge.ThermalNode("6 K/W", "80 J/K", "25 degC", "85 degC")
    /// >>> f"{board.steady_temperature('7.2 W', '0.02 W/K', '25 degC'):.2f}"
    /// '347.24 K'
    fn steady_temperature(&self, power: Given, slope: Given, reference: Given) -> PyResult<PyQuantity> {
        let leakage = Leakage { power: power.0, slope: slope.0, reference: reference.0 };
        guard(|| self.0.steady_temperature(&leakage)).map(PyQuantity)
    }

    fn __repr__(&self) -> String {
        let Self(node) = self;
        format!("ThermalNode({} above {}, throttles at {})", node.resistance(), node.ambient(), node.threshold())
    }
}
