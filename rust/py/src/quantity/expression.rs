//! Expressions with units, from Python.

use super::{Given, PyQuantity};
use crate::errors::guard;
use pyo3::prelude::*;
use szilard::quantity::evaluate;

/// The value of an expression with units, boundaries and uncertainty. Keywords are the values of names in it.
///
/// `+ - * / ^`, parentheses, sqrt, exp, ln, log2, log10, abs, sin, cos, pi, k_B, h_P, e_0. A number and the units behind it are
/// one factor: in ``E / 50 token`` the whole ``50 token`` divides. What can be read in two ways is refused.
///
/// Parameters
/// ----------
/// text
///     The expression.
/// names
///     What its names stand for: quantities or text. [any unit]
///
/// Raises
/// ------
/// szilard.errors.UnitError
///     An expression that cannot be read, or can be read in two ways; dimensions that do not add.
/// szilard.errors.BoundaryError
///     Figures at different boundaries that are added.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.calc("7.2 W * 4.1 s / 50 token")
/// 0.5904 J/token = 0.164 kWh/Mtoken
/// >>> f"{sz.calc('(late/early)^(1/6) - 1', early='415 TWh/yr', late='945 TWh/yr').to('%'):.1f}"
/// '14.7 %'
#[pyfunction]
#[pyo3(signature = (text, **names))]
pub fn calc(text: &str, names: Option<std::collections::HashMap<String, Given>>) -> PyResult<PyQuantity> {
    let names = names.unwrap_or_default();
    guard(|| evaluate(text, &|name| names.get(name).map(|given| given.0.clone()))).map(PyQuantity)
}
