//! Scenarios: the sun, and everything that a simulation needs.

use super::parts::{PyBattery, PyNode, PySolarArray, PyThermalNode};
use crate::errors::guard;
use crate::given::bytes_of;
use crate::quantity::{Given, PyQuantity};
use crate::traces::PyTrace;
use numpy::PyReadonlyArray1;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use szilard::edge::{Ambient, DayKind, Daylight, Demand, EdgeError, Scenario, Series, SolarArray, Steps, Sun, Weather};
use szilard::quantity::Quantity;

/// What the sun gives, day by day. Made by `days`, `peak_sun`, `kinds`, `series` or `trace`.
///
/// A day's harvest is spread as a half sine over its daylight, whatever way the array faces.
///
/// Examples
/// --------
/// >>> import numpy as np, szilard as sz
/// >>> sun = sz.edge.Sun.days(["320 Wh", "80 Wh"], daylight="12 h", noon="12 h")
/// >>> array = sz.edge.SolarArray("100 W", "80 %")
/// >>> clear = sz.edge.Sun.peak_sun(array, ["5 h"], daylight="12 h", noon="12 h")
/// >>> kinds = [("clear", "320 Wh", "60 %"), ("dull", "80 Wh", "40 %")]
/// >>> drawn = sz.edge.Sun.kinds(kinds, daylight="12 h", noon="12 h")
/// >>> measured = sz.edge.Sun.series(np.arange(24) * 3600.0, np.full(24, 20.0))
#[pyclass(name = "Sun", module = "szilard.edge", frozen)]
#[derive(Debug, Clone)]
pub struct PySun(pub Sun);

fn quantities(given: Vec<Given>) -> Vec<Quantity> {
    given.into_iter().map(|given| given.0).collect()
}

#[pymethods]
impl PySun {
    /// Days of known harvest [J], repeated for as long as is simulated.
    ///
    /// Parameters
    /// ----------
    /// harvest
    ///     Harvest of each day. [J]
    /// daylight
    ///     Length of the day. [s]
    /// noon
    ///     Time of day at which the sun is highest. [s]
    ///
    /// Raises
    /// ------
    /// szilard.errors.EdgeError
    ///     No day, a harvest below zero, a daylight that is not within a day.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sun = sz.edge.Sun.days(["320 Wh", "80 Wh"], daylight="12 h", noon="12.5 h")
    #[staticmethod]
    #[pyo3(signature = (harvest, *, daylight, noon))]
    fn days(harvest: Vec<Given>, daylight: Given, noon: Given) -> PyResult<Self> {
        guard(|| Sun::days(quantities(harvest), Daylight::new(&daylight.0, &noon.0)?)).map(Self)
    }

    /// Days of known peak sun time [s] over an array.
    ///
    /// Parameters
    /// ----------
    /// array
    ///     The array.
    /// peak_sun
    ///     Hours of full sun of each day. [s]
    /// daylight
    ///     Length of the day. [s]
    /// noon
    ///     Time of day at which the sun is highest. [s]
    ///
    /// Raises
    /// ------
    /// szilard.errors.EdgeError
    ///     As of `days`.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> array = sz.edge.SolarArray("100 W", "80 %")
    /// >>> sun = sz.edge.Sun.peak_sun(array, ["5 h", "1 h"], daylight="12 h", noon="12 h")
    #[staticmethod]
    #[pyo3(signature = (array, peak_sun, *, daylight, noon))]
    fn peak_sun(array: &PySolarArray, peak_sun: Vec<Given>, daylight: Given, noon: Given) -> PyResult<Self> {
        let array: &SolarArray = &array.0;
        guard(|| Sun::peak_sun(array, &quantities(peak_sun), Daylight::new(&daylight.0, &noon.0)?)).map(Self)
    }

    /// Days drawn at random and independently.
    ///
    /// Parameters
    /// ----------
    /// kinds
    ///     Name, harvest and share of each kind; the shares add up to 1. [J], [1]
    /// daylight
    ///     Length of the day. [s]
    /// noon
    ///     Time of day at which the sun is highest. [s]
    ///
    /// Raises
    /// ------
    /// szilard.errors.EdgeError
    ///     Shares that do not add up to 1, or as of `days`.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> kinds = [("clear", "320 Wh", "60 %"), ("dull", "80 Wh", "40 %")]
    /// >>> sun = sz.edge.Sun.kinds(kinds, daylight="12 h", noon="12 h")
    #[staticmethod]
    #[pyo3(signature = (kinds, *, daylight, noon))]
    fn kinds(kinds: Vec<(String, Given, Given)>, daylight: Given, noon: Given) -> PyResult<Self> {
        let kind =
            |(name, harvest, share): (String, Given, Given)| DayKind { name, harvest: harvest.0, share: share.0 };
        let kinds = kinds.into_iter().map(kind).collect();
        guard(|| Sun::kinds(kinds, Daylight::new(&daylight.0, &noon.0)?)).map(Self)
    }

