//! What Python's operators, comparisons and formats ask of a quantity.

use super::class::PyQuantity;
use super::given::{Size, is_real, operand};
use crate::errors::{Raise, exceptions, guard};
use crate::html;
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyFloat, PyInt};
use std::cmp::Ordering;
use szilard::quantity::{Basis, Boundary, Quantity, QuantityError};

/// Tells pint, once it is imported, to leave arithmetic to these quantities: it would keep our number in its own unit.
pub(super) fn defer_to_us(py: Python<'_>) -> PyResult<()> {
    static TOLD: PyOnceLock<()> = PyOnceLock::new();
    if TOLD.get(py).is_some() {
        return Ok(());
    }
    let modules = py.import("sys")?.getattr("modules")?;
    if let Ok(compat) = modules.get_item("pint.compat") {
        compat.getattr("upcast_type_map")?.set_item("szilard.Quantity", py.get_type::<PyQuantity>())?;
        TOLD.get_or_init(py, || ());
    }
    Ok(())
}

/// What an operator makes of the other operand; `NotImplemented` where that is no quantity.
pub(super) fn combined(
    other: &Bound<'_, PyAny>,
    combine: impl FnOnce(&Quantity) -> Result<Quantity, QuantityError>,
) -> PyResult<Py<PyAny>> {
    match operand(other)? {
        Some(quantity) => Ok(Py::new(other.py(), PyQuantity(guard(|| combine(&quantity))?))?.into_any()),
        None => Ok(other.py().NotImplemented()),
    }
}

/// Whether the other operand is the whole number 0, from which the sum() of Python starts.
pub(super) fn starts_a_sum(other: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(other.is_exact_instance_of::<PyInt>() && !other.is_truthy()?)
}

/// Whether two figures differ by no more than a share of the larger one or than an amount.
pub(super) fn is_close(of: &Quantity, other: &Quantity, relative: f64, absolute: Option<Size>) -> PyResult<bool> {
    guard(|| {
        let absolute = absolute.map_or(Ok(0.0), |Size(size, unit)| of.tolerance(size, &unit))?;
        of.is_close(other, relative, of.unit().difference_to_coherent(absolute))
    })
}

/// Whether two figures stand in an order; equality with what is no number is Python's to answer.
pub(super) fn compared(of: &PyQuantity, other: &Bound<'_, PyAny>, compare: CompareOp) -> PyResult<Py<PyAny>> {
    let py = other.py();
    let is_equality = matches!(compare, CompareOp::Eq | CompareOp::Ne);
    if is_equality && !other.is_instance_of::<PyQuantity>() && !is_real(other)? {
        return Ok(py.NotImplemented());
    }
    let answer = match (operand(other)?, compare) {
        (None, _) => return Ok(py.NotImplemented()),
        (Some(other), CompareOp::Eq) => of.0 == other,
        (Some(other), CompareOp::Ne) => of.0 != other,
        (Some(other), order) => {
            let ordering: Ordering = guard(|| of.0.compare(&other))?;
            order.matches(ordering)
        }
    };
    Ok(answer.into_pyobject(py)?.to_owned().into_any().unbind())
}

/// One hash for equal figures; that of a pure number is the hash of the number.
pub(super) fn hashed(of: &PyQuantity, py: Python<'_>) -> PyResult<isize> {
    let value = PyFloat::new(py, of.0.coherent_value() + 0.0);
    if of.0 == Quantity::number(of.0.coherent_value()).map_err(Raise::raise)? {
        return value.hash();
    }
    let of = &of.0;
    (value, of.dimension().symbol(), of.boundary().map(Boundary::word), of.basis().map(Basis::word))
        .into_pyobject(py)?
        .hash()
}

/// The value in a format of numbers, its uncertainty in the same, and the unit.
pub(super) fn formatted(of: &PyQuantity, py: Python<'_>, spec: &str) -> PyResult<String> {
    if spec.is_empty() {
        return Ok(of.0.to_string());
    }
    let number = |x: f64| PyFloat::new(py, x).call_method1("__format__", (spec,))?.extract::<String>();
    let (value, unit) = (number(of.0.value())?, of.0.unit().symbol());
    let value = if of.0.u() > 0.0 { format!("({value} ± {})", number(of.0.u())?) } else { value };
    Ok(if unit == "1" { value } else { format!("{value} {unit}") })
}

/// The figure and its budget as a table of a notebook.
pub(super) fn card(of: &PyQuantity) -> String {
    let rows: Vec<Vec<String>> =
        of.0.measured()
            .shares()
            .map(|(component, share)| {
                let contribution = format!("{:.2e} {}", component.contribution, of.0.unit().symbol());
                vec![component.label.to_string(), contribution, format!("{:.1} %", 100.0 * share)]
            })
            .collect();
    html::card(&of.0.to_string(), "budget", &["component", "contribution", "share of variance"], &rows)
}

/// Why a quantity does not become an array.
pub(super) fn no_array() -> PyErr {
    exceptions::UnitError::new_err(
        "a quantity is one number with a unit and does not become an array; take .to(unit).value into a column with \
         the unit in its name, as power_w",
    )
}

/// What is wrong with the JSON of a quantity.
pub(super) fn json(error: serde_json::Error) -> PyErr {
    exceptions::UnitError::new_err(format!("the JSON of a quantity: {error}"))
}
