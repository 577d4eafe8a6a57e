//! Entropy from what is known of a distribution in part: its most likely tokens, or how often each kind was drawn.

use crate::errors::{InMemory, exceptions, guard};
use crate::given::path_of;
use crate::information::array;
use crate::monte_carlo::Interval;
use crate::picture::drawn;
use crate::quantity::PyQuantity;
use crate::table;
use crate::watched::watched_in_place;
use numpy::{PyArrayDyn, PyReadonlyArray1};
use pyo3::prelude::*;
use szilard::information::{self as core, Base, Chosen, Estimator, Sampling, TopK, read_logprobs};

/// The rigorous entropy interval of each token of which only the most likely ones are known. Arrays are in bit.
///
/// Examples
/// --------
/// >>> import math, szilard as sz
/// >>> found = sz.entropy_bounds([[math.log(0.5), math.log(0.25)]], vocab_size=10)
/// >>> found.lower.round(4), found.upper.round(4), found.tail, found.surprisal
/// (array([1.5]), array([2.25]), array([0.25]), array([nan]))
/// >>> found.mean, found.mean_surprisal, found.entropy_estimate
/// ([1.5, 2.25] bit/token (100 %, bounds), None, None)
/// >>> found.sampling_temperature, found.logprobs_mode, found.diagnostics["code"].to_list()
/// (None, None, ['W_TRUNCATED_TAIL'])
#[pyclass(module = "szilard", frozen)]
pub struct EntropyBounds {
    bounds: core::EntropyBounds,
    has_upper: bool,
}

impl EntropyBounds {
    fn column<'py>(
        &self,
        py: Python<'py>,
        of: fn(&core::EntropyInterval) -> Option<f64>,
    ) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        let values: Vec<f64> =
            self.bounds.intervals.iter().map(|interval| interval.as_ref().and_then(of).unwrap_or(f64::NAN)).collect();
        array(py, &values, |nat| nat, &[values.len()])
    }
}

#[pymethods]
impl EntropyBounds {
    /// The least entropy of each token [bit]; NaN where no token is listed.
    #[getter]
    fn lower<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        self.column(py, |interval| Some(Base::BIT.from_nat(interval.lower)))
    }

    /// The greatest entropy of each token [bit]; None without the size of the vocabulary.
    #[getter]
    fn upper<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyArrayDyn<f64>>>> {
        self.has_upper
            .then(|| self.column(py, |interval| interval.upper.map(|nat| Base::BIT.from_nat(nat))))
            .transpose()
    }

    /// The probability outside the list of each token. [1]
    #[getter]
    fn tail<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        self.column(py, |interval| Some(interval.tail))
    }

    /// The surprisal of each drawn token [bit]; NaN where it is not known.
    #[getter]
    fn surprisal<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        let values: Vec<f64> = self.bounds.surprisal.iter().map(|nat| nat.unwrap_or(f64::NAN)).collect();
        array(py, &values, |nat| Base::BIT.from_nat(nat), &[values.len()])
    }

    /// The mean of the bounds [bit/token]; its `high` is None without the size of the vocabulary.
    #[getter]
    fn mean(&self) -> Option<Interval> {
        let mean = self.bounds.mean(Base::BIT)?;
        Some(Interval::bounds(mean.lower, mean.upper, "bit/token"))
    }

    /// The mean surprisal of the drawn tokens [bit/token]; None where none is known.
    #[getter]
    fn mean_surprisal(&self) -> PyResult<Option<PyQuantity>> {
        guard(|| self.bounds.mean_surprisal(Base::BIT).map(|mean| mean.quantity()).transpose())
            .map(|mean| mean.map(PyQuantity))
    }

    /// The mean surprisal where it estimates the entropy [bit/token]: the tokens are known to have been drawn from the
    /// probabilities that are listed. None elsewhere: it is then a cross-entropy.
    #[getter]
    fn entropy_estimate(&self) -> PyResult<Option<PyQuantity>> {
        guard(|| self.bounds.entropy_estimate(Base::BIT).map(|mean| mean.quantity()).transpose())
            .map(|mean| mean.map(PyQuantity))
    }

    /// The temperature that the tokens were drawn at, where it is known. [1]
    #[getter]
    fn sampling_temperature(&self) -> Option<f64> {
        self.bounds.sampling.temperature
    }

    /// "raw" for probabilities before temperature and filters, "processed" for those after them; None if not known.
    #[getter]
    fn logprobs_mode(&self) -> Option<&'static str> {
        self.bounds.sampling.processed.map(|processed| if processed { "processed" } else { "raw" })
    }

    /// The table of remarks: code, severity, line, channel, message, place.
    #[getter]
    fn diagnostics(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        table::diagnostics(py, &self.bounds.diagnostics)
    }

    fn __len__(&self) -> usize {
        self.bounds.intervals.len()
    }

    /// The interval of the entropy of each token: (figure, axes).
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sz.entropy_bounds([[-0.5, -1.5], [-0.1, -4.0]], vocab_size=50).plot()[1].get_ylabel()
    /// 'information [bit]'
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> import math, szilard as sz
    /// >>> figure, axes = sz.entropy_bounds([[math.log(0.5), math.log(0.25)]], vocab_size=10).plot()
    #[pyo3(signature = (ax=None))]
    fn plot(slf: &Bound<'_, Self>, ax: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        drawn(slf, "entropy_band", ax)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let mean = self.mean().map(|mean| Py::new(py, mean)?.bind(py).repr()?.extract::<String>()).transpose()?;
        Ok(format!("EntropyBounds({} tokens, mean {})", self.bounds.intervals.len(), mean.unwrap_or("?".to_owned())))
    }
}