    /// A measured or modelled power, as pvlib gives one: times since the first midnight [s] and powers [W].
    ///
    /// Parameters
    /// ----------
    /// time_s
    ///     Times since the first midnight, rising: a column. [s]
    /// power_w
    ///     Power at each: a column of the same length. [W]
    ///
    /// Raises
    /// ------
    /// szilard.errors.EdgeError
    ///     Columns of different length, times that do not rise, a power below zero.
    ///
    /// Examples
    /// --------
    /// >>> import numpy as np, szilard as sz
    /// >>> sun = sz.edge.Sun.series(np.arange(24) * 3600.0, np.full(24, 20.0))
    #[staticmethod]
    fn series(time_s: PyReadonlyArray1<'_, f64>, power_w: PyReadonlyArray1<'_, f64>) -> PyResult<Self> {
        guard(|| Sun::series(series(&time_s, &power_w)?)).map(Self)
    }

    /// The power of a recording with one channel, from the midnight of its clock on.
    ///
    /// Parameters
    /// ----------
    /// trace
    ///     A recording of the power of the panel, with one channel.
    ///
    /// Raises
    /// ------
    /// szilard.errors.EdgeError
    ///     A recording with more than one channel, or with none of power.
    ///
    /// Examples
    /// --------
    /// >>> import numpy as np, szilard as sz
    /// >>> recording = sz.trace_from_arrays(np.arange(25) * 3600 * 10**9, np.full(25, 20.0))
    /// >>> sun = sz.edge.Sun.trace(recording)
    #[staticmethod]
    fn trace(trace: &PyTrace) -> PyResult<Self> {
        let trace = &trace.trace;
        guard(|| Sun::series(Series::of_power(trace, Series::midnight_ns(trace))?)).map(Self)
    }

    /// The same harvest, said to be that of an array of a rated power, so that a size is answered in W.
    ///
    /// Parameters
    /// ----------
    /// rated
    ///     Power under standard test conditions. [W]
    ///
    /// Raises
    /// ------
    /// szilard.errors.EdgeError
    ///     Later, in `sizing`, a power that is none above zero.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sun = sz.edge.Sun.days(["320 Wh"], daylight="12 h", noon="12 h").of_array("100 W")
    fn of_array(&self, rated: Given) -> Self {
        Self(self.0.clone().of_array(&rated.0))
    }

    fn __repr__(&self) -> String {
        let weather = match &self.0.weather {
            Weather::Days(harvest, _) => format!("{} days in turn", harvest.len()),
            Weather::Kinds(kinds, _) => {
                let kind = |kind: &DayKind| format!("{} {} ({})", kind.name, kind.harvest, kind.share);
                format!("drawn days: {}", kinds.iter().map(kind).collect::<Vec<_>>().join(", "))
            }
            Weather::Series(_) => "a course of power".to_owned(),
        };
        let rated = self.0.rated.as_ref().map(|rated| format!(", array of {rated}")).unwrap_or_default();
        format!("Sun({weather}{rated})")
    }
}

fn series(time_s: &PyReadonlyArray1<'_, f64>, value: &PyReadonlyArray1<'_, f64>) -> Result<Series, EdgeError> {
    Series::new(time_s.as_array().to_vec(), value.as_array().to_vec())
}

/// A node, its battery, its sun and its air, over days.
///
/// Parameters
/// ----------
/// node, battery, sun
///     The rig.
/// calls_per_day
///     Calls that come evenly over `hours` of each day. [1]
/// hours
///     Start and end of the hours in which calls come; the whole day where it is left out. [s]
/// thermal
///     The heat sink; without one the node never throttles.
/// swing
///     Half of the difference between the warmest and the coldest hour. [K]
/// warmest
///     Time of day of the warmest hour. [s]
/// air
///     Times since the first midnight and temperatures of the air, in place of swing and warmest. [s], [K]
/// days
///     Days; as many as the weather lists, 365 where it is drawn. [1]
/// step
///     Length of a step; 15 min where nothing is said. [s]
/// longest_step
///     Longest of steps that end where the sun and the demand start and end, in place of `step`. [s]
/// trials
///     Trials of the Monte Carlo, where an input is uncertain or the weather is drawn; 1000. [1]
/// seed
///     Seed of its random numbers; 0. [1]
///
/// Raises
/// ------
/// szilard.errors.EdgeError
///     Hours outside a day, a step that is not above zero, a number of calls below zero.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> node = sz.edge.Node("3.8 W", "7.2 W", "4.1 s", "50 token")
/// >>> sun = sz.edge.Sun.days(["320 Wh", "80 Wh"], daylight="12 h", noon="12 h")
/// >>> rig = sz.edge.Rig(node, sz.edge.Battery("256 Wh"), sun, 1000)
/// >>> rig.days, rig.calls_per_day
/// (2, 1000)
#[pyclass(name = "Rig", module = "szilard.edge", frozen)]
#[derive(Debug, Clone)]
pub struct PyRig(pub Scenario);

