//! Several power logs of one run on one clock.

use crate::given::nanoseconds;
use crate::quantity::Size;
use crate::traces::PyTrace;
use crate::watched::watched;
use pyo3::exceptions::{PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::Arc;
use szilard::traces::{Clock, Recording, Trace, join as join_of};

/// The power logs of one run on one clock: a wall meter, boards, a package counter.
///
/// The clock is UTC where one of the logs is on it, else that of the first. Logs on UTC need no offset; a local or a
/// relative clock that meets another one does (or a `tz` when it is read). No file says whether one log contains
/// another, as a wall meter contains the boards behind it, so there is no total unless `disjoint` states that they
/// measure parts that do not overlap; each device has its own energy.
///
/// Parameters
/// ----------
/// traces
///     The logs; as a mapping from name to log, each device is called "name/device".
/// offsets
///     What is added to the times of a log, as "0.4 s", by its name or position; of a relative clock also the time at
///     which it starts, as a datetime or text. [s]
/// disjoint
///     Whether the logs measure parts that do not overlap, so that they add up.
///
/// Raises
/// ------
/// szilard.errors.FormatError
///     Clocks that do not meet, one device in two logs, a log that shares no time with the others.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> wall = sz.read_trace(b"time [s],power [W]\n0,150\n2,150\n")
/// >>> board = sz.read_trace(b"time [s],power [W]\n0,90\n1,90\n")
/// >>> run = sz.join({"wall": wall, "gpu": board}, offsets={"gpu": "0.5 s"})
/// >>> run.devices
/// ['wall/0', 'gpu/0']
/// >>> run.energy(device="wall/0").energy.value
/// 300.0
#[pyfunction]
#[pyo3(signature = (traces, offsets=None, disjoint=false))]
pub fn join(
    py: Python<'_>,
    traces: &Bound<'_, PyAny>,
    offsets: Option<&Bound<'_, PyAny>>,
    disjoint: bool,
) -> PyResult<PyTrace> {
    let named = traces.cast::<PyDict>();
    let mut parts: Vec<(Option<String>, PyRef<'_, PyTrace>)> = Vec::new();
    match &named {
        Ok(named) => {
            for (name, trace) in named.iter() {
                parts.push((Some(name.extract()?), trace.extract()?));
            }
        }
        Err(_) => {
            for trace in traces.try_iter()? {
                parts.push((None, trace?.extract()?));
            }
        }
    }
    let reference = parts.iter().find(|(_, part)| part.trace.clock == Clock::Utc).or(parts.first());
    let mut given = vec![None; parts.len()];
    for (key, offset) in offsets.map_or(Ok(Vec::new()), pairs)? {
        let name: Option<String> = key.extract().ok();
        let at = match &name {
            Some(name) => parts.iter().position(|(known, _)| known.as_ref() == Some(name)),
            None => key.extract::<usize>().ok(),
        };
        let place = at.and_then(|at| given.get_mut(at).zip(parts.get(at)));
        let Some((place, (_, part))) = place else { return Err(PyKeyError::new_err(key.repr()?.to_string())) };
        *place = match (offset.extract::<Size>(), reference) {
            _ if offset.is_none() => None,
            (Ok(size), _) => Some(nanoseconds(size)?),
            (Err(_), Some((_, reference))) if part.trace.clock == Clock::Relative => {
                if reference.trace.clock == Clock::Relative {
                    return Err(PyValueError::new_err("an offset between relative clocks is a length of time"));
                }
                Some(reference.instant_ns(&offset)?)
            }
            (Err(error), _) => return Err(error),
        };
    }
    let traces: Vec<(Option<String>, Arc<Trace>)> =
        parts.iter().map(|(name, part)| (name.clone(), Arc::clone(&part.trace))).collect();
    let tz = reference.and_then(|(_, part)| part.tz.clone());
    let size = parts.iter().map(|(_, part)| part.size()).sum();
    let joined = watched(py, size, None, move || {
        let recordings: Vec<Recording<'_>> = traces
            .iter()
            .zip(given)
            .map(|((name, trace), offset_ns)| Recording { trace, name: name.clone(), offset_ns })
            .collect();
        join_of(&recordings, disjoint)
    })?;
    Ok(PyTrace { trace: Arc::new(joined), tz, window: None })
}

/// Keys and values of a mapping, positions and values of a sequence.
fn pairs<'py>(offsets: &Bound<'py, PyAny>) -> PyResult<Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>> {
    if let Ok(mapping) = offsets.cast::<PyDict>() {
        return Ok(mapping.iter().collect());
    }
    let values = offsets.try_iter().map_err(|_| PyTypeError::new_err("offsets: expected a mapping or a sequence"))?;
    let with_position = |(at, value): (usize, PyResult<Bound<'py, PyAny>>)| {
        Ok((at.into_pyobject(offsets.py()).map_err(PyErr::from)?.into_any(), value?))
    };
    values.enumerate().map(with_position).collect()
}
