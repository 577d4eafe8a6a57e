//! Columns on their way out: into `szilard._table.frame`, which makes a `polars.DataFrame` of them.

use numpy::{IntoPyArray, ToPyArray};
use pyo3::prelude::*;
use pyo3::types::PyList;

/// A column with a type of its own, so that an empty one keeps it.
#[derive(Debug)]
pub enum Column {
    /// Text.
    Text(Vec<String>),
    /// Text, or nothing known.
    MaybeText(Vec<Option<String>>),
    /// Numbers.
    Float(Vec<f64>),
    /// Numbers, or nothing known.
    MaybeFloat(Vec<Option<f64>>),
    /// Whole numbers.
    Whole(Vec<i64>),
    /// Whole numbers, or nothing known.
    MaybeWhole(Vec<Option<i64>>),
}

/// The `polars.DataFrame` of named columns.
pub fn frame(py: Python<'_>, columns: Vec<(&str, Column)>) -> PyResult<Py<PyAny>> {
    let parts = PyList::empty(py);
    for (name, column) in columns {
        match column {
            Column::Text(values) => parts.append((name, "text", values))?,
            Column::MaybeText(values) => parts.append((name, "text", values))?,
            Column::Float(values) => parts.append((name, "float", values.into_pyarray(py)))?,
            Column::MaybeFloat(values) => parts.append((name, "float", values))?,
            Column::Whole(values) => parts.append((name, "whole", values.into_pyarray(py)))?,
            Column::MaybeWhole(values) => parts.append((name, "whole", values))?,
        }
    }
    Ok(py.import("szilard._table")?.call_method1("frame", (parts,))?.unbind())
}

/// The table of remarks about an input: the line where there is one, and the place in words.
pub fn diagnostics(py: Python<'_>, remarks: &szilard::input::Diagnostics) -> PyResult<Py<PyAny>> {
    let text = |of: fn(&szilard::input::Diagnostic) -> String| remarks.iter().map(of).collect::<Vec<_>>();
    frame(
        py,
        vec![
            ("code", Column::Text(text(|remark| remark.code.name().to_owned()))),
            ("severity", Column::Text(text(|remark| remark.code.severity().word().to_owned()))),
            (
                "line",
                Column::MaybeWhole(
                    remarks.iter().map(|r| r.place.line().and_then(|n| i64::try_from(n).ok())).collect(),
                ),
            ),
            ("channel", Column::MaybeText(remarks.iter().map(|remark| remark.channel.clone()).collect())),
            ("message", Column::Text(text(|remark| remark.message.clone()))),
            ("place", Column::Text(text(|remark| remark.place.to_string()))),
        ],
    )
}

/// The samples of each channel of a trace, in a window [ns] where one is given: ((device, channel, kind, unit), times,
/// values).
pub fn arrays<'py>(
    py: Python<'py>,
    trace: &szilard::traces::Trace,
    window: Option<(i64, i64)>,
) -> PyResult<Bound<'py, PyList>> {
    let (start, end) = window.unwrap_or((i64::MIN, i64::MAX));
    let parts = PyList::empty(py);
    for channel in &trace.channels {
        let samples = &channel.samples;
        let low = samples.time_ns.partition_point(|time| *time < start);
        let high = samples.time_ns.partition_point(|time| *time <= end).max(low);
        let labels = (channel.device.as_str(), channel.name.as_str(), channel.kind.word(), channel.kind.unit());
        let time = samples.time_ns.get(low..high).unwrap_or_default().to_pyarray(py);
        parts.append((labels, time, samples.value.get(low..high).unwrap_or_default().to_pyarray(py)))?;
    }
    Ok(parts)
}