#[pymethods]
impl PyRig {
    #[new]
    #[pyo3(signature = (node, battery, sun, calls_per_day, *, hours=None, thermal=None, swing=None, warmest=None,
        air=None, days=None, step=None, longest_step=None, trials=None, seed=None))]
    #[allow(clippy::too_many_arguments)]
    fn new(
        node: &PyNode,
        battery: &PyBattery,
        sun: &PySun,
        calls_per_day: &Bound<'_, PyAny>,
        hours: Option<(Given, Given)>,
        thermal: Option<&PyThermalNode>,
        swing: Option<Given>,
        warmest: Option<Given>,
        air: Option<(PyReadonlyArray1<'_, f64>, PyReadonlyArray1<'_, f64>)>,
        days: Option<u32>,
        step: Option<Given>,
        longest_step: Option<Given>,
        trials: Option<usize>,
        seed: Option<u64>,
    ) -> PyResult<Self> {
        let calls = calls(calls_per_day)?;
        let ambient = match (swing, warmest, air) {
            (None, None, None) => Ambient::Constant,
            (Some(swing), Some(warmest), None) => guard(|| Ambient::daily(&swing.0, &warmest.0))?,
            (None, None, Some((time_s, kelvins))) => Ambient::Series(guard(|| series(&time_s, &kelvins))?),
            _ => return Err(PyValueError::new_err("the air has swing and warmest together, or air, or none of them")),
        };
        let steps = match (step, longest_step) {
            (None, None) => None,
            (Some(step), None) => Some(Steps::Fixed(guard(|| Scenario::step_of(&step.0))?)),
            (None, Some(step)) => Some(Steps::Events(guard(|| Scenario::step_of(&step.0))?)),
            _ => return Err(PyValueError::new_err("either step or longest_step")),
        };
        guard(|| {
            let demand = Demand::new(&calls, hours.as_ref().map(|(start, end)| [&start.0, &end.0]))?;
            let made = Scenario::new(node.0.clone(), demand, sun.0.clone(), battery.0.clone())?;
            Ok::<_, EdgeError>(Scenario {
                thermal: thermal.map(|thermal| thermal.0.clone()),
                ambient,
                days: days.unwrap_or(made.days),
                steps: steps.unwrap_or(made.steps),
                trials: trials.unwrap_or(made.trials),
                seed: seed.unwrap_or(made.seed),
                ..made
            })
        })
        .map(Self)
    }

    /// The scenario of a TOML file; docs/edge.md lists its keys.
    ///
    /// Parameters
    /// ----------
    /// file
    ///     Path, bytes or an open file.
    ///
    /// Raises
    /// ------
    /// szilard.errors.EdgeError
    ///     A file that is no scenario: with the key, what was found and what was expected.
    /// OSError
    ///     A file that the system does not give.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> text = b'''
    /// ... [node]
    /// ... idle = "3.8 W"
    /// ... active = "7.2 W"
    /// ... call_time = "4.1 s"
    /// ... tokens_per_call = "50 token"
    /// ... [demand]
    /// ... calls_per_day = "1000"
    /// ... [sun]
    /// ... daylight = "12 h"
    /// ... noon = "12 h"
    /// ... harvest = ["320 Wh", "80 Wh"]
    /// ... [battery]
    /// ... capacity = "256 Wh"
    /// ... '''
    /// >>> sz.edge.Rig.read(text).days
    /// 2
    #[staticmethod]
    pub fn read(file: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (bytes, path) = bytes_of(file)?;
        let text = String::from_utf8(bytes).map_err(|error| PyValueError::new_err(format!("{path}: {error}")))?;
        guard(|| Scenario::parse(&path, &text)).map(Self)
    }

    /// The days.
    #[getter]
    fn days(&self) -> u32 {
        self.0.days
    }

    /// The calls of a day.
    #[getter]
    fn calls_per_day(&self) -> PyQuantity {
        PyQuantity(self.0.demand.calls_per_day.clone())
    }

    fn __repr__(&self) -> String {
        let Scenario { demand, battery, days, .. } = &self.0;
        format!("Rig({} calls a day, battery {}, {days} days)", demand.calls_per_day, battery.energy())
    }
}

/// A number of calls: a quantity, text, or a plain number, whose meaning the parameter's name says.
fn calls(given: &Bound<'_, PyAny>) -> PyResult<Quantity> {
    if let Ok(number) = given.extract::<f64>() {
        return guard(|| Quantity::number(number));
    }
    let given: Given =
        given.extract().map_err(|error: PyErr| match error.is_instance_of::<PyTypeError>(given.py()) {
            true => PyTypeError::new_err("calls_per_day is a number or a quantity"),
            false => error,
        })?;
    Ok(given.0)
}
