//! A figure at another boundary, with what it lacks.

use crate::quantity::PyQuantity;
use pyo3::prelude::*;
use szilard::boundaries::{Applied, Lifted, Years};

/// A figure at another boundary: a quantity that says whether every step on its way had all of its factors.
///
/// Made by `BoundaryChain.lift` and `lower`. Parameters and errors as of `Quantity`.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> chain = sz.BoundaryChain([sz.Factor("host", 1.3)])
/// >>> node = chain.lift(sz.Quantity("10 J", boundary="board"), "node")
/// >>> node.status, node.diagnostics, node.applied
/// ('incomplete', ['board->node without psu: a lower bound'], ['host'])
#[pyclass(name = "Lifted", module = "szilard", frozen, extends = PyQuantity)]
#[derive(Debug)]
pub struct PyLifted {
    status: &'static str,
    diagnostics: Vec<String>,
    applied: Vec<String>,
}

impl PyLifted {
    /// The figure with what is said of it; `years` are those it is about.
    pub fn of(py: Python<'_>, lifted: Lifted, years: Option<Years>) -> PyResult<Py<Self>> {
        let status = if lifted.partial.is_empty() { "complete" } else { "incomplete" };
        let diagnostics = [lifted.missing(), lifted.mixed(years)].concat();
        let name = |applied: &Applied| applied.factor.name().to_owned();
        let own = Self { status, diagnostics, applied: lifted.applied.iter().map(name).collect() };
        Py::new(py, PyClassInitializer::from(PyQuantity(lifted.quantity)).add_subclass(own))
    }
}

#[pymethods]
impl PyLifted {
    /// "complete", or "incomplete" where a step on the way had some of its known factors and not all: the outer figure is
    /// then a lower bound, the inner one an upper bound.
    #[getter]
    fn status(&self) -> &'static str {
        self.status
    }

    /// What is missing, and which factors are of another time than the figure; empty where there is nothing to say.
    #[getter]
    fn diagnostics(&self) -> Vec<String> {
        self.diagnostics.clone()
    }

    /// The names of the factors on the way, from the inner boundary outwards.
    #[getter]
    fn applied(&self) -> Vec<String> {
        self.applied.clone()
    }

    fn __repr__(slf: PyRef<'_, Self>) -> String {
        let said = slf.diagnostics.join("; ");
        let figure = slf.as_super().0.to_string();
        if said.is_empty() { figure } else { format!("{figure} ({}: {said})", slf.status) }
    }
}
