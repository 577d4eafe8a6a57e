//! Simulations and sizes.

use super::scenario::PyRig;
use crate::errors::guard;
use crate::html;
use crate::monte_carlo::MonteCarlo;
use crate::quantity::{Given, PyQuantity};
use crate::table::{Column, frame};
use crate::watched::watched;
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use szilard::edge::{self as core, Day, Figure, Outcome, Size, Step};
use szilard::quantity::units::f64::Ratio;

/// What a simulation found. ``simulation["tokens_served"]`` is a figure as a quantity; its names are those of `figures`.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> node = sz.edge.Node("3.8 W", "7.2 W", "4.1 s", "50 token")
/// >>> sun = sz.edge.Sun.days(["320 Wh", "80 Wh"], daylight="12 h", noon="12 h")
/// >>> found = sz.edge.simulate(sz.edge.Rig(node, sz.edge.Battery("256 Wh"), sun, 1000))
/// >>> found["tokens_served"], found.is_one_of_many, found.figures.columns[:3]
/// (100000 token [modelled], False, ['figure', 'value', 'u'])
/// >>> found.days.height, found.steps.height
/// (2, 192)
#[pyclass(name = "Simulation", module = "szilard.edge", frozen)]
#[derive(Debug)]
pub struct PySimulation(Outcome);

impl PySimulation {
    fn find(&self, name: &str) -> PyResult<&Figure> {
        let names = || self.0.figures.iter().map(|figure| figure.name).collect::<Vec<_>>().join(", ");
        self.0.figure(name).ok_or_else(|| PyKeyError::new_err(format!("{name:?}: expected one of {}", names())))
    }
}

#[pymethods]
impl PySimulation {
    fn __getitem__(&self, name: &str) -> PyResult<PyQuantity> {
        Ok(PyQuantity(self.find(name)?.quantity.clone()))
    }

    /// The trials of a figure, where there were several; None where it is exact.
    ///
    /// Parameters
    /// ----------
    /// name
    ///     Name of a figure, out of `figures`.
    ///
    /// Raises
    /// ------
    /// KeyError
    ///     An unknown name.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> idle = sz.Quantity("3.8 W", u="0.1 W")
    /// >>> node = sz.edge.Node(idle, "7.2 W", "4.1 s", "50 token")
    /// >>> sun = sz.edge.Sun.days(["320 Wh", "80 Wh"], daylight="12 h", noon="12 h")
    /// >>> rig = sz.edge.Rig(node, sz.edge.Battery("256 Wh"), sun, 1000, trials=200)
    /// >>> len(sz.edge.simulate(rig).trials("tokens_served").samples)
    /// 200
    fn trials(&self, name: &str) -> PyResult<Option<MonteCarlo>> {
        let figure = self.find(name)?;
        figure.trials.clone().map(|trials| MonteCarlo::new(trials, &figure.quantity)).transpose()
    }

    /// The table of figures over all days: figure, value, u, low, high (the interval of 95 %), unit. Shares are of 1.
    #[getter]
    fn figures(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let all = &self.0.figures;
        let number = |of: &dyn Fn(&Figure) -> f64| Column::Float(all.iter().map(of).collect());
        frame(
            py,
            vec![
                ("figure", Column::Text(all.iter().map(|figure| figure.name.to_owned()).collect())),
                ("value", number(&|figure| figure.quantity.value())),
                ("u", number(&|figure| figure.quantity.u())),
                ("low", number(&|figure| figure.interval()[0])),
                ("high", number(&|figure| figure.interval()[1])),
                ("unit", Column::Text(all.iter().map(|figure| figure.quantity.unit().symbol().to_owned()).collect())),
            ],
        )
    }

    /// The table of days of the course with all inputs at their values (in one of the drawn courses of the weather):
    /// harvest_wh = load_wh + stored_wh + curtailed_wh + loss_wh, calls_served and what was not, by what stood in the way.
    #[getter]
    fn days(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let all = &self.0.days;
        let day = Column::Whole(all.iter().map(|day| i64::from(day.day)).collect());
        let more = vec![
            ("least_charge", Column::Float(all.iter().map(|day: &Day| day.least_charge).collect())),
            ("hottest_k", Column::MaybeFloat(all.iter().map(|day| day.hottest_k).collect())),
        ];
        frame(py, [vec![("day", day)], columns(all.iter().map(|day| &day.sums)), more].into_iter().flatten().collect())
    }

    /// The table of steps of the same course: start_s since the first midnight, length_s, and the columns of `days`.
    #[getter]
    fn steps(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let all = &self.0.steps;
        let number = |of: fn(&Step) -> f64| Column::Float(all.iter().map(of).collect());
        let more = vec![("start_s", number(|step| step.start_s)), ("length_s", number(|step| step.length_s))];
        frame(py, [more, columns(all.iter())].into_iter().flatten().collect())
    }

    /// Whether the course shown is one of many that were drawn.
    #[getter]
    fn is_one_of_many(&self) -> bool {
        self.0.is_one_of_many
    }

    /// Power, charge and temperature over the days, or over some of them.
    ///
    /// Parameters
    /// ----------
    /// first
    ///     First day. [1]
    /// days
    ///     Number of days. [1]
    /// ax
    ///     Axes to draw the power on; a figure of its own where left out.
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     A day that was not simulated.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> node = sz.edge.Node("3.8 W", "7.2 W", "4.1 s", "50 token")
    /// >>> sun = sz.edge.Sun.days(["320 Wh", "80 Wh"], daylight="12 h", noon="12 h")
    /// >>> found = sz.edge.simulate(sz.edge.Rig(node, sz.edge.Battery("256 Wh"), sun, 1000))
    /// >>> figure, axes = found.plot(days=2)
    #[pyo3(signature = (first=0, days=3, *, ax=None))]
    fn plot(slf: &Bound<'_, Self>, first: u32, days: u32, ax: Option<Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        let plotting = slf.py().import("szilard.plotting")?;
        Ok(plotting.call_method1("solar_day", (slf, first, days, ax))?.unbind())
    }

