//! Where the idle draw is taken from, as Python may say it.

use crate::quantity::Given;
use crate::traces::PyTrace;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use szilard::energy::Idle;

/// The share of a percentile as it is written, `5` in "5th percentile".
fn percentile(number: &str) -> PyResult<f64> {
    let percent: f64 = number
        .trim()
        .parse()
        .map_err(|_| PyValueError::new_err(format!("{number:?}th percentile: expected a number")))?;
    Ok(percent / 100.0)
}

/// Where the idle draw is taken from, as a caller may say it.
pub fn idle_of(trace: &PyTrace, given: &Bound<'_, PyAny>) -> PyResult<Idle> {
    if let Ok(other) = given.cast::<PyTrace>() {
        return Ok(Idle::Trace(Box::new((*other.get().trace).clone())));
    }
    if let Ok(word) = given.extract::<String>() {
        match word.split_once("th percentile") {
            _ if word == "around" => return Ok(Idle::Around),
            Some((number, "")) => return Ok(Idle::Percentile(percentile(number)?)),
            _ => {}
        }
    }
    if let Ok(both) = given.cast::<PyList>() {
        let [before, after]: [(Bound<'_, PyAny>, Bound<'_, PyAny>); 2] = both.extract()?;
        let window = |(start, end): (Bound<'_, PyAny>, Bound<'_, PyAny>)| {
            Ok::<_, PyErr>((trace.instant_ns(&start)?, trace.instant_ns(&end)?))
        };
        return Ok(Idle::BeforeAfter(window(before)?, window(after)?));
    }
    if let Ok(pair) = given.cast::<PyTuple>()
        && pair.extract::<(f64, String)>().is_err()
    {
        let (start, end): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract()?;
        return Ok(Idle::Window(trace.instant_ns(&start)?, trace.instant_ns(&end)?));
    }
    given.extract::<Given>().map(|given| Idle::Power(given.0))
}
