//! The information in each token of a set of logits.

use super::source::{Rows, Source, array, with_rows};
use crate::errors::{exceptions, guard};
use crate::given::path_of;
use crate::quantity::PyQuantity;
use crate::watched::watched_in_place;
use half::{bf16, f16};
use ndarray::ArrayView1;
use numpy::{IntoPyArray, PyArrayDyn, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use szilard::information::{self as core, Base, EntropyOptions, Mode, token_entropy_of_file};
use szilard::simd::RowSums;

/// The information in each token of a set of logits. Arrays are in the unit of the base: bit for 2.
///
/// Examples
/// --------
/// >>> import numpy as np, szilard as sz
/// >>> logits = np.log([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25]])
/// >>> found = sz.token_entropy(logits, targets=[0, 0], renyi_orders=[2.0], rank=True, top_k=2)
/// >>> found.entropy, found.surprisal, found.varentropy, found.min_entropy
/// (array([1.5, 1.5]), array([1., 2.]), array([0.25, 0.25]), array([1., 1.]))
/// >>> found.mean.unit, found.mean_surprisal.value, round(found.perplexity, 6)
/// ('bit/token', 1.5, 2.828427)
/// >>> found.rank, found.top_k_mass, found.renyi[2.0].round(6), found.u
/// (array([1, 2], dtype=uint64), array([0.75, 0.75]), array([1.415037, 1.415037]), array([0., 0.]))
/// >>> found.base, found.dtype, found.sampling_temperature
/// (2.0, 'float64', 1.0)
#[pyclass(module = "szilard", frozen)]
pub struct TokenInformation {
    information: core::TokenInformation,
    renyi_orders: Vec<f64>,
    base: Base,
    base_number: f64,
    shape: Vec<usize>,
}

#[pymethods]
impl TokenInformation {
    /// Shannon entropy of each token.
    #[getter]
    fn entropy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        array(py, &self.information.entropy, |nat| self.base.from_nat(nat), &self.shape)
    }

    /// Minus the logarithm of the probability of each target, infinite for a masked one; None without targets.
    #[getter]
    fn surprisal<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyArrayDyn<f64>>>> {
        let surprisal = self.information.surprisal.as_ref();
        surprisal.map(|nat| array(py, nat, |nat| self.base.from_nat(nat), &self.shape)).transpose()
    }

    /// Variance of the surprisal of each token, in the square of the unit.
    #[getter]
    fn varentropy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        let square = |nat| self.base.from_nat(self.base.from_nat(nat));
        array(py, &self.information.varentropy, square, &self.shape)
    }

    /// Minus the logarithm of the largest probability of each token.
    #[getter]
    fn min_entropy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        array(py, &self.information.min_entropy, |nat| self.base.from_nat(nat), &self.shape)
    }

    /// Standard uncertainty of each entropy from the rounding of the stored logits; 0 for float64.
    #[getter]
    fn u<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        array(py, &self.information.u, |nat| self.base.from_nat(nat), &self.shape)
    }

    /// The mean entropy. [bit/token] Its budget has the scatter over tokens, taken as independent, and the rounding.
    #[getter]
    fn mean(&self) -> PyResult<PyQuantity> {
        guard(|| self.information.mean(Base::BIT).quantity()).map(PyQuantity)
    }

    /// The mean surprisal, the negative log-likelihood of the targets [bit/token]; None without targets.
    #[getter]
    fn mean_surprisal(&self) -> PyResult<Option<PyQuantity>> {
        guard(|| self.information.mean_surprisal(Base::BIT).map(|mean| mean.quantity()).transpose())
            .map(|mean| mean.map(PyQuantity))
    }

    /// exp of the mean surprisal in nat if there are targets, else of the mean entropy.
    #[getter]
    fn perplexity(&self) -> f64 {
        self.information.perplexity()
    }

    /// Rényi entropies by order, for the orders that were asked for: {order: array}.
    #[getter]
    fn renyi<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let table = PyDict::new(py);
        for (order, nat) in self.renyi_orders.iter().zip(&self.information.renyi) {
            table.set_item(order, array(py, nat, |nat| self.base.from_nat(nat), &self.shape)?)?;
        }
        Ok(table)
    }

    /// 1 + the number of tokens that were likelier than each target; None unless asked for.
    #[getter]
    fn rank<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyArrayDyn<u64>>>> {
        let rank = self.information.rank.as_ref();
        rank.map(|rank| rank.clone().into_pyarray(py).reshape(self.shape.clone())).transpose()
    }

    /// The joint probability of the k likeliest tokens; None unless asked for. [1]
    #[getter]
    fn top_k_mass<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyArrayDyn<f64>>>> {
        let mass = self.information.top_k_mass.as_ref();
        mass.map(|mass| array(py, mass, |mass| mass, &self.shape)).transpose()
    }

    /// The base of the logarithm of the arrays.
    #[getter]
    fn base(&self) -> f64 {
        self.base_number
    }

    /// The type the logits are stored in.
    #[getter]
    fn dtype(&self) -> &'static str {
        self.information.dtype
    }

    /// What the logits were divided by.
    #[getter]
    fn sampling_temperature(&self) -> f64 {
        self.information.sampling_temperature
    }

    fn __len__(&self) -> usize {
        self.information.entropy.len()
    }

    fn __repr__(&self) -> PyResult<String> {
        let tokens = self.information.entropy.len();
        Ok(format!("TokenInformation({tokens} tokens, {}, mean {})", self.information.dtype, self.mean()?.0))
    }

    /// The entropy of each token as a strip; with surprisal, where there are targets.
    ///
    /// Parameters
    /// ----------
    /// tokens
    ///     Text of each token, to write under it.
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> import numpy as np, szilard as sz
    /// >>> figure, axes = sz.token_entropy(np.random.default_rng(0).normal(size=(12, 50))).plot()
    #[pyo3(signature = (tokens=None, ax=None))]
    fn plot(
        slf: &Bound<'_, Self>,
        tokens: Option<&Bound<'_, PyAny>>,
        ax: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        Ok(slf.py().import("szilard.plotting")?.call_method1("entropy_strip", (slf, tokens, ax))?.unbind())
    }
}

