//! What Python's constructor of a quantity is given.

use super::given::{Given, Size, word};
use super::operators::defer_to_us;
use crate::errors::guard;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use szilard::quantity::{Basis, Boundary, Distribution, Method, Quantity, UnitError};

/// Where and how the figure was had.
pub(super) struct Known<'a> {
    pub boundary: Option<&'a str>,
    pub basis: Option<&'a str>,
    pub method: Option<&'a str>,
}

/// How uncertain it is, and why.
pub(super) struct Spread<'a> {
    pub u: Option<Size>,
    pub half_width: Option<Size>,
    pub label: Option<&'a str>,
    pub id: Option<&'a str>,
    pub degrees_of_freedom: Option<f64>,
    pub distribution: Option<&'a str>,
}

/// The quantity of a value, with or without its unit beside it.
pub(super) fn made(
    value: &Bound<'_, PyAny>,
    unit: Option<&str>,
    known: Known<'_>,
    spread: Spread<'_>,
) -> PyResult<Quantity> {
    defer_to_us(value.py())?;
    let Given(mut quantity) = match unit {
        Some(unit) => PyTuple::new(value.py(), [value, PyString::new(value.py(), unit).as_any()])?.extract()?,
        None => value.extract()?,
    };
    if let Some(boundary) = word::<Boundary>(known.boundary)? {
        quantity = quantity.at(Some(boundary));
    }
    if let Some(basis) = word::<Basis>(known.basis)? {
        quantity = quantity.on(Some(basis));
    }
    if let Some(method) = word::<Method>(known.method)? {
        quantity = quantity.by([method]);
    }
    let Spread { u, half_width, label, id, degrees_of_freedom, distribution } = spread;
    guard(|| {
        let shape: Option<Distribution> = distribution.map(str::parse).transpose()?;
        if let Some(Size(size, unit)) = u {
            let (size, shape) = (quantity.tolerance(size, &unit)?, shape.unwrap_or(Distribution::Normal));
            quantity = quantity.with_source(size, id, label, shape, degrees_of_freedom)?;
        }
        if let Some(Size(size, unit)) = half_width {
            let shape = shape.unwrap_or(Distribution::Rectangular);
            let standard = shape.standard_of_half_width().ok_or_else(|| UnitError::Distribution {
                found: format!("{}, which has no half-width", shape.word()),
            })?;
            let size = quantity.tolerance(size, &unit)? * standard;
            quantity = quantity.with_source(size, id, label, shape, degrees_of_freedom)?;
        }
        Ok::<_, UnitError>(quantity)
    })
}
