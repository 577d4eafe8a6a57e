//! Means of readings and inputs whose errors are correlated, as Python sees them.

use crate::errors::guard;
use crate::quantity::{Given, PyQuantity};
use crate::watched::watched;
use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use szilard::quantity::{Quantity, Statistics, Unit, UnitError, correlated, means_of_sets};

/// The mean of readings of one level, and how they scatter about it.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> idle = sz.steady_mean([61.0, 60.0, 62.0, 61.5, 60.5], "W")
/// >>> idle.mean, idle.count, round(idle.sd, 3)
/// ((61.00 ± 0.35) W, 5, 0.791)
/// >>> round(idle.lag_one, 3), round(idle.effective_size, 3)
/// (-0.3, 5.0)
#[pyclass(module = "szilard", frozen)]
#[derive(Debug)]
pub struct SteadyMean {
    statistics: Statistics,
    unit: Unit,
}

#[pymethods]
impl SteadyMean {
    /// The mean with its scatter as a component of type A: u = sd/√N_eff, N_eff - 1 degrees of freedom.
    #[getter]
    fn mean(&self) -> PyResult<PyQuantity> {
        let mean = self.statistics.steady_mean("scatter of the readings");
        guard(|| Quantity::from_measured(mean, self.unit.clone())).map(PyQuantity)
    }

    /// The standard deviation of a reading, in the unit of the mean.
    #[getter]
    fn sd(&self) -> f64 {
        self.statistics.deviation
    }

    /// The autocorrelation of neighbouring readings.
    #[getter]
    fn lag_one(&self) -> f64 {
        self.statistics.lag_one
    }

    /// The number of readings.
    #[getter]
    fn count(&self) -> usize {
        self.statistics.count
    }

    /// How many independent readings they are worth: N (1 - r)/(1 + r), at least 2 and at most N.
    #[getter]
    fn effective_size(&self) -> f64 {
        self.statistics.effective_size()
    }

    fn __repr__(&self) -> PyResult<String> {
        let (mean, worth) = (self.mean()?.0, self.effective_size());
        Ok(format!("SteadyMean({mean}, {} readings worth {worth:.1})", self.statistics.count))
    }
}

/// The mean of readings of one level at even steps, with a standard uncertainty that their autocorrelation is part of.
///
/// Only for a stretch that is declared steady, such as that of an idle device: s/√N of a changing load means nothing.
///
/// Parameters
/// ----------
/// values
///     Readings at even steps: a column. [unit]
/// unit
///     Their unit.
///
/// Raises
/// ------
/// szilard.errors.UnitError
///     No reading, one that is not finite, an unknown unit.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.steady_mean([61.0, 60.0, 62.0, 61.5, 60.5], "W")
/// SteadyMean((61.00 ± 0.35) W, 5 readings worth 5.0)
#[pyfunction]
pub fn steady_mean(py: Python<'_>, values: &Bound<'_, PyAny>, unit: &str) -> PyResult<SteadyMean> {
    let values = py.import("numpy")?.call_method1("asarray", (values, "float64"))?;
    let values: PyReadonlyArray1<'_, f64> = values.extract()?;
    let values = values.as_array().to_vec();
    let unit: Unit = guard(|| unit.parse())?;
    let statistics = watched(py, 8 * values.len(), None, move || {
        let finite = values.iter().all(|value| value.is_finite()) && !values.is_empty();
        let refused = UnitError::NotFinite { what: "the mean of no readings, or one of them,".to_owned() };
        finite.then(|| Statistics::of(&values)).ok_or(refused)
    })?;
    Ok(SteadyMean { statistics, unit })
}

/// The same quantities with the correlation matrix of their errors: V_ij = r_ij u_i u_j (JCGM 100, 5.2).
///
/// Parameters
/// ----------
/// values
///     The quantities. [any unit]
/// u
///     Their standard uncertainties. [unit of each]
/// correlation
///     The matrix of correlation coefficients, one row a quantity. [1]
///
/// Raises
/// ------
/// szilard.errors.UnitError
///     A matrix of another size, not symmetric, not positive, without ones on its diagonal; a value with a u.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> a, b = sz.correlate(["5 W", "3 W"], ["0.3 W", "0.3 W"], [[1, 0.9], [0.9, 1]])
/// >>> a - b
/// (2.00 ± 0.13) W
#[pyfunction]
pub fn correlate(values: Vec<Given>, u: Vec<Given>, correlation: Vec<Vec<f64>>) -> PyResult<Vec<PyQuantity>> {
    guard(|| {
        let sizes: Vec<f64> = values
            .iter()
            .zip(&u)
            .map(|(Given(value), Given(u))| value.tolerance(u.value(), u.unit()))
            .collect::<Result<_, _>>()?;
        let row = |(row, own): (&Vec<f64>, &f64)| row.iter().zip(&sizes).map(|(r, other)| r * own * other).collect();
        let covariance: Vec<Vec<f64>> = correlation.iter().zip(&sizes).map(row).collect();
        let means: Vec<f64> = values.iter().map(|Given(value)| value.value()).collect();
        let inputs = correlated(&means, &covariance, "correlated input", None)?;
        let quantity = |(input, Given(value)): (_, &Given)| {
            let quantity = Quantity::from_measured(input, value.unit().clone())?;
            let quantity = quantity.at(value.boundary()).on(value.basis()).by(value.methods().iter().copied());
            Ok::<_, UnitError>(PyQuantity(quantity))
        };
        inputs.into_iter().zip(&values).map(quantity).collect::<Result<Vec<_>, _>>()
    })
}

/// The means of quantities that were observed together, with the covariance of the means (JCGM 100, H.2).
///
/// Parameters
/// ----------
/// sets
///     One row for each observation, one number for each quantity: shape [observations, quantities].
/// units
///     The unit of each quantity.
///
/// Raises
/// ------
/// szilard.errors.UnitError
///     Fewer than two observations, rows of different length.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> voltage, current = sz.means_of_observations([[5.0, 19.6], [5.2, 20.0], [4.8, 19.8]], ["V", "mA"])
/// >>> voltage, current
/// ((5.00 ± 0.12) V, (19.80 ± 0.12) mA)
#[pyfunction]
pub fn means_of_observations(sets: Vec<Vec<f64>>, units: Vec<String>) -> PyResult<Vec<PyQuantity>> {
    guard(|| {
        if sets.first().is_some_and(|set| set.len() != units.len()) {
            let reason = "every quantity has a unit".to_owned();
            return Err(UnitError::Covariance { reason });
        }
        let means = means_of_sets(&sets, "observed together")?;
        let quantity = |(mean, unit): (_, &String)| Quantity::from_measured(mean, unit.parse()?).map(PyQuantity);
        means.into_iter().zip(&units).map(quantity).collect::<Result<Vec<_>, _>>()
    })
}
