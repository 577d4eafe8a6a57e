//! How far one set of logits is from another.

use super::source::{Rows, Source, array, with_rows};
use crate::errors::guard;
use crate::picture::drawn;
use crate::watched::watched_in_place;
use numpy::PyArrayDyn;
use pyo3::prelude::*;
use szilard::information::{self as core, Base, EntropyOptions};

/// How far one set of distributions is from another, token by token, in the unit of the base.
///
/// Examples
/// --------
/// >>> import numpy as np, szilard as sz
/// >>> p, q = np.log([[0.5, 0.25, 0.25]]), np.log([[0.25, 0.5, 0.25]])
/// >>> found = sz.divergence(p, q)
/// >>> found.base, found.kullback_leibler, found.cross_entropy, found.jensen_shannon.round(6)
/// (2.0, array([0.25]), array([1.75]), array([0.061278]))
#[pyclass(module = "szilard", frozen)]
pub struct Divergence {
    divergence: core::Divergence,
    unit: Base,
    /// The base of the logarithm.
    #[pyo3(get)]
    base: f64,
    shape: Vec<usize>,
}

#[pymethods]
impl Divergence {
    /// D(p‖q) of each token, infinite where q excludes what p allows.
    #[getter]
    fn kullback_leibler<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        array(py, &self.divergence.kullback_leibler, |nat| self.unit.from_nat(nat), &self.shape)
    }

    /// The Jensen-Shannon divergence of each token, at most 1 bit.
    #[getter]
    fn jensen_shannon<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        array(py, &self.divergence.jensen_shannon, |nat| self.unit.from_nat(nat), &self.shape)
    }

    /// -Σ p log q of each token.
    #[getter]
    fn cross_entropy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        array(py, &self.divergence.cross_entropy, |nat| self.unit.from_nat(nat), &self.shape)
    }

    /// Both divergences of each token, and their means: (figure, axes).
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> import numpy as np, szilard as sz
    /// >>> found = sz.divergence(np.log([[0.5, 0.5]]), np.log([[0.25, 0.75]]))
    /// >>> found.base, found.plot()[1].get_ylabel()
    /// (2.0, 'divergence [bit]')
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> import numpy as np, szilard as sz
    /// >>> p, q = np.log([[0.5, 0.25, 0.25]]), np.log([[0.25, 0.5, 0.25]])
    /// >>> figure, axes = sz.divergence(p, q).plot()
    #[pyo3(signature = (ax=None))]
    fn plot(slf: &Bound<'_, Self>, ax: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        drawn(slf, "divergence", ax)
    }

    fn __repr__(&self) -> String {
        format!("Divergence({} tokens)", self.divergence.kullback_leibler.len())
    }
}

/// How far the distributions of `logits_q` are from those of `logits_p`: the loss of a quantised model in bit/token.
///
/// Parameters
/// ----------
/// logits_p, logits_q
///     Logits as of `token_entropy`, of one shape: [V], [tokens, V] or [batch, tokens, V].
/// sampling_temperature
///     What both are divided by. [1]
/// base
///     Base of the logarithm: 2 for bit, math.e for nat. [1]
/// vocab_size
///     Number of tokens of the vocabulary; columns behind are padding. [token]
/// progress
///     Called with the number of rows that are done and of all rows, at most 10 times a second.
///
/// Raises
/// ------
/// szilard.errors.InformationError
///     Shapes that differ, or logits as `token_entropy` refuses them.
///
/// Examples
/// --------
/// >>> import numpy as np, szilard as sz
/// >>> p, q = np.log([[0.5, 0.25, 0.25]]), np.log([[0.25, 0.5, 0.25]])
/// >>> sz.divergence(p, q).kullback_leibler
/// array([0.25])
#[pyfunction]
#[pyo3(signature = (logits_p, logits_q, sampling_temperature=1.0, base=2.0, vocab_size=None, *, progress=None))]
pub fn divergence(
    py: Python<'_>,
    logits_p: &Bound<'_, PyAny>,
    logits_q: &Bound<'_, PyAny>,
    sampling_temperature: f64,
    base: f64,
    vocab_size: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Divergence> {
    let unit = guard(|| Base::new(base))?;
    let ((p, shape), (q, _)) = (Source::of(logits_p)?, Source::of(logits_q)?);
    let options = EntropyOptions { sampling_temperature, vocab_size, ..EntropyOptions::default() };
    let (rows_p, rows_q) = (p.rows(), q.rows());
    let found = watched_in_place(py, with_rows!(rows_p, view => view.len()), progress.as_ref(), || {
        Ok::<_, PyErr>(with_rows!(rows_p, p => with_rows!(rows_q, q => core::divergence(p, q, &options))))
    })?;
    let divergence = found.map_err(|error| p.raise(error))?;
    Ok(Divergence { divergence, unit, base, shape })
}
