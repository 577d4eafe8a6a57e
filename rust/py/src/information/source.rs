//! Logits as they are given: arrays, tensors and files.

use crate::errors::{InMemory, Raise};
use crate::given::path_of;
use crate::watched::watched_in_place;
use half::{bf16, f16};
use ndarray::ArrayView2;
use numpy::{IntoPyArray, PyArrayDyn, PyArrayMethods, PyReadonlyArray2};
use pyo3::prelude::*;
use szilard::information::{InformationError, LogitArray, Logits, read_logits};

/// Logits as they were given.
pub(super) enum Source<'py> {
    F64(PyReadonlyArray2<'py, f64>),
    F32(PyReadonlyArray2<'py, f32>),
    F16(PyReadonlyArray2<'py, f16>),
    Bf16(PyReadonlyArray2<'py, bf16>),
    File(Logits),
}

/// Rows of logits in any of the stored types.
#[derive(Clone, Copy)]
pub(super) enum Rows<'a> {
    F64(ArrayView2<'a, f64>),
    F32(ArrayView2<'a, f32>),
    F16(ArrayView2<'a, f16>),
    Bf16(ArrayView2<'a, bf16>),
}

/// Runs a generic expression on whichever rows there are.
macro_rules! with_rows {
    ($rows:expr, $view:ident => $body:expr) => {
        match $rows {
            Rows::F64($view) => $body,
            Rows::F32($view) => $body,
            Rows::F16($view) => $body,
            Rows::Bf16($view) => $body,
        }
    };
}

pub(super) use with_rows;

impl<'py> Source<'py> {
    /// The logits of an array, a tensor or a file, and the shape of one figure a token.
    pub(super) fn of(logits: &Bound<'py, PyAny>) -> PyResult<(Self, Vec<usize>)> {
        let py = logits.py();
        if let Some(path) = path_of(logits)? {
            let logits = watched_in_place(py, usize::MAX, None, || read_logits(&path))?;
            let shape = logits.shape.split_last().map_or(&[][..], |(_, tokens)| tokens);
            let shape = if shape.is_empty() { vec![1] } else { shape.to_vec() };
            return Ok((Self::File(logits), shape));
        }
        let (array, shape): (Bound<'py, PyAny>, Vec<usize>) =
            py.import("szilard._logits")?.call_method1("rows", (logits,))?.extract()?;
        let name: String = array.getattr("dtype")?.getattr("name")?.extract()?;
        let source = match name.as_str() {
            "float64" => Self::F64(array.extract()?),
            "float32" => Self::F32(array.extract()?),
            "float16" => Self::F16(array.extract()?),
            _ => Self::Bf16(array.extract()?),
        };
        Ok((source, shape))
    }

    pub(super) fn rows(&self) -> Rows<'_> {
        match self {
            Self::F64(array) => Rows::F64(array.as_array()),
            Self::F32(array) => Rows::F32(array.as_array()),
            Self::F16(array) => Rows::F16(array.as_array()),
            Self::Bf16(array) => Rows::Bf16(array.as_array()),
            Self::File(Logits { array: LogitArray::F64(array), .. }) => Rows::F64(array.view()),
            Self::File(Logits { array: LogitArray::F32(array), .. }) => Rows::F32(array.view()),
            Self::File(Logits { array: LogitArray::F16(array), .. }) => Rows::F16(array.view()),
            Self::File(Logits { array: LogitArray::Bf16(array), .. }) => Rows::Bf16(array.view()),
        }
    }

    /// The exception for what is wrong with these logits.
    pub(super) fn raise(&self, error: InformationError) -> PyErr {
        match self {
            Self::File(logits) => error.in_file(&logits.path).raise(),
            _ => InMemory(error).raise(),
        }
    }
}

/// Numbers in nat, to a base, in a shape.
pub(crate) fn array<'py>(
    py: Python<'py>,
    nat: &[f64],
    convert: impl Fn(f64) -> f64,
    shape: &[usize],
) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
    nat.iter().map(|value| convert(*value)).collect::<Vec<_>>().into_pyarray(py).reshape(shape.to_vec())
}
