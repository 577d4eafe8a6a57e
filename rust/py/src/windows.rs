//! Energies of many windows and costs of phases, as Python sees them.

use crate::errors::{exceptions, guard};
use crate::given::nanoseconds;
use crate::picture::drawn;
use crate::quantity::{PyQuantity, Size};
use crate::table::{Column, frame};
use crate::tokens::PyTokenLog;
use crate::traces::PyTrace;
use crate::watched::{watched, watched_in_place};
use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use std::sync::Arc;
use szilard::energy::{InferenceQuery, Overlapping, PhaseCosts, Request, RequestEnergy, WindowQuery, by_every_policy};
use szilard::quantity::Quantity;

/// The energies of many windows at once, over all devices: start_ns, end_ns, energy_j, u_j, gap_s.
///
/// One walk over the sorted windows and the samples, so that 10^6 windows over 10^8 samples take about as long as reading
/// the samples a few times.
///
/// Parameters
/// ----------
/// trace
///     The power log.
/// start_ns, end_ns
///     Columns of times in the clock of the trace, of one length. [ns]
/// overlapping
///     What windows get that overlap: "whole" (all of the energy of its time, each), "equal" (power at each instant in
///     equal shares) or "weighted" (in proportion to `weight`). Shared, the energies and what lies outside all windows
///     are the energy of the trace.
/// weight
///     A column of weights above zero, one a window. [1]
/// max_gap
///     Longest interval that is integrated over. [s]
/// u
///     Whether the uncertainty of each is given; the budget of the log that it comes from takes many reads of the
///     samples.
///
/// Raises
/// ------
/// szilard.errors.TraceError
///     Columns of different length or type, another word for `overlapping`, a window that is empty.
///
/// Examples
/// --------
/// >>> import numpy as np, szilard as sz
/// >>> trace = sz.trace_from_arrays(np.arange(6) * 10**9, [100.0] * 6)
/// >>> sz.energies(trace, [1 * 10**9, 2 * 10**9], [4 * 10**9, 5 * 10**9], overlapping="equal")["energy_j"].to_list()
/// [200.0, 200.0]
#[pyfunction]
#[pyo3(signature = (trace, start_ns, end_ns, overlapping="whole", weight=None, max_gap=None, u=true))]
#[expect(clippy::too_many_arguments, reason = "keyword arguments of one function")]
pub fn energies(
    py: Python<'_>,
    trace: &Bound<'_, PyTrace>,
    start_ns: &Bound<'_, PyAny>,
    end_ns: &Bound<'_, PyAny>,
    overlapping: &str,
    weight: Option<&Bound<'_, PyAny>>,
    max_gap: Option<Size>,
    u: bool,
) -> PyResult<Py<PyAny>> {
    let (start, _) = columns(start_ns, start_ns)?;
    let (end, weights) = columns(end_ns, weight.unwrap_or(end_ns))?;
    let (start, end) = (start.as_slice()?, end.as_slice()?);
    if start.len() != end.len() {
        let message = format!("E_DTYPE: {} starts and {} ends", start.len(), end.len());
        return Err(exceptions::TraceError::new_err((message, "E_DTYPE")));
    }
    let (weighted, equal) = match (overlapping, weight) {
        ("whole", None) => (None, false),
        ("equal", None) => (None, true),
        ("weighted", Some(_)) => (Some(weights.as_slice()?.to_vec()), false),
        _ => {
            let message = format!("overlapping {overlapping:?}: expected whole or equal, or weighted with weight");
            return Err(exceptions::TraceError::new_err((message, "E_OPTION")));
        }
    };
    let query = WindowQuery { max_gap_ns: max_gap.map(nanoseconds).transpose()?, with_u: u };
    let size = trace.get().size() + 16 * start.len();
    let windows: Vec<(i64, i64)> = start.iter().copied().zip(end.iter().copied()).collect();
    let trace = Arc::clone(&trace.get().trace);
    let found = watched(py, size, None, move || {
        let overlapping = match &weighted {
            Some(weights) => Overlapping::Weighted(weights),
            None if equal => Overlapping::Equal,
            None => Overlapping::Whole,
        };
        szilard::energy::energies(&trace, &windows, overlapping, query)
    })?;
    let u_j = found.u_j.map(|u| ("u_j", Column::Float(u)));
    let gaps = found.gap_ns.iter().map(|gap| *gap as f64 * 1e-9).collect();
    let columns = [
        Some(("start_ns", Column::Whole(start.to_vec()))),
        Some(("end_ns", Column::Whole(end.to_vec()))),
        Some(("energy_j", Column::Float(found.energy_j))),
        u_j,
        Some(("gap_s", Column::Float(gaps))),
    ];
    frame(py, columns.into_iter().flatten().collect())
}