    fn __repr__(&self) -> String {
        let one = |name: &str| self.0.figure(name).map_or(String::new(), |figure| figure.quantity.to_string());
        let (days, served, full) = (self.0.days.len(), one("tokens_served"), one("full_days"));
        format!("Simulation({days} days, {served} served, share of full days {full})")
    }

    fn _repr_html_(slf: &Bound<'_, Self>) -> PyResult<String> {
        html::with_table(slf, "figures")
    }
}

fn columns<'a>(all: impl Iterator<Item = &'a Step> + Clone) -> Vec<(&'static str, Column)> {
    let number = |of: &dyn Fn(&Step) -> f64| Column::Float(all.clone().map(of).collect());
    vec![
        ("harvest_wh", number(&|step| step.harvest_j / 3600.0)),
        ("load_wh", number(&|step| step.load_j / 3600.0)),
        ("stored_wh", number(&|step| step.stored_j / 3600.0)),
        ("curtailed_wh", number(&|step| step.curtailed_j / 3600.0)),
        ("loss_wh", number(&|step| step.loss_j / 3600.0)),
        ("charge", number(&|step| step.charge)),
        ("temperature_k", Column::MaybeFloat(all.clone().map(|step| step.temperature_k).collect())),
        ("calls_served", number(&|step| step.served)),
        ("unserved_busy", number(&|step| step.unserved.busy)),
        ("unserved_heat", number(&|step| step.unserved.heat)),
        ("unserved_power", number(&|step| step.unserved.power)),
        ("on_s", number(&|step| step.on_s)),
        ("throttled_s", number(&|step| step.throttled_s)),
    ]
}

/// What a node on an array and a battery serves over the days of a scenario, or of a TOML file, with its uncertainty.
///
/// Inside a step sun, demand and air are even; the moments at which the battery is full or down to its cut-off and the
/// board reaches its ceiling are found exactly. A call that is not served at its time is lost. Where an input is
/// uncertain or the weather is drawn, the whole simulation is repeated with drawn inputs (JCGM 101).
///
/// Parameters
/// ----------
/// scenario
///     A `Rig`, or the path, bytes or open file of a TOML scenario.
///
/// Raises
/// ------
/// szilard.errors.EdgeError
///     A scenario that cannot be, with the reason.
/// OSError
///     A file that the system does not give.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> node = sz.edge.Node("3.8 W", "7.2 W", "4.1 s", "50 token")
/// >>> sun = sz.edge.Sun.days(["320 Wh"], daylight="12 h", noon="12 h")
/// >>> sz.edge.simulate(sz.edge.Rig(node, sz.edge.Battery("256 Wh"), sun, 1000))["tokens_served"]
/// 50000 token [modelled]
#[pyfunction]
pub fn simulate(py: Python<'_>, scenario: &Bound<'_, PyAny>) -> PyResult<PySimulation> {
    let scenario = of(scenario)?;
    watched(py, usize::MAX, None, move || core::simulate(&scenario.0)).map(PySimulation)
}

/// The smallest "panel" or "battery", or the most "calls" a day, with which every call is served on a share of the days:
/// the size, to 0.1 %, and the share that it reaches. A size of the panel is in W where the array's rating is known,
/// otherwise a multiple of the harvest. Where no size does, the reason is raised.
///
/// Parameters
/// ----------
/// scenario
///     As of `simulate`.
/// size
///     "panel", "battery" or "calls".
/// reliability
///     Share of the days on which every call is to be served. [1]
///
/// Raises
/// ------
/// ValueError
///     Another size.
/// szilard.errors.EdgeError
///     A share outside 0 to 1, or no size that does it, with the reason.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> node = sz.edge.Node("3.8 W", "7.2 W", "4.1 s", "50 token")
/// >>> sun = sz.edge.Sun.days(["320 Wh", "80 Wh"], daylight="12 h", noon="12 h").of_array("100 W")
/// >>> rig = sz.edge.Rig(node, sz.edge.Battery("256 Wh"), sun, 1000, days=60)
/// >>> size, share = sz.edge.sizing(rig, "panel", "100 %")
/// >>> f"{size:.3g}", share
/// ('46.2 W', 1.0)
#[pyfunction]
pub fn sizing(
    py: Python<'_>,
    scenario: &Bound<'_, PyAny>,
    size: &str,
    reliability: Given,
) -> PyResult<(PyQuantity, f64)> {
    let size = match size {
        "panel" => Size::Panel,
        "battery" => Size::Battery,
        "calls" => Size::Calls,
        _ => return Err(PyValueError::new_err(format!("{size:?}: expected panel, battery or calls"))),
    };
    let scenario = of(scenario)?;
    let share: Ratio = guard(|| reliability.0.as_static())?;
    let found = watched(py, usize::MAX, None, move || core::sizing(&scenario.0, size, share.value))?;
    Ok((PyQuantity(found.size), found.reliability))
}

fn of(scenario: &Bound<'_, PyAny>) -> PyResult<PyRig> {
    match scenario.cast::<PyRig>() {
        Ok(scenario) => Ok(scenario.get().clone()),
        Err(_) => PyRig::read(scenario),
    }
}
