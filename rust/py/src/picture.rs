//! The way from a result to its picture.

use pyo3::prelude::*;

/// The (figure, axes) that a function of `szilard.plotting` draws of an object.
pub fn drawn(object: &Bound<'_, PyAny>, name: &str, ax: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
    Ok(object.py().import("szilard.plotting")?.call_method1(name, (object, ax))?.unbind())
}