/// The energy of columns of times that rise and powers, by the trapezoidal rule: the exact sum, rounded once, whatever the
/// number of threads. [J] Nothing is known of a meter here, so it has no uncertainty; `Trace.energy` has.
///
/// Parameters
/// ----------
/// time_ns
///     Times: a column that rises. [ns]
/// power_w
///     Power at each: a column of the same length. [W]
/// max_gap
///     Longest interval that is integrated over; any where left out. [s]
///
/// Raises
/// ------
/// szilard.errors.TraceError
///     Columns of different length or type, times that do not rise, a power that is not finite.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.trapezoid([0, 10**9, 3 * 10**9], [10.0, 20.0, 20.0]).value
/// 55.0
#[pyfunction]
#[pyo3(signature = (time_ns, power_w, max_gap=None))]
pub fn trapezoid(
    py: Python<'_>,
    time_ns: &Bound<'_, PyAny>,
    power_w: &Bound<'_, PyAny>,
    max_gap: Option<Size>,
) -> PyResult<PyQuantity> {
    let max_gap_ns = max_gap.map(nanoseconds).transpose()?;
    let (time, power) = columns(time_ns, power_w)?;
    let (time, power) = (time.as_slice()?, power.as_slice()?);
    let total = watched_in_place(py, 16 * time.len(), None, || szilard::energy::trapezoid(time, power, max_gap_ns))?;
    guard(|| Quantity::new(total.energy_j, "J".parse()?)).map(PyQuantity)
}

/// A column of times [ns] and one of numbers.
type Columns<'py> = (PyReadonlyArray1<'py, i64>, PyReadonlyArray1<'py, f64>);

fn columns<'py>(time: &Bound<'py, PyAny>, number: &Bound<'py, PyAny>) -> PyResult<Columns<'py>> {
    time.py().import("szilard._time")?.call_method1("columns", (time, number))?.extract()
}

/// What a prompt token, an output token and a second cost.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> from szilard.demo import recording
/// >>> costs = sz.phase_costs(*recording()[:2])
/// >>> f"{costs.per_prompt_token:.2g}, {costs.per_output_token:.2g}, {costs.per_second:.3g}"
/// '(0.28 ± 0.031) J/token, (2.6 ± 0.21) J/token, (82.1 ± 9.1) W'
/// >>> len(costs.covariance), costs.stretches, f"{costs.scatter_w:.0f} W"
/// (3, 37, '51 W')
#[pyclass(name = "PhaseCosts", module = "szilard", frozen)]
#[derive(Debug)]
pub struct PyPhaseCosts(PhaseCosts);

#[pymethods]
impl PyPhaseCosts {
    /// The energy per computed prompt token. [J/token]
    #[getter]
    fn per_prompt_token(&self) -> PyQuantity {
        PyQuantity(self.0.per_prompt_token.clone())
    }

    /// The energy per generated token. [J/token]
    #[getter]
    fn per_output_token(&self) -> PyQuantity {
        PyQuantity(self.0.per_output_token.clone())
    }

    /// The power that is drawn whatever is in flight. [W]
    #[getter]
    fn per_second(&self) -> PyQuantity {
        PyQuantity(self.0.per_second.clone())
    }

    /// The covariance of the three as the fit gives it, in their order; the gain of the meter is not in it.
    #[getter]
    fn covariance(&self) -> Vec<[f64; 3]> {
        self.0.covariance.to_vec()
    }

    /// The standard deviation of the power about the fit, for a stretch of one second. [W]
    #[getter]
    fn scatter_w(&self) -> f64 {
        self.0.scatter_w
    }

    /// The stretches between starts, first tokens and ends that went in.
    #[getter]
    fn stretches(&self) -> usize {
        self.0.stretches
    }

    /// The energy per prompt token and per output token as bars: (figure, axes).
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> from szilard import demo, phase_costs
    /// >>> phase_costs(*demo.recording()[:2]).plot()[1].get_xlabel()
    /// 'energy [J/token], ± u'
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> from szilard.demo import recording
    /// >>> figure, axes = sz.phase_costs(*recording()[:2]).plot()
    #[pyo3(signature = (ax=None))]
    fn plot(slf: &Bound<'_, Self>, ax: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        drawn(slf, "phase_costs", ax)
    }

    fn __repr__(&self) -> String {
        let PhaseCosts { per_prompt_token, per_output_token, per_second, stretches, .. } = &self.0;
        format!("PhaseCosts({per_prompt_token} prompt, {per_output_token} output, {per_second}; {stretches} stretches)")
    }
}