/// The rigorous entropy interval of each token from the probabilities of its most likely candidates.
///
/// With the tail r = 1 - Σ p, c the least listed probability and M tokens unseen, upper = H_known + r log(M/r), and
/// lower puts the tail on as few tokens of probability c as can hold it. Renormalising the list gives less than lower.
///
/// Parameters
/// ----------
/// top_logprobs
///     For each token a sequence of natural-log probabilities or a mapping from tokens to them; or the path of a chat
///     completion saved as JSON. -9999 and -inf mean "outside the list". [nat]
/// vocab_size
///     Number of tokens of the vocabulary; without it there is no upper bound.
/// sampling_temperature
///     The temperature that the tokens were drawn at, where the file does not say it. [1]
/// logprobs_mode
///     "raw" for probabilities before temperature and filters, "processed" for those after them.
/// filtered
///     Whether anything but the temperature stood between the model and the draw: top-k, top-p, penalties.
///
/// Raises
/// ------
/// szilard.errors.InformationError
///     A log-probability above zero, a list that sums to more than one or that was renormalised or cut.
///
/// Examples
/// --------
/// >>> import math, szilard as sz
/// >>> sz.entropy_bounds([[math.log(0.5), math.log(0.25)]], vocab_size=6).mean
/// [1.5, 2] bit/token (100 %, bounds)
#[pyfunction]
#[pyo3(signature = (top_logprobs, vocab_size=None, *, sampling_temperature=None, logprobs_mode=None, filtered=None))]
pub fn entropy_bounds(
    py: Python<'_>,
    top_logprobs: &Bound<'_, PyAny>,
    vocab_size: Option<u64>,
    sampling_temperature: Option<f64>,
    logprobs_mode: Option<&str>,
    filtered: Option<bool>,
) -> PyResult<EntropyBounds> {
    let processed = match logprobs_mode {
        None => None,
        Some("raw") => Some(false),
        Some("processed") => Some(true),
        Some(other) => {
            let message = format!("mode {other:?} of log-probabilities: expected raw or processed");
            return Err(exceptions::InformationError::new_err(message));
        }
    };
    let mut bounds = if let Some(path) = path_of(top_logprobs)? {
        watched_in_place(py, usize::MAX, None, || read_logprobs(&path)?.entropy_bounds(vocab_size))?
    } else {
        let helper = py.import("szilard._logits")?.call_method1("log_probabilities", (top_logprobs,))?;
        let tokens: Vec<Vec<f64>> = helper.extract()?;
        let rows: Vec<TopK> =
            tokens.into_iter().map(|top| TopK { top, chosen: None::<Chosen>, ..TopK::default() }).collect();
        watched_in_place(py, usize::MAX, None, || core::entropy_bounds(&rows, vocab_size).map_err(InMemory))?
    };
    let known = bounds.sampling;
    bounds.sampling = Sampling {
        temperature: sampling_temperature.or(known.temperature),
        processed: processed.or(known.processed),
        filtered: filtered.or(known.filtered),
    };
    Ok(EntropyBounds { bounds, has_upper: vocab_size.is_some() })
}

/// What two lists of most likely tokens say about the divergence of each token's distributions. Arrays are in bit.
///
/// Examples
/// --------
/// >>> import math, szilard as sz
/// >>> p = [{"a": math.log(0.6), "b": math.log(0.2)}]
/// >>> q = [{"a": math.log(0.5), "b": math.log(0.3)}]
/// >>> found = sz.divergence_bounds(p, q)
/// >>> found.kullback_leibler_lower.round(4), found.jensen_shannon_lower.round(4), found.jensen_shannon_upper.round(4)
/// (array([0.0408]), array([0.0105]), array([0.2105]))
#[pyclass(module = "szilard", frozen)]
pub struct DivergenceBounds {
    bounds: Vec<core::TruncatedDivergence>,
}

impl DivergenceBounds {
    fn column<'py>(
        &self,
        py: Python<'py>,
        of: fn(&core::TruncatedDivergence) -> f64,
    ) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        let values: Vec<f64> = self.bounds.iter().map(of).collect();
        array(py, &values, |nat| Base::BIT.from_nat(nat), &[values.len()])
    }
}

