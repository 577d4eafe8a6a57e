//! Inference at the edge: sun in, battery between, heat out.

use crate::errors::guard;
use crate::quantity::{Given, PyQuantity};
use pyo3::prelude::*;
use szilard::edge::{self as core, Battery, EdgeError, Leakage, SolarArray, ThermalNode, Throttle};
use szilard::quantity::Quantity;

/// A solar array: its rated power and the share that remains of it in the field.
///
/// Parameters
/// ----------
/// rated
///     Power under standard test conditions, 1000 W/m². [W]
/// performance
///     Share that remains after heat, dust, wiring and charge control. [1]
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.edge.SolarArray("100 W", "80 %").energy("5 h").to("Wh").value
/// 400.0
#[pyclass(name = "SolarArray", module = "szilard.edge", frozen)]
#[derive(Debug)]
pub struct PySolarArray(SolarArray);

#[pymethods]
impl PySolarArray {
    #[new]
    fn new(rated: Given, performance: Given) -> PyResult<Self> {
        guard(|| SolarArray::new(rated.0.as_static()?, performance.0.as_static()?)).map(Self)
    }

    /// The energy that the array gives in so many hours of full sun (irradiation over 1000 W/m²). [J]
    fn energy(&self, peak_sun: Given) -> PyResult<PyQuantity> {
        guard(|| Ok::<_, EdgeError>(PyQuantity(self.0.energy(peak_sun.0.as_static()?)?.into())))
    }
}

/// The energy of a full battery.
///
/// Parameters
/// ----------
/// capacity
///     Energy [Wh], or a charge [Ah] together with `voltage`.
/// voltage
///     Nominal voltage; a charge alone is no energy. [V]
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.edge.Battery("20 Ah", "12.8 V").energy.to("Wh")
/// 256 Wh
#[pyclass(name = "Battery", module = "szilard.edge", frozen)]
#[derive(Debug)]
pub struct PyBattery(Battery);

#[pymethods]
impl PyBattery {
    #[new]
    #[pyo3(signature = (capacity, voltage=None))]
    fn new(capacity: Given, voltage: Option<Given>) -> PyResult<Self> {
        guard(|| Battery::new(&capacity.0, voltage.map(|given| given.0).as_ref())).map(Self)
    }

    /// The energy of the full battery.
    #[getter]
    fn energy(&self) -> PyQuantity {
        PyQuantity(self.0.energy().clone())
    }

    /// The share of the full battery that so many calls take.
    fn share(&self, energy_per_call: Given, calls: u64) -> PyResult<PyQuantity> {
        guard(|| self.0.share(&energy_per_call.0, calls)).map(PyQuantity)
    }
}

/// A board that heats up as C dT/dt = P - (T - Ta)/R and throttles at a threshold.
///
/// Parameters
/// ----------
/// resistance
///     From the junction to the ambient. [K/W]
/// capacity
///     Heat capacity. [J/K]
/// ambient
///     Temperature of the air. [K]
/// threshold
///     Temperature at which it throttles. [K]
#[pyclass(name = "ThermalNode", module = "szilard.edge", frozen)]
#[derive(Debug)]
pub struct PyThermalNode(ThermalNode);

#[pymethods]
impl PyThermalNode {
    #[new]
    fn new(resistance: Given, capacity: Given, ambient: Given, threshold: Given) -> PyResult<Self> {
        guard(|| {
            ThermalNode::new(
                resistance.0.as_static()?,
                capacity.0.as_static()?,
                ambient.0.as_static()?,
                threshold.0.as_static()?,
            )
        })
        .map(Self)
    }

    /// The power that the board carries for ever without throttling, (Tth - Ta)/R. [W]
    #[getter]
    fn max_power(&self) -> PyQuantity {
        PyQuantity(self.0.max_power().into())
    }

    /// The time until the board throttles under a constant power, from ambient temperature [s]; None for never.
    fn time_to_throttle(&self, power: Given) -> PyResult<Option<PyQuantity>> {
        guard(|| {
            Ok::<_, EdgeError>(match self.0.time_to_throttle(power.0.as_static()?)? {
                Throttle::Never => None,
                Throttle::After(time) => Some(PyQuantity(time.into())),
            })
        })
    }

    /// The steady temperature under a power that grows with temperature, P + slope (T - reference). [K]
    fn steady_temperature(&self, power: Given, slope: Given, reference: Given) -> PyResult<PyQuantity> {
        guard(|| {
            let leakage = Leakage {
                power: power.0.as_static()?,
                slope: slope.0.as_static()?,
                reference: reference.0.as_static()?,
            };
            Ok::<_, EdgeError>(PyQuantity(self.0.steady_temperature(leakage)?.into()))
        })
    }
}

/// The share of heat at one temperature that could be had as work, 1 - T0/T.
///
/// >>> import szilard as sz
/// >>> f"{sz.edge.exergy_factor('45 degC', '25 degC'):.4f}"
/// '0.0629'
#[pyfunction]
pub fn exergy_factor(source: Given, ambient: Given) -> PyResult<PyQuantity> {
    guard(|| {
        Ok::<_, EdgeError>(PyQuantity(Quantity::from(core::exergy_factor(
            source.0.as_static()?,
            ambient.0.as_static()?,
        )?)))
    })
}

/// The share of the heat of a stream, cooled from one temperature to another, that could be had as work,
/// 1 - T0 ln(Th/Tc)/(Th - Tc).
#[pyfunction]
pub fn stream_exergy_factor(hot: Given, cold: Given, ambient: Given) -> PyResult<PyQuantity> {
    guard(|| {
        let (hot, cold, ambient) = (hot.0.as_static()?, cold.0.as_static()?, ambient.0.as_static()?);
        Ok::<_, EdgeError>(PyQuantity(core::stream_exergy_factor(hot, cold, ambient)?.into()))
    })
}
