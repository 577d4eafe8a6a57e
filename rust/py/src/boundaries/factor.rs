//! A factor between two boundaries.

use crate::errors::{Raise, guard};
use crate::published::registry;
use crate::quantity::{Given, PyQuantity, Size};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use szilard::boundaries::{self as core, Factor, Given as Meaning};
use szilard::quantity::{Distribution, Quantity};

/// A pure number: a quantity, text, or a plain number, since a ratio has no unit to lose.
pub struct Number(pub Quantity);

impl<'py> FromPyObject<'_, 'py> for Number {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match given.extract::<f64>() {
            Ok(number) if !given.is_instance_of::<PyQuantity>() => guard(|| Quantity::number(number)).map(Self),
            _ => given.extract::<Given>().map(|given| Self(given.0)),
        }
    }
}

/// A year, or the first and the last one.
pub struct Years(pub(super) i32, pub(super) i32);

impl<'py> FromPyObject<'_, 'py> for Years {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match given.extract::<i32>() {
            Ok(year) => Ok(Self(year, year)),
            Err(_) => given.extract().map(|(first, last)| Self(first, last)),
        }
    }
}

/// The years that a figure is about, as they are given or as the fact behind it has them.
pub(super) fn years_of(figure: &Quantity, given: Option<Years>) -> PyResult<Option<core::Years>> {
    match given {
        Some(Years(first, last)) => Ok(Some(core::Years(first, last))),
        None => Ok(guard(|| registry(None))?.years_of(figure)),
    }
}

/// A named ratio between the energies at two neighbouring boundaries, or a part of it.
///
/// Parameters
/// ----------
/// name
///     A known name (pue, cooling, ups, psu, td-loss, ...), or any other one with its `step`.
/// number
///     The number, as `given` means it: 1.4, "30 %", or a quantity. [1]
/// u
///     Standard uncertainty of the number: 0.02, or "2 %" of it. [1]
/// citation
///     Where the number comes from.
/// step
///     The step of a factor that is not known by name, as "site->grid".
/// given
///     What the number is: "ratio" (above over below), "efficiency" (below over above), "loss-over-input" (over what
///     goes in), "loss-over-output" (over what comes out). "A loss of 5 %" alone would be two numbers.
/// denominator
///     The energy that the number is related to, in words.
/// year
///     The year the number was observed in, or the first and the last one.
/// vintage
///     The vintage of its source, as "2024-12".
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     An unknown name without a step, a number out of range.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> loss = sz.Factor("td-loss", "5 %", given="loss-over-input", citation="own meter", year=2024, vintage="2024-12")
/// >>> f"{loss.ratio:.4f}", loss.name, loss.step
/// ('1.0526', 'td-loss', 'site->grid')
/// >>> loss.denominator, loss.citation, loss.years, loss.vintage
/// ('energy at the lower rung, together with the factors before it', 'own meter', (2024, 2024), '2024-12')
#[pyclass(name = "Factor", module = "szilard", frozen)]
#[derive(Debug, Clone)]
pub struct PyFactor(pub Factor);

#[pymethods]
impl PyFactor {
    #[new]
    #[pyo3(signature = (name, number, u=None, citation=None, step=None, given="ratio", denominator=None, year=None, vintage=None))]
    #[expect(clippy::too_many_arguments, reason = "each is a keyword in Python")]
    fn new(
        name: &str,
        number: Number,
        u: Option<&Bound<'_, PyAny>>,
        citation: Option<&str>,
        step: Option<&str>,
        given: &str,
        denominator: Option<&str>,
        year: Option<Years>,
        vintage: Option<&str>,
    ) -> PyResult<Self> {
        let meaning: Meaning = given.parse().map_err(PyValueError::new_err)?;
        let step = step.map(str::parse).transpose().map_err(Raise::raise)?;
        let number = match u {
            Some(u) => {
                let Size(size, unit) = match u.extract::<f64>() {
                    Ok(size) if !u.is_instance_of::<PyQuantity>() => {
                        Size(size, guard(|| Quantity::number(1.0))?.unit().clone())
                    }
                    _ => u.extract()?,
                };
                guard(|| number.0.with_u(number.0.tolerance(size, &unit)?, name, Distribution::Normal))?
            }
            None => number.0,
        };
        let mut factor = guard(|| Factor::new(name, step, meaning, &number))?;
        if let Some(citation) = citation {
            factor = factor.with_citation(citation);
        }
        if let Some(denominator) = denominator {
            factor = factor.with_denominator(denominator);
        }
        if let Some(Years(first, last)) = year {
            factor = factor.with_years(first, last);
        }
        if let Some(vintage) = vintage {
            factor = factor.with_vintage(vintage);
        }
        Ok(Self(factor))
    }

    /// The name.
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    /// The step, as "it->site".
    #[getter]
    fn step(&self) -> String {
        self.0.step().to_string()
    }

    /// The energy above over the energy below.
    #[getter]
    fn ratio(&self) -> PyQuantity {
        PyQuantity(self.0.quantity().clone())
    }

    /// The energy that the ratio is related to.
    #[getter]
    fn denominator(&self) -> &str {
        self.0.denominator()
    }

    /// Where the number comes from, or None.
    #[getter]
    fn citation(&self) -> Option<&str> {
        self.0.citation()
    }

    /// The years that the number was observed in, first and last, or None.
    #[getter]
    fn years(&self) -> Option<(i32, i32)> {
        self.0.years()
    }

    /// The vintage of the source, or None.
    #[getter]
    fn vintage(&self) -> Option<&str> {
        self.0.vintage()
    }

    fn __repr__(&self) -> String {
        format!("Factor({}, {}, {})", self.0.name(), self.0.step(), self.0.quantity())
    }
}
