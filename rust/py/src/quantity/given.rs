//! What Python may give for a quantity, and what it may not.

use super::PyQuantity;
use crate::errors::{Raise, exceptions, guard};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyFloat, PyInt, PyString, PyTuple};
use szilard::quantity::{Quantity, Unit, UnitError, number_and_unit};

/// A number and its unit, as Python may give them: text, a pair, or a quantity.
pub struct Size(pub f64, pub Unit);

impl<'py> FromPyObject<'_, 'py> for Size {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(quantity) = given.cast::<PyQuantity>() {
            let quantity = &quantity.get().0;
            return Ok(Self(quantity.value(), quantity.unit().clone()));
        }
        if let Ok(text) = given.cast::<PyString>() {
            let text: String = text.extract()?;
            return guard(|| number_and_unit(&text).map(|(size, unit)| Self(size, unit)));
        }
        if let Ok(pair) = given.cast::<PyTuple>()
            && let Ok((size, unit)) = pair.extract::<(f64, String)>()
        {
            return guard(|| Ok::<_, UnitError>(Self(size, unit.parse()?)));
        }
        let found = if is_real(&given)? {
            let given = given.repr()?;
            format!(
                "a number without a unit, {given}: write \"{given} J\" or ({given}, \"J\"); a pure number is ({given}, \"1\")"
            )
        } else if is_array(&given)? {
            "an array: a quantity is one number; keep columns as plain numbers with the unit in their name, as power_w"
                .to_owned()
        } else {
            format!(
                "{}: expected text as \"29.52 J\", a pair as (29.52, \"J\"), or a Quantity",
                given.get_type().name()?
            )
        };
        Err(exceptions::UnitError::new_err(format!("found {found}")))
    }
}

/// A quantity as Python may give it: text, a pair, or a quantity.
pub struct Given(pub Quantity);

impl<'py> FromPyObject<'_, 'py> for Given {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(quantity) = given.cast::<PyQuantity>() {
            return Ok(Self(quantity.get().0.clone()));
        }
        let Size(value, unit) = given.extract()?;
        guard(|| Quantity::new(value, unit)).map(Self)
    }
}

/// Whether an object is a real number by the numeric tower.
pub(super) fn is_real(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    static REAL: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    if object.is_instance_of::<PyFloat>() || object.is_instance_of::<PyInt>() {
        return Ok(true);
    }
    let py = object.py();
    let real = REAL.get_or_try_init(py, || py.import("numbers")?.getattr("Real").map(Bound::unbind))?;
    object.is_instance(real.bind(py))
}

/// Whether an object is an array, a series or a list.
fn is_array(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(object.hasattr("__array__")? || object.hasattr("__len__")?)
}

/// The other operand: a quantity, a real number, or `None` for something else. An array is refused.
pub fn operand(other: &Bound<'_, PyAny>) -> PyResult<Option<Quantity>> {
    if let Ok(quantity) = other.cast::<PyQuantity>() {
        return Ok(Some(quantity.get().0.clone()));
    }
    if is_real(other)? {
        let number: f64 = other.extract()?;
        return guard(|| Quantity::number(number)).map(Some);
    }
    if other.hasattr("units")? || other.hasattr("unit")? {
        let found = other.get_type().fully_qualified_name()?;
        return Err(exceptions::UnitError::new_err(format!(
            "found a {found}: quantities of another library do not mix with these; convert it by sz.interop, or give its number and unit as (29.5, \"J\")"
        )));
    }
    if other.hasattr("__array__")? {
        Size::extract(other.as_borrowed())?;
    }
    Ok(None)
}

/// The word for a boundary, basis or method, where there is one.
pub fn word<T: std::str::FromStr<Err = szilard::quantity::UnknownWord>>(text: Option<&str>) -> PyResult<Option<T>> {
    text.map(str::parse).transpose().map_err(Raise::raise)
}