/// The costs of a prompt token, of an output token and of a second, with their covariance, by weighted least squares of
/// the power on the tokens in flight: P = a r_prompt + b r_output + c, over the stretches between starts, first tokens
/// and ends, weighted by their lengths.
///
/// Parameters
/// ----------
/// trace
///     The power log.
/// tokens
///     The token log, with the time of the first token of each request.
/// clock_offset
///     Added to the times of the token log, as of `energy_per_token`. [s]
/// max_gap
///     Longest interval that is integrated over. [s]
///
/// Raises
/// ------
/// szilard.errors.TraceError
///     A record without a first token or tokens; prompt and output tokens that do not vary apart.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> from szilard.demo import recording
/// >>> trace, tokens, result = recording()
/// >>> f"{sz.phase_costs(trace, tokens).per_output_token:.2g}"
/// '(2.6 ± 0.21) J/token'
#[pyfunction]
#[pyo3(signature = (trace, tokens, clock_offset=None, max_gap=None))]
pub fn phase_costs(
    py: Python<'_>,
    trace: &Bound<'_, PyTrace>,
    tokens: &Bound<'_, PyTokenLog>,
    clock_offset: Option<Size>,
    max_gap: Option<Size>,
) -> PyResult<PyPhaseCosts> {
    let (offset, max_gap) = (clock_offset.map(nanoseconds).transpose()?, max_gap.map(nanoseconds).transpose()?);
    let size = trace.get().size() + 16 * tokens.get().0.requests.len();
    let (trace, log) = (Arc::clone(&trace.get().trace), Arc::clone(&tokens.get().0));
    watched(py, size, None, move || szilard::energy::phase_costs(&trace, &log, offset, max_gap)).map(PyPhaseCosts)
}

/// The energies of the requests by every policy, side by side: request, start_ns, end_ns, prompt_tokens, output_tokens and,
/// for each of tokens, time, regression and exclusive, energy and u, as tokens_j and u_tokens_j. Null where a policy does
/// not apply: regression without first tokens, exclusive where requests overlap.
///
/// Parameters
/// ----------
/// trace
///     The power log.
/// tokens
///     The token log.
/// clock_offset
///     Added to the times of the token log, as of `energy_per_token`. [s]
/// max_gap
///     Longest interval that is integrated over. [s]
///
/// Raises
/// ------
/// szilard.errors.TraceError
///     No policy applies: clocks that do not meet, logs that do not overlap, no generated tokens.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> from szilard.demo import recording
/// >>> sz.policies(*recording()[:2]).columns[5:9]
/// ['tokens_j', 'u_tokens_j', 'time_j', 'u_time_j']
#[pyfunction]
#[pyo3(signature = (trace, tokens, clock_offset=None, max_gap=None))]
pub fn policies(
    py: Python<'_>,
    trace: &Bound<'_, PyTrace>,
    tokens: &Bound<'_, PyTokenLog>,
    clock_offset: Option<Size>,
    max_gap: Option<Size>,
) -> PyResult<Py<PyAny>> {
    let clock_offset_ns = clock_offset.map(nanoseconds).transpose()?;
    let query = InferenceQuery {
        clock_offset_ns,
        max_gap_ns: max_gap.map(nanoseconds).transpose()?,
        ..InferenceQuery::default()
    };
    let size = trace.get().size() + 16 * tokens.get().0.requests.len();
    let (trace, log) = (Arc::clone(&trace.get().trace), Arc::clone(&tokens.get().0));
    let found = watched(py, size, None, move || {
        let mut found = by_every_policy(&trace, &log, &query);
        match found.iter().position(|(_, result)| result.is_ok()) {
            Some(_) => Ok(found),
            None => found.swap_remove(0).1.map(|_| Vec::new()),
        }
    })?;
    let Some(first) = found.iter().find_map(|(_, result)| result.as_ref().ok()) else { return frame(py, Vec::new()) };
    let requests: Vec<_> = first.requests.iter().map(|record| &record.request).collect();
    let count = |of: fn(&Request) -> Option<u64>| {
        let whole = |request: &&Request| of(request).and_then(|count| i64::try_from(count).ok());
        Column::MaybeWhole(requests.iter().map(whole).collect())
    };
    let mut columns = vec![
        ("request".to_owned(), Column::Text(requests.iter().map(|request| request.request.clone()).collect())),
        ("start_ns".to_owned(), Column::MaybeWhole(requests.iter().map(|request| request.start_ns).collect())),
        ("end_ns".to_owned(), Column::MaybeWhole(requests.iter().map(|request| request.end_ns).collect())),
        ("prompt_tokens".to_owned(), count(|request| request.prompt_tokens)),
        ("output_tokens".to_owned(), count(|request| request.output_tokens)),
    ];
    for (policy, result) in &found {
        let records = result.as_ref().map(|result| &result.requests[..]).unwrap_or_default();
        let of = |of: fn(&RequestEnergy) -> f64| {
            Column::MaybeFloat((0..requests.len()).map(|index| records.get(index).map(of)).collect())
        };
        columns.push((format!("{}_j", policy.word()), of(|record| record.energy_j)));
        columns.push((format!("u_{}_j", policy.word()), of(|record| record.u_j)));
    }
    let (names, columns): (Vec<String>, Vec<Column>) = columns.into_iter().unzip();
    frame(py, names.iter().map(String::as_str).zip(columns).collect())
}