#[pymethods]
impl DivergenceBounds {
    /// The least D(p‖q) of each token. [bit] There is no upper bound: the tails are not known to overlap.
    #[getter]
    fn kullback_leibler_lower<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        self.column(py, |bounds| bounds.kullback_leibler_lower)
    }

    /// The least Jensen-Shannon divergence of each token. [bit]
    #[getter]
    fn jensen_shannon_lower<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        self.column(py, |bounds| bounds.jensen_shannon_lower)
    }

    /// The greatest Jensen-Shannon divergence of each token. [bit]
    #[getter]
    fn jensen_shannon_upper<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        self.column(py, |bounds| bounds.jensen_shannon_upper)
    }

    fn __len__(&self) -> usize {
        self.bounds.len()
    }

    fn __repr__(&self) -> String {
        format!("DivergenceBounds({} tokens)", self.bounds.len())
    }
}

/// Bounds on the divergence of two models of which only the most likely tokens are known.
///
/// Tokens that both lists name are compared, all others are lumped: D(p‖q) is not smaller, and the Jensen-Shannon
/// divergence lies at most (r_p + r_q)/2 bit above that of the lumped lists, with r the lumped tails.
///
/// Parameters
/// ----------
/// top_logprobs_p, top_logprobs_q
///     For each token a mapping from tokens to natural-log probabilities, or the path of a chat completion saved as
///     JSON. -9999 and -inf mean "outside the list".
///
/// Raises
/// ------
/// szilard.errors.InformationError
///     Lists of different length, tokens without names, a log-probability above zero, a sum above one.
///
/// Examples
/// --------
/// >>> import math, szilard as sz
/// >>> p = [{"a": math.log(0.6), "b": math.log(0.2)}]
/// >>> q = [{"a": math.log(0.5), "b": math.log(0.3)}]
/// >>> sz.divergence_bounds(p, q).kullback_leibler_lower.round(6)
/// array([0.040828])
#[pyfunction]
pub fn divergence_bounds(
    py: Python<'_>,
    top_logprobs_p: &Bound<'_, PyAny>,
    top_logprobs_q: &Bound<'_, PyAny>,
) -> PyResult<DivergenceBounds> {
    let (p, q) = (named(py, top_logprobs_p)?, named(py, top_logprobs_q)?);
    let bounds = watched_in_place(py, usize::MAX, None, || core::divergence_bounds(&p, &q).map_err(InMemory))?;
    Ok(DivergenceBounds { bounds })
}

/// Lists with the names of their tokens, of a file or of mappings.
fn named(py: Python<'_>, top_logprobs: &Bound<'_, PyAny>) -> PyResult<Vec<TopK>> {
    if let Some(path) = path_of(top_logprobs)? {
        return Ok(watched_in_place(py, usize::MAX, None, || read_logprobs(&path))?.tokens);
    }
    let helper = py.import("szilard._logits")?.call_method1("named_log_probabilities", (top_logprobs,))?;
    let lists: Vec<(Vec<String>, Vec<f64>)> = helper.extract()?;
    Ok(lists.into_iter().map(|(names, top)| TopK { top, names, ..TopK::default() }).collect())
}

/// The entropy of a source from how often each kind was drawn. [bit]
///
/// For samples only: logits give the entropy itself.
///
/// Parameters
/// ----------
/// counts
///     How often each kind was drawn: a sequence of whole numbers or a mapping such as `collections.Counter`. [1]
/// estimator
///     plug-in, miller-madow, chao-shen, grassberger, jackknife or nsb.
/// alphabet
///     The number of kinds there are, seen or not; `nsb` needs it. [1]
///
/// Raises
/// ------
/// szilard.errors.InformationError
///     Counts that are no whole numbers from 0 on, nothing drawn, an unknown estimator, `nsb` without alphabet.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.entropy_from_counts([5, 5], estimator="plug-in")
/// 1 bit
#[pyfunction]
#[pyo3(signature = (counts, estimator="chao-shen", alphabet=None))]
pub fn entropy_from_counts(
    py: Python<'_>,
    counts: &Bound<'_, PyAny>,
    estimator: &str,
    alphabet: Option<u64>,
) -> PyResult<PyQuantity> {
    let counts: PyReadonlyArray1<'_, u64> =
        py.import("szilard._logits")?.call_method1("counts", (counts,))?.extract()?;
    let counts = counts.as_slice()?;
    let bit = watched_in_place(py, 8 * counts.len(), None, || {
        let estimator: Estimator = estimator.parse().map_err(InMemory)?;
        core::entropy_from_counts(counts, estimator, alphabet).map(|nat| Base::BIT.from_nat(nat)).map_err(InMemory)
    })?;
    guard(|| szilard::quantity::Quantity::new(bit, "bit".parse()?)).map(PyQuantity)
}
