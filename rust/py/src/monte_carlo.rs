//! Coverage intervals and drawn distributions as Python sees them.

use crate::errors::{exceptions, guard};
use crate::picture::drawn;
use crate::quantity::{Given, PyQuantity, operand};
use crate::watched::{watched, watched_in_place};
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1, ToPyArray};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyTuple};
use szilard::quantity::{Distribution, Measured, Quantity, Trials, joint_draws};

/// An interval of a figure. Iterating gives its ends.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> interval = sz.Quantity("10 J", u="1 J").expanded(0.95)
/// >>> f"{interval.low:.2f} to {interval.high:.2f} {interval.unit}"
/// '8.04 to 11.96 J'
/// >>> interval.coverage, interval.method
/// (0.95, 'first order')
#[pyclass(module = "szilard", frozen)]
#[derive(Debug, Clone)]
pub struct Interval {
    /// The lower end, in `unit`.
    #[pyo3(get)]
    low: f64,
    /// The upper end, in `unit`; None where it is not known.
    #[pyo3(get)]
    high: Option<f64>,
    /// The symbol of the unit.
    #[pyo3(get)]
    unit: String,
    /// The probability that the interval covers the figure; 1 for bounds that always hold.
    #[pyo3(get)]
    coverage: f64,
    /// How it was found: first order, Monte Carlo, or bounds.
    #[pyo3(get)]
    method: &'static str,
}

impl Interval {
    pub fn new(interval: szilard::quantity::Interval, unit: &str) -> Self {
        let method = if interval.by_monte_carlo { "Monte Carlo" } else { "first order" };
        let szilard::quantity::Interval { low, high, coverage, .. } = interval;
        Self { low, high: Some(high), unit: unit.to_owned(), coverage, method }
    }

    /// Bounds that hold without a probability.
    pub fn bounds(low: f64, high: Option<f64>, unit: &str) -> Self {
        Self { low, high, unit: unit.to_owned(), coverage: 1.0, method: "bounds" }
    }
}

#[pymethods]
impl Interval {
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        (self.low, self.high).into_pyobject(py)?.call_method0("__iter__")
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let seven = |x: f64| PyFloat::new(py, x).call_method1("__format__", (".7g",))?.extract::<String>();
        let high = self.high.map_or(Ok("?".to_owned()), seven)?;
        let how = if self.coverage < 1.0 { format!("{:.4}", 100.0 * self.coverage) } else { "100".to_owned() };
        let how = if how.contains('.') { how.trim_end_matches('0').trim_end_matches('.') } else { &how };
        Ok(format!("[{}, {high}] {} ({how} %, {})", seven(self.low)?, self.unit, self.method))
    }
}

/// The distribution of a figure, as drawn trials (JCGM 101). Numbers are in `unit`.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> power, time = sz.Quantity("250 W", u="2 %"), sz.Quantity("60 s")
/// >>> found = sz.monte_carlo(lambda p, t: p * t, power, time, n=100_000)
/// >>> f"{found.mean:.0f} {found.unit}, u = {found.u:.0f}", len(found.samples)
/// ('15002 J, u = 300', 100000)
/// >>> f"{found.quantity:.3g}"
/// '(1.5e+04 ± 300) J'
#[pyclass(module = "szilard", frozen)]
#[derive(Debug)]
pub struct MonteCarlo {
    trials: Trials,
    figure: Quantity,
}

impl MonteCarlo {
    /// The distribution of a figure like `like`, in its unit.
    pub fn new(trials: Trials, like: &Quantity) -> PyResult<Self> {
        let figure = guard(|| {
            let mean = Quantity::from_measured(Measured::exact(trials.mean()), like.unit().clone())?;
            mean.with_u(trials.u(), "monte carlo", Distribution::Normal)
        })?;
        let figure = figure.at(like.boundary()).on(like.basis()).by(like.methods().iter().copied());
        Ok(Self { trials, figure })
    }
}

#[pymethods]
impl MonteCarlo {
    /// The mean of the trials.
    #[getter]
    fn mean(&self) -> f64 {
        self.trials.mean()
    }

    /// The standard deviation of the trials.
    #[getter]
    fn u(&self) -> f64 {
        self.trials.u()
    }

    /// The symbol of the unit.
    #[getter]
    fn unit(&self) -> &str {
        self.figure.unit().symbol()
    }

