//! The command line, and the recording that travels with the library.

use crate::errors::guard;
use pyo3::prelude::*;
use std::ffi::OsString;
use szilard::source::datasets::{TRACE_RECORDS, TRACES};

/// The exit status of the command `szilard` with these arguments.
#[pyfunction]
pub fn run_cli(py: Python<'_>, arguments: Vec<OsString>) -> PyResult<i32> {
    let line = std::iter::once(OsString::from("szilard")).chain(arguments);
    guard(|| Ok::<_, PyErr>(py.detach(|| szilard_cli::run(line.collect::<Vec<_>>()))))
}

/// The recordings and their descriptions that travel with the library: name to text.
#[pyfunction]
pub fn recordings() -> std::collections::BTreeMap<String, &'static str> {
    let named =
        |extension: &'static str| move |(stem, text): &(&str, &'static str)| (format!("{stem}.{extension}"), *text);
    TRACES.iter().map(named("csv")).chain(TRACE_RECORDS.iter().map(named("toml"))).collect()
}
