//! Information in tokens: arrays and files in, NumPy arrays and quantities out.

use crate::errors::{InMemory, Raise, exceptions, guard};
use crate::given::path_of;
use crate::picture::drawn;
use crate::quantity::PyQuantity;
use crate::watched::watched_in_place;
use half::{bf16, f16};
use ndarray::{ArrayView1, ArrayView2};
use numpy::{IntoPyArray, PyArrayDyn, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use szilard::information::{
    self as core, Base, EntropyOptions, InformationError, LogitArray, Logits, Mode, read_logits, token_entropy_of_file,
};
use szilard::simd::RowSums;

/// Logits as they were given.
enum Source<'py> {
    F64(PyReadonlyArray2<'py, f64>),
    F32(PyReadonlyArray2<'py, f32>),
    F16(PyReadonlyArray2<'py, f16>),
    Bf16(PyReadonlyArray2<'py, bf16>),
    File(Logits),
}

/// Rows of logits in any of the stored types.
#[derive(Clone, Copy)]
enum Rows<'a> {
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

impl<'py> Source<'py> {
    /// The logits of an array, a tensor or a file, and the shape of one figure a token.
    fn of(logits: &Bound<'py, PyAny>) -> PyResult<(Self, Vec<usize>)> {
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

    fn rows(&self) -> Rows<'_> {
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
    fn raise(&self, error: InformationError) -> PyErr {
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

/// The information in each token of a set of logits. Arrays are in the unit of the base: bit for 2.
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
///     path of a .npy, .npz or .safetensors file, which may be larger than memory.
/// targets
///     The token that followed, one a row, for the surprisal.
/// sampling_temperature
///     What the logits are divided by; 0 is the limit of the largest logit. [1]
/// base
///     Base of the logarithm: 2 for bit, math.e for nat.
/// vocab_size
///     Number of tokens of the vocabulary; columns behind are padding.
/// mode
///     "exact": all in f64 on the exactly widened logits, within 1e-12 nat; "fast": f32, f16 and bf16 logits in f32,
///     within 2e-6 nat.
/// progress
///     Called with the number of rows that are done and of all rows, at most 10 times a second.
/// renyi_orders
///     Orders of the Rényi entropies that are asked for; math.inf is the min-entropy.
/// rank
///     Whether the ranks of the targets are asked for.
/// top_k
///     The number of likeliest tokens whose joint probability is asked for.
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

/// How far one set of distributions is from another, token by token, in the unit of the base.
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