    /// The trials in rising order.
    #[getter]
    fn samples<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.trials.sorted().to_pyarray(py)
    }

    /// The mean with its standard uncertainty; how it depends on the inputs is not kept.
    #[getter]
    fn quantity(&self) -> PyQuantity {
        PyQuantity(self.figure.clone())
    }

    /// The interval of probability `coverage`: with equal tails, or the shortest one.
    ///
    /// Parameters
    /// ----------
    /// coverage
    ///     Probability that the interval holds, above 0 and below 1. [1]
    /// shortest
    ///     Whether the shortest such interval is meant, and not the one with equal tails.
    ///
    /// Raises
    /// ------
    /// szilard.errors.UnitError
    ///     Another probability.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> low, high = sz.Quantity("10 J", u="1 J").monte_carlo(n=100_000).interval(0.95)
    /// >>> f"{low:.1f} to {high:.1f}"
    /// '8.0 to 12.0'
    #[pyo3(signature = (coverage=0.95, *, shortest=false))]
    fn interval(&self, py: Python<'_>, coverage: f64, shortest: bool) -> PyResult<Interval> {
        let find = if shortest { Trials::shortest_interval } else { Trials::symmetric_interval };
        watched_in_place(py, 8 * self.trials.sorted().len(), None, || find(&self.trials, coverage))
            .map(|interval| Interval::new(interval, self.unit()))
    }

    /// The density of the trials with the interval of 95 %: (figure, axes).
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sz.Quantity("5 J", u="0.1 J").monte_carlo(n=1000).plot()[1].get_xlabel()
    /// 'value [J]'
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> figure, axes = sz.Quantity("10 J", u="1 J").monte_carlo(n=10_000).plot()
    #[pyo3(signature = (ax=None))]
    fn plot(slf: &Bound<'_, Self>, ax: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        drawn(slf, "draws", ax)
    }

    fn __repr__(&self) -> String {
        format!("MonteCarlo({}, n={})", self.figure, self.trials.sorted().len())
    }
}

/// The distribution of a calculation whose inputs are drawn (JCGM 101).
///
/// `f` is called with one NumPy array for each quantity, its values at `n` joint draws in the coherent unit of its
/// dimension (W, s, J/token, K, ...), and returns an array of `n` values in the coherent unit of the result. Sources
/// of uncertainty that two quantities share are drawn once for both. A seed gives the same trials on any number of
/// threads.
///
/// Parameters
/// ----------
/// f
///     The calculation.
/// quantities
///     The inputs. [any unit]
/// n
///     The number of trials. [1]
/// seed
///     The seed of the random numbers. [1]
/// unit
///     The unit of the result. Without it, `f` is called once with the quantities themselves and says it so.
///
/// Raises
/// ------
/// szilard.errors.UnitError
///     A result of another length, values that are not finite, too few or too many trials.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> power, time = sz.Quantity("250 W", u="2 %"), sz.Quantity("60 s")
/// >>> f"{sz.monte_carlo(lambda p, t: p * t, power, time, n=100_000).quantity:.3g}"
/// '(1.5e+04 ± 300) J'
#[pyfunction]
#[pyo3(signature = (f, *quantities, n=1_000_000, seed=0, unit=None))]
pub fn monte_carlo(
    py: Python<'_>,
    f: &Bound<'_, PyAny>,
    quantities: Vec<Given>,
    n: usize,
    seed: u64,
    unit: Option<&str>,
) -> PyResult<MonteCarlo> {
    let figures: Vec<Quantity> = quantities.into_iter().map(|Given(quantity)| quantity).collect();
    let like = match unit {
        Some(unit) => guard(|| Quantity::new(1.0, unit.parse()?))?,
        None => {
            let inputs = figures.iter().map(|figure| PyQuantity(figure.clone()));
            let result = f.call1(PyTuple::new(py, inputs)?).map_err(|error| unit_needed(py, &error))?;
            operand(&result)?.ok_or_else(|| unit_needed(py, &PyTypeError::new_err("the result is no quantity")))?
        }
    };
    let draws = watched(py, n.saturating_mul(8), None, move || {
        let inputs: Result<Vec<_>, _> =
            figures.iter().map(|figure| figure.in_unit(&figure.unit().to_coherent_unit())).collect();
        let inputs = inputs?;
        joint_draws(&inputs.iter().map(Quantity::measured).collect::<Vec<_>>(), n, seed)
    })?;
    let values = f.call1(PyTuple::new(py, draws.into_iter().map(|values| values.into_pyarray(py)))?)?;
    let values: PyReadonlyArray1<'_, f64> = values.extract().map_err(|_| {
        exceptions::UnitError::new_err(format!("f must return an array of {n} numbers, found {}", values.get_type()))
    })?;
    let values = values.as_array().to_vec();
    if values.len() != n {
        let found = format!("f must return {n} numbers, one for each trial, found {}", values.len());
        return Err(exceptions::UnitError::new_err(found));
    }
    let coherent = like.unit().clone();
    let trials = watched(py, 8 * n, None, move || {
        Trials::new(values.into_iter().map(|value| coherent.from_coherent(value)).collect::<Vec<f64>>())
    })?;
    MonteCarlo::new(trials, &like)
}

fn unit_needed(py: Python<'_>, error: &PyErr) -> PyErr {
    let text = format!("f does not work on quantities ({error}): give the unit of its result, as unit=\"J/token\"");
    let raised = exceptions::UnitError::new_err(text);
    raised.set_cause(py, Some(error.clone_ref(py)));
    raised
}