/// The information in each token, from the logits that gave it.
///
/// H = -Σ p log p with p = softmax(logits / T), in one pass with the vector instructions of the machine; a masked token
/// (-inf) contributes nothing. Memory is shared, not copied, whatever the strides. Results do not depend on the number
/// of threads.
///
/// Parameters
/// ----------
/// logits
///     [V], [tokens, V] or [batch, tokens, V]: a NumPy array of float64, float32, float16 or bfloat16, anything with
///     `__dlpack__` (on an accelerator it is reduced there, in chunks), a column of lists of Arrow or polars, or the
///     path of a .npy, .npz or .safetensors file, which may be larger than memory. [nat]
/// targets
///     The token that followed, one a row, for the surprisal: shape [tokens] or that of the tokens.
/// sampling_temperature
///     What the logits are divided by; 0 is the limit of the largest logit. [1]
/// base
///     Base of the logarithm: 2 for bit, math.e for nat. [1]
/// vocab_size
///     Number of tokens of the vocabulary; columns behind are padding. [token]
/// mode
///     "exact": all in f64 on the exactly widened logits, within 1e-12 nat; "fast": f32, f16 and bf16 logits in f32,
///     within 2e-6 nat.
/// progress
///     Called with the number of rows that are done and of all rows, at most 10 times a second.
/// renyi_orders
///     Orders of the Rényi entropies that are asked for; math.inf is the min-entropy. [1]
/// rank
///     Whether the ranks of the targets are asked for.
/// top_k
///     The number of likeliest tokens whose joint probability is asked for. [token]
///
/// Raises
/// ------
/// szilard.errors.InformationError
///     Integers, NaN, +inf, a row of only -inf, probabilities instead of logits, targets outside the vocabulary.
/// szilard.errors.FormatError
///     A file that is damaged or of no known format.
///
/// Examples
/// --------
/// >>> import numpy as np, szilard as sz
/// >>> sz.token_entropy(np.zeros((1, 8))).entropy
/// array([3.])
#[pyfunction]
#[pyo3(signature = (
    logits, targets=None, sampling_temperature=1.0, base=2.0, vocab_size=None, mode="exact", *, progress=None,
    renyi_orders=Vec::new(), rank=false, top_k=None,
))]
#[allow(clippy::too_many_arguments, reason = "each is one question about the same tokens, asked by name")]
pub fn token_entropy(
    py: Python<'_>,
    logits: &Bound<'_, PyAny>,
    targets: Option<&Bound<'_, PyAny>>,
    sampling_temperature: f64,
    base: f64,
    vocab_size: Option<usize>,
    mode: &str,
    progress: Option<Py<PyAny>>,
    renyi_orders: Vec<f64>,
    rank: bool,
    top_k: Option<usize>,
) -> PyResult<TokenInformation> {
    let mode: Mode = guard(|| mode.parse::<Mode>())?;
    let (base_number, base) = (base, guard(|| Base::new(base))?);
    let targets: Option<(PyReadonlyArray1<'_, i64>, Vec<usize>)> = targets
        .map(|targets| py.import("szilard._logits")?.call_method1("targets", (targets,))?.extract())
        .transpose()?;
    let target_shape = targets.as_ref().map(|(_, shape)| shape.clone()).filter(|shape| shape.len() > 1);
    let targets = targets.as_ref().map(|(targets, _)| targets.as_slice()).transpose()?;
    let options =
        EntropyOptions { sampling_temperature, vocab_size, targets, mode, renyi_orders: &renyi_orders, rank, top_k };
    let arrays = py.import("szilard._logits")?;
    let (information, shape) = match path_of(logits)? {
        None if arrays.call_method1("is_elsewhere", (logits,))?.is_truthy()? => on_device(py, logits, &options)?,
        Some(path) => {
            let found = watched_in_place(py, usize::MAX, progress.as_ref(), || token_entropy_of_file(&path, &options))?;
            (found.information, found.shape)
        }
        None => {
            let (source, shape) = Source::of(logits)?;
            let rows = source.rows();
            let found = watched_in_place(py, with_rows!(rows, view => view.len()), progress.as_ref(), || {
                Ok::<_, PyErr>(with_rows!(rows, view => core::token_entropy(view, &options)))
            })?;
            (found.map_err(|error| source.raise(error))?, shape)
        }
    };
    if let Some(found) = target_shape.filter(|found| *found != shape) {
        let message = format!("targets of shape {found:?}: expected {shape:?}, the shape of the tokens, or one row");
        return Err(exceptions::InformationError::new_err((message, "E_SHAPE")));
    }
    Ok(TokenInformation { information, renyi_orders, base, base_number, shape })
}

/// The information in logits on an accelerator, which are summed there.
fn on_device(
    py: Python<'_>,
    logits: &Bound<'_, PyAny>,
    options: &EntropyOptions<'_>,
) -> PyResult<(core::TokenInformation, Vec<usize>)> {
    if !options.renyi_orders.is_empty() || options.rank || options.top_k.is_some() {
        let message = "renyi_orders, rank and top_k: not of logits on an accelerator; bring them to the host first";
        return Err(exceptions::InformationError::new_err(message));
    }
    let targets = options.targets.map(|targets| targets.to_vec().into_pyarray(py));
    let arguments = (logits, options.sampling_temperature, options.vocab_size, targets);
    let reduced = py.import("szilard._device")?.call_method1("row_sums", arguments)?;
    let (table, dtype, shape): (PyReadonlyArray2<'_, f64>, String, Vec<usize>) = reduced.extract()?;
    let table = table.as_array();
    let of_row = |row: ArrayView1<'_, f64>| {
        let at = |place: usize| row.get(place).copied().unwrap_or(f64::NAN);
        let sums = RowSums {
            maximum: at(0),
            largest: at(1) as usize,
            excess: at(2),
            first: at(3),
            second: at(4),
            rounding: [at(5), at(6), at(7)],
            columns: at(8) as usize,
        };
        (sums, at(9))
    };
    let (sums, logits): (Vec<RowSums>, Vec<f64>) = table.rows().into_iter().map(of_row).unzip();
    let place = |(row, (sums, logit)): (usize, (&RowSums, &f64))| {
        let target = options.targets.and_then(|targets| targets.get(row));
        (*logit, target.and_then(|target| usize::try_from(*target).ok()) == Some(sums.largest))
    };
    let targets: Vec<(f64, bool)> = sums.iter().zip(&logits).enumerate().map(place).collect();
    let targets = options.targets.map(|_| targets.as_slice());
    let temperature = options.sampling_temperature;
    let information = guard(|| match dtype.as_str() {
        "float64" => core::token_entropy_of_sums::<f64>(sums, targets, temperature),
        "float32" => core::token_entropy_of_sums::<f32>(sums, targets, temperature),
        "float16" => core::token_entropy_of_sums::<f16>(sums, targets, temperature),
        _ => core::token_entropy_of_sums::<bf16>(sums, targets, temperature),
    })?;
    Ok((information, shape))
}
