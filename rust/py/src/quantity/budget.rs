//! The budget of a figure as a table.

use crate::table::{Column, frame};
use pyo3::prelude::*;
use szilard::quantity::{Component, Quantity};

/// The components of a figure with their shares of its variance.
pub(super) fn shares(quantity: &Quantity) -> impl Iterator<Item = (&Component, f64)> {
    let variance = quantity.u().powi(2);
    quantity.measured().components().iter().map(move |part| (part, part.contribution.powi(2) / variance))
}

/// The budget of a figure as a table.
pub fn budget(py: Python<'_>, quantity: &Quantity) -> PyResult<Py<PyAny>> {
    let text = |of: fn(&Component) -> String| Column::Text(shares(quantity).map(|(part, _)| of(part)).collect());
    let float = |of: fn(&Component) -> f64| Column::Float(shares(quantity).map(|(part, _)| of(part)).collect());
    frame(
        py,
        vec![
            ("id", text(|part| part.id.to_string())),
            ("label", text(|part| part.label.to_string())),
            ("type", text(|part| format!("{:?}", part.evaluation))),
            ("distribution", text(|part| part.distribution.word())),
            ("degrees_of_freedom", float(|part| part.degrees_of_freedom)),
            ("contribution", float(|part| part.contribution)),
            ("share", Column::Float(shares(quantity).map(|(_, share)| share).collect())),
        ],
    )
}
