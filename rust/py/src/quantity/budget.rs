//! The budget of a figure as a table.

use crate::table::{Column, frame};
use pyo3::prelude::*;
use szilard::quantity::{Component, Quantity};

/// The budget of a figure as a table.
pub fn budget(py: Python<'_>, quantity: &Quantity) -> PyResult<Py<PyAny>> {
    let shares = || quantity.measured().shares();
    let text = |of: fn(&Component) -> String| Column::Text(shares().map(|(part, _)| of(part)).collect());
    let float = |of: fn(&Component) -> f64| Column::Float(shares().map(|(part, _)| of(part)).collect());
    frame(
        py,
        vec![
            ("id", text(|part| part.id.to_string())),
            ("label", text(|part| part.label.to_string())),
            ("type", text(|part| format!("{:?}", part.evaluation))),
            ("distribution", text(|part| part.distribution.word())),
            ("degrees_of_freedom", float(|part| part.degrees_of_freedom)),
            ("contribution", float(|part| part.contribution)),
            ("share", Column::Float(shares().map(|(_, share)| share).collect())),
        ],
    )
}
