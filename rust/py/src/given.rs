//! What a caller may give: files, times, windows.

use crate::errors::{exceptions, guard};
use crate::quantity::Size;
use crate::watched::watched_in_place;
use pyo3::exceptions::{PyOSError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use std::fs::File;
use std::path::PathBuf;
use szilard::input::{EXPANDED_LIMIT, Refusal, append};
use szilard::quantity::units::f64::Time;
use szilard::quantity::units::time::second;
use szilard::quantity::{Quantity, UnitError};

/// The path, where text or a path object was given.
pub fn path_of(object: &Bound<'_, PyAny>) -> PyResult<Option<PathBuf>> {
    let is_path = object.is_instance_of::<PyString>() || object.hasattr("__fspath__")?;
    is_path.then(|| object.extract()).transpose()
}

/// A fault of the system as the `OSError` that Python has for it.
pub fn os_error(error: &std::io::Error, path: &str) -> PyErr {
    let said = error.to_string();
    // Python writes the number of the error itself
    let said = said.split_once(" (os error").map_or(said.as_str(), |(words, _)| words).to_owned();
    PyOSError::new_err((error.raw_os_error(), said, path.to_owned()))
}

/// The bytes of a path, of bytes, or of an open file, and what they are called in messages.
pub fn bytes_of(source: &Bound<'_, PyAny>) -> PyResult<(Vec<u8>, String)> {
    head_of(source, u64::MAX)
}

/// As [`bytes_of`], and of a path no more than the first so many.
pub fn head_of(source: &Bound<'_, PyAny>, most: u64) -> PyResult<(Vec<u8>, String)> {
    if let Some(path) = path_of(source)? {
        let name = path.display().to_string();
        let read = || -> std::io::Result<Vec<u8>> {
            let mut file = File::open(&path)?;
            // what is no regular file may have no end
            let limit = if file.metadata()?.is_file() { u64::MAX } else { EXPANDED_LIMIT };
            let mut bytes = Vec::new();
            append(&mut file, limit.min(most), &mut bytes)?;
            Ok(bytes)
        };
        let bytes =
            watched_in_place(source.py(), usize::MAX, None, || read().map_err(|error| os_error(&error, &name)))?;
        return Ok((bytes, name));
    }
    if source.hasattr("read")? {
        let name = source.getattr("name").and_then(|name| name.extract()).unwrap_or_else(|_| "<file>".to_owned());
        let content = source.call_method0("read")?;
        let content = if content.is_instance_of::<PyString>() { content.call_method0("encode")? } else { content };
        return Ok((content.extract()?, name));
    }
    if source.is_instance_of::<PyBytes>() || source.hasattr("__buffer__")? || source.hasattr("hex")? {
        let bytes = source.py().import("builtins")?.getattr("bytes")?.call1((source,))?;
        return Ok((bytes.extract()?, "<bytes>".to_owned()));
    }
    let found = source.get_type().name()?;
    Err(PyTypeError::new_err(format!("expected a path, bytes or an open file, found {found}")))
}

/// A length of time. [ns]
pub fn nanoseconds(size: Size) -> PyResult<i64> {
    guard(|| {
        let time: Time = Quantity::new(size.0, size.1)?.as_static()?;
        let ns = (time.get::<second>() * 1e9).round();
        let fits = ns.abs() < i64::MAX as f64;
        if fits { Ok(ns as i64) } else { Err(UnitError::NotFinite { what: "a time in 64 bits of ns".to_owned() }) }
    })
}

/// The reason why a time or window does not fit a trace.
pub fn asked(refusal: &Refusal) -> PyErr {
    let message = format!("{}: found {}; expected {}", refusal.code, refusal.found, refusal.expected);
    exceptions::TraceError::new_err((message, refusal.code.name()))
}
